"""A trial call to a target: harmless, and told in a row that an operator reads."""

from gateway import clock
from gateway.delivery.calls import Answer, Caller, Impossible, Outgoing, Unanswered
from gateway.delivery.connection import Deadline
from gateway.delivery.judgement import REFUSED
from gateway.usecases.ports import Target

_ERRORS = 500

Row = dict[str, object]


def tried(caller: Caller, target: Target) -> Row:
    """Ask for a target's base URL; any answer proves name, address, network and TLS."""
    began_s = clock.monotonic_s()
    try:
        answer = caller.call(
            target,
            caller.proof(target),
            Outgoing(method="GET", url=target.base_url),
            Deadline.after(target.timeout_s),
        )
    except (Unanswered, Impossible) as error:
        ok, status, said = False, None, str(error)
    else:
        ok, status, said = _judged(answer)
    return {
        "target": target.code,
        "url": target.base_url,
        "ok": ok,
        "status": status,
        "ms": int((clock.monotonic_s() - began_s) * 1000),
        "said": said,
    }


def _judged(answer: Answer) -> tuple[bool, int, str]:
    if answer.status in REFUSED:
        return False, answer.status, "it answers, and refuses our credentials"
    if answer.status >= _ERRORS:
        return False, answer.status, "it answers, and is out of order"
    return True, answer.status, "it answers"
