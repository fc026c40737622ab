"""Rows that every installation has: the operator edits them, and no migration overwrites one."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

_OPEN: dict[str, object] = {"state_types": ["new", "open", "pending reminder", "pending auto"]}
_LATEST = [["id", "desc"]]

# The guids are the same on every installation: callers have them in their settings.
_QUERIES: tuple[tuple[str, str, str, dict[str, object], list[list[str]]], ...] = (
    (
        "4A899C3B-55D9-50EE-97C4-327102D9F9CA",
        "All open tickets",
        "Alle offenen Tickets",
        _OPEN,
        _LATEST,
    ),
    (
        "67AB8B3F-7861-5963-BA00-F8F89FAA117A",
        "Tickets assigned to me",
        "Mir zugewiesene Tickets",
        {"owner": "$caller"},
        _LATEST,
    ),
    (
        "1406604E-E8C0-5CFA-BF88-56DE0456EEE1",
        "My open tickets",
        "Meine offenen Tickets",
        {**_OPEN, "owner": "$caller"},
        _LATEST,
    ),
    (
        "354500B5-3C11-5845-922C-68122AF13749",
        "Open tickets of my groups",
        "Offene Tickets meiner Gruppen",
        {**_OPEN, "assigned_group": "$caller_groups"},
        _LATEST,
    ),
    (
        "1F7FBFC2-CE4B-5241-BC0D-05BB43140030",
        "Tickets with no assignee",
        "Tickets ohne Bearbeiter",
        {**_OPEN, "unassigned": True},
        _LATEST,
    ),
    ("BCF4D236-658A-5B10-9BD7-2F401964CEDE", "All tickets", "Alle Tickets", {}, _LATEST),
    (
        "40089037-60B4-5225-B114-3931163E799F",
        "Added recently",
        "Kürzlich angelegt",
        {"created_since": "$days:7"},
        _LATEST,
    ),
    (
        "D1AC0101-6E57-5FA0-B19F-82ADB31260BA",
        "Updated recently",
        "Kürzlich geändert",
        {"changed_since": "$days:7"},
        [["changed", "desc"], ["id", "desc"]],
    ),
    (
        "187730A6-2BEE-58C5-B854-75DDE473FDBF",
        "Tickets with attachment",
        "Tickets mit Anhang",
        {"has_attachment": True},
        _LATEST,
    ),
)

_SETTINGS = {
    "resolutions_enabled": 0,
    "comment_required": 0,
    "working_times_enabled": 1,
    "working_time_required": 0,
    "costs_enabled": 1,
    "max_attachment_bytes": 3_145_728,
}

_EVENTS = (
    ("E1", "assigned for the first time", "Submit Request", "Out", "TaskAssignment", "assignment"),
    ("E2", "assigned again", "Submit Request", "Out", "TaskAssignment", "assignment"),
    ("E3", "solution declined", "Resolution Rejection", "Out", "TaskAssignment", "assignment"),
    ("E4", "update text entered", "Update", "Out", "TaskUpdateMessage", "update"),
    ("E5", "update text received", "Update", "In", "TaskExternalUpdateMessage", "update"),
    ("E6", "reported ready", "Reassigned", "In", "TaskExternalReassignment", "update"),
    ("E7", "closed by the partner", "Reassigned", "In", "TaskExternalReassignment", "closure"),
    ("E8", "closed by hand", "Closed", "Out", "TaskClosure", "closure"),
    ("E9", "reference confirmed", "Acknowledged", "In", "TaskExternalAcknowledgement", "none"),
    ("E10", "taken back", "Withdrawn", "Out", "TaskClosure", "none"),
)

_CATALOG_LISTS = (
    ("ServiceOwner", "Service Owner", "persons", True, False),
    ("ServiceOwnerDeputy", "Service Owner Deputy", "persons", True, False),
    ("ServiceManager", "Service Manager", "persons", True, False),
    ("EditorPersons", "Editor Persons", "persons", False, False),
    ("TechnicalApprovalPersons", "Technical Approval Persons", "persons", False, True),
    ("CustomerApprovalPersons", "Customer Approval Persons", "persons", False, True),
    ("EditorGroups", "Editor Groups", "groups", False, False),
    ("TechnicalApprovalGroups", "Technical Approval Groups", "groups", False, True),
    ("CustomerApprovalGroups", "Customer Approval Groups", "groups", False, True),
)

_stored_query = sa.table(
    "stored_query",
    sa.column("guid", sa.Uuid()),
    sa.column("en", sa.Text()),
    sa.column("de", sa.Text()),
    sa.column("position", sa.Integer()),
    sa.column("filter", postgresql.JSONB()),
    sa.column("sort", postgresql.JSONB()),
    sa.column("fixed", sa.Boolean()),
)
_helpdesk_setting = sa.table(
    "helpdesk_setting", sa.column("name", sa.Text()), sa.column("value", sa.BigInteger())
)
_event_map = sa.table(
    "event_map",
    *(
        sa.column(name, sa.Text())
        for name in ("code", "happening", "request_type", "direction", "app", "slot")
    ),
)
_catalog_list = sa.table(
    "catalog_list",
    sa.column("code", sa.Text()),
    sa.column("label", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("single", sa.Boolean()),
    sa.column("approval", sa.Boolean()),
    sa.column("position", sa.Integer()),
)


def upgrade() -> None:
    _add(
        _stored_query,
        [
            {
                "guid": UUID(guid),
                "en": en,
                "de": de,
                "position": position,
                "filter": wanted,
                "sort": order,
                "fixed": True,
            }
            for position, (guid, en, de, wanted, order) in enumerate(_QUERIES, 1)
        ],
    )
    _add(_helpdesk_setting, [{"name": name, "value": value} for name, value in _SETTINGS.items()])
    _add(
        _event_map,
        [
            {
                "code": code,
                "happening": happening,
                "request_type": request_type,
                "direction": direction,
                "app": f"Ticketing.{app}",
                "slot": slot,
            }
            for code, happening, request_type, direction, app, slot in _EVENTS
        ],
    )
    _add(
        _catalog_list,
        [
            {
                "code": code,
                "label": label,
                "kind": kind,
                "single": single,
                "approval": approval,
                "position": position,
            }
            for position, (code, label, kind, single, approval) in enumerate(_CATALOG_LISTS, 1)
        ],
    )
    # Mail and processes that call nobody are delivered by ourselves.
    op.execute("insert into external_system (name) values ('internal') on conflict do nothing")
    op.execute(
        "insert into partner (name, system_id, internal)"
        " select name, id, true from external_system where name = 'internal'"
        " on conflict do nothing"
    )


def downgrade() -> None:
    # The rows stay: the operator may have edited them, and the next upgrade leaves them alone.
    pass


def _add(table: sa.TableClause, rows: list[dict[str, object]]) -> None:
    op.execute(postgresql.insert(table).values(rows).on_conflict_do_nothing())
