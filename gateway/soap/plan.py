"""The plan tree: what one published type holds, taken once from Spyne's classes at start."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from spyne.model import Array, Boolean, ByteArray, ComplexModelBase, DateTime, Decimal, ModelBase
from spyne.model import Iterable as SpyneIterable
from spyne.model.binary import BINARY_ENCODING_BASE64, BINARY_ENCODING_USE_DEFAULT
from spyne.model.enum import EnumBase
from spyne.model.primitive import Integer32, Integer64, Unicode


class UnsupportedShape(TypeError):
    """A published class holds something the engine does not carry; stops the start."""


class Kind(Enum):
    """What stands between the tags of an element."""

    TEXT = "text"
    WORD = "word"  # text out of a fixed set
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATETIME = "dateTime"
    BASE64 = "base64"
    OBJECT = "object"  # one model
    ARRAY = "array"  # a wrapper whose children are the entries

    @property
    def simple(self) -> bool:
        """Tell whether the element holds text and no elements."""
        return self not in (Kind.OBJECT, Kind.ARRAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One element: a member, an entry of a list, or a whole request or answer."""

    name: str  # of the attribute that holds it in Python
    tag: str  # "{namespace}Title"
    kind: Kind
    min_occurs: int = 0
    many: bool = False  # a repeated element; its value is a list
    nillable: bool = False
    fields: tuple["Field", ...] = ()  # members of an object, or the one entry of an array
    words: frozenset[str] = frozenset()
    lowest: int = 0  # of integers
    highest: int = 0
    type_name: str = ""  # "{namespace}TTicket_V5", as xsi:type may repeat it
    model: type[Any] | None = None  # class of an object

    @property
    def base64(self) -> bool:
        """Tell whether the element carries encoded bytes (the guard grants those more text)."""
        return self.kind is Kind.BASE64

    @property
    def local_name(self) -> str:
        """Give the element's name without its namespace."""
        return self.tag.rpartition("}")[2]

    @property
    def required(self) -> bool:
        """Tell whether the schema demands the element."""
        return self.min_occurs > 0


_KINDS: Final = {
    Unicode: Kind.TEXT,
    Integer32: Kind.INTEGER,
    Integer64: Kind.INTEGER,
    Decimal: Kind.DECIMAL,
    Boolean: Kind.BOOLEAN,
    DateTime: Kind.DATETIME,
    ByteArray: Kind.BASE64,
}
_BITS: Final = {Integer32: 31, Integer64: 63}
# Customisations that would change what stock writes or reads; the engine knows none of them.
_FOREIGN: Final = (
    "default",
    "default_factory",
    "prot",
    "exc",
    "read_only",
    "format",
    "str_format",
    "dt_format",
    "out_format",
    "date_format",
    "as_timezone",
    "parser",
)


def plan_message(message: type[Any], namespace: str) -> Field:
    """Plan the wrapper of a request or an answer; ``namespace`` is the only one allowed.

    Raises:
        UnsupportedShape: A type below it is not carried by the engine.
    """
    return _element(
        message,
        name=message.get_type_name(),
        tag=f"{{{namespace}}}{message.get_type_name()}",
        where=message.get_type_name(),
        outer=(),
    )


def _element(
    cls: type[Any], *, name: str, tag: str, where: str, outer: tuple[type[Any], ...]
) -> Field:
    _check_attributes(cls, where)
    attributes = cls.Attributes
    kind = _kind(cls, where)
    origin = cls.__orig__ or cls
    bits = _BITS.get(origin, 0)
    return Field(
        name=name,
        tag=tag,
        kind=kind,
        min_occurs=int(attributes.min_occurs),
        many=attributes.max_occurs > 1,
        nillable=bool(attributes.nillable),
        fields=() if kind.simple else _members(cls, tag, where, outer),
        words=_words(cls, where),
        lowest=-(1 << bits),
        highest=(1 << bits) - 1,
        type_name=f"{{{cls.get_namespace()}}}{cls.get_type_name()}",
        model=origin if kind is Kind.OBJECT else None,
    )


def _kind(cls: type[Any], where: str) -> Kind:
    if issubclass(cls, SpyneIterable):
        raise UnsupportedShape(f"{where}: Iterable is not supported, use Array")
    if issubclass(cls, Array):
        return Kind.ARRAY
    if issubclass(cls, ComplexModelBase):
        return Kind.OBJECT
    if issubclass(cls, EnumBase):
        return Kind.WORD
    origin = cls.__orig__ or cls
    kind = _KINDS.get(origin)
    # Uuid is made from a customised Unicode and looks like one but for its values.
    if kind is None or cls.Value is not origin.Value:
        raise UnsupportedShape(f"{where}: {cls.__name__} is not supported")
    return Kind.WORD if _words(cls, where) else kind


def _words(cls: type[Any], where: str) -> frozenset[str]:
    if issubclass(cls, EnumBase):
        return frozenset(cls.__values__)
    values: Iterable[str] | None = getattr(cls.Attributes, "values", None)
    if values and (cls.__orig__ or cls) is not Unicode:
        raise UnsupportedShape(f"{where}: only text has a fixed set of words")
    return frozenset(values or ())


def _members(
    cls: type[Any], tag: str, where: str, outer: tuple[type[Any], ...]
) -> tuple[Field, ...]:
    origin = cls.__orig__ or cls
    if origin in outer and origin is not Array:
        raise UnsupportedShape(f"{where}: {origin.__name__} holds itself")
    namespace = tag.rpartition("}")[0].removeprefix("{")
    _check_namespace(cls, namespace, where)
    return tuple(
        _element(
            member,
            name=name,
            tag=f"{{{namespace}}}{_local_name(member, name, namespace, where)}",
            where=f"{where}.{name}",
            outer=(*outer, origin),
        )
        for name, member in cls.get_flat_type_info(cls).items()
    )


def _local_name(member: type[ModelBase], name: str, namespace: str, where: str) -> str:
    attributes: Any = member.Attributes
    if attributes.sub_ns not in (None, namespace):
        raise UnsupportedShape(f"{where}.{name}: a second namespace is not supported")
    return str(attributes.sub_name or name)


def _check_namespace(cls: type[Any], namespace: str, where: str) -> None:
    base: Any = cls
    while base is not None:
        # An array lies in its entries' namespace; a base class brings its own to its members.
        if base.get_namespace() != namespace:
            raise UnsupportedShape(f"{where}: {base.get_type_name()} lies in another namespace")
        base = base.__extends__


def _check_attributes(cls: type[Any], where: str) -> None:
    attributes = cls.Attributes
    for name in _FOREIGN:
        if getattr(attributes, name, None):
            raise UnsupportedShape(f"{where}: the attribute {name} is not supported")
    encoding = getattr(attributes, "encoding", None)
    if issubclass(cls, ByteArray) and encoding not in (
        BINARY_ENCODING_USE_DEFAULT,
        BINARY_ENCODING_BASE64,
    ):
        raise UnsupportedShape(f"{where}: only base64 is supported")
