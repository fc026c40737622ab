"""Reads the project's Markdown: fenced blocks, tables, links."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.kit.children import ROOT

README = ROOT / "README.md"
GUIDE = ROOT / "deploy" / "operations.md"

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``heading`` is the section it stands in."""

    language: str
    text: str
    heading: str


def blocks(file: Path, language: str | None = None) -> list[Block]:
    """Give the fenced blocks of a file, or those of one language."""
    text = file.read_text("utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        headings = re.findall(r"^#+ (.+)$", _without_blocks(text[: match.start()]), re.MULTILINE)
        found.append(Block(match[1], match[2], headings[-1] if headings else ""))
    return [block for block in found if language in (None, block.language)]


def typed(file: Path) -> dict[str, str]:
    """Give what each section says to type: its shell blocks, as one terminal takes them."""
    texts: dict[str, str] = {}
    for block in blocks(file, "sh"):
        texts[block.heading] = texts.get(block.heading, "") + block.text
    return texts


def headings(file: Path) -> list[str]:
    """Give the headings below the title."""
    return re.findall(r"^## (.+)$", _without_blocks(file.read_text("utf-8")), re.MULTILINE)


def section(file: Path, heading: str) -> str:
    """Give the text below a heading, up to the next of its level."""
    mark, text = f"## {heading}\n", file.read_text("utf-8")
    assert mark in text, f"{file.name} has no section {heading!r}"
    return text.split(mark, 1)[1].split("\n## ", 1)[0]


def table(text: str) -> list[list[str]]:
    """Give the rows of the tables in a text, without their heads; cells without back quotes."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))] for row in rows]
    marks = [number for number, row in enumerate(cells) if set(row[0]) <= set("-: ")]
    heads = {number - 1 for number in marks} | set(marks)
    return [
        [cell.strip("`").replace("\\|", "|") for cell in row]
        for number, row in enumerate(cells)
        if number not in heads
    ]


def links(file: Path) -> list[str]:
    """Give the targets of a file's links."""
    return _LINK.findall(_without_blocks(file.read_text("utf-8")))


def _without_blocks(text: str) -> str:
    return _BLOCK.sub("", text)
