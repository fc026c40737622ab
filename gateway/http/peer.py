"""Who is calling: the address of the connection, or what a trusted proxy says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from gateway.http.head import Head


@dataclass(frozen=True, slots=True)
class Peer:
    """The caller's address, and whether its call came over TLS."""

    address: str
    secure: bool

    @property
    def local(self) -> bool:
        """Tell whether the caller is on this machine."""
        address = _address(self.address)
        return address is None or address.is_loopback  # no address: a Unix socket


class Proxies:
    """The proxies whose forwarding headers are believed; everybody else's are ignored."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, networks))

    def peer_of(self, head: Head) -> Peer:
        """Find the caller: from the right, the first forwarded address that is no proxy of ours."""
        secure = head.scheme == "https"
        if not self._trusted(head.client):
            return Peer(head.client, secure)
        proto = head.headers.get("x-forwarded-proto", head.scheme).rpartition(",")[2].strip()
        return Peer(self._forwarded(head), secure or proto.lower() == "https")

    def _forwarded(self, head: Head) -> str:
        address = head.client
        for hop in reversed(head.headers.get("x-forwarded-for", "").split(",")):
            if _address(hop.strip()) is None:
                break
            address = hop.strip()
            if not self._trusted(address):
                break
        return address

    def _trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._networks)


@lru_cache(maxsize=4096)  # callers come again, and it is asked several times a request
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
