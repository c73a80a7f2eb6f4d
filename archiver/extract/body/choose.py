"""Which blocks are the article: trafilatura's vote, checked against the root that the platform names.

A named root alone is worse than trafilatura alone (teasers and comments carry the same class names), and
trafilatura alone loses lists, headings and notes inside the body. So a root is believed when it holds
nearly all that trafilatura took; then gaps inside it are filled and what lies outside is left. Where no root
is known, the deepest element that holds nearly all of the vote stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.extract.body import roots
from archiver.extract.body.prune import is_junk
from archiver.extract.body.trim import fold, trim
from archiver.extract.body.vote import Vote
from archiver.extract.dom import squeeze
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index
from archiver.extract.text.block import Block

_LINKED = 0.6
_LONG = 400
_WHOLE = 0.1
_PIECE = 40


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the article, and how they were found: root, vote, or text."""

    blocks: list[Block]
    how: str


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
    root = roots.named_root(index, platform, blocks, taken, weight)
    if root is None:
        root = roots.sure_root(sure, blocks, taken, weight)
    elif sure is not None and not roots.below(sure, root) and roots.outweighs(sure, blocks, weight):
        root = sure
    if root is not None:
        core = roots.common(blocks, taken, weight) if taken else root
        return Body(trim(_within(root, blocks, taken, core), title, known, taken), "root")
    if not taken:
        return Body([], "vote")
    core = roots.common(blocks, taken, weight)
    return Body(trim(_between(core, blocks, taken), title, known, taken), "vote")


def _once(blocks: list[Block], vote: Vote) -> list[Block]:
    """Drop further copies of a paragraph that the vote has once: pages repeat a post for small screens.

    A copy that stands beside the first is the author's: a refrain, or a word said twice.
    """
    seen: dict[str, HtmlElement | None] = {}
    kept: list[Block] = []
    long = max(_LONG, _WHOLE * sum(len(b.text) for b in blocks))
    for block in blocks:
        line = fold(block.text) if len(block.text) >= 60 else ""
        beside = block.element.getparent()
        if line and line in seen and seen[line] is not beside and vote.times(line) == 1:
            continue
        if len(line) > long and line not in seen and _repeats(line, kept):
            continue
        seen.setdefault(line, beside)
        kept.append(block)
    return kept


def _repeats(line: str, before: list[Block]) -> bool:
    """Say whether a long block is what stood before it in several blocks, run together for readers or machines."""
    text = " ".join(fold(b.text) for b in before)
    step = max(1, (len(line) - _PIECE) // 9)
    pieces = [line[at : at + _PIECE] for at in range(0, len(line) - _PIECE, step)]
    return sum(piece in text for piece in pieces) >= 0.8 * len(pieces)


def _within(root: HtmlElement, blocks: list[Block], taken: set[int], core: HtmlElement) -> list[Block]:
    inside = [b for b in blocks if roots.below(b.element, root)]
    start = next((n for n, b in enumerate(inside) if id(b) in taken and roots.below(b.element, core)), 0)
    # A heading that stands apart, before the body proper, is the page's: a standfirst, or the name of a section.
    inside = [b for n, b in enumerate(inside) if n >= start or b.kind != "h" or b.images]
    places = [n for n, b in enumerate(inside) if id(b) in taken]
    first, last = (places[0], places[-1]) if places else (0, 0)
    return [b for n, b in enumerate(inside) if id(b) in taken or _fills(b, root, first < n < last)]


def _between(core: HtmlElement, blocks: list[Block], taken: set[int]) -> list[Block]:
    inside = [b for b in blocks if roots.below(b.element, core)]
    places = [n for n, b in enumerate(inside) if id(b) in taken]
    first, last = (places[0], places[-1]) if places else (0, 0)
    return [b for n, b in enumerate(inside) if id(b) in taken or (first <= n <= last and _fills(b, core, True))]


def _fills(block: Block, root: HtmlElement, interior: bool) -> bool:
    """Say whether a block that the vote passed over belongs to the article nonetheless."""
    if is_junk(block.element, root, words=bool(block.text)):
        return False
    if block.text and block.linked > _LINKED * len(block.text) and block.kind not in ("h", "tr"):
        # Links to other pages in mid-article are the author's; those to the page's own parts are contents.
        return bool(block.images) or (interior and block.kind == "li" and bool(block.links))
    return True


def _from_vote(vote: Vote, root: HtmlElement) -> list[Block]:
    lines = [squeeze(x) for x in vote.text.split("\n")]
    return [Block("p", root, x, x) for x in lines if x]
