"""What breaks callers of an older contract, and what does not."""

import pytest

from gateway.soap.contract import NotAContract, read_contract
from gateway.soap.contract_diff import Change, Kind, diff
from gateway.soap.wsdl import build_wsdl
from tests.kit.lending import lending

OLD = build_wsdl(lending()).decode()
LISTED = "ListBooks_V1/answer.ListBooks_V1Result.Books.TBook_V2"


def changes(*replacements, old=OLD):
    new = old
    for before, after in replacements:
        assert before in new
        new = new.replace(before, after)
    return diff(old.encode(), new.encode())


def kinds(found):
    return {change.kind for change in found}


def element(name, type_name="xs:string", extra=""):
    return f'<xs:element name="{name}" type="{type_name}"{extra}/>'


def test_a_contract_has_no_changes_to_itself():
    assert changes() == []


def test_an_added_operation_is_compatible():
    without = _without_operation(OLD, "ListBooks_V1")

    found = diff(without.encode(), OLD.encode())

    assert found == [Change("ListBooks_V1", "operation added", Kind.COMPATIBLE)]


def test_a_removed_operation_breaks():
    found = diff(OLD.encode(), _without_operation(OLD, "ListBooks_V1").encode())

    assert found == [Change("ListBooks_V1", "operation removed", Kind.BREAKING)]


def test_an_optional_field_more_in_requests_is_compatible():
    optional = element("Shelf", extra=' minOccurs="0"')

    found = changes(('<xs:element name="Stock"', f'{optional}<xs:element name="Stock"'))

    # TBook_V2 is also part of an answer of ListBooks_V1: there the same field breaks.
    assert Change("LendBook_V2/request.Book.Shelf", "added", Kind.COMPATIBLE) in found
    assert Change(f"{LISTED}.Shelf", "added", Kind.BREAKING) in found


def test_a_required_field_more_in_a_request_breaks():
    readers = element("Readers", "tns:stringArray", ' minOccurs="0"')

    found = changes((readers, readers + element("Desk")))

    assert found == [Change("LendBook_V2/request.Desk", "added", Kind.BREAKING)]


def test_a_field_less_in_a_request_breaks():
    found = changes((element("Readers", "tns:stringArray", ' minOccurs="0"'), ""))

    assert found == [Change("LendBook_V2/request.Readers", "removed", Kind.BREAKING)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("", ' minOccurs="0"', Kind.COMPATIBLE),
        (' minOccurs="0"', "", Kind.BREAKING),
    ],
)
def test_a_request_may_need_less_but_not_more(before, after, kind):
    book = element("Book", "tns:TBook_V1", before)
    old = OLD.replace(element("Book", "tns:TBook_V1"), book)

    found = changes((book, element("Book", "tns:TBook_V1", after)), old=old)

    assert kinds(found) == {kind}


def test_an_answer_may_not_leave_out_what_it_always_held():
    code = element("Loans", "xs:int")
    old = OLD.replace(element("Loans", "xs:int", ' minOccurs="0"'), code)

    found = changes((code, element("Loans", "xs:int", ' minOccurs="0"')), old=old)

    assert kinds(found) == {Kind.BREAKING}


def test_an_optional_field_less_in_an_answer_is_compatible():
    found = changes((element("Loans", "xs:int", ' minOccurs="0"'), ""))

    assert [change.kind for change in found] == [Kind.COMPATIBLE]


def test_an_allowed_word_more_is_compatible_in_requests_and_breaks_in_answers():
    more = '<xs:enumeration value="Paperback"/><xs:enumeration value="Ebook"/>'

    found = changes(('<xs:enumeration value="Paperback"/>', more))

    assert set(found) == {
        Change("LendBook_V1/request.Book.Binding", "word Ebook added", Kind.COMPATIBLE),
        Change("LendBook_V2/request.Book.Binding", "word Ebook added", Kind.COMPATIBLE),
        Change(f"{LISTED}.Binding", "word Ebook added", Kind.BREAKING),
    }


def test_an_allowed_word_less_breaks_requests():
    found = changes(('<xs:enumeration value="Paperback"/>', ""))

    word = "word Paperback removed"
    assert Change("LendBook_V1/request.Book.Binding", word, Kind.BREAKING) in found
    assert Change(f"{LISTED}.Binding", word, Kind.COMPATIBLE) in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('element name="Copies" type="xs:int"', 'element name="Copies" type="xs:long"'),
        ('type="tns:TBook_V1"/>\n        </xs:sequence>', 'type="xs:string"/></xs:sequence>'),
        (f'soapAction="{lending().namespace}:LendBook_V1"', 'soapAction="urn:other"'),
        ('service name="Lending"', 'service name="Lendings"'),
        ("LendingPortType", "LendingsPortType"),
        ("LendingSoap12Binding", "LendingSoap12Bindings"),
        (lending().namespace, "urn:other"),
        ("/soap/tests/lending", "/soap/tests/lent"),
        ('<wsdl:fault name="LendingFault" message="tns:LendingFault"/>', ""),
        ("TBook_V1", "TBook_V3"),
    ],
)
def test_other_types_names_actions_and_paths_break(before, after):
    found = changes((before, after))

    assert found[0].kind is Kind.BREAKING


