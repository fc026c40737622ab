"""What the settings of the SSP7 workflow service change."""

from base64 import b64encode

import pytest

from tests.kit import web
from tests.kit.gateway import new_id, wrapped
from tests.kit.workflow import (
    ACKNOWLEDGE,
    FETCHER,
    NORTHWIND,
    REASSIGN,
    UPDATE,
    element,
    running_workflow,
)

XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
NIL = f'{XSI} i:nil="true"'
MESSAGE, NO_DATE = "<p_strMessage>x</p_strMessage>", f"<p_dtMessage {NIL}/>"
REST = f"{NO_DATE}<p_blnVisibleToRequester>false</p_blnVisibleToRequester>"
TOKEN = (
    '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/'
    'oasis-200401-wss-wssecurity-secext-1.0.xsd"><w:UsernameToken>'
    f"<w:Username>{NORTHWIND[0]}</w:Username><w:Password>{NORTHWIND[1]}</w:Password>"
    "</w:UsernameToken></w:Security>"
)
LONG = f'{XSI} xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:long"'


@pytest.fixture(scope="module")
def strict(databases):
    with running_workflow(
        databases,
        order="strict",
        soap_action="required",
        auth="hash",
        help_page="off",
        wsdl="on",
        partner_sees_requester="true",
        event_on_accept="true",
        close_ticket_with_last_task="true",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def by_login(databases):
    with running_workflow(
        databases,
        auth="wsse",
        default_group="Network",
        time_zone="Europe/Berlin",
        field_time_zone="America/New_York",
        max_attachments="3",
        max_attachment_bytes="8",
        max_attachments_total_bytes="12",
    ) as running:
        yield running


def sent(workflow, operation, task, rest="", *, action=None, login=None):
    proof = f"<p_strHashCheck>{workflow.hash(task)}</p_strHashCheck>"
    headers = {"SOAPAction": action or f'"urn:ticket-gateway:ssp7:workflow/{operation}"'}
    body = element(operation, f"<p_intTaskId>{task}</p_intTaskId>{proof}{rest}")
    return workflow.post(body, headers=headers, login=login)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<p_strNew>x</p_strNew>", "ARGUMENT_INVALID"),
        ("<p_strAuthor>x</p_strAuthor><p_strMessage>x</p_strMessage>", "ARGUMENT_INVALID"),
        ("<p_strMessage>x</p_strMessage>", "ARGUMENT_MISSING"),
        (f'<p_strMessage extra="x">x</p_strMessage>{REST}', "ARGUMENT_INVALID"),
        ("<p_strmessage>x</p_strmessage>", "ARGUMENT_INVALID"),
        ("<p_strMessage>x</p_strMessage><p_strMessage>x</p_strMessage>", "ARGUMENT_INVALID"),
        (f"<p_strMessage {LONG}>x</p_strMessage>", "ARGUMENT_INVALID"),
        ('<p_strMessage xmlns="">x</p_strMessage>', "ARGUMENT_INVALID"),
        (f"{MESSAGE}<p_dtMessage/>", "ARGUMENT_INVALID"),
        (f"{MESSAGE}{NO_DATE}<p_blnVisibleToRequester/>", "ARGUMENT_INVALID"),
        (
            f"{MESSAGE}{NO_DATE}<p_blnVisibleToRequester>no</p_blnVisibleToRequester>",
            "ARGUMENT_INVALID",
        ),
        (f"{MESSAGE}{NO_DATE}<p_blnVisibleToRequester {NIL}/>", "ARGUMENT_INVALID"),
    ],
)
def test_ssp7_workflow_b1_a_strict_service_takes_the_schema_only(strict, content, code):
    task = strict.task()
    assert f"<Code>{code}</Code>" in sent(strict, UPDATE, task, content).text


def test_ssp7_workflow_b1_nil_is_not_given_in_a_strict_service_too(strict):
    task = strict.task()
    done = sent(
        strict, ACKNOWLEDGE, task,
        f"<p_strExternalReference>NW-{task}</p_strExternalReference>"
        f"<p_strExternalSystem {NIL}/><p_dtAcknowledged {NIL}/>",
    )  # fmt: skip
    assert done.status_code == 200, done.text


