"""The process of the contract, nothing left out: a worker as it is built, a desk, a mail server."""

from pathlib import Path

import pytest

from gateway.compose import build_worker, performers
from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.domain.assignment import TaskState
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.targets import TargetStore
from gateway.settings import Settings
from gateway.usecases.process_runs import ProcessDesk
from tests.kit.mail import smtp_server
from tests.kit.processes import HASHES, ProcessWorld
from tests.kit.simulator import Simulator

NORTHWIND = (Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml").read_text()
FORM = """format = 1
[process]
name = "form"
version = 1
partner = "NORTHWIND"
[[step]]
name = "tell"
kind = "mail"
to = ["desk@example.org"]
subject = "Room #REPLACE-FORMFIELD-room#, #REPLACE-FORMFIELD-Floor#"
body = "-"
"""


@pytest.fixture(scope="module")
def whole(databases, tmp_path_factory):
    """A world whose calls are made: its worker is the one that ``work`` runs."""
    data = tmp_path_factory.mktemp("data")
    with databases.migrated() as url, smtp_server() as mails, Simulator() as desk:
        world = ProcessWorld(url)
        for code in ("northwind-soap", "northwind-rest"):
            world.sql(
                "insert into target (partner_id, code, base_url) values (%s, %s, %s)",
                world.partners["NORTHWIND"], code, desk.url,
            )  # fmt: skip
        world.load(NORTHWIND)
        world.settings = Settings.model_validate(
            {
                "database": {"url": url, "data_dir": data},
                "delivery": {"private_networks": ["127.0.0.0/8"]},
                "mail": {"host": mails.host, "port": mails.port},
                "recording": {"seal_key_file": data / "seal-key"},
                "ssp7_workflow": {"hash_keys": "k1:a secret of the hashes"},
            }
        )
        world.worker = build_worker(world.settings)
        world.mails, world.desk = mails, desk.desk
        yield world
        world.worker._deliverer._store._engine.dispose()
        world.close()


def test_ssp7_workflow_a8_the_whole_circle_with_a_desk_and_a_mail_server(whole):
    whole.slots("northwind")
    guid = whole.given()
    whole.worker.drain()
    task = whole.task(guid)
    (number,) = task.references.values()
    incident = whole.desk.incidents[number]
    assert (task.state, incident.task) == (TaskState.IN_PROGRESS, task.id)
    assert incident.text == 'The <tray> & "feeder"\n#TEXT#'
    whole.tell(guid, 'Any "news"?\n#TYPE# <b>')
    whole.hear(guid, "We are on our way")
    whole.close_by_hand(guid)
    whole.worker.drain()
    states = whole.deliveries()
    assert [(kind, state) for kind, _, _, state, *_ in states] == [
        ("E1", "done"), ("E4", "done"), ("E5", "done"), ("E8", "done"),
    ], states  # fmt: skip
    assert incident.notes == ['Any "news"?\n#TYPE# <b>']
    assert incident.states == ["Closed"]
    (mail,) = whole.mails.messages
    assert mail["Subject"] == f"Process {whole.stores.lock(guid).id}: Update"
    assert mail.get_content().strip() == "We are on our way"
    assert whole.desk.repeats() == 0


def test_no_record_of_a_delivery_shows_the_hash(whole):
    ((shown,),) = whole.sql(
        "select count(*) from attempt where request like %s", "%CreateIncident%"
    )
    hashes = whole.sql(
        "select 1 from attempt, task where concat(request, answer, error) like '%%1.k1.%%'"
        " union all select 1 from delivery where step_values::text like '%%1.k1.%%'"
    )
    assert shown
    assert not hashes


def test_fields_of_a_form_are_values_letter_case_ignored(whole):
    whole.load(FORM)
    whole.slots("form")
    guid = whole.given()
    ticket, call = whole.stores.lock(guid), whole.stores.call()
    whole.units.run(
        lambda unit: unit.processes.keep_form(ticket, {"Room": "4711", "Floor": "3"}), call
    )
    whole.worker.drain()
    assert whole.mails.messages[-1]["Subject"] == "Room 4711, 3"


class Killed(BaseException):
    """What ends a worker in the midst of its work."""


class Dying:
    """Calls as the kind it stands for, and never comes to write down the answer."""

    def __init__(self, kind):
        self.kind = kind

    def target(self, step, partner_id):
        return self.kind.target(step, partner_id)

    def perform(self, step, situation):
        self.kind.perform(step, situation)
        raise Killed


def test_ssp7_workflow_b13_a_call_whose_worker_was_killed_is_repeated_with_the_same_ids(whole):
    whole.slots("northwind")
    guid = whole.given()
    calls = performers(whole.settings, TargetStore(whole.stores.engine))
    runner = ProcessRunner(
        ProcessDesk(whole.units, HASHES), {kind: Dying(each) for kind, each in calls.items()}
    )
    dying = Deliverer(DeliveryStore(whole.stores.engine), Registry(others=runner), threads=1)
    with pytest.raises(Killed):
        dying.drain()
    incidents = len(whole.desk.incidents)
    assert whole.worker.drain() == 0  # the lease still holds
    whole.sql("update stream set lease_until = now(), due = now() where lease_until is not null")
    whole.worker.drain()
    number = whole.task(guid).reference(whole.partners["NORTHWIND"])
    mine = [each for each in whole.desk.received if each.number == number]
    assert [each.key for each in mine] == [f"{mine[0].event}/send-new"] * 2
    assert (len(whole.desk.incidents), whole.desk.repeats()) == (incidents, 1)
