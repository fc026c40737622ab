"""What a reference means that so many updatable tickets have."""

import pytest

from gateway.domain.reference import Mode, Verdict, meant


@pytest.mark.parametrize(
    ("holders", "mode", "verdict"),
    [
        (0, Mode.BOTH, Verdict.CREATE),
        (1, Mode.BOTH, Verdict.UPDATE),
        (2, Mode.BOTH, Verdict.NOT_UNIQUE),
        (0, Mode.CREATE, Verdict.CREATE),
        (1, Mode.CREATE, Verdict.EXISTS),
        (0, Mode.UPDATE, Verdict.NOTHING),
        (1, Mode.UPDATE, Verdict.UPDATE),
        (3, Mode.UPDATE, Verdict.NOT_UNIQUE),
    ],
)
def test_a_reference_creates_updates_or_is_refused(holders, mode, verdict):
    assert meant(holders, mode) is verdict
