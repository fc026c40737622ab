"""``ticket-gateway`` as an operator runs it: in a process of its own, with its own database."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

import httpx
import psutil

from tests.kit import web
from tests.kit.children import ROOT, wait_until

PASSWORD = "correct horse battery staple"


class Serving:
    """``ticket-gateway serve`` on a free port; ``under`` is a command that ends by executing it."""

    def __init__(
        self, data_dir: Path, *flags: str, under: tuple[str, ...] = (), **environment: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._talk = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self.process = subprocess.Popen(
            [
                *(*under, sys.executable, "-m", "gateway", "serve"),
                *("--data", str(data_dir), "--port", str(self.port), *flags),
            ],
            stdout=subprocess.DEVNULL,
            stderr=self._talk,
            text=True,
            cwd=ROOT,
            env=clean_environment(GATEWAY_ADMIN_PASSWORD=PASSWORD) | environment,
        )

    def wait_until_ready(self) -> None:
        wait_until(self.ready, timeout_s=60)

    def ready(self) -> bool:
        """Tell whether it takes calls; an end instead is an error."""
        if self.process.poll() is not None:
            raise AssertionError(f"ended with code {self.process.returncode}:\n{self.talk()}")
        try:
            return web.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def talk(self) -> str:
        """Give what it said on standard error."""
        self._talk.seek(0)
        return self._talk.read()

    def database(self) -> psutil.Process:
        """Give its database server."""
        (database,) = [part for part in self._parts() if part.name() == "postgres"]
        return database

    def servers(self) -> list[psutil.Process]:
        """Give its server processes."""
        return [part for part in self._parts() if part.name() != "postgres"]

    def stop(self) -> int:
        """Ask it to end and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def __enter__(self) -> Self:
        try:
            self.wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it whatever state it is in."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._talk.close()

    def _parts(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


def run(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run another verb to its end."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *arguments],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment() | environment,
        timeout=120,
        check=False,
    )


def clean_environment(**more: str) -> dict[str, str]:
    """Give this environment without settings of a gateway."""
    inherited = os.environ.items()  # noqa: TID251 - a child needs the rest of it
    return {name: value for name, value in inherited if not name.startswith("GATEWAY_")} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
