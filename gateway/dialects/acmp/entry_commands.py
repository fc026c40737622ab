"""What callers send of attachments, working times and costs, as commands."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from gateway.dialects.acmp import translate
from gateway.dialects.acmp.form import NO_GUID, Form
from gateway.domain.commands import (
    DeleteAttachments,
    SaveAttachment,
    SaveAttachments,
    SaveCost,
    SaveWorkingTime,
)
from gateway.domain.values import UNSET, Unset

_NAME = 255
_ATTACHMENT_TEXT = 400
_TIME_TEXT = 4_000
_COST_CATEGORY = 100
_COST_TEXT = 400
_CENT = Decimal("0.01")
_HIGHEST_PRICE = Decimal("999999.99")
_HIGHEST_AMOUNT = 999_999


class _Twice:
    """Notices an id that stands in a batch twice (contract G9)."""

    def __init__(self) -> None:
        self._seen: set[UUID] = set()

    def judge(self, guid: UUID, path: str, form: Form) -> None:
        if guid in self._seen and guid != NO_GUID:
            form.refuse(path, "given twice")
        self._seen.add(guid)


def attachments_command(
    ticket_id: str, sent: Sequence[Any], options: translate.Options
) -> SaveAttachments:
    """Translate the parameters of SaveTicketAttachments (contract AT).

    Raises:
        Missing, BrokenRule: the ticket is missing or no GUID; no attachments, or too many.
    """
    form, twice = Form(), _Twice()
    ticket = form.required_guid(ticket_id, "TicketId")
    form.batch(sent, "Attachments", options.batch_limit)
    form.require_valid()
    return SaveAttachments(
        ticket=ticket,
        attachments=tuple(
            _attachment_command(one, f"Attachments[{n}]", twice) for n, one in enumerate(sent, 1)
        ),
    )


def _attachment_command(sent: Any, at: str, twice: _Twice) -> SaveAttachment:
    # An edit ignores name and file name, so they break nothing there (AT2): judged apart.
    always, new = Form(), Form()
    guid = always.required_guid(_of(sent, "Id"), f"{at}.Id")
    twice.judge(guid, f"{at}.Id", always)
    document = always.required_guid(_of(sent, "DocumentId"), f"{at}.DocumentId")
    new.breach = always.breach
    new.text(_of(sent, "Name"), f"{at}.Name", _NAME)
    file_name = new.text(_of(sent, "FileName"), f"{at}.FileName", _NAME) or ""
    if not _is_file_name(file_name):
        new.refuse(f"{at}.FileName", "not a file name")
    description = always.text(_of(sent, "Description"), f"{at}.Description", _ATTACHMENT_TEXT)
    content = _of(sent, "Content")
    visible = _of(sent, "IsVisibleForWeb")
    return SaveAttachment(
        guid=guid,
        document=document,
        breach=always.missing or always.breach,
        breach_if_new=always.missing or new.breach or always.breach,
        name=_of(sent, "Name") or "",
        file_name=file_name,
        description=description,
        visible=UNSET if visible is None else visible,
        sha256=None if content is None else hashlib.sha256(content).digest(),
        content=content or b"",
    )


def _is_file_name(name: str) -> bool:
    """Tell whether a name is one of a file, not a way through folders (contract AT5)."""
    return name not in (".", "..") and not any(
        letter in "/\\" or unicodedata.category(letter) == "Cc" for letter in name
    )


def delete_attachments_command(
    ticket_id: str, ids: Sequence[str | None], options: translate.Options
) -> DeleteAttachments:
    """Translate the parameters of DeleteTicketAttachments.

    Raises:
        Missing, BrokenRule: the ticket is missing or no GUID; no ids, or too many.
    """
    form = Form()
    ticket = form.required_guid(ticket_id, "TicketId")
    batch = form.entries(ids, "AttachmentIds", options.batch_limit)
    form.require_valid()
    return DeleteAttachments(ticket=ticket, attachments=tuple(batch))


def working_time_command(time: Any) -> SaveWorkingTime:
    """Translate TTicketWorkingTime_V1 (contract WT)."""
    form = Form()
    guid = form.required_guid(time.Id, "WorkingTime.Id")
    ticket = _optional_guid(time.TicketId, "WorkingTime.TicketId", form)
    executor = _optional_guid(time.Executor, "WorkingTime.Executor", form)
    emptied = isinstance(executor, Unset) and time.Executor is not None
    start = _optional_date(time.StartDate, "WorkingTime.StartDate", form)
    end = _optional_date(time.EndDate, "WorkingTime.EndDate", form)
    if start and end and start >= end:
        form.refuse("WorkingTime.StartDate", "must be earlier than EndDate")
    description = form.text(time.Description, "WorkingTime.Description", _TIME_TEXT)
    return SaveWorkingTime(
        guid=guid,
        breach=form.missing or form.breach,
        ticket=ticket,
        executor=None if emptied else executor,
        start=start,
        end=end,
        description=description,
    )


def cost_commands(sent: Sequence[Any], options: translate.Options) -> list[SaveCost]:
    """Translate the parameter of SaveTicketCosts (contract CS).

    Raises:
        Missing, BrokenRule: no costs, or too many.
    """
    form, twice = Form(), _Twice()
    form.batch(sent, "Costs", options.batch_limit)
    form.require_valid()
    return [_cost_command(one, f"Costs[{n}]", twice) for n, one in enumerate(sent, 1)]


def _cost_command(sent: Any, at: str, twice: _Twice) -> SaveCost:
    form = Form()
    guid = form.required_guid(_of(sent, "Id"), f"{at}.Id")
    twice.judge(guid, f"{at}.Id", form)
    return SaveCost(
        guid=guid,
        ticket=_optional_guid(_of(sent, "TicketId"), f"{at}.TicketId", form),
        unit_price=_price(_of(sent, "UnitPrice"), f"{at}.UnitPrice", form),
        amount=_amount(_of(sent, "Amount"), f"{at}.Amount", form),
        category=form.line(_of(sent, "Category"), f"{at}.Category", _COST_CATEGORY),
        description=form.text(_of(sent, "Description"), f"{at}.Description", _COST_TEXT),
        breach=form.missing or form.breach,  # last: after all fields were read
    )


def _price(value: Decimal | None, path: str, form: Form) -> Decimal | Unset:
    if value is None:
        return UNSET
    if not 0 < value <= _HIGHEST_PRICE:
        form.refuse(path, f"must be greater than 0.00 and not greater than {_HIGHEST_PRICE}")
        return value
    if value.quantize(_CENT) != value:
        form.refuse(path, "at most two decimal places")
    return value.quantize(_CENT)


def _amount(value: int | None, path: str, form: Form) -> int | Unset:
    if value is None:
        return UNSET
    if not 0 < value <= _HIGHEST_AMOUNT:  # G3: 0 is "no number", but for Amount
        form.refuse(path, f"must be greater than 0 and not greater than {_HIGHEST_AMOUNT}")
    return value


def _of(sent: Any, name: str) -> Any:
    """Give a field of an entry; one of a list may be nil, which is an empty entry (contract 1)."""
    return getattr(sent, name, None)


def _optional_guid(value: str | None, path: str, form: Form) -> UUID | Unset:
    """Read a GUID that cannot be cleared: empty counts as not sent; a malformed one as all-zero."""
    apart = Form()
    guid = apart.required_guid(value, path)
    form.breach = form.breach or apart.breach
    return UNSET if apart.missing else guid


def _optional_date(value: datetime | None, path: str, form: Form) -> datetime | Unset:
    """Read a date that cannot be cleared: "no date" counts as not sent (contract G3, G5)."""
    apart = Form()
    moment = apart.required_date(value, path)
    form.breach = form.breach or apart.breach
    return UNSET if apart.missing else moment
