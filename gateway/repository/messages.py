"""The message log: opened before parsing, settled with the effect, closed with the answer."""

from datetime import datetime

import psycopg
from sqlalchemy import Engine

from gateway.repository import partitions
from gateway.repository.transaction import Parameters, Transaction, transaction
from gateway.usecases.ports import Call, ClosedMessage, OpenedMessage


class MessageLog:
    """The recorder's two short writes; neither waits for the disk."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, message: OpenedMessage) -> int:
        """Store a message before it is parsed and give its number.

        Raises:
            StorageAway: the database does not answer.
            TryLater: no connection came free.
        """
        parameters = {
            "received": message.received,
            "dialect": message.dialect,
            "peer": message.peer,
            "method": message.method,
            "path": message.path,
            "size": message.size,
            "sha256": message.sha256,
            "correlation_id": message.correlation_id,
            "sealed": message.sealed,
        }
        try:
            return self._opened(parameters)
        except psycopg.errors.CheckViolation:  # no partition for this day yet
            with self._engine.begin() as connection:
                partitions.ensure(connection, message.received)
            return self._opened(parameters)

    def close(self, message: ClosedMessage) -> None:
        """Write down how a message ended; its sealed body goes when the request was parsed.

        Raises:
            StorageAway: the database does not answer.
            TryLater: no connection came free.
        """
        parameters = {
            "number": message.number,
            "received": message.received,
            "operation": message.operation,
            "account_id": message.account_id,
            "soap_version": message.soap_version,
            "stage": message.stage,
            "outcome": message.outcome,
            "code": message.code,
            "status": message.status,
            "ticket_id": message.ticket_id,
            "duration_ms": message.duration_ms,
            "answer_size": message.answer_size,
            "request": message.request,
            "answer": message.answer,
            "notes": list(message.notes),
        }
        with transaction(self._engine) as current:
            current.alone("close_message", parameters)

    def _opened(self, parameters: Parameters) -> int:
        with transaction(self._engine) as current:
            ((number,),) = current.alone("open_message", parameters)
        return int(number)


class MessageStore:
    """The outcome of the message, inside the transaction of its effect."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def settle(self, call: Call, ticket_id: int | None) -> None:
        """Mark the message of this call as done, with the effect, and whose ticket it touched."""
        self._current.settled_ticket_id = ticket_id
        if call.message is not None:
            self._current.settle(
                {
                    "number": call.message,
                    "now": self._now,
                    "ticket_id": ticket_id,
                    "account_id": call.principal.account_id,
                    "operation": call.operation,
                }
            )
