"""A running gateway with service providers in it, and strict callers of its workflow service."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import psycopg
import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from psycopg.types.json import Jsonb
from zeep.transports import Transport

from gateway.usecases.task_hashes import HashKey, ObjectHashes
from tests.kit import web
from tests.kit.database import ADMIN_HASH, ADMIN_PASSWORD, driver_url
from tests.kit.gateway import MEDIA_TYPES, Gateway, running_gateway, wrapped
from tests.kit.stores import Stores

PATH = "/Workflow/WebService/WorkflowService.asmx"
NAMESPACE = "urn:ticket-gateway:ssp7:workflow"
KEYS = (("k2", "newest secret of the hashes"), ("k1", "older secret of the hashes"))
TASK = "ProcessInstanceTaskExternal"
ACKNOWLEDGE = f"{TASK}Acknowledgement"
REASSIGN = f"{TASK}Reassignment"
UPDATE = f"{TASK}UpdateMessage"
PARTNERS = ("NORTHWIND", "SOUTHSEA", "FETCHER")  # the last one fetches its events
NORTHWIND = ("northwind", ADMIN_PASSWORD)
SOUTHSEA = ("southsea", ADMIN_PASSWORD)
FETCHER = ("fetcher", ADMIN_PASSWORD)
STARTER = ("starter", ADMIN_PASSWORD)


@dataclass
class Workflow:
    """The workflow service of a running gateway, beside its helpdesk."""

    gateway: Gateway
    _clients: dict = field(default_factory=dict)

    @property
    def url(self):
        return f"{self.gateway.url}{PATH}"

    def client(self, version="1.1", login=NORTHWIND):
        """Give a strict zeep client; made once per SOAP version and login."""
        key = (version, login)
        if key not in self._clients:
            session = requests.Session()
            session.auth = login
            self._clients[key] = zeep.Client(
                f"{self.url}?wsdl",
                transport=Transport(session=session),
                settings=zeep.Settings(strict=True, forbid_dtd=True),
                service_name="WorkflowService",
                port_name="WorkflowServiceSoap" if version == "1.1" else "WorkflowServiceSoap12",
            )
        return self._clients[key]

    def call(self, operation, *, version="1.1", login=NORTHWIND, **arguments):
        """Call an operation; value types that a test does not name get their defaults."""
        return getattr(self.client(version, login).service, operation)(
            **{**DEFAULTS.get(operation, {}), **arguments}
        )

    def acknowledge(self, task, reference, **arguments):
        return self.call(
            ACKNOWLEDGE, p_intTaskId=task, p_strExternalReference=reference, **arguments
        )

    def reassign(self, task, solution="Power supply replaced.", **arguments):
        return self.call(REASSIGN, p_intTaskId=task, p_strSolution=solution, **arguments)

    def update(self, task, message="We are on our way.", **arguments):
        return self.call(UPDATE, p_intTaskId=task, p_strMessage=message, **arguments)

    def read(self, task, **arguments):
        return self.call("GetProcessInstanceTask", p_intTaskId=task, **arguments)

    def refused(self, operation, **arguments):
        """Call an operation that must be refused, and give code and field."""
        try:
            result = self.call(operation, **arguments)
        except zeep.exceptions.Fault as fault:
            return refusal(fault)
        raise AssertionError(f"not refused: {result}")

    def post(self, body, *, version="1.1", login=NORTHWIND, path=PATH, headers=None, envelope=None):
        """Send the content of a Body by plain HTTP."""
        return web.post(
            f"{self.gateway.url}{path}",
            content=envelope or wrapped(body, version),
            auth=login,
            headers={"Content-Type": f"{MEDIA_TYPES[version]}; charset=utf-8", **(headers or {})},
            timeout=30,
        )

    # -- the world ------------------------------------------------------------------------------

    def ticket(self, group=None, **fields):
        """Save a ticket through the helpdesk, assigned to a group if one is named."""
        if group:
            fields["Assignee"] = self.party(group)
        return self.gateway.ticket(**fields)

    def task(self, group="Northwind desk", **fields):
        """Save a ticket that is given to a group, and give its main task's number."""
        return self.main_task(self.ticket(group, **fields))

    def assign(self, ticket_id, party):
        """Assign a ticket through the helpdesk; None: to nobody."""
        assignee = {"Id": ""} if party is None else self.party(party)
        result = self.gateway.call("SaveTicket_V4", Ticket={"Id": ticket_id, "Assignee": assignee})
        assert result.ResultCode == 0, result

    def party(self, name):
        """Name a group, or an agent by login."""
        is_group = bool(self.rows("select 1 from agent_group where name = %s", name))
        table = "agent_group" if is_group else "agent"
        return {"Id": self.gateway.row_id(table, name), "AssigneeIsGroup": is_group}

    def main_task(self, ticket_id):
        ((task,),) = self.rows(
            "select k.id from task k join ticket t on t.id = k.ticket_id"
            " where t.guid = %s and k.main", ticket_id.strip("{}"),
        )  # fmt: skip
        return task

    def events(self, task):
        """List the events of a task: code, type, direction, app, partner, origin, fields."""
        rows = self.rows(
            "select e.kind, e.request_type, e.direction, e.app, p.name, o.name, e.snapshot,"
            " e.sequence, e.guid::text from event e join partner p on p.id = e.partner_id"
            " left join partner o on o.id = e.origin_partner_id"
            " where e.task_id = %s order by e.id", task,
        )  # fmt: skip
        names = ("code", "type", "direction", "app", "partner", "origin", "fields", "sequence",
                 "guid")  # fmt: skip
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]

    def codes(self, task):
        return [event.code for event in self.events(task)]

    def deliveries(self, task):
        """List what is queued for a task: process, version and event."""
        return self.rows(
            "select d.process, d.version, e.kind from delivery d"
            " join event e on e.guid = d.event_id where e.task_id = %s order by d.id", task,
        )  # fmt: skip

    def state(self, task):
        ((state,),) = self.rows("select state from task where id = %s", task)
        return state

    def notes(self):
        """Give the notes of the last message of this service."""
        ((notes,),) = self.rows(
            "select notes from message where dialect = 'ssp7' order by number desc limit 1"
        )
        return notes

    def rows(self, statement, *parameters):
        return self.gateway.rows(statement, *parameters)

    @contextmanager
    def locked(self, task):
        """Hold the ticket of a task, as a change that does not end would."""
        with psycopg.connect(driver_url(self.gateway.database_url)) as session:
            session.execute(
                "select 1 from ticket where id = (select ticket_id from task where id = %s)"
                " for update", (task,),
            )  # fmt: skip
            yield
            session.rollback()

    def hash(self, task, partner="NORTHWIND", keys=KEYS):
        return hashes(keys).of_task(partner, task)


