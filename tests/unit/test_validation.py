"""The contract check: libxml2 decides, the engine says where and why."""

import threading
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.errors import SchemaViolation
from gateway.soap.codec import compile_service
from gateway.soap.validation import Contract
from tests.kit.desk_service import NAMESPACE, DeskService
from tests.kit.oracle import published_schema, stock_application

APPLICATION = stock_application(DeskService, NAMESPACE)
OPERATIONS = compile_service(APPLICATION)
SCHEMA = published_schema(APPLICATION)
CONTRACT = Contract(SCHEMA, OPERATIONS)
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def body(operation: str, content: str) -> etree._Element:
    return etree.fromstring(f'<{operation} xmlns="{NAMESPACE}" {XSI}>{content}</{operation}>')


def save(content: str) -> etree._Element:
    return body("SaveTicket_V4", f"<Ticket>{content}</Ticket>")


def echo(content: str) -> etree._Element:
    return body("Echo", f"<Value><Must/><MustOrNil/>{content}</Value>")


def refusal(element: etree._Element) -> tuple[str | None, str]:
    with pytest.raises(SchemaViolation) as caught:
        CONTRACT.check(element)
    return caught.value.field, caught.value.sentence


@pytest.mark.parametrize(
    ("element", "path", "reason"),
    [
        (body("SaveTicket_V4", ""), "Ticket", "missing element"),
        (save(""), "Ticket.Id", "missing element"),
        (save("<Title/>"), "Ticket.Id", "missing element"),
        (save("<Title/><Id/>"), "Ticket.Title", "unexpected element"),
        (save("<Id/><CreatorId/>"), "Ticket.CreatorId", "unexpected element"),
        (save("<Id/><Id/>"), "Ticket.Id", "unexpected element"),
        (save("<Id/><title/>"), "Ticket.title", "unexpected element"),
        (save('<Id/><Title xmlns="urn:other"/>'), "Ticket.Title", "unexpected element"),
        (save("<Id/><Title><b/></Title>"), "Ticket.Title.b", "unexpected element"),
        (save('<Id unknown="1"/>'), "Ticket.Id@unknown", "unexpected attribute"),
        (save("<Id/><Priority>high</Priority>"), "Ticket.Priority", "not a number"),
        (save("<Id/><Priority/>"), "Ticket.Priority", "not a number"),
        (save("<Id/><Priority>2147483648</Priority>"), "Ticket.Priority", "not a number"),
        (save("<Id/><Priority>1.0</Priority>"), "Ticket.Priority", "not a number"),
        (save("<Id/><Priority>\u0661</Priority>"), "Ticket.Priority", "not a number"),
        (save("<Id/><TotalCosts>1e3</TotalCosts>"), "Ticket.TotalCosts", "not a number"),
        (save("<Id/><TotalCosts>NaN</TotalCosts>"), "Ticket.TotalCosts", "not a number"),
        (save("<Id/><CreationDate>now</CreationDate>"), "Ticket.CreationDate", "not a date"),
        (save("<Id/><Closed>yes</Closed>"), "Ticket.Closed", "not a boolean"),
        (save("<Id/><Closed>TRUE</Closed>"), "Ticket.Closed", "not a boolean"),
        (
            save("<Id/><Assignee><UserType>Robot</UserType></Assignee>"),
            "Ticket.Assignee.UserType",
            "not one of the allowed words",
        ),
        (save("<Id/><Title xsi:nil='true'/>"), "Ticket.Title", "may not be nil"),
        (save("<Id/><Costs xsi:nil='true'/>"), "Ticket.Costs", "may not be nil"),
        (
            save("<Id/><Costs><Cost><Id/></Cost><Cost><Amount>1</Amount></Cost></Costs>"),
            "Ticket.Costs[2].Id",
            "missing element",
        ),
        (
            save("<Id/><Costs><Cost><Id/><UnitPrice>x</UnitPrice></Cost></Costs>"),
            "Ticket.Costs[1].UnitPrice",
            "not a number",
        ),
        (echo("<Person xsi:nil='true'><Id/></Person>"), "Value.Person.Id", "unexpected element"),
        (save("<Id/><Costs><Id/></Costs>"), "Ticket.Costs.Id", "unexpected element"),
        (echo("<Content>A</Content>"), "Value.Content", "not base64"),
        (echo("<Colour>green</Colour>"), "Value.Colour", "not one of the allowed words"),
        (echo("<Lines><Id/></Lines><Lines/>"), "Value.Lines[2].Id", "missing element"),
        (echo("<Notes/><Flag>1</Flag>"), "Value.Flag", "unexpected element"),
        (body("Ping", "<Text/>"), "Text", "unexpected element"),
        (body("Echo", "<Count>x</Count>"), "Count", "not a number"),
    ],
)
def test_a_deviation_is_named_by_path_and_reason(element, path, reason):
    assert refusal(element) == (path, reason)


