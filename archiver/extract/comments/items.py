"""Where the comments of a page stand: the outermost element of each, by the page's own key."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archiver.extract.comments import names
from archiver.extract.dom import ancestors, classes, tag, text_of
from archiver.extract.selectors import Index

_ID = re.compile(r"^(?:(?:li|div|article|dsq|wp|isc)-)?comment-([0-9]{1,20})$|^(?:li|div)?c([0-9]{6,24})$")
_ITEM_TAGS = frozenset({"li", "div", "article", "section", "dd", "dt", "tr"})
_BODY = frozenset(names.plain(n) for n in names.BODY if n != "e-content")
_AUTHOR = frozenset(names.plain(n) for n in names.AUTHOR if n not in ("user", "author"))
_SCHEMA = (
    "[itemprop=comment]",
    "[itemtype$=schema.org/Comment]",
    "[itemtype$=schema.org/UserComments]",
    ".h-cite.p-comment",
)


def key_of(name: str) -> str | None:
    """Return the key of the comment that an id or fragment names: comment-12 for li-comment-12."""
    match = _ID.match(name)
    if match is None:
        return None
    return f"comment-{match[1]}" if match[1] else f"c{match[2]}"


def items_of(index: Index) -> dict[str, HtmlElement]:
    """Return the outermost element of each comment by the page's own key, in document order."""
    items: dict[str, HtmlElement] = {}
    for name in index.ids():
        key = key_of(name)
        if key is None:
            continue
        for element in index.select_id(name):
            holder = _holder(element)
            if holder is None:
                continue
            known = items.get(key)
            if known is None or known in holder.iterdescendants():
                items[key] = holder
    taken = set(items.values())
    if not items:
        number = 0
        for element in index.all(_SCHEMA) or _unnamed(index) or _grown(index):
            if not any(a in taken for a in ancestors(element)) or tag(element) in _ITEM_TAGS:
                number += 1
                items[element.get("id") or f"comment-{number}"] = element
                taken.add(element)
    order = {e: n for n, e in enumerate(index.order)}
    return dict(sorted(items.items(), key=lambda pair: order.get(pair[1], 0)))


def _unnamed(index: Index) -> list[HtmlElement]:
    """Return list items and boxes of class `comment` that hold an author or words of their own."""
    return [
        e
        for e in index.has_class("comment")
        if tag(e) in _ITEM_TAGS
        and any(set(classes(n)) & {"fn", "comment-author", "comment-content", "comment-body"} for n in e.iter("*"))
    ]


def _grown(index: Index) -> list[HtmlElement]:
    """Return the boxes around words of class `commentText` or alike, each as large as it holds one only."""
    bodies = [e for name in index.class_names() if names.plain(name) in _BODY for e in index.has_class(name)]
    held: dict[HtmlElement, int] = {}
    for body in bodies:
        for node in (body, *ancestors(body)):
            held[node] = held.get(node, 0) + 1
    found = []
    for body in bodies:
        box = body
        for node in ancestors(body):
            if held[node] > 1 or tag(node) in ("body", "main"):
                break
            if tag(node) == "li" or any("comment" in c.lower() for c in classes(node)):
                box = node
        if box is not body and any(names.plain(c) in _AUTHOR for n in box.iter("*") for c in classes(n)):
            found.append(box)
    return found


def _holder(element: HtmlElement) -> HtmlElement | None:
    """Return the element that holds the comment which `element` names: itself, or what it is an anchor in."""
    node: HtmlElement | None = element
    if tag(element) == "dt":
        return element
    for _ in range(4):
        if node is None or tag(node) in ("body", "html", "main", "ol", "ul"):
            return None
        if tag(node) in _ITEM_TAGS and (node is element or any("comment" in c.lower() for c in classes(node))):
            return node if len(text_of(node)) > 1 else None
        node = node.getparent()
    return None
