"""When agents are out of office: many entries at once, good ones applied, others told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from gateway.usecases import rights
from gateway.usecases.ports import Absence, AgentName, Call, Unit


class Remark(Enum):
    """What is said of an entry."""

    UNKNOWN = "not exactly one valid agent"  # skipped
    OVERRIDDEN = "a later entry is for the same agent"
    ENDS_BEFORE_START = "the end is before the start"
    WITHOUT_DATES = "switched on without start or end"

    @property
    def skips(self) -> bool:
        """Tell whether the entry was left out."""
        return self is Remark.UNKNOWN


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: for whom, and what."""

    line: int
    agent: AgentName
    absence: Absence


@dataclass(frozen=True, slots=True)
class Remarked:
    """An entry and what is said of it."""

    entry: Entry
    remark: Remark


def put(entries: Sequence[Entry], call: Call, unit: Unit) -> Sequence[Remarked]:
    """Write all entries whose agent is known, the last of each agent, and tell of the others.

    Raises:
        NotPermitted: the caller may not.
    """
    rights.require(call.principal, call.command)
    remarks: list[Remarked] = []
    if entries:
        known = unit.absences.find_agents({entry.agent for entry in entries})
        remarks += [Remarked(each, Remark.UNKNOWN) for each in entries if each.agent not in known]
        good = [each for each in entries if each.agent in known]
        last = {known[each.agent]: each for each in good}
        earlier = [each for each in good if last[known[each.agent]] is not each]
        remarks += [Remarked(each, Remark.OVERRIDDEN) for each in earlier]
        remarks += _written(last, unit)
    unit.messages.settle(call, None)
    return sorted(remarks, key=lambda remarked: remarked.entry.line)


def _written(last: dict[int, Entry], unit: Unit) -> Iterator[Remarked]:
    if not last:
        return
    now = unit.absences.put({id_: entry.absence for id_, entry in last.items()})
    for id_, entry in last.items():
        if (remark := _remark(entry.absence, now[id_])) is not None:
            yield Remarked(entry, remark)


def _remark(sent: Absence, now: Absence) -> Remark | None:
    if now.start is None or now.end is None:
        return Remark.WITHOUT_DATES if now.away else None
    # Who only switches off is not told of days that were wrong before.
    spoken = now.away or sent.start is not None or sent.end is not None
    return Remark.ENDS_BEFORE_START if spoken and now.end < now.start else None
