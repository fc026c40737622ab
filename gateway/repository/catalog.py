"""The service catalog: services under their lock, publish requests, published copies, events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.domain.catalog import (
    CatalogChange,
    CatalogList,
    CatalogService,
    Person,
    PersonGroup,
    Template,
    Texts,
    Value,
)
from gateway.domain.catalog_fields import APP, CatalogEvent
from gateway.domain.catalog_requests import Ballot, Level, PublishRequest
from gateway.domain.catalog_sheets import (
    HistoryLine,
    LogLine,
    ServiceCard,
    ServicePage,
    ShownRequest,
    ShownVote,
    WantedServices,
)
from gateway.repository.catalog_rows import to_list, to_request, to_service, to_template
from gateway.repository.parameters import array_of
from gateway.repository.transaction import Named, Record, Transaction
from gateway.usecases.ports import Call, CatalogMentions, HeldService, PublishedCopy

_NOBODY = CatalogMentions()
_HISTORY, _VOTE, _LOG = (
    tuple(kind.__dataclass_fields__) for kind in (HistoryLine, ShownVote, LogLine)
)


class CatalogStore:
    """Services and publish requests; writes are gathered until something is read or the end."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def hold(self, service: UUID, mentioned: CatalogMentions = _NOBODY) -> HeldService:
        """Lock a service and load it, with its open request; a removed one is there, too."""
        batch = _whole(guids=[service])
        services, templates, (named,) = self._current.hold_each(
            ("hold_catalog_service", {"guid": service}), *batch, _mentions(mentioned, service)
        )
        return _held(services, templates, named)

    def hold_of_request(self, request: UUID, mentioned: CatalogMentions = _NOBODY) -> HeldService:
        """Lock the service of a publish request and load both."""
        services, templates, (named,), requests = self._current.hold_each(
            ("hold_catalog_service_of_request", {"request": request}),
            *_whole(request=request),
            _mentions(mentioned),
            ("catalog_request", {"request": request}),
        )
        return _held(services, templates, named, requests)

    def hold_others(self, ids: Collection[int]) -> Sequence[CatalogService]:
        """Lock and load further services, by id."""
        services, templates = self._current.hold_each(
            ("hold_catalog_services", {"ids": array_of(ids)}), *_whole(ids=ids)
        )
        return _services(services, templates)

    def mentioned(self, mentioned: CatalogMentions) -> HeldService:
        """Look up what is mentioned, for a service that is not there yet."""
        ((named,),) = self._current.read_each(_mentions(mentioned))
        return _held([], [], named)

    def may_vote(self, service: CatalogService, lists: Sequence[CatalogList], voter: str) -> bool:
        """Tell whether a person is in one of the lists, or in a group of one of them."""
        ((found,),) = self._current.read(
            "may_vote_in_catalog",
            {"service": service.id, "lists": array_of(each.id for each in lists), "voter": voter},
        )
        return bool(found)

    def put(self, before: CatalogService, after: CatalogService) -> None:
        """Write what differs in fields, texts and parts, with flags and the time of change."""
        self._current.later(
            "put_catalog_service",
            {
                "service": after.id,
                "unique_id": after.unique_id,
                "type": after.type,
                "phase": after.phase.id if after.phase else None,
                "version": after.version,
                "show_in_public": after.show_in_public,
                "unpublished_changes": after.unpublished_changes,
                "tags": list(after.tags),
                "removed": after.removed,
                "entry": after.entry_id,
                "now": self._now,
            },
        )
        self._put_texts(before, after)
        for key in dict.fromkeys((*before.values, *after.values)):
            if before.values.get(key) != after.values.get(key):
                self._put_value(after, key, after.values.get(key))

    def list_person(self, service: CatalogService, of: CatalogList, unique_id: str) -> None:
        """Add a person to a list."""
        self._member("list_catalog_person", service, list=of.id, unique_id=unique_id)

    def unlist_person(self, service: CatalogService, of: CatalogList, unique_id: str) -> None:
        """Take a person from a list."""
        self._member("unlist_catalog_person", service, list=of.id, unique_id=unique_id)

    def list_group(self, service: CatalogService, of: CatalogList, group: PersonGroup) -> None:
        """Add a group to a list."""
        self._member("list_catalog_group", service, list=of.id, group=group.id)

    def unlist_group(self, service: CatalogService, of: CatalogList, group: PersonGroup) -> None:
        """Take a group from a list."""
        self._member("unlist_catalog_group", service, list=of.id, group=group.id)

    def support(self, service: CatalogService, group: PersonGroup) -> None:
        """Add a support group."""
        self._member("support_catalog_service", service, group=group.id)

    def unsupport(self, service: CatalogService, group: PersonGroup) -> None:
        """Take a support group away."""
        self._member("unsupport_catalog_service", service, group=group.id)

    def put_documents(
        self, service: CatalogService, documents: Sequence[Mapping[str, Any]]
    ) -> None:
        """Have these documents in place of those that are there."""
        self._member("clear_catalog_documents", service)
        self._member("add_catalog_documents", service, documents=Jsonb(list(documents)))

    def relate(self, parent: CatalogService, child: CatalogService) -> None:
        """Make a service part of another one."""
        self._relation("relate_catalog_services", parent, child)

    def unrelate(self, parent: CatalogService, child: CatalogService) -> None:
        """Make a service no more part of another one."""
        self._relation("unrelate_catalog_services", parent, child)

    def note(self, service: CatalogService, text: str, call: Call) -> None:
        """Add a quality note."""
        self._current.later(
            "note_catalog_service",
            {
                "service": service.id,
                "text": text,
                "agent": call.principal.agent_id,
                "now": self._now,
            },
        )

    def add_history(
        self, service: CatalogService, lines: Sequence[CatalogChange], person: str, call: Call
    ) -> None:
        """Write lines of the service's history."""
        if lines:
            self._current.later(
                "add_catalog_history",
                self._by(call, person)
                | {
                    "service": service.id,
                    "operation": call.operation,
                    "lines": Jsonb([asdict(line) for line in lines]),
                },
            )

    def publish(
        self, service: CatalogService, copy: Mapping[str, Any], person: str, call: Call
    ) -> None:
        """Make a document the published copy, with a line in the publication history."""
        self._current.later(
            "publish_catalog_service",
            self._by(call, person)
            | {"service": service.id, "version": service.version, "copy": Jsonb(dict(copy))},
        )

    def withdraw(self, service: CatalogService, person: str, call: Call) -> None:
        """Withdraw the published copy, with a line in the publication history."""
        self._current.later(
            "withdraw_catalog_service", self._by(call, person) | {"service": service.id}
        )

    def set_entry_valid(self, service: CatalogService, *, valid: bool) -> None:
        """Make the entry of the tickets' list of services valid or not."""
        self._current.later(
            "set_catalog_entry", {"entry": service.entry_id, "valid": valid, "now": self._now}
        )

    def add_request(self, request: PublishRequest) -> None:
        """Write a new publish request."""
        option = request.option
        self._current.later(
            "add_catalog_request",
            _state(request)
            | {
                "service": request.service_id,
                "type": request.type.value,
                "type_name": request.type_name,
                "title": request.title,
                "comments": request.comments,
                "option_code": option.code if option else "",
                "option_label": option.label if option else "",
                "locks": request.locks,
                "account": request.account_id or None,
                "requested_by": request.requested_by,
                "now": self._now,
            },
        )

    def put_request(self, request: PublishRequest) -> None:
        """Write state and flags of a publish request."""
        self._current.later("put_catalog_request", _state(request) | {"now": self._now})

    def put_vote(self, request: PublishRequest, ballot: Ballot, comments: str) -> None:
        """Write a vote in place of an earlier one of the voter."""
        self._current.later(
            "put_catalog_vote",
            {
                "request": request.id,
                "voter": ballot.voter,
                "decision": ballot.decision.value,
                "comments": comments,
                "now": self._now,
            },
        )

    def add_log(
        self, request: PublishRequest, level: Level, text: str, person: str, call: Call
    ) -> None:
        """Add a line to the log of a publish request."""
        self._current.later(
            "add_catalog_log",
            self._by(call, person) | {"request": request.guid, "level": level.value, "text": text},
        )

    def add_event(
        self, guid: UUID, event: CatalogEvent, partner_id: int | None, call: Call
    ) -> None:
        """Write an event with the next number of its service and partner."""
        self._current.later(
            "add_catalog_event",
            {
                "guid": guid,
                "service": event.service.id,
                "partner": partner_id,
                "origin": call.principal.partner_id,
                "kind": event.trigger.value,
                "app": APP,
                "agent": call.principal.agent_id,
                "now": self._now,
                "snapshot": Jsonb(dict(event.fields)),
            },
        )

    def template(self, name: str) -> Template | None:
        """Load an active template by its name, letter case ignored."""
        rows = self._current.read("catalog_templates", {**_which(), "template": name})
        return to_template(rows[0]) if rows else None

    def create(self, service: CatalogService) -> CatalogService:
        """Write a new service with its texts, and give it with its number."""
        ((number,),) = self._current.write(
            "create_catalog_service",
            {
                "guid": service.guid,
                "unique_id": service.unique_id,
                "template": service.template.id,
                "type": service.type,
                "phase": service.phase.id if service.phase else None,
                "now": self._now,
            },
        )
        made = replace(service, id=number, changed=self._now)
        self._put_texts(replace(made, texts={}), made)
        return made

    def is_below(self, service: CatalogService, top: CatalogService) -> bool:
        """Tell whether a service is part of another one, directly or through others.

        Until the unit ends nobody else relates services.
        """
        ((found,),) = self._current.hold(
            "hold_catalog_relations",
            "catalog_service_is_below",
            {"service": service.id, "top": top.id},
        )
        return bool(found)

    def find(self, service: UUID) -> CatalogService | None:
        """Load a service without lock; a removed one is not there."""
        found = _services(*self._current.read_each(*_whole(guids=[service])))
        return next((each for each in found if each.removed is None), None)

    def find_by_id(self, number: int) -> CatalogService | None:
        """Load a service by its number without lock; a removed one is there, too."""
        return next(iter(_services(*self._current.read_each(*_whole(ids=[number])))), None)

    def past(self, service: CatalogService) -> tuple[Sequence[HistoryLine], Sequence[ShownRequest]]:
        """Give the newest lines of a service's history, and its requests."""
        which = {"service": service.id}
        history, requests = self._current.read_each(
            ("catalog_history_of", which), ("catalog_requests_of", which)
        )
        lines = [HistoryLine(**dict(zip(_HISTORY, row, strict=True))) for row in history]
        return lines, [_shown(row) for row in requests]

    def course(self, request: PublishRequest) -> tuple[Sequence[ShownVote], Sequence[LogLine]]:
        """Give the votes on a publish request, and the newest lines of its log."""
        which = {"request": request.id}
        votes, log = self._current.read_each(("catalog_votes_of", which), ("catalog_log_of", which))
        return (
            [ShownVote(**dict(zip(_VOTE, row, strict=True))) for row in votes],
            [LogLine(**dict(zip(_LOG, row, strict=True))) for row in log],
        )

    def find_request(self, request: UUID) -> PublishRequest | None:
        """Load a publish request without lock."""
        rows = self._current.read("catalog_request", {"request": request})
        return to_request(rows[0]) if rows else None

    def page(self, wanted: WantedServices, default: str, *, everything: bool) -> ServicePage:
        """List services in the order of their names."""
        rows = self._current.read(
            "catalog_draft_page" if wanted.draft else "catalog_published_page",
            {
                "everything": everything,
                "language": wanted.language,
                "default": default,
                "template": wanted.template,
                "type": wanted.type,
                "phase": wanted.phase,
                "tag": wanted.tag,
                "unique_id": wanted.unique_id,
                "since": wanted.changed_since,
                "size": wanted.page_size,
                "offset": (wanted.page - 1) * wanted.page_size,
            },
        )
        return ServicePage([_card(row[1:]) for row in rows if row[1] is not None], rows[0][0])

    def published_copy(self, service: UUID, *, everything: bool) -> PublishedCopy | None:
        """Find the published copy of a service that a reader may see."""
        rows = self._current.read(
            "catalog_published_copy", {"guid": service, "everything": everything}
        )
        return PublishedCopy(*rows[0]) if rows else None

    def around(
        self, service: UUID, relatives: Collection[UUID], *, everything: bool
    ) -> tuple[Mapping[UUID, Mapping[str, str]], Sequence[ShownRequest]]:
        """Give the names of the relatives a reader may see, and the open requests."""
        named, requests = self._current.read_each(
            ("catalog_relatives", {"guids": array_of(relatives), "everything": everything}),
            ("catalog_open_requests", {"guid": service, "everything": everything}),
        )
        return dict(named), [_shown(row) for row in requests]

    def _put_texts(self, before: CatalogService, after: CatalogService) -> None:
        changed = {
            language: after.texts.get(language, Texts())
            for language in dict.fromkeys((*before.texts, *after.texts))
            if before.texts.get(language, Texts()) != after.texts.get(language, Texts())
        }
        if changed:
            self._current.later(
                "put_catalog_texts",
                {
                    "service": after.id,
                    "languages": list(changed),
                    "names": [each.name for each in changed.values()],
                    "summaries": [each.summary for each in changed.values()],
                    "descriptions": [each.description for each in changed.values()],
                },
            )

    def _put_value(
        self, service: CatalogService, key: tuple[int, str], value: Value | None
    ) -> None:
        place = {"service": service.id, "part": key[0], "language": key[1]}
        if value is None:
            self._current.later("clear_catalog_value", place)
            return
        self._current.later(
            "put_catalog_value",
            place
            | {
                "text": value if isinstance(value, str) else None,
                "number": str(value) if isinstance(value, Decimal) else None,
                "moment": value if isinstance(value, datetime) else None,
            },
        )

    def _member(self, name: str, service: CatalogService, **what: object) -> None:
        self._current.later(name, {"service": service.id, "now": self._now, **what})
        self._touch(service)

    def _relation(self, name: str, parent: CatalogService, child: CatalogService) -> None:
        self._current.later(name, {"parent": parent.id, "child": child.id, "now": self._now})
        self._touch(parent, child)

    def _touch(self, *services: CatalogService) -> None:
        ids = array_of(each.id for each in services)
        self._current.later("touch_catalog_service", {"ids": ids, "now": self._now})

    def _by(self, call: Call, person: str) -> dict[str, object]:
        return {"now": self._now, "account": call.principal.account_id or None, "person": person}


