"""The verb ``mail keys``, and what ``check`` says of the mail server."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli import verbs
from gateway.cli.check import _mail
from gateway.http.seal import Seal
from gateway.mail.keys import sealed_as
from gateway.settings import load
from tests.kit import keyring as kit
from tests.kit.keyring import PASSPHRASE, READER, SIGNER
from tests.kit.mail import mail_certificate
from tests.kit.stores import Stores


@pytest.fixture(scope="module")
def files(tmp_path_factory, ring):
    """Files of keys: a locked secret one, two public ones, S/MIME."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "secret.pgp").write_bytes(ring.secret(SIGNER, PASSPHRASE))
    (folder / "both.asc").write_bytes(ring.public(SIGNER) + ring.public(READER))
    mail_certificate(folder, READER).rename(folder / "smime.pem")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    return folder


@pytest.fixture(scope="module")
def url(databases):
    with databases.migrated() as url:
        yield url


@pytest.fixture
def stores(url):
    made = Stores(url)
    made.sql("delete from mail_key")
    made.sql("delete from audit")
    yield made
    made.close()


@pytest.fixture
def run(url, tmp_path):
    def invoked(*words, code=0, given=None):
        where = ("--database-url", url, "--data", str(tmp_path), "--json")
        done = CliRunner().invoke(
            verbs, ["mail", "keys", *map(str, words), *where], input=given, catch_exceptions=False
        )
        assert done.exit_code == code, done.output
        return [json.loads(line) for line in done.stdout.splitlines()] if code == 0 else done.output

    return invoked


def test_a_secret_key_is_unlocked_sealed_and_never_shown(run, stores, files, tmp_path):
    added = run("add", files / "secret.pgp", "--passphrase-file", files / "passphrase")
    (row,) = run("list")
    assert added == [row]
    assert (row["address"], row["secret"], row["signs"], row["active"]) == (
        SIGNER,
        True,
        True,
        True,
    )
    ((sealed,),) = stores.sql("select secret_sealed from mail_key")
    seal = Seal.from_file(tmp_path / "seal-key")
    assert PASSPHRASE in seal.open(sealed, sealed_as("PGP", row["fingerprint"])).decode()
    with pytest.raises(ValueError, match="another place"):
        seal.open(sealed, sealed_as("PGP", "0" * 40))
    audited = stores.sql("select action, subject, actor, after::text from audit")
    assert [each[:3] for each in audited] == [("add mail key", row["fingerprint"], "mail keys add")]
    assert PASSPHRASE not in audited[0][3]


def test_a_passphrase_comes_from_standard_input_and_must_be_right(run, stores, files):
    ask = ("add", files / "secret.pgp", "--passphrase-file", "-")
    assert "does not open" in str(_raised(run, *ask, given="wrong\n"))
    assert run(*ask, given=PASSPHRASE + "\n")[0]["signs"]
    assert "--passphrase-file" in run("add", files / "secret.pgp", code=2)


def test_a_public_copy_leaves_the_secret_part_and_switches_the_key_on(run, stores, files):
    run("add", files / "secret.pgp", "--passphrase-file", files / "passphrase")
    (key,) = run("list")
    (off,) = run("disable", key["id"].upper())
    assert off["active"] is False
    assert run("list") == [off]
    signer, reader = run("add", files / "both.asc")
    assert (signer["secret"], signer["signs"], signer["active"]) == (True, True, True)
    assert (reader["address"], reader["secret"], reader["signs"]) == (READER, False, False)
    assert len(run("list")) == 2


def test_a_certificate_with_its_key_is_one_row(run, stores, files):
    (row,) = run("add", files / "smime.pem")
    assert row["kind"] == "SMIME"
    assert row["id"] == kit.subject_hash(files / "smime.pem")
    assert (row["signs"], row["encrypts"]) == (True, True)


def test_what_is_no_key_is_refused(run, stores, files):
    told = str(_raised(run, "disable", "0123456789abcdef"))
    assert "no key '0123456789abcdef'; there is none yet" in told
    assert "no OpenPGP key" in str(_raised(run, "add", files / "passphrase"))
    assert "cannot read" in str(_raised(run, "add", files / "nowhere"))


def _raised(run, *words, **options):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - main turns them into exit codes
        run(*words, **options)
    return caught.value


def test_check_tries_the_mail_server_that_is_set(mail_server, monkeypatch):
    assert _mail(load()).found == "nothing set, localhost:25 is not tried"
    monkeypatch.setenv("GATEWAY_MAIL__HOST", mail_server.host)
    monkeypatch.setenv("GATEWAY_MAIL__PORT", str(mail_server.port))
    assert _mail(load()).found == f"127.0.0.1:{mail_server.port} answers"
    monkeypatch.setenv("GATEWAY_MAIL__TLS", "starttls")
    refused = _mail(load())
    assert not refused.ok
    assert "STARTTLS" in refused.found
    assert "mail.tls" in refused.remedy
