"""External apps: another system makes a ticket as a form would."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from gateway.domain.assignment import Direction, Partner
from gateway.domain.commands import SaveTicket
from gateway.domain.partner_commands import (
    CATEGORY,
    COMMON_FIELDS,
    DESCRIPTION,
    EMAIL,
    NAME,
    PRIORITY,
    SUBJECT,
    ExchangeKind,
    ExternalApp,
    NewExchange,
    Started,
    StartProcess,
)
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import Ticket
from gateway.domain.values import UNSET, Unset
from gateway.errors import AppUnknown, BrokenRule, Missing, NotFound
from gateway.text import collapse, printable
from gateway.usecases import rights, tickets
from gateway.usecases.assignments import main_task
from gateway.usecases.ports import Call, Unit

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORT, _LONG = 250, 32_000
_PRIORITIES = frozenset("12345")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_BOOLEANS = frozenset({"true", "false", "1", "0"})  # as XML Schema writes them


def start(command: StartProcess, call: Call, unit: Unit) -> Started:
    """Make a ticket through an app; a reference that an open ticket has gives that ticket.

    Raises:
        AppUnknown: no such app that the caller may start.
        Missing, BrokenRule: a field, the requester, a reference without a partner.
        NotPermitted: rights.
    """
    rights.require(call.principal, "ssp7.start")
    app = _app(command, call, unit)
    values = _values(command, app)
    partner = _partner(app, command, call, unit)
    if partner is not None and command.reference:
        unit.references.hold([partner.system_id], command.reference)
        holder = unit.references.holder(partner.system_id, command.reference)
        if holder is not None:
            return _again(holder[0], call, unit)
    ticket = _made(command, app, values, call, unit)
    task = main_task(ticket, call, unit)
    if partner is not None and command.reference:
        unit.references.add(partner.system_id, command.reference, ticket.id, task.id)
    _keep(values, app, ticket, task.id, call, unit)
    unit.messages.settle(call, ticket.id)
    return Started(
        ticket_id=ticket.id, ticket_number=ticket.number, task_id=task.id, received=unit.now
    )


def labels(app: ExternalApp | None) -> Mapping[str, str]:
    """Give the fields of an app by what people call them, in small letters: label, or name."""
    common = {name.casefold(): name for name in COMMON_FIELDS}
    words = {_WORD.sub(" ", name).casefold(): name for name in COMMON_FIELDS}
    own = app.labels if app else {}
    called = {label.casefold(): name for name, label in own.items()}
    return {**common, **words, **called, **{name.casefold(): name for name in own}}


def _app(command: StartProcess, call: Call, unit: Unit) -> ExternalApp:
    app = unit.apps.find(command.app)
    mine = call.principal.partners
    if app is None or (app.partner is not None and mine and app.partner.id not in mine):
        raise AppUnknown(f"no external app {printable(command.app)}", field="external_app")
    return app


def _partner(app: ExternalApp, command: StartProcess, call: Call, unit: Unit) -> Partner | None:
    if app.partner is not None or not command.reference:
        return app.partner
    own = unit.partners.some(call.principal.partners) if call.principal.partners else ()
    if len(own) != 1:
        raise BrokenRule("needs one external system", field="external_reference")
    return own[0]


def _values(command: StartProcess, app: ExternalApp) -> dict[str, str]:
    counted = Counter(name for name, _ in command.values)
    for name, value in command.values:
        if name not in COMMON_FIELDS and name not in app.labels:
            raise BrokenRule("no such field", field=f"fields.{printable(name)}")
        if counted[name] > 1:
            raise BrokenRule("given twice", field=f"fields.{name}")
        limit = _LONG if name == DESCRIPTION else _SHORT
        if len(value) > limit:
            raise BrokenRule(f"longer than {limit} characters", field=f"fields.{name}")
        fits, called = _TYPES.get(app.types.get(name, ""), (bool, ""))
        if value.strip() and not fits(value.strip()):
            raise BrokenRule(f"must be {called}", field=f"fields.{name}")
    values = {name: value for name, value in command.values if value.strip()}
    if SUBJECT not in values:
        raise Missing(field=f"fields.{SUBJECT}")
    if values.get(PRIORITY, "3").strip() not in _PRIORITIES:
        raise BrokenRule("must be between 1 and 5", field=f"fields.{PRIORITY}")
    return values


def _is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


# Type of a field -> whether a value is one, and what it must be.
_TYPES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "integer": (lambda text: _INTEGER.fullmatch(text) is not None, "a whole number"),
    "boolean": (lambda text: text in _BOOLEANS, "true or false"),
    "time": (_is_moment, "a time of ISO 8601"),
}


def _made(
    command: StartProcess, app: ExternalApp, values: dict[str, str], call: Call, unit: Unit
) -> Ticket:
    text = values.get(DESCRIPTION)
    asked = SaveTicket(
        guid=uuid4(),
        defaults=command.defaults,
        title=collapse(values[SUBJECT]),
        description=UNSET if text is None else from_plain(text),
        category=values.get(CATEGORY, UNSET),
        priority=int(values[PRIORITY]) if PRIORITY in values else UNSET,
        contact=_requester(command, app, unit),
        address=_address(values),
        template=app.template or UNSET,
    )
    try:
        ticket, _ = tickets.create(asked, call, unit)
    except NotFound as error:
        if error.field == "category":
            raise BrokenRule("no such category", field=f"fields.{CATEGORY}") from None
        raise
    return ticket


def _requester(command: StartProcess, app: ExternalApp, unit: Unit) -> UUID | Unset:
    known: UUID | None = None
    if command.requester:
        known = unit.apps.requester(command.requester)
        if known is None and app.requester is None:
            raise BrokenRule("no such requester", field="requester_unique_id")
    return known or command.contact or app.requester or UNSET


def _address(values: dict[str, str]) -> str | Unset:
    name, email = values.get(NAME, "").strip(), values.get(EMAIL, "").strip()
    return (f"{name} <{email}>" if name and email else name or email) or UNSET


def _keep(
    values: dict[str, str], app: ExternalApp, ticket: Ticket, task_id: int, call: Call, unit: Unit
) -> None:
    """Keep what the ticket has no place for: as dynamic fields, and all of it as a log line."""
    unit.apps.keep(ticket, {name: values[name] for name in app.labels if name in values})
    # Placeholders go by label; of the names that every app has it is the name.
    labelled = {app.labels[name]: values[name] for name in app.labels if name in values}
    unit.processes.keep_form(ticket, {**values, **labelled})
    rest = [f"{name}: {values[name]}" for name in values if name not in (SUBJECT, DESCRIPTION)]
    if rest:
        entry = NewExchange(
            guid=uuid4(),
            kind=ExchangeKind.LOG,
            direction=Direction.IN,
            task_id=task_id,
            partner_id=app.partner.id if app.partner else None,
            text="\n".join([f"External app {app.code}", *rest]),
            author=call.principal.full_name or call.principal.account,
            written=unit.now,
            visible=False,
            event=None,
        )
        unit.tasks.add_exchange(ticket.id, entry, call)


def _again(ticket_id: int, call: Call, unit: Unit) -> Started:
    tasks = unit.tasks.of(ticket_id)
    unit.messages.settle(call, ticket_id)
    return Started(
        ticket_id=ticket_id,
        ticket_number=unit.apps.ticket_number(ticket_id),
        task_id=tasks[0].id if tasks else 0,
        received=unit.now,
        duplicate=True,
    )
