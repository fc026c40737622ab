"""The composer: the application and the worker are joined here, the data in `storage`."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry

from gateway.console import rooms
from gateway.console.desk import Desk as ConsoleDesk
from gateway.console.desk import MailboxKeys as ConsoleMailbox
from gateway.console.desk import Rules as ConsoleRules
from gateway.console.logins import Logins
from gateway.console.site import FORM, ICON_PATH, Console, icon
from gateway.console.site import PATH as CONSOLE_PATH
from gateway.console.site import STYLESHEET_PATH as CONSOLE_STYLESHEET_PATH
from gateway.console.site import stylesheet as console_stylesheet
from gateway.delivery.addresses import Addresses
from gateway.delivery.article_mail import ArticleMail
from gateway.delivery.attempt import Registry
from gateway.delivery.calls import Caller, CallLimits
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.looking import Looking
from gateway.delivery.placeholders import names_of
from gateway.delivery.process_check import Checker
from gateway.delivery.process_editing import Editing
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.steps.http import HttpStep
from gateway.delivery.steps.mail import MailStep
from gateway.delivery.steps.step import StepKind
from gateway.delivery.trial import tried
from gateway.delivery.worker import Task, Worker
from gateway.dialects.acmp import service as acmp
from gateway.dialects.acmp.task import Helpdesk
from gateway.dialects.acmp.translate import Options
from gateway.dialects.ssp7 import results as ssp7_results
from gateway.dialects.ssp7 import service as ssp7
from gateway.dialects.ssp7.catalog import rest as catalog_rest
from gateway.dialects.ssp7.catalog import rest_problems as catalog_problems
from gateway.dialects.ssp7.catalog import service as catalog
from gateway.dialects.ssp7.catalog.desk import Catalog
from gateway.dialects.ssp7.catalog.shapes import REST_PATH as CATALOG_REST_PATH
from gateway.dialects.ssp7.desk import Workflow
from gateway.dialects.ssp7.workflow_form import FileLimits
from gateway.dialects.tickets import docs as tickets_docs
from gateway.dialects.tickets import openapi as tickets_openapi
from gateway.dialects.tickets import problems as tickets_problems
from gateway.dialects.tickets.desk import Options as TicketsOptions
from gateway.dialects.tickets.desk import TicketsDesk
from gateway.dialects.tickets.endpoint import TicketsEndpoint
from gateway.dialects.tickets.shapes import BASE as TICKETS_BASE
from gateway.dialects.tickets.shapes import OPERATIONS as TICKETS_OPERATIONS
from gateway.dialects.znuny import rest as znuny_rest
from gateway.dialects.znuny import service as znuny
from gateway.dialects.znuny.desk import Options as ZnunyOptions
from gateway.dialects.znuny.desk import ReferenceOptions, ZnunyDesk
from gateway.dialects.znuny.routes import SERVICES as ZNUNY_REST_SERVICES
from gateway.domain.assignment import WorkflowRules
from gateway.domain.commands import Defaults
from gateway.domain.inbound_mail import MailRules, WhenClosed
from gateway.domain.mail_formats import Formats, MailReader
from gateway.domain.people import AccountKind
from gateway.domain.process import Kind
from gateway.errors import CannotStart, GatewayError
from gateway.http.authentication import Authenticator, Way, credentials_of
from gateway.http.bearer import KeyAuthenticator
from gateway.http.digests import SealedDigests
from gateway.http.door import Door
from gateway.http.exchange import Request
from gateway.http.health import Health
from gateway.http.json_body import JsonCaps
from gateway.http.limits import Limits
from gateway.http.metrics import Metrics
from gateway.http.pace import Pace, PaceLimits
from gateway.http.peer import Proxies
from gateway.http.recorder import Mode, Recorder
from gateway.http.routes import Route, Routes
from gateway.http.seal import Seal
from gateway.mail.desk import Counter, Counters, MailDesk
from gateway.mail.imap import ImapServer
from gateway.mail.polling import Mailbox
from gateway.mail.received import MailLimits
from gateway.mail.report import Reporter
from gateway.mail.smtp import Server, Tls
from gateway.repository.accounts import AccountStore
from gateway.repository.administration import Administration, operator_engine
from gateway.repository.deliveries import DeliveryStore, Hints, HintSender
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.repository.engine import build_engine
from gateway.repository.launch import die_with_parent
from gateway.repository.messages import MessageLog
from gateway.repository.numbers import NumberReserve
from gateway.repository.partitions import Retention
from gateway.repository.passwords import Argon2Passwords
from gateway.repository.readiness import schema_check
from gateway.repository.schedules import Housekeeping, ScheduleStore
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.secret_files import SecretFiles
from gateway.settings import Mailbox as MailboxKeys
from gateway.settings import MailRules as MailKeys
from gateway.settings import Settings, Ssp7Catalog, Ssp7Workflow, load
from gateway.soap.codec import compile_service
from gateway.soap.definition import ServiceDefinition
from gateway.soap.documents import STYLESHEET_PATH, stylesheet
from gateway.soap.forms import FormEndpoint
from gateway.soap.guard import Caps
from gateway.soap.index import RestCard, ServiceIndex
from gateway.soap.offers import Offer, Offers
from gateway.soap.page_texts import DEFAULT_LANGUAGE
from gateway.soap.pages import ContractPages, no_form_calls
from gateway.soap.publishing import ServedContract, contracts_dir
from gateway.soap.server import SoapEndpoint
from gateway.soap.validation import Contract
from gateway.soap.wsdl import build_application
from gateway.storage import catalog_rules
from gateway.usecases import article_mails
from gateway.usecases.accounts import Accounts, LoginLimits
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.ports import FileLimit
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.reminders import due_reminders
from gateway.usecases.sessions import Sessions
from gateway.usecases.task_hashes import HashKey, ObjectHashes

_SPARE_CONNECTIONS = 2  # beside one for each thread
_MAILBOX_THREADS = 4
_SCHEDULE_THREADS = 2  # a task that takes long must not stop all others


def app() -> Door:
    """Build the application of a server process from the environment's settings."""
    master = multiprocessing.parent_process()
    if master is not None and master.pid is not None:
        # A server process that outlives its killed master would go on answering beside the next
        # start: both may listen on the port (SO_REUSEPORT).
        die_with_parent(master.pid, signal.SIGKILL)
    door = build_app(load().settings)
    # What stands now stays: looking through it again and again costs a tenth of a bare call.
    gc.collect()
    gc.freeze()
    return door


