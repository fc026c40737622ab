"""Mailboxes: when each was read last, or why not, and what was refused with the reason."""

from gateway.console.answers import Gone, Shown
from gateway.console.desk import MailboxKeys
from gateway.console.visit import Address, Visit
from gateway.errors import NotFound
from gateway.usecases import app_registry, mailboxes
from gateway.usecases.ports import MailboxRow

_PATH = "/mailboxes"


def show(visit: Visit) -> Shown:
    """Show the mailboxes of the settings, and those that were once; the refused mails below."""
    before, most = visit.number("before"), visit.most()
    found = visit.read(
        "ShowMailboxes", lambda call, unit: mailboxes.show(before, most + 1, call, unit)
    )
    refused = found.refused[:most]
    more = len(found.refused) > most
    read = {row.name: row for row in found.boxes}
    known = {keys.name: keys for keys in visit.desk.mailboxes}
    return Shown(
        template="mailboxes.html",
        data={
            "mailboxes": [
                _line(name, known.get(name), read.get(name)) for name in sorted({*known, *read})
            ],
            "refused": refused,
            "next": visit.link(before=str(refused[-1].id)) if more else None,
        },
        rows="refused",
        more={"may_sync": visit.may("SyncAppFields"), "may_look": visit.may("LookIntoMailbox")},
    )


def sync(visit: Visit) -> Gone:
    """Add the fields that the registry lacks."""
    added = visit.administer("SyncAppFields", lambda unit: app_registry.sync(visit.actor, unit))
    return visit.gone(_PATH, "synced", str(added)) if added else visit.gone(_PATH, "in_sync")


def look(visit: Visit, name: str) -> Gone:
    """Have a mailbox looked into at once."""
    if name not in {keys.name for keys in visit.desk.mailboxes}:
        raise NotFound("no mailbox of this name")
    visit.administer("LookIntoMailbox", lambda unit: mailboxes.look_now(name, visit.actor, unit))
    return visit.gone(_PATH, "looked_into", name)


ADDRESSES = (
    Address(pattern=_PATH, show=show),
    Address(pattern=f"{_PATH}/sync", show=show, act=sync),
    Address(
        pattern=f"{_PATH}/{{name}}/look",
        show=lambda visit, name: show(visit),  # noqa: ARG005 - the arguments of a page
        act=look,
    ),
)


def _line(name: str, keys: MailboxKeys | None, row: MailboxRow | None) -> dict[str, object]:
    return {
        "name": name,
        "server": keys.server if keys else "",
        "poll_seconds": keys.poll_seconds if keys else None,
        "addresses": list(keys.addresses) if keys else [],
        "in_settings": keys is not None,
        "last_polled": row.last_polled if row else None,
        "last_error": row.last_error if row else "",
    }
