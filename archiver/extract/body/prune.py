"""What an engine or a plug-in puts around the author's words is taken out of the tree by its structure."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, classes, remove, tag, text_of
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index

# Class names of plug-ins follow a few habits; the words must be whole parts of the name.
JUNK = re.compile(
    r"(?:^|[-_])(?:share|sharing|sharethis|social|addthis|addtoany|related|recommend(?:ed|ations)?"
    r"|newsletter|subscribe"
    r"|subscription|signup|sign-up|optin|opt-in|cookie|consent|breadcrumbs?|pagination|sidebar"
    r"|widget|promo|sponsor"
    r"|advert|advertisement|ads|adsense|banner|popup|modal|comments?|respond|disqus|byline"
    r"|author-?(?:bio|box|info|card)"
    r"|about-?author|authorbox|tags|post-?nav|prev|next|toc|table-of-contents|cta|outbrain|taboola"
    r"|copyright|meta"
    r"|likes?|follow|donate|footer|masthead|menu|nav|navigation|skip|print|teaser)(?:$|[-_])",
    re.IGNORECASE,
)
_KEEP_TAGS = frozenset({"html", "body", "main", "article"})


def prune(index: Index, platform: Platform, root: HtmlElement | None) -> None:
    """Take boilerplate out of the tree by the platform's and the general rules, never the post's root."""
    safe = set(ancestors(root)) | {root} if root is not None else set()
    total = len(text_of(index.root))
    for element in index.all((*platform.prune, *GENERIC.prune)):
        if element in safe or tag(element) in _KEEP_TAGS or element.getparent() is None:
            continue
        # A class name that is furniture on one site is the frame of the whole page on another.
        if root is None and total > 1000 and len(text_of(element)) > 0.4 * total:
            continue
        if root is None and element.find(".//h1") is not None:
            continue
        remove(element)


def is_junk(element: HtmlElement, root: HtmlElement) -> bool:
    """Say whether the element, or what it lies in below the root, is named like boilerplate."""
    node: HtmlElement | None = element
    while node is not None and node is not root:
        if tag(node) in ("nav", "footer", "aside", "form") or _named_junk(node):
            return True
        node = node.getparent()
    return False


def _named_junk(node: HtmlElement) -> bool:
    if any(JUNK.search(name) for name in classes(node)) or JUNK.search(node.get("id") or ""):
        return True
    style = (node.get("style") or "").replace(" ", "").lower()
    return "display:none" in style
