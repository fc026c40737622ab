"""Processes on a real database: the process of the contract, and what its decisions promise."""

from pathlib import Path

import pytest

from gateway.domain.app_fields import APPS
from gateway.domain.assignment import TaskState
from gateway.errors import BrokenRule, NotFound
from gateway.usecases.ports import Exchange, FileLimit, Permanent, State, Transient
from gateway.usecases.processes import Loaded
from tests.kit.calls import answered
from tests.kit.processes import HASHES, ProcessWorld

NORTHWIND = (Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml").read_text()
CREATED = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<CreateIncidentResponse xmlns="urn:northwind:desk:1"><CreateIncidentResult>'
    "<Number>{}</Number></CreateIncidentResult></CreateIncidentResponse></s:Body></s:Envelope>"
)
HEAD = (
    'format = 1\n[process]\nname = "{name}"\nversion = {version}\npartner = "NORTHWIND"\n{more}\n'
)
AWAY = Transient(error="HTTP status 503", exchange=Exchange(status=503))
REFUSED = Permanent(error="HTTP status 400", exchange=Exchange(status=400))


@pytest.fixture(scope="module")
def opened(databases):
    with databases.migrated() as url:
        made = ProcessWorld(url)
        made.load(NORTHWIND)
        yield made
        made.close()


@pytest.fixture
def world(opened):
    opened.forget()
    opened.slots("northwind")
    return opened


def simple(name, version=1, more="", body="", step="send"):
    """Give a process of one call."""
    return HEAD.format(name=name, version=version, more=more) + (
        f'[[step]]\nname = "{step}"\nkind = "http"\ntarget = "t"\nmethod = "POST"\n'
        f'path = "/"\n{body}\n'
    )


def created(world, number):
    world.calls.answers["send-new"] = answered(CREATED.format(number))


def test_ssp7_workflow_a7_one_process_in_three_slots_serves_e1_to_e8(world):
    created(world, "NW-A7")
    guid = world.given()  # E1
    world.drain()  # E9 comes out of the answer
    world.tell(guid)  # E4
    world.hear(guid)  # E5
    world.solve(guid)  # E6
    world.decline(guid)  # E3
    world.assign(guid, "Network")  # E10
    world.assign(guid, "Northwind desk")  # E2
    world.close_by_hand(guid)  # E8
    second = world.given()
    world.solve(second, closed=True)  # E7
    world.drain()
    assert world.codes(guid) == ["E1", "E9", "E4", "E5", "E6", "E3", "E10", "E2", "E8"]
    assert [(kind, name) for kind, name, *_ in world.deliveries()] == [
        (kind, "northwind") for kind in ("E1", "E4", "E5", "E6", "E3", "E2", "E8", "E1", "E7")
    ]


def test_ssp7_workflow_a8_the_process_of_the_contract_branches_by_the_event(world):
    created(world, "NW-A8")
    guid = world.given()
    world.drain()
    assert world.task(guid).state is TaskState.IN_PROGRESS
    for happens in (
        lambda: world.tell(guid),
        lambda: world.hear(guid),
        lambda: world.solve(guid),
        lambda: world.decline(guid),
        lambda: world.assign(guid, "Network"),
        lambda: world.assign(guid, "Northwind desk"),
        lambda: world.close_by_hand(guid),
    ):
        happens()
        world.drain()
    second = world.given()
    created(world, "NW-A8b")
    world.drain()
    world.solve(second, closed=True)
    world.drain()
    assert world.calls.steps == [
        "send-new",  # E1
        "send-update",  # E4
        "tell-team",  # E5
        "tell-team",  # E6
        "send-state",  # E3
        "send-state",  # E2
        "send-state",  # E8
        "send-new",  # E1 of the second
        "tell-team",  # E7
    ]
    assert {state for _, _, _, state, *_ in world.deliveries()} == {State.DONE}
    sent = {each.step: each.content for each in world.calls.sent[:7]}
    assert sent["send-update"]["path"] == "/v2/incidents/NW-A8/notes"
    assert sent["send-state"]["json"]["type"] == "Closed"
    assert world.calls.sent[3].content["body"] == "Replaced."


