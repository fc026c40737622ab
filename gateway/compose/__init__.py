"""The composer: the application and the worker are joined here, the data in `storage`."""

from gateway.compose.calls import outgoing, performers, process_checker, tried_targets
from gateway.compose.contracts import definitions, descriptions
from gateway.compose.door import app, build_app
from gateway.compose.mail import imap_servers, mail_desk, mail_server, mailboxes
from gateway.compose.worker import build_worker

__all__ = [
    "app",
    "build_app",
    "build_worker",
    "definitions",
    "descriptions",
    "imap_servers",
    "mail_desk",
    "mail_server",
    "mailboxes",
    "outgoing",
    "performers",
    "process_checker",
    "tried_targets",
]
