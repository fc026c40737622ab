"""TimeAccountingGet and OutOfOffice as the document prints them, over SOAP and REST."""

import pytest

from tests.kit.database import ADMIN_PASSWORD
from tests.kit.znuny import (
    ADMIN,
    AGENT,
    ARTICLE,
    JANE,
    NEW_TICKET,
    STRANGER,
    WEBSERVICE,
    running_znuny,
)

CSV = "OutOfOfficeEntriesCSVString"
WRONG = "OutOfOffice.WrongInputStructure"
HEADER = "UserLogin,StartDate,EndDate,Enabled"
UNREADABLE = f"Error while parsing CSV string of parameter {CSV}, line {{}}."


@pytest.fixture(scope="module")
def znuny(databases):
    with running_znuny(databases, time_zone="Europe/Berlin") as running:
        running.rows("update agent set email = 'root@localhost' where login = 'admin'")
        yield running


@pytest.fixture(params=["soap11", "rest"])
def face(request):
    return request.param


# -- TimeAccountingGet ----------------------------------------------------------------------------

SPAN = {"TimeAccountingStart": "2021-08-05 00:00:00", "TimeAccountingEnd": "2021-08-05 23:59:59"}


@pytest.fixture(scope="module")
def booked(znuny):
    """Book 120 and 30 minutes at 10:00:00 in Berlin, a third an hour later in another queue."""
    ticket = {**NEW_TICKET, "Title": "Znuny says hi!"}
    article = {**ARTICLE, "TimeUnit": "120"}
    data = {**AGENT, "Ticket": ticket, "Article": [article, {**ARTICLE, "TimeUnit": "30"}]}
    made = znuny.call("rest", "TicketCreate", data).answer
    id_ = made["TicketID"]
    znuny.rows("update history set created = '2021-08-05 08:00:00.5+00' where ticket_id = %s", id_)
    znuny.rows("update working_time set created = '2021-08-05 08:00:00+00' where ticket_id = %s",
               id_)  # fmt: skip
    moved = {**AGENT, "TicketID": id_, "Ticket": {"Queue": "Misc"},
             "Article": {**ARTICLE, "TimeUnit": "7,5"}}  # fmt: skip
    assert znuny.call("rest", "TicketUpdate", moved).code is None
    for table in ("history", "working_time"):
        znuny.rows(f"update {table} set created = '2021-08-05 09:00:00+00' where ticket_id = %s"
                   " and created > '2022-01-01'", id_)  # fmt: skip
    # Somebody else's time on the same ticket.
    other = {**ADMIN, "TicketID": id_, "Article": {**ARTICLE, "TimeUnit": "99"}}
    assert znuny.call("rest", "TicketUpdate", other).code is None
    znuny.rows("update working_time set created = '2021-08-05 08:00:00+00' where minutes = 99")
    return made["TicketNumber"]


def times(znuny, face, login=ADMIN, **changed):
    data = {"TimeAccountingUserLogin": "agent1", **SPAN, **changed}
    reply = znuny.call(face, "TimeAccountingGet", {**login, **data})
    return reply.error if reply.code else reply.answer.get("TimeAccountingResult", [])


def test_znuny_a62_only_what_that_agent_booked_in_the_window(znuny, face, booked):
    assert [each["TimeUnit"] for each in times(znuny, face)] == ["120.00", "30.00", "7.50"]
    assert [each["Queue"] for each in times(znuny, face)] == ["Raw", "Raw", "Misc"]
    found = times(znuny, face, TimeAccountingUserLogin="admin")
    assert [each["TimeUnit"] for each in found] == ["99.00"]
    assert times(znuny, face, TimeAccountingUserLogin="reader") == []
    # Both ends belong to the window, in whole seconds.
    one = {"TimeAccountingStart": "2021-08-05 11:00:00", "TimeAccountingEnd": "2021-8-5 11:0:0"}
    assert [each["TimeUnit"] for each in times(znuny, face, **one)] == ["7.50"]


def test_znuny_a63_the_right_is_rw_on_its_group(znuny, face, booked):
    denied = ("TimeAccountingGet.NoPermission", "TimeAccountingGet: No permission!")
    for login in (AGENT, JANE):
        assert times(znuny, face, login) == denied
    wrong = {"UserLogin": "admin", "Password": "wrong"}
    failed = ("TimeAccountingGet.AuthFail", "TimeAccountingGet: Authentication failed!")
    assert times(znuny, face, wrong) == failed


