"""Searches among a million tickets: ``python -m tests.bench.search [--tickets N] [--data FOLDER]``.

Shapes of the design's page on storage, each condition of TicketSearch alone, and some pairs; from
the model of a search to the ids, with one call at a time on a warm database. ``--plans`` shows how
each was run; ``--data`` keeps the database for the next time. Nothing fails here.
"""

# ruff: noqa: T201 - figures are its output

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from gateway.domain.fields import Field, FieldType, FieldValue
from gateway.domain.people import AccountKind, Permission, Principal
from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.domain.ticket_search import (
    Archive,
    ArticleTest,
    Comparison,
    FieldTest,
    Listed,
    Moment,
    Order,
    Part,
    Pattern,
    Place,
    SortKey,
    Span,
    TicketSearch,
    Words,
    Written,
    any_of,
)
from gateway.errors import TryLater
from gateway.repository import ticket_search
from gateway.repository.embedded import EmbeddedServer
from gateway.repository.migrations import upgrade
from gateway.repository.seed import seed
from gateway.repository.statements import statement
from gateway.repository.ticket_conditions import Lists, conditions
from tests.kit.database import ADMIN_HASH, driver_url
from tests.kit.stores import Stores

LISTS = statement("lists_of_search")
ROUNDS = 20
LONGEST_S = 1.0  # a shape that takes longer is measured thrice
BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
TICKETS_A_DAY = 1_000

# -- the data ---------------------------------------------------------------------------------

_LISTS = """
insert into agent_group (name) select 'Group ' || n from generate_series(1, 20) n;
insert into queue (en, path_en, path_de, group_id)
  select 'Queue ' || n, 'Queue ' || n, 'Queue ' || n, 1 + n % 24 from generate_series(1, 100) n;
insert into agent (login, first_name, last_name)
  select 'agent' || n, 'First ' || n, 'Last ' || n from generate_series(1, 500) n;
insert into customer (key, name) select 'customer' || n, 'Customer ' || n
  from generate_series(1, 5000) n;
insert into customer_user (login, customer_id)
  select 'user' || n, 1 + n % 5000 from generate_series(1, 20000) n;
insert into service (en) select 'Service ' || n from generate_series(1, 20) n;
insert into sla (en) select 'SLA ' || n from generate_series(1, 5) n;
insert into dynamic_field (name, en, field_type) values
  ('Kind', 'Kind', 'text'), ('Amount', 'Amount', 'number'), ('Due', 'Due', 'date'),
  ('Note', 'Note', 'text');
"""
# Nine in ten are closed, of the last 50 days half.
_TICKETS = """
insert into ticket (id, number, title, state_id, priority_id, type_id, queue_id, service_id, sla_id,
  lock, owner_id, responsible_id, customer_id, customer_user_id, pending_until,
  escalation_solution, closed, archived, created, created_by, changed, changed_by)
select n, '20240101' || lpad(n::text, 9, '0'),
  (array['Printer', 'Disk', 'Network', 'Mail', 'Login', 'Screen', 'Backup', 'Update'])[1 + n % 8]
    || ' ' || (array['jams', 'is full', 'is slow', 'fails', 'is lost'])[1 + n % 5]
    || case when n % 50000 = 7 then ' zeppelin' when n % 20 = 3 then ' urgent' else '' end
    || ' ' || substr(md5(n::text), 1, 8),
  case when open then (array[1, 4, 4, 6])[1 + n % 4] else (array[2, 2, 3, 12])[1 + n % 4] end,
  1 + n % 5, 1 + n % 3, 5 + (n * 7) % 100, case when n % 3 = 0 then 1 + n % 20 end,
  case when n % 3 = 0 then 1 + n % 5 end, case when open then 'lock' else 'unlock' end,
  2 + n % 500, 2 + (n * 3) % 500, 1 + (n * 11) % 5000, 1 + (n * 13) % 20000,
  case when open and n % 4 = 3 then made + interval '30 days' end,
  case when open and n % 3 = 0 then made + interval '7 days' end,
  case when not open then made + interval '5 days' end,
  n % 10 = 9 and not open and n < %(n)s / 2,
  made, 2 + n % 500, made + interval '6 days', 1
from (select n, %(begun)s::timestamptz + n * interval '86.4 s' as made,
        n % 10 = 0 or (n > %(n)s - 50000 and n % 2 = 0) as open
      from generate_series(1, %(n)s) n) t;
insert into ticket_field (ticket_id, field_id, vt)
select n, 1, 'REF-' || n from generate_series(1, %(n)s) n;
insert into ticket_field (ticket_id, field_id, vt)
select n, 2, (array['alpha', 'beta', 'gamma', 'delta', 'rare'])
  [case when n % 100000 = 5 then 5 else 1 + n % 4 end] from generate_series(1, %(n)s) n;
insert into ticket_field (ticket_id, field_id, vt, vn)
select n, 3, v::text, v from generate_series(1, %(n)s) n,
  lateral (select (n::bigint * 37) % 100000 as v) x;
insert into ticket_field (ticket_id, field_id, vt, vd)
select n, 4, to_char(d, 'YYYY-MM-DD HH24:MI:SS'), d
from generate_series(1, %(n)s) n, lateral (select
  %(begun)s::timestamptz + ((n::bigint * 7919) %% 1000000) * interval '86.4 s' as d) x
where n % 10 < 8;
insert into ticket_field (ticket_id, field_id, vt)
select n, 5, md5(n::text) || ' note ' || n % 1000 from generate_series(1, %(n)s) n;
insert into article (ticket_id, number, plain, html, visible, is_description, subject, from_, to_,
  created, created_by, changed)
select n, 1, 'The ' || (array['printer', 'disk', 'network'])[1 + n % 3] || ' of room ' || n % 999
    || ' ' || repeat(md5(n::text) || ' ', 6) || case when n % 50000 = 7 then 'quixotic' else '' end,
  '', true, true, 'Subject ' || n, 'user' || 1 + (n * 13) % 20000 || '@example.com',
  'desk@example.org', created, created_by, created from ticket, lateral (select id as n) i;
insert into history (ticket_id, created, agent_id, kind, queue_id, state_id, priority_id, type_id)
select id, created, created_by, 'created', queue_id, 1, priority_id, type_id from ticket;
insert into history (ticket_id, created, agent_id, kind, new_id, queue_id, state_id, priority_id,
  type_id)
select id, closed, created_by, 'state', state_id, queue_id, state_id, priority_id, type_id
from ticket where closed is not null;
"""
_TABLES = ("ticket", "ticket_field", "article", "history")


