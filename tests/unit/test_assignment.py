"""Tasks: every pair of state and trigger, the events of assignments, references, fields."""

from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from gateway.domain.app_fields import (
    APPS,
    FIELDS,
    UPDATE_FIELDS,
    Facts,
    TaskCard,
    UpdateText,
    values,
)
from gateway.domain.assignment import (
    TRANSITIONS,
    Direction,
    EventCode,
    Share,
    Task,
    TaskState,
    Trigger,
    WorkflowRules,
    after,
    sent_state,
    submission,
)
from gateway.domain.reference import Acknowledgement, judge, require_same
from gateway.errors import (
    ReferenceConflict,
    ReferenceTaken,
    TaskClosed,
    TaskNotExternal,
    WrongState,
)

OPEN, ASSIGNED, SENT, WORKING, PROPOSED, CLOSED = TaskState
MOMENT = datetime(2026, 3, 4, 10, 15, 27, 412_000, tzinfo=UTC)
GUID = UUID("3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11")

# Section 8 of the contract, written anew: state -> trigger -> state and event; all else refused.
EXPECTED = {
    OPEN: {
        Trigger.CLEARED: (OPEN, None),
        Trigger.TO_PERSON: (ASSIGNED, None),
        Trigger.TO_GROUP: (ASSIGNED, None),
        Trigger.TO_PARTNER: (SENT, "E1"),
        Trigger.CLOSED_BY_HAND: (CLOSED, None),
    },
    ASSIGNED: {
        Trigger.CLEARED: (OPEN, None),
        Trigger.TO_PERSON: (ASSIGNED, None),
        Trigger.TO_GROUP: (ASSIGNED, None),
        Trigger.TO_PARTNER: (SENT, "E1"),
        Trigger.CLOSED_BY_HAND: (CLOSED, None),
    },
    SENT: {
        Trigger.CLEARED: (OPEN, "E10"),
        Trigger.TO_PERSON: (ASSIGNED, "E10"),
        Trigger.TO_GROUP: (ASSIGNED, "E10"),
        Trigger.TO_PARTNER: (SENT, "E1"),
        Trigger.CLOSED_BY_HAND: (CLOSED, "E8"),
        Trigger.ACKNOWLEDGED: (WORKING, "E9"),
        Trigger.REPORTED_READY: (PROPOSED, "E6"),
        Trigger.CLOSED_BY_PARTNER: (CLOSED, "E7"),
        Trigger.TOLD: (SENT, "E4"),
        Trigger.HEARD: (SENT, "E5"),
    },
    WORKING: {
        Trigger.CLEARED: (OPEN, "E10"),
        Trigger.TO_PERSON: (ASSIGNED, "E10"),
        Trigger.TO_GROUP: (ASSIGNED, "E10"),
        Trigger.TO_PARTNER: (SENT, "E1"),
        Trigger.CLOSED_BY_HAND: (CLOSED, "E8"),
        Trigger.ACKNOWLEDGED: (WORKING, "E9"),
        Trigger.REPORTED_READY: (PROPOSED, "E6"),
        Trigger.CLOSED_BY_PARTNER: (CLOSED, "E7"),
        Trigger.TOLD: (WORKING, "E4"),
        Trigger.HEARD: (WORKING, "E5"),
    },
    PROPOSED: {
        Trigger.CLEARED: (PROPOSED, None),
        Trigger.TO_PERSON: (PROPOSED, None),
        Trigger.TO_GROUP: (PROPOSED, None),
        Trigger.TO_PARTNER: (SENT, "E1"),
        Trigger.CLOSED_BY_HAND: (CLOSED, None),
        Trigger.ACKNOWLEDGED: (PROPOSED, "E9"),
        Trigger.REPORTED_READY: (PROPOSED, "E6"),
        Trigger.CLOSED_BY_PARTNER: (CLOSED, "E7"),
        Trigger.DECLINED: (WORKING, "E3"),
        Trigger.HEARD: (PROPOSED, "E5"),
    },
    CLOSED: {Trigger.REOPENED: (OPEN, None)},
}


