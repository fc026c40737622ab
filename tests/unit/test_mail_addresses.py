"""What an address is, and how keys are called."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.domain.mail import Mailbox, key_name, mailboxes, message_id, valid_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", ()),
        ("  ", ()),
        ("a@b", ("a@b",)),
        (" a@b.example , c+d@e-f.example ", ("a@b.example", "c+d@e-f.example")),
        ('"Öttinger, Otto" <otto@example.com>,<b@c.d>', ("otto@example.com", "b@c.d")),
        ("Größe <gross@example.com>", ("gross@example.com",)),
        (",".join(["a@b.c"] * 100), ("a@b.c",) * 100),
    ],
)
def test_addresses_between_commas_are_read(text, addresses):
    assert valid_addresses(text) == addresses


@pytest.mark.parametrize(
    "text",
    ["a", "@b", "a@", "a@b,", ",a@b", "a@b,,c@d", "a@b c@d", "a@b;c@d", "x <a@b", "x <a@b> y",
     "a@b\r\nBcc: c@d", "a@b\n", "a@b\x00", 'x" <a@b>', 'a@b"c@d', '"x <a@b>', "a..b@c", ".a@b",
     "a@-b", "a@b-", "a@b..c", "ä@b.c", "a@ä.c", f"{'a' * 65}@b.c", f"a@{'b.' * 127}c",
     "<<a@b>>", "a@[127.0.0.1]", ",".join(["a@b.c"] * 101)],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match=r"address|control|quote"):
        valid_addresses(text)


def test_names_come_without_their_quotes():
    found = mailboxes(r'"Otto \"der\" Große" <o@x.y>, Anna  Klein <a@x.y>')
    assert found == (Mailbox("o@x.y", 'Otto "der" Große'), Mailbox("a@x.y", "Anna  Klein"))


@given(some.text(alphabet='ab@.,"<>\\ \r\n-ä', max_size=60))
def test_whatever_is_read_has_the_form_of_an_address(text):
    try:
        found = valid_addresses(text)
    except ValueError:
        return
    assert all(each.count("@") == 1 and each.isascii() for each in found)
    assert not any(character in "".join(found) for character in '\r\n"<>, \\')


@pytest.mark.parametrize("text", [" " * 50_000, 'a"' * 25_000, "a." * 25_000, "<" * 50_000,
                                  '"' + "\\" * 50_000], ids=lambda text: text[:3])  # fmt: skip
@pytest.mark.timeout(20)  # a reader that goes back and forth would take hours
def test_long_nonsense_is_refused(text):
    with pytest.raises(ValueError, match=r"address|quote"):
        valid_addresses(f"x{text}x")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0xDEADBEEF", "deadbeef"),
        ("DEAD BEEF DEAD BEEF", "deadbeefdeadbeef"),
        ("AA:" * 19 + "AA", "aa" * 20),
        ("ab" * 32, "ab" * 32),
        ("deadbee", None),
        ("deadbeeg", None),
        ("", None),
    ],
)
def test_keys_go_by_hexadecimal_names(text, name):
    assert key_name(text) == name


def test_a_message_id_has_the_host_of_the_sender():
    unique = UUID(int=1)
    assert message_id(unique, "Desk <desk@example.com>") == f"<{unique}@example.com>"
    assert message_id("x", "no address") == "<x@localhost>"
