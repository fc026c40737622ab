"""Serves one published service: the stages of a SOAP request in their order (soap-engine, 3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree

from gateway import clock
from gateway.domain.people import NOBODY, Principal
from gateway.errors import (
    ActionMismatch,
    DeadlinePassed,
    GatewayError,
    Malformed,
    NoCredentials,
    NoSuchOperation,
    NotUnderstood,
    Refused,
    TooLarge,
    TryLater,
    WrongEnvelope,
)
from gateway.http.authentication import Credentials, credentials_of
from gateway.http.exchange import Answer, Outcome, Request, Stage, Trace
from gateway.http.refusals import TOO_LARGE, Refusal
from gateway.soap import faults, guard, mapping, wssecurity
from gateway.soap.codec import Operation
from gateway.soap.definition import (
    ActionRule,
    FaultContent,
    Invocation,
    Reading,
    ServiceDefinition,
)
from gateway.soap.envelope import SoapVersion
from gateway.soap.guard import Caps, Envelope, MediaType
from gateway.soap.leniency import normalise
from gateway.soap.redaction import AnswerRedaction, AnyNamespace, binary_tags, redacted
from gateway.soap.validation import Contract
from gateway.usecases.digests import PasswordDigest

_CHALLENGE = Refusal(
    401,
    NoCredentials.code,
    NoCredentials.default,
    (("WWW-Authenticate", 'Basic realm="gateway", charset="UTF-8"'),),
)
_MEDIA_TYPE = Refusal(415, "GW-102", "send text/xml or application/soap+xml")
_EMPTY = Refusal(411, "GW-103", "send a body with its length, or chunks")
_MEDIA_TYPES = {version.media_type: version for version in SoapVersion}
_NEUTRAL = "application/xml"  # of either version, where requests are read as mappings
_REFERENCE = "REFERENCE-TO-BE-SET"


class Authenticator(Protocol):
    """Finds out who calls."""

    def principal(self, credentials: Credentials, peer: str) -> Principal:
        """Give the one account that all credentials lead to.

        Raises:
            Unauthenticated: none, or not the right ones.
            TooManyRequests: too many calls or failed logins.
        """
        ...


@dataclass(slots=True)
class CallContext:
    """What a service method gets for ``ctx``: of Spyne's context the one attribute both have."""

    udc: Invocation


@dataclass(slots=True)
class _Exchange:
    """One request on its way through the stages."""

    request: Request
    trace: Trace
    version: SoapVersion  # promised by the media type, then that of the envelope
    media: MediaType


