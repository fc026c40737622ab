"""Signed and encrypted mail, judged by gpg and openssl: nothing of ours says that it is good."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from pysequoia import Profile, Tsk

from gateway.errors import BrokenRule
from gateway.mail.keyfile import read_keys
from gateway.mail.keys import Locked, Unusable
from gateway.mail.message import File, Letter, Unwritable
from gateway.mail.protection import Protecting, written
from gateway.mail.smime import subject_hash
from tests.kit import keyring as kit
from tests.kit.keyring import ENDED, PASSPHRASE, READER, SIGNER
from tests.kit.mail import certificate_of, mail_certificate, pem_file

TEXT = "Grüße aus Köln,\nFrom here on\n- dashes -\nblanks at the end  \n.\n\n" + "long " * 300
FILE = File("Übersicht\r\n.pdf", "application/pdf", bytes(range(256)) * 9)
HTML = Letter(
    message_id="<1@example.com>", date=datetime(2026, 3, 1, 12, tzinfo=UTC), sender=SIGNER,
    to=READER, subject="Ärger", text=f"<p>{TEXT}</p>", subtype="html", files=[FILE],
)  # fmt: skip
PLAIN = Letter(
    message_id="<2@example.com>", date=datetime(2026, 3, 1, 12, tzinfo=UTC), sender=SIGNER,
    to=READER, subject="Plain", text=TEXT, charset="iso-8859-1",
)  # fmt: skip
LETTERS = pytest.mark.parametrize("letter", [HTML, PLAIN], ids=["html with a file", "plain"])


@pytest.fixture(scope="module")
def pgp(ring):
    """The secret key that signs, and the public one of the reader."""
    (signer,) = read_keys(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    (reader,) = read_keys(ring.public(READER))
    return signer.secret, [reader.key.public]


@pytest.fixture(scope="module")
def smime(tmp_path_factory):
    """Two PEM files, and the key that signs and the certificate of the reader in them."""
    folder = tmp_path_factory.mktemp("smime")
    files = mail_certificate(folder, SIGNER), mail_certificate(folder, READER)
    signer, reader = (read_keys(file.read_bytes())[0] for file in files)
    return files, (signer.secret, [reader.key.public])


def bare(content):
    """Read a content: text and files."""
    message = kit.parsed(content)
    body = message.get_body(("html", "plain"))
    files = [(each.get_filename(), each.get_content()) for each in message.iter_attachments()]
    return body.get_content().replace("\r\n", "\n"), files


def carries(content, letter):
    text, files = bare(content)
    assert text == letter.text + "\n"
    assert files == [("Übersicht__.pdf", FILE.content)] * len(letter.files)
    return True


@LETTERS
def test_znuny_a58_a_detached_pgp_signature_is_verified_by_gpg(ring, pgp, letter):
    mail = written(letter, Protecting(kind="PGP", secret=pgp[0]))
    message = kit.parsed(mail)
    assert message.get_content_type() == "multipart/signed"
    assert message.get_param("protocol") == "application/pgp-signature"
    content, signature = kit.parts(mail)
    assert ring.signed_by(kit.parsed(signature).get_payload().encode(), content) == SIGNER
    assert carries(content, letter)


@LETTERS
@pytest.mark.parametrize("signed", [False, True], ids=["bare", "signed"])
def test_znuny_a58_an_encrypted_pgp_mail_is_decrypted_by_gpg(ring, pgp, letter, signed):
    secret = pgp[0] if signed else None
    mail = written(letter, Protecting(kind="PGP", secret=secret, recipients=pgp[1]))
    message = kit.parsed(mail)
    assert message.get_content_type() == "multipart/encrypted"
    assert b"Gr" not in mail.partition(b"\r\n\r\n")[2].replace(b"Ver", b"")[:200]
    version, data = kit.parts(mail)
    assert b"Version: 1" in version
    content, signer = ring.decrypted(kit.parsed(data).get_payload(decode=True))
    assert signer == (SIGNER if signed else None)
    assert carries(content, letter)


def test_znuny_a58_inline_pgp_is_verified_and_decrypted_by_gpg(ring, pgp):
    def body(**how):
        mail = written(PLAIN, Protecting(kind="PGP", inline=True, **how))
        assert kit.parsed(mail).get_content_type() == "text/plain"
        return kit.parsed(mail).get_content().encode()

    lines = [line.rstrip() for line in TEXT.splitlines()]
    signed = body(secret=pgp[0])
    assert ring.signed_by(signed) == SIGNER
    assert "Grüße aus Köln," in signed.decode()
    for how, signer in (({}, None), ({"secret": pgp[0]}, SIGNER)):
        content, found = ring.decrypted(body(recipients=pgp[1], **how))
        assert (content.decode().splitlines(), found) == (lines, signer)


@LETTERS
def test_znuny_a58_smime_is_verified_and_decrypted_by_openssl(smime, letter):
    (signing, reading), (secret, recipients) = smime
    signed = written(letter, Protecting(kind="SMIME", secret=secret))
    assert kit.parsed(signed).get_content_type() == "multipart/signed"
    assert carries(kit.smime_verified(signed, signing), letter)
    encrypted = written(letter, Protecting(kind="SMIME", recipients=recipients))
    assert kit.parsed(encrypted).get_param("smime-type") == "enveloped-data"
    assert carries(kit.smime_decrypted(encrypted, reading), letter)
    both = written(letter, Protecting(kind="SMIME", secret=secret, recipients=recipients))
    inside = kit.smime_decrypted(both, reading)
    assert kit.parsed(inside).get_content_type() == "multipart/signed"
    assert carries(kit.smime_verified(inside, signing), letter)


def test_smime_contents_are_encrypted_with_256_bits(smime):
    _, (_, recipients) = smime
    mail = written(PLAIN, Protecting(kind="SMIME", recipients=recipients))
    envelope = kit.parsed(mail).get_payload(decode=True)
    aes256_cbc = bytes.fromhex("060960864801650304012a")
    assert aes256_cbc in envelope


def test_a_signature_over_other_bytes_is_none(ring, pgp):
    content, signature = kit.parts(written(PLAIN, Protecting(kind="PGP", secret=pgp[0])))
    with pytest.raises(AssertionError, match="BAD"):
        ring.signed_by(kit.parsed(signature).get_payload().encode(), content + b" ")


def test_inline_takes_neither_html_nor_files(pgp):
    for letter in (HTML, Letter(**{**_fields(PLAIN), "files": [FILE]})):
        with pytest.raises(Unwritable, match="inline"):
            written(letter, Protecting(kind="PGP", inline=True, secret=pgp[0]))


def test_keys_of_gpg_say_whose_they_are_and_what_they_can_do(ring):
    (signer,) = read_keys(ring.secret(SIGNER, PASSPHRASE), PASSPHRASE)
    (reader,) = read_keys(ring.public(READER))
    assert (signer.key.address, signer.key.signs, signer.key.encrypts) == (SIGNER, True, True)
    assert (reader.key.address, reader.key.signs, reader.key.encrypts) == (READER, False, True)
    assert reader.secret is None
    assert len(signer.key.fingerprint) == 40
    assert signer.key.fingerprint.endswith(signer.key.short_id)
    assert len(read_keys(ring.public(READER) + ring.public(SIGNER))) == 2


def test_a_key_that_has_ended_neither_signs_nor_encrypts(ring, tmp_path):
    (ended,) = read_keys(ring.secret(ENDED))
    assert ended.key.expires.year == 2020
    with pytest.raises(Unusable, match="sign"):
        written(PLAIN, Protecting(kind="PGP", secret=ended.secret))
    with pytest.raises(Unusable, match="encrypt"):
        written(PLAIN, Protecting(kind="PGP", recipients=[ended.key.public]))
    (old,) = read_keys(mail_certificate(tmp_path, ENDED, days=-1).read_bytes())
    with pytest.raises(Unusable, match="not valid now"):
        written(PLAIN, Protecting(kind="SMIME", secret=old.secret))
    with pytest.raises(Unusable, match="not valid now"):
        written(PLAIN, Protecting(kind="SMIME", recipients=[old.key.public]))


def test_a_revoked_key_neither_signs_nor_encrypts():
    tsk = Tsk.generate(f"Gone <{READER}>", profile=Profile.RFC4880)
    cert = tsk.extract_certificate()
    (found,) = read_keys(bytes(cert) + bytes(cert.revoke(tsk.certifier())))
    assert found.key.revoked
    with pytest.raises(Unusable, match="revoked"):
        written(PLAIN, Protecting(kind="PGP", recipients=[found.key.public]))


def test_one_recipient_who_cannot_read_stops_the_mail_for_all(ring, pgp):
    (ended,) = read_keys(ring.public(ENDED))
    with pytest.raises(Unusable):
        written(PLAIN, Protecting(kind="PGP", recipients=[*pgp[1], ended.key.public]))


def test_locked_keys_want_their_passphrase(ring, smime, tmp_path):
    key, certificate = certificate_of("Locked", _no_names())
    locked = pem_file(tmp_path / "locked.pem", key, certificate, PASSPHRASE).read_bytes()
    for file in (ring.secret(SIGNER, PASSPHRASE), locked):
        for wrong in (None, "wrong"):
            with pytest.raises(Locked):
                read_keys(file, wrong)
        (found,) = read_keys(file, PASSPHRASE)
        assert found.key.signs
        assert PASSPHRASE not in repr(found)
        assert found.key.public.hex() not in repr(found)


def test_a_certificate_goes_by_the_hash_and_fingerprint_of_openssl(tmp_path):
    file = mail_certificate(tmp_path, SIGNER)
    (found,) = read_keys(file.read_bytes())
    assert found.key.short_id == kit.subject_hash(file)
    assert len(found.key.fingerprint) == 40


@pytest.mark.parametrize(
    "names",
    [
        [("2.5.4.3", "  Otto   Öttinger  ")],
        [("2.5.4.6", "DE"), ("2.5.4.10", "Größe & Söhne " * 9), ("2.5.4.3", "A")],
        [("1.2.840.113549.1.9.1", "Otto@Example.COM"), ("2.5.4.3", "UPPER")],
    ],
)
def test_subjects_are_hashed_as_openssl_does(tmp_path, names):
    attributes = [x509.NameAttribute(x509.ObjectIdentifier(oid), text) for oid, text in names]
    key, certificate = certificate_of("", _no_names(), subject=x509.Name(attributes))
    file = pem_file(tmp_path / "certificate.pem", key, certificate)
    assert subject_hash(certificate.subject) == kit.subject_hash(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"0000", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxx\n-----END",
     b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", b"\x30\x82" * 600_000],
    ids=["nothing", "text", "no DER", "PGP junk", "PEM junk", "too long"],
)  # fmt: skip
def test_files_without_keys_are_refused(content):
    with pytest.raises(BrokenRule):
        read_keys(content, "any")


@pytest.mark.parametrize(
    "changes",
    [{"subject": "a\r\nBcc: x@y"}, {"to": "a@b.c\nBcc: x@y"}, {"sender": "a@b\rc"},
     {"message_id": "<a\r\nb>"}, {"references": "<a>\nX: y"}, {"reply_to": "no address"},
     {"headers": {"X-Gateway-Event-Id": "a\nb"}}],
    ids=str,
)  # fmt: skip
def test_no_header_takes_a_line_break_or_what_is_no_address(changes):
    with pytest.raises(Unwritable):
        written(Letter(**{**_fields(PLAIN), **changes}))


def test_headers_stay_what_they_were_through_folding_and_encoding():
    long_ids = " ".join(f"<{'r' * 80}{n}@example.com>" for n in range(3))
    letter = Letter(
        **{
            **_fields(PLAIN),
            "message_id": f"<{'m' * 90}@example.com>",
            "subject": "Ärger mit " + "vielen Wörtern " * 20 + "!",
            "to": ", ".join(f"Größe {n} <to{n}@example.com>" for n in range(100)),
            "references": long_ids,
            "reply_to": '"Söhne, Otto" <otto@example.com>',
        }
    )
    mail = written(letter)
    message = kit.parsed(mail)
    assert message["Message-ID"] == letter.message_id
    assert message["Subject"] == letter.subject
    assert [each.addr_spec for each in message["To"].addresses][99] == "to99@example.com"
    assert message["Reply-To"].addresses[0].display_name == "Söhne, Otto"
    assert message["References"].split() == long_ids.split()
    assert mail.isascii()
    assert max(len(line) for line in mail.split(b"\r\n")) <= 998
    assert b"\n" not in mail.replace(b"\r\n", b"")


def _fields(letter):
    return {name: getattr(letter, name) for name in letter.__dataclass_fields__}


def _no_names():
    return x509.SubjectAlternativeName([x509.DNSName("nobody")])