@pytest.mark.parametrize(
    "element",
    [
        save("<Id/>"),
        save("<Id/><Priority> 4 </Priority>"),
        save("<Id/><Priority>+4</Priority>"),
        save("<Id/><TotalCosts>.5</TotalCosts>"),
        save("<Id/><Costs/><WatcherIds><string/><string xsi:nil='true'/></WatcherIds>"),
        save("<Id/><Costs><Cost xsi:nil='1'/></Costs>"),
        echo("<Small xsi:nil='true'/><Notes/><Notes xsi:nil='true'/><Lines><Id/></Lines>"),
        body("Ping", ""),
        body("Echo", ""),
    ],
)
def test_a_valid_message_passes(element):
    CONTRACT.check(element)


def test_names_are_cut_at_64_characters():
    path, reason = refusal(save(f"<Id/><{'n' * 300}/>"))
    assert (path, reason) == (f"Ticket.{'n' * 64}", "unexpected element")


def test_values_are_never_in_the_refusal():
    with pytest.raises(SchemaViolation) as caught:
        CONTRACT.check(save("<Id/><Priority>secret</Priority>"))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_has_no_reason_of_its_own_is_counted():
    before = CONTRACT.unexplained
    assert refusal(save("stray<Id/>")) == (None, "does not match the schema")
    assert CONTRACT.unexplained == before + 1


def test_a_damaged_schema_stops_the_start():
    with pytest.raises(etree.Error):
        Contract(b"<schema/>", OPERATIONS)


def test_no_thread_is_told_what_another_sent():
    names = [f"Field{number}" for number in range(8)]
    wrong: list[str] = []

    def run(name: str) -> None:
        for _ in range(200):
            try:
                CONTRACT.check(save(f"<Id/><{name}/>"))
            except SchemaViolation as refused:
                if refused.field != f"Ticket.{name}":
                    wrong.append(str(refused.field))

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


FULL = etree.tostring(
    echo(
        "<Small>1</Small><Large>2</Large><Number>1.5</Number><Flag>true</Flag>"
        "<When>2025-06-27T09:16:00Z</When><Content>QUJD</Content><Colour>red</Colour>"
        "<Person><Id/><AssigneeIsGroup>0</AssigneeIsGroup><UserType>AdUser</UserType>"
        "<Roles><string/></Roles></Person><Costs><Cost><Id/><Amount>1</Amount></Cost></Costs>"
        "<Numbers><int>1</int><int xsi:nil='true'/></Numbers><Notes/><Lines><Id/></Lines><Extra/>"
    )
)
LEXEMES = ["", " ", "x", "1", " 1 ", "-1", "1e5", "true", "0", "2147483648", "red", "green", "QQ=="]
LEXEMES += ["!!", "2025-06-27T24:00:00Z", "2025-02-30T00:00:00Z", "9" * 25, "1.", "+.5", "-"]


def mutate(root: etree._Element, random: Random) -> None:
    """Break a message in one of the ways in which callers break it."""
    elements = list(root.iterdescendants())
    element = random.choice(elements)
    parent = element.getparent()
    match random.randrange(6):
        case 0:
            parent.remove(element)
        case 1:
            element.text = random.choice(LEXEMES)
        case 2:
            parent.append(element)
        case 3:
            element.tag = random.choice(elements).tag
        case 4:
            element.set(NIL, random.choice("01"))
        case _:
            parent.insert(0, etree.fromstring(etree.tostring(element)))


@given(seed=st.integers(0, 2**32), count=st.integers(0, 3))
@settings(max_examples=400, deadline=None)
def test_every_broken_message_is_refused_with_a_path_and_no_good_one_is(seed, count):
    root = etree.fromstring(FULL)
    random = Random(seed)
    for _ in range(count):
        if len(root):
            mutate(root, random)
    root = etree.fromstring(etree.tostring(root))
    refused = refusal_of(root)
    assert (refused is None) == etree.XMLSchema(etree.fromstring(SCHEMA)).validate(root)
    assert refused is None or refused.field or holds_text_between(root)


def refusal_of(root: etree._Element) -> SchemaViolation | None:
    try:
        CONTRACT.check(root)
    except SchemaViolation as refused:
        return refused
    return None


def holds_text_between(root: etree._Element) -> bool:
    """Tell of the two breaches that have no reason of their own: text beside elements, in nil."""
    texts = [e.text for e in root.iter() if len(e) or e.attrib] + [e.tail for e in root.iter()]
    texts += [e.text for e in root.iter() if e.tag.rpartition("}")[2] in COMPLEX]
    # What is nil may not even hold a blank.
    nil = [e.text for e in root.iter() if e.get(NIL) in ("1", "true")]
    return any(text and text.strip() for text in texts) or any(nil)


NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
COMPLEX = {"Value", "Person", "Roles", "Costs", "Cost", "Numbers", "Lines"}
