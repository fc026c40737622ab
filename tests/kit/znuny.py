"""A gateway in this process and callers of its Znuny dialect, one way to call for every face."""

import asyncio
import json
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from lxml import etree

from gateway import compose
from gateway.dialects.znuny import service, shapes
from gateway.settings import load
from tests.kit import asgi
from tests.kit.database import ADMIN_HASH, ADMIN_PASSWORD
from tests.kit.stores import Stores

WEBSERVICE = "/otrs/nph-genericinterface.pl/Webservice"
CONNECTOR = f"{WEBSERVICE}/GenericTicketConnectorSOAP"
TIMES = f"{WEBSERVICE}/TimeAccountingSOAP"
REST = f"{WEBSERVICE}/GenericTicketConnectorREST"
NAMESPACES = {CONNECTOR: shapes.CONNECTOR, TIMES: shapes.TIME_ACCOUNTING}
ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
FACES = ("soap11", "soap12", "rest")
AGENT = {"UserLogin": "agent1", "Password": ADMIN_PASSWORD}
ADMIN = {"UserLogin": "admin", "Password": ADMIN_PASSWORD}
READER = {"UserLogin": "reader", "Password": ADMIN_PASSWORD}  # ro on users
STRANGER = {"UserLogin": "stranger", "Password": ADMIN_PASSWORD}  # rw on a group of its own
JANE = {"CustomerUserLogin": "jane", "Password": ADMIN_PASSWORD}  # of the company ACME
JOHN = {"CustomerUserLogin": "john", "Password": ADMIN_PASSWORD}  # of ACME, too
EVE = {"CustomerUserLogin": "eve", "Password": ADMIN_PASSWORD}  # of nobody
NEW_TICKET = {
    "Title": "Disk full",
    "Queue": "Raw",
    "State": "new",
    "Priority": "3 normal",
    "CustomerUser": "jane",
}
ARTICLE = {"Subject": "Disk full", "Body": "97 %", "ContentType": "text/plain; charset=utf8"}

# How the REST face of the helper calls an operation: method and path.
_ROUTES = {
    "SessionCreate": ("POST", f"{REST}/Session"),
    "SessionGet": ("GET", f"{REST}/Session/:SessionID"),
    "SessionRemove": ("DELETE", f"{REST}/Session/:SessionID"),
    "TicketCreate": ("POST", f"{REST}/Ticket"),
    "TicketUpdate": ("PATCH", f"{REST}/Ticket/:TicketID"),
    "TicketGet": ("GET", f"{REST}/Ticket/:TicketID"),
    "TicketGetList": ("POST", f"{REST}/TicketList"),
    "TicketSearch": ("POST", f"{REST}/Ticket/Search"),
    "TicketHistoryGet": ("GET", f"{REST}/TicketHistory/:TicketID"),
    "ExternalReference": ("POST", f"{REST}/ExternalReference"),
    "TimeAccountingGet": ("POST", f"{WEBSERVICE}/TimeAccountingREST/TimeAccountingGet"),
    "OutOfOffice": ("POST", f"{WEBSERVICE}/OutOfOffice/OutOfOffice"),
}


@dataclass
class Reply:
    """An answer: as it came, and as values that are alike on every face."""

    status: int
    headers: dict
    body: bytes
    raw: object  # JSON value, or the answer's element
    answer: dict = field(default_factory=dict)  # texts, lists and mappings

    @property
    def code(self):
        """Give the code of a business or transport error; None: there is none."""
        return self.answer.get("Error", {}).get("ErrorCode")

    @property
    def message(self):
        return self.answer.get("Error", {}).get("ErrorMessage")

    @property
    def error(self):
        """Give code and message."""
        return self.code, self.message

    @property
    def text(self):
        return self.body.decode()


@dataclass
class Fault:
    """A SOAP fault."""

    status: int
    headers: dict
    code: str  # as sent, without prefix
    text: str
    detail: dict
    namespace: str  # of the detail


