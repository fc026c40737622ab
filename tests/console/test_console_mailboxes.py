"""Mailboxes at the console: when they were read, what was refused, and the button for fields."""

import uuid

import pytest

PATH = "/console/mailboxes"
SYNC = "Sync the external app fields"


@pytest.fixture(scope="module")
def read(house):
    """A mailbox that could not be read, one that is not in the settings any more, their mails."""
    for name, error in (("partners", "the server does not answer in time"), ("gone", "")):
        house.rows(
            "insert into mailbox (name, last_polled, last_error)"
            " values (%s, '2026-03-04T10:15Z', %s)", name, error,
        )  # fmt: skip
    for place, (outcome, code) in enumerate(
        [("refused", "AMBIGUOUS"), ("ignored", ""), ("refused", "NO_TARGET")]
    ):
        house.rows(
            "insert into mail (guid, mailbox_id, message_id, received, sender, subject, body,"
            " outcome, code) select %s, id, %s, '2026-03-04'::timestamptz + %s * interval '1 h',"
            " 'x@example.org', %s, 'canary-8111', %s, %s from mailbox where name = 'partners'",
            uuid.uuid4(), f"<{place}@example.org>", place, f"Mail {place}", outcome, code,
        )  # fmt: skip
    yield
    house.rows("delete from mail")
    house.rows("delete from mailbox")


def test_the_page_shows_when_mailboxes_were_read_and_what_was_refused(admin, read):
    page = admin.page(PATH)
    assert "the server does not answer in time" in page.text
    assert "imap.example.org" in page.text
    assert "not in the settings" in page.text
    assert [row.xpath("./th")[0].text_content() for row in page.tree.xpath("//tbody/tr")] == [
        "Mail 2",
        "Mail 0",
    ]
    assert "canary-8111" not in admin.get(f"{PATH}.json").text
    data = admin.data(f"{PATH}.json")
    assert [(each["name"], each["in_settings"], bool(each["last_error"]))
            for each in data["mailboxes"]] == [
        ("gone", False, False), ("partners", True, True)]  # fmt: skip
    assert data["mailboxes"][1]["addresses"] == ["northwind-in@example.org"]
    assert data["mailboxes"][1]["last_polled"] == "2026-03-04T10:15:00Z"
    assert [each["code"] for each in data["refused"]] == ["NO_TARGET", "AMBIGUOUS"]


def test_refused_mails_go_on_page_by_page(admin, read):
    first = admin.data(f"{PATH}.json?limit=1")
    second = admin.data(f"{PATH}.json{first['next']}")
    assert [each["subject"] for each in (*first["refused"], *second["refused"])] == [
        "Mail 2", "Mail 0",
    ]  # fmt: skip
    assert second["next"] is None


def test_ssp7_workflow_a10_the_mailbox_page_has_the_button_too(house, admin, read):
    house.rows("delete from external_app_field where name = 'Task_Subject'")
    assert "6 fields were added" in admin.press(PATH, SYNC).text
    assert "No field was missing" in admin.press(PATH, SYNC).text


def test_a_mailbox_is_looked_into_at_once(house, admin, read):
    form = admin.page(PATH).form("Look into it now")
    assert admin.send(form).status_code == 404  # no worker has begun yet
    house.rows(
        "insert into schedule (name, spec, next_run)"
        " values ('mailbox partners', 'every 60 s', now() + interval '1 day')"
    )
    assert "as soon as a worker is free" in admin.send(form, follow=True).text
    assert house.rows("select next_run <= now() from schedule where name = 'mailbox partners'") == [
        (True,)
    ]
    form.action = form.action.replace("partners", "retention")
    assert admin.send(form).status_code == 404
    house.rows("delete from schedule where name = 'mailbox partners'")


def test_a_reader_looks_and_does_nothing(house, admin, reader, read):
    page = reader.page(PATH)
    assert page.status == 200
    assert page.buttons() == ["Log out"]
    for button in (SYNC, "Look into it now"):
        form = admin.page(PATH).form(button)
        form.fields["csrf"] = page.form("Log out").fields["csrf"]
        assert reader.send(form).status_code == 403
    assert house.agent("berta").get(PATH).status_code == 403
