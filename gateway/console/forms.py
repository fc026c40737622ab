"""Forms: read from a body, and proven to come from a page of ours."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from gateway.errors import BrokenRule, NotPermitted
from gateway.http.exchange import Request
from gateway.text import is_text, printable

TOKEN, ONCE, SEEN = "csrf", "once", "seen"
_MOST_FIELDS = 500
_LONGEST_ONCE = 64


def read_form(request: Request) -> Mapping[str, str]:
    """Read the fields of a form; of a field that comes twice the last one counts.

    Raises:
        BrokenRule: not a form of UTF-8 text.
    """
    try:
        pairs = parse_qsl(
            request.body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise BrokenRule("not a form of UTF-8 text") from None
    fields = {name: value.replace("\r\n", "\n") for name, value in pairs}
    for name, value in fields.items():
        if not is_text(value) or not is_text(name):
            raise BrokenRule("characters that XML cannot carry", field=printable(name))
    return fields


def token_of(secret: str) -> str:
    """Give the token that the forms of a session carry; ``secret`` is the cookie it hangs on."""
    digest = hmac.digest(secret.encode("utf-8", "surrogatepass"), b"console form", "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def once_token() -> str:
    """Give a form the key under which its command is done once."""
    return secrets.token_urlsafe(12)


def once_of(form: Mapping[str, str]) -> str:
    """Read that key.

    Raises:
        BrokenRule: there is none, or none of ours.
    """
    key = form.get(ONCE, "")
    if not 0 < len(key) <= _LONGEST_ONCE:
        raise BrokenRule("the form is not whole; load the page again")
    return key


def mark(shown: object) -> str:
    """Give the mark of a thing as it was shown; the same thing has the same mark later."""
    return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()


def require_ours(request: Request, form: Mapping[str, str], secret: str, public_url: str) -> None:
    """Insist that a form was sent from a page that this session was shown.

    Raises:
        NotPermitted: its token is missing or another session's, or it came from another site.
    """
    sent = form.get(TOKEN, "").encode("utf-8", "surrogatepass")
    proven = bool(secret) and hmac.compare_digest(sent, token_of(secret).encode())
    if not proven or not _from_here(request, public_url):
        raise NotPermitted("the form does not come from a page of this session; load it again")


def _from_here(request: Request, public_url: str) -> bool:
    # Other sites cannot read the token; these headers stop what could guess or steal one.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "null")
    ours = (urlsplit(public_url).netloc, request.headers.get("host", ""))
    return origin == "null" or urlsplit(origin).netloc in ours
