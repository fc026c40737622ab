"""The guard: what one request may be, before anything of it is read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import (
    ActionMismatch,
    CharsetMismatch,
    ForbiddenMarkup,
    GatewayError,
    Malformed,
    NotOneCall,
    NotUnderstood,
    ShapeExceeded,
    WrongEnvelope,
)
from gateway.soap import guard
from gateway.soap.envelope import SoapVersion
from gateway.soap.guard import Caps, Envelope
from tests.kit.envelopes import envelope

CAPS = Caps()
V11, V12 = SoapVersion.V11, SoapVersion.V12
CALL = '<op xmlns="urn:x"><a>1</a></op>'


def opened(
    body: str = CALL,
    header: str = "",
    *,
    version: SoapVersion = V11,
    caps: Caps = CAPS,
    binary: frozenset[str] = frozenset(),
) -> Envelope:
    data = envelope(version, body, header).encode()
    document = guard.read_document(data, None, caps)
    found = guard.version_of(document.root)
    return guard.open_envelope(document, found, caps=caps, binary=binary)


@pytest.fixture
def fresh_thread():
    """A thread of its own, whose account of names starts at zero."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda work, *args: thread.submit(work, *args).result()


@pytest.mark.parametrize("version", SoapVersion)
def test_the_namespace_of_the_envelope_decides_the_version(version):
    assert opened(version=version).version is version


def test_the_call_is_the_child_of_the_body():
    assert opened().call.tag == "{urn:x}op"


def test_comments_vanish_and_the_text_around_them_joins():
    found = opened("<op>adm<!-- x -->in<![CDATA[ & ]]>co</op>")
    assert found.call.text == "admin & co"


def test_an_attribute_of_the_call_is_reported():
    assert not opened().attributes
    assert opened('<op><a b="1"/></op>').attributes


def test_an_attribute_of_a_header_is_not_reported():
    assert not opened(header='<h xmlns="urn:h" b="1"/>').attributes


@pytest.mark.parametrize(
    ("cap", "at", "above"),
    [
        ({"depth": 5}, "<op><a><b/></a></op>", "<op><a><b><c/></b></a></op>"),
        ({"elements": 3}, "<op><a/><a/></op>", "<op><a/><a/><a/></op>"),
        ({"children": 2}, "<op><a/><a/></op>", "<op><a/><a/><a/></op>"),
        ({"attributes": 2}, '<op a="" b=""/>', '<op a="" b="" c=""/>'),
        ({"name_chars": 64}, f"<{'n' * 64}/>", f"<{'n' * 65}/>"),
        ({"name_chars": 64}, f'<op {"n" * 64}=""/>', f'<op {"n" * 65}=""/>'),
        ({"name_chars": 64}, f'<op xmlns="{"n" * 64}"/>', f'<op xmlns="{"n" * 65}"/>'),
        ({"text_chars": 300}, f"<op>{'x' * 300}</op>", f"<op>{'x' * 301}</op>"),
        ({"text_chars": 300}, f"<op><a/>{'x' * 300}</op>", f"<op><a/>{'x' * 301}</op>"),
        ({"angle_brackets": 5}, "<op/>", "<op></op>"),
        ({"quotes": 2}, "<op/>", "<op>'</op>"),
    ],
)
def test_a_cap_lets_its_number_pass_and_no_more(cap, at, above):
    caps = replace(CAPS, **cap)
    opened(at, caps=caps)
    with pytest.raises(ShapeExceeded):
        opened(above, caps=caps)


@pytest.mark.parametrize("count", [3, 60])
def test_namespace_declarations_of_one_element_are_counted(count):
    many = "".join(f' xmlns:n{n}="urn:{n}"' for n in range(count))
    caps = replace(CAPS, namespaces=count)
    opened(f"<op{many}/>", caps=caps)
    with pytest.raises(ShapeExceeded):
        opened(f'<op xmlns:one="urn:more"{many}/>', caps=caps)


def test_declarations_spread_over_elements_are_not_added_up():
    many = "".join(f'<a xmlns:n="urn:{n}"/>' for n in range(100))
    opened(f"<op>{many}</op>", caps=replace(CAPS, namespaces=2))


def test_a_long_prefix_is_refused_and_one_in_a_text_is_not():
    name = "n" * 257
    opened(f"<op><![CDATA[xmlns:{name}]]></op>")
    with pytest.raises(ShapeExceeded):
        opened(f'<op xmlns:{name}="urn:x"/>')


def test_a_base64_element_may_be_longer():
    caps = replace(CAPS, text_chars=300, binary_chars=400)
    binary = frozenset({"{urn:x}a"})
    call = f'<op xmlns="urn:x"><a>{"x" * 400}</a></op>'
    opened(call, caps=caps, binary=binary)
    with pytest.raises(ShapeExceeded):
        opened(call, caps=caps)