def descriptions() -> Mapping[str, bytes]:
    """Give the published files of REST services, by their place in the checkout."""
    described = tickets_openapi.written(tickets_openapi.document())
    return {f"schemas{tickets_openapi.PATH}": described}


def definitions(settings: Settings | None = None) -> tuple[ServiceDefinition, ...]:
    """Give every published SOAP service."""
    settings = settings or Settings()
    helpdesk = acmp.definition(wsdl_public=settings.acmp.wsdl_public)
    tickets = znuny.definitions(any_media_type=settings.znuny.lenient_content_type)
    workflow = (ssp7.definition(_manner(settings)),) if settings.ssp7_workflow.enabled else ()
    services = (
        (catalog.definition(_catalog_manner(settings)),) if settings.ssp7_catalog.enabled else ()
    )
    return (helpdesk, *workflow, *services, *tickets)


def build_app(settings: Settings) -> Door:
    """Join the parts of one server process."""
    limits = _limits(settings)
    engine = build_engine(
        _url(settings),
        pool_size=limits.threads + _SPARE_CONNECTIONS,
        role="gateway serve",
        pooler=settings.database.pooler,
    )
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    log = MessageLog(engine)
    pace = Pace(_pace_limits(settings))
    accounts = AccountStore(engine, session_idle_s=settings.login.session_idle_s)
    seal = Seal.from_file(_seal_file(settings))
    logins = Accounts(
        accounts,
        Argon2Passwords(),
        _login_limits(settings),
        digests=SealedDigests(accounts, seal),
    )
    authenticators = {
        "console": Authenticator(logins, kinds=frozenset({AccountKind.AGENT}), pace=pace),
        "acmp": Authenticator(logins, kinds=frozenset({AccountKind.AGENT}), pace=pace),
        "ssp7": Authenticator(
            logins,
            kinds=frozenset({AccountKind.AGENT, AccountKind.PARTNER}),
            pace=pace,
            ways=frozenset(way for way in Way if way in settings.ssp7_workflow.auth),
        ),
        catalog.DIALECT: Authenticator(
            logins,
            kinds=frozenset({AccountKind.AGENT, AccountKind.PARTNER}),
            pace=pace,
            ways=frozenset(way for way in Way if way in settings.ssp7_catalog.auth),
        ),
        "znuny": Authenticator(logins, pace=pace),  # of pages alone: its operations log in
    }
    units = UnitsOfWork(
        engine,
        NumberReserve(engine, low=limits.threads),
        HintSender(engine).send,
        _workflow_rules(settings),
        catalog_rules(settings),
    )
    metrics.watch_backlogs(DeliveryStore(engine).backlogs)
    services = [
        ServedContract(definition, contracts_dir(), settings.public_url)
        for definition in definitions(settings)
    ]
    sessions = Sessions(accounts, life_s=settings.login.session_s)
    tickets = _znuny(units, logins, sessions, pace, settings)
    desks: dict[str, object] = {
        "znuny": tickets,
        "acmp": Helpdesk(units, _options(settings)),
        "ssp7": _workflow(units, settings),
        catalog.DIALECT: _catalog(units, settings),
    }
    index = ServiceIndex(
        services,
        settings.public_url,
        console=settings.console.enabled,
        rest=_rest_cards(settings),
    )
    health = Health({"database": schema_check(engine)}, registry)
    routes = Routes(
        (
            *health.routes(),
            Route(path="/", page=index.page),
            Route(path="/index.json", page=index.data),
            Route(path=STYLESHEET_PATH, page=stylesheet),
            *_console_routes(
                ConsoleDesk(
                    units=units,
                    administration=Administration(engine),
                    deliveries=partial(DeliveryDesk, engine),
                    backlogs=DeliveryStore(engine).backlogs,
                    rules=_console_rules(settings),
                    mailboxes=[_mailbox_keys(box) for box in settings.mailbox],
                    draft=_editing(settings, units, TargetStore(engine)).draft,
                ),
                Logins(authenticators["console"], accounts, life_s=settings.login.session_s),
                settings,
            ),
            *(
                route
                for served in services
                for route in _soap_routes(
                    served,
                    desks[served.definition.dialect],
                    authenticators[served.definition.dialect],
                    settings,
                )
            ),
            *_znuny_rest(tickets, settings),
            *_tickets_rest(
                units,
                KeyAuthenticator(logins, frozenset({AccountKind.AGENT, AccountKind.PARTNER}), pace),
                settings,
            ),
            *_catalog_reads(units, logins, pace, settings),
        )
    )
    recorder = Recorder(
        log,
        seal,
        modes={name: Mode(settings.recording.mode) for name in (*desks, "tickets")},
        failed=metrics.recorder_failure,
    )
    return Door(
        routes,
        recorder,
        limits,
        metrics,
        pace=pace,
        proxies=Proxies(settings.http.trusted_proxies),
        allow_plain_http=settings.http.allow_plain_http,
        stopped=engine.dispose,
    )


