"""What verbs write: listings, and how far a long work is."""

from datetime import datetime, timedelta, timezone
from io import StringIO
from unittest import mock

from rich.console import Console

from gateway import clock
from gateway.cli import output


def test_off_a_terminal_a_long_work_tells_every_ten_seconds_how_far_it_is(capsys):
    moments = [0.0, 4.0, 11.0, 11.0, 12.0]
    with mock.patch.object(clock, "monotonic_s", side_effect=moments):
        assert list(output.progress("abc", "Retrying")) == ["a", "b", "c"]
    assert capsys.readouterr().err == "Retrying: 1 of 3\n"


def test_an_empty_listing_says_so_and_leaves_standard_output_empty(capsys):
    output.show([], as_json=False)
    assert capsys.readouterr() == ("", "There is none.\n")
    output.show([], as_json=True)
    assert capsys.readouterr() == ("", "")


def test_moments_are_written_in_utc_to_the_second(capsys):
    zone = timezone(timedelta(hours=2))
    output.show([{"at": datetime(2026, 3, 4, 10, 15, 9, 77, tzinfo=zone)}], as_json=False)
    assert capsys.readouterr().out == "2026-03-04 08:15:09Z\n"


def test_a_table_at_a_narrow_terminal_folds_and_cuts_nothing(monkeypatch):
    terminal = Console(file=StringIO(), force_terminal=True, width=30, no_color=True)
    monkeypatch.setattr(output, "Console", lambda **_: terminal)
    output.show([{"id": 7, "partner": "NORTHWIND", "error": "A_CODE_THAT_IS_LONG"}], as_json=False)
    assert "…" not in terminal.file.getvalue()
