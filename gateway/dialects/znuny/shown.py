"""What a reader is shown of tickets, their articles and files, in the words of the wire."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny.desk import Options
from gateway.dialects.znuny.fixed_lists import CHANNELS, LOCKS, SENDER_TYPES
from gateway.domain.richtext import from_plain
from gateway.domain.ticket import PENDING_TYPES
from gateway.usecases.ports import Extent, ShownArticle, ShownFile, Whole, WholeTicket

_FORM = "%Y-%m-%d %H:%M:%S"


def local(moment: datetime, options: Options) -> str:
    """Write a time as of the zone of the settings."""
    return moment.astimezone(ZoneInfo(options.time_zone)).strftime(_FORM)


class Shown:
    """Writes what was read in the words of the wire."""

    def __init__(
        self,
        whole: Whole,
        extent: Extent,
        html: bool,
        options: Options,
        customer: bool,
        now: datetime,
    ) -> None:
        self._whole = whole
        self._extent = extent
        self._html = html
        self._options = options
        self._zone = ZoneInfo(options.time_zone)
        self._customer = customer
        self._now = now
        self._articles: dict[int, list[ShownArticle]] = defaultdict(list)
        for article in whole.articles:
            self._articles[article.ticket_id].append(article)
        self._files: dict[int, list[ShownFile]] = defaultdict(list)
        for file in whole.files:
            self._files[file.article_id].append(file)

    def ticket(self, asked: int) -> Mapping[str, Any]:
        """Write the ticket that was asked for by this id."""
        ticket = self._whole.tickets[asked]
        shown = self._fields(ticket)
        if self._extent.extended:
            shown |= self._extended(ticket)
        if self._extent.fields:
            shown["DynamicField"] = [self._field(ticket, name) for name in self._whole.names]
        if self._extent.articles:
            shown["Article"] = [self._article(each) for each in self._articles[ticket.id]]
        return shown

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime(_FORM)

    def _fields(self, ticket: WholeTicket) -> dict[str, Any]:
        pending = ticket.pending_until if ticket.state_type in PENDING_TYPES else None
        dues = (ticket.first_response_due, ticket.update_due, ticket.solution_due)
        shown: dict[str, Any] = {
            "Age": int((self._now - ticket.created).total_seconds()),
            "ArchiveFlag": "y" if ticket.archived else "n",
            "ChangeBy": ticket.changed_by,
            "Changed": self._local(ticket.changed),
            "CreateBy": ticket.created_by,
            "Created": self._local(ticket.created),
            "CustomerID": ticket.customer,
            "CustomerUserID": ticket.customer_user,
            "EscalationResponseTime": _epoch(ticket.first_response_due),
            "EscalationSolutionTime": _epoch(ticket.solution_due),
            "EscalationTime": min((_epoch(due) for due in dues if due), default=0),
            "EscalationUpdateTime": _epoch(ticket.update_due),
            "GroupID": ticket.group_id,
            "Lock": ticket.lock,
            "LockID": LOCKS[ticket.lock],
            "Owner": ticket.owner,
            "OwnerID": ticket.owner_id,
            "Priority": ticket.priority,
            "PriorityColor": ticket.color,
            "PriorityID": ticket.priority_id,
            "Queue": ticket.queue,
            "QueueID": ticket.queue_id,
            "RealTillTimeNotUsed": _epoch(ticket.pending_until),
            "Responsible": ticket.responsible,
            "ResponsibleID": ticket.responsible_id,
            "SLAID": "" if ticket.sla_id is None else ticket.sla_id,
            "ServiceID": "" if ticket.service_id is None else ticket.service_id,
            "State": ticket.state,
            "StateID": ticket.state_id,
            "StateType": ticket.state_type,
            "TicketID": ticket.id,
            "TicketNumber": ticket.number,
            "TimeUnit": ticket.units,
            "Title": ticket.title,
            "Type": ticket.type,
            "TypeID": ticket.type_id,
            "UnlockTimeout": _epoch(ticket.touched),
            "UntilTime": int((pending - self._now).total_seconds()) if pending else 0,
        }
        if ticket.sla is not None:
            shown["SLA"] = ticket.sla
        if ticket.service is not None:
            shown["Service"] = ticket.service
        return shown

    def _extended(self, ticket: WholeTicket) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if ticket.closed is not None:
            shown["Closed"] = self._local(ticket.closed)
            shown |= self._taken("Solution", ticket, ticket.closed, ticket.solution_min)
        if ticket.first_lock is not None:
            shown["FirstLock"] = self._local(ticket.first_lock)
        if ticket.first_response is not None:
            shown["FirstResponse"] = self._local(ticket.first_response)
            limit = ticket.first_response_min
            shown |= self._taken("FirstResponse", ticket, ticket.first_response, limit)
        for name, due, notify in (
            ("FirstResponseTime", ticket.first_response_due, ticket.first_response_notify),
            ("SolutionTime", ticket.solution_due, ticket.solution_notify),
            ("UpdateTime", ticket.update_due, ticket.update_notify),
        ):
            if due is not None:
                shown |= self._escalation(name, due, notify, ticket)
        dues = (ticket.first_response_due, ticket.update_due, ticket.solution_due)
        if nearest := min((due for due in dues if due is not None), default=None):
            left = int((nearest - self._now).total_seconds())
            shown["EscalationDestinationDate"] = self._local(nearest)
            shown["EscalationDestinationIn"] = _spoken(left)
            shown["EscalationDestinationTime"] = _epoch(nearest)
            shown["EscalationTimeWorkingTime"] = left
        return shown

    def _taken(
        self, name: str, ticket: WholeTicket, done: datetime, limit: int | None
    ) -> dict[str, Any]:
        minutes = int((done - ticket.created).total_seconds()) // 60
        shown: dict[str, Any] = {f"{name}InMin": minutes}
        return shown if limit is None else shown | {f"{name}DiffInMin": limit - minutes}

    def _escalation(
        self, name: str, due: datetime, notify: int | None, ticket: WholeTicket
    ) -> dict[str, Any]:
        left = int((due - self._now).total_seconds())
        whole = (due - ticket.created).total_seconds()
        passed = (self._now - ticket.created).total_seconds()
        reached = notify is not None and passed * 100 >= whole * notify
        shown: dict[str, Any] = {
            name: left,
            f"{name}DestinationDate": self._local(due),
            f"{name}DestinationTime": _epoch(due),
            f"{name}WorkingTime": left,
        }
        if left <= 0:
            shown[f"{name}Escalation"] = 1
        if left <= 0 or reached:
            shown[f"{name}Notification"] = 1
        return shown

    def _field(self, ticket: WholeTicket, name: str) -> dict[str, Any]:
        texts = list(self._whole.values.get((ticket.id, name), ()))
        held = self._options.external_reference.dynamic_field
        if not texts and name == held and ticket.id in self._whole.references:
            texts = [self._whole.references[ticket.id]]
        if not texts:
            return {"Name": name, "Value": None}
        return {"Name": name, "Value": texts if name in self._whole.several else texts[0]}

    def _article(self, article: ShownArticle) -> dict[str, Any]:
        content_type = f"text/plain; charset={article.charset}"
        shown: dict[str, Any] = {
            "ArticleID": article.id,
            "ArticleNumber": article.number,
            "Bcc": "" if self._customer else article.bcc,
            "Body": _body(article),
            "Cc": article.cc,
            "ChangeBy": article.changed_by,
            "ChangeTime": self._local(article.changed),
            "Charset": article.charset,
            "CommunicationChannelID": CHANNELS[article.channel],
            "ContentCharset": article.charset,
            "ContentType": content_type,
            "CreateBy": article.created_by,
            "CreateTime": self._local(article.created),
            "From": article.sender,
            "InReplyTo": article.in_reply_to,
            "IncomingTime": _epoch(article.created),
            "IsVisibleForCustomer": int(article.visible),
            "MessageID": article.message_id,
            "MimeType": "text/plain",
            "References": article.references,
            "ReplyTo": article.reply_to,
            "SenderType": article.sender_type,
            "SenderTypeID": SENDER_TYPES[article.sender_type],
            "Subject": article.subject,
            "TicketID": article.ticket_id,
            "TimeUnit": article.units,
            "To": article.to,
        }
        if files := self._attachments(article):
            shown["Attachment"] = files
        return shown

    def _attachments(self, article: ShownArticle) -> list[dict[str, Any]]:
        files = list(self._files[article.id])
        if self._html and _rich(article):
            files.append(_html_file(article, contents=self._extent.contents))
        return [_file(number, each) for number, each in enumerate(files, 1)]


def _file(number: int, file: ShownFile) -> dict[str, Any]:
    return {
        "Content": file.content or b"",
        "ContentAlternative": "",
        "ContentID": file.content_id,
        "ContentType": file.content_type,
        "Disposition": file.disposition,
        "FileID": number,
        "Filename": file.file_name,
        "FilesizeRaw": file.size,
    }


def _html_file(article: ShownArticle, *, contents: bool) -> ShownFile:
    content = article.html.encode()
    return ShownFile(
        ticket_id=article.ticket_id,
        article_id=article.id,
        file_name="file-2",
        content_type='text/html; charset="utf-8"',
        disposition="attachment",
        content_id="",
        size=len(content),
        content=content if contents else None,
    )


def _rich(article: ShownArticle) -> bool:
    """Tell whether the HTML says more than the plain text it stands beside."""
    if article.mime_type == "text/html":
        return True
    return bool(article.html) and article.html != from_plain(article.plain).html


def _body(article: ShownArticle) -> str:
    if not article.signature:
        return article.plain
    return f"{article.plain}\n\n{article.signature}"


def _spoken(seconds: int) -> str:
    """Write a time that is left, or has passed, in hours and minutes."""
    sign, minutes = ("-" if seconds < 0 else ""), abs(seconds) // 60
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours} h {minutes} m" if hours else f"{sign}{minutes} m"


def _epoch(moment: datetime | None) -> int:
    return 0 if moment is None else int(moment.timestamp())
