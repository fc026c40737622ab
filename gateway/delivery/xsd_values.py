"""Texts as values of a WSDL's types, judged before they are sent: zeep takes most as it is."""

import base64
import re
import threading
from collections.abc import Mapping
from typing import Any

from lxml import etree
from zeep import xsd
from zeep.xsd.types import builtins
from zeep.xsd.types.collection import ListType, UnionType
from zeep.xsd.types.simple import AnySimpleType

from gateway.delivery.calls import Impossible
from gateway.text import is_text

_XSD = "http://www.w3.org/2001/XMLSchema"
_ANY = "_value_1"  # zeep's name for what a schema gives no name
_DAY_OF_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T.*")
# Of these zeep writes its own values only, never their text.
_WRITTEN_BY_ZEEP = (
    builtins.gYear, builtins.gYearMonth, builtins.gMonth, builtins.gMonthDay, builtins.gDay,
)  # fmt: skip


def arguments(xsd_type: Any, given: Mapping[str, Any], *, omit_empty: bool) -> dict[str, Any]:
    """Turn nested tables of texts into what zeep writes as this type.

    Raises:
        Impossible: a name the type does not have, or a text that is no value of its type.
    """
    values: dict[str, Any] = _complex(xsd_type, given, "", omit_empty=omit_empty)
    return values


def only_value(xsd_type: Any, given: Mapping[str, Any]) -> Any:
    """Turn the one text that a body of a simple type holds into its value.

    Raises:
        Impossible: there is not exactly one, or it is no value of the type.
    """
    if len(given) != 1:
        raise Impossible(f"arguments: one value of the type {_name(xsd_type)} expected")
    ((name, value),) = given.items()
    return _simple(xsd_type, value, name)


def _complex(xsd_type: Any, given: Any, path: str, *, omit_empty: bool) -> Any:
    if not isinstance(given, Mapping):
        simple = next((each.type for name, each in xsd_type.elements if name == _ANY), None)
        if not isinstance(simple, AnySimpleType):
            raise Impossible(f"{path or 'arguments'}: a table expected")
        return {_ANY: _simple(simple, given, path)}
    elements, attributes = dict(xsd_type.elements), dict(xsd_type.attributes)
    values = {}
    for name, value in given.items():
        inner = f"{path}.{name}" if path else name
        if name in elements:
            many = _many(elements[name], value, inner, omit_empty=omit_empty)
            if many is not _NOTHING:
                values[name] = many
        elif name == _ANY and isinstance(value, list):  # a group that repeats
            values[name] = [
                _complex(xsd_type, each, f"{inner}[{n}]", omit_empty=omit_empty)
                for n, each in enumerate(value)
            ]
        elif name in attributes:
            values[name] = _simple(attributes[name].type, value, inner)
        else:
            raise Impossible(f"{inner}: the WSDL has no such element")
    return values


_NOTHING = object()


def _many(element: Any, value: Any, path: str, *, omit_empty: bool) -> Any:
    if not isinstance(element, xsd.Element):  # any element: as it is
        return value
    if isinstance(value, list):
        if not element.accepts_multiple:
            raise Impossible(f"{path}: one value expected, not a list")
        found = [
            _one(element, each, f"{path}[{n}]", omit_empty=omit_empty)
            for n, each in enumerate(value)
        ]
        kept = [each for each in found if each is not _NOTHING]
        return kept if kept or not omit_empty else _NOTHING
    one = _one(element, value, path, omit_empty=omit_empty)
    return [one] if element.accepts_multiple and one is not _NOTHING else one


def _one(element: Any, value: Any, path: str, *, omit_empty: bool) -> Any:
    if value in ("", {}) and omit_empty and element.is_optional:
        return _NOTHING
    if isinstance(element.type, xsd.ComplexType):
        whole = _complex(element.type, value, path, omit_empty=omit_empty)
        return _NOTHING if whole == {} and omit_empty and element.is_optional else whole
    if value == "" and not isinstance(element.type, builtins.String):
        if element.nillable:
            return xsd.Nil
        raise Impossible(f"{path}: a value of the type {_name(element.type)} is required")
    return _simple(element.type, value, path)


def _simple(xsd_type: Any, value: Any, path: str) -> Any:
    if isinstance(value, Mapping | list):
        raise Impossible(f"{path}: one value of the type {_name(xsd_type)} expected")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not is_text(text):
        raise Impossible(f"{path}: a character that XML cannot carry")
    if isinstance(xsd_type, ListType):
        return [_simple(xsd_type.item_type, each, path) for each in text.split()]
    if isinstance(xsd_type, UnionType) or not isinstance(xsd_type, builtins.BuiltinType):
        return text
    return _builtin(xsd_type, text, path)


def _builtin(xsd_type: Any, text: str, path: str) -> Any:
    if not isinstance(xsd_type, builtins.String):
        text = text.strip()
    if isinstance(xsd_type, builtins.Boolean):
        text = text.lower()
    day = _DAY_OF_TIME.fullmatch(text) if isinstance(xsd_type, builtins.Date) else None
    text = day[1] if day else text
    # A derived type is a class below its built-in one and keeps that one's name.
    name = etree.QName(xsd_type._default_qname).localname  # noqa: SLF001 - zeep has no other
    if not _local.schema(name).validate(_leaf(text)) or not _is_base64(name, text):
        raise Impossible(f"{path}: no value of the type {name}")
    return xsd_type.pythonvalue(text) if isinstance(xsd_type, _WRITTEN_BY_ZEEP) else text


def _is_base64(name: str, text: str) -> bool:
    """Judge what libxml2 lets pass: characters outside the alphabet."""
    if name != "base64Binary":
        return True
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    return True


def _name(xsd_type: Any) -> str:
    return str(getattr(xsd_type, "name", None) or "simple")


class _OfThread(threading.local):
    """Each thread's own validators: shared ones mix up what they say of the texts."""

    def __init__(self) -> None:
        self._schemas: dict[str, etree.XMLSchema] = {}

    def schema(self, name: str) -> etree.XMLSchema:
        """Give the validator of a built-in type."""
        if name not in self._schemas:
            schema = etree.Element(f"{{{_XSD}}}schema", nsmap={"xs": _XSD})
            etree.SubElement(schema, f"{{{_XSD}}}element", name="v", type=f"xs:{name}")
            self._schemas[name] = etree.XMLSchema(schema)
        return self._schemas[name]


_local = _OfThread()


def _leaf(text: str) -> etree._Element:
    leaf = etree.Element("v")
    leaf.text = text
    return leaf
