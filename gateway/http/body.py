"""Reads a body in the event loop, so that a slow caller costs no thread."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from gateway.errors import TryLater
from gateway.http.limits import Limits
from gateway.http.refusals import BROKEN_BODY, LATE_BODY, TOO_LARGE, Refusal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Held:
    """How many bytes of bodies this process holds; asked only in the event loop."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self.bytes = 0

    def take(self, size: int) -> None:
        """Count bytes that just arrived.

        Raises:
            TryLater: the process holds as much as it may.
        """
        if self.bytes + size > self._limit_bytes:
            raise TryLater
        self.bytes += size

    def give_back(self, size: int) -> None:
        """Count bytes off again."""
        self.bytes -= size


async def read_body(
    receive: Receive, *, max_bytes: int, held: Held, limits: Limits
) -> bytes | Refusal:
    """Read a whole body; its bytes stay counted in ``held`` until the caller gives them back.

    Raises:
        TryLater: too many bytes are held already.
    """
    pieces: list[bytes] = []
    body: bytes | None = None
    try:
        refusal = await _gather(receive, pieces, max_bytes=max_bytes, held=held, limits=limits)
        if refusal is not None:
            return refusal
        body = b"".join(pieces)
        return body
    finally:
        if body is None:
            held.give_back(sum(map(len, pieces)))


async def _gather(
    receive: Receive, pieces: list[bytes], *, max_bytes: int, held: Held, limits: Limits
) -> Refusal | None:
    time = asyncio.get_running_loop().time
    end = time() + (limits.body_s if max_bytes <= limits.body_bytes else limits.large_body_s)
    room = max_bytes
    more = True
    try:
        async with asyncio.timeout_at(min(end, time() + limits.body_gap_s)) as patience:
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return BROKEN_BODY
                piece: bytes = message.get("body", b"")
                more = message.get("more_body", False)
                room -= len(piece)
                if room < 0:
                    return TOO_LARGE
                held.take(len(piece))
                pieces.append(piece)
                if more:
                    patience.reschedule(min(end, time() + limits.body_gap_s))
    except TimeoutError:
        return LATE_BODY
    return None


async def read_on(receive: Receive, limits: Limits) -> bool:
    """Read a little of a refused body and drop it; tell whether that was all of it.

    A caller that still writes would see a reset connection in place of the answer.
    """
    room = limits.read_on_bytes
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.read_on_s):
            while room > 0:
                message = await receive()
                room -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return bool(message["type"] == "http.request")
    return False
