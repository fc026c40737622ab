"""What the service catalog is published as."""

from gateway.dialects.ssp7.catalog import desk, results, shapes, texts
from gateway.dialects.ssp7.publication import Publication, Texts

DIALECT = "catalog"  # as messages name it

PUBLICATION = Publication(
    stem="ssp7-catalog",
    dialect=DIALECT,
    table=shapes.TABLE,
    operations=desk.PUBLISHED,
    carry_out=desk.carry_out,
    faults=results.FAULTS,
    texts=Texts(
        title="ServiceCatalog",
        description="Approval processes and other systems change the services of the catalog and "
        "settle what was requested for them.",
        fields=texts.FIELDS,
        codes=texts.CODES,
        filled=texts.filled,
    ),
    fill_nillable=False,  # contract section 6: leaving a value out must not erase one
)
