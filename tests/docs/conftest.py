"""A gateway as the README starts it, in a folder of its own."""

import pytest

from tests.kit.newcomer import Newcomer
from tests.kit.serving import PASSWORD, Serving


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """Somebody with a fresh data folder, served by a running gateway; one for each document."""
    somebody = Newcomer(tmp_path_factory.mktemp("newcomer"))
    somebody.prepare()
    data = somebody.folder / "gateway-data"
    with Serving(data, "--no-worker") as serving:
        # What a start without GATEWAY_ADMIN_PASSWORD does by itself.
        (data / "admin-password").write_text(PASSWORD + "\n")
        somebody.url = serving.url
        yield somebody
