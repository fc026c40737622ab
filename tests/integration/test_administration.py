"""What operators write: accounts, groups and lists, on a real database."""

import hashlib
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.domain.people import AccountKind, Permission
from gateway.errors import BrokenRule, GatewayError, Missing, NotFound
from gateway.repository.accounts import AccountStore
from gateway.repository.administration import Administration, operator_engine
from gateway.usecases import administration, lists
from gateway.usecases.accounts import Accounts
from gateway.usecases.administration import NewAccount, Secret, SecretKind
from gateway.usecases.list_fields import pick, read
from gateway.usecases.list_kinds import GROUPS, LISTS, SETTINGS
from gateway.usecases.lists import Actor
from tests.kit.accounts import PlainPasswords

ACTOR = Actor("accounts add")
PASSWORDS = PlainPasswords()
KINDS = {kind.name: kind for kind in (*LISTS, GROUPS, SETTINGS)}


class Office:
    """An operator at work, and what callers then see."""

    def __init__(self, engine):
        self.run = Administration(engine).run
        self.store = AccountStore(engine)
        self.accounts = Accounts(self.store, PASSWORDS)

    def add(self, list_name, name, *pairs):
        kind = KINDS[list_name]
        return self.run(lambda unit: lists.add(kind, name, read(kind, pairs), ACTOR, unit))

    def set(self, list_name, name, *pairs, named=None):
        kind = KINDS[list_name]
        values = read(kind, pairs)
        return self.run(lambda unit: lists.change(kind, name, values, ACTOR, unit, named=named))

    def row(self, list_name, name):
        kind = KINDS[list_name]
        (shown,) = self.run(lambda unit: lists.show(kind, unit, name))
        return shown

    def names(self, list_name):
        return [row["name"] for row in self.run(lambda unit: lists.show(KINDS[list_name], unit))]

    def account(self, name, groups="", password="secret", **fields):
        command = NewAccount(
            name=name,
            rights=administration.read_rights(groups),
            secrets=(administration.password_secret(password, PASSWORDS),),
            **fields,
        )
        return self.run(lambda unit: administration.add_account(command, ACTOR, unit))

    def rotate(self, name, password="newer", overlap=administration.OVERLAP):
        made = administration.password_secret(password, PASSWORDS)
        return self.run(lambda unit: administration.rotate(name, made, overlap, ACTOR, unit))

    def records(self, table, column, value):
        return self.run(lambda unit: unit.find(table, column, value))

    def audits(self):
        return self.run(lambda unit: unit.list("audit"))

    def lets_in(self, name, password):
        try:
            self.accounts.login(name, password, "192.0.2.1")
        except GatewayError:
            return False
        return True


@pytest.fixture
def office(database_url):
    with operator_engine(database_url, pooler=False) as engine:
        yield Office(engine)


# --- accounts -------------------------------------------------------------------------------


def test_a_new_agent_account_makes_its_agent_and_grants_its_groups(office):
    office.account("erp", "users:rw,stats:ro+note", first_name="Enno", last_name="Rp")
    principal = office.store.find("erp").principal
    assert principal.kind is AccountKind.AGENT
    assert principal.full_name == "Enno Rp"
    assert principal.rights[1] == {Permission.RW}
    assert principal.rights[3] == {Permission.RO, Permission.NOTE}


def test_rw_grants_ro_and_every_finer_key(office):
    office.account("erp", "users:rw")
    principal = office.store.find("erp").principal
    assert all(principal.may(key, principal.named["users"]) for key in Permission)


def test_an_agent_who_is_there_is_bound_and_keeps_what_was_not_said(office):
    before = office.records("agent", "login", "admin")
    office.run(lambda unit: unit.insert("agent", {"login": "anna", "first_name": "Anna"}))
    office.account("anna", "users:ro", last_name="Schmidt")
    (anna,) = office.records("agent", "login", "anna")
    assert (anna["first_name"], anna["last_name"]) == ("Anna", "Schmidt")
    assert office.records("agent", "login", "admin") == before


def test_an_unknown_group_is_named_with_the_nearest_and_nothing_is_made(office):
    with pytest.raises(NotFound, match=r"groups: no group 'usrs'; did you mean 'users'\?"):
        office.account("erp", "usrs:rw")
    assert office.store.find("erp") is None
    assert office.records("agent", "login", "erp") == []


