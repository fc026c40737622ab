"""The options that all verbs share, and how they become settings."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click

from gateway import logs
from gateway.settings import load

R = TypeVar("R")

_SHARED = {"data": "database.data_dir", "database_url": "database.url"}

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def with_settings(**flags: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a verb ``loaded``: the settings under the shared options and its own.

    Args:
        flags: name of a click parameter of the verb = key of the setting it overrides.
    """
    keys = _SHARED | flags

    def decorate(verb: Callable[..., R]) -> Callable[..., R]:
        @click.option("--config", type=_FILE, help="Settings file (default: gateway.toml).")
        @click.option("--data", type=_FOLDER, help="Data folder (default: gateway-data).")
        @click.option("--database-url", help="A PostgreSQL server in place of the embedded one.")
        @wraps(verb)
        def with_loaded(*args: object, config: Path | None, **kwargs: object) -> R:
            loaded = load({key: kwargs.pop(name) for name, key in keys.items()}, file=config)
            logs.configure(loaded.settings.log.level)
            return verb(*args, loaded=loaded, **kwargs)

        return with_loaded

    return decorate


_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
