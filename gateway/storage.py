"""The composer's half for the data: servers, schema, and what an operator's verbs work with.

A module of its own: to load all dialects would take a short verb longer than its work.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.domain.assignment import WorkflowRules
from gateway.domain.catalog import CatalogRules
from gateway.http.seal import Seal
from gateway.repository import inspection, migrations
from gateway.repository.accounts import AccountStore
from gateway.repository.administration import Administration, operator_engine
from gateway.repository.deliveries import DeliveryStore, HintSender
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.repository.embedded import EmbeddedServer, joined
from gateway.repository.engine import Engine
from gateway.repository.inspection import OLDEST_VERSION, ServerFacts
from gateway.repository.migrations import HEAD, Step
from gateway.repository.numbers import NumberReserve
from gateway.repository.passwords import Argon2Passwords
from gateway.repository.schedules import ScheduleStore
from gateway.repository.seed import seed
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.secret_files import SecretFiles, SecretMissing
from gateway.settings import Database, MailRules, Settings
from gateway.usecases import administration_ports, app_registry, ports

__all__ = [
    "OLDEST_VERSION",
    "Desk",
    "ServerFacts",
    "Step",
    "administration",
    "backlogs",
    "connector_defects",
    "database_url",
    "delivery_desk",
    "desk",
    "inspect",
    "joined_server",
    "list_defects",
    "mailbox_defects",
    "migrate",
    "own_server",
    "passwords",
    "prepare",
    "schedule_defects",
    "seal",
    "steps",
    "target_defects",
    "ticket_url",
    "units_of_work",
    "workflow_rules",
]

# Settings that name rows of lists, by section.
_LIST_KEYS: Mapping[str, Mapping[str, str]] = {
    "acmp": {
        "queue": "queue",
        "default_state": "state",
        "reopen_state": "state",
        "closed_state": "state",
        "merged_state": "state",
    },
    "ssp7_workflow": {
        "queue": "queue",
        "default_state": "state",
        "closed_state": "state",
        "default_group": "group",
    },
    "tickets_rest": {
        "default_type": "type",
        "default_status": "state",
        "default_priority": "priority",
        "default_department": "queue",
    },
}


@contextmanager
def own_server(database: Database) -> Iterator[str]:
    """Keep the embedded server of the data folder up and give its address."""
    with EmbeddedServer(database.data_dir, binaries=database.binaries) as server:
        yield server.url


@contextmanager
def joined_server(database: Database) -> Iterator[str]:
    """Give the address of the data folder's server, started for the time if none runs."""
    with joined(database.data_dir, binaries=database.binaries) as url:
        yield url


def inspect(settings: Settings) -> ServerFacts:
    """Ask the database server about itself and its schema.

    Raises:
        StorageAway: it does not answer, or refuses us.
    """
    return inspection.inspect(database_url(settings))


def target_defects(settings: Settings) -> Sequence[str]:
    """Tell which targets name a secret or a file that cannot be read here.

    Raises:
        StorageAway: the database does not answer.
    """
    secrets = SecretFiles(settings.secrets.folder)
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        store = TargetStore(engine)
        partners = [backlog.partner for backlog in DeliveryStore(engine).backlogs()]
        found = [target for partner in partners for target in store.list(partner)]
    return [
        f"{target.partner} {target.code}: {defect}"
        for target in found
        for defect in _defects(target, secrets)
    ]


def _defects(target: ports.Target, secrets: SecretFiles) -> Iterator[str]:
    if target.auth is not ports.TargetAuth.NONE:
        try:
            secrets.read(target.secret)
        except SecretMissing as error:
            yield str(error)
    for file in (target.ca_file, target.client_certificate_file):
        if file and not Path(file).is_file():
            yield f"no file {file}"


def connector_defects(settings: Settings) -> Sequence[str]:
    """Tell what settings of the Znuny dialect name that is not there.

    Raises:
        StorageAway: the database does not answer.
    """
    rules = settings.znuny
    return inspection.connector_defects(
        database_url(settings),
        field=rules.external_reference_dynamic_field,
        states=rules.external_reference_states,
        state_types=rules.external_reference_state_types,
        type_name=rules.default_type,
    )


def list_defects(settings: Settings) -> Sequence[str]:
    """Tell what the dialects put on new and closed tickets that is not in the lists.

    Raises:
        StorageAway: the database does not answer.
    """
    named = {
        f"{section}.{key}": (of, getattr(getattr(settings, section), key))
        for section, keys in _LIST_KEYS.items()
        for key, of in keys.items()
    }
    return inspection.list_defects(database_url(settings), named)


