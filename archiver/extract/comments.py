"""Reader comments are lifted out of the tree, one by one, with author, date and what they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.extract import serialise
from archiver.extract.dates import iso
from archiver.extract.dom import Index, ancestors, classes, inside, remove, squeeze, tag, text_of, walk
from archiver.models import PageComment

_ID = re.compile(r"^(?:(?:li|div|article|dsq|wp|isc)-)?comment-(\d{1,20})$|^(?:li|div)?c(\d{6,24})$")
_ITEM_TAGS = frozenset({"li", "div", "article", "section", "dd", "dt", "tr"})
_SCHEMA = (
    "[itemprop=comment]",
    "[itemtype$=schema.org/Comment]",
    "[itemtype$=schema.org/UserComments]",
    ".h-cite.p-comment",
)

# Outermost first would take the whole box of each item; the surest names of the words alone come first.
_BODY = (
    "comment-content",
    "comment_content",
    "comment-text",
    "comment_text",
    "commenttext",
    "commentText",
    "comment-entry",
    "wp-block-comment-content",
    "comment__content",
    "comment-body__content",
    "comment-message",
    "commentcontent",
    "comment-copy",
    "comment__text",
    "comment-main-content",
    "comment-inner-content",
    "wpd-comment-text",
    "e-content",
    "comment-body",
    "comment_body",
    "commentbody",
    "comment__body",
    "comment-inner",
)
_AUTHOR = (
    "wp-block-comment-author-name",
    "fn",
    "comment-author-name",
    "comment-author-link",
    "comment_author_name",
    "wpd-comment-author",
    "comment__author",
    "comment-author",
    "comment_author",
    "commentauthor",
    "p-author",
    "author",
    "comment-name",
    "comment-meta-author",
    "user",
)
_DATE = (
    "comment-date",
    "comment-time",
    "comment-metadata",
    "comment_date",
    "commentdate",
    "wpd-comment-date",
    "wp-block-comment-date",
    "comment-meta-date",
    "comment__date",
    "comment-timestamp",
    "datetime",
    "commentmetadata",
    "comment-meta",
    "date",
    "time",
)
_FURNITURE = frozenset(
    [
        "reply",
        "comment-reply",
        "comment-reply-link",
        "comment-edit-link",
        "comment-likes",
        "comment-like-link",
        "comment-like-feedback",
        "sharedaddy",
        "jp-relatedposts",
        "avatar",
        "comment-author",
        "comment_author",
        "comment-meta",
        "commentmetadata",
        "comment-metadata",
        "says",
        "comment-awaiting-moderation",
        "comment-actions",
        "comment-footer",
        "comment-header",
        "comment-date",
        "comment_date",
        "vcard",
        "comment-time",
        "comment-reply-title",
        "comment-permalink",
        "comment-options",
        "comment__meta",
        "comment__reply",
        "wp-block-comment-reply-link",
        "wp-block-comment-edit-link",
        "wp-block-comment-author-name",
        "wp-block-comment-date",
        "avatar-container",
        "comment-rating",
        "comment-replies",
        "thread-toggle",
        "comment-timestamp",
        "user",
        "datetime",
    ]
)
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
_HEADINGS = (
    ".comments-title",
    "#comments-title",
    ".comment-title",
    "#comments h2",
    "#comments h3",
    "#comments h4",
    "#comments",
    ".comments-area h2",
    ".comments-area h3",
    ".wp-block-comments-title",
    ".comments h3",
    ".comments h4",
    ".comments-header",
    "h2#comments",
    "h3#comments",
    ".comment-count",
    ".comments-count",
    ".comments-link a",
)
_PLAIN_BODY = frozenset(n.replace("-", "").replace("_", "").lower() for n in _BODY if n != "e-content")
_PLAIN_AUTHOR = frozenset(
    n.replace("-", "").replace("_", "").lower() for n in _AUTHOR if n not in ("user", "author")
)
_SAYS = re.compile(
    r"\s*(?:\b(?:says?|said|wrote|writes|sagt|sagte|schreibt|schrieb|meint|dice|dijo|a"
    r" dit|dit|diz|disse|zegt|schreef|pisze"
    r"|on|am)\b)?\s*[:\u2026,|\u2022\u00b7-]*\s*$",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"^\W*(?:one|ein|eine|un|una|um|uma|one)\b\s+(?:thought|comment|response|reply|kommentar|gedanke|coment)",
    re.I,
)
_COUNT = re.compile(
    r"(\d[\d.,\u00a0]{0,8})\s*(?:comments?|thoughts?|responses?|repl(?:y|ies)|kommentare?|gedanken?"
    r"|antworten|commentaires?|réponses?"
    r"|réactions?|comentarios?|respuestas?|comentários?|respostas?|commenti|commento|risposte"
    r"|reacties|komentarzy|kommentar(?:er)?"
    r"|tanker|svar|коммент)"
    r"|(?:comments?|kommentare|commentaires|responses)\s*\((\d{1,6})\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a page, and the number that the page itself says there are."""

    found: tuple[PageComment, ...] = ()
    expected: int | None = None


