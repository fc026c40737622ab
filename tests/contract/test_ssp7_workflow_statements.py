"""Acceptance statements of the workflow service that go through it as a whole."""

import re

import pytest
from lxml import etree

from gateway.compose import definitions
from gateway.dialects.ssp7 import results
from gateway.domain.app_fields import FIELDS, UPDATE_FIELDS
from gateway.errors import GatewayError, OutcomeUnknown, Overtaken, StorageAway, TryLater
from gateway.repository.engine import build_engine
from gateway.repository.transaction import transaction
from gateway.soap.definition import FaultCode
from tests.kit import web
from tests.kit.gateway import new_id, wrapped
from tests.kit.workflow import (
    ACKNOWLEDGE,
    FETCHER,
    NORTHWIND,
    REASSIGN,
    UPDATE,
    element,
)

READ = "GetProcessInstanceTask"
PENDING = "GetPendingExternalEvents"
MUST = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:mustUnderstand="1"'
XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
LONG = f'{XSI} xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:long"'
(SERVICE,) = (each for each in definitions() if each.stem == "ssp7-workflow")
ALL = {field.name for field in FIELDS}
TEXT = {field.name for field in UPDATE_FIELDS}


def names(event):
    return {name for name in event.fields if not name.startswith("Ticket_Field_")}


# --- what an event holds ---------------------------------------------------------------------


def test_ssp7_workflow_a13_a_closure_holds_all_fields_of_ticket_and_task(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    task = workflow.main_task(ticket_id)
    workflow.gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("admin"))
    event = workflow.events(task)[-1]
    assert (event.type, event.direction, event.app) == ("Closed", "Out", "Ticketing.TaskClosure")
    assert names(event) == ALL
    assert event.fields["Task_Status"] == "Closed"
    assert event.fields["Task_ClosedOn"].endswith("Z")


@pytest.mark.parametrize("closed", [False, True])
def test_ssp7_workflow_a15_a_solution_from_outside_is_a_reassignment(workflow, closed):
    task = workflow.task()
    workflow.reassign(task, "New roller.", p_blnClosed=closed)
    event = workflow.events(task)[-1]
    assert event.code == ("E7" if closed else "E6")
    assert (event.type, event.app) == ("Reassigned", "Ticketing.TaskExternalReassignment")
    assert names(event) == ALL
    assert event.fields["Task_ExternalSolution"] == "New roller."


def test_ssp7_workflow_a16_an_update_from_outside_holds_its_text_beside_all_fields(workflow):
    task = workflow.task()
    done = workflow.update(task, "On our way.", p_strAuthor="Nora")
    event = workflow.events(task)[-1]
    assert event.app == "Ticketing.TaskExternalUpdateMessage"
    assert names(event) == ALL | TEXT
    assert event.guid == done.EventId
    assert event.fields["Task_UpdateMessage"] == "On our way."


@pytest.mark.parametrize(
    "path",
    [
        f"/Workflow/Webservice/WorkflowService.asmx?op={REASSIGN}",
        f"/Workflow/Webservice/WorkflowService.asmx?op={UPDATE}",
        f"/Workflow/WebService/WorkflowService.asmx?op={ACKNOWLEDGE}",
    ],
)
def test_ssp7_workflow_a33_each_printed_address_answers_the_page_of_its_operation(workflow, path):
    page = web.get(workflow.gateway.url + path)
    assert page.status_code == 200
    (heading,) = etree.HTML(page.text).xpath("//*[@id='operation']")
    assert heading.text == path.partition("=")[2]


# --- reading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        '<p_intTaskId extra="x">{task}</p_intTaskId>',
        f"<p_intTaskId {LONG}>{{task}}</p_intTaskId>",
    ],
)
def test_ssp7_workflow_b1_attributes_and_builtin_types_are_tolerated(workflow, content):
    task = workflow.task()
    assert workflow.post(element(READ, content.format(task=task))).status_code == 200
    assert ("IGNORED p_intTaskId@extra" in workflow.notes()) is ("extra" in content)


# --- who calls -------------------------------------------------------------------------------


def test_ssp7_workflow_b2_proofs_that_disagree_are_refused(workflow):
    task = workflow.task("Southsea desk")
    body = element(
        READ,
        f"<p_intTaskId>{task}</p_intTaskId>"
        f"<p_strHashCheck>{workflow.hash(task, partner='SOUTHSEA')}</p_strHashCheck>",
    )
    assert workflow.post(body, login=None).status_code == 200
    assert "HASH_INVALID" in workflow.post(body, login=NORTHWIND).text


