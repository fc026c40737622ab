"""Who calls the Znuny dialect: credentials, their precedence, sessions, what is kept of them."""

import re
from urllib.parse import quote

import pytest

from gateway.dialects.znuny.credentials import Given, login
from gateway.dialects.znuny.refusals import Refused
from gateway.domain.people import AccountKind
from tests.kit.canaries import Canaries, canary
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.znuny import (
    ADMIN,
    AGENT,
    EVE,
    JANE,
    JOHN,
    READER,
    add_account,
    running_znuny,
)

UNKNOWN = {"UserLogin": "agent1", "Password": "wrong"}
HEADERS = {
    "UserLogin": "X-OTRS-Header-UserLogin",
    "CustomerUserLogin": "X-OTRS-Header-CustomerUserLogin",
    "Password": "X-OTRS-Header-Password",
    "SessionID": "X-OTRS-Header-SessionID",
    "ImpersonateAsUser": "X-OTRS-Header-ImpersonateAsUser",
}


def in_headers(fields):
    return {HEADERS[name]: value for name, value in fields.items()}


def facts(reply):
    return {each["Key"]: each["Value"] for each in reply.answer["SessionData"]}


# --- the kinds of authentication -------------------------------------------------------------


@pytest.mark.parametrize("credentials", [AGENT, JANE])
def test_znuny_a10_agent_and_customer_open_a_session(znuny, face, credentials):
    session = znuny.call(face, "SessionCreate", credentials).answer["SessionID"]
    assert re.fullmatch("[A-Za-z0-9]{32}", session)
    shown = facts(znuny.call(face, "SessionGet", {"SessionID": session}))
    assert shown["UserLogin"] == (credentials.get("UserLogin") or "jane")
    assert shown["UserType"] == ("User" if "UserLogin" in credentials else "Customer")


@pytest.mark.parametrize("credentials", [AGENT, JANE])
def test_znuny_a19_each_field_may_stand_in_a_header_on_every_face(znuny, face, credentials):
    reply = znuny.call(face, "SessionCreate", {}, in_headers(credentials))
    session = reply.answer["SessionID"]
    reply = znuny.call(face, "SessionRemove", {"SessionID": session}, in_headers(credentials))
    assert reply.answer == {"Success": "1"}


def test_znuny_a19_a_session_in_the_header_removes_another_of_the_same_person(znuny, face):
    one, other = znuny.session(), znuny.session()
    reply = znuny.call(face, "SessionRemove", {"SessionID": other}, {HEADERS["SessionID"]: one})
    assert reply.answer == {"Success": "1"}
    assert facts(znuny.call(face, "SessionGet", {"SessionID": one}))["UserLogin"] == "agent1"
    assert znuny.call(face, "SessionGet", {"SessionID": other}).code == "SessionGet.SessionInvalid"


@pytest.mark.parametrize("where", ["header", "parameter"])
def test_znuny_a20_impersonation_is_refused_before_the_login(znuny, face, where):
    wish = {"ImpersonateAsUser": "admin"}
    data, headers = ({}, in_headers(wish)) if where == "header" else (wish, {})
    reply = znuny.call(face, "SessionCreate", {**UNKNOWN, **data}, headers)
    assert reply.error == (
        "SessionCreate.InvalidParameter",
        "SessionCreate: ImpersonateAsUser is not supported!",
    )


# --- precedence and conflicts (contract section 4.1) -----------------------------------------

AGENT_FIELDS = {"UserLogin": "agent1", "Password": ADMIN_PASSWORD}


@pytest.mark.parametrize(
    ("headers", "parameters", "who"),
    [
        (AGENT, {"UserLogin": "nobody", "Password": "wrong"}, "agent1"),
        ({"UserLogin": ""}, AGENT, "agent1"),
        ({"UserLogin": "agent1"}, {"Password": ADMIN_PASSWORD}, "agent1"),
        ({"UserLogin": "agent1"}, {"UserLogin": "admin", "Password": ADMIN_PASSWORD}, "agent1"),
        (JANE, AGENT, "agent1"),  # both are there, from two places: the agent
        (AGENT, JANE, "agent1"),
        ({}, {**AGENT, **JANE}, "agent1"),
        ({}, {**JANE, "UserLogin": ""}, "jane"),
        ({}, {**JANE, "UserLogin": "jane"}, None),  # the customer login is not tried
        ({}, {"UserLogin": "jane", "Password": ADMIN_PASSWORD}, None),
        ({}, {"CustomerUserLogin": "agent1", "Password": ADMIN_PASSWORD}, None),
        ({}, {**AGENT, "SessionID": "x" * 32}, None),  # no fallback
        ({"SessionID": "x" * 32}, AGENT, None),
        ({}, {"UserLogin": ["agent1", "admin"], "Password": ADMIN_PASSWORD}, None),
        ({}, {"UserLogin": "agent1", "Password": [ADMIN_PASSWORD]}, None),
        ({}, {"UserLogin": {"x": "agent1"}, "Password": ADMIN_PASSWORD}, None),
        ({}, {"UserLogin": "agent1", "Password": ADMIN_PASSWORD + " "}, None),
        ({}, {"UserLogin": "AGENT1", "Password": ADMIN_PASSWORD}, None),
    ],
)
def test_znuny_credentials_have_their_order(znuny, headers, parameters, who):
    given = Given(headers, parameters)
    if who is None:
        with pytest.raises(Refused, match="AuthFail"):
            login("TicketGet", given, znuny.desk, "127.0.0.1")
    else:
        assert login("TicketGet", given, znuny.desk, "127.0.0.1").account == who


