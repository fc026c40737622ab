"""Deliveries at the console: seen by state, tried again, given up; partners held and let go."""

import re

import pytest
from psycopg.types.json import Jsonb

from tests.kit.console import Page

LIST = "/console/deliveries"
COLOURS = {"pending": "pending", "failed": "failed", "done": "done", "dropped": "dropped"}


@pytest.fixture
def failed(house):
    """A failed delivery with two attempts on record; give its number and its ticket."""
    ticket = house.ticket("Northwind desk")
    ((number,),) = house.rows(
        "update delivery set state = 'failed', settled = now(), step = 'send', tries = 2,"
        " last_error = 'connection refused' where stream_id ="
        " (select id from stream where subject = %s) returning id", f"ticket:{ticket}",
    )  # fmt: skip
    house.rows("update stream set blocked = true, due = null where subject = %s",
               f"ticket:{ticket}")  # fmt: skip
    for n in (1, 2):
        house.rows(
            "insert into attempt (delivery_id, n, started, step, duration_ms, status, request,"
            " answer, outcome, error) values (%s, %s, now(), 'send', 17, 500, 'the <request>',"
            " 'the <answer>', 'transient', 'connection refused')", number, n,
        )  # fmt: skip
    return number, ticket


def row(house, number):
    ((state, step, tries, note),) = house.rows(
        "select state, step, tries, note from delivery where id = %s", number
    )
    return state, step, tries, note


def audited(house, action):
    return house.rows("select actor, subject, reason from audit where action = %s order by id",
                      action)  # fmt: skip


@pytest.mark.parametrize("state", COLOURS)
def test_every_state_is_a_word_and_a_colour(house, admin, failed, state):
    number, ticket = failed
    settled = "null" if state == "pending" else "now()"
    house.rows(f"update delivery set state = %s, settled = {settled} where id = %s", state, number)
    page = admin.page(f"{LIST}?state={state}&ticket={ticket}")
    (shown,) = page.tree.xpath("//tbody//span")
    assert shown.text_content() == state
    assert shown.get("class") == f"state {state}"
    assert [each["id"] for each in admin.data(f"{LIST}.json?state={state}&ticket={ticket}")
            ["deliveries"]] == [number]  # fmt: skip


def test_filters_stand_in_the_address_and_pages_follow_one_another(house, admin, failed):
    number, ticket = failed
    assert number in [each["id"] for each in admin.data(f"{LIST}.json?partner=NORTHWIND&limit=500")
                      ["deliveries"]]  # fmt: skip
    assert admin.data(f"{LIST}.json?partner=SOUTHSEA&ticket={ticket}")["deliveries"] == []
    ((name,),) = house.rows("select number from ticket where id = %s", ticket)
    assert [each["id"] for each in admin.data(f"{LIST}.json?ticket={name}")["deliveries"]] == [
        number
    ]
    assert admin.get(f"{LIST}?state=odd").status_code == 422
    assert admin.get(f"{LIST}?partner=NOWHERE").status_code == 404
    for _ in range(3):
        house.ticket("Southsea desk")
    ids, following = [], "?state=pending&partner=SOUTHSEA&limit=2"
    while following:
        data = admin.data(f"{LIST}.json{following}")
        assert len(data["deliveries"]) <= 2
        ids += [each["id"] for each in data["deliveries"]]
        following = data["next"]
    assert len(ids) >= 3
    assert ids == sorted(set(ids))


def test_a_delivery_shows_its_event_and_every_attempt_with_both_sides(house, admin, failed):
    number, ticket = failed
    page = admin.page(f"{LIST}/{number}")
    for text in ("connection refused", "the <request>", "the <answer>", "17 ms", "500",
                 "Submit Request", "Task_Subject", "Printer jams"):  # fmt: skip
        assert text in page.text
    assert f"/console/tickets/{ticket}" in page.tree.xpath("//a/@href")
    data = admin.data(f"{LIST}/{number}.json")
    assert [each["n"] for each in data["attempts"]] == [1, 2]
    assert data["event"]["fields"]["Task_ExternalRequestType"] == "Submit Request"
    ran = data["delivery"]["process"], data["delivery"]["version"]
    assert "/console/processes/{}?version={}".format(*ran) in page.tree.xpath("//a/@href")
    ticket_page = admin.page(f"/console/tickets/{ticket}")
    assert f"{LIST}/{number}" in ticket_page.tree.xpath("//a/@href")
    assert "Deliveries of this ticket that failed: 1" in ticket_page.text


def test_a_failed_delivery_is_tried_again_where_it_failed(house, admin, failed):
    number, _ = failed
    form = admin.page(f"{LIST}/{number}").form("Retry at this step")
    assert f"Delivery {number} is tried again now." in admin.send(form, follow=True).text
    assert row(house, number) == ("pending", "send", 0, "")
    assert audited(house, "delivery retried")[-1][:2] == ("admin", f"delivery {number}")
    lines = audited(house, "delivery retried")
    assert admin.send(form).status_code == 409  # the button was pressed twice
    assert audited(house, "delivery retried") == lines


def test_a_failed_delivery_is_tried_again_from_the_start(house, admin, failed):
    number, _ = failed
    admin.press(f"{LIST}/{number}", "Retry from start")
    assert row(house, number) == ("pending", "", 0, "")
    assert audited(house, "delivery retried from start")[-1][1] == f"delivery {number}"


