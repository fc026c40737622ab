"""The operator's verbs, beside a running gateway; one of each way in as a process of its own."""

import json

import pytest

from gateway.dialects.acmp.texts import DEMO_TICKET, filled
from gateway.soap.contract import read_contract
from gateway.soap.envelope import SoapVersion
from gateway.soap.samples import filled_request
from tests.kit import web
from tests.kit.database import ADMIN_PASSWORD
from tests.kit.gateway import HELPDESK, free_port, running_gateway
from tests.kit.serving import run as run_apart
from tests.kit.verbs import run_here


class Verbs:
    """Runs verbs beside a gateway."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.made = {}  # by the demo

    def run(self, *arguments, given="", url=None, way=run_here, **environment):
        return way(
            *self._whole(arguments, url),
            given=given,
            **{"GATEWAY_ADMIN_PASSWORD": ADMIN_PASSWORD, **environment},
        )

    def _whole(self, arguments, url):
        yield from arguments
        if arguments[0] != "wsdl":
            yield from ("--database-url", self.gateway.database_url)
        if arguments[0] == "call":
            yield from ("--url", url or self.gateway.url)

    def data(self, *arguments, given=""):
        """Run a verb that must succeed and give what it printed as JSON."""
        done = self.run(*arguments, "--json", given=given)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def call(self, operation, *arguments, given="", **options):
        """Call an operation and give exit code and answer."""
        done = self.run("call", "acmp-helpdesk", operation, *arguments, given=given, **options)
        return done.returncode, json.loads(done.stdout or "null"), done.stderr


@pytest.fixture(scope="module")
def verbs(databases):
    with databases.migrated() as url, running_gateway(url) as gateway:
        yield Verbs(gateway)


@pytest.fixture(scope="module")
def demo(verbs):
    """The same gateway with the demo data in it."""
    verbs.made = {row["what"]: row["made"] for row in verbs.data("demo")}
    return verbs


def test_an_account_that_was_added_calls_at_once_and_is_out_when_disabled(verbs):
    (added,) = verbs.data(
        "accounts", "add", "erp", "--groups", "users:rw", "--password-file", "-", given="s3cret\n"
    )
    assert added["groups"] == {"users": ["rw"]}
    login = ("erp", "s3cret")
    assert verbs.gateway.call("GetTicketList_V1", login=login).ResultCode == 0
    assert verbs.run("accounts", "disable", "erp").returncode == 0
    refused = verbs.call(
        "GetTicketList_V1", "--user", "erp", "--password-file", "-", given="s3cret", way=run_apart
    )
    assert refused[0] == 5
    assert refused[1]["Fault"]["detail"]["ResultCode"] == "15"
    assert "user name or password wrong" in refused[2]
    assert "s3cret" not in refused[2]


def test_an_api_key_is_shown_once_and_never_again(verbs):
    (added,) = verbs.data("accounts", "add", "billing", "--groups", "users:rw", "--api-key")
    (rotated,) = verbs.data("accounts", "rotate", "billing")
    listed = verbs.run("accounts", "list", "--json").stdout
    assert added["api_key"].startswith("tgk_")
    assert rotated["api_key"] != added["api_key"]
    assert added["api_key"] not in listed
    assert rotated["api_keys"] == 2
    audited = verbs.gateway.rows("select actor, action from audit where subject = 'billing'")
    assert audited == [("accounts add", "account added"), ("accounts rotate", "api key rotated")]


def test_an_unknown_group_is_told_in_words_with_exit_code_1(verbs):
    done = verbs.run(
        "accounts", "add", "x", "--groups", "usrs:rw", "--password-file", "-", given="y"
    )
    assert done.returncode == 1
    assert "no group 'usrs'; did you mean 'users'?" in done.stderr
    assert done.stdout == ""


def test_without_a_terminal_a_password_must_come_from_a_file(verbs):
    done = verbs.run("accounts", "add", "x", way=run_apart)
    assert done.returncode == 2
    assert "--password-file" in done.stderr


def test_a_setting_holds_from_the_next_call_on(verbs):
    before = verbs.gateway.call("GetHelpdeskSettings_V1").Settings
    assert before.CommentRequiredOnClose is False
    verbs.data("lists", "set", "helpdesk-settings", "CommentRequiredOnClose=true")
    after = verbs.gateway.call("GetHelpdeskSettings_V1").Settings
    assert after.CommentRequiredOnClose is True
    verbs.data("lists", "set", "helpdesk-settings", "CommentRequiredOnClose=false")


def test_a_renamed_branch_is_seen_by_the_next_call(verbs):
    verbs.data("lists", "add", "categories", "Tools", "de=Werkzeug")
    verbs.data("lists", "add", "categories", "Tools::Saw", "de=Säge")
    verbs.data("lists", "set", "categories", "Tools", "en=Instruments", "de=Geräte")
    listed = verbs.gateway.call("GetTicketCategoryList_V1").Categories.TTicketCategory_V1
    paths = {category.PathEN: category.PathDE for category in listed}
    assert paths["Instruments / Saw"] == "Geräte / Säge"


def test_the_number_of_a_new_customer_stands_alone_on_standard_output(verbs):
    done = verbs.run("lists", "add", "customers", "Quay Ltd", "key=QUAY")
    assert done.stdout.strip().isdecimal()
    shown = verbs.data("lists", "show", "customers", "QUAY")
    assert shown[0]["number"] == int(done.stdout)


def test_wrong_usage_names_the_nearest_word_and_ends_with_2(verbs):
    for arguments, expected in (
        (("lists", "show", "categorys"), "did you mean 'categories'?"),
        (("lists", "set", "states", "open", "activ=no"), "did you mean 'active'?"),
        (("lists", "add", "customers", "key=ACME"), "name the customer before"),
        (("call", "acmp-helpdek", "GetTicket_V1"), "did you mean 'acmp-helpdesk'?"),
    ):
        done = verbs.run(*arguments)
        assert done.returncode == 2, done.stderr
        assert expected in done.stderr


def test_groups_are_added_listed_and_made_integrated(verbs):
    verbs.data("groups", "add", "Field service", "description=Repairs on site")
    (changed,) = verbs.data("groups", "set", "Field service", "integrated=true", "partner=internal")
    listed = {group["name"]: group for group in verbs.data("groups", "list")}
    assert listed["Field service"] == changed
    assert verbs.data("groups", "show", "Field service") == [changed]
    assert listed["Field service"]["integrated"] is True


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_call_with_arguments_of_a_file_gives_the_answer_as_json(verbs, version, tmp_path):
    arguments = tmp_path / "ticket.json"
    guid = "{5B1D7A52-0C3E-4F6B-9A77-2E1D0C9B8AFF}"
    arguments.write_text(json.dumps({"Ticket": {"Id": guid, "Title": "Straße gesperrt"}}))
    code, answer, _ = verbs.call("SaveTicket_V4", "--args", str(arguments), "--soap", version)
    assert (code, answer["ResultCode"]) == (0, 0)
    ticket = verbs.call("GetTicket_V5", "--args", "-", given=f'{{"TicketId": "{guid}"}}')[1]
    assert ticket["Ticket"]["Title"] == "Straße gesperrt"


def test_an_error_in_the_answer_ends_with_5(verbs):
    unknown = '{"TicketId": "{00000000-1111-2222-3333-444444444444}"}'
    code, answer, talk = verbs.call("GetTicket_V5", "--args", "-", given=unknown)
    assert (code, answer["ResultCode"]) == (5, 30)
    assert "refused the call: result 30" in talk


def test_a_call_says_in_the_message_who_calls_where_the_service_reads_it_there(verbs):
    service = "znuny-ticket-connector"
    done = verbs.run("call", service, "TicketCreate", "--sample")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["TicketID"]
    wrong = json.dumps({"UserLogin": "admin", "Password": "wrong", "Title": ["%"]})
    done = verbs.run("call", service, "TicketSearch", "--args", "-", given=wrong)
    assert done.returncode == 5
    assert "AuthFail" in done.stdout


def test_arguments_that_break_the_contract_are_not_sent(verbs):
    code, answer, talk = verbs.call("GetTicket_V5", "--args", "-", given='{"TicketID": "x"}')
    assert (code, answer) == (2, None)
    assert "GetTicket_V5.TicketID: unexpected element; nothing was sent" in talk


def test_where_nobody_answers_the_call_ends_with_3_and_says_what_to_do(verbs):
    code, _, talk = verbs.call("GetTicket_V5", url=f"http://127.0.0.1:{free_port()}")
    assert code == 3
    assert "nobody answers at" in talk
    assert "ticket-gateway serve" in talk


def test_the_raw_answer_is_what_came(verbs):
    done = verbs.run("call", "acmp-helpdesk", "GetHelpdeskSettings_V1", "--raw")
    assert done.returncode == 0
    assert "<tns:ResultCode>0</tns:ResultCode>" in done.stdout or ":Envelope" in done.stdout


def test_the_demo_makes_some_of_everything(demo):
    assert all(demo.made.values())


def test_a_sample_is_accepted_on_the_demo_data(demo):
    code, answer, _ = demo.call("GetTicket_V5", "--sample")
    assert code == 0
    assert answer["Ticket"]["Id"] == f"{{{str(DEMO_TICKET).upper()}}}"
    assert answer["Ticket"]["TotalCosts"] != "0.00"


def test_a_second_run_of_the_demo_changes_nothing_and_says_so(demo):
    before = _contents(demo.gateway)
    again = demo.run("demo", "--json")
    assert "nothing was changed" in again.stderr
    assert {row["made"] for row in map(json.loads, again.stdout.splitlines())} == {0}
    assert _contents(demo.gateway) == before


def test_the_demo_has_tickets_in_every_state(demo):
    missing = demo.gateway.rows(
        "select en from state where id not in (select state_id from ticket)"
    )
    assert missing == []


def test_every_sample_of_a_published_operation_is_accepted_on_the_demo_data(demo):
    contract = read_contract(web.get(f"{demo.gateway.url}{HELPDESK}?wsdl").content)
    # Deleting and merging last: they take away what the others read.
    operations = sorted(
        contract.operations.values(), key=lambda each: each.name.startswith(("Delete", "Merge"))
    )
    refused = {}
    for operation in operations:
        values = filled(operation.name)
        envelope = filled_request(contract, operation, SoapVersion.V11, values)
        answer = demo.gateway.post("", envelope=envelope.encode())
        if ":ResultCode>0<" not in answer.text:
            refused[operation.name] = answer.text
    assert refused == {}


def _contents(gateway):
    """Give every row of the tables that the demo writes."""
    tables = """
        agent agent_group permission customer customer_user account account_secret partner type
        category resolution impact queue service sla dynamic_field template ticket article
        attachment working_time cost reminder ticket_link history event mail audit
    """
    return {
        table: sorted(map(str, gateway.rows(f"select * from {table}"))) for table in tables.split()
    }
