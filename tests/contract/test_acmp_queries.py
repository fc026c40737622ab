"""Acceptance statements of stored queries, sent by a strict client."""

import pytest
from psycopg.types.json import Jsonb

from tests.kit.gateway import new_id, running_gateway

from .conftest import people

ALL_OPEN = "{4A899C3B-55D9-50EE-97C4-327102D9F9CA}"
MINE = "{67AB8B3F-7861-5963-BA00-F8F89FAA117A}"
MY_OPEN = "{1406604E-E8C0-5CFA-BF88-56DE0456EEE1}"
OF_MY_GROUPS = "{354500B5-3C11-5845-922C-68122AF13749}"
UNASSIGNED = "{1F7FBFC2-CE4B-5241-BC0D-05BB43140030}"
ALL = "{BCF4D236-658A-5B10-9BD7-2F401964CEDE}"
ADDED = "{40089037-60B4-5225-B114-3931163E799F}"
UPDATED = "{D1AC0101-6E57-5FA0-B19F-82ADB31260BA}"
WITH_FILE = "{187730A6-2BEE-58C5-B854-75DDE473FDBF}"
BOTH = ["GetTicketListByQuery_V1", "GetTicketListByQuery_V2"]


@pytest.fixture(scope="module")
def world(databases):
    """A gateway with eight tickets, one for each thing a query can ask, by name."""
    with databases.migrated() as url, running_gateway(url) as running:
        people(url)
        yield running, _tickets(running)


def _tickets(gateway):
    berta = {"Id": gateway.row_id("agent", "berta")}
    network = {"Id": gateway.row_id("agent_group", "Network"), "AssigneeIsGroup": True}
    ids = {
        "free": gateway.ticket(Title="free"),
        "berta": gateway.ticket(Title="berta", Assignee=berta),
        "network": gateway.ticket(Title="network", Assignee=network),
        "closed": gateway.ticket(Title="closed", Assignee=berta),
        "old": gateway.ticket(Title="old"),
        "file": gateway.ticket(Title="file"),
        "merged": gateway.ticket(Title="merged"),
        "hidden": gateway.ticket(Title="hidden"),
    }
    done = gateway.call("CloseTicket_V1", TicketId=ids["closed"], Assignee=berta)
    assert done.ResultCode == 0
    merged = gateway.call(
        "MergeTickets_V1", TargetTicketId=ids["free"],
        SourceTicketIds={"string": [ids["merged"]]},
    )  # fmt: skip
    assert merged.ResultCode == 0
    for statement, name in (
        (("update ticket set created = now() - interval '8 days',"
         " changed = now() - interval '8 days' where guid = %s"), "old"),
        (("insert into attachment (ticket_id, name, file_name)"
         " select id, 'a', 'a.txt' from ticket where guid = %s"), "file"),
        (("update ticket set queue_id = (select id from queue where en = 'Elsewhere')"
         " where guid = %s"), "hidden"),
        ("update ticket set changed = now() + interval '1 second' where guid = %s", "berta"),
    ):  # fmt: skip
        gateway.rows(statement, ids[name])
    return ids


def run(gateway, query, operation=BOTH[0], **how):
    return gateway.call(operation, QueryId=query, **how)


def titles(result, version=1):
    assert (result.ResultCode, result.ResultMessage) == (0, "OK")
    if not result.Tickets:
        return []
    return [row.Title for row in getattr(result.Tickets, f"TTicketListItem_V{version}")]


def stored(gateway, filter_, sort=(("id", "desc"),), *, active=True):
    ((guid,),) = gateway.rows(
        "insert into stored_query (en, filter, sort, active) values (%s, %s, %s, %s)"
        " returning guid", new_id(), Jsonb(filter_), Jsonb(sort), active,
    )  # fmt: skip
    return f"{{{str(guid).upper()}}}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ALL_OPEN, ["file", "old", "network", "berta", "free"]),
        (MINE, ["closed", "berta"]),
        (MY_OPEN, ["berta"]),
        (OF_MY_GROUPS, ["network"]),
        (UNASSIGNED, ["file", "old", "free"]),
        (ALL, ["file", "old", "closed", "network", "berta", "free"]),
        (ADDED, ["file", "closed", "network", "berta", "free"]),
        (WITH_FILE, ["file"]),
    ],
)
def test_the_seeded_queries_find_what_they_say(world, query, found):
    gateway, _ = world
    berta = ("berta", gateway.login[1])
    assert titles(run(gateway, query, login=berta)) == found


def test_updated_recently_has_the_last_changed_first(world):
    gateway, _ = world
    berta = ("berta", gateway.login[1])
    listed = titles(run(gateway, UPDATED, login=berta))
    assert listed[0] == "berta"
    assert "old" not in listed


def test_placeholders_mean_whoever_calls(world):
    gateway, _ = world
    stranger = ("stranger", gateway.login[1])
    assert titles(run(gateway, MINE)) == []
    assert titles(run(gateway, ALL, login=stranger)) == ["hidden"]


