"""The step ``soap``: one call of an operation by its WSDL; zeep writes, the guard reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from zeep import Client, xsd
from zeep.proxy import ServiceProxy
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import SoapBinding
from zeep.wsse.username import UsernameToken

from gateway.delivery.calls import (
    Answer,
    Caller,
    Impossible,
    Outgoing,
    Unanswered,
    is_below,
)
from gateway.delivery.contracts import FILE, NO_CONTRACT, Contracts, strict
from gateway.delivery.judgement import judged, transient
from gateway.delivery.looking import Look, Looking
from gateway.delivery.records import WIDE
from gateway.delivery.rounds import Outcome, Round, held, told
from gateway.delivery.steps.step import Answered, Situation
from gateway.delivery.xsd_values import arguments, only_value
from gateway.domain.process import Process, Step
from gateway.errors import Malformed
from gateway.soap.envelope import SoapVersion
from gateway.soap.guard import media_type, read_document
from gateway.usecases.ports import Permanent, Target, TargetAuth, TargetStore

_GOOD = range(200, 300)
_ACCEPTED = 202
# A fault tells more than its status, where the binding of SOAP to HTTP lets it come.
_FAULT_STATUSES = frozenset({*_GOOD, 400, 500})
_OUR_FAULTS = frozenset(
    {"Client", "Sender", "VersionMismatch", "MustUnderstand", "DataEncodingUnknown"}
)
_THEIR_FAULTS = frozenset({"Server", "Receiver"})
_ENVELOPES = {f"{{{version.namespace}}}Envelope": version.namespace for version in SoapVersion}


@dataclass(frozen=True, slots=True)
class SoapStep:
    """Calls operations of partners' services."""

    targets: TargetStore
    caller: Caller
    contracts: Contracts
    looking: Looking | None = None  # None: of WSDLs a check reads files alone

    def target(self, step: Step, partner_id: int | None) -> int | None:
        """Give the partner whom the step's target belongs to; None: nobody outside."""
        return told(step, partner_id, self.targets)

    def perform(self, step: Step, situation: Situation) -> Outcome:
        """Call once; the answer is an envelope without a fault, or a failure."""
        return held(
            step, situation, self.targets, self.caller, lambda this: self._performed(step, this)
        )

    def check(self, step: Step, process: Process) -> Iterable[str]:
        """Tell what is wrong with a step; its operation is not called."""
        keys = step.keys
        target = self.targets.find(process.partner, str(keys["target"]))
        if target is None:
            yield f"target: no target {keys['target']}"
        try:
            document = self._seen(step, target)
        except Impossible as error:
            yield f"wsdl: {error}"
            return
        try:
            if document is not None:
                _port(document, keys)
        except Impossible as error:
            yield f"operation: {error}"

    def _seen(self, step: Step, target: Target | None) -> Document | None:
        """Give the WSDL of a step, as far as a check may look for it.

        Raises:
            Impossible: there is none.
        """
        name = str(step.keys["wsdl"])
        if name.startswith(FILE):
            return self.contracts.of_file(name)
        if target is None or self.looking is None:
            return None
        try:
            return self.contracts.document(name, Look(self.looking, self.caller, target))
        except Unanswered as error:
            self.looking.unseen.append(f"step {step.name}: wsdl: {error}")
            return None

    def _performed(self, step: Step, this: Round) -> Outcome:
        keys = step.keys
        given = this.situation.texts.data(keys.get("arguments", {}))
        header = this.situation.texts.data(keys.get("header", {}))
        document, port = self._found(keys, this)
        operation = port.binding.get(str(keys["operation"]))
        client = Client(document, wsse=_token(this), transport=_Posting(this), settings=strict())
        address = _inside(this.target, port.binding_options["address"])
        proxy = ServiceProxy(client, port.binding, address=address)
        try:
            plain, named = _values(
                operation, given, header, omit_empty=bool(keys.get("omit_empty", True))
            )
            answer: Answer = proxy[operation.name](*plain, **named)
        except NO_CONTRACT as error:
            raise Impossible(f"arguments: {error}") from None
        return _judged(answer, this, answers=operation.output is not None)

    def _found(self, keys: Mapping[str, Any], this: Round) -> tuple[Document, Any]:
        """Find the port of the operation, at last in the WSDL as it is now."""
        document = self.contracts.document(str(keys["wsdl"]), this)
        try:
            return document, _port(document, keys)
        except Impossible:
            document = self.contracts.renewed(str(keys["wsdl"]), this)
            return document, _port(document, keys)


@dataclass(frozen=True, slots=True)
class _Posting:
    """What zeep sends by."""

    this: Round

    def post_xml(
        self, address: str, envelope: etree._Element, headers: Mapping[str, str]
    ) -> Answer:
        """Send an envelope; the answer is not read by zeep."""
        return self.this.send(
            Outgoing(
                method="POST",
                url=address,
                headers={**headers, **self.this.situation.headers},
                body=etree.tostring(envelope, encoding="utf-8", xml_declaration=True),
            )
        )


