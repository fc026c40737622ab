"""Acceptance statements of the costs, sent by a strict client to a running gateway."""

from decimal import Decimal

import pytest

from tests.kit.gateway import element, new_id

PRICE = "must be greater than 0.00 and not greater than 999999.99"
AMOUNT = "must be greater than 0 and not greater than 999999"


def outcome(result):
    return result.ResultCode, result.ResultMessage


def cost(ticket_id, **fields):
    return {
        "Id": new_id(),
        "TicketId": ticket_id,
        "UnitPrice": Decimal("19.90"),
        "Amount": 2,
        "Category": "Parts",
        "Description": "Rollers",
        **fields,
    }


def save(gateway, *sent, **more):
    return gateway.call("SaveTicketCosts_V1", Costs={"TTicketCostEntry_V1": list(sent)}, **more)


def read(gateway, cost_id, **more):
    return gateway.call("GetTicketCost_V1", CostId=cost_id, **more)


def listed(gateway, ticket_id, **more):
    result = gateway.call("GetTicketCostList_V1", TicketId=ticket_id, **more)
    assert result.ResultCode == 0
    return list(result.Costs.TTicketCost_V1) if result.Costs else []


def delete(gateway, *ids, **more):
    return gateway.call("DeleteTicketCosts_V1", CostIds={"string": list(ids)}, **more)


def without(values, name):
    return {key: value for key, value in values.items() if key != name}


def close(gateway, ticket_id):
    berta = {"Id": gateway.row_id("agent", "berta")}
    assert gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=berta).ResultCode == 0


def test_acmp_a41_a_new_cost_needs_its_four_fields(gateway, version):
    sent = cost(gateway.ticket())
    result = save(gateway, {**sent, "Id": ""}, version=version)
    assert outcome(result) == (35, "Costs[1].Id: required")
    for name in ("TicketId", "UnitPrice", "Amount"):
        result = save(gateway, without(sent, name), version=version)
        assert outcome(result) == (35, f"Costs[1].{name}: required")
        assert result.FirstErrorMsg == f"{sent['Id']}: Costs[1].{name}: required"
    reply = gateway.post(element("SaveTicketCosts_V1", "<Costs><TTicketCostEntry_V1/></Costs>"))
    assert "missing element" in reply.text
    assert outcome(read(gateway, sent["Id"])) == (30, "CostId: not found")


def test_acmp_a42_a_change_needs_the_id_alone(gateway, version):
    sent = cost(gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    before = read(gateway, sent["Id"]).Cost
    assert outcome(save(gateway, {"Id": sent["Id"]}, version=version)) == (0, "OK")
    assert read(gateway, sent["Id"]).Cost == before
    for name, value in (
        ("UnitPrice", Decimal("0.50")), ("Amount", 7), ("Category", "Travel"), ("Description", ""),
    ):  # fmt: skip
        assert outcome(save(gateway, {"Id": sent["Id"], name: value})) == (0, "OK")
        after = read(gateway, sent["Id"]).Cost
        changed = {key for key in dir(after) if getattr(after, key) != getattr(before, key)}
        assert changed - {"TotalPrice"} == {name}
        assert getattr(after, name) == (value or None)
        before = after
    assert before.TotalPrice == Decimal("3.50")


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("-0.01", (35, f"Costs[1].UnitPrice: {PRICE}")),
        ("0.00", (35, f"Costs[1].UnitPrice: {PRICE}")),
        ("0.01", (0, "OK")),
        ("999999.99", (0, "OK")),
        ("1000000.00", (35, f"Costs[1].UnitPrice: {PRICE}")),
        ("0.001", (35, "Costs[1].UnitPrice: at most two decimal places")),
        ("1.999", (35, "Costs[1].UnitPrice: at most two decimal places")),
        ("1.5000", (0, "OK")),
        ("9" * 400, (35, f"Costs[1].UnitPrice: {PRICE}")),
        ("0." + "0" * 400 + "1", (35, "Costs[1].UnitPrice: at most two decimal places")),
    ],
)
def test_acmp_a43_the_range_of_the_unit_price(gateway, price, expected):
    sent = cost(gateway.ticket(), UnitPrice=Decimal(price))
    assert outcome(save(gateway, sent)) == expected
    if expected[0] == 0:
        assert read(gateway, sent["Id"]).Cost.UnitPrice == Decimal(price)
        assert str(read(gateway, sent["Id"]).Cost.UnitPrice)[-3] == "."


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (-1, (35, f"Costs[1].Amount: {AMOUNT}")),
        (0, (35, f"Costs[1].Amount: {AMOUNT}")),
        (1, (0, "OK")),
        (999_999, (0, "OK")),
        (1_000_000, (35, f"Costs[1].Amount: {AMOUNT}")),
    ],
)
def test_acmp_a44_the_range_of_the_amount(gateway, amount, expected):
    sent = cost(gateway.ticket(), Amount=amount)
    assert outcome(save(gateway, sent)) == expected


