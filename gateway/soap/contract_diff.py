"""Compares two versions of a contract: what changed, and would a caller of the old one break?

The question is asked for each direction. What callers send may be widened: an optional field
more, an allowed word more. What they get may not: strict readers refuse an element that their
copy of the schema does not know. So a type used both ways can only stay as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from gateway.soap.contract import Complex, Contract, Member, Simple, read_contract
from gateway.soap.envelope import SoapVersion


class Kind(StrEnum):
    """What a change means for callers of the old contract."""

    COMPATIBLE = "compatible"
    BREAKING = "breaking"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One difference; ``where`` is a path such as ``SaveTicket_V4/request.Ticket.Title``."""

    where: str
    what: str
    kind: Kind


class _Way(StrEnum):
    """In which direction a type travels."""

    SENT = "request"  # by callers
    RECEIVED = "answer"


def diff(old: bytes, new: bytes) -> list[Change]:
    """Compare two WSDL files; the breaking changes come first."""
    before, after = read_contract(old), read_contract(new)
    changes = {*_names(before, after), *_ports(before, after), *_operations(before, after)}
    return sorted(changes, key=lambda change: (change.kind is Kind.COMPATIBLE, change))


def _names(old: Contract, new: Contract) -> Iterator[Change]:
    for where, before, after in (
        ("namespace", old.namespace, new.namespace),
        ("service", old.name, new.name),
        ("port type", old.port_type, new.port_type),
    ):
        if before != after:
            yield Change(where, f"{before} became {after}", Kind.BREAKING)
    if old.text != new.text:
        yield Change("service", "other documentation", Kind.COMPATIBLE)


def _ports(old: Contract, new: Contract) -> Iterator[Change]:
    for version in SoapVersion:
        where = f"SOAP {version.label} port"
        before, after = old.ports.get(version), new.ports.get(version)
        if before is None and after is not None:
            yield Change(where, "added", Kind.COMPATIBLE)
        elif before is not None and after is None:
            yield Change(where, "removed", Kind.BREAKING)
        elif before is not None and after is not None:
            if (before.name, before.binding) != (after.name, after.binding):
                yield Change(where, "port or binding renamed", Kind.BREAKING)
            # The host is the installation's; the path is part of the contract.
            if urlsplit(before.address).path != urlsplit(after.address).path:
                yield Change(where, "other path in the address", Kind.BREAKING)


def _operations(old: Contract, new: Contract) -> Iterator[Change]:
    for name in old.operations.keys() - new.operations.keys():
        yield Change(name, "operation removed", Kind.BREAKING)
    for name in new.operations.keys() - old.operations.keys():
        yield Change(name, "operation added", Kind.COMPATIBLE)
    for name in old.operations.keys() & new.operations.keys():
        yield from _Comparison(name, old, new).changes()


