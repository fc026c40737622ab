"""Articles that leave as mail: read as they are stored, protected, handed to the mail server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from uuid import UUID

from gateway.delivery.backoff import next_delay_s
from gateway.domain.events import Event, EventKind, snapshot
from gateway.domain.mail import Kind, MailKey, message_id, valid_addresses
from gateway.domain.people import AccountKind, Principal
from gateway.domain.ticket import HistoryLine
from gateway.http.seal import Seal
from gateway.mail import smtp
from gateway.mail.keys import Unusable, sealed_as
from gateway.mail.message import File, Letter, Unwritable
from gateway.mail.protection import Protecting, written
from gateway.mail.smtp import Sent, Server, Unsent
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

_STEP = "send"
_REACHED = "reached"  # step value: who has got the mail

# The worker itself: it has no account and needs no rights.
_WORKER = Principal(account_id=0, account="gateway", kind=AccountKind.AGENT)
_CALL = Call(principal=_WORKER, dialect="gateway", operation="article-mail", command="")


class _Hopeless(Exception):
    """Nothing that a repetition could heal; the sentence says what."""


class _OtherSeal(Exception):
    """A secret key does not open under the seal key of this worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """A mail that is ready to be handed over."""

    message_id: str
    sender: str
    recipients: Sequence[str]
    content: bytes


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
        try:
            stored = self._units.run(lambda unit: _stored(delivery, unit), _CALL)
            mail = self._mail(delivery, stored, progress.attempt)
        except _OtherSeal as error:
            # Another worker may have the right key file; one that is gone is put back.
            return self._last(delivery, _ours(error), progress, tries=delivery.tries)
        except (_Hopeless, Unwritable, Unusable) as error:
            return self._last(delivery, Permanent(error=str(error)), progress)
        progress.hold()
        began_s = perf_counter()
        try:
            outcome: Sent | Unsent = smtp.send(
                self._server, mail.sender, mail.recipients, mail.content
            )
        except Unsent as error:
            outcome = error
        exchange = _exchange(mail, outcome, perf_counter() - began_s)
        return self._judged(delivery, mail, outcome, exchange, progress)

    def _judged(
        self,
        delivery: Claimed,
        mail: _Mail,
        outcome: Sent | Unsent,
        exchange: Exchange,
        progress: Progress,
    ) -> Result:
        if isinstance(outcome, Unsent):
            result: Permanent | Transient = (
                Permanent(error=str(outcome), exchange=exchange)
                if outcome.permanent
                else Transient(error=str(outcome), exchange=exchange, of_partner=outcome.of_server)
            )
            return self._last(delivery, result, progress, tries=delivery.tries)
        if not outcome.refused:
            return Done(exchange=exchange)
        # Some have got it and must not get it twice: that is written before anything else.
        got = [each for each in mail.recipients if each not in outcome.refused]
        reached = [*delivery.values.get(_REACHED, ()), *got]
        progress.step_done(exchange, following=_STEP, values={_REACHED: reached})
        error = f"{len(reached)} got it, refused: {smtp.listed(outcome.refused)}"
        permanent = all(answer.permanent for answer in outcome.refused.values())
        again = Permanent(error=error) if permanent else _ours(error)
        return self._last(delivery, again, progress, tries=0)

    def _mail(self, delivery: Claimed, stored: _Stored, attempt: int) -> _Mail:
        article = stored.article
        sender = article.sender.strip() or self._server.sender
        fixed_id = article.message_id or message_id(article.guid, sender)
        told = {
            "X-Gateway-Event-Id": str(delivery.event_id),
            "X-Gateway-Delivery-Attempt": str(attempt),
        }
        letter = _letter(article, sender, fixed_id, told)
        try:
            (return_path,) = valid_addresses(sender)
            everybody = [
                address
                for text in (article.to, article.cc, article.bcc)
                for address in valid_addresses(text)
            ]
        except ValueError as error:
            raise _Hopeless(f"From, To, Cc or Bcc: {error}") from None
        reached = set(delivery.values.get(_REACHED, ()))
        recipients = [each for each in dict.fromkeys(everybody) if each not in reached]
        if not recipients:
            raise _Hopeless("nobody to send it to")
        return _Mail(
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

    def _last(
        self,
        delivery: Claimed,
        result: Permanent | Transient,
        progress: Progress,
        *,
        tries: int = 0,
    ) -> Result:
        """Tell the ticket when this was the last try; before it is settled, so it is not lost."""
        if isinstance(result, Transient):
            probing = delivery.probe_s is not None and result.of_partner
            if probing or next_delay_s(result.retry, tries + 1, None) is not None:
                return result
        progress.hold()
        self._units.run(lambda unit: _tell(delivery, result.error, unit), _CALL)
        return result


def _ours(error: object) -> Transient:
    return Transient(error=str(error), of_partner=False)


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
        text = f"{text}\n\n{article.signature}"
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


def _exchange(mail: _Mail, outcome: Sent | Unsent, took_s: float) -> Exchange:
    """Give the record of an attempt: the envelope, never the text, which may be secret."""
    return Exchange(
        step=_STEP,
        status=outcome.status,
        request=f"Message-ID: {mail.message_id}\nMAIL FROM: {mail.sender}\n"
        f"RCPT TO: {', '.join(mail.recipients)}\n({len(mail.content)} bytes)",
        answer=str(outcome),
        duration_ms=round(took_s * 1000),
    )


def _tell(delivery: Claimed, error: str, unit: Unit) -> None:
    """Leave a line in the ticket's history and an event (Znuny contract, section 9)."""
    found = unit.mails.article(UUID(delivery.payload["article"]))
    ticket = None if found is None else unit.tickets.lock(found[1])
    if found is None or ticket is None:
        return
    article = found[0]
    text = f"E-mail of article {article.guid} could not be sent: {error}"
    unit.history.add(ticket, [HistoryLine(kind="Misc", text=text)], _CALL)
    told = {"article": str(article.guid), "error": error}
    unit.outbox.add(
        ticket, [Event(EventKind.MAIL_FAILED, snapshot(ticket) | {"mail": told})], _CALL
    )
