"""Drives an ASGI application in memory: what a server would do for one exchange."""

import asyncio
import time
from dataclasses import dataclass


@dataclass
class Reply:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Pause:
    """Lets the caller be silent for a while between two pieces."""

    seconds: float


GONE = object()  # the caller hangs up


def xml_headers(body=b"", **more):
    headers = {"content-type": "text/xml; charset=utf-8", "content-length": str(len(body)), **more}
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def exchange(
    app,
    *,
    method="POST",
    path="/soap/echo",
    query="",
    headers=None,
    pieces=None,
    client=("127.0.0.1", 50000),
    scheme="http",
):
    """Send one request; ``pieces`` are the body, with pauses and a hang-up where a test wants."""
    pieces = [b"<x/>"] if pieces is None else pieces
    body = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    headers = xml_headers(body) if headers is None else headers
    pairs = headers.items() if isinstance(headers, dict) else headers
    waiting = iter([*pieces, None])
    sent = []

    async def receive():
        piece = next(waiting, GONE)
        if isinstance(piece, Pause):
            await asyncio.sleep(piece.seconds)
            return await receive()
        if piece is GONE:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in pairs],
        "client": client,
        "scheme": scheme,
    }
    await app(scope, receive, send)
    start, *bodies = sent
    return Reply(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(message["body"] for message in bodies),
    )


def talk(app, **call):
    """Send one request from a test without an event loop of its own."""
    return asyncio.run(exchange(app, **call))


async def until(true, wait_s=5.0):
    """Wait until something is so."""
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)
