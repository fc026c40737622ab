"""Attachments of tickets: saved and deleted in batches, read alone or by ticket."""

from dataclasses import replace
from uuid import UUID

from gateway.domain.commands import DeleteAttachments, SaveAttachment, SaveAttachments
from gateway.domain.entries import Attachment
from gateway.domain.events import EventKind
from gateway.domain.ticket import HistoryLine, Ticket
from gateway.domain.values import Unset
from gateway.domain.views import HelpdeskSettings, Listed, TicketView
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.usecases import batches, idempotency, rights, tickets
from gateway.usecases.batches import Change, Held
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call, Unit
from gateway.usecases.tickets import seen


def save(command: SaveAttachments, call: Call, unit: Unit) -> Done:
    """Add attachments to a ticket, or edit those that exist (ACMP contract AT).

    Raises:
        NotFound: the ticket is not there or not to be seen.
        Missing, NotFound, NotPermitted, WrongState, BrokenRule: the first breach of the first
            bad entry; nothing is stored.
    """
    guids = [entry.guid for entry in command.attachments]
    held = batches.hold(unit.attachments.find, guids, (command.ticket,), unit)
    ticket = seen(held.tickets.get(command.ticket), call, "ticket")
    rules = unit.lists.helpdesk_settings()
    repeated = idempotency.repeated_each(held.entries, call, unit)
    saved = {}
    for number, entry in enumerate(command.attachments, 1):
        at = f"attachments[{number}]"
        known = held.entries.get(entry.guid)
        _require_sound(entry, at, known, rules)
        if known is not None:
            _require_pair(entry, at, known, held, call)
        if entry.guid not in repeated:
            _require_change(entry, number, known, ticket, rules, call)
            saved[entry.guid] = (entry, _saved(entry, known, ticket, unit))
    return _store(saved, held, ticket, call, unit)


def delete(command: DeleteAttachments, call: Call, unit: Unit) -> Done:
    """Delete attachments of a ticket; an id twice counts once.

    Raises:
        NotFound: the ticket or an attachment is not there; one of another ticket is none.
        NotPermitted, WrongState, BrokenRule: the first breach of the first bad entry.
    """
    guids = [entry.guid for entry in command.attachments]
    held = batches.hold(unit.attachments.find, guids, (command.ticket,), unit)
    ticket = seen(held.tickets.get(command.ticket), call, "ticket")
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_unmerged("ticket")
    here = {guid: each for guid, each in held.entries.items() if each.ticket == ticket.guid}
    here_alone = Held(held.tickets, here)
    gone = batches.doomed(
        "attachments", command.attachments, here_alone, call, unit, named="ticket"
    )
    if gone:
        unit.attachments.delete(list(gone.values()))
        idempotency.remember_each(gone, "delete", call, unit)
    changes = [
        Change(
            ticket.guid,
            [HistoryLine(kind="attachment deleted", text=str(each.guid), old=each.file_name)],
        )
        for each in gone.values()
    ]
    return batches.tell(changes, held, call, unit)


def one(guid: UUID, call: Call, unit: Unit) -> tuple[Attachment, bytes | None]:
    """Read one attachment with its content; None: the content has not come yet.

    Raises:
        NotFound: there is none that the caller may see.
    """
    found = unit.attachments.read(guid)
    if found is None:
        raise NotFound(field="attachment")
    tickets.view(found[0].ticket, call, unit)
    return found


def of_ticket(guid: UUID, call: Call, unit: Unit) -> tuple[TicketView, Listed[Attachment]]:
    """List a ticket's attachments and those of its articles, oldest first.

    Raises:
        NotFound: there is no such ticket that the caller may see.
    """
    ticket = tickets.view(guid, call, unit)
    return ticket, unit.attachments.list(ticket.id)


