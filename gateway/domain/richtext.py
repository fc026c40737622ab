"""The two forms of a text: HTML as callers send it, and the plain text derived from it."""

import html
import re
from html.parser import HTMLParser

from gateway.domain.values import Description

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
        "ol", "p", "pre", "section", "table", "tr", "ul",
    }
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "head", "title"})
_BLANKS = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class _Lines(HTMLParser):
    """Collects text; ``br`` and the end of a block end a line (ACMP contract ST2)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """End the line at ``br``; stop listening inside what is never shown."""
        del attrs
        if tag == "br":
            self.lines.append([])
        elif tag in _UNSEEN:
            self._unseen += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat ``<br />`` like ``<br>``."""
        del attrs
        if tag == "br":
            self.lines.append([])

    def handle_endtag(self, tag: str) -> None:
        """End the line where a block ends."""
        if tag in _BLOCKS:
            self.lines.append([])
        elif tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)

    def handle_data(self, data: str) -> None:
        """Keep text that is shown."""
        if not self._unseen:
            self.lines[-1].append(data)


def from_html(markup: str) -> Description:
    """Keep HTML as given and derive the plain text.

    Tags are removed, white space collapsed, lines trimmed, blank lines at both ends dropped.
    """
    parser = _Lines()
    parser.feed(markup)
    parser.close()
    lines = [_BLANKS.sub(" ", "".join(parts)).strip() for parts in parser.lines]
    return Description(plain="\n".join(lines).strip("\n"), html=markup)


def from_plain(text: str) -> Description:
    """Keep plain text as given and derive the HTML: escaped, line breaks as ``<br />``."""
    return Description(plain=text, html=_LINE_BREAK.sub("<br />", html.escape(text, quote=False)))
