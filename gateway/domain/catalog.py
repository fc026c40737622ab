"""What a catalog service and its template are (SSP7 catalog contract, sections 1, 3.4 and 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from gateway.errors import LanguageUnknown, PartUnknown
from gateway.text import printable

_NOTHING: Mapping[Any, Any] = MappingProxyType({})
Value = str | Decimal | datetime


class PartType(StrEnum):
    """Types of the parts of a template."""

    LINE = "Single text line"
    LINES = "Multiple text lines"
    MARKED_LINES = "Multiple text lines with bb code"
    DROPDOWN = "Dropdown list"
    CHECKBOXES = "Checkboxes"
    RADIO = "Radio buttons"
    TYPEAHEAD = "Typeahead single selections"
    TYPEAHEADS = "Typeahead multiple selections"
    YES_NO = "Yes no"
    HIDDEN = "Hidden"
    DATE = "Date"
    NUMBER = "Numeric value"
    REUSABLE = "Reusable content"
    STATIC_HTML = "Static html"
    STATIC_TEXT = "Static text"


SINGLE_CHOICES = frozenset({PartType.DROPDOWN, PartType.RADIO, PartType.TYPEAHEAD})
MULTIPLE_CHOICES = frozenset({PartType.CHECKBOXES, PartType.TYPEAHEADS})
# They show what the template says, or what stands elsewhere: no value of their own.
FIXED_TYPES = frozenset({PartType.REUSABLE, PartType.STATIC_HTML, PartType.STATIC_TEXT})


class CatalogTrigger(StrEnum):
    """What makes an event of a service, and may start a process of its template."""

    VERSION_REQUEST = "Create version request"
    CUSTOM_REQUEST = "Custom request"
    DELETE_REQUEST = "Delete request"
    FIELD_CHANGE = "Field change"
    LOST_CHILD = "Lost child"
    LOST_PARENT = "Lost parent"
    NEW_CHILD = "New child"
    NEW_PARENT = "New parent"
    PHASE_CHANGE = "Phase change"
    PUBLICATION_REQUEST = "Publication request"
    QUALITY_NOTE_CHANGE = "Quality note change"
    SERVICE_CREATION = "Service creation"
    SERVICE_EXPIRED = "Service expired"  # never fired
    UNPUBLISH_REQUEST = "Unpublish request"


@dataclass(frozen=True, slots=True)
class CatalogRules:
    """What the operator set for the catalog; the first language is the default one."""

    languages: tuple[str, ...] = ("en",)
    restrict_voters: bool = False
    publish_to_service_list: bool = False
    service_url: str = ""  # {guid} stands for the service's

    @property
    def default_language(self) -> str:
        """Give the language of texts whose language is not said."""
        return self.languages[0]

    def language(self, code: str, *, field_name: str = "language_code") -> str:
        """Find a language by its code, letter case ignored; the default one for none.

        Raises:
            LanguageUnknown: the catalog has no such language.
        """
        if not code:
            return self.default_language
        for each in self.languages:
            if each.casefold() == code.casefold():
                return each
        raise LanguageUnknown(f"no language {printable(code)}", field=field_name)


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a part or of the requests of a template."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A stage of a service's life."""

    id: int
    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field that a template adds to its services."""

    id: int
    internal_name: str
    name: str
    type: PartType
    language_dependent: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    content: str = ""
    options: tuple[Choice, ...] = ()
    essential: frozenset[int] = frozenset()  # phases in which it may not be empty


@dataclass(frozen=True, slots=True)
class Started:
    """The process that a trigger starts."""

    name: str
    version: int
    partner_id: int  # whose stream carries it


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What the services made from it have in common."""

    id: int
    name: str
    hidden: bool = False
    type_fixed: bool = False
    votes_needed: int = 1
    name_rule: str = ""
    option_required: bool = False
    minimal: bool = False  # its events carry the guid of the service alone
    phases: tuple[Phase, ...] = ()
    parts: tuple[Part, ...] = ()
    options: tuple[Choice, ...] = ()  # of publish requests
    triggers: Mapping[str, Started] = field(default_factory=lambda: _NOTHING)

    def part(self, internal_name: str) -> Part:
        """Find a part by its internal name, letter case ignored.

        Raises:
            PartUnknown: there is none.
        """
        for each in self.parts:
            if each.internal_name.casefold() == internal_name.casefold():
                return each
        raise PartUnknown(f"no part {printable(internal_name)}", field="part_internal_name")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a service in one language."""

    name: str = ""
    summary: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person by the name partners use."""

    unique_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonGroup:
    """A group of persons."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogList:
    """A list of persons, or of groups, that every service has."""

    id: int
    code: str
    label: str
    of_groups: bool = False
    single: bool = False
    approval: bool = False

    def is_called(self, name: str) -> bool:
        """Tell whether a name is its code or its label, letter case ignored."""
        return name.casefold() in (self.code.casefold(), self.label.casefold())


@dataclass(frozen=True, slots=True)
class Relative:
    """A service that is part of another one, or has it as part."""

    id: int
    guid: UUID


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The open publish request of a service, as far as other commands must know it."""

    guid: UUID
    locks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogService:
    """The working copy of a service, with its template."""

    id: int
    guid: UUID
    unique_id: str
    template: Template
    type: str = ""
    phase: Phase | None = None
    version: int = 1
    show_in_public: bool = False
    unpublished_changes: bool = False
    tags: tuple[str, ...] = ()
    removed: datetime | None = None
    published: datetime | None = None
    changed: datetime | None = None
    entry_id: int | None = None  # of the list of services that tickets have
    texts: Mapping[str, Texts] = field(default_factory=lambda: _NOTHING)
    values: Mapping[tuple[int, str], Value] = field(default_factory=lambda: _NOTHING)
    persons: Mapping[str, tuple[Person, ...]] = field(default_factory=lambda: _NOTHING)
    groups: Mapping[str, tuple[PersonGroup, ...]] = field(default_factory=lambda: _NOTHING)
    support_groups: tuple[PersonGroup, ...] = ()
    parents: tuple[Relative, ...] = ()
    children: tuple[Relative, ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()
    open_request: OpenRequest | None = None

    def value(self, part: Part, language: str = "") -> Value | None:
        """Give the value of a part, in one language if it has several."""
        return self.values.get((part.id, language if part.language_dependent else ""))

    def is_empty(self, part: Part) -> bool:
        """Tell whether a part has no value in any language; what is fixed never is."""
        if part.type in FIXED_TYPES:
            return False
        return all(id_ != part.id for id_, _ in self.values)

    def name(self, language: str, default: str) -> str:
        """Give the name in a language, else in the default one."""
        found = self.texts.get(language, Texts()).name
        return found or self.texts.get(default, Texts()).name

    def members(self, of: CatalogList) -> tuple[str, ...]:
        """Name who is in a list: unique ids, or names of groups."""
        if of.of_groups:
            return tuple(group.name for group in self.groups.get(of.code, ()))
        return tuple(person.unique_id for person in self.persons.get(of.code, ()))


@dataclass(frozen=True, slots=True)
class CatalogChange:
    """One field that got another value: a line of the history."""

    field: str
    old: str = ""
    new: str = ""
    language: str = ""


def essential_parts(service: CatalogService, phase: Phase) -> Iterator[Part]:
    """Give the parts that are empty though the phase needs them."""
    for part in service.template.parts:
        if phase.id in part.essential and service.is_empty(part):
            yield part
