"""Verbs of the command line by the program's own ``main``, without a process for each."""

import os
import subprocess

from click.testing import CliRunner

from gateway.cli import main
from tests.kit.logs import own_logs


def run_here(*arguments, given="", **environment):
    """Run a verb as ``serving.run`` does; a process of its own would load everything anew: 2 s."""
    inherited = [name for name in os.environ if name.startswith("GATEWAY_")]  # noqa: TID251
    env = dict.fromkeys(inherited) | environment
    with CliRunner().isolation(given, env) as (output, talk, _), own_logs():
        code = _code(arguments)
    return subprocess.CompletedProcess(
        arguments, code, output.getvalue().decode(), talk.getvalue().decode()
    )


def _code(arguments):
    try:
        main(arguments)
    except SystemExit as end:
        return end.code
