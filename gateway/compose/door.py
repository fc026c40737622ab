"""Joins the parts of one server process."""

import gc
import multiprocessing
import signal
from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from gateway.compose.consoles import console_desk, console_routes
from gateway.compose.contracts import definitions
from gateway.compose.desks import catalog_desk, helpdesk_options, workflow_desk, znuny_desk
from gateway.compose.limits import (
    SPARE_CONNECTIONS,
    door_limits,
    login_limits,
    pace_limits,
)
from gateway.compose.rest import catalog_routes, rest_cards, tickets_routes, znuny_routes
from gateway.compose.soap import soap_routes
from gateway.console.logins import Logins
from gateway.dialects.acmp.task import Helpdesk
from gateway.dialects.ssp7.catalog import service as catalog
from gateway.domain.people import AccountKind
from gateway.http.authentication import Authenticator, Way
from gateway.http.bearer import KeyAuthenticator
from gateway.http.digests import SealedDigests
from gateway.http.door import Door
from gateway.http.health import Health
from gateway.http.metrics import Metrics
from gateway.http.pace import Pace
from gateway.http.peer import Proxies
from gateway.http.recorder import Mode, Recorder
from gateway.http.routes import Route, Routes
from gateway.repository.accounts import AccountStore
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.engine import build_engine
from gateway.repository.launch import die_with_parent
from gateway.repository.messages import MessageLog
from gateway.repository.passwords import Argon2Passwords
from gateway.repository.readiness import schema_check
from gateway.settings import Settings, load
from gateway.soap.documents import STYLESHEET_PATH, stylesheet
from gateway.soap.index import ServiceIndex
from gateway.soap.publishing import ServedContract, contracts_dir
from gateway.storage import database_url, seal, units_of_work
from gateway.usecases.accounts import Accounts
from gateway.usecases.sessions import Sessions

_AGENTS = frozenset({AccountKind.AGENT})
_PROVIDERS = frozenset({AccountKind.AGENT, AccountKind.PARTNER})


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


def build_app(settings: Settings) -> Door:
    """Join the parts of one server process."""
    limits = door_limits(settings)
    engine = build_engine(
        database_url(settings),
        pool_size=limits.threads + SPARE_CONNECTIONS,
        role="gateway serve",
        pooler=settings.database.pooler,
    )
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    log = MessageLog(engine)
    pace = Pace(pace_limits(settings))
    sealed_with = seal(settings)
    accounts = AccountStore(engine, session_idle_s=settings.login.session_idle_s)
    logins = Accounts(
        accounts,
        Argon2Passwords(),
        login_limits(settings),
        digests=SealedDigests(accounts, sealed_with),
    )
    authenticators = _authenticators(logins, pace, settings)
    units = units_of_work(settings, engine, at_once=limits.threads)
    metrics.watch_backlogs(DeliveryStore(engine).backlogs)
    services = [
        ServedContract(definition, contracts_dir(), settings.public_url)
        for definition in definitions(settings)
    ]
    sessions = Sessions(accounts, life_s=settings.login.session_s)
    tickets = znuny_desk(units, logins, sessions, pace, settings)
    desks: dict[str, object] = {
        "znuny": tickets,
        "acmp": Helpdesk(units, helpdesk_options(settings)),
        "ssp7": workflow_desk(units, settings),
        catalog.DIALECT: catalog_desk(units, settings),
    }
    dialects = (*desks, "tickets")
    index = ServiceIndex(
        services,
        settings.public_url,
        console=settings.console.enabled,
        rest=rest_cards(settings),
    )
    health = Health({"database": schema_check(engine)}, registry)
    routes = Routes(
        (
            *health.routes(),
            Route(path="/", page=index.page),
            Route(path="/index.json", page=index.data),
            Route(path=STYLESHEET_PATH, page=stylesheet),
            *console_routes(
                console_desk(engine, units, dialects, settings),
                Logins(authenticators["console"], accounts, life_s=settings.login.session_s),
                settings,
            ),
            *(
                route
                for served in services
                for route in soap_routes(
                    served,
                    desks[served.definition.dialect],
                    authenticators[served.definition.dialect],
                    settings,
                )
            ),
            *znuny_routes(tickets, settings),
            *tickets_routes(
                units,
                KeyAuthenticator(logins, _PROVIDERS, pace),
                settings,
            ),
            *catalog_routes(units, logins, pace, settings),
        )
    )
    recorder = Recorder(
        log,
        sealed_with,
        modes={name: Mode(settings.recording.mode) for name in dialects},
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


def _authenticators(
    logins: Accounts, pace: Pace, settings: Settings
) -> Mapping[str, Authenticator]:
    """Give who may come in by a login, for each dialect and the console."""
    return {
        "console": Authenticator(logins, kinds=_AGENTS, pace=pace),
        "acmp": Authenticator(logins, kinds=_AGENTS, pace=pace),
        "ssp7": Authenticator(
            logins,
            kinds=_PROVIDERS,
            pace=pace,
            ways=frozenset(way for way in Way if way in settings.ssp7_workflow.auth),
        ),
        catalog.DIALECT: Authenticator(
            logins,
            kinds=_PROVIDERS,
            pace=pace,
            ways=frozenset(way for way in Way if way in settings.ssp7_catalog.auth),
        ),
        "znuny": Authenticator(logins, pace=pace),  # of pages alone: its operations log in
    }
