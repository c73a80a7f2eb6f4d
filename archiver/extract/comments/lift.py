"""Reader comments are lifted out of the tree, one by one, with author, date and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from archiver.extract.comments import pings
from archiver.extract.comments.count import stated
from archiver.extract.comments.fields import read
from archiver.extract.comments.items import items_of
from archiver.extract.dom import classes, remove, tag
from archiver.extract.selectors import Index
from archiver.models import PageComment

_CONTAINERS = (
    ".comment-respond",
    "#respond",
    "#comments",
    ".comments-area",
    ".comment-list",
    ".commentlist",
    "#commentlist",
    ".wp-block-comments",
    ".wp-block-post-comments",
    ".wp-block-comments-query-loop",
    "#disqus_thread",
    "#dsq-content",
    ".comments",
    "#comment-form",
    ".comment-form",
    "#commentform",
    "#comments-block",
    ".comments-section",
    ".comments-wrapper",
    "#comments-wrapper",
    ".post-comments",
    "#jp-carousel-comments",
    ".comment-thread",
    ".fb-comments",
    ".comments-container",
    "#comment-holder",
    "#wpdcom",
    "#wpd-threads",
    "#giscus",
    ".giscus",
    ".utterances",
    ".webmentions",
    ".comment-navigation",
    ".comments-title",
    ".pinglist",
    ".trackbacks",
    "#trackbacks",
    ".pings",
    ".trackback-list",
    "#commentlist-container",
    "#comment-section",
    ".comment-section",
    "#tc-comment-title",
)


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a page, and the number that the page itself says there are."""

    found: tuple[PageComment, ...] = ()
    expected: int | None = None


def lift_comments(index: Index, base: str) -> Comments:
    """Return the comments and take them, their form and their headings out of the tree."""
    items = items_of(index)
    expected = stated(index, items)
    found: list[PageComment] = []
    own_keys = {element: key for key, element in items.items()}
    for key, element in reversed(list(items.items())):
        found.append(read(key, element, own_keys, base, pings.kind(element)))
        element.set("data-lifted", "1")
        for nested in [e for e in element.iter() if e is not element and e in own_keys]:
            remove(nested)
    for element in items.values():
        if element.getparent() is not None:
            remove(element)
    for element in index.all(_CONTAINERS):
        if (
            element.getparent() is not None
            and tag(element) not in ("body", "html", "main")
            and not _holds_post(element)
        ):
            remove(element)
    kept = [c for c in reversed(found) if c.text or c.author]
    known = {c.key for c in kept}
    result = tuple(c if c.parent is None or c.parent in known else replace(c, parent=None) for c in kept)
    return Comments(result, expected)


def _holds_post(element: HtmlElement) -> bool:
    """Say whether a box named after comments holds the post itself."""
    for node in element.iter("h1", "div", "article"):
        names = classes(node)
        if tag(node) == "h1" or {"entry-content", "post-content", "post-body", "hentry"} & set(names):
            return True
    return False
