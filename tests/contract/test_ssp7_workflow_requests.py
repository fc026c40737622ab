"""Requests of the workflow service: how they are read, repeated, and make tickets."""

import threading

import pytest

from gateway.compose import definitions
from gateway.dialects.ssp7 import results
from gateway.soap.contract import read_contract
from gateway.soap.envelope import SoapVersion
from gateway.soap.publishing import contracts_dir, wsdl_file
from gateway.soap.samples import filled_request
from tests.kit.gateway import new_id
from tests.kit.workflow import (
    ACKNOWLEDGE,
    NORTHWIND,
    REASSIGN,
    SOUTHSEA,
    STARTER,
    UPDATE,
    element,
    files,
    hashes,
)

# --- reading a request -----------------------------------------------------------------------


def test_ssp7_workflow_b1_order_and_unknown_elements_are_tolerated_and_noted(workflow):
    task = workflow.task()
    body = element(
        UPDATE,
        f"<p_strMessage>Hello</p_strMessage><p_strNew>x</p_strNew><p_intTaskId>{task}</p_intTaskId>",
    )
    assert workflow.post(body).status_code == 200
    notes = workflow.notes()
    assert "IGNORED p_strNew" in notes
    assert "DEFAULTED p_dtMessage" in notes
    assert "DEFAULTED p_blnVisibleToRequester" in notes
    assert "NO_ACTION" in notes


WRONG_HASH = "<p_strHashCheck>1.k2.x</p_strHashCheck>"


@pytest.mark.parametrize(
    ("content", "login", "action", "code"),
    [
        ("", ("northwind", "wrong"), '"urn:other"', "SOAP_ACTION_UNKNOWN"),
        ("", ("northwind", "wrong"), "", "AUTH_FAILED"),
        (WRONG_HASH, None, "", "ARGUMENT_MISSING"),
        (f"<p_intTaskId>-1</p_intTaskId>{WRONG_HASH}", None, "", "ARGUMENT_INVALID"),
        (f"<p_intTaskId>1</p_intTaskId>{WRONG_HASH}", STARTER, "", "HASH_INVALID"),
        ("<p_intTaskId>99999999</p_intTaskId>", STARTER, "", "ACCESS_DENIED"),
        ("<p_intTaskId>99999999</p_intTaskId>", NORTHWIND, "", "TASK_NOT_FOUND"),
    ],
)
def test_the_first_check_that_fails_answers(workflow, content, login, action, code):
    body = element(ACKNOWLEDGE, f"{content}<p_strExternalReference>x</p_strExternalReference>")
    answer = workflow.post(body, login=login, headers={"SOAPAction": action})
    assert f"<Code>{code}</Code>" in answer.text


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ("<p_inttaskid>1</p_inttaskid>", "ARGUMENT_INVALID", "p_inttaskid"),
        ('<p_intTaskId xmlns="">1</p_intTaskId>', "ARGUMENT_INVALID", "p_intTaskId"),
        ("<p_intTaskId/>", "ARGUMENT_INVALID", "p_intTaskId"),
        ("<p_intTaskId>x</p_intTaskId>", "ARGUMENT_INVALID", "p_intTaskId"),
        ("<p_intTaskId>-1</p_intTaskId>", "ARGUMENT_INVALID", "p_intTaskId"),
        ("<p_intTaskId>1</p_intTaskId><p_intTaskId>1</p_intTaskId>", "ARGUMENT_INVALID",
         "p_intTaskId"),
        ('<p_intTaskId xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
         "ARGUMENT_INVALID", "p_intTaskId"),
        ("", "ARGUMENT_MISSING", "p_intTaskId"),
    ],
)  # fmt: skip
def test_ssp7_workflow_b1_what_nobody_means_is_refused(workflow, content, code, field):
    answer = workflow.post(element("GetProcessInstanceTask", content))
    assert answer.status_code == 500
    assert f"<Code>{code}</Code>" in answer.text
    assert f"<Field>{field}</Field>" in answer.text


