"""Acceptance statements of the SSP7 workflow service, sent by a strict client."""

import base64
import hashlib
import threading
from datetime import UTC, datetime

import pytest
import zeep

from tests.kit import web
from tests.kit.database import ADMIN_HASH
from tests.kit.gateway import new_id, wrapped
from tests.kit.workflow import (
    ACKNOWLEDGE,
    FETCHER,
    NORTHWIND,
    REASSIGN,
    SOUTHSEA,
    UPDATE,
    element,
    files,
    refusal,
)

BY_REFERENCE = "GetProcessInstanceTaskByExternalReference"


@pytest.fixture(scope="module")
def broker(workflow):
    """An account that speaks for two partners."""
    workflow.rows(
        "insert into account (name, kind, partner_id)"
        " select 'broker', 'partner', id from partner where name = 'NORTHWIND'"
    )
    workflow.rows(
        "insert into account_partner (account_id, partner_id) select a.id, p.id"
        " from account a, partner p where a.name = 'broker' and p.name = 'SOUTHSEA'"
    )
    workflow.rows(
        "insert into account_secret (account_id, kind, hash) select id, 'password', %s"
        " from account where name = 'broker'", ADMIN_HASH,
    )  # fmt: skip
    return "broker", NORTHWIND[1]


# --- assignment ------------------------------------------------------------------------------


def test_ssp7_workflow_a1_only_a_task_of_an_integrated_group_triggers_anything(workflow):
    outside, inside = workflow.task("Northwind desk"), workflow.task("Network")
    assert workflow.codes(outside) == ["E1"]
    assert workflow.deliveries(outside) == [("assign", 3, "E1")]
    assert workflow.state(outside) == "SentToExternal"
    assert workflow.codes(inside) == []
    assert workflow.state(inside) == "Assigned"


def test_ssp7_workflow_a3_the_first_assignment_starts_its_process_once(workflow):
    ticket_id = workflow.ticket()
    task = workflow.main_task(ticket_id)
    assert workflow.state(task) == "Open"
    workflow.assign(ticket_id, "Northwind desk")
    workflow.assign(ticket_id, "Northwind desk")
    assert workflow.codes(task) == ["E1"]


def test_ssp7_workflow_a4_a_task_that_is_assigned_again_keeps_its_reference(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.acknowledge(task, f"NW-{task}")
    workflow.assign(ticket_id, "Network")
    assert (workflow.state(task), workflow.codes(task)[-1]) == ("Assigned", "E10")
    workflow.assign(ticket_id, "Northwind desk")
    assert workflow.codes(task) == ["E1", "E9", "E10", "E2"]
    event = workflow.events(task)[-1]
    assert (event.type, event.direction) == ("Submit Request", "Out")
    assert event.fields["Task_ExternalReference"] == f"NW-{task}"
    assert workflow.state(task) == "InProgressExternal"
    assert workflow.deliveries(task) == [("assign", 3, "E1"), ("assign", 3, "E2")]
    ids = {event.fields["Task_ExternalCorrelationId"] for event in workflow.events(task)}
    assert len(ids) == 1
    assert workflow.acknowledge(task, f"NW-{task}").Code == "DUPLICATE"


def test_ssp7_workflow_a5_update_texts_start_the_update_process(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "Hurry.", "IsVisibleForWeb": True}
    assert workflow.gateway.call("SaveTicketComment_V1", Comment=comment).ResultCode == 0
    workflow.update(task)
    assert workflow.deliveries(task)[1:] == [("update", 3, "E4"), ("update", 3, "E5")]


def test_ssp7_workflow_a6_closing_starts_the_closure_process(workflow):
    by_hand, by_partner = workflow.ticket("Northwind desk"), workflow.task("Northwind desk")
    workflow.reassign(by_partner, p_blnClosed=True)
    closed = workflow.gateway.call(
        "CloseTicket_V1", TicketId=by_hand, Assignee=workflow.party("admin")
    )
    assert closed.ResultCode == 0
    assert workflow.deliveries(by_partner)[-1] == ("close", 3, "E7")
    assert workflow.deliveries(workflow.main_task(by_hand))[-1] == ("close", 3, "E8")


def test_ssp7_workflow_a12_an_event_holds_all_fields_of_ticket_and_task(workflow):
    ticket_id = workflow.ticket(
        "Northwind desk",
        Title="Printer jams",
        Description="It is the roller.",
        ContactId=workflow.gateway.row_id("customer_user", "carla"),
        Priority=4,
    )
    task = workflow.main_task(ticket_id)
    (event,) = workflow.events(task)
    assert (event.type, event.app) == ("Submit Request", "Ticketing.TaskAssignment")
    fields = event.fields
    assert len(fields) == 42
    expected = {
        "Task_ExternalRequestType": "Submit Request",
        "Task_ExternalRequestDirection": "Out",
        "Task_ExternalSystem": "NORTHWIND",
        "Task_ExternalReference": "",
        "Task_ExternalClosed": "false",
        "Task_Id": str(task),
        "Task_Subject": "Printer jams",
        "Task_Description": "It is the roller.",
        "Task_Status": "SentToExternal",
        "Task_Priority": "4",
        "Task_AssignedGroup": "Northwind desk",
        "Ticket_Subject": "Printer jams",
        "Ticket_Status": "new",
        "Ticket_Requester": "Carla Customer",
        "Ticket_RequesterEmail": "carla@acme.example",
        "Ticket_RequesterUniqueId": "C-1",
        "Task_CreatedBy": "Admin",
    }
    assert {name: fields[name] for name in expected} == expected
    assert fields["Ticket_CreatedOn"].endswith("Z")
    assert "Task_HashCheck" not in fields  # never kept: it is a login


@pytest.mark.parametrize(
    ("direction", "codes"), [("Out", {"E1", "E4", "E8"}), ("In", {"E5", "E6", "E7", "E9"})]
)
def test_ssp7_workflow_a21_the_direction_is_in_or_out(workflow, direction, codes):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "Hurry.", "IsVisibleForWeb": True}
    workflow.gateway.call("SaveTicketComment_V1", Comment=comment)
    workflow.acknowledge(task, f"NW-{task}")
    workflow.update(task)
    workflow.reassign(task)
    workflow.reassign(task, p_blnClosed=True)
    other = workflow.ticket("Northwind desk")
    workflow.gateway.call("CloseTicket_V1", TicketId=other, Assignee=workflow.party("admin"))
    events = workflow.events(task) + workflow.events(workflow.main_task(other))
    assert {event.code for event in events if event.direction == direction} == codes
    assert {event.direction for event in events} == {"In", "Out"}


