"""The life of a publish request (SSP7 catalog contract, 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from gateway.domain.catalog import CatalogTrigger, Choice, Template
from gateway.errors import BrokenRule, Missing, RequestState

T = TypeVar("T", bound=StrEnum)


class RequestType(StrEnum):
    """What a publish request wishes for."""

    PUBLISH = "Publish"
    UNPUBLISH = "Unpublish"
    DELETE = "Delete"
    CUSTOM = "Custom"  # made through the API; its type name says what it imitates
    VERSION = "CreateVersion"


class State(StrEnum):
    """Where a publish request stands; the first two are open."""

    NEW = "New"
    IN_APPROVAL = "InApproval"
    COMPLETED = "Completed"
    REJECTED = "Rejected"
    CANCELLED = "Cancelled"


class Decision(StrEnum):
    """What a voter says."""

    APPROVED = "Approved"
    REJECTED = "Rejected"


class Level(StrEnum):
    """How grave a line of a request's log is."""

    INFO = "Info"
    WARNING = "Warning"
    ERROR = "Error"


TRIGGERS: Mapping[RequestType, CatalogTrigger] = {
    RequestType.PUBLISH: CatalogTrigger.PUBLICATION_REQUEST,
    RequestType.UNPUBLISH: CatalogTrigger.UNPUBLISH_REQUEST,
    RequestType.DELETE: CatalogTrigger.DELETE_REQUEST,
    RequestType.CUSTOM: CatalogTrigger.CUSTOM_REQUEST,
    RequestType.VERSION: CatalogTrigger.VERSION_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of one voter."""

    voter: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRequest:
    """A wish to do something with a service that others must approve."""

    guid: UUID
    service_id: int
    type: RequestType
    title: str
    type_name: str = ""
    comments: str = ""
    option: Choice | None = None
    state: State = State.NEW
    can_be_cancelled: bool = True
    show_in_public: bool = False
    locks: bool = False
    account_id: int = 0
    requested_by: str = ""
    created: datetime
    settled: datetime | None = None
    votes: Mapping[str, Decision] = field(default_factory=dict)
    id: int = 0

    @property
    def open(self) -> bool:
        """Tell whether it waits for votes."""
        return self.state in (State.NEW, State.IN_APPROVAL)

    @property
    def wished(self) -> RequestType:
        """Give what is done on approval: of a custom request that of its type name."""
        named = self.type is RequestType.CUSTOM and self.type_name
        return RequestType(self.type_name) if named else self.type

    def require_open(self) -> None:
        """Insist that it waits for votes.

        Raises:
            RequestState: it has ended.
        """
        if not self.open:
            raise RequestState(f"the request is {self.state.value}", field="request_guid")

    def is_like(self, other: "PublishRequest") -> bool:
        """Tell whether another one is the repeat of this one by the same caller."""
        mine, theirs = (
            (each.type, each.wished, each.title, each.comments, each.option, each.locks,
             each.account_id, each.requested_by)
            for each in (self, other)
        )  # fmt: skip
        return mine == theirs


def request_type(text: str) -> RequestType:
    """Read the type name of a request, letter case ignored; empty is Custom.

    Raises:
        BrokenRule: no such type.
    """
    return _one_of(RequestType, text or RequestType.CUSTOM.value, "type_name")


def decision(text: str) -> Decision:
    """Read a decision, letter case ignored.

    Raises:
        BrokenRule, Missing: no such decision, or none.
    """
    if not text:
        raise Missing(field="decision")
    return _one_of(Decision, text, "decision")


def level(text: str) -> Level:
    """Read the level of a line, letter case ignored; empty is Info.

    Raises:
        BrokenRule: no such level.
    """
    return _one_of(Level, text or Level.INFO.value, "level")


def option_of(template: Template, code: str) -> Choice | None:
    """Find the option that a request names.

    Raises:
        BrokenRule, Missing: the template has no such option, or needs one.
    """
    if not code:
        if template.option_required:
            raise Missing(field="request_option_code")
        return None
    for each in template.options:
        if each.code == code:
            return each
    raise BrokenRule("no request option of the template", field="request_option_code")


def voted(request: PublishRequest, ballot: Ballot, needed: int, now: datetime) -> PublishRequest:
    """Give an open request after a vote: one rejects it, enough approve it."""
    votes = {**request.votes, ballot.voter: ballot.decision}
    if ballot.decision is Decision.REJECTED:
        return replace(request, votes=votes, state=State.REJECTED, settled=now)
    approved = sum(each is Decision.APPROVED for each in votes.values())
    if approved >= needed:
        return replace(request, votes=votes, state=State.COMPLETED, settled=now)
    return replace(request, votes=votes, state=State.IN_APPROVAL)


def _one_of(kind: type[T], text: str, field_name: str) -> T:
    for each in kind:
        if each.value.casefold() == text.casefold():
            return each
    known = ", ".join(each.value for each in kind)
    raise BrokenRule(f"one of {known}", field=field_name)
