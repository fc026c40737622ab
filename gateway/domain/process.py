"""Delivery processes: what is done, step by step, so that a partner hears of an event.

The words are those of the SSP7 contract, section 11.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from gateway.errors import NotFound

END = "end"  # as `next` or `goto`: no step follows
MOST_STEPS = 50
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Kind(StrEnum):
    """What a step does."""

    SOAP = "soap"
    HTTP = "http"
    MAIL = "mail"
    MAP = "map"  # takes values out of the answer of a call
    WAIT = "wait"  # sleeps without holding a worker
    DECIDE = "decide"  # goes on at another step


CALLING = frozenset({Kind.SOAP, Kind.HTTP, Kind.MAIL})


class Operator(StrEnum):
    """How the two sides of a condition are compared."""

    EQUAL = "="
    DIFFERENT = "!="
    MORE = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="
    EMPTY = "empty"
    FILLED = "not empty"
    CONTAINS = "contains"
    IN = "in"  # the right side is a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One comparison; placeholders may stand on both sides."""

    left: str
    op: Operator
    right: tuple[str, ...] = ("",)  # more than one only for `in`


@dataclass(frozen=True, slots=True)
class Conditions:
    """Comparisons that must all hold, or (``any``) of which one is enough; none at all hold."""

    of: tuple[Condition, ...] = ()
    any: bool = False


@dataclass(frozen=True, slots=True)
class Fallback:
    """What follows when a step failed for the last time, or a wait took too long."""

    fails: bool = True
    goto: str = ""  # empty: the step after this


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a ``decide`` step goes on when its conditions hold."""

    when: Conditions
    goto: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a ``decide`` step does: the first rule that holds counts."""

    rules: tuple[Rule, ...]
    otherwise: str = ""  # empty: the step after this


class Reader(StrEnum):
    """How a value is found in an answer."""

    XPATH = "xpath"
    JSONPATH = "jsonpath"
    TEXT = "text"  # the whole body


class Use(StrEnum):
    """What a value is for, beside later placeholders."""

    REFERENCE = "external_reference"  # an acknowledgement by the partner
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A value that is taken out of an answer."""

    name: str
    type: Reader
    path: str = ""
    required: bool = False
    set: Use | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picking:
    """What a ``map`` step does."""

    source: str = ""  # the step that called; empty: the last call
    namespaces: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    values: tuple[Picked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What a ``wait`` step does: it waits for conditions, or for a time."""

    until: Conditions | None = None
    for_s: int = 0
    check_s: int = 60
    timeout_s: int = 86_400
    on_timeout: Fallback = Fallback()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a process."""

    name: str
    kind: Kind
    when: Conditions = Conditions()  # else it is skipped
    next: str = ""  # a later step, or END; empty: the one after this
    timeout_s: float | None = None  # of one call
    on_error: Fallback = Fallback()
    inputs: Mapping[str, str] = field(default_factory=lambda: _NOTHING)  # beside the process's own
    keys: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)  # of a kind that calls
    does: Decision | Picking | Pause | None = None  # of a kind that calls nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When a failed try is repeated; the defaults are those of the processes' contract."""

    count: int = 16  # further tries
    first_delay_s: float = 30.0
    factor: float = 2.0
    maximum_s: float = 36_000.0
    jitter: float = 0.2
    all_errors: bool = False  # those that no repetition heals too


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One version of a process; never changed once stored."""

    name: str
    version: int
    title: str = ""
    partner: str = ""  # its code; empty: none
    strict: bool = False  # a placeholder without value fails its step
    log_public: bool = False  # who may read the ticket may read the log
    retry: Retry = Retry()
    inputs: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step:
        """Give a step; the first one for an empty name.

        Raises:
            NotFound: there is none of this name.
        """
        if not name:
            return self.steps[0]
        for each in self.steps:
            if each.name == name:
                return each
        raise NotFound(f"the process has no step {name}", field="step")

    def after(self, step: Step) -> str:
        """Give the name of the step that stands behind this one; END behind the last."""
        place = self.steps.index(step) + 1
        return self.steps[place].name if place < len(self.steps) else END


def seconds(duration: str) -> int | None:
    """Read a duration like ``30s``, ``1m``, ``4h``, ``2d``; None if it is not one."""
    found = _DURATION.fullmatch(duration)
    return int(found[1]) * _SECONDS[found[2]] if found else None
