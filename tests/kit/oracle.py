"""Stock Spyne in process: the oracle for the compiled reader and writer."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal as Number
from types import SimpleNamespace
from typing import Any

from lxml import etree
from spyne import Application, DateTime, Decimal, MethodContext
from spyne.interface.xml_schema import XmlSchema
from spyne.protocol.soap import Soap11, Soap12
from spyne.server import ServerBase

from gateway.soap import values
from gateway.soap.envelope import SoapVersion
from gateway.soap.rows import Rows

PROTOCOLS = {SoapVersion.V11: Soap11, SoapVersion.V12: Soap12}


class StockFault(Exception):
    """Stock refused the request."""


def untouched_application(
    service: type[Any], namespace: str, version: SoapVersion = SoapVersion.V11
) -> Application:
    """Build the application that a user of stock Spyne would write."""
    protocol = PROTOCOLS[version]
    return Application(
        [service], namespace, in_protocol=protocol(validator="lxml"), out_protocol=protocol()
    )


def stock_application(
    service: type[Any],
    namespace: str,
    version: SoapVersion = SoapVersion.V11,
    *,
    zone: tzinfo = UTC,
    write_datetime: Callable[[datetime], str] = values.utc_milliseconds,
) -> Application:
    """Build a stock application; only the text forms of dates and decimals are ours."""
    application = untouched_application(service, namespace, version)
    inward, outward = application.in_protocol, application.out_protocol
    inward.parse_xsi_type = False
    read_moment = values.moment(zone)
    inward._from_unicode_handlers[DateTime] = lambda _cls, text: read_moment(text)
    outward._to_unicode_handlers[DateTime] = lambda _cls, value: write_datetime(value)
    inward._from_unicode_handlers[Decimal] = lambda _cls, text: Number(text)
    outward._to_unicode_handlers[Decimal] = lambda _cls, value, **_: values.plain_decimal(value)
    return application


def published_schema(application: Application) -> bytes:
    """Give the schema of a service whose types lie in one namespace."""
    document = XmlSchema(application.interface)
    document.build_interface_document()
    (schema,) = document.schema_dict.values()
    return etree.tostring(schema)


class Oracle:
    """Reads and writes messages of one service by stock Spyne."""

    def __init__(self, service: type[Any], namespace: str, version: SoapVersion, **options: Any):
        self._serve(stock_application(service, namespace, version, **options))

    @classmethod
    def untouched(cls, service: type[Any], namespace: str, version: SoapVersion) -> "Oracle":
        """Give an oracle with stock's own forms of dates and decimals, for measuring."""
        oracle = cls(service, namespace, version)
        oracle._serve(untouched_application(service, namespace, version))
        return oracle

    def _serve(self, application: Application) -> None:
        self.application = application
        self._server = ServerBase(application)

    def read(self, request: bytes) -> list[Any]:
        """Give the arguments of a request in order."""
        ctx = self._read(request)
        return [getattr(ctx.in_object, name) for name in ctx.descriptor.in_message._type_info]

    def write(self, operation: str, result: Any) -> bytes:
        """Give the answer for a method's return value."""
        ctx = MethodContext(self._server, MethodContext.SERVER)
        tag = f"{{{self.application.interface.get_tns()}}}{operation}"
        (ctx.descriptor,) = self.application.interface.service_method_map[tag]
        ctx.out_object = [with_models(ctx.descriptor.out_message, result)]
        return self._write(ctx)

    def answer(self, request: bytes) -> bytes:
        """Do the whole of stock's work: parse, validate, read, call, write."""
        ctx = self._read(request)
        ctx.udc = SimpleNamespace()
        self._server.get_out_object(ctx)
        if ctx.out_error is not None:
            raise ctx.out_error
        ctx.out_object = [with_models(ctx.descriptor.out_message, ctx.out_object[0])]
        self._server.get_out_string(ctx)
        return b"".join(ctx.out_string)

    def _read(self, request: bytes) -> Any:
        initial = MethodContext(self._server, MethodContext.SERVER)
        initial.in_string = [request]
        (ctx,) = self._server.generate_contexts(initial)
        if ctx.in_error is None:
            self._server.get_in_object(ctx)
        if ctx.in_error is not None:
            raise StockFault(str(ctx.in_error))
        return ctx

    def _write(self, ctx: Any) -> bytes:
        self.application.out_protocol.serialize(ctx, self.application.out_protocol.RESPONSE)
        self.application.out_protocol.create_out_string(ctx)
        return b"".join(ctx.out_string)


def with_models(message: Any, result: Any) -> Any:
    """Turn every ``Rows`` of a method's result into the instances stock needs."""
    members = list(message.get_flat_type_info(message).values())
    return _expand(members[0], result) if members else result


def _expand(cls: Any, value: Any) -> Any:
    if isinstance(value, Rows):
        entry = cls.get_inner_type() if hasattr(cls, "get_inner_type") else cls
        return value.as_models(entry.__orig__ or entry)
    if hasattr(cls, "get_inner_type") or not hasattr(cls, "get_flat_type_info"):
        return value
    if value is None or isinstance(value, list):
        return value
    found = value if isinstance(value, dict) else vars(value)
    types = cls.get_flat_type_info(cls)
    origin = cls.__orig__ or cls
    return origin(**{name: _expand(types[name], found[name]) for name in types if name in found})
