"""Rows of a list, straight from the repository to the writer without a model per row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """Field names and tuples of values in that order, already in wire types.

    A value of an object's column is a dict with the field names, or a model; None is left out.
    The rows are walked once.
    """

    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]

    def as_models(self, cls: type[Any]) -> list[Any]:
        """Build the instances that stock Spyne needs."""
        return [cls(**dict(zip(self.columns, row, strict=True))) for row in self.rows]
