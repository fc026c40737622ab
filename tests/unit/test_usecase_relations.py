"""Merging, linking, reminding, templates and stored queries, without a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from gateway.domain.commands import (
    Assign,
    Entry,
    LinkObjects,
    LinkTickets,
    MergeTickets,
    ObjectKind,
    SaveReminder,
)
from gateway.domain.entries import Reminder
from gateway.domain.people import PartyKind, Permission
from gateway.domain.search import StoredQuery
from gateway.domain.template import Template
from gateway.domain.values import Description
from gateway.errors import (
    BrokenRule,
    GatewayError,
    NotFound,
    NotPermitted,
    TicketClosed,
    TicketMerged,
    UnknownClient,
)
from gateway.usecases import links, merges, reminders, stored_queries, templates, tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.stored_queries import RunQuery
from tests.kit.memory import START, Memory, guid_of
from tests.kit.world import (
    DEFAULTS,
    OTHER,
    SECRET,
    TICKET,
    USERS,
    agent,
    call,
    given_comment,
    given_ticket,
    save,
)

THIRD = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a03")
OBJECT = UUID("a55e7000-0000-4000-8000-000000000001")
QUERY = UUID("4a899c3b-55d9-50ee-97c4-327102d9f9ca")
BREACH = BrokenRule("not a GUID", field="SourceTicketIds[1]")
COMPUTER = guid_of("template", "New computer")


@pytest.fixture
def memory() -> Memory:
    return Memory()


def done(
    memory: Memory, use_case: Callable[..., Any], operation: str, *asked: Any, **how: Any
) -> Any:
    circumstances = call(f"{operation}_V1", asked, **how)
    return memory.run(lambda unit: use_case(*asked, circumstances, unit), circumstances)


def refused(error: type[GatewayError], field: str) -> Any:
    return pytest.raises(error, match=f"^{field}".replace("[", r"\[").replace("]", r"\]"))


# --- merging --------------------------------------------------------------------------------


def merge(memory: Memory, *sources: UUID | Entry, target: UUID = TICKET, **how: Any) -> Done:
    entries = tuple(each if isinstance(each, Entry) else Entry(each) for each in sources)
    command = MergeTickets(target=target, sources=entries, merged_state="merged")
    result: Done = done(memory, merges.merge, "MergeTickets", command, **how)
    return result


def test_comments_move_and_both_sides_have_a_line(memory: Memory):
    target, source = given_ticket(memory), given_ticket(memory, OTHER)
    given_comment(memory, ticket=OTHER)
    assert merge(memory, OTHER) == Done(target.id)
    assert {article.ticket_id for article in memory.tables.articles.values()} == {target.id}
    assert memory.ticket(OTHER).merged_into == TICKET
    assert memory.ticket(OTHER).closed == memory.now
    lines = memory.lines("merged")
    assert [(line.text, line.old_id, line.new_id) for line in lines] == [
        ("into", None, target.id),
        ("from", source.id, None),
    ]
    assert memory.kinds()[-2:] == ["merged", "changed"]


def test_what_is_merged_already_is_done_and_changes_nothing(memory: Memory):
    for guid in (TICKET, OTHER, THIRD):
        given_ticket(memory, guid)
    merge(memory, OTHER, target=THIRD)
    merge(memory, THIRD)
    before = memory.kinds()
    merge(memory, OTHER, THIRD, OTHER)
    assert memory.kinds() == before


def test_a_repeat_gets_the_first_answer_even_when_the_target_is_closed(memory: Memory):
    target = given_ticket(memory)
    given_ticket(memory, OTHER)
    first = merge(memory, OTHER)
    stored = memory.tables.tickets[TICKET]
    closed = memory.tables.row("state", "closed successful")
    memory.tables.tickets[TICKET] = replace(
        stored, ticket=replace(stored.ticket, state=closed, closed=memory.now)
    )
    assert merge(memory, OTHER) == first == Done(target.id)
    with refused(TicketClosed, "target: ticket is closed"):
        merge(memory, OTHER, OTHER)


def test_the_target_must_be_open_and_seen_and_changeable(memory: Memory):
    given_ticket(memory, state="closed successful")
    given_ticket(memory, OTHER, queue="Secret")
    given_ticket(memory, THIRD)
    with refused(TicketClosed, "target: ticket is closed"):
        merge(memory, THIRD)
    with refused(NotFound, "target: not found"):
        merge(memory, THIRD, target=OTHER)
    reader = agent(rights={USERS: Permission.RO})
    with refused(NotPermitted, "target: not permitted"):
        merge(memory, TICKET, target=THIRD, principal=reader)


def test_sources_are_judged_one_after_the_other(memory: Memory):
    given_ticket(memory)
    given_ticket(memory, OTHER, queue="Secret")
    given_ticket(memory, THIRD)
    with refused(NotFound, "sources[2]: not found"):
        merge(memory, THIRD, OTHER, Entry(OBJECT, BREACH))
    with refused(BrokenRule, "SourceTicketIds[1]: not a GUID"):
        merge(memory, Entry(OBJECT, BREACH), OTHER)
    with refused(BrokenRule, "sources[2]: is the target ticket"):
        merge(memory, THIRD, TICKET)
    limited = agent(rights={USERS: Permission.RW, SECRET: Permission.RO})
    with refused(NotPermitted, "sources[1]: not permitted"):
        merge(memory, OTHER, principal=limited)
    assert memory.ticket(THIRD).merged_into is None


def test_a_ticket_merged_elsewhere_names_its_target(memory: Memory):
    for guid in (TICKET, OTHER, THIRD):
        given_ticket(memory, guid)
    merge(memory, OTHER, target=THIRD)
    with refused(TicketMerged, "sources[1]: ticket was merged into"):
        merge(memory, OTHER)
    with refused(TicketMerged, "target: ticket was merged into"):
        merge(memory, TICKET, target=OTHER)


# --- links ----------------------------------------------------------------------------------


def link(memory: Memory, *others: UUID, ticket: UUID = TICKET, **how: Any) -> Done:
    command = LinkTickets(ticket=ticket, others=tuple(map(Entry, others)))
    result: Done = done(memory, links.link_tickets, "LinkTicketsToTicket", command, **how)
    return result


def link_object(
    memory: Memory, kind: ObjectKind = ObjectKind.ASSET, *, registered_only: bool = False
) -> Done:
    command = LinkObjects(
        ticket=TICKET, kind=kind, objects=(Entry(OBJECT),), registered_only=registered_only
    )
    operation = f"Link{kind.value.title()}sToTicket"
    result: Done = done(memory, links.link_objects, operation, command)
    return result


def test_a_link_is_told_of_on_both_sides_and_once(memory: Memory):
    first, second = given_ticket(memory), given_ticket(memory, OTHER, state="closed successful")
    for _ in range(2):
        link(memory, OTHER)
    assert [line.new_id for line in memory.lines("ticket linked")] == [second.id, first.id]
    _, page = done(memory, links.linked_tickets, "GetLinkedTicketsOfTicket", OTHER)
    assert [row[0] for row in page.rows] == [TICKET]


def test_a_ticket_is_not_linked_to_itself_nor_to_a_merged_one(memory: Memory):
    for guid in (TICKET, OTHER, THIRD):
        given_ticket(memory, guid)
    merge(memory, THIRD, target=OTHER)
    with refused(BrokenRule, "others[2]: is the ticket itself"):
        link(memory, OTHER, TICKET)
    with refused(TicketMerged, "others[1]: ticket was merged into"):
        link(memory, THIRD)
    with refused(TicketMerged, "ticket: ticket was merged into"):
        link(memory, TICKET, ticket=THIRD)


@pytest.mark.parametrize(
    ("kind", "error"), [(ObjectKind.ASSET, NotFound), (ObjectKind.CLIENT, UnknownClient)]
)
def test_a_closed_registry_lets_only_its_active_objects_be_linked(
    memory: Memory, kind: ObjectKind, error: type[GatewayError]
):
    given_ticket(memory)
    with pytest.raises(error):
        link_object(memory, kind, registered_only=True)
    memory.tables.registry[kind, OBJECT] = False
    with pytest.raises(error):
        link_object(memory, kind, registered_only=True)
    memory.tables.registry[kind, OBJECT] = True
    link_object(memory, kind, registered_only=True)
    memory.tables.registry.clear()
    link_object(memory, kind, registered_only=True)  # it stands there already
    assert len(memory.lines(f"{kind.value} linked")) == 1


def test_tickets_of_an_asset_come_newest_first(memory: Memory):
    given_ticket(memory)
    link_object(memory)
    of_asset = partial(links.tickets_of_asset, registered_only=False)
    page = done(memory, of_asset, "GetTicketListOfAsset", OBJECT, 10)
    assert [row[0] for row in page.rows] == [TICKET]
    with refused(NotFound, "asset: not found"):
        done(
            memory, partial(links.tickets_of_asset, registered_only=True),
            "GetTicketListOfAsset", OBJECT, 10,
        )  # fmt: skip


# --- reminders ------------------------------------------------------------------------------


def remind(memory: Memory, days: float = 1, **fields: Any) -> Done:
    command = SaveReminder(ticket=TICKET, due=memory.now + timedelta(days=days), **fields)
    result: Done = done(memory, reminders.save, "SaveReminderOfTicket", command)
    return result


def forget(memory: Memory) -> Done:
    result: Done = done(memory, reminders.delete, "DeleteReminderOfTicket", TICKET)
    return result


def test_the_calling_agent_is_reminded_unless_another_is_named(memory: Memory):
    ticket = given_ticket(memory)
    remind(memory)
    assert memory.tables.reminders[ticket.id].recipient.en == "Ada"
    remind(memory, recipient=guid_of("agent", "Bert"))
    assert memory.tables.reminders[ticket.id].recipient.en == "Bert"
    with refused(NotFound, "recipient: not found"):
        remind(memory, recipient=guid_of("agent", "Gone"))


def test_a_recipient_who_has_left_may_stay(memory: Memory):
    ticket = given_ticket(memory)
    gone = memory.tables.row("agent", "Gone")
    memory.tables.reminders[ticket.id] = Reminder(due=START, text="", recipient=gone)
    remind(memory, recipient=gone.guid)
    assert memory.tables.reminders[ticket.id].recipient == gone


def test_a_date_that_has_come_is_refused_before_all_else(memory: Memory):
    with refused(BrokenRule, "due: must be in the future"):
        remind(memory, days=0, breach=BREACH)
    with pytest.raises(BrokenRule, match="not a GUID"):
        remind(memory, breach=BREACH)
    with refused(NotFound, "ticket: not found"):
        remind(memory)


def test_an_equal_reminder_leaves_no_line(memory: Memory):
    given_ticket(memory)
    remind(memory)
    remind(memory)
    assert len(memory.lines("reminder")) == 1


def test_deleting_twice_is_a_repeat_until_the_account_sets_one_again(memory: Memory):
    ticket = given_ticket(memory)
    with refused(NotFound, "ticket: ticket has no reminder"):
        forget(memory)
    remind(memory)
    assert forget(memory) == forget(memory) == Done(ticket.id)
    remind(memory)
    memory.tables.reminders.clear()
    with refused(NotFound, "ticket: ticket has no reminder"):
        forget(memory)


def test_a_closed_ticket_takes_no_reminder_and_gives_none(memory: Memory):
    ticket = given_ticket(memory, state="closed successful")
    with refused(TicketClosed, "ticket: ticket is closed"):
        remind(memory)
    ada = memory.tables.row("agent", "Ada")
    memory.tables.reminders[ticket.id] = Reminder(due=START, text="", recipient=ada)
    with refused(TicketClosed, "ticket: ticket is closed"):
        forget(memory)


def test_what_is_due_is_told_once(memory: Memory):
    ticket = given_ticket(memory)
    remind(memory, text="Look.")
    memory.now += timedelta(days=2)
    assert reminders.due_reminders(memory) == 1
    assert reminders.due_reminders(memory) == 0
    (event,) = [event for _, event in memory.tables.events if event.kind == "reminder due"]
    assert event.snapshot["reminder"] == {
        "due": (START + timedelta(days=1)).isoformat(),
        "text": "Look.",
        "recipient": {"id": 2, "guid": str(guid_of("agent", "Ada")), "name": "Ada"},
    }
    assert memory.ticket(TICKET).state == ticket.state


# --- templates ------------------------------------------------------------------------------


def given_template(memory: Memory, **fields: Any) -> None:
    rows = {
        name: memory.tables.row(
            {"owner": "agent", "assigned_group": "group"}.get(name, name), value
        )
        for name, value in fields.items()
        if isinstance(value, str) and name != "keywords"
    }
    row = memory.tables.row("template", "New computer")
    told = {"description": Description("x", "<p>x</p>"), **fields, **rows}
    memory.tables.templates[COMPUTER] = Template(row=row, **told)


def made(memory: Memory, **fields: Any) -> Done:
    command = save(title="New", template=COMPUTER, **fields)
    result: Done = done(memory, tickets.save, "SaveTicket", command)
    return result


def test_what_was_not_sent_comes_from_the_template(memory: Memory):
    given_template(
        memory, state="open", priority=5, category="Software", impact="everybody",
        customer_user="Dora", owner="Bert", keywords="new",
    )  # fmt: skip
    assert made(memory).note == ""
    ticket = memory.ticket(TICKET)
    assert (ticket.state.en, ticket.priority, ticket.keywords) == ("open", 5, "new")
    assert [row and row.en for row in (
        ticket.category, ticket.impact, ticket.customer_user, ticket.customer, ticket.owner,
        ticket.template,
    )] == ["Software", "everybody", "Dora", "Other Ltd", "Bert", "New computer"]  # fmt: skip
    assert [article.html for article in memory.tables.articles.values()] == ["<p>x</p>"]


def test_what_was_sent_empty_stays_empty(memory: Memory):
    given_template(memory, category="Software", assigned_group="printers", keywords="new")
    made(memory, category=None, keywords="", assignee=Assign(None, PartyKind.AGENT),
         description=Description("", ""))  # fmt: skip
    ticket = memory.ticket(TICKET)
    assert (ticket.category, ticket.assigned_group, ticket.keywords) == (None, None, "")
    assert memory.tables.articles == {}


def test_a_closed_state_is_not_taken_from_a_template_nor_beside_it(memory: Memory):
    given_template(memory, state="closed successful", assigned_group="printers")
    assert made(memory).note == templates.CLOSED_NOT_APPLIED
    assert memory.ticket(TICKET).state.en == "new"
    sent = save(OTHER, title="New", template=COMPUTER, state="closed unsuccessful")
    assert done(memory, tickets.save, "SaveTicket", sent).note == templates.CLOSED_NOT_APPLIED
    opened = save(THIRD, title="New", template=COMPUTER, state="open")
    assert done(memory, tickets.save, "SaveTicket", opened).note == ""
    assert memory.ticket(THIRD).state.en == "open"


def test_a_repeat_gets_the_note_again(memory: Memory):
    given_template(memory, state="closed successful")
    assert made(memory) == made(memory)


def test_times_and_costs_are_copied(memory: Memory):
    given_template(memory)
    memory.tables.template_entries[COMPUTER] = (
        [timedelta(minutes=30), timedelta(minutes=12)], [Decimal("19.90")],
    )  # fmt: skip
    made(memory)
    times = [time for _, time in memory.tables.working_times.values()]
    assert [(time.minutes, time.end, time.executor.en) for time in times] == [
        (30, memory.now, "Ada"),
        (12, memory.now, "Ada"),
    ]


def test_the_preview_shows_defaults_where_the_template_says_nothing(memory: Memory):
    preview = partial(templates.preview, COMPUTER, DEFAULTS)
    shown = done(memory, preview, "GetTicketFromTemplate")
    assert (shown.state.en, shown.priority, shown.assignee, shown.title) == ("new", 3, None, "")
    given_template(memory, state="closed successful", owner="Bert", priority=1, working_minutes=42)
    shown = done(memory, preview, "GetTicketFromTemplate")
    assert (shown.state.en, shown.priority, shown.working_minutes) == ("closed successful", 1, 42)
    assert shown.assignee.name == "Bert"
    assert memory.tables.tickets == {}


def test_a_template_that_was_switched_off_shows_and_makes_nothing(memory: Memory):
    old = guid_of("template", "Old computer")
    with refused(NotFound, "template: not found"):
        done(memory, partial(templates.preview, old, DEFAULTS), "GetTicketFromTemplate")
    page = done(memory, templates.active, "GetTicketTemplateList")
    assert [row[1] for row in page.rows] == ["New computer"]


# --- stored queries -------------------------------------------------------------------------


def run(memory: Memory, filter_: dict[str, object], **how: Any) -> list[UUID]:
    memory.tables.queries[QUERY] = StoredQuery(filter_, [])
    command = RunQuery(query=QUERY, offset=0, count=10, with_total=False)
    page = done(memory, stored_queries.run, "GetTicketListByQuery", command, **how)
    return [row[0] for row in page.rows]


def test_a_query_means_whoever_runs_it(memory: Memory):
    given_ticket(memory, owner="Ada")
    given_ticket(memory, OTHER, owner="Bert")
    assert run(memory, {"owner": "$caller"}) == [TICKET]
    bert = agent("Bert", rights={USERS: Permission.RO})
    assert run(memory, {"owner": "$caller"}, principal=bert) == [OTHER]
    assert run(memory, {}) == [OTHER, TICKET]
    assert run(memory, {}, principal=agent(rights={SECRET: Permission.RO})) == []


def test_rows_are_found_by_name_and_what_is_gone_stops_the_query(memory: Memory):
    given_ticket(memory, category="Software")
    assert run(memory, {"category": "Software"}) == [TICKET]
    assert run(memory, {"category": []}) == []
    for filter_ in ({"category": "Sold"}, {"colour": "red"}, {"owner": True}):
        with refused(BrokenRule, "query: stored query cannot be run"):
            run(memory, dict(filter_))


def test_a_query_that_is_not_there_is_not_found(memory: Memory):
    command = RunQuery(query=OTHER, offset=0, count=10, with_total=False)
    with refused(NotFound, "query: not found"):
        done(memory, stored_queries.run, "GetTicketListByQuery", command)


def test_assignees_are_looked_up_once_for_a_page(memory: Memory):
    for guid, owner in ((TICKET, "Ada"), (OTHER, "Ada"), (THIRD, None)):
        given_ticket(memory, guid, owner=owner)
    memory.tables.queries[QUERY] = StoredQuery({}, [])
    command = RunQuery(query=QUERY, offset=0, count=10, with_total=True)
    page, assignees = done(
        memory, stored_queries.run_with_assignees, "GetTicketListByQuery", command
    )
    assert len(page.rows) == page.total == 3
    assert {guid: each.name for guid, each in assignees.items()} == {guid_of("agent", "Ada"): "Ada"}
    assert memory.trips.count("assignees") == 1
