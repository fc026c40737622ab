"""Wire shapes of the ACMP dialect to commands, and views to wire values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from gateway.dialects.acmp.form import NO_GUID, Form, wire_guid
from gateway.domain.commands import (
    Assign,
    BookTime,
    CloseTicket,
    Defaults,
    NewComment,
    ReopenTicket,
    SaveComment,
    SaveTicket,
)
from gateway.domain.entries import Article
from gateway.domain.people import Assignable, PartyKind
from gateway.domain.richtext import from_html, from_plain
from gateway.domain.values import UNSET, Description, Unset
from gateway.domain.views import (
    Caption,
    CategoryView,
    HelpdeskSettings,
    Listed,
    TicketContent,
    TicketView,
)
from gateway.usecases.searches import ListTickets

_SHORT_TEXT = 255
_LONG_TEXT = 1_000_000
_TIME_TEXT = 4_000
_FIRST_PRIORITY, _LAST_PRIORITY = 1, 5
_OBJECT_ASSIGNEE = 4  # the first TTicket with Assignee as an object
_WITH_TEMPLATE = 5  # the first with TemplateId
_CENT = Decimal("0.01")
_LARGEST_INT = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The service settings of contract section 4."""

    business_errors: str = "result_code"
    queue: str = "Raw"
    default_state: str = "new"
    reopen_state: str = "open"
    closed_state: str = "closed successful"
    merged_state: str = "merged"
    default_priority: int = 3
    list_limit: int = 1000
    batch_limit: int = 1000
    object_registry: str = "open"

    @property
    def defaults(self) -> Defaults:
        """Give what a new ticket gets."""
        return Defaults(queue=self.queue, state=self.default_state, priority=self.default_priority)


# Domain field -> path in the request, by operation (without version where all agree).
SAVE_PATHS = {
    "guid": "Ticket.Id",
    "title": "Ticket.Title",
    "category": "Ticket.CategoryId",
    "state": "Ticket.StateId",
    "contact": "Ticket.ContactId",
    "assignee": "Ticket.AssigneeId",
    "impact": "Ticket.ImpactId",
    "template": "Ticket.TemplateId",
}
SAVE_OBJECT_PATHS = {**SAVE_PATHS, "assignee": "Ticket.Assignee.Id"}
TICKET_PATHS = {
    "ticket": "TicketId",
    "assignee": "Assignee.Id",
    "resolution": "ResolutionId",
    "comment": "Comment",
    "comment.guid": "Comment.Id",
    "working_time": "WorkingTime",
    "working_time.guid": "WorkingTime.Id",
    "working_time.executor": "WorkingTime.Executor",
}
COMMENT_PATHS = {"guid": "Comment.Id", "ticket": "Comment.TicketId", "text": "Comment.Text"}


def save_command(ticket: Any, shape: int, options: Options, *, users_only: bool) -> SaveTicket:
    """Translate TTicket_V<shape>; ``users_only`` is SaveTicket_V1 (contract ST).

    Raises:
        Missing, BrokenRule: Id is empty or no GUID.
    """
    form = Form()
    guid = form.required_guid(ticket.Id, "Ticket.Id")
    title = form.line(ticket.Title, "Ticket.Title", _SHORT_TEXT)
    if title == "":  # G2: never cleared, ST1: needed to create
        form.lack("Ticket.Title")
    form.require_present()
    if guid == NO_GUID:
        form.require_valid()  # it leads to no ticket, so there is nothing more to ask
    description = _description(ticket, form)
    category = form.guid(ticket.CategoryId, "Ticket.CategoryId")
    priority = _priority(ticket.Priority, form)
    state = form.guid(ticket.StateId, "Ticket.StateId")
    contact = form.guid(ticket.ContactId, "Ticket.ContactId")
    if shape >= _OBJECT_ASSIGNEE:
        assignee = _assign(ticket.Assignee, "Ticket.Assignee", form)
    else:
        assignee = _flat_assign(ticket, form, users_only=users_only)
    newer = shape > 1  # V1 has neither impact nor keywords
    impact = form.guid(ticket.ImpactId, "Ticket.ImpactId") if newer else UNSET
    keywords = form.line(ticket.Keywords, "Ticket.Keywords", _SHORT_TEXT) if newer else UNSET
    templated = shape >= _WITH_TEMPLATE
    template = form.guid(ticket.TemplateId, "Ticket.TemplateId") if templated else UNSET
    return SaveTicket(
        guid=guid,
        defaults=options.defaults,
        title=title,
        description=description,
        category=category,
        priority=priority,
        state=UNSET if state is None else state,  # G2: for StateId empty counts as absent
        contact=contact,
        assignee=assignee,
        impact=impact,
        keywords=keywords,
        template=template or UNSET,  # G2: and for TemplateId too
        breach=form.breach,
    )


