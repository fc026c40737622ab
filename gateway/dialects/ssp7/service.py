"""What the workflow service is published as."""

from gateway.dialects.ssp7 import desk, results, shapes, texts
from gateway.dialects.ssp7.publication import Publication, Texts

PUBLICATION = Publication(
    stem="ssp7-workflow",
    dialect="ssp7",
    table=shapes.TABLE,
    operations=desk.PUBLISHED,
    carry_out=desk.carry_out,
    faults=results.FAULTS,
    texts=Texts(
        title="WorkflowService",
        description="Service providers set their reference numbers, report solutions and add "
        "update texts to the tasks that were given to them.",
        fields=texts.FIELDS,
        codes=texts.CODES,
        filled=texts.filled,
    ),
    # Looking at events counts how often that was done, and no more.
    asking=frozenset({"get_task", "get_task_by_reference", "get_messages", "pending_events"}),
    with_files=frozenset({"reassign", "update"}),
)
