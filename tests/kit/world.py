"""Short builders: who calls, through what, and tickets that are there already."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from gateway.domain.commands import Assign, CloseTicket, Defaults, ReopenTicket, SaveTicket
from gateway.domain.entries import NewArticle
from gateway.domain.people import AccountKind, Permission, Principal
from gateway.domain.ticket import Ticket
from gateway.domain.values import Description
from gateway.usecases.idempotency import digest
from gateway.usecases.ports import Call
from tests.kit.memory import Memory, guid_of

TICKET = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01")
OTHER = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a02")
COMMENT = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e0f1")
TIME = UUID("e1f2a3b4-c5d6-4788-99aa-bbccddeeff00")

DEFAULTS = Defaults(queue="Raw", state="new", priority=3)
USERS, SECRET = 1, 2  # ids of seeded groups


def agent(
    name: str = "Ada", *, account_id: int = 1, rights: dict[int, Permission] | None = None
) -> Principal:
    """Give a seeded agent with one key per group; rw on users if nothing else is said."""
    keys = {USERS: Permission.RW} if rights is None else rights
    return Principal(
        account_id=account_id,
        account=name.lower(),
        kind=AccountKind.AGENT,
        agent_id={"admin": 1, "Ada": 2, "Bert": 3}[name],
        agent_guid=guid_of("agent", name),
        full_name=name,
        rights={group: frozenset({key}) for group, key in keys.items()},
    )


def call(
    operation: str,
    command: object = None,
    *,
    principal: Principal | None = None,
    key: str | None = None,
) -> Call:
    """Give the circumstances of a command, with its digest."""
    return Call(
        principal=principal or agent(),
        dialect="acmp",
        operation=operation,
        command=operation.rpartition("_V")[0],
        key=key,
        digest=digest(operation, command),
    )


def save(guid: UUID = TICKET, **fields: Any) -> SaveTicket:
    """Give the command that saves a ticket."""
    return SaveTicket(guid=guid, defaults=DEFAULTS, **fields)


def close(guid: UUID = TICKET, **fields: Any) -> CloseTicket:
    """Give the command that closes a ticket and leaves nobody assigned unless it says so."""
    return CloseTicket(
        ticket=guid, closed_state="closed successful", **{"assignee": Assign(None), **fields}
    )


def reopen(guid: UUID = TICKET, **fields: Any) -> ReopenTicket:
    """Give the command that opens a ticket again."""
    return ReopenTicket(ticket=guid, reopen_state="open", **fields)


def description(text: str) -> Description:
    """Give a text whose two forms are alike."""
    return Description(plain=text, html=text)


def given_ticket(memory: Memory, guid: UUID = TICKET, **fields: Any) -> Ticket:
    """Put a ticket into the tables; list fields are named by their English captions."""
    tables = memory.tables
    rows = {
        name: tables.row(_LISTS[name], value)
        for name, value in {"state": "open", "queue": "Raw", **fields}.items()
        if name in _LISTS and isinstance(value, str)
    }
    plain = {"title": "Printer jams", "priority": 3, **fields}
    ticket = Ticket(id=0, guid=guid, number="", version=1, **{**plain, **rows})
    made = memory.run(lambda unit: unit.tickets.create(ticket, call("given_V1")), call("given_V1"))
    if ticket.state.kind == "closed" and ticket.closed is None:
        _replaced(memory, replace(made, closed=memory.now - timedelta(days=1)))
    return memory.ticket(guid)


def given_comment(
    memory: Memory, guid: UUID = COMMENT, ticket: UUID = TICKET, text: str = "Have a look"
) -> None:
    """Put a comment on a ticket that is there."""
    article = NewArticle(guid=guid, plain=text, html=f"<p>{text}</p>")
    circumstances = call("given_V1")
    memory.run(
        lambda unit: unit.entries.add_article(memory.ticket(ticket), article, circumstances),
        circumstances,
    )


def _replaced(memory: Memory, ticket: Ticket) -> None:
    stored = memory.tables.tickets[ticket.guid]
    memory.tables.tickets[ticket.guid] = replace(stored, ticket=ticket)


_LISTS = {
    "state": "state",
    "queue": "queue",
    "category": "category",
    "impact": "impact",
    "resolution": "resolution",
    "owner": "agent",
    "assigned_group": "group",
    "customer": "customer",
    "customer_user": "customer_user",
    "template": "template",
}
