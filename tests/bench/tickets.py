"""Lists of tickets REST over 100,000 tickets, page by page: ``python -m tests.bench.tickets``.

Tells what the first, middle and last pages cost, while tickets are being made, and that none was
passed over or came twice.
"""

# ruff: noqa: T201 - figures are its output

import threading
from statistics import median
from time import perf_counter
from typing import Any

from tests.kit.database import Databases, running_server
from tests.kit.tickets_rest import TICKETS, running_tickets

_COUNT = 100_000
_PAGE = 1000
_GROUP = 10  # pages


def main() -> None:
    with running_server() as server, running_tickets(Databases(server)) as rest:
        _fill(rest)
        made, stop = [], threading.Event()
        writer = threading.Thread(target=_write, args=(rest, made, stop))
        writer.start()
        seen, times = _followed(rest, f"limit={_PAGE}")
        stop.set()
        writer.join()
        stored = [id_ for (id_,) in rest.rows("select id from ticket order by id")]
        missed = set(stored[: stored.index(seen[-1]) + 1]) - set(seen)
        print(f"{len(seen)} tickets on {len(times)} pages, {len(made)} made meanwhile")
        print(f"ascending, none twice: {seen == sorted(set(seen))}, passed over: {len(missed)}")
        for start in range(0, len(times), _GROUP):
            group = times[start : start + _GROUP]
            print(
                f"pages {start + 1:>3} to {start + len(group):>3}: {1000 * median(group):6.1f} ms"
            )
        for name, query in (("newest by updatedSince", "updatedSince=2026-01-01&limit=100"),
                            ("by createdSince", "createdSince=2026-01-01&limit=100")):  # fmt: skip
            _, few = _followed(rest, query)
            print(f"{name}: {1000 * median(few):.1f} ms a page, {len(few)} pages")


def _fill(rest: Any) -> None:
    rest.rows(
        "insert into ticket (number, title, state_id, priority_id, type_id, queue_id, customer_id,"
        " created, changed) select 'bench-' || n, 'Bench ' || n, 1, 3, 1, 2, 1, at, at"
        " from generate_series(1, %s) n, lateral (select timestamptz '2025-01-01'"
        " + n * interval '1 minute' as at) t",
        _COUNT,
    )
    rest.rows(
        "insert into article (ticket_id, number, plain, html) select id, n, 'Text ' || n, ''"
        " from ticket cross join generate_series(1, 2) n"
    )
    rest.rows("analyze")


def _write(rest: Any, made: list[int], stop: threading.Event) -> None:
    while not stop.wait(0.05):
        made.append(rest.new())


def _followed(rest: Any, query: str) -> tuple[list[int], list[float]]:
    path, seen, times = f"{TICKETS}/", [], []
    while True:
        begin = perf_counter()
        reply = rest.get(path, query=query)
        times.append(perf_counter() - begin)
        seen += [int(each["id"]) for each in reply.json]
        if reply.next is None:
            return seen, times
        path, query = reply.next


if __name__ == "__main__":
    main()
