"""One gateway and a caller of each dialect: what people do with a ticket, in four manners."""

import hashlib
import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from gateway.dialects.tickets.shapes import BASE
from tests.kit import workflow
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import HELPDESK, NAMESPACE, element, new_id, wrapped
from tests.kit.znuny import AGENT, ARTICLE, NEW_TICKET, running_znuny

DESK = "Northwind desk"
PRIORITIES = ("1 very low", "2 low", "3 normal", "4 high", "5 very high")
CLOSED = "closed successful"


@dataclass(frozen=True)
class Seen:
    """What a dialect says of a ticket; None: it has no word for it, or may not tell."""

    title: str
    priority: int
    closed: bool
    texts: tuple[str, ...]  # oldest first; tickets REST shows the newest alone
    number: str | None = None
    reference: str | None = None  # NORTHWIND's own number for it


class Dialect:
    """A caller; tickets are named by their id."""

    name: str

    def __init__(self, world):
        self.world = world

    def guid(self, ticket):
        ((guid,),) = self.world.rows("select guid from ticket where id = %s", ticket)
        return f"{{{str(guid).upper()}}}"

    def task(self, ticket):
        ((task,),) = self.world.rows("select id from task where ticket_id = %s and main", ticket)
        return task

    def prepare(self, ticket):
        """Do what the dialect needs before it can work on a ticket of another."""


class Helpdesk(Dialect):
    name = "acmp"

    def create(self, title, text, priority):
        guid = new_id()
        fields = f"<Id>{guid}</Id><Title>{escape(title)}</Title>"
        self._call("SaveTicket_V4", f"<Ticket>{fields}<Description>{text}</Description>"
                                    f"<Priority>{priority}</Priority></Ticket>")  # fmt: skip
        ((ticket,),) = self.world.rows("select id from ticket where guid = %s", guid.strip("{}"))
        return ticket

    def read(self, ticket):
        told = self._call("GetTicket_V5", f"<TicketId>{self.guid(ticket)}</TicketId>")
        comments = self._call("GetTicketComments_V1", f"<TicketId>{self.guid(ticket)}</TicketId>")
        texts = [each.text for each in comments.iterfind(f".//{{{NAMESPACE}}}Text")]
        return Seen(
            title=_text(told, NAMESPACE, "Title"),
            priority=int(_text(told, NAMESPACE, "Priority")),
            closed=_text(told, NAMESPACE, "StateEN") == CLOSED,
            texts=(_text(told, NAMESPACE, "Description"), *texts),
        )

    def change(self, ticket, title, priority):
        fields = (
            f"<Id>{self.guid(ticket)}</Id><Title>{title}</Title><Priority>{priority}</Priority>"
        )
        self._call("SaveTicket_V4", f"<Ticket>{fields}</Ticket>")

    def comment(self, ticket, text):
        fields = f"<Id>{new_id()}</Id><TicketId>{self.guid(ticket)}</TicketId><Text>{text}</Text>"
        shown = "<IsVisibleForWeb>true</IsVisibleForWeb>"
        self._call("SaveTicketComment_V1", f"<Comment>{fields}{shown}</Comment>")

    def close(self, ticket):
        ((admin,),) = self.world.rows("select guid from agent where login = 'admin'")
        self._call("CloseTicket_V1", f"<TicketId>{self.guid(ticket)}</TicketId>"
                                     f"{_assignee(admin, group=False)}")  # fmt: skip

    def hand_over(self, ticket, group):
        ((guid,),) = self.world.rows("select guid from agent_group where name = %s", group)
        fields = f"<Id>{self.guid(ticket)}</Id>{_assignee(guid, group=True)}"
        self._call("SaveTicket_V4", f"<Ticket>{fields}</Ticket>")

    def _call(self, operation, content):
        answer = self.world.soap(HELPDESK, wrapped(element(operation, content)), "agent1")
        assert _text(answer, NAMESPACE, "ResultCode") == "0", etree.tostring(answer)
        return answer


class Provider(Dialect):
    """A service provider; what it changes of a ticket is its own number for it."""

    name = "ssp7"

    def create(self, title, text, priority):
        given = {"Subject": title, "Description": text, "Priority": priority,
                 "RequesterName": "Olga", "RequesterEmail": "olga@example.org"}  # fmt: skip
        fields = "".join(
            f"<NameValue><Name>{name}</Name><Value>{escape(str(value))}</Value></NameValue>"
            for name, value in given.items()
        )
        done = self._call("StartProcessFromExternalApp",
                          f"<p_strExternalApp>DOOR</p_strExternalApp><p_arrFields>{fields}"
                          "</p_arrFields>", login="starter")  # fmt: skip
        return int(_text(done, workflow.NAMESPACE, "ProcessInstanceId"))

    def prepare(self, ticket):
        self.world.dialects["acmp"].hand_over(ticket, DESK)

    def read(self, ticket):
        task = self._task(ticket)
        told = self._call("GetProcessInstanceTask", task)
        said = self._call("GetProcessInstanceTaskMessages", f"{task}<p_dtSince xsi:nil='true' "
                          "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>")  # fmt: skip
        texts = [each.text for each in said.iterfind(f".//{{{workflow.NAMESPACE}}}Text")]
        description = _text(told, workflow.NAMESPACE, "Description")
        return Seen(
            title=_text(told, workflow.NAMESPACE, "Subject"),
            priority=int(_text(told, workflow.NAMESPACE, "Priority")),
            closed=_text(told, workflow.NAMESPACE, "TaskStatus") == "Closed",
            texts=(description, *texts),
            number=_text(told, workflow.NAMESPACE, "TicketNumber"),
            reference=_text(told, workflow.NAMESPACE, "ExternalReference") or None,
        )

    def change(self, ticket, reference):
        self._call(workflow.ACKNOWLEDGE, f"{self._task(ticket)}<p_strExternalReference>{reference}"
                                         "</p_strExternalReference>")  # fmt: skip

    def comment(self, ticket, text):
        self._call(workflow.UPDATE, f"{self._task(ticket)}<p_strMessage>{text}</p_strMessage>"
                   "<p_blnVisibleToRequester>true</p_blnVisibleToRequester>")  # fmt: skip

    def close(self, ticket):
        self._call(workflow.REASSIGN, f"{self._task(ticket)}<p_strSolution>Done.</p_strSolution>"
                                      "<p_blnClosed>true</p_blnClosed>")  # fmt: skip

    def _task(self, ticket):
        return f"<p_intTaskId>{self.task(ticket)}</p_intTaskId>"

    def _call(self, operation, content, login="northwind"):
        body = wrapped(workflow.element(operation, content))
        return self.world.soap(workflow.PATH, body, login)


