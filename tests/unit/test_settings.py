"""Settings: what wins, what is refused, what is told."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.errors import CannotStart
from gateway.settings import (
    Settings,
    hand_down,
    json_schema,
    known_keys,
    load,
    nearest_key,
)

SCHEMA = Path(__file__).parents[2] / "schemas" / "settings.schema.json"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return path

    return write


def test_environment_wins_over_the_file_and_flags_over_both(file):
    file('[http]\nport = 1000\nhost = "file"\nprocesses = 7')
    loaded = load(
        {"http.port": 3000, "http.host": None},
        environment={"GATEWAY_HTTP__PORT": "2000", "GATEWAY_HTTP__HOST": "environment"},
    )
    http = loaded.settings.http
    assert (http.port, http.host, http.processes) == (3000, "environment", 7)


def test_every_value_knows_where_it_came_from(file):
    file("[http]\nprocesses = 7")
    loaded = load({"http.port": 3000}, environment={"GATEWAY_HOST": "here"})
    origins = {row.key: row.origin for row in loaded.explain()}
    assert origins["http.processes"] == "gateway.toml"
    assert origins["http.host"] == "environment"
    assert origins["http.port"] == "flag"
    assert origins["http.threads"] == "default"


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("GATEWAY_DATABASE_URL", "database.url"),
        ("GATEWAY_DATA_DIR", "database.data_dir"),
        ("GATEWAY_PUBLIC_URL", "http.public_url"),
        ("GATEWAY_ADMIN_PASSWORD", "admin.password"),
        ("GATEWAY_HOST", "http.host"),
        ("GATEWAY_PORT", "http.port"),
    ],
)
def test_what_scripts_use_most_has_a_short_name(variable, key):
    value = "https://desk" if key.endswith("public_url") else "1234"
    assert key in load(environment={variable: value}).origins


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("GATEWAY_HTPP__PORT", "http.port"),
        ("GATEWAY_HTTP__PROT", "http.port"),
        ("GATEWAY_ACMP__LIST_LIMITS", "acmp.list_limit"),
        ("GATEWAY_BODY_BYTES", "http.body_bytes"),
    ],
)
def test_an_unknown_variable_stops_the_start_and_names_the_nearest_key(variable, nearest):
    with pytest.raises(CannotStart, match=f"did you mean {nearest}"):
        load(environment={variable: "1"})


def test_an_unknown_key_of_the_file_stops_the_start_and_names_the_file(file):
    file("[http]\nportt = 1")
    with pytest.raises(CannotStart, match=r"http.portt \(gateway.toml\); did you mean http.port"):
        load(environment={})


def test_a_key_outside_every_section_is_unknown(file):
    file("port = 1")
    with pytest.raises(CannotStart, match="unknown setting port"):
        load(environment={})


def test_a_key_like_no_other_is_refused_without_a_guess():
    assert nearest_key("zzzz.qqqq") is None


def test_a_wrong_value_is_refused_with_its_key_and_origin():
    with pytest.raises(CannotStart, match=r"http.port \(environment\)"):
        load(environment={"GATEWAY_PORT": "many"})


def test_a_refusal_never_repeats_the_value():
    with pytest.raises(CannotStart) as refusal:
        load(environment={"GATEWAY_HTTP__PUBLIC_URL": "canary-7431"})
    assert "canary-7431" not in str(refusal.value)


def test_a_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(CannotStart, match="cannot read"):
        load(file=tmp_path / "none.toml", environment={})


def test_a_damaged_file_is_refused(file):
    with pytest.raises(CannotStart, match="no TOML file"):
        load(file=file("[http\n"), environment={})


def test_the_environment_names_the_file(file):
    path = file("[http]\nport = 1000").rename("other.toml")
    assert load(environment={"GATEWAY_CONFIG": str(path)}).settings.http.port == 1000


def test_a_list_in_the_environment_is_separated_by_commas():
    loaded = load(environment={"GATEWAY_HTTP__TRUSTED_PROXIES": "10.0.0.0/8, ::1"})
    assert loaded.settings.http.trusted_proxies == ("10.0.0.0/8", "::1/128")


@pytest.mark.parametrize("key", ["http.trusted_proxies", "delivery.private_networks"])
def test_a_network_that_is_none_is_refused(key):
    with pytest.raises(CannotStart, match=rf"{key}.*no network; write it like"):
        load({key: ("nginx",)}, environment={})


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(CannotStart, match=r"acmp.time_zone.*Europe/Berlin"):
        load(environment={"GATEWAY_ACMP__TIME_ZONE": "Mars/Olympus"})


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"GATEWAY_HOST": "::1", "GATEWAY_PORT": "81"}, "http://[::1]:81"),
        ({"GATEWAY_PUBLIC_URL": "https://desk.example.com/"}, "https://desk.example.com"),
    ],
)
def test_the_public_address_has_no_slash_at_its_end(environment, address):
    assert load(environment=environment).settings.public_url == address


@pytest.mark.parametrize("address", ["ftp://desk", "desk.example.com", "https://desk/?wsdl"])
def test_a_public_address_that_is_none_is_refused(address):
    with pytest.raises(CannotStart, match="no web address"):
        load(environment={"GATEWAY_PUBLIC_URL": address})


def test_a_secret_is_never_shown():
    loaded = load(environment={"GATEWAY_ADMIN_PASSWORD": "canary-7431"})
    assert "canary-7431" not in repr(loaded.explain())
    assert "canary-7431" not in repr(loaded.settings)
    assert next(row for row in loaded.explain() if row.key == "admin.password").value == "set"


def test_a_secret_in_the_file_is_reported(file):
    file('[admin]\npassword = "x"')
    assert load(environment={}).secrets_in_file() == ["admin.password"]
    assert load(environment={"GATEWAY_ADMIN_PASSWORD": "y"}).secrets_in_file() == []


def test_a_child_process_reads_what_its_parent_was_given(file):
    variables = {"GATEWAY_PORT": "1111"}
    named = file("[http]\nthreads = 5").rename("named.toml")
    flags = {"http.port": 2222, "database.data_dir": Path("here")}
    parent = load(flags, file=named, environment=variables)
    hand_down(parent, {"database.url": "postgresql://elsewhere"}, environment=variables)
    child = load(environment=variables).settings
    assert (child.http.port, child.http.threads) == (2222, 5)
    assert child.database.data_dir == Path("here")
    assert child.database.url.get_secret_value() == "postgresql://elsewhere"


MAILBOX = """
[secrets]
folder = "secrets"

