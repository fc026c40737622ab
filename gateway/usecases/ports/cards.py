"""What the use cases ask of the storage of cards: a ticket by plain names, as billing sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from gateway.domain.people import Principal
from gateway.domain.ticket import Ticket
from gateway.domain.values import Row
from gateway.usecases.ports.calls import Call


class Party(StrEnum):
    """An ordered set of a ticket, beside the one that comes first or owns it."""

    AGENTS = "agents"  # who is assigned beside the owner
    QUEUES = "queues"  # behind the ticket's own
    PARTNERS = "partners"  # who is involved


class Match(StrEnum):
    """How a row was found; the first kind that finds any is the one that counts."""

    NAME = "name"
    ANY_CASE = "any case"
    ADDRESS = "address"
    ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCard:
    """A ticket by the names of what it refers to; dates and times as they are stored."""

    id: int
    guid: UUID
    version: int
    group_id: int
    state_type: str
    customer_id: int | None
    type: str | None
    state: str
    priority: str
    address: str | None  # of who asks
    title: str
    activity: str  # text of the newest one
    owner: str | None
    agents: tuple[str, ...]
    queues: tuple[str, ...]  # the ticket's own first
    partners: tuple[str, ...]
    created: datetime
    follow_up: date | None
    action_required: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """Which cards are listed, by id ascending."""

    after: int = 0
    created_since: datetime | None = None
    changed_since: datetime | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class CardPage:
    """The next cards, one more than asked for if there are more; fewer where texts are long."""

    cards: list[TicketCard]
    found: int  # how many there would be, had they short texts


@dataclass(frozen=True, slots=True)
class Mention:
    """A row that a caller names: by a text (a name, or digits), or by a number.

    ``of`` is type, state, priority, agent, queue, partner, customer (by number only) or address: of
    customer users by theirs.
    """

    of: str
    key: str | int


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A row that fits a mention; ``name`` is what callers see, the captions what people read."""

    row: Row
    name: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What there is of what was mentioned.

    ``by_customer`` are customer users with the address of a mentioned customer.
    """

    rows: Mapping[Mention, Sequence[Mentioned]] = field(default_factory=dict)
    by_customer: Sequence[Mentioned] = ()
    article_id: int = 0  # set aside
    ticket: UUID | None = None  # asked for by id
    target: UUID | None = None  # of a merged one, else the same


@dataclass(frozen=True, slots=True)
class Preset:
    """An entry of a list that callers may choose from."""

    id: int
    name: str
    further: tuple[str, ...] = ()  # state type of a state; full name and address of an agent


class CardStore(Protocol):
    """Tickets as cards, and the rows that callers mention."""

    def look_up(self, mentions: Sequence[Mention], ticket_id: int | None) -> LookedUp:
        """Find all that a call mentions, and an id for an article, in one round trip."""
        ...

    def hold(self, guid: UUID) -> tuple[Ticket, TicketCard] | None:
        """Lock and load a ticket, with its card; removed ones come too."""
        ...

    def find(self, ticket_id: int, principal: Principal) -> TicketCard | None:
        """Read the card of a ticket that is to be seen; of a merged one that of its target."""
        ...

    def page(self, principal: Principal, wanted: CardFilter, limit: int) -> CardPage | None:
        """List cards by id, without merged and removed ones; None: there is no such customer.

        No ticket is passed over: none is given whose id is above that of a creation in progress.
        The list also ends with the card whose activity brings all of them to 8 MiB.
        """
        ...

    def presets(
        self, name: str, principal: Principal, *, after: int = 0, limit: int
    ) -> list[Preset]:
        """List active entries by id: type, state, priority, agent, queue or partner.

        Queues are those in which the principal may create.
        """
        ...

    def first_state(self, state_type: str) -> Row | None:
        """Find the first active state of a type."""
        ...

    def put_party(self, ticket: Ticket, party: Party, rows: Sequence[Row], call: Call) -> None:
        """Write an ordered set of a ticket as a whole."""
        ...
