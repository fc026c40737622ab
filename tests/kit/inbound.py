"""Mails as partners and people write them, and a desk that takes them in this process."""

from contextlib import contextmanager
from email.message import EmailMessage
from itertools import count

from gateway.compose import mail_desk
from gateway.settings import load
from tests.kit.workflow import KEYS

PARTNER = "desk@northwind.example"  # allowed to write about tasks of the Northwind desk
STRANGER = "mallory@elsewhere.example"
CARLA = "carla@acme.example"
_numbers = count(1)

TOP = """
[secrets]
folder = "{folder}"

[[mailbox]]
name = "partners"
server = "127.0.0.1"
user = "tickets"
secret = "imap-partners"
failover_person = "admin"
"""


def mail(text="", *, sender=PARTNER, subject="About your request", html=None, files=(), **headers):
    """Write a mail; each has a Message-ID of its own unless one is given."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "tickets@example.org"
    message["Subject"] = subject
    message["Message-ID"] = headers.pop("message_id", f"<{next(_numbers)}@northwind.example>")
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    if html is None:
        message.set_content(text)
    else:
        message.set_content(html, subtype="html")
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def mail_settings(url, folder, *, keys="", **environment):
    """Load settings with one mailbox in them; ``keys`` are further lines of it."""
    file = folder / f"mailbox-{next(_numbers)}.toml"
    file.write_text(TOP.format(folder=folder) + keys)
    given = {
        "GATEWAY_DATABASE_URL": url,
        "GATEWAY_DATA_DIR": str(folder),
        "GATEWAY_DATABASE__ALLOW_UNSAFE": "true",
        "GATEWAY_SSP7_WORKFLOW__HASH_KEYS": ",".join(f"{name}:{key}" for name, key in KEYS),
        **environment,
    }
    return load(file=file, environment=given).settings


@contextmanager
def open_desk(url, folder, **options):
    """Lend a desk for mails that works in this process."""
    with mail_desk(mail_settings(url, folder, **options), None) as desk:
        yield desk
