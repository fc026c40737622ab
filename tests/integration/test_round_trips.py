"""What each operation may ask of the database, counted on the wire (see tests/bench/roundtrips)."""

import pytest

from gateway.dialects.acmp import desk
from tests.bench.roundtrips import measured

MOST_OF_A_SAVE = 6
MOST_OF_A_READING = 2
WRITES = ("Save", "Close", "Reopen")


@pytest.fixture(scope="module")
def costs(databases):
    with databases.migrated() as url:
        yield measured(url)


def named(costs, *names):
    return {name: cost for name, cost in costs.items() if name.startswith(names)}


def test_saving_a_ticket_takes_at_most_six_round_trips_and_one_durable_commit(costs):
    for name, cost in named(costs, "SaveTicket_").items():
        assert len(cost.trips) <= MOST_OF_A_SAVE, (name, cost.trips)
        assert cost.commits == 1, name


def test_reading_a_ticket_takes_at_most_two_round_trips_and_waits_for_no_disk(costs):
    for name, cost in named(costs, "GetTicket_V").items():
        assert len(cost.trips) <= MOST_OF_A_READING, (name, cost.trips)
        assert cost.commits == 0, name


def test_every_other_write_takes_one_round_trip_more_at_most(costs):
    for name, cost in named(costs, *WRITES).items():
        assert len(cost.trips) <= MOST_OF_A_SAVE + 1, (name, cost.trips)
        assert cost.commits == 1, name


def test_every_other_reading_takes_one_round_trip_more_at_most(costs):
    for name, cost in named(costs, "Get").items():
        assert len(cost.trips) <= MOST_OF_A_READING + 1, (name, cost.trips)
        assert cost.commits == 0, name


def test_the_core_operations_are_all_counted(costs):
    counted = {name.split()[0] for name in costs}
    assert counted <= {operation.name for operation in desk.PUBLISHED}
    assert {"SaveTicket_V4", "GetTicket_V5", "GetTicketList_V1", "CloseTicket_V1"} <= counted
