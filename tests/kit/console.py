"""Somebody at the console: a whole gateway in memory, cookies, and forms as pages hold them."""

import asyncio
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
from lxml import html

from gateway.compose import build_app
from gateway.domain.commands import Assign, Defaults, SaveTicket
from gateway.domain.people import PartyKind
from gateway.domain.values import UNSET
from gateway.settings import load
from gateway.storage import administration
from gateway.usecases import app_registry, tickets
from tests.kit.database import ADMIN_HASH, ADMIN_PASSWORD
from tests.kit.gateway import wrapped
from tests.kit.stores import Stores
from tests.kit.workflow import NORTHWIND, REASSIGN, element, partners
from tests.kit.workflow import PATH as WORKFLOW

FORM = "application/x-www-form-urlencoded"
ADDRESS = "http://127.0.0.1:8080"
MAILBOX = {
    "name": "partners",
    "server": "imap.example.org",
    "user": "tickets",
    "secret": "imap-partners",
    "address": [{"address": "northwind-in@example.org"}],
}


class House:
    """A gateway in memory on a database that outlives it, and the event loop it runs in."""

    def __init__(self, url, **settings):
        self.loop = asyncio.new_event_loop()
        self.settings = load({"database.url": url, **settings}, environment={}).settings
        with administration(self.settings) as administers:
            administers.run(app_registry.fill)
        self.door = build_app(self.settings)
        self.stores = Stores(url, pool_size=2)
        self.rows = self.stores.sql

    def close(self):
        self.stores.close()
        self.loop.run_until_complete(self._stopped())
        self.loop.close()

    async def _stopped(self):
        """Let the gateway end as its server would, which gives the connections back."""
        waiting = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive():
            return next(waiting)

        async def send(_):
            pass

        await self.door({"type": "lifespan"}, receive, send)

    # -- the world ------------------------------------------------------------------------------

    def ticket(self, group=None, title="Printer jams", **fields):
        """Save a ticket, given to a group if one is named; give its id."""
        assignee = UNSET if group is None else Assign(group, PartyKind.GROUP)
        command = SaveTicket(
            guid=uuid.uuid4(), title=title, assignee=assignee,
            defaults=Defaults(queue="Raw", state="new", priority=3), **fields,
        )  # fmt: skip
        call = self.stores.call(command="SaveTicket", dialect="test")
        return self.stores.units.run(lambda unit: tickets.save(command, call, unit), call).ticket_id

    def task(self, ticket_id):
        """Give the number of a ticket's main task."""
        ((task,),) = self.rows("select id from task where ticket_id = %s and main", ticket_id)
        return task

    def events(self, ticket_id):
        """List code, type and direction of the events of a ticket's tasks."""
        return self.rows(
            "select kind, request_type, direction from event"
            " where ticket_id = %s and task_id is not null order by id", ticket_id,
        )  # fmt: skip

    def state(self, ticket_id):
        ((state,),) = self.rows("select state from task where ticket_id = %s and main", ticket_id)
        return state

    def says(self, operation, content, login=NORTHWIND):
        """Let a partner call the workflow service."""
        reply = self.posts(wrapped(element(operation, content)), login)
        assert reply.status_code == 200, reply.text
        return reply

    def posts(self, body, login=NORTHWIND):
        """Let a partner send whatever it likes to the workflow service."""
        return self.loop.run_until_complete(self._said(body, login))

    async def _said(self, body, login):
        transport = httpx.ASGITransport(app=self.door, client=("127.0.0.1", 50001))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            return await client.post(
                WORKFLOW, content=body, auth=login, headers={"Content-Type": "text/xml"}
            )

    def solution(self, ticket_id, closed=False, text="Power supply replaced."):
        """Let the partner report a ticket's task ready, or close it."""
        self.says(
            REASSIGN,
            f"<p_intTaskId>{self.task(ticket_id)}</p_intTaskId><p_strSolution>{text}"
            f"</p_strSolution><p_blnClosed>{str(closed).lower()}</p_blnClosed>",
        )

    def visitor(self, language="en", scheme="http"):
        return Visitor(self, language, scheme)

    def agent(self, name="admin", password=ADMIN_PASSWORD, **options):
        """Give a visitor who is logged in."""
        visitor = self.visitor(**options)
        assert visitor.log_in(name, password).status_code == 303
        return visitor


