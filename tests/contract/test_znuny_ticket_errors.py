"""Every refusal of the ticket operations: its code, its words, its place in the order of checks."""

import pytest

from tests.kit.znuny import (
    AGENT,
    ARTICLE,
    EVE,
    JANE,
    JOHN,
    NEW_TICKET,
    READER,
    STRANGER,
    running_znuny,
)

TWO_FACES = ("soap11", "rest")
FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "df.txt"}
SENT = {**ARTICLE, "ArticleSend": "1", "To": "partner@example.com"}


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases) as running:
        add_rows(running)
        yield running


@pytest.fixture(scope="module")
def ticket(znuny):
    """A ticket of jane's in the queue Raw."""
    return created(znuny)["TicketID"]


@pytest.fixture(params=TWO_FACES)
def face(request):
    return request.param


def created(znuny, face="rest", login=AGENT, **parts):
    data = {**login, "Ticket": NEW_TICKET, "Article": ARTICLE, **parts}
    found = znuny.call(face, "TicketCreate", data)
    assert found.code is None, found.error
    return found.answer


def add_rows(znuny):
    znuny.rows("insert into service (en) values ('Printing'), ('Hidden')")
    znuny.rows("insert into sla (en) values ('Gold'), ('Iron')")
    znuny.rows("insert into sla_service values (1, 1)")
    znuny.rows("insert into service_customer_user values (2, 3)")  # offered to eve alone
    znuny.rows("insert into type (en, active) values ('Old', false)")
    znuny.rows(
        "insert into dynamic_field (name, en, field_type) values"
        " ('Amount', 'Amount', 'number'), ('Due', 'Due', 'date'),"
        " ('Color', 'Color', 'dropdown'), ('Tags', 'Tags', 'multiselect')"
    )
    znuny.rows(
        "insert into dynamic_field_option (field_id, value, en)"
        " select id, value, value from dynamic_field, (values ('red'), ('blue')) as v(value)"
        " where name in ('Color', 'Tags')"
    )


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


def of_ticket(**changes):
    return {"Ticket": {**NEW_TICKET, **changes}, "Article": ARTICLE}


def of_article(**changes):
    return {"Ticket": NEW_TICKET, "Article": {**ARTICLE, **changes}}


def of_file(**changes):
    return {"Ticket": NEW_TICKET, "Article": ARTICLE, "Attachment": {**FILE, **changes}}


def of_field(**field):
    return {"Ticket": NEW_TICKET, "Article": ARTICLE, "DynamicField": field}


def lacking(name):
    return {"Ticket": without(NEW_TICKET, name), "Article": ARTICLE}


MISSING, INVALID, DENIED = "MissingParameter", "InvalidParameter", "AccessDenied"
CHANNEL = ("Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid"
           " or not supported!")  # fmt: skip
SENDER = "Article->SenderTypeID or Ticket->SenderType parameter is invalid!"
TYPES = "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!"
ADDRESS = "parameter must be a valid email address when Article->ArticleSend is set!"
KEY = {"Type": "PGP", "Key": "81877F5E"}


def pair(name, rest="invalid"):
    return f"Ticket->{name}ID or Ticket->{name} parameter is {rest}!"


