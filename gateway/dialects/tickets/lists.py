"""A list of names as one text: names with commas or quotes stand in quotes (section 3.1)."""

import re
from collections.abc import Sequence

# Possessive throughout: no text makes it look at a character more than twice.
_ENTRY = re.compile(r'\s*+"((?:[^"]|"")*+)"\s*+(,|$)|([^",]*+)(,|$)')


def joined(names: Sequence[str]) -> str:
    """Write names as one text."""
    return ", ".join(_written(name) for name in names)


def split(text: str) -> list[str]:
    """Read names out of one text; an empty one has none.

    Raises:
        ValueError: a quote that does not end, or an entry without a name.
    """
    names: list[str] = []
    place, more = 0, bool(text.strip())
    while more:
        found = _ENTRY.match(text, place)
        if found is None:
            raise ValueError("a quote is out of place")
        quoted, comma, bare, bare_comma = found.groups()
        name = bare if quoted is None else quoted.replace('""', '"')
        if not name.strip():
            raise ValueError("a name is missing")
        names.append(name.strip())
        place, more = found.end(), "," in (comma, bare_comma)
    return names


def _written(name: str) -> str:
    if "," not in name and '"' not in name:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
