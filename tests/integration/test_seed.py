"""The first start fills an empty database; nothing after it does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Connection, NullPool, create_engine, func, insert, select, text, update

from gateway.repository import tables as t
from gateway.repository.migrations import downgrade, upgrade
from gateway.repository.seed import seed
from tests.kit.database import ADMIN_HASH, Databases


@pytest.fixture(scope="module")
def module_url(databases: Databases) -> Iterator[str]:
    with databases.migrated() as url:
        yield url


@pytest.fixture
def database(module_url: str) -> Iterator[Connection]:
    with create_engine(module_url, poolclass=NullPool).connect() as connection:
        yield connection


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table but the times; sequences with their values."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        rows = {
            table.name: sorted(
                str({key: value for key, value in row._mapping.items() if key != "expires"})
                for row in connection.execute(
                    select(*(c for c in table.c if c.name not in {"created", "changed", "at"}))
                )
            )
            for table in t.metadata.sorted_tables
        }
        rows["sequences"] = [
            str(tuple(row))
            for row in connection.execute(
                text("select sequencename, last_value from pg_sequences order by 1")
            )
        ]
        return rows


def test_the_first_start_is_told_from_the_second(empty_database_url):
    upgrade(empty_database_url)

    assert seed(empty_database_url, ADMIN_HASH) is True
    assert seed(empty_database_url, ADMIN_HASH) is False


def test_the_second_start_changes_nothing(database_url):
    before = contents(database_url)

    upgrade(database_url)
    seed(database_url, "$argon2id$another")

    assert contents(database_url) == before


def test_two_replicas_that_start_first_together_seed_once(empty_database_url):
    upgrade(empty_database_url)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(seed, [empty_database_url] * 2, [ADMIN_HASH] * 2))

    assert sorted(answers) == [False, True]


def test_guids_of_first_rows_are_the_same_on_every_installation(database_url, empty_database_url):
    upgrade(empty_database_url)
    seed(empty_database_url, ADMIN_HASH)
    there, here = contents(empty_database_url), contents(database_url)

    for name in ("agent", "agent_group", "state", "priority", "type", "queue", "dynamic_field"):
        assert there[name] == here[name]


def names(database: Connection, table: str, column: str = "en") -> list[tuple[object, ...]]:
    rows = database.execute(text(f"select id, {column} from {table} order by id"))
    return [tuple(row) for row in rows]


def test_states_are_those_of_the_znuny_dialect(database):
    assert names(database, "state", "en, de, state_type") == [
        (1, "new", "neu", "new"),
        (2, "closed successful", "erfolgreich geschlossen", "closed"),
        (3, "closed unsuccessful", "erfolglos geschlossen", "closed"),
        (4, "open", "offen", "open"),
        (5, "removed", "entfernt", "removed"),
        (6, "pending reminder", "warten zur Erinnerung", "pending reminder"),
        (7, "pending auto close+", "warten auf erfolgreich schließen", "pending auto"),
        (8, "pending auto close-", "warten auf erfolglos schließen", "pending auto"),
        (9, "merged", "zusammengefasst", "merged"),
        (10, "assigned", "zugewiesen", "open"),
        (11, "resolved", "gelöst", "open"),
        (12, "closed", "geschlossen", "closed"),
    ]


def test_priorities_have_their_colors(database):
    assert names(database, "priority", "en, color") == [
        (1, "1 very low", "#03c4f0"),
        (2, "2 low", "#83bfc8"),
        (3, "3 normal", "#cdcdcd"),
        (4, "4 high", "#ffaaaa"),
        (5, "5 very high", "#ff505e"),
    ]


def test_queues_belong_to_the_group_users(database):
    assert names(database, "queue", "path_en, group_id") == [
        (1, "Postmaster", 1),
        (2, "Raw", 1),
        (3, "Junk", 1),
        (4, "Misc", 1),
    ]


def test_types_groups_and_fields_have_their_ids(database):
    assert names(database, "type") == [(1, "Unclassified"), (2, "sales"), (3, "billing")]
    assert names(database, "agent_group", "name") == [
        (1, "users"),
        (2, "admin"),
        (3, "stats"),
        (4, "timeaccounting_webservice"),
    ]
    assert names(database, "dynamic_field", "name, field_type") == [
        (1, "ExternalReference", "text")
    ]


@pytest.mark.parametrize(
    "table", ["ticket", "service", "sla", "customer", "customer_user", "category", "resolution"]
)
def test_nothing_else_is_there(database, table):
    assert database.scalar(text(f"select count(*) from {table}")) == 0


def test_admin_may_do_everything_in_every_group(database):
    keys = database.execute(
        select(t.agent.c.login, t.permission.c.group_id, t.permission.c.key)
        .join(t.permission)
        .order_by(t.permission.c.group_id)
    )
    assert [tuple(row) for row in keys] == [("admin", group, "rw") for group in (1, 2, 3, 4)]


def test_admin_logs_in_with_the_given_hash(database):
    secrets = database.execute(
        select(t.account.c.name, t.account.c.agent_id, t.account_secret.c.hash).join(
            t.account_secret
        )
    )
    assert [tuple(row) for row in secrets] == [("admin", 1, ADMIN_HASH)]


def test_rows_made_later_get_the_next_ids(database):
    made = database.execute(
        insert(t.state).values(en="waiting", state_type="open").returning(t.state.c.id)
    )
    assert made.scalar_one() == 13


def test_helpdesk_settings_have_their_defaults(database):
    rows = database.execute(select(t.helpdesk_setting.c.name, t.helpdesk_setting.c.value))
    assert dict(tuple(row) for row in rows) == {
        "resolutions_enabled": 0,
        "comment_required": 0,
        "working_times_enabled": 1,
        "working_time_required": 0,
        "costs_enabled": 1,
        "max_attachment_bytes": 3_145_728,
    }


QUERIES = {
    "4A899C3B-55D9-50EE-97C4-327102D9F9CA": "All open tickets",
    "67AB8B3F-7861-5963-BA00-F8F89FAA117A": "Tickets assigned to me",
    "1406604E-E8C0-5CFA-BF88-56DE0456EEE1": "My open tickets",
    "354500B5-3C11-5845-922C-68122AF13749": "Open tickets of my groups",
    "1F7FBFC2-CE4B-5241-BC0D-05BB43140030": "Tickets with no assignee",
    "BCF4D236-658A-5B10-9BD7-2F401964CEDE": "All tickets",
    "40089037-60B4-5225-B114-3931163E799F": "Added recently",
    "D1AC0101-6E57-5FA0-B19F-82ADB31260BA": "Updated recently",
    "187730A6-2BEE-58C5-B854-75DDE473FDBF": "Tickets with attachment",
}


def test_stored_queries_have_the_guids_of_the_contract(database):
    rows = database.execute(select(t.stored_query.c.guid, t.stored_query.c.en))
    assert {tuple(row) for row in rows} == {(UUID(guid), en) for guid, en in QUERIES.items()}


def test_a_migration_overwrites_no_edited_query_and_restores_a_missing_one(database_url):
    edited, missing = (UUID(guid) for guid in list(QUERIES)[:2])
    query = t.stored_query
    with create_engine(database_url, poolclass=NullPool).begin() as connection:
        connection.execute(
            update(query).where(query.c.guid == edited).values(en="Ours", active=False)
        )
        connection.execute(query.delete().where(query.c.guid == missing))

    downgrade(database_url, "0009")
    upgrade(database_url)

    with create_engine(database_url, poolclass=NullPool).connect() as connection:
        assert connection.execute(
            select(query.c.en, query.c.active).where(query.c.guid == edited)
        ).one() == ("Ours", False)
        assert connection.scalar(select(func.count()).select_from(query)) == len(QUERIES)


def test_the_event_map_has_the_ten_rows_of_the_contract(database):
    rows = database.execute(
        select(t.event_map.c.code, t.event_map.c.request_type, t.event_map.c.slot)
    )
    assert {tuple(row) for row in rows} == {
        ("E1", "Submit Request", "assignment"),
        ("E2", "Submit Request", "assignment"),
        ("E3", "Resolution Rejection", "assignment"),
        ("E4", "Update", "update"),
        ("E5", "Update", "update"),
        ("E6", "Reassigned", "update"),
        ("E7", "Reassigned", "closure"),
        ("E8", "Closed", "closure"),
        ("E9", "Acknowledged", "none"),
        ("E10", "Withdrawn", "none"),
    }


def test_a_catalog_service_has_nine_lists(database):
    rows = database.execute(
        select(t.catalog_list.c.kind, func.count()).group_by(t.catalog_list.c.kind)
    )
    assert {tuple(row) for row in rows} == {("persons", 6), ("groups", 3)}
