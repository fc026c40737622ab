"""ExternalReference: create or update the ticket a partner knows by its own number (section 8)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.dialects.znuny import creating, dynamic_fields, updating
from gateway.dialects.znuny.job import Job
from gateway.dialects.znuny.refusals import Refused, invalid, missing
from gateway.dialects.znuny.request import Request, asked, claim_of, reference_field
from gateway.domain.reference import Mode, Verdict, meant
from gateway.usecases.ports import Call, Unit

_PATH = "ExternalReference"


def create_or_update(job: Job) -> Mapping[str, Any]:
    """Create the ticket of a reference, or update the one there is.

    Raises:
        Refused: the first thing that is missing, not right or not allowed; several tickets have
            the reference.
    """
    principal = job.login()
    text = job.text(_PATH)
    if not text:
        raise missing(_PATH)
    if not dynamic_fields.reference_fits(text):
        raise invalid(_PATH)
    return job.run(partial(_work, job, text), principal)


def _work(job: Job, text: str, call: Call, unit: Unit) -> Mapping[str, Any]:
    options = job.options
    claim = claim_of(text, options, call.principal)
    found = unit.intake.look_up(asked(job.data, options, claim))
    reference_field(found, options)
    other = dynamic_fields.value_of(job.data, claim.field)
    if other is not None and other != text:
        raise invalid("DynamicField->Value")
    request = Request(
        data=job.data,
        options=options,
        call=call,
        unit=unit,
        found=found,
        claim=claim,
        by_reference=True,
    )
    holders = len(found.holders)
    match meant(holders, Mode(options.external_reference.mode)):
        case Verdict.CREATE:
            creating.require_form(job.data)
            return creating.made(request, {"Action": "Create"})
        case Verdict.UPDATE:
            request = replace(request, data=_applied(job.data, options.external_reference))
            return updating.changed(request, found.holders[0].guid, {"Action": "Update"})
        case refused:
            raise _refused(refused, holders)


def _applied(data: Mapping[str, Any], rules: Any) -> Mapping[str, Any]:
    """Leave out the fields of the ticket that an update leaves alone, and their ids."""
    sent = data.get("Ticket")
    if not isinstance(sent, Mapping) or not rules.update_ignores:
        return data
    ignored = {name.removesuffix("ID") for name in rules.update_ignores if name != "CustomerID"}
    exact = set(rules.update_ignores)
    kept = {
        name: value
        for name, value in sent.items()
        if name not in exact and (name == "CustomerID" or name.removesuffix("ID") not in ignored)
    }
    rest = {name: value for name, value in data.items() if name != "Ticket"}
    return {**rest, "Ticket": kept} if kept else rest


def _refused(verdict: Verdict, holders: int) -> Refused:
    match verdict:
        case Verdict.NOT_UNIQUE:
            return Refused("NotUnique", f"{holders} tickets match the external reference!")
        case Verdict.EXISTS:
            return Refused("AlreadyExists", "A ticket with this external reference exists!")
        case _:
            return Refused("NotFound", "No ticket matches the external reference!")
