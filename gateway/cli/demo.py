"""``ticket-gateway demo``: a small believable data set, made by the commands that callers use."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

import click

from gateway.cli import demo_catalog, demo_entries
from gateway.cli.administered import password_file, ready_database, secret
from gateway.cli.demo_rows import ACCOUNTS, ROWS, TEMPLATES, Person
from gateway.cli.demo_tickets import DEMO, STORIES, Remark, Story
from gateway.cli.options import as_json, with_settings
from gateway.cli.output import say, show
from gateway.domain.commands import (
    Assign,
    BookTime,
    CloseTicket,
    Defaults,
    NewComment,
    SaveComment,
    SaveTicket,
)
from gateway.domain.people import AccountKind, PartyKind, Principal
from gateway.domain.richtext import from_html, from_plain
from gateway.domain.ticket import Changes, HistoryLine
from gateway.domain.values import UNSET
from gateway.errors import NotFound, Refused
from gateway.settings import Loaded
from gateway.storage import Desk, desk, passwords
from gateway.usecases import administration, catalog_exchange, entries, lists, tickets
from gateway.usecases.administration import NewAccount, Secret, password_secret
from gateway.usecases.administration_ports import AdministrationUnit
from gateway.usecases.list_fields import read
from gateway.usecases.list_kinds import GROUPS, LISTS
from gateway.usecases.lists import Actor
from gateway.usecases.ports import AccountStore, Call, Unit, Units

_ACTOR = Actor("demo")
_KINDS = {kind.name: kind for kind in (*LISTS, GROUPS)}


@click.command("demo")
@password_file
@as_json
@with_settings()
def verb(loaded: Loaded, *, password_file: str | None, as_json: bool) -> None:
    """Make a small believable data set: groups, agents, customers, a partner, tickets.

    \b
    ticket-gateway demo
    ticket-gateway demo --password-file demo.txt --json

    What is there already stays as it is, so a second run changes nothing. The new accounts share
    one password: the one given, or one that is made and shown once. Next:
    ticket-gateway call acmp-helpdesk GetTicket_V5 --sample
    """
    password = secret(password_file, prompt="") if password_file else secrets.token_urlsafe(12)
    hashed = password_secret(password, passwords())
    with ready_database(loaded) as settings, desk(settings) as parts:
        run, units, accounts = parts.administration.run, parts.units, parts.accounts
        # In the order in which they name one another; a run that was cut off can go on.
        made = {
            "partners": run(demo_entries.partner),
            "rows": run(lambda unit: sum(_row(row, unit) for row in ROWS)),
            "accounts": run(
                lambda unit: sum(_account(person, hashed, unit) for person in ACCOUNTS)
            ),
            "templates": run(
                lambda unit: sum(_row(("templates", *row), unit) for row in TEMPLATES)
            ),
            "tickets": sum(
                _live(story, _principal(story.by, accounts), units) for story in STORIES
            ),
            "entries": sum(
                not run(step.there) and _done(step, _principal(step.by, accounts), units)
                for step in demo_entries.STEPS
            ),
            "mails": run(demo_entries.mail),
            "catalog people": run(demo_catalog.people),
            "catalog": _catalog(parts),
            "catalog requests": run(demo_catalog.request),
            "catalog rights": run(demo_catalog.rights),
        }
    show([{"what": what, "made": count} for what, count in made.items()], as_json=as_json)
    if not any(made.values()):
        say("The demo data is there already; nothing was changed.")
        return
    if made["accounts"] and not password_file:
        say(f"Password of the new accounts, shown this once: {password}", style="bold")
    say("Next: ticket-gateway call acmp-helpdesk GetTicket_V5 --sample")


def _catalog(parts: Desk) -> int:
    """Fill the service catalog; tell how many of its templates and services are new."""
    file = parts.administration.run(demo_catalog.catalog)
    principal = Principal(account_id=0, account="demo", kind=AccountKind.AGENT)
    call = _call("catalog", principal)
    taken = catalog_exchange.take(file, _ACTOR, parts.administration, parts.units, call)
    return taken.templates + taken.services


def _row(row: Sequence[str], unit: AdministrationUnit) -> bool:
    list_name, name, *pairs = row
    kind = _KINDS[list_name]
    values = read(kind, pairs)
    (guid_field,) = (field for field in kind.fields if field.column == "guid")
    guid = values.setdefault(guid_field, uuid5(DEMO, f"{kind.table}:{name}"))
    # A row of the operator's own that is called so stands for ours.
    names = {name, *(str(values[field]) for field in values if field.column == "key")}
    if unit.exists(kind.table, {"guid": guid}) or any(
        lists.find(kind.table, each, unit) for each in names
    ):
        return False
    lists.add(kind, name, values, _ACTOR, unit)
    if kind is GROUPS:
        _join(name, unit)
    return True


def _join(group: str, unit: AdministrationUnit) -> None:
    """Let the agent of the first start work in a new group, as in all those before."""
    for agent in unit.find("agent", "login", "admin"):
        (found,) = unit.find("agent_group", "name", group)
        unit.insert("permission", {"agent_id": agent["id"], "group_id": found["id"], "key": "rw"})


def _account(person: Person, password: Secret, unit: AdministrationUnit) -> bool:
    if unit.exists("account", {"name": person.login}):
        return False
    command = NewAccount(
        name=person.login,
        kind=AccountKind(person.kind),
        customer=person.customer,
        partner=person.partner,
        rights=administration.read_rights(person.groups),
        secrets=(password,),
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
    )
    administration.add_account(command, _ACTOR, unit)
    return True


def _principal(login: str, accounts: AccountStore) -> Principal:
    found = accounts.find(login)
    if found is None or found.principal.agent_id is None:
        raise NotFound(f"the demo account {login} is no agent's; its tickets cannot be made")
    return found.principal


def _live(story: Story, principal: Principal, units: Units) -> bool:
    """Make a ticket and lead it through its life, all in one transaction."""

    def live(unit: Unit) -> bool:
        if unit.tickets.lock(story.id) is not None:
            return False
        tickets.save(_save(story), _call("SaveTicket", principal), unit)
        for comment in _comments(story):
            entries.save_comment(comment, _call("SaveTicketComment", principal), unit)
        if story.closed is not None:
            rules = unit.lists.helpdesk_settings()
            call = _call("CloseTicket", principal)
            tickets.close(_close(story, principal, unit), rules, call, unit)
        if story.removed:
            _remove(story.id, _call("SaveTicket", principal), unit)
        return True

    return units.run(live, _call("SaveTicket", principal))


def _call(command: str, principal: Principal) -> Call:
    return Call(
        principal=principal,
        dialect="demo",
        operation=command,
        command=command,
        # No repeat of anything: what somebody deleted is made again.
        digest=secrets.token_bytes(32),
    )


def _save(story: Story) -> SaveTicket:
    assigned = story.agent or story.group
    kind = PartyKind.AGENT if story.agent else PartyKind.GROUP
    return SaveTicket(
        guid=story.id,
        defaults=Defaults(queue=story.queue, state="new", priority=story.priority),
        title=story.title,
        description=from_html(story.html),
        category=story.category or UNSET,
        state=story.state or UNSET,
        contact=story.contact or UNSET,
        assignee=Assign(assigned, kind) if assigned else UNSET,
        impact=story.impact or UNSET,
        keywords=story.keywords,
    )


def _comments(story: Story) -> list[SaveComment]:
    return [
        SaveComment(
            guid=_guid_of(remark, story),
            ticket=story.id,
            text=from_plain(remark.text),
            visible=remark.visible,
        )
        for remark in story.comments
    ]


def _guid_of(remark: Remark, story: Story) -> UUID:
    return remark.guid or uuid5(DEMO, f"comment:{story.title}:{remark.text}")


def _close(story: Story, principal: Principal, unit: Unit) -> CloseTicket:
    """Close with all that the operator's rules may ask for."""
    return CloseTicket(
        ticket=story.id,
        closed_state=story.closed or "",
        assignee=Assign(story.by),
        resolution=story.resolution or UNSET,
        comment=NewComment(
            guid=uuid5(DEMO, f"closing:{story.title}"), text=from_plain("Done, see the category.")
        ),
        working_time=BookTime(
            guid=uuid5(DEMO, f"time:{story.title}"),
            executor=principal.agent_guid or UUID(int=0),
            start=unit.now - timedelta(minutes=story.minutes),
            end=unit.now,
            description=story.title,
        ),
    )


def _remove(guid: UUID, call: Call, unit: Unit) -> None:
    """Remove a ticket as the domain does; this is the one command that no use case has."""
    ticket = unit.tickets.lock(guid)
    row = unit.lists.resolve({"state": ["removed"]}).get(("state", "removed"))
    if ticket is None or row is None:
        return
    after, differences = ticket.apply(Changes(state=row, closed=unit.now))
    unit.tickets.update(after, differences, call)
    unit.history.add(after, [HistoryLine.of(difference) for difference in differences], call)


def _done(step: demo_entries.Step, principal: Principal, units: Units) -> bool:
    call = _call(step.command, principal)
    try:
        units.run(lambda unit: step.do(call, unit), call)
    except Refused:
        # Its ticket was led on since the first run, or a helpdesk setting forbids it: so be it.
        return False
    return True
