"""WSDLs of partners: fetched within the target's host, judged before zeep reads them, kept a while.

What a partner serves is a stranger's document: it brings no DTD, leads to no file and no other
host, and its size, imports and time are bounded.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from lxml import etree
from zeep import Settings
from zeep.exceptions import Error
from zeep.wsdl import Document

from gateway import clock
from gateway.delivery.calls import Answer, Impossible, Outgoing, Unanswered, below
from gateway.delivery.judgement import passes
from gateway.delivery.records import WIDE
from gateway.errors import Malformed
from gateway.soap.guard import media_type, read_document
from gateway.usecases.ports import Target

FILE = "file:"
_FILE_URL = "file:///"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_DOCUMENTS = 50  # of one WSDL, imports included
_MOST_KEPT = 64
_OK = 200
_PORTS = {"http": 80, "https": 443}

# What zeep raises on documents that are well-formed but no contract, its own errors included.
NO_CONTRACT = (Error, ValueError, TypeError, LookupError, AttributeError, RecursionError)

Key = tuple[object, ...]


def strict() -> Settings:
    """Give how zeep reads; each client has its own, since it may be changed in place."""
    return Settings(strict=True, forbid_dtd=True, forbid_entities=True, raw_response=True)


class Fetching(Protocol):
    """Whoever asks for a WSDL: the round of a step, or somebody who only looks."""

    @property
    def target(self) -> Target:
        """Give the target whose WSDL it is."""
        ...

    def fetch(self, outgoing: Outgoing, *, within: Target | None = None) -> Answer:
        """Make a call that changes nothing.

        Raises:
            Unanswered, Impossible: as of ``Caller.call``.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    document: Document
    until_s: float


class Contracts:
    """The WSDLs that steps name: of a target by path, of the operator's folder as ``file:NAME``."""

    def __init__(self, folder: Path | None, kept_s: float) -> None:
        self._folder = folder
        self._kept_s = kept_s
        self._kept: dict[Key, _Kept] = {}
        self._lock = threading.Lock()

    def document(self, name: str, this: Fetching) -> Document:
        """Give the WSDL of a name, fetched if it is not known or has been known for long.

        Raises:
            Unanswered: it cannot be had or read now.
            Impossible: it may not be fetched, or the operator's file is no WSDL.
        """
        if name.startswith(FILE):
            return self.of_file(name, this)
        address = below(this.target, name)
        try:
            return self._known(_key(name, this), lambda: _read(address, _Loading(this)))
        except NO_CONTRACT as error:
            raise Unanswered(f"unreadable WSDL at {address}: {error}") from None

    def renewed(self, name: str, this: Fetching) -> Document:
        """Give the WSDL of a name as it is now, whatever is kept.

        Raises:
            Unanswered, Impossible: as of ``document``.
        """
        with self._lock:
            self._kept.pop(_key(name, this), None)
        return self.document(name, this)

    def of_file(self, name: str, this: Fetching | None = None) -> Document:
        """Give a WSDL of the operator's folder; without a round its imports are files, too.

        Raises:
            Impossible: there is none, or it is no WSDL.
        """
        file = self._file(name.removeprefix(FILE))
        try:
            key = (str(file), file.stat().st_mtime_ns, this.target.id if this else None)
            loading = _Loading(this, self._file)
            return self._known(key, lambda: _read(f"{_FILE_URL}{file.name}", loading))
        except OSError as error:
            raise Impossible(f"{name}: {error.strerror} in delivery.wsdl_folder") from None
        except NO_CONTRACT as error:
            raise Impossible(f"{name}: no WSDL: {error}") from None

    def _file(self, name: str) -> Path:
        if self._folder is None:
            raise Impossible(f"{FILE}{name}: the setting delivery.wsdl_folder is not set")
        # A name is never a path: the folder is all that WSDLs reach of this machine.
        if _FILE_NAME.fullmatch(name) is None:
            raise Impossible(f"{FILE}{name[:100]}: no name of a file in delivery.wsdl_folder")
        return self._folder / name

    def _known(self, key: Key, read: Callable[[], Document]) -> Document:
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.until_s > clock.monotonic_s():
            return kept.document
        document = read()
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = _Kept(document, clock.monotonic_s() + self._kept_s)
            while len(self._kept) > _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return document


def _key(name: str, this: Fetching) -> Key:
    return (this.target.id, this.target.base_url, name)


class _Loading:
    """What zeep loads documents by."""

    def __init__(self, this: Fetching | None, file: Callable[[str], Path] | None = None) -> None:
        self._this = this
        self._file = file
        self._left = _MOST_DOCUMENTS

    def end(self) -> None:
        """Forget the round: what is kept with the WSDL must not keep its secrets and texts."""
        self._this = self._file = None

    def load(self, url: str) -> bytes:
        """Give a document, judged and written anew: nobody reads anything else into its bytes."""
        self._left -= 1
        if self._left < 0:
            raise Impossible(f"the WSDL has more than {_MOST_DOCUMENTS} documents")
        if self._file is not None and url.startswith(_FILE_URL):
            return _judged(self._file(url.removeprefix(_FILE_URL)).read_bytes(), None)
        if self._this is None or not url.startswith(("http://", "https://")):
            raise Impossible(f"the WSDL imports {url[:200]}, which is not on the target's host")
        return _fetched(url, self._this)


def _read(address: str, loading: _Loading) -> Document:
    transport: Any = loading  # zeep asks for nothing else of its own transport
    try:
        return Document(address, transport, settings=strict())
    finally:
        loading.end()


def _fetched(url: str, this: Fetching) -> bytes:
    base, asked = urlsplit(this.target.base_url), urlsplit(url)
    if asked.username is not None or _origin(base) != _origin(asked):
        raise Impossible(
            f"the WSDL imports from {asked.scheme}://{asked.netloc}, which is not the target's host"
        )
    host = replace(this.target, base_url=f"{base.scheme}://{base.netloc}")
    inside = asked._replace(netloc=base.netloc, fragment="").geturl()
    answer = this.fetch(Outgoing(method="GET", url=inside), within=host)
    if answer.status != _OK:
        failed = Unanswered if passes(answer.status) else Impossible
        raise failed(f"HTTP status {answer.status} for the WSDL at {url}")
    return _judged(answer.body, media_type(answer.headers.get("content-type", "")).charset)


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)


def _judged(body: bytes, charset: str | None) -> bytes:
    try:
        root: Any = read_document(body, charset, WIDE).root
    except Malformed as error:
        raise Error(f"{error} in a document of the WSDL") from None
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
