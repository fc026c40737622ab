"""A table of a process file while it is read: what is wrong with it is told by step and key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.process import seconds

_LONGEST_S = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a process."""

    step: str  # empty: of the process itself
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{f'step {self.step}: ' if self.step else ''}{self.key}: {self.sentence}"


@dataclass(slots=True)
class Table:
    """A table being read: keys are taken one by one, and what is left over is a problem."""

    content: Mapping[str, Any]
    problems: list[Problem]
    step: str = ""
    path: str = ""  # of the table in its step, with a dot at the end
    taken: set[str] = field(default_factory=set)

    def wrong(self, key: str, sentence: str) -> None:
        """Tell what is wrong with a key."""
        self.problems.append(Problem(self.step, f"{self.path}{key}", sentence))

    def take(self, key: str, form: type | tuple[type, ...], called: str) -> Any:
        """Take a value of a type; None if it is not there, or is another."""
        self.taken.add(key)
        value = self.content.get(key)
        fits = isinstance(value, form) and (form is bool or not isinstance(value, bool))
        if value is not None and not fits:
            self.wrong(key, f"must be {called}")
            return None
        return value

    def text(self, key: str, default: str = "", *, needed: bool = False) -> str:
        """Take a text."""
        value: str | None = self.take(key, str, "a text")
        if needed and (value is None or not value.strip()):
            self.need(key)
        return default if value is None else value

    def matching(self, key: str, pattern: re.Pattern[str], *, called: str) -> str:
        """Take a text of a form."""
        value = self.text(key, needed=True)
        if value and not pattern.fullmatch(value):
            self.wrong(key, f"must be {called}")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str = "") -> str:
        """Take one of some texts; without a default it is required."""
        value = self.text(key, default, needed=not default)
        if value and value not in choices:
            self.wrong(key, f"must be one of {', '.join(choices)}")
            return default or choices[0]
        return value or choices[0]

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Take true or false."""
        value = self.take(key, bool, "true or false")
        return default if value is None else bool(value)

    def number(self, key: str, default: float, lowest: float, highest: float) -> float:
        """Take a number within limits."""
        value = self.take(key, (int, float), "a number")
        if value is None:
            return default
        if not lowest <= value <= highest:
            self.wrong(key, f"must be between {lowest:g} and {highest:g}")
        return float(value)

    def duration(self, key: str, default: int | None, *, longest: int = _LONGEST_S) -> int | None:
        """Take a duration, in seconds; zero is none."""
        value = self.take(key, str, "a duration like 30s, 1m, 4h, 2d")
        if value is None:
            return default
        found = seconds(value)
        if not found:
            self.wrong(key, "must be a duration like 30s, 1m, 4h, 2d")
        elif found > longest:
            self.wrong(key, f"must be at most {longest} s")
        return found or default

    def table(self, key: str) -> Mapping[str, Any]:
        """Take a table."""
        value: Mapping[str, Any] | None = self.take(key, dict, "a table")
        return {} if value is None else value

    def texts(self, key: str) -> Mapping[str, str]:
        """Take a table of texts."""
        values = self.table(key)
        for name, value in values.items():
            if not isinstance(value, str):
                self.wrong(f"{key}.{name}", "must be a text")
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def tables(self, key: str, *, needed: bool = False) -> "list[Table]":
        """Take a list of tables."""
        value = self.take(key, list, "a list of tables")
        if needed and not value:
            self.need(key)
        found = []
        for place, each in enumerate(value or (), 1):
            if isinstance(each, dict):
                where = f"{self.path}{key}[{place}]."
                found.append(Table(each, self.problems, self.step, where))
            else:
                self.wrong(f"{key}[{place}]", "must be a table")
        return found

    def end(self) -> None:
        """Tell of every key that nobody asked for."""
        for key in self.content.keys() - self.taken:
            self.wrong(key, "unknown key")

    def need(self, key: str) -> None:
        """Tell that a key is required, unless it was found to be wrong before."""
        if not any(each.key == f"{self.path}{key}" and each.step == self.step
                   for each in self.problems):  # fmt: skip
            self.wrong(key, "is required")
