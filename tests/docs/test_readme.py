"""What the README says is so: its commands run, its links lead somewhere."""

import re
import shutil
import stat

import pytest

from gateway.cli import VERBS
from gateway.compose import definitions
from tests.kit import web
from tests.kit.children import ROOT
from tests.kit.documents import README, blocks, links, section, table

_TWO_COMMANDS = {"deploy/serve\n", "deploy/test\n"}


def test_it_opens_with_the_two_commands():
    first, second, *_ = blocks(README)
    assert [first.text, second.text] == ["deploy/serve\n", "deploy/test\n"]
    for command in (first.text, second.text):
        mode = (ROOT / command.strip()).stat().st_mode
        assert mode & stat.S_IXUSR


def test_every_command_works_in_the_order_of_reading(newcomer):
    heard = []
    for block in blocks(README):
        if block.language == "python":
            newcomer.saves(block)
        if block.language == "sh" and block.text not in _TWO_COMMANDS:
            heard.append(newcomer.does(block.text).stdout)
    heard = "\n".join(heard)
    assert "ResultCode>0<" in heard  # curl
    assert re.search(r"^OK \d+ Printer jams$", heard, re.MULTILINE)  # first_call.py
    assert "\n0 OK\n" in heard  # close_ticket.py
    assert '{"Action":"Create","ArticleID":' in heard  # an external reference
    assert re.search(r"^\d{16}$", heard, re.MULTILINE)  # ticket_create.py
    assert '"subject":"Invoice 1187 is wrong"' in heard  # a billing platform


def test_the_powershell_example_sends_what_the_gateway_accepts(newcomer):
    (block,) = blocks(README, "powershell")
    envelope = block.text.split("@'\n")[1].split("'@")[0]
    password = (newcomer.folder / "gateway-data" / "admin-password").read_text().strip()
    reply = web.post(
        re.search(r"-Uri '([^']+)'", newcomer.adapted(block.text))[1],
        content=envelope.encode(),
        auth=("admin", password),
        headers={"Content-Type": re.search(r"-ContentType '([^']+)'", block.text)[1]},
    )
    assert "ResultCode>0<" in reply.text


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="PowerShell is not installed")
def test_the_powershell_example_runs(newcomer):
    (block,) = blocks(README, "powershell")
    login = (
        "(New-Object PSCredential('admin', (ConvertTo-SecureString -AsPlainText -Force "
        "(Get-Content gateway-data/admin-password))))"
    )
    script = newcomer.folder / "example.ps1"
    text = newcomer.adapted(block.text).replace("(Get-Credential)", login)
    script.write_text(text.replace("Invoke-WebRequest", "Invoke-WebRequest -AllowUnencryptedAuth"))
    assert "ResultCode>0<" in newcomer.does("pwsh -NoProfile -File example.ps1").stdout


def test_every_link_leads_somewhere(newcomer):
    for link in links(README):
        path, _, anchor = link.partition("#")
        if link.startswith("http"):
            assert web.get(newcomer.adapted(link)).status_code == 200, link
            continue
        assert (ROOT / path).exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text("utf-8"), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], link


def test_what_is_said_to_be_in_it_is_in_it():
    helpdesk, *_ = definitions()
    assert helpdesk.path in section(README, "Helpdesk callers")
    built = {row[0]: row[1] for row in table(section(README, "What is in it"))}
    assert f"all {len(helpdesk.operations)} operations" in built["ACMP helpdesk"]
    assert re.findall(r"`([\w-]+)`", f"`{built['Command line']}`") == sorted(VERBS)
