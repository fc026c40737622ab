"""How the desk wants callers to prove themselves, judged by its own means."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is asked of every call."""

    auth: str = "none"
    user: str = "gateway"
    secret: str = "let me in"
    header_name: str = "X-Api-Key"

    def holds(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether a call proves itself."""
        match self.auth:
            case "none":
                return True
            case "basic":
                pair = base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()
                return headers.get("Authorization") == f"Basic {pair}"
            case "bearer":
                return headers.get("Authorization") == f"Bearer {self.secret}"
            case "header":
                return headers.get(self.header_name) == self.secret
            case _:
                return self._token(body)

    def _token(self, body: bytes) -> bool:
        if not body:
            return False
        token = etree.fromstring(body).find(f".//{{{_WSSE}}}UsernameToken")
        if token is None or token.findtext(f"{{{_WSSE}}}Username") != self.user:
            return False
        password = token.findtext(f"{{{_WSSE}}}Password")
        if self.auth == "wsse":
            return password == self.secret
        nonce = base64.b64decode(token.findtext(f"{{{_WSSE}}}Nonce") or "")
        created = token.findtext(f"{{{_WSU}}}Created") or ""
        digest = hashlib.sha1(nonce + created.encode() + self.secret.encode()).digest()
        return password == base64.b64encode(digest).decode()
