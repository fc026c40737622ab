"""WS-Security: one UsernameToken with a plain password, strictly."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from gateway.errors import Malformed, TokenStale, WrongTokenKind
from gateway.soap.envelope import SoapVersion
from gateway.soap.wssecurity import SECURITY, read_token
from tests.kit.envelopes import (
    OASIS,
    PASSWORD_DIGEST,
    PASSWORD_TEXT,
    WSSE,
    WSU,
    XSI,
    password,
    security,
    username_token,
)

NOW = datetime(2025, 6, 27, 9, 16, tzinfo=UTC)
NAME = "<w:Username>bob</w:Username>"
BASE64 = f"{OASIS}soap-message-security-1.0#Base64Binary"


def read(*blocks: str) -> tuple[str, str] | None:
    return read_token([etree.fromstring(block) for block in blocks], now=NOW)


def token(content: str) -> str:
    return security(f"<w:UsernameToken>{content}</w:UsernameToken>")


def created(moment: str) -> str:
    return f"<u:Created>{moment}</u:Created>"


def stamp(content: str) -> str:
    return security(f"<u:Timestamp>{content}</u:Timestamp>{username_token('bob', 'pw')}")


def test_name_and_password_are_given():
    assert read(security(username_token("bob", "p w "))) == ("bob", "p w ")


def test_no_security_header_gives_nothing():
    assert read() is None
    assert read('<x xmlns="urn:x"/>') is None


def test_a_security_header_without_token_gives_nothing():
    assert read(security("")) is None
    assert read(security("<u:Timestamp/>")) is None


def test_an_absent_type_means_plain_text():
    assert read(token(NAME + password("pw", kind=None))) == ("bob", "pw")


@pytest.mark.parametrize(
    "kind", [PASSWORD_DIGEST, "PasswordText", "wsse:PasswordText", PASSWORD_TEXT + " ", "urn:x", ""]
)
def test_another_type_of_password_is_refused(kind):
    with pytest.raises(WrongTokenKind, match="only PasswordText is accepted"):
        read(token(NAME + password("pw", kind=kind)))


def test_a_token_without_password_is_refused():
    with pytest.raises(WrongTokenKind):
        read(token(NAME))


@pytest.mark.parametrize(
    "other",
    [
        "<w:BinarySecurityToken>x</w:BinarySecurityToken>",
        '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>',
        '<s:Assertion xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion"/>',
        '<x xmlns="urn:x"/>',
    ],
)
def test_another_kind_of_token_is_refused(other):
    with pytest.raises(WrongTokenKind):
        read(security(username_token("bob", "pw") + other))
    with pytest.raises(WrongTokenKind):
        read(security(other))


def test_a_derived_key_is_refused():
    with pytest.raises(WrongTokenKind):
        read(security(username_token("bob", "pw", '<k:Salt xmlns:k="urn:wsse11">x</k:Salt>')))


@pytest.mark.parametrize(
    "block",
    [
        security(username_token("bob", "pw") * 2),
        token(password("pw")),
        token(NAME + NAME + password("pw")),
        token(NAME + password("pw") * 2),
        token(NAME + password("pw") + created("2025-06-27T09:16:00Z") * 2),
        token("<w:Username>b<w:x/>ob</w:Username>" + password("pw")),
        token(NAME + "text" + password("pw")),
        security("text" + username_token("bob", "pw")),
        token(NAME + f'<w:Password w:Type="{PASSWORD_DIGEST}">pw</w:Password>'),
        token(NAME + f'<w:Password type="{PASSWORD_DIGEST}">pw</w:Password>'),
        token(NAME.replace("<w:Username", '<w:Username id="x"') + password("pw")),
        security(username_token("bob", "pw"), attributes=' odd="1"'),
        stamp("<u:Other/>"),
        stamp("<u:Expires>soon</u:Expires>"),
    ],
)
def test_a_wrong_shape_is_malformed(block):
    with pytest.raises(Malformed):
        read(block)


def test_two_security_headers_are_malformed():
    block = security(username_token("bob", "pw"))
    with pytest.raises(Malformed):
        read(block, block)


def test_a_token_outside_a_security_header_is_malformed():
    with pytest.raises(Malformed):
        read(f'<w:UsernameToken xmlns:w="{WSSE}"/>')


@pytest.mark.parametrize("version", SoapVersion)
def test_attributes_that_stacks_write_are_accepted(version):
    block = security(
        f'<w:UsernameToken u:Id="t1"><w:Username xmlns:i="{XSI}" i:type="x">bob</w:Username>'
        f'{password("pw")}<w:Nonce EncodingType="{BASE64}">bm9uY2U=</w:Nonce>'
        f"{created('2025-06-27T09:15:58.123456789Z')}</w:UsernameToken>",
        attributes=f' xmlns:e="{version.namespace}" e:mustUnderstand="1" u:Id="s1"',
    )
    assert read(block) == ("bob", "pw")


@pytest.mark.parametrize(
    "moment",
    [
        "2025-06-27T09:11:00Z",
        "2025-06-27T09:17:00Z",
        "2025-06-27T11:16:00+02:00",
        "2025-06-27T09:16:00",
        "\n2025-06-27T09:16:00.1Z ",
    ],
)
def test_created_within_five_minutes_passes(moment):
    assert read(token(NAME + password("pw") + created(moment))) == ("bob", "pw")


@pytest.mark.parametrize("moment", ["2025-06-27T09:10:59Z", "2025-06-27T09:17:01Z"])
def test_created_outside_the_window_is_stale(moment):
    with pytest.raises(TokenStale):
        read(token(NAME + password("pw") + created(moment)))


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "yesterday",
        "2025-02-30T00:00:00Z",
        "2025-06-27T09:16Z",
        "20250627T091600Z",
        "0001-01-01T00:00:00+14:00",
        "2025-06-27T24:00:00Z",
        "٢025-06-27T09:16:00Z",
    ],
)
def test_created_must_be_a_date(moment):
    with pytest.raises(Malformed):
        read(token(NAME + password("pw") + created(moment)))


def _expires(seconds: int) -> str:
    moment = NOW + timedelta(seconds=seconds)
    return f"<u:Expires>{moment:%Y-%m-%dT%H:%M:%SZ}</u:Expires>"


def test_a_timestamp_that_expired_within_the_skew_passes():
    assert read(stamp(_expires(-59))) == ("bob", "pw")


def test_an_expired_timestamp_is_stale():
    with pytest.raises(TokenStale):
        read(stamp(_expires(-61)))


def test_a_timestamp_that_expires_before_it_was_created_is_stale():
    with pytest.raises(TokenStale):
        read(stamp(created("2025-06-27T09:16:30Z") + _expires(29)))


def test_the_same_token_is_accepted_the_second_time():
    block = security(
        username_token("bob", "pw", "<w:Nonce>bm9uY2U=</w:Nonce>" + created("2025-06-27T09:16:00Z"))
    )
    assert read(block) == read(block)


def test_the_header_is_known_by_its_tag():
    assert f"{{{WSSE}}}Security" == SECURITY
    assert WSU in security("")