DEFAULTS = {
    ACKNOWLEDGE: {"p_dtAcknowledged": zeep.xsd.Nil},
    REASSIGN: {"p_intTaskId": 0, "p_blnClosed": False},
    UPDATE: {"p_intTaskId": 0, "p_blnVisibleToRequester": False, "p_dtMessage": zeep.xsd.Nil},
    "GetProcessInstanceTaskMessages": {"p_dtSince": zeep.xsd.Nil},
    "GetPendingExternalEvents": {"p_intMax": 0},
}


def hashes(keys=KEYS):
    return ObjectHashes([HashKey(name, secret.encode()) for name, secret in keys])


def refusal(fault):
    """Give code and field of a fault's detail."""
    (error,) = fault.detail
    found = {child.tag.rpartition("}")[2]: child.text for child in error}
    assert fault.message == f"{found['Code']}: {found['Message']}"
    assert found["CorrelationId"]
    return found["Code"], found.get("Field")


def files(*contents):
    """Give attachments with these contents."""
    return {
        "ExternalAttachment": [
            {"FileName": f"{number}.txt", "ContentType": "text/plain", "Content": content}
            for number, content in enumerate(contents, 1)
        ]
    }


def element(operation, content=""):
    """Write the wrapper of an operation."""
    return f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}>'


