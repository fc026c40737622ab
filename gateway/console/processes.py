"""Delivery processes: the list, each version as the TOML it was loaded from, and the next one."""

from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

from gateway.console.answers import Gone, Shown
from gateway.console.forms import SEEN, mark
from gateway.console.visit import Address, Visit
from gateway.errors import BrokenRule, NotFound, WrongState
from gateway.usecases import processes
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.processes import Draft, LoadProcess, Wrong

_SAVE = "save"
_LONGEST_SOURCE = 250_000
_MOST_LINES = 4000  # of a difference: its reckoning grows with the square


def index(visit: Visit) -> Shown:
    """List the processes by name."""
    after, most = visit.asked("after"), visit.most()
    every = visit.administer("ShowProcesses", processes.show_all)
    left = [each for each in every if str(each["name"]) > after]
    more = len(left) > most
    return Shown(
        template="processes.html",
        data={
            "processes": left[:most],
            "next": visit.link(after=str(left[most - 1]["name"])) if more else None,
        },
        rows="processes",
    )


def show(visit: Visit, name: str) -> Shown:
    """Show a version of a process with its source; without a number the active one."""
    version = visit.number("version")

    def work(unit: AdministrationUnit) -> tuple[dict[str, Any], str, int | None, str]:
        process = processes.show(name, version, unit)
        before = max((n for n in process["versions"] if n < process["version"]), default=None)
        older = "" if before is None else processes.export(name, before, unit)
        return process, processes.export(name, version, unit), before, older

    process, source, before, older = visit.administer("ShowProcesses", work)
    return Shown(
        template="process.html",
        data={
            "process": process,
            "source": source,
            "diff": [] if before is None else _difference(older, source),
        },
        more={"before": before, "may_save": visit.may("SaveProcess")},
    )


def edit(visit: Visit, name: str) -> Shown:
    """Show the source of a version to be edited; without a number the active one."""
    version = visit.number("version")

    def work(unit: AdministrationUnit) -> tuple[dict[str, Any], str]:
        return processes.show(name, None, unit), processes.export(name, version, unit)

    process, source = visit.administer("SaveProcess", work)
    return _edited(process, source, source, None)


def save(visit: Visit, name: str) -> Gone | Shown:
    """Check a text as the next version of a process, and store it if that was asked for."""
    source = visit.sent("source").strip("\n") + "\n"
    if len(source) > _LONGEST_SOURCE:
        raise BrokenRule(f"longer than {_LONGEST_SOURCE} characters", field="source")
    process, active = visit.administer(
        "SaveProcess",
        lambda unit: (processes.show(name, None, unit), processes.export(name, None, unit)),
    )
    following = max(process["versions"]) + 1
    draft = visit.desk.draft(name, following, source)
    if visit.sent("do") != _SAVE or draft.command is None:
        return _edited(process, source, active, draft)
    if draft.source == visit.desk.draft(name, following, active).source:
        return visit.gone(f"/processes/{name}", "no_change")
    try:
        _load(visit, name, draft.command)
    except NotFound as error:  # what it names, not the process
        wrong = Wrong(step="", key=error.field or "process", line=None, sentence=error.sentence)
        return _edited(process, source, active, Draft(source=source, wrong=(wrong,)))
    return visit.gone(f"/processes/{name}", "version_saved", name, str(following))


ADDRESSES = (
    Address(pattern="/processes", show=index),
    Address(pattern="/processes/{name}", show=show),
    Address(pattern="/processes/{name}/edit", show=edit, act=save),
)


def _load(visit: Visit, name: str, command: LoadProcess) -> None:
    def work(unit: AdministrationUnit) -> None:
        # The text was written with another version before the eyes.
        if visit.sent(SEEN) != _mark(processes.show(name, None, unit)):
            raise WrongState("another version was loaded meanwhile; look at it again")
        processes.load(command, visit.actor, unit)

    visit.administer("SaveProcess", work)


def _edited(process: dict[str, Any], source: str, active: str, draft: Draft | None) -> Shown:
    refused = draft is not None and draft.command is None
    return Shown(
        template="process_edit.html",
        data={
            "process": process,
            "source": source,
            "problems": [] if draft is None else draft.wrong,
            "diff": [] if draft is None else _difference(active, draft.source),
        },
        more={
            "checked": draft is not None,
            "fit": not refused,
            "following": max(process["versions"]) + 1,
            "mark": _mark(process),
        },
        status=422 if refused else 200,
    )


def _mark(process: dict[str, Any]) -> str:
    return mark((process["versions"], process["version"]))


def _difference(before: str, after: str) -> Sequence[str]:
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) > _MOST_LINES:
        return []
    return list(unified_diff(old, new, lineterm="", n=3))[2:]
