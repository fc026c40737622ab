"""Hostile callers of the whole helpdesk: each gets one small clear answer, nothing is half done."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.repository.passwords import Argon2Passwords
from tests.contract.conftest import people
from tests.kit.gateway import element, new_id, running_gateway

STRINGS = ("' or 1=1 --", "%", "_", "\\", "%s %(guid)s {0}", "${jndi:ldap://x}", "{{7*7}}",
           "<script>alert(1)</script>", "&lt;", "\u202eabc", "e\u0301", "\U0010ffff")  # fmt: skip


@pytest.fixture(scope="module")
def gateway(databases):
    """A running gateway with a small world in it."""
    with databases.migrated() as url:
        people(url)
        with running_gateway(url) as running:
            yield running


def at_once(work, callers=8):
    """Do the work of several callers at once and give what each got."""
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(work, range(callers)))


def result(answer):
    """Give code and message of an answer."""
    code = re.search(r"ResultCode>(-?\d+)<", answer.text)
    message = re.search(r"ResultMessage>([^<]*)<", answer.text)
    return int(code[1]), message[1]


def ids(*values):
    return "".join(f"<string>{value}</string>" for value in values)


def comment(ticket_id, guid=None, text="x"):
    return element(
        "SaveTicketComment_V1",
        f"<Comment><Id>{guid or new_id()}</Id><TicketId>{ticket_id}</TicketId><Text>{text}</Text>"
        "</Comment>",
    )


def cost(ticket_id, guid=None, price="1"):
    return (
        f"<TTicketCostEntry_V1><Id>{guid or new_id()}</Id><TicketId>{ticket_id}</TicketId>"
        f"<UnitPrice>{price}</UnitPrice><Amount>1</Amount></TTicketCostEntry_V1>"
    )


def costs(*entries):
    return element("SaveTicketCosts_V1", f"<Costs>{''.join(entries)}</Costs>")


def merge(target, *sources):
    return element(
        "MergeTickets_V1",
        f"<TargetTicketId>{target}</TargetTicketId>"
        f"<SourceTicketIds>{ids(*sources)}</SourceTicketIds>",
    )


@pytest.mark.parametrize("length", [256, 3000, 8000])
def test_a_key_longer_than_any_can_be_kept_is_refused_g10(gateway, length):
    body = element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id><Title>T</Title></Ticket>")
    key = "".join(new_id() for _ in range(length // 38 + 1))[:length]  # does not compress
    answer = gateway.post(body, headers={"Idempotency-Key": key})
    assert result(answer) == (35, "Idempotency-Key: longer than 255 characters")
    assert result(gateway.post(body, headers={"Idempotency-Key": key[:255]})) == (0, "OK")


def test_an_empty_key_is_none_g10(gateway):
    for _ in range(2):
        body = element("SaveTicket_V4", f"<Ticket><Id>{new_id()}</Id><Title>T</Title></Ticket>")
        assert result(gateway.post(body, headers={"Idempotency-Key": ""})) == (0, "OK")


def test_times_beyond_every_number_leave_the_ticket_readable(gateway):
    ticket_id = gateway.ticket()
    time = {"TicketId": ticket_id, "Executor": gateway.row_id("agent", "berta"),
            "StartDate": "1900-01-01T00:00:00Z", "EndDate": "9999-12-31T23:59:59Z"}  # fmt: skip
    for _ in range(2):
        saved = gateway.call("SaveTicketWorkingTime_V1", WorkingTime={"Id": new_id(), **time})
        assert saved.ResultCode == 0
    listed = gateway.call("GetTicketWorkingTimeList_V1", TicketId=ticket_id).WorkingTimes
    assert {row.Duration for row in listed.TTicketWorkingTime_V1} == {2**31 - 1}
    assert gateway.read(ticket_id).TotalWorkingTime == 2**31 - 1


def test_one_id_saved_by_many_at_once_is_saved_once_and_connections_stay_good(gateway):
    tickets = [gateway.ticket(), gateway.ticket()]
    for _ in range(6):
        guid, price = new_id(), new_id()
        said = at_once(lambda n: gateway.post(comment(tickets[n % 2], guid, f"by {n}")))  # noqa: B023
        spent = at_once(lambda n: gateway.post(costs(cost(tickets[n % 2], price))))  # noqa: B023
        for answers, path in ((said, "Comment"), (spent, "Costs[1]")):
            other = (35, f"{path}.TicketId: belongs to another ticket")
            assert sorted({result(answer) for answer in answers}) == [(0, "OK"), other]
    assert gateway.rows("select count(*) from article where not is_description") == [(6,)]
    assert gateway.rows("select count(*) from cost") == [(6,)]


def test_reminders_that_come_and_go_at_once_break_nothing(gateway):
    ticket_id = gateway.ticket()
    delete = element("DeleteReminderOfTicket_V1", f"<TicketId>{ticket_id}</TicketId>")
    save = element(
        "SaveReminderOfTicket_V1",
        f"<Reminder><TicketId>{ticket_id}</TicketId>"
        "<ReminderDate>2100-01-01T00:00:00Z</ReminderDate></Reminder>",
    )
    answers = [a for _ in range(4) for a in at_once(lambda n: gateway.post([save, delete][n % 2]))]
    assert {result(answer) for answer in answers} <= {
        (0, "OK"), (30, "TicketId: ticket has no reminder"),
    }  # fmt: skip


def test_tickets_merged_crosswise_at_once_end_in_one(gateway):
    tickets = [gateway.ticket() for _ in range(4)]
    answers = at_once(lambda n: gateway.post(merge(tickets[n % 4], tickets[(n + 1 + n // 4) % 4])))
    told = re.compile(r"OK|\w+(\[1\])?: ticket was merged into \{[0-9A-F-]{36}\}")
    assert all(told.fullmatch(result(answer)[1]) for answer in answers)
    ends = {gateway.call("GetTicket_V1", TicketId=each).Ticket.Id for each in tickets}
    open_ones = gateway.call("GetTicketList_V1", TicketIds={"string": tickets}).Tickets
    assert {row.Id for row in open_ones.TTicketListItem_V1} == ends


def test_a_long_chain_of_merges_is_followed_and_never_closed_to_a_ring(gateway):
    chain = [gateway.ticket() for _ in range(25)]
    for source, target in itertools.pairwise(chain):
        assert result(gateway.post(merge(target, source))) == (0, "OK")
    end = chain[-1]
    read = gateway.call("GetTicket_V5", TicketId=chain[0])
    assert (read.Ticket.Id, read.ResultMessage) == (end, f"OK; merged into {end}")
    ring = (35, f"TargetTicketId: ticket was merged into {end}")
    assert result(gateway.post(merge(chain[0], end))) == ring
    assert result(gateway.post(merge(end, *chain[:-1]))) == (0, "OK")  # all of it is done
    assert result(gateway.post(merge(end, end))) == (35, "SourceTicketIds[1]: is the target ticket")


def test_a_batch_ends_at_1000_entries_and_one_bad_entry_undoes_it(gateway):
    ticket_id = gateway.ticket()
    good = [cost(ticket_id) for _ in range(1000)]
    long = gateway.post(costs(*good, cost(ticket_id)))
    assert result(long) == (35, "Costs: more than 1000 entries")
    bad = new_id()
    mixed = gateway.post(costs(*good[:-1], cost(ticket_id, bad, "1.001")))
    message = "Costs[1000].UnitPrice: at most two decimal places"
    assert result(mixed) == (35, message)
    assert f"{bad}: {message}" in mixed.text
    assert gateway.read(ticket_id).TotalCosts == 0
    assert result(gateway.post(costs(*good))) == (0, "OK")
    assert gateway.read(ticket_id).TotalCosts == 1000
    assert result(gateway.post(costs(*good))) == (0, "OK")  # a repeat
    assert gateway.read(ticket_id).TotalCosts == 1000


@pytest.mark.parametrize("text", STRINGS)
def test_every_text_is_kept_as_sent(gateway, text):
    ticket_id = gateway.ticket(Title=text, Keywords=text, Description=text)
    ticket = gateway.read(ticket_id)
    assert (ticket.Title, ticket.Keywords, ticket.Description) == (text, text, text)
    guid = new_id()
    sent = {"Id": guid, "TicketId": ticket_id, "Text": text}
    assert gateway.call("SaveTicketComment_V1", Comment=sent).ResultCode == 0
    assert gateway.call("GetTicketComment_V1", CommentId=guid).Comment.Text == text
    entry = {**sent, "UnitPrice": 1, "Amount": 1, "Category": text, "Description": text}
    del entry["Text"]
    gateway.call("SaveTicketCosts_V1", Costs={"TTicketCostEntry_V1": [entry]})
    read = gateway.call("GetTicketCost_V1", CostId=guid).Cost
    assert (read.Category, read.Description) == (text, text)


@pytest.mark.parametrize("content", ["QR==", "QUJD====", "====", "!!!!", "QUJ"])
def test_broken_base64_is_named_with_its_path(gateway, content):
    entry = (
        f"<TTicketAttachment_V1><Id>{new_id()}</Id><DocumentId>{new_id()}</DocumentId>"
        f"<Name>n</Name><FileName>f</FileName><Content>{content}</Content></TTicketAttachment_V1>"
    )
    body = f"<TicketId>{gateway.ticket()}</TicketId><Attachments>{entry}</Attachments>"
    answer = gateway.post(element("SaveTicketAttachments_V1", body))
    assert result(answer) == (35, "invalid request: Attachments[1].Content: not base64")


@pytest.mark.parametrize("digits", [11, 5_000, 500_000])
def test_a_number_of_any_length_gets_a_small_answer(gateway, digits):
    for operation, path in (("GetTicketList_V1", "Offset"), ("GetTicketList_V1", "Count")):
        answer = gateway.post(element(operation, f"<{path}>{'9' * digits}</{path}>"))
        assert result(answer) == (35, f"invalid request: {path}: not a number")
        assert len(answer.content) < 1000


def test_who_may_not_see_a_ticket_learns_nothing_by_its_entries_g13(gateway):
    ticket_id, guid = gateway.ticket(), new_id()
    assert result(gateway.post(comment(ticket_id, guid))) == (0, "OK")
    assert result(gateway.post(costs(cost(ticket_id, guid)))) == (0, "OK")
    password = gateway.login[1]
    requests = {
        element("GetTicketComment_V2", f"<CommentId>{guid}</CommentId>"): "CommentId",
        element("DeleteTicketComment_V1", f"<CommentId>{guid}</CommentId>"): "CommentId",
        comment(ticket_id, guid, "hostile"): "Comment.Id",
        element("GetTicketCost_V1", f"<CostId>{guid}</CostId>"): "CostId",
        costs(cost(ticket_id, guid)): "Costs[1].Id",
        element("DeleteTicketCosts_V1", f"<CostIds>{ids(guid)}</CostIds>"): "CostIds[1]",
        merge(ticket_id, new_id()): "TargetTicketId",
    }
    for body, path in requests.items():
        answer = gateway.post(body, login=("stranger", password))
        assert result(answer) == (30, f"{path}: not found")
    links = element(
        "LinkTicketsToTicket_V1",
        f"<TicketId>{ticket_id}</TicketId><LinkedTicketIds>{ids(new_id())}</LinkedTicketIds>",
    )
    assert result(gateway.post(links, login=("reader", password)))[1] == "TicketId: not permitted"


def test_an_old_password_ends_with_the_next_call(gateway):
    body = element("GetTicketList_V1", "<Count>1</Count>")
    secret = "select s.hash from account_secret s join account a on a.id = s.account_id"
    ((old,),) = gateway.rows(f"{secret} where a.name = 'stranger'")
    assert result(gateway.post(body, login=("stranger", gateway.login[1]))) == (0, "OK")
    changed = Argon2Passwords(memory_kib=8, passes=1).hash("another password")
    try:
        change_password(gateway, "stranger", changed)
        refused = (15, "user name or password wrong")
        assert result(gateway.post(body, login=("stranger", gateway.login[1]))) == refused
        assert result(gateway.post(body, login=("stranger", "another password"))) == (0, "OK")
    finally:
        change_password(gateway, "stranger", old)


def change_password(gateway, name, hashed):
    gateway.rows(
        "with changed as (update account set version = version + 1 where name = %s returning id)"
        " update account_secret s set hash = %s from changed where s.account_id = changed.id",
        name, hashed,
    )  # fmt: skip


def test_a_disabled_account_ends_with_the_next_call(gateway):
    password = gateway.login[1]
    body = element("GetTicketList_V1", "<Count>1</Count>")
    refused = (15, "user name or password wrong")
    assert result(gateway.post(body, login=("reader", password))) == (0, "OK")
    gateway.rows("update account set active = false where name = 'reader'")
    try:
        assert result(gateway.post(body, login=("reader", password))) == refused
    finally:
        gateway.rows("update account set active = true where name = 'reader'")
    assert result(gateway.post(body, login=("reader", password))) == (0, "OK")
