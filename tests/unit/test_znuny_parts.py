"""Parts of the Znuny dialect without any wire: values, refusals, kept answers, rights, settings."""

import json
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from lxml import etree

from gateway.dialects.znuny import answers, faults, fixed_lists, rest
from gateway.dialects.znuny.desk import Options, ZnunyDesk
from gateway.dialects.znuny.job import Job, canonical
from gateway.dialects.znuny.refusals import (
    Refused,
    invalid,
    invalid_entry,
    missing,
    not_valid,
    required,
    wrong,
)
from gateway.dialects.znuny.routes import CONNECTOR
from gateway.dialects.znuny.values import tidy
from gateway.domain import rights
from gateway.domain.people import Permission
from gateway.errors import (
    CannotStart,
    DeadlinePassed,
    GatewayError,
    Malformed,
    OutcomeUnknown,
    StorageAway,
    TooManyRequests,
)
from gateway.http.exchange import Trace
from gateway.http.json_body import JsonCaps
from gateway.http.redact import redacted_json, redacted_path, redacted_query
from gateway.settings import load
from gateway.soap import mapping
from gateway.soap.explanation import XSI
from tests.kit.stores import agent_with, customer_with

# --- values ----------------------------------------------------------------------------------


def job(**data):
    return Job(operation="TicketGet", data=tidy(data), desk=None)


def test_texts_are_trimmed_but_passwords_and_null_is_absent():
    given = {"A": " x\n", "Password": " x ", "B": None, "C": ["a ", None], "D": {"E": True}}
    assert tidy(given) == {"A": "x", "Password": " x ", "C": ["a"], "D": {"E": "1"}}


def test_one_value_is_a_list_but_a_list_is_not_one_value():
    given = job(One="a", Many=["a", "", "b"], Ticket={"Title": ["a"]}, Empty="")
    assert given.texts("One") == ["a"]
    assert given.texts("Many") == ["a", "b"]
    assert given.texts("Empty") == given.texts("Absent") == []
    assert given.text("Absent") == given.text("Ticket->Queue") == given.text("One->Deep") == ""
    with pytest.raises(Refused, match="Ticket->Title must be given only once!"):
        given.text("Ticket->Title")
    with pytest.raises(Refused, match="Ticket parameter is invalid!"):
        given.text("Ticket")


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("", None)])
def test_flags(text, value):
    assert job(F=text).flag("F", True) is (True if value is None else value)
    assert job(F=text).flag("F", False) is (False if value is None else value)


@pytest.mark.parametrize("text", ["true", "yes", "2", "-1", "01", "1.0", "\u0661"])
def test_what_is_no_flag_is_refused(text):
    with pytest.raises(Refused, match="F parameter is invalid!"):
        job(F=text).flag("F", True)


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("-5", -5), ("007", 7), (str(2**63 - 1), 2**63 - 1), ("", None)]
)
def test_numbers(text, value):
    assert job(N=text).number("N") == value


@pytest.mark.parametrize(
    "text", ["1.0", "1e3", "+1", "--1", "-", "x", "\u0661", str(2**63), "9" * 30]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refused, match="N parameter is invalid!"):
        job(N=text).number("N")


def test_requests_that_mean_the_same_are_equal():
    one = {"A": "1", "B": {"C": ["x"], "D": "y"}, "Password": "p", "SessionID": "s"}
    other = {"B": {"D": "y", "C": "x"}, "A": "1", "CustomerUserLogin": "u"}
    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical({**other, "A": "2"})


# --- refusals and kept answers ---------------------------------------------------------------


def test_forms_of_refusals():
    kinds = [
        (missing("A->B"), "MissingParameter", "A->B parameter is missing!"),
        (not_valid("A"), "MissingParameter", "A parameter is missing or not valid!"),
        (required("T", "X"), "MissingParameter", "T->XID or T->X parameter is required!"),
        (invalid("A"), "InvalidParameter", "A parameter is invalid!"),
        (invalid_entry("T", "X"), "InvalidParameter", "T->XID or T->X parameter is invalid!"),
        (wrong("A"), "InvalidParameter", "A is invalid!"),
    ]
    for refused, kind, text in kinds:
        assert (refused.kind, refused.text) == (kind, text)


