"""Partners and deliveries in a real database: queued as a use case does, looked at past it."""

from typing import Self
from uuid import uuid4

import psycopg

from gateway.domain.people import AccountKind, Principal
from gateway.repository.engine import build_engine
from gateway.repository.numbers import NumberReserve
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases.ports import Call
from tests.kit.database import driver_url

CALL = Call(
    principal=Principal(account_id=1, account="test", kind=AccountKind.AGENT),
    dialect="ssp7",
    operation="test",
    command="test",
)
PROCESS = "send"


class Outbox:
    """The outbox of one database."""

    def __init__(self, url: str, *, connections: int = 8, queued=lambda: None) -> None:
        self.url = url
        self.engine = build_engine(url, pool_size=connections, role="test")
        self.tell(queued)
        self.session = psycopg.connect(driver_url(url), autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.engine.dispose()

    def tell(self, queued):
        """Have this called whenever something was queued."""
        self.units = UnitsOfWork(self.engine, NumberReserve(self.engine, low=1), queued)

    def clear(self):
        """Forget all partners and what was queued for them."""
        for table in ("attempt", "delivery", "stream", "partner"):
            self.session.execute(f"delete from {table}")

    def partner(self, name="NORTHWIND", **columns):
        """Make a partner and give its id."""
        self.session.execute(
            "insert into external_system (name) values (%s) on conflict do nothing", (name,)
        )
        columns = {"name": name} | columns
        (partner_id,) = self.session.execute(
            f"insert into partner ({', '.join(columns)}, system_id)"
            f" select {', '.join(['%s'] * len(columns))}, id from external_system where name = %s"
            " returning id",
            (*columns.values(), name),
        ).fetchone()
        return partner_id

    def queue(self, partner_id, subject="ticket:7", **payload):
        """Queue a delivery in a unit of its own and give its event's guid."""
        return self.queue_all((partner_id, subject, payload))[0]

    def queue_all(self, *deliveries):
        """Queue deliveries, each (partner, subject, payload), in one unit."""

        def work(unit):
            events = []
            for partner_id, subject, payload in deliveries:
                events.append(uuid4())
                unit.deliveries.enqueue(
                    partner_id=partner_id,
                    subject=subject,
                    event_id=events[-1],
                    process=PROCESS,
                    version=1,
                    payload=payload,
                )
            return events

        return self.units.run(work, CALL)

    def rows(self, query, *parameters):
        return self.session.execute(query, parameters).fetchall()

    def one(self, query, *parameters):
        return self.session.execute(query, parameters).fetchone()

    def states(self):
        """Count the deliveries by state."""
        return dict(self.rows("select state, count(*) from delivery group by state"))
