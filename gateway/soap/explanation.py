"""Tells where and why a message breaks the schema: libxml2 decides, this slow path explains.

libxml2's own text is last-error prose with paths like ``/*/*/*[1]``, and it may quote a value;
it is never shown.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from gateway.errors import SchemaViolation
from gateway.soap import values
from gateway.soap.plan import Field, Kind
from gateway.text import printable

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NIL: Final = f"{{{XSI}}}nil"

_BLANKS: Final = " \t\r\n"
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS: Final = 24  # of a decimal in libxml2
_DATETIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)
# The bits that padding leaves over are zero: libxml2 refuses what Python's strict mode lets pass.
_BASE64: Final = re.compile(
    r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
)
_WITHOUT_BLANKS: Final = str.maketrans("", "", _BLANKS)
_read_moment: Final = values.moment(UTC)


def is_nil(text: str | None) -> bool:
    """Read the value of an ``xsi:nil`` attribute; ``"false"`` keeps the content."""
    return text is not None and values.boolean(text)


def explain(plan: Field, element: Element) -> SchemaViolation:
    """Give the first deviation of a message from its plan as the error to raise."""
    for path, reason in _object(plan, element, ""):
        return SchemaViolation(reason, field=path)
    return SchemaViolation()


def _object(plan: Field, element: Element, path: str) -> Iterator[tuple[str, str]]:
    """Yield deviations in document order; the first is the one that counts."""
    tags = [child.tag for child in element]
    place = 0  # of the next member that may come
    count = 0  # of the present member's entries
    fields = plan.fields
    for child in element:
        found = next((i for i in range(place, len(fields)) if fields[i].tag == child.tag), None)
        if found is None:
            yield _join(path, _name(child)), "unexpected element"
            return
        for skipped in fields[place:found]:
            if skipped.required and (count == 0 or skipped is not fields[place]):
                # Out of order reads better as "unexpected" than as "missing".
                if skipped.tag in tags:
                    yield _join(path, _name(child)), "unexpected element"
                else:
                    yield _join(path, skipped.local_name), "missing element"
                return
        count = count + 1 if found == place else 1
        field = fields[found]
        place = found
        here = _join(path, field.local_name)
        yield from _element(field, child, f"{here}[{count}]" if field.many else here)
        if not field.many:
            place, count = found + 1, 0
    for skipped in fields[place:]:
        if skipped.required and (count == 0 or skipped is not fields[place]):
            yield _join(path, skipped.local_name), "missing element"


def _array(plan: Field, element: Element, path: str) -> Iterator[tuple[str, str]]:
    entry = plan.fields[0]
    for number, child in enumerate(element, start=1):
        if child.tag != entry.tag:
            yield _join(path, _name(child)), "unexpected element"
            return
        yield from _element(entry, child, f"{path}[{number}]")


def _element(field: Field, element: Element, path: str) -> Iterator[tuple[str, str]]:
    for name in element.keys():  # noqa: SIM118 - lxml's dict of attributes costs more
        if not str(name).startswith(f"{{{XSI}}}"):
            yield f"{path}@{printable(etree.QName(name).localname)}", "unexpected attribute"
    nil = element.get(NIL)
    if nil is not None and not field.nillable:
        yield path, "may not be nil"
    if is_nil(nil) or field.kind.simple:
        # Neither a nil element nor a simple one has children.
        yield from ((_join(path, _name(child)), "unexpected element") for child in element)
    if is_nil(nil):
        return
    if field.kind is Kind.OBJECT:
        yield from _object(field, element, path)
    elif field.kind is Kind.ARRAY:
        yield from _array(field, element, path)
    else:
        test, reason = _LEXICAL[field.kind]
        if not test(field, element.text or ""):
            yield path, reason


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _name(element: Element) -> str:
    return printable(etree.QName(element).localname)


def _is_integer(field: Field, text: str) -> bool:
    text = text.strip(_BLANKS)
    return bool(_INTEGER.fullmatch(text)) and field.lowest <= int(text) <= field.highest


def _is_decimal(_: Field, text: str) -> bool:
    text = text.strip(_BLANKS)
    return bool(_DECIMAL.fullmatch(text)) and len(text.strip("+-0.")) <= _MOST_DIGITS


def _is_boolean(_: Field, text: str) -> bool:
    return text.strip(_BLANKS) in ("true", "false", "1", "0")


def _is_datetime(_: Field, text: str) -> bool:
    return bool(_DATETIME.fullmatch(text)) and _reads(_read_moment, text)


def _is_base64(_: Field, text: str) -> bool:
    return bool(_BASE64.fullmatch(text.translate(_WITHOUT_BLANKS)))


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _is_word(field: Field, text: str) -> bool:
    return text in field.words


_LEXICAL: Final[dict[Kind, tuple[Callable[[Field, str], bool], str]]] = {
    Kind.TEXT: (lambda _field, _text: True, ""),
    Kind.WORD: (_is_word, "not one of the allowed words"),
    Kind.INTEGER: (_is_integer, "not a number"),
    Kind.DECIMAL: (_is_decimal, "not a number"),
    Kind.BOOLEAN: (_is_boolean, "not a boolean"),
    Kind.DATETIME: (_is_datetime, "not a date"),
    Kind.BASE64: (_is_base64, "not base64"),
}