def close_command(request: Sequence[Any], options: Options, rules: HelpdeskSettings) -> CloseTicket:
    """Translate the parameters of CloseTicket; what the rules switch off is not looked at.

    Raises:
        Missing, BrokenRule: the first field that is missing or wrong.
    """
    ticket_id, assignee, resolution_id, comment, working_time = request
    form = Form()
    ticket = form.required_guid(ticket_id, "TicketId")
    assigned = _required_assign(assignee, "Assignee", form)
    resolution = form.guid(resolution_id, "ResolutionId") if rules.resolutions_enabled else UNSET
    said = _new_comment(comment, form)
    booked = _book_time(working_time, ticket, form) if rules.working_times_enabled else None
    form.require_valid()
    return CloseTicket(
        ticket=ticket,
        closed_state=options.closed_state,
        assignee=assigned,
        resolution=resolution,
        comment=said,
        working_time=booked,
    )


def plain(wire: Any) -> Any:
    """Give wire values as plain ones that compare and print by value, for a digest."""
    if isinstance(wire, list | tuple):
        return [plain(each) for each in wire]
    names = getattr(type(wire), "_type_info", None)
    return {name: plain(getattr(wire, name)) for name in names} if names else wire


def reopen_command(request: Sequence[Any], options: Options) -> ReopenTicket:
    """Translate the parameters of ReopenTicket.

    Raises:
        Missing, BrokenRule: the first field that is missing or wrong.
    """
    ticket_id, assignee, comment = request
    form = Form()
    ticket = form.required_guid(ticket_id, "TicketId")
    assigned = _assign(assignee, "Assignee", form)
    said = _new_comment(comment, form)
    form.require_valid()
    return ReopenTicket(
        ticket=ticket, reopen_state=options.reopen_state, assignee=assigned, comment=said
    )


def comment_command(comment: Any) -> SaveComment:
    """Translate TTicketComment: of it only Id, TicketId, the texts, IsVisibleForWeb count (CO2).

    Raises:
        Missing, BrokenRule: Id is empty or no GUID.
    """
    form = Form()
    guid = form.required_guid(comment.Id, "Comment.Id")
    form.require_valid()
    ticket = form.guid(comment.TicketId, "Comment.TicketId")
    if ticket is None and form.breach is None:
        ticket = UNSET  # empty counts as not sent: a comment cannot be without ticket
    text = form.text(comment.Text, "Comment.Text", _LONG_TEXT)
    # V1 has no HtmlText.
    markup = form.text(getattr(comment, "HtmlText", None), "Comment.HtmlText", _LONG_TEXT)
    return SaveComment(
        guid=guid,
        breach=form.breach,
        ticket=ticket,
        text=_comment_text(text, markup),
        visible=UNSET if comment.IsVisibleForWeb is None else comment.IsVisibleForWeb,
    )


def _comment_text(plain: str | Unset, markup: str | Unset) -> Description | Unset:
    # CO1: Text or HtmlText, the other derived; HtmlText wins (ST2).
    if markup:
        return from_html(markup)
    if isinstance(plain, Unset):
        return UNSET if isinstance(markup, Unset) else from_plain("")
    return from_plain(plain)


def ticket_guid(ticket_id: str | None) -> UUID:
    """Read the one parameter TicketId.

    Raises:
        Missing, BrokenRule: it is empty or no GUID.
    """
    form = Form()
    guid = form.required_guid(ticket_id, "TicketId")
    form.require_valid()
    return guid


