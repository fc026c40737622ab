"""No secret is found again: not in logs, tables, answers, pages, arguments or files (L1)."""

import itertools
import os
import re

import httpx
import psutil
import psycopg
import pytest

from gateway.repository.embedded import EmbeddedServer, joined
from tests.attack.provider_secrets import Provider
from tests.kit import web
from tests.kit.canaries import Canaries, canary
from tests.kit.database import driver_url
from tests.kit.gateway import ENVELOPES, HELPDESK, MEDIA_TYPES, NAMESPACE, element, new_id, wrapped
from tests.kit.serving import Serving, run

OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SECRET_FILES = {"postgres-password", "seal-key"}
PAGES = ("/", "/index.json", "/metrics", "/health/ready", "/health/live", HELPDESK,
         f"{HELPDESK}?wsdl", f"{HELPDESK}?op=SaveTicket_V4", "/nowhere")  # fmt: skip

CONSOLE = ("index.json", "messages.csv", "audit.csv", "deliveries.csv",
           *(f"messages/{number}.json" for number in range(1, 50)))  # fmt: skip


def test_the_forms_of_a_canary_are_found():
    secret = canary("x")
    canaries = Canaries({"x": secret})
    for head in ("", "a", "ab:", "abc"):
        encoded = httpx.BasicAuth(head or "a", secret)._auth_header.encode()
        assert canaries.found_in(encoded) == {"x"}
    assert canaries.found_in(str(httpx.QueryParams(q=secret)).encode()) == {"x"}
    assert canaries.found_in(secret[:-1].encode()) == set()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What a gateway has left behind after a run in which callers did everything wrong."""
    folder = tmp_path_factory.mktemp("canaries")
    data = folder / "data"
    secrets = {
        name: canary(name)
        for name in ("admin", "caller", "wrong", "malformed", "session", "token", "query", "body")
    }
    (folder / "caller").write_text(secrets["caller"])
    given = {"GATEWAY_ADMIN_PASSWORD": secrets["admin"]}
    with (
        Provider(folder) as provider,
        Serving(data, "--config", str(provider.config), **given, **provider.environment) as serving,
    ):
        added = ("accounts", "add", "caller", "--groups", "users:rw", "--data", str(data))
        said = [run(*added, "--password-file", str(folder / "caller"))]
        keyed = run("accounts", "add", "keyed", "--groups", "users:rw", "--api-key", "--data",
                    str(data))  # fmt: skip
        secrets["api key"] = re.search(r"\S{30,}", keyed.stdout)[0]
        said += [run("accounts", "list", "--data", str(data)), run("check", "--data", str(data))]
        answers = list(everything(serving.url, secrets))
        answers += [web.get(serving.url + page).content for page in PAGES]
        said += provider.set_up(data)
        login = ("admin", secrets["admin"])
        with joined(data) as url, psycopg.connect(driver_url(url), autocommit=True) as session:
            answers += provider.give_away(
                serving.url, login, lambda text, *values: session.execute(text, values).fetchall()
            )
        answers += provider.sessions(serving.url, secrets["admin"])
        answers += console(serving.url, login)
        secrets |= provider.secrets
        with EmbeddedServer(data) as server:
            secrets["database"] = (data / "postgres-password").read_text().strip()
            secrets["seal key"] = bytes.fromhex((data / "seal-key").read_text())
            canaries = Canaries(secrets)
            places = {
                "answers": canaries.found_in(b"\n".join(answers)),
                "other verbs": canaries.found_in(repr(said).encode()),
                "arguments": canaries.found_in(arguments(serving.process.pid)),
                **{f"table {name}": canaries.found_in(rows) for name, rows in tables(server.url)},
            }
        serving.stop()
        places["log"] = canaries.found_in(serving.talk().encode())
    assert canaries.found_in((data / "postgres-password").read_bytes()) == {"database"}
    assert canaries.found_in((data / "seal-key").read_bytes()) == {"seal key"}
    for path in data.rglob("*"):
        if path.is_file() and path.name not in SECRET_FILES:
            places[f"file {path.relative_to(data)}"] = canaries.found_in(path.read_bytes())
    return places


@pytest.mark.parametrize("kind", ["answers", "other verbs", "arguments", "log", "table", "file"])
def test_no_secret_is_found_again_l1(world, kind):
    looked_at = {place: hits for place, hits in world.items() if place.startswith(kind)}
    assert looked_at
    assert {place: hits for place, hits in looked_at.items() if hits} == {}


def everything(url, secrets):
    """Call with each secret at each place where a caller may put one, well and badly."""
    bodies = {
        "good": element("GetTicketList_V1", "<Count>1</Count>"),
        "new": element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id><Title>T</Title></Ticket>"),
        "refused": element("GetTicket_V1", "<TicketId>no</TicketId>"),
        "broken rule": element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id></Ticket>"),
        "unknown": element("NoSuch_V1"),
        "schema": element("GetTicket_V1", f"<Password>{secrets['body']}</Password>"),
    }
    logins = [("admin", secrets["admin"]), ("caller", secrets["caller"]),
              ("admin", secrets["wrong"]), ("nobody", secrets["wrong"]), None]  # fmt: skip
    for body, login, version in itertools.product(bodies.values(), logins[:3], MEDIA_TYPES):
        yield post(url, wrapped(body, version), login=login, version=version)
        yield post(url, wrapped(body, version, security(*login)), version=version)
    good = wrapped(bodies["good"])
    yield from (post(url, good, login=login) for login in logins[3:])
    yield from (post(url, made, login=("admin", secrets["admin"])) for made in broken(good))
    yield from (post(url, made) for made in broken(with_token(bodies["good"], secrets)))
    for header in strange_headers(secrets):
        yield post(url, wrapped(bodies["good"], header=header))
    for name, value in (
        ("X-SICS-SESSION", secrets["session"]),
        ("Authorization", f"Bearer {secrets['token']}"),
        ("Authorization", f"Digest {secrets['token']}"),
        ("Authorization", f"Basic {secrets['malformed']}"),
        ("Authorization", f"Basic {secrets['malformed'].encode().hex()}"),
        ("Cookie", f"session={secrets['session']}"),
        ("Content-Type", f"text/xml; charset={secrets['token']}"),
        ("Content-Encoding", "gzip"),
    ):
        credentials = None if name == "Authorization" else ("admin", secrets["admin"])
        yield post(url, good, login=credentials, **{name: value})
    query = httpx.QueryParams(Password=secrets["query"], SessionID=secrets["session"])
    for path in (HELPDESK, "/nowhere"):
        yield web.get(f"{url}{path}?{query}").content
        yield web.post(f"{url}{path}?{query}", content=good,
                         headers={"Content-Type": "text/xml"}).content  # fmt: skip
        yield web.put(f"{url}{path}?{query}", content=good).content


def console(url, login):
    """Read the pages of the record, with both sides of the first messages."""
    for page in CONSOLE:
        reply = web.get(f"{url}/console/{page}", auth=login)
        assert reply.status_code == 200, page
        yield reply.content


def post(url, content, *, login=None, version="1.1", **headers):
    kind = {"Content-Type": f"{MEDIA_TYPES[version]}; charset=utf-8"}
    answer = web.post(
        f"{url}{HELPDESK}", content=content, auth=login, headers=kind | headers, timeout=30
    )
    return repr(answer.headers).encode() + answer.content


def security(name, password):
    return (
        f'<w:Security xmlns:w="{OASIS}"><w:UsernameToken><w:Username>{name}</w:Username>'
        f"<w:Password>{password}</w:Password></w:UsernameToken></w:Security>"
    )


def with_token(body, secrets):
    return wrapped(body, header=security("admin", secrets["malformed"]))


def broken(envelope):
    """Break an envelope in the ways that end at different stages."""
    yield envelope[:-12]  # not well-formed
    yield b"<!DOCTYPE a>" + envelope
    yield envelope.replace(b"<s:Body>", b"<s:Body><x/>")
    yield envelope.replace(ENVELOPES["1.1"].encode(), b"urn:other")
    yield envelope.replace(b"</s:Body>", b"<x>" + b"y" * 9_000_000 + b"</x></s:Body>")
    yield envelope.replace(b"</s:Body>", b"</s:Body>" + b" " * 33_600_000)
    yield envelope.replace(b"<s:Body>", b"<s:Body>\xff")


def strange_headers(secrets):
    """Write secrets where only a mistaken or a hostile caller puts them."""
    secret, token = secrets["malformed"], secrets["token"]
    half = len(secret) // 2
    yield security("admin", f"{secret[:half]}<!-- -->{secret[half:]}")
    yield security("admin", f"<![CDATA[{secret}]]>")
    yield security("admin", f"<deeper>{secret}</deeper>")
    yield security("admin", secret).replace("<w:Password>", f'<w:Password Password="{secret}">')
    yield security("admin", secret).replace(OASIS, "urn:other")
    yield security("admin", f"{secret}</w:Password><w:Password>{token}")
    yield f'<w:UsernameToken xmlns:w="{OASIS}"><w:Password>{secret}</w:Password></w:UsernameToken>'
    yield (
        f'<w:Security xmlns:w="{OASIS}"><w:BinarySecurityToken>{token}</w:BinarySecurityToken>'
        "</w:Security>"
    )
    yield f'<SessionId xmlns="{NAMESPACE}">{secrets["session"]}</SessionId>'
    yield f'<SessionId xmlns="{NAMESPACE}"><x>{secrets["session"]}</x></SessionId>'
    yield f'<x:Token xmlns:x="urn:x" s:mustUnderstand="1">{token}</x:Token>'


def arguments(pid):
    """Give the command lines of a process and all that it started."""
    main = psutil.Process(pid)
    lines = [part.cmdline() for part in (main, *main.children(recursive=True))]
    assert len(lines) > 1
    return os.fsencode(repr(lines))


def tables(url):
    """Give all rows of each table as text, partitions by themselves."""
    with psycopg.connect(driver_url(url), autocommit=True) as session:
        names = session.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        ).fetchall()
        for (name,) in names:
            rows = session.execute(f'select t::text from public."{name}" t')
            yield name, "\n".join(row for (row,) in rows).encode()
