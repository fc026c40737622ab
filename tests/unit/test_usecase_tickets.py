from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from gateway.domain.commands import Assign, BookTime, CloseTicket, NewComment, SaveTicket
from gateway.domain.entries import Reminder
from gateway.domain.people import PartyKind, Permission
from gateway.domain.ticket import Ticket
from gateway.domain.values import Key, Row
from gateway.domain.views import HelpdeskSettings
from gateway.errors import (
    BrokenRule,
    GatewayError,
    Missing,
    NotFound,
    NotPermitted,
    Refused,
    TicketClosed,
    TicketMerged,
    TicketNotClosed,
)
from gateway.usecases import tickets
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call
from tests.kit.memory import Memory, guid_of
from tests.kit.world import (
    COMMENT,
    OTHER,
    SECRET,
    TICKET,
    TIME,
    USERS,
    agent,
    call,
    close,
    description,
    given_comment,
    given_ticket,
    reopen,
    save,
)

BREACH = BrokenRule("must be between 1 and 5", field="Ticket.Priority")
RULES = HelpdeskSettings()
ALL_RULES = HelpdeskSettings(
    resolutions_enabled=True, comment_required=True, working_time_required=True
)


@pytest.fixture
def memory() -> Memory:
    return Memory()


def saved(memory: Memory, command: SaveTicket, circumstances: Call | None = None) -> Done:
    circumstances = circumstances or call("SaveTicket_V4", command)
    return memory.run(partial(tickets.save, command, circumstances), circumstances)


def closed(
    memory: Memory,
    command: CloseTicket,
    rules: HelpdeskSettings = RULES,
    circumstances: Call | None = None,
) -> Done:
    circumstances = circumstances or call("CloseTicket_V1", command)
    return memory.run(partial(tickets.close, command, rules, circumstances), circumstances)


def reopened(memory: Memory, circumstances: Call | None = None, **fields: object) -> Done:
    command = reopen(**fields)
    circumstances = circumstances or call("ReopenTicket_V1", command)
    return memory.run(partial(tickets.reopen, command, circumstances), circumstances)


def booking(memory: Memory, executor: UUID | None = None) -> BookTime:
    return BookTime(
        guid=TIME,
        executor=executor or guid_of("agent", "Ada"),
        start=memory.now - timedelta(minutes=25),
        end=memory.now,
    )


def comment() -> NewComment:
    return NewComment(guid=COMMENT, text=description("Roller replaced."))


def caption(row: Row | None) -> str | None:
    return None if row is None else row.en


def refused(kind: type[GatewayError], field: str) -> "pytest.RaisesExc[GatewayError]":
    return pytest.raises(kind, check=lambda error: error.field == field)


# --- create ---------------------------------------------------------------------------------


def test_an_unknown_id_creates_a_ticket_with_the_defaults_st1(memory: Memory):
    done = saved(memory, save(title="Printer jams"))
    ticket = memory.ticket(TICKET)
    assert done == Done(ticket.id)
    assert (ticket.title, ticket.state.en, ticket.priority) == ("Printer jams", "new", 3)
    assert (ticket.queue.en, ticket.version) == ("Raw", 1)
    assert (ticket.owner, ticket.category, ticket.keywords) == (None, None, "")
    assert memory.kinds() == ["created"]
    assert [line.kind for line in memory.lines()] == ["created"]
    assert memory.tables.settled == [("SaveTicket_V4", ticket.id)]


def test_a_create_locks_resolves_and_inserts_and_nothing_else(memory: Memory):
    saved(memory, save(title="Printer jams", category=guid_of("category", "Software")))
    assert memory.trips == ["lock", "resolve", "create"]


@pytest.mark.parametrize("title", [{}, {"title": ""}])
def test_a_new_ticket_needs_a_title_st1(memory: Memory, title: dict[str, str]):
    with refused(Missing, "title"):
        saved(memory, save(**title, template=guid_of("template", "New computer")))
    assert not memory.committed
    assert memory.tables.tickets == {}


