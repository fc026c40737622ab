"""Articles that leave as mail: a real queue, a real worker, a mail server on loopback."""

import os
import re
import signal
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from gateway.delivery.article_mail import ArticleMail
from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.domain.entries import NewArticle
from gateway.domain.mail import Protection, Sending
from gateway.errors import BrokenRule
from gateway.http.seal import Seal
from gateway.mail.keyfile import read_keys
from gateway.mail.keys import sealed_as
from gateway.mail.smtp import Server, Tls
from gateway.repository.administration import Administration
from gateway.repository.deliveries import DeliveryStore
from gateway.usecases import article_mails, mail_keys
from gateway.usecases.lists import Actor
from tests.kit import keyring as kit
from tests.kit.children import child
from tests.kit.keyring import ENDED, PASSPHRASE, READER, SIGNER
from tests.kit.mail import mail_certificate, server_certificate, smtp_server
from tests.kit.stores import Stores

BARE = Sending()
SEAL = Seal(bytes(32))
ACTOR = Actor("test")
PASSWORD = "right password of the mail server"
ARTICLE = {
    "from_": "Service Desk <desk@example.com>", "to_": "Anna <anna@example.com>, b@example.com",
    "cc": "c@example.com", "bcc": "hidden@example.com", "reply_to": "reply@example.com",
    "subject": "[Ticket#1] Drucker klemmt", "charset": "utf-8", "mime_type": "text/plain",
    "message_id": "<fixed@example.com>", "in_reply_to": "<asked@example.com>",
    "refs": "<first@example.com> <asked@example.com>", "channel": "Email",
}  # fmt: skip
WORKER = """
from gateway.compose import build_worker
from gateway.settings import load
build_worker(load().settings).drain()
"""
EVERYBODY = ["anna@example.com", "b@example.com", "c@example.com", "hidden@example.com"]


class Desk:
    """Articles in a database, and the worker that sends them."""

    def __init__(self, stores, server):
        self.stores, self.server = stores, server
        self.ticket = stores.create()

    def article(self, sending=BARE, *, plain="Grüße", html="<p>Grüße</p>", files=(), **columns):
        """Store an article and queue its mail in one unit; give its guid."""
        guid = uuid4()
        made = NewArticle(guid=guid, plain=plain, html=html)

        def work(unit):
            unit.entries.add_article(self.ticket, made, self.stores.call())
            article_mails.queue(self.ticket, guid, sending, self.stores.call(), unit)

        self.stores.run(work)
        columns = ARTICLE | columns
        self.stores.sql(
            f"update article set {', '.join(f'{name} = %s' for name in columns)} where guid = %s",
            *columns.values(), guid,
        )  # fmt: skip
        for name, media_type, content in files:
            self.stores.sql(
                "with a as (insert into attachment (ticket_id, article_id, name, file_name,"
                " content_type, size, sha256) select ticket_id, id, %s, %s, %s, %s, sha256(%s)"
                " from article where guid = %s returning ticket_id, id)"
                " insert into attachment_content select ticket_id, id, %s from a",
                name, name, media_type, len(content), content, guid, content,
            )  # fmt: skip
        return guid

    def key(self, file, passphrase=None, **changes):
        """Add a key of a file, as the verb does; give its fingerprint."""
        (found,) = read_keys(file, passphrase)
        name = found.key.fingerprint
        sealed = found.secret and SEAL.seal(found.secret, sealed_as(found.key.kind, name))
        new = replace(found.key, secret_sealed=sealed, **changes)
        Administration(self.stores.engine).run(lambda unit: mail_keys.add(new, ACTOR, unit))
        return name

    def disable(self, fingerprint):
        Administration(self.stores.engine).run(
            lambda unit: mail_keys.disable(fingerprint, ACTOR, unit)
        )

    def check(self, **sending):
        self.stores.run(
            lambda unit: article_mails.check_keys(Sending(**sending), "desk@example.com", unit)
        )

    def work(self, server=None, *, seal=SEAL, ahead_s=0.0):
        runner = ArticleMail(self.stores.units, server or self.at(), seal)
        registry = Registry(named={article_mails.PROCESS: runner})
        store = DeliveryStore(self.stores.engine)
        return Deliverer(store, registry, threads=1).drain(ahead_s)

    def at(self, **changes):
        known = {"host": self.server.host, "port": self.server.port, "timeout_s": 5}
        return Server(**{**known, **changes})

    def delivery(self):
        """Give state, tries and last error of the newest delivery."""
        return self.stores.sql("select state, tries, last_error from delivery order by id")[-1]

    def attempts(self):
        return self.stores.sql(
            "select status, outcome, answer, error from attempt order by started, n"
        )

    def history(self):
        return [
            text
            for (text,) in self.stores.sql(
                "select text from history where kind = 'Misc' order by id"
            )
        ]

    def events(self):
        return self.stores.sql(
            "select snapshot -> 'mail' ->> 'article' from event where kind = 'mail failed'"
        )


