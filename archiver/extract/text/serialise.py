"""Blocks as plain text and as Markdown: one list of blocks, so both always agree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archiver.extract.text.block import Block

_LIST_END = re.compile(r"\n{3,}")


def text(found: Iterable[Block]) -> str:
    """Return blocks as plain text: a blank line between paragraphs, one line an item, row or verse line."""
    parts: list[str] = []
    previous: Block | None = None
    for block in found:
        if not block.text:
            continue
        if previous is not None:
            parts.append("\n" if _tight(previous, block) else "\n\n")
        parts.append(block.text)
        previous = block
    return "".join(parts)


def markdown(found: Iterable[Block]) -> str:
    """Return blocks as Markdown."""
    parts: list[str] = []
    previous: Block | None = None
    for block in found:
        if not block.markdown:
            continue
        if previous is not None:
            shared = "".join("> " for a, b in zip(previous.quotes, block.quotes, strict=False) if a is b).rstrip()
            parts.append("\n" if _tight(previous, block) else f"\n{shared}\n")
        if block.kind == "tr" and (previous is None or previous.group is not block.group):
            columns = block.markdown.count(" | ") + 1
            block_text = block.markdown + "\n" + "|" + " --- |" * columns
        else:
            block_text = block.markdown
        prefix = "> " * len(block.quotes)
        parts.append("\n".join((prefix + line).rstrip(" ") + line_break(line) for line in block_text.split("\n")))
        previous = block
    return _LIST_END.sub("\n\n", "".join(parts))


def line_break(line: str) -> str:
    """Return the two spaces that end a verse line in Markdown, when the line has them."""
    return "  " if line.endswith("  ") and line.strip() else ""


def _tight(previous: Block, block: Block) -> bool:
    return block.group is not None and previous.group is block.group