def test_a_refusal_bears_the_operation_unless_it_is_whole_or_bare():
    assert missing("A").of("TicketGetList").code == "TicketGet.MissingParameter"
    whole = Refused("Webservice.InvalidConfiguration", "x", whole=True).of("TicketGet")
    assert (whole.code, whole.message) == ("Webservice.InvalidConfiguration", "TicketGet: x")
    bare = Refused("MissingParameter", "x", bare=True).of("TicketUpdate")
    assert (bare.code, bare.message) == ("TicketUpdate.MissingParameter", "x")


def test_an_answer_is_kept_and_given_again_as_it_was():
    answer = {"TicketID": 8, "Ticket": {"Content": b"\x00", "TimeUnit": Decimal("1.50")},
              "ArticleID": [1, 2], "None": None}  # fmt: skip
    stored = answers.kept(answer)
    assert answers.again(stored) == answer
    assert answers.ticket_id(stored) == 8
    assert answers.ticket_id({}) is None


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (GatewayError("secret"), "Internal", "Internal error, request 7."),
        (OutcomeUnknown(), "Internal", "Outcome unknown, request 7."),
        (StorageAway(), "Unavailable", "The service cannot answer now."),
        (DeadlinePassed(), "Unavailable", "The service cannot answer now."),
        (TooManyRequests(9), "Throttled", "Too many requests."),
    ],
)
def test_what_is_ours_is_said_alike_on_both_faces(error, code, text):
    content = faults.fault(error, "7")
    assert (content.detail[0], content.text) == (("Code", code), text)
    assert (content.retry_after_s is None) == (code == "Internal")
    trace = Trace("7", "znuny")
    answer = rest._failed(error, trace)
    assert json.loads(answer.body)["Error"] == {
        "ErrorCode": f"Request.{code}", "ErrorMessage": text,
    }  # fmt: skip
    assert (trace.code, answer.status) == (error.code, {"Internal": 500, "Unavailable": 503,
                                                        "Throttled": 429}[code])  # fmt: skip
    assert dict(answer.headers).get("Retry-After") == (
        None if content.retry_after_s is None else str(content.retry_after_s)
    )


@pytest.mark.parametrize(
    ("kind", "status"),
    [("AuthFail", 401), ("SessionInvalid", 401), ("AccessDenied", 403), ("NoPermission", 403),
     ("NotFound", 404), ("NotUnique", 409), ("AlreadyExists", 409),
     ("Webservice.InvalidConfiguration", 500), ("MissingParameter", 400), ("Fail", 400)],
)  # fmt: skip
def test_znuny_a83_each_kind_of_error_has_a_status_where_the_operator_wants_one(kind, status):
    for wanted, answered in (("http", status), ("legacy", 200)):
        desk = ZnunyDesk(units=None, accounts=None, sessions=None,
                         options=Options(rest_error_status=wanted))  # fmt: skip
        endpoint = rest.RestEndpoint(CONNECTOR, "/x", desk, JsonCaps())
        assert endpoint._said_no(Refused(kind, "x"), Trace("7", "znuny")).status == answered


def test_fixed_lists_have_the_ids_of_the_original():
    of_the_contract = {
        1: "NewTicket", 2: "FollowUp", 8: "SendAnswer", 11: "EmailAgent", 12: "EmailCustomer",
        15: "AddNote", 16: "Move", 17: "Lock", 18: "Unlock", 20: "TimeAccounting",
        21: "CustomerUpdate", 22: "PriorityUpdate", 23: "OwnerUpdate", 25: "Misc",
        26: "SetPendingTime", 27: "StateUpdate", 28: "TicketDynamicFieldUpdate", 33: "Merged",
        34: "ResponsibleUpdate", 37: "TypeUpdate", 38: "ServiceUpdate", 39: "SLAUpdate",
        40: "ArchiveFlagUpdate", 50: "TitleUpdate",
    }  # fmt: skip
    by_id = dict(enumerate(fixed_lists.HISTORY_TYPES, 1))
    assert {id_: by_id[id_] for id_ in of_the_contract} == of_the_contract
    assert len(set(by_id.values())) == 52
    assert fixed_lists.LOCKS == {"unlock": 1, "lock": 2, "tmp_lock": 3}
    assert fixed_lists.SENDER_TYPES == {"agent": 1, "system": 2, "customer": 3}
    assert fixed_lists.CHANNELS == {"Email": 1, "Phone": 2, "Internal": 3, "Chat": 4}


