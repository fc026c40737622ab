"""What a ticket that comes in by names and references asks of storage, in few round trips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from gateway.domain.entries import WholeArticle
from gateway.domain.fields import Field, Filled
from gateway.domain.ticket import Ticket
from gateway.domain.values import Key, Row
from gateway.usecases.ports.calls import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A reference of a ticket, in the system of the partner who speaks, else in the named one.

    A ticket may still be updated while its state or state type is one of these; where both are
    empty, in every state but removed and merged.
    """

    text: str
    field: str  # name of the dynamic field that shows it
    system: str
    partner_id: int | None = None
    states: tuple[str, ...] = ()
    state_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """A ticket that has a reference and may be updated."""

    id: int
    guid: UUID
    live: bool  # its claim is the one live claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a call names."""

    rows: Mapping[str, Sequence[Key]] = field(default_factory=dict)
    fields: Sequence[str] = ()
    asker: str = ""  # login of a customer user
    articles: int = 0  # ids to be set aside
    ticket_id: int | None = None
    number: str | None = None
    claim: Claim | None = None  # held to the end of the unit, before anything else is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is of it; what there is not is left out."""

    rows: Mapping[tuple[str, Key], Row]
    fields: Mapping[str, Field]
    article_ids: Sequence[int]
    address: str = ""  # of the customer user, as a mail writes it
    company: Row | None = None  # of the customer user
    ticket: UUID | None = None  # of a merged one the target
    holders: Sequence[Holder] = ()
    system_id: int | None = None  # None: nobody named a reference of the system before


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """Who writes for a queue, and what stands below."""

    address: str
    name: str
    signature: str


class IntakeStore(Protocol):
    """Looks up what calls name, and stores what comes with a ticket."""

    def look_up(self, asked: Asked) -> Found:
        """Find all that a call names in one round trip; a reference is held first."""
        ...

    def lock(
        self, guid: UUID, fields: Sequence[int]
    ) -> tuple[Ticket | None, Mapping[int, Sequence[str]]]:
        """Lock and load a ticket, with the present values of these fields."""
        ...

    def offered(self, service: Row, customer_user: Row | None) -> bool:
        """Tell whether a service is offered to a customer user."""
        ...

    def fits(self, sla: Row, service: Row) -> bool:
        """Tell whether an SLA is for a service."""
        ...

    def address(self, queue: Row) -> QueueAddress:
        """Read the address of a queue."""
        ...

    def add_articles(self, ticket: Ticket, articles: Sequence[WholeArticle], call: Call) -> None:
        """Add articles with their files and times, numbered on within the ticket."""
        ...

    def fill(self, ticket: Ticket, filled: Sequence[Filled]) -> None:
        """Write dynamic fields, each as a whole."""
        ...

    def claim(self, ticket: Ticket, claim: Claim, system_id: int | None) -> None:
        """Make the ticket the one live holder of a reference, and forget its former one."""
        ...

    def unclaim(self, ticket: Ticket) -> None:
        """Forget the reference of the ticket as a whole."""
        ...
