"""Random values of published types, for comparing the engine with stock Spyne."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from gateway.soap.plan import Field, Kind

texts = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n\r"
    ),
    max_size=20,
)
moments = st.datetimes(
    datetime(1, 1, 3),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9))]),
)
# libxml2 takes at most 24 digits.
decimals = st.decimals(-(10**12), 10**12, places=4)


def of_field(field: Field) -> st.SearchStrategy[Any]:
    """Draw a value that the published type allows."""
    entry = of_kind(field)
    if field.many:
        drawn: st.SearchStrategy[Any] = st.lists(entry | nothing(field), max_size=3)
        return drawn if field.required else drawn | st.none()
    return entry if field.required and not field.nillable else entry | st.none()


def nothing(field: Field) -> st.SearchStrategy[Any]:
    return st.none() if field.nillable else st.nothing()


def of_kind(field: Field) -> st.SearchStrategy[Any]:
    if field.kind is Kind.OBJECT:
        members = {member.name: of_field(member) for member in field.fields}
        return st.fixed_dictionaries(members).map(lambda found: field.model(**found))
    if field.kind is Kind.ARRAY:
        (entry,) = field.fields
        return st.lists(of_kind(entry) | nothing(entry), max_size=3)
    return {
        Kind.TEXT: texts,
        Kind.WORD: st.sampled_from(sorted(field.words) or [""]),
        Kind.INTEGER: integers(field),
        Kind.DECIMAL: decimals,
        Kind.BOOLEAN: st.booleans(),
        Kind.DATETIME: moments,
        Kind.BASE64: st.binary(max_size=30),
    }[field.kind]


def integers(field: Field) -> st.SearchStrategy[int]:
    # Stock refuses valid numbers whose minus sign makes them longer than the greatest one.
    return st.integers(-(10 ** (len(str(field.highest)) - 1)) + 1, field.highest)


def stock_form(value: Any) -> Any:
    """Make values comparable that stock and engine give in different Python forms."""
    if hasattr(value, "get_flat_type_info"):
        return {name: stock_form(item) for name, item in vars(value).items()}
    if isinstance(value, list):
        return [stock_form(item) for item in value]
    if isinstance(value, tuple):  # stock gives the chunks of a base64 text
        return b"".join(value)
    if value == b"":  # stock loses an empty content
        return None
    if isinstance(value, str | bytes | bool | int | Decimal | datetime) or value is None:
        return value
    return str(value)  # a word of an enumeration
