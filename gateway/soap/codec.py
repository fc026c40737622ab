"""The codec of a published service: its operations, each with compiled reader and writer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from lxml.etree import _Element as Element
from spyne import Application
from spyne.descriptor import BODY_STYLE_WRAPPED

from gateway.soap import values
from gateway.soap.envelope import SoapVersion
from gateway.soap.plan import Field, UnsupportedShape, plan_message
from gateway.soap.reader import ReaderCompiler
from gateway.soap.values import UnwritableText, UnwritableValue, escape
from gateway.soap.writer import WriterCompiler, envelope

__all__ = [
    "Operation",
    "UnsupportedShape",
    "UnwritableText",
    "UnwritableValue",
    "compile_service",
    "envelope",
    "escape",
]


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
    readers = ReaderCompiler(zone)
    writers = WriterCompiler(namespace, prefix, write_datetime)
    operations = {}
    for tag, (descriptor, *others) in application.interface.service_method_map.items():
        if others or descriptor.body_style is not BODY_STYLE_WRAPPED or descriptor.no_ctx:
            raise UnsupportedShape(f"{descriptor.name}: not one wrapped operation that takes ctx")
        plan = plan_message(descriptor.in_message, namespace)
        answer_plan = plan_message(descriptor.out_message, namespace)
        operations[tag] = Operation(
            name=descriptor.name,
            tag=tag,
            plan=plan,
            answer_plan=answer_plan,
            read=readers.arguments(plan),
            write=writers.answer(answer_plan),
            function=descriptor.function,
        )
    return operations
