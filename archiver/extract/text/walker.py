"""A tree as blocks, in reading order: paragraphs, headings, list items, table rows, verse and code."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archiver.extract.dom import BLOCKS, INVISIBLE, classes, squeeze, tag, walk
from archiver.extract.text.addresses import absolute, image_address
from archiver.extract.text.block import Block
from archiver.extract.text.line import Token, links, paragraphs, plain, rich
from archiver.extract.text.preformatted import preformatted
from archiver.extract.text.table import Table, is_data
from archiver.models import Image

_EMPHASIS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BACKLINK = re.compile(r"^[\s\u21a9\ufe0e\ufe0f\u21b5\u2191^\[\]]*$")


def blocks(root: HtmlElement, base: str, captions: dict[HtmlElement, str]) -> list[Block]:
    """Return the blocks below an element in reading order."""
    return _Walker(base, captions).run(root)


class _Walker:
    """Reads a tree once, from left to right, and gathers blocks."""

    def __init__(self, base: str, captions: dict[HtmlElement, str]) -> None:
        self.base = base
        self.captions = captions
        self.out: list[Block] = []
        self.line: list[Token] = []
        self.open: list[Token] = []
        self.images: list[Image] = []
        self.lists: list[tuple[HtmlElement, list[int]]] = []
        self.quotes: list[HtmlElement] = []
        self.frames: list[tuple[str, int, HtmlElement]] = [("p", 0, HtmlElement())]
        self.marker: str | None = None
        self.table: Table | None = None

    def run(self, root: HtmlElement) -> list[Block]:
        self.frames = [("p", 0, root)]
        for node, entering in walk(root, self._skipped):
            if entering:
                self._enter(node, root)
            else:
                if node is not root:
                    self._leave(node)
                    if node.tail:
                        self._text(node.tail)
        self._flush()
        return self.out

    # --- what happens at a tag ---

    def _skipped(self, node: HtmlElement) -> bool:
        name = tag(node)
        if name in INVISIBLE:
            return True
        if name == "pre":
            self._flush()
            self._add(preformatted(node, tuple(self.quotes)))
            return True
        return name == "a" and _is_backlink(node)

    def _enter(self, node: HtmlElement, root: HtmlElement) -> None:
        name = tag(node)
        if name == "br":
            self.line.append(Token("br", ""))
        elif name == "img":
            self._image(node)
        elif name == "hr":
            self._flush()
            if self.table is None:
                self.out.append(Block("hr", node, markdown="---", quotes=tuple(self.quotes)))
        elif self.table is not None and name in ("td", "th"):
            self.line = list(self.open)
        elif self.table is not None and name in BLOCKS:
            self.line.append(Token("text", " "))
        elif name in BLOCKS:
            self._flush()
            self._block(node, name)
        elif name in _EMPHASIS:
            self._push(Token("open", _EMPHASIS[name]))
        elif name in _CODE:
            self._push(Token("open", "`"))
        elif name == "q":
            self.line.append(Token("text", "\u201c"))
        elif name == "a":
            self._push(Token("link", self._address(node.get("href"))))
        if node.text:
            self._text(node.text)

    def _leave(self, node: HtmlElement) -> None:
        name = tag(node)
        if name in ("br", "img", "hr", "pre", "") or name in INVISIBLE or (name == "a" and _is_backlink(node)):
            return
        if self.table is not None and name in ("td", "th"):
            self.table.end_cell(self._take_line())
        elif self.table is not None and name == "tr":
            self._add(self.table.end_row(node, tuple(self.quotes)))
        elif self.table is not None and name == "table" and node is self.table.element:
            self.table = None
        elif self.table is not None and name in BLOCKS:
            self.line.append(Token("text", " "))
        elif name in BLOCKS:
            self._flush()
            self._unblock(node, name)
        elif name in _EMPHASIS:
            self._pop("close", _EMPHASIS[name])
        elif name in _CODE:
            self._pop("close", "`")
        elif name == "q":
            self.line.append(Token("text", "\u201d"))
        elif name == "a":
            self._pop("unlink", "")

    def _block(self, node: HtmlElement, name: str) -> None:
        if name in _HEADINGS:
            self.frames.append(("h", _HEADINGS[name], node))
        elif name in ("ul", "ol", "menu", "dir"):
            start = node.get("start") or "1"
            self.lists.append((node, [int(start) if start.isdecimal() and len(start) < 9 else 1]))
        elif name == "li":
            self.marker = self._next_marker()
            self.frames.append(("li", max(0, len(self.lists) - 1), node))
        elif name in ("dt", "dd"):
            self.frames.append((name, 0, node))
        elif name == "blockquote":
            self.quotes.append(node)
        elif name == "table" and is_data(node):
            self.table = Table(node)
        elif name in ("p", "summary", "figcaption"):
            kind, level, _ = self.frames[-1]
            self.frames.append((kind if kind in ("li", "dd") else "p", level, node))
        else:
            kind, level, _ = self.frames[-1]
            self.frames.append((kind, level, node))

    def _unblock(self, node: HtmlElement, name: str) -> None:
        if name == "blockquote":
            if self.quotes and self.quotes[-1] is node:
                self.quotes.pop()
        elif name in ("ul", "ol", "menu", "dir"):
            if self.lists and self.lists[-1][0] is node:
                self.lists.pop()
        else:
            if name == "li":
                self.marker = None
            if len(self.frames) > 1 and self.frames[-1][2] is node:
                self.frames.pop()

    def _next_marker(self) -> str:
        if not self.lists:
            return "- "
        element, counter = self.lists[-1]
        if tag(element) != "ol":
            return "- "
        counter[0] += 1
        return f"{counter[0] - 1}. "

    # --- lines ---

    def _add(self, block: Block | None) -> None:
        if block is not None:
            self.out.append(block)

    def _text(self, value: str) -> None:
        self.line.append(Token("text", value))

    def _push(self, token: Token) -> None:
        self.open.append(token)
        self.line.append(token)

    def _pop(self, kind: str, mark: str) -> None:
        wanted = "link" if kind == "unlink" else "open"
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i].kind == wanted and (wanted == "link" or self.open[i].value == mark):
                del self.open[i]
                self.line.append(Token(kind, mark))
                return

    def _take_line(self) -> list[Token]:
        line = self.line + [
            Token("unlink", "") if t.kind == "link" else Token("close", t.value) for t in reversed(self.open)
        ]
        self.line = list(self.open)
        return line

    def _flush(self) -> None:
        if self.table is not None:
            self.line.append(Token("text", " "))
            return
        line = self._take_line()
        images, self.images = self.images, []
        kind, level, element = self.frames[-1]
        made = []
        for part in paragraphs(line):
            words = plain(part)
            if not words:
                continue
            block = Block(kind, element, words, level=level, quotes=tuple(self.quotes))
            block.links, block.linked = links(part)
            block.markdown = self._mark(kind, level, rich(part))
            if kind == "li" and self.lists:
                block.group = self.lists[0][0]
            elif kind in ("dt", "dd"):
                block.group = element.getparent()
            made.append(block)
            self.marker = None
        if images:
            if not made:
                made.append(Block("image", element, quotes=tuple(self.quotes)))
            made[0].images = images
        self.out.extend(made)

    def _mark(self, kind: str, level: int, words: str) -> str:
        if kind == "h":
            return "#" * level + " " + words.replace("  \n", " ").replace("\n", " ")
        if kind == "li":
            indent = "    " * level
            lines = words.split("\n")
            lead = indent + (self.marker or "    ")
            return "\n".join([lead + lines[0]] + [indent + "    " + x for x in lines[1:]])
        if kind == "dd":
            return ": " + words.replace("\n", "\n  ")
        return words

    # --- images ---

    def _image(self, node: HtmlElement) -> None:
        alt = squeeze(node.get("alt")) or None
        if alt and {"emoji", "wp-smiley"} & set(classes(node)):
            self.line.append(Token("text", alt))
            return
        address = image_address(node, self.base)
        if address and not _is_pixel(node):
            self.images.append(Image(address, alt, self.captions.get(node)))

    def _address(self, href: str | None) -> str:
        return absolute(href, self.base) or ""


def _is_pixel(node: HtmlElement) -> bool:
    return node.get("width") in ("0", "1") or node.get("height") in ("0", "1")


def _is_backlink(node: HtmlElement) -> bool:
    if node.get("role") == "doc-backlink" or "footnote-backref" in classes(node):
        return True
    return (
        (node.get("href") or "").startswith("#") and len(node) <= 1 and bool(_BACKLINK.match("".join(node.itertext())))
    )
