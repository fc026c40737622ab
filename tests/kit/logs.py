"""The log of a test: what a verb in its process sets up ends with it."""

import logging
from contextlib import contextmanager
from unittest import mock

import structlog


@contextmanager
def uncached():
    """Let no speaker keep the set-up that it met first."""
    configure = structlog.configure

    def configure_uncached(**given):
        configure(**given | {"cache_logger_on_first_use": False})

    with mock.patch.object(structlog, "configure", configure_uncached):
        yield


@contextmanager
def own_logs():
    """Leave the logs as they were: a verb sends all to a terminal that is no more."""
    kept, root, handlers, level = (
        structlog.get_config(), logging.root, logging.root.handlers[:], logging.root.level
    )  # fmt: skip
    yield
    structlog.configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)