def test_another_order_of_elements_breaks():
    found = diff(OLD.encode(), _swap_lines(OLD, '"Title"', '"Binding"').encode())
    assert Change("LendBook_V1/request.Book", "other order of elements", Kind.BREAKING) in found


def test_documentation_and_host_are_no_breach():
    found = changes(
        ("http://gateway.invalid", "https://desk.example.com"),
        ("Lends books.", "Lends many books."),
        ("Lends a book to readers.", "Lends a book."),
    )

    assert kinds(found) == {Kind.COMPATIBLE}
    assert {change.what for change in found} == {"other documentation"}


def test_a_second_port_more_is_compatible_and_one_less_breaks():
    start, end = OLD.index('    <wsdl:port name="LendingSoap12"'), OLD.index("  </wsdl:service>")
    one_port = OLD[:start] + OLD[end:]

    assert kinds(diff(one_port.encode(), OLD.encode())) == {Kind.COMPATIBLE}
    assert kinds(diff(OLD.encode(), one_port.encode())) == {Kind.BREAKING}


def test_annotations_are_no_part_of_a_contract():
    note = "<xs:annotation><xs:documentation>n</xs:documentation></xs:annotation>"

    assert (
        changes(
            ("<xs:sequence>", f"{note}<xs:sequence>"), ("<xs:simpleType", f"{note}<xs:simpleType")
        )
        == []
    )


def test_a_header_more_is_compatible_and_a_fault_more_breaks():
    header = '        <soap:header message="tns:SessionIdHeader" part="SessionId" use="literal"/>\n'
    header12 = header.replace("<soap:", "<soap12:")
    fault = '      <wsdl:fault name="LendingFault" message="tns:LendingFault"/>\n'
    without_header = OLD.replace(header, "").replace(header12, "")
    without_fault = OLD.replace(fault, "")

    assert kinds(diff(without_header.encode(), OLD.encode())) == {Kind.COMPATIBLE}
    assert kinds(diff(OLD.encode(), without_header.encode())) == {Kind.BREAKING}
    assert kinds(diff(without_fault.encode(), OLD.encode())) == {Kind.BREAKING}


def test_another_message_element_breaks():
    found = changes(
        (
            'part name="parameters" element="tns:LendBook_V1"',
            'part name="parameters" element="tns:LendBook_V2"',
        )
    )

    assert found == [
        Change("LendBook_V1", "request element LendBook_V1 became LendBook_V2", Kind.BREAKING)
    ]


def test_a_message_is_a_sequence_of_elements():
    contract = read_contract(OLD.encode())

    with pytest.raises(NotAContract, match="SessionId: a message is a sequence"):
        contract.element_type("SessionId")


def test_breaking_changes_come_first():
    found = changes(("Lends books.", "Lends many books."), ("xs:long", "xs:int"))

    assert [change.kind for change in found] == sorted(change.kind for change in found)
    assert kinds(found) == set(Kind)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("</wsdl:definitions>", "", "not well-formed"),
        ("wsdl:definitions", "wsdl:description", "root element"),
        ('targetNamespace="urn:ticket-gateway:tests:lending" elem', "elem", "one schema"),
        ("<xs:sequence>", "<xs:sequence><xs:any/>", "any is not read"),
        ("xs:restriction", "xs:union", "only restrictions"),
        ("wsdl:portType", "wsdl:portKind", "one wsdl:portType"),
        ('message="tns:LendBook_V1"', 'message="tns:None"', "has one part"),
        ('element="tns:LendBook_V1"', 'element="tns:Other"', "a known element"),
        ('name="Book" type="tns:TBook_V1"', 'name="Book"', "neither a named nor an inline"),
        ('type="tns:TBook_V1Array"', 'type="tns:Lost"', "type Lost is not declared"),
        ("<xs:sequence>", "<xs:all/><xs:sequence>", "all is not read"),
        ("<xs:simpleType", '<xs:import namespace="urn:x"/><xs:simpleType', "import is not read"),
    ],
)
def test_what_is_no_contract_is_refused_with_its_reason(before, after, reason):
    with pytest.raises(NotAContract, match=reason):
        diff(OLD.encode(), OLD.replace(before, after).encode())


def _without_operation(wsdl, name):
    lines, skipped = [], False
    for line in wsdl.splitlines(keepends=True):
        if f'<wsdl:operation name="{name}"' in line:
            skipped = True
        if not skipped:
            lines.append(line)
        if skipped and "</wsdl:operation>" in line:
            skipped = False
    return "".join(lines)


def _swap_lines(text, first, second):
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if first in line]
    for place in places:
        if second in lines[place + 1]:
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return "".join(lines)