def test_header_blocks_are_counted_and_measured():
    block = '<h xmlns="urn:h"/>'
    opened(header=block * 32)
    with pytest.raises(ShapeExceeded):
        opened(header=block * 33)
    with pytest.raises(ShapeExceeded):
        opened(header=f'<h xmlns="urn:h">{"x" * 70_000}</h>')


def test_a_large_call_does_not_count_as_header():
    opened(f"<op>{'x' * 70_000}</op>", header='<h xmlns="urn:h"/>')


@pytest.mark.parametrize("version", SoapVersion)
@pytest.mark.parametrize(
    "content",
    ["<x/>", "text", "<s:Header/>", '<s:Body><a/></s:Body><s:Body xmlns="urn:x"/>', "<s:Fault/>"],
)
def test_an_envelope_holds_one_call_and_nothing_else(version, content):
    data = f'<s:Envelope xmlns:s="{version.namespace}">{content}</s:Envelope>'.encode()
    document = guard.read_document(data, None, CAPS)
    with pytest.raises(NotOneCall):
        guard.open_envelope(document, version, caps=CAPS)


def test_a_body_of_the_other_version_is_no_body():
    data = (
        envelope(V11, CALL)
        .replace("s:Body", "o:Body")
        .replace("<o:Body", f'<o:Body xmlns:o="{V12.namespace}"')
    )
    document = guard.read_document(data.encode(), None, CAPS)
    with pytest.raises(NotOneCall):
        guard.open_envelope(document, V11, caps=CAPS)


def test_an_envelope_of_another_namespace_is_a_wrong_envelope():
    with pytest.raises(WrongEnvelope):
        guard.version_of(guard.read_document(b'<e:Envelope xmlns:e="u"/>', None, CAPS).root)


@pytest.mark.parametrize("name", ["id", "href"])
@pytest.mark.parametrize("place", ["<s:Body", "<op", "<a"])
def test_references_are_refused_wherever_they_stand(name, place):
    data = envelope(V11, CALL).replace(place, f'{place} {name}="#x"', 1).encode()
    with pytest.raises(ForbiddenMarkup):
        guard.open_envelope(guard.read_document(data, None, CAPS), V11, caps=CAPS)


# -- header blocks -------------------------------------------------------------------------------


def _block(version: SoapVersion, attributes: str) -> str:
    return f'<h xmlns="urn:h" xmlns:e="{version.namespace}" {attributes}/>'


@pytest.mark.parametrize("version", SoapVersion)
def test_a_mandatory_block_that_nobody_knows_is_named(version):
    found = opened(header=_block(version, 'e:mustUnderstand="1"'), version=version)
    with pytest.raises(NotUnderstood) as caught:
        guard.check_understood(found, {"{urn:other}h"})
    assert (caught.value.name, caught.value.namespace) == ("h", "urn:h")


@pytest.mark.parametrize("version", SoapVersion)
def test_a_mandatory_block_that_is_known_passes(version):
    found = opened(header=_block(version, 'e:mustUnderstand="true"'), version=version)
    guard.check_understood(found, {"{urn:h}h"})


def test_a_block_for_another_actor_is_not_ours():
    found = opened(header=_block(V11, 'e:mustUnderstand="1" e:actor="urn:other"'))
    assert found.blocks == ()
    guard.check_understood(found, ())


def test_the_attributes_of_the_other_version_mean_nothing():
    found = opened(header=_block(V12, 'e:mustUnderstand="1" e:role="urn:other"'), version=V11)
    assert len(found.blocks) == 1
    guard.check_understood(found, ())


# -- charset -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<a>ü</a>".encode(), None),
        ("<a>ü</a>".encode(), "utf-8"),
        ("<a>ü</a>".encode("utf-8-sig"), None),
        ("<a>ü</a>".encode("utf-16"), None),
        ("<a>ü</a>".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "<a>ü</a>".encode("utf-16-be"), "utf-16"),
        ("<a>ü</a>".encode("latin-1"), "iso-8859-1"),
        ('<?xml version="1.0" encoding="windows-1252"?><a>ü</a>'.encode("cp1252"), None),
        ('<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'.encode("utf-16"), "utf-16"),
    ],
)
def test_every_listed_charset_is_read(data, charset):
    assert guard.read_document(data, charset, CAPS).root.text == "ü"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?><a>ü</a>'.encode("utf-16"), None),
        ('<?xml version="1.0" encoding="utf-8"?><a>ü</a>'.encode("latin-1"), "iso-8859-1"),
        ('<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'.encode(), None),
        (b'<?xml version="1.0" encoding="UTF-7"?><a>x</a>', None),
        ("<a>ü</a>".encode("utf-16"), "utf-8"),
        ("<a>ü</a>".encode("utf-8-sig"), "iso-8859-1"),
        ("<a>x</a>".encode("utf-16-le"), "utf-16"),
        (b"<a>\x81</a>", "windows-1252"),
        ("<a>ü</a>".encode(), "us-ascii"),
        (b"\xff\xfe\x00", None),
    ],
)
def test_bytes_header_and_prolog_must_agree(data, charset):
    with pytest.raises(CharsetMismatch):
        guard.read_document(data, charset, CAPS)