def test_znuny_a64_the_window_is_one_of_the_local_zone(znuny, face, booked):
    at = "2021-08-05 10:00:00"
    berlin = {"TimeAccountingStart": at, "TimeAccountingEnd": at}
    assert [each["Created"] for each in times(znuny, face, **berlin)] == [at] * 2
    utc = {"TimeAccountingStart": "2021-08-05 08:00:00", "TimeAccountingEnd": "2021-08-05 09:00:00"}
    assert times(znuny, face, **utc) == []


def test_znuny_a65_the_answer_is_the_printed_one(znuny, booked):
    data = {**ADMIN, "TimeAccountingUserLogin": "agent1", **SPAN}
    reply = znuny.call("rest", "TimeAccountingGet", data)
    assert reply.raw["TimeAccountingResult"][:2] == [
        {
            "Created": "2021-08-05 10:00:00",
            "Queue": "Raw",
            "TicketCustomerID": "ACME",
            "TicketNumber": booked,
            "TicketTitle": "Znuny says hi!",
            "TimeUnit": unit,
        }
        for unit in ("120.00", "30.00")
    ]
    # The comma slips of the printed request are not reproduced.
    slipped = b'{"TimeAccountingUserLogin": "agent1",}'
    path = f"{WEBSERVICE}/TimeAccountingREST/TimeAccountingGet"
    assert znuny.rest("POST", path, slipped).status == 400


def test_znuny_a66_soap_and_rest_give_the_same_entries(znuny, booked):
    assert times(znuny, "soap11") == times(znuny, "soap12") == times(znuny, "rest") != []


def test_znuny_a67_the_printed_client_sends_no_seconds(znuny, face, booked):
    for end in ("2022-08-01 00:00", "9999-12-31 23:59:59"):
        span = {"TimeAccountingStart": "2021-07-01 00:00", "TimeAccountingEnd": end}
        assert len(times(znuny, face, **span)) == 3