# What a creation is refused for, in the order in which it is looked at.
CREATE = [
    ("article", {"Ticket": NEW_TICKET}, MISSING, "Article parameter is missing or not valid!"),
    ("ticket", {"Article": ARTICLE}, MISSING, "Ticket parameter is missing or not valid!"),
    ("fields-empty", {**of_ticket(), "DynamicField": ""}, MISSING,
     "DynamicField parameter is missing or not valid!"),
    ("files-empty", {**of_ticket(), "Attachment": ""}, MISSING,
     "Attachment parameter is missing or not valid!"),
    ("title", lacking("Title"), MISSING, "Ticket->Title parameter is missing!"),
    ("title-long", of_ticket(Title="x" * 256), INVALID, "Ticket->Title parameter is invalid!"),
    ("asker", lacking("CustomerUser"), MISSING, "Ticket->CustomerUser parameter is missing!"),
    ("asker-unknown", of_ticket(CustomerUser="nobody"), INVALID,
     "Ticket->CustomerUser parameter is invalid!"),
    ("queue", lacking("Queue"), MISSING, pair("Queue", "required")),
    ("queue-unknown", of_ticket(Queue="Nowhere"), INVALID, pair("Queue")),
    ("queue-two", of_ticket(QueueID="1"), INVALID, pair("Queue")),
    ("lock", of_ticket(Lock="open"), INVALID, pair("Lock")),
    ("lock-id", of_ticket(LockID="9"), INVALID, pair("Lock")),
    ("type", of_ticket(Type="Nonsense"), INVALID, pair("Type")),
    ("type-inactive", of_ticket(Type="Old"), INVALID, pair("Type")),
    ("service", of_ticket(Service="Nonsense"), INVALID, pair("Service")),
    ("service-not-offered", of_ticket(Service="Hidden"), INVALID, pair("Service")),
    ("sla", of_ticket(SLA="Gold"), INVALID, pair("SLA")),
    ("sla-of-another", of_ticket(Service="Printing", SLA="Iron"), INVALID, pair("SLA")),
    ("state", lacking("State"), MISSING, pair("State", "required")),
    ("state-unknown", of_ticket(State="odd"), INVALID, pair("State")),
    ("state-merged", of_ticket(State="merged"), INVALID, pair("State")),
    ("priority", lacking("Priority"), MISSING, pair("Priority", "required")),
    ("priority-unknown", of_ticket(Priority="9 odd"), INVALID, pair("Priority")),
    ("owner", of_ticket(Owner="nobody"), INVALID, pair("Owner")),
    ("responsible", of_ticket(ResponsibleID="99"), INVALID, pair("Responsible")),
    ("pending", of_ticket(PendingTime={"Year": "2030", "Month": "2", "Day": "30"}), INVALID,
     "Ticket->PendingTime parameter is invalid!"),
    ("pending-both", of_ticket(PendingTime={"Diff": "5", "Year": "2030"}), INVALID,
     "Ticket->PendingTime parameter is invalid!"),
    ("list", of_ticket(Title=["a", "b"]), INVALID, "Ticket->Title must be given only once!"),
    ("subject", of_article(Subject=""), MISSING, "Article->Subject parameter is missing!"),
    ("body", of_article(Body=""), MISSING, "Article->Body parameter is missing!"),
    ("response", of_article(AutoResponseType="odd"), INVALID,
     "Article->AutoResponseType parameter is invalid!"),
    ("channel", of_article(CommunicationChannel="Chat"), INVALID, CHANNEL),
    ("channel-id", of_article(CommunicationChannelID="4"), INVALID, CHANNEL),
    ("sender", of_article(SenderType="boss"), INVALID, SENDER),
    ("from", of_article(From="not an address"), INVALID, "Article->From parameter is invalid!"),
    ("no-types", of_article(ContentType=""), MISSING, TYPES),
    ("no-charset", of_article(ContentType="text/plain"), MISSING, "Article->Charset is required!"),
    ("no-mime", of_article(ContentType="", Charset="utf-8"), MISSING,
     "Article->MimeType is required!"),
    ("mime", of_article(ContentType="", MimeType="text/odd", Charset="utf-8"), INVALID,
     "Article->MimeType is invalid!"),
    ("charset", of_article(ContentType="text/plain; charset=odd"), INVALID,
     "Article->Charset is invalid!"),
    ("charset-of-python", of_article(ContentType="text/plain; charset=unicode_escape"), INVALID,
     "Article->Charset is invalid!"),
    ("content-type", of_article(ContentType="plain"), INVALID, "Article->ContentType is invalid!"),
    ("history", of_article(HistoryType="Odd"), INVALID,
     "Article->HistoryType parameter is invalid!"),
    ("units", of_article(TimeUnit="1h"), INVALID, "Article->TimeUnit parameter is invalid!"),
    ("no-agent", of_article(NoAgentNotify="2"), INVALID, "Article->NoAgent parameter is invalid!"),
    ("notified", of_article(ForceNotificationToUserID=["1", "77"]), INVALID,
     "Article->ForceNotificationToUserID UserID=77 parameter is invalid!"),
    ("notified-long", of_article(ExcludeNotificationToUserID="9" * 100), INVALID,
     f"Article->ExcludeNotificationToUserID UserID={'9' * 64} parameter is invalid!"),
    ("field-name", of_field(Name="", Value="x"), MISSING,
     "DynamicField->Name parameter is missing!"),
    ("field-unknown", of_field(Name="Odd", Value="x"), INVALID,
     "DynamicField->Name parameter is invalid!"),
    ("field-value", of_field(Name="Amount"), MISSING, "DynamicField->Value parameter is missing!"),
    ("field-number", of_field(Name="Amount", Value="much"), INVALID,
     "DynamicField->Value parameter is invalid!"),
    ("field-date", of_field(Name="Due", Value="soon"), INVALID,
     "DynamicField->Value parameter is invalid!"),
    ("field-option", of_field(Name="Color", Value="green"), INVALID,
     "DynamicField->Value parameter is invalid!"),
    ("field-several", of_field(Name="Color", Value=["red", "blue"]), INVALID,
     "DynamicField->Value parameter is invalid!"),
    ("article-field", of_article(DynamicField={"Name": "Amount", "Value": "1"}), INVALID,
     "Article->DynamicField is not supported!"),
    ("content", of_file(Content=""), MISSING, "Attachment->Content parameter is missing!"),
    ("file-type", of_file(ContentType=""), MISSING,
     "Attachment->ContentType parameter is missing!"),
    ("file-name", of_file(Filename=""), MISSING, "Attachment->Filename parameter is missing!"),
    ("base64", of_file(Content="!!!"), INVALID, "Attachment->Content is invalid!"),
    ("file-type-odd", of_file(ContentType="plain"), INVALID, "Attachment->ContentType is invalid!"),
    ("content-id", of_file(ContentID="<a>\nBcc: b@c"), INVALID,
     "Attachment->ContentID parameter is invalid!"),
    ("files-many", {**of_ticket(), "Attachment": [FILE] * 21}, INVALID,
     "Attachment->Content is invalid!"),
    ("a57-to", of_article(ArticleSend="1"), INVALID, f"Article->To {ADDRESS}"),
    ("a61-to", {"Ticket": NEW_TICKET, "Article": {**SENT, "To": "no address"}}, INVALID,
     f"Article->To {ADDRESS}"),
    ("a61-cc", {"Ticket": NEW_TICKET, "Article": {**SENT, "Cc": "a@b@c"}}, INVALID,
     f"Article->Cc {ADDRESS}"),
    ("a61-bcc", {"Ticket": NEW_TICKET, "Article": {**SENT, "Bcc": "no address"}}, INVALID,
     f"Article->Bcc {ADDRESS}"),
    ("a61-sign", {"Ticket": NEW_TICKET, "Article": {**SENT, "Sign": KEY}}, INVALID,
     "Article->Sign->Key parameter is invalid!"),
    ("a61-crypt", {"Ticket": NEW_TICKET, "Article": {**SENT, "Crypt": KEY}}, INVALID,
     "Article->Crypt->Key parameter is invalid!"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "kind", "text"), CREATE, ids=[row[0] for row in CREATE])
