"""The log of a test: what a verb in its process sets up ends with it."""

import logging
from contextlib import contextmanager
from unittest import mock

import structlog


@contextmanager
def first_logs():
    """Let no speaker keep the set-up that it met first; give what puts the first one back."""
    configure, kept, level = structlog.configure, structlog.get_config(), logging.root.level

    def configure_uncached(**given):
        configure(**given | {"cache_logger_on_first_use": False})

    def put_back():
        configure(**kept)
        # Those of verbs write to a terminal that is no more; others are the test run's own.
        for handler in [each for each in logging.root.handlers if _is_plain(each)]:
            logging.root.removeHandler(handler)
        logging.root.setLevel(level)

    with mock.patch.object(structlog, "configure", configure_uncached):
        yield put_back


@contextmanager
def own_logs():
    """Leave the logs as they are now, in the midst of a test."""
    kept, root, handlers, level = (
        structlog.get_config(), logging.root, logging.root.handlers[:], logging.root.level
    )  # fmt: skip
    yield
    structlog.configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)


def _is_plain(handler):
    return type(handler) is logging.StreamHandler
