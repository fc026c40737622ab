"""The console in a real browser: its main walks, by keyboard, narrow, readable, without script."""

import shutil

import pytest

from tests.kit.browser import NARROW, WIDE, running_browser
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.workflow import REASSIGN, element, running_workflow

pytestmark = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="the browser chromium is not installed"
)


@pytest.fixture(scope="module")
def workflow(databases):
    with running_workflow(databases) as running:
        yield running


@pytest.fixture(scope="module")
def address(workflow):
    return f"{workflow.gateway.url}/console"


@pytest.fixture(scope="module")
def ticket(workflow):
    """Give the number of a ticket."""
    guid = workflow.ticket()
    ((number,),) = workflow.rows("select id from ticket where guid = %s", guid.strip("{}"))
    return number


@pytest.fixture(scope="module")
def browser(address):
    """A browser that is logged in, and runs no script of any page."""
    with running_browser() as browser:
        browser.without_scripts()
        browser.open(f"{address}/tickets")
        log_in(browser)
        yield browser


def log_in(browser):
    """Log in with the keyboard alone: the first field has the focus already."""
    browser.type("admin")
    browser.key("Tab")
    browser.type(ADMIN_PASSWORD)
    browser.leads(lambda: browser.key("Enter"))


def test_the_login_by_keyboard_leads_to_the_page_that_was_asked_for(browser):
    assert browser.path == "/console/tickets"
    assert "Logged in as Admin" in browser.text
    assert browser.complaints == []


def test_a_task_is_given_to_a_partner_and_its_solution_declined(browser, address, ticket, workflow):
    browser.open(f"{address}/tickets/{ticket}")
    choice = browser.run(
        "[...document.querySelectorAll('#party option')]"
        ".find(o => o.textContent.startsWith('Northwind desk')).value"
    )
    browser.fill("party", choice)
    browser.press("Assign")
    assert browser.path == f"/console/tickets/{ticket}"
    assert "The task is assigned." in browser.text
    assert "Decline solution" not in browser.text
    ((task,),) = workflow.rows("select id from task where ticket_id = %s", ticket)
    solved = workflow.post(element(
        REASSIGN, f"<p_intTaskId>{task}</p_intTaskId><p_strSolution>New roller.</p_strSolution>"
        "<p_blnClosed>false</p_blnClosed>",
    ))  # fmt: skip
    assert solved.status_code == 200, solved.text
    browser.open(f"{address}/tickets/{ticket}")
    assert "New roller." in browser.text
    browser.press("Decline solution")
    assert "Resolution Rejection" in browser.text
    assert workflow.codes(task) == ["E1", "E6", "E3"]
    browser.open(f"{address}/tickets/{ticket}")
    assert "The solution is declined" not in browser.text  # it is said once
    assert browser.complaints == []


def test_a_group_becomes_an_integrated_group(browser, address, workflow):
    browser.open(f"{address}/groups")
    browser.leads(lambda: browser.run(
        "[...document.links].find(a => a.textContent === 'Field service').click()"
    ))  # fmt: skip
    browser.run("document.getElementById('integrated').checked = true")
    browser.press("Save")
    assert "Something does not fit" in browser.text  # no partner yet
    wrong = browser.complaints.pop()  # the browser notes the status of the answer
    assert "422" in wrong["text"]
    browser.fill("partner", "SOUTHSEA")
    browser.fill("closure_process", "close")
    browser.press("Save")
    assert "Saved: integrated, partner, closure_process." in browser.text
    assert browser.run("document.getElementById('integrated').checked")
    assert browser.complaints == []


def test_the_button_syncs_the_external_app_fields(browser, address, workflow):
    workflow.rows("delete from external_app_field where name = 'Task_Subject'")
    browser.open(f"{address}/settings/ticketing")
    browser.press("Sync the external app fields")
    assert "6 fields were added." in browser.text
    browser.press("Sync the external app fields")
    assert "No field was missing." in browser.text
    assert browser.complaints == []


@pytest.mark.parametrize("page", [
    "/", "/tickets", "/tickets/{ticket}", "/groups", "/groups/1", "/settings/ticketing",
    "/app-fields?app=Ticketing.TaskClosure", "/deliveries?state=pending", "/deliveries/{delivery}",
    "/processes", "/messages", "/messages/{message}", "/audit", "/nowhere",
])  # fmt: skip
def test_a_page_fits_a_narrow_window_and_can_be_read_in_light_and_dark(
    browser, address, ticket, workflow, page
):
    ((delivery,),) = workflow.rows("select min(id) from delivery")
    ((message,),) = workflow.rows("select min(number) from message")
    try:
        browser.size(*NARROW)
        browser.open(address + page.format(ticket=ticket, delivery=delivery, message=message))
        assert browser.overflow() <= 0
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            assert browser.pale() == []
    finally:
        browser.size(*WIDE)
    missing = [each for each in browser.complaints if "404" in each.get("text", "")]
    assert len(missing) == (page == "/nowhere")
    assert len(browser.complaints) == len(missing)
    browser.complaints.clear()


def test_what_has_the_focus_is_marked_and_the_first_stop_leads_to_the_content(browser, address):
    browser.open(f"{address}/groups/1")
    browser.key("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getBoundingClientRect().left") >= 0
    for _ in range(12):
        browser.key("Tab")
        width = browser.run("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        style = browser.run("getComputedStyle(document.activeElement).outlineStyle")
        where = browser.run("document.activeElement.outerHTML.slice(0, 80)")
        assert style != "none", where
        assert width >= 1, where
