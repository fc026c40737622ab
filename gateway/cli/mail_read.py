"""``ticket-gateway mail read``: feeds mails from files, as if they lay in a mailbox."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from gateway.cli.administered import ready_database
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import progress, say, show
from gateway.domain.inbound_mail import MailOutcome
from gateway.errors import CannotStart
from gateway.mail.desk import MailDesk, Taken
from gateway.settings import Loaded

PARTLY = 6
_FOLDERS = ("new", "cur")  # of a maildir


@click.command("read")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--mailbox", metavar="NAME", help="By the rules of this mailbox (default: the one).")
@click.option("--dry-run", is_flag=True, help="Only show what would become of the mails.")
@as_json
@with_settings()
@click.pass_context
def read(
    context: click.Context,
    loaded: Loaded,
    *,
    path: Path,
    mailbox: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read a mail, or all mails of a maildir, by the rules of a mailbox; one line each.

    \b
    ticket-gateway mail read answer.eml --dry-run
    ticket-gateway mail read Maildir --mailbox partners --json

    A mail that was done before has no second effect. Exit code 0: all done, 3: settings,
    6: some were refused.
    """
    # All dialects hang on it: the keys of mail need not wait for them.
    from gateway.compose import mail_desk  # noqa: PLC0415 - loaded by the verbs that need it

    files, taken = _files(path), list[tuple[Path, Taken]]()
    try:
        with ready_database(loaded) as settings, mail_desk(settings, mailbox) as desk:
            taken.extend(_all(files, desk, dry_run=dry_run))
    finally:
        # What was done before it broke off is done.
        show([_row(file, each) for file, each in taken], as_json=as_json)
        if len(taken) < len(files):
            say(f"Not read: {files[len(taken)]} and what comes after it.", style="red")
    if dry_run:
        say("Nothing was changed.")
    refused = sum(each.verdict.outcome is MailOutcome.REFUSED for _, each in taken)
    if refused:
        say(f"{refused} of {len(taken)} refused", style="red")
        context.exit(PARTLY)


def _files(path: Path) -> Sequence[Path]:
    if path.is_file():
        return [path]
    places = [path / name for name in _FOLDERS if (path / name).is_dir()] or [path]
    return sorted(file for place in places for file in place.iterdir() if file.is_file())


def _all(files: Sequence[Path], desk: MailDesk, *, dry_run: bool) -> Iterator[tuple[Path, Taken]]:
    for file in progress(files, "Reading"):
        yield file, desk.take(*_content(file, desk), rehearse=dry_run)


def _content(file: Path, desk: MailDesk) -> tuple[bytes, int]:
    """Give a mail, at most as much of it as can be taken, and its size."""
    try:
        with file.open("rb") as opened:
            content = opened.read(desk.counters.most_bytes + 1)
        return content, file.stat().st_size
    except OSError as error:
        raise CannotStart(f"cannot read {file}: {error.strerror}") from None


def _row(file: Path, taken: Taken) -> dict[str, object]:
    verdict = taken.verdict
    told = verdict.code or (str(verdict.event) if verdict.event else "")
    return {
        "message_id": taken.key,
        "outcome": verdict.outcome.value,
        "event_or_code": told,
        "ticket": verdict.ticket_id,
        "task": verdict.task_id,
        "repeated": verdict.repeated,
        "file": file.name,
    }
