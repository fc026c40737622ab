"""Readiness while a check hangs."""

from threading import Event, Thread

from prometheus_client import CollectorRegistry

from gateway.http import health


def test_a_check_that_does_not_end_is_no_reason_to_call_the_gateway_ready(monkeypatch):
    monkeypatch.setattr(health, "_HANGS_S", 0.05)
    monkeypatch.setattr(health, "_FRESH_S", 0.0)
    checking, go, checks = Event(), Event(), []

    def check():
        checks.append(1)
        if len(checks) == 2:
            checking.set()
            go.wait(5)

    probe = health.Health({"database": check}, CollectorRegistry())
    assert probe.ready(None).status == 200
    hanging = Thread(target=probe.ready, args=(None,))
    hanging.start()
    assert checking.wait(5)
    assert probe.ready(None).status == 200  # it has just begun
    Event().wait(0.1)
    assert probe.ready(None).status == 503
    go.set()
    hanging.join()
    assert probe.ready(None).status == 200