@pytest.mark.parametrize(
    ("name", "length"),
    [
        pytest.param("Category", 100, id="acmp_a45"),
        pytest.param("Description", 400, id="acmp_a46"),
    ],
)
def test_acmp_a45_a46_the_length_of_texts(gateway, name, length):
    ticket_id = gateway.ticket()
    long = "ü" * length
    sent = cost(ticket_id, **{name: long})
    assert outcome(save(gateway, sent)) == (0, "OK")
    assert getattr(read(gateway, sent["Id"]).Cost, name) == long
    result = save(gateway, cost(ticket_id, **{name: long + "x"}))
    assert outcome(result) == (35, f"Costs[1].{name}: longer than {length} characters")


def test_acmp_a47_the_creator_is_the_calling_agent(gateway):
    sent = cost(gateway.ticket())
    berta = ("berta", gateway.login[1])
    assert outcome(save(gateway, sent, login=berta)) == (0, "OK")
    assert outcome(save(gateway, {"Id": sent["Id"], "Amount": 3})) == (0, "OK")
    stored = read(gateway, sent["Id"]).Cost
    assert (stored.CreatorId, stored.Creator) == (gateway.row_id("agent", "berta"), "Berta Test")
    reply = gateway.post(
        element(
            "SaveTicketCosts_V1",
            f"<Costs><TTicketCostEntry_V1><Id>{new_id()}</Id><CreatorId>{new_id()}</CreatorId>"
            "</TTicketCostEntry_V1></Costs>",
        )
    )
    assert reply.status_code == 500
    assert "unexpected element" in reply.text


def test_acmp_a72_costs_of_several_tickets_are_saved_at_once(gateway, version):
    tickets = [gateway.ticket() for _ in range(3)]
    batch = [cost(each, Amount=n) for n, each in enumerate(tickets * 2, 1)]
    result = save(gateway, *batch, version=version)
    assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    for n, ticket_id in enumerate(tickets, 1):
        assert [row.Amount for row in listed(gateway, ticket_id)] == [n, n + 3]


def test_acmp_a73_costs_are_read_alone_and_by_ticket(gateway, version):
    ticket_id = gateway.ticket()
    batch = [cost(ticket_id, Amount=n) for n in (3, 1, 2)]
    assert outcome(save(gateway, *batch)) == (0, "OK")
    rows = listed(gateway, ticket_id, version=version)
    assert [row.Id for row in rows] == [each["Id"] for each in batch]  # oldest first (CS4)
    result = read(gateway, batch[0]["Id"], version=version)
    assert outcome(result) == (0, "OK")
    assert result.Cost == rows[0]
    assert (rows[0].TicketId, rows[0].TotalPrice) == (ticket_id, Decimal("59.70"))
    assert (rows[0].Category, rows[0].Description) == ("Parts", "Rollers")
    assert gateway.read(ticket_id).TotalCosts == Decimal("119.40")


def test_acmp_a74_costs_are_deleted(gateway, version):
    ticket_id, other = gateway.ticket(), gateway.ticket()
    batch = [cost(ticket_id), cost(other), cost(ticket_id)]
    assert outcome(save(gateway, *batch)) == (0, "OK")
    ids = [each["Id"] for each in batch]
    for _ in range(2):  # the second is a repeat (G10); an id twice counts once (G9)
        result = delete(gateway, ids[0], ids[1], ids[0], version=version)
        assert (*outcome(result), result.FirstErrorMsg) == (0, "OK", None)
    assert [row.Id for row in listed(gateway, ticket_id)] == [ids[2]]
    assert listed(gateway, other) == []


