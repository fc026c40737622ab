"""The operations of the workflow service: translate, call the use case, translate back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from gateway.dialects.ssp7 import job as common
from gateway.dialects.ssp7 import shapes, translate
from gateway.dialects.ssp7.table import Operation
from gateway.dialects.ssp7.workflow_form import REFERENCE, FileLimits, WorkflowForm
from gateway.domain.commands import Defaults
from gateway.domain.people import Principal
from gateway.soap.definition import Invocation
from gateway.usecases import external_apps, partner_reads, partner_texts, references, task_hashes
from gateway.usecases.ports import Call, FileLimit, Unit, Units
from gateway.usecases.task_hashes import ObjectHashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """What the operations of this service work with."""

    units: Units
    hashes: ObjectHashes
    hash_accepted: bool = True
    defaults: Defaults
    files: FileLimits = field(default_factory=FileLimits)
    partner_sees_requester: bool = False
    ticket_url: str = ""


@dataclass(frozen=True, slots=True)
class Job(common.Job):
    """One call of an operation of the workflow service."""

    form: WorkflowForm

    @property
    def desk(self) -> Workflow:
        """Give what the service works with."""
        desk: Workflow = self.invocation.desk
        return desk

    def about_task(
        self, task_id: int, reference: str, work: Callable[[int, Call, Unit], Any]
    ) -> Any:
        """Run a use case about a task; a hash may say who speaks, and then which task is meant."""
        given = self.hash_check()
        call = self.call(self.invocation.principal)
        if not given:
            self.require_login()
            return self.run(lambda unit: work(task_id, call, unit), call)

        def proven(unit: Unit) -> tuple[Principal, int]:
            meant = (task_id, reference)
            return task_hashes.task_speaker(
                self.desk.hashes, given, meant, self.invocation.principal, unit
            )

        principal, number = self.desk.units.run(proven, call)
        speaking = self.call(principal)
        return self.run(lambda unit: work(number, speaking, unit), speaking)

    def about_app(self, code: str, work: Callable[[Call, Unit], Any]) -> Any:
        """Run a use case about an external app, whose hash may stand in for a login."""
        given = self.hash_check()
        if not given:
            return self.by_login(work)

        def proven(unit: Unit) -> Principal:
            return task_hashes.app_speaker(
                self.desk.hashes, given, code, self.invocation.principal, unit
            )

        speaking = self.call(self.desk.units.run(proven, self.call(self.invocation.principal)))
        return self.run(lambda unit: work(speaking, unit), speaking)


def carry_out(operation: Operation, invocation: Invocation, *arguments: Any) -> Any:
    """Carry out an operation and give its result.

    Raises:
        GatewayError: every refusal is a fault.
    """
    values = common.values(operation, arguments)
    form = WorkflowForm(values, invocation.trace.note, shapes.PARAMETERS)
    return HANDLERS[operation.key](Job(operation, invocation, form))


def _acknowledge(job: Job) -> Any:
    command = translate.acknowledge_command(job.form)

    def work(task_id: int, call: Call, unit: Unit) -> Any:
        return references.acknowledge(replace(command, task_id=task_id), call, unit)

    done = job.about_task(command.task_id, "", work)
    return translate.task_result(done, "external reference of task {task} stored")


def _reassign(job: Job) -> Any:
    command = translate.reassign_command(job.form, job.desk.files)
    if command.closed and command.group:
        job.invocation.trace.note(f"IGNORED {shapes.PARAMETERS['assign_to_group']}")

    def work(task_id: int, call: Call, unit: Unit) -> Any:
        return partner_texts.reassign(replace(command, task_id=task_id), call, unit)

    done = job.about_task(command.task_id, command.reference, work)
    ended = "task {task} closed" if command.closed else "solution of task {task} received"
    return translate.task_result(done, ended)


def _update(job: Job) -> Any:
    command = translate.update_command(job.form, job.desk.files)

    def work(task_id: int, call: Call, unit: Unit) -> Any:
        return partner_texts.update(replace(command, task_id=task_id), call, unit)

    done = job.about_task(command.task_id, command.reference, work)
    return translate.task_result(done, "update text of task {task} received")


def _start(job: Job) -> Any:
    command = translate.start_command(job.form, job.desk.defaults)
    done = job.about_app(command.app, partial(external_apps.start, command))
    return translate.start_result(done)


def _get_task(job: Job) -> Any:
    def work(task_id: int, call: Call, unit: Unit) -> Any:
        return partner_reads.task(task_id, "", "", call, unit)

    return _info(job, job.about_task(job.form.required_number("task_id"), "", work))


def _get_task_by_reference(job: Job) -> Any:
    reference = job.form.required_identifier("external_reference", REFERENCE)
    system = job.form.identifier("external_system")
    return _info(job, job.by_login(partial(partner_reads.task, 0, reference, system)))


def _info(job: Job, card: Any) -> Any:
    sees, url = job.desk.partner_sees_requester, job.desk.ticket_url
    return translate.task_info(card, sees_requester=sees, url=url)


def _get_messages(job: Job) -> Any:
    task_id, since = job.form.required_number("task_id"), job.form.moment("since")

    def work(number: int, call: Call, unit: Unit) -> Any:
        return partner_reads.messages(number, since, call, unit)

    return [translate.task_message(each) for each in job.about_task(task_id, "", work)]


def _pending_events(job: Job) -> Any:
    system = job.form.identifier("external_system")
    count = job.form.number("max", highest=translate.MOST_EVENTS) or translate.USUAL_EVENTS
    limit = FileLimit(job.desk.files.files, job.desk.files.total_bytes)
    waiting = job.by_login(partial(partner_reads.pending_events, system, count, limit))
    for event in waiting:
        if event.left_out:
            # The published type has no place to say it.
            job.invocation.trace.note(f"LEFT_OUT {event.left_out} files of {event.guid}")
    return [translate.event_answer(each) for each in waiting]


def _confirm_event(job: Job) -> Any:
    event, system = job.form.guid("event_id"), job.form.identifier("external_system")
    return job.by_login(partial(partner_reads.confirm_event, event, system))


# Operation by key -> what carries it out; what stands here is published.
HANDLERS: Mapping[str, Callable[[Job], Any]] = {
    "acknowledge": _acknowledge,
    "reassign": _reassign,
    "update": _update,
    "start": _start,
    "get_task": _get_task,
    "get_task_by_reference": _get_task_by_reference,
    "get_messages": _get_messages,
    "pending_events": _pending_events,
    "confirm_event": _confirm_event,
}

PUBLISHED: tuple[Operation, ...] = tuple(
    operation for operation in shapes.OPERATIONS if operation.key in HANDLERS
)
