"""A strict zeep client over an endpoint and its pages in memory."""

from dataclasses import dataclass

import zeep
from zeep.transports import Transport

from gateway.clock import monotonic_s, now
from gateway.http.exchange import Request, Trace


@dataclass
class Reply:
    """As much of an HTTP answer as zeep reads."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    encoding: str = "utf-8"


class InMemory(Transport):
    """Loads the contract from ``get`` and posts to ``answer``; ``sent`` keeps what was posted."""

    def __init__(self, get, answer):
        super().__init__()
        self._get, self._answer = get, answer
        self.sent = []

    def load(self, url):
        path, _, query = url.partition("?")
        found = self._get(request("GET", path, query))
        assert found.status == 200, found
        return found.body

    def post(self, address, message, headers):
        sent = request("POST", address, "", message, headers)
        self.sent.append(sent)
        found = self._answer(sent, Trace(number="1", dialect="tests"))
        return Reply(found.status, found.body, {"Content-Type": found.media_type})


def strict_client(wsdl, get, answer):
    """Read the contract at this address; unknown elements in answers are errors."""
    transport = InMemory(get, answer)
    client = zeep.Client(wsdl, transport=transport, settings=zeep.Settings(strict=True))
    return client, transport


def request(method, path, query="", body=b"", headers=None):
    """Make a request as the door hands it over; ``path`` may be a whole address."""
    return Request(
        method=method,
        path=path,
        query=query,
        headers={name.lower(): value for name, value in (headers or {}).items()},
        body=body,
        peer="127.0.0.1",
        secure=True,
        received=now(),
        correlation_id="c0ffee",
        deadline_s=monotonic_s() + 30,
    )
