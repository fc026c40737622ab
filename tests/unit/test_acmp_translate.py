from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from gateway.dialects.acmp import translate
from gateway.dialects.acmp.form import Form, wire_guid
from gateway.dialects.acmp.translate import Options
from gateway.domain.commands import Assign, SaveTicket
from gateway.domain.people import Assignable, PartyKind
from gateway.domain.values import UNSET, Description
from gateway.domain.views import HelpdeskSettings
from gateway.errors import Missing, Refused
from tests.kit.wire import wire
from tests.kit.world import COMMENT, OTHER, TICKET, TIME

OPTIONS = Options()
EIGHT = datetime(2025, 6, 27, 8, tzinfo=UTC)
RULES = HelpdeskSettings()


def ticket(shape: int = 5, **fields: Any) -> Any:
    return wire(f"TTicket_V{shape}", **{"Id": str(TICKET), **fields})


def command(shape: int = 5, *, users_only: bool = False, **fields: Any) -> SaveTicket:
    return translate.save_command(ticket(shape, **fields), shape, OPTIONS, users_only=users_only)


def breach(translated: Any) -> str:
    assert translated.breach is not None
    return f"{translated.breach.field}: {translated.breach.sentence}"


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        work()
    return f"{refused.value.field}: {refused.value.sentence}"


# --- single values --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01",
        "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}",
        " \n{5b1d7A52-0c3e-4f6b-9a77-2e1d0c9b8a01}\t",
    ],
)
def test_a_guid_is_read_in_any_case_with_or_without_braces_g1(text: str):
    assert Form().guid(text, "Id") == TICKET


@pytest.mark.parametrize(
    "text",
    [
        "5b1d7a520c3e4f6b9a772e1d0c9b8a01",
        "{5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01",
        "5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01}",
        "{{5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01}}",
        "(5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01)",
        "gb1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01",
        "{ 5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01 }",
        "7",
    ],
)
def test_every_other_form_is_no_guid_g1(text: str):
    for read in (Form.guid, Form.required_guid):
        form = Form()
        read(form, text, "Id")
        assert form.missing is None
        assert str(form.breach) == "Id: not a GUID"


@pytest.mark.parametrize("text", ["", "  ", "00000000-0000-0000-0000-000000000000"])
def test_the_all_zero_guid_counts_as_empty_g1(text: str):
    assert Form().guid(text, "Id") is None
    form = Form()
    form.required_guid(text, "Id")
    assert str(form.missing) == "Id: required"


def test_guids_are_written_upper_case_in_braces_g1():
    assert wire_guid(TICKET) == "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}"
    assert wire_guid(None) is None


def test_a_malformed_id_after_another_breach_is_still_no_missing_one():
    form = Form()
    form.required_guid("x", "First")
    form.required_guid("y", "Second")
    form.required_date(datetime(1800, 1, 1, tzinfo=UTC), "Third")
    assert (form.missing, str(form.breach)) == (None, "First: not a GUID")


