"""Small tools on lxml trees: walking, removal that keeps what follows, and text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_SPACE = re.compile(r"\s+")

INVISIBLE = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "head",
        "iframe",
        "object",
        "button",
        "input",
        "select",
        "option",
        "textarea",
        "datalist",
        "canvas",
        "audio",
        "video",
        "",
    ]
)
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


def tag(element: HtmlElement) -> str:
    """Return the element's tag in lower case, or "" for comments and processing instructions."""
    name = element.tag
    return name if isinstance(name, str) else ""


def squeeze(text: str | None) -> str:
    """Return text with every run of white space as one space and none at the ends."""
    return _SPACE.sub(" ", text).strip() if text else ""


def classes(element: HtmlElement) -> list[str]:
    """Return the class names of an element."""
    value = element.get("class")
    return value.split() if value else []


def text_of(element: HtmlElement, skip: frozenset[HtmlElement] | set[HtmlElement] = frozenset()) -> str:
    """Return the visible text below an element on one line, without the elements in `skip`."""
    parts: list[str] = []
    for node, entering in walk(element, lambda e: e in skip or tag(e) in INVISIBLE):
        if entering:
            if tag(node) in BLOCKS or tag(node) == "br":
                parts.append(" ")
            if tag(node) and node.text:
                parts.append(node.text)
        elif node is not element:
            if tag(node) in BLOCKS:
                parts.append(" ")
            if node.tail:
                parts.append(node.tail)
    return squeeze("".join(parts))


def walk(root: HtmlElement, skip: object = None) -> Iterator[tuple[HtmlElement, bool]]:
    """Yield (element, True) on entering and (element, False) on leaving; what `skip` accepts is only left."""
    test = skip if callable(skip) else None
    stack: list[tuple[HtmlElement, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        if not entering:
            yield node, False
            continue
        if node is not root and (not isinstance(node.tag, str) or (test is not None and test(node))):
            yield node, False
            continue
        yield node, True
        stack.append((node, False))
        stack.extend((child, True) for child in reversed(node))


def remove(element: HtmlElement) -> None:
    """Take an element out of its tree and leave the text after it in place."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the parents of an element, nearest first."""
    node = element.getparent()
    while node is not None:
        yield node
        node = node.getparent()


def inside(element: HtmlElement, others: set[HtmlElement]) -> bool:
    """Say whether an element is, or lies below, one of the others."""
    return element in others or any(node in others for node in ancestors(element))
