"""One gateway and a caller of each dialect: what people do with a ticket, in four manners."""

# ruff: noqa: RUF012 - what a dialect makes and changes is a constant of its class

import hashlib
import json
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
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
CATEGORY = "Doors"
CARLA, JOHN = "carla@acme.example", "john@acme.example"
NOBODY = "1"  # znuny contract, 16: none is shown as agent 1


@dataclass(frozen=True)
class Seen:
    """What a dialect says of a ticket, by the mapping tables of the contracts, in one manner.

    None: it has no word for it, or may not tell. Nobody and nothing are empty texts; people are
    logins, who asks is an address.
    """

    id: int
    title: str
    priority: int
    closed: bool
    texts: tuple[str, ...]  # oldest first; tickets REST shows the newest alone
    number: str | None = None
    reference: str | None = None  # NORTHWIND's own number for it
    state: str | None = None
    type: str | None = None
    category: str | None = None
    queue: str | None = None
    owner: str | None = None
    group: str | None = None
    asker: str | None = None
    customer: str | None = None
    creator: str | None = None
    created: str | None = None  # day
    changed: str | None = None  # second
    ended: str | None = None  # second
    minutes: int | None = None
    files: tuple[str, ...] | None = None


class Dialect:
    """A caller; tickets are named by their id."""

    name: str
    makes: dict  # what it says of a new ticket beside title, text and priority
    changes: dict = {}  # what it says of a ticket that it changes
    files = False  # whether a file comes with its remark
    books = False  # whether it knows working time

    def __init__(self, world):
        self.world = world

    def book(self, ticket, minutes):
        """Book working time, where the dialect knows any."""

    def guid(self, ticket):
        return self.world.guid("ticket", id=ticket)

    def task(self, ticket):
        ((task,),) = self.world.rows("select id from task where ticket_id = %s and main", ticket)
        return task

    def prepare(self, ticket):
        """Do what the dialect needs before it can work on a ticket of another."""


