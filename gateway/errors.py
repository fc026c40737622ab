"""Every error that a use case or the door can raise.

::

    GatewayError                    code, sentence, field
    +-- Refused                     the caller's mistake: nothing changed
    |   +-- Malformed               GW-112 not one well-formed message
    |   |   +-- CharsetMismatch     GW-111 bytes, prolog and header disagree
    |   |   +-- ForbiddenMarkup     GW-113 DTD or processing instruction
    |   |   |   +-- ForbiddenReference  an element that stands for another
    |   |   +-- ShapeExceeded       GW-114 deeper, wider or more than the limits
    |   |   +-- NotOneCall          GW-115 not one envelope with one call in its body
    |   +-- WrongEnvelope           GW-116 neither SOAP 1.1 nor SOAP 1.2
    |   +-- NotUnderstood           GW-117 a mandatory header block nobody knows
    |   +-- ActionMismatch          GW-118 SOAPAction names another operation
    |   +-- NoSuchOperation         GW-119
    |   +-- TooLarge                GW-104 above the cap of this operation
    |   +-- SchemaViolation         GW-120 path and reason
    |   +-- BrokenRule              GW-130 a field breaks a rule
    |   |   +-- Missing             the field is required
    |   |   +-- KeyReused           GW-131 an idempotency key with another request
    |   |   +-- FieldReadonly       the field of a catalog service cannot be changed here
    |   |   +-- FieldNeedsLanguage  the field has a value per language
    |   |   +-- FieldHasNoLanguages the field has one value for all languages
    |   |   +-- PartOfOtherType     the part takes values of another type
    |   |   +-- PartReadonly        the part has no value of its own
    |   +-- WrongState              GW-132 the ticket's state forbids it
    |   |   +-- TicketClosed
    |   |   +-- TicketNotClosed
    |   |   +-- TicketMerged        names the target
    |   |   +-- TaskClosed
    |   |   +-- TaskNotExternal     the task is not at the partner
    |   |   +-- ReferenceConflict   the task has another external reference
    |   |   +-- ReferenceTaken      the reference belongs to another open task or ticket
    |   |   +-- OutOfTurn           an earlier event is not confirmed yet
    |   |   +-- VersionMismatch     the ticket was changed since the caller saw it
    |   |   +-- Overtaken           others changed the same again and again
    |   |   +-- ServiceLocked       an open publish request locks the catalog service
    |   |   +-- ServiceHasChildren  other catalog services are part of it
    |   |   +-- RequestOpen         another publish request of the service is open
    |   |   +-- RequestState        the publish request has ended
    |   |   +-- ListFull            a list of one person has another one
    |   |   +-- ListRequired        a published service needs an owner
    |   +-- NotFound                GW-404 not there, or not to be seen
    |   |   +-- UnknownClient       no client of the operator's registry
    |   |   +-- TaskUnknown
    |   |   +-- ReferenceUnknown    no task with this external reference
    |   |   +-- AppUnknown          no external app of this code
    |   |   +-- EventUnknown
    |   |   +-- ServiceUnknown      no catalog service of this guid
    |   |   +-- RequestUnknown      no publish request of this guid
    |   |   +-- ListUnknown         no such list of persons or groups
    |   |   +-- PersonUnknown
    |   |   +-- PersonGroupUnknown
    |   |   +-- FieldUnknown        no such field of a catalog service
    |   |   +-- LanguageUnknown
    |   |   +-- PartUnknown         the template has no such part
    |   +-- NotPermitted            GW-403 seen, but not allowed
    |   +-- Unauthenticated         GW-402 credentials refused
    |   |   +-- NoCredentials       GW-401
    |   |   +-- SessionUnknown      GW-406
    |   |   +-- TokenStale          GW-406
    |   |   +-- WrongTokenKind      GW-407
    |   |   +-- CredentialsDisagree GW-402
    |   |   +-- HashRefused         GW-402 the hash of an object in place of a login
    |   +-- TooManyRequests         GW-429 with the seconds to wait
    +-- TryLater                    GW-503 nothing changed, the same call may work later
    |   +-- StorageAway             GW-503 the database does not answer
    |   +-- DeadlinePassed          GW-504
    +-- OutcomeUnknown              GW-505 the answer of the commit was lost
    +-- CannotStart                 GW-510 settings, data folder or database, with the remedy

Sentences are safe to show: they never repeat a value that was sent.
"""

from typing import ClassVar
from uuid import UUID


class GatewayError(Exception):
    """An expected failure with a stable code and a sentence that is safe to show."""

    code: ClassVar[str] = "GW-501"
    default: ClassVar[str] = "internal error"

    def __init__(
        self, sentence: str | None = None, *, field: str | None = None, entry: int | None = None
    ) -> None:
        self.sentence = self.default if sentence is None else sentence
        self.field = field
        self.entry = entry  # number of the failing entry of a batch, where the field is of all
        super().__init__(self.sentence if field is None else f"{field}: {self.sentence}")


