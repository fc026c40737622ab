"""Corpus D: what HTTP itself can be made to say, against a real server on loopback."""

import re
import signal
import threading
import time

import pytest

from tests.kit.served import served
from tests.kit.sockets import Closed, Wire, exchange

LINE = re.compile(rb"(GW-1\d\d) [^\r\n]+ ([0-9a-f-]{36})\n")
GOOD = b"<good/>"


@pytest.fixture(scope="module")
def server():
    with served() as running:
        yield running


@pytest.fixture(autouse=True)
def unharmed(server):
    """After every attack the next good request is served and nothing is left in work."""
    yield
    assert exchange(server.address, post(GOOD)).body == GOOD
    assert server.state()["in_use"] == 0
    assert server.state()["held"] == 0


def post(body=b"", *headers, path="/soap/echo", length=True, kind=b"text/xml", host=b"test"):
    lines = [b"POST %s HTTP/1.1" % path.encode("latin-1"), b"Host: " + host]
    lines += [b"Content-Type: " + kind] if kind else []
    lines += [b"Content-Length: %d" % len(body)] if length else []
    return b"\r\n".join([*lines, *headers, b"", b""]) + body


def chunked(*pieces, coding=b"chunked"):
    head = post(b"", b"Transfer-Encoding: " + coding, length=False)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return head + chunks + b"0\r\n\r\n"


def turned_away(reply, status, code):
    """Tell that the door refused in its own form."""
    assert reply.status == status, reply
    assert reply.headers["content-type"].startswith("text/plain")
    found = LINE.fullmatch(reply.body)
    assert found is not None, reply.body
    assert found[1] == code
    assert found[2].decode() == reply.headers["x-request-id"]
    return True


def thrown_out(address, data, *statuses):
    """Tell that the server itself refused: an empty answer, and the connection closed."""
    reply = exchange(address, data)
    assert reply.status in statuses, reply
    assert (reply.body, reply.closed) == (b"", True)
    return True


# -- D1, D2: methods and media types --------------------------------------------------------------


@pytest.mark.parametrize("method", [b"PUT", b"PATCH", b"DELETE", b"TRACE", b"OPTIONS", b"post"])
def test_d1_other_methods_are_405(server, method):
    reply = exchange(server.address, post(GOOD).replace(b"POST", method, 1))
    assert turned_away(reply, 405, b"GW-101")
    assert reply.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "kind",
    [b"", b"application/json", b"text/plain", b"multipart/related; boundary=x"],
)
def test_d2_other_media_types_are_415(server, kind):
    assert turned_away(exchange(server.address, post(GOOD, kind=kind)), 415, b"GW-102")


# -- D3 to D8: length and framing -----------------------------------------------------------------


def test_d3_no_length_is_411(server):
    assert turned_away(exchange(server.address, post(length=False)), 411, b"GW-103")


def test_d3_no_length_in_http_1_0_is_411(server):
    data = post(length=False).replace(b"HTTP/1.1", b"HTTP/1.0")
    assert turned_away(exchange(server.address, data), 411, b"GW-103")


@pytest.mark.parametrize("length", [b"", b"x", b"-3", b"+3", b"3, 3", b"3.0", b"0x3", b"9" * 30])
def test_d4_a_bad_length_is_400(server, length):
    data = post(b"", b"Content-Length: " + length, length=False) + b"abc"
    assert thrown_out(server.address, data, 400)


def test_d4_two_different_lengths_are_400(server):
    data = post(b"", b"Content-Length: 3", b"Content-Length: 4", length=False) + b"abcd"
    assert thrown_out(server.address, data, 400)


def test_d5_of_length_and_chunks_the_chunks_win_and_the_connection_ends(server):
    smuggled = b"GET /page HTTP/1.1\r\nHost: test\r\n\r\n"
    data = chunked(GOOD).replace(b"\r\nTransfer", b"\r\nContent-Length: 4\r\nTransfer", 1)
    reply = exchange(server.address, data + smuggled)
    assert (reply.status, reply.body, reply.closed) == (200, GOOD, True)


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"deflate,chunked", b"chunked, chunked"])
def test_d6_other_transfer_codings_are_400(server, coding):
    assert turned_away(exchange(server.address, chunked(GOOD, coding=coding)), 400, b"GW-107")


@pytest.mark.parametrize("coding", [b"xchunked", b"chunked, gzip", b"identity"])
def test_d6_codings_that_do_not_end_in_chunks_are_400(server, coding):
    reply = exchange(server.address, chunked(GOOD, coding=coding))
    assert reply.status == 400
    assert reply.closed


def test_d7_a_length_too_long_half_closed_is_400_and_the_row_says_so(server):
    data = post(b"", b"Content-Length: 100", length=False) + b"abc"
    reply = exchange(server.address, data, half=True)
    assert turned_away(reply, 400, b"GW-107")
    row = server.row(reply.headers["x-request-id"])
    assert (row["outcome"], row["stage"], row["size"]) == ("GONE", "RECEIVED", 0)


