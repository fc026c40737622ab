"""Numbers of deliveries at a scrape."""

from prometheus_client import CollectorRegistry, generate_latest

from gateway.errors import StorageAway
from gateway.http.metrics import Metrics
from gateway.usecases.ports import Backlog


def scraped(backlogs):
    registry = CollectorRegistry()
    Metrics(registry).watch_backlogs(backlogs)
    return lambda: generate_latest(registry).decode()


def test_every_partner_has_its_numbers_from_one_question():
    asked = []

    def backlogs():
        asked.append(1)
        return [Backlog("NORTHWIND", 3, 12.5, 1, paused=False, open=True)]

    scrape = scraped(backlogs)
    assert asked == []
    text = scrape()
    assert asked == [1]
    assert 'gateway_deliveries_pending{partner="NORTHWIND"} 3.0' in text
    assert 'gateway_deliveries_oldest_seconds{partner="NORTHWIND"} 12.5' in text
    assert 'gateway_deliveries_failed{partner="NORTHWIND"} 1.0' in text
    assert 'gateway_partner_paused{partner="NORTHWIND"} 0.0' in text
    assert 'gateway_partner_circuit_open{partner="NORTHWIND"} 1.0' in text


def test_a_database_that_is_away_leaves_the_other_numbers():
    def backlogs():
        raise StorageAway

    text = scraped(backlogs)()
    assert "gateway_recorder_failures_total 0.0" in text
    assert "gateway_deliveries_pending{" not in text
