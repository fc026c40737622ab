"""Acceptance statements of ticket templates, sent by a strict client."""

import pytest

from tests.kit.gateway import new_id

NOTE = "OK; closed state not applied, send CloseTicket_V1"


def template(gateway, name, *, times=(), costs=(), active=True, **columns):
    """Make a template; rows of lists by table and caption. Give its id."""
    tables = {"customer_user": "login", "agent": "login", "agent_group": "name"}
    named = {
        column: f"(select id from {table} where {tables.get(table, 'en')} = %s)"
        for column, table in (
            ("state_id", "state"), ("category_id", "category"), ("impact_id", "impact"),
            ("customer_user_id", "customer_user"), ("owner_id", "agent"),
            ("assigned_group_id", "agent_group"),
        )
    }  # fmt: skip
    values = {"en": f"{name} {new_id()}", "active": active, **columns}
    places = ", ".join(named.get(column, "%s") for column in values)
    ((id_, guid),) = gateway.rows(
        f"insert into template ({', '.join(values)}) values ({places}) returning id, guid",
        *values.values(),
    )
    for minutes, description in times:
        gateway.rows(
            "insert into template_working_time (template_id, minutes, description)"
            " values (%s, %s, %s)", id_, minutes, description,
        )  # fmt: skip
    for price, amount in costs:
        gateway.rows(
            "insert into template_cost (template_id, unit_price, amount, category)"
            " values (%s, %s, %s, 'Parts')", id_, price, amount,
        )  # fmt: skip
    return f"{{{str(guid).upper()}}}"


