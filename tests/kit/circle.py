"""A service provider and its whole circle: a started gateway, real HTTP, real SMTP, real IMAP."""

import json
from contextlib import ExitStack
from pathlib import Path

import httpx
from click.testing import CliRunner

from gateway.cli import verbs
from tests.kit.children import wait_until
from tests.kit.console import Visitor
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import Gateway, new_id
from tests.kit.imap import PASSWORD, USER, imap_server
from tests.kit.inbound import PARTNER, mail
from tests.kit.mail import server_certificate, smtp_server
from tests.kit.serving import Serving
from tests.kit.simulator import Simulator
from tests.kit.workflow import Workflow

NORTHWIND = Path(__file__).parents[2] / "deploy" / "examples" / "northwind.toml"
GROUP = "Northwind desk"
SLOTS = {"assignment": "take", "update": "tell", "closure": "end"}  # a process of its own in each
# What no process should do: the partner is told what it said itself.
_ECHO = """[[step]]
name = "echo"
kind = "http"
when = [{ left = "#DIRECTION#", op = "=", right = "In" }]
target = "northwind-rest"
method = "POST"
path = "/v2/incidents/#REFERENCE#/notes"
json = { text = "echo", event = "#REPLACE-EVENT-Id#" }

[[step]]
name = "direction"
"""
_SETTINGS = """
[database]
allow_unsafe = true  # the test server has fsync off

[delivery]
private_networks = ["127.0.0.0/8"]

[secrets]
folder = "{folder}"

[mail]
host = "{smtp.host}"
port = {smtp.port}

[ssp7_workflow]
hash_keys = "k1:a secret of the hashes"

[[mailbox]]
name = "partners"
server = "127.0.0.1"
port = {imap.tls_port}
ca_file = "{certificate}"
user = "{user}"
secret = "imap-partners"
failover_person = "admin"
poll_seconds = 5
"""


class OverHttp(Visitor):
    """A browser without its screen, before a gateway in a process of its own."""

    def __init__(self, url):
        super().__init__(None, "en", "http")
        self._client = httpx.Client(base_url=url, timeout=30)

    def _send(self, method, path, headers, **request):
        return self._client.request(method, path, headers={**self._headers, **headers}, **request)

    def close(self):
        self._client.close()


class Circle:
    """Everything of it, lent by ``with``; it is set up by the command line alone."""

    def __init__(self, url, folder):
        self._url, self._folder, self._parts = url, folder, ExitStack()
        self._file = folder / "gateway.toml"

    def __enter__(self):
        with self._parts as parts:
            certificate = server_certificate(self._folder)
            self.mails = parts.enter_context(smtp_server())
            self.imap = parts.enter_context(imap_server(certificate))
            (self._folder / "imap-partners").write_text(PASSWORD)
            self._file.write_text(
                _SETTINGS.format(
                    folder=self._folder, smtp=self.mails, imap=self.imap, user=USER,
                    certificate=certificate,
                )
            )  # fmt: skip
            serving = Serving(
                self._folder / "data", "--config", str(self._file), GATEWAY_DATABASE_URL=self._url
            )
            parts.enter_context(serving)
            gateway = Gateway("result_code", serving.url, self._url, serving.process)
            self.workflow = Workflow(gateway)
            self.partner = parts.enter_context(Simulator(gateway=serving.url))
            self._set_up()
            self.console = OverHttp(serving.url)
            parts.callback(self.console.close)
            assert self.console.log_in("admin", ADMIN_PASSWORD).status_code == 303
            self._parts = parts.pop_all()
        return self

    def __exit__(self, *_):
        self._parts.close()

    def _set_up(self):
        self.verb("partners", "add", "NORTHWIND", "title=Northwind Field Service")
        for code in ("northwind-soap", "northwind-rest"):
            self.verb("partners", "targets", "add", "NORTHWIND", code, f"url={self.partner.url}")
        for name in SLOTS.values():
            self._load(name)
        self.verb("groups", "add", "Network")
        self.verb(
            "groups", "add", GROUP, "integrated=true", "partner=NORTHWIND",
            "return_group=Network", f"allowed_senders={PARTNER}",
            *(f"{slot}_process={name}" for slot, name in SLOTS.items()),
        )  # fmt: skip
        self.verb(
            "accounts", "set", "admin", "--groups", f"admin:rw,users:rw,Network:rw,{GROUP}:rw"
        )

    def _load(self, name):
        text = NORTHWIND.read_text().replace('name = "northwind"', f'name = "{name}"')
        text = text.replace('[[step]]\nname = "direction"\n', _ECHO)
        text = text.replace('timeout = "4h"', 'timeout = "4h"\ncheck = "1s"')
        file = self._folder / f"{name}.toml"
        file.write_text(text)
        self.verb("processes", "load", str(file))

    def verb(self, *words):
        """Run a verb as an operator does beside the running gateway."""
        done = CliRunner().invoke(
            verbs,
            [*words, "--config", str(self._file), "--database-url", self._url,
             "--data", str(self._folder / "data")],
            standalone_mode=False,
        )  # fmt: skip
        assert (done.return_value or done.exit_code) == 0, done.output + repr(done.exception)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    # -- what people and the partner do ----------------------------------------------------------

    def given(self):
        """Give a new ticket to the group, and give its id and task."""
        ticket = self.workflow.ticket(GROUP)
        return ticket, self.workflow.main_task(ticket)

    def incident(self, task):
        """Wait for the incident of a task at the partner, and give it."""
        wait_until(lambda: self._incidents(task), 30)
        return self._incidents(task)[0]

    def _incidents(self, task):
        return [each for each in self.partner.desk.incidents.values() if each.task == task]

    def comment(self, ticket, text):
        comment = {"Id": new_id(), "TicketId": ticket, "Text": text, "IsVisibleForWeb": True}
        done = self.workflow.gateway.call("SaveTicketComment_V2", Comment=comment)
        assert done.ResultCode == 0, done

    def close(self, ticket):
        admin = self.workflow.party("admin")
        done = self.workflow.gateway.call("CloseTicket_V1", TicketId=ticket, Assignee=admin)
        assert done.ResultCode == 0, done

    def press(self, task, button, **changes):
        """Press a button at the console's page of a task's ticket."""
        ((ticket,),) = self.workflow.rows("select ticket_id from task where id = %s", task)
        return self.console.press(f"/console/tickets/{ticket}", button, **changes)

    def write(self, *texts):
        """Let the partner write mails, which come in whenever the mailbox is looked into."""
        self.imap.deliver(*(mail(text) for text in texts))

    def wait_for(self, task, state):
        wait_until(lambda: self.workflow.state(task) == state, 30)

    def wait_for_event(self, task, code, count=1):
        wait_until(lambda: self.workflow.codes(task).count(code) == count, 30)

    def settle(self):
        """Wait until nothing is left to be delivered."""
        pending = "select count(*) from delivery where state = 'pending'"
        wait_until(lambda: self.workflow.rows(pending) == [(0,)], 60)