def test_a_new_ticket_takes_what_the_caller_says(memory: Memory):
    saved(
        memory,
        save(
            title="Printer jams",
            description=description("Roller"),
            category=guid_of("category", "Software"),
            priority=5,
            state=guid_of("state", "open"),
            contact=guid_of("customer_user", "Carla"),
            assignee=Assign(guid_of("agent", "Ada")),
            impact=guid_of("impact", "everybody"),
            keywords="roller paper",
        ),
    )
    ticket = memory.ticket(TICKET)
    assert caption(ticket.category) == "Software"
    assert (ticket.priority, ticket.state.en, ticket.keywords) == (5, "open", "roller paper")
    assert caption(ticket.customer_user) == "Carla"
    assert caption(ticket.customer) == "Example Ltd"
    assert caption(ticket.owner) == "Ada"
    assert caption(ticket.impact) == "everybody"
    assert memory.kinds() == ["created", "assigned"]
    (text,) = memory.tables.articles.values()
    assert (text.plain, text.is_description) == ("Roller", True)


def test_an_empty_description_makes_no_article(memory: Memory):
    saved(memory, save(title="Printer jams", description=description("")))
    assert memory.tables.articles == {}


def test_a_template_must_exist_and_is_remembered_st6(memory: Memory):
    with refused(NotFound, "template"):
        saved(memory, save(title="New one", template=TICKET))
    saved(memory, save(title="New one", template=guid_of("template", "New computer")))
    ticket = memory.ticket(TICKET)
    assert caption(ticket.template) == "New computer"


def test_a_setting_that_names_no_row_is_the_operators_mistake(memory: Memory):
    command = save(title="Printer jams")
    command = replace(command, defaults=replace(command.defaults, queue="Nowhere"))
    with pytest.raises(GatewayError, match="a setting names a queue") as failed:
        saved(memory, command)
    assert not isinstance(failed.value, Refused)


# --- edit -----------------------------------------------------------------------------------


def test_an_absent_field_stays_and_an_empty_one_is_cleared_g2(memory: Memory):
    given_ticket(memory, category="Software", impact="everybody", keywords="old")
    saved(memory, save(impact=None, keywords=""))
    ticket = memory.ticket(TICKET)
    assert ticket.title == "Printer jams"
    assert caption(ticket.category) == "Software"
    assert (ticket.impact, ticket.keywords, ticket.version) == (None, "", 2)
    assert sorted(line.kind for line in memory.lines()) == ["impact", "keywords"]
    assert memory.kinds() == ["changed"]


def test_a_title_is_never_cleared_g2(memory: Memory):
    given_ticket(memory)
    with refused(Missing, "title"):
        saved(memory, save(title=""))


def test_an_edit_to_the_present_values_leaves_no_trace_g10(memory: Memory):
    given_ticket(memory, category="Software")
    saved(memory, save(title="Printer jams", category=guid_of("category", "Software"), priority=3))
    assert (memory.lines(), memory.kinds(), memory.ticket(TICKET).version) == ([], [], 1)
    assert memory.tables.settled == [("SaveTicket_V4", 1)]


def test_a_description_is_written_replaced_and_cleared_st2(memory: Memory):
    given_ticket(memory)
    for text in ("first", "second", ""):
        saved(memory, save(description=description(text)))
        (article,) = memory.tables.articles.values()
        assert (article.plain, article.html) == (text, text)
    assert [line.new for line in memory.lines("description")] == ["first", "second", ""]


def test_a_template_is_ignored_on_edit(memory: Memory):
    given_ticket(memory)
    saved(memory, save(template=TICKET))
    assert memory.ticket(TICKET).template is None


@pytest.mark.parametrize(
    ("field", "command"),
    [
        ("category", {"category": TICKET}),
        ("state", {"state": TICKET}),
        ("contact", {"contact": TICKET}),
        ("assignee", {"assignee": Assign(TICKET)}),
        ("impact", {"impact": TICKET}),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_rows_that_a_ticket_names_must_exist_st6(
    memory: Memory, field: str, command: dict[str, Key], exists: bool
):
    if exists:
        given_ticket(memory)
    with refused(NotFound, field):
        saved(memory, save(title="Printer jams", **command))


@pytest.mark.parametrize(
    ("field", "list_name", "name"),
    [
        ("category", "category", "Gone"),
        ("state", "state", "old"),
        ("contact", "customer_user", "Fred"),
        ("impact", "impact", "nobody"),
    ],
)
def test_an_inactive_row_cannot_be_newly_set_but_may_stand_g15(
    memory: Memory, field: str, list_name: str, name: str
):
    column = {"contact": "customer_user"}.get(field, field)
    given_ticket(memory)
    with refused(NotFound, field):
        saved(memory, save(**{field: guid_of(list_name, name)}))
    given_ticket(memory, OTHER, **{column: name})
    saved(memory, save(OTHER, **{field: guid_of(list_name, name)}, title="Toner"))
    assert memory.ticket(OTHER).title == "Toner"


def test_an_inactive_agent_cannot_be_newly_assigned_but_may_stay_g15(memory: Memory):
    gone = Assign(guid_of("agent", "Gone"))
    given_ticket(memory)
    with refused(NotFound, "assignee"):
        saved(memory, save(assignee=gone))
    given_ticket(memory, OTHER, owner="Gone")
    saved(memory, save(OTHER, assignee=gone))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("closed successful", "state closes the ticket, use CloseTicket_V1"),
        ("merged", "state cannot be set"),
        ("removed", "state cannot be set"),
    ],
)
@pytest.mark.parametrize("exists", [False, True])
def test_saving_neither_closes_nor_merges_nor_removes_st5(
    memory: Memory, state: str, sentence: str, exists: bool
):
    if exists:
        given_ticket(memory)
    with pytest.raises(BrokenRule) as refusal:
        saved(memory, save(title="Printer jams", state=guid_of("state", state)))
    assert (refusal.value.field, refusal.value.sentence) == ("state", sentence)


