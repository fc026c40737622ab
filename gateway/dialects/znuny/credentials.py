"""Who calls: sources of credentials, their precedence, and the texts of each operation.

Contract section 4.1: per field the header beats the parameter; then a session beats an agent's
login, and that a customer user's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.dialects.znuny.desk import ZnunyDesk
from gateway.dialects.znuny.refusals import Refused
from gateway.domain.people import AccountKind, Principal
from gateway.errors import Unauthenticated

FIELDS = ("UserLogin", "CustomerUserLogin", "Password", "SessionID")
IMPERSONATE = "ImpersonateAsUser"
_HEADER = "x-otrs-header-"
_NEVER_COMPARED = frozenset({*FIELDS, "TwoFactorToken"})


@dataclass(frozen=True, slots=True)
class Given:
    """The credentials of one request: those of its headers, and those among its parameters."""

    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> Any:
        """Give a field, the header's before the parameter's; empty is absent.

        A parameter that is no single text is given as it is: whoever needs it refuses it.
        """
        return self.headers.get(name) or self.parameters.get(name) or ""


_NOBODY = "UserLogin, CustomerUserLogin or SessionID is required!"
_NO_PASSWORD = "Password or SessionID is required!"  # noqa: S105 - a text of the contract
_WRITERS_FAIL = "User could not be authenticated!"
_OTHERS = {
    "TimeAccountingGet": "Authentication failed!",
    "OutOfOffice": "Authentication failed.",
    "SessionRemove": "Authorization failed!",
}
_WRITERS = frozenset({"TicketCreate", "TicketUpdate", "ExternalReference"})


def given(headers: Mapping[str, str], parameters: Mapping[str, Any]) -> Given:
    """Find the credentials among headers (names in lower case) and parameters."""
    names = (*FIELDS, IMPERSONATE)
    found = {name: headers.get(_HEADER + name.lower(), "") for name in names}
    return Given(
        {name: _of_header(name, value) for name, value in found.items() if value.strip()},
        {name: parameters[name] for name in names if name in parameters},
    )


def without(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values without credentials: what is compared of a request that writes."""
    return {name: value for name, value in data.items() if name not in _NEVER_COMPARED}


def refuse_impersonation(found: Given) -> None:
    """Refuse the one field that stands in the list of headers and is not included.

    Raises:
        Refused: it is given.
    """
    if found.of(IMPERSONATE):
        raise Refused("InvalidParameter", f"{IMPERSONATE} is not supported!")


def login(operation: str, found: Given, desk: ZnunyDesk, peer: str) -> Principal:
    """Identify the caller, in the words of the operation.

    Raises:
        Refused: no credentials, or not the right ones.
        TooManyRequests, TryLater: they cannot be looked at now.
    """
    refuse_impersonation(found)
    session = found.of("SessionID")
    name, kind = found.of("UserLogin"), AccountKind.AGENT
    if not name:
        name, kind = found.of("CustomerUserLogin"), AccountKind.CUSTOMER
    if not session:
        _need_login(operation, name, found.of("Password"))
    try:
        if session:
            return desk.accounts.resume(_single(session))
        return _by_password(_single(name), _single(found.of("Password")), kind, desk, peer)
    except Unauthenticated:
        raise failed(operation) from None


def failed(operation: str) -> Refused:
    """Give the refusal of credentials that lead to nobody."""
    text = (
        _WRITERS_FAIL if operation in _WRITERS else _OTHERS.get(operation, "Authorization failing!")
    )
    return Refused("AuthFail", text)


def by_password(operation: str, found: Given, desk: ZnunyDesk, peer: str) -> Principal:
    """Identify the caller by login and password alone: what opens a session.

    Raises:
        Refused: they are not right.
    """
    name, kind = found.of("UserLogin"), AccountKind.AGENT
    if not name:
        name, kind = found.of("CustomerUserLogin"), AccountKind.CUSTOMER
    try:
        return _by_password(_single(name), _single(found.of("Password")), kind, desk, peer)
    except Unauthenticated:
        raise failed(operation) from None


def _need_login(operation: str, name: Any, password: Any) -> None:
    if operation in _WRITERS:
        if not name:
            raise Refused("MissingParameter", _NOBODY)
        if not password:
            raise Refused("MissingParameter", _NO_PASSWORD)
    elif not name or not password:
        raise failed(operation)


def _by_password(
    name: str, password: str, kind: AccountKind, desk: ZnunyDesk, peer: str
) -> Principal:
    if not name:
        raise Unauthenticated
    principal = desk.accounts.login(name, password, peer)
    if principal.kind is not kind:
        raise Unauthenticated
    return principal


def _single(value: Any) -> str:
    if not isinstance(value, str):  # a list of passwords is nobody's (contract section 1.4)
        raise Unauthenticated
    return value


def _of_header(name: str, value: str) -> str:
    """Read a header's bytes, which arrive as Latin-1, as the UTF-8 that callers mean."""
    raw = value.encode("latin-1")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = value
    return text if name == "Password" else text.strip()
