"""The published service of the ACMP dialect: one Spyne class made from the table of operations."""

from collections.abc import Callable
from typing import Any

from spyne import ServiceBase, rpc

from gateway.dialects.acmp import desk, results, shapes, texts
from gateway.dialects.acmp.task import Answer
from gateway.soap.definition import OperationText, ServiceDefinition
from gateway.soap.envelope import SoapVersion

PATH = "/soap/acmp/helpdesk"
_LARGE_BODY_BYTES = 32 * 1024 * 1024  # contract section 1, sizes


def soap_action(operation: str) -> str:
    """Give the soapAction of an operation (contract section 1)."""
    return f"{shapes.NAMESPACE}:{operation}"


def operation_texts() -> dict[str, OperationText]:
    """Give what people read about each operation; the WSDL says the same (contract section 1)."""
    return {
        operation.name: OperationText(
            text=operation.does,
            group=texts.GROUPS[operation.command],
            supersedes=_superseded(operation),
        )
        for operation in desk.PUBLISHED
    }


def definition(*, wsdl_public: bool = True) -> ServiceDefinition:
    """Give the definition of the service (contract section 1)."""
    return ServiceDefinition(
        stem="acmp-helpdesk",
        dialect="acmp",
        title="ACMP helpdesk",
        description="Helpdesk commands: save, read, close and list tickets and what hangs on them.",
        service=_service(),
        namespace=shapes.NAMESPACE,
        path=PATH,
        service_name="Helpdesk",
        port_type="HelpdeskPortType",
        bindings={
            SoapVersion.V11: "HelpdeskSoap11Binding",
            SoapVersion.V12: "HelpdeskSoap12Binding",
        },
        ports={SoapVersion.V11: "HelpdeskSoap11", SoapVersion.V12: "HelpdeskSoap12"},
        action=soap_action,
        fault_element="HelpdeskFault",
        fault=results.fault,
        fault_type=shapes.HelpdeskFault,
        session_header="SessionId",
        operation_body_bytes={"SaveTicketAttachments_V1": _LARGE_BODY_BYTES},
        wsdl_public=wsdl_public,
        operations=operation_texts(),
        fields=texts.FIELDS,
        codes=texts.CODES,
        filled=texts.filled,
    )


def _superseded(operation: shapes.Operation) -> str | None:
    older = [v for v in desk.COMMANDS[operation.command] if v < operation.version]
    return f"{operation.command}_V{older[-1]}" if older else None


def _service() -> type[Any]:
    methods = {operation.name: _method(operation) for operation in desk.PUBLISHED}
    service: type[Any] = type(ServiceBase)(
        "Helpdesk",
        (ServiceBase,),
        {"__service_name__": "Helpdesk", "__port_types__": ("HelpdeskPortType",), **methods},
    )
    return service


def _method(operation: shapes.Operation) -> Any:
    carry_out = _carrier(operation)
    carry_out.__name__ = carry_out.__qualname__ = operation.name
    carry_out.__doc__ = operation.does
    return rpc(
        *(shapes.spyne_type(member) for member in operation.request),
        _args=[member.name for member in operation.request],
        _returns=shapes.result_model(operation).customize(min_occurs=1, nillable=False),
        _port_type="HelpdeskPortType",
    )(carry_out)


def _carrier(operation: shapes.Operation) -> Callable[..., Any]:
    def carry_out(ctx: Any, *arguments: Any) -> Answer:
        return desk.carry_out(operation, ctx.udc, *arguments)

    return carry_out
