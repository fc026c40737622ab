"""What an entry of the corpus is: an id, a builder of the request and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.http.exchange import Stage
from gateway.soap.envelope import SoapVersion
from tests.kit.envelopes import Sent, envelope, login
from tests.kit.probe import SECRET, USER, Note, note, ping

LISTENER = "http://listener.invalid"  # the runner puts the address of its listener here
CANARY_FILE = "file:///canary.invalid"  # and the address of a file with a known text here
LOGIN = login(USER, SECRET)

Builder = Callable[[SoapVersion], Sent]

V11, V12 = SoapVersion.V11, SoapVersion.V12


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fault with one of these internal codes; the last stage that was reached is one of these."""

    codes: tuple[str, ...]
    stages: tuple[Stage, ...] = (Stage.RECEIVED,)
    fault: str = "Client"  # as SOAP 1.1 names it


@dataclass(frozen=True, slots=True)
class DoorRefusal:
    """A refusal in plain text."""

    status: int


@dataclass(frozen=True, slots=True)
class Done:
    """The call is carried out; ``pong`` is the text that Ping gives back, ``saved`` the note."""

    pong: str | None = None
    saved: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InTime:
    """Carried out or refused by the caller's fault, but soon."""


Expected = Refusal | DoorRefusal | Done | InTime


@dataclass(frozen=True, slots=True)
class Attack:
    """One entry of the corpus, sent in each of its SOAP versions."""

    id: str
    expected: Expected
    build: Builder
    versions: tuple[SoapVersion, ...] = (V11, V12)


MALFORMED = Refusal(("GW-112",))
CHARSET = Refusal(("GW-111",))
MARKUP = Refusal(("GW-113",))
SHAPE = Refusal(("GW-114",))
NOT_ONE_CALL = Refusal(("GW-115",))
VERSION = Refusal(("GW-116",), fault="VersionMismatch")
HEADER = Refusal(("GW-117",), fault="MustUnderstand")
ACTION = Refusal(("GW-118",))
OPERATION = Refusal(("GW-119",), (Stage.IDENTIFIED,))
SCHEMA = Refusal(("GW-120",), (Stage.IDENTIFIED,))
UNREADABLE = Refusal(("GW-120",), (Stage.VALIDATED,))
NOT_A_DATE = Refusal(("GW-120",), (Stage.IDENTIFIED, Stage.VALIDATED))
LOGIN_WRONG = Refusal(("GW-402",), (Stage.PARSED,))


def body(content: str, *, header: str = "", before: str = "", attributes: str = "") -> Builder:
    """Build an authenticated request with this Body, ``before`` standing before the root."""

    def build(version: SoapVersion) -> Sent:
        text = before + envelope(version, content, LOGIN + header, attributes=attributes)
        return Sent(body=text.encode())

    return build


def text(content: str, **parts: str) -> Builder:
    """Build a Ping with this markup as its text."""
    return body(ping(content), **parts)


def members(content: str) -> Builder:
    """Build a SaveNote with these members behind the id."""
    return body(note(f"<Id>n1</Id>{content}"))


def pinged(pong: str) -> Done:
    return Done(pong=pong)


def saved(**members: object) -> Done:
    return Done(saved=members)


def differs(kept: Note, expected: dict[str, object]) -> dict[str, object]:
    """Give the members that were not kept as expected."""
    return {name: getattr(kept, name) for name in expected if getattr(kept, name) != expected[name]}
