"""Wire names of the SSP7 workflow service: the one table, section 3 of the contract line by line.

Everything else reads it by key: a name that an installation has otherwise is an edit here and of
nothing else.
"""

from collections.abc import Mapping, Sequence

from gateway.dialects.ssp7.table import WireTable

NAMESPACE = "urn:ticket-gateway:ssp7:workflow"  # the default of the setting
FAULT = "GatewayError"

# Section 3.2, the shared parameters.
_T = "task_id=p_intTaskId:int"
_H = "hash_check=p_strHashCheck"
_R = "external_reference=p_strExternalReference"
_Y = "external_system=p_strExternalSystem"
_M = "external_message_id=p_strExternalMessageId"
_A = "attachments=p_arrAttachments:ArrayOfExternalAttachment"

_ROWS: Sequence[tuple[str, ...]] = (
    (
        "acknowledge", "ProcessInstanceTaskExternalAcknowledgement",
        "Sets the external reference number of a task.", "ExternalTaskResult",
        _T, _H, _R, _Y, "message=p_strMessage", "acknowledged=p_dtAcknowledged:dateTime?",
    ),
    (
        "reassign", "ProcessInstanceTaskExternalReassignment",
        "Reports a task ready with a solution, or closed by the external system.",
        "ExternalTaskResult",
        _T, _R, _H, "solution=p_strSolution", "solution_code=p_strSolutionCode",
        "closed=p_blnClosed:boolean", "assign_to_group=p_strAssignToGroup", _A, _M,
    ),
    (
        "update", "ProcessInstanceTaskExternalUpdateMessage",
        "Adds an update text of the external system to a task.", "ExternalTaskResult",
        _T, _R, _H, "message=p_strMessage", "author=p_strAuthor",
        "message_time=p_dtMessage:dateTime?",
        "visible_to_requester=p_blnVisibleToRequester:boolean", _A, _M,
    ),
    (
        "start", "StartProcessFromExternalApp",
        "Makes a ticket through a configured external app.", "ProcessStartResult",
        "external_app=p_strExternalApp", _H, "requester_unique_id=p_strRequesterUniqueId",
        "fields=p_arrFields:ArrayOfNameValue", _R,
    ),
    (
        "get_task", "GetProcessInstanceTask", "Reads a task.", "TaskInfo", _T, _H,
    ),
    (
        "get_task_by_reference", "GetProcessInstanceTaskByExternalReference",
        "Reads a task by the external reference number.", "TaskInfo", _R, _Y,
    ),
    (
        "get_messages", "GetProcessInstanceTaskMessages",
        "Lists what was exchanged about a task, oldest first.", "ArrayOfTaskMessage",
        _T, _H, "since=p_dtSince:dateTime?",
    ),
    (
        "pending_events", "GetPendingExternalEvents",
        "Gives the oldest events that a fetching system has not confirmed.",
        "ArrayOfExternalEvent", _Y, "max=p_intMax:int",
    ),
    (
        "confirm_event", "ConfirmExternalEvent", "Confirms that an event was received.",
        "boolean", "event_id=p_strEventId", _Y,
    ),
)  # fmt: skip

# Section 3.3.
_ENUMS: Mapping[str, tuple[str, ...]] = {
    "TaskStatus": (
        "Open", "Assigned", "SentToExternal", "InProgressExternal", "SolutionProposed", "Closed",
    ),
    "ExternalRequestDirection": ("In", "Out"),
}  # fmt: skip

_TYPES: Mapping[str, str] = {
    "ExternalTaskResult": (
        "success:boolean; code; message; process_instance_id:int; ticket_number; task_id:int;"
        "external_reference; task_status:TaskStatus; event_id:Guid; duplicate:boolean;"
        "received_at:dateTime"
    ),
    "ProcessStartResult": (
        "success:boolean; code; message; process_instance_id:int; ticket_number; task_id:int;"
        "duplicate:boolean; received_at:dateTime"
    ),
    "TaskInfo": (
        "task_id:int; process_instance_id:int; ticket_number; subject; description;"
        "task_status:TaskStatus; priority:int; category; assigned_group; assigned_person;"
        "requester; requester_email; requester_phone; requester_unique_id;"
        "created_on:dateTime; changed_on:dateTime; target_date:dateTime?;"
        "closed_on:dateTime?; external_system; external_reference;"
        "external_acknowledged_on:dateTime?; solution; solution_code;"
        "external_closed:boolean; url"
    ),
    "TaskMessage": (
        "message_id:Guid; kind; direction:ExternalRequestDirection; text; author;"
        "created_on:dateTime; external_message_id; attachments:ArrayOfAttachmentInfo"
    ),
    "AttachmentInfo": "file_name; content_type; size:int",
    "ExternalEvent": (
        "event_id:Guid; sequence:int; request_type; direction:ExternalRequestDirection; app;"
        "occurred_on:dateTime; attempt:int; process_instance_id:int; ticket_number;"
        "task_id:int; external_reference; fields:ArrayOfNameValue;"
        "attachments:ArrayOfExternalAttachment"
    ),
    "ExternalAttachment": "file_name; content_type; content:base64Binary",
    "NameValue": "name; value",
    FAULT: "code; message; field; correlation_id",
}

TABLE = WireTable(
    namespace=NAMESPACE,
    service="WorkflowService",
    path="/Workflow/WebService/WorkflowService.asmx",
    fault=FAULT,
    rows=_ROWS,
    types=_TYPES,
    enums=_ENUMS,
)
OPERATIONS = TABLE.operations
PARAMETERS = TABLE.parameters
written = TABLE.written
