"""FT3: PostgreSQL is killed, or stopped at once, while tickets are saved; the gateway stays up."""

import os
import random
import signal
from time import perf_counter

import pytest

from gateway.repository.embedded import joined
from tests.fault.callers import Crowd, save_one, send_again
from tests.fault.conftest import UNHURRIED
from tests.kit.children import alive, wait_until
from tests.kit.ledger import Outcome
from tests.kit.serving import Serving

WAYS = {"killed": signal.SIGKILL, "stopped at once": signal.SIGQUIT}
BACK_S = 10


def only_outages(crowd):
    """Insist that a call failed in no other way than the contract's."""
    for told in crowd.told:
        done = told.outcome is Outcome.ACKNOWLEDGED
        assert done or told.says_try_later or told.answer.startswith("outcome unknown"), told


@pytest.mark.parametrize("way", WAYS)
def test_an_external_database_that_ends_is_an_outage_and_no_more(
    way, stand, durable_server, rounds
):
    servers = {one.pid for one in stand.gateway.servers()}
    for _ in range(rounds(2)):
        with stand.crowd() as crowd:
            crowd.wait_for(stand.chance.randrange(10, 40))
            pid = durable_server.pid
            os.kill(pid, WAYS[way])
            wait_until(lambda pid=pid: not alive(pid))
            wait_until(stand.serves, BACK_S)
            crowd.wait_for(10)
        only_outages(crowd)
    assert {one.pid for one in stand.gateway.servers()} == servers
    unknown = stand.ledger.unknown()
    send_again(stand.ledger, stand.address, unknown[::2])
    assert stand.reckon().acknowledged > 30


def test_the_embedded_database_that_is_killed_comes_back_under_load(
    data_dir, ledger, reckon, rounds
):
    chance = random.Random(ledger.seed)
    with Serving(data_dir, "--no-worker", **UNHURRIED) as gateway:
        address = ("127.0.0.1", gateway.port)

        def serves():
            return save_one(ledger, address, chance).outcome is Outcome.ACKNOWLEDGED

        for _ in range(rounds(2)):
            with Crowd(ledger, address) as crowd:
                crowd.wait_for(chance.randrange(10, 40))
                database = gateway.database()
                begun = perf_counter()
                database.kill()
                wait_until(lambda database=database: not alive(database.pid))
                wait_until(serves, BACK_S)
                print(f"back after {perf_counter() - begun:.1f} s")  # noqa: T201
            only_outages(crowd)
        assert gateway.process.poll() is None
        send_again(ledger, address, ledger.unknown()[::2])
    with joined(data_dir) as url:
        assert reckon(url).acknowledged > 20
