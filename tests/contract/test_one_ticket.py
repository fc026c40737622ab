"""One ticket, four dialects: made by each, then read, changed, commented and closed by each."""

import itertools

import pytest

from tests.kit.dialects import running_world

NAMES = ("acmp", "ssp7", "znuny", "tickets")


@pytest.fixture(scope="module")
def world(databases):
    with running_world(databases) as running:
        yield running


def everywhere(world, ticket, *, partner):
    """Read a ticket through every dialect; the provider reads what it was given."""
    readers = [name for name in NAMES if partner or name != "ssp7"]
    return {name: world.dialects[name].read(ticket) for name in readers}


def agreed(found, member):
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
    working.prepare(ticket)
    partner = worker == "ssp7"

    found = everywhere(world, ticket, partner=partner)
    assert agreed(found, "title") == title
    assert agreed(found, "priority") == 4
    assert all("The first words." in each.texts for each in found.values())
    assert agreed(found, "closed") is False
    assert agreed(found, "number")

    if partner:
        reference = f"NW-{ticket}"
        working.change(ticket, reference)
        assert working.read(ticket).reference == reference
    else:
        working.change(ticket, "Another title", 2)
        found = everywhere(world, ticket, partner=partner)
        assert (agreed(found, "title"), agreed(found, "priority")) == ("Another title", 2)

    working.comment(ticket, f"A remark by {worker}.")
    found = everywhere(world, ticket, partner=partner)
    assert {each.texts[-1] for each in found.values()} == {f"A remark by {worker}."}

    working.close(ticket)
    found = everywhere(world, ticket, partner=partner)
    assert agreed(found, "closed") is True

    written = world.history(ticket)
    assert written[0][0] == maker
    assert worker in {dialect for dialect, _ in written[1:]}
    assert all(operation for _, operation in written)
