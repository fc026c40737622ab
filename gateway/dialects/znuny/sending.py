"""Articles that are sent as e-mail: addresses, keys, what their mail is made of (section 9)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.dialects.znuny.job import as_flag, entries, single
from gateway.dialects.znuny.refusals import Refused, invalid
from gateway.domain.entries import WholeArticle
from gateway.domain.mail import Protection, Sending, message_id, valid_addresses
from gateway.domain.values import Row
from gateway.errors import BrokenRule
from gateway.usecases import article_mails
from gateway.usecases.ports import QueueAddress, Unit

_BREAKS = re.compile(r"[\r\n]+\s*")
_KINDS = ("PGP", "SMIME")
_SUB_TYPES = ("Detached", "Inline")


def addressed(
    article: WholeArticle, sent: Mapping[str, Any], queue: Row, own: str, unit: Unit
) -> WholeArticle:
    """Judge what is to leave the house, and give it an address to come from.

    Args:
        article: as it would stay here.
        sent: what the request says of it.
        queue: whose address it comes from where the request names none.
        own: address where the queue has none.
        unit: in which keys are looked up.

    Raises:
        Refused: an address or a key that is not right.
    """
    to, cc, bcc = (_addresses(sent, name) for name in ("To", "Cc", "Bcc"))
    if not to:
        raise _no_address("To")
    of_queue = unit.intake.address(queue)
    sender = single(sent.get("From"), "Article->From") or _address_of(of_queue) or own
    text = single(sent.get("AppendSignatureToBody"), "Article->AppendSignatureToBody")
    appended = as_flag(text, "Article->AppendSignatureToBody", True)
    sending = Sending(sign=_protection(sent, "Sign"), crypt=_protection(sent, "Crypt"))
    _require_keys(sending, sender, unit)
    return replace(
        article,
        channel="Email",
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=_reply_to(article.reply_to),
        # What becomes a header of the mail is one line.
        subject=_BREAKS.sub(" ", article.subject),
        in_reply_to=_BREAKS.sub(" ", article.in_reply_to),
        references=_BREAKS.sub(" ", article.references),
        signature=of_queue.signature if appended else "",
        message_id=message_id(article.guid, sender),
        sending=sending,
    )


def require_inline_alone(article: WholeArticle) -> None:
    """Insist that what is signed or encrypted inline is a plain text and nothing else.

    Raises:
        Refused: it has files, or is HTML.
    """
    for name in ("sign", "crypt"):
        protection: Protection | None = getattr(article.sending, name, None)
        if (
            protection is not None
            and protection.inline
            and (article.files or article.mime_type != "text/plain")
        ):
            raise invalid(f"Article->{name.title()}->SubType")


def _require_keys(sending: Sending, sender: str, unit: Unit) -> None:
    try:
        article_mails.check_keys(sending, valid_addresses(sender)[0], unit)
    except BrokenRule as broken:
        name = "Sign" if broken.field == "sign" else "Crypt"
        raise invalid(f"Article->{name}->Key") from None


def _reply_to(text: str) -> str:
    try:
        valid_addresses(text)
    except ValueError:
        raise invalid("Article->ReplyTo") from None
    return text


def _no_address(name: str) -> Refused:
    text = (
        f"Article->{name} parameter must be a valid email address when Article->ArticleSend is set!"
    )
    return Refused("InvalidParameter", text)


def _addresses(sent: Mapping[str, Any], name: str) -> str:
    text = single(sent.get(name), f"Article->{name}")
    try:
        valid_addresses(text)
    except ValueError:
        raise _no_address(name) from None
    return text


def _address_of(queue: QueueAddress) -> str:
    if not queue.address or not queue.name:
        return queue.address
    name = queue.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{queue.address}>'


def _protection(sent: Mapping[str, Any], name: str) -> Protection | None:
    given = sent.get(name)
    if not given:
        return None
    path = f"Article->{name}"
    if not isinstance(given, Mapping):
        raise invalid(path)
    kind = single(given.get("Type"), f"{path}->Type")
    sub_type = single(given.get("SubType"), f"{path}->SubType") or "Detached"
    keys = tuple(single(each, f"{path}->Key") for each in entries(given.get("Key")))
    if kind not in _KINDS:
        raise invalid(f"{path}->Type")
    if kind == "PGP" and sub_type not in _SUB_TYPES:
        raise invalid(f"{path}->SubType")
    if not keys:
        raise invalid(f"{path}->Key")
    inline = kind == "PGP" and sub_type == "Inline"
    return Protection(kind="PGP" if kind == "PGP" else "SMIME", keys=keys, inline=inline)
