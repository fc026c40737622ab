"""One gateway in memory with partners in it, and people at its console."""

import pytest

from tests.kit.console import peopled_house


@pytest.fixture(scope="session")
def house(databases):
    """A gateway in memory; its tickets pile up, so a test speaks of those it made."""
    with peopled_house(databases) as house:
        yield house


@pytest.fixture(scope="session")
def admin(house):
    return house.agent("admin")


@pytest.fixture(scope="session")
def reader(house):
    """Somebody who may look at everything and change nothing."""
    return house.agent("reader")
