"""Acceptance statements of links and reminders, sent by a strict client."""

import pytest

from tests.kit.gateway import element, new_id, running_gateway

from .conftest import people


@pytest.fixture(scope="module")
def registry(databases):
    """A gateway whose registry of assets and clients is closed."""
    with (
        databases.migrated() as url,
        running_gateway(url, GATEWAY_ACMP__OBJECT_REGISTRY="closed") as running,
    ):
        people(url)
        yield running


def link(gateway, kind, ticket_id, *ids, version="1.1", **how):
    name = {"Tickets": "LinkedTicketIds"}.get(kind, f"{kind[:-1]}Ids")
    asked = {"TicketId": ticket_id, name: {"string": list(ids)}}
    return gateway.call(f"Link{kind}ToTicket_V1", version=version, **asked, **how)


def outcome(result):
    return result.ResultCode, result.ResultMessage


def linked(gateway, ticket_id, **how):
    found = gateway.call("GetLinkedTicketsOfTicket_V1", TicketId=ticket_id, **how).LinkedTickets
    return [each.TicketId for each in found.TLinkedTicket_V1] if found else []


def close(gateway, ticket_id):
    nobody = {"Id": gateway.row_id("agent", "admin")}
    assert gateway.call("CloseTicket_V1", TicketId=ticket_id, Assignee=nobody).ResultCode == 0


def merged(gateway):
    """Give a merged ticket and its target."""
    target, source = gateway.ticket(), gateway.ticket()
    sources = {"string": [source]}
    done = gateway.call("MergeTickets_V1", TargetTicketId=target, SourceTicketIds=sources)
    assert done.ResultCode == 0
    return source, target


def test_acmp_a66_links_are_read_from_both_ends_by_number(gateway, version):
    first, second, third = (gateway.ticket(Title=f"T{n}") for n in range(3))
    assert outcome(link(gateway, "Tickets", second, third, first, version=version)) == (0, "OK")
    result = gateway.call("GetLinkedTicketsOfTicket_V1", version=version, TicketId=second)
    one, two = result.LinkedTickets.TLinkedTicket_V1
    assert (one.TicketId, two.TicketId) == (first, third)
    assert one.TicketNumber < two.TicketNumber
    state = gateway.row_id("state", "new")
    assert (one.Title, one.StateId, one.StateEN, one.StateDE) == ("T0", state, "new", "neu")
    assert linked(gateway, first) == linked(gateway, third) == [second]


def test_a_merged_ticket_is_asked_for_its_targets_links_g12(gateway):
    source, target = merged(gateway)
    other = gateway.ticket()
    link(gateway, "Tickets", target, other)
    result = gateway.call("GetLinkedTicketsOfTicket_V1", TicketId=source)
    assert outcome(result) == (0, f"OK; merged into {target}")
    assert [each.TicketId for each in result.LinkedTickets.TLinkedTicket_V1] == [other]


def test_links_to_what_the_caller_may_not_see_are_left_out_g13(gateway):
    ticket_id, hidden = gateway.ticket(), gateway.ticket()
    link(gateway, "Tickets", ticket_id, hidden)
    gateway.rows(
        "update ticket set queue_id = (select id from queue where en = 'Elsewhere')"
        " where guid = %s", hidden,
    )  # fmt: skip
    assert linked(gateway, ticket_id) == []
    assert link(gateway, "Tickets", ticket_id, hidden).ResultCode == 30


