"""The published workflow service."""

from dataclasses import dataclass

from gateway.dialects.ssp7 import desk, results, shapes, texts
from gateway.dialects.ssp7 import publication as common
from gateway.dialects.ssp7.publication import Publication, Texts, published
from gateway.soap.definition import ServiceDefinition

# What changes nothing but how often an event was looked at.
_ASKING = ("get_task", "get_task_by_reference", "get_messages", "pending_events")
_WITH_FILES = ("reassign", "update")
_TEXTS = Texts(
    title="WorkflowService",
    description="Service providers set their reference numbers, report solutions and add "
    "update texts to the tasks that were given to them.",
    fields=texts.FIELDS,
    codes=texts.CODES,
    filled=texts.filled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner(common.Manner):
    """How the workflow service is published: calls with attachments have a cap of their own."""

    namespace: str = shapes.NAMESPACE
    large_body_bytes: int = 32 * 1024 * 1024


def definition(manner: Manner | None = None) -> ServiceDefinition:
    """Give the definition of the service (contract sections 2 and 3)."""
    manner = manner or Manner()
    publication = Publication(
        stem="ssp7-workflow",
        dialect="ssp7",
        table=shapes.TABLE,
        operations=desk.PUBLISHED,
        carry_out=desk.carry_out,
        faults=results.FAULTS.offered(basic=manner.basic),
        texts=_TEXTS,
        asking=frozenset(each.name for each in desk.PUBLISHED if each.key in _ASKING),
    )
    large = {
        each.name: manner.large_body_bytes for each in desk.PUBLISHED if each.key in _WITH_FILES
    }
    return published(publication, manner, large)
