"""Runs SOAP tool kits of other languages: a list of calls in, a list of answers out.

Every script reads one JSON object (``wsdl``, ``version``, ``user``, ``password``, ``identify`` =
``basic`` or ``token``, ``calls`` = pairs of operation and arguments) and writes one JSON list, for
each call ``{"result": ...}`` or ``{"fault": {"code", "text", "detail"}}``.
"""

import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

_SCRIPTS = Path(__file__).parent
_INSTALL_S = 180
_CALLS_S = 120


@dataclass
class ToolKit:
    """A client program that is ready to run."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def calls(self, **task):
        """Make all calls in one process and give their answers."""
        done = subprocess.run(
            self.command,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=_CALLS_S,
            check=False,
            env={**os.environ, **self.environment},  # noqa: TID251 - handed to a child
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)


def node_soap(folder: Path) -> ToolKit:
    """Give the npm package ``soap``, installed once into the folder; else skip the test."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other test processes install into the same folder
        if not (folder / "node_modules" / "soap").exists():
            _installed(["npm", "install", "--no-audit", "--no-fund", "soap@^1"], folder)
    modules = {"NODE_PATH": str(folder / "node_modules")}
    return ToolKit("node", ["node", str(_SCRIPTS / "node_soap.js")], modules)


def php_soap(folder: Path) -> ToolKit:
    """Give PHP's SoapClient, of the system's packages; else skip the test."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _php_speaks_soap():
            if os.geteuid() != 0 or shutil.which("apt-get") is None:
                pytest.skip("PHP with its SOAP extension is not installed")
            _installed(["apt-get", "update"], folder)
            _installed(
                ["apt-get", "install", "-y", "--no-install-recommends", "php-cli", "php-soap"],
                folder,
            )
    return ToolKit("php", ["php", str(_SCRIPTS / "php_soap.php")])


def _php_speaks_soap() -> bool:
    php = shutil.which("php")
    if php is None:
        return False
    modules = subprocess.run([php, "-m"], capture_output=True, text=True, check=False)
    return "soap" in modules.stdout.lower().split()


@cache  # what failed once is not tried again for the next test
def _failure(command: tuple[str, ...], folder: Path) -> str | None:
    try:
        subprocess.run(command, cwd=folder, capture_output=True, timeout=_INSTALL_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return None


def _installed(command: list[str], folder: Path) -> None:
    failure = _failure(tuple(command), folder)
    if failure is not None:
        pytest.skip(f"cannot be installed: {failure}")
