"""Verbs of the command line by the program's own ``main``, without a process for each."""

import logging
import os
import subprocess
from contextlib import contextmanager
from unittest import mock

import structlog
from click.testing import CliRunner

from gateway.cli import main


def run_here(*arguments, given="", **environment):
    """Run a verb as ``serving.run`` does; a process of its own would load everything anew: 2 s."""
    inherited = [name for name in os.environ if name.startswith("GATEWAY_")]  # noqa: TID251
    env = dict.fromkeys(inherited) | environment
    with CliRunner().isolation(given, env) as (output, talk, _), _own_logs():
        code = _code(arguments)
    return subprocess.CompletedProcess(
        arguments, code, output.getvalue().decode(), talk.getvalue().decode()
    )


@contextmanager
def _own_logs():
    """Leave the logs of the tests as they were: a verb sends all to a terminal that is no more."""
    kept, root, handlers, level = (
        structlog.get_config(), logging.root, logging.root.handlers[:], logging.root.level
    )  # fmt: skip
    configure = structlog.configure

    def uncached(**given):
        configure(**given | {"cache_logger_on_first_use": False})

    with mock.patch.object(structlog, "configure", uncached):
        yield
    configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)


def _code(arguments):
    try:
        main(arguments)
    except SystemExit as end:
        return end.code
