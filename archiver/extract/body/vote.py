"""trafilatura's view of a page, to be asked block by block."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from archiver.extract.dom import squeeze
from archiver.extract.text.block import Block

_TOKEN = re.compile(r"\w+")


class Vote:
    """What trafilatura takes for the article, to be asked block by block."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self.text, self.lines = _run(tree, url)
        words = _TOKEN.findall(self.text.lower())
        self.size = sum(map(len, words))
        self._line = " " + " ".join(words) + " "
        self._shingles = {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        self._lines = {" ".join(_TOKEN.findall(x.lower())) for x in self.lines}

    def times(self, line: str) -> int:
        """Return how often the vote has a line, folded to words in lower case."""
        return self._line.count(f" {line} ")

    def took(self, block: Block) -> bool:
        """Say whether a block is, for the most part, among what trafilatura took."""
        words = _TOKEN.findall(block.text.lower())
        if not words:
            return squeeze(block.text) in self.text
        joined = " ".join(words)
        if len(words) < 4:
            return joined in self._lines or (len(words) > 1 and f" {joined} " in self._line)
        if f" {joined} " in self._line:
            return True
        grams = [tuple(words[i : i + 3]) for i in range(len(words) - 2)]
        return sum(g in self._shingles for g in grams) >= 0.6 * len(grams)


def _run(tree: HtmlElement, url: str) -> tuple[str, list[str]]:
    try:
        document = bare_extraction(
            deepcopy(tree), url=url or None, favor_recall=True, include_comments=False, include_tables=True
        )
    except Exception:  # noqa: BLE001 - whatever a broken page does to it, the roots are left
        return "", []
    if document is None or isinstance(document, dict) or document.body is None:
        return "", []
    parts = document.body.iter("p", "head", "item", "cell", "quote", "code", "row")
    lines = [squeeze(" ".join(str(t) for t in e.itertext())) for e in parts]
    return document.text or "", lines