@pytest.mark.parametrize("kind", ["Assets", "Clients", "Tickets"])
def test_acmp_a76_linking_is_additive(gateway, kind, version):
    ticket_id = gateway.ticket()
    ids = [gateway.ticket() if kind == "Tickets" else new_id() for _ in range(3)]
    assert outcome(link(gateway, kind, ticket_id, *ids[:2], version=version)) == (0, "OK")
    before = gateway.read(ticket_id).LastModified
    assert outcome(link(gateway, kind, ticket_id, ids[0], ids[0], ids[1])) == (0, "OK")
    assert gateway.read(ticket_id).LastModified == before  # nothing new, nothing changed
    assert outcome(link(gateway, kind, ticket_id, ids[2].lower().strip("{}"))) == (0, "OK")
    if kind == "Tickets":
        assert linked(gateway, ticket_id) == ids
        return
    rows = gateway.rows(
        "select upper(object::text) from object_link l join ticket t on t.id = l.ticket_id"
        " where t.guid = %s and kind = %s", ticket_id, kind[:-1].lower(),
    )  # fmt: skip
    assert sorted(f"{{{guid}}}" for (guid,) in rows) == sorted(ids)


@pytest.mark.parametrize("kind", ["Assets", "Clients", "Tickets"])
def test_a_closed_ticket_may_be_linked_to_a_merged_one_not_g11_g12(gateway, kind):
    closed, (source, target) = gateway.ticket(), merged(gateway)
    close(gateway, closed)
    other = gateway.ticket() if kind == "Tickets" else new_id()
    assert outcome(link(gateway, kind, closed, other)) == (0, "OK")
    refused = (35, f"TicketId: ticket was merged into {target}")
    assert outcome(link(gateway, kind, source, other)) == refused


def test_linked_tickets_are_judged_one_by_one_lk(gateway):
    ticket_id, (source, target), unknown = gateway.ticket(), merged(gateway), new_id()
    for ids, bad, expected in (
        ((target, ticket_id), ticket_id, (35, "LinkedTicketIds[2]: is the ticket itself")),
        ((unknown, "x"), unknown, (30, "LinkedTicketIds[1]: not found")),
        (("x", unknown), "x", (35, "LinkedTicketIds[1]: not a GUID")),
        ((source,), source, (35, f"LinkedTicketIds[1]: ticket was merged into {target}")),
    ):
        result = link(gateway, "Tickets", ticket_id, *ids)
        assert outcome(result) == expected
        assert result.FirstErrorMsg == f"{bad}: {expected[1]}"
    assert linked(gateway, ticket_id) == []


@pytest.mark.parametrize("kind", ["Assets", "Clients", "Tickets"])
def test_a_batch_of_links_is_complete_and_bounded_g9(gateway, kind):
    ticket_id, name = gateway.ticket(), {"Tickets": "LinkedTicket"}.get(kind, kind[:-1])
    for result, expected in (
        (link(gateway, kind, ticket_id), (35, f"{name}Ids: required")),
        (link(gateway, kind, "", new_id()), (35, "TicketId: required")),
        (link(gateway, kind, "x", new_id()), (35, "TicketId: not a GUID")),
        (link(gateway, kind, new_id(), new_id()), (30, "TicketId: not found")),
        (link(gateway, kind, ticket_id, "x"), (35, f"{name}Ids[1]: not a GUID")),
        (link(gateway, kind, ticket_id, ""), (35, f"{name}Ids[1]: required")),
        (
            link(gateway, kind, ticket_id, *[new_id()] * 1001),
            (35, f"{name}Ids: more than 1000 entries"),
        ),
        (
            link(gateway, kind, ticket_id, new_id(), login=("reader", gateway.login[1])),
            (35, "TicketId: not permitted"),
        ),
        (
            link(gateway, kind, ticket_id, new_id(), login=("stranger", gateway.login[1])),
            (30, "TicketId: not found"),
        ),
    ):
        assert outcome(result) == expected


