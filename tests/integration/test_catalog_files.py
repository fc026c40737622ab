"""The catalog as a file: taken in, given out, and refused with the path of what is wrong."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

import pytest

from gateway.cli import demo_catalog
from gateway.domain.catalog_commands import UpdateLanguageField
from gateway.errors import BrokenRule, GatewayError
from gateway.repository.administration import Administration
from gateway.usecases import catalog_exchange, catalog_services
from gateway.usecases.catalog_exchange import Taken
from gateway.usecases.catalog_files import CatalogFile, read
from gateway.usecases.lists import Actor
from tests.kit.catalog import CatalogWorld


@pytest.fixture(scope="module")
def world(databases):
    with databases.migrated() as url:
        made = CatalogWorld(url)
        made.stores.group("Network")
        made.administration = Administration(made.stores.engine)
        made.administration.run(demo_catalog.people)
        yield made
        made.close()


def take(world, file):
    call = world.stores.call(command="catalog", dialect="test")
    return catalog_exchange.take(file, Actor("test"), world.administration, world.units, call)


def given(world):
    call = world.stores.call(command="catalog", dialect="test")
    return catalog_exchange.export(world.administration, world.units, call)


def test_the_demo_has_two_templates_and_five_services_and_what_is_given_out_is_taken_in(world):
    file = world.administration.run(demo_catalog.catalog)
    assert take(world, file) == Taken(types=1, lists=0, templates=2, services=5)
    assert world.administration.run(demo_catalog.catalog).services == ()
    content = json.loads(json.dumps(given(world), default=str))
    assert take(world, CatalogFile.model_validate(content)) == Taken(0, 0, 0, 0)
    sheet = world.public(next(
        each.guid for each in file.services if each.uniqueId == "SRV-0042"
    ))  # fmt: skip
    assert (sheet.card.name, [each.name for each in sheet.relations]) == ("Workplace", ["Printer"])
    assert world.page(template="internal component").total == 1


def test_a_changed_file_brings_the_catalog_to_what_it_says(world):
    content = given(world)
    (workplace,) = [each for each in content["services"] if each["uniqueId"] == "SRV-0042"]
    (price,) = [each for each in workplace["parts"] if each["internalName"] == "price"]
    price["value"] = 44.25
    workplace["tags"] = []
    content["templates"] = []
    text = json.dumps({**content, "services": [workplace]}, default=str)
    assert take(world, read(text)) == Taken(0, 0, 0, 1)
    (found,) = [each for each in given(world)["services"] if each["uniqueId"] == "SRV-0042"]
    values = {each["internalName"]: each["value"] for each in found["parts"]}
    assert (values["price"], found["tags"]) == ("44.25", [])
    audited = world.sql("select count(*) from audit where action = 'catalog services stored'")
    assert audited >= [(2,)]


def test_lists_documents_and_the_bound_entry_come_by_a_file(world):
    world.sql("insert into service (en) values ('Filed entry')")
    lists = [
        {"code": "CustomerApprovalPersons", "label": "Who signs", "of": "persons",
         "approval": True},
        {"code": "Vendors", "label": "Our vendors", "of": "groups"},
    ]  # fmt: skip
    sla = {"name": "sla.pdf", "contentType": "application/pdf", "size": 12}
    whole = {**SERVICE, "uniqueId": "F-9", "guid": "6d0f5f0e-4a3b-4b68-9d8e-0f3f6c1c2a19"}
    first = {**whole, "documents": [sla], "serviceEntry": "Filed entry", "published": True,
             "personGroups": {"our VENDORS": ["Service desk"]}}  # fmt: skip
    file = read(json.dumps({"lists": lists, "services": [first]}))
    assert take(world, file) == Taken(0, 2, 0, 1)
    assert take(world, file) == Taken(0, 0, 0, 0)
    content = json.loads(json.dumps(given(world), default=str))
    assert lists[0] | {"single": False} in content["lists"]
    assert content["lists"][-1] == lists[1] | {"single": False, "approval": False}
    (found,) = [each for each in content["services"] if each["uniqueId"] == "F-9"]
    assert (found["documents"], found["serviceEntry"]) == ([sla], "Filed entry")
    assert found["personGroups"] == {"Vendors": ["Service desk"]}
    assert world.read(found["guid"]).documents[0].name == "sla.pdf"
    # What a file does not name stays; an empty list, or name, clears.
    left = {**whole, "published": True}
    assert take(world, read(json.dumps({"services": [left]}))) == Taken(0, 0, 0, 0)
    cleared = {**left, "documents": [], "serviceEntry": ""}
    assert take(world, read(json.dumps({"services": [cleared]}))) == Taken(0, 0, 0, 1)
    (found,) = [each for each in given(world)["services"] if each["uniqueId"] == "F-9"]
    assert (found["documents"], found["serviceEntry"]) == ([], "")


SERVICE = {"guid": "5d0f5f0e-4a3b-4b68-9d8e-0f3f6c1c2a10", "uniqueId": "F-1",
           "template": "Standard", "name": {"en": "Filed"}}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"templates": [{"name": "T", "parts": [{"internalName": "a", "name": "A",
          "type": "Wish"}]}]}, "templates[0].parts[0].type"),
        ({"templates": [{"name": "T", "colour": "red"}]}, "templates[0].colour"),
        ({"templates": [{"name": "T\x00"}]}, "templates[0].name"),
        ({"serviceTypes": ["fine", "\ud800"]}, "serviceTypes[1]"),
        ({"services": [{**SERVICE, "guid": "no"}]}, "services[0].guid"),
        ({"services": [{**SERVICE, "template": "Unheard"}]}, "services[0].template"),
        ({"services": [{**SERVICE, "name": {}}]}, "services[0].name"),
        ({"services": [{**SERVICE, "summary": {"fr": "x"}}]}, "services[0].summary.fr"),
        ({"services": [{**SERVICE, "phase": "Grave"}]}, "services[0].phase"),
        ({"services": [{**SERVICE, "parts": [{"internalName": "price", "value": 1.005}]}]},
         "services[0].parts[0].value"),
        ({"services": [{**SERVICE, "parts": [{"internalName": "nope"}]}]},
         "services[0].parts[0].internalName"),
        ({"services": [{**SERVICE, "persons": {"ServiceOwner": [{"uniqueId": "ghost"}]}}]},
         "services[0].persons.ServiceOwner"),
        ({"services": [{**SERVICE, "supportGroups": ["ghosts"]}]}, "services[0].supportGroups"),
        ({"services": [{**SERVICE, "relations": [{"kind": "child", "guid": SERVICE["guid"]}]}]},
         "services[0].relations[0]"),
        ({"services": [{**SERVICE, "serviceEntry": "nope"}]}, "services[0].serviceEntry"),
        ({"services": [{**SERVICE, "documents": [{"name": "x", "contentType": "y", "size": -1}]}]},
         "services[0].documents[0].size"),
        ({"lists": [{"code": "A B", "label": "A", "of": "persons"}]}, "lists[0].code"),
        ({"lists": [{"code": "New", "label": "editor GROUPS", "of": "persons"}]}, "lists[0].label"),
        ({"lists": [{"code": "New", "label": "N", "of": "groups", "single": True}]},
         "lists[0].single"),
        ({"lists": [{"code": "serviceowner", "label": "Owner", "of": "persons"}]},
         "lists[0].single"),
        ({"lists": [{"code": "EditorGroups", "label": "Editors", "of": "persons"}]}, "lists[0].of"),
        ({"templates": [{"name": "T", "triggers": {"Field change": "nope"}}]},
         "templates[0].triggers.Field change"),
        ({"templates": [{"name": "T", "parts": [{"internalName": "a", "name": "A",
          "type": "Date", "essential": ["Never"]}]}]}, "templates[0].parts[0].essential"),
    ],
)  # fmt: skip
def test_a_file_is_refused_with_the_path_of_what_is_wrong(world, content, path):
    with pytest.raises(GatewayError) as refused:
        take(world, read(json.dumps(content)))
    assert refused.value.field == path
    assert not world.sql("select 1 from catalog_service where unique_id = 'F-1'")
    assert not world.sql("select 1 from catalog_template where name = 'T'")
    assert not world.sql("select 1 from catalog_list where code = 'New'")


def test_what_is_not_json_is_refused():
    with pytest.raises(BrokenRule, match="not JSON"):
        read("{")


FILED = {**SERVICE, "guid": "0b7a1f6e-2c55-4f0e-9a57-6b9d1f3a7c21", "uniqueId": "F-2"}


def test_a_file_waits_for_a_call_on_its_service_and_then_holds(world):
    assert take(world, read(json.dumps({"services": [FILED]}))).services == 1
    changed, call = Event(), world.stores.call(principal=world.writer, command="update_field")

    def unfinished(unit):
        command = UpdateLanguageField(service=UUID(FILED["guid"]), name="Name", value="Called")
        catalog_services.update_language_field(command, call, unit)
        changed.set()
        Event().wait(0.3)  # for the file to come as far as it can

    with ThreadPoolExecutor(1) as pool:
        called = pool.submit(world.units.run, unfinished, call)
        assert changed.wait(5)
        taken = take(world, read(json.dumps({"services": [FILED]})))
        called.result()
    names = "select name from catalog_text t join catalog_service s on s.id = t.catalog_service_id"
    assert (taken.services, world.sql(f"{names} where unique_id = 'F-2'")) == (1, [("Filed",)])


def test_a_service_that_was_removed_is_not_made_again(world):
    world.sql("update catalog_service set removed = now() where unique_id = 'F-2'")
    with pytest.raises(BrokenRule, match="was removed") as refused:
        take(world, read(json.dumps({"services": [FILED]})))
    assert refused.value.field == "services[0].guid"
