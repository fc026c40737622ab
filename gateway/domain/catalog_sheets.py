"""Catalog services as readers see them: cards of the list, and the whole sheet of one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

PartValue = str | Decimal | datetime | bool | tuple[str, ...] | None
_NOBODY: Mapping[str, tuple["ShownPerson", ...]] = MappingProxyType({})
_NO_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedServices:
    """Which services a reader asks for; empty texts ask for all."""

    template: str = ""
    type: str = ""
    phase: str = ""
    tag: str = ""
    unique_id: str = ""
    language: str = ""  # empty: the default language
    changed_since: datetime | None = None
    draft: bool = False  # working copies
    page: int = 1
    page_size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCard:
    """A service as lists show it."""

    guid: UUID
    unique_id: str
    name: str
    summary: str
    type: str
    phase: str
    phase_type: str
    template: str
    published: bool
    version: int
    changed: datetime  # of the copy that is shown


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A page of services, and how many there are in all."""

    items: Sequence[ServiceCard]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part with its value in the language asked for."""

    internal_name: str
    name: str
    type: str
    language_dependent: bool
    value: PartValue


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A person in a list of a service."""

    unique_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownRelation:
    """A service that this one is part of (``parent``), or that is part of it (``child``)."""

    kind: str
    guid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document, without its content."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRequest:
    """An open publish request."""

    guid: UUID
    type: str
    type_name: str
    title: str
    state: str
    requested: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSheet:
    """All of a service that one reader may see, in one language."""

    card: ServiceCard
    description: str
    published: datetime | None  # since when; None: it is not
    languages: tuple[str, ...]  # those with a name
    tags: tuple[str, ...]
    parts: tuple[ShownPart, ...]
    # None: not for readers without a login
    persons: Mapping[str, tuple[ShownPerson, ...]] | None = field(default_factory=lambda: _NOBODY)
    person_groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_GROUPS)
    support_groups: tuple[str, ...] = ()
    relations: tuple[ShownRelation, ...] = ()
    documents: tuple[ShownDocument, ...] = ()
    open_requests: tuple[ShownRequest, ...] = ()
    language: str = ""
    draft: bool = False

    @property
    def tag(self) -> str:
        """Give the version tag: another one whenever this reader would see something else."""
        shown = repr(self).encode("utf-8", "surrogatepass")
        return hashlib.sha256(shown).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """A change of a service, as the console shows it."""

    at: datetime
    account: str
    person: str
    operation: str
    field: str
    language: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVote:
    """A vote on a publish request."""

    voter: str
    decision: str
    comments: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of the log of a publish request."""

    at: datetime
    account: str
    person: str
    level: str
    text: str
