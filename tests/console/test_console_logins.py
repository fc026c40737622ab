"""Who comes into the console, for how long, and what a form must prove."""

import re

import pytest

from gateway.compose import build_app
from gateway.settings import load
from tests.kit.asgi import talk
from tests.kit.console import running_house
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import free_port

FORMS = {
    # page, button, what must not change
    "assign": ("/console/tickets/{ticket}", "Assign", "select state, group_id from task"),
    "text": ("/console/tickets/{ticket}", "Enter text", "select count(*) from article"),
    "close": ("/console/tickets/{ticket}", "Close", "select state, closed from task"),
    "group": ("/console/groups/1", "Save", "select description from agent_group"),
    "map": ("/console/settings/ticketing", "Save", "select request_type from event_map"),
    "sync": (
        "/console/settings/ticketing",
        "Sync the external app fields",
        "select count(*) from external_app_field",
    ),
    "logout": ("/console/", "Log out", "select count(*) from session"),
}


def test_a_page_without_session_leads_to_the_login_and_from_there_to_the_page(house):
    visitor = house.visitor()
    reply = visitor.get("/console/tickets?open=1")
    assert reply.status_code == 303
    page = visitor.page(reply.headers["location"])
    assert page.tree.xpath("//label[@for='name']")
    assert page.tree.xpath("//label[@for='password']")
    reply = visitor.send(page.form("Log in"), name="admin", password=ADMIN_PASSWORD)
    assert reply.headers["location"] == "/console/tickets?open=1"
    assert visitor.page(reply.headers["location"]).status == 200


@pytest.mark.parametrize(
    "next_path",
    ["https://example.org/", "//example.org/", "/console//example.org", "/console/\\example.org",
     "/soap/acmp/helpdesk", "javascript:alert(1)", "/console/../index.json"],
)  # fmt: skip
def test_the_login_leads_nowhere_else(house, next_path):
    visitor = house.visitor()
    form = visitor.page("/console/login").form("Log in")
    reply = visitor.send(form, name="admin", password=ADMIN_PASSWORD, next=next_path)
    assert reply.headers["location"] in ("/console/", "/console/../index.json")
    assert reply.headers["location"].startswith("/console/")


@pytest.mark.parametrize("login", [
    ("admin", "wrong"), ("nosuch", ADMIN_PASSWORD), ("carla", ADMIN_PASSWORD),
    ("northwind", ADMIN_PASSWORD), ("", ""),
])  # fmt: skip
def test_nobody_but_an_agent_comes_in_and_all_get_the_same_answer(house, login):
    visitor = house.visitor()
    reply = visitor.log_in(*login)
    assert reply.status_code == 401
    assert "user name or password wrong" in reply.text
    assert visitor.get("/console/").status_code == 303


def test_the_session_is_a_cookie_that_scripts_and_other_sites_never_see(house):
    plain, secure = house.visitor(), house.visitor(scheme="https")
    for visitor, name in ((plain, "console-session"), (secure, "__Host-console-session")):
        reply = visitor.log_in("admin")
        (cookie,) = [c for c in reply.headers.get_list("set-cookie") if c.startswith(name)]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert ("Secure" in cookie) is (visitor is secure)
        session_id = re.match(r"[^=]+=([^;]+)", cookie)[1]
        ((stored,),) = house.rows(
            "select count(*) from session where digest = sha256(%s)", session_id.encode()
        )
        assert stored == 1
        ((text,),) = house.rows("select string_agg(s::text, ' ') from session s")
        assert session_id not in text


def test_who_logs_out_has_no_session_left(house):
    visitor = house.agent()
    cookies = visitor.cookies
    page = visitor.press("/console/", "Log out")
    assert page.buttons() == ["Log in"]
    visitor.cookies = cookies
    assert visitor.get("/console/").status_code == 303


def test_a_new_login_ends_the_session_before(house):
    visitor = house.agent()
    ((before,),) = house.rows("select count(*) from session")
    visitor.log_in("admin")
    assert house.rows("select count(*) from session") == [(before,)]


@pytest.mark.parametrize("how", ["expires = now()", "last_seen = now() - interval '7201 seconds'"])
def test_an_expired_session_is_none(house, how):
    visitor = house.agent("berta")
    house.rows(
        f"update session set {how} where account_id = (select id from account where name = 'berta')"
    )
    assert visitor.get("/console/").status_code == 303
    assert visitor.get("/console/index.json").status_code == 401


def test_an_account_that_is_disabled_is_out_at_once(house):
    visitor = house.agent("stranger")
    house.rows("update account set active = false where name = 'stranger'")
    try:
        assert visitor.get("/console/").status_code == 303
        assert house.visitor().log_in("stranger").status_code == 401
    finally:
        house.rows("update account set active = true where name = 'stranger'")


def test_a_guessed_session_is_none(house):
    visitor = house.visitor()
    visitor.cookies.set("console-session", "guessed", domain="127.0.0.1")
    assert visitor.get("/console/").status_code == 303