def list_query(request: Sequence[Any], options: Options) -> ListTickets:
    """Translate the parameters of GetTicketList (contract LI1, LI3).

    Raises:
        BrokenRule: no GUID, too many ids, paging out of bounds.
    """
    ticket_ids, offset, count, with_total = request
    form = Form()
    guids = None if not ticket_ids else _guids(ticket_ids, "TicketIds", options, form)
    judge_paging(offset, count, options, form)
    form.require_valid()
    return ListTickets(
        guids=guids,
        offset=offset or 0,
        count=count or options.list_limit,
        with_total=bool(with_total),
    )


def judge_paging(offset: int | None, count: int | None, options: Options, form: Form) -> None:
    """Keep what is wrong with a page (contract LI1); 0 is no number (G3)."""
    if (offset or 0) < 0:
        form.refuse("Offset", "must not be negative")
    if (count or 0) < 0:
        form.refuse("Count", "must not be negative")
    elif (count or 0) > options.list_limit:
        form.refuse("Count", f"at most {options.list_limit}")


def _guids(values: Sequence[str | None], path: str, options: Options, form: Form) -> list[UUID]:
    if len(values) > options.batch_limit:
        form.refuse(path, f"more than {options.batch_limit} entries")
        return []
    read = [form.required_guid(value or "", f"{path}[{n}]") for n, value in enumerate(values, 1)]
    return list(dict.fromkeys(read))


def _description(ticket: Any, form: Form) -> Description | Unset:
    # ST2: HtmlDescription wins; the other form is derived.
    plain = form.text(ticket.Description, "Ticket.Description", _LONG_TEXT)
    markup = form.text(ticket.HtmlDescription, "Ticket.HtmlDescription", _LONG_TEXT)
    if form.breach is not None:
        return UNSET
    if not isinstance(markup, Unset):
        return from_html(markup)
    return UNSET if isinstance(plain, Unset) else from_plain(plain)


def _priority(value: int | None, form: Form) -> int | Unset:
    if not value:  # G3: 0 is "no number"
        return UNSET
    if not _FIRST_PRIORITY <= value <= _LAST_PRIORITY:
        form.refuse("Ticket.Priority", "must be between 1 and 5")
    return value


def _assign(assignee: Any, path: str, form: Form) -> Assign | Unset:
    # ST4: of the assignee only Id and AssigneeIsGroup count; no Id element: no change.
    if assignee is None:
        return UNSET
    guid = form.guid(assignee.Id, f"{path}.Id")
    if isinstance(guid, Unset):
        return UNSET
    return Assign(guid, PartyKind.GROUP if assignee.AssigneeIsGroup else PartyKind.AGENT)


def _required_assign(assignee: Any, path: str, form: Form) -> Assign:
    guid = form.required_guid(None if assignee is None else assignee.Id, f"{path}.Id")
    is_group = assignee is not None and assignee.AssigneeIsGroup
    return Assign(guid, PartyKind.GROUP if is_group else PartyKind.AGENT)


def _flat_assign(ticket: Any, form: Form, *, users_only: bool) -> Assign | Unset:
    # ST3: V1 knows users only; V2 has the kind beside the id.
    guid = form.guid(ticket.AssigneeId, "Ticket.AssigneeId")
    if isinstance(guid, Unset):
        return UNSET
    is_group = not users_only and ticket.AssigneeIsGroup
    kind = PartyKind.GROUP if is_group else PartyKind.AGENT
    return Assign(guid, kind, either_kind_kept=users_only)


def _sent(wire: Any) -> bool:
    """Tell whether an object holds anything; one with nothing in it was not sent (G2)."""
    return wire is not None and any(
        getattr(wire, name) is not None
        for name in type(wire)._type_info  # noqa: SLF001 - Spyne's own table of fields
    )


def _new_comment(comment: Any, form: Form) -> NewComment | None:
    # CT3: Id and Text are needed; its TicketId is ignored, whatever it holds.
    if not _sent(comment):
        return None
    guid = form.required_guid(comment.Id, "Comment.Id")
    text = form.text(comment.Text, "Comment.Text", _LONG_TEXT)
    if not text:
        form.lack("Comment.Text")
    return NewComment(guid=guid, text=from_plain(text or ""), visible=bool(comment.IsVisibleForWeb))


