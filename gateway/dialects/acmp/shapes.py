"""Wire names of the ACMP dialect: the one table of types and the one of operations.

Sections 5 and 6 of the contract, line by line. Everything else (Spyne classes, WSDL, pages, the
answer of GetCommandVersions) is made from these two tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from spyne import (
    Array,
    Boolean,
    ByteArray,
    ComplexModel,
    DateTime,
    Decimal,
    Enum,
    Integer32,
    Integer64,
    Unicode,
)

NAMESPACE = "urn:ticket-gateway:acmp:helpdesk"

USER_TYPE = Enum("AcmpUser", "AdUser", type_name="TUserType")

_PRIMITIVES: Mapping[str, Any] = {
    "Guid": Unicode,  # G1: the form is checked in code, the schema says string
    "string": Unicode,
    "int": Integer32,
    "long": Integer64,
    "boolean": Boolean,
    "decimal": Decimal,
    "dateTime": DateTime,
    "base64Binary": ByteArray,
    "TUserType": USER_TYPE,
}


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a type or a parameter of an operation.

    ``many`` is the contract's ``[T]``, ``required`` its ``!``.
    """

    name: str
    type: str
    required: bool = False
    many: bool = False


def members(text: str) -> tuple[Member, ...]:
    """Read the contract's notation: ``Id!; Roles:[string]; Title:string!``.

    Where no type stands, a name ending in ``Ids`` is a list of string, one ending in ``Id`` a
    Guid.
    """
    return tuple(_member(part.strip()) for part in text.split(";") if part.strip())


def _member(text: str) -> Member:
    required = text.endswith("!")
    name, _, kind = text.rstrip("!").partition(":")
    if not kind:
        kind = "[string]" if name.endswith("Ids") else "Guid"
    many = kind.startswith("[")
    return Member(name, kind.strip("[]"), required=required, many=many)


_ALL = (1, 2, 3, 4, 5)

# Section 5.1: the fields of TTicket in their order, with the versions that have them.
_TICKET: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("Id!", _ALL),
    ("TicketNumber:int", _ALL),
    ("Title:string", _ALL),
    ("Description:string", _ALL),
    ("HtmlDescription:string", _ALL),
    ("CategoryId", _ALL),
    ("CategoryEN:string; CategoryDE:string", _ALL),
    ("Priority:int", _ALL),
    ("StateId", _ALL),
    ("StateEN:string; StateDE:string", _ALL),
    ("ContactId", _ALL),
    ("Contact:string", _ALL),
    ("Creator:string", _ALL),
    ("CreationDate:dateTime; LastModified:dateTime", _ALL),
    ("AssigneeId", (1, 2, 3)),
    ("AssigneeName:string", (1, 2, 3)),
    ("AssigneeIsGroup:boolean", (2, 3)),
    ("Assignee:TAssignee_V1", (4, 5)),
    ("ImpactId", (2, 3, 4, 5)),
    ("ImpactEN:string; ImpactDE:string", (2, 3, 4, 5)),
    ("Keywords:string", (2, 3, 4, 5)),
    ("ResolutionId", (3, 4, 5)),
    ("ResolutionEN:string; ResolutionDE:string", (3, 4, 5)),
    ("ClosingDate:dateTime", (3, 4, 5)),
    ("ReminderDate:dateTime", (3, 4, 5)),
    ("TotalWorkingTime:int", (3, 4, 5)),
    ("TotalCosts:decimal", (3, 4, 5)),
    ("TemplateId", (5,)),
)

_LIST_ITEM = (
    "Id!; TicketNumber:int!; Title:string!; CategoryId; CategoryEN:string; CategoryDE:string;"
    "Priority:int; StateId; StateEN:string; StateDE:string; ContactId; Contact:string;"
)
_COMMENT = (
    "Id!; TicketId; Text:string; IsVisibleForWeb:boolean; Creator:string; CreationDate:dateTime;"
    "IsExternal:boolean; ExternalMail:string; ExternalRecipient:string; ExternalCC:string;"
    "Signature:string;"
)
_SETTINGS = (
    "ResolutionsEnabled:boolean!; CommentRequiredOnClose:boolean!; WorkingTimesEnabled:boolean!;"
    "WorkingTimeRequiredOnClose:boolean!;"
)

