"""TicketCreate: a ticket with its articles, fields and files (contract section 6)."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from gateway.dialects.znuny import articles, dynamic_fields
from gateway.dialects.znuny.articles import ArticleReader, Manner
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.refusals import Refused, invalid, not_valid
from gateway.dialects.znuny.request import Request, asked, claimed
from gateway.dialects.znuny.ticket_fields import Chosen, TicketFields
from gateway.domain import rights
from gateway.domain.people import Permission
from gateway.domain.ticket import StateType, Ticket
from gateway.domain.values import Row
from gateway.usecases import connector_tickets
from gateway.usecases.connector_tickets import Brought
from gateway.usecases.ports import Call, Unit

_NOT_ALLOWED = "Can not create tickets in given Queue or QueueID!"
# What a customer user may not say of a ticket of its own.
_OF_AGENTS = ("owner", "responsible", "lock", "pending_until")


def create(job: Job) -> Mapping[str, Any]:
    """Create a ticket.

    Raises:
        Refused: the first thing that is missing, not right or not allowed.
    """
    principal = job.login()
    require_form(job.data)
    return job.run(partial(_create, job), principal)


def require_form(data: Mapping[str, Any]) -> None:
    """Insist on the parts that a new ticket needs.

    Raises:
        Refused: one is missing or empty.
    """
    articles.require_form(data.get("Article"), not_valid("Article"))
    sent = data.get("Ticket")
    if not isinstance(sent, Mapping) or not sent:
        raise not_valid("Ticket")
    for name in ("DynamicField", "Attachment"):
        dynamic_fields.require_form(data, name)


def made(request: Request, further: Mapping[str, Any]) -> Mapping[str, Any]:
    """Judge the whole request in its order, then make the ticket.

    Raises:
        Refused: the first thing that is missing, not right or not allowed.
    """
    found, options, unit = request.found, request.options, request.unit
    fields = TicketFields(sent=request.ticket, found=found, options=options, unit=unit)
    chosen = fields.of_new()
    assert chosen.queue is not None  # noqa: S101 - required
    _require_right(chosen, request)
    reader = ArticleReader(
        principal=request.principal,
        manner=_manner(chosen, request),
        found=found,
        queue=chosen.queue,
        options=options,
        unit=unit,
    )
    drafts = reader.read(request.data["Article"])
    filled = request.filled()
    articles.require_no_fields(drafts)
    if found.holders:
        raise invalid("DynamicField->Value")
    whole = articles.with_files(drafts, request.data)
    brought = Brought(
        articles=whole,
        filled=[each for each in filled if each.values],
        claim=request.claim,
        system_id=found.system_id,
        mark=options.ticket_hook,
    )
    ticket = connector_tickets.make(_blank(chosen, request), brought, request.call, unit)
    return request.answer(ticket, whole, further)


def _create(job: Job, call: Call, unit: Unit) -> Mapping[str, Any]:
    claim = claimed(job.data, job.options, call.principal)
    found = unit.intake.look_up(asked(job.data, job.options, claim))
    request = Request(
        data=job.data, options=job.options, call=call, unit=unit, found=found, claim=claim
    )
    return made(request, {})


def _require_right(chosen: Chosen, request: Request) -> None:
    principal, queue = request.principal, chosen.queue
    assert queue is not None  # noqa: S101 - required
    if not rights.is_customer(principal):
        if not principal.may(Permission.CREATE, int(queue.kind)):
            raise Refused("AccessDenied", _NOT_ALLOWED)
        return
    allowed = rights.customer_may_create_in(queue.en, request.options.customer_queues)
    own = chosen.customer_user is not None and (
        chosen.customer_user.id == principal.customer_user_id
        or chosen.customer_user.kind == str(principal.customer_id)
    )
    company = chosen.customer is None or chosen.customer.id == principal.customer_id
    state = chosen.state is not None and rights.customer_may_set_state(chosen.state.kind)
    more = any(getattr(chosen, name) is not None for name in _OF_AGENTS)
    if not (allowed and own and company and state) or chosen.customer_key or more:
        raise Refused("AccessDenied", _NOT_ALLOWED)


def _manner(chosen: Chosen, request: Request) -> Manner:
    assert chosen.queue is not None  # noqa: S101 - required
    return Manner(
        sender=chosen.address or request.found.address,
        to=chosen.queue.en,
        history="NewTicket",
        comment="%%GenericInterface Create",
        auto_response="auto reply",
    )


def _blank(chosen: Chosen, request: Request) -> Ticket:
    assert chosen.state and chosen.queue and chosen.priority  # noqa: S101, PT018 - required
    lock = chosen.lock or ("lock" if chosen.owner else "unlock")
    return Ticket(
        id=0,
        guid=uuid4(),
        number="",
        version=1,
        title=chosen.title or "",
        state=chosen.state,
        priority=chosen.priority,
        queue=chosen.queue,
        type=chosen.type,
        service=chosen.service,
        sla=chosen.sla,
        lock="unlock" if chosen.state.kind == StateType.CLOSED else lock,
        owner=chosen.owner or _caller(request),
        responsible=chosen.responsible,
        customer=chosen.customer,
        customer_key=chosen.customer_key,
        customer_user=chosen.customer_user,
        customer_address=chosen.address,
        pending_until=chosen.pending_until,
    )


def _caller(request: Request) -> Row | None:
    principal = request.principal
    if principal.agent_id is None:
        return None
    name = principal.full_name
    return Row(principal.agent_id, principal.agent_guid or UUID(int=0), name, name)
