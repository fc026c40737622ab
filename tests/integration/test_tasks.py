"""Tasks on a real database: solutions are judged, old tickets get a task, events are numbered."""

from dataclasses import replace
from uuid import uuid4

import pytest

from gateway.domain.assignment import TaskState, WorkflowRules
from gateway.domain.commands import Assign, Defaults, SaveTicket
from gateway.domain.partner_commands import Acknowledge, AddUpdate, Reassign, StartProcess
from gateway.domain.people import AccountKind, PartyKind, Principal
from gateway.errors import NotPermitted, ReferenceTaken, WrongState
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases import (
    card_tickets,
    external_apps,
    partner_reads,
    partner_texts,
    references,
    rights,
    solutions,
    tickets,
)
from gateway.usecases.ports import FileLimit
from tests.kit.stores import Stores, agent_with, round_trips

DEFAULTS = Defaults(queue="Raw", state="new", priority=3)


class Desk:
    """Tickets that are given to a partner, and the partner's answers."""

    def __init__(self, stores):
        self.stores = stores
        ((system,),) = stores.sql(
            "insert into external_system (name) values ('NORTHWIND') returning id"
        )
        ((self.partner,),) = stores.sql(
            "insert into partner (name, system_id) values ('NORTHWIND', %s) returning id", system
        )
        stores.group("Northwind desk", integrated=True, partner_id=self.partner)
        stores.group("Network")
        self.northwind = Principal(
            account_id=9,
            account="northwind",
            kind=AccountKind.PARTNER,
            partner_id=self.partner,
            partners=frozenset({self.partner}),
        )

    def save(self, guid, group):
        command = SaveTicket(
            guid=guid,
            defaults=DEFAULTS,
            title="Printer jams",
            assignee=Assign(self.stores.row("group", group).guid, PartyKind.GROUP),
        )
        call = self.stores.call()
        self.stores.units.run(lambda unit: tickets.save(command, call, unit), call)

    def given(self, *, ready=True):
        """Give a new ticket to the partner by way of a group of ours; it may report it ready."""
        guid = uuid4()
        self.save(guid, "Network")
        self.save(guid, "Northwind desk")
        if ready:
            command = Reassign(task_id=self.task(guid).id, solution="Done.", closed=False)
            self.speak(partner_texts.reassign, command)
        return guid

    def speak(self, work, command):
        call = self.stores.call(principal=self.northwind)
        return self.stores.units.run(lambda unit: work(command, call, unit), call)

    def judge(self, work, command, guid, *, units=None, principal=None):
        call = self.stores.call(command=command, principal=principal or self.stores.admin)
        number = self.task(guid).id
        (units or self.stores.units).run(lambda unit: work(guid, number, call, unit), call)

    def task(self, guid):
        ticket = self.stores.lock(guid)
        return self.stores.run(lambda unit: unit.tasks.of(ticket.id))[0]

    def codes(self, guid):
        return [
            code
            for (code,) in self.stores.sql(
                "select e.kind from event e join ticket t on t.id = e.ticket_id"
                " where t.guid = %s and e.partner_id is not null order by e.sequence", guid,
            )
        ]  # fmt: skip


@pytest.fixture(scope="module")
def desk(databases):
    with databases.migrated() as url:
        stores = Stores(url)
        yield Desk(stores)
        stores.close()


def test_ssp7_workflow_a25_a_declined_solution_goes_back_to_the_partner(desk):
    guid = desk.given()
    assert desk.stores.lock(guid).assigned_group.en == "Network"
    desk.judge(solutions.decline, "DeclineSolution", guid)
    task = desk.task(guid)
    assert (task.state, task.group.en) == (TaskState.IN_PROGRESS, "Northwind desk")
    assert desk.stores.lock(guid).assigned_group.en == "Northwind desk"
    assert desk.codes(guid) == ["E1", "E6", "E3"]


def test_ssp7_workflow_a25_without_a_solution_there_is_nothing_to_judge(desk):
    guid = desk.given(ready=False)
    for work, command in (
        (solutions.decline, "DeclineSolution"),
        (solutions.accept, "AcceptSolution"),
    ):
        with pytest.raises(WrongState):
            desk.judge(work, command, guid)


@pytest.mark.parametrize(("told", "codes"), [(False, ["E1", "E6"]), (True, ["E1", "E6", "E8"])])
def test_an_accepted_solution_closes_the_task(desk, told, codes):
    guid = desk.given()
    rules = WorkflowRules(event_on_accept=told)
    units = UnitsOfWork(desk.stores.engine, desk.stores.numbers, workflow=rules)
    desk.judge(solutions.accept, "AcceptSolution", guid, units=units)
    assert desk.task(guid).state is TaskState.CLOSED
    assert desk.codes(guid) == codes


