"""SMTP: one mail to one server, and what it answered for each recipient."""

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_TAKEN = 250
_CLOSING = 421  # not about the mail: the server goes away
_PERMANENT = 500  # 5yz; SSP7 contract, section 12
_LONGEST_ANSWER = 200


class Tls(StrEnum):
    """How the connection is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"  # demanded: never without
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The mail server that everything goes to."""

    host: str
    port: int
    tls: Tls = Tls.NONE
    user: str = ""
    password_file: Path | None = None  # read for each login: it may be exchanged while we run
    ca_file: Path | None = None  # of the only authorities believed; None: those of the system
    timeout_s: float = 30.0
    sender: str = "gateway@localhost"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    text: str = ""

    @property
    def permanent(self) -> bool:
        """Tell whether a repetition would be answered alike."""
        return self.status >= _PERMANENT

    def __str__(self) -> str:
        return f"{self.status} {self.text}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The mail was taken for those recipients that are not refused."""

    refused: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Give the status of SMTP."""
        return _TAKEN

    def __str__(self) -> str:
        return f"taken, but refused for {listed(self.refused)}" if self.refused else "taken"


class Unsent(Exception):
    """The mail was taken for nobody."""

    def __init__(
        self, sentence: str, *, answer: Answer | None = None, of_server: bool = False
    ) -> None:
        self.answer = answer
        self.of_server = of_server  # nothing was said about the mail: the server is away
        super().__init__(sentence)

    @property
    def status(self) -> int | None:
        """Give the status of SMTP, if the server said one."""
        return None if self.answer is None else self.answer.status

    @property
    def permanent(self) -> bool:
        """Tell whether a repetition would end alike."""
        return not self.of_server and self.answer is not None and self.answer.permanent


class AllRefused(Unsent):
    """Each recipient was refused; ``refused`` says how."""

    def __init__(self, refused: Mapping[str, Answer]) -> None:
        self.refused = refused
        softest = min(refused.values(), key=lambda answer: answer.status)
        super().__init__(f"refused: {listed(refused)}", answer=softest)


def send(server: Server, sender: str, recipients: Sequence[str], content: bytes) -> Sent:
    """Hand over a mail.

    Args:
        server: where to.
        sender: address that failures are told to.
        recipients: addresses of the envelope, those of Bcc among them.
        content: the whole mail.

    Raises:
        Unsent: nobody gets it; whether that may pass is said.
    """
    try:
        with session_at(server) as session:
            refused = session.sendmail(sender, recipients, content)
    except smtplib.SMTPRecipientsRefused as error:
        raise AllRefused(_answers(error.recipients)) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        answer = _answer((error.smtp_code, error.smtp_error))
        away = answer.status == _CLOSING
        raise Unsent(f"the mail was refused: {answer}", answer=answer, of_server=away) from None
    except (OSError, smtplib.SMTPException) as error:
        raise _away(server, error) from None
    return Sent(refused=_answers(refused))


def reach(server: Server) -> str:
    """Connect and log in, without sending anything; give what the server answers.

    Raises:
        Unsent: it cannot be reached, or refuses the login.
    """
    try:
        with session_at(server) as session:
            return str(_answer(session.noop()))
    except (OSError, smtplib.SMTPException) as error:
        raise _away(server, error) from None


@contextmanager
def session_at(server: Server) -> Iterator[smtplib.SMTP]:
    """Open a session: encrypted if that is asked for, logged in if there is a user.

    Raises:
        OSError, smtplib.SMTPException: one of these did not work.
    """
    session = _connected(server)
    try:
        if server.tls is Tls.STARTTLS:
            session.starttls(context=_context(server))
        if server.user:
            session.login(server.user, _password(server))
        yield session
    finally:
        # A mail that was taken stays taken, however the goodbye ends.
        with suppress(OSError, smtplib.SMTPException):
            session.quit()
        session.close()


def listed(refused: Mapping[str, Answer]) -> str:
    """Name those who were refused, each with the server's words."""
    return "; ".join(f"{address}: {answer}" for address, answer in refused.items())


def _connected(server: Server) -> smtplib.SMTP:
    # The name of this machine is not looked up: that may wait long for a name server.
    name = socket.gethostname() or "localhost"
    if server.tls is Tls.IMPLICIT:
        return smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=server.timeout_s, context=_context(server)
        )
    return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout_s)


def _context(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def _password(server: Server) -> str:
    if server.password_file is None:
        return ""
    try:
        return server.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise smtplib.SMTPException(f"the password file cannot be read: {reason}") from None


def _away(server: Server, error: Exception) -> Unsent:
    place = f"mail server {server.host}:{server.port}"
    match error:
        case smtplib.SMTPResponseException():
            # Also a login that is refused: it says nothing about the mail, and can be put right.
            answer = _answer((error.smtp_code, error.smtp_error))
            return Unsent(f"{place}: {answer}", answer=answer, of_server=True)
        case smtplib.SMTPException():
            return Unsent(f"{place}: {error}"[:_LONGEST_ANSWER], of_server=True)
        case _:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            return Unsent(f"{place} cannot be reached: {reason}", of_server=True)


def _answers(refused: Mapping[str, tuple[int, bytes]]) -> dict[str, Answer]:
    return {address: _answer(said) for address, said in refused.items()}


def _answer(said: tuple[int, bytes | str]) -> Answer:
    status, text = said
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return Answer(status, " ".join(words.split())[:_LONGEST_ANSWER])
