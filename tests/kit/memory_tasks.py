"""Main tasks in memory; groups lead to no partner there, so nobody outside is told anything."""

from dataclasses import replace

from gateway.domain.assignment import Task, TaskState


class TaskStore:
    """The main task of each ticket, by the ticket's id."""

    def __init__(self, unit, trips):
        self._unit, self._trips = unit, trips

    def follow(self, ticket, call):
        del call
        assigned = ticket.owner or ticket.assigned_group
        state = TaskState.ASSIGNED if assigned else TaskState.OPEN
        known = self._tasks.get(ticket.id)
        if known is not None and known.state is TaskState.CLOSED:
            state = TaskState.CLOSED
        self._tasks[ticket.id] = replace(
            known or Task(id=ticket.id, ticket_id=ticket.id, main=True, state=state),
            state=TaskState.CLOSED if ticket.closed else state,
            group=ticket.assigned_group,
            agent=ticket.owner,
            closed=ticket.closed,
        )

    def of(self, ticket_id):
        self._trips.append("tasks")
        task = self._tasks.get(ticket_id)
        return [] if task is None else [task]

    def put(self, task, call):
        del call
        self._tasks[task.ticket_id] = task

    def close(self, ticket, call):
        del call
        known = self._tasks.get(ticket.id)
        if known is not None:
            now = self._unit.now
            self._tasks[ticket.id] = replace(known, state=TaskState.CLOSED, closed=now)

    def reopen(self, ticket, call):
        del call
        known = self._tasks.get(ticket.id)
        if known is not None and known.state is TaskState.CLOSED:
            self._tasks[ticket.id] = replace(known, state=TaskState.OPEN, closed=None)

    @property
    def _tasks(self):
        return self._unit.tables.tasks


class ReferenceStore:
    """No references: none can be taken."""

    def release(self, task):
        del task
