"""A database with its stores, as a use case meets them, and rows to fill it with."""

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import psycopg
from psycopg.rows import tuple_row

from gateway import clock
from gateway.domain.people import AccountKind, Permission, Principal
from gateway.domain.ticket import Ticket
from gateway.repository import transaction as transactions
from gateway.repository.accounts import AccountStore
from gateway.repository.engine import build_engine
from gateway.repository.messages import MessageLog
from gateway.repository.numbers import NumberReserve
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases.ports import Call, OpenedMessage
from tests.kit.database import driver_url


class Stores:
    """Everything the gateway has of one database; ``close`` gives the connections back."""

    def __init__(self, url, *, pool_size=6, pooler=False):
        self.url = url
        self.engine = build_engine(url, pool_size=pool_size, role="test", pooler=pooler)
        self.numbers = NumberReserve(self.engine, low=4)
        self.numbers.fill()
        self.units = UnitsOfWork(self.engine, self.numbers)
        self.accounts = AccountStore(self.engine)
        self.log = MessageLog(self.engine)
        self.admin = self.accounts.find("admin").principal

    def close(self):
        self.engine.dispose()

    def call(self, **changes):
        """Give the circumstances of a command by the agent ``admin``."""
        return replace(
            Call(
                principal=self.admin,
                dialect="acmp",
                operation="SaveTicket_V4",
                command="SaveTicket",
                digest=hashlib.sha256(uuid4().bytes).digest(),
                deadline_s=clock.monotonic_s() + 10,
            ),
            **changes,
        )

    def run(self, work, **changes):
        return self.units.run(work, self.call(**changes))

    def row(self, of, key):
        """Resolve one row by key."""
        return self.run(lambda unit: unit.lists.resolve({of: [key]}))[of, key]

    def blank(self, **changes):
        """Give a ticket as a use case would create it."""
        rows = self.run(
            lambda unit: unit.lists.resolve(
                {"state": ["new"], "queue": ["Raw"], "type": ["Unclassified"]}
            )
        )
        ticket = Ticket(
            id=0,
            guid=uuid4(),
            number="",
            version=1,
            title="Printer jams",
            state=rows["state", "new"],
            priority=3,
            queue=rows["queue", "Raw"],
            type=rows["type", "Unclassified"],
        )
        return replace(ticket, **changes)

    def create(self, description=None, **changes):
        """Create a ticket in a unit of its own."""
        ticket, call = self.blank(**changes), self.call()

        def work(unit):
            made = unit.tickets.create(ticket, call)
            if description is not None:
                unit.entries.put_description(made, description, f"<p>{description}</p>", call)
            return made

        return self.units.run(work, call)

    def lock(self, guid):
        return self.run(lambda unit: unit.tickets.lock(guid))

    def view(self, guid, principal=None):
        return self.run(lambda unit: unit.tickets.view(guid, principal or self.admin))

    def sql(self, text, *values):
        """Look or act behind the stores."""
        with psycopg.connect(driver_url(self.url), autocommit=True, row_factory=tuple_row) as c:
            cursor = c.execute(text, values)
            return cursor.fetchall() if cursor.description else []

    def agent(self, login, *, groups=(), **columns):
        """Add an agent with keys on groups: (group id, key)."""
        values = {"login": login, "first_name": "", "last_name": "", "email": "", **columns}
        names = ", ".join(values)
        ((id_,),) = self.sql(
            f"insert into agent ({names}) values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        for group, key in groups:
            self.sql("insert into permission values (%s, %s, %s)", id_, group, key)
        return id_

    def group(self, name, **columns):
        values = {"name": name, **columns}
        ((id_,),) = self.sql(
            f"insert into agent_group ({', '.join(values)})"
            f" values ({', '.join(['%s'] * len(values))}) returning id",
            *values.values(),
        )
        return id_

    def queue(self, name, group_id):
        self.sql(
            "insert into queue (en, path_en, path_de, group_id) values (%s, %s, %s, %s)",
            name, name, name, group_id,
        )  # fmt: skip
        return self.row("queue", name)

    def customer_user(self, login, *, company=None, first="", last=""):
        """Add a customer user, and the company if it is named; give both rows."""
        firm = None
        if company is not None:
            self.sql(
                "insert into customer (key, name) values (%s, %s) on conflict do nothing",
                company, company,
            )  # fmt: skip
            firm = self.row("customer", company)
        self.sql(
            "insert into customer_user (login, first_name, last_name, customer_id)"
            " values (%s, %s, %s, %s)",
            login, first, last, firm.id if firm else None,
        )  # fmt: skip
        return self.row("customer_user", login), firm

    def opened(self, **changes):
        """Open a message and give its number and time."""
        message = replace(
            OpenedMessage(
                received=clock.now(),
                dialect="acmp",
                peer="127.0.0.1",
                method="POST",
                path="/soap/acmp/helpdesk",
                size=3,
                sha256=b"s" * 32,
                correlation_id="c-1",
                sealed=b"raw",
            ),
            **changes,
        )
        return self.log.open(message), message.received


def agent_with(rights):
    """Make an agent's principal: group id to keys."""
    return Principal(
        account_id=1,
        account="somebody",
        kind=AccountKind.AGENT,
        agent_id=1,
        rights={
            group: frozenset(Permission(key) for key in keys) for group, keys in rights.items()
        },
    )


def customer_with(user_id, customer_id=None):
    """Make a customer's principal."""
    return Principal(
        account_id=1,
        account="asker",
        kind=AccountKind.CUSTOMER,
        customer_user_id=user_id,
        customer_id=customer_id,
    )


@contextmanager
def round_trips(monkeypatch):
    """Collect the batches that travel to the database, as the names of their statements."""
    trips = []
    send = transactions.Transaction._run

    def counted(self, *batch):
        trips.append([name for name, _ in batch])
        return send(self, *batch)

    send_each = transactions.Transaction._run_each

    def counted_each(self, before, *batch):
        trips.append([name for name, _ in (*before, *batch)])
        return send_each(self, before, *batch)

    search = transactions.Transaction.search

    def counted_search(self, text, parameters):
        trips.append(["search"])
        return search(self, text, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(transactions.Transaction, "_run", counted)
        patch.setattr(transactions.Transaction, "_run_each", counted_each)
        patch.setattr(transactions.Transaction, "search", counted_search)
        yield trips