def lift(index: Index, base: str) -> Comments:
    """Return the comments and take them, their form and their headings out of the tree."""
    items = _items(index)
    expected = _expected(index, items)
    found: list[PageComment] = []
    own_keys = {element: key for key, element in items.items()}
    for key, element in reversed(list(items.items())):
        if not _is_ping(element):
            found.append(_read(key, element, own_keys, base))
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
    known = {c.key for c in found}
    result = tuple(
        c if c.parent is None or c.parent in known else _orphan(c)
        for c in reversed(found)
        if c.text or c.author
    )
    return Comments(result, expected)


def _items(index: Index) -> dict[str, HtmlElement]:
    """Return the outermost element of each comment by the page's own key, in document order."""
    items: dict[str, HtmlElement] = {}
    for name in index.ids():
        match = _ID.match(name)
        if match is None:
            continue
        key = f"comment-{match[1]}" if match[1] else f"c{match[2]}"
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
        and any(
            set(classes(n)) & {"fn", "comment-author", "comment-content", "comment-body"} for n in e.iter("*")
        )
    ]


def _grown(index: Index) -> list[HtmlElement]:
    """Return the boxes around words of class `commentText` or alike, each as large as it holds one only."""
    bodies = [e for name in index.class_names() if _plain(name) in _PLAIN_BODY for e in index.has_class(name)]
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
        if box is not body and any(_plain(c) in _PLAIN_AUTHOR for n in box.iter("*") for c in classes(n)):
            found.append(box)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_]", "", name).lower()


def _holder(element: HtmlElement) -> HtmlElement | None:
    """Return the element that holds the comment which `element` names: itself, or what it is an anchor in."""
    node: HtmlElement | None = element
    if tag(element) == "dt":
        return element
    for _ in range(4):
        if node is None or tag(node) in ("body", "html", "main", "ol", "ul"):
            return None
        if tag(node) in _ITEM_TAGS and (
            node is element or any("comment" in c.lower() for c in classes(node))
        ):
            return node if len(text_of(node)) > 1 else None
        node = node.getparent()
    return None


def _is_ping(element: HtmlElement) -> bool:
    return bool({"pingback", "trackback"} & set(classes(element)))


def _read(key: str, element: HtmlElement, items: dict[HtmlElement, str], base: str) -> PageComment:
    own = [
        node
        for node, entering in walk(
            element, lambda e: e is not element and (e in items or "children" in classes(e))
        )
        if entering
    ]
    if tag(element) == "dt":
        own += _definition(element)
    parent = next((items[a] for a in ancestors(element) if a in items), None)
    author, author_url = _author(own, base)
    date = _date(own)
    body = _first(own, _BODY)
    if body is None:
        body = next((n for n in own if n.get("itemprop") in ("text", "commentText")), None)
    url = _permalink(own, key, base)
    text = _words(body if body is not None else element, items, base)
    return PageComment(key, parent, author, author_url, date, text, url)


def _definition(term: HtmlElement) -> list[HtmlElement]:
    """Return the elements of the definitions after a term: how old templates set comments."""
    found: list[HtmlElement] = []
    node = term.getnext()
    while node is not None and tag(node) == "dd":
        found.extend(e for e in node.iter("*"))
        node = node.getnext()
    return found


def _first(own: Iterable[HtmlElement], names: Iterable[str]) -> HtmlElement | None:
    by_class: dict[str, HtmlElement] = {}
    for node in own:
        for name in classes(node):
            by_class.setdefault(_plain(name), node)
    return next((by_class[_plain(n)] for n in names if _plain(n) in by_class), None)


