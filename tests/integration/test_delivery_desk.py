"""The verb ``deliveries`` and what it does: every act under the stream's lock, and audited."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from click.testing import CliRunner

from gateway import clock
from gateway.cli import verbs
from gateway.errors import NotFound, WrongState
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.usecases.ports import Circuit, Exchange, State, Verdict, Wanted
from tests.kit.outbox import Outbox
from tests.kit.stores import Stores

FAILED = Verdict(
    state=State.FAILED, outcome="permanent", step="map", tries=3, error="HTTP 400",
    values={"number": "N-1"},
)  # fmt: skip
DONE = Verdict(state=State.DONE, outcome="ok", step="")
SENT = Exchange(step="send", status=400, request="<a/>", answer="<b/>", duration_ms=3)


@pytest.fixture(scope="module")
def opened(databases):
    with databases.migrated() as url, Outbox(url) as outbox:
        yield outbox


@pytest.fixture
def outbox(opened):
    opened.clear()
    opened.session.execute("delete from audit")
    return opened


@pytest.fixture
def store(outbox):
    return DeliveryStore(outbox.engine)


@pytest.fixture
def desk(outbox):
    return DeliveryDesk(outbox.engine, "deliveries test")


@pytest.fixture
def partner(outbox):
    return outbox.partner()


@pytest.fixture
def run(outbox):
    def invoked(*arguments, code=0):
        done = CliRunner().invoke(
            verbs, ["deliveries", *arguments, "--database-url", outbox.url], catch_exceptions=False
        )
        assert done.exit_code == code, done.output
        return done

    return invoked


def dead(outbox, store, partner, subject="ticket:7", **payload):
    """Queue a delivery, have it fail for good, and give its id."""
    outbox.queue(partner, subject, **payload)
    (claimed,) = store.claim("me", 60)
    store.finish(claimed, FAILED, SENT, attempt=1)
    return claimed.id


def audited(outbox):
    return outbox.rows("select action, subject, reason from audit order by id")


def test_a_retry_goes_on_at_the_failed_step_with_a_new_count(outbox, store, desk, partner):
    number = dead(outbox, store, partner)
    desk.retry(number, from_start=False)
    (claimed,) = store.claim("me", 60)
    assert (claimed.id, claimed.step, claimed.tries) == (number, "map", 0)
    assert claimed.values == {"number": "N-1"}
    assert audited(outbox) == [("delivery retried", f"delivery {number}", "")]


def test_a_retry_from_start_forgets_what_was_done(outbox, store, desk, partner):
    number = dead(outbox, store, partner)
    desk.retry(number, from_start=True)
    (claimed,) = store.claim("me", 60)
    assert (claimed.step, claimed.values, claimed.version) == ("", {}, 1)


def test_a_retry_lets_its_stream_go_on_in_order(outbox, store, desk, partner):
    number = dead(outbox, store, partner, n=1)
    outbox.queue(partner, n=2)
    desk.retry(number, from_start=False)
    for n in (1, 2):
        (claimed,) = store.claim("me", 60)
        assert claimed.payload == {"n": n}
        store.finish(claimed, DONE, SENT, attempt=2)


def test_a_retry_hastens_what_waits_for_its_time(outbox, store, desk, partner):
    outbox.queue(partner)
    (claimed,) = store.claim("me", 60)
    later = Verdict(state=State.PENDING, outcome="transient", step="send", tries=4, delay_s=3600)
    store.finish(claimed, later, SENT, attempt=1)
    desk.retry(claimed.id, from_start=False)
    (again,) = store.claim("me", 60)
    assert again.tries == 0


def test_what_is_being_tried_or_done_cannot_be_retried(outbox, store, desk, partner):
    outbox.queue(partner)
    (claimed,) = store.claim("me", 60)
    with pytest.raises(WrongState, match="right now"):
        desk.retry(claimed.id, from_start=False)
    store.finish(claimed, DONE, SENT, attempt=1)
    with pytest.raises(WrongState, match="is done"):
        desk.retry(claimed.id, from_start=False)
    with pytest.raises(NotFound):
        desk.retry(claimed.id + 1, from_start=False)


def test_a_discarded_delivery_is_kept_with_its_reason_and_the_next_one_goes(
    outbox, store, desk, partner
):
    number = dead(outbox, store, partner, n=1)
    outbox.queue(partner, n=2)
    desk.discard(number, "told by phone")
    (claimed,) = store.claim("me", 60)
    assert claimed.payload == {"n": 2}
    assert (desk.get(number).state, desk.get(number).note) == ("dropped", "told by phone")
    assert audited(outbox) == [("delivery discarded", f"delivery {number}", "told by phone")]


def test_what_is_being_tried_can_be_discarded_and_its_worker_is_refused(
    outbox, store, desk, partner
):
    outbox.queue(partner, n=1)
    outbox.queue(partner, n=2)
    (claimed,) = store.claim("me", 60)
    desk.discard(claimed.id, "wrong ticket")
    assert store.finish(claimed, DONE, SENT, attempt=1) is None
    assert desk.get(claimed.id).state == "dropped"
    (following,) = store.claim("me", 60)
    assert following.payload == {"n": 2}


def test_a_later_one_can_be_discarded_while_an_earlier_one_is_tried(outbox, store, desk, partner):
    outbox.queue(partner, n=1)
    outbox.queue(partner, n=2)
    (claimed,) = store.claim("me", 60)
    desk.discard(claimed.id + 1, "not needed")
    assert store.finish(claimed, DONE, SENT, attempt=1) is not None
    assert outbox.states() == {"done": 1, "dropped": 1}


def test_what_is_behind_a_dead_one_is_discarded_and_what_follows_it_still_waits(
    outbox, store, desk, partner
):
    number = dead(outbox, store, partner, n=1)
    for n in (2, 3):
        outbox.queue(partner, n=n)
    desk.discard(number + 1, "not needed")
    assert store.claim("me", 60) == []
    desk.retry(number, from_start=False)
    for n in (1, 3):
        (claimed,) = store.claim("me", 60)
        assert claimed.payload == {"n": n}
        store.finish(claimed, DONE, SENT, attempt=2)


def test_an_older_dead_one_is_settled_and_the_last_one_still_stops_its_stream(
    outbox, store, desk, partner
):
    older = dead(outbox, store, partner, n=1)
    desk.retry(older, from_start=False)
    outbox.session.execute("update partner set dead_policy = 'skip' where id = %s", (partner,))
    (claimed,) = store.claim("me", 60)
    store.finish(claimed, FAILED, SENT, attempt=2)
    outbox.session.execute("update partner set dead_policy = 'block' where id = %s", (partner,))
    last = dead(outbox, store, partner, n=2)
    outbox.queue(partner, n=3)
    desk.discard(older, "told by phone")
    assert store.claim("me", 60) == []
    desk.discard(last, "told by phone")
    (claimed,) = store.claim("me", 60)
    assert claimed.payload == {"n": 3}


def test_what_waits_for_an_earlier_one_cannot_be_tried_before_it(outbox, store, desk, partner):
    number = dead(outbox, store, partner, n=1)
    outbox.queue(partner, n=2)
    with pytest.raises(WrongState, match=f"waits for delivery {number}"):
        desk.retry(number + 1, from_start=False)


def test_a_listing_is_read_in_pages(outbox, desk, partner):
    outbox.queue_all(*((partner, f"ticket:{n}", {}) for n in range(1200)))
    rows = list(desk.listed(Wanted(state=State.PENDING), most=1100))
    assert len({row.id for row in rows}) == 1100
    only = Wanted(state=State.PENDING, partner="NORTHWIND", subject="ticket:3")
    assert [row.subject for row in desk.listed(only, most=10)] == ["ticket:3"]
    with pytest.raises(NotFound):
        list(desk.listed(Wanted(state=State.PENDING, partner="NOBODY"), most=10))


def test_a_paused_partner_waits_and_a_resumed_one_has_forgotten_its_failures(
    outbox, store, run, partner
):
    outbox.queue(partner)
    assert "is paused" in run("pause", "NORTHWIND", "--reason", "maintenance").stderr
    assert "already" in run("pause", "NORTHWIND").stderr
    assert store.claim("me", 60) == []
    store.circuit(partner, lambda before, now: Circuit(failures=9, open_until=now, paused=True))
    assert "1 tickets" in run("resume", "NORTHWIND").stderr
    store.shift(30)
    (claimed,) = store.claim("me", 60)
    assert claimed.probe_s is None
    assert [line[0] for line in audited(outbox)] == ["partner paused", "partner resumed"]


def test_the_verb_lists_failed_ones_before_pending_ones(outbox, store, run, partner):
    number = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:8")
    lines = run("list").stdout.splitlines()
    assert lines[0].split("\t")[:2] == [str(number), "ticket:7"]
    assert lines[1].split("\t")[1] == "ticket:8"
    shown = [
        json.loads(line) for line in run("list", "--json", "--ticket", "8").stdout.splitlines()
    ]
    assert [one["state"] for one in shown] == ["pending"]
    assert "event_id" in shown[0]
    assert "neither an id nor the number" in run("list", "--ticket", "lift", code=2).stderr


def test_deliveries_are_listed_by_the_number_of_their_ticket(database_url):
    stores = Stores(database_url)
    ticket = stores.create()
    with Outbox(database_url) as outbox:
        outbox.queue(outbox.partner(), f"ticket:{ticket.id}")
        words = ["list", "--json", "--ticket", ticket.number, "--database-url", database_url]
        done = CliRunner().invoke(verbs, ["deliveries", *words], catch_exceptions=False)
    assert [json.loads(line)["subject"] for line in done.stdout.splitlines()] == [
        f"ticket:{ticket.id}"
    ]
    stores.close()


def test_listings_and_retries_tell_what_keeps_a_partner_from_being_sent_to(
    outbox, store, run, partner
):
    number = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:8")
    run("pause", "NORTHWIND", "--reason", "maintenance until noon")
    for words in (["list"], ["show", str(number + 1)], ["retry", str(number)]):
        told = run(*words).stderr
        assert "NORTHWIND was paused at " in told
        assert (
            "by deliveries pause, 'maintenance until noon': ticket-gateway deliveries resume"
            in told
        )
    assert "now" not in run("retry", str(number)).stderr
    run("resume", "NORTHWIND")
    paused = Circuit(failures=9, paused=True)
    store.circuit(partner, lambda before, now: paused)
    assert "NORTHWIND paused by itself" in run("list").stderr
    away = Circuit(failures=9, failing_since=datetime(2026, 3, 4, 2, 10, tzinfo=UTC))
    store.circuit(partner, lambda before, now: replace(away, open_until=now + timedelta(hours=1)))
    told = run("list").stderr
    assert "NORTHWIND does not answer since 2026-03-04 02:10:00 UTC, it is asked again at" in told
    assert "ticket-gateway partners test NORTHWIND" in told
    outbox.session.execute("update partner set active = false")
    assert "ticket-gateway partners set NORTHWIND active=true" in run("list").stderr
    (backlog,) = [one for one in store.backlogs() if one.partner == "NORTHWIND"]
    assert (backlog.depth, backlog.active) == (2, False)


def test_what_waits_without_any_worker_is_told(outbox, run, desk, partner):
    outbox.session.execute("delete from schedule")
    outbox.queue(partner)
    assert desk.neglected() == 0
    outbox.session.execute("update stream set due = due - interval '2 minutes'")
    assert "no worker runs, 1 tickets and services wait" in run("list").stderr
    outbox.session.execute(
        "insert into schedule (name, spec, next_run, last_run)"
        " values ('x', 'every 30 s', now(), now())"
    )
    assert desk.neglected() == 0
    outbox.session.execute("delete from schedule")


def test_an_unknown_partner_is_told_beside_those_there_are(run, partner):
    for words in (["list", "--partner", "northwind"], ["pause", "northwind"]):
        with pytest.raises(NotFound, match="no partner 'northwind'; there are: NORTHWIND"):
            run(*words)


def test_a_bulk_that_is_broken_off_tells_how_far_it_came(outbox, store, run, partner):
    numbers = [dead(outbox, store, partner, f"ticket:{n}") for n in range(3)]
    retry = DeliveryDesk.retry

    def retried(desk, number, **how):
        if number == numbers[1]:
            raise KeyboardInterrupt
        retry(desk, number, **how)

    with mock.patch.object(DeliveryDesk, "retry", retried):
        assert "Ended after 1 of 3" in run("retry", "--all-failed", code=1).stderr
    assert outbox.states() == {"failed": 2, "pending": 1}


def test_a_sheet_for_people_has_each_try_with_both_sides_and_the_ways_out(
    outbox, store, run, partner
):
    number = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:7")
    shown = run("show", str(number))
    assert (
        "step send, permanent, status 400, 3 ms\n    HTTP 400\n  request\n    <a/>\n"
        in shown.stdout
    )
    for verb in (f"retry {number}", f"discard {number} --reason", "NORTHWIND on_dead=skip"):
        assert verb in shown.stderr
    assert f"deliveries show {number}" in run("show", str(number + 1)).stderr


def test_the_verb_shows_a_delivery_with_its_attempts(outbox, store, run, partner):
    number = dead(outbox, store, partner)
    shown = json.loads(run("show", str(number), "--json").stdout)
    assert (shown["last_error"], shown["step"], shown["in_work"]) == ("HTTP 400", "map", False)
    (attempt,) = shown["attempts"]
    assert (attempt["n"], attempt["outcome"], attempt["request"]) == (1, "permanent", "<a/>")
    assert "permanent" in run("show", str(number)).stdout


def test_a_dry_run_changes_nothing(outbox, store, run, partner):
    number = dead(outbox, store, partner)
    done = run("retry", "--all-failed", "--dry-run", "--json")
    assert json.loads(done.stdout)["id"] == number
    assert "1 would be retried" in done.stderr
    assert outbox.states() == {"failed": 1}


def test_all_failed_ones_of_a_partner_are_retried(outbox, store, run, partner):
    south = outbox.partner("SOUTHSEA")
    dead(outbox, store, partner, "ticket:1")
    dead(outbox, store, partner, "ticket:2")
    dead(outbox, store, south, "ticket:1")
    assert "2 will be tried" in run("retry", "--all-failed", "--partner", "NORTHWIND").stderr
    assert outbox.states() == {"failed": 1, "pending": 2}


def test_a_bulk_that_is_partly_refused_ends_with_6(outbox, store, run, partner):
    number = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:8")
    (claimed,) = store.claim("me", 60)
    done = run("retry", str(number), str(claimed.id), code=6)
    assert "right now" in done.stderr
    assert run("discard", str(number), "--reason", "x").exit_code == 0
    run("discard", str(number), "--reason", "x", code=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("retry",),
        ("retry", "1", "--all-failed"),
        ("retry", "1", "--partner", "X"),
        ("retry", "1", "--since", "2h"),
        ("retry", "--since", "yesterday"),
        ("retry", "--all-failed", "--rate", "0"),
        ("discard", "--reason", "x"),
        ("discard", "1", "--reason", " "),
        ("discard", "1"),
    ],
)
def test_unclear_wishes_are_wrong_usage(run, arguments):
    run(*arguments, code=2)


def test_those_that_failed_since_a_time_are_retried(outbox, store, run, partner):
    old, new = dead(outbox, store, partner, "ticket:1"), dead(outbox, store, partner, "ticket:2")
    outbox.session.execute(
        "update delivery set settled = '2026-03-04T10:15+00' where id = %s", (old,)
    )
    for since, found in (("2026-03-04T10:15", {old, new}), ("2026-03-04T11:15:01+01:00", {new})):
        shown = run("retry", "--since", since, "--dry-run", "--json").stdout.splitlines()
        assert {json.loads(line)["id"] for line in shown} == found
    done = run("retry", "--partner", "NORTHWIND", "--since", "2h", "--json")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": new, "retried": True, "refused": ""}
    ]
    assert outbox.states() == {"failed": 1, "pending": 1}


def test_a_bulk_keeps_the_order_and_the_rate(outbox, store, run, monkeypatch):
    partner = outbox.partner("SKIPPING", dead_policy="skip")
    numbers = [dead(outbox, store, partner) for _ in range(3)]
    began = clock.monotonic_s()
    done = run("retry", *map(str, reversed(numbers)), "--rate", "20", "--json")
    assert clock.monotonic_s() - began >= 0.1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == numbers
    assert [subject for _, subject, _ in audited(outbox)] == [f"delivery {n}" for n in numbers]


def test_a_delivery_tells_behind_which_one_it_waits(outbox, store, desk, run, partner):
    head = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:7")
    outbox.queue(partner, "ticket:7")
    outbox.queue(partner, "ticket:8")
    waiting = {row.id: row for row in desk.listed(Wanted(state=State.PENDING), most=9)}
    assert [row.behind for row in waiting.values()] == [head, head, None]
    assert desk.get(head).blocks
    shown = run("list", "--state", "pending").stdout.splitlines()
    assert [line.split("\t")[9] for line in shown] == [str(head), str(head), ""]
    desk.retry(head, from_start=False)
    assert [desk.get(number).behind for number in (head, *waiting)] == [None, head, head, None]
    assert not desk.get(head).blocks


def test_what_waits_behind_a_dead_one_goes_on_when_the_partner_says_skip(
    outbox, store, desk, partner
):
    head = dead(outbox, store, partner)
    outbox.queue(partner, "ticket:7")
    assert store.claim("me", 60) == []
    words = ["partners", "set", "NORTHWIND", "on_dead=skip", "--database-url", outbox.url]
    assert CliRunner().invoke(verbs, words, catch_exceptions=False).exit_code == 0
    (claimed,) = store.claim("me", 60)
    assert claimed.id > head
    assert desk.get(claimed.id).behind is None
    assert (desk.get(head).state, desk.get(head).blocks) == ("failed", False)
