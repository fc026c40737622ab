"""Leniencies: what a service tolerates beyond its schema is mended before the schema is asked.

Some hold for every service (built-in ``xsi:type`` on simple elements, an empty wrapper that says
so in its own way, hints that are never followed); the rest are flags of the service. Nothing else
is tolerated, and every use of a flag is noted on the message.
"""

from collections.abc import Callable
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from gateway.errors import SchemaViolation
from gateway.soap.codec import Operation
from gateway.soap.definition import Elements, Leniency
from gateway.soap.envelope import SoapVersion
from gateway.soap.explanation import NIL, XSI, is_nil
from gateway.soap.plan import Field, Kind
from gateway.text import printable

_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_TYPE: Final = f"{{{XSI}}}type"
_HINTS: Final = frozenset(
    {f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"}
    | {f"{{{version.namespace}}}encodingStyle" for version in SoapVersion}
)
# SOAP Encoding's references: silently dropped, a value would be silently lost.
_REFERENCES: Final = frozenset({"href", "id"})
_HAS_ATTRIBUTES: Final = etree.XPath("boolean(descendant-or-self::*/@*)")
_HAS_TYPES: Final = etree.XPath("boolean(descendant-or-self::*/@xsi:type)", namespaces={"xsi": XSI})
_STRICT: Final = Leniency()
# What .NET's deserialiser leaves in a value type whose element is missing.
_ZERO: Final = {
    Kind.INTEGER: "0",
    Kind.DECIMAL: "0",
    Kind.BOOLEAN: "false",
    Kind.DATETIME: "0001-01-01T00:00:00",
}

Note = Callable[[str], None]


def normalise(body_child: Element, operation: Operation, leniency: Leniency, note: Note) -> None:
    """Mend a request in place so far as the service tolerates it.

    Raises:
        SchemaViolation: An ``xsi:type`` names another class than the published one: there is no
            polymorphism, though the schema would let a derived class pass. Or an element is
            nearly a member, where the service refuses that.
    """
    plan = operation.plan
    if leniency.any_namespace:
        _rename(plan, body_child)
    attributed = bool(_HAS_ATTRIBUTES(body_child))
    if attributed:
        _mend_empty_wrapper(body_child, plan)
        _mend_hints(body_child)
        if _HAS_TYPES(body_child):
            foreign = leniency.any_builtin_type
            _mend_types(plan, body_child, "", _type_names(body_child), foreign=foreign)
    if not plan.fields and not len(body_child):
        body_child.text = (body_child.text or "").strip(" \t\r\n") or None
    if leniency != _STRICT:
        _Mender(leniency, note, attributed).mend(plan, body_child)


def _rename(field: Field, element: Element) -> None:
    """Put an element and its known descendants into the namespace of the service."""
    if element.tag != field.tag:
        element.tag = field.tag
    members = {member.local_name: member for member in field.fields}
    for child in element:
        member = members.get(etree.QName(child).localname)
        if member is not None:
            _rename(member, child)


def _mend_empty_wrapper(wrapper: Element, plan: Field) -> None:
    # Several tool kits send a nil wrapper when every parameter is left out.
    if not len(wrapper) and not any(field.required for field in plan.fields):
        wrapper.attrib.pop(NIL, None)


def _mend_hints(body_child: Element) -> None:
    for element in body_child.iter():
        for name in _HINTS.intersection(element.keys()):
            del element.attrib[name]


def _type_names(body_child: Element) -> dict[Element, str]:
    """Resolve every ``xsi:type`` in one walk.

    Asking each element for its ``nsmap`` would let a caller with many elements and many
    declarations buy seconds of work.
    """
    scopes: dict[str, list[str]] = {prefix or "": [uri] for prefix, uri in body_child.nsmap.items()}
    opened: list[str] = []
    names: dict[Element, str] = {}
    for _, thing in etree.iterwalk(body_child, events=("start-ns", "end-ns", "start")):
        if isinstance(thing, tuple):  # a declaration, before its element
            prefix, uri = thing
            opened.append(prefix)
            scopes.setdefault(prefix, []).append(uri)
        elif thing is None:  # its end
            scopes[opened.pop()].pop()
        elif (text := thing.get(_TYPE)) is not None:
            prefix, _, name = text.strip(" \t\r\n").rpartition(":")
            names[thing] = f"{{{(scopes.get(prefix) or [''])[-1]}}}{name}"
    return names


def _mend_types(
    field: Field, element: Element, path: str, names: dict[Element, str], *, foreign: bool
) -> None:
    """Drop every ``xsi:type`` that repeats the declared type or names a built-in simple one.

    Without ``foreign`` a built-in one must be the declared one, too.
    """
    name = names.get(element)
    if name is not None:
        builtin = foreign and field.kind.simple and name.startswith(f"{{{_XSD}}}")
        if name != field.type_name and not builtin:
            raise SchemaViolation(field=path or None)
        del element.attrib[_TYPE]
    members = {member.tag: member for member in field.fields}
    for child in element:
        member = members.get(str(child.tag))
        if member is not None:
            _mend_types(member, child, _join(path, member.local_name), names, foreign=foreign)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


class _Mender:
    """Carries out the flags of one service on one request."""

    _MOST_NOTES: Final = 16

    def __init__(self, leniency: Leniency, note: Note, attributed: bool) -> None:
        self._leniency = leniency
        self._note = note
        self._noted: set[str] = set()
        self._attributed = attributed

    def mend(self, field: Field, element: Element) -> None:
        self._object(field, element, "")

    def _object(self, field: Field, element: Element, path: str) -> None:
        places = {member.tag: place for place, member in enumerate(field.fields)}
        self._attributes(element, path)
        for child in list(element):
            place = places.get(str(child.tag))
            if place is None:
                self._unknown(field, element, child, path)
            else:
                self._member(field.fields[place], child, path)
        if field.kind is Kind.OBJECT:
            self._sort(element, places, path)
            self._fill(field, element, path)

    def _member(self, field: Field, element: Element, path: str) -> None:
        here = _join(path, field.local_name)
        if (
            self._leniency.nil_is_absent
            and is_nil(element.get(NIL))
            and self._drop_nil(field, element)
        ):
            self._say(f"nil taken as absent: {here}")
        elif field.kind.simple:
            self._attributes(element, here)
        else:
            self._object(field, element, here)

    def _drop_nil(self, field: Field, element: Element) -> bool:
        # An entry of a list keeps its place, and a required nillable member is nil by contract.
        if field.nillable and (field.many or field.required):
            return False
        # A value type knows no null: its default would be a guess.
        if field.required and field.kind in _ZERO:
            return False
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
        return True

    def _attributes(self, element: Element, path: str) -> None:
        if not self._attributed or self._leniency.unknown is Elements.REFUSED:
            return
        for name in list(element.attrib):
            if name != NIL and name not in _REFERENCES:
                del element.attrib[name]
                self._say(f"IGNORED {path}@{printable(etree.QName(name).localname)}")

    def _unknown(self, field: Field, element: Element, child: Element, path: str) -> None:
        if self._leniency.unknown is Elements.REFUSED:
            return
        name = etree.QName(child).localname
        here = _join(path, printable(name))
        alike = name.lower() in {member.local_name.lower() for member in field.fields}
        if alike and self._leniency.unknown is Elements.STRANGE_DROPPED:
            raise SchemaViolation("letter case or namespace differs from the schema", field=here)
        element.remove(child)
        self._say(f"IGNORED {here}")

    def _sort(self, element: Element, places: dict[str, int], path: str) -> None:
        if not self._leniency.any_order:
            return
        present = [places.get(str(child.tag), len(places)) for child in element]
        if present != sorted(present):
            element[:] = sorted(element, key=lambda e: places.get(str(e.tag), len(places)))
            self._say(f"order mended: {path}" if path else "order mended")

    def _fill(self, field: Field, element: Element, path: str) -> None:
        if not self._leniency.fill_missing:
            return
        present = {str(child.tag) for child in element}
        for place, member in enumerate(field.fields):
            if member.tag not in present and self._fillable(member):
                self._insert(field, element, place)
                self._say(f"DEFAULTED {_join(path, member.local_name)}")

    def _fillable(self, member: Field) -> bool:
        kept = member.nillable and not self._leniency.fill_nillable
        return member.required and member.kind in _ZERO and not kept

    def _insert(self, field: Field, element: Element, place: int) -> None:
        member = field.fields[place]
        added = etree.Element(member.tag)
        if member.nillable:
            added.set(NIL, "true")
        else:
            added.text = _ZERO[member.kind]
        before = {earlier.tag for earlier in field.fields[:place]}
        at = sum(1 for child in element if str(child.tag) in before)
        element.insert(at, added)

    def _say(self, remark: str) -> None:
        if remark not in self._noted and len(self._noted) < self._MOST_NOTES:
            self._noted.add(remark)
            self._note(remark)
