"""A small service with every kind of member, shaped like the helpdesk's widest messages."""

# ruff: noqa: N802, N805 - operations bear their wire names, and Spyne calls them without self

from datetime import UTC, datetime
from decimal import Decimal as Number
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
    ServiceBase,
    Unicode,
    rpc,
)

from gateway.soap.rows import Rows

NAMESPACE = "urn:test:desk"

Kind = Enum("AcmpUser", "AdUser", type_name="TUserType")


# Spyne would put a customised text type into a namespace of its own.
COLOUR = Unicode(values=["red", "dark blue"], type_name="TColour")
COLOUR.__namespace__ = NAMESPACE


class Model(ComplexModel):
    __abstract__ = True
    __namespace__ = NAMESPACE


def needed(cls: Any) -> Any:
    return cls.customize(min_occurs=1, nillable=False)


def optional(cls: Any) -> Any:
    return cls.customize(min_occurs=0, nillable=False)


class Cost(Model):
    Id = needed(Unicode)
    UnitPrice = optional(Decimal)
    Amount = optional(Integer32)
    Category = optional(Unicode)


class Assignee(Model):
    Id = optional(Unicode)
    AssigneeIsGroup = optional(Boolean)
    UserType = optional(Kind)
    Roles = optional(Array(Unicode))


class Ticket(Model):
    Id = needed(Unicode)
    TicketNumber = optional(Integer32)
    Title = optional(Unicode)
    Description = optional(Unicode)
    HtmlDescription = optional(Unicode)
    CategoryId = optional(Unicode)
    CategoryEN = optional(Unicode)
    CategoryDE = optional(Unicode)
    Priority = optional(Integer32)
    StateId = optional(Unicode)
    StateEN = optional(Unicode)
    StateDE = optional(Unicode)
    ContactId = optional(Unicode)
    Contact = optional(Unicode)
    Creator = optional(Unicode)
    CreationDate = optional(DateTime)
    LastModified = optional(DateTime)
    ImpactId = optional(Unicode)
    ImpactEN = optional(Unicode)
    Keywords = optional(Unicode)
    Closed = optional(Boolean)
    TotalWorkingTime = optional(Integer32)
    TotalCosts = optional(Decimal)
    Assignee = optional(Assignee)
    Costs = optional(Array(Cost))
    WatcherIds = optional(Array(Unicode))


class Everything(Model):
    Text = optional(Unicode)
    Must = needed(Unicode)
    MustOrNil = Unicode(min_occurs=1, nillable=True)
    Small = Integer32
    Large = optional(Integer64)
    Number = optional(Decimal)
    Flag = Boolean
    When = optional(DateTime)
    Content = optional(ByteArray)
    Colour = optional(COLOUR)
    Person = Assignee
    Costs = Array(Cost)
    Numbers = optional(Array(Integer32))
    Notes = Unicode(max_occurs="unbounded", nillable=True)
    Lines = Cost.customize(max_occurs="unbounded", nillable=False)


class Wider(Everything):
    Extra = optional(Unicode)


class Result(Model):
    ResultCode = needed(Integer32)
    ResultMessage = needed(Unicode)
    TicketNumber = optional(Integer32)


class ListResult(Model):
    ResultCode = needed(Integer32)
    Tickets = optional(Array(Ticket))
    HasMore = optional(Boolean)


class DeskService(ServiceBase):
    @rpc(needed(Ticket), _args=["Ticket"], _returns=optional(Result))
    def SaveTicket_V4(ctx, ticket):
        return {"ResultCode": 0, "ResultMessage": "OK", "TicketNumber": 1042}

    @rpc(optional(Integer32), _args=["Count"], _returns=optional(ListResult))
    def GetTicketList_V1(ctx, count):
        return list_result(count)

    @rpc(optional(Wider), Integer32, _args=["Value", "Count"], _returns=Wider)
    def Echo(ctx, value, count):
        return value

    @rpc(_returns=optional(Unicode))
    def Ping(ctx):
        return "pong"

    @rpc(optional(Unicode), _args=["Text"])
    def Tell(ctx, text):
        return None


COLUMNS = tuple(Ticket.get_flat_type_info(Ticket))[:23]


def list_rows(count: int) -> list[tuple[Any, ...]]:
    """Give rows of 23 fields, as a repository gives them."""
    moment = datetime(2025, 6, 27, 9, 16, 0, 123000, UTC)
    return [
        (
            "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8A01}",
            1000 + number,
            f"Printer {number} jams & smokes",
            "Hello\nWorld23",
            "Hello <br /> World23",
            "{B7C6D5E4-1111-4222-8333-944455566677}",
            "Hardware / Printer",
            "Geräte / Drucker",
            3,
            "{B7C6D5E4-1111-4222-8333-944455566677}",
            "open",
            "offen",
            "{9A8B7C6D-5E4F-4A3B-8C2D-1E0F9A8B7C6D}",
            "Erika Mustermann",
            "Max Mustermann",
            moment,
            moment,
            "{9A8B7C6D-5E4F-4A3B-8C2D-1E0F9A8B7C6D}",
            "high",
            "printer paper",
            False,
            25,
            Number("12.50"),
        )
        for number in range(count)
    ]


def list_result(count: int) -> dict[str, Any]:
    """Give a method's return value as the engine likes it; the oracle makes models of it."""
    return {"ResultCode": 0, "Tickets": Rows(COLUMNS, list_rows(count)), "HasMore": False}
