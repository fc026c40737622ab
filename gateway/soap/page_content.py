"""What the help pages show of a contract: groups of operations, tables of fields, differences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.soap.contract import Complex, Contract, Member, Operation
from gateway.soap.definition import FieldText, ServiceDefinition
from gateway.soap.samples import type_label

_VERSIONED = re.compile(r"(?P<command>.+)_V(?P<number>\d+)")
_LEVELS = 4  # as deep as the samples go
_NO_TEXT = FieldText(meaning="")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a command."""

    operation: str
    badge: str  # "V4", or empty without a version
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class Command:
    """A command in all its versions, the newest last."""

    name: str
    text: str  # of the newest version
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Commands under one heading; an empty name stands for a service without headings."""

    name: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One field in a table: its path below the message, its type, what is known of it."""

    path: str
    name: str
    level: int
    type: str
    repeated: bool
    required: bool
    text: FieldText


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs between two versions of a command; ``old`` and ``new`` are types."""

    part: str  # "request" or "answer"
    path: str
    what: str  # a key of the page's texts
    old: str = ""
    new: str = ""


def groups(contract: Contract, definition: ServiceDefinition) -> tuple[Group, ...]:
    """Give the operations as headings, commands and versions, in the order of the contract."""
    successors = _successors(definition)
    found: dict[str, dict[str, list[Version]]] = {}
    for name in contract.operations:
        match = _VERSIONED.fullmatch(name)
        command = match["command"] if match else name
        badge = f"V{match['number']}" if match else ""
        text = definition.operations.get(name)
        group = found.setdefault(text.group if text is not None else "", {})
        group.setdefault(command, []).append(Version(name, badge, successors.get(name)))
    return tuple(
        Group(
            heading,
            tuple(
                Command(name, purpose(contract, definition, versions[-1].operation), (*versions,))
                for name, versions in commands.items()
            ),
        )
        for heading, commands in found.items()
    )


def successor(definition: ServiceDefinition, operation: str) -> str | None:
    """Name the operation that supersedes this one."""
    return _successors(definition).get(operation)


def purpose(contract: Contract, definition: ServiceDefinition, operation: str) -> str:
    """Say what an operation does, without the remark on versions that the WSDL adds."""
    text = definition.operations.get(operation)
    return contract.operations[operation].text if text is None else text.text


def request_rows(
    contract: Contract, definition: ServiceDefinition, operation: Operation
) -> tuple[Row, ...]:
    """Give the table of parameters."""
    kind = contract.element_type(operation.request)
    return tuple(_Rows(contract, definition.fields, operation.name).of(kind))


def answer_rows(
    contract: Contract, definition: ServiceDefinition, operation: Operation
) -> tuple[Row, ...]:
    """Give the table of the answer's fields, below the one result element if there is one."""
    kind = _result(contract, operation)
    return tuple(_Rows(contract, definition.fields, operation.name).of(kind))


def differences(
    contract: Contract, definition: ServiceDefinition, operation: Operation, older: Operation
) -> tuple[Difference, ...]:
    """Compare an operation with the version before it, field by field."""
    pairs = (("request", request_rows), ("answer", answer_rows))
    return tuple(
        difference
        for part, rows in pairs
        for difference in _differences(
            part,
            {row.path: row for row in rows(contract, definition, older)},
            {row.path: row for row in rows(contract, definition, operation)},
        )
    )


def _successors(definition: ServiceDefinition) -> Mapping[str, str]:
    return {
        text.supersedes: name
        for name, text in definition.operations.items()
        if text.supersedes is not None
    }


def _result(contract: Contract, operation: Operation) -> Complex:
    kind = contract.element_type(operation.answer)
    if len(kind.members) == 1:
        inner = contract.types[kind.members[0].type]
        if isinstance(inner, Complex) and kind.members[0].name == f"{operation.name}Result":
            return inner
    return kind


class _Rows:
    """Walks a type and gives a row for every field, parents before children."""

    def __init__(self, contract: Contract, texts: Mapping[str, FieldText], operation: str) -> None:
        self._contract = contract
        self._texts = texts
        self._operation = operation

    def of(self, kind: Complex, path: str = "", level: int = 0) -> Iterator[Row]:
        for member in kind.members:
            yield from self._rows(kind, member, path, level)

    def _rows(self, owner: Complex, member: Member, path: str, level: int) -> Iterator[Row]:
        kind = self._contract.types[member.type]
        item = kind.item if isinstance(kind, Complex) else None
        shown = kind if item is None else self._contract.types[item.type]
        here = f"{path}.{member.name}" if path else member.name
        yield Row(
            path=here,
            name=member.name,
            level=level,
            type=type_label(shown),
            repeated=member.repeated or item is not None,
            required=member.required,
            text=self._text(owner, member, here),
        )
        if isinstance(shown, Complex) and level < _LEVELS:
            # Counted from 1, as result messages name the entries of a list.
            below = here if item is None and not member.repeated else f"{here}[n]"
            yield from self.of(shown, below, level + 1)

    def _text(self, owner: Complex, member: Member, path: str) -> FieldText:
        keys = (f"{owner.name}.{member.name}", f"{self._operation}.{path}", member.name)
        return next((self._texts[key] for key in keys if key in self._texts), _NO_TEXT)


def _differences(part: str, old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Difference]:
    for path, row in new.items():
        before = old.get(path)
        if before is None:
            if not _is_below_a_stranger(path, old):
                yield Difference(part, path, "added", new=row.type)
            continue
        if before.type != row.type:
            yield Difference(part, path, "became", old=before.type, new=row.type)
        if before.required != row.required:
            what = "now_required" if row.required else "no_longer_required"
            yield Difference(part, path, what, new=row.type)
    for path, row in old.items():
        if path not in new and not _is_below_a_stranger(path, new):
            yield Difference(part, path, "removed", old=row.type)


def _is_below_a_stranger(path: str, known: Mapping[str, Row]) -> bool:
    """Tell whether the parent is missing too: then the parent's line says it all."""
    parent, dot, _ = path.rpartition(".")
    return bool(dot) and parent.removesuffix("[n]") not in known
