"""Corpus group E: values at and beyond the edges of their types."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.attack.attacks import (
    MALFORMED,
    NOT_A_DATE,
    SCHEMA,
    Attack,
    Refusal,
    members,
    pinged,
    saved,
    text,
)
from tests.kit.envelopes import XSI


def _count(value: str, expected: int | None) -> Attack:
    outcome = SCHEMA if expected is None else saved(Count=expected)
    return Attack(
        f"E1 integer {value[:24]!r} of {len(value)}", outcome, members(f"<Count>{value}</Count>")
    )


def _price(value: str, expected: str | None) -> Attack:
    outcome = SCHEMA if expected is None else saved(Price=Decimal(expected))
    return Attack(f"E2 decimal {value[:24]!r}", outcome, members(f"<Price>{value}</Price>"))


def _when(value: str, expected: datetime | Refusal) -> Attack:
    outcome = saved(When=expected) if isinstance(expected, datetime) else expected
    return Attack(f"E4 date {value!r}", outcome, members(f"<When>{value}</When>"))


def _done(value: str, expected: bool | None) -> Attack:
    outcome = SCHEMA if expected is None else saved(Done=expected)
    return Attack(f"E11 boolean {value!r}", outcome, members(f"<Done>{value}</Done>"))


def _kept(name: str, value: str) -> Attack:
    return Attack(name, pinged(value), text(value.replace("&", "&amp;").replace("<", "&lt;")))


GROUP_E: tuple[Attack, ...] = (
    _count("9" * 5_000, None),
    _count("9" * 500_000, None),
    _count("-0", 0),
    _count("+1", 1),
    _count(" 7 ", 7),
    _count("2147483647", 2_147_483_647),
    _count("2147483648", None),
    _count("-2147483649", None),
    _count("1e3", None),
    _count("1.0", None),
    _count("", None),
    _count("\u0661\u0662", None),
    _count("1_000", None),
    _price("NaN", None),
    _price("INF", None),
    _price("1e999999", None),
    _price("-0.00", "-0.00"),
    _price(".5", "0.5"),
    _price("0.01", "0.01"),
    _price("1,5", None),
    _when("2025-06-27T09:16:00Z", datetime(2025, 6, 27, 9, 16, tzinfo=UTC)),
    _when("2025-06-27T09:16:00.1234567Z", datetime(2025, 6, 27, 9, 16, 0, 123456, UTC)),
    _when("2025-06-27T24:00:00Z", datetime(2025, 6, 28, tzinfo=UTC)),
    _when("2025-06-27T09:16:00+14:00", datetime(2025, 6, 26, 19, 16, tzinfo=UTC)),
    _when("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)),
    _when("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
    Attack(
        "E4 date in blanks",
        NOT_A_DATE,
        members("<When>\n 2025-06-27T09:16:00Z </When>"),
    ),
    *(
        _when(value, NOT_A_DATE)
        for value in (
            "0000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "2025-02-31T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2025-06-27T23:59:60Z",
            "2025-06-27T25:00:00Z",
            "2025-06-27T24:00:01Z",
            "2025-06-27T09:16:00+14:01",
            "9999-12-31T24:00:00Z",
            "2025-06-27",
            "27.06.2025",
            "",
        )
    ),
    Attack("E5 U+0000", MALFORMED, text("a\x00b")),
    Attack("E5 U+0000 as reference", MALFORMED, text("a&#0;b")),
    Attack("E5 U+000B", MALFORMED, text("a\x0bb")),
    Attack("E5 U+000B as reference", MALFORMED, text("a&#xB;b")),
    Attack("E5 surrogate as reference", MALFORMED, text("a&#xD800;b")),
    Attack("E5 U+FFFE", MALFORMED, text("a\ufffeb")),
    Attack("E5 escape as plain text", pinged(r"a\u0000b"), text(r"a\u0000b")),
    _kept("E6 emoji", "\U0001f5a8\ufe0f\u200d\U0001f525"),
    _kept("E6 right to left", "\u202e\u05d0\u05d1 abc \u202c"),
    _kept("E6 combining marks", "e" + "\u0301" * 10_000),
    _kept("E6 NFC", "\u00e9"),
    _kept("E6 NFD", "e\u0301"),
    _kept("E7 script", "<script>alert(1)</script>"),
    _kept("E7 nested escapes", "&amp;lt;b&amp;gt; javascript:alert(1)"),
    Attack("E10 unknown word", SCHEMA, members("<Colour>blue</Colour>")),
    Attack("E10 word", saved(Colour="green"), members("<Colour>green</Colour>")),
    _done("1", expected=True),
    _done("0", expected=False),
    _done("true", expected=True),
    _done(" true ", expected=True),
    _done("TRUE", expected=None),
    _done("yes", expected=None),
    _done("", expected=None),
    Attack(
        "E12 nil=false with content",
        saved(Tags=["kept"]),
        members(f'<Tags><string xmlns:i="{XSI}" i:nil="false">kept</string></Tags>'),
    ),
    Attack(
        "E12 nil=true on what is not nillable",
        SCHEMA,
        members(f'<Title xmlns:i="{XSI}" i:nil="true"/>'),
    ),
)
