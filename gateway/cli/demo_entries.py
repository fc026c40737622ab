"""What hangs on the demo data's tickets and no command makes yet: rows of the tables themselves."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid5

from gateway.cli.demo_rows import PARTNER, PARTNER_TITLE
from gateway.cli.demo_tickets import DEMO, STORIES
from gateway.dialects.acmp.texts import (
    DEMO_ATTACHMENT,
    DEMO_ATTACHMENT_TO_DELETE,
    DEMO_COST,
    DEMO_COST_TO_DELETE,
    DEMO_MAIL,
    DEMO_TICKET,
    DEMO_TICKET_TO_LINK,
    DEMO_WORKING_TIME,
)
from gateway.usecases.administration_ports import AdministrationUnit, Record

_NOTEBOOK = next(story.id for story in STORIES if story.title.startswith("Notebook"))
_MERGED = next(story.id for story in STORIES if story.ended == "merged")
_REPORT = next(story.id for story in STORIES if story.title.startswith("Quarterly"))
_TEXT = b"Serial number 4711-0815, tray 2, 41,200 pages.\n"

_COSTS = (
    (DEMO_COST, DEMO_TICKET, "24.90", 2, "Hardware", "Roller set"),
    (DEMO_COST_TO_DELETE, DEMO_TICKET, "9.50", 1, "Travel", "Booked twice"),
    (uuid5(DEMO, "cost:battery"), _NOTEBOOK, "89.00", 1, "Hardware", "Battery"),
    (uuid5(DEMO, "cost:consultant"), _REPORT, "118.00", 3, "Consulting", "Index of the ledger"),
)
_TIMES = (
    (DEMO_WORKING_TIME, DEMO_TICKET, "anna.schmidt", 25, "Rollers cleaned"),
    (uuid5(DEMO, "time:tray"), DEMO_TICKET, "anna.schmidt", 10, "Tray measured"),
    (uuid5(DEMO, "time:battery"), _NOTEBOOK, "emily.clark", 15, "Taken out of use"),
)
_FILES = (
    (DEMO_ATTACHMENT, "Counter", "counter.txt", "What the printer says of itself"),
    (DEMO_ATTACHMENT_TO_DELETE, "Old counter", "counter-old.txt", "Of the month before"),
)


def partner(unit: AdministrationUnit) -> int:
    """Make the partner whose group is integrated."""
    if unit.exists("partner", {"name": PARTNER}):
        return 0
    systems = unit.find("external_system", "name", PARTNER)
    system = systems[0] if systems else unit.insert("external_system", {"name": PARTNER})
    unit.insert("partner", {"name": PARTNER, "title": PARTNER_TITLE, "system_id": system["id"]})
    return 1


def entries(unit: AdministrationUnit) -> int:
    """Make what is missing of costs, working times, files, a link, a reminder and a mail."""
    return sum(
        (
            *(_put("cost", cost[0], partial(_cost, *cost[1:]), unit) for cost in _COSTS),
            *(_put("working_time", time[0], partial(_time, *time[1:]), unit) for time in _TIMES),
            *(_file(*file, unit) for file in _FILES),
            _put("mail", DEMO_MAIL, _mail, unit),
            _reminder(unit),
            _link(unit),
            _merge(unit),
        )
    )


def _put(
    table: str, guid: UUID, values: Callable[[AdministrationUnit], Record], unit: AdministrationUnit
) -> bool:
    if unit.exists(table, {"guid": guid}):
        return False
    unit.insert(table, {"guid": guid, **values(unit)})
    return True


def _cost(
    ticket: UUID, price: str, amount: int, category: str, text: str, unit: AdministrationUnit
) -> Record:
    record = _ticket(ticket, unit)
    return {
        "ticket_id": record["id"],
        "unit_price": Decimal(price),
        "amount": amount,
        "category": category,
        "description": text,
        "created_by": record["created_by"],
    }


def _time(ticket: UUID, login: str, minutes: int, text: str, unit: AdministrationUnit) -> Record:
    (agent,) = unit.find("agent", "login", login)
    return {
        "ticket_id": _ticket(ticket, unit)["id"],
        "executor_id": agent["id"],
        "started": unit.now - timedelta(minutes=minutes),
        "ended": unit.now,
        "minutes": minutes,
        "description": text,
        "created_by": agent["id"],
    }


def _file(guid: UUID, name: str, file_name: str, text: str, unit: AdministrationUnit) -> bool:
    ticket = _ticket(DEMO_TICKET, unit)

    def values(_: AdministrationUnit) -> Record:
        return {
            "ticket_id": ticket["id"],
            "document_id": uuid5(DEMO, file_name),
            "name": name,
            "file_name": file_name,
            "description": text,
            "content_type": "text/plain",
            "size": len(_TEXT),
            "sha256": hashlib.sha256(_TEXT).digest(),
            "created_by": ticket["created_by"],
        }

    if not _put("attachment", guid, values, unit):
        return False
    (attachment,) = unit.find("attachment", "guid", guid)
    unit.insert(
        "attachment_content",
        {"ticket_id": ticket["id"], "attachment_id": attachment["id"], "content": _TEXT},
    )
    return True


def _mail(unit: AdministrationUnit) -> Record:
    return {
        "message_id": "<demo-offer@stationery.example>",
        "received": unit.now,
        "sender": "offers@stationery.example",
        "recipient": "desk@example.com",
        "subject": "Paper at special prices",
        "body": "Only this week: 80 g, white, 500 sheets.",
        "outcome": "ignored",
    }


def _reminder(unit: AdministrationUnit) -> bool:
    ticket = _ticket(DEMO_TICKET, unit)
    if unit.exists("reminder", {"ticket_id": ticket["id"]}):
        return False
    (agent,) = unit.find("agent", "login", "anna.schmidt")
    unit.insert(
        "reminder",
        {
            "ticket_id": ticket["id"],
            "due": unit.now + timedelta(days=3),
            "text": "Have the rollers come?",
            "recipient_id": agent["id"],
            "created_by": agent["id"],
        },
    )
    return True


def _link(unit: AdministrationUnit) -> bool:
    ends = (_ticket(DEMO_TICKET, unit), _ticket(DEMO_TICKET_TO_LINK, unit))
    low, high = sorted(end["id"] for end in ends)
    if unit.exists("ticket_link", {"ticket_id": low, "other_id": high}):
        return False
    created_by = ends[0]["created_by"]
    unit.insert("ticket_link", {"ticket_id": low, "other_id": high, "created_by": created_by})
    return True


def _merge(unit: AdministrationUnit) -> bool:
    merged = _ticket(_MERGED, unit)
    if merged["merged_into_id"] is not None:
        return False
    target = _ticket(DEMO_TICKET, unit)
    unit.update("ticket", {"id": merged["id"]}, {"merged_into_id": target["id"]})
    return True


def _ticket(guid: UUID, unit: AdministrationUnit) -> Record:
    (ticket,) = unit.find("ticket", "guid", guid)
    return ticket
