"""The operations of the service catalog: translate, call the use case, translate back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.dialects.ssp7 import job as common
from gateway.dialects.ssp7.catalog import results, shapes, translate
from gateway.dialects.ssp7.catalog.form import CatalogForm
from gateway.dialects.ssp7.form import IDENTIFIER
from gateway.dialects.ssp7.table import Operation
from gateway.domain.catalog_commands import Proof
from gateway.errors import GatewayError
from gateway.soap.definition import Invocation
from gateway.usecases import catalog_requests, catalog_services
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.ports import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What the operations of this service work with."""

    units: Units
    hashes: CatalogHashes
    hash_accepted: bool = True


@dataclass(frozen=True, slots=True)
class Job(common.Job):
    """One call of an operation of the catalog."""

    form: CatalogForm

    @property
    def desk(self) -> Catalog:
        """Give what the service works with."""
        desk: Catalog = self.invocation.desk
        return desk

    def proof(self) -> Proof:
        """Give what the hash proves; without one, where it may stand in, a login is required."""
        given = self.hash_check()
        if not given:
            self.require_login()
        return self.desk.hashes.proof(given)

    def proof_of_vote(self) -> Proof:
        """Give what the hash proves that every vote needs, also beside a login (contract 5)."""
        return self.desk.hashes.proof(self.form.required_identifier("hash_check", IDENTIFIER))

    def done(self, use_case: Callable[..., Any], command: Any) -> Any:
        """Run a use case with its command."""
        call = self.call(self.invocation.principal)
        return self.run(partial(use_case, command, call), call)


def carry_out(operation: Operation, invocation: Invocation, *arguments: Any) -> Any:
    """Carry out an operation and give its result.

    Raises:
        GatewayError: every refusal is a fault; its field is named as on the wire.
    """
    values = common.values(operation, arguments)
    form = CatalogForm(values, invocation.trace.note, operation.names)
    try:
        return HANDLERS[operation.key](Job(operation, invocation, form))
    except GatewayError as error:
        # One key stands for several names: the value of a text, a number, a time.
        error.field = operation.names.get(error.field or "", error.field)
        raise


Translate = Callable[[CatalogForm, Proof], Any]


def _about_request(read: Translate, use_case: Callable[..., Any]) -> Callable[[Job], Any]:
    def handle(job: Job) -> Any:
        return results.request_result(job.done(use_case, read(job.form, job.proof())))

    return handle


def _about_service(read: Translate, use_case: Callable[..., Any]) -> Callable[[Job], Any]:
    def handle(job: Job) -> Any:
        return results.service_result(job.done(use_case, read(job.form, job.proof())))

    return handle


def _vote(job: Job) -> Any:
    command = translate.vote_command(job.form, job.proof_of_vote())
    return results.request_result(job.done(catalog_requests.vote, command))


# Operation by key -> what carries it out.
HANDLERS: Mapping[str, Callable[[Job], Any]] = {
    "create_custom_approval": _about_request(
        translate.create_command, catalog_requests.create_custom_approval
    ),
    "add_request_log": _about_request(translate.log_command, catalog_requests.add_request_log),
    "mark_in_approval": _about_request(translate.mark_command, catalog_requests.mark_in_approval),
    "process_request": _vote,
    "set_can_be_cancelled": _about_request(
        translate.cancelling_command, catalog_requests.set_request_flag
    ),
    "set_show_in_public": _about_request(
        translate.showing_command, catalog_requests.set_request_flag
    ),
    "add_person": _about_service(translate.adding_person, catalog_services.set_list_person),
    "remove_person": _about_service(translate.removing_person, catalog_services.set_list_person),
    "add_person_group": _about_service(translate.adding_group, catalog_services.set_list_group),
    "remove_person_group": _about_service(
        translate.removing_group, catalog_services.set_list_group
    ),
    "remove_support_group": _about_service(
        translate.removing_support, catalog_services.set_support_group
    ),
    "delete_service": _about_service(translate.delete_command, catalog_services.delete_service),
    "update_field": _about_service(translate.field_command, catalog_services.update_field),
    "update_language_field": _about_service(
        translate.language_field_command, catalog_services.update_language_field
    ),
    "update_part_datetime": _about_service(translate.time_command, catalog_services.update_part),
    "update_part_numeric": _about_service(translate.number_command, catalog_services.update_part),
    "update_part_text": _about_service(translate.text_command, catalog_services.update_part),
}

PUBLISHED: tuple[Operation, ...] = tuple(each for each in shapes.OPERATIONS if each.key in HANDLERS)
