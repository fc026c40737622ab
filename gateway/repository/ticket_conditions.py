"""Conditions of a search for tickets as expressions of SQL, the caller's sight among them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.domain.fields import Field, FieldType, FieldValue
from gateway.domain.people import AccountKind, Principal
from gateway.domain.ticket import OPEN_TYPES, PENDING_TYPES, StateType
from gateway.domain.ticket_search import (
    EVERYTHING,
    AllOf,
    AnyOf,
    ArticleTest,
    Comparison,
    FieldTest,
    Listed,
    Moment,
    NotOf,
    Part,
    Pattern,
    Span,
    TicketSearch,
    Words,
    Written,
    fits_nothing_written,
)
from gateway.repository.tables import (
    article,
    attachment,
    customer,
    customer_user,
    external_reference,
    history,
    queue,
    ticket,
    ticket_field,
    ticket_watcher,
)

Condition = ColumnElement[bool]
Expression = ColumnElement[Any]

FIRST_AGENT = 1  # stands where there is none (Znuny contract, section 16)
FIRST_TYPE = 1
NEAREST = func.least(
    ticket.c.escalation_first_response, ticket.c.escalation_update, ticket.c.escalation_solution
)
_TRIGRAM = 3
_DAY = timedelta(days=1)
_ANYWHERE = (Part.FROM, Part.TO, Part.CC, Part.SUBJECT, Part.BODY)
_SHOWN_FOR_NONE = {
    Listed.TYPE: FIRST_TYPE,
    Listed.OWNER: FIRST_AGENT,
    Listed.RESPONSIBLE: FIRST_AGENT,
}


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows that stand for what a search says: as constants, the planner knows how many they are.

    From a sub-select it would take an index that leads to most of the tickets.
    """

    queues: Sequence[int]  # whose tickets an agent sees
    states: Mapping[str, Sequence[int]]  # by their type


def conditions(principal: Principal, search: TicketSearch, lists: Lists) -> Iterator[Condition]:
    """Give all conditions of a search; each must hold."""
    customers = principal.kind is AccountKind.CUSTOMER
    yield _seen_by_customer(principal) if customers else _any(ticket.c.queue_id, lists.queues)
    if search.archive.value is not None:
        yield ticket.c.archived if search.archive.value else ~ticket.c.archived
    if search.ids is not None:
        yield _any(ticket.c.id, search.ids)
    yield from _listed(search, lists)
    yield from _created_with(search)
    for name, words in search.texts.items():
        yield _TEXTS[name](words)
    for test in search.fields:
        yield from _of_field(test, search.shown_as)
    if not search.article.nothing:
        yield _has_article(search.article, principal)
    for moment, span in search.spans.items():
        yield from _at(moment, span, lists)


def typed_value(field: Field) -> Expression:
    """Give the column that orders the values of a field."""
    columns: Mapping[FieldType, Expression] = {
        FieldType.NUMBER: ticket_field.c.vn,
        FieldType.DATE: ticket_field.c.vd,
    }
    return columns.get(field.type, ticket_field.c.vt)


# -- who sees what ----------------------------------------------------------------------------


def _seen_by_customer(principal: Principal) -> Condition:
    own = ((ticket.c.customer_user_id, principal.customer_user_id),
           (ticket.c.customer_id, principal.customer_id))  # fmt: skip
    return or_(false(), *(column == id_ for column, id_ in own if id_ is not None))


# -- lists ------------------------------------------------------------------------------------


def _listed(search: TicketSearch, lists: Lists) -> Iterator[Condition]:
    for name, ids in search.rows.items():
        if name is Listed.QUEUE and search.sub_queues:
            yield _in_array(ticket.c.queue_id, _with_sub_queues(ids))
        else:
            yield _among(ticket.c[f"{name.value}_id"], ids, _SHOWN_FOR_NONE.get(name))
    if search.state_types is not None:
        yield _in_states(search.state_types, lists)
    if search.locks is not None:
        yield _any(ticket.c.lock, search.locks)
    if search.creators is not None:
        yield _among(ticket.c.created_by, search.creators, FIRST_AGENT)
    if search.watchers is not None:
        watched = select(ticket_watcher.c.ticket_id)
        yield ticket.c.id.in_(watched.where(_any(ticket_watcher.c.agent_id, search.watchers)))


def _with_sub_queues(ids: tuple[int, ...]) -> Select[Any]:
    above = queue.alias("above")
    below = func.starts_with(queue.c.path_en, above.c.path_en + "::")
    joined = queue.join(above, or_(queue.c.id == above.c.id, below))
    return select(queue.c.id).select_from(joined).where(_any(above.c.id, ids))


def _in_states(types: frozenset[StateType], lists: Lists) -> Condition:
    ids = sorted(id_ for each in types for id_ in lists.states.get(each.value, ()))
    condition = _any(ticket.c.state_id, ids)
    # Implied by open types; lets the index of open tickets be used.
    return and_(condition, ticket.c.closed.is_(None)) if types <= OPEN_TYPES else condition


