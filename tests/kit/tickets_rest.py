"""A gateway in this process and callers of its tickets REST dialect; every answer is judged."""

import hashlib
import json
import re
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import jsonschema_rs
from lxml import etree

from gateway.dialects.tickets import openapi
from gateway.dialects.tickets.shapes import BASE
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import HELPDESK, NAMESPACE, element, wrapped
from tests.kit.znuny import add_account, running_znuny

TICKETS = f"{BASE}/tickets"
JSON = "application/json"
PROBLEM = "application/problem+json"
# Refused before it is known what is asked for, so no operation describes it.
_OF_DOOR = frozenset({408, 414, 417, 431})


@dataclass
class Reply:
    """An answer."""

    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def slug(self):
        """Give the kind of a problem."""
        return self.json["type"].rpartition(":")[2]

    @property
    def codes(self):
        """Give the errors of fields: code by field."""
        return {error["field"]: error["code"] for error in self.json.get("errors", [])}

    @property
    def tag(self):
        return self.headers["etag"]

    @property
    def next(self):
        """Give path and query of the next page; None: this is the last."""
        link = self.headers.get("link")
        if link is None:
            return None
        address = urlsplit(re.fullmatch('<(.*)>; rel="next"', link)[1])
        return address.path, address.query


class Rest:
    """Calls of one gateway."""

    def __init__(self, znuny, options=None):
        self.znuny = znuny
        self.stores = znuny.stores
        self.rows = znuny.stores.sql
        self.description = Description(openapi.document(options))
        self.key = None

    def call(self, method, path, body=None, headers=None, *, key=None, query=""):
        """Send a request with the key of an account; the body is JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        content = content.encode() if isinstance(content, str) else content
        sent = {"Authorization": f"Bearer {key or self.key}"}
        if body is not None:
            sent["Content-Type"] = JSON
        if isinstance(path, int):
            path = f"{TICKETS}/{path}"
        if "?" in path:
            path, query = path.split("?", 1)
        found = self.znuny.send(method, path, content, {**sent, **(headers or {})}, query=query)
        reply = Reply(found.status, found.headers, found.body)
        self.description.judge(method, path, reply)
        return reply

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def new(self, **fields):
        """Create a ticket and give its id."""
        body = {"customerID": self.acme, "subject": "Invoice 1187 is wrong", **fields}
        reply = self.call("POST", f"{TICKETS}/", body)
        assert reply.status == 201, reply.body
        return int(reply.json["id"])

    def shown(self, ticket):
        reply = self.get(ticket)
        assert reply.status == 200, reply.body
        return reply.json

    def change(self, ticket, headers=None, **fields):
        return self.call("PATCH", ticket, fields, headers)

    def all(self, path, query="limit=1000"):
        """Follow the pages of a list to the end."""
        found = []
        while True:
            reply = self.get(path, query=query)
            assert reply.status == 200, reply.body
            found += reply.json
            if reply.next is None:
                return found
            path, query = reply.next

    def history(self, ticket):
        return self.rows(
            "select kind, old, new, dialect, operation from history where ticket_id = %s"
            " order by id", ticket,
        )  # fmt: skip

    def helpdesk(self, operation, content):
        """Call the ACMP helpdesk and give the element of its answer."""
        body = wrapped(element(operation, content))
        login = b64encode(f"agent1:{ADMIN_PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": "text/xml; charset=utf-8"}
        found = self.znuny.send("POST", HELPDESK, body, headers)
        assert found.status == 200, found.body
        return etree.fromstring(found.body)

    def new_key(self, account, **columns):
        """Give an account a key."""
        self.made = getattr(self, "made", 0) + 1
        text = "tgk_" + f"{account[:20]}{self.made}".ljust(43, "x")
        columns = {"account_id": self.account(account), "kind": "api_key",
                   "sha256": hashlib.sha256(text.encode()).digest(), **columns}  # fmt: skip
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        self.rows(f"insert into account_secret ({names}) values ({marks})", *columns.values())
        return text

    def account(self, name):
        ((id_,),) = self.rows("select id from account where name = %s", name)
        return id_

    def fill(self):
        """Make the world that the tests speak of."""
        users = self.stores.row("group", "users").id
        for name in ("Billing", "Sales, North", 'The "best"'):
            self.stores.queue(name, users)
        self.stores.agent("asmith", groups=[(users, "rw")], first_name="Ann", last_name="Smith",
                          email="ann@example.com")  # fmt: skip
        self.stores.agent("bjones", groups=[(users, "rw")], email="bob@example.com")
        self.stores.agent("gone", active=False)
        self.rows("insert into type (en, active) values ('retired', false)")
        self.rows("update customer set email = 'office@acme.example' where key = 'ACME'")
        self.acme = self.stores.row("customer", "ACME").id
        self.rows("update customer_user set email = 'jane@acme.example' where login = 'jane'")
        self.rows("insert into customer (key, name) values ('GLOBEX', 'Globex')")
        self.globex = self.stores.row("customer", "GLOBEX").id
        for name in ("NORTHWIND", "Contoso, Ltd."):
            self.rows("insert into external_system (name) values (%s)", name)
            self.rows("insert into partner (name, system_id) select name, id from external_system"
                      " where name = %s", name)  # fmt: skip
        ((partner,),) = self.rows("select id from partner where name = 'NORTHWIND'")
        account = add_account(self.stores, "northwind", "partner", partner_id=partner)
        self.rows("insert into account_permission values (%s, %s, 'rw')", account, users)
        add_account(self.stores, "nobody", "agent")
        self.key = self.new_key("agent1")


class Description:
    """The description of the service, as answers are judged by it."""

    def __init__(self, document):
        self.document = document
        self._validators = {}
        self._paths = {
            re.compile(re.escape(path.rstrip("/")).replace(r"\{id\}", "[1-9][0-9]*") + "/?"): path
            for path in document["paths"]
        }

    def judge(self, method, path, reply):
        """Insist that the answer is one that the description knows."""
        assert reply.headers["x-request-id"]
        known = next((known for form, known in self._paths.items() if form.fullmatch(path)), None)
        if known is None or method.lower() not in self.document["paths"][known]:
            assert reply.status in (404, 405, 401, *_OF_DOOR), (method, path, reply)
            return
        if reply.status in _OF_DOOR:
            return
        operation = self.document["paths"][known][method.lower()]
        assert str(reply.status) in operation["responses"], (method, path, reply)
        response = self._resolved(operation["responses"][str(reply.status)])
        documented = {name.lower() for name in response.get("headers", {})}
        ours = {"etag", "location", "link", "content-location", "www-authenticate", "allow",
                "retry-after", "idempotency-replayed", "x-request-id"}  # fmt: skip
        assert set(reply.headers) & ours <= documented, (method, path, reply.headers)
        content = response.get("content")
        if content is None:
            assert reply.body == b""
            return
        (media_type,) = content
        assert reply.headers["content-type"].partition(";")[0] == media_type
        if not media_type.endswith("json"):
            return
        self._validator(content[media_type]["schema"]).validate(reply.json)

    def _validator(self, schema):
        name = json.dumps(schema)
        if name not in self._validators:
            whole = {**schema, "components": self.document["components"]}
            self._validators[name] = jsonschema_rs.Draft202012Validator(whole)
        return self._validators[name]

    def _resolved(self, value):
        if "$ref" not in value:
            return value
        found = self.document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found


@contextmanager
def running_tickets(databases, options=None, **settings):
    """Compose a gateway in this process with the world of these tests; settings of the section."""
    given = {f"tickets_rest__{name}": value for name, value in settings.items()}
    for name in ("calls_per_s", "calls_burst", "calls_at_once"):
        given[f"login__{name}"] = "100000"
    with running_znuny(databases, **given) as znuny:
        rest = Rest(znuny, options)
        rest.fill()
        yield rest


def helpdesk_text(answer, name):
    """Give the text of an element of a helpdesk answer."""
    return answer.findtext(f".//{{{NAMESPACE}}}{name}")
