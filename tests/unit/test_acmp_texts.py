from collections.abc import Iterator
from uuid import UUID

import pytest
from lxml import etree

from gateway.dialects.acmp import desk, service, shapes, texts
from gateway.domain.entries import Reminder
from gateway.domain.search import StoredQuery
from gateway.domain.values import Row
from gateway.repository import seed, tables
from gateway.soap.codec import Operation, compile_service
from gateway.soap.contract import Contract, read_contract
from gateway.soap.envelope import SoapVersion
from gateway.soap.page_content import answer_rows, request_rows
from gateway.soap.samples import filled_request
from gateway.soap.wsdl import build_application, build_wsdl
from tests.kit.memory import Memory
from tests.kit.wire import Caller
from tests.kit.world import agent, given_comment, given_ticket
from tests.kit.world_entries import given_attachment, given_cost, given_mail, given_time


@pytest.fixture(scope="module")
def contract() -> Contract:
    return read_contract(build_wsdl(service.definition()))


@pytest.fixture(scope="module")
def operations() -> dict[str, Operation]:
    compiled = compile_service(build_application(service.definition()))
    return {operation.name: operation for operation in compiled.values()}


@pytest.fixture
def demo() -> Memory:
    """The lists with the first rows' guids, and the tickets the samples speak of."""
    memory = Memory()
    lists = memory.tables.lists
    for list_name, number, guid in (
        ("agent", 1, texts.ADMIN_AGENT),
        ("group", 1, texts.USERS_GROUP),
        ("state", 2, texts.STATE_OPEN),
    ):
        row = lists[list_name][number - 1]
        lists[list_name][number - 1] = type(row)(row.id, guid, row.en, row.de, row.active, row.kind)
    lists["template"].append(Row(9, texts.DEMO_TEMPLATE, "New printer", "Neuer Drucker"))
    memory.tables.queries[texts._ALL_OPEN_TICKETS] = StoredQuery({}, [])
    first = given_ticket(memory, texts.DEMO_TICKET)
    memory.tables.reminders[first.id] = Reminder(
        due=memory.now, text="", recipient=lists["agent"][0]
    )
    _fill(memory, first.guid)
    given_ticket(memory, texts.DEMO_TICKET_TO_MERGE)
    given_ticket(memory, texts.DEMO_TICKET_TO_LINK)
    given_ticket(memory, texts.DEMO_TICKET_TO_CLOSE)
    given_ticket(memory, texts.DEMO_TICKET_TO_REOPEN, state="closed successful")
    return memory


def _fill(memory: Memory, ticket: UUID) -> None:
    for comment in (texts.DEMO_COMMENT, texts.DEMO_COMMENT_TO_DELETE):
        given_comment(memory, comment, ticket)
    for attachment in (texts.DEMO_ATTACHMENT, texts.DEMO_ATTACHMENT_TO_DELETE):
        given_attachment(memory, attachment, ticket)
    for cost in (texts.DEMO_COST, texts.DEMO_COST_TO_DELETE):
        given_cost(memory, cost, ticket)
    given_time(memory, texts.DEMO_WORKING_TIME, ticket)
    given_mail(memory, texts.DEMO_MAIL)


def every_field() -> Iterator[tuple[str, str, str]]:
    """Give type, operation and name of all fields of the two tables."""
    for type_name, notation in shapes.TYPES.items():
        for member in shapes.members(notation):
            yield type_name, "", member.name
    for operation in shapes.OPERATIONS:
        for member in (*operation.request, *shapes.answer_fields(operation)):
            yield "", operation.name, member.name


def test_every_field_has_a_text():
    without = [
        f"{type_name}{operation}.{name}"
        for type_name, operation, name in every_field()
        if not {f"{type_name}.{name}", f"{operation}.{name}", name} & texts.FIELDS.keys()
    ]
    assert without == []


def test_every_text_belongs_to_a_field():
    known = {
        key
        for type_name, operation, name in every_field()
        for key in (f"{type_name}.{name}", f"{operation}.{name}", name)
    }
    assert texts.FIELDS.keys() - known == set()


def test_every_row_of_an_operation_page_has_its_text(contract: Contract):
    definition = service.definition()
    for operation in contract.operations.values():
        for rows in (request_rows, answer_rows):
            empty = [
                row.path for row in rows(contract, definition, operation) if not row.text.meaning
            ]
            assert empty == [], operation.name


def test_every_command_has_a_heading_and_every_operation_a_sample():
    assert texts.GROUPS.keys() == {operation.command for operation in shapes.OPERATIONS}
    for operation in shapes.OPERATIONS:
        given = set(texts.filled(operation.name))
        assert {member.name for member in operation.request if member.required} <= given
        assert given <= {member.name for member in operation.request}


def test_the_codes_are_those_that_are_sent():
    assert [code.code for code in texts.CODES] == ["0", "7", "15", "18", "19", "26", "30", "35"]
    assert all(code.name and code.meaning and code.remedy for code in texts.CODES)


def test_the_rows_in_the_samples_are_those_of_every_installation():
    assert seed._guid(tables.agent, 1) == texts.ADMIN_AGENT
    assert seed._guid(tables.agent_group, 1) == texts.USERS_GROUP
    assert seed._STATES[3][0] == "open"
    assert seed._guid(tables.state, 4) == texts.STATE_OPEN


def test_versions_say_what_they_supersede(contract: Contract):
    said = {name: operation.text for name, operation in contract.operations.items()}
    assert said["SaveTicket_V1"] == (
        "Creates or edits a ticket; users only as assignee. Superseded by SaveTicket_V2."
    )
    assert said["SaveTicket_V2"].endswith("Supersedes SaveTicket_V1. Superseded by SaveTicket_V3.")
    assert said["CloseTicket_V1"] == "Closes a ticket."


@pytest.mark.parametrize("name", [operation.name for operation in desk.PUBLISHED])
def test_a_sample_is_accepted_twice(
    name: str, contract: Contract, operations: dict[str, Operation], demo: Memory
):
    request = filled_request(
        contract, contract.operations[name], SoapVersion.V11, texts.filled(name)
    )
    envelope = etree.fromstring(request.encode(), etree.XMLParser(remove_blank_text=True))
    caller = Caller(demo, agent("admin"))
    for _ in range(2):
        answer = caller(name, *operations[name].read(envelope[0][0]))
        assert answer["ResultMessage"] == "OK"
