"""From bytes to a tree: decoding and parsing, once, whatever the bytes are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser
from w3lib.encoding import read_bom

from archiver.charset import decode
from archiver.models import Page

# A page beyond this is a dump, not an article; parsing its beginning keeps memory and time bounded.
MAX_BYTES = 10_000_000
# lxml cannot set text holding these, and a page may smuggle them in as raw bytes.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# The beginning of what is written for programs: feeds, sitemaps and the like.
_FEED = re.compile(
    r"(?:<\?[^>]{0,500}>\s*|<!--[^>]{0,500}-->\s*|<!DOCTYPE[^>]{0,500}>\s*){0,6}"
    r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex|opml|rsd)[\s>]",
    re.IGNORECASE,
)
_BINARY_TYPES = (
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/octet",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed page: its tree, flags on how it had to be read, and whether it is written for programs."""

    tree: HtmlElement
    flags: tuple[str, ...] = ()
    is_feed: bool = False


def parse(page: Page) -> Document | None:
    """Return the page's tree, or None when the body is empty, binary or holds no element."""
    body = page.body[:MAX_BYTES]
    if not body.strip() or _is_binary(page, body):
        return None
    text = _CONTROLS.sub("", decode(body, page.header("content-type"))).strip()
    if "<" not in text:
        return None
    markup = text.encode("utf-8")
    root, deep = _tree(markup, huge=False)
    if deep:
        # Markup that forgets to close its tags nests deeper than 256; what lies below must not be lost.
        root, _ = _tree(markup, huge=True)
    if root is None or not isinstance(root.tag, str):
        return None
    flags = [name for name, true in (("oversize", len(page.body) > MAX_BYTES), ("deep", deep)) if true]
    return Document(root, tuple(flags), _is_feed(page, text))


def _tree(markup: bytes, *, huge: bool) -> tuple[HtmlElement | None, bool]:
    """Return the root, and whether the parser gave up on the depth; with `huge` its limit is 2,048."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
    try:
        root = etree.fromstring(markup, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, False
    log = parser.error_log
    deep = bool(len(log)) and "Excessive depth" in log[len(log) - 1].message
    return cast("HtmlElement | None", root), deep


def _is_feed(page: Page, text: str) -> bool:
    declared = (page.header("content-type") or "").partition(";")[0].strip().lower()
    if declared.endswith(("json", "/rss+xml", "/atom+xml")):
        return True
    return _FEED.match(text) is not None


def _is_binary(page: Page, body: bytes) -> bool:
    declared = (page.header("content-type") or "").lower()
    if declared.startswith(_BINARY_TYPES):
        return True
    head = body[:1024]
    return head.count(0) > 8 and b"<" not in head and read_bom(head)[0] is None
