"""Who is at the console: logins with an agent's account, and the session a cookie names."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass

from gateway.domain.people import Principal
from gateway.errors import SessionUnknown, Unauthenticated
from gateway.http.authentication import Authenticator, Credentials, credentials_of
from gateway.http.exchange import Request
from gateway.text import printable
from gateway.usecases.ports import NewSession, SessionStore

_SESSION, _LOGIN, _FLASH = "console-session", "console-login", "console-flash"
_BYTES = 32
_LONGEST_AGENT = 255
_FLASH_S = 60
_SAFE_PATH = re.compile(r"/console/[A-Za-z0-9/._~-]*(?:\?[A-Za-z0-9&=._~%+:-]*)?")

Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Flash:
    """What a page says once about what was just done: a key of the texts, and what it names."""

    said: str
    names: tuple[str, ...] = ()


class Logins:
    """Opens, finds and ends sessions. A cookie names one; only the hash of its id is stored."""

    def __init__(
        self, authenticator: Authenticator, sessions: SessionStore, *, life_s: int
    ) -> None:
        self._authenticator = authenticator
        self._sessions = sessions
        self._life_s = life_s

    def principal(self, request: Request) -> Principal:
        """Identify the agent of the session.

        Raises:
            Unauthenticated: no session, or none that lives.
            TooManyRequests: too many calls.
        """
        session_id = session_of(request)
        if not session_id:
            raise SessionUnknown
        credentials = Credentials(sessions=(session_id,))
        return _agent(self._authenticator.principal(credentials, request.peer))

    def caller(self, request: Request) -> Principal:
        """Identify who reads a twin: by the session, or as every service does.

        Raises:
            Unauthenticated: neither.
            TooManyRequests, TryLater: as at any login.
        """
        if session_of(request):
            return self.principal(request)
        credentials = credentials_of(request.headers)
        return _agent(self._authenticator.principal(credentials, request.peer))

    def open(self, name: str, password: str, request: Request) -> tuple[Header, ...]:
        """Log in, and give the cookies of the new session; the one before it ends.

        Raises:
            Unauthenticated: refused, or no agent's account; one sentence for all.
            TooManyRequests, TryLater: as at any login.
        """
        credentials = Credentials(basic=(name, password))
        principal = _agent(self._authenticator.principal(credentials, request.peer))
        self.end(request)
        session_id = secrets.token_urlsafe(_BYTES)
        self._sessions.open_session(
            NewSession(
                digest=_digest(session_id),
                account_id=principal.account_id,
                life_s=self._life_s,
                peer=request.peer,
                user_agent=printable(request.headers.get("user-agent", ""), _LONGEST_AGENT),
            )
        )
        return (
            _cookie(_SESSION, session_id, request, self._life_s),
            _cookie(_LOGIN, "", request, 0),
        )

    def end(self, request: Request) -> tuple[Header, ...]:
        """End the session, and give the cookies that say so."""
        if session_id := session_of(request):
            self._sessions.end_session(_digest(session_id))
        return (_cookie(_SESSION, "", request, 0), _cookie(_FLASH, "", request, 0))


def session_of(request: Request) -> str:
    """Give the id of the session that a request names; empty: none."""
    return _value(_SESSION, request)


def before_login(request: Request) -> str:
    """Give the secret that the form of the login hangs on; empty: none yet."""
    return _value(_LOGIN, request)


def new_before_login(request: Request) -> tuple[str, Header]:
    """Make that secret, with its cookie."""
    secret = secrets.token_urlsafe(_BYTES)
    return secret, _cookie(_LOGIN, secret, request, None)


def flash_header(flash: Flash, request: Request, session_id: str) -> Header:
    """Give the cookie that carries a flash to the next page of the session."""
    text = json.dumps([flash.said, *flash.names]).encode()
    body = base64.urlsafe_b64encode(text).decode()
    return _cookie(_FLASH, f"{body}.{_mac(body, session_id)}", request, _FLASH_S)


def flash_of(request: Request, session_id: str) -> Flash | None:
    """Read the flash, if there is one that we wrote for this session."""
    body, _, mac = _value(_FLASH, request).partition(".")
    if not body or not hmac.compare_digest(mac.encode(), _mac(body, session_id).encode()):
        return None
    said, *names = json.loads(base64.urlsafe_b64decode(body))
    return Flash(said, tuple(names))


def without_flash(request: Request) -> Header:
    """Give the cookie that ends a flash: it is said once."""
    return _cookie(_FLASH, "", request, 0)


def next_path(text: str) -> str:
    """Give where to go after the login: a page of the console, whatever was asked for."""
    return text if _SAFE_PATH.fullmatch(text) and "//" not in text else "/console/"


def _agent(principal: Principal) -> Principal:
    if principal.agent_id is None:
        raise Unauthenticated
    return principal


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).digest()


def _mac(body: str, session_id: str) -> str:
    return hmac.new(
        session_id.encode("utf-8", "surrogatepass"), body.encode(), "sha256"
    ).hexdigest()


def _value(name: str, request: Request) -> str:
    """Find a cookie of ours; none of them holds a comma, by which doubled headers are joined."""
    pairs = re.split("[;,]", request.headers.get("cookie", ""))
    found = (pair.strip().partition("=") for pair in pairs)
    return next((value for key, _, value in found if key == _name(name, request)), "")


def _name(name: str, request: Request) -> str:
    # Browsers take a cookie of this prefix over TLS only, and from no other host of the domain.
    return f"__Host-{name}" if request.secure else name


def _cookie(name: str, value: str, request: Request, life_s: int | None) -> Header:
    parts = [f"{_name(name, request)}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    parts += [] if life_s is None else [f"Max-Age={life_s}"]
    parts += ["Secure"] if request.secure else []
    return "Set-Cookie", "; ".join(parts)
