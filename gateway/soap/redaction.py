"""Takes secrets out of what is stored of XML messages, by an element's name.

Masks are put into the parsed tree and taken out again: a copy of the tree would cost its memory
twice and put a stranger's names into the dictionary that lxml keeps per thread.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache, partial
from typing import Self

from lxml import etree

from gateway.http.redact import MASK, described_base64, is_secret
from gateway.soap.plan import Field

# XML's own secrets beside those of every other form: tokens that are refused are secret, too.
_SECRETS = frozenset({"task_hashcheck", "binarysecuritytoken", "assertion"})


@lru_cache(maxsize=1024)
def secret_tag(tag: str) -> bool:
    """Tell whether an element or attribute of this name, in any namespace, holds a secret."""
    local = tag.rpartition("}")[2]
    return is_secret(local) or local.lower() in _SECRETS


class AnyNamespace(frozenset[str]):
    """Tags whose local names count, in any namespace or none."""

    def __new__(cls, tags: Iterable[str]) -> Self:
        """Keep the local names of the tags."""
        return super().__new__(cls, (tag.rpartition("}")[2] for tag in tags))

    def __contains__(self, tag: object) -> bool:
        """Tell whether a tag has one of the local names."""
        return super().__contains__(str(tag).rpartition("}")[2])


def binary_tags(plan: Field) -> frozenset[str]:
    """Find the tags of all base64 elements in a message."""
    return frozenset(field.tag for field in _fields(plan) if field.base64)


def _fields(plan: Field) -> Iterator[Field]:
    yield plan
    for field in plan.fields:
        yield from _fields(field)


def redacted(
    root: etree._Element, elements: Iterable[etree._Element], binary: Collection[str]
) -> str:
    """Write a tree as text, secrets masked, base64 as size and SHA-256; the tree stays as it is.

    ``elements`` are those that can hold any, ``binary`` the tags of base64 elements.
    """
    undo: list[Callable[[], None]] = []
    try:
        for element in elements:
            tag = str(element.tag)
            if tag in binary or secret_tag(tag):
                undo.append(_cover(element, is_binary=tag in binary))
            names = element.keys()
            if names:
                undo += _cover_attributes(element, names)
        return etree.tostring(root, encoding="unicode")
    finally:
        for step in reversed(undo):
            step()


class AnswerRedaction:
    """Takes out of an operation's answers what is not stored of them."""

    def __init__(self, plan: Field) -> None:
        """Find what the answers of this shape can hold."""
        self._binary = binary_tags(plan)
        self._marks = {
            f"{field.local_name}>".encode()
            for field in _fields(plan)
            if field.base64 or secret_tag(field.tag)
        }

    def stored(self, answer: bytes) -> str | None:
        """Write the gateway's own answer as it is stored; None: as it was sent.

        What it could hold and does not is seen by the ends of its tags, which stand nowhere else
        in what the writer writes: to parse it again takes as long as to make it.
        """
        if not any(mark in answer for mark in self._marks):
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(answer, parser)
        return redacted(root, list(root.iter()), self._binary)


def _cover(element: etree._Element, *, is_binary: bool) -> Callable[[], None]:
    text, children = element.text, element[:]
    element[:] = []
    if text or children:
        element.text = described_base64(text or "") if is_binary else MASK
    return partial(_restore, element, text, children)


def _cover_attributes(
    element: etree._Element, names: Iterable[str]
) -> Iterator[Callable[[], None]]:
    for name in names:
        if secret_tag(name):
            yield partial(element.set, name, str(element.get(name)))
            element.set(name, MASK)


def _restore(element: etree._Element, text: str | None, children: list[etree._Element]) -> None:
    element.text = text
    element[:] = children
