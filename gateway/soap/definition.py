"""What a dialect tells the engine about one published service."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from gateway.domain.people import Principal
from gateway.errors import GatewayError
from gateway.http.exchange import Trace
from gateway.soap.envelope import SoapVersion


class FaultCode(Enum):
    """The four fault codes, nothing else (soap-engine page F1): names in SOAP 1.1 and 1.2."""

    CLIENT = ("Client", "Sender")
    SERVER = ("Server", "Receiver")
    VERSION_MISMATCH = ("VersionMismatch", "VersionMismatch")
    MUST_UNDERSTAND = ("MustUnderstand", "MustUnderstand")


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultContent:
    """A fault in the dialect's words.

    ``detail`` are the children of the one detail element, in order, with text values; an empty
    tuple means no detail at all. ``challenge`` asks for a 401 with Basic challenge in place of a
    fault; ``status`` and ``headers`` send the fault itself with another status than its code's.
    """

    code: FaultCode
    text: str
    detail: tuple[tuple[str, str], ...] = ()
    retry_after_s: int | None = None
    challenge: bool = False
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Elements(Enum):
    """What happens to elements the schema does not know (soap-engine page, section 5)."""

    REFUSED = "refused"
    DROPPED = "dropped"  # and noted on the message
    # The same, but one that differs from a member only in letter case or namespace is refused:
    # nobody means it to be lost.
    STRANGE_DROPPED = "strange ones dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leniency:
    """What a service tolerates beyond its schema; the default tolerates nothing."""

    any_order: bool = False
    unknown: Elements = Elements.REFUSED
    any_namespace: bool = False
    fill_missing: bool = False  # required value types become 0, false or no date, noted
    fill_nillable: bool = True  # likewise: one that may be nil becomes nil
    nil_is_absent: bool = False
    any_builtin_type: bool = True  # an xsi:type of XML Schema on a simple value says nothing


class Reading(Enum):
    """What a service method is given of a request."""

    SCHEMA = "schema"  # values by the published schema, judged by it before
    # The request as nested mappings of texts and lists, names without namespace: the operation
    # judges for itself, also who calls (Znuny contract, 1.3 and 2.1).
    MAPPING = "mapping"


class ActionRule(Enum):
    """What happens to a request without SOAPAction; a wrong one is always refused."""

    OPTIONAL = "optional"
    NOTED = "noted"  # the Body decides, with a note on the message
    REQUIRED = "required"


class WsdlShape(Enum):
    """How the published file is drawn; both are document/literal wrapped."""

    PLAIN = "plain"  # messages named as their elements, named wrapper types, faults declared
    ASMX = "asmx"  # messages NAMESoapIn and NAMESoapOut, anonymous wrapper types, no faults


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationText:
    """What people read about one operation; the WSDL takes ``text`` and ``supersedes``."""

    text: str
    group: str = ""  # heading on the service page
    supersedes: str | None = None  # the version before it; the reverse link is derived


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldText:
    """What people read about one field beyond its type."""

    meaning: str
    required: str = ""  # when it is needed, if the schema alone does not say so
    limits: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeText:
    """One result or fault code on the help pages."""

    code: str
    name: str
    meaning: str
    remedy: str = ""


def no_actions(operation: str) -> Collection[str]:  # noqa: ARG001 - the same for every operation
    """Accept no other soapAction than the published one."""
    return ()


def no_values(operation: str) -> Mapping[str, object]:  # noqa: ARG001 - the table is empty
    """Give no values for the filled sample of an operation."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition:
    """One published service: its Spyne class and every name and cap that Spyne does not know."""

    stem: str  # file name under wsdl/ without ending, e.g. "acmp-helpdesk"
    dialect: str  # as messages and history name it, e.g. "acmp"
    title: str
    description: str
    service: type[Any]  # a spyne ServiceBase with one port type
    namespace: str
    path: str  # canonical path, e.g. "/soap/acmp/helpdesk"
    service_name: str  # wsdl:service
    port_type: str
    bindings: Mapping[SoapVersion, str]
    ports: Mapping[SoapVersion, str]
    action: Callable[[str], str]  # operation name -> soapAction
    action_rule: ActionRule = ActionRule.OPTIONAL
    accepted_actions: Callable[[str], Collection[str]] = no_actions  # beside the published one
    reading: Reading = Reading.SCHEMA
    any_media_type: bool = False  # with Reading.MAPPING: whatever a request calls itself
    charset: str = "utf-8"  # as answers write it
    bare_get: bool = True  # GET without a query shows the service page
    fault_element: str  # the one detail element, in the namespace
    fault: Callable[[GatewayError, str], FaultContent]  # error and reference -> fault
    sender_status: int = 400  # HTTP status of a SOAP 1.2 Sender fault
    # operations whose body may hold the proof of who calls: without credentials in the headers
    # they are called by NOBODY, and judge for themselves
    anonymous: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()  # operations that change nothing: a query may ask them
    form_bindings: tuple[str, ...] = ()  # "Post", "Get": calls without an envelope in the WSDL
    digests: bool = False  # a UsernameToken may have a digest in place of the password
    # parameters of name and password where a message itself says who calls; behind them those that
    # may stand in their place
    login_fields: tuple[str, ...] = ()
    session_header: str | None = None  # SOAP header block with a session id, in the namespace
    max_body_bytes: int = 8 * 1024 * 1024
    operation_body_bytes: Mapping[str, int] = field(default_factory=dict)  # caps of their own
    leniency: Leniency = field(default_factory=Leniency)
    wsdl_public: bool = True
    fault_type: type[Any] | None = None  # Spyne model of the detail element
    shape: WsdlShape = WsdlShape.PLAIN
    document_name: str = ""  # of wsdl:definitions; empty: that of the service
    operations: Mapping[str, OperationText] = field(default_factory=dict)  # else: docstrings
    # keys: "Type.Field" (an operation is the type of its parameters), else "Field" alone
    fields: Mapping[str, FieldText] = field(default_factory=dict)
    codes: tuple[CodeText, ...] = ()
    # arguments that a running gateway accepts: names of the schema, lists as sequences
    filled: Callable[[str], Mapping[str, object]] = no_values


@dataclass(slots=True, kw_only=True)
class Invocation:
    """What a service method finds as ``ctx.udc``; stock Spyne can carry the same object."""

    principal: Principal
    trace: Trace
    version: SoapVersion
    deadline_s: float
    key: str | None  # Idempotency-Key of the HTTP request
    desk: Any  # the dialect's way to its use cases, given by the composer
    headers: Mapping[str, str] = field(default_factory=dict)  # of the HTTP request
    peer: str = ""
