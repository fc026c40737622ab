"""The schema: declared and migrated are one, back and forth, and refuse what cannot be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, NullPool, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.errors import NotFound
from gateway.repository import tables as t
from gateway.repository.migrations import HEAD, current, downgrade, scripts, upgrade
from tests.kit.database import Databases

# Everything that makes a schema, as the database itself writes it down.
_FACTS = {
    "columns": """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attcollation::regcollation::text,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and a.attnum > 0 and not a.attisdropped""",
    "tables": """
        select c.relname, c.relkind::text, c.reloptions, pg_get_partkeydef(c.oid),
               obj_description(c.oid)
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')""",
    "constraints": """
        select c.relname, n.conname, pg_get_constraintdef(n.oid)
        from pg_constraint n join pg_class c on c.oid = n.conrelid
        where n.connamespace = 'public'::regnamespace and n.contype <> 'n'""",
    "indexes": """
        select c.relname, c.relname, pg_get_indexdef(c.oid)
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('i', 'I')
        """,
}


@pytest.fixture(scope="module")
def module_url(databases: Databases) -> Iterator[str]:
    with databases.migrated() as url:
        yield url


@pytest.fixture
def database(module_url: str) -> Iterator[Connection]:
    """A migrated and seeded database; what a test does there is rolled back."""
    with create_engine(module_url, poolclass=NullPool).connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def filled(databases: Databases) -> Iterator[Connection]:
    """So many tickets and field values that the planner chooses as it would among millions."""
    with (
        databases.migrated() as url,
        create_engine(url, poolclass=NullPool).connect() as connection,
    ):
        for statement in _FILL:
            connection.execute(text(statement))
        yield connection


_FILL = (
    "insert into customer (key, name) select n::text, 'c' from generate_series(1, 100) n",
    "insert into agent (login) select 'a' || n from generate_series(1, 100) n",
    # Nine in ten tickets are closed; the few open ones are spread over queues and states.
    (
        "insert into ticket (number, title, state_id, priority_id, queue_id, customer_id, owner_id,"
        " created, changed, closed)"
        " select '2025' || lpad(n::text, 8, '0'), 'printer ' || md5(n::text),"
        " case when n % 10 > 0 then 2 else 1 + n / 10 % 12 end, 3, 1 + n % 4, 1 + n % 100,"
        " 2 + n * 7 % 100, now() - n * interval '1 minute',"
        " now() - n * 7 % 9999 * interval '1 minute',"
        " case when n % 10 > 0 then now() end"
        " from generate_series(1, 20000) n"
    ),
    (
        "insert into ticket_field (ticket_id, field_id, position, vt, vn)"
        " select n, 1, 1, md5(n::text), n from generate_series(1, 10000) n"
    ),
    (
        "insert into ticket_field (ticket_id, field_id, position, vt, vd)"
        " select n, 1, 1, md5(n::text), now() - n * interval '1 hour'"
        " from generate_series(10001, 20000) n"
    ),
    # What was just inserted waits in a list before the trigram index, which makes it look costly.
    "select gin_clean_pending_list('ix_ticket_field_vt_words')",
    "analyze ticket",
    "analyze ticket_field",
)


def facts(connection: Connection) -> dict[str, set[str]]:
    partitions = set(
        connection.scalars(text("select relname from pg_class where relispartition"))
    ) | {"alembic_version", "alembic_version_pkc"}
    return {
        name: {
            str(tuple(row)) for row in connection.execute(text(query)) if row[0] not in partitions
        }
        for name, query in _FACTS.items()
    }


def facts_at(url: str) -> dict[str, set[str]]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return facts(connection)


def test_the_declared_tables_are_the_migrated_ones(database_url, empty_database_url):
    with create_engine(empty_database_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("create extension pg_trgm"))
        t.metadata.create_all(connection)

    declared, migrated = facts_at(empty_database_url), facts_at(database_url)

    for name in _FACTS:
        assert migrated[name] - declared[name] == set(), name
        assert declared[name] - migrated[name] == set(), name


def test_the_schema_goes_up_down_and_up_again(empty_database_url):
    seen = {}
    while current(empty_database_url) != HEAD:
        upgrade(empty_database_url, "+1")
        seen[current(empty_database_url)] = facts_at(empty_database_url)
    for revision in reversed(list(seen)):
        assert current(empty_database_url) == revision
        assert facts_at(empty_database_url) == seen[revision]
        downgrade(empty_database_url, "-1")

    assert current(empty_database_url) is None
    assert facts_at(empty_database_url) == {name: set() for name in _FACTS}

    upgrade(empty_database_url)
    assert facts_at(empty_database_url) == seen[HEAD]


