"""A catalog service as a JSON document: published copies, exports, and what readers see of it.

The members are those of the contract's 8.2, with texts per language. Numbers are written as text,
for many readers of JSON round them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from gateway.domain.catalog import (
    FIXED_TYPES,
    MULTIPLE_CHOICES,
    CatalogService,
    Part,
    PartType,
)
from gateway.domain.catalog_sheets import (
    PartValue,
    ServiceCard,
    ServiceSheet,
    ShownDocument,
    ShownPart,
    ShownPerson,
    ShownRelation,
    ShownRequest,
)
from gateway.domain.catalog_values import part_in_text

Document = Mapping[str, Any]


def document(service: CatalogService) -> dict[str, Any]:
    """Write a service with all that a reader may see of it."""
    return {
        "guid": str(service.guid),
        "uniqueId": service.unique_id,
        "template": service.template.name,
        "type": service.type,
        "phase": service.phase.name if service.phase else "",
        "phaseType": service.phase.type if service.phase else "",
        "version": service.version,
        "showInPublic": service.show_in_public,
        "tags": list(service.tags),
        "name": _texts(service, "name"),
        "summary": _texts(service, "summary"),
        "description": _texts(service, "description"),
        "parts": [_part(service, part) for part in service.template.parts],
        "persons": {
            code: [{"uniqueId": each.unique_id, "name": each.name} for each in members]
            for code, members in service.persons.items()
        },
        "personGroups": {
            code: [each.name for each in members] for code, members in service.groups.items()
        },
        "supportGroups": [each.name for each in service.support_groups],
        "relations": [
            *({"kind": "parent", "guid": str(each.guid)} for each in service.parents),
            *({"kind": "child", "guid": str(each.guid)} for each in service.children),
        ],
        "documents": [dict(each) for each in service.documents],
    }


def relatives(of: Document) -> list[UUID]:
    """Give the guids of the services that a document names as relations."""
    return [UUID(each["guid"]) for each in of["relations"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a document, and how."""

    language: str
    default: str  # of texts that are missing in it
    draft: bool  # the working copy
    everything: bool  # what the public does not see, too
    logged_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is not part of the document: it changes by itself."""

    published: datetime | None
    changed: datetime
    names: Mapping[UUID, Mapping[str, str]]  # of the relatives this reader may see, by language
    requests: tuple[ShownRequest, ...]


def sheet(of: Document, reader: Reader, around: Surroundings) -> ServiceSheet:
    """Read a document in one language, as far as one reader may see it."""
    pick = _Picker(reader.language, reader.default)
    names = around.names
    return ServiceSheet(
        card=ServiceCard(
            guid=UUID(of["guid"]),
            unique_id=of["uniqueId"],
            name=pick.text(of["name"]),
            summary=pick.text(of["summary"]),
            type=of["type"],
            phase=of["phase"],
            phase_type=of["phaseType"],
            template=of["template"],
            published=around.published is not None,
            version=of["version"],
            changed=around.changed,
        ),
        description=pick.text(of["description"]),
        published=around.published,
        # The store gives members of an object in an order of its own: the default language leads.
        languages=tuple(
            sorted(
                (code for code, name in of["name"].items() if name),
                key=lambda code: (code != reader.default, code),
            )
        ),
        tags=tuple(of["tags"]),
        parts=tuple(
            _shown_part(each, pick)
            for each in of["parts"]
            if reader.everything or each["type"] != PartType.HIDDEN.value
        ),
        persons=_persons(of) if reader.logged_in else None,
        person_groups={code: tuple(each) for code, each in of["personGroups"].items()},
        support_groups=tuple(of["supportGroups"]),
        relations=tuple(
            ShownRelation(each["kind"], UUID(each["guid"]), pick.text(names[UUID(each["guid"])]))
            for each in of["relations"]
            if UUID(each["guid"]) in names
        ),
        documents=tuple(
            ShownDocument(each["name"], each["contentType"], each["size"])
            for each in of["documents"]
        ),
        open_requests=around.requests,
        language=reader.language,
        draft=reader.draft,
    )


class _Picker:
    """Picks texts in one language; a missing one falls back to the default language."""

    def __init__(self, language: str, default: str) -> None:
        self._languages = (language, default)

    def text(self, texts: Mapping[str, str]) -> str:
        return next((texts[each] for each in self._languages if texts.get(each)), "")


def _texts(service: CatalogService, column: str) -> dict[str, str]:
    return {
        language: getattr(texts, column)
        for language, texts in sorted(service.texts.items())
        if getattr(texts, column)
    }


def _part(service: CatalogService, part: Part) -> dict[str, Any]:
    return {
        "internalName": part.internal_name,
        "name": part.name,
        "type": part.type.value,
        "languageDependent": part.language_dependent,
        "value": _part_value(service, part),
    }


def _part_value(service: CatalogService, part: Part) -> Any:
    if part.type in FIXED_TYPES:
        return part.content
    if part.language_dependent:
        return {
            language: part_in_text(value)
            for (id_, language), value in sorted(service.values.items(), key=lambda each: each[0])
            if id_ == part.id
        }
    return part_in_text(service.value(part)) or None


def _shown_part(each: Mapping[str, Any], pick: _Picker) -> ShownPart:
    value = each["value"]
    text = pick.text(value) if isinstance(value, Mapping) else value
    return ShownPart(
        internal_name=each["internalName"],
        name=each["name"],
        type=each["type"],
        language_dependent=each["languageDependent"],
        value=_read(PartType(each["type"]), text),
    )


def _read(kind: PartType, text: str | None) -> PartValue:
    if not text:
        return None
    if kind is PartType.NUMBER:
        return Decimal(text)
    if kind is PartType.DATE:
        return datetime.fromisoformat(text)
    if kind is PartType.YES_NO:
        return text == "yes"
    return tuple(text.split(";")) if kind in MULTIPLE_CHOICES else text


def _persons(of: Document) -> dict[str, tuple[ShownPerson, ...]]:
    return {
        code: tuple(ShownPerson(each["uniqueId"], each["name"]) for each in members)
        for code, members in of["persons"].items()
    }
