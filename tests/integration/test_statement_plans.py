"""Whatever a named statement asks of a table that grows, it enters an index for it."""

import re
from importlib.resources import files

import psycopg
import pytest

from gateway.repository.statements import statement
from tests.kit.database import driver_url

TEXT = files("gateway.repository").joinpath("queries.sql").read_text("utf-8")
NAMES = re.findall(r"^-- name: (\w+)$", TEXT, re.MULTILINE)
NO_PLAN = {"begin", "commit", "hear_deliveries"}

# Tables with a row for every ticket, call or mail; lists and people are short.
FILL = """
insert into external_system (name) values ('NORTHWIND');
insert into partner (name, system_id)
  select name, id from external_system where name = 'NORTHWIND';
insert into customer (key, name) select 'c' || n, 'c' from generate_series(1, 500) n;
insert into customer_user (login, email, customer_id)
  select 'u' || n, 'u' || n || '@example.com', 1 + n % 500 from generate_series(1, 2000) n;
insert into ticket (number, title, state_id, priority_id, queue_id, customer_id, closed, created)
  select '2026' || n, 'Printer jams', case when n % 10 = 0 then 1 else 2 end, 1 + n % 5, 1 + n % 4,
    1 + n % 500, case when n % 10 > 0 then now() end, now() - n * interval '1 minute'
  from generate_series(1, 5000) n;
insert into task (ticket_id, main, number, state, closed)
  select id, true, '1', case when closed is null then 'Open' else 'Closed' end, closed from ticket;
insert into event (ticket_id, task_id, partner_id, sequence, kind, direction, confirmed)
  select k.ticket_id, k.id, p.id, 1, 'E1', 'Out', case when k.id % 50 > 0 then now() end
  from task k, partner p where p.name = 'NORTHWIND';
insert into article (ticket_id, number, plain, event_guid)
  select ticket_id, 1, 'Hello', case when id % 5 = 0 then guid end from event;
insert into attachment (ticket_id, name, file_name) select id, 'a', 'a.txt' from ticket;
insert into attachment_content select ticket_id, id, 'a' from attachment;
insert into working_time (ticket_id, executor_id, started, ended, minutes, created_by)
  select id, 1, created, created, 1, 1 from ticket;
insert into cost (ticket_id, unit_price, amount) select id, 1, 1 from ticket;
insert into reminder (ticket_id, due, recipient_id) select id, now(), 1 from ticket;
insert into history (ticket_id, kind, queue_id, state_id, priority_id)
  select id, 'created', queue_id, state_id, priority_id from ticket;
insert into external_reference (system_id, reference, ticket_id, task_id)
  select s.id, 'R' || k.id, k.ticket_id, k.id from task k, external_system s
  where s.name = 'NORTHWIND';
insert into ticket_link (ticket_id, other_id) select id, id + 1 from ticket where id < 4000;
insert into object_link (ticket_id, kind, object) select id, 'asset', guid from ticket;
insert into form_value (ticket_id, label, value) select id, 'a', 'b' from ticket;
insert into mail (message_id, received, outcome, ticket_id)
  select 'm' || id, created, 'ticket', id from ticket;
insert into stream (partner_id, subject)
  select p.id, 'ticket:' || t.id from ticket t, partner p where p.name = 'NORTHWIND';
insert into delivery (stream_id, event_id, process, version, payload, state, settled)
  select id, gen_random_uuid(), 'x', 1, '{}', 'done', now() from stream;
insert into attempt (delivery_id, n, started, outcome) select id, 1, now(), 'ok' from delivery;
insert into idempotency (account_id, operation, key, digest)
  select 1, 'x', 'k' || n, 'x' from generate_series(1, 5000) n;
insert into session (digest, account_id, expires)
  select sha256(n::text::bytea), 1, now() from generate_series(1, 5000) n;
insert into login_failure (name, peer) select 'u' || n, 'p' from generate_series(1, 5000) n;
insert into good_login (name, peer) select 'u' || n, 'p' from generate_series(1, 5000) n;
insert into nonce (digest, expires)
  select sha256(n::text::bytea), now() from generate_series(1, 5000) n;
insert into audit (actor, action) select 'a', 'b' from generate_series(1, 5000) n;
insert into message (received, dialect, sha256)
  select now(), 'x', sha256('x') from generate_series(1, 5000) n;
"""
GROWING = (
    "article|attachment|attachment_content|attempt|audit|cost|customer|customer_user|delivery|event"
    "|external_reference|form_value|good_login|history|idempotency|login_failure|mail|message|nonce"
    "|object_link|reminder|session|stream|task|ticket|ticket_link|working_time"
)
WHOLE = {
    "page_of_tickets": "a page of all tickets is asked for",
    "count_of_tickets": "as the page",
    "prune_deliveries": "once a day",
    "partner_standings": "of a paused partner the audit is read back to when that was",
}


@pytest.fixture(scope="module")
def database(databases):
    with (
        databases.migrated() as url,
        psycopg.connect(driver_url(url), autocommit=True) as connection,
    ):
        connection.execute("set session_replication_role = replica")
        connection.execute(FILL)
        connection.execute("vacuum analyze")
        connection.execute("set plan_cache_mode = force_generic_plan")
        # Where these are left there is no other way.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            connection.execute(f"set enable_{way} = off")
        yield connection


@pytest.fixture(scope="module")
def short(database):
    """Name the indexes that hold a part of their table only: they are read as a whole."""
    found = database.execute(
        "select indexrelid::regclass::text from pg_index where indpred is not null"
    )
    return {name for (name,) in found}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_PLAN])
def test_a_statement_enters_an_index_of_each_table_that_grows(name, database, short):
    numbers = {}

    def number(found):
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

    text = re.sub(r"%\((\w+)\)s", number, statement(name)).replace("%%", "%")
    database.execute(f"prepare planned as {text}")
    nulls = f"({', '.join(['null'] * len(numbers))})" if numbers else ""
    try:
        plan = [line for (line,) in database.execute(f"explain execute planned{nulls}")]
    finally:
        database.execute("deallocate planned")
    read = re.compile(rf"Scan (?:Backward )?(?:using (\S+) )?on ({GROWING})\b")
    whole = [
        line.strip()
        for line, detail in zip(plan, [*plan[1:], ""], strict=True)
        if (found := read.search(line)) and found[1] not in short
        if "Bitmap" not in line and "Index Cond" not in detail
    ]
    assert whole == [] or name in WHOLE
