"""The language of texts in searches: operators, wildcards, quotes (contract section 7)."""

import re
from collections.abc import Iterator

from gateway.domain.ticket_search import Words, all_of, any_of, not_of, pattern

LONGEST = 200  # characters
_DEEPEST = 16

_TOKEN = re.compile(
    r"""
    (?P<and>\s*&&\s*|\s*\+\s*|\s+AND\s+)
    |(?P<or>\s*\|\|\s*|\s+OR\s+)
    |(?P<open>\(\s*)
    |(?P<close>\s*\))
    |(?P<not>!\s*)
    |(?P<run>[*%]+)
    |"(?P<quoted>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<text>[^"\\])
    """,
    re.VERBOSE | re.DOTALL,
)
_RUN = re.compile(r"[*%]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_OF_TERMS = frozenset({"text", "quoted", "escaped", "run", "not"})

Token = tuple[str, str]


def parse(text: str) -> Words:
    """Read an expression.

    Raises:
        ValueError: it is none, too long or nested too deeply.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    return _Parser(list(_tokens(text))).whole()


def literal(text: str) -> Words:
    """Read a text in which wildcards alone mean something.

    Raises:
        ValueError: it is too long.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    return pattern(_RUN.split(text))


def raw(text: str) -> Words:
    """Take a text as it is.

    Raises:
        ValueError: it is too long.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    return pattern([text])


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError("a quote or backslash without its end")
        kind = match.lastgroup or ""
        yield kind, match[kind] if kind != "quoted" else _ESCAPE.sub(r"\1", match[kind])
        place = match.end()


class _Parser:
    """Reads tokens from left to right: not binds closer than and, and closer than or."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def whole(self) -> Words:
        words = self._any(0)
        if self._place < len(self._tokens):
            raise ValueError("more than an expression")
        return words

    @property
    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _any(self, depth: int) -> Words:
        parts = [self._all(depth)]
        while self._kind == "or":
            self._place += 1
            parts.append(self._all(depth))
        return any_of(parts)

    def _all(self, depth: int) -> Words:
        parts = [self._one(depth)]
        while self._kind == "and":
            self._place += 1
            parts.append(self._one(depth))
        return all_of(parts)

    def _one(self, depth: int) -> Words:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        kind = self._kind
        if kind == "not":
            self._place += 1
            return not_of(self._one(depth + 1))
        if kind != "open":
            return self._term()
        self._place += 1
        inner = self._any(depth + 1)
        if self._kind != "close":
            raise ValueError("a parenthesis without its end")
        self._place += 1
        return inner

    def _term(self) -> Words:
        """Read a term; what would be a not before it is text within it."""
        pieces: list[str] = []
        while self._kind in _OF_TERMS:
            kind, text = self._tokens[self._place]
            pieces = pieces or [""]
            if kind == "run":
                pieces.append("")
            else:
                pieces[-1] += text
            self._place += 1
        if not pieces:
            raise ValueError("a term expected")
        return pattern(pieces)
