"""What tool kits of other languages make of the published contract, each against a live gateway.

One story for all of them: the contract is opened, tickets are saved in every version of the
command, read in every version, listed and closed; a rule is broken, and a password is wrong.
"""

import base64
from dataclasses import dataclass
from typing import Any

import pytest
import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from tests.kit.gateway import HELPDESK, new_id
from tests.kit.interop.clients import node_soap, php_soap

WRONG = "user name or password wrong"
SAVES = ("SaveTicket_V1", "SaveTicket_V2", "SaveTicket_V3", "SaveTicket_V4")
READS = ("GetTicket_V1", "GetTicket_V2", "GetTicket_V3", "GetTicket_V4", "GetTicket_V5")
CODES = {"1.1": "Client", "1.2": "Sender"}


@dataclass
class Zeep:
    """Strict zeep behind the same few words as the scripts of other languages."""

    name = "zeep"

    def calls(self, *, wsdl, version, user, password, identify, calls):
        session, token = requests.Session(), None
        if identify == "token":
            token = UsernameToken(user, password)
        else:
            session.auth = (user, password)
        client = zeep.Client(
            wsdl,
            transport=Transport(session=session),
            settings=zeep.Settings(strict=True, forbid_dtd=True),
            port_name=f"HelpdeskSoap{version.replace('.', '')}",
            service_name="Helpdesk",
            wsse=token,
        )
        return [self._answer(client, operation, values) for operation, values in calls]

    @staticmethod
    def _answer(client, operation, values):
        try:
            result = getattr(client.service, operation)(**values)
        except Fault as fault:
            return {"fault": {"code": fault.code, "text": fault.message, "detail": fault.detail}}
        return {"result": {f"{operation}Result": serialize_object(result, dict)}}


TOOLS = ("zeep", "node", "php")
# A second way to identify changes the envelope's head alone: one call and one refusal show it.
ALSO_BY_TOKEN = [*((name, "basic") for name in TOOLS), ("zeep", "token"), ("node", "token")]
every_identity = pytest.mark.parametrize("kit", ALSO_BY_TOKEN, ids="-".join, indirect=True)


@pytest.fixture(params=[(name, "basic") for name in TOOLS], ids="-".join)
def kit(request, pytestconfig):
    """A tool kit and how it identifies itself."""
    name, identify = request.param
    if name == "zeep":
        return Zeep(), identify
    folder = pytestconfig.cache.mkdir(f"interop-{name}")
    return {"node": node_soap, "php": php_soap}[name](folder), identify


class Caller:
    """One tool kit, one SOAP version, one account."""

    def __init__(self, gateway, kit, version):
        self._tool, self._identify = kit
        self._gateway, self._version = gateway, version

    def __call__(self, *calls, password=None):
        user, right = self._gateway.login
        return self._tool.calls(
            wsdl=f"{self._gateway.url}{HELPDESK}?wsdl",
            version=self._version,
            user=user,
            password=password or right,
            identify=self._identify,
            calls=calls,
        )

    def results(self, *calls) -> list[Any]:
        """Make calls that end without a fault and give their results."""
        answers = self(*calls)
        assert not any("fault" in answer for answer in answers), answers
        return [
            answer["result"][f"{operation}Result"]
            for (operation, _), answer in zip(calls, answers, strict=True)
        ]


@pytest.fixture
def caller(gateway, kit, version):
    return Caller(gateway, kit, version)


def entries(wrapper, name):
    """Give the entries of a list; tool kits show an empty one as nothing, or as an empty text."""
    return (wrapper or {}).get(name) or []


def content(kit, raw):
    """Give bytes as a tool kit wants them: not all of them write base64 themselves."""
    forms = {"zeep": raw, "php": raw.decode(), "node": base64.b64encode(raw).decode()}
    return forms[kit[0].name]


def codes(results):
    return [int(result["ResultCode"]) for result in results]


def ticket(**fields):
    return {"Ticket": {"Id": new_id(), "Title": "Grüße aus Übersee & <Rest>", **fields}}


@every_identity
def test_every_version_of_save_and_get_works(caller):
    saved = [(operation, ticket(Priority=4)) for operation in SAVES]
    assert codes(caller.results(*saved)) == [0, 0, 0, 0]
    ids = [values["Ticket"]["Id"] for _, values in saved]
    reads = [(operation, {"TicketId": id_}) for id_ in ids for operation in READS]
    for (_, asked), result in zip(reads, caller.results(*reads), strict=True):
        assert int(result["ResultCode"]) == 0
        assert result["Ticket"]["Id"] == asked["TicketId"]
        assert result["Ticket"]["Title"] == "Grüße aus Übersee & <Rest>"
        assert int(result["Ticket"]["Priority"]) == 4


