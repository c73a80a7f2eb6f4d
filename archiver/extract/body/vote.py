"""trafilatura's view of a page, to be asked block by block."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import pairwise

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from archiver.extract.dom import squeeze
from archiver.extract.text.block import Block

# trafilatura's time grows with the square of the elements; real posts have a few thousand.
_MOST_ELEMENTS = 30_000
_TOKEN = re.compile(r"\w+")


class Vote:
    """What trafilatura takes for the article, to be asked block by block."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        copy = deepcopy(tree)
        self.cut = _cut(copy)
        self.text, lines = _run(copy, url)
        words = _TOKEN.findall(self.text.lower())
        self.size = sum(map(len, words))
        self._line = " " + " ".join(words) + " "
        self._pairs = set(pairwise(words))
        self._shingles = set(zip(words, words[1:], words[2:], strict=False))
        self._lines = {" ".join(_TOKEN.findall(x.lower())) for x in lines}
        self._times: dict[str, int] = {}

    def times(self, line: str) -> int:
        """Return how often the vote has a line, folded to words in lower case."""
        if line not in self._times:
            self._times[line] = self._line.count(f" {line} ")
        return self._times[line]

    def took(self, block: Block) -> bool:
        """Say whether a block is, for the most part, among what trafilatura took."""
        words = _TOKEN.findall(block.text.lower())
        if not words:
            return squeeze(block.text) in self.text
        if len(words) == 1:
            return words[0] in self._lines
        if len(words) == 2:
            return (words[0], words[1]) in self._pairs
        grams = list(zip(words, words[1:], words[2:], strict=False))
        return sum(g in self._shingles for g in grams) >= 0.6 * len(grams)


def _cut(tree: HtmlElement) -> bool:
    """Take what lies beyond the most elements out of a tree, and say whether there was any."""
    elements = list(tree.iter())
    kept = set(elements[:_MOST_ELEMENTS])
    for element in elements[_MOST_ELEMENTS:]:
        parent = element.getparent()
        if parent is not None and parent in kept:
            parent.remove(element)
    return len(elements) > _MOST_ELEMENTS


def _run(tree: HtmlElement, url: str) -> tuple[str, list[str]]:
    try:
        document = bare_extraction(
            tree, url=url or None, favor_recall=True, include_comments=False, include_tables=True
        )
    except Exception:  # noqa: BLE001 - whatever a broken page does to it, the roots are left
        return "", []
    if document is None or isinstance(document, dict) or document.body is None:
        return "", []
    parts = document.body.iter("p", "head", "item", "cell", "quote", "code", "row")
    lines = [squeeze(" ".join(str(t) for t in e.itertext())) for e in parts]
    return document.text or "", lines