def test_a_closed_registry_knows_its_assets_and_clients_lk(registry):
    asset, gone, client = new_id(), new_id(), new_id()
    for kind, guid, active in (("asset", asset, True), ("asset", gone, False),
                               ("client", client, True)):  # fmt: skip
        registry.rows(
            "insert into registered_object (guid, kind, name, active) values (%s, %s, 'x', %s)",
            guid, kind, active,
        )  # fmt: skip
    ticket_id = registry.ticket()
    assert outcome(link(registry, "Assets", ticket_id, asset)) == (0, "OK")
    assert outcome(link(registry, "Clients", ticket_id, client)) == (0, "OK")
    assert outcome(link(registry, "Assets", ticket_id, asset, gone)) == (
        30, "AssetIds[2]: not found",
    )  # fmt: skip
    assert outcome(link(registry, "Assets", ticket_id, client)) == (30, "AssetIds[1]: not found")
    assert outcome(link(registry, "Clients", ticket_id, asset)) == (26, "ClientIds[1]: not found")
    registry.rows("update registered_object set active = false")
    assert outcome(link(registry, "Assets", ticket_id, asset)) == (0, "OK")  # stands already, G15
    listed = registry.call("GetTicketListOfAsset_V1", AssetId=asset)
    assert [each.Id for each in listed.Tickets.TTicketListItem_V1] == [ticket_id]
    unknown = registry.call("GetTicketListOfAsset_V1", AssetId=new_id())
    assert outcome(unknown) == (30, "AssetId: not found")
    assert unknown.Tickets is None


def test_acmp_a65_tickets_of_an_asset_come_newest_first(gateway, version):
    asset = new_id()
    ids = [gateway.ticket() for _ in range(3)]
    for ticket_id in ids:
        assert outcome(link(gateway, "Assets", ticket_id, asset)) == (0, "OK")
    result = gateway.call("GetTicketListOfAsset_V1", version=version, AssetId=asset)
    assert [each.Id for each in result.Tickets.TTicketListItem_V1] == ids[::-1]
    assert result.HasMore is False
    stranger = ("stranger", gateway.login[1])
    unseen = gateway.call("GetTicketListOfAsset_V1", AssetId=asset, login=stranger)
    assert not unseen.Tickets or not unseen.Tickets.TTicketListItem_V1


def test_an_unknown_asset_has_an_empty_list_li4(gateway):
    result = gateway.call("GetTicketListOfAsset_V1", AssetId=new_id())
    assert outcome(result) == (0, "OK")
    assert not result.Tickets or not result.Tickets.TTicketListItem_V1
    assert result.HasMore is False
    for sent, message in (("", "AssetId: required"), ("x", "AssetId: not a GUID")):
        refused = gateway.call("GetTicketListOfAsset_V1", AssetId=sent)
        assert outcome(refused) == (35, message)


# --- reminders ------------------------------------------------------------------------------


def remind(gateway, ticket_id, *, version="1.1", date="2099-12-31T08:00:00Z", **fields):
    reminder = {"TicketId": ticket_id, "ReminderDate": date, **fields}
    return gateway.call("SaveReminderOfTicket_V1", version=version, Reminder=reminder)


def forget(gateway, ticket_id, **how):
    return gateway.call("DeleteReminderOfTicket_V1", TicketId=ticket_id, **how)


def stored(gateway, ticket_id):
    return gateway.rows(
        "select extract(year from r.due)::int, r.text, a.login from reminder r"
        " join agent a on a.id = r.recipient_id join ticket t on t.id = r.ticket_id"
        " where t.guid = %s", ticket_id,
    )  # fmt: skip


def test_acmp_a69_a_reminder_is_set_replaced_and_deleted(gateway, version):
    ticket_id = gateway.ticket()
    assert outcome(remind(gateway, ticket_id, version=version, Text="Look.")) == (0, "OK")
    assert stored(gateway, ticket_id) == [(2099, "Look.", "admin")]  # the calling agent
    berta = gateway.row_id("agent", "berta")
    assert outcome(
        remind(gateway, ticket_id, date="2098-01-01T00:00:00Z", RecipientId=berta)
    ) == (0, "OK")  # fmt: skip
    assert stored(gateway, ticket_id) == [(2098, "", "berta")]
    assert gateway.read(ticket_id).ReminderDate.year == 2098
    assert outcome(forget(gateway, ticket_id, version=version)) == (0, "OK")
    assert gateway.read(ticket_id).ReminderDate is None


