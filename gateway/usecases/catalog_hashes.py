"""Hashes of the catalog: who holds one may speak about that request, or that service."""

from collections.abc import Sequence
from uuid import UUID

from gateway.domain.catalog_commands import NO_PROOF, Proof
from gateway.usecases.task_hashes import HashKey, ObjectHashes


class CatalogHashes:
    """Makes and judges the hashes of publish requests and services."""

    def __init__(self, keys: Sequence[HashKey]) -> None:
        self._hashes = ObjectHashes(keys)

    def request_hash(self, guid: UUID) -> str:
        """Make the hash that lets its holder speak about a request; empty without any key."""
        return self._hashes.made(_request(guid))

    def service_hash(self, guid: UUID) -> str:
        """Make the hash that lets its holder change a service; empty without any key."""
        return self._hashes.made(_service(guid))

    def proof(self, given: str) -> Proof:
        """Give what a hash, as it was sent, proves; none was sent if it is empty."""
        if not given:
            return NO_PROOF
        return Proof(
            given=True,
            for_request=lambda guid: self._hashes.holds(given, _request(guid)),
            for_service=lambda guid: self._hashes.holds(given, _service(guid)),
        )


# SSP7 catalog contract, section 5; guids are written in small letters.
def _request(guid: UUID) -> str:
    return f"ssp7|1|request|{guid}"


def _service(guid: UUID) -> str:
    return f"ssp7|1|service|{guid}"
