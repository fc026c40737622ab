"""Running processes: order, jumps, skips, waits, echoes, failures; with steps that call nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gateway.delivery.attempt import Attempt, Pace, judged
from gateway.delivery.process_memory import process_log
from gateway.delivery.process_runner import ProcessRunner
from gateway.domain.process import END, Kind
from gateway.errors import ReferenceConflict
from gateway.usecases.ports import (
    Claimed,
    Done,
    Echo,
    EventFacts,
    EventFiles,
    Exchange,
    Lease,
    Permanent,
    RegisteredNames,
    State,
    StoredProcess,
    Transient,
    Waiting,
)
from tests.kit.calls import Calls, answered

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
EVENT = UUID("3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11")
NORTHWIND, SOUTHSEA = 3, 4
HEAD = """format = 1
[process]
name = "p"
version = 1
partner = "NORTHWIND"
strict = true
{more}
[process.inputs]
REFERENCE = "#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-external reference number#"
"""
TROUBLE = Transient(error="HTTP status 503", exchange=Exchange(status=503))
REFUSED = Permanent(error="HTTP status 400", exchange=Exchange(status=400))
UNSENT = Permanent(error="a header of the request has forbidden characters")
PAUSE = '[[step]]\nname = "pause"\nkind = "wait"\nfor = "1h"\n'


def call(name, more="", target="t"):
    return (f'[[step]]\nname = "{name}"\nkind = "http"\ntarget = "{target}"\nmethod = "POST"\n'
            f'path = "/{name}"\n{more}\n')  # fmt: skip


class Desk:
    """What steps read and write of tickets, in memory."""

    def __init__(self, source):
        self.source = source
        self.reference, self.said, self.reads = "", [], 0
        self.refusal = None

    def process(self, name, version):
        return StoredProcess(self.source, NORTHWIND) if version == 1 else None

    def names(self):
        return RegisteredNames(apps=(), fields=(), dynamic=())

    def event(self, guid):
        return EventFacts(7, NORTHWIND, "NORTHWIND")

    def fields_now(self, told):
        self.reads += 1
        return {"Task_ExternalReference": self.reference, "Task_Subject": "now"}

    def task_hash(self, told):
        return f"hash {told.partner} {told.task_id}"

    def form(self, ticket_id):
        return {}

    def files(self, guid):
        return EventFiles((), left_out=2)

    def moment(self, moment):
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    def acknowledge(self, told, partner_id, reference):
        if self.refusal:
            raise self.refusal
        self.said.append(("acknowledge", partner_id, told.task_id, reference))
        self.reference = reference

    def note(self, told, partner_id, text, key):
        self.said.append(("note", partner_id, text, key))


class World:
    """One delivery of a process, carried on as the deliverer does."""

    def __init__(self, *steps, more="", tries=0, probe_s=None, origin=None, **calls):
        self.desk = Desk(HEAD.format(more=more) + "".join(steps))
        self.calls = Calls(**calls)
        self.runner = ProcessRunner(self.desk, self.calls.performers)
        self.written = []
        self.claimed = Claimed(
            id=1, lease=Lease(7, 1, "me"), partner_id=NORTHWIND, partner="NORTHWIND",
            subject="ticket:7", event_id=EVENT, process="p", version=1, step="", tries=tries,
            payload={
                "ticket_id": 7, "task_id": 8, "request_type": "Update", "direction": "Out",
                "occurred": "2026-03-04T09:00:00+00:00", "origin_partner_id": origin,
                "fields": {"Task_Subject": "then", "Task_ExternalReference": "then"},
            },
            values={}, attempt=1, created=NOW, now=NOW, probe_s=probe_s,
        )  # fmt: skip

    def step_done(self, claimed, exchange, *, attempt, following, values, failure):
        self.written.append((exchange.step, following, failure))
        self.claimed = replace(
            self.claimed, step=following, tries=0, values=self.claimed.values | values
        )
        return True

    def run(self, **changes):
        """Make one attempt; what it leaves is the next one's start."""
        self.claimed = replace(self.claimed, **changes)
        attempt = Attempt(self.claimed, self, Pace())
        result = self.runner.run(self.claimed, attempt)
        verdict, _ = judged(attempt, result)
        self.claimed = replace(
            self.claimed,
            step=verdict.step,
            tries=verdict.tries,
            values=self.claimed.values | verdict.values,
            attempt=attempt.attempt + 1,
        )
        self.verdict = verdict
        return result

    @property
    def log(self):
        return [line.partition(" ")[2] for line in process_log(self.claimed.values)]


