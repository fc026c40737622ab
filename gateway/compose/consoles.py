"""Joins the console with its way to the data."""

from collections.abc import Sequence
from functools import partial

from gateway.compose.calls import process_editing
from gateway.console import rooms
from gateway.console.desk import Desk as ConsoleDesk
from gateway.console.desk import MailboxKeys as ConsoleMailbox
from gateway.console.desk import Rules as ConsoleRules
from gateway.console.logins import Logins
from gateway.console.site import FORM, ICON_PATH, Console, icon
from gateway.console.site import PATH as CONSOLE_PATH
from gateway.console.site import STYLESHEET_PATH as CONSOLE_STYLESHEET_PATH
from gateway.console.site import stylesheet as console_stylesheet
from gateway.domain.commands import Defaults
from gateway.http.routes import Route
from gateway.repository.administration import Administration
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.repository.engine import Engine
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.settings import Mailbox as MailboxKeys
from gateway.settings import Settings


def console_desk(
    engine: Engine, units: UnitsOfWork, dialects: Sequence[str], settings: Settings
) -> ConsoleDesk:
    """Give what the rooms of the console work with."""
    return ConsoleDesk(
        units=units,
        administration=Administration(engine),
        deliveries=partial(DeliveryDesk, engine),
        backlogs=DeliveryStore(engine).backlogs,
        rules=_rules(settings),
        mailboxes=[_mailbox(box) for box in settings.mailbox],
        dialects=dialects,
        draft=process_editing(settings, units, TargetStore(engine)).draft,
    )


def console_routes(desk: ConsoleDesk, logins: Logins, settings: Settings) -> tuple[Route, ...]:
    """Give the routes of the console; none where it is switched off."""
    if not settings.console.enabled:
        return ()
    site = Console(desk, logins, rooms.ADDRESSES, rooms.TABS, settings.public_url)
    forms = frozenset({FORM})
    return (
        Route(path=CONSOLE_PATH, endpoint=site, page=site.page, media_types=forms, below=True),
        Route(path=CONSOLE_STYLESHEET_PATH, page=console_stylesheet),
        Route(path=ICON_PATH, page=icon),
    )


def _mailbox(box: MailboxKeys) -> ConsoleMailbox:
    """Give what the console shows of a mailbox."""
    return ConsoleMailbox(
        name=box.name,
        server=box.server,
        poll_seconds=box.poll_seconds,
        addresses=tuple(each.address for each in box.address),
    )


def _rules(settings: Settings) -> ConsoleRules:
    """Give the rules that the console's verbs follow."""
    helpdesk = settings.acmp
    return ConsoleRules(
        defaults=Defaults(queue=helpdesk.queue, state=helpdesk.default_state, priority=3),
        closed_state=helpdesk.closed_state,
        reopen_state=helpdesk.reopen_state,
        time_zone=settings.console.time_zone,
    )