@pytest.mark.parametrize(("state", "trigger"), list(product(TaskState, Trigger)))
def test_ssp7_workflow_b7_every_pair_of_state_and_trigger(state, trigger):
    expected = EXPECTED[state].get(trigger)
    if expected is not None:
        assert after(state, trigger) == expected
        return
    with pytest.raises(TaskClosed if state is CLOSED else WrongState):
        after(state, trigger)


def test_the_table_names_every_event_but_the_one_of_a_second_assignment():
    named = {event for _, event in TRANSITIONS.values() if event is not None}
    assert set(EventCode) - named == {EventCode.RESUBMITTED}


@pytest.mark.parametrize(
    ("sent_before", "reference", "resend", "expected"),
    [
        (False, "", True, "E1"),
        (False, "NW-1", False, "E1"),
        (True, "NW-1", False, "E2"),
        (True, "", True, "E2"),
        (True, "", False, None),
    ],
)
def test_an_assignment_is_the_first_or_a_further_one(sent_before, reference, resend, expected):
    code = submission(sent_before=sent_before, reference=reference, resend_unacknowledged=resend)
    assert code == expected


def test_a_task_with_a_reference_is_in_progress_at_once():
    assert (sent_state(""), sent_state("NW-1")) == (SENT, WORKING)


# --- references ------------------------------------------------------------------------------


def task(state=SENT, *, reference="", acknowledged=None, partner_id=7):
    return Task(
        id=815,
        ticket_id=1,
        main=True,
        state=state,
        partner_id=partner_id,
        shares={7: Share(correlation_id=GUID, acknowledged=acknowledged)},
        references={7: reference} if reference else {},
    )


def test_a_first_reference_is_stored():
    assert judge(task(), 7, "NW-1", taken=False) is Acknowledgement.FIRST


def test_a_reference_typed_in_is_confirmed_and_then_repeated():
    typed, confirmed = task(reference="NW-1"), task(reference="NW-1", acknowledged=MOMENT)
    assert judge(typed, 7, "NW-1", taken=False) is Acknowledgement.CONFIRMED
    assert judge(confirmed, 7, "NW-1", taken=True) is Acknowledgement.REPEATED


def test_another_reference_and_that_of_another_task_are_refused():
    with pytest.raises(ReferenceConflict, match="task 815 already has another"):
        judge(task(reference="NW-1"), 7, "NW-2", taken=False)
    with pytest.raises(ReferenceTaken):
        judge(task(), 7, "NW-2", taken=True)
    with pytest.raises(ReferenceConflict):
        require_same(task(reference="NW-1"), 7, "NW-2")


@pytest.mark.parametrize("state", [OPEN, ASSIGNED])
def test_a_task_that_was_taken_back_is_not_at_the_partner(state):
    with pytest.raises(TaskNotExternal):
        task(state).require_at(7)


def test_a_task_is_at_one_partner_at_a_time():
    task(CLOSED).require_at(7)
    with pytest.raises(TaskNotExternal):
        task(partner_id=8).require_at(7)


# --- fields ----------------------------------------------------------------------------------

CARD = TaskCard(
    id=815,
    guid=GUID,
    number="1",
    main=True,
    subject="Printer jams",
    description="Roller",
    state=WORKING,
    priority=3,
    category="Hardware",
    group="Northwind desk",
    group_id=9,
    person="",
    person_email="",
    created=MOMENT,
    created_by="Ada",
    changed=MOMENT,
    target_date=None,
    closed=None,
    closed_by="",
    solution="",
    solution_code="",
    closed_by_partner=False,
    partner_id=7,
    system="NORTHWIND",
    reference="NW-1",
    acknowledged=MOMENT,
    correlation_id=GUID,
    ticket_id=4711,
    ticket_number="2026030410000125",
    ticket_title="Printer jams",
    ticket_description="Roller",
    ticket_state="open",
    ticket_priority=3,
    ticket_created=MOMENT,
    ticket_closed=None,
    requester="Carla",
    requester_email="carla@example.org",
    requester_phone="",
    requester_unique_id="C-1",
    dynamic={"Room": "12"},
)


