"""Reads the query of a REST address (contract section 3.2)."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

_SEPARATORS = re.compile("[&;]")
_CONDITION = re.compile(r"(DynamicField_[^\[\]]+)\[(\w+)\]")


def read(query: str) -> dict[str, Any]:
    """Give the parameters of a query: a repeated name is a list, a bracket an operator.

    The query is given as its bytes in Latin-1. Callers like curl send letters beyond ASCII
    unescaped, so both kinds of bytes are read together. Those that are no UTF-8 become surrogates,
    which no text of ours may hold.
    """
    found: dict[str, Any] = {}
    for pair in _SEPARATORS.split(query):
        name, _, value = pair.partition("=")
        if name:
            _put(found, _decoded(name), _decoded(value))
    return found


def _put(found: dict[str, Any], name: str, value: str) -> None:
    condition = _CONDITION.fullmatch(name)
    if condition is None:
        _add(found, name, value)
        return
    operators = found.setdefault(condition[1], {})
    if isinstance(operators, dict):
        _add(operators, condition[2], value)


def _add(found: dict[str, Any], name: str, value: str) -> None:
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode(
        errors="surrogateescape"
    )
