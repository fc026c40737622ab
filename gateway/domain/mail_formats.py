"""What a mail says about tasks and tickets: the operator's templates, and reading with them.

Templates, never regular expressions: what an operator writes cannot take a mail hours to read.
Every pattern made of them is bounded or possessive.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

LABEL, VALUE = "LABEL", "[[Value]]"  # settings see to it that a tag format has both
_LONGEST_LINE = 2_000  # characters of a line that are looked at
_MOST_QUOTED = 5_000  # quoted lines that are looked at
_MOST_TAGS = 100
_BLANK = r"[ \t\xa0]"
# SSP7 contract, 13.1: what each placeholder may hold.
PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "{task}": r"(?P<value>[0-9]{1,10})(?![0-9])",
        "{ticket}": r"(?P<value>[A-Za-z0-9-]{1,50})(?![A-Za-z0-9-])",
        "{ref}": rf"(?P<value>\S(?:[^\n]{{0,98}}\S)?){_BLANK}*+$",
        "{hash}": r"(?P<value>\S{1,200})(?!\S)",
    }
)


class Marker(StrEnum):
    """What a marker says of the text behind it."""

    CLOSED = "the partner closed the task, with this solution"
    SOLUTION = "the partner is ready, with this solution"
    UPDATE = "an update text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How numbers, hashes, markers, separators and tags are written in mails to one address."""

    tasks: tuple[str, ...] = ("TaskId: {task}",)
    tickets: tuple[str, ...] = ("TicketId: {ticket}",)
    references: tuple[str, ...] = ("[[ExternalId]]: {ref}", "ExternalId: {ref}")
    hashes: tuple[str, ...] = ("HashCheck: {hash}",)
    closed: tuple[str, ...] = ("Closed:",)
    solutions: tuple[str, ...] = ("Solution:",)
    updates: tuple[str, ...] = ()
    separators: tuple[str, ...] = ("-----Original Message-----",)
    tag: str = "[[LABEL]]: [[Value]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a mail says; numbers are those of the first place that has any, each once."""

    tasks: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    hashes: tuple[str, ...] = field(default=(), repr=False)  # of all places: any may be the proof
    text: str = ""  # the new text without the lines that held a number or hash
    marked: Mapping[Marker, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: tuple[tuple[str, str], ...] = ()  # label and value, in the order of the mail
    lines: tuple[str, ...] = field(default=(), repr=False)  # the new text, but for hashes

    @property
    def ambiguous(self) -> bool:
        """Tell whether the mail names two different numbers of a kind in one place."""
        return any(len(found) > 1 for found in (self.tasks, self.tickets, self.references))


class MailReader:
    """Reads mails with the formats of one address; made once, used by any number of threads."""

    def __init__(self, formats: Formats) -> None:
        self._tasks = [_pattern(each, "{task}") for each in formats.tasks]
        self._tickets = [_pattern(each, "{ticket}") for each in formats.tickets]
        self._references = [_pattern(each, "{ref}") for each in formats.references]
        self._hashes = [_pattern(each, "{hash}") for each in formats.hashes]
        self._separators = [_opening(each) for each in formats.separators]
        self._markers = [
            (marker, _opening(text))
            for marker, texts in (
                (Marker.CLOSED, formats.closed),
                (Marker.SOLUTION, formats.solutions),
                (Marker.UPDATE, formats.updates),
            )
            for text in texts
        ]
        self._tag = _tag(formats.tag)
        self.needs_update_marker = bool(formats.updates)

    def read(self, subject: str, body: str) -> Reading:
        """Read a mail: subject, then new text, then quoted text (SSP7 contract, 13.2)."""
        new, quoted = self._parted(body.split("\n"))
        places = ([subject], new, quoted[:_MOST_QUOTED])
        numbers = (*self._tasks, *self._tickets, *self._references)
        shown = [line for line in new if not _any(self._hashes, line)]
        text = [line for line in shown if not _any(numbers, line)]
        return Reading(
            tasks=_first(self._tasks, places),
            tickets=_first(self._tickets, places),
            references=_first(self._references, places),
            hashes=_each(self._hashes, [line for place in places for line in place]),
            text=_joined(text),
            marked=self._marked(text),
            tags=self._tags(shown)[0],
            lines=tuple(shown),
        )

    def untagged(self, reading: Reading, known: Iterable[str]) -> str:
        """Give the new text of a mail without the tags of these labels, in small letters."""
        wanted = frozenset(known)
        tags, owners = self._tags(reading.lines)
        return _joined(
            line
            for line, owner in zip(reading.lines, owners, strict=True)
            if owner is None or tags[owner][0].casefold() not in wanted
        )

    def redacted(self, text: str) -> str:
        """Take the hashes out of a text: they stand in for a login, so they are not kept."""
        for pattern in self._hashes:
            text = pattern.sub(lambda hit: hit[0].replace(hit["value"], "***"), text)
        return text

    def _parted(self, lines: Sequence[str]) -> tuple[list[str], list[str]]:
        """Part new text from quoted: behind a separator all is quoted."""
        new: list[str] = []
        quoted: list[str] = []
        for number, line in enumerate(lines):
            if _starts(self._separators, line):
                return new, quoted + list(lines[number + 1 :])
            (quoted if line.lstrip().startswith(">") else new).append(line)
        return new, quoted

    def _marked(self, lines: Sequence[str]) -> Mapping[Marker, str]:
        """Give the text from each marker to the next; of the same marker the first counts."""
        found: dict[Marker, list[str]] = {}
        open_now: list[str] | None = None
        for line in lines:
            hit = self._marker(line)
            if hit is not None:
                marker, rest = hit
                open_now = [rest]
                found.setdefault(marker, open_now)
            elif open_now is not None:
                open_now.append(line)
        return {marker: _joined(text) for marker, text in found.items()}

    def _marker(self, line: str) -> tuple[Marker, str] | None:
        for marker, pattern in self._markers:
            if (hit := pattern.match(line)) is not None:
                return marker, line[hit.end() :].strip()
        return None

    def _tags(self, lines: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], list[int | None]]:
        """Give the tags, and for each line the number of the tag it belongs to."""
        tags: list[tuple[str, list[str]]] = []
        owners: list[int | None] = []
        for line in lines:
            hit = self._tag.match(line[:_LONGEST_LINE]) if len(tags) < _MOST_TAGS else None
            if hit is not None:
                tags.append((hit["label"].strip(), [hit["value"] + line[_LONGEST_LINE:]]))
            elif tags:
                tags[-1][1].append(line)
            owners.append(len(tags) - 1 if tags else None)
        return tuple((label, _joined(value)) for label, value in tags), owners


