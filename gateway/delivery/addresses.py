"""Which addresses may be called: public ones, and the networks that the operator names.

A name is judged by what it resolves to, and the caller connects to the very address that was
judged: a name that changes its mind between check and connect gains nothing.
"""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Public by their numbers, but the inside of clouds: Azure's host agent, Oracle's metadata.
_INSIDE_OF_CLOUDS = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_LOOKUPS_AT_ONCE = 8  # a name server that never answers holds this many threads, not all workers


class NotAllowed(Exception):
    """The host has no address that may be called; the sentence names the setting."""


class NotResolved(Exception):
    """The name leads to no address now."""


class Addresses:
    """Looks names up and keeps what may be called."""

    def __init__(self, private_networks: Sequence[str] = ()) -> None:
        self._networks = tuple(ip_network(network) for network in private_networks)
        self._lookups = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")

    def callable_at(self, host: str, port: int, timeout_s: float) -> Sequence[Address]:
        """Give the addresses of a host that may be called, in the resolver's order.

        Raises:
            NotResolved: no such name, or no answer about it in time.
            NotAllowed: it leads only to addresses that may not be called.
        """
        found = self._resolved(host, port, timeout_s)
        allowed = [address for address in found if self.allows(address)]
        if not allowed:
            raise NotAllowed(
                f"{host} leads to {found[0]}, which is no public address and in no network of "
                "delivery.private_networks"
            )
        return allowed

    def allows(self, address: Address) -> bool:
        """Tell whether an address may be called."""
        plain = _plain(address)
        if any(plain in network for network in self._networks):
            return True
        return _public(plain) and all(_public(inner) for inner in _embedded(plain))

    def _resolved(self, host: str, port: int, timeout_s: float) -> list[Address]:
        lookup = self._lookups.submit(
            socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
        try:
            answers = lookup.result(timeout_s)
        except TooSlow:
            lookup.cancel()
            raise NotResolved(f"no answer about the name {host} in time") from None
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "no name"
            raise NotResolved(f"no address for {host}: {reason}") from None
        # One address may come several times; the order is the resolver's preference.
        return list(dict.fromkeys(ip_address(answer[4][0]) for answer in answers))


def _plain(address: Address) -> Address:
    """Give the IPv4 address that is written as an IPv6 one, else the address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not getattr(address, "is_site_local", False)
        and not any(address in network for network in _INSIDE_OF_CLOUDS)
    )


def _embedded(address: Address) -> list[IPv4Address]:
    """Find the IPv4 addresses that a router on the way would turn this IPv6 one into."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.sixtofour] if address.sixtofour else []
    found += list(address.teredo or ())
    if any(address in network for network in _NAT64):
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return found
