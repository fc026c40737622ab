"""What outgoing mail is made of: the keys that protect it, and an article as it is sent."""

from collections.abc import Sequence
from uuid import UUID

from gateway.domain.mail import Kind, MailKey
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import MailFile, OutgoingArticle


class MailStore:
    """Keys and outgoing articles; nothing is cached, so a key that is switched off is gone."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def keys(self, kind: Kind, name: str) -> Sequence[MailKey]:
        """Find the keys of this name, the newest first; at most 20."""
        return [_key(row) for row in self._current.read("mail_keys", {"kind": kind, "name": name})]

    def article(self, guid: UUID) -> tuple[OutgoingArticle, UUID] | None:
        """Read an article with the contents of its files, and the guid of its ticket."""
        rows = self._current.read("mail_article", {"guid": guid})
        if not rows:
            return None
        *article, ticket_guid, ticket_id, article_id = rows[0]
        of = {"ticket_id": ticket_id, "article_id": article_id}
        files = [MailFile(*row) for row in self._current.read("mail_files", of)]
        return _article(tuple(article), files), ticket_guid


def _key(record: Record) -> MailKey:
    (kind, address, fingerprint, short_id, signs, encrypts, public, secret_sealed, expires,
     revoked, active) = record  # fmt: skip
    return MailKey(
        kind=kind,
        address=address,
        fingerprint=fingerprint,
        short_id=short_id,
        signs=signs,
        encrypts=encrypts,
        public=public,
        secret_sealed=secret_sealed,
        expires=expires,
        revoked=revoked,
        active=active,
    )


def _article(record: Record, files: Sequence[MailFile]) -> OutgoingArticle:
    (guid, sender, reply_to, to, cc, bcc, subject, plain, html, mime_type, charset, signature,
     message_id, in_reply_to, references, created) = record  # fmt: skip
    return OutgoingArticle(
        guid=guid,
        sender=sender,
        reply_to=reply_to,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=subject,
        plain=plain,
        html=html,
        mime_type=mime_type,
        charset=charset,
        signature=signature,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        created=created,
        files=files,
    )