def test_a_creation_is_refused_in_the_contracts_words(znuny, face, name, data, kind, text):
    if name in ("fields-empty", "files-empty"):
        face = "rest"  # in XML an empty element is a part without children
    before = counts(znuny)
    found = znuny.call(face, "TicketCreate", {**AGENT, **data})
    assert found.error == (f"TicketCreate.{kind}", f"TicketCreate: {text}")
    assert counts(znuny) == before


def counts(znuny):
    tables = ("ticket", "article", "attachment", "history", "ticket_field", "delivery", "event")
    sums = " + ".join(f"(select count(*) from {table})" for table in tables)
    return znuny.rows(f"select {sums}")[0][0]


def test_the_first_failure_is_the_answer(znuny):
    steps = [
        ("Ticket->Title", {"Title": "Disk full"}, {}),
        ("Ticket->CustomerUser", {"CustomerUser": "jane"}, {}),
        ("Ticket->QueueID", {"Queue": "Raw"}, {}),
        ("Ticket->LockID", {"Lock": "lock"}, {}),
        ("Ticket->TypeID", {"Type": "sales"}, {}),
        ("Ticket->ServiceID", {"Service": "Printing"}, {}),
        ("Ticket->SLAID", {"SLA": "Gold"}, {}),
        ("Ticket->StateID", {"State": "new"}, {}),
        ("Ticket->PriorityID", {"Priority": "3 normal"}, {}),
        ("Ticket->OwnerID", {"Owner": "agent1"}, {}),
        ("Ticket->ResponsibleID", {"Responsible": "agent1"}, {}),
        ("Ticket->PendingTime", {"PendingTime": {"Diff": "5"}}, {}),
        ("Article->Subject", {}, {"Subject": "s"}),
        ("Article->Body", {}, {"Body": "b"}),
        ("Article->AutoResponseType", {}, {"AutoResponseType": "auto reply"}),
        ("Article->CommunicationChannel", {}, {"CommunicationChannel": "Phone"}),
        ("Article->SenderTypeID", {}, {"SenderType": "agent"}),
        ("Article->From", {}, {"From": "a@example.com"}),
        ("Article->To", {}, {"To": "a@example.com"}),
        ("Article->ContentType", {}, {"ContentType": "text/plain; charset=utf-8"}),
        ("Article->HistoryType", {}, {"HistoryType": "AddNote"}),
        ("Article->TimeUnit", {}, {"TimeUnit": "5"}),
        ("Article->NoAgent", {}, {"NoAgentNotify": "1"}),
        ("Article->ForceNotificationToUserID", {}, {"ForceNotificationToUserID": "1"}),
    ]
    ticket = {name: "?" for _, part, _ in steps for name in part} | {"Title": ""}
    article = {name: "?" for _, _, part in steps for name in part} | {"ArticleSend": "1"}
    article |= {"Subject": "", "Body": ""}
    data = {**AGENT, "DynamicField": {"Name": "?", "Value": "?"}, "Attachment": {"Content": "?"}}
    for path, of_ticket, of_article in steps:
        found = znuny.call("rest", "TicketCreate", {**data, "Ticket": ticket, "Article": article})
        assert found.message.startswith(f"TicketCreate: {path}"), found.message
        ticket, article = ticket | of_ticket, article | of_article
    whole = {**data, "Ticket": ticket, "Article": article}
    for name, part in (
        ("DynamicField->Name", {"DynamicField": {"Name": "Amount", "Value": "1"}}),
        ("Attachment->Content", {"Attachment": FILE}),
    ):
        found = znuny.call("rest", "TicketCreate", whole)
        assert found.message.startswith(f"TicketCreate: {name}"), found.message
        whole |= part
    assert znuny.call("rest", "TicketCreate", whole).code is None