@pytest.mark.parametrize(
    "value",
    [
        None,
        datetime(1899, 12, 30, tzinfo=UTC),
        datetime(1899, 12, 30, 0, 0, 0, 999_999, tzinfo=UTC),
        datetime(1899, 12, 30, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_midnight_of_1899_12_30_is_no_date_with_any_fraction_and_zone_g5(value: datetime | None):
    form = Form()
    form.required_date(value, "StartDate")
    assert str(form.missing) == "StartDate: required"


@pytest.mark.parametrize(
    "value",
    [
        datetime(1899, 12, 30, 10, tzinfo=UTC),
        datetime(1899, 12, 31, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_years_outside_1900_to_9999_are_out_of_range_g5(value: datetime):
    form = Form()
    form.required_date(value, "StartDate")
    assert (form.missing, str(form.breach)) == (None, "StartDate: out of range")


def test_dates_are_brought_to_utc():
    there = EIGHT.astimezone(timezone(timedelta(hours=2)))
    read = Form().required_date(there, "StartDate")
    assert (read, read.tzinfo) == (EIGHT, UTC)


# --- SaveTicket -----------------------------------------------------------------------------


def test_absent_is_not_empty_g2():
    absent = command()
    assert absent == SaveTicket(guid=TICKET, defaults=OPTIONS.defaults)
    empty = command(
        HtmlDescription="", CategoryId="", Priority=0, StateId="", ContactId="", Keywords="",
        ImpactId="", TemplateId="", Assignee=wire("TAssignee_V1", Id=""),
    )  # fmt: skip
    assert empty == SaveTicket(
        guid=TICKET,
        defaults=OPTIONS.defaults,
        description=Description("", ""),
        category=None,
        contact=None,
        keywords="",
        impact=None,
        assignee=Assign(None),
    )


def test_an_assignee_with_nothing_in_it_was_not_sent_g2():
    assert command(Assignee=wire("TAssignee_V1")).assignee is UNSET


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Id": ""}, "Ticket.Id: required"),
        ({"Id": "", "Title": ""}, "Ticket.Id: required"),
        ({"Title": ""}, "Ticket.Title: required"),
        ({"Title": " \n "}, "Ticket.Title: required"),
        ({"Id": "7", "Title": ""}, "Ticket.Title: required"),
        ({"Id": "7"}, "Ticket.Id: not a GUID"),
        ({"Id": "7", "Title": "a", "Priority": 9}, "Ticket.Id: not a GUID"),
    ],
)
def test_required_fields_come_before_forms_g14(fields: dict[str, Any], message: str):
    assert refusal(lambda: command(**fields)) == message


def test_other_breaches_wait_until_the_ticket_is_known_g14():
    assert breach(command(Priority=9)) == "Ticket.Priority: must be between 1 and 5"


_TOO_LONG = "x" * 1_000_001


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Title": "x" * 256}, "Ticket.Title: longer than 255 characters"),
        ({"Keywords": "x" * 256}, "Ticket.Keywords: longer than 255 characters"),
        ({"Description": _TOO_LONG}, "Ticket.Description: longer than 1000000 characters"),
        ({"HtmlDescription": _TOO_LONG}, "Ticket.HtmlDescription: longer than 1000000 characters"),
        ({"Priority": -1}, "Ticket.Priority: must be between 1 and 5"),
        ({"Priority": 6}, "Ticket.Priority: must be between 1 and 5"),
        ({"CategoryId": "x", "StateId": "x"}, "Ticket.CategoryId: not a GUID"),
        ({"Priority": 6, "StateId": "x"}, "Ticket.Priority: must be between 1 and 5"),
        ({"StateId": "x", "ContactId": "x"}, "Ticket.StateId: not a GUID"),
        ({"ContactId": "x", "ImpactId": "x"}, "Ticket.ContactId: not a GUID"),
        (
            {"Assignee": wire("TAssignee_V1", Id="x"), "ImpactId": "x"},
            "Ticket.Assignee.Id: not a GUID",
        ),
        ({"ImpactId": "x", "Keywords": "x" * 256}, "Ticket.ImpactId: not a GUID"),
        ({"Keywords": "x" * 256, "TemplateId": "x"}, "Ticket.Keywords: longer than 255 characters"),
        ({"TemplateId": "x"}, "Ticket.TemplateId: not a GUID"),
        (
            {"Description": _TOO_LONG, "HtmlDescription": _TOO_LONG},
            "Ticket.Description: longer than 1000000 characters",
        ),
    ],
)
def test_the_first_breach_in_the_order_of_the_fields_counts_g14(
    fields: dict[str, Any], message: str
):
    assert breach(command(**fields)) == message


def test_limits_count_code_points_after_white_space_was_collapsed_g8():
    assert command(Title="\N{GRINNING FACE}" * 255).breach is None
    assert command(Title=" a \n\t b ").title == "a b"
    assert command(Title=f"a{' ' * 300}b").title == "a b"
    assert command(Keywords=" a  b ").keywords == "a b"


@pytest.mark.parametrize("priority", [1, 2, 3, 4, 5])
def test_a_priority_is_between_1_and_5_st5(priority: int):
    assert command(Priority=priority).priority == priority


def test_the_html_wins_over_the_plain_text_st2():
    both = command(Description="plain", HtmlDescription="<p>html</p>")
    assert both.description == Description("html", "<p>html</p>")
    assert command(Description="a\nb").description == Description("a\nb", "a<br />b")
    assert command(Description="plain", HtmlDescription="").description == Description("", "")


def test_fields_filled_by_the_gateway_may_be_sent_and_are_ignored_g7():
    sent = command(
        TicketNumber=9, CategoryEN="x", CategoryDE="x", StateEN="x", StateDE="x", Contact="x",
        Creator="x", CreationDate=datetime(1, 1, 1, tzinfo=UTC), LastModified=EIGHT, ImpactEN="x",
        ImpactDE="x", ResolutionId="no guid", ResolutionEN="x", ResolutionDE="x",
        ClosingDate=EIGHT, ReminderDate=EIGHT, TotalWorkingTime=-1, TotalCosts=Decimal(-1),
    )  # fmt: skip
    assert sent == command()


def test_v1_names_users_only_st3():
    first = command(1, users_only=True, AssigneeId=str(OTHER))
    assert first.assignee == Assign(OTHER, PartyKind.AGENT, either_kind_kept=True)


def test_v2_names_the_kind_beside_the_id_st3():
    group = command(2, AssigneeId=str(OTHER), AssigneeIsGroup=True)
    assert group.assignee == Assign(OTHER, PartyKind.GROUP)
    assert command(2, AssigneeId=str(OTHER)).assignee == Assign(OTHER, PartyKind.AGENT)
    assert command(2, AssigneeIsGroup=True).assignee is UNSET


@pytest.mark.parametrize("shape", [4, 5])
def test_of_the_assignee_only_id_and_kind_count_st4(shape: int):
    assignee = wire(
        "TAssignee_V1", Id=str(OTHER), AssigneeIsGroup=True, Name="x" * 999, Description="x",
        Email="x", UserType="AdUser", Roles=["x"],
    )  # fmt: skip
    assert command(shape, Assignee=assignee).assignee == Assign(OTHER, PartyKind.GROUP)
    nameless = wire("TAssignee_V1", AssigneeIsGroup=True, Name="x")
    assert command(shape, Assignee=nameless).assignee is UNSET


def test_only_the_fifth_ticket_names_a_template():
    assert command(5, TemplateId=str(OTHER)).template == OTHER
    assert command(4).template is UNSET


# --- CloseTicket and ReopenTicket -----------------------------------------------------------


def assignee(guid: UUID | str | None = OTHER) -> Any:
    return wire("TAssignee_V1", Id=None if guid is None else str(guid))


def comment(**fields: Any) -> Any:
    return wire("TTicketComment_V1", **{"Id": str(COMMENT), "Text": "done", **fields})


def working_time(**fields: Any) -> Any:
    filled = {
        "Id": str(TIME),
        "TicketId": str(TICKET),
        "Executor": str(OTHER),
        "StartDate": EIGHT,
        "EndDate": EIGHT + timedelta(minutes=25),
    }
    return wire("TTicketWorkingTime_V1", **{**filled, **fields})


def closing(rules: HelpdeskSettings = RULES, **sent: Any) -> Any:
    filled = {"TicketId": str(TICKET), "Assignee": assignee(), **sent}
    names = ("TicketId", "Assignee", "ResolutionId", "Comment", "WorkingTime")
    return translate.close_command([filled.get(name) for name in names], OPTIONS, rules)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"TicketId": ""}, "TicketId: required"),
        ({"Assignee": assignee(None)}, "Assignee.Id: required"),
        ({"Assignee": assignee("")}, "Assignee.Id: required"),
        ({"Assignee": assignee("x")}, "Assignee.Id: not a GUID"),
        ({"Comment": comment(Id="")}, "Comment.Id: required"),
        ({"Comment": comment(Text=None)}, "Comment.Text: required"),
        ({"Comment": comment(Text="")}, "Comment.Text: required"),
        ({"WorkingTime": working_time(Id="")}, "WorkingTime.Id: required"),
        ({"WorkingTime": working_time(TicketId=None)}, "WorkingTime.TicketId: required"),
        ({"WorkingTime": working_time(Executor=None)}, "WorkingTime.Executor: required"),
        ({"WorkingTime": working_time(StartDate=None)}, "WorkingTime.StartDate: required"),
        ({"WorkingTime": working_time(EndDate=None)}, "WorkingTime.EndDate: required"),
        (
            {"WorkingTime": working_time(TicketId=str(OTHER), Executor="x")},
            "WorkingTime.TicketId: differs from TicketId",
        ),
        (
            {"WorkingTime": working_time(EndDate=EIGHT)},
            "WorkingTime.StartDate: must be earlier than EndDate",
        ),
        (
            {"WorkingTime": working_time(EndDate=EIGHT - timedelta(1), Description="x" * 4001)},
            "WorkingTime.StartDate: must be earlier than EndDate",
        ),
        (
            {"WorkingTime": working_time(Description="x" * 4001)},
            "WorkingTime.Description: longer than 4000 characters",
        ),
        (
            {"TicketId": "x", "WorkingTime": working_time(EndDate=None)},
            "WorkingTime.EndDate: required",
        ),
    ],
)
def test_closing_names_the_first_field_that_is_missing_or_wrong_ct(
    sent: dict[str, Any], message: str
):
    assert refusal(lambda: closing(**sent)) == message