# --- codes -----------------------------------------------------------------------------------


def _posted(body, **more):
    def send(workflow):
        return workflow.post(body(workflow) if callable(body) else body, **more)

    return send


def _reader(task):
    return lambda workflow: element(READ, f"<p_intTaskId>{task(workflow)}</p_intTaskId>")


def _taken_back(workflow):
    ticket_id = workflow.ticket("Northwind desk")
    workflow.assign(ticket_id, "Network")
    return workflow.main_task(ticket_id)


def _closed(workflow):
    task = workflow.task()
    workflow.reassign(task, p_blnClosed=True)
    return task


def _shared(workflow):
    workflow.acknowledge(workflow.task(), "NW-shared")
    return workflow.task()


def _referenced(workflow):
    task = workflow.task()
    workflow.acknowledge(task, f"NW-{task}")
    return task


def _reused(workflow):
    task = workflow.task()
    workflow.update(task, "one", p_strExternalMessageId=f"{task}/1")
    return _update("two", f"<p_strExternalMessageId>{task}/1</p_strExternalMessageId>")(
        workflow, task
    )


def _update(message="x", rest=""):
    def body(workflow, task=None):
        number = workflow.task() if task is None else task
        return element(
            UPDATE,
            f"<p_intTaskId>{number}</p_intTaskId><p_strMessage>{message}</p_strMessage>"
            f"<p_dtMessage {XSI} i:nil='true'/>"
            f"<p_blnVisibleToRequester>false</p_blnVisibleToRequester>{rest}",
        )

    return body


def _on(task, operation, values):
    return lambda workflow: element(
        operation, f"<p_intTaskId>{task(workflow)}</p_intTaskId>{values}"
    )


_REFERENCE = "<p_strExternalReference>{}</p_strExternalReference>"
_LATER = f"<p_dtAcknowledged {XSI} i:nil='true'/>"
_CODES = {
    "MESSAGE_INVALID": _posted(None, envelope=b"<a/>"),
    "SOAP_ACTION_UNKNOWN": _posted(element(READ), headers={"SOAPAction": '"urn:other"'}),
    "OPERATION_UNKNOWN": _posted(element("Nothing")),
    "AUTH_REQUIRED": _posted(element(READ, "<p_intTaskId>1</p_intTaskId>"), login=None),
    "AUTH_FAILED": _posted(element(READ), login=("northwind", "wrong")),
    "HASH_INVALID": _posted(
        element(READ, "<p_intTaskId>1</p_intTaskId><p_strHashCheck>1.k.x</p_strHashCheck>")
    ),
    "ACCESS_DENIED": _posted(
        element(
            "StartProcessFromExternalApp",
            "<p_strExternalApp>DOOR</p_strExternalApp><p_arrFields><NameValue><Name>Subject</Name>"
            "<Value>x</Value></NameValue></p_arrFields>",
        )
    ),
    "ARGUMENT_MISSING": _posted(element(READ)),
    "ARGUMENT_INVALID": _posted(element(READ, "<p_intTaskId>x</p_intTaskId>")),
    "ATTACHMENT_TOO_LARGE": _posted(
        _update(
            rest="<p_arrAttachments>"
            + "<ExternalAttachment><FileName>a</FileName></ExternalAttachment>" * 21
            + "</p_arrAttachments>"
        )
    ),
    "MESSAGE_ID_REUSED": _posted(_reused),
    "TASK_NOT_FOUND": _posted(_reader(lambda _: 99_999_999)),
    "APP_NOT_FOUND": _posted(
        element("StartProcessFromExternalApp", "<p_strExternalApp>NONE</p_strExternalApp>"),
        login=("starter", NORTHWIND[1]),
    ),
    "EVENT_NOT_FOUND": _posted(
        element("ConfirmExternalEvent", f"<p_strEventId>{new_id().strip('{}')}</p_strEventId>"),
        login=FETCHER,
    ),
    "EXTERNAL_REFERENCE_UNKNOWN": _posted(
        element("GetProcessInstanceTaskByExternalReference", _REFERENCE.format("nowhere"))
    ),
    "TASK_NOT_EXTERNAL": _posted(lambda workflow: _update()(workflow, _taken_back(workflow))),
    "TASK_CLOSED": _posted(lambda workflow: _update()(workflow, _closed(workflow))),
    "EXTERNAL_REFERENCE_CONFLICT": _posted(
        _on(_referenced, ACKNOWLEDGE, _REFERENCE.format("other") + _LATER)
    ),
    "EXTERNAL_REFERENCE_NOT_UNIQUE": _posted(
        _on(_shared, ACKNOWLEDGE, _REFERENCE.format("NW-shared") + _LATER)
    ),
}
_SERVER = {"TRY_LATER", "INTERNAL"}
_OTHERS = {"STATE_CONFLICT"} | _SERVER


