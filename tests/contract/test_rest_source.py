"""Tickets REST: the statements of the source document, in its order (contract, A1 to A30)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from gateway.dialects.tickets.shapes import BASE, FIELDS
from tests.kit.gateway import new_id
from tests.kit.tickets_rest import TICKETS, helpdesk_text
from tests.kit.znuny import AGENT

PRESETS = {"ticketTypes": "ticketType", "ticketStatuses": "status",
           "ticketPriorities": "ticketPriority", "users": "owner", "departments": "departments",
           "suppliers": "ticketSuppliers"}  # fmt: skip


def ids(tickets):
    return [int(ticket["id"]) for ticket in tickets]


def moment(hours=0):
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")  # noqa: TID251 - what a caller has


def aged(rest, ticket, **times):
    """Set times of a ticket, hours from now."""
    for column, hours in times.items():
        rest.rows(
            f"update ticket set {column} = now() + %s::float8 * interval '1 hour' where id = %s",
            hours, ticket,
        )  # fmt: skip


def test_rest_a1_a_ticket_lives_from_start_to_finish_under_one_id(rest):
    ticket = rest.new()
    for status in ("open", "closed successful", "open", "closed"):
        assert rest.change(ticket, status=status).json["status"] == status
        assert rest.shown(ticket)["id"] == str(ticket)


def test_rest_a2_type_priority_status_and_owner_are_kept_and_changed(rest):
    first = {"ticketType": "sales", "ticketPriority": "4 high", "status": "open", "owner": "asmith"}
    second = {"ticketType": "billing", "ticketPriority": "1 very low", "status": "assigned",
              "owner": "bjones"}  # fmt: skip
    ticket = rest.new(**first)
    assert first.items() <= rest.shown(ticket).items()
    assert second.items() <= rest.change(ticket, **second).json.items()
    assert second.items() <= rest.shown(ticket).items()


def test_rest_a3_one_key_creates_retrieves_updates_and_deletes(rest):
    ticket = rest.new()
    assert rest.get(ticket).status == 200
    assert rest.change(ticket, subject="Another").status == 200
    assert rest.call("DELETE", ticket).status == 204


@pytest.mark.parametrize(("path", "field"), PRESETS.items())
def test_rest_a4_every_name_of_a_list_is_taken_in_its_field(rest, path, field):
    entries = rest.all(f"{BASE}/{path}/", query="limit=4")
    assert [entry["id"] for entry in entries] == sorted({entry["id"] for entry in entries})
    assert "retired" not in [entry["name"] for entry in entries]
    for entry in entries:
        name = entry["name"]
        value = [name] if field in ("departments", "ticketSuppliers") else name
        made = rest.shown(rest.new(**{field: value}))
        assert name.replace('"', '""') in made[field]
        by_id = [entry["id"]] if isinstance(value, list) else entry["id"]
        assert rest.shown(rest.new(**{field: by_id}))[field] == made[field]


def test_rest_a4_lists_tell_what_a_form_needs(rest):
    statuses = rest.all(f"{BASE}/ticketStatuses/")
    assert {"id": 1, "name": "new", "stateType": "new"} in statuses
    assert not {"merged", "removed"} & {entry["stateType"] for entry in statuses}
    (ann,) = [e for e in rest.all(f"{BASE}/users/") if e["name"] == "asmith"]
    assert (ann["fullName"], ann["email"]) == ("Ann Smith", "ann@example.com")
    priorities = [entry["name"] for entry in rest.all(f"{BASE}/ticketPriorities/")]
    assert priorities[0] == "1 very low"
    assert priorities[-1] == "5 very high"
    assert "Elsewhere" not in [entry["name"] for entry in rest.all(f"{BASE}/departments/")]


def test_rest_a5_a_ticket_is_fetched_by_its_id_with_fifteen_members(rest):
    ticket, _ = rest.new(subject="This one"), rest.new(subject="That one")
    shown = rest.shown(ticket)
    assert list(shown) == [field.name for field in FIELDS]
    assert len(shown) == 15
    assert (shown["id"], shown["subject"]) == (str(ticket), "This one")
    assert rest.get(2**62).slug == "not-found"


def test_rest_a6_all_tickets_are_listed_whole(rest):
    made = [rest.new() for _ in range(3)]
    # Those of other tests, thousands of them, fill pages that are long.
    everything = rest.all(f"{TICKETS}/")
    assert ids(everything) == sorted(set(ids(everything)))
    assert set(made) <= set(ids(everything))
    listed = rest.all(f"{TICKETS}/", query=f"limit=2&idAfter={made[0] - 1}")
    assert [rest.shown(ticket) for ticket in made] == listed
    assert rest.get(f"{TICKETS}/?idAfter={made[-1]}").json == []


def test_rest_a7_the_tickets_of_a_customer_are_listed(rest):
    mine = [rest.new(customerID=rest.globex) for _ in range(2)]
    other = rest.new()
    path = f"{BASE}/customers/{rest.globex}/tickets/"
    assert ids(rest.all(path, query=f"limit=1&idAfter={mine[0] - 1}")) == mine
    listed = ids(rest.all(path))
    assert set(mine) <= set(listed)
    assert other not in listed
    reply = rest.get(f"{BASE}/customers/999999/tickets/")
    assert (reply.status, reply.slug, reply.json["code"]) == (404, "not-found", "GW-404")
    ((new,),) = rest.rows("insert into customer (key, name) values ('NEW', 'New') returning id")
    assert rest.get(f"{BASE}/customers/{new}/tickets/").json == []


@pytest.mark.parametrize("path", ["tickets", "customers/1/tickets"])
def test_rest_a8_only_higher_ids_are_listed(rest, path):
    first, second = rest.new(), rest.new()
    listed = ids(rest.get(f"{BASE}/{path}/?idAfter={first}").json)
    assert listed[0] == second
    reply = rest.get(f"{BASE}/{path}/?idAfter=abc")
    assert (reply.status, reply.codes) == (400, {"idAfter": "format"})


def test_rest_a9_created_since_is_inclusive_and_minds_creation_alone(rest):
    old, new = rest.new(), rest.new()
    aged(rest, old, created=-2)
    rest.change(old, subject="Changed just now")
    ((created,),) = rest.rows("select created from ticket where id = %s", new)
    since = quote(created.isoformat())
    assert ids(rest.get(f"{TICKETS}/?createdSince={since}").json) == [new]
    assert old not in ids(rest.get(f"{TICKETS}/?createdSince={moment(-1)}&idAfter={old - 1}").json)


def test_rest_a10_updated_since_is_inclusive_and_finds_old_tickets_changed_later(rest):
    quiet, changed = rest.new(), rest.new()
    aged(rest, quiet, created=-3, changed=-2)
    aged(rest, changed, created=-3, changed=-2)
    rest.change(changed, ticketContent="News")
    listed = ids(rest.get(f"{TICKETS}/?updatedSince={moment(-1)}&idAfter={quiet - 1}").json)
    assert changed in listed
    assert quiet not in listed
    ((at,),) = rest.rows("select changed from ticket where id = %s", changed)
    assert ids(rest.get(f"{TICKETS}/?updatedSince={quote(at.isoformat())}").json) == [changed]


@pytest.mark.parametrize("path", ["tickets", "customers/1/tickets"])
def test_rest_a11_each_filter_may_be_absent_and_all_are_and_ed(rest, path):
    old, new = rest.new(), rest.new()
    aged(rest, old, created=-5, changed=-4)
    assert {old, new} <= set(ids(rest.all(f"{BASE}/{path}/")))
    since = f"createdSince={moment(-6)}&updatedSince={moment(-1)}"
    listed = ids(rest.get(f"{BASE}/{path}/?{since}&idAfter={old - 1}").json)
    assert listed == [new]
    assert ids(rest.get(f"{BASE}/{path}/?{since}&idAfter={new}").json) == []


def test_rest_a12_a_new_ticket_is_returned_with_its_location(rest):
    reply = rest.call("POST", f"{TICKETS}/", {"customerID": rest.acme, "subject": "New"})
    assert reply.status == 201
    assert reply.headers["location"] == f"{TICKETS}/{reply.json['id']}"
    fetched = rest.get(reply.headers["location"])
    assert (fetched.body, fetched.tag) == (reply.body, reply.tag)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_rest_a13_an_update_touches_only_what_is_sent(rest, method):
    ticket = rest.new(owner="asmith", ticketContent="First", users="bjones")
    before = rest.shown(ticket)
    reply = rest.call(method, ticket, {"subject": "  Trimmed  "})
    assert reply.json == before | {"subject": "Trimmed"}
    assert rest.shown(ticket) == reply.json
    patch = rest.call("PATCH", ticket, {"subject": "x"},
                      {"Content-Type": "application/merge-patch+json"})  # fmt: skip
    assert patch.status == 200


def test_rest_a14_a_deleted_ticket_is_gone(rest):
    ticket = rest.new()
    reply = rest.call("DELETE", ticket)
    assert (reply.status, reply.body) == (204, b"")
    assert "content-length" not in reply.headers
    for method, body in (("GET", None), ("PUT", {}), ("PATCH", {"subject": "x"}), ("DELETE", None)):
        assert rest.call(method, ticket, body).status == 404
    assert ticket not in ids(rest.all(f"{TICKETS}/"))
    assert ticket not in ids(rest.all(f"{BASE}/customers/{rest.acme}/tickets/"))
    ((state, kept),) = rest.rows("select s.state_type, t.title from ticket t join state s"
                                 " on s.id = t.state_id where t.id = %s", ticket)  # fmt: skip
    assert (state, kept) == ("removed", "Invoice 1187 is wrong")


def test_rest_a14_opened_again_elsewhere_it_is_back(rest):
    ticket = rest.new()
    rest.call("DELETE", ticket)
    reply = rest.znuny.call("rest", "TicketUpdate",
                            {**AGENT, "TicketID": ticket, "Ticket": {"State": "open"}})  # fmt: skip
    assert reply.code is None, reply.text
    assert rest.shown(ticket)["status"] == "open"


def test_rest_a15_the_customer_is_a_number_and_can_be_changed(rest):
    ticket = rest.new()
    assert rest.shown(ticket)["customerID"] == rest.acme
    assert rest.change(ticket, customerID=f" {rest.globex} ").json["customerID"] == rest.globex
    assert ticket in ids(rest.all(f"{BASE}/customers/{rest.globex}/tickets/"))
    assert ticket not in ids(rest.all(f"{BASE}/customers/{rest.acme}/tickets/"))
    for unknown in (999999, 2**63, -1, 0):
        reply = rest.change(ticket, customerID=unknown)
        assert (reply.status, reply.codes) == (422, {"customerID": "unknownValue"})


def test_rest_a16_types_are_named_by_name_and_by_id(rest):
    ticket = rest.new(ticketType="sales")
    for value, name in (("billing", "billing"), ("SALES", "sales"), (3, "billing"), ("2", "sales")):
        assert rest.change(ticket, ticketType=value).json["ticketType"] == name
    reply = rest.change(ticket, ticketType="biling")
    (error,) = reply.json["errors"]
    assert reply.status == 422
    assert error == {
        "field": "ticketType",
        "code": "unknownValue",
        "message": 'ticketType: "biling" is not one of the configured values.'
        " Known: Unclassified, sales, billing.",
    }
    assert rest.change(ticket, ticketType="retired").codes == {"ticketType": "notAllowed"}


def test_rest_a17_the_four_statuses_of_the_source_work_one_after_the_other(rest):
    ticket = rest.new()
    for status in ("open", "assigned", "resolved", "closed"):
        assert rest.change(ticket, status=status).json["status"] == status
    ((closed, lock),) = rest.rows("select closed, lock from ticket where id = %s", ticket)
    assert closed is not None
    assert lock == "unlock"
    assert znuny(rest, ticket)["StateType"] == "closed"
    for status in ("merged", "removed"):
        assert rest.call("POST", f"{TICKETS}/", new(rest, status=status)).codes == {
            "status": "notAllowed"
        }


def test_rest_a18_the_priority_is_the_same_elsewhere(rest):
    ticket = rest.new(ticketPriority="5 very high")
    assert znuny(rest, ticket)["Priority"] == "5 very high"
    assert helpdesk_text(acmp(rest, ticket), "Priority") == "5"
    assert rest.change(ticket, ticketPriority=2).json["ticketPriority"] == "2 low"


def test_rest_a19_the_address_is_kept_or_that_of_the_customer(rest):
    assert (
        rest.shown(rest.new(customerEmail="new@example.com"))["customerEmail"] == "new@example.com"
    )
    assert rest.shown(rest.new())["customerEmail"] == "office@acme.example"
    assert rest.shown(rest.new(customerID=rest.globex))["customerEmail"] is None
    ticket = rest.new(customerEmail="jane@acme.example")
    assert znuny(rest, ticket)["CustomerUserID"] == "jane"
    assert rest.change(ticket, customerEmail=None).json["customerEmail"] is None
    for bad in ("", "jane", "a@b, c@d", "Jane <jane@acme.example>", "a@b\nc"):
        assert rest.change(ticket, customerEmail=bad).codes == {"customerEmail": "format"}
    assert rest.change(ticket, customerEmail=f"{'a' * 251}@b.c").codes == {
        "customerEmail": "tooLong"
    }


def test_rest_a19_of_two_people_with_one_address_the_customers_own_is_meant(rest):
    for login, customer in (("twin-a", rest.acme), ("twin-g", rest.globex)):
        rest.rows("insert into customer_user (login, email, customer_id)"
                  " values (%s, 'Twin@Example.com', %s)", login, customer)  # fmt: skip
    for customer, login in ((rest.acme, "twin-a"), (rest.globex, "twin-g")):
        ticket = rest.new(customerID=customer, customerEmail="twin@example.com")
        assert rest.shown(ticket)["customerEmail"] == "Twin@Example.com"
        assert znuny(rest, ticket)["CustomerUserID"] == login
        rest.change(ticket, customerEmail=None)
        assert rest.change(ticket, customerEmail="twin@example.com").status == 200
        assert znuny(rest, ticket)["CustomerUserID"] == login


def test_rest_a20_the_subject_is_mandatory_and_the_title_elsewhere(rest):
    ticket = rest.new(subject="Ünï <b>& 𝄞")
    assert znuny(rest, ticket)["Title"] == "Ünï <b>& 𝄞"
    assert rest.call("POST", f"{TICKETS}/", {"customerID": rest.acme}).codes == {
        "subject": "required"
    }
    assert rest.change(ticket, subject=" ").codes == {"subject": "notNull"}
    assert rest.change(ticket, subject="x" * 255).status == 200
    assert rest.change(ticket, subject="x" * 256).codes == {"subject": "tooLong"}
    assert rest.change(ticket, subject="two\nlines").codes == {"subject": "format"}


def test_rest_a21_the_content_is_the_newest_activity_whoever_wrote_it(rest):
    ticket = rest.new(ticketContent="VAT is missing.\r\n  Really.  ", customerEmail="x@y.example")
    assert rest.shown(ticket)["ticketContent"] == "VAT is missing.\r\n  Really.  "
    article = {"Subject": "Re", "Body": "We look into it.",
               "ContentType": "text/plain; charset=utf8"}  # fmt: skip
    seen = rest.get(ticket).tag
    rest.znuny.call("rest", "TicketUpdate", {**AGENT, "TicketID": ticket, "Article": article})
    assert rest.shown(ticket)["ticketContent"] == "We look into it."
    # What others write is another version, too.
    assert rest.change(ticket, {"If-Match": seen}, subject="x").slug == "precondition-failed"
    assert rest.change(ticket, ticketContent="Done.").json["ticketContent"] == "Done."
    for nothing in ("", None, "Done."):
        assert rest.change(ticket, ticketContent=nothing).json["ticketContent"] == "Done."
    texts = rest.rows("select plain, visible, sender_type from article where ticket_id = %s"
                      " order by number", ticket)  # fmt: skip
    assert texts == [
        ("VAT is missing.\r\n  Really.  ", True, "customer"),
        ("We look into it.", True, "agent"),  # what Znuny's callers do not say otherwise
        ("Done.", False, "agent"),
    ]


def test_rest_a21_a_description_in_html_is_given_as_plain_text(rest):
    fields = "<HtmlDescription>&lt;p&gt;Call &lt;b&gt;back&lt;/b&gt;&lt;/p&gt;</HtmlDescription>"
    content = f"<Ticket><Id>{new_id()}</Id><Title>From elsewhere</Title>{fields}</Ticket>"
    answer = rest.helpdesk("SaveTicket_V4", content)
    assert helpdesk_text(answer, "ResultCode") == "0"
    ((ticket,),) = rest.rows("select max(id) from ticket")
    shown = rest.shown(ticket)
    assert (shown["ticketContent"], shown["customerID"]) == ("Call back", None)
    assert rest.call("PUT", ticket, shown).status == 200


def test_rest_a22_the_owner_is_a_user_or_nobody(rest):
    ticket = rest.new(owner="ann@example.com")
    assert rest.shown(ticket)["owner"] == "asmith"
    assert znuny(rest, ticket)["Owner"] == "asmith"
    assert znuny(rest, ticket)["Lock"] == "lock"
    assert rest.change(ticket, owner=None).json["owner"] is None
    assert rest.change(ticket, owner="gone").codes == {"owner": "notAllowed"}
    assert rest.change(ticket, owner="zz").codes == {"owner": "unknownValue"}


def test_rest_a23_users_are_several_and_replaced_as_a_whole(rest):
    ticket = rest.new(users="bjones, ann@example.com")
    assert rest.shown(ticket)["users"] == "bjones, asmith"
    ((ann,),) = rest.rows("select id from agent where login = 'asmith'")
    assert rest.change(ticket, users=[ann, "BJONES"]).json["users"] == "asmith, bjones"
    assert rest.change(ticket, users=["bjones"]).json["users"] == "bjones"
    for none in ("", [], None):
        rest.change(ticket, users="asmith")
        assert rest.change(ticket, users=none).json["users"] == ""
    reply = rest.change(ticket, users=["asmith", "zz", "ann@example.com"])
    assert reply.codes == {"users[2]": "unknownValue", "users[3]": "duplicate"}


def test_rest_a24_departments_are_several_and_the_first_is_the_queue(rest):
    names = ["Sales, North", "Billing", 'The "best"']
    ticket = rest.new(departments=names)
    written = '"Sales, North", Billing, "The ""best"""'
    assert rest.shown(ticket)["departments"] == written
    assert znuny(rest, ticket)["Queue"] == "Sales, North"
    assert rest.shown(rest.new(departments=written))["departments"] == written
    assert rest.change(ticket, departments="billing").json["departments"] == "Billing"
    assert rest.change(ticket, departments="").json["departments"] == "Raw"
    for bad in ('"Billing', "Billing,,Raw", 'Bil"ling'):
        assert rest.change(ticket, departments=bad).codes == {"departments": "format"}