def _require_sound(
    entry: SaveAttachment, at: str, known: Attachment | None, rules: HelpdeskSettings
) -> None:
    """Judge required fields, forms and limits; an edit ignores name and file name (AT2)."""
    batches.require_sound(entry.guid, entry.breach)
    if known is None:
        for name in ("name", "file_name"):
            if not getattr(entry, name):
                raise Missing(field=f"{at}.{name}")
    breach = entry.breach_if_new if known is None else entry.breach
    if breach is not None:
        raise breach
    limit = rules.max_attachment_bytes
    # Content that is there already is ignored, also under a limit that was lowered since.
    if limit and _brings_content(entry, known) and len(entry.content) > limit:
        raise BrokenRule(f"larger than {limit} bytes", field=f"{at}.content")


def _require_pair(
    entry: SaveAttachment, at: str, known: Attachment, held: Held[Attachment], call: Call
) -> None:
    seen(held.tickets.get(known.ticket), call, f"{at}.guid")
    if known.document != entry.document:
        raise NotFound(field=f"{at}.document")


def _require_change(
    entry: SaveAttachment,
    number: int,
    known: Attachment | None,
    ticket: Ticket,
    rules: HelpdeskSettings,
    call: Call,
) -> None:
    at = f"attachments[{number}]"
    rights.require(call.principal, call.command, ticket.group_id, field="ticket")
    ticket.require_writable("ticket")
    if known is not None and known.ticket != ticket.guid:
        raise BrokenRule("belongs to another ticket", field=f"{at}.guid")
    brings = _brings_content(entry, known)
    if brings and known is not None and known.sha256 is not None:
        raise BrokenRule("content is already there", field=f"{at}.content")
    if not rules.max_attachment_bytes and (known is None or brings):
        raise BrokenRule("attachments are switched off", field="attachments", entry=number)


def _brings_content(entry: SaveAttachment, known: Attachment | None) -> bool:
    return entry.sha256 is not None and (known is None or known.sha256 != entry.sha256)


def _saved(
    entry: SaveAttachment, known: Attachment | None, ticket: Ticket, unit: Unit
) -> Attachment:
    attachment = known or Attachment(
        guid=entry.guid,
        ticket_id=ticket.id,
        ticket=ticket.guid,
        document=entry.document,
        name=entry.name,
        file_name=entry.file_name,
        created=unit.now,
    )
    if not isinstance(entry.description, Unset):
        attachment = replace(attachment, description=entry.description)
    if not isinstance(entry.visible, Unset):
        attachment = replace(attachment, visible=entry.visible)
    if _brings_content(entry, known):
        attachment = replace(attachment, size=len(entry.content), sha256=entry.sha256)
    return attachment


def _store(
    saved: dict[UUID, tuple[SaveAttachment, Attachment]],
    held: Held[Attachment],
    ticket: Ticket,
    call: Call,
    unit: Unit,
) -> Done:
    added = [new for guid, (_, new) in saved.items() if guid not in held.entries]
    edited = [guid for guid in saved if guid in held.entries]
    changed = [saved[guid][1] for guid in edited if saved[guid][1] != held.entries[guid]]
    contents = {
        guid: entry.content
        for guid, (entry, _) in saved.items()
        if _brings_content(entry, held.entries.get(guid))
    }
    if added:
        unit.attachments.add(added, call)
        idempotency.remember_each([new.guid for new in added], "create", call, unit)
    if edited:
        unit.idempotency.forget_each(call, edited)
    if changed:
        unit.attachments.edit(changed)
    if contents:
        unit.attachments.deliver(ticket, contents)
    changes = [_added(new) for new in added]
    changes += [
        Change(ticket.guid, batches.differences("attachment", held.entries[new.guid], new, _WORDS))
        for new in changed
    ]
    return batches.tell(changes, held, call, unit)


def _added(attachment: Attachment) -> Change:
    line = HistoryLine(kind="attachment added", text=str(attachment.guid), new=attachment.file_name)
    return Change(attachment.ticket, [line], EventKind.ATTACHMENT_ADDED)


# Fields a caller may change, with their words in history; the size changes with the content.
_WORDS = {"description": "description", "visible": "visible", "size": "size"}