def _author(own: list[HtmlElement], base: str) -> tuple[str | None, str | None]:
    node = next((n for n in own if n.get("itemprop") in ("author", "creator")), None) if own else None
    named = (
        next((n for n in node.iter("*") if n.get("itemprop") == "name"), node) if node is not None else None
    )
    chosen = _first(own, _AUTHOR[:2])
    chosen = chosen if chosen is not None else named
    chosen = chosen if chosen is not None else _first(own, _AUTHOR[2:])
    if chosen is None:
        chosen = next((n for n in own if tag(n) == "cite"), None)
    if chosen is None:
        return None, None
    cut = {
        n
        for n in chosen.iter("*")
        if {"says", "comment-meta", "commentmetadata", "comment-date"} & set(classes(n)) or tag(n) == "time"
    }
    name = _SAYS.sub("", text_of(chosen, cut - {chosen})).strip()
    links = [chosen, *chosen.iter("a")] if tag(chosen) == "a" else list(chosen.iter("a"))
    links += [a for a in ancestors(chosen) if tag(a) == "a"][:1]
    address = next((u for a in links if (u := serialise.absolute(a.get("href"), base))), None)
    return name[:200] or None, address


def _date(own: list[HtmlElement]) -> str | None:
    for node in own:
        if tag(node) == "time" and node.get("datetime"):
            found = iso(node.get("datetime"))
            if found:
                return found
    for node in own:
        if node.get("itemprop") in ("datePublished", "dateCreated", "commentTime"):
            found = iso(node.get("content") or node.get("datetime") or text_of(node))
            if found:
                return found
    by_class = [n for name in _DATE for n in own if _plain(name) in map(_plain, classes(n))]
    for node in by_class:
        found = iso(node.get("title")) or iso(text_of(node))
        if found:
            return found
    return next(
        (d for n in own if tag(n) in ("time", "abbr") and (d := iso(n.get("title") or text_of(n)))), None
    )


def _permalink(own: list[HtmlElement], key: str, base: str) -> str | None:
    number = key.removeprefix("comment-").removeprefix("c")
    for node in own:
        href = node.get("href") or ""
        if (
            tag(node) == "a"
            and "#" in href
            and re.sub(r"^comment-|^c", "", href.rsplit("#", 1)[1]) == number
            and "reply" not in href
        ):
            if href.startswith("#"):
                return base.split("#")[0] + href
            return serialise.absolute(href, base)
    return f"{base.split('#')[0]}#{key}"


def _words(body: HtmlElement, items: dict[HtmlElement, str], base: str) -> str:
    bare = any("content" in c for c in classes(body))
    for node in list(body.iter("*")):
        if node is body or node in items:
            continue
        if _FURNITURE.intersection(classes(node)) or (not bare and _is_head(node)):
            remove(node)
    nested = {n for n in body.iter("*") if n is not body and (n in items or "children" in classes(n))}
    return serialise.text(b for b in serialise.blocks(body, base, {}) if not inside(b.element, nested))


def _is_head(node: HtmlElement) -> bool:
    """Say whether an element beside the words of a comment tells of its author or day."""
    if node.get("itemprop") in ("author", "datePublished", "dateCreated"):
        return True
    return tag(node) == "time" or (tag(node) in ("header", "footer", "cite") and len(text_of(node)) < 200)


def _orphan(comment: PageComment) -> PageComment:
    return PageComment(
        comment.key, None, comment.author, comment.author_url, comment.date, comment.text, comment.url
    )


def _holds_post(element: HtmlElement) -> bool:
    """Say whether a box named after comments holds the post itself."""
    for node in element.iter("h1", "div", "article"):
        names = classes(node)
        if tag(node) == "h1" or {"entry-content", "post-content", "post-body", "hentry"} & set(names):
            return True
    return False


def _expected(index: Index, items: dict[str, HtmlElement]) -> int | None:
    holders = set(items.values())
    for element in index.all(_HEADINGS):
        if inside(element, holders):
            continue
        own = element if tag(element) in ("h1", "h2", "h3", "h4", "h5", "a", "span", "p") else None
        words = text_of(own)[:300] if own is not None else squeeze(element.text)[:300]
        number = count(words)
        if number is not None:
            return number
    return None


def count(words: str) -> int | None:
    """Return the number of comments that a heading such as "2 thoughts on …" states."""
    if _ONE.match(words):
        return 1
    match = _COUNT.search(words)
    if match is None:
        return None
    digits = re.sub(r"\D", "", match[1] or match[2])
    return int(digits) if digits else None
