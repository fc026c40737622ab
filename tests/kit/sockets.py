"""A raw HTTP client: sends exactly the bytes it is given and reads what comes back."""

import socket
import time
from dataclasses import dataclass, field


@dataclass
class Reply:
    """One answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    closed: bool = False  # the server closed the connection after it
    interim: list[int] = field(default_factory=list)  # 1xx answers before it


class Closed(Exception):
    """The server closed the connection without an answer."""


class Wire:
    """One connection."""

    def __init__(self, address, timeout_s=15.0):
        self._socket = socket.create_connection(address, timeout=timeout_s)
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, *pieces, pause_s=0.05):
        """Send pieces with a pause between them; a server that closed already is no error."""
        for index, piece in enumerate(pieces):
            if index:
                time.sleep(pause_s)  # noqa: TID251 - the wire is real, so is the pause
            try:
                self._socket.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                return

    def hang_up_half(self):
        """Say that nothing more will be sent."""
        self._socket.shutdown(socket.SHUT_WR)

    def reply(self, *, to_head=False):
        """Read the next final answer."""
        interim = []
        while True:
            status, headers = self._head()
            if status >= 200:
                break
            interim.append(status)
        length = 0 if to_head else int(headers.get("content-length", 0))
        body = self._exactly(length)
        return Reply(status, headers, body, interim=interim)

    def is_closed(self, within_s=1.0):
        """Tell whether the server closes the connection."""
        self._socket.settimeout(within_s)
        try:
            return self._socket.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    def _head(self):
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        pairs = (header.partition(":") for header in rest)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return int(line.split()[1]), headers

    def _exactly(self, size):
        while len(self._buffer) < size:
            self._more()
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return body

    def _more(self):
        try:
            piece = self._socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            raise Closed(self._buffer)
        self._buffer += piece


def exchange(address, *pieces, timeout_s=15.0, half=False, to_head=False):
    """Send on a connection of its own; ``closed`` is true if the server said and did so."""
    with Wire(address, timeout_s) as wire:
        wire.send(*pieces)
        if half:
            wire.hang_up_half()
        reply = wire.reply(to_head=to_head)
        reply.closed = reply.headers.get("connection") == "close" and wire.is_closed()
        return reply
