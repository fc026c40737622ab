"""What JSON faces share: documents, conditions, and the problems of the catalog's reads."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from gateway.dialects.ssp7.catalog import query, rest_problems
from gateway.errors import (
    BrokenRule,
    DeadlinePassed,
    GatewayError,
    LanguageUnknown,
    NoCredentials,
    OutcomeUnknown,
    ServiceUnknown,
    StorageAway,
    TooManyRequests,
)
from gateway.http.conditions import strong_tag, takes_json, unchanged
from gateway.http.json_text import json_text
from gateway.http.refusals import BROKEN_BODY, TOO_LARGE, try_later


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("41.500000"), "41.5"),
        (Decimal("123456789012.123456"), "123456789012.123456"),
        (Decimal("1E+3"), "1000"),
        (Decimal(100), "100"),
        (Decimal("-0.000001"), "-0.000001"),
        (datetime(2026, 4, 1, 2, tzinfo=timezone(timedelta(hours=2))), '"2026-04-01T00:00:00Z"'),
        (UUID(int=10), '"00000000-0000-0000-0000-00000000000a"'),
        ("Grüße", '"Grüße"'),
    ],
)
def test_values_are_written_as_they_are(value, text):
    assert json_text({"v": [value]}) == f'{{"v":[{text}]}}'


def test_what_has_no_form_is_a_bug():
    with pytest.raises(TypeError, match="no JSON for object"):
        json_text(object())


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("", True),
        ("*/*", True),
        ("text/html", False),
        ("text/html, application/json;q=0.1", True),
        ("application/json;q=0, */*", False),
        ("application/*; q=0.0", False),
        ("Application/JSON", True),
    ],
)
def test_the_closest_range_says_whether_json_is_taken(accept, taken):
    assert takes_json(accept) is taken


def test_a_tag_knows_its_parts():
    assert strong_tag(b"ab", b"c") != strong_tag(b"a", b"bc")
    tag = strong_tag(b"a")
    assert unchanged(tag, tag)
    assert unchanged(f'W/{tag}, "x"', tag)
    assert unchanged(" * ", tag)
    assert not unchanged("", tag)
    assert not unchanged(tag.strip('"'), tag)


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_s"),
    [
        (TooManyRequests(7), 429, "TRY_LATER", "7"),
        (StorageAway(), 503, "TRY_LATER", "5"),
        (DeadlinePassed(), 503, "TRY_LATER", "5"),
        (OutcomeUnknown(), 500, "INTERNAL", None),
        (GatewayError(), 500, "INTERNAL", None),
        (NoCredentials(), 401, "AUTH_REQUIRED", None),
        (ServiceUnknown(), 404, "SERVICE_NOT_FOUND", None),
        (LanguageUnknown("no language xx", field="language"), 400, "ARGUMENT_INVALID", None),
    ],
)
def test_errors_of_the_catalog_are_problems(error, status, code, retry_s):
    answer = rest_problems.of_error(error, "815")
    said = json.loads(answer.body)
    assert (answer.status, said["status"], said["code"]) == (status, status, code)
    assert said["correlationId"] == "815"
    assert dict(answer.headers).get("Retry-After") == retry_s


def test_refusals_of_the_door_are_problems_where_they_have_a_kind():
    for refusal in (TOO_LARGE, try_later(3)):
        answer = rest_problems.of_door(refusal, "c-1")
        assert (answer.status, answer.headers) == (refusal.status, refusal.headers)
        assert json.loads(answer.body)["code"] == refusal.code
    assert rest_problems.of_door(BROKEN_BODY, "c-1").status == 400


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-03-04T10:15:27Z", datetime(2026, 3, 4, 10, 15, 27, tzinfo=UTC)),
        ("2026-03-04T10:15:27.5%2B01:00", datetime(2026, 3, 4, 9, 15, 27, 500_000, tzinfo=UTC)),
        ("2026-03-04T10:15+01:00", datetime(2026, 3, 4, 9, 15, tzinfo=UTC)),
        ("2026-03-04t10:15z", datetime(2026, 3, 4, 10, 15, tzinfo=UTC)),
    ],
)
def test_a_time_of_a_query_is_read_with_its_zone(sent, read):
    assert query.wanted_services(f"changedSince={sent}").changed_since == read


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00%2B23:59", "2026-02-30T00:00Z", "now"])
def test_a_time_that_there_is_not_is_refused(sent):
    with pytest.raises(BrokenRule) as caught:
        query.wanted_services(f"changedSince={sent}")
    assert caught.value.field == "changedSince"


def test_a_query_that_is_no_text_is_refused():
    with pytest.raises(BrokenRule, match="UTF-8"):
        query.wanted_copy("language=%ff")
