"""What hangs on the demo data's tickets; and a partner and a mail, which no command makes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from gateway.cli.demo_rows import PARTNER, PARTNER_TITLE
from gateway.cli.demo_tickets import BATTERY, DEMO, DUPLICATE, INVOICE
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
from gateway.domain.commands import (
    Entry,
    LinkTickets,
    MergeTickets,
    SaveAttachment,
    SaveAttachments,
    SaveCost,
    SaveReminder,
    SaveWorkingTime,
)
from gateway.usecases import attachments, costs, links, merges, reminders, working_times
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit

_TEXT = b"Serial number 4711-0815, tray 2, 41,200 pages.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of an agent, unless what it makes is there."""

    command: str
    by: str
    there: Callable[[AdministrationUnit], bool]
    do: Callable[[Call, Unit], Done]


def partner(unit: AdministrationUnit) -> int:
    """Make the partner whose group is integrated."""
    if unit.exists("partner", {"name": PARTNER}):
        return 0
    systems = unit.find("external_system", "name", PARTNER)
    system = systems[0] if systems else unit.insert("external_system", {"name": PARTNER})
    unit.insert("partner", {"name": PARTNER, "title": PARTNER_TITLE, "system_id": system["id"]})
    return 1


def mail(unit: AdministrationUnit) -> int:
    """Make a received mail that belongs to no ticket."""
    if unit.exists("mail", {"guid": DEMO_MAIL}):
        return 0
    unit.insert(
        "mail",
        {
            "guid": DEMO_MAIL,
            "message_id": "<demo-offer@stationery.example>",
            "received": unit.now,
            "sender": "offers@stationery.example",
            "recipient": "desk@example.com",
            "subject": "Paper at special prices",
            "body": "Only this week: 80 g, white, 500 sheets.",
            "outcome": "ignored",
        },
    )
    return 1


def _cost(guid: UUID, ticket: UUID, by: str, price: str, amount: int, text: str) -> Step:
    command = SaveCost(
        guid=guid,
        ticket=ticket,
        unit_price=Decimal(price),
        amount=amount,
        category="Hardware",
        description=text,
    )
    return Step(
        command="SaveTicketCosts",
        by=by,
        there=lambda unit: unit.exists("cost", {"guid": guid}),
        do=lambda call, unit: costs.save([command], call, unit),
    )


def _time(guid: UUID, ticket: UUID, by: str, minutes: int, text: str) -> Step:
    def do(call: Call, unit: Unit) -> Done:
        command = SaveWorkingTime(
            guid=guid,
            ticket=ticket,
            executor=call.principal.agent_guid,
            start=unit.now - timedelta(minutes=minutes),
            end=unit.now,
            description=text,
        )
        return working_times.save(command, call, unit)

    return Step(
        command="SaveTicketWorkingTime",
        by=by,
        there=lambda unit: unit.exists("working_time", {"guid": guid}),
        do=do,
    )


def _file(guid: UUID, name: str, file_name: str, text: str) -> Step:
    file = SaveAttachment(
        guid=guid,
        document=uuid5(DEMO, file_name),
        name=name,
        file_name=file_name,
        description=text,
        sha256=hashlib.sha256(_TEXT).digest(),
        content=_TEXT,
    )
    command = SaveAttachments(ticket=DEMO_TICKET, attachments=(file,))
    return Step(
        command="SaveTicketAttachments",
        by="anna.schmidt",
        there=lambda unit: unit.exists("attachment", {"guid": guid}),
        do=lambda call, unit: attachments.save(command, call, unit),
    )


def _linked(unit: AdministrationUnit) -> bool:
    low, high = sorted(
        unit.find("ticket", "guid", guid)[0]["id"] for guid in (DEMO_TICKET, DEMO_TICKET_TO_LINK)
    )
    return unit.exists("ticket_link", {"ticket_id": low, "other_id": high})


def _reminded(unit: AdministrationUnit) -> bool:
    (ticket,) = unit.find("ticket", "guid", DEMO_TICKET)
    return unit.exists("reminder", {"ticket_id": ticket["id"]})


def _merged(unit: AdministrationUnit) -> bool:
    (ticket,) = unit.find("ticket", "guid", DUPLICATE)
    return ticket["merged_into_id"] is not None


def _remind(call: Call, unit: Unit) -> Done:
    due = unit.now + timedelta(days=3)
    command = SaveReminder(ticket=DEMO_TICKET, due=due, text="Have the rollers come?")
    return reminders.save(command, call, unit)


def _link(call: Call, unit: Unit) -> Done:
    command = LinkTickets(ticket=DEMO_TICKET, others=(Entry(DEMO_TICKET_TO_LINK),))
    return links.link_tickets(command, call, unit)


def _merge(call: Call, unit: Unit) -> Done:
    command = MergeTickets(target=DEMO_TICKET, sources=(Entry(DUPLICATE),), merged_state="merged")
    return merges.merge(command, call, unit)


STEPS = (
    _cost(DEMO_COST, DEMO_TICKET, "anna.schmidt", "24.90", 2, "Roller set"),
    _cost(DEMO_COST_TO_DELETE, DEMO_TICKET, "anna.schmidt", "9.50", 1, "Booked twice"),
    _cost(uuid5(DEMO, "cost:battery"), BATTERY, "emily.clark", "89.00", 1, "Battery"),
    _cost(uuid5(DEMO, "cost:copy"), INVOICE, "lukas.becker", "0.85", 1, "Postage of the copy"),
    _time(DEMO_WORKING_TIME, DEMO_TICKET, "anna.schmidt", 25, "Rollers cleaned"),
    _time(uuid5(DEMO, "time:tray"), DEMO_TICKET, "anna.schmidt", 10, "Tray measured"),
    _time(uuid5(DEMO, "time:battery"), BATTERY, "emily.clark", 15, "Taken out of use"),
    _file(DEMO_ATTACHMENT, "Counter", "counter.txt", "What the printer says of itself"),
    _file(DEMO_ATTACHMENT_TO_DELETE, "Old counter", "counter-old.txt", "Of the month before"),
    Step(command="SaveReminderOfTicket", by="anna.schmidt", there=_reminded, do=_remind),
    Step(command="LinkTicketsToTicket", by="anna.schmidt", there=_linked, do=_link),
    Step(command="MergeTickets", by="anna.schmidt", there=_merged, do=_merge),
)
