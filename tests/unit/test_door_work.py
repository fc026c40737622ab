"""Pool, deadlines, last resort, pages and shutdown of the door."""

import asyncio
import json
import threading
import time

import pytest

from gateway.errors import StorageAway
from gateway.http.exchange import Answer, Outcome, Stage
from gateway.http.limits import Limits
from gateway.http.routes import Route, Routes
from tests.kit.asgi import exchange, talk, until, xml_headers
from tests.kit.endpoints import House


def test_the_row_is_open_before_the_endpoint_is_asked():
    house = House()
    house.endpoint.gate.clear()

    async def play():
        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.endpoint.requests)
        assert len(house.messages.opened) == 1
        house.endpoint.gate.set()
        return await running

    reply = asyncio.run(play())
    opened, closed = house.messages.row(reply.headers["x-request-id"])
    assert house.seal.open(opened.sealed, opened.correlation_id.encode()) == b"<x/>"
    assert (closed.stage, closed.outcome, closed.operation) == (Stage.ANSWERED, Outcome.OK, "Echo")
    assert (closed.request, closed.answer, closed.answer_size) == ("<x/>", "<x/>", 4)


def test_an_exception_becomes_the_endpoints_last_word_and_its_text_goes_nowhere(capsys):
    house = House()
    house.endpoint.failure = RuntimeError("password hunter2")
    reply = talk(house.door)
    assert (reply.status, reply.body) == (500, b"<broken>1</broken>")
    _, closed = house.messages.row(reply.headers["x-request-id"])
    assert (closed.outcome, closed.code) == (Outcome.FAILED, "GW-501")
    assert "hunter2" not in repr(closed) + "".join(capsys.readouterr())


def test_an_endpoint_whose_last_word_fails_too_gets_the_doors():
    house = House()
    house.endpoint.failure = RuntimeError()
    house.endpoint.broken = lambda *_: 1 / 0
    reply = talk(house.door)
    assert reply.status == 500
    assert reply.body.startswith(b"GW-501 ")
    assert house.door._pool.in_use == 0


def test_with_the_storage_away_the_endpoint_is_asked_all_the_same():
    house = House()
    house.messages.away = True
    assert talk(house.door).status == 200
    assert b"gateway_recorder_failures_total 1.0" in house.health.metrics(None).body


def test_a_row_that_cannot_be_closed_does_not_cost_the_answer():
    house = House()
    house.messages.away_at_close = True
    assert talk(house.door).status == 200
    house.messages.close = lambda _: 1 / 0
    assert talk(house.door).status == 200


def test_a_log_that_breaks_in_an_unforeseen_way_does_not_stop_a_request():
    house = House()
    house.messages.open = lambda _: 1 / 0
    assert talk(house.door).status == 200
    assert talk(house.door, headers={"content-length": "4"}).status == 415


def test_a_full_pool_lets_some_wait_and_tells_the_rest_to_try_later_at_once():
    house = House(Limits(threads=2, waiting=3, pool_wait_s=5))
    house.endpoint.gate.clear()

    async def play():
        running = [asyncio.create_task(exchange(house.door)) for _ in range(5)]
        await until(lambda: house.endpoint.most_at_once == 2 and house.door._pool.waiting == 3)
        extra = await exchange(house.door)  # the gate is still shut: nobody made room for it
        house.endpoint.gate.set()
        return extra, await asyncio.gather(*running)

    extra, others = asyncio.run(play())
    assert extra.status == 503
    assert extra.headers["retry-after"] == "5"
    assert extra.body.startswith(b"<later>x")
    assert [reply.status for reply in others] == [200] * 5
    assert house.endpoint.most_at_once == 2
    _, closed = house.messages.row(extra.headers["x-request-id"])
    assert (closed.code, closed.outcome) == ("GW-503", Outcome.FAILED)
    assert extra.body.decode()[len("<later>") : -len("</later>")] in closed.notes[0]


def test_who_waits_too_long_for_a_place_is_told_to_try_later():
    house = House(Limits(threads=1, pool_wait_s=0.1))
    house.endpoint.gate.clear()

    async def play():
        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.door._pool.in_use == 1)
        late = await exchange(house.door)
        house.endpoint.gate.set()
        return late, await running

    late, first = asyncio.run(play())
    assert (late.status, first.status) == (503, 200)
    assert (house.door._pool.waiting, house.door._held.bytes) == (0, 0)


def test_a_large_body_that_gets_no_place_gives_back_its_own():
    house = House(Limits(large_body_bytes=100, threads=1, pool_wait_s=0.1))
    house.endpoint.gate.clear()
    body = b"x" * 101

    async def play():
        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.door._pool.in_use == 1)
        late = await exchange(house.door, pieces=[body])
        house.endpoint.gate.set()
        await running
        return late, await exchange(house.door, pieces=[body])

    late, after = asyncio.run(play())
    assert (late.status, after.status) == (503, 200)
    assert house.door._pool._large._value == 4