def test_a_bad_entry_stores_nothing_and_is_named_g9(gateway):
    ticket_id = gateway.ticket()
    good, bad = cost(ticket_id), cost(ticket_id, UnitPrice=Decimal("0.00"))
    result = save(gateway, good, bad, cost("x"))
    assert outcome(result) == (35, f"Costs[2].UnitPrice: {PRICE}")
    assert result.FirstErrorMsg == f"{bad['Id']}: Costs[2].UnitPrice: {PRICE}"
    assert listed(gateway, ticket_id) == []
    long = "x" * 100
    result = save(gateway, {**bad, "Id": long})
    assert result.FirstErrorMsg == f"{long[:64]}: Costs[1].Id: not a GUID"


def test_entries_go_one_by_one_through_all_steps_g14(gateway):
    closed, ticket_id = gateway.ticket(), gateway.ticket()
    close(gateway, closed)
    result = save(gateway, cost(closed), cost(ticket_id, Amount=0))
    assert outcome(result) == (35, "Costs[1].TicketId: ticket is closed")
    result = save(gateway, cost(ticket_id), cost(new_id()), without(cost(ticket_id), "Amount"))
    assert outcome(result) == (30, "Costs[2].TicketId: not found")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ([], "Costs: required"),
        ([{"Id": new_id()}] * 1001, "Costs: more than 1000 entries"),
        ([{"Id": "{x}"}], "Costs[1].Id: not a GUID"),
        (
            [cost("not one", UnitPrice=Decimal(0))],
            "Costs[1].TicketId: not a GUID",  # in the order of the fields
        ),
    ],
)
def test_batches_and_ids_of_a_wrong_form(gateway, sent, message):
    assert outcome(save(gateway, *sent)) == (35, message)


def test_an_id_twice_is_given_twice_g9(gateway):
    sent = cost(gateway.ticket())
    again = {**sent, "Id": sent["Id"].lower()}
    assert outcome(save(gateway, sent, again)) == (35, "Costs[2].Id: given twice")
    assert outcome(save(gateway, sent)) == (0, "OK")
    assert outcome(save(gateway, {"Id": sent["Id"]}, again)) == (35, "Costs[2].Id: given twice")


def test_costs_stay_on_their_ticket_cs1(gateway):
    sent, other = cost(gateway.ticket()), gateway.ticket()
    assert outcome(save(gateway, sent)) == (0, "OK")
    result = save(gateway, {**sent, "TicketId": other})
    assert outcome(result) == (35, "Costs[1].TicketId: belongs to another ticket")
    assert outcome(save(gateway, {**sent, "TicketId": ""})) == (0, "OK")


