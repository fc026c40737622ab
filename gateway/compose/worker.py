"""Joins the parts of a worker: what runs by the clock, and the deliveries."""

from collections.abc import Mapping
from functools import partial

from gateway.compose.calls import performers
from gateway.compose.limits import (
    SPARE_CONNECTIONS,
    catalog_hashes,
    hash_keys,
)
from gateway.compose.mail import mail_server, mailboxes
from gateway.delivery.article_mail import ArticleMail
from gateway.delivery.attempt import Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.steps.step import StepKind
from gateway.delivery.worker import Task, Worker
from gateway.dialects.ssp7 import results as ssp7_results
from gateway.domain.process import Kind
from gateway.repository.deliveries import DeliveryStore, Hints
from gateway.repository.engine import build_engine
from gateway.repository.partitions import Retention
from gateway.repository.schedules import Housekeeping, ScheduleStore
from gateway.repository.targets import TargetStore
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.settings import Settings
from gateway.storage import database_url, seal, units_of_work, workflow_rules
from gateway.usecases import article_mails
from gateway.usecases.ports import FileLimit
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.reminders import due_reminders
from gateway.usecases.task_hashes import ObjectHashes

_MAILBOX_THREADS = 4
_SCHEDULE_THREADS = 2  # a task that takes long must not stop all others


def build_worker(settings: Settings, registry: Registry | None = None) -> Worker:
    """Join the parts of a worker: what runs by the clock, and the deliveries.

    Args:
        settings: of the gateway.
        registry: who carries out which process.
    """
    engine = build_engine(
        database_url(settings),
        pool_size=settings.worker.threads + SPARE_CONNECTIONS + len(settings.mailbox),
        role="gateway work",
        pooler=settings.database.pooler,
    )
    keep = settings.recording
    house = Housekeeping(
        engine,
        Retention(
            message_days=keep.metadata_days,
            message_body_days=keep.body_days,
            message_sealed_days=keep.sealed_days,
            attempt_days=keep.delivery_days,
        ),
        audit_days=keep.audit_days,
        delivery_days=keep.delivery_days,
        task_delivery_days=settings.ssp7_workflow.done_retention_days,
    )
    # A mail server that is slow to answer holds up nothing else.
    threads = _SCHEDULE_THREADS + min(len(settings.mailbox), _MAILBOX_THREADS)
    units = units_of_work(settings, engine, at_once=threads)
    tasks = {
        "reminders": Task("every 30 s", partial(due_reminders, units)),
        "partitions": Task("daily 00:10 UTC", house.make_partitions),
        "expired": Task("every 300 s", house.prune_expired),
        "retention": Task("daily 02:30 UTC", house.prune),
    }
    tasks |= {
        f"mailbox {name}": Task(f"every {every_s} s", box.poll)
        for name, every_s, box in mailboxes(settings, units)
    }
    deliverer = Deliverer(
        DeliveryStore(engine),
        registry or _registry(settings, units, performers(settings, TargetStore(engine))),
        threads=settings.worker.threads,
        # Nobody can listen through a pooler; looking by itself carries everything.
        hints=None if settings.database.pooler else Hints(engine),
    )
    return Worker(ScheduleStore(engine), tasks, threads=threads, deliverer=deliverer)


def _registry(settings: Settings, units: UnitsOfWork, calls: Mapping[Kind, StepKind]) -> Registry:
    mails = ArticleMail(units, mail_server(settings), seal(settings))
    workflow = settings.ssp7_workflow
    desk = ProcessDesk(
        units,
        ObjectHashes(hash_keys(workflow.hash_keys.get_secret_value())),
        workflow_rules(settings),
        FileLimit(workflow.max_attachments, workflow.max_attachments_total_bytes),
        catalog_hashes(settings),
    )
    return Registry(
        named={article_mails.PROCESS: mails},
        others=ProcessRunner(desk, calls, ssp7_results.FAULTS.code),
    )
