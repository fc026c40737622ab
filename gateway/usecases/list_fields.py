"""How an operator writes a row of a list: fields, forms of values, and what was probably meant."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import Enum
from typing import Any
from uuid import UUID

from gateway.errors import BrokenRule, Missing
from gateway.text import collapse, is_text, printable

_LONGEST_LINE = 255
_LONGEST_TEXT = 100_000
_LARGEST = 2**31 - 1
_MOST_MONEY = Decimal("999999.99")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


class Form(Enum):
    """What the text of a value must look like."""

    LINE = "a line of text"
    TEXT = "a text"
    WORD = "one of a few words"
    NAME = "letters, digits and _"
    COLOR = "a color like #ffaaaa"
    EMAIL = "an e-mail address"
    FLAG = "true or false"
    NUMBER = "a whole number"
    MONEY = "a positive amount of at most two places"
    GUID = "a GUID"
    ROW = "the name of a row"
    ROWS = "names of rows between commas"
    OBJECT = "a JSON object"
    ENTRIES = "a JSON list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the rows of a list: how it is written, where it is stored, what it may be."""

    key: str
    column: str
    form: Form = Form.LINE
    also: tuple[str, ...] = ()  # the dialects' words for it
    words: tuple[str, ...] = ()
    rows: str = ""  # table of the row or rows it names
    low: int = 0  # of a number
    high: int = _LARGEST  # of a number; of a text its length, where that is shorter than usual
    required: bool = False  # never empty
    needed: bool = False  # must be given to add a row
    nullable: bool = False  # an empty value is stored as null
    brief: bool = False  # shown in a table, not in JSON only
    fixed: bool = False  # given when the row is added, never changed
    link: tuple[str, str] | None = None  # table of its own and the column that leads back
    members: tuple["Field", ...] = ()  # of each entry, with Form.ENTRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """One list: its table, the column that ``NAME`` fills, its fields."""

    name: str
    table: str
    one: str  # what a single row is called
    fields: tuple[Field, ...]
    named: str = "en"
    found_by: tuple[str, ...] = ("en",)  # columns a row is found by, beside guid and number
    tree: bool = False
    closed: bool = False  # its rows are fixed: they can be set, none can be added


def pick(kinds: Iterable[ListKind], name: str) -> ListKind:
    """Find a list by its name.

    Raises:
        BrokenRule: there is none; the nearest is named.
    """
    known = {kind.name: kind for kind in kinds}
    found = known.get(name.lower())
    if found is None:
        raise BrokenRule(f"no list {printable(name)!r}{hint(name, known)}")
    return found


def hint(name: str, known: Iterable[str]) -> str:
    """Name what was probably meant, else all there is."""
    names = sorted(map(str, known))
    near = get_close_matches(name.lower(), [each.lower() for each in names], n=1, cutoff=0.5)
    if near:
        meant = next(each for each in names if each.lower() == near[0])
        return f"; did you mean {meant!r}?"
    return f"; there are: {', '.join(names)}" if names else "; there is none yet"


def read(kind: ListKind, pairs: Iterable[str]) -> dict[Field, object]:
    """Read ``KEY=VALUE`` texts; a key is found in any letter case, with or without ``_``.

    Raises:
        BrokenRule: no such key, given twice, or a value of another form.
    """
    keys = {_plain(key): each for each in kind.fields for key in (each.key, *each.also)}
    values: dict[Field, object] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise BrokenRule(f"write {printable(pair)!r} as KEY=VALUE")
        found = keys.get(_plain(key))
        if found is None:
            known = [each.key for each in kind.fields]
            raise BrokenRule(f"{kind.name} have no field {printable(key)!r}{hint(key, known)}")
        if found in values:
            raise BrokenRule("given twice", field=found.key)
        values[found] = value(found, text)
    return values


def value(of: Field, text: str) -> object:
    """Read the text of a value; names of rows stay names.

    Raises:
        BrokenRule: it has another form.
    """
    text = text.strip() if of.form is Form.TEXT else collapse(text)
    if not is_text(text):
        raise BrokenRule("characters that XML cannot carry", field=of.key)
    if not text:
        if of.required:
            raise Missing(field=of.key)
        return _EMPTY.get(of.form, None if of.nullable else "")
    return _READERS[of.form](of, text)


def _plain(key: str) -> str:
    return key.strip().replace("_", "").replace("-", "").lower()


