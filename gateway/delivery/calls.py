"""Calls a target: one request, one bounded answer, within one time; no proxies, no redirects."""

import base64
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from gateway.delivery.addresses import Addresses, NotAllowed, NotResolved
from gateway.delivery.connection import Deadline, Late, Lines, Overfull
from gateway.secret_files import SecretFiles, SecretMissing
from gateway.usecases.ports import Target, TargetAuth

# What frames a message belongs to the one who sends it: a process may not set it.
FRAMING = frozenset(
    {
        "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer",
        "expect", "keep-alive", "proxy-authorization", "proxy-connection", "accept-encoding",
    }
)  # fmt: skip
_HEAD_BYTES = 128 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # of either, by its first bytes


class Unanswered(Exception):
    """No whole answer came: it may come another time."""


class Impossible(Exception):
    """The call may not or cannot be made as it is set up; no repetition heals it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request as it is sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came, decoded and whole."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type, in lower case and without parameters."""
        given: str = self.headers.get("content-type", "")
        return given.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """What a call may cost."""

    connect_s: float = 5.0
    answer_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """How we prove ourselves in one call, and what of it no record may show."""

    secret: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def masked(self) -> frozenset[str]:
        """The texts that may appear in no record."""
        sent = {value.removeprefix("Basic ") for value in self.headers.values()}
        return frozenset({self.secret, *sent} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Calls targets."""

    addresses: Addresses
    secrets: SecretFiles
    limits: CallLimits = CallLimits()

    def proof(self, target: Target) -> Proof:
        """Read what proves us at a target.

        Raises:
            Impossible: its secret cannot be had.
        """
        if target.auth is TargetAuth.NONE:
            return Proof()
        try:
            secret = self.secrets.read(target.secret)
        except SecretMissing as error:
            raise Impossible(f"target {target.code}: {error}") from None
        return Proof(secret, _credentials(target, secret))

    def call(self, target: Target, proof: Proof, outgoing: Outgoing, deadline: Deadline) -> Answer:
        """Send a request and read its answer.

        Raises:
            Unanswered: no connection, no whole answer in time, or a larger one than may be.
            Impossible: the address may not be called, or the target is not set up to be.
        """
        request = _request(target, proof, outgoing)
        lines = Lines(
            addresses=self.addresses,
            deadline=deadline,
            connect_s=self.limits.connect_s,
            # What frames an answer may weigh as much as the answer itself, in small pieces.
            most_bytes=2 * self.limits.answer_bytes + _HEAD_BYTES,
        )
        connection = httpcore.HTTPConnection(
            _origin(request.url), ssl_context=_tls(target), network_backend=lines
        )
        place = _place(request.url)
        try:
            with connection:
                return self._exchanged(connection, request)
        except httpcore.ConnectTimeout:
            raise Unanswered(f"no connection to {place} in time") from None
        except (Late, TimeoutError):
            raise Unanswered(f"no whole answer from {place} in time") from None
        except Overfull:
            raise Unanswered(
                f"the answer of {place} is larger than {self.limits.answer_bytes} bytes"
            ) from None
        except NotAllowed as error:
            raise Impossible(str(error)) from None
        except NotResolved as error:
            raise Unanswered(str(error)) from None
        except httpcore.LocalProtocolError:
            # The library's own words repeat the header, which may be a secret.
            raise Impossible("a header of the request has forbidden characters") from None
        except ssl.SSLError as error:
            raise Unanswered(f"no TLS with {place}: {_tls_reason(error)}") from None
        except httpcore.ConnectError as error:
            raise Unanswered(f"no connection to {place}: {error}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unanswered(f"no whole answer from {place}: {error}") from None

    def _exchanged(self, connection: httpcore.HTTPConnection, request: httpx.Request) -> Answer:
        response = connection.handle_request(
            httpcore.Request(
                request.method,
                _core_url(request.url),
                headers=request.headers.raw,
                content=request.content,
            )
        )
        try:
            headers = httpx.Headers(response.headers)
            coding = headers.get("content-encoding", "identity").strip().lower()
            body = _read(_decoded(response.iter_stream(), coding), self.limits.answer_bytes)
        finally:
            response.close()
        return Answer(status=response.status, headers=headers, body=body)


def below(target: Target, path: str) -> str:
    """Give the address of a path below the target's base URL.

    Raises:
        Impossible: the path would leave it.
    """
    path, question, query = path.partition("?")
    address = f"{target.base_url.rstrip('/')}/{path.lstrip('/')}{question}{query}"
    if not is_below(target, address):
        raise Impossible(f"target {target.code}: the path leaves the base URL")
    return address


def is_below(target: Target, address: str) -> bool:
    """Tell whether an address is the base URL or below it, however a server reads dots in it."""
    base, asked = urlsplit(target.base_url), urlsplit(address)
    if (base.scheme, base.netloc.lower()) != (asked.scheme, asked.netloc.lower()):
        return False
    # Some servers decode twice, and take a backslash for a slash.
    path = unquote(unquote(asked.path)).replace("\\", "/")
    if any(part in {".", ".."} for part in path.split("/")) or asked.fragment:
        return False
    prefix = base.path.rstrip("/")
    return asked.path == prefix or asked.path.startswith(f"{prefix}/")


def _request(target: Target, proof: Proof, outgoing: Outgoing) -> httpx.Request:
    if not is_below(target, outgoing.url):
        raise Impossible(f"target {target.code}: the address leaves the base URL")
    headers = httpx.Headers({"User-Agent": "ticket-gateway", "Accept": "*/*"})
    try:
        headers.update(httpx.Headers(dict(outgoing.headers), encoding="utf-8"))
        headers.update(httpx.Headers(dict(proof.headers), encoding="utf-8"))
        # One call, one connection: its address was judged for this call and for no later one.
        headers.update({"Accept-Encoding": "identity", "Connection": "close"})
        return httpx.Request(
            outgoing.method, outgoing.url, headers=headers, content=outgoing.body or None
        )
    except (httpx.InvalidURL, UnicodeError):
        raise Impossible(f"target {target.code}: address or headers are no HTTP") from None


def _credentials(target: Target, secret: str) -> Mapping[str, str]:
    match target.auth:
        case TargetAuth.BASIC:
            pair = f"{target.user_name}:{secret}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
        case TargetAuth.BEARER:
            return {"Authorization": f"Bearer {secret}"}
        case TargetAuth.HEADER:
            return {target.header_name: secret}
        case _:  # WS-Security is part of the message
            return {}


def _tls(target: Target) -> ssl.SSLContext | None:
    if not target.base_url.startswith("https:"):
        return None
    files = (target.ca_file, target.client_certificate_file)
    try:
        # Renewed certificates are used without a restart.
        return _context(*files, *(Path(file).stat().st_mtime_ns if file else 0 for file in files))
    except (OSError, ssl.SSLError, ValueError) as error:
        raise Impossible(
            f"target {target.code}: ca_file or client_certificate_file cannot be used: "
            f"{getattr(error, 'strerror', None) or error}"
        ) from None


@lru_cache(maxsize=64)
def _context(ca_file: str, certificate_file: str, *_changed: int) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    if certificate_file:
        # Without a password function the library would ask for one at the terminal.
        context.load_cert_chain(certificate_file, password=lambda: b"")
    return context


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.reason or "broken off").lower().replace("_", " ")


def _origin(url: httpx.URL) -> httpcore.Origin:
    return _core_url(url).origin


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


def _place(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _decoded(pieces: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """Undo a content coding that came although none was asked for, a bounded piece at a time."""
    if coding in {"", "identity"}:
        yield from pieces
        return
    if coding not in {"gzip", "x-gzip", "deflate"}:
        raise httpcore.RemoteProtocolError(f"answer in the coding {coding[:40]!r}")
    undo = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if undo.eof:  # gzip may come in several members
                    undo = zlib.decompressobj(_GZIP_OR_ZLIB)
                yield undo.decompress(rest, _HEAD_BYTES)
                rest = undo.unconsumed_tail or undo.unused_data
        yield undo.flush()
    except zlib.error:
        raise httpcore.RemoteProtocolError("answer in a broken content coding") from None
    if not undo.eof:
        raise httpcore.RemoteProtocolError("answer cut within its content coding")


def _read(pieces: Iterator[bytes], most_bytes: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most_bytes:
            raise Overfull
    return bytes(body)
