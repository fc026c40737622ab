"""Many callers at once: nothing of one reaches another, and nothing escapes."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from gateway.http.exchange import Outcome
from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import members, text
from tests.kit.envelopes import Sent, request, trace
from tests.kit.probe import Probe, build_probe

THREADS = 8
CALLS_EACH = 250


@pytest.fixture(scope="module")
def probe() -> Probe:
    return build_probe()


def test_no_refusal_carries_a_value_of_another_caller(probe):
    def call(caller: int) -> list[bytes]:
        version = list(SoapVersion)[caller % 2]
        answers = []
        for number in range(CALLS_EACH):
            marker = f"marker{caller}x{number}x"
            bad = members(f"<Colour>{marker}</Colour><Odd{marker}/>")(version)
            good = text(marker)(version)
            answers.append(probe.endpoint.answer(request(bad, version), trace()).body)
            pong = probe.endpoint.answer(request(good, version), trace())
            assert marker.encode() in pong.body
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        for caller, answers in enumerate(pool.map(call, range(THREADS))):
            others = [f"marker{other}x".encode() for other in range(THREADS) if other != caller]
            for answer in answers:
                assert not any(other in answer for other in others)


def _mutated(data: bytes, chance: random.Random) -> bytes:
    cut = sorted(chance.sample(range(len(data)), 2))
    piece = data[cut[0] : cut[1]]
    way = chance.randrange(5)
    if way == 0:
        return data[: cut[0]] + data[cut[1] :]
    if way == 1:
        return data[: cut[1]] + piece + data[cut[1] :]
    if way == 2:
        return data[: cut[0]] + bytes([chance.randrange(256)]) + data[cut[0] + 1 :]
    if way == 3:
        return data[: cut[0]]
    return data[: cut[0]] + data[cut[1] :] + piece


def test_every_mutation_of_a_good_request_gets_an_envelope_and_no_server_fault(probe):
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    samples = {
        version: [text("hello")(version).body, members("<Count>1</Count>")(version).body]
        for version in SoapVersion
    }
    for _ in range(3_000):
        version = chance.choice(list(SoapVersion))
        data = _mutated(chance.choice(samples[version]), chance)
        seen = trace()
        answer = probe.endpoint.answer(request(Sent(body=data), version), seen)
        assert answer.status in (200, 400, 401, 415, 500), f"seed {seed}: {data!r}"
        if answer.status != 401:
            etree.fromstring(answer.body)
        assert seen.outcome in (Outcome.OK, Outcome.REFUSED), f"seed {seed}: {data!r}"
