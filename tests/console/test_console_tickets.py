"""Tickets at the console: found, shown, and their tasks given away, judged, closed."""

import pytest

from tests.kit.console import Page, running_house
from tests.kit.inbound import PARTNER, mail, open_desk


def path(ticket):
    return f"/console/tickets/{ticket}"


def party(page, name):
    """Find the choice of a group or person by its text."""
    (value,) = page.tree.xpath(f"//select[@id='party']//option[starts-with(., '{name}')]/@value")
    return value


def assign(visitor, ticket, name):
    page = visitor.page(path(ticket))
    return visitor.send(page.form("Assign"), follow=True, party=party(page, name))


def history(visitor, ticket):
    return visitor.data(f"{path(ticket)}.json")["history"]


# --- acceptance statements -------------------------------------------------------------------


def test_ssp7_workflow_a22_a_new_assignment_is_a_submit_request_out(house, admin):
    ticket = house.ticket()
    page = assign(admin, ticket, "Northwind desk")
    assert "The task is assigned." in page.text
    assert "Sent to the partner" in page.text
    assert house.events(ticket) == [("E1", "Submit Request", "Out")]
    assert "Submit Request" in page.text  # among the events of the page
    line = next(each for each in history(admin, ticket) if each["kind"] == "assigned_group")
    assert (line["who"], line["dialect"], line["operation"]) == ("Admin", "console", "AssignTask")
    assert line["new"] == "Northwind desk"


def test_ssp7_workflow_a25_declining_a_solution_is_a_resolution_rejection_out(house, admin):
    ticket = house.ticket("Northwind desk")
    assert "Decline solution" not in admin.page(path(ticket)).buttons()
    house.solution(ticket)
    page = admin.page(path(ticket))
    assert "Power supply replaced." in page.text
    page = admin.send(page.form("Decline solution"), follow=True)
    assert house.events(ticket)[-1] == ("E3", "Resolution Rejection", "Out")
    assert "Decline solution" not in page.buttons()
    assert (house.state(ticket), "back at the partner" in page.text) == ("InProgressExternal", True)
    kinds = [line["kind"] for line in history(admin, ticket)]
    assert "solution declined" in kinds


def test_ssp7_workflow_a25_without_a_solution_from_outside_there_is_no_button(house, admin):
    for group in (None, "Network", "Northwind desk"):
        ticket = house.ticket(group)
        buttons = admin.page(path(ticket)).buttons()
        assert not {"Decline solution", "Accept solution"} & set(buttons)
        form = admin.page(path(ticket)).form("Close")
        form.action = f"{path(ticket)}/tasks/{house.task(ticket)}/decline"
        before = house.events(ticket)
        assert admin.send(form).status_code == 409
        assert house.events(ticket) == before


@pytest.mark.parametrize("forward", ["none", "visible", "all"])
def test_ssp7_workflow_a26_a_text_entered_at_the_task_is_an_update_out(house, admin, forward):
    ticket = house.ticket("Northwind desk")
    house.rows("update agent_group set forward_entries = %s where name = 'Northwind desk'", forward)
    try:
        page = admin.press(path(ticket), "Enter text", text="Please hurry.")
    finally:
        house.rows("update agent_group set forward_entries = 'visible'")
    assert house.events(ticket)[-1] == ("E4", "Update", "Out")
    ((text, author),) = house.rows(
        "select snapshot ->> 'Task_UpdateMessage', snapshot ->> 'Task_UpdateMessageAuthor'"
        " from event where ticket_id = %s and kind = 'E4'", ticket,
    )  # fmt: skip
    assert (text, author) == ("Please hurry.", "Admin")
    assert "Please hurry." in page.text
    assert "to the partner" in page.text


def test_ssp7_workflow_a30_closing_a_task_at_the_partner_by_hand_is_closed_out(house, admin):
    ticket = house.ticket("Northwind desk")
    page = admin.press(path(ticket), "Close", comment="Done by phone.")
    assert f"Ticket {ticket} is closed." in page.text
    assert house.events(ticket)[-1] == ("E8", "Closed", "Out")
    assert house.state(ticket) == "Closed"


