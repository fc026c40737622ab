"""Secrets that are found again wherever they leak, in every form they may have taken."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import quote
from uuid import uuid4


def canary(word: str) -> str:
    """Make a secret that exists once; its marks make it look different where it is encoded."""
    return f"canary-{word}/+%{uuid4().hex}"


class Canaries:
    """A set of secrets; names what a text tells of them."""

    def __init__(self, secrets: Mapping[str, str | bytes]) -> None:
        self._names = {form: name for name, secret in secrets.items() for form in _forms(secret)}
        self._any = re.compile(b"|".join(map(re.escape, self._names)))

    def found_in(self, content: bytes) -> set[str]:
        """Name the secrets that stand in the content."""
        return {self._names[hit] for hit in self._any.findall(content)}


def _forms(secret: str | bytes) -> Iterator[bytes]:
    plain = secret.encode() if isinstance(secret, str) else secret
    yield plain
    yield plain.hex().encode()  # as the database shows bytes
    yield plain.hex().upper().encode()
    yield from _base64(plain)
    if isinstance(secret, str):
        yield quote(secret, safe="").encode()
        yield secret.encode("utf-16-le")


def _base64(plain: bytes) -> Iterator[bytes]:
    """Give what all base64 texts that hold the bytes have in common, at each of three offsets."""
    for offset in range(3):
        whole = b64encode(bytes(offset) + plain)
        first, last = -(-offset * 8 // 6), (offset + len(plain)) * 8 // 6
        yield whole[first:last]
