"""Looks at the WSDLs of targets while a process is checked, within one time; nothing is sent."""

from dataclasses import dataclass, field

from gateway.delivery.calls import Answer, Caller, Outgoing
from gateway.delivery.connection import Deadline
from gateway.usecases.ports import Target

_LONGEST_S = 30.0  # of a whole check: nobody waits longer at a terminal


@dataclass(frozen=True, slots=True)
class Looking:
    """One check: when it ends at the latest, and what it says of WSDLs that it could not have."""

    unseen: list[str] = field(default_factory=list)
    deadline: Deadline = field(default_factory=lambda: Deadline.after(_LONGEST_S))


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one target."""

    looking: Looking
    caller: Caller
    target: Target

    def fetch(self, outgoing: Outgoing, *, within: Target | None = None) -> Answer:
        """Make a call that changes nothing.

        Raises:
            Unanswered, Impossible: as of ``Caller.call``.
        """
        proof = self.caller.proof(self.target)
        return self.caller.call(within or self.target, proof, outgoing, self.looking.deadline)