def test_a_group_without_key_or_with_an_unknown_one_is_refused():
    with pytest.raises(BrokenRule, match="GROUP:rw"):
        administration.read_rights("users")
    with pytest.raises(BrokenRule, match="did you mean 'rw'"):
        administration.read_rights("users:rww")


def test_a_customer_account_makes_its_customer_user_in_the_company_of_the_number(office):
    number = office.add("customers", "Northwind Traders", "key=NORTHWIND")["number"]
    office.account("jane", kind=AccountKind.CUSTOMER, customer=str(number), first_name="Jane")
    principal = office.store.find("jane").principal
    assert principal.customer_id == number
    assert principal.customer_user_id is not None
    assert principal.agent_id is None


def test_a_customer_account_needs_a_customer_and_takes_no_groups(office):
    office.add("customers", "Northwind")
    with pytest.raises(Missing, match="customer"):
        office.account("jane", kind=AccountKind.CUSTOMER)
    with pytest.raises(NotFound, match="no customer '77'"):
        office.account("jane", kind=AccountKind.CUSTOMER, customer="77")
    with pytest.raises(BrokenRule, match="groups"):
        office.account("jane", "users:ro", kind=AccountKind.CUSTOMER, customer="Northwind")


def test_a_partner_account_is_bound_to_the_partner_of_its_name(office):
    office.account("internal", "users:rw", kind=AccountKind.PARTNER)
    principal = office.store.find("internal").principal
    assert principal.partner_id is not None
    assert principal.may(Permission.RW, 1)


@pytest.mark.parametrize("name", ["", "a:b", " erp", "e\nrp", "x" * 256])
def test_a_name_that_no_login_can_carry_is_refused(office, name):
    with pytest.raises(BrokenRule, match="name"):
        office.account(name)


def test_a_second_account_of_the_name_is_refused(office):
    office.account("erp")
    with pytest.raises(BrokenRule, match="already"):
        office.account("erp")


@pytest.mark.parametrize("password", ["", "x" * 1025, "with\0zero"])
def test_a_password_that_no_login_accepts_is_refused(password):
    with pytest.raises(BrokenRule, match="password"):
        administration.password_secret(password, PASSWORDS)


def test_an_api_key_has_the_promised_form_and_is_stored_as_its_digest(office):
    key, secret = administration.new_api_key()
    command = NewAccount(name="billing", rights={}, secrets=(secret,))
    shown = office.run(lambda unit: administration.add_account(command, ACTOR, unit))
    (stored,) = office.records("account_secret", "kind", "api_key")
    assert len(key) == 47
    assert key.startswith("tgk_")
    assert stored["sha256"] == hashlib.sha256(key.encode()).digest()
    assert stored["hash"] is None
    assert shown["api_keys"] == 1


def test_both_passwords_are_good_after_a_rotation_and_the_version_is_higher(office):
    office.account("erp", password="old")
    assert office.rotate("erp", "new")["version"] == 2
    assert office.lets_in("erp", "old")
    assert office.lets_in("erp", "new")


def test_the_password_before_ends_24_hours_after_the_rotation(office):
    office.account("erp", password="old")
    office.rotate("erp", "new")
    old, new = office.records("account_secret", "kind", "password")[-2:]
    # The end is told by this process, the creation by the database: their clocks may differ.
    overlap = old["expires"] - new["created"]
    assert abs(overlap - timedelta(hours=24)) < timedelta(minutes=1)
    assert new["expires"] is None


def test_no_more_than_two_passwords_are_ever_good(office):
    office.account("erp", password="first")
    office.rotate("erp", "second")
    office.rotate("erp", "third")
    assert [office.lets_in("erp", word) for word in ("first", "second", "third")] == [
        False,
        True,
        True,
    ]


def test_a_rotation_at_once_ends_every_password_before(office):
    office.account("erp", password="old")
    assert office.lets_in("erp", "old")
    office.rotate("erp", "new", timedelta())
    assert not office.lets_in("erp", "old")
    assert office.lets_in("erp", "new")


def test_a_rotation_leaves_secrets_of_another_kind_alone(office):
    office.account("erp", password="old")
    _, key = administration.new_api_key()
    office.run(lambda unit: administration.rotate("erp", key, administration.OVERLAP, ACTOR, unit))
    kinds = office.run(lambda unit: administration.secret_kinds("erp", unit))
    assert kinds == {SecretKind.PASSWORD, SecretKind.API_KEY}
    assert office.lets_in("erp", "old")


