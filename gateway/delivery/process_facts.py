"""What the placeholders of one delivery mean: its snapshot, and what is read when a step runs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.delivery.placeholders import Names, Warn, names_of
from gateway.delivery.steps.step import SentFile
from gateway.domain.app_fields import HASH_FIELD
from gateway.domain.assignment import Direction
from gateway.domain.catalog_fields import HASH_FIELDS, TRIGGER_FIELD
from gateway.usecases.ports import Claimed, EventFacts
from gateway.usecases.process_runs import ProcessDesk, Told

# SSP7 contract, section 10: read when the step runs, whatever the event said.
_READ_NOW = frozenset({"Task_ExternalReference", "Task_ExternalAcknowledgedOn"})


class Reading:
    """Looks up what is asked for, once a step."""

    def __init__(self, delivery: Claimed, desk: ProcessDesk) -> None:
        self._delivery = delivery
        self._desk = desk
        self._snapshot: Mapping[str, str] = delivery.payload.get("fields", {})
        self._names: Names | None = None
        self._about: EventFacts | None = None
        self._now: Mapping[str, str] | None = None
        self._form: Mapping[str, str] | None = None
        self._files: Sequence[SentFile] | None = None
        self._everything_now = False

    def begin_step(self, *, everything_now: bool) -> None:
        """Forget what an earlier step read.

        Args:
            everything_now: read all fields as they are now, as a step does that waits.
        """
        self._now = None
        self._everything_now = everything_now

    @property
    def told(self) -> Told:
        """The event, and the partner it is for: not always the one of the delivery's stream."""
        payload, about = self._delivery.payload, self._event
        partner_id = about.partner_id if about and about.partner_id else self._delivery.partner_id
        return Told(
            event=self._delivery.event_id,
            ticket_id=payload.get("ticket_id"),
            task_id=payload.get("task_id"),
            partner_id=partner_id,
            partner=about.partner if about and about.partner_id else self._delivery.partner,
            service=_guid(payload.get("service")),
            request=_guid(payload.get("request")),
            request_type=payload.get("request_type", ""),
            direction=Direction(payload.get("direction", Direction.OUT)),
        )

    @property
    def names(self) -> Names:
        """The names that placeholders may use."""
        if self._names is None:
            self._names = names_of(self._desk.names())
        return self._names

    def field(self, name: str) -> str:
        """Give a field by its full name; what the event does not have is empty."""
        if name == HASH_FIELD:
            return self._desk.task_hash(self.told)
        if name in HASH_FIELDS:
            # Minimal data is the guid of the service and nothing else (SSP7 catalog, section 9).
            whole = TRIGGER_FIELD in self._snapshot
            return self._desk.catalog_hash(name, self.told) if whole else ""
        if self._everything_now or name in _READ_NOW:
            if self._now is None:
                # A text came with the event and with nothing later.
                self._now = {**self._snapshot, **self._desk.fields_now(self.told)}
            return self._now.get(name, "")
        return self._snapshot.get(name, "")

    def form(self, label: str) -> str | None:
        """Give what a form or a mail said under a label, letter case ignored."""
        if self._form is None:
            ticket_id = self._delivery.payload.get("ticket_id")
            found = self._desk.form(ticket_id) if ticket_id else {}
            self._form = {name.casefold(): value for name, value in found.items()}
        return self._form.get(label.casefold())

    def event(self, attempt: Callable[[], int]) -> Callable[[str], str]:
        """Give what tells the values of the event itself."""
        return lambda wanted: self._event_value(wanted, attempt)

    def files(self, warn: Warn) -> Sequence[SentFile]:
        """Give the files of the event; a warning tells of those that are too much."""
        if self._files is None:
            found = self._desk.files(self._delivery.event_id)
            if found.left_out:
                warn(f"{found.left_out} files are left out: too many, or too large together")
            self._files = [
                SentFile(
                    name=file.name,
                    media_type=file.content_type,
                    size=len(file.content),
                    content=file.content,
                )
                for file in found.files
            ]
        return self._files

    @property
    def _event(self) -> EventFacts | None:
        if self._about is None:
            self._about = self._desk.event(self._delivery.event_id)
        return self._about

    def _event_value(self, wanted: str, attempt: Callable[[], int]) -> str:
        match wanted:
            case "Id":
                return str(self._delivery.event_id)
            case "Sequence":
                return str(self._event.sequence) if self._event else ""
            case "OccurredOn":
                occurred = self._delivery.payload.get("occurred")
                return self._desk.moment(datetime.fromisoformat(occurred)) if occurred else ""
            case _:
                return str(attempt())


def _guid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def origin(payload: Mapping[str, Any]) -> int | None:
    """Give the partner an event came from."""
    found: int | None = payload.get("origin_partner_id")
    return found
