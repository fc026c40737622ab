"""What a kind of step is asked for and what it is given: the seam between engine and kinds."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from gateway.domain.process import Process, Step
from gateway.usecases.ports import Claimed, Exchange, Permanent, Transient


class Place(StrEnum):
    """Where a text goes: it decides how values are encoded (SSP7 contract, section 10)."""

    DATA = "data"  # arguments, `json` and `form` tables: as it is
    TEXT = "text"  # a body of plain text: as it is
    JSON = "json"  # inside a JSON string, without quotes
    XML = "xml"
    HTML = "html"
    URL = "url"  # percent-encoded
    HEADER = "header"  # headers, addresses, subjects: a line break is refused


class Unfillable(Exception):
    """A text cannot be filled, now or later: its sentence is that of the permanent failure.

    A placeholder without value in a strict process, or a line break in a header. The engine
    catches it around ``StepKind.perform``; kinds let it pass.
    """


class Texts(Protocol):
    """Fills placeholders with the values of the event, the inputs and the steps before.

    A value is put in once and never scanned again.
    """

    def fill(self, template: str, place: Place) -> str:
        """Fill one text.

        Raises:
            Unfillable: as its sentence says.
        """
        ...

    def data(self, value: Any) -> Any:
        """Fill nested tables and lists of texts as data: `arguments`, `json`, `form`, `header`.

        ``{each = "attachments", item = {...}}`` becomes a list with one item for each file of the
        event. Numbers and flags stay what they are.

        Raises:
            Unfillable: as its sentence says.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """An attachment of the event."""

    name: str
    media_type: str
    size: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One try of one step."""

    claimed: Claimed
    texts: Texts
    headers: Mapping[str, str]  # those of every outgoing message (SSP7 contract, 3.6)
    timeout_s: float | None  # the step's own, if it has one
    files: Callable[[], Sequence[SentFile]]  # attachments of the event, read when asked for
    partner_id: int | None  # the process's partner
    hold: Callable[[], None]  # to be called right before something is sent; lets LeaseLost pass
    # Hashes and other secrets that `texts` has put in so far: no record shows them, wherever.
    masked: Callable[[], Collection[str]] = tuple
    # What the ``values`` of this step's failure before said, for its kind alone.
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A call that ended well."""

    exchange: Exchange  # redacted, for the record of the attempt
    body: str = ""  # what a `map` step reads, bounded
    media_type: str = ""


class StepKind(Protocol):
    """Carries out the steps of one kind that calls somebody."""

    def target(self, step: Step, partner_id: int | None) -> int | None:
        """Give the partner whom the step's target belongs to; None: nobody outside.

        A step that would tell a partner its own news is skipped (SSP7 contract, 9.2).

        Args:
            step: the step.
            partner_id: the process's partner, among whose targets the name is looked up.
        """
        ...

    def perform(self, step: Step, situation: Situation) -> Answered | Transient | Permanent:
        """Call once, outside any transaction.

        The retry policy is added to a Transient by the engine; so is the step's name to each
        exchange. Exceptions count as transient failures of ours.

        Raises:
            Unfillable: a placeholder.
            LeaseLost: another worker has taken over.
        """
        ...

    def check(self, step: Step, process: Process) -> Iterable[str]:
        """Tell what is wrong with a step, a sentence each; what it calls is not called.

        Each begins with the key it is about: ``target: no target northwind-rest``. Unknown and
        missing keys are found by the reader of processes before.
        """
        ...
