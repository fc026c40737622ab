"""Tickets made, changed and read through the connector, and what its history tells of them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway import clock
from gateway.dialects.znuny.fixed_lists import HISTORY_TYPES
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import HELPDESK, element, new_id, wrapped
from tests.kit.znuny import (
    ADMIN,
    AGENT,
    ARTICLE,
    FACES,
    JANE,
    JOHN,
    NEW_TICKET,
    running_znuny,
)

FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "df.txt"}
# The example article of the source document, all values strings.
PRINTED = {
    "ArticleSend": "1",
    "To": "email@example.com",
    "Body": "We welcome you to Znuny, our ticketing solution...",
    "Charset": "utf-8",
    "CommunicationChannelID": "1",
    "ContentType": "text/plain; charset=utf-8",
    "IsVisibleForCustomer": "1",
    "MimeType": "text/plain",
    "Subject": "Znuny says hi!",
}


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases, time_zone="Europe/Berlin") as running:
        running.rows(
            "insert into dynamic_field (name, en, field_type) values"
            " ('Amount', 'Amount', 'number'), ('Due', 'Due', 'date'),"
            " ('Tags', 'Tags', 'multiselect')"
        )
        running.rows(
            "insert into dynamic_field_option (field_id, value, en) select id, value, value"
            " from dynamic_field, (values ('red'), ('blue')) as v(value) where name = 'Tags'"
        )
        running.rows("update customer_user set email = 'jane@example.com' where login = 'jane'")
        running.rows("insert into service (en) values ('Printing'), ('Scanning')")
        running.rows("insert into sla (en) values ('Gold')")
        running.rows("insert into sla_service values (1, 1)")
        yield running


@pytest.fixture(params=FACES)
def face(request):
    return request.param


def create(znuny, face="rest", login=AGENT, article=None, ticket=None, **parts):
    data = {"Ticket": {**NEW_TICKET, **(ticket or {})}, "Article": article or ARTICLE, **parts}
    found = znuny.call(face, "TicketCreate", {**login, **data})
    assert found.code is None, found.error
    return found.answer


def update(znuny, ticket, face="rest", login=AGENT, **parts):
    found = znuny.call(face, "TicketUpdate", {**login, "TicketID": ticket, **parts})
    assert found.code is None, found.error
    return found.answer


def read(znuny, ticket, face="rest", login=AGENT, **flags):
    flags = {"AllArticles": 1, "Attachments": 1, "DynamicFields": 1, **flags}
    found = znuny.call(face, "TicketGet", {**login, "TicketID": ticket, **flags})
    assert found.code is None, found.error
    (shown,) = found.answer["Ticket"]
    return shown


def history(znuny, ticket, face="rest"):
    found = znuny.call(face, "TicketHistoryGet", {**AGENT, "TicketID": ticket})
    assert found.code is None, found.error
    (shown,) = found.answer["TicketHistory"]
    return shown["History"]


def names(lines):
    return [(line["HistoryType"], line["Name"]) for line in lines]


def test_a_ticket_is_made_with_what_the_contract_gives_it(znuny, face):
    made = create(znuny, face, Attachment=FILE)
    shown = read(znuny, made["TicketID"], face)
    expected = {
        "ArchiveFlag": "n", "CreateBy": "2", "CustomerID": "ACME", "CustomerUserID": "jane",
        "GroupID": "1", "Lock": "unlock", "LockID": "1", "Owner": "agent1", "OwnerID": "2",
        "Priority": "3 normal", "PriorityColor": "#cdcdcd", "PriorityID": "3", "Queue": "Raw",
        "QueueID": "2", "RealTillTimeNotUsed": "0", "Responsible": "admin", "ResponsibleID": "1",
        "SLAID": "", "ServiceID": "", "State": "new", "StateID": "1", "StateType": "new",
        "TicketID": made["TicketID"], "TicketNumber": made["TicketNumber"], "Title": "Disk full",
        "Type": "Unclassified", "TypeID": "1", "UntilTime": "0", "EscalationTime": "0",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    (article,) = shown["Article"]
    assert [article["ArticleID"]] == made["ArticleID"]
    attributes = {
        "ArticleNumber": "1", "Bcc": "", "Body": "97 %", "Cc": "", "Charset": "utf-8",
        "CommunicationChannelID": "3", "ContentType": "text/plain; charset=utf-8",
        "From": '"Jane Doe" <jane@example.com>', "IsVisibleForCustomer": "1",
        "SenderType": "agent", "SenderTypeID": "1", "Subject": "Disk full", "To": "Raw",
    }  # fmt: skip
    assert {name: article[name] for name in attributes} == attributes
    (file,) = article["Attachment"]
    assert (file["Content"], file["Filename"], file["FileID"], file["FilesizeRaw"]) == (
        "aGVsbG8K", "df.txt", "1", "6",
    )  # fmt: skip


def test_owner_locks_unless_the_lock_says_otherwise_and_closing_unlocks(znuny):
    owned = create(znuny, ticket={"Owner": "admin"})["TicketID"]
    assert (read(znuny, owned)["Owner"], read(znuny, owned)["Lock"]) == ("admin", "lock")
    left = create(znuny, ticket={"OwnerID": "1", "Lock": "unlock"})["TicketID"]
    assert read(znuny, left)["Lock"] == "unlock"
    update(znuny, owned, Ticket={"State": "closed successful"})
    closed = read(znuny, owned, Extended=1)
    assert (closed["Lock"], closed["StateType"]) == ("unlock", "closed")
    assert closed["SolutionInMin"] == "0"
    update(znuny, owned, Ticket={"State": "open"})
    assert "Closed" not in read(znuny, owned, Extended=1)
    assert znuny.rows("select closed from ticket where id = %s", owned) == [(None,)]


def test_an_asker_may_be_an_address_and_a_customer_id_any_text(znuny, face):
    asker = {"CustomerUser": "somebody@example.net", "CustomerID": "Free & text"}
    ticket = create(znuny, face, ticket=asker)["TicketID"]
    shown = read(znuny, ticket, face)
    assert (shown["CustomerUserID"], shown["CustomerID"]) == ("somebody@example.net", "Free & text")
    assert shown["Article"][0]["From"] == "somebody@example.net"
    update(znuny, ticket, face, Ticket={"CustomerUser": "john"})
    shown = read(znuny, ticket, face)
    assert (shown["CustomerUserID"], shown["CustomerID"]) == ("john", "ACME")
    update(znuny, ticket, face, Ticket={"CustomerID": "Other"})
    shown = read(znuny, ticket, face)
    assert (shown["CustomerUserID"], shown["CustomerID"]) == ("john", "Other")
    told = [name for kind, name in names(history(znuny, ticket, face)) if kind == "CustomerUpdate"]
    assert told == [
        "%%CustomerID=ACME;CustomerUser=john;", "%%CustomerID=Other;CustomerUser=john;",
    ]  # fmt: skip


def test_times_are_local_and_pending_ends_are_kept(znuny):
    until = {"Year": "2031", "Month": "7", "Day": "1", "Hour": "12"}
    pending = {"State": "pending reminder", "PendingTime": until}
    ticket = create(znuny, ticket=pending)["TicketID"]
    end = int(datetime(2031, 7, 1, 10, tzinfo=UTC).timestamp())  # Berlin is two hours ahead
    shown = read(znuny, ticket)
    assert shown["RealTillTimeNotUsed"] == str(end)
    assert 0 < int(shown["UntilTime"]) < end
    created = datetime.strptime(shown["Created"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    assert timedelta(minutes=50) < created - datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251
    update(znuny, ticket, Ticket={"State": "open"})
    assert read(znuny, ticket)["RealTillTimeNotUsed"] == "0"
    told = [name for kind, name in names(history(znuny, ticket)) if kind == "SetPendingTime"]
    assert told == ["%%2031-07-01 12:00", "%%00-00-00 00:00"]


def test_a_time_span_counts_from_now(znuny):
    pending = {"State": "pending reminder", "PendingTime": {"Diff": "90", "Year": ""}}
    ticket = create(znuny, ticket=pending)["TicketID"]
    assert 5300 < int(read(znuny, ticket)["UntilTime"]) <= 5400


def test_dynamic_fields_of_every_type_are_kept_changed_and_emptied(znuny, face):
    fields = [
        {"Name": "Amount", "Value": "7.50"}, {"Name": "Tags", "Value": ["red", "blue"]},
        {"Name": "Due", "Value": "2030-01-02 03:04:05"},
    ]  # fmt: skip
    ticket = create(znuny, face, DynamicField=fields)["TicketID"]
    assert values(znuny, ticket, face) == {
        "Amount": ["7.50"], "Due": ["2030-01-02 03:04:05"], "ExternalReference": [],
        "Tags": ["red", "blue"],
    }  # fmt: skip
    emptied = [{"Name": "Tags", "Value": ""}, {"Name": "Amount", "Value": "8"}]
    update(znuny, ticket, face, DynamicField=emptied)
    assert values(znuny, ticket, face)["Tags"] == []
    told = [name for kind, name in names(history(znuny, ticket)) if kind.endswith("FieldUpdate")]
    assert told[-2:] == [
        "%%FieldName%%Tags%%Value%%%%OldValue%%red, blue",
        "%%FieldName%%Amount%%Value%%8%%OldValue%%7.50",
    ]
    before = len(history(znuny, ticket))
    update(znuny, ticket, face, DynamicField=[{"Name": "Amount", "Value": "8"}])
    assert len(history(znuny, ticket)) == before


def values(znuny, ticket, face):
    listed = read(znuny, ticket, face)["DynamicField"]
    return {each["Name"]: [text for text in _list(each.get("Value")) if text] for each in listed}


def _list(value):
    return value if isinstance(value, list) else [value]


def test_json_shows_one_value_as_text_and_several_as_list(znuny):
    tags = {"Name": "Tags", "Value": ["red"]}
    ticket = create(znuny, DynamicField=[tags, {"Name": "Amount", "Value": "1"}])["TicketID"]
    found = znuny.call("rest", "TicketGet", {**AGENT, "TicketID": ticket, "DynamicFields": 1})
    shown = {each["Name"]: each["Value"] for each in found.raw["Ticket"][0]["DynamicField"]}
    assert shown == {"Amount": "1", "Due": None, "ExternalReference": None, "Tags": ["red"]}


def test_files_beside_articles_go_to_every_one_and_others_to_their_own(znuny, face):
    own = {**FILE, "Filename": "own.txt", "ContentID": "<1@x>", "Disposition": "inline"}
    articles = [ARTICLE, {**ARTICLE, "Subject": "Second", "Attachment": own}]
    made = create(znuny, face, article=articles, Attachment=FILE)
    assert len(made["ArticleID"]) == 2
    first, second = read(znuny, made["TicketID"], face)["Article"]
    assert [file["Filename"] for file in first["Attachment"]] == ["df.txt"]
    assert [file["Filename"] for file in second["Attachment"]] == ["df.txt", "own.txt"]
    assert second["Attachment"][1]["Disposition"] == "inline"
    bare = read(znuny, made["TicketID"], face, GetAttachmentContents=0)["Article"][1]
    assert [file["Content"] for file in bare["Attachment"]] == ["", ""]
    assert bare["Attachment"][1]["FilesizeRaw"] == "6"


def test_html_is_read_as_text_and_given_as_a_file_on_demand(znuny, face):
    markup = "<p>Hello <b>world</b></p>"
    html = {**ARTICLE, "Body": markup, "ContentType": "text/html; charset=utf-8"}
    ticket = create(znuny, face, article=html)["TicketID"]
    (article,) = read(znuny, ticket, face)["Article"]
    assert article["Body"] == "Hello world"
    assert (article["MimeType"], article["ContentType"]) == (
        "text/plain", "text/plain; charset=utf-8",
    )  # fmt: skip
    assert "Attachment" not in article
    (article,) = read(znuny, ticket, face, HTMLBodyAsAttachment=1)["Article"]
    (file,) = article["Attachment"]
    assert (file["Filename"], file["ContentType"]) == ("file-2", 'text/html; charset="utf-8"')
    assert file["FilesizeRaw"] == str(len(markup))


def test_the_unlock_time_counts_from_the_last_article_or_lock(znuny):
    ticket = create(znuny)["TicketID"]

    def aged_hours():
        past = "set created = created - interval '1 h' where"
        for table, key in (("article", "ticket_id"), ("history", "ticket_id"), ("ticket", "id")):
            znuny.rows(f"update {table} {past} {key} = %s", ticket)
        shown, now = read(znuny, ticket), clock.now().timestamp()
        return round((int(shown["Age"]) + int(shown["UnlockTimeout"]) - now) / 3600)

    assert aged_hours() == 0  # as old as the ticket
    update(znuny, ticket, Ticket={"Title": "Other"})
    assert aged_hours() == 0
    update(znuny, ticket, Ticket={"Lock": "lock"})
    assert aged_hours() == 2  # of the three hours of the ticket one passed since
    update(znuny, ticket, Article=ARTICLE)
    assert aged_hours() == 3


def test_articles_are_chosen_by_order_number_and_sender(znuny, face):
    ticket = create(znuny, face)["TicketID"]
    for subject, sender in (("Two", "agent"), ("Three", "customer")):
        note = {**ARTICLE, "Subject": subject, "SenderType": sender}
        update(znuny, ticket, face, Article=note)

    def subjects(**flags):
        return [each["Subject"] for each in read(znuny, ticket, face, **flags)["Article"]]

    assert subjects() == ["Disk full", "Two", "Three"]
    assert subjects(ArticleOrder="DESC") == ["Three", "Two", "Disk full"]
    assert subjects(ArticleOrder="DESC", ArticleLimit=1) == ["Three"]
    assert subjects(ArticleLimit=2) == ["Disk full", "Two"]
    assert subjects(ArticleSenderType="customer") == ["Three"]
    assert subjects(ArticleSenderType=["customer", "agent"], ArticleLimit=1) == ["Disk full"]


def test_customers_read_what_is_visible_to_them_without_bcc(znuny):
    ticket = create(znuny)["TicketID"]
    hidden = {**ARTICLE, "Subject": "Among us", "IsVisibleForCustomer": "0"}
    shown = {**ARTICLE, "Subject": "For you", "Bcc": "boss@example.com"}
    update(znuny, ticket, Article=[hidden, shown])
    read_by = {
        name: read(znuny, ticket, login=login)["Article"]
        for name, login in (("agent", AGENT), ("jane", JANE), ("john", JOHN))
    }
    assert [each["Subject"] for each in read_by["agent"]] == ["Disk full", "Among us", "For you"]
    assert read_by["agent"][2]["Bcc"] == "boss@example.com"
    for name in ("jane", "john"):
        assert [each["Subject"] for each in read_by[name]] == ["Disk full", "For you"]
        assert read_by[name][1]["Bcc"] == ""


def test_customers_are_recorded_as_the_first_agent_with_their_name(znuny, face):
    ticket = create(znuny, face, login=JANE)["TicketID"]
    shown = read(znuny, ticket, face)
    assert (shown["OwnerID"], shown["CreateBy"]) == ("1", "1")
    assert shown["Article"][0]["SenderType"] == "customer"
    update(znuny, ticket, face, login=JANE, Article=ARTICLE)
    assert read(znuny, ticket, face)["Article"][1]["From"] == "Jane Doe"
    assert znuny.rows("select distinct actor from history where ticket_id = %s", ticket) == [
        ("Jane Doe",)
    ]


def test_tickets_are_given_in_the_order_asked_each_once(znuny, face):
    first, second = (create(znuny)["TicketID"] for _ in range(2))
    asked = {**AGENT, "TicketID": [second, first, second]}
    for operation in ("TicketGet", "TicketGetList"):
        found = znuny.call(face, operation, asked)
        assert [each["TicketID"] for each in found.answer["Ticket"]] == [second, first]
        assert "Article" not in found.answer["Ticket"][0]


def test_a_merged_ticket_stands_for_its_target(znuny, face):
    source, target = create(znuny), create(znuny)
    merged = "update ticket set merged_into_id = %s, state_id = 9 where id = %s"
    znuny.rows(merged, target["TicketID"], source["TicketID"])
    assert read(znuny, source["TicketID"], face)["TicketID"] == target["TicketID"]
    found = znuny.call(face, "TicketGet", {**AGENT, "TicketID": [source["TicketID"],
                                                                 target["TicketID"]]})  # fmt: skip
    assert len(found.answer["Ticket"]) == 1
    done = update(znuny, source["TicketID"], face, Ticket={"Title": "By the id"})
    assert done["TicketID"] == target["TicketID"]
    by_number = {**AGENT, "TicketNumber": source["TicketNumber"], "Ticket": {"Title": "By number"}}
    if face != "rest":  # there the id is part of the address
        assert znuny.call(face, "TicketUpdate", by_number).answer["TicketID"] == target["TicketID"]
        assert read(znuny, target["TicketID"])["Title"] == "By number"


def test_the_number_wins_over_the_id(znuny):
    one, other = create(znuny), create(znuny)
    data = {"TicketID": one["TicketID"], "TicketNumber": other["TicketNumber"]}
    found = znuny.call("soap11", "TicketUpdate", {**AGENT, **data, "Ticket": {"Title": "Named"}})
    assert found.answer["TicketID"] == other["TicketID"]


def test_times_are_summed_by_article_and_ticket(znuny, face):
    ticket = create(znuny, face, article={**ARTICLE, "TimeUnit": "2,5"})["TicketID"]
    update(znuny, ticket, face, Article={**ARTICLE, "TimeUnit": "0.755"})
    shown = read(znuny, ticket, face)
    assert [float(each["TimeUnit"]) for each in shown["Article"]] == [2.5, 0.76]
    assert float(shown["TimeUnit"]) == 3.26
    told = [name for kind, name in names(history(znuny, ticket)) if kind == "TimeAccounting"]
    assert told == ["%%2.50%%2.50", "%%0.76%%3.26"]


def test_a_service_that_changes_drops_an_sla_that_does_not_fit(znuny):
    served = {"Service": "Printing", "SLA": "Gold"}
    ticket = create(znuny, ticket=served)["TicketID"]
    shown = read(znuny, ticket)
    assert (shown["Service"], shown["SLA"], shown["SLAID"]) == ("Printing", "Gold", "1")
    update(znuny, ticket, Ticket={"Service": "Scanning"})
    shown = read(znuny, ticket)
    assert (shown["Service"], shown["SLAID"]) == ("Scanning", "")
    assert ("SLAUpdate", "%%%%%%Gold%%1") in names(history(znuny, ticket))


def test_history_tells_every_change_in_the_words_of_the_original(znuny, face):
    made = create(znuny, face)
    ticket = made["TicketID"]
    changes = {
        "Title": "Worse", "Queue": "Misc", "Lock": "lock", "Type": "sales", "State": "open",
        "Service": "Printing", "SLA": "Gold", "Priority": "5 very high", "Owner": "admin",
        "Responsible": "agent1",
    }  # fmt: skip
    note = {**ARTICLE, "HistoryType": "PhoneCallAgent", "HistoryComment": "called"}
    added = update(znuny, ticket, face, Ticket=changes, Article=note)
    lines = history(znuny, ticket, face)
    assert names(lines) == [
        ("NewTicket", f"%%{made['TicketNumber']}%%Raw%%3 normal%%new%%{ticket}"),
        ("NewTicket", "%%GenericInterface Create"),
        ("TitleUpdate", "%%Disk full%%Worse"),
        ("Move", "%%Misc%%4%%Raw%%2"),
        ("Lock", "%%lock"),
        ("TypeUpdate", "%%sales%%2%%Unclassified%%1"),
        ("StateUpdate", "%%new%%open%%"),
        ("ServiceUpdate", "%%Printing%%1%%%%"),
        ("SLAUpdate", "%%Gold%%1%%%%"),
        ("PriorityUpdate", "%%3 normal%%3%%5 very high%%5"),
        ("OwnerUpdate", "%%admin%%1"),
        ("ResponsibleUpdate", "%%agent1%%2"),
        ("PhoneCallAgent", "called"),
    ]
    assert lines[-1]["ArticleID"] == added["ArticleID"][0]
    title, moved = lines[2], lines[3]
    assert (title["QueueID"], moved["QueueID"], moved["StateID"]) == ("2", "4", "1")
    assert (lines[-1]["OwnerID"], lines[-1]["PriorityID"], lines[-1]["TypeID"]) == ("1", "5", "2")
    assert [HISTORY_TYPES[int(line["HistoryTypeID"]) - 1] for line in lines] == [
        line["HistoryType"] for line in lines
    ]


def test_history_tells_what_other_dialects_did(znuny):
    one, other = create(znuny), create(znuny)
    lines = (
        ("working time added", "", "30", None), ("working time added", "", "15", None),
        ("working time deleted", "30", "", None), ("working time added", "", "5", None),
        ("owner", "Agent1 Test", "", None), ("archived", "False", "True", None),
        ("attachment added", "", "scan.pdf", None), ("external reference", "", "INC-1", None),
    )  # fmt: skip
    for kind, old, new, _ in lines:
        told(znuny, one["TicketID"], kind, "", old, new, None)
    told(znuny, one["TicketID"], "merged", "from", other["TicketNumber"], "", None,
         other["TicketID"])  # fmt: skip
    told(znuny, other["TicketID"], "merged", "into", "", one["TicketNumber"], one["TicketID"])
    words = names(history(znuny, one["TicketID"]))[2:]
    pair = (other["TicketNumber"], other["TicketID"], one["TicketNumber"], one["TicketID"])
    assert words == [
        ("TimeAccounting", "%%30%%30"), ("TimeAccounting", "%%15%%45"),
        ("Misc", "working time deleted: 30"), ("TimeAccounting", "%%5%%20"),
        ("OwnerUpdate", "%%admin%%1"), ("ArchiveFlagUpdate", "%%y"),
        ("Misc", "attachment added: scan.pdf"), ("Misc", "external reference: INC-1"),
        ("Merged", "%%" + "%%".join(pair)),
    ]  # fmt: skip
    assert names(history(znuny, other["TicketID"]))[2:] == [("Merged", "%%" + "%%".join(pair))]


def told(znuny, ticket, kind, text, old, new, new_id, old_id=None):
    znuny.rows(
        "insert into history (ticket_id, agent_id, dialect, kind, text, old, new, old_id, new_id,"
        " queue_id, state_id, priority_id) values (%s, 1, 'acmp', %s, %s, %s, %s, %s, %s, 2, 1, 3)",
        ticket, kind, text, old, new, old_id, new_id,
    )  # fmt: skip


def test_equal_values_and_nothing_at_all_are_a_success_without_a_trace(znuny, face):
    ticket = create(znuny, face)["TicketID"]
    version = znuny.rows("select version from ticket where id = %s", ticket)
    same = {**NEW_TICKET, "ResponsibleID": "1", "Owner": "agent1", "Lock": "unlock"}
    for parts in ({}, {"Ticket": same}):
        done = update(znuny, ticket, face, **parts)
        assert "ArticleID" not in done
    assert znuny.rows("select version from ticket where id = %s", ticket) == version
    assert len(history(znuny, ticket)) == 2


def test_a_repeat_under_the_same_key_is_answered_with_the_first_answer(znuny, face):
    data = {**AGENT, "Ticket": NEW_TICKET, "Article": ARTICLE}
    headers = {"Idempotency-Key": f"create-{face}"}
    first, second = (znuny.call(face, "TicketCreate", data, headers).answer for _ in range(2))
    assert first == second
    changed = {**data, "Article": {**ARTICLE, "Body": "other"}}
    found = znuny.call(face, "TicketCreate", changed, headers)
    assert found.message == "TicketCreate: Idempotency-Key was used with another request!"


def deliveries(znuny):
    return znuny.rows("select count(*) from delivery")[0][0]


def test_znuny_a56_an_article_to_be_sent_queues_one_mail(znuny, face):
    before = deliveries(znuny)
    made = create(znuny, face, article={**ARTICLE, "ArticleSend": "1", "To": "a@example.com"})
    assert deliveries(znuny) == before + 1
    update(znuny, made["TicketID"], face, Article={**ARTICLE, "To": "a@example.com"})
    assert deliveries(znuny) == before + 1
    sent = {**ARTICLE, "ArticleSend": "1", "To": "a@example.com", "Cc": "b@example.com"}
    update(znuny, made["TicketID"], face, Article=sent)
    assert deliveries(znuny) == before + 2
    first, _, third = read(znuny, made["TicketID"], face)["Article"]
    assert first["Subject"] == f"[Ticket#{made['TicketNumber']}] Disk full"
    assert (first["CommunicationChannelID"], third["Cc"]) == ("1", "b@example.com")
    assert first["MessageID"].startswith("<")
    refused = {**sent, "Bcc": "odd"}
    found = znuny.call(face, "TicketUpdate", {**AGENT, "TicketID": made["TicketID"],
                                              "Article": [sent, refused]})  # fmt: skip
    assert found.code == "TicketUpdate.InvalidParameter"
    assert deliveries(znuny) == before + 2


def test_znuny_a57_cc_and_bcc_are_optional_and_to_is_needed_and_valid(znuny, face):
    alone = {**ARTICLE, "ArticleSend": "1", "To": "a@example.com"}
    for more in ({}, {"Cc": "b@example.com"}, {"Bcc": "c@example.com, d@example.com"}):
        made = create(znuny, face, article={**alone, **more})
        (sent,) = read(znuny, made["TicketID"], face)["Article"]
        assert [sent[name] for name in ("To", "Cc", "Bcc")] == [
            "a@example.com", more.get("Cc", ""), more.get("Bcc", ""),
        ]  # fmt: skip
    for to in ("", "no address"):
        data = {**AGENT, "Ticket": NEW_TICKET, "Article": {**alone, "To": to}}
        found = znuny.call(face, "TicketCreate", data)
        assert found.code == "TicketCreate.InvalidParameter"
        assert found.message.startswith("TicketCreate: Article->To parameter must be a valid")


def test_znuny_a59_keys_count_only_for_what_is_sent(znuny, face):
    before = deliveries(znuny)
    signed = {**ARTICLE, "Sign": {"Type": "PGP", "Key": "81877F5E"}}
    create(znuny, face, article=signed)
    assert deliveries(znuny) == before


def test_znuny_a60_the_printed_article_is_accepted_and_sent(znuny, face):
    before = deliveries(znuny)
    ticket = create(znuny, face, article=PRINTED)["TicketID"]
    (article,) = read(znuny, ticket, face)["Article"]
    assert article["To"] == "email@example.com"
    assert article["Body"] == PRINTED["Body"]
    assert deliveries(znuny) == before + 1


def test_the_queues_address_and_signature_stand_on_what_it_sends(znuny):
    znuny.rows(
        "update queue set system_address = 'desk@example.org', system_name = 'Desk',"
        " signature = 'Yours' where id = 3"
    )
    sent = {**ARTICLE, "ArticleSend": "1", "To": "a@example.com"}
    bare = {**sent, "AppendSignatureToBody": "0", "From": "me@example.org"}
    ticket = create(znuny, ticket={"Queue": "Junk"}, article=[sent, bare])["TicketID"]
    first, second = read(znuny, ticket)["Article"]
    assert (first["From"], first["Body"]) == ('"Desk" <desk@example.org>', "97 %\n\nYours")
    assert (second["From"], second["Body"]) == ("me@example.org", "97 %")


def test_due_times_follow_from_the_queue_and_end_with_the_ticket(znuny, face):
    znuny.rows(
        "insert into queue (en, path_en, path_de, group_id, first_response_min, update_min,"
        " solution_min, solution_notify) values (%s, %s, %s, 1, 10, 60, 240, 50)",
        *[f"Urgent {face}"] * 3,
    )
    ticket = create(znuny, face, ticket={"Queue": f"Urgent {face}"})["TicketID"]
    shown = read(znuny, ticket, face, Extended=1)
    assert 595 <= int(shown["FirstResponseTime"]) <= 600
    assert 3595 <= int(shown["UpdateTimeWorkingTime"]) <= 3600
    assert shown["EscalationTime"] == shown["FirstResponseTimeDestinationTime"]
    assert shown["EscalationDestinationIn"] in ("9 m", "10 m")
    assert "SolutionTimeNotification" not in shown
    update(znuny, ticket, face, Article=ARTICLE)
    shown = read(znuny, ticket, face, Extended=1)
    assert shown["EscalationResponseTime"] == "0"
    assert (shown["FirstResponseInMin"], shown["FirstResponseDiffInMin"]) == ("0", "10")
    update(znuny, ticket, face, Ticket={"State": "closed successful"})
    shown = read(znuny, ticket, face, Extended=1)
    assert shown["EscalationTime"] == "0"
    assert (shown["SolutionInMin"], shown["SolutionDiffInMin"]) == ("0", "240")


def test_what_becomes_a_header_of_a_mail_is_one_line(znuny):
    sent = {**ARTICLE, "ArticleSend": "1", "To": "a@example.com"}
    broken = {**sent, "Subject": "One\nBcc: x@example.com", "References": "<1@x>\r\nX: y"}
    ticket = create(znuny, article=broken)["TicketID"]
    (article,) = read(znuny, ticket)["Article"]
    assert "\n" not in article["Subject"] + article["References"]
    for name in ("To", "Cc", "ReplyTo", "From"):
        data = {"Ticket": NEW_TICKET, "Article": {**sent, name: "a@example.com\nX: y"}}
        found = znuny.call("rest", "TicketCreate", {**AGENT, **data})
        assert found.code == "TicketCreate.InvalidParameter"


def test_notification_wishes_travel_in_the_event(znuny):
    wishes = {"ForceNotificationToUserID": ["1", "2"], "NoAgentNotify": "1"}
    ticket = create(znuny, article={**ARTICLE, **wishes})["TicketID"]
    ((told,),) = znuny.rows(
        "select snapshot->'article' from event where ticket_id = %s and kind = 'comment added'",
        ticket,
    )
    assert told["ForceNotificationToUserID"] == [1, 2]
    assert told["no_agent_notify"] is True


def test_the_answer_holds_the_ticket_where_the_setting_says_so(databases):
    operations = "TicketCreate,TicketUpdate,ExternalReference"
    with running_znuny(databases, include_ticket_data=operations) as znuny:
        for face in FACES:
            made = create(znuny, face)
            assert made["Ticket"]["TicketID"] == made["TicketID"]
            assert made["Ticket"]["Article"][0]["Body"] == "97 %"
            done = update(znuny, made["TicketID"], face, Ticket={"Title": "Other"})
            assert done["Ticket"]["Title"] == "Other"
        znuny.rows("update article set plain = repeat('x', 35000000) where ticket_id = %s",
                   int(made["TicketID"]))  # fmt: skip
        done = update(znuny, made["TicketID"], Ticket={"Title": "Long"})
        assert (done["Ticket"]["Title"], done["Ticket"].get("Article")) == ("Long", None)


def test_customers_create_only_in_their_queues(databases):
    with running_znuny(databases, customer_queues="Misc") as znuny:
        create(znuny, login=JANE, ticket={"Queue": "Misc"})
        data = {**JANE, "Ticket": NEW_TICKET, "Article": ARTICLE}
        assert znuny.call("rest", "TicketCreate", data).code == "TicketCreate.AccessDenied"


def helpdesk(znuny, operation, content):
    token = httpx.BasicAuth("admin", ADMIN_PASSWORD)._auth_header
    found = znuny.send(
        "POST", HELPDESK, wrapped(element(operation, content)),
        {"Content-Type": "text/xml; charset=utf-8", "Authorization": token},
    )  # fmt: skip
    assert b"ResultCode>0<" in found.body, found.body
    return found.body.decode()


def test_znuny_a84_a_ticket_is_read_and_changed_through_the_helpdesk_and_back(znuny, face):
    made = create(znuny, face, Attachment=FILE)
    ticket = made["TicketID"]
    ((guid,),) = znuny.rows("select guid from ticket where id = %s", ticket)
    wire = f"{{{guid}}}".upper()
    seen = helpdesk(znuny, "GetTicket_V5", f"<TicketId>{wire}</TicketId>")
    assert "<tns:Description>97 %</tns:Description>" in seen
    assert f"TicketNumber>{ticket}<" in seen
    fields = f"<Id>{wire}</Id><Title>From the helpdesk</Title><Priority>5</Priority>"
    helpdesk(znuny, "SaveTicket_V4", f"<Ticket>{fields}</Ticket>")
    comment = f"<Id>{new_id()}</Id><TicketId>{wire}</TicketId><Text>A remark</Text>"
    helpdesk(znuny, "SaveTicketComment_V1", f"<Comment>{comment}</Comment>")
    ((admin,),) = znuny.rows("select guid from agent where id = 1")
    assignee = f"<Id>{{{str(admin).upper()}}}</Id><AssigneeIsGroup>false</AssigneeIsGroup>"
    closing = f"<TicketId>{wire}</TicketId><Assignee>{assignee}</Assignee>"
    helpdesk(znuny, "CloseTicket_V1", closing)
    shown = read(znuny, ticket, face, login=ADMIN)
    assert (shown["Title"], shown["Priority"]) == ("From the helpdesk", "5 very high")
    assert (shown["StateType"], shown["OwnerID"], shown["Owner"]) == ("closed", "1", "admin")
    assert [each["Body"] for each in shown["Article"]] == ["97 %", "A remark"]
    told = names(history(znuny, ticket, face))
    assert ("TitleUpdate", "%%Disk full%%From the helpdesk") in told
    assert ("StateUpdate", "%%new%%closed successful%%") in told
    assert ("PriorityUpdate", "%%3 normal%%3%%5 very high%%5") in told
    assert ("AddNote", "%%") in told
    assert ("OwnerUpdate", "%%admin%%1") in told
    update(znuny, ticket, face, Ticket={"State": "open"})
    assert "closed" not in helpdesk(znuny, "GetTicket_V5", f"<TicketId>{wire}</TicketId>")
