"""The two forms of a text: HTML as callers send it, and the plain text derived from it.

Written without ``html.parser``: of the versions we run on it needs quadratic time for markup that
never ends (60 kB of ``<a `` take 45 s) and raises an AssertionError for ``<![``.
"""

import html
import re
from collections.abc import Iterator

from gateway.domain.values import Description

_LINE_ENDS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
        "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
    }
)  # fmt: skip
_VOID = frozenset({"br", "hr"})  # they end where they begin
_UNSEEN = frozenset({"script", "style", "title"})
# Possessive throughout: no input makes it look at a character more than a few times.
_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z][^\s/>]*+)(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#(?=[0-9]{9})0*+([0-9]{0,8})[0-9]*+")
_BLANKS = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def from_html(markup: str) -> Description:
    """Keep HTML as given and derive the plain text (ACMP contract ST2).

    Tags are removed, ``br`` and the end of a block end a line, white space is collapsed, lines are
    trimmed, blank lines at both ends dropped. Markup that never ends is text.
    """
    lines: list[list[str]] = [[]]
    for text, tag in _pieces(markup):
        lines[-1].append(_unescaped(text))
        if tag is not None and _ends_line(tag):
            lines.append([])
    trimmed = [_BLANKS.sub(" ", "".join(parts)).strip() for parts in lines]
    return Description(plain="\n".join(trimmed).strip("\n"), html=markup)


def from_plain(text: str) -> Description:
    """Keep plain text as given and derive the HTML: escaped, line breaks as ``<br />``."""
    return Description(plain=text, html=_LINE_BREAK.sub("<br />", html.escape(text, quote=False)))


def _pieces(markup: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Give each stretch of text with the tag that follows it; None where none or a comment does."""
    shown = place = 0  # where the present text began, and where to look on
    while (opening := _OPENING.search(markup, place)) is not None:
        start = opening.start()
        tag = _TAG.match(markup, start)
        end = tag.end() if tag else _remark_end(markup, start)
        if end is None:
            break
        yield markup[shown:start], tag
        if tag and not tag["end"] and tag["name"].lower() in _UNSEEN:
            end = _end_of(tag["name"], markup, end)
        shown = place = end
    yield markup[shown:], None


def _remark_end(markup: str, start: int) -> int | None:
    """Find the end of a comment, declaration or stray end tag; None: it never ends."""
    if markup[start + 1].isalpha():
        return None
    closing = "-->" if markup.startswith("<!--", start) else ">"
    found = markup.find(closing, start)
    return None if found < 0 else found + len(closing)


def _end_of(name: str, markup: str, start: int) -> int:
    # What is never shown holds no tags; unclosed it swallows the rest, as in every browser.
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, start)
    return len(markup) if found is None else found.start()


def _ends_line(tag: re.Match[str]) -> bool:
    name = tag["name"].lower()
    return name in _LINE_ENDS and (bool(tag["end"]) or name in _VOID)


def _unescaped(text: str) -> str:
    # The standard library refuses to read a number of more than 4300 digits.
    return html.unescape(_LONG_NUMBER.sub(r"&#0\1", text))
