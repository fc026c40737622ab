"""What the pages of the console work with; joined by the composer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.domain.commands import Defaults
from gateway.usecases.administration_ports import Administration
from gateway.usecases.ports import Backlog, DeliveryDesk, Units
from gateway.usecases.processes import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings say."""

    defaults: Defaults
    closed_state: str
    reopen_state: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxKeys:
    """What the settings say of a mailbox."""

    name: str
    server: str
    poll_seconds: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The way to the use cases."""

    units: Units
    administration: Administration
    deliveries: Callable[[str], DeliveryDesk]  # by the name of who acts
    backlogs: Callable[[], Sequence[Backlog]]
    rules: Rules
    mailboxes: Sequence[MailboxKeys]
    dialects: Sequence[str]  # as messages name them
    draft: Callable[[str, int, str], Draft]  # of a process: its name, its next version, the text
