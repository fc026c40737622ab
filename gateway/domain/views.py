"""What callers read: a ticket with its captions, list rows, the operator's rules."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from gateway.domain.people import Assignable

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Caption:
    """A list row as it is shown; ``de`` is ``en`` where no German caption exists."""

    guid: UUID
    en: str
    de: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketContent:
    """What both a ticket and a template show. Minutes; two-place money."""

    title: str
    html: str
    plain: str
    category: Caption | None
    priority: int
    state: Caption
    contact_guid: UUID | None
    contact: str
    assignee: Assignable | None
    impact: Caption | None
    keywords: str
    working_minutes: int
    costs: Decimal
    template_guid: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView(TicketContent):
    """A ticket as readers see it: captions, names and sums included."""

    id: int
    guid: UUID
    number: str
    group_id: int
    version: int
    state_type: str
    creator_guid: UUID | None
    creator: str
    created: datetime
    changed: datetime
    resolution: Caption | None
    closed: datetime | None
    reminder: datetime | None
    merged_into: UUID | None
    asked_for: UUID  # the guid it was asked by; differs after a merge


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category with its place in the tree."""

    guid: UUID
    parent: UUID | None
    en: str
    de: str
    path_en: str
    path_de: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpdeskSettings:
    """The operator's rules for closing and booking (ACMP contract section 4)."""

    resolutions_enabled: bool = False
    comment_required: bool = False
    working_times_enabled: bool = True
    working_time_required: bool = False
    costs_enabled: bool = True
    max_attachment_bytes: int = 3_145_728


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: rows as tuples in the order of the columns asked for."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    has_more: bool
    total: int | None


@dataclass(frozen=True, slots=True)
class Listed(Generic[E]):
    """The first rows of a list without paging, and how many there are in all."""

    rows: list[E]
    total: int