# Section 5.2, and 5.1 by version.
TYPES: Mapping[str, str] = {
    "TAssignee_V1": (
        "Id; AssigneeIsGroup:boolean; Name:string; Description:string; Email:string;"
        "UserType:TUserType; Roles:[string]"
    ),
    **{
        f"TTicket_V{version}": ";".join(text for text, versions in _TICKET if version in versions)
        for version in _ALL
    },
    "TTicketListItem_V1": (
        _LIST_ITEM + "AssigneeId; AssigneeName:string; CreationDate:dateTime; LastModified:dateTime"
    ),
    "TTicketListItem_V2": (
        _LIST_ITEM + "Assignee:TAssignee_V1; CreationDate:dateTime; LastModified:dateTime"
    ),
    "TTicketComment_V1": _COMMENT,
    "TTicketComment_V2": _COMMENT + "HtmlText:string; LastModified:dateTime",
    "TTicketWorkingTime_V1": (
        "Id!; TicketId; Executor:Guid; StartDate:dateTime; EndDate:dateTime; Description:string;"
        "ExecutorName:string; Duration:int"
    ),
    "TTicketCostEntry_V1": (
        "Id!; TicketId; UnitPrice:decimal; Amount:int; Category:string; Description:string"
    ),
    "TTicketCost_V1": (
        "Id!; TicketId!; UnitPrice:decimal!; Amount:int!; Category:string; Description:string;"
        "CreatorId; Creator:string; CreationDate:dateTime!; TotalPrice:decimal!"
    ),
    "TTicketAttachment_V1": (
        "Id!; DocumentId!; Name:string; FileName:string; Description:string;"
        "IsVisibleForWeb:boolean; Content:base64Binary; TicketId; FileSize:int; Creator:string;"
        "CreationDate:dateTime"
    ),
    "TTicketReminder_V1": "TicketId!; ReminderDate:dateTime!; Text:string; RecipientId",
    "TTicketCategory_V1": (
        "Id!; ParentId; NameEN:string!; NameDE:string!; PathEN:string!; PathDE:string!"
    ),
    "TTicketResolution_V1": "Id!; NameEN:string!; NameDE:string!",
    "TLinkedTicket_V1": (
        "TicketId!; TicketNumber:int!; Title:string!; StateId!; StateEN:string!; StateDE:string!"
    ),
    "THelpdeskSettings_V1": _SETTINGS,
    "THelpdeskSettings_V2": _SETTINGS + "CostsEnabled:boolean!; MaxAttachmentSize:long!",
    "TEmailMonitorItem_V1": (
        "Id!; Subject:string; Sender:string; Recipient:string; ReceivedDate:dateTime!;"
        "Body:string; HasAttachments:boolean!"
    ),
    "TTicketTemplate_V1": (
        "Id!; Name:string!; Description:string; StateId; StateEN:string; StateDE:string"
    ),
    "TCommandVersion_V1": "CommandName:string!; Versions:[int]!",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of section 6: what it does, its parameters and the fields after code and message."""

    name: str
    does: str
    request: tuple[Member, ...]
    answer: tuple[Member, ...]

    @property
    def command(self) -> str:
        """Give the name without version, the word of the rights table."""
        return self.name.rpartition("_V")[0]

    @property
    def version(self) -> int:
        """Give the version's number."""
        return int(self.name.rpartition("_V")[2])


_PAGING = "Offset:int; Count:int; WithTotalCount:boolean"
_FIRST_ERROR = "FirstErrorMsg:string"


def _operation(name: str, does: str, request: str = "", answer: str = "") -> Operation:
    return Operation(name, does, members(request), members(answer))


_O = _operation

OPERATIONS: tuple[Operation, ...] = (
    _O("SaveTicket_V1", "Creates or edits a ticket; users only as assignee.",
       "Ticket:TTicket_V1!"),
    _O("SaveTicket_V2", "Creates or edits a ticket; assignee by id and kind.",
       "Ticket:TTicket_V2!", "TicketNumber:int"),
    _O("SaveTicket_V3", "Creates or edits a ticket; assignee as object.",
       "Ticket:TTicket_V4!", "TicketNumber:int"),
    _O("SaveTicket_V4", "Creates or edits a ticket, on creation also from a template.",
       "Ticket:TTicket_V5!", "TicketNumber:int"),
    _O("CloseTicket_V1", "Closes a ticket.",
       "TicketId!; Assignee:TAssignee_V1!; ResolutionId; Comment:TTicketComment_V1;"
       "WorkingTime:TTicketWorkingTime_V1"),
    _O("ReopenTicket_V1", "Opens a closed ticket again.",
       "TicketId!; Assignee:TAssignee_V1; Comment:TTicketComment_V1"),
    _O("MergeTickets_V1", "Merges tickets into one.",
       "TargetTicketId!; SourceTicketIds!", _FIRST_ERROR),
    *(_O(f"GetTicket_V{n}", "Reads a ticket.", "TicketId!", f"Ticket:TTicket_V{n}; CreatorId")
      for n in (1, 2, 3, 4)),
    _O("GetTicket_V5", "Reads a ticket with its template and merge target.",
       "TicketId!", "Ticket:TTicket_V5; CreatorId; MergedIntoTicketId"),
    _O("GetTicketFromTemplate_V1", "Shows the ticket a template would give; stores nothing.",
       "TemplateId!", "Ticket:TTicket_V5"),
    _O("GetTicketTemplateList_V1", "Lists the ticket templates.",
       "", "Templates:[TTicketTemplate_V1]"),
    _O("GetTicketAttachments_V1", "Lists a ticket's attachments without content.",
       "TicketId!", "Attachments:[TTicketAttachment_V1]"),
    _O("GetTicketAttachment_V1", "Reads one attachment with content.",
       "AttachmentId!", "Attachment:TTicketAttachment_V1"),
    _O("SaveTicketAttachments_V1", "Adds or edits attachments of a ticket.",
       "TicketId!; Attachments:[TTicketAttachment_V1]!", _FIRST_ERROR),
    _O("DeleteTicketAttachments_V1", "Deletes attachments of a ticket.",
       "TicketId!; AttachmentIds!", _FIRST_ERROR),
    _O("GetTicketComments_V1", "Lists a ticket's comments, oldest first.",
       "TicketId!", "Comments:[TTicketComment_V1]"),
    _O("GetTicketComment_V1", "Reads one comment.",
       "CommentId!", "Comment:TTicketComment_V1"),
    _O("GetTicketComment_V2", "Reads one comment. With HTML.",
       "CommentId!", "Comment:TTicketComment_V2"),
    _O("SaveTicketComment_V1", "Adds or edits a comment.", "Comment:TTicketComment_V1!"),
    _O("SaveTicketComment_V2", "Adds or edits a comment. With HTML.",
       "Comment:TTicketComment_V2!"),
    _O("GetCommentListOfTicket_V1", "Lists a ticket's comments with HTML, newest first.",
       "TicketId!", "Comments:[TTicketComment_V2]"),
    _O("DeleteTicketComment_V1", "Deletes a comment.", "CommentId!"),
    _O("GetTicketCategoryList_V1", "Lists the active categories.",
       "", "Categories:[TTicketCategory_V1]"),
    _O("GetTicketResolutionList_V1", "Lists the active resolutions.",
       "", "Resolutions:[TTicketResolution_V1]"),
    _O("GetAssigneeList_V1", "Lists users and groups a ticket can be assigned to.",
       "", "Assignees:[TAssignee_V1]"),
    _O("GetHelpdeskSettings_V1", "Reads the rules for closing.",
       "", "Settings:THelpdeskSettings_V1"),
    _O("GetHelpdeskSettings_V2", "Reads the rules for closing. All settings.",
       "", "Settings:THelpdeskSettings_V2"),
    _O("GetTicketListByQuery_V1", "Runs a stored query.", f"QueryId!; {_PAGING}",
       "Tickets:[TTicketListItem_V1]; HasMore:boolean; TotalCount:int"),
    _O("GetTicketListByQuery_V2", "Runs a stored query. Assignee as object.",
       f"QueryId!; {_PAGING}",
       "Tickets:[TTicketListItem_V2]; HasMore:boolean; TotalCount:int"),
    _O("GetTicketList_V1", "Lists tickets by id, or all.", f"TicketIds; {_PAGING}",
       "Tickets:[TTicketListItem_V1]; HasMore:boolean; TotalCount:int"),
    _O("GetTicketListOfAsset_V1", "Lists the tickets linked to an asset.",
       "AssetId!", "Tickets:[TTicketListItem_V1]; HasMore:boolean"),
    _O("GetLinkedTicketsOfTicket_V1", "Lists the tickets linked to a ticket.",
       "TicketId!", "LinkedTickets:[TLinkedTicket_V1]"),
    _O("LinkAssetsToTicket_V1", "Links assets to a ticket.",
       "TicketId!; AssetIds!", _FIRST_ERROR),
    _O("LinkClientsToTicket_V1", "Links clients to a ticket.",
       "TicketId!; ClientIds!", _FIRST_ERROR),
    _O("LinkTicketsToTicket_V1", "Links tickets to a ticket.",
       "TicketId!; LinkedTicketIds!", _FIRST_ERROR),
    _O("SaveReminderOfTicket_V1", "Sets the ticket's reminder.",
       "Reminder:TTicketReminder_V1!"),
    _O("DeleteReminderOfTicket_V1", "Deletes the ticket's reminder.", "TicketId!"),
    _O("SaveTicketWorkingTime_V1", "Adds or edits a working time.",
       "WorkingTime:TTicketWorkingTime_V1!"),
    _O("GetTicketWorkingTimeList_V1", "Lists a ticket's working times.",
       "TicketId!", "WorkingTimes:[TTicketWorkingTime_V1]"),
    _O("DeleteTicketWorkingTimeList_V1", "Deletes working times.",
       "WorkingTimeIds!", _FIRST_ERROR),
    _O("SaveTicketCosts_V1", "Adds or edits cost entries.",
       "Costs:[TTicketCostEntry_V1]!", _FIRST_ERROR),
    _O("GetTicketCost_V1", "Reads one cost entry.", "CostId!", "Cost:TTicketCost_V1"),
    _O("GetTicketCostList_V1", "Lists a ticket's cost entries.",
       "TicketId!", "Costs:[TTicketCost_V1]"),
    _O("DeleteTicketCosts_V1", "Deletes cost entries.", "CostIds!", _FIRST_ERROR),
    _O("GetEmailMonitorList_V1", "Lists received mails that belong to no ticket.",
       "", "EmailMonitors:[TEmailMonitorItem_V1]"),
    _O("DeleteEmailMonitorList_V1", "Deletes such mails.", "EmailMonitorIds!", _FIRST_ERROR),
    _O("GetCommandVersions_V1", "Says which versions of the commands exist.",
       "Commands:[string]", "CommandVersions:[TCommandVersion_V1]"),
)  # fmt: skip

_CODE = members("ResultCode:int!; ResultMessage:string!")


def answer_fields(operation: Operation) -> tuple[Member, ...]:
    """Give the fields of an operation's result: code and message first."""
    return _CODE + operation.answer


def spyne_type(member: Member) -> Any:
    """Give the Spyne type of a member: never nillable, list wrappers as ``Array`` writes them."""
    base = _PRIMITIVES.get(member.type) or model(member.type)
    least = 1 if member.required else 0
    if member.many:
        return Array(base, min_occurs=least, nillable=False)
    return base.customize(min_occurs=least, nillable=False)


@cache
def model(name: str) -> Any:
    """Give the Spyne class of a type of section 5, made once."""
    return _complex(name, members(TYPES[name]))


def result_model(operation: Operation) -> Any:
    """Give the class of an operation's result, ``T<Command>Response_V<n>``."""
    return _complex(f"T{operation.command}Response_V{operation.version}", answer_fields(operation))


def _complex(name: str, fields: tuple[Member, ...]) -> Any:
    return type(ComplexModel)(
        name,
        (ComplexModel,),
        {
            "__namespace__": NAMESPACE,
            "__type_name__": name,
            "__module__": __name__,
            "_type_info": [(field.name, spyne_type(field)) for field in fields],
        },
    )


class HelpdeskFault(ComplexModel):  # type: ignore[misc]  # Spyne ships no types
    """The one detail element of a fault (contract section 3)."""

    __namespace__ = NAMESPACE
    _type_info = [  # noqa: RUF012 - Spyne's metaclass takes it away
        (field.name, spyne_type(field))
        for field in members(
            "ResultCode:int!; ResultMessage:string!; FirstErrorMsg:string; Reference:string"
        )
    ]
