"""TicketSearch against a slow search in Python: the same ids in the same order.

``GATEWAY_SEARCH_EXAMPLES`` asks for a longer form: so many searches of each kind.
"""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit import search_reference
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.search_reference import CALLERS, ORDERS
from tests.kit.search_world import SearchWorld
from tests.kit.znuny import running_znuny

LONG = int(os.environ.get("GATEWAY_SEARCH_EXAMPLES", "0"))  # noqa: TID251 - asked for so
pytestmark = pytest.mark.timeout(3600 if LONG else 120)


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases, search_limit="1000") as running:
        yield running


@pytest.fixture(scope="module")
def world(znuny):
    return SearchWorld(znuny.url)


@pytest.fixture(scope="module")
def strategies(world):
    return search_reference.parameters(world)


def examples(count):
    return settings(
        max_examples=LONG or count, deadline=None, derandomize=not LONG, database=None,
    )  # fmt: skip


def search(znuny, caller, sent):
    kind = "CustomerUserLogin" if caller.is_customer else "UserLogin"
    headers = {f"X-OTRS-Header-{kind}": caller.login, "X-OTRS-Header-Password": ADMIN_PASSWORD}
    reply = znuny.call("rest", "TicketSearch", sent, headers)
    assert reply.code is None, (sent, reply.error)
    return reply.answer


def sent_by(conditions):
    return {name: value for each in conditions for name, value in each.sent.items()}


def together(conditions):
    """Leave out what would overwrite another's parameter."""
    kept, taken = [], set()
    for each in conditions:
        if not taken & each.sent.keys():
            kept.append(each)
            taken |= each.sent.keys()
    return kept


NAMES = (
    "TicketNumber", "Title", "Title, literal", "TicketID", "Queues", "QueueIDs", "Types", "States",
    "Priorities", "Services", "SLAs", "Locks", "StateType", "OwnerIDs", "ResponsibleIDs",
    "WatchUserIDs", "CreatedUserIDs", "CreatedTypes", "CreatedStates", "CreatedPriorities",
    "CreatedQueues", "CustomerID", "CustomerIDRaw", "CustomerUserLogin", "DynamicField", "MIMEBase",
    "Fulltext", "AttachmentName", "MIMEBase_AttachmentName", "ArticleCreateTime",
    "TicketCreateTime", "TicketChangeTime", "TicketLastChangeTime", "TicketCloseTime",
    "TicketPendingTime", "TicketEscalationTime", "TicketEscalationUpdateTime",
    "TicketEscalationResponseTime", "TicketEscalationSolutionTime", "SearchInArchive",
    "FullTextIndex",
)  # fmt: skip


def test_every_parameter_has_a_reference(strategies):
    assert set(strategies) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_parameter_alone_finds_what_a_slow_search_finds(znuny, world, strategies, name):
    @examples(6)
    @given(strategies[name], st.sampled_from(CALLERS))
    def alone(condition, caller):
        found = search(znuny, caller, condition.sent).get("TicketID", [])
        assert found == search_reference.found(world, caller, [condition]), condition.sent

    alone()


def test_parameters_together_find_what_a_slow_search_finds_in_its_order(znuny, world, strategies):
    several = st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True).flatmap(
        lambda names: st.tuples(*(strategies[name] for name in names))
    )

    @examples(200)
    @given(several, st.sampled_from(CALLERS), ORDERS)
    def pairs(conditions, caller, order):
        conditions = together(conditions)
        keys, directions = zip(*order, strict=True)
        sent = {**sent_by(conditions), "SortBy": list(keys), "OrderBy": list(directions)}
        found = search(znuny, caller, sent).get("TicketID", [])
        assert found == search_reference.found(world, caller, conditions, order), sent

    pairs()


def test_pages_one_after_another_are_the_whole_search(znuny, world, strategies):
    wide = st.sampled_from(["SearchInArchive", "StateType", "Priorities"])

    @examples(40)
    @given(wide.flatmap(strategies.get), ORDERS, st.integers(13, 60))
    def pages(condition, order, size):
        keys, directions = zip(*order, strict=True)
        sent = {**condition.sent, "SortBy": list(keys), "OrderBy": list(directions)}
        cursor, found = "", []
        while cursor is not None:
            page = search(znuny, CALLERS[0], {**sent, "Cursor": cursor, "Limit": size})
            found += page.get("TicketID", [])
            cursor = page.get("NextCursor")
        assert found == search_reference.found(world, CALLERS[0], [condition], order), sent

    pages()
