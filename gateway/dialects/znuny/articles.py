"""Articles of a request, judged in the order of the contract (sections 6 and 9)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NoReturn
from uuid import UUID, uuid4

from gateway.dialects.znuny import files, sending
from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import (
    AUTO_RESPONSES,
    CHANNELS,
    HISTORY_TYPES,
    SENDER_TYPES,
)
from gateway.dialects.znuny.job import as_flag, entries, is_id, single
from gateway.dialects.znuny.refusals import Refused, invalid, missing, wrong
from gateway.domain.entries import NewFile, WholeArticle
from gateway.domain.mail import mailboxes
from gateway.domain.people import AccountKind, Principal
from gateway.domain.richtext import from_html, from_plain
from gateway.domain.values import Key, Row
from gateway.text import printable
from gateway.usecases.ports import Found, Unit

_ACCEPTED = ("Email", "Phone", "Internal")
_NOTIFICATIONS = (
    "ForceNotificationToUserID", "ExcludeNotificationToUserID", "ExcludeMuteNotificationToUserID",
)  # fmt: skip
_UNITS = re.compile(r"(\d{1,10})(?:[.,](\d{1,30}))?")
_BREAKS = re.compile(r"[\r\n]+\s*")
_KINDS = ("PGP", "SMIME")
_SUB_TYPES = ("Detached", "Inline")
_TEXTS = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What articles are that say nothing else, by the operation that brings them."""

    sender: str
    to: str | None  # None: as given
    history: str
    comment: str
    auto_response: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An article with what else is known of it before it is stored."""

    article: WholeArticle
    sent: Mapping[str, Any] = field(default_factory=dict)


def require_form(value: Any, refusal: Refused) -> None:
    """Insist that articles are objects that hold something.

    Raises:
        Refused: they are not.
    """
    listed = entries(value)
    if not listed or not all(isinstance(each, Mapping) and each for each in listed):
        raise refusal


def notified(data: Mapping[str, Any]) -> list[Key]:
    """Give the agents that articles name, whatever else is wrong with them."""
    listed = [each for each in entries(data.get("Article")) if isinstance(each, Mapping)]
    texts = [text for each in listed for name in _NOTIFICATIONS for text in entries(each.get(name))]
    return [int(text) for text in texts if isinstance(text, str) and is_id(text)]


def count(data: Mapping[str, Any]) -> int:
    """Give the number of articles that may come to be."""
    return len(entries(data.get("Article")))


def with_files(drafts: Sequence[Draft], data: Mapping[str, Any]) -> list[WholeArticle]:
    """Add files: those beside the articles to every one, the others to their own.

    Raises:
        Refused: a file that is not right, or too many.
    """
    shared = files.files(data.get("Attachment"))
    own = [files.files(draft.sent.get("Attachment")) for draft in drafts]
    files.require_few([len(shared), *(len(each) for each in own)])
    whole = [
        replace(draft.article, files=(*_copies(shared, place), *mine))
        for place, (draft, mine) in enumerate(zip(drafts, own, strict=True))
    ]
    for article in whole:
        sending.require_inline_alone(article)
    return whole


def require_no_fields(drafts: Sequence[Draft]) -> None:
    """Refuse dynamic fields of articles: there are none here (D).

    Raises:
        Refused: an article names some.
    """
    if any("DynamicField" in draft.sent for draft in drafts):
        raise Refused("InvalidParameter", "Article->DynamicField is not supported!")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReader:
    """Judges the articles of one request."""

    principal: Principal
    manner: Manner
    found: Found
    queue: Row  # in which the ticket will be
    options: Options
    unit: Unit

    def read(self, value: Any) -> list[Draft]:
        """Judge articles in the order in which they came.

        Raises:
            Refused: the first thing that is missing or not right.
        """
        ids = iter(self.found.article_ids)
        return [Draft(self._article(each, next(ids)), each) for each in entries(value)]

    def _article(self, sent: Mapping[str, Any], id_: int) -> WholeArticle:
        for name in ("Subject", "Body"):
            if not _text(sent, name):
                raise missing(f"Article->{name}")
        if len(_text(sent, "Body").encode()) > self.options.body_max:
            raise invalid("Article->Body")
        response = _text(sent, "AutoResponseType") or self.manner.auto_response
        if response not in AUTO_RESPONSES:
            raise invalid("Article->AutoResponseType")
        article = self._blank(sent, id_)
        if sender := _text(sent, "From"):
            article = replace(article, sender=_from(sender))
        if _flag(sent, "ArticleSend", default=False):
            self._require_agent()
            own = self.options.sender
            article = sending.addressed(article, sent, self.queue, own, self.unit)
        article = _with_body(article, sent, defaulted=article.sending is not None)
        return self._rest(article, sent, response)

    def _blank(self, sent: Mapping[str, Any], id_: int) -> WholeArticle:
        channel, sender_type = _channel(sent), self._sender_type(sent)
        visible = _flag(sent, "IsVisibleForCustomer", default=True)
        to = self.manner.to
        return WholeArticle(
            id=id_,
            guid=uuid4(),
            plain="",
            html="",
            visible=visible or self._customer,
            channel=channel,
            sender_type=sender_type,
            sender=self.manner.sender,
            to=_text(sent, "To") if to is None else to,
            cc=_text(sent, "Cc") if to is None else "",
            bcc=_text(sent, "Bcc") if to is None else "",
            reply_to=_text(sent, "ReplyTo"),
            subject=_text(sent, "Subject"),
            in_reply_to=_text(sent, "InReplyTo"),
            references=_text(sent, "References"),
        )

    @property
    def _customer(self) -> bool:
        return self.principal.kind is AccountKind.CUSTOMER

    def _sender_type(self, sent: Mapping[str, Any]) -> str:
        default = "customer" if self._customer else "agent"
        name = _pair(sent, "SenderType", SENDER_TYPES)
        if name is None:
            text = "Article->SenderTypeID or Ticket->SenderType parameter is invalid!"
            raise Refused("InvalidParameter", text)
        if self._customer and name not in ("", default):
            raise Refused("AccessDenied", "Does not have permissions to create new articles!")
        return name or default

    def _require_agent(self) -> None:
        if self._customer:
            raise Refused("AccessDenied", "Does not have permissions to send e-mails!")

    def _rest(self, article: WholeArticle, sent: Mapping[str, Any], response: str) -> WholeArticle:
        history = _text(sent, "HistoryType") or self.manner.history
        if history not in HISTORY_TYPES:
            raise invalid("Article->HistoryType")
        units = self._units(sent)
        muted = as_flag(_text(sent, "NoAgentNotify"), "Article->NoAgent", False)
        told: dict[str, object] = {"auto_response": response, "no_agent_notify": muted}
        for name in _NOTIFICATIONS:
            if agents := self._agents(sent, name):
                told[name] = agents
        return replace(
            article,
            history=history,
            units=units,
            comment=_text(sent, "HistoryComment") or self.manner.comment,
            notified=told,
        )

    def _units(self, sent: Mapping[str, Any]) -> Decimal | None:
        text = _text(sent, "TimeUnit")
        if not text:
            if self.options.time_unit_required:
                needed = "Article->TimeUnit is required by sysconfig option!"
                raise Refused("MissingParameter", needed)
            return None
        match = _UNITS.fullmatch(text)
        if match is None or not text.isascii():
            raise invalid("Article->TimeUnit")
        units = Decimal(f"{match[1]}.{match[2] or '0'}").quantize(Decimal("0.01"), ROUND_HALF_UP)
        if len(str(units)) > 13:  # noqa: PLR2004 - what the column holds
            raise invalid("Article->TimeUnit")
        return units

    def _agents(self, sent: Mapping[str, Any], name: str) -> list[int]:
        path = f"Article->{name}"
        texts = [single(each, path) for each in entries(sent.get(name))]
        for text in texts:
            row = self.found.rows.get(("agent", int(text))) if is_id(text) else None
            if row is None or not row.active:
                raise invalid(f"{path} UserID={printable(text)}")
        return [int(text) for text in texts]


def _text(sent: Mapping[str, Any], name: str) -> str:
    return single(sent.get(name), f"Article->{name}")


def _flag(sent: Mapping[str, Any], name: str, *, default: bool) -> bool:
    return as_flag(_text(sent, name), f"Article->{name}", default)


def _pair(sent: Mapping[str, Any], name: str, known: Mapping[str, int]) -> str | None:
    """Give the word that name and id mean; empty: neither is given; None: they mean none."""
    id_, text = _text(sent, f"{name}ID"), _text(sent, name)
    if not id_:
        return text if not text or text in known else None
    word = {str(number): word for word, number in known.items()}.get(id_)
    return None if text and text != word else word


def _channel(sent: Mapping[str, Any]) -> str:
    name = _pair(sent, "CommunicationChannel", CHANNELS)
    if name is None or (name and name not in _ACCEPTED):
        text = (
            "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid"
            " or not supported!"
        )
        raise Refused("InvalidParameter", text)
    return name or "Internal"


def _from(text: str) -> str:
    try:
        if mailboxes(text):
            return text
    except ValueError:
        pass
    raise invalid("Article->From")


def _with_body(article: WholeArticle, sent: Mapping[str, Any], *, defaulted: bool) -> WholeArticle:
    mime_type, charset = _types(sent, defaulted=defaulted)
    if mime_type not in _TEXTS:
        raise wrong("Article->MimeType")
    if not files.known_charset(charset):
        raise wrong("Article->Charset")
    body = _text(sent, "Body")
    text = from_html(body) if mime_type == "text/html" else from_plain(body)
    return replace(
        article,
        plain=text.plain,
        html=text.html,
        mime_type=mime_type,
        charset="utf-8" if charset.lower() == "utf8" else charset.lower(),
    )


def _types(sent: Mapping[str, Any], *, defaulted: bool) -> tuple[str, str]:
    content_type = _text(sent, "ContentType")
    mime_type, charset = _text(sent, "MimeType").lower(), _text(sent, "Charset")
    if content_type:
        named, spoken = files.mime_type_of(content_type), files.charset_of(content_type)
        if not named:
            raise wrong("Article->ContentType")
        mime_type, charset = named, spoken or charset
    elif defaulted:
        mime_type, charset = mime_type or "text/plain", charset or "utf-8"
    elif not mime_type and not charset:
        _lacks(
            "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!"
        )
    if not charset:
        _lacks("Article->Charset is required!")
    if not mime_type:
        _lacks("Article->MimeType is required!")
    return mime_type, charset


def _lacks(text: str) -> NoReturn:
    raise Refused("MissingParameter", text)


def _copies(shared: Sequence[NewFile], place: int) -> list[NewFile]:
    """Give the files for one more article: each is a file of its own there."""
    return [replace(each, guid=each.guid if not place else _new()) for each in shared]


def _new() -> UUID:
    return uuid4()
