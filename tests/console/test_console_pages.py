"""What holds for every page: nothing stored runs, everything is labelled, each has a twin."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from gateway.console import rooms
from gateway.console.rooms import ADDRESSES, TABS
from gateway.console.texts import SAID, TEXTS, said
from tests.kit.console import Page, peopled_house
from tests.kit.stores import round_trips

STRINGS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}#{7*7}",
    "<a href=javascript:alert(1) hx-get=/x>",
    "]]><!--<script>alert(1)</script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
EVIL = " ".join(STRINGS)
ACTIVE = "//script | //img | //svg | //@*[starts-with(name(), 'on')]"


@pytest.fixture(scope="module")
def house(databases):
    """A house of this module's own: no other test should meet its hostile texts."""
    with peopled_house(databases) as house:
        yield house


@pytest.fixture(scope="module")
def admin(house):
    return house.agent("admin")


@pytest.fixture(scope="module")
def evil(house):
    """A world whose every stored text is hostile; give the pages that show it."""
    house.rows("insert into state (en, de, state_type) values (%s, %s, 'open')", EVIL, EVIL)
    ((category,),) = house.rows(
        "insert into category (en, path_en, path_de) values (%s, %s, %s) returning id",
        EVIL,
        EVIL,
        EVIL,
    )
    group = house.stores.group(EVIL, description=EVIL)
    ((system,),) = house.rows("insert into external_system (name) values (%s) returning id", EVIL)
    ((partner,),) = house.rows(
        "insert into partner (name, title, system_id) values (%s, %s, %s) returning id",
        EVIL, EVIL, system,
    )  # fmt: skip
    ((process,),) = house.rows(
        "insert into process (name, active_version) values ('evil', 1) returning id"
    )
    house.rows(
        "insert into process_version (process_id, version, title, source, definition, sha256)"
        " values (%s, 1, %s, %s, %s, '')", process, EVIL, EVIL,
        Jsonb({"step": [{"name": EVIL, "kind": EVIL}]}),
    )  # fmt: skip
    house.rows(
        "update agent_group set integrated = true, partner_id = %s, assignment_process_id = %s,"
        " allowed_senders = %s where id = %s", partner, process, [EVIL], group,
    )  # fmt: skip
    house.rows("update agent set first_name = %s where login = 'nobody'", EVIL)
    ticket = house.ticket(EVIL, title=EVIL)
    house.rows(
        "update ticket set state_id = (select id from state where en = %s), category_id = %s,"
        " keywords = %s, customer_address = %s where id = %s", EVIL, category, EVIL, EVIL, ticket,
    )  # fmt: skip
    ((field,),) = house.rows(
        "insert into dynamic_field (name, en, field_type) values ('Evil', %s, 'text') returning id",
        EVIL,
    )
    house.rows("insert into ticket_field values (%s, %s, 1, %s)", ticket, field, EVIL)
    house.rows(
        "insert into article (ticket_id, number, plain, html, external_author, subject, kind)"
        " values (%s, 90, %s, %s, %s, %s, 'update')", ticket, EVIL, EVIL, EVIL, EVIL,
    )  # fmt: skip
    house.rows("insert into article (ticket_id, number, plain, html, is_description)"
               " values (%s, 91, %s, %s, true)", ticket, EVIL, EVIL)  # fmt: skip
    house.rows(
        "insert into attachment (ticket_id, article_id, name, file_name) select %s, id, %s,"
        " %s from article where ticket_id = %s and number = 90",
        ticket, EVIL[:250], EVIL[:250], ticket,
    )  # fmt: skip
    house.rows("update task set solution = %s, solution_code = %s, subject = %s"
               " where ticket_id = %s", EVIL, EVIL, EVIL, ticket)  # fmt: skip
    house.rows("insert into external_reference (system_id, reference, ticket_id)"
               " values (%s, %s, %s)", system, EVIL[:200], ticket)  # fmt: skip
    house.rows("update history set old = %s, new = %s, text = %s where ticket_id = %s",
               EVIL, EVIL, EVIL, ticket)  # fmt: skip
    house.rows("update event set request_type = %s, app = %s, snapshot = %s where ticket_id = %s"
               " and task_id is not null", EVIL, EVIL, Jsonb({EVIL: EVIL}), ticket)  # fmt: skip
    ((delivery,),) = house.rows(
        "update delivery set state = 'failed', settled = now(), step = %s, last_error = %s,"
        " note = %s where stream_id = (select id from stream where subject = %s) returning id",
        EVIL, EVIL, EVIL, f"ticket:{ticket}",
    )  # fmt: skip
    house.rows(
        "insert into attempt (delivery_id, n, started, step, request, answer, outcome, error)"
        " values (%s, 1, now(), %s, %s, %s, 'permanent', %s)", delivery, EVIL, EVIL, EVIL, EVIL,
    )  # fmt: skip
    ((app,),) = house.rows("insert into external_app (code, label) values (%s, %s) returning id",
                           EVIL, EVIL)  # fmt: skip
    house.rows("insert into external_app_field (app_id, name, label) values (%s, %s, %s)",
               app, EVIL, EVIL)  # fmt: skip
    house.rows("update event_map set happening = %s where code = 'E10'", EVIL)
    house.rows("insert into mailbox (name, last_error) values (%s, %s)", EVIL, EVIL)
    house.rows(
        "insert into mail (mailbox_id, message_id, received, sender, recipient, subject, outcome,"
        " code) select id, %s, now(), %s, %s, %s, 'refused', %s from mailbox",
        EVIL, EVIL, EVIL, EVIL, EVIL,
    )  # fmt: skip
    house.posts(b"<broken")
    ((message,),) = house.rows(
        "update message set operation = %s, code = %s, peer = %s, path = %s, correlation_id = %s,"
        " notes = %s where number = (select max(number) from message) returning number",
        EVIL, EVIL, EVIL, EVIL, EVIL, [EVIL],
    )  # fmt: skip
    house.rows("update message_body set request = %s, answer = %s where number = %s",
               EVIL, EVIL, message)  # fmt: skip
    house.rows(
        "insert into audit (actor, peer, action, subject, reason, before, after)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        EVIL, EVIL, EVIL, EVIL, EVIL, Jsonb({EVIL: EVIL}), Jsonb({EVIL: EVIL + "x"}),
    )  # fmt: skip
    return [
        "/", f"/tickets/{ticket}", f"/tickets?q={ticket}", "/groups?limit=500", f"/groups/{group}",
        "/settings/ticketing", "/app-fields", "/deliveries", f"/deliveries/{delivery}",
        "/processes", "/processes/evil", "/processes/evil/edit", "/mailboxes",
        "/messages", f"/messages/{message}", "/audit",
    ]  # fmt: skip


