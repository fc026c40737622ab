"""A partner, or somebody in its place, that means harm: calls end, memory stays, nothing leaks."""

import socket
import threading
import time
import tracemalloc
from urllib.parse import urlsplit

import pytest

from gateway.delivery import contracts
from gateway.delivery.calls import CallLimits
from gateway.usecases.ports import Permanent, Transient
from tests.kit.simulator import Simulator, contract
from tests.kit.simulator.server import Page
from tests.kit.steps import EVENT, Bench

MEBIBYTE = 1024 * 1024
PATIENCE_S = 15  # far beyond the limit of a test, and well within the 30 s of a call
INCIDENT = {"CallerTicket": "1", "Task": "2", "Text": "x", "EventId": str(EVENT)}


@pytest.fixture(scope="module")
def running():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def partner(running):
    running.calm()
    return running


@pytest.fixture
def bench(partner, tmp_path):
    made = Bench(partner.url, tmp_path, limits=CallLimits(connect_s=2, answer_bytes=MEBIBYTE))
    made.soap(operation="CreateIncident", arguments=INCIDENT)  # the WSDL is known
    partner.desk.forget()
    return made


def create(bench, **keys):
    return bench.soap(operation="CreateIncident", arguments=INCIDENT, **keys)


@pytest.mark.parametrize("chaos", ["huge", "endless", "bomb", "headers"])
@pytest.mark.parametrize("kind", ["soap", "http"])
def test_j3_an_answer_without_end_is_cut_off_in_bounded_memory(bench, partner, chaos, kind):
    partner.chaos.on(chaos)
    tracemalloc.start()
    try:
        failed = create(bench) if kind == "soap" else bench.http(path="/x", timeout_s=10)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(failed, Transient)
    # The partner lives in this process too: its own pieces are counted with ours.
    assert peak < 12 * MEBIBYTE


@pytest.mark.parametrize("chaos", ["timeout", "drip"])
def test_j3_a_partner_that_takes_its_time_gets_no_more_than_the_limit(bench, partner, chaos):
    partner.chaos.on(chaos)
    began = time.perf_counter()
    failed = create(bench, timeout_s=0.5)
    assert time.perf_counter() - began < PATIENCE_S
    assert isinstance(failed, Transient)
    assert failed.error.endswith("in time")


def test_a_partner_that_does_not_read_gets_no_more_than_the_limit(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        bench = Bench(f"http://127.0.0.1:{deaf.getsockname()[1]}", tmp_path)
        began = time.perf_counter()
        failed = bench.http(path="/x", method="POST", body="x" * 16 * MEBIBYTE, timeout_s=0.5)
        assert time.perf_counter() - began < PATIENCE_S
    assert isinstance(failed, Transient)


def test_a_handshake_without_end_gets_no_more_than_the_time_to_connect(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        limits = CallLimits(connect_s=0.5)
        bench = Bench(f"https://127.0.0.1:{mute.getsockname()[1]}", tmp_path, limits=limits)
        began = time.perf_counter()
        failed = bench.http(path="/x", timeout_s=30)
        assert time.perf_counter() - began < PATIENCE_S
    assert isinstance(failed, Transient)


def test_j4_a_dtd_in_the_answer_is_not_read(bench, partner):
    partner.chaos.on("dtd")
    failed = create(bench)
    assert isinstance(failed, Transient)
    assert "unreadable answer" in failed.error


def test_a_deep_or_wide_answer_is_not_read(bench, partner):
    head, tail = contract.answer("1.1", "@").split(b"@")
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    for content in (deep, b"<a/>" * 250_000):
        partner.pages[contract.PATH] = Page(head + content + tail)
        failed = create(bench)
        assert isinstance(failed, Transient), failed


# -- WSDLs ----------------------------------------------------------------------------------------


def hostile(partner, imports, body=None):
    address = f"{partner.url}{contract.PATH}"
    page = Page(body or contract.wsdl(address, imports))
    partner.pages["/evil?wsdl"] = page
    return {"wsdl": "/evil?wsdl"}


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:{port}/more.xsd",
        "https://127.0.0.1:{port}/more.xsd",
        "http://127.0.0.1:9/more.xsd",
        "http://user@127.0.0.1:{port}/more.xsd",
        "ftp://127.0.0.1/more.xsd",
    ],
)
def test_j9_a_wsdl_imports_only_from_the_targets_own_host(bench, partner, location):
    place = location.format(port=partner.port)
    keys = hostile(partner, f'<xs:include schemaLocation="{place}"/>')
    failed = create(bench, **keys)
    assert isinstance(failed, Permanent)
    if not location.startswith("/"):
        assert "not the target's host" in failed.error or "not on the target's" in failed.error
    assert [target for _, target in partner.asked if "more" in target] == []
    assert "root:" not in str(failed)


def test_j9_a_redirect_within_a_wsdl_import_is_not_followed(bench, partner):
    partner.pages["/more.xsd"] = Page(b"", "text/xml", 302, {"Location": "file:///etc/passwd"})
    failed = create(bench, **hostile(partner, '<xs:include schemaLocation="more.xsd"/>'))
    assert isinstance(failed, Permanent)
    assert "HTTP status 302" in failed.error


