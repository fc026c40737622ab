from uuid import UUID

import pytest

from gateway import errors
from gateway.dialects.acmp import results, translate
from gateway.errors import GatewayError, Refused
from gateway.soap.definition import FaultCode

REFERENCE = "88123"


@pytest.mark.parametrize(
    ("note", "message"), [("", "OK"), ("merged into {X}", "OK; merged into {X}")]
)
def test_success_is_code_0_with_a_note_if_there_is_one(note: str, message: str):
    assert results.success(note) == {"ResultCode": 0, "ResultMessage": message}


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (errors.Missing(field="title"), 35, "Ticket.Title: required"),
        (errors.NotFound(field="assignee"), 30, "Ticket.Assignee.Id: not found"),
        (errors.NotPermitted(field="guid"), 35, "Ticket.Id: not permitted"),
        (errors.TicketClosed(field="guid"), 35, "Ticket.Id: ticket is closed"),
        (errors.BrokenRule("out of range", field="A.B"), 35, "A.B: out of range"),
        (
            errors.KeyReused(field="idempotency_key"),
            35,
            "Idempotency-Key: used for another request",
        ),
        (
            errors.TicketMerged(UUID(int=10), field="guid"),
            35,
            "Ticket.Id: ticket was merged into {00000000-0000-0000-0000-00000000000A}",
        ),
        (errors.NotPermitted(field=""), 35, "not permitted"),
    ],
)
def test_a_refusal_names_the_field_as_in_the_request(error: Refused, code: int, message: str):
    assert isinstance(error, results.IN_BAND)
    assert results.refusal(error, translate.SAVE_OBJECT_PATHS) == {
        "ResultCode": code,
        "ResultMessage": message,
    }


@pytest.mark.parametrize(
    ("error", "code", "result", "text"),
    [
        (errors.CharsetMismatch(), "CLIENT", 35, "malformed request: bytes do not fit the charset"),
        (
            errors.SchemaViolation("missing element", field="Ticket.Id"),
            "CLIENT",
            35,
            "invalid request: Ticket.Id: missing element",
        ),
        (errors.NoSuchOperation(), "CLIENT", 35, "no such operation"),
        (errors.ActionMismatch(), "CLIENT", 35, "SOAPAction does not match the body"),
        (
            errors.NotUnderstood("Security"),
            "MUST_UNDERSTAND",
            35,
            "header not understood: Security",
        ),
        (
            errors.WrongEnvelope(),
            "VERSION_MISMATCH",
            35,
            "SOAP 1.1 or SOAP 1.2 envelope expected",
        ),
        (errors.Unauthenticated(), "CLIENT", 15, "user name or password wrong"),
        (errors.WrongTokenKind(), "CLIENT", 15, "only PasswordText is accepted"),
        (errors.CredentialsDisagree(), "CLIENT", 15, "credentials disagree"),
        (errors.SessionUnknown(), "CLIENT", 7, "session unknown or expired"),
        (errors.TooManyRequests(9), "CLIENT", 35, "too many requests"),
        (errors.TryLater(), "SERVER", 19, "try later, reference 88123"),
        (errors.DeadlinePassed(), "SERVER", 19, "try later, reference 88123"),
        (errors.OutcomeUnknown(), "SERVER", 19, "outcome unknown, reference 88123"),
        (errors.StorageAway(), "SERVER", 19, "storage not available, reference 88123"),
        (GatewayError("some secret"), "SERVER", 18, "internal error, reference 88123"),
    ],
)
def test_a_fault_is_that_of_the_contract(error: GatewayError, code: str, result: int, text: str):
    fault = results.fault(error, REFERENCE)
    assert fault.code is FaultCode[code]
    assert fault.text == text
    assert fault.detail == (
        ("ResultCode", str(result)),
        ("ResultMessage", text),
        ("Reference", REFERENCE),
    )


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (errors.TooManyRequests(9), 9),
        (errors.TryLater(), 5),
        (errors.StorageAway(), 5),
        (errors.OutcomeUnknown(), None),
        (errors.Unauthenticated(), None),
    ],
)
def test_who_may_come_again_is_told_when(error: GatewayError, seconds: int | None):
    assert results.fault(error, REFERENCE).retry_after_s == seconds


def test_a_violation_without_a_place_still_reads_well():
    fault = results.fault(errors.SchemaViolation(), REFERENCE)
    assert fault.text == "invalid request: does not match the schema"


def test_no_credentials_ask_for_them():
    fault = results.fault(errors.NoCredentials(), REFERENCE)
    assert (fault.challenge, fault.detail) == (True, ())


def test_a_business_fault_has_the_code_and_message_of_the_result():
    result = {"ResultCode": 30, "ResultMessage": "A: not found", "FirstErrorMsg": "{X}: A"}
    fault = results.fault(results.BusinessFault(result), REFERENCE)
    assert (fault.code, fault.text) == (FaultCode.CLIENT, "A: not found")
    assert fault.detail == (
        ("ResultCode", "30"),
        ("ResultMessage", "A: not found"),
        ("FirstErrorMsg", "{X}: A"),
        ("Reference", REFERENCE),
    )
