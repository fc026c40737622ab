"""One call of an operation: its values, who calls, and the way to the use cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from gateway.dialects.znuny import answers, credentials
from gateway.dialects.znuny.credentials import Given
from gateway.dialects.znuny.desk import Options, ZnunyDesk
from gateway.dialects.znuny.refusals import Refused, invalid
from gateway.domain.people import Principal
from gateway.http.exchange import Stage, Trace
from gateway.usecases.idempotency import digest
from gateway.usecases.ports import Call, Remembered, Unit

__all__ = [
    "WRITING",
    "Job",
    "Refused",
    "as_flag",
    "as_id",
    "as_number",
    "entries",
    "is_id",
    "is_number",
    "single",
]

T = TypeVar("T")

WRITING = frozenset({"TicketCreate", "TicketUpdate", "ExternalReference", "OutOfOffice"})
_LONGEST_KEY = 255
_ID_DIGITS = 18  # an id has 64 bits
_FLAGS = {"": None, "0": False, "1": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call of an operation.

    ``data`` is the plain mapping of section 1.4: texts, lists and mappings by their wire names.
    Texts are trimmed (a password is not); what was null or nil is not in it, what was empty is
    an empty text.
    """

    operation: str
    data: Mapping[str, Any]
    desk: ZnunyDesk
    given: Given = field(default_factory=Given)  # credentials of header and parameters
    trace: Trace = field(default_factory=lambda: Trace("", "znuny"))
    deadline_s: float = float("inf")
    key: str | None = None  # Idempotency-Key of the HTTP request
    peer: str = ""
    user_agent: str = ""

    @property
    def options(self) -> Options:
        """Give the settings of the dialect."""
        return self.desk.options

    # -- who, and in what transaction -----------------------------------------------------------

    def login(self) -> Principal:
        """Identify the caller with the texts of this operation (contract sections 4.1 and 12).

        Raises:
            Refused: no credentials, or not the right ones.
            TooManyRequests, TryLater: they cannot be looked at now.
        """
        principal = credentials.login(self.operation, self.given, self.desk, self.peer)
        self.identified(principal)
        return principal

    def identified(self, principal: Principal) -> None:
        """Note who calls, and let the account enter within its pace.

        Raises:
            TooManyRequests: it calls too often.
        """
        self.trace.account, self.trace.account_id = principal.account, principal.account_id
        self.trace.stage = Stage.IDENTIFIED
        if self.desk.pace is not None:
            self.desk.pace.enter(principal.account_id)

    def call(self, principal: Principal) -> Call:
        """Give the circumstances under which the use cases work."""
        trace = self.trace

        def settled(ticket_id: int | None) -> None:
            trace.settled = True
            trace.ticket_id = ticket_id

        trace.stage = Stage.TRANSLATED
        key = self.key if self.operation in WRITING else None
        return Call(
            principal=principal,
            dialect="znuny",
            operation=self.operation,
            command=self.operation,
            message=int(trace.number) if trace.number.isdigit() else None,
            deadline_s=self.deadline_s,
            key=key,
            # Only a key asks whether a request is the same as another.
            digest=digest(self.operation, canonical(self.data)) if key else b"",
            settled=settled,
            may_commit=trace.may_commit,
        )

    def run(self, work: Callable[[Call, Unit], T], principal: Principal) -> T:
        """Run the work in one transaction; what it raises leaves nothing behind.

        Of a writing operation the work gives the answer itself, a plain mapping: with an
        Idempotency-Key it is kept, and given again in place of a second effect.
        """
        call = self.call(principal)
        if call.key is None:
            return self.desk.units.run(lambda unit: work(call, unit), call)
        return self.desk.units.run(lambda unit: self._once(work, call, unit), call)

    def _once(self, work: Callable[[Call, Unit], T], call: Call, unit: Unit) -> T:
        key = call.key or ""
        if len(key) > _LONGEST_KEY:
            raise invalid("Idempotency-Key")
        first = unit.idempotency.claim(call, key)
        if first is None:
            answer = work(call, unit)
            kept = answers.kept(cast("Mapping[str, Any]", answer))
            unit.idempotency.remember(call, key, Remembered(call.digest, kept, None, "key"))
            return answer
        if first.digest != call.digest:
            text = "Idempotency-Key was used with another request!"
            raise Refused("InvalidParameter", text)
        unit.messages.settle(call, answers.ticket_id(first.answer))
        return cast("T", answers.again(first.answer))

    # -- values (contract section 1.4) ----------------------------------------------------------

    def value(self, path: str) -> Any:
        """Give what stands at a path like ``Ticket->Title``; None: nothing does."""
        found: Any = self.data
        for name in path.split("->"):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def text(self, path: str) -> str:
        """Read a single text; absent is the empty text.

        Raises:
            Refused: a list, or something with parts.
        """
        return single(self.value(path), path)

    def texts(self, path: str) -> list[str]:
        """Read a list of texts; one value is a list of one, empty entries are left out.

        Raises:
            Refused: an entry with parts.
        """
        return [text for each in entries(self.value(path)) if (text := single(each, path))]

    def flag(self, path: str, default: bool) -> bool:
        """Read 1 or 0.

        Raises:
            Refused: anything else.
        """
        return as_flag(self.text(path), path, default)

    def number(self, path: str) -> int | None:
        """Read a whole number.

        Raises:
            Refused: no number, or beyond 64 bits.
        """
        return as_number(self.text(path), path)


def canonical(data: Mapping[str, Any]) -> object:
    """Give a writing request as it is compared: without credentials, and alike on both faces."""
    return _canonical(credentials.without(data))


def _canonical(value: Any) -> object:
    if isinstance(value, Mapping):
        return sorted((name, _canonical(each)) for name, each in value.items())
    if isinstance(value, list):
        # One value and a list of it are equal (contract section 1.4).
        return [_canonical(each) for each in value] if len(value) != 1 else _canonical(value[0])
    return value


def single(value: Any, path: str) -> str:
    """Give a single text; None is the empty one.

    Raises:
        Refused: a list, or something with parts.
    """
    if isinstance(value, list):
        raise Refused("InvalidParameter", f"{path} must be given only once!")
    if isinstance(value, Mapping):
        raise invalid(path)
    return "" if value is None else str(value)


def entries(value: Any) -> list[Any]:
    """Give the entries of what may be one value or a list; nothing and empty are none."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def as_flag(text: str, path: str, default: bool) -> bool:
    """Read a flag.

    Raises:
        Refused: neither 1, 0 nor empty.
    """
    if text not in _FLAGS:
        raise invalid(path)
    known = _FLAGS[text]
    return default if known is None else known


def as_number(text: str, path: str) -> int | None:
    """Read a whole number of 64 bits; empty is none.

    Raises:
        Refused: no such number.
    """
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):  # noqa: PLR2004 - 2**63
        raise invalid(path)
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise invalid(path)
    return number


def as_id(text: str, path: str) -> int | None:
    """Read an id, a whole number from 1; empty is none.

    Raises:
        Refused: no such number.
    """
    number = as_number(text, path)
    if number is not None and number < 1:
        raise invalid(path)
    return number


def is_id(text: str) -> bool:
    """Tell whether a text is the id of a row, which is never 0."""
    return is_number(text) and int(text) > 0


def is_number(text: str) -> bool:
    """Tell whether a text is digits alone, no more than any id has."""
    return text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS
