"""A search for tickets: conditions, order and place, in the words of no dialect.

All conditions of a search must hold. What is not said does not matter; an empty tuple of ids is
fulfilled by no ticket.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum

from gateway.domain.fields import Field, FieldType, FieldValue
from gateway.domain.ticket import StateType

# -- texts ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pattern:
    """Literal pieces with any run between two of them; one piece is the whole text, in any case."""

    pieces: tuple[str, ...]

    @property
    def literal(self) -> bool:
        """Tell whether it fits one text only."""
        return len(self.pieces) == 1

    def anywhere(self) -> "Pattern":
        """Give a literal one as it is looked for inside longer texts."""
        return Pattern(("", *self.pieces, "")) if self.literal else self


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part fits; without parts every text does."""

    parts: tuple["Words", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A part fits; without parts no text does."""

    parts: tuple["Words", ...]


@dataclass(frozen=True, slots=True)
class NotOf:
    """The part does not fit."""

    part: "Words"


Words = Pattern | AllOf | AnyOf | NotOf
EVERYTHING = AllOf(())
NOTHING = AnyOf(())


def pattern(pieces: Iterable[str]) -> Words:
    """Give what a term means: only runs fit everything."""
    made = Pattern(tuple(pieces))
    return EVERYTHING if not made.literal and not any(made.pieces) else made


def all_of(parts: Iterable[Words]) -> Words:
    """Join by and, without what says nothing."""
    kept = tuple(part for part in parts if part != EVERYTHING)
    if NOTHING in kept:
        return NOTHING
    return kept[0] if len(kept) == 1 else AllOf(kept)


def any_of(parts: Iterable[Words]) -> Words:
    """Join by or, without what says nothing."""
    kept = tuple(part for part in parts if part != NOTHING)
    if EVERYTHING in kept:
        return EVERYTHING
    return kept[0] if len(kept) == 1 else AnyOf(kept)


def not_of(part: Words) -> Words:
    """Turn round."""
    if part == EVERYTHING:
        return NOTHING
    return EVERYTHING if part == NOTHING else NotOf(part)


def anywhere(words: Words) -> Words:
    """Give an expression as it is looked for inside longer texts."""
    match words:
        case Pattern():
            return words.anywhere()
        case AllOf(parts):
            return AllOf(tuple(map(anywhere, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(anywhere, parts)))
        case NotOf(part):
            return NotOf(anywhere(part))


def fits_nothing_written(words: Words) -> bool:
    """Tell whether the empty text fits, so that what has no value does."""
    match words:
        case Pattern(pieces):
            return not any(pieces)
        case AllOf(parts):
            return all(map(fits_nothing_written, parts))
        case AnyOf(parts):
            return any(map(fits_nothing_written, parts))
        case NotOf(part):
            return not fits_nothing_written(part)


# -- conditions -------------------------------------------------------------------------------


class Listed(StrEnum):
    """Fields of a ticket that hold a row of a list."""

    QUEUE = "queue"
    TYPE = "type"
    STATE = "state"
    PRIORITY = "priority"
    SERVICE = "service"
    SLA = "sla"
    OWNER = "owner"
    RESPONSIBLE = "responsible"


class Written(StrEnum):
    """Fields of a ticket that hold a text."""

    NUMBER = "number"
    TITLE = "title"
    CUSTOMER = "customer"  # the text key
    CUSTOMER_USER = "customer_user"  # login, or a bare address


class Part(StrEnum):
    """Texts of an article."""

    FROM = "from_"
    TO = "to_"
    CC = "cc"
    BCC = "bcc"
    SUBJECT = "subject"
    BODY = "plain"


class Moment(StrEnum):
    """Times of a ticket."""

    CREATED = "created"
    CHANGED = "changed"  # last
    HISTORY = "history"  # any line of the history
    CLOSED = "closed"  # any change to, or creation in, a closed state
    PENDING = "pending"  # until when; in pending states only
    ESCALATION = "escalation"  # the nearest
    ESCALATION_UPDATE = "escalation_update"
    ESCALATION_RESPONSE = "escalation_first_response"
    ESCALATION_SOLUTION = "escalation_solution"


@dataclass(frozen=True, slots=True)
class Span:
    """From a time, included, to another, excluded; an end that is open is none."""

    since: datetime | None = None
    until: datetime | None = None


class Archive(Enum):
    """Which of archived and other tickets."""

    LIVE = False
    ARCHIVED = True
    BOTH = None


class Comparison(StrEnum):
    """How a value stands to another."""

    EQUAL = "="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    SMALLER = "<"
    SMALLER_OR_EQUAL = "<="


@dataclass(frozen=True, slots=True)
class FieldTest:
    """Conditions of one dynamic field; a single value of it must fulfil all that speak of values.

    Of several values to compare with one is enough, as of several patterns.
    """

    field: Field
    empty: bool | None = None
    like: Words = EVERYTHING
    compared: tuple[tuple[Comparison, tuple[FieldValue, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleTest:
    """Conditions that one article must fulfil; a customer's article is one the customer may see."""

    texts: Mapping[Part, Words] = field(default_factory=dict)
    one_text: bool = False  # one of these texts is enough
    anywhere: Words = EVERYTHING  # each pattern in any of from, to, cc, subject, body
    file: Words = EVERYTHING  # name of a file of it
    made: Span = Span()

    @property
    def nothing(self) -> bool:
        """Tell whether every ticket fulfils it, one without articles, too."""
        return self == ArticleTest(one_text=self.one_text)


# -- order ------------------------------------------------------------------------------------


class SortKey(StrEnum):
    """What tickets can be ordered by. No value comes last, in both directions."""

    CREATED = "created"
    CHANGED = "changed"
    NUMBER = "number"
    TITLE = "title"
    OWNER = "owner"  # login
    RESPONSIBLE = "responsible"  # login
    CUSTOMER = "customer"  # text key
    QUEUE = "queue"  # path
    STATE = "state"  # id, as all that follow
    TYPE = "type"
    PRIORITY = "priority"
    LOCK = "lock"
    SERVICE = "service"
    SLA = "sla"
    PENDING = "pending"
    ESCALATION = "escalation"
    ESCALATION_UPDATE = "escalation_update"
    ESCALATION_RESPONSE = "escalation_first_response"
    ESCALATION_SOLUTION = "escalation_solution"
    FIELD = "field"  # of several values the lowest


_TIMES = frozenset(
    {
        SortKey.CREATED,
        SortKey.CHANGED,
        SortKey.PENDING,
        SortKey.ESCALATION,
        SortKey.ESCALATION_UPDATE,
        SortKey.ESCALATION_RESPONSE,
        SortKey.ESCALATION_SOLUTION,
    }
)
_TEXTS = frozenset(
    {
        SortKey.NUMBER,
        SortKey.TITLE,
        SortKey.OWNER,
        SortKey.RESPONSIBLE,
        SortKey.CUSTOMER,
        SortKey.QUEUE,
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """One step of an order; ties go by id in the direction of the last step."""

    by: SortKey = SortKey.CREATED
    descending: bool = True
    field: Field | None = None

    @property
    def holds(self) -> type[datetime] | type[Decimal] | type[int] | type[str]:
        """Give the kind of its values."""
        if self.field is not None:
            kinds = {FieldType.NUMBER: Decimal, FieldType.DATE: datetime}
            return kinds.get(self.field.type, str)
        if self.by in _TIMES:
            return datetime
        return str if self.by in _TEXTS else int


SortValue = datetime | Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the values of its last ticket by which it is ordered, and its id."""

    values: tuple[SortValue, ...]
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSearch:
    """Which tickets, in which order, from where on, and how many.

    ``made`` tells what stood in a field when the ticket was created. ``shown_as`` is the name of
    the field that shows an external reference where it has no value of its own.
    """

    ids: tuple[int, ...] | None = None
    rows: Mapping[Listed, tuple[int, ...]] = field(default_factory=dict)
    sub_queues: bool = False
    state_types: frozenset[StateType] | None = None
    locks: tuple[str, ...] | None = None
    watchers: tuple[int, ...] | None = None
    creators: tuple[int, ...] | None = None
    made: Mapping[Listed, tuple[int, ...]] = field(default_factory=dict)
    texts: Mapping[Written, Words] = field(default_factory=dict)
    fields: tuple[FieldTest, ...] = ()
    shown_as: str = ""
    article: ArticleTest = ArticleTest()
    spans: Mapping[Moment, Span] = field(default_factory=dict)
    archive: Archive = Archive.LIVE
    order: tuple[Order, ...] = (Order(),)
    after: Place | None = None
    limit: int = 500