def test_a_delivery_is_given_up_only_with_a_reason(house, admin, failed):
    number, _ = failed
    form = admin.page(f"{LIST}/{number}").form("Discard")
    page = Page(admin.send(form, reason="  "))
    assert page.status == 422
    assert page.tree.get_element_by_id("reason-error").text_content() == "required"
    assert row(house, number)[0] == "failed"
    page = admin.send(form, follow=True, reason="told them by phone")
    assert row(house, number) == ("dropped", "send", 2, "told them by phone")
    assert audited(house, "delivery discarded")[-1] == (
        "admin", f"delivery {number}", "told them by phone",
    )  # fmt: skip
    assert page.buttons() == ["Log out"]
    assert admin.send(form, reason="again").status_code == 409


def test_a_partner_is_held_and_let_go(house, admin):
    def button(page, verb):
        (form,) = [each for each in page.forms() if each.action.endswith(f"/SOUTHSEA/{verb}")]
        return form

    page = admin.send(button(admin.page(LIST), "pause"), follow=True, reason="maintenance")
    assert "SOUTHSEA is paused." in page.text
    assert re.search("Paused [-0-9: ]+ UTC by admin: maintenance", page.text)
    assert house.rows("select paused from partner where name = 'SOUTHSEA'") == [(True,)]
    assert audited(house, "partner paused")[-1] == ("admin", "SOUTHSEA", "maintenance")
    assert "paused" in admin.page("/console/").text
    page = admin.send(button(page, "resume"), follow=True)
    assert "SOUTHSEA goes on" in page.text
    assert house.rows("select paused from partner where name = 'SOUTHSEA'") == [(False,)]


def test_all_that_failed_of_a_partner_is_tried_again_at_once(house, admin, failed):
    number, ticket = failed
    other = house.ticket("Southsea desk")
    house.rows("update delivery set state = 'failed', settled = now() where stream_id ="
               " (select id from stream where subject = %s)", f"ticket:{other}")  # fmt: skip
    page = admin.page(f"{LIST}?ticket={ticket}")
    (form,) = [each for each in page.forms() if each.action.endswith("/NORTHWIND/retry")]
    assert form.button.startswith("Retry what failed: ")
    waiting = int(form.button.rpartition(" ")[2])
    page = admin.send(form, follow=True)
    assert f"{waiting} deliveries to NORTHWIND are tried again now." in page.text
    assert row(house, number)[0] == "pending"
    assert admin.data(f"{LIST}.json?partner=NORTHWIND")["deliveries"] == []
    assert len(admin.data(f"{LIST}.json?partner=SOUTHSEA")["deliveries"]) >= 1
    assert audited(house, "delivery retried")[-1][0] == "admin"


def test_the_way_back_from_a_delivery_has_the_filters_of_the_list(house, admin, failed):
    number, ticket = failed
    page = admin.page(f"{LIST}?state=failed&ticket={ticket}")
    (link,) = [each for each in page.tree.xpath("//tbody//a/@href") if f"{LIST}/{number}" in each]
    page = admin.page(link)
    back = page.tree.xpath("//p[@class='crumb']/a/@href")
    assert back == [f"{LIST}?state=failed&ticket={ticket}", f"/console/tickets/{ticket}"]
    form = page.form("Retry at this step")
    reply = admin.send(form, to=page.tree.xpath("//form/@action")[1])
    assert reply.headers["location"] == link


def test_the_newest_attempt_is_first_and_open(admin, failed):
    number, _ = failed
    page = admin.page(f"{LIST}/{number}")
    headings = [each.text_content() for each in page.tree.xpath("//section/h3")]
    assert headings == [f"{n}. send: failed, can be repeated" for n in (2, 1)]
    assert len(page.tree.xpath("//section[1]/details[@open]")) == 2
    assert len(page.tree.xpath("//details[@open]")) == 2


@pytest.mark.parametrize(("query", "field"), [
    ("state=odd", "state"), ("ticket=x", "ticket"), ("partner=%00", "partner"),
])  # fmt: skip
def test_a_filter_that_cannot_be_is_named_beside_its_field(admin, query, field):
    page = admin.page(f"{LIST}?{query}")
    assert page.status == 422
    assert page.tree.get_element_by_id(f"{field}-error").text_content()
    assert admin.get(f"{LIST}.json?{query}").json()["field"] == field


def test_a_reader_sees_deliveries_and_settles_none(house, admin, reader, failed):
    number, _ = failed
    assert reader.page(f"{LIST}/{number}").buttons() == ["Log out"]
    assert set(reader.page(LIST).buttons()) == {"Log out", "Show"}
    token = reader.page(LIST).form("Log out").fields["csrf"]
    for button in ("Retry at this step", "Retry from start", "Discard"):
        form = admin.page(f"{LIST}/{number}").form(button)
        assert reader.send(form, csrf=token, reason="x").status_code == 403
    assert row(house, number)[0] == "failed"
    assert house.agent("berta").get(f"{LIST}/{number}").status_code == 403


def test_readers_of_a_ticket_see_the_log_of_a_public_process_alone(house, admin, failed):
    number, ticket = failed
    berta = house.agent("berta")
    house.rows("update delivery set step_values = %s where id = %s",
               Jsonb({"#log": ["12:00 send: refused", "12:01 send: refused"]}), number)  # fmt: skip
    assert "12:01 send: refused" in admin.page(f"{LIST}/{number}").text
    assert admin.data(f"{LIST}/{number}.json")["log"]["lines"][0] == "12:00 send: refused"
    assert berta.data(f"/console/tickets/{ticket}.json")["logs"] == {}
    house.rows("update process_version set log_public = true")
    try:
        assert "12:01 send: refused" in berta.page(f"/console/tickets/{ticket}").text
    finally:
        house.rows("update process_version set log_public = false")
