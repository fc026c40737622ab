"""Secrets of the side that partners, mail and sessions are on, and everything done with them."""

from base64 import b64encode
from contextlib import ExitStack

from click.testing import CliRunner
from cryptography import x509

from gateway import cli
from gateway.usecases.task_hashes import HashKey, ObjectHashes
from tests.kit import web
from tests.kit.canaries import canary
from tests.kit.children import wait_until
from tests.kit.circle import OverHttp
from tests.kit.gateway import HELPDESK, element, new_id, wrapped
from tests.kit.imap import PASSWORD, USER, imap_server
from tests.kit.inbound import PARTNER, mail
from tests.kit.mail import certificate_of, pem_file, server_certificate, smtp_server
from tests.kit.simulator import Simulator, contract
from tests.kit.simulator.server import Page
from tests.kit.workflow import ACKNOWLEDGE, PATH, UPDATE
from tests.kit.workflow import element as asked
from tests.kit.znuny import CONNECTOR, REST

WAYS = ("basic", "bearer", "header", "wsse", "wsse-digest")
_GROUP = "Provider desk"
_SETTINGS = """
[delivery]
private_networks = ["127.0.0.0/8"]

[secrets]
folder = "{folder}"

[mail]
host = "{smtp.host}"
port = {smtp.port}
tls = "starttls"
ca_file = "{certificate}"
user = "gateway"
password_file = "{folder}/smtp"

[ssp7_workflow]
http_post = "on"
http_get = "on"
"""
_MAILBOX = """
[[mailbox]]
name = "{name}"
server = "127.0.0.1"
port = {imap.tls_port}
ca_file = "{certificate}"
user = "{user}"
secret = "imap-{name}"
poll_seconds = 5
"""
_HASH = "#REPLACE-EXTAPPFIELD-Ticketing.TaskAssignment-Task_HashCheck#"
_PROCESS = """format = 1
[process]
name = "tell"
version = 1
partner = "PROVIDER"
log_public = true
retry = {{ count = 1, first_delay = "1s", maximum = "1s" }}
{steps}
[[step]]
name = "mail"
kind = "mail"
to = ["desk@example.org"]
subject = "news"
body = "news"
"""
_REST = """
[[step]]
name = "{way}"
kind = "http"
target = "{way}"
method = "POST"
path = "/leak/{way}"
json = {{ hash = "{hash}" }}
on_error = "continue"
"""
_SOAP = """
[[step]]
name = "{way}"
kind = "soap"
target = "{way}"
wsdl = "/{way}?wsdl"
operation = "CreateIncident"
on_error = "continue"
[step.arguments]
CallerTicket = "1"
Task = "2"
CallbackHash = "{hash}"
Text = "x"
EventId = "y"
"""


