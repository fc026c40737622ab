"""One run of a process for one delivery: from the step it stands at to the end, or to a pause."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway import clock
from gateway.delivery.backoff import next_delay_s
from gateway.delivery.conditions import hold
from gateway.delivery.placeholders import Facts, Filler
from gateway.delivery.process_facts import Reading, known_values, origin
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
from gateway.errors import Refused
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

# What a run keeps beside the values of map steps; no step may be called so.
LOG, ANSWERS, LAST, SINCE = "#log", "#answers", "#last", "#since"
CALLED, ECHOED = "#called", "#echoed"
KEPT = "#kept"  # by the kind of a step that failed, for its next try
_LOG_LINES, _LOG_LENGTH = 200, 300


def process_log(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the log of a delivery out of its step values, oldest line first."""
    return tuple(values.get(LOG, ()))


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
    ) -> None:
        self._process = process
        self._partner_id = partner_id
        self._delivery = delivery
        self._progress = progress
        self._desk = desk
        self._performers = performers
        self._reading = Reading(delivery, desk)
        self._values: dict[str, Any] = dict(delivery.values)
        self._log = list(process_log(delivery.values))
        self._written = delivery.step  # where the delivery stands in the database
        self._tries = delivery.tries
        self._began_s = clock.monotonic_s()
        self._before = ""  # the step that was just taken
        self._closing: Exchange | None = None  # of the call that was the last step

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
        if self._values.get(ECHOED) and not self._values.get(CALLED):
            return Echo(values=self._kept())
        exchange = self._closing or Exchange(step=self._before)
        return Done(exchange=exchange, values=self._kept() | {ANSWERS: {}})

    def _taken(self, step: Step) -> str | Result:
        """Take one step: give the next one's name, or what the attempt ends with."""
        self._reading.begin_step(everything_now=isinstance(step.does, Pause))
        filler = self._filler(step)
        try:
            if not hold(step.when, filler.condition):
                self._say(step, "skipped")
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
        self._say(step, f"goes on at {goto}")
        return goto

    def _paused(self, step: Step, pause: Pause, filler: Filler) -> str | Result:
        now = self._now()
        began = self._values.get(SINCE, {}).get(step.name)
        since = datetime.fromisoformat(began) if began else now
        match look(pause, since, now, filler.condition):
            case Until(moment):
                if not began:
                    self._say(step, "waits")
                self._values[SINCE] = {step.name: since.isoformat()}
                return Waiting(until=moment, step=step.name, values=self._kept())
            case Waited.ENOUGH:
                self._say(step, "waited")
                return self._next(step)
        # A retry by hand waits anew.
        self._values[SINCE] = {}
        if pause.on_timeout.fails:
            return self._failed(step, Permanent(error=f"waited {pause.timeout_s} s in vain"))
        self._say(step, f"waited {pause.timeout_s} s in vain")
        return pause.on_timeout.goto or self._next(step)

    def _picked(self, step: Step, picking: Picking) -> str | Result:
        answers = self._values.get(ANSWERS, {})
        source = picking.source or self._values.get(LAST, "")
        if source not in answers:
            self._say(step, "there is no answer to read")
        try:
            found = pick(picking, answers.get(source, ""))
            self._values[step.name] = {key: mended(value) for key, value in found.items()}
            self._used(step, picking)
        except (ValueMissing, Refused) as error:
            return self._failed(step, Permanent(error=str(error)))
        self._say(step, f"found {', '.join(key for key in found if found[key]) or 'nothing'}")
        return self._next(step)

    def _used(self, step: Step, picking: Picking) -> None:
        """Use values for what they are set; once used they may be used again without effect."""
        told = self._reading.told
        speaker = self._partner_id or told.partner_id
        for picked in picking.values:
            value = self._values[step.name][picked.name]
            if not value.strip():
                continue
            if picked.set is Use.REFERENCE:
                self._desk.acknowledge(told, speaker, value)
            elif picked.set is Use.NOTE:
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
            self._say(step, "echo")
            self._values[ECHOED] = True
            return self._next(step)
        self._arrive(step)
        self._values[CALLED] = True
        answered = kind.perform(step, self._situation(step, filler))
        if isinstance(answered, Answered):
            return self._went_well(step, answered)
        if isinstance(answered, Transient) and target != self._delivery.partner_id:
            # A mail server that is away says nothing about the partner whose stream this is.
            answered = replace(answered, of_partner=False)
        return self._failed(step, answered)

    def _went_well(self, step: Step, answered: Answered) -> str:
        exchange = _of(step, answered.exchange)
        status = f" {exchange.status}" if exchange.status is not None else ""
        self._say(step, f"ok{status}")
        following = self._next(step)
        if following == END:
            self._closing = exchange
            return END
        self._values[LAST] = step.name
        if self._is_read(step):
            self._values[ANSWERS] = {
                **self._values.get(ANSWERS, {}),
                step.name: mended(answered.body),
            }
        self._write(exchange, following)
        return following

    def _failed(self, step: Step, failure: Transient | Permanent) -> str | Result:
        """Judge a failure: the process may go on after the last try of its step."""
        self._arrive(step)
        self._say(step, failure.error)
        if failure.values:
            self._values[KEPT] = {step.name: dict(failure.values)}
        exchange = _of(step, failure.exchange)
        if isinstance(failure, Permanent) and self._process.retry.all_errors:
            failure = Transient(error=failure.error, of_partner=False)
        if isinstance(failure, Transient):
            failure = replace(failure, retry=self._process.retry)
        if self._is_last(failure) and not step.on_error.fails:
            return self._went_on(step, step.on_error, exchange, failure.error)
        return replace(failure, exchange=exchange, values=self._kept())

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
            exchange, following=following, values=self._kept(), failure=failure
        )
        self._written, self._tries = following, 0

    def _next(self, step: Step) -> str:
        return step.next or self._process.after(step)

    def _is_read(self, step: Step) -> bool:
        """Tell whether a later step may read what this one is answered."""
        place = self._process.steps.index(step)
        return any(
            isinstance(later.does, Picking) and later.does.source in ("", step.name)
            for later in self._process.steps[place + 1 :]
        )

    def _filler(self, step: Step) -> Filler:
        facts = Facts(
            names=self._reading.names,
            process=self._process,
            field=self._reading.field,
            form=self._reading.form,
            event=self._reading.event(lambda: self._tries + 1),
            values=known_values(self._values, self._process),
            log=lambda: "\n".join(self._log),
            files=self._reading.files,
        )
        return Filler(facts, step, lambda text: self._say(step, text))

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
            files=self._reading.files,
            partner_id=self._partner_id,
            hold=self._progress.hold,
            masked=lambda: filler.masked,
            kept=self._values.get(KEPT, {}).get(step.name, {}),
        )

    def _now(self) -> datetime:
        """Give the present by the database's clock."""
        return self._delivery.now + timedelta(seconds=clock.monotonic_s() - self._began_s)

    def _say(self, step: Step, text: str) -> None:
        line = f"{self._now():%Y-%m-%dT%H:%M:%SZ} {step.name}: {mended(text)}"
        self._log.append(line[:_LOG_LENGTH])
        del self._log[:-_LOG_LINES]

    def _kept(self) -> dict[str, Any]:
        return {**self._values, LOG: list(self._log)}


def _of(step: Step, exchange: Exchange) -> Exchange:
    """Give an exchange as the database can keep it."""
    return replace(
        exchange,
        step=step.name,
        request=None if exchange.request is None else mended(exchange.request),
        answer=None if exchange.answer is None else mended(exchange.answer),
    )