@pytest.mark.parametrize("operation", ["TicketCreate", "TicketUpdate", "ExternalReference"])
def test_a_login_is_asked_for_first(znuny, face, operation):
    def error(**credentials):
        data = {"TicketID": "1", "Ticket": {"Title": ""}, **credentials}
        if operation != "TicketUpdate":
            del data["TicketID"]
        return znuny.call(face, operation, data).error

    assert error() == (
        f"{operation}.MissingParameter",
        f"{operation}: UserLogin, CustomerUserLogin or SessionID is required!",
    )
    assert error(UserLogin="agent1") == (
        f"{operation}.MissingParameter", f"{operation}: Password or SessionID is required!",
    )  # fmt: skip
    wrong = (f"{operation}.AuthFail", f"{operation}: User could not be authenticated!")
    assert error(UserLogin="agent1", Password="wrong") == wrong
    assert error(SessionID="x" * 32) == wrong


def test_creating_needs_the_key_create_on_the_queue(znuny, face):
    denied = ("TicketCreate.AccessDenied",
              "TicketCreate: Can not create tickets in given Queue or QueueID!")  # fmt: skip
    for login in (READER, STRANGER):
        assert znuny.call(face, "TicketCreate", {**login, **of_ticket()}).error == denied


def test_customers_create_for_themselves_and_their_company_and_say_no_more(znuny, face):
    denied = "TicketCreate.AccessDenied"
    assert znuny.call(face, "TicketCreate", {**JANE, **of_ticket()}).code is None
    assert znuny.call(face, "TicketCreate", {**JOHN, **of_ticket()}).code is None
    for login, changes in (
        (EVE, {}), (JANE, {"Owner": "admin"}), (JANE, {"Lock": "lock"}),
        (JANE, {"Responsible": "admin"}), (JANE, {"CustomerID": "OTHER"}),
        (JANE, {"State": "removed"}),
    ):  # fmt: skip
        assert znuny.call(face, "TicketCreate", {**login, **of_ticket(**changes)}).code == denied
    sent = {"Ticket": NEW_TICKET, "Article": SENT}
    found = znuny.call(face, "TicketCreate", {**JANE, **sent})
    assert found.error == (denied, "TicketCreate: Does not have permissions to send e-mails!")


