"""Tasks: where each stands, what may happen to it, and which event that is for a partner."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from gateway.domain.values import Row
from gateway.errors import TaskClosed, TaskNotExternal, WrongState


class TaskState(StrEnum):
    """The six states of a task; the state of its ticket is another matter."""

    OPEN = "Open"  # nobody works on it
    ASSIGNED = "Assigned"  # a group or person of ours does
    SENT = "SentToExternal"  # at a partner who gave no number yet
    IN_PROGRESS = "InProgressExternal"  # at a partner who gave one
    PROPOSED = "SolutionProposed"  # reported ready, ours to accept or decline
    CLOSED = "Closed"


OUTSIDE = frozenset({TaskState.SENT, TaskState.IN_PROGRESS})  # the partner works on it
ANSWERABLE = OUTSIDE | {TaskState.PROPOSED}  # the partner may say something to it


class Trigger(StrEnum):
    """What may happen to a task (SSP7 contract, section 8)."""

    REOPENED = "reopened"
    CLEARED = "assigned to nobody"
    TO_PERSON = "assigned to a person"
    TO_GROUP = "assigned to an internal group"
    TO_PARTNER = "assigned to an Integrated Group"
    CLOSED_BY_HAND = "closed by hand"
    ACKNOWLEDGED = "reference set by the partner"
    REPORTED_READY = "reported ready by the partner"
    CLOSED_BY_PARTNER = "closed by the partner"
    DECLINED = "solution declined"
    TOLD = "update text entered here"
    HEARD = "update text of the partner"


class EventCode(StrEnum):
    """The rows of the event map (SSP7 contract, 9.2)."""

    SUBMITTED = "E1"  # to this partner for the first time
    RESUBMITTED = "E2"
    DECLINED = "E3"
    TOLD = "E4"
    HEARD = "E5"
    READY = "E6"
    CLOSED_BY_PARTNER = "E7"
    CLOSED = "E8"
    ACKNOWLEDGED = "E9"
    WITHDRAWN = "E10"


_OPEN, _ASSIGNED, _SENT, _WORKING, _PROPOSED, _CLOSED = TaskState

# From state and trigger to state and event. What is not listed is refused. TO_PARTNER names the
# state and event of a first time without reference: ``sent_state`` and ``submission`` decide.
TRANSITIONS: Mapping[tuple[TaskState, Trigger], tuple[TaskState, EventCode | None]] = {
    (_CLOSED, Trigger.REOPENED): (_OPEN, None),
    (_OPEN, Trigger.CLEARED): (_OPEN, None),
    (_ASSIGNED, Trigger.CLEARED): (_OPEN, None),
    (_SENT, Trigger.CLEARED): (_OPEN, EventCode.WITHDRAWN),
    (_WORKING, Trigger.CLEARED): (_OPEN, EventCode.WITHDRAWN),
    (_PROPOSED, Trigger.CLEARED): (_PROPOSED, None),
    **{
        (state, trigger): (_ASSIGNED, EventCode.WITHDRAWN if state in OUTSIDE else None)
        for state in (_OPEN, _ASSIGNED, _SENT, _WORKING)
        for trigger in (Trigger.TO_PERSON, Trigger.TO_GROUP)
    },
    (_PROPOSED, Trigger.TO_PERSON): (_PROPOSED, None),
    (_PROPOSED, Trigger.TO_GROUP): (_PROPOSED, None),
    **{
        (state, Trigger.TO_PARTNER): (_SENT, EventCode.SUBMITTED)
        for state in (_OPEN, _ASSIGNED, _SENT, _WORKING, _PROPOSED)
    },
    (_OPEN, Trigger.CLOSED_BY_HAND): (_CLOSED, None),
    (_ASSIGNED, Trigger.CLOSED_BY_HAND): (_CLOSED, None),
    (_SENT, Trigger.CLOSED_BY_HAND): (_CLOSED, EventCode.CLOSED),
    (_WORKING, Trigger.CLOSED_BY_HAND): (_CLOSED, EventCode.CLOSED),
    (_PROPOSED, Trigger.CLOSED_BY_HAND): (_CLOSED, None),  # ``event_on_accept`` makes it E8
    (_SENT, Trigger.ACKNOWLEDGED): (_WORKING, EventCode.ACKNOWLEDGED),
    (_WORKING, Trigger.ACKNOWLEDGED): (_WORKING, EventCode.ACKNOWLEDGED),
    (_PROPOSED, Trigger.ACKNOWLEDGED): (_PROPOSED, EventCode.ACKNOWLEDGED),
    **{
        (state, trigger): (after, event)
        for state in ANSWERABLE
        for trigger, after, event in (
            (Trigger.REPORTED_READY, _PROPOSED, EventCode.READY),
            (Trigger.CLOSED_BY_PARTNER, _CLOSED, EventCode.CLOSED_BY_PARTNER),
            (Trigger.HEARD, state, EventCode.HEARD),
        )
    },
    (_PROPOSED, Trigger.DECLINED): (_WORKING, EventCode.DECLINED),
    (_SENT, Trigger.TOLD): (_SENT, EventCode.TOLD),
    (_WORKING, Trigger.TOLD): (_WORKING, EventCode.TOLD),
}


def after(state: TaskState, trigger: Trigger) -> tuple[TaskState, EventCode | None]:
    """Give the state a task comes to, and the event that is, if it is one.

    Raises:
        WrongState: that cannot happen to a task in this state.
    """
    step = TRANSITIONS.get((state, trigger))
    if step is not None:
        return step
    if state is TaskState.CLOSED:
        raise TaskClosed
    raise WrongState(f"a task that is {state} cannot be {trigger}")


def sent_state(reference: str) -> TaskState:
    """Give the state of a task that goes to a partner who may have given a reference before."""
    return TaskState.IN_PROGRESS if reference else TaskState.SENT


def submission(
    *, sent_before: bool, reference: str, resend_unacknowledged: bool
) -> EventCode | None:
    """Give the event of an assignment to a partner (SSP7 contract, E1 and E2)."""
    if not sent_before:
        return EventCode.SUBMITTED
    return EventCode.RESUBMITTED if reference or resend_unacknowledged else None


class Direction(StrEnum):
    """Whether an event goes to a partner or came from one."""

    IN = "In"
    OUT = "Out"


class Slot(StrEnum):
    """The places of an Integrated Group that name a process."""

    ASSIGNMENT = "assignment"
    UPDATE = "update"
    CLOSURE = "closure"
    NONE = "none"


class Forward(StrEnum):
    """Which entries written through other dialects are update texts for the partner."""

    NOTHING = "none"
    VISIBLE = "visible"  # what the requester may see
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """A row of the event map, as the operator edited it."""

    request_type: str
    direction: Direction
    app: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class ProcessRef:
    """A process with the version that is active now."""

    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another system that works on our tasks; ``system_id`` is whose its references are."""

    id: int
    code: str
    title: str
    system_id: int
    pulls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerGroup:
    """A group that is, or was, the way to a partner; without the marker nothing is told to it."""

    row: Row
    partner: Partner
    integrated: bool
    processes: Mapping[Slot, ProcessRef] = field(default_factory=lambda: MappingProxyType({}))
    return_group: Row | None = None
    resend_unacknowledged: bool = True
    forward: Forward = Forward.VISIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a partner knows of a task; it outlives that the task is taken back."""

    correlation_id: UUID
    acknowledged: datetime | None = None
    acknowledged_event: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of a ticket that one group works on, as loaded under the ticket's lock.

    ``partner_group`` is the Integrated Group it is or last was at, ``partner_id`` that group's
    partner. ``shares`` and ``references`` are by partner.
    """

    id: int
    ticket_id: int
    main: bool
    state: TaskState
    group: Row | None = None
    agent: Row | None = None
    previous_group: Row | None = None
    partner_group: Row | None = None
    partner_id: int | None = None
    solution: str = ""
    solution_code: str = ""
    resolution: Row | None = None
    closed_by_partner: bool = False
    closed: datetime | None = None
    shares: Mapping[int, Share] = field(default_factory=lambda: MappingProxyType({}))
    references: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def reference(self, partner_id: int) -> str:
        """Give the partner's number for it; empty if there is none."""
        return self.references.get(partner_id, "")

    def require_at(self, partner_id: int) -> None:
        """Insist that the task is, or was when it ended, at this partner.

        Raises:
            TaskNotExternal: it was taken back, or is with another partner.
        """
        if self.partner_id != partner_id or self.state in (TaskState.OPEN, TaskState.ASSIGNED):
            raise TaskNotExternal(f"task {self.id} is not at the external system", field="task_id")

    def require_open(self) -> None:
        """Insist that the task is not closed.

        Raises:
            TaskClosed: it is.
        """
        if self.state is TaskState.CLOSED:
            raise TaskClosed(f"task {self.id} is closed", field="task_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent:
    """An event of a task for one partner; ``fields`` are those of section 3.5 after the change."""

    guid: UUID
    code: EventCode
    rule: EventRule
    task: Task
    group: PartnerGroup
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRules:
    """What the operator set for tasks and partners."""

    ticket_url: str = ""  # {id} stands for the ticket's number
    time_zone: str = "UTC"  # of times in external app fields
    default_group: str = ""
    event_on_accept: bool = False
    close_ticket_with_last_task: bool = False
    closed_state: str = "closed successful"
