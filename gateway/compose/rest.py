"""Joins the REST services of all dialects."""

from gateway.compose.desks import tickets_options
from gateway.compose.soap import any_type
from gateway.dialects.ssp7.catalog import rest as catalog_rest
from gateway.dialects.ssp7.catalog import rest_problems as catalog_problems
from gateway.dialects.ssp7.catalog.shapes import REST_PATH as CATALOG_REST_PATH
from gateway.dialects.tickets import docs as tickets_docs
from gateway.dialects.tickets import openapi as tickets_openapi
from gateway.dialects.tickets import problems as tickets_problems
from gateway.dialects.tickets.desk import TicketsDesk
from gateway.dialects.tickets.endpoint import TicketsEndpoint
from gateway.dialects.tickets.shapes import BASE as TICKETS_BASE
from gateway.dialects.tickets.shapes import OPERATIONS as TICKETS_OPERATIONS
from gateway.dialects.znuny import rest as znuny_rest
from gateway.dialects.znuny import service as znuny
from gateway.dialects.znuny.desk import ZnunyDesk
from gateway.dialects.znuny.routes import SERVICES as ZNUNY_REST_SERVICES
from gateway.domain.people import AccountKind
from gateway.http.authentication import Authenticator, Way
from gateway.http.bearer import KeyAuthenticator
from gateway.http.json_body import JsonCaps
from gateway.http.pace import Pace
from gateway.http.routes import Route
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.settings import Settings
from gateway.soap.index import RestCard
from gateway.usecases.accounts import Accounts


def rest_cards(settings: Settings) -> list[RestCard]:
    """Show each REST service once: those of the Znuny dialect under the first prefix."""
    reads = [_catalog_card(settings)] if settings.ssp7_catalog.enabled else []
    return [_tickets_card(settings), *reads, *_znuny_cards(settings)]


def _catalog_card(settings: Settings) -> RestCard:
    return RestCard(
        "ServiceCatalog",
        "Reads the service catalog: the list of services, and the details of one.",
        settings.public_url + CATALOG_REST_PATH,
        (("GET, HEAD", catalog_rest.LIST), ("GET, HEAD /{guid}", catalog_rest.DETAILS)),
    )


def _znuny_cards(settings: Settings) -> list[RestCard]:
    return [
        RestCard(
            service.name,
            service.description,
            f"{settings.public_url}{znuny.PREFIXES[0]}{znuny.WEBSERVICE}/{service.name}",
            tuple(
                (f"{methods.replace(' ', ', ')} /{path}", operation)
                for methods, path, operation in service.routes
            ),
        )
        for service in ZNUNY_REST_SERVICES
    ]


def _tickets_card(settings: Settings) -> RestCard:
    return RestCard(
        "Tickets REST",
        "Tickets for platforms that bill customers: create, retrieve, update and delete.",
        settings.public_url + TICKETS_BASE,
        tuple(
            (f"{each.method} {tickets_openapi.address(each).removeprefix(TICKETS_BASE)}", each.text)
            for each in TICKETS_OPERATIONS
        ),
        page=settings.public_url + tickets_openapi.DOCS_PATH,
        description_file=settings.public_url + tickets_openapi.PATH,
    )


def znuny_routes(desk: ZnunyDesk, settings: Settings) -> list[Route]:
    """Give the REST services of the Znuny dialect under both prefixes."""
    caps = JsonCaps(**settings.json_body.model_dump())
    return [
        Route(
            path=path,
            endpoint=znuny_rest.RestEndpoint(service, path, desk, caps),
            media_types=frozenset({"", "application/json"} | any_type(settings)),
            any_method=True,
            below=True,
            refuse=znuny_rest.refused_by_door,
        )
        for service in ZNUNY_REST_SERVICES
        for path in (f"{prefix}{znuny.WEBSERVICE}/{service.name}" for prefix in znuny.PREFIXES)
    ]


def tickets_routes(units: UnitsOfWork, keys: KeyAuthenticator, settings: Settings) -> list[Route]:
    """Give the tickets REST service."""
    desk = TicketsDesk(
        units=units,
        keys=keys,
        public_url=settings.public_url,
        options=tickets_options(settings),
    )
    return [
        Route(
            path=TICKETS_BASE,
            endpoint=TicketsEndpoint(desk, JsonCaps(**settings.json_body.model_dump())),
            any_method=True,
            any_type=True,
            below=True,
            refuse=tickets_problems.refused_by_door,
        ),
        *tickets_docs.routes(desk.options, settings.public_url),
    ]


def catalog_routes(
    units: UnitsOfWork, logins: Accounts, pace: Pace, settings: Settings
) -> list[Route]:
    """Give the REST reads of the catalog."""
    if not settings.ssp7_catalog.enabled:
        return []
    reads = catalog_rest.CatalogReads(
        address=CATALOG_REST_PATH,
        units=units,
        authenticator=Authenticator(
            logins,
            kinds=frozenset({AccountKind.AGENT, AccountKind.PARTNER}),
            pace=pace,
            ways=frozenset({Way.BASIC}),
        ),
        public_read=settings.ssp7_catalog.public_read,
    )
    return [
        Route(
            path=CATALOG_REST_PATH,
            endpoint=reads,
            media_types=frozenset({"", "*"}),
            any_method=True,  # it refuses all but reads itself
            any_case=True,
            below=True,
            refuse=catalog_problems.of_door,
        )
    ]