class Helpdesk(Dialect):
    name = "acmp"
    makes = {"category": CATEGORY, "asker": CARLA, "owner": "ann", "creator": "agent1"}
    changes = {"category": "", "owner": "agent1", "asker": JOHN}
    files = books = True

    def create(self, title, text, priority):
        guid, row = new_id(), self.world.guid
        fields = (
            f"<Id>{guid}</Id><Title>{escape(title)}</Title><Description>{text}</Description>"
            f"<CategoryId>{row('category', en=CATEGORY)}</CategoryId>"
            f"<Priority>{priority}</Priority>"
            f"<ContactId>{row('customer_user', login='carla')}</ContactId>"
            f"{_assignee(row('agent', login='ann'), group=False)}"
        )
        self._call("SaveTicket_V4", f"<Ticket>{fields}</Ticket>")
        ((ticket,),) = self.world.rows("select id from ticket where guid = %s", guid.strip("{}"))
        return ticket

    def read(self, ticket):
        told = self._call("GetTicket_V5", f"<TicketId>{self.guid(ticket)}</TicketId>")
        comments = self._call("GetTicketComments_V1", f"<TicketId>{self.guid(ticket)}</TicketId>")
        texts = [each.text for each in comments.iterfind(f".//{{{NAMESPACE}}}Text")]
        kept = self._call("GetTicketAttachments_V1", f"<TicketId>{self.guid(ticket)}</TicketId>")
        assignee = told.find(f".//{{{NAMESPACE}}}Assignee")
        is_group = _text(assignee, NAMESPACE, "AssigneeIsGroup") == "true"
        named = _text(assignee, NAMESPACE, "Id") or ""
        state = _text(told, NAMESPACE, "StateEN")
        return Seen(
            id=int(_text(told, NAMESPACE, "TicketNumber")),
            title=_text(told, NAMESPACE, "Title"),
            priority=int(_text(told, NAMESPACE, "Priority")),
            closed=state == CLOSED,
            texts=(_text(told, NAMESPACE, "Description"), *texts),
            state=state,
            category=_text(told, NAMESPACE, "CategoryEN") or "",
            owner="" if is_group else self.world.named("agent", "login", named),
            group=self.world.named("agent_group", "name", named) if is_group else "",
            asker=self.world.named("customer_user", "email", _text(told, NAMESPACE, "ContactId")),
            creator=self.world.named("agent", "login", _text(told, NAMESPACE, "CreatorId")),
            created=_moment(_text(told, NAMESPACE, "CreationDate"))[:10],
            changed=_moment(_text(told, NAMESPACE, "LastModified")),
            ended=_moment(_text(told, NAMESPACE, "ClosingDate")),
            minutes=int(_text(told, NAMESPACE, "TotalWorkingTime")),
            files=tuple(sorted(each.text for each in kept.iterfind(f".//{{{NAMESPACE}}}FileName"))),
        )

    def change(self, ticket, title, priority):
        fields = (
            f"<Id>{self.guid(ticket)}</Id><Title>{title}</Title><CategoryId/>"
            f"<Priority>{priority}</Priority>"
            f"<ContactId>{self.world.guid('customer_user', login='john')}</ContactId>"
            f"{_assignee(self.world.guid('agent', login='agent1'), group=False)}"
        )
        self._call("SaveTicket_V4", f"<Ticket>{fields}</Ticket>")

    def book(self, ticket, minutes):
        fields = (
            f"<Id>{new_id()}</Id><TicketId>{self.guid(ticket)}</TicketId>"
            f"<Executor>{self.world.guid('agent', login='agent1')}</Executor>"
            "<StartDate>2026-01-01T08:00:00Z</StartDate>"
            f"<EndDate>2026-01-01T08:{minutes}:00Z</EndDate>"
        )
        self._call("SaveTicketWorkingTime_V1", f"<WorkingTime>{fields}</WorkingTime>")

    def comment(self, ticket, text):
        fields = f"<Id>{new_id()}</Id><TicketId>{self.guid(ticket)}</TicketId><Text>{text}</Text>"
        shown = "<IsVisibleForWeb>true</IsVisibleForWeb>"
        self._call("SaveTicketComment_V1", f"<Comment>{fields}{shown}</Comment>")
        file = (
            f"<Id>{new_id()}</Id><DocumentId>{new_id()}</DocumentId><Name>acmp.txt</Name>"
            "<FileName>acmp.txt</FileName><IsVisibleForWeb>true</IsVisibleForWeb>"
            "<Content>YWJj</Content>"
        )
        self._call(
            "SaveTicketAttachments_V1",
            f"<TicketId>{self.guid(ticket)}</TicketId><Attachments><TTicketAttachment_V1>{file}"
            "</TTicketAttachment_V1></Attachments>",
        )

    def close(self, ticket):
        keeper = self.world.guid("agent", login="ann")
        self._call("CloseTicket_V1", f"<TicketId>{self.guid(ticket)}</TicketId>"
                                     f"{_assignee(keeper, group=False)}")  # fmt: skip

    def hand_over(self, ticket, group):
        keeper = _assignee(self.world.guid("agent_group", name=group), group=True)
        fields = f"<Id>{self.guid(ticket)}</Id>{keeper}"
        self._call("SaveTicket_V4", f"<Ticket>{fields}</Ticket>")

    def _call(self, operation, content):
        answer = self.world.soap(HELPDESK, wrapped(element(operation, content)), "agent1")
        assert _text(answer, NAMESPACE, "ResultCode") == "0", etree.tostring(answer)
        return answer


