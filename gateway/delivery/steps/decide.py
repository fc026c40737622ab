"""Steps of kind ``decide``: the first rule that holds says where to go on."""

from gateway.delivery.conditions import Fill, hold
from gateway.domain.process import Decision


def decide(decision: Decision, fill: Fill) -> str:
    """Give the step to go on with; empty: the one after this."""
    for rule in decision.rules:
        if hold(rule.when, fill):
            return rule.goto
    return decision.otherwise