class _Comparison:
    """One operation in both contracts."""

    def __init__(self, name: str, old: Contract, new: Contract) -> None:
        self._name = name
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, _Way]] = set()

    def changes(self) -> Iterator[Change]:
        before, after = self._old.operations[self._name], self._new.operations[self._name]
        if before.text != after.text:
            yield self._change("", "other documentation", Kind.COMPATIBLE)
        for version in before.actions.keys() & after.actions.keys():
            if before.actions[version] != after.actions[version]:
                yield self._change("", f"other soapAction in SOAP {version.label}", Kind.BREAKING)
        yield from self._listed("header", before.headers, after.headers)
        yield from self._listed("fault", before.faults, after.faults)
        yield from self._elements(before.request, after.request, _Way.SENT)
        yield from self._elements(before.answer, after.answer, _Way.RECEIVED)
        for fault in set(before.faults) & set(after.faults):
            types = self._old.elements[fault], self._new.elements[fault]
            yield from self._types(*types, fault, _Way.RECEIVED)

    def _change(self, path: str, what: str, kind: Kind) -> Change:
        return Change(f"{self._name}/{path}" if path else self._name, what, kind)

    def _listed(self, noun: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
        for name in set(old) - set(new):
            yield self._change("", f"{noun} {name} removed", Kind.BREAKING)
        for name in set(new) - set(old):
            # Generated clients are made for the declared faults; a header is optional (W27).
            kind = Kind.COMPATIBLE if noun == "header" else Kind.BREAKING
            yield self._change("", f"{noun} {name} added", kind)

    def _elements(self, old: str, new: str, way: _Way) -> Iterator[Change]:
        if old != new:
            yield self._change("", f"{way} element {old} became {new}", Kind.BREAKING)
            return
        yield from self._types(self._old.elements[old], self._new.elements[new], way, way)

    def _types(self, old: str, new: str, path: str, way: _Way) -> Iterator[Change]:
        if (old, new, way) in self._seen:
            return
        self._seen.add((old, new, way))
        before, after = self._old.types[old], self._new.types[new]
        if isinstance(before, Complex) and isinstance(after, Complex):
            if before.name != after.name:
                yield self._change(path, f"type {before.name} became {after.name}", Kind.BREAKING)
            yield from self._members(before, after, path, way)
        elif isinstance(before, Simple) and isinstance(after, Simple):
            yield from self._simple(before, after, path, way)
        else:
            yield self._change(path, f"type {before.name} became {after.name}", Kind.BREAKING)

    def _simple(self, old: Simple, new: Simple, path: str, way: _Way) -> Iterator[Change]:
        if (old.base, old.name, old.facets) != (new.base, new.name, new.facets):
            yield self._change(path, f"type {old.name} became {new.name}", Kind.BREAKING)
        for word in set(old.words) - set(new.words):
            # An answer without the word is still one the old schema allows.
            kind = Kind.BREAKING if way is _Way.SENT else Kind.COMPATIBLE
            yield self._change(path, f"word {word} removed", kind)
        for word in set(new.words) - set(old.words):
            kind = Kind.COMPATIBLE if way is _Way.SENT else Kind.BREAKING
            yield self._change(path, f"word {word} added", kind)

    def _members(self, old: Complex, new: Complex, path: str, way: _Way) -> Iterator[Change]:
        before = {member.name: member for member in old.members}
        after = {member.name: member for member in new.members}
        for name in before.keys() - after.keys():
            yield self._change(f"{path}.{name}", "removed", _removed(before[name], way))
        for name in after.keys() - before.keys():
            yield self._change(f"{path}.{name}", "added", _added(after[name], way))
        common = [name for name in before if name in after]
        if common != [name for name in after if name in before]:
            yield self._change(path, "other order of elements", Kind.BREAKING)
        for name in common:
            yield from self._member(before[name], after[name], f"{path}.{name}", way)

    def _member(self, old: Member, new: Member, path: str, way: _Way) -> Iterator[Change]:
        # Each pair: what the old allowed that the new does not; what the new allows in addition.
        for what, narrowed, widened in (
            ("required", new.required and not old.required, old.required and not new.required),
            ("repeated", old.repeated and not new.repeated, new.repeated and not old.repeated),
            ("nillable", old.nillable and not new.nillable, new.nillable and not old.nillable),
        ):
            if narrowed or widened:
                harmful = narrowed if way is _Way.SENT else widened
                kind = Kind.BREAKING if harmful else Kind.COMPATIBLE
                now = getattr(new, what)
                yield self._change(path, f"{'now' if now else 'no longer'} {what}", kind)
        yield from self._types(old.type, new.type, path, way)


def _removed(member: Member, way: _Way) -> Kind:
    if way is _Way.SENT:
        return Kind.BREAKING
    return Kind.BREAKING if member.required else Kind.COMPATIBLE


def _added(member: Member, way: _Way) -> Kind:
    if way is _Way.RECEIVED:
        return Kind.BREAKING
    return Kind.BREAKING if member.required else Kind.COMPATIBLE
