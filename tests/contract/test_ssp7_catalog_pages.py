"""Pages, samples, forms and settings of the service catalog."""

import pytest
from lxml import etree

from gateway.compose import definitions
from gateway.settings import load
from gateway.soap.contract import read_contract
from gateway.soap.envelope import SoapVersion
from gateway.soap.publishing import contracts_dir, wsdl_file
from gateway.soap.samples import filled_request, lexical
from tests.kit.catalog_service import (
    CATALOG,
    HOST,
    NAMESPACE,
    PATH,
    element,
    running_catalog,
    serving_catalog,
)
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.verbs import run_here

(SERVICE,) = (each for each in definitions() if each.stem == "ssp7-catalog")
CONTRACT = read_contract(wsdl_file(SERVICE, contracts_dir()).read_bytes())
VERSIONS = {"1.1": SoapVersion.V11, "1.2": SoapVersion.V12}
FIELD = "UpdateServiceField"
ADMIN = ("admin", ADMIN_PASSWORD)


@pytest.fixture(scope="module")
def strict(databases):
    """A catalog with every setting otherwise than by default."""
    with running_catalog(
        databases,
        order="strict",
        soap_action="required",
        auth="wsse",
        help_page="off",
        wsdl="on",
        http_post="off",
        restrict_voters="true",
        time_zone="Europe/Berlin",
        max_body_bytes="4096",
    ) as running:
        yield running


def page(catalog, query=""):
    return catalog.session(None).get(f"{HOST}{PATH}{query}", headers={"Accept-Language": "en"})


@pytest.mark.parametrize("name", list(CONTRACT.operations))
def test_ssp7_catalog_b16_every_operation_has_its_page(catalog, name):
    found = page(catalog, f"?op={name}")
    assert found.status_code == 200
    root = etree.HTML(found.text)
    assert root.xpath("//*[@id='operation']")[0].text == name
    assert SERVICE.operations[name].text in found.text
    for block in ("test", "soap11", "soap12"):
        assert root.xpath(f"//*[@id='{block}']")
    assert root.xpath(f"//form[@action='{PATH}/{name}' or contains(@action, '/{name}')]")


@pytest.fixture(scope="module")
def demo(databases):
    """A catalog with the demo data, which samples speak of."""
    with databases.migrated() as url:
        done = run_here("demo", "--database-url", url)
        assert done.returncode == 0, done.stderr
        with serving_catalog(url) as running:
            yield running


@pytest.mark.parametrize("name", list(CONTRACT.operations))
def test_ssp7_catalog_b16_the_filled_sample_of_every_page_is_accepted(demo, version, name):
    values = SERVICE.filled(name)
    sample = filled_request(CONTRACT, CONTRACT.operations[name], VERSIONS[version], values)
    form = {key: lexical(value, key) for key, value in values.items()}
    # Nobody can print a hash beforehand: it is made with the operator's key.
    good = "HASH_INVALID" if name.startswith("Process") else "<Success>true</Success>"
    # Twice: a reader of the page tries it again.
    for _ in range(2):
        told = demo.post(None, version=version, envelope=sample.encode(), login=ADMIN).text
        assert good in told
        assert good in demo.form(name, form, login=ADMIN).text


def test_a_form_call_is_answered_by_one_element_named_as_the_type(catalog):
    service = catalog.service()
    sent = {"p_strServiceGuid": service, "p_strInternalName": "Tags", "p_strValue": "a;b"}
    root = etree.fromstring(catalog.form(FIELD, sent).content)
    assert root.tag == f"{{{NAMESPACE}}}CatalogServiceResult"
    assert root.findtext(f"{{{NAMESPACE}}}Changed") == "true"
    by_hash = {**sent, "p_strValue": "c", "p_strHashCheck": catalog.hashes.service_hash(service)}
    assert catalog.form(FIELD, by_hash, login=None).status_code == 200
    refused = catalog.form(FIELD, {**sent, "p_strInternalName": "none"})
    assert refused.text.startswith("FIELD_NOT_FOUND: no service field none (")


def test_no_operation_is_called_by_a_query(catalog):
    answer = catalog.session().get(f"{HOST}{PATH}/{FIELD}", params={"p_strValue": "x"})
    assert answer.status_code == 500
    assert "recogni" in answer.text


def test_the_first_page_shows_the_service_and_its_reads(catalog):
    cards = catalog.session(None).get(f"{HOST}/index.json").json()
    (card,) = (each for each in cards["services"] if each["stem"] == "ssp7-catalog")
    assert (card["operations"], card["address"]) == (17, f"{HOST}{PATH}")
    assert f"{HOST}/catalog/api/v1/services" in [each["address"] for each in cards["rest"]]


def test_the_discovery_document_names_the_service(catalog):
    assert b"ServiceCatalogSoap12" in page(catalog, "?disco").content