def test_ssp7_workflow_a30_elsewhere_closing_makes_no_event(house, admin):
    ticket = house.ticket("Network")
    admin.press(path(ticket), "Close")
    assert house.events(ticket) == []
    assert house.state(ticket) == "Closed"


# --- further verbs ---------------------------------------------------------------------------


def test_accepting_a_solution_closes_the_task_and_tells_nobody(house, admin):
    ticket = house.ticket("Northwind desk")
    house.solution(ticket)
    page = admin.press(path(ticket), "Accept solution")
    assert "The solution is accepted." in page.text
    assert house.state(ticket) == "Closed"
    assert [code for code, *_ in house.events(ticket)] == ["E1", "E6"]


def test_a_closed_ticket_offers_to_be_reopened_and_nothing_else(house, admin):
    ticket = house.ticket()
    page = admin.press(path(ticket), "Close", minutes="15")
    assert page.buttons() == ["Log out", "Reopen"]
    ((minutes,),) = house.rows("select minutes::int from working_time where ticket_id = %s", ticket)
    assert minutes == 15
    page = admin.press(path(ticket), "Reopen")
    assert f"Ticket {ticket} is open again." in page.text
    assert house.state(ticket) == "Open"


def test_a_task_can_be_given_to_a_person_and_to_nobody(house, admin):
    ticket = house.ticket()
    assert "Berta" in assign(admin, ticket, "Berta").text
    assert admin.data(f"{path(ticket)}.json")["ticket"]["owner_name"] == "Berta"
    page = admin.page(path(ticket))
    admin.send(page.form("Assign"), follow=True, party="")
    assert admin.data(f"{path(ticket)}.json")["ticket"]["owner_name"] == ""


@pytest.mark.parametrize("button", ["Enter text", "Close", "Assign"])
def test_a_form_that_is_sent_twice_acts_once(house, admin, button):
    ticket = house.ticket("Northwind desk")
    page = admin.page(path(ticket))
    form = page.form(button)
    changes = {"Enter text": {"text": "Once."}, "Assign": {"party": party(page, "Network")},
               "Close": {"comment": "Once."}}[button]  # fmt: skip
    first = admin.send(form, **changes)
    after = house.events(ticket), history(admin, ticket)
    second = admin.send(form, **changes)
    assert (first.status_code, second.status_code) == (303, 303)
    assert (house.events(ticket), history(admin, ticket)) == after


def test_a_form_that_is_sent_again_with_other_words_is_refused_and_kept(house, admin):
    ticket = house.ticket()
    form = admin.page(path(ticket)).form("Enter text")
    admin.send(form, text="First.")
    page = Page(admin.send(form, text="Second."))
    assert page.status == 422
    kept = page.form("Enter text")
    assert kept.fields["text"].strip() == "Second."
    assert admin.send(kept).status_code == 303


def test_what_does_not_fit_is_said_at_its_field_and_nothing_changes(house, admin):
    ticket = house.ticket()
    before = history(admin, ticket)
    form = admin.page(path(ticket)).form("Close")
    for minutes in ("0", "1441", "x", "-1"):
        page = Page(admin.send(form, minutes=minutes, comment="kept"))
        assert page.status == 422
        (wrong,) = page.tree.xpath("//input[@aria-invalid='true']")
        assert wrong.get("id") == "minutes"
        assert "from 1 to 1440" in page.tree.get_element_by_id("minutes-error").text_content()
        assert page.form("Close").fields["comment"].strip() == "kept"
    assign_form = admin.page(path(ticket)).form("Assign")
    for choice in ("group:nonsense", "queue:x", "group:" + "0" * 32):
        assert admin.send(assign_form, party=choice).status_code in (404, 422)
    empty = admin.page(path(ticket)).form("Enter text")
    assert admin.send(empty, text="  ").status_code == 422
    assert history(admin, ticket) == before


def test_of_several_tasks_only_the_form_that_was_sent_says_what_is_wrong(house, admin):
    ticket = house.ticket("Network")
    house.rows("insert into task (ticket_id, number, state) select ticket_id, number || '-2',"
               " 'Open' from task where ticket_id = %s", ticket)  # fmt: skip
    form = next(each for each in admin.page(path(ticket)).forms()
                if each.action.endswith(f"/tasks/{house.task(ticket)}/text"))  # fmt: skip
    page = Page(admin.send(form, text=" "))
    assert page.status == 422
    ids = page.tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [each.text for each in page.tree.xpath("//p[@class='wrong']")] == ["required"]


