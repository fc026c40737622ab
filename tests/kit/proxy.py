"""A TCP proxy before the database that cuts connections at a moment of the test's choice."""

import socket
import threading
from contextlib import suppress
from enum import Enum

from sqlalchemy import make_url

_PIECE = 65_536


class Cut(Enum):
    """What becomes of the piece that is waited for."""

    BEFORE = "it never reaches the server"
    AFTER = "the server answers it, the client never hears"


class DatabaseProxy:
    """Stands between a pool and the server; ``url`` is the address through it."""

    def __init__(self, url):
        address = make_url(url)
        self._upstream = f"{address.query['host']}/.s.PGSQL.{address.port or 5432}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()
        self.url = address.set(host=host, port=port, query={}).render_as_string(hide_password=False)
        self.cuts = 0
        self._awaited = None
        self._muted = None  # whose answers are swallowed
        self._lock = threading.Lock()
        self._pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        self.cut_all()

    def cut_once(self, text, how):
        """Cut the next connection whose client sends the text."""
        self._awaited = (text, how)

    def cut_all(self):
        """Cut every connection there is."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _close(*pair)

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._upstream)
                with self._lock:
                    self._pairs.append((client, server))
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client, server):
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                how = self._due(piece)
                if how is Cut.AFTER:
                    self._muted = server
                    server.sendall(piece)
                    threading.Event().wait(0.3)
                if how is not None:
                    self.cuts += 1
                    break
                server.sendall(piece)
        _close(client, server)

    def _answer(self, client, server):
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                if server is not self._muted:
                    client.sendall(piece)
        _close(client, server)

    def _due(self, piece):
        if self._awaited is None or self._awaited[0] not in piece:
            return None
        _, how = self._awaited
        self._awaited = None
        return how


def _close(*ends):
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