[[mailbox]]
name = "partners"
server = "imap.example.org"
user = "tickets"
secret = "imap-partners"
failover_person = "service.desk"

[[mailbox.address]]
address = "Northwind-in@example.org"
partner = "NORTHWIND"
new_tickets = false
"""


def test_an_address_of_a_mailbox_overrides_its_keys(file):
    file(MAILBOX)
    (box,) = load(environment={}).settings.mailbox
    (address,) = box.address
    assert (address.address, address.partner) == ("northwind-in@example.org", "NORTHWIND")
    assert (box.new_tickets, address.new_tickets) == (True, False)
    assert address.failover_person == "service.desk"
    assert box.poll_seconds == 60


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('secret = "imap-partners"\n', "", r"mailbox\[1\].secret \(gateway.toml\): Field required"),
        ('server = "imap.example.org"\n', "", r"mailbox\[1\].server"),
        ("server =", "servr =", r"mailbox\[1\].server"),
        ("partner =", "partnr =", r"address\[1\].partnr.*did you mean partner"),
        ('folder = "secrets"', "", r"mailbox\[1\].secret.*secrets.folder is not set"),
        ("user =", 'task_number_formats = ["Task"]\nuser =', r"task_number_formats.*\{task\}"),
        ("user =", 'default_tag_format = "LABEL"\nuser =', r"default_tag_format.*\[\[Value\]\]"),
        ("user =", "tls = false\nuser =", r"mailbox\[1\].*this machine only"),
        ("Northwind-in@", "Northwind", r"address\[1\].address.*no mail address"),
        ("[[mailbox]]", "[mailbox]", r"each in a \[\[mailbox\]\]"),
    ],
)
def test_half_a_mailbox_stops_the_start_and_names_the_key(file, written, instead, told):
    text = MAILBOX.replace(written, instead, 1)
    file(text if instead != "[mailbox]" else text.partition("[[mailbox.address]]")[0])
    with pytest.raises(CannotStart, match=told):
        load(environment={})


def test_two_mailboxes_have_two_names(file):
    box = MAILBOX[MAILBOX.index("[[mailbox]]") : MAILBOX.index("[[mailbox.address]]")]
    file(MAILBOX + box)
    with pytest.raises(CannotStart, match=r"mailbox\[2\].name"):
        load(environment={})


def test_mailboxes_stand_in_the_file_only():
    with pytest.raises(CannotStart, match=r"mailboxes stand in the file"):
        load(environment={"GATEWAY_MAILBOX__NAME": "x"})


def test_a_mailbox_is_explained(file):
    file(MAILBOX)
    rows = {row.key: row for row in load(environment={}).explain()}
    assert rows["mailbox.server"].value == "partners: imap.example.org"
    assert rows["mailbox.poll_seconds"].default == "60"


def test_every_setting_says_what_it_means():
    assert [row.key for row in load(environment={}).explain() if not row.meaning] == []


def test_every_key_is_listed_once():
    assert len(known_keys()) == len(set(known_keys())) > 50


def test_the_defaults_are_valid():
    assert Settings.model_validate({}) == Settings()


def test_the_published_schema_is_the_models():
    assert json.loads(SCHEMA.read_text()) == json_schema()


@pytest.mark.parametrize(
    "workflow",
    [
        {"auth": "basik"},
        {"hash_keys": "k1:"},
        {"hash_keys": "k1:too short"},
        {"hash_keys": "k.1:a secret of the hashes"},
        {"hash_keys": "k1:a secret of the hashes,k1:another one of them"},
    ],
)
def test_ways_and_keys_of_the_workflow_service_that_could_not_be_told_apart(workflow):
    with pytest.raises(ValidationError):
        Settings.model_validate({"ssp7_workflow": workflow})
