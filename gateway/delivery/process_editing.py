"""A process under somebody's hands: raised to its next version, read, and what is wrong is told."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from gateway.delivery.placeholders import Names
from gateway.delivery.process_check import Checker, wrong_with
from gateway.delivery.process_lines import line_of
from gateway.delivery.processes import Problem, ProcessUnfit, canonical, definition, read
from gateway.delivery.steps.step import StepKind
from gateway.domain.process import Kind
from gateway.usecases.processes import Draft, LoadProcess, Wrong

_VERSION = re.compile(
    r"^([ \t]*\[process\][ \t]*(?:#.*)?\n(?:(?![ \t]*\[).*\n)*?[ \t]*version[ \t]*=[ \t]*)[0-9_]+",
    re.MULTILINE,
)
_MOST_TOLD = 200  # of what is wrong: nobody reads more, and each is looked for in the text


@dataclass(frozen=True, slots=True)
class Editing:
    """Drafts of processes; what they are checked against is asked for when one is."""

    names: Callable[[], Names]
    performers: Callable[[], Mapping[Kind, StepKind]]

    def draft(self, name: str, version: int, source: str) -> Draft:
        """Read a text as the next version of a process; what it calls is not called."""
        raised = _VERSION.sub(rf"\g<1>{version}", source, count=1)
        try:
            process = read(raised)
        except ProcessUnfit as error:
            return Draft(source=raised, wrong=_told(error.problems, raised))
        other = []
        if process.name != name:
            other.append(Problem("", "process.name", f"must be {name}"))
        if process.version != version:
            other.append(Problem("", "process.version", "must be a line in the table [process]"))
        if other:
            return Draft(source=raised, wrong=_told(other, raised))
        content = definition(raised)
        found = wrong_with(process, Checker(self.names(), self.performers()))
        return Draft(
            source=raised,
            wrong=_told(found, raised),
            command=LoadProcess(
                process=process, source=raised, definition=content, canonical=canonical(content)
            ),
        )


def _told(problems: Iterable[Problem], source: str) -> tuple[Wrong, ...]:
    return tuple(
        Wrong(step=each.step, key=each.key, line=line_of(each, source), sentence=each.sentence)
        for each in islice(problems, _MOST_TOLD)
    )
