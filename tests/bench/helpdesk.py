"""The helpdesk over HTTP: ``python -m tests.bench.helpdesk [--seconds N] [--json]``.

Calls a second, times and processor time of a call, next to stock Spyne and a bare lxml handler
under the same server, and to what the database alone can do. All in one run, the sides take turns:
the ratios mean something, the times belong to the machine. Nothing fails here.
"""

# ruff: noqa: T201 - figures are its output

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from sqlalchemy import make_url

from gateway.repository.binaries import find_binaries, server_user
from gateway.repository.embedded import joined
from tests.bench.driver import FRESH, Driver, Job
from tests.bench.rivals import ROWS
from tests.bench.roundtrips import Cost, measured
from tests.kit.children import ROOT, wait_until
from tests.kit.database import Databases, driver_url, running_server
from tests.kit.gateway import HELPDESK, element, new_id, wrapped
from tests.kit.serving import PASSWORD, Serving, free_port

ROUNDS = 3
CLIENTS = (1, 8)
LOGIN = ("admin", PASSWORD)
UNHURRIED = {
    "GATEWAY_LOGIN__CALLS_AT_ONCE": "100",
    "GATEWAY_LOGIN__CALLS_PER_S": "100000",
    "GATEWAY_LOGIN__CALLS_BURST": "100000",
}
COUNTED_AS = {
    "SaveTicket_V4 (create)": "SaveTicket_V4 (create)",
    "SaveTicket_V4 (edit)": "SaveTicket_V4 (edit)",
    "GetTicket_V5": "GetTicket_V5",
    f"GetTicketList_V1 ({ROWS} rows)": "GetTicketList_V1",
}
INSERT = "create table if not exists bench_commit (id bigserial primary key, text text)"


@dataclass(frozen=True, slots=True)
class Side:
    """A server under test."""

    name: str
    port: int
    process: psutil.Process


@dataclass(frozen=True, slots=True)
class Figures:
    """What one side did in one operation."""

    side: str
    operation: str
    clients: int
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float  # of a call, in all processes of the server but the database's
    database_cpu_ms: float
    times_stock: float | None = None  # calls a second, stock = 1
    times_bare: float | None = None


class Scale:
    """Weighs one operation on all sides in turns."""

    def __init__(self, driver: Driver, sides: list[Side], seconds: float) -> None:
        self._driver = driver
        self._sides = sides
        self._seconds = seconds

    def weigh(self, operation: str, bodies: list[bytes], clients: int) -> list[Figures]:
        texts = tuple(body.decode() for body in bodies)
        times: dict[str, list[float]] = {side.name: [] for side in self._sides}
        used: dict[str, list[tuple[float, float]]] = {side.name: [] for side in self._sides}
        lasted = dict.fromkeys(times, 0.0)
        for _ in range(ROUNDS):
            for side in self._sides:
                job = Job(side.port, texts, clients, self._seconds / ROUNDS, LOGIN)
                before = cpu(side.process)
                taken = self._driver.run(job)
                after = cpu(side.process)
                times[side.name] += taken
                lasted[side.name] += sum(taken) / clients
                used[side.name].append((after[0] - before[0], after[1] - before[1]))
        found = {
            name: figures_of(name, operation, clients, times[name], lasted[name], used[name])
            for name in times
        }
        return [compared(one, found) for one in found.values()]


def cpu(process: psutil.Process) -> tuple[float, float]:
    """Give the processor seconds of a server and of its database, in all their processes."""
    own = database = 0.0
    for part in [process, *process.children(recursive=True)]:
        times = part.cpu_times()
        if part.name() == "postgres":
            database += times.user + times.system
        else:
            own += times.user + times.system
    return own, database


def figures_of(
    side: str,
    operation: str,
    clients: int,
    times: list[float],
    lasted: float,
    used: list[tuple[float, float]],
) -> Figures:
    cuts = statistics.quantiles(times, n=100)
    own, database = (sum(part) for part in zip(*used, strict=True))
    return Figures(
        side=side,
        operation=operation,
        clients=clients,
        per_s=len(times) / lasted,
        p50_ms=cuts[49] * 1000,
        p95_ms=cuts[94] * 1000,
        p99_ms=cuts[98] * 1000,
        cpu_ms=own / len(times) * 1000,
        database_cpu_ms=database / len(times) * 1000,
    )


def compared(one: Figures, found: dict[str, Figures]) -> Figures:
    rivals = {"times_stock": "stock Spyne", "times_bare": "bare lxml"}
    ratios = {key: one.per_s / found[name].per_s for key, name in rivals.items() if name in found}
    return Figures(**{**asdict(one), **ratios})


def save(ticket: str, title: str) -> bytes:
    """Write a save as callers send it: a title, a text of some lines, what is usually set."""
    text = "The printer on the second floor jams at every page. " * 6
    fields = (
        f"<Id>{ticket}</Id><Title>{title}</Title><Description>{text}</Description>"
        "<Priority>4</Priority><Keywords>printer, paper</Keywords>"
    )
    return wrapped(element("SaveTicket_V4", f"<Ticket>{fields}</Ticket>"))


