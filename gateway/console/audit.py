"""The audit: who changed what of the set-up, retried, discarded, paused, and why."""

from gateway.console.answers import Shown
from gateway.console.visit import Address, Visit
from gateway.errors import BrokenRule
from gateway.text import is_text
from gateway.usecases import recorded
from gateway.usecases.ports import AuditLine, FindAudit


def index(visit: Visit) -> Shown:
    """List the lines of the audit, newest first."""
    words = {name: visit.asked(name) for name in ("actor", "action", "subject")}
    for name, word in words.items():
        if not is_text(word):
            raise BrokenRule("characters that XML cannot carry", field=name)
    wanted = FindAudit(**words, before=visit.number("before"), most=visit.most())
    found = visit.read("ShowAudit", lambda call, unit: recorded.audit(wanted, call, unit))
    lines = found[: wanted.most]
    more = len(found) > len(lines)
    return Shown(
        template="audit.html",
        data={
            "audit": lines,
            "next": visit.link(before=str(lines[-1].id)) if more else None,
        },
        more={"changes": {line.id: _changes(line) for line in lines}},
        rows="audit",
    )


ADDRESSES = (Address(pattern="/audit", show=index),)


def _changes(line: AuditLine) -> list[tuple[str, str, str]]:
    """Name what is different after; a line that has one side alone is shown whole."""
    before, after = line.before or {}, line.after or {}
    return [
        (name, _text(before.get(name)), _text(after.get(name)))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