def _literal(text: str) -> str:
    """Write a fixed text as a pattern: a run of blanks stands for any run."""
    parts = re.split(r"[ \t\xa0]+", text)
    return f"{_BLANK}++".join(re.escape(part) for part in parts)


def _pattern(template: str, placeholder: str) -> re.Pattern[str]:
    before, _, behind = template.strip().partition(placeholder)
    # A word of the operator's is no end of a longer one.
    start = r"(?<![^\W_])" if before[:1].isalnum() else ""
    pattern = f"{start}{_literal(before)}{PLACEHOLDERS[placeholder]}{_literal(behind)}"
    return re.compile(pattern, re.IGNORECASE)


def _opening(text: str) -> re.Pattern[str]:
    return re.compile(f"{_BLANK}*+{_literal(text.strip())}", re.IGNORECASE)


def _tag(template: str) -> re.Pattern[str]:
    before, _, behind = template.strip().partition(VALUE)
    left, _, right = before.partition(LABEL)
    ending = rf"(?P<value>[^\n]*?){_literal(behind.strip())}{_BLANK}*$"
    return re.compile(
        f"{_BLANK}*+{_literal(left)}(?P<label>[^\\n\\[\\]]{{1,100}}?){_literal(right.rstrip())}"
        f"{_BLANK}*+" + (ending if behind.strip() else r"(?P<value>[^\n]*+)"),
        re.IGNORECASE,
    )


def _any(patterns: Iterable[re.Pattern[str]], line: str) -> bool:
    return any(pattern.search(line[:_LONGEST_LINE]) for pattern in patterns)


def _starts(patterns: Iterable[re.Pattern[str]], line: str) -> bool:
    return any(pattern.match(line[:_LONGEST_LINE]) for pattern in patterns)


def _first(patterns: Sequence[re.Pattern[str]], places: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Give what stands in the first place that holds any, each once."""
    return next((found for place in places if (found := _each(patterns, place))), ())


def _each(patterns: Sequence[re.Pattern[str]], lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_hits(patterns, lines)))


def _hits(patterns: Sequence[re.Pattern[str]], lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for pattern in patterns:
            for hit in pattern.finditer(line[:_LONGEST_LINE]):
                yield hit["value"]


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
