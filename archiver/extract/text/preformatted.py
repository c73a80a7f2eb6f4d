"""Text that keeps its lines: code with its language, and verse."""

from __future__ import annotations

import re
import textwrap

from lxml.html import HtmlElement

from archiver.extract.dom import classes, tag, walk
from archiver.extract.text.block import Block
from archiver.extract.text.line import escape

_VERSE = re.compile(r"verse|poem|poetry|stanza", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source)-([\w+#-]{1,20})$")


def preformatted(node: HtmlElement, quotes: tuple[HtmlElement, ...]) -> Block | None:
    """Return a pre element as code or verse, every line as it stands, or None when it is blank."""
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
        return None
    names = " ".join(classes(node))
    if _VERSE.search(names):
        lines = [x.rstrip() for x in textwrap.dedent(body).split("\n")]
        return Block("verse", node, "\n".join(lines), "  \n".join(map(_verse_line, lines)), quotes=quotes)
    fence = "```" if "```" not in body else "~~~~"
    language = next((m.group(1) for c in _code_classes(node) if (m := _LANGUAGE.search(c))), "")
    return Block("pre", node, body, f"{fence}{language}\n{body}\n{fence}", quotes=quotes)


def _verse_line(line: str) -> str:
    # Markdown drops spaces at the start of a line, or makes code of them; those that don't break stay.
    words = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(words)) + escape(words)


def _code_classes(node: HtmlElement) -> list[str]:
    inner = node.find(".//code")
    return classes(node) + (classes(inner) if inner is not None else [])
