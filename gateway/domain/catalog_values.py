"""Which values fields and parts of a catalog service take (contract 4.1 and section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from gateway.domain.catalog import (
    FIXED_TYPES,
    MULTIPLE_CHOICES,
    SINGLE_CHOICES,
    CatalogChange,
    CatalogRules,
    CatalogService,
    Part,
    PartType,
    Phase,
    Texts,
    Value,
    essential_parts,
)
from gateway.domain.catalog_commands import PartKind
from gateway.errors import (
    BrokenRule,
    FieldHasNoLanguages,
    FieldNeedsLanguage,
    FieldReadonly,
    FieldUnknown,
    PartOfOtherType,
    PartReadonly,
)
from gateway.text import is_text, printable

SHORT, LONG, LONGEST = 250, 4_000, 32_000
_UNIQUE_ID, _TAG = 100, 50
_MOST_TAGS = 100
# The column keeps 18 digits, 6 of them decimals.
_DIGITS, _DECIMALS = 18, 6
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class ServiceField:
    """A field that every service has."""

    name: str
    type: PartType
    language_dependent: bool
    longest: int = 0


UNIQUE_ID = ServiceField("UniqueId", PartType.LINE, language_dependent=False)
TYPE = ServiceField("Type", PartType.DROPDOWN, language_dependent=False)
PHASE = ServiceField("Phase", PartType.DROPDOWN, language_dependent=False)
SHOW_IN_PUBLIC = ServiceField("ShowInPublic", PartType.YES_NO, language_dependent=False)
TAGS = ServiceField("Tags", PartType.TYPEAHEADS, language_dependent=False)
NAME = ServiceField("Name", PartType.LINE, language_dependent=True, longest=SHORT)
SUMMARY = ServiceField("Summary", PartType.LINES, language_dependent=True, longest=LONG)
DESCRIPTION = ServiceField("Description", PartType.LINES, language_dependent=True, longest=LONGEST)
FIELDS = (UNIQUE_ID, TYPE, PHASE, SHOW_IN_PUBLIC, TAGS, NAME, SUMMARY, DESCRIPTION)
_COLUMN: Mapping[ServiceField, str] = {
    NAME: "name", SUMMARY: "summary", DESCRIPTION: "description",
}  # fmt: skip


def plain_field(name: str) -> ServiceField:
    """Find a field that has one value for all languages, letter case ignored.

    Raises:
        FieldUnknown, FieldNeedsLanguage: no such field, or it has a value per language.
    """
    found = _field(name)
    if found.language_dependent:
        raise FieldNeedsLanguage(f"field {found.name} needs a language", field="internal_name")
    return found


def language_field(name: str) -> ServiceField:
    """Find a field that has a value per language, letter case ignored.

    Raises:
        FieldUnknown, FieldHasNoLanguages: no such field, or it has one value for all.
    """
    found = _field(name)
    if not found.language_dependent:
        raise FieldHasNoLanguages(f"field {found.name} has no languages", field="internal_name")
    return found


def in_text(service: CatalogService, of: ServiceField, language: str = "") -> str:
    """Write the value of a field."""
    if of.language_dependent:
        return text_of(service.texts.get(language, Texts()), of)
    match of.name:
        case "UniqueId":
            return service.unique_id
        case "Type":
            return service.type
        case "Phase":
            return service.phase.name if service.phase else ""
        case "ShowInPublic":
            return yes_no(service.show_in_public)
        case _:
            return ";".join(service.tags)


def text_of(texts: Texts, of: ServiceField) -> str:
    """Give one of the texts of a language."""
    found: str = getattr(texts, _COLUMN[of])
    return found


def with_field(service: CatalogService, of: ServiceField, value: str, types: tuple[str, ...],
               *, taken: bool) -> CatalogService:  # fmt: skip
    """Give the service with another value in a field without languages.

    Args:
        service: as it is.
        of: the field.
        value: as it was sent.
        types: the names of the types that services may have.
        taken: whether another service has the value as its unique id.

    Raises:
        BrokenRule, FieldReadonly: the field does not take it.
    """
    text = value.strip()
    if not text and of is not TAGS:
        raise BrokenRule("may not be empty", field="value")
    match of.name:
        case "UniqueId":
            return replace(service, unique_id=_unique_id(text, taken=taken))
        case "Type":
            return _with_type(service, text, types)
        case "Phase":
            return replace(service, phase=_phase(service, text))
        case "ShowInPublic":
            return replace(service, show_in_public=_flag(text))
        case _:
            return replace(service, tags=_tags(text))


def with_text(
    service: CatalogService, of: ServiceField, value: str, language: str, rules: CatalogRules
) -> CatalogService:
    """Give the service with another text in one language; an empty one clears it.

    Raises:
        BrokenRule, FieldReadonly: the field does not take it.
    """
    if of is NAME and service.template.name_rule:
        raise FieldReadonly(f"field {of.name} cannot be changed here", field="internal_name")
    text = value.strip() if of is NAME else value
    if of is NAME and not text and language == rules.default_language:
        raise BrokenRule("the default language needs a name", field="value")
    _require_text(text, of.longest, line=of is NAME)
    texts = replace(service.texts.get(language, Texts()), **{_COLUMN[of]: text})
    return replace(service, texts={**service.texts, language: texts})


def part_value(part: Part, kind: PartKind, value: str | Decimal | datetime | None) -> Value | None:
    """Judge the value of a part; none clears it.

    Raises:
        PartReadonly, PartOfOtherType: another call, or none, brings values of this part.
        BrokenRule: the part does not take it.
    """
    require_kind(part, kind)
    match value:
        case None | "":
            return None
        case Decimal():
            return _number(part, value)
        case datetime():
            return value.astimezone(UTC)
        case str():
            return _chosen(part, value)


def require_kind(part: Part, kind: PartKind) -> None:
    """Insist that a call brings values of this part.

    Raises:
        PartReadonly, PartOfOtherType: another call, or none, does.
    """
    if part.type in FIXED_TYPES:
        raise PartReadonly(
            f"part {part.internal_name} cannot be changed", field="part_internal_name"
        )
    if kind is not kind_of(part):
        raise PartOfOtherType(
            f"part {part.internal_name} is of type {part.type.value}", field="part_internal_name"
        )


def kind_of(part: Part) -> PartKind:
    """Tell which call brings values of this part."""
    if part.type is PartType.NUMBER:
        return PartKind.NUMBER
    return PartKind.TIME if part.type is PartType.DATE else PartKind.TEXT


def with_part(
    service: CatalogService, part: Part, value: Value | None, language: str
) -> CatalogService:
    """Give the service with another value of a part.

    Raises:
        BrokenRule: it would be empty though the phase needs it.
    """
    values = {key: each for key, each in service.values.items() if key != (part.id, language)}
    if value is not None:
        values[part.id, language] = value
    cleared = replace(service, values=values)
    needed = service.phase is not None and service.phase.id in part.essential
    if value is None and needed and cleared.is_empty(part):
        raise BrokenRule("the phase of the service needs this part", field="value")
    return cleared


def part_in_text(value: Value | None) -> str:
    """Write the value of a part, as history and fields have it."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Decimal():
            return f"{value.normalize():f}"
        case str():
            return value


