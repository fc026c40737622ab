"""The REST face of the Znuny dialect: routes, JSON in and out, errors and their status."""

import json

import pytest

from gateway.dialects.znuny import queries, results, routes, shapes
from gateway.dialects.znuny.routes import CONNECTOR
from gateway.http.json_body import JsonCaps, read_object_or_nothing
from tests.kit.znuny import AGENT, JANE, REST, WEBSERVICE, running_znuny

LARGE = 32 * 1024 * 1024


# --- routes ----------------------------------------------------------------------------------

OLDER = {
    ("POST", "/Session"): "SessionCreate",
    ("GET", "/Session/abc"): "SessionGet",
    ("POST", "/Ticket"): "TicketCreate",
    ("PATCH", "/Ticket/8"): "TicketUpdate",
    ("GET", "/Ticket/8"): "TicketGet",
    ("GET", "/TicketList"): "TicketGetList",
    ("GET", "/Ticket"): "TicketSearch",
    ("GET", "/TicketHistory/8"): "TicketHistoryGet",
    ("POST", "/ExternalReference"): "ExternalReference",
}
NEWER = {
    ("DELETE", "/Session/abc"): "SessionRemove",
    ("PUT", "/Ticket/8"): "TicketUpdate",
    ("POST", "/TicketList"): "TicketGetList",
    ("POST", "/Ticket/Search"): "TicketSearch",
    ("GET", "/Ticket/History/8"): "TicketHistoryGet",
}


@pytest.mark.parametrize(("asked", "operation"), list((OLDER | NEWER).items()))
def test_znuny_a81_both_sets_of_routes(asked, operation):
    method, path = asked
    for written in (path, path.lower(), path.upper(), f"{path}/"):
        found = routes.find(CONNECTOR, written)
        assert found.operations[method] == operation
        names = {"abc": "SessionID", "8": "TicketID"}
        last = path.rpartition("/")[2]
        given = {names[last]: last} if last in names else {}
        assert {name: value.lower() for name, value in found.parameters.items()} == given


@pytest.mark.parametrize("prefix", ["/otrs", "/znuny"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/GenericTicketConnectorREST/Session"), ("POST", "/Ticket/search"),
     ("POST", "/TimeAccountingREST/TimeAccountingGet"), ("POST", "/OutOfOffice/OutOfOffice")],
)  # fmt: skip
def test_znuny_a81_every_service_is_there_under_both_prefixes(znuny, prefix, method, path):
    address = f"{prefix}/nph-genericinterface.pl/Webservice{path}"
    assert znuny.rest(method, address, {}).status != 404
    assert znuny.rest(method, f"{address}x", {}).status == 404


def test_znuny_a81_several_ids_stand_in_one_path():
    assert routes.find(CONNECTOR, "/Ticket/8,9,8").parameters == {"TicketID": ["8", "9", "8"]}
    for path in ("/Ticket/8,", "/Ticket/-1", "/Ticket/1.0", "/Ticket/abc", "/Ticket/8/9"):
        assert routes.find(CONNECTOR, path) is None


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/Nothing", 404, "RouteNotFound", None),
        ("GET", "", 404, "RouteNotFound", None),
        ("POST", "/Ticket/-1", 404, "RouteNotFound", None),
        ("GET", "/Session", 405, "MethodNotAllowed", "POST"),
        ("PUT", "/Session/abc", 405, "MethodNotAllowed", "DELETE, GET"),
        ("DELETE", "/Ticket/8", 405, "MethodNotAllowed", "GET, PATCH, PUT"),
        ("TRACE", "/Ticket", 405, "MethodNotAllowed", "GET, POST"),
        ("OPTIONS", "/TicketList", 405, "MethodNotAllowed", "GET, POST"),
        ("post", "/Ticket", 405, "MethodNotAllowed", "GET, POST"),
    ],
)
def test_znuny_a82_what_is_not_there_and_not_allowed(znuny, method, path, status, code, allow):
    reply = znuny.rest(method, REST + path)
    assert (reply.status, reply.code) == (status, f"Request.{code}")
    assert reply.headers.get("allow") == allow
    assert list(reply.raw) == ["Error"]


def test_znuny_a82_unknown_services_are_not_there(znuny):
    for path in ("Webservice/Nothing", "Webservice/ticket/search", "WebserviceID/1/Ticket"):
        assert znuny.rest("POST", f"/otrs/nph-genericinterface.pl/{path}", {}).status == 404


# --- requests --------------------------------------------------------------------------------


