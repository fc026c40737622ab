"""The rooms of the console: every address, and the menu."""

from gateway.console import (
    audit,
    catalog,
    catalog_templates,
    deliveries,
    groups,
    mailboxes,
    messages,
    overview,
    processes,
    ticketing,
    tickets,
)
from gateway.console.site import Tab
from gateway.console.visit import Address

ADDRESSES: tuple[Address, ...] = (
    *overview.ADDRESSES,
    *tickets.ADDRESSES,
    *groups.ADDRESSES,
    *ticketing.ADDRESSES,
    *deliveries.ADDRESSES,
    *messages.ADDRESSES,
    *mailboxes.ADDRESSES,
    *processes.ADDRESSES,
    *catalog.ADDRESSES,
    *catalog_templates.ADDRESSES,
    *audit.ADDRESSES,
)
TABS = (
    Tab("overview", "/", "ListTickets"),
    Tab("tickets", "/tickets", "ListTickets"),
    Tab("deliveries", "/deliveries", "ShowDeliveries"),
    Tab("messages", "/messages", "ShowMessages"),
    Tab("mailboxes", "/mailboxes", "ShowMailboxes"),
    Tab("processes", "/processes", "ShowProcesses"),
    Tab("catalog", "/catalog", "ShowCatalog"),
    Tab("groups", "/groups", "ShowGroups"),
    Tab("ticketing", "/settings/ticketing", "ShowTicketingSettings"),
    Tab("app_fields", "/app-fields", "LookUpAppFields"),
    Tab("audit", "/audit", "ShowAudit"),
)
