"""Articles sent as mail, the whole way: keys by the verb, a call, the worker, the mail server."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli import verbs
from gateway.delivery.article_mail import ArticleMail
from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.http.seal import Seal
from gateway.mail.smtp import Server
from gateway.repository.deliveries import DeliveryStore
from gateway.usecases import article_mails
from tests.kit import keyring as kit
from tests.kit.keyring import PASSPHRASE, READER, SIGNER
from tests.kit.mail import mail_certificate
from tests.kit.znuny import AGENT, ARTICLE, FACES, NEW_TICKET

FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "df.txt"}
SENT = {
    **ARTICLE, "ArticleSend": "1", "To": "Anna <anna@example.com>", "Bcc": "hidden@example.com",
    "From": f"Desk <{SIGNER}>",
}  # fmt: skip


@pytest.fixture(scope="module")
def keys(znuny, ring, tmp_path_factory):
    """The ids of a PGP and an S/MIME key that sign, and of those that read; the data folder."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "signer.pgp").write_bytes(ring.secret(SIGNER, PASSPHRASE))
    (folder / "reader.asc").write_bytes(ring.public(READER))
    files = ["signer.pgp", "reader.asc"]
    files += [mail_certificate(folder, address).name for address in (SIGNER, READER)]
    return [_added(znuny.url, folder, file) for file in files], folder


def _added(url, folder, file):
    words = ["mail", "keys", "add", str(folder / file), "--json", "--database-url", url]
    words += ["--passphrase-file", str(folder / "passphrase"), "--data", str(folder)]
    done = CliRunner().invoke(verbs, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["id"]


@pytest.fixture
def work(znuny, keys, mail_server):
    """Have the worker do all that is due; give what the mail server got."""
    for table in ("attempt", "delivery", "stream"):
        znuny.rows(f"delete from {table}")  # what other tests have left
    server = Server(host=mail_server.host, port=mail_server.port)
    runner = ArticleMail(znuny.stores.units, server, Seal.from_file(keys[1] / "seal-key"))
    registry = Registry(named={article_mails.PROCESS: runner})
    worker = Deliverer(DeliveryStore(znuny.stores.engine), registry, threads=1)

    def done():
        worker.drain()
        return mail_server.received

    return done


def create(znuny, face, article, **parts):
    return znuny.call(
        face, "TicketCreate", {**AGENT, "Ticket": NEW_TICKET, "Article": article, **parts}
    )


@pytest.mark.parametrize("face", FACES)
def test_znuny_a56_the_mail_is_the_article(znuny, work, face):
    made = create(znuny, face, SENT, Attachment=FILE).answer
    (received,) = work()
    mail = received.message
    assert (received.sender, received.recipients) == (
        SIGNER,
        ["anna@example.com", "hidden@example.com"],
    )
    assert mail["Subject"] == f"[Ticket#{made['TicketNumber']}] Disk full"
    assert b"hidden" not in received.content
    assert mail.get_body().get_content() == "97 %\r\n"
    assert [each.get_filename() for each in mail.iter_attachments()] == ["df.txt"]
    asked = {**AGENT, "TicketID": made["TicketID"], "AllArticles": 1}
    shown = znuny.call(face, "TicketGet", asked).answer["Ticket"]
    shown = shown[0] if isinstance(shown, list) else shown
    article = shown["Article"]
    article = article[0] if isinstance(article, list) else article
    assert mail["Message-ID"] == article["MessageID"]


@pytest.mark.parametrize("face", FACES)
def test_znuny_a58_mails_are_signed_and_encrypted_as_a_call_says(znuny, keys, ring, work, face):
    (signer, reader, signing, reading), folder = keys
    pgp_sign, pgp_crypt = {"Type": "PGP", "Key": signer}, {"Type": "PGP", "Key": reader}
    inline = {"SubType": "Inline"}
    for parts in (
        {"Sign": pgp_sign},
        {"Sign": pgp_sign, "Crypt": pgp_crypt},
        {"Sign": pgp_sign | inline, "Crypt": pgp_crypt | inline},
        {"Sign": {"Type": "SMIME", "Key": signing}, "Crypt": {"Type": "SMIME", "Key": reading}},
    ):
        found = create(znuny, face, {**SENT, **parts})
        assert found.code is None, found.error
    signed, both, inside, smime = work()
    content, signature = kit.parts(signed.content)
    assert ring.signed_by(kit.parsed(signature).get_payload().encode(), content) == SIGNER
    _, data = kit.parts(both.content)
    content, by = ring.decrypted(kit.parsed(data).get_payload(decode=True))
    assert (kit.parsed(content).get_content(), by) == ("97 %\r\n", SIGNER)
    assert ring.decrypted(inside.message.get_content().encode()) == (b"97 %\r\n", SIGNER)
    opened = kit.smime_decrypted(smime.content, folder / f"{READER}.pem")
    assert b"97" in kit.smime_verified(opened, folder / f"{SIGNER}.pem")


def test_znuny_a61_a_missing_key_refuses_ticket_article_and_mail(znuny, keys, work):
    for name in ("Sign", "Crypt"):
        found = create(znuny, "rest", {**SENT, name: {"Type": "PGP", "Key": "0123456789ABCDEF"}})
        assert found.message == f"TicketCreate: Article->{name}->Key parameter is invalid!"
    assert work() == []
