"""What the door refuses before an endpoint sees it, and in which words."""

import re

import pytest

from gateway.http.exchange import Outcome, Stage
from gateway.http.limits import Limits
from gateway.http.peer import Proxies
from gateway.http.routes import NOWHERE, Route, Routes
from tests.kit.asgi import GONE, Pause, talk, xml_headers
from tests.kit.endpoints import House

LINE = re.compile(rb"GW-1\d\d [^\r\n]+ [0-9a-f]{8}-[0-9a-f-]{27}\n")


@pytest.fixture
def house():
    return House()


def refused(reply, status, code):
    assert reply.status == status
    assert reply.headers["content-type"].startswith("text/plain")
    assert LINE.fullmatch(reply.body), reply.body
    assert reply.body.startswith(code.encode())
    assert reply.body.decode().split()[-1] == reply.headers["x-request-id"]
    return True


def test_a_good_request_reaches_its_endpoint_and_comes_back(house):
    reply = talk(house.door)
    assert (reply.status, reply.body) == (200, b"<x/>")
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f-]{36}", reply.headers["x-request-id"])


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "post", "CONNECT"]
)
def test_other_methods_are_answered_405_with_allow(house, method):
    reply = talk(house.door, method=method)
    assert refused(reply, 405, "GW-101")
    assert reply.headers["allow"] == "GET, HEAD, POST"


def test_a_path_without_page_takes_only_posts(house):
    reply = talk(house.door, method="GET", path="/soap/large", pieces=[])
    assert refused(reply, 405, "GW-101")
    assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "text/plain", "text/xml-", "application/x-www-form-urlencoded",
     "text/xml, text/xml", "text", "*/*"],
)  # fmt: skip
def test_other_media_types_are_answered_415(house, content_type):
    headers = {**xml_headers(b"<x/>"), "content-type": content_type}
    assert refused(talk(house.door, headers=headers), 415, "GW-102")


def test_a_missing_media_type_is_answered_415(house):
    assert refused(talk(house.door, headers={"content-length": "4"}), 415, "GW-102")


@pytest.mark.parametrize("kind", ["related", "form-data", "mixed"])
def test_multipart_is_told_to_switch_mtom_off(house, kind):
    content_type = f'multipart/{kind}; boundary="b"; type="application/xop+xml"'
    reply = talk(house.door, headers={**xml_headers(b"<x/>"), "content-type": content_type})
    assert refused(reply, 415, "GW-102")
    assert b"MTOM" in reply.body


@pytest.mark.parametrize(
    "content_type",
    ["text/xml", "TEXT/XML", "text/xml;charset=UTF-8", 'text/xml; charset="utf-8"',
     "text/xml; charset=iso-8859-15", "text/xml ; charset=windows-1252", "text/xml;charset=utf-16",
     'application/soap+xml; charset=utf-8; action="urn:a;charset=klingon"',
     'application/soap+xml;action="urn:x"', "application/soap+xml; action=urn:x; charset=us-ascii"],
)  # fmt: skip
def test_media_types_and_charsets_that_occur_are_taken(house, content_type):
    headers = {**xml_headers(b"<x/>"), "content-type": content_type}
    assert talk(house.door, headers=headers).status == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/xml; charset=utf-7", "text/xml; charset=utf-32", "text/xml; charset=klingon",
     "text/xml; charset=utf-8; charset=iso-8859-1", "text/xml; charset=", 'text/xml; charset="',
     'text/xml; charset="utf-8\0"', "text/xml; charset=utf-8,utf-8"],
)  # fmt: skip
def test_other_charsets_are_answered_415(house, content_type):
    headers = {**xml_headers(b"<x/>"), "content-type": content_type}
    assert refused(talk(house.door, headers=headers), 415, "GW-111")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-what", "identity, gzip"])
def test_content_codings_are_answered_415(house, coding):
    headers = xml_headers(b"<x/>", content_encoding=coding)
    assert refused(talk(house.door, headers=headers), 415, "GW-102")


def test_identity_is_no_coding(house):
    headers = xml_headers(b"<x/>", content_encoding="identity")
    assert talk(house.door, headers=headers).status == 200


def test_a_post_without_length_is_answered_411(house):
    headers = {"content-type": "text/xml"}
    assert refused(talk(house.door, headers=headers, pieces=[]), 411, "GW-103")


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, chunked", "identity", "x"])
def test_transfer_codings_other_than_chunked_are_answered_400(house, coding):
    headers = {"content-type": "text/xml", "transfer-encoding": coding}
    assert refused(talk(house.door, headers=headers), 400, "GW-107")


