"""What people read about the service catalog: parameters, fault codes, filled samples."""

from collections.abc import Mapping, Sequence

from gateway.dialects.ssp7.catalog import shapes
from gateway.dialects.ssp7.code_texts import SHARED_CODES, code_texts
from gateway.dialects.ssp7.table import Operation
from gateway.soap.definition import FieldText

_LIMIT_NAME = "250 characters"
_LIMIT_TEXT = "4 000 characters"
_ALWAYS = "always"

# By name of the parameter.
FIELDS: Mapping[str, FieldText] = {
    "p_strServiceGuid": FieldText(
        meaning="GUID of the service; braces are allowed.", required=_ALWAYS
    ),
    "p_strRequestGuid": FieldText(
        meaning="GUID of the publish request; braces are allowed.", required=_ALWAYS
    ),
    "p_strHashCheck": FieldText(
        meaning="Hash of the request or service, in place of a login.", limits="200 characters"
    ),
    "p_strPerformedBy": FieldText(
        meaning="Unique id of the person on whose behalf you call; else the account itself.",
        limits="100 characters",
    ),
    "p_strTypeName": FieldText(
        meaning="What the request imitates: Publish, Unpublish, Delete, CreateVersion; else Custom."
    ),
    "p_strTitle": FieldText(meaning="Title.", required=_ALWAYS, limits=_LIMIT_NAME),
    "p_strComments": FieldText(meaning="Comments.", limits=_LIMIT_TEXT),
    "p_strRequestOptionCode": FieldText(
        meaning="Code out of the template's list of request options.",
        required="if the template says so",
    ),
    "p_blnLockService": FieldText(
        meaning="true: nobody else changes the service while the request is open."
    ),
    "p_strText": FieldText(meaning="The line.", required=_ALWAYS, limits=_LIMIT_TEXT),
    "p_strLevel": FieldText(meaning="Info, Warning or Error; else Info."),
    "p_strListName": FieldText(
        meaning="Code or label of the list, such as EditorPersons.", required=_ALWAYS
    ),
    "p_strPersonUniqueId": FieldText(meaning="Unique id of the person.", required=_ALWAYS),
    "p_strPersonGroupName": FieldText(meaning="Name of the group.", required=_ALWAYS),
    "p_strReason": FieldText(meaning="Why; it stands in the history.", limits=_LIMIT_TEXT),
    "p_strDecision": FieldText(meaning="Approved or Rejected.", required=_ALWAYS),
    "p_strVoterUniqueId": FieldText(
        meaning="Unique id of the person who votes; else that of p_strPerformedBy.",
        required="without p_strPerformedBy",
    ),
    "p_blnCanBeCancelled": FieldText(meaning="Whether the requester may cancel the request."),
    "p_blnShowInPublic": FieldText(meaning="Whether the public sees the open request."),
    "p_strSupportGroupName": FieldText(meaning="Name of the support group.", required=_ALWAYS),
    "p_strInternalName": FieldText(
        meaning="UniqueId, Type, Phase, ShowInPublic or Tags.", required=_ALWAYS
    ),
    "UpdateServiceLanguageField.p_strInternalName": FieldText(
        meaning="Name, Summary or Description.", required=_ALWAYS
    ),
    "p_strLanguageCode": FieldText(meaning="Code of the language; else the default one."),
    "p_strValue": FieldText(
        meaning="The value; empty clears it where that is allowed.", limits="32 000 characters"
    ),
    "p_strPartInternalName": FieldText(
        meaning="Internal name of the part of the template.", required=_ALWAYS
    ),
    "p_dtValue": FieldText(meaning="The time; nil clears it.", required=_ALWAYS),
    "p_decValue": FieldText(
        meaning="The number, never rounded; nil clears it.",
        required=_ALWAYS,
        limits="18 digits, 6 of them decimals",
    ),
}