def test_a_state_set_by_saving_has_no_end_time(memory: Memory):
    given_ticket(memory, state="pending reminder", pending_until=memory.now)
    saved(memory, save(state=guid_of("state", "open")))
    assert memory.ticket(TICKET).pending_until is None


def test_a_contact_brings_its_company_and_replaces_a_bare_address(memory: Memory):
    given_ticket(memory, customer_address="someone@example.com")
    saved(memory, save(contact=guid_of("customer_user", "Dora")))
    ticket = memory.ticket(TICKET)
    assert caption(ticket.customer) == "Other Ltd"
    assert ticket.customer_address is None
    saved(memory, save(contact=guid_of("customer_user", "Emil")))
    assert memory.ticket(TICKET).customer is None
    saved(memory, save(contact=guid_of("customer_user", "Carla")))
    saved(memory, save(contact=None))
    assert (memory.ticket(TICKET).customer_user, memory.ticket(TICKET).customer) == (None, None)


# --- assignee -------------------------------------------------------------------------------


def party(ticket: Ticket) -> tuple[str | None, str | None]:
    return caption(ticket.owner), caption(ticket.assigned_group)


def test_setting_an_agent_clears_the_group_and_the_other_way_round(memory: Memory):
    given_ticket(memory, assigned_group="printers")
    saved(memory, save(assignee=Assign(guid_of("agent", "Ada"))))
    assert party(memory.ticket(TICKET)) == ("Ada", None)
    saved(memory, save(assignee=Assign(guid_of("group", "printers"), PartyKind.GROUP)))
    assert party(memory.ticket(TICKET)) == (None, "printers")
    assert memory.kinds() == ["changed", "assigned", "changed", "assigned"]


def test_an_empty_id_leaves_nobody_assigned_st4(memory: Memory):
    given_ticket(memory, owner="Ada")
    saved(memory, save(assignee=Assign(None)))
    assert party(memory.ticket(TICKET)) == (None, None)
    assert memory.kinds() == ["changed"]


@pytest.mark.parametrize(
    "assign",
    [
        Assign(guid_of("group", "printers")),
        Assign(guid_of("agent", "Ada"), PartyKind.GROUP),
        Assign(guid_of("group", "printers"), either_kind_kept=True),
    ],
)
def test_an_id_of_the_other_kind_is_not_found_st3_st4(memory: Memory, assign: Assign):
    given_ticket(memory)
    with refused(NotFound, "assignee"):
        saved(memory, save(assignee=assign))


def test_in_v1_the_group_that_is_assigned_already_is_no_change_st3(memory: Memory):
    given_ticket(memory, assigned_group="printers")
    saved(memory, save(assignee=Assign(guid_of("group", "printers"), either_kind_kept=True)))
    assert party(memory.ticket(TICKET)) == (None, "printers")


# --- who may, and in which order ------------------------------------------------------------


def test_a_ticket_of_another_group_is_not_found_g13(memory: Memory):
    given_ticket(memory, queue="Secret")
    with refused(NotFound, "guid"):
        saved(memory, save(title="Toner"))


def test_who_may_only_see_is_not_permitted_g13(memory: Memory):
    given_ticket(memory)
    reader = agent(rights={USERS: Permission.RO})
    command = save(title="Toner")
    with refused(NotPermitted, "guid"):
        saved(memory, command, call("SaveTicket_V4", command, principal=reader))


