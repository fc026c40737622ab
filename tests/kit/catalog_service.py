"""A gateway in this process with a service catalog in it, strict callers and readers of it."""

import asyncio
import io
import tempfile
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from requests.adapters import BaseAdapter  # noqa: TID251 - likewise
from zeep.transports import Transport

from gateway import compose
from gateway.domain.catalog_commands import CancelRequest
from gateway.settings import load
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.catalog_requests import cancel
from gateway.usecases.task_hashes import HashKey
from tests.kit import asgi
from tests.kit.database import ADMIN_HASH, ADMIN_PASSWORD
from tests.kit.gateway import MEDIA_TYPES, wrapped
from tests.kit.stores import Stores
from tests.kit.workflow import KEYS, refusal

HOST = "http://gateway"
PATH = "/Catalog/WebService/ServiceCatalog.asmx"
REST = "/catalog/api/v1/services"
NAMESPACE = "urn:ticket-gateway:ssp7:catalog"
# Accounts, each with the rights it is named for.
RIGHTS = {
    "catalog": ("request", "vote", "write", "delete", "read", "read_draft"),
    "asker": ("request",),
    "writer": ("write",),
    "reader": ("read",),
    "drafter": ("read_draft",),
    "stranger": (),
}
CATALOG, ASKER, WRITER, READER, DRAFTER, STRANGER = ((name, ADMIN_PASSWORD) for name in RIGHTS)
OF_REQUESTS = {
    "AddLogToServicePublishRequest": {"p_strText": "The approvers were asked."},
    "MarkServicePublishRequestAsInApproval": {},
    "SetPublishRequestCanBeCancelled": {"p_blnCanBeCancelled": False},
    "SetPublishRequestShowInPublic": {"p_blnShowInPublic": True},
}
OF_SERVICES = {
    "AddPersonToServicePersonList": {
        "p_strListName": "EditorPersons", "p_strPersonUniqueId": "mkeller",
    },
    "AddPersonGroupToServicePersonGroupList": {
        "p_strListName": "EditorGroups", "p_strPersonGroupName": "Workplace team",
    },
    "RemovePersonFromServicePersonList": {
        "p_strListName": "EditorPersons", "p_strPersonUniqueId": "jdoe",
    },
    "RemovePersonGroupFromServicePersonGroupList": {
        "p_strListName": "EditorGroups", "p_strPersonGroupName": "Network",
    },
    "RemoveSupportGroupFromService": {"p_strSupportGroupName": "Service desk"},
    "UpdateServiceField": {"p_strInternalName": "Tags", "p_strValue": "office"},
    "UpdateServiceLanguageField": {
        "p_strInternalName": "Summary", "p_strLanguageCode": "de", "p_strValue": "Neu",
    },
    "UpdateTemplatePartDateTimeValue": {
        "p_strPartInternalName": "date", "p_dtValue": "2026-04-01T00:00:00Z",
    },
    "UpdateTemplatePartNumericValue": {"p_strPartInternalName": "numeric", "p_decValue": "41.5"},
    "UpdateTemplatePartTextValue": {"p_strPartInternalName": "single", "p_strValue": "A line"},
}  # fmt: skip
# Internal name of a part of the template "Standard": type, and whether it has languages.
PARTS = {
    "single": ("Single text line", False),
    "multiple": ("Multiple text lines", True),
    "bbcode": ("Multiple text lines with bb code", False),
    "dropdown": ("Dropdown list", False),
    "checkboxes": ("Checkboxes", False),
    "radio": ("Radio buttons", False),
    "typeahead": ("Typeahead single selections", False),
    "typeaheads": ("Typeahead multiple selections", False),
    "yesno": ("Yes no", False),
    "hidden": ("Hidden", False),
    "date": ("Date", False),
    "numeric": ("Numeric value", False),
    "reusable": ("Reusable content", False),
    "html": ("Static html", False),
    "static": ("Static text", False),
}


