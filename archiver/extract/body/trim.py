"""What stands above and below the words of an article is cut off: title, byline, teasers, furniture lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archiver.extract import dates
from archiver.extract.body.residue import is_closing, is_opening, is_residue, is_terms
from archiver.extract.text.block import Block

_TOKEN = re.compile(r"\w+")


def trim(blocks: list[Block], title: str | None, known: frozenset[str], taken: set[int]) -> list[Block]:
    """Drop the title line, what stands above and below an article, and known furniture lines."""
    folded = fold(title)
    kept: list[Block] = []
    words = 0
    opened = False
    for n, block in enumerate(blocks):
        line = fold(block.text)
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
    while kept and _ends_nothing(kept[-1], known):
        kept.pop()
    while kept and kept[0].kind == "hr":
        kept.pop(0)
    return kept


def _ends_nothing(block: Block, known: frozenset[str]) -> bool:
    """Say whether a last block is a heading without words, a name, or a list of terms."""
    return not block.images and (block.kind in ("h", "hr") or fold(block.text) in known or is_terms(block.text))


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
    return frozenset(f for n in names if (f := fold(n)))


def fold(value: str | None) -> str:
    return " ".join(_TOKEN.findall((value or "").casefold()))
