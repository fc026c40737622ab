"""What the operations of the Znuny dialect work with: units, accounts and their settings."""

from dataclasses import dataclass, field

from gateway.http.pace import Pace
from gateway.usecases.accounts import Accounts
from gateway.usecases.ports import Units
from gateway.usecases.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceOptions:
    """Settings of the operation ExternalReference (contract sections 1.2 and 8)."""

    dynamic_field: str = "ExternalReference"
    states: tuple[str, ...] = ()
    state_types: tuple[str, ...] = ("new", "open", "pending reminder", "pending auto")
    mode: str = "create_or_update"  # or create_only, update_only
    update_ignores: tuple[str, ...] = ()
    system: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the dialect, in the words of section 1.2 of the contract."""

    time_zone: str = "UTC"
    rest_error_status: str = "legacy"  # or http
    search_mode: str = "strict"  # or legacy
    search_limit: int = 500
    search_limit_max: int = 10_000
    include_ticket_data: frozenset[str] = frozenset()
    query_credentials: bool = True
    type_required: bool = False
    time_unit_required: bool = False
    default_type: str = "Unclassified"
    customer_queues: frozenset[str] = frozenset()  # empty: everywhere
    ticket_hook: str = "Ticket#"
    title_max: int = 255  # characters
    body_max: int = 4 * 1024 * 1024
    lenient_content_type: bool = False
    sender: str = "gateway@localhost"  # of mails from queues without an address
    external_reference: ReferenceOptions = field(default_factory=ReferenceOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZnunyDesk:
    """What the operations of this dialect work with."""

    units: Units
    accounts: Accounts
    sessions: Sessions
    options: Options = field(default_factory=Options)
    pace: Pace | None = None
