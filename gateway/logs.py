"""The program's log: JSON lines on standard error, UTC, whoever speaks."""

import logging
import logging.config
from typing import Any

import structlog

# The HTTP libraries tell headers at the level debug, passwords among them.
_WARNINGS_ONLY = (
    "spyne", "zeep", "alembic", "asyncio", "_granian", "httpcore", "httpx", "urllib3",
)  # fmt: skip
# They write malformed requests whole, passwords too.
_OFF = ("spyne.protocol.soap.soap11.invalid", "spyne.protocol.soap.soap12.invalid")

_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    structlog.processors.format_exc_info,
)


def configure(level: str) -> None:
    """Send structlog and the standard library's loggers through one formatter."""
    logging.config.dictConfig(configuration(level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configuration(level: str) -> dict[str, Any]:
    """Give the dictConfig of the standard library's side; the HTTP server takes it, too."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "gateway.logs.formatter"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {name: {"level": "WARNING"} for name in _WARNINGS_ONLY}
        | {name: {"handlers": ["nowhere"], "propagate": False} for name in _OFF},
    }


def formatter() -> logging.Formatter:
    """Make the JSON formatter; all but printable ASCII is escaped by JSON itself."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        foreign_pre_chain=_SHARED,
    )