def test_no_stored_text_becomes_markup_on_any_page(house, admin, evil):
    seen = 0
    for path in evil:
        reply = admin.get(f"/console{path}")
        assert reply.status_code == 200, path
        page = Page(reply)
        assert not page.tree.xpath(f"{ACTIVE} | //@*[starts-with(name(), 'hx')]"), path
        addresses = page.tree.xpath("//@href | //@action | //@src")
        assert all(each.startswith(("/", "?", "#")) for each in addresses), path
        seen += "<script>alert(1)</script>" in page.text or EVIL[:20] in reply.text
        assert EVIL[:20] in json.dumps(
            admin.data(f"/console{_twin(path)}"), ensure_ascii=False
        ) or (path == "/")
    assert seen >= len(evil) - 2


@pytest.mark.parametrize("text", STRINGS)
def test_no_word_of_the_address_becomes_markup(house, admin, text):
    visitor = house.visitor()
    for who, path in (
        (admin, f"/console/tickets?q={text}"),
        (admin, f"/console/app-fields?q={text}&app={text}"),
        (admin, f"/console/processes/{text.replace('/', '')}"),
        (admin, f"/console/{text.replace('/', '')}"),
        (visitor, f"/console/login?next={text}"),
    ):
        reply = who.get(path.replace("#", "%23"))
        assert reply.status_code in (200, 404)
        if reply.headers["content-type"].startswith("text/html"):
            assert not Page(reply).tree.xpath(ACTIVE)


def test_every_control_has_a_label_every_table_headers_and_every_page_one_heading(admin, evil):
    for path in evil:
        tree = admin.page(f"/console{path}").tree
        labels = set(tree.xpath("//label/@for"))
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        for control in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
            assert control.get("aria-label") or control.get("id") in labels, (path, control.attrib)
        assert len(tree.xpath("//h1")) == 1
        assert tree.xpath("//main[@id='content']")
        assert tree.xpath("//a[@class='skip'][@href='#content']")
        assert tree.xpath("//nav[@aria-label]")
        for table in tree.xpath("//table"):
            assert table.xpath(".//thead//th[@scope='col']")
        levels = [int(each.tag[1]) for each in tree.xpath("//h1 | //h2 | //h3")]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert not tree.xpath("//@style"), path


def test_every_page_has_a_twin_that_it_names(admin, evil):
    for path in evil:
        page = admin.page(f"/console{path}")
        (link,) = page.tree.xpath("//link[@rel='alternate']/@href")
        assert _timeless(admin.data(link)) == _timeless(admin.data(f"/console{_twin(path)}"))


