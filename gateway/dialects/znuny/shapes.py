"""Wire names and types of the Znuny dialect: section 5 of the contract, and its only place.

A member is written ``Name``, its occurrence and ``:type``. Occurrence: none once, ``?`` at most
once, ``+`` at least once, ``*`` any number, ``!`` always sent though perhaps empty (the contract's
``e``). Types as there, string if none; ``#`` after it: a number in JSON answers, else a string;
``~``: JSON ``null`` where there is no value; ``1``: in JSON a list only if there are several.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from spyne import ByteArray, ComplexModel, Decimal, Integer32, Integer64, Unicode

CONNECTOR = "http://www.otrs.org/TicketConnector/"
TIME_ACCOUNTING = "http://www.znuny.org/TimeAccountingWebservice/"
FAULT = "GenericInterfaceFault"
ERROR = "OTRS_Error"


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a request, an answer, or a type."""

    name: str
    type: str  # a scalar of section 5, or the name of a type
    occurs: str  # "", "?", "+", "*" or "!"
    number: bool = False  # in JSON answers
    null: bool = False  # in JSON answers, where there is no value
    plain: bool = False  # in JSON answers: no list unless there are several

    @property
    def many(self) -> bool:
        """Tell whether it may stand several times."""
        return self.occurs in ("+", "*")

    @property
    def optional(self) -> bool:
        """Tell whether it may be left out."""
        return self.occurs in ("?", "*")

    @property
    def always(self) -> bool:
        """Tell whether it is sent although there is no value."""
        return self.occurs == "!"


_MEMBER = re.compile(r"(?P<name>\w+)(?P<occurs>[?+*!]?)(?::(?P<type>\w+?))?(?P<marks>[#~1]*)")


def _fields(*texts: str) -> tuple[Field, ...]:
    """Read members; every sequence stands in ASCII order of names (contract 2.4)."""
    found = [_field(part) for text in texts for part in text.split()]
    return tuple(sorted(found, key=lambda field: field.name))


def _field(text: str) -> Field:
    match = _MEMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"no member: {text}")
    marks = match["marks"]
    return Field(
        match["name"],
        match["type"] or "s",
        match["occurs"],
        "#" in marks,
        "~" in marks,
        "1" in marks,
    )


_LOGIN = "CustomerUserLogin? Password? TwoFactorToken? UserLogin?"
_AUTH = f"{_LOGIN} SessionID?"
_PARTS = "Attachment*:OTRS_Attachment DynamicField*:OTRS_DynamicField"
_GET = (
    "AllArticles?:f ArticleLimit?:id ArticleOrder?:order ArticleSenderType* Attachments?:f"
    " DynamicFields?:f Extended?:f GetAttachmentContents?:f HTMLBodyAsAttachment?:f TicketID+:id"
)
_TICKET = (
    "CustomerID? Lock? LockID?:id Owner? OwnerID?:id PendingTime?:OTRS_PendingTime Priority?"
    " PriorityID?:id Queue? QueueID?:id Responsible? ResponsibleID?:id SLA? SLAID?:id Service?"
    " ServiceID?:id State? StateID?:id Type? TypeID?:id"
)

