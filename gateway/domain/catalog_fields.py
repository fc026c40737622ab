"""Fields of the app ``Services``: what an event tells of a catalog service (contract, 3.5)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gateway.domain.catalog import (
    CatalogChange,
    CatalogRules,
    CatalogService,
    CatalogTrigger,
    Part,
    PartType,
)
from gateway.domain.catalog_requests import PublishRequest
from gateway.domain.catalog_values import FIELDS as SERVICE_FIELDS
from gateway.domain.catalog_values import part_in_text, yes_no

APP = "Services"
GUID_FIELD = "Service - Guid"
TRIGGER_FIELD = "Trigger action"
# Never in a snapshot: they would be logins kept for years. Made when a step runs.
SERVICE_HASH = "Service - HashCheck"
REQUEST_HASH = "Publication requested - HashCheck"
HASH_FIELDS = frozenset({SERVICE_HASH, REQUEST_HASH})
PART = "Part - "  # prefix of a field for each part of a template


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFacts:
    """All that the fields of one event are made from."""

    service: CatalogService
    trigger: CatalogTrigger
    rules: CatalogRules
    request: PublishRequest | None = None
    change: CatalogChange | None = None


@dataclass(frozen=True, slots=True)
class CatalogEvent:
    """Something that happened to a service, with the fields that tell of it."""

    service: CatalogService
    trigger: CatalogTrigger
    fields: Mapping[str, str]
    request: PublishRequest | None = None


Read = Callable[[CatalogFacts], str]


def _of_request(read: Callable[[PublishRequest], str]) -> Read:
    return lambda facts: read(facts.request) if facts.request else ""


def _of_change(read: Callable[[CatalogFacts, CatalogChange], str]) -> Read:
    return lambda facts: read(facts, facts.change) if facts.change else ""


def _phases(facts: CatalogFacts, change: CatalogChange, *, types: bool) -> str:
    part = _part(facts, change)
    if part is None:
        return ""
    phases = [each for each in facts.service.template.phases if each.id in part.essential]
    return ", ".join(dict.fromkeys(each.type if types else each.name for each in phases))


def _field_name(facts: CatalogFacts, change: CatalogChange) -> str:
    part = _part(facts, change)
    return part.name if part else change.field


def _field_type(facts: CatalogFacts, change: CatalogChange) -> str:
    part = _part(facts, change)
    if part is not None:
        return part.type.value
    return next((f.type.value for f in SERVICE_FIELDS if f.name == change.field), "")


def _has_languages(facts: CatalogFacts, change: CatalogChange) -> str:
    part = _part(facts, change)
    if part is not None:
        return yes_no(part.language_dependent)
    return yes_no(any(f.name == change.field and f.language_dependent for f in SERVICE_FIELDS))


FIELDS: Mapping[str, Read] = {
    TRIGGER_FIELD: lambda f: f.trigger.value,
    "Publication requested - Guid": _of_request(lambda r: str(r.guid)),
    "Publication requested - Request comments": _of_request(lambda r: r.comments),
    "Publication requested - Request option - Code":
        _of_request(lambda r: r.option.code if r.option else ""),
    "Publication requested - Request option - Label":
        _of_request(lambda r: r.option.label if r.option else ""),
    "Publication requested - Type": _of_request(lambda r: r.type.value),
    "Publication requested - Type Name": _of_request(lambda r: r.type_name),
    "Publication requested - Title": _of_request(lambda r: r.title),
    "Publication requested - State": _of_request(lambda r: r.state.value),
    "Field changed - Field essential phase name":
        _of_change(lambda f, c: _phases(f, c, types=False)),
    "Field changed - Field essential phase type":
        _of_change(lambda f, c: _phases(f, c, types=True)),
    "Field changed - Field internal name": _of_change(lambda _, c: c.field),
    "Field changed - Field is language dependent": _of_change(_has_languages),
    "Field changed - Field name": _of_change(_field_name),
    "Field changed - Field type": _of_change(_field_type),
    "Field changed - Old value": _of_change(lambda _, c: c.old),
    "Field changed - New value": _of_change(lambda _, c: c.new),
    "Field changed - Language": _of_change(lambda _, c: c.language),
    GUID_FIELD: lambda f: str(f.service.guid),
    "Service - Unique id": lambda f: f.service.unique_id,
    "Service - Name":
        lambda f: f.service.name(f.rules.default_language, f.rules.default_language),
    "Service - Type": lambda f: f.service.type,
    "Service - Template": lambda f: f.service.template.name,
    "Service - Phase": lambda f: f.service.phase.name if f.service.phase else "",
    "Service - Version": lambda f: str(f.service.version),
    "Service - Published": lambda f: yes_no(f.service.published is not None),
    "Service - Url": lambda f: f.rules.service_url.replace("{guid}", str(f.service.guid)),
}  # fmt: skip
NAMES = (*FIELDS, *sorted(HASH_FIELDS))


def values(facts: CatalogFacts) -> dict[str, str]:
    """Give the fields of an event as texts; of a minimal template the guid alone."""
    if facts.service.template.minimal:
        return {GUID_FIELD: str(facts.service.guid)}
    return dict(_values(facts))


def event(facts: CatalogFacts) -> CatalogEvent:
    """Make the event that the facts are."""
    return CatalogEvent(facts.service, facts.trigger, values(facts), facts.request)


def _values(facts: CatalogFacts) -> Iterator[tuple[str, str]]:
    for name, read in FIELDS.items():
        yield name, read(facts)
    service, language = facts.service, facts.rules.default_language
    for part in service.template.parts:
        yield PART + part.internal_name, _shown(part, service, language)


def _shown(part: Part, service: CatalogService, language: str) -> str:
    fixed = part.type in (PartType.STATIC_HTML, PartType.STATIC_TEXT, PartType.REUSABLE)
    return part.content if fixed else part_in_text(service.value(part, language))


def _part(facts: CatalogFacts, change: CatalogChange) -> Part | None:
    # A part may be called as a field is: what changed is the field then.
    if any(each.name == change.field for each in SERVICE_FIELDS):
        return None
    found = (p for p in facts.service.template.parts if p.internal_name == change.field)
    return next(found, None)
