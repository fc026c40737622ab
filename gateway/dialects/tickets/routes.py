"""Which operations are at a path; a final slash makes no difference (section 1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.dialects.tickets.shapes import OPERATIONS, Operation

_ID = re.compile("[0-9]{1,19}")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Found:
    """The operations of a path by method, with the number that stands in it."""

    operations: Mapping[str, Operation]
    id: int = 0

    @property
    def allowed(self) -> str:
        """Name the methods, as the header Allow does."""
        reads = ("HEAD",) if "GET" in self.operations else ()
        return ", ".join(sorted((*self.operations, *reads)))

    def operation(self, method: str) -> Operation | None:
        """Give what a method does; HEAD does what GET does."""
        return self.operations.get("GET" if method == "HEAD" else method)


def find(path: str) -> Found | None:
    """Find the operations of a path below the base; None: there is nothing."""
    id_, pattern = 0, []
    for segment in path.removesuffix("/").split("/"):
        number = _number(segment)
        pattern.append("{id}" if number else segment)
        id_ = number or id_
    operations = _BY_PATH.get("/".join(pattern))
    if operations is None or ("{id}" in pattern and not id_):
        return None
    return Found(operations, id_)


def _number(segment: str) -> int:
    number = int(segment) if _ID.fullmatch(segment) else 0
    return number if number <= _LARGEST else 0


def _by_path() -> Mapping[str, Mapping[str, Operation]]:
    found: dict[str, dict[str, Operation]] = {}
    for each in OPERATIONS:
        found.setdefault(each.path, {})[each.method] = each
    return found


_BY_PATH = _by_path()
