"""When a failed try is repeated, and when no more."""

import random

from gateway.usecases.ports import Retry


def delay_s(retry: Retry, k: int, retry_after_s: float | None = None, *, chance: float) -> float:
    """Give the seconds before further try k, counted from 1.

    Args:
        retry: the policy of the process.
        k: which further try.
        retry_after_s: what the partner asked for; it can only make the delay longer, and no longer
            than the policy's maximum.
        chance: a number from 0 to 1 that spreads the delays.
    """
    # The exponent is cut where every policy has reached its maximum, before a float overflows.
    planned_s = min(retry.maximum_s, retry.first_delay_s * retry.factor ** min(k - 1, 200))
    spread_s = planned_s * (1 - retry.jitter + 2 * retry.jitter * chance)
    return max(spread_s, min(retry_after_s or 0.0, retry.maximum_s))


def next_delay_s(retry: Retry, failed_tries: int, retry_after_s: float | None) -> float | None:
    """Give the delay after so many failed tries of a step; None: that was the last one."""
    if failed_tries > retry.count:
        return None
    chance = random.random()  # noqa: S311 - spreads, hides nothing
    return delay_s(retry, failed_tries, retry_after_s, chance=chance)
