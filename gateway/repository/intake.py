"""What a ticket that comes in names, looked up in one round trip, and what comes with it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from gateway.domain.entries import NewFile, WholeArticle
from gateway.domain.fields import Field, FieldType, Filled
from gateway.domain.ticket import Ticket
from gateway.domain.values import Key, Row
from gateway.repository.lists import resolved, resolving
from gateway.repository.parameters import array_of
from gateway.repository.rows import to_row
from gateway.repository.tickets import to_ticket
from gateway.repository.transaction import Named, Record, Transaction
from gateway.usecases.ports import Asked, Call, Claim, Found, Holder, QueueAddress


class IntakeStore:
    """Look-ups of calls that name things; writes are gathered until the end of the unit."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def look_up(self, asked: Asked) -> Found:
        """Find all that a call names in one round trip; a reference is held first."""
        batch = _look_ups(asked)
        names = list(batch)
        named = [batch[name] for name in names]
        if asked.claim is not None:
            lock: Named = ("hold_claimed_reference", _claim(asked.claim))
            records = self._current.hold_each(lock, *named)
        else:
            records = self._current.read_each(*named) if named else []
        return _found(dict(zip(names, records, strict=True)), asked)

    def lock(
        self, guid: UUID, fields: Sequence[int]
    ) -> tuple[Ticket | None, Mapping[int, Sequence[str]]]:
        """Lock and load a ticket, with the present values of these fields."""
        which = {"guids": [guid]}
        batch: list[Named] = [("load_tickets", which)]
        if fields:
            batch.append(("values_of_fields", {"guid": guid, "fields": array_of(fields)}))
        rows, *values = self._current.hold_each(("lock_tickets", which), *batch)
        return (to_ticket(rows[0]) if rows else None), dict(values[0]) if values else {}

    def offered(self, service: Row, customer_user: Row | None) -> bool:
        """Tell whether a service is offered to a customer user."""
        parameters = {
            "service": service.id,
            "customer_user": customer_user.id if customer_user else None,
        }
        return bool(self._current.read("service_offered", parameters)[0][0])

    def fits(self, sla: Row, service: Row) -> bool:
        """Tell whether an SLA is for a service."""
        parameters = {"sla": sla.id, "service": service.id}
        return bool(self._current.read("sla_fits", parameters)[0][0])

    def address(self, queue: Row) -> QueueAddress:
        """Read the address of a queue."""
        return QueueAddress(*self._current.read("address_of_queue", {"queue": queue.id})[0])

    def add_articles(self, ticket: Ticket, articles: Sequence[WholeArticle], call: Call) -> None:
        """Add articles with their files and times, numbered on within the ticket."""
        written = {"ticket_id": ticket.id, "now": self._now, "agent": call.principal.agent_id}
        documents = [_article(number, each) for number, each in enumerate(articles, 1)]
        self._current.later("add_whole_articles", written | {"articles": Jsonb(documents)})
        if files := [(each, file) for each in articles for file in each.files]:
            self._add_files(files, written)
        units = [
            {"article": each.id, "units": str(each.units)}
            for each in articles
            if each.units is not None
        ]
        if units:
            self._current.later("add_time_units", written | {"units": Jsonb(units)})
        self._current.last("escalate_ticket", {"ticket_id": ticket.id})

    def _add_files(
        self, files: Sequence[tuple[WholeArticle, NewFile]], written: dict[str, object]
    ) -> None:
        documents = [_file(number, *each) for number, each in enumerate(files)]
        self._current.later("add_files_of_articles", written | {"files": Jsonb(documents)})
        self._current.later(
            "add_contents",
            {
                "ticket_id": written["ticket_id"],
                "guids": [file.guid for _, file in files],
                "contents": [file.content for _, file in files],
            },
        )

    def fill(self, ticket: Ticket, filled: Sequence[Filled]) -> None:
        """Write dynamic fields, each as a whole."""
        which = {"ticket_id": ticket.id}
        fields = array_of(each.field.id for each in filled)
        self._current.later("clear_fields", which | {"fields": fields})
        if values := [value for each in filled for value in _values(each)]:
            self._current.later("fill_fields", which | {"values": Jsonb(values)})

    def claim(self, ticket: Ticket, claim: Claim, system_id: int | None) -> None:
        """Make the ticket the one live holder of a reference, and forget its former one."""
        if system_id is None:
            system_id = self._current.write("make_system", {"system": claim.system})[0][0]
        written = {
            "ticket_id": ticket.id,
            "system": system_id,
            "reference": claim.text,
            "now": self._now,
        }
        for name in ("drop_claims", "release_claims", "restore_claim", "claim_reference"):
            self._current.later(name, written)

    def unclaim(self, ticket: Ticket) -> None:
        """Forget the reference of the ticket as a whole."""
        self._current.later("drop_claims", {"ticket_id": ticket.id, "reference": ""})