# --- acknowledgement -------------------------------------------------------------------------


def test_ssp7_workflow_a32_the_acknowledgement_sets_the_reference(workflow, version):
    task = workflow.task()
    reference = f"NW-{task}"
    done = workflow.acknowledge(task, reference, version=version)
    assert (done.Success, done.Code, done.Duplicate) == (True, "OK", False)
    assert (done.TaskId, done.ExternalReference) == (task, reference)
    assert done.TaskStatus == "InProgressExternal"
    assert done.Message == f"external reference of task {task} stored"
    assert workflow.read(task, version=version).ExternalReference == reference


def test_a_partner_reads_all_of_its_task_but_who_asked(workflow):
    ticket_id = workflow.ticket(
        "Northwind desk",
        Title="Printer jams",
        Description="It is the roller.",
        ContactId=workflow.gateway.row_id("customer_user", "carla"),
        CategoryId=workflow.gateway.row_id("category", "Doors"),
        Priority=4,
    )
    task, taken = workflow.main_task(ticket_id), datetime(2026, 3, 4, 10, 15, 27, tzinfo=UTC)
    workflow.acknowledge(task, f"NW-{task}", p_dtAcknowledged=taken)
    read = vars(workflow.read(task))["__values__"]
    ((number, text),) = workflow.rows(
        "select id, number from ticket where guid = %s", ticket_id.strip("{}")
    )
    assert read["CreatedOn"] <= read.pop("ChangedOn")
    assert read.pop("CreatedOn").tzinfo is not None
    assert read.pop("Url").endswith(f"/{number}")
    assert {name: value for name, value in read.items() if value is not None} == {
        "TaskId": task, "ProcessInstanceId": number, "TicketNumber": text,
        "Subject": "Printer jams", "Description": "It is the roller.",
        "TaskStatus": "InProgressExternal", "Priority": 4, "Category": "Doors",
        "AssignedGroup": "Northwind desk", "ExternalSystem": "NORTHWIND",
        "ExternalReference": f"NW-{task}", "ExternalAcknowledgedOn": taken,
        "ExternalClosed": False,
    }  # fmt: skip


def test_ssp7_workflow_a14_the_acknowledgement_makes_its_event(workflow):
    task = workflow.task()
    done = workflow.acknowledge(task, f"NW-{task}")
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E9", "Acknowledged", "In")
    assert event.app == "Ticketing.TaskExternalAcknowledgement"
    assert (event.partner, event.origin, event.guid) == ("NORTHWIND", "NORTHWIND", done.EventId)
    assert event.fields["Task_ExternalReference"] == f"NW-{task}"
    assert event.fields["Task_Status"] == "InProgressExternal"
    assert workflow.deliveries(task) == [("assign", 3, "E1")]  # E9 starts no process


def test_ssp7_workflow_b5_the_same_reference_again_is_a_duplicate_also_when_closed(workflow):
    task = workflow.task()
    first = workflow.acknowledge(task, f"NW-{task}")
    for close in (False, True):
        if close:
            workflow.reassign(task, p_blnClosed=True)
        again = workflow.acknowledge(task, f" NW-{task} ")
        assert (again.Code, again.Duplicate, again.EventId) == ("DUPLICATE", True, first.EventId)
    assert workflow.codes(task) == ["E1", "E9", "E7"]


def test_ssp7_workflow_b5_another_reference_is_a_conflict(workflow):
    task = workflow.task()
    workflow.acknowledge(task, f"NW-{task}")
    refused = workflow.refused(ACKNOWLEDGE, p_intTaskId=task, p_strExternalReference="NW-other")
    assert refused == ("EXTERNAL_REFERENCE_CONFLICT", "p_strExternalReference")


