"""The circumstances of a command."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.domain.people import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The circumstances of a command: who, through what, until when."""

    principal: Principal
    dialect: str
    operation: str  # with version, as history shows it
    command: str  # the word of the rights table, without version
    message: int | None = None  # number of the message record; None: there is none
    deadline_s: float = float("inf")  # on gateway.clock.monotonic_s
    key: str | None = None  # the caller's Idempotency-Key
    digest: bytes = b""  # SHA-256 of the canonical arguments
    may_commit: Callable[[], bool] = field(default=lambda: True)  # asked right before COMMIT
    settled: Callable[[int | None], None] = field(default=lambda _: None)  # told on commit
