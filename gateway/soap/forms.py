"""Calls without an envelope: an operation asked by a form or by the query of its address.

They take the way of a SOAP call: what is read becomes the same message, judged by the same schema.
"""

import codecs
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from gateway import clock
from gateway.domain.people import NOBODY, Principal
from gateway.errors import (
    DeadlinePassed,
    GatewayError,
    NoCredentials,
    Refused,
    SchemaViolation,
    TryLater,
)
from gateway.http.authentication import credentials_of
from gateway.http.exchange import Answer, Outcome, Request, Stage, Trace
from gateway.http.head import CHARSETS, charset_names
from gateway.http.redact import redacted_query
from gateway.http.refusals import Refusal
from gateway.soap.codec import Operation
from gateway.soap.definition import Elements, Invocation, ServiceDefinition
from gateway.soap.envelope import SoapVersion
from gateway.soap.explanation import NIL
from gateway.soap.leniency import normalise
from gateway.soap.offers import Offers
from gateway.soap.plan import Kind
from gateway.soap.redaction import AnswerRedaction
from gateway.soap.server import Authenticator, CallContext
from gateway.soap.validation import Contract
from gateway.text import is_text, printable

_MOST_PAIRS = 100
_PLAIN = "text/plain; charset=utf-8"
_XML = "text/xml; charset=utf-8"
_FOREIGN = Refusal(403, "GW-403", "another site's page may not call this")
_OFF = "GW-101"


