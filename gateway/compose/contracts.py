"""The published contracts: every SOAP service, and the description of REST."""

from collections.abc import Mapping

from gateway.dialects.acmp import service as acmp
from gateway.dialects.ssp7 import service as ssp7
from gateway.dialects.ssp7.catalog import service as catalog
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
    workflow = (ssp7.definition(_manner(settings)),) if settings.ssp7_workflow.enabled else ()
    services = (
        (catalog.definition(_catalog_manner(settings)),) if settings.ssp7_catalog.enabled else ()
    )
    return (helpdesk, *workflow, *services, *tickets)


def _manner(settings: Settings) -> ssp7.Manner:
    workflow = settings.ssp7_workflow
    return ssp7.Manner(
        namespace=workflow.namespace,
        tolerant=workflow.order == "tolerant",
        action_required=workflow.soap_action == "required",
        basic="basic" in workflow.auth,
        hashes="hash" in workflow.auth,
        form_bindings=_form_bindings(workflow),
        max_body_bytes=workflow.max_body_bytes,
        large_body_bytes=workflow.max_body_with_attachments_bytes,
    )


def _catalog_manner(settings: Settings) -> catalog.Manner:
    service = settings.ssp7_catalog
    return catalog.Manner(
        namespace=service.namespace,
        tolerant=service.order == "tolerant",
        action_required=service.soap_action == "required",
        basic="basic" in service.auth,
        hashes="hash" in service.auth,
        form_bindings=_form_bindings(service)[:1],  # no operation here only reads
        max_body_bytes=service.max_body_bytes,
    )


def _form_bindings(service: Ssp7Workflow | Ssp7Catalog) -> tuple[str, ...]:
    offered = (("Post", service.http_post), ("Get", service.http_get))
    return tuple(verb for verb, offer in offered if offer == "on")