UPDATE = [
    ("ticket", {"Ticket": ""}, INVALID, "Ticket parameter is not valid!"),
    ("article", {"Article": "text"}, INVALID, "Article parameter is not valid!"),
    ("queue", {"Ticket": {"Queue": "Nowhere"}}, INVALID, pair("Queue")),
    ("title-first", {"Ticket": {"Title": "x" * 256, "CustomerUser": "nobody"}}, INVALID,
     "Ticket->Title parameter is invalid!"),
    ("state", {"Ticket": {"State": "merged"}}, INVALID, pair("State")),
    ("sla", {"Ticket": {"SLA": "Gold"}}, INVALID, pair("SLA")),
    ("service", {"Ticket": {"Service": "Hidden"}}, INVALID, pair("Service")),
    ("subject", {"Article": {**ARTICLE, "Subject": ""}}, MISSING,
     "Article->Subject parameter is missing!"),
    ("file", {"Attachment": FILE}, MISSING, "To create an attachment an article is needed!"),
    ("a61", {"Article": {**SENT, "To": "odd"}}, INVALID, f"Article->To {ADDRESS}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "kind", "text"), UPDATE, ids=[row[0] for row in UPDATE])
def test_an_update_is_refused_in_the_contracts_words(znuny, face, ticket, name, data, kind, text):
    if name in ("ticket", "article"):
        face = "rest"  # in XML an empty element is a part without children
    before = counts(znuny)
    found = znuny.call(face, "TicketUpdate", {**AGENT, "TicketID": ticket, **data})
    assert found.error == (f"TicketUpdate.{kind}", f"TicketUpdate: {text}")
    assert counts(znuny) == before


def test_an_update_names_its_ticket(znuny):
    found = znuny.call("soap11", "TicketUpdate", {**AGENT, "Ticket": {"Title": "x"}})
    assert found.error == ("TicketUpdate.MissingParameter",
                           "TicketUpdate: TicketID or TicketNumber is required!")  # fmt: skip
    found = znuny.call("soap11", "TicketUpdate", {})
    assert found.error == ("TicketUpdate.EmptyRequest",
                           "TicketUpdate: The request data is invalid!")  # fmt: skip


def test_an_unseen_ticket_answers_like_an_unknown_one(znuny, face, ticket):
    denied = "User does not have access to the ticket!"
    unknown = ("999999", "0", str(2**63), "9" * 5000)
    for login, number in (*((AGENT, n) for n in unknown), (STRANGER, ticket), (EVE, ticket)):
        data = {**login, "TicketID": number}
        found = znuny.call(face, "TicketUpdate", {**data, "Ticket": {"Title": "x"}})
        assert found.error == ("TicketUpdate.AccessDenied", f"TicketUpdate: {denied}")
        found = znuny.call(face, "TicketGet", data)
        assert found.error == ("TicketGet.AccessDenied", f"TicketGet: {denied}")


def test_a_pending_state_needs_its_time_before_anything_changes(znuny, face, ticket):
    data = {"TicketID": ticket, "Ticket": {"State": "pending reminder", "Title": "Changed"}}
    found = znuny.call(face, "TicketUpdate", {**AGENT, **data})
    assert found.error == (
        "TicketUpdate.MissingParameter",
        "Can't set a ticket on a pending state without pendig time!",
    )
    assert znuny.rows("select count(*) from ticket where title = 'Changed'") == [(0,)]


RIGHTS = [
    ("note", {"Article": ARTICLE}, "create new articles"),
    ("fields", {"DynamicField": {"Name": "Amount", "Value": "7"}}, "update dynamic fields"),
    ("queue", {"Ticket": {"Queue": "Misc"}}, "update queue"),
    ("owner", {"Ticket": {"Owner": "reader"}}, "update owner"),
    ("responsible", {"Ticket": {"Responsible": "reader"}}, "update responsible"),
    ("priority", {"Ticket": {"Priority": "5 very high"}}, "update priority"),
    ("state", {"Ticket": {"State": "open"}}, "update state"),
    ("title", {"Ticket": {"Title": "Other"}}, "update ticket"),
]


@pytest.mark.parametrize(("name", "data", "text"), RIGHTS, ids=[row[0] for row in RIGHTS])
def test_each_thing_that_changes_needs_a_right_of_its_own(znuny, face, ticket, name, data, text):
    found = znuny.call(face, "TicketUpdate", {**READER, "TicketID": ticket, **data})
    denied = f"TicketUpdate: Does not have permissions to {text}!"
    assert found.error == ("TicketUpdate.AccessDenied", denied)


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("note", {"Article": ARTICLE}),
        ("owner", {"Ticket": {"Owner": "agent1"}}),
        ("priority", {"Ticket": {"Priority": "4 high"}}),
        ("move_into", {"Ticket": {"Queue": "Misc"}}),
    ],
)
def test_a_finer_key_is_enough_for_its_thing(znuny, key, data):
    owner = {**NEW_TICKET, "Owner": "admin"}
    ticket = created(znuny, Ticket=owner)["TicketID"]
    znuny.rows("insert into permission select id, 1, %s from agent where login = 'reader'", key)
    try:
        found = znuny.call("rest", "TicketUpdate", {**READER, "TicketID": ticket, **data})
    finally:
        znuny.rows("delete from permission where key = %s", key)
    assert found.code is None, found.error


