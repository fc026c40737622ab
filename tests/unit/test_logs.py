"""The log: one JSON object a line, whoever speaks and whatever is said."""

import json
import logging

import pytest
import structlog

from gateway import logs


@pytest.fixture
def written(capsys):
    """Give what a speaker makes the log write."""

    def write(speak):
        logs.configure("info")
        speak()
        return capsys.readouterr().err

    return write


def test_a_line_has_time_level_logger_event_and_data(written):
    say = structlog.get_logger("gateway.test")
    line = json.loads(written(lambda: say.info("ticket saved", ticket=7)))
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "ticket saved",
        "ticket": 7,
        "level": "info",
        "logger": "gateway.test",
    }


def test_libraries_speak_the_same_way(written):
    say = logging.getLogger("somebody")
    line = json.loads(written(lambda: say.warning("read %d rows", 3)))
    assert (line["event"], line["level"], line["logger"]) == ("read 3 rows", "warning", "somebody")


def test_control_characters_cannot_forge_a_line_or_steer_a_terminal(written):
    evil = "a\nb\x1b[31m\x9b\u2028\u202e"
    text = written(lambda: structlog.get_logger().info("said", text=evil)).removesuffix("\n")
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text)["text"] == evil


def test_what_is_below_the_level_is_not_written(written):
    assert written(lambda: structlog.get_logger().debug("detail")) == ""
    assert written(lambda: logging.getLogger("alembic").info("running")) == ""


def test_an_exception_is_part_of_its_line(written):
    def fail():
        try:
            int("x")
        except ValueError:
            structlog.get_logger().exception("failed")

    assert "ValueError: invalid literal" in json.loads(written(fail))["exception"]


@pytest.mark.parametrize("version", ["soap11", "soap12"])
def test_the_logger_of_whole_malformed_requests_is_off(written, version):
    say = logging.getLogger(f"spyne.protocol.soap.{version}.invalid")
    assert written(lambda: say.critical("<Password>canary-7431</Password>")) == ""


@pytest.mark.parametrize("library", ["httpcore", "httpx", "urllib3", "zeep"])
def test_libraries_that_tell_headers_are_quiet_at_every_level(library):
    assert logs.configuration("debug")["loggers"][library]["level"] == "WARNING"