def test_znuny_a_session_beats_every_login(znuny):
    given = Given({}, {"SessionID": znuny.session(JANE), **AGENT})
    principal = login("TicketGet", given, znuny.desk, "127.0.0.1")
    assert (principal.account, principal.kind) == ("jane", AccountKind.CUSTOMER)


NOBODY = "UserLogin, CustomerUserLogin or SessionID is required!"
NO_PASSWORD = "Password or SessionID is required!"
FAILED = "User could not be authenticated!"


@pytest.mark.parametrize(
    ("operation", "nobody", "no_password", "failed"),
    [
        *(
            (name, ("MissingParameter", NOBODY), ("MissingParameter", NO_PASSWORD), FAILED)
            for name in ("TicketCreate", "TicketUpdate", "ExternalReference")
        ),
        *(
            (name, ("AuthFail", text), ("AuthFail", text), text)
            for name, text in (
                ("TicketGet", "Authorization failing!"),
                ("TicketGetList", "Authorization failing!"),
                ("TicketHistoryGet", "Authorization failing!"),
                ("TicketSearch", "Authorization failing!"),
                ("TimeAccountingGet", "Authentication failed!"),
                ("OutOfOffice", "Authentication failed."),
            )
        ),
    ],
)
def test_znuny_each_operation_has_its_words_for_nobody(
    znuny, operation, nobody, no_password, failed
):
    def refusal(fields):
        with pytest.raises(Refused) as caught:
            login(operation, Given({}, fields), znuny.desk, "127.0.0.1")
        return caught.value.kind, caught.value.text

    assert refusal({}) == nobody
    assert refusal({"Password": "x"}) == nobody
    assert refusal({"UserLogin": "agent1"}) == no_password
    for wrong in (
        UNKNOWN,
        {"UserLogin": "nobody", "Password": "x"},
        {"CustomerUserLogin": "jane", "Password": "wrong"},
        {"SessionID": "unknown"},
    ):
        assert refusal(wrong) == ("AuthFail", failed)


# --- sessions --------------------------------------------------------------------------------

EMPTY = "The request is empty!"


@pytest.mark.parametrize(
    ("operation", "data", "code", "text"),
    [
        ("SessionCreate", {}, "MissingParameter", EMPTY),
        ("SessionCreate", {"UserLogin": "x"}, "MissingParameter", "Password parameter is missing!"),
        ("SessionCreate", {"Password": "x"}, "AuthFail", "Authorization failing!"),
        ("SessionCreate", UNKNOWN, "AuthFail", "Authorization failing!"),
    ],
)  # fmt: skip
def test_znuny_session_operations_refuse_by_name(znuny, face, operation, data, code, text):
    reply = znuny.call(face, operation, data)
    assert reply.error == (f"{operation}.{code}", f"{operation}: {text}")


def test_znuny_a_session_that_is_not_named_is_missing(znuny):
    for operation, data, text in (
        ("SessionGet", {}, EMPTY),
        ("SessionGet", {"UserLogin": "x"}, "SessionID is missing!"),
        ("SessionRemove", {}, EMPTY),
        ("SessionRemove", {"SessionID": ""}, "SessionID parameter is missing!"),
    ):
        reply = znuny.call("soap11", operation, data)
        assert reply.error == (f"{operation}.MissingParameter", f"{operation}: {text}")


def test_znuny_a_session_shows_whose_it_is(znuny, face):
    session = znuny.session(JANE)
    shown = facts(znuny.call(face, "SessionGet", {"SessionID": session}))
    assert list(shown) == sorted(shown)
    assert shown["SessionSource"] == "GenericInterface"
    assert shown["UserCustomerID"] == "ACME"
    assert (shown["UserFirstname"], shown["UserLastname"]) == ("Jane", "Doe")
    assert shown["UserFullname"] == "Jane Doe"
    assert shown["UserRemoteAddr"] == "127.0.0.1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", shown["UserLastLoginTimestamp"])
    assert "UserCustomerID" not in facts(
        znuny.call(face, "SessionGet", {"SessionID": znuny.session(AGENT)})
    )


def test_znuny_a_header_does_not_choose_the_session_that_is_shown(znuny, face):
    mine, hers = znuny.session(AGENT), znuny.session(JANE)
    headers = {HEADERS["SessionID"]: mine}
    shown = facts(znuny.call(face, "SessionGet", {"SessionID": hers}, headers))
    assert shown["UserLogin"] == "jane"


