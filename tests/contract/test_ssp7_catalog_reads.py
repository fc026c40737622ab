"""The two reads of the service catalog over REST."""

from uuid import uuid4

import pytest

from tests.kit.catalog_service import (
    CATALOG,
    DRAFTER,
    OF_SERVICES,
    PATH,
    READER,
    REST,
    STRANGER,
    running_catalog,
)

LANGUAGE = "UpdateServiceLanguageField"
SUMMARY = {"p_strInternalName": "Summary", "p_strLanguageCode": "en"}


@pytest.fixture(scope="module")
def shop(databases):
    """A catalog of its own, which the public may read: what the list holds is known."""
    with running_catalog(databases, public_read="true") as running:
        for name, columns in (
            ("a", {"tags": ["Office"]}),
            ("b", {"template": "Two votes"}),
            ("c", {"template": "Calculated", "tags": ["office", "x"]}),
            ("hidden", {"template": "Secret"}),
            ("private", {"public": False}),
        ):
            guid = running.service(**columns, unique_id=f"S-{name}")
            running.publish_by_two(guid)
        running.service(unique_id="S-draft")
        yield running


def ids(page):
    return [each["uniqueId"] for each in page["items"]]


def problem(answer):
    """Give status and code of a problem document, after a look at its shape."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"].startswith("urn:ticket-gateway:problem:")
    assert found["correlationId"]
    assert found["title"]
    return found["status"], found["code"], found["detail"]


# --- the list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"S-a", "S-b", "S-c"}),
        ({"template": "two VOTES"}, {"S-b"}),
        ({"type": "business SERVICE"}, {"S-a", "S-b", "S-c"}),
        ({"type": "Technical service"}, set()),
        ({"phase": "design", "tag": "OFFICE"}, {"S-a", "S-c"}),
        ({"uniqueId": "s-B"}, {"S-b"}),
        ({"changedSince": "2020-01-01T00:00:00+02:00"}, {"S-a", "S-b", "S-c"}),
        ({"changedSince": "2999-01-01T00:00:00Z"}, set()),
        ({"state": "published", "language": "DE"}, {"S-a", "S-b", "S-c"}),
    ],
)
def test_ssp7_catalog_a21_each_filter_of_the_list_is_honoured(shop, query, expected):
    page = shop.listed(login=READER, **query)
    assert set(ids(page)) == expected
    assert (page["page"], page["pageSize"], page["total"]) == (1, 50, len(expected))


def test_ssp7_catalog_a21_the_list_comes_in_pages_with_the_total(shop):
    whole = ids(shop.listed(login=READER))
    pages = [shop.listed(login=READER, page=number, pageSize=2) for number in (1, 2, 3)]
    assert [ids(page) for page in pages] == [whole[:2], whole[2:], []]
    assert {page["total"] for page in pages} == {3}


def test_ssp7_catalog_a21_the_order_is_that_of_the_names_in_the_language(shop):
    for language, name in (("en", "Service "), ("de", "Dienst ")):
        names = [e["name"] for e in shop.listed(language=language, tag="office")["items"]]
        assert names == sorted(names)
        assert any(each.startswith(name) for each in names)


def test_ssp7_catalog_a21_an_item_has_its_members(shop):
    (item,) = shop.listed(uniqueId="S-a")["items"]
    assert list(item) == [
        "guid", "uniqueId", "name", "summary", "type", "phase", "phaseType", "template",
        "published", "version", "changedOn",
    ]  # fmt: skip
    assert item["published"] is True
    assert item["changedOn"].endswith("Z")
    assert ids(shop.listed(uniqueId="S-a", changedSince=item["changedOn"])) == ["S-a"]


def test_drafts_are_listed_for_those_with_the_right(shop):
    everything = set(ids(shop.listed(login=DRAFTER, state="draft")))
    assert everything == {f"S-{n}" for n in ("a", "b", "c", "hidden", "private", "draft")}
    refused = problem(shop.get(login=READER, state="draft"))
    assert refused[:2] == (403, "ACCESS_DENIED")


def test_the_public_reads_what_readers_read_but_no_persons(shop):
    open_page, page = shop.listed(login=None), shop.listed(login=READER)
    assert open_page == page
    guid = page["items"][0]["guid"]
    assert "persons" not in shop.details(guid, login=None)
    assert "persons" in shop.details(guid, login=READER)
    assert "persons" not in shop.details(guid, login=STRANGER)
    assert problem(shop.get(login=("reader", "wrong")))[:2] == (401, "AUTH_FAILED")


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"}, {"page": "0"}, {"page": "x"}, {"pageSize": "201"}, {"state": "new"},
        {"language": "xx"}, {"changedSince": "2026-01-01"}, {"changedSince": "2026-13-01T00:00Z"},
        {"type": ["a", "b"]}, {"tag": ""}, {"tag": "x" * 251}, {"PAGE": "1"},
        {"page": "99999999999"}, {"tag": "\x00"},
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(catalog, query):
    status, code, detail = problem(catalog.get(login=READER, **query))
    assert (status, code) == (400, "ARGUMENT_INVALID")
    assert next(iter(query)) in detail


@pytest.mark.parametrize("below", ["7", "{guid}", "a/b"])
def test_a_guid_of_wrong_form_is_refused(catalog, below):
    assert problem(catalog.get(below))[:2] == (400, "ARGUMENT_INVALID")


def test_readers_log_in_with_the_right(catalog):
    answer = catalog.get(login=None)
    assert problem(answer)[:2] == (401, "AUTH_REQUIRED")
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert problem(catalog.get(login=STRANGER))[:2] == (403, "ACCESS_DENIED")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_ssp7_catalog_a20_only_reads_are_answered(catalog, method):
    service = catalog.published()
    for below in ("", service):
        answer = catalog.get(below, method=method)
        assert problem(answer)[:2] == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "GET, HEAD"
    assert catalog.get(service).status_code == 200


def test_ssp7_catalog_a20_both_reads_answer_json_and_change_nothing(catalog):
    service = catalog.published()
    for below in ("", service):
        answer = catalog.get(below)
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-cache"
        head = catalog.get(below, method="HEAD")
        assert (head.status_code, head.content) == (200, b"")
    assert (catalog.history(service), catalog.details(service)["version"]) == ([], 1)


def test_a_reader_who_takes_no_json_is_told_so(catalog):
    answer = catalog.get(headers={"Accept": "text/html"})
    assert problem(answer)[:2] == (406, "NOT_ACCEPTABLE")
    assert catalog.get(headers={"Accept": "text/html, application/*;q=0.1"}).status_code == 200


def test_reads_are_recorded(catalog):
    service = catalog.published()
    catalog.get(service, language="de")
    ((operation, account, status, stored),) = catalog.sql(
        "select m.operation, a.name, m.status, b.request from message m join message_body b"
        " on b.number = m.number left join account a on a.id = m.account_id"
        " where m.dialect = 'catalog' order by m.number desc limit 1"
    )
    assert (operation, account, status) == ("GetServiceDetails", "catalog", 200)
    assert stored == "language=de"


# --- the details -----------------------------------------------------------------------------


def test_ssp7_catalog_a22_the_details_have_every_member(catalog):
    service, child, secret = catalog.service(), catalog.published(), catalog.published("Secret")
    for operation in OF_SERVICES:
        catalog.call(operation, service)
    catalog.call("UpdateTemplatePartTextValue", service, p_strPartInternalName="hidden")
    catalog.support(service, "Network")
    for other in (child, secret):
        catalog.relate(service, other)
    catalog.sql(
        "insert into catalog_document (catalog_service_id, name, content_type, size)"
        " select id, 'sla.pdf', 'application/pdf', 12 from catalog_service where guid = %s",
        service,
    )
    catalog.publish(service)
    request = catalog.approval(service, p_strTypeName="CreateVersion", p_strTitle="Next")
    catalog.call("SetPublishRequestShowInPublic", request)
    found = catalog.details(service, login=READER)
    (listed,) = catalog.listed(login=READER, uniqueId=f"SRV-{service[:8]}")["items"]
    assert {name: found[name] for name in listed} == listed
    assert list(found)[len(listed) :] == [
        "publishedOn", "description", "languages", "tags", "parts", "persons", "personGroups",
        "supportGroups", "relations", "documents", "openRequests",
    ]  # fmt: skip
    assert found["publishedOn"].endswith("Z")
    assert (found["languages"], found["tags"]) == (["en", "de"], ["office"])
    parts = {each["internalName"]: each for each in found["parts"]}
    assert parts["date"] == {
        "internalName": "date", "name": "The date", "type": "Date", "languageDependent": False,
        "value": "2026-04-01T00:00:00Z",
    }  # fmt: skip
    assert (parts["numeric"]["value"], parts["single"]["value"]) == (41.5, "A line")
    assert (parts["yesno"]["value"], parts["static"]["value"]) == (None, "As it is")
    assert "hidden" not in parts
    assert found["persons"]["EditorPersons"] == [{"uniqueId": "mkeller", "name": "M. Keller"}]
    assert found["personGroups"] == {"EditorGroups": ["Workplace team"]}
    assert found["supportGroups"] == ["Network"]
    assert [(e["kind"], e["guid"]) for e in found["relations"]] == [("child", child)]
    assert found["documents"] == [{"name": "sla.pdf", "contentType": "application/pdf", "size": 12}]
    (open_request,) = found["openRequests"]
    assert open_request.pop("requestedOn").endswith("Z")
    assert open_request == {
        "guid": request, "type": "Custom", "typeName": "CreateVersion", "title": "Next",
        "state": "New",
    }  # fmt: skip


def test_hidden_parts_and_services_are_for_those_who_may_read_drafts(catalog):
    service = catalog.published("Secret")
    assert catalog.get(service, login=READER).status_code == 404
    shown = catalog.details(service, login=DRAFTER)
    assert "hidden" in {each["internalName"] for each in shown["parts"]}


def test_a_missing_text_falls_back_to_the_default_language(catalog):
    service = catalog.service()
    catalog.sql(
        "delete from catalog_text where language = 'de' and catalog_service_id ="
        " (select id from catalog_service where guid = %s)", service,
    )  # fmt: skip
    found = catalog.draft(service, language="de")
    assert (found["name"], found["languages"]) == (f"Service {service}", ["en"])


def test_ssp7_catalog_b12_hidden_unpublished_removed_and_unknown_look_the_same(catalog):
    private, removed = catalog.published(public=False), catalog.published()
    catalog.call("DeleteService", removed)
    never = [catalog.published("Secret"), private, removed, catalog.service(), str(uuid4())]
    answers = [catalog.get(guid, login=READER) for guid in never]
    assert {problem(each)[:2] for each in answers} == {(404, "SERVICE_NOT_FOUND")}
    bodies = {frozenset({**each.json(), "correlationId": ""}.items()) for each in answers}
    assert len(bodies) == 1


def test_ssp7_catalog_b13_a_tag_holds_until_something_visible_changes(catalog):
    service = catalog.published()

    def asked(tag, **query):
        return catalog.get(service, headers={"If-None-Match": tag}, login=READER, **query)

    tag = catalog.get(service, login=READER).headers["etag"]
    assert not tag.startswith("W/")
    same = asked(f'"x", {tag}')
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert asked("*").status_code == 304
    catalog.call(LANGUAGE, service, **SUMMARY)
    assert asked(tag).status_code == 304  # nobody of this right sees it yet
    catalog.publish(service)
    assert asked(tag).status_code == 200


def test_ssp7_catalog_b13_language_state_and_rights_have_tags_of_their_own(catalog):
    service = catalog.published()
    tags = {
        catalog.get(service, login=login, **query).headers["etag"]
        for login, query in (
            (READER, {}), (READER, {"language": "de"}), (CATALOG, {}),
            (CATALOG, {"state": "draft"}),
        )
    }  # fmt: skip
    assert len(tags) == 4


def test_ssp7_catalog_b17_paths_ignore_letter_case(catalog):
    service = catalog.published()
    for path in (REST, REST.upper(), "/Catalog/API/v1/Services"):
        assert catalog.get(service.upper(), path=path).json()["guid"] == service
        assert catalog.get(path=path).status_code == 200
    for path in (PATH, PATH.lower(), PATH.upper()):
        assert catalog.get(path=path, WSDL="").headers["content-type"].startswith("text/xml")
