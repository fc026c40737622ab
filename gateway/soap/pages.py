"""The help pages of one SOAP service, made from the contract it serves: GET on its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from gateway.http.exchange import Answer, Request
from gateway.soap import page_content
from gateway.soap.contract import Operation
from gateway.soap.definition import Reading
from gateway.soap.documents import HTML, PAGE_HEADERS, STYLESHEET_PATH, document, templates
from gateway.soap.envelope import SoapVersion
from gateway.soap.form_bindings import takes_form
from gateway.soap.offers import FormCalls
from gateway.soap.page_texts import DEFAULT_LANGUAGE, TEXTS, language
from gateway.soap.publishing import ServedContract, Variant
from gateway.soap.samples import (
    answer_head,
    form_answer,
    placeholder_answer,
    placeholder_request,
    query_sample,
    request_head,
)
from gateway.soap.snippets import Snippet, snippets

_XML = "text/xml; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_CHALLENGE = ("WWW-Authenticate", 'Basic realm="ticket-gateway", charset="UTF-8"')
_DISCO = "http://schemas.xmlsoap.org/disco/"
_DISCO_CONTRACT = "http://schemas.xmlsoap.org/disco/scl/"
_DISCO_SOAP = "http://schemas.xmlsoap.org/disco/soap/"

# By key of the query, in lower case; the value of the key is handed on.
_Answers = dict[str, Callable[[Request, str], Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A further file of the service at ``?KEY``, linked from its page."""

    label: str
    media_type: str
    content: Callable[[], bytes]


def no_form_calls(request: Request) -> FormCalls:  # noqa: ARG001 - the same for every caller
    """Offer no form calls."""
    return FormCalls()


def nobody(request: Request) -> bool:  # noqa: ARG001 - the same for every caller
    """Let no caller read a contract that is not public."""
    return False


