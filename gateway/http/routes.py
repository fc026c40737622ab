"""Which address leads to which endpoint or page; found by the raw path, never by a decoded one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway.http.exchange import Answer, Endpoint, Request
from gateway.http.refusals import Refusal

Page = Callable[[Request], Answer]

# An encoded slash, backslash, dot or control character means something else to every proxy
# on the way, so no address of ours has one.
_DISGUISED = re.compile(rb"%(?:2f|5c|2e|[01][0-9a-f]|7f|25)", re.IGNORECASE)
_ODD = re.compile(r"//|\\|/\.{1,2}(?:/|$)|[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What answers at one path: POST goes to the endpoint, GET and HEAD to the page."""

    path: str
    endpoint: Endpoint | None = None
    page: Page | None = None
    media_types: frozenset[str] = frozenset()  # of a POST, in lower case; "*": all but multipart
    # The endpoint answers every method, takes bodies of any length from none on, and judges
    # itself what is allowed where: it is no page and no SOAP.
    any_method: bool = False
    any_type: bool = False  # and judges type and coding of a body, once it knows who calls
    refuse: Callable[[Refusal, str], Answer] | None = None  # how the door's refusals look here
    any_case: bool = False  # SSP7: its servers ignore the case of a path
    below: bool = False  # answers at every path below its own, too
    queried: bool = False  # GET goes to the endpoint, too: the call stands in the query
    apart: bool = False  # answered outside the pool: a full pool must not look like a dead process

    def refusal(self, refusal: Refusal, correlation_id: str) -> Answer:
        """Give a refusal of the door in the form that callers of this route expect."""
        if self.refuse is None:
            return refusal.answer(correlation_id)
        return self.refuse(refusal, correlation_id)

    def takes(self, method: str) -> bool:
        """Tell whether the endpoint answers this method."""
        asked = method == "POST" or (self.queried and method == "GET")
        return self.endpoint is not None and (self.any_method or asked)

    @property
    def methods(self) -> tuple[str, ...]:
        """Name the methods that this path takes."""
        if self.queried:
            return ("GET", "POST")
        page = () if self.page is None else ("GET", "HEAD")
        return page if self.endpoint is None else (*page, "POST")


NOWHERE = Route(path="")


class Routes:
    """All routes, found by path; one that answers below its own path, step by step upwards."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._exact: dict[str, Route] = {}
        self._any_case: dict[str, Route] = {}
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        table = self._any_case if route.any_case else self._exact
        key = route.path.lower() if route.any_case else route.path
        if key in table:
            raise ValueError(f"two routes for {route.path}")
        table[key] = route

    def find(self, path: str | None) -> Route:
        """Find the route of a decoded path; ``NOWHERE`` if there is none."""
        if path is None:
            return NOWHERE
        return self._exact.get(path) or self._any_case.get(path.lower()) or self._above(path)

    def _above(self, path: str) -> Route:
        """Find the nearest route above a path that also answers below its own."""
        while path:
            path = path.rpartition("/")[0]
            found = self._exact.get(path) or self._any_case.get(path.lower(), NOWHERE)
            if found.below:
                return found
        return NOWHERE


def decoded_path(raw_path: bytes) -> str | None:
    """Decode a raw path; None when it is not a plain path of UTF-8 text.

    Encoded slashes, dots and control characters, doubled slashes, dot segments and backslashes are
    never resolved: such a path leads nowhere.
    """
    if not raw_path.startswith(b"/") or _DISGUISED.search(raw_path):
        return None
    try:
        path = unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _ODD.search(path) else path
