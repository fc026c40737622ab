"""Lists and people by key, the operator's rules, and to whom one may assign."""

from uuid import uuid4

import pytest

from gateway.domain.people import PartyKind
from gateway.domain.views import Caption, HelpdeskSettings, Listed
from gateway.usecases.ports import LISTS
from tests.kit.stores import Stores, agent_with, customer_with, round_trips


@pytest.fixture
def stores(database_url):
    made = Stores(database_url)
    yield made
    made.close()


def resolve(stores, wanted):
    return stores.run(lambda unit: unit.lists.resolve(wanted))


def test_a_row_is_found_by_guid_id_and_name(stores):
    row = stores.row("state", "closed successful")
    assert (row.de, row.kind, row.active) == ("erfolgreich geschlossen", "closed", True)
    found = resolve(stores, {"state": [row.guid, row.id, "closed successful"]})
    assert set(found.values()) == {row}
    assert set(found) == {("state", row.guid), ("state", row.id), ("state", "closed successful")}


def test_every_list_can_be_asked_in_one_statement(stores, monkeypatch):
    stores.sql("insert into category (en, path_en, path_de) values ('x', 'x', 'x')")
    for table in ("service", "sla", "impact", "resolution", "template"):
        stores.sql(f"insert into {table} (en) values ('x')")
    stores.customer_user("x", company="x")
    names = {
        "state": "new", "priority": "3 normal", "queue": "Raw", "type": "sales", "agent": "admin",
        "group": "users",
    }  # fmt: skip
    wanted = {name: [names.get(name, "x")] for name in LISTS}
    with round_trips(monkeypatch) as trips:
        found = resolve(stores, wanted)
    assert trips == [["resolve"]]
    assert {name for name, _ in found} == set(LISTS)
    assert found["queue", "Raw"].kind == "1"
    assert found["agent", "admin"].en == "Admin"
    assert found["customer_user", "x"].kind == str(found["customer", "x"].id)
    assert found["priority", "3 normal"].id == 3


def test_keys_of_one_list_do_not_find_rows_of_another(stores):
    found = resolve(stores, {"state": [1], "queue": ["Raw"]})
    assert set(found) == {("state", 1), ("queue", "Raw")}


def test_rows_that_do_not_exist_are_left_out(stores):
    assert resolve(stores, {"state": [uuid4(), 4711, "nothing", 2**80, -1]}) == {}
    assert resolve(stores, {"state": []}) == {}
    assert resolve(stores, {}) == {}


def test_a_list_nobody_knows_is_a_programming_error(stores):
    with pytest.raises(KeyError):
        resolve(stores, {"states": ["new"]})


def test_an_inactive_row_comes_with_its_flag(stores):
    stores.sql("update state set active = false where en = 'open'")
    assert stores.row("state", "open").active is False


def test_a_tree_is_named_by_its_path(stores):
    stores.sql("insert into category (en, path_en, path_de) values ('A', 'A', 'A')")
    stores.sql(
        "insert into category (en, de, path_en, path_de, parent_id) values"
        " ('B', 'b', 'A::B', 'A::b', (select id from category where en = 'A'))"
    )
    row = stores.row("category", "A::B")
    assert (row.en, row.de) == ("A::B", "A::b")
    assert resolve(stores, {"category": ["B"]}) == {}


def test_categories_are_listed_active_by_path_with_their_parent(stores):
    for path in ("b", "a", "B"):
        stores.sql(
            "insert into category (en, path_en, path_de) values (%s, %s, %s)", path, path, path
        )
    stores.sql(
        "insert into category (en, de, path_en, path_de, parent_id, active) values"
        " ('c', 'C', 'a::c', 'a::C', (select id from category where en = 'a'), true),"
        " ('d', null, 'a::d', 'a::d', (select id from category where en = 'a'), false)"
    )
    views = stores.run(lambda unit: unit.lists.categories()).rows
    assert [view.path_en for view in views] == ["B", "a", "a::c", "b"]
    child = views[2]
    assert (child.parent, child.en, child.de, child.path_de) == (views[1].guid, "c", "C", "a::C")


