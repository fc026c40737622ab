"""Everything that can be asked of the service catalog, as flat frozen records, and the outcomes.

Fields of errors are named as the keys of the wire's parameters (SSP7 catalog contract, 3.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Code(StrEnum):
    """How a command ended well."""

    OK = "OK"
    UNCHANGED = "UNCHANGED"  # all was so before
    DUPLICATE = "DUPLICATE"  # the same request was made before


class PartKind(StrEnum):
    """Which of the three calls brings the value of a part."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"


class RequestFlag(StrEnum):
    """What can be switched on a publish request."""

    CAN_BE_CANCELLED = "can be cancelled"
    SHOW_IN_PUBLIC = "show in public"


def _never(_: UUID) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Proof:
    """What the hash of a call proves; it is asked once the object is known."""

    given: bool = False
    for_request: Callable[[UUID], bool] = _never
    for_service: Callable[[UUID], bool] = _never


NO_PROOF = Proof()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCommand:
    """What every command about a service says."""

    service: UUID
    performed_by: str = ""  # unique id of a person; empty: the account itself
    proof: Proof = NO_PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCommand:
    """What every command about a publish request says."""

    request: UUID
    performed_by: str = ""
    proof: Proof = NO_PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCustomApproval(ServiceCommand):
    """Make a request of type Custom; its type name says what it imitates."""

    type_name: str = ""
    title: str = ""
    comments: str = ""
    option: str = ""
    lock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPublication(ServiceCommand):
    """Press one of the console's buttons: publish, unpublish, delete, new version."""

    type: str
    title: str = ""  # empty: the type's own words
    comments: str = ""
    option: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequestLog(RequestCommand):
    """Add a line to the log of a request."""

    text: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkInApproval(RequestCommand):
    """Say that the approvers were asked."""

    comments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(RequestCommand):
    """Approve or reject a request."""

    decision: str = ""
    comments: str = ""
    voter: str = ""  # empty: who performs


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequestFlag(RequestCommand):
    """Switch a flag of a request."""

    flag: RequestFlag
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest(RequestCommand):
    """Take a request back; the console's button of whoever made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetListPerson(ServiceCommand):
    """Have a person in a list of a service, or not."""

    list_name: str = ""
    unique_id: str = ""
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetListGroup(ServiceCommand):
    """Have a group in a list of a service, or not."""

    list_name: str = ""
    group: str = ""
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSupportGroup(ServiceCommand):
    """Have a group among the support groups of a service, or not."""

    group: str = ""
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteService(ServiceCommand):
    """Remove a service for good."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateField(ServiceCommand):
    """Give a field without languages another value."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLanguageField(ServiceCommand):
    """Give a field another value in one language."""

    name: str = ""
    language: str = ""  # empty: the default language
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePart(ServiceCommand):
    """Give a part of the template another value; none, or an empty text, clears it."""

    part: str = ""
    kind: PartKind
    value: str | Decimal | datetime | None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOutcome:
    """What became of a publish request."""

    code: Code
    message: str
    request: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOutcome:
    """What became of a service."""

    code: Code
    message: str
    service: UUID
    version: int
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService:
    """Make a service from a template; it begins in the first phase."""

    guid: UUID
    template: str
    unique_id: str
    name: str
    type: str = ""
    performed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRelation(ServiceCommand):
    """Have another service as part of this one, or not."""

    child: UUID
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddQualityNote(ServiceCommand):
    """Note something about the quality of a service."""

    text: str = ""