def test_j9_imports_without_end_are_given_up(bench, partner):
    for n in range(200):
        schema = (
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
            f' targetNamespace="urn:n:{n}"><xs:import namespace="urn:n:{n + 1}"'
            f' schemaLocation="more{n + 1}.xsd"/></xs:schema>'
        )
        partner.pages[f"/more{n}.xsd"] = Page(schema.encode())
    keys = hostile(partner, '<xs:import namespace="urn:n:0" schemaLocation="more0.xsd"/>')
    failed = create(bench, **keys)
    assert isinstance(failed, Permanent)
    assert "more than 50 documents" in failed.error


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
        b"<html><body>Maintenance</body></html>",
        b"no XML",
        b"",
        b"<wsdl:definitions xmlns:wsdl='http://schemas.xmlsoap.org/wsdl/'>" + b"<a/>" * 500_000,
    ],
)
def test_j4_a_wsdl_that_is_none_is_not_read(bench, partner, body):
    partner.pages["/evil?wsdl"] = Page(body)
    failed = create(bench, wsdl="/evil?wsdl")
    assert isinstance(failed, Transient | Permanent)
    assert "root:" not in str(failed)


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/x", "http://localhost:1/x", "file:///etc/passwd", ""]
)
def test_a_wsdl_cannot_send_calls_to_another_host(bench, partner, address):
    partner.pages["/evil?wsdl"] = Page(contract.wsdl(address))
    failed = create(bench, wsdl="/evil?wsdl")
    assert isinstance(failed, Permanent)
    assert "not the host of the target" in failed.error


def test_a_wsdl_cannot_send_calls_out_of_the_base_url(partner, tmp_path):
    partner.pages["/desk/evil?wsdl"] = Page(contract.wsdl(f"{partner.url}/admin"))
    failed = create(Bench(f"{partner.url}/desk", tmp_path), wsdl="/evil?wsdl")
    assert isinstance(failed, Permanent)
    assert "outside the target's base URL" in failed.error


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}", "http://localhost:{port}", "http://2130706433:{port}",
        "http://0x7f000001:{port}", "http://127.1:{port}", "http://[::1]:{port}",
        "http://[::ffff:127.0.0.1]:{port}", "http://0.0.0.0:{port}",
        "http://169.254.169.254", "http://10.0.0.1", "http://[fe80::1]", "http://[fd00:ec2::254]",
    ],
)  # fmt: skip
def test_j10_inner_addresses_are_never_called(partner, tmp_path, url):
    bench = Bench(url.format(port=partner.port), tmp_path, networks=())
    for failed in (bench.http(path="/x"), create(bench)):
        assert isinstance(failed, Permanent)
        assert "delivery.private_networks" in failed.error
        assert failed.exchange.request
    assert partner.asked == []


class Resolver:
    """Answers about one name, another address each time."""

    def __init__(self, monkeypatch, *addresses):
        self.asked = 0
        self._addresses = addresses
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host, port, *args, **kwargs):
        if host != "partner.example":
            return self._real(host, port, *args, **kwargs)
        address = self._addresses[min(self.asked, len(self._addresses) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]


def test_j10_a_name_that_leads_inwards_is_not_called(partner, tmp_path, monkeypatch):
    Resolver(monkeypatch, "127.0.0.1")
    bench = Bench(f"http://partner.example:{partner.port}", tmp_path, networks=())
    assert isinstance(bench.http(path="/x"), Permanent)
    assert partner.asked == []


def test_j10_a_name_that_changes_after_the_check_changes_nothing(partner, tmp_path, monkeypatch):
    # The address that was judged is the one that is called, so the second answer is never heard.
    resolver = Resolver(monkeypatch, "127.0.0.2", "127.0.0.1")
    bench = Bench(f"http://partner.example:{partner.port}", tmp_path, networks=("127.0.0.2/32",))
    assert isinstance(bench.http(path="/x"), Transient)
    assert resolver.asked == 1
    assert partner.asked == []


def test_proxies_of_the_environment_are_ignored(partner, tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    bench = Bench(partner.url, tmp_path)
    bench.http(path="/x")
    assert partner.asked == [("GET", "/x")]


def test_a_worker_calls_on_after_every_kind_of_harm(bench, partner):
    before = threading.active_count()
    for chaos in ("garbage", "reset", "cut", "dtd", "bomb", "redirect", "html", "headers"):
        partner.chaos.on(chaos)
        create(bench)
    partner.chaos.off()
    assert create(bench).exchange.status == 200
    time.sleep(0.1)  # noqa: TID251 - the partner's own threads end
    assert threading.active_count() <= before + 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://d.example/a", "https://D.example:443/b", True),
        ("http://d.example:80/a", "http://d.example/b", True),
        ("http://d.example/a", "https://d.example/b", False),
        ("http://d.example/a", "http://d.example:8080/b", False),
        ("http://d.example/a", "http://d.example.evil/b", False),
    ],
)
def test_j9_hosts_are_compared_with_their_ports_written_or_not(one, other, same):
    assert (contracts._origin(urlsplit(one)) == contracts._origin(urlsplit(other))) is same
