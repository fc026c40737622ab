"""Tells a person of a mail that was refused; its sender gets no answer."""

from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from gateway import clock
from gateway.domain.inbound_mail import ReceivedMail
from gateway.mail import message, smtp
from gateway.mail.message import Letter
from gateway.text import printable

log = structlog.get_logger(__name__)

_SUBJECT = 100
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Reporter:
    """Sends reports by the server that all mail goes to; so many an hour, whoever floods us."""

    server: smtp.Server
    most_an_hour: int = 60
    _sent: deque[float] = field(default_factory=deque, repr=False)

    def __call__(self, mail: ReceivedMail, code: str, address: str) -> None:
        """Send a report; one that cannot be sent is a line of the log."""
        if self._is_enough():
            reason = f"more than {self.most_an_hour} in an hour"
            log.warning("refused mail not reported", key=mail.key, reason=reason)
            return
        letter = Letter(
            message_id=f"<{uuid4()}@{self.server.sender.rpartition('@')[2]}>",
            date=mail.received,
            sender=self.server.sender,
            to=address,
            subject=f"Mail refused: {code}",
            text=_text(mail, code),
            # Nobody's answering machine shall reply to it, and our own mailboxes ignore it.
            headers={"Auto-Submitted": "auto-generated"},
        )
        try:
            content = message.headers(letter) + message.content(letter)
            smtp.send(self.server, self.server.sender, [address], content)
        except (smtp.Unsent, ValueError) as error:
            log.warning("refused mail not reported", key=mail.key, reason=str(error))

    def _is_enough(self) -> bool:
        now = clock.monotonic_s()
        while self._sent and self._sent[0] < now - _HOUR_S:
            self._sent.popleft()
        if len(self._sent) >= self.most_an_hour:
            return True
        self._sent.append(now)
        return False


def _text(mail: ReceivedMail, code: str) -> str:
    facts = {
        "Code": code,
        "From": printable(mail.author, _SUBJECT),
        "Subject": printable(mail.subject, _SUBJECT),
        "Message": printable(mail.key, _SUBJECT),
        "Received": mail.received.isoformat(timespec="seconds"),
    }
    told = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return f"A mail was refused. It lies in the folder for refused mails.\n\n{told}\n"