def _created_with(search: TicketSearch) -> Iterator[Condition]:
    if search.made:
        yield _some(
            history.c.ticket_id == ticket.c.id,
            history.c.kind == "created",
            *(
                _among(history.c[f"{name.value}_id"], ids, _SHOWN_FOR_NONE.get(name))
                for name, ids in search.made.items()
            ),
        )


def _among(column: Expression, ids: tuple[int, ...], shown_for_none: int | None) -> Condition:
    condition = _any(column, ids)
    return or_(condition, column.is_(None)) if shown_for_none in ids else condition


def _any(column: Expression, values: Any) -> Condition:
    kind = Text if isinstance(column.type, Text) else BigInteger
    if len(values) == 1:  # an index can be walked in its order
        return column == literal(next(iter(values)), column.type)
    return column == any_(literal(list(values), ARRAY(kind)))


def _some(*of_ticket: Condition) -> Condition:
    return exists().where(*of_ticket).correlate(ticket)


def _in_array(column: Expression, found: Select[Any]) -> Condition:
    # As an array: it is made once, and an index can be entered with it.
    return column == any_(func.array(found.scalar_subquery()))


# -- texts ------------------------------------------------------------------------------------


def _fits(words: Words, fit: Callable[[Pattern], Condition]) -> Condition:
    match words:
        case Pattern():
            return fit(words)
        case AllOf(parts):
            return and_(true(), *(_fits(part, fit) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_fits(part, fit) for part in parts))
        case NotOf(part):
            return not_(_fits(part, fit))


def _like(column: Expression) -> Callable[[Pattern], Condition]:
    """Compare a column in any case, as one index of trigrams can be asked."""
    return lambda pattern: _ilike(column, pattern)


def _ilike(column: Expression, pattern: Pattern) -> Condition:
    written = "%".join(map(_escaped, pattern.pieces))
    if any(_has_trigram(piece) for piece in pattern.pieces):
        return column.ilike(written)
    # Without a trigram the index would be read as a whole, so it is kept out.
    return (column + "").ilike(written)


def _escaped(piece: str) -> str:
    return piece.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _has_trigram(piece: str) -> bool:
    words = "".join(each if each.isalnum() else " " for each in piece).split()
    return any(len(word) >= _TRIGRAM for word in words)


def _number(words: Words) -> Condition:
    def fit(pattern: Pattern) -> Condition:
        (first, *more) = pattern.pieces
        if not more and first.isdigit():
            return ticket.c.number == first  # by its unique index
        return _ilike(ticket.c.number, pattern)

    return _fits(words, fit)


def _customer(words: Words) -> Condition:
    listed = select(customer.c.id).where(_fits(words, _like(customer.c.key)))
    return _one_of_two(words, ticket.c.customer_id, listed, ticket.c.customer_key)


def _customer_user(words: Words) -> Condition:
    listed = select(customer_user.c.id).where(_fits(words, _like(customer_user.c.login)))
    return _one_of_two(words, ticket.c.customer_user_id, listed, ticket.c.customer_address)


def _one_of_two(words: Words, id_: Expression, listed: Select[Any], bare: Expression) -> Condition:
    """Compare what stands in a row of a list, or bare where there is no row."""
    found = [_in_array(id_, listed), _fits(words, _like(bare))]
    if fits_nothing_written(words):
        found.append(and_(id_.is_(None), bare.is_(None)))
    return or_(*found)


_TEXTS: Mapping[Written, Callable[[Words], Condition]] = {
    Written.NUMBER: _number,
    Written.TITLE: lambda words: _fits(words, _like(ticket.c.title)),
    Written.CUSTOMER: _customer,
    Written.CUSTOMER_USER: _customer_user,
}


# -- dynamic fields ---------------------------------------------------------------------------

_BY_VALUE: Mapping[Comparison, str] = {each: each.value for each in Comparison}
_BY_BYTES: Mapping[Comparison, str] = {
    Comparison.EQUAL: "=",
    Comparison.GREATER: "~>~",
    Comparison.GREATER_OR_EQUAL: "~>=~",
    Comparison.SMALLER: "~<~",
    Comparison.SMALLER_OR_EQUAL: "~<=~",
}


def _of_field(test: FieldTest, shown_as: str) -> Iterator[Condition]:
    own = and_(ticket_field.c.ticket_id == ticket.c.id, ticket_field.c.field_id == test.field.id)
    shows_references = test.field.name == shown_as
    referred = external_reference.c.ticket_id == ticket.c.id
    if test.empty is not None:
        some = _some(own)
        if shows_references:
            some = or_(some, _some(referred))
        yield ~some if test.empty else some
    values = list(_values(test, ticket_field.c.vt, typed_value(test.field)))
    if not values:
        return
    if not shows_references:
        yield _some(own, *values)
        return
    text = external_reference.c.reference
    # Where the field has no value of its own it shows the reference, which it is found by.
    yield ticket.c.id.in_(
        union_all(
            select(ticket_field.c.ticket_id).where(
                ticket_field.c.field_id == test.field.id, *values
            ),
            select(external_reference.c.ticket_id).where(
                *_values(test, text, text),
                ~exists().where(
                    ticket_field.c.ticket_id == external_reference.c.ticket_id,
                    ticket_field.c.field_id == test.field.id,
                ),
            ),
        )
    )


