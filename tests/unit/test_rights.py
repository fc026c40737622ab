"""The table of rights."""

import pytest

from gateway.domain.people import Permission
from gateway.errors import NotPermitted
from gateway.usecases import rights
from gateway.usecases.rights import NEEDS, Need, On, require, sees
from tests.kit.accounts import agent

RO, RW, NOTE = Permission.RO, Permission.RW, Permission.NOTE


def having(*keys, group=7):
    return agent(rights={group: frozenset(keys)}, named={"admin": group})


def allowed(principal, command, group=7):
    try:
        require(principal, command, group)
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize("command", [name for name, need in NEEDS.items() if need.on is On.TICKET])
def test_a_right_on_one_group_is_none_on_another(command):
    assert allowed(having(*Permission), command)
    assert not allowed(having(*Permission), command, group=8)
    assert not allowed(having(*Permission), command, group=None)
    assert not allowed(having(), command)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("GetTicket", {RO, RW}),
        ("GetTicketAttachment", {RO, RW}),
        ("SaveTicket", {RW}),
        ("CloseTicket", {RW}),
        ("ReopenTicket", {RW}),
        ("MergeTickets", {RW}),
        ("SaveTicketCosts", {RW}),
        ("SaveTicketComment", {RW}),
        ("DeleteTicketComment", {RW}),
        ("GetTicketList", {RO, RW}),
        ("GetHelpdeskSettings", {RO, RW}),
        ("GetEmailMonitorList", {RO, RW}),
        ("DeleteEmailMonitorList", {RW}),
        ("GetCommandVersions", {RO, RW}),
    ],
)
def test_each_command_takes_its_key_and_rw_alone(command, keys):
    assert {key for key in Permission if allowed(having(key), command)} == keys


def test_what_concerns_no_ticket_needs_ro_in_any_group():
    assert allowed(having(RO, group=99), "GetTicketCategoryList", group=None)
    assert not allowed(having(NOTE), "GetTicketCategoryList", group=None)


@pytest.mark.parametrize("command", ["", "Unheard", "getticket", "GetTicket_V1"])
def test_what_is_not_listed_nobody_may(command):
    assert not allowed(having(*Permission), command)


def test_a_right_on_a_named_group_is_found_by_its_name(monkeypatch):
    monkeypatch.setattr(rights, "NEEDS", {"X": Need(RW, On.NAMED, "admin")})
    assert allowed(having(RW), "X", group=None)
    assert not allowed(having(RO), "X", group=None)
    assert not allowed(agent(rights={7: frozenset({RW})}, named={}), "X")


def test_the_refusal_names_the_field():
    with pytest.raises(NotPermitted) as caught:
        require(having(RO), "CloseTicket", 7, field="TicketId")
    assert caught.value.field == "TicketId"


def test_seeing_needs_ro():
    assert sees(having(RO), 7)
    assert sees(having(RW), 7)
    assert not sees(having(NOTE), 7)
    assert not sees(having(RO), 8)


def test_the_table_has_the_39_commands_of_the_helpdesk():
    assert len(rights._ACMP) == 39
