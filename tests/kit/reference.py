"""Writes those parts of the documents that follow from the program: settings and rights.

``python -m tests.kit.reference`` brings them up to date; the tests compare.
"""

import json
import re
import textwrap
from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from gateway.settings import Mailbox, Settings, load
from gateway.usecases.rights import NEEDS, Need, On
from tests.kit.children import ROOT
from tests.kit.documents import GUIDE

EXAMPLE = ROOT / "deploy" / "gateway.example.toml"
_PART = re.compile(
    r"(<!-- (\w+): written by tests/kit/reference.py -->\n).*?(<!-- end -->)", re.DOTALL
)
_TOP = """\
# All settings with their defaults; take the mark away from what you change, and keep its section.
# Meaning of each: deploy/operations.md, or `ticket-gateway check --explain KEY`. Secrets belong
# into the environment, such as GATEWAY_DATABASE_URL and GATEWAY_ADMIN_PASSWORD.
"""


def guide() -> str:
    """Give the operations guide with its written parts as they should be."""
    parts = {"settings": settings_tables, "rights": rights_table}
    return _PART.sub(lambda found: f"{found[1]}{parts[found[2]]()}\n{found[3]}", GUIDE.read_text())


def settings_tables() -> str:
    """Give a table of keys, defaults and meanings for each section."""
    explained = load({}, environment={}).explain()
    tables = []
    for section, model in Settings.model_fields.items():
        rows = [
            (f"`{each.key}`", f"`{each.default}`" if each.default else "", each.meaning)
            for each in explained
            if each.key.startswith(f"{section}.")
        ]
        title = f"**`{section}`** - {_model(section, model).__doc__}"
        tables.append(f"{title}\n\n{_table(('key', 'default', 'meaning'), rows)}\n")
    return "\n".join(tables)


def rights_table() -> str:
    """Give the table of what commands need, with all that need the same."""
    commands: dict[str, list[str]] = {}
    for name, need in NEEDS.items():
        commands.setdefault(_in_words(need), []).append(f"`{name}`")
    rows = [(need, ", ".join(names)) for need, names in commands.items()]
    return _table(("needed", "for"), rows) + "\n"


def _in_words(need: Need) -> str:
    match need.on:
        case On.NONE:
            return "the right of this name"
        case On.NAMED:
            return f"`{need.key}` on the group `{need.group}`"
        case _ if need.chosen:
            return (
                f"`{need.key}` on {need.on.value}, and the right of this name if others were given"
            )
        case _:
            return f"`{need.key}` on {need.on.value}"


def example() -> str:
    """Give the example settings: every key, commented out."""
    lines = [_TOP.rstrip()]
    for section, model in Settings.model_fields.items():
        if section == "mailbox":
            lines += ["", *_MAILBOX]
            continue
        lines += ["", f"[{section}]"]
        for name, field in model.default.__class__.model_fields.items():
            meaning = textwrap.wrap(field.description, 96)
            lines += [f"# {line}" for line in meaning]
            unset = field.default is None
            name = field.alias or name  # noqa: PLW2901 - with a dot, for a table of its own
            lines.append(
                f'# {name} = "" # unset' if unset else f"# {name} = {_toml(field.default)}"
            )
    return "\n".join(lines) + "\n"


def _model(section: str, field: Any) -> type:
    return Mailbox if section == "mailbox" else field.default.__class__


# Indented further than settings: taking the marks away makes a mailbox, not the defaults.
_MAILBOX = (
    "# One table for each mailbox that is read; keys in the operations guide.",
    "#   [[mailbox]]",
    '#   name = "partners"',
    '#   server = "imap.example.org"',
    '#   user = "tickets"',
    '#   secret = "imap-partners"        # a file in secrets.folder',
    '#   failover_person = "service.desk"',
    "#",
    "#   [[mailbox.address]]             # keys not given here are the mailbox's",
    '#   address = "northwind-in@example.org"',
    '#   partner = "NORTHWIND"',
    "#   new_tickets = false",
)


def _toml(value: Any) -> str:
    match value:
        case SecretStr():
            return '""'
        case bool() | int() | float():
            return json.dumps(value)
        case tuple():
            return json.dumps(list(value))
        case _:
            return json.dumps(str(value))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells
    )


if __name__ == "__main__":
    GUIDE.write_text(guide(), "utf-8")
    EXAMPLE.write_text(example(), "utf-8")
