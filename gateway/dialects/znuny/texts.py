"""What people read about the services: operations, fields, codes, filled samples."""

from collections.abc import Mapping

from gateway.soap.definition import CodeText, FieldText

OPERATIONS: Mapping[str, str] = {
    "SessionCreate": "Opens a session for an agent or a customer user.",
    "SessionGet": "Shows what is known of a session.",
    "SessionRemove": "Ends a session.",
    "TicketCreate": "Creates a ticket with its first articles.",
    "TicketUpdate": "Changes a ticket and adds articles to it.",
    "TicketGet": "Shows tickets with articles, attachments and dynamic fields.",
    "TicketGetList": "Shows several tickets; the same as TicketGet.",
    "TicketHistoryGet": "Shows the history of tickets to agents.",
    "TicketSearch": "Finds tickets and gives their ids.",
    "ExternalReference": "Creates or updates the ticket of an external reference number.",
    "TimeAccountingGet": "Gives the times that an agent has booked.",
    "OutOfOffice": "Sets and removes the out-of-office times of agents.",
}

_TIME = "YYYY-MM-DD hh:mm:ss in the time zone of the dialect"
FIELDS: Mapping[str, FieldText] = {
    "UserLogin": FieldText(
        meaning="Login of an agent.", required="with Password, if there is no SessionID"
    ),
    "CustomerUserLogin": FieldText(
        meaning="Login of a customer user.", required="with Password, if no agent and no session"
    ),
    "Password": FieldText(meaning="Password of that login."),
    "SessionID": FieldText(
        meaning="Session that SessionCreate gave.", limits="32 letters and digits"
    ),
    "TwoFactorToken": FieldText(meaning="Accepted and not looked at."),
    "TicketID": FieldText(meaning="Id of a ticket."),
    "TicketNumber": FieldText(meaning="Number of a ticket."),
    "ExternalReference": FieldText(
        meaning="Your own number for the ticket.", required="always", limits="1 to 200 characters"
    ),
    "Ticket": FieldText(meaning="Fields of the ticket; of a name and its ID one is enough."),
    "Article": FieldText(meaning="Texts that are added to the ticket."),
    "Attachment": FieldText(
        meaning="Files; those beside Article go to every article.",
        limits="20 files, 6 MiB each",
    ),
    "DynamicField": FieldText(meaning="Values of dynamic fields; no value clears the field."),
    "CustomerUser": FieldText(meaning="Login of a customer user, or a mail address."),
    "PendingTime": FieldText(meaning="Until when: Diff in minutes, or a date in parts."),
    "ArticleSend": FieldText(meaning="1: the article is sent as an e-mail to To, Cc and Bcc."),
    "AllArticles": FieldText(meaning="1: with articles."),
    "Attachments": FieldText(meaning="1: with the attachments of the articles."),
    "GetAttachmentContents": FieldText(meaning="0: attachments without their contents."),
    "DynamicFields": FieldText(meaning="1: with all dynamic fields."),
    "Extended": FieldText(meaning="1: with times of escalation and first response."),
    "HTMLBodyAsAttachment": FieldText(meaning="1: an HTML text is added as the file file-2."),
    "Limit": FieldText(meaning="Most tickets to find.", limits="500 unless given, at most 10 000"),
    "Cursor": FieldText(meaning="Where to go on: empty at first, then the last NextCursor."),
    "TimeAccountingStart": FieldText(meaning="From this time on.", required="always", limits=_TIME),
    "TimeAccountingEnd": FieldText(meaning="To this time.", required="always", limits=_TIME),
    "TimeAccountingUserLogin": FieldText(meaning="Whose times.", required="always"),
    "OutOfOfficeEntriesCSVString": FieldText(
        meaning="Lines of CSV with a header.", limits="10 000 lines, 4 MiB"
    ),
}

CODES: tuple[CodeText, ...] = tuple(
    CodeText(code=code, name=name, meaning=meaning, remedy=remedy)
    for code, name, meaning, remedy in (
        ("Operation.MissingParameter", "business", "A parameter is missing.", "Send it."),
        ("Operation.InvalidParameter", "business", "A parameter has a wrong value.",
         "Correct the one that is named."),
        ("Operation.AuthFail", "business", "Nobody is known by these credentials.",
         "Check login and password, or open a new session."),
        ("Operation.AccessDenied", "business", "The ticket is not there, or not yours to change.",
         "Ask the operator for the right on its queue's group."),
        ("Webservice.InvalidConfiguration", "business", "A setting of the gateway is wrong.",
         "Tell the operator."),
        ("XML", "fault", "The message is not well-formed XML.", "Look at line and column."),
        ("DocumentType", "fault", "There is a DTD or a processing instruction.",
         "Send the message without."),
        ("Limit", "fault", "The message is too deep, too wide or too long.", "Send less at once."),
        ("Envelope", "fault", "There is no envelope with one operation.",
         "Send SOAP 1.1 or SOAP 1.2."),
        ("MustUnderstand", "fault", "A header block that must be understood is not.",
         "Send no such block."),
        ("SOAPAction", "fault", "The SOAPAction names another operation.",
         "Send the one of the WSDL, or none."),
        ("Operation", "fault", "There is no such operation.", "Compare the name with the WSDL."),
        ("Throttled", "fault", "Too many calls or failed logins.", "Wait as Retry-After says."),
        ("Unavailable", "fault", "The gateway is overloaded or its storage away.",
         "Send the same again after Retry-After."),
        ("Internal", "fault", "The gateway failed.", "Tell the operator the number."),
    )
)  # fmt: skip

_LOGIN = {"UserLogin": "admin", "Password": "PASSWORD"}
_ARTICLE = {
    "Subject": "Disk full",
    "Body": "97 % of the disk of db1 is used.",
    "ContentType": "text/plain; charset=utf-8",
}
_TICKET = {
    "Title": "Disk full",
    "Queue": "Raw",
    "State": "new",
    "Priority": "3 normal",
    "CustomerUser": "jane@example.com",
}
_FILLED: Mapping[str, Mapping[str, object]] = {
    "SessionCreate": _LOGIN,
    "SessionGet": {"SessionID": "SESSION"},
    "SessionRemove": {"SessionID": "SESSION"},
    "TicketCreate": {**_LOGIN, "Article": [_ARTICLE], "Ticket": _TICKET},
    "TicketUpdate": {**_LOGIN, "TicketID": 1, "Ticket": {"Priority": "4 high"}},
    "TicketGet": {**_LOGIN, "TicketID": [1], "AllArticles": 1},
    "TicketGetList": {**_LOGIN, "TicketID": [1, 2]},
    "TicketHistoryGet": {**_LOGIN, "TicketID": [1]},
    "TicketSearch": {**_LOGIN, "Title": ["%Disk%"], "StateType": ["Open"]},
    "ExternalReference": {
        **_LOGIN,
        "ExternalReference": "EXTREF001",
        "Article": [_ARTICLE],
        "Ticket": _TICKET,
    },
    "TimeAccountingGet": {
        **_LOGIN,
        "TimeAccountingUserLogin": "admin",
        "TimeAccountingStart": "2026-01-01 00:00:00",
        "TimeAccountingEnd": "2026-12-31 23:59:59",
    },
    "OutOfOffice": {
        **_LOGIN,
        "OutOfOfficeEntriesCSVString": "UserLogin,EndDate,StartDate,Enabled\n"
        "admin,2026-12-31,2026-12-24,yes\n",
    },
}


def filled(operation: str) -> Mapping[str, object]:
    """Give arguments that a gateway accepts once the capitals are replaced."""
    return _FILLED[operation]