def build_worker(settings: Settings, registry: Registry | None = None) -> Worker:
    """Join the parts of a worker: what runs by the clock, and the deliveries.

    Args:
        settings: of the gateway.
        registry: who carries out which process.
    """
    engine = build_engine(
        _url(settings),
        pool_size=settings.worker.threads + _SPARE_CONNECTIONS + len(settings.mailbox),
        role="gateway work",
        pooler=settings.database.pooler,
    )
    keep = settings.recording
    house = Housekeeping(
        engine,
        Retention(
            message_days=keep.metadata_days,
            message_body_days=keep.body_days,
            message_sealed_days=keep.sealed_days,
            attempt_days=keep.delivery_days,
        ),
        audit_days=keep.audit_days,
        delivery_days=keep.delivery_days,
        task_delivery_days=settings.ssp7_workflow.done_retention_days,
    )
    units = UnitsOfWork(
        engine,
        NumberReserve(engine, low=_SCHEDULE_THREADS),
        HintSender(engine).send,
        _workflow_rules(settings),
        catalog_rules(settings),
    )
    tasks = {
        "reminders": Task("every 30 s", partial(due_reminders, units)),
        "partitions": Task("daily 00:10 UTC", house.make_partitions),
        "expired": Task("every 300 s", house.prune_expired),
        "retention": Task("daily 02:30 UTC", house.prune),
    }
    boxes = mailboxes(settings, units)
    tasks |= {
        f"mailbox {name}": Task(f"every {every_s} s", box.poll) for name, every_s, box in boxes
    }
    deliverer = Deliverer(
        DeliveryStore(engine),
        registry or _registry(settings, units, performers(settings, TargetStore(engine))),
        threads=settings.worker.threads,
        # Nobody can listen through a pooler; looking by itself carries everything.
        hints=None if settings.database.pooler else Hints(engine),
    )
    # A mail server that is slow to answer holds up nothing else.
    threads = _SCHEDULE_THREADS + min(len(boxes), _MAILBOX_THREADS)
    return Worker(ScheduleStore(engine), tasks, threads=threads, deliverer=deliverer)