@pytest.mark.parametrize("wanted", [False, True])
def test_the_last_solution_that_is_accepted_closes_the_ticket_where_that_is_wanted(desk, wanted):
    guid = desk.given()
    rules = WorkflowRules(close_ticket_with_last_task=wanted, closed_state="closed successful")
    units = UnitsOfWork(desk.stores.engine, desk.stores.numbers, workflow=rules)
    desk.judge(solutions.accept, "AcceptSolution", guid, units=units)
    assert bool(desk.stores.lock(guid).closed) is wanted


def test_judging_a_solution_needs_rw_on_the_tickets_group(desk):
    guid = desk.given()
    group = desk.stores.lock(guid).group_id
    with pytest.raises(NotPermitted):
        desk.judge(
            solutions.decline, "DeclineSolution", guid, principal=agent_with({group: ["ro"]})
        )


def test_a_ticket_from_before_there_were_tasks_gets_its_main_task(desk):
    ticket = desk.stores.create()  # the store alone makes none
    desk.save(ticket.guid, "Northwind desk")
    task = desk.task(ticket.guid)
    assert (task.main, task.state) == (True, TaskState.SENT)
    assert desk.codes(ticket.guid) == ["E1"]


def test_a_group_without_the_marker_is_told_nothing_more(desk):
    guid = desk.given(ready=False)
    mark = "update agent_group set integrated = %s where name = 'Northwind desk'"
    desk.stores.sql(mark, False)
    try:
        desk.save(guid, "Network")
    finally:
        desk.stores.sql(mark, True)
    assert (desk.codes(guid), desk.task(guid).state) == (["E1"], TaskState.ASSIGNED)


def test_an_edited_row_of_the_event_map_counts_from_the_next_event_on(desk):
    change = "update event_map set request_type = %s where code = 'E1'"
    desk.stores.sql(change, "New work")
    try:
        guid = desk.given(ready=False)
    finally:
        desk.stores.sql(change, "Submit Request")
    ((told, kept),) = desk.stores.sql(
        "select e.request_type, e.snapshot ->> 'Task_ExternalRequestType' from event e"
        " join ticket t on t.id = e.ticket_id where t.guid = %s and e.kind = 'E1'", guid,
    )  # fmt: skip
    assert told == kept == "New work"


@pytest.mark.parametrize(("resend", "codes"), [(True, ["E1", "E10", "E2"]), (False, ["E1", "E10"])])
def test_an_unacknowledged_task_is_sent_again_only_where_the_group_says_so(desk, resend, codes):
    change = "update agent_group set resend_unacknowledged = %s where name = 'Northwind desk'"
    guid = desk.given(ready=False)
    desk.save(guid, "Network")
    desk.stores.sql(change, resend)
    try:
        desk.save(guid, "Northwind desk")
    finally:
        desk.stores.sql(change, True)
    assert desk.codes(guid) == codes


def test_a_reference_taken_after_its_task_ended_is_contested_when_that_is_reopened(desk):
    first, second = desk.given(ready=False), desk.given(ready=False)
    text = str(uuid4())
    done = {"solution": "Done.", "closed": True}
    for guid in (first, second):
        number = desk.task(guid).id
        desk.speak(references.acknowledge, Acknowledge(task_id=number, reference=text))
        if guid == first:
            desk.speak(partner_texts.reassign, Reassign(task_id=number, **done))
    ticket, call = desk.stores.lock(first), desk.stores.call()
    desk.stores.units.run(lambda unit: unit.tasks.reopen(ticket, call), call)
    claims = desk.stores.sql(
        "select claim from external_reference where reference = %s order by id", text
    )
    assert claims == [("contested",), ("live",)]


def test_the_number_of_a_ticket_is_let_go_with_its_main_task(desk):
    first, second, text = desk.given(ready=False), desk.given(ready=False), str(uuid4())
    desk.stores.sql(
        "insert into external_reference (system_id, reference, ticket_id)"
        " select p.system_id, %s, t.id from partner p, ticket t"
        " where p.id = %s and t.guid = %s", text, desk.partner, first,
    )  # fmt: skip
    said = Acknowledge(task_id=desk.task(second).id, reference=text)
    with pytest.raises(ReferenceTaken):
        desk.speak(references.acknowledge, said)
    done = Reassign(task_id=desk.task(first).id, solution="Done.", closed=True)
    desk.speak(partner_texts.reassign, done)
    assert not desk.speak(references.acknowledge, said).duplicate


