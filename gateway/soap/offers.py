"""Who may call an operation without an envelope: as a form, or by the query of an address."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from gateway.http.exchange import Request
from gateway.http.peer import Peer

_PASSED_ON = ("forwarded", "x-forwarded-for", "via")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Offer(StrEnum):
    """To whom a way of calling is open."""

    OFF = "off"
    LOCAL = "local"  # callers of this machine, with no proxy between
    ON = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCalls:
    """Which calls without an envelope this caller may make (SSP7 contract, 14.5)."""

    test: bool = False
    get: bool = False
    post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What is offered, and where the pages with the forms are at home."""

    post: Offer = Offer.OFF
    get: Offer = Offer.OFF
    public_url: str = ""

    def calls(self, request: Request) -> FormCalls:
        """Tell which calls a caller may make."""
        post = _open(self.post, request)
        return FormCalls(test=post, get=_open(self.get, request), post=post)

    def foreign(self, request: Request) -> bool:
        """Tell whether another site's page made the browser send this."""
        if request.headers.get("sec-fetch-site", "").strip().lower() == "cross-site":
            return True
        origin = request.headers.get("origin", "").strip().lower()
        return bool(origin) and origin not in self._home(request)

    def _home(self, request: Request) -> frozenset[str]:
        public = urlsplit(self.public_url)
        home = {f"{public.scheme}://{public.netloc}".lower()}
        host = request.headers.get("host", "").lower()
        # A name of this machine cannot be another site's: the Host of a rebound name is that name.
        if urlsplit(f"//{host}").hostname in _LOOPBACK_NAMES and is_local(request):
            home |= {f"http://{host}", f"https://{host}"}
        return frozenset(home)


def is_local(request: Request) -> bool:
    """Tell whether the caller is on this machine and speaks for nobody else."""
    direct = not any(name in request.headers for name in _PASSED_ON)
    return direct and bool(request.peer) and Peer(request.peer, request.secure).local


def _open(offer: Offer, request: Request) -> bool:
    return offer is Offer.ON or (offer is Offer.LOCAL and is_local(request))
