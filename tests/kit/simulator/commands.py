"""What testers ask of the simulator over HTTP: ``POST /sim/do/WHAT`` and ``/sim/received.json``."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import requests  # noqa: TID251 - what zeep's transport is made of
import zeep

from tests.kit.simulator.callbacks import Callbacks
from tests.kit.simulator.chaos import Switch
from tests.kit.simulator.desk import Desk, Incident, Numbers, UnknownIncident
from tests.kit.simulator.mischief import Reply


class Commanded(Protocol):
    """The simulator, as far as it is commanded."""

    desk: Desk
    chaos: Switch
    callbacks: Callbacks | None

    def incident(self, number: str = "") -> Incident:
        """Give an incident, or the newest one."""
        ...


_SAYINGS: Mapping[str, Callable[..., Any]] = {
    "acknowledge": Callbacks.acknowledge,
    "update": Callbacks.update,
    "ready": Callbacks.ready,
    "close": Callbacks.close,
    "reject": Callbacks.reject,
}


def command(simulator: Commanded, method: str, target: str, body: bytes) -> Reply:
    """Carry out one command."""
    try:
        return _reply(200, _carried_out(simulator, method, target, body))
    except UnknownIncident:
        return _reply(404, {"error": "no such incident"})
    except (ValueError, AttributeError) as error:
        return _reply(400, {"error": str(error)})
    except zeep.exceptions.Fault as fault:
        return _reply(502, {"error": f"the gateway refused: {fault.message}"})
    except requests.RequestException as error:
        return _reply(502, {"error": f"no answer of the gateway: {type(error).__name__}"})


def _carried_out(simulator: Commanded, method: str, target: str, body: bytes) -> dict[str, Any]:
    path = urlsplit(target).path
    given = dict(parse_qsl(urlsplit(target).query))
    if body:
        given |= {name: str(value) for name, value in json.loads(body).items()}
    if method == "GET" and path == "/sim/received.json":
        simulator.desk.wait(int(given.get("count", 0)), min(60.0, float(given.get("wait", 0))))
        return simulator.desk.report()
    if method == "POST" and path.startswith("/sim/do/"):
        return _done(simulator, path.removeprefix("/sim/do/"), given)
    raise ValueError(f"no command {method} {path}")


def _done(simulator: Commanded, what: str, given: Mapping[str, str]) -> dict[str, Any]:
    match what:
        case "chaos":
            simulator.chaos.set(given.get("kind", ""))
        case "calm":
            simulator.chaos.off()
        case "numbers":
            simulator.desk.numbers = Numbers(given.get("when", ""))
        case "forget":
            simulator.desk.forget()
        case _ if what in _SAYINGS:
            return _said(simulator, what, given)
        case _:
            known = ("chaos", "calm", "numbers", "forget", *_SAYINGS)
            raise ValueError(f"no command {what}; one of {', '.join(known)}")
    return {"done": what}


def _said(simulator: Commanded, what: str, given: Mapping[str, str]) -> dict[str, Any]:
    if simulator.callbacks is None:
        raise ValueError("no gateway to speak to: start with --gateway URL")
    incident = simulator.incident(given.get("number", ""))
    text = [given["text"]] if what != "acknowledge" and "text" in given else []
    result = _SAYINGS[what](simulator.callbacks, incident, *text)
    return {
        "done": what,
        "number": incident.number,
        "code": result.Code,
        "state": result.TaskStatus,
    }


def _reply(status: int, data: object) -> Reply:
    return Reply(status, "application/json", json.dumps(data, indent=1).encode())