def fill(url: str, tickets: int) -> None:
    """Put the tickets in; indexes are built when they are there."""
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        session.execute("set session_replication_role = replica")
        session.execute("set maintenance_work_mem = '512MB'")
        session.execute(_LISTS)
        indexes = session.execute(
            "select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename"
            " = any(%s) and indexname like 'ix\\_%%'",
            (list(_TABLES),),
        ).fetchall()
        for name, _ in indexes:
            session.execute(f"drop index {name}")
        begun = BEGUN.isoformat()
        for text in _TICKETS.split(";\n"):
            if text.strip():
                values = text.replace("%(n)s", str(tickets)).replace("%(begun)s", f"'{begun}'")
                session.execute(values.replace("%%", "%"))
        for _, definition in indexes:
            session.execute(definition)
        session.execute("select setval('ticket_id_seq', %s)", (tickets,))
        for name in _TABLES:
            session.execute(f"vacuum analyze {name}")
        session.execute("analyze")


# -- the shapes -------------------------------------------------------------------------------

REF = Field(1, "ExternalReference", FieldType.TEXT)
KIND = Field(2, "Kind", FieldType.TEXT)
AMOUNT = Field(3, "Amount", FieldType.NUMBER)
DUE = Field(4, "Due", FieldType.DATE)
NOTE = Field(5, "Note", FieldType.TEXT)
OPEN: Mapping[str, frozenset[StateType]] = {"state_types": OPEN_TYPES}
QUEUES = {Listed.QUEUE: (5, 6, 7, 8, 9)}


def has(text: str) -> Words:
    """Give a pattern that is looked for anywhere."""
    return Pattern(("", text, ""))


def titled(text: str) -> dict[Written, Words]:
    return {Written.TITLE: has(text)}


def equals(field: Field, *values: FieldValue) -> FieldTest:
    return FieldTest(field, compared=((Comparison.EQUAL, values),))


def spans(first: datetime, last: datetime, moment: Moment = Moment.CREATED) -> dict[Moment, Span]:
    return {moment: Span(first, last)}