class SoapEndpoint:
    """Answers the POST requests of one service; safe to share between threads."""

    def __init__(
        self,
        definition: ServiceDefinition,
        operations: Mapping[str, Operation],
        contract: Contract,
        authenticator: Authenticator,
        desk: Any,
        *,
        caps: Caps | None = None,
    ) -> None:
        self._definition = definition
        self._operations = operations
        self._contract = contract
        self._authenticator = authenticator
        self._desk = desk
        self._caps = caps or Caps()
        self._session = _session_tag(definition)
        self._mapped = definition.reading is Reading.MAPPING
        # Who reads no header block understands none.
        blocks = set() if self._mapped else {wssecurity.SECURITY, self._session}
        self._known = frozenset(blocks - {""})
        self._references = guard.HREF_ALONE if self._mapped else guard.REFERENCES
        self._by_name = {operation.name: operation for operation in operations.values()}
        self._binary = _binary_tags(operations.values())
        if self._mapped:
            self._binary = AnyNamespace(self._binary)
        self._names = {
            operation.name: mapping.names(operation.plan) for operation in operations.values()
        }
        self._answers = {
            tag: AnswerRedaction(operation.answer_plan) for tag, operation in operations.items()
        }
        self._last_resort = {version: self._prebuilt(version) for version in SoapVersion}

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages."""
        return self._definition.dialect

    @property
    def max_body_bytes(self) -> int:
        """Give the largest body of any of its operations."""
        definition = self._definition
        return max(definition.max_body_bytes, *definition.operation_body_bytes.values(), 0)

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one request; raises only what is unforeseen."""
        media = guard.media_type(request.headers.get("content-type", ""))
        version = self._promised(media)
        if version is None:
            return _refused(_MEDIA_TYPE, request, trace)
        if self._mapped and not request.body:
            return _refused(_EMPTY, request, trace)
        exchange = _Exchange(request, trace, version, media)
        try:
            body = self._serve(exchange)
        except GatewayError as error:
            return self._refuse(exchange, error)
        if trace.outcome is Outcome.RUNNING:
            trace.outcome = Outcome.OK
        return Answer(200, body, self._content_type(exchange.version))

    def _promised(self, media: MediaType) -> SoapVersion | None:
        """Give the version that the media type promises; None: it is none of ours."""
        version = _MEDIA_TYPES.get(media.name)
        if version is None and self._mapped:
            neutral = media.name == _NEUTRAL or self._definition.any_media_type
            return SoapVersion.V11 if neutral else None
        return version

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:
        """Answer that the gateway is overloaded or its storage away."""
        error = TryLater()
        error.retry_after_s = retry_after_s
        media = guard.media_type(request.headers.get("content-type", ""))
        version = _MEDIA_TYPES.get(media.name, SoapVersion.V11)
        return self._refuse(_Exchange(request, trace, version, media), error)

    def broken(self, request: Request, trace: Trace) -> Answer:
        """Answer after an unforeseen exception by bytes that were made at the start."""
        version = _version_seen(request, trace)
        trace.outcome, trace.code = Outcome.FAILED, GatewayError.code
        body = self._last_resort[version].replace(_REFERENCE.encode(), trace.number.encode())
        return Answer(500, body, self._content_type(version))

    # -- stages 2 to 8 -------------------------------------------------------------------------

    def _serve(self, exchange: _Exchange) -> bytes:
        envelope = self._guarded(exchange)
        principal = self._identified(exchange, envelope)
        operation = self._dispatched(exchange, envelope)
        arguments = self._read(exchange, envelope, operation)
        result = self._called(exchange, principal, operation, arguments)
        body = operation.write(result, exchange.version)
        exchange.trace.stored_answer = self._answers[operation.tag].stored(body)
        exchange.trace.stage = Stage.ANSWERED
        return body

    def _guarded(self, exchange: _Exchange) -> Envelope:
        document = guard.read_document(exchange.request.body, exchange.media.charset, self._caps)
        exchange.version = guard.version_of(document.root)
        exchange.trace.soap_version = exchange.version.label
        envelope = guard.open_envelope(
            document,
            exchange.version,
            caps=self._caps,
            binary=self._binary,
            references=self._references,
        )
        exchange.trace.stored_request = redacted(document.root, envelope.elements, self._binary)
        if exchange.media.name in _MEDIA_TYPES:
            guard.check_media_type(exchange.media, exchange.version)
        guard.check_understood(envelope, self._known)
        name = etree.QName(envelope.call).localname
        given = (exchange.request.headers.get("soapaction"), exchange.media.action)
        accepted = (self._definition.action(name), *self._definition.accepted_actions(name))
        guard.check_action(name, accepted, *given)
        self._judge_missing_action(exchange, given)
        exchange.trace.stage = Stage.PARSED
        return envelope

    def _judge_missing_action(self, exchange: _Exchange, given: Sequence[str | None]) -> None:
        rule = self._definition.action_rule
        if rule is ActionRule.OPTIONAL or any((action or "").strip('" ') for action in given):
            return
        if rule is ActionRule.REQUIRED:
            raise ActionMismatch
        exchange.trace.note("NO_ACTION")

    def _identified(self, exchange: _Exchange, envelope: Envelope) -> Principal:
        if self._mapped:
            return NOBODY
        credentials = credentials_of(exchange.request.headers)
        token = wssecurity.read_token(
            envelope.blocks, now=clock.now(), digests=self._definition.digests
        )
        if isinstance(token, PasswordDigest):
            credentials = credentials.with_digest(token)
        elif token is not None:
            credentials = credentials.with_token(*token)
        for block in envelope.blocks:
            if block.tag == self._session and (session_id := _session_id(block)):
                credentials = credentials.with_session(session_id)
        try:
            principal = self._authenticator.principal(credentials, exchange.request.peer)
        except NoCredentials:
            if etree.QName(envelope.call).localname not in self._definition.anonymous:
                raise
            return NOBODY
        exchange.trace.account, exchange.trace.account_id = principal.account, principal.account_id
        exchange.trace.stage = Stage.IDENTIFIED
        return principal

    def _dispatched(self, exchange: _Exchange, envelope: Envelope) -> Operation:
        if self._mapped:
            operation = self._by_name.get(etree.QName(envelope.call).localname)
        else:
            operation = self._operations.get(str(envelope.call.tag))
        if operation is None:
            named = etree.QName(envelope.call)
            raise NoSuchOperation(name=named.localname, namespace=named.namespace or "")
        exchange.trace.operation = operation.name
        definition = self._definition
        cap = definition.operation_body_bytes.get(operation.name, definition.max_body_bytes)
        if len(exchange.request.body) > cap:
            raise TooLarge
        return operation

    def _read(self, exchange: _Exchange, envelope: Envelope, operation: Operation) -> list[Any]:
        if self._mapped:
            return self._read_mapping(exchange, envelope, operation)
        before = len(exchange.trace.notes)
        normalise(envelope.call, operation, self._definition.leniency, exchange.trace.note)
        self._contract.check(envelope.call)
        if len(exchange.trace.notes) == before:  # what was mended may have held names of its own
            guard.vouch(envelope, self._known)
        exchange.trace.stage = Stage.VALIDATED
        arguments = operation.read(envelope.call)
        exchange.trace.stage = Stage.TRANSLATED
        return arguments

    def _read_mapping(
        self, exchange: _Exchange, envelope: Envelope, operation: Operation
    ) -> list[Any]:
        members = mapping.read(envelope.call)
        tags = {str(element.tag) for element in envelope.elements}
        if not envelope.attributes and tags <= self._names[operation.name]:
            guard.vouch(envelope, self._known)
        exchange.trace.stage = Stage.VALIDATED
        return [members]

    def _called(
        self, exchange: _Exchange, principal: Principal, operation: Operation, arguments: list[Any]
    ) -> Any:
        request = exchange.request
        if clock.monotonic_s() > request.deadline_s:
            raise DeadlinePassed
        invocation = Invocation(
            principal=principal,
            trace=exchange.trace,
            version=exchange.version,
            deadline_s=request.deadline_s,
            key=request.headers.get("idempotency-key") or None,  # an empty one is none
            desk=self._desk,
            headers=request.headers,
            peer=request.peer,
        )
        result = operation.function(CallContext(invocation), *arguments)
        exchange.trace.stage = Stage.DONE
        return result

    # -- refusals ------------------------------------------------------------------------------

    def _refuse(self, exchange: _Exchange, error: GatewayError) -> Answer:
        trace, correlation_id = exchange.trace, exchange.request.correlation_id
        trace.outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
        trace.code = error.code
        if isinstance(error, TooLarge):
            return TOO_LARGE.answer(correlation_id)
        content = self._definition.fault(error, trace.number)
        if content.challenge:
            return _CHALLENGE.answer(correlation_id)
        headers = content.headers
        if content.retry_after_s is not None:
            headers = (*headers, ("Retry-After", str(content.retry_after_s)))
        body = self._fault(exchange.version, error, content)
        status = content.status or faults.status(
            exchange.version, content, self._definition.sender_status
        )
        return Answer(status, body, self._content_type(exchange.version), headers)

    def _content_type(self, version: SoapVersion) -> str:
        return f"{version.media_type}; charset={self._definition.charset}"

    def _fault(self, version: SoapVersion, error: GatewayError, content: FaultContent) -> bytes:
        return faults.write_fault(
            version,
            content,
            element=self._definition.fault_element,
            namespace=self._definition.namespace,
            header=_header_for(version, error),
        )

    def _prebuilt(self, version: SoapVersion) -> bytes:
        error = GatewayError()
        return self._fault(version, error, self._definition.fault(error, _REFERENCE))


