"""What the service catalog refuses, permits and leaves alone: our own decisions, by calls."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import zeep

from gateway.dialects.ssp7.catalog import results
from gateway.http.exchange import Stage
from tests.kit.catalog_service import (
    ASKER,
    CATALOG,
    OF_REQUESTS,
    OF_SERVICES,
    PARTS,
    READER,
    STRANGER,
    WRITER,
    element,
)
from tests.kit.workflow import refusal

FIELD = "UpdateServiceField"
TEXT = "UpdateTemplatePartTextValue"
CREATE = "CreateCustomApproval"
VOTE = "ProcessServicePublishRequest"
MADE = {"p_strTitle": "Price change", "p_blnLockService": False}
VOTED = {"p_strDecision": "Approved", "p_strVoterUniqueId": "jdoe"}
ADD_PERSON = "AddPersonToServicePersonList"
LANGUAGE = "UpdateServiceLanguageField"

# What is sent about a service, and the code and field of the refusal.
_OF_SERVICE = [
    (FIELD, {"p_strInternalName": "Colour"}, "FIELD_NOT_FOUND", "p_strInternalName"),
    (FIELD, {"p_strInternalName": "Name"}, "FIELD_LANGUAGE_DEPENDENT", "p_strInternalName"),
    (FIELD, {"p_strInternalName": ""}, "ARGUMENT_MISSING", "p_strInternalName"),
    (FIELD, {"p_strInternalName": "UniqueId", "p_strValue": ""}, "ARGUMENT_INVALID", "p_strValue"),
    (FIELD, {"p_strInternalName": "ShowInPublic", "p_strValue": "perhaps"},
     "ARGUMENT_INVALID", "p_strValue"),
    (FIELD, {"p_strInternalName": "Type", "p_strValue": "None such"},
     "ARGUMENT_INVALID", "p_strValue"),
    (FIELD, {"p_strPerformedBy": "ghost"}, "PERSON_NOT_FOUND", "p_strPerformedBy"),
    (FIELD, {"p_strPerformedBy": "x" * 101}, "ARGUMENT_INVALID", "p_strPerformedBy"),
    (LANGUAGE, {"p_strInternalName": "Tags"}, "FIELD_NOT_LANGUAGE_DEPENDENT", "p_strInternalName"),
    (LANGUAGE, {"p_strLanguageCode": "xx"}, "LANGUAGE_UNKNOWN", "p_strLanguageCode"),
    (LANGUAGE, {"p_strInternalName": "Name", "p_strLanguageCode": "en", "p_strValue": ""},
     "ARGUMENT_INVALID", "p_strValue"),
    (ADD_PERSON, {"p_strListName": "Nobody"}, "LIST_NOT_FOUND", "p_strListName"),
    (ADD_PERSON, {"p_strListName": "EditorGroups"}, "LIST_NOT_FOUND", "p_strListName"),
    (ADD_PERSON, {"p_strPersonUniqueId": "ghost"}, "PERSON_NOT_FOUND", "p_strPersonUniqueId"),
    (ADD_PERSON, {"p_strListName": "ServiceOwner", "p_strPersonUniqueId": "jdoe"},
     "LIST_FULL", "p_strListName"),
    ("AddPersonGroupToServicePersonGroupList", {"p_strPersonGroupName": "Ghosts"},
     "PERSON_GROUP_NOT_FOUND", "p_strPersonGroupName"),
    (TEXT, {"p_strPartInternalName": "none"}, "PART_NOT_FOUND", "p_strPartInternalName"),
    (TEXT, {"p_strPartInternalName": "date"}, "PART_TYPE_MISMATCH", "p_strPartInternalName"),
    (TEXT, {"p_strPartInternalName": "static"}, "PART_READONLY", "p_strPartInternalName"),
    (TEXT, {"p_strValue": "two\nlines"}, "ARGUMENT_INVALID", "p_strValue"),
    (TEXT, {"p_strPartInternalName": "dropdown", "p_strValue": "xl"},
     "ARGUMENT_INVALID", "p_strValue"),
    (CREATE, {**MADE, "p_strTitle": " "}, "ARGUMENT_MISSING", "p_strTitle"),
    (CREATE, {**MADE, "p_strTypeName": "Burn"}, "ARGUMENT_INVALID", "p_strTypeName"),
    (CREATE, {**MADE, "p_strRequestOptionCode": "slow"},
     "ARGUMENT_INVALID", "p_strRequestOptionCode"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "sent", "code", "field"), _OF_SERVICE)
def test_ssp7_catalog_b1_a_call_about_a_service_is_refused_by_its_code(
    catalog, operation, sent, code, field
):
    service = catalog.service()
    assert catalog.refused(operation, service, **sent) == (code, field)
    assert catalog.history(service) == []


def test_ssp7_catalog_b1_what_is_not_there_is_named(catalog, version):
    ghost = uuid4()
    for operation in OF_SERVICES:
        found = catalog.refused(operation, ghost, version=version)
        assert found == ("SERVICE_NOT_FOUND", "p_strServiceGuid")
    assert catalog.last_fault.message == f"SERVICE_NOT_FOUND: no service {ghost}"
    assert catalog.refused("DeleteService", ghost)[0] == "SERVICE_NOT_FOUND"
    for operation in OF_REQUESTS:
        found = catalog.refused(operation, ghost, version=version)
        assert found == ("REQUEST_NOT_FOUND", "p_strRequestGuid")
    proof = catalog.hashes.request_hash(ghost)
    assert catalog.refused(VOTE, ghost, p_strHashCheck=proof, **VOTED)[0] == "REQUEST_NOT_FOUND"


def test_ssp7_catalog_b1_a_request_that_has_ended_is_changed_no_more(catalog):
    request = catalog.approval(catalog.service())
    catalog.vote(request, "Rejected")
    for operation in OF_REQUESTS:
        if not operation.startswith("AddLog"):
            found = catalog.refused(operation, request)
            assert found == ("REQUEST_STATE", "p_strRequestGuid")
    assert catalog.last_fault.message == "REQUEST_STATE: the request is Rejected"


def test_ssp7_catalog_b1_a_list_may_need_its_last_person(catalog):
    service, owner = catalog.published(), {"p_strListName": "Service Owner"}
    remove = "RemovePersonFromServicePersonList"
    found = catalog.refused(remove, service, **owner, p_strPersonUniqueId="mkeller")
    assert found == ("LIST_REQUIRED", "p_strListName")
    draft = catalog.service()
    assert catalog.call(remove, draft, **owner, p_strPersonUniqueId="mkeller").Changed


def test_ssp7_catalog_b1_a_part_that_the_phase_needs_is_not_cleared(catalog):
    service = catalog.service()
    catalog.call(TEXT, service)
    catalog.call(FIELD, service, p_strInternalName="Phase", p_strValue="Operation")
    assert catalog.refused(TEXT, service, p_strValue="") == ("ARGUMENT_INVALID", "p_strValue")
    assert catalog.part(service, "single") == "A line"


def test_ssp7_catalog_b1_a_template_may_fix_type_and_name(catalog):
    service = catalog.published("Calculated")
    fixed = {"p_strInternalName": "Type", "p_strValue": "Technical service"}
    assert catalog.refused(FIELD, service, **fixed)[0] == "FIELD_READONLY"
    named = {"p_strInternalName": "Name", "p_strLanguageCode": "en", "p_strValue": "Mine"}
    assert catalog.refused(LANGUAGE, service, **named)[0] == "FIELD_READONLY"


def test_ssp7_catalog_b1_a_template_may_require_an_option(catalog):
    service = catalog.service("Optioned")
    found = catalog.refused(CREATE, service, **MADE)
    assert found == ("ARGUMENT_MISSING", "p_strRequestOptionCode")
    catalog.approval(service, p_strRequestOptionCode="express")


@pytest.mark.parametrize(
    ("guid", "code"),
    [(None, "ARGUMENT_MISSING"), ("7", "ARGUMENT_INVALID"), ("{7}", "ARGUMENT_INVALID")],
)
def test_ssp7_catalog_b1_a_guid_has_its_form(catalog, guid, code):
    assert catalog.refused(FIELD, "", p_strServiceGuid=guid) == (code, "p_strServiceGuid")


def test_a_guid_may_be_in_braces_and_capital_letters(catalog):
    service = catalog.service()
    done = catalog.call(FIELD, f"{{{service.upper()}}}")
    assert (done.Changed, str(done.ServiceGuid)) == (True, service)


def test_ssp7_catalog_b1_rights_are_asked_for(catalog):
    service = catalog.service()
    request = catalog.approval(service)
    proof = {"p_strHashCheck": catalog.hashes.request_hash(request)}
    assert catalog.refused(FIELD, service, login=ASKER) == ("ACCESS_DENIED", None)
    assert catalog.refused("DeleteService", service, login=WRITER)[0] == "ACCESS_DENIED"
    assert catalog.refused(CREATE, service, login=WRITER, **MADE)[0] == "ACCESS_DENIED"
    assert catalog.refused(VOTE, request, login=ASKER, **proof, **VOTED)[0] == "ACCESS_DENIED"
    for operation in OF_REQUESTS:
        assert catalog.refused(operation, request, login=STRANGER)[0] == "ACCESS_DENIED"
    assert catalog.refused(FIELD, service, login=None) == ("AUTH_REQUIRED", None)
    assert catalog.refused(FIELD, service, login=("writer", "wrong")) == ("AUTH_FAILED", None)


@pytest.mark.parametrize(
    ("envelope", "headers", "code"),
    [
        (b"<x>", {}, "MESSAGE_INVALID"),
        (None, {"SOAPAction": '"urn:other"'}, "SOAP_ACTION_UNKNOWN"),
    ],
)
def test_ssp7_catalog_b1_a_message_is_judged_as_in_the_sister_service(
    catalog, envelope, headers, code
):
    answer = catalog.post(element("DeleteService"), envelope=envelope, headers=headers)
    assert (answer.status_code, code in answer.text) == (500, True)
    assert '<GatewayError xmlns="urn:ticket-gateway:ssp7:catalog">' in answer.text


def test_ssp7_catalog_b1_an_unknown_operation_is_named(catalog, version):
    answer = catalog.post(element("AddSupportGroupToService"), version=version)
    assert "OPERATION_UNKNOWN: no operation AddSupportGroupToService" in answer.text


def test_ssp7_catalog_b2_a_locked_service_is_changed_by_the_hash_of_its_lock_alone(catalog):
    service = catalog.service()
    request = catalog.approval(service, p_blnLockService=True)
    by_service = catalog.hashes.service_hash(service)
    by_request = {"p_strHashCheck": catalog.hashes.request_hash(request)}
    for operation in OF_SERVICES:
        found = catalog.refused(operation, service)
        assert found == ("SERVICE_LOCKED", "p_strServiceGuid")
    assert catalog.last_fault.message.endswith(f"locked by request {request}")
    assert catalog.refused(FIELD, service, p_strHashCheck=by_service)[0] == "SERVICE_LOCKED"
    for login in (None, CATALOG):
        value = f"by {login}"
        assert catalog.call(FIELD, service, login=login, p_strValue=value, **by_request).Changed


@pytest.mark.parametrize("decision", ["Approved", "Rejected"])
def test_ssp7_catalog_b2_a_service_is_free_after_the_end_of_its_request(catalog, decision):
    service = catalog.service()
    request = catalog.approval(service, p_blnLockService=True)
    catalog.vote(request, decision)
    assert catalog.call(FIELD, service).Changed


def test_ssp7_catalog_b3_a_hash_is_good_for_its_own_object_alone(catalog, version):
    service, other = catalog.service(), catalog.service()
    request, foreign = catalog.approval(service), catalog.approval(other)
    by_request = {"p_strHashCheck": catalog.hashes.request_hash(request), "login": None}
    by_service = {"p_strHashCheck": catalog.hashes.service_hash(service), "login": None}
    for operation in OF_REQUESTS:
        assert catalog.call(operation, request, version=version, **by_request).Success
        assert catalog.refused(operation, foreign, **by_request)[0] == "HASH_INVALID"
        assert catalog.refused(operation, request, **by_service)[0] == "HASH_INVALID"
    assert catalog.refused(FIELD, service, **by_request)[0] == "HASH_INVALID"  # it locks nothing
    assert catalog.call(FIELD, service, version=version, **by_service).Changed
    assert catalog.refused(FIELD, other, **by_service)[0] == "HASH_INVALID"
    assert catalog.refused("DeleteService", service, **by_service)[0] == "ACCESS_DENIED"
    assert catalog.call(VOTE, request, **VOTED, **by_request).RequestState == "Completed"
    assert catalog.call(CREATE, service, **MADE, **by_service).Code == "OK"


def test_ssp7_catalog_b3_a_wrong_hash_beside_a_login_is_refused(catalog):
    service = catalog.service()
    sent = {"p_strHashCheck": "1.k2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
    assert catalog.refused(FIELD, service, **sent) == ("HASH_INVALID", "p_strHashCheck")


def test_ssp7_catalog_b4_a_service_has_one_open_request_and_a_repeat_gives_it_again(
    catalog, version
):
    service = catalog.service()
    first = catalog.call(CREATE, service, version=version, **MADE)
    again = catalog.call(CREATE, service, version=version, **MADE)
    assert (again.Code, again.RequestGuid) == ("DUPLICATE", first.RequestGuid)
    other = {**MADE, "p_strComments": "Another"}
    found = catalog.refused(CREATE, service, **other)
    assert found == ("REQUEST_OPEN", "p_strServiceGuid")
    assert len([e for e in catalog.events(service) if "Custom request" in e.values()]) == 1


def test_ssp7_catalog_b4_a_wrong_option_is_told_before_a_request_that_is_open(catalog):
    service = catalog.service()
    catalog.approval(service)
    found = catalog.refused(CREATE, service, **MADE, p_strRequestOptionCode="slow")
    assert found == ("ARGUMENT_INVALID", "p_strRequestOptionCode")


def test_ssp7_catalog_b4_two_makers_at_once_make_one_request(catalog):
    service = catalog.service()
    codes = ("OK", "DUPLICATE")

    def make(_):
        body = element(CREATE, f"<p_strServiceGuid>{service}</p_strServiceGuid>"
                       "<p_strTitle>At once</p_strTitle>"
                       "<p_blnLockService>false</p_blnLockService>")  # fmt: skip
        return catalog.post(body).text

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(make, range(2)))
    assert sorted(c for a in answers for c in codes if f"<Code>{c}</Code>" in a) == sorted(codes)


def test_ssp7_catalog_b5_two_votes_are_counted_and_may_be_changed(catalog, version):
    service = catalog.service("Two votes")
    request = catalog.approval(service, p_strTypeName="Publish")
    assert catalog.vote(request, version=version).RequestState == "InApproval"
    assert catalog.vote(request).Code == "UNCHANGED"
    assert catalog.get(service).status_code == 404
    assert catalog.vote(request, p_strVoterUniqueId="mkeller").RequestState == "Completed"
    assert catalog.get(service).status_code == 200
    assert catalog.vote(request).Code == "UNCHANGED"
    proof = {"p_strHashCheck": catalog.hashes.request_hash(request)}
    late = {**VOTED, "p_strDecision": "Rejected", **proof}
    assert catalog.refused(VOTE, request, **late)[0] == "REQUEST_STATE"
    third = {**VOTED, "p_strVoterUniqueId": "C-1", **proof}
    assert catalog.refused(VOTE, request, **third)[0] == "REQUEST_STATE"


def test_ssp7_catalog_b5_a_changed_vote_counts_as_it_is_now(catalog):
    service = catalog.service("Two votes")
    request = catalog.approval(service, p_strTypeName="Publish")
    catalog.vote(request)
    assert catalog.vote(request, "Rejected").RequestState == "Rejected"
    votes = catalog.sql(
        "select voter, decision from catalog_vote v join catalog_request r"
        " on r.id = v.request_id where r.guid = %s", request,
    )  # fmt: skip
    assert votes == [("jdoe", "Rejected")]


def test_the_voter_is_named_known_and_else_who_performs(catalog):
    request = catalog.approval(catalog.service())
    proof = {"p_strHashCheck": catalog.hashes.request_hash(request), "p_strDecision": "Approved"}
    assert catalog.refused(VOTE, request, **proof) == ("ARGUMENT_MISSING", "p_strVoterUniqueId")
    ghost = {"p_strVoterUniqueId": "ghost"}
    assert catalog.refused(VOTE, request, **proof, **ghost)[0] == "PERSON_NOT_FOUND"
    bad = {**VOTED, **proof, "p_strDecision": "Perhaps"}
    assert catalog.refused(VOTE, request, **bad) == ("ARGUMENT_INVALID", "p_strDecision")
    assert catalog.call(VOTE, request, **proof, p_strPerformedBy="C-1").RequestState == "Completed"


def test_ssp7_catalog_b6_an_action_that_cannot_run_leaves_all_as_it_was(catalog):
    service, child = catalog.service(), catalog.service()
    catalog.relate(service, child)
    request = catalog.approval(service, p_strTypeName="Delete", p_blnLockService=True)
    proof = {"p_strHashCheck": catalog.hashes.request_hash(request)}
    assert catalog.refused(VOTE, request, **VOTED, **proof)[0] == "SERVICE_HAS_CHILDREN"
    assert catalog.state(request) == "New"
    assert catalog.sql("select count(*) from catalog_vote v join catalog_request r"
                       " on r.id = v.request_id where r.guid = %s", request) == [(0,)]  # fmt: skip
    assert catalog.refused(FIELD, service)[0] == "SERVICE_LOCKED"


@pytest.mark.parametrize("operation", ["UpdateServiceField", "UpdateTemplatePartTextValue",
                                       "UpdateTemplatePartDateTimeValue",
                                       "UpdateTemplatePartNumericValue",
                                       "UpdateServiceLanguageField"])  # fmt: skip
def test_ssp7_catalog_b7_the_same_value_again_leaves_no_trace(catalog, operation):
    service = catalog.service()
    assert catalog.call(operation, service).Changed
    history, events = catalog.history(service), catalog.events(service)
    again = catalog.call(operation, service)
    assert (again.Code, again.Changed) == ("UNCHANGED", False)
    assert (catalog.history(service), catalog.events(service)) == (history, events)
    assert (len(history), len(events)) == (1, 1)
    assert history[0][0] == operation


def test_a_change_says_who_what_and_for_whom_in_the_history(catalog):
    service = catalog.service()
    catalog.call(LANGUAGE, service, p_strPerformedBy="jdoe")
    (line,) = catalog.history(service)
    assert line == (LANGUAGE, "Summary", "de", "Summary", "Neu", "jdoe", "catalog")


@pytest.mark.parametrize("part", list(PARTS))
def test_ssp7_catalog_b8_each_part_type_takes_one_of_the_three_calls(catalog, part):
    service, kind = catalog.service(), PARTS[part][0]
    mine = {
        "Date": "UpdateTemplatePartDateTimeValue",
        "Numeric value": "UpdateTemplatePartNumericValue",
    }.get(kind, TEXT)
    fixed = kind in ("Reusable content", "Static html", "Static text")
    for operation in (TEXT, "UpdateTemplatePartDateTimeValue", "UpdateTemplatePartNumericValue"):
        sent = {"p_strPartInternalName": part}
        if operation == TEXT:
            sent["p_strValue"] = {"yesno": "yes"}.get(part, "s")
        if operation == mine and not fixed:
            assert catalog.call(operation, service, **sent).Changed
        else:
            code = "PART_READONLY" if fixed else "PART_TYPE_MISMATCH"
            assert catalog.refused(operation, service, **sent)[0] == code


@pytest.mark.parametrize(
    ("operation", "part", "value"),
    [
        ("UpdateTemplatePartDateTimeValue", "date", "p_dtValue"),
        ("UpdateTemplatePartNumericValue", "numeric", "p_decValue"),
    ],
)
def test_ssp7_catalog_b9_a_missing_value_is_refused_and_nil_clears(
    catalog, operation, part, value, version
):
    service = catalog.service()
    catalog.call(operation, service)
    before = catalog.part(service, part)
    about = (
        f"<p_strServiceGuid>{service}</p_strServiceGuid>"
        f"<p_strPartInternalName>{part}</p_strPartInternalName>"
    )
    answer = catalog.post(element(operation, about), version=version)
    assert f"ARGUMENT_MISSING: {value} is required" in answer.text
    assert catalog.form(operation, _values(service, part)).text.startswith("ARGUMENT_MISSING")
    assert catalog.part(service, part) == before is not None
    nil = f'<{value} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    assert "<Changed>true</Changed>" in catalog.post(element(operation, about + nil)).text
    assert catalog.part(service, part) is None


def test_ssp7_catalog_b9_an_empty_box_of_a_form_clears(catalog):
    service, name = catalog.service(), "UpdateTemplatePartNumericValue"
    catalog.call(name, service)
    answer = catalog.form(name, {**_values(service, "numeric"), "p_decValue": ""})
    assert (answer.status_code, catalog.part(service, "numeric")) == (200, None)


def test_ssp7_catalog_b9_a_date_that_was_never_set_does_not_clear(catalog):
    service, name = catalog.service(), "UpdateTemplatePartDateTimeValue"
    found = catalog.refused(name, service, p_dtValue="0001-01-01T00:00:00")
    assert found == ("ARGUMENT_MISSING", "p_dtValue")


def test_ssp7_catalog_b11_the_published_copy_stays_while_the_working_copy_changes(catalog):
    service = catalog.published()
    before = catalog.details(service, login=READER)
    for operation in OF_SERVICES:
        catalog.call(operation, service)
    assert catalog.details(service, login=READER) == before
    assert catalog.draft(service) != before


def test_ssp7_catalog_b14_order_strange_and_missing_elements_are_taken_as_in_the_sister_service(
    catalog,
):
    service = catalog.service()
    body = element(
        CREATE,
        f"<p_strTitle>T</p_strTitle><p_strServiceGuid>{service}</p_strServiceGuid><p_strNew/>",
    )
    assert "<Code>OK</Code>" in catalog.post(body).text
    noted = {"IGNORED p_strNew", "DEFAULTED p_blnLockService", "order mended"}
    assert noted <= set(catalog.notes())
    twice = element(FIELD, "<p_strValue>a</p_strValue><p_strValue>b</p_strValue>")
    assert "ARGUMENT_INVALID" in catalog.post(twice).text
    cased = element(FIELD, f"<P_STRSERVICEGUID>{service}</P_STRSERVICEGUID>")
    assert "ARGUMENT_INVALID" in catalog.post(cased).text


def test_every_call_is_recorded_without_its_hash(catalog):
    service = catalog.service()
    catalog.call(FIELD, service, p_strHashCheck=catalog.hashes.service_hash(service))
    ((operation, account, stage, stored),) = catalog.sql(
        "select m.operation, a.name, m.stage, b.request from message m"
        " join message_body b on b.number = m.number left join account a on a.id = m.account_id"
        " where m.dialect = 'catalog' order by m.number desc limit 1"
    )
    assert (operation, account, stage) == (FIELD, "catalog", Stage.ANSWERED)
    assert "p_strHashCheck>***<" in stored


def test_the_pages_name_every_fault_code():
    from tests.contract.test_ssp7_catalog import SERVICE  # noqa: PLC0415

    assert {code.code for code in SERVICE.codes} == results.FAULTS.codes


def test_a_fault_has_its_parts_in_both_versions(catalog, version):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        catalog.call(FIELD, uuid4(), version=version)
    assert refusal(caught.value) == ("SERVICE_NOT_FOUND", "p_strServiceGuid")
    names = {"1.1": "Client", "1.2": "Sender"}
    assert names[version] in str(caught.value.code)


def _values(service, part):
    return {"p_strServiceGuid": service, "p_strPartInternalName": part}
