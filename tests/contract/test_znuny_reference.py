"""ExternalReference: one operation that creates a ticket, or updates the one it knows."""

import pytest

from gateway.dialects.znuny import credentials
from gateway.dialects.znuny.desk import Options, ReferenceOptions, ZnunyDesk
from gateway.dialects.znuny.job import Job, Refused
from gateway.dialects.znuny.operations import carry_out
from gateway.repository.passwords import Argon2Passwords
from gateway.usecases.accounts import Accounts
from gateway.usecases.sessions import Sessions
from tests.kit.znuny import (
    AGENT,
    ARTICLE,
    EVE,
    FACES,
    JANE,
    NEW_TICKET,
    READER,
    STRANGER,
    add_account,
    running_znuny,
)

CONFIGURATION = "Webservice.InvalidConfiguration"
DEFECT = "Dynamic field AlarmId of the setting is no text field of tickets!"
WHOLE = {"Ticket": NEW_TICKET, "Article": ARTICLE}


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases) as running:
        yield running


@pytest.fixture(params=FACES)
def face(request):
    return request.param


@pytest.fixture
def text(request, face):
    """A reference of this test's own."""
    return f"{request.node.originalname}-{face}"[:200]


def call(znuny, face, reference, login=AGENT, **parts):
    data = {**login, "ExternalReference": reference, **(parts or WHOLE)}
    return znuny.call(face, "ExternalReference", data)


def done(znuny, face, reference, login=AGENT, **parts):
    found = call(znuny, face, reference, login, **parts)
    assert found.code is None, found.error
    return found.answer["Action"], found.answer["TicketID"]


def update(znuny, ticket, **parts):
    found = znuny.call("rest", "TicketUpdate", {**AGENT, "TicketID": ticket, **parts})
    assert found.code is None, found.error


def shown(znuny, ticket):
    data = {**AGENT, "TicketID": ticket, "AllArticles": 1, "DynamicFields": 1}
    (found,) = znuny.call("rest", "TicketGet", data).answer["Ticket"]
    return found


def field_of(znuny, ticket, name="ExternalReference"):
    fields = {each["Name"]: each.get("Value") for each in shown(znuny, ticket)["DynamicField"]}
    value = fields[name]
    return value[0] if isinstance(value, list) else value


def test_znuny_a1_one_operation_creates_and_updates(znuny, face, text):
    assert [done(znuny, face, text)[0] for _ in range(2)] == ["Create", "Update"]


def test_znuny_a3_the_second_equal_call_updates_the_ticket_of_the_first(znuny, face, text):
    action, ticket = done(znuny, face, text)
    assert action == "Create"
    assert done(znuny, face, text) == ("Update", ticket)


def test_znuny_a4_without_a_match_a_ticket_is_created(znuny, face, text):
    ((before,),) = znuny.rows("select count(*) from ticket")
    action, ticket = done(znuny, face, text)
    assert (action, znuny.rows("select count(*) from ticket")) == ("Create", [(before + 1,)])
    assert len(shown(znuny, ticket)["Article"]) == 1


def test_znuny_a6_the_holder_is_updated_and_gets_the_article(znuny, face, text):
    _, ticket = done(znuny, face, text)
    assert done(znuny, face, text) == ("Update", ticket)
    assert len(shown(znuny, ticket)["Article"]) == 2


def test_znuny_a9_search_and_get_show_the_field(znuny, face, text):
    _, ticket = done(znuny, face, text)
    assert field_of(znuny, ticket) == text
    wanted = {"DynamicField": {"Name": "ExternalReference", "Equals": text}}
    assert znuny.call(face, "TicketSearch", {**AGENT, **wanted}).answer == {"TicketID": [ticket]}
    told = znuny.rows(
        "select new from history where ticket_id = %s and kind = 'dynamic field'", ticket
    )
    assert told == [(text,)]


def test_znuny_a2_the_parameter_leads_and_is_asked_for(znuny, face):
    assert done(znuny, face, f"EXTREF001-{face}")[0] == "Create"
    found = znuny.call(face, "ExternalReference", {**AGENT, **WHOLE})
    assert found.error == (
        "ExternalReference.MissingParameter",
        "ExternalReference: ExternalReference parameter is missing!",
    )


