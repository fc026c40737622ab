"""Publish requests: made, logged, voted on, taken back; each function is one command.

The rules are those of the SSP7 catalog contract, 4.3 and section 6.
"""

from dataclasses import replace
from uuid import uuid4

from gateway.domain import catalog_requests
from gateway.domain.catalog import CatalogService
from gateway.domain.catalog_commands import (
    AddRequestLog,
    CancelRequest,
    Code,
    CreateCustomApproval,
    MarkInApproval,
    RequestFlag,
    RequestOutcome,
    RequestPublication,
    SetRequestFlag,
    Vote,
)
from gateway.domain.catalog_requests import (
    Ballot,
    Level,
    PublishRequest,
    RequestType,
    State,
    option_of,
    request_type,
)
from gateway.domain.catalog_values import LONG
from gateway.errors import Missing, NotPermitted, PersonUnknown, RequestOpen, RequestState
from gateway.text import printable
from gateway.usecases import catalog_access, catalog_actions, catalog_events
from gateway.usecases.catalog_access import (
    Hash,
    Opened,
    OpenedRequest,
    fitting,
    open_request,
    open_service,
    required,
)
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions

_RIGHT = "catalog.request"
_TITLES = {
    RequestType.PUBLISH: "Publish the service",
    RequestType.UNPUBLISH: "Withdraw the service",
    RequestType.DELETE: "Delete the service",
    RequestType.VERSION: "Make a new version",
    RequestType.CUSTOM: "Custom request",
}


def create_custom_approval(command: CreateCustomApproval, call: Call, unit: Unit) -> RequestOutcome:
    """Make a request of type Custom; the same one by the same caller again is that one.

    Raises:
        Missing, BrokenRule: a value.
        ServiceUnknown, PersonUnknown: what is named is not there.
        ServiceLocked, RequestOpen: another request is in the way.
        NoCredentials, HashRefused, NotPermitted: proofs, rights.
    """
    title = required(command.title, "title").strip()
    comments = fitting(command.comments, "comments", LONG)
    wished = request_type(command.type_name)
    opened = open_service(command, _RIGHT, call, unit, hashes=Hash.REQUESTS)
    catalog_access.require_there(opened.service)
    made = PublishRequest(
        guid=uuid4(),
        service_id=opened.service.id,
        type=RequestType.CUSTOM,
        type_name=wished.value,
        title=title,
        comments=comments,
        locks=command.lock,
        account_id=call.principal.account_id,
        requested_by=opened.person,
        created=unit.now,
    )
    known = _open_request(opened.service, unit)
    if known is not None and known.is_like(replace(made, option=known.option)):
        code = known.option.code if known.option else ""
        if code == command.option:
            # A safe repeat, even of what locks the service.
            return _outcome(known, Code.DUPLICATE, "the request was made before", call, unit)
    catalog_access.require_unlocked(opened, command)
    made = replace(made, option=option_of(opened.service.template, command.option))
    _require_none_open(opened.service)
    return _made(made, opened, call, unit)


def request_publication(command: RequestPublication, call: Call, unit: Unit) -> RequestOutcome:
    """Make a request by one of the console's buttons.

    Raises:
        GatewayError: as for ``create_custom_approval``.
    """
    kind = request_type(command.type)
    comments = fitting(command.comments, "comments", LONG)
    title = fitting(command.title, "title", 250).strip() or _TITLES[kind]
    opened = open_service(command, _RIGHT, call, unit, hashes=Hash.NOTHING)
    catalog_access.require_there(opened.service)
    catalog_access.require_unlocked(opened, command)
    _require_none_open(opened.service)
    made = PublishRequest(
        guid=uuid4(),
        service_id=opened.service.id,
        type=kind,
        title=title,
        comments=comments,
        option=option_of(opened.service.template, command.option),
        account_id=call.principal.account_id,
        requested_by=opened.person or opened.held.caller,
        created=unit.now,
    )
    return _made(made, opened, call, unit)


def add_request_log(command: AddRequestLog, call: Call, unit: Unit) -> RequestOutcome:
    """Add a line to the log of a request, whatever its state.

    Raises:
        GatewayError: values, proofs, rights, no such request or person.
    """
    text = required(command.text, "text", LONG)
    level = catalog_requests.level(command.level)
    opened = open_request(command, _RIGHT, call, unit)
    unit.catalog.add_log(opened.request, level, text, opened.person, call)
    return _outcome(opened.request, Code.OK, "line added", call, unit)


def mark_in_approval(command: MarkInApproval, call: Call, unit: Unit) -> RequestOutcome:
    """Say that the approvers were asked: New becomes InApproval.

    Raises:
        RequestState: the request has ended.
        GatewayError: values, proofs, rights, no such request or person.
    """
    comments = fitting(command.comments, "comments", LONG)
    opened = open_request(command, _RIGHT, call, unit)
    opened.request.require_open()
    if opened.request.state is State.IN_APPROVAL:
        return _outcome(opened.request, Code.UNCHANGED, "in approval already", call, unit)
    after = replace(opened.request, state=State.IN_APPROVAL)
    unit.catalog.put_request(after)
    if comments.strip():
        unit.catalog.add_log(after, Level.INFO, comments, opened.person, call)
    return _outcome(after, Code.OK, "in approval", call, unit)