def test_the_settings_say_how_long_a_session_lives_and_how_often_a_login_may_fail(databases):
    settings = {"login.session_s": 100, "login.session_idle_s": 50,
                "login.failures_per_account": 2}  # fmt: skip
    with running_house(databases, **settings) as house:
        visitor = house.agent()
        ((life,),) = house.rows("select extract(epoch from expires - created)::int from session")
        assert life == 100
        house.rows("update session set last_seen = now() - interval '51 seconds'")
        assert visitor.get("/console/").status_code == 303
        house.rows("delete from good_login")
        tried = [house.visitor().log_in("admin", f"wrong {n}") for n in range(3)]
        assert [reply.status_code for reply in tried] == [401, 401, 429]
        assert tried[2].headers["retry-after"] == "300"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_the_token_of_its_session_changes_nothing(house, admin, name):
    path, button, statement = FORMS[name]
    path = path.format(ticket=house.ticket())
    form = admin.page(path).form(button)
    before = house.rows(statement + " order by 1")
    other = house.agent("admin")
    foreign = other.page(path).form(button).fields["csrf"]
    for token in (None, "", "wrong", foreign, "ü"):
        assert admin.send(form, csrf=token).status_code == 403
    for headers in ({"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        assert admin.send(form, headers=headers).status_code == 403
    other.press("/console/", "Log out")
    if name != "logout":
        assert house.rows(statement + " order by 1") == before
    assert admin.get("/console/").status_code == 200


def test_the_login_itself_needs_the_token_of_its_page(house):
    visitor = house.visitor()
    form = visitor.page("/console/login").form("Log in")
    for token in (None, "wrong"):
        reply = visitor.send(form, name="admin", password=ADMIN_PASSWORD, csrf=token)
        assert reply.status_code == 403
        assert "console-session" not in visitor.cookies


def test_a_form_of_a_session_that_ended_is_answered_401_and_changes_nothing(house):
    visitor, ticket = house.agent("berta"), house.ticket()
    form = visitor.page(f"/console/tickets/{ticket}").form("Close")
    house.rows("delete from session where account_id = (select id from account"
               " where name = 'berta')")  # fmt: skip
    assert visitor.send(form).status_code == 401
    assert house.state(ticket) == "Open"


def test_every_answer_forbids_scripts_framing_and_keeping(house, admin):
    anonymous = house.visitor()
    replies = [
        admin.get("/console/"),
        admin.get("/console/nowhere"),
        admin.get("/console/index.json"),
        anonymous.get("/console/login"),
        admin.send(admin.page("/console/groups/1").form("Save"), csrf="wrong"),
    ]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        for rule in ("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'",
                     "base-uri 'none'"):  # fmt: skip
            assert rule in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cache-control"] == "no-store"


def test_a_twin_is_read_with_the_login_of_every_service_too(house):
    visitor = house.visitor()
    reply = visitor.get("/console/tickets.json")
    assert (reply.status_code, reply.json()["code"]) == (401, "GW-401")
    assert reply.headers["content-type"] == "application/problem+json"
    wrong = "Basic YWRtaW46d3Jvbmc="
    assert visitor.get("/console/tickets.json", Authorization=wrong).status_code == 401
    good = "Basic YWRtaW46Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=="
    assert visitor.get("/console/tickets.json", Authorization=good).status_code == 200
    assert visitor.get("/console/tickets", Authorization=good).status_code == 303


def test_a_body_that_is_no_form_is_refused(house, admin):
    form = admin.page("/console/groups/1").form("Save")
    assert admin.send(form, description="a\x00b").status_code == 422
    reply = admin._send("POST", "/console/groups/1", content=b"a=%ff", headers={
        "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert reply.status_code == 422
    reply = admin._send("POST", "/console/groups/1", json={}, headers={})
    assert reply.status_code == 415


def test_german_readers_get_german_pages(house):
    visitor = house.visitor(language="de-DE,de;q=0.9,en;q=0.5")
    page = visitor.page("/console/login")
    assert page.tree.get("lang") == "de"
    assert page.buttons() == ["Anmelden"]
    assert visitor.log_in("admin").status_code == 303
    assert "Übersicht" in visitor.page("/console/").text


def test_the_first_page_of_all_leads_to_the_console(house):
    page = house.visitor().page("/")
    assert "/console/" in page.tree.xpath("//a/@href")


def test_a_console_that_is_switched_off_is_not_there(databases):
    with running_house(databases, **{"console.enabled": False}) as house:
        assert house.visitor().get("/console/").status_code == 404
        assert "/console/" not in house.visitor().page("/").tree.xpath("//a/@href")


def test_while_the_database_is_away_the_page_says_try_again_later():
    door = build_app(load({"database.url": f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/x"},
                          environment={}).settings)  # fmt: skip
    reply = talk(door, method="GET", path="/console/", pieces=[],
                 headers={"cookie": "console-session=any"})  # fmt: skip
    assert reply.status == 503
    assert b"GW-503" in reply.body
    assert reply.headers["retry-after"]
