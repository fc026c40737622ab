"""What administration asks of storage: plain records of the tables it may write."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Record = Mapping[str, Any]


class AdministrationUnit(Protocol):
    """One transaction of an operator; all of them follow one another.

    Tables and columns are named as the schema names them: an operator's rows are what is stored.
    """

    @property
    def now(self) -> datetime:
        """The time of this unit."""
        ...

    def list(self, table: str) -> Sequence[Record]:
        """List a table's records by position, then id; at most 5000."""
        ...

    def find(self, table: str, column: str, value: object) -> Sequence[Record]:
        """Find the records whose column has this value, by id; at most 5000."""
        ...

    def below(self, table: str, path: str) -> Sequence[Record]:
        """List what is below a path of a tree, parents before their children."""
        ...

    def insert(self, table: str, values: Record) -> Record:
        """Insert a record and give it with the columns the database fills.

        Raises:
            BrokenRule: a value is taken, or breaks a rule of the schema.
        """
        ...

    def insert_all(self, table: str, records: Sequence[Record]) -> None:
        """Insert several records of the same columns at once.

        Raises:
            BrokenRule: as for ``insert``.
        """
        ...

    def update(self, table: str, key: Record, values: Record) -> None:
        """Write columns of the records that have this key.

        Raises:
            BrokenRule: as for ``insert``.
        """
        ...

    def delete(self, table: str, key: Record) -> None:
        """Delete the records that have this key."""
        ...

    def exists(self, table: str, key: Record) -> bool:
        """Tell whether a record has this key."""
        ...


class Administration(Protocol):
    """Runs an operator's work in one transaction."""

    def run(self, work: Callable[[AdministrationUnit], T]) -> T:
        """Run the work and commit.

        Raises:
            StorageAway, TryLater: the database does not answer, or not now.
        """
        ...
