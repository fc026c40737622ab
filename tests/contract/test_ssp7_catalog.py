"""Acceptance statements of the SSP7 service catalog, sent by a strict client and a reader."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import zeep

from gateway.compose import definitions
from gateway.errors import RequestState
from gateway.soap.contract import read_contract
from gateway.soap.publishing import contracts_dir, wsdl_file
from tests.kit.catalog_service import ASKER, OF_REQUESTS, OF_SERVICES, READER

(SERVICE,) = (each for each in definitions() if each.stem == "ssp7-catalog")
CONTRACT = read_contract(wsdl_file(SERVICE, contracts_dir()).read_bytes())
TITLES = {
    "CreateCustomApproval": "Create custom approval",
    "AddLogToServicePublishRequest": "Add log to service publish request",
    "AddPersonToServicePersonList": "Add person to service person list",
    "AddPersonGroupToServicePersonGroupList": "Add persongroup to service persongroup list",
    "DeleteService": "Delete service",
    "MarkServicePublishRequestAsInApproval": "Mark service publish request as in approval state",
    "ProcessServicePublishRequest": "Process service publish request",
    "SetPublishRequestCanBeCancelled": "Publish request set can be cancelled",
    "SetPublishRequestShowInPublic": "Publish request set show in public",
    "RemovePersonFromServicePersonList": "Remove person from service person list",
    "RemovePersonGroupFromServicePersonGroupList":
        "Remove persongroup from service persongroup list",
    "RemoveSupportGroupFromService": "Remove support group from service",
    "UpdateServiceField": "Update service field",
    "UpdateServiceLanguageField": "Update service language field",
    "UpdateTemplatePartDateTimeValue": "Update template part datetime value",
    "UpdateTemplatePartNumericValue": "Update template part numeric value",
    "UpdateTemplatePartTextValue": "Update template part text value",
}  # fmt: skip


def test_ssp7_catalog_a1_a_written_value_is_read_as_draft_at_once_and_after_publication(catalog):
    service = catalog.published()
    catalog.call("UpdateServiceField", service, p_strInternalName="tags", p_strValue="office; new")
    assert catalog.draft(service)["tags"] == ["office", "new"]
    assert catalog.details(service)["tags"] == []
    catalog.publish(service)
    assert catalog.details(service)["tags"] == ["office", "new"]


def test_ssp7_catalog_a2_the_wsdl_has_exactly_the_17_operations_with_their_titles(catalog):
    assert {name: each.text for name, each in CONTRACT.operations.items()} == TITLES
    assert CONTRACT.name == "ServiceCatalog"
    page = catalog.get(path="/catalog/webservice/servicecatalog.asmx").text
    for name, title in TITLES.items():
        assert f"?op={name}" in page
        assert title in page


@pytest.mark.parametrize("lock", [True, False])
def test_ssp7_catalog_a3_a_custom_approval_is_an_open_request_that_locks_when_asked(
    catalog, version, lock
):
    service = catalog.service()
    made = catalog.call(
        "CreateCustomApproval", service, version=version, p_strTypeName="publish",
        p_strTitle="Price change 2026", p_strComments="After the import",
        p_strRequestOptionCode="express", p_blnLockService=lock, p_strPerformedBy="mkeller",
    )  # fmt: skip
    assert (made.Success, made.Code, made.RequestState) == (True, "OK", "New")
    (row,) = catalog.sql(
        "select type, type_name, title, comments, option_code, option_label, state, locks,"
        " can_be_cancelled, show_in_public, requested_by from catalog_request where guid = %s",
        made.RequestGuid,
    )
    assert row == (
        "Custom", "Publish", "Price change 2026", "After the import", "express", "At once", "New",
        lock, True, False, "mkeller",
    )  # fmt: skip
    if lock:
        assert catalog.refused("UpdateServiceField", service)[0] == "SERVICE_LOCKED"
    else:
        assert catalog.call("UpdateServiceField", service).Changed


def test_ssp7_catalog_a4_a_line_stands_in_the_log_with_level_time_and_person(catalog, version):
    request = catalog.approval(catalog.service())
    name = "AddLogToServicePublishRequest"
    catalog.call(name, request, version=version, p_strText="First", p_strPerformedBy="C-1")
    done = catalog.call(name, request, p_strText="Second\nline", p_strLevel="warning")
    assert (done.Code, str(done.RequestGuid), done.RequestState) == ("OK", request, "New")
    assert catalog.log(request) == [
        ("Info", "First", "C-1", "catalog", True),
        ("Warning", "Second\nline", "", "catalog", True),
    ]
    catalog.vote(request, "Rejected")
    assert catalog.call(name, request, p_strLevel="Error").RequestState == "Rejected"


@pytest.mark.parametrize("list_name", ["EditorPersons", "editor persons"])
def test_ssp7_catalog_a5_a_person_is_in_the_list_once(catalog, list_name, version):
    service, name = catalog.service(), "AddPersonToServicePersonList"
    first = catalog.call(name, service, version=version, p_strListName=list_name)
    again = catalog.call(name, service, p_strListName=list_name)
    assert (first.Code, first.Changed, first.ServiceVersion) == ("OK", True, 1)
    assert (again.Code, again.Changed) == ("UNCHANGED", False)
    keller = {"uniqueId": "mkeller", "name": "M. Keller"}
    assert catalog.draft(service)["persons"]["EditorPersons"] == [keller]


def test_ssp7_catalog_a6_a_group_is_in_the_list_once(catalog, version):
    service, name = catalog.service(), "AddPersonGroupToServicePersonGroupList"
    assert catalog.call(name, service, version=version).Changed
    again = catalog.call(name, service, p_strPersonGroupName="workplace TEAM")
    assert again.Code == "UNCHANGED"
    assert catalog.draft(service)["personGroups"]["EditorGroups"] == ["Workplace team"]


def test_ssp7_catalog_a7_a_deleted_service_is_gone_everywhere(catalog, version):
    service, child = catalog.published(), catalog.service()
    catalog.relate(service, child)
    assert catalog.refused("DeleteService", service)[0] == "SERVICE_HAS_CHILDREN"
    assert catalog.call("DeleteService", child, version=version, p_strReason="Old").Changed
    request = catalog.approval(service)
    assert catalog.refused("DeleteService", service)[0] == "REQUEST_OPEN"
    catalog.vote(request, "Rejected")
    assert catalog.call("DeleteService", service).Changed
    assert catalog.call("DeleteService", service).Code == "UNCHANGED"
    assert catalog.refused("UpdateServiceField", service)[0] == "SERVICE_NOT_FOUND"
    for query in ({}, {"state": "draft"}):
        assert catalog.get(service, **query).status_code == 404
        unique_id = f"SRV-{service[:8]}"
        assert catalog.listed(uniqueId=unique_id, **query)["total"] == 0


def test_ssp7_catalog_a8_a_new_request_becomes_in_approval(catalog, version):
    request, name = catalog.approval(catalog.service()), "MarkServicePublishRequestAsInApproval"
    done = catalog.call(name, request, version=version, p_strComments="Asked the approvers")
    assert (done.Code, done.RequestState) == ("OK", "InApproval")
    assert catalog.log(request)[0][1] == "Asked the approvers"
    assert catalog.call(name, request).Code == "UNCHANGED"


def test_ssp7_catalog_a9_an_approval_runs_the_action_of_its_type(catalog, version):
    service = catalog.service()
    for type_name, seen in (("Publish", 200), ("CreateVersion", 200), ("Unpublish", 404),
                            ("Custom", 404), ("", 404)):  # fmt: skip
        request = catalog.approval(service, p_strTypeName=type_name)
        assert catalog.vote(request, version=version).RequestState == "Completed"
        assert catalog.get(service).status_code == seen
    assert catalog.draft(service)["version"] == 2
    catalog.vote(catalog.approval(service, p_strTypeName="Delete"))
    assert catalog.get(service, state="draft").status_code == 404


def test_ssp7_catalog_a9_a_rejection_and_a_vote_without_the_right_hash_run_none(catalog):
    service = catalog.service()
    request = catalog.approval(service, p_strTypeName="Publish")
    name = "ProcessServicePublishRequest"
    vote = {"p_strDecision": "Approved", "p_strVoterUniqueId": "jdoe"}
    assert catalog.refused(name, request, **vote) == ("ARGUMENT_MISSING", "p_strHashCheck")
    wrong = {**vote, "p_strHashCheck": catalog.hashes.service_hash(service)}
    assert catalog.refused(name, request, **wrong)[0] == "HASH_INVALID"
    assert catalog.state(request) == "New"
    assert catalog.vote(request, "rejected").RequestState == "Rejected"
    assert catalog.get(service).status_code == 404


def test_ssp7_catalog_a10_the_flag_says_whether_the_requester_can_cancel(catalog, version):
    name, stored = "SetPublishRequestCanBeCancelled", "select can_be_cancelled from catalog_request"
    request = catalog.approval(catalog.service())
    for value in (False, True):
        catalog.call(name, request, version=version, p_blnCanBeCancelled=value)
        assert catalog.sql(f"{stored} where guid = %s", request) == [(value,)]
    assert catalog.call(name, request, p_blnCanBeCancelled=True).Code == "UNCHANGED"


@pytest.mark.parametrize("free", [True, False])
def test_ssp7_catalog_a10_the_requester_cancels_only_while_that_is_on(catalog, free):
    service = catalog.service()
    request = catalog.approval(service, login=ASKER, p_blnLockService=True)
    catalog.call("SetPublishRequestCanBeCancelled", request, p_blnCanBeCancelled=free)
    if free:
        assert catalog.cancel(request, "asker").state == "Cancelled"
        assert catalog.call("UpdateServiceField", service).Changed
    else:
        with pytest.raises(RequestState):
            catalog.cancel(request, "asker")
        assert catalog.state(request) == "New"


def test_ssp7_catalog_a11_the_flag_says_whether_the_public_sees_the_request(catalog, version):
    service = catalog.published()
    request = catalog.approval(service, p_strTypeName="Unpublish")
    for value in (True, False):
        catalog.call(
            "SetPublishRequestShowInPublic", request, version=version, p_blnShowInPublic=value
        )
        seen = [each["guid"] for each in catalog.details(service, login=READER)["openRequests"]]
        assert seen == ([request] if value else [])
    (shown,) = catalog.draft(service)["openRequests"]
    assert (shown["guid"], shown["type"], shown["typeName"]) == (request, "Custom", "Unpublish")


def test_ssp7_catalog_a12_only_the_named_person_leaves_the_list(catalog, version):
    service, name = catalog.service(), "RemovePersonFromServicePersonList"
    for person in ("mkeller", "jdoe", "gone"):
        catalog.person(service, "EditorPersons", person)
    assert catalog.call(name, service, version=version).Changed
    assert catalog.call(name, service).Code == "UNCHANGED"
    left = catalog.draft(service)["persons"]["EditorPersons"]
    assert {each["uniqueId"] for each in left} == {"gone", "mkeller"}
    assert catalog.call(name, service, p_strPersonUniqueId="gone").Changed
    assert catalog.call(name, service, p_strPersonUniqueId="never was").Code == "UNCHANGED"


def test_ssp7_catalog_a13_only_the_named_group_leaves_the_list(catalog, version):
    service, name = catalog.service(), "RemovePersonGroupFromServicePersonGroupList"
    for group in ("Network", "Workplace team"):
        catalog.group(service, "EditorGroups", group)
    assert catalog.call(name, service, version=version).Changed
    assert catalog.call(name, service).Code == "UNCHANGED"
    assert catalog.draft(service)["personGroups"]["EditorGroups"] == ["Workplace team"]


def test_ssp7_catalog_a14_only_the_named_support_group_is_gone(catalog, version):
    service, name = catalog.service(), "RemoveSupportGroupFromService"
    for group in ("Network", "Service desk"):
        catalog.support(service, group)
    assert catalog.call(name, service, version=version).Changed
    assert catalog.call(name, service).Code == "UNCHANGED"
    assert catalog.draft(service)["supportGroups"] == ["Network"]


@pytest.mark.parametrize(
    ("field", "value", "member", "shown"),
    [
        ("uniqueid", "SRV-new", "uniqueId", "SRV-new"),
        ("Type", "technical service", "type", "Technical service"),
        ("Tags", "one; two", "tags", ["one", "two"]),
        ("Tags", "", "tags", []),
    ],
)
def test_ssp7_catalog_a15_a_field_without_languages_takes_a_new_value(
    catalog, field, value, member, shown
):
    service = catalog.service(tags=["old"])
    done = catalog.call("UpdateServiceField", service, p_strInternalName=field, p_strValue=value)
    assert done.Changed
    assert catalog.draft(service)[member] == shown


def test_ssp7_catalog_a15_a_phase_needs_its_essential_parts(catalog, version):
    service, phase = catalog.service(), {"p_strInternalName": "Phase", "p_strValue": "operation"}
    refused = catalog.refused("UpdateServiceField", service, version=version, **phase)
    assert refused == ("ARGUMENT_INVALID", "p_strValue")
    catalog.call("UpdateTemplatePartTextValue", service)
    assert catalog.call("UpdateServiceField", service, **phase).Changed
    shown = catalog.draft(service)
    assert (shown["phase"], shown["phaseType"]) == ("Operation", "Live")


@pytest.mark.parametrize(("value", "seen"), [("no", 404), ("1", 200)])
def test_ssp7_catalog_a15_show_in_public_opens_and_hides(catalog, value, seen):
    service = catalog.service(public=seen == 404)
    show = {"p_strInternalName": "ShowInPublic", "p_strValue": value}
    assert catalog.call("UpdateServiceField", service, **show).Changed
    catalog.publish(service)
    assert catalog.get(service, login=READER).status_code == seen


@pytest.mark.parametrize("field", ["Name", "Summary", "Description"])
def test_ssp7_catalog_a16_one_language_changes_and_the_others_stay(catalog, field, version):
    service, name = catalog.service(), "UpdateServiceLanguageField"
    before = catalog.draft(service)[field.lower()]
    sent = {"p_strInternalName": field, "p_strValue": "Änderung"}
    assert catalog.call(name, service, version=version, p_strLanguageCode="DE", **sent).Changed
    assert catalog.draft(service, language="de")[field.lower()] == "Änderung"
    assert catalog.draft(service)[field.lower()] == before
    catalog.call(name, service, p_strLanguageCode=None, **sent)
    assert catalog.draft(service)[field.lower()] == "Änderung"


def test_ssp7_catalog_a17_a_date_holds_the_instant_and_nil_clears_it(catalog, version):
    service, name = catalog.service(), "UpdateTemplatePartDateTimeValue"
    sent = datetime(2026, 4, 1, 2, 30, tzinfo=UTC)
    assert catalog.call(name, service, version=version, p_dtValue=sent).Changed
    assert catalog.part(service, "date") == "2026-04-01T02:30:00Z"
    assert catalog.call(name, service, p_dtValue=zeep.xsd.Nil).Changed
    assert catalog.part(service, "date") is None


@pytest.mark.parametrize("number", ["41.5", "0.0001", "123456789012.3456"])
def test_ssp7_catalog_a18_a_number_is_held_digit_for_digit(catalog, number, version):
    service, name = catalog.service(), "UpdateTemplatePartNumericValue"
    assert catalog.call(name, service, version=version, p_decValue=Decimal(number)).Changed
    assert f'"value":{number}}}' in catalog.get(service, state="draft").text
    assert catalog.call(name, service, p_decValue=zeep.xsd.Nil).Changed
    assert catalog.part(service, "numeric") is None


@pytest.mark.parametrize("number", ["-1", "1000000000000", "1.00001", "0.0000001"])
def test_ssp7_catalog_a18_a_number_beyond_its_part_is_refused_not_rounded(catalog, number):
    service, name = catalog.service(), "UpdateTemplatePartNumericValue"
    refused = catalog.refused(name, service, p_decValue=Decimal(number))
    assert refused == ("ARGUMENT_INVALID", "p_decValue")


@pytest.mark.parametrize(
    ("part", "value", "shown"),
    [
        ("single", "A line", "A line"),
        ("bbcode", "[b]x[/b]\ny", "[b]x[/b]\ny"),
        ("dropdown", "m", "m"),
        ("radio", "l", "l"),
        ("typeahead", "s", "s"),
        ("checkboxes", "s;l", ["s", "l"]),
        ("typeaheads", "m", ["m"]),
        ("yesno", "YES", True),
        ("hidden", "secret", "secret"),
    ],
)
def test_ssp7_catalog_a19_each_text_like_part_takes_its_form(catalog, part, value, shown):
    service, name = catalog.service(), "UpdateTemplatePartTextValue"
    sent = {"p_strPartInternalName": part.upper()}
    assert catalog.call(name, service, **sent, p_strValue=value).Changed
    assert catalog.part(service, part) == shown
    assert catalog.call(name, service, **sent, p_strValue="").Changed
    assert catalog.part(service, part) is None


def test_ssp7_catalog_a19_a_part_with_languages_has_a_value_for_each(catalog, version):
    service, name = catalog.service(), "UpdateTemplatePartTextValue"
    for code, text in ((None, "English"), ("de", "Deutsch")):
        sent = {"p_strPartInternalName": "multiple", "p_strLanguageCode": code}
        assert catalog.call(name, service, version=version, **sent, p_strValue=text).Changed
    assert catalog.part(service, "multiple") == "English"
    assert catalog.part(service, "multiple", language="de") == "Deutsch"
    refused = catalog.refused(name, service, p_strLanguageCode="en")
    assert refused == ("FIELD_NOT_LANGUAGE_DEPENDENT", "p_strLanguageCode")


def test_ssp7_catalog_b15_a_client_from_the_wsdl_calls_all_17(catalog, version):
    service = catalog.service()
    called = {"CreateCustomApproval", "ProcessServicePublishRequest", "DeleteService"}
    for name in OF_SERVICES:
        called.add(name)
        assert catalog.call(name, service, version=version).Success
    request = catalog.approval(service, version=version)
    for name in OF_REQUESTS:
        called.add(name)
        assert str(catalog.call(name, request, version=version).RequestGuid) == request
    assert catalog.vote(request, version=version).RequestState == "Completed"
    assert str(catalog.call("DeleteService", service, version=version).ServiceGuid) == service
    assert called == set(TITLES)


def test_a_request_by_another_account_is_not_its_repeat(catalog):
    service = catalog.service()
    catalog.approval(service, login=ASKER)
    assert catalog.refused(
        "CreateCustomApproval", service, p_strTitle="Price change", p_blnLockService=False
    ) == ("REQUEST_OPEN", "p_strServiceGuid")
