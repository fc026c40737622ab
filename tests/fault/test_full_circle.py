"""The full circle with a provider: a started gateway, its worker, SOAP, REST, SMTP and IMAP."""

from types import SimpleNamespace

import httpx
import pytest

from tests.kit.circle import GROUP, SLOTS, Circle
from tests.kit.simulator import Numbers

# SSP7 contract, 9.2: type, direction, app, and the process of the slot that it starts.
EVENTS = {
    "E1": ("Submit Request", "Out", "TaskAssignment", "assignment"),
    "E2": ("Submit Request", "Out", "TaskAssignment", "assignment"),
    "E3": ("Resolution Rejection", "Out", "TaskAssignment", "assignment"),
    "E4": ("Update", "Out", "TaskUpdateMessage", "update"),
    "E5": ("Update", "In", "TaskExternalUpdateMessage", "update"),
    "E6": ("Reassigned", "In", "TaskExternalReassignment", "update"),
    "E7": ("Reassigned", "In", "TaskExternalReassignment", "closure"),
    "E8": ("Closed", "Out", "TaskClosure", "closure"),
    "E9": ("Acknowledged", "In", "TaskExternalAcknowledgement", None),
    "E10": ("Withdrawn", "Out", "TaskClosure", None),
}
CODES = {
    "solved": ["E1", "E9", "E5", "E4", "E4", "E5", "E6", "E3", "E6"],
    "closed by call": ["E1", "E9", "E4", "E7"],
    "closed by mail": ["E1", "E9", "E7"],
    "taken back": ["E1", "E9", "E4", "E10", "E2", "E8"],
}


@pytest.fixture(scope="module")
def played(databases, tmp_path_factory):
    """Tell all four stories at once, since mails come in by the clock."""
    folder = tmp_path_factory.mktemp("circle")
    with databases.migrated() as url, Circle(url, folder) as circle:
        tasks = play(circle)
        circle.settle()
        received = httpx.get(f"{circle.partner.url}/sim/received.json").json()
        yield SimpleNamespace(circle=circle, tasks=tasks, received=received)


def play(circle):
    desk, says = circle.partner.desk, circle.partner.callbacks
    solved_ticket, solved = circle.given()
    back_ticket, back = circle.given()
    number = circle.incident(solved)
    circle.incident(back)
    circle.wait_for(solved, "InProgressExternal")
    desk.numbers = Numbers.LATER
    call_ticket, by_call = circle.given()
    circle.wait_for(by_call, "InProgressExternal")
    desk.numbers = Numbers.NEVER
    _, by_mail = circle.given()
    mailed = circle.incident(by_mail)

    says.update(number, "We are on our way.")
    circle.comment(solved_ticket, "Please ring twice.")
    circle.press(solved, "Enter text", text="Second floor.", visible="1")
    circle.write(
        f"TaskId: {by_mail}\nExternalId: {mailed.number}\nWe take it.",
        f"TaskId: {solved}\nThe lift is out of order.",
    )
    circle.comment(call_ticket, "And the other one?")
    circle.comment(back_ticket, "Any news?")
    circle.workflow.assign(back_ticket, "Network")
    circle.workflow.assign(back_ticket, GROUP)
    circle.close(back_ticket)
    says.close(circle.incident(by_call), "Both replaced.")
    circle.wait_for(by_mail, "InProgressExternal")
    circle.wait_for_event(solved, "E5", 2)

    says.ready(number, "Power supply replaced.")
    circle.press(solved, "Decline solution")
    circle.write(
        f"ExternalId: {number.number}\nSolution: Main board replaced.",
        f"[[ExternalId]]: {mailed.number}\nClosed: Nothing was wrong.",
    )
    circle.wait_for(solved, "SolutionProposed")
    circle.wait_for(by_mail, "Closed")
    circle.press(solved, "Accept solution")
    return {"solved": solved, "closed by call": by_call, "closed by mail": by_mail,
            "taken back": back}  # fmt: skip