def shapes(tickets: int) -> Iterator[tuple[str, TicketSearch]]:  # noqa: PLR0915 - a list
    """Give name and search of each shape."""
    end = BEGUN + timedelta(days=tickets / TICKETS_A_DAY)
    day, half = end - timedelta(days=100), end - timedelta(days=182)
    amount = FieldValue("37", number=Decimal(37))
    search = TicketSearch(archive=Archive.BOTH)

    def found(**changes: Any) -> TicketSearch:
        return replace(search, **changes)

    yield "newest 500", search
    yield "newest 500, not archived", TicketSearch()
    yield "title *rare*", found(texts=titled("zeppelin"))
    yield "title *absent*", found(texts=titled("dirigible"))
    yield "title *common*", found(texts=titled("urgent"))
    yield "title *common* + queues + open", found(texts=titled("urgent"), rows=QUEUES, **OPEN)
    yield (
        "title *medium* or *medium*",
        found(texts={Written.TITLE: any_of([has("disk is full"), has("mail fails")])}),
    )
    yield "title *ab*, common", found(texts=titled("ab"))
    yield "title *~~*, absent", found(texts=titled("~~"))
    yield "number *digits*", found(texts={Written.NUMBER: has("00123456")})
    yield "number exact", found(texts={Written.NUMBER: Pattern(("20240101000123456",))})
    yield "queues + open", found(rows=QUEUES, **OPEN)
    yield "states", found(rows={Listed.STATE: (2, 3)})
    yield "queue", found(rows={Listed.QUEUE: (5,)})
    yield "owner + open", found(rows={Listed.OWNER: (7,)}, **OPEN)
    yield "owner", found(rows={Listed.OWNER: (7,)})
    yield "responsible", found(rows={Listed.RESPONSIBLE: (7,)})
    yield "creator", found(creators=(7,))
    yield "type", found(rows={Listed.TYPE: (2,)})
    yield "priority", found(rows={Listed.PRIORITY: (1,)})
    yield "service", found(rows={Listed.SERVICE: (4,)})
    yield "service, unused", found(rows={Listed.SERVICE: (99,)})
    yield "SLA", found(rows={Listed.SLA: (3,)})
    yield "lock", found(locks=("lock",))
    yield "open", found(**OPEN)
    yield "closed", found(state_types=frozenset({StateType.CLOSED}))
    yield "merged", found(state_types=frozenset({StateType.MERGED}))
    yield "archived", found(archive=Archive.ARCHIVED)
    yield "watcher", found(watchers=(7,))
    yield "customer exact", found(texts={Written.CUSTOMER: Pattern(("customer77",))})
    yield "customer *text*", found(texts={Written.CUSTOMER: has("mer77")})
    yield "customer user", found(texts={Written.CUSTOMER_USER: Pattern(("user77",))})
    yield (
        "customer + window",
        found(texts={Written.CUSTOMER: Pattern(("customer77",))}, spans=spans(half, end)),
    )
    yield "one day", found(spans=spans(day, day + timedelta(days=1)))
    yield "changed + open", found(spans=spans(half, end, Moment.CHANGED), **OPEN)
    yield "changed before all", found(spans={Moment.CHANGED: Span(until=BEGUN)})
    for moment in (Moment.HISTORY, Moment.CLOSED, Moment.PENDING, Moment.ESCALATION,
                   Moment.ESCALATION_SOLUTION, Moment.ESCALATION_UPDATE):  # fmt: skip
        yield f"{moment.value}, one day", found(spans=spans(day, day + timedelta(days=1), moment))
        yield f"{moment.value}, since", found(spans={moment: Span(since=half)})
    yield "created state", found(made={Listed.STATE: (1,)})
    yield "created state, unused", found(made={Listed.STATE: (4,)})
    yield (
        "half-year closed by priority, age",
        found(
            spans=spans(half, end, Moment.CLOSED),
            order=(Order(SortKey.PRIORITY), Order(SortKey.CREATED, descending=False)),
        ),
    )
    yield "field equals rare", found(fields=(equals(KIND, FieldValue("rare")),))
    yield "field equals common", found(fields=(equals(KIND, FieldValue("beta")),))
    yield "field equals unique", found(fields=(equals(REF, FieldValue("REF-4711")),))
    yield (
        "reference equals, shown",
        found(fields=(equals(REF, FieldValue("REF-4711")),), shown_as=REF.name),
    )
    both = (equals(KIND, FieldValue("beta")), equals(AMOUNT, amount))
    yield "two fields", found(fields=both)
    yield "field prefix*", found(fields=(FieldTest(NOTE, like=Pattern(("abcd", ""))),))
    yield "field *text*", found(fields=(FieldTest(NOTE, like=has("abcdef")),))
    yield "field empty", found(fields=(FieldTest(DUE, empty=True),))
    yield "field not empty", found(fields=(FieldTest(DUE, empty=False),))
    date_range = (
        (Comparison.GREATER_OR_EQUAL, (FieldValue("", date=day),)),
        (Comparison.SMALLER, (FieldValue("", date=day + timedelta(days=1)),)),
    )
    yield "field date range", found(fields=(FieldTest(DUE, compared=date_range),))
    yield "article subject", found(article=ArticleTest(texts={Part.SUBJECT: has("Subject 4711")}))
    yield "article from", found(article=ArticleTest(texts={Part.FROM: has("user77@")}))
    yield "article body *common*", found(article=ArticleTest(texts={Part.BODY: has("printer")}))
    yield "article body *rare*", found(article=ArticleTest(texts={Part.BODY: has("quixotic")}))
    yield "article text *rare*", found(article=ArticleTest(anywhere=has("quixotic")))
    yield "article file", found(article=ArticleTest(file=has("report.pdf")))
    yield (
        "article made, one day",
        found(article=ArticleTest(made=Span(day, day + timedelta(days=1)))),
    )
    yield (
        "article body *rare*, one month",
        found(
            article=ArticleTest(texts={Part.BODY: has("quixotic")}),
            spans=spans(end - timedelta(days=30), end),
        ),
    )
    for key in SortKey:
        if key is not SortKey.FIELD:
            yield f"by {key.value}", found(order=(Order(key),))
            yield f"by {key.value} + queues + open", found(order=(Order(key),), rows=QUEUES, **OPEN)
    for field in (KIND, AMOUNT, DUE, NOTE):
        yield f"by field {field.name}", found(order=(Order(SortKey.FIELD, field=field),))
    middle = BEGUN + timedelta(days=tickets / TICKETS_A_DAY / 2)
    yield "deep page", found(after=Place((middle,), tickets // 2))
    yield (
        "deep page by title",
        found(order=(Order(SortKey.TITLE, False),), after=Place(("Network",), 1)),
    )
    yield (
        "deep page by field",
        found(order=(Order(SortKey.FIELD, False, NOTE),), after=Place(("8000",), 1)),
    )
    yield (
        "deep page by priority, age",
        found(
            order=(Order(SortKey.PRIORITY), Order(SortKey.CREATED, descending=False)),
            after=Place((3, middle), 1),
        ),
    )


# -- measuring --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """Times of a shape in milliseconds."""

    median: float
    p95: float
    count: int


def measured(stores: Stores, principal: Principal, search: TicketSearch) -> Figures | None:
    """Time a search; None: the server broke it off."""
    times: list[float] = []
    count = 0
    call = stores.call(principal=principal, deadline_s=perf_counter() + 10_000)
    while len(times) < (ROUNDS if sum(times) < LONGEST_S else 3):
        begun = perf_counter()
        try:
            found = stores.units.run(lambda unit: unit.ticket_search.find(principal, search), call)
        except TryLater:
            return None
        times.append(perf_counter() - begun)
        count = len(found.ids)
    times = sorted(times[1:])  # the first warms up
    place = min(len(times) - 1, round(0.95 * len(times)))
    return Figures(times[len(times) // 2] * 1000, times[place] * 1000, count)


def explained(url: str, principal: Principal, search: TicketSearch) -> Iterator[str]:
    """Give the plan of each statement of a search."""
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        session.execute("set plan_cache_mode = force_custom_plan")
        session.execute("set jit = off")
        ((queues, states),) = session.execute(LISTS, {"groups": list(principal.rights)})
        wanted = list(conditions(principal, search, Lists(queues, states)))
        for page in ticket_search.pages(wanted, search):
            text, values = ticket_search.compiled(page.limit(search.limit + 1))
            plan = session.execute(f"explain (analyze, buffers) {text}".encode(), values)
            yield from (line for (line,) in plan)


def run(url: str, tickets: int, *, plans: bool, only: str) -> None:
    """Print a line for every shape."""
    stores = Stores(url)
    rights = {group: frozenset({Permission.RO}) for group in range(1, 21)}
    agent = Principal(
        account_id=1, account="bench", kind=AccountKind.AGENT, agent_id=1, rights=rights
    )
    print(f"{'shape':45} {'found':>6} {'median ms':>10} {'p95 ms':>8}")
    for name, search in shapes(tickets):
        if only not in name:
            continue
        figures = measured(stores, agent, search)
        if figures is None:
            print(f"{name:45} {'':>6} {'broken off after 5 s':>20}", flush=True)
        else:
            times = f"{figures.median:10.1f} {figures.p95:8.1f}"
            print(f"{name:45} {figures.count:6} {times}", flush=True)
        if plans and figures is not None:
            for line in explained(url, agent, search):
                print(f"    {line}")
    stores.close()


def main() -> None:
    """Fill a database, unless it is there, and run every shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, help="folder that keeps the database")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--only", default="", help="part of the name of a shape")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        data = given.data or Path(folder)
        fresh = not (data / "postgres").exists()
        with EmbeddedServer(data / "postgres", durable=False) as server:
            if fresh:
                begun = perf_counter()
                upgrade(server.url)
                seed(server.url, ADMIN_HASH)
                fill(server.url, given.tickets)
                print(f"{given.tickets} tickets in {perf_counter() - begun:.0f} s", flush=True)
            run(server.url, given.tickets, plans=given.plans, only=given.only)


if __name__ == "__main__":
    main()
