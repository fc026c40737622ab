import socket
import threading
from ipaddress import ip_address

import pytest

from gateway.delivery.addresses import Addresses, NotAllowed, NotResolved


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_j10_an_inner_address_is_not_called_by_default(address):
    assert not Addresses().allows(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_j10_a_public_address_may_be_called(address):
    assert Addresses().allows(ip_address(address))


@pytest.mark.parametrize(
    ("network", "address", "allowed"),
    [
        ("10.20.0.0/16", "10.20.1.1", True),
        ("10.20.0.0/16", "::ffff:10.20.1.1", True),
        ("10.20.0.0/16", "10.21.1.1", False),
        ("10.20.0.0/16", "169.254.169.254", False),
        ("fd00::/8", "fd00::5", True),
        ("169.254.169.254/32", "169.254.169.254", True),
    ],
)
def test_j10_a_named_network_may_be_called_and_no_other(network, address, allowed):
    assert Addresses([network]).allows(ip_address(address)) is allowed


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "::1", "0"])
def test_j10_other_spellings_of_loopback_are_seen_through(host):
    with pytest.raises(NotAllowed, match=r"delivery\.private_networks"):
        Addresses().callable_at(host, 80, 5)


def test_of_several_addresses_only_those_that_may_be_called_are_given(monkeypatch):
    resolves(monkeypatch, "10.0.0.1", "93.184.216.34", "93.184.216.34")
    assert Addresses().callable_at("mixed.example", 80, 5) == [ip_address("93.184.216.34")]


def test_a_name_without_an_address_is_told_from_a_forbidden_one():
    with pytest.raises(NotResolved, match=r"no address for nobody\.invalid"):
        Addresses().callable_at("nobody.invalid", 80, 5)


def test_a_name_no_resolver_can_write_has_no_address():
    with pytest.raises(NotResolved):
        Addresses().callable_at("a" * 70 + ".example", 80, 5)


def test_a_resolver_that_never_answers_ends_with_the_time(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(10))
    try:
        with pytest.raises(NotResolved, match="in time"):
            Addresses().callable_at("slow.example", 80, 0.05)
    finally:
        released.set()


def resolves(monkeypatch, *addresses):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