# Section 7. A time is a prefix and a suffix.
_TIMES = (
    "ArticleCreateTime", "TicketCreateTime", "TicketChangeTime", "TicketLastChangeTime",
    "TicketCloseTime", "TicketPendingTime", "TicketEscalationTime", "TicketEscalationUpdateTime",
    "TicketEscalationResponseTime", "TicketEscalationSolutionTime",
)  # fmt: skip
_BOUNDS = ("OlderMinutes?:n", "NewerMinutes?:n", "OlderDate?", "NewerDate?")
_SEARCH = (
    "TicketNumber* Title* TicketID*:id Queues* QueueIDs*:id UseSubQueues?:f Types* TypeIDs*:id"
    " States* StateIDs*:id Priorities* PriorityIDs*:id Services* ServiceIDs*:id SLAs* SLAIDs*:id"
    " Locks* LockIDs*:id StateType* StateTypeIDs*:id OwnerIDs*:id ResponsibleIDs*:id"
    " WatchUserIDs*:id CustomerID* CustomerIDRaw* CustomerUserLogin* CreatedUserIDs*:id"
    " CreatedTypes* CreatedTypeIDs*:id CreatedPriorities* CreatedPriorityIDs*:id CreatedStates*"
    " CreatedStateIDs*:id CreatedQueues* CreatedQueueIDs*:id"
    " DynamicField*:OTRS_TicketSearch_DynamicField MIMEBase_From* MIMEBase_To* MIMEBase_Cc*"
    " MIMEBase_Bcc* MIMEBase_Subject* MIMEBase_Body* AttachmentName* MIMEBase_AttachmentName*"
    " Fulltext? FullTextIndex?:f ContentSearch? ConditionInline?:f SearchInArchive? Limit?:n"
    " SortBy* OrderBy* Cursor?"
)
_SEARCH_TIMES = " ".join(prefix + bound for prefix, bound in product(_TIMES, _BOUNDS))

_CHANGED = "ArticleID*:id#1 Ticket?:OTRS_TicketGetResponse_Ticket TicketID?:id TicketNumber?"
_FOUND = "Ticket*:OTRS_TicketGetResponse_Ticket"

REQUESTS: Mapping[str, tuple[Field, ...]] = {
    "SessionCreate": _fields(_LOGIN),
    "SessionGet": _fields("SessionID"),
    "SessionRemove": _fields(_LOGIN, "SessionID"),
    "TicketCreate": _fields(_AUTH, _PARTS, "Article+:OTRS_Article Ticket:OTRS_TicketCreate_Ticket"),
    "TicketUpdate": _fields(
        _AUTH,
        _PARTS,
        "Article*:OTRS_Article Ticket?:OTRS_TicketUpdate_Ticket TicketID?:id TicketNumber?",
    ),
    "TicketGet": _fields(_AUTH, _GET),
    "TicketGetList": _fields(_AUTH, _GET),
    "TicketHistoryGet": _fields(_AUTH, "TicketID+:id"),
    "TicketSearch": _fields(
        _SEARCH, _SEARCH_TIMES, "Password? SessionID? TwoFactorToken? UserLogin?"
    ),
    "ExternalReference": _fields(
        _AUTH,
        _PARTS,
        "Article*:OTRS_Article ExternalReference Ticket?:OTRS_TicketUpdate_Ticket",
    ),
    "TimeAccountingGet": _fields(
        _AUTH, "TimeAccountingEnd TimeAccountingStart TimeAccountingUserLogin"
    ),
    "OutOfOffice": _fields(
        _AUTH, "OutOfOfficeEntries*:OTRS_OutOfOfficeEntry OutOfOfficeEntriesCSVString?"
    ),
}

_ANY_ERROR = f"Error?:{ERROR}"
ANSWERS: Mapping[str, tuple[Field, ...]] = {
    operation: _fields(members, _ANY_ERROR)
    for operation, members in {
        "SessionCreate": "SessionID?",
        "SessionGet": "SessionData*:OTRS_SessionGetResponse_SessionData",
        "SessionRemove": "Success?:f#",
        "TicketCreate": _CHANGED,
        "TicketUpdate": _CHANGED,
        "ExternalReference": f"Action?:action {_CHANGED}",
        "TicketGet": _FOUND,
        "TicketGetList": _FOUND,
        "TicketSearch": "NextCursor? TicketID*:id",
        "TicketHistoryGet": "TicketHistory*:OTRS_TicketHistoryGetResponse_TicketHistory",
        "TimeAccountingGet":
            "TimeAccountingResult*:OTRS_TimeAccountingGetResponse_TimeAccountingResult",
        "OutOfOffice": "Row*:OTRS_OutOfOfficeResponse_Row Success?:f#",
    }.items()
}  # fmt: skip

