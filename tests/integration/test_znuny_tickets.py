"""The connector's tickets under rivals and failures, and what each call asks of the database."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from gateway.repository import transaction
from tests.kit.database import driver_url
from tests.kit.stores import round_trips
from tests.kit.znuny import AGENT, ARTICLE, NEW_TICKET, running_znuny

WHOLE = {"Ticket": NEW_TICKET, "Article": ARTICLE}
FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "df.txt"}
CALLERS = 50
# The account, or the message's own record: every call of every dialect has them.
APART = {"find_account", "open_message", "close_message", "reserve_numbers", "find_session"}


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases, login__calls_at_once="100", http__pool_wait_s="60") as running:
        yield running


def test_znuny_a13_first_calls_at_once_make_one_ticket(znuny):
    data = {**AGENT, "ExternalReference": "ALARM-4711", **WHOLE}
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = [callers.submit(znuny.call, "rest", "ExternalReference", data)
                 for _ in range(CALLERS)]  # fmt: skip
        found = [call.result() for call in calls]
    assert [each.text for each in found if each.status != 200 or each.code] == []
    actions = sorted(each.answer["Action"] for each in found)
    assert actions == ["Create", *["Update"] * (CALLERS - 1)]
    assert len({each.answer["TicketID"] for each in found}) == 1
    assert znuny.rows(
        "select count(*), count(distinct a.ticket_id), max(a.number) from article a"
        " join external_reference r on r.ticket_id = a.ticket_id where r.reference = 'ALARM-4711'"
    ) == [(CALLERS, 1, CALLERS)]


@pytest.mark.parametrize(
    ("much", "more"),
    [
        ("update article set plain = repeat('x', 34000000) where ticket_id = %s", {}),
        (
            "update attachment set size = 101000000 where ticket_id = %s",
            {"Attachments": "1", "GetAttachmentContents": "1"},
        ),
    ],
    ids=["texts", "files"],
)
def test_more_than_one_answer_holds_is_refused_and_can_still_be_changed(znuny, much, more):
    made = znuny.call("rest", "TicketCreate", {**AGENT, **WHOLE, "Attachment": FILE})
    ticket = {**AGENT, "TicketID": made.answer["TicketID"]}
    znuny.rows(much, int(made.answer["TicketID"]))
    asked = {**ticket, "AllArticles": "1", **more}
    for face in ("rest", "soap11"):
        refused = znuny.call(face, "TicketGet", asked)
        assert refused.error == (
            "TicketGet.InvalidParameter",
            "TicketGet: TicketID parameter asks for more than one answer holds, ask for less!",
        )
    assert znuny.call("rest", "TicketGet", ticket).answer["Ticket"]
    changed = znuny.call("rest", "TicketUpdate", {**ticket, "Ticket": {"Title": "Still alive"}})
    assert changed.code is None


STEPS = (
    "resolve", "set_aside_articles", "holders_of_claim", "insert_ticket", "add_history",
    "add_events", "add_whole_articles", "add_files_of_articles", "add_contents", "add_time_units",
    "clear_fields", "fill_fields", "drop_claims", "release_claims", "restore_claim",
    "claim_reference", "follow_task", "enqueue_delivery", "settle_message", "commit",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_of_a_creation_leaves_nothing(znuny, monkeypatch, step):
    read = transaction.statement

    def failing(name):
        return "select 1 / 0" if name == step else read(name)

    article = {**ARTICLE, "TimeUnit": "5", "ArticleSend": "1", "To": "a@example.com"}
    field = {"Name": "ExternalReference", "Value": f"REF-{step}"}
    data = {**AGENT, "Ticket": NEW_TICKET, "Article": article, "Attachment": FILE,
            "DynamicField": field}  # fmt: skip
    znuny.call("rest", "SessionCreate", AGENT)  # the password is known, numbers are in reserve
    before = everything(znuny)
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "statement", failing)
        found = znuny.call("rest", "TicketCreate", data)
    assert found.status == 500, (found.status, found.text)
    assert everything(znuny) == before
    assert znuny.call("rest", "TicketCreate", data).code is None


def everything(znuny):
    tables = ("ticket", "article", "attachment", "attachment_content", "history", "ticket_field",
              "external_reference", "event", "delivery", "working_time", "task")  # fmt: skip
    return [znuny.rows(f"select count(*) from {table}") for table in tables]


def trips_of(znuny, monkeypatch, operation, data):
    for _ in range(2):  # once everything is warm
        with round_trips(monkeypatch) as trips:
            found = znuny.call("soap11", operation, {**AGENT, **data})
        assert found.code is None, found.error
    return [trip for trip in trips if not set(trip) <= APART], found


def test_creating_takes_four_round_trips(znuny, monkeypatch):
    data = {**WHOLE, "Attachment": [FILE, FILE]}
    trips, _ = trips_of(znuny, monkeypatch, "TicketCreate", data)
    assert len(trips) <= 4, trips


def test_updating_takes_four_round_trips(znuny, monkeypatch):
    ticket = znuny.call("rest", "TicketCreate", {**AGENT, **WHOLE}).answer["TicketID"]
    data = {"TicketID": ticket, "Ticket": {"Title": "Other"}, "Article": ARTICLE}
    trips, _ = trips_of(znuny, monkeypatch, "TicketUpdate", data)
    assert len(trips) <= 4, trips


def test_a_reference_takes_four_round_trips(znuny, monkeypatch):
    data = {"ExternalReference": "TRIPS", **WHOLE}
    trips, _ = trips_of(znuny, monkeypatch, "ExternalReference", data)
    assert len(trips) <= 4, trips


def test_reading_takes_two_round_trips_however_much_there_is(znuny, monkeypatch):
    articles = [{**ARTICLE, "Attachment": [FILE]} for _ in range(10)]
    made = {**AGENT, "Ticket": NEW_TICKET, "Article": articles}
    tickets = [znuny.call("rest", "TicketCreate", made).answer["TicketID"] for _ in range(3)]
    data = {"TicketID": tickets, "AllArticles": 1, "Attachments": 1, "DynamicFields": 1}
    trips, found = trips_of(znuny, monkeypatch, "TicketGet", data)
    assert len(trips) <= 2, trips
    assert [len(each["Article"]) for each in found.answer["Ticket"]] == [10, 10, 10]
    trips, _ = trips_of(znuny, monkeypatch, "TicketHistoryGet", {"TicketID": tickets})
    assert len(trips) <= 2, trips


def test_searching_takes_four_round_trips_however_much_is_asked(znuny, monkeypatch):
    plain = {"Title": "*disk*", "StateType": "Open"}
    trips, _ = trips_of(znuny, monkeypatch, "TicketSearch", plain)
    assert len(trips) <= 3, trips
    named = {"Queues": ["Raw", "Misc"], "States": "new", "OwnerIDs": [1], "SortBy": "Title",
             "DynamicField_ExternalReference": {"Like": "*"}, "Fulltext": "disk"}  # fmt: skip
    trips, _ = trips_of(znuny, monkeypatch, "TicketSearch", named)
    assert len(trips) <= 4, trips


def test_a_search_that_takes_too_long_is_told_to_come_again(znuny, monkeypatch):
    read = transaction.statement
    brief = {"plan_by_values": "select set_config('statement_timeout', '50', true)"}
    monkeypatch.setattr(transaction, "statement", lambda name: brief.get(name) or read(name))
    with psycopg.connect(driver_url(znuny.url)) as holder:
        holder.execute("lock table ticket")
        found = znuny.call("rest", "TicketSearch", AGENT)
    assert (found.status, found.code) == (503, "Request.Unavailable")
    assert int(found.headers["retry-after"]) > 0
    assert znuny.call("rest", "TicketSearch", AGENT).code is None