def test_a_disabled_account_is_out_at_once_without_its_sessions_and_can_come_back(office):
    office.account("erp", password="secret")
    assert office.lets_in("erp", "secret")
    (account,) = office.records("account", "name", "erp")
    office.run(
        lambda unit: unit.insert(
            "session",
            {"digest": bytes(32), "account_id": account["id"], "expires": unit.now},
        )
    )
    assert office.run(lambda unit: administration.disable("erp", ACTOR, unit))
    assert not office.lets_in("erp", "secret")
    assert office.records("session", "account_id", account["id"]) == []
    assert not office.run(lambda unit: administration.disable("erp", ACTOR, unit))
    assert office.run(lambda unit: administration.enable("erp", ACTOR, unit))
    assert office.lets_in("erp", "secret")


def test_rights_are_replaced_as_a_whole(office):
    office.account("erp", "users:rw,stats:ro")
    rights = administration.read_rights("admin:ro")
    shown = office.run(lambda unit: administration.set_rights("erp", rights, ACTOR, unit))
    assert shown["groups"] == {"admin": ["ro"]}
    assert office.store.find("erp").principal.named == {"admin": 2}


def test_every_change_of_an_account_is_audited_without_a_secret(office):
    office.account("erp", "users:rw", password="canary-1")
    office.rotate("erp", "canary-2")
    office.run(lambda unit: administration.disable("erp", ACTOR, unit))
    audits = office.audits()
    assert [each["action"] for each in audits] == [
        "account added",
        "password rotated",
        "account disabled",
    ]
    assert all(each["subject"] == "erp" and each["actor"] == ACTOR.name for each in audits)
    assert "canary" not in str(audits)


def test_an_unknown_account_is_named_with_the_nearest(office):
    with pytest.raises(NotFound, match=r"no account 'admn'; did you mean 'admin'\?"):
        office.rotate("admn")


# --- lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize("list_name", ["types", "resolutions", "impacts", "services"])
def test_a_captioned_row_is_added_shown_and_switched_off(office, list_name):
    added = office.add(list_name, "Special", "de=Besonders")
    assert UUID(added["guid"])
    assert office.row(list_name, "Special")["de"] == "Besonders"
    changed = office.set(list_name, added["guid"], "active=false", "en=Rare")
    assert changed.fields == ("name", "active")
    assert office.row(list_name, "Rare")["active"] is False


def test_a_row_can_keep_the_guid_it_has_elsewhere(office):
    guid = "3c2b1a09-8f7e-4d6c-9b5a-403928170615"
    assert office.add("resolutions", "Solved", f"guid={{{guid.upper()}}}")["guid"] == guid
    with pytest.raises(BrokenRule, match="guid: is given when the row is added"):
        office.set("resolutions", "Solved", "guid=5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01")


def test_the_number_of_a_customer_is_given_and_its_key_is_its_name_unless_said(office):
    first = office.add("customers", "ACME")
    second = office.add("customers", "Northwind Traders", "CustomerID=NORTHWIND")
    assert (first["number"], first["key"]) == (1, "ACME")
    assert office.row("customers", "NORTHWIND") == office.row("customers", str(second["number"]))


def test_a_state_needs_a_type_and_keeps_it_while_tickets_are_in_it(office):
    with pytest.raises(Missing, match="type"):
        office.add("states", "waiting")
    with pytest.raises(BrokenRule, match="type: one of: new, open"):
        office.add("states", "waiting", "type=waiting")
    office.add("states", "waiting", "type=Pending Reminder")
    number = office.row("states", "waiting")["number"]
    office.run(
        lambda unit: unit.insert(
            "ticket",
            {"number": "1", "title": "x", "state_id": number, "priority_id": 3, "queue_id": 1},
        )
    )
    with pytest.raises(BrokenRule, match="tickets are in this state"):
        office.set("states", "waiting", "type=closed")


def test_a_caption_change_of_a_tree_node_renames_the_paths_below_it(office):
    office.add("categories", "Hardware", "de=Geräte")
    office.add("categories", "Hardware::Printer", "de=Drucker")
    office.add("categories", "Toner", "parent=Hardware::Printer")
    office.set("categories", "Hardware", "en=Devices", "de=")
    assert office.names("categories") == [
        "Devices",
        "Devices::Printer",
        "Devices::Printer::Toner",
    ]
    (toner,) = office.records("category", "en", "Toner")
    assert toner["path_de"] == "Devices::Drucker::Toner"