def test_ssp7_workflow_b5_a_reference_belongs_to_one_open_task_of_a_partner(workflow):
    first, second, other = workflow.task(), workflow.task(), workflow.task("Southsea desk")
    shared = f"NW-{first}"
    workflow.acknowledge(first, shared)
    refused = workflow.refused(ACKNOWLEDGE, p_intTaskId=second, p_strExternalReference=shared)
    assert refused == ("EXTERNAL_REFERENCE_NOT_UNIQUE", "p_strExternalReference")
    assert workflow.acknowledge(other, shared, login=SOUTHSEA).Code == "OK"
    workflow.reassign(first, p_blnClosed=True)
    assert workflow.acknowledge(second, shared).Code == "OK"


def test_ssp7_workflow_b5_a_reference_is_free_when_its_ticket_is_closed_by_hand(workflow):
    ticket_id, second = workflow.ticket("Northwind desk"), workflow.task()
    reference = new_id()
    workflow.acknowledge(workflow.main_task(ticket_id), reference)
    workflow.gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("admin"))
    assert workflow.acknowledge(second, reference).Code == "OK"


def test_ssp7_workflow_b5_two_at_once_make_one_event(workflow):
    task = workflow.task()
    codes = []

    def send():
        codes.append(workflow.acknowledge(task, f"NW-{task}").Code)

    workflow.read(task)
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["DUPLICATE"] * 3 + ["OK"]
    assert workflow.codes(task) == ["E1", "E9"]


def test_ssp7_workflow_b5_of_two_tasks_at_once_one_gets_a_new_reference(workflow):
    reference, codes = new_id(), []

    def send(task):
        try:
            codes.append(workflow.acknowledge(task, reference).Code)
        except zeep.exceptions.Fault as fault:
            codes.append(refusal(fault)[0])

    threads = [threading.Thread(target=send, args=[workflow.task()]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["EXTERNAL_REFERENCE_NOT_UNIQUE"] * 3 + ["OK"]


def test_ssp7_workflow_b5_a_reference_typed_in_is_confirmed_by_the_first_call(workflow):
    task = workflow.task()
    workflow.rows(
        "insert into external_reference (system_id, reference, ticket_id, task_id)"
        " select p.system_id, %s, k.ticket_id, k.id from task k, partner p"
        " where k.id = %s and p.name = 'NORTHWIND'", f"NW-{task}", task,
    )  # fmt: skip
    assert workflow.acknowledge(task, f"NW-{task}").Code == "OK"
    assert workflow.codes(task) == ["E1", "E9"]
    assert workflow.acknowledge(task, f"NW-{task}").Code == "DUPLICATE"


# --- solutions -------------------------------------------------------------------------------


def test_ssp7_workflow_a23_a_task_reported_ready_comes_back(workflow, version):
    ticket_id = workflow.ticket("Network")
    task = workflow.main_task(ticket_id)
    workflow.assign(ticket_id, "Northwind desk")
    done = workflow.reassign(task, version=version, p_strSolutionCode="Solved")
    assert (done.Code, done.TaskStatus) == ("OK", "SolutionProposed")
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E6", "Reassigned", "In")
    assert event.app == "Ticketing.TaskExternalReassignment"
    assert event.fields["Task_ExternalSolution"] == "Power supply replaced."
    assert event.fields["Task_ExternalClosed"] == "false"
    read = workflow.read(task)
    assert (read.AssignedGroup, read.Solution) == ("Network", "Power supply replaced.")
    assert (read.SolutionCode, read.ExternalClosed) == ("Solved", False)
    assert workflow.gateway.read(ticket_id).Assignee.Name == "Network"
    assert workflow.deliveries(task)[-1] == ("update", 3, "E6")


def test_ssp7_workflow_a28_a_task_closed_by_the_external_system_is_closed(workflow, version):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    done = workflow.reassign(task, version=version, p_blnClosed=True, p_strAssignToGroup="Network")
    assert done.TaskStatus == "Closed"
    assert workflow.notes() == ["IGNORED p_strAssignToGroup"]
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E7", "Reassigned", "In")
    assert event.fields["Task_ExternalClosed"] == "true"
    read = workflow.read(task)
    assert (read.AssignedGroup, read.ExternalClosed) == ("Northwind desk", True)
    assert read.ClosedOn is not None
    assert workflow.gateway.read(ticket_id).StateEN == "new"  # the ticket's state is its own


def test_a_solution_goes_to_the_group_named_else_to_where_the_task_came_from(workflow):
    ticket_id = workflow.ticket("Network")
    task = workflow.main_task(ticket_id)
    workflow.assign(ticket_id, "Northwind desk")
    workflow.reassign(task, p_strAssignToGroup="Field service")
    assert workflow.read(task).AssignedGroup == "Field service"
    for group in ("Nobody knows", "Southsea desk"):
        refused = workflow.refused(
            REASSIGN, p_intTaskId=task, p_strSolution="x", p_strAssignToGroup=group
        )
        assert refused == ("ARGUMENT_INVALID", "p_strAssignToGroup")


def test_a_solution_comes_back_past_other_partners_to_the_group_it_came_from(workflow):
    ticket_id = workflow.ticket("Network")
    task = workflow.main_task(ticket_id)
    workflow.assign(ticket_id, "Northwind desk")
    workflow.assign(ticket_id, "Southsea desk")
    workflow.reassign(task, login=SOUTHSEA)
    assert workflow.read(task, login=SOUTHSEA).AssignedGroup == "Network"


def test_news_of_a_solved_task_go_by_the_group_it_was_at(workflow):
    task = workflow.task()
    workflow.reassign(task)
    workflow.update(task, "One more thing.")
    workflow.reassign(task, "All done.", p_blnClosed=True)
    assert workflow.deliveries(task)[1:] == [
        ("update", 3, "E6"), ("update", 3, "E5"), ("close", 3, "E7"),
    ]  # fmt: skip
    listed = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)
    assert [message.Kind for message in listed] == ["Solution", "Update", "Closure"]


def test_a_further_solution_replaces_the_shown_one_and_both_stay(workflow):
    task = workflow.task()
    workflow.reassign(task, "First try.")
    workflow.reassign(task, "Second try.")
    assert workflow.read(task).Solution == "Second try."
    listed = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)
    assert [each.Text for each in listed] == ["First try.", "Second try."]
    assert {each.Kind for each in listed} == {"Solution"}