class Znuny:
    """Calls of one gateway; every SOAP answer is judged by the published schema."""

    def __init__(self, app, url):
        self.app, self.url = app, url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._schemas = {}
        self.stores = Stores(url)

    def close(self):
        asyncio.run_coroutine_threadsafe(self.app._drain(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self.stores.close()
        self.app._stopped()

    # -- the one way to call --------------------------------------------------------------------

    def call(self, face, operation, data=None, headers=None):
        """Call an operation over a face: soap11, soap12 or rest."""
        if face == "rest":
            return self.rest_call(operation, data or {}, headers)
        version = "1.1" if face == "soap11" else "1.2"
        return self.soap_call(operation, data or {}, headers, version)

    def soap_call(self, operation, data, headers=None, version="1.1"):
        address = TIMES if operation == "TimeAccountingGet" else CONNECTOR
        namespace = NAMESPACES[address]
        found = self.post(address, request(operation, data, namespace), headers, version)
        if found.status != 200:
            raise AssertionError(f"{found.status}: {found.body.decode()}")
        element = in_body(found.body, version)
        assert etree.QName(element) == etree.QName(namespace, f"{operation}Response")
        self.schema(address).assertValid(etree.ElementTree(element))
        plain = _plain_element(element, shapes.ANSWERS[operation])
        return Reply(found.status, found.headers, found.body, element, plain)

    def rest_call(self, operation, data, headers=None):
        method, path = _ROUTES[operation]
        data = dict(data)
        if ":" in path:
            name = path.rpartition(":")[2]
            value = data.pop(name, "")
            ids = [str(each) for each in value] if isinstance(value, list) else [str(value)]
            path = path.replace(f":{name}", quote(",".join(ids), safe=","))
        query, body = ("", data) if method != "GET" else (_query(data), None)
        return self.rest(method, path, body, headers, query=query, operation=operation)

    def rest(self, method, path, body=None, headers=None, *, query="", operation=None):
        """Send a request to a REST address; the body is JSON unless it is bytes."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body)
        content = content.encode() if isinstance(content, str) else content
        sent = {"Content-Type": "application/json"} if content else {}
        found = self.send(method, path, content, {**sent, **(headers or {})}, query=query)
        raw = None
        if found.headers["content-type"].startswith("application/json"):
            raw = json.loads(found.body)
        fields = shapes.ANSWERS.get(operation, ())
        plain = _plain_json(raw, fields) if isinstance(raw, dict) else {}
        return Reply(found.status, found.headers, found.body, raw, plain)

    def fault(self, address, content, headers=None, version="1.1", *, whole=False):
        """Send what must be answered by a fault."""
        found = self.post(address, content, headers, version, whole=whole)
        return fault_of(found)

    def post(self, address, content, headers=None, version="1.1", *, whole=False):
        """Post the content of a Body, or a whole message."""
        body = content if isinstance(content, bytes) else content.encode()
        body = body if whole else wrapped(body, version)
        media = {"Content-Type": f"{MEDIA_TYPES[version]}; charset=utf-8"}
        return self.send("POST", address, body, {**media, **(headers or {})})

    def send(self, method, path, body=b"", headers=None, *, query="", client="127.0.0.1"):
        """Send one exchange, with the length of its body."""
        pairs = {name: value for name, value in (headers or {}).items() if value is not None}
        if body and "Transfer-Encoding" not in pairs:
            pairs.setdefault("Content-Length", str(len(body)))
        encoded = {name: value.encode().decode("latin-1") for name, value in pairs.items()}
        exchange = asgi.exchange(
            self.app, method=method, path=quote(path, safe="/%:,;()!*'~"), query=query,
            headers=encoded, pieces=[body], client=(client, 50000),
        )  # fmt: skip
        return asyncio.run_coroutine_threadsafe(exchange, self._loop).result(60)

    def get(self, path, query="", **headers):
        return self.send("GET", path, headers=headers, query=query)

    def schema(self, address):
        if address not in self._schemas:
            found = self.get(address, "xsd")
            assert found.status == 200, found
            self._schemas[address] = etree.XMLSchema(etree.fromstring(found.body))
        return self._schemas[address]

    @property
    def desk(self):
        """Give what the operations work with."""
        return self.app._routes.find(REST).endpoint.desk

    # -- the world ------------------------------------------------------------------------------

    def session(self, login=AGENT):
        """Open a session and give its id."""
        return self.call("rest", "SessionCreate", login).answer["SessionID"]

    def rows(self, statement, *values):
        return self.stores.sql(statement, *values)

    def last_message(self):
        """Give path, redacted request and answer, code and stage of the last message."""
        return self.rows(
            "select path, request, answer, code, stage, operation, outcome from message"
            " left join message_body using (number, received) order by number desc limit 1"
        )[0]


def request(operation, data, namespace=shapes.CONNECTOR):
    """Write the element of a request: lists are repeated, None is nil, mappings are nested."""
    root = etree.Element(f"{{{namespace}}}{operation}", nsmap={None: namespace})
    _write(root, data, namespace)
    return etree.tostring(root)


def _write(parent, data, namespace):
    for name, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, f"{{{namespace}}}{name}")
            if isinstance(each, dict):
                _write(child, each, namespace)
            elif each is None:
                child.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
            else:
                child.text = str(each)


def wrapped(body, version="1.1", header=""):
    """Put the content of a Body (and Header) into an envelope."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    opening = f'<s:Envelope xmlns:s="{ENVELOPES[version]}">{head}<s:Body>'.encode()
    return opening + body + b"</s:Body></s:Envelope>"


def in_body(message, version):
    (child,) = etree.fromstring(message).find(f"{{{ENVELOPES[version]}}}Body")
    return child


def fault_of(found):
    """Read a fault of either version."""
    root = etree.fromstring(found.body)
    namespace = etree.QName(root).namespace
    (element,) = root.find(f"{{{namespace}}}Body")
    assert etree.QName(element) == etree.QName(namespace, "Fault"), found.body
    old = namespace == ENVELOPES["1.1"]
    names = ("faultcode", "faultstring", "detail")
    if not old:
        names = tuple(f"{{{namespace}}}{name}" for name in ("Code", "Reason", "Detail"))
    code, reason, detail = (element.find(name) for name in names)
    code, reason = (node if old else node[0] for node in (code, reason))
    (content,) = detail
    assert etree.QName(content).localname == shapes.FAULT
    return Fault(
        found.status,
        found.headers,
        code.text.partition(":")[2],
        reason.text,
        {etree.QName(child).localname: child.text for child in content},
        etree.QName(content).namespace,
    )


def _query(data):
    pairs = []
    for name, value in data.items():
        if isinstance(value, dict):
            pairs += [(f"{name}[{key}]", each) for key, each in value.items()]
        else:
            pairs.append((name, value))
    return urlencode(pairs, doseq=True)


def _plain_element(element, fields):
    known = {each.name: each for each in fields}
    found = {}
    for child in element:
        name = etree.QName(child).localname
        each = known[name]
        value = (
            _plain_element(child, shapes.TYPES[each.type])
            if each.type in shapes.TYPES
            else child.text or ""
        )
        if each.many:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _plain_json(values, fields):
    known = {each.name: each for each in fields}
    found = {}
    for name, value in values.items():
        each = known.get(name)
        if each is not None and each.many:
            listed = value if isinstance(value, list) else [value]
            found[name] = [_plain_value(entry, each) for entry in listed]
        else:
            found[name] = _plain_value(value, each)
    return found


def _plain_value(value, each):
    if isinstance(value, dict):
        inner = shapes.TYPES.get(each.type, ()) if each is not None else ()
        return _plain_json(value, inner)
    return "" if value is None else str(value)


# -- a gateway --------------------------------------------------------------------------------


@contextmanager
def running_znuny(databases, people=True, **settings):
    """Compose a gateway in this process; settings by key of the section, or ``section__key``."""
    with databases.migrated() as url, tempfile.TemporaryDirectory(prefix="gw-") as folder:
        given = {
            "database.url": url,
            "database.data_dir": folder,
            "database.allow_unsafe": "true",
            "login.failures_per_address": "10000",
            **{_key(name): value for name, value in settings.items()},
        }
        if people:
            add_people(url)
        znuny = Znuny(compose.build_app(load(given, environment={}).settings), url)
        try:
            yield znuny
        finally:
            znuny.close()


def _key(name):
    section, double, rest = name.partition("__")
    return f"{section}.{rest.replace('__', '.')}" if double else f"znuny.{name}"


def add_people(url):
    """Add the accounts that AGENT, READER, STRANGER, JANE, JOHN and EVE name."""
    stores = Stores(url)
    try:
        users = stores.row("group", "users").id
        foreign = stores.group("Foreign")
        stores.queue("Elsewhere", foreign)
        for login, groups in (
            ("agent1", [(users, "rw")]),
            ("reader", [(users, "ro")]),
            ("stranger", [(foreign, "rw")]),
        ):
            agent = stores.agent(login, groups=groups, first_name=login.title(), last_name="Test",
                                 email=f"{login}@example.org")  # fmt: skip
            add_account(stores, login, "agent", agent_id=agent)
        for login, company in (("jane", "ACME"), ("john", "ACME"), ("eve", None)):
            user, firm = stores.customer_user(login, company=company, first=login.title(),
                                              last="Doe")  # fmt: skip
            add_account(stores, login, "customer", customer_user_id=user.id,
                        customer_id=firm.id if firm else None)  # fmt: skip
    finally:
        stores.close()


def add_account(stores, name, kind, **columns):
    """Add an account whose password is that of the kit."""
    values = {"name": name, "kind": kind, **columns}
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    ((account,),) = stores.sql(
        f"insert into account ({names}) values ({marks}) returning id", *values.values()
    )
    stores.sql(
        "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
        account, ADMIN_HASH,
    )  # fmt: skip
    return account


DEFINITIONS = {each.stem: each for each in service.definitions()}
