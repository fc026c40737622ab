"""TicketSearch: from its parameters to a search, and the ids that it finds (contract section 7)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from gateway.dialects.znuny import search_expressions, search_fields
from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import LOCKS
from gateway.dialects.znuny.job import Job, canonical
from gateway.dialects.znuny.search_parameters import (
    MOST_NAMES,
    FindsNothing,
    Parameters,
    parameters,
)
from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.domain.ticket_search import (
    EVERYTHING,
    Archive,
    ArticleTest,
    Listed,
    Moment,
    Order,
    Part,
    Place,
    SortKey,
    Span,
    TicketSearch,
    Words,
    Written,
    all_of,
    anywhere,
)
from gateway.domain.values import Key
from gateway.usecases import ticket_searches
from gateway.usecases.ports import Asked, Call, Found, Unit

_EMPTY = Found(rows={}, fields={}, article_ids=[])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Two parameters that name rows of one list, by name and by id."""

    listed: Listed
    names: str  # empty: only by id
    ids: str
    of: str  # name of the list


_ROWS = (
    _Rows(Listed.QUEUE, "Queues", "QueueIDs", "queue"),
    _Rows(Listed.TYPE, "Types", "TypeIDs", "type"),
    _Rows(Listed.STATE, "States", "StateIDs", "state"),
    _Rows(Listed.PRIORITY, "Priorities", "PriorityIDs", "priority"),
    _Rows(Listed.SERVICE, "Services", "ServiceIDs", "service"),
    _Rows(Listed.SLA, "SLAs", "SLAIDs", "sla"),
    _Rows(Listed.OWNER, "", "OwnerIDs", "agent"),
    _Rows(Listed.RESPONSIBLE, "", "ResponsibleIDs", "agent"),
)
_MADE = (
    _Rows(Listed.TYPE, "CreatedTypes", "CreatedTypeIDs", "type"),
    _Rows(Listed.PRIORITY, "CreatedPriorities", "CreatedPriorityIDs", "priority"),
    _Rows(Listed.STATE, "CreatedStates", "CreatedStateIDs", "state"),
    _Rows(Listed.QUEUE, "CreatedQueues", "CreatedQueueIDs", "queue"),
)
_WATCHERS = _Rows(Listed.OWNER, "", "WatchUserIDs", "agent")
_CREATORS = _Rows(Listed.OWNER, "", "CreatedUserIDs", "agent")
_NAMED = (*_ROWS, *_MADE, _WATCHERS, _CREATORS)
_STATE_TYPES: Mapping[str, frozenset[StateType]] = {
    "Open": OPEN_TYPES,
    "Closed": frozenset(StateType) - OPEN_TYPES,
    **{each.value: frozenset({each}) for each in StateType},
}
# In the order of their ids, from 1 (contract section 14).
_STATE_TYPE_IDS = (
    StateType.NEW, StateType.OPEN, StateType.CLOSED, StateType.PENDING_REMINDER,
    StateType.PENDING_AUTO, StateType.REMOVED, StateType.MERGED,
)  # fmt: skip
_PARTS = {
    "MIMEBase_From": Part.FROM,
    "MIMEBase_To": Part.TO,
    "MIMEBase_Cc": Part.CC,
    "MIMEBase_Bcc": Part.BCC,
    "MIMEBase_Subject": Part.SUBJECT,
    "MIMEBase_Body": Part.BODY,
}
_MOMENTS = {
    "TicketCreateTime": Moment.CREATED,
    "TicketChangeTime": Moment.HISTORY,
    "TicketLastChangeTime": Moment.CHANGED,
    "TicketCloseTime": Moment.CLOSED,
    "TicketPendingTime": Moment.PENDING,
    "TicketEscalationTime": Moment.ESCALATION,
    "TicketEscalationUpdateTime": Moment.ESCALATION_UPDATE,
    "TicketEscalationResponseTime": Moment.ESCALATION_RESPONSE,
    "TicketEscalationSolutionTime": Moment.ESCALATION_SOLUTION,
}
_ARCHIVES = {
    "NotArchivedTickets": Archive.LIVE,
    "AllTickets": Archive.BOTH,
    "ArchivedTickets": Archive.ARCHIVED,
}
_SORTED = {
    "Age": SortKey.CREATED,
    "Created": SortKey.CREATED,
    "Changed": SortKey.CHANGED,
    "Owner": SortKey.OWNER,
    "Responsible": SortKey.RESPONSIBLE,
    "CustomerID": SortKey.CUSTOMER,
    "Ticket": SortKey.NUMBER,
    "TicketNumber": SortKey.NUMBER,
    "Title": SortKey.TITLE,
    "Queue": SortKey.QUEUE,
    "State": SortKey.STATE,
    "Type": SortKey.TYPE,
    "Priority": SortKey.PRIORITY,
    "Lock": SortKey.LOCK,
    "Service": SortKey.SERVICE,
    "SLA": SortKey.SLA,
    "PendingTime": SortKey.PENDING,
    "TicketEscalation": SortKey.ESCALATION,
    "EscalationTime": SortKey.ESCALATION,
    "EscalationUpdateTime": SortKey.ESCALATION_UPDATE,
    "EscalationResponseTime": SortKey.ESCALATION_RESPONSE,
    "EscalationSolutionTime": SortKey.ESCALATION_SOLUTION,
}
_DIRECTIONS = {"Down": True, "Up": False}