def test_d7_a_length_too_long_left_open_is_408(server):
    data = post(b"", b"Content-Length: 100", length=False) + b"abc"
    reply = exchange(server.address, data)
    assert turned_away(reply, 408, b"GW-106")
    assert reply.closed


def test_d7_of_a_length_too_short_the_rest_is_400(server):
    with Wire(server.address) as wire:
        wire.send(post(b"", b"Content-Length: 3", length=False) + b"<x></x>\r\n\r\n")
        assert wire.reply().body == b"<x>"
        assert wire.reply().status == 400


@pytest.mark.parametrize(
    "chunk", [b"zz\r\nabc\r\n", b"-3\r\nabc\r\n", b"3\r\nabcdef\r\n", b"3 3\r\nabc"]
)
def test_d8_a_bad_chunk_is_400(server, chunk):
    data = post(b"", b"Transfer-Encoding: chunked", length=False) + chunk + b"\r\n0\r\n\r\n"
    reply = exchange(server.address, data)
    assert turned_away(reply, 400, b"GW-107")
    assert reply.closed


def test_d8_a_chunk_size_without_end_is_400(server):
    data = post(b"", b"Transfer-Encoding: chunked", length=False) + b"F" * 40 + b"\r\nabc"
    assert turned_away(exchange(server.address, data), 400, b"GW-107")


# -- D9 to D12: header and target -----------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [[b"X: " + b"a" * 65536], [b"X-%d: 1" % n for n in range(101)], [b"X: 1"] * 10_000],
    ids=["64 KiB", "101", "10000"],
)
def test_d9_too_much_header_is_431(server, headers):
    assert thrown_out(server.address, post(GOOD, *headers), 431)


@pytest.mark.parametrize("header", [b"X: a\0b", b"X: a\rb", b"X: a\r\n b", b"X y: 1", b": 1", b"X"])
def test_d9_a_malformed_header_is_400(server, header):
    assert thrown_out(server.address, post(GOOD, header), 400)


def test_d10_an_absolute_target_is_its_path_and_its_host_is_ignored(server):
    data = post(GOOD).replace(b"POST /", b"POST http://evil.example/", 1)
    assert exchange(server.address, data).body == GOOD


@pytest.mark.parametrize(
    "path",
    ["//soap/echo", "/soap//echo", "/soap/..%2fecho", "/soap/../soap/echo", "/soap/echo%00",
     "/soap/%ff", "/%2e%2e/etc/passwd", "/soap/echo;x", "/soap/%25%32%66", "*"],
)  # fmt: skip
def test_d10_odd_paths_are_404(server, path):
    assert turned_away(exchange(server.address, post(GOOD, path=path)), 404, b"GW-105")


def test_d10_raw_bytes_in_the_path_are_400(server):
    assert thrown_out(server.address, post(GOOD, path="/soap/\xff"), 400)


def test_d11_a_long_query_is_414(server):
    reply = exchange(server.address, post(GOOD, path="/soap/echo?" + "q" * 8192))
    assert turned_away(reply, 414, b"GW-105")


@pytest.mark.parametrize(
    "hosts", [[], [b"Host: evil"], [b"Host: a", b"Host: b"], [b"Host: "], [b"Host: a\x80b"]]
)
def test_d12_the_host_changes_nothing(server, hosts):
    data = b"\r\n".join([b"GET /soap/echo?wsdl HTTP/1.1", *hosts, b"", b""])
    assert exchange(server.address, data).body == b"GET /soap/echo?wsdl"


# -- D13 to D17: peers, expectations, reuse, hanging up, other protocols --------------------------


def test_d13_a_forged_forwarding_header_does_not_change_the_peer(server):
    data = post(GOOD, b"X-Forwarded-For: 203.0.113.9", b"Forwarded: for=203.0.113.9")
    reply = exchange(server.address, data)
    assert server.row(reply.headers["x-request-id"])["peer"] == "127.0.0.1"


def test_d14_who_waits_for_a_word_gets_it(server):
    head = post(b"", b"Expect: 100-continue", b"Content-Length: 7", length=False)
    reply = exchange(server.address, head, GOOD)
    assert (reply.interim, reply.body) == ([100], GOOD)


def test_d14_who_waits_for_a_word_and_would_be_refused_gets_the_refusal_in_its_place(server):
    head = post(b"", b"Expect: 100-continue", b"Content-Length: 99999999", length=False)
    reply = exchange(server.address, head)
    assert turned_away(reply, 413, b"GW-104")
    assert (reply.interim, reply.closed) == ([], True)


def test_d14_another_expectation_is_417(server):
    assert turned_away(exchange(server.address, post(GOOD, b"Expect: coffee")), 417, b"GW-107")


