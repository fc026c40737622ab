"""One mail handed to the mail server, and what that means for its delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from gateway.mail import smtp
from gateway.mail.smtp import Sent, Server, Unsent
from gateway.usecases.ports import Exchange, Permanent, Transient

REACHED = "reached"  # value of a delivery: who has got the mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that is ready to be handed over, with its envelope."""

    message_id: str
    sender: str
    recipients: Sequence[str]  # Bcc among them
    content: bytes = field(repr=False)


def handed_over(
    mail: Mail, server: Server, reached: Sequence[str] = ()
) -> Exchange | Transient | Permanent:
    """Hand a mail over to those who have not got it; give the record once all have.

    A failure's value ``REACHED`` names all who have got it: they must not get it twice.
    """
    recipients = [each for each in dict.fromkeys(mail.recipients) if each not in reached]
    if not recipients:
        return Permanent(error="nobody to send it to", of_partner=False)
    began_s = perf_counter()
    try:
        outcome: Sent | Unsent = smtp.send(server, mail.sender, recipients, mail.content)
    except Unsent as error:
        outcome = error
    exchange = Exchange(
        status=outcome.status,
        # The envelope, never the text: it may be one that is encrypted.
        request=f"Message-ID: {mail.message_id}\nMAIL FROM: {mail.sender}\n"
        f"RCPT TO: {', '.join(recipients)}\n({len(mail.content)} bytes)",
        answer=str(outcome),
        duration_ms=round((perf_counter() - began_s) * 1000),
    )
    if isinstance(outcome, Unsent):
        return _failed(outcome, exchange, reached)
    return _partly(outcome, exchange, reached, recipients) if outcome.refused else exchange


def _failed(outcome: Unsent, exchange: Exchange, reached: Sequence[str]) -> Transient | Permanent:
    values = {REACHED: list(reached)} if reached else {}
    if outcome.permanent:
        return Permanent(error=str(outcome), exchange=exchange, values=values)
    return Transient(
        error=str(outcome), exchange=exchange, of_partner=outcome.of_server, values=values
    )


def _partly(
    outcome: Sent, exchange: Exchange, reached: Sequence[str], recipients: Sequence[str]
) -> Transient | Permanent:
    got = [*reached, *(each for each in recipients if each not in outcome.refused)]
    error = f"refused for {smtp.listed(outcome.refused)}; taken for {', '.join(got)}"
    values = {REACHED: got}
    if all(answer.permanent for answer in outcome.refused.values()):
        return Permanent(error=error, exchange=exchange, values=values)
    return Transient(error=error, exchange=exchange, of_partner=False, values=values)
