"""Joins SOAP services with their pages and the ways to call them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gateway.console.site import FORM
from gateway.dialects.ssp7.catalog import service as catalog
from gateway.dialects.znuny import service as znuny
from gateway.errors import GatewayError
from gateway.http.authentication import Authenticator, credentials_of
from gateway.http.exchange import Request
from gateway.http.routes import Route
from gateway.settings import Settings, Ssp7Catalog, Ssp7Workflow
from gateway.soap.codec import compile_service
from gateway.soap.forms import FormEndpoint
from gateway.soap.guard import Caps
from gateway.soap.offers import Offer, Offers
from gateway.soap.page_texts import DEFAULT_LANGUAGE
from gateway.soap.pages import ContractPages, no_form_calls
from gateway.soap.publishing import ServedContract, contracts_dir
from gateway.soap.server import SoapEndpoint
from gateway.soap.validation import Contract
from gateway.soap.wsdl import build_application


def soap_routes(
    served: ServedContract, desk: object, authenticator: Authenticator, settings: Settings
) -> Iterator[Route]:
    """Give the routes of one SOAP service."""
    definition, dialect = served.definition, _DIALECTS[served.definition.dialect](settings)
    operations = compile_service(
        build_application(definition), zone=ZoneInfo(dialect.zone), prefix=dialect.prefix
    )
    contract = Contract(served.schema_bytes, operations)
    offers = dialect.offers
    endpoint = SoapEndpoint(
        definition,
        operations,
        contract,
        authenticator,
        desk,
        caps=Caps(**settings.xml.model_dump()),
    )
    for each in (served, *_twins(served, settings)):
        pages = ContractPages(
            each,
            identified=_identified(authenticator),
            form_calls=no_form_calls if offers is None else offers.calls,
            pages=dialect.pages,
            wsdl=dialect.wsdl,
            default_language=dialect.language,
        )
        yield Route(
            path=each.path,
            endpoint=endpoint,
            page=pages.get,
            media_types=dialect.media_types,
            any_case=dialect.any_case,
        )
    if offers is None:
        return
    for operation in operations.values():
        yield Route(
            path=f"{served.path}/{operation.name}",
            endpoint=FormEndpoint(
                definition,
                operation,
                contract,
                authenticator,
                desk,
                offers=offers,
                unrecognised=pages.unrecognised,
            ),
            media_types=frozenset({FORM}),
            any_case=dialect.any_case,
            queried=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    """How a dialect's services are served, beside what their definitions say."""

    zone: str
    prefix: str = "tns"  # of the namespace in answers; empty: it is the default one
    any_case: bool = False
    media_types: frozenset[str] = frozenset({"text/xml", "application/soap+xml"})
    pages: bool = True
    wsdl: bool = True
    language: str = DEFAULT_LANGUAGE
    offers: Offers | None = None  # of calls without an envelope


def _served_acmp(settings: Settings) -> _Dialect:
    return _Dialect(zone=settings.acmp.time_zone)


def _served_ssp7(settings: Settings) -> _Dialect:
    return _served_asmx(settings.ssp7_workflow, settings.public_url)


def _served_catalog(settings: Settings) -> _Dialect:
    return _served_asmx(settings.ssp7_catalog, settings.public_url)


def _served_asmx(service: Ssp7Workflow | Ssp7Catalog, public_url: str) -> _Dialect:
    pages = service.help_page == "on"
    return _Dialect(
        zone=service.time_zone,
        prefix="",
        any_case=True,
        pages=pages,
        wsdl=pages or service.wsdl == "on",
        language=service.help_language,
        offers=Offers(
            post=Offer(service.http_post),
            get=Offer(service.http_get),
            public_url=public_url,
        ),
    )


def _served_znuny(settings: Settings) -> _Dialect:
    types = {"text/xml", "application/soap+xml", "application/xml"}
    return _Dialect(
        zone=settings.znuny.time_zone,
        prefix="",
        media_types=frozenset(types | any_type(settings)),
    )


def any_type(settings: Settings) -> set[str]:
    """Give the media type that stands for all, where the Znuny faces read any."""
    return {"*"} if settings.znuny.lenient_content_type else set()


_DIALECTS = {
    "acmp": _served_acmp,
    "ssp7": _served_ssp7,
    catalog.DIALECT: _served_catalog,
    "znuny": _served_znuny,
}


def _twins(served: ServedContract, settings: Settings) -> tuple[ServedContract, ...]:
    """Give a service of the Znuny dialect once more, under its second prefix."""
    definition = served.definition
    if definition.dialect != "znuny":
        return ()
    path = znuny.twin_path(definition)
    return (ServedContract(definition, contracts_dir(), settings.public_url, path=path),)


def _identified(authenticator: Authenticator) -> Callable[[Request], bool]:
    def identified(request: Request) -> bool:
        try:
            authenticator.principal(credentials_of(request.headers), request.peer)
        except GatewayError:
            return False
        return True

    return identified