def test_znuny_a5_a_holder_that_was_closed_stays_as_it_is(znuny, face, text):
    _, first = done(znuny, face, text)
    update(znuny, first, Ticket={"State": "closed successful"})
    before = shown(znuny, first)
    action, second = done(znuny, face, text)
    assert (action, second != first) == ("Create", True)
    assert {**shown(znuny, first), "Age": ""} == {**before, "Age": ""}


def test_znuny_a10_every_kind_of_login_is_good(znuny, face, text):
    session = {"SessionID": znuny.session()}
    _, ticket = done(znuny, face, text)
    assert done(znuny, face, text, session) == ("Update", ticket)
    assert done(znuny, face, text, JANE, Article=ARTICLE) == ("Update", ticket)


def test_znuny_a11_an_agent_without_rights_writes_nothing(znuny, face, text):
    _, ticket = done(znuny, face, text)
    before = everything(znuny)
    found = call(znuny, face, text, STRANGER)
    assert found.error == (
        "ExternalReference.AccessDenied",
        "ExternalReference: User does not have access to the ticket!",
    )
    found = call(znuny, face, text, READER, Article=ARTICLE)
    assert found.code == "ExternalReference.AccessDenied"
    found = call(znuny, face, f"{text}-new", READER)
    assert found.message == ("ExternalReference: Can not create tickets in given Queue or QueueID!")
    assert everything(znuny) == before
    assert ticket


def everything(znuny):
    tables = ("ticket", "article", "history", "ticket_field", "external_reference", "event")
    return [znuny.rows(f"select count(*) from {table}") for table in tables]


def test_znuny_a12_customers_update_their_own_alone(znuny, face, text):
    assert done(znuny, face, text)[0] == "Create"
    assert call(znuny, face, text, EVE, Article=ARTICLE).code == "ExternalReference.AccessDenied"
    assert done(znuny, face, text, JANE, Article=ARTICLE)[0] == "Update"


def test_znuny_a13_several_matches_are_not_unique(znuny, face, text):
    _, first = done(znuny, face, text)
    update(znuny, first, Ticket={"State": "closed successful"})
    done(znuny, face, text)
    update(znuny, first, Ticket={"State": "open"})
    before = everything(znuny)
    found = call(znuny, face, text)
    assert found.error == (
        "ExternalReference.NotUnique",
        "ExternalReference: 2 tickets match the external reference!",
    )
    assert everything(znuny) == before
    update(znuny, first, DynamicField={"Name": "ExternalReference", "Value": ""})
    assert done(znuny, face, text)[0] == "Update"


def test_znuny_a14_references_are_judged_by_name(znuny, face):
    invalid = ("ExternalReference.InvalidParameter",
               "ExternalReference: ExternalReference parameter is invalid!")  # fmt: skip
    assert call(znuny, face, "x" * 201).error == invalid
    found = call(znuny, face, "")
    assert found.code == "ExternalReference.MissingParameter"
    found = call(znuny, face, ["a", "b"])
    assert found.code == "ExternalReference.InvalidParameter"
    other = {"DynamicField": {"Name": "ExternalReference", "Value": "another"}}
    found = call(znuny, face, "one", **WHOLE, **other)
    assert found.message == "ExternalReference: DynamicField->Value parameter is invalid!"
    found = call(znuny, face, f"unknown-{face}", Ticket=NEW_TICKET)
    assert found.message == "ExternalReference: Article parameter is missing or not valid!"


def test_znuny_a15_alarm_repeat_close_alarm_are_two_tickets(znuny, face, text):
    _, first = done(znuny, face, text)
    done(znuny, face, text)
    done(znuny, face, text, Ticket={"State": "closed successful"})
    _, second = done(znuny, face, text)
    assert first != second
    assert [len(shown(znuny, each)["Article"]) for each in (first, second)] == [2, 1]


def test_znuny_a16_references_are_any_text_with_its_case(znuny, face):
    for reference in (f"INC/2026 {face} Ü", f"inc/2026 {face} Ü"):
        action, ticket = done(znuny, face, reference)
        assert action == "Create"
        assert done(znuny, face, reference) == ("Update", ticket)