def test_a_create_needs_rw_on_the_group_of_the_queue(memory: Memory):
    command = save(title="Toner")
    stranger = agent(rights={SECRET: Permission.RW})
    with refused(NotPermitted, "guid"):
        saved(memory, command, call("SaveTicket_V4", command, principal=stranger))
    assert memory.tables.tickets == {}


def test_a_removed_ticket_is_not_found_and_its_id_stays_used_g12(memory: Memory):
    given_ticket(memory, state="removed")
    with refused(NotFound, "guid"):
        saved(memory, save(title="Toner"))
    with refused(NotFound, "ticket"):
        closed(memory, close())


def test_a_closed_or_merged_ticket_is_not_edited_g11_g12(memory: Memory):
    given_ticket(memory, state="closed successful")
    with refused(TicketClosed, "guid"):
        saved(memory, save(title="Toner"))
    given_ticket(memory, OTHER, state="merged", merged_into=TICKET)
    with refused(TicketMerged, "guid"):
        saved(memory, save(OTHER, title="Toner"))


def test_checks_of_an_edit_come_in_the_order_of_the_contract_g14(memory: Memory):
    """Required, form, existence, rights, state: each later breach shows when the former is gone."""
    given_ticket(memory, state="closed successful")
    reader = agent(rights={USERS: Permission.RO})
    stranger = agent(rights={SECRET: Permission.RW})
    unknown = {"category": TICKET}

    def outcome(command: SaveTicket, principal: object) -> str:
        circumstances = call("SaveTicket_V4", command)
        circumstances = replace(circumstances, principal=principal)
        try:
            saved(memory, command, circumstances)
        except Refused as refusal:
            return f"{refusal.field} {refusal.sentence}"
        return "done"

    assert outcome(save(title="", breach=BREACH, **unknown), stranger) == "title required"
    assert outcome(save(breach=BREACH, **unknown), stranger) == (
        "Ticket.Priority must be between 1 and 5"
    )
    assert outcome(save(**unknown), stranger) == "guid not found"
    assert outcome(save(**unknown), reader) == "category not found"
    assert outcome(save(), reader) == "guid not permitted"
    assert outcome(save(), agent()) == "guid ticket is closed"


def test_a_create_asks_for_the_title_before_it_judges_forms_g14(memory: Memory):
    with refused(Missing, "title"):
        saved(memory, save(breach=BREACH))
    with refused(BrokenRule, "Ticket.Priority"):
        saved(memory, save(title="Toner", breach=BREACH, category=TICKET))


# --- close ----------------------------------------------------------------------------------


def test_closing_sets_state_time_and_assignee_and_drops_the_reminder_ct6(memory: Memory):
    ticket = given_ticket(memory, state="pending reminder", pending_until=memory.now)
    recipient = memory.tables.row("agent", "Ada")
    memory.tables.reminders[ticket.id] = Reminder(due=memory.now, text="", recipient=recipient)
    closed(memory, close(assignee=Assign(guid_of("agent", "Ada"))))
    after = memory.ticket(TICKET)
    assert (after.state.en, after.closed) == ("closed successful", memory.now)
    assert after.pending_until is None
    assert party(after) == ("Ada", None)
    assert memory.tables.reminders == {}


def test_the_assignment_made_by_closing_is_no_event_of_its_own_ct1(memory: Memory):
    given_ticket(memory)
    closed(memory, close(assignee=Assign(guid_of("group", "printers"), PartyKind.GROUP)))
    assert memory.kinds() == ["closed"]


def test_resolutions_count_only_while_enabled_ct2(memory: Memory):
    enabled = HelpdeskSettings(resolutions_enabled=True)
    given_ticket(memory)
    for lacking in ({}, {"resolution": None}):
        with refused(Missing, "resolution"):
            closed(memory, close(**lacking), enabled)
    with refused(NotFound, "resolution"):
        closed(memory, close(resolution=TICKET), enabled)
    with refused(NotFound, "resolution"):
        closed(memory, close(resolution=guid_of("resolution", "guessed")), enabled)
    closed(memory, close(resolution=guid_of("resolution", "solved")), enabled)
    resolution = memory.ticket(TICKET).resolution
    assert caption(resolution) == "solved"


def test_a_disabled_resolution_is_ignored_ct2(memory: Memory):
    given_ticket(memory)
    closed(memory, close(resolution=TICKET))
    assert memory.ticket(TICKET).resolution is None


