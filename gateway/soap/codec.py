"""The compiled reader and writer: one pair of plain closures per operation, built at start.

Measured reason for closures and constant tags: stock Spyne spends 70 % of a Save in its weak-dict
look-ups per element and 79 % of a List in building the answer's tree; text joined from constant
tags is 40 times faster than that. Stock is the oracle: these bytes are its bytes, but for the
differences pinned in the tests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from itertools import islice, repeat
from typing import Any, Final, TypeAlias

from lxml.etree import _Element as Element
from spyne import Application
from spyne.descriptor import BODY_STYLE_WRAPPED

from gateway.soap import values
from gateway.soap.envelope import SoapVersion
from gateway.soap.explanation import NIL, XSI, explain, is_nil
from gateway.soap.plan import Field, Kind, UnsupportedShape, plan_message
from gateway.soap.rows import Rows
from gateway.soap.values import UnwritableText, UnwritableValue, escape

__all__ = [
    "Operation",
    "UnsupportedShape",
    "UnwritableText",
    "UnwritableValue",
    "compile_service",
    "envelope",
    "escape",
]

Reader: TypeAlias = Callable[[Element], Any]
Writer: TypeAlias = Callable[[Any, list[str]], None]
ToText: TypeAlias = Callable[[Any], str]

_NIL_MARK: Final = ' xsi:nil="true"/>'  # no text can hold it: its ">" would be escaped
_ROWS_PER_JOIN: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One compiled operation of a published service."""

    name: str
    tag: str  # "{namespace}SaveTicket_V4", the Body child
    plan: Field  # the request's wrapper
    answer_plan: Field
    # A Body child that passed the schema -> arguments in order; raises SchemaViolation for dates
    # and base64 that libxml2 lets through.
    read: Callable[[Element], list[Any]]
    # The method's return value -> the whole answer; raises UnwritableValue before any byte.
    write: Callable[[Any, SoapVersion], bytes]
    function: Callable[..., Any]  # called as function(ctx, *arguments); ctx.udc is an Invocation


def compile_service(
    application: Application,
    *,
    zone: tzinfo = UTC,
    write_datetime: Callable[[datetime], str] = values.utc_milliseconds,
    prefix: str = "tns",
) -> dict[str, Operation]:
    """Compile every operation of the application's one service class, keyed by Body child.

    Args:
        application: A Spyne application; its models are walked once, here.
        zone: Where a dateTime without zone is local.
        write_datetime: Writes an aware moment as the contract wants it.
        prefix: Of the service's namespace in answers; empty makes it the default namespace.

    Raises:
        UnsupportedShape: Something in the service is not carried by this engine.
    """
    if application.in_protocol.polymorphic or application.out_protocol.polymorphic:
        raise UnsupportedShape(f"{application.name}: polymorphic messages are not supported")
    namespace = application.interface.get_tns()
    compiler = _Compiler(namespace, zone, write_datetime, prefix)
    operations = {}
    for tag, (descriptor, *others) in application.interface.service_method_map.items():
        if others or descriptor.body_style is not BODY_STYLE_WRAPPED or descriptor.no_ctx:
            raise UnsupportedShape(f"{descriptor.name}: not one wrapped operation that takes ctx")
        operations[tag] = compiler.operation(tag, descriptor)
    return operations


def envelope(
    version: SoapVersion, body: str, *, nil: bool = False, header: str = "", namespace: str = ""
) -> bytes:
    """Put ready content of Body (and Header) into an envelope, byte for byte as stock writes it.

    Args:
        version: Decides namespace and prefix of the envelope.
        body: The Body's content, escaped.
        nil: The content bears ``xsi:nil``.
        header: The Header's content; empty: no Header.
        namespace: Declared as prefix ``tns`` when given.
    """
    declaration = _declare("tns", namespace) if namespace else ""
    head, tail = _frame(version, declaration, nil=nil, header=header)
    return f"{head}{body}{tail}".encode()


def _declare(prefix: str, namespace: str) -> str:
    return f'xmlns:{prefix}="{escape(namespace)}"'


def _frame(version: SoapVersion, declaration: str, *, nil: bool, header: str) -> tuple[str, str]:
    """Give all that stands before and after the Body's content."""
    prefix = version.prefix
    # Stock declares xsi first, and only if a nil was written.
    declared = [f'xmlns:xsi="{XSI}"'] if nil else []
    declared.append(f'xmlns:{prefix}="{version.namespace}"')
    if declaration:
        declared.append(declaration)
    block = f"<{prefix}:Header>{header}</{prefix}:Header>" if header else ""
    head = f"<?xml version='1.0' encoding='UTF-8'?>\n<{prefix}:Envelope {' '.join(declared)}>"
    return f"{head}{block}<{prefix}:Body>", f"</{prefix}:Body></{prefix}:Envelope>"


