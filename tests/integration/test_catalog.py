"""The service catalog on a real database: requests, votes, locks, actions, copies, events."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from gateway.domain.catalog import CatalogRules
from gateway.domain.catalog_commands import (
    AddRequestLog,
    CancelRequest,
    Code,
    DeleteService,
    MarkInApproval,
    PartKind,
    RequestFlag,
    RequestPublication,
    SetListGroup,
    SetListPerson,
    SetRequestFlag,
    SetSupportGroup,
    UpdateField,
)
from gateway.domain.people import NOBODY
from gateway.errors import (
    BrokenRule,
    FieldHasNoLanguages,
    FieldNeedsLanguage,
    FieldReadonly,
    FieldUnknown,
    HashRefused,
    LanguageUnknown,
    ListFull,
    ListRequired,
    ListUnknown,
    Missing,
    NoCredentials,
    NotPermitted,
    PartOfOtherType,
    PartReadonly,
    PartUnknown,
    PersonGroupUnknown,
    PersonUnknown,
    RequestOpen,
    RequestState,
    RequestUnknown,
    ServiceHasChildren,
    ServiceLocked,
    ServiceUnknown,
)
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases import catalog_requests, catalog_services
from tests.kit.catalog import HASHES, RULES, CatalogWorld
from tests.kit.stores import round_trips


@pytest.fixture(scope="module")
def world(databases):
    with databases.migrated() as url:
        made = CatalogWorld(url)
        yield made
        made.close()


@pytest.fixture
def rules(world):
    """Run with other rules for a while."""
    usual = world.units

    def set_rules(**changed):
        known = {"languages": RULES.languages, **changed}
        world.units = UnitsOfWork(
            world.stores.engine, world.stores.numbers, catalog=CatalogRules(**known)
        )

    yield set_rules
    world.units = usual


def delete(world, service, **more):
    return world.do(catalog_services.delete_service, DeleteService(service=service, **more))


def person(world, service, unique_id, *, present=True, name="EditorPersons", **more):
    command = SetListPerson(
        service=service, list_name=name, unique_id=unique_id, present=present, **more
    )
    return world.do(catalog_services.set_list_person, command)


def group(world, service, title, *, present=True, name="EditorGroups"):
    command = SetListGroup(service=service, list_name=name, group=title, present=present)
    return world.do(catalog_services.set_list_group, command)


def flag(world, request, which, value, **more):
    command = SetRequestFlag(request=request, flag=which, value=value)
    return world.do(catalog_requests.set_request_flag, command, **more)


def state(world, request):
    ((found,),) = world.sql("select state from catalog_request where guid = %s", request)
    return found


def test_ssp7_catalog_a3_a_custom_approval_is_an_open_request_that_locks_when_asked(world):
    service = world.service()
    made = world.request(service, "publish", lock=True, option="fast", performed_by="mkeller")
    assert (made.code, made.state) == (Code.OK, "New")
    ((kind, name, locks, option, by),) = world.sql(
        "select type, type_name, locks, option_label, requested_by from catalog_request"
        " where guid = %s", made.request,
    )  # fmt: skip
    assert (kind, name, locks, option, by) == ("Custom", "Publish", True, "At once", "mkeller")
    with pytest.raises(ServiceLocked, match=f"locked by request {made.request}"):
        world.field(service, "Tags", "a")


def test_ssp7_catalog_a4_a_line_stands_in_the_log_with_level_time_and_person(world):
    made = world.request(world.service())
    command = AddRequestLog(
        request=made.request, text="Asked", level="WARNING", performed_by="jdoe"
    )
    assert world.do(catalog_requests.add_request_log, command).code is Code.OK
    world.vote(made.request, "Rejected")
    world.do(catalog_requests.add_request_log, AddRequestLog(request=made.request, text="Over"))
    assert world.log(made.request) == [("Warning", "Asked", "jdoe"), ("Info", "Over", "")]


def test_ssp7_catalog_a5_a12_a_person_is_in_a_list_once_and_then_no_more(world):
    service = world.service()
    for unique_id in ("mkeller", "jdoe"):
        assert person(world, service, unique_id, name="editor persons").changed
    assert person(world, service, "jdoe").code is Code.UNCHANGED
    members = world.read(service, draft=True).persons["EditorPersons"]
    assert [each.unique_id for each in members] == ["mkeller", "jdoe"]
    assert person(world, service, "mkeller", present=False).changed
    assert person(world, service, "mkeller", present=False).code is Code.UNCHANGED
    assert person(world, service, "never was", present=False).code is Code.UNCHANGED
    members = world.read(service, draft=True).persons["EditorPersons"]
    assert [each.unique_id for each in members] == ["jdoe"]


def test_ssp7_catalog_a6_a13_a14_groups_come_and_go(world):
    service = world.service()
    assert group(world, service, "workplace TEAM").changed
    assert group(world, service, "Workplace team").code is Code.UNCHANGED
    support = SetSupportGroup(service=service, group="Service desk", present=True)
    assert world.do(catalog_services.set_support_group, support).changed
    sheet = world.read(service, draft=True)
    assert sheet.person_groups == {"EditorGroups": ("Workplace team",)}
    assert sheet.support_groups == ("Service desk",)
    assert group(world, service, "Workplace team", present=False).changed
    gone = SetSupportGroup(service=service, group="service desk", present=False)
    assert world.do(catalog_services.set_support_group, gone).changed
    assert world.do(catalog_services.set_support_group, gone).code is Code.UNCHANGED
    assert group(world, service, "Unheard of", present=False).code is Code.UNCHANGED
    sheet = world.read(service, draft=True)
    assert (sheet.person_groups, sheet.support_groups) == ({}, ())


def test_ssp7_catalog_a7_a_deleted_service_is_gone_but_its_names_are_not_given_out(world):
    service, other = world.service("Doomed"), world.service()
    world.approved(service, "Publish")
    ((unique_id,),) = world.sql("select unique_id from catalog_service where guid = %s", service)
    assert delete(world, service, reason="Too old").changed
    assert delete(world, service).code is Code.UNCHANGED
    for draft in (False, True):
        with pytest.raises(ServiceUnknown):
            world.read(service, draft=draft)
        assert not [s for s in world.page(draft=draft).items if s.guid == service]
    with pytest.raises(ServiceUnknown, match=f"no service {service}"):
        world.field(service, "Tags", "a")
    with pytest.raises(BrokenRule, match="taken"):
        world.field(other, "UniqueId", unique_id.upper())
    assert world.history(service)[-1] == ("Removed", "", "", "Too old")


def test_ssp7_catalog_a7_children_and_open_requests_prevent_deletion(world):
    parent, child = world.service(), world.service()
    world.relate(parent, child)
    with pytest.raises(ServiceHasChildren, match="the service has 1 child services"):
        delete(world, parent)
    made = world.request(child)
    with pytest.raises(RequestOpen, match=f"request {made.request} on this service is still open"):
        delete(world, child)
    world.vote(made.request, "Rejected")
    assert delete(world, child).changed
    assert world.triggers(parent) == ["Lost child"]
    assert delete(world, parent).changed


def test_ssp7_catalog_a8_new_becomes_in_approval(world):
    made = world.request(world.service())
    mark = MarkInApproval(request=made.request, comments="Asked the board")
    assert world.do(catalog_requests.mark_in_approval, mark).state == "InApproval"
    assert world.do(catalog_requests.mark_in_approval, mark).code is Code.UNCHANGED
    assert [text for _, text, _ in world.log(made.request)] == ["Asked the board"]
    world.vote(made.request)
    with pytest.raises(RequestState, match="the request is Completed"):
        world.do(catalog_requests.mark_in_approval, mark)


def test_ssp7_catalog_a9_approval_runs_the_action_of_each_type(world):
    service = world.service("Circle")
    with pytest.raises(ServiceUnknown):
        world.public(service)
    assert world.approved(service, "Publish").state == "Completed"
    assert world.public(service).card.version == 1
    world.approved(service, "CreateVersion")
    assert world.read(service, draft=True).card.version == 2
    assert world.public(service).card.version == 1
    world.approved(service, "Custom")
    assert world.public(service).card.version == 1
    world.approved(service, "Unpublish")
    with pytest.raises(ServiceUnknown):
        world.public(service)
    world.approved(service, "Delete")
    with pytest.raises(ServiceUnknown):
        world.read(service, draft=True)
    happened = world.sql(
        "select happening, version from catalog_publication where catalog_service_id = %s"
        " order by id", world.id(service),
    )  # fmt: skip
    assert happened == [("published", 1), ("withdrawn", 1)]


def test_ssp7_catalog_a9_rejected_runs_nothing_and_neither_does_a_vote_without_the_hash(world):
    service = world.service()
    made = world.request(service, "Publish")
    with pytest.raises(Missing) as missing:
        world.vote(made.request, proof=HASHES.proof(""))
    assert missing.value.field == "hash_check"
    with pytest.raises(HashRefused):
        world.vote(made.request, proof=HASHES.proof(HASHES.request_hash(uuid4())))
    assert world.vote(made.request, "rejected").state == "Rejected"
    with pytest.raises(ServiceUnknown):
        world.public(service)


def test_ssp7_catalog_a10_only_the_requester_cancels_and_only_while_it_may(world):
    made = world.request(world.service())
    cancelling = CancelRequest(request=made.request)
    with pytest.raises(NotPermitted):
        world.do(catalog_requests.cancel, cancelling, world.account("another"))
    assert flag(world, made.request, RequestFlag.CAN_BE_CANCELLED, value=False).code is Code.OK
    with pytest.raises(RequestState, match="may not be cancelled"):
        world.do(catalog_requests.cancel, cancelling)
    flag(world, made.request, RequestFlag.CAN_BE_CANCELLED, value=True)
    assert world.do(catalog_requests.cancel, cancelling).state == "Cancelled"
    with pytest.raises(RequestState, match="the request is Cancelled"):
        flag(world, made.request, RequestFlag.CAN_BE_CANCELLED, value=True)


def test_ssp7_catalog_a11_an_open_request_is_public_when_it_is_shown(world):
    service = world.service()
    world.approved(service, "Publish")
    made = world.request(service, title="Price change")
    assert world.public(service).open_requests == ()
    assert [each.guid for each in world.read(service).open_requests] == [made.request]
    before = world.public(service).tag
    flag(world, made.request, RequestFlag.SHOW_IN_PUBLIC, value=True)
    again = flag(world, made.request, RequestFlag.SHOW_IN_PUBLIC, value=True)
    assert again.code is Code.UNCHANGED
    (shown,) = world.public(service).open_requests
    assert (shown.title, shown.type, shown.state) == ("Price change", "Custom", "New")
    assert world.public(service).tag != before


def test_ssp7_catalog_a15_each_field_without_languages_takes_a_new_value(world):
    service = world.service()
    for name, value in (("UniqueId", "SRV-A15"), ("Type", "IT"), ("Phase", "Operation"),
                        ("ShowInPublic", "no"), ("Tags", "office;desk")):  # fmt: skip
        assert world.field(service, name, value).code is Code.OK
    card = world.read(service, draft=True)
    assert (card.card.unique_id, card.card.type, card.card.phase, card.card.phase_type) == (
        "SRV-A15", "IT", "Operation", "Live",
    )  # fmt: skip
    assert card.tags == ("office", "desk")
    assert world.history(service)[0][0] == "UniqueId"
    assert world.triggers(service) == [
        "Field change", "Field change", "Phase change", "Field change", "Field change",
    ]  # fmt: skip


def test_ssp7_catalog_a16_one_language_changes_and_the_others_stay(world):
    service = world.service("Workplace")
    world.text(service, "Name", "Arbeitsplatz", "DE")
    world.text(service, "Summary", "Notebook with support")
    assert world.read(service, "de", draft=True).card.name == "Arbeitsplatz"
    assert world.read(service, "de", draft=True).card.summary == "Notebook with support"
    assert world.read(service, "en", draft=True).card.name == "Workplace"
    world.text(service, "Name", "", "de")
    assert world.read(service, "de", draft=True).languages == ("en",)


def test_ssp7_catalog_a17_a18_a19_parts_hold_what_was_sent_and_nothing_clears_them(world):
    service = world.service()
    instant = datetime(2026, 4, 1, 12, 30, 15, 123456, tzinfo=UTC)
    world.part(service, "goLive", instant, PartKind.TIME)
    world.part(service, "free", Decimal("999999999999.123456"), PartKind.NUMBER)
    world.part(service, "line", "One", language="en")
    world.part(service, "line", "Eins", language="de")
    world.part(service, "areas", "c;a")
    world.part(service, "managed", "Yes")
    assert _parts(world, service, "de") >= {
        ("goLive", instant), ("free", Decimal("999999999999.123456")), ("line", "Eins"),
        ("areas", ("a", "c")), ("managed", True), ("hint", "Fixed words"),
    }  # fmt: skip
    world.part(service, "goLive", None, PartKind.TIME)
    world.part(service, "free", None, PartKind.NUMBER)
    world.part(service, "areas", "")
    assert _parts(world, service) >= {
        ("goLive", None), ("free", None), ("areas", None), ("line", "One"),
    }  # fmt: skip


def _parts(world, service, language=""):
    found = world.read(service, language, draft=True).parts
    return {(each.internal_name, each.value) for each in found}


REFUSALS = (
    (ServiceUnknown, lambda w, s: w.field(uuid4(), "Tags", "a")),
    (RequestUnknown, lambda w, s: w.vote(uuid4())),
    (ListUnknown, lambda w, s: person(w, s, "jdoe", name="EditorGroups")),
    (ListUnknown, lambda w, s: group(w, s, "Service desk", name="EditorPersons")),
    (PersonUnknown, lambda w, s: person(w, s, "nobody")),
    (PersonUnknown, lambda w, s: w.field(s, "Tags", "a", performed_by="nobody")),
    (PersonGroupUnknown, lambda w, s: group(w, s, "nobody")),
    (FieldUnknown, lambda w, s: w.field(s, "Prize", "a")),
    (FieldNeedsLanguage, lambda w, s: w.field(s, "Name", "a")),
    (FieldHasNoLanguages, lambda w, s: w.text(s, "Tags", "a")),
    (FieldHasNoLanguages, lambda w, s: w.part(s, "lines", "a", language="de")),
    (LanguageUnknown, lambda w, s: w.text(s, "Name", "a", "fr")),
    (PartUnknown, lambda w, s: w.part(s, "unheard", "a")),
    (PartOfOtherType, lambda w, s: w.part(s, "price", "a")),
    (PartReadonly, lambda w, s: w.part(s, "hint", "a")),
    (BrokenRule, lambda w, s: w.part(s, "price", Decimal("1.005"), PartKind.NUMBER)),
    (Missing, lambda w, s: w.request(s, title=" ")),
    (BrokenRule, lambda w, s: w.request(s, title="x" * 251)),
    (BrokenRule, lambda w, s: w.request(s, "Burn")),
    (BrokenRule, lambda w, s: w.request(s, option="unheard")),
    (BrokenRule, lambda w, s: w.request(s, comments="x" * 4001)),
    (Missing, lambda w, s: w.vote(uuid4(), voter="")),
)


@pytest.mark.parametrize(("cause", "act"), REFUSALS, ids=range(len(REFUSALS)))
def test_ssp7_catalog_b1_each_refusal_leaves_no_trace(world, cause, act):
    service = world.service()
    with pytest.raises(cause):
        act(world, service)
    assert (world.history(service), world.events(service)) == ([], [])


def test_ssp7_catalog_b1_lists_have_their_limits(world):
    service = world.service()
    person(world, service, "mkeller", name="Service Owner")
    with pytest.raises(ListFull, match="list ServiceOwner holds one person"):
        person(world, service, "jdoe", name="ServiceOwner")
    world.approved(service, "Publish")
    with pytest.raises(ListRequired, match="a published service needs a service owner"):
        person(world, service, "mkeller", name="ServiceOwner", present=False)
    world.approved(service, "Unpublish")
    assert person(world, service, "mkeller", name="ServiceOwner", present=False).changed


def test_ssp7_catalog_b1_a_fixed_type_and_a_calculated_name_are_read_only(world):
    template = world._template("Strict", type_fixed=True, name_rule="{UniqueId} ({Type})")
    service = world.service(template=template)
    world.field(service, "Type", "IT")
    with pytest.raises(FieldReadonly, match="field Name"):
        world.text(service, "Name", "Mine")
    world.field(service, "UniqueId", "SRV-NAMED")
    assert world.read(service, draft=True).card.name == "SRV-NAMED (IT)"
    world.approved(service, "Publish")
    with pytest.raises(FieldReadonly, match="field Type"):
        world.field(service, "Type", "Business service")


@pytest.mark.parametrize("ending", ["Approved", "Rejected", "Cancelled"])
def test_ssp7_catalog_b2_a_locked_service_is_free_again_when_its_request_ends(world, ending):
    service = world.service()
    made = world.request(service, lock=True)
    hashed = HASHES.proof(HASHES.request_hash(made.request))
    for refused in (
        lambda: world.field(service, "Tags", "a"),
        lambda: person(world, service, "jdoe"),
        lambda: delete(world, service),
        lambda: world.request(service, title="Another"),
        lambda: world.field(service, "Tags", "a", proof=HASHES.proof(HASHES.service_hash(service))),
    ):
        with pytest.raises(ServiceLocked):
            refused()
    assert world.field(service, "Tags", "a", proof=hashed).changed
    if ending == "Cancelled":
        world.do(catalog_requests.cancel, CancelRequest(request=made.request))
    else:
        world.vote(made.request, ending)
    assert world.field(service, "Tags", "b").changed


def test_ssp7_catalog_b3_a_hash_permits_what_it_is_for_and_nothing_else(world):
    service, other = world.service(), world.service()
    made = world.request(service)
    of_request = HASHES.proof(HASHES.request_hash(made.request))
    of_service = HASHES.proof(HASHES.service_hash(service))
    assert _tagged(world, service, of_service).changed
    for proof, target in ((of_service, other), (of_request, other), (of_request, service)):
        with pytest.raises(HashRefused):
            _tagged(world, target, proof)
    for proof in (of_service, of_request):
        with pytest.raises(HashRefused if proof is of_request else NotPermitted):
            world.do(
                catalog_services.delete_service,
                DeleteService(service=service, proof=proof),
                NOBODY,
            )
    second = world.request(other)
    log = AddRequestLog(request=second.request, text="x", proof=of_request)
    with pytest.raises(HashRefused):
        world.do(catalog_requests.add_request_log, log, NOBODY)
    log = AddRequestLog(request=made.request, text="x", proof=of_request)
    assert world.do(catalog_requests.add_request_log, log, NOBODY).code is Code.OK
    assert world.vote(made.request, principal=NOBODY).state == "Completed"
    with pytest.raises(NoCredentials):
        _tagged(world, service, HASHES.proof(""))


def _tagged(world, service, proof):
    command = UpdateField(service=service, name="Tags", value=str(uuid4()), proof=proof)
    return world.do(catalog_services.update_field, command, NOBODY)


def test_ssp7_catalog_b3_rights_are_those_that_were_given(world):
    service = world.service()
    reader = world.account("only reads", {"catalog.read"})
    command = SetListPerson(service=service, list_name="x", unique_id="y", present=True)
    with pytest.raises(NotPermitted):
        world.do(catalog_services.set_list_person, command, reader)
    with pytest.raises(NotPermitted):
        world.read(service, principal=reader, draft=True)
    with pytest.raises(NotPermitted):
        world.page(world.account("has nothing", ()))


def test_ssp7_catalog_b4_two_makers_at_once_make_one_request_and_a_repeat_gets_it(world):
    service, outcomes = world.service(), []

    def make(title):
        try:
            outcomes.append(world.request(service, title=title))
        except RequestOpen as error:
            outcomes.append(error)

    makers = [threading.Thread(target=make, args=(title,)) for title in ("One", "Two")]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(20)
    assert sorted(isinstance(each, RequestOpen) for each in outcomes) == [False, True]
    (made,) = [each for each in outcomes if not isinstance(each, RequestOpen)]
    ((title,),) = world.sql("select title from catalog_request where guid = %s", made.request)
    again = world.request(service, title=title)
    assert (again.code, again.request) == (Code.DUPLICATE, made.request)
    with pytest.raises(RequestOpen):
        world.request(service, title=title, principal=world.account("other maker"))
    with pytest.raises(RequestOpen):
        world.request(service, title=title, comments="But now")
    assert world.triggers(service) == ["Custom request"]


def test_ssp7_catalog_b4_what_locks_is_repeated_safely(world):
    service = world.service()
    made = world.request(service, "Publish", lock=True, option="fast")
    again = world.request(service, "publish", lock=True, option="fast")
    assert (again.code, again.request) == (Code.DUPLICATE, made.request)


def test_ssp7_catalog_b5_two_votes_a_changed_vote_and_one_after_the_end(world):
    template = world._template("Careful", votes_needed=2)
    service = world.service(template=template)
    made = world.request(service, "Publish")
    assert world.vote(made.request, voter="jdoe").state == "InApproval"
    assert world.vote(made.request, voter="jdoe").code is Code.UNCHANGED
    assert world.vote(made.request, voter="", performed_by="mkeller").state == "Completed"
    assert world.vote(made.request, voter="jdoe").code is Code.UNCHANGED
    with pytest.raises(RequestState, match="the request is Completed"):
        world.vote(made.request, "Rejected", voter="jdoe")
    with pytest.raises(RequestState):
        world.vote(made.request, voter="anna")
    second = world.request(service, "Unpublish")
    world.vote(second.request, voter="jdoe")
    assert world.vote(second.request, "Rejected", voter="jdoe").state == "Rejected"
    assert world.public(service).card.guid == service


def test_only_members_of_the_approval_lists_vote_where_voters_are_restricted(world, rules):
    rules(restrict_voters=True)
    service = world.service()
    made = world.request(service)
    with pytest.raises(NotPermitted):
        world.vote(made.request, voter="jdoe")
    group(world, service, "Workplace team", name="TechnicalApprovalGroups")
    world.sql(
        "insert into permission select id, %s, 'ro' from agent where login = 'jdoe'",
        world.groups["Workplace team"],
    )
    person(world, service, "anna", name="CustomerApprovalPersons")
    world.vote(made.request, voter="jdoe")
    assert world.vote(world.request(service).request, voter="anna").state == "Completed"


def test_ssp7_catalog_b6_an_action_that_cannot_run_leaves_everything_as_it_was(world):
    parent, child = world.service(), world.service()
    world.relate(parent, child)
    made = world.request(parent, "Delete", lock=True)
    with pytest.raises(ServiceHasChildren):
        world.vote(made.request)
    assert state(world, made.request) == "New"
    assert world.sql(
        "select count(*) from catalog_vote v join catalog_request r on r.id = v.request_id"
        " where r.guid = %s", made.request,
    ) == [(0,)]  # fmt: skip
    assert world.read(parent, draft=True).card.guid == parent
    with pytest.raises(ServiceLocked):
        world.field(parent, "Tags", "a")


def test_ssp7_catalog_b7_the_same_value_again_makes_no_history_and_no_event(world):
    service = world.service()
    acts = (
        lambda: world.field(service, "Tags", "a;b"),
        lambda: world.text(service, "Summary", "Short", "de"),
        lambda: world.part(service, "price", Decimal("41.50"), PartKind.NUMBER),
        lambda: person(world, service, "jdoe"),
    )
    assert all(act().changed for act in acts)
    lines, events = world.history(service), world.triggers(service)
    repeats = [act() for act in acts]
    assert {each.code for each in repeats} == {Code.UNCHANGED}
    assert world.part(service, "price", Decimal("41.5"), PartKind.NUMBER).changed is False
    assert (world.history(service), world.triggers(service)) == (lines, events)


def test_ssp7_catalog_b11_the_published_copy_stays_while_the_working_copy_changes(world):
    service = world.service("Before")
    world.part(service, "price", Decimal("41.5"), PartKind.NUMBER)
    world.approved(service, "Publish")
    first = world.public(service)
    world.text(service, "Name", "After")
    world.part(service, "price", Decimal(50), PartKind.NUMBER)
    assert world.sql(
        "select unpublished_changes from catalog_service where guid = %s", service
    ) == [(True,)]  # fmt: skip
    assert world.public(service) == first
    assert world.read(service, draft=True).card.name == "After"
    world.approved(service, "Publish")
    second = world.public(service)
    assert (second.card.name, second.published) == ("After", first.published)
    assert second.card.changed > first.card.changed
    assert world.sql(
        "select unpublished_changes from catalog_service where guid = %s", service
    ) == [(False,)]  # fmt: skip


def test_ssp7_catalog_b12_what_the_public_may_not_see_is_all_the_same(world):
    hidden = world.service(template=world._template("Hidden ones", hidden=True))
    private, draft = world.service(public=False), world.service()
    for service in (hidden, private):
        world.approved(service, "Publish")
        assert world.read(service).card.published
    for service in (hidden, private, draft, uuid4()):
        with pytest.raises(ServiceUnknown) as refused:
            world.public(service)
        assert str(refused.value) == "guid: no such service"
    seen = {each.guid for each in world.page(NOBODY, page_size=200).items}
    assert not seen & {hidden, private, draft}
    assert {hidden, private} <= {each.guid for each in world.page(page_size=200).items}


def test_ssp7_catalog_a21_each_filter_page_and_total(world):
    template = world._template("Listed")
    names = ("alpha", "Beta", "gamma")
    made = [world.service(name, template=template) for name in names]
    world.field(made[0], "Tags", "office")
    world.field(made[1], "Type", "IT")
    world.field(made[2], "Phase", "Operation")
    world.text(made[0], "Name", "Zuletzt", "de")
    for each in made:
        world.approved(each, "Publish")

    def found(**wanted):
        page = world.page(template="LISTED", **wanted)
        return [each.name for each in page.items], page.total

    assert found() == (["alpha", "Beta", "gamma"], 3)
    assert found(language="DE") == (["Beta", "gamma", "Zuletzt"], 3)
    assert found(tag="OFFICE") == (["alpha"], 1)
    assert found(type="it") == (["Beta"], 1)
    assert found(phase="operation") == (["gamma"], 1)
    assert found(page=2, page_size=2) == (["gamma"], 3)
    assert found(page=9) == ([], 3)
    assert found(draft=True) == (["alpha", "Beta", "gamma"], 3)
    assert found(draft=True, language="de", tag="office") == (["Zuletzt"], 1)
    since = world.public(made[1]).card.changed
    assert found(changed_since=since) == (["Beta", "gamma"], 2)
    assert found(changed_since=since + timedelta(days=1)) == ([], 0)
    assert found(draft=True, changed_since=since + timedelta(days=1)) == ([], 0)


def test_ssp7_catalog_a22_a_sheet_has_every_member(world):
    service, child, secret = world.service("Whole"), world.service("Part"), world.service(
        "Secret", public=False)  # fmt: skip
    for other in (child, secret):
        world.relate(service, other)
        world.approved(other, "Publish")
    person(world, service, "mkeller", name="ServiceOwner")
    group(world, service, "Workplace team")
    world.sql("insert into catalog_document (catalog_service_id, name, content_type, size)"
              " values (%s, 'terms.pdf', 'application/pdf', 12)", world.id(service))  # fmt: skip
    world.approved(service, "Publish")
    public, known = world.public(service), world.read(service)
    assert [(each.kind, each.name) for each in public.relations] == [("child", "Part")]
    assert {each.name for each in known.relations} == {"Part", "Secret"}
    assert public.persons is None
    assert known.persons["ServiceOwner"][0].name == "M. mkeller"
    assert public.documents[0].size == 12
    assert public.person_groups == {"EditorGroups": ("Workplace team",)}
    assert [each.type for each in known.parts].count("Hidden") == 1
    assert [each.type for each in public.parts].count("Hidden") == 0


def test_publishing_makes_the_bound_entry_of_the_service_list_valid(world, rules):
    rules(publish_to_service_list=True)
    service = world.service()
    ((entry,),) = world.sql("insert into service (en, active) values ('Bound', false) returning id")
    world.sql("update catalog_service set service_id = %s where guid = %s", entry, service)

    def valid():
        return world.sql("select active from service where id = %s", entry)[0][0]

    world.approved(service, "Publish")
    assert valid()
    world.approved(service, "Unpublish")
    assert not valid()
    world.approved(service, "Publish")
    delete(world, service)
    assert not valid()


def test_the_buttons_of_the_console_make_requests_that_their_maker_cancels(world):
    service = world.service()
    admin = world.stores.admin
    console = {"principal": admin, "command": "EditCatalog", "dialect": "console"}
    made = {
        kind: _pressed(world, service, kind, console)
        for kind in ("Publish", "Unpublish", "Delete", "CreateVersion")
    }
    assert set(made.values()) == {"Cancelled"}
    assert world.triggers(service) == [
        "Publication request", "Unpublish request", "Delete request", "Create version request",
    ]  # fmt: skip


def _pressed(world, service, kind, console):
    press = RequestPublication(service=service, type=kind)
    made = world.do(catalog_requests.request_publication, press, **console)
    taken = CancelRequest(request=made.request)
    return world.do(catalog_requests.cancel, taken, **console).state


def test_a_change_takes_few_round_trips(world, monkeypatch):
    service = world.service()
    world.starts("Field change", world.process("on-change"))
    world.field(service, "Tags", "warm")
    with round_trips(monkeypatch) as trips:
        world.field(service, "Tags", "office")
    assert len(trips) <= 3
    assert len([name for trip in trips for name in trip if name.startswith("put_")]) == 1
    with round_trips(monkeypatch) as trips:
        world.read(service, draft=True)
    assert len(trips) <= 3
