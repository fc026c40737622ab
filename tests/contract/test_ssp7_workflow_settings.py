"""What the settings of the SSP7 workflow service change."""

import pytest

from tests.kit import web
from tests.kit.gateway import wrapped
from tests.kit.workflow import ACKNOWLEDGE, NORTHWIND, UPDATE, element, running_workflow

XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
REST = f'<p_dtMessage {XSI} i:nil="true"/><p_blnVisibleToRequester>false</p_blnVisibleToRequester>'
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
    with running_workflow(databases, auth="wsse", default_group="Network") as running:
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
    ],
)
def test_ssp7_workflow_b1_a_strict_service_takes_the_schema_only(strict, content, code):
    task = strict.task()
    assert f"<Code>{code}</Code>" in sent(strict, UPDATE, task, content).text


def test_ssp7_workflow_b1_nil_is_not_given_in_a_strict_service_too(strict):
    task = strict.task()
    nil = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
    done = sent(
        strict, ACKNOWLEDGE, task,
        f"<p_strExternalReference>NW-{task}</p_strExternalReference>"
        f"<p_strExternalSystem {nil}/><p_dtAcknowledged {nil}/>",
    )  # fmt: skip
    assert done.status_code == 200, done.text


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
    token = (
        '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/'
        'oasis-200401-wss-wssecurity-secext-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{NORTHWIND[0]}</w:Username><w:Password>{NORTHWIND[1]}</w:Password>"
        "</w:UsernameToken></w:Security>"
    )
    body = element("GetProcessInstanceTask", f"<p_intTaskId>{strict.task()}</p_intTaskId>")
    headers = {"SOAPAction": '"urn:ticket-gateway:ssp7:workflow/GetProcessInstanceTask"'}
    answer = strict.post(
        "", login=None, headers=headers, envelope=wrapped(body, "1.1", header=token)
    )
    assert (answer.status_code, "AUTH_REQUIRED" in answer.text) == (500, True)


def test_ssp7_workflow_b2_a_hash_that_is_off_is_as_none(by_login):
    task = by_login.task()
    answer = sent(by_login, "GetProcessInstanceTask", task)
    assert (answer.status_code, "AUTH_REQUIRED" in answer.text) == (500, True)


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
