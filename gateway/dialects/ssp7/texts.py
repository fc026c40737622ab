"""What people read about the workflow service: parameters, fault codes, filled samples."""

from collections.abc import Mapping, Sequence

from gateway.dialects.ssp7 import shapes
from gateway.dialects.ssp7.code_texts import SHARED_CODES, code_texts
from gateway.dialects.ssp7.table import Field, Occurs
from gateway.soap.definition import FieldText

# By key of the parameter.
_PARAMETERS: Mapping[str, FieldText] = {
    "task_id": FieldText(
        meaning="Number of the task.", required="unless the reference alone names it"
    ),
    "hash_check": FieldText(
        meaning="Hash of the task or app, in place of a login.", limits="200 characters"
    ),
    "external_reference": FieldText(
        meaning="Your own number for the task.", limits="1 to 100 characters"
    ),
    "external_system": FieldText(
        meaning="Code of your system.", required="if the account speaks for several"
    ),
    "external_message_id": FieldText(
        meaning="Your id of this message: a repeat has no second effect.", limits="200 characters"
    ),
    "attachments": FieldText(meaning="Files.", limits="20 files, 5 MiB each, 20 MiB together"),
    "message": FieldText(meaning="The text.", limits="32 000 characters"),
    "message_time": FieldText(meaning="When the text was written; else when it arrives."),
    "acknowledged": FieldText(meaning="When you took the task; else when this arrives."),
    "author": FieldText(meaning="Who wrote the text; else your system.", limits="200 characters"),
    "visible_to_requester": FieldText(meaning="Whether who asked may read it."),
    "solution": FieldText(meaning="The solution.", required="always", limits="32 000 characters"),
    "solution_code": FieldText(meaning="Name of a resolution, or a code of yours."),
    "closed": FieldText(meaning="true: the task is closed; false: it is reported ready."),
    "assign_to_group": FieldText(meaning="Group the task goes to when it is reported ready."),
    "external_app": FieldText(meaning="Code of the external app.", required="always"),
    "requester_unique_id": FieldText(meaning="Unique id of the customer user who asks."),
    "fields": FieldText(
        meaning="Subject (required), Description, Priority 1 to 5, Category, RequesterName, "
        "RequesterEmail, RequesterPhone, and the app's own names."
    ),
    "since": FieldText(meaning="Only what came after this time."),
    "max": FieldText(meaning="Most events to give; 0 means 20.", limits="0 to 100"),
    "event_id": FieldText(meaning="GUID of the event.", required="always"),
}
FIELDS: Mapping[str, FieldText] = {
    shapes.PARAMETERS[key]: text for key, text in _PARAMETERS.items()
}

_OWN: Sequence[tuple[str, str, str]] = (
    ("ATTACHMENT_TOO_LARGE", "A file is too large, or there are too many.", "Send fewer, smaller."),
    ("MESSAGE_ID_REUSED", "The id was used for another message.", "Give each message its own."),
    ("TASK_NOT_FOUND", "No task of this number was given to you.", "Check the number."),
    ("APP_NOT_FOUND", "There is no such external app.", "Check the code."),
    ("EVENT_NOT_FOUND", "No such event waits for you.", "Check the GUID."),
    ("EXTERNAL_REFERENCE_UNKNOWN", "No task has this reference.", "Send the task's number."),
    ("TASK_NOT_EXTERNAL", "The task was taken back.", "Stop working on it."),
    ("TASK_CLOSED", "The task is closed.", "Ask for a new one."),
    ("EXTERNAL_REFERENCE_CONFLICT", "The task has another reference.", "Use the first one."),
    ("EXTERNAL_REFERENCE_NOT_UNIQUE", "Another open task has it.", "Give each task its own."),
)
CODES = code_texts((*SHARED_CODES, *_OWN))

_VALUES: Mapping[str, object] = {
    "task_id": 815,
    "external_reference": "NW-20417",
    "message": "A technician is on the way.",
    "author": "Nora",
    "visible_to_requester": True,
    "solution": "Power supply replaced.",
    "closed": False,
    "external_message_id": "NW-20417/7",
    "external_app": "MAIL",
    "max": 20,
    "event_id": "3f0c2f7e-8a54-4d0e-9b0f-5f2a7a1f9c11",
}


def filled(operation: str) -> Mapping[str, object]:
    """Give arguments that show how an operation is called; empty for an unknown one."""
    for each in shapes.OPERATIONS:
        if each.name == operation:
            return {
                field.name: _value(field)
                for field in each.request
                if field.key in _VALUES or field.key == "fields" or field.occurs is Occurs.NILLABLE
            }
    return {}


def _value(field: Field) -> object:
    if field.key != "fields":
        return _VALUES.get(field.key)
    subject = shapes.written("NameValue", {"name": "Subject", "value": "Door stuck"})
    return {field.entry: [subject]}
