"""An IMAP server on loopback (pymap, in a process of its own), with TLS in front of it."""

import imaplib
import selectors
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.kit.children import wait_until
from tests.kit.serving import free_port

HOST, USER, PASSWORD = "127.0.0.1", "tickets", "canary-imap-7431"
_SERVER = "import sys; from pymap.main import main; sys.argv[0] = 'pymap'; main()"


@dataclass
class ImapMailbox:
    """A mailbox of a running server; a restarted server has forgotten all of it."""

    port: int
    tls_port: int = 0

    def deliver(self, *mails):
        with self._session() as session:
            for mail in mails:
                assert session.append("INBOX", "", None, mail)[0] == "OK"

    def count(self, folder="INBOX"):
        with self._session() as session:
            status, (number,) = session.select(folder, readonly=True)
            return int(number) if status == "OK" else 0

    @contextmanager
    def _session(self):
        session = imaplib.IMAP4(HOST, self.port, timeout=10)
        try:
            session.login(USER, PASSWORD)
            yield session
        finally:
            session.logout()


@contextmanager
def imap_server(certificate=None, port=0):
    """Run a server; with a PEM file of certificate and key also by TLS."""
    port = port or free_port()
    door = ["--host", HOST, "--port", str(port), "--no-tls"]
    user = ["--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, *door, "dict", *user],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(port))
        mailbox = ImapMailbox(port)
        _empty(mailbox)
        with _tls_front(certificate, port) as mailbox.tls_port:
            yield mailbox
    finally:
        process.kill()
        process.wait(10)


def _answers(port):
    with suppress(OSError), socket.create_connection((HOST, port), 1) as probe:
        return bool(probe.recv(1))
    return False


def _empty(mailbox):
    """Take away the mails that the server's makers put there to show something."""
    with mailbox._session() as session:
        session.select("INBOX")
        session.store("1:*", "+FLAGS", r"(\Deleted)")
        session.expunge()


@contextmanager
def _tls_front(certificate, port):
    if certificate is None:
        yield 0
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server((HOST, 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, port), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener, context, port):
    with suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_serve, args=(plain, context, port), daemon=True).start()


def _serve(plain, context, port):
    with (
        suppress(OSError),
        plain,
        socket.create_connection((HOST, port)) as behind,
        context.wrap_socket(plain, server_side=True) as front,
    ):
        _carry(front, behind)


def _carry(front, behind):
    with selectors.DefaultSelector() as waiting:
        waiting.register(front, selectors.EVENT_READ, behind)
        waiting.register(behind, selectors.EVENT_READ, front)
        while True:
            for key, _ in waiting.select():
                chunk = key.fileobj.recv(65536)
                while key.fileobj is front and front.pending():
                    chunk += front.recv(65536)
                if not chunk:
                    return
                key.data.sendall(chunk)
