"""Every filled sample of the operation pages is sent to a gateway with the demo data, and works."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from lxml import etree

from gateway.compose import definitions
from gateway.soap.contract import read_contract
from gateway.soap.envelope import SoapVersion
from gateway.soap.publishing import contracts_dir, schema_file, wsdl_file
from gateway.soap.samples import filled_request
from gateway.soap.snippets import snippets
from tests.kit.gateway import ENVELOPES, NAMESPACE, running_gateway
from tests.kit.verbs import run_here

HELPDESK, *_ = definitions()
CONTRACT = read_contract(wsdl_file(HELPDESK, contracts_dir()).read_bytes())
SCHEMA = etree.XMLSchema(etree.parse(schema_file(HELPDESK, contracts_dir())))
VERSIONS = {"1.1": SoapVersion.V11, "1.2": SoapVersion.V12}
FEW = ("SaveTicket_V4", "GetTicketList_V1")


@pytest.fixture(scope="module", params=list(VERSIONS))
def demo_gateway(databases, request):
    """A running gateway with fresh demo data, for one SOAP version: samples change it."""
    with databases.migrated() as url, running_gateway(url) as running:
        done = run_here("demo", "--database-url", url)
        assert done.returncode == 0, done.stderr
        yield running, request.param


@pytest.mark.parametrize("name", CONTRACT.operations)
def test_a_filled_sample_is_accepted_and_its_answer_fits_the_schema(demo_gateway, name):
    gateway, version = demo_gateway
    operation = CONTRACT.operations[name]
    sample = filled_request(CONTRACT, operation, VERSIONS[version], HELPDESK.filled(name))
    # Twice: a reader of the page tries it again, and the same call must not become an error.
    for _ in range(2):
        reply = gateway.post(None, version=version, envelope=sample.encode())
        (answer,) = etree.fromstring(reply.content).find(f"{{{ENVELOPES[version]}}}Body")
        SCHEMA.assertValid(etree.ElementTree(answer))
        assert etree.QName(answer) == etree.QName(NAMESPACE, operation.answer)
        assert answer.findtext(f".//{{{NAMESPACE}}}ResultCode") == "0", reply.text


@pytest.mark.parametrize("name", FEW)
def test_the_verb_call_sends_a_sample(demo_gateway, name, tmp_path):
    gateway, version = demo_gateway
    user, password = gateway.login
    (tmp_path / "password").write_text(password)
    done = run_here(
        *("call", HELPDESK.stem, name, "--sample", "--soap", version, "--url", gateway.url),
        *("--user", user, "--password-file", str(tmp_path / "password")),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ResultCode"] == 0


@pytest.mark.parametrize("program", ["curl", "python", "php"])
def test_the_ready_calls_of_a_page_run(demo_gateway, program, tmp_path):
    gateway, _ = demo_gateway
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    for name in FEW:
        done = run_snippet(gateway, program, name, tmp_path)
        assert done.returncode == 0, done.stderr
        assert re.search(r"ResultCode\W+(=> )?0\b", done.stdout), done.stdout


def run_snippet(gateway, program, name, folder):
    """Run one of the ready calls as its reader would, with user and password put in."""
    operation, (user, password) = CONTRACT.operations[name], gateway.login
    calls = snippets(CONTRACT, operation, HELPDESK.filled(name), HELPDESK.stem)
    names = {"curl": "curl", "python": "Python, zeep", "php": "PHP"}
    (text,) = (call.text for call in calls if call.name == names[program])
    published = CONTRACT.ports[SoapVersion.V11].address
    text = text.replace(published, f"{gateway.url}{HELPDESK.path}")
    file = folder / "call"
    file.write_text(
        text.replace("--user USER", f"--silent --user '{user}:{password}'")
        .replace("USER", user)
        .replace("getpass()", repr(password))
    )
    command = {"curl": "bash", "python": sys.executable, "php": "php"}[program]
    return subprocess.run(
        [command, str(file)],
        env={**os.environ, "PASSWORD": password},  # noqa: TID251 - handed to a child
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