class InProcess(BaseAdapter):
    """Sends requests to an application in this process."""

    def __init__(self, app):
        super().__init__()
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def send(self, request, **_):
        target = urlsplit(request.url)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        work = asgi.exchange(
            self._app, method=request.method, path=target.path, query=target.query,
            headers=list(request.headers.items()), pieces=[body],
        )  # fmt: skip
        reply = asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = reply.status, request.url, request
        answer.headers.update(reply.headers)
        answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
        answer.raw = io.BytesIO(reply.body)
        answer._content = reply.body
        return answer

    def close(self):
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._app._drain(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self._app._stopped()


class Catalog:
    """Calls and reads of one catalog, and the rows behind it."""

    def __init__(self, app, url):
        self.adapter = InProcess(app)
        self.stores = Stores(url)
        self.hashes = CatalogHashes([HashKey(name, secret.encode()) for name, secret in KEYS])
        self._clients = {}

    def close(self):
        self.adapter.close()
        self.stores.close()

    def sql(self, text, *values):
        return self.stores.sql(text, *values)

    # -- calls ----------------------------------------------------------------------------------

    def session(self, login=CATALOG):
        session = requests.Session()
        session.trust_env = False
        session.mount(HOST, self.adapter)
        session.auth = login
        return session

    def client(self, version="1.1", login=CATALOG):
        """Give a strict zeep client; made once per SOAP version and login."""
        key = (version, login)
        if key not in self._clients:
            self._clients[key] = zeep.Client(
                f"{HOST}{PATH}?wsdl",
                transport=Transport(session=self.session(login)),
                settings=zeep.Settings(strict=True, forbid_dtd=True),
                service_name="ServiceCatalog",
                port_name="ServiceCatalogSoap" if version == "1.1" else "ServiceCatalogSoap12",
            )
        return self._clients[key]

    def call(self, operation, about, *, version="1.1", login=CATALOG, **arguments):
        """Call an operation about a service or request; a test names what matters to it."""
        of_request = operation in OF_REQUESTS or operation.startswith("Process")
        name = "p_strRequestGuid" if of_request else "p_strServiceGuid"
        usual = {**OF_REQUESTS, **OF_SERVICES}.get(operation, {})
        values = {name: str(about), **usual, **arguments}
        return getattr(self.client(version, login).service, operation)(**values)

    def refused(self, operation, about, **arguments):
        """Call an operation that must be refused, and give code and field."""
        try:
            result = self.call(operation, about, **arguments)
        except zeep.exceptions.Fault as fault:
            self.last_fault = fault
            return refusal(fault)
        raise AssertionError(f"not refused: {result}")

    def post(self, body, *, version="1.1", login=CATALOG, path=PATH, headers=None, envelope=None):
        """Send the content of a Body by plain HTTP."""
        return self.session(login).post(
            f"{HOST}{path}",
            data=envelope or wrapped(body, version),
            headers={"Content-Type": f"{MEDIA_TYPES[version]}; charset=utf-8", **(headers or {})},
        )

    def form(self, operation, values, login=CATALOG):
        return self.session(login).post(f"{HOST}{PATH}/{operation}", data=values)

    def approval(self, service, login=CATALOG, **arguments):
        """Make a custom request and give its guid."""
        values = {"p_strTitle": "Price change", "p_blnLockService": False, **arguments}
        made = self.call("CreateCustomApproval", service, login=login, **values)
        assert (made.Success, made.Code, made.RequestState) == (True, "OK", "New")
        return made.RequestGuid

    def vote(self, request, decision="Approved", **arguments):
        values = {"p_strVoterUniqueId": "jdoe", "p_strHashCheck": self.hashes.request_hash(request)}
        return self.call(
            "ProcessServicePublishRequest", request, p_strDecision=decision,
            **{**values, **arguments},
        )  # fmt: skip

    def cancel(self, request, account):
        """Take a request back, as the console does for whoever made it."""
        principal = self.stores.accounts.find(account).principal
        call = self.stores.call(principal=principal, dialect="console", command="EditCatalog")
        command = CancelRequest(request=UUID(request))
        return self.stores.units.run(lambda unit: cancel(command, call, unit), call)

    # -- reads ----------------------------------------------------------------------------------

    def get(self, guid="", *, login=CATALOG, headers=None, method="GET", path=REST, **query):
        return self.session(login).request(
            method, f"{HOST}{path}{f'/{guid}' if guid else ''}", params=query, headers=headers
        )

    def details(self, guid, **query):
        answer = self.get(guid, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def listed(self, **query):
        answer = self.get(**query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def draft(self, guid, **query):
        return self.details(guid, state="draft", **query)

    def part(self, guid, name, **query):
        parts = {each["internalName"]: each for each in self.draft(guid, **query)["parts"]}
        return parts[name]["value"]

    # -- rows -----------------------------------------------------------------------------------

    def service(self, template="Standard", *, public=True, phase="Design", **columns):
        """Add a service with an owner, and give its guid."""
        guid = str(uuid4())
        values = {"unique_id": f"SRV-{guid[:8]}", "show_in_public": public, **columns}
        names = ", ".join(values)
        self.sql(
            f"insert into catalog_service (guid, template_id, phase_id, type_id, {names})"
            " select %s, t.id, p.id, y.id"
            f"{', %s' * len(values)} from catalog_template t"
            " join catalog_service_type y on y.name = 'Business service'"
            " left join catalog_phase p on p.template_id = t.id and p.name = %s"
            " where t.name = %s",
            guid, *values.values(), phase, template,
        )  # fmt: skip
        self.sql(
            "insert into catalog_text (catalog_service_id, language, name, summary)"
            " select id, l.code, l.name || guid, 'Summary' from catalog_service,"
            " (values ('en', 'Service '), ('de', 'Dienst ')) l(code, name) where guid = %s",
            guid,
        )
        self.person(guid, "ServiceOwner", "mkeller")
        return guid

    def person(self, service, list_code, unique_id):
        self.sql(
            "insert into catalog_person (catalog_service_id, list_id, unique_id)"
            " select s.id, l.id, %s from catalog_service s, catalog_list l"
            " where s.guid = %s and l.code = %s", unique_id, service, list_code,
        )  # fmt: skip

    def group(self, service, list_code, name):
        self.sql(
            "insert into catalog_group (catalog_service_id, list_id, group_id)"
            " select s.id, l.id, g.id from catalog_service s, catalog_list l, agent_group g"
            " where s.guid = %s and l.code = %s and g.name = %s", service, list_code, name,
        )  # fmt: skip

    def support(self, service, name):
        self.sql(
            "insert into catalog_support_group (catalog_service_id, group_id)"
            " select s.id, g.id from catalog_service s, agent_group g"
            " where s.guid = %s and g.name = %s", service, name,
        )  # fmt: skip

    def relate(self, parent, child):
        self.sql(
            "insert into catalog_relation (parent_id, child_id) select p.id, c.id"
            " from catalog_service p, catalog_service c where p.guid = %s and c.guid = %s",
            parent, child,
        )  # fmt: skip

    def published(self, template="Standard", **columns):
        """Add a service and publish it."""
        guid = self.service(template, **columns)
        self.publish(guid)
        return guid

    def publish(self, guid, type_name="Publish"):
        request = self.approval(guid, p_strTypeName=type_name)
        done = self.vote(request)
        assert done.RequestState == "Completed", done

    def publish_by_two(self, guid):
        """Publish a service whose template may ask for two votes."""
        request = self.approval(guid, p_strTypeName="Publish")
        for voter in ("jdoe", "mkeller"):
            if self.state(request) != "Completed":
                self.vote(request, p_strVoterUniqueId=voter)

    def state(self, request):
        ((state,),) = self.sql("select state from catalog_request where guid = %s", request)
        return state

    def history(self, service):
        return self.sql(
            "select h.operation, h.field, h.language, h.old, h.new, h.person, a.name"
            " from catalog_history h join catalog_service s on s.id = h.catalog_service_id"
            " left join account a on a.id = h.account_id where s.guid = %s order by h.id", service,
        )  # fmt: skip

    def log(self, request):
        return self.sql(
            "select l.level, l.text, l.person, a.name, l.at is not null from catalog_log l"
            " join catalog_request r on r.id = l.request_id left join account a"
            " on a.id = l.account_id where r.guid = %s order by l.id", request,
        )  # fmt: skip

    def events(self, service):
        """List the events of a service: their fields."""
        return [
            fields for (fields,) in self.sql(
                "select e.snapshot from event e join catalog_service s"
                " on s.id = e.service_id where s.guid = %s order by e.id", service,
            )
        ]  # fmt: skip

    def notes(self):
        ((notes,),) = self.sql(
            "select notes from message where dialect = 'catalog' order by number desc limit 1"
        )
        return notes


def element(operation, content=""):
    """Write the wrapper of an operation."""
    return f'<{operation} xmlns="{NAMESPACE}">{content}</{operation}>'


@contextmanager
def running_catalog(databases, **settings):
    """Serve a database with templates, persons and accounts in it, in this process."""
    with databases.migrated() as url:
        _fill(url)
        with serving_catalog(url, **settings) as running:
            yield running


@contextmanager
def serving_catalog(url, **settings):
    """Serve a database as it is."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "GATEWAY_DATABASE_URL": url,
            "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",
            "GATEWAY_DATA_DIR": folder,
            "GATEWAY_PUBLIC_URL": HOST,
            "GATEWAY_SSP7_WORKFLOW__HASH_KEYS": ",".join(f"{name}:{key}" for name, key in KEYS),
            "GATEWAY_SSP7_CATALOG__LANGUAGES": "en,de",
            **{f"GATEWAY_SSP7_CATALOG__{name.upper()}": text for name, text in settings.items()},
        }
        running = Catalog(compose.build_app(load({}, environment=environment).settings), url)
        try:
            yield running
        finally:
            running.close()


def _fill(url):
    stores = Stores(url)
    try:
        for name in ("Workplace team", "Network", "Service desk"):
            stores.group(name)
        stores.agent("mkeller", first_name="M.", last_name="Keller", unique_id="mkeller")
        stores.agent("jdoe", first_name="J.", last_name="Doe", unique_id="jdoe")
        stores.customer_user("carla", company="ACME", first="Carla", last="Customer")
        stores.sql("update customer_user set unique_id = 'C-1' where login = 'carla'")
        for name, rights in RIGHTS.items():
            _account(stores, name, rights)
        for name in ("Business service", "Technical service"):
            stores.sql("insert into catalog_service_type (name) values (%s)", name)
        _template(stores, "Standard")
        _template(stores, "Two votes", votes_needed=2)
        _template(stores, "Secret", hidden=True)
        _template(stores, "Calculated", name_rule="{UniqueId}", type_fixed=True)
        _template(stores, "Optioned", option_required=True)
        _template(stores, "Minimal", data_to_send="minimal")
    finally:
        stores.close()


def _account(stores, name, rights):
    agent = stores.agent(name)
    ((account,),) = stores.sql(
        "insert into account (name, kind, agent_id) values (%s, 'agent', %s) returning id",
        name, agent,
    )  # fmt: skip
    stores.sql(
        "insert into account_secret (account_id, kind, hash) values (%s, 'password', %s)",
        account, ADMIN_HASH,
    )  # fmt: skip
    for right in rights:
        stores.sql("insert into account_right values (%s, %s)", account, f"catalog.{right}")


def _template(stores, name, **columns):
    values = {"name": name, **columns}
    ((template,),) = stores.sql(
        f"insert into catalog_template ({', '.join(values)})"
        f" values ({', '.join(['%s'] * len(values))}) returning id", *values.values(),
    )  # fmt: skip
    for position, (phase, kind) in enumerate((("Design", "Planned"), ("Operation", "Live"))):
        stores.sql(
            "insert into catalog_phase (template_id, name, phase_type, position)"
            " values (%s, %s, %s, %s)", template, phase, kind, position,
        )  # fmt: skip
    stores.sql("insert into catalog_request_option values (%s, 'express', 'At once', 0)", template)
    for position, (part, (kind, languages)) in enumerate(PARTS.items()):
        ((number,),) = stores.sql(
            "insert into catalog_part (template_id, internal_name, name, part_type,"
            " language_dependent, position, content)"
            " values (%s, %s, %s, %s, %s, %s, 'As it is') returning id",
            template, part, f"The {part}", kind, languages, position,
        )  # fmt: skip
        if part in ("dropdown", "checkboxes", "radio", "typeahead", "typeaheads"):
            stores.sql(
                "insert into catalog_part_option (part_id, code, label, position)"
                " select %s, code, 'Size', position from"
                " unnest(array['s', 'm', 'l']) with ordinality o(code, position)", number,
            )  # fmt: skip
    stores.sql(
        "update catalog_part set minimum = 0, maximum = 999999999999, decimals = 4"
        " where template_id = %s and internal_name = 'numeric'", template,
    )  # fmt: skip
    stores.sql(
        "insert into catalog_part_essential select p.template_id, p.id, h.id from catalog_part p"
        " join catalog_phase h on h.template_id = p.template_id and h.name = 'Operation'"
        " where p.template_id = %s and p.internal_name = 'single'", template,
    )  # fmt: skip
