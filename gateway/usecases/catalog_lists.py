"""Lists of persons and groups that every service of the catalog has: further ones, and labels.

The caller has decided whether the actor may, as for ``lists``.
"""

from collections.abc import Sequence
from typing import Any

from gateway.errors import BrokenRule
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.catalog_files import ListFile
from gateway.usecases.lists import Actor, audit

_LISTS = "catalog_list"


def store(file: ListFile, path: str, actor: Actor, unit: AdministrationUnit) -> bool:
    """Have a list as the file says, found by its code; tell whether anything is new.

    Raises:
        BrokenRule: what is no such list, a label that names another one, or more than another
            label for one that is there.
    """
    there = unit.list(_LISTS)
    same = [each for each in there if _is_called(each, file.code, "code")]
    _require_one_meaning(file, [each for each in there if each not in same], path)
    if same:
        before = _shown(same[0])
        _require_same_kind(file, before, path)
        if before["label"] == file.label:
            return False
        unit.update(_LISTS, {"id": same[0]["id"]}, {"label": file.label})
    else:
        before = None
        place = max((each["position"] for each in there), default=0) + 1
        row = file.model_dump(exclude={"of"})
        unit.insert(_LISTS, {**row, "kind": file.of, "position": place})
    audit("catalog list stored", file.code, actor, unit, before=before, after=file.model_dump())
    return True


def show_all(unit: AdministrationUnit) -> list[dict[str, Any]]:
    """Show the lists in their order, as files have them."""
    return [_shown(each) for each in unit.list(_LISTS)]


def _shown(record: Record) -> dict[str, Any]:
    return {
        "code": record["code"],
        "label": record["label"],
        "of": record["kind"],
        "single": record["single"],
        "approval": record["approval"],
    }


def _is_called(record: Record, name: str, *columns: str) -> bool:
    return name.casefold() in [str(record[each]).casefold() for each in columns]


def _require_one_meaning(file: ListFile, others: Sequence[Record], path: str) -> None:
    """Insist that calls, which take code or label, mean one list by either."""
    for member, name in (("code", file.code), ("label", file.label)):
        if any(_is_called(each, name, "code", "label") for each in others):
            raise BrokenRule("another list is called so", field=f"{path}.{member}")
    if file.single and file.of == "groups":
        raise BrokenRule("only a list of persons may hold a single one", field=f"{path}.single")


def _require_same_kind(file: ListFile, before: dict[str, Any], path: str) -> None:
    """Insist that what services have in the list still fits."""
    for member in ("of", "single", "approval"):
        if getattr(file, member) != before[member]:
            raise BrokenRule(
                "only the label of a list that is there may change", field=f"{path}.{member}"
            )
