"""The two SOAP versions and what differs between them on the wire."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Wire:
    namespace: str
    prefix: str  # as stock Spyne writes it
    media_type: str


class SoapVersion(Enum):
    """SOAP 1.1 or 1.2; the envelope's namespace decides, also for the answer."""

    V11 = _Wire("http://schemas.xmlsoap.org/soap/envelope/", "soap11env", "text/xml")
    V12 = _Wire("http://www.w3.org/2003/05/soap-envelope", "soap12env", "application/soap+xml")

    @property
    def namespace(self) -> str:
        """Give the namespace of the envelope."""
        return self.value.namespace

    @property
    def prefix(self) -> str:
        """Give the prefix that answers use."""
        return self.value.prefix

    @property
    def media_type(self) -> str:
        """Give the media type without parameters."""
        return self.value.media_type

    @property
    def label(self) -> str:
        """Give the version as people write it."""
        return "1.1" if self is SoapVersion.V11 else "1.2"