def test_znuny_path_beats_query_and_query_beats_body(znuny):
    one, other = znuny.session(AGENT), znuny.session(JANE)

    def whose(reply):
        facts = {each["Key"]: each["Value"] for each in reply.answer["SessionData"]}
        return facts["UserLogin"]

    assert whose(znuny.rest("GET", f"{REST}/Session/{one}", operation="SessionGet")) == "agent1"
    found = znuny.rest(
        "GET", f"{REST}/Session/{one}", query=f"SessionID={other}", operation="SessionGet"
    )
    assert whose(found) == "agent1"
    reply = znuny.rest("POST", f"{REST}/Session", AGENT, query="UserLogin=nobody")
    assert reply.code == "SessionCreate.AuthFail"
    reply = znuny.rest("POST", f"{REST}/Session", {**AGENT, "UserLogin": "nobody"},
                       query="UserLogin=agent1")  # fmt: skip
    assert reply.code is None


def test_znuny_the_body_of_a_get_is_not_looked_at(znuny):
    session = znuny.session()
    reply = znuny.rest("GET", f"{REST}/Session/{session}", b"{not json")
    assert reply.status == 200
    assert reply.code is None


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("a=1&b=2;c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=1&a=2&a=", {"a": ["1", "2", ""]}),
        ("Title=%25Hi%25+there&x", {"Title": "%Hi% there", "x": ""}),
        ("Title=M%C3%BCller", {"Title": "Müller"}),
        ("Title=Müller".encode().decode("latin-1"), {"Title": "Müller"}),
        ("Title=M\xfcller", {"Title": "M\udcfcller"}),
        ("a=1%262&=3&&;", {"a": "1&2"}),
        (
            "DynamicField_A[Equals]=1&DynamicField_A%5BLike%5D=x*&DynamicField_A[Equals]=2",
            {"DynamicField_A": {"Equals": ["1", "2"], "Like": "x*"}},
        ),
        ("DynamicField_A=1&DynamicField_A[Like]=2", {"DynamicField_A": "1"}),
    ],
)
def test_znuny_queries(query, values):
    assert queries.read(query) == values


def test_znuny_a_query_that_is_no_text_is_refused_by_name(znuny):
    for query in ("UserLogin=%ff", "UserLogin=a%0bb", "UserLogin=%ef%bf%be"):
        reply = znuny.rest("POST", f"{REST}/Session", {"Password": "x"}, query=query)
        assert reply.error == (
            "SessionCreate.InvalidParameter",
            "SessionCreate: UserLogin contains a character that cannot be stored!",
        )


@pytest.mark.parametrize("name", ["\x0b", "\x00", "\ud800", "\ufffe"])
def test_znuny_texts_that_cannot_be_stored_are_refused_by_name(znuny, name):
    reply = znuny.rest("POST", f"{REST}/Session", {"UserLogin": {"a": [f"x{name}"]}})
    assert reply.error == (
        "SessionCreate.InvalidParameter",
        "SessionCreate: UserLogin->a contains a character that cannot be stored!",
    )


LOGIN = json.dumps(AGENT).encode()
DEEP = b"[" * 100_000
NESTED = b'{"a":' * 64 + b"1" + b"}" * 64  # as deep as may be
MANY = json.dumps({f"k{number}": 1 for number in range(2_001)}).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"  \n", 200),
        (b"{}", 200),
        (LOGIN, 200),
        (b"\xef\xbb\xbf" + LOGIN, 200),
        (NESTED, 200),
        (b'{"a":' + NESTED + b"}", 400),
        (b'{"a":' + DEEP + b"}", 400),
        (DEEP, 400),
        (b'{"a":' * 200_000, 400),
        (b"[]", 400),
        (b"null", 400),
        (b"1", 400),
        (b'"text"', 400),
        (b'{"a":1,"a":2}', 400),
        (b'{"b":{"a":1,"\\u0061":2}}', 400),
        (b'{"a":NaN}', 400),
        (b'{"a":-Infinity}', 400),
        (b'{"a":' + b"9" * 40 + b"}", 200),
        (b'{"a":' + b"9" * 41 + b"}", 400),
        (b'{"a":' + b"9" * 500_000 + b"}", 400),
        (b'{"a":1e' + b"9" * 50 + b"}", 400),
        (b'{"a":1,}', 400),
        (b"{'a':1}", 400),
        (b'{"a":1} x', 400),
        (b'{"a":"\xff"}', 400),
        (b'{"a":"\xed\xa0\x80"}', 400),
        (b'{"a":"\n"}', 400),
        (LOGIN.decode().encode("utf-16"), 400),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", 400),
        (MANY, 400),
        (b'{"a":[' + b"1," * 20_000 + b"1]}", 400),
        (b'{"a":[' + b"1," * 1_000_000 + b"1]}", 400),
        (b'{"a":"' + b"x" * (4 * 1024 * 1024 + 1) + b'"}', 400),
        (b'{"Content":"' + b"x" * (4 * 1024 * 1024 + 1) + b'"}', 200),
        (b'{"a":"' + b"," * 1_000_000 + b'"}', 200),  # commas of a text are no members
    ],
    ids=range(36),
)
def test_znuny_json_that_is_hostile_is_refused(znuny, body, status):
    reply = znuny.rest("POST", f"{REST}/Session", body)
    assert reply.status == status, reply.text
    if status == 400:
        assert reply.code == "Request.InvalidJSON"