def test_the_operators_rules_for_closing_hold(house, admin):
    ticket = house.ticket()
    house.rows("update helpdesk_setting set value = 1"
               " where name in ('resolutions_enabled', 'comment_required')")  # fmt: skip
    try:
        page = admin.page(path(ticket))
        form = page.form("Close")
        assert admin.send(form).status_code == 422
        (solved,) = page.tree.xpath("//select[@id='resolution']/option[.='Solved']/@value")
        assert admin.send(form, resolution=solved, comment="").status_code == 422
        form = admin.page(path(ticket)).form("Close")
        assert admin.send(form, resolution=solved, comment="Ok.").status_code == 303
    finally:
        house.rows("update helpdesk_setting set value = 0"
                   " where name in ('resolutions_enabled', 'comment_required')")  # fmt: skip
    assert admin.data(f"{path(ticket)}.json")["ticket"]["resolution"] == ["Solved", "Gelöst"]


# --- rights ----------------------------------------------------------------------------------


def test_a_reader_sees_everything_and_is_offered_nothing(house, reader):
    ticket = house.ticket("Northwind desk")
    page = reader.page(path(ticket))
    assert page.buttons() == ["Log out"]
    form = page.form("Log out")
    form.fields["once"] = "x"
    for verb in ("assign", "close", "reopen", f"tasks/{house.task(ticket)}/text"):
        form.action = f"{path(ticket)}/{verb}"
        assert reader.send(form, text="x").status_code == 403
    assert [code for code, *_ in house.events(ticket)] == ["E1"]


def test_another_groups_ticket_is_as_if_not_there(house, admin):
    ticket = house.ticket()
    stranger = house.agent("stranger")
    assert stranger.get(path(ticket)).status_code == 404
    assert stranger.get(f"{path(ticket)}.json").status_code == 404
    assert stranger.get("/console/tickets/999999999").status_code == 404
    assert stranger.data("/console/tickets.json")["tickets"] == []
    form = admin.page(path(ticket)).form("Close")
    form.fields = stranger.page("/console/").form("Log out").fields | {"once": "x"}
    assert stranger.send(form).status_code == 404
    assert house.state(ticket) == "Open"


def test_who_has_no_group_sees_no_page(house):
    nobody = house.agent("nobody")
    for page in ("/", "/tickets", "/groups", "/deliveries", "/app-fields", "/settings/ticketing"):
        assert nobody.page(f"/console{page}").status == 403
    assert nobody.press("/console/", "Log out").buttons() == ["Log in"]


# --- lists -----------------------------------------------------------------------------------


def found(visitor, **query):
    query = "&".join(f"{name}={value}" for name, value in query.items())
    return [line["id"] for line in visitor.data(f"/console/tickets.json?{query}")["tickets"]]


def test_a_ticket_is_found_by_number_id_reference_and_title(house, admin):
    ticket = house.ticket("Northwind desk", title="Rattling 100%_ espresso machine")
    house.says(
        "ProcessInstanceTaskExternalAcknowledgement",
        f"<p_intTaskId>{house.task(ticket)}</p_intTaskId>"
        f"<p_strExternalReference>NW-find-{ticket}</p_strExternalReference>",
    )
    ((number,),) = house.rows("select number from ticket where id = %s", ticket)
    for text in (number, ticket, f"NW-find-{ticket}", "espresso", "RATTLING", "100%25_ esp"):
        assert ticket in found(admin, q=text), text
    for text in ("100__", "espresso%25machine", "nothing like it", "NW-find", "%00"):
        assert ticket not in found(admin, q=text), text
    assert found(admin, q="espresso", open=1) == [ticket]
    admin.press(path(ticket), "Close")
    assert found(admin, q="espresso", open=1) == []