def test_a_reminder_that_is_not_there_cannot_be_deleted_re(gateway):
    ticket_id = gateway.ticket()
    assert outcome(forget(gateway, ticket_id)) == (30, "TicketId: ticket has no reminder")
    remind(gateway, ticket_id)
    for _ in range(2):  # the second is a repeat
        assert outcome(forget(gateway, ticket_id)) == (0, "OK")
    remind(gateway, ticket_id)
    gateway.rows(
        "delete from reminder where ticket_id = (select id from ticket where guid = %s)", ticket_id
    )
    assert outcome(forget(gateway, ticket_id)) == (30, "TicketId: ticket has no reminder")


def test_a_reminder_equal_to_the_present_one_changes_nothing_g10(gateway):
    ticket_id = gateway.ticket()
    remind(gateway, ticket_id)
    before = gateway.read(ticket_id)
    assert outcome(remind(gateway, ticket_id)) == (0, "OK")
    assert gateway.read(ticket_id) == before


def test_a_reminder_keeps_its_rules_re(gateway):
    ticket_id, (source, target) = gateway.ticket(), merged(gateway)
    closed = gateway.ticket()
    close(gateway, closed)
    for sent, expected in (
        ({"ticket_id": ""}, (35, "Reminder.TicketId: required")),
        ({"ticket_id": "x"}, (35, "Reminder.TicketId: not a GUID")),
        ({"ticket_id": new_id()}, (30, "Reminder.TicketId: not found")),
        ({"ticket_id": closed}, (35, "Reminder.TicketId: ticket is closed")),
        ({"ticket_id": source}, (35, f"Reminder.TicketId: ticket was merged into {target}")),
        ({"date": "1899-12-30T00:00:00Z"}, (35, "Reminder.ReminderDate: required")),
        ({"date": "1890-01-01T00:00:00Z"}, (35, "Reminder.ReminderDate: out of range")),
        ({"date": "2001-01-01T00:00:00Z"}, (35, "Reminder.ReminderDate: must be in the future")),
        ({"Text": "x" * 401}, (35, "Reminder.Text: longer than 400 characters")),
        ({"RecipientId": "x"}, (35, "Reminder.RecipientId: not a GUID")),
        ({"RecipientId": new_id()}, (30, "Reminder.RecipientId: not found")),
        (
            {"date": "2001-01-01T00:00:00Z", "Text": "x" * 401},
            (35, "Reminder.ReminderDate: must be in the future"),
        ),
        ({"Text": "x" * 400}, (0, "OK")),
    ):
        assert outcome(remind(gateway, **{"ticket_id": ticket_id, **sent})) == expected
    for sent, expected in (
        ("", (35, "TicketId: required")),
        ("x", (35, "TicketId: not a GUID")),
        (new_id(), (30, "TicketId: not found")),
        (source, (35, f"TicketId: ticket was merged into {target}")),
    ):
        assert outcome(forget(gateway, sent)) == expected
    reply = gateway.post(element("SaveReminderOfTicket_V1", "<Reminder><TicketId/></Reminder>"))
    assert "invalid request: Reminder.ReminderDate: missing element" in reply.text


@pytest.mark.parametrize(
    ("login", "expected"), [("reader", (35, "not permitted")), ("stranger", (30, "not found"))]
)
def test_who_may_not_change_or_see_a_ticket_sets_no_reminder_g13(gateway, login, expected):
    ticket_id, code, text = gateway.ticket(), *expected
    reminder = {"TicketId": ticket_id, "ReminderDate": "2099-12-31T08:00:00Z"}
    who = (login, gateway.login[1])
    saved = gateway.call("SaveReminderOfTicket_V1", Reminder=reminder, login=who)
    assert outcome(saved) == (code, f"Reminder.TicketId: {text}")
    remind(gateway, ticket_id)
    assert outcome(forget(gateway, ticket_id, login=who)) == (code, f"TicketId: {text}")
