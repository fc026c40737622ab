"""One call of a helpdesk operation: what it is, who calls, and the way to the use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.dialects.acmp import shapes
from gateway.dialects.acmp.translate import Options
from gateway.http.exchange import Stage
from gateway.soap.definition import Invocation
from gateway.usecases import idempotency
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit, Units

Answer = dict[str, Any]
Handler = Callable[..., tuple[Answer, str]]  # gives the fields after code and message, and a note


@dataclass(frozen=True, slots=True)
class Helpdesk:
    """What the operations of this dialect work with."""

    units: Units
    options: Options


@dataclass(frozen=True, slots=True)
class Task:
    """One call of an operation: what it is, who calls, and the way to the use cases."""

    operation: shapes.Operation
    invocation: Invocation

    @property
    def options(self) -> Options:
        """Give the service settings."""
        desk: Helpdesk = self.invocation.desk
        return desk.options

    def read(self, work: Callable[[Call, Unit], Any]) -> Any:
        """Run a use case that only reads, in one transaction."""
        call = self._call(b"")
        return self._units.run(lambda unit: work(call, unit), call)

    def write(self, arguments: object, work: Callable[[Call, Unit], Done]) -> Done:
        """Run a use case that writes, once per key of the caller; arguments make the digest."""
        call = self._call(idempotency.digest(self.operation.name, arguments))

        def once(unit: Unit) -> Done:
            return idempotency.once(lambda inner: work(call, inner), call, unit)

        return self._units.run(once, call)

    @property
    def _units(self) -> Units:
        desk: Helpdesk = self.invocation.desk
        return desk.units

    def _call(self, digest: bytes) -> Call:
        trace = self.invocation.trace

        def settled(ticket_id: int | None) -> None:
            trace.settled = True
            trace.ticket_id = ticket_id

        trace.stage = Stage.TRANSLATED
        return Call(
            principal=self.invocation.principal,
            dialect="acmp",
            operation=self.operation.name,
            command=self.operation.command,
            message=int(trace.number) if trace.number.isdigit() else None,
            deadline_s=self.invocation.deadline_s,
            key=self.invocation.key,
            digest=digest,
            settled=settled,
            may_commit=trace.may_commit,
        )