@pytest.mark.parametrize(
    ("caller", "owner", "text"),
    [
        (AGENT, AGENT, None),
        (ADMIN, AGENT, None),
        (ADMIN, JANE, None),
        (JANE, JANE, None),
        (AGENT, JANE, "Authorization failed! User needs to be in group admin."),
        (READER, AGENT, "Authorization failed! User needs to be in group admin."),
        (JANE, JOHN, "Authorization failing!"),
        (EVE, AGENT, "Authorization failing!"),
        (UNKNOWN, AGENT, "Authorization failed!"),
    ],
)
def test_znuny_a_session_is_removed_by_its_owner_or_an_administrator(
    znuny, face, caller, owner, text
):
    session = znuny.session(owner)
    reply = znuny.call(face, "SessionRemove", {"SessionID": session}, in_headers(caller))
    ended = znuny.call("rest", "SessionGet", {"SessionID": session}).code is not None
    if text is None:
        assert (reply.answer, ended) == ({"Success": "1"}, True)
    else:
        expected = ("SessionRemove.AuthFail", f"SessionRemove: {text}")
        assert (reply.error, ended) == (expected, False)


def test_znuny_a_session_removes_itself_and_an_unknown_one_is_gone_already(znuny, face):
    session = znuny.session()
    for _ in range(2):
        assert znuny.call(face, "SessionRemove", {"SessionID": session}).answer == {"Success": "1"}
    unknown = {HEADERS["SessionID"]: session}
    reply = znuny.call(face, "SessionRemove", {"SessionID": znuny.session()}, unknown)
    assert reply.error == ("SessionRemove.AuthFail", "SessionRemove: Authorization failed!")


def test_znuny_sessions_end_by_age_idleness_and_with_their_account(znuny):
    add_account(znuny.stores, "leaver", "agent", agent_id=znuny.stores.agent("leaver"))
    leaver = {"UserLogin": "leaver", "Password": ADMIN_PASSWORD}

    def lives(session):
        return znuny.call("rest", "SessionGet", {"SessionID": session}).code is None

    old, idle, orphan = (znuny.session(leaver) for _ in range(3))
    assert lives(old)
    assert znuny.rows("select count(*) from session where digest = sha256(%s)", old.encode())
    znuny.rows("update session set expires = now() where digest = sha256(%s)", old.encode())
    znuny.rows(
        "update session set last_seen = now() - interval '3 h' where digest = sha256(%s)",
        idle.encode(),
    )
    assert (lives(old), lives(idle), lives(orphan)) == (False, False, True)
    which = "where digest = sha256(%s)"
    znuny.rows(f"update session set last_seen = now() - interval '1 h' {which}", orphan.encode())
    assert lives(orphan)  # each use renews
    renewed = f"select last_seen > now() - interval '1 min' from session {which}"
    assert znuny.rows(renewed, orphan.encode()) == [(True,)]
    znuny.rows("update account set active = false where name = 'leaver'")
    assert not lives(orphan)


# --- what is kept ----------------------------------------------------------------------------


def test_znuny_passwords_and_sessions_are_kept_nowhere(znuny, face):
    secret = canary("password")
    session = znuny.session()
    znuny.call(face, "SessionCreate", {"UserLogin": "agent1", "Password": secret})
    znuny.call(face, "SessionCreate", {}, in_headers({**AGENT, "Password": secret}))
    znuny.call(face, "SessionGet", {"SessionID": session})
    znuny.call(face, "SessionRemove", {"SessionID": session}, {HEADERS["SessionID"]: session})
    if face == "rest":
        path = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST"
        query = f"UserLogin=x;Password={quote(secret)};SessionID={session}"
        znuny.rest("GET", f"{path}/TicketList", query=query)
        znuny.rest("GET", f"{path}/SESSION/{session}", query=f"SessionID={session}")
        znuny.rest("POST", f"{path}/Session", {"Password": [secret], "UserLogin": {"x": 1}})
    canaries = Canaries({"password": secret, "session": session})
    tables = [name for (name,) in znuny.rows("select tablename from pg_tables"
                                             " where schemaname = 'public'")]  # fmt: skip
    for table in tables:
        kept = "\n".join(row for (row,) in znuny.rows(f"select t::text from {table} t"))
        assert canaries.found_in(kept.encode()) == set(), table


def test_znuny_query_credentials_can_be_switched_off(databases):
    with running_znuny(databases, query_credentials=False) as znuny:
        query = f"UserLogin=agent1&Password={ADMIN_PASSWORD.replace(' ', '+')}"
        path = "/znuny/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST"
        reply = znuny.rest("POST", f"{path}/Session", {}, query=query)
        assert reply.code == "SessionCreate.MissingParameter"
        assert znuny.rest("POST", f"{path}/Session", AGENT).code is None