@pytest.mark.parametrize("code", _CODES)
def test_ssp7_workflow_b4_each_code_is_told_with_its_detail(workflow, code):
    answer = _CODES[code](workflow)
    assert answer.status_code == (401 if code.startswith("AUTH_") else 500)
    fault = etree.fromstring(answer.content).find(".//{*}Fault")
    assert fault.findtext("faultcode").endswith(":Client")
    assert fault.findtext("faultstring").startswith(f"{code}: ")
    (error,) = fault.find("detail")
    told = {etree.QName(child).localname: child.text for child in error}
    assert (told["Code"], error.tag) == (code, f"{{{SERVICE.namespace}}}GatewayError")
    assert fault.findtext("faultstring") == f"{code}: {told['Message']}"
    ((number,),) = workflow.rows("select max(number) from message where dialect = 'ssp7'")
    assert told["CorrelationId"] == str(number)


@pytest.mark.parametrize(
    ("envelope", "kind", "sentence"),
    [
        (
            wrapped(element(READ), "1.2"),
            "VersionMismatch",
            "SOAP 1.1 or SOAP 1.2 envelope expected",
        ),
        (
            wrapped(element(READ), "1.1", header=f'<a xmlns="urn:x" {MUST}/>'),
            "MustUnderstand",
            "the header block a is not understood",
        ),
    ],
)
def test_ssp7_workflow_b4_what_soap_itself_refuses_has_no_detail(
    workflow, envelope, kind, sentence
):
    answer = workflow.post(None, envelope=envelope)
    fault = etree.fromstring(answer.content).find(".//{*}Fault")
    code = fault.findtext("faultcode") or fault.findtext("{*}Code/{*}Value")
    text = fault.findtext("faultstring") or fault.findtext("{*}Reason/{*}Text")
    assert (answer.status_code, code.partition(":")[2]) == (500, kind)
    assert text == f"MESSAGE_INVALID: {sentence}"
    assert b"GatewayError" not in answer.content


def test_ssp7_workflow_b4_no_code_is_left_out():
    assert {code.code for code in SERVICE.codes} == set(_CODES) | _OTHERS


@pytest.mark.parametrize(
    ("error", "code", "soap", "retry_after_s"),
    [
        (Overtaken(), "STATE_CONFLICT", FaultCode.CLIENT, None),
        (StorageAway(), "TRY_LATER", FaultCode.SERVER, 30),
        (TryLater(), "TRY_LATER", FaultCode.SERVER, 30),
        (OutcomeUnknown(), "INTERNAL", FaultCode.SERVER, None),
        (GatewayError(), "INTERNAL", FaultCode.SERVER, None),
    ],
)
def test_ssp7_workflow_b4_what_is_not_the_callers_mistake(error, code, soap, retry_after_s):
    told = results.FAULTS.offered(basic=True)(error, "7")
    assert (told.code, told.text.partition(":")[0]) == (soap, code)
    assert told.retry_after_s == retry_after_s


def test_ssp7_workflow_b4_changed_by_another_caller_says_so():
    told = results.FAULTS.offered(basic=True)(Overtaken(), "7")
    assert told.text == "STATE_CONFLICT: changed by another caller, try again"


def test_ssp7_workflow_b4_a_locked_store_is_tried_later_and_a_defect_is_internal(workflow):
    task = workflow.task()
    body = element(
        ACKNOWLEDGE, f"<p_intTaskId>{task}</p_intTaskId>{_REFERENCE.format(task)}{_LATER}"
    )
    with workflow.locked(task):
        later = workflow.post(body)
    assert (later.status_code, later.headers["retry-after"]) == (500, "30")
    assert ":Server</faultcode>" in later.text
    assert "TRY_LATER: the store is not reachable" in later.text
    workflow.rows("update event_map set code = 'E9 away' where code = 'E9'")
    try:
        internal = workflow.post(body)
    finally:
        workflow.rows("update event_map set code = 'E9' where code = 'E9 away'")
    assert internal.status_code == 500
    assert ":Server</faultcode>" in internal.text
    assert "INTERNAL: the request could not be processed" in internal.text
    assert "Traceback" not in internal.text
    assert workflow.codes(task) == ["E1"]


