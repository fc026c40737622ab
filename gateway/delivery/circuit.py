"""The circuit of a partner: when everybody stops trying, who looks whether it is back.

::

    closed  --5 transient failures in a row-->  open for 5 s
    open    --its time is over-->               one probe
    probe   --fails-->                          open for twice as long, at most 5 min
    probe   --is answered-->                    closed
    120 h of nothing but failure                paused, until an operator resumes
"""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.usecases.ports import Circuit

FAILURES_TO_OPEN = 5
FIRST_PROBE_S = 5
SLOWEST_PROBE_S = 300
PAUSED_AFTER = timedelta(hours=120)


def failed(
    circuit: Circuit, now: datetime, *, probe: bool, retry_after_s: float | None = None
) -> Circuit:
    """Count a transient failure.

    What the partner asked for delays the next probe, but not beyond the slowest one: it was said
    about one message, and all others wait for the probe.
    """
    asked_s = min(retry_after_s or 0.0, SLOWEST_PROBE_S)
    since = circuit.failing_since or now
    after = replace(
        circuit,
        failures=circuit.failures + 1,
        failing_since=since,
        paused=circuit.paused or now - since >= PAUSED_AFTER,
    )
    if circuit.open_until is None:
        opens = after.failures >= FAILURES_TO_OPEN
        return _opened(after, now, FIRST_PROBE_S, asked_s) if opens else after
    # What was begun before the circuit opened says nothing new.
    return _opened(after, now, slower_s(circuit.probe_s), asked_s) if probe else after


def answered(circuit: Circuit) -> Circuit:
    """Forget the failures: the partner answers."""
    return Circuit(paused=circuit.paused)


def unanswered(circuit: Circuit, now: datetime) -> Circuit:
    """Let the next probe go: this one did not come to ask the partner."""
    return replace(circuit, open_until=now) if circuit.open_until is not None else circuit


def slower_s(probe_s: int) -> int:
    """Give the time to the next probe after one that failed."""
    return min(2 * probe_s, SLOWEST_PROBE_S)


def _opened(circuit: Circuit, now: datetime, probe_s: int, asked_s: float) -> Circuit:
    wait = timedelta(seconds=max(probe_s, asked_s))
    return replace(circuit, probe_s=probe_s, open_until=now + wait)
