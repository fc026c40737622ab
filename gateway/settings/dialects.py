"""Settings of the dialects."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from gateway.settings.values import (
    MIB,
    SPLIT,
    Count,
    Namespace,
    Section,
    Texts,
    Zone,
    different,
    dotted,
    readable_hash_keys,
)


class Acmp(Section):
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


class _AsmxService(Section):
    """What both services of the SSP7 dialect have."""

    enabled: bool = Field(default=True, description="The service is offered.")
    order: Literal["tolerant", "strict"] = Field(
        default="tolerant",
        description="How requests are read that differ from the schema in ways ASMX let pass.",
    )
    soap_action: Literal["lenient", "required"] = Field(
        default="lenient", description="Whether a request may come without SOAPAction."
    )
    auth: Annotated[tuple[Literal["basic", "wsse", "hash"], ...], *SPLIT] = Field(
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
    hash_keys: Annotated[SecretStr, AfterValidator(readable_hash_keys)] = Field(
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
    max_body_bytes: Count = Field(default=8 * MIB, description="Largest body.")
    max_body_with_attachments_bytes: Count = Field(
        default=32 * MIB, description="Largest body of an operation that takes attachments."
    )
    max_attachments: Count = Field(default=20, description="Most attachments of one call.")
    max_attachment_bytes: Count = Field(default=5 * MIB, description="Largest attachment.")
    max_attachments_total_bytes: Count = Field(
        default=20 * MIB, description="All attachments of one call."
    )


class Ssp7Catalog(_AsmxService):
    """The service catalog: its SOAP service, and the two reads over REST."""

    namespace: Namespace = Field(
        default="urn:ticket-gateway:ssp7:catalog",
        description="Namespace of the service; the contract files must be exported anew with it.",
    )
    hash_keys: Annotated[SecretStr, AfterValidator(readable_hash_keys)] = Field(
        default=SecretStr(""),
        description="Keys of the hashes of requests and services; empty: ssp7_workflow.hash_keys.",
    )
    http_get: Literal["off", "on"] = Field(
        default="off", description="Never applies: no operation of this service only reads."
    )
    languages: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")], ...],
        *SPLIT,
        Field(min_length=1),
        AfterValidator(different),
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
    max_body_bytes: Count = Field(default=MIB, description="Largest body.")


class Znuny(Section):
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
        tuple[Literal["TicketCreate", "TicketUpdate", "ExternalReference"], ...], *SPLIT
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
    body_max: Count = Field(default=4 * MIB, description="Longest text of an article, in bytes.")
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
        return dotted(given) if isinstance(given, dict) else given


class TicketsRest(Section):
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
