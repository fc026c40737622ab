"""Tickets at a partner whose processes run on a real database; their calls are kept, not made."""

from uuid import uuid4

from gateway.delivery.attempt import Pace, Registry
from gateway.delivery.deliverer import Deliverer
from gateway.delivery.process_runner import ProcessRunner
from gateway.delivery.processes import canonical, definition, read
from gateway.dialects.ssp7.results import FAULTS
from gateway.domain.assignment import WorkflowRules
from gateway.domain.commands import Assign, CloseTicket, Defaults, SaveTicket
from gateway.domain.partner_commands import Acknowledge, AddUpdate, Reassign
from gateway.domain.people import AccountKind, PartyKind, Principal
from gateway.domain.richtext import from_plain
from gateway.domain.views import HelpdeskSettings
from gateway.repository.administration import Administration
from gateway.repository.deliveries import DeliveryStore
from gateway.repository.delivery_desk import DeliveryDesk
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.usecases import partner_texts, processes, references, solutions, task_texts, tickets
from gateway.usecases.lists import Actor
from gateway.usecases.process_runs import ProcessDesk
from gateway.usecases.task_hashes import HashKey, ObjectHashes
from tests.kit.calls import Calls
from tests.kit.stores import Stores

PACE = Pace(lease_s=5, heartbeat_s=1, poll_s=(0.02, 0.05), settle_s=0.05)
HASHES = ObjectHashes([HashKey("k1", b"a secret of the hashes")])
DEFAULTS = Defaults(queue="Raw", state="new", priority=3)