class Refused(GatewayError):
    """The caller's mistake; nothing was changed."""

    code = "GW-130"
    default = "refused"


class Malformed(Refused):
    """The bytes are not one well-formed message of the expected shape."""

    code = "GW-112"
    default = "malformed request"

    def __init__(self, sentence: str | None = None, *, line: int = 1, column: int = 1) -> None:
        self.line = line  # where the reader stopped, as far as it can tell
        self.column = column
        super().__init__(sentence)


class CharsetMismatch(Malformed):
    """The bytes do not fit their charset, or header and prolog name different ones."""

    code = "GW-111"
    default = "bytes do not fit the charset"


class ForbiddenMarkup(Malformed):
    """A document type declaration or a processing instruction."""

    code = "GW-113"
    default = "document type declaration"


class ForbiddenReference(ForbiddenMarkup):
    """An element that stands for another one (SOAP encoding)."""

    default = "reference by id or href"


class ShapeExceeded(Malformed):
    """More depth, elements, attributes, names or text than the limits allow."""

    code = "GW-114"
    default = "too many elements"


class NotOneCall(Malformed):
    """Not one envelope with one call in its body."""

    code = "GW-115"
    default = "exactly one element in the Body expected"


class WrongEnvelope(Refused):
    """The envelope is neither SOAP 1.1 nor SOAP 1.2, or not the one its media type promises."""

    code = "GW-116"
    default = "SOAP 1.1 or SOAP 1.2 envelope expected"


class NotUnderstood(Refused):
    """A header block demands to be understood and is not; ``sentence`` is the block's name."""

    code = "GW-117"
    default = "header not understood"

    def __init__(self, name: str, namespace: str = "") -> None:
        self.name = name
        self.namespace = namespace
        super().__init__(name)


class ActionMismatch(Refused):
    """The SOAPAction names another operation than the body."""

    code = "GW-118"
    default = "SOAPAction does not match the body"

    def __init__(self, sentence: str | None = None, *, action: str = "", name: str = "") -> None:
        self.action = action  # both as sent: to be cut and cleaned where they are repeated
        self.name = name
        super().__init__(sentence)


class NoSuchOperation(Refused):
    """The body's element is no operation of this service."""

    code = "GW-119"
    default = "no such operation"

    def __init__(self, sentence: str | None = None, *, name: str = "", namespace: str = "") -> None:
        self.name = name  # as it was sent: to be cut and cleaned where it is repeated
        self.namespace = namespace
        super().__init__(sentence)


class TooLarge(Refused):
    """The body is larger than this operation takes."""

    code = "GW-104"
    default = "request too large"


class SchemaViolation(Refused):
    """A breach of the published schema; ``field`` is the path, ``sentence`` the reason."""

    code = "GW-120"
    default = "does not match the schema"


class BrokenRule(Refused):
    """A field that breaks a rule; ``field`` is the domain's path, ``sentence`` the rule."""

    code = "GW-130"
    default = "not valid"


class Missing(BrokenRule):
    """A field that is required and absent or empty."""

    default = "required"


class KeyReused(BrokenRule):
    """An idempotency key that was used for another request."""

    code = "GW-131"
    default = "used for another request"


class FieldReadonly(BrokenRule):
    """A field of a catalog service that cannot be changed here."""

    default = "the field cannot be changed here"


class FieldNeedsLanguage(BrokenRule):
    """A field of a catalog service that has a value per language."""

    default = "the field needs a language"


class FieldHasNoLanguages(BrokenRule):
    """A field or part of a catalog service that has one value for all languages."""

    default = "the field has no languages"


class PartOfOtherType(BrokenRule):
    """A part whose values are brought by another call."""

    default = "the part is of another type"


class PartReadonly(BrokenRule):
    """A part that only shows what its template says."""

    default = "the part cannot be changed"


class WrongState(Refused):
    """The ticket's state forbids the command."""

    code = "GW-132"


class TicketClosed(WrongState):
    """A closed ticket is changed only by reopening it."""

    default = "ticket is closed"


class TicketNotClosed(WrongState):
    """Only a closed ticket can be reopened."""

    default = "ticket is not closed"


class TicketMerged(WrongState):
    """A merged ticket is changed through its target; ``target`` is the target's guid."""

    default = "ticket was merged"

    def __init__(self, target: UUID, *, field: str | None = None) -> None:
        self.target = target
        super().__init__(f"ticket was merged into {{{str(target).upper()}}}", field=field)


class TaskClosed(WrongState):
    """A closed task is changed only by reopening it."""

    default = "task is closed"


class TaskNotExternal(WrongState):
    """The task is not, or no more, at the partner who speaks."""

    default = "task is not at the external system"


