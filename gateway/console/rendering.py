"""How pages of the console are written: as HTML from templates, and their twins as JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gateway import clock
from gateway.console.texts import TEXTS, said

HTML = "text/html; charset=utf-8"
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
PROBLEM = "application/problem+json"

# Nothing runs and nothing is loaded from elsewhere; no page may be framed (experience, section 10).
POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; frame-ancestors 'none'; "
    "form-action 'self'; base-uri 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: browsers would hide the origin of our own forms, too.
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
    ("Vary", "Accept-Language, Cookie"),
)
_UNITS = {"en": ("d", "h", "min", "s"), "de": ("T", "h", "min", "s")}
# A program for sheets would run a text that begins like this (hardening page, F8).
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORMS = {"en": "%Y-%m-%d %H:%M:%S", "de": "%d.%m.%Y %H:%M:%S"}


class Writer:
    """Writes pages in the reader's language; everything put into one is escaped."""

    def __init__(self, base: str, time_zone: str) -> None:
        self._base = base
        self._zone = ZoneInfo(time_zone)
        self._environment = Environment(
            loader=PackageLoader("gateway.console", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def html(self, template: str, language: str, **content: Any) -> bytes:
        """Write a page."""
        page = self._environment.get_template(template).render(
            t={key: words[language] for key, words in TEXTS.items()},
            language=language,
            base=self._base,
            console=f"{self._base}/console",
            words=lambda pair: _words(pair, language),
            moment=lambda time: self._moment(time, language),
            age=lambda seconds: span(seconds, language),
            ahead=lambda time: span((time - clock.now()).total_seconds(), language),
            said=lambda key, *names: said(key, language, *names),
            **content,
        )
        return page.encode()

    def _moment(self, time: datetime | None, language: str) -> Markup | str:
        """Write a time in the operator's zone, with UTC behind it."""
        if time is None:
            return ""
        here = time.astimezone(self._zone)
        return Markup('<time datetime="{0}" title="{1} UTC">{2} {3}</time>').format(
            plain(time), time.astimezone(ZoneInfo("UTC")).strftime(_FORMS[language]),
            here.strftime(_FORMS[language]), here.tzname(),
        )  # fmt: skip


def twin(data: Mapping[str, Any]) -> bytes:
    """Write the data of a page."""
    return json.dumps(plain(data), ensure_ascii=False, indent=1).encode() + b"\n"


def table(rows: Sequence[Any]) -> bytes:
    """Write records as CSV; the byte order mark tells programs for sheets that it is UTF-8."""
    records = [plain(row) for row in rows]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(records[0] if records else ())
    writer.writerows([_cell(value) for value in record.values()] for record in records)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(_FORMULAS) else value
        case list() if all(isinstance(each, str) for each in value):
            return _cell(" / ".join(value))
        case _:
            return json.dumps(value, ensure_ascii=False)


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows: records into objects, times into ISO 8601."""
    match value:
        case Enum():
            shown = value.value
        case None | bool() | int() | str() | float():
            shown = value
        case datetime():
            shown = value.isoformat().replace("+00:00", "Z")
        case Mapping():
            shown = {str(key): plain(each) for key, each in value.items()}
        case Sequence():
            shown = [plain(each) for each in value]
        case _ if is_dataclass(value):
            shown = {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            shown = str(value)
    return shown


def span(seconds: float, language: str) -> str:
    """Write a span by its two largest units; what lies behind is none."""
    left, parts = max(int(seconds), 0), []
    for unit, size in zip(_UNITS[language], (86_400, 3600, 60, 1), strict=True):
        count, left = divmod(left, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or f"0 {_UNITS[language][-1]}"


def _words(pair: Sequence[str] | None, language: str) -> str:
    """Give a caption in the reader's language."""
    if pair is None:
        return ""
    return pair[1] if language == "de" else pair[0]
