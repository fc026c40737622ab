"""The contract of one service: a message is judged against the published schema."""

import threading
from collections.abc import Mapping

from lxml import etree
from lxml.etree import _Element as Element

from gateway.soap.codec import Operation
from gateway.soap.explanation import explain


class Contract:
    """Judges Body children; libxml2 decides, our slow path explains."""

    def __init__(self, schema: bytes, operations: Mapping[str, Operation]) -> None:
        self._source = schema
        self._operations = operations
        # A schema object shared by threads mixes up their error logs: 0.4 % of the refusals of
        # 8 threads carried another caller's value.
        self._local = threading.local()
        self._lock = threading.Lock()
        self._unexplained = 0
        self._schema()  # a damaged file stops the start, not the first request

    @property
    def unexplained(self) -> int:
        """Count refusals for which no path and reason were found."""
        return self._unexplained

    def check(self, body_child: Element) -> None:
        """Let a valid message pass.

        Raises:
            SchemaViolation: It breaks the schema; ``field`` is the path, ``sentence`` the reason.
        """
        if self._schema().validate(body_child):
            return
        violation = explain(self._operations[str(body_child.tag)].plan, body_child)
        if violation.field is None:
            with self._lock:
                self._unexplained += 1
        raise violation

    def _schema(self) -> etree.XMLSchema:
        schema: etree.XMLSchema | None = getattr(self._local, "schema", None)
        if schema is None:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            schema = etree.XMLSchema(etree.fromstring(self._source, parser))
            self._local.schema = schema
        return schema