def test_only_a_few_large_bodies_are_in_work_at_once_and_small_ones_pass():
    house = House(Limits(large_body_bytes=100, large_bodies=2))
    house.endpoint.gate.clear()
    body = b"x" * 101

    async def play():
        large = [asyncio.create_task(exchange(house.door, pieces=[body])) for _ in range(4)]
        await until(lambda: house.door._pool.in_use == 2 and house.door._pool.waiting == 2)
        small = asyncio.create_task(exchange(house.door))
        await until(lambda: house.door._pool.in_use == 3)
        house.endpoint.gate.set()
        return [reply.status for reply in await asyncio.gather(small, *large)]

    assert asyncio.run(play()) == [200] * 5
    assert house.endpoint.most_at_once <= 3


def test_more_bytes_than_may_be_held_are_told_to_try_later():
    house = House(Limits(held_bytes=100))
    house.endpoint.gate.clear()

    async def play():
        running = asyncio.create_task(exchange(house.door, pieces=[b"x" * 60]))
        await until(lambda: house.endpoint.requests)
        full = await exchange(house.door, pieces=[b"y" * 60])
        house.endpoint.gate.set()
        await running
        return full, await exchange(house.door, pieces=[b"y" * 60])

    full, after = asyncio.run(play())
    assert (full.status, full.headers["connection"]) == (503, "close")
    assert after.status == 200
    assert house.door._held.bytes == 0


def test_after_the_deadline_the_caller_is_told_to_try_later_and_the_row_tells_the_outcome():
    house = House(Limits(request_s=0.1, outcome_s=0.1))
    house.endpoint.gate.clear()

    async def play():
        reply = await exchange(house.door)
        house.endpoint.gate.set()
        await until(lambda: house.messages.closed)
        return reply

    reply = asyncio.run(play())
    assert (reply.status, reply.body) == (503, b"<later>1</later>")
    _, closed = house.messages.row(reply.headers["x-request-id"])
    assert closed.outcome == Outcome.OK
    assert any("try later" in note for note in closed.notes)


def test_a_commit_after_the_caller_was_told_to_try_later_is_forbidden():
    house = House(Limits(request_s=0.1, outcome_s=0.1))
    allowed = []

    def answer(request, trace):
        house.endpoint.gate.wait(5)
        allowed.append(trace.may_commit())
        return Answer(200, b"", "text/xml")

    house.endpoint.answer = answer
    house.endpoint.gate.clear()

    async def play():
        reply = await exchange(house.door)
        house.endpoint.gate.set()
        await until(lambda: house.messages.closed)
        return reply

    assert asyncio.run(play()).status == 503
    assert allowed == [False]


@pytest.mark.parametrize(("takes_s", "status"), [(0.3, 200), (1.0, 500)])
def test_a_commit_that_has_begun_is_waited_for_and_never_called_undone(takes_s, status):
    house = House(Limits(request_s=0.05, outcome_s=0.2))

    def answer(request, trace):
        assert trace.may_commit()
        threading.Event().wait(takes_s)
        return Answer(200, b"", "text/xml")

    house.endpoint.answer = answer
    assert talk(house.door).status == status


def test_work_whose_row_opens_too_late_may_not_commit():
    house = House(Limits(request_s=0.05, outcome_s=0.05))
    opened, allowed = house.messages.open, []

    def slowly(message):
        threading.Event().wait(0.3)
        return opened(message)

    def answer(request, trace):
        allowed.append(trace.may_commit())
        return Answer(200, b"", "text/xml")

    house.messages.open, house.endpoint.answer = slowly, answer

    async def play():
        reply = await exchange(house.door)
        await until(lambda: allowed)
        return reply

    reply = asyncio.run(play())
    assert (reply.status, allowed) == (503, [False])
    assert reply.body.startswith(b"<later>x")


def test_an_outcome_shortly_after_the_deadline_is_waited_for():
    house = House(Limits(request_s=0.1, outcome_s=5))
    house.endpoint.gate.clear()
    threading.Timer(0.3, house.endpoint.gate.set).start()
    assert talk(house.door).status == 200


def test_the_deadline_begins_when_the_body_is_there():
    house = House(Limits(request_s=3))
    talk(house.door)
    assert 2.5 < house.endpoint.requests[-1].deadline_s - time.monotonic() < 3


def test_a_page_is_shown_with_the_headers_of_pages():
    reply = talk(House().door, method="GET", query="wsdl", pieces=[])
    assert reply.body == b"GET /soap/echo?wsdl"
    assert reply.headers["content-security-policy"].startswith("default-src 'self'")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cache-control"] == "no-store"


def test_a_page_may_say_how_long_it_keeps():
    house = House()
    cached = (("Cache-Control", "max-age=60"),)
    answer = Answer(200, b"", "text/css", cached)
    house.door._routes = Routes([Route(path="/page", page=lambda _: answer)])
    reply = talk(house.door, method="GET", path="/page", pieces=[])
    assert reply.headers["cache-control"] == "max-age=60"


