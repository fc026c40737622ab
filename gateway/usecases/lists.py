"""Rows that an operator configures: show, add and change them; groups, and the helpdesk settings.

The caller has decided whether the actor may: the command line belongs to whoever holds the
database. Every change leaves a line in the audit.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway.domain.partner_commands import COMMON_FIELDS
from gateway.domain.richtext import from_html, from_plain
from gateway.domain.search import Asker, StoredQuery, search_of
from gateway.domain.ticket import OPEN_TYPES, StateType
from gateway.errors import BrokenRule, Missing, NotFound
from gateway.text import printable
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import Field, Form, ListKind, hint
from gateway.usecases.list_kinds import FOUND_BY, SETTINGS

SEPARATOR = "::"
_NUMBER = re.compile("[0-9]{1,18}")
_PARTNER_CODE = re.compile("[A-Z0-9_-]{1,40}")
_APP_CODE = re.compile("[A-Za-z0-9._-]{1,40}")
TICKETING = "Ticketing."  # apps of the ticketing itself, which make no tickets

Values = Mapping[Field, object]
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who administers: an account, or a verb of the command line."""

    name: str
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A row after a change, and which of its fields are others now."""

    row: Shown
    fields: tuple[str, ...]


# Rows that must keep their names, by table and name; the text says what names them.
Named = Mapping[tuple[str, str], str]


def show(kind: ListKind, unit: AdministrationUnit, name: str | None = None) -> list[Shown]:
    """Show the rows of a list in their order, of a tree by path; or the one of a name.

    Raises:
        NotFound: no such row.
    """
    records = unit.list(kind.table) if name is None else [get(kind, name, unit)]
    known: dict[str, dict[int, str]] = {}
    rows = [_shown(kind, record, unit, known) for record in records]
    return sorted(rows, key=lambda row: str(row["name"])) if kind.tree else rows


def get(kind: ListKind, name: str, unit: AdministrationUnit) -> Record:
    """Find a row by name (of a tree: its path), GUID or number.

    Raises:
        NotFound: no such row; the nearest is named.
        BrokenRule: several have this name.
    """
    found = find(kind.table, name, unit)
    if found is None:
        known = [str(record[kind.found_by[0]]) for record in unit.list(kind.table)]
        raise NotFound(f"no {kind.one} {printable(name)!r}{hint(name, known)}")
    return found


def find(table: str, name: str, unit: AdministrationUnit) -> Record | None:
    """Find a row by name, GUID or number; a name comes first.

    Raises:
        BrokenRule: several have this name.
    """
    for column, key in _keys(table, name):
        records = unit.find(table, column, key)
        if len(records) > 1:
            raise BrokenRule(f"several are called {printable(name)!r}; give the number")
        if records:
            return records[0]
    return None


def add(kind: ListKind, name: str, values: Values, actor: Actor, unit: AdministrationUnit) -> Shown:
    """Add a row. Of a tree the name may be a path, whose last part is the caption.

    Raises:
        Missing: a field that a new row needs.
        NotFound: a row that a field names.
        BrokenRule: the name is taken, or a value does not fit.
    """
    if kind.closed:
        raise BrokenRule(f"{kind.name} are fixed: their rows can be set, none can be added")
    columns, linked = _stored(values, unit)
    record = {**_defaults(kind, name, columns, unit), **columns}
    for field in kind.fields:
        if field.needed and record.get(field.column) is None:
            raise Missing(field=field.key)
    record = {**record, **_derived(kind, None, record, unit)}
    _judge(kind, None, record, linked, unit)
    added = unit.insert(kind.table, record)
    _link(added, linked, unit)
    shown = _shown(kind, added, unit, {})
    audit(f"{kind.one} added", shown["name"], actor, unit, after=shown)
    return shown


def change(
    kind: ListKind,
    name: str,
    values: Values,
    actor: Actor,
    unit: AdministrationUnit,
    *,
    named: Named | None = None,
) -> Changed:
    """Change fields of a row; what is below it in a tree follows.

    Raises:
        NotFound: no such row, or one that a field names.
        BrokenRule: a value does not fit, or something relies on the row's name.
    """
    before = get(kind, name, unit)
    old = _shown(kind, before, unit, {})
    columns, linked = _stored(values, unit)
    for field in kind.fields:
        if field.fixed and columns.get(field.column, before.get(field.column)) != before.get(
            field.column
        ):
            raise BrokenRule("is given when the row is added and stays", field=field.key)
    columns |= _derived(kind, before, {**before, **columns}, unit)
    after = {**before, **columns}
    _judge(kind, before, after, linked, unit)
    _require_unnamed(kind, before, after, named or {})
    differing = {column: new for column, new in columns.items() if new != before.get(column)}
    if differing:
        unit.update(kind.table, {"id": before["id"]}, differing)
    if "path_en" in differing or "path_de" in differing:
        _move(kind.table, before, after, unit)
    _link(before, linked, unit)
    new = _shown(kind, after, unit, {})
    keys = tuple(key for key in new if new[key] != old[key])
    if keys:
        audit(
            f"{kind.one} changed",
            old["name"],
            actor,
            unit,
            before={key: old[key] for key in keys},
            after={key: new[key] for key in keys},
        )
    return Changed(new, keys)


def show_settings(unit: AdministrationUnit) -> list[Shown]:
    """Show the helpdesk settings by the names that callers see."""
    stored = {record["name"]: record["value"] for record in unit.list(SETTINGS.table)}
    return [
        {"name": field.key, "value": _setting(field, stored[field.column])}
        for field in SETTINGS.fields
    ]


def change_settings(values: Values, actor: Actor, unit: AdministrationUnit) -> Changed:
    """Change helpdesk settings; they hold from the next call on."""
    before = {row["name"]: row["value"] for row in show_settings(unit)}
    wanted: Shown = {field.key: value for field, value in values.items()}
    differing = {key: value for key, value in wanted.items() if value != before[key]}
    for field in values:
        if field.key in differing:
            value = int(differing[field.key])
            unit.update(SETTINGS.table, {"name": field.column}, {"value": value})
    if differing:
        audit(
            "helpdesk settings changed",
            ", ".join(differing),
            actor,
            unit,
            before={key: before[key] for key in differing},
            after=differing,
        )
    return Changed({**before, **differing}, tuple(differing))


def audit(
    action: str,
    subject: str,
    actor: Actor,
    unit: AdministrationUnit,
    *,
    before: Shown | None = None,
    after: Shown | None = None,
) -> None:
    """Write down who did what; never with a secret in it."""
    unit.insert(
        "audit",
        {
            "actor": actor.name,
            "peer": actor.peer,
            "action": action,
            "subject": subject,
            "before": _plain(before),
            "after": _plain(after),
        },
    )


def _keys(table: str, name: str) -> list[tuple[str, object]]:
    keys: list[tuple[str, object]] = [(column, name) for column in FOUND_BY[table]]
    with suppress(ValueError):
        keys.append(("guid", UUID(name)))
    if _NUMBER.fullmatch(name):
        keys.append(("id", int(name)))
    return keys


def _stored(
    values: Values, unit: AdministrationUnit
) -> tuple[dict[str, Any], dict[Field, list[dict[str, Any]]]]:
    """Turn values into columns of the row, and into the records that hang on it."""
    columns: dict[str, Any] = {}
    linked: dict[Field, list[dict[str, Any]]] = {}
    for field, value in values.items():
        if field.link is None:
            columns[field.column] = _column(field, value, unit)
        elif field.form is Form.ROWS:
            names: tuple[str, ...] = value  # type: ignore[assignment] # the kind of the field says so
            linked[field] = [{field.column: _id(field, name, unit)} for name in names]
        else:
            linked[field] = list(value)  # type: ignore[call-overload] # the kind of the field says so
    return columns, linked


def _column(field: Field, value: object, unit: AdministrationUnit) -> object:
    if field.form is Form.ROW and value is not None:
        return _id(field, str(value), unit)
    return list(value) if isinstance(value, tuple) else value


def _id(field: Field, name: str, unit: AdministrationUnit) -> int:
    found = find(field.rows, name, unit)
    if found is None:
        known = [str(record[FOUND_BY[field.rows][0]]) for record in unit.list(field.rows)]
        raise NotFound(f"no row {printable(name)!r}{hint(name, known)}", field=field.key)
    number: int = found["id"]
    return number


def _defaults(
    kind: ListKind, name: str, columns: Mapping[str, Any], unit: AdministrationUnit
) -> dict[str, Any]:
    """Give what the name of a new row says, and what follows from it."""
    parent, _, caption = name.rpartition(SEPARATOR) if kind.tree else ("", "", name)
    given: dict[str, Any] = {kind.named: caption}
    if parent and "parent_id" not in columns:
        (field,) = (field for field in kind.fields if field.column == "parent_id")
        given["parent_id"] = _id(field, parent, unit)
    # A customer's or a dynamic field's second name is the first unless it is said.
    given |= {"customer": {"key": name}, "dynamic_field": {"en": name}}.get(kind.table, {})
    if kind.table == "partner":
        given["system_id"] = _system(name, unit)
    return given | {"sort": [["id", "desc"]]} if kind.table == "stored_query" else given


def _system(name: str, unit: AdministrationUnit) -> int:
    """Find or make the system whose references those of a new partner are: it has its code."""
    # SSP7 contract, section 1: the code stands in hashes and on the wire.
    if _PARTNER_CODE.fullmatch(name) is None:
        raise BrokenRule("1 to 40 of A-Z 0-9 _ -", field="code")
    found = unit.find("external_system", "name", name)
    made = found[0] if found else unit.insert("external_system", {"name": name})
    number: int = made["id"]
    return number


def _derived(
    kind: ListKind, before: Record | None, record: Record, unit: AdministrationUnit
) -> dict[str, Any]:
    """Give the columns that follow from others: paths of a tree, the two forms of a text."""
    if kind.tree:
        return _paths(kind.table, record, unit)
    if kind.table != "template":
        return {}
    # ACMP ST2: one form is always derived from the other; of both sent the HTML counts.
    html, plain = record.get("html", ""), record.get("plain", "")
    if html != (before["html"] if before else ""):
        return {"plain": from_html(html).plain}
    if plain != (before["plain"] if before else ""):
        return {"html": from_plain(plain).html}
    return {}


def _paths(table: str, record: Record, unit: AdministrationUnit) -> dict[str, str]:
    en, de = record["en"], record.get("de") or record["en"]
    if record.get("parent_id") is None:
        return {"path_en": en, "path_de": de}
    (parent,) = unit.find(table, "id", record["parent_id"])
    return {
        "path_en": parent["path_en"] + SEPARATOR + en,
        "path_de": parent["path_de"] + SEPARATOR + de,
    }


def _move(table: str, before: Record, after: Record, unit: AdministrationUnit) -> None:
    """Carry a new path down the tree; captions further down stay."""
    paths = {before["id"]: (after["path_en"], after["path_de"])}
    for record in unit.below(table, before["path_en"]):
        above_en, above_de = paths[record["parent_id"]]
        path_en = above_en + SEPARATOR + record["en"]
        path_de = above_de + SEPARATOR + (record["de"] or record["en"])
        paths[record["id"]] = (path_en, path_de)
        unit.update(table, {"id": record["id"]}, {"path_en": path_en, "path_de": path_de})


def _judge(
    kind: ListKind,
    before: Record | None,
    after: Record,
    linked: Mapping[Field, Sequence[dict[str, Any]]],
    unit: AdministrationUnit,
) -> None:
    """Insist on the rules that the form of a value cannot tell."""
    if kind.tree:
        _judge_place(kind, before, after, unit)
    _require_free(kind, before, after, unit)
    match kind.table:
        case "state":
            changed = before is not None and before["state_type"] != after["state_type"]
            if before and changed and unit.exists("ticket", {"state_id": before["id"]}):
                raise BrokenRule("tickets are in this state; add another one", field="type")
        case "agent_group":
            _judge_group(before, after)
        case "template":
            _judge_template(after, unit)
        case "dynamic_field":
            chosen = after["field_type"] in ("dropdown", "multiselect")
            if not chosen and any(linked.values()):
                raise BrokenRule("only dropdown and multiselect fields have them", field="options")
        case "stored_query":
            _judge_query(after, unit)
        case "external_app":
            _judge_app(after, linked)


def _require_free(
    kind: ListKind, before: Record | None, after: Record, unit: AdministrationUnit
) -> None:
    column = kind.found_by[0]
    if before is not None and before[column] == after[column]:
        return
    if unit.exists(kind.table, {column: after[column]}):
        raise BrokenRule(f"there is a {kind.one} {printable(str(after[column]))!r} already")


def _judge_place(
    kind: ListKind, before: Record | None, after: Record, unit: AdministrationUnit
) -> None:
    if SEPARATOR in f"{after['en']}\n{after.get('de')}":
        raise BrokenRule(f"a caption cannot hold {SEPARATOR}; give the parent as parent=PATH")
    if before is None:
        return
    below = {record["id"] for record in unit.below(kind.table, before["path_en"])}
    if after["parent_id"] in {before["id"], *below}:
        raise BrokenRule("is the row itself or stands below it", field="parent")


def _judge_group(before: Record | None, after: Record) -> None:
    if after.get("integrated") and after.get("partner_id") is None:
        raise Missing("required for an integrated group", field="partner")
    if before is not None and after["return_group_id"] == before["id"]:
        raise BrokenRule("must be another group", field="return_group")


def _judge_template(after: Record, unit: AdministrationUnit) -> None:
    if after.get("owner_id") is not None and after.get("assigned_group_id") is not None:
        raise BrokenRule("give an owner or a group, not both", field="group")
    if after.get("state_id") is not None:
        (state,) = unit.find("state", "id", after["state_id"])
        # A closed one is allowed: it says that the caller must close the ticket (ACMP TP3).
        if state["state_type"] not in {*OPEN_TYPES, StateType.CLOSED}:
            raise BrokenRule("a ticket cannot be made in this state", field="state")


def _judge_app(after: Record, linked: Mapping[Field, Sequence[Mapping[str, Any]]]) -> None:
    # SSP7 contract, section 5: the code stands in hashes, whose parts a line parts.
    if _APP_CODE.fullmatch(after["code"]) is None or after["code"].startswith(TICKETING):
        raise BrokenRule("1 to 40 of A-Z a-z 0-9 . _ -, and not Ticketing.", field="code")
    for name in (entry["name"] for entries in linked.values() for entry in entries):
        if name in COMMON_FIELDS or "#" in name:
            raise BrokenRule(
                f"{printable(name)!r} is a name that every app has, or holds #", field="fields"
            )


def _judge_query(after: Record, unit: AdministrationUnit) -> None:
    """Read it as a caller's run does; what stands for the caller is nobody here."""
    for field, filter_, sort in (("filter", after["filter"], []), ("sort", {}, after["sort"])):
        try:
            search_of(StoredQuery(filter_, sort), Asker(0, (), unit.now))
        except ValueError as error:
            raise BrokenRule(f"not a word or value of a search: {error}", field=field) from None


