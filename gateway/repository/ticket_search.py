"""Searches for tickets: pages of one order, each a statement planned with the values at hand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Dialect,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from gateway.domain.fields import Field, FieldType
from gateway.domain.people import Permission, Principal
from gateway.domain.ticket_search import Order, Place, SortKey, SortValue, TicketSearch
from gateway.repository.parameters import array_of
from gateway.repository.tables import agent, customer, queue, ticket, ticket_field
from gateway.repository.ticket_conditions import (
    FIRST_AGENT,
    FIRST_TYPE,
    NEAREST,
    Condition,
    Expression,
    Lists,
    conditions,
    typed_value,
)
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import FoundTickets

_DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call] # of the library
_TITLE_START: Expression = literal_column("100")  # characters that the index on titles holds


class TicketSearchStore:
    """Searches; what may be seen is decided in the statement that searches."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def find(self, principal: Principal, search: TicketSearch) -> FoundTickets:
        """Find the tickets that the principal may see.

        Raises:
            TryLater: it takes longer than the server allows a statement.
        """
        records: list[Record] = []
        wanted = list(conditions(principal, search, self._lists(principal)))
        # One more than wanted tells whether there are more.
        for page in pages(wanted, search):
            missing = search.limit + 1 - len(records)
            if missing > 0:
                records += self._current.search(*compiled(page.limit(missing)))
        shown = records[: search.limit]
        more_after = None
        if len(records) > len(shown):
            id_, *values = shown[-1]
            more_after = Place(tuple(values), id_)
        return FoundTickets([record[0] for record in shown], more_after)

    def _lists(self, principal: Principal) -> Lists:
        groups = array_of(principal.groups_with(Permission.RO))
        ((queues, states),) = self._current.read("lists_of_search", {"groups": groups})
        return Lists(queues, states)


def compiled(statement: Select[Any]) -> tuple[str, Mapping[str, Any]]:
    """Give a statement as text with its values."""
    text = statement.compile(dialect=_DIALECT)
    return str(text), text.params


