"""``check``: is this gateway fit to run, and what to do if not."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from gateway.cli.database import joined_database
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.compose import definitions, descriptions, imap_servers, mail_server
from gateway.errors import CannotStart, GatewayError
from gateway.mail.imap import ImapServer, ServerAway, opened
from gateway.mail.smtp import Unsent, reach
from gateway.secret_files import SecretMissing
from gateway.settings import Loaded, Settings, json_schema, nearest_key
from gateway.soap.publishing import contracts_dir, outdated
from gateway.storage import (
    OLDEST_VERSION,
    ServerFacts,
    backlogs,
    connector_defects,
    delivery_desk,
    inspect,
    list_defects,
    mailbox_defects,
    schedule_defects,
    target_defects,
)
from gateway.usecases.ports import Backlog

_FREE_PERCENT = 10
_CLOCK_OFF_S = 5
_MAIL_S = 5.0  # nobody waits longer at a terminal


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check."""

    subject: str
    ok: bool
    found: str
    remedy: str = ""


@click.command("check")
@click.option("--explain", metavar="KEY", help="Explain a setting, or `all`.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the settings file.")
@as_json
@with_settings()
@click.pass_context
def verb(
    context: click.Context, loaded: Loaded, *, explain: str | None, schema: bool, as_json: bool
) -> None:
    """Verify settings, disk, contracts, mail, database, schema, clock, partners, with remedies.

    \b
    ticket-gateway check
    ticket-gateway check --explain http.body_bytes

    Exit code 0: all is well, 1: something is not, 3: no database.
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    if explain is not None:
        show(_explained(loaded, explain), as_json=as_json)
        return
    findings = list(_findings(loaded))
    show([asdict(finding) for finding in findings], as_json=as_json)
    bad = [finding for finding in findings if not finding.ok]
    if bad:
        say(f"{len(bad)} of {len(findings)} checks found something to do", style="red")
        context.exit(3 if any(finding.subject == "connection" for finding in bad) else 1)


def _explained(loaded: Loaded, key: str) -> list[dict[str, object]]:
    rows = [asdict(row) for row in loaded.explain() if key in (row.key, "all")]
    if not rows:
        near = nearest_key(key)
        raise CannotStart(f"unknown setting {key}" + (f"; did you mean {near}?" if near else ""))
    return rows


def _findings(loaded: Loaded) -> Iterator[Finding]:
    yield _secrets(loaded)
    yield _disk(loaded.settings.database.data_dir)
    yield _contracts()
    yield _mail(loaded)
    yield from (_mailbox(*each) for each in imap_servers(loaded.settings).items())
    try:
        with joined_database(loaded) as settings:
            facts = inspect(settings)
            current = facts.schema == facts.newest_schema
            partners = backlogs(settings) if current else ()
            defects = connector_defects(settings) if current else ()
            lists = list_defects(settings) if current else ()
            targets = target_defects(settings) if current else ()
            boxes = mailbox_defects(settings) if current else ()
            schedules = schedule_defects(settings) if current else ()
            neglected = _neglected(settings) if current else 0
    except GatewayError as error:
        yield Finding("connection", False, str(error), "start it, or correct database.url")
        return
    yield from _of_server(facts, loaded.settings)
    if defects:
        remedy = "add it with `ticket-gateway lists`, or correct znuny.* in the settings"
        yield Finding("znuny", False, "; ".join(defects), remedy)
    if lists:
        remedy = "add it with `ticket-gateway lists`, or correct the setting"
        yield Finding("lists", False, f"not there: {', '.join(lists)}", remedy)
    if targets:
        remedy = "put the files where secrets.folder and the targets of partners name them"
        yield Finding("targets", False, "; ".join(targets), remedy)
    if schedules:
        remedy = "see `scheduled task failed` in the log; each is tried again by itself"
        yield Finding("schedules", False, "; ".join(schedules), remedy)
    if neglected:
        found = f"{neglected} tickets and services wait, and no worker runs"
        remedy = "ticket-gateway serve, without --no-worker, or ticket-gateway work"
        yield Finding("worker", False, found, remedy)
    yield from (_of_mailbox(*box) for box in boxes)
    yield from (_of_partner(partner) for partner in partners)


def _neglected(settings: Settings) -> int:
    with delivery_desk(settings, "check") as desk:
        return desk.neglected()


def _secrets(loaded: Loaded) -> Finding:
    exposed = loaded.secrets_in_file()
    if exposed:
        return Finding(
            "settings",
            False,
            f"secrets in the settings file: {', '.join(exposed)}",
            "move them to the environment or to a file of their own",
        )
    return Finding("settings", True, f"{len(loaded.given)} set, the rest are defaults")


def _disk(data_dir: Path) -> Finding:
    place = next(
        place for place in (data_dir.absolute(), *data_dir.absolute().parents) if place.exists()
    )
    usage = shutil.disk_usage(place)
    free = 100 * usage.free // usage.total
    return Finding(
        "disk",
        free >= _FREE_PERCENT,
        f"{free} % free at {place}",
        "" if free >= _FREE_PERCENT else "make room, or shorten recording.body_days",
    )


def _contracts() -> Finding:
    old = outdated(definitions(), contracts_dir(), descriptions())
    return Finding(
        "contracts",
        not old,
        f"not current: {', '.join(file.name for file in old)}" if old else "all files are current",
        "ticket-gateway wsdl export" if old else "",
    )


def _mail(loaded: Loaded) -> Finding:
    server = mail_server(loaded.settings)
    place = f"{server.host}:{server.port}"
    if not any(key.startswith("mail.") for key in loaded.given):
        return Finding("mail", True, f"nothing set, {place} is not tried")
    try:
        reach(replace(server, timeout_s=min(server.timeout_s, _MAIL_S)))
    except Unsent as error:
        remedy = "correct mail.host, mail.port, mail.tls, mail.user and the files they need"
        return Finding("mail", False, str(error), remedy)
    return Finding("mail", True, f"{place} answers")


def _mailbox(name: str, server: ImapServer) -> Finding:
    subject = f"mailbox {name}"
    try:
        with opened(replace(server, timeout_s=min(server.timeout_s, _MAIL_S))) as inbox:
            return Finding(subject, True, f"{len(inbox.waiting())} mails wait")
    except ServerAway as error:
        found = f"{server.host}:{server.port}: {error}"
    except SecretMissing as error:
        found = str(error)
    remedy = "correct server, port, user, secret or ca_file of this [[mailbox]]"
    return Finding(subject, False, found, remedy)


def _of_mailbox(place: str, key: str, name: str) -> Finding:
    verb = {
        "partner": f"ticket-gateway partners add {name}",
        "external_app": f"ticket-gateway apps add {name}",
        "failover_person": f"ticket-gateway accounts add {name}",
    }[key]
    return Finding(
        f"mailbox {place}",
        False,
        f"{key}: there is no active {name}",
        f"`{verb}`, or correct {key} of this [[mailbox]]",
    )


def _of_server(facts: ServerFacts, settings: Settings) -> Iterator[Finding]:
    old = facts.version < OLDEST_VERSION
    yield Finding(
        "database",
        not old,
        f"PostgreSQL {facts.version}",
        f"use PostgreSQL {OLDEST_VERSION} or later" if old else "",
    )
    accepted = settings.database.allow_unsafe
    yield Finding(
        "durability",
        not facts.unsafe or accepted,
        f"off: {', '.join(facts.unsafe)}" if facts.unsafe else "answered work survives a crash",
        "" if not facts.unsafe or accepted else "switch them on in postgresql.conf",
    )
    current = facts.schema == facts.newest_schema
    yield Finding(
        "schema",
        current,
        facts.schema or "none",
        "" if current else "ticket-gateway migrate",
    )
    off_s = abs(facts.clock_off_s)
    yield Finding(
        "clock",
        off_s <= _CLOCK_OFF_S,
        f"{off_s:.1f} s off the database's",
        "" if off_s <= _CLOCK_OFF_S else "synchronise the clocks of both machines",
    )


def _of_partner(backlog: Backlog) -> Finding:
    found = f"{backlog.depth} waiting"
    if backlog.depth:
        found += f", the oldest for {backlog.oldest_s:.0f} s"
    name = backlog.partner
    waits = not backlog.active and backlog.depth
    remedies = {
        "not active": f"ticket-gateway partners set {name} active=true" if waits else "",
        "paused": f"ticket-gateway deliveries resume {name}" if backlog.paused else "",
        "does not answer": f"ticket-gateway partners test {name}" if backlog.open else "",
        f"{backlog.failed} failed": (
            f"ticket-gateway deliveries list --state failed --partner {name}"
            if backlog.failed
            else ""
        ),
    }
    wrong = {what: remedy for what, remedy in remedies.items() if remedy}
    return Finding(
        f"partner {backlog.partner}",
        not wrong,
        ", ".join([found, *wrong]),
        "; ".join(f"{what}: {remedy}" for what, remedy in wrong.items()),
    )
