"""The start of every command of the catalog: proofs and rights, the object, who acts, the lock."""

from dataclasses import dataclass, replace
from enum import Enum

from gateway.domain.catalog import CatalogService, OpenRequest
from gateway.domain.catalog_commands import RequestCommand, ServiceCommand
from gateway.domain.catalog_requests import PublishRequest
from gateway.domain.people import NOBODY, Principal
from gateway.errors import (
    BrokenRule,
    HashRefused,
    Missing,
    NoCredentials,
    NotPermitted,
    PersonUnknown,
    RequestUnknown,
    ServiceLocked,
    ServiceUnknown,
)
from gateway.text import is_text, printable
from gateway.usecases import rights
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions, HeldService

EDIT = "EditCatalog"  # the console's word: owners and editors of a service may, too
_EDITOR_PERSONS = ("ServiceOwner", "ServiceOwnerDeputy", "ServiceManager", "EditorPersons")
_EDITOR_GROUPS = ("EditorGroups",)


class Hash(Enum):
    """What the hashes permit of a command without a login (contract, section 5)."""

    WRITES = "that of the service, and that of the request which locks it"
    REQUESTS = "that of the service"
    NOTHING = "a login is needed"


@dataclass(frozen=True, slots=True)
class Opened:
    """A service under its lock, and who acts on it."""

    service: CatalogService
    held: HeldService
    person: str  # unique id; empty: the account itself


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """A publish request under the lock of its service, and who acts on it."""

    request: PublishRequest
    service: CatalogService
    held: HeldService
    person: str


def open_service(
    command: ServiceCommand,
    right: str,
    call: Call,
    unit: Unit,
    *,
    mentioned: CatalogMentions | None = None,
    hashes: Hash = Hash.WRITES,
) -> Opened:
    """Lock the service of a command; one that was removed is there, too.

    Raises:
        NoCredentials, HashRefused, NotPermitted: proofs, rights.
        ServiceUnknown, PersonUnknown: what is named is not there.
    """
    if not command.proof.given:
        _require_right(call, right)
    wanted = mentioned or CatalogMentions()
    held = unit.catalog.hold(command.service, _with_persons(wanted, command.performed_by, call))
    if command.proof.given:
        _require_hash(command, held, call.principal, hashes)
        if call.principal is not NOBODY:
            _require_right(call, right)
    if held.service is None:
        raise ServiceUnknown(f"no service {command.service}", field="service_guid")
    if call.command == EDIT and not _edits(call, held.service, held):
        raise NotPermitted
    return Opened(held.service, held, _person(command.performed_by, held))


def open_request(
    command: RequestCommand,
    right: str,
    call: Call,
    unit: Unit,
    *,
    mentioned: CatalogMentions | None = None,
) -> OpenedRequest:
    """Lock the service of a publish request.

    Raises:
        NoCredentials, HashRefused, NotPermitted: proofs, rights.
        RequestUnknown, PersonUnknown: what is named is not there.
    """
    if command.proof.given and not command.proof.for_request(command.request):
        raise HashRefused(field="hash_check")
    if call.principal is not NOBODY or not command.proof.given:
        _require_right(call, right)
    wanted = mentioned or CatalogMentions()
    held = unit.catalog.hold_of_request(
        command.request, _with_persons(wanted, command.performed_by, call)
    )
    if held.service is None or held.request is None:
        raise RequestUnknown(f"no publish request {command.request}", field="request_guid")
    return OpenedRequest(held.request, held.service, held, _person(command.performed_by, held))


def require_there(service: CatalogService) -> None:
    """Insist that a service was not removed.

    Raises:
        ServiceUnknown: it was.
    """
    if service.removed is not None:
        raise ServiceUnknown(f"no service {service.guid}", field="service_guid")


def require_unlocked(opened: Opened, command: ServiceCommand) -> None:
    """Insist that no open request locks the service, but for the holder of its hash.

    Raises:
        ServiceLocked: one does.
    """
    locking = _locking(opened.service)
    if locking is not None and not command.proof.for_request(locking.guid):
        raise ServiceLocked(
            f"the service is locked by request {locking.guid}", field="service_guid"
        )


def open_to_write(
    command: ServiceCommand,
    call: Call,
    unit: Unit,
    *,
    mentioned: CatalogMentions | None = None,
) -> Opened:
    """Lock a service that is there and may be changed now.

    Raises:
        GatewayError: proofs, rights, object, lock.
    """
    opened = open_service(command, "catalog.write", call, unit, mentioned=mentioned)
    require_there(opened.service)
    require_unlocked(opened, command)
    return opened


def required(text: str, field: str, longest: int = 250) -> str:
    """Give a text that must be there.

    Raises:
        Missing, BrokenRule: it is not, or does not fit.
    """
    if not text.strip():
        raise Missing(field=field)
    return fitting(text, field, longest)


def fitting(text: str, field: str, longest: int) -> str:
    """Give a text that is not too long.

    Raises:
        BrokenRule: it is, or no text.
    """
    if len(text) > longest:
        raise BrokenRule(f"longer than {longest} characters", field=field)
    if not is_text(text):
        raise BrokenRule("characters that XML cannot carry", field=field)
    return text


def edits(call: Call, service: CatalogService, unit: Unit) -> bool:
    """Tell whether the caller may change a service in the console."""
    held = unit.catalog.mentioned(CatalogMentions(agent=call.principal.agent_id))
    return _edits(call, service, held)


def _require_right(call: Call, right: str) -> None:
    if call.principal is NOBODY:
        raise NoCredentials
    if call.command != EDIT:
        rights.require(call.principal, right)


def _require_hash(
    command: ServiceCommand, held: HeldService, principal: Principal, hashes: Hash
) -> None:
    locking = _locking(held.service) if held.service else None
    of_service = command.proof.for_service(command.service)
    of_lock = locking is not None and command.proof.for_request(locking.guid)
    if not of_service and not of_lock:
        raise HashRefused(field="hash_check")
    permitted = (of_service and hashes is not Hash.NOTHING) or (of_lock and hashes is Hash.WRITES)
    if principal is NOBODY and not permitted:
        raise NotPermitted


def _locking(service: CatalogService) -> OpenRequest | None:
    found = service.open_request
    return found if found is not None and found.locks else None


def _with_persons(mentioned: CatalogMentions, performed_by: str, call: Call) -> CatalogMentions:
    persons = (*mentioned.persons, performed_by) if performed_by else mentioned.persons
    return replace(mentioned, persons=persons, agent=call.principal.agent_id)


def _person(performed_by: str, held: HeldService) -> str:
    if performed_by and performed_by not in held.persons:
        raise PersonUnknown(f"no person {printable(performed_by)}", field="performed_by")
    return performed_by


def _edits(call: Call, service: CatalogService, held: HeldService) -> bool:
    if rights.permits(call.principal, EDIT):
        return True
    persons = {p.unique_id for code in _EDITOR_PERSONS for p in service.persons.get(code, ())}
    groups = {g.id for code in _EDITOR_GROUPS for g in service.groups.get(code, ())}
    return (bool(held.caller) and held.caller in persons) or bool(groups & held.caller_groups)
