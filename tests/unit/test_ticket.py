from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.domain.ticket import Changes, Difference, HistoryLine, StateType, Ticket
from gateway.domain.values import UNSET, Row
from gateway.errors import TicketClosed, TicketMerged, TicketNotClosed
from tests.kit.memory import guid_of, seeded
from tests.kit.world import OTHER, TICKET

_LISTS = seeded()


def row(list_name: str, name: str) -> Row:
    return _LISTS.row(list_name, name)


def ticket(state: str = "open", merged_into: UUID | None = None) -> Ticket:
    return Ticket(
        id=7,
        guid=TICKET,
        number="1",
        version=3,
        title="Printer jams",
        state=row("state", state),
        priority=3,
        queue=row("queue", "Raw"),
        merged_into=merged_into,
    )


def test_a_state_says_its_type_and_a_queue_its_group():
    assert ticket("pending reminder").state_type is StateType.PENDING_REMINDER
    assert ticket().group_id == 1


def test_a_closed_ticket_refuses_to_be_written_g11():
    ticket("open").require_writable("guid")
    with pytest.raises(TicketClosed, match="guid: ticket is closed"):
        ticket("closed successful").require_writable("guid")


def test_a_merged_ticket_names_its_target_g12():
    with pytest.raises(TicketMerged) as refused:
        ticket("merged", OTHER).require_writable("guid")
    assert refused.value.sentence == f"ticket was merged into {{{str(OTHER).upper()}}}"
    with pytest.raises(TicketMerged):
        ticket("merged", OTHER).require_closed("guid")


def test_only_a_closed_ticket_can_be_reopened():
    ticket("closed successful").require_closed("guid")
    with pytest.raises(TicketNotClosed, match="ticket is not closed"):
        ticket("open").require_closed("guid")


def test_a_change_gives_the_ticket_after_it_and_its_differences():
    after, differences = ticket().apply(Changes(title="Toner", impact=row("impact", "everybody")))
    assert (after.title, after.version) == ("Toner", 4)
    assert differences == (
        Difference("title", "Printer jams", "Toner"),
        Difference("impact", None, row("impact", "everybody")),
    )


def test_equal_values_are_no_change_g10():
    before = ticket()
    after, differences = before.apply(
        Changes(title="Printer jams", state=row("state", "open"), category=UNSET, impact=None)
    )
    assert after is before
    assert differences == ()


def test_rows_are_equal_when_their_ids_are():
    assert row("state", "open") == Row(2, guid_of("state", "x"), "renamed", "umbenannt")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a", "b", HistoryLine(kind="field", old="a", new="b")),
        (None, Row(5, TICKET, "en", "de"), HistoryLine(kind="field", new="en", new_id=5)),
        (Row(5, TICKET, "en", "de"), None, HistoryLine(kind="field", old="en", old_id=5)),
        (3, 4, HistoryLine(kind="field", old="3", new="4")),
        (
            None,
            datetime(2025, 6, 27, tzinfo=UTC),
            HistoryLine(kind="field", new="2025-06-27T00:00:00+00:00"),
        ),
    ],
)
def test_history_writes_a_difference_down(old: object, new: object, line: HistoryLine):
    assert HistoryLine.of(Difference("field", old, new)) == line
