"""The database of a verb: the one that the settings name, or the embedded one of its folder."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr

from gateway.settings import Loaded, Settings, hand_down, load
from gateway.storage import joined_server, own_server


@contextmanager
def own_database(loaded: Loaded) -> Iterator[Settings]:
    """Keep a database up for a process that stays, and for the processes it starts."""
    database = loaded.settings.database
    if database.url.get_secret_value():
        hand_down(loaded, {})
        yield loaded.settings
        return
    with own_server(database) as url:
        hand_down(loaded, {"database.url": url})
        yield load(file=loaded.file).settings


@contextmanager
def joined_database(loaded: Loaded) -> Iterator[Settings]:
    """Use a running gateway's database, or start it for the time of a short verb."""
    database = loaded.settings.database
    if database.url.get_secret_value():
        yield loaded.settings
        return
    with joined_server(database) as url:
        yield _with_url(loaded.settings, url)


def _with_url(settings: Settings, url: str) -> Settings:
    database = settings.database.model_copy(update={"url": SecretStr(url)})
    return settings.model_copy(update={"database": database})
