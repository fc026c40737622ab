"""Wire values of the ACMP dialect as the compiled reader gives them, and calls of its desk."""

from typing import Any

from gateway.dialects.acmp import desk, shapes
from gateway.dialects.acmp.task import Helpdesk
from gateway.dialects.acmp.translate import Options
from gateway.domain.people import Principal
from gateway.http.exchange import Trace
from gateway.soap.definition import Invocation
from gateway.soap.envelope import SoapVersion
from tests.kit.memory import Memory
from tests.kit.world import agent


def wire(type_name: str, **fields: Any) -> Any:
    """Give an instance of a type of the contract; what is not named was not sent."""
    return shapes.model(type_name)(**fields)


class Caller:
    """Calls operations of the helpdesk as one account, without any wire between."""

    def __init__(
        self, memory: Memory, principal: Principal | None = None, options: Options | None = None
    ) -> None:
        self.memory = memory
        self.principal = principal or agent()
        self.options = options or Options()
        self.trace = Trace(number="1", dialect="acmp")

    def __call__(self, operation: str, *arguments: Any, key: str | None = None) -> dict[str, Any]:
        found = next(each for each in shapes.OPERATIONS if each.name == operation)
        self.trace = Trace(number="88123", dialect="acmp")
        invocation = Invocation(
            principal=self.principal,
            trace=self.trace,
            version=SoapVersion.V11,
            deadline_s=float("inf"),
            key=key,
            desk=Helpdesk(self.memory, self.options),
        )
        return desk.carry_out(found, invocation, *arguments)
