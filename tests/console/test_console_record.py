"""The record at the console: messages with both sides, the audit, lists as CSV."""

import csv
import io
from datetime import timedelta

import pytest

from gateway import clock
from gateway.errors import TryLater
from gateway.repository.recorded import RecordedStore
from tests.kit.console import Page
from tests.kit.gateway import wrapped
from tests.kit.workflow import REASSIGN, element

MESSAGES, AUDIT = "/console/messages", "/console/audit"


@pytest.fixture(scope="module")
def solved(house):
    """A partner's call that was carried out; give its message's number and its ticket."""
    ticket = house.ticket("Northwind desk")
    house.solution(ticket, text="A new roller &amp; a &lt;fuse&gt;.")
    return newest(house), ticket


@pytest.fixture(scope="module")
def refused(house):
    """A partner's call that breaks the schema; give its message's number."""
    house.posts(wrapped(element(REASSIGN, "<p_intTaskId>none</p_intTaskId>")))
    return newest(house)


def newest(house):
    ((number,),) = house.rows("select max(number) from message")
    return number


def numbers(visitor, query):
    return [each["number"] for each in visitor.data(f"{MESSAGES}.json?{query}")["messages"]]


def known(house, number):
    ((correlation_id,),) = house.rows(
        "select correlation_id from message where number = %s", number
    )
    return correlation_id