def _binary_tags(operations: Collection[Operation]) -> frozenset[str]:
    plans = [plan for each in operations for plan in (each.plan, each.answer_plan)]
    return frozenset().union(*map(binary_tags, plans))


def _session_tag(definition: ServiceDefinition) -> str:
    header = definition.session_header
    return f"{{{definition.namespace}}}{header}" if header else ""


def _refused(refusal: Refusal, request: Request, trace: Trace) -> Answer:
    trace.outcome, trace.code = Outcome.REFUSED, refusal.code
    return refusal.answer(request.correlation_id)


def _version_seen(request: Request, trace: Trace) -> SoapVersion:
    for version in SoapVersion:
        if version.label == trace.soap_version:
            return version
    name = guard.media_type(request.headers.get("content-type", "")).name
    return _MEDIA_TYPES.get(name, SoapVersion.V11)


def _session_id(block: etree._Element) -> str:
    """Read the login header block strictly: no schema covers it; empty counts as absent."""
    if len(block):
        raise Malformed("text expected in the session header")
    return (block.text or "").strip()


def _header_for(version: SoapVersion, error: GatewayError) -> str:
    if isinstance(error, NotUnderstood):
        return faults.not_understood(version, error.name, error.namespace)
    if isinstance(error, WrongEnvelope):
        return faults.upgrade(version)
    return ""
