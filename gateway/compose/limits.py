"""What several parts are joined from: limits, addresses, keys and rules out of the settings."""

from pathlib import Path

from gateway.domain.assignment import WorkflowRules
from gateway.http.limits import Limits
from gateway.http.pace import PaceLimits
from gateway.settings import Settings
from gateway.usecases.accounts import LoginLimits
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.task_hashes import HashKey

SPARE_CONNECTIONS = 2  # beside one for each thread


def workflow_rules(settings: Settings) -> WorkflowRules:
    """Give what the operator set for tasks and partners."""
    workflow = settings.ssp7_workflow
    return WorkflowRules(
        ticket_url=ticket_url(settings),
        time_zone=workflow.field_time_zone,
        default_group=workflow.default_group,
        event_on_accept=workflow.event_on_accept,
        close_ticket_with_last_task=workflow.close_ticket_with_last_task,
        closed_state=workflow.closed_state,
    )


def catalog_hashes(settings: Settings) -> CatalogHashes:
    """Give what proves calls about services; the workflow's keys serve where it has none."""
    own = settings.ssp7_catalog.hash_keys.get_secret_value()
    shared = settings.ssp7_workflow.hash_keys.get_secret_value()
    return CatalogHashes(hash_keys(own or shared))


def ticket_url(settings: Settings) -> str:
    """Give the address of a ticket's page, with a place for its id."""
    return f"{settings.public_url}/console/tickets/{{id}}"


def hash_keys(text: str) -> list[HashKey]:
    """Read the keys of hashes, the newest first."""
    pairs = (pair.strip().partition(":") for pair in text.split(",") if pair.strip())
    return [HashKey(name, secret.encode()) for name, _, secret in pairs]


def database_url(settings: Settings) -> str:
    """Give the address of the database."""
    return settings.database.url.get_secret_value()


def seal_file(settings: Settings) -> Path:
    """Give the file of the seal key."""
    return settings.recording.seal_key_file or settings.database.data_dir / "seal-key"


def door_limits(settings: Settings) -> Limits:
    """Give how much of anything the door takes."""
    http = settings.http
    return Limits(
        target_bytes=http.target_bytes,
        query_parameters=http.query_parameters,
        body_bytes=http.body_bytes,
        body_s=http.body_s,
        large_body_s=http.large_body_s,
        body_gap_s=http.body_gap_s,
        held_bytes=http.held_bytes,
        request_s=http.request_s,
        threads=http.threads,
        waiting=http.waiting,
        pool_wait_s=http.pool_wait_s,
    )


def login_limits(settings: Settings) -> LoginLimits:
    """Give how often a login may fail."""
    login = settings.login
    return LoginLimits(
        account_failures=login.failures_per_account,
        peer_failures=login.failures_per_address,
        window_s=login.window_s,
        checks_at_once=login.checks_at_once,
        cached_s=login.cache_s,
    )


def pace_limits(settings: Settings) -> PaceLimits:
    """Give how often an account may call."""
    login = settings.login
    return PaceLimits(at_once=login.calls_at_once, per_s=login.calls_per_s, burst=login.calls_burst)
