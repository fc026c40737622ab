"""One run of a process for one delivery: from the step it stands at to the end, or to a pause."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway import clock
from gateway.delivery.backoff import next_delay_s
from gateway.delivery.conditions import hold
from gateway.delivery.placeholders import Facts, Filler
from gateway.delivery.process_facts import Reading, origin
from gateway.delivery.process_memory import Memory
from gateway.delivery.steps.decide import decide
from gateway.delivery.steps.map import ValueMissing, pick
from gateway.delivery.steps.step import Answered, Situation, StepKind, Unfillable
from gateway.delivery.steps.wait import Until, Waited, look
from gateway.domain.process import (
    END,
    Decision,
    Fallback,
    Kind,
    Pause,
    Picking,
    Process,
    Step,
    Use,
)
from gateway.errors import GatewayError, Refused
from gateway.text import mended
from gateway.usecases.ports import (
    Claimed,
    Done,
    Echo,
    Exchange,
    Permanent,
    Progress,
    Result,
    Transient,
    Waiting,
)
from gateway.usecases.process_runs import ProcessDesk


class Run:
    """The steps of one delivery, one after the other."""

    def __init__(
        self,
        process: Process,
        partner_id: int | None,
        delivery: Claimed,
        progress: Progress,
        desk: ProcessDesk,
        performers: Mapping[Kind, StepKind],
        code_of: Callable[[GatewayError], str],
    ) -> None:
        self._process = process
        self._partner_id = partner_id
        self._delivery = delivery
        self._progress = progress
        self._desk = desk
        self._performers = performers
        self._code_of = code_of
        self._reading = Reading(delivery, desk)
        self._memory = Memory(process, delivery.values, self._now)
        self._written = delivery.step  # where the delivery stands in the database
        self._tries = delivery.tries
        self._began_s = clock.monotonic_s()
        self._before = ""  # the step that was just taken
        self._closing: Exchange | None = None  # of the call that was the last step
        self._heard = False  # the partner of the stream answered in this attempt

    def result(self) -> Result:
        """Run until the end, a pause or a failure."""
        name = self._delivery.step
        while name != END:
            step = self._process.step(name)
            outcome = self._taken(step)
            if not isinstance(outcome, str):
                return outcome
            self._before = step.name
            name = outcome
        if self._memory.is_echo:
            return Echo(values=self._memory.values())
        exchange = self._closing or Exchange(step=self._before)
        values = self._memory.last_values()
        return Done(exchange=exchange, of_partner=self._heard, values=values)

    def _taken(self, step: Step) -> str | Result:
        """Take one step: give the next one's name, or what the attempt ends with."""
        self._reading.begin_step(everything_now=isinstance(step.does, Pause))
        filler = self._filler(step)
        try:
            if not hold(step.when, filler.condition):
                self._memory.say(step, "skipped")
                return self._process.after(step)  # `next` of a skipped step does not count
            match step.does:
                case Decision():
                    return self._decided(step, step.does, filler)
                case Picking():
                    return self._picked(step, step.does)
                case Pause():
                    return self._paused(step, step.does, filler)
                case None:
                    return self._called(step, filler)
        except Unfillable as error:
            return self._failed(step, Permanent(error=str(error)))

    def _decided(self, step: Step, decision: Decision, filler: Filler) -> str:
        goto = decide(decision, filler.condition) or self._next(step)
        self._memory.say(step, f"goes on at {goto}")
        return goto

    def _paused(self, step: Step, pause: Pause, filler: Filler) -> str | Result:
        now = self._now()
        since = self._memory.waits_since(step)
        match look(pause, since or now, now, filler.condition):
            case Until(moment):
                if since is None:
                    self._memory.say(step, "waits")
                    self._memory.wait(step, now)
                return Waiting(
                    until=moment,
                    step=step.name,
                    of_partner=self._heard,
                    values=self._memory.values(),
                )
            case Waited.ENOUGH:
                self._memory.say(step, "waited")
                return self._next(step)
        self._memory.wait_anew()
        if pause.on_timeout.fails:
            return self._failed(step, Permanent(error=f"waited {pause.timeout_s} s in vain"))
        self._memory.say(step, f"waited {pause.timeout_s} s in vain")
        return pause.on_timeout.goto or self._next(step)

    def _picked(self, step: Step, picking: Picking) -> str | Result:
        answer = self._memory.answer(picking)
        if answer is None:
            self._memory.say(step, "there is no answer to read")
        try:
            found = self._memory.find(step, pick(picking, answer or ""))
            self._use(step, picking, found)
        except ValueMissing as error:
            return self._failed(step, Permanent(error=str(error)))
        except Refused as error:
            return self._failed(step, Permanent(error=f"{self._code_of(error)}: {error}"))
        names = ", ".join(name for name, value in found.items() if value)
        self._memory.say(step, f"found {names or 'nothing'}")
        return self._next(step)

    def _use(self, step: Step, picking: Picking, found: Mapping[str, str]) -> None:
        """Use values for what they are set; once used they may be used again without effect."""
        told = self._reading.told
        speaker = self._partner_id or told.partner_id
        for picked in picking.values:
            value = found[picked.name]
            if picked.set is Use.REFERENCE and value.strip():
                self._desk.acknowledge(told, speaker, value)
            elif picked.set is Use.NOTE and value.strip():
                self._desk.note(told, speaker, value, f"{step.name}/{picked.name}")

    def _called(self, step: Step, filler: Filler) -> str | Result:
        kind = self._performers.get(step.kind)
        if kind is None:
            self._arrive(step)
            return self._failed(
                step, Transient(error=f"this worker makes no {step.kind} calls", of_partner=False)
            )
        source, target = origin(self._delivery.payload), kind.target(step, self._partner_id)
        if source is not None and target == source:
            self._memory.say(step, "echo")
            self._memory.echo()
            return self._next(step)
        self._arrive(step)
        self._memory.call()
        answered = kind.perform(step, self._situation(step, filler))
        # A mail server, away or not, says nothing about the partner whose stream this is.
        of_partner = target == self._delivery.partner_id
        if isinstance(answered, Transient):
            of_partner = of_partner and answered.of_partner
            return self._failed(step, replace(answered, of_partner=of_partner))
        # What could not be sent was refused by nobody.
        self._heard |= of_partner and answered.exchange.status is not None
        if isinstance(answered, Answered):
            return self._went_well(step, answered)
        return self._failed(step, answered)

    def _went_well(self, step: Step, answered: Answered) -> str:
        exchange = _of(step, answered.exchange)
        status = f" {exchange.status}" if exchange.status is not None else ""
        self._memory.say(step, f"ok{status}")
        following = self._next(step)
        if following == END:
            self._closing = exchange
            return END
        self._memory.hear(step, answered.body)
        self._write(exchange, following)
        return following

    def _failed(self, step: Step, failure: Transient | Permanent) -> str | Result:
        """Judge a failure: the process may go on after the last try of its step."""
        self._arrive(step)
        self._memory.say(step, failure.error)
        self._memory.keep(step, failure.values)
        exchange = _of(step, failure.exchange)
        if isinstance(failure, Permanent) and self._process.retry.all_errors:
            failure = Transient(error=failure.error, of_partner=False)
        if isinstance(failure, Transient):
            failure = replace(failure, retry=self._process.retry)
        else:
            failure = replace(failure, of_partner=self._heard)
        if self._is_last(failure) and not step.on_error.fails:
            return self._went_on(step, step.on_error, exchange, failure.error)
        return replace(failure, exchange=exchange, values=self._memory.values())

    def _went_on(self, step: Step, fallback: Fallback, exchange: Exchange, error: str) -> str:
        following = fallback.goto or self._next(step)
        self._write(exchange, following, failure=error)
        return following

    def _is_last(self, failure: Transient | Permanent) -> bool:
        if isinstance(failure, Permanent):
            return True
        if self._delivery.probe_s is not None and failure.of_partner:
            return False  # a probe is no try
        return next_delay_s(failure.retry, self._tries + 1, None) is None

    def _arrive(self, step: Step) -> None:
        """Write that the delivery stands at this step, so that nothing before it is repeated."""
        if step.name != (self._written or self._process.steps[0].name):
            self._write(Exchange(step=self._before), step.name)

    def _write(self, exchange: Exchange, following: str, *, failure: str = "") -> None:
        self._progress.step_done(
            exchange, following=following, values=self._memory.values(), failure=failure
        )
        self._written, self._tries = following, 0

    def _next(self, step: Step) -> str:
        return step.next or self._process.after(step)

    def _filler(self, step: Step) -> Filler:
        facts = Facts(
            names=self._reading.names,
            process=self._process,
            field=self._reading.field,
            form=self._reading.form,
            event=self._reading.event(lambda: self._tries + 1),
            values=self._memory.found,
            log=lambda: self._memory.log,
            files=lambda: self._reading.files(lambda text: self._memory.say(step, text)),
        )
        return Filler(facts, step, lambda text: self._memory.say(step, text))

    def _situation(self, step: Step, filler: Filler) -> Situation:
        event = self._delivery.event_id
        return Situation(
            claimed=self._delivery,
            texts=filler,
            headers={
                "X-Gateway-Event-Id": str(event),
                "X-Gateway-Delivery-Attempt": str(self._tries + 1),
                "Idempotency-Key": f"{event}/{step.name}",
            },
            timeout_s=step.timeout_s,
            files=lambda: self._reading.files(lambda text: self._memory.say(step, text)),
            partner_id=self._partner_id,
            hold=self._progress.hold,
            masked=lambda: filler.masked,
            kept=self._memory.kept(step),
        )

    def _now(self) -> datetime:
        """Give the present by the database's clock."""
        return self._delivery.now + timedelta(seconds=clock.monotonic_s() - self._began_s)


def _of(step: Step, exchange: Exchange) -> Exchange:
    """Give an exchange as the database can keep it."""
    return replace(
        exchange,
        step=step.name,
        request=None if exchange.request is None else mended(exchange.request),
        answer=None if exchange.answer is None else mended(exchange.answer),
    )
