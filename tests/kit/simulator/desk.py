"""The desk itself: incidents, and a ledger of everything that reached it."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Numbers(StrEnum):
    """When the gateway hears the number of a new incident."""

    ANSWER = "answer"
    LATER = "later"  # by an acknowledgement
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One call as it arrived."""

    n: int
    at: str
    kind: str  # create, note, state
    event: str
    key: str  # what repeats are known by
    attempt: str
    number: str  # of the incident
    data: Mapping[str, Any]
    worked: bool  # whatever became of the answer
    repeat: bool  # it was known, and nothing was done
    chaos: str = ""


@dataclass(slots=True)
class Incident:
    """What the desk works on."""

    number: str
    ticket: str
    task: int
    hash: str
    text: str
    files: list[tuple[str, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)


class UnknownIncident(Exception):
    """There is no incident of this number."""


class Desk:
    """Takes events, drops repeats, keeps the order."""

    def __init__(self, created: Callable[[Incident], None] = lambda _: None) -> None:
        self.numbers = Numbers.ANSWER
        self.incidents: dict[str, Incident] = {}
        self.received: list[Received] = []
        self._created = created
        self.last = 1000  # a number is never given twice, whatever is forgotten
        self._done: dict[str, str] = {}  # key of an event -> number of its incident
        self._changed = threading.Condition()

    def create(self, head: Mapping[str, str], data: Mapping[str, Any], chaos: str = "") -> Incident:
        """Open an incident; a repeat gets the one of the first time."""
        with self._changed:
            known = self._done.get(head["key"])
            number = known or f"NW-{self.last + 1}"
            if known is None:
                self.last += 1
                self.incidents[number] = Incident(
                    number=number,
                    ticket=str(data.get("CallerTicket") or ""),
                    task=int(data.get("Task") or 0),
                    hash=str(data.get("CallbackHash") or ""),
                    text=str(data.get("Text") or ""),
                    files=[(name, len(content)) for name, content in data.get("Files", ())],
                )
            self._note("create", head, number, data, chaos=chaos)
            incident = self.incidents[number]
        if known is None:
            self._created(incident)
        return incident

    def note(self, head: Mapping[str, str], number: str, data: Mapping[str, Any], chaos="") -> bool:
        """Add a text; tell whether it was new."""
        return self._on(number, "note", head, data, chaos)

    def state(
        self, head: Mapping[str, str], number: str, data: Mapping[str, Any], chaos=""
    ) -> bool:
        """Change the state; tell whether it was new."""
        return self._on(number, "state", head, data, chaos)

    def turned_away(self, kind: str, head: Mapping[str, str], chaos: str) -> None:
        """Keep a call whose work was not done."""
        with self._changed:
            self._note(kind, head, "", {}, worked=False, chaos=chaos)

    def wait(self, count: int, timeout_s: float) -> bool:
        """Wait until so many events were worked on."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.worked()) >= count, timeout_s)

    def worked(self) -> list[Received]:
        """Give the calls that did something."""
        return [each for each in self.received if each.worked and not each.repeat]

    def order(self) -> dict[str, list[str]]:
        """Give the events of each incident in the order they were first worked on."""
        order: dict[str, list[str]] = {}
        for each in self.worked():
            order.setdefault(each.number, []).append(each.event)
        return order

    def repeats(self) -> int:
        """Count calls that came again after their work was done."""
        return sum(each.repeat for each in self.received)

    def forget(self) -> None:
        """Begin anew."""
        with self._changed:
            self.incidents.clear()
            self.received.clear()
            self._done.clear()

    def report(self) -> dict[str, Any]:
        """Tell everything, as ``/sim/received.json`` does."""
        with self._changed:
            return {
                "calls": len(self.received),
                "events": len(self.worked()),
                "repeats": self.repeats(),
                "kinds": Counter(each.kind for each in self.worked()),
                "order": self.order(),
                "incidents": [asdict(each) for each in self.incidents.values()],
                "received": [_shown(each) for each in self.received],
            }

    def _on(
        self, number: str, kind: str, head: Mapping[str, str], data: Mapping[str, Any], chaos: str
    ) -> bool:
        with self._changed:
            incident = self.incidents.get(number)
            if incident is None:
                self._note(kind, head, "", data, worked=False, chaos="unknown number")
                raise UnknownIncident
            new = head["key"] not in self._done
            if new:
                texts = incident.notes if kind == "note" else incident.states
                texts.append(str(data.get("text" if kind == "note" else "type") or ""))
            self._note(kind, head, number, data, chaos=chaos)
            return new

    def _note(
        self,
        kind: str,
        head: Mapping[str, str],
        number: str,
        data: Mapping[str, Any],
        *,
        worked: bool = True,
        chaos: str = "",
    ) -> None:
        repeat = worked and head["key"] in self._done
        if worked:
            self._done.setdefault(head["key"], number)
        self.received.append(
            Received(
                n=len(self.received) + 1,
                at=datetime.now(UTC).isoformat(),  # noqa: TID251 - a partner has its own clock
                kind=kind,
                event=head["event"],
                key=head["key"],
                attempt=head["attempt"],
                number=number,
                data=data,
                worked=worked,
                repeat=repeat,
                chaos=chaos,
            )
        )
        self._changed.notify_all()


def _shown(received: Received) -> dict[str, Any]:
    files = [
        {"name": name, "size": len(content)} for name, content in received.data.get("Files", ())
    ]
    data = {name: value for name, value in received.data.items() if name != "Files"}
    return {**asdict(received), "data": {**data, "Files": files} if files else data}