def test_the_answer_of_a_new_incident_is_an_acknowledgement(world):
    created(world, "NW-ACK")
    guid = world.given()
    world.drain()
    task = world.task(guid)
    partner = world.partners["NORTHWIND"]
    assert (task.state, task.reference(partner)) == (TaskState.IN_PROGRESS, "NW-ACK")
    assert world.codes(guid) == ["E1", "E9"]
    repeated = world.acknowledge(guid, "NW-ACK")
    assert repeated.duplicate
    assert world.codes(guid) == ["E1", "E9"]
    arguments = world.calls.sent[0].content["arguments"]
    assert arguments["Text"] == 'The <tray> & "feeder"\n#TEXT#'  # as it is, and never scanned
    assert arguments["CallbackHash"] == HASHES.of_task("NORTHWIND", task.id)
    assert arguments["Files"] == {"File": []}


def test_a_number_that_cannot_be_taken_fails_its_step_and_nothing_is_sent_again(world):
    created(world, "NW-TWICE")
    world.given()
    world.drain()
    world.given()
    world.drain()
    ((*_, state, step, tries, error),) = world.deliveries()[1:]
    assert (state, step, tries) == (State.FAILED, "number", 0)
    assert "external_reference" in error
    assert world.calls.steps == ["send-new", "send-new"]


def test_j12_an_answer_with_another_tickets_reference_changes_nothing(world):
    created(world, "NW-OTHERS")
    held = world.given()
    world.drain()
    guid = world.given()
    world.drain()
    ((*_, state, _, _, error),) = world.deliveries()[1:]
    assert state == State.FAILED
    assert error.startswith("EXTERNAL_REFERENCE_NOT_UNIQUE: ")
    partner = world.partners["NORTHWIND"]
    assert world.task(held).reference(partner) == "NW-OTHERS"
    assert (world.task(guid).state, world.task(guid).reference(partner)) == (TaskState.SENT, "")
    assert (world.codes(held), world.codes(guid)) == (["E1", "E9"], ["E1"])
    ((outcome, tries),) = world.sql(
        "select a.outcome, count(*) over () from attempt a join delivery d on d.id = a.delivery_id"
        " join event e on e.guid = d.event_id join ticket t on t.id = e.ticket_id"
        " where a.step = 'number' and t.guid = %s", guid,
    )  # fmt: skip
    assert (outcome, tries) == ("permanent", 1)


def test_j12_an_answer_with_another_reference_than_the_stored_one_changes_nothing(world):
    def answer(_):
        world.acknowledge(guid, "NW-OLD")  # the partner's own call is faster than its answer
        return answered(CREATED.format("NW-NEW"))

    world.calls.answers["send-new"] = answer
    guid = world.given()
    world.drain()
    ((*_, state, _, _, error),) = world.deliveries()[:1]
    assert (state, error.split(":")[0]) == (State.FAILED, "EXTERNAL_REFERENCE_CONFLICT")
    assert world.task(guid).reference(world.partners["NORTHWIND"]) == "NW-OLD"
    assert world.codes(guid) == ["E1", "E9"]


@pytest.mark.parametrize("number", ["N" * 101, "NW\n1"])
def test_a_number_that_no_call_could_bring_is_not_taken_from_an_answer(world, number):
    created(world, number)
    guid = world.given()
    world.drain()
    ((*_, state, step, _, error),) = world.deliveries()
    assert (state, step) == (State.FAILED, "number")
    assert "1 to 100 printable characters" in error
    assert world.codes(guid) == ["E1"]


def test_an_update_waits_for_the_number_and_counts_no_try(world):
    created(world, "")  # the partner will call with its number
    guid = world.given()
    world.tell(guid)
    world.drain()
    assert [state for _, _, _, state, *_ in world.deliveries()] == [State.DONE, State.PENDING]
    assert world.deliveries()[1][4:6] == ("wait-for-number", 0)
    for _ in range(3):
        world.drain(ahead_s=61)
    assert world.sql("select count(*) from attempt where outcome = 'waiting'") == [(1,)]
    world.acknowledge(guid, "NW-LATE")
    world.drain(ahead_s=61)
    assert world.calls.sent[-1].attempt == 1
    assert world.calls.sent[-1].content["path"] == "/v2/incidents/NW-LATE/notes"