# --- no echo, fetched ------------------------------------------------------------------------


def waiting(workflow, task):
    listed = workflow.call(PENDING, login=FETCHER, p_intMax=100) or []
    return [event for event in listed if event.TaskId == task]


def test_ssp7_workflow_b8_a_fetching_partner_is_not_told_what_it_said_itself(workflow):
    task = workflow.task("Fetcher desk")
    workflow.acknowledge(task, f"F-{task}", login=FETCHER)
    workflow.update(task, login=FETCHER)
    workflow.reassign(task, login=FETCHER)
    assert workflow.codes(task) == ["E1", "E9", "E5", "E6"]
    # Its own news start processes as anybody's: only what it fetches does not.
    assert workflow.deliveries(task) == [("update", 3, "E5"), ("update", 3, "E6")]
    assert [event.RequestType for event in waiting(workflow, task)] == ["Submit Request"]
    workflow.rows("update event set origin_partner_id = partner_id where task_id = %s", task)
    assert waiting(workflow, task) == []


def test_ssp7_workflow_b18_what_was_never_shown_holds_back_no_later_event(workflow):
    ticket_id = workflow.ticket("Fetcher desk")
    task = workflow.main_task(ticket_id)
    workflow.rows("update event set origin_partner_id = partner_id where task_id = %s", task)
    comment = {"Id": new_id(), "TicketId": ticket_id, "Text": "Hurry.", "IsVisibleForWeb": True}
    workflow.gateway.call("SaveTicketComment_V1", Comment=comment)
    (event,) = waiting(workflow, task)
    assert workflow.call("ConfirmExternalEvent", login=FETCHER, p_strEventId=event.EventId)


def test_a_fetched_assignment_brings_the_files_of_its_ticket(workflow):
    ticket_id = workflow.ticket("Network")
    attachment = {"Id": new_id(), "DocumentId": new_id(), "Name": "Plan", "FileName": "plan.txt",
                  "Content": b"to the left", "IsVisibleForWeb": True}  # fmt: skip
    saved = workflow.gateway.call(
        "SaveTicketAttachments_V1",
        TicketId=ticket_id,
        Attachments={"TTicketAttachment_V1": [attachment]},
    )
    assert saved.ResultCode == 0
    workflow.assign(ticket_id, "Fetcher desk")
    task = workflow.main_task(ticket_id)
    (event,) = waiting(workflow, task)
    (file,) = event.Attachments.ExternalAttachment
    assert (file.FileName, file.Content) == ("plan.txt", b"to the left")
    assert workflow.notes() == []


def test_files_that_no_message_can_hold_are_noted_in_its_record(workflow):
    ticket_id = workflow.ticket("Network")
    attachments = [
        {"Id": new_id(), "DocumentId": new_id(), "Name": f"Plan {n}", "FileName": f"plan-{n}.txt",
         "Content": b"to the left", "IsVisibleForWeb": True}
        for n in range(21)
    ]  # fmt: skip
    saved = workflow.gateway.call(
        "SaveTicketAttachments_V1",
        TicketId=ticket_id,
        Attachments={"TTicketAttachment_V1": attachments},
    )
    assert saved.ResultCode == 0
    workflow.assign(ticket_id, "Fetcher desk")
    (event,) = waiting(workflow, workflow.main_task(ticket_id))
    assert len(event.Attachments.ExternalAttachment) == 20
    assert f"LEFT_OUT 1 files of {event.EventId}" in workflow.notes()
    ((stored,),) = workflow.rows(
        "select b.answer from message m join message_body b on b.number = m.number"
        " where m.operation = %s order by m.number desc limit 1", PENDING,
    )  # fmt: skip
    assert "[11 bytes, SHA-256" in stored


# --- samples and clients ---------------------------------------------------------------------