def test_steps_run_in_their_order_and_each_end_is_written_once():
    world = World(call("one"), call("two"), call("three"))
    assert isinstance(world.run(), Done)
    assert world.calls.steps == ["one", "two", "three"]
    assert world.written == [("one", "two", ""), ("two", "three", "")]
    assert world.log == ["one: ok 200", "two: ok 200", "three: ok 200"]


def test_each_message_carries_event_step_and_the_try_of_its_step():
    world = World(call("one"), call("two"), answers={"two": TROUBLE})
    world.run()
    world.run()
    assert [each.headers for each in world.calls.sent] == [
        {
            "X-Gateway-Event-Id": str(EVENT),
            "X-Gateway-Delivery-Attempt": n,
            "Idempotency-Key": f"{EVENT}/{name}",
        }
        for n, name in (("1", "one"), ("1", "two"), ("2", "two"))
    ]


def test_the_next_step_begins_with_its_own_first_try():
    world = World(call("one"), call("two"), tries=3)
    world.run()
    assert [each.attempt for each in world.calls.sent] == [4, 1]


def test_a_finished_step_is_not_repeated_when_a_later_one_fails():
    world = World(call("one"), call("two"), answers={"two": TROUBLE})
    assert isinstance(world.run(), Transient)
    world.calls.answers = {}
    assert isinstance(world.run(), Done)
    assert world.calls.steps == ["one", "two", "two"]


def test_what_the_kind_of_a_failed_step_keeps_is_its_own_at_the_next_try():
    def listening(situation):
        heard.append(dict(situation.kept))
        return answered("")

    heard = []
    trouble = replace(TROUBLE, values={"got": ["anna"]})
    world = World(call("one"), call("two"), answers={"one": trouble})
    world.run()
    world.calls.answers = {"one": listening, "two": listening}
    world.run()
    assert heard == [{"got": ["anna"]}, {}]


def test_next_skips_steps_and_that_of_a_skipped_step_does_not_count():
    when = 'when = [{{ left = "a", op = "{}", right = "a" }}]\nnext = "end"'
    world = World(call("one", when.format("!=")), call("two", when.format("=")), call("three"))
    world.run()
    assert world.calls.steps == ["two"]
    assert world.log[0] == "one: skipped"


def test_a_decision_is_written_before_the_call_it_leads_to():
    decide = """[[step]]
name = "which"
kind = "decide"
rules = [{ when = [{ left = "#REFERENCE#", op = "empty" }], goto = "new" }]
otherwise = "old"
"""
    world = World(decide, call("new", 'next = "end"'), call("old"), answers={"new": TROUBLE})
    world.run()
    world.desk.reference = "NW-1"  # the partner took it, and its answer was lost
    world.run()
    assert world.calls.steps == ["new", "new"]
    assert world.written == [("which", "new", "")]


def test_the_policy_of_the_process_counts():
    more = '[process.retry]\ncount = 1\nfirst_delay = "10s"\njitter = 0'
    world = World(call("one"), more=more, answers={"one": TROUBLE})
    world.run()
    assert (world.verdict.state, world.verdict.delay_s) == (State.PENDING, 10)
    world.run()
    assert (world.verdict.state, world.verdict.step) == (State.FAILED, "one")


def test_all_errors_are_repeated_where_the_process_says_so():
    plain, all_ = World(call("one"), answers={"one": REFUSED}), World(
        call("one"), more='[process.retry]\nretry_on = "all"', answers={"one": REFUSED}
    )  # fmt: skip
    assert isinstance(plain.run(), Permanent)
    result = all_.run()
    assert (result.error, result.of_partner, result.exchange.status) == (
        "HTTP status 400", False, 400,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("on_error", "steps"), [("continue", ["one", "two", "three"]), ("goto:three", ["one", "three"])]
)
def test_a_process_may_go_on_after_the_last_try_only(on_error, steps):
    world = World(
        call("one", f'on_error = "{on_error}"'), call("two"), call("three"),
        more="[process.retry]\ncount = 1", answers={"one": TROUBLE},
        partners={"t": NORTHWIND},
    )  # fmt: skip
    assert isinstance(world.run(), Transient)
    assert isinstance(world.run(), Done)
    assert world.calls.steps == ["one", *steps]
    assert world.written[0] == ("one", steps[1], "HTTP status 503")


def test_a_failed_probe_is_not_the_last_try():
    world = World(call("one", 'on_error = "continue"'), more="[process.retry]\ncount = 0",
                  answers={"one": TROUBLE}, partners={"t": NORTHWIND}, probe_s=5)  # fmt: skip
    assert isinstance(world.run(), Transient)


def test_a_failure_of_somebody_else_during_a_probe_may_be_the_last_try():
    world = World(call("one", 'on_error = "continue"'), more="[process.retry]\ncount = 0",
                  answers={"one": TROUBLE}, partners={"t": SOUTHSEA}, probe_s=5)  # fmt: skip
    assert isinstance(world.run(), Done)


