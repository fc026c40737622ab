"""Events of the catalog: every trigger with its fields, through a process that is really run."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event
from uuid import UUID, uuid4

import pytest

from gateway.delivery.attempt import Pace, Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.processes import canonical, definition, read
from gateway.domain.catalog_commands import (
    AddQualityNote,
    CreateService,
    PartKind,
    RequestPublication,
    SetRelation,
)
from gateway.errors import BrokenRule
from gateway.repository.administration import Administration
from gateway.repository.deliveries import DeliveryStore
from gateway.usecases import app_registry, catalog_editing, catalog_requests, processes
from gateway.usecases.lists import Actor
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.task_hashes import ObjectHashes
from tests.kit.calls import Calls
from tests.kit.catalog import HASHES, CatalogWorld

PACE = Pace(lease_s=5, heartbeat_s=1, poll_s=(0.02, 0.05), settle_s=0.05)
SOURCE = """format = 1
[process]
name = "{name}"
version = 1
partner = "{partner}"
strict = true
[[step]]
name = "send"
kind = "http"
target = "t"
method = "POST"
path = "/"
json = {{ {json} }}
"""


def placeholder(field):
    return f"#REPLACE-EXTAPPFIELD-Services-{field}#"


class EventWorld(CatalogWorld):
    """A catalog whose processes run; what they would send is kept."""

    def __init__(self, url):
        super().__init__(url)
        self.administration = Administration(self.stores.engine)
        self.administration.run(app_registry.fill)
        self.calls = Calls()
        desk = ProcessDesk(self.units, ObjectHashes([]), catalog_hashes=HASHES)
        self.deliverer = Deliverer(
            DeliveryStore(self.stores.engine),
            Registry(others=ProcessRunner(desk, self.calls.performers)),
            threads=1,
            pace=PACE,
        )
        ((system,),) = self.sql(
            "insert into external_system (name) values ('NORTHWIND') returning id"
        )
        ((self.partner,),) = self.sql(
            "insert into partner (name, system_id) values ('NORTHWIND', %s) returning id", system
        )
        self.console = {"principal": self.stores.admin, "command": "EditCatalog",
                        "dialect": "console"}  # fmt: skip

    def sends(self, trigger, partner="internal", **fields):
        """Have a trigger start a process that sends fields of the app Services."""
        name = f"p-{uuid4()}"
        json = ", ".join(f"{key} = '''{placeholder(each)}'''" for key, each in fields.items())
        source = SOURCE.format(name=name, partner=partner, json=json)
        content = definition(source)
        command = processes.LoadProcess(
            process=read(source), source=source, definition=content, canonical=canonical(content)
        )
        self.administration.run(lambda unit: processes.load(command, Actor("test"), unit))
        ((number,),) = self.sql("select id from process where name = %s", name)
        self.starts(trigger, number)

    def sent(self):
        """Carry out what is queued, and give what was sent."""
        self.calls.sent.clear()
        self.deliverer.drain()
        return [each.content["json"] for each in self.calls.sent]


@pytest.fixture(scope="module")
def world(databases):
    with databases.migrated() as url:
        made = EventWorld(url)
        yield made
        made.close()


def new(world, name="Made here"):
    command = CreateService(
        guid=uuid4(), template="standard", unique_id=f"N-{uuid4()}", name=name, type="it"
    )
    outcome = world.do(catalog_editing.create_service, command, **world.console)
    assert outcome.changed
    assert not world.do(catalog_editing.create_service, command, **world.console).changed
    return outcome.service


def relate(world, parent, child, *, present=True):
    command = SetRelation(service=parent, child=child, present=present)
    return world.do(catalog_editing.set_relation, command, **world.console)


def test_ssp7_catalog_b10_a_request_goes_out_with_guid_and_hash_through_placeholders(world):
    world.sends(
        "Custom request",
        guid="Publication requested - Guid",
        hash="Publication requested - HashCheck",
        option="Publication requested - Request option - Code",
        named="Publication requested - Type Name",
        service="Service - HashCheck",
        why="Trigger action",
    )
    service = world.service()
    made = world.request(service, "Publish", option="fast")
    (sent,) = world.sent()
    assert sent["guid"] == str(made.request)
    assert (sent["option"], sent["named"], sent["why"]) == ("fast", "Publish", "Custom request")
    assert HASHES.proof(sent["service"]).for_service(service)
    assert world.vote(UUID(sent["guid"]), proof=HASHES.proof(sent["hash"])).state == "Completed"
    ((fields, payload),) = world.sql(
        "select e.snapshot::text, d.payload::text from event e join delivery d"
        " on d.event_id = e.guid where e.service_id = %s", world.id(service),
    )  # fmt: skip
    for hashed in (sent["hash"], sent["service"]):
        assert hashed not in fields + payload


def test_ssp7_catalog_b10_a_change_tells_old_and_new_value_and_what_field_it_is(world):
    world.sends(
        "Field change",
        old="Field changed - Old value",
        new="Field changed - New value",
        field="Field changed - Field internal name",
        name="Field changed - Field name",
        kind="Field changed - Field type",
        many="Field changed - Field is language dependent",
        language="Field changed - Language",
        phase="Field changed - Field essential phase name",
        price="Part - price",
    )
    world.essential("price")
    service = world.service()
    world.part(service, "price", Decimal("41.50"), PartKind.NUMBER)
    world.text(service, "Name", "Arbeitsplatz", "de")
    world.sql("delete from catalog_part_essential")
    first, second = world.sent()
    assert first == {
        "old": "", "new": "41.5", "field": "price", "name": "Price per month",
        "kind": "Numeric value", "many": "no", "language": "", "phase": "Operation",
        "price": "41.5",
    }  # fmt: skip
    assert (second["field"], second["language"], second["many"]) == ("Name", "de", "yes")


def test_ssp7_catalog_b10_each_button_has_its_trigger(world):
    service = world.service()
    for kind in ("Publish", "Unpublish", "Delete", "CreateVersion"):
        press = RequestPublication(service=service, type=kind)
        made = world.do(catalog_requests.request_publication, press, **world.console)
        world.vote(made.request, "Rejected")
    assert world.triggers(service) == [
        "Publication request", "Unpublish request", "Delete request", "Create version request",
    ]  # fmt: skip


def test_two_units_cannot_make_a_circle_together(world):
    one, two, three, four = (new(world) for _ in range(4))
    relate(world, two, three)
    relate(world, four, one)
    checked = Event()
    call = world.stores.call(**world.console)

    def unfinished(unit):
        command = SetRelation(service=one, child=two, present=True)
        catalog_editing.set_relation(command, call, unit)
        checked.set()
        Event().wait(0.3)  # for the other one to come as far as it can

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(world.units.run, unfinished, call)
        assert checked.wait(5)
        with pytest.raises(BrokenRule, match="part of itself"):
            relate(world, three, four)
        first.result()


def test_ssp7_catalog_b10_creation_relations_and_notes_have_their_triggers(world):
    parent, child = new(world), new(world)
    assert relate(world, parent, child).changed
    assert not relate(world, parent, child).changed
    with pytest.raises(BrokenRule, match="part of itself"):
        relate(world, child, parent)
    with pytest.raises(BrokenRule, match="part of itself"):
        relate(world, parent, parent)
    assert relate(world, parent, child, present=False).changed
    note = AddQualityNote(service=child, text="Read by nobody")
    world.do(catalog_editing.add_quality_note, note, **world.console)
    assert world.triggers(parent) == ["Service creation", "New child", "Lost child"]
    assert world.triggers(child) == [
        "Service creation", "New parent", "Lost parent", "Quality note change",
    ]  # fmt: skip
    assert world.sql(
        "select text from catalog_quality_note where catalog_service_id = %s", world.id(child)
    ) == [("Read by nobody",)]  # fmt: skip


def test_minimal_data_leaves_all_fields_but_the_guid_empty(world):
    world.sends("Phase change", guid="Service - Guid", name="Service - Name",
                hash="Service - HashCheck")  # fmt: skip
    world.set_template(data_to_send="minimal")
    service = world.service(phase="Operation")
    world.field(service, "Phase", "Planning")
    world.set_template(data_to_send="full")
    assert world.sent() == [{"guid": str(service), "name": "", "hash": ""}]


def test_a_change_by_a_partner_is_not_sent_back_to_it(world):
    world.sends("Phase change", partner="NORTHWIND", name="Service - Name")
    world.calls.partners["t"] = world.partner
    service = world.service(phase="Operation")
    partner = world.account("northwind", partner=world.partner)
    world.writer, ours = partner, world.writer
    world.field(service, "Phase", "Planning")
    world.writer = ours
    assert world.sent() == []
    world.field(service, "Phase", "Operation")
    assert world.sent() == [{"name": "Workplace"}]
    world.calls.partners.clear()
    ((kind, _, to, origin, number), second) = world.events(service)
    assert (kind, to, origin, number) == ("Phase change", world.partner, world.partner, 1)
    assert (second[3], second[4]) == (None, 2)


def test_deliveries_of_one_service_go_in_order_in_a_stream_of_its_own(world):
    world.sends("Phase change", phase="Service - Phase", guid="Service - Guid")
    one, two = world.service(phase="Operation"), world.service(phase="Operation")
    for phase in ("Planning", "Operation", "Planning"):
        for service in (one, two):
            world.field(service, "Phase", phase)
    sent = world.sent()
    for service in (one, two):
        phases = [each["phase"] for each in sent if each["guid"] == str(service)]
        assert phases == ["Planning", "Operation", "Planning"]
    subjects = world.sql(
        "select subject from stream where subject in (%s, %s)",
        f"service:{world.id(one)}", f"service:{world.id(two)}",
    )  # fmt: skip
    assert len(subjects) == 2


def test_the_registry_knows_the_app_and_a_field_for_each_part(world):
    found = {
        each.placeholder
        for each in world.administration.run(app_registry.look_up)
        if each.app == "Services"
    }
    assert placeholder("Publication requested - HashCheck") in found
    assert placeholder("Part - goLive") in found
