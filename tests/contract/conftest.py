"""One running gateway for the contract tests of a process, with a small world in it."""

from contextlib import ExitStack
from functools import cache

import pytest

from tests.kit.catalog_service import running_catalog
from tests.kit.database import ADMIN_HASH
from tests.kit.gateway import running_gateway
from tests.kit.stores import Stores
from tests.kit.tickets_rest import running_tickets
from tests.kit.workflow import running_workflow
from tests.kit.znuny import FACES, running_znuny


def pytest_generate_tests(metafunc):
    """Play the suite of the helpdesk twice: broken rules as result codes, and as faults."""
    if "gateway" in metafunc.fixturenames and ".test_acmp_" in metafunc.module.__name__:
        answers = metafunc.config.getoption("--answers") or ["result_code", "fault"]
        metafunc.parametrize("gateway", answers, indirect=True, scope="session")


@pytest.fixture(scope="session")
def gateways(databases):
    """Give the running gateway of a way to answer broken rules; a first request starts it."""
    with ExitStack() as running:

        @cache
        def gateway(answers):
            url = running.enter_context(databases.migrated())
            people(url)
            return running.enter_context(running_gateway(url, answers))

        yield gateway


@pytest.fixture(scope="session")
def gateway(request, gateways):
    """A running gateway; its tickets pile up, so a test speaks of those it made."""
    return gateways(getattr(request, "param", "result_code"))


@pytest.fixture(scope="session")
def strict_gateway(gateways):
    """A running gateway that answers broken rules with faults."""
    return gateways("fault")


@pytest.fixture(scope="session")
def znuny(databases):
    """A gateway in this process, called through its Znuny dialect; its tickets pile up."""
    with running_znuny(databases) as running:
        yield running


@pytest.fixture(params=FACES)
def face(request):
    """Every face of the Znuny dialect: soap11, soap12, rest."""
    return request.param


@pytest.fixture(scope="session")
def workflow(databases):
    """A running workflow service with partners; like ``gateway`` it fills up."""
    with running_workflow(databases) as running:
        yield running


@pytest.fixture(scope="session")
def open_workflow(databases, seal_key):
    """The same with every way of calling open, pages in German, and no hashes."""
    with running_workflow(
        databases,
        http_post="on",
        http_get="on",
        help_language="de",
        auth="basic,wsse",
        GATEWAY_RECORDING__SEAL_KEY_FILE=str(seal_key),
    ) as running:
        yield running


@pytest.fixture(scope="session")
def catalog(databases):
    """A gateway in this process with a service catalog; a test speaks of services it made."""
    with running_catalog(databases) as running:
        yield running


@pytest.fixture(scope="session")
def seal_key(tmp_path_factory):
    """The key file of the gateway above, so that verbs can seal for it."""
    return tmp_path_factory.mktemp("seal") / "key"


@pytest.fixture(scope="session")
def rest(databases):
    """A gateway in this process, called through tickets REST; its tickets pile up."""
    with running_tickets(databases) as running:
        yield running


@pytest.fixture(params=["1.1", "1.2"])
def version(request):
    """Both SOAP versions."""
    return request.param


def people(url):
    """Add agents, groups and rows beside those of the first start."""
    stores = Stores(url)
    try:
        users = stores.row("group", "users").id
        network = stores.group("Network", description="Cables and switches")
        foreign = stores.group("Foreign")
        stores.queue("Elsewhere", foreign)
        stores.sql("insert into permission values (1, %s, 'rw')", network)
        for login, groups in (
            ("berta", [(users, "rw"), (network, "rw")]),
            ("reader", [(users, "ro")]),
            ("stranger", [(foreign, "rw")]),
        ):
            agent = stores.agent(login, groups=groups, first_name=login.title(), last_name="Test",
                                 email=f"{login}@example.org")  # fmt: skip
            ((account,),) = stores.sql(
                "insert into account (name, kind, agent_id) values (%s, 'agent', %s) returning id",
                login, agent,
            )  # fmt: skip
            stores.sql(
                "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
                account, ADMIN_HASH,
            )  # fmt: skip
        stores.customer_user("carla", company="ACME", first="Carla", last="Customer")
        stores.sql(
            "insert into category (en, de, path_en, path_de) values"
            " ('Hardware', 'Geräte', 'Hardware', 'Geräte')"
        )
        stores.sql(
            "insert into category (en, de, parent_id, path_en, path_de) select"
            " 'Printers', 'Drucker', id, 'Hardware::Printers', 'Geräte::Drucker' from category"
        )
        stores.sql("insert into impact (en, de) values ('One person', 'Eine Person')")
        stores.sql("insert into resolution (en, de) values ('Solved', 'Gelöst'), ('Void', null)")
    finally:
        stores.close()
