"""What Alembic does: the scripts between two revisions, told and run."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gateway.errors import NotFound
from gateway.repository.migrations import Step

BASE = "base"  # before the first script


def newest() -> str | None:
    """Tell the revision of the newest script."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def between(since: str | None, target: str) -> list[Step]:
    """List the scripts from one revision (None: before the first) to another, in their order.

    Raises:
        NotFound: there is no script of one of the two.
    """
    scripts = list(ScriptDirectory.from_config(_config()).walk_revisions())[::-1]
    order = [BASE, *(script.revision for script in scripts)]
    for revision in (since or BASE, target):
        if revision not in order:
            raise NotFound(f"there is no migration {revision}, only {', '.join(order)}")
    first, last = order.index(since or BASE), order.index(target)
    back = last < first
    found = [
        Step(script.revision, script.doc, back)
        for script in scripts[min(first, last) : max(first, last)]
    ]
    return found[::-1] if back else found


def upgrade(connection: Connection, target: str) -> None:
    """Run the scripts forward to the target."""
    command.upgrade(_config(connection), target)


def downgrade(connection: Connection, target: str) -> None:
    """Run the scripts back to the target."""
    command.downgrade(_config(connection), target)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "gateway.repository:migrations")
    config.attributes["connection"] = connection
    return config
