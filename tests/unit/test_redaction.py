"""Redaction: what is stored of an XML message."""

import hashlib

import pytest
from lxml import etree

from gateway.soap.redaction import AnswerRedaction, binary_tags, redacted, secret_tag
from tests.kit.envelopes import PASSWORD_TEXT, security, username_token
from tests.kit.probe import build_probe

HI = hashlib.sha256(b"hi").hexdigest()


def stored(xml: str, binary: frozenset[str] = frozenset()) -> str:
    root = etree.fromstring(xml)
    before = etree.tostring(root)
    text = redacted(root, list(root.iter()), binary)
    assert etree.tostring(root) == before
    return text


@pytest.mark.parametrize(
    "name",
    [
        "Password",
        "PASSWORD",
        "PasswordHash",
        "SessionID",
        "SessionId",
        "Token",
        "AccessToken",
        "p_strHashCheck",
        "Task_HashCheck",
        "Nonce",
        "Authorization",
        "Cookie",
        "X-SICS-SESSION",
        "X-OTRS-Header-Password",
        "X-OTRS-Header-SessionID",
        "BinarySecurityToken",
        "Assertion",
    ],
)
@pytest.mark.parametrize("namespace", ["", "urn:x"])
def test_a_secret_is_masked_by_its_name_in_any_namespace(name, namespace):
    text = stored(f'<a><{name} xmlns="{namespace}">canary</{name}>rest</a>')
    assert "canary" not in text
    assert f">***</{name}>rest" in text


@pytest.mark.parametrize("name", ["Username", "UserLogin", "Title", "PasswordRule", "SessionIDs"])
def test_other_names_stay(name):
    assert stored(f"<a><{name}>canary</{name}></a>") == f"<a><{name}>canary</{name}></a>"


def test_what_stands_inside_a_secret_goes_with_it():
    text = stored("<a><Token>x<b>canary</b>canary<Password>canary</Password>canary</Token>rest</a>")
    assert text == "<a><Token>***</Token>rest</a>"


def test_a_secret_inside_a_secret_is_put_back():
    stored("<Password>a<Token>b<Nonce>c</Nonce>d</Token>e</Password>")


def test_an_attribute_with_a_secret_name_is_masked():
    assert stored('<a b="1" Password="canary"/>') == '<a b="1" Password="***"/>'


def test_an_empty_secret_stays_empty():
    assert stored("<a><Password/></a>") == "<a><Password/></a>"


def test_base64_becomes_size_and_digest():
    text = stored('<a xmlns="urn:x"><Content>aGk=</Content></a>', frozenset({"{urn:x}Content"}))
    assert text == f'<a xmlns="urn:x"><Content>[2 bytes, SHA-256 {HI}]</Content></a>'


def test_base64_that_is_none_is_not_stored_either():
    text = stored("<a><Content>canary !<b>canary</b></Content></a>", frozenset({"Content"}))
    assert "canary" not in text


def test_a_login_header_keeps_the_name_and_loses_the_password():
    text = stored(security(username_token("bob", "canary", "<w:Nonce>canary</w:Nonce>")))
    assert "canary" not in text
    assert "bob" in text
    assert PASSWORD_TEXT in text


def test_comments_in_the_tree_do_no_harm():
    assert stored("<a><!--x--><Password>y</Password></a>") == (
        "<a><!--x--><Password>***</Password></a>"
    )


def operations():
    return build_probe().endpoint._operations


def test_an_answer_is_masked_like_a_request_and_otherwise_kept_as_it_was_sent():
    answers = AnswerRedaction(operations()["{urn:test:probe}SaveNote_V1"].answer_plan)
    sent = '<a xmlns:t="urn:test:probe"><t:Password>x</t:Password><t:Content>aGk=</t:Content></a>'
    assert answers.stored(sent.encode()) == (
        '<a xmlns:t="urn:test:probe"><t:Password>***</t:Password>'
        f"<t:Content>[2 bytes, SHA-256 {HI}]</t:Content></a>"
    )
    assert answers.stored(b"<a><Password/><Content/>&lt;Password&gt;</a>") is None


def test_plans_tell_where_base64_can_stand():
    save = operations()["{urn:test:probe}SaveNote_V1"]
    assert binary_tags(save.plan) == {"{urn:test:probe}Content"}


def test_a_tag_is_judged_by_its_local_name():
    assert secret_tag("{urn:Password}Title") is False
    assert secret_tag("{urn:x}password") is True
