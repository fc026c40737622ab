"""Placeholders: texts of a process, filled with what an event, its task and earlier steps say.

The forms are those of the SSP7 contract, section 10.
"""

import html
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from gateway.delivery.steps.step import Place, SentFile, Unfillable
from gateway.domain import app_fields, catalog_fields
from gateway.domain.process import Picking, Process, Step
from gateway.usecases.ports import RegisteredNames

_PLACEHOLDER = re.compile(
    r"#(?P<name>REPLACE-[^#]*?|ATTACHMENT-[A-Za-z]+|[A-Z][A-Z0-9_]*)"
    r"(?:\|\|(?P<encoder>JSON|XML|URL|HTML|TEXT))?#"
)
_APP_FIELD, _FORM_FIELD = "REPLACE-EXTAPPFIELD-", "REPLACE-FORMFIELD-"
_LOG, _STEP, _EVENT = "REPLACE-STEP-LOG-Process Log", "REPLACE-STEP-", "REPLACE-EVENT-"
_ATTACHMENT = "ATTACHMENT-"
EVENT_VALUES = ("Id", "Sequence", "OccurredOn", "Attempt")
FILE_VALUES = ("FileName", "ContentType", "Size", "Content")
_BREAK = re.compile("[\x00\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# A parser reads line breaks and tabs of an attribute as blanks, unless they are written so.
_XML = {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_SHOWN = 120
_HASH_FIELDS = frozenset({app_fields.HASH_FIELD, *catalog_fields.HASH_FIELDS})

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that placeholders may use, beside those of the process itself."""

    apps: frozenset[str]
    fields: frozenset[str]
    labels: Mapping[str, str]  # in lower case, to the field

    def field(self, text: str) -> str | None:
        """Give the field that ``<App>-<Field>`` means: any app's name serves for every field.

        The app is the longest registered name that begins the text.
        """
        apps = [app for app in self.apps if text.startswith(f"{app}-")]
        if not apps:
            return None
        named = text[len(max(apps, key=len)) + 1 :]
        return named if named in self.fields else self.labels.get(named.casefold())


def names_of(registered: RegisteredNames) -> Names:
    """Join what is registered with what the product itself knows."""
    known = [(each.name, each.label) for each in (*app_fields.FIELDS, *app_fields.UPDATE_FIELDS)]
    known.append((app_fields.HASH_FIELD, app_fields.in_words(app_fields.HASH_FIELD)))
    known += [(name, name) for name in catalog_fields.NAMES]
    dynamic = [f"{app_fields.DYNAMIC}{name}" for name in registered.dynamic]
    dynamic += [f"{catalog_fields.PART}{name}" for name in registered.parts]
    # Of one label the product's own field counts, whatever an operator called another one.
    fields = [*registered.fields, *known]
    return Names(
        apps=frozenset({*app_fields.APPS, catalog_fields.APP, *registered.apps}),
        fields=frozenset({*(name for name, _ in fields), *dynamic}),
        labels={label.casefold(): name for name, label in fields if label},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The values of one delivery when a step runs; what costs a look is a function."""

    names: Names
    process: Process
    field: Callable[[str], str]  # by its full name; what the event has not is empty
    form: Callable[[str], str | None]  # by label; None: no such label
    event: Callable[[str], str]  # one of EVENT_VALUES
    values: Mapping[str, Mapping[str, str]]  # of map steps, by step and name
    log: Callable[[], str]
    files: Callable[[], Sequence[SentFile]]


@dataclass(slots=True)
class Filler:
    """Fills the texts of one step."""

    facts: Facts
    step: Step
    warn: Warn
    masked: set[str] = field(default_factory=set)  # hashes that were put in
    _inputs: dict[str, str] = field(default_factory=dict)
    _file: SentFile | None = None

    def fill(self, template: str, place: Place) -> str:
        """Fill one text."""
        filled = "".join(self._pieces(template, place, self._input))
        if place is Place.HEADER and _BREAK.search(filled):
            raise Unfillable("a line break in a header, an address or a subject")
        return filled

    def data(self, value: Any) -> Any:
        """Fill nested tables and lists of texts as data."""
        match value:
            case str():
                return self.fill(value, Place.DATA)
            case {"each": "attachments", "item": item}:
                return [self._item(item, file) for file in self.facts.files()]
            case Mapping():
                return {key: self.data(each) for key, each in value.items()}
            case list() | tuple():
                return [self.data(each) for each in value]
            case _:
                return value

    def condition(self, template: str) -> str:
        """Fill one side of a condition."""
        return self.fill(template, Place.DATA)

    def _item(self, item: Any, file: SentFile) -> Any:
        self._file = file
        try:
            return self.data(item)
        finally:
            self._file = None

    def _pieces(
        self, template: str, place: Place, inputs: Callable[[str], str | None]
    ) -> Iterator[str]:
        """Cut a text at its placeholders; what replaces one is never looked through again."""
        start = 0
        while (found := _PLACEHOLDER.search(template, start)) is not None:
            yield template[start : found.start()]
            value = self._value(found["name"], inputs)
            if value is not None:
                asked = found["encoder"]
                encoder = Place(asked.lower()) if asked else place
                yield _encoded(value, encoder, whole=bool(asked))
                start = found.end()
            elif _special(found["name"]):
                self._unknown(found[0])
                yield found[0]
                start = found.end()
            else:
                # Not declared: plain text, whose last # may begin a placeholder.
                yield found[0][:-1]
                start = found.end() - 1
        yield template[start:]

    def _value(self, name: str, inputs: Callable[[str], str | None]) -> str | None:
        readers: tuple[tuple[str, Callable[[str], str | None]], ...] = (
            (_APP_FIELD, self._app_field),
            (_FORM_FIELD, self.facts.form),
            (_LOG, lambda rest: None if rest else self.facts.log()),
            (_STEP, self._step_value),
            (_EVENT, lambda wanted: self.facts.event(wanted) if wanted in EVENT_VALUES else None),
            (_ATTACHMENT, lambda wanted: _of_file(self._file, wanted)),
        )
        for prefix, read in readers:
            if name.startswith(prefix):
                return read(name.removeprefix(prefix))
        return inputs(name)

    def _app_field(self, text: str) -> str | None:
        name = self.facts.names.field(text)
        if name is None:
            return None
        value = self.facts.field(name)
        if name in _HASH_FIELDS and value:
            self.masked.add(value)
        return value

    def _step_value(self, text: str) -> str | None:
        named = step_value(text, self.facts.process)
        if named is None:
            return None
        step, value = named
        return self.facts.values.get(step, {}).get(value, "")

    def _input(self, name: str) -> str | None:
        """Give an input, filled once and as it is; an input of the step hides the process's."""
        if name not in self._inputs:
            own = self.step.inputs.get(name)
            if own is None:
                filled = self._process_input(name)
            else:
                filled = "".join(self._pieces(own, Place.DATA, self._process_input))
            if filled is None:
                return None
            self._inputs[name] = filled
        return self._inputs[name]

    def _process_input(self, name: str) -> str | None:
        template = self.facts.process.inputs.get(name)
        if template is None:
            return None
        return "".join(self._pieces(template, Place.DATA, lambda _: None))

    def _unknown(self, text: str) -> None:
        if self.facts.process.strict:
            raise Unfillable(f"nothing is known as {text[:_SHOWN]}")
        self.warn(f"nothing is known as {text[:_SHOWN]}")


def unknown(value: Any, process: Process, names: Names, *, in_item: bool = False) -> Iterator[str]:
    """Find the placeholders in texts, nested as they may be, that nothing can be known as.

    Labels of forms are as tickets bring them: only a run can tell.
    """
    match value:
        case str():
            for found in _PLACEHOLDER.finditer(value):
                if _special(found["name"]) and not _known(found["name"], process, names, in_item):
                    yield found[0]
        case Mapping():
            inside = in_item or value.get("each") == "attachments"
            for each in value.values():
                yield from unknown(each, process, names, in_item=inside)
        case list() | tuple():
            for each in value:
                yield from unknown(each, process, names, in_item=in_item)


def step_value(text: str, process: Process) -> tuple[str, str] | None:
    """Give the map step and the value that ``<step>-<value>`` means; the longest name counts."""
    for step in sorted(process.steps, key=lambda each: -len(each.name)):
        if isinstance(step.does, Picking) and text.startswith(f"{step.name}-"):
            value = text[len(step.name) + 1 :]
            if any(each.name == value for each in step.does.values):
                return step.name, value
    return None


def _special(name: str) -> bool:
    """Tell a placeholder that must mean something from an input, which may be plain text."""
    return name.startswith(("REPLACE-", _ATTACHMENT))


def _known(name: str, process: Process, names: Names, in_item: bool) -> bool:
    if name.startswith(_APP_FIELD):
        return names.field(name.removeprefix(_APP_FIELD)) is not None
    if name.startswith(_FORM_FIELD) or name == _LOG:
        return True
    if name.startswith(_STEP):
        return step_value(name.removeprefix(_STEP), process) is not None
    if name.startswith(_EVENT):
        return name.removeprefix(_EVENT) in EVENT_VALUES
    return in_item and name.removeprefix(_ATTACHMENT) in FILE_VALUES


def _of_file(file: SentFile | None, wanted: str) -> str | None:
    if file is None:
        return None
    match wanted:
        case "FileName":
            return file.name
        case "ContentType":
            return file.media_type
        case "Size":
            return str(file.size)
        case "Content":
            return b64encode(file.content).decode("ascii")
        case _:
            return None


def _encoded(value: str, place: Place, *, whole: bool) -> str:
    """Write a value as its place, or the encoder it asks for, needs it."""
    match place:
        case Place.JSON:
            text = json.dumps(value, ensure_ascii=False)
            return text if whole else text[1:-1]
        case Place.XML:
            return escape(value, _XML)
        case Place.HTML:
            return html.escape(value, quote=True)
        case Place.URL:
            return quote(value, safe="")
        case Place.DATA | Place.TEXT | Place.HEADER:
            return value
