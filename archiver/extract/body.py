"""Which blocks are the article: trafilatura's vote, checked against the root that the platform names.

A named root alone is worse than trafilatura alone (teasers and comments carry the same class names), and
trafilatura alone loses lists, headings and notes inside the body. So a root is believed when it holds
nearly all that trafilatura took; then gaps inside it are filled and what lies outside is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura import bare_extraction

from archiver.extract import dates
from archiver.extract.dom import Index, ancestors, squeeze, tag
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.rules import Platform
from archiver.extract.prune import is_junk
from archiver.extract.residue import is_closing, is_opening, is_residue
from archiver.extract.serialise import Block

_TOKEN = re.compile(r"\w+")
_AGREE = 0.85
_LINKED = 0.6


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the article, and how they were found: root, vote, or text."""

    blocks: list[Block]
    how: str


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


def root_of(index: Index, platform: Platform) -> HtmlElement | None:
    """Return the one element that the platform names as body, or None when there are none or several."""
    for selector in platform.roots:
        found = [e for e in index.select(selector) if tag(e) not in ("html", "body")]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def choose(
    index: Index,
    platform: Platform,
    blocks: list[Block],
    vote: Vote,
    sure: HtmlElement | None,
    title: str | None,
    known: frozenset[str] = frozenset(),
) -> Body:
    """Return the article's blocks out of all blocks of the page; `known` are names and terms, folded."""
    blocks = _once(blocks, vote)
    taken = {id(b) for b in blocks if b.text and vote.took(b)}
    weight = sum(len(b.text) for b in blocks if id(b) in taken)
    if vote.size > 400 and weight < 0.4 * vote.size:
        # It read the text out of a script: the page itself does not show it.
        return Body(_from_vote(vote, index.root), "text")
    root = _root(index, platform, blocks, taken, weight)
    if root is None:
        root = _sure(sure, blocks, taken, weight)
    elif sure is not None and not _below(sure, root) and _outweighs(sure, blocks, weight):
        root = sure
    if root is not None:
        return Body(_trim(_within(root, blocks, taken), title, known, taken), "root")
    if not taken:
        return Body([], "vote")
    common = _common(blocks, taken, weight)
    return Body(_trim(_between(common, blocks, taken), title, known, taken), "vote")


def _once(blocks: list[Block], vote: Vote) -> list[Block]:
    """Drop further copies of a paragraph that the vote has once: pages repeat a post for small screens."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        line = _fold(block.text) if len(block.text) >= 60 else ""
        if line and line in seen and vote.times(line) == 1:
            continue
        seen.add(line)
        kept.append(block)
    return kept


def _root(
    index: Index, platform: Platform, blocks: list[Block], taken: set[int], weight: int
) -> HtmlElement | None:
    """Return the smallest named root that holds nearly all of the vote."""
    if not weight:
        return None
    sizes: dict[HtmlElement, int] = {}
    totals: dict[HtmlElement, int] = {}
    named = set(index.all((*platform.roots, *GENERIC.roots)))
    for block in blocks:
        for node in (block.element, *ancestors(block.element)):
            if node in named:
                totals[node] = totals.get(node, 0) + len(block.text)
                if id(block) in taken:
                    sizes[node] = sizes.get(node, 0) + len(block.text)
    good = [node for node, size in sizes.items() if size >= _AGREE * weight]
    if not good:
        return None
    best = min(good, key=lambda n: totals[n])
    return _widen(best, blocks, totals)


def _widen(root: HtmlElement, blocks: list[Block], totals: dict[HtmlElement, int]) -> HtmlElement:
    """Return the parent of a root that is one of several like sections of an article, else the root."""
    parent = root.getparent()
    if parent is None or tag(parent) in ("body", "html") or not root.get("class"):
        return root
    alike = [
        e for e in parent if e is not root and e.get("class") == root.get("class") and tag(e) == tag(root)
    ]
    size = sum(totals.get(e, 0) for e in alike)
    if size < 0.2 * totals[root] or tag(root) == "article":
        return root
    linked = sum(b.linked for b in blocks if any(_below(b.element, e) for e in alike))
    return parent if linked < 0.3 * size else root


def _sure(root: HtmlElement | None, blocks: list[Block], taken: set[int], weight: int) -> HtmlElement | None:
    """Return the platform's only root although the vote went elsewhere, as it does on very short posts."""
    if root is None:
        return None
    inside = [b for b in blocks if _below(b.element, root)]
    size = sum(len(b.text) for b in inside)
    agreed = sum(len(b.text) for b in inside if id(b) in taken)
    if not any(b.text or b.images for b in inside):
        return None
    short = size < 800 and weight < 3000
    return root if agreed >= 0.4 * weight or short or _outweighs(root, blocks, weight) else None


def _outweighs(root: HtmlElement, blocks: list[Block], weight: int) -> bool:
    """Say whether the platform's only root holds so much more that the vote must have missed the post."""
    inside = [b for b in blocks if _below(b.element, root)]
    size = sum(len(b.text) for b in inside)
    return size > max(1500, 3 * weight) and sum(b.linked for b in inside) < 0.3 * size


