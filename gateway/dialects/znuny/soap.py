"""The SOAP face: from the nested mapping of a request to an operation, and its answer back."""

from collections.abc import Mapping
from typing import Any

from gateway.dialects.znuny import credentials, results
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.operations import carry_out as carry_out_operation
from gateway.dialects.znuny.refusals import Refused
from gateway.dialects.znuny.values import tidy
from gateway.http.exchange import Outcome
from gateway.soap.definition import Invocation


def carry_out(operation: str, invocation: Invocation, data: Mapping[str, Any]) -> Any:
    """Carry out an operation and give the values of its answer, an Error among them.

    Raises:
        GatewayError: what is no business error is a fault.
    """
    trace = invocation.trace
    try:
        tidied = tidy(data)
        job = Job(
            operation=operation,
            data=tidied,
            desk=invocation.desk,
            given=credentials.given(invocation.headers, tidied),
            trace=trace,
            deadline_s=invocation.deadline_s,
            key=invocation.key,
            peer=invocation.peer,
            user_agent=invocation.headers.get("user-agent", ""),
        )
        answer = carry_out_operation(job)
    except Refused as refused:
        trace.outcome, trace.code = Outcome.REFUSED, "GW-130"
        answer = results.error(refused.of(operation))
    return results.for_soap(operation, answer)
