"""Which element holds the article: roots that the platform names, checked against the vote."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, inside, tag
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index
from archiver.extract.text.block import Block

_AGREE = 0.85
_SECTION_DEPTH = 2


def root_of(index: Index, platform: Platform) -> HtmlElement | None:
    """Return the one element that the platform names as body, or None when there are none or several."""
    for selector in platform.roots:
        found = [e for e in index.select(selector) if tag(e) not in ("html", "body")]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def named_root(
    index: Index, platform: Platform, blocks: list[Block], taken: set[int], weight: int
) -> HtmlElement | None:
    """Return the smallest named root that holds nearly all of the vote."""
    if not weight:
        return None
    sizes: dict[HtmlElement, int] = {}
    totals: dict[HtmlElement, int] = {}
    named = set(index.all((*platform.roots, *GENERIC.roots)))
    for block in blocks:
        for node in (block.element, *ancestors(block.element)):
            if node in named:
                totals[node] = totals.get(node, 0) + len(block.text)
                if id(block) in taken:
                    sizes[node] = sizes.get(node, 0) + len(block.text)
    good = [node for node, size in sizes.items() if size >= _AGREE * weight]
    if not good:
        return None
    best = min(good, key=lambda n: totals[n])
    return _widen(best, blocks, totals)


def _widen(root: HtmlElement, blocks: list[Block], totals: dict[HtmlElement, int]) -> HtmlElement:
    """Return what holds a root and the other like sections of an article, else the root."""
    if tag(root) == "article" or not root.get("class"):
        return root
    for above, holder in enumerate(islice(ancestors(root), _SECTION_DEPTH), 1):
        if tag(holder) in ("body", "html"):
            break
        alike = {e for e in holder.iter(tag(root)) if e is not root and _alike(e, root, above, holder)}
        size = sum(totals.get(e, 0) for e in alike)
        if size >= 0.2 * totals[root]:
            linked = sum(b.linked for b in blocks if inside(b.element, alike))
            return holder if linked < 0.3 * size else root
    return root


def _alike(element: HtmlElement, root: HtmlElement, above: int, holder: HtmlElement) -> bool:
    """Say whether an element lies as deep below the holder as the root does, under the same names all the way."""
    for _ in range(above):
        if element.tag != root.tag or element.get("class") != root.get("class") or element is holder:
            return False
        outer, other = element.getparent(), root.getparent()
        if outer is None or other is None or tag(element) in ("article", "li"):
            return False
        element, root = outer, other
    return element is holder


def sure_root(root: HtmlElement | None, blocks: list[Block], taken: set[int], weight: int) -> HtmlElement | None:
    """Return the platform's only root although the vote went elsewhere, as it does on very short posts."""
    if root is None:
        return None
    inside = [b for b in blocks if below(b.element, root)]
    size = sum(len(b.text) for b in inside)
    agreed = sum(len(b.text) for b in inside if id(b) in taken)
    if not any(b.text or b.images for b in inside):
        return None
    short = size < 800 and weight < 3000
    return root if agreed >= 0.4 * weight or short or outweighs(root, blocks, weight) else None


def outweighs(root: HtmlElement, blocks: list[Block], weight: int) -> bool:
    """Say whether the platform's only root holds so much more that the vote must have missed the post."""
    inside = [b for b in blocks if below(b.element, root)]
    size = sum(len(b.text) for b in inside)
    return size > max(1500, 3 * weight) and sum(b.linked for b in inside) < 0.3 * size


def below(element: HtmlElement, root: HtmlElement) -> bool:
    return element is root or any(a is root for a in ancestors(element))


def common(blocks: list[Block], taken: set[int], weight: int) -> HtmlElement:
    """Return the deepest element that holds nearly all of the vote."""
    sizes: dict[HtmlElement, int] = {}
    depth: dict[HtmlElement, int] = {}
    for block in blocks:
        if id(block) in taken:
            chain = [block.element, *ancestors(block.element)]
            for above, node in enumerate(reversed(chain)):
                sizes[node] = sizes.get(node, 0) + len(block.text)
                depth[node] = above
    good = [node for node, size in sizes.items() if size >= 0.9 * weight]
    return max(good, key=lambda n: depth[n])