def test_ssp7_workflow_b1_nil_and_the_date_never_set_are_not_given(workflow):
    task = workflow.task()
    nil = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
    body = element(
        UPDATE,
        f"<p_intTaskId>{task}</p_intTaskId><p_strExternalReference {nil}/>"
        "<p_strMessage>x</p_strMessage><p_dtMessage>0001-01-01T00:00:00</p_dtMessage>"
        "<p_blnVisibleToRequester>0</p_blnVisibleToRequester>",
    )
    answer = workflow.post(body)
    assert answer.status_code == 200, answer.text
    assert "NO_DATE p_dtMessage" in workflow.notes()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"p_strSolution": "  "}, ("ARGUMENT_MISSING", "p_strSolution")),
        ({"p_strSolution": "x" * 32_001}, ("ARGUMENT_INVALID", "p_strSolution")),
        ({"p_strExternalMessageId": "x" * 201}, ("ARGUMENT_INVALID", "p_strExternalMessageId")),
        ({"p_strExternalReference": "x" * 101}, ("ARGUMENT_INVALID", "p_strExternalReference")),
        (
            {"p_arrAttachments": files(*[b""] * 21)},
            ("ATTACHMENT_TOO_LARGE", "p_arrAttachments"),
        ),
        (
            {"p_arrAttachments": files(b"", b"x" * 5_242_881)},
            ("ATTACHMENT_TOO_LARGE", "p_arrAttachments/ExternalAttachment[2]/Content"),
        ),
        (
            {"p_arrAttachments": {"ExternalAttachment": [{"FileName": "a/b"}]}},
            ("ARGUMENT_INVALID", "p_arrAttachments/ExternalAttachment[1]/FileName"),
        ),
        (
            {"p_arrAttachments": {"ExternalAttachment": [{"FileName": ".."}]}},
            ("ARGUMENT_INVALID", "p_arrAttachments/ExternalAttachment[1]/FileName"),
        ),
        (
            {"p_arrAttachments": {"ExternalAttachment": [{"Content": b"x"}]}},
            ("ARGUMENT_MISSING", "p_arrAttachments/ExternalAttachment[1]/FileName"),
        ),
    ],
)
def test_ssp7_workflow_b4_values_beyond_their_limits_are_refused(workflow, arguments, expected):
    given = {"p_intTaskId": 1, "p_strSolution": "x", **arguments}
    assert workflow.refused(REASSIGN, **given) == expected


def test_ssp7_workflow_b4_a_call_without_task_and_reference_lacks_the_reference(workflow):
    assert workflow.refused(UPDATE, p_strMessage="x") == (
        "ARGUMENT_MISSING", "p_strExternalReference",
    )  # fmt: skip


def test_ssp7_workflow_b4_an_operation_or_action_nobody_knows(workflow):
    answer = workflow.post(element("Nothing"))
    assert "OPERATION_UNKNOWN: no operation Nothing in namespace urn:" in answer.text
    body = element("GetProcessInstanceTask", "<p_intTaskId>1</p_intTaskId>")
    wrong = workflow.post(body, headers={"SOAPAction": '"urn:other"'})
    assert "SOAP_ACTION_UNKNOWN" in wrong.text
    assert "SOAPAction" in wrong.text


def test_a_sender_fault_of_soap_1_2_comes_with_status_500(workflow, version):
    answer = workflow.post(element("GetProcessInstanceTask"), version=version)
    assert answer.status_code == 500


# --- repeats ---------------------------------------------------------------------------------


def test_ssp7_workflow_b6_a_known_message_id_has_no_second_effect(workflow):
    task = workflow.task()
    given = {"p_strExternalMessageId": f"{task}/1", "p_arrAttachments": files(b"one")}
    first = workflow.update(task, **given)
    again = workflow.update(task, **given)
    assert (again.Code, again.Duplicate, again.EventId) == ("DUPLICATE", True, first.EventId)
    assert (again.ReceivedAt, again.TaskStatus) == (first.ReceivedAt, first.TaskStatus)
    assert workflow.codes(task) == ["E1", "E5"]
    workflow.update(task)
    workflow.update(task)
    assert workflow.codes(task) == ["E1", "E5", "E5", "E5"]  # without id no repeat is detected