_SPANS = ("FirstResponseTime", "SolutionTime", "UpdateTime")
_OF_SPANS = " ".join(
    f"{x}?:n# {x}DestinationDate?:t {x}DestinationTime?:n# {x}Escalation?:f# {x}Notification?:f#"
    f" {x}WorkingTime?:n#"
    for x in _SPANS
)

TYPES: Mapping[str, tuple[Field, ...]] = {
    name: _fields(members)
    for name, members in {
        ERROR: "ErrorCode ErrorMessage",
        FAULT: "Code Message RequestID",
        "OTRS_TicketUpdate_Ticket": f"{_TICKET} CustomerUser? Title?",
        "OTRS_TicketCreate_Ticket": f"{_TICKET} CustomerUser Title",
        "OTRS_PendingTime": "Day?:n Diff?:n Hour?:n Minute?:n Month?:n Year?:n",
        "OTRS_Article": (
            "AppendSignatureToBody?:f ArticleSend?:f Attachment*:OTRS_Attachment"
            " AutoResponseType? Bcc? Body Cc? Charset? CommunicationChannel?"
            " CommunicationChannelID?:id ContentType? Crypt?:OTRS_Security"
            " ExcludeMuteNotificationToUserID*:id ExcludeNotificationToUserID*:id"
            " ForceNotificationToUserID*:id From? HistoryComment? HistoryType? InReplyTo?"
            " IsVisibleForCustomer?:f MimeType? NoAgentNotify?:f References? ReplyTo? SenderType?"
            " SenderTypeID?:id Sign?:OTRS_Security Subject TimeUnit? To?"
        ),
        "OTRS_Security": "Key+ SubType?:subtype Type:security",
        "OTRS_DynamicField": "Name Value*",
        "OTRS_Attachment": "Content:b ContentID? ContentType Disposition? Filename",
        "OTRS_TicketSearch_DynamicField": (
            "Empty?:f Equals* GreaterThan* GreaterThanEquals* Like* Name SmallerThan*"
            " SmallerThanEquals*"
        ),
        "OTRS_OutOfOfficeEntry": (
            "EndDate? OutOfOffice? StartDate? UserEmail? UserLogin? UserSearch?"
        ),
        "OTRS_SessionGetResponse_SessionData": "Key Serialized?:f# Value!~",
        "OTRS_TicketHistoryGetResponse_TicketHistory": (
            "History*:OTRS_TicketHistoryGetResponse_History TicketID:id"
        ),
        "OTRS_TicketHistoryGetResponse_History": (
            "ArticleID:id0# CreateBy:id# CreateTime:t HistoryType HistoryTypeID:id# Name"
            " OwnerID:id# PriorityID:id# QueueID:id# StateID:id# TicketID:id TypeID:id#"
        ),
        "OTRS_TimeAccountingGetResponse_TimeAccountingResult": (
            "Created:t Queue TicketCustomerID! TicketNumber TicketTitle TimeUnit:d"
        ),
        "OTRS_OutOfOfficeResponse_Row": "Line:n# Message Status:status User!",
        "OTRS_TicketGetResponse_Ticket": (
            "Age:n# ArchiveFlag:archive ChangeBy:id# Changed:t CreateBy:id# Created:t CustomerID!"
            " CustomerUserID! EscalationResponseTime:n# EscalationSolutionTime:n#"
            " EscalationTime:n# EscalationUpdateTime:n# GroupID:id# Lock LockID:id# Owner"
            " OwnerID:id# Priority PriorityColor PriorityID:id# Queue QueueID:id#"
            " RealTillTimeNotUsed:n# Responsible ResponsibleID:id# SLAID!:ie# ServiceID!:ie# State"
            " StateID:id# StateType TicketID:id# TicketNumber TimeUnit:d# Title Type TypeID:id#"
            " UnlockTimeout:n# UntilTime:n#"
            " Article*:OTRS_TicketGetResponse_Article"
            " DynamicField*:OTRS_TicketGetResponse_DynamicField SLA? Service?"
            " Closed?:t EscalationDestinationDate?:t EscalationDestinationIn?"
            " EscalationDestinationTime?:n# EscalationTimeWorkingTime?:n# FirstLock?:t"
            " FirstResponse?:t FirstResponseDiffInMin?:n# FirstResponseInMin?:n#"
            " SolutionDiffInMin?:n# SolutionInMin?:n#"
            f" {_OF_SPANS}"
        ),
        "OTRS_TicketGetResponse_DynamicField": "Name Value*~1",
        "OTRS_TicketGetResponse_Article": (
            "ArticleID:id# ArticleNumber:id# Attachment*:OTRS_TicketGetResponse_Attachment Bcc!"
            " Body! Cc! ChangeBy:id# ChangeTime:t Charset! CommunicationChannelID:id#"
            " ContentCharset! ContentType! CreateBy:id# CreateTime:t From! InReplyTo!"
            " IncomingTime:n# IsVisibleForCustomer:f# MessageID! MimeType! References! ReplyTo!"
            " SenderType SenderTypeID:id Subject! TicketID:id# TimeUnit:d# To!"
        ),
        "OTRS_TicketGetResponse_Attachment": (
            "Content!:b ContentAlternative! ContentID! ContentType Disposition FileID:id Filename"
            " FilesizeRaw:n"
        ),
    }.items()
}