# --- requests as mappings --------------------------------------------------------------------


def read(text):
    return mapping.read(etree.fromstring(f'<a xmlns:i="{XSI}">{text}</a>'))


def test_elements_become_mappings_by_their_local_names():
    assert read("<b>1</b><c xmlns='urn:x'><d> 2 </d></c><b/>") == {
        "b": ["1", ""],
        "c": {"d": " 2 "},
    }
    assert read('<b i:nil="true">1</b><c i:nil="false">1</c>') == {"b": None, "c": "1"}
    assert read(" \n <b>\n</b> ") == {"b": "\n"}
    for mixed in ("x<b/>", "<b/>x", "<b>1<c/></b>", "<b><c/>1</b>"):
        with pytest.raises(Malformed):
            read(mixed)


# --- what is written down --------------------------------------------------------------------


def test_sessions_in_paths_and_secrets_between_semicolons_are_masked():
    assert redacted_path("/x/Session/abc") == "/x/Session/***"
    assert redacted_path("/x/SESSION/abc/y") == "/x/SESSION/***/y"
    assert redacted_path("/x/Session") == "/x/Session"
    query = "UserLogin=a;Password=b&c=1;SessionID=d;e"
    assert redacted_query(query) == "UserLogin=a;Password=***&c=1;SessionID=***;e"


@pytest.mark.parametrize(
    "name",
    ["Password[]", "Password%00", "+Password", "%20password%20", "Pass%77ord"],
)
def test_a_secret_is_masked_whatever_stands_around_its_name(name):
    assert redacted_query(f"a=1&{name}=canary") == f"a=1&{name}=***"
    member = name.replace("%00", "\x00").replace("%20", " ").replace("+", " ").replace("%77", "w")
    assert redacted_json({"Ticket": {member: ["canary"]}}) == {"Ticket": {member: "***"}}
    assert redacted_query("PasswordRules=1&pass word=2") == "PasswordRules=1&pass word=2"


# --- rights ----------------------------------------------------------------------------------

TICKET = SimpleNamespace(
    queue=SimpleNamespace(kind="7"),
    customer_user=SimpleNamespace(id=3),
    customer=SimpleNamespace(id=5),
)


@pytest.mark.parametrize(
    ("principal", "sees"),
    [
        (agent_with({7: ["ro"]}), True),
        (agent_with({7: ["rw"]}), True),
        (agent_with({7: ["note"]}), False),
        (agent_with({8: ["rw"]}), False),
        (customer_with(3), True),
        (customer_with(4, 5), True),
        (customer_with(4, 6), False),
        (customer_with(4), False),
        (replace(customer_with(4), rights={7: frozenset({Permission.RW})}), False),
    ],
)
def test_who_sees_a_ticket(principal, sees):
    assert rights.sees(principal, TICKET) is sees


def test_nobody_is_related_to_a_ticket_of_nobody():
    nobodys = SimpleNamespace(queue=TICKET.queue, customer_user=None, customer=None)
    assert not rights.sees(customer_with(3), nobodys)


# --- settings --------------------------------------------------------------------------------


def test_settings_with_a_dot_are_a_table_a_key_or_a_variable(tmp_path):
    file = tmp_path / "gateway.toml"
    for text in (
        '[znuny]\nexternal_reference.mode = "create_only"\n',
        '[znuny.external_reference]\nmode = "create_only"\n',
    ):
        file.write_text(text)
        assert load(file=file, environment={}).settings.znuny.external_reference_mode == (
            "create_only"
        )
    variable = {"GATEWAY_ZNUNY__EXTERNAL_REFERENCE__STATES": "new, open"}
    assert load(environment=variable).settings.znuny.external_reference_states == ("new", "open")
    file.write_text('[znuny.external_reference]\nmodus = "x"\n')
    with pytest.raises(CannotStart, match=r"did you mean znuny\.external_reference\.mode"):
        load(file=file, environment={})