def test_the_ticket_of_a_comment_sent_with_closing_is_ignored_ct3():
    for other in (str(OTHER), "no guid", ""):
        assert closing(Comment=comment(TicketId=other)).comment.guid == COMMENT


def test_what_the_rules_switch_off_is_not_looked_at_ct2_ct4():
    off = HelpdeskSettings(working_times_enabled=False)
    command = closing(off, ResolutionId="x", WorkingTime=working_time(Id="x"))
    assert (command.resolution, command.working_time) == (UNSET, None)


def test_an_enabled_resolution_is_read_ct2():
    enabled = HelpdeskSettings(resolutions_enabled=True)
    assert closing(enabled, ResolutionId=str(OTHER)).resolution == OTHER
    assert closing(enabled, ResolutionId="").resolution is None
    assert closing(enabled).resolution is UNSET


def test_closing_takes_all_that_the_rules_can_ask_for():
    command = closing(Comment=comment(IsVisibleForWeb=True), WorkingTime=working_time())
    assert (command.ticket, command.assignee) == (TICKET, Assign(OTHER))
    assert (command.comment.text.plain, command.comment.visible) == ("done", True)
    assert command.working_time.end - command.working_time.start == timedelta(minutes=25)


def test_reopening_needs_the_ticket_alone_rt():
    command = translate.reopen_command((str(TICKET), None, None), OPTIONS)
    assert (command.ticket, command.assignee, command.comment) == (TICKET, UNSET, None)
    everything = translate.reopen_command((str(TICKET), assignee(""), comment()), OPTIONS)
    assert (everything.assignee, everything.comment is None) == (Assign(None), False)
    with pytest.raises(Missing, match=r"Comment\.Text: required"):
        translate.reopen_command((str(TICKET), None, comment(Text="")), OPTIONS)