_PLAIN: Mapping[str, Any] = {
    "s": Unicode, "t": Unicode, "ie": Unicode, "n": Integer64, "d": Decimal, "b": ByteArray,
}  # fmt: skip
# Named simple types: what they are made of, and their facets.
_NAMED: Mapping[str, tuple[str, Any, Mapping[str, Any]]] = {
    "id": ("OTRS_ID", Integer64, {"ge": 1}),
    "id0": ("OTRS_IDOrNone", Integer64, {"ge": 0}),
    "f": ("OTRS_Flag", Integer32, {"ge": 0, "le": 1}),
    "order": ("OTRS_ArticleOrder", Unicode, {"values": ["ASC", "DESC"]}),
    "action": ("OTRS_Action", Unicode, {"values": ["Create", "Update"]}),
    "subtype": ("OTRS_SecuritySubType", Unicode, {"values": ["Inline", "Detached"]}),
    "security": ("OTRS_SecurityType", Unicode, {"values": ["PGP", "SMIME"]}),
    "status": ("OTRS_RowStatus", Unicode, {"values": ["skipped", "warning"]}),
    "archive": ("OTRS_ArchiveFlag", Unicode, {"values": ["y", "n"]}),
}
INTEGERS = frozenset({"id", "id0", "n", "f"})


class Models:
    """The Spyne classes of one service, in its namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self._scalars = {**_PLAIN, **{key: self._simple(*named) for key, named in _NAMED.items()}}
        self.fault = self._complex(FAULT)

    def members(self, fields: Iterable[Field]) -> list[tuple[str, Any]]:
        """Give name and Spyne type of each member, with its occurrence."""
        return [(field.name, self._occurring(field)) for field in fields]

    def _occurring(self, field: Field) -> Any:
        kind = self._scalars.get(field.type) or self._complex(field.type)
        most = "unbounded" if field.many else 1
        return kind.customize(
            min_occurs=0 if field.optional else 1, max_occurs=most, nillable=False
        )

    def _simple(self, name: str, base: Any, facets: Mapping[str, Any]) -> Any:
        kind = base(type_name=name, **facets)
        # Spyne keeps the namespace of the first service that shows a type.
        kind.__namespace__ = self.namespace
        return kind

    @cache  # noqa: B019 - as many entries as the table has types, in objects that live for ever
    def _complex(self, name: str) -> Any:
        return type(ComplexModel)(
            name,
            (ComplexModel,),
            {
                "__namespace__": self.namespace,
                "__type_name__": name,
                "__module__": __name__,
                "_type_info": self.members(TYPES[name]),
            },
        )