@pytest.mark.parametrize("query", [
    "q={number}", "q={correlation}", "ticket={ticket}", "ticket={ticket_number}",
    "dialect=ssp7", "outcome=ok",
    "account=northwind", "operation=processinstancetaskexternalreass", "peer=127.0.0.1",
    "within=1", "until={later}&within=24", "within=all&outcome=ok&dialect=ssp7&ticket={ticket}",
])  # fmt: skip
def test_a_message_is_found_by_whatever_is_known_of_it(house, admin, solved, query):
    number, ticket = solved
    ((ticket_number,),) = house.rows("select number from ticket where id = %s", ticket)
    words = {
        "number": number, "ticket": ticket, "ticket_number": ticket_number,
        "correlation": known(house, number),
        "later": (clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert number in numbers(admin, query.format(**words) + "&limit=500")


@pytest.mark.parametrize("query", [
    "q=999999", "q=nowhere", "ticket=999999", "dialect=acmp", "outcome=trouble", "outcome=running",
    "account=southsea", "operation=External", "peer=10.0.0.1", "code=GW-120",
    "until=2020-01-01T00:00Z", "within=1&until=2096-01-01T00:00",
])  # fmt: skip
def test_a_message_that_does_not_fit_is_not_listed(admin, solved, query):
    assert solved[0] not in numbers(admin, f"{query}&limit=500")


def test_what_went_wrong_is_listed_with_code_and_found_by_it(house, admin, refused):
    for query in ("outcome=trouble", "outcome=refused", "code=gw-120", "account=northwind"):
        assert refused in numbers(admin, query)
    page = admin.page(f"{MESSAGES}?outcome=trouble")
    (row,) = page.tree.xpath(f"//tbody/tr[th/a[starts-with(@href, '{MESSAGES}/{refused}')]]")
    assert row.xpath(".//span[@class='state refused']")[0].text_content() == "refused"
    assert "GW-120" in row.text_content()


def test_a_message_shows_both_sides_how_far_it_came_and_what_it_changed(house, admin, solved):
    number, _ = solved
    page = admin.page(f"{MESSAGES}/{number}")
    request, answer = page.tree.xpath("//pre")
    assert "A new roller &amp; a &lt;fuse&gt;." in request.text_content()
    assert request.text_content().count("\n") > 3  # a line for each element
    assert "true" in answer.text_content()
    assert page.tree.xpath("//li[@aria-current='step']")[0].text_content() == "answered"
    assert "solution received" in page.tree.xpath("//table")[0].text_content()
    data = admin.data(f"{MESSAGES}/{number}.json")["message"]
    assert (data["outcome"], data["stage"], data["account"]) == ("ok", "answered", "northwind")
    assert "\n" not in data["request"]  # as it was recorded
    assert data["changes"][0]["message"] == number


def test_a_refused_message_ends_where_it_failed(admin, refused):
    page = admin.page(f"{MESSAGES}/{refused}")
    (stage,) = page.tree.xpath("//li[@aria-current='step']")
    assert stage.get("class") == "refused"
    assert "GW-120" in page.text
    (same,) = [each for each in page.tree.xpath("//a/@href") if "code=GW-120" in each]
    assert refused in numbers(admin, same.partition("?")[2])


def test_from_a_ticket_to_the_message_behind_a_change_and_back(admin, solved):
    number, ticket = solved
    links = admin.page(f"/console/tickets/{ticket}").tree.xpath("//a/@href")
    assert f"{MESSAGES}/{number}" in links
    assert f"{MESSAGES}?ticket={ticket}" in links
    assert f"/console/tickets/{ticket}" in admin.page(f"{MESSAGES}/{number}").tree.xpath(
        "//p[@class='crumb']/a/@href"
    )


def test_the_filters_stay_with_what_a_list_leads_to_and_back(admin, refused):
    page = admin.page(f"{MESSAGES}?outcome=trouble&within=1")
    (link,) = [each for each in page.tree.xpath("//tbody//a/@href") if f"/{refused}?" in each]
    assert f"{MESSAGES}?outcome=trouble&within=1" in admin.page(link).tree.xpath("//a/@href")


def test_pages_of_messages_follow_one_another(house, admin, solved, refused):
    found, following = [], "?within=all&limit=1&ticket=&account=northwind"
    while following:
        data = admin.data(f"{MESSAGES}.json{following}")
        found += [each["number"] for each in data["messages"]]
        following = data["next"]
    assert {solved[0], refused} <= set(found)
    assert found == sorted(set(found), reverse=True)


def test_of_a_long_side_the_beginning_is_shown_first(house, admin, solved):
    number, _ = solved
    ((before,),) = house.rows("select request from message_body where number = %s", number)
    house.rows("update message_body set request = %s where number = %s", "x" * 60_000, number)
    try:
        page = admin.page(f"{MESSAGES}/{number}?outcome=ok")
        assert len(page.tree.xpath("//pre")[0].text_content()) == 48 * 1024
        (link,) = [each for each in page.tree.xpath("//a/@href") if "whole=1" in each]
        whole = admin.page(f"{MESSAGES}/{number}{link.partition('#')[0]}")
        assert len(whole.tree.xpath("//pre")[0].text_content()) == 60_000
    finally:
        house.rows("update message_body set request = %s where number = %s", before, number)


def test_a_message_without_text_says_why(house, admin):
    house.posts(b"<broken")
    broken = newest(house)
    assert "kept sealed" in admin.page(f"{MESSAGES}/{broken}").text
    assert admin.data(f"{MESSAGES}/{broken}.json")["message"]["request"] is None
    house.rows("delete from message_sealed where number = %s", broken)
    assert "recording.body_days" in admin.page(f"{MESSAGES}/{broken}").text
    house.rows("update message set outcome = 0, stage = 1, code = '' where number = %s", broken)
    assert "opened and not closed" in admin.page(f"{MESSAGES}/{broken}").text
    assert broken in numbers(admin, "outcome=running")
    assert admin.get(f"{MESSAGES}/999999").status_code == 404


@pytest.mark.parametrize(("query", "field"), [
    ("outcome=odd", "outcome"), ("within=5", "within"), ("until=soon", "until"),
    ("ticket=x", "ticket"), ("operation=%00", "operation"),
])  # fmt: skip
def test_a_filter_that_cannot_be_is_named_beside_its_field(admin, query, field):
    page = admin.page(f"{MESSAGES}?{query}")
    assert page.status == 422
    assert page.tree.get_element_by_id(f"{field}-error").text_content()
    assert page.tree.get_element_by_id(field).get("aria-describedby") == f"{field}-error"
    reply = admin.get(f"{MESSAGES}.json?{query}")
    assert (reply.status_code, reply.json()["field"]) == (422, field)


def test_a_search_that_takes_too_long_says_so_in_place(admin, monkeypatch):
    def slow(store, wanted):
        raise TryLater

    monkeypatch.setattr(RecordedStore, "messages", slow)
    page = admin.page(f"{MESSAGES}?operation=Save&within=all")
    assert page.status == 503
    assert "took too long" in page.tree.get_element_by_id("within-error").text_content()
    assert page.tree.get_element_by_id("operation").get("value") == "Save"
    reply = admin.get(f"{MESSAGES}.json")
    assert (reply.status_code, reply.json()["code"]) == (503, "GW-503")
    assert reply.headers["retry-after"]


def test_a_search_without_result_offers_to_look_further_back(admin):
    page = admin.page(f"{MESSAGES}?account=nobody")
    assert "No message fits in this time." in page.text
    (link,) = [each for each in page.tree.xpath("//a/@href") if "within=all" in each]
    assert "account=nobody" in link
    assert "Look through all" not in admin.page(MESSAGES + link).text


@pytest.mark.parametrize("path", [MESSAGES, f"{MESSAGES}/1", AUDIT])
def test_the_record_is_for_those_who_run_the_gateway(house, reader, path):
    assert house.agent("berta").get(path).status_code == 403
    assert house.agent("berta").get(f"{path}.json").status_code == 403
    assert reader.get(path).status_code in (200, 404)


def test_the_audit_tells_who_did_what_and_why(house, admin):
    form = next(each for each in admin.page("/console/deliveries").forms()
                if each.action.endswith("/FETCHER/pause"))  # fmt: skip
    admin.send(form, follow=True, reason="=maintenance")
    admin.press("/console/groups/1", "Save", description="The first of them")
    page = admin.page(f"{AUDIT}?actor=admin&action=PAUSED&subject=fetcher")
    (row,) = page.tree.xpath("//tbody/tr")
    assert [row.xpath("./th")[0].text_content(), "=maintenance" in row.text_content()] == [
        "partner paused", True,
    ]  # fmt: skip
    changed = admin.page(f"{AUDIT}?action=changed").tree.xpath("//tbody/tr")[0]
    assert "The first of them" in changed.xpath(".//ins")[0].text_content()
    data = admin.data(f"{AUDIT}.json?limit=1")
    assert data["next"]
    assert admin.data(f"{AUDIT}.json{data['next']}")["audit"][0]["id"] < data["audit"][0]["id"]
    assert admin.data(f"{AUDIT}.json?actor=nobody")["audit"] == []


def test_a_list_comes_as_csv_and_no_cell_of_it_is_run(house, admin):
    house.ticket(title="=cmd|' /C calc'!A0")
    house.ticket(title='Bücher, "drei"\nund mehr')
    reply = admin.get("/console/tickets.csv?limit=2")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="tickets.csv"'
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ['Bücher, "drei"\nund mehr', "'=cmd|' /C calc'!A0"]
    assert (rows[0]["state"], rows[0]["assignee"]) == ("new / neu", "")
    following = reply.headers["link"]
    assert following.startswith("</console/tickets.csv?limit=2&before=")
    assert following.endswith('>; rel="next"')


@pytest.mark.parametrize("page", [
    "messages", "deliveries?state=pending", "audit", "groups", "processes", "app-fields",
    "mailboxes", "catalog",
])  # fmt: skip
def test_every_list_leads_to_its_csv(admin, page):
    (link,) = [each for each in admin.page(f"/console/{page}").tree.xpath("//a/@href")
               if ".csv" in each]  # fmt: skip
    assert admin.get(link).headers["content-type"] == "text/csv; charset=utf-8"


def test_what_is_no_list_has_no_csv(house, admin, solved):
    assert admin.get(f"/console/tickets/{solved[1]}.csv").status_code == 404
    assert house.visitor().get("/console/audit.csv").status_code == 401


def test_the_overview_says_what_fails_since_when_and_how_calls_go(house, admin, solved, refused):
    ticket = house.ticket("Southsea desk")
    house.rows(
        "update delivery set state = 'failed', settled = now(), step = 'sent twice',"
        " last_error = 'connection refused' where stream_id ="
        " (select id from stream where subject = %s)", f"ticket:{ticket}",
    )  # fmt: skip
    (failure,) = [each for each in admin.data("/console/index.json")["failures"]
                  if (each["partner"], each["step"]) == ("SOUTHSEA", "sent twice")]  # fmt: skip
    assert (failure["count"], failure["error"]) == (1, "connection refused")
    page = admin.page("/console/")
    (row,) = page.tree.xpath("//tr[contains(., 'sent twice')]")
    assert "connection refused" in row.text_content()
    (hour,) = [each for each in admin.data("/console/index.json")["hour"]
               if each["dialect"] == "ssp7"]  # fmt: skip
    assert hour["calls"] > hour["refused"] >= 1
    links = page.tree.xpath("//a/@href")
    assert "/console/messages?dialect=ssp7&outcome=refused&within=1" in links
    assert Page(admin.get("/console/deliveries?state=failed&partner=SOUTHSEA")).status == 200
    assert "hour" not in house.agent("berta").page("/console/").tree.xpath("//@id")
