"""Values of catalog services, row by row: fields of 4.1, parts of every type, votes, hashes."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from gateway.domain import catalog_fields, catalog_requests, catalog_values
from gateway.domain.catalog import (
    FIXED_TYPES,
    CatalogChange,
    CatalogRules,
    CatalogService,
    CatalogTrigger,
    Choice,
    Part,
    PartType,
    Phase,
    Template,
    Texts,
)
from gateway.domain.catalog_commands import PartKind
from gateway.domain.catalog_documents import Reader, Surroundings, document, sheet
from gateway.domain.catalog_requests import Ballot, Decision, PublishRequest, RequestType, State
from gateway.errors import (
    BrokenRule,
    FieldHasNoLanguages,
    FieldNeedsLanguage,
    FieldReadonly,
    FieldUnknown,
    LanguageUnknown,
    Missing,
    PartOfOtherType,
    PartReadonly,
    PartUnknown,
)
from gateway.usecases.catalog_hashes import CatalogHashes
from gateway.usecases.task_hashes import HashKey

NOW = datetime(2026, 3, 4, 10, 15, 27, tzinfo=UTC)
RULES = CatalogRules(languages=("en", "de"), service_url="http://desk/{guid}")
OPTIONS = (Choice("a", "First"), Choice("b", "Second"))
PLANNING, OPERATION = Phase(1, "Planning", "Draft"), Phase(2, "Operation", "Live")
TYPES = ("Business service", "IT")


def part(kind, number=1, **more):
    return Part(id=number, internal_name=f"p{number}", name="A part", type=kind,
                **{"options": OPTIONS, **more})  # fmt: skip


def service(*parts, **more):
    template = Template(id=1, name="Standard", phases=(PLANNING, OPERATION), parts=parts)
    known = {"template": template, "phase": PLANNING, "type": "IT",
             "texts": {"en": Texts(name="Workplace")}}  # fmt: skip
    return CatalogService(id=1, guid=uuid4(), unique_id="SRV-1", **{**known, **more})


def put(name, value, of=None, *, taken=False):
    of = of or service()
    field = catalog_values.plain_field(name)
    return catalog_values.with_field(of, field, value, TYPES, taken=taken)


@pytest.mark.parametrize(
    ("name", "value", "column", "kept"),
    [
        ("UniqueId", " SRV-0042 ", "unique_id", "SRV-0042"),
        ("uniqueid", "x" * 100, "unique_id", "x" * 100),
        ("Type", "business SERVICE", "type", "Business service"),
        ("Phase", "operation", "phase", OPERATION),
        ("ShowInPublic", "TRUE", "show_in_public", True),
        ("ShowInPublic", "1", "show_in_public", True),
        ("ShowInPublic", "no", "show_in_public", False),
        ("ShowInPublic", "0", "show_in_public", False),
        ("Tags", "office; desk ;office", "tags", ("office", "desk")),
        ("Tags", "", "tags", ()),
        ("Tags", "x" * 50, "tags", ("x" * 50,)),
    ],
)
def test_each_field_without_languages_takes_its_values(name, value, column, kept):
    assert getattr(put(name, value), column) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UniqueId", ""), ("UniqueId", "x" * 101), ("UniqueId", "a\nb"), ("UniqueId", "a\x00b"),
        ("Type", "Unheard of"), ("Type", " "), ("Phase", "Grave"), ("Phase", ""),
        ("ShowInPublic", "maybe"), ("ShowInPublic", ""),
        ("Tags", "x" * 51), ("Tags", "a;;b"), ("Tags", ";".join(map(str, range(101)))),
    ],
)  # fmt: skip
def test_a_field_refuses_what_is_not_its_value(name, value):
    with pytest.raises(BrokenRule) as refused:
        put(name, value)
    assert refused.value.field == "value"


def test_a_unique_id_of_another_service_is_refused():
    with pytest.raises(BrokenRule, match="taken"):
        put("UniqueId", "SRV-2", taken=True)


def test_fields_are_of_one_kind_only():
    with pytest.raises(FieldUnknown, match="no service field Prize"):
        catalog_values.plain_field("Prize")
    with pytest.raises(FieldNeedsLanguage, match="field Name needs a language"):
        catalog_values.plain_field("name")
    with pytest.raises(FieldHasNoLanguages, match="field Tags has no languages"):
        catalog_values.language_field("tags")


def test_a_type_is_fixed_while_the_service_is_published_if_the_template_says_so():
    fixed = Template(id=1, name="Fixed", type_fixed=True)
    assert put("Type", "IT", service(template=fixed)).type == "IT"
    with pytest.raises(FieldReadonly, match="field Type cannot be changed here"):
        put("Type", "IT", service(template=fixed, published=NOW))
    assert put("Type", "IT", service(published=NOW)).type == "IT"


def test_a_phase_is_refused_while_an_essential_part_is_empty():
    needed = part(PartType.LINE, essential=frozenset({OPERATION.id}))
    shown = part(PartType.STATIC_TEXT, 2, essential=frozenset({OPERATION.id}))
    with pytest.raises(BrokenRule, match="the phase needs part p1"):
        put("Phase", "Operation", service(needed, shown))
    filled = service(needed, shown, values={(1, ""): "Here"})
    assert put("Phase", "Operation", filled).phase is OPERATION


@pytest.mark.parametrize(
    ("name", "longest"), [("Name", 250), ("Summary", 4_000), ("Description", 32_000)]
)
def test_each_field_with_languages_has_its_length(name, longest):
    field, column = catalog_values.language_field(name), name.lower()
    kept = catalog_values.with_text(service(), field, "x" * longest, "de", RULES)
    assert getattr(kept.texts["de"], column) == "x" * longest
    assert kept.texts["en"].name == "Workplace"
    with pytest.raises(BrokenRule):
        catalog_values.with_text(service(), field, "x" * (longest + 1), "de", RULES)


def test_an_empty_text_clears_a_language_but_not_the_default_name():
    name = catalog_values.NAME
    both = service(texts={"en": Texts(name="Workplace"), "de": Texts(name="Arbeitsplatz")})
    assert catalog_values.with_text(both, name, "", "de", RULES).texts["de"].name == ""
    with pytest.raises(BrokenRule):
        catalog_values.with_text(both, name, " ", "en", RULES)
    assert catalog_values.with_text(both, catalog_values.SUMMARY, "", "en", RULES) == both


def test_languages_are_those_of_the_settings_letter_case_ignored():
    assert [RULES.language(code) for code in ("", "DE", "en")] == ["en", "de", "en"]
    with pytest.raises(LanguageUnknown, match="no language fr"):
        RULES.language("fr")


def test_a_calculated_name_follows_its_values_and_is_not_written_by_hand():
    priced = part(PartType.NUMBER)
    template = Template(id=1, name="T", name_rule="{UniqueId} {Type} {p1}", parts=(priced,))
    made = service(template=template, values={(1, ""): Decimal("41.50")})
    named = catalog_values.with_calculated_names(made, RULES)
    assert named.name("de", "en") == "SRV-1 IT 41.5"
    with pytest.raises(FieldReadonly):
        catalog_values.with_text(made, catalog_values.NAME, "Mine", "en", RULES)


@pytest.mark.parametrize("kind", PartType)
@pytest.mark.parametrize("call", PartKind)
def test_ssp7_catalog_b8_each_part_type_against_each_of_the_three_calls(kind, call):
    sent = {PartKind.TEXT: "a", PartKind.NUMBER: Decimal(1), PartKind.TIME: NOW}[call]
    own = {PartType.NUMBER: PartKind.NUMBER, PartType.DATE: PartKind.TIME}.get(kind, PartKind.TEXT)
    judged = part(kind)
    if kind in FIXED_TYPES:
        with pytest.raises(PartReadonly, match="part p1 cannot be changed"):
            catalog_values.part_value(judged, call, sent)
    elif call is not own:
        with pytest.raises(PartOfOtherType, match=f"part p1 is of type {kind.value}"):
            catalog_values.part_value(judged, call, sent)
    elif kind is PartType.YES_NO:
        assert catalog_values.part_value(judged, call, "YES") == "yes"
    else:
        assert catalog_values.part_value(judged, call, sent) == sent


@pytest.mark.parametrize("kind", PartType)
def test_nothing_clears_a_part(kind):
    if kind not in FIXED_TYPES:
        call = catalog_values.kind_of(part(kind))
        assert catalog_values.part_value(part(kind), call, None) is None


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (PartType.LINE, "x" * 250, "x" * 250), (PartType.LINE, "x" * 251, None),
        (PartType.LINE, "a\nb", None),
        (PartType.LINES, "a\nb", "a\nb"), (PartType.LINES, "x" * 32_001, None),
        (PartType.MARKED_LINES, "[b]x[/b]", "[b]x[/b]"),
        (PartType.HIDDEN, "x" * 32_000, "x" * 32_000), (PartType.HIDDEN, "x" * 32_001, None),
        (PartType.DROPDOWN, "b", "b"), (PartType.DROPDOWN, "z", None),
        (PartType.RADIO, "a;b", None), (PartType.TYPEAHEAD, " a ", "a"),
        (PartType.CHECKBOXES, "b;a", "a;b"), (PartType.CHECKBOXES, "a;a", None),
        (PartType.TYPEAHEADS, "a; b", "a;b"), (PartType.TYPEAHEADS, "a;z", None),
        (PartType.YES_NO, "No", "no"), (PartType.YES_NO, "1", None),
        (PartType.LINES, "a\x01", None),
    ],
)  # fmt: skip
def test_each_text_like_part_takes_its_form_of_value(kind, value, kept):
    if kept is None:
        with pytest.raises(BrokenRule):
            catalog_values.part_value(part(kind), PartKind.TEXT, value)
    else:
        assert catalog_values.part_value(part(kind), PartKind.TEXT, value) == kept


@pytest.mark.parametrize(
    ("value", "limits", "fits"),
    [
        ("41.5", {}, True), ("0.000001", {}, True), ("0.0000001", {}, False),
        ("999999999999.999999", {}, True), ("1000000000000", {}, False),
        ("-999999999999", {}, True), ("1E+3", {}, True), ("NaN", {}, False),
        ("1.5", {"decimals": 0}, False), ("2.0", {"decimals": 0}, True),
        ("9.99", {"minimum": Decimal(10)}, False), ("10", {"minimum": Decimal(10)}, True),
        ("10.01", {"maximum": Decimal(10)}, False), ("10", {"maximum": Decimal(10)}, True),
    ],
)  # fmt: skip
def test_numbers_are_kept_digit_for_digit_or_refused(value, limits, fits):
    judged = part(PartType.NUMBER, **limits)
    if fits:
        kept = catalog_values.part_value(judged, PartKind.NUMBER, Decimal(value))
        assert kept == Decimal(value)
    else:
        with pytest.raises(BrokenRule):
            catalog_values.part_value(judged, PartKind.NUMBER, Decimal(value))


def test_times_are_kept_in_utc():
    there = datetime(2026, 4, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    kept = catalog_values.part_value(part(PartType.DATE), PartKind.TIME, there)
    assert catalog_values.part_in_text(kept) == "2026-04-01T00:00:00Z"


def test_an_essential_part_of_the_phase_is_not_cleared():
    needed = part(PartType.LINE, language_dependent=True, essential=frozenset({PLANNING.id}))
    both = service(needed, values={(1, "en"): "x", (1, "de"): "y"})
    left = catalog_values.with_part(both, needed, None, "de")
    with pytest.raises(BrokenRule, match="the phase of the service needs this part"):
        catalog_values.with_part(left, needed, None, "en")


def test_parts_are_found_by_internal_name_letter_case_ignored():
    template = service(part(PartType.LINE)).template
    assert template.part("P1").id == 1
    with pytest.raises(PartUnknown, match="no part p2"):
        template.part("p2")


def test_every_difference_of_two_states_is_a_line():
    before = service(part(PartType.NUMBER))
    after = put("Tags", "office", put("ShowInPublic", "yes", before))
    after = catalog_values.with_text(after, catalog_values.SUMMARY, "Kurz", "de", RULES)
    after = catalog_values.with_part(after, before.template.parts[0], Decimal("2.50"), "")
    assert catalog_values.changes(before, after) == [
        CatalogChange("ShowInPublic", "no", "yes"),
        CatalogChange("Tags", "", "office"),
        CatalogChange("Summary", "", "Kurz", "de"),
        CatalogChange("p1", "", "2.5"),
    ]
    assert catalog_values.changes(after, after) == []


def request(**more):
    known = {"type": RequestType.CUSTOM, "title": "Please", "created": NOW}
    return PublishRequest(guid=uuid4(), service_id=1, **{**known, **more})


@pytest.mark.parametrize(
    ("votes", "decision", "needed", "state"),
    [
        ({}, "Approved", 1, State.COMPLETED),
        ({}, "Approved", 2, State.IN_APPROVAL),
        ({"x": Decision.APPROVED}, "Approved", 2, State.COMPLETED),
        ({"me": Decision.APPROVED}, "Approved", 2, State.IN_APPROVAL),
        ({"x": Decision.APPROVED}, "Rejected", 3, State.REJECTED),
    ],
)
def test_votes_settle_a_request(votes, decision, needed, state):
    ballot = Ballot("me", catalog_requests.decision(decision.upper()))
    after = catalog_requests.voted(request(votes=votes), ballot, needed, NOW)
    assert after.state is state
    assert (after.settled is None) is after.open


def test_words_of_requests_are_read_without_regard_to_letter_case():
    assert catalog_requests.request_type("createversion") is RequestType.VERSION
    assert catalog_requests.request_type("") is RequestType.CUSTOM
    assert catalog_requests.level("").value == "Info"
    for read, word in ((catalog_requests.request_type, "Burn"), (catalog_requests.level, "Loud"),
                       (catalog_requests.decision, "Perhaps")):  # fmt: skip
        with pytest.raises(BrokenRule):
            read(word)
    with pytest.raises(Missing):
        catalog_requests.decision("")


def test_an_option_is_one_of_the_template_and_there_if_it_must_be():
    template = Template(id=1, name="T", options=OPTIONS)
    assert catalog_requests.option_of(template, "b") == Choice("b", "Second")
    assert catalog_requests.option_of(template, "") is None
    with pytest.raises(BrokenRule):
        catalog_requests.option_of(template, "z")
    with pytest.raises(Missing):
        catalog_requests.option_of(Template(id=1, name="T", option_required=True), "")


def test_the_fields_of_the_app_are_those_of_the_contract():
    essential = frozenset({OPERATION.id})
    priced = part(PartType.NUMBER, essential=essential)
    facts = catalog_fields.CatalogFacts(
        service=service(priced, values={(1, ""): Decimal("41.5")}, published=NOW),
        trigger=CatalogTrigger.FIELD_CHANGE,
        rules=RULES,
        request=request(type_name="Publish", option=OPTIONS[0]),
        change=CatalogChange("p1", "1", "41.5"),
    )
    values = catalog_fields.values(facts)
    assert values["Trigger action"] == "Field change"
    assert values["Publication requested - Request option - Label"] == "First"
    assert values["Publication requested - Type Name"] == "Publish"
    assert values["Field changed - Field essential phase name"] == "Operation"
    assert values["Field changed - Field essential phase type"] == "Live"
    assert values["Field changed - Field type"] == "Numeric value"
    assert values["Field changed - Field is language dependent"] == "no"
    assert values["Service - Published"] == "yes"
    assert values["Part - p1"] == "41.5"
    assert not set(values) & catalog_fields.HASH_FIELDS


def test_minimal_data_is_the_guid_alone():
    small = service(template=Template(id=1, name="T", minimal=True))
    facts = catalog_fields.CatalogFacts(
        service=small, trigger=CatalogTrigger.NEW_CHILD, rules=RULES
    )
    assert catalog_fields.values(facts) == {"Service - Guid": str(small.guid)}


def test_ssp7_catalog_hashes_are_of_one_object_and_any_key():
    guid = UUID("5d0f5f0e-4a3b-4b68-9d8e-0f3f6c1c2a10")
    old = CatalogHashes([HashKey("k1", b"older secret")])
    both = CatalogHashes([HashKey("k2", b"newest secret"), HashKey("k1", b"older secret")])
    assert both.request_hash(guid).startswith("1.k2.")
    proof = both.proof(old.request_hash(guid))
    assert proof.for_request(guid)
    assert not proof.for_request(uuid4())
    assert not proof.for_service(guid)
    assert not both.proof("").given
    assert CatalogHashes([]).service_hash(guid) == ""


def test_a_document_read_in_a_language_falls_back_to_the_default_one():
    line = part(PartType.LINE, language_dependent=True)
    secret, flag = part(PartType.HIDDEN, 2), part(PartType.YES_NO, 3)
    many = part(PartType.CHECKBOXES, 4)
    made = service(line, secret, flag, many, changed=NOW, values={
        (1, "en"): "one", (2, ""): "s3cret", (3, ""): "no", (4, ""): "a;b"})  # fmt: skip
    around = Surroundings(published=None, changed=NOW, names={}, requests=())

    def read(language, *, everything):
        reader = Reader(language=language, default="en", draft=True, everything=everything,
                        logged_in=everything)  # fmt: skip
        return sheet(document(made), reader, around)

    public, known = read("de", everything=False), read("de", everything=True)
    assert public.card.name == "Workplace"
    assert [each.value for each in public.parts] == ["one", False, ("a", "b")]
    assert [each.value for each in known.parts] == ["one", "s3cret", False, ("a", "b")]
    assert public.persons is None
    assert public.tag != known.tag != read("en", everything=True).tag
    assert known.tag == read("de", everything=True).tag
