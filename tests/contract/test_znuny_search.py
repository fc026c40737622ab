"""TicketSearch: every parameter, order, paging and refusal, over SOAP and REST."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.dialects.znuny.search_parameters import parameters
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.znuny import (
    AGENT,
    ARTICLE,
    EVE,
    JANE,
    NEW_TICKET,
    REST,
    STRANGER,
    WEBSERVICE,
    add_account,
    running_znuny,
)

FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "anyfile.txt"}
# Of each ticket: what differs from the usual one, then its article's.
TICKETS = {
    "disk": ({}, {}),
    "print": (
        {
            "Title": "Printer says Hi", "Queue": "Raw::Print", "State": "open",
            "Priority": "5 very high", "Owner": "agent1", "Responsible": "reader", "Lock": "lock",
            "Service": "Printing", "SLA": "Gold", "CustomerID": "123 + 345", "CustomerUser": "john",
            "Type": "billing",
        },
        {"Subject": "VIRUS 32", "Body": "the printer sends VIRUS 32", "Attachment": FILE,
         "From": "spam@example.com"},
    ),
    "mail": (
        {"Title": "Mail_50% lost", "Queue": "Misc", "Priority": "1 very low", "Type": "sales",
         "CustomerID": "ABC % efg", "CustomerUser": "bob@example.com"},
        {"Subject": "Lost", "Body": "where is it?"},
    ),
    "late": ({"Title": "Late", "State": "pending reminder", "Priority": "2 low"}, {}),
    "gone": ({"Title": "Archive"}, {}),
}  # fmt: skip
DAYS = {name: f"2026-01-0{day} 10:00:00" for day, name in enumerate(TICKETS, 1)}
CLOSED = "2026-03-01 12:00:00"
NO_TICKETS = []


class Searches:
    """Calls of one gateway whose tickets have names."""

    def __init__(self, znuny, ids):
        self.znuny, self.ids = znuny, ids
        self.names = {str(id_): name for name, id_ in ids.items()}

    def reply(self, face, login=AGENT, **parameters):
        return self.znuny.call(face, "TicketSearch", {**login, **parameters})

    def find(self, face, login=AGENT, **parameters):
        """Give the names of the tickets found, in their order."""
        reply = self.reply(face, login, **parameters)
        assert reply.code is None, reply.error
        return [self.names[id_] for id_ in reply.answer.get("TicketID", [])]

    def refusal(self, face, **parameters):
        code, message = self.reply(face, **parameters).error
        assert code == "TicketSearch.InvalidParameter"
        return message.removeprefix("TicketSearch: ")


@pytest.fixture(scope="module")
def gateway(databases):
    with running_znuny(databases) as running:
        yield running


@pytest.fixture(scope="module")
def searches(gateway):
    gateway.rows(
        "insert into queue (en, path_en, path_de, group_id, parent_id)"
        " select 'Print', 'Raw::Print', 'Raw::Print', 1, id from queue where path_en = 'Raw'"
    )
    gateway.rows("insert into service (en) values ('Printing'), ('Scanning')")
    gateway.rows("insert into sla (en) values ('Gold')")
    gateway.rows("insert into sla_service values (1, 1)")
    gateway.rows(
        "insert into dynamic_field (name, en, field_type) values ('Kind', 'Kind', 'text'),"
        " ('Amount', 'Amount', 'number'), ('Due', 'Due', 'date'), ('Tags', 'Tags', 'multiselect'),"
        " ('TicketFreeText1', 'Free', 'text'), ('TicketFreeTime1', 'Free time', 'date')"
    )
    gateway.rows(
        "insert into dynamic_field_option (field_id, value, en) select id, value, value"
        " from dynamic_field, (values ('red'), ('blue')) as v(value) where name = 'Tags'"
    )
    made = {name: create(gateway, *parts) for name, parts in TICKETS.items()}
    fields = {"Kind": "value1", "Amount": "9.5", "Due": "2001-01-01 01:01:01"}
    free = {"TicketFreeText1": "b", "TicketFreeTime1": "2020-01-01 00:00:00"}
    fill(gateway, made["disk"], Tags=["red", "blue"], **fields, **free)
    fields = {"Kind": "Value2", "Amount": "10", "Due": "2002-02-02 02:02:02"}
    free = {"TicketFreeText1": "a", "TicketFreeTime1": "2019-01-01 00:00:00"}
    fill(gateway, made["print"], Tags="blue", **fields, **free)
    gateway.call("rest", "TicketUpdate", {**AGENT, "TicketID": made["mail"],
                                          "Ticket": {"State": "closed successful"}})  # fmt: skip
    arrange(gateway, made)
    return Searches(gateway, {name: int(id_) for name, id_ in made.items()})


def create(gateway, ticket, article):
    data = {**AGENT, "Ticket": {**NEW_TICKET, **ticket}, "Article": {**ARTICLE, **article}}
    reply = gateway.call("rest", "TicketCreate", data)
    assert reply.code is None, reply.error
    return reply.answer["TicketID"]


def fill(gateway, ticket, **fields):
    values = [{"Name": name, "Value": value} for name, value in fields.items()]
    data = {**AGENT, "TicketID": ticket, "DynamicField": values}
    reply = gateway.call("rest", "TicketUpdate", data)
    assert reply.code is None, reply.error


def arrange(gateway, made):
    """Put each ticket on a day of its own, and what only other dialects can set."""
    for name, id_ in made.items():
        for table in ("ticket", "history", "article"):
            column = "id" if table == "ticket" else "ticket_id"
            gateway.rows(f"update {table} set created = %s where {column} = %s", DAYS[name], id_)
        gateway.rows("update ticket set changed = %s where id = %s", DAYS[name], id_)
    gateway.rows("update history set created = %s where ticket_id = %s and kind = 'state'",
                 CLOSED, made["mail"])  # fmt: skip
    gateway.rows("update ticket set archived = true where id = %s", made["gone"])
    gateway.rows("update ticket set pending_until = '2026-02-10 08:00' where id = %s", made["late"])
    gateway.rows(
        "update ticket set escalation_first_response = '2026-02-01 08:00', escalation_update ="
        " '2026-02-02 08:00', escalation_solution = '2026-02-03 08:00' where id = %s",
        made["print"],
    )
    gateway.rows("update article set to_ = 'service@example.com', cc = 'client@example.com',"
                 " bcc = 'spy@example.com' where ticket_id = %s", made["print"])  # fmt: skip
    gateway.rows("update article set visible = false where ticket_id = %s", made["late"])
    gateway.rows("insert into ticket_watcher (ticket_id, agent_id) values (%s, 1)", made["mail"])


@pytest.fixture(params=["soap11", "rest"])
def face(request):
    return request.param


ALL = ["late", "mail", "print", "disk"]  # newest first


# -- what is answered ---------------------------------------------------------------------------


def test_znuny_a21_the_printed_search_gives_an_array_of_ids(searches):
    body = {"Title": "%Hi%", **AGENT}
    reply = searches.znuny.rest("POST", f"{WEBSERVICE}/Ticket/search", body)
    assert reply.raw == {"TicketID": [str(searches.ids["print"])]}
    # A filter that finds nothing gives an empty answer.
    reply = searches.znuny.rest("POST", f"{WEBSERVICE}/Ticket/Search", {**body, "Title": "Hi"})
    assert reply.raw == {}


def test_a_search_may_stand_in_a_query(searches):
    query = (
        f"UserLogin=agent1;Password={ADMIN_PASSWORD.replace(' ', '+')}"
        "&Queues=Raw&Queues=Misc&DynamicField_Kind[Like]=value*&DynamicField_Kind[Empty]=0"
    )
    reply = searches.znuny.rest("GET", f"{REST}/Ticket", query=query, operation="TicketSearch")
    assert reply.answer == {"TicketID": [str(searches.ids["disk"])]}


def test_customers_and_strangers_find_what_they_may_see(searches, face):
    assert searches.find(face, STRANGER) == NO_TICKETS
    # The login of a customer user is a filter, too; in a header it is none.
    assert searches.find(face, JANE) == ["late", "disk"]
    headers = {"X-OTRS-Header-CustomerUserLogin": "jane", "X-OTRS-Header-Password": ADMIN_PASSWORD}
    reply = searches.znuny.call(face, "TicketSearch", {}, headers)
    assert [searches.names[id_] for id_ in reply.answer["TicketID"]] == ["late", "disk"]
    assert searches.find(face, EVE) == NO_TICKETS
    # Articles that are not theirs are not searched.
    assert searches.find(face, JANE, MIMEBase_Body="97") == ["disk"]


def test_a_customer_whose_login_holds_an_operator_finds_its_tickets(searches):
    stores = searches.znuny.stores
    user, _ = stores.customer_user("joe+mail@example.com", company=None, first="Joe", last="Doe")
    add_account(stores, "joe+mail@example.com", "customer", customer_user_id=user.id)
    login = {"CustomerUserLogin": "joe+mail@example.com", "Password": ADMIN_PASSWORD}
    ticket = {**NEW_TICKET, "CustomerUser": "joe+mail@example.com", "Title": "Joe's"}
    made = searches.znuny.call("rest", "TicketCreate", {**login, "Ticket": ticket,
                                                        "Article": ARTICLE}).answer  # fmt: skip
    found = searches.reply("rest", login).answer
    as_expression = searches.find("rest", CustomerUserLogin="joe+mail@example.com")
    searches.znuny.rows(  # out of the sight of the other tests
        "update ticket set archived = true, queue_id = queue.id from queue"
        " where queue.en = 'Elsewhere' and ticket.id = %s", made["TicketID"],
    )  # fmt: skip
    assert (found, as_expression) == ({"TicketID": [made["TicketID"]]}, NO_TICKETS)


def test_a_search_needs_credentials(searches, face):
    for login in ({}, {"UserLogin": "agent1", "Password": "wrong"}, {**JANE, "Password": "no"}):
        error = searches.reply(face, login).error
        assert error == ("TicketSearch.AuthFail", "TicketSearch: Authorization failing!")
    several = {"CustomerUserLogin": ["jane", "john"], "Password": ADMIN_PASSWORD}
    assert searches.reply(face, several).code == "TicketSearch.AuthFail"


# -- conditions ---------------------------------------------------------------------------------


def test_znuny_a22_numbers_and_titles_are_one_text_or_several(searches, face):
    number = searches.znuny.rows("select number from ticket where id = %s", searches.ids["disk"])
    number = number[0][0]
    for given in (number, [number], f"%{number[-6:]}%", [f"{number[:-1]}*", "nothing"]):
        assert "disk" in searches.find(face, TicketNumber=given)
    assert searches.find(face, TicketNumber=number) == ["disk"]
    assert searches.find(face, Title="%says%") == ["print"]
    assert searches.find(face, Title=["disk full", "LATE"]) == ["late", "disk"]
    assert searches.find(face, Title="disk") == NO_TICKETS
    assert searches.find(face, Title="%") == ALL


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("*is* && !*full", NO_TICKETS),
        ("(*disk* || *late*) AND !disk*", ["late"]),
        ("Late OR Disk full", ["late", "disk"]),
        ("*l*+*t*", ["late", "mail"]),
        ('"Mail_50%"*', ["mail"]),
        (r"Mail\_50\%*", ["mail"]),
        ("M_il*", NO_TICKETS),
        ("!*a*", ["disk"]),
        ("* && late", ["late"]),
    ],
)
def test_a_text_may_be_an_expression(searches, expression, names):
    assert searches.find("rest", Title=expression) == names


def test_znuny_a23_queues_by_path_and_id_are_united(searches, face):
    raw = searches.znuny.rows("select id from queue where path_en = 'Raw'")[0][0]
    assert searches.find(face, Queues="Misc") == ["mail"]
    assert searches.find(face, Queues=["Misc", "Raw::Print"]) == ["mail", "print"]
    assert searches.find(face, Queues="Misc", QueueIDs=raw) == ["late", "mail", "disk"]


def test_znuny_a24_sub_queues_count_if_asked_for(searches, face):
    assert searches.find(face, Queues="Raw", UseSubQueues=0) == ["late", "disk"]
    assert searches.find(face, Queues="Raw", UseSubQueues=1) == ["late", "print", "disk"]


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"Types": ["sales", "billing"]}, ["mail", "print"]),
        ({"TypeIDs": 2}, ["mail"]),
        ({"States": "new"}, ["disk"]),
        ({"States": "open", "StateIDs": [1]}, ["print", "disk"]),
        ({"Priorities": "3 normal"}, ["disk"]),
        ({"Priorities": ["2 low"], "PriorityIDs": [1, 5]}, ["late", "mail", "print"]),
        ({"Services": "Printing"}, ["print"]),
        ({"ServiceIDs": [2]}, NO_TICKETS),
        ({"SLAs": "Gold"}, ["print"]),
        ({"SLAIDs": 1}, ["print"]),
        ({"Locks": "lock"}, ["print"]),
        ({"Locks": "unlock", "LockIDs": [3]}, ["late", "mail", "disk"]),
    ],
)
def test_znuny_a25_lists_are_named_by_name_and_id(searches, face, parameters, names):
    assert searches.find(face, **parameters) == names


def test_znuny_a26_open_and_closed_stand_for_their_types(searches, face):
    assert searches.find(face, StateType="Open") == ["late", "print", "disk"]
    assert searches.find(face, StateType="Closed") == ["mail"]
    assert searches.find(face, StateType=["Closed", "new"]) == ["mail", "disk"]


def test_znuny_a27_real_state_types_are_found_by_name_and_id(searches, face):
    types = ("new", "open", "closed", "pending reminder", "pending auto", "removed", "merged")
    has = {"new": ["disk"], "open": ["print"], "closed": ["mail"], "pending reminder": ["late"]}
    for id_, name in enumerate(types, 1):
        assert searches.find(face, StateType=name) == has.get(name, NO_TICKETS)
        assert searches.find(face, StateTypeIDs=id_) == has.get(name, NO_TICKETS)


def test_znuny_a28_agents_are_found_as_owner_responsible_and_watcher(searches, face):
    ids = dict(searches.znuny.rows("select login, id from agent"))
    assert searches.find(face, OwnerIDs=ids["agent1"]) == ALL
    assert searches.find(face, ResponsibleIDs=[ids["reader"]]) == ["print"]
    assert searches.find(face, ResponsibleIDs=[ids["admin"], ids["reader"]]) == ALL
    assert searches.find(face, WatchUserIDs=1) == ["mail"]


def test_znuny_a29_a_customer_is_an_expression(searches, face):
    assert searches.find(face, CustomerID="acme") == ["late", "disk"]
    assert searches.find(face, CustomerID=["AC*", "123*"]) == ["late", "print", "disk"]
    assert searches.find(face, CustomerID="123 + 345") == NO_TICKETS


def test_znuny_a30_a_raw_customer_is_literal(searches, face):
    assert searches.find(face, CustomerIDRaw="123 + 345") == ["print"]
    assert searches.find(face, CustomerIDRaw=["123 + 345", "abc % EFG"]) == ["mail", "print"]
    assert searches.find(face, CustomerIDRaw="ABC %") == NO_TICKETS


def test_znuny_a31_a_raw_customer_silences_the_other(searches, face):
    assert searches.find(face, CustomerIDRaw="123 + 345", CustomerID="acme") == ["print"]


def test_znuny_a32_customer_users_are_found_by_login(searches, face):
    assert searches.find(face, CustomerUserLogin="john") == ["print"]
    assert searches.find(face, CustomerUserLogin=["jane", "bob@*"]) == ["late", "mail", "disk"]


def test_znuny_a33_created_values_are_those_of_the_creation(searches, face):
    # The ticket of the mail was closed since.
    assert searches.find(face, CreatedStates="new") == ["mail", "disk"]
    assert searches.find(face, CreatedStates="closed successful") == NO_TICKETS
    assert searches.find(face, CreatedStateIDs=[4, 6]) == ["late", "print"]
    assert searches.find(face, CreatedQueues="Misc", CreatedQueueIDs=2) == ["late", "mail", "disk"]
    assert searches.find(face, CreatedPriorities="5 very high") == ["print"]
    assert searches.find(face, CreatedPriorityIDs=1) == ["mail"]
    assert searches.find(face, CreatedTypes="sales", CreatedTypeIDs=3) == ["mail", "print"]
    assert searches.find(face, CreatedUserIDs=1) == NO_TICKETS


# -- dynamic fields -----------------------------------------------------------------------------


@pytest.fixture(params=["member", "listed"])
def field(request):
    """Write a condition in either of the forms that a body may have."""
    return lambda name, **operators: (
        {f"DynamicField_{name}": operators}
        if request.param == "member"
        else {"DynamicField": [{"Name": name, **operators}]}
    )


def test_znuny_a34_a_field_needs_an_operator(searches):
    for sent in ({"DynamicField_Kind": {}}, {"DynamicField": [{"Name": "Kind"}]},
                 {"DynamicField_Kind": "value1"}):  # fmt: skip
        message = searches.refusal("rest", **sent)
        assert message.startswith("DynamicField_Kind parameter is ")
    assert searches.refusal("rest", DynamicField_Kind={"Near": "x"}) == (
        "DynamicField_Kind parameter is invalid: Near!"
    )
    assert searches.refusal("soap11", DynamicField_Nope={"Equals": "x"}) == (
        "DynamicField_Nope parameter is unknown!"
    )


def test_znuny_a35_empty_and_filled_fields(searches, face, field):
    assert searches.find(face, **field("Kind", Empty=1)) == ["late", "mail"]
    assert searches.find(face, **field("Kind", Empty=0)) == ["print", "disk"]


def test_znuny_a36_equals_and_like(searches, face, field):
    assert searches.find(face, **field("Kind", Equals="value1")) == ["disk"]
    assert searches.find(face, **field("Kind", Equals="value2")) == NO_TICKETS
    assert searches.find(face, **field("Kind", Like="value*")) == ["print", "disk"]
    assert searches.find(face, **field("Amount", Equals="10.0")) == ["print"]
    assert searches.find(face, **field("Tags", Equals="blue")) == ["print", "disk"]


@pytest.mark.parametrize(
    ("operator", "names"),
    [
        ("GreaterThan", ["print"]),
        ("GreaterThanEquals", ["print", "disk"]),
        ("SmallerThan", NO_TICKETS),
        ("SmallerThanEquals", ["disk"]),
    ],
)
def test_znuny_a37_dates_and_numbers_are_compared_as_such(searches, field, operator, names):
    assert searches.find("rest", **field("Due", **{operator: "2001-01-01 01:01:01"})) == names
    assert searches.find("soap11", **field("Amount", **{operator: "9.50"})) == names


def test_znuny_a38_operators_join_by_and_values_by_or(searches, face, field):
    both = {"GreaterThan": "2000-01-01 00:00:00", "SmallerThan": "2002-01-01 00:00:00"}
    assert searches.find(face, **field("Due", **both)) == ["disk"]
    assert searches.find(face, **field("Kind", Equals=["value1", "Value2"])) == ["print", "disk"]
    forms = {"DynamicField_Kind": {"Like": "v*"}, "DynamicField": {"Name": "Tags", "Like": "R*"}}
    assert searches.find(face, **forms) == ["disk"]


# -- articles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("MIMEBase_From", "%spam@example.com%"),
        ("MIMEBase_To", "service"),
        ("MIMEBase_Cc", ["client@example.com", "nobody"]),
        ("MIMEBase_Bcc", "spy*"),
        ("MIMEBase_Subject", "virus 32"),
        ("MIMEBase_Body", "%VIRUS 32%"),
        ("Fulltext", "spam && sends"),
    ],
)
def test_znuny_a39_texts_of_articles_are_found(searches, face, parameter, text):
    assert searches.find(face, **{parameter: text}) == ["print"]


def test_znuny_a40_names_of_files_are_found(searches, face):
    for name in ("AttachmentName", "MIMEBase_AttachmentName"):
        assert searches.find(face, **{name: "%anyfile.txt%"}) == ["print"]
        assert searches.find(face, **{name: "other*"}) == NO_TICKETS


def test_znuny_a41_the_index_never_changes_what_is_found(searches, face):
    for flag in (0, 1):
        assert searches.find(face, MIMEBase_Body="VIRUS", FullTextIndex=flag) == ["print"]


def test_znuny_a42_contents_are_joined_by_and_or_or(searches, face):
    texts = {"MIMEBase_Subject": "Lost", "MIMEBase_Body": "VIRUS"}
    assert searches.find(face, **texts) == NO_TICKETS
    assert searches.find(face, **texts, ContentSearch="AND") == NO_TICKETS
    assert searches.find(face, **texts, ContentSearch="OR") == ["mail", "print"]


def test_znuny_a43_conditions_can_be_switched_off(searches, face):
    assert searches.find(face, CustomerID="123 + 345", ConditionInline=0) == ["print"]
    assert searches.find(face, CustomerID="123 + 345", ConditionInline=1) == NO_TICKETS
    assert searches.find(face, MIMEBase_Body="is it?", ConditionInline=0) == ["mail"]


# -- times --------------------------------------------------------------------------------------


def around(prefix, moment, form="Date"):
    """Give the four conditions that meet a time, each at its end, and the four that miss it."""
    at = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    second = timedelta(seconds=1)
    if form == "Date":
        return (
            [{f"{prefix}OlderDate": f"{at:%Y-%m-%d %H:%M:%S}"},
             {f"{prefix}NewerDate": f"{at:%Y-%m-%d %H:%M:%S}"}],
            [{f"{prefix}OlderDate": f"{at - second:%Y-%m-%d %H:%M:%S}"},
             {f"{prefix}NewerDate": f"{at + second:%Y-%m-%d %H:%M:%S}"}],
        )  # fmt: skip
    minutes = int((datetime.now(UTC) - at).total_seconds() // 60)  # noqa: TID251 - the test's own
    return (
        [{f"{prefix}OlderMinutes": minutes - 2}, {f"{prefix}NewerMinutes": minutes + 2}],
        [{f"{prefix}OlderMinutes": minutes + 2}, {f"{prefix}NewerMinutes": minutes - 2}],
    )


TIMES = {
    "a44": ("ArticleCreateTime", "disk", DAYS["disk"]),
    "a45": ("TicketCreateTime", "print", DAYS["print"]),
    "a46": ("TicketChangeTime", "mail", CLOSED),
    "a47": ("TicketLastChangeTime", "print", DAYS["print"]),
    "a48": ("TicketCloseTime", "mail", CLOSED),
    "a49": ("TicketPendingTime", "late", "2026-02-10 08:00:00"),
    "a50_nearest": ("TicketEscalationTime", "print", "2026-02-01 08:00:00"),
    "a50_update": ("TicketEscalationUpdateTime", "print", "2026-02-02 08:00:00"),
    "a50_response": ("TicketEscalationResponseTime", "print", "2026-02-01 08:00:00"),
    "a50_solution": ("TicketEscalationSolutionTime", "print", "2026-02-03 08:00:00"),
}


FORMS = ["Date", "Minutes"]


def bounds_hold(searches, statement, form):
    """Look at the four bounds of a time; its ends are included."""
    prefix, name, moment = TIMES[statement]
    only = {"TicketID": searches.ids[name]}
    # Of tickets with several lines in the history one more condition says which is meant.
    met, missed = around(prefix, moment, form)
    for face, condition in zip(("rest", "soap11"), met, strict=True):
        assert searches.find(face, **only, **condition) == [name], condition
    if prefix == "TicketChangeTime":
        missed = missed[1:]
    for condition in missed:
        assert searches.find("rest", **only, **condition) == NO_TICKETS, condition


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a44_the_bounds_of_the_article_create_time_include_their_ends(searches, form):
    bounds_hold(searches, "a44", form)


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a45_the_bounds_of_the_ticket_create_time_include_their_ends(searches, form):
    bounds_hold(searches, "a45", form)


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a46_the_bounds_of_the_ticket_change_time_include_their_ends(searches, form):
    bounds_hold(searches, "a46", form)


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a47_the_bounds_of_the_last_change_time_include_their_ends(searches, form):
    bounds_hold(searches, "a47", form)


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a48_the_bounds_of_the_close_time_include_their_ends(searches, form):
    bounds_hold(searches, "a48", form)


@pytest.mark.parametrize("form", FORMS)
def test_znuny_a49_the_bounds_of_the_pending_time_include_their_ends(searches, form):
    bounds_hold(searches, "a49", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["nearest", "update", "response", "solution"])
def test_znuny_a50_the_bounds_of_four_escalations_include_their_ends(searches, kind, form):
    bounds_hold(searches, f"a50_{kind}", form)


def test_znuny_a49_only_pending_tickets_have_a_pending_time(searches):
    assert searches.find("rest", TicketPendingTimeNewerDate="2000-1-1 0:0:0") == ["late"]
    searches.znuny.rows("update ticket set pending_until = '2026-02-10' where id = %s",
                        searches.ids["mail"])  # fmt: skip
    assert searches.find("rest", TicketPendingTimeNewerDate="2000-1-1 0:0:0") == ["late"]
    searches.znuny.rows("update ticket set pending_until = null where id = %s",
                        searches.ids["mail"])  # fmt: skip


def test_znuny_a50_negative_minutes_lie_in_the_future(searches, face):
    searches.znuny.rows(
        "update ticket set escalation_solution = now() + interval '1 hour' where id = %s",
        searches.ids["disk"],
    )
    for name in ("TicketEscalationTime", "TicketEscalationSolutionTime"):
        assert searches.find(face, **{f"{name}NewerMinutes": -30}) == ["disk"]
        assert "disk" in searches.find(face, **{f"{name}OlderMinutes": -90})
        assert "disk" not in searches.find(face, **{f"{name}OlderMinutes": -30})
    assert searches.find(face, TicketPendingTimeNewerMinutes=-30) == NO_TICKETS
    searches.znuny.rows("update ticket set escalation_solution = null where id = %s",
                        searches.ids["disk"])  # fmt: skip


def test_bounds_join_and_an_impossible_window_is_empty(searches, face):
    window = {"TicketCreateTimeNewerDate": "2026-1-2 0:0:0"}
    assert searches.find(face, **window, TicketCreateTimeOlderDate="2026-1-3 23:59:59") == [
        "mail", "print",
    ]  # fmt: skip
    assert searches.find(face, **window, TicketCreateTimeOlderDate="2026-1-1 0:0:0") == NO_TICKETS


def test_znuny_a51_archived_tickets_are_found_if_asked_for(searches, face):
    assert searches.find(face) == ALL
    assert searches.find(face, SearchInArchive="NotArchivedTickets") == ALL
    assert searches.find(face, SearchInArchive="AllTickets") == ["gone", *ALL]
    assert searches.find(face, SearchInArchive="ArchivedTickets") == ["gone"]


# -- order and pages ----------------------------------------------------------------------------

RISING = {
    "Age": ["disk", "print", "mail", "late"],
    "Created": ["disk", "print", "mail", "late"],
    "Changed": ["disk", "print", "mail", "late"],
    "Owner": ["disk", "print", "mail", "late"],
    "Responsible": ["disk", "mail", "late", "print"],
    "CustomerID": ["print", "mail", "disk", "late"],
    "Ticket": ["disk", "print", "mail", "late"],
    "TicketNumber": ["disk", "print", "mail", "late"],
    "Title": ["disk", "late", "mail", "print"],
    "Queue": ["mail", "disk", "late", "print"],
    "State": ["disk", "mail", "print", "late"],
    "Type": ["disk", "late", "mail", "print"],
    "Priority": ["mail", "late", "disk", "print"],
    "Lock": ["disk", "mail", "late", "print"],
    "Service": ["print", "disk", "mail", "late"],
    "SLA": ["print", "disk", "mail", "late"],
    "TicketEscalation": ["print", "disk", "mail", "late"],
    "EscalationTime": ["print", "disk", "mail", "late"],
    "EscalationUpdateTime": ["print", "disk", "mail", "late"],
    "EscalationResponseTime": ["print", "disk", "mail", "late"],
    "EscalationSolutionTime": ["print", "disk", "mail", "late"],
    "DynamicField_Amount": ["disk", "print", "mail", "late"],
}
# No value comes last in both directions.
_VALUED = {
    "Service": 1, "SLA": 1, "TicketEscalation": 1, "EscalationTime": 1, "EscalationUpdateTime": 1,
    "EscalationResponseTime": 1, "EscalationSolutionTime": 1, "DynamicField_Amount": 2,
}  # fmt: skip


@pytest.mark.parametrize("key", RISING)
def test_znuny_a52_each_key_orders_both_ways(searches, key):
    valued = _VALUED.get(key, len(ALL))
    rising = RISING[key]
    falling = rising[:valued][::-1] + rising[valued:][::-1]
    assert searches.find("rest", SortBy=key, OrderBy="Up") == rising
    assert searches.find("soap11", SortBy=[key], OrderBy=["Down"]) == falling
    assert searches.find("rest", SortBy=key) == falling


def test_znuny_a52_pending_times_order_and_age_down_is_usual(searches, face):
    assert searches.find(face) == ALL
    assert searches.find(face, OrderBy="Up") == ALL[::-1]
    assert searches.find(face, SortBy="PendingTime", OrderBy="Up") == [
        "late", "disk", "print", "mail",
    ]  # fmt: skip


def test_znuny_a53_keys_sort_below_one_another(searches, face):
    searches.znuny.rows("update ticket set priority_id = 3 where id = any(%s)",
                        [searches.ids["late"], searches.ids["mail"]])  # fmt: skip
    sub = {"SortBy": ["Priority", "Age"], "OrderBy": ["Down", "Up"]}
    assert searches.find(face, **sub) == ["print", "disk", "mail", "late"]
    searches.znuny.rows("update ticket set priority_id = 2 where id = %s", searches.ids["late"])
    searches.znuny.rows("update ticket set priority_id = 1 where id = %s", searches.ids["mail"])


def test_znuny_a54_free_fields_are_dynamic_fields_of_that_name(searches, face):
    assert searches.find(face, SortBy="TicketFreeText1", OrderBy="Up")[:2] == ["print", "disk"]
    assert searches.find(face, SortBy="TicketFreeTime1", OrderBy="Down")[:2] == ["disk", "print"]
    for key in ("TicketFreeText2", "TicketFreeKey1", "TicketFreeText17", "TicketFreeTime7"):
        assert searches.refusal(face, SortBy=key) == f"SortBy parameter is invalid: {key}!"


def test_pages_follow_one_another(searches, face):
    first = searches.reply(face, Cursor="", Limit=3).answer
    assert [searches.names[id_] for id_ in first["TicketID"]] == ALL[:3]
    rest = searches.reply(face, Cursor=first["NextCursor"], Limit=3).answer
    assert rest == {"TicketID": [str(searches.ids["disk"])]}
    assert "NextCursor" not in searches.reply(face, Limit=2).answer


def test_a_cursor_is_bound_to_search_order_and_caller(searches):
    cursor = searches.reply("rest", Cursor="", Limit=1).answer["NextCursor"]
    broken = ("x", cursor[:-1], cursor + "A", "é", "A" * 20_000)
    for changed in ({"Title": "*i*"}, {"SortBy": "Title"}, *({"Cursor": each} for each in broken)):
        message = searches.refusal("rest", **{"Cursor": cursor, **changed})
        assert message.startswith("Cursor parameter is invalid: ")
    other = searches.reply("rest", {"UserLogin": "reader", "Password": ADMIN_PASSWORD},
                           Cursor=cursor)  # fmt: skip
    assert other.code == "TicketSearch.InvalidParameter"
    # A login that finds tickets is a filter, though it may be a credential.
    of = {"Cursor": "", "Limit": 1, "CustomerUserLogin": "jane"}
    cursor_of_jane = searches.reply("rest", **of).answer["NextCursor"]
    changed = {"Cursor": cursor_of_jane, "CustomerUserLogin": "john"}
    assert searches.refusal("rest", **changed).startswith("Cursor parameter is invalid: ")
    assert searches.find("rest", **{**changed, "CustomerUserLogin": "jane"}) == ["disk"]
    # The face does not count, nor how credentials came, nor how many are wanted.
    session = {"SessionID": searches.znuny.session()}
    assert searches.find("soap11", session, Cursor=cursor) == ALL[1:]


# -- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"Foo": "1", "Bar": ""}, "Bar parameter is unknown! Foo parameter is unknown!"),
        ({"Title": ""}, "Title parameter is empty!"),
        ({"Title": ["a", ""]}, "Title parameter is empty!"),
        ({"Title": "(a"}, "Title parameter is invalid: (a!"),
        ({"Title": "a &&"}, "Title parameter is invalid: a &&!"),
        ({"Title": "x" * 201}, f"Title parameter is invalid: {'x' * 80}!"),
        ({"Title": ["x"] * 33}, "Title parameter is invalid: 33 values!"),
        ({"Title": "!" * 20 + "x"}, f"Title parameter is invalid: {'!' * 20}x!"),
        ({"TicketID": ["1"] * 1001}, "TicketID parameter is invalid: 1001 values!"),
        ({"TicketID": "x"}, "TicketID parameter is invalid: x!"),
        ({"TicketID": "0"}, "TicketID parameter is invalid: 0!"),
        ({"Queues": "Nope"}, "Queues parameter is invalid: Nope!"),
        ({"QueueIDs": ["2", "99"]}, "QueueIDs parameter is invalid: 99!"),
        ({"OwnerIDs": "99"}, "OwnerIDs parameter is invalid: 99!"),
        ({"StateType": "open "}, None),
        ({"StateType": "OPEN"}, "StateType parameter is invalid: OPEN!"),
        ({"StateTypeIDs": "8"}, "StateTypeIDs parameter is invalid: 8!"),
        ({"LockIDs": "4"}, "LockIDs parameter is invalid: 4!"),
        ({"UseSubQueues": "yes"}, "UseSubQueues parameter is invalid: yes!"),
        ({"TicketCreateTimeOlderMinutes": "-1"},
         "TicketCreateTimeOlderMinutes parameter is invalid: -1!"),
        ({"TicketCreateTimeOlderMinutes": "x"},
         "TicketCreateTimeOlderMinutes parameter is invalid: x!"),
        ({"TicketCreateTimeNewerDate": "2026-01-01"},
         "TicketCreateTimeNewerDate parameter is invalid: 2026-01-01!"),
        ({"TicketCreateTimeNewerDate": "2026-02-30 00:00:00"},
         "TicketCreateTimeNewerDate parameter is invalid: 2026-02-30 00:00:00!"),
        ({"DynamicField_Amount": {"GreaterThan": "much"}},
         "DynamicField_Amount parameter is invalid: much!"),
        ({"DynamicField_Kind": {"Empty": "2"}}, "DynamicField_Kind parameter is invalid: 2!"),
        ({"ContentSearch": "XOR"}, "ContentSearch parameter is invalid: XOR!"),
        ({"SearchInArchive": "Some"}, "SearchInArchive parameter is invalid: Some!"),
        ({"Limit": "0"}, "Limit parameter is invalid: 0!"),
        ({"Limit": "10001"}, "Limit parameter is invalid: 10001!"),
        ({"Limit": ["1", "2"]}, "Limit must be given only once!"),
        ({"SortBy": "Color"}, "SortBy parameter is invalid: Color!"),
        ({"SortBy": "DynamicField_Nope"}, "SortBy parameter is invalid: DynamicField_Nope!"),
        ({"OrderBy": "down"}, "OrderBy parameter is invalid: down!"),
        ({"SortBy": ["Age", "Title"], "OrderBy": "Up"}, "OrderBy parameter is invalid: Up!"),
        ({"TicketCreateTimeOlderMinutes": "9" * 18}, None),
    ],
)  # fmt: skip
def test_znuny_a55_what_is_wrong_is_named(searches, face, sent, message):
    if message is None:
        assert searches.reply(face, **sent).code is None
    else:
        assert searches.refusal(face, **sent) == message


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"\ud800": "x"}, "? parameter is unknown!"),
        ({"x" * 100: "x"}, f"{'x' * 64} parameter is unknown!"),
        ({"DynamicField_\ud800": {"Equals": "x"}}, "DynamicField_? parameter is unknown!"),
        ({"DynamicField_\x00": {"Equals": "x"}}, "DynamicField_? parameter is unknown!"),
        ({"DynamicField_Kind": {"\ud800": "x"}}, "DynamicField_Kind parameter is invalid: ?!"),
        (
            {"DynamicField": {"Name": "x" * 100, "Equals": "x"}},
            f"DynamicField_{'x' * 51} parameter is unknown!",
        ),
    ],
    ids=range(6),
)
def test_znuny_a55_names_that_are_no_text_are_refused_as_unknown(searches, sent, named):
    assert searches.refusal("rest", **sent) == named


def test_znuny_a55_legacy_looks_for_no_field_whose_name_is_no_text():
    sent = {"DynamicField_\x00": {"Equals": "x"}, "DynamicField_a": {"Equals": "x"}}
    assert list(parameters(sent, "legacy", "UTC").given) == ["DynamicField_a"]


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"Foo": "1", "DynamicField_Nope": {"Equals": "x"}, "Title": "", "Types": [""]}, ALL),
        ({"Title": ["", "Late"]}, ["late"]),
        ({"TicketCreateTimeOlderMinutes": "x"}, ALL),
        ({"Limit": "0"}, ALL),
        ({"Limit": "99999"}, ALL),
        ({"Queues": "Nope"}, NO_TICKETS),
        ({"TicketID": "x"}, NO_TICKETS),
        ({"Title": "(a"}, NO_TICKETS),
        ({"SortBy": ["Age", "Title"], "OrderBy": "Up"}, NO_TICKETS),
        ({"SortBy": "Color"}, NO_TICKETS),
        ({"TicketCreateTimeNewerDate": "2026-01-01"}, NO_TICKETS),
        ({"Limit": ["1", "2"]}, NO_TICKETS),
    ],
)  # fmt: skip
def test_znuny_a55_legacy_ignores_or_finds_nothing(searches, face, sent, names, monkeypatch):
    options = searches.znuny.desk.options
    monkeypatch.setattr(type(options), "__setattr__", object.__setattr__)
    monkeypatch.setattr(options, "search_mode", "legacy")
    assert searches.find(face, **sent) == names