class _Compiler:
    """Makes the closures of one service."""

    def __init__(
        self, namespace: str, zone: tzinfo, write_datetime: Callable[[datetime], str], prefix: str
    ) -> None:
        self._namespace = namespace
        self._prefix = f"{prefix}:" if prefix else ""
        self._declaration = _declare(prefix, namespace) if prefix else ""
        self._from_text: dict[Kind, Callable[[str], Any]] = {
            Kind.TEXT: str,
            Kind.WORD: str,
            Kind.INTEGER: int,
            Kind.DECIMAL: Decimal,
            Kind.BOOLEAN: values.boolean,
            Kind.DATETIME: values.moment(zone),
            Kind.BASE64: values.octets,
        }
        self._to_text: dict[Kind, ToText] = {
            Kind.TEXT: escape,
            Kind.DECIMAL: values.plain_decimal,
            Kind.BOOLEAN: {True: "true", False: "false"}.__getitem__,
            Kind.DATETIME: write_datetime,
            Kind.BASE64: values.base64_line,
        }

    def operation(self, tag: str, descriptor: Any) -> Operation:
        plan = plan_message(descriptor.in_message, self._namespace)
        answer_plan = plan_message(descriptor.out_message, self._namespace)
        return Operation(
            name=descriptor.name,
            tag=tag,
            plan=plan,
            answer_plan=answer_plan,
            read=self._arguments(plan),
            write=self._answer(answer_plan),
            function=descriptor.function,
        )

    # Reading

    def _arguments(self, plan: Field) -> Callable[[Element], list[Any]]:
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
                name, from_text, convert, many = members[child.tag]  # type: ignore[index]
                if from_text is not None:
                    found[name] = from_text(child.text or "")
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

    # Writing

    def _answer(self, plan: Field) -> Callable[[Any, SoapVersion], bytes]:
        write_wrapper = self._object_writer(plan)
        names = tuple(field.name for field in plan.fields)
        frames = {
            (version, nil): _frame(version, self._declaration, nil=nil, header="")
            for version in SoapVersion
            for nil in (False, True)
        }

        name = f"<{self._prefix}{plan.local_name}"
        declared = name if self._prefix else f'{name} xmlns="{escape(self._namespace)}"'

        def write(result: Any, version: SoapVersion) -> bytes:
            out: list[str] = []
            write_wrapper(_by_name(names, result), out)
            out[0] = declared + out[0][len(name) :]
            body = "".join(out)
            head, tail = frames[version, _NIL_MARK in body]
            return f"{head}{body}{tail}".encode()

        return write

    def _object_writer(self, field: Field) -> Writer:
        opening, closing, empty = self._tags(field)
        names = frozenset(member.name for member in field.fields)
        members = [
            (member.name, self._member_writer(member), self._absent(member))
            for member in field.fields
        ]

        def write(value: Any, out: list[str]) -> None:
            found = _attributes(value, names)
            mark = len(out)
            out.append(opening)
            for name, write_member, absent in members:
                item = found.get(name)
                if item is not None:
                    write_member(item, out)
                elif absent:
                    out.append(absent)
                elif absent is None:
                    raise UnwritableValue(f"{field.local_name}.{name} is required")
            if len(out) == mark + 1:
                out[mark] = empty
            else:
                out.append(closing)

        return write

    def _member_writer(self, field: Field) -> Writer:
        return self._entries_writer(field) if field.many else self._writer(field)

    def _writer(self, field: Field) -> Writer:
        if field.kind is Kind.OBJECT:
            return self._object_writer(field)
        if field.kind is Kind.ARRAY:
            return self._array_writer(field)
        to_text = self._text_of(field)
        opening, closing, _ = self._tags(field)

        def write(value: Any, out: list[str]) -> None:
            out.append(opening + to_text(value) + closing)

        return write

    def _array_writer(self, field: Field) -> Writer:
        opening, closing, empty = self._tags(field)
        write_entries = self._entries_writer(field.fields[0])

        def write(value: Any, out: list[str]) -> None:
            mark = len(out)
            out.append(opening)
            write_entries(value, out)
            if len(out) == mark + 1:
                out[mark] = empty
            else:
                out.append(closing)

        return write

    def _entries_writer(self, field: Field) -> Writer:
        write_entry = self._writer(field)
        write_rows = self._rows_writer(field)
        nil = self._tags(field)[0][:-1] + _NIL_MARK if field.nillable else None

        def write(value: Any, out: list[str]) -> None:
            if isinstance(value, Rows):
                write_rows(value, out)
                return
            if isinstance(value, str | bytes | dict):
                raise UnwritableValue(f"{field.local_name}: a list is required")
            for item in value:
                if item is not None:
                    write_entry(item, out)
                elif nil is not None:
                    out.append(nil)
                else:
                    raise UnwritableValue(f"{field.local_name}: an entry is empty")

        return write

    def _rows_writer(self, field: Field) -> Writer:
        compiled: dict[tuple[str, ...], Callable[[Iterable[Any]], str]] = {}

        def write(value: Rows, out: list[str]) -> None:
            write_rows = compiled.get(value.columns)
            if write_rows is None:
                write_rows = compiled[value.columns] = self._compile_rows(field, value.columns)
            rows = iter(value.rows)
            while some := write_rows(islice(rows, _ROWS_PER_JOIN)):
                out.append(some)

        return write

    def _compile_rows(
        self, field: Field, columns: tuple[str, ...]
    ) -> Callable[[Iterable[Any]], str]:
        """Make the function that joins rows of exactly these columns."""
        places = {name: place for place, name in enumerate(columns)}
        members = self._columns(field, places)
        writers = [(self._column_writer(member), places[member.name]) for member in members]
        opening, closing, empty = self._tags(field)

        def write(rows: Iterable[Any]) -> str:
            columns = list(zip(*rows, strict=True))
            if not columns:
                return ""
            pieces: list[Iterable[str]] = []
            constant = opening
            for write_column, place in writers:
                head, texts, tail = write_column(columns[place])
                pieces += (repeat(constant + head), texts)
                constant = tail
            pieces.append(repeat(constant + closing))
            lines = map("".join, zip(*pieces, strict=False))
            return "".join(empty if line == nothing else line for line in lines)

        nothing = opening + closing
        return write

    def _columns(self, field: Field, places: dict[str, int]) -> list[Field]:
        members = [member for member in field.fields if member.name in places]
        if len(members) != len(places):
            raise UnwritableValue(f"{field.local_name}: a column is not in the published type")
        for member in field.fields:
            if member.name not in places and self._absent(member) != "":
                raise UnwritableValue(f"{field.local_name}.{member.name} is required")
        return members

    def _column_writer(
        self, field: Field
    ) -> Callable[[tuple[Any, ...]], tuple[str, Iterable[str], str]]:
        """Make the function that writes one column of some rows.

        It gives what stands before every text, the texts, and what stands after every text.
        """
        opening, closing, _ = self._tags(field)
        absent = self._absent(field)
        if field.many or not field.kind.simple:
            opening = closing = ""
            to_text = _joined(self._member_writer(field))
        else:
            to_text = self._text_of(field)

        def write(column: tuple[Any, ...]) -> tuple[str, Iterable[str], str]:
            if None not in column:
                if to_text is escape:
                    return opening, values.escape_all(column), closing
                return opening, map(to_text, column), closing
            if absent is None:
                raise UnwritableValue(f"{field.local_name} is required")
            cells = [absent if v is None else opening + to_text(v) + closing for v in column]
            return "", cells, ""

        return write

    def _text_of(self, field: Field) -> ToText:
        if field.kind is Kind.WORD:
            return _word_writer(field)
        if field.kind is Kind.INTEGER:
            return _integer_writer(field)
        return self._to_text[field.kind]

    def _absent(self, field: Field) -> str | None:
        """Give what stands for None: nothing, a nil element, or None where neither may."""
        if not field.required:
            return ""
        if field.nillable:
            return self._tags(field)[0][:-1] + _NIL_MARK
        return None

    def _tags(self, field: Field) -> tuple[str, str, str]:
        name = self._prefix + field.local_name
        return f"<{name}>", f"</{name}>", f"<{name}/>"


def _by_name(names: tuple[str, ...], result: Any) -> dict[str, Any]:
    if len(names) == 1:
        return {names[0]: result}
    return dict(zip(names, result if names else (), strict=True))


def _attributes(value: Any, names: frozenset[str]) -> dict[str, Any]:
    if type(value) is not dict:
        attributes: dict[str, Any] = vars(value)
        return attributes
    if not value.keys() <= names:
        raise UnwritableValue(f"not in the published type: {sorted(value.keys() - names)}")
    return value


def _joined(write: Writer) -> ToText:
    def to_text(value: Any) -> str:
        out: list[str] = []
        write(value, out)
        return "".join(out)

    return to_text


def _word_writer(field: Field) -> ToText:
    words = {word: escape(word) for word in field.words}

    def write(value: Any) -> str:
        try:
            return words[str(value)]
        except KeyError:
            raise UnwritableValue(f"{field.local_name}: not one of the words") from None

    return write


def _integer_writer(field: Field) -> ToText:
    lowest, highest = field.lowest, field.highest

    def write(value: int) -> str:
        if lowest <= value <= highest:
            return int.__repr__(value)  # of a bool, too, it gives the number
        raise UnwritableValue(f"{field.local_name}: out of range")

    return write
