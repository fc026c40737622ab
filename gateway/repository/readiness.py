"""Tells whether the database can serve: it answers, and its schema is the one of this program."""

from collections.abc import Callable

from sqlalchemy import Engine

from gateway.repository.migrations import HEAD
from gateway.repository.transaction import transaction


def schema_check(engine: Engine) -> Callable[[], str | None]:
    """Give the check: the reason why the database cannot serve, or None.

    The check raises StorageAway when the database does not answer.
    """

    def check() -> str | None:
        with transaction(engine) as current:
            ((revision,),) = current.read("schema_revision", {})
        if revision == HEAD:
            return None
        return f"the schema is {revision}, this program needs {HEAD}: run ticket-gateway migrate"

    return check
