"""The runner of processes: it finds the version a delivery began with, and runs its steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gateway.delivery.process_run import Run
from gateway.delivery.processes import ProcessUnfit, read
from gateway.delivery.steps.step import StepKind
from gateway.domain.process import END, Kind, Process
from gateway.errors import GatewayError
from gateway.usecases.ports import Claimed, Permanent, Progress, Result
from gateway.usecases.process_runs import ProcessDesk

_KEPT = 256  # versions


@dataclass(frozen=True, slots=True)
class _Version:
    process: Process
    partner_id: int | None


class _Missing(Exception):
    """There is no such version; nothing of it is kept."""


class ProcessRunner:
    """Carries out deliveries by their processes; ``map``, ``wait`` and ``decide`` itself."""

    def __init__(
        self,
        desk: ProcessDesk,
        performers: Mapping[Kind, StepKind],
        code_of: Callable[[GatewayError], str] = lambda error: error.code,
    ) -> None:
        """Take what runs the steps that call somebody.

        Args:
            desk: what steps read and write of tickets.
            performers: by the kind of step.
            code_of: gives the code by which a partner's call would be refused.
        """
        self._desk = desk
        self._performers = performers
        self._code_of = code_of
        # Versions are never changed once stored.
        self._version = lru_cache(_KEPT)(self._load)

    def run(self, delivery: Claimed, progress: Progress) -> Result:
        """Carry out the steps from ``delivery.step`` on, outside any transaction."""
        try:
            version = self._version(delivery.process, delivery.version)
        except _Missing:
            return _unable(
                f"there is no version {delivery.version} of the process {delivery.process}"
            )
        except ProcessUnfit as error:
            return _unable(f"the process {delivery.process} cannot be read: {error}")
        known = {"", END, *(step.name for step in version.process.steps)}
        if delivery.step not in known:
            return _unable(f"{delivery.process} has no step {delivery.step}")
        run = Run(
            version.process,
            version.partner_id,
            delivery,
            progress,
            self._desk,
            self._performers,
            self._code_of,
        )
        return run.result()

    def _load(self, name: str, number: int) -> _Version:
        stored = self._desk.process(name, number)
        if stored is None:
            raise _Missing
        return _Version(read(stored.source), stored.partner_id)


def _unable(error: str) -> Permanent:
    return Permanent(error=error, of_partner=False)
