"""What is kept of messages: rows, modes, cuts, seals and masked secrets."""

import hashlib
import stat
import threading

import pytest
import structlog

from gateway.errors import CannotStart
from gateway.http.exchange import Answer, Outcome
from gateway.http.recorder import STORED_BYTES, Mode, Recorder
from gateway.http.redact import (
    described_base64,
    redacted_headers,
    redacted_json,
    redacted_query,
)
from gateway.http.seal import Seal
from tests.kit.endpoints import request
from tests.kit.messages import InMemoryMessages

OK = Answer(200, b"<answer/>", "text/xml")
KEY = "tgk_0123456789abcdef"
HASH = f"1.k.{'x' * 43}"


@pytest.fixture
def messages():
    return InMemoryMessages()


@pytest.fixture
def seal():
    return Seal(bytes(range(32)))


def recorded(messages, seal, mode=Mode.FULL, outcome=Outcome.OK, body=b"<x/>", answer=OK, **trace):
    recorder = Recorder(messages, seal, modes={"acmp": mode})
    asked = request(body)
    kept = recorder.open(asked, "acmp")
    kept.outcome = outcome
    for name, value in trace.items():
        setattr(kept, name, value)
    recorder.close(kept, asked, answer, 0.25)
    number = int(kept.number)
    return messages.opened[number], messages.closed[number]


def test_a_row_tells_size_and_digest_and_seals_the_body(messages, seal):
    opened, closed = recorded(messages, seal, body=b"<password>x</password>")
    assert opened.size == 22
    assert opened.sha256 == hashlib.sha256(b"<password>x</password>").digest()
    assert b"password" not in opened.sealed
    assert seal.open(opened.sealed, opened.correlation_id.encode()) == b"<password>x</password>"
    assert (closed.duration_ms, closed.status) == (250, 200)


def test_what_could_not_be_parsed_stays_sealed(messages, seal):
    _, closed = recorded(messages, seal, outcome=Outcome.REFUSED)
    assert closed.request is None
    assert closed.answer == "<answer/>"


def test_a_redacted_answer_is_kept_in_place_of_the_one_sent(messages, seal):
    _, closed = recorded(messages, seal, stored_request="<r/>", stored_answer="<s>***</s>")
    assert (closed.request, closed.answer) == ("<r/>", "<s>***</s>")


def test_keys_and_hashes_of_tasks_are_masked_on_both_sides_wherever_they_stand(messages, seal):
    answer = Answer(200, f"<t>{KEY}</t>".encode(), "text/xml")
    _, closed = recorded(messages, seal, answer=answer, stored_request=f'{{"Title":"{HASH}"}}')
    assert (closed.request, closed.answer) == ('{"Title":"***"}', "<t>***</t>")


@pytest.mark.parametrize(
    ("mode", "outcome", "sealed", "kept"),
    [
        (Mode.FULL, Outcome.OK, True, ("<r/>", "<answer/>")),
        (Mode.ERRORS, Outcome.OK, True, ("", None)),
        (Mode.ERRORS, Outcome.REFUSED, True, ("<r/>", "<answer/>")),
        (Mode.METADATA, Outcome.REFUSED, False, ("", None)),
    ],
)
def test_modes_keep_what_they_say(messages, seal, mode, outcome, sealed, kept):
    opened, closed = recorded(messages, seal, mode, outcome, stored_request="<r/>")
    assert (opened.sealed is not None) is sealed
    assert (closed.request, closed.answer) == kept


def test_long_bodies_are_cut_and_the_row_says_so(messages, seal):
    long = "ü" * STORED_BYTES
    answer = Answer(200, long.encode(), "text/xml")
    body = b"b" * (STORED_BYTES + 1)
    opened, closed = recorded(messages, seal, body=body, answer=answer, stored_request="a" + long)
    assert opened.size == STORED_BYTES + 1
    assert len(seal.open(opened.sealed, opened.correlation_id.encode())) == STORED_BYTES
    assert len(closed.answer.encode()) == STORED_BYTES
    assert len(closed.request.encode()) == STORED_BYTES - 1  # no half character
    assert closed.answer_size == 2 * STORED_BYTES
    assert [note.partition(" ")[0] for note in closed.notes] == ["request", "request", "answer"]
    assert hashlib.sha256(long.encode()).hexdigest() in closed.notes[2]


def test_half_a_character_does_not_keep_a_row_open(messages, seal):
    _, closed = recorded(messages, seal, stored_request='{"Title":"a\ud800"}')
    assert closed.request == '{"Title":"a\ufffd"}'