def test_equal_requests_are_plain_values_that_print_alike_g10():
    one = translate.plain((str(TICKET), assignee(), None, comment(), working_time()))
    two = translate.plain((str(TICKET), assignee(), None, comment(), working_time()))
    assert repr(one) == repr(two)
    assert one != translate.plain((str(TICKET), assignee(), None, comment(Text="x"), None))


# --- comments and lists ---------------------------------------------------------------------


def test_of_a_comment_only_four_fields_count_co2():
    sent = comment(
        TicketId=str(TICKET), Creator="x", CreationDate=datetime(1, 1, 1, tzinfo=UTC),
        IsExternal=True, ExternalMail="x", ExternalRecipient="x", ExternalCC="x", Signature="x",
    )  # fmt: skip
    assert translate.comment_command(sent) == translate.comment_command(
        comment(TicketId=str(TICKET))
    )


def test_an_empty_ticket_of_a_comment_was_not_sent():
    assert translate.comment_command(comment(TicketId="")).ticket is UNSET
    malformed = translate.comment_command(comment(TicketId="x"))
    assert breach(malformed) == "Comment.TicketId: not a GUID"


@pytest.mark.parametrize(("guid", "text"), [("", "required"), ("x", "not a GUID")])
def test_a_comment_needs_its_id_co1(guid: str, text: str):
    assert refusal(lambda: translate.comment_command(comment(Id=guid))) == f"Comment.Id: {text}"


