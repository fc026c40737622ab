"""The Spyne classes of a service, made from its table of wire names."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from spyne import (
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Decimal,
    Enum,
    Integer32,
    Unicode,
)

from gateway.dialects.ssp7.table import ARRAY, Field, Occurs, WireTable

_PRIMITIVES: Mapping[str, Any] = {
    "string": Unicode,
    "int": Integer32,
    "boolean": Boolean,
    "dateTime": DateTime,
    "decimal": Decimal,
    "base64Binary": ByteArray,
}


class Models:
    """The Spyne classes of a service, in the namespace that the setting gives it."""

    def __init__(self, table: WireTable, namespace: str) -> None:
        self.table = table
        self.namespace = namespace
        # W21: no pattern; the length is what every Guid has.
        self._guid = Unicode(type_name="Guid", min_len=36, max_len=36)
        self._guid.__namespace__ = namespace
        self._enums = {name: Enum(*words, type_name=name) for name, words in table.enums.items()}
        self.fault = self._complex(table.fault)

    def parameter(self, field: Field) -> Any:
        """Give the Spyne type of a field with its occurrence."""
        return _occurring(self._type(field.type), field.occurs)

    def result(self, type_name: str) -> Any:
        """Give the Spyne type of an operation's result; of an array it may be left out."""
        kind = self._type(type_name)
        many = type_name.startswith(ARRAY)
        return _occurring(kind, Occurs.OPTIONAL if many else Occurs.REQUIRED)

    def _type(self, name: str) -> Any:
        if name == "Guid":
            return self._guid
        if name in _PRIMITIVES:
            return _PRIMITIVES[name]
        if name in self._enums:
            return self._enums[name]
        if name.startswith(ARRAY):
            # ASMX: entries are nillable, the array itself is not.
            entry = self._complex(name.removeprefix(ARRAY)).customize(nillable=True)
            return Array(entry, type_name=name)
        return self._complex(name)

    @cache  # noqa: B019 - as many entries as the table has types, in objects that live for ever
    def _complex(self, name: str) -> Any:
        return type(ComplexModel)(
            name,
            (ComplexModel,),
            {
                "__namespace__": self.namespace,
                "__type_name__": name,
                "__module__": __name__,
                "_type_info": [
                    (field.name, self.parameter(field)) for field in self.table.types[name]
                ],
            },
        )


def _occurring(kind: Any, occurs: str) -> Any:
    least = 0 if occurs is Occurs.OPTIONAL else 1
    return kind.customize(min_occurs=least, nillable=occurs is Occurs.NILLABLE)