def _registry(settings: Settings, units: UnitsOfWork, calls: Mapping[Kind, StepKind]) -> Registry:
    mails = ArticleMail(units, mail_server(settings), Seal.from_file(_seal_file(settings)))
    workflow = settings.ssp7_workflow
    desk = ProcessDesk(
        units,
        ObjectHashes(_hash_keys(workflow.hash_keys.get_secret_value())),
        _workflow_rules(settings),
        FileLimit(workflow.max_attachments, workflow.max_attachments_total_bytes),
        _catalog_hashes(settings),
    )
    return Registry(
        named={article_mails.PROCESS: mails},
        others=ProcessRunner(desk, calls, ssp7_results.FAULTS.code),
    )


def performers(
    settings: Settings, targets: TargetStore, looking: Looking | None = None
) -> Mapping[Kind, StepKind]:
    """Give what carries out the steps that call somebody: every such kind is joined here."""
    # Only workers call by WSDL; its library would take a server process a tenth of its start.
    from gateway.delivery.contracts import Contracts  # noqa: PLC0415
    from gateway.delivery.steps.soap import SoapStep  # noqa: PLC0415

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
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        targets = TargetStore(engine).list(partner)
    return [tried(caller, target) for target in targets]


def _mailbox_keys(box: MailboxKeys) -> ConsoleMailbox:
    return ConsoleMailbox(
        name=box.name,
        server=box.server,
        poll_seconds=box.poll_seconds,
        addresses=tuple(each.address for each in box.address),
    )


def _editing(settings: Settings, units: UnitsOfWork, targets: TargetStore) -> Editing:
    desk = ProcessDesk(units, ObjectHashes([]))
    return Editing(
        lambda: names_of(desk.names()),
        # A server process that checks nothing does not load what calls by WSDL.
        cache(lambda: performers(settings, targets)),
    )


@contextmanager
def process_checker(settings: Settings, looking: Looking | None = None) -> Iterator[Checker]:
    """Lend what a process is checked against: names, targets, and WSDLs as far as it looks."""
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        units = UnitsOfWork(engine, NumberReserve(engine, low=1))
        desk = ProcessDesk(units, ObjectHashes([]))
        yield Checker(names_of(desk.names()), performers(settings, TargetStore(engine), looking))


def mailboxes(settings: Settings, units: UnitsOfWork) -> Sequence[tuple[str, int, Mailbox]]:
    """Give every mailbox that is read, with its name and the seconds between two looks."""
    servers = imap_servers(settings)
    return [
        (
            box.name,
            box.poll_seconds,
            Mailbox(
                name=box.name,
                server=servers[box.name],
                desk=_mail_desk(settings, units, _counters(settings, box)),
            ),
        )
        for box in settings.mailbox
    ]


def imap_servers(settings: Settings) -> Mapping[str, ImapServer]:
    """Give the server of every mailbox, by the mailbox's name."""
    secrets = SecretFiles(settings.secrets.folder)
    return {
        box.name: ImapServer(
            host=box.server,
            port=box.port,
            user=box.user,
            password=partial(secrets.read, box.secret),
            tls=box.tls,
            ca_file=box.ca_file,
            timeout_s=box.timeout_s,
        )
        for box in settings.mailbox
    }


@contextmanager
def mail_desk(settings: Settings, mailbox: str | None) -> Iterator[MailDesk]:
    """Lend the desk of a mailbox, or of the only one; without any, one that goes by the defaults.

    Raises:
        CannotStart: there is none of this name, or none is named of several.
    """
    known = {box.name: box for box in settings.mailbox}
    if mailbox is None and len(known) > 1:
        raise CannotStart(f"name one of the mailboxes: {', '.join(known)}")
    if mailbox is not None and mailbox not in known:
        raise CannotStart(f"no mailbox {mailbox}; there are: {', '.join(known) or 'none'}")
    usual = Counter(rules=_mail_rules(settings, "file", MailKeys()))
    counters = Counters(usual=usual)
    if known:
        counters = _counters(settings, known[mailbox or next(iter(known))])
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        units = UnitsOfWork(
            engine,
            NumberReserve(engine, low=1),
            HintSender(engine).send,
            _workflow_rules(settings),
            catalog_rules(settings),
        )
        yield _mail_desk(settings, units, counters)


