"""Describes the settings file for editors."""

from typing import Any

from gateway.settings.mail import Mailbox
from gateway.settings.model import Settings


def json_schema() -> dict[str, Any]:
    """Describe the settings file for editors; published as ``schemas/settings.schema.json``."""
    schema = Settings.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gateway.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: _tabled(schema["$defs"][field.annotation.__name__])  # type: ignore[union-attr] # each is a section
            for name, field in Settings.model_fields.items()
            if name != "mailbox"
        }
        | {"mailbox": _array_of(_schema_of_mailbox())},
    }


def _tabled(section: dict[str, Any]) -> dict[str, Any]:
    """Describe settings with a dot in their name as the table that TOML reads of them."""
    properties: dict[str, Any] = {}
    for name, described in section.get("properties", {}).items():
        table, dot, inner = name.rpartition(".")
        if not dot:
            properties[name] = described
            continue
        empty = {"type": "object", "additionalProperties": False, "properties": {}}
        properties.setdefault(table, empty)["properties"][inner] = described
    return section | {"properties": properties}


def _schema_of_mailbox() -> dict[str, Any]:
    """Describe a mailbox in one piece: an editor reads no references into elsewhere."""
    schema = Mailbox.model_json_schema()
    address = schema.pop("$defs")["MailAddress"]
    return schema | {"properties": schema["properties"] | {"address": _array_of(address)}}


def _array_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
