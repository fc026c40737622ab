"""Wire names of the SSP7 workflow service: the one table, section 3 of the contract line by line.

Everything else reads it by key: a name that an installation has otherwise is an edit here and of
nothing else. A field is written ``key:type``; its name on the wire is the key in camel case unless
``key=Name:type`` says another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from spyne import (
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Enum,
    Integer32,
    Unicode,
)

NAMESPACE = "urn:ticket-gateway:ssp7:workflow"  # the default of the setting
SERVICE = "WorkflowService"
PATH = "/Workflow/WebService/WorkflowService.asmx"
FAULT = "GatewayError"


class Occurs:
    """How often a field stands: the four kinds of ASMX (contract 3.2, 3.3)."""

    OPTIONAL = "0..1"
    REQUIRED = "1..1"
    NILLABLE = "1..1 nillable"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation or a member of a type."""

    key: str
    name: str  # on the wire
    type: str
    occurs: str

    @property
    def entry(self) -> str:
        """Give the type of an array's entries; empty for what is no array."""
        return self.type.removeprefix(_ARRAY) if self.type.startswith(_ARRAY) else ""


_ARRAY = "ArrayOf"
_VALUES = frozenset(
    {"int", "boolean", "dateTime", "Guid", "TaskStatus", "ExternalRequestDirection"}
)


def _fields(text: str) -> tuple[Field, ...]:
    return tuple(_field(part.strip()) for part in text.split(";") if part.strip())


def _field(text: str) -> Field:
    named, _, kind = text.partition(":")
    key, _, name = named.partition("=")
    nillable = kind.endswith("?")
    kind = kind.removesuffix("?") or "string"
    occurs = Occurs.REQUIRED if kind in _VALUES else Occurs.OPTIONAL
    return Field(key, name or _camel(key), kind, Occurs.NILLABLE if nillable else occurs)


def _camel(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("_"))


# Section 3.2, the shared parameters.
_T = "task_id=p_intTaskId:int"
_H = "hash_check=p_strHashCheck"
_R = "external_reference=p_strExternalReference"
_Y = "external_system=p_strExternalSystem"
_M = "external_message_id=p_strExternalMessageId"
_A = "attachments=p_arrAttachments:ArrayOfExternalAttachment"


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of section 3.2: ``key`` is how the code names it, ``name`` how callers do."""

    key: str
    name: str
    does: str
    request: tuple[Field, ...]
    result: str

    @property
    def takes_hash(self) -> bool:
        """Tell whether a hash may stand in for a login."""
        return any(field.key == "hash_check" for field in self.request)


def _operation(key: str, name: str, does: str, result: str, *parameters: str) -> Operation:
    return Operation(key, name, does, _fields(";".join(parameters)), result)


OPERATIONS: tuple[Operation, ...] = (
    _operation(
        "acknowledge", "ProcessInstanceTaskExternalAcknowledgement",
        "Sets the external reference number of a task.", "ExternalTaskResult",
        _T, _H, _R, _Y, "message=p_strMessage", "acknowledged=p_dtAcknowledged:dateTime?",
    ),
    _operation(
        "reassign", "ProcessInstanceTaskExternalReassignment",
        "Reports a task ready with a solution, or closed by the external system.",
        "ExternalTaskResult",
        _T, _R, _H, "solution=p_strSolution", "solution_code=p_strSolutionCode",
        "closed=p_blnClosed:boolean", "assign_to_group=p_strAssignToGroup", _A, _M,
    ),
    _operation(
        "update", "ProcessInstanceTaskExternalUpdateMessage",
        "Adds an update text of the external system to a task.", "ExternalTaskResult",
        _T, _R, _H, "message=p_strMessage", "author=p_strAuthor",
        "message_time=p_dtMessage:dateTime?",
        "visible_to_requester=p_blnVisibleToRequester:boolean", _A, _M,
    ),
    _operation(
        "start", "StartProcessFromExternalApp",
        "Makes a ticket through a configured external app.", "ProcessStartResult",
        "external_app=p_strExternalApp", _H, "requester_unique_id=p_strRequesterUniqueId",
        "fields=p_arrFields:ArrayOfNameValue", _R,
    ),
    _operation(
        "get_task", "GetProcessInstanceTask", "Reads a task.", "TaskInfo", _T, _H,
    ),
    _operation(
        "get_task_by_reference", "GetProcessInstanceTaskByExternalReference",
        "Reads a task by the external reference number.", "TaskInfo", _R, _Y,
    ),
    _operation(
        "get_messages", "GetProcessInstanceTaskMessages",
        "Lists what was exchanged about a task, oldest first.", "ArrayOfTaskMessage",
        _T, _H, "since=p_dtSince:dateTime?",
    ),
    _operation(
        "pending_events", "GetPendingExternalEvents",
        "Gives the oldest events that a fetching system has not confirmed.",
        "ArrayOfExternalEvent", _Y, "max=p_intMax:int",
    ),
    _operation(
        "confirm_event", "ConfirmExternalEvent", "Confirms that an event was received.",
        "boolean", "event_id=p_strEventId", _Y,
    ),
)  # fmt: skip

# Section 3.3.
_ENUMS: Mapping[str, tuple[str, ...]] = {
    "TaskStatus": (
        "Open", "Assigned", "SentToExternal", "InProgressExternal", "SolutionProposed", "Closed",
    ),
    "ExternalRequestDirection": ("In", "Out"),
}  # fmt: skip

TYPES: Mapping[str, tuple[Field, ...]] = {
    name: _fields(text)
    for name, text in {
        "ExternalTaskResult": (
            "success:boolean; code; message; process_instance_id:int; ticket_number; task_id:int;"
            "external_reference; task_status:TaskStatus; event_id:Guid; duplicate:boolean;"
            "received_at:dateTime"
        ),
        "ProcessStartResult": (
            "success:boolean; code; message; process_instance_id:int; ticket_number; task_id:int;"
            "duplicate:boolean; received_at:dateTime"
        ),
        "TaskInfo": (
            "task_id:int; process_instance_id:int; ticket_number; subject; description;"
            "task_status:TaskStatus; priority:int; category; assigned_group; assigned_person;"
            "requester; requester_email; requester_phone; requester_unique_id;"
            "created_on:dateTime; changed_on:dateTime; target_date:dateTime?;"
            "closed_on:dateTime?; external_system; external_reference;"
            "external_acknowledged_on:dateTime?; solution; solution_code;"
            "external_closed:boolean; url"
        ),
        "TaskMessage": (
            "message_id:Guid; kind; direction:ExternalRequestDirection; text; author;"
            "created_on:dateTime; external_message_id; attachments:ArrayOfAttachmentInfo"
        ),
        "AttachmentInfo": "file_name; content_type; size:int",
        "ExternalEvent": (
            "event_id:Guid; sequence:int; request_type; direction:ExternalRequestDirection; app;"
            "occurred_on:dateTime; attempt:int; process_instance_id:int; ticket_number;"
            "task_id:int; external_reference; fields:ArrayOfNameValue;"
            "attachments:ArrayOfExternalAttachment"
        ),
        "ExternalAttachment": "file_name; content_type; content:base64Binary",
        "NameValue": "name; value",
        FAULT: "code; message; field; correlation_id",
    }.items()
}

# Key of a parameter -> its name on the wire, the same in every operation.
PARAMETERS: Mapping[str, str] = {
    field.key: field.name for operation in OPERATIONS for field in operation.request
}
# Name of an array on the wire -> that of its entries.
ENTRIES: Mapping[str, str] = {
    field.name: field.entry
    for fields in (*(operation.request for operation in OPERATIONS), *TYPES.values())
    for field in fields
    if field.entry
}


def member(type_name: str, key: str) -> str:
    """Give the name on the wire of a member of a type."""
    return next(field.name for field in TYPES[type_name] if field.key == key)


def written(type_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Name the values of a type, given by key, as the wire does; what is missing is left out."""
    return {field.name: values.get(field.key) for field in TYPES[type_name]}