def _mail_desk(settings: Settings, units: UnitsOfWork, counters: Counters) -> MailDesk:
    workflow = settings.ssp7_workflow
    return MailDesk(
        units=units,
        hashes=ObjectHashes(_hash_keys(workflow.hash_keys.get_secret_value())),
        counters=counters,
        limits=MailLimits(
            files=workflow.max_attachments,
            file_bytes=workflow.max_attachment_bytes,
            files_bytes=workflow.max_attachments_total_bytes,
        ),
        code_of=ssp7_results.FAULTS.code,
        report=Reporter(mail_server(settings)),
    )


def _counters(settings: Settings, box: MailboxKeys) -> Counters:
    return Counters(
        usual=_counter(settings, box.name, box),
        by_address={each.address: _counter(settings, box.name, each) for each in box.address},
    )


def _counter(settings: Settings, name: str, keys: MailKeys) -> Counter:
    return Counter(
        rules=_mail_rules(settings, name, keys),
        processed_folder=keys.processed_folder,
        refused_folder=keys.refused_folder,
        most_bytes=keys.max_mail_bytes,
    )


def _mail_rules(settings: Settings, name: str, keys: MailKeys) -> MailRules:
    workflow = settings.ssp7_workflow
    own = {
        settings.mail.sender.rpartition("<")[2].rstrip("> "),
        *(each.address for box in settings.mailbox for each in box.address),
    }
    return MailRules(
        mailbox=name,
        reader=MailReader(_mail_formats(keys)),
        partner=keys.partner,
        new_tickets=keys.new_tickets,
        app=keys.external_app,
        when_closed=WhenClosed(keys.closed_tickets),
        trusted_server=keys.trusted_authserv,
        failover_person=keys.failover_person,
        own_addresses=frozenset(address.casefold() for address in own),
        defaults=Defaults(queue=workflow.queue, state=workflow.default_state, priority=3),
        reopen_state=settings.acmp.reopen_state,
    )


def _mail_formats(keys: MailKeys) -> Formats:
    return Formats(
        tasks=keys.task_number_formats,
        tickets=keys.ticket_number_formats,
        references=keys.external_reference_formats,
        hashes=keys.hash_formats,
        closed=keys.closed_markers,
        solutions=keys.solution_markers,
        updates=keys.update_markers,
        separators=keys.reply_separators,
        tag=keys.default_tag_format,
    )


def mail_server(settings: Settings) -> Server:
    """Give the server that all mail goes to."""
    mail = settings.mail
    return Server(
        host=mail.host,
        port=mail.port,
        tls=Tls(mail.tls),
        user=mail.user,
        password_file=mail.password_file,
        ca_file=mail.ca_file,
        timeout_s=mail.timeout_s,
        sender=mail.sender,
    )


def _console_rules(settings: Settings) -> ConsoleRules:
    helpdesk = settings.acmp
    return ConsoleRules(
        defaults=Defaults(queue=helpdesk.queue, state=helpdesk.default_state, priority=3),
        closed_state=helpdesk.closed_state,
        reopen_state=helpdesk.reopen_state,
        time_zone=settings.console.time_zone,
    )


def _console_routes(desk: ConsoleDesk, logins: Logins, settings: Settings) -> tuple[Route, ...]:
    if not settings.console.enabled:
        return ()
    site = Console(desk, logins, rooms.ADDRESSES, rooms.TABS, settings.public_url)
    forms = frozenset({FORM})
    return (
        Route(path=CONSOLE_PATH, endpoint=site, page=site.page, media_types=forms, below=True),
        Route(path=CONSOLE_STYLESHEET_PATH, page=console_stylesheet),
        Route(path=ICON_PATH, page=icon),
    )


