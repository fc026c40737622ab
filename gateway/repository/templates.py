"""Ticket templates: found with what they fill in, listed, and their entries copied."""

from datetime import datetime
from uuid import UUID

from gateway.domain.template import Template
from gateway.domain.ticket import Ticket
from gateway.domain.values import Description, Row
from gateway.domain.views import Page
from gateway.repository.rows import counted_page, required_row, to_row
from gateway.repository.transaction import Record, Transaction
from gateway.usecases.ports import TEMPLATE_COLUMNS, Call


class TemplateStore:
    """Templates; nothing is cached, so a change holds from the next call on."""

    def __init__(self, current: Transaction, now: datetime) -> None:
        self._current = current
        self._now = now

    def find(self, guid: UUID) -> Template | None:
        """Find a template; one that was switched off comes with an inactive row."""
        rows = self._current.read("find_template", {"guid": guid})
        return _template(rows[0]) if rows else None

    def list(self) -> Page:
        """List the active templates by name; at most 5000, the total is always counted."""
        return counted_page(TEMPLATE_COLUMNS, self._current.read("templates", {}))

    def copy_entries(self, template: Row, ticket: Ticket, call: Call) -> None:
        """Book the template's working times and costs on a ticket, by the calling agent, now."""
        booking = {
            "template": template.id,
            "ticket_id": ticket.id,
            "now": self._now,
            "agent": call.principal.agent_id,
        }
        self._current.later("copy_working_times", booking)
        self._current.later("copy_costs", booking)


def _template(record: Record) -> Template:
    (row, title, plain, html, keywords, state, priority, category, impact, customer_user, owner,
     assigned_group, minutes, costs) = record  # fmt: skip
    return Template(
        row=required_row(row),
        title=title,
        description=Description(plain=plain, html=html),
        keywords=keywords,
        state=to_row(state),
        priority=priority,
        category=to_row(category),
        impact=to_row(impact),
        customer_user=to_row(customer_user),
        owner=to_row(owner),
        assigned_group=to_row(assigned_group),
        working_minutes=minutes,
        costs=costs,
    )