def fields_of(app):
    return f"#REPLACE-EXTAPPFIELD-{app}-"


def test_ssp7_workflow_a18_process_id_is_the_same_through_all_six_names(world):
    pairs = ", ".join(f'a{n} = "{fields_of(app)}Process Id#"' for n, app in enumerate(APPS))
    world.load(simple("a18", body=f"json = {{ {pairs} }}"))
    world.slots("a18")
    guid = world.given()
    world.drain()
    (sent,) = world.calls.sent
    assert set(sent.content["json"].values()) == {str(world.stores.lock(guid).id)}
    assert len(sent.content["json"]) == 6


LITERAL = "#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-Task_ExternalRequestType#"


def test_ssp7_workflow_a19_the_literal_of_the_source_gives_the_type_of_the_event(world):
    world.load(simple("a19", body=f'json = {{ type = "{LITERAL}" }}'))
    world.slots("a19")
    world.given()
    world.drain()
    assert [each.content["json"]["type"] for each in world.calls.sent] == ["Submit Request"]


def test_ssp7_workflow_a20_a_single_process_reads_the_type_in_events_of_every_app(world):
    world.load(simple("a20", body=f'json = {{ type = "{LITERAL}" }}'))
    world.slots("a20")
    guid = world.given()
    world.acknowledge(guid, "NW-A20")
    world.tell(guid)
    world.hear(guid)
    world.solve(guid)
    world.decline(guid)
    world.close_by_hand(guid)
    world.drain()
    assert [each.content["json"]["type"] for each in world.calls.sent] == [
        "Submit Request", "Update", "Update", "Reassigned", "Resolution Rejection", "Closed",
    ]  # fmt: skip


def test_fields_are_those_of_the_event_but_the_reference_is_that_of_the_moment(world):
    app = fields_of("Ticketing.TaskClosure")
    world.load(simple("moment", body=(
        f'json = {{ subject = "{app}Task_Subject#", reference = "{app}Task_ExternalReference#" }}'
    )))  # fmt: skip
    world.slots("moment")
    guid = world.given()
    world.assign(guid, "Northwind desk", text="Another subject")
    world.acknowledge(guid, "NW-NOW")
    world.drain()
    assert world.calls.sent[0].content["json"] == {
        "subject": "Printer jams", "reference": "NW-NOW",
    }  # fmt: skip


def test_ssp7_workflow_b10_tries_and_delays_are_those_of_the_process(world):
    more = '[process.retry]\ncount = 3\nfirst_delay = "10s"\nfactor = 3\nmaximum = "1m"\njitter = 0'
    world.load(simple("b10", more=more))
    world.slots("b10")
    world.calls.answers["send"] = AWAY
    world.given()
    world.drain()
    delays = []
    for tries in (1, 2, 3):
        ((state, tried, delay, step),) = world.sql(
            "select d.state, d.tries, extract(epoch from s.due - now())::float8, d.step"
            " from delivery d join stream s on s.id = d.stream_id"
        )
        assert (state, tried, step) == ("pending", tries, "send")
        delays.append(delay)
        assert world.drain(ahead_s=delay - 2) == 0  # the time has not come
        assert world.drain(ahead_s=3) == 1
    assert delays == pytest.approx([10, 30, 60], abs=1)
    assert world.deliveries()[0][3:] == (State.FAILED, "send", 4, "HTTP status 503")
    assert [each.attempt for each in world.calls.sent] == [1, 2, 3, 4]
    assert len({each.event for each in world.calls.sent}) == 1


