"""Calls of the workflow service without an envelope: as a form, and by a query."""

import pytest
import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from lxml import etree
from zeep.transports import Transport

from gateway.compose import definitions
from gateway.soap.contract import read_contract
from gateway.soap.form_bindings import takes_form
from gateway.soap.publishing import contracts_dir, wsdl_file
from gateway.soap.samples import lexical
from tests.kit import web
from tests.kit.workflow import ACKNOWLEDGE, FETCHER, NAMESPACE, NORTHWIND, REASSIGN

READ = "GetProcessInstanceTask"
(SERVICE,) = (each for each in definitions() if each.stem == "ssp7-workflow")
CONTRACT = read_contract(wsdl_file(SERVICE, contracts_dir()).read_bytes())
SIMPLE = [name for name, each in CONTRACT.operations.items() if takes_form(CONTRACT, each)]


def post(workflow, operation, values, *, login=NORTHWIND, **headers):
    url = f"{workflow.url}/{operation}"
    return web.post(url, data=values, auth=login, headers=headers, timeout=30)


def query(workflow, operation, values, **headers):
    url = f"{workflow.url}/{operation}"
    return web.get(url, params=values, auth=NORTHWIND, headers=headers, timeout=30)


def test_a_form_call_is_answered_by_one_element_named_as_the_type(workflow):
    task = workflow.task()
    values = {"p_intTaskId": task, "p_strExternalReference": f"NW-{task}", "p_dtAcknowledged": ""}
    answer = post(workflow, ACKNOWLEDGE, values)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{NAMESPACE}}}ExternalTaskResult"
    assert root.findtext(f"{{{NAMESPACE}}}ExternalReference") == f"NW-{task}"
    assert root.findtext(f"{{{NAMESPACE}}}TaskStatus") == "InProgressExternal"
    assert workflow.codes(task) == ["E1", "E9"]


@pytest.mark.parametrize("folder", ["Webservice", "WebService"])
def test_the_address_of_a_form_call_ignores_letter_case(workflow, folder):
    task = workflow.task()
    path = f"/workflow/{folder}/WorkflowService.asmx/{READ.lower()}"
    sent = {"p_intTaskId": task, "p_strHashCheck": workflow.hash(task)}
    answer = web.post(f"{workflow.gateway.url}{path}", data=sent, timeout=30)
    assert etree.fromstring(answer.content).tag == f"{{{NAMESPACE}}}TaskInfo"


def test_a_list_and_a_simple_value_are_named_as_their_types(workflow):
    workflow.task("Fetcher desk")
    listed = post(workflow, "GetPendingExternalEvents", {"p_intMax": "1"}, login=FETCHER)
    (event,) = (root := etree.fromstring(listed.content))
    assert root.tag == f"{{{NAMESPACE}}}ArrayOfExternalEvent"
    number = event.findtext(f"{{{NAMESPACE}}}EventId")
    done = post(workflow, "ConfirmExternalEvent", {"p_strEventId": number}, login=FETCHER)
    assert etree.tostring(etree.fromstring(done.content)) == (
        f'<boolean xmlns="{NAMESPACE}">true</boolean>'.encode()
    )


def test_a_refused_form_call_is_one_line_with_the_number_of_its_message(workflow):
    answer = post(workflow, READ, {"p_intTaskId": "99999999"})
    assert (answer.status_code, answer.headers["content-type"]) == (
        500,
        "text/plain; charset=utf-8",
    )
    ((number, code, status),) = workflow.rows(
        "select number, code, status from message where dialect = 'ssp7'"
        " order by number desc limit 1"
    )
    assert answer.text == f"TASK_NOT_FOUND: no task 99999999 ({number})\n"
    assert (code, status) == ("GW-404", 500)


