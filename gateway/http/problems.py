"""Problem documents: what a JSON face answers when it cannot do what was asked (RFC 9457)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.http.exchange import Answer

MEDIA_TYPE = "application/problem+json"
_TYPES = "urn:ticket-gateway:problem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One kind of refusal as it is said this time; ``more`` are the dialect's own members."""

    slug: str
    title: str  # the same for every problem of this slug
    status: int
    detail: str
    code: str
    more: Mapping[str, object] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    def answer(self) -> Answer:
        """Write the document."""
        content = {
            "type": _TYPES + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.more,
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Answer(self.status, body, MEDIA_TYPE, self.headers)
