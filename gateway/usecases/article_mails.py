"""Articles that are sent as mail: judged and queued in the transaction that stores them."""

from uuid import UUID, uuid5

from gateway.domain.mail import MailKey, Protection, Sending, key_name, valid_addresses
from gateway.domain.ticket import Ticket
from gateway.errors import BrokenRule
from gateway.usecases.ports import Call, Unit

__all__ = ["PROCESS", "VERSION", "check_keys", "queue", "valid_addresses"]

PROCESS = "article-mail"
VERSION = 1


def check_keys(sending: Sending, sender: str, unit: Unit) -> None:
    """Make sure that there is a key for all that a mail asks for (Znuny contract, section 9).

    Args:
        sending: what it asks for.
        sender: address it comes from; of several keys of one name that address's is taken.
        unit: of the article.

    Raises:
        BrokenRule: of the field ``sign`` or ``crypt``: a key is missing, expired, revoked, switched
            off, or cannot do what is asked of it.
    """
    _chosen(sending, sender, unit)


def queue(
    ticket: Ticket,
    article_guid: UUID,
    sending: Sending,
    call: Call,
    unit: Unit,
    *,
    sender: str = "",
) -> None:
    """Queue the mail of an article that this unit stores: what is sent is what is stored.

    From, To, Cc, Bcc, subject, body, signature, charset, files and Message-ID are read from the
    article when it is sent; an empty From becomes ``mail.sender``, an empty Message-ID that of the
    article's guid. Sent again, it has the same Message-ID.

    Raises:
        BrokenRule: as for ``check_keys``.
    """
    signing, recipients = _chosen(sending, sender, unit)
    unit.deliveries.enqueue(
        partner_id=unit.partners.internal(),
        subject=f"ticket:{ticket.id}",
        event_id=uuid5(article_guid, "mail"),
        process=PROCESS,
        version=VERSION,
        payload={
            "ticket_id": ticket.id,
            "article": str(article_guid),
            "agent_id": call.principal.agent_id,
            # Whole fingerprints: a key that is added later must not take the place of this one.
            "sign": _protection(sending.sign, signing),
            "crypt": _protection(sending.crypt, recipients),
        },
    )


def _chosen(
    sending: Sending, sender: str, unit: Unit
) -> tuple[tuple[MailKey, ...], tuple[MailKey, ...]]:
    sign, crypt = sending.sign, sending.crypt
    if sign and crypt and (sign.kind, sign.inline) != (crypt.kind, crypt.inline):
        raise BrokenRule("signed one way and encrypted another", field="crypt")
    if sign and len(sign.keys) != 1:
        raise BrokenRule("exactly one key signs", field="sign")
    if crypt and not crypt.keys:
        raise BrokenRule("no key", field="crypt")
    signing = () if sign is None else _keys(sign, "sign", sender, unit)
    recipients = () if crypt is None else _keys(crypt, "crypt", "", unit)
    return signing, recipients


def _keys(wanted: Protection, field: str, address: str, unit: Unit) -> tuple[MailKey, ...]:
    return tuple(_key(wanted, name, field, address, unit) for name in wanted.keys)


def _key(wanted: Protection, text: str, field: str, address: str, unit: Unit) -> MailKey:
    name = key_name(text)
    known = () if name is None else unit.mails.keys(wanted.kind, name)
    able = [key for key in known if (key.signs if field == "sign" else key.encrypts)]
    valid = [key for key in able if key.valid(unit.now)]
    if not valid:
        raise BrokenRule(_why_not(known, able), field=field)
    # Short names are not unique.
    return next((key for key in valid if key.address.lower() == address.lower()), valid[0])


def _why_not(known: object, able: object) -> str:
    if not known:
        return "no such key"
    return "key has expired, was revoked or is switched off" if able else "key cannot do that"


def _protection(wanted: Protection | None, keys: tuple[MailKey, ...]) -> dict[str, object] | None:
    if wanted is None:
        return None
    return {
        "kind": wanted.kind,
        "keys": [key.fingerprint for key in keys],
        "inline": wanted.inline,
    }
