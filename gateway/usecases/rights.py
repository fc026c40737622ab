"""The one table of rights: what each command needs, and on which group."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gateway.domain.people import AccountKind, Permission, Principal
from gateway.errors import NotPermitted


class On(Enum):
    """On which group a command needs its key."""

    TICKET = "the group of the ticket's queue"
    ANY = "any group: the command concerns no ticket, or filters what it shows"
    NAMED = "the group named in the row"
    NONE = "no group: the account itself was given the right"


@dataclass(frozen=True, slots=True)
class Need:
    """What a command needs."""

    key: Permission
    on: On
    group: str = ""  # only with On.NAMED; with On.NONE the name of the right
    chosen: bool = False  # an account that was given some of the family by name has no others


_SEE = Need(Permission.RO, On.TICKET)
_CHANGE = Need(Permission.RW, On.TICKET)
_LOOK_UP = Need(Permission.RO, On.ANY)
_DISPOSE = Need(Permission.RW, On.ANY)

# ACMP: the word for a command is its name without version (contract, section 1).
_ACMP: Mapping[str, Need] = {
    "GetTicket": _SEE,
    "SaveTicket": _CHANGE,
    "CloseTicket": _CHANGE,
    "ReopenTicket": _CHANGE,
    "MergeTickets": _CHANGE,  # of the target and of every source
    "GetTicketFromTemplate": _LOOK_UP,
    "GetTicketTemplateList": _LOOK_UP,
    "GetTicketAttachments": _SEE,
    "GetTicketAttachment": _SEE,
    "SaveTicketAttachments": _CHANGE,
    "DeleteTicketAttachments": _CHANGE,
    "GetTicketComments": _SEE,
    "GetTicketComment": _SEE,
    "GetCommentListOfTicket": _SEE,
    "SaveTicketComment": _CHANGE,
    "DeleteTicketComment": _CHANGE,
    "GetTicketCategoryList": _LOOK_UP,
    "GetTicketResolutionList": _LOOK_UP,
    "GetAssigneeList": _LOOK_UP,
    "GetHelpdeskSettings": _LOOK_UP,
    "GetTicketListByQuery": _LOOK_UP,  # lists leave out what the caller may not see
    "GetTicketList": _LOOK_UP,
    "GetTicketListOfAsset": _LOOK_UP,
    "GetLinkedTicketsOfTicket": _SEE,
    "LinkAssetsToTicket": _CHANGE,
    "LinkClientsToTicket": _CHANGE,
    "LinkTicketsToTicket": _CHANGE,
    "SaveReminderOfTicket": _CHANGE,
    "DeleteReminderOfTicket": _CHANGE,
    "SaveTicketWorkingTime": _CHANGE,
    "GetTicketWorkingTimeList": _SEE,
    "DeleteTicketWorkingTimeList": _CHANGE,
    "SaveTicketCosts": _CHANGE,
    "GetTicketCost": _SEE,
    "GetTicketCostList": _SEE,
    "DeleteTicketCosts": _CHANGE,
    # ACMP: the right of the mail monitor is of the command, no group (EM). Deleting is for good,
    # so it asks for more than reading.
    "GetEmailMonitorList": _LOOK_UP,
    "DeleteEmailMonitorList": _DISPOSE,
    "GetCommandVersions": _LOOK_UP,
}

# SSP7: rights that hang on no group (contract, section 5). A partner's account has all but the
# last, unless rights of this family were given to it by name.
_OF_PARTNERS = ("ssp7.acknowledge", "ssp7.reassign", "ssp7.update", "ssp7.read", "ssp7.events")
_SSP7: Mapping[str, Need] = {
    name: Need(Permission.RW, On.NONE, name) for name in (*_OF_PARTNERS, "ssp7.start")
}

# SSP7 catalog (contract, section 5): they hang on no group, and nobody has them unless given.
_CATALOG: Mapping[str, Need] = {
    name: Need(Permission.RW, On.NONE, name)
    for name in ("catalog.request", "catalog.vote", "catalog.write", "catalog.delete",
                 "catalog.read", "catalog.read_draft")
}  # fmt: skip

# The console's words for commands are its own. Whoever runs the gateway is in the group admin:
# attempts of deliveries show tickets of every group.
_INSPECT = Need(Permission.RO, On.NAMED, "admin")
_OPERATE = Need(Permission.RW, On.NAMED, "admin")
_CONSOLE: Mapping[str, Need] = {
    "AssignTask": _CHANGE,
    "EnterUpdateText": _CHANGE,
    "AcceptSolution": _CHANGE,
    "DeclineSolution": _CHANGE,
    "CloseTask": _CHANGE,
    "ReopenTask": _CHANGE,
    "ShowTicket": _SEE,
    "ListTickets": _LOOK_UP,  # leaves out what the caller may not see
    "LookUpAppFields": _LOOK_UP,
    "ShowGroups": _INSPECT,
    "SetGroup": _OPERATE,
    "ShowTicketingSettings": _INSPECT,
    "SetEventMap": _OPERATE,
    "SyncAppFields": _OPERATE,
    "ShowDeliveries": _INSPECT,
    "SettleDeliveries": _OPERATE,
    "PausePartner": _OPERATE,
    "ShowMailboxes": _INSPECT,
    "LookIntoMailbox": _OPERATE,
    "ShowProcesses": _INSPECT,
    "ShowMessages": _INSPECT,
    "ShowAudit": _INSPECT,
    "SaveProcess": _OPERATE,
    "ShowCatalog": _LOOK_UP,
    "EditCatalog": _OPERATE,  # or of the owners and editors of a service: they are in its lists
    "SetCatalogTemplate": _OPERATE,
}

# Znuny: rights on groups of a fixed name. What concerns a ticket has a key for each thing that is
# changed, and customer users have rules of their own: see gateway.domain.rights.
_ZNUNY: Mapping[str, Need] = {
    "RemoveSession": Need(Permission.RW, On.NAMED, "admin"),  # of another account
    "TimeAccountingGet": Need(Permission.RW, On.NAMED, "timeaccounting_webservice"),
    "OutOfOffice": Need(Permission.RW, On.NAMED, "admin"),
}

# Tickets REST: each command by the group of the ticket's first department (contract, section 2).
_TICKETS: Mapping[str, Need] = {
    "ticket.read": Need(Permission.RO, On.TICKET, chosen=True),
    "ticket.create": Need(Permission.RW, On.TICKET, chosen=True),
    "ticket.update": Need(Permission.RW, On.TICKET, chosen=True),
    "ticket.remove": Need(Permission.RW, On.TICKET, chosen=True),
}

NEEDS: Mapping[str, Need] = {**_ACMP, **_SSP7, **_CATALOG, **_ZNUNY, **_TICKETS, **_CONSOLE}


def require(
    principal: Principal, command: str, group_id: int | None = None, *, field: str | None = None
) -> None:
    """Insist that the principal may do this; what the table does not list nobody may.

    Raises:
        NotPermitted: it may not; the error carries the field.
    """
    if not permits(principal, command, group_id):
        raise NotPermitted(field=field)


def permits(principal: Principal, command: str, group_id: int | None = None) -> bool:
    """Tell whether the principal may do this, so that nobody is offered what is refused."""
    need = NEEDS.get(command)
    if need is None or (need.chosen and not _left(command, principal)):
        return False
    return _fulfilled(need, principal, group_id)


def permits_anywhere(principal: Principal, command: str) -> bool:
    """Tell whether there is any group for whose tickets the principal may do this."""
    return any(permits(principal, command, group_id) for group_id in principal.rights)


def _left(command: str, principal: Principal) -> bool:
    """Tell whether a choice that was made among the rights of a family left this one."""
    return command in principal.granted or not _any_given(command, principal)


def _any_given(right: str, principal: Principal) -> bool:
    family = right.partition(".")[0] + "."
    return any(each.startswith(family) for each in principal.granted)


def sees(principal: Principal, group_id: int) -> bool:
    """Tell whether an agent may see the tickets of this group."""
    return principal.may(Permission.RO, group_id)


def _fulfilled(need: Need, principal: Principal, group_id: int | None) -> bool:
    if need.on is On.NONE:
        return _was_given(need.group, principal)
    if need.on is On.ANY:
        return bool(principal.groups_with(need.key))
    group = principal.named.get(need.group) if need.on is On.NAMED else group_id
    return group is not None and principal.may(need.key, group)


def _was_given(right: str, principal: Principal) -> bool:
    usual = principal.kind is AccountKind.PARTNER and not _any_given(right, principal)
    by_kind = usual and right in _OF_PARTNERS
    return by_kind or right in principal.granted
