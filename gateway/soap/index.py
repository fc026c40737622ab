"""The first page: every published service with its commands, versions and files."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from gateway.http.exchange import Answer, Request
from gateway.soap import page_content
from gateway.soap.documents import HTML, PAGE_HEADERS, STYLESHEET_PATH, document, templates
from gateway.soap.page_texts import TEXTS, language
from gateway.soap.publishing import ServedContract


@dataclass(frozen=True, slots=True)
class RestCard:
    """A service without a contract file, as the first page shows it."""

    title: str
    description: str
    address: str
    routes: tuple[tuple[str, str], ...]  # method and path below the address, operation
    page: str = ""  # what people read about it
    description_file: str = ""  # what programs read about it, in OpenAPI


class ServiceIndex:
    """Answers ``/`` and its twin ``/index.json``, made from the contracts that are served."""

    def __init__(
        self,
        services: Sequence[ServedContract],
        public_url: str,
        *,
        console: bool = False,
        rest: Sequence[RestCard] = (),
    ) -> None:
        self._rest = tuple(rest)
        self._console = console
        self._services = tuple(services)
        self._base = urlsplit(public_url).path.rstrip("/")
        self._templates = templates()

    def page(self, request: Request) -> Answer:
        """Show a card for each service, in the reader's language."""
        chosen = language(request.headers.get("accept-language", ""))
        text = self._templates.get_template("index.html").render(
            t=TEXTS[chosen],
            language=chosen,
            stylesheet=self._base + STYLESHEET_PATH,
            base=self._base,
            console=self._console,
            services=[_card(service) for service in self._services],
            rest=self._rest,
        )
        return document(request, text.encode(), HTML, headers=PAGE_HEADERS)

    def data(self, request: Request) -> Answer:
        """Give the same as JSON."""
        cards = [_card(service) for service in self._services]
        services = [{**card, "commands": _names(card["commands"])} for card in cards]
        content = {"services": services, "rest": [asdict(card) for card in self._rest]}
        body = json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
        return document(request, body, "application/json")


def _card(service: ServedContract) -> dict[str, Any]:
    definition, contract = service.definition, service.contract
    groups = page_content.groups(contract, definition)
    return {
        "title": definition.title,
        "description": definition.description,
        "address": service.address,
        "page": service.page,
        "namespace": definition.namespace,
        "stem": definition.stem,
        "operations": len(contract.operations),
        "commands": [command for group in groups for command in group.commands],
    }


def _names(commands: Sequence[page_content.Command]) -> dict[str, list[str]]:
    return {command.name: [each.operation for each in command.versions] for command in commands}
