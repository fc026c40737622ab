"""Codes and faults of the SSP7 workflow service (contract section 7)."""

from gateway.dialects.ssp7 import shapes
from gateway.dialects.ssp7.refusals import Faults, Row, plain
from gateway.errors import (
    AppUnknown,
    BrokenRule,
    EventUnknown,
    KeyReused,
    ReferenceConflict,
    ReferenceTaken,
    ReferenceUnknown,
    TaskClosed,
    TaskNotExternal,
    TaskUnknown,
)


class AttachmentTooLarge(BrokenRule):
    """A file, or all together, beyond the limits of the settings."""


FAULTS = Faults(
    shapes.TABLE,
    (
        Row(AttachmentTooLarge, "ATTACHMENT_TOO_LARGE", plain),
        Row(KeyReused, "MESSAGE_ID_REUSED",
            lambda _, path: f"{path} was used for another message"),
        Row(TaskUnknown, "TASK_NOT_FOUND", plain),
        Row(AppUnknown, "APP_NOT_FOUND", plain),
        Row(EventUnknown, "EVENT_NOT_FOUND", plain),
        Row(ReferenceUnknown, "EXTERNAL_REFERENCE_UNKNOWN", plain),
        Row(TaskNotExternal, "TASK_NOT_EXTERNAL", plain),
        Row(TaskClosed, "TASK_CLOSED", plain),
        Row(ReferenceConflict, "EXTERNAL_REFERENCE_CONFLICT", plain),
        Row(ReferenceTaken, "EXTERNAL_REFERENCE_NOT_UNIQUE", plain),
    ),
)  # fmt: skip
