"""TicketUpdate: fields, articles, dynamic fields and files of a ticket (contract section 6)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from gateway.dialects.znuny import articles, dynamic_fields
from gateway.dialects.znuny.articles import ArticleReader, Manner
from gateway.dialects.znuny.job import Job, entries
from gateway.dialects.znuny.reading import id_of
from gateway.dialects.znuny.refusals import Refused, invalid
from gateway.dialects.znuny.request import Request, asked, claimed
from gateway.dialects.znuny.ticket_fields import Chosen, Present, TicketFields
from gateway.domain import rights
from gateway.domain.entries import WholeArticle
from gateway.domain.fields import Filled
from gateway.domain.people import Permission
from gateway.domain.ticket import PENDING_TYPES, Changes, Ticket
from gateway.domain.values import UNSET, Row, Unset
from gateway.usecases import connector_tickets
from gateway.usecases.connector_tickets import Brought
from gateway.usecases.ports import Call, Unit

_MANNER_HISTORY = "AddNote"
_NOT_SEEN = "User does not have access to the ticket!"
_NOBODY = 1  # the agent that stands where nobody does (contract section 16)


def update(job: Job) -> Mapping[str, Any]:
    """Change a ticket.

    Raises:
        Refused: the first thing that is missing, not right or not allowed.
    """
    if not job.data:
        raise Refused("EmptyRequest", "The request data is invalid!")
    number, id_ = job.text("TicketNumber"), job.text("TicketID")
    if not number and not id_:
        raise Refused("MissingParameter", "TicketID or TicketNumber is required!")
    principal = job.login()
    ticket_id = None if number else id_of(id_)
    return job.run(partial(_update, job, ticket_id, number or None), principal)


def changed(request: Request, guid: UUID | None, further: Mapping[str, Any]) -> Mapping[str, Any]:
    """Judge the whole request in its order, then change the ticket.

    Raises:
        Refused: the first thing that is missing, not right or not allowed.
    """
    ticket, present = _held(request, guid)
    _require_form(request.data)
    chosen = _chosen(request, ticket)
    whole, filled = _added(request, chosen, ticket)
    filled = [each for each in filled if _differs(each, present)]
    plain = _changes(chosen, ticket, request.unit)
    _require_rights(request, plain, ticket, whole, filled)
    _require_pending_time(chosen)
    changes = connector_tickets.with_state(ticket, plain, request.unit)
    brought = _brought(request, ticket, whole, filled, present)
    after = connector_tickets.change(ticket, changes, brought, request.call, request.unit)
    return request.answer(after, whole, further)


def _update(
    job: Job, ticket_id: int | None, number: str | None, call: Call, unit: Unit
) -> Mapping[str, Any]:
    claim = claimed(job.data, job.options, call.principal)
    found = unit.intake.look_up(
        asked(job.data, job.options, claim, ticket_id=ticket_id, number=number)
    )
    request = Request(
        data=job.data, options=job.options, call=call, unit=unit, found=found, claim=claim
    )
    return changed(request, found.ticket, {})


def _held(request: Request, guid: UUID | None) -> tuple[Ticket, Mapping[int, Sequence[str]]]:
    """Lock the ticket; one that was merged just now stands for its target."""
    fields = [field.id for field in request.found.fields.values()]
    while guid is not None:
        ticket, present = request.unit.intake.lock(guid, fields)
        guid = None if ticket is None else ticket.merged_into
        if ticket is not None and guid is None and rights.sees(request.principal, ticket):
            return ticket, present
    raise Refused("AccessDenied", _NOT_SEEN)


def _require_form(data: Mapping[str, Any]) -> None:
    sent = data.get("Ticket")
    if "Ticket" in data and not (isinstance(sent, Mapping) and sent):
        raise Refused("InvalidParameter", "Ticket parameter is not valid!")
    if entries(data.get("Article")):
        refusal = Refused("InvalidParameter", "Article parameter is not valid!")
        articles.require_form(data.get("Article"), refusal)
    for name in ("DynamicField", "Attachment"):
        dynamic_fields.require_form(data, name)


def _chosen(request: Request, ticket: Ticket) -> Chosen:
    fields = TicketFields(
        sent=request.ticket, found=request.found, options=request.options, unit=request.unit
    )
    present = Present(customer_user=ticket.customer_user, service=ticket.service)
    return fields.of_present(present)


def _added(
    request: Request, chosen: Chosen, ticket: Ticket
) -> tuple[list[WholeArticle], list[Filled]]:
    reader = ArticleReader(
        principal=request.principal,
        manner=_manner(request),
        found=request.found,
        queue=chosen.queue or ticket.queue,
        options=request.options,
        unit=request.unit,
    )
    drafts = reader.read(request.data.get("Article"))
    filled = request.filled()
    articles.require_no_fields(drafts)
    if any(holder.id != ticket.id for holder in request.found.holders):
        raise invalid("DynamicField->Value")
    if entries(request.data.get("Attachment")) and not drafts:
        raise Refused("MissingParameter", "To create an attachment an article is needed!")
    return articles.with_files(drafts, request.data), filled


def _manner(request: Request) -> Manner:
    return Manner(
        sender=request.principal.full_name,
        to=None,
        history=_MANNER_HISTORY,
        comment="%%GenericInterface Note",
        auto_response="auto follow up",
    )


def _differs(filled: Filled, present: Mapping[int, Sequence[str]]) -> bool:
    return [value.text for value in filled.values] != list(present.get(filled.field.id, ()))


def _changes(chosen: Chosen, ticket: Ticket, unit: Unit) -> Changes:
    return Changes(
        title=_or_unset(chosen.title),
        queue=_or_unset(chosen.queue),
        lock=_or_unset(chosen.lock),
        type=_or_unset(chosen.type),
        state=_or_unset(chosen.state),
        pending_until=_or_unset(chosen.pending_until),
        service=_or_unset(chosen.service),
        sla=_sla(chosen, ticket, unit),
        priority=_or_unset(chosen.priority),
        owner=_agent(chosen.owner, ticket.owner),
        responsible=_agent(chosen.responsible, ticket.responsible),
        **_customer(chosen),
    )


def _or_unset(value: Any) -> Any:
    return UNSET if value is None else value


def _agent(chosen: Row | None, present: Row | None) -> Row | Unset:
    shown = present.id if present else _NOBODY
    return UNSET if chosen is None or chosen.id == shown else chosen


def _sla(chosen: Chosen, ticket: Ticket, unit: Unit) -> Row | None | Unset:
    if chosen.sla is not None:
        return chosen.sla
    moved = chosen.service is not None and chosen.service != ticket.service
    if not moved or ticket.sla is None or chosen.service is None:
        return UNSET
    return UNSET if unit.intake.fits(ticket.sla, chosen.service) else None


def _customer(chosen: Chosen) -> dict[str, Any]:
    company = {"customer": chosen.customer, "customer_key": chosen.customer_key}
    if chosen.customer_user is not None or chosen.address is not None:
        person = {"customer_user": chosen.customer_user, "customer_address": chosen.address}
        return company | person
    return company if chosen.customer or chosen.customer_key else {}


def _require_rights(
    request: Request,
    changes: Changes,
    ticket: Ticket,
    added: Sequence[WholeArticle],
    filled: Sequence[Filled],
) -> None:
    """Judge each thing that changes by its own right, in the order of the contract."""
    _, differences = ticket.apply(changes)
    changing = {difference.field for difference in differences}
    principal, customer = request.principal, rights.is_customer(request.principal)
    if added and not (customer or rights.may(principal, Permission.NOTE, ticket)):
        raise Refused("AccessDenied", "Does not have permissions to create new articles!")
    said = [each for each in filled if not _is_claim(each, request)]
    if said and not (customer or rights.may(principal, Permission.RW, ticket)):
        raise _denied("dynamic fields")
    for name, key in _KEYS.items():
        if name in changing and not _may(request, name, key, changes, ticket):
            raise _denied(name)
    if changing - _KEYS.keys() and not rights.may(principal, Permission.RW, ticket):
        raise _denied("ticket")


_KEYS: Mapping[str, Permission] = {
    "queue": Permission.MOVE_INTO,  # on the target
    "owner": Permission.OWNER,
    "responsible": Permission.RW,
    "priority": Permission.PRIORITY,
    "state": Permission.RW,
}


def _may(request: Request, name: str, key: Permission, changes: Changes, ticket: Ticket) -> bool:
    principal = request.principal
    if rights.is_customer(principal):
        state = changes.state
        settable = not isinstance(state, Row) or rights.customer_may_set_state(state.kind)
        return name == "priority" or (name == "state" and settable)
    if name == "queue" and isinstance(changes.queue, Row):
        return principal.may(key, int(changes.queue.kind))
    return rights.may(principal, key, ticket)


def _is_claim(filled: Filled, request: Request) -> bool:
    # The reference that led here is written by the gateway itself.
    name = request.options.external_reference.dynamic_field
    return request.by_reference and filled.field.name == name


def _denied(what: str) -> Refused:
    return Refused("AccessDenied", f"Does not have permissions to update {what}!")


def _require_pending_time(chosen: Chosen) -> None:
    pending = chosen.state is not None and chosen.state.kind in PENDING_TYPES
    if pending and chosen.pending_until is None:
        text = "Can't set a ticket on a pending state without pendig time!"
        raise Refused("MissingParameter", text, bare=True)


def _brought(
    request: Request,
    ticket: Ticket,
    added: Sequence[WholeArticle],
    filled: Sequence[Filled],
    present: Mapping[int, Sequence[str]],
) -> Brought:
    name = request.options.external_reference.dynamic_field
    live = any(each.id == ticket.id and each.live for each in request.found.holders)
    emptied = any(each.field.name == name and not each.values for each in filled)
    return Brought(
        articles=added,
        filled=filled,
        present=present,
        claim=None if live else request.claim,
        unclaimed=emptied,
        system_id=request.found.system_id,
        mark=request.options.ticket_hook,
    )