@contextmanager
def running_workflow(databases, **settings):
    """Serve a database with partners, Integrated Groups and accounts in it."""
    with databases.migrated() as url:
        partners(url)
        given = {
            "GATEWAY_SSP7_WORKFLOW__HASH_KEYS": ",".join(f"{name}:{key}" for name, key in KEYS),
            **{
                name if name.startswith("GATEWAY_") else f"GATEWAY_SSP7_WORKFLOW__{name.upper()}": (
                    value
                )
                for name, value in settings.items()
            },
        }
        with running_gateway(url, **given) as running:
            yield Workflow(running)


def partners(url):
    """Add partners with Integrated Groups, processes and accounts, and groups of our own."""
    stores = Stores(url)
    try:
        for name in PARTNERS:
            _partner(stores, name)
        for name in ("assign", "update", "close"):
            _process(stores, name)
        for group, partner in (
            ("Northwind desk", "NORTHWIND"),
            ("Northwind night", "NORTHWIND"),
            ("Southsea desk", "SOUTHSEA"),
            ("Fetcher desk", "FETCHER"),
        ):
            _integrated(stores, group, partner)
        stores.group("Network")
        stores.group("Field service")
        stores.customer_user("carla", company="ACME", first="Carla", last="Customer")
        stores.sql(
            "update customer_user set email = 'carla@acme.example', phone = '+1 555 0100',"
            " unique_id = 'C-1' where login = 'carla'"
        )
        ((starter,),) = stores.sql(
            "insert into account (name, kind, partner_id) select 'starter', 'partner', id"
            " from partner where name = 'NORTHWIND' returning id"
        )
        stores.sql(
            "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
            starter, ADMIN_HASH,
        )  # fmt: skip
        _apps(stores)
        stores.sql("insert into category (en, path_en, path_de) values ('Doors', 'Doors', 'Doors')")
        stores.sql("insert into resolution (en, de) values ('Solved', 'Gelöst')")
    finally:
        stores.close()


def _apps(stores):
    for code, partner in (("DOOR", "NORTHWIND"), ("OPEN", None), ("SEA", "SOUTHSEA")):
        ((app,),) = stores.sql(
            "insert into external_app (code, partner_id) values (%s,"
            " (select id from partner where name = %s)) returning id", code, partner,
        )  # fmt: skip
        stores.sql(
            "insert into external_app_field (app_id, name, label) values (%s, 'Room', 'Room')", app
        )
    stores.sql(
        "update external_app set requester_id ="
        " (select id from customer_user where login = 'carla') where code = 'OPEN'"
    )
    stores.sql("insert into dynamic_field (name, en, field_type) values ('Room', 'Room', 'text')")
    stores.sql(
        "insert into account_right select id, unnest(array['ssp7.start', 'ssp7.read'])"
        " from account where name = 'starter'"
    )


def _partner(stores, name):
    ((system,),) = stores.sql("insert into external_system (name) values (%s) returning id", name)
    ((partner,),) = stores.sql(
        "insert into partner (name, title, system_id, delivery) values (%s, %s, %s, %s)"
        " returning id",
        name, name.title(), system, "pull" if name == "FETCHER" else "push",
    )  # fmt: skip
    ((account,),) = stores.sql(
        "insert into account (name, kind, partner_id) values (%s, 'partner', %s) returning id",
        name.lower(), partner,
    )  # fmt: skip
    stores.sql(
        "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
        account, ADMIN_HASH,
    )  # fmt: skip


def _process(stores, name):
    ((process,),) = stores.sql(
        "insert into process (name, active_version) values (%s, 3) returning id", name
    )
    stores.sql(
        "insert into process_version (process_id, version, source, definition, sha256)"
        " values (%s, 3, '', %s, '')", process, Jsonb({}),
    )  # fmt: skip


def _integrated(stores, group, partner):
    stores.group(group)
    stores.sql(
        "update agent_group set integrated = true,"
        " partner_id = (select id from partner where name = %s),"
        " assignment_process_id = (select id from process where name = 'assign'),"
        " update_process_id = (select id from process where name = 'update'),"
        " closure_process_id = (select id from process where name = 'close')"
        " where name = %s", partner, group,
    )  # fmt: skip
