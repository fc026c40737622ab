"""Dynamic fields of a request: which they are, and what they are to hold."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny.job import entries, single
from gateway.dialects.znuny.refusals import invalid, missing, not_valid
from gateway.domain.fields import Field, Filled, fitting

_LONGEST_REFERENCE = 200


def require_form(data: Mapping[str, Any], name: str) -> None:
    """Insist that a list of parts, if given, is one and is not empty.

    Raises:
        Refused: it is empty, or an entry is no object.
    """
    if name not in data:
        return
    listed = entries(data[name])
    if not listed or not all(isinstance(each, Mapping) and each for each in listed):
        raise not_valid(name)


def names(data: Mapping[str, Any]) -> list[str]:
    """Give the names that stand in a request, whatever else is wrong with it."""
    listed = [each for each in entries(data.get("DynamicField")) if isinstance(each, Mapping)]
    return [each["Name"] for each in listed if isinstance(each.get("Name"), str)]


def value_of(data: Mapping[str, Any], name: str) -> str | None:
    """Give the one text a field is to hold, as far as it can be told; None: it is not named."""
    for each in reversed(entries(data.get("DynamicField"))):
        if isinstance(each, Mapping) and each.get("Name") == name:
            texts = [text for text in _listed(each.get("Value")) if isinstance(text, str)]
            return texts[0] if texts else ""
    return None


def filled(data: Mapping[str, Any], known: Mapping[str, Field], zone: str) -> Sequence[Filled]:
    """Read the fields of a request; a field that stands twice has its last value.

    Raises:
        Refused: a name or value that is missing, unknown or does not fit.
    """
    given = [_filled(each, known, zone) for each in entries(data.get("DynamicField"))]
    return list({each.field.id: each for each in given}.values())


def reference_fits(text: str) -> bool:
    """Tell whether a text can be an external reference (contract section 8, rule 1)."""
    return 0 < len(text) <= _LONGEST_REFERENCE


def _filled(sent: Mapping[str, Any], known: Mapping[str, Field], zone: str) -> Filled:
    name = single(sent.get("Name"), "DynamicField->Name")
    if not name:
        raise missing("DynamicField->Name")
    field = known.get(name)
    if field is None:
        raise invalid("DynamicField->Name")
    if "Value" not in sent:
        raise missing("DynamicField->Value")
    texts = [single(each, "DynamicField->Value") for each in _listed(sent["Value"])]
    try:
        return fitting(field, texts, ZoneInfo(zone))
    except ValueError:
        raise invalid("DynamicField->Value") from None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