def test_a_list_goes_on_where_its_page_ended(house, admin):
    tickets = [house.ticket(title="Paging through") for _ in range(5)]
    ids, following, pages = [], "?q=Paging&limit=2", 0
    while following:
        data = admin.data(f"/console/tickets.json{following}")
        ids += [line["id"] for line in data["tickets"]]
        following, pages = data["next"], pages + 1
    assert ids == sorted(tickets, reverse=True)
    assert pages == 3
    page = admin.page("/console/tickets?q=Paging&limit=2")
    (link,) = page.tree.xpath("//a[@rel='next']/@href")
    assert link.startswith("?q=Paging&limit=2&before=")


@pytest.mark.parametrize(
    "query", ["before=x", "limit=-1", "work=odd", "before=99999999999999999999"]
)
def test_a_query_that_does_not_fit_is_answered_422(admin, query):
    assert admin.get(f"/console/tickets?{query}").status_code == 422


def test_the_overview_counts_what_there_is_to_do(house, admin):
    before = admin.data("/console/index.json")["counts"]
    house.ticket()
    at_partner, solved = house.ticket("Northwind desk"), house.ticket("Northwind desk")
    house.solution(solved)
    after = admin.data("/console/index.json")["counts"]
    assert after["open"] - before["open"] == 3
    assert after["unassigned"] - before["unassigned"] >= 1
    assert after["at_partners"] - before["at_partners"] == 1
    assert after["solutions"] - before["solutions"] == 1
    links = admin.page("/console/").tree.xpath("//ul[@class='cards']//a/@href")
    for work, ticket in (("at_partners", at_partner), ("solutions", solved)):
        assert f"/console/tickets?work={work}" in links
        lines = admin.data(f"/console/tickets.json?work={work}&limit=500")["tickets"]
        assert len(lines) == after[work]
        assert ticket in [line["id"] for line in lines]
    house.rows("update ticket set title = 'Judge me' where id = %s", solved)
    found = admin.data("/console/tickets.json?work=solutions&q=judge")["tickets"]
    assert [line["id"] for line in found] == [solved]
    assert admin.data("/console/tickets.json?work=at_partners&q=judge")["tickets"] == []


def test_a_merged_ticket_names_the_one_it_lives_on_in(house, admin):
    ticket, target = house.ticket(), house.ticket()
    house.rows(
        "update ticket set merged_into_id = %s, closed = now(), state_id ="
        " (select id from state where state_type = 'merged') where id = %s", target, ticket,
    )  # fmt: skip
    page = admin.page(path(ticket))
    assert f"merged into {target}" in page.text
    assert page.buttons() == ["Log out"]


# --- the last task ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closing(databases):
    with running_house(
        databases, **{"ssp7_workflow.close_ticket_with_last_task": "true"}
    ) as running:
        running.rows(f"update agent_group set allowed_senders = '{{{PARTNER}}}' where integrated")
        yield running


def by_call(house, ticket, folder):
    house.solution(ticket, closed=True)


def by_mail(house, ticket, folder):
    switch = {"GATEWAY_SSP7_WORKFLOW__CLOSE_TICKET_WITH_LAST_TASK": "true"}
    url = house.settings.database.url.get_secret_value()
    with open_desk(url, folder, **switch) as desk:
        taken = desk.take(mail(f"TaskId: {house.task(ticket)}\nClosed: Tray replaced."))
    assert taken.verdict.outcome == "task"


def by_hand(house, ticket, folder):
    house.solution(ticket)
    house.agent().press(path(ticket), "Accept solution")


@pytest.mark.parametrize("way", [by_call, by_mail, by_hand])
@pytest.mark.parametrize("last", [True, False])
def test_the_end_of_the_last_task_closes_the_ticket_whoever_ends_it(closing, tmp_path, way, last):
    ticket = closing.ticket("Northwind desk")
    if not last:
        closing.rows(
            "insert into task (ticket_id, number, state) select ticket_id, number || '-2', 'Open'"
            " from task where ticket_id = %s", ticket,
        )  # fmt: skip
    way(closing, ticket, tmp_path)
    assert closing.rows("select state from task where ticket_id = %s and main", ticket) == [
        ("Closed",)
    ]
    ((kind, closed),) = closing.rows(
        "select s.state_type, t.closed is not null from ticket t join state s on s.id = t.state_id"
        " where t.id = %s", ticket,
    )  # fmt: skip
    assert (kind == "closed", closed) == (last, last)