def operations() -> Iterator[tuple[str, list[bytes]]]:
    """Give each operation with the requests that are sent in turn; each edit changes something."""
    known = [new_id() for _ in range(ROWS)]
    yield "warm", [save(ticket, "Printer jams") for ticket in known]
    create, edit, get, listing = COUNTED_AS
    yield create, [save(FRESH.decode(), "Printer jams")]
    yield edit, [save(ticket, f"Printer jams {n}") for n in range(2) for ticket in known]
    yield (
        get,
        [wrapped(element("GetTicket_V5", f"<TicketId>{ticket}</TicketId>")) for ticket in known],
    )
    yield (
        listing,
        [wrapped(element("GetTicketList_V1", f"<Offset>0</Offset><Count>{ROWS}</Count>"))],
    )


@contextmanager
def rival(name: str, factory: str) -> Iterator[Side]:
    """Run a rival under granian, one process and eight threads."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"),
        *("--http", "1", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "8"),
        *("--log-level", "error", f"tests.bench.{factory}"),
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_until(lambda: _listens(port), 30)
        yield Side(name, port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}{HELPDESK}", timeout=2)
    except httpx.TransportError:
        return False
    return True


def pgbench(data_dir: Path, seconds: float) -> dict[str, float]:
    """Give what the same server does alone: commits of one row, and pgbench's simple update."""
    binaries = find_binaries(None, server_user(data_dir / "postgres"), data_dir)
    program = binaries.folder / "pgbench"
    if not program.exists():
        return {}
    found = {}
    with joined(data_dir) as url, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write("insert into bench_commit (text) values ('x');\n")
        script.flush()
        _sql(url, INSERT)
        _pgbench(program, url, "-i", "-q", "-s", "5")
        for clients in CLIENTS:
            for name, how in (
                ("insert and commit", ["-n", "-f", script.name]),
                ("simple update", ["-n", "-N"]),
            ):
                out = _pgbench(program, url, *how, "-c", str(clients), "-T", str(int(seconds) or 1))
                (line,) = [line for line in out.splitlines() if line.startswith("tps")]
                found[f"{name}, {clients} client(s)"] = float(line.split()[2])
        _sql(url, "drop table bench_commit")
        _pgbench(program, url, "-i", "-I", "d")
    return found


def _pgbench(program: Path, url: str, *arguments: str) -> str:
    address = make_url(url)
    environment = {
        "PGHOST": str(address.query["host"]),
        "PGPORT": str(address.query["port"]),
        "PGUSER": str(address.username),
        "PGPASSWORD": str(address.password),
        "PGDATABASE": str(address.database),
        "PATH": os.defpath,
    }
    done = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def _sql(url: str, text: str) -> None:
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        session.execute(text)


def costs() -> dict[str, Cost]:
    """Count statements and round trips in process."""
    with running_server() as server, Databases(server).migrated() as url:
        return measured(url)


def run(seconds: float) -> tuple[list[Figures], dict[str, float]]:
    """Weigh every operation and ask the database alone."""
    figures: list[Figures] = []
    with ExitStack() as stack:
        data_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gw-"))) / "data"
        gateway = stack.enter_context(Serving(data_dir, "--no-worker", **UNHURRIED))
        sides = [
            Side("gateway", gateway.port, psutil.Process(gateway.process.pid)),
            stack.enter_context(rival("stock Spyne", "rivals:stock")),
            stack.enter_context(rival("bare lxml", "rivals:bare")),
        ]
        driver = stack.enter_context(Driver())
        for operation, bodies in operations():
            if operation == "warm":
                texts = tuple(body.decode() for body in bodies)
                for side in sides:
                    driver.run(Job(side.port, texts, 4, 1, LOGIN, all_of_them=True))
                continue
            for clients in CLIENTS:
                figures += Scale(driver, sides, seconds).weigh(operation, bodies, clients)
        alone = pgbench(data_dir, seconds)
    return figures, alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3, help="for each figure (default: 3)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args()
    counted = costs()
    figures, alone = run(asked.seconds)
    machine = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    if asked.json:
        trips = {
            name: {"round_trips": len(cost.trips), "statements": cost.statements}
            for name, cost in counted.items()
        }
        print(json.dumps({"machine": machine, "figures": [asdict(one) for one in figures],
                          "database_alone_per_s": alone, "sql": trips}, indent=1))  # fmt: skip
        return
    print(machine)
    for operation in COUNTED_AS:
        cost = counted[COUNTED_AS[operation]]
        print(f"\n{operation}: {len(cost.trips)} SQL round trips, {cost.statements} statements,"
              f" {cost.commits} durable commit(s)")  # fmt: skip
        for one in figures:
            if one.operation == operation:
                print(line(one))
    print("\nThe same database alone, transactions a second:")
    for name, per_s in alone.items():
        print(f"  {name:<32} {per_s:8.0f}")


def line(one: Figures) -> str:
    ratios = ""
    if one.times_stock is not None and one.times_bare is not None:
        ratios = f"  {one.times_stock:5.2f} x stock  {one.times_bare:5.2f} x bare"
    return (
        f"  {one.side:<12} {one.clients} client(s) {one.per_s:7.0f}/s"
        f"  p50 {one.p50_ms:6.1f}  p95 {one.p95_ms:6.1f}  p99 {one.p99_ms:6.1f} ms"
        f"  cpu {one.cpu_ms:5.2f} + {one.database_cpu_ms:4.2f} ms{ratios}"
    )


if __name__ == "__main__":
    main()
