"""Attachments, comments, working times, costs and mails between wire and use case."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.dialects.acmp import entry_commands, translate
from gateway.dialects.acmp.form import wire_guid
from gateway.dialects.acmp.translate import Options
from gateway.domain.commands import SaveAttachment, SaveCost, SaveWorkingTime
from gateway.domain.values import UNSET
from gateway.errors import BrokenRule, Missing
from tests.kit.memory import Memory, guid_of
from tests.kit.wire import Caller, wire
from tests.kit.world import COMMENT, OTHER, TICKET, TIME, given_comment, given_ticket
from tests.kit.world_entries import (
    ATTACHMENT,
    COST,
    DOCUMENT,
    given_attachment,
    given_cost,
    given_mail,
    given_time,
)

OPTIONS = Options()
ID = str(TICKET)


@pytest.fixture
def caller() -> Caller:
    memory = Memory()
    given_ticket(memory)
    return Caller(memory)


def cost(**fields: Any) -> SaveCost:
    (command,) = entry_commands.cost_commands([wire("TTicketCostEntry_V1", **fields)], OPTIONS)
    return command


def attachment(**fields: Any) -> SaveAttachment:
    sent = [wire("TTicketAttachment_V1", Id=str(ATTACHMENT), DocumentId=str(DOCUMENT), **fields)]
    return entry_commands.attachments_command(ID, sent, OPTIONS).attachments[0]


def working_time(**fields: Any) -> SaveWorkingTime:
    return entry_commands.working_time_command(
        wire("TTicketWorkingTime_V1", Id=str(TIME), **fields)
    )


def breach(command: Any) -> str:
    return str(command.breach)


# --- wire to command ------------------------------------------------------------------------


def test_what_a_cost_does_not_say_is_unset_cs1():
    assert cost(Id=str(COST)) == SaveCost(guid=COST)
    assert cost(Id=str(COST), TicketId="") == SaveCost(guid=COST)


def test_the_category_is_collapsed_the_description_is_not_g8():
    command = cost(Id=str(COST), Category=" a  b ", Description=" a  b ")
    assert (command.category, command.description) == ("a b", " a  b ")


def test_a_price_has_two_places_cs2():
    assert str(cost(Id=str(COST), UnitPrice=Decimal("1.5000")).unit_price) == "1.50"
    assert breach(cost(Id=str(COST), UnitPrice=Decimal("1.505"))) == (
        "Costs[1].UnitPrice: at most two decimal places"
    )


def test_the_first_breach_of_a_cost_counts_in_the_order_of_its_fields_g14():
    fields = {"Id": "x", "TicketId": "x", "UnitPrice": Decimal(0), "Amount": 0}
    assert breach(cost(**fields)) == "Costs[1].Id: not a GUID"
    assert breach(cost(**{**fields, "Id": str(COST)})) == "Costs[1].TicketId: not a GUID"
    assert isinstance(cost(**{**fields, "Id": ""}).breach, Missing)


def test_an_id_twice_is_noticed_once_per_repetition_g9():
    sent = [wire("TTicketCostEntry_V1", Id=text) for text in (str(COST), f"{{{COST}}}", "x", "x")]
    commands = entry_commands.cost_commands(sent, OPTIONS)
    assert [str(command.breach) for command in commands] == [
        "None", "Costs[2].Id: given twice", "Costs[3].Id: not a GUID", "Costs[4].Id: not a GUID",
    ]  # fmt: skip


def test_an_entry_of_nothing_lacks_its_id():
    (command,) = entry_commands.cost_commands([None], OPTIONS)
    assert breach(command) == "Costs[1].Id: required"


@pytest.mark.parametrize("sent", [[], None])
def test_a_batch_of_nothing_is_refused_g9(sent: Any):
    with pytest.raises(Missing, match="Costs: required"):
        entry_commands.cost_commands(sent, OPTIONS)
    with pytest.raises(Missing, match="Attachments: required"):
        entry_commands.attachments_command(ID, sent, OPTIONS)
    with pytest.raises(Missing, match="AttachmentIds: required"):
        entry_commands.delete_attachments_command(ID, sent, OPTIONS)


def test_a_batch_beyond_the_limit_is_refused_g9():
    two = Options(batch_limit=2)
    with pytest.raises(BrokenRule, match="Costs: more than 2 entries"):
        entry_commands.cost_commands([None] * 3, two)
    with pytest.raises(Missing, match="TicketId: required"):
        entry_commands.attachments_command("", [None] * 3, two)


def test_names_count_only_for_new_attachments_at2():
    command = attachment(Name="x" * 256, FileName="..")
    assert command.breach is None
    assert str(command.breach_if_new) == "Attachments[1].Name: longer than 255 characters"
    assert str(attachment(FileName="..").breach_if_new).endswith("FileName: not a file name")
    long = attachment(FileName="..", Description="x" * 401)
    assert breach(long) == "Attachments[1].Description: longer than 400 characters"
    assert str(long.breach_if_new).endswith("FileName: not a file name")


def test_no_content_is_not_an_empty_content_at3():
    assert (attachment().sha256, attachment(Content=b"").sha256 is None) == (None, False)
    assert "Hello" not in repr(attachment(Content=b"Hello"))
    assert repr(attachment(Content=b"Hello")) != repr(attachment(Content=b"World"))


def test_what_a_working_time_does_not_say_is_unset_wt():
    no_date = datetime(1899, 12, 30, tzinfo=UTC)
    assert working_time(TicketId="", StartDate=no_date) == SaveWorkingTime(guid=TIME)
    assert working_time(Executor="").executor is None
    wrong = working_time(Executor="x", TicketId="y")
    assert (wrong.executor, wrong.ticket) == (UUID(int=0), UUID(int=0))
    assert breach(wrong) == "WorkingTime.TicketId: not a GUID"


def test_html_wins_over_the_text_of_a_comment_co1():
    def text(**fields: Any) -> Any:
        comment = wire("TTicketComment_V2", Id=str(COMMENT), **fields)
        return translate.comment_command(comment).text

    assert text() is UNSET
    assert (text(HtmlText="<b>x</b>", Text="y").plain, text(Text="<").html) == ("x", "&lt;")
    assert (text(HtmlText="", Text="y").plain, text(HtmlText="").html) == ("y", "")


# --- entries to wire ------------------------------------------------------------------------


def test_empty_fields_are_left_out_of_answers_g4(caller: Caller):
    memory = caller.memory
    given_cost(memory, category="")
    given_time(memory, TIME)
    given_attachment(memory, content=b"")
    given_mail(memory, subject="", sender="", recipient="", body="")
    for operation, arguments, field, absent in (
        ("GetTicketCost_V1", (str(COST),), "Cost", {"Category", "Description"}),
        ("GetTicketAttachment_V1", (str(ATTACHMENT),), "Attachment",
         {"Description", "Content", "Creator"}),
        ("GetTicketWorkingTimeList_V1", (ID,), "WorkingTimes", {"Description"}),
        ("GetEmailMonitorList_V1", (), "EmailMonitors", {"Subject", "Sender", "Recipient", "Body"}),
    ):  # fmt: skip
        found = caller(operation, *arguments)[field]
        shown = found[0] if isinstance(found, list) else found
        assert {name for name, value in shown.items() if value is None} == absent


def test_money_has_two_places(caller: Caller):
    given_cost(caller.memory, unit_price=Decimal("1.5"), amount=3)
    shown = caller("GetTicketCostList_V1", ID)["Costs"][0]
    assert (str(shown["UnitPrice"]), str(shown["TotalPrice"])) == ("1.50", "4.50")
    assert shown["CreatorId"] == wire_guid(guid_of("agent", "Bert"))


def test_a_merged_ticket_shows_the_entries_of_its_target_with_a_note_g12(caller: Caller):
    source = uuid4()
    given_ticket(caller.memory, source, state="merged", merged_into=TICKET)
    given_comment(caller.memory)
    note = f"OK; merged into {wire_guid(TICKET)}"
    for operation in (
        "GetTicketAttachments_V1", "GetCommentListOfTicket_V1", "GetTicketWorkingTimeList_V1",
        "GetTicketCostList_V1",
    ):  # fmt: skip
        assert caller(operation, str(source))["ResultMessage"] == note
    shown = caller("GetCommentListOfTicket_V1", str(source))["Comments"]
    assert [each["TicketId"] for each in shown] == [wire_guid(TICKET)]


def test_the_failing_entry_is_named_as_it_was_sent_g9(caller: Caller):
    other = str(OTHER)
    sent = [wire("TTicketCostEntry_V1", Id=other, TicketId=ID, UnitPrice=Decimal(1), Amount=0)]
    answer = caller("SaveTicketCosts_V1", sent)
    assert answer["FirstErrorMsg"] == f"{other}: {answer['ResultMessage']}"
    answer = caller("SaveTicketCosts_V1", [])
    assert answer["FirstErrorMsg"] == answer["ResultMessage"] == "Costs: required"


def test_the_time_between_is_shown_in_minutes(caller: Caller):
    time = given_time(caller.memory, TIME)
    shown = caller("GetTicketWorkingTimeList_V1", ID)["WorkingTimes"][0]
    assert shown["Duration"] == 25
    assert shown["EndDate"] - shown["StartDate"] == timedelta(minutes=25)
    assert (shown["Executor"], shown["ExecutorName"]) == (
        wire_guid(time.executor.guid), "Bert",
    )  # fmt: skip