def _whole(
    *, guids: Collection[UUID] = (), ids: Collection[int] = (), request: UUID | None = None
) -> tuple[Named, Named]:
    which = _which(guids, ids, request)
    return ("catalog_services", which), ("catalog_templates", {**which, "template": None})


def _which(
    guids: Collection[UUID] = (), ids: Collection[int] = (), request: UUID | None = None
) -> dict[str, object]:
    return {"guids": array_of(guids), "ids": array_of(ids), "request": request}


def _mentions(mentioned: CatalogMentions, service: UUID | None = None) -> Named:
    return (
        "catalog_mentioned",
        {
            "persons": list(mentioned.persons),
            "group": mentioned.group,
            "unique_id": mentioned.unique_id,
            "agent": mentioned.agent,
            "guids": array_of([service] if service else []),
        },
    )


def _held(
    services: list[Record], templates: list[Record], named: Record, requests: Sequence[Record] = ()
) -> HeldService:
    persons, group, lists, types, taken, caller, groups = named
    return HeldService(
        service=next(iter(_services(services, templates)), None),
        request=to_request(requests[0]) if requests else None,
        persons={unique_id: Person(unique_id, name) for unique_id, name in persons or ()},
        group=PersonGroup(*group) if group else None,
        lists=tuple(to_list(each) for each in lists or ()),
        types=tuple(types),
        taken=taken,
        caller=caller or "",
        caller_groups=frozenset(groups),
    )


def _services(services: list[Record], templates: list[Record]) -> list[CatalogService]:
    known = {row[0]: to_template(row) for row in templates}
    return [to_service(row, known) for row in services]


def _state(request: PublishRequest) -> dict[str, object]:
    return {
        "guid": request.guid,
        "state": request.state.value,
        "can_be_cancelled": request.can_be_cancelled,
        "show_in_public": request.show_in_public,
        "settled": request.settled,
    }


def _card(record: Record) -> ServiceCard:
    (guid, unique_id, name, summary, type_, phase, phase_type, template, published, version,
     changed) = record  # fmt: skip
    return ServiceCard(
        guid=guid,
        unique_id=unique_id,
        name=name,
        summary=summary,
        type=type_,
        phase=phase,
        phase_type=phase_type,
        template=template,
        published=published,
        version=version,
        changed=changed,
    )


def _shown(record: Record) -> ShownRequest:
    guid, type_, type_name, title, state, requested = record
    return ShownRequest(
        guid=guid, type=type_, type_name=type_name, title=title, state=state, requested=requested
    )
