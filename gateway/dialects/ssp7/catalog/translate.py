"""Wire values of the catalog's operations to commands (contract section 6)."""

from typing import TypedDict
from uuid import UUID

from gateway.dialects.ssp7.catalog.form import LONG_TEXT, PERSON, VALUE, CatalogForm
from gateway.domain.catalog_commands import (
    AddRequestLog,
    CreateCustomApproval,
    DeleteService,
    MarkInApproval,
    PartKind,
    Proof,
    RequestFlag,
    SetListGroup,
    SetListPerson,
    SetRequestFlag,
    SetSupportGroup,
    UpdateField,
    UpdateLanguageField,
    UpdatePart,
    Vote,
)


class _OfService(TypedDict):
    service: UUID
    performed_by: str
    proof: Proof


class _OfRequest(TypedDict):
    request: UUID
    performed_by: str
    proof: Proof


def _service(form: CatalogForm, proof: Proof) -> _OfService:
    return _OfService(
        service=form.guid("service_guid"),
        performed_by=form.identifier("performed_by", PERSON),
        proof=proof,
    )


def _request(form: CatalogForm, proof: Proof) -> _OfRequest:
    return _OfRequest(
        request=form.guid("request_guid"),
        performed_by=form.identifier("performed_by", PERSON),
        proof=proof,
    )


def create_command(form: CatalogForm, proof: Proof) -> CreateCustomApproval:
    """Translate the parameters of CreateCustomApproval."""
    return CreateCustomApproval(
        **_service(form, proof),
        type_name=form.identifier("type_name"),
        title=form.required_identifier("title"),
        comments=form.text("comments", LONG_TEXT),
        option=form.identifier("request_option_code"),
        lock=form.flag("lock_service"),
    )


def log_command(form: CatalogForm, proof: Proof) -> AddRequestLog:
    """Translate the parameters of AddLogToServicePublishRequest."""
    return AddRequestLog(
        **_request(form, proof),
        text=form.required_text("text", LONG_TEXT),
        level=form.identifier("level"),
    )


def mark_command(form: CatalogForm, proof: Proof) -> MarkInApproval:
    """Translate the parameters of MarkServicePublishRequestAsInApproval."""
    return MarkInApproval(**_request(form, proof), comments=form.text("comments", LONG_TEXT))


def vote_command(form: CatalogForm, proof: Proof) -> Vote:
    """Translate the parameters of ProcessServicePublishRequest."""
    return Vote(
        **_request(form, proof),
        decision=form.required_identifier("decision"),
        comments=form.text("comments", LONG_TEXT),
        voter=form.identifier("voter_unique_id", PERSON),
    )


def cancelling_command(form: CatalogForm, proof: Proof) -> SetRequestFlag:
    """Translate the parameters of SetPublishRequestCanBeCancelled."""
    return SetRequestFlag(
        **_request(form, proof),
        flag=RequestFlag.CAN_BE_CANCELLED,
        value=form.flag("can_be_cancelled"),
    )


def showing_command(form: CatalogForm, proof: Proof) -> SetRequestFlag:
    """Translate the parameters of SetPublishRequestShowInPublic."""
    return SetRequestFlag(
        **_request(form, proof),
        flag=RequestFlag.SHOW_IN_PUBLIC,
        value=form.flag("show_in_public"),
    )


def adding_person(form: CatalogForm, proof: Proof) -> SetListPerson:
    """Translate the parameters of AddPersonToServicePersonList."""
    return SetListPerson(**_service(form, proof), **_person(form), present=True)


def removing_person(form: CatalogForm, proof: Proof) -> SetListPerson:
    """Translate the parameters of RemovePersonFromServicePersonList."""
    return SetListPerson(**_service(form, proof), **_person(form), present=False)


def _person(form: CatalogForm) -> dict[str, str]:
    return {
        "list_name": form.required_identifier("list_name"),
        "unique_id": form.required_identifier("person_unique_id"),
    }


def adding_group(form: CatalogForm, proof: Proof) -> SetListGroup:
    """Translate the parameters of AddPersonGroupToServicePersonGroupList."""
    return SetListGroup(**_service(form, proof), **_group(form), present=True)


def removing_group(form: CatalogForm, proof: Proof) -> SetListGroup:
    """Translate the parameters of RemovePersonGroupFromServicePersonGroupList."""
    return SetListGroup(**_service(form, proof), **_group(form), present=False)


def _group(form: CatalogForm) -> dict[str, str]:
    return {
        "list_name": form.required_identifier("list_name"),
        "group": form.required_identifier("person_group_name"),
    }


def removing_support(form: CatalogForm, proof: Proof) -> SetSupportGroup:
    """Translate the parameters of RemoveSupportGroupFromService."""
    group = form.required_identifier("support_group_name")
    return SetSupportGroup(**_service(form, proof), group=group, present=False)


def delete_command(form: CatalogForm, proof: Proof) -> DeleteService:
    """Translate the parameters of DeleteService."""
    return DeleteService(**_service(form, proof), reason=form.text("reason", LONG_TEXT))


def field_command(form: CatalogForm, proof: Proof) -> UpdateField:
    """Translate the parameters of UpdateServiceField."""
    return UpdateField(
        **_service(form, proof),
        name=form.required_identifier("internal_name"),
        value=form.text("value", VALUE),
    )


def language_field_command(form: CatalogForm, proof: Proof) -> UpdateLanguageField:
    """Translate the parameters of UpdateServiceLanguageField."""
    return UpdateLanguageField(
        **_service(form, proof),
        name=form.required_identifier("internal_name"),
        language=form.identifier("language_code"),
        value=form.text("value", VALUE),
    )


def time_command(form: CatalogForm, proof: Proof) -> UpdatePart:
    """Translate the parameters of UpdateTemplatePartDateTimeValue."""
    return UpdatePart(
        **_service(form, proof),
        part=form.required_identifier("part_internal_name"),
        kind=PartKind.TIME,
        value=form.time_or_nil("value"),
    )


def number_command(form: CatalogForm, proof: Proof) -> UpdatePart:
    """Translate the parameters of UpdateTemplatePartNumericValue."""
    return UpdatePart(
        **_service(form, proof),
        part=form.required_identifier("part_internal_name"),
        kind=PartKind.NUMBER,
        value=form.decimal("value"),
    )


def text_command(form: CatalogForm, proof: Proof) -> UpdatePart:
    """Translate the parameters of UpdateTemplatePartTextValue."""
    return UpdatePart(
        **_service(form, proof),
        part=form.required_identifier("part_internal_name"),
        kind=PartKind.TEXT,
        value=form.text("value", VALUE),
        language=form.identifier("language_code"),
    )
