from functools import partial
from uuid import UUID

import pytest

from gateway.domain.commands import SaveComment
from gateway.domain.people import Permission, Principal
from gateway.domain.richtext import from_plain
from gateway.errors import (
    BrokenRule,
    GatewayError,
    Missing,
    NotFound,
    NotPermitted,
    Refused,
    TicketClosed,
    TicketMerged,
)
from gateway.usecases import entries
from gateway.usecases.idempotency import Done
from gateway.usecases.ports import Call
from tests.kit.memory import Memory
from tests.kit.world import (
    COMMENT,
    OTHER,
    SECRET,
    TICKET,
    USERS,
    agent,
    call,
    description,
    given_comment,
    given_ticket,
)

BREACH = BrokenRule("not a GUID", field="Comment.TicketId")


@pytest.fixture
def memory() -> Memory:
    return Memory()


def command(**fields: object) -> SaveComment:
    return SaveComment(guid=COMMENT, **fields)


def new(**fields: object) -> SaveComment:
    return command(**{"ticket": TICKET, "text": from_plain("Roller replaced."), **fields})


def saved(memory: Memory, what: SaveComment, principal: Principal | None = None) -> Done:
    circumstances = call("SaveTicketComment_V1", what, principal=principal)
    return memory.run(partial(entries.save_comment, what, circumstances), circumstances)


def listed(memory: Memory, guid: UUID, circumstances: Call | None = None):
    circumstances = circumstances or call("GetTicketComments_V1")
    return memory.run(partial(entries.comments, guid, circumstances), circumstances)


def refused(kind: type[GatewayError], field: str) -> "pytest.RaisesExc[GatewayError]":
    return pytest.raises(kind, check=lambda error: error.field == field)


# --- a new comment --------------------------------------------------------------------------


def test_a_new_comment_is_the_callers_and_of_now_co1(memory: Memory):
    ticket = given_ticket(memory)
    assert saved(memory, new(visible=True)) == Done(ticket.id)
    article = memory.tables.articles[COMMENT]
    assert (article.plain, article.html) == ("Roller replaced.", "Roller replaced.")
    assert article.creator == memory.tables.row("agent", "Ada")
    assert (article.created, article.visible) == (memory.now, True)
    assert memory.kinds() == ["comment added"]
    assert [line.kind for line in memory.lines()] == ["comment added"]
    assert memory.ticket(TICKET).version == ticket.version + 1


def test_a_new_comment_is_not_for_the_customer_unless_it_says_so(memory: Memory):
    given_ticket(memory)
    saved(memory, new())
    assert memory.tables.articles[COMMENT].visible is False


def test_a_new_comment_needs_a_ticket_and_a_text_co1(memory: Memory):
    given_ticket(memory)
    with refused(Missing, "ticket"):
        saved(memory, command(text=description("x")))
    with refused(Missing, "text"):
        saved(memory, command(ticket=TICKET))
    with refused(Missing, "text"):
        saved(memory, new(text=description("")))
    assert memory.tables.articles == {}


def test_checks_of_a_new_comment_come_in_the_order_of_the_contract_g14(memory: Memory):
    given_ticket(memory, state="closed successful")
    reader = agent(rights={USERS: Permission.RO})
    stranger = agent(rights={SECRET: Permission.RW})
    with refused(Missing, "text"):
        saved(memory, command(ticket=None, breach=BREACH))
    with refused(BrokenRule, "Comment.TicketId"):
        saved(memory, new(ticket=None, breach=BREACH))
    with refused(NotFound, "ticket"):
        saved(memory, new(ticket=OTHER))
    with refused(NotFound, "ticket"):
        saved(memory, new(), stranger)
    with refused(NotPermitted, "ticket"):
        saved(memory, new(), reader)
    with refused(TicketClosed, "ticket"):
        saved(memory, new())


def test_a_merged_ticket_takes_no_comment_g12(memory: Memory):
    given_ticket(memory, state="merged", merged_into=OTHER)
    with refused(TicketMerged, "ticket"):
        saved(memory, new())


