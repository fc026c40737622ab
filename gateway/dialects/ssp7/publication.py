"""A published service of this dialect: one Spyne class made from its table of operations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spyne import ServiceBase, rpc

from gateway.dialects.ssp7.models import Models
from gateway.dialects.ssp7.refusals import Faults
from gateway.dialects.ssp7.table import Operation, WireTable
from gateway.soap.definition import (
    ActionRule,
    CodeText,
    Elements,
    FieldText,
    Leniency,
    OperationText,
    ServiceDefinition,
    WsdlShape,
)
from gateway.soap.envelope import SoapVersion

_STRICT = Leniency(nil_is_absent=True, any_builtin_type=False)

CarryOut = Callable[..., Any]
_QUERY = "Get"  # the binding of calls by a query, which may only read


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a service is published and how much it tolerates (settings of its section)."""

    namespace: str
    tolerant: bool
    action_required: bool
    basic: bool
    hashes: bool
    form_bindings: tuple[str, ...]
    max_body_bytes: int
    large_body_bytes: int  # of operations with files


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What people read about a service."""

    title: str
    description: str
    fields: Mapping[str, FieldText]
    codes: tuple[CodeText, ...]
    filled: Callable[[str], Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What makes one service of this dialect another one than its sister."""

    stem: str
    dialect: str
    table: WireTable
    operations: Sequence[Operation]
    carry_out: CarryOut  # operation, invocation, arguments -> result
    faults: Faults
    texts: Texts
    asking: frozenset[str] = frozenset()  # keys of operations that change nothing
    with_files: frozenset[str] = frozenset()  # keys of operations that carry attachments
    # A value that may be nil and is not there counts as nil.
    fill_nillable: bool = True


def soap_action(namespace: str) -> Callable[[str], str]:
    """Give how soapActions are made: namespace, a slash unless it ends in one, operation."""
    start = namespace if namespace.endswith("/") else f"{namespace}/"
    return lambda operation: start + operation


def published(publication: Publication, manner: Manner) -> ServiceDefinition:
    """Give the definition of a service (contract sections 2 and 3)."""
    table, operations = publication.table, publication.operations
    models = Models(table, manner.namespace)
    port = f"{table.service}Soap"
    bindings = {SoapVersion.V11: port, SoapVersion.V12: f"{port}12"}
    return ServiceDefinition(
        stem=publication.stem,
        dialect=publication.dialect,
        title=publication.texts.title,
        description=publication.texts.description,
        service=_service(publication, models, port),
        namespace=manner.namespace,
        path=table.path,
        service_name=table.service,
        port_type=port,
        bindings=bindings,
        ports=bindings,
        action=soap_action(manner.namespace),
        action_rule=ActionRule.REQUIRED if manner.action_required else ActionRule.NOTED,
        fault_element=table.fault,
        fault=publication.faults.offered(basic=manner.basic),
        fault_type=models.fault,
        sender_status=500,  # contract section 7: some clients read a fault body only at 500
        anonymous=frozenset(each.name for each in operations if each.takes_hash)
        if manner.hashes
        else frozenset(),
        digests=True,
        asking=_named(operations, publication.asking),
        form_bindings=tuple(
            each for each in manner.form_bindings if each != _QUERY or publication.asking
        ),
        max_body_bytes=manner.max_body_bytes,
        operation_body_bytes=dict.fromkeys(
            _named(operations, publication.with_files), manner.large_body_bytes
        ),
        leniency=_tolerant(publication) if manner.tolerant else _STRICT,
        shape=WsdlShape.ASMX,
        operations={each.name: OperationText(text=each.does) for each in operations},
        fields=publication.texts.fields,
        codes=publication.texts.codes,
        filled=publication.texts.filled,
    )


def _named(operations: Sequence[Operation], keys: frozenset[str]) -> frozenset[str]:
    return frozenset(each.name for each in operations if each.key in keys)


def _tolerant(publication: Publication) -> Leniency:
    return Leniency(
        any_order=True,
        unknown=Elements.STRANGE_DROPPED,
        fill_missing=True,
        fill_nillable=publication.fill_nillable,
        nil_is_absent=True,
    )


def _service(publication: Publication, models: Models, port_type: str) -> type[Any]:
    methods = {
        each.name: _method(each, publication.carry_out, models, port_type)
        for each in publication.operations
    }
    service: type[Any] = type(ServiceBase)(
        publication.table.service,
        (ServiceBase,),
        {
            "__service_name__": publication.table.service,
            "__port_types__": (port_type,),
            **methods,
        },
    )
    return service


def _method(operation: Operation, serve: CarryOut, models: Models, port_type: str) -> Any:
    def carry_out(ctx: Any, *arguments: Any) -> Any:
        return serve(operation, ctx.udc, *arguments)

    carry_out.__name__ = carry_out.__qualname__ = operation.name
    carry_out.__doc__ = operation.does
    return rpc(
        *(models.parameter(field) for field in operation.request),
        _args=[field.name for field in operation.request],
        _returns=models.result(operation.result),
        _port_type=port_type,
    )(carry_out)
