"""The number of comments that a page itself states."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archiver.extract.dom import inside, squeeze, tag, text_of
from archiver.extract.selectors import Index

_HEADINGS = (
    ".comments-title",
    "#comments-title",
    ".comment-title",
    "#comments h2",
    "#comments h3",
    "#comments h4",
    "#comments",
    ".comments-area h2",
    ".comments-area h3",
    ".wp-block-comments-title",
    ".comments h3",
    ".comments h4",
    ".comments-header",
    "h2#comments",
    "h3#comments",
    ".comment-count",
    ".comments-count",
    ".comments-link a",
)
_ONE = re.compile(
    r"^\W*(?:one|ein|eine|un|una|um|uma|one)\b\s+(?:thought|comment|response|reply|kommentar|gedanke|coment)",
    re.I,
)
_COUNT = re.compile(
    r"(\d[\d.,\u00a0]{0,8})\s*(?:comments?|thoughts?|responses?|repl(?:y|ies)|kommentare?|gedanken?"
    r"|antworten|commentaires?|réponses?"
    r"|réactions?|comentarios?|respuestas?|comentários?|respostas?|commenti|commento|risposte"
    r"|reacties|komentarzy|kommentar(?:er)?"
    r"|tanker|svar|коммент)"
    r"|(?:comments?|kommentare|commentaires|responses)\s*\((\d{1,6})\)",
    re.IGNORECASE,
)


def stated(index: Index, items: dict[str, HtmlElement]) -> int | None:
    holders = set(items.values())
    for element in index.all(_HEADINGS):
        if inside(element, holders):
            continue
        own = element if tag(element) in ("h1", "h2", "h3", "h4", "h5", "a", "span", "p") else None
        words = text_of(own)[:300] if own is not None else squeeze(element.text)[:300]
        number = count(words)
        if number is not None:
            return number
    return None


def count(words: str) -> int | None:
    """Return the number of comments that a heading such as "2 thoughts on …" states."""
    if _ONE.match(words):
        return 1
    match = _COUNT.search(words)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[1] or match[2])
    return int(digits) if digits else None
