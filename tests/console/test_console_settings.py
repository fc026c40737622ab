"""What operators set at the console: groups, the event map, the registry of app fields."""

import pytest

from gateway.cli.first_start import prepare
from gateway.domain.app_fields import APPS, FIELDS, HASH_FIELD, UPDATE_FIELDS
from gateway.settings import load
from tests.kit.console import Page
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.stores import Stores

TICKETING, LOOK_UP = "/console/settings/ticketing", "/console/app-fields"
SYNC = "Sync the external app fields"
MARKER = "Task assigned to this group triggers integration"
SLOTS = {
    "assignment_process": "New assignment process",
    "update_process": "Update message process",
    "closure_process": "Closure process",
}


def group(house, name):
    return f"/console/groups/{house.stores.row('group', name).id}"


def label_of(page, name):
    (text,) = page.tree.xpath(f"//label[@for='{name}']")
    return text.text_content().strip()


def audited(house, action):
    return house.rows(
        "select actor, subject, before, after from audit where action = %s order by id", action
    )


# --- groups ----------------------------------------------------------------------------------


def test_ssp7_workflow_a2_the_group_page_shows_and_stores_marker_and_slots(house, admin):
    house.stores.group("Eastwind desk")
    address = group(house, "Eastwind desk")
    page = admin.page(address)
    assert "General settings" in page.text
    assert label_of(page, "integrated") == MARKER
    assert {name: label_of(page, name) for name in SLOTS} == SLOTS
    page = admin.press(
        address, "Save", integrated="true", partner="NORTHWIND",
        **dict.fromkeys(SLOTS, "assign"), return_group="Network", forward_entries="all",
        allowed_senders="desk@example.org, @example.com",
    )  # fmt: skip
    assert "Saved" in page.text
    form = page.form("Save")
    expected = {
        "integrated": "true", "partner": "NORTHWIND", **dict.fromkeys(SLOTS, "assign"),
        "return_group": "Network", "forward_entries": "all", "resend_unacknowledged": "true",
        "allowed_senders": "desk@example.org, @example.com",
    }  # fmt: skip
    assert expected.items() <= form.fields.items()
    actor, subject, before, after = audited(house, "group changed")[-1]
    assert (actor, subject) == ("admin", "Eastwind desk")
    assert (before["integrated"], after["integrated"]) == (False, True)
    ticket = house.ticket("Eastwind desk")
    assert [code for code, *_ in house.events(ticket)] == ["E1"]
    assert admin.data(f"{address}.json")["group"]["closure_process"] == "assign"


def test_a_group_that_is_saved_as_it_was_leaves_no_line(house, admin):
    before = audited(house, "group changed")
    page = admin.press(group(house, "Southsea desk"), "Save")
    assert "Nothing was different." in page.text
    assert audited(house, "group changed") == before


def test_what_does_not_fit_a_group_is_named_field_by_field(house, admin):
    form = admin.page(group(house, "Network")).form("Save")
    reply = admin.send(form, email="no address", forward_entries="some", allowed_senders="a" * 300)
    page = Page(reply)
    assert page.status == 422
    wrong = {each.get("id") for each in page.tree.xpath("//*[@aria-invalid='true']")}
    assert wrong == {"email", "forward_entries", "allowed_senders"}
    assert page.form("Save").fields["email"] == "no address"
    for fields, field in (
        ({"integrated": "true"}, "partner"),
        ({"partner": "NOWHERE"}, "partner"),
        ({"closure_process": "nosuch"}, "closure_process"),
        ({"return_group": "Network"}, "return_group"),
    ):
        page = Page(admin.send(form, **fields))
        assert page.status == 422
        assert page.tree.get_element_by_id(f"{field}-error").text_content()
    assert house.rows("select integrated, email from agent_group where name = 'Network'") == [
        (False, "")
    ]