def test_two_transfer_encoding_headers_are_answered_400(house):
    headers = [("content-type", "text/xml"), ("transfer-encoding", "chunked")] * 2
    assert refused(talk(house.door, headers=headers[:1] + headers[1::2]), 400, "GW-107")


def test_chunks_need_no_length(house):
    headers = {"content-type": "text/xml", "transfer-encoding": "Chunked"}
    reply = talk(house.door, headers=headers, pieces=[b"<x>", b"</x>"])
    assert reply.body == b"<x></x>"


def test_other_expectations_are_answered_417(house):
    headers = xml_headers(b"<x/>", expect="a-miracle")
    assert refused(talk(house.door, headers=headers), 417, "GW-107")


@pytest.mark.parametrize(
    "path",
    ["/soap//echo", "//soap/echo", "/soap/..%2fecho", "/soap/%2e%2e/echo", "/soap/../soap/echo",
     "/soap/echo%00", "/soap/%ffecho", "/soap/echo/", "/SOAP/ECHO", "*", "", "/soap\\echo",
     "/soap/%5cecho", "/soap/./echo", "/soap/echo%0d%0aX: y", "/soap/%252e%252e/echo"],
)  # fmt: skip
def test_odd_paths_lead_nowhere(house, path):
    assert refused(talk(house.door, path=path), 404, "GW-105")


def test_an_encoded_letter_is_the_letter(house):
    assert talk(house.door, path="/soap/%65cho").status == 200


def test_a_route_answers_below_its_path_only_where_that_is_said():
    above, within = Route(path="/pages", below=True), Route(path="/pages/one")
    routes = Routes([above, within, Route(path="/alone")])
    assert routes.find("/pages/one") is within
    assert routes.find("/pages/") is above
    assert routes.find("/pages/two/three") is above
    assert routes.find("/pages/one/more") is above
    assert routes.find("/alone/more") is NOWHERE
    assert routes.find("/pagesandmore") is NOWHERE


def test_only_a_route_of_any_case_ignores_the_case(house):
    assert talk(house.door, path="/workflow/SERVICE.asmx").status == 200


def test_a_long_target_is_answered_414(house):
    assert refused(talk(house.door, query="a" * 8192), 414, "GW-105")


def test_a_hundred_query_parameters_are_taken_and_one_more_is_not(house):
    taken = talk(house.door, query="&".join(["a=1"] * 100))
    assert taken.status == 200
    assert refused(talk(house.door, query="&".join(["a=1"] * 101)), 400, "GW-105")


def test_too_many_headers_are_answered_431(house):
    headers = list(xml_headers(b"<x/>").items()) + [(f"x-{n}", "1") for n in range(99)]
    assert refused(talk(house.door, headers=headers), 431, "GW-107")


def test_an_announced_length_above_the_cap_is_answered_413_and_not_read_to_the_end(house):
    read = []

    def pieces():
        for _ in range(1000):
            read.append(1)
            yield b"a" * 8192

    headers = {"content-type": "text/xml", "content-length": str(8192 * 1000 + 300_000)}
    reply = talk(house.door, headers=headers, pieces=list(pieces()))
    assert refused(reply, 413, "GW-104")
    assert reply.headers["connection"] == "close"


def test_an_unannounced_body_above_the_cap_is_answered_413():
    house = House()
    house.endpoint.max_body_bytes = 10
    headers = {"content-type": "text/xml", "transfer-encoding": "chunked"}
    assert refused(talk(house.door, headers=headers, pieces=[b"12345678901"]), 413, "GW-104")
    assert talk(house.door, headers=headers, pieces=[b"1234567890"]).status == 200
    assert house.door._held.bytes == 0


def test_a_body_that_stops_is_answered_408_after_the_gap():
    house = House(Limits(body_gap_s=0.05))
    reply = talk(house.door, headers=xml_headers(b"123456"), pieces=[b"123", Pause(2), b"456"])
    assert refused(reply, 408, "GW-106")
    assert reply.headers["connection"] == "close"
    assert house.door._held.bytes == 0


def test_a_body_that_drips_is_answered_408_at_the_end_of_its_time():
    house = House(Limits(body_s=0.2, body_gap_s=0.1))
    pieces = [piece for _ in range(100) for piece in (b"1", Pause(0.05))]
    assert refused(talk(house.door, headers=xml_headers(b"1" * 100), pieces=pieces), 408, "GW-106")