def mailbox_defects(settings: Settings) -> Sequence[tuple[str, str, str]]:
    """Tell what mailboxes name that is not there: the mailbox or its address, the key, the name.

    Raises:
        StorageAway: the database does not answer.
    """
    found = []
    for box in settings.mailbox:
        whole = _named_in_vain(box, settings)
        found += [(box.name, key, name) for key, name in whole.items()]
        for each in box.address:
            own = _named_in_vain(each, settings).items() - whole.items()
            found += [(f"{box.name} {each.address}", key, name) for key, name in sorted(own)]
    return found


def _named_in_vain(keys: MailRules, settings: Settings) -> Mapping[str, str]:
    return inspection.mailbox_defects(
        database_url(settings),
        partner=keys.partner,
        app=keys.external_app if keys.new_tickets else "",
        person=keys.failover_person,
    )


def prepare(settings: Settings) -> bool:
    """Bring the schema up to date and fill an empty database; tell whether it was empty.

    Raises:
        GatewayError: the database does not answer.
    """
    url = _direct_url(settings)
    migrations.upgrade(url)
    first = seed(url, passwords().hash(settings.admin.password.get_secret_value()))
    with operator_engine(url, settings.database.pooler) as engine:
        Administration(engine).run(app_registry.fill)
    return first


def steps(settings: Settings, target: str | None = None) -> Sequence[Step]:
    """List the migrations that lead to a revision, the newest unless another is named.

    Raises:
        NotFound: there is no such revision.
    """
    return migrations.steps(_direct_url(settings), target or HEAD)


def migrate(settings: Settings, target: str) -> None:
    """Take the migrations that lead to a revision, forward or back."""
    url = _direct_url(settings)
    if any(step.back for step in migrations.steps(url, target)):
        migrations.downgrade(url, target)
    else:
        migrations.upgrade(url, target)


def backlogs(settings: Settings) -> Sequence[ports.Backlog]:
    """Tell how each partner's deliveries stand."""
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        return DeliveryStore(engine).backlogs()


def schedule_defects(settings: Settings) -> Sequence[str]:
    """Tell what ran by the clock and went wrong the last time.

    Raises:
        StorageAway: the database does not answer.
    """
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        failing = ScheduleStore(engine).failing()
    return [f"{name} at {at:%Y-%m-%d %H:%M} UTC: {error}" for name, at, error in failing]


def passwords() -> ports.Passwords:
    """Give what hashes passwords."""
    return Argon2Passwords()


def seal(settings: Settings) -> Seal:
    """Give what seals secrets; a missing key file is made.

    Raises:
        CannotStart: the file holds no key, or cannot be made.
    """
    return Seal.from_file(
        settings.recording.seal_key_file or settings.database.data_dir / "seal-key"
    )


@contextmanager
def administration(settings: Settings) -> Iterator[administration_ports.Administration]:
    """Lend what runs an operator's work."""
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        yield Administration(engine)


@contextmanager
def delivery_desk(settings: Settings, actor: str) -> Iterator[ports.DeliveryDesk]:
    """Lend what an operator does with deliveries."""
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        yield DeliveryDesk(engine, actor)


@dataclass(frozen=True, slots=True)
class Desk:
    """What runs commands as callers do, beside an operator's work."""

    administration: administration_ports.Administration
    units: ports.Units
    accounts: ports.AccountStore


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """Lend a desk for one caller at a time."""
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        yield Desk(
            Administration(engine),
            units_of_work(settings, engine, at_once=1),
            AccountStore(engine, session_idle_s=settings.login.session_idle_s),
        )


def units_of_work(settings: Settings, engine: Engine, *, at_once: int) -> UnitsOfWork:
    """Give what runs work in transactions, of which so many may be open at once."""
    return UnitsOfWork(
        engine,
        NumberReserve(engine, low=at_once),
        HintSender(engine).send,
        workflow_rules(settings),
        _catalog_rules(settings),
    )


def workflow_rules(settings: Settings) -> WorkflowRules:
    """Give what the operator set for tasks and partners."""
    workflow = settings.ssp7_workflow
    return WorkflowRules(
        ticket_url=ticket_url(settings),
        time_zone=workflow.field_time_zone,
        default_group=workflow.default_group,
        event_on_accept=workflow.event_on_accept,
        close_ticket_with_last_task=workflow.close_ticket_with_last_task,
        closed_state=workflow.closed_state,
    )


def ticket_url(settings: Settings) -> str:
    """Give the address of a ticket's page, with a place for its id."""
    return f"{settings.public_url}/console/tickets/{{id}}"


def database_url(settings: Settings) -> str:
    """Give the address of the database."""
    return settings.database.url.get_secret_value()


def _catalog_rules(settings: Settings) -> CatalogRules:
    service = settings.ssp7_catalog
    return CatalogRules(
        languages=service.languages,
        restrict_voters=service.restrict_voters,
        publish_to_service_list=service.publish_to_service_list,
        service_url=f"{settings.public_url}/console/catalog/{{guid}}",
    )


def _direct_url(settings: Settings) -> str:
    return settings.database.direct_url.get_secret_value() or database_url(settings)