def facts(*, update=None, zone="UTC"):
    rules = WorkflowRules(ticket_url="https://g.example/t/{id}", time_zone=zone)
    return Facts(
        card=CARD, request_type="Update", direction=Direction.IN, rules=rules, update=update
    )


def test_fields_are_texts_of_their_types():
    made = values(facts())
    assert made["Task_Id"] == "815"
    assert made["Task_ExternalClosed"] == "false"
    assert made["Task_CreatedOn"] == "2026-03-04T10:15:27.412Z"
    assert made["Task_ClosedOn"] == ""
    assert made["Task_Url"] == made["Ticket_Url"] == "https://g.example/t/4711"
    assert made["Ticket_Field_Room"] == "12"
    assert all(isinstance(value, str) for value in made.values())


def test_times_of_fields_are_in_the_zone_of_the_setting():
    assert values(facts(zone="Europe/Berlin"))["Task_CreatedOn"] == "2026-03-04T11:15:27.412+01:00"


def test_update_texts_stand_in_their_two_apps_only():
    update = UpdateText(id=GUID, text="Hurry.", author="Ada", written=MOMENT)
    more = values(facts(update=update)).keys() - values(facts()).keys()
    assert more == {field.name for field in UPDATE_FIELDS}


def test_ssp7_workflow_a11_there_are_exactly_six_apps():
    assert [app.removeprefix("Ticketing.") for app in APPS] == [
        "TaskAssignment", "TaskClosure", "TaskExternalAcknowledgement",
        "TaskExternalReassignment", "TaskExternalUpdateMessage", "TaskUpdateMessage",
    ]  # fmt: skip


# Section 3.5 of the contract, written anew: text unless i, b or d.
NAMES = {
    "Task_": "ExternalRequestType ExternalRequestDirection ExternalReference ExternalSystem"
    " ExternalClosed:b ExternalSolution ExternalSolutionCode ExternalAcknowledgedOn:d"
    " ExternalCorrelationId Id:i Guid Number Subject Description Status Priority:i Category"
    " AssignedGroup AssignedGroupId:i AssignedPerson AssignedPersonEmail CreatedOn:d CreatedBy"
    " TargetDate:d ClosedOn:d ClosedBy Solution Url",
    "Ticket_": "ProcessId:i Number Subject Description Status Priority:i Category Requester"
    " RequesterEmail RequesterPhone RequesterUniqueId CreatedOn:d ClosedOn:d Url",
}
TEXTS = {"Task_": "UpdateMessage UpdateMessageAuthor UpdateMessageOn:d UpdateMessageId"}
TYPES = {"": "text", "i": "integer", "b": "boolean", "d": "time"}


@pytest.mark.parametrize(("fields", "names"), [(FIELDS, NAMES), (UPDATE_FIELDS, TEXTS)])
def test_ssp7_workflow_a9_the_fields_are_those_of_the_contract(fields, names):
    wanted = [
        (f"{prefix}{name}", TYPES[kind])
        for prefix, listed in names.items()
        for name, _, kind in (each.partition(":") for each in listed.split())
    ]
    assert [(field.name, field.type) for field in fields] == wanted


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Task_ExternalRequestType", "external request type"),
        ("Task_ExternalRequestDirection", "external request direction"),
        ("Task_ExternalReference", "external reference number"),
        ("Ticket_ProcessId", "Process Id"),
        ("Task_UpdateMessage", "update message text"),
        ("Task_Subject", "Task subject"),
        ("Ticket_RequesterEmail", "Ticket requester email"),
    ],
)
def test_every_field_has_a_name_in_words(name, label):
    by_name = {field.name: field for field in (*FIELDS, *UPDATE_FIELDS)}
    assert by_name[name].label == label
