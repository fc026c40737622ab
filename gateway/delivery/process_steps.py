"""The steps of a process file: the keys that each kind has (SSP7 contract, 11.1)."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.delivery.process_table import Table
from gateway.domain.process import (
    END,
    Condition,
    Conditions,
    Decision,
    Fallback,
    Kind,
    Operator,
    Pause,
    Picked,
    Picking,
    Reader,
    Rule,
    Step,
    Use,
)

_STEP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")  # goes into headers and Message-IDs
_INPUT = re.compile(r"[A-Z][A-Z0-9_]*")
_VALUE = re.compile(r"[^#|]{1,60}")
_STATUS = re.compile(r"[1-5][0-9]{2}(\.\.[1-5][0-9]{2})?")
_LONGEST_CALL_S = 300  # as of a target; a worker is held meanwhile
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def step_of(table: Table) -> Step:
    """Read one step."""
    name = table.matching("name", _STEP_NAME, called="1 to 60 of A-Z a-z 0-9 _ . -")
    if name in (END, "LOG"):
        table.wrong("name", f"{name} has a meaning of its own")
    if table.choice("kind", tuple(Kind)) != table.content.get("kind"):
        return Step(name=name, kind=Kind.DECIDE)  # which keys it may have nobody knows
    kind = Kind(table.content["kind"])
    either = table.flag("any")
    pauses = kind is Kind.WAIT
    step = Step(
        name=name,
        kind=kind,
        when=_conditions(table, "when", either=either),
        next=table.text("next"),
        # Of a step that waits it is the end of the waiting.
        timeout_s=None if pauses else table.duration("timeout", None, longest=_LONGEST_CALL_S),
        on_error=_fallback(table, "on_error"),
        inputs=inputs_of(table) if kind is Kind.HTTP else MappingProxyType({}),
        keys=_KEYS[kind](table) if kind in _KEYS else MappingProxyType({}),
        does=_DOES[kind](table, either) if kind in _DOES else None,
    )
    table.end()
    return step


def _conditions(table: Table, key: str, *, either: bool, needed: bool = False) -> Conditions:
    found = tuple(_condition(each) for each in table.tables(key, needed=needed))
    return Conditions(found, any=either)


def _condition(table: Table) -> Condition:
    op = Operator(table.choice("op", tuple(Operator)))
    left, right = table.text("left", needed=True), table.take("right", (str, list), "a text")
    if right is None and op not in (Operator.EMPTY, Operator.FILLED):
        table.need("right")
    listed = right if isinstance(right, list) else [right or ""]
    if isinstance(right, list) and op is not Operator.IN:
        table.wrong("right", "a list goes with in only")
    if not all(isinstance(each, str) for each in listed):
        table.wrong("right", "must be a text, or a list of texts")
    table.end()
    return Condition(left=left, op=op, right=tuple(str(each) for each in listed) or ("",))


def _fallback(table: Table, key: str) -> Fallback:
    value = table.text(key, "fail")
    if value.startswith("goto:") and value != "goto:":
        return Fallback(fails=False, goto=value.removeprefix("goto:"))
    if value not in ("fail", "continue"):
        table.wrong(key, "must be fail, continue or goto:<later step>")
    return Fallback(fails=value != "continue")


def _soap(table: Table) -> Mapping[str, Any]:
    for key in ("target", "wsdl", "operation"):
        table.text(key, needed=True)
    for key in ("service", "port"):
        table.text(key)
    for key in ("arguments", "header"):
        _judge_data(table, key, table.table(key))
    table.flag("omit_empty", default=True)
    return _given(table, ("target", "wsdl", "operation", "service", "port", "arguments", "header",
                          "omit_empty"))  # fmt: skip


def _http(table: Table) -> Mapping[str, Any]:
    for key in ("target", "path"):
        table.text(key, needed=True)
    table.choice("method", _METHODS)
    for key in ("query", "headers"):
        table.texts(key)
    table.text("body")
    if "body" in table.content or "body_type" in table.content:
        table.choice("body_type", ("json", "xml", "html", "text"))
        table.text("body", needed=True)
    _judge_data(table, "json", table.take("json", (dict, list), "a table or a list"))
    _judge_data(table, "form", table.table("form"))
    if sum(key in table.content for key in ("body", "json", "form")) > 1:
        table.wrong("body", "only one of body, json and form")
    _judge_statuses(table, table.take("expect", list, "a list of statuses"))
    return _given(table, ("target", "method", "path", "query", "headers", "body", "body_type",
                          "json", "form", "expect"))  # fmt: skip


def _mail(table: Table) -> Mapping[str, Any]:
    for key in ("to", "cc"):
        listed = table.take(key, list, "a list of addresses")
        if key == "to" and not listed:
            table.need(key)
        if not all(isinstance(each, str) for each in listed or ()):
            table.wrong(key, "must be a list of addresses")
    for key in ("subject", "body"):
        table.text(key, needed=True)
    table.choice("body_type", ("text", "html"), "text")
    table.flag("attachments")
    return _given(table, ("to", "cc", "subject", "body", "body_type", "attachments"))


def _given(table: Table, keys: Iterable[str]) -> Mapping[str, Any]:
    return MappingProxyType({key: table.content[key] for key in keys if key in table.content})


def _judge_data(table: Table, key: str, value: Any) -> None:
    """Judge nested tables and lists; a TOML date has no one form as a text."""
    match value:
        case {"each": each, **rest}:
            if each != "attachments" or rest.keys() != {"item"}:
                table.wrong(key, 'must be { each = "attachments", item = {...} }')
        case dict():
            for name, inside in value.items():
                _judge_data(table, f"{key}.{name}", inside)
        case list():
            for place, inside in enumerate(value, 1):
                _judge_data(table, f"{key}[{place}]", inside)
        case None | str() | int() | float():
            return
        case _:
            table.wrong(key, "must be a text, a number, a flag, a table or a list")


def _judge_statuses(table: Table, statuses: list[Any] | None) -> None:
    if not all(_STATUS.fullmatch(str(each)) for each in statuses or ()):
        table.wrong("expect", "must be a list of statuses like 200, or ranges like '200..299'")


def _decision(table: Table, either: bool) -> Decision:
    del either
    rules = []
    for each in table.tables("rules", needed=True):
        when = _conditions(each, "when", either=each.flag("any"), needed=True)
        rules.append(Rule(when, each.text("goto", needed=True)))
        each.end()
    return Decision(rules=tuple(rules), otherwise=table.text("otherwise"))


def _picking(table: Table, either: bool) -> Picking:
    del either
    return Picking(
        source=table.text("from"),
        namespaces=MappingProxyType(table.texts("namespaces")),
        values=tuple(_picked(each) for each in table.tables("values", needed=True)),
    )


def _picked(table: Table) -> Picked:
    use = table.choice("set", tuple(Use)) if "set" in table.content else ""
    picked = Picked(
        name=table.matching("name", _VALUE, called="1 to 60 characters without # and |"),
        type=Reader(table.choice("type", tuple(Reader))),
        path=table.text("path"),
        required=table.flag("required"),
        set=Use(use) if use else None,
    )
    if picked.type is not Reader.TEXT and not picked.path:
        table.wrong("path", "is required")
    table.end()
    return picked


def _pause(table: Table, either: bool) -> Pause:
    if ("until" in table.content) == ("for" in table.content):
        table.wrong("until", "one of until and for is required")
    until = _conditions(table, "until", either=either, needed="until" in table.content)
    plain = Pause()
    return Pause(
        until=until if until.of else None,
        for_s=table.duration("for", None) or 0,
        check_s=table.duration("check", None) or plain.check_s,
        timeout_s=table.duration("timeout", None) or plain.timeout_s,
        on_timeout=_fallback(table, "on_timeout"),
    )


_KEYS: Mapping[Kind, Callable[[Table], Mapping[str, Any]]] = {
    Kind.SOAP: _soap,
    Kind.HTTP: _http,
    Kind.MAIL: _mail,
}
_DOES: Mapping[Kind, Callable[[Table, bool], Decision | Picking | Pause]] = {
    Kind.DECIDE: _decision,
    Kind.MAP: _picking,
    Kind.WAIT: _pause,
}


def inputs_of(table: Table) -> Mapping[str, str]:
    """Take the inputs of a process or a step."""
    inputs = table.texts("inputs")
    for name in inputs:
        if not _INPUT.fullmatch(name):
            table.wrong(f"inputs.{name}", "must be A-Z, then A-Z 0-9 _")
    return MappingProxyType(inputs)
