"""The named statements of ``queries.sql``, with their comments and layout stripped."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString

_NAME = re.compile(r"^-- (?:name|part): (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


@cache
def statement(name: str) -> LiteralString:
    """Give a statement by its name; a wrong name is a programming error.

    A search has the names of its parts, separated by blanks: all of them constants of the file.
    """
    return " ".join(_statements()[part] for part in name.split())


@cache
def _statements() -> dict[str, LiteralString]:
    text = files("gateway.repository").joinpath("queries.sql").read_text("utf-8")
    _, *parts = _NAME.split(text)
    # Short texts matter: the driver caches the parsed form of texts up to 4096 characters only.
    # They come from a file of the package, never from a value, so they count as literals.
    return {
        name: " ".join(_COMMENT.sub("", body).split()).removesuffix(";")
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