def test_removing_a_ticket_closes_its_task_by_hand(desk):
    guid, call = desk.given(ready=False), desk.stores.call(command="ticket.remove")

    def remove(unit):
        card_tickets.remove(unit.tickets.lock(guid), call, unit)

    desk.stores.units.run(remove, call)
    assert (desk.task(guid).state, desk.codes(guid)) == (TaskState.CLOSED, ["E1", "E8"])


def test_a_contested_reference_alone_names_no_task(desk):
    text, done = str(uuid4()), {"solution": "Done.", "closed": True}
    guids = [desk.given(ready=False) for _ in range(2)]
    for guid in guids:
        number = desk.task(guid).id
        desk.speak(references.acknowledge, Acknowledge(task_id=number, reference=text))
        desk.speak(partner_texts.reassign, Reassign(task_id=number, **done))
    said = AddUpdate(task_id=0, reference=text, message="Hello")
    for guid in guids:
        desk.save(guid, "Network")  # the ticket stayed open
        desk.save(guid, "Northwind desk")
        assert not desk.task(guid).closed_by_partner
        if guid == guids[0]:
            assert desk.speak(partner_texts.update, said).task_id == desk.task(guid).id
    with pytest.raises(ReferenceTaken):
        desk.speak(partner_texts.update, said)


@pytest.mark.parametrize("right", ["ssp7.acknowledge", "ssp7.read", "ssp7.events"])
def test_a_partner_has_its_rights_unless_some_were_chosen_for_it(desk, right):
    rights.require(desk.northwind, right)
    chosen = replace(desk.northwind, granted=frozenset({"ssp7.start"}))
    rights.require(chosen, "ssp7.start")
    with pytest.raises(NotPermitted):
        rights.require(chosen, right)
    with pytest.raises(NotPermitted):
        rights.require(desk.northwind, "ssp7.start")


@pytest.mark.parametrize(
    ("work", "command", "most"),
    [
        (references.acknowledge, lambda task: Acknowledge(task_id=task, reference=f"R-{task}"), 11),
        (partner_texts.update, lambda task: AddUpdate(task_id=task, message="On our way."), 9),
        (partner_texts.reassign, lambda task: Reassign(task_id=task, solution="Done.",
                                                       closed=False), 9),
        (partner_texts.reassign, lambda task: Reassign(task_id=task, solution="Done.",
                                                       closed=True), 10),
    ],
)  # fmt: skip
def test_calls_of_partners_take_few_round_trips(desk, monkeypatch, work, command, most):
    task = desk.task(desk.given(ready=False)).id
    with round_trips(monkeypatch) as trips:
        desk.speak(work, command(task))
    assert len(trips) <= most, trips


def test_reads_of_partners_take_few_round_trips(desk, monkeypatch):
    task = desk.task(desk.given(ready=False)).id

    def reading(work, most):
        call = desk.stores.call(principal=desk.northwind)
        with round_trips(monkeypatch) as trips:
            desk.stores.units.run(lambda unit: work(call, unit), call)
        assert len(trips) <= most, trips

    reading(lambda call, unit: partner_reads.task(task, "", "", call, unit), 4)
    reading(lambda call, unit: partner_reads.messages(task, None, call, unit), 4)
    reading(lambda call, unit: partner_reads.pending_events("", 10, FileLimit(), call, unit), 1)


def test_judging_a_solution_and_starting_an_app_take_few_round_trips(desk, monkeypatch):
    desk.stores.sql("insert into external_app (code) values ('DOOR')")
    app = StartProcess(
        app="DOOR", requester="", values=(("Subject", "Locked out"),), reference="",
        defaults=DEFAULTS,
    )  # fmt: skip
    declined, accepted = ((guid, desk.task(guid).id) for guid in (desk.given(), desk.given()))
    admin = replace(desk.stores.admin, granted=frozenset({"ssp7.start"}))

    def acting(command, work, most):
        call = desk.stores.call(command=command, principal=admin)
        with round_trips(monkeypatch) as trips:
            desk.stores.units.run(lambda unit: work(call, unit), call)
        assert len(trips) <= most, trips

    acting("DeclineSolution", lambda call, unit: solutions.decline(*declined, call, unit), 7)
    acting("AcceptSolution", lambda call, unit: solutions.accept(*accepted, call, unit), 5)
    acting("ssp7.start", lambda call, unit: external_apps.start(app, call, unit), 6)
