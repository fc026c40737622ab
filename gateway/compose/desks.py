"""Joins the dialects' desks: what their operations work with."""

from dataclasses import fields

from gateway.compose.limits import catalog_hashes, hash_keys
from gateway.dialects.acmp.translate import Options
from gateway.dialects.ssp7.catalog.desk import Catalog
from gateway.dialects.ssp7.desk import Workflow
from gateway.dialects.ssp7.workflow_form import FileLimits
from gateway.dialects.tickets.desk import Options as TicketsOptions
from gateway.dialects.znuny.desk import Options as ZnunyOptions
from gateway.dialects.znuny.desk import ReferenceOptions, ZnunyDesk
from gateway.domain.commands import Defaults
from gateway.http.pace import Pace
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.settings import Settings
from gateway.storage import ticket_url
from gateway.usecases.accounts import Accounts
from gateway.usecases.sessions import Sessions
from gateway.usecases.task_hashes import ObjectHashes


def znuny_desk(
    units: UnitsOfWork, logins: Accounts, sessions: Sessions, pace: Pace, settings: Settings
) -> ZnunyDesk:
    """Give what the Znuny dialect's operations work with."""
    options = settings.znuny.model_dump()
    names = [each.name for each in fields(ReferenceOptions)]
    reference = {name: options.pop(f"external_reference_{name}") for name in names}
    for name in ("include_ticket_data", "customer_queues"):
        options[name] = frozenset(options[name])
    return ZnunyDesk(
        units=units,
        accounts=logins,
        sessions=sessions,
        pace=pace,
        options=ZnunyOptions(
            **options,
            sender=settings.mail.sender,
            external_reference=ReferenceOptions(**reference),
        ),
    )


def tickets_options(settings: Settings) -> TicketsOptions:
    """Give what the operator set for tickets REST."""
    given = settings.tickets_rest.model_dump()
    limits = (given.pop("default_limit"), given["max_limit"])
    return TicketsOptions(**given, default_limit=min(limits))


def workflow_desk(units: UnitsOfWork, settings: Settings) -> Workflow:
    """Give what the workflow service's operations work with."""
    workflow = settings.ssp7_workflow
    return Workflow(
        units=units,
        hashes=ObjectHashes(hash_keys(workflow.hash_keys.get_secret_value())),
        hash_accepted="hash" in workflow.auth,
        defaults=Defaults(queue=workflow.queue, state=workflow.default_state, priority=3),
        files=FileLimits(
            files=workflow.max_attachments,
            bytes=workflow.max_attachment_bytes,
            total_bytes=workflow.max_attachments_total_bytes,
        ),
        partner_sees_requester=workflow.partner_sees_requester,
        ticket_url=ticket_url(settings),
    )


def catalog_desk(units: UnitsOfWork, settings: Settings) -> Catalog:
    """Give what the catalog's operations work with."""
    return Catalog(
        units=units,
        hashes=catalog_hashes(settings),
        hash_accepted="hash" in settings.ssp7_catalog.auth,
    )


def helpdesk_options(settings: Settings) -> Options:
    """Give what the operator set for the helpdesk."""
    acmp_settings = settings.acmp
    return Options(
        business_errors=acmp_settings.business_errors,
        queue=acmp_settings.queue,
        default_state=acmp_settings.default_state,
        reopen_state=acmp_settings.reopen_state,
        closed_state=acmp_settings.closed_state,
        merged_state=acmp_settings.merged_state,
        default_priority=acmp_settings.default_priority,
        list_limit=acmp_settings.list_limit,
        batch_limit=acmp_settings.batch_limit,
        object_registry=acmp_settings.object_registry,
    )
