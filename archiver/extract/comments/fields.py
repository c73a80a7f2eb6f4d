"""One comment: its author, date, address and words, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

from archiver.extract.comments import names, pings
from archiver.extract.dates import iso
from archiver.extract.dom import ancestors, classes, inside, remove, tag, text_of, walk
from archiver.extract.text import serialise
from archiver.extract.text.addresses import absolute
from archiver.extract.text.walker import blocks
from archiver.models import PageComment

MAX_NAME = 200
_SAYS = re.compile(
    r"\s*(?:\b(?:says?|said|wrote|writes|sagt|sagte|schreibt|schrieb|meint|dice|dijo|a"
    r" dit|dit|diz|disse|zegt|schreef|pisze"
    r"|on|am)\b)?\s*[:\u2026,|\u2022\u00b7-]*\s*$",
    re.IGNORECASE,
)
_PERMALINK = re.compile(r"#(?:comment-|c)[0-9]+$")


def read(key: str, element: HtmlElement, items: dict[HtmlElement, str], base: str, ping: str | None) -> PageComment:
    """Return one comment; `items` are all of the page by element, `ping` is pingback or trackback if it is one."""
    own = [
        node
        for node, entering in walk(element, lambda e: e is not element and (e in items or "children" in classes(e)))
        if entering
    ]
    if tag(element) == "dt":
        own += _definition(element)
    parent = next((items[a] for a in ancestors(element) if a in items), None)
    author, author_url = _author(own, base)
    date = _date(own)
    body = _first(own, names.BODY)
    if body is None:
        body = next((n for n in own if n.get("itemprop") in ("text", "commentText")), None)
    url = _permalink(own, key, base)
    source = pings.source(own) if ping else None
    if source is not None:
        author, author_url = text_of(source)[:MAX_NAME] or author, absolute(source.get("href"), base) or author_url
    text = words(body if body is not None else element, items, base)
    if source is not None and (body is None or inside(source, {body})):
        text = pings.excerpt(text, author)
    return PageComment(key, parent, author, author_url, date, text, url, ping or "comment")


def moment(value: str | None) -> str | None:
    """Return a date or moment in ISO 8601, or None; whatever the figures, there is no error."""
    try:
        return iso(value)
    except OverflowError:  # a year or a zone of twenty digits
        return None


def _definition(term: HtmlElement) -> list[HtmlElement]:
    """Return the elements of the definitions after a term: how old templates set comments."""
    found: list[HtmlElement] = []
    node = term.getnext()
    while node is not None and tag(node) == "dd":
        found.extend(e for e in node.iter("*"))
        node = node.getnext()
    return found


def _first(own: Iterable[HtmlElement], wanted: Iterable[str]) -> HtmlElement | None:
    by_class: dict[str, HtmlElement] = {}
    for node in own:
        for name in classes(node):
            by_class.setdefault(names.plain(name), node)
    return next((by_class[names.plain(n)] for n in wanted if names.plain(n) in by_class), None)


def _author(own: list[HtmlElement], base: str) -> tuple[str | None, str | None]:
    node = next((n for n in own if n.get("itemprop") in ("author", "creator")), None) if own else None
    named = next((n for n in node.iter("*") if n.get("itemprop") == "name"), node) if node is not None else None
    chosen = _first(own, names.AUTHOR[:2])
    chosen = chosen if chosen is not None else named
    chosen = chosen if chosen is not None else _first(own, names.AUTHOR[2:])
    if chosen is None:
        chosen = next((n for n in own if tag(n) == "cite"), None)
    if chosen is None:
        return None, None
    cut = {
        n
        for n in chosen.iter("*")
        if {"says", "comment-meta", "commentmetadata", "comment-date"} & set(classes(n)) or tag(n) == "time"
    }
    permalinks = {n for n in chosen.iter("a") if n is not chosen and _PERMALINK.search(n.get("href") or "")}
    name = _SAYS.sub("", text_of(chosen, (cut | permalinks) - {chosen})).strip()
    if permalinks:
        name = _SAYS.sub("", name)  # "Ann on 5 March said:", the day being the permalink
    links = [n for n in chosen.iter("a") if n not in permalinks]
    links += [a for a in ancestors(chosen) if tag(a) == "a"][:1]
    address = next((u for a in links if (u := absolute(a.get("href"), base))), None)
    return name[:MAX_NAME] or None, address


def _date(own: list[HtmlElement]) -> str | None:
    for node in own:
        if tag(node) == "time" and node.get("datetime"):
            found = moment(node.get("datetime"))
            if found:
                return found
    for node in own:
        if node.get("itemprop") in ("datePublished", "dateCreated", "commentTime"):
            found = moment(node.get("content") or node.get("datetime") or text_of(node))
            if found:
                return found
    by_class = [n for name in names.DATE for n in own if names.plain(name) in map(names.plain, classes(n))]
    for node in by_class:
        found = moment(node.get("title")) or moment(text_of(node))
        if found:
            return found
    return next((d for n in own if tag(n) in ("time", "abbr") and (d := moment(n.get("title") or text_of(n)))), None)


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
            return absolute(href, base)
    return f"{base.split('#')[0]}#{key}"


def words(body: HtmlElement, items: dict[HtmlElement, str], base: str) -> str:
    """Return the words of a comment without its furniture and without the answers that lie inside it."""
    bare = any("content" in c for c in classes(body))
    for node in list(body.iter("*")):
        if node is body or node in items:
            continue
        if (names.FURNITURE.intersection(classes(node)) and (bare or not _holds_words(node))) or (
            not bare and _is_head(node)
        ):
            remove(node)
    nested = {n for n in body.iter("*") if n is not body and (n in items or "children" in classes(n))}
    return serialise.text(b for b in blocks(body, base, {}) if not inside(b.element, nested))


def _holds_words(node: HtmlElement) -> bool:
    """Say whether a box of the author's holds the paragraphs of the comment too, as in some old themes."""
    return "vcard" in classes(node) and any(
        not p.attrib and len(text_of(p)) > 1 and not any(tag(e) in ("cite", "time") or classes(e) for e in p.iter("*"))
        for p in islice(node.iter("p"), 50)
    )


def _is_head(node: HtmlElement) -> bool:
    """Say whether an element beside the words of a comment tells of its author or day."""
    if node.get("itemprop") in ("author", "datePublished", "dateCreated"):
        return True
    return tag(node) == "time" or (tag(node) in ("header", "footer", "cite") and len(text_of(node)) < 200)
