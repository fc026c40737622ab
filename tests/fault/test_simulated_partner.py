"""A worker, a gateway and a simulated partner: late numbers, chaos, a worker killed in a call."""

import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from gateway.compose import build_worker
from gateway.delivery.deliverer import Deliverer
from gateway.domain.assignment import TaskState
from gateway.settings import Settings
from tests.kit import web
from tests.kit.children import ROOT, wait_until
from tests.kit.gateway import running_gateway
from tests.kit.processes import PACE, ProcessWorld
from tests.kit.simulator import Chaos, Numbers, Simulator

NORTHWIND = (Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml").read_text()
KEYS = "k1:a secret of the hashes"
LOOPBACK = "127.0.0.0/8"


@pytest.fixture(scope="module")
def played(databases, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with databases.migrated() as url:
        world = ProcessWorld(url)
        served = running_gateway(
            url,
            GATEWAY_SSP7_WORKFLOW__HASH_KEYS=KEYS,
            GATEWAY_SSP7_WORKFLOW__DEFAULT_GROUP="Network",
        )
        with served as gateway, Simulator(gateway=gateway.url) as partner:
            for code in ("northwind-soap", "northwind-rest"):
                world.sql(
                    "insert into target (partner_id, code, base_url) values (%s, %s, %s)",
                    world.partners["NORTHWIND"], code, partner.url,
                )  # fmt: skip
            world.load(NORTHWIND.replace('timeout = "4h"', 'timeout = "4h"\ncheck = "1s"'))
            world.slots("northwind")
            world.partner = partner
            world.settings = Settings.model_validate(
                {
                    "database": {"url": url, "data_dir": data, "allow_unsafe": True},
                    "delivery": {"private_networks": [LOOPBACK]},
                    "recording": {"seal_key_file": data / "seal-key"},
                    "ssp7_workflow": {"hash_keys": KEYS},
                }
            )
            world.worker = build_worker(world.settings)
            yield world
            world.worker._deliverer._store._engine.dispose()
        world.close()


@pytest.fixture
def world(played):
    played.forget()
    played.partner.calm()
    return played


def state(world, guid):
    return world.task(guid).state


def do(world, what, **given):
    return web.post(f"{world.partner.url}/sim/do/{what}", json=given, timeout=30)


def test_a_number_may_come_later_and_the_partner_speaks_by_itself(world):
    world.partner.desk.numbers = Numbers.LATER
    guid = world.given()
    world.worker.drain()
    wait_until(lambda: state(world, guid) is TaskState.IN_PROGRESS)
    assert do(world, "update", text="On our way").json()["code"] == "OK"
    assert do(world, "ready", text="Replaced.").json()["state"] == "SolutionProposed"
    assert state(world, guid) is TaskState.PROPOSED
    refused = do(world, "update", number="NW-1")
    assert (refused.status_code, refused.json()) == (404, {"error": "no such incident"})


@pytest.mark.parametrize(
    ("what", "expected"), [("close", TaskState.CLOSED), ("reject", TaskState.PROPOSED)]
)
def test_the_partner_closes_and_rejects(world, what, expected):
    guid = world.given()
    world.worker.drain()
    assert do(world, what).json()["code"] == "OK"
    assert state(world, guid) is expected


def test_what_the_gateway_refuses_is_told(world):
    world.given()
    world.worker.drain()
    do(world, "close")
    again = do(world, "update")
    assert again.status_code == 502
    assert again.json()["error"].startswith("the gateway refused: ")


@pytest.mark.parametrize(
    "chaos", [Chaos.ERROR, Chaos.LOSE, Chaos.CUT, Chaos.GARBAGE, Chaos.DTD, Chaos.TOO_MANY]
)
def test_ft10_every_event_arrives_once_and_in_order_whatever_goes_wrong_at_first(world, chaos):
    guid = world.given()
    world.worker.drain()
    world.partner.chaos.on(chaos, 1, 2)
    for text in ("one", "two"):
        world.tell(guid, text)
    for _ in range(4):
        world.worker.drain(ahead_s=3600)
    incident = world.partner.incident()
    assert incident.notes == ["one", "two"]
    assert world.partner.desk.repeats() == (2 if chaos in (Chaos.LOSE, Chaos.CUT) else 0)
    assert {row[3] for row in world.deliveries()} == {"done"}


def test_ft8_a_partner_away_for_an_hour_is_told_all_in_order_and_never_too_much_at_once(world):
    world.sql("update partner set max_in_flight = 2 where name = 'NORTHWIND'")
    world.partner.chaos.on(Chaos.REFUSE)
    guids = [world.given() for _ in range(12)]
    for guid, text in product(guids, ("one", "two")):
        world.tell(guid, text)
    world.worker.drain()
    for _ in range(60):
        world.worker.drain(ahead_s=60)
    assert len(world.deliveries()) == 36
    assert {row[3] for row in world.deliveries()} == {"pending"}
    assert max(row[5] for row in world.deliveries()) == 1  # an open circuit costs no tries
    world.partner.slow_s = 0.1
    world.partner.chaos.on(Chaos.SLOW)
    world.worker.drain(ahead_s=300)
    due = [wait for (wait,) in world.sql(WAITS)]
    assert len(due) >= 10  # all but the probe, and what became due at once
    assert (max(due) <= 30, 5 < sum(due) / len(due) < 25) == (True, True)
    crowd = Deliverer(
        world.worker._deliverer._store, world.worker._deliverer._registry, threads=8, pace=PACE
    )
    crowd._store.shift(31)
    crowd.start()
    try:
        wait_until(lambda: {row[3] for row in world.deliveries()} == {"done"}, 60)
    finally:
        crowd.stop()
        world.sql("update partner set max_in_flight = default where name = 'NORTHWIND'")
    assert world.partner.at_once.most == 2
    assert [each.notes for each in world.partner.desk.incidents.values()] == [["one", "two"]] * 12
    assert world.partner.desk.repeats() == 0


WAITS = "select extract(epoch from due - now())::float8 from stream where due is not null"


def test_ft11_a_refusal_fails_at_once_and_is_recorded(world):
    world.partner.chaos.on(Chaos.BAD_REQUEST)
    world.given()
    world.worker.drain()
    ((_, _, _, delivery, step, _, error),) = world.deliveries()
    assert (delivery, step, error) == ("failed", "send-new", "HTTP status 400")
    rows = world.sql("select status, request, answer, outcome from attempt where status = 400")
    ((_, request, answer, outcome),) = rows
    assert outcome == "permanent"
    assert request.startswith(f"POST {world.partner.url}/desk/TicketService")
    assert "X-Gateway-Event-Id: " in request
    assert answer.endswith("bad request")


@pytest.mark.parametrize(
    ("chaos", "error"),
    [
        (Chaos.HUGE, "is larger than"),
        (Chaos.ENDLESS, "is larger than"),
        (Chaos.BOMB, "is larger than"),
        (Chaos.HEADERS, "no whole answer"),
        (Chaos.DTD, "unreadable answer"),
    ],
)
def test_j3_j4_a_hostile_answer_is_recorded_and_tried_again_and_harms_nobody(world, chaos, error):
    world.partner.chaos.on(chaos, 1, 1000)
    first, second = world.given(), world.given()
    world.worker.drain()
    struck, other = world.deliveries()
    assert struck[3:6] == ("pending", "send-new", 1)
    assert error in struck[6]
    assert (other[3], state(world, second)) == ("done", TaskState.IN_PROGRESS)
    ((outcome, kept),) = world.sql(
        "select outcome, length(answer) from attempt where outcome <> 'ok'"
    )
    assert (outcome, (kept or 0) <= 65_536) == ("transient", True)
    world.worker.drain(ahead_s=3600)
    assert {row[3] for row in world.deliveries()} == {"done"}
    assert state(world, first) is TaskState.IN_PROGRESS


def test_j10_a_redirect_is_not_followed_recorded_and_dead(world):
    world.partner.chaos.on(Chaos.REDIRECT, 1, 1000)
    world.given()
    second = world.given()
    world.worker.drain()
    asked = len(world.partner.asked)
    dead, other = world.deliveries()
    assert (dead[3], other[3]) == ("failed", "done")
    assert dead[6].startswith("HTTP status 3")
    ((outcome, status),) = world.sql("select outcome, status from attempt where status >= 300")
    assert (outcome, status // 100) == ("permanent", 3)
    world.worker.drain(ahead_s=3600)
    assert len(world.partner.asked) == asked
    assert state(world, second) is TaskState.IN_PROGRESS


def test_j10_an_inner_address_is_refused_recorded_and_dead(world):
    world.sql("update target set base_url = 'http://169.254.169.254'")
    try:
        world.given()
        world.worker.drain()
    finally:
        world.sql("update target set base_url = %s", world.partner.url)
    ((_, _, _, delivery, _, _, error),) = world.deliveries()
    assert delivery == "failed"
    assert "delivery.private_networks" in error
    ((request,),) = world.sql("select request from attempt where outcome = 'permanent'")
    assert request.startswith("GET http://169.254.169.254/desk/TicketService?wsdl")


def test_received_json_waits_for_what_is_expected(world):
    world.given()
    world.worker.drain()
    told = web.get(f"{world.partner.url}/sim/received.json?count=1&wait=5").json()
    ((number, events),) = told["order"].items()
    assert number == world.partner.incident().number
    assert (told["events"], len(events), told["repeats"]) == (1, 1, 0)


def test_the_page_of_the_simulator_has_a_button_for_each_command(world):
    world.given()
    world.worker.drain()
    page = web.get(f"{world.partner.url}/sim/").text
    number = world.partner.incident().number
    assert f"<td>{number}</td><td>The &lt;tray&gt; &amp; &quot;feeder&quot;" in page
    actions = re.findall('action="do/([a-z]+)"', page)
    assert actions == [
        "acknowledge", "update", "ready", "close", "reject", "chaos", "calm", "forget",
    ]  # fmt: skip
    url = f"{world.partner.url}/sim/do"
    assert web.post(f"{url}/update", data={"number": number, "text": "hello"}).is_success
    assert web.post(f"{url}/chaos", data={"kind": "500"}).is_success
    assert world.partner.chaos.next() is Chaos.ERROR


def test_ssp7_workflow_b13_a_worker_killed_in_a_call_leaves_its_event_to_the_next(world):
    world.partner.slow_s = 30
    world.partner.chaos.on(Chaos.SLOW, 1, 1000)
    guid = world.given()
    with worker_process(world) as process:
        wait_until(lambda: world.partner.desk.received, timeout_s=60)
        process.kill()  # the work is done, the answer has not come
        process.wait()
    assert state(world, guid) is TaskState.SENT
    # As if the lease of a minute had run out.
    world.sql("update stream set lease_until = now(), due = now() where lease_until is not null")
    world.worker.drain()
    keys = [each.key for each in world.partner.desk.received]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert (len(world.partner.desk.incidents), world.partner.desk.repeats()) == (1, 1)
    assert state(world, guid) is TaskState.IN_PROGRESS


def worker_process(world):
    return subprocess.Popen(
        [sys.executable, "-m", "gateway", "work"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,  # noqa: TID251 - handed to a child
            "GATEWAY_DATABASE_URL": world.settings.database.url.get_secret_value(),
            "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",
            "GATEWAY_DATA_DIR": str(world.settings.database.data_dir),
            "GATEWAY_ADMIN_PASSWORD": "-",
            "GATEWAY_SSP7_WORKFLOW__HASH_KEYS": KEYS,
            "GATEWAY_DELIVERY__PRIVATE_NETWORKS": LOOPBACK,
        },
    )
