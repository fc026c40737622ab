"""SQL statements and round trips of each operation: ``python -m tests.bench.roundtrips``.

Counted on the wire, between the whole application and a real server, once everything is warm: a
round trip ends where the client waits for the server. Left out are what belongs to no operation:
BEGIN, COMMIT and checks of a connection, the two writes of the message's own record, and the number
counter. What is counted holds the reads of account and rights.
"""

# ruff: noqa: T201 - figures are its output

import base64
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from gateway import compose
from gateway.repository import statements
from gateway.settings import load
from tests.kit import znuny as connector
from tests.kit.asgi import talk
from tests.kit.database import ADMIN_PASSWORD, Databases, driver_url, running_server
from tests.kit.gateway import HELPDESK, element, new_id, wrapped
from tests.kit.proxy import DatabaseProxy
from tests.kit.znuny import ARTICLE, NEW_TICKET

_OWN = {"begin", "commit", ""}  # and the empty statement that asks whether somebody is there
_APART = {"open_message", "close_message", "reserve_numbers"}
_PARAMETER = re.compile(r"(?:%\(\w+\)[sbt]|\$\d+)(?:::[\w\[\]]+)?")
_WAITS = (b"Q", b"S")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call asked of the database."""

    trips: tuple[tuple[str, ...], ...]  # the names of the statements of each round trip
    commits: int  # that wait for the disk

    @property
    def statements(self) -> int:
        return sum(map(len, self.trips))


class Counter:
    """Calls a gateway in this process and counts what it asks of its database."""

    def __init__(self, app: Any, proxy: DatabaseProxy) -> None:
        self._app = app
        self._proxy = proxy
        self._names = {_plain(text): name for name, text in statements._statements().items()}
        token = base64.b64encode(f"admin:{ADMIN_PASSWORD}".encode()).decode()
        self._headers = [("content-type", "text/xml; charset=utf-8"),
                         ("authorization", f"Basic {token}")]  # fmt: skip

    def call(self, operation: str, content: str = "") -> Cost:
        """Make a call of the helpdesk that must succeed."""
        return self.post(HELPDESK, wrapped(element(operation, content)), b"ResultCode>0<")

    def post(self, path: str, body: bytes, good: bytes) -> Cost:
        """Post a message whose answer must hold this."""
        self._proxy.heard = heard = []
        reply = talk(
            self._app,
            path=path,
            headers=[*self._headers, ("content-length", str(len(body)))],
            pieces=[body],
        )
        self._proxy.heard = None
        assert good in reply.body, reply.body
        return self._cost(heard)

    def _cost(self, heard: list[tuple[bytes, bytes]]) -> Cost:
        trips, commits, names = [], 0, []
        durable = any(self._name(text) == "settle_message" for _, text in heard)
        for kind, text in heard:
            if kind in (b"Q", b"B"):
                names.append(self._name(text))
            if kind in _WAITS:
                # Without an effect to settle there is nothing to wait for at its end.
                commits += durable and "commit" in names
                counted = tuple(name for name in names if name not in _OWN | _APART)
                trips += [counted] if counted else []
                names = []
        return Cost(tuple(trips), commits)

    def _name(self, text: bytes) -> str:
        plain = _plain(text.rstrip(b"\0").decode())
        return self._names.get(plain, plain[:40])


def _plain(text: str) -> str:
    return _PARAMETER.sub("?", text.replace("%%", "%")).strip().rstrip(";").lower()


@contextmanager
def counter(url: str) -> Iterator[Counter]:
    """Compose the gateway in this process, behind a proxy that listens."""
    with DatabaseProxy(url) as proxy, tempfile.TemporaryDirectory(prefix="gw-") as folder:
        given = {
            "database.url": proxy.url,
            "database.data_dir": str(Path(folder)),
            "database.allow_unsafe": "true",
        }
        app = compose.build_app(load(given, environment={}).settings)
        counted = Counter(app, proxy)
        try:
            for _ in range(3):  # password, prepared statements, the reserve of numbers
                saved(counted, "SaveTicket_V4")
            yield counted
        finally:
            app._stopped()


def saved(counted: Counter, operation: str, ticket: str | None = None, title: str = "Jam") -> Cost:
    """Create or edit a ticket with everything that an operation takes."""
    fields = (
        f"<Id>{ticket or new_id()}</Id><Title>{title}</Title><Description>Hello</Description>"
        "<Priority>4</Priority>"
    )
    return counted.call(operation, f"<Ticket>{fields}</Ticket>")


def measured(url: str) -> dict[str, Cost]:
    """Call every operation that the table of calls below knows, and SaveTicket as an edit, too."""
    with psycopg.connect(driver_url(url)) as session:
        ((agent,),) = session.execute("select guid from agent where login = 'admin'").fetchall()
    with counter(url) as counted:
        return _measured(counted, f"{{{agent}}}".upper())


def _measured(counted: Counter, agent: str) -> dict[str, Cost]:
    ticket, costs = new_id(), {}
    for version in (1, 2, 3, 4):
        name = f"SaveTicket_V{version}"
        for _ in range(3):
            costs[f"{name} (create)"] = saved(counted, name)
        saved(counted, name, ticket)
        for turn in range(3):
            costs[f"{name} (edit)"] = saved(counted, name, ticket, f"Jam {version} {turn}")
    for name, content in _calls(ticket, agent):
        for _ in range(3 if name.startswith("Get") else 1):
            costs[name] = counted.call(name, content)
    return costs


def _calls(ticket: str, agent: str) -> Iterator[tuple[str, str]]:
    one = f"<TicketId>{ticket}</TicketId>"
    for version in (1, 2, 3, 4, 5):
        yield f"GetTicket_V{version}", one
    comment = f"<Id>{new_id()}</Id><TicketId>{ticket}</TicketId><Text>Hello</Text>"
    yield "SaveTicketComment_V1", f"<Comment>{comment}</Comment>"
    yield "GetTicketComments_V1", one
    yield "GetTicketList_V1", "<Offset>0</Offset><Count>200</Count>"
    for name in (
        "GetTicketCategoryList_V1", "GetTicketResolutionList_V1", "GetAssigneeList_V1",
        "GetHelpdeskSettings_V1", "GetHelpdeskSettings_V2", "GetCommandVersions_V1",
    ):  # fmt: skip
        yield name, ""
    assignee = f"<Assignee><Id>{agent}</Id><AssigneeIsGroup>false</AssigneeIsGroup></Assignee>"
    yield "CloseTicket_V1", one + assignee
    yield "ReopenTicket_V1", one


def connector_costs(url: str) -> dict[str, Cost]:
    """Call the operations of the connector, everything warm."""
    login = {"UserLogin": "admin", "Password": ADMIN_PASSWORD}
    whole = {"Ticket": {**NEW_TICKET, "CustomerUser": "jane@example.com"}, "Article": ARTICLE}
    one = {"TicketID": "1"}
    costs = {}
    with counter(url) as counted:
        for operation, data, good in (
            ("TicketCreate", whole, "TicketNumber"),
            ("ExternalReference", {"ExternalReference": "R1", **whole}, "Action"),
            ("TicketUpdate", {**one, "Article": ARTICLE}, "TicketNumber"),
            ("TicketGet", {**one, "AllArticles": "1", "DynamicFields": "1"}, "Disk full"),
            ("TicketHistoryGet", one, "NewTicket"),
            ("TicketSearch", {"StateType": "Open", "Title": "Disk*"}, "TicketID"),
        ):
            body = connector.wrapped(connector.request(operation, {**login, **data}))
            for _ in range(3):
                costs[operation] = counted.post(connector.CONNECTOR, body, good.encode())
    return costs


def main() -> None:
    with running_server() as server, Databases(server).migrated() as url:
        for name, cost in (measured(url) | connector_costs(url)).items():
            trips = " | ".join("+".join(trip) for trip in cost.trips)
            print(
                f"{name:<28} {len(cost.trips)} round trips, {cost.statements:>2} statements,"
                f" {cost.commits} durable commit(s): {trips}"
            )


if __name__ == "__main__":
    main()
