"""``ticket-gateway deliveries``: what has to reach partners, and what to do about it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from threading import Event

import click

from gateway import clock, storage
from gateway.cli.administered import actor, ready_database
from gateway.cli.delivery_sheet import show_sheet, ways_out
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import progress, say, show
from gateway.cli.standing import obstacles
from gateway.domain.process import seconds
from gateway.errors import Refused
from gateway.settings import Loaded, Settings
from gateway.usecases.ports import DeliveryDesk, DeliveryRow, State, Wanted

PARTLY = 6
_ID = re.compile("[0-9]{1,18}")
_MOST = 10_000
_BRIEF = (
    "id", "subject", "partner", "process", "version", "step", "state", "tries", "next_try",
    "behind", "last_error",
)  # fmt: skip

_of_partner = click.option("--partner", metavar="PARTNER", help="Only of this partner.")
_of_ticket = click.option("--ticket", metavar="ID|NUMBER", help="Only of this ticket.")
_numbers = click.argument("numbers", metavar="ID...", type=int, nargs=-1)


@click.group(name="deliveries", short_help="What has to reach partners: look, retry, discard.")
def verb() -> None:
    """List and show deliveries, retry or discard them, pause and resume partners.

    \b
    ticket-gateway deliveries list
    ticket-gateway deliveries show 4711
    ticket-gateway deliveries retry --all-failed --partner NORTHWIND

    A failed delivery is never tried again and never removed by itself.
    """


@verb.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    help="Only in this state (default: failed, then pending).",
)
@_of_partner
@_of_ticket
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, _MOST), help="At most."
)
@as_json
@with_settings()
@click.pass_context
def list_deliveries(
    context: click.Context,
    loaded: Loaded,
    *,
    state: str | None,
    partner: str | None,
    ticket: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List deliveries, oldest first.

    \b
    ticket-gateway deliveries list --state failed --partner NORTHWIND --json
    ticket-gateway deliveries list --ticket 4711

    Next: ticket-gateway deliveries show ID
    """
    states = [State(state)] if state else [State.FAILED, State.PENDING]
    rows: list[DeliveryRow] = []
    with ready_database(loaded) as settings, _desk_of(settings, context) as desk:
        subject = None if ticket is None else f"ticket:{_ticket_id(settings, ticket)}"
        for one in states:
            wanted = Wanted(state=one, partner=partner, subject=subject)
            rows += desk.listed(wanted, most=limit - len(rows))
        told = obstacles(desk, {row.partner for row in rows if row.state == State.PENDING})
    show([_shown(row, whole=as_json) for row in rows], as_json=as_json)
    if len(rows) == limit:
        say(f"The first {limit}; see more with --limit.")
    for sentence in told:
        say(sentence, style="yellow")


@verb.command("show")
@click.argument("number", metavar="ID", type=int)
@as_json
@with_settings()
@click.pass_context
def show_delivery(context: click.Context, loaded: Loaded, *, number: int, as_json: bool) -> None:
    """Show a delivery and what was tried, with the redacted messages.

    \b
    ticket-gateway deliveries show 4711 --json

    Next: ticket-gateway deliveries retry ID
    """
    with _desk(loaded, context) as desk:
        row, attempts = desk.get(number), desk.attempts(number)
        log = desk.log(number).lines
        told = obstacles(desk, {row.partner} if row.state == State.PENDING else ())
    if as_json:
        plain = [_plain(asdict(attempt)) for attempt in attempts]
        show([asdict(row) | {"attempts": plain, "log": log}], as_json=True)
    else:
        show_sheet(row, attempts, log)
    for sentence in (*ways_out(row), *told):
        say(sentence, style="yellow")


