"""How rows of the catalog become services, templates and requests of the domain."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from gateway.domain.catalog import (
    CatalogList,
    CatalogService,
    Choice,
    OpenRequest,
    Part,
    PartType,
    Person,
    PersonGroup,
    Phase,
    Relative,
    Started,
    Template,
    Texts,
    Value,
)
from gateway.domain.catalog_requests import Decision, PublishRequest, RequestType, State
from gateway.repository.transaction import Record

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def to_template(record: Record) -> Template:
    """Read a template with its parts, phases, options and triggers."""
    (id_, name, hidden, type_fixed, votes, rule, option_required, minimal, phases, parts, options,
     triggers) = record  # fmt: skip
    return Template(
        id=id_,
        name=name,
        hidden=hidden,
        type_fixed=type_fixed,
        votes_needed=votes,
        name_rule=rule,
        option_required=option_required,
        minimal=minimal,
        phases=tuple(Phase(*each) for each in phases or ()),
        parts=tuple(_part(each) for each in parts or ()),
        options=tuple(Choice(*each) for each in options or ()),
        triggers={trigger: Started(*started) for trigger, *started in triggers or ()},
    )


def to_service(record: Record, templates: Mapping[int, Template]) -> CatalogService:
    """Read a service; its template was read with it."""
    (id_, guid, unique_id, template_id, type_, phase_id, version, show, unpublished, tags, removed,
     published, changed, entry, texts, values, persons, groups, support, parents, children,
     documents, request) = record  # fmt: skip
    template = templates[template_id]
    return CatalogService(
        id=id_,
        guid=guid,
        unique_id=unique_id,
        template=template,
        type=type_,
        phase=next((each for each in template.phases if each.id == phase_id), None),
        version=version,
        show_in_public=show,
        unpublished_changes=unpublished,
        tags=tuple(tags),
        removed=removed,
        published=published,
        changed=changed,
        entry_id=entry,
        texts={language: Texts(*each) for language, each in (texts or _NOTHING).items()},
        values={(part, language): _value(*each) for part, language, *each in values or ()},
        persons=_grouped(persons, Person),
        groups=_grouped(groups, PersonGroup),
        support_groups=tuple(PersonGroup(*each) for each in support or ()),
        parents=tuple(Relative(number, UUID(text)) for number, text in parents or ()),
        children=tuple(Relative(number, UUID(text)) for number, text in children or ()),
        documents=tuple(documents or ()),
        open_request=OpenRequest(UUID(request[0]), request[1]) if request else None,
    )


def to_request(record: Record) -> PublishRequest:
    """Read a publish request with its votes."""
    (id_, guid, service_id, type_, type_name, title, comments, code, label, state, cancel, show,
     locks, account, by, created, settled, votes) = record  # fmt: skip
    return PublishRequest(
        id=id_,
        guid=guid,
        service_id=service_id,
        type=RequestType(type_),
        type_name=type_name,
        title=title,
        comments=comments,
        option=Choice(code, label) if code else None,
        state=State(state),
        can_be_cancelled=cancel,
        show_in_public=show,
        locks=locks,
        account_id=account,
        requested_by=by,
        created=created,
        settled=settled,
        votes={voter: Decision(each) for voter, each in (votes or _NOTHING).items()},
    )


def to_list(each: list[Any]) -> CatalogList:
    """Read one of the lists that every service has."""
    id_, code, label, of_groups, single, approval = each
    return CatalogList(
        id=id_, code=code, label=label, of_groups=of_groups, single=single, approval=approval
    )


def _part(each: Mapping[str, Any]) -> Part:
    return Part(
        id=each["id"],
        internal_name=each["internal_name"],
        name=each["name"],
        type=PartType(each["type"]),
        language_dependent=each["language_dependent"],
        minimum=_number(each["minimum"]),
        maximum=_number(each["maximum"]),
        decimals=each["decimals"],
        content=each["content"],
        options=tuple(Choice(*option) for option in each["options"] or ()),
        essential=frozenset(each["essential"] or ()),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _value(text: str | None, number: str | None, moment: str | None) -> Value:
    if number is not None:
        return Decimal(number)
    return datetime.fromisoformat(moment) if moment is not None else text or ""


def _grouped(members: list[list[Any]] | None, kind: type[Any]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for code, *each in members or ():
        found[code] = (*found.get(code, ()), kind(*each))
    return found