def test_a_german_caption_alone_changes_the_german_paths_below(office):
    office.add("categories", "Hardware")
    office.add("categories", "Hardware::Printer")
    office.set("categories", "Hardware", "de=Geräte")
    (printer,) = office.records("category", "en", "Printer")
    assert (printer["path_en"], printer["path_de"]) == ("Hardware::Printer", "Geräte::Printer")


def test_a_branch_of_a_tree_can_be_moved_but_not_below_itself(office):
    office.add("categories", "Hardware")
    office.add("categories", "Hardware::Printer")
    office.add("categories", "Hardware::Printer::Toner")
    office.add("categories", "Supplies")
    office.set("categories", "Hardware::Printer", "parent=Supplies")
    assert "Supplies::Printer::Toner" in office.names("categories")
    with pytest.raises(BrokenRule, match="stands below it"):
        office.set("categories", "Supplies", "parent=Supplies::Printer::Toner")
    with pytest.raises(BrokenRule, match="already"):
        office.set("categories", "Supplies::Printer", "parent=", "en=Hardware")


def test_a_name_whose_parent_does_not_exist_is_refused(office):
    with pytest.raises(NotFound, match="parent: no row 'Hardwear'"):
        office.add("categories", "Hardwear::Printer")


def test_a_queue_needs_its_group(office):
    with pytest.raises(Missing, match="group"):
        office.add("queues", "Network")
    added = office.add("queues", "Network", "group=users", "first_response_min=30")
    assert (added["group"], added["first_response_min"]) == ("users", 30)


def test_an_sla_is_for_the_services_it_names(office):
    office.add("services", "E-mail")
    office.add("services", "Network")
    office.add("slas", "Gold", "services=E-mail, Network", "solution_notify=80")
    assert office.row("slas", "Gold")["services"] == ["E-mail", "Network"]
    assert office.set("slas", "Gold", "services=Network").fields == ("services",)
    with pytest.raises(BrokenRule, match="solution_notify: a whole number from 1 to 99"):
        office.set("slas", "Gold", "solution_notify=100")


def test_a_dropdown_field_has_its_options_and_a_text_field_none(office):
    added = office.add("dynamic-fields", "Floor", "type=dropdown", "options=G,1,2")
    assert [option["value"] for option in added["options"]] == ["G", "1", "2"]
    with pytest.raises(BrokenRule, match="options"):
        office.add("dynamic-fields", "Room", "type=text", "options=1")
    with pytest.raises(BrokenRule, match="letters, digits"):
        office.set("dynamic-fields", "Floor", "name=the floor")


def test_a_template_keeps_both_forms_of_its_text_and_what_hangs_on_it(office):
    added = office.add(
        "templates",
        "New employee",
        "HtmlDescription=Prepare:<br>notebook",
        "state=open",
        "priority=4",
        'costs=[{"unit_price": "12.50", "amount": 2}]',
        'working_times=[{"minutes": 30, "description": "Set up"}]',
    )
    assert added["text"] == "Prepare:\nnotebook"
    assert (added["state"], added["priority"]) == ("open", "4 high")
    assert added["costs"][0]["unit_price"] == "12.50"
    assert office.set("templates", "New employee", "text=a < b").row["html"] == "a &lt; b"
    with pytest.raises(BrokenRule, match=r"costs\[1\].unit_price: must be greater than 0.00"):
        office.set("templates", "New employee", 'costs=[{"unit_price": 0, "amount": 1}]')
    with pytest.raises(BrokenRule, match="cannot be made in this state"):
        office.set("templates", "New employee", "state=merged")
    with pytest.raises(BrokenRule, match="not both"):
        office.set("templates", "New employee", "owner=admin", "group=users")


def test_priorities_can_be_set_but_none_added(office):
    office.set("priorities", "3 normal", "color=#ABCDEF", "de=mittel")
    assert office.row("priorities", "3")["color"] == "#abcdef"
    with pytest.raises(BrokenRule, match="none can be added"):
        office.add("priorities", "6 frantic", "color=#ffffff")


def test_a_stored_query_is_kept_as_json(office):
    office.add("stored-queries", "Mine", 'filter={"owner": "$caller"}')
    assert office.row("stored-queries", "Mine")["filter"] == {"owner": "$caller"}
    assert office.row("stored-queries", "Mine")["sort"] == [["id", "desc"]]
    with pytest.raises(BrokenRule, match="sort: "):
        office.set("stored-queries", "Mine", 'sort=[["changed"]]')
    with pytest.raises(BrokenRule, match="filter: not JSON"):
        office.set("stored-queries", "Mine", "filter=owner")
    with pytest.raises(BrokenRule, match="filter: not a word or value of a search: colour"):
        office.set("stored-queries", "Mine", 'filter={"colour": "red"}')


