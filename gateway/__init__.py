"""The ticket gateway: four dialects, one set of tickets."""

__version__ = "0.1.0"
