"""The step ``mail``: one mail by SMTP (SSP7 contract, 11.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.delivery.mailing import REACHED, Mail, handed_over
from gateway.delivery.records import Shade
from gateway.delivery.steps.step import Answered, Place, Situation
from gateway.domain.mail import message_id, valid_addresses
from gateway.domain.process import Process, Step
from gateway.mail.message import File, Letter, Unwritable
from gateway.mail.protection import written
from gateway.mail.smtp import Server
from gateway.usecases.ports import Exchange, Permanent, Transient

# SSP7 contract, 3.6: a mail has these two; its third is the Message-ID.
_HEADERS = ("X-Gateway-Event-Id", "X-Gateway-Delivery-Attempt")
_PLACES = {"text": Place.TEXT, "html": Place.HTML}
_PLACEHOLDER = "#"

Outcome = Answered | Transient | Permanent


@dataclass(frozen=True, slots=True)
class MailStep:
    """Sends mails; repeated ones have the same Message-ID."""

    server: Server

    def target(self, step: Step, partner_id: int | None) -> None:
        """Give nobody: a mail goes to people, not to a partner's service."""
        del step, partner_id

    def perform(self, step: Step, situation: Situation) -> Outcome:
        """Write the mail and hand it over to those who have not got it."""
        try:
            mail = self._mail(step, situation)
        except (Unwritable, ValueError) as error:
            return Permanent(error=Shade(situation.masked()).sentence(str(error)))
        server = self.server
        if situation.timeout_s is not None:
            server = replace(server, timeout_s=situation.timeout_s)
        situation.hold()
        outcome = handed_over(mail, server, situation.kept.get(REACHED, ()))
        shade = Shade(situation.masked())
        if isinstance(outcome, Exchange):
            return Answered(exchange=_shaded(outcome, shade))
        said, exchange = shade.sentence(outcome.error), _shaded(outcome.exchange, shade)
        if isinstance(outcome, Transient):
            # A mail server that is away says nothing about the partner whose process this is.
            return replace(outcome, error=said, exchange=exchange, of_partner=False)
        return replace(outcome, error=said, exchange=exchange)

    def check(self, step: Step, process: Process) -> Iterable[str]:
        """Tell which addresses are none; those with placeholders are known only when sent."""
        del process
        for key in ("to", "cc"):
            for each in step.keys.get(key, ()):
                if _PLACEHOLDER not in each and not _is_address(each):
                    yield f"{key}: {each} is no address"

    def _mail(self, step: Step, situation: Situation) -> Mail:
        keys, texts = step.keys, situation.texts
        to, cc = (
            _joined(texts.fill(each, Place.HEADER) for each in keys.get(key, ()))
            for key in ("to", "cc")
        )
        if not to:
            raise Unwritable("to: no address")
        unique = f"{situation.claimed.event_id}.{step.name}"
        letter = Letter(
            message_id=message_id(unique, self.server.sender),
            date=situation.claimed.created,
            sender=self.server.sender,
            to=to,
            cc=cc,
            subject=texts.fill(keys["subject"], Place.HEADER),
            text=texts.fill(keys["body"], _PLACES[keys.get("body_type", "text")]),
            subtype="html" if keys.get("body_type") == "html" else "plain",
            files=_files(situation) if keys.get("attachments") else (),
            headers={name: situation.headers[name] for name in _HEADERS},
        )
        return Mail(
            message_id=letter.message_id,
            sender=self.server.sender,
            recipients=[*valid_addresses(to), *valid_addresses(cc)],
            content=written(letter),
        )


def _joined(addresses: Iterable[str]) -> str:
    return ", ".join(each.strip() for each in addresses if each.strip())


def _files(situation: Situation) -> Sequence[File]:
    return [File(each.name, each.media_type, each.content) for each in situation.files()]


def _is_address(text: str) -> bool:
    try:
        return bool(valid_addresses(text))
    except ValueError:
        return False


def _shaded(exchange: Exchange, shade: Shade) -> Exchange:
    return replace(
        exchange,
        request=shade.over(exchange.request or ""),
        answer=shade.over(exchange.answer or ""),
    )