def _values(test: FieldTest, text: Expression, typed: Expression) -> Iterator[Condition]:
    if test.like != EVERYTHING:
        yield _fits(test.like, _like(text))
    for comparison, given in test.compared:
        # Texts by code point, as the index of patterns has them.
        operator = _BY_BYTES if isinstance(typed.type, Text) else _BY_VALUE
        compare = typed.op(operator[comparison], is_comparison=True)
        yield or_(false(), *(compare(_literal(each, typed)) for each in given))


def _literal(value: FieldValue, column: Expression) -> Expression:
    held = value.number if value.number is not None else value.date or value.text
    return literal(held, column.type)


# -- articles ---------------------------------------------------------------------------------


def _has_article(test: ArticleTest, principal: Principal) -> Condition:
    visible = principal.kind is AccountKind.CUSTOMER
    found = [article.c.ticket_id == ticket.c.id, *_between(article.c.created, test.made)]
    if visible:
        found.append(article.c.visible)
    texts = [_part(part, words, visible) for part, words in test.texts.items()]
    if texts:
        found.append(or_(*texts) if test.one_text else and_(*texts))
    if test.anywhere != EVERYTHING:
        found.append(_fits(test.anywhere, _in_any_part))
    if test.file != EVERYTHING:
        found.append(_has_file(test.file, visible))
    return _some(*found)


def _part(part: Part, words: Words, visible: bool) -> Condition:
    if part is Part.BCC and visible:  # customers see none
        return true() if fits_nothing_written(words) else false()
    return _fits(words, lambda pattern: article.c[part.value].ilike(_written(pattern)))


def _in_any_part(pattern: Pattern) -> Condition:
    return or_(*(article.c[part.value].ilike(_written(pattern)) for part in _ANYWHERE))


def _written(pattern: Pattern) -> str:
    return "%".join(map(_escaped, pattern.pieces))


def _has_file(words: Words, visible: bool) -> Condition:
    other = article.alias("other")
    numbers = select(func.min(other.c.number)).where(other.c.ticket_id == article.c.ticket_id)
    first = numbers.correlate(article).scalar_subquery()
    found = [
        attachment.c.ticket_id == article.c.ticket_id,
        or_(
            attachment.c.article_id == article.c.id,
            # Files of the ticket itself hang on its first article.
            and_(attachment.c.article_id.is_(None), article.c.number == first),
        ),
        _fits(words, lambda pattern: attachment.c.file_name.ilike(_written(pattern))),
    ]
    if visible:
        found.append(attachment.c.visible)
    return exists().where(*found).correlate(article)


# -- times ------------------------------------------------------------------------------------


def _between(column: Expression, span: Span) -> Iterator[Condition]:
    if span.since is not None:
        yield column >= literal(span.since, column.type)
    if span.until is not None:
        yield column < literal(span.until, column.type)


def _has_line(span: Span, *further: Condition) -> Iterator[Condition]:
    own = history.c.ticket_id == ticket.c.id
    yield _some(own, *_between(history.c.created, span), *further)


def _closed(span: Span, lists: Lists) -> Iterator[Condition]:
    closed = lists.states.get(StateType.CLOSED.value, ())
    changed = and_(history.c.kind == "state", _any(history.c.new_id, closed))
    made = and_(history.c.kind == "created", _any(history.c.state_id, closed))
    yield from _has_line(span, or_(changed, made))


def _at(moment: Moment, span: Span, lists: Lists) -> Iterator[Condition]:
    match moment:
        case Moment.HISTORY:
            yield from _has_line(span)
        case Moment.CLOSED:
            yield from _closed(span, lists)
        case Moment.CHANGED:
            yield from _between(ticket.c.changed, span)
            if span.until is not None:
                # None is changed before it is made, so the newest need not be looked at; a day is
                # more than the clocks of two gateways differ.
                yield ticket.c.created < literal(span.until, ticket.c.created.type) + _DAY
        case Moment.PENDING:
            yield from _between(ticket.c.pending_until, span)
            yield _in_states(PENDING_TYPES, lists)
        case _:
            yield from _between(_MOMENTS[moment], span)


_MOMENTS: Mapping[Moment, Expression] = {
    Moment.CREATED: ticket.c.created,
    Moment.ESCALATION: NEAREST,
    Moment.ESCALATION_UPDATE: ticket.c.escalation_update,
    Moment.ESCALATION_RESPONSE: ticket.c.escalation_first_response,
    Moment.ESCALATION_SOLUTION: ticket.c.escalation_solution,
}