def test_a_form_call_is_recorded_without_its_hash(workflow):
    task = workflow.task()
    sent = {"p_intTaskId": task, "p_strHashCheck": workflow.hash(task), "p_strNew": "x"}
    assert post(workflow, READ, sent, login=None).status_code == 200
    ((operation, stored, notes),) = workflow.rows(
        "select m.operation, b.request, m.notes from message m join message_body b"
        " on b.number = m.number where m.dialect = 'ssp7' order by m.number desc limit 1"
    )
    assert (operation, notes) == (READ, ["IGNORED p_strNew"])
    assert stored == f"p_intTaskId={task}&p_strHashCheck=***&p_strNew=x"


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ("p_intTaskId=", "ARGUMENT_MISSING: p_intTaskId is required"),
        ("p_intTaskId=x", "ARGUMENT_INVALID: p_intTaskId: not a number"),
        ("p_intTaskId=1&p_intTaskId=2", "ARGUMENT_INVALID: p_intTaskId: given twice"),
        ("P_INTTASKID=1", "ARGUMENT_INVALID: P_INTTASKID: letter case differs from the schema"),
        ("p_intTaskId=1&p_strHashCheck=%00", "ARGUMENT_INVALID: p_strHashCheck: characters"),
        ("p_intTaskId=%ff", "ARGUMENT_INVALID: the form is not UTF-8 text"),
        ("&".join(f"a{n}=1" for n in range(101)), "ARGUMENT_INVALID: more than 100 parameters"),
    ],
)
def test_what_a_form_may_not_hold_is_refused(workflow, values, refused):
    answer = web.post(
        f"{workflow.url}/{READ}", content=values, auth=NORTHWIND, timeout=30,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 500
    assert answer.text.startswith(refused)


def test_a_form_call_without_login_is_asked_for_one(workflow):
    answer = post(workflow, READ, {"p_intTaskId": "1"}, login=None)
    assert (answer.status_code, answer.text[:13]) == (401, "AUTH_REQUIRED")
    assert answer.headers["www-authenticate"].startswith('Basic realm="ticket-gateway"')


@pytest.mark.parametrize(
    "headers",
    [{"Forwarded": "for=192.0.2.1"}, {"X-Forwarded-For": "192.0.2.1"}, {"Via": "1.1 proxy"}],
)
def test_a_local_form_call_comes_through_nobody(workflow, headers):
    answer = post(workflow, READ, {"p_intTaskId": "1"}, **headers)
    assert (answer.status_code, 'id="error"' in answer.text) == (500, True)
    page = web.get(f"{workflow.url}?op={READ}", headers=headers).text
    assert "<form" not in page


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"},
                {"Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
def test_another_sites_page_may_not_call(workflow, headers):
    answer = post(workflow, READ, {"p_intTaskId": "1"}, **headers)
    assert answer.status_code == 403


def test_the_page_of_the_service_may_call(workflow):
    task = workflow.task()
    own = {"Origin": workflow.gateway.url, "Sec-Fetch-Site": "same-origin"}
    assert post(workflow, READ, {"p_intTaskId": task}, **own).status_code == 200


@pytest.mark.parametrize("operation", [READ, ACKNOWLEDGE])
def test_a_query_is_not_recognised_unless_it_is_switched_on(workflow, operation):
    answer = query(workflow, operation, {"p_intTaskId": "1"})
    assert (answer.status_code, 'id="error"' in answer.text) == (500, True)


def test_an_operation_with_lists_takes_no_form(workflow):
    answer = post(workflow, REASSIGN, {"p_intTaskId": "1", "p_strSolution": "x"})
    assert (answer.status_code, 'id="error"' in answer.text) == (500, True)


def test_a_reading_operation_may_be_asked_by_a_query_a_changing_one_never(open_workflow):
    task = open_workflow.task()
    answer = query(open_workflow, READ, {"p_intTaskId": task})
    assert etree.fromstring(answer.content).findtext(f"{{{NAMESPACE}}}TaskId") == str(task)
    values = {"p_intTaskId": task, "p_strExternalReference": "x"}
    assert 'id="error"' in query(open_workflow, ACKNOWLEDGE, values).text
    assert open_workflow.codes(task) == ["E1"]
    assert query(open_workflow, READ, values, Origin="https://elsewhere.example").status_code == 403


def test_a_form_that_is_on_takes_calls_from_anywhere(open_workflow):
    task = open_workflow.task()
    sent = {"p_intTaskId": task}
    answer = post(open_workflow, READ, sent, **{"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 200


@pytest.mark.parametrize("name", CONTRACT.operations)
def test_the_test_form_stands_on_the_pages_of_operations_without_lists(workflow, name):
    page = etree.HTML(web.get(f"{workflow.url}?op={name}").text)
    forms = page.xpath("//*[@id='test']//form")
    assert bool(forms) is (name in SIMPLE)
    for form in forms:
        action = f"/Workflow/WebService/WorkflowService.asmx/{name}"
        assert (form.get("method"), form.get("action")) == ("post", action)
        members = CONTRACT.element_type(CONTRACT.operations[name].request).members
        assert form.xpath(".//input/@name") == [member.name for member in members]
        assert {box.get("type") for box in form.xpath(".//input[@name='p_strHashCheck']")} <= {
            "password"
        }


def test_samples_of_forms_and_queries_stand_on_the_page_when_they_are_on(workflow, open_workflow):
    def blocks(running, operation):
        page = etree.HTML(web.get(f"{running.url}?op={operation}").text)
        return [name for name in ("get", "post") if page.xpath(f"//section[@id='{name}']")]

    assert blocks(workflow, READ) == ["post"]
    assert blocks(open_workflow, READ) == ["get", "post"]
    assert blocks(open_workflow, ACKNOWLEDGE) == ["post"]
    assert blocks(open_workflow, REASSIGN) == []


@pytest.mark.parametrize("name", SIMPLE)
def test_ssp7_workflow_b15_the_filled_form_of_every_page_is_read(workflow, name):
    values = {key: "" if value is None else lexical(value, key)
              for key, value in SERVICE.filled(name).items()}  # fmt: skip
    answer = post(workflow, name, values)
    for code in ("MESSAGE_INVALID", "OPERATION_UNKNOWN", "ARGUMENT_", "INTERNAL"):
        assert code not in answer.text


def test_the_wsdl_shows_forms_and_queries_where_they_are_on(workflow, open_workflow):
    names = {"WorkflowServiceHttpPost", "WorkflowServiceHttpGet"}
    assert not names & bound(client(workflow))
    shown = client(open_workflow)
    assert names <= bound(shown)
    assert "Http" not in web.get(f"{open_workflow.url}?wsdl=soap11").text
    (service,) = shown.wsdl.services.values()
    assert list(service.ports)[:2] == ["WorkflowServiceSoap", "WorkflowServiceSoap12"]


def test_a_client_of_the_wsdl_calls_by_form_and_query(open_workflow):
    task = open_workflow.task()
    shown = client(open_workflow)
    for port in ("WorkflowServiceHttpPost", "WorkflowServiceHttpGet"):
        read = shown.bind("WorkflowService", port).GetProcessInstanceTask(
            p_intTaskId=task, p_strHashCheck=""
        )
        assert read.TaskId == task


def test_help_pages_have_the_language_of_the_setting(workflow, open_workflow):
    assert '<html lang="en">' in web.get(workflow.url).text
    assert '<html lang="de">' in web.get(open_workflow.url).text


def client(running):
    session = requests.Session()
    session.auth = NORTHWIND
    return zeep.Client(f"{running.url}?wsdl", transport=Transport(session=session),
                       settings=zeep.Settings(strict=True, forbid_dtd=True))  # fmt: skip


def bound(client):
    return {name.rpartition("}")[2] for name in client.wsdl.bindings}
