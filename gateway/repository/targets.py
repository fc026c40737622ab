"""Targets of partners, as the worker and an operator's test read them."""

from collections.abc import Sequence

from sqlalchemy import Engine

from gateway.repository.transaction import Record, transaction
from gateway.usecases.ports import Target, TargetAuth


class TargetStore:
    """Reads targets, each time anew: an operator's change holds from the next call on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, partner: int | str | None, code: str) -> Target | None:
        """Find a target of a partner (by id or code), else one of ``internal``."""
        of = {
            "partner_id": partner if isinstance(partner, int) else None,
            "partner": partner if isinstance(partner, str) else None,
        }
        with transaction(self._engine) as current:
            rows = current.alone("find_target", {**of, "code": code})
        return _target(rows[0]) if rows else None

    def list(self, partner: str) -> Sequence[Target]:
        """List a partner's targets by code; at most 1000."""
        with transaction(self._engine) as current:
            return [_target(row) for row in current.alone("list_targets", {"partner": partner})]


def _target(record: Record) -> Target:
    id_, partner_id, partner, internal, code, base_url, auth, *words, timeout_s = record
    user_name, header_name, secret, ca_file, client_certificate_file = words
    return Target(
        id=id_,
        partner_id=partner_id,
        partner=partner,
        internal=internal,
        code=code,
        base_url=base_url,
        auth=TargetAuth(auth),
        user_name=user_name,
        header_name=header_name,
        secret=secret,
        ca_file=ca_file,
        client_certificate_file=client_certificate_file,
        timeout_s=timeout_s,
    )
