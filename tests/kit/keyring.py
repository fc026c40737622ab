"""Independent programs that judge our mail: gpg with a keyring of its own, and openssl."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

PASSPHRASE = "passphrase of the test's key"
SIGNER = "support@example.com"
READER = "reader@example.com"
ENDED = "ended@example.com"


def program(name):
    """Give the path of a program; a test that needs it is skipped without it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"this machine has no program {name}")
    return found


class Keyring:
    """A keyring of gpg: a locked RSA key that signs, a key that reads, and one that has ended."""

    def __init__(self, home: Path) -> None:
        self._gpg = program("gpg")
        self._environment = {**os.environ, "GNUPGHOME": str(home)}  # noqa: TID251 - of gpg
        self.make(SIGNER, "rsa2048", "sign,encrypt", passphrase=PASSPHRASE)
        self.make(READER, "future-default", "default")
        self.make(ENDED, "future-default", "default", ends="seconds=1", began="20200101T000000")

    def make(self, address, algorithm, usage, *, passphrase="", ends="1y", began=None):
        self._run(
            *([f"--faked-system-time={began}!"] if began else []), "--pinentry-mode", "loopback",
            "--passphrase", passphrase, "--quick-gen-key", f"Owner <{address}>", algorithm,
            usage, ends,
        )  # fmt: skip

    def secret(self, address, passphrase=""):
        """Export a secret key, locked as it is."""
        return self._run(
            "--pinentry-mode", "loopback", "--passphrase", passphrase, "--export-secret-keys",
            address,
        ).stdout  # fmt: skip

    def public(self, address):
        return self._run("--armor", "--export", address).stdout

    def signed_by(self, signature, content=None):
        """Verify a signature over a content, or a text with its signature around it."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / "signature", Path(folder) / "content"]
            files[0].write_bytes(signature)
            if content is None:
                files.pop()
            else:
                files[1].write_bytes(content)
            done = self._run("--status-fd", "1", "--verify", *files)
        return _good(done.stdout)

    def decrypted(self, message):
        """Decrypt a message; give the content and who signed it inside."""
        with tempfile.TemporaryDirectory() as folder:
            into = Path(folder) / "content"
            done = self._run("--status-fd", "1", "--output", into, "--decrypt", given=message)
            return into.read_bytes(), _good(done.stdout)

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], env=self._environment, check=False)

    def _run(self, *arguments, given=None):
        done = subprocess.run(
            [self._gpg, "--batch", "--quiet", "--no-tty", *arguments],
            env=self._environment, input=given, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done


@contextmanager
def keyring():
    """Lend a keyring; its folder has a short name, since a socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="gpg", dir="/tmp") as home:
        Path(home).chmod(0o700)
        # A passphrase of a test need not be slow to try.
        (Path(home) / "gpg-agent.conf").write_text("s2k-count 65536\n")
        ring = Keyring(Path(home))
        try:
            yield ring
        finally:
            ring.close()


def smime_verified(mail, certificate):
    """Have openssl verify a signed mail; give the content that was signed."""
    return _openssl(mail, "cms", "-verify", "-CAfile", certificate)


def smime_decrypted(mail, certificate):
    """Have openssl decrypt a mail with the key in the same file as the certificate."""
    return _openssl(mail, "cms", "-decrypt", "-recip", certificate, "-inkey", certificate)


def subject_hash(certificate):
    """Give what openssl calls a certificate."""
    return _openssl(certificate.read_bytes(), "x509", "-noout", "-hash").decode().strip()


def parts(mail):
    """Cut a multipart mail at its boundary: each part's bytes as they were written."""
    message = message_from_bytes(mail, policy=policy.default)
    _, *found, _ = mail.split(b"--" + message.get_boundary().encode())
    return [part.removeprefix(b"\r\n").removesuffix(b"\r\n") for part in found]


def parsed(content):
    return message_from_bytes(content, policy=policy.default)


def _openssl(given, *arguments):
    done = subprocess.run(
        [program("openssl"), *arguments], input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _good(status):
    """Give the address of the good signature in gpg's status lines."""
    lines = [
        line.split()
        for line in status.decode("utf-8", "replace").splitlines()
        if " GOODSIG " in line
    ]
    return lines[0][-1].strip("<>") if lines else None
