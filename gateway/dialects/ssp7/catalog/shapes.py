"""Wire names of the service catalog: the one table, section 3 of its contract line by line."""

from collections.abc import Mapping, Sequence

from gateway.dialects.ssp7.table import WireTable

NAMESPACE = "urn:ticket-gateway:ssp7:catalog"  # the default of the setting
FAULT = "GatewayError"
REST_PATH = "/catalog/api/v1/services"

# Section 3.2, the shared parameters.
_G = "service_guid=p_strServiceGuid"
_Q = "request_guid=p_strRequestGuid"
_H = "hash_check=p_strHashCheck"
_P = "performed_by=p_strPerformedBy"
_LIST = "list_name=p_strListName"
_PERSON = "person_unique_id=p_strPersonUniqueId"
_GROUP = "person_group_name=p_strPersonGroupName"
_FIELD = "internal_name=p_strInternalName"
_PART = "part_internal_name=p_strPartInternalName"
_TEXT = "value=p_strValue"
_LANGUAGE = "language_code=p_strLanguageCode"
_COMMENTS = "comments=p_strComments"
_REQUEST = "CatalogRequestResult"
_SERVICE = "CatalogServiceResult"

_ROWS: Sequence[tuple[str, ...]] = (
    (
        "create_custom_approval", "CreateCustomApproval", "Create custom approval", _REQUEST,
        _G, "type_name=p_strTypeName", "title=p_strTitle", _COMMENTS,
        "request_option_code=p_strRequestOptionCode", "lock_service=p_blnLockService:boolean",
        _H, _P,
    ),
    (
        "add_request_log", "AddLogToServicePublishRequest",
        "Add log to service publish request", _REQUEST,
        _Q, "text=p_strText", "level=p_strLevel", _H, _P,
    ),
    (
        "add_person", "AddPersonToServicePersonList", "Add person to service person list",
        _SERVICE, _G, _LIST, _PERSON, _H, _P,
    ),
    (
        "add_person_group", "AddPersonGroupToServicePersonGroupList",
        "Add persongroup to service persongroup list", _SERVICE, _G, _LIST, _GROUP, _H, _P,
    ),
    (
        "delete_service", "DeleteService", "Delete service", _SERVICE,
        _G, "reason=p_strReason", _H, _P,
    ),
    (
        "mark_in_approval", "MarkServicePublishRequestAsInApproval",
        "Mark service publish request as in approval state", _REQUEST, _Q, _COMMENTS, _H, _P,
    ),
    (
        "process_request", "ProcessServicePublishRequest", "Process service publish request",
        _REQUEST, _Q, "decision=p_strDecision", _COMMENTS,
        "voter_unique_id=p_strVoterUniqueId", _H, _P,
    ),
    (
        "set_can_be_cancelled", "SetPublishRequestCanBeCancelled",
        "Publish request set can be cancelled", _REQUEST,
        _Q, "can_be_cancelled=p_blnCanBeCancelled:boolean", _H, _P,
    ),
    (
        "set_show_in_public", "SetPublishRequestShowInPublic",
        "Publish request set show in public", _REQUEST,
        _Q, "show_in_public=p_blnShowInPublic:boolean", _H, _P,
    ),
    (
        "remove_person", "RemovePersonFromServicePersonList",
        "Remove person from service person list", _SERVICE, _G, _LIST, _PERSON, _H, _P,
    ),
    (
        "remove_person_group", "RemovePersonGroupFromServicePersonGroupList",
        "Remove persongroup from service persongroup list", _SERVICE, _G, _LIST, _GROUP, _H, _P,
    ),
    (
        "remove_support_group", "RemoveSupportGroupFromService",
        "Remove support group from service", _SERVICE,
        _G, "support_group_name=p_strSupportGroupName", _H, _P,
    ),
    (
        "update_field", "UpdateServiceField", "Update service field", _SERVICE,
        _G, _FIELD, _TEXT, _H, _P,
    ),
    (
        "update_language_field", "UpdateServiceLanguageField", "Update service language field",
        _SERVICE, _G, _FIELD, _LANGUAGE, _TEXT, _H, _P,
    ),
    (
        "update_part_datetime", "UpdateTemplatePartDateTimeValue",
        "Update template part datetime value", _SERVICE,
        _G, _PART, "value=p_dtValue:dateTime?", _H, _P,
    ),
    (
        "update_part_numeric", "UpdateTemplatePartNumericValue",
        "Update template part numeric value", _SERVICE,
        _G, _PART, "value=p_decValue:decimal?", _H, _P,
    ),
    (
        "update_part_text", "UpdateTemplatePartTextValue", "Update template part text value",
        _SERVICE, _G, _PART, _TEXT, _LANGUAGE, _H, _P,
    ),
)  # fmt: skip

# Section 3.3.
_ENUMS: Mapping[str, tuple[str, ...]] = {
    "CatalogRequestState": ("New", "InApproval", "Completed", "Rejected", "Cancelled"),
}

_TYPES: Mapping[str, str] = {
    _REQUEST: (
        "success:boolean; code; message; request_guid:Guid; request_state:CatalogRequestState"
    ),
    _SERVICE: (
        "success:boolean; code; message; service_guid:Guid; service_version:int; changed:boolean"
    ),
    FAULT: "code; message; field; correlation_id",
}

TABLE = WireTable(
    namespace=NAMESPACE,
    service="ServiceCatalog",
    path="/Catalog/WebService/ServiceCatalog.asmx",
    fault=FAULT,
    rows=_ROWS,
    types=_TYPES,
    enums=_ENUMS,
)
OPERATIONS = TABLE.operations