@pytest.fixture(scope="module")
def stores(databases):
    with databases.migrated() as url:
        made = Stores(url)
        yield made
        made.close()


@pytest.fixture
def desk(stores, mail_server):
    for table in ("attempt", "delivery", "stream", "mail_key", "event", "history"):
        stores.sql(f"delete from {table}")
    stores.sql("update partner set failures = 0, failing_since = null, circuit_until = null")
    return Desk(stores, mail_server)


def test_znuny_a56_one_mail_leaves_as_the_article_is_stored(desk, mail_server):
    guid = desk.article(files=[("Übersicht.pdf", "application/pdf", b"%PDF"),
                               ("a.txt", "text/plain; charset=utf-8", b"text")])  # fmt: skip
    assert desk.work() == 1
    (received,) = mail_server.received
    assert (received.sender, received.recipients) == ("desk@example.com", EVERYBODY)
    mail = received.message
    assert mail["From"] == ARTICLE["from_"]
    assert mail["To"] == ARTICLE["to_"]
    assert (mail["Cc"], mail["Bcc"]) == ("c@example.com", None)
    assert b"hidden" not in received.content
    assert mail["Subject"] == ARTICLE["subject"]
    assert (mail["Message-ID"], mail["In-Reply-To"]) == (
        "<fixed@example.com>",
        "<asked@example.com>",
    )
    assert mail["References"] == ARTICLE["refs"]
    assert mail["Reply-To"] == "reply@example.com"
    assert mail["X-Gateway-Delivery-Attempt"] == "1"
    assert mail.get_body(("plain",)).get_content() == "Grüße\r\n"
    files = [(each.get_filename(), each.get_content_type()) for each in mail.iter_attachments()]
    assert files == [("Übersicht.pdf", "application/pdf"), ("a.txt", "text/plain")]
    assert desk.delivery() == ("done", 0, "")
    assert (desk.work(), guid) == (0, guid)


def test_an_article_of_html_leaves_as_html_in_its_charset(desk, mail_server):
    desk.article(mime_type="text/html", charset="iso-8859-1", message_id="", from_="")
    desk.work(desk.at(sender="gateway@example.org"))
    (mail,) = mail_server.messages
    assert mail.get_content_type() == "text/html"
    assert mail.get_content_charset() == "iso-8859-1"
    assert mail.get_content() == "<p>Grüße</p>\r\n"
    assert mail["From"] == "gateway@example.org"
    assert mail["Message-ID"].endswith("@example.org>")


def test_the_signature_stands_below_the_text(desk, mail_server):
    desk.article(signature="Your service desk")
    desk.work()
    assert mail_server.messages[0].get_content() == "Grüße\r\n\r\nYour service desk\r\n"
    desk.article(signature="A & B", mime_type="text/html")
    desk.work()
    assert "<p>Grüße</p>\r\n\r\n" in mail_server.messages[1].get_content()
    assert "A &amp; B" in mail_server.messages[1].get_content()


