"""What testers ask of the simulator over HTTP: ``POST /sim/do/WHAT`` and ``/sim/received.json``."""

import html
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import requests  # noqa: TID251 - what zeep's transport is made of
import zeep

from tests.kit.simulator.callbacks import Callbacks
from tests.kit.simulator.chaos import Chaos, Switch
from tests.kit.simulator.desk import Desk, Incident, Numbers, UnknownIncident
from tests.kit.simulator.mischief import Reply


class Commanded(Protocol):
    """The simulator, as far as it is commanded."""

    desk: Desk
    chaos: Switch
    callbacks: Callbacks | None
    slow_s: float

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
    if method == "GET" and urlsplit(target).path == "/sim/":
        return Reply(200, "text/html; charset=utf-8", page(simulator).encode())
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
    given |= _fields(body)
    if method == "GET" and path == "/sim/received.json":
        simulator.desk.wait(int(given.get("count", 0)), min(60.0, float(given.get("wait", 0))))
        return simulator.desk.report()
    if method == "POST" and path.startswith("/sim/do/"):
        return _done(simulator, path.removeprefix("/sim/do/"), given)
    raise ValueError(f"no command {method} {path}")


def _fields(body: bytes) -> dict[str, str]:
    """Read a body: JSON of a script, or the form of the page."""
    if body.lstrip().startswith(b"{"):
        return {name: str(value) for name, value in json.loads(body).items()}
    return dict(parse_qsl(body.decode()))


def page(simulator: Commanded) -> str:
    """Write the page with a button for each command."""
    report = simulator.desk.report()
    counts = ", ".join(f"{report[name]} {name}" for name in ("calls", "events", "repeats"))
    rows = "".join(
        f"<tr><td>{html.escape(str(each['number']))}</td><td>{html.escape(str(each['text']))}</td>"
        f"<td>{len(each['notes'])}</td><td>{html.escape(', '.join(each['states']))}</td></tr>"
        for each in report["incidents"]
    )
    words = '<input name="number" placeholder="number (newest)"><input name="text">'
    buttons = "".join(_form(what, what, words) for what in _SAYINGS)
    kinds = "".join(f"<option>{kind}</option>" for kind in Chaos)
    seconds = '<input name="seconds" placeholder="seconds of slow" size="14">'
    chaos = f'<select name="kind">{kinds}</select>{seconds}'
    return (
        "<!DOCTYPE html><html lang=en><title>Simulated partner</title><h1>Simulated partner</h1>"
        f"<p>{counts} (<a href=received.json>all of it</a>)</p>"
        f"<table><tr><th>number<th>text<th>notes<th>states</tr>{rows}</table>"
        f"{buttons}{_form('chaos', 'misbehave', chaos)}{_form('calm', 'behave', '')}"
        f"{_form('forget', 'forget all', '')}"
    )


def _form(what: str, label: str, fields: str) -> str:
    return f'<form method=post action="do/{what}">{fields}<button>{label}</button></form>'


def _done(simulator: Commanded, what: str, given: Mapping[str, str]) -> dict[str, Any]:
    match what:
        case "chaos":
            simulator.chaos.set(given.get("kind", ""))
            simulator.slow_s = float(given.get("seconds") or simulator.slow_s)
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
