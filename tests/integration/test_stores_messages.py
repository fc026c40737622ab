"""The message log: opened, settled with the effect, closed; partitions made when missing."""

from datetime import timedelta

import pytest

from gateway import clock
from gateway.errors import StorageAway
from gateway.repository.engine import build_engine
from gateway.repository.messages import MessageLog
from gateway.usecases.ports import ClosedMessage
from tests.kit.stores import Stores, round_trips


@pytest.fixture
def stores(database_url):
    made = Stores(database_url)
    yield made
    made.close()


def closed(number, received, **changes):
    return ClosedMessage(
        **{
            "number": number,
            "received": received,
            "operation": "GetTicket_V5",
            "account_id": 1,
            "soap_version": "1.1",
            "stage": 7,
            "outcome": 1,
            "code": "",
            "status": 200,
            "ticket_id": None,
            "duration_ms": 12,
            "answer_size": 99,
            "request": "<request/>",
            "answer": "<answer/>",
            "notes": ["a leniency"],
            **changes,
        }
    )


def test_an_opened_message_is_stored_sealed_in_one_statement(stores, monkeypatch):
    with round_trips(monkeypatch) as trips:
        number, received = stores.opened()
    assert trips == [["open_message"]]
    assert stores.sql(
        "select received, stage, outcome, request_size, peer, correlation_id from message"
        " where number = %s", number,
    ) == [(received, 1, 0, 3, "127.0.0.1", "c-1")]  # fmt: skip
    assert stores.sql("select number, body from message_sealed") == [(number, b"raw")]


def test_numbers_rise(stores):
    assert stores.opened()[0] < stores.opened()[0]


def test_a_message_without_body_seals_nothing(stores):
    stores.opened(sealed=None)
    assert stores.sql("select number from message_sealed") == []


def test_closing_replaces_the_sealed_body_by_the_redacted_request(stores, monkeypatch):
    number, received = stores.opened()
    with round_trips(monkeypatch) as trips:
        stores.log.close(closed(number, received))
    assert trips == [["close_message"]]
    assert stores.sql("select from message_sealed") == []
    assert stores.sql("select number, request, answer from message_body") == [
        (number, "<request/>", "<answer/>")
    ]
    assert stores.sql(
        "select operation, account_id, soap_version, stage, outcome, status, duration_ms,"
        " answer_size, notes from message"
    ) == [("GetTicket_V5", 1, "1.1", 7, 1, 200, 12, 99, ["a leniency"])]


def test_what_could_not_be_parsed_stays_sealed(stores):
    number, received = stores.opened()
    stores.log.close(closed(number, received, request=None, stage=1, outcome=2))
    assert stores.sql("select number from message_sealed") == [(number,)]
    assert stores.sql("select request, answer from message_body") == [(None, "<answer/>")]


def test_without_texts_there_is_no_body_row(stores):
    number, received = stores.opened()
    stores.log.close(closed(number, received, request=None, answer=None))
    assert stores.sql("select from message_body") == []


def test_closing_twice_keeps_the_last(stores):
    number, received = stores.opened()
    stores.log.close(closed(number, received))
    stores.log.close(closed(number, received, answer="<other/>"))
    assert stores.sql("select answer from message_body") == [("<other/>",)]


def test_a_message_of_a_time_without_partition_makes_it(stores):
    far = clock.now() + timedelta(days=400)
    number, _ = stores.opened(received=far)
    stores.log.close(closed(number, far))
    assert stores.sql("select request from message_body where number = %s", number) == [
        ("<request/>",)
    ]


def test_a_log_without_database_says_so():
    address = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    engine = build_engine(address, pool_size=1, role="test")
    with pytest.raises(StorageAway):
        MessageLog(engine).close(closed(1, clock.now()))
    engine.dispose()


def test_a_settled_message_names_its_ticket_and_is_done(stores):
    number, received = stores.opened()
    told, blank, call = [], stores.blank(), stores.call(message=number)

    def work(unit):
        unit.tickets.create(blank, call)
        unit.messages.settle(call, 42)

    stores.run(work, settled=told.append)
    assert told == [42]
    assert stores.sql(
        "select stage, outcome, ticket_id, account_id, operation, settled is not null from message"
    ) == [(6, 1, 42, 1, "SaveTicket_V4", True)]
    stores.log.close(closed(number, received))
    assert stores.sql("select stage, ticket_id from message") == [(7, 42)]


def test_a_message_without_effect_is_told_of_by_its_close_alone(stores):
    number, received = stores.opened()
    told = []
    stores.run(
        lambda unit: unit.messages.settle(stores.call(message=number), 42), settled=told.append
    )
    assert told == [42]
    assert stores.sql("select stage, outcome, ticket_id from message") == [(1, 0, None)]
    stores.log.close(closed(number, received, ticket_id=42))
    assert stores.sql("select stage, outcome, ticket_id from message") == [(7, 1, 42)]


def test_a_unit_that_fails_leaves_its_message_unsettled(stores):
    number, _ = stores.opened()
    told = []

    def work(unit):
        unit.messages.settle(stores.call(message=number), 42)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stores.run(work, settled=told.append)
    assert told == []
    assert stores.sql("select stage, ticket_id from message") == [(1, None)]


def test_without_a_message_the_caller_is_still_told_of_the_commit(stores):
    told = []
    stores.run(lambda unit: unit.messages.settle(stores.call(), 7), settled=told.append)
    assert told == [7]