@pytest.mark.parametrize(
    ("changed", "kind", "name"),
    [
        ({"TimeAccountingUserLogin": "", "TimeAccountingStart": ""}, "Missing",
         "TimeAccountingUserLogin"),
        ({"TimeAccountingStart": "", "TimeAccountingEnd": ""}, "Missing", "TimeAccountingStart"),
        ({"TimeAccountingEnd": ""}, "Missing", "TimeAccountingEnd"),
        ({"TimeAccountingUserLogin": "nobody"}, "Invalid", "TimeAccountingUserLogin"),
        ({"TimeAccountingStart": "2021-02-30 00:00"}, "Invalid", "TimeAccountingStart"),
        ({"TimeAccountingStart": "2021-08-05"}, "Invalid", "TimeAccountingStart"),
        ({"TimeAccountingEnd": "2020-01-01 00:00:00"}, "Invalid", "TimeAccountingEnd"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_window_is_named(znuny, face, changed, kind, name, monkeypatch):
    text = f"{name} parameter is {kind.lower()}!"
    assert times(znuny, face, **changed) == (
        f"TimeAccountingGet.{kind}Parameter", f"TimeAccountingGet: {text}",
    )  # fmt: skip
    options = znuny.desk.options
    monkeypatch.setattr(type(options), "__setattr__", object.__setattr__)
    monkeypatch.setattr(options, "search_mode", "legacy")
    if kind == "Invalid":
        assert times(znuny, face, **changed) == []


# -- OutOfOffice ----------------------------------------------------------------------------------


def put(znuny, face, text, login=ADMIN, headers=None):
    return znuny.call(face, "OutOfOffice", {**login, CSV: text}, headers)


def applied(znuny, face, text):
    """Apply entries of which nothing is to be said."""
    reply = put(znuny, face, text)
    assert (reply.code, reply.answer) == (None, {"Success": "1"})


def stored(znuny, login="agent1"):
    found = znuny.rows("select out_of_office, out_of_office_start::text, out_of_office_end::text"
                       " from agent where login = %s", login)  # fmt: skip
    return found[0]


@pytest.fixture
def nobody_away(znuny):
    znuny.rows("update agent set out_of_office = false, out_of_office_start = null,"
               " out_of_office_end = null")  # fmt: skip


def test_znuny_a68_absences_are_set_and_removed(znuny, face, nobody_away):
    applied(znuny, face, "UserLogin,StartDate,EndDate,Enabled\nagent1,2026-12-24,2026-12-31,yes")
    assert stored(znuny) == (True, "2026-12-24", "2026-12-31")
    applied(znuny, face, "UserLogin,StartDate,EndDate,Enabled\nagent1,,,no")
    assert stored(znuny) == (False, "2026-12-24", "2026-12-31")


HEADERS = [
    (agent, start, end, flag)
    for agent in ("UserLogin", "UserEmail", "EMail", "UserSearch")
    for start, end in (("StartTime", "EndTime"), ("StartDate", "EndDate"), ("EndData", "EndTime"))
    for flag in ("Enabled", "OutOfOffice")
]


@pytest.mark.parametrize("columns", HEADERS, ids="-".join)
def test_znuny_a69_each_header_of_the_list_is_read(znuny, columns, nobody_away):
    who = {"UserLogin": "agent1", "UserSearch": "agent1 te"}.get(columns[0], "AGENT1@example.org")
    text = f"{','.join(columns).upper()},Extra\n{who},2026-12-24,2026-12-31,1,x\n"
    applied(znuny, "rest", text)
    assert stored(znuny) == (True, "2026-12-24", "2026-12-31")


@pytest.mark.parametrize("missing", ["UserLogin", "StartDate", "EndDate", "OutOfOffice"])
def test_znuny_a69_each_missing_column_is_named(znuny, face, missing):
    columns = [each for each in ("UserLogin", "StartDate", "EndDate", "OutOfOffice")
               if each != missing]  # fmt: skip
    reply = put(znuny, face, ",".join(columns) + "\na,b,c\n")
    assert reply.error == (WRONG, f"OutOfOffice: Header needs {missing}.")


def test_znuny_a70_the_flag_says_yes_or_no(znuny, nobody_away):
    for word, away in (("yes", True), ("No", False), ("TRUE", True), ("off", False), ("1", True),
                       ("0", False), ("on", True), ("false", False)):  # fmt: skip
        head = "UserLogin,StartDate,EndDate,Enabled\n"
        applied(znuny, "rest", f"{head}agent1,2026-01-01,2026-01-02,{word}")
        assert stored(znuny)[0] is away
    reply = put(znuny, "rest", "UserLogin,StartDate,EndDate,Enabled\nagent1,,,maybe\nagent1,,,")
    assert [row["Status"] for row in reply.answer["Row"]] == ["skipped", "skipped"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_znuny_a71_cells_may_be_quoted(znuny, face, quote, nobody_away):
    rows = [["UserLogin", "StartDate", "EndDate", "Enabled"],
            ["agent1", "2026-01-01", "2026-01-02", "yes"]]  # fmt: skip
    text = "\n".join(",".join(f"{quote}{cell}{quote}" for cell in row) for row in rows)
    applied(znuny, face, text)
    assert stored(znuny) == (True, "2026-01-01", "2026-01-02")


def test_znuny_a72_the_first_printed_csv(znuny, face, nobody_away):
    text = (
        '"UserEmail","EndTime","StartTime","Enabled"\n'
        '"agent1@example.org","30.03.2016 01:02:03","20.03.2016 01:02:03","yes"\n'
    )
    applied(znuny, face, text)
    assert stored(znuny) == (True, "2016-03-20", "2016-03-30")


def test_znuny_a73_the_second_printed_csv(znuny, face, nobody_away):
    text = '"UserLogin","EndDate","StartDate","Enabled"\n"agent1","2016-03-30","2016-03-20","yes"\n'
    applied(znuny, face, text)
    assert stored(znuny) == (True, "2016-03-20", "2016-03-30")


def test_znuny_a74_the_printed_request(znuny, face, nobody_away):
    text = (
        "UserEmail,OutOfOffice,StartDate,EndDate\r\nroot@localhost,1,,\r\n"
        "agent1@example.org,1,2021-08-01,2021-07-31\n"
    )
    reply = put(znuny, face, text)
    assert reply.answer["Success"] == "1"
    told = [(row["Line"], row["Status"], row["User"]) for row in reply.answer["Row"]]
    assert told == [("2", "warning", "root@localhost"), ("3", "warning", "agent1@example.org")]
    assert stored(znuny, "admin") == (True, None, None)
    assert stored(znuny) == (True, "2021-08-01", "2021-07-31")


def test_znuny_a75_the_right_is_judged_before_the_csv(znuny, face):
    for login, text in (
        (AGENT, "User needs to be in group admin."),
        (STRANGER, "User needs to be in group admin."),
        (JANE, "User needs to be an agent."),
        ({"UserLogin": "admin", "Password": "wrong"}, "Authentication failed."),
    ):
        for content in ('"broken', ""):
            reply = put(znuny, face, content, login)
            assert reply.error == ("OutOfOffice.AuthFail", f"OutOfOffice: {text}")


def test_znuny_a76_the_printed_client_posts_to_the_service_itself(znuny, nobody_away):
    text = "\ufeffUserLogin,EndDate,StartDate,Enabled\r\nagent1,2016-03-30,2016-03-20,yes\r\n\r\n"
    body = {"UserLogin": "admin", "Password": ADMIN_PASSWORD, CSV: text}
    reply = znuny.rest("POST", f"{WEBSERVICE}/OutOfOffice/OutOfOffice", body)
    assert reply.raw == {"Success": 1}
    assert stored(znuny) == (True, "2016-03-20", "2016-03-30")


def test_lines_are_counted_as_they_stand_and_rows_judged_one_by_one(znuny, face, nobody_away):
    text = (
        '# made by hand, "quotes\n\nUserLogin,UserEmail,StartDate,EndDate,Enabled\n'
        "agent1,,2026-01-01,2026-01-02,yes\n"
        "#agent1\n"
        '"agent1","agent1@example.org",2026-02-01,"2026-02-02","yes"\r'
        "nobody,,,,yes\n"
        "agent1,reader@example.org,,,yes\n"
        "agent1,,2026-02-30,,yes\n"
        "reader\n"
    )
    reply = put(znuny, face, text)
    told = [(row["Line"], row["Status"]) for row in reply.answer["Row"]]
    skipped = [(str(line), "skipped") for line in (7, 8, 9, 10)]
    assert told == [("4", "warning"), *skipped]
    assert stored(znuny) == (True, "2026-02-01", "2026-02-02")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"Parameter {CSV} is missing."),
        (HEADER, "CSV in parameter {} does not contain any entries."),
        (f'{HEADER}\n"a"b,,,', UNREADABLE.format(2)),
        (f'{HEADER}\n\na,,,yes\n"a,,,\nno', UNREADABLE.format(4)),
        (HEADER + ",x" * 29, UNREADABLE.format(1)),
        (f"{HEADER}\n{'x' * 1025}", UNREADABLE.format(2)),
        (f"{HEADER}\n" + "x,,,yes\n" * 10_001, UNREADABLE.format(10_002)),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_line(znuny, face, text, message):
    assert put(znuny, face, text).error == (WRONG, f"OutOfOffice: {message.replace('{}', CSV)}")


def test_a_hundred_thousand_rows_are_refused_and_ten_thousand_taken(znuny, nobody_away):
    head = "UserLogin,StartDate,EndDate,Enabled\n"
    row = "agent1,2026-01-01,2026-01-02,yes\n"
    assert put(znuny, "rest", head + row * 100_000).code == WRONG
    assert stored(znuny) == (False, None, None)
    reply = put(znuny, "rest", head + row * 10_000)
    assert len(reply.answer["Row"]) == 9_999  # all but the last were overtaken
    assert stored(znuny)[0] is True


def test_entries_may_be_objects(znuny, face, nobody_away):
    entry = {"UserLogin": "agent1", "OutOfOffice": "yes", "StartDate": "1.2.2026",
             "EndDate": "2026-02-03"}  # fmt: skip
    data = {**ADMIN, "OutOfOfficeEntries": [entry, {"UserLogin": "nobody", "OutOfOffice": "1"}]}
    reply = znuny.call(face, "OutOfOffice", data)
    assert [row["Line"] for row in reply.answer["Row"]] == ["2"]
    assert stored(znuny) == (True, "2026-02-01", "2026-02-03")


def test_a_failure_leaves_every_absence_as_it_was(znuny, nobody_away, monkeypatch):
    from gateway.repository import transaction  # noqa: PLC0415 - patched

    read = transaction.statement
    broken = {"settle_message": "select 1 / 0"}
    monkeypatch.setattr(transaction, "statement", lambda name: broken.get(name) or read(name))
    text = "UserLogin,StartDate,EndDate,Enabled\nagent1,2026-01-01,2026-01-02,yes"
    assert put(znuny, "rest", text).status == 500
    monkeypatch.undo()
    assert stored(znuny) == (False, None, None)


def test_a_key_applies_a_table_once(znuny, nobody_away):
    text = "UserLogin,StartDate,EndDate,Enabled\nagent1,2026-01-01,2026-01-02,yes\nx,,,yes"
    key = {"Idempotency-Key": "absence-1"}
    first = put(znuny, "rest", text, headers=key)
    znuny.rows("update agent set out_of_office = false")
    assert put(znuny, "soap11", text, headers=key).answer == first.answer
    assert stored(znuny)[0] is False
