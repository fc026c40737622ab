"""What the operations of the tickets REST dialect work with: units, keys and their settings."""

from dataclasses import dataclass, field

from gateway.http.bearer import KeyAuthenticator
from gateway.usecases.ports import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the dialect, in the words of section 11 of the contract."""

    time_zone: str = "UTC"
    default_limit: int = 1000
    max_limit: int = 1000
    list_style: str = "text"  # or array
    default_type: str = "Unclassified"
    default_status: str = "new"
    default_priority: str = "3 normal"
    default_department: str = "Raw"
    update_content_visible: bool = False
    require_if_match: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsDesk:
    """What the operations of this dialect work with."""

    units: Units
    keys: KeyAuthenticator
    public_url: str
    options: Options = field(default_factory=Options)