def _below(element: HtmlElement, root: HtmlElement) -> bool:
    return element is root or any(a is root for a in ancestors(element))


def _common(blocks: list[Block], taken: set[int], weight: int) -> HtmlElement:
    """Return the deepest element that holds nearly all of the vote."""
    sizes: dict[HtmlElement, int] = {}
    depth: dict[HtmlElement, int] = {}
    for block in blocks:
        if id(block) in taken:
            chain = [block.element, *ancestors(block.element)]
            for above, node in enumerate(reversed(chain)):
                sizes[node] = sizes.get(node, 0) + len(block.text)
                depth[node] = above
    good = [node for node, size in sizes.items() if size >= 0.9 * weight]
    return max(good, key=lambda n: depth[n])


def _within(root: HtmlElement, blocks: list[Block], taken: set[int]) -> list[Block]:
    inside = [b for b in blocks if _below(b.element, root)]
    places = [n for n, b in enumerate(inside) if id(b) in taken]
    first, last = (places[0], places[-1]) if places else (0, 0)
    return [b for n, b in enumerate(inside) if id(b) in taken or _fills(b, root, first < n < last)]


def _between(common: HtmlElement, blocks: list[Block], taken: set[int]) -> list[Block]:
    places = [n for n, b in enumerate(blocks) if id(b) in taken]
    first, last = places[0], places[-1]
    return [
        b
        for n, b in enumerate(blocks)
        if id(b) in taken or (first <= n <= last and _below(b.element, common) and _fills(b, common, True))
    ]


def _fills(block: Block, root: HtmlElement, interior: bool) -> bool:
    """Say whether a block that the vote passed over belongs to the article nonetheless."""
    if is_junk(block.element, root):
        return False
    if block.text and block.linked > _LINKED * len(block.text) and block.kind not in ("h", "tr"):
        # Links to other pages in mid-article are the author's; those to the page's own parts are contents.
        return bool(block.images) or (interior and block.kind == "li" and bool(block.links))
    return True


def _trim(blocks: list[Block], title: str | None, known: frozenset[str], taken: set[int]) -> list[Block]:
    """Drop the title line, what stands above and below an article, and known furniture lines."""
    folded = _fold(title)
    kept: list[Block] = []
    words = 0
    opened = False
    for n, block in enumerate(blocks):
        line = _fold(block.text)
        if words < 200 and folded and line == folded and (block.kind == "h" or words == 0):
            continue
        if not opened and block.text and len(block.text) < 120 and _stands_above(block.text, line, known):
            continue
        opened = opened or len(block.text) >= 120 or len(kept) > 8
        if block.text and is_residue(block.text) and not _heads_text(block, blocks[n + 1 : n + 2], taken):
            continue
        kept.append(block)
        words += len(block.text)
    kept = _close(kept)
    while kept and not kept[-1].images and (kept[-1].kind in ("h", "hr") or _fold(kept[-1].text) in known):
        kept.pop()
    while kept and kept[0].kind == "hr":
        kept.pop(0)
    return kept


def _stands_above(text: str, line: str, known: frozenset[str]) -> bool:
    """Say whether a line is the byline, date or term that themes set over an article."""
    return line in known or is_opening(text) or _is_date(text)


def _heads_text(block: Block, following: list[Block], taken: set[int]) -> bool:
    """Say whether a furniture word is the author's own heading: it stands over a paragraph of words."""
    return (
        block.kind == "h"
        and id(block) in taken
        and bool(following)
        and following[0].kind in ("p", "li")
        and id(following[0]) in taken
        and len(following[0].text) > 60
        and following[0].linked < 0.3 * len(following[0].text)
    )


def _is_date(text: str) -> bool:
    return len(text) < 50 and dates.iso(text) is not None and len(_TOKEN.findall(text)) <= 6


def _close(blocks: list[Block]) -> list[Block]:
    """Cut an appended section of teasers, author or newsletter off, when it is links or short."""
    total = sum(len(b.text) for b in blocks)
    seen = 0
    for n, block in enumerate(blocks):
        if block.text and seen >= 0.5 * total and is_closing(block.text):
            rest = blocks[n + 1 :]
            size = sum(len(b.text) for b in rest)
            linked = sum(b.linked for b in rest)
            if linked >= 0.4 * size or size < min(800, 0.15 * total):
                return blocks[:n]
        seen += len(block.text)
    return blocks


def folded(names: Iterable[str]) -> frozenset[str]:
    """Return names and terms in the form in which lines are compared with them."""
    return frozenset(f for n in names if (f := _fold(n)))


def _fold(value: str | None) -> str:
    return " ".join(_TOKEN.findall((value or "").casefold()))


def _from_vote(vote: Vote, root: HtmlElement) -> list[Block]:
    lines = [squeeze(x) for x in vote.text.split("\n")]
    return [Block("p", root, x, x) for x in lines if x]
