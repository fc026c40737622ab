"""What a delivery remembers from step to step and from try to try; it is kept with the delivery."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.domain.process import Picking, Process, Step
from gateway.text import mended

# Beside the values of map steps; no step may be called so.
LOG, ANSWERS, LAST, SINCE = "#log", "#answers", "#last", "#since"
CALLED, ECHOED = "#called", "#echoed"
KEPT = "#kept"  # by the kind of a step that failed, for its next try
_LOG_LINES, _LOG_LENGTH = 200, 300


def process_log(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the log of a delivery out of its step values, oldest line first."""
    return tuple(values.get(LOG, ()))


class Memory:
    """The step values of one delivery."""

    def __init__(
        self, process: Process, values: Mapping[str, Any], now: Callable[[], datetime]
    ) -> None:
        self._process = process
        self._values = dict(values)
        self._log = list(process_log(values))
        self._now = now

    def say(self, step: Step, text: str) -> None:
        """Write a line into the log."""
        line = f"{self._now():%Y-%m-%dT%H:%M:%SZ} {step.name}: {mended(text)}"
        self._log.append(line[:_LOG_LENGTH])
        del self._log[:-_LOG_LINES]

    @property
    def log(self) -> str:
        """The log as one text."""
        return "\n".join(self._log)

    @property
    def found(self) -> Mapping[str, Mapping[str, str]]:
        """What the map steps found, by step and name."""
        names = (step.name for step in self._process.steps)
        return {name: self._values[name] for name in names if name in self._values}

    def find(self, step: Step, found: Mapping[str, str]) -> Mapping[str, str]:
        """Remember what a map step found, as the database can keep it."""
        kept = {name: mended(value) for name, value in found.items()}
        self._values[step.name] = kept
        return kept

    def call(self) -> None:
        """Remember that somebody is called."""
        self._values[CALLED] = True

    def echo(self) -> None:
        """Remember that a call was left out, since it would have told its own news."""
        self._values[ECHOED] = True

    @property
    def is_echo(self) -> bool:
        """Nobody was called, since all there was to tell were echoes."""
        return bool(self._values.get(ECHOED)) and not self._values.get(CALLED)

    def hear(self, step: Step, body: str) -> None:
        """Remember an answer, if a later step may read it."""
        self._values[LAST] = step.name
        place = self._process.steps.index(step)
        if any(
            isinstance(later.does, Picking) and later.does.source in ("", step.name)
            for later in self._process.steps[place + 1 :]
        ):
            self._values[ANSWERS] = {**self._answers, step.name: mended(body)}

    def answer(self, picking: Picking) -> str | None:
        """Give the answer a map step reads; None: nobody gave it."""
        return self._answers.get(picking.source or self._values.get(LAST, ""))

    def waits_since(self, step: Step) -> datetime | None:
        """Tell since when a step waits; None: it did not wait yet."""
        began = self._values.get(SINCE, {}).get(step.name)
        return datetime.fromisoformat(began) if began else None

    def wait(self, step: Step, since: datetime) -> None:
        """Remember since when a step waits."""
        self._values[SINCE] = {step.name: since.isoformat()}

    def wait_anew(self) -> None:
        """Forget how long a step has waited: a retry by hand begins at zero."""
        self._values[SINCE] = {}

    def keep(self, step: Step, values: Mapping[str, Any]) -> None:
        """Remember what the kind of a failed step will ask for at its next try."""
        if values:
            self._values[KEPT] = {step.name: dict(values)}

    def kept(self, step: Step) -> Mapping[str, Any]:
        """Give what the kind of a step kept when it failed."""
        found: Mapping[str, Any] = self._values.get(KEPT, {}).get(step.name, {})
        return found

    def values(self) -> dict[str, Any]:
        """Give all of it."""
        return {**self._values, LOG: list(self._log)}

    def last_values(self) -> dict[str, Any]:
        """Give what stays when all is done: nobody reads the answers any more."""
        return self.values() | {ANSWERS: {}}

    @property
    def _answers(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self._values.get(ANSWERS, {})
        return found
