"""Tables of data, as one block a row."""

from __future__ import annotations

from lxml.html import HtmlElement

from archiver.extract.text.block import Block
from archiver.extract.text.line import Token, links, plain, rich
from archiver.models import Anchor


class Table:
    """Gathers the cells of a table and makes rows of them."""

    def __init__(self, element: HtmlElement) -> None:
        self.element = element
        self._cells: list[tuple[str, str]] = []
        self._links: list[Anchor] = []
        self._linked = 0

    def end_cell(self, line: list[Token]) -> None:
        """Take the words of a cell, on one line."""
        line = [Token("text", " ") if t.kind == "br" else t for t in line]
        self._cells.append((plain(line), rich(line).replace("|", "\\|")))
        found, linked = links(line)
        self._links += found
        self._linked += linked

    def end_row(self, row: HtmlElement, quotes: tuple[HtmlElement, ...]) -> Block | None:
        """Return the cells since the last row as a block, or None when they are empty."""
        cells, self._cells = self._cells, []
        found, self._links = self._links, []
        linked, self._linked = self._linked, 0
        if not any(words for words, _ in cells):
            return None
        text = " | ".join(words for words, _ in cells)
        markdown = "| " + " | ".join(marked for _, marked in cells) + " |"
        return Block("tr", row, text, markdown, group=self.element, quotes=quotes, links=found, linked=linked)


def is_data(table: HtmlElement) -> bool:
    """Say whether a table holds data: rows of several short cells, no table within."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return False
    widest = 0
    for row in table.iter("tr"):
        cells = [c for c in row if c.tag in ("td", "th")]
        widest = max(widest, len(cells))
        for cell in cells:
            if cell.find(".//pre") is not None or len(cell.findall(".//p")) > 2 or cell.find(".//h2") is not None:
                return False
    return widest > 1
