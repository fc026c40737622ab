"""Empties a mailbox: each mail is done first and moved then, so that a crash loses none."""

from dataclasses import dataclass

import structlog

from gateway import clock
from gateway.errors import OutcomeUnknown, TryLater
from gateway.mail.desk import MailDesk
from gateway.mail.imap import ImapServer, Inbox, ServerAway, opened
from gateway.mail.received import HEADER_BYTES
from gateway.secret_files import SecretMissing
from gateway.usecases.ports import MailPlace

log = structlog.get_logger(__name__)

_MOST_MAILS = 500  # at one look
_LONGEST_S = 240.0  # shorter than the lease of a schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox that is looked into by a schedule."""

    name: str
    server: ImapServer
    desk: MailDesk

    def poll(self) -> int:
        """Do what waits in the mailbox, and give the number of mails; a server that is away waits
        for the next look.

        Raises:
            TryLater, OutcomeUnknown: the database; what was not done waits, what was is known.
        """
        place, done, error = None, 0, ""
        try:
            with opened(self.server) as inbox:
                place, done, error = self._empty(inbox)
        except (ServerAway, SecretMissing) as away:
            error = str(away)
            log.warning("mailbox not read", mailbox=self.name, reason=error)
        self._note(place, error)
        return done

    def _empty(self, inbox: Inbox) -> tuple[MailPlace | None, int, str]:
        place, done, undone = None, 0, 0
        until = clock.monotonic_s() + _LONGEST_S
        for uid in inbox.waiting()[:_MOST_MAILS]:
            if clock.monotonic_s() > until:
                break
            if place is None:
                self._note(None, "")  # the mails refer to their mailbox
            place = MailPlace(uid_validity=inbox.uid_validity, uid=uid)
            found = self._read(inbox, uid)
            if found is None:
                continue  # somebody took it away
            if self._do(inbox, place, *found):
                done += 1
            else:
                undone += 1
        # Whoever looks at the mailbox, and not into the log, must see that something is stuck.
        stuck = f"{undone} of its mails cannot be done and stay: see `mail not done` in the log"
        return place, done, stuck if undone else ""

    def _read(self, inbox: Inbox, uid: int) -> tuple[bytes, int] | None:
        """Give a mail, or the head of one that is too large, and its size."""
        size = inbox.size(uid)
        if size is None:
            return None
        most = self.desk.counters.most_bytes
        raw = inbox.read(uid, most if size <= most else HEADER_BYTES)
        return None if raw is None else (raw, size)

    def _do(self, inbox: Inbox, place: MailPlace, raw: bytes, size: int) -> bool:
        """Do one mail and move it; one that we fail at stays where it is and keeps nobody waiting.

        It is read again after a crash before the move: what was done is known by its key.
        """
        try:
            taken = self.desk.take(raw, size, place=place)
        except (TryLater, OutcomeUnknown):
            raise
        except Exception:
            log.exception("mail not done", mailbox=self.name, uid=place.uid)
            return False
        inbox.move(place.uid, taken.folder)
        return True

    def _note(self, place: MailPlace | None, error: str) -> None:
        call = self.desk.call(self.desk.counters.usual.rules)
        self.desk.units.run(lambda unit: unit.inbound.note_poll(self.name, place, error), call)