class ProcessWorld:
    """A partner NORTHWIND with an Integrated Group, and another one; processes in all slots."""

    def __init__(self, url):
        self.stores = Stores(url)
        rules = WorkflowRules(ticket_url="http://desk/{id}")
        self.units = UnitsOfWork(self.stores.engine, self.stores.numbers, workflow=rules)
        self.administration = Administration(self.stores.engine)
        self.calls = Calls()
        desk = ProcessDesk(self.units, HASHES, rules)
        self.runner = ProcessRunner(desk, self.calls.performers, FAULTS.code)
        self.deliverer = Deliverer(
            DeliveryStore(self.stores.engine), Registry(others=self.runner), threads=1, pace=PACE
        )
        self.partners = {name: self._partner(name) for name in ("NORTHWIND", "SOUTHSEA")}
        for group, partner in (("Northwind desk", "NORTHWIND"), ("Southsea desk", "SOUTHSEA")):
            self.stores.group(group, integrated=True, partner_id=self.partners[partner])
        self.stores.group("Network")

    def close(self):
        self.stores.close()

    def sql(self, text, *values):
        return self.stores.sql(text, *values)

    def _partner(self, name):
        ((system,),) = self.sql("insert into external_system (name) values (%s) returning id", name)
        ((partner,),) = self.sql(
            "insert into partner (name, title, system_id) values (%s, %s, %s) returning id",
            name, name.title(), system,
        )  # fmt: skip
        return partner

    # -- processes -------------------------------------------------------------------------------

    def load(self, source):
        """Load a process as the verb does."""
        content = definition(source)
        command = processes.LoadProcess(
            process=read(source), source=source, definition=content, canonical=canonical(content)
        )
        return self.administration.run(lambda unit: processes.load(command, Actor("test"), unit))

    def slots(self, name, group="Northwind desk"):
        """Name a process in all three slots of a group."""
        self.sql(
            "update agent_group set assignment_process_id = p.id, update_process_id = p.id,"
            " closure_process_id = p.id from process p where p.name = %s and agent_group.name = %s",
            name, group,
        )  # fmt: skip

    def drain(self, ahead_s=0.0):
        return self.deliverer.drain(ahead_s)

    def retry(self, process):
        """Retry the failed deliveries of a process by hand, at the failed step."""
        desk = DeliveryDesk(self.stores.engine, "test")
        for (number,) in self.sql(
            "select id from delivery where process = %s and state = 'failed'", process
        ):
            desk.retry(number, from_start=False)

    def forget(self):
        """Forget what was queued and sent."""
        self.sql("delete from attempt")
        self.sql("delete from delivery")
        self.sql("delete from stream")
        self.sql("update partner set failures = 0, circuit_until = null, failing_since = null")
        self.calls.sent.clear()
        self.calls.answers.clear()
        self.calls.partners.clear()

    def deliveries(self):
        """List what was queued: event, process, version, state, step, tries, error."""
        return self.sql(
            "select e.kind, d.process, d.version, d.state, d.step, d.tries, d.last_error"
            " from delivery d join event e on e.guid = d.event_id order by d.id"
        )

    # -- what happens to a ticket ----------------------------------------------------------------

    def given(self, group="Northwind desk"):
        """Give a new ticket to a group, and give its guid."""
        guid = uuid4()
        self.assign(guid, group)
        return guid

    def assign(self, guid, group, text="Printer jams"):
        command = SaveTicket(
            guid=guid,
            defaults=DEFAULTS,
            title=text,
            description=from_plain('The <tray> & "feeder"\n#TEXT#'),
            assignee=Assign(self.stores.row("group", group).guid, PartyKind.GROUP),
        )
        self._ours(lambda call, unit: tickets.save(command, call, unit))

    def file(self, guid, name, *, visible=True, content=b"abc"):
        """Put a file on a ticket."""
        self.sql(
            "with f as (insert into attachment"
            " (ticket_id, name, file_name, visible, size, sha256)"
            " select id, %s, %s, %s, length(%s::bytea), sha256(%s) from ticket where guid = %s"
            " returning ticket_id, id)"
            " insert into attachment_content select ticket_id, id, %s from f",
            name, name, visible, content, content, guid, content,
        )  # fmt: skip

    def tell(self, guid, text="Any news?"):
        """Enter an update text at the task: E4."""
        command = task_texts.EnterText(
            guid=uuid4(), ticket=guid, task_id=self.task(guid).id, text=from_plain(text),
            visible=True,
        )  # fmt: skip
        self._ours(lambda call, unit: task_texts.enter(command, call, unit), "EnterUpdateText")

    def close_by_hand(self, guid):
        command = CloseTicket(ticket=guid, closed_state="closed successful", assignee=Assign(None))
        rules = HelpdeskSettings()
        self._ours(lambda call, unit: tickets.close(command, rules, call, unit), "CloseTicket")

    def decline(self, guid):
        number = self.task(guid).id
        self._ours(
            lambda call, unit: solutions.decline(guid, number, call, unit), "DeclineSolution"
        )

    def acknowledge(self, guid, reference, partner="NORTHWIND"):
        command = Acknowledge(task_id=self.task(guid).id, reference=reference)
        return self._theirs(lambda call, unit: references.acknowledge(command, call, unit), partner)

    def hear(self, guid, text="On our way", partner="NORTHWIND"):
        command = AddUpdate(task_id=self.task(guid).id, message=text)
        return self._theirs(lambda call, unit: partner_texts.update(command, call, unit), partner)

    def solve(self, guid, *, closed=False, partner="NORTHWIND"):
        command = Reassign(task_id=self.task(guid).id, solution="Replaced.", closed=closed)
        return self._theirs(lambda call, unit: partner_texts.reassign(command, call, unit), partner)

    def task(self, guid):
        ticket = self.stores.lock(guid)
        return self.stores.run(lambda unit: unit.tasks.of(ticket.id))[0]

    def codes(self, guid):
        rows = self.sql(
            "select e.kind from event e join ticket t on t.id = e.ticket_id"
            " where t.guid = %s and e.partner_id is not null order by e.id", guid,
        )  # fmt: skip
        return [code for (code,) in rows]

    def _ours(self, work, command="SaveTicket"):
        call = self.stores.call(command=command)
        return self.units.run(lambda unit: work(call, unit), call)

    def _theirs(self, work, partner):
        number = self.partners[partner]
        principal = Principal(
            account_id=9, account=partner.lower(), kind=AccountKind.PARTNER, partner_id=number,
            partners=frozenset({number}),
        )  # fmt: skip
        call = self.stores.call(principal=principal, dialect="ssp7")
        return self.units.run(lambda unit: work(call, unit), call)