class FormEndpoint:
    """Answers the form and query calls of one operation; safe to share between threads."""

    def __init__(
        self,
        definition: ServiceDefinition,
        operation: Operation,
        contract: Contract,
        authenticator: Authenticator,
        desk: Any,
        *,
        offers: Offers,
        unrecognised: Callable[[Request], Answer],
    ) -> None:
        self._definition = definition
        self._operation = operation
        self._contract = contract
        self._authenticator = authenticator
        self._desk = desk
        self._offers = offers
        self._unrecognised = unrecognised
        self._callable = is_callable(operation)
        self._asking = operation.name in definition.asking
        self._members = {field.local_name: field for field in operation.plan.fields}
        self._answers = AnswerRedaction(operation.answer_plan)

    @property
    def dialect(self) -> str:
        """Name the dialect of its messages."""
        return self._definition.dialect

    @property
    def max_body_bytes(self) -> int:
        """Give the largest body."""
        return self._definition.max_body_bytes

    def answer(self, request: Request, trace: Trace) -> Answer:
        """Answer one call; raises only what is unforeseen."""
        trace.operation = self._operation.name
        if not self._offered(request):
            trace.outcome, trace.code = Outcome.REFUSED, _OFF
            return self._unrecognised(request)
        if self._offers.foreign(request):
            trace.outcome, trace.code = Outcome.REFUSED, _FOREIGN.code
            return _FOREIGN.answer(request.correlation_id)
        try:
            body = self._serve(request, trace)
        except GatewayError as error:
            return self._refuse(error, trace)
        trace.outcome, trace.stage = Outcome.OK, Stage.ANSWERED
        return Answer(200, body, _XML)

    def try_later(self, request: Request, trace: Trace, retry_after_s: int) -> Answer:  # noqa: ARG002 - the protocol
        """Answer that the gateway is overloaded or its storage away."""
        error = TryLater()
        error.retry_after_s = retry_after_s
        return self._refuse(error, trace)

    def broken(self, request: Request, trace: Trace) -> Answer:  # noqa: ARG002 - the protocol
        """Answer after an unforeseen exception."""
        return self._refuse(GatewayError(), trace)

    def _offered(self, request: Request) -> bool:
        calls = self._offers.calls(request)
        if request.method == "GET":
            return calls.get and self._callable and self._asking
        return calls.post and self._callable

    def _serve(self, request: Request, trace: Trace) -> bytes:
        sent = _sent(request)
        trace.stored_request = redacted_query(sent)
        trace.stage = Stage.PARSED
        principal = self._identified(request, trace)
        message = self._message(sent, trace.note)
        normalise(message, self._operation, self._definition.leniency, trace.note)
        self._contract.check(message)
        trace.stage = Stage.VALIDATED
        arguments = self._operation.read(message)
        trace.stage = Stage.TRANSLATED
        body = self._operation.write(self._called(request, trace, principal, arguments), _VERSION)
        trace.stage = Stage.DONE
        answer = self._bare(body)
        trace.stored_answer = self._answers.stored(answer)
        return answer

    def _identified(self, request: Request, trace: Trace) -> Principal:
        try:
            credentials = credentials_of(request.headers)
            principal = self._authenticator.principal(credentials, request.peer)
        except NoCredentials:
            if self._operation.name not in self._definition.anonymous:
                raise
            return NOBODY
        trace.account, trace.account_id = principal.account, principal.account_id
        trace.stage = Stage.IDENTIFIED
        return principal

    def _message(self, sent: str, note: Callable[[str], None]) -> etree._Element:
        """Make the message that the values would have come in; a form has no order."""
        values = self._values(sent, note)
        message = etree.Element(self._operation.tag)
        for name, field in self._members.items():
            if values.get(name, "").strip():
                etree.SubElement(message, field.tag).text = values[name]
            elif field.required and field.nillable and self._empties(name in values):
                etree.SubElement(message, field.tag).set(NIL, "true")
        return message

    def _empties(self, sent: bool) -> bool:
        """Tell whether a value without text is nil; one that was not sent may be required."""
        return sent or self._definition.leniency.fill_nillable

    def _values(self, sent: str, note: Callable[[str], None]) -> dict[str, str]:
        """Read the pairs; each may stand once."""
        values: dict[str, str] = {}
        for name, value in _pairs(sent):
            if name not in self._members:
                self._unknown(name, note)
            elif name in values:
                raise SchemaViolation("given twice", field=name)
            elif not is_text(value):
                raise SchemaViolation("characters that XML cannot carry", field=name)
            else:
                values[name] = value
        return values

    def _unknown(self, name: str, note: Callable[[str], None]) -> None:
        shown = printable(name)
        if name.lower() in {known.lower() for known in self._members}:
            raise SchemaViolation("letter case differs from the schema", field=shown)
        if self._definition.leniency.unknown is Elements.REFUSED:
            raise SchemaViolation("unexpected element", field=shown)
        note(f"IGNORED {shown}")

    def _called(
        self, request: Request, trace: Trace, principal: Principal, arguments: list[Any]
    ) -> Any:
        if clock.monotonic_s() > request.deadline_s:
            raise DeadlinePassed
        invocation = Invocation(
            principal=principal,
            trace=trace,
            version=_VERSION,
            deadline_s=request.deadline_s,
            key=request.headers.get("idempotency-key") or None,
            desk=self._desk,
            headers=request.headers,
            peer=request.peer,
        )
        return self._operation.function(CallContext(invocation), *arguments)

    def _bare(self, envelope: bytes) -> bytes:
        """Take the one result out of its envelope, named as its type."""
        (field,) = self._operation.answer_plan.fields
        namespace = self._definition.namespace
        found = etree.fromstring(envelope).findall(f".//{field.tag}")
        label = field.type_name.rpartition("}")[2]
        result = etree.Element(f"{{{namespace}}}{label}", nsmap={None: namespace})
        for each in found:  # none of an answer without a result
            result.text = each.text
            result.extend(each)
        etree.cleanup_namespaces(result)
        return etree.tostring(result, xml_declaration=True, encoding="utf-8") + b"\n"

    def _refuse(self, error: GatewayError, trace: Trace) -> Answer:
        trace.outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
        trace.code = error.code
        content = self._definition.fault(error, trace.number)
        headers = content.headers
        if content.retry_after_s is not None:
            headers = (*headers, ("Retry-After", str(content.retry_after_s)))
        line = f"{content.text} ({trace.number})\n"
        return Answer(content.status or 500, line.encode(), _PLAIN, headers)


_VERSION = SoapVersion.V11  # of the envelope that the result is taken out of


def is_callable(operation: Operation) -> bool:
    """Tell whether a form can hold the parameters of an operation: single values only."""
    return not any(field.kind in (Kind.ARRAY, Kind.OBJECT) for field in operation.plan.fields)


def _sent(request: Request) -> str:
    """Give the pairs as they were sent, in the query or in the body."""
    if request.method == "GET":
        return request.query
    names = charset_names(request.headers.get("content-type", "")) or {"utf-8"}
    try:
        return codecs.decode(request.body, CHARSETS[names.pop()])
    except UnicodeDecodeError:
        raise SchemaViolation("the form is not in its charset") from None


def _pairs(sent: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(sent, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)
    except UnicodeDecodeError:
        raise SchemaViolation("the form is not UTF-8 text") from None
    except ValueError:
        raise SchemaViolation(f"more than {_MOST_PAIRS} parameters") from None