_BY_NAME = {
    "p_strEventId": "3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11",
    "p_strExternalSystem": "NORTHWIND",
    "p_strExternalApp": "DOOR",
    "p_strHashCheck": "",
    "p_strAssignToGroup": "",
    "p_strRequesterUniqueId": "",
}
_BY_TYPE = {
    "string": "x",
    "int": "7",
    "boolean": "true",
    "dateTime": "2026-03-04T10:15:27Z",
    "base64Binary": "eA==",
}


def sample(workflow, operation, block):
    """Take a request off an operation's page and fill its placeholders by type."""
    page = etree.HTML(web.get(f"{workflow.url}?op={operation}").text)
    text = page.xpath(f"//section[@id='{block}']//pre")[0]
    for place in text.xpath(".//span[@class='ph']"):
        before = place.getprevious()
        ahead = (text.text if before is None else before.tail) or ""
        name = re.findall(r"(\w+)[>=]$", ahead)[0]
        place.text = _BY_NAME.get(name, _BY_TYPE[place.text])
    head, _, body = "".join(text.itertext()).partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    return {key: headers[key] for key in ("Content-Type", "SOAPAction") if key in headers}, body


@pytest.mark.parametrize("block", ["soap11", "soap12", "post"])
@pytest.mark.parametrize("operation", list(SERVICE.operations))
def test_ssp7_workflow_b15_the_sample_of_every_page_is_read(workflow, operation, block):
    if block == "post" and operation in (REASSIGN, UPDATE, "StartProcessFromExternalApp"):
        assert 'id="post"' not in web.get(f"{workflow.url}?op={operation}").text
        return
    headers, body = sample(workflow, operation, block)
    address = workflow.url + (f"/{operation}" if block == "post" else "")
    login = ("starter", NORTHWIND[1]) if operation.startswith("Start") else NORTHWIND
    answer = web.post(address, content=body, headers=headers, auth=login, timeout=30)
    # Two fields of one name are the sample's own: everything before was read.
    expected = "ARGUMENT_INVALID: p_arrFields/x" if operation.startswith("Start") else ""
    for code in ("MESSAGE_INVALID", "OPERATION_UNKNOWN", "SOAP_ACTION", "ARGUMENT_", "INTERNAL"):
        assert code not in answer.text or (expected and expected in answer.text)


def test_ssp7_workflow_b16_a_client_made_of_the_wsdl_calls_all_nine(workflow, version):
    task, other = workflow.task(), workflow.task()
    given = {"version": version}
    assert workflow.acknowledge(task, f"Z-{task}", **given).Code == "OK"
    assert workflow.update(task, **given).Code == "OK"
    assert workflow.read(task, **given).TaskId == task
    by_reference = "GetProcessInstanceTaskByExternalReference"
    found = workflow.call(by_reference, p_strExternalReference=f"Z-{task}", **given)
    assert found.TaskId == task
    assert len(workflow.call("GetProcessInstanceTaskMessages", p_intTaskId=task, **given)) == 1
    assert workflow.reassign(task, **given).TaskStatus == "SolutionProposed"
    assert workflow.reassign(other, p_blnClosed=True, **given).TaskStatus == "Closed"
    started = workflow.call(
        "StartProcessFromExternalApp",
        login=("starter", NORTHWIND[1]),
        p_strExternalApp="DOOR",
        p_arrFields={"NameValue": [{"Name": "Subject", "Value": "Door stuck"}]},
        **given,
    )
    assert started.Success
    fetched = workflow.task("Fetcher desk")
    ((number,),) = workflow.rows("select guid::text from event where task_id = %s", fetched)
    assert workflow.call(PENDING, login=FETCHER, p_intMax=100, **given)
    assert workflow.call("ConfirmExternalEvent", login=FETCHER, p_strEventId=number, **given)


# --- how long things are kept ------------------------------------------------------------------


def test_deliveries_of_tasks_that_are_done_are_kept_as_long_as_their_setting_says(workflow):
    task = workflow.task()
    workflow.rows(
        "update delivery set state = 'done', settled = now() - interval '10 days'"
        " where event_id in (select guid from event where task_id = %s)", task,
    )  # fmt: skip
    engine = build_engine(workflow.gateway.database_url, pool_size=1, role="a test")
    try:
        for task_days, left in ((11, 1), (9, 0)):
            with transaction(engine) as current:
                current.alone("prune_deliveries", {"days": 90, "task_days": task_days})
            assert len(workflow.deliveries(task)) == left
    finally:
        engine.dispose()
