"""The circuit of a partner, on a clock of the tests."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery import circuit
from gateway.usecases.ports import Circuit

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def after_failures(count):
    state = Circuit()
    for _ in range(count):
        state = circuit.failed(state, NOW, probe=False)
    return state


def in_seconds(count):
    return NOW + timedelta(seconds=count)


def test_four_failures_in_a_row_leave_it_closed():
    assert after_failures(4).open_until is None


def test_the_fifth_opens_it_for_five_seconds():
    assert after_failures(5).open_until == in_seconds(5)


def test_an_answer_in_between_starts_the_count_again():
    state = circuit.answered(after_failures(4))
    assert circuit.failed(state, NOW, probe=False).failures == 1


def test_failed_probes_are_twice_as_far_apart_up_to_five_minutes():
    state, waits = after_failures(5), []
    for _ in range(8):
        at = state.open_until
        state = circuit.failed(state, at, probe=True)
        waits.append((state.open_until - at).total_seconds())
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]


def test_what_was_begun_before_it_opened_does_not_move_the_probe():
    state = after_failures(5)
    late = circuit.failed(state, in_seconds(3), probe=False)
    assert late.open_until == state.open_until
    assert late.probe_s == state.probe_s


def test_what_the_partner_asks_for_delays_the_probe_by_five_minutes_at_most():
    state = after_failures(5)
    assert circuit.failed(state, NOW, probe=True, retry_after_s=60).open_until == in_seconds(60)
    assert circuit.failed(state, NOW, probe=True, retry_after_s=1).open_until == in_seconds(10)
    assert circuit.failed(state, NOW, probe=True, retry_after_s=3600).open_until == in_seconds(300)


def test_a_good_probe_forgets_everything():
    assert circuit.answered(after_failures(9)) == Circuit()


def test_a_probe_that_asked_nobody_lets_the_next_one_go():
    state = circuit.unanswered(after_failures(5), NOW)
    assert state.open_until == NOW
    assert circuit.unanswered(Circuit(), NOW) == Circuit()


def test_120_hours_of_nothing_but_failure_pause_the_partner():
    state = after_failures(5)
    assert not circuit.failed(state, NOW + timedelta(hours=119), probe=True).paused
    assert circuit.failed(state, NOW + timedelta(hours=120), probe=True).paused


def test_an_answer_does_not_resume_what_an_operator_paused():
    assert circuit.answered(Circuit(failures=1, paused=True)).paused


def test_a_failure_does_not_resume_it_either():
    assert circuit.failed(Circuit(paused=True), NOW, probe=False).paused


@given(st.lists(st.sampled_from(["failure", "probe", "answer"]), max_size=40))
def test_it_is_open_only_after_five_failures_in_a_row(happenings):
    state, row = Circuit(), 0
    for happening in happenings:
        row = 0 if happening == "answer" else row + 1
        state = (
            circuit.answered(state)
            if happening == "answer"
            else circuit.failed(state, NOW, probe=happening == "probe")
        )
        assert (state.open_until is not None) == (row >= 5)
