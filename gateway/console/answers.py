"""What a page of the console answers with: something to show, or somewhere to go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from gateway.console.logins import Flash


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page: its template, the data that its twin gives, and what only people need."""

    template: str
    data: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict)  # choices of forms and the like
    errors: Mapping[str, str] = field(default_factory=dict)  # by field of the form
    rows: str = ""  # what of the data is a table, that can be had as CSV
    status: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Gone:
    """Somewhere else in the console, where is said what was done."""

    path: str  # below /console
    flash: Flash