def test_znuny_a17_a_ticket_that_an_agent_changed_is_still_found(znuny, face, text):
    _, ticket = done(znuny, face, text)
    update(znuny, ticket, Ticket={"Queue": "Misc", "Title": "Renamed", "State": "open"})
    assert done(znuny, face, text, Article=ARTICLE) == ("Update", ticket)


def test_an_update_needs_the_reference_alone(znuny, face, text):
    _, ticket = done(znuny, face, text)
    found = znuny.call(face, "ExternalReference", {**AGENT, "ExternalReference": text})
    assert (found.answer["Action"], found.answer["TicketID"]) == ("Update", ticket)
    assert "ArticleID" not in found.answer


def test_other_operations_write_the_field_under_the_same_rule(znuny, face, text):
    field = {"DynamicField": {"Name": "ExternalReference", "Value": text}}
    data = {**AGENT, **WHOLE, **field}
    first = znuny.call(face, "TicketCreate", data).answer["TicketID"]
    found = znuny.call(face, "TicketCreate", data)
    assert found.error == ("TicketCreate.InvalidParameter",
                           "TicketCreate: DynamicField->Value parameter is invalid!")  # fmt: skip
    assert done(znuny, face, text) == ("Update", first)
    second = znuny.call(face, "TicketCreate", {**AGENT, **WHOLE}).answer["TicketID"]
    found = znuny.call(face, "TicketUpdate", {**AGENT, "TicketID": second, **field})
    assert found.code == "TicketUpdate.InvalidParameter"
    moved = {"Name": "ExternalReference", "Value": f"{text}-moved"}
    update(znuny, first, DynamicField=moved)
    assert znuny.call(face, "TicketUpdate", {**AGENT, "TicketID": second, **field}).code is None
    assert done(znuny, face, text) == ("Update", second)
    assert done(znuny, face, f"{text}-moved") == ("Update", first)


def test_a_closed_ticket_lets_go_of_its_claim_and_takes_it_back_when_reopened(znuny, face, text):
    _, first = done(znuny, face, text)

    def claims():
        return znuny.rows(
            "select ticket_id::text, claim from external_reference"
            " where reference = %s order by id",
            text,
        )

    assert claims() == [(first, "live")]
    update(znuny, first, Ticket={"State": "closed successful"})
    assert claims() == [(first, "released")]
    update(znuny, first, Ticket={"State": "open"})
    assert claims() == [(first, "live")]
    update(znuny, first, Ticket={"State": "closed successful"})
    _, second = done(znuny, face, text)
    update(znuny, first, Ticket={"State": "open"})
    assert claims() == [(first, "contested"), (second, "live")]


def test_a_merged_holder_stands_for_its_target(znuny, face, text):
    _, source = done(znuny, face, text)
    target = znuny.call(face, "TicketCreate", {**AGENT, **WHOLE}).answer["TicketID"]
    znuny.rows(
        "update ticket set merged_into_id = %s, state_id = 9, closed = now() where id = %s",
        target, source,
    )  # fmt: skip
    assert done(znuny, face, text) == ("Update", target)


def test_a_partner_has_references_of_its_own(znuny, face, text):
    _, ours = done(znuny, face, text)
    partner = partner_of(znuny, face)
    login = {"UserLogin": f"robot-{face}", "Password": AGENT["Password"]}
    ((agent,),) = znuny.rows("select id from agent where login = 'agent1'")
    add_account(znuny.stores, login["UserLogin"], "agent", agent_id=agent, partner_id=partner)
    action, theirs = done(znuny, face, text, login)
    assert (action, ours != theirs) == ("Create", True)
    assert done(znuny, face, text, login) == ("Update", theirs)
    assert done(znuny, face, text) == ("Update", ours)


def partner_of(znuny, name):
    ((system,),) = znuny.rows(
        "insert into external_system (name) values (%s) returning id", f"system-{name}"
    )
    ((partner,),) = znuny.rows(
        "insert into partner (name, system_id) values (%s, %s) returning id",
        f"partner-{name}", system,
    )  # fmt: skip
    return partner