def test_a_comment_is_demanded_only_if_the_rules_say_so_ct3(memory: Memory):
    demanding = HelpdeskSettings(comment_required=True)
    given_ticket(memory)
    with refused(Missing, "comment"):
        closed(memory, close(), demanding)
    closed(memory, close(comment=comment()), demanding)
    assert [article.plain for article in memory.tables.articles.values()] == ["Roller replaced."]
    assert memory.kinds() == ["closed", "comment added"]


def test_a_working_time_is_demanded_only_if_enabled_and_enforced_ct4(memory: Memory):
    given_ticket(memory)
    with refused(Missing, "working_time"):
        closed(memory, close(), HelpdeskSettings(working_time_required=True))
    off = HelpdeskSettings(working_times_enabled=False, working_time_required=True)
    closed(memory, close(working_time=booking(memory)), off)
    assert memory.tables.working_times == {}
    given_ticket(memory, OTHER)
    closed(memory, close(OTHER, working_time=booking(memory)))
    assert [time.minutes for _, time in memory.tables.working_times.values()] == [25]


def test_the_executor_is_an_agent_ct4(memory: Memory):
    given_ticket(memory)
    group = booking(memory, guid_of("group", "printers"))
    with refused(NotFound, "working_time.executor"):
        closed(memory, close(working_time=group))


def test_ids_of_comment_and_working_time_must_be_free_ct6(memory: Memory):
    given_ticket(memory, OTHER)
    given_comment(memory, ticket=OTHER)
    given_ticket(memory)
    with pytest.raises(BrokenRule, match=r"comment\.guid: is taken"):
        closed(memory, close(comment=comment()))
    closed(memory, close(OTHER, working_time=booking(memory)))
    with pytest.raises(BrokenRule, match=r"working_time\.guid: is taken"):
        closed(memory, close(working_time=booking(memory)))


def test_checks_of_closing_come_in_the_order_of_the_contract_g14(memory: Memory):
    given_ticket(memory, state="closed unsuccessful")
    given_ticket(memory, OTHER)
    given_comment(memory, ticket=OTHER)
    reader = agent(rights={USERS: Permission.RO})
    nobody = booking(memory, TICKET)
    command = close(
        assignee=Assign(TICKET), resolution=TICKET, comment=comment(), working_time=nobody
    )

    def field(command: CloseTicket, principal: object) -> str | None:
        circumstances = replace(call("CloseTicket_V1", command), principal=principal)
        with pytest.raises(Refused) as refusal:
            closed(memory, command, ALL_RULES, circumstances)
        return refusal.value.field

    assert field(command, agent(rights={})) == "ticket"
    assert field(command, reader) == "assignee"
    command = replace(command, assignee=Assign(None))
    assert field(command, reader) == "resolution"
    command = replace(command, resolution=None)
    assert field(command, reader) == "comment.guid"
    command = replace(command, comment=None)
    assert field(command, reader) == "working_time.executor"
    command = replace(command, working_time=None)
    assert field(command, reader) == "ticket"  # not permitted
    assert field(command, agent()) == "ticket"  # closed
    reopened(memory)
    # The operator's rules come last, in the order of the parameters.
    assert field(command, agent()) == "resolution"
    command = replace(command, resolution=guid_of("resolution", "solved"))
    assert field(command, agent()) == "comment"
    command = replace(command, comment=NewComment(guid=TIME, text=description("x")))
    assert field(command, agent()) == "working_time"


def test_a_refused_close_leaves_ticket_comments_and_times_as_they_were_a14(memory: Memory):
    before = given_ticket(memory)
    with pytest.raises(Missing):
        closed(memory, close(comment=comment(), working_time=booking(memory)), ALL_RULES)
    assert memory.ticket(TICKET) == before
    assert (memory.tables.articles, memory.tables.working_times) == ({}, {})
    assert (memory.lines(), memory.kinds()) == ([], [])


# --- reopen ---------------------------------------------------------------------------------


def test_reopening_clears_resolution_and_closing_time_rt(memory: Memory):
    given_ticket(memory, state="closed successful", resolution="solved")
    assign = Assign(guid_of("group", "printers"), PartyKind.GROUP)
    reopened(memory, assignee=assign, comment=comment())
    after = memory.ticket(TICKET)
    assert (after.state.en, after.resolution, after.closed) == ("open", None, None)
    assert party(after) == (None, "printers")
    assert memory.kinds() == ["reopened", "assigned", "comment added"]


def test_only_a_closed_ticket_is_reopened_rt(memory: Memory):
    given_ticket(memory)
    with refused(TicketNotClosed, "ticket"):
        reopened(memory)


