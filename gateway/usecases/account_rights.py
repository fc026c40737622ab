"""Rights of an account that are given by name: read, shown, given in place of those it has."""

from gateway.errors import BrokenRule
from gateway.text import printable
from gateway.usecases.administration_ports import AdministrationUnit, Record
from gateway.usecases.list_fields import hint
from gateway.usecases.rights import NEEDS, On

KNOWN = tuple(name for name, need in NEEDS.items() if need.on is On.NONE or need.chosen)


def read_granted(text: str) -> tuple[str, ...]:
    """Read ``ssp7.read,ssp7.start``; ``ssp7.*`` stands for all of a family.

    Raises:
        BrokenRule: no such right.
    """
    names: dict[str, None] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        names.update(dict.fromkeys(_meant(part)))
    return tuple(names)


def granted(account: Record, unit: AdministrationUnit) -> list[str]:
    """List the rights that were given to an account by name."""
    return sorted(
        str(each["name"]) for each in unit.find("account_right", "account_id", account["id"])
    )


def grant(account: Record, names: tuple[str, ...], unit: AdministrationUnit) -> None:
    """Give an account these rights in place of those it has."""
    unit.delete("account_right", {"account_id": account["id"]})
    for name in names:
        unit.insert("account_right", {"account_id": account["id"], "name": name})


def _meant(part: str) -> tuple[str, ...]:
    family = part[:-1] if part.endswith(".*") else ""
    found = tuple(name for name in KNOWN if name == part or (family and name.startswith(family)))
    if not found:
        raise BrokenRule(f"no right {printable(part)!r}{hint(part, list(KNOWN))}", field="rights")
    return found
