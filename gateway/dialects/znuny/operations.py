"""The operations of the dialect, free of XML, JSON and HTTP: sources in, plain mapping out."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.dialects.znuny import (
    absences,
    creating,
    credentials,
    external_reference,
    histories,
    reading,
    searching,
    sessions,
    time_accounting,
    updating,
)
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.refusals import Refused
from gateway.errors import NoSuchOperation

Handler = Callable[[Job], Mapping[str, Any]]

# Operation -> what carries it out. Handlers give a plain mapping with the wire names of section 5:
# text, whole number, decimal, bytes, None (absent, or empty where the shape always has it), list or
# mapping. Order and form are the business of the faces.
HANDLERS: Mapping[str, Handler] = {
    "SessionCreate": sessions.create,
    "SessionGet": sessions.get,
    "SessionRemove": sessions.remove,
    "TicketCreate": creating.create,
    "TicketUpdate": updating.update,
    "TicketGet": reading.get,
    "TicketGetList": reading.get,
    "TicketHistoryGet": histories.get,
    "ExternalReference": external_reference.create_or_update,
    "TicketSearch": searching.search,
    "TimeAccountingGet": time_accounting.get,
    "OutOfOffice": absences.put,
}


def carry_out(job: Job) -> Mapping[str, Any]:
    """Carry out an operation.

    Raises:
        Refused: a business error, with code and message.
        GatewayError: what is no business of the operation: a throttle, a storage that is away.
    """
    handler = HANDLERS.get(job.operation)
    if handler is None:
        raise NoSuchOperation(name=job.operation)
    try:
        credentials.refuse_impersonation(job.given)
        return handler(job)
    except Refused as refused:
        raise refused.of(job.operation) from None
