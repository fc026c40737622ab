"""What an operator does with deliveries: look, retry, discard; pause and resume partners.

Each act is one transaction that takes the stream's lock, as workers do, and leaves an audit line.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict

from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from gateway.errors import NotFound, WrongState
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.transaction import Transaction, transaction
from gateway.text import printable
from gateway.usecases.ports import (
    AttemptRow,
    DeliveryLog,
    DeliveryRow,
    FailureReason,
    Standing,
    State,
    Wanted,
)

_PAGE = 500
_SPREAD_S = 30.0  # over which the streams of a resumed partner become due


class DeliveryDesk:
    """Deliveries under an operator's hands."""

    def __init__(self, engine: Engine, actor: str) -> None:
        self._engine = engine
        self._actor = actor

    def listed(self, wanted: Wanted, *, most: int) -> Iterator[DeliveryRow]:
        """List deliveries, oldest first, read a page at a time.

        Raises:
            NotFound: no such partner.
        """
        if wanted.partner is not None:
            with transaction(self._engine) as current:
                _partner_id(current, wanted.partner)
        after, left = wanted.after, most
        while left > 0:
            size = min(left, _PAGE)
            with transaction(self._engine) as current:
                rows = current.alone(
                    f"delivery_columns listed_deliveries {wanted.state}_deliveries deliveries_page",
                    {
                        "partner": wanted.partner,
                        "subject": wanted.subject,
                        "since": wanted.since,
                        "after": after,
                        "most": size,
                    },
                )
            yield from (DeliveryRow(*row) for row in rows)
            if len(rows) < size:
                return
            after, left = rows[-1][0], left - size

    def reasons(self) -> Sequence[FailureReason]:
        """Tell what failed of what, the most frequent first; of the oldest 10 000 failed ones."""
        with transaction(self._engine) as current:
            return [FailureReason(*row) for row in current.alone("failure_reasons", {})]

    def get(self, number: int) -> DeliveryRow:
        """Give one delivery.

        Raises:
            NotFound: no such delivery.
        """
        with transaction(self._engine) as current:
            return _row(current, number)

    def attempts(self, number: int) -> list[AttemptRow]:
        """List what was tried, oldest first; at most the newest thousand."""
        with transaction(self._engine) as current:
            return [AttemptRow(*row) for row in current.alone("find_attempts", {"id": number})]

    def log(self, number: int) -> DeliveryLog:
        """Give what its process wrote about a delivery.

        Raises:
            NotFound: no such delivery.
        """
        with transaction(self._engine) as current:
            rows = current.alone("find_delivery_log", {"id": number})
        if not rows:
            raise NotFound(f"no delivery {number}")
        ((lines, public),) = rows
        return DeliveryLog(lines=tuple(lines), public=public)

    def standings(self, partners: Collection[str]) -> list[Standing]:
        """Tell what keeps these partners from being sent anything."""
        with transaction(self._engine) as current:
            rows = current.alone("partner_standings", {"names": sorted(partners)})
        return [Standing(*row) for row in rows]

    def neglected(self) -> int:
        """Count the streams that no worker takes, though they are due for a minute."""
        with transaction(self._engine) as current:
            ((count,),) = current.alone("neglected_streams", {})
        number: int = count
        return number

    def retry(self, number: int, *, from_start: bool) -> None:
        """Try again now, with a new count, at the failed step or from the start.

        Raises:
            NotFound: no such delivery.
            WrongState: it is done, dropped, being tried right now, or behind another one.
        """
        with transaction(self._engine) as current:
            before = self._changeable(current, number)
            if before.in_work:
                raise WrongState("is being tried right now", field=f"delivery {number}")
            if before.behind is not None:
                raise WrongState(f"waits for delivery {before.behind}", field=f"delivery {number}")
            ((stream_id,),) = current.write(
                "retry_delivery", {"id": number, "from_start": from_start}
            )
            _revive(current, stream_id, before)
            action = "delivery retried from start" if from_start else "delivery retried"
            self._audit(current, action, before)

    def discard(self, number: int, reason: str) -> None:
        """Give a delivery up; later ones of its stream go on, unless another dead one stops them.

        Raises:
            NotFound: no such delivery.
            WrongState: it is done or dropped.
        """
        with transaction(self._engine) as current:
            before = self._changeable(current, number)
            ((stream_id,),) = current.write("discard_delivery", {"id": number, "reason": reason})
            if before.in_work:
                current.later("revoke_claim", {"stream_id": stream_id})
            else:
                _revive(current, stream_id, before)
            self._audit(current, "delivery discarded", before, reason)

    def pause(self, partner: str, reason: str) -> bool:
        """Send a partner nothing more; tell whether it was not paused before.

        Raises:
            NotFound: no such partner.
        """
        with transaction(self._engine) as current:
            _partner_id(current, partner)
            paused = bool(current.write("pause_partner", {"name": partner}))
            if paused:
                self._audit_partner(current, "partner paused", partner, reason)
        return paused

    def resume(self, partner: str) -> int:
        """Send a partner what waits, spread over some time; tell how many streams wait.

        Raises:
            NotFound: no such partner.
        """
        with transaction(self._engine) as current:
            partner_id = _partner_id(current, partner)
            current.later("resume_partner", {"name": partner})
            self._audit_partner(current, "partner resumed", partner)
        return DeliveryStore(self._engine).wake(partner_id, _SPREAD_S)

    def _changeable(self, current: Transaction, number: int) -> DeliveryRow:
        current.write("lock_delivery", {"id": number})
        row = _row(current, number)
        if row.state not in {State.FAILED, State.PENDING}:
            raise WrongState(f"is {row.state}", field=f"delivery {number}")
        return row

    def _audit(
        self, current: Transaction, action: str, before: DeliveryRow, reason: str = ""
    ) -> None:
        shown = {name: str(value) for name, value in asdict(before).items() if value is not None}
        current.later(
            "audit_delivery",
            {
                "actor": self._actor,
                "action": action,
                "subject": f"delivery {before.id}",
                "reason": reason,
                "before": Jsonb(shown),
                "after": None,
            },
        )

    def _audit_partner(
        self, current: Transaction, action: str, partner: str, reason: str = ""
    ) -> None:
        current.later(
            "audit_delivery",
            {
                "actor": self._actor,
                "action": action,
                "subject": partner,
                "reason": reason,
                "before": None,
                "after": None,
            },
        )


def _row(current: Transaction, number: int) -> DeliveryRow:
    rows = current.read("delivery_columns found_delivery", {"id": number})
    if not rows:
        raise NotFound(f"no delivery {number}")
    return DeliveryRow(*rows[0])


def _revive(current: Transaction, stream_id: int, before: DeliveryRow) -> None:
    """Let a stream go on, unless a dead delivery stops it that is another one."""
    after = before.id if before.state == State.FAILED else 0
    current.later("revive_stream", {"stream_id": stream_id, "after": after})


def _partner_id(current: Transaction, name: str) -> int:
    rows = current.read("find_partner", {"name": name})
    if not rows:
        known = ", ".join(row[0] for row in current.read("partner_codes", {}))
        raise NotFound(f"no partner {printable(name)!r}; there are: {known}")
    number: int = rows[0][0]
    return number
