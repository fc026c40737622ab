"""Where in a process file something is wrong: the line, for people who read along.

The reader of TOML knows no lines once it has read; these are found in the text, and only shown.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gateway.delivery.process_table import Problem

_HEADER = re.compile(
    r"[ \t]{0,20}\[{1,2}[ \t]{0,20}([A-Za-z0-9_.-]{1,200})[ \t]{0,20}\]{1,2}[ \t]{0,20}(?:#.*)?"
)
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*(?:\.[^=]*)?=""")
_NAME = re.compile(r"""\s*name\s*=\s*["']([^"']*)["']""")
_PLACE = re.compile(r"\(at line (\d+),")
_NUMBER = re.compile(r"number (\d+)")
_STEP = "step"


def line_of(problem: Problem, source: str) -> int | None:
    """Give the line a problem is at, from 1 on; None: nobody can tell."""
    told = _PLACE.search(problem.sentence)
    if told is not None:
        return int(told[1])
    lines = source.splitlines()
    if problem.step:
        return _in_step(problem, lines)
    table, _, key = problem.key.rpartition(".")
    return _within(lines, _table(lines, table), _first(key)) or _header(lines, problem.key)


def _in_step(problem: Problem, lines: Sequence[str]) -> int | None:
    for block in _steps(lines):
        names = (_NAME.match(lines[at]) for at in block)
        called = next((found[1] for found in names if found), None)
        numbered = _NUMBER.fullmatch(problem.step)
        if called == problem.step or (numbered and block == _nth(lines, int(numbered[1]))):
            return _within(lines, block, _first(problem.key)) or block.start + 1
    return None


def _steps(lines: Sequence[str]) -> Iterator[range]:
    """Give the lines of each step, its own tables included."""
    starts = [at for at, line in enumerate(lines) if _called(line) == _STEP]
    yield from (
        range(start, end) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    )


def _nth(lines: Sequence[str], number: int) -> range | None:
    blocks = list(_steps(lines))
    return blocks[number - 1] if 0 < number <= len(blocks) else None


def _table(lines: Sequence[str], name: str) -> range:
    """Give the lines of a table; without a name those before the first one."""
    headers = [(at, _called(line)) for at, line in enumerate(lines) if _called(line)]
    for (start, called), (end, _) in pairwise([(0, ""), *headers, (len(lines), "")]):
        if called == name:
            return range(start, end)
    return range(0)


def _within(lines: Sequence[str], block: range, key: str) -> int | None:
    for at in block:
        found = _KEY.match(lines[at])
        if found and found[1] == key:
            return at + 1
        if _called(lines[at]) == f"{_STEP}.{key}":
            return at + 1
    return None


def _header(lines: Sequence[str], name: str) -> int | None:
    """Give the line at which the table begins that a key is, or would be, in."""
    while name:
        for at, line in enumerate(lines):
            if _called(line) == name:
                return at + 1
        name = name.rpartition(".")[0]
    return None


def _called(line: str) -> str:
    found = _HEADER.fullmatch(line)
    return found[1] if found else ""


def _first(key: str) -> str:
    return re.split(r"[.\[]", key, maxsplit=1)[0]
