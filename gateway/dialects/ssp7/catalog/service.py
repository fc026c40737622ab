"""The published service catalog."""

from dataclasses import dataclass

from gateway.dialects.ssp7 import publication as common
from gateway.dialects.ssp7.catalog import desk, results, shapes, texts
from gateway.dialects.ssp7.publication import Publication, Texts, published
from gateway.soap.definition import ServiceDefinition

DIALECT = "catalog"  # as messages name it
_TEXTS = Texts(
    title="ServiceCatalog",
    description="Approval processes and other systems change the services of the catalog and "
    "settle what was requested for them.",
    fields=texts.FIELDS,
    codes=texts.CODES,
    filled=texts.filled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner(common.Manner):
    """How the catalog is published."""

    namespace: str = shapes.NAMESPACE
    max_body_bytes: int = 1024 * 1024


def definition(manner: Manner | None = None) -> ServiceDefinition:
    """Give the definition of the service (contract sections 2 and 3)."""
    manner = manner or Manner()
    publication = Publication(
        stem="ssp7-catalog",
        dialect=DIALECT,
        table=shapes.TABLE,
        operations=desk.PUBLISHED,
        carry_out=desk.carry_out,
        faults=results.FAULTS.offered(basic=manner.basic),
        texts=_TEXTS,
        fill_nillable=False,  # contract section 6: leaving a value out must not erase one
    )
    return published(publication, manner, {})
