"""FT7: no space for the database, and none for the log."""

import random
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from gateway.repository.embedded import joined
from tests.fault.callers import Crowd, save_one
from tests.fault.conftest import UNHURRIED
from tests.kit.children import wait_until
from tests.kit.ledger import Outcome
from tests.kit.serving import Serving

SMALL_DISK = "mkdir -p {0} && mount -t tmpfs -o size=400m,mode=0711 tmpfs {0}"
BACK_S = 30


def may_mount():
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="a small disk needs the right to mount (root)")
def test_a_full_disk_refuses_and_loses_nothing_and_serves_again_when_there_is_space(
    data_dir, ledger, reckon
):
    chance = random.Random(ledger.seed)
    disk = SMALL_DISK.format(data_dir)
    under = ("unshare", "--mount", "sh", "-c", f'{disk} && exec "$@"', "-")
    with Serving(data_dir, "--no-worker", under=under, **UNHURRIED) as gateway:
        address = ("127.0.0.1", gateway.port)
        seen = Path(f"/proc/{gateway.process.pid}/root{data_dir}")

        def serves():
            return save_one(ledger, address, chance).outcome is Outcome.ACKNOWLEDGED

        with Crowd(ledger, address, per_s=100) as crowd:
            crowd.wait_for(20)
            fill(seen / "filler")
            wait_until(lambda: any(told.says_try_later for told in crowd.told), 60)
            Event().wait(2)
        for told in crowd.told:
            done = told.outcome is Outcome.ACKNOWLEDGED
            assert done or told.says_try_later or told.answer.startswith("outcome unknown"), told
        (seen / "filler").unlink()
        wait_until(serves, BACK_S)
        with joined(seen) as url:
            report = reckon(url)
    assert report.acknowledged >= 20
    assert report.refused > 0


def fill(path):
    """Take what space there is, to the last page."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_log_that_cannot_be_written_stops_no_request(data_dir, ledger, reckon):
    under = ("sh", "-c", 'exec "$@" 2>/dev/full', "-")
    with Serving(data_dir, "--no-worker", under=under, GATEWAY_LOG__LEVEL="debug") as gateway:
        with Crowd(ledger, ("127.0.0.1", gateway.port)) as crowd:
            crowd.wait_for(20)
            gateway.database().kill()  # something to write about
            crowd.wait_for(20)
            wait_until(lambda: crowd.told[-1].outcome is Outcome.ACKNOWLEDGED, BACK_S)
        assert gateway.stop() == 0
    with joined(data_dir) as url:
        assert reckon(url).acknowledged >= 20