def test_a_reference_that_comes_with_the_solution_is_confirmed_first(workflow):
    task = workflow.task()
    workflow.reassign(task, p_strExternalReference=f"NW-{task}")
    assert workflow.codes(task) == ["E1", "E9", "E6"]
    refused = workflow.refused(
        REASSIGN, p_intTaskId=task, p_strSolution="x", p_strExternalReference="other"
    )
    assert refused == ("EXTERNAL_REFERENCE_CONFLICT", "p_strExternalReference")


def test_a_task_is_found_by_its_reference_an_open_one_first(workflow):
    closed, task = workflow.task(), workflow.task()
    reference = f"NW-{task}"
    workflow.acknowledge(closed, reference)
    workflow.reassign(closed, p_blnClosed=True)
    assert workflow.refused(UPDATE, p_strExternalReference=reference, p_strMessage="x") == (
        "TASK_CLOSED", "p_intTaskId",
    )  # fmt: skip
    workflow.acknowledge(task, reference)
    assert workflow.update(0, p_strExternalReference=reference).TaskId == task
    unknown = workflow.refused(UPDATE, p_strExternalReference="nowhere", p_strMessage="x")
    assert unknown == ("EXTERNAL_REFERENCE_UNKNOWN", "p_strExternalReference")
    read = workflow.call(BY_REFERENCE, p_strExternalReference=reference)
    assert read.TaskId == task


def test_an_update_names_the_stored_reference_or_none(workflow):
    task = workflow.task()
    given = {"p_intTaskId": task, "p_strMessage": "x", "p_strExternalReference": f"NW-{task}"}
    conflict = ("EXTERNAL_REFERENCE_CONFLICT", "p_strExternalReference")
    assert workflow.refused(UPDATE, **given) == conflict  # a text is no acknowledgement
    workflow.acknowledge(task, f"NW-{task}")
    assert workflow.call(UPDATE, **given).Code == "OK"
    assert workflow.refused(UPDATE, **given | {"p_strExternalReference": "other"}) == conflict


@pytest.mark.parametrize("of_task", [True, False], ids=["of the task", "of its ticket"])
def test_a_hash_goes_with_a_reference_alone(workflow, of_task):
    task = workflow.task()
    workflow.rows(
        "insert into external_reference (system_id, reference, ticket_id, task_id)"
        " select p.system_id, %s, k.ticket_id, case when %s then k.id end from task k, partner p"
        " where k.id = %s and p.name = 'NORTHWIND'", f"NW-{task}", of_task, task,
    )  # fmt: skip
    body = element(
        UPDATE,
        f"<p_strExternalReference>NW-{task}</p_strExternalReference>"
        f"<p_strHashCheck>{workflow.hash(task)}</p_strHashCheck><p_strMessage>x</p_strMessage>",
    )
    answer = workflow.post(body, login=None)
    assert (answer.status_code, f"<TaskId>{task}</TaskId>" in answer.text) == (200, True)


def test_an_account_of_two_partners_names_the_system_or_the_task_does(workflow, broker):
    reference = new_id()
    tasks = {"NORTHWIND": workflow.task(), "SOUTHSEA": workflow.task("Southsea desk")}
    given = {"login": broker, "p_strExternalReference": reference}
    for system, task in tasks.items():
        workflow.acknowledge(task, reference, login=broker)
        assert workflow.update(task, login=broker).Code == "OK"
        event = workflow.events(task)[-1]
        assert (event.partner, event.origin) == (system, system)
        read = workflow.call(BY_REFERENCE, p_strExternalSystem=system, **given)
        assert (read.TaskId, read.ExternalSystem) == (task, system)
    several = ("EXTERNAL_REFERENCE_NOT_UNIQUE", "p_strExternalReference")
    assert workflow.refused(UPDATE, p_strMessage="x", **given) == several
    assert workflow.refused(BY_REFERENCE, **given) == several
    other = workflow.refused(BY_REFERENCE, p_strExternalSystem="FETCHER", **given)
    assert other == ("ARGUMENT_INVALID", "p_strExternalSystem")
    workflow.reassign(tasks["SOUTHSEA"], p_blnClosed=True, login=broker)
    assert workflow.update(0, login=broker, p_strExternalReference=reference).Code == "OK"


# --- update texts ----------------------------------------------------------------------------


