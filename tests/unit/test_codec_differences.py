"""Where the engine differs from stock Spyne on purpose; each difference is pinned here."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from gateway.errors import SchemaViolation
from gateway.soap.codec import (
    UnwritableText,
    UnwritableValue,
    compile_service,
    envelope,
    escape,
)
from gateway.soap.envelope import SoapVersion
from gateway.soap.rows import Rows
from gateway.soap.validation import Contract
from tests.kit.desk_service import NAMESPACE, Assignee, Cost, DeskService, Result, Ticket, Wider
from tests.kit.oracle import published_schema, stock_application

APPLICATION = stock_application(DeskService, NAMESPACE)
OPERATIONS = compile_service(APPLICATION)
CONTRACT = Contract(published_schema(APPLICATION), OPERATIONS)
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def call(content: str) -> etree._Element:
    return etree.fromstring(f'<Echo xmlns="{NAMESPACE}" {XSI}>{content}</Echo>')


def checked(element: etree._Element) -> list:
    CONTRACT.check(element)
    return OPERATIONS[element.tag].read(element)


def value_of(member: str, *, operations=OPERATIONS, must: str = "<Must/><MustOrNil/>") -> Wider:
    """Read Echo with one member, put where the schema wants it."""
    before, after = (must, "") if not member.startswith("<Text") else ("", must)
    element = call(f"<Value>{before}{member}{after}</Value>")
    CONTRACT.check(element)
    value, _ = operations[element.tag].read(element)
    return value


def answer(result, operation: str = "Echo") -> str:
    return OPERATIONS[f"{{{NAMESPACE}}}{operation}"].write(result, SoapVersion.V11).decode()


def test_a_false_nil_keeps_the_content():  # H18
    value = value_of('<Small xsi:nil="false">7</Small>')
    assert value.Small == 7


def test_a_true_nil_is_nothing():
    assert value_of('<Small xsi:nil=" 1 "/>').Small is None


def test_a_boolean_with_blanks_around_is_true():  # H19
    assert value_of("<Flag> true </Flag>").Flag is True
    assert value_of("<Flag>\n1</Flag>").Flag is True
    assert value_of("<Flag> 0 </Flag>").Flag is False


@pytest.mark.parametrize(
    "text", ["!!", "QQ", "QQ=", "QUJD=", "QUJD====", "====", "QR==", "QUJ=", "Q Q = = x"]
)
def test_broken_base64_is_refused(text):  # H20
    element = call(f"<Value><Must/><MustOrNil/><Content>{text}</Content></Value>")
    with pytest.raises(SchemaViolation) as caught:
        checked(element)
    assert (caught.value.field, caught.value.sentence) == ("Value.Content", "not base64")


def test_base64_with_line_breaks_is_read_as_one_bytes():
    assert value_of("<Content>\r\n QUJD\n REVG\t</Content>").Content == b"ABCDEF"
    assert value_of("<Content/>").Content == b""


def test_the_end_of_a_day_is_the_next_midnight():  # H21
    assert value_of("<When>2025-02-28T24:00:00Z</When>").When == datetime(2025, 3, 1, tzinfo=UTC)
    late = value_of("<When>2024-12-31T24:00:00.000+02:00</When>").When
    assert late.isoformat() == "2025-01-01T00:00:00+02:00"


@pytest.mark.parametrize(
    "text",
    [
        "0000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T24:00:00Z",
        "2025-02-29T00:00:00Z",
        "2025-06-31T00:00:00Z",
        "2025-06-27T25:00:00Z",
        "2025-06-27T23:59:60Z",
        "2025-06-27T00:00:00+14:01",
        "2025-06-27",
        "20250627T000000Z",
        " 2025-06-27T00:00:00Z ",  # H23
        "",
    ],
)
def test_what_is_no_date_is_refused(text):  # H22
    element = call(f"<Value><Must/><MustOrNil/><When>{text}</When></Value>")
    with pytest.raises(SchemaViolation) as caught:
        checked(element)
    assert (caught.value.field, caught.value.sentence) == ("Value.When", "not a date")


def test_the_greatest_moment_of_net_does_not_overflow():
    value = value_of("<When>9999-12-31T23:59:59.9999999Z</When>")
    assert value.When == datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)


def test_digits_beyond_the_sixth_are_cut_off():
    value = value_of("<When>2025-06-27T09:16:00.1234569Z</When>")
    assert value.When.microsecond == 123456


def test_zones_are_those_of_the_standard_library():
    assert value_of("<When>2025-06-27T09:16:00Z</When>").When.tzinfo is UTC
    offset = value_of("<When>2025-06-27T09:16:00-05:30</When>").When.tzinfo
    assert offset == timezone(-timedelta(hours=5, minutes=30))


def test_a_moment_without_zone_is_local_to_the_service():
    berlin = compile_service(APPLICATION, zone=ZoneInfo("Europe/Berlin"))
    value = value_of("<When>2025-06-27T09:16:00</When>", operations=berlin)
    assert value.When.utcoffset() == timedelta(hours=2)


def test_a_number_that_stock_finds_too_long_is_read():
    assert value_of("<Small>-2147483648</Small>").Small == -(2**31)


def test_a_word_is_read_as_text():
    value = value_of("<Person><UserType>AdUser</UserType></Person>")
    assert value.Person.UserType == "AdUser"


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_carry_is_not_written(character):  # H29
    with pytest.raises(UnwritableText):
        answer(f"a{character}b", "Ping")
    with pytest.raises(UnwritableText):
        escape(f"<{character}")


def test_special_characters_are_escaped_as_stock_does():
    assert escape("a & <b> \"c\" 'd' \r\n\té") == "a &amp; &lt;b&gt; \"c\" 'd' &#13;\n\té"


@pytest.mark.parametrize(
    "result",
    [
        Result(ResultCode=0),
        {"ResultCode": 0},
        {"ResultCode": None, "ResultMessage": "OK"},
    ],
)
def test_a_required_member_that_is_missing_is_not_written(result):  # H33
    with pytest.raises(UnwritableValue):
        answer(result, "SaveTicket_V4")


@pytest.mark.parametrize(
    "result",
    [
        {"ResultCode": 2**31, "ResultMessage": "OK"},
        {"ResultCode": 0, "ResultMessage": "OK", "Tiketnumber": 1},
    ],
)
def test_what_the_published_type_does_not_allow_is_not_written(result):
    with pytest.raises(UnwritableValue):
        answer(result, "SaveTicket_V4")


@pytest.mark.parametrize(
    "member",
    [
        {"Colour": "green"},
        {"Person": Assignee(UserType="Robot")},
        {"Number": Decimal("NaN")},
        {"When": datetime(2025, 6, 27)},  # noqa: DTZ001 - the point of the case
        {"Numbers": "12"},
        {"Lines": [None]},
        {"Lines": Rows(("Id", "Colour"), [("1", "red")])},
        {"Lines": Rows(("Category",), [("x",)])},
        {"Lines": Rows(("Id",), [(None,)])},
        {"Lines": Rows(("Id",), [("1", "2")])},
    ],
)
def test_a_value_without_a_form_in_the_schema_is_not_written(member):
    with pytest.raises(UnwritableValue):
        answer({"Must": "", **member})


def test_decimals_have_no_exponent():
    written = answer({"Must": "", "Number": Decimal("1E+5")})
    assert "<tns:Number>100000</tns:Number>" in written
    assert "<tns:Number>0.0000001</tns:Number>" in answer({"Must": "", "Number": Decimal("1E-7")})


def test_moments_are_written_in_utc_with_milliseconds():
    moment = datetime(2025, 6, 27, 11, 16, 0, 123999, ZoneInfo("Europe/Berlin"))
    assert "<tns:When>2025-06-27T09:16:00.123Z</tns:When>" in answer({"Must": "", "When": moment})


@pytest.mark.parametrize("hours", [1, -1])
def test_the_ends_of_the_calendar_do_not_overflow(hours):
    zone = timezone(timedelta(hours=hours))
    edge = datetime(1, 1, 1, tzinfo=zone) if hours > 0 else datetime(9999, 12, 31, 23, tzinfo=zone)
    written = answer({"Must": "", "When": edge})
    assert (
        datetime.fromisoformat(etree.fromstring(written.encode()).find(".//{*}When").text) == edge
    )


def test_a_service_may_write_moments_in_its_own_form():
    operations = compile_service(APPLICATION, write_datetime=lambda value: value.strftime("%Y"))
    result = {"Must": "", "When": datetime(2025, 1, 1, tzinfo=UTC)}
    written = operations[f"{{{NAMESPACE}}}Echo"].write(result, SoapVersion.V11)
    assert b"<tns:When>2025</tns:When>" in written


def test_another_prefix_changes_the_tags_alone():
    result = {"Must": "a", "Person": Assignee(), "Costs": [Cost(Id="1"), None]}
    for prefix in ("", "ns1"):
        written = compile_service(APPLICATION, prefix=prefix)[f"{{{NAMESPACE}}}Echo"].write(
            result, SoapVersion.V12
        )
        assert tree(written) == tree(
            OPERATIONS[f"{{{NAMESPACE}}}Echo"].write(result, SoapVersion.V12)
        )


def tree(document: bytes) -> list[tuple[str, str | None, dict[str, str]]]:
    return [(e.tag, e.text, dict(e.attrib)) for e in etree.fromstring(document).iter()]


def test_nested_objects_may_stand_in_a_column():
    costs = [Cost(Id="1", Amount=2), {"Id": "3"}]
    rows = Rows(("Id", "Costs", "Assignee"), [("7", costs, {"Id": "9"}), ("8", [], None)])
    written = answer({"ResultCode": 0, "Tickets": rows}, "GetTicketList_V1")
    plain = [
        Ticket(Id="7", Costs=[Cost(Id="1", Amount=2), Cost(Id="3")], Assignee=Assignee(Id="9")),
        Ticket(Id="8", Costs=[]),
    ]
    assert written == answer({"ResultCode": 0, "Tickets": plain}, "GetTicketList_V1")


def test_an_envelope_takes_header_and_ready_content():
    written = envelope(SoapVersion.V12, "<a/>", header="<b/>", namespace="urn:x&y")
    root = etree.fromstring(written)
    assert [child.tag.rpartition("}")[2] for child in root] == ["Header", "Body"]
    assert root.nsmap["tns"] == "urn:x&y"
