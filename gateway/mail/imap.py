"""A mailbox on an IMAP server: what waits in it, one mail at a time, and where a done one goes."""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

_INBOX = "INBOX"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
# What a server that is away, slow or not of this protocol makes of the client.
_FAILURES = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError)


class ServerAway(Exception):
    """The server cannot be reached, refuses the login, or does not answer as IMAP servers do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """Where a mailbox is."""

    host: str
    port: int
    user: str
    password: Callable[[], str]  # read for each login: it may be exchanged while we run
    tls: bool = True
    ca_file: Path | None = None
    timeout_s: float = 30.0


class Inbox:
    """The mails that wait in an open mailbox; every method may raise ServerAway."""

    def __init__(self, client: BaseMailBox) -> None:
        self._client = client
        with _talk():
            status = client.folder.status(_INBOX, ["UIDVALIDITY"])
            self.uid_validity = int(status["UIDVALIDITY"])

    def waiting(self) -> Sequence[int]:
        """List the UIDs of all mails, oldest first."""
        with _talk():
            return sorted(int(uid) for uid in self._client.uids("ALL", charset=None))

    def size(self, uid: int) -> int | None:
        """Give the size of a mail; None: somebody took it away."""
        for item in self._fetched(uid, "(RFC822.SIZE)"):
            found = _SIZE.search(item[0] if isinstance(item, tuple) else item or b"")
            if found is not None:
                return int(found[1])
        return None

    def read(self, uid: int, most_bytes: int) -> bytes | None:
        """Fetch a mail, at most so much of it, without marking it as read."""
        for item in self._fetched(uid, f"(BODY.PEEK[]<0.{most_bytes}>)"):
            if isinstance(item, tuple):
                return bytes(item[1])
        return None

    def move(self, uid: int, folder: str) -> None:
        """Move a mail into a folder, which is made if it is not there."""
        with _talk():
            if not self._client.folder.exists(folder):
                self._client.folder.create(folder)
            self._client.move(str(uid), folder)

    def _fetched(self, uid: int, what: str) -> list[tuple[bytes, bytes] | bytes | None]:
        with _talk():
            status, items = self._client.client.uid("FETCH", str(uid), what)
            if status != "OK":
                raise imaplib.IMAP4.error
            return items


@contextmanager
def opened(server: ImapServer) -> Iterator[Inbox]:
    """Log in and open the inbox.

    Raises:
        ServerAway: that did not work.
    """
    with _talk():
        client = _connected(server)
    try:
        with _talk():
            client.login(server.user, server.password(), initial_folder=_INBOX)
            _look_again(client)
        yield Inbox(client)
    finally:
        with suppress(*_FAILURES):
            client.logout()
        with suppress(*_FAILURES):
            client.client.shutdown()


@contextmanager
def _talk() -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        raise ServerAway(_reason(error)) from None


def _connected(server: ImapServer) -> BaseMailBox:
    if not server.tls:
        return MailBoxUnencrypted(server.host, server.port, timeout=server.timeout_s)
    context = ssl.create_default_context(cafile=server.ca_file)
    return MailBox(server.host, server.port, timeout=server.timeout_s, ssl_context=context)


def _look_again(client: BaseMailBox) -> None:
    """Ask what the server can do: many tell only after the login that they can move mails."""
    _, told = client.client.capability()
    client.client.capabilities = tuple(told[-1].decode("ascii", "replace").upper().split())


def _reason(error: Exception) -> str:  # noqa: PLR0911 - one for each cause
    """Say what went wrong; never the server's own words, which may repeat what it was sent."""
    match error:
        case MailboxLoginError():
            return "the server refuses user or password"
        case ImapToolsError() | imaplib.IMAP4.abort():
            return "the server ended the session or refused a command"
        case imaplib.IMAP4.error():
            return "the server refused a command, or does not speak IMAP"
        case TimeoutError():
            return "the server does not answer in time"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case OSError():
            return error.strerror or str(error) or type(error).__name__
        case _:
            return "the server does not answer as IMAP servers do"
