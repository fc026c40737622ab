"""The numbers of the door: how much of anything one caller may use (hardening page, section 2)."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one process; times in seconds, sizes in bytes."""

    headers: int = 100
    target_bytes: int = 8 * KIB  # path and query together
    query_parameters: int = 100
    body_bytes: int = 8 * MIB  # an endpoint that takes more gets the longer body time
    body_s: float = 30
    large_body_s: float = 120
    body_gap_s: float = 10  # between two pieces
    read_on_bytes: int = 64 * KIB  # read after a refusal, so that the caller sees the answer
    read_on_s: float = 1
    held_bytes: int = 512 * MIB  # all bodies in this process
    request_s: float = 10  # from the whole body to the last moment of a commit
    outcome_s: float = 2  # how long a commit that won against the deadline is waited for
    threads: int = 16
    waiting: int = 64
    pool_wait_s: float = 2
    large_body_bytes: int = 4 * MIB
    large_bodies: int = 4  # bodies above large_body_bytes in work at once
    refusal_rows: int = 256  # rows of the door's refusals waiting to be written
    retry_after_s: int = 5  # what a caller is told when he is to come again
    drain_s: float = 25  # below the server's kill time-out of 30 s
