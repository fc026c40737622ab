"""What a service tolerates beyond its schema, and what no service does."""

import pytest
from lxml import etree

from gateway.errors import SchemaViolation
from gateway.soap.codec import compile_service
from gateway.soap.definition import Elements, Leniency
from gateway.soap.leniency import normalise
from gateway.soap.validation import Contract
from tests.kit.desk_service import NAMESPACE, DeskService, Everything, Wider
from tests.kit.oracle import published_schema, stock_application

APPLICATION = stock_application(DeskService, NAMESPACE)
OPERATIONS = compile_service(APPLICATION)
CONTRACT = Contract(published_schema(APPLICATION), OPERATIONS)
STRICT = Leniency()
TOLERANT = Leniency(any_order=True, unknown=Elements.DROPPED, fill_missing=True, nil_is_absent=True)
NAMESPACES = (
    f'xmlns="{NAMESPACE}" xmlns:tns="{NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
)


def call(operation: str, content: str, attributes: str = "") -> etree._Element:
    return etree.fromstring(f"<{operation} {NAMESPACES} {attributes}>{content}</{operation}>")


def read(element: etree._Element, leniency: Leniency = STRICT) -> tuple[list, list[str]]:
    notes: list[str] = []
    operation = OPERATIONS[f"{{{NAMESPACE}}}{etree.QName(element).localname}"]
    normalise(element, operation, leniency, notes.append)
    CONTRACT.check(element)
    return operation.read(element), notes


def echo(content: str, leniency: Leniency = STRICT, must: str = "<Must/><MustOrNil/>") -> Wider:
    (value, _), _ = read(call("Echo", f"<Value>{must}{content}</Value>"), leniency)
    return value


def refused(element: etree._Element, leniency: Leniency = STRICT) -> str | None:
    with pytest.raises(SchemaViolation) as caught:
        read(element, leniency)
    return caught.value.field


# -- every service ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xsd:string", "xsd:short", "xsd:int"])
def test_a_built_in_type_on_a_simple_element_is_ignored(kind):  # H24
    assert echo(f'<Small xsi:type="{kind}">7</Small>').Small == 7


def test_the_value_must_still_fit_the_published_type():
    element = call("Echo", '<Count xsi:type="xsd:string">seven</Count>')
    assert refused(element) == "Count"


def test_prefixes_of_types_are_those_of_their_place():
    inner = '<Count xmlns:xsd="urn:other" xsi:type="xsd:int">7</Count>'
    assert refused(call("Echo", inner)) == "Count"
    value = "<Value><Must xmlns:xsd='urn:other'/><MustOrNil/><Small xsi:type='xsd:int'>7</Small>"
    (value, _), _ = read(call("Echo", f"{value}</Value>"))
    assert value.Small == 7


@pytest.mark.timeout(20)  # looked up for each they would take minutes
def test_many_types_and_many_declarations_cost_little():
    declared = "".join(f' xmlns:p{number}="urn:{number}"' for number in range(60))
    strings = '<Notes xsi:type="xsd:string"/>' * 2000
    element = call("Echo", f"<Value{declared}><Must/><MustOrNil/>{strings}</Value>", declared)
    (value, _), _ = read(element)
    assert len(value.Notes) == 2000


def test_the_declared_type_may_be_repeated():
    assert echo('<Person xsi:type="tns:Assignee"><Id>7</Id></Person>').Person.Id == "7"
    (value, _), _ = read(call("Echo", '<Value xsi:type="Wider"><Must/><MustOrNil/></Value>'))
    assert isinstance(value, Wider)


@pytest.mark.parametrize(
    ("element", "path"),
    [
        # The schema itself would let this derived class pass: H9.
        (call("Echo", "<Value><Must/><MustOrNil/><Costs><Cost xsi:type='tns:Ticket'/></Costs>"
              "</Value>"), "Value.Costs.Cost"),
        (call("Echo", "<Value xsi:type='tns:Everything'/>"), "Value"),
        (call("Echo", "<Value xsi:type='xsd:string'/>"), "Value"),
        (call("Echo", "<Count xsi:type='tns:Ticket'>7</Count>"), "Count"),
        (call("Echo", "<Count xsi:type='unknown:int'>7</Count>"), "Count"),
    ],
)  # fmt: skip
def test_another_class_is_refused(element, path):
    assert issubclass(Wider, Everything)
    assert refused(element) == path


