"""Schedules and what they run inside the database: partitions ahead, and pruning."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from gateway import clock
from gateway.repository import partitions
from gateway.repository.transaction import transaction

_EXPIRED = (
    "prune_sessions",
    "prune_login_failures",
    "prune_good_logins",
    "prune_nonces",
    "prune_idempotency",
)


class ScheduleStore:
    """The schedules of all workers; each call is one short transaction on the database's clock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ensure(self, name: str, spec: str) -> None:
        """Make a schedule that is due at once, or give one that exists this spec."""
        with transaction(self._engine) as current:
            current.alone("ensure_schedule", {"name": name, "spec": spec})

    def claim_due(self, names: list[str], owner: str, lease_s: int) -> tuple[str, datetime] | None:
        """Claim the schedule that is due for the longest; give its name and the present."""
        with transaction(self._engine) as current:
            rows = current.alone(
                "claim_schedule", {"names": names, "owner": owner, "lease_s": lease_s}
            )
        return (rows[0][0], rows[0][1]) if rows else None

    def settle(self, name: str, owner: str, next_run: datetime, error: str) -> None:
        """End the claim, if it is still the owner's."""
        with transaction(self._engine) as current:
            current.alone(
                "settle_schedule",
                {"name": name, "owner": owner, "next_run": next_run, "error": error},
            )

    def failing(self) -> list[tuple[str, datetime, str]]:
        """List what went wrong the last time: name, when, and why."""
        with transaction(self._engine) as current:
            return [(row[0], row[1], row[2]) for row in current.alone("failing_schedules", {})]


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Keeps the tables as long as the settings say."""

    engine: Engine
    retention: partitions.Retention
    audit_days: int
    delivery_days: int
    task_delivery_days: int  # of events of tasks at partners

    def make_partitions(self) -> None:
        """Make the partitions of the days ahead."""
        with self.engine.begin() as connection:
            partitions.ensure(connection, clock.now())

    def prune(self) -> None:
        """Drop partitions that are too old, and rows of the other tables, a thousand at a time."""
        with self.engine.begin() as connection:
            partitions.prune(connection, clock.now(), self.retention)
        self.prune_expired()
        self._prune("prune_audit", days=self.audit_days)
        self._prune("prune_deliveries", days=self.delivery_days, task_days=self.task_delivery_days)

    def prune_expired(self) -> None:
        """Delete what has ended by itself: sessions, logins, nonces, first answers."""
        for name in _EXPIRED:
            self._prune(name)

    def _prune(self, name: str, **days: int) -> None:
        while True:
            with transaction(self.engine) as current:
                ((gone,),) = current.alone(name, days)
            if gone == 0:
                return