def listing(ids: list[str | None] | None = None, *paging: Any) -> Any:
    offset, count, total = paging or (None, None, None)
    return translate.list_query((ids, offset, count, total), OPTIONS)


def test_a_list_without_ids_is_all_tickets_li1_li3():
    for nothing in (None, []):
        query = listing(nothing)
        assert (query.guids, query.offset, query.count) == (None, 0, 1000)
        assert query.with_total is False
    assert listing(None, 0, 0, True).count == 1000


@pytest.mark.parametrize(
    ("ids", "paging", "message"),
    [
        (["x"], (-1, -1, None), "TicketIds[1]: not a GUID"),
        ([str(TICKET), None], (None, None, None), "TicketIds[2]: required"),
        ([str(TICKET)] * 1001, (None, None, None), "TicketIds: more than 1000 entries"),
        (None, (-1, -1, None), "Offset: must not be negative"),
        (None, (0, -1, None), "Count: must not be negative"),
        (None, (0, 1001, None), "Count: at most 1000"),
    ],
)
def test_a_page_keeps_within_its_bounds_li1(
    ids: list[str | None] | None, paging: tuple[Any, ...], message: str
):
    assert refusal(lambda: listing(ids, *paging)) == message


def test_an_id_given_twice_in_a_list_counts_once():
    assert listing([str(TICKET), f"{{{str(TICKET).upper()}}}"]).guids == [TICKET]


# --- answers --------------------------------------------------------------------------------


def test_without_assignee_all_seven_fields_stand_empty_gt2():
    assert translate.assignee_answer(None) == {
        "Id": "",
        "AssigneeIsGroup": False,
        "Name": "",
        "Description": "",
        "Email": "",
        "UserType": "AcmpUser",
        "Roles": [],
    }


@pytest.mark.parametrize(("from_directory", "user_type"), [(True, "AdUser"), (False, "AcmpUser")])
def test_an_agent_from_a_directory_is_an_ad_user_gt2(from_directory: bool, user_type: str):
    party = Assignable(OTHER, PartyKind.AGENT, "Ada", "", "a@example.com", from_directory, ("a",))
    answer = translate.assignee_answer(party)
    assert (answer["UserType"], answer["Roles"]) == (user_type, ["a"])
    assert (answer["Id"], answer["AssigneeIsGroup"]) == (wire_guid(OTHER), False)


def test_the_second_settings_have_two_fields_more():
    rules = HelpdeskSettings(comment_required=True)
    first = translate.settings_answer(rules, 1)
    assert first == {
        "ResolutionsEnabled": False,
        "CommentRequiredOnClose": True,
        "WorkingTimesEnabled": True,
        "WorkingTimeRequiredOnClose": False,
    }
    assert translate.settings_answer(rules, 2) == {
        **first,
        "CostsEnabled": True,
        "MaxAttachmentSize": 3_145_728,
    }
