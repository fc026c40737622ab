"""Joins mail: the server it goes to, the mailboxes it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from gateway.compose.limits import hash_keys
from gateway.dialects.ssp7 import results as ssp7_results
from gateway.domain.commands import Defaults
from gateway.domain.inbound_mail import MailRules, WhenClosed
from gateway.domain.mail_formats import Formats, MailReader
from gateway.errors import CannotStart
from gateway.mail.desk import Counter, Counters, MailDesk
from gateway.mail.imap import ImapServer
from gateway.mail.polling import Mailbox
from gateway.mail.received import MailLimits
from gateway.mail.report import Reporter
from gateway.mail.smtp import Server, Tls
from gateway.repository.administration import operator_engine
from gateway.repository.unit_of_work import UnitsOfWork
from gateway.secret_files import SecretFiles
from gateway.settings import Mailbox as MailboxKeys
from gateway.settings import MailRules as MailKeys
from gateway.settings import Settings
from gateway.storage import database_url, units_of_work
from gateway.usecases.task_hashes import ObjectHashes


def mailboxes(settings: Settings, units: UnitsOfWork) -> Sequence[tuple[str, int, Mailbox]]:
    """Give every mailbox that is read, with its name and the seconds between two looks."""
    servers = imap_servers(settings)
    return [
        (
            box.name,
            box.poll_seconds,
            Mailbox(
                name=box.name,
                server=servers[box.name],
                desk=_mail_desk(settings, units, _counters(settings, box)),
            ),
        )
        for box in settings.mailbox
    ]


def imap_servers(settings: Settings) -> Mapping[str, ImapServer]:
    """Give the server of every mailbox, by the mailbox's name."""
    secrets = SecretFiles(settings.secrets.folder)
    return {
        box.name: ImapServer(
            host=box.server,
            port=box.port,
            user=box.user,
            password=partial(secrets.read, box.secret),
            tls=box.tls,
            ca_file=box.ca_file,
            timeout_s=box.timeout_s,
        )
        for box in settings.mailbox
    }


@contextmanager
def mail_desk(settings: Settings, mailbox: str | None) -> Iterator[MailDesk]:
    """Lend the desk of a mailbox, or of the only one; without any, one that goes by the defaults.

    Raises:
        CannotStart: there is none of this name, or none is named of several.
    """
    known = {box.name: box for box in settings.mailbox}
    if mailbox is None and len(known) > 1:
        raise CannotStart(f"name one of the mailboxes: {', '.join(known)}")
    if mailbox is not None and mailbox not in known:
        raise CannotStart(f"no mailbox {mailbox}; there are: {', '.join(known) or 'none'}")
    usual = Counter(rules=_mail_rules(settings, "file", MailKeys()))
    counters = Counters(usual=usual)
    if known:
        counters = _counters(settings, known[mailbox or next(iter(known))])
    with operator_engine(database_url(settings), settings.database.pooler) as engine:
        yield _mail_desk(settings, units_of_work(settings, engine, at_once=1), counters)


def _mail_desk(settings: Settings, units: UnitsOfWork, counters: Counters) -> MailDesk:
    workflow = settings.ssp7_workflow
    return MailDesk(
        units=units,
        hashes=ObjectHashes(hash_keys(workflow.hash_keys.get_secret_value())),
        counters=counters,
        limits=MailLimits(
            files=workflow.max_attachments,
            file_bytes=workflow.max_attachment_bytes,
            files_bytes=workflow.max_attachments_total_bytes,
        ),
        code_of=ssp7_results.FAULTS.code,
        report=Reporter(mail_server(settings)),
    )


def _counters(settings: Settings, box: MailboxKeys) -> Counters:
    return Counters(
        usual=_counter(settings, box.name, box),
        by_address={each.address: _counter(settings, box.name, each) for each in box.address},
    )


def _counter(settings: Settings, name: str, keys: MailKeys) -> Counter:
    return Counter(
        rules=_mail_rules(settings, name, keys),
        processed_folder=keys.processed_folder,
        refused_folder=keys.refused_folder,
        most_bytes=keys.max_mail_bytes,
    )


def _mail_rules(settings: Settings, name: str, keys: MailKeys) -> MailRules:
    workflow = settings.ssp7_workflow
    own = {
        settings.mail.sender.rpartition("<")[2].rstrip("> "),
        *(each.address for box in settings.mailbox for each in box.address),
    }
    return MailRules(
        mailbox=name,
        reader=MailReader(_mail_formats(keys)),
        partner=keys.partner,
        new_tickets=keys.new_tickets,
        app=keys.external_app,
        when_closed=WhenClosed(keys.closed_tickets),
        trusted_server=keys.trusted_authserv,
        failover_person=keys.failover_person,
        own_addresses=frozenset(address.casefold() for address in own),
        defaults=Defaults(queue=workflow.queue, state=workflow.default_state, priority=3),
        reopen_state=settings.acmp.reopen_state,
    )


def _mail_formats(keys: MailKeys) -> Formats:
    return Formats(
        tasks=keys.task_number_formats,
        tickets=keys.ticket_number_formats,
        references=keys.external_reference_formats,
        hashes=keys.hash_formats,
        closed=keys.closed_markers,
        solutions=keys.solution_markers,
        updates=keys.update_markers,
        separators=keys.reply_separators,
        tag=keys.default_tag_format,
    )


def mail_server(settings: Settings) -> Server:
    """Give the server that all mail goes to."""
    mail = settings.mail
    return Server(
        host=mail.host,
        port=mail.port,
        tls=Tls(mail.tls),
        user=mail.user,
        password_file=mail.password_file,
        ca_file=mail.ca_file,
        timeout_s=mail.timeout_s,
        sender=mail.sender,
    )
