"""Reads a request without its schema: elements become nested mappings by their local names."""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

from gateway.errors import Malformed
from gateway.soap.explanation import NIL, is_nil
from gateway.soap.plan import Field

Value = str | dict[str, Any] | None


def read(element: Element) -> dict[str, Any]:
    """Give the children of an element: texts, mappings, or lists of what is repeated.

    Namespaces, order and attributes other than ``xsi:nil`` do not count; nil is None.

    Raises:
        Malformed: text beside children.
    """
    found: dict[str, Any] = {}
    _refuse_text(element)
    for child in element:
        name = etree.QName(child).localname
        value = _value(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def names(plan: Field) -> frozenset[str]:
    """Give the tags of a request's elements, as published and without namespace."""
    found = set(_tags(plan))
    return frozenset(found | {tag.rpartition("}")[2] for tag in found})


def _tags(field: Field) -> Iterator[str]:
    yield field.tag
    for member in field.fields:
        yield from _tags(member)


def _value(element: Element) -> Value:
    if element.keys() and is_nil(element.get(NIL)):
        return None
    return read(element) if len(element) else (element.text or "")


def _refuse_text(element: Element) -> None:
    texts = (element.text, *(child.tail for child in element))
    if any(text is not None and text.strip(" \t\r\n") for text in texts):
        raise Malformed("text beside child elements", line=int(element.sourceline or 1))
