"""One call of an operation of this dialect: who calls, and the way to the use cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.dialects.ssp7.form import IDENTIFIER, Form
from gateway.dialects.ssp7.table import Operation
from gateway.domain.people import NOBODY, Principal
from gateway.errors import NoCredentials, NotPermitted
from gateway.http.exchange import Stage
from gateway.soap.definition import Invocation
from gateway.usecases.ports import Call, Unit, Units


class Desk(Protocol):
    """What the operations of every service of this dialect work with."""

    @property
    def units(self) -> Units:
        """Give where transactions run."""
        ...

    @property
    def hash_accepted(self) -> bool:
        """Tell whether a hash may stand in for a login."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One call of an operation: what it is, who calls, and the way to the use cases."""

    operation: Operation
    invocation: Invocation
    form: Form

    @property
    def desk(self) -> Desk:
        """Give what the service works with."""
        desk: Desk = self.invocation.desk
        return desk

    def by_login(self, work: Callable[[Call, Unit], Any]) -> Any:
        """Run a use case that only an account may ask for."""
        self.require_login()
        call = self.call(self.invocation.principal)
        return self.run(lambda unit: work(call, unit), call)

    def run(self, work: Callable[[Unit], Any], call: Call) -> Any:
        """Run a use case in a transaction."""
        try:
            return self.desk.units.run(work, call)
        except NotPermitted:
            raise NotPermitted(f"the account may not use {self.operation.name}") from None

    def hash_check(self) -> str:
        """Give the hash that was sent, where one is accepted in place of a login."""
        accepted = self.desk.hash_accepted and self.operation.takes_hash
        return self.form.identifier("hash_check", IDENTIFIER) if accepted else ""

    def require_login(self) -> None:
        """Insist on a login.

        Raises:
            NoCredentials: nobody logged in.
        """
        if self.invocation.principal is NOBODY:
            raise NoCredentials

    def call(self, principal: Principal) -> Call:
        """Say to the use cases who calls what."""
        trace = self.invocation.trace

        def settled(ticket_id: int | None) -> None:
            trace.settled = True
            trace.ticket_id = ticket_id

        trace.stage = Stage.TRANSLATED
        return Call(
            principal=principal,
            dialect=trace.dialect,
            operation=self.operation.name,
            command=f"{trace.dialect}.{self.operation.key}",
            message=int(trace.number) if trace.number.isdigit() else None,
            deadline_s=self.invocation.deadline_s,
            settled=settled,
            may_commit=trace.may_commit,
        )


def values(operation: Operation, arguments: Sequence[Any]) -> Mapping[str, Any]:
    """Give the arguments of an operation by the keys of its parameters."""
    keys = (field.key for field in operation.request)
    return dict(zip(keys, arguments, strict=True))
