"""Searches for tickets page by page, and the texts in which callers keep their place."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from gateway.domain.ticket_search import Order, Place, SortValue, TicketSearch
from gateway.text import is_text
from gateway.usecases.ports import Call, FoundTickets, Unit

_MARK = 16  # bytes of the mark that ties a cursor to its search
_LONGEST = 16_384
_LARGEST = 2**63


def find(search: TicketSearch, call: Call, unit: Unit) -> FoundTickets:
    """Find tickets that the caller may see; whoever sees none finds none.

    Raises:
        TryLater: it takes longer than the server allows a statement.
    """
    found = unit.ticket_search.find(call.principal, search)
    unit.messages.settle(call, None)
    return found


def bound(caller: int, search: object) -> bytes:
    """Give what ties a cursor to its caller and to the search, given as values of JSON."""
    return json.dumps([caller, search], ensure_ascii=False, sort_keys=True).encode()


def cursor(place: Place, to: bytes) -> str:
    """Write a place down for the caller.

    It is no secret and grants nothing: a search sees what its caller may see, wherever it goes on.
    """
    values = [None if value is None else str(value) for value in place.values]
    content = json.dumps([values, place.id], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(content, to) + content).rstrip(b"=").decode()


def place(text: str, order: Sequence[Order], to: bytes) -> Place:
    """Read a place that was written down for the same caller and search.

    Raises:
        ValueError: it was not, or it is no such text.
    """
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError("no cursor")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("no cursor") from None
    mark, content = raw[:_MARK], raw[_MARK:]
    if not hmac.compare_digest(mark, _mark(content, to)):
        raise ValueError("a cursor of another search")
    try:
        values, id_ = json.loads(content)
        read = (_value(value, step) for value, step in zip(values, order, strict=True))
        return Place(tuple(read), _whole(str(id_)))
    except (TypeError, OverflowError, RecursionError):  # marked by somebody who knows how
        raise ValueError("no cursor") from None


def _mark(content: bytes, to: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_MARK, key=hashlib.sha256(to).digest()).digest()


def _value(value: str | None, step: Order) -> SortValue:
    return None if value is None else _READ[step.holds](str(value))


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) >= _LARGEST:
        raise ValueError("no cursor")
    return number


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("no cursor") from None
    if not number.is_finite():
        raise ValueError("no cursor")
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no cursor")
    return moment


def _text(text: str) -> str:
    if not is_text(text):
        raise ValueError("no cursor")
    return text


_READ: Mapping[type, Callable[[str], SortValue]] = {
    datetime: _moment,
    Decimal: _decimal,
    int: _whole,
    str: _text,
}
