"""Tickets as cards: each with the names of what it refers to, found by id, page by page."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from gateway.domain.people import Permission, Principal
from gateway.domain.ticket import Ticket
from gateway.domain.values import Row
from gateway.repository.parameters import LARGEST_ID, array_of, id_in
from gateway.repository.rows import to_row
from gateway.repository.tickets import to_ticket
from gateway.repository.transaction import Named, Record, Transaction
from gateway.usecases.ports import (
    Call,
    CardFilter,
    CardPage,
    LookedUp,
    Match,
    Mention,
    Mentioned,
    Party,
    Preset,
    TicketCard,
)

_BY_CUSTOMER = 0  # the place of rows that were found by what was found


class CardStore:
    """Tickets as cards; what may be seen is decided in the statement that reads."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def look_up(self, mentions: Sequence[Mention], ticket_id: int | None) -> LookedUp:
        """Find all that a call mentions, and an id for an article, in one round trip."""
        batch: list[Named] = [
            ("mentioned", _mentioning(mentions)),
            ("set_aside_articles", {"count": 1}),
        ]
        if ticket_id is not None:
            batch.append(("ticket_and_target", {"id": ticket_id}))
        rows, ((article_id,),), *tickets = self._current.read_each(*batch)
        guid, target = tickets[0][0] if tickets and tickets[0] else (None, None)
        found: dict[Mention, list[Mentioned]] = {}
        by_customer = []
        for place, *record in rows:
            if place == _BY_CUSTOMER:
                by_customer.append(_mentioned(record))
            else:
                found.setdefault(mentions[place - 1], []).append(_mentioned(record))
        return LookedUp(
            rows=found, by_customer=by_customer, article_id=article_id, ticket=guid, target=target
        )

    def hold(self, guid: UUID) -> tuple[Ticket, TicketCard] | None:
        """Lock and load a ticket, with its card; removed ones come too."""
        which = {"guids": [guid]}
        tickets, cards = self._current.hold_each(
            ("lock_tickets", which), ("load_tickets", which), ("cards_of_guid cards", which)
        )
        return (to_ticket(tickets[0]), _card(cards[0])) if tickets else None

    def find(self, ticket_id: int, principal: Principal) -> TicketCard | None:
        """Read the card of a ticket that is to be seen; of a merged one that of its target."""
        parameters = {"id": ticket_id, "groups": _groups(principal, Permission.RO)}
        rows = self._current.read("cards_of_id cards", parameters)
        return _card(rows[0]) if rows else None

    def page(self, principal: Principal, wanted: CardFilter, limit: int) -> CardPage | None:
        """List cards by id; None: there is no such customer."""
        parameters = {
            "after": min(wanted.after, LARGEST_ID),
            "groups": _groups(principal, Permission.RO),
            "customer": wanted.customer_id,
            "created_since": wanted.created_since,
            "changed_since": wanted.changed_since,
            "limit": limit + 1,
        }
        page: Named = (" ".join(_parts(wanted)), parameters)
        customer: Named = ("customer_there", {"id": wanted.customer_id})
        _, there, rows = self._current.read_each_by_values(
            ("creations_settled", {}), customer, page
        )
        if wanted.customer_id is not None and not there:
            return None
        return CardPage([_card(row) for row in rows], rows[0][-1] if rows else 0)

    def presets(
        self, name: str, principal: Principal, *, after: int = 0, limit: int
    ) -> list[Preset]:
        """List active entries by id: type, state, priority, agent, queue or partner."""
        parameters: dict[str, object] = {"after": min(after, LARGEST_ID), "limit": limit}
        if name == "queue":
            parameters["groups"] = _groups(principal, Permission.RW)
        rows = self._current.read(f"preset_{name}", parameters)
        return [Preset(id_, text, tuple(further)) for id_, text, *further in rows]

    def first_state(self, state_type: str) -> Row | None:
        """Find the first active state of a type."""
        rows = self._current.read("first_state", {"state_type": state_type})
        return to_row(rows[0][0]) if rows else None

    def put_party(self, ticket: Ticket, party: Party, rows: Sequence[Row], call: Call) -> None:
        """Write an ordered set of a ticket as a whole."""
        del call
        self._current.later(f"clear_{party}", {"ticket_id": ticket.id})
        if rows:
            parameters = {"ticket_id": ticket.id, "ids": array_of(row.id for row in rows)}
            self._current.later(f"put_{party}", parameters)


def _groups(principal: Principal, key: Permission) -> str:
    return array_of(principal.groups_with(key))


def _parts(wanted: CardFilter) -> Iterator[str]:
    """Name the parts of a page, in an order of their own: one filter is one statement."""
    yield "cards_of_page"
    if wanted.customer_id is not None:
        yield "cards_of_customer"
    if wanted.created_since is not None:
        yield "cards_created"
    if wanted.changed_since is not None:
        yield "cards_changed"
    yield "cards_in_order"
    yield "cards"


def _mentioning(mentions: Sequence[Mention]) -> dict[str, object]:
    numbers = [id_in(str(each.key)) for each in mentions]
    return {
        "lists": [each.of for each in mentions],
        "keys": [each.key if isinstance(each.key, str) else "" for each in mentions],
        "ids": f"{{{','.join('null' if each is None else str(each) for each in numbers)}}}",
    }


def _mentioned(record: Sequence[object]) -> Mentioned:
    match, name, texts = record
    row = to_row(texts)  # type: ignore[arg-type] # an array of texts
    assert row is not None  # noqa: S101 - the statement gives no other
    return Mentioned(row, str(name), Match(str(match)))


def _card(record: Record) -> TicketCard:
    (id_, guid, version, group_id, state_type, customer_id, type_, state, priority, address, title,
     activity, owner, agents, queue, queues, partners, created, follow_up, action_required,
     _) = record  # fmt: skip
    return TicketCard(
        id=id_,
        guid=guid,
        version=version,
        group_id=group_id,
        state_type=state_type,
        customer_id=customer_id,
        type=type_,
        state=state,
        priority=priority,
        address=address,
        title=title,
        activity=activity,
        owner=owner,
        agents=tuple(agents),
        queues=(queue, *queues),
        partners=tuple(partners),
        created=created,
        follow_up=follow_up,
        action_required=action_required,
    )