def test_replicas_that_migrate_together_all_succeed(empty_database_url):
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [empty_database_url] * 3))

    assert current(empty_database_url) == HEAD


def test_the_newest_script_is_the_one_this_program_works_with():
    assert scripts.newest() == HEAD


def test_the_steps_to_a_revision_are_told_in_their_order():
    forward = [(step.revision, step.back) for step in scripts.between("0008", "0010")]
    assert forward == [("0009", False), ("0010", False)]
    back = [(step.revision, step.back) for step in scripts.between("0002", scripts.BASE)]
    assert back == [("0002", True), ("0001", True)]
    assert [step.revision for step in scripts.between(None, HEAD)][-1] == HEAD
    assert scripts.between(HEAD, HEAD) == []


def test_a_revision_of_another_program_is_not_found():
    with pytest.raises(NotFound, match="9999"):
        scripts.between("9999", HEAD)


def test_a_database_that_was_never_migrated_has_no_revision(empty_database_url):
    assert current(empty_database_url) is None


def test_every_table_and_its_room_is_told_in_a_comment(database):
    silent = [
        name
        for name in inspect(database).get_table_names()
        if name in t.metadata.tables and not t.metadata.tables[name].comment
    ]
    assert silent == []


def test_contents_are_stored_so_that_slices_are_cheap(database):
    stored = database.execute(
        text(
            "select attrelid::regclass::text, attname from pg_attribute"
            " where attstorage = 'e' and attrelid::regclass::text in"
            " ('attachment_content', 'catalog_document_content', 'message_sealed')"
        )
    )
    assert {tuple(row) for row in stored} == {
        ("attachment_content", "content"),
        ("catalog_document_content", "content"),
        ("message_sealed", "body"),
    }


# Rows of these are never deleted, only switched off, and nobody joins from them without a filter
# of its own.
_LASTING = {
    "account", "agent", "agent_group", "catalog_list", "catalog_phase", "catalog_service_type",
    "catalog_template", "category", "customer", "customer_user", "dynamic_field",
    "external_system", "impact", "mailbox", "partner", "priority", "process", "queue",
    "resolution", "service", "sla", "state", "template", "type",
}  # fmt: skip
_WITHOUT = {
    # Small tables, read whole.
    ("catalog_part_essential", "catalog_part"),
    ("catalog_part_value", "catalog_part"),
    ("template_cost", "template"),
    ("template_working_time", "template"),
}


def test_every_foreign_key_that_a_delete_or_join_follows_has_an_index(database):
    keys = database.execute(
        text(
            "select n.conrelid::regclass::text, n.confrelid::regclass::text,"
            " exists (select from pg_index i where i.indrelid = n.conrelid"
            "   and n.conkey @> (i.indkey::int2[])[0:cardinality(n.conkey) - 1])"
            " from pg_constraint n join pg_class c on c.oid = n.conrelid"
            " where n.contype = 'f' and not c.relispartition"
        )
    )
    bare = {(source, target) for source, target, indexed in keys if not indexed}
    assert {pair for pair in bare if pair[1] not in _LASTING} - _WITHOUT == set()


def test_no_foreign_key_ties_two_tickets_but_links(database):
    tied = database.execute(
        text(
            "select n.conrelid::regclass::text, a.attname from pg_constraint n"
            " join pg_attribute a on a.attrelid = n.conrelid and a.attnum = any (n.conkey)"
            " where n.contype = 'f' and n.confrelid = 'ticket'::regclass"
            " and a.attname <> 'ticket_id'"
        )
    )
    assert [tuple(row) for row in tied] == [("ticket_link", "other_id")]


def new_ticket(connection: Connection, number: str = "1", **values: object) -> int:
    row = {"number": number, "title": "Printer jams", "state_id": 1, "priority_id": 3}
    statement = insert(t.ticket).values(**{**row, "queue_id": 2, **values})
    return int(connection.execute(statement.returning(t.ticket.c.id)).scalar_one())


def test_tickets_are_numbered_from_one(database_url):
    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        assert [new_ticket(connection, "a"), new_ticket(connection, "b")] == [1, 2]


