"""Any value at any place of a ticket request is refused or has its effect, and is never a crash."""

import copy

import pytest

from gateway.dialects.znuny import credentials, shapes
from gateway.dialects.znuny.desk import Options, ZnunyDesk
from gateway.dialects.znuny.job import Job, Refused
from gateway.dialects.znuny.operations import carry_out
from gateway.dialects.znuny.values import tidy
from gateway.repository.passwords import Argon2Passwords
from gateway.usecases.accounts import Accounts
from gateway.usecases.sessions import Sessions
from tests.kit.stores import Stores
from tests.kit.znuny import AGENT, ARTICLE, NEW_TICKET, add_people

KEY = {"Type": "PGP", "SubType": "Inline", "Key": "81877F5E"}
FILE = {"Content": "aGVsbG8K", "ContentType": "text/plain", "Filename": "a.txt",
        "Disposition": "inline", "ContentID": "c"}  # fmt: skip
WHOLE = {
    "Ticket": {**NEW_TICKET, "QueueID": "2", "Lock": "lock", "LockID": "2", "Type": "sales",
               "TypeID": "2", "Service": "S", "ServiceID": "1", "SLA": "S", "SLAID": "1",
               "StateID": "1", "PriorityID": "3", "Owner": "admin", "OwnerID": "1",
               "Responsible": "admin", "ResponsibleID": "1", "CustomerID": "ACME",
               "PendingTime": {"Year": "2030", "Month": "1", "Day": "1", "Hour": "1",
                               "Minute": "1", "Diff": ""}},
    "Article": {**ARTICLE, "Attachment": FILE, "AppendSignatureToBody": "1", "ArticleSend": "0",
                "AutoResponseType": "auto reply", "Bcc": "", "Cc": "", "Charset": "utf-8",
                "CommunicationChannel": "Internal", "CommunicationChannelID": "3",
                "ExcludeMuteNotificationToUserID": "1", "ExcludeNotificationToUserID": "1",
                "ForceNotificationToUserID": "1", "From": "a@example.com",
                "HistoryComment": "c", "HistoryType": "AddNote", "InReplyTo": "<1@x>",
                "IsVisibleForCustomer": "1", "MimeType": "text/plain", "NoAgentNotify": "0",
                "References": "<1@x>", "ReplyTo": "a@example.com", "SenderType": "agent",
                "SenderTypeID": "1", "TimeUnit": "1", "To": "a@example.com"},
    "Attachment": FILE,
    "DynamicField": {"Name": "ExternalReference", "Value": ""},
    "ExternalReference": "FUZZ",
}  # fmt: skip
SENDING = {**WHOLE, "Article": {**WHOLE["Article"], "ArticleSend": "1", "Sign": KEY, "Crypt": KEY}}
READING = {
    "TicketID": "1", "AllArticles": "1", "ArticleLimit": "1", "ArticleOrder": "ASC",
    "ArticleSenderType": "agent", "Attachments": "1", "DynamicFields": "1", "Extended": "1",
    "GetAttachmentContents": "1", "HTMLBodyAsAttachment": "1",
}  # fmt: skip
ODD = (
    "", "x", "0", "-1", "1", "9" * 30, "ü" * 300, "1.5", "\n", "%", "٣", {}, {"a": "b"},
    {"a": {"b": "c"}}, [], [""], [{}], ["x", "y"], [["x"]], [{"Name": "x", "Value": {"y": "z"}}],
)  # fmt: skip
_SHARE = 4  # all of them at every place were tried once, and take a minute
REQUESTS = {
    "TicketCreate": WHOLE,
    "TicketUpdate": {**WHOLE, "TicketID": "1", "TicketNumber": "", "ExternalReference": ""},
    "ExternalReference": SENDING,
    "TicketGet": READING,
    "TicketHistoryGet": {"TicketID": "1"},
}


@pytest.fixture(scope="module")
def desk(databases):
    with databases.migrated() as url:
        add_people(url)
        stores = Stores(url)
        stores.sql("insert into service (en) values ('S')")
        stores.sql("insert into sla (en) values ('S')")
        stores.sql("insert into sla_service values (1, 1)")
        accounts = Accounts(stores.accounts, Argon2Passwords())
        yield ZnunyDesk(units=stores.units, accounts=accounts, options=Options(),
                        sessions=Sessions(stores.accounts))  # fmt: skip
        stores.close()


def carried_out(desk, operation, data):
    data = {**AGENT, **tidy(data)}
    given = credentials.given({}, data)
    return carry_out(Job(operation=operation, data=data, desk=desk, given=given))


def places(values, path=()):
    for name, value in values.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


def changed(values, path, odd):
    changed = copy.deepcopy(values)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = odd
    return changed


@pytest.mark.parametrize("operation", REQUESTS)
def test_odd_values_are_refused_or_taken(desk, operation):
    carried_out(desk, "TicketCreate", {"Ticket": NEW_TICKET, "Article": ARTICLE})
    refused = taken = 0
    for turn, path in enumerate(places(REQUESTS[operation])):
        for odd in ODD[turn % _SHARE :: _SHARE]:
            try:
                carried_out(desk, operation, changed(REQUESTS[operation], path, odd))
                taken += 1
            except Refused:
                refused += 1
            except Exception as error:
                raise AssertionError(f"{operation} {'->'.join(path)} = {odd!r}") from error
    assert refused > 0
    assert taken > 0 or operation == "ExternalReference"


def test_odd_values_of_a_search_are_refused_or_taken(desk):
    names = {field.name for field in shapes.REQUESTS["TicketSearch"]} - {*AGENT, "SessionID"}
    odd_ones = (*ODD, "*", "!", "(", "\\", '"', "a&&", "9999-12-31 23:59:59", "0001-01-01 00:00:00",
                {"Equals": "x"}, {"Like": {"a": "b"}}, {"Empty": ["1"]})  # fmt: skip
    refused = taken = 0
    for turn, name in enumerate(sorted({*names, "DynamicField_ExternalReference"})):
        for odd in odd_ones[turn % _SHARE :: _SHARE]:
            try:
                carried_out(desk, "TicketSearch", {name: odd})
                taken += 1
            except Refused:
                refused += 1
            except Exception as error:
                raise AssertionError(f"{name} = {odd!r}") from error
    assert refused > 0
    assert taken > 0
