"""What operators do for the partners of the workflow service: secrets, rights, external apps."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import requests  # noqa: TID251 - what zeep's transport is made of
import zeep
from click.testing import CliRunner
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from gateway import clock
from gateway.cli import verbs
from tests.kit.gateway import wrapped
from tests.kit.workflow import FETCHER, refusal


@pytest.fixture
def run(open_workflow, seal_key, monkeypatch):
    """Run a verb against the database of the running gateway, and give its lines of JSON."""
    monkeypatch.setenv("GATEWAY_RECORDING__SEAL_KEY_FILE", str(seal_key))

    def invoked(*arguments, code=0):
        url = open_workflow.gateway.database_url
        done = CliRunner().invoke(verbs, [*arguments, "--json", "--database-url", url])
        assert done.exit_code == code, done.output
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return SimpleNamespace(rows=rows, told=done.stderr, row=rows[0] if rows else None)

    return invoked


class Token(UsernameToken):
    """A digest token that can be sent again as it was."""

    def apply(self, envelope, headers):
        self.sent, headers = super().apply(envelope, headers)
        return self.sent, headers


def reader(workflow, name, secret, version="1.1", **more):
    token = Token(name, secret, use_digest=True, **more)
    session = requests.Session()
    port = "WorkflowServiceSoap" if version == "1.1" else "WorkflowServiceSoap12"
    client = zeep.Client(
        f"{workflow.url}?wsdl", wsse=token, transport=Transport(session=session),
        service_name="WorkflowService", port_name=port,
    )  # fmt: skip
    return client.service.GetProcessInstanceTask, token


@pytest.fixture
def digest(run):
    """An account of NORTHWIND with nothing but a digest secret: its name and the secret."""
    name = f"digest-{len(run('accounts', 'list').rows)}"
    made = run("accounts", "add", name, "--kind", "partner", "--partner", "NORTHWIND", "--digest")
    assert made.row["digest_secrets"] == 1
    return name, made.row["digest_secret"]


def test_ssp7_workflow_b2_a_digest_is_enough(open_workflow, digest, version):
    task = open_workflow.task()
    read, _ = reader(open_workflow, *digest, version)
    assert read(p_intTaskId=task).TaskId == task


def test_ssp7_workflow_b2_a_nonce_is_good_once(open_workflow, digest):
    task = open_workflow.task()
    read, token = reader(open_workflow, *digest)
    read(p_intTaskId=task)
    again = open_workflow.post("", login=None, envelope=etree.tostring(token.sent))
    assert (again.status_code, "AUTH_FAILED" in again.text) == (401, True)


def test_ssp7_workflow_b2_a_wrong_digest_is_refused(open_workflow, digest):
    read, _ = reader(open_workflow, digest[0], "not the secret")
    assert refused(read) == ("AUTH_FAILED", None)


@pytest.mark.parametrize("minutes", [-6, 2])
def test_ssp7_workflow_b2_a_digest_has_its_time(open_workflow, digest, minutes):
    made = clock.now() + timedelta(minutes=minutes)
    read, _ = reader(open_workflow, *digest, created=made.replace(tzinfo=None))
    assert refused(read) == ("AUTH_FAILED", None)


@pytest.mark.parametrize("missing", ["Nonce", "Created"])
def test_ssp7_workflow_b2_a_digest_needs_nonce_and_created(open_workflow, digest, missing):
    task = open_workflow.task()
    read, token = reader(open_workflow, *digest)
    read(p_intTaskId=task)
    for part in list(token.sent.iter()):
        if part.tag.endswith(missing):
            part.getparent().remove(part)
    again = open_workflow.post("", login=None, envelope=etree.tostring(token.sent))
    assert "MESSAGE_INVALID" in again.text


def test_the_helpdesk_takes_no_digest(open_workflow, digest):
    task = open_workflow.task()
    read, token = reader(open_workflow, *digest)
    read(p_intTaskId=task)
    (header,) = (child for child in token.sent if child.tag.endswith("Header"))
    body = wrapped("<x/>", "1.1", header=etree.tostring(header[0]).decode())
    answer = open_workflow.post("", login=None, envelope=body, path="/soap/acmp/helpdesk")
    assert "PasswordText" in answer.text


def test_a_digest_secret_is_kept_sealed_and_rotated(open_workflow, run, digest):
    name, secret = digest
    ((sealed,),) = open_workflow.rows(
        "select s.sealed from account_secret s join account a on a.id = s.account_id"
        " where a.name = %s", name,
    )  # fmt: skip
    assert secret.encode() not in bytes(sealed)
    newer = run("accounts", "rotate", name, "--at-once").row["digest_secret"]
    task = open_workflow.task()
    assert refused(reader(open_workflow, name, secret)[0]) == ("AUTH_FAILED", None)
    assert reader(open_workflow, name, newer)[0](p_intTaskId=task).TaskId == task


def test_the_right_to_start_is_given_by_name(open_workflow, run):
    fields = {"NameValue": [{"Name": "Subject", "Value": "Door stuck"}]}
    start = {"p_strExternalApp": "OPEN", "p_arrFields": fields}
    name = "StartProcessFromExternalApp"
    assert open_workflow.refused(name, login=FETCHER, **start)[0] == "ACCESS_DENIED"
    assert "ssp7.start" in run("accounts", "set", "fetcher", "--rights", "ssp7.*").row["rights"]
    assert open_workflow.call(name, login=FETCHER, **start).Success
    assert run("accounts", "set", "fetcher", "--rights", "").row["rights"] == []
    assert open_workflow.refused(name, login=FETCHER, **start)[0] == "ACCESS_DENIED"
    ((before, after),) = open_workflow.rows(
        "select before, after from audit where subject = 'fetcher' order by id desc limit 1"
    )
    assert ("ssp7.start" in before["rights"], after["rights"]) == (True, [])
    assert "no right" in run("accounts", "set", "fetcher", "--rights", "ssp7.x", code=2).told


def test_an_app_is_added_shown_and_changed(open_workflow, run):
    fields = json.dumps(["Room", {"name": "Floor", "label": "Storey", "type": "integer"}])
    added = run("apps", "add", "LIFT", "partner=NORTHWIND", "requester=carla", f"fields={fields}")
    shown = run("apps", "show", "LIFT").row
    assert shown == added.row
    assert (shown["partner"], shown["requester"], shown["active"]) == ("NORTHWIND", "carla", True)
    assert shown["fields"] == [
        {"name": "Room", "label": "Room", "type": "text"},
        {"name": "Floor", "label": "Storey", "type": "integer"},
    ]
    codes = {row["name"] for row in run("apps", "list").rows}
    assert "LIFT" in codes
    assert not any(code.startswith("Ticketing.") for code in codes)
    run("apps", "set", "LIFT", "active=false")
    ((actor, before),) = open_workflow.rows(
        "select actor, before from audit where subject = 'LIFT' order by id desc limit 1"
    )
    assert (actor, before) == ("apps set", {"active": True})
    for wrong in ("Ticketing.New", "with blank", "x" * 41):
        run("apps", "add", wrong, code=1)
    run("apps", "add", "LIFT2", "fields=Subject", code=1)


def test_a_started_app_keeps_its_fields_for_dynamic_fields_and_placeholders(open_workflow, run):
    fields = json.dumps([{"name": "Room", "label": "Room number"}, "Floor"])
    run("apps", "add", "GATE", f"fields={fields}", "requester=carla")
    run("accounts", "set", "starter", "--rights", "ssp7.*")
    values = {"Subject": "Gate stuck", "Room": "12", "Floor": "3"}
    made = open_workflow.call(
        "StartProcessFromExternalApp",
        login=("starter", FETCHER[1]),
        p_strExternalApp="GATE",
        p_arrFields={"NameValue": [{"Name": n, "Value": v} for n, v in values.items()]},
    )
    kept = dict(
        open_workflow.rows(
            "select label, value from form_value where ticket_id = %s", made.ProcessInstanceId
        )
    )
    assert kept == {**values, "Room number": "12"}
    assert open_workflow.rows(
        "select f.name, v.vt from ticket_field v join dynamic_field f on f.id = v.field_id"
        " where v.ticket_id = %s", made.ProcessInstanceId,
    ) == [("Room", "12")]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("Floor", ("-3", " 12 "), ("3.5", "three", "1e3", "1" * 19, "\u0663")),
        ("Lit", ("true", "0"), ("yes", "TRUE", "2")),
        ("Seen", ("2026-03-04", "2026-03-04T10:15:27Z"), ("yesterday", "04.03.2026", "2026-02-30")),
    ],
)
def test_values_of_typed_fields_are_checked(open_workflow, run, name, good, bad):
    types = {"Floor": "integer", "Lit": "boolean", "Seen": "time"}
    code = f"TYPED-{name}"
    fields = json.dumps([{"name": name, "label": name, "type": types[name]}])
    run("apps", "add", code, f"fields={fields}", "requester=carla")
    run("accounts", "set", "starter", "--rights", "ssp7.*")

    def sent(value):
        values = {"Subject": "Lift stuck", name: value}
        pairs = [{"Name": each, "Value": text} for each, text in values.items()]
        return {"p_strExternalApp": code, "p_arrFields": {"NameValue": pairs}}

    start, login = "StartProcessFromExternalApp", ("starter", FETCHER[1])
    for value in (*good, " "):
        assert open_workflow.call(start, login=login, **sent(value)).Success
    for value in bad:
        told = open_workflow.refused(start, login=login, **sent(value))
        assert told == ("ARGUMENT_INVALID", f"p_arrFields/{name}")


def refused(read):
    try:
        read(p_intTaskId=1)
    except zeep.exceptions.Fault as fault:
        return refusal(fault)
    raise AssertionError("not refused")