def _require_unnamed(kind: ListKind, before: Record, after: Record, named: Named) -> None:
    column = kind.found_by[0]
    what = named.get((kind.table, before[column]))
    if what is None:
        return
    if after[column] != before[column] or not after["active"]:
        raise BrokenRule(
            f"{what} names {printable(before[column])!r}: it keeps its name and stays active"
        )


def _link(
    record: Record,
    linked: Mapping[Field, Sequence[dict[str, Any]]],
    unit: AdministrationUnit,
) -> None:
    for field, entries in linked.items():
        if field.link is None:
            continue
        table, column = field.link
        unit.delete(table, {column: record["id"]})
        for place, entry in enumerate(entries, 1):
            unit.insert(table, {column: record["id"], **entry, **_completed(table, place, entry)})


def _completed(table: str, place: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    if table == "external_app_field":
        return {"position": place, "label": entry.get("label") or entry["name"]}
    if table != "dynamic_field_option":
        return {}
    return {"position": place, "en": entry.get("en") or entry["value"]}


def _shown(
    kind: ListKind,
    record: Record,
    unit: AdministrationUnit,
    known: dict[str, dict[int, str]],
) -> Shown:
    """Show a record by the keys of its fields; rows that it names by their names."""
    return {
        "number": record["id"],
        "guid": str(record["guid"]),
        "name": record["path_en" if kind.tree else kind.named],
        **{
            field.key: _readable(field, record, unit, known)
            for field in kind.fields
            if field.column != "guid" and (kind.tree or field.column != kind.named)
        },
    }


def _readable(
    field: Field, record: Record, unit: AdministrationUnit, known: dict[str, dict[int, str]]
) -> Any:
    if field.rows and field.rows not in known:
        known[field.rows] = _all_names(field.rows, unit)
    names = known.get(field.rows, {})
    if field.link is None:
        stored = record.get(field.column)
        return names[stored] if field.form is Form.ROW and stored is not None else stored
    table, column = field.link
    entries = unit.find(table, column, record["id"])
    if field.form is Form.ROWS:
        return [names[entry[field.column]] for entry in entries]
    return [
        {each.key: _plain_value(entry[each.column]) for each in field.members} for entry in entries
    ]


def _all_names(table: str, unit: AdministrationUnit) -> dict[int, str]:
    return {record["id"]: record[FOUND_BY[table][0]] for record in unit.list(table)}


def _setting(field: Field, stored: int) -> bool | int:
    return bool(stored) if field.form is Form.FLAG else stored


def _plain(shown: Shown | None) -> Shown | None:
    return None if shown is None else {key: _plain_value(value) for key, value in shown.items()}


def _plain_value(value: Any) -> Any:
    """Turn what JSON does not know into text."""
    known = value is None or isinstance(value, bool | int | str | list | dict)
    return value if known else str(value)
