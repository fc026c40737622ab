"""Small values that records are made of: a field left out, a key of a list row, a rich text."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal
from uuid import UUID


class Unset(Enum):
    """The one value of a field that a caller did not send; absent is not the same as empty."""

    UNSET = "unset"

    def __bool__(self) -> Literal[False]:
        """Read as false, so that ``value or default`` treats it like an empty value."""
        return False


UNSET: Final = Unset.UNSET

Key = UUID | int | str  # how a dialect names a row: by guid, by id, or by name (path of a tree)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: a state, a category, an agent ... with its captions.

    ``kind`` is the state type of a state, the group id of a queue, the customer id of a customer
    user, else empty. Rows of one list are equal when their ids are.
    """

    id: int
    guid: UUID = field(compare=False)
    en: str = field(compare=False)
    de: str = field(compare=False)
    active: bool = field(default=True, compare=False)
    kind: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Description:
    """A text in both forms; one is always derived from the other (ACMP contract ST2)."""

    plain: str
    html: str
