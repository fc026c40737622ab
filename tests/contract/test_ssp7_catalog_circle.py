"""Events of the service catalog start processes, whose partners answer by calls with hashes."""

import pytest

from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.processes import canonical, definition, read
from gateway.repository.administration import Administration
from gateway.repository.deliveries import DeliveryStore
from gateway.usecases import processes
from gateway.usecases.lists import Actor
from gateway.usecases.process_runs import ProcessDesk
from tests.kit.calls import Calls, answered
from tests.kit.catalog_service import HOST, OF_SERVICES, READER, running_catalog
from tests.kit.processes import PACE
from tests.kit.workflow import hashes

REQUEST = "Publication requested - "
CHANGE = "Field changed - "
# What the process sends, by the key it stands under.
FIELDS = {
    "trigger": "Trigger action",
    "request": f"{REQUEST}Guid",
    "hash": f"{REQUEST}HashCheck",
    "type": f"{REQUEST}Type",
    "imitates": f"{REQUEST}Type Name",
    "title": f"{REQUEST}Title",
    "comments": f"{REQUEST}Request comments",
    "option": f"{REQUEST}Request option - Code",
    "label": f"{REQUEST}Request option - Label",
    "state": f"{REQUEST}State",
    "field": f"{CHANGE}Field internal name",
    "field_name": f"{CHANGE}Field name",
    "field_type": f"{CHANGE}Field type",
    "languages": f"{CHANGE}Field is language dependent",
    "old": f"{CHANGE}Old value",
    "new": f"{CHANGE}New value",
    "language": f"{CHANGE}Language",
    "essential": f"{CHANGE}Field essential phase name",
    "essential_type": f"{CHANGE}Field essential phase type",
    "service": "Service - Guid",
    "service_hash": "Service - HashCheck",
    "unique_id": "Service - Unique id",
    "name": "Service - Name",
    "type_of_service": "Service - Type",
    "template": "Service - Template",
    "version": "Service - Version",
    "published": "Service - Published",
    "url": "Service - Url",
    "phase": "Service - Phase",
    "part": "Part - single",
}
BODY = ", ".join(f'{key} = "#REPLACE-EXTAPPFIELD-Services-{name}#"' for key, name in FIELDS.items())
PROCESS = f"""
format = 1
[process]
name = "approval"
version = 1
partner = "NORTHWIND"
[[step]]
name = "ask"
kind = "http"
target = "t"
method = "POST"
path = "/"
json = {{ {BODY} }}
"""
TRIGGERS = ("Custom request", "Field change", "Phase change", "Lost child")


class Approvers:
    """A partner whose process is started by the triggers of the template, and who answers."""

    def __init__(self, catalog):
        self.catalog = catalog
        stores = catalog.stores
        self.calls = Calls()
        desk = ProcessDesk(stores.units, hashes(), catalog_hashes=catalog.hashes)
        self.deliverer = Deliverer(
            DeliveryStore(stores.engine),
            Registry(others=ProcessRunner(desk, self.calls.performers)),
            threads=1,
            pace=PACE,
        )
        stores.sql("insert into external_system (name) values ('NORTHWIND')")
        stores.sql(
            "insert into partner (name, title, system_id)"
            " select name, 'Northwind', id from external_system where name = 'NORTHWIND'"
        )
        self._load(stores.engine)
        stores.sql(
            "insert into catalog_trigger (template_id, trigger, process_id)"
            " select t.id, trigger, p.id from catalog_template t, process p,"
            " unnest(%s::text[]) as o(trigger) where p.name = 'approval'", list(TRIGGERS),
        )  # fmt: skip

    def _load(self, engine):
        content = definition(PROCESS)
        command = processes.LoadProcess(
            process=read(PROCESS), source=PROCESS, definition=content,
            canonical=canonical(content),
        )  # fmt: skip
        administration = Administration(engine)
        administration.run(lambda unit: processes.load(command, Actor("test"), unit))

    def asked(self):
        """Let the process run, and give what it sent in the order it did."""
        before = len(self.calls.sent)
        self.deliverer.drain()
        return [each.content["json"] for each in self.calls.sent[before:]]


@pytest.fixture(scope="module")
def approvers(databases):
    with running_catalog(databases) as running:
        yield Approvers(running)


@pytest.fixture
def shop(approvers):
    """The catalog of the approvers, with nothing on its way."""
    approvers.calls.answers.clear()
    approvers.asked()
    return approvers.catalog