def token(name, password):
    space = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    return (
        f'<w:Security xmlns:w="{space}"><w:UsernameToken><w:Username>{name}</w:Username>'
        f"<w:Password>{password}</w:Password></w:UsernameToken></w:Security>"
    )


TOKEN = token(*CATALOG)


def said(strict, operation, content, *, action=True, header=TOKEN):
    headers = {"SOAPAction": f'"{NAMESPACE}/{operation}"'} if action else {}
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<s:Header>{header}</s:Header><s:Body>{element(operation, content)}</s:Body></s:Envelope>"
    )
    return strict.post(None, envelope=envelope.encode(), headers=headers, login=None)


def about(service, more):
    return f"<p_strServiceGuid>{service}</p_strServiceGuid>{more}"


def test_a_strict_catalog_takes_the_schema_only(strict):
    service = strict.service()
    tags = "<p_strInternalName>Tags</p_strInternalName><p_strValue>x</p_strValue>"
    assert "<Code>OK</Code>" in said(strict, FIELD, about(service, tags)).text
    for content, code in (
        (tags + about(service, ""), "ARGUMENT_INVALID"),
        (about(service, f"{tags}<p_strNew/>"), "ARGUMENT_INVALID"),
    ):
        assert code in said(strict, FIELD, content).text
    title = about(service, "<p_strTitle>T</p_strTitle>")
    assert "ARGUMENT_MISSING: p_blnLockService" in said(strict, "CreateCustomApproval", title).text
    assert "SOAP_ACTION_UNKNOWN" in said(strict, FIELD, about(service, tags), action=False).text


def test_ways_to_log_in_that_are_off_are_as_none(strict):
    service = strict.service()
    proof = f"<p_strHashCheck>{strict.hashes.service_hash(service)}</p_strHashCheck>"
    tags = "<p_strInternalName>Tags</p_strInternalName><p_strValue>x</p_strValue>"
    refused = said(strict, FIELD, about(service, tags + proof), header="")
    assert "AUTH_REQUIRED" in refused.text
    assert "WWW-Authenticate" not in refused.headers


def test_a_vote_needs_login_and_hash_where_a_hash_alone_is_off(strict):
    service = strict.service()
    strict.person(service, "TechnicalApprovalPersons", "jdoe")
    made = said(
        strict, "CreateCustomApproval",
        about(service, "<p_strTitle>T</p_strTitle><p_blnLockService>false</p_blnLockService>"),
    )  # fmt: skip
    request = etree.fromstring(made.content).findtext(f".//{{{NAMESPACE}}}RequestGuid")
    proof = f"<p_strHashCheck>{strict.hashes.request_hash(request)}</p_strHashCheck>"

    def vote(voter, proof, **sent):
        return said(
            strict, "ProcessServicePublishRequest",
            f"<p_strRequestGuid>{request}</p_strRequestGuid><p_strDecision>Approved</p_strDecision>"
            f"<p_strVoterUniqueId>{voter}</p_strVoterUniqueId>{proof}", **sent,
        ).text  # fmt: skip

    assert "AUTH_REQUIRED" in vote("jdoe", proof, header="")
    assert "ARGUMENT_MISSING" in vote("jdoe", "")
    # restrict_voters: only who is in an approval list votes.
    assert "ACCESS_DENIED" in vote("mkeller", proof)
    assert "<RequestState>Completed</RequestState>" in vote("jdoe", proof)


def test_a_time_without_zone_is_in_that_of_the_setting(strict):
    service = strict.service()
    content = (
        "<p_strPartInternalName>date</p_strPartInternalName>"
        "<p_dtValue>2026-01-01T12:00:00</p_dtValue>"
    )
    said(strict, "UpdateTemplatePartDateTimeValue", about(service, content))
    assert strict.part(service, "date") == "2026-01-01T11:00:00Z"


def test_pages_forms_and_long_bodies_may_be_off(strict):
    assert page(strict).status_code == 404
    assert page(strict, "?wsdl").status_code == 200
    assert strict.form(FIELD, {"p_strValue": "x"}).status_code == 500
    assert strict.post(element(FIELD, "x" * 5000)).status_code == 413


def test_calls_by_a_query_are_not_published_where_no_operation_only_reads():
    settings = load({}, environment={"GATEWAY_SSP7_CATALOG__HTTP_GET": "on"}).settings
    (catalog,) = (each for each in definitions(settings) if each.stem == "ssp7-catalog")
    assert catalog.form_bindings == ()


def test_the_catalog_may_be_switched_off():
    settings = load({}, environment={"GATEWAY_SSP7_CATALOG__ENABLED": "false"}).settings
    assert "ssp7-catalog" not in {each.stem for each in definitions(settings)}
