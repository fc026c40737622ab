"""The catalog as a file: templates and services in JSON, checked with the path of what is wrong.

A service has the form of the reads (SSP7 catalog contract, 8.2) with its texts per language.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.domain.catalog import CatalogTrigger, PartType
from gateway.errors import BrokenRule
from gateway.text import is_text

FORMAT = 1
Name = Annotated[str, Field(min_length=1, max_length=250)]
PerLanguage = dict[str, str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListFile(_File):
    """A list that every service has, of persons or of groups."""

    code: Annotated[str, Field(min_length=1, max_length=100, pattern="^[A-Za-z0-9_-]+$")]
    label: Name
    of: Literal["persons", "groups"]
    single: bool = False  # it holds one person
    approval: bool = False  # its members may vote


class ChoiceFile(_File):
    """An option of a part or of requests."""

    code: Annotated[str, Field(min_length=1, max_length=100, pattern="^[^;]+$")]
    label: Name


class PhaseFile(_File):
    """A phase of a template."""

    name: Name
    phaseType: str = ""


class PartFile(_File):
    """A part of a template."""

    internalName: Annotated[str, Field(min_length=1, max_length=100, pattern="^[^#]+$")]
    name: Name
    type: PartType
    languageDependent: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    content: str = ""
    options: tuple[ChoiceFile, ...] = ()
    essential: tuple[str, ...] = ()  # names of phases


class TemplateFile(_File):
    """A template with all that belongs to it."""

    name: Name
    hidden: bool = False
    typeFixed: bool = False
    votesNeeded: Annotated[int, Field(ge=1, le=1000)] = 1
    nameRule: str = ""
    optionRequired: bool = False
    dataToSend: Literal["full", "minimal"] = "full"
    phases: tuple[PhaseFile, ...] = ()
    parts: tuple[PartFile, ...] = ()
    requestOptions: tuple[ChoiceFile, ...] = ()
    triggers: dict[CatalogTrigger, str] = {}  # to names of processes


class ValueFile(_File):
    """The value of a part; of one that has languages a text per language."""

    internalName: Name
    value: str | bool | Decimal | tuple[str, ...] | PerLanguage | None = None
    # What the template says anyway.
    name: Any = None
    type: Any = None
    languageDependent: Any = None


class PersonFile(_File):
    """A person in a list."""

    uniqueId: Name
    name: Any = None


class DocumentFile(_File):
    """A document of a service, which lies elsewhere."""

    name: Name
    contentType: Name
    size: Annotated[int, Field(ge=0, le=2**63 - 1)]


class RelationFile(_File):
    """A service that this one is part of, or that is part of it."""

    kind: Literal["parent", "child"]
    guid: UUID
    name: Any = None


class ServiceFile(_File):
    """A service; what only reads tell is taken and not looked at."""

    guid: UUID
    uniqueId: Annotated[str, Field(min_length=1, max_length=100)]
    template: Name
    type: str = ""
    phase: str = ""
    version: Annotated[int, Field(ge=1)] = 1
    showInPublic: bool = False
    tags: tuple[str, ...] = ()
    name: PerLanguage = {}
    summary: PerLanguage = {}
    description: PerLanguage = {}
    parts: tuple[ValueFile, ...] = ()
    persons: dict[str, tuple[PersonFile, ...]] = {}
    personGroups: dict[str, tuple[str, ...]] = {}
    supportGroups: tuple[str, ...] = ()
    relations: tuple[RelationFile, ...] = ()
    # None: they stay as they are.
    documents: tuple[DocumentFile, ...] | None = None
    serviceEntry: str | None = None  # of the list of services that tickets have; empty: none
    published: bool = False
    phaseType: Any = None
    languages: Any = None
    changedOn: Any = None
    publishedOn: Any = None
    openRequests: Any = None


class CatalogFile(_File):
    """Templates, the services made from them, and the types and lists services may have."""

    format: Literal[1] = 1
    serviceTypes: tuple[Name, ...] = ()
    lists: tuple[ListFile, ...] = ()
    templates: tuple[TemplateFile, ...] = ()
    services: tuple[ServiceFile, ...] = ()


def read(text: str) -> CatalogFile:
    """Read a file; numbers keep their digits.

    Raises:
        BrokenRule: not JSON, or not of this form: the path and the reason of the first mistake.
    """
    try:
        content = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BrokenRule(f"not JSON: {error}") from None
    for value, places in _texts(content):
        if not is_text(value):
            raise BrokenRule("a character that cannot be stored", field=_path(places))
    try:
        return CatalogFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BrokenRule(first["msg"], field=_path(first["loc"])) from None


def _texts(
    content: object, places: tuple[int | str, ...] = ()
) -> Iterator[tuple[str, tuple[int | str, ...]]]:
    """Give every text of a file with its place."""
    if isinstance(content, str):
        yield content, places
    elif isinstance(content, dict):
        for name, each in content.items():
            yield from _texts(each, (*places, name))
    elif isinstance(content, list):
        for number, each in enumerate(content):
            yield from _texts(each, (*places, number))


def _path(places: tuple[int | str, ...]) -> str:
    path = ""
    for place in places:
        path += f"[{place}]" if isinstance(place, int) else f".{place}"
    return path.removeprefix(".")