@contextmanager
def running_house(databases, **settings):
    with databases.migrated() as url:
        partners(url)
        house = House(url, **settings)
        try:
            yield house
        finally:
            house.close()


@contextmanager
def peopled_house(databases):
    """Run a house with a mailbox and people of every right."""
    with running_house(databases, mailbox=[MAILBOX], **{"secrets.folder": "secrets"}) as house:
        _people(house.stores)
        yield house


def _people(stores):
    users, admins = stores.row("group", "users").id, stores.row("group", "admin").id
    foreign = stores.group("Foreign")
    stores.queue("Elsewhere", foreign)
    for login, groups in (
        ("berta", [(users, "rw")]),
        ("reader", [(users, "ro"), (admins, "ro")]),
        ("stranger", [(foreign, "rw")]),
        ("nobody", []),
    ):
        agent = stores.agent(login, groups=groups, first_name=login.title())
        _account(stores, login, "agent", agent_id=agent)
    ((carla,),) = stores.sql("select id from customer_user where login = 'carla'")
    _account(stores, "carla", "customer", customer_user_id=carla)


def _account(stores, name, kind, **bound):
    ((column, number),) = bound.items()
    ((account,),) = stores.sql(
        f"insert into account (name, kind, {column}) values (%s, %s, %s) returning id",
        name, kind, number,
    )  # fmt: skip
    stores.sql(
        "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
        account, ADMIN_HASH,
    )  # fmt: skip


@dataclass
class Form:
    """A form of a page: where it goes, and the fields a browser would send."""

    action: str
    fields: dict
    button: str
    names: list = field(default_factory=list)  # of all controls, the unticked boxes too


class Page:
    """A page as it was answered."""

    def __init__(self, reply):
        self.reply = reply
        self.status = reply.status_code
        self.tree = html.fromstring(reply.text)

    @property
    def text(self):
        return " ".join(self.tree.text_content().split())

    def forms(self):
        return [_form(each, str(self.reply.url)) for each in self.tree.forms]

    def form(self, button):
        """Find the form of a button by its text."""
        (found,) = [form for form in self.forms() if form.button == button]
        return found

    def buttons(self):
        return [form.button for form in self.forms()]


class Visitor:
    """A browser without its screen."""

    def __init__(self, house, language, scheme):
        self.house = house
        self._base = ADDRESS.replace("http:", f"{scheme}:")
        self._headers = {"Accept-Language": language}
        self.cookies = httpx.Cookies()

    def get(self, path, **headers):
        return self._send("GET", path, headers=headers)

    def page(self, path):
        return Page(self.get(path))

    def data(self, path):
        reply = self.get(path)
        assert reply.headers["content-type"] == "application/json", reply.text
        return reply.json()

    def send(self, form, follow=False, headers=None, to=None, **changes):
        """Send a form; a field of None is left out. ``to``: its address with a query."""
        fields = {**form.fields, **changes}
        data = {name: value for name, value in fields.items() if value is not None}
        headers = {"Content-Type": FORM, **(headers or {})}
        content = urlencode(data).encode()
        reply = self._send("POST", to or form.action, content=content, headers=headers)
        if follow:
            assert reply.status_code == 303, reply.text
            return self.page(reply.headers["location"])
        return reply

    def log_in(self, name, password=ADMIN_PASSWORD, next_path="/console/"):
        page = self.page(f"/console/login?next={next_path}")
        return self.send(page.form("Log in" if "Log in" in page.buttons() else "Anmelden"),
                         name=name, password=password)  # fmt: skip

    def press(self, path, button, **changes):
        """Open a page, press a button of it, and follow to where it leads."""
        return self.send(self.page(path).form(button), follow=True, **changes)

    def _send(self, method, path, **request):
        return self.house.loop.run_until_complete(self._sent(method, path, **request))

    async def _sent(self, method, path, headers, **request):
        transport = httpx.ASGITransport(app=self.house.door, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(
            transport=transport, base_url=self._base, cookies=self.cookies
        ) as client:
            reply = await client.request(
                method, path, headers={**self._headers, **headers}, **request
            )
            self.cookies = client.cookies
        return reply


def _form(element, url):
    fields = {name: value for name, value in element.fields.items() if value is not None}
    for select in element.xpath(".//select[@disabled] | .//input[@disabled]"):
        fields.pop(select.get("name"), None)
    button = element.xpath("normalize-space(.//button)")
    action = urlsplit(urljoin(url, element.get("action"))).path
    return Form(action, fields, button, list(element.fields))
