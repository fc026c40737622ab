"""The lists an operator configures, with the fields of their rows; groups are one of them."""

from gateway.domain.ticket import StateType
from gateway.usecases.list_fields import Field, Form, ListKind


def _row(key: str, table: str, *also: str, column: str = "", brief: bool = False) -> Field:
    """Give a field that names a row of another list and may be empty."""
    return Field(
        key=key,
        column=column or f"{key}_id",
        form=Form.ROW,
        rows=table,
        also=also,
        nullable=True,
        brief=brief,
    )


def _text(key: str, column: str = "", *also: str) -> Field:
    return Field(key=key, column=column or key, form=Form.TEXT, also=also)


def _limits() -> tuple[Field, ...]:
    minutes = ("first_response_min", "update_min", "solution_min")
    shares = ("first_response_notify", "update_notify", "solution_notify")
    return (
        *(Field(key=name, column=name, form=Form.NUMBER, low=1, nullable=True) for name in minutes),
        *(
            Field(key=name, column=name, form=Form.NUMBER, low=1, high=99, nullable=True)
            for name in shares
        ),
    )


_ACTIVE = Field(key="active", column="active", form=Form.FLAG, required=True, brief=True)
_ROW = (
    _ACTIVE,
    Field(key="position", column="position", form=Form.NUMBER, required=True),
    Field(key="guid", column="guid", form=Form.GUID, also=("Id",), required=True, fixed=True),
)
_DE = Field(key="de", column="de", also=("NameDE",), nullable=True, brief=True)
_CAPTIONS = (Field(key="en", column="en", also=("NameEN", "Name"), required=True), _DE, *_ROW)
_EMAIL = Field(key="email", column="email", form=Form.EMAIL, brief=True)
_COST = (
    Field(key="unit_price", column="unit_price", form=Form.MONEY, required=True),
    Field(key="amount", column="amount", form=Form.NUMBER, low=1, high=999_999, required=True),
    Field(key="category", column="category", high=100),
    Field(key="description", column="description", high=400),
)
_WORKING_TIME = (
    Field(key="minutes", column="minutes", form=Form.MONEY, required=True),
    Field(key="description", column="description", high=4000),
)
_OPTION = (
    Field(key="value", column="value", required=True),
    Field(key="en", column="en"),
    Field(key="de", column="de", nullable=True),
)

LISTS: tuple[ListKind, ...] = (
    ListKind(
        name="customers",
        table="customer",
        one="customer",
        named="name",
        found_by=("key", "name"),
        fields=(
            Field(key="name", column="name", required=True, brief=True),
            Field(key="key", column="key", also=("CustomerID",), required=True),
            _EMAIL,
            *_ROW,
        ),
    ),
    ListKind(
        name="customer-users",
        table="customer_user",
        one="customer user",
        named="login",
        found_by=("login",),
        fields=(
            Field(key="login", column="login", required=True),
            Field(key="title", column="title"),
            Field(key="first_name", column="first_name", brief=True),
            Field(key="last_name", column="last_name", brief=True),
            _EMAIL,
            Field(key="phone", column="phone"),
            Field(key="unique_id", column="unique_id", nullable=True),
            _row("customer", "customer", "CustomerID", brief=True),
            *_ROW,
        ),
    ),
    ListKind(
        name="states",
        table="state",
        one="state",
        fields=(
            *_CAPTIONS,
            Field(
                key="type",
                column="state_type",
                also=("StateType",),
                form=Form.WORD,
                words=tuple(StateType),
                required=True,
                needed=True,
                brief=True,
            ),
        ),
    ),
    ListKind(name="types", table="type", one="type", fields=_CAPTIONS),
    ListKind(
        name="priorities",
        table="priority",
        one="priority",
        closed=True,
        fields=(
            *_CAPTIONS,
            Field(key="color", column="color", form=Form.COLOR, required=True, brief=True),
        ),
    ),
    ListKind(
        name="categories",
        table="category",
        one="category",
        found_by=("path_en",),
        tree=True,
        fields=(*_CAPTIONS, _row("parent", "category", "ParentId")),
    ),
    ListKind(name="resolutions", table="resolution", one="resolution", fields=_CAPTIONS),
    ListKind(name="impacts", table="impact", one="impact", fields=_CAPTIONS),
    ListKind(
        name="queues",
        table="queue",
        one="queue",
        found_by=("path_en",),
        tree=True,
        fields=(
            *_CAPTIONS,
            _row("parent", "queue"),
            Field(
                key="group",
                column="group_id",
                form=Form.ROW,
                rows="agent_group",
                required=True,
                needed=True,
                brief=True,
            ),
            Field(key="system_address", column="system_address", form=Form.EMAIL),
            Field(key="system_name", column="system_name"),
            _text("signature"),
            *_limits(),
        ),
    ),
    ListKind(
        name="services",
        table="service",
        one="service",
        fields=(
            *_CAPTIONS,
            Field(
                key="customer_users",
                column="customer_user_id",
                form=Form.ROWS,
                rows="customer_user",
                link=("service_customer_user", "service_id"),
            ),
        ),
    ),
    ListKind(
        name="slas",
        table="sla",
        one="SLA",
        fields=(
            *_CAPTIONS,
            Field(
                key="services",
                column="service_id",
                form=Form.ROWS,
                rows="service",
                link=("sla_service", "sla_id"),
                brief=True,
            ),
            *_limits(),
        ),
    ),
    ListKind(
        name="dynamic-fields",
        table="dynamic_field",
        one="dynamic field",
        named="name",
        found_by=("name",),
        fields=(
            Field(key="name", column="name", form=Form.NAME, required=True),
            Field(key="en", column="en", also=("Label",), required=True, brief=True),
            _DE,
            Field(
                key="type",
                column="field_type",
                also=("FieldType",),
                form=Form.WORD,
                words=("text", "number", "date", "dropdown", "multiselect"),
                required=True,
                needed=True,
                brief=True,
                fixed=True,
            ),
            Field(
                key="options",
                column="options",
                form=Form.ENTRIES,
                link=("dynamic_field_option", "field_id"),
                members=_OPTION,
            ),
            *_ROW,
        ),
    ),
    ListKind(
        name="templates",
        table="template",
        one="template",
        fields=(
            *_CAPTIONS,
            Field(key="description", column="description", brief=True),
            Field(key="title", column="title", brief=True),
            _text("text", "plain"),
            _text("html", "html", "HtmlDescription"),
            Field(key="keywords", column="keywords"),
            _row("state", "state"),
            _row("priority", "priority"),
            _row("type", "type"),
            _row("category", "category"),
            _row("queue", "queue"),
            _row("service", "service"),
            _row("sla", "sla"),
            _row("impact", "impact"),
            _row("customer_user", "customer_user", "Contact"),
            _row("owner", "agent", "Assignee"),
            _row("group", "agent_group", column="assigned_group_id"),
            Field(
                key="working_times",
                column="working_times",
                form=Form.ENTRIES,
                link=("template_working_time", "template_id"),
                members=_WORKING_TIME,
            ),
            Field(
                key="costs",
                column="costs",
                form=Form.ENTRIES,
                link=("template_cost", "template_id"),
                members=_COST,
            ),
        ),
    ),
    ListKind(
        name="stored-queries",
        table="stored_query",
        one="stored query",
        fields=(
            *_CAPTIONS,
            Field(
                key="filter",
                column="filter",
                form=Form.OBJECT,
                required=True,
                needed=True,
                brief=True,
            ),
            Field(key="sort", column="sort", form=Form.ENTRIES, required=True),
        ),
    ),
)

