"""What a search for tickets asks of storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.domain.people import Principal
from gateway.domain.ticket_search import Place, TicketSearch


@dataclass(frozen=True, slots=True)
class FoundTickets:
    """Ids in the order asked for; the place of the last of them, if there are more."""

    ids: Sequence[int]
    more_after: Place | None = None


class TicketSearchStore(Protocol):
    """Searches; what may be seen is decided in the statement that searches."""

    def find(self, principal: Principal, search: TicketSearch) -> FoundTickets:
        """Find the tickets that the principal may see.

        Raises:
            TryLater: it takes longer than the server allows a statement.
        """
        ...
