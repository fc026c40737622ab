"""Callers who save, book, close, reopen, link and merge the same tickets all at once.

Ten seconds unless FAULT_SECONDS says more; a minute is the long form.
"""

import os
import random
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic

import httpx
import psycopg
import pytest

from tests.fault.conftest import SEED, UNHURRIED
from tests.kit.database import driver_url
from tests.kit.gateway import HELPDESK, element, new_id, running_gateway, wrapped

SECONDS = float(os.environ.get("FAULT_SECONDS", "10"))  # noqa: TID251
CALLERS = 8
TICKETS = 6  # few, so that all want the same
# What may be answered when somebody else was faster; anything else is a failure.
BUSY = re.compile(
    r"ticket is closed|ticket is not closed|ticket was merged into|is the target ticket"
    r"|is the ticket itself"
)
ADMIN_AGENT = "select guid from agent where login = 'admin'"

# True at every moment, since each command is one transaction.
HALF_MERGED = """
select t.id from ticket t join state s on s.id = t.state_id
where (t.merged_into_id is not null) <> (s.state_type = 'merged')
   or (t.closed is not null) <> (s.state_type in ('closed', 'merged'))
   or t.merged_into_id is not null and (
     exists (select from article where ticket_id = t.id and not is_description)
     or exists (select from working_time where ticket_id = t.id)
     or exists (select from cost where ticket_id = t.id)
     or exists (select from reminder where ticket_id = t.id)
     or exists (select from object_link where ticket_id = t.id)
     or exists (select from ticket_link where t.id in (ticket_id, other_id)))
"""
LOST_ENDS = """
with recursive chain(start, id, next) as (
  select id, id, merged_into_id from ticket
  union all
  select chain.start, t.id, t.merged_into_id from chain join ticket t on t.id = chain.next)
select count(distinct start) - (select count(*) from ticket) from chain where next is null
"""


@dataclass
class Ledger:
    """What was answered with 0: comments, minutes, money; and the tickets that are left to use."""

    tickets: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    minutes: int = 0
    money: Decimal = Decimal(0)
    done: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Caller(threading.Thread):
    """Sends one random command after the other until the time is up."""

    def __init__(self, url, agent, ledger, number):
        super().__init__(name=f"caller-{number}")
        self._url, self._agent, self._ledger = f"{url}{HELPDESK}", agent, ledger
        self._chance = random.Random(SEED + number)
        self._end = monotonic() + SECONDS
        self._commands = (
            self._new, self._edit, self._comment, self._comment, self._book, self._spend,
            self._close, self._reopen, self._reopen, self._merge, self._merge, self._link,
            self._remind,
        )  # fmt: skip

    def run(self):
        login = ("admin", "correct horse battery staple")
        with httpx.Client(auth=login, timeout=30) as self._client:
            while monotonic() < self._end:
                self._chance.choice(self._commands)()

    def _send(self, operation, content):
        reply = self._client.post(
            self._url, content=wrapped(element(operation, content)),
            headers={"Content-Type": "text/xml; charset=utf-8"},
        )  # fmt: skip
        code = re.search(r"ResultCode>(-?\d+)<", reply.text)
        with self._ledger.lock:
            if reply.status_code == 200 and code and code[1] == "0":
                self._ledger.done[operation] += 1
                return True
            if reply.status_code != 200 or not BUSY.search(reply.text):
                self._ledger.wrong.append(f"{operation}: {reply.text[:500]}")
        return False

    def _any(self, count=1):
        with self._ledger.lock:
            return self._chance.sample(self._ledger.tickets, count)

    def _new(self):
        # A merged ticket is replaced, so that there is always something to do.
        guid = new_id()
        sent = f"<Ticket><Id>{guid}</Id><Title>New</Title><Description>x</Description></Ticket>"
        if self._send("SaveTicket_V4", sent):
            with self._ledger.lock:
                self._ledger.tickets[self._chance.randrange(TICKETS)] = guid

    def _edit(self):
        (guid,) = self._any()
        title = f"<Title>Title {self._chance.random()}</Title>"
        self._send("SaveTicket_V4", f"<Ticket><Id>{guid}</Id>{title}</Ticket>")

    def _comment(self):
        (guid,), said = self._any(), new_id()
        sent = f"<Id>{said}</Id><TicketId>{guid}</TicketId><Text>x</Text>"
        if self._send("SaveTicketComment_V1", f"<Comment>{sent}</Comment>"):
            with self._ledger.lock:
                self._ledger.comments.append(said)

    def _book(self):
        (guid,), minutes = self._any(), self._chance.randrange(1, 60)
        if self._send("SaveTicketWorkingTime_V1", self._time(guid, minutes)):
            with self._ledger.lock:
                self._ledger.minutes += minutes

    def _time(self, guid, minutes):
        return (
            f"<WorkingTime><Id>{new_id()}</Id><TicketId>{guid}</TicketId>"
            f"<Executor>{self._agent}</Executor><StartDate>2025-06-27T10:00:00Z</StartDate>"
            f"<EndDate>2025-06-27T10:{minutes:02}:00Z</EndDate></WorkingTime>"
        )

    def _spend(self):
        # One batch for two tickets: all or nothing.
        entries = [(guid, self._chance.randrange(1, 9)) for guid in self._any(2)]
        sent = "".join(
            f"<TTicketCostEntry_V1><Id>{new_id()}</Id><TicketId>{guid}</TicketId>"
            f"<UnitPrice>0.50</UnitPrice><Amount>{amount}</Amount></TTicketCostEntry_V1>"
            for guid, amount in entries
        )
        if self._send("SaveTicketCosts_V1", f"<Costs>{sent}</Costs>"):
            with self._ledger.lock:
                self._ledger.money += sum(Decimal("0.50") * amount for _, amount in entries)

    def _close(self):
        (guid,), said, minutes = self._any(), new_id(), self._chance.randrange(1, 60)
        sent = (
            f"<TicketId>{guid}</TicketId><Assignee><Id>{self._agent}</Id></Assignee>"
            f"<Comment><Id>{said}</Id><Text>Done.</Text></Comment>{self._time(guid, minutes)}"
        )
        if self._send("CloseTicket_V1", sent):
            with self._ledger.lock:
                self._ledger.comments.append(said)
                self._ledger.minutes += minutes

    def _reopen(self):
        (guid,) = self._any()
        self._send("ReopenTicket_V1", f"<TicketId>{guid}</TicketId>")

    def _merge(self):
        target, *sources = self._any(self._chance.choice((2, 2, 3)))
        sent = "".join(f"<string>{guid}</string>" for guid in sources)
        self._send(
            "MergeTickets_V1",
            f"<TargetTicketId>{target}</TargetTicketId><SourceTicketIds>{sent}</SourceTicketIds>",
        )

    def _link(self):
        one, two = self._any(2)
        sent = f"<LinkedTicketIds><string>{two}</string></LinkedTicketIds>"
        self._send("LinkTicketsToTicket_V1", f"<TicketId>{one}</TicketId>{sent}")

    def _remind(self):
        (guid,) = self._any()
        date = "<ReminderDate>2099-01-01T00:00:00Z</ReminderDate>"
        sent = f"<Reminder><TicketId>{guid}</TicketId>{date}</Reminder>"
        self._send("SaveReminderOfTicket_V1", sent)


