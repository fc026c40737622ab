"""One delivery for people: its facts, every attempt with both sides, its log."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from gateway.cli.output import show
from gateway.usecases.ports import AttemptRow, DeliveryRow, State

_INDENT = "    "


def show_sheet(row: DeliveryRow, attempts: Sequence[AttemptRow], log: Sequence[str]) -> None:
    """Write all of a delivery; scripts ask for JSON."""
    show([{"field": key, "value": value} for key, value in asdict(row).items()], as_json=False)
    for attempt in attempts:
        click.echo("\n" + "\n".join(_try(attempt)))
    if log:
        click.echo("\n" + "\n".join(["log", *(f"{_INDENT}{line}" for line in log)]))


def ways_out(row: DeliveryRow) -> Iterator[str]:
    """Say what may be done about a delivery that does not go on."""
    if row.behind is not None:
        yield f"It waits for an earlier one: ticket-gateway deliveries show {row.behind}"
    if row.state != State.FAILED:
        return
    if row.blocks:
        yield "Later ones of its subject wait for it."
    yield f"Put the cause right, then: ticket-gateway deliveries retry {row.id}"
    yield f"Or give it up: ticket-gateway deliveries discard {row.id} --reason TEXT"
    if row.blocks:
        yield f"Or let later ones pass: ticket-gateway partners set {row.partner} on_dead=skip"


def _try(attempt: AttemptRow) -> Iterator[str]:
    facts = [f"attempt {attempt.n}", f"{attempt.started:%Y-%m-%d %H:%M:%S} UTC"]
    facts += [f"step {attempt.step}"] if attempt.step else []
    facts += [attempt.outcome]
    facts += [f"status {attempt.status}"] if attempt.status is not None else []
    facts += [f"{attempt.duration_ms} ms"] if attempt.duration_ms is not None else []
    yield ", ".join(facts)
    if attempt.error:
        yield f"{_INDENT}{attempt.error}"
    for title, side in (("request", attempt.request), ("answer", attempt.answer)):
        if side:
            yield f"  {title}"
            yield from (f"{_INDENT}{line}" for line in side.splitlines())
