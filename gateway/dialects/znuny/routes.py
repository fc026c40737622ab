"""Which method and path of a REST service leads to which operation (contract sections 1.1, 3.1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_IDS = re.compile(r"[0-9]+(?:,[0-9]+)*")


@dataclass(frozen=True, slots=True)
class RestService:
    """A REST service: its name in the address, its routes, its largest body."""

    name: str
    description: str
    routes: Sequence[tuple[str, str, str]]  # methods, path below the service, operation
    max_body_bytes: int = 8 * 1024 * 1024


# Both sets of routes, those of older versions and those of 7.2, always on.
CONNECTOR = RestService(
    "GenericTicketConnectorREST",
    "Creates, changes, shows and finds tickets by JSON; both sets of routes.",
    (
        ("POST", "Session", "SessionCreate"),
        ("GET", "Session/:SessionID", "SessionGet"),
        ("DELETE", "Session/:SessionID", "SessionRemove"),
        ("POST", "Ticket", "TicketCreate"),
        ("GET", "Ticket", "TicketSearch"),
        ("POST", "Ticket/Search", "TicketSearch"),
        ("PATCH PUT", "Ticket/:TicketID", "TicketUpdate"),
        ("GET", "Ticket/:TicketID", "TicketGet"),
        ("GET POST", "TicketList", "TicketGetList"),
        ("GET", "TicketHistory/:TicketID", "TicketHistoryGet"),
        ("GET", "Ticket/History/:TicketID", "TicketHistoryGet"),
        ("POST", "ExternalReference", "ExternalReference"),
    ),
    max_body_bytes=32 * 1024 * 1024,
)
SERVICES: Sequence[RestService] = (
    CONNECTOR,
    RestService("Ticket", "Finds tickets.", (("POST", "search", "TicketSearch"),)),
    RestService(
        "TimeAccountingREST",
        "Gives the times that an agent has booked.",
        (("POST", "TimeAccountingGet", "TimeAccountingGet"),),
    ),
    RestService(
        "OutOfOffice",
        "Sets the out-of-office times of agents.",
        (("POST", "OutOfOffice", "OutOfOffice"),),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an address means: the operations by method, and the parameters of the path."""

    operations: Mapping[str, str]
    parameters: Mapping[str, Any]


def find(service: RestService, below: str) -> Found | None:
    """Find what stands at a path below a service; None: nothing does."""
    segments = below.removesuffix("/").removeprefix("/").split("/")
    operations: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    for methods, path, operation in service.routes:
        given = _match(path.split("/"), segments)
        if given is not None:
            operations.update(dict.fromkeys(methods.split(), operation))
            parameters.update(given)
    return Found(operations, parameters) if operations else None


def _match(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, Any] | None:
    if len(pattern) != len(segments):
        return None
    found: dict[str, Any] = {}
    for part, segment in zip(pattern, segments, strict=True):
        if part == ":TicketID":
            if _IDS.fullmatch(segment) is None:
                return None
            ids = segment.split(",")
            found["TicketID"] = ids if len(ids) > 1 else segment
        elif part.startswith(":"):
            found[part[1:]] = segment
        elif part.lower() != segment.lower():
            return None
    return found
