"""How a service's wire names are kept: one table of operations and types, read by key.

A field is written ``key:type``; its name on the wire is the key in camel case unless
``key=Name:type`` says another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ARRAY = "ArrayOf"
_VALUES = frozenset({"int", "boolean", "dateTime", "decimal", "Guid"})


class Occurs:
    """How often a field stands: the four kinds of ASMX (contract 3.2, 3.3)."""

    OPTIONAL = "0..1"
    REQUIRED = "1..1"
    NILLABLE = "1..1 nillable"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation or a member of a type."""

    key: str
    name: str  # on the wire
    type: str
    occurs: str

    @property
    def entry(self) -> str:
        """Give the type of an array's entries; empty for what is no array."""
        return self.type.removeprefix(ARRAY) if self.type.startswith(ARRAY) else ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of section 3.2: ``key`` is how the code names it, ``name`` how callers do."""

    key: str
    name: str
    does: str
    request: tuple[Field, ...]
    result: str

    @property
    def names(self) -> Mapping[str, str]:
        """Give the names of the parameters on the wire, by key."""
        return {field.key: field.name for field in self.request}

    @property
    def takes_hash(self) -> bool:
        """Tell whether a hash may stand in for a login."""
        return any(field.key == "hash_check" for field in self.request)


class WireTable:
    """The wire names of one service; ``rows`` are key, name, text, result, parameters."""

    def __init__(
        self,
        *,
        namespace: str,
        service: str,
        path: str,
        fault: str,
        rows: Sequence[tuple[str, ...]],
        types: Mapping[str, str],
        enums: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.namespace = namespace  # the default of the setting
        self.service = service
        self.path = path
        self.fault = fault
        self.enums = enums
        self._values = _VALUES | enums.keys()
        self.operations = tuple(self._operation(*row) for row in rows)
        self.types = {name: self._fields(text) for name, text in types.items()}
        everywhere = (*(each.request for each in self.operations), *self.types.values())
        # Key of a parameter -> its name on the wire, the same in every operation.
        self.parameters = {
            field.key: field.name for each in self.operations for field in each.request
        }
        # Name of an array on the wire -> that of its entries.
        self.entries = {
            field.name: field.entry for fields in everywhere for field in fields if field.entry
        }

    def member(self, type_name: str, key: str) -> str:
        """Give the name on the wire of a member of a type."""
        return next(field.name for field in self.types[type_name] if field.key == key)

    def written(self, type_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Name the values of a type, given by key, as the wire does; others stay out."""
        return {field.name: values.get(field.key) for field in self.types[type_name]}

    def _operation(self, key: str, name: str, does: str, result: str, *request: str) -> Operation:
        return Operation(key, name, does, self._fields(";".join(request)), result)

    def _fields(self, text: str) -> tuple[Field, ...]:
        return tuple(self._field(part.strip()) for part in text.split(";") if part.strip())

    def _field(self, text: str) -> Field:
        named, _, kind = text.partition(":")
        key, _, name = named.partition("=")
        nillable = kind.endswith("?")
        kind = kind.removesuffix("?") or "string"
        occurs = Occurs.REQUIRED if kind in self._values else Occurs.OPTIONAL
        return Field(key, name or _camel(key), kind, Occurs.NILLABLE if nillable else occurs)


def _camel(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("_"))
