"""Short builders of what hangs on tickets that are there already."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from gateway.domain.entries import Attachment, Cost, Mail, NewWorkingTime
from tests.kit.memory import Memory
from tests.kit.world import TICKET

COST = UUID("a1000000-0000-4000-8000-000000000001")
ATTACHMENT = UUID("c3000000-0000-4000-8000-000000000001")
DOCUMENT = UUID("d0c00000-0000-4000-8000-000000000001")
MAIL = UUID("e7000000-0000-4000-8000-000000000001")


def given_cost(memory: Memory, guid: UUID = COST, ticket: UUID = TICKET, **fields: Any) -> Cost:
    """Put a cost on a ticket that is there."""
    cost = Cost(
        guid=guid,
        ticket_id=memory.ticket(ticket).id,
        ticket=ticket,
        created=memory.now,
        creator=memory.tables.row("agent", "Bert"),
        **{"unit_price": Decimal("19.90"), "amount": 2, "category": "Parts", **fields},
    )
    memory.tables.costs[guid] = cost
    return cost


def given_attachment(
    memory: Memory,
    guid: UUID = ATTACHMENT,
    ticket: UUID = TICKET,
    content: bytes | None = b"Hello\n",
    **fields: Any,
) -> Attachment:
    """Put an attachment on a ticket that is there; without content it has not come yet."""
    attachment = Attachment(
        guid=guid,
        ticket_id=memory.ticket(ticket).id,
        ticket=ticket,
        size=len(content or b""),
        sha256=None if content is None else hashlib.sha256(content).digest(),
        created=memory.now,
        **{"document": DOCUMENT, "name": "Page", "file_name": "page.txt", **fields},
    )
    memory.tables.attachments[guid] = attachment
    if content is not None:
        memory.tables.contents[guid] = content
    return attachment


def given_time(memory: Memory, guid: UUID, ticket: UUID = TICKET, **fields: Any) -> NewWorkingTime:
    """Put a working time of 25 minutes on a ticket that is there."""
    time = NewWorkingTime(
        guid=guid,
        **{
            "executor": memory.tables.row("agent", "Bert"),
            "start": memory.now,
            "end": memory.now + timedelta(minutes=25),
            **fields,
        },
    )
    memory.tables.working_times[guid] = (memory.ticket(ticket).id, time)
    return time


def given_mail(memory: Memory, guid: UUID | None = None, **fields: Any) -> Mail:
    """Put a mail into the monitor."""
    mail = Mail(
        guid=guid or uuid4(),
        **{
            "subject": "Hello",
            "sender": "eva@example.org",
            "recipient": "desk@example.org",
            "received": memory.now,
            "body": "Nobody knows me.",
            "has_attachments": False,
            **fields,
        },
    )
    memory.tables.mails[mail.guid] = mail
    return mail
