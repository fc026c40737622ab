"""FT16: SIGTERM under load ends well; FT17: clients that hang cost nobody else anything."""

import random
import signal
import socket
import statistics
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from gateway.repository.embedded import joined
from tests.fault.callers import Crowd, found_in, save_one
from tests.kit.gateway import HELPDESK
from tests.kit.ledger import Outcome
from tests.kit.serving import Serving

STOPPED_S = 30
HEAD = (
    f"POST {HELPDESK} HTTP/1.1\r\nHost: test\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n"
).encode()


def test_a_stop_under_load_ends_well_and_tells_every_caller_what_was_done(data_dir, ledger, reckon):
    with (
        Serving(data_dir, "--no-worker") as gateway,
        Crowd(ledger, ("127.0.0.1", gateway.port)) as crowd,
    ):
        crowd.wait_for(40)
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(STOPPED_S) == 0
    with joined(data_dir) as url:
        assert reckon(url).acknowledged >= 40
        there = {found.reference for found in found_in(url)}
    assert not [entry for entry in ledger.unknown() if entry.reference in there]


def test_calls_in_work_when_a_stop_comes_are_finished(proxy, database, data_dir, ledger, reckon):
    with Serving(data_dir, "--no-worker", GATEWAY_DATABASE_URL=proxy.url) as gateway:
        address = ("127.0.0.1", gateway.port)
        save_one(ledger, address, random.Random(0))
        proxy.delay_s = 0.2
        with ThreadPoolExecutor(6) as pool:
            calls = [
                pool.submit(save_one, ledger, address, random.Random(seed)) for seed in range(1, 7)
            ]
            Event().wait(0.8)
            assert not any(call.done() for call in calls)
            assert gateway.stop() == 0
        assert {call.result().outcome for call in calls} == {Outcome.ACKNOWLEDGED}
    reckon(database)


def test_clients_that_hang_are_cut_off_and_hold_up_nobody(data_dir, ledger):
    chance = random.Random(ledger.seed)
    short = {
        "GATEWAY_HTTP__HEADER_READ_S": "2",
        "GATEWAY_HTTP__BODY_S": "3",
        "GATEWAY_HTTP__BODY_GAP_S": "2",
    }
    with Serving(data_dir, "--no-worker", **short) as gateway:
        address = ("127.0.0.1", gateway.port)

        def p95():
            times = [save_one(ledger, address, chance).seconds for _ in range(40)]
            return statistics.quantiles(times, n=20)[-1]

        p95()
        alone = p95()
        talks = [b"", b"POST /so", HEAD, HEAD + b"\r\n", HEAD + b"\r\n<soap"]
        hung = []
        for number in range(200):
            hung.append(socket.create_connection(address, timeout=15))
            hung[-1].sendall(talks[number % len(talks)])
        beside = p95()
        for one in hung:
            assert drained(one), "still open"
            one.close()
        print(f"p95 {alone * 1000:.0f} ms alone, {beside * 1000:.0f} ms beside them")  # noqa: T201
        assert {entry.outcome for entry in ledger.entries} == {Outcome.ACKNOWLEDGED}


def drained(one):
    """Read until the server closes; false when it does not."""
    try:
        while one.recv(4096):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True