def _line(of: Field, text: str) -> str:
    longest = _LONGEST_LINE if of.high == _LARGEST else of.high
    if len(text) > longest:
        raise BrokenRule(f"longer than {longest} characters", field=of.key)
    return text


def _text(of: Field, text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise BrokenRule(f"longer than {_LONGEST_TEXT} characters", field=of.key)
    return text


def _word(of: Field, text: str) -> str:
    if text.lower() not in of.words:
        raise BrokenRule(f"one of: {', '.join(of.words)}", field=of.key)
    return text.lower()


def _matching(pattern: str, wanted: str) -> Any:
    compiled = re.compile(pattern)

    def match(of: Field, text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise BrokenRule(wanted, field=of.key)
        return text

    return match


def _color(of: Field, text: str) -> str:
    found: str = _matching("#[0-9a-f]{6}", "a color like #ffaaaa")(of, text.lower())
    return found


def _flag(of: Field, text: str) -> bool:
    found = _FLAGS.get(text.lower())
    if found is None:
        raise BrokenRule("true or false", field=of.key)
    return found


def _number(of: Field, text: str) -> int:
    if re.fullmatch("[0-9]{1,10}", text) is None or not of.low <= int(text) <= of.high:
        raise BrokenRule(f"a whole number from {of.low} to {of.high}", field=of.key)
    return int(text)


def _money(of: Field, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not 0 < amount <= _MOST_MONEY or amount != round(amount, 2):
        raise BrokenRule(
            f"must be greater than 0.00 and not greater than {_MOST_MONEY}", field=of.key
        )
    return amount


def _guid(of: Field, text: str) -> UUID:
    try:
        found = UUID(text)
    except ValueError:
        found = UUID(int=0)
    if not found.int:
        raise BrokenRule("a GUID", field=of.key)
    return found


def _names(of: Field, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_line(of, part.strip()) for part in text.split(",") if part.strip()))


def _object(of: Field, text: str) -> dict[str, object]:
    found = _json(of, text)
    if not isinstance(found, dict):
        raise BrokenRule("a JSON object", field=of.key)
    return found


def _entries(of: Field, text: str) -> list[object]:
    # Options are mostly plain words; these need no JSON.
    plain = of.members and not text.startswith("[")
    found = [part.strip() for part in text.split(",")] if plain else _json(of, text)
    if not isinstance(found, list):
        raise BrokenRule("a JSON list", field=of.key)
    if not of.members:
        return found
    return [_entry(of, place, entry) for place, entry in enumerate(found, 1)]


def _entry(of: Field, place: int, entry: object) -> dict[str, object]:
    first = of.members[0]
    given = entry if isinstance(entry, dict) else {first.key: entry}
    path = f"{of.key}[{place}]"
    if unknown := sorted(given.keys() - {each.key for each in of.members}):
        known = [each.key for each in of.members]
        raise BrokenRule(f"no field {printable(unknown[0])!r}{hint(unknown[0], known)}", field=path)
    values: dict[str, object] = {}
    for each in of.members:
        sent = given.get(each.key)
        if sent is None and each.required:
            raise Missing(field=f"{path}.{each.key}")
        if sent is not None:
            values[each.column] = _member(each, str(sent), path)
    return values


def _member(of: Field, text: str, path: str) -> object:
    try:
        return value(of, text)
    except BrokenRule as error:
        raise BrokenRule(error.sentence, field=f"{path}.{error.field}") from None


def _json(of: Field, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise BrokenRule(f"not JSON; expected is {of.form.value}", field=of.key) from None


_EMPTY: Mapping[Form, object] = {Form.ROWS: (), Form.ENTRIES: []}
_READERS: Mapping[Form, Any] = {
    Form.LINE: _line,
    Form.TEXT: _text,
    Form.WORD: _word,
    Form.NAME: _matching("[A-Za-z0-9_]{1,100}", "up to 100 letters, digits and _"),
    Form.COLOR: _color,
    Form.EMAIL: _matching(r"[^@\s,;<>]{1,64}@[^@\s,;<>]{1,189}", "an e-mail address"),
    Form.FLAG: _flag,
    Form.NUMBER: _number,
    Form.MONEY: _money,
    Form.GUID: _guid,
    Form.ROW: _line,
    Form.ROWS: _names,
    Form.OBJECT: _object,
    Form.ENTRIES: _entries,
}
