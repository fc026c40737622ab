"""The desk for received mails: whose rules hold, what became of a mail, who is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from gateway import clock
from gateway.domain.inbound_mail import MailCode, MailOutcome, MailRules, ReceivedMail, Verdict
from gateway.domain.people import AccountKind, Principal
from gateway.errors import GatewayError, Refused
from gateway.mail.received import MailLimits, received_mail
from gateway.usecases import inbound_mails
from gateway.usecases.ports import Call, MailPlace, Unit, Units
from gateway.usecases.task_hashes import ObjectHashes

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """An address at which mails come in: its rules, and where they go when they are done."""

    rules: MailRules
    processed_folder: str = "Processed"
    refused_folder: str = "Refused"
    most_bytes: int = 26_214_400

    def folder(self, outcome: MailOutcome) -> str:
        """Give the folder for a mail that was judged."""
        refused = outcome is MailOutcome.REFUSED
        return self.refused_folder if refused else self.processed_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """A mailbox: the counter of each address, and the one for all other mails."""

    usual: Counter
    by_address: Mapping[str, Counter] = field(default_factory=dict)

    @property
    def most_bytes(self) -> int:
        """Give the size of the largest mail that any counter takes."""
        return max(each.most_bytes for each in (self.usual, *self.by_address.values()))

    def of(self, mail: ReceivedMail) -> Counter:
        """Give the counter a mail came to: that of its first recipient who has one."""
        known = (each for each in mail.recipients if each in self.by_address)
        address = next(known, None)
        return self.usual if address is None else self.by_address[address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail, what became of it, and where it is put."""

    key: str
    verdict: Verdict
    folder: str


class Rehearsed(Exception):
    """Ends a transaction in which a mail was judged for show."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDesk:
    """Takes the mails of one mailbox, one transaction each.

    ``report`` tells a person of a refused mail; ``code_of`` gives the code of a use case's refusal.
    """

    units: Units
    hashes: ObjectHashes
    counters: Counters
    limits: MailLimits
    code_of: Callable[[GatewayError], str]
    report: Callable[[ReceivedMail, str, str], None]

    def take(
        self, raw: bytes, size: int = 0, *, place: MailPlace | None = None, rehearse: bool = False
    ) -> Taken:
        """Read, judge and carry out a mail.

        Args:
            raw: the mail, or its beginning.
            size: of the whole mail.
            place: where it lies on its server.
            rehearse: leave everything as it is, and tell what would have become of the mail.

        Raises:
            GatewayError: nothing was done, and trying again later may help.
        """
        limits = replace(self.limits, mail_bytes=self.counters.most_bytes)
        mail = received_mail(raw, limits, clock.now(), size=size)
        counter = self.counters.of(mail)
        if max(size, len(raw)) > counter.most_bytes:
            mail = replace(mail, trouble=MailCode.TOO_LARGE)
        verdict = self._verdict(mail, counter.rules, place, rehearse=rehearse)
        if not rehearse:
            self._tell(mail, counter.rules, verdict)
        return Taken(key=mail.key, verdict=verdict, folder=counter.folder(verdict.outcome))

    def _verdict(
        self, mail: ReceivedMail, rules: MailRules, place: MailPlace | None, *, rehearse: bool
    ) -> Verdict:
        call = self.call(rules)
        receive = partial(inbound_mails.receive, mail, rules, place, self.hashes, call)
        try:
            return self._run(receive, call, rehearse=rehearse)
        except Refused as error:
            refuse = partial(inbound_mails.refuse, mail, rules, place, self.code_of(error))
            return self._run(refuse, call, rehearse=rehearse)

    def _run(self, work: Callable[[Unit], Verdict], call: Call, *, rehearse: bool) -> Verdict:
        if not rehearse:
            return self.units.run(work, call)

        def rehearsal(unit: Unit) -> Verdict:
            raise Rehearsed(work(unit))

        try:
            return self.units.run(rehearsal, call)
        except Rehearsed as shown:
            return shown.verdict

    def _tell(self, mail: ReceivedMail, rules: MailRules, verdict: Verdict) -> None:
        """Write down what became of a mail; of a refused one a person hears, once."""
        if verdict.outcome is not MailOutcome.REFUSED:
            log.info("mail taken", mailbox=rules.mailbox, key=mail.key, outcome=verdict.outcome)
            return
        log.warning("mail refused", mailbox=rules.mailbox, key=mail.key, code=verdict.code)
        if not verdict.repeated:
            address = self.units.run(
                partial(inbound_mails.failover_address, rules), self.call(rules)
            )
            if address:
                self.report(mail, verdict.code, address)

    @staticmethod
    def call(rules: MailRules) -> Call:
        """Give the circumstances of a mail that nobody speaks for yet."""
        mailbox = Principal(
            account_id=0, account=f"mailbox {rules.mailbox}", kind=AccountKind.CUSTOMER
        )
        return Call(principal=mailbox, dialect="mail", operation="Mail", command="")
