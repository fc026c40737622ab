"""The table of out-of-office entries, as CSV or as objects (contract section 11)."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.dialects.znuny.refusals import Refused
from gateway.usecases.absences import Entry
from gateway.usecases.ports import Absence, AgentName

CSV = "OutOfOfficeEntriesCSVString"
OBJECTS = "OutOfOfficeEntries"
_MOST_BYTES = 4 * 1024 * 1024
_MOST_ROWS = 10_000
_MOST_COLUMNS = 32
_LONGEST_CELL = 1024
_FLAGS = {
    **dict.fromkeys(("yes", "1", "true", "on"), True),
    **dict.fromkeys(("no", "0", "false", "off"), False),
}
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T].*)?", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?:[ T].*)?", re.ASCII),
)
# What an entry needs: the first of the columns that is there is meant.
_LOGIN = ("userlogin",)
_EMAIL = ("useremail", "email")
_SEARCH = ("usersearch",)
_START = ("startdate", "starttime")
_END = ("enddate", "endtime")
_FLAG = ("outofoffice", "enabled")
# The source's list prints it in the place of the start.
_MISPRINTED_START = "enddata"

Row = Mapping[str, str]  # cells by their column in lower case


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that cannot be applied."""

    line: int
    user: str
    reason: str


def of_csv(text: str) -> list[Entry | Skipped]:
    """Read the rows below a header.

    Raises:
        Refused: no CSV, too much of it, or a column is missing.
    """
    if len(text.encode()) > _MOST_BYTES:
        raise _unreadable(1)
    rows = _rows(text.removeprefix("\ufeff"))
    header = next(rows, None)
    columns = [] if header is None else [name.strip().lower() for name in header[1]]
    _require(columns)
    found = [_entry(line, _by_column(columns, cells)) for line, cells in rows]
    if not found:
        raise _wrong(f"CSV in parameter {CSV} does not contain any entries.")
    return found


def of_objects(listed: Sequence[Any]) -> list[Entry | Skipped]:
    """Read entries that are objects, numbered from 1.

    Raises:
        Refused: one is no object, or there are too many.
    """
    if len(listed) > _MOST_ROWS or not all(isinstance(each, Mapping) for each in listed):
        raise _wrong(f"Parameter {OBJECTS} is no list of at most {_MOST_ROWS} objects.")
    return [_entry(line, _cells(each)) for line, each in enumerate(listed, 1)]


def missing() -> Refused:
    """Give the refusal of a request without entries."""
    return _wrong(f"Parameter {CSV} is missing.")


# -- CSV --------------------------------------------------------------------------------------


class _Lines:
    """Lines for the reader of CSV: between rows, blank ones and those with # are left out."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.number = 0
        self.begun = 0  # line on which the row begins; 0: it has not

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if self.begun or not (line.strip() == "" or line.startswith("#")):
                self.begun = self.begun or self.number
                yield line


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the number of the line on which it begins."""
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True)
    for count in range(_MOST_ROWS + 2):
        lines.begun = 0
        try:
            cells = next(reader, None)
        except csv.Error:
            raise _unreadable(lines.begun or lines.number) from None
        if cells is None:
            return
        longest = max(map(len, cells), default=0)
        if len(cells) > _MOST_COLUMNS or longest > _LONGEST_CELL or count > _MOST_ROWS:
            raise _unreadable(lines.begun)
        yield lines.begun, cells


def _by_column(columns: Sequence[str], cells: Sequence[str]) -> Row:
    # Of two columns of one name the first counts; cells without a column do not.
    pairs = list(zip(columns, cells, strict=False))
    return {name: cell.strip() for name, cell in reversed(pairs)} | dict.fromkeys(
        columns[len(cells) :], ""
    )


def _require(columns: Sequence[str]) -> None:
    agent, start = (*_LOGIN, *_EMAIL, *_SEARCH), (*_START, _MISPRINTED_START)
    for wanted, name in (
        (agent, "UserLogin"),
        (start, "StartDate"),
        (_END, "EndDate"),
        (_FLAG, "OutOfOffice"),
    ):
        if not any(column in columns for column in wanted):
            raise _wrong(f"Header needs {name}.")


# -- rows -------------------------------------------------------------------------------------


def _cells(sent: Mapping[str, Any]) -> Row:
    return {
        name.lower(): value.strip() if isinstance(value, str) else "?"
        for name, value in sent.items()
    }


def _entry(line: int, row: Row) -> Entry | Skipped:
    agent = AgentName(
        login=_first(row, _LOGIN), email=_first(row, _EMAIL), search=_first(row, _SEARCH)
    )
    user = agent.login or agent.email or agent.search
    away = _FLAGS.get(_first(row, _FLAG).lower())
    if not user:
        return Skipped(line, user, "No agent is named.")
    if away is None:
        return Skipped(line, user, "The flag is neither yes nor no.")
    start = _START if any(name in row for name in _START) else (_MISPRINTED_START,)
    try:
        absence = Absence(away, _date(_first(row, start)), _date(_first(row, _END)))
    except ValueError:
        return Skipped(line, user, "A date is not valid.")
    return Entry(line, agent, absence)


def _first(row: Row, columns: Sequence[str]) -> str:
    return next((row[name] for name in columns if name in row), "")


def _date(text: str) -> date | None:
    if not text:
        return None
    for form in _DATES:
        if (match := form.fullmatch(text)) is not None:
            return date(**{part: int(digits) for part, digits in match.groupdict().items()})
    raise ValueError("no date")


def _unreadable(line: int) -> Refused:
    return _wrong(f"Error while parsing CSV string of parameter {CSV}, line {line}.")


def _wrong(text: str) -> Refused:
    return Refused("WrongInputStructure", text)
