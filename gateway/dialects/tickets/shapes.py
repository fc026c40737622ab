"""The wire: paths, operations, parameters and fields, in one table each (sections 1, 3, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

BASE = "/backend/api/v1"

Plain = str | int | list[str] | None  # a value of a ticket as it is sent


class Kind(Enum):
    """What a field holds."""

    CUSTOMER = "Number"
    PRESET = "Preset Value"
    EMAIL = "Text: an address"
    LINE = "Text: one line"
    CONTENT = "Text"
    LIST = "Text: a list"
    DATE = "Date"
    FIXED = "read-only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a ticket: with the source's name, type and words, and with our rule."""

    name: str
    title: str
    type: str
    text: str
    rule: str
    kind: Kind
    of: str = ""  # the list of rows that it names
    changes: str = ""  # the field of a ticket that it sets
    required: bool = False
    nullable: bool = False
    max_chars: int = 0  # 0: no other limit than that of the body

    @property
    def read_only(self) -> bool:
        """Tell whether callers can only read it."""
        return self.kind is Kind.FIXED


FIELDS = (
    Field(
        name="customerID", title="Customer", type="Number",
        text="The ID of the customer this ticket is for",
        rule="The number of an existing customer; digits in a text are taken, too. It is null "
        "where another system made the ticket for nobody in particular.",
        kind=Kind.CUSTOMER, of="customer", required=True,
    ),
    Field(
        name="ticketType", title="Ticket Type", type="Preset Value",
        text="The type of ticket (e.g., sales, billing)",
        rule="A name or id of /ticketTypes/.",
        kind=Kind.PRESET, of="type", changes="type",
    ),
    Field(
        name="status", title="Ticket Status", type="Preset Value",
        text="Current status of the ticket (e.g., open, assigned, resolved, closed)",
        rule="A name or id of /ticketStatuses/. A closed ticket is opened again by a status that "
        "is not closed, and changed in no other way.",
        kind=Kind.PRESET, of="state", changes="state",
    ),
    Field(
        name="ticketPriority", title="Ticket Priority", type="Preset Value",
        text="The priority level of this ticket",
        rule="A name or id of /ticketPriorities/.",
        kind=Kind.PRESET, of="priority", changes="priority",
    ),
    Field(
        name="customerEmail", title="Customer's Email Address", type="Text",
        text="Email address of the customer for this ticket",
        rule="One address of up to 254 characters. A new ticket without one gets that of the "
        "customer.",
        kind=Kind.EMAIL, of="address", nullable=True, max_chars=254,
    ),
    Field(
        name="subject", title="Subject", type="Text",
        text="Brief description or title of the ticket",
        rule="One line of up to 255 characters.",
        kind=Kind.LINE, changes="title", required=True, max_chars=255,
    ),
    Field(
        name="ticketContent", title="Content", type="Text",
        text="Most recent content or description from ticket activities",
        rule="The newest activity. Another text than the present one is added as a new activity; "
        "none that is there already is ever overwritten. Empty and null do nothing.",
        kind=Kind.CONTENT, max_chars=1_000_000,
    ),
    Field(
        name="owner", title="Owned By", type="Preset Value",
        text="User who owns this ticket and is responsible for its resolution",
        rule="A login, address or id of /users/; null is nobody.",
        kind=Kind.PRESET, of="agent", changes="owner", nullable=True,
    ),
    Field(
        name="users", title="Users", type="Text",
        text="Individual users assigned to work on this ticket",
        rule="Logins, addresses or ids of /users/.",
        kind=Kind.LIST, of="agent",
    ),
    Field(
        name="departments", title="Departments", type="Text",
        text="Departments assigned to work on this ticket",
        rule="Names or ids of /departments/; the first is the ticket's queue. Without any it is "
        "the default department.",
        kind=Kind.LIST, of="queue",
    ),
    Field(
        name="ticketSuppliers", title="Suppliers", type="Text",
        text="External suppliers involved in resolving this ticket",
        rule="Names or ids of /suppliers/. For information: naming one tells it nothing.",
        kind=Kind.LIST, of="partner",
    ),
    Field(
        name="createdDate", title="Date", type="Date",
        text="Date when this ticket was created",
        rule="Cannot be set; it may be sent as it is.",
        kind=Kind.FIXED,
    ),
    Field(
        name="ticketFollowupDate", title="Followup Required", type="Date",
        text="Date when followup action is required for this ticket",
        rule="YYYY-MM-DD; null or an empty text is none.",
        kind=Kind.DATE, changes="follow_up", nullable=True,
    ),
    Field(
        name="ticketActionRequiredDate", title="Action Required", type="Date",
        text="Date when specific action is required to be taken on this ticket",
        rule="YYYY-MM-DD; null or an empty text is none.",
        kind=Kind.DATE, changes="action_required", nullable=True,
    ),
    Field(
        name="id", title="Ticket ID", type="Text",
        text="The unique identifier for this ticket",
        rule="Decimal digits. Cannot be set; it may be sent as it is.",
        kind=Kind.FIXED,
    ),
)  # fmt: skip
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query of a list."""

    name: str
    text: str
    moment: bool = False  # a datetime, else a whole number
    least: int = 0


ID_AFTER = Parameter("idAfter", "Only include tickets with a higher ID")
CREATED_SINCE = Parameter(
    "createdSince", "Only include tickets created since the given time", moment=True
)
UPDATED_SINCE = Parameter(
    "updatedSince",
    "Only include tickets updated since the given time; making a ticket is an update. Who asks "
    "again and again uses the newest time already seen minus one minute: a change has the time at "
    "which it began, not that of its end",
    moment=True,
)
LIMIT = Parameter("limit", "Size of a page", least=1)

_OF_TICKETS = (ID_AFTER, CREATED_SINCE, UPDATED_SINCE, LIMIT)
_OF_PRESETS = (Parameter("idAfter", "Only include entries with a higher ID"), LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a method does at a path. ``{id}`` in a path stands for a number from 1."""

    name: str
    method: str
    path: str
    right: str
    text: str
    parameters: tuple[Parameter, ...] = ()
    preset: str = ""  # the list of rows that it shows