class Provider(Dialect):
    """A service provider; what it changes of a ticket is its own number for it."""

    name = "ssp7"
    makes = {"category": CATEGORY, "asker": CARLA}
    files = True

    def create(self, title, text, priority):
        given = {"Subject": title, "Description": text, "Priority": priority, "Category": CATEGORY}
        fields = "".join(
            f"<NameValue><Name>{name}</Name><Value>{escape(str(value))}</Value></NameValue>"
            for name, value in given.items()
        )
        done = self._call("StartProcessFromExternalApp",
                          "<p_strExternalApp>DOOR</p_strExternalApp>"
                          "<p_strRequesterUniqueId>C-1</p_strRequesterUniqueId>"
                          f"<p_arrFields>{fields}</p_arrFields>", login="starter")  # fmt: skip
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
        person = _text(told, workflow.NAMESPACE, "AssignedPerson") or ""
        return Seen(
            id=int(_text(told, workflow.NAMESPACE, "ProcessInstanceId")),
            category=_text(told, workflow.NAMESPACE, "Category") or "",
            owner=self.world.login(person),
            group=_text(told, workflow.NAMESPACE, "AssignedGroup") or "",
            asker=_text(told, workflow.NAMESPACE, "RequesterEmail") or "",
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
        file = "<FileName>ssp7.txt</FileName><Content>YWJj</Content>"
        file = f"<ExternalAttachment>{file}</ExternalAttachment>"
        self._call(workflow.UPDATE, f"{self._task(ticket)}<p_strMessage>{text}</p_strMessage>"
                   f"<p_blnVisibleToRequester>true</p_blnVisibleToRequester>"
                   f"<p_arrAttachments>{file}</p_arrAttachments>")  # fmt: skip

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
    makes = {"state": "new", "type": "billing", "queue": "Billing", "owner": "ann",
             "asker": CARLA, "customer": "ACME", "creator": "agent1"}  # fmt: skip
    changes = {"state": "open", "type": "sales", "queue": "Raw", "owner": "agent1",
               "asker": JOHN, "customer": "GLOBEX"}  # fmt: skip
    files = books = True

    def create(self, title, text, priority):
        given = {"Type": "billing", "Queue": "Billing", "Owner": "ann", "CustomerUser": "carla"}
        made = self._call("TicketCreate", {
            "Ticket": {**NEW_TICKET, **given, "Title": title, "Priority": PRIORITIES[priority - 1]},
            "Article": {**ARTICLE, "Body": text},
        })  # fmt: skip
        return int(made["TicketID"])

    def read(self, ticket):
        flags = dict.fromkeys(("AllArticles", "DynamicFields", "Attachments", "Extended"), "1")
        (told,) = self._call("TicketGet", {"TicketID": str(ticket), **flags})["Ticket"]
        fields = {each["Name"]: each["Value"] for each in told["DynamicField"]}
        files = [file for each in told["Article"] for file in each.get("Attachment", ())]
        asker = told["CustomerUserID"]
        return Seen(
            id=int(told["TicketID"]),
            state=told["State"],
            type=told["Type"],
            queue=told["Queue"],
            owner="" if told["OwnerID"] == NOBODY else told["Owner"],
            asker=asker if "@" in asker else self.world.address(asker),
            customer=told["CustomerID"],
            creator=""
            if told["CreateBy"] == NOBODY
            else self.world.named("agent", "login", told["CreateBy"], by="id"),
            created=_moment(told["Created"])[:10],
            changed=_moment(told["Changed"]),
            ended=_moment(told.get("Closed")),
            minutes=int(float(told["TimeUnit"])),
            files=tuple(sorted(each["Filename"] for each in files)),
            title=told["Title"],
            priority=PRIORITIES.index(told["Priority"]) + 1,
            closed=told["StateType"] == "closed",
            texts=tuple(each["Body"] for each in told["Article"]),
            number=told["TicketNumber"],
            reference="".join(fields.get("ExternalReference") or "") or None,
        )

    def change(self, ticket, title, priority):
        fields = {"Title": title, "Priority": PRIORITIES[priority - 1], "Type": "sales",
                  "Queue": "Raw", "Owner": "agent1", "State": "open",
                  "CustomerUser": "john", "CustomerID": "GLOBEX"}  # fmt: skip
        self._call("TicketUpdate", {"TicketID": str(ticket), "Ticket": fields})

    def book(self, ticket, minutes):
        article = {**ARTICLE, "TimeUnit": str(minutes)}
        self._call("TicketUpdate", {"TicketID": str(ticket), "Article": article})

    def comment(self, ticket, text):
        file = {"Content": "YWJj", "ContentType": "text/plain", "Filename": "znuny.txt"}
        article = {**ARTICLE, "Body": text, "Attachment": [file]}
        self._call("TicketUpdate", {"TicketID": str(ticket), "Article": article})

    def close(self, ticket):
        self._call("TicketUpdate", {"TicketID": str(ticket), "Ticket": {"State": CLOSED}})

    def _call(self, operation, data):
        reply = self.world.znuny.call("rest", operation, {**AGENT, **data})
        assert "Error" not in reply.answer, reply.answer
        return reply.answer


class Billing(Dialect):
    name = "tickets"
    makes = {"state": "new", "type": "billing", "queue": "Billing", "owner": "ann",
             "asker": CARLA, "customer": "ACME", "creator": "agent1"}  # fmt: skip
    changes = {"state": "open", "type": "sales", "queue": "Raw", "owner": "agent1",
               "asker": JOHN, "customer": "GLOBEX"}  # fmt: skip

    def create(self, title, text, priority):
        made = self._call("POST", "tickets/", {
            "customerID": self.world.customer("ACME"), "subject": title, "ticketContent": text,
            "ticketPriority": PRIORITIES[priority - 1], "ticketType": "billing", "owner": "ann",
            "customerEmail": CARLA, "departments": "Billing",
        })  # fmt: skip
        return int(made["id"])

    def read(self, ticket):
        told = self._call("GET", f"tickets/{ticket}")
        return Seen(
            title=told["subject"],
            priority=PRIORITIES.index(told["ticketPriority"]) + 1,
            closed=told["status"] == CLOSED,
            texts=(told["ticketContent"],),
            id=int(told["id"]),
            state=told["status"],
            type=told["ticketType"],
            queue=told["departments"],
            owner=told["owner"] or "",
            asker=told["customerEmail"] or "",
            customer=self.world.named("customer", "key", told["customerID"], by="id"),
            created=told["createdDate"],
        )

    def change(self, ticket, title, priority):
        fields = {"subject": title, "ticketPriority": PRIORITIES[priority - 1], "status": "open",
                  "ticketType": "sales", "departments": ["Raw"], "owner": "agent1",
                  "customerEmail": JOHN,
                  "customerID": self.world.customer("GLOBEX")}  # fmt: skip
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
        self.fixed = cache(znuny.rows)  # what does not change: guids, names, addresses
        users = znuny.stores.row("group", "users").id
        znuny.stores.queue("Billing", users)
        znuny.stores.agent("ann", groups=[(users, "rw")], first_name="Ann", last_name="Agent")
        self.rows("insert into customer (key, name) values ('GLOBEX', 'Globex')")
        self.rows("update customer_user set email = %s where login = 'john'", JOHN)
        self.key = "tgk_" + "m" * 43
        self.rows(
            "insert into account_secret (account_id, kind, sha256)"
            " select id, 'api_key', %s from account where name = 'agent1'",
            hashlib.sha256(self.key.encode()).digest(),
        )
        callers = (Helpdesk(self), Provider(self), Connector(self), Billing(self))
        self.dialects = {each.name: each for each in callers}

    def customer(self, key):
        ((number,),) = self.fixed("select id from customer where key = %s", key)
        return number

    def guid(self, table, **found):
        ((column, value),) = found.items()
        ((guid,),) = self.fixed(f"select guid from {table} where {column} = %s", value)
        return f"{{{str(guid).upper()}}}"

    def named(self, table, column, key, by="guid"):
        """Give the name of a row that a dialect names by guid or id; none has an empty one."""
        if not key:
            return ""
        key = key.strip("{}") if by == "guid" else int(key)
        ((name,),) = self.fixed(f"select {column} from {table} where {by} = %s", key)
        return name

    def login(self, person):
        """Give the login of an agent who is named in full."""
        if not person:
            return ""
        ((login,),) = self.fixed(
            "select login from agent where btrim(first_name || ' ' || last_name) = %s", person
        )
        return login

    def address(self, login):
        """Give the address of a customer user."""
        return "".join(
            email
            for (email,) in self.fixed("select email from customer_user where login = %s", login)
        )

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
    given |= {"ssp7_workflow__close_ticket_with_last_task": "true",
              "ssp7_workflow__partner_sees_requester": "true"}  # fmt: skip
    with running_znuny(databases, **given) as znuny:
        workflow.partners(znuny.url)
        yield World(znuny)


def _text(answer, namespace, name):
    return answer.findtext(f".//{{{namespace}}}{name}")


def _moment(text):
    """Give a time as UTC to the second; of none nothing."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _assignee(guid, *, group):
    inside = f"<Id>{guid}</Id><AssigneeIsGroup>{str(group).lower()}"
    return f"<Assignee>{inside}</AssigneeIsGroup></Assignee>"
