"""A catalog on a real database: a template with every type of part, services, people, processes."""

import json
from dataclasses import replace

from gateway.domain.catalog import CatalogRules
from gateway.domain.catalog_commands import (
    CreateCustomApproval,
    PartKind,
    UpdateField,
    UpdateLanguageField,
    UpdatePart,
    Vote,
)
from gateway.domain.catalog_sheets import WantedServices
from gateway.domain.people import NOBODY, AccountKind, Principal
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases import catalog_reads, catalog_requests, catalog_services
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.ports import Call
from gateway.usecases.task_hashes import HashKey
from tests.kit.stores import Stores

HASHES = CatalogHashes([HashKey("k2", b"newest secret"), HashKey("k1", b"older secret")])
RIGHTS = frozenset(
    {"catalog.request", "catalog.vote", "catalog.write", "catalog.delete", "catalog.read",
     "catalog.read_draft"}
)  # fmt: skip
RULES = CatalogRules(languages=("en", "de"), service_url="http://desk/catalog/{guid}")
PARTS = (
    # internal name, name, type, per language, minimum, maximum, decimals
    ("line", "A line", "Single text line", True, None, None, None),
    ("lines", "Lines", "Multiple text lines", False, None, None, None),
    ("bbcode", "Marked lines", "Multiple text lines with bb code", False, None, None, None),
    ("class", "Class", "Dropdown list", False, None, None, None),
    ("areas", "Areas", "Checkboxes", False, None, None, None),
    ("level", "Level", "Radio buttons", False, None, None, None),
    ("site", "Site", "Typeahead single selections", False, None, None, None),
    ("sites", "Sites", "Typeahead multiple selections", False, None, None, None),
    ("managed", "Managed", "Yes no", False, None, None, None),
    ("secret", "Secret", "Hidden", False, None, None, None),
    ("goLive", "Available from", "Date", False, None, None, None),
    ("price", "Price per month", "Numeric value", False, 0, 1000, 2),
    ("free", "Free number", "Numeric value", False, None, None, None),
    ("legal", "Legal", "Reusable content", False, None, None, None),
    ("banner", "Banner", "Static html", False, None, None, None),
    ("hint", "Hint", "Static text", False, None, None, None),
)
CHOICES = ("class", "areas", "level", "site", "sites")