class ContractPages:
    """Answers GET for one service: contract, schema, service page and operation pages.

    ``identified`` is asked when the contract is not public. ``pages`` and ``wsdl`` switch the
    help pages and the contract off. Only query, language and entity tag of a request are read:
    its Host header never enters an answer.
    """

    def __init__(
        self,
        served: ServedContract,
        *,
        identified: Callable[[Request], bool] = nobody,
        form_calls: Callable[[Request], FormCalls] = no_form_calls,
        downloads: Mapping[str, Download] | None = None,
        pages: bool = True,
        wsdl: bool = True,
        default_language: str = DEFAULT_LANGUAGE,
    ) -> None:
        self._served = served
        self._identified = identified
        self._form_calls = form_calls
        self._language = default_language
        self._downloads = dict(downloads or {})
        contracts: _Answers = {
            "wsdl": self._contract,
            "singlewsdl": self._contract,
            "xsd": self._schema,
        }
        helps: _Answers = {
            "": self._service_page if served.definition.bare_get else self._no_page,
            "op": self._operation_page,
            "disco": self._disco,
            **{key.lower(): _download(file) for key, file in self._downloads.items()},
        }
        self._answers = {**_switched(contracts, on=wsdl), **_switched(helps, on=pages)}
        self._operations = {name.lower(): name for name in served.contract.operations}
        self._templates = templates()

    def get(self, request: Request) -> Answer:
        """Answer one GET; keys of the query and the value of ``op`` ignore letter case."""
        if not self._served.definition.wsdl_public and not self._identified(request):
            return Answer(
                HTTPStatus.UNAUTHORIZED, b"credentials are required\n", _PLAIN, (_CHALLENGE,)
            )
        for key, value in parse_qsl(request.query, keep_blank_values=True):
            answer = self._answers.get(key.lower())
            if answer is not None:
                return answer(request, value)
        return self._answers[""](request, "")

    def unrecognised(self, request: Request) -> Answer:
        """Answer a call of a form that is not offered here, as ASMX does (SSP7 contract, 14.5)."""
        return self._page(request, "unrecognised.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)

    # documents

    def _contract(self, request: Request, variant: str) -> Answer:
        chosen = variant.lower() or Variant.BOTH
        if chosen not in set(Variant):
            return _nodocument()
        return document(request, self._served.wsdl(Variant(chosen)), _XML)

    def _schema(self, request: Request, name: str) -> Answer:
        found = self._served.schema(name)
        return _nodocument() if found is None else document(request, found, _XML)

    def _disco(self, request: Request, _: str) -> Answer:
        address, contract = self._served.address, self._served.contract
        root = etree.Element(f"{{{_DISCO}}}discovery", nsmap={None: _DISCO})
        etree.SubElement(
            root,
            f"{{{_DISCO_CONTRACT}}}contractRef",
            {"ref": f"{address}?wsdl", "docRef": address},
            nsmap={None: _DISCO_CONTRACT},
        )
        for port in contract.ports.values():
            etree.SubElement(
                root,
                f"{{{_DISCO_SOAP}}}soap",
                {"address": address, "binding": f"q1:{port.binding}"},
                nsmap={None: _DISCO_SOAP, "q1": contract.namespace},
            )
        body = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
        return document(request, body, _XML)

    # pages

    def _service_page(self, request: Request, _: str) -> Answer:
        contract, definition = self._served.contract, self._served.definition
        return self._page(
            request,
            "service.html",
            groups=page_content.groups(contract, definition),
            downloads=self._downloads,
        )

    def _no_page(self, request: Request, _: str) -> Answer:
        """Answer where a GET without a query is none of the service's (Znuny contract, 2.1)."""
        del request
        allowed = (("Allow", "GET, HEAD, POST"),)
        text = b"GW-101 only ?wsdl, ?xsd and ?op are shown here\n"
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, text, _PLAIN, allowed)

    def _operation_page(self, request: Request, asked: str) -> Answer:
        if not asked:
            return self._service_page(request, asked)
        name = self._operations.get(asked.lower())
        if name is None:
            near = get_close_matches(asked.lower(), self._operations, n=5, cutoff=0.5)
            return self._page(
                request,
                "missing.html",
                status=HTTPStatus.NOT_FOUND,
                asked=asked[:64],
                nearest=[self._operations[key] for key in near],
            )
        operation = self._served.contract.operations[name]
        return self._page(request, "operation.html", **self._operation_content(request, operation))

    def _operation_content(self, request: Request, operation: Operation) -> dict[str, Any]:
        contract, definition = self._served.contract, self._served.definition
        text = definition.operations.get(operation.name)
        older = None if text is None else contract.operations.get(text.supersedes or "")
        changes = (
            ()
            if older is None
            else page_content.differences(contract, definition, operation, older)
        )
        return {
            "operation": operation,
            "purpose": page_content.purpose(contract, definition, operation.name),
            "successor": page_content.successor(definition, operation.name),
            "older": older,
            "changes": changes,
            "samples": [self._sample(operation, version) for version in contract.ports],
            "rows": page_content.request_rows(contract, definition, operation),
            "answer_rows": page_content.answer_rows(contract, definition, operation),
            "calls": self._calls(operation),
            "form": self._form(request, operation),
        }

    def _calls(self, operation: Operation) -> tuple[Snippet, ...]:
        """Give the filled request and the calls with it; nothing if the dialect has no values."""
        contract, definition = self._served.contract, self._served.definition
        arguments = definition.filled(operation.name)
        needed = contract.element_type(operation.request).members
        if not arguments and any(member.required for member in needed):
            return ()
        login = definition.reading is Reading.SCHEMA
        return snippets(contract, operation, arguments, definition.stem, login=login)

    def _sample(self, operation: Operation, version: SoapVersion) -> dict[str, Any]:
        contract = self._served.contract
        return {
            "id": "soap" + version.label.replace(".", ""),
            "title": f"SOAP {version.label}",
            "request_head": request_head(contract, operation, version),
            "request": placeholder_request(contract, operation, version),
            "answer_head": answer_head(version),
            "answer": placeholder_answer(contract, operation, version),
        }

    def _form(self, request: Request, operation: Operation) -> dict[str, Any]:
        contract, calls = self._served.contract, self._form_calls(request)
        members = contract.element_type(operation.request).members
        simple = takes_form(contract, operation)
        asking = calls.get and operation.name in self._served.definition.asking
        shown = replace(calls, get=asking) if simple else FormCalls()
        return {
            "calls": shown,
            "only_lists": calls.test and not simple,
            "action": f"{urlsplit(self._served.address).path}/{operation.name}",
            "parameters": [member.name for member in members],
            "get": query_sample(contract, operation, "GET") if shown.get else None,
            "post": query_sample(contract, operation, "POST") if shown.post else None,
            "answer": form_answer(contract, operation) if shown.get or shown.post else None,
        }

    def _page(
        self, request: Request, template: str, status: int = HTTPStatus.OK, **content: Any
    ) -> Answer:
        chosen = language(request.headers.get("accept-language", ""), self._language)
        definition = self._served.definition
        base = urlsplit(self._served.address).path.removesuffix(self._served.path)
        text = self._templates.get_template(template).render(
            t=TEXTS[chosen],
            language=chosen,
            definition=definition,
            contract=self._served.contract,
            address=self._served.address,
            page=self._served.page,
            stylesheet=base + STYLESHEET_PATH,
            **content,
        )
        return document(request, text.encode(), HTML, status=status, headers=PAGE_HEADERS)


def _switched(answers: _Answers, *, on: bool) -> _Answers:
    return answers if on else dict.fromkeys(answers, lambda _request, _value: _nodocument())


def _download(file: Download) -> Callable[[Request, str], Answer]:
    return lambda request, _: document(request, file.content(), file.media_type)


def _nodocument() -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, b"there is no such document\n", _PLAIN)