@pytest.mark.parametrize(
    ("partner", "tells"), [(NORTHWIND, True), (SOUTHSEA, False), (None, False)]
)
def test_only_a_call_to_the_streams_partner_tells_of_its_health(partner, tells):
    partners = {"t": partner} if partner else {}
    assert World(call("one"), answers={"one": TROUBLE}, partners=partners).run().of_partner is tells


@pytest.mark.parametrize(
    ("steps", "partners", "answers", "kind", "tells"),
    [
        ((call("one"),), {"t": NORTHWIND}, {}, Done, True),
        ((call("one"),), {"t": SOUTHSEA}, {}, Done, False),
        ((call("one"),), {"t": NORTHWIND}, {"one": REFUSED}, Permanent, True),
        ((call("one"),), {"t": NORTHWIND}, {"one": UNSENT}, Permanent, False),
        ((call("one", 'on_error = "continue"'), call("two", target="s")),
         {"t": NORTHWIND, "s": SOUTHSEA}, {"one": UNSENT}, Done, False),
        ((call("one"), PAUSE), {"t": NORTHWIND}, {}, Waiting, True),
        ((PAUSE,), {}, {}, Waiting, False),
    ],
)  # fmt: skip
def test_only_an_answer_of_the_streams_partner_tells_that_it_is_back(
    steps, partners, answers, kind, tells
):
    result = World(*steps, partners=partners, answers=answers).run()
    assert (type(result), result.of_partner) == (kind, tells)


def test_ssp7_workflow_b8_a_step_to_the_origin_is_skipped_and_the_log_says_echo():
    world = World(
        call("theirs", target="n"), call("ours", target="s"), origin=NORTHWIND,
        partners={"n": NORTHWIND, "s": SOUTHSEA},
    )  # fmt: skip
    assert isinstance(world.run(), Done)
    assert world.calls.steps == ["ours"]
    assert world.log[0] == "theirs: echo"


def test_ssp7_workflow_b8_nothing_but_echoes_is_an_echo():
    number = '[[step]]\nname = "n"\nkind = "map"\nvalues = [{ name = "v", type = "text" }]\n'
    world = World(call("one", target="n"), number, origin=NORTHWIND, partners={"n": NORTHWIND})
    assert isinstance(world.run(), Echo)
    assert (world.verdict.state, world.verdict.note) == (State.DROPPED, "echo")


def test_an_answer_is_read_by_a_later_step_even_after_a_kill():
    pick = """[[step]]
name = "read"
kind = "map"
values = [{ name = "number", path = "$.n", type = "jsonpath", set = "external_reference" },
          { name = "text", path = "$.t", type = "jsonpath", set = "note" }]
"""
    world = World(call("one"), pick, call("two", 'json = { n = "#REPLACE-STEP-read-number#" }'),
                  answers={"one": answered('{"n": " NW-1\\u0000", "t": "hello"}')})  # fmt: skip
    world.desk.refusal = KeyError("killed here")
    with pytest.raises(KeyError):
        world.run()
    world.desk.refusal = None
    assert isinstance(world.run(), Done)
    assert world.calls.steps == ["one", "two"]
    assert world.calls.sent[1].content["json"] == {"n": " NW-1\ufffd"}
    assert world.desk.said == [
        ("acknowledge", NORTHWIND, 8, " NW-1\ufffd"),
        ("note", NORTHWIND, "hello", "read/text"),
    ]
    assert world.claimed.values["#answers"] == {}


def test_a_refused_acknowledgement_fails_its_step_for_good():
    pick = ('[[step]]\nname = "read"\nkind = "map"\n'
            'values = [{ name = "n", type = "text", set = "external_reference" }]\n')  # fmt: skip
    world = World(call("one"), pick, answers={"one": answered("NW-1")})
    world.desk.refusal = ReferenceConflict(field="external_reference")
    assert isinstance(world.run(), Permanent)
    assert world.verdict.step == "read"


def test_a_required_value_that_is_missing_fails_for_good_at_its_step():
    pick = ('[[step]]\nname = "read"\nkind = "map"\n'
            'values = [{ name = "n", path = "$.n", type = "jsonpath", required = true }]\n'
    )  # fmt: skip
    world = World(call("one"), pick, answers={"one": answered("{}")})
    assert world.run().error == "n is not in the answer"
    assert (world.verdict.state, world.verdict.step) == (State.FAILED, "read")


WAIT = """[[step]]
name = "wait"
kind = "wait"
until = [{{ left = "#REFERENCE#", op = "not empty" }}]
check = "5m"
timeout = "12m"
{more}
"""


