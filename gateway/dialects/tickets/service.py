"""The operations: translate, call, translate back."""

from collections.abc import Callable, Mapping
from uuid import uuid4

from gateway.dialects.tickets import cards, creating, updating
from gateway.dialects.tickets.conditions import tag
from gateway.dialects.tickets.job import Job, Reply
from gateway.dialects.tickets.shapes import BASE
from gateway.http.conditions import unchanged
from gateway.usecases import card_tickets
from gateway.usecases.ports import Call, TicketCard, Unit

_MOST_BYTES = 8 * 1024 * 1024  # of a page


def get_ticket(job: Job) -> Reply:
    """Fetch a ticket; of a merged one its target."""
    card = _read(job)
    headers = _of_other(card, job.id) + _tag(card)
    if unchanged(job.request.headers.get("if-none-match", ""), tag(card.id, card.version)):
        return Reply(status=304, headers=headers, ticket_id=card.id)
    return _ticket(job, card, headers=headers)


def create_ticket(job: Job) -> Reply:
    """Create a ticket."""

    def work(call: Call, unit: Unit) -> Reply:
        card = creating.create(job, call, unit, uuid4())
        location = ("Location", f"{BASE}/tickets/{card.id}")
        return _ticket(job, card, status=201, headers=(location, *_tag(card)))

    return job.run(work)


def update_ticket(job: Job) -> Reply:
    """Change those fields of a ticket that are sent."""

    def work(call: Call, unit: Unit) -> Reply:
        card = updating.update(job, call, unit)
        return _ticket(job, card, headers=_of_other(card, job.id) + _tag(card))

    return job.run(work)


def delete_ticket(job: Job) -> Reply:
    """Mark a ticket as removed."""

    def work(call: Call, unit: Unit) -> Reply:
        updating.remove(job, call, unit)
        return Reply(status=204, ticket_id=job.id)

    return job.run(work)


def list_tickets(job: Job) -> Reply:
    """List tickets, all of them or those of a customer, page by page."""
    limit = job.page.limit
    wanted = job.page.cards(job.id or None)
    found = job.run_read(lambda call, unit: card_tickets.page(wanted, limit, call, unit))
    pieces: list[bytes] = []
    size, last_id = 0, 0
    for card in found.cards[:limit]:
        pieces.append(cards.written(cards.shown(card, job.options)))
        size, last_id = size + len(pieces[-1]), card.id
        if size >= _MOST_BYTES:
            break
    more = found.found > len(pieces)
    return _page(job, b"[" + b",".join(pieces) + b"]", last_id if more else None)


def list_presets(job: Job) -> Reply:
    """List the entries that a field takes."""
    of, page = job.operation.preset, job.page
    found = job.run_read(
        lambda call, unit: card_tickets.presets(of, page.after, page.limit + 1, call, unit)
    )
    shown = found[: page.limit]
    body = cards.written([cards.preset(each, of) for each in shown])
    return _page(job, body, shown[-1].id if len(found) > len(shown) else None)


Handler = Callable[[Job], Reply]

HANDLERS: Mapping[str, Handler] = {
    "listTickets": list_tickets,
    "createTicket": create_ticket,
    "getTicket": get_ticket,
    "putTicket": update_ticket,
    "patchTicket": update_ticket,
    "deleteTicket": delete_ticket,
    "listCustomerTickets": list_tickets,
}


def handler(job: Job) -> Handler:
    """Give what carries a job out."""
    return HANDLERS.get(job.operation.name, list_presets)


def _read(job: Job) -> TicketCard:
    return job.run_read(lambda call, unit: card_tickets.read(job.id, call, unit))


def _ticket(
    job: Job, card: TicketCard, *, status: int = 200, headers: tuple[tuple[str, str], ...]
) -> Reply:
    body = cards.written(cards.shown(card, job.options))
    return Reply(status=status, body=body, headers=headers, ticket_id=card.id)


def _page(job: Job, body: bytes, last_id: int | None) -> Reply:
    if last_id is None:
        return Reply(body=body)
    address = job.desk.public_url + job.request.path
    return Reply(body=body, headers=(job.page.next(address, last_id),))


def _tag(card: TicketCard) -> tuple[tuple[str, str], ...]:
    return (("ETag", tag(card.id, card.version)),)


def _of_other(card: TicketCard, asked: int) -> tuple[tuple[str, str], ...]:
    """Say whose object it is where a ticket was merged into another (section 3.3)."""
    return () if card.id == asked else (("Content-Location", f"{BASE}/tickets/{card.id}"),)
