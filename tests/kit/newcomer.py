"""A folder as a newcomer has it after ``deploy/serve``, and a shell in it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit.children import ROOT
from tests.kit.documents import Block
from tests.kit.serving import clean_environment

_ADDRESS = "http://127.0.0.1:8080"
_TIDY = "trap 'jobs -p | xargs -r kill' EXIT\n"


@dataclass
class Newcomer:
    """Types what the documents say, against a gateway on another port."""

    folder: Path
    url: str = _ADDRESS

    def prepare(self) -> None:
        """Put the programs where the documents expect them."""
        programs = self.folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        _script(programs / "python", f'exec "{sys.executable}" "$@"')
        _script(programs / "ticket-gateway", f'exec "{sys.executable}" -m gateway "$@"')
        (self.folder / "deploy").symlink_to(ROOT / "deploy")

    def does(self, text: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run shell commands; the first that fails ends them, and what they left running."""
        shell = shutil.which("bash")
        if shell is None or ("curl " in text and shutil.which("curl") is None):
            pytest.skip("bash or curl is not installed")
        done = subprocess.run(
            [shell, "-euo", "pipefail", "-c", _TIDY + self.adapted(text)],
            cwd=self.folder,
            env=clean_environment(PYTHONPATH=str(ROOT), GATEWAY_PORT=self._port, **environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done

    @property
    def _port(self) -> str:
        return self.url.rpartition(":")[2]

    def saves(self, block: Block) -> Path:
        """Save a Python block under the name that its first line gives."""
        name = block.text.splitlines()[0].removeprefix("# ")
        path = self.folder / name
        path.write_text(self.adapted(block.text), "utf-8")
        return path

    def adapted(self, text: str) -> str:
        """Give a text of the documents with the address that is served here."""
        return text.replace(_ADDRESS, self.url)


def _script(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)