def test_znuny_json_values_become_text():
    body = (
        b'{"a":1.50,"b":-0,"c":1e3,"d":true,"e":[1,false,null],"f":null,"g":12345678901234567890}'
    )
    found = read_object_or_nothing(body, JsonCaps())
    assert found == {"a": "1.50", "b": "-0", "c": "1e3", "d": True, "e": ["1", False, None],
                     "f": None, "g": "12345678901234567890"}  # fmt: skip


@pytest.mark.parametrize(
    ("media", "status"),
    [("application/json", 200), ("application/json; charset=UTF-8", 200), (None, 200),
     ("Application/JSON", 200), ("text/xml", 415), ("application/x-www-form-urlencoded", 415),
     ("application/json; charset=utf-7", 415), ("multipart/form-data", 415)],
)  # fmt: skip
def test_znuny_media_types_of_rest(znuny, media, status):
    reply = znuny.rest("POST", f"{REST}/Session", LOGIN, {"Content-Type": media})
    assert reply.status == status
    if status == 415:
        assert reply.code == "Request.UnsupportedMediaType"


def test_znuny_any_media_type_if_the_operator_says_so(databases):
    with running_znuny(databases, lenient_content_type=True) as znuny:
        for media in ("text/plain", "application/x-www-form-urlencoded", None):
            headers = {"Content-Type": media}
            assert znuny.rest("POST", f"{REST}/Session", LOGIN, headers).code is None
            assert znuny.soap_call("SessionCreate", AGENT, headers).code is None
        headers = {"Content-Type": "multipart/form-data"}
        assert znuny.rest("POST", f"{REST}/Session", LOGIN, headers).status == 415


