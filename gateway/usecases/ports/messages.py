"""The recorder's two short writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedMessage:
    """What is known of a message before anybody parses it."""

    received: datetime
    dialect: str
    peer: str
    method: str
    path: str
    size: int
    sha256: bytes
    correlation_id: str
    sealed: bytes | None  # the sealed body


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedMessage:
    """What is known of a message when it was answered."""

    number: int
    received: datetime
    operation: str
    account_id: int | None
    soap_version: str
    stage: int
    outcome: int
    code: str
    status: int
    ticket_id: int | None
    duration_ms: int
    answer_size: int
    request: str | None  # redacted; None: the sealed body stays
    answer: str | None  # redacted
    notes: Sequence[str]


class MessageLog(Protocol):
    """The recorder's two short writes; neither waits for the disk."""

    def open(self, message: OpenedMessage) -> int:
        """Store a message before it is parsed and give its number.

        Raises:
            StorageAway: the database does not answer.
        """
        ...

    def close(self, message: ClosedMessage) -> None:
        """Write down how a message ended; its sealed body goes when the request was parsed."""
        ...
