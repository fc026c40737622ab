"""The connector over HTTP: ``python -m tests.bench.znuny [--seconds N] [--json]``.

As the bench of the helpdesk, for both faces: SOAP next to stock Spyne and a bare lxml handler under
the same server, REST beside them. Nothing fails here.
"""

# ruff: noqa: T201 - figures are its output

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tests.bench.driver import Driver, Job
from tests.bench.helpdesk import (
    CLIENTS,
    ROUNDS,
    UNHURRIED,
    Figures,
    Side,
    compared,
    cpu,
    figures_of,
    line,
    rival,
)
from tests.bench.roundtrips import connector_costs
from tests.kit.database import Databases, running_server
from tests.kit.serving import PASSWORD, Serving
from tests.kit.znuny import CONNECTOR, REST, request, wrapped

TICKETS = 200
OPERATIONS = ("TicketCreate", "TicketGet", "TicketSearch")
_LOGIN = {"UserLogin": "admin", "Password": PASSWORD}
_TEXT = "97 % of the disk of db1 is used, as much as never before. " * 6
_ARTICLE = {"Body": _TEXT, "ContentType": "text/plain; charset=utf8", "Subject": "Disk full"}
_TICKET = {"CustomerUser": "jane@example.com", "Priority": "3 normal", "Queue": "Raw",
           "State": "new", "Title": "Disk full"}  # fmt: skip
_CREATE = {"Article": _ARTICLE, **_LOGIN, "Ticket": _TICKET}
_SEARCH = {"Limit": "50", **_LOGIN, "StateType": "Open", "Title": "Disk*"}
_GOOD = {"TicketCreate": "TicketNumber", "TicketGet": "Disk full", "TicketSearch": "TicketID"}


@dataclass(frozen=True, slots=True)
class Contestant:
    """A side and how it is called."""

    side: Side
    face: str

    def job(self, operation: str, clients: int, seconds: float) -> Job:
        """Give the calls of an operation; those of TicketGet ask for all tickets in turn."""
        make = _over_rest if self.face == "REST" else _over_soap
        return make(operation, self.side.port, clients, seconds)


def _over_soap(operation: str, port: int, clients: int, seconds: float) -> Job:
    wholes: Sequence[Mapping[str, object]] = {
        "TicketCreate": [_CREATE],
        "TicketSearch": [_SEARCH],
        "TicketGet": [
            {"AllArticles": "1", **_LOGIN, "TicketID": str(each)} for each in range(1, TICKETS + 1)
        ],
    }[operation]
    # Stock Spyne judges the order, too.
    bodies = [wrapped(request(operation, dict(sorted(whole.items())))) for whole in wholes]
    texts = tuple(body.decode() for body in bodies)
    return Job(port, texts, clients, seconds, ("", ""), paths=(CONNECTOR,), good=_GOOD[operation])


def _over_rest(operation: str, port: int, clients: int, seconds: float) -> Job:
    bodies, paths, method = {
        "TicketCreate": ((json.dumps(_CREATE),), (f"{REST}/Ticket",), "POST"),
        "TicketSearch": ((json.dumps(_SEARCH),), (f"{REST}/Ticket/Search",), "POST"),
        "TicketGet": (
            ("",) * TICKETS,
            tuple(f"{REST}/Ticket/{each}?{_QUERY}" for each in range(1, TICKETS + 1)),
            "GET",
        ),
    }[operation]
    return Job(
        port, bodies, clients, seconds, ("", ""), method=method, paths=paths,
        media_type="application/json", good=_GOOD[operation],
    )  # fmt: skip


_QUERY = f"AllArticles=1&UserLogin=admin&Password={PASSWORD.replace(' ', '+')}"


def weigh(
    driver: Driver, contestants: list[Contestant], operation: str, clients: int, seconds: float
) -> list[Figures]:
    """Weigh one operation on all sides in turns."""
    times: dict[str, list[float]] = {each.side.name: [] for each in contestants}
    used: dict[str, list[tuple[float, float]]] = {name: [] for name in times}
    lasted = dict.fromkeys(times, 0.0)
    for _ in range(ROUNDS):
        for each in contestants:
            name, process = each.side.name, each.side.process
            before = cpu(process)
            taken = driver.run(each.job(operation, clients, seconds / ROUNDS))
            after = cpu(process)
            times[name] += taken
            lasted[name] += sum(taken) / clients
            used[name].append((after[0] - before[0], after[1] - before[1]))
    found = {
        name: figures_of(name, operation, clients, times[name], lasted[name], used[name])
        for name in times
    }
    return [compared(one, found) for one in found.values()]


def run(seconds: float) -> list[Figures]:
    """Weigh every operation."""
    figures: list[Figures] = []
    with ExitStack() as stack:
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gw-"))) / "data"
        gateway = stack.enter_context(Serving(data_dir, "--no-worker", **UNHURRIED))
        process = psutil.Process(gateway.process.pid)
        soap, rest = (Side(f"gateway {face}", gateway.port, process) for face in ("SOAP", "REST"))
        rivals = [
            stack.enter_context(rival("stock Spyne", "znuny_rivals:stock")),
            stack.enter_context(rival("bare lxml", "znuny_rivals:bare")),
        ]
        own = [Contestant(soap, "SOAP"), Contestant(rest, "REST")]
        contestants = [*own, *(Contestant(each, "SOAP") for each in rivals)]
        driver = stack.enter_context(Driver())
        for each in contestants[1:]:
            _warm(driver, each)
        for operation in OPERATIONS:
            sides = own if operation == "TicketSearch" else contestants
            for clients in CLIENTS:
                figures += weigh(driver, sides, operation, clients, seconds)
    return figures


def _warm(driver: Driver, each: Contestant) -> None:
    job = each.job("TicketCreate", 4, 1)
    fill = Job(**{**asdict(job), "bodies": job.bodies * TICKETS, "all_of_them": True})
    driver.run(fill)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3, help="for each figure (default: 3)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args()
    with running_server() as server, Databases(server).migrated() as url:
        counted = connector_costs(url)
    figures = run(asked.seconds)
    machine = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    if asked.json:
        trips = {name: {"round_trips": len(cost.trips), "statements": cost.statements}
                 for name, cost in counted.items()}  # fmt: skip
        whole = {"machine": machine, "figures": [asdict(one) for one in figures], "sql": trips}
        print(json.dumps(whole, indent=1))
        return
    print(machine)
    for operation in OPERATIONS:
        cost = counted[operation]
        print(f"\n{operation}: {len(cost.trips)} SQL round trips, {cost.statements} statements,"
              f" {cost.commits} durable commit(s)")  # fmt: skip
        for one in figures:
            if one.operation == operation:
                print(line(one))


if __name__ == "__main__":
    main()
