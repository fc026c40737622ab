"""Memory under attack: what a caller makes up does not stay."""

import psutil

from gateway.soap.envelope import SoapVersion
from tests.attack.attacks import members
from tests.kit.envelopes import request, trace
from tests.kit.probe import Probe, build_probe

REQUESTS = 150
NAMES = 1_900  # of each request, 150 characters each: 43 MB in all
MAX_GROWTH = 20 * 1024 * 1024


def _send(probe: Probe, number: int) -> int:
    names = "".join(f"<n{number}x{n}{'y' * 150}/>" for n in range(NAMES))
    sent = members(names)(SoapVersion.V11)
    return probe.endpoint.answer(request(sent, SoapVersion.V11), trace()).status


def test_made_up_names_do_not_stay_in_memory():
    probe, process = build_probe(), psutil.Process()
    _send(probe, 0)
    before = process.memory_info().rss
    assert {_send(probe, number) for number in range(1, REQUESTS)} == {500}
    assert process.memory_info().rss - before < MAX_GROWTH
