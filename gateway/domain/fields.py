"""Dynamic fields: what the operator added to tickets, and which values fit each type."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum

_LONGEST = 2600  # bytes; what an index can hold
_MOST_DIGITS = 100
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


class FieldType(StrEnum):
    """What a dynamic field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DROPDOWN = "dropdown"  # one of its options
    MULTISELECT = "multiselect"  # any of its options


@dataclass(frozen=True, slots=True)
class Field:
    """A dynamic field of tickets."""

    id: int
    name: str
    type: FieldType
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value: as text, and as what it is where that orders it."""

    text: str
    number: Decimal | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with all its values; none empties it."""

    field: Field
    values: tuple[FieldValue, ...]

    @property
    def shown(self) -> str:
        """Give the values as one text, as history shows them."""
        return ", ".join(value.text for value in self.values)


def fitting(field: Field, texts: list[str], zone: tzinfo) -> Filled:
    """Read values of a field, dates as of the zone; empty ones count as none.

    Raises:
        ValueError: one does not fit the type, or there are several where one can be.
    """
    given = list(dict.fromkeys(text for text in texts if text))
    if field.type is not FieldType.MULTISELECT and len(given) > 1:
        raise ValueError("several values")
    return Filled(field, tuple(_value(field, text, zone) for text in given))


def _value(field: Field, text: str, zone: tzinfo) -> FieldValue:
    match field.type:
        case FieldType.NUMBER:
            return FieldValue(text, number=_number(text))
        case FieldType.DATE:
            moment = _date(text)
            at = moment.replace(tzinfo=zone).astimezone(UTC)
            return FieldValue(f"{moment:%Y-%m-%d %H:%M:%S}", date=at)
        case FieldType.DROPDOWN | FieldType.MULTISELECT if text not in field.options:
            raise ValueError("no option")
        case _ if len(text.encode()) > _LONGEST:
            raise ValueError("too long")
        case _:
            return FieldValue(text)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("no number") from None
    if not number.is_finite() or len(text) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError("no number that can be kept")
    return number


def _date(text: str) -> datetime:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - its zone is the dialect's
        except ValueError:
            continue
    raise ValueError("no time")
