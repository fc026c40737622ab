"""Tickets as a whole, read in one round trip however many articles and files they have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from gateway.errors import ShapeExceeded
from gateway.repository.parameters import array_of
from gateway.repository.transaction import Named, Record, Transaction
from gateway.usecases.ports import Extent, Line, ShownArticle, ShownFile, Whole, WholeTicket

_MOST_BYTES = 96 * 1024 * 1024  # of files in one answer
_MOST_TEXT_BYTES = 32 * 1024 * 1024  # of articles in one answer
_MOST_LINES = 100_000
_ENDLESS = 2**31


class WholeStore:
    """Reads of tickets with everything on them."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def read(self, ids: Sequence[int], extent: Extent) -> Whole:
        """Read tickets; unknown ones are left out.

        Raises:
            ShapeExceeded: files or texts are more than one answer can hold.
        """
        return self._followed(ids, lambda targets: _readings(targets, extent), extent)

    def history(self, ids: Sequence[int]) -> Whole:
        """Read tickets with their history.

        Raises:
            ShapeExceeded: the lines are more than one answer can hold.
        """

        def readings(targets: Sequence[int]) -> dict[str, Named]:
            which = {"ids": array_of(targets)}
            return {
                "tickets": ("whole_tickets", which | {"extended": False}),
                "lines": ("whole_history", which),
            }

        return self._followed(ids, readings, Extent())

    def _followed(self, ids: Sequence[int], readings: Any, extent: Extent) -> Whole:
        """Read; where tickets were merged, once more with the tickets they live on in."""
        targets = {id_: id_ for id_ in ids}
        while True:
            batch: dict[str, Named] = readings(sorted(set(targets.values())))
            answers = self._current.read_each(*batch.values())
            records = dict(zip(batch, answers, strict=True))
            found = {record[0]: _ticket(record) for record in records["tickets"]}
            merged = {
                each.id: each.merged_into for each in found.values() if each.merged_into is not None
            }
            if not merged:
                return _whole(targets, found, records, extent)
            targets = {asked: merged.get(target, target) for asked, target in targets.items()}


def _readings(ids: Sequence[int], extent: Extent) -> dict[str, Named]:
    which: dict[str, object] = {"ids": array_of(ids)}
    batch: dict[str, Named] = {"tickets": ("whole_tickets", which | {"extended": extent.extended})}
    shown = which | {
        "newest": extent.newest_first,
        "visible_only": extent.visible_only,
        "senders": list(extent.senders),
        "limit": extent.article_limit or _ENDLESS,
        "most_text": _MOST_TEXT_BYTES,
    }
    if extent.articles:
        batch["articles"] = ("shown_articles whole_articles", shown)
    if extent.articles and extent.files:
        contents = {"contents": extent.contents, "most": _MOST_BYTES}
        batch["files"] = ("shown_articles whole_files", shown | contents)
    if extent.fields:
        batch["fields"] = ("whole_fields", which)
        batch["references"] = ("references_of_tickets", which)
    return batch


def _whole(
    targets: Mapping[int, int],
    found: Mapping[int, WholeTicket],
    records: Mapping[str, list[Record]],
    extent: Extent,
) -> Whole:
    articles, files, lines, values = (
        records.get(name, []) for name in ("articles", "files", "lines", "fields")
    )
    if extent.contents and files and files[0][7] > _MOST_BYTES:
        raise ShapeExceeded("size of the files")
    if articles and articles[0][0] > _MOST_TEXT_BYTES:
        raise ShapeExceeded("size of the texts")
    if len(lines) > _MOST_LINES:
        raise ShapeExceeded("lines of history")
    return Whole(
        tickets={asked: found[target] for asked, target in targets.items() if target in found},
        articles=_records(ShownArticle, (texts[1:] for texts in articles)),
        files=[_file(record) for record in files],
        names=list(dict.fromkeys(name for name, *_ in values)),
        several=frozenset(name for name, kind, *_ in values if kind == "multiselect"),
        values={(id_, name): texts for name, _, id_, texts in values if id_ is not None},
        references=dict(records.get("references", ())),
        lines=_records(Line, lines),
    )


def _records(kind: Any, records: Iterable[Record]) -> Any:
    names = [each.name for each in fields(kind)]
    return [kind(**dict(zip(names, record, strict=True))) for record in records]


def _file(record: Record) -> ShownFile:
    *head, _, content = record
    names = [each.name for each in fields(ShownFile)]
    return ShownFile(**dict(zip(names, [*head, content], strict=True)))


def _ticket(record: Record) -> WholeTicket:
    (id_, merged, number, title, (group_id, queue), queue_id, lock, owner_id, owner, responsible_id,
     responsible, priority_id, (priority, color), state_id, (state, state_type), type_id, type_,
     service_id, service, sla_id, sla, customer_id, customer, customer_user_id, customer_user,
     archived, created, created_by, changed, changed_by, pending_until, units, touched,
     first_response_due, update_due, solution_due, closed, first_lock, first_response,
     limits) = record  # fmt: skip
    minutes = [None if text is None else int(text) for text in limits or [None] * 5]
    return WholeTicket(
        id=id_,
        merged_into=merged,
        number=number,
        title=title,
        group_id=int(group_id),
        queue=queue,
        queue_id=queue_id,
        lock=lock,
        owner_id=owner_id,
        owner=owner or "",
        responsible_id=responsible_id,
        responsible=responsible or "",
        priority_id=priority_id,
        priority=priority,
        color=color,
        state_id=state_id,
        state=state,
        state_type=state_type,
        type_id=type_id,
        type=type_ or "",
        service_id=service_id,
        service=service,
        sla_id=sla_id,
        sla=sla,
        customer_id=customer_id,
        customer=customer,
        customer_user_id=customer_user_id,
        customer_user=customer_user,
        archived=archived,
        created=created,
        created_by=created_by,
        changed=changed,
        changed_by=changed_by,
        pending_until=pending_until,
        units=units,
        touched=touched,
        first_response_due=first_response_due,
        update_due=update_due,
        solution_due=solution_due,
        closed=closed,
        first_lock=first_lock,
        first_response=first_response,
        first_response_min=minutes[0],
        solution_min=minutes[1],
        first_response_notify=minutes[2],
        update_notify=minutes[3],
        solution_notify=minutes[4],
    )
