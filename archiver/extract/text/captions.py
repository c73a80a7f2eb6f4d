"""Captions belong to images: they are lifted out of the text, and the sentence they cut is joined again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archiver.extract.dom import BLOCKS, ancestors, classes, remove, squeeze, tag, text_of
from archiver.extract.selectors import Index

_CONTAINERS = (
    "figure",
    ".wp-caption",
    ".gallery-item",
    ".tr-caption-container",
    ".caption-wrapper",
    ".image-with-caption",
    ".wp-block-image",
)
_CAPTION_CLASSES = frozenset(
    [
        "wp-caption-text",
        "gallery-caption",
        "tr-caption",
        "wp-caption-dd",
        "wp-element-caption",
        "image-caption",
        "caption",
        "photo-caption",
    ]
)
_ITALIC = frozenset({"em", "i", "small"})
_LONGEST = 300
_SENTENCE_END = re.compile(r"""[.!?\u2026:;]["'\u201d\u2019)\]]*$""")


def lift_captions(index: Index) -> dict[HtmlElement, str]:
    """Replace each captioned image in the tree by the bare image, and return the captions by image."""
    captions: dict[HtmlElement, str] = {}
    # From the inside out, so that a gallery is seen after its pictures.
    for container in sorted(index.all(_CONTAINERS), key=_depth, reverse=True):
        if container.getparent() is not None:
            _lift_one(container, captions)
    for image in index.select("img"):
        if image not in captions:
            _lift_italic(image, captions)
    return captions


def _lift_italic(image: HtmlElement, captions: dict[HtmlElement, str]) -> None:
    """Lift a line in italics that is alone with an image: how Markdown writers set captions."""
    shown = image
    parent = image.getparent()
    while parent is not None and tag(parent) in ("a", "picture") and len(parent) == 1:
        shown, parent = parent, parent.getparent()
    if parent is None or tag(parent) not in ("span", "p", "div", "center") or parent.getparent() is None:
        return
    others = list(islice((e for e in parent if e is not shown and tag(e) != "br"), 2))
    if len(others) != 1 or tag(others[0]) not in _ITALIC or shown.getnext() is None:
        return
    if any((t or "").strip() for t in (parent.text, *(e.tail for e in parent))) or parent[0] is not shown:
        return
    words = text_of(others[0])
    if 0 < len(words) <= _LONGEST:
        captions[image] = words
        if tag(parent) == "span":
            _replace(parent, [image], breaks=False)
        else:
            remove(others[0])


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in ancestors(element))


def _lift_one(container: HtmlElement, captions: dict[HtmlElement, str]) -> None:
    images = list(container.iter("img"))
    marks = [e for e in _caption_elements(container) if e is not container]
    if not images:
        if _has_text(container, set(marks)) or container.find(".//table") is not None:
            container.tag = "div"
        elif tag(container) == "figure":
            # A film, a map or a post from elsewhere: its caption says nothing without it.
            remove(container)
        return
    words = squeeze(" ".join(text_of(m) for m in marks))
    if _has_text(container, set(marks)):
        for mark in marks:
            remove(mark)
        container.tag = "div"
    else:
        _replace(container, images, breaks=tag(container) != "figure")
    bare = [i for i in images if i not in captions]
    if words and bare:
        captions[bare[0]] = words


def _caption_elements(container: HtmlElement) -> Iterator[HtmlElement]:
    for element in container.iter():
        if _is_caption(element) and not any(_is_caption(a) for a in _until(element, container)):
            yield element


def _is_caption(element: HtmlElement) -> bool:
    return tag(element) == "figcaption" or bool(_CAPTION_CLASSES.intersection(classes(element)))


def _until(element: HtmlElement, end: HtmlElement) -> Iterator[HtmlElement]:
    for node in ancestors(element):
        if node is end:
            return
        yield node


def _has_text(container: HtmlElement, marks: set[HtmlElement]) -> bool:
    return bool(text_of(container, marks))


def _replace(container: HtmlElement, images: list[HtmlElement], *, breaks: bool) -> None:
    """Put the bare images where their container was, inside the sentence it interrupted if there is one."""
    parent = container.getparent()
    if parent is None:
        return
    previous = container.getprevious()
    tail = container.tail or ""
    container.tail = None
    for image in images:
        image.tail = None
        container.addprevious(image)
    parent.remove(container)
    images[-1].tail = tail
    if breaks and previous is not None and tag(previous) == "p" and not (previous.tail or "").strip():
        _mend(previous, images)
    elif breaks and tail.strip():
        _part(images)


def _mend(paragraph: HtmlElement, images: list[HtmlElement]) -> None:
    """Bring the images and the loose text after them back into the paragraph that a block element ended."""
    run: list[HtmlElement] = list(images)
    node = images[-1].getnext()
    while node is not None and tag(node) not in BLOCKS:
        run.append(node)
        node = node.getnext()
    if not squeeze("".join((e.tail or "") + ("" if e in images else text_of(e)) for e in run)):
        return
    paragraph.tail = None
    for element in run:
        paragraph.append(element)


def _part(images: list[HtmlElement]) -> None:
    """Keep loose text before and after the images apart when a sentence ended before them."""
    first = images[0]
    previous = first.getprevious()
    parent = first.getparent()
    if parent is None:
        return
    before = (previous.tail if previous is not None else parent.text) or ""
    broken = previous is not None and tag(previous) == "br" and not before.strip()
    if broken or _SENTENCE_END.search(before.rstrip()):
        first.addprevious(parent.makeelement("br"))
        first.addprevious(parent.makeelement("br"))