def test_ssp7_workflow_b1_a_type_that_fits_is_taken_by_a_strict_service_too(strict):
    fitting = f"<p_strMessage {LONG.replace('long', 'string')}>x</p_strMessage>{REST}"
    assert sent(strict, UPDATE, strict.task(), fitting).status_code == 200


def test_a_soap_action_can_be_demanded(strict):
    task = strict.task()
    answer = sent(strict, "GetProcessInstanceTask", task, action='""')
    assert "SOAP_ACTION_UNKNOWN" in answer.text


def test_ssp7_workflow_b2_a_login_that_is_off_is_as_none(strict):
    task = strict.task()
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
    headers = {"SOAPAction": '"urn:ticket-gateway:ssp7:workflow/GetProcessInstanceTask"'}
    answer = strict.post(body, headers=headers)
    # Nobody is asked for Basic where Basic is off.
    assert (answer.status_code, "AUTH_REQUIRED" in answer.text) == (500, True)
    assert "WWW-Authenticate" not in answer.headers


def test_ssp7_workflow_b2_a_token_that_is_off_is_as_none(strict):
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{strict.task()}</p_intTaskId>")
    headers = {"SOAPAction": '"urn:ticket-gateway:ssp7:workflow/GetProcessInstanceTask"'}
    answer = strict.post(
        "", login=None, headers=headers, envelope=wrapped(body, "1.1", header=TOKEN)
    )
    assert (answer.status_code, "AUTH_REQUIRED" in answer.text) == (500, True)


def by_token(workflow, operation, content):
    body = wrapped(element(operation, content), "1.1", header=TOKEN)
    return workflow.post("", login=None, envelope=body)


def test_a_time_without_zone_is_one_of_the_setting(by_login):
    task = by_login.task()
    said = "<p_dtMessage>2026-07-01T10:00:00</p_dtMessage>"
    content = f"<p_intTaskId>{task}</p_intTaskId>{MESSAGE}{said}"
    assert by_token(by_login, UPDATE, content).status_code == 200
    fields = by_login.events(task)[-1].fields
    assert fields["Task_UpdateMessageOn"] == "2026-07-01T04:00:00.000-04:00"
    listed = by_token(
        by_login, "GetProcessInstanceTaskMessages", f"<p_intTaskId>{task}</p_intTaskId>"
    )
    assert "<CreatedOn>2026-07-01T08:00:00.000Z</CreatedOn>" in listed.text


@pytest.mark.parametrize(
    ("sizes", "field"),
    [
        ((8, 4), None),
        ((1, 9), "p_arrAttachments/ExternalAttachment[2]/Content"),
        ((8, 5), "p_arrAttachments"),
        ((1, 1, 1, 1), "p_arrAttachments"),
    ],
)
def test_attachments_are_bounded_each_and_together(by_login, sizes, field):
    files = "".join(
        f"<ExternalAttachment><FileName>{number}.txt</FileName>"
        f"<Content>{b64encode(b'x' * size).decode()}</Content></ExternalAttachment>"
        for number, size in enumerate(sizes)
    )
    content = f"<p_intTaskId>{by_login.task()}</p_intTaskId>{MESSAGE}"
    files = f"<p_arrAttachments>{files}</p_arrAttachments>"
    text = by_token(by_login, UPDATE, content + files).text
    assert ("<Code>ATTACHMENT_TOO_LARGE</Code>" in text) is (field is not None)
    assert field is None or f"<Field>{field}</Field>" in text


def test_fetched_events_end_before_their_files_exceed_one_message(by_login):
    for _ in range(2):
        ticket_id = by_login.ticket("Network")
        file = {"Id": new_id(), "DocumentId": new_id(), "Name": "Plan", "FileName": "plan.txt",
                "Content": b"x" * 8, "IsVisibleForWeb": True}  # fmt: skip
        saved = by_login.gateway.call(
            "SaveTicketAttachments_V1",
            TicketId=ticket_id,
            Attachments={"TTicketAttachment_V1": [file]},
        )
        assert saved.ResultCode == 0
        by_login.assign(ticket_id, "Fetcher desk")
    body = wrapped(
        element("GetPendingExternalEvents", "<p_intMax>9</p_intMax>"),
        "1.1",
        header=TOKEN.replace(NORTHWIND[0], FETCHER[0]),
    )
    text = by_login.post("", login=None, envelope=body).text
    assert (text.count("<EventId>"), text.count("<FileName>")) == (1, 1)


