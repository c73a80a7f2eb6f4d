"""From a tree to blocks, and from blocks to text and Markdown: one list of blocks, so both always agree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archiver.extract.dom import BLOCKS, INVISIBLE, classes, squeeze, tag, walk
from archiver.models import Anchor, Image

_EMPHASIS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_ESCAPED = re.compile(r"([\\*_`\[\]])")
_LINE_START = re.compile(r"^(\s*)(#{1,6}\s|>|[-+]\s|\d{1,9}[.)]\s)", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_VERSE = re.compile(r"verse|poem|poetry|stanza", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#-]{1,20})$")
_LIST_END = re.compile(r"\n{3,}")
_BACKLINK = re.compile(r"^[\s\u21a9\ufe0e\ufe0f\u21b5\u2191^\[\]]*$")


class Token(NamedTuple):
    """A piece of a line: text, br, open or close with a Markdown mark, link or unlink with an address."""

    kind: str
    value: str


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item, table row, verse or piece of code, with what it links to and shows.

    `kind` is p, h, li, tr, pre, verse, dt, dd, hr or image; `group` names the list or table it belongs to.
    """

    kind: str
    element: HtmlElement
    text: str = ""
    markdown: str = ""
    level: int = 0
    group: HtmlElement | None = None
    quotes: tuple[HtmlElement, ...] = ()
    links: list[Anchor] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    linked: int = 0


def blocks(root: HtmlElement, base: str, captions: dict[HtmlElement, str]) -> list[Block]:
    """Return the blocks below an element in reading order."""
    return _Walker(base, captions).run(root)


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
            shared = "".join(
                "> " for a, b in zip(previous.quotes, block.quotes, strict=False) if a is b
            ).rstrip()
            parts.append("\n" if _tight(previous, block) else f"\n{shared}\n")
        if block.kind == "tr" and (previous is None or previous.group is not block.group):
            columns = block.markdown.count(" | ") + 1
            block_text = block.markdown + "\n" + "|" + " --- |" * columns
        else:
            block_text = block.markdown
        prefix = "> " * len(block.quotes)
        parts.append(
            "\n".join((prefix + line).rstrip(" ") + line_break(line) for line in block_text.split("\n"))
        )
        previous = block
    return _LIST_END.sub("\n\n", "".join(parts))


def line_break(line: str) -> str:
    """Return the two spaces that end a verse line in Markdown, when the line has them."""
    return "  " if line.endswith("  ") and line.strip() else ""


