"""Costs, working times, attachments and mails as use cases, in memory."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest

from gateway.domain.commands import (
    DeleteAttachments,
    Entry,
    SaveAttachment,
    SaveAttachments,
    SaveCost,
    SaveWorkingTime,
)
from gateway.domain.entries import Mail
from gateway.domain.people import Permission
from gateway.domain.views import HelpdeskSettings
from gateway.errors import (
    BrokenRule,
    GatewayError,
    Missing,
    NotFound,
    NotPermitted,
    TicketClosed,
    TicketMerged,
)
from gateway.usecases import attachments, batches, costs, entries, mail_monitor, working_times
from gateway.usecases.idempotency import Done
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
    given_comment,
    given_ticket,
)
from tests.kit.world_entries import (
    ATTACHMENT,
    COST,
    DOCUMENT,
    MAIL,
    given_attachment,
    given_cost,
    given_mail,
    given_time,
)

READER = agent(rights={USERS: Permission.RO})
STRANGER = agent(rights={SECRET: Permission.RW})
PRICE = Decimal("19.90")


@pytest.fixture
def memory() -> Memory:
    return Memory()


def run(memory: Memory, work, command, operation, principal=None) -> Done:
    circumstances = call(operation, command, principal=principal)
    return memory.run(partial(work, command, circumstances), circumstances)


def save_costs(memory: Memory, *batch: SaveCost, principal=None) -> Done:
    return run(memory, costs.save, list(batch), "SaveTicketCosts_V1", principal)


def delete_costs(memory: Memory, *guids: UUID, principal=None) -> Done:
    batch = [Entry(guid) for guid in guids]
    return run(memory, costs.delete, batch, "DeleteTicketCosts_V1", principal)


def new_cost(guid: UUID = COST, **fields: object) -> SaveCost:
    return SaveCost(guid=guid, **{"ticket": TICKET, "unit_price": PRICE, "amount": 2, **fields})


def refused(kind: type[GatewayError], field: str) -> "pytest.RaisesExc[GatewayError]":
    return pytest.raises(kind, check=lambda error: error.field == field)


# --- costs ----------------------------------------------------------------------------------


def test_a_new_cost_is_the_callers_and_of_now_cs3(memory: Memory):
    ticket = given_ticket(memory)
    assert save_costs(memory, new_cost(category="Parts")) == Done(ticket.id)
    cost = memory.tables.costs[COST]
    assert cost.creator == memory.tables.row("agent", "Ada")
    assert (cost.created, cost.total, cost.description) == (memory.now, Decimal("39.80"), "")
    assert memory.kinds() == ["changed"]
    assert [(line.kind, line.text, line.new) for line in memory.lines()] == [
        ("cost added", str(COST), "2 x 19.90, Parts")
    ]
    assert memory.ticket(TICKET).version == ticket.version + 1


def test_an_edit_of_another_keeps_the_creator_cs3(memory: Memory):
    given_ticket(memory)
    before = given_cost(memory)
    save_costs(memory, SaveCost(guid=COST, amount=5))
    assert memory.tables.costs[COST] == replace(before, amount=5)


def test_an_edit_to_the_present_values_leaves_no_trace_g10(memory: Memory):
    before = given_ticket(memory)
    given_cost(memory)
    save_costs(memory, SaveCost(guid=COST, ticket=TICKET, amount=2, category="Parts"))
    assert (memory.lines(), memory.kinds(), memory.ticket(TICKET)) == ([], [], before)


def test_checks_of_a_new_cost_come_in_the_order_of_the_contract_g14(memory: Memory):
    given_ticket(memory, state="closed successful")
    memory.tables.settings = HelpdeskSettings(costs_enabled=False)
    breach = BrokenRule("not a GUID", field="Costs[1].TicketId")
    with refused(Missing, "Costs[1].Id"):
        save_costs(memory, SaveCost(guid=UUID(int=0), breach=Missing(field="Costs[1].Id")))
    with refused(Missing, "costs[1].amount"):
        save_costs(memory, SaveCost(guid=COST, ticket=TICKET, unit_price=PRICE, breach=breach))
    with refused(BrokenRule, "Costs[1].TicketId"):
        save_costs(memory, new_cost(breach=breach))
    with refused(NotFound, "costs[1].ticket"):
        save_costs(memory, new_cost(ticket=OTHER))
    with refused(NotFound, "costs[1].ticket"):
        save_costs(memory, new_cost(), principal=STRANGER)
    with refused(NotPermitted, "costs[1].ticket"):
        save_costs(memory, new_cost(), principal=READER)
    with refused(TicketClosed, "costs[1].ticket"):
        save_costs(memory, new_cost())
    given_ticket(memory, OTHER)
    with pytest.raises(BrokenRule) as error:
        save_costs(memory, new_cost(ticket=OTHER))
    assert (error.value.field, error.value.entry) == ("costs", 1)


def test_entries_go_one_by_one_through_all_steps_g14(memory: Memory):
    given_ticket(memory)
    with refused(NotFound, "costs[2].ticket"):
        save_costs(memory, new_cost(), new_cost(uuid4(), ticket=OTHER), SaveCost(guid=uuid4()))
    assert memory.tables.costs == {}


def test_one_batch_serves_several_tickets_with_one_event_each_cs4(memory: Memory):
    given_ticket(memory)
    given_ticket(memory, OTHER)
    batch = [new_cost(uuid4(), ticket=ticket) for ticket in (TICKET, OTHER, TICKET)]
    save_costs(memory, *batch)
    assert memory.kinds() == ["changed", "changed"]
    owners = [cost.ticket for cost in memory.tables.costs.values()]
    assert owners == [TICKET, OTHER, TICKET]


def test_reading_and_writing_costs_takes_as_many_trips_for_one_as_for_fifty(memory: Memory):
    given_ticket(memory)
    trips = []
    for count in (1, 50):
        guids = [uuid4() for _ in range(count)]
        made = []
        save_costs(memory, *(new_cost(guid) for guid in guids))
        made.append(list(memory.trips))
        save_costs(memory, *(SaveCost(guid=guid, amount=3) for guid in guids))
        made.append(list(memory.trips))
        delete_costs(memory, *guids)
        made.append(list(memory.trips))
        trips.append(made)
    assert trips[0] == trips[1]


def test_a_repeated_batch_leaves_alone_what_others_changed_g10(memory: Memory):
    given_ticket(memory)
    batch = (new_cost(), new_cost(uuid4()))
    first = save_costs(memory, *batch)
    other = agent("Bert", account_id=2)
    save_costs(memory, SaveCost(guid=COST, amount=9), principal=other)
    assert save_costs(memory, *batch) == first
    assert memory.tables.costs[COST].amount == 9
    save_costs(memory, SaveCost(guid=COST, amount=7))
    save_costs(memory, *batch)
    assert memory.tables.costs[COST].amount == 2


def test_a_repeat_makes_again_what_is_gone_g10(memory: Memory):
    given_ticket(memory)
    save_costs(memory, new_cost())
    delete_costs(memory, COST)
    save_costs(memory, new_cost())
    assert COST in memory.tables.costs
    delete_costs(memory, COST)
    assert delete_costs(memory, COST) == Done(None)
    with refused(NotFound, "costs[1]"):
        delete_costs(memory, COST, principal=agent("Bert", account_id=2))


def test_a_deletion_judges_its_entries_one_by_one_g9(memory: Memory):
    given_ticket(memory)
    given_cost(memory)
    with refused(NotFound, "costs[2]"):
        delete_costs(memory, COST, uuid4())
    breach = BrokenRule("not a GUID", field="CostIds[2]")
    with refused(BrokenRule, "CostIds[2]"):
        run(memory, costs.delete, [Entry(COST), Entry(UUID(int=0), breach)],
            "DeleteTicketCosts_V1")  # fmt: skip
    with refused(NotPermitted, "costs[1]"):
        delete_costs(memory, COST, principal=READER)
    with refused(NotFound, "costs[1]"):
        delete_costs(memory, COST, principal=STRANGER)
    assert COST in memory.tables.costs
    delete_costs(memory, COST, COST)
    assert memory.tables.costs == {}
    assert [line.old for line in memory.lines("cost deleted")] == ["2 x 19.90, Parts"]


def test_a_cost_that_a_merge_moves_meanwhile_is_held_where_it_is(memory: Memory):
    given_ticket(memory)
    given_ticket(memory, OTHER)
    given_cost(memory)
    asked = []

    def work(unit):
        def find(guids):
            asked.append(guids)
            if len(asked) == 2:  # between the first look and the lock
                cost = unit.tables.costs[COST]
                other = unit.tables.tickets[OTHER].ticket
                unit.tables.costs[COST] = replace(cost, ticket=OTHER, ticket_id=other.id)
            return unit.costs.find(guids)

        return batches.hold(find, [COST], (), unit)

    held = memory.run(work, call("DeleteTicketCosts_V1"))
    assert held.entries[COST].ticket == OTHER
    assert OTHER in held.tickets
    assert len(asked) == 3


# --- working times --------------------------------------------------------------------------


def save_time(memory: Memory, principal=None, **fields: object) -> Done:
    command = SaveWorkingTime(guid=TIME, **fields)
    return run(memory, working_times.save, command, "SaveTicketWorkingTime_V1", principal)


def whole(memory: Memory, **fields: object) -> dict[str, object]:
    return {
        "ticket": TICKET,
        "executor": guid_of("agent", "Bert"),
        "start": memory.now,
        "end": memory.now + timedelta(minutes=25),
        **fields,
    }


def test_a_working_time_is_added_with_its_line_wt(memory: Memory):
    ticket = given_ticket(memory)
    assert save_time(memory, **whole(memory)) == Done(ticket.id)
    assert save_time(memory, **whole(memory)) == Done(ticket.id)  # a repeat
    owner, time = memory.tables.working_times[TIME]
    assert (owner, time.executor.en, time.minutes) == (ticket.id, "Bert", 25)
    (line,) = memory.lines()
    assert (line.kind, line.text, line.new) == ("working time added", str(TIME), "25")
    assert memory.kinds() == ["changed"]


@pytest.mark.parametrize("name", ["ticket", "executor", "start", "end"])
def test_a_new_working_time_is_complete_wt(memory: Memory, name: str):
    given_ticket(memory)
    fields = whole(memory)
    del fields[name]
    with refused(Missing, name):
        save_time(memory, **fields)


def test_an_edit_says_what_differs_wt(memory: Memory):
    given_ticket(memory)
    time = given_time(memory, TIME)
    save_time(memory, end=time.start + timedelta(minutes=30), executor=guid_of("agent", "Ada"))
    kinds = [line.kind for line in memory.lines()]
    assert kinds == ["working time executor", "working time end", "working time minutes"]
    assert (memory.lines()[0].old, memory.lines()[0].new) == ("Bert", "Ada")
    save_time(memory, description="")
    assert len(memory.lines()) == 3


def test_checks_of_a_known_working_time_come_in_order_g14(memory: Memory):
    given_ticket(memory, state="closed successful")
    given_ticket(memory, OTHER)
    time = given_time(memory, TIME)
    breach = BrokenRule("out of range", field="WorkingTime.StartDate")
    with refused(Missing, "executor"):
        save_time(memory, executor=None, breach=breach)
    with refused(BrokenRule, "WorkingTime.StartDate"):
        save_time(memory, ticket=OTHER, breach=breach)
    with refused(NotFound, "guid"):
        save_time(memory, STRANGER, start=time.end)
    with refused(NotFound, "executor"):
        save_time(memory, executor=guid_of("group", "users"), start=time.end)
    with refused(BrokenRule, "start"):
        save_time(memory, start=time.end, ticket=OTHER)
    with refused(BrokenRule, "ticket"):
        save_time(memory, READER, ticket=OTHER)
    with refused(NotPermitted, "guid"):
        save_time(memory, READER)
    with refused(TicketClosed, "guid"):
        save_time(memory)


def test_working_times_that_are_switched_off_can_only_be_deleted_wt(memory: Memory):
    given_ticket(memory)
    given_time(memory, TIME)
    memory.tables.settings = HelpdeskSettings(working_times_enabled=False)
    with refused(BrokenRule, "working_time"):
        save_time(memory, description="x")
    run(memory, working_times.delete, [Entry(TIME)], "DeleteTicketWorkingTimeList_V1")
    assert memory.tables.working_times == {}
    assert [line.old for line in memory.lines("working time deleted")] == ["25"]


# --- attachments ----------------------------------------------------------------------------


def attachment(guid: UUID = ATTACHMENT, content: bytes | None = None, **fields) -> SaveAttachment:
    return SaveAttachment(
        guid=guid,
        content=content or b"",
        sha256=None if content is None else hashlib.sha256(content).digest(),
        **{"document": DOCUMENT, "name": "Page", "file_name": "page.txt", **fields},
    )


def attach(memory: Memory, *sent: SaveAttachment, ticket: UUID = TICKET, principal=None) -> Done:
    command = SaveAttachments(ticket=ticket, attachments=sent)
    return run(memory, attachments.save, command, "SaveTicketAttachments_V1", principal)


def detach(memory: Memory, *guids: UUID, ticket: UUID = TICKET, principal=None) -> Done:
    gone = tuple(Entry(guid) for guid in guids)
    command = DeleteAttachments(ticket=ticket, attachments=gone)
    return run(memory, attachments.delete, command, "DeleteTicketAttachments_V1", principal)


def test_added_and_edited_attachments_make_one_event_of_each_kind(memory: Memory):
    given_ticket(memory)
    given_attachment(memory)
    attach(
        memory,
        attachment(uuid4(), b"one"),
        attachment(uuid4()),
        attachment(visible=True, description="x"),
    )
    assert memory.kinds() == ["attachment added", "changed"]
    assert [line.kind for line in memory.lines()] == [
        "attachment added", "attachment added", "attachment description", "attachment visible",
    ]  # fmt: skip


def test_the_content_comes_once_at3(memory: Memory):
    given_ticket(memory)
    given_attachment(memory, content=None)
    for _ in range(2):
        attach(memory, attachment(content=b"late"))
    assert memory.tables.contents == {ATTACHMENT: b"late"}
    known = memory.tables.attachments[ATTACHMENT]
    assert (known.size, known.sha256) == (4, hashlib.sha256(b"late").digest())
    assert [(line.kind, line.old, line.new) for line in memory.lines()] == [
        ("attachment size", "0", "4")
    ]
    with refused(BrokenRule, "attachments[1].content"):
        attach(memory, attachment(content=b"other"))


def test_an_empty_content_is_one_too_at3(memory: Memory):
    given_ticket(memory)
    attach(memory, attachment(content=b""))
    assert memory.tables.contents == {ATTACHMENT: b""}
    attach(memory, attachment(content=b""))
    with refused(BrokenRule, "attachments[1].content"):
        attach(memory, attachment(content=b"later"))


def test_the_limit_is_that_of_the_moment_at4(memory: Memory):
    given_ticket(memory)
    memory.tables.settings = HelpdeskSettings(max_attachment_bytes=3)
    attach(memory, attachment(content=b"123"))
    with pytest.raises(BrokenRule, match="larger than 3 bytes"):
        attach(memory, attachment(uuid4(), b"1234"))
    memory.tables.settings = HelpdeskSettings(max_attachment_bytes=1)
    attach(memory, attachment(content=b"123"))


def test_checks_of_an_attachment_come_in_the_order_of_the_contract_g14(memory: Memory):
    given_ticket(memory, state="closed successful")
    memory.tables.settings = HelpdeskSettings(max_attachment_bytes=0)
    breach = BrokenRule("not a file name", field="Attachments[1].FileName")
    with refused(NotFound, "ticket"):
        attach(memory, attachment(name=""), principal=STRANGER)
    with refused(Missing, "attachments[1].name"):
        attach(memory, attachment(name="", breach_if_new=breach))
    with refused(BrokenRule, "Attachments[1].FileName"):
        attach(memory, attachment(breach_if_new=breach))
    with refused(NotPermitted, "ticket"):
        attach(memory, attachment(), principal=READER)
    with refused(TicketClosed, "ticket"):
        attach(memory, attachment())
    given_ticket(memory, OTHER)
    with pytest.raises(BrokenRule) as error:
        attach(memory, attachment(), ticket=OTHER)
    assert (error.value.field, error.value.entry) == ("attachments", 1)
    given_attachment(memory, ticket=OTHER)
    attach(memory, attachment(breach_if_new=breach, name="", visible=True), ticket=OTHER)
    with refused(NotFound, "attachments[1].document"):
        attach(memory, attachment(document=uuid4()), ticket=OTHER)


def test_a_repeated_attachment_leaves_alone_what_others_changed_g10(memory: Memory):
    given_ticket(memory)
    attach(memory, attachment(content=b"1", description="mine"))
    attach(memory, attachment(description="theirs"), principal=agent("Bert", account_id=2))
    attach(memory, attachment(content=b"1", description="mine"))
    assert memory.tables.attachments[ATTACHMENT].description == "theirs"


def test_a_deletion_looks_on_its_ticket_alone_at6(memory: Memory):
    given_ticket(memory)
    given_ticket(memory, OTHER)
    given_attachment(memory)
    with refused(NotFound, "attachments[1]"):
        detach(memory, ATTACHMENT, ticket=OTHER)
    with refused(NotPermitted, "ticket"):
        detach(memory, ATTACHMENT, principal=READER)
    ticket = memory.ticket(TICKET)
    assert detach(memory, ATTACHMENT) == Done(ticket.id)
    assert detach(memory, ATTACHMENT) == Done(ticket.id)
    assert (memory.tables.attachments, memory.tables.contents) == ({}, {})
    assert len(memory.lines("attachment deleted")) == 1


def test_a_merged_ticket_loses_no_attachment_g12(memory: Memory):
    given_ticket(memory, state="merged", merged_into=OTHER)
    for work in (partial(attach, memory, attachment()), partial(detach, memory, ATTACHMENT)):
        with refused(TicketMerged, "ticket"):
            work()


@pytest.mark.parametrize(
    ("work", "field"),
    [(attachments.one, "attachment"), (costs.one, "cost"), (entries.comment, "guid")],
)
def test_one_entry_is_read_by_who_sees_its_ticket_g13(memory: Memory, work, field: str):
    given_ticket(memory)
    given_attachment(memory)
    given_cost(memory, ATTACHMENT)
    given_comment(memory, ATTACHMENT)
    assert run(memory, work, ATTACHMENT, "GetTicket_V1", READER)
    with refused(NotFound, "ticket"):
        run(memory, work, ATTACHMENT, "GetTicket_V1", STRANGER)
    with refused(NotFound, field):
        run(memory, work, uuid4(), "GetTicket_V1")


# --- comments, mails ------------------------------------------------------------------------


def test_a_deleted_comment_leaves_its_text_in_history_co3(memory: Memory):
    given_ticket(memory)
    given_comment(memory, text="Forget me")
    for _ in range(2):
        run(memory, entries.delete_comment, COMMENT, "DeleteTicketComment_V1")
    assert memory.tables.articles == {}
    assert [(line.kind, line.old) for line in memory.lines()] == [("comment deleted", "Forget me")]
    assert memory.kinds() == ["changed"]
    with refused(NotFound, "guid"):
        run(memory, entries.delete_comment, COMMENT, "DeleteTicketComment_V1",
            agent("Bert", account_id=2))  # fmt: skip


def test_a_comment_is_deleted_by_who_may_write_an_open_ticket(memory: Memory):
    given_ticket(memory, state="closed successful")
    given_comment(memory)
    for principal, kind in ((STRANGER, NotFound), (READER, NotPermitted), (agent(), TicketClosed)):
        with refused(kind, "guid"):
            run(memory, entries.delete_comment, COMMENT, "DeleteTicketComment_V1", principal)


def test_comments_come_newest_first_co(memory: Memory):
    given_ticket(memory)
    guids = [uuid4() for _ in range(3)]
    for guid in guids:
        given_comment(memory, guid)
    _, listed = run(memory, entries.newest_comments, TICKET, "GetCommentListOfTicket_V1")
    assert [article.guid for article in listed.rows] == guids[::-1]


def test_mails_are_listed_newest_first_and_deleted_for_good_em(memory: Memory):
    old = given_mail(memory, received=memory.now - timedelta(days=1))
    given_mail(memory, MAIL)
    circumstances = call("GetEmailMonitorList_V1", principal=READER)
    listed = memory.run(partial(mail_monitor.mails, circumstances), circumstances)
    assert [mail.guid for mail in listed.rows] == [MAIL, old.guid]
    assert isinstance(listed.rows[0], Mail)
    batch = [Entry(MAIL), Entry(MAIL)]
    with refused(NotPermitted, "mails[1]"):
        run(memory, mail_monitor.delete, batch, "DeleteEmailMonitorList_V1", READER)
    with refused(NotFound, "mails[2]"):
        run(memory, mail_monitor.delete, [Entry(MAIL), Entry(uuid4())],
            "DeleteEmailMonitorList_V1")  # fmt: skip
    for _ in range(2):
        run(memory, mail_monitor.delete, batch, "DeleteEmailMonitorList_V1")
    assert list(memory.tables.mails) == [old.guid]


def test_who_may_nothing_sees_no_mails_em(memory: Memory):
    nobody = agent(rights={})
    circumstances = call("GetEmailMonitorList_V1", principal=nobody)
    with refused(NotPermitted, ""):
        memory.run(partial(mail_monitor.mails, circumstances), circumstances)
