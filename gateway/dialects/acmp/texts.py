"""What people read on the operation pages of the helpdesk, and samples that a gateway accepts."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import NAMESPACE_URL, UUID, uuid5

from gateway.dialects.acmp import shapes
from gateway.dialects.acmp.form import wire_guid
from gateway.soap.definition import CodeText, FieldText

# --- ids in the samples ---------------------------------------------------------------------

# The SaveTicket samples make this ticket; all others are those of the demo data.
SAVED_TICKET = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a01")

DEMO_TICKET = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a02")  # open; read, commented, linked
DEMO_TICKET_TO_CLOSE = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a03")  # open
DEMO_TICKET_TO_REOPEN = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a04")  # closed
DEMO_TICKET_TO_MERGE = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a05")  # open, goes into the first
DEMO_TICKET_TO_LINK = UUID("5b1d7a52-0c3e-4f6b-9a77-2e1d0c9b8a06")  # open, linked to the first
DEMO_COMMENT = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e002")  # on the first
DEMO_COMMENT_TO_DELETE = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e003")  # on the first
DEMO_WORKING_TIME = UUID("e1f2a3b4-c5d6-4788-99aa-bbccddeef002")  # on the first, to be deleted
DEMO_COST = UUID("a1000000-0000-4000-8000-000000000002")  # on the first
DEMO_COST_TO_DELETE = UUID("a1000000-0000-4000-8000-000000000003")  # on the first
DEMO_ATTACHMENT = UUID("c3000000-0000-4000-8000-000000000002")  # on the first, with content
DEMO_ATTACHMENT_TO_DELETE = UUID("c3000000-0000-4000-8000-000000000003")  # on the first
DEMO_TEMPLATE = UUID("7e000000-0000-4000-8000-000000000001")  # active
DEMO_MAIL = UUID("e7000000-0000-4000-8000-000000000001")  # received, belongs to no ticket

_SAVED_COMMENT = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e0f1")
_CLOSING_COMMENT = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e0f2")
_REOPENING_COMMENT = UUID("d0c1b2a3-9485-4768-8594-a3b2c1d0e0f3")
_SAVED_TIME = UUID("e1f2a3b4-c5d6-4788-99aa-bbccddeeff00")
_CLOSING_TIME = UUID("e1f2a3b4-c5d6-4788-99aa-bbccddeeff01")
_SAVED_COST = UUID("a1000000-0000-4000-8000-000000000001")
_SAVED_ATTACHMENT = UUID("c3000000-0000-4000-8000-000000000001")
_DOCUMENT = UUID("d0c00000-0000-4000-8000-000000000001")
_ASSET = UUID("a55e7000-0000-4000-8000-000000000001")
_CLIENT = UUID("c11e7000-0000-4000-8000-000000000001")
_ALL_OPEN_TICKETS = UUID("4a899c3b-55d9-50ee-97c4-327102d9f9ca")  # contract section 4

# The first rows of every installation have guids made from table and id.
_FIRST_ROWS = uuid5(NAMESPACE_URL, "urn:ticket-gateway:first-rows")
ADMIN_AGENT = uuid5(_FIRST_ROWS, "agent:1")
USERS_GROUP = uuid5(_FIRST_ROWS, "agent_group:1")
STATE_OPEN = uuid5(_FIRST_ROWS, "state:4")

# --- operations -----------------------------------------------------------------------------

_TICKETS, _COMMENTS, _FILES = "Tickets", "Comments", "Attachments"
_EFFORT, _LISTS, _LINKS = "Working times and costs", "Ticket lists", "Links and reminders"
_SETTINGS, _TEMPLATES, _MAIL, _SERVICE = "Lists and settings", "Templates", "Mail", "Service"

# Heading of each command on the service page.
GROUPS: Mapping[str, str] = {
    "SaveTicket": _TICKETS,
    "CloseTicket": _TICKETS,
    "ReopenTicket": _TICKETS,
    "MergeTickets": _TICKETS,
    "GetTicket": _TICKETS,
    "GetTicketFromTemplate": _TEMPLATES,
    "GetTicketTemplateList": _TEMPLATES,
    "GetTicketAttachments": _FILES,
    "GetTicketAttachment": _FILES,
    "SaveTicketAttachments": _FILES,
    "DeleteTicketAttachments": _FILES,
    "GetTicketComments": _COMMENTS,
    "GetTicketComment": _COMMENTS,
    "SaveTicketComment": _COMMENTS,
    "GetCommentListOfTicket": _COMMENTS,
    "DeleteTicketComment": _COMMENTS,
    "GetTicketCategoryList": _SETTINGS,
    "GetTicketResolutionList": _SETTINGS,
    "GetAssigneeList": _SETTINGS,
    "GetHelpdeskSettings": _SETTINGS,
    "GetTicketListByQuery": _LISTS,
    "GetTicketList": _LISTS,
    "GetTicketListOfAsset": _LISTS,
    "GetLinkedTicketsOfTicket": _LINKS,
    "LinkAssetsToTicket": _LINKS,
    "LinkClientsToTicket": _LINKS,
    "LinkTicketsToTicket": _LINKS,
    "SaveReminderOfTicket": _LINKS,
    "DeleteReminderOfTicket": _LINKS,
    "SaveTicketWorkingTime": _EFFORT,
    "GetTicketWorkingTimeList": _EFFORT,
    "DeleteTicketWorkingTimeList": _EFFORT,
    "SaveTicketCosts": _EFFORT,
    "GetTicketCost": _EFFORT,
    "GetTicketCostList": _EFFORT,
    "DeleteTicketCosts": _EFFORT,
    "GetEmailMonitorList": _MAIL,
    "DeleteEmailMonitorList": _MAIL,
    "GetCommandVersions": _SERVICE,
}

# --- fields ---------------------------------------------------------------------------------

_SOURCE, _VENDOR, _OURS = "ACMP command list", "vendor's API", "this gateway"
_GUID = "GUID, with or without braces"
_READ_ONLY = "filled by the gateway; may be sent and is ignored"
_BATCH = "1 to 1000 entries, all or nothing"
_WRITING_NEW = "when it is new"


def _field(meaning: str, required: str = "", limits: str = "", origin: str = _OURS) -> FieldText:
    return FieldText(meaning=meaning, required=required, limits=limits, origin=origin)


def _filled(meaning: str, origin: str = _OURS) -> FieldText:
    return _field(meaning, limits=_READ_ONLY, origin=origin)


def _made_by_caller(what: str) -> FieldText:
    return _field(
        f"The {what}, named by the caller: an unknown one creates, a known one edits.",
        required="always",
        limits=_GUID,
        origin=_SOURCE,
    )


_TICKET_FIELDS: Mapping[str, FieldText] = {
    "Id": _made_by_caller("ticket"),
    "TicketNumber": _filled("The ticket's number in the gateway."),
    "Title": _field(
        "One line that says what it is about.",
        required="to create; an edit may leave it out, never empty it",
        limits="255 characters, white space collapsed",
        origin=_SOURCE,
    ),
    "Description": _field(
        "The description as plain text; taken only if HtmlDescription is absent.",
        limits="1 000 000 characters",
    ),
    "HtmlDescription": _field(
        "The description as HTML; the plain text is derived from it. Empty clears both.",
        limits="1 000 000 characters",
        origin=_SOURCE,
    ),
    "CategoryId": _field(
        "The category, one of GetTicketCategoryList. Empty clears it.", limits=_GUID
    ),
    "CategoryEN": _filled("Path of the category in English."),
    "CategoryDE": _filled("Path of the category in German."),
    "Priority": _field("1 very low to 5 very high; 0 counts as not sent.", limits="1 to 5"),
    "StateId": _field(
        "The state; one that closes is set by CloseTicket. Empty counts as not sent.",
        limits=_GUID,
    ),
    "StateEN": _filled("Name of the state in English."),
    "StateDE": _filled("Name of the state in German."),
    "ContactId": _field("Who asks: a customer user. Empty clears it.", limits=_GUID),
    "Contact": _filled("Full name of the contact."),
    "Creator": _filled("Full name of the agent who created the ticket."),
    "CreationDate": _filled("When the ticket was created."),
    "LastModified": _filled("When the ticket or one of its entries was last changed."),
    "AssigneeId": _field(
        "Who works on it. Empty: nobody. Absent: no change.", limits=_GUID + "; V1: users only"
    ),
    "AssigneeName": _filled("Name of the user or group."),
    "AssigneeIsGroup": _field(
        "Whether AssigneeId is a group; alone it changes nothing. Absent is false.",
        origin=_SOURCE,
    ),
    "Assignee": _field(
        "Who works on it: of what is sent only Id and AssigneeIsGroup count.", origin=_SOURCE
    ),
    "ImpactId": _field("The impact. Empty clears it.", limits=_GUID),
    "ImpactEN": _filled("Name of the impact in English."),
    "ImpactDE": _filled("Name of the impact in German."),
    "Keywords": _field("Words to find it by.", limits="255 characters, white space collapsed"),
    "ResolutionId": _filled("How it was solved; set by CloseTicket.", origin=_SOURCE),
    "ResolutionEN": _filled("Name of the resolution in English."),
    "ResolutionDE": _filled("Name of the resolution in German."),
    "ClosingDate": _filled("When it was closed; only while it is closed."),
    "ReminderDate": _filled("When its reminder is due."),
    "TotalWorkingTime": _filled("Sum of its working times in minutes."),
    "TotalCosts": _filled("Sum of its costs, two places."),
    "TemplateId": _field(
        "The template it is made from; ignored when a ticket is edited.", limits=_GUID
    ),
}
_ITEM_FIELDS: Mapping[str, FieldText] = {
    **{name: _filled(text.meaning) for name, text in _TICKET_FIELDS.items()},
    "Id": _filled("The ticket."),
}
_COMMENT_FIELDS: Mapping[str, FieldText] = {
    "Id": _made_by_caller("comment"),
    "TicketId": _field(
        "The comment's ticket; ignored where the comment comes with another command.",
        required=_WRITING_NEW,
        limits=_GUID,
        origin=_SOURCE,
    ),
    "Text": _field(
        "The comment as plain text.",
        required=f"{_WRITING_NEW}; an edit may leave it out, never empty it",
        limits="1 000 000 characters",
        origin=_SOURCE,
    ),
    "IsVisibleForWeb": _field("Whether the customer sees it; new ones are hidden unless it is."),
    "Creator": _filled("Full name of who wrote it.", origin=_SOURCE),
    "CreationDate": _filled("When it was written.", origin=_SOURCE),
    "IsExternal": _filled("Whether it was sent or received as e-mail.", origin=_SOURCE),
    "ExternalMail": _filled("From of that e-mail.", origin=_SOURCE),
    "ExternalRecipient": _filled("To of that e-mail.", origin=_SOURCE),
    "ExternalCC": _filled("Cc of that e-mail.", origin=_SOURCE),
    "Signature": _filled("Signature of that e-mail, if it is kept apart.", origin=_SOURCE),
    "HtmlText": _field(
        "The comment as HTML; it wins over Text, which is derived from it, and the other way"
        " round.",
        required=f"{_WRITING_NEW}, unless there is a Text",
        limits="1 000 000 characters",
    ),
    "LastModified": _filled("When it was last changed."),
}
_SETTING_FIELDS: Mapping[str, FieldText] = {
    "ResolutionsEnabled": _field("Whether CloseTicket demands a resolution.", origin=_SOURCE),
    "CommentRequiredOnClose": _field("Whether CloseTicket demands a comment.", origin=_SOURCE),
    "WorkingTimesEnabled": _field("Whether working times are booked at all.", origin=_SOURCE),
    "WorkingTimeRequiredOnClose": _field(
        "Whether CloseTicket demands a working time, if they are booked at all.", origin=_SOURCE
    ),
    "CostsEnabled": _field("Whether costs are booked at all."),
    "MaxAttachmentSize": _field("Largest attachment in bytes; 0: none.", origin=_VENDOR),
}
_TYPE_FIELDS: Mapping[str, Mapping[str, FieldText]] = {
    **{f"TTicket_V{version}": _TICKET_FIELDS for version in (1, 2, 3, 4, 5)},
    **{f"TTicketListItem_V{version}": _ITEM_FIELDS for version in (1, 2)},
    **{f"TTicketComment_V{version}": _COMMENT_FIELDS for version in (1, 2)},
    **{f"THelpdeskSettings_V{version}": _SETTING_FIELDS for version in (1, 2)},
    "TAssignee_V1": {
        "Id": _field(
            "The user or group. Empty: nobody. Absent: no change.",
            required="in CloseTicket",
            limits=_GUID,
            origin=_SOURCE,
        ),
        "AssigneeIsGroup": _field("Whether Id is a group; absent is false.", origin=_SOURCE),
        "Name": _filled("Full name of the user, or name of the group.", origin=_SOURCE),
        "Description": _filled("What the group is for.", origin=_SOURCE),
        "Email": _filled("E-mail address.", origin=_SOURCE),
        "UserType": _filled(
            "AdUser for users from an outside directory, else AcmpUser, also for nobody.",
            origin=_SOURCE,
        ),
        "Roles": _filled("Names of the user's groups; empty for a group.", origin=_SOURCE),
    },
    "TTicketWorkingTime_V1": {
        "Id": _made_by_caller("working time"),
        "TicketId": _field(
            "Its ticket; in CloseTicket the ticket that is closed.",
            required=_WRITING_NEW,
            limits=_GUID,
            origin=_SOURCE,
        ),
        "Executor": _field(
            "The user who worked.", required=_WRITING_NEW, limits=_GUID, origin=_SOURCE
        ),
        "StartDate": _field(
            "When the work began.",
            required=_WRITING_NEW,
            limits="earlier than EndDate",
            origin=_SOURCE,
        ),
        "EndDate": _field("When the work ended.", required=_WRITING_NEW, origin=_SOURCE),
        "Description": _field("What was done.", limits="4000 characters"),
        "ExecutorName": _filled("Full name of the user."),
        "Duration": _filled("Minutes from start to end, at least 1."),
    },
    "TTicketCostEntry_V1": {
        "Id": _made_by_caller("cost entry"),
        "TicketId": _field("Its ticket.", required=_WRITING_NEW, limits=_GUID, origin=_SOURCE),
        "UnitPrice": _field(
            "Price of one.",
            required=_WRITING_NEW,
            limits="0.01 to 999999.99, two decimal places",
            origin=_SOURCE,
        ),
        "Amount": _field("How many.", required=_WRITING_NEW, limits="1 to 999999", origin=_SOURCE),
        "Category": _field("What kind of cost.", limits="100 characters", origin=_SOURCE),
        "Description": _field("What it was for.", limits="400 characters", origin=_SOURCE),
    },
    "TTicketCost_V1": {
        "Id": _filled("The cost entry."),
        "TicketId": _filled("Its ticket."),
        "UnitPrice": _filled("Price of one."),
        "Amount": _filled("How many."),
        "Category": _filled("What kind of cost."),
        "Description": _filled("What it was for."),
        "CreatorId": _filled("The agent who booked it."),
        "Creator": _filled("Full name of that agent."),
        "CreationDate": _filled("When it was booked."),
        "TotalPrice": _filled("UnitPrice times Amount."),
    },
    "TTicketAttachment_V1": {
        "Id": _made_by_caller("attachment"),
        "DocumentId": _field(
            "The document; an edit must name the pair of Id and DocumentId.",
            required="always",
            limits=_GUID,
            origin=_SOURCE,
        ),
        "Name": _field(
            "Name that is shown; an edit ignores it.",
            required=_WRITING_NEW,
            limits="255 characters",
            origin=_SOURCE,
        ),
        "FileName": _field(
            "Name of the file, without folders; an edit ignores it.",
            required=_WRITING_NEW,
            limits="255 characters",
            origin=_SOURCE,
        ),
        "Description": _field("What it shows.", limits="400 characters", origin=_SOURCE),
        "IsVisibleForWeb": _field("Whether the customer sees it; absent is false.", origin=_SOURCE),
        "Content": _field(
            "The bytes as base64; may be sent later, once.", limits="see MaxAttachmentSize"
        ),
        "TicketId": _filled("Its ticket."),
        "FileSize": _filled("Size in bytes; 0: no content yet."),
        "Creator": _filled("Full name of who added it."),
        "CreationDate": _filled("When it was added."),
    },
    "TTicketReminder_V1": {
        "TicketId": _field("The ticket; it has at most one reminder.", limits=_GUID),
        "ReminderDate": _field("When to remind.", required="always", limits="in the future"),
        "Text": _field("What to say.", limits="400 characters"),
        "RecipientId": _field("Whom to remind; the calling agent if absent.", limits=_GUID),
    },
    "TTicketCategory_V1": {
        "Id": _field("The category."),
        "ParentId": _field("The category above it; absent at the top."),
        "NameEN": _field("Its own name in English."),
        "NameDE": _field("Its own name in German."),
        "PathEN": _field("All names down to it in English, joined by ' / '."),
        "PathDE": _field("All names down to it in German, joined by ' / '."),
    },
    "TTicketResolution_V1": {
        "Id": _field("The resolution."),
        "NameEN": _field("Its name in English."),
        "NameDE": _field("Its name in German."),
    },
    "TLinkedTicket_V1": {
        "TicketId": _field("The other ticket."),
        "TicketNumber": _field("Its number."),
        "Title": _field("Its title."),
        "StateId": _field("Its state."),
        "StateEN": _field("Name of that state in English."),
        "StateDE": _field("Name of that state in German."),
    },
    "TEmailMonitorItem_V1": {
        "Id": _field("The mail."),
        "Subject": _field("Its subject."),
        "Sender": _field("Its From."),
        "Recipient": _field("Its To."),
        "ReceivedDate": _field("When it came."),
        "Body": _field("Its text."),
        "HasAttachments": _field("Whether files came with it."),
    },
    "TTicketTemplate_V1": {
        "Id": _field("The template."),
        "Name": _field("Its name."),
        "Description": _field("What it is for."),
        "StateId": _field("State of its tickets; a closed one is not applied."),
        "StateEN": _field("Name of that state in English."),
        "StateDE": _field("Name of that state in German."),
    },
    "TCommandVersion_V1": {
        "CommandName": _field("The command, without version.", origin=_VENDOR),
        "Versions": _field("Its versions; empty: no such command.", origin=_VENDOR),
    },
}

FIELDS: Mapping[str, FieldText] = {
    **{
        f"{type_name}.{member.name}": _TYPE_FIELDS[type_name][member.name]
        for type_name, notation in shapes.TYPES.items()
        for member in shapes.members(notation)
    },
    "ResultCode": _field("0: done. Everything else is in the table of codes.", origin=_VENDOR),
    "ResultMessage": _field(
        "OK, with a remark after a semicolon; else the field and what is wrong with it.",
        origin=_VENDOR,
    ),
    "FirstErrorMsg": _field(
        "Only after a refusal: the first bad entry's id and what is wrong.", origin=_VENDOR
    ),
    "Ticket": _field("The ticket.", origin=_SOURCE),
    "TicketId": _field("The ticket.", limits=_GUID, origin=_SOURCE),
    "TicketNumber": _field("The ticket's number in the gateway."),
    "CreatorId": _field("The agent who created the ticket."),
    "MergedIntoTicketId": _field("The ticket it was merged into; absent if it was not."),
    "CloseTicket_V1.Assignee": _field(
        "Who is assigned from now on; an empty Id is refused.", origin=_SOURCE
    ),
    "ReopenTicket_V1.Assignee": _field("Who is assigned from now on; absent: no change."),
    "ResolutionId": _field(
        "How it was solved, one of GetTicketResolutionList.",
        required="if ResolutionsEnabled; else ignored",
        limits=_GUID,
        origin=_SOURCE,
    ),
    "CloseTicket_V1.Comment": _field(
        "A comment on the ticket, with Id and Text.",
        required="if CommentRequiredOnClose",
        origin=_SOURCE,
    ),
    "ReopenTicket_V1.Comment": _field("A comment on the ticket, with Id and Text."),
    "Comment": _field("The comment.", origin=_SOURCE),
    "CloseTicket_V1.WorkingTime": _field(
        "A working time with Id, TicketId, Executor, StartDate and EndDate.",
        required="if WorkingTimesEnabled and WorkingTimeRequiredOnClose",
        origin=_SOURCE,
    ),
    "WorkingTime": _field("The working time.", origin=_SOURCE),
    "TargetTicketId": _field("The ticket that stays; it must be open.", limits=_GUID),
    "SourceTicketIds": _field("The tickets that are merged into it.", limits=_BATCH),
    "TemplateId": _field("The template.", limits=_GUID),
    "Templates": _field("The active templates, by name."),
    "Attachments": _field("The attachments.", limits=_BATCH, origin=_SOURCE),
    "GetTicketAttachments_V1.Attachments": _field(
        "The ticket's attachments and those of its comments without content, oldest first."
    ),
    "AttachmentId": _field("The attachment.", limits=_GUID),
    "Attachment": _field("The attachment with its content."),
    "AttachmentIds": _field("The attachments to delete.", limits=_BATCH),
    "Comments": _field("The ticket's comments; its description is none."),
    "CommentId": _field("The comment.", limits=_GUID),
    "Categories": _field("The active categories, by path."),
    "Resolutions": _field("The active resolutions, by name, also while they are disabled."),
    "Assignees": _field("Users, then groups, to whom the caller may assign; each by name."),
    "Settings": _field("The operator's rules at this moment."),
    "QueryId": _field("The stored query; the console shows its GUID.", limits=_GUID),
    "TicketIds": _field(
        "The tickets to list; none: all that the caller may see.", limits="at most 1000"
    ),
    "Offset": _field("How many to leave out at the beginning; absent is 0.", limits="0 or more"),
    "Count": _field("How many to give at most; absent or 0 is 1000.", limits="at most 1000"),
    "WithTotalCount": _field("Whether to count all that match; absent is false."),
    "Tickets": _field("The tickets of this page."),
    "HasMore": _field("Whether there are more after this page."),
    "TotalCount": _field("How many match in all; only if WithTotalCount was true."),
    "AssetId": _field("The asset, a GUID of another system.", limits=_GUID),
    "LinkedTickets": _field("The tickets linked to it, from either end, by number."),
    "AssetIds": _field("The assets to link; linked ones stay.", limits=_BATCH),
    "ClientIds": _field("The clients to link; linked ones stay.", limits=_BATCH),
    "LinkedTicketIds": _field("The tickets to link; linked ones stay.", limits=_BATCH),
    "Reminder": _field("The reminder; it replaces the one that is there."),
    "WorkingTimes": _field("The ticket's working times, by StartDate."),
    "WorkingTimeIds": _field("The working times to delete.", limits=_BATCH),
    "Costs": _field("The cost entries, of one or several tickets.", limits=_BATCH, origin=_SOURCE),
    "GetTicketCostList_V1.Costs": _field("The ticket's cost entries, oldest first."),
    "CostId": _field("The cost entry.", limits=_GUID),
    "Cost": _field("The cost entry."),
    "CostIds": _field("The cost entries to delete.", limits=_BATCH),
    "EmailMonitors": _field("Received mails that belong to no ticket, newest first."),
    "EmailMonitorIds": _field("The mails to delete for good.", limits=_BATCH),
    "Commands": _field("Names without version; none: all.", origin=_VENDOR),
    "CommandVersions": _field("One entry for each command.", origin=_VENDOR),
}

# --- codes ----------------------------------------------------------------------------------

_IN_FAULT = "Only in faults: "

CODES: tuple[CodeText, ...] = (
    CodeText(
        code="0",
        name="ErrorOK",
        meaning="Done. A remark may follow OK in ResultMessage.",
        remedy="None needed.",
    ),
    CodeText(
        code="7",
        name="ErrorInvalidSession",
        meaning=_IN_FAULT + "the session id is unknown or has expired.",
        remedy="Get a new session, or send user name and password.",
    ),
    CodeText(
        code="15",
        name="ErrorUserNamePasswordWrong",
        meaning=_IN_FAULT + "wrong credentials, a locked account, one without agent, or "
        "several identities that disagree.",
        remedy="Check account and password; of tokens only PasswordText is accepted.",
    ),
    CodeText(
        code="18",
        name="ErrorInternalError",
        meaning=_IN_FAULT + "a defect of the gateway; nothing was changed.",
        remedy="Give the reference to the operator.",
    ),
    CodeText(
        code="19",
        name="ErrorDatabaseError",
        meaning=_IN_FAULT + "overload, a missed deadline, storage away, or an unknown outcome.",
        remedy="Send the same call again after Retry-After; with the same ids it has one effect.",
    ),
    CodeText(
        code="26",
        name="ErrorClientNotExist",
        meaning="A client that is not in the operator's registry; LinkClientsToTicket only.",
        remedy="Have the client registered, or leave it out.",
    ),
    CodeText(
        code="30",
        name="ErrorElementNotFound",
        meaning="An id that leads to nothing the caller may see; ResultMessage names the field.",
        remedy="Check the id, that its row is active, and the account's groups.",
    ),
    CodeText(
        code="35",
        name="ErrorInvalidRequest",
        meaning="A broken rule; nothing was changed. ResultMessage is the field and the rule.",
        remedy="Correct that field and send the call again.",
    ),
)

# --- samples --------------------------------------------------------------------------------


def filled(operation: str) -> Mapping[str, object]:
    """Give arguments of an operation that a gateway with the demo data accepts."""
    return _SAMPLES[operation]


def _of(ticket: UUID) -> dict[str, object]:
    return {"TicketId": wire_guid(ticket)}


def _ticket(**fields: object) -> dict[str, object]:
    return {
        "Ticket": {
            "Id": wire_guid(SAVED_TICKET),
            "Title": "Printer jams",
            "HtmlDescription": "Second floor, <b>left</b> tray.<br />Since Monday.",
            "Priority": 4,
            "StateId": wire_guid(STATE_OPEN),
            **fields,
        }
    }


def _comment(guid: UUID, text: str, **fields: object) -> dict[str, object]:
    return {"Comment": {"Id": wire_guid(guid), "Text": text, **fields}}


def _working_time(guid: UUID, ticket: UUID) -> dict[str, object]:
    return {
        "WorkingTime": {
            "Id": wire_guid(guid),
            **_of(ticket),
            "Executor": wire_guid(ADMIN_AGENT),
            "StartDate": "2025-06-27T10:00:00Z",
            "EndDate": "2025-06-27T10:25:00Z",
            "Description": "Roller replaced.",
        }
    }


_ADMIN = {"Assignee": {"Id": wire_guid(ADMIN_AGENT)}}
_GROUP = {"Assignee": {"Id": wire_guid(USERS_GROUP), "AssigneeIsGroup": True}}
_PAGE = {"Offset": 0, "Count": 50, "WithTotalCount": True}

_SAMPLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "SaveTicket_V1": _ticket(AssigneeId=wire_guid(ADMIN_AGENT)),
        "SaveTicket_V2": _ticket(
            AssigneeId=wire_guid(USERS_GROUP), AssigneeIsGroup=True, Keywords="printer paper"
        ),
        "SaveTicket_V3": _ticket(**_ADMIN, Keywords="printer paper"),
        "SaveTicket_V4": _ticket(**_GROUP, Keywords="printer paper"),
        "CloseTicket_V1": {
            **_of(DEMO_TICKET_TO_CLOSE),
            **_ADMIN,
            **_comment(_CLOSING_COMMENT, "Roller replaced."),
            **_working_time(_CLOSING_TIME, DEMO_TICKET_TO_CLOSE),
        },
        "ReopenTicket_V1": {
            **_of(DEMO_TICKET_TO_REOPEN),
            **_comment(_REOPENING_COMMENT, "It jams again."),
        },
        "MergeTickets_V1": {
            "TargetTicketId": wire_guid(DEMO_TICKET),
            "SourceTicketIds": [wire_guid(DEMO_TICKET_TO_MERGE)],
        },
        **{f"GetTicket_V{version}": _of(DEMO_TICKET) for version in (1, 2, 3, 4, 5)},
        "GetTicketFromTemplate_V1": {"TemplateId": wire_guid(DEMO_TEMPLATE)},
        "GetTicketTemplateList_V1": {},
        "GetTicketAttachments_V1": _of(DEMO_TICKET),
        "GetTicketAttachment_V1": {"AttachmentId": wire_guid(DEMO_ATTACHMENT)},
        "SaveTicketAttachments_V1": {
            **_of(DEMO_TICKET),
            "Attachments": [
                {
                    "Id": wire_guid(_SAVED_ATTACHMENT),
                    "DocumentId": wire_guid(_DOCUMENT),
                    "Name": "Test page",
                    "FileName": "test-page.txt",
                    "Content": b"The quick brown fox\n",
                }
            ],
        },
        "DeleteTicketAttachments_V1": {
            **_of(DEMO_TICKET),
            "AttachmentIds": [wire_guid(DEMO_ATTACHMENT_TO_DELETE)],
        },
        "GetTicketComments_V1": _of(DEMO_TICKET),
        "GetTicketComment_V1": {"CommentId": wire_guid(DEMO_COMMENT)},
        "GetTicketComment_V2": {"CommentId": wire_guid(DEMO_COMMENT)},
        "SaveTicketComment_V1": _comment(
            _SAVED_COMMENT, "New rollers are ordered.", **_of(DEMO_TICKET), IsVisibleForWeb=True
        ),
        "SaveTicketComment_V2": {
            "Comment": {
                "Id": wire_guid(_SAVED_COMMENT),
                **_of(DEMO_TICKET),
                "IsVisibleForWeb": True,
                "HtmlText": "New rollers are <b>ordered</b>.",
            }
        },
        "GetCommentListOfTicket_V1": _of(DEMO_TICKET),
        "DeleteTicketComment_V1": {"CommentId": wire_guid(DEMO_COMMENT_TO_DELETE)},
        "GetTicketCategoryList_V1": {},
        "GetTicketResolutionList_V1": {},
        "GetAssigneeList_V1": {},
        "GetHelpdeskSettings_V1": {},
        "GetHelpdeskSettings_V2": {},
        "GetTicketListByQuery_V1": {"QueryId": wire_guid(_ALL_OPEN_TICKETS), **_PAGE},
        "GetTicketListByQuery_V2": {"QueryId": wire_guid(_ALL_OPEN_TICKETS), **_PAGE},
        "GetTicketList_V1": _PAGE,
        "GetTicketListOfAsset_V1": {"AssetId": wire_guid(_ASSET)},
        "GetLinkedTicketsOfTicket_V1": _of(DEMO_TICKET),
        "LinkAssetsToTicket_V1": {**_of(DEMO_TICKET), "AssetIds": [wire_guid(_ASSET)]},
        "LinkClientsToTicket_V1": {**_of(DEMO_TICKET), "ClientIds": [wire_guid(_CLIENT)]},
        "LinkTicketsToTicket_V1": {
            **_of(DEMO_TICKET),
            "LinkedTicketIds": [wire_guid(DEMO_TICKET_TO_LINK)],
        },
        "SaveReminderOfTicket_V1": {
            "Reminder": {
                **_of(DEMO_TICKET),
                "ReminderDate": "2099-12-31T08:00:00Z",
                "Text": "Have the rollers come?",
            }
        },
        "DeleteReminderOfTicket_V1": _of(DEMO_TICKET),
        "SaveTicketWorkingTime_V1": _working_time(_SAVED_TIME, DEMO_TICKET),
        "GetTicketWorkingTimeList_V1": _of(DEMO_TICKET),
        "DeleteTicketWorkingTimeList_V1": {"WorkingTimeIds": [wire_guid(DEMO_WORKING_TIME)]},
        "SaveTicketCosts_V1": {
            "Costs": [
                {
                    "Id": wire_guid(_SAVED_COST),
                    **_of(DEMO_TICKET),
                    "UnitPrice": "19.90",
                    "Amount": 2,
                    "Category": "Spare parts",
                    "Description": "Rollers",
                }
            ]
        },
        "GetTicketCost_V1": {"CostId": wire_guid(DEMO_COST)},
        "GetTicketCostList_V1": _of(DEMO_TICKET),
        "DeleteTicketCosts_V1": {"CostIds": [wire_guid(DEMO_COST_TO_DELETE)]},
        "GetEmailMonitorList_V1": {},
        "DeleteEmailMonitorList_V1": {"EmailMonitorIds": [wire_guid(DEMO_MAIL)]},
        "GetCommandVersions_V1": {"Commands": ["SaveTicket", "GetTicket"]},
    }
)
