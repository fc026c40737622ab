"""TicketGet: tickets with all that hangs on them (contract sections 5 and 6)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import SENDER_TYPES
from gateway.dialects.znuny.job import Job, as_id, entries
from gateway.dialects.znuny.refusals import Refused, invalid, missing, too_much
from gateway.dialects.znuny.shown import Shown
from gateway.domain.people import AccountKind, Permission, Principal
from gateway.errors import ShapeExceeded
from gateway.usecases.ports import Call, Extent, Unit, WholeTicket

MOST_TICKETS = 1000
_LONGEST_ID = 18  # digits
_NEVER = 2**63 - 1  # the last number that fits a column, and no ticket gets
_NOT_SEEN = "User does not have access to the ticket!"


def get(job: Job) -> Mapping[str, Any]:
    """Read tickets in the order in which they are asked for.

    Raises:
        Refused: one of them is not there for the caller, or they hold too much for one answer.
    """
    principal = job.login()
    ids = ticket_ids(job)
    extent, html = _extent(job, principal), job.flag("HTMLBodyAsAttachment", False)
    return bounded(job, partial(_read, ids, extent, html, job.options), principal)


def bounded(
    job: Job, work: Callable[[Call, Unit], Mapping[str, Any]], principal: Principal
) -> Mapping[str, Any]:
    """Run the work of a reader.

    Raises:
        Refused: what was asked for is more than one answer can hold.
    """
    try:
        return job.run(work, principal)
    except ShapeExceeded:
        raise too_much("TicketID") from None


def ticket_ids(job: Job) -> list[int]:
    """Read the ids a request names, each once.

    Raises:
        Refused: there are none, too many, or one is none.
    """
    listed = [each for each in entries(job.value("TicketID")) if each != ""]
    texts = [part.strip() for each in listed for part in str(each).split(",")]
    if not texts:
        raise missing("TicketID")
    if len(texts) > MOST_TICKETS or not all(_is_number(text) for text in texts):
        raise Refused("WrongStructure", "Structure for TicketID is not correct!")
    return list(dict.fromkeys(map(id_of, texts)))


def id_of(text: str) -> int:
    """Give the id that a text means; of what can be none, one that no ticket has."""
    digits = text.lstrip("0")
    if not _is_number(digits):
        return 0
    return int(digits) if len(digits) <= _LONGEST_ID else _NEVER


def sees(principal: Principal, ticket: WholeTicket) -> bool:
    """Tell whether a ticket is there for the caller at all (contract section 4.3)."""
    if principal.kind is not AccountKind.CUSTOMER:
        return principal.may(Permission.RO, ticket.group_id)
    own = ticket.customer_user_id
    return (own is not None and own == principal.customer_user_id) or (
        ticket.customer_id is not None and ticket.customer_id == principal.customer_id
    )


def whole_of(ticket_id: int, options: Options, call: Call, unit: Unit) -> Mapping[str, Any]:
    """Give a ticket as it is after what this unit did, with everything on it.

    Articles that are more than one answer can hold are left out: what was done is not undone.
    """
    customer = call.principal.kind is AccountKind.CUSTOMER
    extent = Extent(articles=True, files=True, fields=True, visible_only=customer)
    try:
        whole = unit.whole.read([ticket_id], extent)
    except ShapeExceeded:
        extent = replace(extent, articles=False)
        whole = unit.whole.read([ticket_id], extent)
    return Shown(whole, extent, False, options, customer, unit.now).ticket(ticket_id)


def _read(
    ids: Sequence[int], extent: Extent, html: bool, options: Options, call: Call, unit: Unit
) -> Mapping[str, Any]:
    whole = unit.whole.read(ids, extent)
    for id_ in ids:
        ticket = whole.tickets.get(id_)
        if ticket is None or not sees(call.principal, ticket):
            raise Refused("AccessDenied", _NOT_SEEN)
    customer = call.principal.kind is AccountKind.CUSTOMER
    shown = Shown(whole, extent, html, options, customer, unit.now)
    # Of tickets that were merged several ids may mean one.
    targets = dict.fromkeys(whole.tickets[id_].id for id_ in ids)
    asked = {whole.tickets[id_].id: id_ for id_ in reversed(ids)}
    unit.messages.settle(call, next(iter(targets)) if len(targets) == 1 else None)
    return {"Ticket": [shown.ticket(asked[target]) for target in targets]}


def _extent(job: Job, principal: Principal) -> Extent:
    order = job.text("ArticleOrder") or "ASC"
    if order not in ("ASC", "DESC"):
        raise invalid("ArticleOrder")
    senders = job.texts("ArticleSenderType")
    if not all(sender in SENDER_TYPES for sender in senders):
        raise invalid("ArticleSenderType")
    # The HTML of an article is read with it, so its being asked for costs no more.
    return Extent(
        articles=job.flag("AllArticles", False),
        files=job.flag("Attachments", False),
        contents=job.flag("GetAttachmentContents", True),
        fields=job.flag("DynamicFields", False),
        extended=job.flag("Extended", False),
        newest_first=order == "DESC",
        article_limit=as_id(job.text("ArticleLimit"), "ArticleLimit"),
        senders=tuple(senders),
        visible_only=principal.kind is AccountKind.CUSTOMER,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
