"""One gateway in memory with partners in it, and people at its console."""

import pytest

from tests.kit.console import running_house
from tests.kit.database import ADMIN_HASH

MAILBOX = {
    "name": "partners",
    "server": "imap.example.org",
    "user": "tickets",
    "secret": "imap-partners",
    "address": [{"address": "northwind-in@example.org"}],
}


@pytest.fixture(scope="session")
def house(databases):
    """A gateway in memory; its tickets pile up, so a test speaks of those it made."""
    settings = {"mailbox": [MAILBOX], "secrets.folder": "secrets"}
    with running_house(databases, **settings) as house:
        people(house.stores)
        yield house


@pytest.fixture(scope="session")
def admin(house):
    return house.agent("admin")


@pytest.fixture(scope="session")
def reader(house):
    """Somebody who may look at everything and change nothing."""
    return house.agent("reader")


def people(stores):
    users, admins = stores.row("group", "users").id, stores.row("group", "admin").id
    foreign = stores.group("Foreign")
    stores.queue("Elsewhere", foreign)
    for login, groups in (
        ("berta", [(users, "rw")]),
        ("reader", [(users, "ro"), (admins, "ro")]),
        ("stranger", [(foreign, "rw")]),
        ("nobody", []),
    ):
        agent = stores.agent(login, groups=groups, first_name=login.title())
        _account(stores, login, "agent", agent_id=agent)
    ((carla,),) = stores.sql("select id from customer_user where login = 'carla'")
    _account(stores, "carla", "customer", customer_user_id=carla)


def _account(stores, name, kind, **bound):
    ((column, number),) = bound.items()
    ((account,),) = stores.sql(
        f"insert into account (name, kind, {column}) values (%s, %s, %s) returning id",
        name, kind, number,
    )  # fmt: skip
    stores.sql(
        "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
        account, ADMIN_HASH,
    )  # fmt: skip