class Connector(Dialect):
    name = "znuny"

    def create(self, title, text, priority):
        made = self._call("TicketCreate", {
            "Ticket": {**NEW_TICKET, "Title": title, "Priority": PRIORITIES[priority - 1]},
            "Article": {**ARTICLE, "Body": text},
        })  # fmt: skip
        return int(made["TicketID"])

    def read(self, ticket):
        asked = {"TicketID": str(ticket), "AllArticles": "1", "DynamicFields": "1"}
        (told,) = self._call("TicketGet", asked)["Ticket"]
        fields = {each["Name"]: each["Value"] for each in told["DynamicField"]}
        return Seen(
            title=told["Title"],
            priority=PRIORITIES.index(told["Priority"]) + 1,
            closed=told["StateType"] == "closed",
            texts=tuple(each["Body"] for each in told["Article"]),
            number=told["TicketNumber"],
            reference=fields.get("ExternalReference") or None,
        )

    def change(self, ticket, title, priority):
        fields = {"Title": title, "Priority": PRIORITIES[priority - 1]}
        self._call("TicketUpdate", {"TicketID": str(ticket), "Ticket": fields})

    def comment(self, ticket, text):
        self._call("TicketUpdate", {"TicketID": str(ticket), "Article": {**ARTICLE, "Body": text}})

    def close(self, ticket):
        self._call("TicketUpdate", {"TicketID": str(ticket), "Ticket": {"State": CLOSED}})

    def _call(self, operation, data):
        reply = self.world.znuny.call("rest", operation, {**AGENT, **data})
        assert "Error" not in reply.answer, reply.answer
        return reply.answer


class Billing(Dialect):
    name = "tickets"

    def create(self, title, text, priority):
        made = self._call("POST", "tickets/", {
            "customerID": self.world.customer, "subject": title, "ticketContent": text,
            "ticketPriority": PRIORITIES[priority - 1],
        })  # fmt: skip
        return int(made["id"])

    def read(self, ticket):
        told = self._call("GET", f"tickets/{ticket}")
        return Seen(
            title=told["subject"],
            priority=PRIORITIES.index(told["ticketPriority"]) + 1,
            closed=told["status"] == CLOSED,
            texts=(told["ticketContent"],),
        )

    def change(self, ticket, title, priority):
        fields = {"subject": title, "ticketPriority": PRIORITIES[priority - 1]}
        self._call("PATCH", f"tickets/{ticket}", fields)

    def comment(self, ticket, text):
        self._call("PATCH", f"tickets/{ticket}", {"ticketContent": text})

    def close(self, ticket):
        self._call("PATCH", f"tickets/{ticket}", {"status": CLOSED})

    def _call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.world.key}"}
        content = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        found = self.world.znuny.send(method, f"{BASE}/{path}", content, headers)
        assert found.status in (200, 201), found.body
        return json.loads(found.body)


class World:
    """A gateway with a caller of each dialect."""

    def __init__(self, znuny):
        self.znuny = znuny
        self.rows = znuny.rows
        self.customer = znuny.stores.row("customer", "ACME").id
        self.key = "tgk_" + "m" * 43
        self.rows(
            "insert into account_secret (account_id, kind, sha256)"
            " select id, 'api_key', %s from account where name = 'agent1'",
            hashlib.sha256(self.key.encode()).digest(),
        )
        callers = (Helpdesk(self), Provider(self), Connector(self), Billing(self))
        self.dialects = {each.name: each for each in callers}

    def soap(self, path, envelope, account):
        """Post a SOAP 1.1 message as an account, and give the answer, which is no fault."""
        login = b64encode(f"{account}:{ADMIN_PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "text/xml; charset=utf-8"}
        found = self.znuny.send("POST", path, envelope, headers)
        assert found.status == 200, found.body.decode()
        return etree.fromstring(found.body)

    def history(self, ticket):
        """List who wrote the history of a ticket: dialect and operation."""
        found = self.rows(
            "select dialect, operation from history where ticket_id = %s order by id", ticket
        )
        return list(found)


@contextmanager
def running_world(databases):
    """Compose a gateway in this process with people, partners and a caller of each dialect."""
    given = {f"login__{name}": "100000" for name in ("calls_per_s", "calls_burst", "calls_at_once")}
    given |= {"ssp7_workflow__close_ticket_with_last_task": "true"}
    with running_znuny(databases, **given) as znuny:
        workflow.partners(znuny.url)
        yield World(znuny)


def _text(answer, namespace, name):
    return answer.findtext(f".//{{{namespace}}}{name}")


def _assignee(guid, *, group):
    inside = f"<Id>{{{str(guid).upper()}}}</Id><AssigneeIsGroup>{str(group).lower()}"
    return f"<Assignee>{inside}</AssigneeIsGroup></Assignee>"