def test_a_large_endpoint_gives_a_body_more_time():
    house = House(Limits(body_s=0.05, body_gap_s=1))
    pieces = [b"1", Pause(0.2), b"2"]
    assert (
        talk(house.door, path="/soap/large", headers=xml_headers(b"12"), pieces=pieces).body
        == b"12"
    )


def test_a_caller_who_hangs_up_in_mid_body_gets_400_and_a_row_that_says_so(house):
    reply = talk(house.door, headers=xml_headers(b"123456"), pieces=[b"123", GONE])
    assert refused(reply, 400, "GW-107")
    opened, closed = house.messages.row(reply.headers["x-request-id"])
    assert closed.outcome == Outcome.GONE
    assert closed.stage == Stage.RECEIVED
    assert closed.code == "GW-107"
    assert (opened.size, opened.sealed) == (0, None)


def test_a_refusal_leaves_a_row_without_body(house):
    reply = talk(house.door, headers={"content-type": "text/plain", "content-length": "4"})
    opened, closed = house.messages.row(reply.headers["x-request-id"])
    assert (opened.dialect, opened.method, opened.path) == ("echo", "POST", "/soap/echo")
    assert (closed.code, closed.status, closed.outcome) == ("GW-102", 415, Outcome.REFUSED)


def test_refusals_are_answered_while_the_storage_is_away(house):
    house.messages.away = True
    assert refused(talk(house.door, headers={"content-length": "4"}), 415, "GW-102")


def test_nothing_of_an_unknown_address_is_kept(house):
    talk(house.door, path="/nowhere")
    assert not house.messages.opened


def test_a_forged_forwarding_header_changes_nothing(house):
    headers = xml_headers(b"<x/>", x_forwarded_for="10.0.0.1", x_forwarded_proto="https")
    talk(house.door, headers=headers)
    request = house.endpoint.requests[-1]
    assert (request.peer, request.secure) == ("127.0.0.1", False)


@pytest.mark.parametrize(
    ("forwarded", "peer"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.9.9.9, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 192.0.2.7", "203.0.113.9"),
        ("evil", "192.0.2.1"),
        ("", "192.0.2.1"),
    ],
)
def test_a_trusted_proxy_names_the_caller(forwarded, peer):
    house = House(proxies=Proxies(["192.0.2.0/24"]))
    headers = xml_headers(b"<x/>", x_forwarded_for=forwarded, x_forwarded_proto="https")
    assert talk(house.door, headers=headers, client=("192.0.2.1", 1)).status == 200
    request = house.endpoint.requests[-1]
    assert (request.peer, request.secure) == (peer, True)


def test_plain_http_from_outside_is_refused_unless_allowed():
    outside = ("203.0.113.9", 1)
    assert refused(talk(House().door, client=outside), 400, "GW-105")
    assert talk(House().door, client=outside, scheme="https").status == 200
    assert talk(House(allow_plain_http=True).door, client=outside).status == 200
    assert talk(House().door, method="GET", client=outside, pieces=[]).status == 200


@pytest.mark.parametrize("pieces", [[b"123", GONE], [b"123", Pause(2), b"456"]])
def test_a_refusal_waits_only_a_moment_for_the_rest_of_the_body(pieces):
    house = House(Limits(read_on_s=0.05))
    headers = {**xml_headers(b"123456"), "content-type": "text/plain"}
    reply = talk(house.door, headers=headers, pieces=pieces)
    assert refused(reply, 415, "GW-102")
    assert reply.headers["connection"] == "close"


def test_beyond_so_many_rows_the_log_line_stands_in():
    house = House(Limits(refusal_rows=0))
    assert refused(talk(house.door, headers={"content-length": "4"}), 415, "GW-102")
    assert not house.messages.opened


def test_a_dialect_without_name_leaves_no_rows():
    house = House()
    house.endpoint.dialect = ""
    assert talk(house.door).status == 200
    assert refused(talk(house.door, headers={"content-length": "4"}), 415, "GW-102")
    assert not house.messages.opened


def test_a_chain_of_trusted_proxies_alone_names_the_first_of_them():
    house = House(proxies=Proxies(["192.0.2.0/24"]))
    headers = xml_headers(b"<x/>", x_forwarded_for="192.0.2.8, 192.0.2.7")
    reply = talk(
        house.door, headers={**headers, "x-forwarded-proto": "https"}, client=("192.0.2.1", 1)
    )
    assert reply.status == 200
    assert house.endpoint.requests[-1].peer == "192.0.2.8"
