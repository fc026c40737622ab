"""Settings of mail: the server it goes to, the mailboxes it comes from."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from gateway.settings.values import MIB, Count, Seconds, Section


class Mail(Section):
    """Outgoing mail."""

    host: str = Field(default="localhost", description="Mail server.")
    port: int = Field(default=25, ge=1, le=65535, description="Port of the mail server.")
    tls: Literal["none", "starttls", "implicit"] = Field(default="none", description="Encryption.")
    user: str = Field(default="", description="User at the mail server; empty: no login.")
    password_file: Path | None = Field(
        default=None, description="File that holds the user's password."
    )
    sender: str = Field(
        default="gateway@localhost",
        pattern=r"^[^@\s<>,]+@[^@\s<>,]+$",
        description="Address mail is sent from where nothing else says.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="Certificates that the server's must be signed by; unset: the system's.",
    )
    timeout_s: Seconds = Field(default=30, description="For each answer of the mail server.")


def _holding(placeholder: str) -> AfterValidator:
    """Make the check of templates that hold this placeholder."""

    def held(values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value.count(placeholder) != 1 or not value.replace(placeholder, "").strip():
                raise ValueError(f"each must hold {placeholder} once, beside other text")
        return values

    return AfterValidator(held)


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(value.strip() for value in values):
        raise ValueError("none may be empty")
    return values


def _tag_format(value: str) -> str:
    label, _, behind = value.partition("LABEL")
    between, found, _ = behind.partition("[[Value]]")
    if not found or not between.strip() or "LABEL" in behind or "[[Value]]" in label:
        raise ValueError("must hold LABEL, a character of its own, and [[Value]], each once")
    return value


def _mail_address(value: str) -> str:
    if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value) is None:
        raise ValueError("no mail address; write it like tickets@example.org")
    return value.casefold()


Words = Annotated[tuple[str, ...], AfterValidator(_words)]
TicketFormats = Annotated[tuple[str, ...], _holding("{ticket}")]
TaskFormats = Annotated[tuple[str, ...], _holding("{task}")]
ReferenceFormats = Annotated[tuple[str, ...], _holding("{ref}")]
HashFormats = Annotated[tuple[str, ...], _holding("{hash}")]


class MailRules(Section):
    """What holds for the mails of a mailbox, or of one of its addresses."""

    partner: str = Field(
        default="", description="Partner whose mails these are; empty: of any partner."
    )
    processed_folder: str = Field(
        default="Processed", min_length=1, description="Folder for mails that were done."
    )
    refused_folder: str = Field(
        default="Refused", min_length=1, description="Folder for mails that were refused."
    )
    failover_person: str = Field(
        default="",
        description="Login of the customer user or agent who is told of refused mails, and who "
        "asks where the sender is nobody we know.",
    )
    default_tag_format: Annotated[str, AfterValidator(_tag_format)] = Field(
        default="[[LABEL]]: [[Value]]", description="How a field of a new ticket is written."
    )
    ticket_number_formats: TicketFormats = Field(
        default=("TicketId: {ticket}",), description="How a ticket's number is written."
    )
    task_number_formats: TaskFormats = Field(
        default=("TaskId: {task}",), description="How a task's number is written."
    )
    external_reference_formats: ReferenceFormats = Field(
        default=("[[ExternalId]]: {ref}", "ExternalId: {ref}"),
        description="How a partner's own number is written.",
    )
    hash_formats: HashFormats = Field(
        default=("HashCheck: {hash}",), description="How the hash of a task is written."
    )
    solution_markers: Words = Field(
        default=("Solution:",), description="What a line begins with that reports a task ready."
    )
    closed_markers: Words = Field(
        default=("Closed:",), description="What a line begins with that closes a task."
    )
    update_markers: Words = Field(
        default=(), description="What an update text begins with; empty: none is needed."
    )
    reply_separators: Words = Field(
        default=("-----Original Message-----",),
        description="What a line begins with below which all is quoted.",
    )
    new_tickets: bool = Field(
        default=True, description="A mail that names nothing known makes a ticket."
    )
    external_app: str = Field(
        default="MAIL", min_length=1, description="External app that makes these tickets."
    )
    closed_tickets: Literal["reopen", "new", "refuse"] = Field(
        default="reopen", description="What becomes of a mail to a closed ticket."
    )
    trusted_authserv: str = Field(
        default="",
        description="Mail server whose Authentication-Results must say dmarc=pass before a sender "
        "counts; empty: the address alone counts.",
    )
    max_mail_bytes: Count = Field(default=25 * MIB, description="Largest mail that is read.")


class MailAddress(MailRules):
    """An address of a mailbox; every key that is not given is the mailbox's."""

    address: Annotated[str, AfterValidator(_mail_address)] = Field(
        description="Mails to this address follow the keys of this table."
    )


class Mailbox(MailRules):
    """A mailbox that is read; a table `[[mailbox]]` each, its addresses `[[mailbox.address]]`."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$",
        description="Name of the mailbox: letters, digits, `.`, `_` and `-`.",
    )
    server: str = Field(min_length=1, description="IMAP server.")
    port: int = Field(default=993, ge=1, le=65535, description="Port of the IMAP server.")
    user: str = Field(min_length=1, description="User at the IMAP server.")
    secret: str = Field(
        min_length=1, description="Name of the file in secrets.folder that holds the password."
    )
    tls: bool = Field(
        default=True, description="TLS from the first byte; false only for a server on localhost."
    )
    ca_file: Path | None = Field(
        default=None,
        description="Certificates that the server's must be signed by; unset: the system's.",
    )
    poll_seconds: Annotated[int, Field(ge=5, le=86_400)] = Field(
        default=60, description="Time between two looks into the mailbox."
    )
    timeout_s: Seconds = Field(default=30, description="Time the server has for an answer.")
    address: tuple[MailAddress, ...] = Field(
        default=(), description="Addresses that follow keys of their own."
    )

    @model_validator(mode="before")
    @classmethod
    def _inherited(cls, given: Any) -> Any:
        """Give each address what the mailbox says and it does not."""
        addresses = given.get("address") if isinstance(given, dict) else None
        if not isinstance(addresses, list):
            return given
        common = {key: given[key] for key in MailRules.model_fields if key in given}
        return {
            **given,
            "address": [
                {**common, **each} if isinstance(each, dict) else each for each in addresses
            ],
        }

    @model_validator(mode="after")
    def _consistent(self) -> "Mailbox":
        if not self.tls and self.server not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("tls = false is for a server on this machine only")
        names = [each.address for each in self.address]
        if len(set(names)) != len(names):
            raise ValueError("an address stands there twice")
        return self
