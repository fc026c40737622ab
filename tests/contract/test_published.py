"""What is published is what is served: files, variants, pages, samples, strict clients."""

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files

import pytest
import xmlschema
import zeep
from lxml import etree

from gateway import compose
from gateway.cli.wsdl import verb
from gateway.errors import CannotStart
from gateway.http.exchange import Trace
from gateway.soap.contract import read_contract
from gateway.soap.definition import FieldText, OperationText
from gateway.soap.documents import STYLESHEET_PATH, stylesheet
from gateway.soap.envelope import SoapVersion
from gateway.soap.offers import FormCalls
from gateway.soap.pages import ContractPages, Download
from gateway.soap.publishing import (
    ServedContract,
    Variant,
    contracts_dir,
    export,
    outdated,
    schema_file,
    wsdl_file,
)
from gateway.soap.samples import filled_request
from gateway.soap.wsdl import build_wsdl, inline_schema, to_bytes
from tests.kit.lending import BOOK, NAMESPACE, VALUES, lending, lending_endpoint
from tests.kit.strict_client import InMemory, request, strict_client

PUBLIC = "https://desk.example.com/gw"
ADDRESS = f"{PUBLIC}/soap/tests/lending"
WSDL11_SCHEMA = xmlschema.XMLSchema10(str(files("xmlschema").joinpath("schemas/WSDL/wsdl.xsd")))

PROJECT = Download(
    label="SoapUI project", media_type="text/xml; charset=utf-8", content=lambda: b"<project/>"
)

published = pytest.mark.parametrize(
    "definition", [lending(), *compose.definitions()], ids=lambda definition: definition.stem
)


@pytest.fixture
def folder(tmp_path):
    export([lending()], tmp_path)
    return tmp_path


@pytest.fixture
def served(folder):
    return ServedContract(lending(), folder, PUBLIC)


@pytest.fixture
def pages(served):
    return ContractPages(served)


@pytest.fixture
def endpoint(served):
    return lending_endpoint(served.definition, served.schema_bytes)


def get(pages, query="", **headers):
    return pages.get(request("GET", "/soap/tests/lending", query, headers=headers))


# --- files ------------------------------------------------------------------------------------


def test_the_committed_files_are_what_the_program_publishes():
    assert outdated(compose.definitions(), contracts_dir(), compose.descriptions()) == ()


def test_an_installed_gateway_finds_its_files_in_the_package(tmp_path, monkeypatch):
    package = tmp_path / "gateway"
    monkeypatch.setattr("gateway.soap.publishing.__file__", str(package / "soap/publishing.py"))

    assert contracts_dir() == package / "contracts"


def test_export_leaves_current_files_alone(folder):
    assert export([lending()], folder) == ()
    wsdl_file(lending(), folder).write_bytes(b"old")

    assert outdated([lending()], folder) == (wsdl_file(lending(), folder),)
    assert export([lending()], folder) == (wsdl_file(lending(), folder),)


def test_a_missing_file_stops_the_start_with_a_remedy(tmp_path):
    with pytest.raises(CannotStart, match="is missing: run `ticket-gateway wsdl export`"):
        ServedContract(lending(), tmp_path, PUBLIC)


def test_a_file_of_another_namespace_stops_the_start(folder):
    other = replace(lending(), namespace="urn:other")

    with pytest.raises(CannotStart, match=f"is for the namespace {NAMESPACE}, the service has urn"):
        ServedContract(other, folder, PUBLIC)


def test_a_file_that_is_no_contract_stops_the_start(folder):
    wsdl_file(lending(), folder).write_bytes(b"<html/>")

    with pytest.raises(CannotStart, match="the root element is not wsdl:definitions"):
        ServedContract(lending(), folder, PUBLIC)


@pytest.mark.parametrize("content", [None, b"<other/>"])
def test_the_schema_file_is_the_schema_inside_the_contract(folder, content):
    file = schema_file(lending(), folder)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    with pytest.raises(CannotStart, match=r"tests-lending\.xsd is"):
        ServedContract(lending(), folder, PUBLIC)