def test_ssp7_workflow_a27_an_update_text_of_the_external_system_is_an_event(workflow, version):
    task = workflow.task()
    done = workflow.update(
        task, "On our way.\nTomorrow.", version=version, p_strAuthor="Nora",
        p_blnVisibleToRequester=True, p_arrAttachments=files(b"one", b"two"),
    )  # fmt: skip
    assert (done.Code, done.TaskStatus) == ("OK", "SentToExternal")
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E5", "Update", "In")
    assert event.app == "Ticketing.TaskExternalUpdateMessage"
    assert event.fields["Task_UpdateMessage"] == "On our way.\nTomorrow."
    assert event.fields["Task_UpdateMessageAuthor"] == "Nora"
    (message,) = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)
    assert (message.Kind, message.Direction, message.Author) == ("Update", "In", "Nora")
    sizes = [(each.FileName, each.Size) for each in message.Attachments.AttachmentInfo]
    assert sizes == [("1.txt", 3), ("2.txt", 3)]
    stored = workflow.rows(
        "select c.content from attachment a join attachment_content c on c.attachment_id = a.id"
        " join article r on r.id = a.article_id where r.task_id = %s order by a.id", task,
    )  # fmt: skip
    assert [content for (content,) in stored] == [b"one", b"two"]


def test_ssp7_workflow_a17_a_text_entered_here_is_an_event(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "Hurry.", "IsVisibleForWeb": True}
    workflow.gateway.call("SaveTicketComment_V1", Comment=comment)
    event = workflow.events(task)[-1]
    assert (event.code, event.type, event.direction) == ("E4", "Update", "Out")
    assert event.app == "Ticketing.TaskUpdateMessage"
    assert event.fields["Task_UpdateMessage"] == "Hurry."
    assert event.fields["Task_UpdateMessageId"] == comment["Id"].strip("{}").lower()
    (message,) = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)
    assert (message.Direction, message.Text) == ("Out", "Hurry.")


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (lambda workflow, task: workflow.acknowledge(task, f"NW-{task}"), "external reference"),
        (lambda workflow, task: workflow.update(task), "update received"),
        (lambda workflow, task: workflow.reassign(task), "solution received"),
        (lambda workflow, task: workflow.reassign(task, p_blnClosed=True), "solution received"),
    ],
    ids=["acknowledge", "update", "ready", "closed"],
)
def test_what_a_partner_says_is_a_change_of_its_ticket(workflow, say, kind):
    task = workflow.task()

    def ticket():
        ((version, changed, kinds),) = workflow.rows(
            "select t.version, t.changed, array(select h.kind from history h"
            " where h.ticket_id = t.id and h.dialect = 'ssp7') from ticket t"
            " where t.id = (select ticket_id from task where id = %s)", task,
        )  # fmt: skip
        return version, changed, kinds

    version, changed, kinds = ticket()
    assert kinds == []
    say(workflow, task)
    later = ticket()
    assert (later[0], later[1] > changed) == (version + 1, True)
    assert kind in later[2]


@pytest.mark.parametrize(
    ("forward", "told"), [("none", []), ("visible", ["shown"]), ("all", ["shown", "hidden"])]
)
def test_the_group_says_which_entries_are_update_texts(workflow, forward, told):
    change = "update agent_group set forward_entries = %s where name = 'Northwind night'"
    workflow.rows(change, forward)
    ticket_id = workflow.ticket("Northwind night")
    for text, visible in (("shown", True), ("hidden", False)):
        comment = {"Id": new_id(), "TicketId": ticket_id, "Text": text, "IsVisibleForWeb": visible}
        workflow.gateway.call("SaveTicketComment_V1", Comment=comment)
    task = workflow.main_task(ticket_id)
    events = workflow.events(task)[1:]
    assert [event.fields["Task_UpdateMessage"] for event in events] == told
    listed = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task) or []
    assert [message.Text for message in listed] == told


def test_messages_are_those_after_the_time_given(workflow):
    task = workflow.task()
    workflow.update(task, "first")
    (first,) = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)
    workflow.update(task, "second")
    listed = workflow.call(
        "GetProcessInstanceTaskMessages", p_intTaskId=task, p_dtSince=first.CreatedOn
    )
    assert [each.Text for each in listed] == ["second"]
    workflow.acknowledge(task, f"NW-{task}", p_strMessage="Taken over.")
    last = workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task)[-1]
    assert (last.Kind, last.Text) == ("Acknowledgement", "Taken over.")


# --- other dialects --------------------------------------------------------------------------