def test_the_id_of_a_comment_sent_with_reopening_must_be_free(memory: Memory):
    given_ticket(memory, state="closed successful")
    given_comment(memory)
    with pytest.raises(BrokenRule, match=r"comment\.guid: is taken"):
        reopened(memory, comment=comment())


def test_reopening_without_assignee_changes_nobody(memory: Memory):
    given_ticket(memory, state="closed successful", owner="Ada")
    reopened(memory)
    assert party(memory.ticket(TICKET)) == ("Ada", None)


# --- repeats --------------------------------------------------------------------------------


def test_a_repeated_create_changes_nothing_and_gets_the_first_answer_g10(memory: Memory):
    command = save(title="Printer jams")
    first = saved(memory, command)
    saved(
        memory,
        save(title="By another"),
        call("SaveTicket_V4", principal=agent("Bert", account_id=2)),
    )
    assert saved(memory, command) == first
    assert memory.ticket(TICKET).title == "By another"
    assert memory.tables.settled[-1] == ("SaveTicket_V4", first.ticket_id)


def test_a_repeat_after_ones_own_edit_is_an_edit_g10(memory: Memory):
    command = save(title="Printer jams")
    saved(memory, command)
    saved(memory, save(title="Toner"))
    saved(memory, command)
    assert memory.ticket(TICKET).title == "Printer jams"


def test_a_repeated_create_is_an_edit_after_a_day_g10(memory: Memory):
    command = save(title="Printer jams")
    saved(memory, command)
    saved(memory, save(title="Toner"), call("SaveTicket_V4", principal=agent(account_id=2)))
    memory.now += timedelta(hours=24)
    saved(memory, command)
    assert memory.ticket(TICKET).title == "Printer jams"


def test_a_setting_changed_in_between_keeps_a_repeat_a_repeat_g10(memory: Memory):
    command = save(title="Printer jams")
    first = saved(memory, command)
    other = replace(command, defaults=replace(command.defaults, priority=1))
    assert call("SaveTicket_V4", other).digest == call("SaveTicket_V4", command).digest
    assert saved(memory, other) == first


def test_a_repeated_close_gets_the_first_answer_while_it_stands_g10(memory: Memory):
    given_ticket(memory)
    command = close(comment=comment())
    first = closed(memory, command)
    assert closed(memory, command) == first
    assert len(memory.tables.articles) == 1
    with refused(TicketClosed, "ticket"):
        closed(memory, close())


def test_a_close_after_ones_own_reopen_is_a_new_one_g10(memory: Memory):
    given_ticket(memory)
    closed(memory, close())
    reopened(memory)
    closed(memory, close())
    assert memory.kinds() == ["closed", "reopened", "closed"]


def test_a_repeated_reopen_gets_the_first_answer_while_it_stands_g10(memory: Memory):
    given_ticket(memory, state="closed successful")
    first = reopened(memory)
    assert reopened(memory) == first
    assert memory.kinds() == ["reopened"]


def test_a_reopen_is_not_repeated_when_the_ticket_was_merged_since_g10(memory: Memory):
    given_ticket(memory, OTHER)
    given_ticket(memory, state="closed successful")
    reopened(memory)
    stored = memory.tables.tickets[TICKET]
    merged = replace(stored.ticket, state=memory.tables.row("state", "merged"), merged_into=OTHER)
    memory.tables.tickets[TICKET] = replace(stored, ticket=merged)
    with refused(TicketMerged, "ticket"):
        reopened(memory)


# --- read -----------------------------------------------------------------------------------


def test_a_merged_ticket_is_read_as_its_last_target_g12(memory: Memory):
    third = UUID(int=3)
    given_ticket(memory, third, title="Target")
    given_ticket(memory, OTHER, state="merged", merged_into=third)
    given_ticket(memory, state="merged", merged_into=OTHER)
    circumstances = call("GetTicket_V5")
    view = memory.run(partial(tickets.view, TICKET, circumstances), circumstances)
    assert (view.guid, view.title, view.asked_for) == (third, "Target", TICKET)
    assert memory.trips == ["view"]
    assert memory.tables.settled[-1] == ("GetTicket_V5", view.id)


@pytest.mark.parametrize("world", [{}, {"queue": "Secret"}, {"state": "removed"}])
def test_what_the_caller_may_not_see_is_not_found_g13(memory: Memory, world: dict[str, str]):
    if world:
        given_ticket(memory, **world)
    circumstances = call("GetTicket_V5")
    with refused(NotFound, "ticket"):
        memory.run(partial(tickets.view, TICKET, circumstances), circumstances)