_OWN: Sequence[tuple[str, str, str]] = (
    ("SERVICE_NOT_FOUND", "There is no such service.", "Check the GUID."),
    ("REQUEST_NOT_FOUND", "There is no such publish request.", "Check the GUID."),
    ("SERVICE_LOCKED", "An open request locks the service.", "Send its hash, or wait for its end."),
    ("SERVICE_HAS_CHILDREN", "Other services are part of it.", "Delete or move them first."),
    ("REQUEST_OPEN", "The service has an open request.", "Settle that one first."),
    ("REQUEST_STATE", "The request has ended.", "Make a new one."),
    ("LIST_NOT_FOUND", "There is no such list.", "Check code and kind of the list."),
    ("LIST_FULL", "The list holds one person.", "Remove that one first."),
    ("LIST_REQUIRED", "A published service needs an owner.", "Unpublish the service first."),
    ("PERSON_NOT_FOUND", "There is no such person.", "Check the unique id."),
    ("PERSON_GROUP_NOT_FOUND", "There is no such group.", "Check the name."),
    ("FIELD_NOT_FOUND", "There is no such field.", "Check the internal name."),
    ("FIELD_READONLY", "The field cannot be changed here.", "Ask who keeps the template."),
    ("FIELD_LANGUAGE_DEPENDENT", "The field has languages.", "Call UpdateServiceLanguageField."),
    ("FIELD_NOT_LANGUAGE_DEPENDENT", "It has no languages.", "Leave the language out."),
    ("LANGUAGE_UNKNOWN", "There is no such language.", "Send one of the catalog's languages."),
    ("PART_NOT_FOUND", "The template has no such part.", "Check the internal name."),
    ("PART_TYPE_MISMATCH", "The part is of another type.", "Use the call for its type."),
    ("PART_READONLY", "The part cannot be changed.", "Change the template."),
)
CODES = code_texts((*SHARED_CODES, *_OWN))

# Of the demo data: a service in operation, one in planning, and an open request of a third.
SAMPLE_SERVICE = "ba0b88d8-6143-5574-9cdf-f7ec85ece1aa"
_PLANNED_SERVICE = "14c85686-694d-5169-9cec-06ee02ea6d02"
_SAMPLE_REQUEST = "954ab8c5-ce8a-5417-b476-9b02789021cd"

_VALUES: Mapping[str, object] = {
    "service_guid": SAMPLE_SERVICE,
    "request_guid": _SAMPLE_REQUEST,
    "type_name": "Publish",
    "title": "Price change 2026",
    "comments": "Runs after the price import",
    "request_option_code": "night",
    "lock_service": False,
    "text": "The approvers were asked.",
    "level": "Info",
    "list_name": "EditorPersons",
    "person_unique_id": "jonas.weber",
    "person_group_name": "Network",
    "reason": "Replaced by a newer service",
    "decision": "Approved",
    "voter_unique_id": "jonas.weber",
    "can_be_cancelled": False,
    "show_in_public": True,
    "support_group_name": "Network",
    "internal_name": "Tags",
    "value": "office;notebook",
    "part_internal_name": "goLive",
    "performed_by": "anna.schmidt",
}
# What one operation shows otherwise than the others.
_EXCEPTIONS: Mapping[str, Mapping[str, object]] = {
    "add_person_group": {"list_name": "EditorGroups"},
    "remove_person_group": {"list_name": "EditorGroups"},
    "delete_service": {"service_guid": _PLANNED_SERVICE},
    "mark_in_approval": {"comments": "The approvers were asked"},
    "process_request": {
        "comments": "Prices checked",
        "hash_check": "1.k2.b7Yt2Lr0Q3sR8uXyA5bC7dE9fG1hI2jK3lM4nO5pQ6r",
    },
    "update_language_field": {
        "internal_name": "Summary",
        "language_code": "en",
        "value": "Notebook, screen and support",
    },
    "update_part_datetime": {"value": "2026-05-01T00:00:00Z"},
    "update_part_numeric": {"part_internal_name": "price", "value": "42.5"},
    "update_part_text": {
        "part_internal_name": "terms",
        "language_code": "en",
        "value": "One month to the end of a quarter.",
    },
}


def filled(operation: str) -> Mapping[str, object]:
    """Give arguments that show how an operation is called; empty for an unknown one."""
    for each in shapes.OPERATIONS:
        if each.name == operation:
            return dict(_shown(each))
    return {}


def _shown(operation: Operation) -> Sequence[tuple[str, object]]:
    values = {**_VALUES, **_EXCEPTIONS.get(operation.key, {})}
    return [(field.name, values[field.key]) for field in operation.request if field.key in values]
