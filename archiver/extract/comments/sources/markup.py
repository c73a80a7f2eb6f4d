"""The words of a comment that an API or a feed tells: the same as its page would give."""

from __future__ import annotations

import codecs
import re

from archiver.entities import unescape
from archiver.extract.comments.fields import words
from archiver.extract.document import parse
from archiver.models import Page

# Several times what the platforms themselves take for one comment.
MAX_MARKUP = 500_000
_TAG = re.compile(r"<[^<>]{0,1000}(?:>|\Z)")


def text_of_html(markup: str, base: str) -> str:
    """Return HTML as the text of a comment; `base` is what its links are relative to."""
    markup = markup[:MAX_MARKUP]
    # The mark says UTF-8, whatever a comment declares.
    body = codecs.BOM_UTF8 + b"<body>" + markup.encode("utf-8", "ignore")
    document = parse(Page(base, body))
    if document is None:
        return ""
    if "deep" in document.flags:  # nobody's comment; each level costs time with each paragraph
        return text_of_plain(unescape(_TAG.sub(" ", markup)))
    root = document.tree
    # What a comment says of the page is not heeded; its words stand as on its page, in a box of this name.
    for element in (root, *root.findall("body")):
        element.attrib.clear()
    root.set("class", "comment-content")
    return words(root, {}, base)


def text_of_plain(text: str) -> str:
    """Return text without markup in the form that all comments have: paragraphs are a blank line apart."""
    lines = [" ".join(line.split()) for line in text[:MAX_MARKUP].splitlines()]
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)
