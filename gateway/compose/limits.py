"""What several parts are joined from: limits and keys out of the settings."""

from gateway.http.limits import Limits
from gateway.http.pace import PaceLimits
from gateway.settings import Settings
from gateway.usecases.accounts import LoginLimits
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.task_hashes import HashKey

SPARE_CONNECTIONS = 2  # beside one for each thread


def catalog_hashes(settings: Settings) -> CatalogHashes:
    """Give what proves calls about services; the workflow's keys serve where it has none."""
    own = settings.ssp7_catalog.hash_keys.get_secret_value()
    shared = settings.ssp7_workflow.hash_keys.get_secret_value()
    return CatalogHashes(hash_keys(own or shared))


def hash_keys(text: str) -> list[HashKey]:
    """Read the keys of hashes, the newest first."""
    pairs = (pair.strip().partition(":") for pair in text.split(",") if pair.strip())
    return [HashKey(name, secret.encode()) for name, _, secret in pairs]


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
