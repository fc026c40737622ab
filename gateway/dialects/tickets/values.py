"""What the values that were sent mean for a ticket; all that are wrong are told together (3.1)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.mentions import MOST_ENTRIES, customer_key, entries, key, meant
from gateway.dialects.tickets.problems import FieldError, invalid
from gateway.dialects.tickets.sent import Sent
from gateway.dialects.tickets.shapes import FIELDS, Field, Kind
from gateway.domain.mail import mailboxes
from gateway.domain.ticket import Changes, StateType
from gateway.domain.values import Row
from gateway.errors import GatewayError
from gateway.http.json_body import Number
from gateway.text import is_text, printable
from gateway.usecases.connector_tickets import Gathered
from gateway.usecases.ports import LookedUp, Mention, Mentioned, Party, TicketCard

_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_FIRST_YEAR = 1970
_NEVER_SET = frozenset({StateType.MERGED, StateType.REMOVED})
_PARTIES = {"users": Party.AGENTS, "departments": Party.QUEUES, "ticketSuppliers": Party.PARTNERS}


@dataclass(slots=True)
class Meaning:
    """What a request wants of a ticket."""

    changes: dict[str, Any] = field(default_factory=dict)
    gathered: list[Gathered] = field(default_factory=list)
    text: str = ""  # of a new activity

    @property
    def fields(self) -> Changes:
        """Give the changes of the ticket's own fields."""
        return Changes(**self.changes)


class _Wrong(Exception):
    """A value that is wrong, on its way to all others that are."""

    def __init__(self, field_: Field | str, code: str, message: str) -> None:
        name = field_ if isinstance(field_, str) else field_.name
        self.error = FieldError(name, code, f"{name}{message}")
        super().__init__(code)