def with_calculated_names(service: CatalogService, rules: CatalogRules) -> CatalogService:
    """Give the service with the names that its template's rule makes of its other values.

    In the rule ``{UniqueId}``, ``{Type}``, ``{Phase}`` and ``{internal name of a part}`` stand for
    values; a part without one in a language gives that of the default language.
    """
    rule = service.template.name_rule
    if not rule:
        return service
    texts = dict(service.texts)
    for language in rules.languages:
        name = _calculated(service, rule, language, rules)
        if language == rules.default_language or name != _calculated(
            service, rule, rules.default_language, rules
        ):
            texts[language] = replace(texts.get(language, Texts()), name=name)
    return replace(service, texts=texts)


def changes(before: CatalogService, after: CatalogService) -> list[CatalogChange]:
    """List the fields and parts in which two states of a service differ."""
    found = [
        CatalogChange(of.name, in_text(before, of), in_text(after, of))
        for of in FIELDS
        if not of.language_dependent and in_text(before, of) != in_text(after, of)
    ]
    for language in dict.fromkeys((*before.texts, *after.texts)):
        for of in FIELDS:
            if of.language_dependent:
                old, new = in_text(before, of, language), in_text(after, of, language)
                if old != new:
                    found.append(CatalogChange(of.name, old, new, language))
    for part in after.template.parts:
        for id_, language in dict.fromkeys((*before.values, *after.values)):
            if id_ == part.id:
                was, now = (each.values.get((id_, language)) for each in (before, after))
                if was != now:
                    found.append(
                        CatalogChange(
                            part.internal_name, part_in_text(was), part_in_text(now), language
                        )
                    )
    return found