def test_a_solution_comes_back_to_the_groups_own_group_else_to_the_default_one(by_login):
    def back():
        task = by_login.task()
        solved = f"<p_intTaskId>{task}</p_intTaskId><p_strSolution>Done.</p_strSolution>"
        assert by_token(by_login, REASSIGN, solved).status_code == 200
        read = by_token(by_login, "GetProcessInstanceTask", f"<p_intTaskId>{task}</p_intTaskId>")
        return read.text.partition("<AssignedGroup>")[2].partition("<")[0]

    assert back() == "Network"
    change = (
        "update agent_group set return_group_id ="
        " (select id from agent_group where name = %s) where name = 'Northwind desk'"
    )
    by_login.rows(change, "Field service")
    try:
        assert back() == "Field service"
    finally:
        by_login.rows(change, None)


def test_ssp7_workflow_b2_a_hash_that_is_off_is_as_none(by_login):
    task = by_login.task()
    answer = sent(by_login, "GetProcessInstanceTask", task)
    assert (answer.status_code, "AUTH_REQUIRED" in answer.text) == (500, True)
    wrong = f"<p_intTaskId>{task}</p_intTaskId><p_strHashCheck>1.k2.x</p_strHashCheck>"
    assert by_token(by_login, "GetProcessInstanceTask", wrong).status_code == 200


def test_the_requester_is_shown_where_the_setting_says_so(strict):
    carla = strict.gateway.row_id("customer_user", "carla")
    task = strict.task(ContactId=carla)
    text = sent(strict, "GetProcessInstanceTask", task).text
    assert "<Requester>Carla Customer</Requester>" in text
    assert "<RequesterUniqueId>C-1</RequesterUniqueId>" in text


def test_accepting_a_solution_is_told_where_the_setting_says_so(strict):
    ticket_id = strict.ticket("Northwind desk")
    task = strict.main_task(ticket_id)
    ready = "<p_strSolution>Done.</p_strSolution><p_blnClosed>false</p_blnClosed>"
    proof = f"<p_strHashCheck>{strict.hash(task)}</p_strHashCheck>"
    operation = "ProcessInstanceTaskExternalReassignment"
    body = element(operation, f"<p_intTaskId>{task}</p_intTaskId>{proof}{ready}")
    headers = {"SOAPAction": f'"urn:ticket-gateway:ssp7:workflow/{operation}"'}
    assert strict.post(body, headers=headers, login=None).status_code == 200
    strict.gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=strict.party("admin"))
    assert strict.codes(task) == ["E1", "E6", "E8"]


def test_a_ticket_is_closed_with_its_last_task_where_the_setting_says_so(strict):
    ticket_id = strict.ticket("Northwind desk")
    task = strict.main_task(ticket_id)
    done = "<p_strSolution>Done.</p_strSolution><p_blnClosed>true</p_blnClosed>"
    proof = f"<p_strHashCheck>{strict.hash(task)}</p_strHashCheck>"
    operation = "ProcessInstanceTaskExternalReassignment"
    body = element(operation, f"<p_intTaskId>{task}</p_intTaskId>{proof}{done}")
    headers = {"SOAPAction": f'"urn:ticket-gateway:ssp7:workflow/{operation}"'}
    assert strict.post(body, headers=headers, login=None).status_code == 200
    assert strict.gateway.read(ticket_id).StateEN == "closed successful"


def test_pages_can_be_off_while_the_wsdl_stays(strict):
    assert web.get(f"{strict.url}?wsdl").status_code == 200
    for query in ("", f"?op={UPDATE}", "?disco"):
        assert web.get(strict.url + query).status_code == 404