@dataclass(slots=True)
class Reader:
    """Reads the values of one request; ``present`` is the ticket as it is, if there is one."""

    sent: Sent
    looked: LookedUp
    options: Options
    known: Callable[[str], Sequence[str]]  # the first names of a list
    present: TicketCard | None = None
    meaning: Meaning = field(default_factory=Meaning)
    errors: list[FieldError] = field(default_factory=list)

    def read(self) -> Meaning:
        """Read all of them.

        Raises:
            Problem: all that are wrong.
        """
        for each in FIELDS:
            if each.name in self.sent and not each.read_only:
                try:
                    self._read(each, self.sent[each.name])
                except _Wrong as wrong:
                    self.errors.append(wrong.error)
        if self.errors:
            raise invalid(self.errors)
        return self.meaning

    def default(self, of: str, name: str) -> Row:
        """Give a row that a setting names.

        Raises:
            GatewayError: there is none: the operator's mistake.
        """
        found = meant(self.looked.rows.get(Mention(of, name), ()))
        if found is None:
            raise GatewayError(f"a setting names a {of} that does not exist")
        return found.row

    # -- one field ------------------------------------------------------------------------------

    def _read(self, field_: Field, value: Any) -> None:
        changes = self.meaning.changes
        match field_.kind:
            case Kind.CUSTOMER:
                named = Mention(field_.of, customer_key(value))
                changes["customer"] = self._active(field_, named, value)[0].row
                changes["customer_key"] = None
            case Kind.PRESET:
                changes[field_.changes] = self._preset(field_, value)
            case Kind.LIST:
                self._list(field_, value)
            case Kind.DATE:
                changes[field_.changes] = self._date(field_, value)
            case Kind.EMAIL:
                changes.update(self._asker(field_, value))
            case Kind.LINE:
                changes[field_.changes] = self._line(field_, value)
            case Kind.CONTENT:
                self.meaning.text = self._content(field_, value)

    def _preset(self, field_: Field, value: Any) -> Row | int | None:
        if value is None:
            return None
        named = Mention(field_.of, key(value))
        found, present = self._active(field_, named, value)
        if found.row.kind in _NEVER_SET and field_.of == "state" and not present:
            raise _Wrong(field_, "notAllowed", f": {_shown(value)} cannot be set here.")
        return found.row.id if field_.changes == "priority" else found.row

    def _active(self, field_: Field, named: Mention, value: Any) -> tuple[Mentioned, bool]:
        """Find a row that may be set; one that stands there already may stay."""
        if isinstance(value, str) and not is_text(value):
            raise _text(field_.name)
        if named.key == "":
            raise _Wrong(field_, "notNull", " cannot be empty.")
        found = meant(self.looked.rows.get(named, ()))
        if found is None:
            raise self._unknown(field_.name, field_, value)
        present = found.name == self._stored(field_)
        if not (found.row.active or present):
            raise _Wrong(field_, "notAllowed", f": {_shown(value)} cannot be set here.")
        return found, present

    def _stored(self, field_: Field) -> str | None:
        card = self.present
        if card is None:
            return None
        stored = {"type": card.type, "state": card.state, "priority": card.priority,
                  "agent": card.owner}  # fmt: skip
        return stored.get(field_.of)

    def _unknown(self, name: str, field_: Field, value: Any) -> _Wrong:
        names = self.known(field_.of) if field_.of != "customer" else ()
        known = f" Known: {', '.join(printable(each) for each in names)}." if names else ""
        message = f": {_shown(value)} is not one of the configured values.{known}"
        return _Wrong(name, "unknownValue", message)

    def _list(self, field_: Field, value: Any) -> None:
        if isinstance(value, str) and not is_text(value):
            raise _text(field_.name)
        try:
            given = entries(value)
        except ValueError:
            form = f'Billing, "Sales, North", with {MOST_ENTRIES} entries at most'
            raise _Wrong(field_, "format", f" must look like {form}.") from None
        before = self._names(field_)
        members: list[Mentioned] = []
        for place, named in enumerate(given, 1):
            try:
                members.append(self._member(field_, f"{field_.name}[{place}]", named, members))
            except _Wrong as wrong:
                self.errors.append(wrong.error)
        if [each.name for each in members] != list(before):
            self._gather(field_, members, before)

    def _member(
        self, field_: Field, name: str, named: str | int, members: Sequence[Mentioned]
    ) -> Mentioned:
        if isinstance(named, str) and not is_text(named):
            raise _text(name)
        found = meant(self.looked.rows.get(Mention(field_.of, named), ()))
        if found is None:
            raise self._unknown(name, field_, named)
        if any(each.row == found.row for each in members):
            raise _Wrong(name, "duplicate", f": {_shown(named)} is given twice.")
        if not (found.row.active or found.name in self._names(field_)):
            raise _Wrong(name, "notAllowed", f": {_shown(named)} cannot be set here.")
        return found

    def _names(self, field_: Field) -> Sequence[str]:
        card = self.present
        if card is None:
            return ()
        return {"agent": card.agents, "queue": card.queues, "partner": card.partners}[field_.of]

    def _gather(self, field_: Field, members: Sequence[Mentioned], before: Sequence[str]) -> None:
        if field_.of == "queue":  # the first is the ticket's own
            first, *members = members or [self._default_queue()]
            self.meaning.changes["queue"] = first.row
            before = before[1:]
        if [each.name for each in members] != list(before):
            self.meaning.gathered.append(Gathered(_PARTIES[field_.name], members, before))

    def _default_queue(self) -> Mentioned:
        name = self.options.default_department
        self.default("queue", name)
        found = meant(self.looked.rows[Mention("queue", name)])
        assert found is not None  # noqa: S101 - the default is there
        return found

    def _date(self, field_: Field, value: str | None) -> date | None:
        text = "" if value is None else value.strip()
        if not text:
            return None
        found = _DATE.fullmatch(text)
        try:
            if found and int(found[1]) >= _FIRST_YEAR:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:  # not in the calendar
            pass
        raise _Wrong(field_, "format", " must look like 2026-12-01.")

    def _line(self, field_: Field, value: str) -> str:
        text = self._within(field_, value.strip())
        if not text:
            raise _Wrong(field_, "notNull", " cannot be empty.")
        if _BREAK.search(text):
            raise _Wrong(field_, "format", " must look like one line of text.")
        return text

    def _content(self, field_: Field, value: str | None) -> str:
        return self._within(field_, value or "")

    def _within(self, field_: Field, text: str) -> str:
        if not is_text(text):
            raise _text(field_.name)
        if len(text) > field_.max_chars:
            most = f"at most {field_.max_chars} are allowed."
            raise _Wrong(field_, "tooLong", f" has {len(text)} characters, {most}")
        return text

    def _asker(self, field_: Field, value: str | None) -> Mapping[str, Any]:
        if value is None:
            return {"customer_user": None, "customer_address": None}
        address = self._within(field_, value.strip())
        if not _is_address(address):
            raise _Wrong(field_, "format", " must look like name@example.com.")
        found = self.looked.rows.get(Mention(field_.of, address), ())
        return self.asker(address, found)

    def asker(self, address: str, found: Sequence[Mentioned]) -> Mapping[str, Any]:
        """Give who asks: the known person of an address, of this customer first, else just it."""
        customer = self.meaning.changes.get("customer")
        home = str(customer.id) if isinstance(customer, Row) else self._home()
        people = [each.row for each in found if each.row.active]
        people.sort(key=lambda row: (row.kind != home, row.id))
        if not people:
            return {"customer_user": None, "customer_address": address}
        return {"customer_user": people[0], "customer_address": None}

    def _home(self) -> str:
        return "" if self.present is None else str(self.present.customer_id)


def _is_address(text: str) -> bool:
    try:
        found = mailboxes(text)
    except ValueError:
        return False
    return len(found) == 1 and found[0].address == text


def _text(name: str) -> _Wrong:
    return _Wrong(name, "text", " contains a character that cannot be stored.")


def _shown(value: object) -> str:
    """Repeat a value as JSON would write it, cut."""
    text = printable(str(value))
    return text if isinstance(value, int | Number) else f'"{text}"'
