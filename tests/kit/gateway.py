"""A whole gateway in a process of its own, and callers of its helpdesk."""

import os
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from lxml import etree
from zeep.transports import Transport

from tests.kit import web
from tests.kit.children import ROOT, wait_until
from tests.kit.database import ADMIN_PASSWORD, driver_url

HELPDESK = "/soap/acmp/helpdesk"
NAMESPACE = "urn:ticket-gateway:acmp:helpdesk"
MEDIA_TYPES = {"1.1": "text/xml", "1.2": "application/soap+xml"}
ENVELOPES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
# Helpdesk settings of a fresh database (ACMP contract, section 4).
DEFAULTS = {
    "resolutions_enabled": 0,
    "comment_required": 0,
    "working_times_enabled": 1,
    "working_time_required": 0,
    "costs_enabled": 1,
    "max_attachment_bytes": 3_145_728,
}


def new_id() -> str:
    """Make an id as a caller does."""
    return f"{{{str(uuid.uuid4()).upper()}}}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Refusal:
    """The detail of a fault, read like a result: fields it does not have are None."""

    def __init__(self, fault):
        (detail,) = fault.detail
        fields = {etree.QName(child).localname: child.text for child in detail}
        assert fault.message == fields["ResultMessage"]
        assert etree.QName(detail) == f"{{{NAMESPACE}}}HelpdeskFault"
        assert int(fields["Reference"]) > 0
        self._fields = {**fields, "ResultCode": int(fields["ResultCode"])}

    def __getattr__(self, name):
        return self._fields.get(name)


@dataclass
class Gateway:
    """A running gateway, its database, and its clients by SOAP version."""

    answers: str  # how broken rules are answered: result_code or fault
    url: str
    database_url: str
    process: subprocess.Popen
    login: tuple[str, str] = ("admin", ADMIN_PASSWORD)
    _clients: dict = field(default_factory=dict)

    def client(self, version="1.1", login=None):
        """Give a strict zeep client; made once per SOAP version and login."""
        key = (version, login or self.login)
        if key not in self._clients:
            session = requests.Session()
            session.auth = login or self.login
            client = zeep.Client(
                f"{self.url}{HELPDESK}?wsdl",
                transport=Transport(session=session),
                settings=zeep.Settings(strict=True, forbid_dtd=True),
                service_name="Helpdesk",
                port_name=f"HelpdeskSoap{version.replace('.', '')}",
            )
            self._clients[key] = client
        return self._clients[key]

    def call(self, operation, *, version="1.1", login=None, **arguments):
        """Call an operation with a strict client and give its result.

        Where broken rules are faults, the fault's detail is given in place of the result.
        """
        try:
            return getattr(self.client(version, login).service, operation)(**arguments)
        except zeep.exceptions.Fault as fault:
            if self.answers == "result_code":
                raise
            return Refusal(fault)

    def pages(self, operation, **arguments):
        """Give all rows of a ticket list, page by page."""
        rows, more = [], True
        while more:
            page = self.call(operation, Offset=len(rows), **arguments)
            rows += page.Tickets.TTicketListItem_V1
            more = page.HasMore
        return rows

    def post(self, body, *, version="1.1", login=None, headers=None, envelope=None):
        """Send the content of a Body by plain HTTP."""
        content = envelope or wrapped(body, version)
        return web.post(
            f"{self.url}{HELPDESK}",
            content=content,
            auth=login or self.login,
            headers={"Content-Type": f"{MEDIA_TYPES[version]}; charset=utf-8", **(headers or {})},
            timeout=30,
        )

    def rows(self, statement, *parameters):
        """Look into the database."""
        with psycopg.connect(driver_url(self.database_url), autocommit=True) as session:
            cursor = session.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def settings(self, **values):
        """Set rows of the helpdesk settings for a while; they hold from the next call on."""
        for name, value in values.items():
            self.rows("update helpdesk_setting set value = %s where name = %s", value, name)
        try:
            yield
        finally:
            for name in values:
                self.rows(
                    "update helpdesk_setting set value = %s where name = %s", DEFAULTS[name], name
                )

    def row_id(self, table, caption):
        """Give the id of a list row as callers write it."""
        column = {"agent": "login", "agent_group": "name", "customer_user": "login"}
        ((guid,),) = self.rows(
            f"select guid from {table} where {column.get(table, 'en')} = %s", caption
        )
        return f"{{{str(guid).upper()}}}"

    def ticket(self, **fields):
        """Save a new ticket and give its id."""
        ticket = {"Id": new_id(), "Title": "Printer jams", **fields}
        result = self.call("SaveTicket_V4", Ticket=ticket)
        assert result.ResultCode == 0, result
        return ticket["Id"]

    def read(self, ticket_id, version=5):
        """Read a ticket."""
        return self.call(f"GetTicket_V{version}", TicketId=ticket_id).Ticket


def wrapped(body, version="1.1", header=""):
    """Put the content of a Body (and Header) into an envelope."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<s:Envelope xmlns:s="{ENVELOPES[version]}">{head}<s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def element(operation, content=""):
    """Write the wrapper of an operation."""
    return f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}>'


@contextmanager
def running_gateway(database_url, answers="result_code", **settings) -> Iterator[Gateway]:
    """Serve a database that has schema and first rows; settings by environment name."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="gateway-test-") as folder:
        environment = {
            **os.environ,  # noqa: TID251 - handed to a child
            "GATEWAY_DATABASE_URL": database_url,
            "GATEWAY_DATA_DIR": folder,
            "GATEWAY_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",  # the test server has fsync off
            "GATEWAY_ACMP__BUSINESS_ERRORS": answers,
            **settings,
        }
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", "--no-worker", "--port", str(port)],
                cwd=ROOT,
                env=environment,
                stderr=log,
            )
        try:
            wait_until(lambda: _ready(url, process, Path(folder) / "log"), 30)
            yield Gateway(answers, url, database_url, process)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _ready(url, process, log):
    assert process.poll() is None, log.read_text()
    try:
        return web.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
