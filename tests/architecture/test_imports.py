"""Which room may name which; and loading a module does nothing but load it."""

import subprocess
import sys
from pathlib import Path

from tests.kit.children import ROOT
from tests.kit.serving import clean_environment


def run(*command, **environment):
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment() | environment,
        check=False,
    )


def test_each_room_names_only_the_rooms_it_may():
    done = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_loading_all_modules_connects_to_nothing_reads_no_setting_and_starts_no_thread():
    # Whoever reads the settings stumbles over the unknown key.
    done = run(sys.executable, "-m", "tests.architecture.loading", GATEWAY_NONSENSE="1")
    assert done.returncode == 0, done.stderr
    assert {"gateway.cli.serve", "gateway.compose", "gateway.soap.wsdl"} <= set(
        done.stdout.splitlines()
    )