def test_ssp7_workflow_b10_a_step_has_its_own_count_of_tries(world):
    second = simple("x", step="second").partition("[[step]]")[2]
    world.load(simple("b10b", more="[process.retry]\ncount = 2") + "[[step]]" + second)
    world.slots("b10b")
    world.calls.answers["send"] = world.calls.answers["second"] = AWAY
    world.given()
    world.drain()
    world.drain(ahead_s=3600)
    assert world.deliveries()[0][4:6] == ("send", 2)
    del world.calls.answers["send"]
    world.drain(ahead_s=3600)
    assert world.deliveries()[0][4:6] == ("second", 1)
    del world.calls.answers["second"]
    world.drain(ahead_s=3600)
    assert world.calls.steps == ["send", "send", "send", "second", "second"]
    assert world.deliveries()[0][3] == State.DONE


@pytest.mark.parametrize(
    ("policy", "states", "sent"),
    [("block", ["failed", "pending"], 1), ("skip", ["failed", "done"], 2)],
)
def test_ssp7_workflow_b11_a_failing_head_stops_its_ticket_or_lets_the_next_pass(
    world, policy, states, sent
):
    if policy == "block":
        world.load(simple("b11"))
    world.slots("b11")
    world.sql("update partner set dead_policy = %s where name = 'NORTHWIND'", policy)
    try:
        first = True

        def refuse_once(_situation):
            nonlocal first
            refused, first = first, False
            return REFUSED if refused else answered("")

        world.calls.answers["send"] = refuse_once
        guid = world.given()
        world.tell(guid)
        other = world.given()
        world.drain()
        mine = world.sql(
            "select d.state, s.subject from delivery d join stream s on s.id = d.stream_id"
            " order by d.id"
        )
        subject = f"ticket:{world.stores.lock(guid).id}"
        assert [state for state, about in mine if about == subject] == states
        assert [state for state, about in mine if about != subject] == ["done"]
        assert len(world.calls.sent) == sent + 1
        assert world.codes(other) == ["E1"]
    finally:
        world.sql("update partner set dead_policy = 'block'")


def test_ssp7_workflow_b12_a_running_delivery_keeps_the_version_it_began_with(world):
    world.load(simple("b12", 1, body='json = { v = "one" }'))
    world.slots("b12")
    world.calls.answers["send"] = AWAY
    first = world.given()
    world.drain()
    assert world.load(simple("b12", 2, body='json = { v = "two" }', step="send")) is Loaded.ADDED
    world.calls.answers.clear()
    world.drain(ahead_s=3600)
    world.tell(first)
    world.drain()
    assert [each.content["json"]["v"] for each in world.calls.sent] == ["one", "one", "two"]
    assert [(name, version) for _, name, version, *_ in world.deliveries()] == [
        ("b12", 1), ("b12", 2),
    ]  # fmt: skip


def test_a_version_is_added_once_and_never_changed(world):
    assert world.load(simple("versions", 5)) is Loaded.ADDED
    assert world.load("# a comment\n" + simple("versions", 5)) is Loaded.KNOWN
    with pytest.raises(BrokenRule, match="load it as version 6"):
        world.load(simple("versions", 5, body='timeout = "1m"'))
    with pytest.raises(BrokenRule, match="lower than 5"):
        world.load(simple("versions", 4))
    with pytest.raises(BrokenRule, match="its own mails"):
        world.load(simple("article-mail"))
    with pytest.raises(NotFound):
        world.load(simple("other").replace("NORTHWIND", "NOBODY"))
    assert world.sql(
        "select p.active_version, v.version from process p join process_version v"
        " on v.process_id = p.id where p.name in ('versions', 'other')"
    ) == [(5, 5)]
    actions = world.sql("select action, actor from audit where subject = 'versions'")
    assert actions == [("process loaded", "test")]


