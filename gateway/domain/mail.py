"""Mail that leaves the house: how it is protected, with whose keys, and what an address is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

MOST_ADDRESSES = 100

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"
_BARE = re.compile(_ADDRESS)
_NAMED = re.compile(rf'(?:"((?:[^"\\]|\\.)*)" *|([^"<>]*))<({_ADDRESS})>')
_PART = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",])+')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KEY = re.compile("[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_LOCAL = 64
_LONGEST_ADDRESS = 254

Kind = Literal["PGP", "SMIME"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Keys that sign or encrypt a mail.

    ``keys`` are ids or fingerprints of PGP (8, 16, 40 digits), certificate hashes (8) or
    fingerprints (40, 64) of S/MIME; hexadecimal, in any case. ``inline`` is a matter of PGP.
    """

    kind: Kind
    keys: tuple[str, ...]
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How an article is sent: bare, signed, encrypted, or both."""

    sign: Protection | None = None
    crypt: Protection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKey:
    """A key as it is kept; ``secret_sealed`` opens only under the seal key."""

    kind: Kind
    address: str
    fingerprint: str  # 40 digits, lower case
    short_id: str = ""  # of PGP the key id, of S/MIME the hash of the subject
    signs: bool = False
    encrypts: bool = False
    public: bytes = field(repr=False)
    secret_sealed: bytes | None = field(default=None, repr=False)
    expires: datetime | None = None
    revoked: bool = False
    active: bool = True

    def valid(self, now: datetime) -> bool:
        """Tell whether it may be used at all at this time."""
        return self.active and not self.revoked and (self.expires is None or self.expires > now)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name that stands before it."""

    address: str
    name: str = ""


def key_name(text: str) -> str | None:
    """Give the name of a key in its one form: lower case, without colons, blanks and 0x."""
    name = re.sub(r"[\s:]", "", text).lower().removeprefix("0x")
    return name if _KEY.fullmatch(name) else None


def mailboxes(text: str) -> tuple[Mailbox, ...]:
    """Read addresses between commas, bare or as ``Name <address>``.

    Raises:
        ValueError: one of them is no address, a line break, or more than 100.
    """
    if _CONTROL.search(text):
        raise ValueError("a line break or another control character")
    found = tuple(_mailboxes(text))
    if len(found) > MOST_ADDRESSES:
        raise ValueError(f"more than {MOST_ADDRESSES} addresses")
    return found


def valid_addresses(text: str) -> tuple[str, ...]:
    """Read addresses between commas and give them without their names.

    Raises:
        ValueError: one of them is no address, a line break, or more than 100.
    """
    return tuple(mailbox.address for mailbox in mailboxes(text))


def message_id(unique: UUID | str, sender: str) -> str:
    """Give the Message-ID of what has this unique name; its host is that of the sender."""
    try:
        host = mailboxes(sender)[0].address.rpartition("@")[2]
    except (ValueError, IndexError):
        host = "localhost"
    return f"<{unique}@{host}>"


def _mailboxes(text: str) -> Iterator[Mailbox]:
    position = 0
    if not text.strip():
        return
    while True:
        part = _PART.match(text, position)
        if part is None:
            raise ValueError("an address is missing")
        yield _mailbox(part[0].strip())
        if part.end() == len(text):
            return
        if text[part.end()] != ",":
            raise ValueError("a quote that does not end")
        position = part.end() + 1


def _mailbox(text: str) -> Mailbox:
    if _BARE.fullmatch(text):
        return _fit(Mailbox(text))
    named = _NAMED.fullmatch(text)
    if named is None:
        raise ValueError("not an address")
    quoted, plain, address = named.groups()
    name = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return _fit(Mailbox(address, name.strip()))


def _fit(mailbox: Mailbox) -> Mailbox:
    local = mailbox.address.partition("@")[0]
    if len(mailbox.address) > _LONGEST_ADDRESS or len(local) > _LONGEST_LOCAL:
        raise ValueError("an address is too long")
    return mailbox