class CatalogWorld:
    """One template named Standard, and what commands a test gives it."""

    def __init__(self, url, rules=RULES):
        self.stores = Stores(url)
        self.rules = rules
        self.units = UnitsOfWork(self.stores.engine, self.stores.numbers, catalog=rules)
        self.template = self._template("Standard")
        self.sql("insert into catalog_service_type (name) values ('Business service'), ('IT')")
        for login, first in (("mkeller", "M."), ("jdoe", "J."), ("anna", "Anna")):
            self.stores.agent(login, first_name=first, last_name=login, unique_id=login)
        self.groups = {name: self.stores.group(name) for name in ("Workplace team", "Service desk")}
        self.writer = self.account("writer")

    def close(self):
        self.stores.close()

    def sql(self, text, *values):
        return self.stores.sql(text, *values)

    def account(self, name, granted=RIGHTS, partner=None):
        """Give the principal of an account of its own."""
        ((number,),) = self.sql(
            "insert into account (name, kind, agent_id) select %s, 'agent', id from agent"
            " where login = 'mkeller' returning id", name,
        )  # fmt: skip
        return Principal(
            account_id=number,
            account=name,
            kind=AccountKind.PARTNER,
            granted=frozenset(granted),
            partner_id=partner,
            partners=frozenset({partner}) if partner else frozenset(),
        )

    # -- commands --------------------------------------------------------------------------------

    def do(self, use_case, command_, principal=None, **changes):
        """Run a use case as an account with all rights, or as another one."""
        call = Call(
            principal=principal or self.writer,
            dialect="ssp7-catalog",
            operation=use_case.__name__,
            command=use_case.__name__,
        )
        call = replace(call, **changes)
        return self.units.run(lambda unit: use_case(command_, call, unit), call)

    def field(self, service, name, value, **more):
        return self.do(
            catalog_services.update_field,
            UpdateField(service=service, name=name, value=value, **more),
        )

    def text(self, service, name, value, language="", **more):
        return self.do(
            catalog_services.update_language_field,
            UpdateLanguageField(service=service, name=name, value=value, language=language, **more),
        )

    def part(self, service, name, value, kind=PartKind.TEXT, language="", **more):
        return self.do(
            catalog_services.update_part,
            UpdatePart(
                service=service, part=name, kind=kind, value=value, language=language, **more
            ),
        )

    def request(self, service, type_name="", title="Please", principal=None, **more):
        """Make a custom request."""
        return self.do(
            catalog_requests.create_custom_approval,
            CreateCustomApproval(service=service, type_name=type_name, title=title, **more),
            principal,
        )

    def vote(self, request, decision="Approved", voter="jdoe", principal=None, **more):
        """Vote with the hash of the request."""
        proof = HASHES.proof(HASHES.request_hash(request))
        return self.do(
            catalog_requests.vote,
            Vote(request=request, decision=decision, voter=voter, **{"proof": proof, **more}),
            principal,
        )

    def approved(self, service, type_name):
        """Have something done with a service by request and vote."""
        made = self.request(service, type_name)
        return self.vote(made.request)

    def read(self, service, language="", *, principal=None, draft=False):
        call = Call(principal=principal or self.writer, dialect="rest", operation="read",
                    command="read")  # fmt: skip
        return self.units.run(
            lambda unit: catalog_reads.service(service, language, call, unit, draft=draft), call
        )

    def public(self, service, language=""):
        return self.read(service, language, principal=NOBODY)

    def page(self, principal=None, **wanted):
        call = Call(principal=principal or self.writer, dialect="rest", operation="read",
                    command="read")  # fmt: skip
        return self.units.run(
            lambda unit: catalog_reads.services(WantedServices(**wanted), call, unit), call
        )

    # -- the world -------------------------------------------------------------------------------

    def service(self, name="Workplace", *, template=None, public=True, phase="Planning"):
        """Make a service, and give its guid."""
        ((guid, number),) = self.sql(
            "insert into catalog_service (unique_id, template_id, type_id, phase_id,"
            " show_in_public) select 'SRV-' || gen_random_uuid(), t.id,"
            " (select id from catalog_service_type where name = 'Business service'), h.id, %s"
            " from catalog_template t join catalog_phase h on h.template_id = t.id"
            " where t.id = %s and h.name = %s returning guid, id",
            public, template or self.template, phase,
        )  # fmt: skip
        self.sql("insert into catalog_text (catalog_service_id, language, name)"
                 " values (%s, 'en', %s)", number, name)  # fmt: skip
        return guid

    def id(self, service):
        return self.sql("select id from catalog_service where guid = %s", service)[0][0]

    def relate(self, parent, child):
        self.sql("insert into catalog_relation (parent_id, child_id) values (%s, %s)",
                 self.id(parent), self.id(child))  # fmt: skip

    def set_template(self, template=None, **columns):
        names = ", ".join(f"{name} = %s" for name in columns)
        self.sql(f"update catalog_template set {names} where id = %s", *columns.values(),
                 template or self.template)  # fmt: skip

    def events(self, service):
        """List the events of a service: trigger, fields, partner, origin, sequence."""
        return self.sql(
            "select kind, snapshot, partner_id, origin_partner_id, sequence from event"
            " where service_id = %s order by id", self.id(service),
        )  # fmt: skip

    def triggers(self, service):
        return [kind for kind, *_ in self.events(service)]

    def history(self, service):
        """List the lines of the history: field, language, old, new."""
        return self.sql(
            "select field, language, old, new from catalog_history"
            " where catalog_service_id = %s order by id", self.id(service),
        )  # fmt: skip

    def log(self, request):
        return self.sql(
            "select level, text, person from catalog_log where request_id ="
            " (select id from catalog_request where guid = %s) order by id", request,
        )  # fmt: skip

    def _template(self, name, **columns):
        values = {"name": name, **columns}
        ((template,),) = self.sql(
            f"insert into catalog_template ({', '.join(values)})"
            f" values ({', '.join(['%s'] * len(values))}) returning id", *values.values(),
        )  # fmt: skip
        for place, (phase, kind) in enumerate((("Planning", "Draft"), ("Operation", "Live")), 1):
            self.sql("insert into catalog_phase (template_id, name, phase_type, position)"
                     " values (%s, %s, %s, %s)", template, phase, kind, place)  # fmt: skip
        for place, (internal, title, kind, per_language, *limits) in enumerate(PARTS, 1):
            ((part,),) = self.sql(
                "insert into catalog_part (template_id, internal_name, name, part_type,"
                " language_dependent, minimum, maximum, decimals, position, content)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
                template, internal, title, kind, per_language, *limits, place,
                "Fixed words" if kind.startswith("Static") else "",
            )  # fmt: skip
            if internal in CHOICES:
                self.sql("insert into catalog_part_option (part_id, code, label, position)"
                         " values (%s, 'a', 'First', 1), (%s, 'b', 'Second', 2),"
                         " (%s, 'c', 'Third', 3)", part, part, part)  # fmt: skip
        self.sql("insert into catalog_request_option values (%s, 'fast', 'At once', 1)", template)
        return template

    def essential(self, part, phase="Operation"):
        """Make a part essential for a phase."""
        self.sql(
            "insert into catalog_part_essential select p.template_id, p.id, h.id"
            " from catalog_part p join catalog_phase h on h.template_id = p.template_id"
            " where p.internal_name = %s and h.name = %s and p.template_id = %s"
            " on conflict do nothing",
            part, phase, self.template,
        )  # fmt: skip

    def process(self, name, partner="internal"):
        """Store a process of a partner that does nothing but be there."""
        ((number,),) = self.sql(
            "insert into process (name, active_version) values (%s, 1) returning id", name
        )
        self.sql(
            "insert into process_version (process_id, version, partner_id, source, definition,"
            " sha256) select %s, 1, id, '', %s, '' from partner where name = %s",
            number, json.dumps({}), partner,
        )  # fmt: skip
        return number

    def starts(self, trigger, process):
        self.sql("insert into catalog_trigger values (%s, %s, %s)"
                 " on conflict (template_id, trigger) do update set process_id ="
                 " excluded.process_id", self.template, trigger, process)  # fmt: skip
