from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.entries import Article, NewWorkingTime, minutes_between
from tests.kit.memory import seeded
from tests.kit.world import COMMENT, TIME

NOON = datetime(2025, 6, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(1, 1), (60, 1), (89, 1), (90, 2), (150, 3), (1500, 25), (86_400, 1440)],
)
def test_a_working_time_lasts_rounded_minutes_and_at_least_one(seconds: int, minutes: int):
    end = NOON + timedelta(seconds=seconds)
    executor = seeded().row("agent", "Ada")
    assert minutes_between(NOON, end) == minutes
    assert NewWorkingTime(guid=TIME, executor=executor, start=NOON, end=end).minutes == minutes


@pytest.mark.parametrize(("channel", "external"), [("Email", True), ("Internal", False)])
def test_only_mail_makes_a_comment_external_co4(channel: str, external: bool):
    article = Article(
        id=1,
        guid=COMMENT,
        ticket_id=1,
        plain="",
        html="",
        channel=channel,
        created=NOON,
        changed=NOON,
    )
    assert article.external is external