def _tight(previous: Block, block: Block) -> bool:
    return block.group is not None and previous.group is block.group


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
        self.cells: list[tuple[str, str]] | None = None
        self.cell_table: HtmlElement | None = None
        self.row_links: list[Anchor] = []
        self.row_linked = 0

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
            self._pre(node)
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
            if self.cells is None:
                self.out.append(Block("hr", node, markdown="---", quotes=tuple(self.quotes)))
        elif self.cells is not None and name in ("td", "th"):
            self._flush_cell_start()
        elif self.cells is not None and name in BLOCKS:
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
        if (
            name in ("br", "img", "hr", "pre", "")
            or name in INVISIBLE
            or (name == "a" and _is_backlink(node))
        ):
            return
        if self.cells is not None and name in ("td", "th"):
            self._end_cell()
        elif self.cells is not None and name == "tr":
            self._end_row(node)
        elif self.cells is not None and name == "table" and node is self.cell_table:
            self.cells = self.cell_table = None
        elif self.cells is not None and name in BLOCKS:
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
        elif name == "table" and _is_data(node):
            self.cells, self.cell_table = [], node
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
        if self.cells is not None:
            self.line.append(Token("text", " "))
            return
        line = self._take_line()
        images, self.images = self.images, []
        kind, level, element = self.frames[-1]
        made = []
        for part in _paragraphs(line):
            plain = _plain(part)
            if not plain:
                continue
            block = Block(kind, element, plain, level=level, quotes=tuple(self.quotes))
            block.links, block.linked = self._links(part)
            block.markdown = self._mark(kind, level, _rich(part))
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

    def _mark(self, kind: str, level: int, rich: str) -> str:
        if kind == "h":
            return "#" * level + " " + rich.replace("  \n", " ").replace("\n", " ")
        if kind == "li":
            indent = "    " * level
            lines = rich.split("\n")
            lead = indent + (self.marker or "    ")
            return "\n".join([lead + lines[0]] + [indent + "    " + x for x in lines[1:]])
        if kind == "dd":
            return ": " + rich.replace("\n", "\n  ")
        return rich

    def _links(self, line: list[Token]) -> tuple[list[Anchor], int]:
        found, linked, address, inside = [], 0, None, ""
        for token in line:
            if token.kind == "link":
                address, inside = token.value, ""
            elif token.kind == "unlink" and address is not None:
                words = squeeze(inside)
                linked += len(words)
                if words and address.startswith(("http://", "https://")):
                    found.append(Anchor(address, words))
                address = None
            elif token.kind == "text" and address is not None:
                inside += token.value
        return found, linked

    # --- tables, code, images ---

    def _flush_cell_start(self) -> None:
        self.line = list(self.open)

    def _end_cell(self) -> None:
        line = [Token("text", " ") if t.kind == "br" else t for t in self._take_line()]
        if self.cells is not None:
            self.cells.append((_plain(line), _rich(line).replace("|", "\\|")))
            links, linked = self._links(line)
            self.row_links += links
            self.row_linked += linked

    def _end_row(self, node: HtmlElement) -> None:
        cells, self.cells = self.cells or [], []
        links, self.row_links = self.row_links, []
        linked, self.row_linked = self.row_linked, 0
        if any(plain for plain, _ in cells):
            row = " | ".join(plain for plain, _ in cells)
            rich = "| " + " | ".join(rich for _, rich in cells) + " |"
            self.out.append(
                Block(
                    "tr",
                    node,
                    row,
                    rich,
                    group=self.cell_table,
                    quotes=tuple(self.quotes),
                    links=links,
                    linked=linked,
                )
            )

    def _pre(self, node: HtmlElement) -> None:
        parts = [node.text or ""]
        for child, entering in walk(node):
            if child is node:
                continue
            if entering:
                parts.append("\n" if tag(child) == "br" else child.text or "")
            else:
                parts.append(child.tail or "")
        body = "".join(parts).expandtabs(4).strip("\n").rstrip()
        if not body.strip():
            return
        quotes = tuple(self.quotes)
        names = " ".join(classes(node))
        if _VERSE.search(names):
            lines = [x.strip() for x in body.split("\n")]
            self.out.append(
                Block("verse", node, "\n".join(lines), "  \n".join(map(_escape, lines)), quotes=quotes)
            )
            return
        fence = "```" if "```" not in body else "~~~~"
        language = next((m.group(1) for c in self._code_classes(node) if (m := _LANGUAGE.search(c))), "")
        self.out.append(Block("pre", node, body, f"{fence}{language}\n{body}\n{fence}", quotes=quotes))

    @staticmethod
    def _code_classes(node: HtmlElement) -> list[str]:
        inner = node.find(".//code")
        return classes(node) + (classes(inner) if inner is not None else [])

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


def absolute(address: str | None, base: str) -> str | None:
    """Return an address as absolute http or https URL, or None."""
    if not address or not address.strip() or address.strip().startswith("#"):
        return None
    try:
        joined = urljoin(base, address.strip())
        parts = urlsplit(joined)
        return joined if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def image_address(node: HtmlElement, base: str) -> str | None:
    """Return where an image lies, also when a script was to load it late."""
    for key in ("data-orig-file", "data-lazy-src", "data-src", "data-original", "src"):
        value = node.get(key)
        if value and not value.startswith("data:"):
            found = absolute(value, base)
            if found:
                return found
    first = (node.get("srcset") or node.get("data-srcset") or "").strip().split(",")[0].split()
    return absolute(first[0], base) if first else None


