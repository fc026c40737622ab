"""A TCP proxy before the database that cuts, delays, holds and hangs as a test wants it.

It reads what the client says message by message, so that it knows a statement also where only the
name of the prepared one travels.
"""

import socket
import threading
from collections import deque
from contextlib import contextmanager, suppress
from enum import Enum

from sqlalchemy import make_url

_PIECE = 65_536
_HEAD = 5  # kind and length
_PROTOCOL_3 = 3  # the major version in a start-up message; all others ask for encryption or cancel


class Cut(Enum):
    """What becomes of the message that is waited for."""

    BEFORE = "it never reaches the server"
    AFTER = "the server answers it, the client never hears"


class State(Enum):
    """What the way to the database is like."""

    OPEN = "everything passes"
    REFUSED = "connections are cut, new ones are refused"
    SILENT = "connections stay, nothing passes, new ones are taken and never answered"


class Hold:
    """A message that is kept back: ``caught`` is set once there is one."""

    def __init__(self, text):
        self.text = text
        self.caught = threading.Event()
        self.free = threading.Event()


class DatabaseProxy:
    """Stands between a pool and the server; ``url`` is the address through it."""

    def __init__(self, url):
        address = make_url(url)
        self._upstream = f"{address.query['host']}/.s.PGSQL.{address.query.get('port', 5432)}"
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._host, self._port = self._listener.getsockname()
        self.url = address.set(host=self._host, port=self._port, query={}).render_as_string(
            hide_password=False
        )
        self.cuts = 0
        self.delay_s = 0.0  # before each piece that the client sends
        self.heard = None  # a list that is to get each message's kind and statement
        self._state = State.OPEN
        self._passing = threading.Event()
        self._passing.set()
        self._awaited = deque()  # (text, how), each for one message
        self._holds = []
        self._muted = set()  # whose answers are swallowed
        self._lock = threading.Lock()
        self._pairs = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for hold in self._holds:
            hold.free.set()
        self._passing.set()
        self.cut_all()

    def cut_once(self, text, how):
        """Cut the next connection whose client sends the text."""
        self._awaited.append((text, how))

    def cut_all(self):
        """Cut every connection there is."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _close(*pair)

    @contextmanager
    def hold(self, text):
        """Keep back messages with the text, and all behind them, to the end of the block."""
        hold = Hold(text)
        self._holds.append(hold)
        try:
            yield hold
        finally:
            self._holds.remove(hold)
            hold.free.set()

    @contextmanager
    def away(self, state=State.REFUSED):
        """Have no database for the time of the block."""
        self._state = state
        self._passing.clear()
        if state is State.REFUSED:
            self.cut_all()
        try:
            yield
        finally:
            self._state = State.OPEN
            self._passing.set()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._state is State.REFUSED:
                    _close(client)
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        self._passing.wait()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._upstream)
        except OSError:  # the server itself is away
            _close(client, server)
            return
        with self._lock:
            self._pairs.add((client, server))
        threading.Thread(target=self._answer, args=(client, server), daemon=True).start()
        self._ask(client, server)

    def _ask(self, client, server):
        talk = _Talk()
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                messages = talk.messages(piece)
                if self.heard is not None:
                    self.heard += [(message[:1], text) for message, text in messages]
                self._passing.wait()
                if self.delay_s:
                    threading.Event().wait(self.delay_s)
                how = self._due([text for _, text in messages])
                if how is Cut.AFTER:
                    self._muted.add(server)
                if how is not Cut.BEFORE:
                    server.sendall(b"".join(message for message, _ in messages))
                if how is Cut.AFTER:
                    threading.Event().wait(0.3)
                if how is not None:
                    self.cuts += 1
                    break
        self._end(client, server)

    def _answer(self, client, server):
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                self._passing.wait()
                if server not in self._muted:
                    client.sendall(piece)
        self._end(client, server)

    def _end(self, client, server):
        with self._lock:
            self._pairs.discard((client, server))
        _close(client, server)

    def _due(self, texts):
        """Wait while one of the statements is held; tell how to cut, if one is awaited."""
        for hold in list(self._holds):
            if any(hold.text in text for text in texts):
                hold.caught.set()
                hold.free.wait()
        with self._lock:
            if self._awaited and any(self._awaited[0][0] in text for text in texts):
                return self._awaited.popleft()[1]
        return None


class _Talk:
    """What one client says: whole messages, and the statement behind each."""

    def __init__(self):
        self._rest = b""
        self._started = False
        self._statements = {}

    def messages(self, piece):
        """Give the messages that this piece completes, each with its statement's text."""
        self._rest += piece
        whole = []
        while (length := self._length()) and len(self._rest) >= length:
            message, self._rest = self._rest[:length], self._rest[length:]
            whole.append((message, self._text(message)))
        return whole

    def _length(self):
        """Give the length of the first message; None until that is known."""
        if not self._started:
            return int.from_bytes(self._rest[:4]) if len(self._rest) >= _HEAD else None
        return 1 + int.from_bytes(self._rest[1:_HEAD]) if len(self._rest) >= _HEAD else None

    def _text(self, message):
        if not self._started:
            self._started = int.from_bytes(message[4:6]) == _PROTOCOL_3
            return b""
        kind, content = message[:1], message[_HEAD:]
        if kind == b"Q":
            return content
        if kind == b"P":
            name, text, _ = content.split(b"\0", 2)
            self._statements[name] = text + b"\0"
        elif kind == b"B":  # what runs, whether just told or told long ago
            _, name, _ = content.split(b"\0", 2)
            return self._statements.get(name, b"")
        return b""


def _close(*ends):
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
