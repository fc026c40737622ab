"""How each misbehaviour looks on the wire."""

import socket
import struct
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Protocol

from tests.kit.simulator import contract
from tests.kit.simulator.chaos import Chaos

_GIGABYTE = 1024**3
_PIECE = b" " * 65_536
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Host(Protocol):
    """Who misbehaves."""

    slow_s: float
    stopping: threading.Event
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self) -> bytes:
        """Write status line and headers."""
        phrase = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Unknown"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"Content-Type: {self.media_type}"]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def bytes(self) -> bytes:
        """Write all of it."""
        return self.head() + self.body


def misbehave(  # noqa: C901, PLR0912 - one case a misbehaviour
    chaos: Chaos,
    handler: BaseHTTPRequestHandler,
    done: Reply | None,
    host: Host,
    version: str = "",
) -> None:
    """Answer, or not, as the misbehaviour demands; ``done`` is the answer of work that was done."""
    send = handler.wfile.write
    with suppress(OSError):  # the caller had enough
        match chaos:
            case Chaos.REFUSE:
                _reset(handler)
            case Chaos.TIMEOUT:
                host.stopping.wait(60)
            case Chaos.SLOW if done:
                host.stopping.wait(host.slow_s)
                send(done.bytes())
            case Chaos.DRIP if done:
                _drip(handler, done, host)
            case Chaos.RESET if done:
                send(done.bytes()[: len(done.head()) + len(done.body) // 2])
                _reset(handler)
            case Chaos.CUT if done:
                send(done.head() + done.body[: len(done.body) // 2])
            case Chaos.TWICE if done:
                send(done.bytes() + done.bytes())
            case Chaos.CHARSET if done:
                spoiled = done.body.replace(b"<t:State>", b"<t:State>\xff\xfe").replace(
                    b'"new"', b'"\xff\xfe"'
                )
                send(Reply(done.status, done.media_type, spoiled).bytes())
            case Chaos.HUGE:
                _flood(handler, f"Content-Length: {_GIGABYTE}", _PIECE, _GIGABYTE // len(_PIECE))
            case Chaos.ENDLESS:
                piece = f"{len(_PIECE):x}\r\n".encode() + _PIECE + b"\r\n"
                _flood(handler, "Transfer-Encoding: chunked", piece, _GIGABYTE)
            case Chaos.HEADERS:
                send(b"HTTP/1.1 200 OK\r\nX-Long: ")
                for _ in range(_GIGABYTE // len(_PIECE)):
                    send(b"x" * 65_536)
            case Chaos.GARBAGE:
                send(b"\x00\xff no HTTP at all \r\n\r\n" * 10)
            case Chaos.LOSE:
                pass
            case _:
                send(_bad(chaos, host, version).bytes())


def _bad(chaos: Chaos, host: Host, version: str) -> Reply:  # noqa: PLR0911 - as above
    soap = version or "1.1"
    xml = f"{contract.MEDIA_TYPES[soap]}; charset=utf-8"
    match chaos:
        case Chaos.BAD_REQUEST:
            return Reply(400, "text/plain", b"bad request")
        case Chaos.UNAUTHORIZED:
            return Reply(401, "text/plain", b"who are you?", {"WWW-Authenticate": "Basic"})
        case Chaos.TOO_MANY:
            return Reply(429, "text/plain", b"too many", {"Retry-After": "7"})
        case Chaos.CLIENT_FAULT:
            return Reply(500, xml, contract.fault(soap, ours=False))
        case Chaos.SERVER_FAULT:
            return Reply(500, xml, contract.fault(soap, ours=True))
        case Chaos.HTML:
            return Reply(200, "text/html", b"<html><body><h1>Maintenance</h1><br></body></html>")
        case Chaos.DTD:
            bomb = b'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
            return Reply(200, xml, bomb + contract.answer(soap, "&b;").partition(b"?>")[2])
        case Chaos.REDIRECT:
            return Reply(307, "text/plain", b"", {"Location": f"{host.url}/inner"})
        case Chaos.BOMB:
            return Reply(200, xml, _bomb(), {"Content-Encoding": "gzip"})
        case _:
            return Reply(500, "text/plain", b"out of order")


@cache
def _bomb() -> bytes:
    """Pack 64 MiB of blanks into as many KiB, without holding them."""
    pack = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    return b"".join(pack.compress(_PIECE) for _ in range(1024)) + pack.flush()


def _reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    handler.connection.close()


def _drip(handler: BaseHTTPRequestHandler, done: Reply, host: Host) -> None:
    for byte in done.bytes():
        handler.wfile.write(bytes([byte]))
        if host.stopping.wait(0.05):
            return


def _flood(handler: BaseHTTPRequestHandler, header: str, piece: bytes, times: int) -> None:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n{header}\r\n\r\n".encode())
    for _ in range(times):
        handler.wfile.write(piece)
