"""The composer's half for the data: servers, schema, and what an operator's verbs work with.

A module of its own: to load all dialects would take a short verb longer than its work.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.domain.catalog import CatalogRules
from gateway.http.seal import Seal
from gateway.repository import inspection, migrations
from gateway.repository.accounts import AccountStore
from gateway.repository.administration import Administration, operator_engine
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.repository.embedded import EmbeddedServer, joined
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
    "catalog_rules",
    "connector_defects",
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
    return inspection.inspect(_url(settings))


def target_defects(settings: Settings) -> Sequence[str]:
    """Tell which targets name a secret or a file that cannot be read here.

    Raises:
        StorageAway: the database does not answer.
    """
    secrets = SecretFiles(settings.secrets.folder)
    with operator_engine(_url(settings), settings.database.pooler) as engine:
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
        _url(settings),
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
    return inspection.list_defects(_url(settings), named)


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
        _url(settings),
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
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        return DeliveryStore(engine).backlogs()


def schedule_defects(settings: Settings) -> Sequence[str]:
    """Tell what ran by the clock and went wrong the last time.

    Raises:
        StorageAway: the database does not answer.
    """
    with operator_engine(_url(settings), settings.database.pooler) as engine:
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
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        yield Administration(engine)


@contextmanager
def delivery_desk(settings: Settings, actor: str) -> Iterator[ports.DeliveryDesk]:
    """Lend what an operator does with deliveries."""
    with operator_engine(_url(settings), settings.database.pooler) as engine:
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
    with operator_engine(_url(settings), settings.database.pooler) as engine:
        yield Desk(
            Administration(engine),
            UnitsOfWork(engine, NumberReserve(engine, low=1), catalog=catalog_rules(settings)),
            AccountStore(engine, session_idle_s=settings.login.session_idle_s),
        )


def catalog_rules(settings: Settings) -> CatalogRules:
    """Give what the operator set for the service catalog."""
    service = settings.ssp7_catalog
    return CatalogRules(
        languages=service.languages,
        restrict_voters=service.restrict_voters,
        publish_to_service_list=service.publish_to_service_list,
        service_url=f"{settings.public_url}/console/catalog/{{guid}}",
    )


def _url(settings: Settings) -> str:
    return settings.database.url.get_secret_value()


def _direct_url(settings: Settings) -> str:
    return settings.database.direct_url.get_secret_value() or _url(settings)
