"""The unit that an article is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.models import Anchor, Image


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
