"""Delivery processes: the list, and each version as the TOML it was loaded from."""

from typing import Any

from gateway.console.answers import Shown
from gateway.console.visit import Address, Visit
from gateway.usecases import processes
from gateway.usecases.administration_ports import AdministrationUnit


def index(visit: Visit) -> Shown:
    """List the processes by name."""
    after, most = visit.asked("after"), visit.most()
    every = visit.administer("ShowProcesses", processes.show_all)
    left = [each for each in every if str(each["name"]) > after]
    more = len(left) > most
    return Shown(
        template="processes.html",
        data={
            "processes": left[:most],
            "next": visit.link(after=str(left[most - 1]["name"])) if more else None,
        },
    )


def show(visit: Visit, name: str) -> Shown:
    """Show a version of a process with its source; without a number the active one."""
    version = visit.number("version")

    def work(unit: AdministrationUnit) -> tuple[dict[str, Any], str]:
        return processes.show(name, version, unit), processes.export(name, version, unit)

    process, source = visit.administer("ShowProcesses", work)
    return Shown(template="process.html", data={"process": process, "source": source})


ADDRESSES = (
    Address(pattern="/processes", show=index),
    Address(pattern="/processes/{name}", show=show),
)