class ReferenceConflict(WrongState):
    """The task already has another external reference."""

    default = "task already has another external reference"


class ReferenceTaken(WrongState):
    """The external reference belongs to another open task or ticket."""

    default = "the external reference belongs to another open task or ticket"


class OutOfTurn(WrongState):
    """An earlier event of the same ticket is not confirmed yet."""

    default = "an earlier event is not confirmed yet"


class VersionMismatch(WrongState):
    """The caller named a version of the ticket that is not the present one."""

    default = "the ticket was changed meanwhile"


class Overtaken(WrongState):
    """Others wrote the same rows first, at every try of the unit of work."""

    default = "changed by another caller, try again"


class ServiceLocked(WrongState):
    """An open publish request locks the catalog service."""

    default = "the service is locked"


class ServiceHasChildren(WrongState):
    """Other catalog services are part of the one that is to be deleted."""

    default = "the service has child services"


class RequestOpen(WrongState):
    """Another publish request of the catalog service is open."""

    default = "a request on this service is still open"


class RequestState(WrongState):
    """The publish request has ended, or may not be taken back."""

    default = "the request has ended"


class ListFull(WrongState):
    """A list of one person has another one."""

    default = "the list holds one person"


class ListRequired(WrongState):
    """A published catalog service needs an owner."""

    default = "a published service needs a service owner"


class NotFound(Refused):
    """An id that leads to nothing the caller may see."""

    code = "GW-404"
    default = "not found"


class UnknownClient(NotFound):
    """A client that is not in the operator's registry, while the registry is closed."""


class TaskUnknown(NotFound):
    """No task of this number was ever sent to the partner who speaks."""

    default = "no such task"


class ReferenceUnknown(NotFound):
    """No task of the partner who speaks has this external reference."""

    default = "no task with this external reference"


class AppUnknown(NotFound):
    """No external app of this code that the caller may start."""

    default = "no such external app"


class EventUnknown(NotFound):
    """No event of this id for the partner who speaks."""

    default = "no such event"


class ServiceUnknown(NotFound):
    """No catalog service of this guid that the caller may see."""

    default = "no such service"


class RequestUnknown(NotFound):
    """No publish request of this guid."""

    default = "no such publish request"


class ListUnknown(NotFound):
    """No list of persons, or of groups, of this name."""

    default = "no such list"


class PersonUnknown(NotFound):
    """No person of this unique id."""

    default = "no such person"


class PersonGroupUnknown(NotFound):
    """No group of this name."""

    default = "no such person group"


class FieldUnknown(NotFound):
    """No field of a catalog service of this name."""

    default = "no such service field"


class LanguageUnknown(NotFound):
    """No language of this code among those of the catalog."""

    default = "no such language"


class PartUnknown(NotFound):
    """The template of the catalog service has no part of this name."""

    default = "no such part"


class NotPermitted(Refused):
    """The caller may see the thing but not do this to it."""

    code = "GW-403"
    default = "not permitted"


class Unauthenticated(Refused):
    """Credentials that are not accepted; one sentence for every reason."""

    code = "GW-402"
    default = "user name or password wrong"


class NoCredentials(Unauthenticated):
    """No credentials at all."""

    code = "GW-401"
    default = "credentials are required"


class SessionUnknown(Unauthenticated):
    """A session id that is unknown or expired."""

    code = "GW-406"
    default = "session unknown or expired"


class TokenStale(Unauthenticated):
    """A security token outside its time window."""

    code = "GW-406"
    default = "security token is stale"


class WrongTokenKind(Unauthenticated):
    """A security token of a kind that is not accepted here."""

    code = "GW-407"
    default = "only PasswordText is accepted"


class CredentialsDisagree(Unauthenticated):
    """Several identities in one request that do not lead to the same account."""

    default = "credentials disagree"


class HashRefused(Unauthenticated):
    """A hash that does not belong to the object it was sent for."""

    default = "the hash is not accepted"


class TooManyRequests(Refused):
    """Too many calls or failed logins; ``retry_after_s`` is the time to wait."""

    code = "GW-429"
    default = "too many requests"

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()


class TryLater(GatewayError):
    """Nothing changed; the same call may work later."""

    code = "GW-503"
    default = "try later"
    retry_after_s: int = 5


class StorageAway(TryLater):
    """The database does not answer."""

    default = "storage not available"


class DeadlinePassed(TryLater):
    """The request took longer than its deadline; its transaction was not committed."""

    code = "GW-504"


class OutcomeUnknown(GatewayError):
    """The connection broke while the commit was under way."""

    code = "GW-505"
    default = "outcome unknown"


class CannotStart(GatewayError):
    """Settings, data folder or database do not allow a start; the sentence names the remedy."""

    code = "GW-510"
    default = "cannot start"
