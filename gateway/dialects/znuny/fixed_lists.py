"""Lists that are the same on every system of the original, with its ids (contract section 14)."""

from collections.abc import Mapping

LOCKS: Mapping[str, int] = {"unlock": 1, "lock": 2, "tmp_lock": 3}
AUTO_RESPONSES = ("auto reply", "auto reject", "auto follow up", "auto reply/new ticket",
                  "auto remove")  # fmt: skip
CHANNELS: Mapping[str, int] = {"Email": 1, "Phone": 2, "Internal": 3, "Chat": 4}
SENDER_TYPES: Mapping[str, int] = {"agent": 1, "system": 2, "customer": 3}
# In the order of their ids, from 1.
HISTORY_TYPES = (
    "NewTicket", "FollowUp", "SendAutoReject", "SendAutoReply", "SendAutoFollowUp", "Forward",
    "Bounce", "SendAnswer", "SendAgentNotification", "SendCustomerNotification", "EmailAgent",
    "EmailCustomer", "PhoneCallAgent", "PhoneCallCustomer", "AddNote", "Move", "Lock", "Unlock",
    "Remove", "TimeAccounting", "CustomerUpdate", "PriorityUpdate", "OwnerUpdate",
    "LoopProtection", "Misc", "SetPendingTime", "StateUpdate", "TicketDynamicFieldUpdate",
    "WebRequestCustomer", "TicketLinkAdd", "TicketLinkDelete", "SystemRequest", "Merged",
    "ResponsibleUpdate", "Subscribe", "Unsubscribe", "TypeUpdate", "ServiceUpdate", "SLAUpdate",
    "ArchiveFlagUpdate", "EscalationSolutionTimeStop", "EscalationResponseTimeStart",
    "EscalationUpdateTimeStart", "EscalationSolutionTimeStart",
    "EscalationResponseTimeNotifyBefore", "EscalationUpdateTimeNotifyBefore",
    "EscalationSolutionTimeNotifyBefore", "EscalationResponseTimeStop",
    "EscalationUpdateTimeStop", "TitleUpdate", "EmailResend", "Bulk",
)  # fmt: skip