def test_ssp7_workflow_b6_a_repeated_solution_is_answered_also_when_it_closed_the_task(workflow):
    task = workflow.task()
    given = {"p_blnClosed": True, "p_strExternalMessageId": f"{task}/1"}
    first = workflow.reassign(task, **given)
    again = workflow.reassign(task, **given)
    assert (again.Code, again.EventId, again.TaskStatus) == ("DUPLICATE", first.EventId, "Closed")


@pytest.mark.parametrize(
    "other",
    [
        {"p_strMessage": "Another text."},
        {"p_blnVisibleToRequester": True},
        {"p_arrAttachments": files(b"one")},
    ],
)
def test_ssp7_workflow_b6_an_id_of_another_message_is_refused(workflow, other):
    task = workflow.task()
    given = {"p_intTaskId": task, "p_strMessage": "x", "p_strExternalMessageId": f"{task}/1"}
    workflow.call(UPDATE, **given)
    refused = workflow.refused(UPDATE, **{**given, **other})
    assert refused == ("MESSAGE_ID_REUSED", "p_strExternalMessageId")


def test_ssp7_workflow_b6_an_id_of_another_operation_or_task_is_refused(workflow):
    task, second = workflow.task(), workflow.task()
    used = {"p_strExternalMessageId": f"{task}/1"}
    workflow.update(task, "x", **used)
    for operation, arguments in (
        (REASSIGN, {"p_intTaskId": task, "p_strSolution": "x"}),
        (UPDATE, {"p_intTaskId": second, "p_strMessage": "x"}),
    ):
        refused = workflow.refused(operation, **arguments, **used)
        assert refused == ("MESSAGE_ID_REUSED", "p_strExternalMessageId")
    other = workflow.task("Southsea desk")
    assert workflow.update(other, "x", login=SOUTHSEA, **used).Code == "OK"  # ids are a partner's


def test_ssp7_workflow_b6_a_repeat_may_name_its_task_the_other_way(workflow):
    task, other = workflow.task(), workflow.task()
    used = {"p_strExternalMessageId": f"{task}/1", "p_strMessage": "x"}
    first = workflow.call(UPDATE, p_intTaskId=task, **used)
    for each in (task, other):
        workflow.acknowledge(each, f"NW-{each}")
    again = workflow.call(UPDATE, p_strExternalReference=f"NW-{task}", **used)
    assert (again.Code, again.EventId) == ("DUPLICATE", first.EventId)
    refused = workflow.refused(UPDATE, p_strExternalReference=f"NW-{other}", **used)
    assert refused == ("MESSAGE_ID_REUSED", "p_strExternalMessageId")


def test_ssp7_workflow_b6_a_repeat_is_known_when_its_reference_has_gone_on_to_another(workflow):
    task, next_one, reference = workflow.task(), workflow.task(), new_id()
    workflow.acknowledge(task, reference)
    used = {"p_strExternalReference": reference, "p_strExternalMessageId": f"{task}/1"}
    first = workflow.reassign(0, p_blnClosed=True, **used)
    workflow.acknowledge(next_one, reference)
    again = workflow.reassign(0, p_blnClosed=True, **used)
    assert (again.Code, again.TaskId, again.EventId) == ("DUPLICATE", task, first.EventId)


def test_ssp7_workflow_b6_one_message_at_once_is_taken_once(workflow):
    task = workflow.task()
    codes = []

    def send():
        codes.append(workflow.update(task, p_strExternalMessageId=f"{task}/1").Code)

    workflow.read(task)
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["DUPLICATE"] * 3 + ["OK"]


# --- starting ----------------------------------------------------------------------------------

START = "StartProcessFromExternalApp"


