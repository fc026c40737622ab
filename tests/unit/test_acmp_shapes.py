import pytest

from gateway.dialects.acmp import desk, service, shapes
from gateway.dialects.acmp.shapes import Member, members


def fields(name: str) -> list[str]:
    return [member.name for member in members(shapes.TYPES[name])]


@pytest.mark.parametrize(("version", "count"), [(1, 19), (2, 24), (3, 31), (4, 29), (5, 30)])
def test_a_ticket_has_so_many_fields_in_each_version(version: int, count: int):
    assert len(fields(f"TTicket_V{version}")) == count


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5])
def test_of_a_ticket_the_schema_demands_the_id_alone_a3(version: int):
    required = [m.name for m in members(shapes.TYPES[f"TTicket_V{version}"]) if m.required]
    assert required == ["Id"]


def test_the_versions_differ_where_the_contract_says():
    first, second, third, fourth, fifth = (set(fields(f"TTicket_V{n}")) for n in range(1, 6))
    assert second - first == {"AssigneeIsGroup", "ImpactId", "ImpactEN", "ImpactDE", "Keywords"}
    assert third - fourth == {"AssigneeId", "AssigneeName", "AssigneeIsGroup"}
    assert fourth - third == {"Assignee"}
    assert fifth - fourth == {"TemplateId"}
    assert first < second < third


def test_there_are_fifty_operations_of_39_commands():
    names = [operation.name for operation in shapes.OPERATIONS]
    assert len(names) == len(set(names)) == 50
    assert len({operation.command for operation in shapes.OPERATIONS}) == 39


def test_save_ticket_v3_and_v4_carry_the_ticket_of_the_next_version():
    carried = {
        operation.name: operation.request[0].type
        for operation in shapes.OPERATIONS
        if operation.command == "SaveTicket"
    }
    assert carried == {
        "SaveTicket_V1": "TTicket_V1",
        "SaveTicket_V2": "TTicket_V2",
        "SaveTicket_V3": "TTicket_V4",
        "SaveTicket_V4": "TTicket_V5",
    }


def test_the_notation_is_that_of_the_contract():
    assert members("Id!; Ids; OtherId; Roles:[string]; Costs:[T]!; N:int!") == (
        Member("Id", "Guid", required=True),
        Member("Ids", "string", many=True),
        Member("OtherId", "Guid"),
        Member("Roles", "string", many=True),
        Member("Costs", "T", required=True, many=True),
        Member("N", "int", required=True),
    )
    assert members("") == ()


def test_every_type_that_is_named_is_there():
    named = {
        member.type
        for text in shapes.TYPES.values()
        for member in members(text)
        if member.type.startswith("T") and member.type != "TUserType"
    } | {
        member.type
        for operation in shapes.OPERATIONS
        for member in (*operation.request, *operation.answer)
        if member.type.startswith("T")
    }
    assert named <= set(shapes.TYPES)
    assert set(shapes.TYPES) - named == set()


def test_every_result_begins_with_code_and_message():
    for operation in shapes.OPERATIONS:
        code, message, *_ = shapes.answer_fields(operation)
        assert (code.name, code.type, code.required) == ("ResultCode", "int", True)
        assert (message.name, message.type, message.required) == ("ResultMessage", "string", True)


def test_a_result_is_named_after_command_and_version():
    operation = shapes.OPERATIONS[0]
    assert shapes.result_model(operation).get_type_name() == "TSaveTicketResponse_V1"


def test_nothing_is_nillable_but_the_entries_of_lists():
    optional = shapes.spyne_type(Member("Title", "string"))
    assert (optional.Attributes.nillable, optional.Attributes.min_occurs) == (False, 0)
    needed = shapes.spyne_type(Member("Id", "Guid", required=True))
    assert (needed.Attributes.nillable, needed.Attributes.min_occurs) == (False, 1)
    wrapper = shapes.spyne_type(Member("Roles", "string", many=True))
    assert (wrapper.Attributes.nillable, wrapper.Attributes.min_occurs) == (False, 0)
    ((name, entry),) = wrapper._type_info.items()
    assert (name, entry.Attributes.nillable) == ("string", True)


def test_every_published_operation_is_in_the_table_and_is_carried_out():
    assert {operation.name for operation in desk.PUBLISHED} == set(desk.HANDLERS)
    assert desk.COMMANDS["SaveTicket"] == [1, 2, 3, 4]
    assert desk.COMMANDS["GetTicket"] == [1, 2, 3, 4, 5]


def test_a_soap_action_is_namespace_and_operation():
    action = service.soap_action("SaveTicket_V4")
    assert action == "urn:ticket-gateway:acmp:helpdesk:SaveTicket_V4"
