"""Processes under an operator's hands: versions are loaded, listed, shown and given back.

The caller has decided whether the actor may, as for ``lists``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.domain.process import Process
from gateway.errors import BrokenRule, NotFound
from gateway.text import printable
from gateway.usecases import article_mails
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import hint
from gateway.usecases.lists import Actor, Shown, audit

_PROCESSES, _VERSIONS = "process", "process_version"
_SLOTS = ("assignment_process_id", "update_process_id", "closure_process_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadProcess:
    """A version of a process as it was read."""

    process: Process
    source: str
    definition: Mapping[str, Any]
    canonical: bytes  # the definition as the same bytes for the same content

    @property
    def sha256(self) -> bytes:
        """Give the digest by which contents are compared."""
        return hashlib.sha256(self.canonical).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something that is wrong with a text that shall be a process."""

    step: str  # empty: of the process itself
    key: str
    line: int | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text as the next version of a process; without a command it cannot be loaded."""

    source: str
    wrong: tuple[Wrong, ...]
    command: LoadProcess | None = None


class Loaded(Enum):
    """What became of a version."""

    ADDED = "added and active"
    KNOWN = "known already, nothing to do"


def load(command: LoadProcess, actor: Actor, unit: AdministrationUnit) -> Loaded:
    """Add a new process, or a higher version of one, and make it the active one.

    The same version with the same content is nothing (SSP7 contract, 11.1).

    Raises:
        BrokenRule: other content under a known version, a lower version, or a name of our own.
        NotFound: its partner.
    """
    new = command.process
    if new.name == article_mails.PROCESS:
        raise BrokenRule("the gateway sends its own mails by this name", field="process.name")
    partner = _partner(new.partner, unit)
    present = next(iter(unit.find(_PROCESSES, "name", new.name)), None)
    if present is not None and not _is_higher(command, present, unit):
        return Loaded.KNOWN
    known = present or unit.insert(_PROCESSES, {"name": new.name})
    unit.insert(
        _VERSIONS,
        {
            "process_id": known["id"],
            "version": new.version,
            "title": new.title,
            "partner_id": partner,
            "strict": new.strict,
            "log_public": new.log_public,
            "source": command.source,
            "definition": dict(command.definition),
            "sha256": command.sha256,
        },
    )
    unit.update(_PROCESSES, {"id": known["id"]}, {"active_version": new.version})
    audit(
        "process loaded",
        new.name,
        actor,
        unit,
        before={"active_version": known["active_version"]},
        after={"active_version": new.version, "sha256": command.sha256.hex()},
    )
    return Loaded.ADDED


def show_all(unit: AdministrationUnit) -> list[Shown]:
    """List the processes by name, each by its active version."""
    records = sorted(unit.list(_PROCESSES), key=lambda record: str(record["name"]))
    return [_brief(record, unit) for record in records]


def show(name: str, version: int | None, unit: AdministrationUnit) -> Shown:
    """Show a version of a process, the active one unless another is named.

    Raises:
        NotFound: no such process, or version.
    """
    process = _process(name, unit)
    found = _version(process, version, unit)
    return {
        **_brief(process, unit),
        "version": found["version"],
        **_described(found, unit),
        "sha256": found["sha256"].hex(),
        "steps": [
            {"name": step["name"], "kind": step["kind"]} for step in found["definition"]["step"]
        ],
        "used_by": _users(process, unit),
    }


def export(name: str, version: int | None, unit: AdministrationUnit) -> str:
    """Give the TOML of a version, the active one unless another is named.

    Raises:
        NotFound: no such process, or version.
    """
    source: str = _version(_process(name, unit), version, unit)["source"]
    return source


def _is_higher(command: LoadProcess, present: Record, unit: AdministrationUnit) -> bool:
    """Tell whether a version is to be added; not if it is known with this content.

    Raises:
        BrokenRule: it is known with another content, or lower than the newest.
    """
    versions = {each["version"]: each for each in _versions(present, unit)}
    new = command.process
    known = versions.get(new.version)
    if known is not None and bytes(known["sha256"]) == command.sha256:
        return False
    newest = max(versions, default=0)
    if known is not None:
        raise BrokenRule(
            f"version {new.version} of {new.name} is there with other content; "
            f"versions are never changed: load it as version {newest + 1}",
            field="process.version",
        )
    if new.version < newest:
        raise BrokenRule(
            f"version {new.version} of {new.name} is lower than {newest}: "
            f"load it as version {newest + 1}",
            field="process.version",
        )
    return True


def _partner(code: str, unit: AdministrationUnit) -> int | None:
    if not code:
        return None
    found = unit.find("partner", "name", code)
    if not found:
        known = [str(each["name"]) for each in unit.list("partner")]
        raise NotFound(
            f"no partner {printable(code)!r}{hint(code, known)}", field="process.partner"
        )
    number: int = found[0]["id"]
    return number


def _process(name: str, unit: AdministrationUnit) -> Record:
    found = unit.find(_PROCESSES, "name", name)
    if not found:
        known = [str(each["name"]) for each in unit.list(_PROCESSES)]
        raise NotFound(f"no process {printable(name)!r}{hint(name, known)}")
    return found[0]


def _versions(process: Record, unit: AdministrationUnit) -> list[Record]:
    return sorted(
        unit.find(_VERSIONS, "process_id", process["id"]), key=lambda each: int(each["version"])
    )


def _version(process: Record, version: int | None, unit: AdministrationUnit) -> Record:
    wanted = process["active_version"] if version is None else version
    versions = {each["version"]: each for each in _versions(process, unit)}
    if wanted in versions:
        return versions[wanted]
    known = ", ".join(map(str, versions))
    raise NotFound(f"no version {wanted} of process {process['name']}; there are: {known}")


def _brief(process: Record, unit: AdministrationUnit) -> Shown:
    versions = _versions(process, unit)
    active = next((v for v in versions if v["version"] == process["active_version"]), None)
    return {
        "name": process["name"],
        "version": process["active_version"],
        **(_described(active, unit) if active else {"title": "", "partner": ""}),
        "versions": [each["version"] for each in versions],
    }


def _described(version: Record, unit: AdministrationUnit) -> Shown:
    partner = version["partner_id"]
    return {
        "title": version["title"],
        "partner": unit.find("partner", "id", partner)[0]["name"] if partner else "",
        "strict": version["strict"],
        "log_public": version["log_public"],
        "created": version["created"].isoformat(),
    }


def _users(process: Record, unit: AdministrationUnit) -> list[str]:
    """Name the groups and partners that start a process: they cannot do without it."""
    groups = {
        str(group["name"]): None
        for slot in _SLOTS
        for group in unit.find("agent_group", slot, process["id"])
    }
    partners = unit.find("partner", "call_failed_process_id", process["id"])
    return [f"group {name}" for name in groups] + [f"partner {each['name']}" for each in partners]