def _preset(name: str, path: str, of: str, text: str) -> Operation:
    return Operation(
        name=name, method="GET", path=path, right="ticket.read", text=text,
        parameters=_OF_PRESETS, preset=of,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        name="listTickets", method="GET", path="/tickets", right="ticket.read",
        text="List all tickets", parameters=_OF_TICKETS,
    ),
    Operation(
        name="createTicket", method="POST", path="/tickets", right="ticket.create",
        text="Create a new ticket. The newly-added ticket is returned",
    ),
    Operation(
        name="getTicket", method="GET", path="/tickets/{id}", right="ticket.read",
        text="Fetch the ticket with the specified ID",
    ),
    Operation(
        name="putTicket", method="PUT", path="/tickets/{id}", right="ticket.update",
        text="Update the ticket with the specified ID: fields that are not sent stay as they are. "
        "The modified ticket is returned",
    ),
    Operation(
        name="patchTicket", method="PATCH", path="/tickets/{id}", right="ticket.update",
        text="Update the ticket with the specified ID, the same as by PUT",
    ),
    Operation(
        name="deleteTicket", method="DELETE", path="/tickets/{id}", right="ticket.remove",
        text="Delete the ticket with the specified ID",
    ),
    Operation(
        name="listCustomerTickets", method="GET", path="/customers/{id}/tickets",
        right="ticket.read", text="List tickets for the customer with the specified ID",
        parameters=_OF_TICKETS,
    ),
    _preset("listTicketTypes", "/ticketTypes", "type", "List the types of tickets"),
    _preset("listTicketStatuses", "/ticketStatuses", "state", "List the statuses of tickets"),
    _preset("listTicketPriorities", "/ticketPriorities", "priority",
            "List the priorities of tickets, from very low to very high"),
    _preset("listUsers", "/users", "agent", "List the users who can own a ticket or work on it"),
    _preset("listDepartments", "/departments", "queue",
            "List the departments in which the caller may create tickets"),
    _preset("listSuppliers", "/suppliers", "partner", "List the suppliers"),
)  # fmt: skip

# Members of an entry of a preset list beside id and name.
PRESET_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "state": ("stateType",),
    "agent": ("fullName", "email"),
}
# Where the names that a field takes are listed.
PRESET_PATHS: Mapping[str, str] = {each.preset: each.path for each in OPERATIONS if each.preset}