def test_whoever_removes_the_marker_is_warned_before(house, admin):
    house.stores.group("Westwind desk")
    address = group(house, "Westwind desk")
    admin.press(address, "Save", integrated="true", partner="NORTHWIND")
    ticket = house.ticket("Westwind desk")
    form = admin.page(address).form("Save")
    page = Page(admin.send(form, integrated=None))
    (warning,) = page.tree.xpath("//*[@role='alert']")
    assert "Tasks at the partner now: 1." in " ".join(warning.text_content().split())
    assert house.rows("select integrated from agent_group where name = 'Westwind desk'") == [
        (True,)
    ]
    page = admin.send(page.form("Save"), follow=True, confirmed="1")
    assert "integrated" not in page.form("Save").fields
    assert house.state(ticket) == "SentToExternal"
    admin.press(f"/console/tickets/{ticket}", "Close")
    assert [code for code, *_ in house.events(ticket)] == ["E1"]


def test_a_form_does_not_undo_what_somebody_else_saved_meanwhile(house, admin):
    address = group(house, "Field service")
    mine, theirs = admin.page(address).form("Save"), admin.page(address).form("Save")
    assert admin.send(theirs, description="theirs").status_code == 303
    assert admin.send(theirs, description="theirs").status_code == 303  # pressed twice
    assert admin.send(mine, email="mine@example.org").status_code == 409
    rows = house.rows("select description, email from agent_group where name = 'Field service'")
    assert rows == [("theirs", "")]
    mine, theirs = admin.page(TICKETING).form("Save"), admin.page(TICKETING).form("Save")
    assert admin.send(theirs, **{"E9.request_type": "Theirs"}).status_code == 303
    try:
        assert admin.send(mine, **{"E8.request_type": "Mine"}).status_code == 409
    finally:
        house.rows("update event_map set request_type = 'Acknowledged' where code = 'E9'")


@pytest.mark.parametrize("name", ["reader", "berta"])
def test_only_whoever_runs_the_gateway_sets_anything(house, admin, name):
    visitor = house.agent(name)
    for address, button in ((group(house, "Network"), "Save"), (TICKETING, "Save"),
                            (TICKETING, SYNC)):  # fmt: skip
        form = admin.page(address).form(button)
        form.fields["csrf"] = visitor.page("/console/").form("Log out").fields["csrf"]
        before = house.rows("select count(*) from audit")
        assert visitor.send(form, description="changed").status_code == 403
        assert house.rows("select count(*) from audit") == before
        shown = visitor.get(address)
        assert shown.status_code == (200 if name == "reader" else 403)
        assert button not in (Page(shown).buttons() if name == "reader" else ())


# --- external app fields ---------------------------------------------------------------------


def test_ssp7_workflow_a9_the_lookup_lists_every_app_and_field(house, admin):
    page = admin.page(LOOK_UP)
    shown = [[cell.text_content() for cell in row] for row in page.tree.xpath("//tbody/tr")]
    common = {field.name: (field.label, field.type) for field in FIELDS}
    common[HASH_FIELD] = ("Task hash check", "text")
    updates = {field.name: (field.label, field.type) for field in UPDATE_FIELDS}
    for app in APPS:
        listed = {row[1]: (row[2], row[3]) for row in shown if row[0] == app}
        wanted = common | (updates if app.endswith("UpdateMessage") else {})
        assert wanted.items() <= listed.items(), app
        own = {name for name in listed if name.startswith("Ticket_Field_")}
        assert listed.keys() == wanted.keys() | own
    assert all(row[4] == f"#REPLACE-EXTAPPFIELD-{row[0]}-{row[1]}#" for row in shown)
    assert len(page.tree.xpath("//th[@scope='col']")) == 5
    data = admin.data(f"{LOOK_UP}.json")["fields"]
    assert [[each[key] for key in ("app", "name", "label", "type", "placeholder")]
            for each in data] == shown  # fmt: skip


def test_the_lookup_is_narrowed_and_goes_on_page_by_page(house, admin):
    every = admin.data(f"{LOOK_UP}.json?q=process+id&limit=500")["fields"]
    assert {each["name"] for each in every} == {"Ticket_ProcessId"}
    rows, following = [], "?app=Ticketing.TaskClosure&limit=20"
    while following:
        data = admin.data(f"{LOOK_UP}.json{following}")
        rows += [each["name"] for each in data["fields"]]
        following = data["next"]
    assert len(rows) == len(set(rows))
    assert {field.name for field in FIELDS} < set(rows)


