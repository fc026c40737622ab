"""Joins what calls partners: the kinds of steps, and what checks and tries them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from gateway.compose.mail import mail_server
from gateway.delivery.addresses import Addresses
from gateway.delivery.calls import Caller, CallLimits
from gateway.delivery.looking import Looking
from gateway.delivery.placeholders import names_of
from gateway.delivery.process_check import Checker
from gateway.delivery.process_editing import Editing
from gateway.delivery.steps.http import HttpStep
from gateway.delivery.steps.mail import MailStep
from gateway.delivery.steps.step import StepKind
from gateway.delivery.trial import tried
from gateway.domain.process import Kind
from gateway.repository.administration import operator_engine
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.secret_files import SecretFiles
from gateway.settings import Settings
from gateway.storage import database_url, units_of_work
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.task_hashes import ObjectHashes


def performers(
    settings: Settings, targets: TargetStore, looking: Looking | None = None
) -> Mapping[Kind, StepKind]:
    """Give what carries out the steps that call somebody: every such kind is joined here."""
    # Only workers call by WSDL; its library would take a server process a tenth of its start.
    from gateway.delivery.contracts import Contracts  # noqa: PLC0415 - see above
    from gateway.delivery.steps.soap import SoapStep  # noqa: PLC0415 - see above

    caller = outgoing(settings)
    contracts = Contracts(settings.delivery.wsdl_folder, settings.delivery.wsdl_s)
    return {
        Kind.MAIL: MailStep(mail_server(settings)),
        Kind.HTTP: HttpStep(targets, caller),
        Kind.SOAP: SoapStep(targets, caller, contracts, looking),
    }


def outgoing(settings: Settings) -> Caller:
    """Give what calls partners, within what the settings allow."""
    delivery = settings.delivery
    return Caller(
        addresses=Addresses(delivery.private_networks),
        secrets=SecretFiles(settings.secrets.folder),
        limits=CallLimits(connect_s=delivery.connect_s, answer_bytes=delivery.answer_bytes),
    )


def tried_targets(settings: Settings, partner: str) -> Sequence[Mapping[str, object]]:
    """Call each target of a partner once, harmlessly."""
    caller = outgoing(settings)
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        targets = TargetStore(engine).list(partner)
    return [tried(caller, target) for target in targets]


def process_editing(settings: Settings, units: UnitsOfWork, targets: TargetStore) -> Editing:
    """Give what edits processes at the console."""
    desk = ProcessDesk(units, ObjectHashes([]))
    return Editing(
        lambda: names_of(desk.names()),
        # A server process that checks nothing does not load what calls by WSDL.
        cache(lambda: performers(settings, targets)),
    )


@contextmanager
def process_checker(settings: Settings, looking: Looking | None = None) -> Iterator[Checker]:
    """Lend what a process is checked against: names, targets, and WSDLs as far as it looks."""
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        desk = ProcessDesk(units_of_work(settings, engine, at_once=1), ObjectHashes([]))
        yield Checker(names_of(desk.names()), performers(settings, TargetStore(engine), looking))