def _book_time(time: Any, ticket: UUID, form: Form) -> BookTime | None:
    # CT4, CT5
    if not _sent(time):
        return None
    guid = form.required_guid(time.Id, "WorkingTime.Id")
    owner = form.required_guid(time.TicketId, "WorkingTime.TicketId")
    if owner != ticket:
        form.refuse("WorkingTime.TicketId", "differs from TicketId")
    executor = form.required_guid(time.Executor, "WorkingTime.Executor")
    start = form.required_date(time.StartDate, "WorkingTime.StartDate")
    end = form.required_date(time.EndDate, "WorkingTime.EndDate")
    if start >= end:
        form.refuse("WorkingTime.StartDate", "must be earlier than EndDate")
    description = form.text(time.Description, "WorkingTime.Description", _TIME_TEXT)
    return BookTime(
        guid=guid, executor=executor, start=start, end=end, description=description or ""
    )


def _id(caption: Caption | None) -> str | None:
    return None if caption is None else wire_guid(caption.guid)


def _en(caption: Caption | None) -> str | None:
    return None if caption is None else caption.en


def _de(caption: Caption | None) -> str | None:
    return None if caption is None else caption.de


def wire_int(number: int) -> int:
    """Give a sum or length as ``xs:int`` can carry it; times booked elsewhere know no limit."""
    return min(number, _LARGEST_INT)


def wire_path(path: str | None) -> str | None:
    """Write the path of a tree as this dialect does, joined by `` / `` (contract section 5.1)."""
    return path.replace("::", " / ") if path else None


def _flat_name(view: TicketView) -> str | None:
    return None if view.assignee is None else view.assignee.name


# Wire field of TTicket -> its value, as a template shows it too; contract section 5.1. An empty
# text is left out (G4).
CONTENT_READERS: Mapping[str, Callable[[TicketContent], Any]] = {
    "Title": lambda v: v.title or None,
    "Description": lambda v: v.plain or None,
    "HtmlDescription": lambda v: v.html or None,
    "CategoryId": lambda v: _id(v.category),
    "CategoryEN": lambda v: wire_path(_en(v.category)),
    "CategoryDE": lambda v: wire_path(_de(v.category)),
    "Priority": lambda v: v.priority,
    "StateId": lambda v: _id(v.state),
    "StateEN": lambda v: v.state.en,
    "StateDE": lambda v: v.state.de,
    "ContactId": lambda v: wire_guid(v.contact_guid),
    "Contact": lambda v: v.contact or None,
    "Assignee": lambda v: assignee_answer(v.assignee),
    "ImpactId": lambda v: _id(v.impact),
    "ImpactEN": lambda v: _en(v.impact),
    "ImpactDE": lambda v: _de(v.impact),
    "Keywords": lambda v: v.keywords or None,
    "TotalWorkingTime": lambda v: wire_int(v.working_minutes),
    "TotalCosts": lambda v: v.costs.quantize(_CENT),
    "TemplateId": lambda v: wire_guid(v.template_guid),
}
_READERS: Mapping[str, Callable[[TicketView], Any]] = {
    **CONTENT_READERS,
    "Id": lambda v: wire_guid(v.guid),
    "TicketNumber": lambda v: v.id,
    "Creator": lambda v: v.creator or None,
    "CreationDate": lambda v: v.created,
    "LastModified": lambda v: v.changed,
    "AssigneeId": lambda v: None if v.assignee is None else wire_guid(v.assignee.guid),
    "AssigneeName": _flat_name,
    "AssigneeIsGroup": lambda v: v.assignee is not None and v.assignee.kind is PartyKind.GROUP,
    "ResolutionId": lambda v: _id(v.resolution),
    "ResolutionEN": lambda v: _en(v.resolution),
    "ResolutionDE": lambda v: _de(v.resolution),
    "ClosingDate": lambda v: v.closed,
    "ReminderDate": lambda v: v.reminder,
}


def ticket_reader(fields: Sequence[str]) -> Callable[[TicketView], dict[str, Any]]:
    """Give the function that writes the named fields of TTicket."""
    readers = tuple((name, _READERS[name]) for name in fields)
    return lambda view: {name: read(view) for name, read in readers}