def pairs(**values):
    return {"NameValue": [{"Name": name, "Value": value} for name, value in values.items()]}


def started(workflow, app="DOOR", *, login=STARTER, **arguments):
    given = {"p_strExternalApp": app, "p_arrFields": pairs(Subject="Door stuck"), **arguments}
    return workflow.call(START, login=login, **given)


def test_a_ticket_is_made_through_an_external_app(workflow, version):
    fields = pairs(Subject="Door  stuck", Description="Third floor.", Priority="4",
                   Category="Doors", RequesterName="Olga", RequesterEmail="olga@example.org",
                   Room="312")  # fmt: skip
    done = started(workflow, version=version, p_arrFields=fields)
    assert (done.Success, done.Code, done.Duplicate) == (True, "OK", False)
    ((title, priority, address, number),) = workflow.rows(
        "select title, priority_id, customer_address, number from ticket where id = %s",
        done.ProcessInstanceId,
    )
    assert (title, priority, address) == ("Door stuck", 4, "Olga <olga@example.org>")
    assert number == done.TicketNumber
    assert workflow.state(done.TaskId) == "Open"
    ((room,),) = workflow.rows(
        "select v.vt from ticket_field v join dynamic_field f on f.id = v.field_id"
        " where f.name = 'Room' and v.ticket_id = %s", done.ProcessInstanceId,
    )  # fmt: skip
    assert room == "312"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"RequesterName": "Olga", "RequesterEmail": "olga@example.org",
          "RequesterPhone": "+1 555 7"}, ("Olga", "olga@example.org", "+1 555 7")),
        ({"RequesterEmail": "olga@example.org"}, ("olga@example.org", "olga@example.org", "")),
        ({"RequesterName": "Olga"}, ("Olga", "", "")),
        ({}, ("", "", "")),
    ],
    ids=["all", "address", "name", "nobody"],
)  # fmt: skip
def test_whom_a_form_names_is_the_requester_of_its_fields(workflow, given, shown):
    done = started(workflow, p_arrFields=pairs(Subject="Door stuck", **given))
    ((guid,),) = workflow.rows(
        "select guid::text from ticket where id = %s", done.ProcessInstanceId
    )
    workflow.assign(guid, "Northwind desk")
    fields = workflow.events(done.TaskId)[-1].fields
    told = tuple(fields[f"Ticket_Requester{name}"] for name in ("", "Email", "Phone"))
    assert told == shown


def test_a_reference_of_an_open_ticket_gives_that_ticket(workflow):
    reference = new_id()
    first = started(workflow, p_strExternalReference=reference)
    again = started(workflow, p_strExternalReference=reference)
    assert (again.Code, again.Duplicate) == ("DUPLICATE", True)
    assert (again.ProcessInstanceId, again.TaskId) == (first.ProcessInstanceId, first.TaskId)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"p_strExternalApp": "NONE"}, ("APP_NOT_FOUND", "p_strExternalApp")),
        ({"p_strExternalApp": "SEA"}, ("APP_NOT_FOUND", "p_strExternalApp")),
        ({"p_strExternalApp": " "}, ("ARGUMENT_MISSING", "p_strExternalApp")),
        ({"p_arrFields": pairs(Room="1")}, ("ARGUMENT_MISSING", "p_arrFields/Subject")),
        (
            {"p_arrFields": pairs(Subject="x", Nothing="1")},
            ("ARGUMENT_INVALID", "p_arrFields/Nothing"),
        ),
        (
            {"p_arrFields": pairs(Subject="x", Priority="6")},
            ("ARGUMENT_INVALID", "p_arrFields/Priority"),
        ),
        (
            {"p_arrFields": pairs(Subject="x", Category="Nowhere")},
            ("ARGUMENT_INVALID", "p_arrFields/Category"),
        ),
        ({"p_strRequesterUniqueId": "X-9"}, ("ARGUMENT_INVALID", "p_strRequesterUniqueId")),
    ],
)
def test_what_an_app_does_not_take_is_refused(workflow, arguments, expected):
    given = {"p_strExternalApp": "DOOR", "p_arrFields": pairs(Subject="x"), **arguments}
    assert workflow.refused(START, login=STARTER, **given) == expected


