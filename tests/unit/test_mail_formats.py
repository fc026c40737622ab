"""What a mail says: templates, places, markers, separators, tags."""

import pytest

from gateway.domain.mail_formats import Formats, MailReader, Marker

READER = MailReader(Formats())


def read(text, subject="", **formats):
    return (MailReader(Formats(**formats)) if formats else READER).read(subject, text)


@pytest.mark.parametrize(
    "line",
    ["TaskId: 17", "taskid:    17", "TASKID:\t17", "TaskId:\xa017", "see (TaskId: 17), please",
     "[TaskId: 17]"],
)  # fmt: skip
def test_letter_case_and_the_width_of_blanks_do_not_matter(line):
    assert read(line).tasks == ("17",)


@pytest.mark.parametrize(
    "line", ["TaskId: x", "TaskId: 12345678901", "SubTaskId: 17", "Task Id: 17", "TaskId 17"]
)
def test_what_does_not_fit_a_template_is_text(line):
    assert read(line).tasks == ()
    assert read(line).text == line


def test_a_template_is_no_regular_expression():
    found = read("T.(\\d+) 5", tasks=("T.(\\d+) {task}",))
    assert found.tasks == ("5",)
    assert read("TxTx 5", tasks=("T.(\\d+) {task}",)).tasks == ()


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ("[[ExternalId]]: NW-1", "NW-1"),
        ("ExternalId: NW 1 / b  ", "NW 1 / b"),
        ("ExternalId: " + "x" * 100, "x" * 100),
    ],
)
def test_a_reference_runs_to_the_end_of_its_line(line, reference):
    assert read(line).references == (reference,)
    assert read("ExternalId: " + "x" * 101).references == ()


@pytest.mark.parametrize(
    ("number", "found"),
    [("2026-00017", "2026-00017"), ("A" * 50, "A" * 50), ("17.", "17"), ("17)", "17")],
)
def test_a_ticket_number_ends_with_its_letters_and_digits(number, found):
    assert read(f"TicketId: {number}").tickets == (found,)


def test_the_subject_counts_before_new_text_and_that_before_quoted_text():
    text = "TaskId: 2\n> TaskId: 3"
    assert read(text, "TaskId: 1").tasks == ("1",)
    assert read(text).tasks == ("2",)
    assert read("Thank you\n> TaskId: 3").tasks == ("3",)
    assert read("Hi\n-----Original Message-----\nTaskId: 4").tasks == ("4",)


def test_two_numbers_in_one_place_are_ambiguous_the_same_twice_is_not():
    assert read("TaskId: 2\nTaskId: 3").ambiguous
    assert not read("TaskId: 2\nTaskId: 2").ambiguous
    assert not read("TaskId: 3", "TaskId: 2").ambiguous
    assert read("", "TicketId: a, TicketId: b").ambiguous
    assert read("ExternalId: a\nExternalId: b").ambiguous


def test_the_text_is_new_text_without_quotes_numbers_and_hashes():
    text = "Hello\nTaskId: 2\nHashCheck: 1.k.x\n> old\nBye\n  -----original   MESSAGE-----\nolder"
    assert read(text).text == "Hello\nBye"


def test_hashes_of_all_places_are_tried():
    assert read("HashCheck: a\n> HashCheck: b", "HashCheck: c").hashes == ("c", "a", "b")


def test_a_solution_runs_from_its_marker_to_the_next_marker_or_separator():
    found = read("Hello\nsolution: Replaced\nthe roller.\nClosed: yes\n\n> Solution: old")
    assert found.marked == {Marker.SOLUTION: "Replaced\nthe roller.", Marker.CLOSED: "yes"}
    found = read("Solution: New.\n-----Original Message-----\nClosed: no")
    assert found.marked == {Marker.SOLUTION: "New."}


def test_a_marker_begins_a_line():
    assert read("The Solution: is near").marked == {}


def test_tags_run_to_the_next_tag_or_to_quoted_text():
    found = read("Please\n[[Room]]: 12\nsecond floor\n[[Category]]: Doors\n> [[Old]]: x")
    assert found.tags == (("Room", "12\nsecond floor"), ("Category", "Doors"))
    assert READER.untagged(found, ["room"]) == "Please\n[[Category]]: Doors"
    assert READER.untagged(found, ["room", "category"]) == "Please"


@pytest.mark.parametrize(
    ("template", "text"),
    [("LABEL = [[Value]]", "Room = 12"), ("<<LABEL|[[Value]]>>", "<<Room|12>>"),
     ("* LABEL: [[Value]]", "* room:12")],
)  # fmt: skip
def test_the_tag_format_is_the_operators(template, text):
    ((label, value),) = read(text, tag=template).tags
    assert (label.casefold(), value) == ("room", "12")


@pytest.mark.parametrize(
    "text",
    ["TaskId:" + " " * 1_000_000, "TaskId: 1 " * 100_000, "ExternalId: a" * 80_000,
     "[[a]]: b\n" * 100_000, "Solution:\n" * 100_000, "> TaskId: 1\n" * 80_000, "[[" * 500_000],
)  # fmt: skip
def test_no_text_takes_long(text):
    read(text)