def _port(document: Document, keys: Mapping[str, Any]) -> Any:
    """Find the port to call: the one that is named, else the first that has the operation."""
    operation, service, port = keys["operation"], keys.get("service"), keys.get("port")
    for service_name, each in document.services.items():
        for port_name, candidate in each.ports.items():
            wanted = service in (None, service_name) and port in (None, port_name)
            soap = isinstance(candidate.binding, SoapBinding)
            if wanted and soap and operation in candidate.binding.all():
                return candidate
    place = f" at {service or 'any service'}, {port or 'any port'}" if service or port else ""
    raise Impossible(f"the WSDL has no operation {operation}{place}")


def _values(
    operation: Any, given: Any, header: Mapping[str, Any], *, omit_empty: bool
) -> tuple[list[Any], dict[str, Any]]:
    """Give what the operation is called with, by place and by name."""
    body, declared = operation.input.body, operation.input.header
    plain, named = [], {}
    if body is not None and isinstance(body.type, xsd.ComplexType):
        named = arguments(body.type, given, omit_empty=omit_empty)
    elif body is not None:
        plain = [only_value(body.type, given)]
    if header:
        named["_soapheaders"] = arguments(declared.type, header, omit_empty=omit_empty)
    return plain, named


def _token(this: Round) -> UsernameToken | None:
    target = this.target
    if target.auth not in (TargetAuth.WSSE, TargetAuth.WSSE_DIGEST):
        return None
    return UsernameToken(
        target.user_name,
        this.proof.secret,
        use_digest=target.auth is TargetAuth.WSSE_DIGEST,
        zulu_timestamp=True,
    )


def _inside(target: Target, address: str) -> str:
    """Give the address of a port on the target's own host and scheme.

    Behind a proxy a service names itself by another scheme or port; never by another host.
    """
    base, named = urlsplit(target.base_url), urlsplit(address or "")
    if named.hostname != base.hostname:
        raise Impossible(
            f"the WSDL sends calls to {named.hostname}, which is not the host of the target"
        )
    inside = named._replace(scheme=base.scheme, netloc=base.netloc).geturl()
    if not is_below(target, inside):
        raise Impossible("the WSDL sends calls outside the target's base URL")
    return inside


def _judged(answer: Answer, this: Round, *, answers: bool) -> Outcome:
    good = answer.status in _GOOD
    if good and not answer.body and (not answers or answer.status == _ACCEPTED):
        return Answered(exchange=this.exchange())
    try:
        root, namespace = _envelope(answer)
    except Malformed:
        if good:
            error = f"unreadable answer: no SOAP envelope ({answer.media_type or 'no media type'})"
            return transient(answer, error, this.exchange())
        return judged(answer, f"HTTP status {answer.status}", this.exchange())
    fault = root.find(f"{{{namespace}}}Body/{{{namespace}}}Fault")
    if fault is not None:
        return _faulted(answer, this, *_fault(fault, namespace))
    if not good:
        return judged(answer, f"HTTP status {answer.status}", this.exchange())
    return Answered(
        exchange=this.exchange(),
        body=etree.tostring(root, encoding="unicode"),
        media_type=answer.media_type,
    )


def _envelope(answer: Answer) -> tuple[etree._Element, str]:
    kind = media_type(answer.headers.get("content-type", ""))
    root = read_document(answer.body, kind.charset, WIDE).root
    namespace = _ENVELOPES.get(str(root.tag))
    if namespace is None or root.find(f"{{{namespace}}}Body") is None:
        raise Malformed
    return root, namespace


def _fault(fault: etree._Element, namespace: str) -> tuple[str, str]:
    """Give the local code (of dotted ones the first part) and the sentence of a fault."""
    code = fault.findtext("faultcode") or fault.findtext(
        f"{{{namespace}}}Code/{{{namespace}}}Value", ""
    )
    text = fault.findtext("faultstring") or fault.findtext(
        f"{{{namespace}}}Reason/{{{namespace}}}Text", ""
    )
    return (code or "").strip().rpartition(":")[2].partition(".")[0], (text or "").strip()


def _faulted(answer: Answer, this: Round, code: str, text: str) -> Outcome:
    """Judge a fault: ours stay, theirs pass, and of unknown ones the status tells."""
    error = this.shade().sentence(f"fault {code}: {text}")
    if answer.status in _FAULT_STATUSES and code in _OUR_FAULTS:
        return Permanent(error=error, exchange=this.exchange())
    if answer.status in _GOOD or code in _THEIR_FAULTS:
        return transient(answer, error, this.exchange())
    return judged(answer, error, this.exchange())
