"""One ticket, four dialects: made by each, then read, changed, commented and closed by each.

Whatever two dialects have a word for, by the mapping tables of the contracts, they say alike.
"""

import itertools
from dataclasses import fields

import pytest

from tests.kit.dialects import DESK, Seen, running_world

NAMES = ("acmp", "ssp7", "znuny", "tickets")
# Tickets REST shows the newest text alone; these are compared by themselves.
MEMBERS = [field.name for field in fields(Seen) if field.name != "texts"]


@pytest.fixture(scope="module")
def world(databases):
    with running_world(databases) as running:
        yield running


def everywhere(world, ticket, *, partner, **expected):
    """Read a ticket through every dialect; all say the same, and of some members this.

    The provider reads what it was given.
    """
    readers = [name for name in NAMES if partner or name != "ssp7"]
    found = {name: world.dialects[name].read(ticket) for name in readers}
    agreed = {member: _agreed(found, member) for member in MEMBERS}
    assert {member: agreed[member] for member in expected} == expected
    assert agreed["id"] == ticket
    assert agreed["number"]
    return found


def _agreed(found, member):
    """Give what all dialects that have a word for it say of a member: they say the same."""
    values = {name: getattr(each, member) for name, each in found.items()}
    told = {name: value for name, value in values.items() if value is not None}
    assert len(set(told.values())) <= 1, (member, told)
    return next(iter(told.values()), None)


@pytest.mark.parametrize(("maker", "worker"), list(itertools.product(NAMES, NAMES)))
def test_a_ticket_of_one_dialect_lives_in_another(world, maker, worker):
    making, working = world.dialects[maker], world.dialects[worker]
    title = f"Made by {maker} for {worker}"
    ticket = making.create(title, "The first words.", 4)
    known = {"title": title, "priority": 4, "closed": False, "ended": "", "minutes": 0}
    everywhere(world, ticket, partner=False, **known, **making.makes)

    partner = worker == "ssp7"
    if partner:
        working.prepare(ticket)
        known |= {**making.makes, "group": DESK, "owner": ""}
    found = everywhere(world, ticket, partner=partner, **known)
    assert all("The first words." in each.texts for each in found.values())

    if partner:
        reference = f"NW-{ticket}"
        working.change(ticket, reference)
        known["reference"] = reference
    else:
        working.change(ticket, "Another title", 2)
        known |= {"title": "Another title", "priority": 2, **working.changes}
    everywhere(world, ticket, partner=partner, **known)

    working.book(ticket, 15)
    working.comment(ticket, f"A remark by {worker}.")
    known["minutes"] = 15 if working.books else 0
    known["files"] = (f"{worker}.txt",) if working.files else ()
    found = everywhere(world, ticket, partner=partner, **known)
    assert {each.texts[-1] for each in found.values()} == {f"A remark by {worker}."}

    working.close(ticket)
    found = everywhere(world, ticket, partner=partner, title=known["title"], closed=True)
    assert found["znuny"].ended

    written = world.history(ticket)
    assert written[0][0] == maker
    assert worker in {dialect for dialect, _ in written[1:]}
    assert all(operation for _, operation in written)