IMPOSSIBLE = {
    "a ticket without title": (t.ticket, {"title": ""}, "ck_ticket_title_filled"),
    "a ticket in an unknown state": (t.ticket, {"state_id": 99}, "fk_ticket_state_id"),
    "an unknown lock": (t.ticket, {"lock": "half"}, "ck_ticket_lock_known"),
    "version zero": (t.ticket, {"version": 0}, "ck_ticket_version_positive"),
    "two askers": (
        t.ticket,
        {"customer_user_id": 1, "customer_address": "a@example.org"},
        "ck_ticket_one_asker",
    ),
    "a sixth priority": (
        t.priority,
        {"id": 6, "en": "6", "color": "#000000"},
        "ck_priority_one_to_five",
    ),
    "a state of no type": (
        t.state,
        {"en": "odd", "state_type": "odd"},
        "ck_state_state_type_known",
    ),
    "a path that is not the row's": (
        t.category,
        {"en": "Printer", "path_en": "Desk", "path_de": "Printer"},
        "ck_category_path_en_ends_in_caption",
    ),
    "a caption that looks like a path": (
        t.category,
        {"en": "A::B", "path_en": "A::B", "path_de": "A::B"},
        "ck_category_en_no_separator",
    ),
    "half a switch": (
        t.helpdesk_setting,
        {"name": "costs_enabled", "value": 2},
        "ck_helpdesk_setting_value_range",
    ),
    "an integrated group without partner": (
        t.agent_group,
        {"name": "away", "integrated": True},
        "ck_agent_group_integrated_has_partner",
    ),
    "an unknown permission": (
        t.permission,
        {"agent_id": 1, "group_id": 1, "key": "all"},
        "ck_permission_key_known",
    ),
    "an article of no kind": (t.article, {"number": 1, "kind": "poem"}, "ck_article_kind_known"),
    "an attachment with a size and no content": (
        t.attachment,
        {"name": "a", "file_name": "a", "size": 3},
        "ck_attachment_size_of_content",
    ),
    "an attachment of another ticket's article": (
        t.attachment,
        {"name": "a", "file_name": "a", "article_id": 77},
        "fk_attachment_ticket_id_article_id",
    ),
    "a cost of nothing": (
        t.cost,
        {"unit_price": 0, "amount": 1},
        "ck_cost_unit_price_positive",
    ),
    "a task closed without a time": (
        t.task,
        {"number": "1", "state": "Closed"},
        "ck_task_closed_has_time",
    ),
    "a task at no partner's group": (
        t.task,
        {"number": "1", "state": "SentToExternal"},
        "ck_task_external_has_group",
    ),
    "an empty reference": (
        t.external_reference,
        {"system_id": 1, "reference": ""},
        "ck_external_reference_reference_length",
    ),
    "a reference longer than an index row": (
        t.external_reference,
        {"system_id": 1, "reference": "x" * 201},
        "ck_external_reference_reference_length",
    ),
    "a field value of two types": (
        t.ticket_field,
        {"field_id": 1, "vt": "1", "vn": 1, "vd": text("now()")},
        "ck_ticket_field_one_type",
    ),
    "an agent account of a customer user": (
        t.account,
        {"name": "odd", "kind": "agent", "customer_id": 1},
        "ck_account_bound_to_its_kind",
    ),
    "a password that is an API key": (
        t.account_secret,
        {"account_id": 1, "kind": "password", "sha256": b"x" * 32},
        "ck_account_secret_form_of_kind",
    ),
    "an event about nothing": (
        t.event,
        {"sequence": 1, "kind": "created", "ticket_id": None},
        "ck_event_one_subject",
    ),
    "a lease without owner": (
        t.stream,
        {"partner_id": 1, "subject": "ticket:1", "lease_until": text("now()")},
        "ck_stream_lease_has_owner",
    ),
    "a stream about anything": (
        t.stream,
        {"partner_id": 1, "subject": "weather"},
        "ck_stream_subject_form",
    ),
    "a schedule that never comes": (
        t.schedule,
        {"name": "x", "spec": "sometimes", "next_run": text("now()")},
        "ck_schedule_spec_form",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_row_is_refused(database, case):
    table, values, constraint = IMPOSSIBLE[case]
    ticket_id = new_ticket(database)
    row = dict(values)
    if table is t.ticket:
        row = {"number": "2", "title": "x", "state_id": 1, "priority_id": 3, "queue_id": 2, **row}
    elif "ticket_id" in table.c:
        row = {"ticket_id": ticket_id, **row}

    with pytest.raises(IntegrityError, match=constraint):
        database.execute(insert(table).values(**row))


def test_one_live_claim_on_a_reference(database):
    first, second = new_ticket(database, "1"), new_ticket(database, "2")
    claim = insert(t.external_reference).values(system_id=1, reference="N-1")
    database.execute(claim.values(ticket_id=first, claim="released"))
    database.execute(claim.values(ticket_id=second))

    with pytest.raises(IntegrityError, match="ix_external_reference_live"):
        database.execute(claim.values(ticket_id=first))


def test_references_that_differ_in_letter_case_are_two(database):
    ticket_id = new_ticket(database)
    claim = insert(t.external_reference).values(system_id=1, ticket_id=ticket_id)
    database.execute(claim, [{"reference": "n-1"}, {"reference": "N-1"}])


def test_a_ticket_has_one_description(database):
    ticket_id = new_ticket(database)
    article = insert(t.article).values(ticket_id=ticket_id, is_description=True)
    database.execute(article.values(number=1))

    with pytest.raises(IntegrityError, match="ix_article_description"):
        database.execute(article.values(number=2))


def test_a_partners_message_id_is_used_once(database):
    ticket_id = new_ticket(database)
    article = insert(t.article).values(
        ticket_id=ticket_id, origin_partner_id=1, external_message_id="m-1"
    )
    database.execute(article.values(number=1))

    with pytest.raises(IntegrityError, match="ix_article_external_message_id"):
        database.execute(article.values(number=2))


def test_events_of_a_ticket_have_one_sequence_even_without_partner(database):
    ticket_id = new_ticket(database)
    event = insert(t.event).values(ticket_id=ticket_id, sequence=1, kind="created")
    database.execute(event.values(partner_id=1))
    database.execute(event)

    with pytest.raises(IntegrityError, match="ix_event_ticket_id"):
        database.execute(event)


def test_a_plain_link_is_stored_once_for_both_ends(database):
    first, second = new_ticket(database, "1"), new_ticket(database, "2")
    database.execute(insert(t.ticket_link).values(ticket_id=first, other_id=second))

    with pytest.raises(IntegrityError, match="ck_ticket_link_plain_once"):
        database.execute(insert(t.ticket_link).values(ticket_id=second, other_id=first))


def test_what_hangs_on_an_article_follows_it_into_another_ticket(database):
    source, target = new_ticket(database, "1"), new_ticket(database, "2")
    article_id = database.execute(
        insert(t.article).values(ticket_id=source, number=1).returning(t.article.c.id)
    ).scalar_one()
    of_article = {"ticket_id": source, "article_id": article_id}
    attachment_id = database.execute(
        insert(t.attachment)
        .values(**of_article, name="a", file_name="a", size=1, sha256=b"x" * 32)
        .returning(t.attachment.c.id)
    ).scalar_one()
    database.execute(
        insert(t.attachment_content).values(
            ticket_id=source, attachment_id=attachment_id, content=b"!"
        )
    )

    database.execute(t.article.update().values(ticket_id=target))

    assert database.scalars(select(t.attachment.c.ticket_id)).all() == [target]
    assert database.scalars(select(t.attachment_content.c.ticket_id)).all() == [target]


def test_a_deleted_article_takes_its_files_and_leaves_its_times(database):
    ticket_id = new_ticket(database)
    article_id = database.execute(
        insert(t.article).values(ticket_id=ticket_id, number=1).returning(t.article.c.id)
    ).scalar_one()
    of_article = {"ticket_id": ticket_id, "article_id": article_id}
    database.execute(insert(t.attachment).values(**of_article, name="a", file_name="a"))
    database.execute(
        insert(t.working_time).values(
            **of_article, executor_id=1, minutes=5, started=text("now()"), ended=text("now()")
        )
    )

    database.execute(t.article.delete())

    assert database.execute(select(t.attachment.c.id)).all() == []
    assert database.execute(
        select(t.working_time.c.ticket_id, t.working_time.c.article_id)
    ).all() == [(ticket_id, None)]


def test_the_longest_values_fit_into_their_indexes(database):
    ticket_id = new_ticket(database)
    # Characters of four bytes that no compression makes shorter.
    wild = "".join(chr(0x10000 + number * 7919 % 0x90000) for number in range(650))
    database.execute(
        insert(t.external_reference).values(system_id=1, ticket_id=ticket_id, reference=wild[:200])
    )
    database.execute(insert(t.ticket_field).values(ticket_id=ticket_id, field_id=1, vt=wild))


@pytest.mark.parametrize("statement", ["update audit set action = 'x'", "delete from audit"])
def test_the_application_may_only_add_to_the_audit(database, statement):
    database.execute(text("set local role ticket_gateway_app"))
    database.execute(insert(t.audit).values(actor="admin", action="login"))

    with pytest.raises(DBAPIError, match="permission denied for table audit"):
        database.execute(text(statement))


def test_a_reader_sees_tickets_and_changes_none(database):
    database.execute(text("set local role ticket_gateway_reader"))
    database.execute(select(t.ticket))

    with pytest.raises(DBAPIError, match="permission denied"):
        new_ticket(database)


@pytest.mark.parametrize(
    "table", ["account_secret", "session", "nonce", "mail_key", "message_sealed"]
)
def test_a_reader_sees_no_secret(database, table):
    database.execute(text("set local role ticket_gateway_reader"))

    with pytest.raises(DBAPIError, match=f"permission denied for table {table}"):
        database.execute(text(f"select * from {table}"))


NEWEST = "order by created desc, id desc limit 500"
# Shapes of search and the index each is for (storage page, section 4).
SEARCHES = {
    "ix_ticket_created": f"select id from ticket {NEWEST}",
    "ix_ticket_changed": "select id from ticket order by changed desc, id desc limit 500",
    "ix_ticket_title": f"select id from ticket where title ilike '%c4ca4238%' {NEWEST}",
    "ix_ticket_number": f"select id from ticket where number ilike '%0001234%' {NEWEST}",
    "ix_ticket_open": f"select id from ticket where queue_id = 2 and closed is null {NEWEST}",
    "ix_ticket_queue_id": "select id from ticket where queue_id = 1 and state_id = 11"
    " order by created desc, id desc limit 9",
    "ix_ticket_state_id": "select id from ticket where state_id = 11"
    " order by created desc, id desc limit 9",
    "ix_ticket_customer_id": f"select id from ticket where customer_id = 7 {NEWEST}",
    "ix_ticket_owner_id": f"select id from ticket where owner_id = 7 {NEWEST}",
    "ix_ticket_field_vt": "select ticket_id from ticket_field where field_id = 1 and vt = 'x'",
    "ix_ticket_field_vn": "select ticket_id from ticket_field"
    " where field_id = 1 and vn between 5 and 7",
    "ix_ticket_field_vd": "select ticket_id from ticket_field"
    " where field_id = 1 and vd is not null order by vd limit 500",
    "ix_ticket_field_vt_words": "select ticket_id from ticket_field where vt ilike '%c4ca4238%'",
    "pk_ticket_field": "select vt from ticket_field where ticket_id = 7 and field_id = 1",
}


@pytest.mark.parametrize("index", SEARCHES)
def test_a_search_finds_its_index(filled, index):
    plan = "\n".join(filled.scalars(text(f"explain {SEARCHES[index]}")))
    assert index in plan, plan


# What workers, schedules and repeats look up, on tables that stay small: not the cost is compared
# here, but that the index fits the question.
LOOKUPS = {
    "ix_external_reference_live": "select * from external_reference"
    " where system_id = 1 and reference = 'N-1' and claim = 'live'",
    "ix_stream_due": "select * from stream where partner_id = 1 and due <= now() order by due",
    "ix_stream_lease_until": "select * from stream where partner_id = 1 and lease_until > now()",
    "ix_delivery_pending": "select * from delivery where stream_id = 1 and state = 'pending'"
    " order by id limit 1",
    "ix_reminder_due": "select * from reminder where due <= now() and fired is null",
    "ix_idempotency_subject": "select * from idempotency where account_id = 1"
    " and subject = gen_random_uuid() and by_digest",
    "ix_working_time_created_by": "select * from working_time where created_by = 1"
    " and created between now() - interval '1 day' and now()",
    "ix_mail_unmatched": "select * from mail where ticket_id is null"
    " order by received desc limit 9",
}


@pytest.mark.parametrize("index", LOOKUPS)
def test_a_lookup_has_its_index(database, index):
    database.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(database.scalars(text(f"explain {LOOKUPS[index]}")))
    assert index in plan, plan
