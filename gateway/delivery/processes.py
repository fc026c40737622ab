"""Processes as TOML files: read whole, with everything that is wrong told by step and key."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gateway.delivery.process_steps import inputs_of, step_of
from gateway.delivery.process_table import Problem, Table
from gateway.domain.process import (
    END,
    MOST_STEPS,
    Decision,
    Fallback,
    Pause,
    Picking,
    Process,
    Retry,
    Step,
)
from gateway.text import is_text

__all__ = ["Problem", "ProcessUnfit", "canonical", "definition", "read"]

FORMAT = 1
_NAME = re.compile(r"[a-z0-9-]{1,60}")


class ProcessUnfit(Exception):
    """A text that is no process; ``problems`` are all there are."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(each) for each in problems))


def read(source: str) -> Process:
    """Read a process.

    Raises:
        ProcessUnfit: with everything that is wrong.
    """
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ProcessUnfit([Problem("", "file", f"not TOML: {error}")]) from None
    except RecursionError:
        raise ProcessUnfit([Problem("", "file", "nested too deep")]) from None
    problems: list[Problem] = []
    if not _is_text(document):
        raise ProcessUnfit([Problem("", "file", "a character that is no text")])
    process = _process(Table(document, problems))
    if problems:
        raise ProcessUnfit(problems)
    return process


def _is_text(value: Any) -> bool:
    match value:
        case str():
            return is_text(value)
        case dict():
            return all(_is_text(each) for pair in value.items() for each in pair)
        case list():
            return all(_is_text(each) for each in value)
        case _:
            return True


def definition(source: str) -> Mapping[str, Any]:
    """Give the content of a process that was read before, without layout and comments."""
    return tomllib.loads(source)


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write a content so that the same one is the same bytes."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False).encode()


def _process(document: Table) -> Process:
    if document.take("format", int, f"{FORMAT}") != FORMAT:
        document.wrong("format", f"must be {FORMAT}")
    head = Table(document.table("process"), document.problems, path="process.")
    steps = _steps(document.take("step", list, "a list of tables"), document)
    document.end()
    version = head.take("version", int, "a whole number")
    if version is None or not 0 < version < 2**31:
        head.wrong("version", "must be a whole number from 1 on")
    process = Process(
        name=head.matching("name", _NAME, called="1 to 60 of a-z 0-9 -"),
        version=version or 0,
        title=head.text("title"),
        partner=head.text("partner"),
        strict=head.flag("strict"),
        log_public=head.flag("log_public"),
        retry=_retry(Table(head.table("retry"), head.problems, path="process.retry.")),
        inputs=inputs_of(head),
        steps=steps,
    )
    head.end()
    _judge_names(process, document)
    return process


def _retry(table: Table) -> Retry:
    plain = Retry()
    retry = Retry(
        count=int(table.number("count", plain.count, 0, 1000)),
        first_delay_s=table.duration("first_delay", None) or plain.first_delay_s,
        factor=table.number("factor", plain.factor, 1, 10),
        maximum_s=table.duration("maximum", None) or plain.maximum_s,
        jitter=table.number("jitter", plain.jitter, 0, 1),
        all_errors=table.choice("retry_on", ("transient", "all"), "transient") == "all",
    )
    table.end()
    return retry


def _steps(found: list[Any] | None, document: Table) -> tuple[Step, ...]:
    if not found:
        document.wrong("step", "at least one step is required")
        return ()
    if len(found) > MOST_STEPS:
        document.wrong("step", f"at most {MOST_STEPS} steps, {len(found)} found")
    tables = []
    for place, each in enumerate(found[:MOST_STEPS], 1):
        if isinstance(each, dict):
            name = each.get("name")
            called = name if isinstance(name, str) and name else f"number {place}"
            tables.append(Table(each, document.problems, called))
        else:
            document.wrong(f"step[{place}]", "must be a table")
    return tuple(step_of(table) for table in tables)


def _judge_names(process: Process, document: Table) -> None:
    """Judge what one step says of others: names are unique, and jumps go forward."""
    places: dict[str, int] = {}
    for name, count in Counter(step.name for step in process.steps if step.name).items():
        if count > 1:
            document.problems.append(Problem(name, "name", f"{count} steps have this name"))
    for place, step in enumerate(process.steps):
        places.setdefault(step.name, place)
    for place, step in enumerate(process.steps):
        for key, goto in _jumps(step):
            sentence = _jump_problem(goto, place, places)
            if sentence:
                document.problems.append(Problem(step.name, key, sentence))
        document.problems += _picking_problems(step, place, process, places)


def _jumps(step: Step) -> Iterator[tuple[str, str]]:
    yield "next", step.next
    yield "on_error", step.on_error.goto
    match step.does:
        case Decision(rules=rules, otherwise=otherwise):
            yield from ((f"rules[{n}].goto", rule.goto) for n, rule in enumerate(rules, 1))
            yield "otherwise", otherwise
        case Pause(on_timeout=Fallback(goto=goto)):
            yield "on_timeout", goto


def _jump_problem(goto: str, place: int, places: Mapping[str, int]) -> str:
    if goto in ("", END):
        return ""
    if goto not in places:
        return f"there is no step {goto}"
    return "" if places[goto] > place else f"{goto} is no later step"


def _picking_problems(
    step: Step, place: int, process: Process, places: Mapping[str, int]
) -> Iterator[Problem]:
    if not isinstance(step.does, Picking):
        return
    source = step.does.source
    if source and places.get(source, place) >= place:
        yield Problem(step.name, "from", f"there is no earlier step {source}")
    elif source and process.steps[places[source]].does is not None:
        yield Problem(step.name, "from", f"{source} calls nobody")
    for name, count in Counter(each.name for each in step.does.values).items():
        if count > 1:
            yield Problem(step.name, "values", f"{count} values are called {name}")