@verb.command("retry")
@_numbers
@click.option("--all-failed", is_flag=True, help="All failed ones, instead of ids.")
@_of_partner
@click.option(
    "--since",
    metavar="TIME",
    help="Only what failed since 2026-03-04T10:15 (UTC unless it says so), or in the last 2h.",
)
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="At most N a second."
)
@click.option("--from-start", is_flag=True, help="All steps again, not from the failed one on.")
@click.option("--dry-run", is_flag=True, help="Only show what would be retried.")
@as_json
@with_settings()
@click.pass_context
def retry(  # noqa: PLR0913 - one for each option
    context: click.Context,
    loaded: Loaded,
    *,
    numbers: tuple[int, ...],
    all_failed: bool,
    partner: str | None,
    since: str | None,
    rate: float | None,
    from_start: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Try deliveries again now, with a new count of tries, by the version they began with.

    \b
    ticket-gateway deliveries retry 4711
    ticket-gateway deliveries retry --partner NORTHWIND --since 2h --dry-run
    ticket-gateway deliveries retry --partner NORTHWIND --since 2h --rate 5

    Oldest first, so that each ticket keeps its order. Next: ticket-gateway deliveries list
    """
    bulk = all_failed or bool(partner or since)
    if bulk == bool(numbers):
        raise click.UsageError("give ids, or --all-failed, --partner, --since")
    wanted = Wanted(state=State.FAILED, partner=partner, since=_moment(since))
    with _desk(loaded, context) as desk:
        found = desk.listed(wanted, most=_MOST) if bulk else map(desk.get, sorted(set(numbers)))
        rows = list(found)
        if dry_run:
            show([_shown(row, whole=as_json) for row in rows], as_json=as_json)
            say(f"{len(rows)} would be retried; nothing was changed.")
            return
        refused = _retried(desk, rows, from_start=from_start, rate=rate)
        told = obstacles(desk, {row.partner for row in rows if row.id not in refused})
    if as_json:
        show(
            [{"id": row.id, "retried": row.id not in refused, "refused": refused.get(row.id, "")}
             for row in rows],
            as_json=True,
        )  # fmt: skip
    if not rows:
        say("None of these has failed.")
    if len(refused) < len(rows):
        say(f"{len(rows) - len(refused)} will be tried again{', but:' if told else ' now.'}")
    for sentence in told:
        say(sentence, style="yellow")
    if len(rows) == _MOST:
        say(f"These are the first {_MOST}: do it again for the rest.")
    _tell(context, list(refused.values()), len(rows))


@verb.command("discard")
@_numbers
@click.option("--reason", required=True, help="Why; kept with the delivery and in the audit.")
@with_settings()
@click.pass_context
def discard(
    context: click.Context, loaded: Loaded, *, numbers: tuple[int, ...], reason: str
) -> None:
    """Give deliveries up; later ones about the same subject go on.

    \b
    ticket-gateway deliveries discard 4711 --reason "told them by phone"
    """
    if not numbers:
        raise click.UsageError("give ids")
    if not reason.strip():
        raise click.UsageError("--reason must say something")
    refused = []
    with _desk(loaded, context) as desk:
        for number in numbers:
            try:
                desk.discard(number, reason.strip())
            except Refused as error:
                refused.append(str(error))
    if len(refused) < len(numbers):
        say(f"{len(numbers) - len(refused)} discarded.")
    _tell(context, refused, len(numbers))


@verb.command("pause")
@click.argument("partner")
@click.option("--reason", default="", help="Why; kept in the audit.")
@with_settings()
@click.pass_context
def pause(context: click.Context, loaded: Loaded, *, partner: str, reason: str) -> None:
    """Send a partner nothing more; what is queued waits in its order.

    \b
    ticket-gateway deliveries pause NORTHWIND --reason "maintenance until noon"

    Next: ticket-gateway deliveries resume NORTHWIND
    """
    with _desk(loaded, context) as desk:
        changed = desk.pause(partner, reason)
    say(f"{partner} is paused." if changed else f"{partner} was paused already.")


@verb.command("resume")
@click.argument("partner")
@with_settings()
@click.pass_context
def resume(context: click.Context, loaded: Loaded, *, partner: str) -> None:
    """Send a partner what waits; its failures are forgotten.

    \b
    ticket-gateway deliveries resume NORTHWIND
    """
    with _desk(loaded, context) as desk:
        waiting = desk.resume(partner)
    say(f"{partner} goes on: {waiting} tickets and services wait, due within 30 seconds.")


@contextmanager
def _desk(loaded: Loaded, context: click.Context) -> Iterator[DeliveryDesk]:
    with ready_database(loaded) as settings, _desk_of(settings, context) as desk:
        yield desk


def _desk_of(settings: Settings, context: click.Context) -> AbstractContextManager[DeliveryDesk]:
    return storage.delivery_desk(settings, actor(context).name)


def _ticket_id(settings: Settings, named: str) -> int:
    """Find a ticket by the number that people know, else take what is named for its id.

    Raises:
        UsageError: it is neither.
    """
    with storage.administration(settings) as administers:
        found = administers.run(lambda unit: unit.find("ticket", "number", named))
    if not found and _ID.fullmatch(named) is None:
        raise click.UsageError(f"--ticket {named}: neither an id nor the number of a ticket")
    return int(found[0]["id"] if found else named)


def _retried(
    desk: DeliveryDesk, rows: Sequence[DeliveryRow], *, from_start: bool, rate: float | None
) -> dict[int, str]:
    """Retry one after another, oldest first; give what was refused, by id."""
    refused: dict[int, str] = {}
    done = 0
    try:
        for row in progress(rows, "Retrying"):
            if rate and done:
                Event().wait(1 / rate)
            try:
                desk.retry(row.id, from_start=from_start)
            except Refused as error:
                refused[row.id] = str(error)
            done += 1
    finally:
        if done < len(rows):
            say(f"Ended after {done} of {len(rows)}; do it again for the rest.", style="red")
    return refused


def _moment(text: str | None) -> datetime | None:
    """Read a time, or how long ago it was.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    ago_s = seconds(text)
    try:
        if ago_s is not None:
            return clock.now() - timedelta(seconds=ago_s)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise click.UsageError(f"--since {text}: no time like 2026-03-04T10:15 or 2h") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tell(context: click.Context, refused: Sequence[str], asked: int) -> None:
    """Say what was not done, and leave with the code for it."""
    for sentence in refused:
        say(sentence, style="red")
    if refused:
        context.exit(PARTLY if len(refused) < asked else 1)


def _shown(row: DeliveryRow, *, whole: bool) -> dict[str, object]:
    values = asdict(row)
    return values if whole else {name: values[name] for name in _BRIEF}


def _plain(record: dict[str, object]) -> dict[str, object]:
    return {
        key: value if isinstance(value, int | str) or value is None else str(value)
        for key, value in record.items()
    }
