"""One round with a partner: the target found, the request sent, both sides recorded."""

from collections.abc import Callable

from gateway import clock
from gateway.delivery.calls import Answer, Caller, Impossible, Outgoing, Unanswered
from gateway.delivery.connection import Deadline
from gateway.delivery.records import Shade, answer_record, request_record
from gateway.delivery.steps.step import Answered, Situation
from gateway.domain.process import Step
from gateway.usecases.ports import Exchange, Permanent, Target, TargetStore, Transient

Outcome = Answered | Transient | Permanent


class Round:
    """The calls of one try of a step, within one deadline; the last of them is recorded."""

    def __init__(self, caller: Caller, target: Target, situation: Situation) -> None:
        self.target = target
        self.situation = situation
        self.proof = caller.proof(target)
        self.deadline = Deadline.after(situation.timeout_s or target.timeout_s)
        self._caller = caller
        self._began_s = clock.monotonic_s()
        self._outgoing: Outgoing | None = None
        self._answer: Answer | None = None
        self._masked: set[str] = set()

    def mask(self, secret: str) -> None:
        """Have a text of this round in no record."""
        self._masked.add(secret)

    def fetch(self, outgoing: Outgoing, *, within: Target | None = None) -> Answer:
        """Make a call that changes nothing; it is recorded only if the round ends with it.

        Args:
            outgoing: the request.
            within: what the address must be below, if not the target.

        Raises:
            Unanswered, Impossible: as of ``Caller.call``.
        """
        self._outgoing, self._answer = outgoing, None
        target = within or self.target
        self._answer = self._caller.call(target, self.proof, outgoing, self.deadline)
        return self._answer

    def send(self, outgoing: Outgoing) -> Answer:
        """Make the call of the step, unless another worker has taken over.

        Raises:
            Unanswered, Impossible: as of ``Caller.call``.
            LeaseLost: another worker has taken over.
        """
        self.situation.hold()
        return self.fetch(outgoing)

    def exchange(self) -> Exchange:
        """Give what went over the wire, redacted."""
        shade = self.shade()
        answer, outgoing = self._answer, self._outgoing
        return Exchange(
            status=answer.status if answer else None,
            request=request_record(outgoing, self.proof.headers, shade) if outgoing else None,
            answer=answer_record(answer, shade) if answer else None,
            duration_ms=int((clock.monotonic_s() - self._began_s) * 1000),
        )

    def shade(self) -> Shade:
        """Give what hides the secrets of this round."""
        return Shade(self._masked | self.proof.masked | set(self.situation.masked()))


def held(
    step: Step,
    situation: Situation,
    targets: TargetStore,
    caller: Caller,
    work: Callable[[Round], Outcome],
) -> Outcome:
    """Hold a round with the step's target and judge what kept it from ending."""
    code = str(step.keys["target"])
    target = targets.find(situation.partner_id, code)
    if target is None:
        return Permanent(error=f"no target {code}: ticket-gateway partners targets add")
    try:
        this = Round(caller, target, situation)
    except Impossible as error:
        return Permanent(error=str(error))
    try:
        return work(this)
    except Impossible as error:
        return Permanent(error=this.shade().sentence(str(error)), exchange=this.exchange())
    except Unanswered as error:
        return Transient(error=this.shade().sentence(str(error)), exchange=this.exchange())


def told(step: Step, partner_id: int | None, targets: TargetStore) -> int | None:
    """Give the partner whom a call of this step tells something; None: nobody outside."""
    target = targets.find(partner_id, str(step.keys["target"]))
    return None if target is None or target.internal else target.partner_id
