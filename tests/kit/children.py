"""Programs that tests run beside themselves, as this user or as an ordinary one."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

NOBODY = 65534
ROOT = Path(__file__).parents[2]


def wait_until(happened: Callable[[], bool], timeout_s: float = 15) -> None:
    """Wait for something that another process does."""
    never = threading.Event()
    for _ in range(int(timeout_s / 0.02)):
        if happened():
            return
        never.wait(0.02)
    raise AssertionError(f"did not happen within {timeout_s} s")


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that waits to be collected does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def child(program: str, *arguments: str, **options: object) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program; it is killed when it has not ended by the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        **options,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ordinary_python() -> str | None:
    """Find an interpreter of this version that an ordinary user can run with our libraries."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")):
        if candidate is not None and _runs_as_nobody(candidate):
            return candidate
    return None


def ordinary_environment() -> dict[str, str]:
    """Give the environment in which that interpreter finds what this one has loaded."""
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PATH": os.defpath}


def _runs_as_nobody(python: str) -> bool:
    try:
        subprocess.run(
            [python, "-c", "import psycopg, structlog"],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            env=ordinary_environment(),
            cwd="/",
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
