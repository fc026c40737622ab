"""Which bodies are taken, and which answers a caller takes (section 2)."""

from collections.abc import Mapping

from gateway.dialects.tickets.problems import Problem
from gateway.http.conditions import takes_json
from gateway.http.head import charset_names, media_type

JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"


def require_json_accepted(headers: Mapping[str, str]) -> None:
    """Insist that the answer may be JSON.

    Raises:
        Problem: the caller takes other types only.
    """
    if not takes_json(headers.get("accept", "")):
        raise Problem("not-acceptable", "GW-102", "Accept application/json.")


def require_json_sent(method: str, headers: Mapping[str, str]) -> None:
    """Insist that the body is JSON in UTF-8, as it is.

    Raises:
        Problem: another type, charset or any coding.
    """
    taken = (JSON, _MERGE_PATCH) if method == "PATCH" else (JSON,)
    content_type = headers.get("content-type", "")
    if media_type(content_type) not in taken:
        raise _unsupported(f"Send {' or '.join(taken)}.")
    if charset_names(content_type) - {"utf-8"}:
        raise _unsupported("Send UTF-8.")
    if "content-encoding" in headers:
        raise _unsupported("Send the body without content coding.")


def _unsupported(detail: str) -> Problem:
    return Problem("unsupported-media-type", "GW-102", detail)
