"""A small world of random tickets for searches: in the database, and as plain objects beside it."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg

from tests.kit.database import driver_url

TICKETS = 150
QUEUES = ("Raw", "Raw::Print", "Raw::Print::Color", "Misc", "Elsewhere")
VISIBLE_QUEUES = frozenset(QUEUES[:4])  # of the group users
STATES = {
    "new": "new", "open": "open", "closed successful": "closed", "closed": "closed",
    "pending reminder": "pending reminder", "pending auto close+": "pending auto",
    "removed": "removed", "merged": "merged", "assigned": "open",
}  # fmt: skip
OPEN_TYPES = frozenset({"new", "open", "pending reminder", "pending auto"})
PRIORITIES = ("1 very low", "2 low", "3 normal", "4 high", "5 very high")
TYPES = ("Unclassified", "sales", "billing")
SERVICES = ("Printing", "Scanning")
SLAS = ("Gold", "Silver")
LOCKS = ("unlock", "lock", "tmp_lock")
AGENTS = ("admin", "agent1", "reader", "stranger")
COMPANIES = ("ACME", "Initech", "acme + sons")
USERS = {"jane": "ACME", "john": "ACME", "eve": None}
FIELDS = {
    "Kind": "text", "Amount": "number", "Due": "date", "Tags": "multiselect",
    "TicketFreeText1": "text",
}  # fmt: skip
WORDS = (
    "Disk", "disk full", "PRINTER", "Drucker grün", "100%", "a_b", "(x)", "C++", "Größe", "R&D",
)  # fmt: skip
_TABLES = ("ticket", "history", "ticket_watcher", "ticket_field", "article", "attachment")
FILES = ("report.pdf", "Report_2.PDF", "df.txt")


@dataclass
class Article:
    """An article of the world; texts by their parameter."""

    created: datetime
    visible: bool
    texts: dict
    files: list = field(default_factory=list)  # (name, visible)


@dataclass
class Ticket:
    """A ticket of the world; lists by name."""

    id: int
    number: str
    title: str
    queue: str
    state: str
    type: str | None
    priority: str
    service: str | None
    sla: str | None
    lock: str
    owner: str | None
    responsible: str | None
    creator: str | None
    company: str | None  # a row
    bare_company: str | None
    user: str | None  # a row
    bare_user: str | None
    created: datetime
    changed: datetime
    pending: datetime | None
    first_response: datetime | None
    update: datetime | None
    solution: datetime | None
    archived: bool
    made: dict  # queue, state, type, priority at creation
    lines: list  # (kind, created, state)
    watchers: set
    fields: dict  # name to values: text, Decimal or datetime
    articles: list

    @property
    def state_type(self):
        return STATES[self.state]

    @property
    def nearest(self):
        return min(filter(None, (self.first_response, self.update, self.solution)), default=None)

    @property
    def customer(self):
        return self.company or self.bare_company

    @property
    def customer_user(self):
        return self.user or self.bare_user


class SearchWorld:
    """The tickets, and the ids of the rows they name."""

    def __init__(self, url, seed=7):
        self.random = random.Random(seed)
        # Times lie 100 minutes apart, so that bounds between them stay between them.
        self.now = datetime.now(UTC).replace(second=30)  # noqa: TID251 - of the world, not the program
        with psycopg.connect(driver_url(url), autocommit=True) as session:
            self._session = session
            self.ids = self._lists()
            self.tickets = [self._ticket(number) for number in range(1, TICKETS + 1)]
            self._store()

    def moment(self, first=-60, last=0):
        """Give a time of the raster, with some microseconds."""
        minutes = self.random.randint(first, last) * 100
        micros = self.random.choice([0, 0, 1, 999_999])
        return self.now.replace(microsecond=micros) + timedelta(minutes=minutes)

    def _lists(self):
        run = self._session.execute
        for path in QUEUES[1:3]:
            parent, _, name = path.rpartition("::")
            run(
                "insert into queue (en, path_en, path_de, group_id, parent_id)"
                " select %s, %s, %s, 1, id from queue where path_en = %s",
                (name, path, path, parent),
            )
        for table, names in (("service", SERVICES), ("sla", SLAS)):
            for name in names:
                run(f"insert into {table} (en) values (%s)", (name,))
        for name in COMPANIES:
            run("insert into customer (key, name) values (%s, %s) on conflict do nothing",
                (name, name))  # fmt: skip
        for name, kind in FIELDS.items():
            run("insert into dynamic_field (name, en, field_type) values (%s, %s, %s)",
                (name, name, kind))  # fmt: skip
        named = {
            "queue": "path_en", "state": "en", "type": "en", "priority": "en", "service": "en",
            "sla": "en", "agent": "login", "customer": "key", "customer_user": "login",
            "dynamic_field": "name",
        }  # fmt: skip
        return {
            table: dict(run(f"select {name}, id from {table}").fetchall())
            for table, name in named.items()
        }

    def _ticket(self, number):
        pick, maybe = self.random.choice, self._maybe
        state = pick(list(STATES))
        made = {
            "queue": pick(QUEUES), "state": pick(list(STATES)), "type": maybe(TYPES),
            "priority": pick(PRIORITIES),
        }  # fmt: skip
        created = self.moment()
        after = [self.moment() for _ in range(self.random.randint(0, 3))]
        lines = [("created", created, made["state"])]
        lines += [(pick(["state", "title"]), at, pick(list(STATES))) for at in after]
        user = pick([*USERS, None])
        due = STATES[state] in OPEN_TYPES
        company = maybe(COMPANIES)
        return Ticket(
            id=number,
            number=f"{20_261_122_100_000 + number * 37}",
            title=" ".join(self.random.sample(WORDS, self.random.randint(1, 2)))
            + pick(["", f" {number}"]),
            queue=pick(QUEUES),
            state=state,
            type=maybe(TYPES),
            priority=pick(PRIORITIES),
            service=maybe(SERVICES),
            sla=maybe(SLAS),
            lock=pick(LOCKS),
            owner=maybe(AGENTS),
            responsible=maybe(AGENTS),
            creator=maybe(AGENTS),
            company=company,
            bare_company=None if company else pick([None, "Bare & Co", "acme"]),
            user=user,
            bare_user=None if user else pick([None, "bob@example.com"]),
            created=created,
            changed=max(created, self.moment()),  # never before it was made
            pending=self.moment(-10, 10) if STATES[state].startswith("pending") else None,
            first_response=self.moment(-10, 10) if due and pick([True, False]) else None,
            update=self.moment(-10, 10) if due and pick([True, False]) else None,
            solution=self.moment(-10, 10) if due and pick([True, False]) else None,
            archived=self.random.random() < 0.15,
            made=made,
            lines=lines,
            watchers={each for each in AGENTS if self.random.random() < 0.2},
            fields=self._fields(),
            articles=[self._article(part) for part in range(self.random.randint(0, 2))],
        )

    def _maybe(self, values):
        return self.random.choice([*values, None])

    def _fields(self):
        pick = self.random.choice
        found = {
            "Kind": [pick(["alpha", "Alpha", "beta", "Äther", "50%"])],
            "Amount": [Decimal(pick(["1", "10", "9.5", "-3"]))],
            "Due": [self.moment().replace(microsecond=0)],
            "Tags": self.random.sample(["red", "blue", "green"], 2),
            "TicketFreeText1": [pick(["x", "y"])],
        }
        return {name: values for name, values in found.items() if self.random.random() < 0.6}

    def _article(self, part):
        pick = self.random.choice
        texts = {
            "MIMEBase_From": pick(["jane@example.com", "Bob <bob@example.com>"]),
            "MIMEBase_To": pick(["desk@example.com", ""]),
            "MIMEBase_Cc": pick(["boss@example.com", ""]),
            "MIMEBase_Bcc": pick(["spy@example.com", ""]),
            "MIMEBase_Subject": pick(WORDS),
            "MIMEBase_Body": " ".join(self.random.sample(WORDS, 3)),
        }
        files = [(pick(FILES), pick([True, False])) for _ in range(self.random.randint(0, 1))]
        return Article(self.moment(), pick([True, False]), texts, files if part == 0 else [])

    # -- into the database ----------------------------------------------------------------------

    def _store(self):
        for name in _TABLES:
            rows_of = getattr(self, f"_{name}_rows")
            rows = [row for ticket in self.tickets for row in rows_of(ticket)]
            columns = list(rows[0])
            marks = ", ".join(["%s"] * len(columns))
            self._session.cursor().executemany(
                f"insert into {name} ({', '.join(columns)}) values ({marks})",
                [tuple(row.values()) for row in rows],
            )

    def _id(self, table, name):
        return None if name is None else self.ids[table][name]

    def _ticket_rows(self, t):
        yield {
            "id": t.id, "number": t.number, "title": t.title,
            "queue_id": self._id("queue", t.queue),
            "state_id": self._id("state", t.state), "type_id": self._id("type", t.type),
            "priority_id": self._id("priority", t.priority),
            "service_id": self._id("service", t.service), "sla_id": self._id("sla", t.sla),
            "lock": t.lock, "owner_id": self._id("agent", t.owner),
            "responsible_id": self._id("agent", t.responsible),
            "created_by": self._id("agent", t.creator),
            "customer_id": self._id("customer", t.company), "customer_key": t.bare_company,
            "customer_user_id": self._id("customer_user", t.user), "customer_address": t.bare_user,
            "created": t.created, "changed": t.changed, "pending_until": t.pending,
            "escalation_first_response": t.first_response, "escalation_update": t.update,
            "escalation_solution": t.solution, "archived": t.archived,
            "closed": None if t.state_type in OPEN_TYPES else t.changed,
        }  # fmt: skip

    def _history_rows(self, t):
        for kind, created, state in t.lines:
            id_ = self._id("state", state)
            yield {
                "ticket_id": t.id, "created": created, "kind": kind, "state_id": id_,
                "new_id": id_ if kind == "state" else None,
                "queue_id": self._id("queue", t.made["queue"]),
                "priority_id": self._id("priority", t.made["priority"]),
                "type_id": self._id("type", t.made["type"]),
            }  # fmt: skip

    def _ticket_watcher_rows(self, t):
        for login in t.watchers:
            yield {"ticket_id": t.id, "agent_id": self._id("agent", login)}

    def _ticket_field_rows(self, t):
        for name, values in t.fields.items():
            for position, value in enumerate(values, 1):
                yield {
                    "ticket_id": t.id, "field_id": self._id("dynamic_field", name),
                    "position": position, "vt": written(value),
                    "vn": value if isinstance(value, Decimal) else None,
                    "vd": value if isinstance(value, datetime) else None,
                }  # fmt: skip

    def _article_rows(self, t):
        for number, article in enumerate(t.articles, 1):
            columns = ("from_", "to_", "cc", "bcc", "subject", "plain")
            yield {
                "id": t.id * 10 + number, "ticket_id": t.id, "number": number,
                "created": article.created, "visible": article.visible,
                **dict(zip(columns, article.texts.values(), strict=True)),
            }  # fmt: skip

    def _attachment_rows(self, t):
        for number, article in enumerate(t.articles, 1):
            for name, visible in article.files:
                # A file of the ticket itself hangs on its first article.
                own = None if t.id % 2 else t.id * 10 + number
                yield {"ticket_id": t.id, "article_id": own, "name": name, "file_name": name,
                       "visible": visible}  # fmt: skip


def written(value):
    """Write a value of a field as the gateway keeps it, in UTC."""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
