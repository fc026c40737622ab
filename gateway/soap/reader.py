"""Makes the readers of requests: plain closures over the plan tree, built once at start.

Measured reason for closures keyed by full tag: stock Spyne spends 70 % of a Save in its weak-dict
look-ups and calls per element.
"""

from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal
from typing import Any, TypeAlias

from lxml.etree import _Element as Element

from gateway.soap import values
from gateway.soap.explanation import NIL, explain, is_nil
from gateway.soap.plan import Field, Kind

Reader: TypeAlias = Callable[[Element], Any]


class ReaderCompiler:
    """Makes the readers of one service; they trust that the tree passed the schema."""

    def __init__(self, zone: tzinfo) -> None:
        self._from_text: dict[Kind, Callable[[str], Any]] = {
            Kind.TEXT: str,
            Kind.WORD: str,
            Kind.INTEGER: int,
            Kind.DECIMAL: Decimal,
            Kind.BOOLEAN: values.boolean,
            Kind.DATETIME: values.moment(zone),
            Kind.BASE64: values.octets,
        }

    def arguments(self, plan: Field) -> Callable[[Element], list[Any]]:
        """Make the function that gives a request's arguments in order."""
        read_members = self._members_reader(plan)

        def read(element: Element) -> list[Any]:
            try:
                return list(read_members(element).values())
            except ValueError:
                raise explain(plan, element) from None

        return read

    def _members_reader(self, plan: Field) -> Callable[[Element], dict[str, Any]]:
        blank = dict.fromkeys(field.name for field in plan.fields)
        members = {
            field.tag: (field.name, self._text_reader(field), self._reader(field), field.many)
            for field in plan.fields
        }

        def read(element: Element) -> dict[str, Any]:
            found: dict[str, Any] = blank.copy()
            for child in element:
                name, from_text, convert, many = members[child.tag]  # type: ignore[index] # elements only
                if from_text is not None:
                    text = child.text or ""
                    found[name] = text if from_text is str else from_text(text)
                elif not many:
                    found[name] = convert(child)
                elif (entries := found[name]) is None:
                    found[name] = [convert(child)]
                else:
                    entries.append(convert(child))
            return found

        return read

    def _text_reader(self, field: Field) -> Callable[[str], Any] | None:
        """Give what makes a value of a plain member's text: the short way for most members."""
        if field.nillable or field.many:
            return None
        return self._from_text.get(field.kind)

    def _reader(self, field: Field) -> Reader:
        read = self._content_reader(field)
        if not field.nillable:
            return read

        def read_unless_nil(element: Element) -> Any:
            # keys() is several times cheaper than get(), and nearly always empty.
            if element.keys() and is_nil(element.get(NIL)):
                return None
            return read(element)

        return read_unless_nil

    def _content_reader(self, field: Field) -> Reader:
        if field.kind is Kind.OBJECT:
            return self._object_reader(field)
        if field.kind is Kind.ARRAY:
            read = self._reader(field.fields[0])
            return lambda element: [read(child) for child in element]
        convert = self._from_text[field.kind]
        return lambda element: convert(element.text or "")

    def _object_reader(self, field: Field) -> Reader:
        read_members = self._members_reader(field)
        model: Any = field.model
        make = model.__new__

        def read(element: Element) -> Any:
            # Spyne's constructor walks all fields; the blank dict has done that already.
            instance = make(model)
            instance.__dict__ = read_members(element)
            return instance

        return read