@published
def test_every_variant_is_valid_by_the_schema_of_wsdl_11(definition, tmp_path):
    export([definition], tmp_path)
    served = ServedContract(definition, tmp_path, PUBLIC)

    for variant in Variant:
        WSDL11_SCHEMA.validate(served.wsdl(variant).decode())


@published
def test_two_xsd_processors_compile_the_schema(definition, tmp_path):
    export([definition], tmp_path)
    file = schema_file(definition, tmp_path)

    etree.XMLSchema(etree.parse(file))
    compiled = xmlschema.XMLSchema10(str(file))
    assert compiled.target_namespace == definition.namespace


@published
def test_a_build_gives_the_same_bytes_again(definition):
    assert build_wsdl(definition) == build_wsdl(definition)


# --- variants ---------------------------------------------------------------------------------


@published
def test_served_is_the_file_but_for_the_addresses(definition, tmp_path):
    export([definition], tmp_path)
    served = ServedContract(definition, tmp_path, PUBLIC)

    file = wsdl_file(definition, tmp_path).read_bytes()

    assert served.wsdl() == file.replace(b"http://gateway.invalid", PUBLIC.encode())


@published
@pytest.mark.parametrize(
    ("variant", "versions"),
    [
        (Variant.BOTH, [SoapVersion.V11, SoapVersion.V12]),
        (Variant.SOAP11, [SoapVersion.V11]),
        (Variant.SOAP12, [SoapVersion.V12]),
    ],
)
def test_a_variant_shows_its_bindings_alone(definition, variant, versions, tmp_path):
    export([definition], tmp_path)
    text = ServedContract(definition, tmp_path, PUBLIC).wsdl(variant)

    contract = read_contract(text)

    assert list(contract.ports) == versions
    assert {port.address for port in contract.ports.values()} == {PUBLIC + definition.path}
    assert contract.operations.keys() == read_contract(build_wsdl(definition)).operations.keys()
    assert (b"wsdl/soap12/" in text) == (SoapVersion.V12 in versions)


def test_a_service_with_several_prefixes_shows_the_one_asked_for(folder):
    served = ServedContract(lending(), folder, PUBLIC, path="/znuny/lending")

    assert f'location="{PUBLIC}/znuny/lending"'.encode() in served.wsdl()
    assert b"/assets/service.css" in ContractPages(served).get(request("GET", "/x")).body


@pytest.mark.parametrize(
    ("query", "variant"),
    [
        ("wsdl", Variant.BOTH),
        ("WSDL", Variant.BOTH),
        ("Wsdl=", Variant.BOTH),
        ("singleWsdl", Variant.BOTH),
        ("wsdl=SOAP11", Variant.SOAP11),
        ("wsdl=soap12", Variant.SOAP12),
    ],
)
def test_the_contract_is_found_in_any_letter_case(pages, served, query, variant):
    answer = get(pages, query)

    assert answer.status == 200
    assert answer.media_type == "text/xml; charset=utf-8"
    assert answer.body == served.wsdl(variant)


@pytest.mark.parametrize("query", ["xsd=tests-lending", "xsd", "XSD=Tests-Lending"])
def test_the_schema_is_served_as_the_validator_uses_it(pages, served, query):
    assert get(pages, query).body == served.schema_bytes


@pytest.mark.parametrize("query", ["xsd=other", "wsdl=soap13"])
def test_an_unknown_document_is_404(pages, query):
    assert get(pages, query).status == 404


@pytest.mark.parametrize("query", ["wsdl", "xsd", "", "op=LendBook_V1", "disco"])
def test_a_caller_that_has_the_document_is_told_so(pages, query):
    first = get(pages, query)
    tag = dict(first.headers)["ETag"]

    again = get(pages, query, **{"If-None-Match": f'"other", W/{tag}'})

    assert (again.status, again.body) == (304, b"")
    assert dict(again.headers)["ETag"] == tag
    assert get(pages, query, **{"If-None-Match": '"other"'}).status == 200


def test_the_tag_of_the_contract_is_its_own(served, pages):
    assert dict(get(pages, "wsdl").headers)["ETag"] == served.etag
    assert dict(get(pages, "wsdl=soap11").headers)["ETag"] != served.etag


