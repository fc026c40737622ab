"""What a person may do with one ticket: agents by the group of its queue, customers by kinship."""

from gateway.domain.people import AccountKind, Permission, Principal
from gateway.domain.ticket import StateType, Ticket

# States that a customer user may not bring a ticket into (Znuny contract, 4.3).
_NEVER_BY_CUSTOMERS = frozenset({StateType.MERGED, StateType.REMOVED})


def is_customer(principal: Principal) -> bool:
    """Tell whether a customer user calls."""
    return principal.kind is AccountKind.CUSTOMER


def may(principal: Principal, key: Permission, ticket: Ticket) -> bool:
    """Tell whether an agent has a key on the group of the ticket's queue; rw includes all."""
    return not is_customer(principal) and principal.may(key, int(ticket.queue.kind))


def sees(principal: Principal, ticket: Ticket) -> bool:
    """Tell whether the ticket is there for the caller at all.

    A customer user sees tickets that are its own, and those of its company.
    """
    if not is_customer(principal):
        return may(principal, Permission.RO, ticket)
    own = ticket.customer_user is not None and ticket.customer_user.id == principal.customer_user_id
    company = ticket.customer is not None and ticket.customer.id == principal.customer_id
    return own or company


def customer_may_set_state(state_type: str) -> bool:
    """Tell whether a customer user may bring a ticket into a state of this type."""
    return state_type not in _NEVER_BY_CUSTOMERS


def customer_may_create_in(queue: str, queues: frozenset[str]) -> bool:
    """Tell whether a customer user may create in this queue; no queues named: in every one."""
    return not queues or queue in queues
