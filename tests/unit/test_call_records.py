import json

import httpx
import pytest

from gateway.delivery.calls import Answer, Impossible, Outgoing, Proof, below, is_below
from gateway.delivery.judgement import retry_after_s
from gateway.delivery.records import Shade, answer_record, request_record
from gateway.usecases.ports import Target

SECRET = 'p<w>"1&2'


def recorded(body, media_type, *, url="https://desk.example/x", masked=(), **headers):
    outgoing = Outgoing(
        method="POST",
        url=url,
        headers={"Content-Type": media_type, **headers},
        body=body if isinstance(body, bytes) else body.encode(),
    )
    return request_record(outgoing, ["Authorization"], Shade(masked))


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("<a><Password>hidden</Password><b Token='hidden'/></a>", "text/xml"),
        ("<p_strHashCheck xmlns='urn:s'>hidden</p_strHashCheck>", "application/soap+xml"),
        ('{"a": [{"password": "hidden"}], "Token": "hidden"}', "application/json"),
        ("a=1&Password=hidden", "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_secrets_are_masked_by_their_names_in_every_form(body, media_type):
    shown = recorded(body, media_type)
    assert "hidden" not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("<Text>see {}</Text>", "text/xml"),
        ('{{"text": "see {}"}}', "application/json"),
        ("see {}", "text/plain"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["tgk_0123456789", f"1.k.{'x' * 43}"])
def test_keys_and_hashes_of_tasks_are_masked_wherever_they_stand(body, media_type, key):
    shown = recorded(body.format(key), media_type)
    assert key not in shown
    assert "see ***" in shown


def test_secret_headers_and_query_pairs_are_masked():
    shown = recorded("", "text/plain", url="https://d.example/x?Token=hidden&a=1", Cookie="hidden")
    assert "hidden" not in shown
    assert "a=1" in shown
    assert "Authorization: ***" in shown


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ('<t>p&lt;w&gt;"1&amp;2</t>', "text/xml"),
        (json.dumps({"text": f"see {SECRET}"}), "application/json"),
        ("text=p%3Cw%3E%221%262", "application/x-www-form-urlencoded"),
        (f"see {SECRET}", "text/plain"),
        ("cDx3PiIxJjI=", "text/plain"),
        (f"<broken {SECRET}", "text/xml"),
    ],
)  # fmt: skip
def test_a_secret_is_masked_by_its_value_however_it_is_written(body, media_type):
    shown = recorded(body, media_type, masked=[SECRET]).partition("\n\n")[2]
    assert "***" in shown
    assert "1&" not in shown.replace("***", "")


def test_what_proves_us_is_masked_in_what_a_partner_sends_back():
    proof = Proof("let me in", {"Authorization": "Basic Z2F0ZXdheTpsZXQgbWUgaW4="})
    answer = Answer(
        status=400,
        headers=httpx.Headers({"X-Echo": "Basic Z2F0ZXdheTpsZXQgbWUgaW4="}),
        body=b"bad password let me in",
    )
    shown = answer_record(answer, Shade(proof.masked))
    assert "let me in" not in shown
    assert "Z2F0ZXdheTpsZXQgbWUgaW4=" not in shown


def test_long_base64_is_shown_by_size_and_hash_and_prose_is_not():
    content = "QUJD" * 100
    for body, kind in ((f"<a>{content}</a>", "text/xml"), (json.dumps([content]), "a/json")):
        shown = recorded(body, kind)
        assert "[300 bytes, SHA-256 " in shown
        assert content not in shown
    prose = "many words and blanks " * 20
    assert prose in recorded(f"<a>{prose}</a>", "text/xml")


@pytest.mark.parametrize("body", [b"\x00\xff\xfe", b"<a>\x00</a>", b"{", b"x" * 1_000_000])
def test_any_body_can_be_kept(body):
    for media_type in ("text/xml", "application/json; charset=x", "", "text/plain"):
        shown = recorded(body, media_type)
        assert "\x00" not in shown
        assert len(shown) < 66_000


def test_a_sentence_is_short_printable_and_without_secrets():
    said = Shade([SECRET]).sentence(f"fault: {SECRET}\n\x1b[31m" + "x" * 1000)
    assert said.startswith("fault: ***  [31m")
    assert len(said) == 300


# -- when to try again ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "9" * 400}, 999_999_999),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "١٢"}, None),
        ({}, None),
        (
            {
                "Date": "Wed, 04 Mar 2026 10:00:00 GMT",
                "Retry-After": "Wed, 04 Mar 2026 11:00:00 GMT",
            },
            3600,
        ),
        (
            {
                "Date": "Wed, 04 Mar 2026 10:00:00 GMT",
                "Retry-After": "Wed, 04 Mar 2026 09:00:00 GMT",
            },
            0,
        ),
        ({"Date": "broken", "Retry-After": "Wed, 04 Mar 2026 09:00:00 GMT"}, None),
        ({"Retry-After": "Wed, 04 Mar 2020 09:00:00 GMT"}, 0),
    ],
)
def test_j8_retry_after_is_seconds_or_a_date_by_the_partners_clock(headers, expected):
    answer = Answer(status=429, headers=httpx.Headers(headers, encoding="utf-8"), body=b"")
    assert retry_after_s(answer) == expected


# -- below the base URL ---------------------------------------------------------------------------

TARGET = Target(id=1, partner_id=1, partner="P", code="t", base_url="https://d.example/api/")


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/v2/x", "https://d.example/api/v2/x"),
        ("v2/x?y=/../z", "https://d.example/api/v2/x?y=/../z"),
        ("", "https://d.example/api/"),
        ("/x/a..b", "https://d.example/api/x/a..b"),
        ("//evil.example/x", "https://d.example/api/evil.example/x"),
        ("@evil.example/x", "https://d.example/api/@evil.example/x"),
    ],
)
def test_a_path_is_joined_to_the_base_url(path, address):
    assert below(TARGET, path) == address


@pytest.mark.parametrize(
    "path", ["..", "/a/../../b", "/%2e%2e/b", "/%252e%252e/b", "/a/..%2fb", "/a/.", "/..\\b", "/#x"]
)
def test_a_path_cannot_leave_the_base_url(path):
    with pytest.raises(Impossible, match="leaves the base URL"):
        below(TARGET, path)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("https://d.example/api", True),
        ("https://D.example/api/x", True),
        ("https://d.example/apix", False),
        ("http://d.example/api/x", False),
        ("https://d.example:8443/api/x", False),
        ("https://user@d.example/api/x", False),
        ("https://d.example.evil.example/api/x", False),
    ],
)
def test_only_addresses_below_the_base_url_are_inside(address, inside):
    assert is_below(TARGET, address) is inside
