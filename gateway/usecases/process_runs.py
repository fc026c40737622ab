"""What the steps of processes ask of tickets and tasks while they run, and what they do to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from gateway.domain import app_fields
from gateway.domain.app_fields import Facts
from gateway.domain.assignment import Direction, WorkflowRules
from gateway.domain.catalog_fields import SERVICE_HASH
from gateway.domain.partner_commands import Acknowledge, ExchangeKind, NewExchange, Receipt
from gateway.domain.people import AccountKind, Principal
from gateway.domain.ticket import HistoryLine
from gateway.errors import BrokenRule, TaskUnknown
from gateway.usecases import references
from gateway.usecases.catalog_events import fields_now as catalog_now
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.ports import (
    Call,
    EventFacts,
    EventFiles,
    FileLimit,
    RegisteredNames,
    StoredProcess,
    Unit,
    Units,
)
from gateway.usecases.task_hashes import ObjectHashes

_REFERENCE_LENGTH = 100  # SSP7 contract, 3.2
_DIALECT = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The event a delivery tells of, and the partner it is for."""

    event: UUID
    ticket_id: int | None
    task_id: int | None
    partner_id: int
    partner: str  # system code
    request_type: str
    direction: Direction
    service: UUID | None = None  # of the catalog
    request: UUID | None = None  # of publication


class ProcessDesk:
    """Lends running processes what they need; each call is one transaction."""

    def __init__(
        self,
        units: Units,
        hashes: ObjectHashes,
        rules: WorkflowRules | None = None,
        limit: FileLimit | None = None,
        catalog_hashes: CatalogHashes | None = None,
    ) -> None:
        self._units = units
        self._hashes = hashes
        self._catalog_hashes = catalog_hashes or CatalogHashes([])
        self._zone = ZoneInfo((rules or WorkflowRules()).time_zone)
        self._limit = limit or FileLimit()

    def process(self, name: str, version: int) -> StoredProcess | None:
        """Find a version of a process."""
        return self._units.run(lambda unit: unit.processes.find(name, version), _reading())

    def names(self) -> RegisteredNames:
        """Read the names that placeholders may use."""
        return self._units.run(lambda unit: unit.processes.names(), _reading())

    def event(self, guid: UUID) -> EventFacts | None:
        """Find what is known of an event beside its fields."""
        return self._units.run(lambda unit: unit.processes.event(guid), _reading())

    def files(self, guid: UUID) -> EventFiles:
        """Load the files that belong to an event."""
        return self._units.run(lambda unit: unit.processes.files(guid, self._limit), _reading())

    def form(self, ticket_id: int) -> Mapping[str, str]:
        """Read what a form or the tags of a mail said about a ticket, by label."""
        return self._units.run(lambda unit: unit.processes.form(ticket_id), _reading())

    def fields_now(self, told: Told) -> Mapping[str, str]:
        """Read the fields of the event's task or service as they are now; nothing if it is gone."""
        if told.service is None:
            return self._units.run(lambda unit: _fields_now(told, unit), _reading())
        return self._units.run(
            lambda unit: catalog_now(told.service, told.request, unit), _reading()
        )

    def catalog_hash(self, name: str, told: Told) -> str:
        """Make the hash that lets its holder speak about the service or its request."""
        if name == SERVICE_HASH:
            return self._catalog_hashes.service_hash(told.service) if told.service else ""
        return self._catalog_hashes.request_hash(told.request) if told.request else ""

    def task_hash(self, told: Told) -> str:
        """Make the hash that lets the partner speak about the task."""
        return "" if told.task_id is None else self._hashes.of_task(told.partner, told.task_id)

    def moment(self, moment: datetime) -> str:
        """Write a time as fields have it."""
        return app_fields.in_text(moment, self._zone)

    def acknowledge(self, told: Told, partner_id: int, reference: str) -> Receipt:
        """Take a number out of an answer as the partner's acknowledgement.

        Raises:
            Refused: as for a call of the partner.
        """
        call = _speaking(partner_id)
        return self._units.run(lambda unit: _acknowledge(told, reference, call, unit), call)

    def note(self, told: Told, partner_id: int, text: str, key: str) -> None:
        """Write a text out of an answer as a note, once for an event and key.

        Raises:
            Refused: there is no such task.
        """
        call = _speaking(partner_id)
        self._units.run(lambda unit: _note(told, text, uuid5(told.event, key), call, unit), call)


def _reading() -> Call:
    principal = Principal(account_id=0, account="gateway", kind=AccountKind.AGENT)
    return Call(principal=principal, dialect=_DIALECT, operation="process", command="")


def _speaking(partner_id: int) -> Call:
    """Give the call of a partner that answered one of ours: it may do what its own calls may."""
    principal = Principal(
        account_id=0,
        account="process",
        kind=AccountKind.PARTNER,
        partner_id=partner_id,
        partners=frozenset({partner_id}),
    )
    return Call(principal=principal, dialect=_DIALECT, operation="process", command="")


def _fields_now(told: Told, unit: Unit) -> Mapping[str, str]:
    if told.task_id is None or unit.tasks.ticket_of(told.task_id) is None:
        return {}
    facts = Facts(
        card=unit.tasks.card(told.task_id, told.partner_id),
        request_type=told.request_type,
        direction=told.direction,
        rules=unit.workflow,
    )
    return app_fields.values(facts)


def _acknowledge(told: Told, reference: str, call: Call, unit: Unit) -> Receipt:
    text = reference.strip()
    if not 1 <= len(text) <= _REFERENCE_LENGTH or not text.isprintable():
        raise BrokenRule("1 to 100 printable characters", field="external_reference")
    command = Acknowledge(task_id=told.task_id or 0, reference=text)
    return references.acknowledge(command, call, unit)


def _note(told: Told, text: str, guid: UUID, call: Call, unit: Unit) -> None:
    known = None if told.task_id is None else unit.tasks.ticket_of(told.task_id)
    ticket = None if known is None else unit.tickets.lock(known[1])
    if ticket is None or told.task_id is None:
        raise TaskUnknown(field="task_id")
    if unit.entries.article_taken(guid):
        return
    (partner,) = unit.partners.some(call.principal.partners) or (None,)
    entry = NewExchange(
        guid=guid,
        kind=ExchangeKind.LOG,
        direction=Direction.IN,
        task_id=told.task_id,
        partner_id=call.principal.partner_id,
        text=text,
        author=(partner.title or partner.code) if partner else told.partner,
        written=unit.now,
        visible=False,
        event=None,
    )
    unit.tasks.add_exchange(ticket.id, entry, call)
    unit.history.add(ticket, [HistoryLine(kind="note received", text=entry.author)], call)
    unit.tickets.touch(ticket, call)
