"""What an operator sees of recorded messages, and of the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.usecases.ports.sheets import HistoryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMessages:
    """Which messages, newest first; what is empty or None does not count."""

    number: int | None = None
    correlation_id: str = ""
    ticket_id: int | None = None
    account: str = ""
    dialect: str = ""
    operation: str = ""  # its beginning, in capitals or not
    peer: str = ""
    code: str = ""
    outcome: int | None = None
    trouble: bool = False  # only what was refused, failed, or given up by the caller
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # number of the last one of the page before
    most: int = 50


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message in a list."""

    number: int
    received: datetime
    dialect: str
    operation: str
    soap_version: str
    account: str
    peer: str
    ticket_id: int | None
    stage: int
    outcome: int
    code: str
    status: int | None
    duration_ms: int | None
    request_size: int
    answer_size: int
    correlation_id: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class MessageSheet:
    """A message with all that is kept of it."""

    line: MessageLine
    method: str
    path: str
    sha256: str  # of the request as it came
    settled: datetime | None
    request: str | None  # redacted, as is the answer; None: not kept, or not any more
    answer: str | None
    sealed: bool  # the request could not be parsed, and is kept as it came
    changes: Sequence[HistoryRow]  # of the ticket, by this message


@dataclass(frozen=True, slots=True)
class DialectHour:
    """How the calls of a dialect went in the last hour; of more than 10 000 the newest."""

    dialect: str
    calls: int
    refused: int
    failed: int
    gone: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAudit:
    """Which lines of the audit, newest first; what is empty does not count."""

    actor: str = ""
    action: str = ""  # a part of it
    subject: str = ""
    before: int | None = None  # id of the last one of the page before
    most: int = 50


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what, when, whence and why."""

    id: int
    at: datetime
    actor: str
    peer: str
    action: str
    subject: str
    reason: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    message: int | None


class RecordedStore(Protocol):
    """What was recorded, to be looked through; each is one bounded statement."""

    def messages(self, wanted: FindMessages) -> Sequence[MessageLine]:
        """Find messages, newest first; one more than wanted if there are more."""
        ...

    def message(self, number: int) -> MessageSheet | None:
        """Read a message with all that is kept of it."""
        ...

    def last_hour(self) -> Sequence[DialectHour]:
        """Tell how calls went, by dialect."""
        ...

    def audit(self, wanted: FindAudit) -> Sequence[AuditLine]:
        """Find lines of the audit, newest first; one more than wanted if there are more."""
        ...