def test_a_setting_that_is_changed_is_what_the_next_call_reads(office):
    values = read(SETTINGS, ["CommentRequiredOnClose=true", "MaxAttachmentSize=0"])
    changed = office.run(lambda unit: lists.change_settings(values, ACTOR, unit))
    assert changed.fields == ("CommentRequiredOnClose", "MaxAttachmentSize")
    shown = {row["name"]: row["value"] for row in office.run(lists.show_settings)}
    assert shown["CommentRequiredOnClose"] is True
    assert shown["MaxAttachmentSize"] == 0
    assert office.run(lambda unit: lists.change_settings(values, ACTOR, unit)).fields == ()
    with pytest.raises(BrokenRule, match="MaxAttachmentSize: a whole number from 0 to 6291456"):
        read(SETTINGS, ["MaxAttachmentSize=6291457"])


def test_a_row_that_a_setting_names_keeps_its_name_and_stays_active(office):
    named = {("state", "open"): "the setting acmp.reopen_state"}
    for pair in ("en=in work", "active=false"):
        with pytest.raises(BrokenRule, match=r"acmp\.reopen_state names 'open'"):
            office.set("states", "open", pair, named=named)
    assert office.set("states", "open", "de=in Arbeit", named=named).fields == ("de",)


def test_an_unknown_list_key_or_row_is_named_with_the_nearest(office):
    with pytest.raises(BrokenRule, match=r"no list 'categorys'; did you mean 'categories'\?"):
        pick(LISTS, "categorys")
    with pytest.raises(BrokenRule, match=r"no field 'activ'; did you mean 'active'\?"):
        office.set("states", "open", "activ=false")
    with pytest.raises(NotFound, match=r"no state 'opem'; did you mean 'open'\?"):
        office.set("states", "opem", "active=false")


def test_values_of_a_wrong_form_are_refused(office):
    for pair in ("active=maybe", "position=-1", "de=" + "x" * 256, "de=a\x01b", "nothing"):
        with pytest.raises(BrokenRule):
            office.set("types", "sales", pair)
    with pytest.raises(Missing):
        office.set("types", "sales", "en=")
    with pytest.raises(BrokenRule, match="given twice"):
        office.set("types", "sales", "de=a", "NameDE=b")


def test_an_integrated_group_needs_its_partner(office):
    office.add("groups", "Field service")
    with pytest.raises(Missing, match="partner: required for an integrated group"):
        office.set("groups", "Field service", "integrated=true")
    changed = office.set(
        "groups",
        "Field service",
        "integrated=true",
        "partner=internal",
        "return_group=users",
        "allowed_senders=@partner.example, boss@partner.example",
    )
    assert changed.row["partner"] == "internal"
    assert changed.row["allowed_senders"] == ["@partner.example", "boss@partner.example"]
    with pytest.raises(BrokenRule, match="return_group: must be another group"):
        office.set("groups", "Field service", "return_group=Field service")


def test_a_group_takes_one_process_in_all_three_slots(office):
    office.run(lambda unit: unit.insert("process", {"name": "submit"}))
    slots = ("assignment_process", "update_process", "closure_process")
    changed = office.set("groups", "users", *(f"{slot}=submit" for slot in slots))
    assert [changed.row[slot] for slot in slots] == ["submit"] * 3
    assert office.set("groups", "users", "closure_process=").row["closure_process"] is None


def test_a_change_is_audited_with_both_values_and_none_without_one(office):
    office.set("types", "sales", "de=Verkauf")
    office.set("types", "sales", "de=Verkauf")
    (line,) = office.audits()
    assert (line["action"], line["subject"]) == ("type changed", "sales")
    assert (line["before"], line["after"]) == ({"de": "Vertrieb"}, {"de": "Verkauf"})


def test_a_name_that_differs_in_case_only_is_taken(office):
    with pytest.raises(BrokenRule, match="is taken"):
        office.add("groups", "Users")


def test_a_secret_is_of_one_form_only(office):
    office.account("erp")
    broken = Secret(SecretKind.PASSWORD)
    with pytest.raises(BrokenRule, match="form_of_kind"):
        office.run(lambda unit: administration.rotate("erp", broken, timedelta(), ACTOR, unit))