@pytest.mark.parametrize("query", ["", "wsdl", "op=LendBook_V2", "op=none", "disco", "xsd"])
def test_the_host_header_never_enters_an_answer(pages, query):
    answer = get(pages, query, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})

    assert b"evil.example" not in answer.body


# --- who may read, what is switched off -------------------------------------------------------


def test_a_contract_that_is_not_public_asks_for_credentials(folder):
    served = ServedContract(lending(wsdl_public=False), folder, PUBLIC)
    known = ContractPages(served, identified=lambda r: "authorization" in r.headers)

    assert get(ContractPages(served), "wsdl").status == 401

    for query in ("", "wsdl", "op=LendBook_V1", "xsd"):
        refused = get(known, query)
        assert refused.status == 401
        assert dict(refused.headers)["WWW-Authenticate"].startswith("Basic ")
        assert get(known, query, Authorization="Basic x").status == 200


def test_pages_can_be_switched_off_without_the_contract(served):
    switched_off = ContractPages(served, pages=False, downloads={"soapui": PROJECT})

    assert [get(switched_off, query).status for query in ("", "op=x", "disco", "soapui")] == [
        404
    ] * 4
    assert get(switched_off, "wsdl").status == 200


def test_the_contract_can_be_switched_off(served):
    switched_off = ContractPages(served, pages=False, wsdl=False)

    assert [get(switched_off, query).status for query in ("wsdl", "xsd", "")] == [404] * 3


# --- pages ------------------------------------------------------------------------------------


