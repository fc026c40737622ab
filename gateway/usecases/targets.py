"""Targets of partners: each function is one command of an operator in one transaction."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from gateway.errors import BrokenRule, Missing, NotFound
from gateway.text import printable
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import Field, Form, ListKind, hint
from gateway.usecases.lists import Actor, Changed, audit
from gateway.usecases.ports import TargetAuth

_CODE = re.compile("[a-z0-9][a-z0-9-]{0,59}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_SECRET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_WITH_USER = frozenset({TargetAuth.BASIC, TargetAuth.WSSE, TargetAuth.WSSE_DIGEST})

TARGETS = ListKind(
    name="targets",
    table="target",
    one="target",
    named="code",
    fields=(
        Field(key="url", column="base_url", required=True, needed=True, brief=True, high=2000),
        Field(key="auth", column="auth", form=Form.WORD, words=tuple(TargetAuth), brief=True),
        Field(key="user", column="user_name"),
        Field(key="header", column="header_name"),
        Field(key="secret", column="secret"),
        Field(key="ca_file", column="ca_file"),
        Field(key="client_certificate_file", column="client_certificate_file"),
        Field(key="timeout_s", column="timeout_s", form=Form.NUMBER, low=1, high=300),
    ),
)

Shown = dict[str, Any]


def show(partner: str, unit: AdministrationUnit) -> list[Shown]:
    """Show a partner's targets by code; of secrets only the names.

    Raises:
        NotFound: no such partner.
    """
    of = _partner(partner, unit)
    records = unit.find(TARGETS.table, "partner_id", of["id"])
    return sorted((_shown(each) for each in records), key=lambda row: str(row["code"]))


def add(
    partner: str, code: str, values: Mapping[Field, object], actor: Actor, unit: AdministrationUnit
) -> Shown:
    """Add a target.

    Raises:
        Missing: a field that this kind of target needs.
        NotFound: no such partner.
        BrokenRule: a value does not fit, or the code is taken.
    """
    of = _partner(partner, unit)
    if _CODE.fullmatch(code) is None:
        raise BrokenRule("1 to 60 of a-z 0-9 -, first a letter or digit", field="code")
    if any(each["code"] == code for each in unit.find(TARGETS.table, "partner_id", of["id"])):
        raise BrokenRule(f"{partner} has a target {code}", field="code")
    columns = {field.column: value for field, value in values.items()}
    _judge(columns)
    added = unit.insert(TARGETS.table, {**columns, "partner_id": of["id"], "code": code})
    shown = _shown(added)
    audit("target added", f"{partner} {code}", actor, unit, after=shown)
    return shown


def change(
    partner: str, code: str, values: Mapping[Field, object], actor: Actor, unit: AdministrationUnit
) -> Changed:
    """Change fields of a target; it must be one that can be called, as a new one.

    Raises:
        Missing, BrokenRule: as of ``add``.
        NotFound: no such partner or target.
    """
    record = _target(partner, code, unit)
    columns = {field.column: value for field, value in values.items()}
    _judge({**record, **columns})
    old, new = _shown(record), _shown({**record, **columns})
    keys = tuple(key for key in new if new[key] != old[key])
    if keys:
        unit.update(TARGETS.table, {"id": record["id"]}, columns)
        audit(
            "target changed",
            f"{partner} {code}",
            actor,
            unit,
            before={key: old[key] for key in keys},
            after={key: new[key] for key in keys},
        )
    return Changed(new, keys)


def remove(partner: str, code: str, actor: Actor, unit: AdministrationUnit) -> None:
    """Remove a target; a process that calls it fails from then on.

    Raises:
        NotFound: no such partner or target.
    """
    record = _target(partner, code, unit)
    unit.delete(TARGETS.table, {"id": record["id"]})
    audit("target removed", f"{partner} {code}", actor, unit, before=_shown(record))


def _judge(columns: Record) -> None:
    _judge_url(str(columns.get("base_url") or ""))
    auth = TargetAuth(str(columns.get("auth") or TargetAuth.NONE))
    needed = {"secret"} if auth is not TargetAuth.NONE else set()
    needed |= {"user_name"} if auth in _WITH_USER else set()
    needed |= {"header_name"} if auth is TargetAuth.HEADER else set()
    for field in TARGETS.fields:
        if field.column in needed and not columns.get(field.column):
            raise Missing(f"auth {auth} needs it", field=field.key)
    for column, form in (("header_name", _HEADER), ("secret", _SECRET)):
        given = columns.get(column)
        if given and form.fullmatch(str(given)) is None:
            key = next(each.key for each in TARGETS.fields if each.column == column)
            raise BrokenRule("no name of a header or of a secret's file", field=key)


def _judge_url(url: str) -> None:
    if not url:
        raise Missing(field="url")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BrokenRule("no web address; write it like https://desk.example.com/api", field="url")
    if parts.username is not None or parts.query or parts.fragment:
        # A password in the address would be shown in every list and log.
        raise BrokenRule("no login, query or fragment belongs into it", field="url")


def _partner(code: str, unit: AdministrationUnit) -> Record:
    found: Sequence[Record] = unit.find("partner", "name", code)
    if not found:
        known = [each["name"] for each in unit.list("partner")]
        raise NotFound(f"no partner {printable(code)!r}{hint(code, known)}")
    return found[0]


def _target(partner: str, code: str, unit: AdministrationUnit) -> Record:
    of = _partner(partner, unit)
    records = {each["code"]: each for each in unit.find(TARGETS.table, "partner_id", of["id"])}
    if code not in records:
        raise NotFound(f"{partner} has no target {printable(code)!r}{hint(code, records)}")
    return records[code]


def _shown(record: Record) -> Shown:
    fields = {field.key: record[field.column] for field in TARGETS.fields}
    return {"number": record["id"], "code": record["code"], **fields}