def test_a_dead_delivery_starts_the_failure_process_once_with_the_fields_of_its_event(world):
    app = fields_of("Ticketing.TaskAssignment")
    world.load(simple("to-die"))
    world.load(simple("on-failure", step="warn", body=(
        f'json = {{ type = "{app}Task_ExternalRequestType#", hash = "{app}Task_HashCheck#",'
        ' event = "#REPLACE-EVENT-Id#" }'
    )))  # fmt: skip
    world.slots("to-die")
    world.sql(
        "update partner set call_failed_process_id = (select id from process"
        " where name = 'on-failure') where name = 'NORTHWIND'"
    )
    world.calls.answers["send"] = REFUSED
    try:
        guid = world.given()
        world.drain()
        world.retry("to-die")
        world.drain()
    finally:
        world.sql("update partner set call_failed_process_id = null")
    assert world.calls.steps == ["send", "warn", "send"]
    warned = world.calls.sent[1]
    assert warned.content["json"] == {
        "type": "Submit Request",
        "hash": HASHES.of_task("NORTHWIND", world.task(guid).id),
        "event": world.calls.sent[0].event,
    }
    assert [(name, state) for _, name, _, state, *_ in world.deliveries()] == [
        ("to-die", "failed"), ("on-failure", "done"),
    ]  # fmt: skip


def test_ssp7_workflow_b8_news_of_a_partner_go_to_the_other_partner_and_not_back(world):
    world.load(simple("echo"))
    world.slots("echo")
    world.calls.partners["t"] = world.partners["NORTHWIND"]
    guid = world.given()
    world.hear(guid)  # E5 of NORTHWIND, to a target of NORTHWIND
    world.drain()
    assert len(world.calls.sent) == 1
    assert [(kind, state) for kind, _, _, state, *_ in world.deliveries()] == [
        ("E1", "done"), ("E5", "dropped"),
    ]  # fmt: skip
    ((note, log),) = world.sql(
        "select note, step_values -> '#log' ->> 0 from delivery where state = 'dropped'"
    )
    assert note == "echo"
    assert log.endswith(" send: echo")


def test_a_note_out_of_an_answer_is_written_once(world):
    more = (
        '[[step]]\nname = "read"\nkind = "map"\n'
        'values = [{ name = "text", type = "text", set = "note" }]\n'
    )
    world.load(simple("notes") + more)
    world.slots("notes")
    world.calls.answers["send"] = answered("Taken by desk 7.")
    guid = world.given()
    world.drain()
    world.sql(
        "update delivery set state = 'pending', step = 'read', settled = null, step_values ="
        ' step_values || \'{"#answers": {"send": "Taken by desk 7."}}\''
    )
    world.sql("update stream set due = now()")
    world.drain()
    texts = world.sql(
        "select a.plain, a.visible, a.kind from article a join ticket t on t.id = a.ticket_id"
        " where t.guid = %s and a.kind = 'log'", guid,
    )  # fmt: skip
    assert texts == [("Taken by desk 7.", False, "log")]


def test_files_of_the_ticket_go_with_an_assignment_and_those_of_a_text_with_the_text(world):
    item = '{ n = "#ATTACHMENT-FileName#", c = "#ATTACHMENT-Content#" }'
    world.load(simple("files", body=f'json = {{ f = {{ each = "attachments", item = {item} }} }}'))
    world.slots("files")
    guid = world.given()
    for name, visible in (("seen.txt", True), ("ours.txt", False)):
        world.file(guid, name, visible=visible)
    world.tell(guid)
    world.drain()
    assert [each.content["json"]["f"] for each in world.calls.sent] == [
        [{"n": "seen.txt", "c": "YWJj"}], [],
    ]  # fmt: skip


def test_no_more_files_go_out_than_the_service_takes_in(world):
    guid = world.given()
    for name in "abc":
        world.file(guid, name)
    ((event,),) = world.sql("select event_id from delivery")
    for limit, sent in ((FileLimit(2, 100), 2), (FileLimit(20, 8), 2), (FileLimit(20, 9), 3)):
        files = world.stores.run(lambda unit, limit=limit: unit.processes.files(event, limit))
        assert (len(files.files), files.left_out) == (sent, 3 - sent)


def test_a_file_that_no_message_could_hold_keeps_no_later_one_back(world):
    guid = world.given()
    for name, content in (("a", b"abcd"), ("huge", b"x" * 99), ("b", b"ef"), ("c", b"ghij")):
        world.file(guid, name, content=content)
    ((event,),) = world.sql("select event_id from delivery")
    files = world.stores.run(lambda unit: unit.processes.files(event, FileLimit(20, 8)))
    assert ([each.name for each in files.files], files.left_out) == (["a", "b"], 2)