# -- pages ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of the order as an expression.

    ``joined`` is what it needs beside the ticket. ``keys`` makes of a value what is compared: of a
    text its bytes, and before them what an index holds. ``by_pattern``: the index is one of
    patterns, which has operators of its own for the order of bytes.
    """

    expression: Expression
    descending: bool
    nullable: bool = False
    joined: tuple[FromClause, Condition] | None = None
    keys: Callable[[Expression], tuple[Expression, ...]] = lambda value: (value,)
    by_pattern: bool = False

    def directed(self, expression: Expression) -> Any:
        """Give an expression in the direction of this step."""
        if self.by_pattern:
            operator: operators.custom_op[Any] = operators.custom_op(
                "USING ~>~" if self.descending else "USING ~<~"
            )
            return UnaryExpression(expression, modifier=operator)
        return expression.desc() if self.descending else expression.asc()

    def ordered(self) -> Iterator[Expression]:
        """Give what is ordered by."""
        for key in self.keys(self.expression):
            directed = self.directed(key)
            yield directed.nulls_last() if self.nullable else directed

    def at(self, value: Expression, given: SortValue) -> Condition:
        """Tell what is the same in this step."""
        if given is None:
            return self.expression.is_(None)
        pairs = zip(self.keys(self.expression), self.keys(value), strict=True)
        return and_(*(mine == theirs for mine, theirs in pairs))

    def beyond(self, value: Expression) -> Condition:
        """Tell what has a value that comes after another one."""
        operator = "<" if self.descending else ">"
        if self.by_pattern:
            return self.expression.op(f"~{operator}~", is_comparison=True)(value)
        mine, theirs = tuple_(*self.keys(self.expression)), tuple_(*self.keys(value))
        return mine < theirs if self.descending else mine > theirs


def _bytes(text: Expression) -> tuple[Expression, ...]:
    """Order texts by code point: the same on every server."""
    return (text.collate("C"),)


def _title(text: Expression) -> tuple[Expression, ...]:
    return (func.left(text, _TITLE_START).collate("C"), text.collate("C"))


def pages(wanted: Sequence[Condition], search: TicketSearch) -> Iterator[Select[Any]]:
    """Give the statements of a page, in their order: the next is wanted if rows are missing.

    Each can walk an index and stop, where all at once would be read, or sorted, as a whole: behind
    a place in several directions, and of a single step that may have no value first what has one.
    """
    steps = [_step(order) for order in search.order]
    place, order, first = search.after, search.order[0], steps[0]
    if len(steps) > 1 or not first.nullable:
        yield from _pages(steps, wanted, place)
        return
    among_filled = place is None or place.values[0] is not None
    if among_filled:
        filled = _filled(order, first)
        yield from _pages([filled], [*wanted, filled.expression.is_not(None)], place)
    rest = _from(first).where(*wanted, ~_valued(order, first))
    if place is not None and not among_filled:
        rest = rest.where(_behind_id(first, place))
    last = ticket.c.id
    yield rest.add_columns(null()).order_by(last.desc() if first.descending else last.asc())


def _pages(
    steps: Sequence[_Step], wanted: Sequence[Condition], place: Place | None
) -> Iterator[Select[Any]]:
    page = _from(*steps).where(*wanted).add_columns(*(step.expression for step in steps))
    page = page.order_by(*_ordered(steps))
    if place is None:
        yield page
        return
    for behind in _behind(steps, place):
        yield page.where(behind)


def _from(*steps: _Step) -> Select[Any]:
    # A step may be said twice.
    joined = {step.joined[0]: step.joined[1] for step in steps if step.joined is not None}
    source: FromClause = ticket
    for table, condition in joined.items():
        source = source.outerjoin(table, condition)
    return select(ticket.c.id).select_from(source)


def _ordered(steps: Sequence[_Step]) -> Iterator[Expression]:
    for step in steps:
        yield from step.ordered()
    last = ticket.c.id
    yield last.desc() if steps[-1].descending else last.asc()


def _behind(steps: Sequence[_Step], place: Place) -> Iterator[Condition]:
    """Tell what comes after a place, part by part in this order; each can enter an index."""
    (first, *further), (given, *others) = steps, place.values
    if len({step.descending for step in steps}) == 1 and not any(
        step.nullable or step.by_pattern for step in steps
    ):
        yield _behind_row(steps, place)
        return
    value = literal(given, first.expression.type)
    rest = Place(tuple(others), place.id)
    for behind in _behind(further, rest) if further else [_behind_id(first, rest)]:
        yield and_(first.at(value, given), behind)
    if given is None:
        return
    yield first.beyond(value)
    if first.nullable:
        yield first.expression.is_(None)


def _behind_row(steps: Sequence[_Step], place: Place) -> Condition:
    """Compare as one row: with it an index can be entered."""
    values = [
        literal(value, step.expression.type)
        for step, value in zip(steps, place.values, strict=True)
    ]
    mine = [key for step in steps for key in step.keys(step.expression)]
    theirs = [key for step, value in zip(steps, values, strict=True) for key in step.keys(value)]
    here = tuple_(*mine, ticket.c.id)
    there = tuple_(*theirs, literal(place.id, BigInteger))
    return here < there if steps[0].descending else here > there


def _behind_id(step: _Step, place: Place) -> Condition:
    return ticket.c.id < place.id if step.descending else ticket.c.id > place.id


# -- steps ------------------------------------------------------------------------------------


def _step(order: Order) -> _Step:
    if order.field is None:
        return replace(_STEPS[order.by], descending=order.descending)
    value = typed_value(order.field)
    lowest = func.min(_bytes(value)[0] if order.holds is str else value)
    found = select(lowest).where(_value_of(order.field)).correlate(ticket).scalar_subquery()
    return _Step(found, order.descending, nullable=True)


def _valued(order: Order, step: _Step) -> Condition:
    if order.field is None:
        return step.expression.is_not(None)
    return exists().where(_value_of(order.field)).correlate(ticket)


def _filled(order: Order, step: _Step) -> _Step:
    """Give the step for tickets that have a value.

    A field of one value is walked by the index of its values, which ends in the ticket's id.
    """
    filled = replace(step, nullable=False)
    if order.field is None or order.field.type is FieldType.MULTISELECT:
        return filled
    return replace(
        filled,
        expression=typed_value(order.field),
        joined=(ticket_field, _value_of(order.field)),
        by_pattern=order.holds is str,
    )


def _value_of(field: Field) -> Condition:
    condition = and_(
        ticket_field.c.ticket_id == ticket.c.id,
        ticket_field.c.field_id == field.id,
        # Written out, so that the index of what has a value is used.
        typed_value(field).is_not(None),
    )
    # Several values hang on multiple choices only.
    several = field.type is FieldType.MULTISELECT
    return condition if several else and_(condition, ticket_field.c.position == 1)


_owner, _responsible = agent.alias("owner"), agent.alias("responsible")
_STEPS: Mapping[SortKey, _Step] = {
    SortKey.CREATED: _Step(ticket.c.created, False),
    SortKey.CHANGED: _Step(ticket.c.changed, False),
    SortKey.NUMBER: _Step(ticket.c.number, False),
    SortKey.TITLE: _Step(
        ticket.c.title,
        False,
        keys=_title,
    ),
    SortKey.OWNER: _Step(
        _owner.c.login,
        False,
        keys=_bytes,
        joined=(_owner, _owner.c.id == func.coalesce(ticket.c.owner_id, FIRST_AGENT)),
    ),
    SortKey.RESPONSIBLE: _Step(
        _responsible.c.login,
        False,
        keys=_bytes,
        joined=(
            _responsible,
            _responsible.c.id == func.coalesce(ticket.c.responsible_id, FIRST_AGENT),
        ),
    ),
    SortKey.CUSTOMER: _Step(
        func.coalesce(customer.c.key, ticket.c.customer_key),
        False,
        keys=_bytes,
        nullable=True,
        joined=(customer, customer.c.id == ticket.c.customer_id),
    ),
    SortKey.QUEUE: _Step(
        queue.c.path_en, False, keys=_bytes, joined=(queue, queue.c.id == ticket.c.queue_id)
    ),
    SortKey.STATE: _Step(ticket.c.state_id, False),
    SortKey.TYPE: _Step(func.coalesce(ticket.c.type_id, FIRST_TYPE), False),
    SortKey.PRIORITY: _Step(ticket.c.priority_id, False),
    SortKey.LOCK: _Step(
        case((ticket.c.lock == "unlock", 1), (ticket.c.lock == "lock", 2), else_=3), False
    ),
    SortKey.SERVICE: _Step(ticket.c.service_id, False, nullable=True),
    SortKey.SLA: _Step(ticket.c.sla_id, False, nullable=True),
    SortKey.PENDING: _Step(ticket.c.pending_until, False, nullable=True),
    SortKey.ESCALATION: _Step(NEAREST, False, nullable=True),
    SortKey.ESCALATION_UPDATE: _Step(ticket.c.escalation_update, False, nullable=True),
    SortKey.ESCALATION_RESPONSE: _Step(ticket.c.escalation_first_response, False, nullable=True),
    SortKey.ESCALATION_SOLUTION: _Step(ticket.c.escalation_solution, False, nullable=True),
}
