"""One connection to a partner: to a checked address, within one deadline and a count of bytes."""

import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from gateway import clock
from gateway.delivery.addresses import Address, Addresses

_PIECE_BYTES = 64 * 1024


class Late(Exception):
    """The time of the call is over."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a call ends, whatever it waits for."""

    at_s: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Give the deadline of a call that begins now."""
        return cls(clock.monotonic_s() + seconds)

    def left_s(self) -> float:
        """Give the time that is left.

        Raises:
            Late: none is.
        """
        left = self.at_s - clock.monotonic_s()
        if left <= 0:
            raise Late
        return left


class Overfull(Exception):
    """More bytes came than any answer may have."""


class Line(httpcore.NetworkStream):
    """A socket whose every wait ends with the deadline: slow drips gain no time."""

    def __init__(
        self, connected: socket.socket, deadline: Deadline, most_bytes: int, handshake: Deadline
    ) -> None:
        self._socket = connected
        self._deadline = deadline
        self._left_bytes = most_bytes
        self._handshake = handshake

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there.

        Raises:
            Overfull: more came than any answer may have.
        """
        del timeout  # the deadline is of the whole call
        try:
            self._socket.settimeout(self._deadline.left_s())
            piece = self._socket.recv(max_bytes)
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        self._left_bytes -= len(piece)
        if self._left_bytes < 0:
            raise Overfull
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it, a piece at a time: a partner that reads slowly gains no time either."""
        del timeout
        rest = memoryview(buffer)
        try:
            while rest:
                self._socket.settimeout(self._deadline.left_s())
                rest = rest[self._socket.send(rest[:_PIECE_BYTES]) :]
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on; the name is checked, not the address."""
        del timeout
        try:
            self._socket.settimeout(self._handshake.left_s())
            wrapped = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self._socket.close()
            raise
        return Line(wrapped, self._deadline, self._left_bytes, self._handshake)

    def get_extra_info(self, info: str) -> Any:
        """Give what the library asks about the socket."""
        return self._socket if info == "socket" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(httpcore.NetworkBackend):
    """Connects for one call."""

    addresses: Addresses
    deadline: Deadline
    connect_s: float
    most_bytes: int

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the host's addresses, each of them checked.

        Raises:
            NotAllowed: it has none that may be called.
            NotResolved: it has none.
        """
        del timeout, local_address, socket_options
        until = Deadline.after(min(self.connect_s, self.deadline.left_s()))
        try:
            found = self.addresses.callable_at(host, port, until.left_s())
            return Line(_connected(found, port, until), self.deadline, self.most_bytes, until)
        except Late:
            raise httpcore.ConnectTimeout from None


def _connected(addresses: Sequence[Address], port: int, until: Deadline) -> socket.socket:
    """Connect to the first address that answers.

    Each gets its share of the time, so that a dead one leaves some to the next.
    """
    failure = httpcore.ConnectError("no address")
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            line = socket.create_connection((str(address), port), until.left_s() / left)
        except OSError as error:
            failure = httpcore.ConnectError(error.strerror or str(error))
        else:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
    raise failure
