"""Articles that leave as mail: read as they are stored, protected, handed to the mail server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from gateway.delivery.attempt import Pace, insist
from gateway.delivery.backoff import next_delay_s
from gateway.delivery.mailing import REACHED, Mail, handed_over
from gateway.domain.events import Event, EventKind, snapshot
from gateway.domain.mail import Kind, MailKey, message_id, valid_addresses
from gateway.domain.people import AccountKind, Principal
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import HistoryLine
from gateway.errors import GatewayError
from gateway.http.seal import Seal
from gateway.mail.keys import Unusable, sealed_as
from gateway.mail.message import File, Letter, Unwritable
from gateway.mail.protection import Protecting, written
from gateway.mail.smtp import Server
from gateway.usecases.ports import (
    Call,
    Claimed,
    Done,
    Exchange,
    OutgoingArticle,
    Permanent,
    Progress,
    Result,
    Transient,
    Unit,
    Units,
)

log = structlog.get_logger(__name__)

_STEP = "send"

# The worker itself: it has no account and needs no rights.
_WORKER = Principal(account_id=0, account="gateway", kind=AccountKind.AGENT)
_CALL = Call(principal=_WORKER, dialect="gateway", operation="article-mail", command="")


class _Hopeless(Exception):
    """Nothing that a repetition could heal; the sentence says what."""


class _OtherSeal(Exception):
    """A secret key does not open under the seal key of this worker."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a mail is made of, as it is stored now."""

    article: OutgoingArticle
    signing: MailKey | None
    recipients: Sequence[MailKey]


class ArticleMail:
    """Carries out the deliveries that ``article_mails.queue`` makes."""

    def __init__(self, units: Units, server: Server, seal: Seal) -> None:
        self._units = units
        self._server = server
        self._seal = seal

    def run(self, delivery: Claimed, progress: Progress) -> Result:
        """Send the mail to those who have not got it yet."""
        outcome = self._sent(delivery, progress)
        if isinstance(outcome, Exchange):
            return Done(exchange=replace(outcome, step=_STEP))
        failure = replace(outcome, exchange=replace(outcome.exchange, step=_STEP))
        if _is_last(failure, delivery):
            self._tell(delivery, failure.error, progress)
        return failure

    def _tell(self, delivery: Claimed, error: str, progress: Progress) -> None:
        """Tell the ticket before it is settled: a worker killed in between tells it twice."""
        progress.hold()
        write = partial(self._units.run, lambda unit: _told(delivery, error, unit), _CALL)
        try:
            insist(write, Pace())
        except GatewayError:
            # The delivery says it too; what it knows of those who got the mail must not be lost.
            log.exception("mail failure could not be told", delivery=delivery.id)

    def _sent(self, delivery: Claimed, progress: Progress) -> Exchange | Transient | Permanent:
        try:
            stored = self._units.run(lambda unit: _stored(delivery, unit), _CALL)
            mail = self._mail(delivery, stored, progress.attempt)
        except _OtherSeal as error:
            # Another worker may have the right key file; one that is gone can be put back.
            return Transient(error=str(error), of_partner=False)
        except (_Hopeless, Unwritable, Unusable) as error:
            return Permanent(error=str(error), of_partner=False)
        progress.hold()
        return handed_over(mail, self._server, delivery.values.get(REACHED, ()))

    def _mail(self, delivery: Claimed, stored: _Stored, attempt: int) -> Mail:
        article = stored.article
        sender = article.sender.strip() or self._server.sender
        fixed_id = article.message_id or message_id(article.guid, sender)
        told = {
            "X-Gateway-Event-Id": str(delivery.event_id),
            "X-Gateway-Delivery-Attempt": str(attempt),
        }
        letter = _letter(article, sender, fixed_id, told)
        try:
            return_path, *_ = valid_addresses(sender)
            texts = (article.to, article.cc, article.bcc)
            recipients = [address for text in texts for address in valid_addresses(text)]
        except ValueError as error:
            raise _Hopeless(f"From, To, Cc or Bcc: {error}") from None
        return Mail(
            message_id=fixed_id,
            sender=return_path,
            recipients=recipients,
            content=written(letter, self._protecting(delivery.payload, stored)),
        )

    def _protecting(self, payload: Mapping[str, Any], stored: _Stored) -> Protecting | None:
        asked = payload.get("sign") or payload.get("crypt")
        if asked is None:
            return None
        return Protecting(
            kind=asked["kind"],
            inline=asked["inline"],
            secret=None if stored.signing is None else self._secret(stored.signing),
            recipients=[key.public for key in stored.recipients],
        )

    def _secret(self, key: MailKey) -> bytes:
        try:
            return self._seal.open(key.secret_sealed or b"", sealed_as(key.kind, key.fingerprint))
        except ValueError as error:
            raise _OtherSeal(f"key {key.fingerprint}: {error}") from None


def _is_last(failure: Transient | Permanent, delivery: Claimed) -> bool:
    if isinstance(failure, Permanent):
        return True
    if delivery.probe_s is not None and failure.of_partner:
        return False  # a probe is no try
    return next_delay_s(failure.retry, delivery.tries + 1, None) is None


def _stored(delivery: Claimed, unit: Unit) -> _Stored:
    payload = delivery.payload
    found = unit.mails.article(UUID(payload["article"]))
    if found is None:
        raise _Hopeless("the article is gone")
    signing = [_key(*name, unit) for name in _names(payload.get("sign"))]
    recipients = [_key(*name, unit) for name in _names(payload.get("crypt"))]
    return _Stored(found[0], next(iter(signing), None), recipients)


def _names(protection: Mapping[str, Any] | None) -> list[tuple[Kind, str]]:
    return [(protection["kind"], name) for name in protection["keys"]] if protection else []


def _letter(
    article: OutgoingArticle, sender: str, fixed_id: str, told: Mapping[str, str]
) -> Letter:
    html = article.mime_type.lower().startswith("text/html")
    text = (article.html or article.plain) if html else article.plain
    if article.signature:
        signature = from_plain(article.signature).html if html else article.signature
        text = f"{text}\n\n{signature}"
    return Letter(
        message_id=fixed_id,
        date=article.created,
        sender=sender,
        reply_to=article.reply_to,
        to=article.to,
        cc=article.cc,
        subject=article.subject,
        text=text,
        subtype="html" if html else "plain",
        charset=article.charset,
        files=[
            File(each.name, each.content_type, each.content, each.disposition, each.content_id)
            for each in article.files
        ],
        in_reply_to=article.in_reply_to,
        references=article.references,
        headers=told,
    )


def _key(kind: Kind, name: str, unit: Unit) -> MailKey:
    # Znuny contract, section 9: a key lost meanwhile fails the delivery, never sends it bare.
    for key in unit.mails.keys(kind, name):
        if key.fingerprint == name and key.valid(unit.now):
            return key
    raise _Hopeless(f"key {name} is no longer there, or no longer valid")


def _told(delivery: Claimed, error: str, unit: Unit) -> None:
    """Leave a line in the ticket's history and an event (Znuny contract, section 9)."""
    found = unit.mails.article(UUID(delivery.payload["article"]))
    ticket = None if found is None else unit.tickets.lock(found[1])
    if found is None or ticket is None:
        return
    article = found[0]
    text = f"E-mail of article {article.guid} could not be sent: {error}"
    unit.history.add(ticket, [HistoryLine(kind="Misc", text=text, article=article.guid)], _CALL)
    told = {"article": str(article.guid), "error": error}
    unit.outbox.add(
        ticket, [Event(EventKind.MAIL_FAILED, snapshot(ticket) | {"mail": told})], _CALL
    )