def set_request_flag(command: SetRequestFlag, call: Call, unit: Unit) -> RequestOutcome:
    """Switch a flag of an open request.

    Raises:
        RequestState: the request has ended.
        GatewayError: proofs, rights, no such request or person.
    """
    opened = open_request(command, _RIGHT, call, unit)
    opened.request.require_open()
    if command.flag is RequestFlag.CAN_BE_CANCELLED:
        after = replace(opened.request, can_be_cancelled=command.value)
    else:
        after = replace(opened.request, show_in_public=command.value)
    if after == opened.request:
        return _outcome(after, Code.UNCHANGED, "set so already", call, unit)
    unit.catalog.put_request(after)
    return _outcome(after, Code.OK, "set", call, unit)


def vote(command: Vote, call: Call, unit: Unit) -> RequestOutcome:
    """Count a vote; the last one needed runs the action of the request, one against ends it.

    Raises:
        Missing: the hash, the decision or the voter.
        RequestState: the request has ended otherwise.
        PersonUnknown, NotPermitted: the voter.
        GatewayError: proofs, rights, what keeps the action from running.
    """
    decision = catalog_requests.decision(command.decision)
    comments = fitting(command.comments, "comments", LONG)
    voter = command.voter or command.performed_by
    if not voter:
        raise Missing(field="voter_unique_id")
    if not command.proof.given:
        # V: without the hash nobody votes through the web service, not even beside a login.
        raise Missing(field="hash_check")
    opened = open_request(
        command, "catalog.vote", call, unit, mentioned=CatalogMentions(persons=(voter,))
    )
    if voter not in opened.held.persons:
        raise PersonUnknown(f"no person {printable(voter)}", field="voter_unique_id")
    _require_voter(voter, opened, unit)
    request = opened.request
    if not request.open:
        if request.votes.get(voter) is decision:
            return _outcome(request, Code.UNCHANGED, "voted so already", call, unit)
        request.require_open()
    ballot = Ballot(voter, decision)
    after = catalog_requests.voted(request, ballot, opened.service.template.votes_needed, unit.now)
    if after == request:
        return _outcome(request, Code.UNCHANGED, "voted so already", call, unit)
    _count(after, ballot, comments, opened, call, unit)
    return _outcome(after, Code.OK, _said(after), call, unit)


def cancel(command: CancelRequest, call: Call, unit: Unit) -> RequestOutcome:
    """Take an open request back, as the one who made it.

    Raises:
        RequestState: it has ended, or may not be taken back.
        NotPermitted: another one made it.
        GatewayError: no such request or person.
    """
    opened = open_request(command, _RIGHT, call, unit)
    request = opened.request
    if not _is_requester(opened, call):
        raise NotPermitted
    request.require_open()
    if not request.can_be_cancelled:
        raise RequestState("the request may not be cancelled", field="request_guid")
    after = replace(request, state=State.CANCELLED, settled=unit.now)
    unit.catalog.put_request(after)
    return _outcome(after, Code.OK, "cancelled", call, unit)


def _open_request(service: CatalogService, unit: Unit) -> PublishRequest | None:
    if service.open_request is None:
        return None
    return unit.catalog.find_request(service.open_request.guid)


def _require_none_open(service: CatalogService) -> None:
    if service.open_request is not None:
        raise RequestOpen(
            f"request {service.open_request.guid} on this service is still open",
            field="service_guid",
        )


def _made(request: PublishRequest, opened: Opened, call: Call, unit: Unit) -> RequestOutcome:
    unit.catalog.add_request(request)
    catalog_events.tell_of_request(opened.service, request, call, unit)
    return _outcome(request, Code.OK, "request made", call, unit)


def _require_voter(voter: str, opened: OpenedRequest, unit: Unit) -> None:
    if not unit.catalog_rules.restrict_voters:
        return
    lists = [each for each in opened.held.lists if each.approval]
    if not unit.catalog.may_vote(opened.service, lists, voter):
        raise NotPermitted(field="voter_unique_id")


def _count(
    after: PublishRequest,
    ballot: Ballot,
    comments: str,
    opened: OpenedRequest,
    call: Call,
    unit: Unit,
) -> None:
    # What ends here is open no more: neither its lock nor itself is in the way of its action.
    if after.state is State.COMPLETED:
        free = replace(opened.service, open_request=None)
        catalog_actions.run(after.wished, free, opened.person or ballot.voter, call, unit)
    unit.catalog.put_vote(after, ballot, comments)
    unit.catalog.put_request(after)


def _said(request: PublishRequest) -> str:
    match request.state:
        case State.COMPLETED:
            return "approved, the request is completed"
        case State.REJECTED:
            return "the request is rejected"
        case _:
            return "vote counted"


def _is_requester(opened: OpenedRequest, call: Call) -> bool:
    request, caller = opened.request, opened.held.caller
    same_account = request.account_id and request.account_id == call.principal.account_id
    return bool(same_account) or (bool(caller) and request.requested_by == caller)


def _outcome(
    request: PublishRequest, code: Code, message: str, call: Call, unit: Unit
) -> RequestOutcome:
    unit.messages.settle(call, None)
    return RequestOutcome(
        code=code, message=message, request=request.guid, state=request.state.value
    )