def _soap_routes(
    served: ServedContract, desk: object, authenticator: Authenticator, settings: Settings
) -> Iterator[Route]:
    definition, dialect = served.definition, _DIALECTS[served.definition.dialect](settings)
    operations = compile_service(
        build_application(definition), zone=ZoneInfo(dialect.zone), prefix=dialect.prefix
    )
    contract = Contract(served.schema_bytes, operations)
    offers = dialect.offers
    endpoint = SoapEndpoint(
        definition,
        operations,
        contract,
        authenticator,
        desk,
        caps=Caps(**settings.xml.model_dump()),
    )
    for each in (served, *_twins(served, settings)):
        pages = ContractPages(
            each,
            identified=_identified(authenticator),
            form_calls=no_form_calls if offers is None else offers.calls,
            pages=dialect.pages,
            wsdl=dialect.wsdl,
            default_language=dialect.language,
        )
        yield Route(
            path=each.path,
            endpoint=endpoint,
            page=pages.get,
            media_types=dialect.media_types,
            any_case=dialect.any_case,
        )
    if offers is None:
        return
    for operation in operations.values():
        yield Route(
            path=f"{served.path}/{operation.name}",
            endpoint=FormEndpoint(
                definition,
                operation,
                contract,
                authenticator,
                desk,
                offers=offers,
                unrecognised=pages.unrecognised,
            ),
            media_types=frozenset({FORM}),
            any_case=dialect.any_case,
            queried=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    """How a dialect's services are served, beside what their definitions say."""

    zone: str
    prefix: str = "tns"  # of the namespace in answers; empty: it is the default one
    any_case: bool = False
    media_types: frozenset[str] = frozenset({"text/xml", "application/soap+xml"})
    pages: bool = True
    wsdl: bool = True
    language: str = DEFAULT_LANGUAGE
    offers: Offers | None = None  # of calls without an envelope


def _served_acmp(settings: Settings) -> _Dialect:
    return _Dialect(zone=settings.acmp.time_zone)


def _served_ssp7(settings: Settings) -> _Dialect:
    return _served_asmx(settings.ssp7_workflow, settings.public_url)


def _served_catalog(settings: Settings) -> _Dialect:
    return _served_asmx(settings.ssp7_catalog, settings.public_url)


def _served_asmx(service: Ssp7Workflow | Ssp7Catalog, public_url: str) -> _Dialect:
    pages = service.help_page == "on"
    return _Dialect(
        zone=service.time_zone,
        prefix="",
        any_case=True,
        pages=pages,
        wsdl=pages or service.wsdl == "on",
        language=service.help_language,
        offers=Offers(
            post=Offer(service.http_post),
            get=Offer(service.http_get),
            public_url=public_url,
        ),
    )


def _served_znuny(settings: Settings) -> _Dialect:
    types = {"text/xml", "application/soap+xml", "application/xml"}
    return _Dialect(
        zone=settings.znuny.time_zone,
        prefix="",
        media_types=frozenset(types | _any_type(settings)),
    )


def _any_type(settings: Settings) -> set[str]:
    return {"*"} if settings.znuny.lenient_content_type else set()


_DIALECTS = {
    "acmp": _served_acmp,
    "ssp7": _served_ssp7,
    catalog.DIALECT: _served_catalog,
    "znuny": _served_znuny,
}


def _twins(served: ServedContract, settings: Settings) -> tuple[ServedContract, ...]:
    """Give a service of the Znuny dialect once more, under its second prefix."""
    definition = served.definition
    if definition.dialect != "znuny":
        return ()
    path = znuny.twin_path(definition)
    return (ServedContract(definition, contracts_dir(), settings.public_url, path=path),)


def _znuny(
    units: UnitsOfWork, logins: Accounts, sessions: Sessions, pace: Pace, settings: Settings
) -> ZnunyDesk:
    options = settings.znuny.model_dump()
    names = [each.name for each in fields(ReferenceOptions)]
    reference = {name: options.pop(f"external_reference_{name}") for name in names}
    for name in ("include_ticket_data", "customer_queues"):
        options[name] = frozenset(options[name])
    return ZnunyDesk(
        units=units,
        accounts=logins,
        sessions=sessions,
        pace=pace,
        options=ZnunyOptions(
            **options,
            sender=settings.mail.sender,
            external_reference=ReferenceOptions(**reference),
        ),
    )


def _rest_cards(settings: Settings) -> list[RestCard]:
    """Show each REST service once: those of the Znuny dialect under the first prefix."""
    reads = [_catalog_card(settings)] if settings.ssp7_catalog.enabled else []
    return [_tickets_card(settings), *reads, *_znuny_cards(settings)]


def _catalog_card(settings: Settings) -> RestCard:
    return RestCard(
        "ServiceCatalog",
        "Reads the service catalog: the list of services, and the details of one.",
        settings.public_url + CATALOG_REST_PATH,
        (("GET, HEAD", catalog_rest.LIST), ("GET, HEAD /{guid}", catalog_rest.DETAILS)),
    )


def _znuny_cards(settings: Settings) -> list[RestCard]:
    return [
        RestCard(
            service.name,
            service.description,
            f"{settings.public_url}{znuny.PREFIXES[0]}{znuny.WEBSERVICE}/{service.name}",
            tuple(
                (f"{methods.replace(' ', ', ')} /{path}", operation)
                for methods, path, operation in service.routes
            ),
        )
        for service in ZNUNY_REST_SERVICES
    ]


def _tickets_card(settings: Settings) -> RestCard:
    return RestCard(
        "Tickets REST",
        "Tickets for platforms that bill customers: create, retrieve, update and delete.",
        settings.public_url + TICKETS_BASE,
        tuple(
            (f"{each.method} {tickets_openapi.address(each).removeprefix(TICKETS_BASE)}", each.text)
            for each in TICKETS_OPERATIONS
        ),
        page=settings.public_url + tickets_openapi.DOCS_PATH,
        description_file=settings.public_url + tickets_openapi.PATH,
    )


def _znuny_rest(desk: ZnunyDesk, settings: Settings) -> list[Route]:
    """Give the REST services of the Znuny dialect under both prefixes."""
    caps = JsonCaps(**settings.json_body.model_dump())
    return [
        Route(
            path=path,
            endpoint=znuny_rest.RestEndpoint(service, path, desk, caps),
            media_types=frozenset({"", "application/json"} | _any_type(settings)),
            any_method=True,
            below=True,
            refuse=znuny_rest.refused_by_door,
        )
        for service in ZNUNY_REST_SERVICES
        for path in (f"{prefix}{znuny.WEBSERVICE}/{service.name}" for prefix in znuny.PREFIXES)
    ]


def _tickets_rest(units: UnitsOfWork, keys: KeyAuthenticator, settings: Settings) -> list[Route]:
    """Give the tickets REST service."""
    desk = TicketsDesk(
        units=units,
        keys=keys,
        public_url=settings.public_url,
        options=_tickets_options(settings),
    )
    return [
        Route(
            path=TICKETS_BASE,
            endpoint=TicketsEndpoint(desk, JsonCaps(**settings.json_body.model_dump())),
            any_method=True,
            any_type=True,
            below=True,
            refuse=tickets_problems.refused_by_door,
        ),
        *tickets_docs.routes(desk.options, settings.public_url),
    ]


def _tickets_options(settings: Settings) -> TicketsOptions:
    given = settings.tickets_rest.model_dump()
    limits = (given.pop("default_limit"), given["max_limit"])
    return TicketsOptions(**given, default_limit=min(limits))


def _manner(settings: Settings) -> ssp7.Manner:
    workflow = settings.ssp7_workflow
    return ssp7.Manner(
        namespace=workflow.namespace,
        tolerant=workflow.order == "tolerant",
        action_required=workflow.soap_action == "required",
        basic="basic" in workflow.auth,
        hashes="hash" in workflow.auth,
        form_bindings=_form_bindings(workflow),
        max_body_bytes=workflow.max_body_bytes,
        large_body_bytes=workflow.max_body_with_attachments_bytes,
    )


def _catalog_manner(settings: Settings) -> catalog.Manner:
    service = settings.ssp7_catalog
    return catalog.Manner(
        namespace=service.namespace,
        tolerant=service.order == "tolerant",
        action_required=service.soap_action == "required",
        basic="basic" in service.auth,
        hashes="hash" in service.auth,
        form_bindings=_form_bindings(service)[:1],  # no operation here only reads
        max_body_bytes=service.max_body_bytes,
    )


def _form_bindings(service: Ssp7Workflow | Ssp7Catalog) -> tuple[str, ...]:
    offered = (("Post", service.http_post), ("Get", service.http_get))
    return tuple(verb for verb, offer in offered if offer == "on")


def _workflow(units: UnitsOfWork, settings: Settings) -> Workflow:
    workflow = settings.ssp7_workflow
    return Workflow(
        units=units,
        hashes=ObjectHashes(_hash_keys(workflow.hash_keys.get_secret_value())),
        hash_accepted="hash" in workflow.auth,
        defaults=Defaults(queue=workflow.queue, state=workflow.default_state, priority=3),
        files=FileLimits(
            files=workflow.max_attachments,
            bytes=workflow.max_attachment_bytes,
            total_bytes=workflow.max_attachments_total_bytes,
        ),
        partner_sees_requester=workflow.partner_sees_requester,
        ticket_url=_ticket_url(settings),
    )


def _catalog(units: UnitsOfWork, settings: Settings) -> Catalog:
    return Catalog(
        units=units,
        hashes=_catalog_hashes(settings),
        hash_accepted="hash" in settings.ssp7_catalog.auth,
    )


def _catalog_reads(
    units: UnitsOfWork, logins: Accounts, pace: Pace, settings: Settings
) -> list[Route]:
    if not settings.ssp7_catalog.enabled:
        return []
    reads = catalog_rest.CatalogReads(
        address=CATALOG_REST_PATH,
        units=units,
        authenticator=Authenticator(
            logins,
            kinds=frozenset({AccountKind.AGENT, AccountKind.PARTNER}),
            pace=pace,
            ways=frozenset({Way.BASIC}),
        ),
        public_read=settings.ssp7_catalog.public_read,
    )
    return [
        Route(
            path=CATALOG_REST_PATH,
            endpoint=reads,
            media_types=frozenset({"", "*"}),
            any_method=True,  # it refuses all but reads itself
            any_case=True,
            below=True,
            refuse=catalog_problems.of_door,
        )
    ]


def _workflow_rules(settings: Settings) -> WorkflowRules:
    workflow = settings.ssp7_workflow
    return WorkflowRules(
        ticket_url=_ticket_url(settings),
        time_zone=workflow.field_time_zone,
        default_group=workflow.default_group,
        event_on_accept=workflow.event_on_accept,
        close_ticket_with_last_task=workflow.close_ticket_with_last_task,
        closed_state=workflow.closed_state,
    )


def _catalog_hashes(settings: Settings) -> CatalogHashes:
    own = settings.ssp7_catalog.hash_keys.get_secret_value()
    shared = settings.ssp7_workflow.hash_keys.get_secret_value()
    return CatalogHashes(_hash_keys(own or shared))


def _ticket_url(settings: Settings) -> str:
    return f"{settings.public_url}/console/tickets/{{id}}"


def _hash_keys(text: str) -> list[HashKey]:
    pairs = (pair.strip().partition(":") for pair in text.split(",") if pair.strip())
    return [HashKey(name, secret.encode()) for name, _, secret in pairs]


def _identified(authenticator: Authenticator) -> Callable[[Request], bool]:
    def identified(request: Request) -> bool:
        try:
            authenticator.principal(credentials_of(request.headers), request.peer)
        except GatewayError:
            return False
        return True

    return identified


def _url(settings: Settings) -> str:
    return settings.database.url.get_secret_value()


def _seal_file(settings: Settings) -> Path:
    return settings.recording.seal_key_file or settings.database.data_dir / "seal-key"


def _limits(settings: Settings) -> Limits:
    http = settings.http
    return Limits(
        target_bytes=http.target_bytes,
        query_parameters=http.query_parameters,
        body_bytes=http.body_bytes,
        body_s=http.body_s,
        large_body_s=http.large_body_s,
        body_gap_s=http.body_gap_s,
        held_bytes=http.held_bytes,
        request_s=http.request_s,
        threads=http.threads,
        waiting=http.waiting,
        pool_wait_s=http.pool_wait_s,
    )


def _login_limits(settings: Settings) -> LoginLimits:
    login = settings.login
    return LoginLimits(
        account_failures=login.failures_per_account,
        peer_failures=login.failures_per_address,
        window_s=login.window_s,
        checks_at_once=login.checks_at_once,
        cached_s=login.cache_s,
    )


def _pace_limits(settings: Settings) -> PaceLimits:
    login = settings.login
    return PaceLimits(at_once=login.calls_at_once, per_s=login.calls_per_s, burst=login.calls_burst)


def _options(settings: Settings) -> Options:
    acmp_settings = settings.acmp
    return Options(
        business_errors=acmp_settings.business_errors,
        queue=acmp_settings.queue,
        default_state=acmp_settings.default_state,
        reopen_state=acmp_settings.reopen_state,
        closed_state=acmp_settings.closed_state,
        merged_state=acmp_settings.merged_state,
        default_priority=acmp_settings.default_priority,
        list_limit=acmp_settings.list_limit,
        batch_limit=acmp_settings.batch_limit,
        object_registry=acmp_settings.object_registry,
    )