class Provider:
    """A service provider whose every answer gives our secret away, our mail, and our sessions."""

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "gateway.toml"
        self.secrets = {way: canary(way) for way in WAYS}
        self.secrets |= {name: canary(name) for name in ("smtp", "hash key", "passphrase")}
        self.secrets |= {name: canary(name) for name in ("imap wrong", "znuny wrong")}
        self.secrets["imap"] = PASSWORD
        self._parts = ExitStack()

    def __enter__(self):
        with self._parts as parts:
            certificate = server_certificate(self.folder)
            self.desk = parts.enter_context(Simulator())
            login = ("gateway", self.secrets["smtp"])
            self.mails = parts.enter_context(smtp_server("starttls", certificate, login))
            self.imap = parts.enter_context(imap_server(certificate))
            where = {"certificate": certificate, "imap": self.imap, "user": USER}
            self.config.write_text(
                _SETTINGS.format(folder=self.folder, smtp=self.mails, certificate=certificate)
                + "".join(_MAILBOX.format(name=name, **where) for name in ("good", "bad"))
            )
            files = {way: self.secrets[way] for way in WAYS} | {
                "smtp": self.secrets["smtp"], "imap-good": PASSWORD,
                "imap-bad": self.secrets["imap wrong"], "passphrase": self.secrets["passphrase"],
            }  # fmt: skip
            for name, secret in files.items():
                (self.folder / name).write_text(secret)
            self._parts = parts.pop_all()
        return self

    def __exit__(self, *_):
        self._parts.close()

    @property
    def environment(self):
        return {"GATEWAY_SSP7_WORKFLOW__HASH_KEYS": f"k1:{self.secrets['hash key']}"}

    def set_up(self, data):
        """Tell the gateway of all of it by its verbs, and give what they said."""
        key = pem_file(self.folder / "key.pem", *_owner(), passphrase=self.secrets["passphrase"])
        steps = "".join(
            (_SOAP if way.startswith("wsse") else _REST).format(way=way, hash=_HASH) for way in WAYS
        )
        (self.folder / "tell.toml").write_text(_PROCESS.format(steps=steps))
        verbs = [
            ("partners", "add", "PROVIDER"),
            *(("partners", "targets", "add", "PROVIDER", way, f"url={self.desk.url}",
               f"auth={way}", "user=gateway", f"secret={way}",
               *(["header=X-Api-Key"] if way == "header" else [])) for way in WAYS),
            ("processes", "load", str(self.folder / "tell.toml")),
            ("groups", "add", _GROUP, "integrated=true", "partner=PROVIDER",
             "assignment_process=tell", f"allowed_senders={PARTNER}"),
            ("mail", "keys", "add", str(key), "--passphrase-file", str(self.folder / "passphrase")),
            ("mail", "keys", "list", "--json"),
            ("partners", "targets", "list", "PROVIDER", "--json"),
            ("partners", "test", "PROVIDER"),
            ("check",),
        ]  # fmt: skip
        where = ("--config", str(self.config), "--data", str(data))
        said = [
            CliRunner(env=self.environment).invoke(
                cli.verbs, [*verb, *where], standalone_mode=False
            )
            for verb in verbs
        ]
        assert [done.output for done in said[:-2] if done.return_value or done.exit_code] == []
        return [done.output for done in said]

    def give_away(self, url, admin, rows):
        """Have the desk called in every way; each answer repeats the secret it was shown."""
        for way in WAYS:
            shown = self.secrets[way]
            if way == "basic":
                shown += f" or {b64encode(f'gateway:{shown}'.encode()).decode()}"
            body = f"you said {shown}".encode()
            self.desk.pages[f"/leak/{way}"] = Page(body, "text/plain", 400)
            self.desk.pages[f"/{way}?wsdl"] = Page(contract.wsdl(f"{self.desk.url}/{way}"))
            # Final at once: what is tried again would open the circuit, whose probes are no tries.
            repeated = contract.fault("1.1", ours=False, text=body.decode())
            self.desk.pages[f"/{way}"] = Page(repeated)
        ((group,),) = rows("select guid from agent_group where name = %s", _GROUP)
        ticket = (
            f"<Ticket><Id>{new_id()}</Id><Title>T</Title><Assignee><Id>{{{group}}}</Id>"
            "<AssigneeIsGroup>true</AssigneeIsGroup></Assignee></Ticket>"
        )
        yield _post(f"{url}{HELPDESK}", wrapped(element("SaveTicket_V4", ticket)), admin)
        ((task,),) = rows("select id from task order by id desc limit 1")
        self.secrets["hash"] = self.hash(task)
        yield from self._partner_says(url, task)
        self.imap.deliver(
            mail(f"TaskId: {task}\nHashCheck: {self.hash(task)}\nOn our way"),
            mail(f"TaskId: {task}\nHashCheck: {self.hash(task)[:-3]}x", sender="x@example.org",
                 subject=f"Re: HashCheck: {self.hash(task)}"),
            mail(f"TaskId: {task}\nSee below\n> HashCheck: {self.hash(task)}\n> old"),
        )  # fmt: skip
        wait_until(
            lambda: rows("select state from delivery where process = 'tell'") == [("done",)], 90
        )
        wait_until(lambda: rows("select count(*) from mail") == [(3,)], 60)
        assert {way for (way,) in rows("select step from attempt")} >= set(WAYS)

    def hash(self, task):
        key = HashKey("k1", self.secrets["hash key"].encode())
        return ObjectHashes([key]).of_task("PROVIDER", task)

    def _partner_says(self, url, task):
        said = self.hash(task)
        proof = f"<p_intTaskId>{task}</p_intTaskId><p_strHashCheck>{said}</p_strHashCheck>"
        number = "<p_strExternalReference>N-1</p_strExternalReference>"
        for body in (
            asked(ACKNOWLEDGE, proof + number),
            asked(UPDATE, proof + "<p_strMessage>x</p_strMessage>"),
            asked(UPDATE, proof.replace(f">{task}<", ">0<")),
            asked(
                UPDATE, proof.replace(f">{said}<", f">{said}x<") + "<p_strMessage>x</p_strMessage>"
            ),
            asked("GetProcessInstanceTask", f"{proof}<p_strHash>{said}</p_strHash>"),
            asked(UPDATE, f'<p_intTaskId at="{said}">no number</p_intTaskId>'),
        ):
            yield _post(url + PATH, wrapped(body))
        yield _post(url + PATH, wrapped(asked(ACKNOWLEDGE, proof))[:-20])
        form = {"p_intTaskId": str(task), "p_strHashCheck": said}
        for given in (form, form | {"p_strHashCheck": f"{said}="}):
            address = f"{url}{PATH}/GetProcessInstanceTask"
            yield web.get(address, params=given, timeout=30).content
            yield web.post(address, data=given, timeout=30).content

    def sessions(self, url, password):
        """Log in to Znuny and to the console, well and badly, and use what one is given."""
        login = {"UserLogin": "admin", "Password": password}
        wrong = login | {"Password": self.secrets["znuny wrong"]}
        opened = [web.post(f"{url}{REST}/Session", json=login, timeout=30).json()["SessionID"]]
        self.secrets["znuny session"] = opened[0]
        yield from self._znuny(url, login, wrong, {"SessionID": opened[0]})
        browser = OverHttp(url)
        yield browser.log_in("admin", self.secrets["znuny wrong"]).content
        yield browser.log_in("admin", password).content
        (cookie,) = browser._client.cookies.jar
        self.secrets["console cookie"] = cookie.value
        for path in ("", "tickets", "deliveries", "deliveries/1", "processes", "groups",
                     "tickets/1", "index.json", "deliveries/1.json", "nowhere"):  # fmt: skip
            yield browser.get(f"/console/{path}").content
        yield web.get(f"{url}/console/?session={cookie.value}", timeout=30).content
        page = browser.page("/console/")
        yield browser.send(page.form("Log out")).content
        browser.close()

    def _znuny(self, url, login, wrong, session):
        for said in (login, wrong, session, {"SessionID": session["SessionID"] + "x"}):
            fields = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
            for operation in ("TicketGet", "TicketCreate", "SessionGet", "NoSuch"):
                yield _post(url + CONNECTOR, wrapped(f"<{operation}>{fields}</{operation}>"))
            headers = {f"X-OTRS-Header-{name}": value for name, value in said.items()}
            for more in ({"json": said}, {"params": said}, {"headers": headers},
                         {"content": f'{{"x": {said}'}, {"json": {"Ticket": said}}):  # fmt: skip
                yield web.request("POST", f"{url}{REST}/Ticket", timeout=30, **more).content
            yield web.get(f"{url}{REST}/Ticket/1", params=said, timeout=30).content
            yield web.get(f"{url}{REST}/nowhere", params=said, timeout=30).content
        for method in ("PUT", "DELETE"):
            path = f"{url}{REST}/Session/{session['SessionID']}"
            yield web.request(method, path, timeout=30).content


def _owner():
    names = x509.SubjectAlternativeName([x509.RFC822Name("support@example.com")])
    return certificate_of("support", names)


def _post(address, content, login=None):
    answer = web.post(
        address, content=content, auth=login, timeout=30, headers={"Content-Type": "text/xml"}
    )
    return repr(answer.headers).encode() + answer.content