def _look_ups(asked: Asked) -> dict[str, Named]:
    batch: dict[str, Named] = {}
    if asked.claim is not None:
        claim = _claim(asked.claim)
        batch["holders"] = ("holders_of_claim", claim)
        batch["system"] = ("system_of_claim", claim)
    if any(asked.rows.values()):
        batch["rows"] = ("resolve", resolving(asked.rows))
    if asked.fields:
        batch["fields"] = ("fields_named", {"names": list(asked.fields)})
    if asked.asker:
        batch["asker"] = ("asker", {"login": asked.asker})
    if asked.articles:
        batch["articles"] = ("set_aside_articles", {"count": asked.articles})
    if asked.ticket_id is not None or asked.number is not None:
        named = {"id": asked.ticket_id, "number": asked.number}
        batch["ticket"] = ("target_of_ticket", named)
    return batch


def _found(records: Mapping[str, list[Record]], asked: Asked) -> Found:
    fields = [
        Field(id_, name, FieldType(kind), tuple(options))
        for id_, name, kind, options in records.get("fields", ())
    ]
    rows: Mapping[tuple[str, Key], Row] = resolved(records.get("rows", ()), asked.rows)
    asker, ticket, system = (records.get(name, ()) for name in ("asker", "ticket", "system"))
    return Found(
        rows=rows,
        fields={field.name: field for field in fields},
        article_ids=[id_ for (id_,) in records.get("articles", ())],
        address=_written(*asker[0][:3]) if asker else "",
        company=to_row(asker[0][3]) if asker else None,
        ticket=ticket[0][0] if ticket else None,
        holders=[Holder(*record) for record in records.get("holders", ())],
        system_id=system[0][0] if system else None,
    )


def _written(login: str, name: str, email: str) -> str:
    """Write a person as a mail does."""
    if not email:
        return name
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return email if name in (login, email) else f'"{quoted}" <{email}>'


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "reference": claim.text,
        "field": claim.field,
        "system": claim.system,
        "partner": claim.partner_id,
        "states": list(claim.states),
        "state_types": list(claim.state_types),
    }


def _article(number: int, article: WholeArticle) -> dict[str, object]:
    return {
        "n": number,
        "id": article.id,
        "guid": str(article.guid),
        "plain": article.plain,
        "html": article.html,
        "visible": article.visible,
        "is_description": article.is_description,
        "channel": article.channel,
        "sender_type": article.sender_type,
        "sender": article.sender,
        "reply_to": article.reply_to,
        "to": article.to,
        "cc": article.cc,
        "bcc": article.bcc,
        "subject": article.subject,
        "mime_type": article.mime_type,
        "charset": article.charset,
        "message_id": article.message_id,
        "in_reply_to": article.in_reply_to,
        "refs": article.references,
        "signature": article.signature,
    }


def _file(number: int, article: WholeArticle, file: NewFile) -> dict[str, object]:
    return {
        "n": number,
        "guid": str(file.guid),
        "article": article.id,
        "file_name": file.file_name,
        "visible": article.visible,
        "content_type": file.content_type,
        "disposition": file.disposition,
        "content_id": file.content_id,
        "size": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
    }


def _values(filled: Filled) -> list[dict[str, object]]:
    return [
        {
            "field": filled.field.id,
            "position": position,
            "vt": value.text,
            "vn": None if value.number is None else str(value.number),
            "vd": None if value.date is None else value.date.isoformat(),
        }
        for position, value in enumerate(filled.values, 1)
    ]