def test_ssp7_catalog_b10_the_usual_circle_ends_with_a_published_service(approvers, shop):
    service = shop.service()

    def ask(_):
        sent = approvers.calls.sent[-1].content["json"]
        by_hash = {"login": None, "p_strHashCheck": sent["hash"]}
        request = sent["request"]
        shop.call("MarkServicePublishRequestAsInApproval", request, **by_hash)
        shop.call("AddLogToServicePublishRequest", request, p_strText="Asked jdoe", **by_hash)
        shop.call(
            "UpdateServiceLanguageField", sent["service"], p_strInternalName="Name",
            p_strLanguageCode="en", p_strValue="Workplace", **by_hash,
        )  # fmt: skip
        shop.vote(request, **by_hash)
        return answered("{}")

    approvers.calls.answers["ask"] = ask
    request = shop.approval(service, p_strTypeName="Publish", p_blnLockService=True)
    assert shop.get(service, login=READER).status_code == 404
    approvers.asked()
    assert shop.state(request) == "Completed"
    assert [(level, text) for level, text, *_ in shop.log(request)] == [("Info", "Asked jdoe")]
    assert shop.details(service, login=READER)["name"] == "Workplace"


def test_ssp7_catalog_b10_a_custom_request_tells_all_of_itself(approvers, shop):
    service = shop.service()
    request = shop.approval(
        service, p_strTypeName="Unpublish", p_strComments="Old", p_strRequestOptionCode="express"
    )
    (sent,) = approvers.asked()
    assert sent == {
        "trigger": "Custom request", "request": request, "type": "Custom",
        "imitates": "Unpublish", "title": "Price change", "comments": "Old",
        "option": "express", "label": "At once", "state": "New",
        "field": "", "field_name": "", "field_type": "", "languages": "", "old": "", "new": "",
        "language": "", "essential": "", "essential_type": "", "service": service,
        "unique_id": f"SRV-{service[:8]}", "name": f"Service {service}",
        "type_of_service": "Business service", "template": "Standard", "version": "1",
        "published": "no", "url": f"{HOST}/console/catalog/{service}",
        "phase": "Design", "part": "", "hash": shop.hashes.request_hash(request),
        "service_hash": shop.hashes.service_hash(service),
    }  # fmt: skip
    (kept,) = shop.events(service)
    assert not [name for name in kept if "HashCheck" in name]  # never stored: it is a login


_CHANGES = {
    "UpdateServiceField":
        ("Tags", "Tags", "Typeahead multiple selections", "no", "old", "office", ""),
    "UpdateServiceLanguageField":
        ("Summary", "Summary", "Multiple text lines", "yes", "Summary", "Neu", "de"),
    "UpdateTemplatePartDateTimeValue":
        ("date", "The date", "Date", "no", "", "2026-04-01T00:00:00Z", ""),
    "UpdateTemplatePartNumericValue":
        ("numeric", "The numeric", "Numeric value", "no", "", "41.5", ""),
    "UpdateTemplatePartTextValue":
        ("single", "The single", "Single text line", "no", "", "A line", ""),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), _CHANGES.items())
def test_ssp7_catalog_b10_a_changed_field_is_told_with_old_and_new(
    approvers, shop, operation, expected
):
    service = shop.service(tags=["old"])
    shop.call(operation, service)
    (sent,) = approvers.asked()
    named = ("field", "field_name", "field_type", "languages", "old", "new", "language")
    assert tuple(sent[name] for name in named) == expected
    assert (sent["trigger"], sent["service"], sent["request"]) == ("Field change", service, "")
    needed = ("Operation", "Live") if expected[0] == "single" else ("", "")
    assert (sent["essential"], sent["essential_type"]) == needed


def test_ssp7_catalog_b10_phase_and_lost_child_have_triggers_of_their_own(approvers, shop):
    service, parent = shop.service(), shop.service()
    shop.relate(parent, service)
    shop.call("UpdateTemplatePartTextValue", service)
    shop.call("UpdateServiceField", service, p_strInternalName="Phase", p_strValue="Operation")
    shop.call("DeleteService", service)
    told = [(each["trigger"], each["service"], each["phase"]) for each in approvers.asked()]
    # Order holds per service; others may come between.
    assert [each for each in told if each[1] == service] == [
        ("Field change", service, "Design"), ("Phase change", service, "Operation"),
    ]  # fmt: skip
    assert ("Lost child", parent, "Design") in told


def test_ssp7_catalog_b10_lists_support_groups_and_logs_tell_nobody(approvers, shop):
    service = shop.service()
    shop.support(service, "Service desk")
    for operation in OF_SERVICES:
        if not operation.startswith("Update"):
            shop.call(operation, service)
    request = shop.approval(service)
    approvers.asked()
    for operation in ("AddLogToServicePublishRequest", "MarkServicePublishRequestAsInApproval"):
        shop.call(operation, request)
    assert approvers.asked() == []
    assert len(shop.events(service)) == 1


def test_a_minimal_template_tells_the_guid_alone(approvers, shop):
    service = shop.service("Minimal")
    shop.call("UpdateServiceField", service)
    assert shop.events(service) == [{"Service - Guid": service}]