def test_a_login_in_the_query_is_not_kept(messages, seal):
    asked = request(query="UserLogin=a&Password=hunter2&%50assword=hunter2&op=1")
    Recorder(messages, seal).open(asked, "znuny")
    assert messages.opened[1].path == "/soap/echo?UserLogin=a&Password=***&%50assword=***&op=1"


def test_with_the_storage_away_the_log_line_stands_in(messages, seal):
    failures = []
    messages.away = True
    recorder = Recorder(messages, seal, failed=lambda: failures.append(1))
    with structlog.testing.capture_logs() as lines:
        trace = recorder.open(request(b"<secret/>"), "acmp")
        recorder.close(trace, request(), OK, 0.1)
    assert trace.number.startswith("x")
    assert len(trace.number) == 17
    assert [line["number"] for line in lines] == [trace.number] * 2
    assert "secret" not in repr(lines)
    assert failures == [1]


def test_a_failed_close_is_counted_and_not_raised(messages, seal):
    failures = []
    recorder = Recorder(messages, seal, failed=lambda: failures.append(1))
    trace = recorder.open(request(), "acmp")
    messages.away_at_close = True
    recorder.close(trace, request(), OK, 0.1)
    assert failures == [1]


class TestSeal:
    def test_a_missing_key_file_is_made_for_the_owner_alone(self, tmp_path):
        path = tmp_path / "seal.key"
        first = Seal.from_file(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert Seal.from_file(path).open(first.seal(b"x")) == b"x"
        assert [file.name for file in tmp_path.iterdir()] == ["seal.key"]

    def test_processes_that_start_together_agree_on_one_key(self, tmp_path):
        path = tmp_path / "seal.key"
        seals = []
        threads = [
            threading.Thread(target=lambda: seals.append(Seal.from_file(path))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sealed = seals[0].seal(b"x")
        assert [each.open(sealed) for each in seals] == [b"x"] * 8

    @pytest.mark.parametrize("content", ["", "x", "00" * 31, "00" * 33])
    def test_a_file_without_key_stops_the_start(self, tmp_path, content):
        path = tmp_path / "seal.key"
        path.write_text(content)
        with pytest.raises(CannotStart, match="holds no seal key"):
            Seal.from_file(path)

    def test_a_key_file_that_cannot_be_made_stops_the_start(self, tmp_path):
        (tmp_path / "file").write_text("no folder")
        with pytest.raises(CannotStart, match="File exists"):
            Seal.from_file(tmp_path / "file" / "seal.key")

    def test_sealing_twice_gives_different_bytes(self, seal):
        assert seal.seal(b"x") != seal.seal(b"x")

    @pytest.mark.parametrize("place", [0, 1, 5, 16, 20, -1])
    def test_a_changed_byte_is_found(self, seal, place):
        sealed = bytearray(seal.seal(b"content"))
        sealed[place] ^= 1
        with pytest.raises(ValueError, match=r"damaged|another key"):
            seal.open(bytes(sealed))

    def test_content_opens_only_in_its_own_place(self, seal):
        with pytest.raises(ValueError, match="another place"):
            seal.open(seal.seal(b"x", b"row 1"), b"row 2")

    def test_another_key_says_so(self, seal):
        with pytest.raises(ValueError, match="another key"):
            Seal(bytes(32)).open(seal.seal(b"x"))


class TestRedaction:
    def test_secret_headers_are_masked_whatever_their_case(self):
        headers = {"authorization": "Basic x", "X-SICS-Session": "s", "Cookie": "c", "host": "h"}
        masked = {"authorization": "***", "X-SICS-Session": "***", "Cookie": "***", "host": "h"}
        assert redacted_headers(headers) == masked

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", ""),
            ("wsdl", "wsdl"),
            ("SessionID=1&b=2", "SessionID=***&b=2"),
            ("accesstoken=a=b", "accesstoken=***"),
            ("Password", "Password"),
            ("a=%ff&p_strHashCheck=x", "a=%ff&p_strHashCheck=***"),
        ],
    )
    def test_secret_pairs_are_masked(self, query, shown):
        assert redacted_query(query) == shown

    def test_secret_members_are_masked_at_any_depth(self):
        value = {"Password": "x", "a": [{"token": {"b": 1}, "n": 1}], "Nonce": "", "s": "Password"}
        shown = {"Password": "***", "a": [{"token": "***", "n": 1}], "Nonce": "", "s": "Password"}
        assert redacted_json(value) == shown

    def test_base64_members_become_size_and_digest(self):
        digest = hashlib.sha256(b"hello").hexdigest()
        shown = redacted_json({"Content": "aGVsbG8=", "c": "aGVsbG8="}, frozenset({"content"}))
        assert shown == {"Content": f"[5 bytes, SHA-256 {digest}]", "c": "aGVsbG8="}
        assert described_base64("a") == "[not base64, 1 characters]"
