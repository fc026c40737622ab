"""The tests; package order guarantees that Spyne is repaired before any of them loads it."""

from gateway import soap  # noqa: F401 - imported for its effect, see the docstring
