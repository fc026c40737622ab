"""Recorded messages and the audit, as an operator looks through them."""

from collections.abc import Sequence

from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import (
    AuditLine,
    DialectHour,
    FindAudit,
    FindMessages,
    HistoryRow,
    MessageLine,
    MessageSheet,
)

_LAST = 2**63 - 1
_LINE = len(MessageLine.__dataclass_fields__)


class RecordedStore:
    """What was recorded, to be looked through."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def messages(self, wanted: FindMessages) -> Sequence[MessageLine]:
        """Find messages, newest first; one more than wanted if there are more."""
        parts = {
            "messages_numbered": wanted.number is not None,
            "messages_correlated": wanted.correlation_id,
            "messages_of_ticket": wanted.ticket_id is not None,
            "messages_of_account": wanted.account,
            "messages_of_dialect": wanted.dialect,
            "messages_of_operation": wanted.operation,
            "messages_of_peer": wanted.peer,
            "messages_of_code": wanted.code,
            "messages_trouble": wanted.trouble,
            "messages_ended": wanted.outcome is not None,
            "messages_since": wanted.since,
            "messages_until": wanted.until,
            "messages_before": wanted.before is not None,
        }
        asked = " ".join(part for part, is_asked in parts.items() if is_asked)
        rows = self._current.read(
            f"message_columns message_lines {asked} messages_page",
            {
                "number": wanted.number,
                "correlation_id": wanted.correlation_id,
                "ticket_id": wanted.ticket_id,
                "account": wanted.account,
                "dialect": wanted.dialect,
                "operation": wanted.operation,
                "peer": wanted.peer,
                "code": wanted.code,
                "outcome": wanted.outcome,
                "since": wanted.since,
                "until": wanted.until,
                "before": wanted.before,
                "most": wanted.most + 1,
            },
        )
        return [MessageLine(*row) for row in rows]

    def message(self, number: int) -> MessageSheet | None:
        """Read a message with all that is kept of it."""
        rows = self._current.read("message_columns recorded_message", {"number": number})
        return self._sheet(rows[0]) if rows else None

    def last_hour(self) -> Sequence[DialectHour]:
        """Tell how calls went, by dialect."""
        return [DialectHour(*row) for row in self._current.read("messages_of_hour", {})]

    def audit(self, wanted: FindAudit) -> Sequence[AuditLine]:
        """Find lines of the audit, newest first; one more than wanted if there are more."""
        rows = self._current.read(
            "audit_lines",
            {
                "actor": wanted.actor,
                "action": wanted.action,
                "subject": wanted.subject,
                "before": _LAST if wanted.before is None else wanted.before,
                "most": wanted.most + 1,
            },
        )
        return [AuditLine(*row) for row in rows]

    def _sheet(self, row: Record) -> MessageSheet:
        line = MessageLine(*row[:_LINE])
        changes = self._current.read(
            "changes_by_message", {"ticket_id": line.ticket_id, "number": line.number}
        )
        return MessageSheet(*(line, *row[_LINE:], [HistoryRow(*each) for each in changes]))
