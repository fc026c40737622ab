"""Callers of the helpdesk who keep a ledger: saves at a steady rate, and the reckoning at the end.

A ticket with a description has six parts that commit together: ticket, description, history, event,
idempotency record and the outcome of its message.
"""

import base64
import random
import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from time import perf_counter
from typing import Self

import psycopg
from lxml import etree

from tests.kit.children import wait_until
from tests.kit.database import driver_url
from tests.kit.gateway import HELPDESK, element, wrapped
from tests.kit.ledger import Entry, Found, Ledger, Outcome
from tests.kit.serving import PASSWORD

_FOUND = """
select t.guid::text, t.title, t.keywords, p.id::text, a.plain,
  (select count(*) from history where ticket_id = t.id and kind = 'created') = 1
  and (select count(*) from event where ticket_id = t.id and partner_id is null) = 1
  and (select count(*) from idempotency where answer is not null and not by_digest
       and (answer ->> 'ticket_id')::bigint = t.id) = 1
  and not exists (select from history h where h.ticket_id = t.id and h.message is not null
       and not exists (select from message where number = h.message and ticket_id = t.id
                       and outcome = 1 and stage >= 6))
from ticket t
join priority p on p.id = t.priority_id
left join article a on a.ticket_id = t.id and a.is_description
"""
_TIME_FOR_AN_ANSWER_S = 20
_OUTAGE = ("try later", "storage not available")


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: what it settles, and how it looked."""

    outcome: Outcome
    answer: str  # the ticket's number, or the fault's string
    code: str = ""  # the fault's code without its prefix
    retry_after: str | None = None
    seconds: float = 0.0

    @property
    def says_try_later(self) -> bool:
        """Tell whether this is the contract's fault of an outage: when to come again, and a number.

        Nothing else may be said while the database is away, but "outcome unknown".
        """
        return (
            self.code == "Server"
            and self.retry_after is not None
            and self.answer.startswith(_OUTAGE)
            and "reference " in self.answer
        )


class Caller:
    """One caller with one kept connection."""

    def __init__(
        self, address: tuple[str, int], login: tuple[str, str] = ("admin", PASSWORD)
    ) -> None:
        self._connection = HTTPConnection(*address, timeout=_TIME_FOR_AN_ANSWER_S)
        token = base64.b64encode(":".join(login).encode()).decode()
        self._headers = {
            "Content-Type": "text/xml; charset=utf-8", "Authorization": f"Basic {token}",
        }  # fmt: skip

    def send(self, body: bytes, key: str | None = None) -> Told:
        """Send an envelope; without an answer the outcome is unknown."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        begun = perf_counter()
        try:
            self._connection.request("POST", HELPDESK, body, headers)
            reply = self._connection.getresponse()
            content = reply.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            return Told(Outcome.UNKNOWN, repr(error), seconds=perf_counter() - begun)
        told = judged(reply.status, content)
        return replace(
            told, retry_after=reply.getheader("Retry-After"), seconds=perf_counter() - begun
        )

    def save(self, ledger: Ledger, entry: Entry) -> Told:
        """Send what the ledger has, once more if it was sent before."""
        told = self.send(save_envelope(entry), entry.key)
        ledger.settle(entry, told.outcome, told.answer)
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def judged(status: int, content: bytes) -> Told:
    """Decide what an answer says: done, certainly not done, or neither."""
    try:
        (answer,) = etree.fromstring(content)[-1]
    except (etree.XMLSyntaxError, ValueError):
        return Told(Outcome.UNKNOWN, f"{status} {content[:80]!r}")
    if status == 200:
        result = answer.findtext(".//{*}ResultCode")
        number = answer.findtext(".//{*}TicketNumber") or ""
        if result == "0":
            return Told(Outcome.ACKNOWLEDGED, number)
        return Told(Outcome.REFUSED, f"{result} {answer.findtext('.//{*}ResultMessage')}")
    text = answer.findtext("faultstring") or ""
    surely_not = text.startswith((*_OUTAGE, "too many requests"))
    code = (answer.findtext("faultcode") or "").rpartition(":")[2]
    return Told(Outcome.REFUSED if surely_not else Outcome.UNKNOWN, text, code)


def new_work(ledger: Ledger, chance: random.Random) -> Entry:
    """Note a new ticket in the ledger."""
    guid = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    content = {
        "title": f"Printer {chance.randrange(10**6)} jams",
        "keywords": f"printer {chance.randrange(10**6)}",
        "priority": str(chance.randrange(1, 6)),
        "description": "".join(chance.choices("Hello World. ", k=200)).strip(),
    }
    return ledger.intend(guid, f"key-{guid}", content)


def save_one(ledger: Ledger, address: tuple[str, int], chance: random.Random) -> Told:
    """Save a new ticket over a connection of its own."""
    with Caller(address) as caller:
        return caller.save(ledger, new_work(ledger, chance))


def save_envelope(entry: Entry) -> bytes:
    """Write the call that saves an entry's ticket."""
    content = entry.content
    fields = (
        ("Id", f"{{{entry.reference.upper()}}}"),
        ("Title", content["title"]),
        ("Description", content["description"]),
        ("Priority", content["priority"]),
        ("Keywords", content["keywords"]),
    )
    ticket = "".join(f"<{name}>{text}</{name}>" for name, text in fields)
    return wrapped(element("SaveTicket_V4", f"<Ticket>{ticket}</Ticket>"))


def read_envelope(reference: str) -> bytes:
    """Write the call that reads a ticket."""
    return wrapped(element("GetTicket_V5", f"<TicketId>{{{reference.upper()}}}</TicketId>"))


class Crowd:
    """Callers who save new tickets at a steady rate in all until the block ends.

    A caller whose call is not answered goes on with the next one: what became of the first is for
    the reckoning.
    """

    def __init__(
        self, ledger: Ledger, address: tuple[str, int], *, callers: int = 8, per_s: float = 50
    ) -> None:
        self.told: list[Told] = []
        self._ledger = ledger
        self._address = address
        self._pause_s = callers / per_s
        self._callers = callers
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for number in range(self._callers):
            chance = random.Random(f"{self._ledger.seed} {len(self._ledger.entries)} {number}")
            self._threads.append(threading.Thread(target=self._call, args=(chance,)))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, answers: int) -> None:
        """Wait until so many more calls are over, however busy the machine is."""
        enough = len(self.told) + answers
        wait_until(lambda: len(self.told) >= enough, 60)

    def _call(self, chance: random.Random) -> None:
        self._over.wait(chance.uniform(0, self._pause_s))
        with Caller(self._address) as caller:
            while not self._over.is_set():
                begun = perf_counter()
                self.told.append(caller.save(self._ledger, new_work(self._ledger, chance)))
                self._over.wait(max(0.0, self._pause_s - (perf_counter() - begun)))


def send_again(ledger: Ledger, address: tuple[str, int], entries: Iterable[Entry]) -> None:
    """Send work whose outcome is unknown once more, under its key."""

    def again(entry: Entry) -> None:
        with Caller(address) as caller:
            caller.save(ledger, entry)
        entry.recovered = entry.outcome is Outcome.ACKNOWLEDGED

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(again, entries))


def found_in(database_url: str) -> list[Found]:
    """Look up every ticket there is, past the gateway."""
    with psycopg.connect(driver_url(database_url), autocommit=True) as session:
        rows = session.execute(_FOUND).fetchall()
    names = ("title", "keywords", "priority", "description")
    return [
        Found(guid, dict(zip(names, fields, strict=True)), whole) for guid, *fields, whole in rows
    ]