def test_a_repeated_new_comment_gets_the_first_answer_g10(memory: Memory):
    given_ticket(memory)
    first = saved(memory, new())
    other = agent("Bert", account_id=2)
    saved(memory, command(text=from_plain("By another")), other)
    assert saved(memory, new()) == first
    assert memory.tables.articles[COMMENT].plain == "By another"
    saved(memory, command(text=from_plain("By myself")))
    saved(memory, new())
    assert memory.tables.articles[COMMENT].plain == "Roller replaced."


# --- a known comment ------------------------------------------------------------------------


def test_an_edit_replaces_text_and_html_and_history_keeps_the_old_co3(memory: Memory):
    given_ticket(memory)
    given_comment(memory)
    saved(memory, command(text=from_plain("a < b")))
    article = memory.tables.articles[COMMENT]
    assert (article.plain, article.html) == ("a < b", "a &lt; b")
    (line,) = memory.lines()
    assert (line.kind, line.old, line.new) == ("comment changed", "Have a look", "a < b")
    assert memory.kinds() == ["changed"]


def test_visibility_changes_alone_and_leaves_a_line_of_its_own_co3(memory: Memory):
    given_ticket(memory)
    given_comment(memory)
    saved(memory, command(visible=True))
    article = memory.tables.articles[COMMENT]
    assert (article.plain, article.visible) == ("Have a look", True)
    assert [(line.kind, line.old, line.new) for line in memory.lines()] == [
        ("comment visible", "False", "True")
    ]


def test_an_edit_to_the_present_values_leaves_no_trace_g10(memory: Memory):
    before = given_ticket(memory)
    given_comment(memory)
    saved(memory, command(ticket=TICKET, visible=False))
    assert (memory.lines(), memory.kinds()) == ([], [])
    assert memory.ticket(TICKET) == before


def test_a_comment_stays_on_its_ticket_co3(memory: Memory):
    given_ticket(memory)
    given_ticket(memory, OTHER)
    given_comment(memory)
    with pytest.raises(BrokenRule, match="ticket: belongs to another ticket"):
        saved(memory, new(ticket=OTHER))


def test_checks_of_an_edit_come_in_the_order_of_the_contract_g14(memory: Memory):
    given_ticket(memory, state="closed successful")
    given_comment(memory)
    reader = agent(rights={USERS: Permission.RO})
    stranger = agent(rights={SECRET: Permission.RW})

    def field_and_sentence(what: SaveComment, principal: Principal) -> str:
        with pytest.raises(Refused) as refusal:
            saved(memory, what, principal)
        return f"{refusal.value.field} {refusal.value.sentence}"

    empty = command(text=description(""), breach=BREACH)
    assert field_and_sentence(empty, stranger) == "text required"
    assert field_and_sentence(command(breach=BREACH), stranger) == "Comment.TicketId not a GUID"
    assert field_and_sentence(command(), stranger) == "guid not found"
    assert field_and_sentence(command(ticket=OTHER), reader) == "ticket belongs to another ticket"
    assert field_and_sentence(command(), reader) == "guid not permitted"
    assert field_and_sentence(command(), agent()) == "guid ticket is closed"


def test_the_description_is_no_comment_co4(memory: Memory):
    ticket = given_ticket(memory)
    given_comment(memory)
    circumstances = call("given_V1")
    memory.run(
        lambda unit: unit.entries.put_description(ticket, "text", "text", circumstances),
        circumstances,
    )
    _, articles = listed(memory, TICKET)
    assert [article.plain for article in articles.rows] == ["Have a look"]


# --- reading --------------------------------------------------------------------------------


def test_comments_of_a_merged_ticket_are_those_of_its_target_g12(memory: Memory):
    given_ticket(memory, OTHER)
    given_comment(memory, ticket=OTHER)
    given_ticket(memory, state="merged", merged_into=OTHER)
    ticket, articles = listed(memory, TICKET)
    assert ticket.guid == OTHER
    assert [article.guid for article in articles.rows] == [COMMENT]


def test_comments_of_a_ticket_one_may_not_see_are_not_found_g13(memory: Memory):
    given_ticket(memory, queue="Secret")
    with refused(NotFound, "ticket"):
        listed(memory, TICKET)