@pytest.mark.parametrize("junk", [b"", b"<", b"\x00", b"<a>\xff</a>", b"<a>&x;</a>", b"<p:a/>"])
def test_what_is_not_well_formed_is_refused_without_a_cause(junk):
    with pytest.raises(Malformed) as caught:
        guard.read_document(junk, None, CAPS)
    assert caught.value.__cause__ is None
    assert caught.value.sentence == "not well-formed XML"


# -- headers of HTTP -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/xml", ("text/xml", None, None)),
        ("TEXT/XML;Charset=UTF-8", ("text/xml", "utf-8", None)),
        ('text/xml; charset="utf-8"', ("text/xml", "utf-8", None)),
        ('application/soap+xml;action="urn:A"', ("application/soap+xml", None, "urn:A")),
        ("a/b; action=urn:A ; charset=utf-8", ("a/b", "utf-8", "urn:A")),
        ('a/b; action="x; charset=utf-7"', ("a/b", None, "x; charset=utf-7")),
        ("", ("", None, None)),
    ],
)
def test_a_content_type_is_taken_apart(header, expected):
    media = guard.media_type(header)
    assert (media.name, media.charset, media.action) == expected


@pytest.mark.parametrize("given", [None, "", '""', "urn:A", '"urn:A"', ' "urn:A" '])
def test_an_action_may_be_absent_empty_or_right(given):
    guard.check_action("A", ["urn:A"], None, given)


@pytest.mark.parametrize("given", ["urn:B", '"urn:A', '"urn:A", "urn:A"', '"', "urn:a", "'urn:A'"])
def test_any_other_action_is_refused(given):
    with pytest.raises(ActionMismatch):
        guard.check_action("A", ["urn:A"], given)


def test_a_media_type_promises_a_version():
    guard.check_media_type(guard.media_type("text/xml"), V11)
    with pytest.raises(WrongEnvelope):
        guard.check_media_type(guard.media_type("text/xml"), V12)


# -- the dictionary of names ---------------------------------------------------------------------


def _made_up(number: int) -> bytes:
    names = "".join(f"<n{number}x{n}{'y' * 100}/>" for n in range(1_000))
    return envelope(V11, f"<op>{names}</op>").encode()


def test_a_thread_that_met_too_many_made_up_names_keeps_no_more(fresh_thread):
    def meet() -> tuple[int, str | None]:
        for number in range(60):
            guard.read_document(_made_up(number), None, CAPS)
        return guard._own.foreign_bytes, guard.read_document(b"<a>x</a>", None, CAPS).root.text

    foreign_bytes, text = fresh_thread(meet)
    assert foreign_bytes < 5 * 1024 * 1024
    assert text == "x"


def test_a_good_request_is_taken_off_the_account(fresh_thread):
    def meet() -> int:
        found = opened(header='<h xmlns="urn:h"/>')
        guard.vouch(found, {"{urn:h}h"})
        return guard._own.foreign_bytes

    assert fresh_thread(meet) == 0


def test_a_good_request_with_a_foreign_header_stays_on_the_account(fresh_thread):
    def meet() -> int:
        guard.vouch(opened(header='<h xmlns="urn:h"/>'), ())
        return guard._own.foreign_bytes

    assert fresh_thread(meet) > 0


# -- properties ----------------------------------------------------------------------------------

PIECES = st.one_of(
    st.sampled_from(["<", ">", "/", "&", ";", '"', "'", "=", "a", "é", "\x00", " ", "]]>"]),
    st.sampled_from(["s:Body", "s:Header", "xmlns", "<![CDATA[", "<!--", "-->", "<?x?>"]),
    st.sampled_from(["&#0;", "&amp;", "<a>", "</a>", "<!DOCTYPE a>"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_no_body_gets_past_the_guard_but_as_envelope_or_refusal(noise, codec):
    for template in (noise, envelope(V11, noise), envelope(V12, CALL, noise)):
        data = template.encode(codec, "replace")
        try:
            document = guard.read_document(data, None, CAPS)
            version = guard.version_of(document.root)
            found = guard.open_envelope(document, version, caps=CAPS)
        except GatewayError:
            continue
        assert found.call.getparent().tag == f"{{{version.namespace}}}Body"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_escape_the_guard(data):
    with pytest.raises(GatewayError):
        guard.version_of(guard.read_document(data, None, CAPS).root)
