"""A page as its metadata is read from it, and the part of it that is the post itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.entities import unescape
from archiver.extract.dom import ancestors, squeeze, tag
from archiver.extract.linked import Linked
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as its page shows it: elements, JSON-LD, meta elements, engine, address.

    `scope` is the element that is the post, None when that is not certain.
    """

    index: Index
    linked: Linked
    meta: dict[str, str]
    platform: Platform
    scope: HtmlElement | None
    url: str

    def stated(self, key: str) -> object:
        """Return what the JSON-LD of the post says, or None."""
        return (self.linked.article or {}).get(key)

    def near(self, selector: str) -> list[HtmlElement]:
        """Return the selected elements inside the post, or when there are none, those of the page."""
        found = self.index.select(selector)
        return self.inside(found) or found

    def inside(self, found: list[HtmlElement]) -> list[HtmlElement]:
        """Return the elements that are the post or lie in it; all of them when the post is not certain."""
        scope = self.scope
        if scope is None:
            return found
        return [e for e in found if e is scope or any(a is scope for a in ancestors(e))]


def metas(index: Index) -> dict[str, str]:
    """Return the first content of each meta element by its name, property or itemprop in lower case."""
    found: dict[str, str] = {}
    for element in index.select("meta[content]"):
        content = squeeze(element.get("content"))
        if content:
            for key in ("property", "name", "itemprop"):
                name = (element.get(key) or "").strip().lower()
                if name:
                    found.setdefault(name, content)
    return found


def scope_of(root: HtmlElement | None) -> HtmlElement | None:
    """Return the entry that a body belongs to: the nearest article, or else nothing certain."""
    if root is None:
        return None
    for node in (root, *ancestors(root)):
        if tag(node) in ("article", "main") or {"hentry", "h-entry", "post"} & set((node.get("class") or "").split()):
            return node
    return None


def clean(value: str | None) -> str | None:
    """Return a stated value without references such as `&amp;`, or None when nothing is left."""
    # Some engines escape twice; one round more is what their authors meant.
    return squeeze(unescape(value)) or None if value else None


def fold(value: str | None) -> str:
    """Return words in the form in which names and titles are compared."""
    return re.sub(r"[\W_]+", " ", (value or "").casefold()).strip()