def yes_no(value: bool) -> str:
    """Write a flag as fields have it."""
    return "yes" if value else "no"


def _field(name: str) -> ServiceField:
    for each in FIELDS:
        if each.name.casefold() == name.casefold():
            return each
    raise FieldUnknown(f"no service field {printable(name)}", field="internal_name")


def _unique_id(text: str, *, taken: bool) -> str:
    _require_text(text, _UNIQUE_ID, line=True)
    if taken:
        raise BrokenRule("is taken by another service", field="value")
    return text


def _with_type(service: CatalogService, text: str, types: tuple[str, ...]) -> CatalogService:
    if service.template.type_fixed and service.published is not None:
        raise FieldReadonly("field Type cannot be changed here", field="internal_name")
    for each in types:
        if each.casefold() == text.casefold():
            return replace(service, type=each)
    raise BrokenRule("no such service type", field="value")


def _phase(service: CatalogService, text: str) -> Phase:
    for each in service.template.phases:
        if each.name.casefold() == text.casefold():
            lacking = next(essential_parts(service, each), None)
            if lacking is not None:
                raise BrokenRule(f"the phase needs part {lacking.internal_name}", field="value")
            return each
    raise BrokenRule("the template has no such phase", field="value")


def _flag(text: str) -> bool:
    if text.casefold() not in _YES | _NO:
        raise BrokenRule("yes or no", field="value")
    return text.casefold() in _YES


def _tags(text: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(each.strip() for each in text.split(";"))) if text else ()
    if any(not 1 <= len(each) <= _TAG for each in tags) or len(tags) > _MOST_TAGS:
        raise BrokenRule(f"texts of 1 to {_TAG} characters between ;", field="value")
    for each in tags:
        _require_text(each, _TAG, line=True)
    return tags


def _require_text(text: str, longest: int, *, line: bool = False) -> None:
    if len(text) > longest:
        raise BrokenRule(f"longer than {longest} characters", field="value")
    if not is_text(text):
        raise BrokenRule("characters that XML cannot carry", field="value")
    if line and ("\n" in text or "\r" in text):
        raise BrokenRule("a line break", field="value")


def _number(part: Part, value: Decimal) -> Decimal:
    if not value.is_finite():
        raise BrokenRule("not a number", field="value")
    exact = value.normalize()
    exponent = exact.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - it is finite
    decimals = max(0, -exponent)
    whole = max(0, exact.adjusted() + 1)
    allowed = _DECIMALS if part.decimals is None else part.decimals
    # Never rounded: what the part cannot hold is refused.
    if decimals > allowed or whole > _DIGITS - _DECIMALS:
        raise BrokenRule(
            f"at most {_DIGITS - _DECIMALS} digits and {allowed} decimals", field="value"
        )
    if part.minimum is not None and exact < part.minimum:
        raise BrokenRule(f"less than {part.minimum}", field="value")
    if part.maximum is not None and exact > part.maximum:
        raise BrokenRule(f"more than {part.maximum}", field="value")
    return exact


def _chosen(part: Part, value: str) -> str | None:
    if part.type in SINGLE_CHOICES:
        return _code(part, value.strip())
    if part.type in MULTIPLE_CHOICES:
        return _codes(part, value)
    if part.type is PartType.YES_NO:
        if value.strip().casefold() not in ("yes", "no"):
            raise BrokenRule("yes or no", field="value")
        return value.strip().casefold()
    line = part.type is PartType.LINE
    _require_text(value, SHORT if line else LONGEST, line=line)
    return value


def _codes(part: Part, value: str) -> str | None:
    codes = [_code(part, each.strip()) for each in value.split(";")]
    if len(set(codes)) != len(codes):
        raise BrokenRule("an option twice", field="value")
    # In the order of the template: the same choice is the same text.
    return ";".join(each.code for each in part.options if each.code in codes)


def _code(part: Part, text: str) -> str:
    for each in part.options:
        if each.code == text:
            return each.code
    raise BrokenRule("no option of this part", field="value")


def _calculated(service: CatalogService, rule: str, language: str, rules: CatalogRules) -> str:
    name = rule
    for of in (UNIQUE_ID, TYPE, PHASE):
        name = name.replace(f"{{{of.name}}}", in_text(service, of))
    for part in service.template.parts:
        value = service.value(part, language) or service.value(part, rules.default_language)
        name = name.replace(f"{{{part.internal_name}}}", part_in_text(value))
    return " ".join(name.split())[:SHORT] or service.unique_id