def test_a_reference_of_another_dialect_in_the_system_leads_to_its_ticket(znuny, face, text):
    ticket = znuny.call(face, "TicketCreate", {**AGENT, **WHOLE}).answer["TicketID"]
    znuny.rows(
        "insert into external_reference (system_id, reference, ticket_id, task_id)"
        " select s.id, %s, %s, k.id from external_system s, task k"
        " where s.name = 'default' and k.ticket_id = %s",
        text, ticket, ticket,
    )  # fmt: skip
    assert field_of(znuny, ticket) == text
    assert done(znuny, face, text) == ("Update", ticket)


def decided(znuny, reference, rules, **parts):
    """Carry the operation out under other settings than those of the running gateway."""
    data = {**AGENT, "ExternalReference": reference, **(parts or WHOLE)}
    desk = ZnunyDesk(
        units=znuny.stores.units,
        accounts=Accounts(znuny.stores.accounts, Argon2Passwords()),
        sessions=Sessions(znuny.stores.accounts),
        options=Options(external_reference=ReferenceOptions(**rules)),
    )
    given = credentials.given({}, data)
    return carry_out(Job(operation="ExternalReference", data=data, desk=desk, given=given))


@pytest.mark.parametrize(
    ("states", "types", "state", "action"),
    [
        ((), ("new",), "open", "Create"),
        ((), ("closed",), "closed successful", "Update"),
        (("resolved",), (), "resolved", "Update"),
        (("resolved",), (), "open", "Create"),
        (("closed",), ("new",), "closed", "Update"),
        (("closed",), ("new",), "closed successful", "Create"),
        ((), (), "closed successful", "Update"),
        ((), (), "removed", "Create"),
    ],
)
def test_znuny_a7_each_list_of_states_is_honoured(znuny, states, types, state, action):
    rules, text = {"states": states, "state_types": types}, f"A7 {states} {types} {state}"
    first = decided(znuny, text, rules)
    update(znuny, first["TicketID"], Ticket={"State": state})
    second = decided(znuny, text, rules)
    assert second["Action"] == action
    assert (second["TicketID"] == first["TicketID"]) is (action == "Update")


def test_znuny_a8_the_configured_field_holds_the_value(databases):
    with running_znuny(databases, znuny__external_reference__dynamic_field="AlarmId") as znuny:
        for face in FACES:
            found = call(znuny, face, "ALARM-1")
            assert found.error == (
                CONFIGURATION,
                "ExternalReference: " + DEFECT,
            )
        znuny.rows(
            "insert into dynamic_field (name, en, field_type) values ('AlarmId', 'A', 'text')"
        )
        _, ticket = done(znuny, "soap11", "ALARM-1")
        assert field_of(znuny, ticket, "AlarmId") == "ALARM-1"
        znuny.rows("update dynamic_field set field_type = 'number' where name = 'AlarmId'")
        assert call(znuny, "rest", "ALARM-1").code == CONFIGURATION


def test_fields_that_an_update_leaves_alone_are_the_operators(znuny):
    rules = {"update_ignores": ("Title", "Queue")}
    ticket = decided(znuny, "IGNORES", rules)["TicketID"]
    changes = {"Title": "Other", "QueueID": "4", "Priority": "4 high"}
    assert decided(znuny, "IGNORES", rules, Ticket=changes)["Action"] == "Update"
    found = shown(znuny, ticket)
    assert (found["Title"], found["Queue"], found["Priority"]) == ("Disk full", "Raw", "4 high")
    assert decided(znuny, "IGNORES", rules, Ticket={"Title": "Other"})["Action"] == "Update"


@pytest.mark.parametrize(
    ("mode", "code", "text"),
    [
        ("create_only", "AlreadyExists", "A ticket with this external reference exists!"),
        ("update_only", "NotFound", "No ticket matches the external reference!"),
    ],
)
def test_a_mode_forbids_one_of_the_two(znuny, mode, code, text):
    if mode == "create_only":
        decided(znuny, mode, {"mode": mode})
    with pytest.raises(Refused) as refused:
        decided(znuny, mode, {"mode": mode})
    assert refused.value.code == f"ExternalReference.{code}"
    assert refused.value.message == f"ExternalReference: {text}"