def test_a_wait_counts_no_try_and_reads_all_fields_as_they_are_now():
    world = World(WAIT.format(more=""), call("one", 'path = "/#REFERENCE#"').replace(
        'path = "/one"\n', ""))  # fmt: skip
    first = world.run()
    assert first.until == pytest.approx(NOW + timedelta(minutes=5), abs=timedelta(seconds=1))
    assert (world.verdict.outcome, world.verdict.tries) == ("waiting", 0)
    world.desk.reference = "NW-1"
    assert isinstance(world.run(now=NOW + timedelta(minutes=5)), Done)
    assert world.calls.sent[0].content["path"] == "/NW-1"


@pytest.mark.parametrize(
    ("more", "steps"),
    [('on_timeout = "continue"', ["one", "two"]), ('on_timeout = "goto:two"', ["two"])],
)
def test_a_wait_that_took_too_long_goes_where_it_says(more, steps):
    world = World(WAIT.format(more=more), call("one"), call("two"))
    assert isinstance(world.run(), Waiting)
    last = world.run(now=NOW + timedelta(minutes=10))
    assert last.until == pytest.approx(NOW + timedelta(minutes=12), abs=timedelta(seconds=1))
    assert isinstance(world.run(now=NOW + timedelta(minutes=12, seconds=1)), Done)
    assert world.calls.steps == steps


def test_a_wait_in_vain_fails_and_a_retry_waits_anew():
    world = World(WAIT.format(more=""), call("one"))
    world.run()
    assert isinstance(world.run(now=NOW + timedelta(minutes=13)), Permanent)
    assert world.verdict.step == "wait"
    assert isinstance(world.run(now=NOW + timedelta(hours=5)), Waiting)


def test_a_wait_may_be_for_a_time():
    world = World('[[step]]\nname = "wait"\nkind = "wait"\nfor = "1h"\n', call("one"))
    assert isinstance(world.run(), Waiting)
    assert isinstance(world.run(now=NOW + timedelta(minutes=59)), Waiting)
    assert isinstance(world.run(now=NOW + timedelta(minutes=60, seconds=1)), Done)


def test_a_placeholder_nobody_knows_fails_a_strict_process_for_good():
    world = World(call("one"), call("two", 'body = "#REPLACE-EVENT-Nope#"\nbody_type = "text"'))
    assert isinstance(world.run(), Permanent)
    assert (world.verdict.step, world.calls.steps) == ("two", ["one"])


def test_values_of_the_event_and_of_the_moment():
    field = "#REPLACE-EXTAPPFIELD-Ticketing.TaskClosure-Task_"
    text = (
        "#REPLACE-EVENT-Id#|#REPLACE-EVENT-Sequence#|#REPLACE-EVENT-OccurredOn#|"
        f"#REPLACE-EVENT-Attempt#|#REFERENCE#|{field}Subject#|{field}HashCheck#"
    )
    world = World(call("one", f'json = {{ a = "{text}" }}'))
    world.desk.reference = "now"
    world.run()
    assert world.calls.sent[0].content["json"]["a"] == (
        f"{EVENT}|7|2026-03-04T09:00:00Z|1|now|then|hash NORTHWIND 8"
    )


def test_the_log_of_the_delivery_is_a_value():
    world = World(
        call("one"), call("two", 'json = { a = "#REPLACE-STEP-LOG-Process Log#" }'),
        answers={"one": TROUBLE},
    )  # fmt: skip
    world.run()
    world.calls.answers = {}
    world.run()
    assert world.calls.sent[-1].content["json"]["a"].splitlines() == [
        "2026-03-04T10:00:00Z one: HTTP status 503",
        "2026-03-04T10:00:00Z one: ok 200",
    ]


def test_files_that_are_too_much_are_told_in_the_log():
    item = '{ a = "#ATTACHMENT-FileName#" }'
    world = World(call("one", f'json = {{ f = {{ each = "attachments", item = {item} }} }}'))
    world.run()
    assert world.log == [
        "one: 2 files are left out: too many, or too large together", "one: ok 200",
    ]  # fmt: skip


def test_a_version_that_is_not_there_fails_for_good():
    world = World(call("one"))
    assert world.run(version=2).error == "there is no version 2 of the process p"
    world.desk.source = "no process"
    assert "cannot be read" in world.run(version=1).error


def test_a_kind_nobody_performs_is_our_failure():
    world = World(call("one"))
    world.runner = ProcessRunner(world.desk, {Kind.MAIL: world.calls})
    result = world.run()
    assert (result.error, result.of_partner) == ("this worker makes no http calls", False)


def test_a_delivery_that_was_killed_behind_its_last_step_is_done():
    world = World(call("one"))
    assert isinstance(world.run(step=END), Done)
    assert world.calls.steps == []
