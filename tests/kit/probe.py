"""A service of three operations with a whole endpoint round it, for tests of the engine."""

# ruff: noqa: N802, N805 - operations bear their wire names, and Spyne calls them without self

from dataclasses import dataclass
from typing import Any

import gateway.soap  # noqa: F401 - repairs Spyne on Python 3.12 and 3.13

# isort: split
from spyne import (
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Decimal,
    Enum,
    Integer32,
    ServiceBase,
    Unicode,
    rpc,
)

from gateway.domain.people import AccountKind, Principal
from gateway.errors import (
    GatewayError,
    Malformed,
    NoCredentials,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
    SchemaViolation,
    SessionUnknown,
    TryLater,
    Unauthenticated,
    WrongEnvelope,
)
from gateway.http.authentication import Authenticator
from gateway.soap.codec import compile_service
from gateway.soap.definition import FaultCode, FaultContent, ServiceDefinition
from gateway.soap.envelope import SoapVersion
from gateway.soap.server import SoapEndpoint
from gateway.soap.validation import Contract
from gateway.soap.wsdl import build_application, build_schema

NAMESPACE = "urn:test:probe"
USER, SECRET, SESSION = "erp", "canary-password", "canary-session"
NOTE_BYTES = 32 * 1024 * 1024

Colour = Enum("red", "green", type_name="TColour")


class Model(ComplexModel):
    __abstract__ = True
    __namespace__ = NAMESPACE


def needed(cls: Any) -> Any:
    return cls.customize(min_occurs=1, nillable=False)


def optional(cls: Any) -> Any:
    return cls.customize(min_occurs=0, nillable=False)


class Note(Model):
    Id = needed(Unicode)
    Title = optional(Unicode)
    Count = optional(Integer32)
    Price = optional(Decimal)
    Done = optional(Boolean)
    When = optional(DateTime)
    Content = optional(ByteArray)
    Colour = optional(Colour)
    Tags = optional(Array(Unicode))
    Password = optional(Unicode)


class Result(Model):
    ResultCode = needed(Integer32)
    Note = optional(Note)


class ProbeFault(Model):
    ResultCode = needed(Integer32)
    ResultMessage = needed(Unicode)
    Reference = optional(Unicode)


class ProbeService(ServiceBase):
    """Keeps notes."""

    __service_name__ = "Probe"
    __port_types__ = ("ProbePortType",)

    @rpc(needed(Note), _args=["Note"], _returns=optional(Result), _port_type="ProbePortType")
    def SaveNote_V1(ctx, note):
        """Save a note and answer with what was saved."""
        ctx.udc.desk.saved.append(note)
        return {"ResultCode": 0, "Note": note}

    @rpc(optional(Unicode), _args=["Text"], _returns=optional(Unicode), _port_type="ProbePortType")
    def Ping_V1(ctx, text):
        """Answer with the text that was sent."""
        return text

    @rpc(needed(Unicode), _args=["How"], _returns=optional(Unicode), _port_type="ProbePortType")
    def Fail_V1(ctx, how):
        """Fail in the way asked for."""
        raise FAILURES[how]


FAILURES: dict[str, Exception] = {
    "later": TryLater(),
    "unknown": OutcomeUnknown(),
    "bug": RuntimeError(f"select * from accounts where password = '{SECRET}'"),
}


# Error, fault code, result code, text; the first that fits counts.
WORDS: tuple[tuple[type[GatewayError], FaultCode, int, str], ...] = (
    (Malformed, FaultCode.CLIENT, 35, "malformed request: {error.sentence}"),
    (SchemaViolation, FaultCode.CLIENT, 35, "invalid request: {error.field}: {error.sentence}"),
    (WrongEnvelope, FaultCode.VERSION_MISMATCH, 35, "{error.sentence}"),
    (NotUnderstood, FaultCode.MUST_UNDERSTAND, 35, "header not understood: {error.sentence}"),
    (SessionUnknown, FaultCode.CLIENT, 7, "{error.sentence}"),
    (Unauthenticated, FaultCode.CLIENT, 15, "{error.sentence}"),
    (Refused, FaultCode.CLIENT, 35, "{error.sentence}"),
    (TryLater, FaultCode.SERVER, 19, "{error.sentence}, reference {reference}"),
    (GatewayError, FaultCode.SERVER, 18, "{error.sentence}, reference {reference}"),
)


def probe_fault(error: GatewayError, reference: str) -> FaultContent:
    """Put an error into words as the helpdesk does."""
    _, code, number, words = next(row for row in WORDS if isinstance(error, row[0]))
    text = words.format(error=error, reference=reference)
    return FaultContent(
        code=code,
        text=text,
        detail=(("ResultCode", str(number)), ("ResultMessage", text), ("Reference", reference)),
        retry_after_s=getattr(error, "retry_after_s", None),
        challenge=isinstance(error, NoCredentials),
    )


DEFINITION = ServiceDefinition(
    stem="probe",
    dialect="probe",
    title="Probe",
    description="A service for tests.",
    service=ProbeService,
    namespace=NAMESPACE,
    path="/soap/probe",
    service_name="Probe",
    port_type="ProbePortType",
    bindings={SoapVersion.V11: "ProbeSoap11Binding", SoapVersion.V12: "ProbeSoap12Binding"},
    ports={SoapVersion.V11: "ProbeSoap11", SoapVersion.V12: "ProbeSoap12"},
    action=lambda operation: f"{NAMESPACE}:{operation}",
    fault_element="ProbeFault",
    fault=probe_fault,
    fault_type=ProbeFault,
    session_header="SessionId",
    operation_body_bytes={"SaveNote_V1": NOTE_BYTES},
)


class OneAccount:
    """Knows one caller, by password and by session; stands for the accounts of the gateway."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def login(self, name: str, secret: str, _peer: str) -> Principal:
        if self.failure is not None:
            raise self.failure
        if (name, secret) != (USER, SECRET):
            raise Unauthenticated
        return Principal(account_id=7, account=USER, kind=AccountKind.AGENT)

    def resume(self, session_id: str) -> Principal:
        if session_id != SESSION:
            raise SessionUnknown
        return Principal(account_id=7, account=USER, kind=AccountKind.AGENT)


class Desk:
    """Remembers what was saved."""

    def __init__(self) -> None:
        self.saved: list[Note] = []


@dataclass(frozen=True, slots=True)
class Probe:
    """The endpoint and what stands behind it."""

    endpoint: SoapEndpoint
    desk: Desk
    accounts: OneAccount
    schema: bytes


def build_probe() -> Probe:
    operations = compile_service(build_application(DEFINITION))
    schema = build_schema(DEFINITION)
    desk, accounts = Desk(), OneAccount()
    endpoint = SoapEndpoint(
        DEFINITION,
        operations,
        Contract(schema, operations),
        Authenticator(accounts),  # type: ignore[arg-type]  # the accounts in memory
        desk,
    )
    return Probe(endpoint, desk, accounts, schema)


def note(content: str = "<Id>n1</Id>") -> str:
    return f'<SaveNote_V1 xmlns="{NAMESPACE}"><Note>{content}</Note></SaveNote_V1>'


def ping(text: str = "hello") -> str:
    return f'<Ping_V1 xmlns="{NAMESPACE}"><Text>{text}</Text></Ping_V1>'