@pytest.fixture(scope="module")
def full(gateway):
    """A template that sets all a template can set."""
    return template(
        gateway, "Full", title="New computer", plain="Set it up", html="<p>Set it up</p>",
        keywords="computer", state_id="open", category_id="Printers", impact_id="One person",
        customer_user_id="carla", owner_id="berta", priority_id=5,
        times=[("30", "Unpack"), ("12.5", "Install")], costs=[("19.90", 2), ("0.15", 1)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def closing(gateway):
    """A template in a closed state."""
    return template(gateway, "Closing", state_id="closed successful")


def save(gateway, *, version="1.1", **fields):
    ticket = {"Id": new_id(), "Title": "From a template", **fields}
    return ticket["Id"], gateway.call("SaveTicket_V4", version=version, Ticket=ticket)


def outcome(result):
    return result.ResultCode, result.ResultMessage


def preview(gateway, template_id, **how):
    return gateway.call("GetTicketFromTemplate_V1", TemplateId=template_id, **how)


CONTENT = (
    "Description", "HtmlDescription", "CategoryId", "CategoryEN", "CategoryDE", "Priority",
    "StateId", "StateEN", "StateDE", "ContactId", "Contact", "ImpactId", "ImpactEN", "ImpactDE",
    "Keywords", "TotalWorkingTime", "TotalCosts", "TemplateId",
)  # fmt: skip


def test_acmp_a10_a_closed_state_of_a_template_is_not_taken_into_account(gateway, closing, version):
    ticket_id, result = save(gateway, version=version, TemplateId=closing)
    assert outcome(result) == (0, NOTE)
    read = gateway.read(ticket_id)
    assert (read.StateEN, read.ClosingDate, read.TemplateId) == ("new", None, closing)


def test_acmp_a11_closing_after_it_closes(gateway, closing):
    ticket_id, result = save(gateway, TemplateId=closing)
    assert outcome(result) == (0, NOTE)
    nobody = {"Id": gateway.row_id("agent", "admin")}
    done = gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=nobody)
    assert outcome(done) == (0, "OK")
    assert gateway.read(ticket_id).ClosingDate is not None


def test_a_closed_state_sent_with_a_template_is_not_applied_either_tp3(gateway, full):
    closed = gateway.row_id("state", "closed successful")
    ticket_id, result = save(gateway, TemplateId=full, StateId=closed)
    assert outcome(result) == (0, NOTE)
    assert gateway.read(ticket_id).StateEN == "new"
    _, alone = save(gateway, StateId=closed)
    assert outcome(alone) == (
        35, "Ticket.StateId: state closes the ticket, use CloseTicket_V1",
    )  # fmt: skip
    _, merged = save(gateway, TemplateId=full, StateId=gateway.row_id("state", "merged"))
    assert outcome(merged) == (35, "Ticket.StateId: state cannot be set")
    edit = {"Id": ticket_id, "TemplateId": full, "StateId": closed}
    assert gateway.call("SaveTicket_V4", Ticket=edit).ResultCode == 35  # ignored on edit


def test_an_open_state_sent_with_a_closing_template_is_taken_tp1(gateway, closing):
    opened = gateway.row_id("state", "open")
    ticket_id, result = save(gateway, TemplateId=closing, StateId=opened)
    assert outcome(result) == (0, "OK")
    assert gateway.read(ticket_id).StateEN == "open"


def test_acmp_a28_what_a_template_cannot_set_is_never_filled(gateway, full, version):
    shown = preview(gateway, full, version=version)
    assert outcome(shown) == (0, "OK")
    for name in (
        "TicketNumber", "Creator", "CreationDate", "LastModified", "ResolutionId",
        "ResolutionEN", "ResolutionDE", "ClosingDate", "ReminderDate",
    ):  # fmt: skip
        assert getattr(shown.Ticket, name) is None
    assert not shown.Ticket.Id
    assert (shown.Ticket.Title, shown.Ticket.TemplateId) == ("New computer", full)


def test_acmp_a29_only_the_totals_are_shown_and_nothing_is_stored(gateway, full):
    before = gateway.rows("select (select count(*) from ticket), (select count(*) from cost)")
    shown = preview(gateway, full).Ticket
    assert (shown.TotalWorkingTime, str(shown.TotalCosts)) == (43, "39.95")
    assert (
        gateway.rows("select (select count(*) from ticket), (select count(*) from cost)") == before
    )


def test_acmp_a30_working_times_and_costs_come_with_the_ticket(gateway, full):
    shown = preview(gateway, full).Ticket
    ticket_id, result = save(gateway, TemplateId=full)
    assert outcome(result) == (0, "OK")
    read = gateway.read(ticket_id)
    assert [getattr(read, name) for name in CONTENT] == [getattr(shown, name) for name in CONTENT]
    assert read.Assignee == shown.Assignee
    assert read.Assignee.Name == "Berta Test"
    times = gateway.rows(
        "select w.description, w.minutes::int, (w.ended - w.started) = w.minutes * interval"
        " '1 minute', w.ended = t.created, a.login, w.created_by = a.id from working_time w"
        " join ticket t on t.id = w.ticket_id join agent a on a.id = w.executor_id"
        " where t.guid = %s order by w.id", ticket_id,
    )  # fmt: skip
    assert times == [
        ("Unpack", 30, True, True, "admin", True),
        ("Install", 13, True, True, "admin", True),
    ]
    costs = gateway.rows(
        "select unit_price::text, amount, category, c.created_by from cost c"
        " join ticket t on t.id = c.ticket_id where t.guid = %s order by c.id", ticket_id,
    )  # fmt: skip
    assert costs == [("19.90", 2, "Parts", 1), ("0.15", 1, "Parts", 1)]


def test_a_repeated_save_books_once_g10(gateway, full):
    ticket = {"Id": new_id(), "Title": "From a template", "TemplateId": full}
    for _ in range(2):
        assert outcome(gateway.call("SaveTicket_V4", Ticket=ticket)) == (0, "OK")
    assert gateway.read(ticket["Id"]).TotalWorkingTime == 43


def test_what_is_sent_wins_and_empty_stays_empty_tp1(gateway, full):
    ticket_id, result = save(
        gateway, TemplateId=full, Description="", CategoryId="", Priority=1, ContactId="",
        Assignee={"Id": ""}, ImpactId="", Keywords="",
    )  # fmt: skip
    assert outcome(result) == (0, "OK")
    read = gateway.read(ticket_id)
    for name in ("Description", "CategoryId", "ContactId", "ImpactId", "Keywords"):
        assert getattr(read, name) is None
    assert (read.Priority, read.Assignee.Name) == (1, None)
    assert read.StateEN == "open"  # of the template


def test_a_template_that_is_not_there_or_switched_off_is_not_found_st6(gateway):
    off = template(gateway, "Off", active=False)
    for unknown in (new_id(), off):
        _, result = save(gateway, TemplateId=unknown)
        assert outcome(result) == (30, "Ticket.TemplateId: not found")
        assert outcome(preview(gateway, unknown)) == (30, "TemplateId: not found")
    for sent, message in (("", "TemplateId: required"), ("x", "TemplateId: not a GUID")):
        assert outcome(preview(gateway, sent)) == (35, message)
    _, first = save(gateway, TemplateId=off, CategoryId=new_id())
    assert outcome(first) == (30, "Ticket.CategoryId: not found")  # order of the fields
    _, empty = save(gateway, TemplateId="")
    assert outcome(empty) == (0, "OK")


def test_a_row_that_was_switched_off_is_not_set_by_a_template_g15(gateway):
    gateway.rows("insert into impact (en, active) values ('Nobody', false)")
    template_id = template(gateway, "Old", impact_id="Nobody")
    assert preview(gateway, template_id).Ticket.ImpactId is None
    ticket_id, result = save(gateway, TemplateId=template_id)
    assert outcome(result) == (0, "OK")
    assert gateway.read(ticket_id).ImpactId is None


def test_a_bare_template_gives_the_defaults_tp4(gateway):
    shown = preview(gateway, template(gateway, "Bare")).Ticket
    assert (shown.StateEN, shown.Priority, shown.Title) == ("new", 3, None)
    assert (shown.TotalWorkingTime, str(shown.TotalCosts)) == (0, "0.00")
    assert (shown.Assignee.UserType, shown.Assignee.AssigneeIsGroup) == ("AcmpUser", False)


def test_the_preview_shows_a_closed_state_tp4(gateway, closing):
    assert preview(gateway, closing).Ticket.StateEN == "closed successful"


def test_acmp_a53_a_template_for_a_group_is_shown(gateway, version):
    template_id = template(gateway, "Network", assigned_group_id="Network")
    assignee = preview(gateway, template_id, version=version).Ticket.Assignee
    assert (assignee.Name, assignee.AssigneeIsGroup) == ("Network", True)
    ticket_id, _ = save(gateway, TemplateId=template_id)
    read = gateway.read(ticket_id).Assignee
    assert (read.Id, read.Name, read.AssigneeIsGroup) == (assignee.Id, "Network", True)


def test_acmp_a78_active_templates_are_listed_by_name(gateway, full, closing, version):
    template(gateway, "Hidden", active=False)
    listed = gateway.call("GetTicketTemplateList_V1", version=version)
    assert outcome(listed) == (0, "OK")
    rows = {row.Id: row for row in listed.Templates.TTicketTemplate_V1}
    assert {full, closing} <= rows.keys()
    names = [row.Name for row in listed.Templates.TTicketTemplate_V1]
    assert names == sorted(names)
    assert not [name for name in names if name.startswith("Hidden")]
    assert (rows[closing].StateEN, rows[closing].StateDE) == (
        "closed successful", "erfolgreich geschlossen",
    )  # fmt: skip
    assert rows[closing].StateId == gateway.row_id("state", "closed successful")
    assert rows[closing].Description is None