def test_a_head_request_has_the_length_and_not_the_body():
    reply = talk(House().door, method="HEAD", path="/page", pieces=[])
    assert (reply.body, reply.headers["content-length"]) == (b"", str(len("HEAD /page?")))


def test_probes_are_answered_while_the_pool_is_full():
    house = House(Limits(threads=1, pool_wait_s=0.05))
    house.endpoint.gate.clear()

    async def play():
        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.door._pool.in_use == 1)
        live = await exchange(house.door, method="GET", path="/health/live", pieces=[])
        page = await exchange(house.door, method="GET", path="/page", pieces=[])
        house.endpoint.gate.set()
        await running
        return live, page

    live, page = asyncio.run(play())
    assert (live.status, page.status) == (200, 503)
    assert page.body.startswith(b"GW-503 ")


def test_ready_tells_every_reason_against_it():
    def away():
        raise StorageAway

    checks = {"database": away, "schema": lambda: None, "contracts": lambda: "no WSDL"}
    reply = talk(House(checks=checks).door, method="GET", path="/health/ready", pieces=[])
    assert reply.status == 503
    reasons = {"database": "storage not available", "contracts": "no WSDL"}
    assert json.loads(reply.body) == {"status": "not ready", "reasons": reasons}


def test_ready_when_nothing_speaks_against_it():
    reply = talk(
        House(checks={"a": lambda: None}).door, method="GET", path="/health/ready", pieces=[]
    )
    assert (reply.status, json.loads(reply.body)) == (200, {"status": "ready"})


def test_a_probe_never_waits_for_another_one():
    gate = threading.Event()

    def hanging():
        gate.wait(5)

    house = House(checks={"database": hanging})
    first = threading.Thread(target=house.health.ready, args=(None,))
    first.start()
    while not house.health._checking.locked():
        pass
    assert house.health.ready(None).status == 503
    gate.set()
    first.join()
    assert house.health.ready(None).status == 200


def test_metrics_count_exchanges_and_refusals():
    house = House()
    talk(house.door)
    talk(house.door, headers={"content-length": "4"})
    text = talk(house.door, method="GET", path="/metrics", pieces=[]).body.decode()
    assert 'gateway_requests_total{dialect="echo",operation="Echo",outcome="ok"} 1.0' in text
    assert 'gateway_refusals_total{code="GW-102"} 1.0' in text
    assert 'gateway_request_seconds_count{dialect="echo"} 1.0' in text
    assert "gateway_pool_in_use 0.0" in text


def test_names_from_outside_do_not_become_labels_without_bound():
    house = House()
    for number in range(600):
        house.metrics.exchange("echo", f"op{number}", "ok", 0.1)
    assert house.health.metrics(None).body.count(b"gateway_requests_total{") == 501


def test_a_stop_lets_what_was_admitted_come_to_its_end():
    told = []
    house = House(stopped=lambda: told.append("stopped"))
    house.endpoint.gate.clear()

    async def play():
        messages = asyncio.Queue()
        sent = []

        async def send(message):
            sent.append(message["type"])

        life = asyncio.create_task(house.door({"type": "lifespan"}, messages.get, send))
        await messages.put({"type": "lifespan.startup"})
        await until(lambda: sent)
        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.endpoint.requests)
        await messages.put({"type": "lifespan.shutdown"})
        await asyncio.sleep(0.1)
        assert not told
        house.endpoint.gate.set()
        reply = await running
        await life
        return reply, sent

    reply, sent = asyncio.run(play())
    assert reply.status == 200
    assert told == ["stopped"]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_stop_does_not_wait_for_ever():
    house = House(Limits(drain_s=0.1))
    house.endpoint.gate.clear()

    async def play():
        messages = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive():
            return {"type": next(messages)}

        async def send(_):
            pass

        running = asyncio.create_task(exchange(house.door))
        await until(lambda: house.endpoint.requests)
        await house.door({"type": "lifespan"}, receive, send)
        stopped_first = not running.done()
        house.endpoint.gate.set()
        await running
        return stopped_first

    assert asyncio.run(play())


def test_two_routes_for_one_path_stop_the_start():
    with pytest.raises(ValueError, match="two routes for /a"):
        Routes([Route(path="/a"), Route(path="/a")])


def test_slow_callers_cost_no_thread():
    house = House(Limits(threads=1))

    async def play():
        never = asyncio.Event()

        async def receive():
            await never.wait()

        async def send(_):
            pass

        scope = {
            "type": "http", "method": "POST", "raw_path": b"/soap/echo", "query_string": b"",
            "headers": [(n.encode(), v.encode()) for n, v in xml_headers(b"<x/>").items()],
            "client": ("127.0.0.1", 1), "scheme": "http",
        }  # fmt: skip
        slow = [asyncio.create_task(house.door(scope, receive, send)) for _ in range(500)]
        await asyncio.sleep(0.05)
        reply = await exchange(house.door)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return reply

    assert asyncio.run(play()).status == 200
