"""PUT, PATCH and DELETE of a ticket: only what is sent, and only what differs (sections 6, 7)."""

from uuid import uuid4

from gateway.dialects.tickets import cards
from gateway.dialects.tickets import sent as stages
from gateway.dialects.tickets.creating import known_names
from gateway.dialects.tickets.job import Job
from gateway.dialects.tickets.mentions import of_defaults, of_request
from gateway.dialects.tickets.values import Meaning, Reader
from gateway.domain.entries import WholeArticle
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import Ticket
from gateway.errors import Malformed, NotFound
from gateway.usecases import card_tickets, tickets
from gateway.usecases.card_tickets import Wanted
from gateway.usecases.ports import Call, LookedUp, TicketCard, Unit


def update(job: Job, call: Call, unit: Unit) -> TicketCard:
    """Judge version and values in their order, then change the ticket.

    Raises:
        NotFound, VersionMismatch, Malformed, Problem, NotPermitted, TicketClosed: the first thing
            that is wrong.
    """
    given = {} if isinstance(job.sent, Malformed) else job.sent
    mentions = list(dict.fromkeys((*of_request(given), *of_defaults(job.options))))
    looked = unit.cards.look_up(mentions, job.id)
    ticket, card = card_tickets.held(looked.target, call, unit)
    card_tickets.require_version(ticket, job.versions)
    sent = stages.different(job.body(), cards.shown(card, job.options))
    stages.check(sent, new=False)
    meaning = Reader(sent, looked, job.options, known_names(call, unit), card).read()
    wanted = Wanted(
        changes=meaning.fields,
        gathered=meaning.gathered,
        activity=_activity(meaning, ticket, looked, job, call),
    )
    return card_tickets.change(ticket, card, wanted, call, unit)


def remove(job: Job, call: Call, unit: Unit) -> None:
    """Judge the version, then mark the ticket as removed.

    Raises:
        NotFound, VersionMismatch, NotPermitted, TicketMerged: the first thing that is wrong.
    """
    looked = unit.cards.look_up((), job.id)
    found = None if looked.ticket is None else unit.cards.hold(looked.ticket)
    if found is None:
        raise NotFound(field="ticket")
    ticket = tickets.seen(found[0], call, "ticket")
    card_tickets.require_version(ticket, job.versions)
    card_tickets.remove(ticket, call, unit)


def _activity(
    meaning: Meaning, ticket: Ticket, looked: LookedUp, job: Job, call: Call
) -> WholeArticle | None:
    if not meaning.text:
        return None
    text = from_plain(meaning.text)
    title = meaning.changes.get("title", ticket.title)
    return WholeArticle(
        id=looked.article_id,
        guid=uuid4(),
        plain=text.plain,
        html=text.html,
        visible=job.options.update_content_visible,
        sender_type="agent",
        sender=call.principal.full_name or call.principal.account,
        subject=title,
    )