def test_rest_a25_suppliers_are_partners_by_name(rest):
    ticket = rest.new(ticketSuppliers='NORTHWIND, "Contoso, Ltd."')
    assert rest.shown(ticket)["ticketSuppliers"] == 'NORTHWIND, "Contoso, Ltd."'
    assert rest.change(ticket, ticketSuppliers="northwind").json["ticketSuppliers"] == "NORTHWIND"
    ((told,),) = rest.rows("select count(*) from event where ticket_id = %s"
                           " and partner_id is not null", ticket)  # fmt: skip
    assert told == 0


def test_rest_a26_the_date_of_creation_cannot_be_set(rest):
    ticket = rest.new()
    today = rest.shown(ticket)["createdDate"]
    assert today == datetime.now(UTC).date().isoformat()  # noqa: TID251 - what a caller has
    assert rest.change(ticket, createdDate="2020-01-01").codes == {"createdDate": "readOnly"}
    assert rest.change(ticket, createdDate=today).status == 200
    reply = rest.call("POST", f"{TICKETS}/", new(rest, createdDate=today))
    assert reply.codes == {"createdDate": "readOnly"}


def test_rest_a27_the_followup_date_is_set_changed_and_cleared(rest):
    date_is_kept(rest, "ticketFollowupDate")


def test_rest_a28_the_action_required_date_is_set_changed_and_cleared(rest):
    date_is_kept(rest, "ticketActionRequiredDate")


