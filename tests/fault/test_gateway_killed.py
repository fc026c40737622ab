"""FT1: kill -9 while eight callers save 50 tickets a second; started again as the README says."""

import random
import threading
from contextlib import suppress
from time import perf_counter

import psutil
import pytest

from gateway.repository.embedded import joined
from tests.fault.callers import Crowd, save_one, send_again
from tests.kit.children import wait_until
from tests.kit.ledger import Outcome
from tests.kit.serving import Serving

UP_S = 5


def everybody(gateway):
    return [gateway.process, *psutil.Process(gateway.process.pid).children(recursive=True)]


VICTIMS = {
    "the gateway": lambda gateway: [gateway.process],
    "the gateway, its server processes and its database": everybody,
    "a server process": lambda gateway: gateway.servers(),
}


@pytest.mark.parametrize("victims", VICTIMS)
def test_what_was_acknowledged_survives_a_kill(victims, data_dir, ledger, reckon, rounds):
    chance = random.Random(f"{ledger.seed} {victims}")
    starts = [
        killed_under_load(data_dir, ledger, VICTIMS[victims], chance) for _ in range(rounds(2))
    ]
    begun = perf_counter()
    with Serving(data_dir, "--no-worker") as gateway:
        starts.append(round(perf_counter() - begun, 1))
        unknown = ledger.unknown()
        # The other half stays unknown: there whole, or not at all.
        send_again(ledger, ("127.0.0.1", gateway.port), unknown[::2])
    with joined(data_dir) as url:
        report = reckon(url)
    assert report.acknowledged >= 20
    assert report.recovered == len(unknown[::2])
    # The first makes the database. A busy machine makes a start after a stop slow, too.
    print(f"up after {starts[1:]} s")  # noqa: T201
    assert min(starts[1:]) < UP_S or min(starts[1:]) < 2 * start_and_stop(data_dir), starts


def start_and_stop(data_dir):
    begun = perf_counter()
    with Serving(data_dir, "--no-worker"):
        return round(perf_counter() - begun, 1)


def killed_under_load(data_dir, ledger, victims, chance):
    begun = perf_counter()
    with Serving(data_dir, "--no-worker") as gateway:
        up_s = round(perf_counter() - begun, 1)
        with Crowd(ledger, ("127.0.0.1", gateway.port)) as crowd:
            crowd.wait_for(chance.randrange(10, 60))
            for victim in victims(gateway):
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
            threading.Event().wait(0.3)
        if gateway.process.poll() is None:  # a server process alone is replaced
            wait_until(gateway.ready, 30)
    return up_s


# Statements of a save in the order they are sent; the gateway is killed while one is on its way.
POINTS = {
    "the message is opened": b"insert into message (",
    "the account is read": b"from account",
    "the key is claimed": b"insert into idempotency as known",
    "names are resolved": b"from impact",
    "the ticket is inserted": b"insert into ticket (",
    "everything else is written": b"insert into article",
    "the commit is sent": b"commit\0",
    "the message is closed": b"insert into message_body",
}


def test_a_kill_at_any_statement_leaves_a_ticket_whole_or_not_at_all(
    proxy, database, data_dir, ledger, reckon, rounds
):
    chance = random.Random(ledger.seed)
    points = chance.sample(sorted(POINTS), len(POINTS)) * rounds(1)
    for point in points:
        with Serving(data_dir, "--no-worker", GATEWAY_DATABASE_URL=proxy.url) as gateway:
            address = ("127.0.0.1", gateway.port)
            send_again(ledger, address, ledger.unknown())
            killed_at(point, proxy, gateway, ledger, chance)
    with Serving(data_dir, "--no-worker", GATEWAY_DATABASE_URL=database) as gateway:
        send_again(ledger, ("127.0.0.1", gateway.port), ledger.unknown())
    report = reckon(database)
    assert report.acknowledged == 2 * len(points)
    assert report.recovered == len(points)


def killed_at(point, proxy, gateway, ledger, chance):
    address = ("127.0.0.1", gateway.port)
    assert save_one(ledger, address, chance).outcome is Outcome.ACKNOWLEDGED
    with proxy.hold(POINTS[point]) as hold:
        call = threading.Thread(target=save_one, args=(ledger, address, chance))
        call.start()
        assert hold.caught.wait(5), point
        for victim in everybody(gateway):
            victim.kill()
        proxy.cut_all()
        call.join()
    assert ledger.entries[-1].outcome is Outcome.UNKNOWN, point
