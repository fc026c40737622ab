"""What the console shows of the catalog: services with all that belongs to them, requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.domain.catalog import CatalogList, CatalogService
from gateway.domain.catalog_requests import PublishRequest
from gateway.domain.catalog_sheets import (
    HistoryLine,
    LogLine,
    ServicePage,
    ShownRequest,
    ShownVote,
    WantedServices,
)
from gateway.errors import RequestUnknown, ServiceUnknown
from gateway.usecases import catalog_access, rights
from gateway.usecases.ports import Call, Unit
from gateway.usecases.ports.catalog import CatalogMentions

SHOW = "ShowCatalog"


@dataclass(frozen=True, slots=True)
class ServiceFolder:
    """A service for its page."""

    service: CatalogService
    history: Sequence[HistoryLine]
    requests: Sequence[ShownRequest]
    may_edit: bool
    languages: tuple[str, ...]
    lists: tuple[CatalogList, ...]  # that every service has


@dataclass(frozen=True, slots=True)
class RequestFolder:
    """A publish request for its page."""

    request: PublishRequest
    service: CatalogService
    votes: Sequence[ShownVote]
    log: Sequence[LogLine]
    may_edit: bool
    language: str


def index(wanted: WantedServices, call: Call, unit: Unit) -> ServicePage:
    """List the working copies of all services.

    Raises:
        NotPermitted: rights.
    """
    rights.require(call.principal, SHOW)
    return unit.catalog.page(wanted, unit.catalog_rules.default_language, everything=True)


def service(guid: UUID, call: Call, unit: Unit) -> ServiceFolder:
    """Show the working copy of a service with its history and its requests.

    Raises:
        NotPermitted, ServiceUnknown: rights; there is none.
    """
    rights.require(call.principal, SHOW)
    found = unit.catalog.find(guid)
    if found is None:
        raise ServiceUnknown
    history, requests = unit.catalog.past(found)
    return ServiceFolder(
        service=found,
        history=history,
        requests=requests,
        may_edit=catalog_access.edits(call, found, unit),
        languages=unit.catalog_rules.languages,
        lists=unit.catalog.mentioned(CatalogMentions()).lists,
    )


def request(guid: UUID, call: Call, unit: Unit) -> RequestFolder:
    """Show a publish request with its votes and its log.

    Raises:
        NotPermitted, RequestUnknown: rights; there is none.
    """
    rights.require(call.principal, SHOW)
    found = unit.catalog.find_request(guid)
    about = unit.catalog.find_by_id(found.service_id) if found else None
    if found is None or about is None:
        raise RequestUnknown
    votes, log = unit.catalog.course(found)
    return RequestFolder(
        request=found,
        service=about,
        votes=votes,
        log=log,
        may_edit=catalog_access.edits(call, about, unit),
        language=unit.catalog_rules.default_language,
    )
