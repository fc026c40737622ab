"""SessionCreate, SessionGet, SessionRemove (contract sections 4.1, 4.2 and 12)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.dialects.znuny import credentials
from gateway.dialects.znuny.job import Job, single
from gateway.dialects.znuny.refusals import Refused, missing
from gateway.domain.people import AccountKind, Principal
from gateway.errors import NotPermitted, SessionUnknown
from gateway.text import printable
from gateway.usecases import rights
from gateway.usecases.ports import SessionCard

_SOURCE = "GenericInterface"
_VALID = "1"


def create(job: Job) -> Mapping[str, Any]:
    """Open a session for an agent or a customer user."""
    if not job.data and not job.given.headers:
        raise _empty()
    if not job.given.of("Password"):
        raise missing("Password")
    principal = credentials.by_password(job.operation, job.given, job.desk, job.peer)
    job.identified(principal)
    agent = printable(job.user_agent, 255)
    return {"SessionID": job.desk.sessions.open(principal, peer=job.peer, user_agent=agent)}


def get(job: Job) -> Mapping[str, Any]:
    """Show what is known of a session; the SessionID among the parameters names it."""
    session_id = _named(job)
    if not session_id:
        if not job.data:
            raise _empty()
        raise Refused("MissingParameter", "SessionID is missing!")
    card = job.desk.sessions.card(session_id)
    if card is None:
        raise Refused("SessionInvalid", "SessionID is Invalid!")
    job.identified(card.principal)
    zone = ZoneInfo(job.options.time_zone)
    facts = _facts(card, zone)
    return {"SessionData": [{"Key": key, "Value": facts[key]} for key in sorted(facts)]}


def remove(job: Job) -> Mapping[str, Any]:
    """End a session: one's own, or any with rw on the group admin."""
    target = _named(job)
    if not target:
        raise missing("SessionID") if job.data else _empty()
    caller = _caller(job, target)
    if caller is not None:
        job.identified(caller)
        card = job.desk.sessions.card(target)
        if card is not None:
            _require_own(caller, card.principal)
            job.desk.sessions.end(target)
    return {"Success": 1}


def _named(job: Job) -> str:
    return single(job.given.parameters.get("SessionID"), "SessionID")


def _caller(job: Job, target: str) -> Principal | None:
    """Find who removes; None: the session itself, which is unknown."""
    by_login = job.given.of("UserLogin") or job.given.of("CustomerUserLogin")
    if by_login and job.given.of("Password"):
        return credentials.by_password(job.operation, job.given, job.desk, job.peer)
    header = job.given.headers.get("SessionID")
    try:
        return job.desk.accounts.resume(header or target)
    except SessionUnknown:
        if header:
            raise credentials.failed(job.operation) from None
        return None


def _require_own(caller: Principal, owner: Principal) -> None:
    if caller.account_id == owner.account_id:
        return
    if caller.kind is AccountKind.CUSTOMER:
        raise Refused("AuthFail", "Authorization failing!")
    try:
        rights.require(caller, "RemoveSession")
    except NotPermitted:
        text = "Authorization failed! User needs to be in group admin."
        raise Refused("AuthFail", text) from None


def _facts(card: SessionCard, zone: ZoneInfo) -> dict[str, str | None]:
    person = card.principal
    customer = person.kind is AccountKind.CUSTOMER
    facts: dict[str, str | None] = {
        "ChangeTime": _local(card.person_changed, zone),
        "CreateTime": _local(card.person_created, zone),
        "SessionSource": _SOURCE,
        "UserEmail": card.email,
        "UserFirstname": card.first_name,
        "UserFullname": person.full_name,
        "UserID": person.account if customer else str(person.agent_id or ""),
        "UserLastLogin": _epoch(card.created),
        "UserLastLoginTimestamp": _local(card.created, zone),
        "UserLastRequest": _epoch(card.last_seen),
        "UserLastname": card.last_name,
        "UserLogin": person.account,
        "UserRemoteAddr": card.peer,
        "UserRemoteUserAgent": card.user_agent,
        "UserSessionStart": _epoch(card.created),
        "UserTitle": card.title or None,
        "UserType": "Customer" if customer else "User",
        "ValidID": _VALID,
    }
    return facts | {"UserCustomerID": card.customer} if customer else facts


def _epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return (moment or datetime.fromtimestamp(0, UTC)).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _empty() -> Refused:
    return Refused("MissingParameter", "The request is empty!")
