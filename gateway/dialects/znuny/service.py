"""The two published SOAP services: Spyne classes made from the tables of shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spyne import ServiceBase, rpc

from gateway.dialects.znuny import faults, shapes, soap, texts
from gateway.soap.definition import OperationText, Reading, ServiceDefinition
from gateway.soap.envelope import SoapVersion

PREFIXES = ("/otrs", "/znuny")
WEBSERVICE = "/nph-genericinterface.pl/Webservice"
_LARGE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """A row of section 1.1 of the contract."""

    name: str  # in its address
    label: str  # of service, port type, ports and bindings
    stem: str
    namespace: str
    separator: str  # between namespace and operation in a soapAction (contract 2.4)
    title: str
    description: str
    max_body_bytes: int

    @property
    def path(self) -> str:
        """Give the canonical path."""
        return f"{PREFIXES[0]}{WEBSERVICE}/{self.name}"


CONNECTOR = Service(
    "GenericTicketConnectorSOAP",
    "GenericTicketConnector",
    "znuny-ticket-connector",
    shapes.CONNECTOR,
    "#",
    "GenericTicketConnectorSOAP",
    "Creates, changes, shows and finds tickets as the generic interface of Znuny does.",
    _LARGE_BYTES,
)
TIME_ACCOUNTING = Service(
    "TimeAccountingSOAP",
    "TimeAccounting",
    "znuny-time-accounting",
    shapes.TIME_ACCOUNTING,
    "/",
    "TimeAccountingSOAP",
    "Gives the times that an agent has booked.",
    8 * 1024 * 1024,
)
_TIMES = frozenset({"TimeAccountingGet"})


def definitions(*, any_media_type: bool = False) -> tuple[ServiceDefinition, ...]:
    """Give both services."""
    return tuple(
        _definition(service, names, any_media_type=any_media_type)
        for service, names in (
            (CONNECTOR, sorted(shapes.REQUESTS.keys() - _TIMES)),
            (TIME_ACCOUNTING, sorted(_TIMES)),
        )
    )


def twin_path(definition: ServiceDefinition) -> str:
    """Give the path of a service under the second prefix."""
    return PREFIXES[1] + definition.path.removeprefix(PREFIXES[0])


def _definition(service: Service, names: list[str], *, any_media_type: bool) -> ServiceDefinition:
    models = shapes.Models(service.namespace)
    label = service.label
    port_type = f"{label}_PortType"
    return ServiceDefinition(
        stem=service.stem,
        dialect="znuny",
        title=service.title,
        description=service.description,
        service=_spyne(service, names, models, port_type),
        namespace=service.namespace,
        path=service.path,
        service_name=label,
        port_type=port_type,
        bindings={SoapVersion.V11: f"{label}_Binding", SoapVersion.V12: f"{label}_Binding12"},
        ports={SoapVersion.V11: f"{label}_Port", SoapVersion.V12: f"{label}_Port12"},
        action=lambda operation: service.namespace + service.separator + operation,
        accepted_actions=lambda operation: accepted_actions(service.namespace, operation),
        reading=Reading.MAPPING,
        any_media_type=any_media_type,
        bare_get=False,
        login_fields=("UserLogin", "Password", "CustomerUserLogin", "SessionID"),
        charset="UTF-8",
        fault_element=shapes.FAULT,
        fault=faults.fault,
        fault_type=models.fault,
        max_body_bytes=service.max_body_bytes,
        document_name=service.name,
        operations={name: OperationText(text=texts.OPERATIONS[name]) for name in names},
        fields=texts.FIELDS,
        codes=texts.CODES,
        filled=texts.filled,
    )


def accepted_actions(namespace: str, operation: str) -> frozenset[str]:
    """Give every SOAPAction that names an operation (contract section 2.1)."""
    bare = namespace.rstrip("/")
    starts = (f"{bare}#", f"{bare}/#", f"{bare}/", f"{bare}//")
    return frozenset({operation, *(start + operation for start in starts)})


def _spyne(service: Service, names: list[str], models: shapes.Models, port_type: str) -> type[Any]:
    methods: Mapping[str, Any] = {name: _method(name, models, port_type) for name in names}
    found: type[Any] = type(ServiceBase)(
        service.label,
        (ServiceBase,),
        {"__service_name__": service.label, "__port_types__": (port_type,), **methods},
    )
    return found


def _method(operation: str, models: shapes.Models, port_type: str) -> Any:
    def carry_out(ctx: Any, *arguments: Any) -> Any:
        return soap.carry_out(operation, ctx.udc, *arguments)

    carry_out.__name__ = carry_out.__qualname__ = operation
    carry_out.__doc__ = texts.OPERATIONS[operation]
    request = models.members(shapes.REQUESTS[operation])
    answer = models.members(shapes.ANSWERS[operation])
    return rpc(
        *(kind for _, kind in request),
        _args=[name for name, _ in request],
        _returns=tuple(kind for _, kind in answer),
        _out_variable_names=[name for name, _ in answer],
        _port_type=port_type,
    )(carry_out)
