"""What an engine or a plug-in puts around the author's words is taken out of the tree by its structure."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, classes, remove, tag, text_of
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index

# Class names of plug-ins follow a few habits; the words must be whole parts of the name.
_JUNK = re.compile(
    r"(?:^|[-_])(?:share|sharing|sharethis|social(?![-_](?:media[-_])?embed)|addthis|addtoany|related"
    r"|recommend(?:ed|ations)?|newsletter|subscribe|subscription|signup|sign-up|optin|opt-in|cookie|consent|breadcrumbs?|pagination|sidebar"
    r"|widget|promo|sponsor"
    r"|advert|advertisement|ads|adsense|banner|popup|modal|comments?|respond|disqus|byline"
    r"|author-?(?:bio|box|info|card)"
    r"|about-?author|authorbox|tags|post-?nav|prev|next|toc|table-of-contents|cta|outbrain|taboola"
    r"|copyright|meta"
    r"|likes?|follow|donate|footer|masthead|menu|nav|navigation|skip|print|teaser)(?:$|[-_])",
    re.IGNORECASE,
)
# Words that stand beside the author's and that the vote did not take; images under such names are the author's.
_ASIDE = re.compile(
    r"(?:^|[-_])(?:captions?|credits?|gallery|slideshow|thumbs?|thumbnails?|photo|player|videos?|authors?|bio"
    r"|dates?|dateline|timestamp|calendar|published|updated|recirc|recirculation|trending|popular|breaking|latest"
    r"|headlines|login|paywall|regwall|hover|disclaimer)(?:$|[-_])",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(?:^|[-_])(?:cta|call-?to-?action|popup|signup|sign-up|optin|opt-in|newsletter"
    r"|author-?(?:box|bio|info|details|card))(?:$|[-_])",
    re.IGNORECASE,
)
_POST = re.compile(r"post-\d+")
_LONGEST_CALL = 600
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_KEEP_TAGS = frozenset({"html", "body", "main", "article"})


def _calls(index: Index, total: int) -> list[HtmlElement]:
    """Return the boxes that a call to act, not the post, is set in, by a whole part of their class name."""
    named = [name for name in index.class_names() if _CALL.search(_CAMEL.sub("-", name))]
    longest = min(_LONGEST_CALL, 0.4 * total)
    return [e for name in named for e in index.has_class(name) if len(text_of(e)) < longest]


def _next_posts(index: Index) -> list[HtmlElement]:
    """Return whole posts that lie within another, as themes that scroll on without end put them there."""
    numbered = index.select("article[id^=post-]")
    return [e for e in numbered if any(tag(a) == "article" and _is_other(a, e) for a in ancestors(e))]


def _is_other(outer: HtmlElement, post: HtmlElement) -> bool:
    names = [outer.get("id") or "", *classes(outer)]
    return post.get("id") not in names and any(_POST.fullmatch(name) for name in names)


def prune(index: Index, platform: Platform, root: HtmlElement | None) -> None:
    """Take boilerplate out of the tree by the platform's and the general rules, never the post's root."""
    safe = set(ancestors(root)) | {root} if root is not None else set()
    total = len(text_of(index.root))
    for post in _next_posts(index):
        if post not in safe and post.getparent() is not None:
            remove(post)
    for element in (*index.all((*platform.prune, *GENERIC.prune)), *_calls(index, total)):
        if element in safe or tag(element) in _KEEP_TAGS or element.getparent() is None:
            continue
        # A class name that is furniture on one site is the frame of the whole page on another.
        if root is None and total > 1000 and len(text_of(element)) > 0.4 * total:
            continue
        if root is None and element.find(".//h1") is not None:
            continue
        remove(element)


def is_junk(element: HtmlElement, root: HtmlElement, *, words: bool) -> bool:
    """Say whether an element, or what it lies in below the root, is named like boilerplate; `words` if it has any."""
    node: HtmlElement | None = element
    while node is not None and node is not root:
        if tag(node) in ("nav", "footer", "aside", "form") or "display:none" in _style(node):
            return True
        if any(_names_junk(name) or (words and _names_aside(name)) for name in (*classes(node), node.get("id") or "")):
            return True
        node = node.getparent()
    return False


def _style(node: HtmlElement) -> str:
    return (node.get("style") or "").replace(" ", "").lower()


@lru_cache(maxsize=4096)
def _names_junk(name: str) -> bool:
    return _JUNK.search(_CAMEL.sub("-", name)) is not None


@lru_cache(maxsize=4096)
def _names_aside(name: str) -> bool:
    return _ASIDE.search(_CAMEL.sub("-", name)) is not None