def assignee_answer(assignee: Assignable | None) -> dict[str, Any]:
    """Write TAssignee_V1; all seven fields stand there, also without assignee (GT2)."""
    if assignee is None:
        return {
            "Id": "", "AssigneeIsGroup": False, "Name": "", "Description": "", "Email": "",
            "UserType": "AcmpUser", "Roles": [],
        }  # fmt: skip
    return {
        "Id": wire_guid(assignee.guid),
        "AssigneeIsGroup": assignee.kind is PartyKind.GROUP,
        "Name": assignee.name,
        "Description": assignee.description,
        "Email": assignee.email,
        "UserType": "AdUser" if assignee.from_directory else "AcmpUser",
        "Roles": list(assignee.roles),
    }


def merge_note(view: TicketView) -> str:
    """Say that another ticket is shown than the one asked for (contract G12)."""
    return f"merged into {wire_guid(view.guid)}" if view.guid != view.asked_for else ""


def cut_note(listed: Listed[Any]) -> str:
    """Say that a list without paging was cut off, and of how many (contract G16)."""
    shown = len(listed.rows)
    return f"first {shown} of {listed.total}" if listed.total > shown else ""


def comment_answer(article: Article, ticket: UUID) -> dict[str, Any]:
    """Write TTicketComment_V1 (contract CO4)."""
    return {
        "Id": wire_guid(article.guid),
        "TicketId": wire_guid(ticket),
        "Text": article.plain or None,
        "IsVisibleForWeb": article.visible,
        "Creator": (article.creator.en if article.creator else "") or None,
        "CreationDate": article.created,
        "IsExternal": article.external,
        "ExternalMail": (article.sender if article.external else "") or None,
        "ExternalRecipient": (article.to if article.external else "") or None,
        "ExternalCC": (article.cc if article.external else "") or None,
        "Signature": article.signature or None,
    }


def rich_comment_answer(article: Article, ticket: UUID) -> dict[str, Any]:
    """Write TTicketComment_V2."""
    return {
        **comment_answer(article, ticket),
        "HtmlText": article.html or None,
        "LastModified": article.changed,
    }


def category_answer(category: CategoryView) -> dict[str, Any]:
    """Write TTicketCategory_V1."""
    return {
        "Id": wire_guid(category.guid),
        "ParentId": wire_guid(category.parent),
        "NameEN": category.en,
        "NameDE": category.de,
        "PathEN": wire_path(category.path_en),
        "PathDE": wire_path(category.path_de),
    }


def resolution_answer(resolution: Caption) -> dict[str, Any]:
    """Write TTicketResolution_V1."""
    return {
        "Id": wire_guid(resolution.guid),
        "NameEN": resolution.en,
        "NameDE": resolution.de,
    }


def settings_answer(rules: HelpdeskSettings, version: int) -> dict[str, Any]:
    """Write THelpdeskSettings_V<version>."""
    first = {
        "ResolutionsEnabled": rules.resolutions_enabled,
        "CommentRequiredOnClose": rules.comment_required,
        "WorkingTimesEnabled": rules.working_times_enabled,
        "WorkingTimeRequiredOnClose": rules.working_time_required,
    }
    if version == 1:
        return first
    return {
        **first,
        "CostsEnabled": rules.costs_enabled,
        "MaxAttachmentSize": rules.max_attachment_bytes,
    }


# Columns of usecases.ports.TICKET_COLUMNS -> fields of TTicketListItem_V1, in the same order.
LIST_ITEM_FIELDS = (
    "Id", "TicketNumber", "Title", "CategoryId", "CategoryEN", "CategoryDE", "Priority",
    "StateId", "StateEN", "StateDE", "ContactId", "Contact", "AssigneeId", "AssigneeName",
    "CreationDate", "LastModified",
)  # fmt: skip


def list_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn one row of a page into wire values."""
    (guid, number, title, category, category_en, category_de, priority, state, state_en, state_de,
     contact_guid, contact, assignee_guid, assignee, created, changed) = row  # fmt: skip
    return (
        wire_guid(guid), number, title, wire_guid(category), wire_path(category_en),
        wire_path(category_de), priority, wire_guid(state), state_en, state_de,
        wire_guid(contact_guid), contact or None, wire_guid(assignee_guid), assignee or None,
        created, changed,
    )  # fmt: skip