def test_an_object_without_content_is_read(caller):
    saved = ticket()
    read = ("GetTicket_V4", {"TicketId": saved["Ticket"]["Id"]})
    _, result = caller.results(("SaveTicket_V4", saved), read)
    assignee = result["Ticket"]["Assignee"]
    assert assignee["UserType"] == "AcmpUser"
    assert not assignee["AssigneeIsGroup"]
    assert not assignee["Id"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_of_any_length_goes_both_ways(caller, count):
    tickets = [ticket() for _ in range(count)]
    saved = [("SaveTicket_V4", values) for values in tickets]
    ids = [values["Ticket"]["Id"] for values in tickets]
    asked = {"TicketIds": {"string": ids or [new_id()]}, "WithTotalCount": True}
    *_, listed = caller.results(*saved, ("GetTicketList_V1", asked))
    assert int(listed["ResultCode"]) == 0
    found = entries(listed["Tickets"], "TTicketListItem_V1")
    assert sorted(item["Id"] for item in found) == sorted(ids)
    assert int(listed["TotalCount"]) == count


def test_a_ticket_is_closed_with_comment_and_working_time(caller, gateway):
    saved, berta = ticket(), gateway.row_id("agent", "berta")
    id_ = saved["Ticket"]["Id"]
    closing = {
        "TicketId": id_,
        "Assignee": {"Id": berta},
        "Comment": {"Id": new_id(), "Text": "Roller replaced."},
        "WorkingTime": {
            "Id": new_id(),
            "TicketId": id_,
            "Executor": berta,
            "StartDate": "2025-06-27T10:00:00Z",
            "EndDate": "2025-06-27T10:25:00Z",
        },
    }
    saved_one, closed, read, comments = caller.results(
        ("SaveTicket_V4", saved),
        ("CloseTicket_V1", closing),
        ("GetTicket_V5", {"TicketId": id_}),
        ("GetTicketComments_V1", {"TicketId": id_}),
    )
    assert codes([saved_one, closed, read, comments]) == [0, 0, 0, 0]
    assert read["Ticket"]["StateEN"] == "closed successful"
    assert int(read["Ticket"]["TotalWorkingTime"]) == 25
    (comment,) = entries(comments["Comments"], "TTicketComment_V1")
    assert comment["Text"] == "Roller replaced."


def test_an_attachment_comes_back_byte_for_byte(caller, kit):
    saved = ticket()
    id_, attachment = saved["Ticket"]["Id"], new_id()
    sent = content(kit, b"line one\r\nline two & more\t\x7f")
    entry = {"Id": attachment, "DocumentId": new_id(), "Name": "Note", "FileName": "note.txt"}
    entries_sent = {"TTicketAttachment_V1": [{**entry, "Content": sent}]}
    *_, kept, read, listed = caller.results(
        ("SaveTicket_V4", saved),
        ("SaveTicketAttachments_V1", {"TicketId": id_, "Attachments": entries_sent}),
        ("GetTicketAttachment_V1", {"AttachmentId": attachment}),
        ("GetTicketAttachments_V1", {"TicketId": id_}),
    )
    assert codes([kept, read, listed]) == [0, 0, 0]
    assert read["Attachment"]["Content"] == sent
    (shown,) = entries(listed["Attachments"], "TTicketAttachment_V1")
    assert (shown["FileName"], int(shown["FileSize"])) == ("note.txt", 27)


def test_a_decimal_keeps_its_places(caller):
    saved = ticket()
    id_, cost = saved["Ticket"]["Id"], new_id()
    booked = {"Id": cost, "TicketId": id_, "UnitPrice": "999999.99", "Amount": 3}
    *_, read, total = caller.results(
        ("SaveTicket_V4", saved),
        ("SaveTicketCosts_V1", {"Costs": {"TTicketCostEntry_V1": [booked]}}),
        ("GetTicketCost_V1", {"CostId": cost}),
        ("GetTicket_V5", {"TicketId": id_}),
    )
    assert str(read["Cost"]["UnitPrice"]) == "999999.99"
    assert str(total["Ticket"]["TotalCosts"]) == "2999999.97"


def test_a_broken_rule_is_an_answer_with_a_code(caller):
    result, unknown = caller.results(
        ("SaveTicket_V4", {"Ticket": {"Id": new_id()}}),
        ("GetTicket_V5", {"TicketId": new_id()}),
    )
    assert (int(result["ResultCode"]), result["ResultMessage"]) == (35, "Ticket.Title: required")
    assert (int(unknown["ResultCode"]), unknown["ResultMessage"]) == (30, "TicketId: not found")


@every_identity
def test_a_wrong_password_is_a_fault_that_the_client_shows(caller, version):
    (answer,) = caller(("GetHelpdeskSettings_V2", {}), password="wrong")
    fault = answer["fault"]
    assert fault["text"] == WRONG
    assert fault["code"].rpartition(":")[2] == CODES[version]