# The words of THelpdeskSettings (ACMP contract, section 4).
_SWITCHES = (
    ("ResolutionsEnabled", "resolutions_enabled"),
    ("CommentRequiredOnClose", "comment_required"),
    ("WorkingTimesEnabled", "working_times_enabled"),
    ("WorkingTimeRequiredOnClose", "working_time_required"),
    ("CostsEnabled", "costs_enabled"),
)
SETTINGS = ListKind(
    name="helpdesk-settings",
    table="helpdesk_setting",
    one="setting",
    closed=True,
    fields=(
        *(
            Field(key=key, column=column, form=Form.FLAG, required=True)
            for key, column in _SWITCHES
        ),
        Field(
            key="MaxAttachmentSize",
            column="max_attachment_bytes",
            form=Form.NUMBER,
            high=6_291_456,
            required=True,
        ),
    ),
)

GROUPS = ListKind(
    name="groups",
    table="agent_group",
    one="group",
    named="name",
    found_by=("name",),
    fields=(
        Field(key="name", column="name", required=True),
        Field(key="description", column="description", brief=True),
        _EMAIL,
        Field(key="support", column="support", form=Form.FLAG, required=True),
        Field(key="integrated", column="integrated", form=Form.FLAG, required=True, brief=True),
        _row("partner", "partner", brief=True),
        _row("assignment_process", "process", "NewAssignmentProcess"),
        _row("update_process", "process", "UpdateMessageProcess"),
        _row("closure_process", "process"),
        _row("return_group", "agent_group"),
        Field(
            key="resend_unacknowledged",
            column="resend_unacknowledged",
            form=Form.FLAG,
            required=True,
        ),
        Field(
            key="forward_entries",
            column="forward_entries",
            form=Form.WORD,
            words=("none", "visible", "all"),
            required=True,
        ),
        Field(key="allowed_senders", column="allowed_senders", form=Form.ROWS),
        *_ROW,
    ),
)

PARTNERS = ListKind(
    name="partners",
    table="partner",
    one="partner",
    named="name",
    found_by=("name",),
    fields=(
        Field(key="code", column="name", required=True, fixed=True),
        Field(key="title", column="title", brief=True),
        Field(
            key="delivery",
            column="delivery",
            form=Form.WORD,
            words=("push", "pull"),
            required=True,
            brief=True,
        ),
        Field(key="max_in_flight", column="max_in_flight", form=Form.NUMBER, low=1, high=100,
              required=True),
        Field(
            key="on_dead",
            column="dead_policy",
            form=Form.WORD,
            words=("block", "skip"),
            required=True,
            brief=True,
        ),
        _row("call_failed_process", "process"),
        *_ROW,
    ),
)  # fmt: skip

APPS = ListKind(
    name="apps",
    table="external_app",
    one="external app",
    named="code",
    found_by=("code",),
    fields=(
        Field(key="code", column="code", required=True, fixed=True),
        Field(key="label", column="label", brief=True),
        _row("partner", "partner", brief=True),
        _row("template", "template"),
        _row("requester", "customer_user", brief=True),
        Field(
            key="fields",
            column="fields",
            form=Form.ENTRIES,
            link=("external_app_field", "app_id"),
            members=(
                Field(key="name", column="name", high=100, required=True),
                Field(key="label", column="label", high=100),
                Field(
                    key="type",
                    column="field_type",
                    form=Form.WORD,
                    words=("text", "integer", "boolean", "time"),
                ),
            ),
        ),
        _ACTIVE,
        Field(key="guid", column="guid", form=Form.GUID, required=True, fixed=True),
    ),
)

# Columns by which a row is found where another one names it; the first is how it is shown.
FOUND_BY = {
    "agent": ("login",),
    "process": ("name",),
    **{kind.table: kind.found_by for kind in (*LISTS, GROUPS, PARTNERS, APPS)},
}