@pytest.mark.parametrize("story", CODES)
def test_every_event_of_the_circle_is_that_of_the_map(played, story):
    workflow, task = played.circle.workflow, played.tasks[story]
    events = workflow.events(task)
    assert [each.code for each in events] == CODES[story]
    assert [
        (each.type, each.direction, each.app.removeprefix("Ticketing.")) for each in events
    ] == [EVENTS[each.code][:3] for each in events]
    assert [each.sequence for each in events] == list(range(1, len(events) + 1))
    assert [each.origin for each in events] == [
        "NORTHWIND" if each.direction == "In" else None for each in events
    ]
    assert workflow.deliveries(task) == [
        (SLOTS[slot], 3, each.code) for each in events if (slot := EVENTS[each.code][3])
    ]
    assert workflow.state(task) == "Closed"


def test_the_partner_got_each_event_once_in_order_and_nothing_of_its_own(played):
    assert (played.received["repeats"], played.received["calls"]) == (0, played.received["events"])
    references = {incident["task"]: incident["number"] for incident in played.received["incidents"]}
    for task in played.tasks.values():
        sent = [
            each.guid for each in played.circle.workflow.events(task)
            if each.direction == "Out" and EVENTS[each.code][3]
        ]  # fmt: skip
        assert played.received["order"][references[task]] == sent
    assert len(played.received["order"]) == len(played.tasks)


def test_what_the_partner_was_told_is_what_was_said(played):
    incidents = {each["task"]: each for each in played.received["incidents"]}
    told = {
        story: (incidents[task]["notes"], incidents[task]["states"])
        for story, task in played.tasks.items()
    }
    assert told == {
        "solved": (["Please ring twice.", "Second floor."], ["Resolution Rejection"]),
        "closed by call": (["And the other one?"], []),
        "closed by mail": ([], []),
        "taken back": (["Any news?"], ["Submit Request", "Closed"]),
    }


def test_what_the_partner_said_reached_our_team_by_mail_once_and_in_order(played):
    for task in played.tasks.values():
        heard = [
            each for each in played.circle.workflow.events(task)
            if each.direction == "In" and EVENTS[each.code][3]
        ]  # fmt: skip
        guids = {each.guid for each in heard}
        mails = [
            (each["X-Gateway-Event-Id"], each["Subject"])
            for each in played.circle.mails.messages if each["X-Gateway-Event-Id"] in guids
        ]  # fmt: skip
        assert mails == [
            (each.guid, f"Process {each.fields['Ticket_ProcessId']}: {each.type}") for each in heard
        ]
    texts = [each.get_content().strip() for each in played.circle.mails.messages]
    assert sorted(texts) == sorted(
        ["We are on our way.", "The lift is out of order.", "Power supply replaced.",
         "Main board replaced.", "Both replaced.", "Nothing was wrong."]
    )  # fmt: skip


def test_a_step_that_would_tell_the_partner_its_own_words_is_left_out_and_logged(played):
    logs = played.circle.workflow.rows(
        "select e.kind, d.state, d.step_values -> '#log'"
        " from delivery d join event e on e.guid = d.event_id"
        " where e.direction = 'In'"
    )
    assert len(logs) == 6
    for kind, state, log in logs:
        assert state == "done", kind
        assert "echo: echo" in str(log), log


def test_every_mail_of_the_partner_was_done_and_moved(played):
    imap = played.circle.imap
    assert (imap.count(), imap.count("Processed"), imap.count("Refused")) == (0, 4, 0)


def test_the_reference_came_by_answer_by_call_and_by_mail(played):
    rows = played.circle.workflow.rows(
        "select e.task_id, h.dialect from event e join history h on h.ticket_id = e.ticket_id"
        " where e.kind = 'E9' and h.kind = 'external reference'"
    )
    ways = dict(rows)
    assert {story: ways[task] for story, task in played.tasks.items()} == {
        "solved": "gateway", "closed by call": "ssp7", "closed by mail": "mail",
        "taken back": "gateway",
    }  # fmt: skip
