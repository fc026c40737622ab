"""A service provider to play with: it speaks SOAP and REST over real HTTP, and misbehaves on order.

It is the ``northwind`` desk of the operations guide. Tests drive it from Python, testers by
``ticket-gateway simulate`` and the commands below ``/sim/``.
"""

from tests.kit.simulator.chaos import Chaos, Switch
from tests.kit.simulator.desk import Desk, Incident, Numbers, Received
from tests.kit.simulator.proof import Proof
from tests.kit.simulator.server import Simulator

__all__ = ["Chaos", "Desk", "Incident", "Numbers", "Proof", "Received", "Simulator", "Switch"]
