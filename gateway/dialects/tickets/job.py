"""One call of an operation: who calls, what was sent, and the way to the use cases."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from gateway.dialects.tickets import problems
from gateway.dialects.tickets.conditions import Versions
from gateway.dialects.tickets.desk import Options, TicketsDesk
from gateway.dialects.tickets.media import JSON
from gateway.dialects.tickets.queries import Page
from gateway.dialects.tickets.shapes import Operation
from gateway.domain.people import Principal
from gateway.errors import KeyReused, Malformed, WrongState
from gateway.http.exchange import Answer, Request, Stage, Trace
from gateway.http.json_body import Number
from gateway.usecases.ports import Call, Remembered, Unit

T = TypeVar("T")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an operation answers, before it is sent; kept for repeats of its key."""

    status: int = 200
    body: bytes = b""
    media_type: str = JSON
    headers: Headers = ()
    ticket_id: int | None = None

    def answer(self) -> Answer:
        """Give it as it is sent."""
        return Answer(self.status, self.body, self.media_type, self.headers)

    def kept(self) -> dict[str, object]:
        """Give it as it is kept."""
        return {
            "status": self.status,
            "body": self.body.decode(),
            "media_type": self.media_type,
            "headers": [list(pair) for pair in self.headers],
            "ticket_id": self.ticket_id,
        }


def again(kept: Mapping[str, object]) -> Reply:
    """Read what was kept, marked as a repeat."""
    known = cast("dict[str, Any]", kept)
    headers = tuple((str(name), str(value)) for name, value in known["headers"])
    return Reply(
        status=known["status"],
        body=known["body"].encode(),
        media_type=known["media_type"],
        headers=(*headers, ("Idempotency-Replayed", "true")),
        ticket_id=known["ticket_id"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One call of an operation.

    ``sent`` may be what is wrong with the body: that counts after the version of the ticket was
    judged (section 6).
    """

    operation: Operation
    path: str  # below the base, without a slash at its end
    id: int  # that stands in the path
    request: Request
    trace: Trace
    desk: TicketsDesk
    principal: Principal
    sent: Mapping[str, Any] | Malformed
    page: Page
    key: str | None = None
    versions: Versions | None = None

    @property
    def options(self) -> Options:
        """Give the settings of the dialect."""
        return self.desk.options

    def body(self) -> Mapping[str, Any]:
        """Give the object that was sent.

        Raises:
            Malformed: it is none.
        """
        if isinstance(self.sent, Malformed):
            raise self.sent
        return self.sent

    def call(self) -> Call:
        """Give the circumstances under which the use cases work."""
        trace = self.trace

        def settled(ticket_id: int | None) -> None:
            trace.settled = True
            trace.ticket_id = ticket_id

        return Call(
            principal=self.principal,
            dialect="tickets",
            operation=self.operation.name,
            command=self.operation.right,
            message=int(trace.number) if trace.number.isdigit() else None,
            deadline_s=self.request.deadline_s,
            key=self.key,
            digest=_digest(self.sent) if self.key else b"",
            settled=settled,
            may_commit=trace.may_commit,
        )

    def run(self, work: Callable[[Call, Unit], Reply]) -> Reply:
        """Run the work in one transaction; with a key it has one effect and one answer.

        Raises:
            GatewayError, Problem: what the work raises, and nothing was changed.
        """
        call = self.call()
        self.trace.stage = Stage.TRANSLATED
        if call.key is None:
            return self.desk.units.run(lambda unit: work(call, unit), call)
        return self.desk.units.run(lambda unit: self._once(work, call, unit), call)

    def run_read(self, work: Callable[[Call, Unit], T]) -> T:
        """Run work that changes nothing.

        Raises:
            GatewayError: what the work raises.
        """
        call = self.call()
        self.trace.stage = Stage.TRANSLATED
        return self.desk.units.run(lambda unit: work(call, unit), call)

    def _once(self, work: Callable[[Call, Unit], Reply], call: Call, unit: Unit) -> Reply:
        key = self.key or ""
        scoped = replace(call, operation=f"{self.request.method} {self.path}")
        first = unit.idempotency.claim(scoped, key)
        if first is not None:
            if first.digest != call.digest:
                raise KeyReused(field="idempotency_key")
            reply = again(first.answer)
            unit.messages.settle(call, reply.ticket_id)
            return reply
        reply = self._kept_refusal(work, call, unit)
        remembered = Remembered(call.digest, reply.kept(), None, "key")
        unit.idempotency.remember(scoped, key, remembered)
        return reply

    def _kept_refusal(self, work: Callable[[Call, Unit], Reply], call: Call, unit: Unit) -> Reply:
        """Turn what the ticket's state forbids into an answer: repeats get it, too (section 8).

        Nothing was written by then: use cases judge first.
        """
        try:
            return work(call, unit)
        except WrongState as error:
            problem = problems.of(error)
            answer = problem.answer(self.request.correlation_id)
            return Reply(
                status=answer.status,
                body=answer.body,
                media_type=answer.media_type,
                headers=answer.headers,
            )


def _digest(sent: Mapping[str, Any] | Malformed) -> bytes:
    """Give the SHA-256 of what was sent, whatever the order of its members."""
    if isinstance(sent, Malformed):
        return b""
    text = json.dumps(_typed(sent), sort_keys=True)
    return hashlib.sha256(text.encode()).digest()


def _typed(value: Any) -> Any:
    """Tell numbers from texts of digits."""
    if isinstance(value, Number):
        return {"number": str(value)}
    if isinstance(value, dict):
        return {"object": {name: _typed(each) for name, each in value.items()}}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return value
