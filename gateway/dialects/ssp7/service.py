"""The published workflow service: one Spyne class made from the table of operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spyne import ServiceBase, rpc

from gateway.dialects.ssp7 import desk, results, shapes, texts
from gateway.soap.definition import (
    ActionRule,
    Elements,
    Leniency,
    OperationText,
    ServiceDefinition,
    WsdlShape,
)
from gateway.soap.envelope import SoapVersion

_TOLERANT = Leniency(
    any_order=True, unknown=Elements.STRANGE_DROPPED, fill_missing=True, nil_is_absent=True
)
_STRICT = Leniency(nil_is_absent=True, any_builtin_type=False)
# What changes nothing but how often an event was looked at.
_ASKING = ("get_task", "get_task_by_reference", "get_messages", "pending_events")
_WITH_FILES = ("reassign", "update")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the service is published and how much it tolerates (contract section 15)."""

    namespace: str = shapes.NAMESPACE
    tolerant: bool = True
    action_required: bool = False
    basic: bool = True
    hashes: bool = True
    form_bindings: tuple[str, ...] = ()
    max_body_bytes: int = 8 * 1024 * 1024
    large_body_bytes: int = 32 * 1024 * 1024


def soap_action(namespace: str) -> Callable[[str], str]:
    """Give how soapActions are made: namespace, a slash unless it ends in one, operation."""
    start = namespace if namespace.endswith("/") else f"{namespace}/"
    return lambda operation: start + operation


def definition(manner: Manner | None = None) -> ServiceDefinition:
    """Give the definition of the service (contract sections 2 and 3)."""
    manner = manner or Manner()
    models = shapes.Models(manner.namespace)
    port = f"{shapes.SERVICE}Soap"
    bindings = {SoapVersion.V11: port, SoapVersion.V12: f"{port}12"}
    return ServiceDefinition(
        stem="ssp7-workflow",
        dialect="ssp7",
        title="WorkflowService",
        description="Service providers set their reference numbers, report solutions and add "
        "update texts to the tasks that were given to them.",
        service=_service(models, port),
        namespace=manner.namespace,
        path=shapes.PATH,
        service_name=shapes.SERVICE,
        port_type=port,
        bindings=bindings,
        ports=bindings,
        action=soap_action(manner.namespace),
        action_rule=ActionRule.REQUIRED if manner.action_required else ActionRule.NOTED,
        fault_element=shapes.FAULT,
        fault=results.faults(basic=manner.basic),
        fault_type=models.fault,
        sender_status=500,  # contract section 7: some clients read a fault body only at 500
        anonymous=frozenset(each.name for each in desk.PUBLISHED if each.takes_hash)
        if manner.hashes
        else frozenset(),
        digests=True,
        asking=frozenset(each.name for each in desk.PUBLISHED if each.key in _ASKING),
        form_bindings=manner.form_bindings,
        max_body_bytes=manner.max_body_bytes,
        operation_body_bytes={
            each.name: manner.large_body_bytes for each in desk.PUBLISHED if each.key in _WITH_FILES
        },
        leniency=_TOLERANT if manner.tolerant else _STRICT,
        shape=WsdlShape.ASMX,
        operations={each.name: OperationText(text=each.does) for each in desk.PUBLISHED},
        fields=texts.FIELDS,
        codes=texts.CODES,
        filled=texts.filled,
    )


def _service(models: shapes.Models, port_type: str) -> type[Any]:
    methods = {each.name: _method(each, models, port_type) for each in desk.PUBLISHED}
    service: type[Any] = type(ServiceBase)(
        shapes.SERVICE,
        (ServiceBase,),
        {"__service_name__": shapes.SERVICE, "__port_types__": (port_type,), **methods},
    )
    return service


def _method(operation: shapes.Operation, models: shapes.Models, port_type: str) -> Any:
    def carry_out(ctx: Any, *arguments: Any) -> Any:
        return desk.carry_out(operation, ctx.udc, *arguments)

    carry_out.__name__ = carry_out.__qualname__ = operation.name
    carry_out.__doc__ = operation.does
    return rpc(
        *(models.parameter(field) for field in operation.request),
        _args=[field.name for field in operation.request],
        _returns=models.result(operation.result),
        _port_type=port_type,
    )(carry_out)
