"""A slow search that says what the fast one should find: each parameter filters in plain Python.

A condition is drawn together with what it means: the parameters as they are sent, and a function
that judges a ticket of the world (contract section 7).
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.kit.search_world import (
    AGENTS,
    COMPANIES,
    FILES,
    LOCKS,
    OPEN_TYPES,
    PRIORITIES,
    QUEUES,
    SERVICES,
    SLAS,
    STATES,
    TYPES,
    USERS,
    VISIBLE_QUEUES,
    WORDS,
    written,
)

STATE_TYPE_IDS = {
    "new": 1, "open": 2, "closed": 3, "pending reminder": 4, "pending auto": 5, "removed": 6,
    "merged": 7,
}  # fmt: skip


@dataclass
class Condition:
    """Parameters, and what they mean of a ticket; ``article``: of one and the same article."""

    sent: dict
    ticket: object = None
    article: object = None
    archive: object = None
    inline: bool = True


@dataclass(frozen=True)
class Caller:
    """Who searches."""

    login: str
    queues: frozenset = frozenset()
    customer: str | None = None  # company of a customer user
    is_customer: bool = field(default=False)

    def sees(self, ticket):
        if not self.is_customer:
            return ticket.queue in self.queues
        return ticket.user == self.login or (
            self.customer is not None and ticket.company == self.customer
        )

    def texts(self, article):
        """Give the texts of an article that are there for the caller."""
        return {**article.texts, "MIMEBase_Bcc": ""} if self.is_customer else article.texts


CALLERS = (
    Caller("agent1", VISIBLE_QUEUES),
    Caller("stranger", frozenset({"Elsewhere"})),
    Caller("jane", customer="ACME", is_customer=True),
    Caller("eve", is_customer=True),
)


def found(world, caller, conditions, order=(("Age", "Down"),)):
    """Give the ids that a search must find, in their order."""
    archive = [each.archive for each in conditions if each.archive is not None]
    wanted = archive[-1] if archive else lambda ticket: not ticket.archived
    tickets = [
        ticket for ticket in world.tickets
        if caller.sees(ticket) and wanted(ticket) and _fulfils(ticket, caller, conditions)
    ]  # fmt: skip
    tickets.sort(key=lambda ticket: ticket.id, reverse=order[-1][1] == "Down")
    for key, direction in reversed(order):
        values = {ticket.id: SORTED[key](world, ticket) for ticket in tickets}
        some = [ticket for ticket in tickets if values[ticket.id] is not None]
        none = [ticket for ticket in tickets if values[ticket.id] is None]
        some.sort(key=lambda ticket: values[ticket.id], reverse=direction == "Down")
        if direction == "Down":  # equal ones keep their order
            some = _stable(some, values)
        tickets = some + none
    return [str(ticket.id) for ticket in tickets]


def _stable(tickets, values):
    """Undo what a reversed sort does not: Python keeps equal ones in place in both directions."""
    return sorted(tickets, key=lambda ticket: _Reversed(values[ticket.id]))


@dataclass(frozen=True)
class _Reversed:
    value: object

    def __lt__(self, other):
        return other.value < self.value


def _fulfils(ticket, caller, conditions):
    if not all(each.ticket(ticket) for each in conditions if each.ticket is not None):
        return False
    of_articles = [each.article for each in conditions if each.article is not None]
    if not of_articles:
        return True
    return any(
        all(judge(article, caller) for judge in of_articles)
        for article in ticket.articles
        if article.visible or not caller.is_customer
    )


# -- texts ------------------------------------------------------------------------------------


def _term(pieces):
    """Give the function that compares with pieces between which anything stands."""
    matcher = re.compile(".*".join(map(re.escape, pieces)), re.IGNORECASE | re.DOTALL)
    return lambda text: matcher.fullmatch(text) is not None


def terms(vocabulary, contained):
    """Draw terms: as written, and what they mean."""

    def made(word, start, end, shape):
        part = word[start : start + 1 + end]
        if shape == "whole":
            written_as, pieces = word, [word]
        elif shape == "any":
            written_as, pieces = "*" + part + "%", ["", part, ""]
        elif shape == "start":
            written_as, pieces = word[: 1 + end] + "*", [word[: 1 + end], ""]
        else:
            written_as, pieces = "%" + word[start:], ["", word[start:]]
        quoted = _quoted(written_as, pieces)
        if contained and len(pieces) == 1:
            pieces = ["", *pieces, ""]
        return quoted, _term(pieces)

    return st.builds(
        made, st.sampled_from(vocabulary), st.integers(0, 3), st.integers(0, 4),
        st.sampled_from(["whole", "any", "start", "end"]),
    )  # fmt: skip


def _quoted(text, pieces):
    if not any(mark in piece for piece in pieces for mark in '+&|!()"\\%* '):
        return text
    middle = next(piece for piece in (*pieces, "") if piece or len(pieces) == 1)
    inside = '"' + middle.replace("\\", "\\\\").replace('"', '\\"') + '"'
    start = "*" if len(pieces) > 1 and not pieces[0] else ""
    end = "*" if len(pieces) > 1 and not pieces[-1] else ""
    return start + (inside if middle else "") + end


def expressions(vocabulary, *, contained=False):
    """Draw expressions: as written, and what they mean."""
    return st.recursive(
        terms(vocabulary, contained).filter(lambda term: len(term[0]) < 60),
        lambda inner: st.one_of(
            st.builds(lambda a, b, op: (f"({a[0]}{op}{b[0]})", lambda t: a[1](t) and b[1](t)),
                      inner, inner, st.sampled_from(["&&", " + ", " AND ", "+"])),
            st.builds(lambda a, b, op: (f"({a[0]}{op}{b[0]})", lambda t: a[1](t) or b[1](t)),
                      inner, inner, st.sampled_from(["||", " || ", " OR "])),
            st.builds(lambda a: (f"!{a[0]}", lambda t: not a[1](t)), inner),
        ),
        max_leaves=3,
    ).filter(lambda drawn: len(drawn[0]) <= 200)  # fmt: skip


def _written_in(parameter, vocabulary, value):
    """Draw a condition on a text of the ticket: one expression or several."""

    def made(drawn, bare):
        sent = [text for text, _ in drawn]
        judges = [judge for _, judge in drawn]
        return Condition(
            {parameter: sent[0] if bare and len(sent) == 1 else sent},
            ticket=lambda ticket: any(judge(value(ticket) or "") for judge in judges),
        )

    several = st.lists(expressions(vocabulary), min_size=1, max_size=2)
    return st.builds(made, several, st.booleans())


def _in_articles(*parameters):
    """Draw conditions on texts of one article, joined by and or or."""

    def made(drawn, joined):
        sent = {name: text for name, (text, _) in drawn.items()}
        if joined:
            sent["ContentSearch"] = joined
        join = any if joined == "OR" else all
        return Condition(
            sent,
            article=lambda article, caller: join(
                judge(caller.texts(article)[name]) for name, (_, judge) in drawn.items()
            ),
        )

    words = expressions([*WORDS, "jane@example.com", "desk@example.com", "boss"], contained=True)
    some = st.dictionaries(st.sampled_from(parameters), words, min_size=1, max_size=2)
    return st.builds(made, some, st.sampled_from(["", "AND", "OR"]))


def _fulltext():
    parts = ("From", "To", "Cc", "Subject", "Body")

    def made(a, b, operator):
        def has(judge, article):
            return any(judge(article.texts[f"MIMEBase_{part}"]) for part in parts)

        join = any if operator == "||" else all
        return Condition(
            {"Fulltext": f"{a[0]}{operator}{b[0]}"},
            article=lambda article, _: join(has(judge, article) for judge in (a[1], b[1])),
        )

    word = terms([*WORDS, "desk@example.com"], contained=True)
    return st.builds(made, word, word, st.sampled_from(["&&", "||"]))


def _files(parameter):
    def made(drawn):
        return Condition(
            {parameter: drawn[0]},
            article=lambda article, caller: any(
                drawn[1](name) for name, visible in article.files
                if visible or not caller.is_customer
            ),
        )  # fmt: skip

    return st.builds(made, expressions(FILES, contained=True))


def _raw():
    def made(values):
        lowered = {value.lower() for value in values}
        return Condition(
            {"CustomerIDRaw": values, "CustomerID": "ignored"},
            ticket=lambda ticket: (ticket.customer or "").lower() in lowered,
        )

    return st.builds(made, st.lists(st.sampled_from([*COMPANIES, "BARE & CO"]), min_size=1))


def _literal_title():
    """Draw a title without conditions in it: only wildcards mean something."""

    def made(word, anywhere):
        return Condition(
            {"Title": f"*{word}*" if anywhere else word, "ConditionInline": "0"},
            ticket=lambda ticket: _term(["", word, ""] if anywhere else [word])(ticket.title),
        )

    words = [word for word in WORDS if "%" not in word]
    return st.builds(made, st.sampled_from(words), st.booleans())


# -- lists ------------------------------------------------------------------------------------


def _named(names, ids, table, values, value):
    """Draw a condition by names, by ids, or by both."""

    def drawn(world_ids):
        def made(by_name, by_id):
            sent = {}
            if by_name:
                sent[names] = by_name
            if by_id:
                sent[ids] = [world_ids[table][each] for each in by_id]
            wanted = {*by_name, *by_id}
            return Condition(sent, ticket=lambda ticket: value(ticket) in wanted)

        by_name = st.lists(st.sampled_from(values), max_size=2) if names else st.just([])
        some = st.tuples(by_name, st.lists(st.sampled_from(values), max_size=2)).filter(any)
        return some.map(lambda pair: made(*pair))

    return drawn


def _queues(world_ids):
    def made(names, sub):
        def fits(ticket):
            return any(
                ticket.queue == name or (sub and ticket.queue.startswith(f"{name}::"))
                for name in names
            )

        return Condition({"Queues": names, "UseSubQueues": int(sub)}, ticket=fits)

    return st.builds(made, st.lists(st.sampled_from(QUEUES), min_size=1, max_size=2), st.booleans())


def _state_types():
    closed = frozenset(STATES.values()) - OPEN_TYPES
    meanings = {"Open": OPEN_TYPES, "Closed": closed, **{each: {each} for each in STATE_TYPE_IDS}}

    def made(words, ids):
        wanted = {each for word in words for each in meanings[word]} | set(ids)
        sent = {"StateType": words} if words else {}
        if ids:
            sent["StateTypeIDs"] = [STATE_TYPE_IDS[each] for each in ids]
        return Condition(sent, ticket=lambda ticket: ticket.state_type in wanted)

    words = st.lists(st.sampled_from(list(meanings)), max_size=2)
    ids = st.lists(st.sampled_from(list(STATE_TYPE_IDS)), max_size=2)
    return st.tuples(words, ids).filter(any).map(lambda pair: made(*pair))


def _locks():
    def made(names, ids):
        wanted = {*names, *(LOCKS[each - 1] for each in ids)}
        sent = ({"Locks": names} if names else {}) | ({"LockIDs": ids} if ids else {})
        return Condition(sent, ticket=lambda ticket: ticket.lock in wanted)

    drawn = st.tuples(
        st.lists(st.sampled_from(LOCKS), max_size=1), st.lists(st.integers(1, 3), max_size=1)
    )
    return drawn.filter(any).map(lambda pair: made(*pair))


def _ticket_ids():
    def made(ids):
        return Condition({"TicketID": ids}, ticket=lambda ticket: ticket.id in ids)

    return st.builds(made, st.lists(st.integers(1, 200), min_size=1, max_size=60))


def _watchers(world_ids):
    def made(logins):
        return Condition(
            {"WatchUserIDs": [world_ids["agent"][login] for login in logins]},
            ticket=lambda ticket: bool(ticket.watchers & set(logins)),
        )

    return st.builds(made, st.lists(st.sampled_from(AGENTS), min_size=1, max_size=2))


# -- dynamic fields ---------------------------------------------------------------------------

_COMPARE = {
    "Equals": lambda value, other: value == other,
    "GreaterThan": lambda value, other: value > other,
    "GreaterThanEquals": lambda value, other: value >= other,
    "SmallerThan": lambda value, other: value < other,
    "SmallerThanEquals": lambda value, other: value <= other,
}
_FORMS = ("member", "listed")


def _fields(world):
    samples = {
        "Kind": ["alpha", "Alpha", "beta", "Äther", "zz", "50%"],
        "Amount": [Decimal(1), Decimal("9.50"), Decimal(10), Decimal("-3.0")],
        "Due": [world.moment().replace(microsecond=0) for _ in range(5)],
        "Tags": ["red", "blue", "green", "gold"],
    }

    def made(name, operators, like, empty, form):
        sent = {each: [written(value) for value in given] for each, given in operators.items()}
        judges = [
            lambda value, operator=operator, given=given: any(
                _COMPARE[operator](value, each) for each in given
            )
            for operator, given in operators.items()
        ]
        if like:
            sent["Like"] = like
            judges.append(lambda value: _term(like.split("*"))(written(value)))
        if empty is not None:
            sent["Empty"] = int(empty)

        def fits(ticket):
            values = ticket.fields.get(name, [])
            some = any(all(judge(value) for judge in judges) for value in values)
            return (empty is None or bool(values) != empty) and (not judges or some)

        sent = {f"DynamicField_{name}": sent} if form == "member" else {
            "DynamicField": [{"Name": name, **sent}]}  # fmt: skip
        return Condition(sent, ticket=fits)

    def drawn(name):
        values = st.lists(st.sampled_from(samples[name]), min_size=1, max_size=2)
        operators = st.dictionaries(st.sampled_from(list(_COMPARE)), values, max_size=2)
        like = st.sampled_from(["", "*a*", "A*", "*e*", "2*", "1*"])
        empty = st.sampled_from([None, None, True, False])
        parts = st.tuples(operators, like, empty)
        # At least one operator.
        filled = parts.filter(lambda part: part[0] or part[1] or part[2] is not None)
        return st.tuples(filled, st.sampled_from(_FORMS)).map(
            lambda pair: made(name, *pair[0], pair[1])
        )

    return st.sampled_from(list(samples)).flatmap(drawn)


# -- times ------------------------------------------------------------------------------------


def _whole(moment):
    return moment.replace(microsecond=0)


def _times(world, prefix, moments, *, of_article=False):
    """Draw one or two bounds; ``moments`` gives those times of a ticket of which one must fit."""

    def made(bounds):
        sent, judges = {}, []
        for (side, form), place in bounds.items():
            # On the raster a date meets the times themselves; minutes fall in between.
            if form == "Date":
                at = _whole(world.now) + timedelta(minutes=100 * place)
                sent[f"{prefix}{side}Date"] = (
                    f"{at.year}-{at.month}-{at.day} {at.hour}:{at.minute}:{at.second}"
                )
            else:
                at = _whole(world.now) + timedelta(minutes=100 * place + 50)
                sent[f"{prefix}{side}Minutes"] = -(100 * place + 50)
            judges.append(
                (lambda time, at=at: _whole(time) <= at)
                if side == "Older"
                else (lambda time, at=at: _whole(time) >= at)
            )

        def fits(of):
            return any(all(judge(time) for judge in judges) for time in moments(of))

        if of_article:
            return Condition(sent, article=lambda article, _: fits(article))
        return Condition(sent, ticket=fits)

    future = prefix.startswith(("TicketPending", "TicketEscalation"))
    keys = st.tuples(st.sampled_from(["Older", "Newer"]), st.sampled_from(["Date", "Minutes"]))
    places = st.integers(-11, 10) if future else st.integers(-61, -1)
    return st.dictionaries(keys, places, min_size=1, max_size=2).map(made)


def _given(moment):
    return [] if moment is None else [moment]


def _closings(ticket):
    return [at for kind, at, state in ticket.lines
            if kind in ("created", "state") and STATES[state] == "closed"]  # fmt: skip


# -- everything -------------------------------------------------------------------------------


def parameters(world):
    """Give a strategy of conditions for every parameter, by name."""
    ids = world.ids

    def listed(names, by_id, table, values, value):
        return _named(names, by_id, table, values, value)(ids)

    def made(name):
        return lambda ticket: ticket.made[name] or (TYPES[0] if name == "type" else None)

    numbers = [ticket.number for ticket in world.tickets[:5]]
    mime = ("MIMEBase_From", "MIMEBase_To", "MIMEBase_Cc", "MIMEBase_Bcc", "MIMEBase_Subject",
            "MIMEBase_Body")  # fmt: skip
    spans = {
        "TicketCreateTime": lambda t: [t.created],
        "TicketChangeTime": lambda t: [at for _, at, _ in t.lines],
        "TicketLastChangeTime": lambda t: [t.changed],
        "TicketCloseTime": _closings,
        "TicketPendingTime": lambda t: _given(t.pending),
        "TicketEscalationTime": lambda t: _given(t.nearest),
        "TicketEscalationUpdateTime": lambda t: _given(t.update),
        "TicketEscalationResponseTime": lambda t: _given(t.first_response),
        "TicketEscalationSolutionTime": lambda t: _given(t.solution),
    }
    archives = {
        "NotArchivedTickets": lambda t: not t.archived,
        "AllTickets": lambda t: True,
        "ArchivedTickets": lambda t: t.archived,
    }
    return {
        "TicketNumber": _written_in("TicketNumber", numbers, lambda t: t.number),
        "Title": _written_in("Title", WORDS, lambda t: t.title),
        "Title, literal": _literal_title(),
        "TicketID": _ticket_ids(),
        "Queues": _queues(ids),
        "QueueIDs": listed("", "QueueIDs", "queue", QUEUES, lambda t: t.queue),
        "Types": listed("Types", "TypeIDs", "type", TYPES, lambda t: t.type or TYPES[0]),
        "States": listed("States", "StateIDs", "state", list(STATES), lambda t: t.state),
        "Priorities": listed("Priorities", "PriorityIDs", "priority", PRIORITIES,
                             lambda t: t.priority),
        "Services": listed("Services", "ServiceIDs", "service", SERVICES, lambda t: t.service),
        "SLAs": listed("SLAs", "SLAIDs", "sla", SLAS, lambda t: t.sla),
        "Locks": _locks(),
        "StateType": _state_types(),
        "OwnerIDs": listed("", "OwnerIDs", "agent", AGENTS, lambda t: t.owner or "admin"),
        "ResponsibleIDs": listed("", "ResponsibleIDs", "agent", AGENTS,
                                 lambda t: t.responsible or "admin"),
        "WatchUserIDs": _watchers(ids),
        "CreatedUserIDs": listed("", "CreatedUserIDs", "agent", AGENTS,
                                 lambda t: t.creator or "admin"),
        "CreatedTypes": listed("CreatedTypes", "CreatedTypeIDs", "type", TYPES, made("type")),
        "CreatedStates": listed("CreatedStates", "CreatedStateIDs", "state", list(STATES),
                                made("state")),
        "CreatedPriorities": listed("CreatedPriorities", "CreatedPriorityIDs", "priority",
                                    PRIORITIES, made("priority")),
        "CreatedQueues": listed("CreatedQueues", "CreatedQueueIDs", "queue", QUEUES,
                                made("queue")),
        "CustomerID": _written_in("CustomerID", [*COMPANIES, "Bare & Co"], lambda t: t.customer),
        "CustomerIDRaw": _raw(),
        "CustomerUserLogin": _written_in("CustomerUserLogin", [*USERS, "bob@example.com"],
                                         lambda t: t.customer_user),
        "DynamicField": _fields(world),
        "MIMEBase": _in_articles(*mime),
        "Fulltext": _fulltext(),
        "AttachmentName": _files("AttachmentName"),
        "MIMEBase_AttachmentName": _files("MIMEBase_AttachmentName"),
        "ArticleCreateTime": _times(world, "ArticleCreateTime", lambda a: [a.created],
                                    of_article=True),
        **{prefix: _times(world, prefix, moments) for prefix, moments in spans.items()},
        "SearchInArchive": st.sampled_from(list(archives)).map(
            lambda word: Condition({"SearchInArchive": word}, archive=archives[word])),
        "FullTextIndex": st.sampled_from(["0", "1"]).map(
            lambda flag: Condition({"FullTextIndex": flag})),
    }  # fmt: skip


def _field(name):
    def value(world, ticket):
        del world
        return min(ticket.fields[name], default=None) if name in ticket.fields else None

    return value


SORTED = {
    "Age": lambda w, t: t.created,
    "Created": lambda w, t: t.created,
    "Changed": lambda w, t: t.changed,
    "Owner": lambda w, t: t.owner or "admin",
    "Responsible": lambda w, t: t.responsible or "admin",
    "CustomerID": lambda w, t: t.customer,
    "Ticket": lambda w, t: t.number,
    "TicketNumber": lambda w, t: t.number,
    "Title": lambda w, t: t.title,
    "Queue": lambda w, t: t.queue,
    "State": lambda w, t: w.ids["state"][t.state],
    "Type": lambda w, t: w.ids["type"][t.type or TYPES[0]],
    "Priority": lambda w, t: t.priority,
    "Lock": lambda w, t: LOCKS.index(t.lock),
    "Service": lambda w, t: w.ids["service"].get(t.service),
    "SLA": lambda w, t: w.ids["sla"].get(t.sla),
    "PendingTime": lambda w, t: t.pending,
    "TicketEscalation": lambda w, t: t.nearest,
    "EscalationTime": lambda w, t: t.nearest,
    "EscalationUpdateTime": lambda w, t: t.update,
    "EscalationResponseTime": lambda w, t: t.first_response,
    "EscalationSolutionTime": lambda w, t: t.solution,
    **{f"DynamicField_{name}": _field(name) for name in ("Kind", "Amount", "Due", "Tags")},
    "TicketFreeText1": _field("TicketFreeText1"),
}
ORDERS = st.lists(
    st.tuples(st.sampled_from(list(SORTED)), st.sampled_from(["Down", "Up"])),
    min_size=1,
    max_size=2,
)
