"""Partners under an operator's hands: what a change of one means for the deliveries to it."""

from collections.abc import Mapping

from gateway.usecases import lists
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.list_fields import Field
from gateway.usecases.list_kinds import PARTNERS
from gateway.usecases.lists import Actor, Changed

_STREAMS, _SKIP = "stream", "skip"


def change(
    code: str, values: Mapping[Field, object], actor: Actor, unit: AdministrationUnit
) -> Changed:
    """Change fields of a partner; where the dead stop nobody any more, what waits goes on.

    Raises:
        NotFound, BrokenRule: as of ``lists.change``.
    """
    changed = lists.change(PARTNERS, code, values, actor, unit)
    if "on_dead" in changed.fields and changed.row["on_dead"] == _SKIP:
        stopped = {"partner_id": changed.row["number"], "blocked": True}
        unit.update(_STREAMS, stopped, {"blocked": False, "due": unit.now})
    return changed
