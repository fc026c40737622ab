"""What the use cases ask of the storage of the service catalog."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from gateway.domain.catalog import (
    CatalogChange,
    CatalogList,
    CatalogService,
    Person,
    PersonGroup,
    Template,
)
from gateway.domain.catalog_fields import CatalogEvent
from gateway.domain.catalog_requests import Ballot, Level, PublishRequest
from gateway.domain.catalog_sheets import (
    HistoryLine,
    LogLine,
    ServicePage,
    ShownRequest,
    ShownVote,
    WantedServices,
)
from gateway.usecases.ports.calls import Call

_NOBODY: Mapping[str, Person] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogMentions:
    """What a command names beside the service: it is looked up in the same round trip."""

    persons: tuple[str, ...] = ()  # unique ids
    group: str = ""  # letter case ignored
    unique_id: str = ""  # of a service: whether another one has it
    agent: int | None = None  # who calls: the agent's own unique id


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldService:
    """A service under its lock, with what was mentioned."""

    service: CatalogService | None
    request: PublishRequest | None = None
    persons: Mapping[str, Person] = field(default_factory=lambda: _NOBODY)  # those that exist
    group: PersonGroup | None = None
    lists: tuple[CatalogList, ...] = ()
    types: tuple[str, ...] = ()
    taken: bool = False
    caller: str = ""  # unique id of the agent who calls
    caller_groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PublishedCopy:
    """What the public reads of a service."""

    document: Mapping[str, Any]
    published: datetime | None  # since when there is a copy; None: of a working copy alone
    changed: datetime  # when this one was taken


class CatalogStore(Protocol):
    """Services and publish requests of the catalog.

    Whoever writes holds the service's row, so that calls on one service follow one another.
    """

    def hold(self, service: UUID, mentioned: CatalogMentions) -> HeldService:
        """Lock a service and load it, with its open request; a removed one is there, too."""
        ...

    def hold_of_request(self, request: UUID, mentioned: CatalogMentions) -> HeldService:
        """Lock the service of a publish request and load both."""
        ...

    def hold_others(self, ids: Collection[int]) -> Sequence[CatalogService]:
        """Lock and load further services, by id."""
        ...

    def mentioned(self, mentioned: CatalogMentions) -> HeldService:
        """Look up what is mentioned, for a service that is not there yet."""
        ...

    def may_vote(self, service: CatalogService, lists: Sequence[CatalogList], voter: str) -> bool:
        """Tell whether a person is in one of the lists, or in a group of one of them."""
        ...

    def put(self, before: CatalogService, after: CatalogService) -> None:
        """Write what differs in fields, texts and parts, with flags and the time of change."""
        ...

    def list_person(self, service: CatalogService, of: CatalogList, unique_id: str) -> None:
        """Add a person to a list."""
        ...

    def unlist_person(self, service: CatalogService, of: CatalogList, unique_id: str) -> None:
        """Take a person from a list."""
        ...

    def list_group(self, service: CatalogService, of: CatalogList, group: PersonGroup) -> None:
        """Add a group to a list."""
        ...

    def unlist_group(self, service: CatalogService, of: CatalogList, group: PersonGroup) -> None:
        """Take a group from a list."""
        ...

    def support(self, service: CatalogService, group: PersonGroup) -> None:
        """Add a support group."""
        ...

    def unsupport(self, service: CatalogService, group: PersonGroup) -> None:
        """Take a support group away."""
        ...

    def put_documents(
        self, service: CatalogService, documents: Sequence[Mapping[str, Any]]
    ) -> None:
        """Have these documents in place of those that are there."""
        ...

    def relate(self, parent: CatalogService, child: CatalogService) -> None:
        """Make a service part of another one."""
        ...

    def unrelate(self, parent: CatalogService, child: CatalogService) -> None:
        """Make a service no more part of another one."""
        ...

    def note(self, service: CatalogService, text: str, call: Call) -> None:
        """Add a quality note."""
        ...

    def add_history(
        self, service: CatalogService, lines: Sequence[CatalogChange], person: str, call: Call
    ) -> None:
        """Write lines of the service's history."""
        ...

    def publish(
        self, service: CatalogService, copy: Mapping[str, Any], person: str, call: Call
    ) -> None:
        """Make a document the published copy, with a line in the publication history."""
        ...

    def withdraw(self, service: CatalogService, person: str, call: Call) -> None:
        """Withdraw the published copy, with a line in the publication history."""
        ...

    def set_entry_valid(self, service: CatalogService, *, valid: bool) -> None:
        """Make the entry of the tickets' list of services valid or not."""
        ...

    def add_request(self, request: PublishRequest) -> None:
        """Write a new publish request."""
        ...

    def put_request(self, request: PublishRequest) -> None:
        """Write state and flags of a publish request."""
        ...

    def put_vote(self, request: PublishRequest, ballot: Ballot, comments: str) -> None:
        """Write a vote in place of an earlier one of the voter."""
        ...

    def add_log(
        self, request: PublishRequest, level: Level, text: str, person: str, call: Call
    ) -> None:
        """Add a line to the log of a publish request."""
        ...

    def add_event(
        self, guid: UUID, event: CatalogEvent, partner_id: int | None, call: Call
    ) -> None:
        """Write an event with the next number of its service and partner."""
        ...

    def template(self, name: str) -> Template | None:
        """Load an active template by its name, letter case ignored."""
        ...

    def create(self, service: CatalogService) -> CatalogService:
        """Write a new service with its texts, and give it with its number.

        Raises:
            Overtaken: another one got its unique id meanwhile, again and again.
        """
        ...

    def is_below(self, service: CatalogService, top: CatalogService) -> bool:
        """Tell whether a service is part of another one, directly or through others.

        Until the unit ends nobody else relates services.
        """
        ...

    def find(self, service: UUID) -> CatalogService | None:
        """Load a service without lock; a removed one is not there."""
        ...

    def find_by_id(self, number: int) -> CatalogService | None:
        """Load a service by its number without lock; a removed one is there, too."""
        ...

    def past(self, service: CatalogService) -> tuple[Sequence[HistoryLine], Sequence[ShownRequest]]:
        """Give the newest lines of a service's history, and its requests."""
        ...

    def course(self, request: PublishRequest) -> tuple[Sequence[ShownVote], Sequence[LogLine]]:
        """Give the votes on a publish request, and the newest lines of its log."""
        ...

    def find_request(self, request: UUID) -> PublishRequest | None:
        """Load a publish request without lock."""
        ...

    def page(self, wanted: WantedServices, default: str, *, everything: bool) -> ServicePage:
        """List services in the order of their names.

        Args:
            wanted: which ones; its language is one of the catalog's.
            default: the language of texts that are missing in it.
            everything: those that the public does not see, too.
        """
        ...

    def published_copy(self, service: UUID, *, everything: bool) -> PublishedCopy | None:
        """Find the published copy of a service that a reader may see."""
        ...

    def around(
        self, service: UUID, relatives: Collection[UUID], *, everything: bool
    ) -> tuple[Mapping[UUID, Mapping[str, str]], Sequence[ShownRequest]]:
        """Give the names of the relatives a reader may see, and the open requests."""
        ...