def test_costs_that_are_switched_off_cs4(gateway):
    sent = cost(gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    with gateway.settings(costs_enabled=0):
        off = (35, "Costs: costs are switched off")
        new = cost(sent["TicketId"])
        result = save(gateway, {"Id": sent["Id"], "Amount": 3}, new)
        assert outcome(result) == off
        assert result.FirstErrorMsg == f"{sent['Id']}: {off[1]}"
        assert outcome(save(gateway, new)) == off
        assert len(listed(gateway, sent["TicketId"])) == 1
        assert outcome(delete(gateway, sent["Id"])) == (0, "OK")


def test_costs_of_closed_and_merged_tickets_g11_g12(gateway):
    ticket_id, target = gateway.ticket(), gateway.ticket()
    sent = cost(ticket_id)
    assert outcome(save(gateway, sent)) == (0, "OK")
    close(gateway, ticket_id)
    edit = {"Id": sent["Id"], "Amount": 5}
    assert outcome(save(gateway, edit)) == (35, "Costs[1].Id: ticket is closed")
    assert outcome(delete(gateway, sent["Id"])) == (35, "CostIds[1]: ticket is closed")
    # A repeat of what made it is answered as it was: the cost is still there (G10).
    assert outcome(save(gateway, sent)) == (0, "OK")
    sources = {"string": [ticket_id]}
    merged = gateway.call("MergeTickets_V1", TargetTicketId=target, SourceTicketIds=sources)
    assert outcome(merged) == (0, "OK")
    result = gateway.call("GetTicketCostList_V1", TicketId=ticket_id)
    assert outcome(result) == (0, f"OK; merged into {target}")
    assert [row.TicketId for row in result.Costs.TTicketCost_V1] == [target]
    refused = f"Costs[1].TicketId: ticket was merged into {target}"
    assert outcome(save(gateway, cost(ticket_id))) == (35, refused)
    assert outcome(save(gateway, edit)) == (0, "OK")


def test_costs_follow_the_rights_on_their_ticket_g13(gateway):
    sent = cost(gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    stranger, reader = ((name, gateway.login[1]) for name in ("stranger", "reader"))
    assert outcome(read(gateway, sent["Id"], login=stranger)) == (30, "CostId: not found")
    assert outcome(read(gateway, sent["Id"], login=reader)) == (0, "OK")
    for login, new, known, gone in (
        (stranger, (30, "Costs[1].TicketId: not found"), (30, "Costs[1].Id: not found"),
         (30, "CostIds[1]: not found")),
        (reader, (35, "Costs[1].TicketId: not permitted"), (35, "Costs[1].Id: not permitted"),
         (35, "CostIds[1]: not permitted")),
    ):  # fmt: skip
        assert outcome(save(gateway, cost(sent["TicketId"]), login=login)) == new
        assert outcome(save(gateway, {"Id": sent["Id"]}, login=login)) == known
        assert outcome(delete(gateway, sent["Id"], login=login)) == gone


def test_a_repeated_creation_does_not_undo_the_edits_of_others_g10(gateway):
    ticket_id = gateway.ticket()
    batch = [cost(ticket_id, Amount=1), cost(ticket_id, Amount=2)]
    assert outcome(save(gateway, *batch)) == (0, "OK")
    berta = ("berta", gateway.login[1])
    edit = {"Id": batch[0]["Id"], "Amount": 9}
    assert outcome(save(gateway, edit, login=berta)) == (0, "OK")
    assert outcome(save(gateway, *batch)) == (0, "OK")
    assert [row.Amount for row in listed(gateway, ticket_id)] == [9, 2]
    # The account itself wrote one of them again: what it sends now is an edit of that one.
    assert outcome(save(gateway, {"Id": batch[0]["Id"], "Amount": 7})) == (0, "OK")
    assert outcome(save(gateway, *batch)) == (0, "OK")
    assert [row.Amount for row in listed(gateway, ticket_id)] == [1, 2]


def test_an_idempotency_key_holds_for_one_request_g10(gateway):
    ticket_id = gateway.ticket()
    key = {"Idempotency-Key": new_id()}

    def posted(amount, guid):
        return gateway.post(
            element(
                "SaveTicketCosts_V1",
                f"<Costs><TTicketCostEntry_V1><Id>{guid}</Id><TicketId>{ticket_id}</TicketId>"
                f"<UnitPrice>1</UnitPrice><Amount>{amount}</Amount></TTicketCostEntry_V1></Costs>",
            ),
            headers=key,
        ).text

    guid = new_id()
    for _ in range(2):
        assert "<tns:ResultCode>0<" in posted(1, guid)
    assert "Idempotency-Key: used for another request" in posted(2, guid)
    assert len(listed(gateway, ticket_id)) == 1


def test_an_edit_leaves_a_line_for_each_field_that_differs(gateway):
    sent = cost(gateway.ticket())
    assert outcome(save(gateway, sent)) == (0, "OK")
    edit = {"Id": sent["Id"], "UnitPrice": Decimal("20.00"), "Amount": 2, "Category": "Travel"}
    for _ in range(2):
        assert outcome(save(gateway, edit)) == (0, "OK")
    assert outcome(delete(gateway, sent["Id"])) == (0, "OK")
    number = gateway.read(sent["TicketId"]).TicketNumber
    assert gateway.rows(
        "select kind, old, new, operation from history where ticket_id = %s"
        " and kind like 'cost%%' order by id", number,
    ) == [
        ("cost added", "", "2 x 19.90, Parts, Rollers", "SaveTicketCosts_V1"),
        ("cost unit price", "19.90", "20.00", "SaveTicketCosts_V1"),
        ("cost category", "Parts", "Travel", "SaveTicketCosts_V1"),
        ("cost deleted", "2 x 20.00, Travel, Rollers", "", "DeleteTicketCosts_V1"),
    ]  # fmt: skip
    kinds = gateway.rows("select kind from event where ticket_id = %s order by sequence", number)
    assert [kind for (kind,) in kinds] == ["created", "changed", "changed", "changed"]


def test_a_broken_entry_is_a_fault_where_the_setting_says_so(strict_gateway):
    bad = new_id()
    reply = strict_gateway.post(
        element(
            "SaveTicketCosts_V1",
            f"<Costs><TTicketCostEntry_V1><Id>{bad}</Id></TTicketCostEntry_V1></Costs>",
        )
    )
    assert reply.status_code == 500
    message = "Costs[1].TicketId: required"
    assert f"<FirstErrorMsg>{bad}: {message}</FirstErrorMsg>" in reply.text