def search(job: Job) -> Mapping[str, Any]:
    """Find the ids of the tickets that fulfil all parameters and are there for the caller.

    Raises:
        Refused: a parameter is wrong, and the mode is strict.
    """
    principal = job.login()
    mode: Literal["strict", "legacy"] = "legacy"
    if job.options.search_mode == "strict":
        mode = "strict"
    given = parameters(job.data, mode, job.options.time_zone)
    return job.run(partial(_find, given, job), principal)


def _find(given: Parameters, job: Job, call: Call, unit: Unit) -> Mapping[str, Any]:
    paged = "Cursor" in job.data
    bound = _bound(job, call) if paged else b""
    try:
        asked = _asked(given)
        found = unit.intake.look_up(asked) if asked.fields or any(asked.rows.values()) else _EMPTY
        wanted = _Reader(given, found, job.options, unit, call.principal.account).search(bound)
    except FindsNothing:
        unit.messages.settle(call, None)
        return {}
    result = ticket_searches.find(wanted, call, unit)
    answer: dict[str, Any] = {"TicketID": list(result.ids)}
    if paged and result.more_after is not None:
        answer["NextCursor"] = ticket_searches.cursor(result.more_after, bound)
    return answer


def _bound(job: Job, call: Call) -> bytes:
    """Give what ties a cursor to this search; of credentials one is a filter (contract 4.1)."""
    data = {name: job.data[name] for name in job.data if name not in ("Cursor", "Limit")}
    filters = [canonical(data), canonical({"login": data.get("CustomerUserLogin", "")})]
    return ticket_searches.bound(call.principal.account_id, filters)


def _asked(given: Parameters) -> Asked:
    """Give all that a search names, whatever is wrong with it, to be looked up at once."""
    rows: dict[str, list[Key]] = {}
    for each in _NAMED:
        rows.setdefault(each.of, []).extend(_keys(each, given))
    return Asked(rows=rows, fields=search_fields.names(given))


def _keys(rows: _Rows, given: Parameters) -> Iterator[Key]:
    if rows.names:
        yield from given.texts(rows.names, MOST_NAMES)
    yield from given.ids(rows.ids)


