"""Services of the catalog as JSON: the members of contract section 8, in its order."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.catalog_sheets import (
    PartValue,
    ServiceCard,
    ServicePage,
    ServiceSheet,
    ShownPart,
    ShownPerson,
    ShownRequest,
)

Members = dict[str, Any]


def page(found: ServicePage, number: int, size: int) -> Members:
    """Write a page of the list."""
    return {
        "items": [card(each) for each in found.items],
        "page": number,
        "pageSize": size,
        "total": found.total,
    }


def card(service: ServiceCard) -> Members:
    """Write an item of the list."""
    return {
        "guid": service.guid,
        "uniqueId": service.unique_id,
        "name": service.name,
        "summary": service.summary,
        "type": service.type,
        "phase": service.phase,
        "phaseType": service.phase_type,
        "template": service.template,
        "published": service.published,
        "version": service.version,
        "changedOn": service.changed,
    }


def sheet(service: ServiceSheet) -> Members:
    """Write the details of a service."""
    return {
        **card(service.card),
        "publishedOn": service.published,
        "description": service.description,
        "languages": list(service.languages),
        "tags": list(service.tags),
        "parts": [_part(each) for each in service.parts],
        **_persons(service.persons),
        "personGroups": {code: list(names) for code, names in service.person_groups.items()},
        "supportGroups": list(service.support_groups),
        "relations": [
            {"kind": each.kind, "guid": each.guid, "name": each.name} for each in service.relations
        ],
        "documents": [
            {"name": each.name, "contentType": each.content_type, "size": each.size}
            for each in service.documents
        ],
        "openRequests": [_request(each) for each in service.open_requests],
    }


def _part(part: ShownPart) -> Members:
    return {
        "internalName": part.internal_name,
        "name": part.name,
        "type": part.type,
        "languageDependent": part.language_dependent,
        "value": _value(part.value),
    }


def _value(value: PartValue) -> object:
    return list(value) if isinstance(value, tuple) else value


def _persons(lists: Mapping[str, tuple[ShownPerson, ...]] | None) -> Members:
    if lists is None:  # contract 8.2: left out without login
        return {}
    return {
        "persons": {
            code: [{"uniqueId": each.unique_id, "name": each.name} for each in persons]
            for code, persons in lists.items()
        }
    }


def _request(request: ShownRequest) -> Members:
    return {
        "guid": request.guid,
        "type": request.type,
        "typeName": request.type_name,
        "title": request.title,
        "state": request.state,
        "requestedOn": request.requested,
    }
