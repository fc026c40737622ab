"""What the use cases ask of the rows an operator configures."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.domain.people import Assignable, Principal
from gateway.domain.values import Key, Row
from gateway.domain.views import Caption, CategoryView, HelpdeskSettings, Listed

# What a list may be asked for by name. The order is that of the resolve statement.
LISTS = (
    "state", "priority", "queue", "type", "category", "service", "sla", "impact", "resolution",
    "template", "agent", "group", "customer", "customer_user",
)  # fmt: skip


class ListStore(Protocol):
    """Rows the operator configures, and people by key."""

    def resolve(self, wanted: Mapping[str, Sequence[Key]]) -> Mapping[tuple[str, Key], Row]:
        """Find rows by guid, id or name, of several lists in one statement.

        ``wanted`` maps a list of ``LISTS`` to keys; names are English captions, full paths for
        trees (joined by ``::``), logins for people. Rows that do not exist are left out; inactive
        ones come with ``active`` false. Of a customer user ``kind`` is the customer's id; of a
        queue the group's id; of a state the state type; of an SLA nothing.
        """
        ...

    def categories(self) -> Listed[CategoryView]:
        """List the active categories by English path; at most 5000."""
        ...

    def resolutions(self) -> Listed[Caption]:
        """List the active resolutions by English name; at most 5000."""
        ...

    def assignable(self, principal: Principal) -> Listed[Assignable]:
        """List active agents, then groups, to whom the principal may assign; each by name.

        A group needs rw of the principal on itself; an agent needs rw on a group where the
        principal has rw too. At most 5000.
        """
        ...

    def helpdesk_settings(self) -> HelpdeskSettings:
        """Read the operator's rules."""
        ...
