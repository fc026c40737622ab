"""Pages of the service catalog: services with their buttons, requests, templates."""

from uuid import UUID

import pytest

from gateway.cli import demo_catalog
from gateway.repository.administration import Administration
from gateway.usecases import catalog_exchange
from gateway.usecases.catalog_files import CatalogFile
from gateway.usecases.lists import Actor
from tests.kit.console import Page

CATALOG = "/console/catalog"


@pytest.fixture(scope="module")
def service(house):
    """The demo's catalog, with a service of its own for the tests."""
    administration = Administration(house.stores.engine)
    administration.run(demo_catalog.people)
    house.stores.group("Service Desk")
    wanted = administration.run(demo_catalog.catalog).model_dump(mode="json")
    wanted["services"] = [each for each in wanted["services"] if "Network" not in
                          each["supportGroups"]]  # fmt: skip
    file = CatalogFile.model_validate(wanted)
    catalog_exchange.take(
        file, Actor("test"), administration, house.stores.units, house.stores.call()
    )
    ((guid,),) = house.rows("select guid from catalog_service where unique_id = 'SRV-0042'")
    return UUID(str(guid))


def verb(page, ending):
    (found,) = [form for form in page.forms() if form.action.endswith(ending)]
    return found


def test_services_are_listed_and_one_is_made(house, admin, service):
    page = admin.page(CATALOG)
    listed = {each["name"] for each in admin.data(f"{CATALOG}.json")["services"]}
    assert {"Workplace", "Printer", "E-mail"} <= listed
    assert all(name in page.text for name in listed)
    made = admin.press(CATALOG, "Make", template="Standard service", unique_id="SRV-C1",
                       name="Telephone")  # fmt: skip
    assert "Service Telephone" in made.text
    again = Page(admin.send(page.form("Make"), template="Standard service", unique_id="srv-c1",
                            name="Other"))  # fmt: skip
    assert again.status == 422
    assert "taken" in again.text
    assert {"Telephone"} <= {each["name"] for each in admin.data(f"{CATALOG}.json")["services"]}


def test_a_button_makes_a_request_that_its_maker_cancels(house, admin, service):
    path = f"{CATALOG}/{service}"
    page = admin.send(verb(admin.page(path), "/request"), follow=True, type="Unpublish")
    assert "The request is made: Unpublish." in page.text
    ((guid, kind),) = house.rows(
        "select guid, type from catalog_request where settled is null and catalog_service_id ="
        " (select id from catalog_service where guid = %s)", service,
    )  # fmt: skip
    assert kind == "Unpublish"
    second = admin.send(verb(admin.page(path), "/request"), type="Delete")
    assert second.status_code == 409
    page = admin.press(f"{CATALOG}/requests/{guid}", "Cancel the request")
    assert "The request is cancelled." in page.text
    assert admin.data(f"{CATALOG}/requests/{guid}.json")["publish_request"]["state"] == "Cancelled"


def test_values_lists_and_notes_are_changed_and_stand_in_the_history(house, admin, service):
    path = f"{CATALOG}/{service}"
    for ending, fields in (
        ("/field", {"field": "price", "value": "43.25"}),
        ("/field", {"field": "goLive", "value": "2027-01-01T00:00Z"}),
        ("/field", {"field": "Summary", "language": "en", "value": "With a chair"}),
        ("/field", {"field": "Tags", "value": "office;chair"}),
        ("/support", {"group": "Network"}),
        ("/list", {"list": "EditorPersons", "member": "reader"}),
        ("/list", {"list": "EditorGroups", "member": "Network"}),
        ("/note", {"text": "Checked"}),
    ):
        admin.send(verb(admin.page(path), ending), follow=True, **fields)
    shown = admin.data(f"{path}.json")
    values = {each["internalName"]: each["value"] for each in shown["service"]["parts"]}
    assert (values["price"], values["goLive"]) == ("43.25", "2027-01-01T00:00:00Z")
    assert shown["service"]["supportGroups"] == ["Network", "Service Desk"]
    assert shown["unpublished_changes"] is True
    assert [each["field"] for each in shown["history"]][:2] == ["EditorGroups", "EditorPersons"]
    wrong = Page(admin.send(verb(admin.page(path), "/field"), field="price", value="many"))
    assert (wrong.status, "not a number" in wrong.text) == (422, True)


@pytest.mark.parametrize(("ending", "field", "fields"), [
    ("/list", "member", {"list": "EditorPersons", "member": "nobody-of-this-name"}),
    ("/list", "member", {"list": "EditorGroups", "member": "No such group"}),
    ("/support", "group", {"group": "No such group"}),
    ("/relation", "child", {"child": "6f1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a99"}),
    ("/relation", "child", {"child": "Printer"}),
    ("/field", "value", {"field": "price", "value": "many"}),
])  # fmt: skip
def test_what_a_form_names_and_nobody_knows_is_said_at_its_field(
    admin, service, ending, field, fields
):
    path = f"{CATALOG}/{service}"
    page = Page(admin.send(verb(admin.page(path), ending), **fields))
    assert page.status == 422
    assert page.tree.get_element_by_id(f"{field}-error").text_content()
    control = page.tree.get_element_by_id(field)
    assert control.get("aria-invalid") == "true"
    assert (control.get("value") or control.text or "").strip() == fields[field]


def test_an_editor_of_a_service_changes_it_and_a_reader_does_not(house, reader, admin, service):
    path = f"{CATALOG}/{service}"
    admin.send(verb(admin.page(path), "/list"), list="EditorPersons", member="reader", gone="1")
    assert [form.action for form in reader.page(path).forms()] == ["/console/logout"]
    form = verb(admin.page(path), "/note")
    token = reader.page(path).forms()[0].fields["csrf"]
    refused = reader.send(form, csrf=token, text="Mine")
    assert refused.status_code == 403
    admin.send(verb(admin.page(path), "/list"), list="EditorPersons", member="reader")
    assert "Change a value" in reader.page(path).text


def test_a_list_that_the_operator_added_is_offered_by_its_label_and_takes_its_kind(
    house, admin, service
):
    house.rows("insert into catalog_list (code, label, kind, position)"
               " values ('Vendors', 'Our vendors', 'groups', 10)")  # fmt: skip
    path = f"{CATALOG}/{service}"
    assert "Our vendors" in admin.page(path).text
    page = admin.send(verb(admin.page(path), "/list"), follow=True, list="Vendors",
                      member="Service Desk")  # fmt: skip
    assert page.status == 200, page.text
    groups = admin.data(f"{path}.json")["service"]["personGroups"]
    assert groups["Vendors"] == ["Service Desk"]


def test_switches_and_triggers_of_a_template_are_saved_and_audited(house, admin, service):
    ((number,),) = house.rows("select id from catalog_template where name = 'Standard service'")
    path = f"/console/catalog-templates/{number}"
    assert "Standard service" in admin.page("/console/catalog-templates").text
    ((process,),) = house.rows("select min(name) from process where active_version is not null")
    page = admin.press(path, "Save", votesNeeded="2", **{"trigger.Field change": process})
    assert "Saved" in page.text
    shown = admin.data(f"{path}.json")["catalog_template"]
    assert (shown["votesNeeded"], shown["triggers"]) == (2, {"Field change": process})
    assert "Nothing was different." in admin.press(path, "Save").text
    assert admin.send(admin.page(path).form("Save"), votesNeeded="0").status_code == 422
    admin.press(path, "Save", votesNeeded="1", **{"trigger.Field change": ""})
    ((changes,),) = house.rows(
        "select count(*) from audit where action = 'catalog template changed'"
    )
    assert changes == 2
