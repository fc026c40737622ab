"""A ticket as JSON shows it (section 3)."""

import json
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from gateway.dialects.tickets import lists
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.shapes import BY_NAME, PRESET_MEMBERS, Plain
from gateway.domain.mail import mailboxes
from gateway.usecases.ports import Preset, TicketCard


def shown(card: TicketCard, options: Options) -> Mapping[str, Plain]:
    """Give all members of a ticket, in the order of the table."""
    created = card.created.astimezone(ZoneInfo(options.time_zone)).date()
    values: dict[str, Plain] = {
        "customerID": card.customer_id,
        "ticketType": options.default_type if card.type is None else card.type,
        "status": card.state,
        "ticketPriority": card.priority,
        "customerEmail": _bare(card.address),
        "subject": card.title,
        "ticketContent": card.activity,
        "owner": card.owner,
        "users": _list(card.agents, options),
        "departments": _list(card.queues, options),
        "ticketSuppliers": _list(card.partners, options),
        "createdDate": created.isoformat(),
        "ticketFollowupDate": None if card.follow_up is None else card.follow_up.isoformat(),
        "ticketActionRequiredDate": (
            None if card.action_required is None else card.action_required.isoformat()
        ),
        "id": str(card.id),
    }
    return {name: values[name] for name in BY_NAME}


def preset(entry: Preset, of: str) -> Mapping[str, Plain]:
    """Give an entry of a preset list."""
    further = zip(PRESET_MEMBERS.get(of, ()), entry.further, strict=True)
    return {"id": entry.id, "name": entry.name, **dict(further)}


def written(content: object) -> bytes:
    """Write JSON without white space, and with nothing escaped that need not be."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _bare(address: str | None) -> str | None:
    """Leave out the name that other dialects keep with an address."""
    try:
        found = mailboxes(address or "")
    except ValueError:
        return address
    return found[0].address if len(found) == 1 else address


def _list(names: Sequence[str], options: Options) -> Plain:
    return list(names) if options.list_style == "array" else lists.joined(names)