def test_what_stays_as_it_is_needs_no_right(znuny, face, ticket):
    data = {"TicketID": ticket, "Ticket": {"Title": "Disk full", "Queue": "Raw"}}
    found = znuny.call(face, "TicketUpdate", {**READER, **data})
    assert found.answer["TicketID"] == ticket
    assert "ArticleID" not in found.answer


def test_customers_set_state_priority_and_fields_and_write(znuny, face):
    ticket = created(znuny)["TicketID"]
    more = {"Ticket": {"State": "open", "Priority": "4 high"}, "Article": ARTICLE,
            "DynamicField": {"Name": "Amount", "Value": "3"}}  # fmt: skip
    assert znuny.call(face, "TicketUpdate", {**JOHN, "TicketID": ticket, **more}).code is None
    for changes in ({"Queue": "Misc"}, {"Title": "x"}, {"Owner": "admin"}, {"State": "removed"}):
        data = {**JANE, "TicketID": ticket, "Ticket": changes}
        assert znuny.call(face, "TicketUpdate", data).code == "TicketUpdate.AccessDenied"
    sent = {**JANE, "TicketID": ticket, "Article": SENT}
    found = znuny.call(face, "TicketUpdate", sent)
    assert found.error == ("TicketUpdate.AccessDenied",
                           "TicketUpdate: Does not have permissions to send e-mails!")  # fmt: skip


@pytest.mark.parametrize("operation", ["TicketGet", "TicketGetList", "TicketHistoryGet"])
def test_readings_are_refused_in_the_contracts_words(znuny, face, ticket, operation):
    spoken = "TicketGet" if operation == "TicketGetList" else operation
    failing = (f"{spoken}.AuthFail", f"{spoken}: Authorization failing!")
    assert znuny.call(face, operation, {"TicketID": ticket}).error == failing
    wrong = {**AGENT, "Password": "wrong", "TicketID": ticket}
    assert znuny.call(face, operation, wrong).error == failing
    if face == "soap11":
        assert znuny.call(face, operation, AGENT).error == (
            f"{spoken}.MissingParameter", f"{spoken}: TicketID parameter is missing!",
        )  # fmt: skip
        empty = znuny.call(face, operation, {**AGENT, "TicketID": ["", ""]})
        assert empty.code == f"{spoken}.MissingParameter"
        assert znuny.call(face, operation, {**AGENT, "TicketID": "x7"}).error == (
            f"{spoken}.WrongStructure", f"{spoken}: Structure for TicketID is not correct!",
        )  # fmt: skip


def test_history_is_for_agents_and_names_the_ticket_it_refuses(znuny, face, ticket):
    found = znuny.call(face, "TicketHistoryGet", {**JANE, "TicketID": ticket})
    assert found.error == ("TicketHistoryGet.AuthFail",
                           "TicketHistoryGet: User needs to an Agent!")  # fmt: skip
    found = znuny.call(face, "TicketHistoryGet", {**STRANGER, "TicketID": [ticket]})
    text = f"TicketHistoryGet: User does not have access to the ticket {ticket}!"
    assert found.error == ("TicketHistoryGet.AccessDenied", text)


def test_settings_make_type_and_time_units_compulsory(databases):
    with running_znuny(databases, type_required="true", time_unit_required="true") as znuny:
        found = znuny.call("rest", "TicketCreate", {**AGENT, **of_ticket()})
        assert found.message == (
            "TicketCreate: Ticket->TypeID or Ticket->Type parameter is required by sysconfig"
            " option!"
        )
        found = znuny.call("rest", "TicketCreate", {**AGENT, **of_ticket(Type="sales")})
        assert found.message == ("TicketCreate: Article->TimeUnit is required by sysconfig option!")
