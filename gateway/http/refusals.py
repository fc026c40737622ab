"""What the door refuses by itself: one line of plain text, never an envelope (BP 1.1, R1126)."""

from dataclasses import dataclass

from gateway.http.exchange import Answer


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal of the door."""

    status: int
    code: str
    sentence: str
    headers: tuple[tuple[str, str], ...] = ()
    gone: bool = False  # the caller hung up, nobody will read the answer

    @property
    def ours(self) -> bool:
        """Tell whether the gateway is to blame, not the caller."""
        return self.code.startswith("GW-5")

    def answer(self, correlation_id: str) -> Answer:
        """Write the one line: code, sentence, correlation id."""
        line = f"{self.code} {self.sentence} {correlation_id}\n"
        return Answer(self.status, line.encode(), "text/plain; charset=utf-8", self.headers)


BROKEN_BODY = Refusal(400, "GW-107", "the body ended early or was badly framed", gone=True)
LATE_BODY = Refusal(408, "GW-106", "the body did not arrive in time")
TOO_LARGE = Refusal(413, "GW-104", "the body is too large")
INTERNAL = Refusal(500, "GW-501", "internal error")


def try_later(retry_after_s: int) -> Refusal:
    """Make the refusal of an overloaded gateway, for exchanges without a form of their own."""
    return Refusal(503, "GW-503", "try later", (("Retry-After", str(retry_after_s)),))
