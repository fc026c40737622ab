"""Mail to the workflow service: the same things as by its calls, and nothing by a forger."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.kit.inbound import CARLA, PARTNER, STRANGER, mail, open_desk
from tests.kit.mail import smtp_server
from tests.kit.workflow import KEYS, hashes, running_workflow


@pytest.fixture(scope="module")
def workflow(databases):
    with running_workflow(databases) as running:
        running.rows(
            "update agent_group set allowed_senders = %s where name like 'Northwind%%'",
            [PARTNER, "@partner.northwind.example"],
        )
        running.rows("update agent set email = 'admin@example.org' where login = 'admin'")
        running.rows(
            "insert into external_app_field (app_id, name, label)"
            " select id, 'Room', 'Room number' from external_app where code = 'MAIL'"
        )
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def smtp():
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="module")
def opened(workflow, folder, smtp):
    """Give a desk with these further keys of its mailbox."""

    @contextmanager
    def open_one(keys=""):
        url = workflow.gateway.database_url
        port = {"GATEWAY_MAIL__HOST": smtp.host, "GATEWAY_MAIL__PORT": str(smtp.port)}
        with open_desk(url, folder, keys=keys, **port) as one:
            yield one

    return open_one


@pytest.fixture(scope="module")
def desk(opened):
    with opened() as one:
        yield one


def take(desk, *args, **given):
    return desk.take(mail(*args, **given)).verdict


def refused(desk, *args, **given):
    verdict = take(desk, *args, **given)
    assert verdict.outcome == "refused", verdict
    return verdict.code


def told(workflow, task):
    """Give an event without what differs from task to task."""
    event = workflow.events(task)[-1]
    own = ("Id", "Guid", "Url", "On", "HashCheck", "Correlation", "Number")
    fields = {k: v for k, v in event.fields.items() if not any(part in k for part in own)}
    return SimpleNamespace(**{**vars(event), "fields": fields, "guid": "", "sequence": 0})


# --- tasks: the same as by the calls --------------------------------------------------------


def test_ssp7_workflow_a24_a_mail_with_a_solution_gives_the_event_of_the_call(workflow, desk):
    by_call, by_mail = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    workflow.reassign(by_call, "Power supply replaced.")
    verdict = take(desk, f"TaskId: {by_mail}\nSolution: Power supply replaced.")
    assert (verdict.outcome, verdict.task_id) == ("task", by_mail)
    assert str(verdict.event) == workflow.events(by_mail)[-1].guid
    assert told(workflow, by_mail) == told(workflow, by_call)
    assert told(workflow, by_mail).type == "Reassigned"
    assert workflow.state(by_mail) == workflow.state(by_call) == "SolutionProposed"
    assert workflow.deliveries(by_mail) == workflow.deliveries(by_call)


def test_ssp7_workflow_a29_a_mail_with_a_closed_marker_gives_the_event_of_the_call(workflow, desk):
    by_call, by_mail = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    workflow.reassign(by_call, "Done.", p_blnClosed=True)
    take(desk, "Closed: Done.", subject=f"Re: TaskId: {by_mail}")
    assert told(workflow, by_mail) == told(workflow, by_call)
    assert workflow.codes(by_mail)[-1] == "E7"
    assert workflow.state(by_mail) == "Closed"
    assert workflow.deliveries(by_mail)[-1] == ("close", 3, "E7")


def test_ssp7_workflow_a31_mail_and_call_set_the_same_field(workflow, desk):
    by_call, by_mail = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    workflow.acknowledge(by_call, f"NW-{by_call}")
    take(desk, f"TaskId: {by_mail}\nExternalId: NW-{by_mail}\nWe take it.")
    assert workflow.read(by_mail).ExternalReference == f"NW-{by_mail}"
    for task in (by_call, by_mail):
        event = workflow.events(task)[-1]
        assert (event.code, event.direction, event.origin) == ("E9", "In", "NORTHWIND")
        assert event.fields["Task_ExternalReference"] == f"NW-{task}"
        assert workflow.state(task) == "InProgressExternal"


def test_ssp7_workflow_a31_mail_and_call_are_checked_alike(workflow, desk):
    taken, task = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    workflow.acknowledge(taken, f"NW-{taken}")
    number = f"TaskId: {task}\n"
    assert refused(desk, f"{number}ExternalId: NW-{taken}") == "EXTERNAL_REFERENCE_NOT_UNIQUE"
    workflow.acknowledge(task, f"NW-{task}")
    assert refused(desk, f"{number}ExternalId: other") == "EXTERNAL_REFERENCE_CONFLICT"
    assert refused(desk, f"{number}ExternalId: other\nhi") == "EXTERNAL_REFERENCE_CONFLICT"
    again = take(desk, f"{number}ExternalId: NW-{task}")  # the call's answer is DUPLICATE
    assert workflow.codes(task) == ["E1", "E9"]
    assert str(again.event) == workflow.events(task)[-1].guid
    workflow.reassign(task, "Done.", p_blnClosed=True)
    assert refused(desk, f"{number}again") == "TASK_CLOSED"
    ticket = workflow.ticket("Northwind desk")
    away = workflow.main_task(ticket)
    workflow.assign(ticket, "Network")
    assert refused(desk, f"TaskId: {away}\nhello") == "TASK_NOT_EXTERNAL"
    assert refused(desk, f"TaskId: {taken}\nSolution:") == "ARGUMENT_MISSING"
    assert refused(desk, f"TaskId: {taken}\n" + "x\n" * 16_001) == "ARGUMENT_INVALID"


def test_ssp7_workflow_a35_the_tag_sets_the_external_id_of_a_known_task(workflow, desk):
    task = workflow.task("Northwind desk")
    verdict = take(desk, f"[[ExternalId]]: X-{task}\nThank you", subject=f"TaskId: {task}")
    assert workflow.read(task).ExternalReference == f"X-{task}"
    assert str(verdict.event) == workflow.events(task)[-1].guid
    ((text,),) = workflow.rows(
        "select plain from article where task_id = %s and kind = 'log'", task
    )
    assert text == "Thank you"


def test_ssp7_workflow_b14_a_reference_alone_finds_its_task(workflow, desk):
    task = workflow.task("Northwind desk")
    workflow.acknowledge(task, f"R-{task}")
    verdict = take(desk, f"[[ExternalId]]: R-{task}\nThe part is ordered.")
    event = workflow.events(task)[-1]
    assert (event.code, str(verdict.event)) == ("E5", event.guid)
    assert event.fields["Task_UpdateMessage"] == "The part is ordered."
    assert event.fields["Task_UpdateMessageAuthor"] == PARTNER


def test_ssp7_workflow_b14_an_update_marker_parts_numbers_from_texts(workflow, opened):
    task = workflow.task("Northwind desk")
    with opened('update_markers = ["Update:"]\nnew_tickets = false') as desk:
        first = take(desk, f"TaskId: {task}\nExternalId: U-{task}\nHi\nUpdate: On our way.")
        assert workflow.codes(task) == ["E1", "E9", "E5"]
        assert str(first.event) == workflow.events(task)[1].guid
        assert workflow.events(task)[2].fields["Task_UpdateMessage"] == "On our way."
        assert refused(desk, f"TaskId: {task}\nno marker") == "NO_TARGET"


def test_ssp7_workflow_b14_files_come_along(workflow, desk):
    task = workflow.task("Northwind desk")
    take(desk, f"TaskId: {task}\nSee the picture", files=[("a/b.txt", b"one"), ("c.bin", b"")])
    rows = workflow.rows(
        "select f.file_name, f.size, c.content from attachment f join attachment_content c"
        " on c.attachment_id = f.id join article r on r.id = f.article_id"
        " where r.task_id = %s order by f.id", task,
    )  # fmt: skip
    assert rows == [("a_b.txt", 3, b"one"), ("c.bin", 0, b"")]
    many = [(f"{number}.txt", b"x") for number in range(21)]
    assert refused(desk, f"TaskId: {task}", files=many) == "ATTACHMENT_TOO_LARGE"


# --- who is believed ------------------------------------------------------------------------


def test_ssp7_workflow_b14_a_forged_sender_changes_nothing(workflow, desk, smtp):
    task = workflow.task("Northwind desk")
    workflow.acknowledge(task, f"F-{task}")
    before = workflow.codes(task)
    for text in (
        f"TaskId: {task}\nClosed: ha",
        f"ExternalId: F-{task}\nSolution: ha",
        f"TaskId: {task}\nhello",
        f"TaskId: {task}\nHashCheck: 1.k2.AAAA\nClosed: x",
    ):
        assert refused(desk, text, sender=STRANGER) == "SENDER_NOT_ALLOWED"
    assert workflow.codes(task) == before
    two = f"{PARTNER}, {STRANGER}"
    assert refused(desk, f"TaskId: {task}\nhello", sender=two) == "SENDER_NOT_ALLOWED"
    report = smtp.messages[-1]
    assert (report["To"], report["Subject"]) == (
        "admin@example.org",
        "Mail refused: SENDER_NOT_ALLOWED",
    )
    assert report["Auto-Submitted"] == "auto-generated"
    assert not any(STRANGER in each.recipients for each in smtp.received)


def test_ssp7_workflow_b14_whoever_holds_the_hash_may_write(workflow, desk):
    task, other = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    good, old = hashes().of_task("NORTHWIND", task), hashes(KEYS[1:]).of_task("NORTHWIND", other)
    assert take(desk, f"TaskId: {task}\nHashCheck: {good}\nHi", sender=STRANGER).event
    assert take(desk, f"Hi\n> TaskId: {other}\n> HashCheck: {old}", sender=STRANGER).event
    wrong = f"TaskId: {other}\nHashCheck: {good}\nHi"
    assert refused(desk, wrong, sender=STRANGER) == "SENDER_NOT_ALLOWED"
    assert take(desk, f"Hi\nHashCheck: {good}", sender=STRANGER, subject=f"HashCheck: {old}")
    kept = workflow.rows(
        "select subject, body from mail union all select subject, html from article"
    )
    assert "HashCheck: ***" in str(kept)
    assert not any(secret in str(kept) for secret in (good, old))


def test_ssp7_workflow_b14_a_task_of_nobody_outside_is_nobodys(workflow, desk):
    task = workflow.task("Network")
    assert refused(desk, f"TaskId: {task}\nhello") == "SENDER_NOT_ALLOWED"


def test_ssp7_workflow_b14_the_mail_server_must_vouch_where_that_is_asked_for(workflow, opened):
    task = workflow.task("Northwind desk")
    text = f"TaskId: {task}\nhello"
    with opened('trusted_authserv = "mx.example.org"') as desk:
        assert refused(desk, text) == "SENDER_NOT_ALLOWED"
        forged = "mx.elsewhere.example; dmarc=pass"
        assert refused(desk, text, Authentication_Results=forged) == "SENDER_NOT_ALLOWED"
        good = "mx.example.org; spf=pass; dmarc=pass header.from=northwind.example"
        assert take(desk, text, Authentication_Results=good).outcome == "task"
        given = f"{text}\nHashCheck: {workflow.hash(task)}"
        assert take(desk, given, sender=STRANGER).outcome == "task"


def test_ssp7_workflow_b14_an_address_of_a_partner_knows_its_tasks_only(workflow, opened):
    task = workflow.task("Northwind desk")
    address = 'address = "sea@example.org"\npartner = "SOUTHSEA"\nnew_tickets = false'
    keys = f"[[mailbox.address]]\n{address}"
    with opened(keys) as desk:
        assert refused(desk, f"TaskId: {task}\nhello", To="sea@example.org") == "NO_TARGET"
        assert take(desk, f"TaskId: {task}\nhello", To="other@example.org").outcome == "task"


def test_ssp7_workflow_b14_two_numbers_are_refused(workflow, desk):
    one, two = workflow.task("Northwind desk"), workflow.task("Northwind desk")
    assert refused(desk, f"TaskId: {one}\nTaskId: {two}\nClosed: both") == "AMBIGUOUS"
    take(desk, f"Closed: one\n> TaskId: {two}", subject=f"TaskId: {one}")
    assert (workflow.state(one), workflow.state(two)) == ("Closed", "SentToExternal")


def test_ssp7_workflow_b14_quoted_text_says_nothing_new(workflow, desk):
    task = workflow.task("Northwind desk")
    take(
        desk, f"Not yet.\n> TaskId: {task}\n> Closed: old\n-----Original Message-----\nSolution: x"
    )
    assert workflow.codes(task)[-1] == "E5"
    assert workflow.events(task)[-1].fields["Task_UpdateMessage"] == "Not yet."


def test_ssp7_workflow_b14_html_alone_is_read_as_text(workflow, desk):
    task = workflow.task("Northwind desk")
    html = (
        f"<div>TaskId: {task}</div><p>On our <b>way</b><script>TaskId: 1</script></p>"
        "<blockquote>Closed: old</blockquote>"
    )
    take(desk, html=html)
    assert workflow.events(task)[-1].fields["Task_UpdateMessage"] == "On our way"


# --- once -----------------------------------------------------------------------------------


def test_ssp7_workflow_b14_a_repeated_mail_has_no_second_effect(workflow, desk):
    task = workflow.task("Northwind desk")
    given = mail(f"TaskId: {task}\nhello")
    first, second = desk.take(given).verdict, desk.take(given).verdict
    assert workflow.codes(task) == ["E1", "E5"]
    assert (second.outcome, second.event, second.repeated) == ("task", first.event, True)
    unnamed = mail(f"TaskId: {task}\nanother", message_id="")
    desk.take(unnamed)
    desk.take(unnamed)
    assert workflow.codes(task) == ["E1", "E5", "E5"]


def test_ssp7_workflow_b14_what_was_refused_may_come_again_when_the_cause_is_gone(
    workflow, desk, smtp
):
    task = workflow.task("Southsea desk")
    given = mail(f"TaskId: {task}\nhello", sender="new@ship.example")
    assert desk.take(given).verdict.code == "SENDER_NOT_ALLOWED"
    reports = len(smtp.received)
    assert desk.take(given).verdict.repeated
    assert len(smtp.received) == reports
    workflow.rows(
        "update agent_group set allowed_senders = '{@ship.example}' where name = 'Southsea desk'"
    )
    assert desk.take(given).verdict.outcome == "task"
    assert workflow.codes(task) == ["E1", "E5"]


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"Precedence": "list"},
     {"Return_Path": "<>"}, {"X_Gateway_Event_Id": "1"}, {"sender": "gateway@localhost"}],
    ids=str,
)  # fmt: skip
def test_ssp7_workflow_b14_own_and_automatic_mails_are_ignored(workflow, desk, headers):
    task = workflow.task("Northwind desk")
    text = f"TaskId: {task}\nHashCheck: {workflow.hash(task)}\nI am out of office"
    assert take(desk, text, **{"sender": STRANGER, **headers}).outcome == "ignored"
    assert take(desk, "hello", **{"sender": STRANGER, **headers}).outcome == "ignored"
    assert workflow.codes(task) == ["E1"]


def test_ssp7_workflow_b14_an_automatic_mail_of_an_allowed_sender_counts(workflow, desk):
    task = workflow.task("Northwind desk")
    verdict = take(desk, f"TaskId: {task}\nSolution: done", Auto_Submitted="auto-generated")
    assert verdict.outcome == "task"
    assert take(desk, f"TaskId: {task}\nhello", Auto_Submitted="no").outcome == "task"


# --- tickets --------------------------------------------------------------------------------


def number_of(workflow, ticket_id):
    ((number,),) = workflow.rows("select number from ticket where guid = %s", ticket_id.strip("{}"))
    return number


def state_of(workflow, ticket_id):
    ((state,),) = workflow.rows(
        "select s.en from ticket t join state s on s.id = t.state_id where t.guid = %s",
        ticket_id.strip("{}"),
    )
    return state


def close(workflow, ticket_id):
    done = workflow.gateway.call(
        "CloseTicket_V1", TicketId=ticket_id, Assignee=workflow.party("admin")
    )
    assert done.ResultCode == 0


def articles(workflow, ticket_id):
    return workflow.rows(
        "select a.plain, a.channel, a.sender_type, a.from_, a.visible from article a"
        " join ticket t on t.id = a.ticket_id"
        " where t.guid = %s and not a.is_description and a.kind = 'article' order by a.id",
        ticket_id.strip("{}"),
    )


def test_ssp7_workflow_b14_a_ticket_number_makes_an_entry_for_all_dialects(workflow, desk):
    ticket = workflow.ticket("Northwind desk")
    number = number_of(workflow, ticket)
    verdict = take(desk, "It jams again.", sender=f"Carla <{CARLA}>", subject=f"TicketId: {number}",
                   files=[("photo.png", b"png")])  # fmt: skip
    assert verdict.outcome == "message"
    expected = ("It jams again.", "Email", "customer", f"Carla <{CARLA}>", True)
    assert articles(workflow, ticket) == [expected]
    assert workflow.codes(workflow.main_task(ticket)) == ["E1", "E4"]
    comments = workflow.gateway.call("GetCommentListOfTicket_V1", TicketId=ticket)
    assert comments.ResultCode == 0


def test_ssp7_workflow_b8_what_a_partner_mails_to_a_ticket_is_not_sent_back_to_it(workflow, desk):
    ticket = workflow.ticket("Northwind desk")
    take(desk, "Seen.", subject=f"TicketId: {number_of(workflow, ticket)}")
    event = workflow.events(workflow.main_task(ticket))[-1]
    assert (event.code, event.origin) == ("E4", "NORTHWIND")


def test_ssp7_workflow_b14_a_mail_that_comes_twice_at_once_has_one_effect(workflow, desk):
    task = workflow.task("Northwind desk")
    given = mail(f"TaskId: {task}\nhello")
    with ThreadPoolExecutor(4) as pool:
        verdicts = [each.verdict for each in pool.map(desk.take, [given] * 4)]
    assert sorted(each.repeated for each in verdicts) == [False, True, True, True]
    assert len({each.event for each in verdicts}) == 1
    assert workflow.codes(task) == ["E1", "E5"]


@pytest.mark.parametrize("mode", ["reopen", "new", "refuse"])
def test_ssp7_workflow_b14_a_closed_ticket_goes_by_its_key(workflow, opened, mode):
    ticket = workflow.ticket()
    close(workflow, ticket)
    number = number_of(workflow, ticket)
    with opened(f'closed_tickets = "{mode}"\nnew_tickets = false') as desk:
        verdict = take(desk, f"TicketId: {number}\nNot solved", sender=CARLA, subject="Printer")
    state = state_of(workflow, ticket)
    match mode:
        case "reopen":
            assert (verdict.outcome, state, len(articles(workflow, ticket))) == (
                "message",
                "open",
                1,
            )
        case "new":
            assert (verdict.outcome, state) == ("ticket", "closed successful")
            assert _linked(workflow, ticket) == [(verdict.ticket_id, "Printer")]
        case "refuse":
            assert (verdict.code, state) == ("TICKET_CLOSED", "closed successful")


def _linked(workflow, ticket_id):
    return workflow.rows(
        "select o.id, o.title from ticket t join ticket_link l on t.id in (l.ticket_id, l.other_id)"
        " join ticket o on o.id in (l.ticket_id, l.other_id) and o.id <> t.id where t.guid = %s",
        ticket_id.strip("{}"),
    )


def test_ssp7_workflow_b14_a_merged_ticket_leads_to_its_target(workflow, desk):
    source, target = workflow.ticket(), workflow.ticket()
    ids = {"string": [source]}
    merged = workflow.gateway.call("MergeTickets_V1", TargetTicketId=target, SourceTicketIds=ids)
    assert merged.ResultCode == 0
    take(desk, "where is it?", sender=CARLA, subject=f"TicketId: {number_of(workflow, source)}")
    assert [row[0] for row in articles(workflow, target)] == ["where is it?"]


def test_ssp7_workflow_b14_a_mail_that_names_nothing_makes_a_ticket(workflow, desk):
    text = "The door is stuck.\n\n[[Room number]]: 12\n[[Category]]: Doors\n[[Color]]: red"
    verdict = take(desk, text, sender=f"Carla <{CARLA}>", subject="Door", files=[("d.txt", b"x")])
    assert verdict.outcome == "ticket"
    ((title, category, who, plain, files),) = workflow.rows(
        "select t.title, c.en, u.login, a.plain,"
        " (select count(*) from attachment f where f.ticket_id = t.id)"
        " from ticket t join category c on c.id = t.category_id"
        " join customer_user u on u.id = t.customer_user_id"
        " join article a on a.ticket_id = t.id and a.is_description where t.id = %s",
        verdict.ticket_id,
    )
    assert (title, category, who, files) == ("Door", "Doors", "carla", 1)
    assert plain == "The door is stuck.\n\n[[Color]]: red"
    ((room,),) = workflow.rows(
        "select vt from ticket_field where ticket_id = %s", verdict.ticket_id
    )
    assert room == "12"


def test_ssp7_workflow_b14_an_unknown_sender_asks_through_the_failover_person(workflow, desk):
    verdict = take(desk, "hello", sender=f"Sam <{STRANGER}>", subject="New here")
    ((agent, address),) = workflow.rows(
        "select a.login, t.customer_address from ticket t join agent a on a.id = t.created_by"
        " where t.id = %s", verdict.ticket_id,
    )  # fmt: skip
    assert (agent, address) == ("admin", f"Sam <{STRANGER}>")


def test_ssp7_workflow_b14_without_new_tickets_there_is_no_target(opened, workflow):
    with opened("new_tickets = false") as desk:
        assert refused(desk, "hello", sender=STRANGER) == "NO_TARGET"
        assert refused(desk, "TaskId: 999999999\nTicketId: 5", sender=STRANGER) == "NO_TARGET"
    with opened('external_app = "NONE"') as desk:
        assert refused(desk, "hello", sender=STRANGER) == "APP_NOT_FOUND"


def test_a_refused_mail_is_in_the_mail_monitor(workflow, opened):
    with opened("new_tickets = false") as desk:
        refused(desk, "please help", sender=STRANGER, subject="Monitor me")
    assert "Monitor me" in str(workflow.gateway.call("GetEmailMonitorList_V1"))


def test_a_mail_for_show_changes_nothing(workflow, desk):
    task = workflow.task("Northwind desk")
    given = mail(f"TaskId: {task}\nClosed: yes")
    assert desk.take(given, rehearse=True).verdict.outcome == "task"
    assert workflow.state(task) == "SentToExternal"
    assert not workflow.rows("select from mail where body like %s", f"TaskId: {task}\nClosed%")
    assert desk.take(mail("hi", sender=STRANGER, subject=f"TaskId: {task}"), rehearse=True)