@pytest.mark.parametrize("content", ["", "  \n\t"])
@pytest.mark.parametrize("nil", ["", 'xsi:nil="true"', 'xsi:nil="1"'])
def test_an_empty_wrapper_may_say_so_in_its_own_way(content, nil):  # H25
    assert read(call("Ping", content, nil)) == ([], [])
    assert read(call("Echo", content, nil)) == ([None, None], [])


def test_a_wrapper_with_required_parameters_may_not_be_nil():
    assert refused(call("SaveTicket_V4", "", 'xsi:nil="true"')) == "Ticket"


def test_text_in_an_empty_wrapper_is_refused():
    refused(call("Ping", "hello"))


def test_hints_are_never_followed_and_never_an_error():
    hints = 'xsi:schemaLocation="urn:x http://127.0.0.1:1/x.xsd" soap:encodingStyle="urn:y"'
    assert read(call("Echo", f"<Count {hints}>7</Count>", hints)) == ([None, 7], [])


@pytest.mark.parametrize("attribute", ['href="#1"', 'id="1"', 'other="1"', 'soap:root="1"'])
def test_a_strict_service_refuses_other_attributes(attribute):
    refused(call("Echo", f"<Count {attribute}>7</Count>"))
    refused(call("Echo", "", attribute))


def test_a_strict_service_refuses_another_order():
    assert refused(call("Echo", "<Count>1</Count><Value><Must/><MustOrNil/></Value>"))


# -- flags of a service -------------------------------------------------------------------------


def test_any_order_is_mended_and_repeated_entries_keep_theirs():
    element = call(
        "Echo",
        "<Count>1</Count><Value><Notes>a</Notes><MustOrNil/><Notes>b</Notes><Must/></Value>",
    )
    (value, count), notes = read(element, TOLERANT)
    assert (value.Notes, count) == (["a", "b"], 1)
    assert notes == ["order mended: Value", "order mended"]


def test_unknown_elements_and_attributes_are_dropped_and_noted():
    element = call("Echo", '<Value new="1"><Must/><MustOrNil/><X><Y/></X></Value><Z/><Z/>')
    (value, _), notes = read(element, TOLERANT)
    assert value.Must == ""
    assert notes == [
        "IGNORED Value@new",
        "IGNORED Value.X",
        "IGNORED Z",
    ]


@pytest.mark.parametrize("attribute", ['href="#1"', 'id="1"'])
def test_references_are_refused_even_then(attribute):
    refused(call("Echo", f"<Count {attribute}/>"), TOLERANT)


def test_a_caller_cannot_flood_the_notes():
    element = call("Echo", "".join(f"<X{number}/>" for number in range(100)))
    _, notes = read(element, TOLERANT)
    assert len(notes) == 16


def test_missing_value_types_become_none_and_are_noted():
    (value,), notes = read_result_shape()
    assert value == [0]
    assert notes == ["DEFAULTED Result.ResultCode"]


def read_result_shape() -> tuple[list, list[str]]:
    """Fill a shape with a required number; only the normaliser is under test."""
    operation = OPERATIONS[f"{{{NAMESPACE}}}SaveTicket_V4"]
    (result,) = operation.answer_plan.fields
    stand_in = type("StandIn", (), {"plan": operation.answer_plan})()
    element = call(
        "SaveTicket_V4Response", f"<{result.local_name}><ResultMessage/></{result.local_name}>"
    )
    notes: list[str] = []
    normalise(element, stand_in, TOLERANT, notes.append)
    values = [int(element[0][0].text)]
    return [values], [note.replace(result.local_name, "Result") for note in notes]


def test_nil_is_absent_but_in_lists_and_where_it_is_required():
    person = '<Person><Id xsi:nil="true"/></Person>'
    lists = '<Numbers><int xsi:nil="true"/></Numbers><Notes xsi:nil="true"/>'
    value = echo(person + lists, TOLERANT, must='<Must/><MustOrNil xsi:nil="true"/>')
    assert value.Person.Id is None
    assert value.Numbers == [None]
    assert value.Notes == [None]
    assert value.MustOrNil is None


@pytest.mark.parametrize("namespace", ["", "urn:other"])
def test_any_namespace_is_taken_where_the_service_says_so(namespace):
    element = etree.fromstring(f'<Echo xmlns="{namespace}"><Count>7</Count></Echo>')
    assert read(element, Leniency(any_namespace=True)) == ([None, 7], [])


def test_another_class_is_refused_in_any_namespace():
    element = etree.fromstring(
        f'<Echo xmlns="urn:other" {NAMESPACES.partition(" ")[2]}>'
        '<Value><Person xsi:type="tns:Ticket"/></Value></Echo>'
    )
    assert refused(element, Leniency(any_namespace=True)) == "Value.Person"