@pytest.mark.slow
def test_what_many_callers_do_to_the_same_tickets_is_whole_and_adds_up(databases):
    ledger = Ledger()
    with (
        databases.migrated() as url,
        running_gateway(url, **UNHURRIED) as gateway,
        psycopg.connect(driver_url(url), autocommit=True) as watch,
    ):
        agent = f"{{{watch.execute(ADMIN_AGENT).fetchone()[0]}}}"
        ledger.tickets += [gateway.ticket(Description="x") for _ in range(TICKETS)]
        callers = [Caller(gateway.url, agent, ledger, number) for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        while any(caller.is_alive() for caller in callers):
            assert watch.execute(HALF_MERGED).fetchall() == []
            callers[0].join(0.1)
        for caller in callers:
            caller.join()

        assert ledger.wrong == []
        assert watch.execute(HALF_MERGED).fetchall() == []
        assert watch.execute(LOST_ENDS).fetchone() == (0,)
        said = watch.execute("select guid from article where not is_description").fetchall()
        assert sorted(f"{{{guid}}}".upper() for (guid,) in said) == sorted(ledger.comments)
        (minutes,) = watch.execute("select coalesce(sum(minutes), 0) from working_time").fetchone()
        assert minutes == ledger.minutes
        (money,) = watch.execute(
            "select coalesce(sum(unit_price * amount), 0) from cost"
        ).fetchone()
        assert money == ledger.money
        assert ledger.done["MergeTickets_V1"] > 0
        assert _shown(gateway) == (ledger.minutes, ledger.money)
        (deadlocks,) = watch.execute(
            "select deadlocks from pg_stat_database where datname = current_database()"
        ).fetchone()
        print(dict(ledger.done), deadlocks)  # noqa: T201 - how much the run was worth


def _shown(gateway):
    """Add up what the callers are shown of all tickets."""
    listed = gateway.call("GetTicketList_V1").Tickets.TTicketListItem_V1
    shown = [gateway.read(row.Id) for row in listed]
    return (
        sum(ticket.TotalWorkingTime for ticket in shown),
        sum(ticket.TotalCosts for ticket in shown),
    )
