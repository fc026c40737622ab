"""Examples of the description: one for each operation and problem (section 12)."""

from typing import Any

from gateway.dialects.tickets import lists
from gateway.dialects.tickets.desk import Options
from gateway.dialects.tickets.problems import SLUGS, TYPE
from gateway.dialects.tickets.shapes import Operation

TAG = '"17-1"'

_TICKET: dict[str, Any] = {
    "customerID": 42,
    "ticketType": "billing",
    "status": "new",
    "ticketPriority": "3 normal",
    "customerEmail": "jane@example.com",
    "subject": "Invoice 1187 is wrong",
    "ticketContent": "VAT is missing.",
    "owner": None,
    "users": [],
    "departments": ["Billing", "Sales, North"],
    "ticketSuppliers": [],
    "createdDate": "2026-11-22",
    "ticketFollowupDate": "2026-12-01",
    "ticketActionRequiredDate": None,
    "id": "17",
}
_CHANGED = _TICKET | {"status": "open", "owner": "asmith", "users": ["asmith", "bjones"]}

REQUESTS: dict[str, Any] = {
    "createTicket": {
        "customerID": 42,
        "subject": "Invoice 1187 is wrong",
        "ticketType": "billing",
        "ticketContent": "VAT is missing.",
        "departments": ["Billing", "Sales, North"],
        "ticketFollowupDate": "2026-12-01",
    },
    "putTicket": {"status": "open", "owner": "asmith", "users": "asmith, bjones"},
    "patchTicket": {"status": "open", "owner": "asmith", "users": "asmith, bjones"},
}
_PRESETS: dict[str, Any] = {
    "type": [{"id": 1, "name": "Unclassified"}, {"id": 3, "name": "billing"}],
    "state": [
        {"id": 1, "name": "new", "stateType": "new"},
        {"id": 2, "name": "closed successful", "stateType": "closed"},
    ],
    "priority": [{"id": 1, "name": "1 very low"}, {"id": 3, "name": "3 normal"}],
    "agent": [{"id": 2, "name": "asmith", "fullName": "Ann Smith", "email": "ann@example.com"}],
    "queue": [{"id": 5, "name": "Billing"}, {"id": 6, "name": "Sales, North"}],
    "partner": [{"id": 1, "name": "NORTHWIND"}],
}
_CODES = {
    "malformed-json": "GW-112", "invalid-parameter": "GW-130", "bad-request": "GW-105",
    "unauthorized": "GW-401", "forbidden": "GW-403", "not-found": "GW-404",
    "method-not-allowed": "GW-101", "not-acceptable": "GW-102", "ticket-closed": "GW-132",
    "ticket-merged": "GW-132", "precondition-failed": "GW-132", "too-large": "GW-104",
    "unsupported-media-type": "GW-102", "validation": "GW-130",
    "idempotency-key-reused": "GW-131", "precondition-required": "GW-132",
    "throttled": "GW-429", "internal": "GW-501", "unavailable": "GW-503",
}  # fmt: skip
_ERRORS: dict[str, Any] = {
    "validation": [
        {"field": "subject", "code": "required", "message": "subject is mandatory."},
    ],
    "invalid-parameter": [
        {"field": "limit", "code": "format", "message": "limit must be an integer, 1 to 1000."},
    ],
}


def answer(operation: Operation, options: Options) -> Any:
    """Give what an operation may answer."""
    if operation.preset:
        return _PRESETS[operation.preset]
    ticket = _CHANGED if operation.method in ("PUT", "PATCH") else _TICKET
    shown = {name: _styled(value, options) for name, value in ticket.items()}
    one = operation.path.endswith("{id}") or operation.method == "POST"
    return shown if one else [shown]


def problem(slug: str) -> dict[str, Any]:
    """Give a problem as it may look."""
    status, title = SLUGS[slug]
    errors = {"errors": _ERRORS[slug]} if slug in _ERRORS else {}
    return {
        "type": TYPE + slug,
        "title": title,
        "status": status,
        "detail": "1 field is not valid." if errors else "What happened, in one sentence.",
        "instance": "urn:uuid:0192f3c4-5d1e-7a90-8b6f-1c2d3e4f5a6b",
        "code": _CODES[slug],
        **errors,
    }


def _styled(value: Any, options: Options) -> Any:
    return (
        lists.joined(value) if isinstance(value, list) and options.list_style == "text" else value
    )