def test_znuny_a58_each_way_of_signing_and_encrypting_is_read_by_others(
    desk, mail_server, ring, tmp_path
):
    signer = desk.key(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    reader = desk.key(ring.public(READER))
    files = mail_certificate(tmp_path, SIGNER), mail_certificate(tmp_path, READER)
    for file in files:
        desk.key(file.read_bytes())
    hashes = [kit.subject_hash(file) for file in files]
    ways = [
        (Protection(kind="PGP", keys=(signer[-8:],), inline=inline),
         Protection(kind="PGP", keys=(reader[-16:].upper(),), inline=inline))
        for inline in (True, False)
    ]  # fmt: skip
    ways.append(tuple(Protection(kind="SMIME", keys=(name,)) for name in hashes))
    for sign, crypt in ways:
        for sending in (Sending(sign=sign), Sending(crypt=crypt), Sending(sign=sign, crypt=crypt)):
            desk.article(sending)
    assert desk.work() == 9
    inline, detached, smime = (mail_server.received[at : at + 3] for at in (0, 3, 6))
    signed, *closed = (each.message.get_content().encode() for each in inline)
    assert ring.signed_by(signed) == SIGNER
    assert [ring.decrypted(each) for each in closed] == [
        ("Grüße\r\n".encode(), None), ("Grüße\r\n".encode(), SIGNER)
    ]  # fmt: skip
    content, signature = kit.parts(detached[0].content)
    assert ring.signed_by(kit.parsed(signature).get_payload().encode(), content) == SIGNER
    for each, by in zip(detached[1:], (None, SIGNER), strict=True):
        _, data = kit.parts(each.content)
        content, found = ring.decrypted(kit.parsed(data).get_payload(decode=True))
        assert (kit.parsed(content).get_content(), found) == ("Grüße\r\n", by)
    signing, reading = files
    assert "Grüße" in kit.parsed(kit.smime_verified(smime[0].content, signing)).get_content()
    assert "Grüße" in kit.parsed(kit.smime_decrypted(smime[1].content, reading)).get_content()
    inside = kit.smime_decrypted(smime[2].content, reading)
    assert "Grüße" in kit.parsed(kit.smime_verified(inside, signing)).get_content()


def test_znuny_a61_a_key_that_cannot_do_it_refuses_the_request(desk, ring, tmp_path):
    signer = desk.key(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    reader = desk.key(ring.public(READER))
    ended = desk.key(ring.secret(ENDED))
    certificate = desk.key(mail_certificate(tmp_path, READER).read_bytes())

    def pgp(*keys, **how):
        return Protection(kind="PGP", keys=keys, **how)

    desk.check(sign=pgp(signer), crypt=pgp(reader, signer[-8:]))
    desk.check(crypt=Protection(kind="SMIME", keys=(certificate,)))
    refused = [
        ("sign", {"sign": pgp(reader)}),  # only its public part is here
        ("sign", {"sign": pgp(ended)}),
        ("sign", {"sign": pgp("0123456789abcdef")}),
        ("sign", {"sign": pgp("no key")}),
        ("sign", {"sign": Protection(kind="SMIME", keys=(signer,))}),
        ("crypt", {"crypt": pgp(reader, ended)}),
        ("crypt", {"crypt": pgp()}),
        ("crypt", {"sign": pgp(signer), "crypt": Protection(kind="SMIME", keys=(certificate,))}),
    ]
    for field, sending in refused:
        with pytest.raises(BrokenRule) as caught:
            desk.check(**sending)
        assert caught.value.field == field
    desk.disable(signer)
    desk.stores.sql("update mail_key set revoked = true where fingerprint = %s", reader)
    for field, sending in (("sign", {"sign": pgp(signer)}), ("crypt", {"crypt": pgp(reader)})):
        with pytest.raises(BrokenRule, match="expired, was revoked or is switched off") as caught:
            desk.check(**sending)
        assert caught.value.field == field


def test_a_request_that_is_refused_queues_nothing(desk):
    before = desk.stores.sql("select count(*) from article")
    with pytest.raises(BrokenRule):
        desk.article(Sending(sign=Protection(kind="PGP", keys=("0123456789abcdef",))))
    assert desk.stores.sql("select count(*) from article") == before
    assert desk.stores.sql("select count(*) from delivery") == [(0,)]


@pytest.mark.parametrize("which", ["sign", "crypt"])
def test_a_key_lost_meanwhile_fails_the_mail_and_never_sends_it_bare(
    desk, mail_server, ring, which
):
    signer = desk.key(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    guid = desk.article(Sending(**{which: Protection(kind="PGP", keys=(signer,))}))
    desk.disable(signer)
    desk.work()
    assert mail_server.received == []
    state, _, error = desk.delivery()
    assert state == "failed"
    assert signer in error
    assert desk.history() == [f"E-mail of article {guid} could not be sent: {error}"]
    assert desk.events() == [(str(guid),)]
    # Put back, the mail leaves as it was wanted.
    desk.key(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    desk.stores.sql("update delivery set state = 'pending', settled = null, tries = 0")
    desk.stores.sql("update stream set due = now(), blocked = false")
    desk.work()
    assert mail_server.messages[0].get_content_type().startswith("multipart/")


def test_a_key_sealed_elsewhere_waits_for_the_right_worker(desk, mail_server, ring):
    signer = desk.key(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    desk.article(Sending(sign=Protection(kind="PGP", keys=(signer,))))
    desk.work(seal=Seal(bytes(31) + b"x"))
    assert desk.delivery()[:2] == ("pending", 1)
    desk.work(ahead_s=60)
    assert len(mail_server.received) == 1


def test_secret_keys_are_nowhere_in_the_clear(desk, ring):
    secret = ring.secret(SIGNER, PASSPHRASE)
    desk.key(secret, PASSPHRASE)
    ((sealed, shown),) = desk.stores.sql(
        "select secret_sealed, (select json_agg(a)::text from audit a) from mail_key"
    )
    assert PASSPHRASE.encode() not in sealed
    assert secret[100:140] not in sealed
    assert "secret_sealed" not in shown
    assert PASSPHRASE not in shown


def test_a_4yz_is_tried_again_with_the_same_message_id(desk, mail_server):
    desk.article()
    mail_server.after_data = "451 later"
    desk.work()
    assert desk.delivery() == ("pending", 1, "the mail was refused: 451 later")
    mail_server.after_data = ""
    desk.work(ahead_s=60)
    (mail,) = mail_server.messages
    assert (mail["Message-ID"], mail["X-Gateway-Delivery-Attempt"]) == ("<fixed@example.com>", "2")
    assert [row[:2] for row in desk.attempts()] == [(451, "transient"), (250, "ok")]


def test_a_5yz_fails_at_once_with_a_line_and_an_event(desk, mail_server):
    mail_server.after_data = "554 no"
    guid = desk.article()
    desk.work()
    assert desk.delivery() == ("failed", 0, "the mail was refused: 554 no")
    assert desk.history() == [
        f"E-mail of article {guid} could not be sent: the mail was refused: 554 no"
    ]
    assert desk.events() == [(str(guid),)]


def test_whoever_has_got_it_does_not_get_it_twice(desk, mail_server):
    mail_server.answers = {"b@example.com": "450 busy", "c@example.com": "550 unknown"}
    desk.article()
    desk.work()
    state, tries, error = desk.delivery()
    assert (state, tries) == ("pending", 1)
    assert "b@example.com: 450 busy; c@example.com: 550 unknown" in error
    assert desk.history() == []
    del mail_server.answers["b@example.com"]
    desk.work(ahead_s=60)
    assert desk.delivery()[0] == "failed"
    assert [each.recipients for each in mail_server.received] == [
        ["anna@example.com", "hidden@example.com"], ["b@example.com"]
    ]  # fmt: skip
    (line,) = desk.history()
    assert "refused for c@example.com: 550 unknown; taken for anna@example.com" in line
    assert {each.message["Message-ID"] for each in mail_server.received} == {"<fixed@example.com>"}


def test_a_server_that_is_away_is_tried_again_until_the_last_try_tells(desk, mail_server):
    desk.article()
    away = desk.at(port=1)
    desk.work(away)
    state, tries, error = desk.delivery()
    assert (state, tries) == ("pending", 1)
    assert re.fullmatch(r"mail server \S+:1 cannot be reached: .+", error)
    assert desk.history() == []
    desk.stores.sql("update delivery set tries = 16")
    desk.work(away, ahead_s=9e4)
    assert desk.delivery()[0] == "failed"
    assert len(desk.history()) == 1


def test_a_worker_killed_after_sending_sends_the_same_message_id_again(desk, mail_server, tmp_path):
    desk.article()
    desk.stores.sql("update schedule set active = false")
    settings = {
        "DATABASE__URL": desk.stores.url, "DATABASE__DATA_DIR": str(tmp_path),
        "MAIL__HOST": mail_server.host, "MAIL__PORT": str(mail_server.port),
    }  # fmt: skip
    environment = {**os.environ, **{f"GATEWAY_{key}": text for key, text in settings.items()}}  # noqa: TID251
    with child(WORKER, env=environment) as worker:
        mail_server.taken = worker.kill
        assert worker.wait(timeout=30) == -signal.SIGKILL
    mail_server.taken = bool
    assert desk.delivery()[:2] == ("pending", 0)
    assert desk.attempts() == []
    desk.stores.sql("update stream set lease_until = now(), due = now()")
    assert desk.work() == 1
    first, second = mail_server.messages
    assert first["Message-ID"] == second["Message-ID"] == "<fixed@example.com>"
    assert first["Date"] == second["Date"]
    assert desk.delivery()[0] == "done"


@pytest.mark.parametrize(
    "columns",
    [{"to_": "a@b.c\r\nBcc: x@y"}, {"from_": "no address"}, {"subject": "a\nBcc: x@y"},
     {"to_": "", "cc": "", "bcc": ""}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_a_mail_fails_at_once(desk, mail_server, columns):
    desk.article(**columns)
    desk.stores.sql("update partner set failures = 3 where internal")
    desk.work()
    assert desk.delivery()[0] == "failed"
    assert mail_server.received == []
    # The mail server was not asked: it may be as far away as before.
    assert desk.stores.sql("select failures from partner where internal") == [(3,)]


def test_an_article_that_is_gone_fails_quietly(desk, mail_server):
    guid = desk.article()
    desk.stores.sql("delete from article where guid = %s", guid)
    desk.work()
    assert desk.delivery()[::2] == ("failed", "the article is gone")


def test_the_record_of_an_attempt_holds_the_envelope_and_no_text(desk, mail_server):
    desk.article(plain="Secret text")
    desk.work()
    ((request, answer, step),) = desk.stores.sql("select request, answer, step from attempt")
    assert "RCPT TO: anna@example.com, b@example.com, c@example.com, hidden@example.com" in request
    assert "Secret" not in request + answer
    assert step == "send"


@contextmanager
def server_with(tmp_path, tls, login=None):
    certificate = server_certificate(tmp_path)
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    with smtp_server(tls, certificate, login) as server:
        yield {
            "port": server.port, "tls": Tls(tls), "ca_file": certificate,
            "user": "desk" if login else "", "password_file": password,
        }, server  # fmt: skip


@pytest.mark.parametrize(("tls", "login"), [("starttls", ("desk", PASSWORD)), ("implicit", None)])
def test_the_mail_server_is_verified_and_logged_in_at(desk, tmp_path, tls, login):
    with server_with(tmp_path, tls, login) as (settings, server):
        desk.article()
        desk.work(desk.at(**settings | {"ca_file": None}))  # nobody known has signed it
        assert "CERTIFICATE_VERIFY_FAILED" in desk.delivery()[2]
        if login:
            (tmp_path / "password").write_text("wrong")
            desk.work(desk.at(**settings), ahead_s=60)
            assert "535" in desk.delivery()[2]
            (tmp_path / "password").write_text(PASSWORD)
        assert server.received == []
        desk.work(desk.at(**settings), ahead_s=600)
        assert len(server.received) == 1
        assert server.logins == ([b"desk"] if login else [])
    assert PASSWORD not in str(desk.stores.sql("select a, d from attempt a, delivery d"))


def test_a_server_that_closes_is_away(desk, mail_server):
    mail_server.after_data = "421 closing"
    desk.article()
    desk.work()
    assert desk.delivery()[0] == "pending"
    assert desk.stores.sql("select failures from partner where internal") == [(1,)]


def test_a_server_without_starttls_gets_nothing(desk, mail_server):
    desk.article()
    desk.work(desk.at(tls=Tls.STARTTLS))
    assert desk.delivery()[0] == "pending"
    assert "STARTTLS" in desk.delivery()[2]
    assert mail_server.received == []
