"""The published contracts: every SOAP service, and the description of REST."""

from collections.abc import Iterator, Mapping

from gateway.dialects.acmp import service as acmp
from gateway.dialects.ssp7 import service as ssp7
from gateway.dialects.ssp7.catalog import service as catalog
from gateway.dialects.ssp7.publication import Manner, published
from gateway.dialects.tickets import openapi as tickets_openapi
from gateway.dialects.znuny import service as znuny
from gateway.settings import Settings, Ssp7Catalog, Ssp7Workflow
from gateway.soap.definition import ServiceDefinition


def descriptions() -> Mapping[str, bytes]:
    """Give the published files of REST services, by their place in the checkout."""
    described = tickets_openapi.written(tickets_openapi.document())
    return {f"schemas{tickets_openapi.PATH}": described}


def definitions(settings: Settings | None = None) -> tuple[ServiceDefinition, ...]:
    """Give every published SOAP service."""
    settings = settings or Settings()
    helpdesk = acmp.definition(wsdl_public=settings.acmp.wsdl_public)
    tickets = znuny.definitions(any_media_type=settings.znuny.lenient_content_type)
    return (helpdesk, *_workflow(settings), *_catalog(settings), *tickets)


def _workflow(settings: Settings) -> Iterator[ServiceDefinition]:
    section = settings.ssp7_workflow
    if section.enabled:
        large = section.max_body_with_attachments_bytes
        yield published(ssp7.PUBLICATION, _manner(section, large))


def _catalog(settings: Settings) -> Iterator[ServiceDefinition]:
    section = settings.ssp7_catalog
    if section.enabled:
        yield published(catalog.PUBLICATION, _manner(section, section.max_body_bytes))


def _manner(section: Ssp7Workflow | Ssp7Catalog, large_body_bytes: int) -> Manner:
    return Manner(
        namespace=section.namespace,
        tolerant=section.order == "tolerant",
        action_required=section.soap_action == "required",
        basic="basic" in section.auth,
        hashes="hash" in section.auth,
        form_bindings=_form_bindings(section),
        max_body_bytes=section.max_body_bytes,
        large_body_bytes=large_body_bytes,
    )


def _form_bindings(service: Ssp7Workflow | Ssp7Catalog) -> tuple[str, ...]:
    offered = (("Post", service.http_post), ("Get", service.http_get))
    return tuple(verb for verb, offer in offered if offer == "on")