@pytest.mark.parametrize("operation", BOTH)
def test_acmp_a63_a_stored_query_is_run_page_by_page(world, operation, version):
    gateway, _ = world
    number = int(operation[-1])
    berta = ("berta", gateway.login[1])
    page = run(
        gateway, ALL, operation, version=version, login=berta, Offset=1, Count=2,
        WithTotalCount=True,
    )  # fmt: skip
    assert titles(page, number) == ["old", "closed"]
    assert (page.HasMore, page.TotalCount) == (True, 6)
    last = run(gateway, ALL, operation, version=version, login=berta, Offset=5, Count=1)
    assert titles(last, number) == ["free"]
    assert (last.HasMore, last.TotalCount) == (False, None)


def test_version_2_shows_the_assignee_as_an_object(world, version):
    gateway, ids = world
    result = run(gateway, ALL, BOTH[1], version=version)
    rows = {row.Id: row for row in result.Tickets.TTicketListItem_V2}
    berta = rows[ids["berta"]].Assignee
    assert (berta.Name, berta.Email, berta.AssigneeIsGroup) == (
        "Berta Test", "berta@example.org", False,
    )  # fmt: skip
    assert list(berta.Roles.string) == ["Network", "users"]
    network = rows[ids["network"]].Assignee
    assert (network.Name, network.Description, network.AssigneeIsGroup) == (
        "Network", "Cables and switches", True,
    )  # fmt: skip
    nobody = rows[ids["free"]].Assignee
    assert (nobody.Id, nobody.UserType, nobody.AssigneeIsGroup) == (None, "AcmpUser", False)
    flat = {row.Id: row for row in run(gateway, ALL).Tickets.TTicketListItem_V1}
    assert flat[ids["berta"]].AssigneeId == berta.Id
    assert flat[ids["network"]].AssigneeName == "Network"
    assert flat[ids["free"]].AssigneeId is None


def test_an_operators_query_finds_by_rows_of_lists(world):
    gateway, ids = world
    gateway.rows(
        "update ticket set category_id = (select id from category where en = 'Printers'),"
        " priority_id = 5 where guid = %s", ids["free"],
    )  # fmt: skip
    printers = gateway.row_id("category", "Printers")
    for filter_, found in (
        ({"category": "Hardware::Printers"}, ["free"]),
        ({"category": printers}, ["free"]),
        ({"priority": [4, 5]}, ["free"]),
        ({"state": ["closed successful"]}, ["closed"]),
        ({"owner": "berta", "state_types": ["new"]}, ["berta"]),
        ({"assigned_group": ["Network", "$caller_groups"]}, ["network"]),
        ({"created_since": "2999-01-01"}, []),
        ({"queue": []}, []),
    ):
        assert titles(run(gateway, stored(gateway, filter_))) == found
    oldest = stored(gateway, {"owner": "berta"}, [["created", "asc"], ["id", "asc"]])
    assert titles(run(gateway, oldest)) == ["berta", "closed"]


@pytest.mark.parametrize("operation", BOTH)
def test_an_unknown_query_or_one_switched_off_is_not_found_li2(world, operation):
    gateway, _ = world
    off = stored(gateway, {}, active=False)
    for query, expected in (
        (new_id(), (30, "QueryId: not found")),
        (off, (30, "QueryId: not found")),
        ("", (35, "QueryId: required")),
        ("x", (35, "QueryId: not a GUID")),
    ):
        result = run(gateway, query, operation)
        assert (result.ResultCode, result.ResultMessage) == expected
        assert result.Tickets is None


@pytest.mark.parametrize(
    ("filter_", "sort"),
    [
        ({"category": "Gone"}, []),
        ({"owner": [4711]}, []),
        ({"state_types": ["asleep"]}, []),
        ({"colour": "red"}, []),
        ({"created_since": "$weeks:1"}, []),
        ({"created_since": "$days:999999"}, []),
        ({"unassigned": "yes"}, []),
        ({"owner": "$nobody"}, []),
        ({}, [["title", "asc"]]),
        ({}, [["changed", "desc"], ["id", "asc"]]),
    ],
)
def test_a_query_that_cannot_be_run_says_so_li2(world, filter_, sort):
    gateway, _ = world
    result = run(gateway, stored(gateway, filter_, sort))
    assert (result.ResultCode, result.ResultMessage) == (
        35, "QueryId: stored query cannot be run",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Offset": -1}, "Offset: must not be negative"),
        ({"Count": -1}, "Count: must not be negative"),
        ({"Count": 1001}, "Count: at most 1000"),
    ],
)
def test_paging_out_of_bounds_is_refused_li1(world, arguments, message):
    gateway, _ = world
    result = run(gateway, ALL, **arguments)
    assert (result.ResultCode, result.ResultMessage) == (35, message)