def date_is_kept(rest, field):
    """Set, change, clear and misspell a date."""
    ticket = rest.new(**{field: "2026-12-01"})
    assert rest.shown(ticket)[field] == "2026-12-01"
    assert rest.change(ticket, **{field: "2028-02-29"}).json[field] == "2028-02-29"
    for none in (None, ""):
        rest.change(ticket, **{field: "9999-12-31"})
        assert rest.change(ticket, **{field: none}).json[field] is None
    for bad in ("2026-02-31", "1969-12-31", "2026-1-1", "2026-12-01T00:00", "01.12.2026"):
        assert rest.change(ticket, **{field: bad}).codes == {field: "format"}


def test_rest_a29_the_id_is_a_text_of_digits_and_the_same_elsewhere(rest):
    ticket = rest.new()
    assert rest.shown(ticket)["id"] == str(ticket)
    assert znuny(rest, ticket)["TicketID"] == str(ticket)


def test_rest_a30_each_path_answers_with_and_without_a_final_slash(rest):
    ticket = rest.new()
    lists = ["tickets", f"customers/{rest.acme}/tickets", *PRESETS, f"tickets/{ticket}"]
    for path in lists:
        with_slash, without = (rest.get(f"{BASE}/{path}{end}") for end in ("/", ""))
        assert with_slash.status == without.status == 200
        assert with_slash.body == without.body
    assert rest.call("POST", TICKETS, new(rest)).status == 201
    assert rest.call("PUT", f"{TICKETS}/{ticket}/", {"subject": "x"}).status == 200
    for wrong in ("Tickets", "tickets/x", "tickets/0", "tickets/-1", f"tickets/{2**63}", "x",
                  f"tickets/{ticket}/x", "", "customers/1", "tickets/1.0"):  # fmt: skip
        reply = rest.get(f"{BASE}/{wrong}")
        assert (reply.status, reply.json["code"]) == (404, "GW-105")


def new(rest, **fields):
    return {"customerID": rest.acme, "subject": "New", **fields}


def znuny(rest, ticket):
    reply = rest.znuny.call("rest", "TicketGet", {**AGENT, "TicketID": ticket})
    assert reply.code is None, reply.text
    return reply.answer["Ticket"][0]


def acmp(rest, ticket):
    ((guid,),) = rest.rows("select guid from ticket where id = %s", ticket)
    return rest.helpdesk("GetTicket_V5", f"<TicketId>{{{guid}}}</TicketId>")
