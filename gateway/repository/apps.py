"""External apps, whom they may name as requester, and the fields they fill."""

from collections.abc import Mapping
from uuid import UUID

from gateway.domain.assignment import Partner
from gateway.domain.partner_commands import ExternalApp
from gateway.domain.ticket import Ticket
from gateway.repository.transaction import Transaction


class AppStore:
    """External apps; nothing is cached."""

    def __init__(self, current: Transaction) -> None:
        self._current = current

    def find(self, code: str) -> ExternalApp | None:
        """Find an active app that makes tickets."""
        rows = self._current.read("find_app", {"code": code})
        if not rows:
            return None
        ((code, partner, template, requester, labels, types),) = rows
        known = None
        if partner is not None:
            id_, name, title, system_id = partner
            known = Partner(id=id_, code=name, title=title, system_id=system_id)
        return ExternalApp(
            code=code,
            partner=known,
            template=template,
            requester=requester,
            labels=labels or {},
            types=types or {},
        )

    def requester(self, unique_id: str) -> UUID | None:
        """Find the active customer user of this unique id."""
        rows = self._current.read("requester_of_app", {"unique_id": unique_id})
        return rows[0][0] if rows else None

    def keep(self, ticket: Ticket, values: Mapping[str, str]) -> None:
        """Write those of the values that are dynamic fields of text."""
        if values:
            self._current.later(
                "add_text_fields",
                {
                    "ticket_id": ticket.id,
                    "names": list(values),
                    "texts": list(values.values()),
                },
            )

    def ticket_number(self, ticket_id: int) -> str:
        """Give the number of a ticket that is there."""
        ((number,),) = self._current.read("number_of_ticket", {"id": ticket_id})
        return str(number)
