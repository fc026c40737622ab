"""The fields of a ticket in a request, judged in the order of the contract (section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import LOCKS
from gateway.dialects.znuny.job import is_id, is_number, single
from gateway.dialects.znuny.refusals import Refused, invalid, invalid_entry, missing, required
from gateway.domain.mail import valid_addresses
from gateway.domain.ticket import StateType
from gateway.domain.values import Key, Row
from gateway.usecases.ports import Found, Unit

# Name on the wire -> list of rows. Locks are fixed words with numbers of their own.
_LISTS: Mapping[str, str] = {
    "Queue": "queue",
    "Type": "type",
    "Service": "service",
    "SLA": "sla",
    "State": "state",
    "Priority": "priority",
    "Owner": "agent",
    "Responsible": "agent",
}
_PARTS = ("Year", "Month", "Day", "Hour", "Minute")
_DATE = ("Year", "Month", "Day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a request says of a ticket; None: nothing."""

    title: str | None = None
    customer_user: Row | None = None
    address: str | None = None  # of a customer user who is no row
    customer: Row | None = None
    customer_key: str | None = None  # of a customer that is no row
    queue: Row | None = None
    lock: str | None = None
    type: Row | None = None
    service: Row | None = None
    sla: Row | None = None
    state: Row | None = None
    priority: int | None = None
    owner: Row | None = None
    responsible: Row | None = None
    pending_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What a ticket has already, as far as it matters for what it may get."""

    customer_user: Row | None = None
    service: Row | None = None


def named(sent: Mapping[str, Any], options: Options) -> dict[str, list[Key]]:
    """Give the rows that a request names, by list, whatever else is wrong with it."""
    keys: dict[str, list[Key]] = {}
    for name, of in _LISTS.items():
        id_, text = sent.get(f"{name}ID"), sent.get(name)
        if isinstance(id_, str) and is_id(id_):
            keys.setdefault(of, []).append(int(id_))
        if isinstance(text, str) and text:
            keys.setdefault(of, []).append(text)
    for name, of in (("CustomerUser", "customer_user"), ("CustomerID", "customer")):
        text = sent.get(name)
        if isinstance(text, str) and text:
            keys.setdefault(of, []).append(text)
    keys.setdefault("type", []).append(options.default_type)
    return keys


def asker(sent: Mapping[str, Any]) -> str:
    """Give the customer user that a request names."""
    text = sent.get("CustomerUser")
    return text if isinstance(text, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFields:
    """Judges the fields of one request against the rows that were found."""

    sent: Mapping[str, Any]
    found: Found
    options: Options
    unit: Unit

    def of_new(self) -> Chosen:
        """Judge what a new ticket needs, and what it may have.

        Raises:
            Refused: the first field that is missing or not right.
        """
        if not self._text("Title"):
            raise missing("Ticket->Title")
        title = self._title()
        if not self._text("CustomerUser"):
            raise missing("Ticket->CustomerUser")
        chosen = replace(self._asker(), title=title)
        chosen = replace(chosen, queue=self._required("Queue"), lock=self._lock())
        chosen = replace(chosen, type=self._type())
        chosen = self._services(chosen, Present())
        state = self._required("State")
        self._require_settable(state)
        chosen = replace(chosen, state=state, priority=self._required("Priority").id)
        return self._rest(chosen)

    def of_present(self, present: Present) -> Chosen:
        """Judge what a ticket is to become.

        Raises:
            Refused: the first field that is not right.
        """
        title = self._title() or None
        chosen = self._asker() if self._text("CustomerUser") else self._customer(Chosen())
        chosen = replace(chosen, title=title, queue=self._row("Queue"))
        chosen = replace(chosen, lock=self._lock(), type=self._row("Type"))
        chosen = self._services(chosen, present)
        state = self._row("State")
        if state is not None:
            self._require_settable(state)
        priority = self._row("Priority")
        return self._rest(replace(chosen, state=state, priority=priority.id if priority else None))

    def _text(self, name: str) -> str:
        return single(self.sent.get(name), f"Ticket->{name}")

    def _title(self) -> str:
        title = self._text("Title")
        if len(title) > self.options.title_max:
            raise invalid("Ticket->Title")
        return title

    def _asker(self) -> Chosen:
        text = self._text("CustomerUser")
        row = self.found.rows.get(("customer_user", text))
        if row is None:
            self._require_address(text)
            return self._customer(Chosen(address=text))
        if not row.active:
            raise invalid("Ticket->CustomerUser")
        return self._customer(Chosen(customer_user=row, customer=self.found.company))

    def _customer(self, chosen: Chosen) -> Chosen:
        text = self._text("CustomerID")
        if not text:
            return chosen
        row = self.found.rows.get(("customer", text))
        return replace(chosen, customer=row, customer_key=None if row else text)

    def _require_address(self, text: str) -> None:
        try:
            several = valid_addresses(text)
        except ValueError:
            several = ()
        if len(several) != 1 or several[0] != text:
            raise invalid("Ticket->CustomerUser")

    def _required(self, name: str) -> Row:
        row = self._row(name)
        if row is None:
            raise required("Ticket", name)
        return row

    def _row(self, name: str) -> Row | None:
        """Pick the one row that id and name mean; None: neither is given."""
        id_, text = self._text(f"{name}ID"), self._text(name)
        if not id_ and not text:
            return None
        keys: list[Key] = []
        if id_:
            if not is_id(id_):
                raise invalid_entry("Ticket", name)
            keys.append(int(id_))
        if text:
            keys.append(text)
        rows = [self.found.rows.get((_LISTS[name], key)) for key in keys]
        first = rows[0]
        if first is None or not first.active or any(row != first for row in rows):
            raise invalid_entry("Ticket", name)
        return first

    def _lock(self) -> str | None:
        id_, text = self._text("LockID"), self._text("Lock")
        if not id_ and not text:
            return None
        by_id = {str(number): name for name, number in LOCKS.items()}
        name = by_id.get(id_) if id_ else text
        if name not in LOCKS or (text and text != name):
            raise invalid_entry("Ticket", "Lock")
        return name

    def _type(self) -> Row | None:
        chosen = self._row("Type")
        if chosen is None and self.options.type_required:
            text = "Ticket->TypeID or Ticket->Type parameter is required by sysconfig option!"
            raise Refused("MissingParameter", text)
        return chosen or self.found.rows.get(("type", self.options.default_type))

    def _services(self, chosen: Chosen, present: Present) -> Chosen:
        service = self._row("Service")
        customer_user = chosen.customer_user
        if customer_user is None and chosen.address is None:
            customer_user = present.customer_user
        if service is not None and not self.unit.intake.offered(service, customer_user):
            raise invalid_entry("Ticket", "Service")
        sla, of = self._row("SLA"), service or present.service
        if sla is not None and (of is None or not self.unit.intake.fits(sla, of)):
            raise invalid_entry("Ticket", "SLA")
        return replace(chosen, service=service, sla=sla)

    def _require_settable(self, state: Row) -> None:
        # Merging is a deed of its own, no state to be set (D).
        if state.kind == StateType.MERGED:
            raise invalid_entry("Ticket", "State")

    def _rest(self, chosen: Chosen) -> Chosen:
        return replace(
            chosen,
            owner=self._row("Owner"),
            responsible=self._row("Responsible"),
            pending_until=self._pending_until(),
        )

    def _pending_until(self) -> datetime | None:
        sent = self.sent.get("PendingTime")
        if not sent:
            return None
        path = "Ticket->PendingTime"
        if not isinstance(sent, Mapping):
            raise invalid(path)
        parts = {name: single(sent.get(name), path) for name in (*_PARTS, "Diff")}
        given = {name: text for name, text in parts.items() if text}
        if not all(is_number(text) for text in given.values()):
            raise invalid(path)
        if not given:
            return None
        try:
            return self._moment({name: int(text) for name, text in given.items()})
        except (ValueError, OverflowError):
            raise invalid(path) from None

    def _moment(self, given: Mapping[str, int]) -> datetime:
        if "Diff" in given:
            if len(given) > 1 or given["Diff"] < 1:
                raise ValueError
            whole = self.unit.now.replace(microsecond=0)
            return whole + timedelta(minutes=given["Diff"])
        if not all(name in given for name in _DATE):
            raise ValueError
        numbers: Sequence[int] = [given.get(name, 0) for name in _PARTS]
        year, month, day, hour, minute = numbers
        local = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(self.options.time_zone))
        # There and back: a time that is skipped moves forward.
        return datetime.fromtimestamp(local.timestamp(), tz=self.unit.now.tzinfo)