def test_an_app_that_is_off_and_those_of_the_ticketing_make_no_tickets(workflow):
    workflow.rows("insert into external_app (code, active) values ('GONE', false)")
    workflow.rows("insert into external_app (code) values ('Ticketing.TaskClosure')"
                  " on conflict do nothing")  # fmt: skip
    for code in ("GONE", "Ticketing.TaskClosure"):
        given = {"p_strExternalApp": code, "p_arrFields": pairs(Subject="x")}
        refused = workflow.refused(START, login=STARTER, **given)
        assert refused == ("APP_NOT_FOUND", "p_strExternalApp")


def test_a_field_given_twice_is_refused(workflow):
    twice = {"NameValue": [{"Name": "Subject", "Value": "x"}, {"Name": "Subject", "Value": "y"}]}
    given = {"p_strExternalApp": "DOOR", "p_arrFields": twice}
    refused = workflow.refused(START, login=STARTER, **given)
    assert refused == ("ARGUMENT_INVALID", "p_arrFields/Subject")


@pytest.mark.parametrize("unique_id", ["C-1", "X-9"])
def test_the_requester_is_the_one_named_else_the_apps_own(workflow, unique_id):
    done = started(workflow, "OPEN", p_strRequesterUniqueId=unique_id)
    ((login,),) = workflow.rows(
        "select u.login from ticket t join customer_user u on u.id = t.customer_user_id"
        " where t.id = %s", done.ProcessInstanceId,
    )  # fmt: skip
    assert login == "carla"


def test_starting_is_no_right_of_a_partner_unless_it_was_given(workflow):
    given = {"p_strExternalApp": "DOOR", "p_arrFields": pairs(Subject="x")}
    assert workflow.refused(START, **given) == ("ACCESS_DENIED", None)


@pytest.mark.parametrize(("app", "partner"), [("DOOR", "NORTHWIND"), ("OPEN", "")])
def test_ssp7_workflow_b3_the_hash_of_an_app_starts_that_app_only(workflow, app, partner):
    def start(code):
        good = hashes().of_app(partner, app)
        return workflow.post(
            element(
                START,
                f"<p_strExternalApp>{code}</p_strExternalApp><p_strHashCheck>{good}"
                "</p_strHashCheck><p_arrFields><NameValue><Name>Subject</Name><Value>x</Value>"
                "</NameValue></p_arrFields>",
            ),
            login=None,
        )

    assert start(app).status_code == 200
    for other in {"DOOR", "OPEN", "SEA", "NONE"} - {app}:
        assert "HASH_INVALID" in start(other).text


# --- samples -----------------------------------------------------------------------------------

(SERVICE,) = (each for each in definitions() if each.stem == "ssp7-workflow")
CONTRACT = read_contract(wsdl_file(SERVICE, contracts_dir()).read_bytes())
VERSIONS = {"1.1": SoapVersion.V11, "1.2": SoapVersion.V12}


def test_all_nine_operations_are_published():
    assert len(CONTRACT.operations) == 9


@pytest.mark.parametrize("name", CONTRACT.operations)
def test_ssp7_workflow_b15_the_filled_sample_of_every_page_is_read(workflow, version, name):
    values = SERVICE.filled(name)
    sample = filled_request(CONTRACT, CONTRACT.operations[name], VERSIONS[version], values)
    answer = workflow.post(None, version=version, envelope=sample.encode())
    for code in ("MESSAGE_INVALID", "OPERATION_UNKNOWN", "ARGUMENT_", "INTERNAL"):
        assert code not in answer.text


def test_the_pages_name_every_fault_code():
    raised = results.FAULTS.codes
    assert {code.code for code in SERVICE.codes} == raised
