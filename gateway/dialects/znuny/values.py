"""What counts as a value of a request, on both faces (contract section 1.4)."""

from collections.abc import Mapping
from typing import Any

from gateway.dialects.znuny.refusals import Refused
from gateway.text import is_text, printable

_BLANKS = " \t\r\n"
_AS_SENT = frozenset({"Password"})  # a blank at its end is part of it


def tidy(data: Mapping[str, Any]) -> dict[str, Any]:
    """Trim every text and drop what is null.

    Raises:
        Refused: a text with a character that XML 1.0 cannot carry.
    """
    return _members(data, "")


def _members(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {
        name: _value(value, f"{path}{name}", name)
        for name, value in values.items()
        if value is not None
    }


def _value(value: Any, path: str, name: str) -> Any:
    if isinstance(value, Mapping):
        return _members(value, f"{path}->")
    if isinstance(value, list):
        return [_value(each, path, name) for each in value if each is not None]
    if isinstance(value, bool):
        return "1" if value else "0"
    if not is_text(value):
        text = f"{printable(path)} contains a character that cannot be stored!"
        raise Refused("InvalidParameter", text)
    return value if name in _AS_SENT else value.strip(_BLANKS)