class Models:
    """The Spyne classes of the service, in the namespace that the setting gives it."""

    def __init__(self, namespace: str = NAMESPACE) -> None:
        self.namespace = namespace
        # W21: no pattern; the length is what every Guid has.
        self._guid = Unicode(type_name="Guid", min_len=36, max_len=36)
        self._guid.__namespace__ = namespace
        self.fault = self._complex(FAULT)

    def parameter(self, field: Field) -> Any:
        """Give the Spyne type of a field with its occurrence."""
        return _occurring(self._type(field.type), field.occurs)

    def result(self, type_name: str) -> Any:
        """Give the Spyne type of an operation's result; of an array it may be left out."""
        kind = self._type(type_name)
        many = type_name.startswith(_ARRAY)
        return _occurring(kind, Occurs.OPTIONAL if many else Occurs.REQUIRED)

    def _type(self, name: str) -> Any:
        if name == "Guid":
            return self._guid
        if name in _PRIMITIVES:
            return _PRIMITIVES[name]
        if name.startswith(_ARRAY):
            # ASMX: entries are nillable, the array itself is not.
            entry = self._complex(name.removeprefix(_ARRAY)).customize(nillable=True)
            return Array(entry, type_name=name)
        return self._complex(name)

    @cache  # noqa: B019 - as many entries as the table has types, in objects that live for ever
    def _complex(self, name: str) -> Any:
        return type(ComplexModel)(
            name,
            (ComplexModel,),
            {
                "__namespace__": self.namespace,
                "__type_name__": name,
                "__module__": __name__,
                "_type_info": [(field.name, self.parameter(field)) for field in TYPES[name]],
            },
        )


def _occurring(kind: Any, occurs: str) -> Any:
    least = 0 if occurs is Occurs.OPTIONAL else 1
    return kind.customize(min_occurs=least, nillable=occurs is Occurs.NILLABLE)


_PRIMITIVES: Mapping[str, Any] = {
    "string": Unicode,
    "int": Integer32,
    "boolean": Boolean,
    "dateTime": DateTime,
    "base64Binary": ByteArray,
    **{name: Enum(*words, type_name=name) for name, words in _ENUMS.items()},
}