def _is_pixel(node: HtmlElement) -> bool:
    return node.get("width") in ("0", "1") or node.get("height") in ("0", "1")


def _is_backlink(node: HtmlElement) -> bool:
    if node.get("role") == "doc-backlink" or "footnote-backref" in classes(node):
        return True
    return (
        (node.get("href") or "").startswith("#")
        and len(node) <= 1
        and bool(_BACKLINK.match("".join(node.itertext())))
    )


def _is_data(table: HtmlElement) -> bool:
    """Say whether a table holds data: rows of several short cells, no table within."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return False
    widest = 0
    for row in table.iter("tr"):
        cells = [c for c in row if c.tag in ("td", "th")]
        widest = max(widest, len(cells))
        for cell in cells:
            if (
                cell.find(".//pre") is not None
                or len(cell.findall(".//p")) > 2
                or cell.find(".//h2") is not None
            ):
                return False
    return widest > 1


def _paragraphs(line: list[Token]) -> list[list[Token]]:
    """Split a line at two or more line breaks in a row."""
    parts: list[list[Token]] = [[]]
    open_now: list[Token] = []
    i = 0
    while i < len(line):
        token = line[i]
        if token.kind == "br":
            j, breaks = i, 0
            while j < len(line) and (
                line[j].kind == "br" or (line[j].kind == "text" and not line[j].value.strip())
            ):
                breaks += line[j].kind == "br"
                j += 1
            if breaks > 1:
                parts[-1] += [
                    Token("unlink", "") if t.kind == "link" else Token("close", t.value)
                    for t in reversed(open_now)
                ]
                parts.append(list(open_now))
            else:
                parts[-1].append(token)
            i = j
            continue
        if token.kind in ("open", "link"):
            open_now.append(token)
        elif token.kind in ("close", "unlink") and open_now:
            open_now.pop()
        parts[-1].append(token)
        i += 1
    return parts


def _plain(line: list[Token]) -> str:
    return _lines(
        "".join(_flat(t.value) if t.kind == "text" else "\n" if t.kind == "br" else "" for t in line)
    )


def _flat(value: str) -> str:
    return re.sub(r"\s+", " ", value)


def _lines(value: str) -> str:
    return "\n".join(x for x in (_SPACES.sub(" ", y).strip() for y in value.split("\n")) if x)


def _escape(value: str) -> str:
    return _ESCAPED.sub(r"\\\1", value)


def _rich(line: list[Token]) -> str:
    """Return a line as Markdown; marks hug the words, and empty pairs vanish."""
    out: list[str] = []
    depth: list[tuple[str, int]] = []
    coded = False
    for token in line:
        if token.kind == "text":
            out.append(_flat(token.value) if coded else _escape(_flat(token.value)))
        elif token.kind == "br":
            out.append("\n")
        elif token.kind in ("open", "link"):
            if token.value == "`":
                coded = True
            depth.append((token.value, len(out)))
            out.append("")
        elif depth:
            value, start = depth.pop()
            inner = "".join(out[start:])
            core = inner.strip()
            del out[start:]
            if value == "`":
                coded = False
            if core:
                head = inner[: len(inner) - len(inner.lstrip())]
                end = inner[len(inner.rstrip()) :]
                out.append(head + _wrap(core, value, token.kind) + end)
            else:
                out.append(inner)
    lines = [x for x in (_SPACES.sub(" ", y).strip() for y in "".join(out).split("\n")) if x]
    return "  \n".join(_LINE_START.sub(r"\1\\\2", x) for x in lines)


def _wrap(core: str, value: str, kind: str) -> str:
    if kind == "unlink":
        address = value.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        flat = core.replace("\n", " ")
        return f"[{flat}]({address})" if value else core
    if value == "`":
        return core if "`" in core else f"`{core}`"
    return (
        f"{value}{core}{value}"
        if "\n" not in core
        else "\n".join(f"{value}{x.strip()}{value}" for x in core.split("\n"))
    )
