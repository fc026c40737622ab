"""Steps of kind ``map``: values are taken out of the answer of a call."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from gateway.domain.process import Picked, Picking, Reader

_MEMBER = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\['([^']*)'\]|\[([0-9]{1,9})\]")


class ValueMissing(Exception):
    """A value that is required is not in the answer; its sentence says which."""


def pick(picking: Picking, body: str) -> dict[str, str]:
    """Take the values out of an answer; one that is not there is an empty text.

    Raises:
        ValueMissing: a required one is not there.
    """
    answer = _Answer(body)
    found = {}
    for each in picking.values:
        value = answer.value(each, picking.namespaces)
        if value is None and each.required:
            raise ValueMissing(f"{each.name} is not in the answer")
        found[each.name] = value or ""
    return found


def check(picking: Picking) -> dict[str, str]:
    """Tell of the paths that are none, by the name of the value."""
    wrong = {}
    for each in picking.values:
        if each.type is Reader.XPATH:
            try:
                # A prefix that nobody declared is noticed no earlier.
                _compiled(each.path, picking.namespaces)(etree.Element("answer"))
            except etree.XPathError as error:
                wrong[each.name] = f"no XPath 1.0: {error}"
        elif each.type is Reader.JSONPATH and _members(each.path) is None:
            wrong[each.name] = "only $ .name ['name'] [n] make a path"
    return wrong


class _Answer:
    """An answer, parsed when the first value asks for it."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._xml: etree._Element | None = None
        self._json: Any = None

    def value(self, picked: Picked, namespaces: Mapping[str, str]) -> str | None:
        match picked.type:
            case Reader.TEXT:
                return self._body or None
            case Reader.JSONPATH:
                return _at(self._members(), picked.path)
            case Reader.XPATH:
                return self._node(picked.path, namespaces)

    def _members(self) -> Any:
        if self._json is None:
            try:
                # Numbers as they were written: 1.10 is not 1.1.
                self._json = json.loads(self._body, parse_float=Decimal)
            except (ValueError, RecursionError):
                self._json = {}
        return self._json

    def _node(self, path: str, namespaces: Mapping[str, str]) -> str | None:
        if self._xml is None:
            self._xml = _parsed(self._body)
        if self._xml is None:
            return None
        try:
            found = _compiled(path, namespaces)(self._xml)
        except etree.XPathError:
            return None
        return _text(found)


def _parsed(body: str) -> etree._Element | None:
    """Parse an answer that nobody vouches for: no entities, no DTD, nothing is fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _compiled(path: str, namespaces: Mapping[str, str]) -> etree.XPath:
    # Without the extension functions of EXSLT: XPath 1.0 and nothing else.
    return etree.XPath(path, namespaces=dict(namespaces), regexp=False, smart_strings=False)


def _text(found: Any) -> str | None:
    match found:
        case []:
            return None
        case [first, *_]:
            return _text(first)
        case etree._Element():  # noqa: SLF001 - lxml gives its class no other name
            return "".join(found.itertext())
        case float() if found.is_integer():
            return str(int(found))
        case _:
            return _plain(found)


def _plain(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, default=float)


def _members(path: str) -> list[str | int] | None:
    """Cut a JSONPath into names and places; None if it is none of ours."""
    if not path.startswith("$"):
        return None
    members: list[str | int] = []
    place = 1
    while place < len(path):
        found = _MEMBER.match(path, place)
        if found is None:
            return None
        members.append(int(found[3]) if found[3] else found[1] or found[2] or "")
        place = found.end()
    return members


def _at(value: Any, path: str) -> str | None:
    for member in _members(path) or []:
        match value, member:
            case dict(), str():
                value = value.get(member)
            case list(), int() if member < len(value):
                value = value[member]
            case _:
                return None
    return _plain(value)