def test_resolutions_are_listed_active_by_name(stores):
    stores.sql(
        "insert into resolution (en, de, active) values ('b', null, true), ('a', 'A', true),"
        " ('x', null, false)"
    )
    listed = stores.run(lambda unit: unit.lists.resolutions()).rows
    assert [(caption.en, caption.de) for caption in listed] == [("a", "A"), ("b", "b")]
    assert isinstance(listed[0], Caption)


def test_agents_then_groups_with_rw_on_both_sides_can_be_assigned(stores):
    mine, other = stores.group("mine", description="d", email="m@x"), stores.group("other")
    stores.agent("zoe", first_name="Zoe", groups=[(mine, "rw"), (other, "ro")], email="z@x")
    stores.agent("adam", first_name="Adam", groups=[(mine, "rw")], from_directory=True)
    stores.agent("reader", groups=[(mine, "ro")])
    stores.agent("elsewhere", groups=[(other, "rw")])
    stores.agent("gone", groups=[(mine, "rw")], active=False)
    principal = agent_with({mine: ["rw"], other: ["ro"]})
    listed = stores.run(lambda unit: unit.lists.assignable(principal)).rows
    assert [(one.kind, one.name) for one in listed] == [
        (PartyKind.AGENT, "Adam"), (PartyKind.AGENT, "Zoe"), (PartyKind.GROUP, "mine"),
    ]  # fmt: skip
    adam, zoe, group = listed
    assert (adam.from_directory, zoe.roles, zoe.email) == (True, ("mine", "other"), "z@x")
    assert (group.description, group.email, group.roles) == ("d", "m@x", ())


def test_an_inactive_group_and_a_customer_assign_nothing(stores):
    gone = stores.group("gone", active=False)
    assert stores.run(lambda unit: unit.lists.assignable(agent_with({gone: ["rw"]}))) == Listed(
        [], 0
    )
    assert stores.run(lambda unit: unit.lists.assignable(customer_with(1))) == Listed([], 0)


def test_lists_end_at_5000_rows_and_tell_of_how_many_g16(stores):
    stores.sql("insert into agent (login) select 'agent ' || n from generate_series(1, 5100) n")
    stores.sql("insert into permission select id, 1, 'rw' from agent on conflict do nothing")
    stores.sql("insert into resolution (en) select n from generate_series(1, 5002) n")
    stores.sql("insert into category (en, path_en, path_de) select n, n, n"
               " from generate_series(1, 5003) n")  # fmt: skip
    agents = stores.run(lambda unit: unit.lists.assignable(stores.admin))
    resolutions = stores.run(lambda unit: unit.lists.resolutions())
    categories = stores.run(lambda unit: unit.lists.categories())
    assert [len(each.rows) for each in (agents, resolutions, categories)] == [5000] * 3
    ((everybody,),) = stores.sql(
        "select (select count(*) from agent where active) + (select count(*) from permission p"
        " join agent_group g on g.id = p.group_id where agent_id = %s and key = 'rw' and active)",
        stores.admin.agent_id,
    )
    assert (agents.total, resolutions.total, categories.total) == (everybody, 5002, 5003)


def test_the_rules_of_a_fresh_database_are_the_defaults(stores):
    assert stores.run(lambda unit: unit.lists.helpdesk_settings()) == HelpdeskSettings()


def test_a_changed_rule_holds_from_the_next_call_on(stores):
    stores.sql("update helpdesk_setting set value = 1 where name = 'comment_required'")
    stores.sql("update helpdesk_setting set value = 9 where name = 'max_attachment_bytes'")
    assert stores.run(lambda unit: unit.lists.helpdesk_settings()) == HelpdeskSettings(
        comment_required=True, max_attachment_bytes=9
    )