def test_znuny_a_body_that_is_too_large_is_refused(znuny):
    for path, size in ((f"{REST}/Session", LARGE), (f"{WEBSERVICE}/Ticket/search", LARGE // 4)):
        headers = {"Content-Length": str(size + 1)}
        reply = znuny.rest("POST", path, b"{}", headers)
        assert (reply.status, reply.code) == (413, "Request.TooLarge")


# --- answers ---------------------------------------------------------------------------------


def test_znuny_answers_are_sorted_and_bare(znuny):
    session = znuny.session(JANE)
    reply = znuny.rest("GET", f"{REST}/Session/{session}")
    assert reply.headers["content-type"] == "application/json; charset=UTF-8"
    compact = json.dumps(reply.raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert reply.text == compact
    title = next(each for each in reply.raw["SessionData"] if each["Key"] == "UserTitle")
    assert title["Value"] is None


@pytest.mark.parametrize(
    ("operation", "answer", "expected"),
    [
        ("TicketCreate", {"ArticleID": [11], "TicketID": 8, "TicketNumber": "1"},
         {"ArticleID": 11, "TicketID": "8", "TicketNumber": "1"}),
        ("TicketCreate", {"ArticleID": [11, 12], "TicketID": 8},
         {"ArticleID": [11, 12], "TicketID": "8"}),
        ("TicketUpdate", {"ArticleID": [], "TicketID": 8}, {"TicketID": "8"}),
        ("TicketSearch", {}, {}),
        ("TicketSearch", {"TicketID": []}, {}),
        ("TicketSearch", {"TicketID": [9]}, {"TicketID": ["9"]}),
        ("TicketGet", {"Ticket": []}, {}),
        ("OutOfOffice", {"Success": 1, "Row": [
            {"Line": 2, "Message": "/ü", "Status": "warning", "User": None}]},
         {"Row": [{"Line": 2, "Message": "/ü", "Status": "warning", "User": ""}], "Success": 1}),
        ("TimeAccountingGet", {"TimeAccountingResult": [
            {"Created": "2021-08-05 08:00:00", "Queue": "Raw", "TicketCustomerID": None,
             "TicketNumber": "20", "TicketTitle": "Hi", "TimeUnit": "120.00"}]},
         {"TimeAccountingResult": [
            {"Created": "2021-08-05 08:00:00", "Queue": "Raw", "TicketCustomerID": "",
             "TicketNumber": "20", "TicketTitle": "Hi", "TimeUnit": "120.00"}]}),
    ],
)  # fmt: skip
def test_znuny_answers_have_numbers_and_lists_where_the_original_has(operation, answer, expected):
    assert results.for_json(operation, answer) == expected


def test_znuny_a_ticket_in_json_has_numbers_nulls_and_empties():
    values = {
        "n": 5, "id": 8, "id0": 0, "f": 1, "d": "1.50", "t": "2026-11-22 10:00:00", "ie": "",
        "archive": "n", "b": b"hello\n",
    }  # fmt: skip

    def made(type_name):
        fields = shapes.TYPES[type_name]
        return {each.name: values.get(each.type, "x") for each in fields if not each.optional}

    field = {"Name": "A", "Value": None}
    several = {"Name": "B", "Value": ["1"]}
    one = {"Name": "C", "Value": "1"}
    ticket = {**made("OTRS_TicketGetResponse_Ticket"), "CustomerID": None, "TimeUnit": 0,
              "ServiceID": 3, "DynamicField": [field, several, one],
              "Article": [{**made("OTRS_TicketGetResponse_Article"), "Bcc": None}]}  # fmt: skip
    (found,) = results.for_json("TicketGet", {"Ticket": [ticket]})["Ticket"]
    assert found["CustomerID"] == ""
    assert (found["SLAID"], found["ServiceID"]) == ("", 3)
    assert (found["TicketID"], found["TimeUnit"], found["ArchiveFlag"]) == (8, 0, "n")
    assert found["DynamicField"] == [field, several, one]
    (article,) = found["Article"]
    assert (article["Bcc"], article["SenderTypeID"], article["TimeUnit"]) == ("", "8", 1.5)
    soap = results.for_soap("TicketGet", {"Ticket": [ticket]})
    (in_soap,) = dict(zip([f.name for f in shapes.ANSWERS["TicketGet"]], soap, strict=True))[
        "Ticket"
    ]
    assert [each["Value"] for each in in_soap["DynamicField"]] == [[""], ["1"], ["1"]]


# --- errors ----------------------------------------------------------------------------------


def test_znuny_a83_business_errors_are_200_unless_the_operator_wants_a_status(znuny, databases):
    wrong = {**AGENT, "Password": "wrong"}
    cases = (
        ("POST", "/Session", wrong, 401),
        ("GET", "/Session/abc", None, 401),
        ("POST", "/Session", {"UserLogin": "x"}, 400),
    )
    bodies = []
    for method, path, body, _ in cases:
        reply = znuny.rest(method, REST + path, body)
        assert reply.status == 200
        bodies.append(reply.text)
    settings = {"rest_error_status": "http", "external_reference.mode": "update_only"}
    with running_znuny(databases, **settings) as other:
        unseen = other.call("rest", "TicketGet", {**AGENT, "TicketID": "4711"})
        assert (unseen.status, unseen.code) == (403, "TicketGet.AccessDenied")
        unknown = {**AGENT, "ExternalReference": "X", "Ticket": {"Title": "x"}}
        nowhere = other.call("rest", "ExternalReference", unknown)
        assert (nowhere.status, nowhere.code) == (404, "ExternalReference.NotFound")
        field = {"Name": "ExternalReference", "Value": "twice"}
        article = {"Subject": "x", "Body": "x", "ContentType": "text/plain; charset=utf8"}
        new = {"Title": "x", "Queue": "Raw", "State": "new", "Priority": "3 normal",
               "CustomerUser": "jane"}  # fmt: skip
        made = {**AGENT, "Ticket": new, "Article": article, "DynamicField": field}
        assert other.call("rest", "TicketCreate", made).status == 200
        assert other.call("rest", "TicketCreate", made).status == 400  # the value is taken
        assert other.call("soap11", "TicketCreate", made).status == 200
        for (method, path, body, status), text in zip(cases, bodies, strict=True):
            reply = other.rest(method, REST + path, body)
            assert (reply.status, reply.text) == (status, text)
            challenge = 'X-OTRS-Header realm="GenericInterface"' if status == 401 else None
            assert reply.headers.get("www-authenticate") == challenge


def test_znuny_rest_exchanges_are_recorded(znuny):
    znuny.rest("POST", f"{REST}/Session", {**AGENT, "Extra": [1, None]}, query="a=1")
    path, request, answer, code, stage, operation, _ = znuny.last_message()
    assert path == f"{REST}/Session?a=1"
    assert json.loads(request) == {"Extra": ["1", None], "Password": "***", "UserLogin": "agent1"}
    assert json.loads(answer) == {"SessionID": "***"}
    assert (code, stage, operation) == ("", 7, "SessionCreate")
    znuny.rest("POST", f"{REST}/Session", b'{"Password": "half')
    _, request, _, code, stage, _, _ = znuny.last_message()
    assert (request, code, stage) == (None, "GW-112", 1)
