"""OutOfOffice: sets and removes the out-of-office times of agents (contract section 11)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gateway.dialects.znuny import absence_table
from gateway.dialects.znuny.absence_table import Skipped
from gateway.dialects.znuny.job import Job, entries
from gateway.dialects.znuny.refusals import Refused
from gateway.domain.people import AccountKind
from gateway.usecases import absences, rights
from gateway.usecases.absences import Entry, Remark, Remarked
from gateway.usecases.ports import Call, Unit

_TEXTS = {
    Remark.UNKNOWN: "Not exactly one valid agent is found.",
    Remark.OVERRIDDEN: "A later row is for the same agent.",
    Remark.ENDS_BEFORE_START: "The end is before the start.",
    Remark.WITHOUT_DATES: "Out of office is switched on without start or end.",
}


def put(job: Job) -> Mapping[str, Any]:
    """Apply the good ones of the entries, and tell of all others.

    Raises:
        Refused: the caller may not, or the entries cannot be read.
    """
    principal = job.login()
    if principal.kind is AccountKind.CUSTOMER:
        raise Refused("AuthFail", "User needs to be an agent.")
    if not rights.permits(principal, job.operation):
        raise Refused("AuthFail", "User needs to be in group admin.")
    return job.run(partial(_applied, _read(job)), principal)


def _read(job: Job) -> list[Entry | Skipped]:
    text = job.text(absence_table.CSV)
    if text:
        return absence_table.of_csv(text)
    listed = entries(job.value(absence_table.OBJECTS))
    if not listed:
        raise absence_table.missing()
    return absence_table.of_objects(listed)


def _applied(read: Sequence[Entry | Skipped], call: Call, unit: Unit) -> Mapping[str, Any]:
    good = [each for each in read if isinstance(each, Entry)]
    rows = [_row(each.line, each.user, each.reason) for each in read if isinstance(each, Skipped)]
    rows += map(_remarked, absences.put(good, call, unit))
    return {"Row": sorted(rows, key=lambda row: int(row["Line"])), "Success": 1}


def _remarked(remarked: Remarked) -> dict[str, Any]:
    agent, remark = remarked.entry.agent, remarked.remark
    user = agent.login or agent.email or agent.search
    status = "skipped" if remark.skips else "warning"
    return _row(remarked.entry.line, user, _TEXTS[remark], status)


def _row(line: int, user: str, message: str, status: str = "skipped") -> dict[str, Any]:
    return {"Line": line, "Message": message, "Status": status, "User": user}
