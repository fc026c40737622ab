"""Faults of the service catalog, and what its operations answer (contract sections 3.3 and 7)."""

from gateway.dialects.ssp7.catalog import shapes
from gateway.dialects.ssp7.refusals import Faults, Row, plain
from gateway.domain.catalog_commands import RequestOutcome, ServiceOutcome
from gateway.errors import (
    FieldHasNoLanguages,
    FieldNeedsLanguage,
    FieldReadonly,
    FieldUnknown,
    LanguageUnknown,
    ListFull,
    ListRequired,
    ListUnknown,
    PartOfOtherType,
    PartReadonly,
    PartUnknown,
    PersonGroupUnknown,
    PersonUnknown,
    RequestOpen,
    RequestState,
    RequestUnknown,
    ServiceHasChildren,
    ServiceLocked,
    ServiceUnknown,
)

Answer = dict[str, object]

FAULTS = Faults(
    shapes.TABLE,
    (
        Row(ServiceUnknown, "SERVICE_NOT_FOUND", plain),
        Row(RequestUnknown, "REQUEST_NOT_FOUND", plain),
        Row(ServiceLocked, "SERVICE_LOCKED", plain),
        Row(ServiceHasChildren, "SERVICE_HAS_CHILDREN", plain),
        Row(RequestOpen, "REQUEST_OPEN", plain),
        Row(RequestState, "REQUEST_STATE", plain),
        Row(ListUnknown, "LIST_NOT_FOUND", plain),
        Row(ListFull, "LIST_FULL", plain),
        Row(ListRequired, "LIST_REQUIRED", plain),
        Row(PersonUnknown, "PERSON_NOT_FOUND", plain),
        Row(PersonGroupUnknown, "PERSON_GROUP_NOT_FOUND", plain),
        Row(FieldUnknown, "FIELD_NOT_FOUND", plain),
        Row(FieldReadonly, "FIELD_READONLY", plain),
        Row(FieldNeedsLanguage, "FIELD_LANGUAGE_DEPENDENT", plain),
        Row(FieldHasNoLanguages, "FIELD_NOT_LANGUAGE_DEPENDENT", plain),
        Row(LanguageUnknown, "LANGUAGE_UNKNOWN", plain),
        Row(PartUnknown, "PART_NOT_FOUND", plain),
        Row(PartOfOtherType, "PART_TYPE_MISMATCH", plain),
        Row(PartReadonly, "PART_READONLY", plain),
    ),
)


def request_result(done: RequestOutcome) -> Answer:
    """Write CatalogRequestResult."""
    return shapes.TABLE.written(
        "CatalogRequestResult",
        {
            "success": True,
            "code": done.code.value,
            "message": done.message,
            "request_guid": str(done.request),
            "request_state": done.state,
        },
    )


def service_result(done: ServiceOutcome) -> Answer:
    """Write CatalogServiceResult."""
    return shapes.TABLE.written(
        "CatalogServiceResult",
        {
            "success": True,
            "code": done.code.value,
            "message": done.message,
            "service_guid": str(done.service),
            "service_version": done.version,
            "changed": done.changed,
        },
    )