class _Reader:
    """Reads the parameters of a search, with the rows and fields that they name."""

    def __init__(
        self, given: Parameters, found: Found, options: Options, unit: Unit, caller: str
    ) -> None:
        self._given = given
        self._caller = caller
        self._found = found
        self._options = options
        self._now = unit.now
        conditional = given.flag("ConditionInline", "1")
        self._expression = search_expressions.parse if conditional else search_expressions.literal

    def search(self, bound: bytes) -> TicketSearch:
        given = self._given
        given.flag("FullTextIndex", "0")  # says how to search, never what is found
        order = tuple(self._order())
        return TicketSearch(
            ids=tuple(given.ids("TicketID")) if "TicketID" in given else None,
            rows=dict(self._rows(_ROWS)),
            sub_queues=given.flag("UseSubQueues", "0"),
            state_types=self._state_types(),
            locks=self._locks(),
            watchers=self._ids(_WATCHERS),
            creators=self._ids(_CREATORS),
            made=dict(self._rows(_MADE)),
            texts=dict(self._texts()),
            fields=tuple(search_fields.tests(given, self._found.fields)),
            shown_as=self._options.external_reference.dynamic_field,
            article=self._article(),
            spans=dict(self._spans()),
            archive=given.word("SearchInArchive", _ARCHIVES, "NotArchivedTickets"),
            order=order,
            after=self._after(order, bound),
            limit=self._limit(),
        )

    # -- lists ----------------------------------------------------------------------------------

    def _rows(self, wanted: Sequence[_Rows]) -> Iterator[tuple[Listed, tuple[int, ...]]]:
        for rows in wanted:
            if (ids := self._ids(rows)) is not None:
                yield rows.listed, ids

    def _ids(self, rows: _Rows) -> tuple[int, ...] | None:
        """Give the ids of the rows that are named by either parameter; None: by neither."""
        if rows.names not in self._given and rows.ids not in self._given:
            return None
        keys = list(_keys(rows, self._given))
        names = len(self._given.texts(rows.names, MOST_NAMES)) if rows.names else 0
        for place, key in enumerate(keys):
            if (rows.of, key) not in self._found.rows:
                raise self._given.wrong(rows.names if place < names else rows.ids, key)
        return tuple(dict.fromkeys(self._found.rows[rows.of, key].id for key in keys))

    def _state_types(self) -> frozenset[StateType] | None:
        given = self._given
        if "StateType" not in given and "StateTypeIDs" not in given:
            return None
        types: set[StateType] = set()
        for text in given.texts("StateType"):
            if text not in _STATE_TYPES:
                raise given.wrong("StateType", text)
            types |= _STATE_TYPES[text]
        for id_ in given.ids("StateTypeIDs"):
            if id_ > len(_STATE_TYPE_IDS):
                raise given.wrong("StateTypeIDs", id_)
            types.add(_STATE_TYPE_IDS[id_ - 1])
        return frozenset(types)

    def _locks(self) -> tuple[str, ...] | None:
        given = self._given
        if "Locks" not in given and "LockIDs" not in given:
            return None
        by_id = {str(id_): name for name, id_ in LOCKS.items()}
        known = {"Locks": {name: name for name in LOCKS}, "LockIDs": by_id}
        found: list[str] = []
        for parameter, names in known.items():
            for text in given.texts(parameter, MOST_NAMES):
                if text not in names:
                    raise given.wrong(parameter, text)
                found.append(names[text])
        return tuple(found)

    # -- texts ----------------------------------------------------------------------------------

    def _texts(self) -> Iterator[tuple[Written, Words]]:
        given = self._given
        customer = ("CustomerID", self._expression)
        if "CustomerIDRaw" in given:
            customer = ("CustomerIDRaw", search_expressions.raw)
        for field, name, read in (
            (Written.NUMBER, "TicketNumber", search_expressions.parse),
            (Written.TITLE, "Title", self._expression),
            (Written.CUSTOMER, *customer),
            (Written.CUSTOMER_USER, "CustomerUserLogin", self._of_login()),
        ):
            if name in given and (words := given.words(name, read)) != EVERYTHING:
                yield field, words

    def _of_login(self) -> Callable[[str], Words]:
        """Give how a login is read: whoever logs in by it wrote no expression (contract 4.1).

        A mail address may hold what else would join two terms.
        """
        own = self._given.given.get("CustomerUserLogin") == self._caller
        return search_expressions.raw if own else self._expression

    def _article(self) -> ArticleTest:
        given = self._given
        texts = {
            part: anywhere(words)
            for name, part in _PARTS.items()
            if name in given and (words := given.words(name, self._expression)) != EVERYTHING
        }
        files = [
            given.words(name, search_expressions.parse)
            for name in ("AttachmentName", "MIMEBase_AttachmentName")
            if name in given
        ]
        return ArticleTest(
            texts=texts,
            one_text=given.word("ContentSearch", {"AND": False, "OR": True}, "AND"),
            anywhere=anywhere(self._fulltext()),
            file=anywhere(all_of(files)),
            made=given.span("ArticleCreateTime", None, self._now) or Span(),
        )

    def _fulltext(self) -> Words:
        text = self._given.text("Fulltext")
        if not text:
            return EVERYTHING
        return self._given.expression("Fulltext", text, search_expressions.parse)

    def _spans(self) -> Iterator[tuple[Moment, Span]]:
        for prefix, moment in _MOMENTS.items():
            if (span := self._given.span(prefix, moment, self._now)) is not None:
                yield moment, span

    # -- order, place, number -------------------------------------------------------------------

    def _order(self) -> Iterator[Order]:
        given = self._given
        keys = given.texts("SortBy") or ["Age"]
        directions = given.texts("OrderBy") or ["Down"] * len(keys)
        if len(directions) != len(keys):
            raise given.wrong("OrderBy", ", ".join(directions))
        for key, direction in zip(keys, directions, strict=True):
            if direction not in _DIRECTIONS:
                raise given.wrong("OrderBy", direction)
            yield self._step(key, _DIRECTIONS[direction])

    def _step(self, key: str, descending: bool) -> Order:
        if key in _SORTED:
            return Order(_SORTED[key], descending)
        field = self._found.fields.get(search_fields.sorted_by(key))
        if field is None:
            raise self._given.wrong("SortBy", key)
        return Order(SortKey.FIELD, descending, field)

    def _after(self, order: Sequence[Order], bound: bytes) -> Place | None:
        text = self._given.text("Cursor")
        if not text:
            return None
        try:
            return ticket_searches.place(text, order, bound)
        except ValueError:
            raise self._given.wrong("Cursor", text) from None

    def _limit(self) -> int:
        given, most = self._given, self._options.search_limit_max
        if "Limit" not in given:
            return min(self._options.search_limit, most)
        text = given.text("Limit")
        number = given.number("Limit", text)
        if given.mode == "legacy" and number >= 0:
            return min(number or most, most)
        if not 1 <= number <= most:
            raise given.wrong("Limit", text)
        return number
