"""The console under somebody hostile who is logged in: nothing breaks, leaks or is done."""

import re
from urllib.parse import quote

import httpx
import pytest

from gateway.console.rooms import ADDRESSES
from tests.kit.console import FORM, peopled_house

WORDS = (
    "%00", "%ED%A0%80", "%0d%0aX-Evil:1", "..%2f..", "9" * 18, "{0.__class__}%25s'--", "a" * 3000,
    "%D9%A3",
)  # fmt: skip
QUERIES = {
    "/tickets": ("q", "open", "before", "limit"),
    "/groups": ("after",),
    "/messages": ("q", "account", "operation", "ticket", "code", "within", "until", "before"),
    "/audit": ("actor", "action", "subject", "before"),
    "/deliveries": ("state", "partner", "ticket", "after"),
    "/app-fields": ("app", "q", "after"),
    "/mailboxes": ("before",),
    "/processes": ("after",),
    "/processes/none": ("version",),
}
FIELDS = (
    "party", "text", "comment", "minutes", "resolution", "reason", "seen", "from_start", "do",
    "source", "description", "email", "integrated", "partner", "assignment_process",
    "return_group", "forward_entries", "allowed_senders", "E1.request_type", "E1.app", "E1.slot",
    "confirmed", "visible",
)  # fmt: skip
VALUES = ("9" * 6000, "\u0663", "-1", "group:x", "x\r\ny{0}%s", "\U0001f600" * 300, " ")
FINE = {200, 303, 400, 401, 403, 404, 409, 413, 414, 422}


@pytest.fixture(scope="module")
def house(databases):
    with peopled_house(databases) as running:
        running.hostile = running.ticket("Northwind desk")
        yield running


@pytest.fixture(scope="module")
def admin(house):
    return house.agent("admin")


@pytest.fixture(scope="module")
def reader(house):
    return house.agent("reader")


def paths(word, house):
    for address in ADDRESSES:
        found = re.sub(r"\{\w+:n\}", str(house.hostile), address.pattern)
        yield "/console" + re.sub(r"\{\w+\}", word, found)


def token(visitor):
    return visitor.page("/console/").form("Log out").fields["csrf"]


def sound(reply, asked):
    assert reply.status_code in FINE, (asked, reply.status_code)
    assert "x-evil" not in reply.headers
    where = reply.headers.get("location", "/")
    assert where.startswith("/")
    assert not where.startswith("//")
    return reply


@pytest.mark.parametrize("word", WORDS)
def test_no_word_in_an_address_breaks_a_page(house, admin, word):
    for path in paths(word, house):
        if word in path:
            for asked in (path, f"{path}.json"):
                sound(admin.get(asked), asked)
    for page, names in QUERIES.items():
        for name in names:
            sound(admin.get(f"/console{page}.json?{name}={word}"), (page, name))
            sound(admin.get(f"/console{page}?{word}={name}"), (page, word))
    sound(house.visitor().get(f"/console/tickets?q={word}"), word)
    sound(house.visitor().get(f"/console/login?next={word}"), word)


@pytest.mark.parametrize("value", VALUES)
def test_no_word_in_a_form_breaks_a_page(house, admin, value):
    csrf = token(admin)
    for path in paths("NORTHWIND", house):
        form = dict.fromkeys(FIELDS, value) | {"csrf": csrf, "once": value[:64]}
        content = "&".join(f"{name}={quote(text)}" for name, text in form.items())
        reply = admin._send("POST", path, content=content, headers={"Content-Type": FORM})
        sound(reply, path)


def test_somebody_who_may_only_look_changes_nothing_by_any_address(house, reader):
    before, csrf = stored(house), token(reader)
    for path in paths("NORTHWIND", house):
        form = {"csrf": csrf, "once": "once", "party": "", "text": "x", "reason": "x",
                "comment": "x", "minutes": "5", "do": "save", "source": "x"}  # fmt: skip
        content = "&".join(f"{name}={quote(text)}" for name, text in form.items())
        for each in (path, f"{path}.json"):
            reply = reader._send("POST", each, content=content, headers={"Content-Type": FORM})
            assert reply.status_code in {403, 404, 422}, (each, reply.status_code)
    assert stored(house) == before


def test_a_stolen_token_is_worth_nothing_in_another_session_or_from_another_site(house, admin):
    path = f"/console/tickets/{house.hostile}"
    form = admin.page(path).form("Close")
    before = stored(house)
    other = house.agent("berta")
    assert other.send(form, minutes="5").status_code == 403
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:8080.evil.example"},
    ):
        assert admin.send(form, headers=headers, minutes="5").status_code == 403
    assert stored(house) == before


@pytest.mark.parametrize(
    "content",
    [
        "&".join(f"f{n}=x" for n in range(501)),
        "csrf=" + "x" * 900_000,
        "csrf=%FF",
        "csrf=%ED%A0%80",
        "=&=&=",
        "csrf=x&csrf=y&" + "=" * 100,
    ],
)
def test_a_form_that_is_none_of_ours_is_refused_before_anything_else(house, admin, content):
    for who in (admin, house.visitor()):
        reply = who._send("POST", "/console/settings/ticketing/sync", content=content,
                          headers={"Content-Type": FORM})  # fmt: skip
        assert reply.status_code in {303, 401, 403, 422}


def test_a_form_larger_than_any_of_ours_is_not_read(house, admin):
    reply = admin._send("POST", "/console/settings/ticketing", content="x" * 1_100_000,
                        headers={"Content-Type": FORM})  # fmt: skip
    assert reply.status_code == 413


def stored(house):
    return [
        house.rows(f"select count(*) from {table}")
        for table in ("article", "history", "event", "delivery", "audit", "process_version")
    ] + house.rows("select state from task where ticket_id = %s", house.hostile)


def test_cookies_of_other_shapes_are_no_session(house):
    visitor = house.visitor()
    for cookie in ("x" * 4000, "a,b", '"quoted"', "..", "%00"):
        visitor.cookies = httpx.Cookies()
        reply = visitor.get(
            "/console/", Cookie=f"console-session={cookie}; console-flash={cookie}.x"
        )
        assert reply.status_code in {303, 400}


def test_a_login_longer_than_any_is_not_read(house):
    visitor = house.visitor()
    form = visitor.page("/console/login").form("Log in")
    assert visitor.send(form, name="admin", password="x" * 20_000).status_code == 422
