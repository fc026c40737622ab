"""Steps that call nobody: what they would have sent is kept, and what they are told is said."""

from dataclasses import dataclass, field
from typing import Any

from gateway.delivery.steps.step import Answered, Place
from gateway.domain.process import Kind
from gateway.usecases.ports import Exchange


@dataclass(frozen=True, slots=True)
class Sent:
    """One call as it would have gone out."""

    step: str
    content: Any  # of the keys that have one, filled
    headers: dict[str, str]
    event: str
    attempt: int


@dataclass
class Calls:
    """Performs steps of every kind; ``answers`` by step: what it gives, or a function."""

    answers: dict[str, Any] = field(default_factory=dict)
    partners: dict[str, int] = field(default_factory=dict)  # whom a target belongs to
    sent: list[Sent] = field(default_factory=list)

    @property
    def performers(self):
        return dict.fromkeys((Kind.SOAP, Kind.HTTP, Kind.MAIL), self)

    @property
    def steps(self):
        """List the steps that were performed, in their order."""
        return [each.step for each in self.sent]

    def target(self, step, partner_id):
        return self.partners.get(step.keys.get("target"))

    def perform(self, step, situation):
        filled = {
            key: situation.texts.data(step.keys[key])
            for key in ("arguments", "json", "form", "body", "subject")
            if key in step.keys
        }
        if "path" in step.keys:
            filled["path"] = situation.texts.fill(step.keys["path"], Place.URL)
        situation.hold()
        claimed = situation.claimed
        self.sent.append(
            Sent(
                step=step.name,
                content=filled,
                headers=dict(situation.headers),
                event=str(claimed.event_id),
                attempt=int(situation.headers["X-Gateway-Delivery-Attempt"]),
            )
        )
        answer = self.answers.get(step.name, Answered(exchange=Exchange(status=200)))
        return answer(situation) if callable(answer) else answer

    def check(self, step, process):
        return ()


def answered(body: str, status: int = 200) -> Answered:
    """Give an answer with a body."""
    return Answered(exchange=Exchange(status=status, answer=body), body=body)
