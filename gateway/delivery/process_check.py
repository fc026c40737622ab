"""What is wrong with a process beyond its form: placeholders, paths, targets, operations."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gateway.delivery.placeholders import Names, unknown
from gateway.delivery.process_table import Problem
from gateway.delivery.steps.map import check
from gateway.delivery.steps.step import StepKind
from gateway.domain.process import CALLING, Kind, Picking, Process, Step


@dataclass(frozen=True, slots=True)
class Checker:
    """What a process is checked against."""

    names: Names
    performers: Mapping[Kind, StepKind]


def wrong_with(process: Process, checker: Checker) -> list[Problem]:
    """Tell everything that is wrong with a process that was read."""
    problems = [
        Problem("", f"inputs.{name}", f"nothing is known as {found}")
        for name, text in process.inputs.items()
        for found in unknown(text, process, checker.names)
    ]
    for step in process.steps:
        problems += _placeholders(step, process, checker.names)
        problems += _of_kind(step, process, checker)
    return problems


def _placeholders(step: Step, process: Process, names: Names) -> Iterator[Problem]:
    texts: dict[str, Any] = {**step.keys, "when": asdict(step.when)["of"], "inputs": step.inputs}
    if step.does is not None and not isinstance(step.does, Picking):
        texts["until" if step.kind is Kind.WAIT else "rules"] = asdict(step.does)
    for key, value in texts.items():
        for found in unknown(value, process, names):
            yield Problem(step.name, key, f"nothing is known as {found}")


def _of_kind(step: Step, process: Process, checker: Checker) -> Iterator[Problem]:
    if isinstance(step.does, Picking):
        for name, sentence in check(step.does).items():
            yield Problem(step.name, f"values.{name}.path", sentence)
    kind = checker.performers.get(step.kind)
    if kind is not None:
        for sentence in kind.check(step, process):
            key, _, rest = sentence.partition(": ")
            yield Problem(step.name, key, rest or sentence)
    elif step.kind in CALLING:
        yield Problem(step.name, "kind", f"no {step.kind} calls are made here")