def test_d15_pipelined_requests_are_answered_in_order(server):
    bodies = [b"<n>%d</n>" % number for number in range(50)]
    with Wire(server.address) as wire:
        wire.send(b"".join(map(post, bodies)))
        assert [wire.reply().body for _ in bodies] == bodies


def test_d15_a_thousand_uses_of_a_connection_every_tenth_bad(server):
    with Wire(server.address) as wire:
        for number in range(1000):
            body = b"<n>%d</n>" % number
            kind = b"text/plain" if number % 10 == 9 else b"text/xml"
            wire.send(post(body, kind=kind))
            reply = wire.reply()
            if number % 10 == 9:
                assert turned_away(reply, 415, b"GW-102")
            else:
                assert reply.body == body


def test_d16_who_hangs_up_in_mid_body_leaves_a_row(server):
    before = server.state()["finished"]
    with Wire(server.address) as wire:
        wire.send(post(b"", b"Content-Length: 100", length=False) + b"abc")
    until(lambda: server.state()["finished"] == before + 1)


def test_d16_who_hangs_up_after_the_body_does_not_stop_the_work(server):
    before = server.state()["finished"]
    with Wire(server.address) as wire:
        wire.send(post(GOOD, path="/soap/slow"))
        until(lambda: server.state()["in_use"] == 1)
    until(lambda: server.state()["finished"] == before + 1)


def test_d17_http_2_is_hung_up_on(server):
    with Wire(server.address) as wire:
        wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        with pytest.raises(Closed):
            wire.reply()


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_d17_an_upgrade_is_answered_as_plain_http(server, protocol):
    headers = [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + protocol,
               b"HTTP2-Settings: AAMAAABkAAQAAP__", b"Sec-WebSocket-Version: 13",
               b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]  # fmt: skip
    assert exchange(server.address, post(GOOD, *headers)).body == GOOD


# -- B6, B7, B12: sizes and slowness, as far as the door answers for them -------------------------


def test_b6_ten_gigabytes_announced_are_413(server):
    data = post(b"", b"Content-Length: 10000000000", length=False) + b"a" * 100_000
    assert turned_away(exchange(server.address, data), 413, b"GW-104")


def test_b6_the_limit_is_taken_and_one_more_is_not(server):
    limit = 8 * 1024 * 1024
    assert len(exchange(server.address, post(b"a" * limit)).body) == limit
    assert turned_away(exchange(server.address, post(b"a" * (limit + 1))), 413, b"GW-104")
    pieces = [b"a" * 65536] * 128
    assert len(exchange(server.address, chunked(*pieces)).body) == limit
    assert turned_away(exchange(server.address, chunked(*pieces, b"a")), 413, b"GW-104")


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"snappy"])
def test_b7_content_codings_are_415(server, coding):
    reply = exchange(server.address, post(GOOD, b"Content-Encoding: " + coding))
    assert turned_away(reply, 415, b"GW-102")


def test_b12_a_body_byte_by_byte_is_cut_at_the_end_of_its_time(server):
    begin = time.monotonic()
    with Wire(server.address) as wire:
        wire.send(post(b"", b"Content-Length: 100", length=False), *[b"a"] * 30, pause_s=0.1)
        assert turned_away(wire.reply(), 408, b"GW-106")
    assert time.monotonic() - begin > 1.4


def test_b12_a_header_without_end_is_hung_up_on(server):
    with Wire(server.address) as wire:
        wire.send(b"POST /soap/echo HTTP/1.1\r\nX: 1\r\n")
        assert wire.is_closed(5)


def test_b12_idle_and_slow_connections_do_not_hinder_others(server):
    idle = [Wire(server.address) for _ in range(150)]
    slow = [Wire(server.address) for _ in range(150)]
    try:
        for wire in slow:
            wire.send(post(b"", b"Content-Length: 100", length=False) + b"a")
        for _ in range(20):
            assert exchange(server.address, post(GOOD)).body == GOOD
    finally:
        for wire in (*idle, *slow):
            wire._socket.close()


def test_fast_good_and_bad_requests_never_get_each_others_answers(server):
    wrong = []

    def play(worker):
        with Wire(server.address) as wire:
            for number in range(100):
                body = b"<m>%d-%d</m>" % (worker, number)
                bad = number % 3 == 2
                wire.send(post(body, *([b"Content-Encoding: x"] if bad else [])))
                reply = wire.reply()
                if (reply.status, reply.body == body) != ((415, False) if bad else (200, True)):
                    wrong.append(reply)

    threads = [threading.Thread(target=play, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_sigterm_lets_what_is_in_work_be_answered():
    with served() as running, Wire(running.address) as wire:
        wire.send(post(GOOD, path="/soap/slow"))
        until(lambda: running.state()["in_use"] == 1)
        running.process.send_signal(signal.SIGTERM)
        assert wire.reply().body == GOOD
        assert running.process.wait(10) == 0


def until(true, wait_s=5.0):
    end = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)  # noqa: TID251 - another process works