def test_ssp7_workflow_a10_the_button_brings_back_a_missing_field(house, admin):
    def fields():
        return house.rows(
            "select a.code, f.name, f.label, f.field_type from external_app_field f"
            " join external_app a on a.id = f.app_id order by 1, 2"
        )

    admin.press(TICKETING, SYNC)
    before = fields()
    house.rows("delete from external_app_field where name in ('Task_Subject', 'Ticket_ProcessId')")
    house.rows("insert into dynamic_field (name, en, field_type) values ('Floor', 'Floor', 'text')"
               " on conflict do nothing")  # fmt: skip
    page = admin.press(TICKETING, SYNC)
    assert "18 fields were added." in page.text
    own = {(app, "Ticket_Field_Floor", "Floor", "text") for app in APPS}
    assert set(fields()) == set(before) | own
    assert audited(house, "external app fields synced")[-1][0] == "admin"
    lines = audited(house, "external app fields synced")
    page = admin.press(TICKETING, SYNC)
    assert "No field was missing." in page.text
    assert set(fields()) == set(before) | own
    assert audited(house, "external app fields synced") == lines


def test_ssp7_workflow_a10_first_start_and_migrate_fill_the_registry(database_url):
    settings = load(
        {"database.url": database_url, "database.allow_unsafe": True,
         "admin.password": ADMIN_PASSWORD},
        environment={},
    ).settings  # fmt: skip
    stores = Stores(database_url, pool_size=1)
    try:
        ours = "from external_app where code like 'Ticketing.%%'"
        fields = f"select count(*) from external_app_field where app_id in (select id {ours})"
        assert stores.sql(f"select count(*) {ours}") == [(0,)]
        prepare(settings)
        codes = stores.sql(f"select code {ours} order by code")
        assert [code for (code,) in codes] == list(APPS)
        ((count,),) = stores.sql(fields)
        assert count == 6 * (len(FIELDS) + 2) + 2 * len(UPDATE_FIELDS)  # hash, ExternalReference
        prepare(settings)
        assert stores.sql(fields) == [(count,)]
        assert stores.sql("select count(*) from audit") == [(0,)]
    finally:
        stores.close()


# --- the event map ---------------------------------------------------------------------------


def test_the_event_map_is_edited_row_by_row_and_holds_from_the_next_event_on(house, admin):
    page = admin.page(TICKETING)
    assert [row.text for row in page.tree.xpath("//tbody//th")] == [f"E{n}" for n in range(1, 11)]
    try:
        page = admin.press(
            TICKETING, "Save", **{"E1.request_type": "New order", "E1.slot": "none",
                                  "E1.app": "Ticketing.TaskClosure"},
        )  # fmt: skip
        assert "Saved: E1." in page.text
        ticket = house.ticket("Northwind desk")
        assert house.events(ticket) == [("E1", "New order", "Out")]
        assert admin.data(f"/console/tickets/{ticket}.json")["deliveries"] == []
        actor, subject, before, after = audited(house, "event map changed")[-1]
        assert (actor, subject) == ("admin", "E1")
        assert (before["request_type"], after["request_type"]) == ("Submit Request", "New order")
        first = admin.data(f"{TICKETING}.json")["event_map"][0]
        assert (first["code"], first["app"]) == ("E1", "Ticketing.TaskClosure")
    finally:
        house.rows("update event_map set request_type = 'Submit Request', slot = 'assignment',"
                   " app = 'Ticketing.TaskAssignment' where code = 'E1'")  # fmt: skip


def test_what_does_not_fit_the_event_map_is_named_and_nothing_is_stored(house, admin):
    form = admin.page(TICKETING).form("Save")
    before = house.rows("select * from event_map order by code")
    page = Page(admin.send(form, **{
        "E1.request_type": " ", "E2.app": "Other", "E3.slot": "x", "E4.request_type": "Changed",
        "E5.request_type": "a" * 101,
    }))  # fmt: skip
    assert page.status == 422
    wrong = {each.get("id") for each in page.tree.xpath("//*[@aria-invalid='true']")}
    assert wrong == {"E1.request_type", "E2.app", "E3.slot", "E5.request_type"}
    assert house.rows("select * from event_map order by code") == before