def test_ssp7_workflow_b19_closing_with_a_comment_tells_text_and_closure(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.acknowledge(task, f"NW-{task}")
    comment = {"Id": new_id(), "Text": "It works again.", "IsVisibleForWeb": True}
    done = workflow.gateway.call(
        "CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("admin"), Comment=comment
    )
    assert done.ResultCode == 0
    assert workflow.codes(task) == ["E1", "E9", "E4", "E8"]
    closed = workflow.events(task)[-1]
    assert (closed.type, closed.direction, closed.origin) == ("Closed", "Out", None)
    assert workflow.state(task) == "Closed"


def test_the_assignment_made_by_closing_gives_nothing_to_a_partner(workflow):
    ticket_id = workflow.ticket("Network")
    workflow.gateway.call(
        "CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("Northwind desk")
    )
    task = workflow.main_task(ticket_id)
    assert (workflow.codes(task), workflow.state(task)) == ([], "Closed")


def test_a_reopened_ticket_has_an_open_task_with_its_reference(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.acknowledge(task, f"NW-{task}")
    workflow.gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("admin"))
    assert workflow.gateway.call("ReopenTicket_V1", TicketId=ticket_id).ResultCode == 0
    assert workflow.state(task) == "Open"
    workflow.assign(ticket_id, "Northwind desk")
    assert workflow.codes(task)[-1] == "E2"
    assert workflow.state(task) == "InProgressExternal"
    claims = workflow.rows("select claim from external_reference where task_id = %s", task)
    assert claims == [("live",)]


def test_between_groups_of_one_partner_a_task_is_submitted_again_and_not_withdrawn(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.assign(ticket_id, "Northwind night")
    assert workflow.codes(task) == ["E1", "E2"]
    assert workflow.events(task)[-1].fields["Task_AssignedGroup"] == "Northwind night"


@pytest.mark.parametrize("with_it", [True, False], ids=["with reopening", "afterwards"])
def test_a_group_that_a_ticket_kept_can_be_named_again(workflow, with_it):
    ticket_id, desk = workflow.ticket("Northwind desk"), workflow.party("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=desk)
    reopening = {"TicketId": ticket_id} | ({"Assignee": desk} if with_it else {})
    assert workflow.gateway.call("ReopenTicket_V1", **reopening).ResultCode == 0
    if not with_it:
        assert workflow.state(task) == "Open"
        workflow.assign(ticket_id, "Northwind desk")
    assert (workflow.state(task), workflow.codes(task)) == ("SentToExternal", ["E1", "E8", "E2"])
    workflow.assign(ticket_id, "Northwind desk")
    assert workflow.codes(task) == ["E1", "E8", "E2"]


def test_merging_closes_the_task_and_names_the_surviving_ticket(workflow):
    source, target = workflow.ticket("Northwind desk"), workflow.ticket()
    task = workflow.main_task(source)
    workflow.acknowledge(task, f"NW-{task}")
    merged = workflow.gateway.call(
        "MergeTickets_V1", TargetTicketId=target, SourceTicketIds={"string": [source]}
    )
    assert merged.ResultCode == 0
    assert (workflow.codes(task)[-1], workflow.state(task)) == ("E8", "Closed")
    surviving = workflow.rows("select id, number from ticket where guid = %s", target.strip("{}"))
    again = workflow.acknowledge(task, f"NW-{task}")  # whose first answer was lost
    assert again.Code == "DUPLICATE"
    for named in (workflow.read(task), again):
        assert [(named.ProcessInstanceId, named.TicketNumber)] == surviving


def test_ssp7_workflow_b8_a_change_of_one_partner_at_another_is_told_to_that_one(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.acknowledge(task, f"NW-{task}")
    workflow.assign(ticket_id, "Southsea desk")
    assert [(event.code, event.partner) for event in workflow.events(task)] == [
        ("E1", "NORTHWIND"), ("E9", "NORTHWIND"), ("E10", "NORTHWIND"), ("E1", "SOUTHSEA"),
    ]  # fmt: skip
    assert [event.sequence for event in workflow.events(task)] == [1, 2, 3, 1]
    assert workflow.refused(UPDATE, p_intTaskId=task, p_strMessage="x") == (
        "TASK_NOT_EXTERNAL", "p_intTaskId",
    )  # fmt: skip
    assert workflow.read(task, login=SOUTHSEA).ExternalReference is None  # starts empty
    workflow.assign(ticket_id, "Northwind night")
    assert workflow.codes(task)[-2:] == ["E10", "E2"]
    assert workflow.state(task) == "InProgressExternal"  # coming back finds the old one


# --- who may -------------------------------------------------------------------------------


def test_another_partners_task_is_not_found(workflow):
    task = workflow.task("Southsea desk")
    for operation, arguments in (
        (ACKNOWLEDGE, {"p_strExternalReference": "x"}),
        (REASSIGN, {"p_strSolution": "x"}),
        (UPDATE, {"p_strMessage": "x"}),
        ("GetProcessInstanceTask", {}),
        ("GetProcessInstanceTaskMessages", {}),
    ):
        refused = workflow.refused(operation, p_intTaskId=task, **arguments)
        assert refused == ("TASK_NOT_FOUND", "p_intTaskId")
        missing = workflow.refused(operation, p_intTaskId=99_999_999, **arguments)
        assert missing == ("TASK_NOT_FOUND", "p_intTaskId")


def test_another_partners_reference_and_event_are_not_found(workflow):
    task, fetched = workflow.task("Southsea desk"), workflow.task("Fetcher desk")
    workflow.acknowledge(task, f"S-{task}", login=SOUTHSEA)
    for operation in (BY_REFERENCE, UPDATE):
        text = {"p_strMessage": "x"} if operation == UPDATE else {}
        refused = workflow.refused(operation, p_strExternalReference=f"S-{task}", **text)
        assert refused == ("EXTERNAL_REFERENCE_UNKNOWN", "p_strExternalReference")
    given = {"p_strEventId": workflow.events(fetched)[0].guid}
    refused = workflow.refused("ConfirmExternalEvent", **given)
    assert refused == ("EVENT_NOT_FOUND", "p_strEventId")
    assert workflow.call("ConfirmExternalEvent", login=FETCHER, **given) is True


def test_what_was_exchanged_with_one_partner_is_not_shown_to_the_next(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.update(task, "Ours.")
    workflow.assign(ticket_id, "Southsea desk")
    workflow.update(task, "Theirs.", login=SOUTHSEA)
    for login, text in ((NORTHWIND, "Ours."), (SOUTHSEA, "Theirs.")):
        given = {"p_intTaskId": task, "login": login}
        listed = workflow.call("GetProcessInstanceTaskMessages", **given)
        assert [message.Text for message in listed] == [text]


def test_ssp7_workflow_b2_each_proof_is_enough(workflow, version):
    task = workflow.task()
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
    assert workflow.post(body, version=version).status_code == 200
    hashed = element(
        "GetProcessInstanceTask",
        f"<p_intTaskId>{task}</p_intTaskId><p_strHashCheck>{workflow.hash(task)}</p_strHashCheck>",
    )
    assert workflow.post(hashed, version=version, login=None).status_code == 200
    nobody = workflow.post(body, version=version, login=None)
    assert nobody.status_code == 401
    assert nobody.headers["WWW-Authenticate"] == 'Basic realm="ticket-gateway", charset="UTF-8"'
    assert "AUTH_REQUIRED: credentials are required" in nobody.text
    wrong = workflow.post(body, version=version, login=("northwind", "wrong"))
    assert (wrong.status_code, "AUTH_FAILED" in wrong.text) == (401, True)


def test_ssp7_workflow_b2_a_username_token_is_enough(workflow, version):
    task = workflow.task()
    token = (
        '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/'
        'oasis-200401-wss-wssecurity-secext-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{NORTHWIND[0]}</w:Username><w:Password>{NORTHWIND[1]}</w:Password>"
        "</w:UsernameToken></w:Security>"
    )
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
    answer = workflow.post(
        "", version=version, login=None, envelope=wrapped(body, version, header=token)
    )
    assert answer.status_code == 200


def test_ssp7_workflow_b3_a_hash_is_good_for_its_task_and_partner_only(workflow):
    task, other = workflow.task(), workflow.task()
    good = workflow.hash(task)
    foreign = workflow.hash(task, partner="SOUTHSEA")
    dropped = workflow.hash(task, keys=[("k0", "a key that was dropped")])
    older = workflow.hash(task, keys=[("k1", "older secret of the hashes")])
    for number, given in ((other, good), (task, foreign), (task, dropped), (99_999_999, good)):
        body = element(
            "GetProcessInstanceTask",
            f"<p_intTaskId>{number}</p_intTaskId><p_strHashCheck>{given}</p_strHashCheck>",
        )
        refused = workflow.post(body, login=None)
        assert (refused.status_code, "HASH_INVALID" in refused.text) == (500, True)
        assert given not in refused.text
    body = element(
        "GetProcessInstanceTask",
        f"<p_intTaskId>{task}</p_intTaskId><p_strHashCheck>{older}</p_strHashCheck>",
    )
    assert workflow.post(body, login=None).status_code == 200
    assert workflow.post(body, login=SOUTHSEA).status_code == 500  # both must hold
    stored = workflow.rows("select request from message_body order by number desc limit 1")
    assert older not in stored[0][0]


def test_a_hash_is_void_once_the_task_is_with_another_partner(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    body = element(
        ACKNOWLEDGE,
        f"<p_intTaskId>{task}</p_intTaskId><p_strHashCheck>{workflow.hash(task)}</p_strHashCheck>"
        "<p_strExternalReference>NW-1</p_strExternalReference>",
    )
    workflow.assign(ticket_id, "Southsea desk")
    assert "HASH_INVALID" in workflow.post(body, login=None).text


RIGHTS = ("acknowledge", "reassign", "update", "start", "read", "events")
START = {"p_strExternalApp": "SEA", "p_arrFields": {"NameValue": [{"Name": "Subject"}]}}


@pytest.mark.parametrize(
    ("operation", "right", "arguments"),
    [
        (ACKNOWLEDGE, "acknowledge", {"p_intTaskId": 1, "p_strExternalReference": "x"}),
        (REASSIGN, "reassign", {"p_intTaskId": 1, "p_strSolution": "x"}),
        (UPDATE, "update", {"p_intTaskId": 1, "p_strMessage": "x"}),
        ("StartProcessFromExternalApp", "start", START),
        ("GetProcessInstanceTask", "read", {"p_intTaskId": 99_999_999}),
        (BY_REFERENCE, "read", {"p_strExternalReference": "nowhere"}),
        ("GetProcessInstanceTaskMessages", "read", {"p_intTaskId": 99_999_999}),
        ("GetPendingExternalEvents", "events", {"p_intMax": 1}),
        (
            "ConfirmExternalEvent",
            "events",
            {"p_strEventId": "0" * 8 + "-0000" * 3 + "-" + "0" * 12},
        ),
    ],
)
def test_each_operation_needs_its_right_and_no_other(workflow, operation, right, arguments):
    account = "(select id from account where name = 'southsea')"
    grant = f"insert into account_right select {account}, unnest(%s::text[])"
    drop = f"delete from account_right where account_id = {account}"
    told = []
    for given in ([name for name in RIGHTS if name != right], [right]):
        workflow.rows(grant, [f"ssp7.{name}" for name in given])
        try:
            workflow.call(operation, login=SOUTHSEA, **arguments)
            told.append("OK")
        except zeep.exceptions.Fault as fault:
            told.append(refusal(fault)[0])
        finally:
            workflow.rows(drop)
    assert told[0] == "ACCESS_DENIED"
    assert told[1] != "ACCESS_DENIED"


# --- fetching --------------------------------------------------------------------------------


def test_ssp7_workflow_b18_events_are_fetched_in_order_until_confirmed(workflow, version):
    ticket_id = workflow.ticket("Fetcher desk")
    task = workflow.main_task(ticket_id)
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "Hurry.", "IsVisibleForWeb": True}
    workflow.gateway.call("SaveTicketComment_V1", Comment=comment)
    assert workflow.deliveries(task) == []  # Out events of a fetching partner run no process
    given = {"version": version, "login": FETCHER}

    def waiting():
        listed = workflow.call("GetPendingExternalEvents", **given) or []
        return [event for event in listed if event.TaskId == task]

    first, second = waiting()
    assert (first.RequestType, second.RequestType) == ("Submit Request", "Update")
    assert (first.Sequence, second.Sequence, first.Direction) == (1, 2, "Out")
    values = {field.Name: field.Value for field in second.Fields.NameValue}
    assert values["Task_UpdateMessage"] == "Hurry."
    assert waiting()[0].Attempt == first.Attempt + 1
    confirm = "ConfirmExternalEvent"
    early = workflow.refused(confirm, p_strEventId=second.EventId, **given)
    assert early == ("STATE_CONFLICT", "p_strEventId")
    assert workflow.call(confirm, p_strEventId=first.EventId, **given) is True
    assert workflow.call(confirm, p_strEventId=first.EventId, **given) is False
    assert [event.EventId for event in waiting()] == [second.EventId]
    assert workflow.call(confirm, p_strEventId=second.EventId, **given) is True
    assert waiting() == []
    unknown = workflow.refused(confirm, p_strEventId=new_id().strip("{}"), **given)
    assert unknown == ("EVENT_NOT_FOUND", "p_strEventId")
    assert workflow.refused(confirm, p_strEventId="x", **given)[0] == "ARGUMENT_INVALID"


def test_ssp7_workflow_b18_so_many_events_are_given_as_were_asked_for(workflow):
    task = workflow.task("Fetcher desk")
    workflow.rows(
        "insert into event (guid, ticket_id, task_id, group_id, partner_id, sequence, kind,"
        " request_type, direction, app, snapshot) select gen_random_uuid(), ticket_id, task_id,"
        " group_id, partner_id, sequence + n, 'E4', 'Update', direction, app, snapshot"
        " from event, generate_series(1, 100) n where task_id = %s", task,
    )  # fmt: skip
    try:
        for asked, given in ((0, 20), (1, 1), (100, 100)):
            listed = workflow.call("GetPendingExternalEvents", login=FETCHER, p_intMax=asked)
            assert len(listed) == given
        for wrong in (-1, 101):
            refused = workflow.refused("GetPendingExternalEvents", login=FETCHER, p_intMax=wrong)
            assert refused == ("ARGUMENT_INVALID", "p_intMax")
    finally:
        workflow.rows("delete from event where task_id = %s", task)


def test_a_pushed_partner_has_no_events_to_fetch(workflow):
    workflow.task()
    assert not workflow.call("GetPendingExternalEvents")


# --- addresses and pages ---------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["Webservice", "WebService", "WEBSERVICE"])
def test_ssp7_workflow_a34_the_addresses_as_printed_answer(workflow, folder):
    path = f"/Workflow/{folder}/WorkflowService.asmx"
    for operation in (ACKNOWLEDGE, REASSIGN, UPDATE):
        page = web.get(f"{workflow.gateway.url}{path}?op={operation}")
        assert (page.status_code, operation in page.text) == (200, True)
    task = workflow.task()
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
    assert workflow.post(body, path=path).status_code == 200


def test_ssp7_workflow_b17_a_forged_host_enters_nothing(workflow):
    for query in ("?wsdl", "?wsdl=soap11", "?disco", "", f"?op={UPDATE}"):
        answer = web.get(workflow.url + query, headers={"Host": "evil.example"})
        assert answer.status_code == 200
        assert "evil.example" not in answer.text


def test_answers_have_the_default_namespace_and_utc_milliseconds(workflow):
    task = workflow.task()
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
    text = workflow.post(body).text
    assert '<GetProcessInstanceTaskResponse xmlns="urn:ticket-gateway:ssp7:workflow">' in text
    assert '<TargetDate xsi:nil="true"/>' in text
    created = text.partition("<CreatedOn>")[2].partition("<")[0]
    assert (created[-1], created[-5]) == ("Z", ".")


def test_base64_of_attachments_is_not_kept_in_messages(workflow):
    task = workflow.task()
    content = b"canary of the attachment" * 4
    workflow.update(task, p_arrAttachments=files(content))
    ((request,),) = workflow.rows(
        "select b.request from message_body b join message m using (number)"
        " where m.dialect = 'ssp7' order by b.number desc limit 1"
    )
    assert base64.b64encode(content).decode() not in request
    assert hashlib.sha256(content).hexdigest() in request
