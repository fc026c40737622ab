"""Merging tickets: several become one, and nothing of them is lost."""

from uuid import UUID

from gateway.domain import events
from gateway.domain.commands import Entry, MergeTickets
from gateway.domain.events import Event, EventKind
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.values import Row
from gateway.errors import BrokenRule
from gateway.usecases import assignments, idempotency, rights
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.rows import Rows, Wanted
from gateway.usecases.tickets import seen


def merge(command: MergeTickets, call: Call, unit: Unit) -> Done:
    """Merge the sources into the target, all or none (ACMP contract MT).

    Raises:
        NotFound, NotPermitted: a ticket the caller may not see or change.
        WrongState: the target is not open, or a source was merged into another ticket.
        BrokenRule: the target is among the sources.
    """
    guids = {command.target, *(entry.guid for entry in command.sources if entry.breach is None)}
    unit.merges.hold(guids)
    tickets = unit.tickets.lock_all(guids)
    target = seen(tickets.get(command.target), call, "target")
    named = [tickets.get(entry.guid) for entry in command.sources]
    if all(each and each.merged_into == target.guid for each in named) and (
        first := idempotency.repeated(call, unit)
    ):
        return first
    rights.require(call.principal, call.command, target.group_id, field="target")
    target.require_writable("target")
    sources = [
        _source(entry, ticket, f"sources[{place}]", target, call)
        for place, (entry, ticket) in enumerate(zip(command.sources, named, strict=True), 1)
    ]
    new = {each.guid: each for each in sources if each.merged_into is None}
    if new:
        state = Rows(unit, (Wanted("state", command.merged_state, "state"),))
        merged = state.configured("state", command.merged_state)
        _merge(target, list(new.values()), merged, call, unit)
    return _remembered(target, list(new), call, unit)


def _source(entry: Entry, ticket: Ticket | None, field: str, target: Ticket, call: Call) -> Ticket:
    if entry.breach is not None:
        raise entry.breach
    if entry.guid == target.guid:
        raise BrokenRule("is the target ticket", field=field)
    source = seen(ticket, call, field)
    rights.require(call.principal, call.command, source.group_id, field=field)
    if source.merged_into != target.guid:  # else it is done already
        source.require_unmerged(field)
    return source


def _merge(target: Ticket, sources: list[Ticket], state: Row, call: Call, unit: Unit) -> None:
    for source in sources:
        assignments.merged(source, call, unit)
    unit.merges.move(target, sources, call)
    after = [_merged(source, target, state, call, unit) for source in sources]
    unit.merges.mark(target, after, call)
    unit.tickets.touch(target, call)
    lines = [
        HistoryLine(kind="merged", text="from", old=source.number, old_id=source.id)
        for source in sources
    ]
    unit.history.add(target, lines, call)
    unit.outbox.add(target, [Event(EventKind.CHANGED, events.snapshot(target))], call)


def _merged(source: Ticket, target: Ticket, state: Row, call: Call, unit: Unit) -> Ticket:
    after, differences = source.apply(source.merged_away(state, unit.now))
    into = HistoryLine(kind="merged", text="into", new=target.number, new_id=target.id)
    lines = [HistoryLine.of(difference) for difference in differences]
    unit.history.add(after, [*lines, into], call)
    told = events.snapshot(after) | {"merged_into": {"id": target.id, "guid": str(target.guid)}}
    unit.outbox.add(after, [Event(EventKind.MERGED, told)], call)
    return after


def _remembered(target: Ticket, sources: list[UUID], call: Call, unit: Unit) -> Done:
    done = Done(target.id)
    unit.idempotency.forget_each(call, sources)
    idempotency.remember(done, "merge", target.guid, call, unit)
    unit.messages.settle(call, target.id)
    return done
