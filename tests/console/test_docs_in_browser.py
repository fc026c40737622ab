"""The documentation page of tickets REST in a real browser, with the network cut off but for us."""

import hashlib
import shutil

import pytest

from tests.kit.browser import NARROW, running_browser
from tests.kit.gateway import running_gateway
from tests.kit.stores import Stores

KEY = "tgk_" + "d" * 43

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="the browser chromium is not installed"
)


@pytest.fixture(scope="module")
def address(databases):
    with databases.migrated() as url, running_gateway(url) as gateway:
        stores = Stores(url, pool_size=1)
        stores.sql(
            "insert into account_secret (account_id, kind, sha256) values (1, 'api_key', %s)",
            hashlib.sha256(KEY.encode()).digest(),
        )
        stores.sql("insert into customer (id, key, name) overriding system value"
                   " values (42, 'ACME', 'Acme')")  # fmt: skip
        stores.close()
        yield gateway.url


@pytest.fixture
def browser():
    with running_browser() as browser:
        yield browser


def test_rest_a40_the_page_loads_with_the_network_cut_off_and_sends_requests(address, browser):
    # Nothing but this gateway can be reached: whatever is loaded from elsewhere would complain.
    browser.call("Network.enable")
    browser.call("Network.setBlockedURLs", urls=["https://*", "http://*.*.example*"])
    browser.open(f"{address}/docs")
    assert "Fields of a ticket" in browser.text
    loaded = browser.run("performance.getEntriesByType('resource').map(e => e.name)")
    assert loaded
    assert all(each.startswith(address) for each in loaded)
    browser.run(f"document.getElementById('key').value = '{KEY}'")
    made = sent(browser, "createTicket", {}, '{"customerID": 42, "subject": "By the page"}')
    assert made.startswith("201")
    assert '"subject": "By the page"' in made
    assert sent(browser, "getTicket", {"id": "1"}).startswith("200")
    assert "etag" in sent(
        browser, "patchTicket", {"id": "1", "If-Match": '"1-1"'}, '{"status":"open"}'
    )
    assert sent(browser, "listTickets", {"limit": "1"}).startswith("200")
    assert browser.complaints == []
    refused = sent(browser, "listTickets", {"limit": "x"})
    assert refused.startswith("400")
    assert "invalid-parameter" in refused


def test_the_page_reads_without_scripts_and_on_a_small_screen(address, browser):
    browser.size(*NARROW)
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        browser.open(f"{address}/docs")
        assert browser.overflow() <= 0
        assert browser.pale() == []
    browser.without_scripts()
    browser.open(f"{address}/docs")
    # The script cannot run now, so the text is read off the page's own tree.
    tree = browser.call("DOM.getDocument", depth=-1)["root"]
    html = browser.call("DOM.getOuterHTML", nodeId=tree["nodeId"])["outerHTML"]
    assert "ticketFollowupDate" in html
    assert '<form id="login" class="try" hidden' in html


def sent(browser, operation, values, body=None):
    """Fill the form of an operation, send it and give what comes back."""
    for name, value in values.items():
        browser.run(f"document.getElementById('{operation}-{name}').value = {value!r}")
    if body is not None:
        browser.run(f"document.getElementById('{operation}-body').value = {body!r}")
    form = f"document.querySelector('#{operation} form.try')"
    browser.run(f"{form}.requestSubmit()")
    for _ in range(100):
        text = browser.run(f"{form}.querySelector('.shown').textContent")
        if text and text != "…":
            return text
        pause = "new Promise(done => setTimeout(done, 100))"
        browser.call("Runtime.evaluate", expression=pause, awaitPromise=True)
    raise AssertionError("nothing came back")
