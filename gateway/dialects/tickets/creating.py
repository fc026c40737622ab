"""POST /tickets/: from what was sent to a new ticket (section 5)."""

from typing import Any
from uuid import UUID, uuid4

from gateway.dialects.tickets import sent as stages
from gateway.dialects.tickets.job import Job
from gateway.dialects.tickets.mentions import of_defaults, of_request
from gateway.dialects.tickets.values import Meaning, Reader
from gateway.domain.entries import WholeArticle
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import Ticket
from gateway.domain.values import Row
from gateway.usecases import card_tickets
from gateway.usecases.card_tickets import Wanted
from gateway.usecases.ports import Call, TicketCard, Unit

_NAMES_SHOWN = 20


def create(job: Job, call: Call, unit: Unit, guid: UUID) -> TicketCard:
    """Judge what was sent in its order, then make the ticket.

    Raises:
        Malformed, Problem, NotPermitted: the first thing that is wrong.
    """
    sent = job.body()
    stages.check(sent, new=True)
    mentions = list(dict.fromkeys((*of_request(sent), *of_defaults(job.options))))
    looked = unit.cards.look_up(mentions, None)
    reader = Reader(sent, looked, job.options, known_names(call, unit))
    meaning = reader.read()
    activity = _activity(meaning, looked.article_id, call)
    if "customerEmail" not in sent:
        meaning.changes.update(_asker(reader))
    wanted = Wanted(gathered=meaning.gathered, activity=activity)
    return card_tickets.create(_blank(guid, reader, meaning), wanted, call, unit)


def known_names(call: Call, unit: Unit) -> Any:
    """Give what reads the first names of a list, for whoever sent one that is not among them."""

    def known(of: str) -> list[str]:
        found = unit.cards.presets(of, call.principal, limit=_NAMES_SHOWN)
        return [each.name for each in found]

    return known


def _asker(reader: Reader) -> dict[str, Any]:
    """Give the customer's own address, where nobody is named (field customerEmail)."""
    customer = reader.meaning.changes["customer"]
    if not customer.kind:
        return {}
    return dict(reader.asker(customer.kind, reader.looked.by_customer))


def _blank(guid: UUID, reader: Reader, meaning: Meaning) -> Ticket:
    options, changes = reader.options, meaning.changes
    priority = changes.get("priority") or reader.default("priority", options.default_priority).id
    return Ticket(
        id=0,
        guid=guid,
        number="",
        version=1,
        title=changes["title"],
        state=changes.get("state") or reader.default("state", options.default_status),
        priority=priority,
        queue=changes.get("queue") or reader.default("queue", options.default_department),
        type=changes.get("type") or reader.default("type", options.default_type),
        lock="lock" if changes.get("owner") else "unlock",
        owner=changes.get("owner"),
        customer=changes["customer"],
        customer_user=changes.get("customer_user"),
        customer_address=changes.get("customer_address"),
        follow_up=changes.get("follow_up"),
        action_required=changes.get("action_required"),
    )


def _activity(meaning: Meaning, article_id: int, call: Call) -> WholeArticle | None:
    if not meaning.text:
        return None
    # By whoever is given as the one who asks, else by the account (section 3.2).
    person: Row | None = meaning.changes.get("customer_user")
    address = meaning.changes.get("customer_address") or (person.en if person else "")
    text = from_plain(meaning.text)
    return WholeArticle(
        id=article_id,
        guid=uuid4(),
        plain=text.plain,
        html=text.html,
        visible=True,
        sender_type="customer" if address else "agent",
        sender=address or call.principal.full_name or call.principal.account,
        subject=meaning.changes["title"],
        history="NewTicket",
    )
