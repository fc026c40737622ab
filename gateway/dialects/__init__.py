"""Four translators; package order guarantees that Spyne is repaired before a dialect loads it."""

from gateway import soap  # noqa: F401 - imported for its effect, see the docstring