TWINS = {
    "/index.json": "counts partners failures neglected hour",
    "/tickets.json": "tickets next",
    "/tickets/{ticket}.json": "ticket entries history events deliveries logs",
    "/deliveries.json": "state deliveries partners standings neglected next",
    "/deliveries/{delivery}.json": "delivery event attempts log",
    "/messages.json": "messages next",
    "/messages/{message}.json": "message",
    "/audit.json": "audit next",
    "/mailboxes.json": "mailboxes refused next",
    "/processes.json": "processes next",
    "/processes/evil.json": "process source diff",
    "/processes/evil/edit.json": "process source problems diff",
    "/groups.json": "groups next",
    "/groups/1.json": "group",
    "/settings/ticketing.json": "event_map",
    "/app-fields.json": "fields next",
}


@pytest.mark.parametrize("path", TWINS)
def test_the_members_of_a_twin_stay_what_scripts_know(house, admin, evil, path):
    ((delivery,),) = house.rows("select max(id) from delivery")
    ((message,),) = house.rows("select max(number) from message")
    data = admin.data("/console" + path.format(
        ticket=evil[1].split("/")[-1], delivery=delivery, message=message
    ))  # fmt: skip
    assert list(data) == TWINS[path].split()
    assert path != "/tickets/{ticket}.json" or {
        "id", "guid", "number", "title", "state", "state_type", "priority", "queue", "references",
        "tasks", "dynamic", "created", "changed", "closed",
    } <= data["ticket"].keys()  # fmt: skip


def test_every_tab_leads_to_a_page_and_marks_where_one_is(admin):
    for tab in TABS:
        page = admin.page(f"/console{tab.path}")
        (current,) = page.tree.xpath("//nav//a[@aria-current='page']/@href")
        assert current == f"/console{tab.path}"


def test_the_process_page_shows_the_source_and_its_versions(house, admin):
    ((process,),) = house.rows(
        "insert into process (name, active_version) values ('shown', 2) returning id"
    )
    for version in (1, 2):
        house.rows(
            "insert into process_version (process_id, version, title, source, definition, sha256)"
            " values (%s, %s, 'Shown', %s, %s, '')", process, version, f"# version {version}",
            Jsonb({"step": [{"name": "send", "kind": "http"}]}),
        )  # fmt: skip
    assert "shown" in [each["name"] for each in admin.data("/console/processes.json")["processes"]]
    page = admin.page("/console/processes/shown")
    assert page.tree.xpath("//pre")[0].text_content() == "# version 2"
    page = admin.page("/console/processes/shown?version=1")
    assert page.tree.xpath("//pre")[0].text_content() == "# version 1"
    for path in ("/console/processes/nosuch", "/console/processes/shown?version=9"):
        assert admin.get(path).status_code == 404


def test_both_languages_have_every_word():
    assert all(set(words) == {"en", "de"} and all(words.values())
               for words in (*TEXTS.values(), *SAID.values()))  # fmt: skip
    assert not set(TEXTS) & set(dir(dict))
    assert said("nothing of ours", "en", "x") == ""


def test_every_word_is_said_somewhere():
    folder = Path(rooms.__file__).parent
    pages = "".join(file.read_text() for file in (folder / "templates").glob("*.html"))
    rooms_too = pages + "".join(
        file.read_text() for file in folder.glob("*.py") if file.name != "texts.py"
    )
    said_by = tuple(re.findall(r'"(\w+_|p)" ~', pages))
    assert not [
        key for key in TEXTS
        if not re.search(rf't\.{key}\b|"{key}"', rooms_too) and not key.startswith(said_by)
    ]  # fmt: skip


def test_no_two_rooms_have_the_same_address():
    patterns = [address.pattern for address in ADDRESSES]
    assert len(patterns) == len(set(patterns))


def test_a_flash_that_somebody_else_wrote_is_not_shown(admin):
    admin.cookies.set("console-flash", "WyJjbG9zZWQiLCAiOTk5Il0=.00", domain="127.0.0.1")
    assert "is closed" not in admin.page("/console/").text
    admin.cookies.delete("console-flash")


def test_pages_are_answered_in_few_queries(house, admin, evil, monkeypatch):
    for path in evil:
        with round_trips(monkeypatch) as trips:
            admin.get(f"/console{path}")
        mine = [name for trip in trips for name in trip if name not in ("find_session",
                "find_account", "begin", "commit", "limits")]  # fmt: skip
        assert len(mine) <= 7, (path, mine)


def _twin(path):
    path, _, query = path.partition("?")
    return ("/index" if path == "/" else path) + ".json" + (f"?{query}" if query else "")


def _timeless(data):
    """Leave out the ages, which go on while one looks."""
    for partner in data.get("partners", ()):
        del partner["oldest_s"]
    return data