class Outline(HTMLParser):
    """Ids, links, texts by id, and whatever a page may not hold."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.forbidden, self.open = [], [], [], []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag in {"script", "style", "img", "iframe"} or "style" in attributes:
            self.forbidden.append(tag)
        self.forbidden += [name for name in attributes if name.startswith("on")]
        if tag not in {"meta", "link", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def outline(answer):
    assert answer.media_type == "text/html; charset=utf-8"
    found = Outline(answer.body.decode())
    assert found.open == []
    assert found.forbidden == []
    return found


def test_the_service_page_links_every_operation_in_its_group(pages):
    page = outline(get(pages))

    assert "operations" in page.ids
    assert [link for link in page.links if "op=" in link] == [
        "?op=LendBook_V2",
        "?op=LendBook_V1",
        "?op=ListBooks_V1",
    ]
    assert page.text.index("Loans") < page.text.index("Books")
    assert "Lends a book to readers." in page.text
    assert "?wsdl" in page.links


def test_every_link_of_the_pages_leads_somewhere(pages):
    for link in outline(get(pages)).links:
        assert get(pages, link.removeprefix("?")).status == 200, link


def test_the_operation_page_has_its_parts_in_order(pages):
    page = outline(get(pages, "op=LendBook_V2"))

    parts = ["operation", "test", "soap11", "soap12", "parameters", "answer"]
    assert page.ids == [*parts, "codes", "differences", "filled", "calls"]


@pytest.mark.parametrize("query", ["op=lendbook_v2", "OP=LENDBOOK_V2"])
def test_an_operation_is_found_in_any_letter_case(pages, query):
    assert "LendBook_V2" in outline(get(pages, query)).text


def test_an_operation_page_says_what_people_need(pages):
    text = outline(get(pages, "op=LendBook_V2")).text

    assert "id made by the caller a GUID" in text
    assert "to create" in text
    assert "TBook_V1 became TBook_V2" in text
    assert "a rule is broken" in text
    assert f"curl --user USER" in text  # noqa: F541
    assert ADDRESS in text


def test_the_origin_of_fields_is_shown_where_it_is_known(folder):
    fields = {"TBook_V2.Stock": FieldText(meaning="copies", origin="V")}
    known = ServedContract(replace(lending(), fields=fields), folder, PUBLIC)

    assert "Origin" in outline(get(ContractPages(known), "op=LendBook_V2")).text
    assert "Origin" not in outline(get(ContractPages(known), "op=LendBook_V1")).text


def test_an_older_version_points_to_its_successor(pages):
    page = outline(get(pages, "op=LendBook_V1"))

    assert "Superseded by LendBook_V2" in page.text
    assert "differences" not in page.ids


def test_versions_without_other_fields_say_so(folder):
    texts = {"LendBook_V2": OperationText(text="The same.", supersedes="LendBook_V2")}
    served = ServedContract(replace(lending(), operations=texts), folder, PUBLIC)

    page = outline(get(ContractPages(served), "op=LendBook_V2"))

    assert "Both take and give the same fields." in page.text


def test_differences_tell_what_became_required(folder):
    older = {"ListBooks_V1": OperationText(text="Lists.", supersedes="LendBook_V2")}
    newer = {"LendBook_V1": OperationText(text="Lends.", supersedes="LendBook_V2")}
    definition = replace(lending(), operations={**older, **newer}, filled=lambda _: {})
    file = wsdl_file(definition, folder)
    optional = b'name="Title" type="xs:string" minOccurs="0"'
    file.write_bytes(file.read_bytes().replace(optional, b'name="Title" type="xs:string"', 1))
    schema_file(definition, folder).write_bytes(
        to_bytes(inline_schema(etree.fromstring(file.read_bytes())))
    )
    pages = ContractPages(ServedContract(definition, folder, PUBLIC))

    assert "now required" in outline(get(pages, "op=LendBook_V1")).text
    assert "removed" in outline(get(pages, "op=ListBooks_V1")).text


def test_the_answer_of_a_service_without_result_element_is_shown_whole(folder):
    definition = lending()
    file = wsdl_file(definition, folder)
    file.write_bytes(file.read_bytes().replace(b'"LendBook_V1Result"', b'"Outcome"'))
    schema_file(definition, folder).write_bytes(
        to_bytes(inline_schema(etree.fromstring(file.read_bytes())))
    )
    pages = ContractPages(ServedContract(definition, folder, PUBLIC))

    assert "Outcome" in outline(get(pages, "op=LendBook_V1")).text


def test_without_values_there_is_no_filled_request(folder):
    served = ServedContract(replace(lending(), filled=lambda _: {}), folder, PUBLIC)

    assert "filled" not in outline(get(ContractPages(served), "op=LendBook_V2")).ids
    assert "filled" in outline(get(ContractPages(served), "op=ListBooks_V1")).ids


def test_an_unknown_operation_is_404_with_the_nearest_names(pages):
    answer = get(pages, "op=LendBok")
    page = outline(answer)

    assert answer.status == 404
    assert "?op=LendBook_V1" in page.links
    assert "There is no operation LendBok in this service." in page.text


def test_what_was_asked_for_is_shown_as_text(pages):
    answer = get(pages, "op=%3Cscript%3Ealert(1)%3C/script%3E" + "x" * 5000)

    assert b"<script" not in answer.body
    assert len(answer.body) < 3000


@pytest.mark.parametrize(
    ("accepted", "language", "word"),
    [
        ("", "en", "Operations"),
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Operationen"),
        ("fr, en;q=0.4, de;q=0.3", "en", "Operations"),
        ("de;q=rubbish", "en", "Operations"),
    ],
)
def test_pages_speak_english_and_german(pages, accepted, language, word):
    answer = get(pages, "", **{"Accept-Language": accepted})

    assert f'<html lang="{language}">'.encode() in answer.body
    assert word in outline(answer).text
    assert ("Vary", "Accept-Language") in answer.headers


def test_pages_forbid_scripts_and_foreign_content(pages):
    policy = dict(get(pages).headers)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "form-action 'self'" in policy


def test_the_stylesheet_stands_where_the_pages_look_for_it(pages):
    assert f'href="/gw{STYLESHEET_PATH}"'.encode() in get(pages).body

    answer = stylesheet(request("GET", STYLESHEET_PATH))

    assert answer.media_type == "text/css; charset=utf-8"
    assert b"url(" not in answer.body
    assert b"@import" not in answer.body


def test_form_calls_are_shown_where_they_are_allowed(folder):
    definition = replace(lending(), asking=frozenset({"ListBooks_V1"}))
    served = ServedContract(definition, folder, PUBLIC)
    everything = FormCalls(test=True, get=True, post=True)
    pages = ContractPages(served, form_calls=lambda _: everything)

    page = outline(get(pages, "op=ListBooks_V1"))
    assert page.ids[:6] == ["operation", "test", "soap11", "soap12", "get", "post"]
    assert b'method="post" action="/gw/soap/tests/lending/ListBooks_V1"' in (
        get(pages, "op=ListBooks_V1").body
    )

    lists = outline(get(pages, "op=LendBook_V2"))
    assert "get" not in lists.ids
    assert "not available for operations with lists" in lists.text


def test_further_files_are_linked_and_served(served):
    pages = ContractPages(served, downloads={"soapui": PROJECT})

    assert "?soapui" in outline(get(pages)).links
    assert get(pages, "SoapUI").body == b"<project/>"


def test_disco_names_the_contract_and_its_bindings(pages):
    root = etree.fromstring(get(pages, "disco").body)

    assert root.tag == "{http://schemas.xmlsoap.org/disco/}discovery"
    reference, *bindings = root
    assert dict(reference.attrib) == {"ref": f"{ADDRESS}?wsdl", "docRef": ADDRESS}
    assert [(node.get("binding"), node.nsmap["q1"]) for node in bindings] == [
        ("q1:LendingSoap11Binding", NAMESPACE),
        ("q1:LendingSoap12Binding", NAMESPACE),
    ]


# --- calls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize("name", read_contract(build_wsdl(lending())).operations)
def test_every_filled_sample_is_accepted(served, endpoint, name, version):
    contract = served.contract
    text = filled_request(contract, contract.operations[name], version, VALUES.get(name, {}))
    headers = {"Content-Type": f"{version.media_type}; charset=utf-8"}

    answer = endpoint.answer(
        request("POST", "/", body=text.encode(), headers=headers), Trace(number="1", dialect="t")
    )

    assert answer.status == 200, answer.body
    body = etree.fromstring(answer.body).find(f"{{{version.namespace}}}Body")
    etree.XMLSchema(etree.fromstring(served.schema_bytes)).assertValid(etree.ElementTree(body[0]))


@pytest.mark.parametrize("variant", ["wsdl", "wsdl=soap11", "wsdl=soap12"])
def test_a_strict_client_reads_every_variant_and_every_answer(pages, endpoint, variant):
    client, transport = strict_client(f"{ADDRESS}?{variant}", pages.get, endpoint.answer)

    assert client.service.LendBook_V1(Book={"Id": "1", "Bought": datetime(2025, 1, 1, tzinfo=UTC)})
    lent = client.service.LendBook_V2(Book={"Id": "1"}, Readers={"string": ["a", "b", "c"]})
    listed = client.service.ListBooks_V1()

    assert (lent.ResultCode, lent.Loans) == (0, 3)
    first, second = listed.Books.TBook_V2
    assert (first.Title, first.Price, first.Bought) == (
        BOOK["Title"],
        Decimal("12.50"),
        BOOK["Bought"],
    )
    assert first.Editions.TBook_V1[0].Copies == 2
    assert second.Id == "2"
    assert listed.Years.int == [1999]
    assert {sent.path for sent in transport.sent} == {ADDRESS}


@pytest.mark.parametrize("variant", ["wsdl=soap11", "wsdl=soap12"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_lists_of_none_one_and_three_are_read(pages, endpoint, variant, count):
    client, _ = strict_client(f"{ADDRESS}?{variant}", pages.get, endpoint.answer)

    answer = client.service.LendBook_V2(Book={"Id": "1"}, Readers={"string": ["x"] * count})

    assert answer.Loans == count


@pytest.mark.parametrize("variant", ["wsdl=soap11", "wsdl=soap12"])
def test_the_login_header_is_optional_input(pages, endpoint, variant):
    client, transport = strict_client(f"{ADDRESS}?{variant}", pages.get, endpoint.answer)

    client.service.ListBooks_V1(_soapheaders={"SessionId": "abc"})

    assert b">abc</ns0:SessionId>" in transport.sent[0].body


def test_a_strict_client_reads_the_members_of_a_fault(pages, endpoint):
    client, _ = strict_client(f"{ADDRESS}?wsdl=soap11", pages.get, endpoint.answer)
    detail_type = client.get_element(f"{{{NAMESPACE}}}LendingFault")

    with pytest.raises(zeep.exceptions.Fault) as raised:
        client.service.LendBook_V1(Book={"Id": "1", "Binding": "Leather"})

    detail = detail_type.parse(raised.value.detail[0], client.wsdl.types)
    assert (detail.ResultCode, detail.Reference) == (35, "1")


def test_the_ready_zeep_call_runs_as_it_stands(pages, endpoint, monkeypatch):
    text = _block_with(get(pages, "op=LendBook_V2"), "from zeep import Client")
    monkeypatch.setattr("getpass.getpass", lambda: "secret")
    monkeypatch.setattr(
        "zeep.transports.Transport", lambda session: InMemory(pages.get, endpoint.answer)
    )

    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(text, "snippet", "exec"), {})

    assert "'Loans': 2" in printed.getvalue()


def _block_with(answer, mark):
    class Blocks(HTMLParser):
        found, inside = [], False

        def handle_starttag(self, tag, attrs):
            self.inside = tag == "pre"
            if self.inside:
                self.found = [*self.found, ""]

        def handle_endtag(self, tag):
            self.inside = False

        def handle_data(self, data):
            if self.inside:
                self.found[-1] += data

    blocks = Blocks()
    blocks.feed(answer.body.decode())
    (block,) = [text for text in blocks.found if mark in text]
    return block


@pytest.mark.parametrize("definition", compose.definitions(), ids=lambda each: each.stem)
@pytest.mark.parametrize("variant", Variant)
def test_strict_zeep_reads_every_published_contract(definition, variant, tmp_path):
    export([definition], tmp_path)
    pages = ContractPages(ServedContract(definition, tmp_path, PUBLIC))

    client, _ = strict_client(f"{PUBLIC}{definition.path}?wsdl={variant}", pages.get, None)

    operations = read_contract(build_wsdl(definition)).operations
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            assert port.binding.all().keys() == operations.keys()


# --- the verb ---------------------------------------------------------------------------------


def run(*arguments):
    out = io.StringIO()
    with redirect_stdout(out):
        code = verb.main([str(argument) for argument in arguments], standalone_mode=False)
    return code or 0, [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_verb_lists_the_contracts():
    code, rows = run("list", "--json")

    assert code == 0
    assert [row["service"] for row in rows] == [each.stem for each in compose.definitions()]
    assert all(row["current"] for row in rows)


def test_the_verb_exports_and_checks(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.cli.wsdl.contracts_dir", lambda: tmp_path)

    assert run("check", "--json")[0] == 1
    files = 2 * len(compose.definitions()) + len(compose.descriptions())
    assert len(run("export", "--json")[1]) == files
    assert run("check", "--json") == (0, [])
    assert run("export", "--out", tmp_path / "other", "--json")[0] == 0


def test_the_verb_list_names_the_remedy_for_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.cli.wsdl.contracts_dir", lambda: tmp_path)

    with pytest.raises(CannotStart, match="wsdl export"):
        run("list")


def test_the_verb_diff_leaves_with_1_when_a_change_breaks(folder):
    old = wsdl_file(lending(), folder)
    new = folder / "new.wsdl"
    new.write_bytes(old.read_bytes().replace(b'value="Paperback"', b'value="Ebook"'))

    code, rows = run("diff", old, new, "--json")

    assert code == 1
    assert {"kind", "where", "what"} == rows[0].keys()
    assert rows[0]["kind"] == "breaking"
    assert run("diff", old, old, "--json") == (0, [])


def test_the_verb_diff_refuses_what_is_no_contract(folder):
    with pytest.raises(Exception, match="not a contract that can be compared"):
        run("diff", schema_file(lending(), folder), wsdl_file(lending(), folder))
