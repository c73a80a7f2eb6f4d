"""Who wrote a post: as it is stated, as it is marked up, or as a byline says."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, squeeze, tag, text_of
from archiver.extract.linked import string
from archiver.extract.metadata.entry import Entry, clean, fold
from archiver.extract.platforms.generic import GENERIC
from archiver.extract.text.addresses import absolute
from archiver.models import Person

_BY = re.compile(
    r"^(?:(?:posted|written|published|story|words|text|geschrieben|veröffentlicht|author|autor|autore)?\s*"
    r"(?:by|von|par|por|di|door|af|av|przez)|publié par|alles von|author|autor|auteur|autore)\b\s*:?\s+",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"^(?:(?:written|posted|published|words|story) by$|by$|no author|use case|view all|all"
    r" posts|more posts|see all|posts"
    r" by|admin(?:istrator)?$|author$|editor$|staff$|guest$|anonymous$|unknown$"
    r"|about the|read more|share|follow|website|https?:)|@.+\.|\bposts\b|^\W*$|^\d",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"\s*(?:[|\u2022\u00b7\u2013\u2014]|,\s*(?:ph\.?d|m\.?d|rd|rdn|contributor|editor|author"
    r"|staff)\b|\s-\s|\bon\s+\w+\s+\d|\(|\bupdated\b|\bpublished\b).*$",
    re.IGNORECASE,
)
_WIDGET = re.compile(
    r"(?:^|\s)(?:sidebar|widget|related|recent|comment|popular|teaser|card-grid|more-posts)", re.IGNORECASE
)
_AUTHOR_CLASS = re.compile(r"author|byline|writer|written-?by", re.IGNORECASE)
_PROPER = re.compile(
    r"[^\W\d_a-z][\w.'\u2019-]*(?:"
    r" (?:de|van|von|der|den|del|la|le|da|di|bin|al|[^\W\d_a-z][\w.'\u2019-]*)){1,4}"
)
_WRITTEN_BY = frozenset(
    {
        "written by",
        "verfasst von",
        "écrit par",
        "escrito por",
        "scritto da",
        "geschreven door",
        "skrevet af",
    }
)
_META_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "sailthru.author",
    "parsely-author",
    "article:author:name",
    "citation_author",
)


def authors_of(entry: Entry, site: str | None) -> tuple[Person, ...]:
    """Return the authors, by JSON-LD, microformats and the platform's markup, or meta."""
    stated = _people(entry)
    people = [p for p in stated if _is_person(p.name, site)]
    if people:
        return tuple(people)
    accounts: list[Person] = []
    for selector in (*entry.platform.author, *GENERIC.author):
        near = [e for e in entry.near(selector) if not _is_widget(e, entry.scope)]
        found: dict[str, Person] = {}
        for element in near[:4]:
            name = name_of(element.get("content") or text_of(element))
            if name and not _is_person(name, site):
                accounts.append(Person(name, _address(element, entry.url)))
            elif name:
                found.setdefault(fold(name), Person(name, _address(element, entry.url)))
        if found:
            # Several authors stand side by side; names that are spread over the page are something else.
            together = len({e.getparent() for e in near[:4]}) == 1
            return tuple(found.values()) if together else (next(iter(found.values())),)
    for key in _META_AUTHORS:
        name = name_of(clean(entry.meta.get(key)))
        if name and _is_person(name, site):
            return (Person(name),)
    if entry.meta.get("twitter:label1", "").lower() in _WRITTEN_BY and (
        name := name_of(clean(entry.meta.get("twitter:data1")))
    ):
        return (Person(name),)
    by_class = _author_by_class(entry, site)
    # On a personal blog the author may well bear the blog's name, or sign as an account.
    return (by_class,) if by_class else tuple(stated or accounts[:1])


def _address(element: HtmlElement, url: str) -> str | None:
    link = element if tag(element) == "a" else next((a for a in element.iter("a")), None)
    return absolute(link.get("href"), url) if link is not None else None


def _is_person(name: str, site: str | None) -> bool:
    """Say whether a stated author is more than the site itself or an account's name."""
    return fold(name) != fold(site) and not re.fullmatch(r"[a-z0-9._-]*[._-][a-z0-9._-]*|.*@.*", name)


def _is_widget(element: HtmlElement, scope: HtmlElement | None) -> bool:
    """Say whether an element lies in a box beside the post; a box around the whole post is none."""
    above = list(ancestors(element))
    # The footer of a page is beside the post; the footer of the post is where many themes sign it.
    own = scope is not None and any(node is scope for node in above)
    for node in above:
        name = tag(node)
        if node is scope or name in ("body", "main"):
            return False
        if name == "aside" or (name == "footer" and not own):
            return True
        if _WIDGET.search(node.get("class") or "") and node.find(".//h1") is None:
            return True
    return False


def _author_by_class(entry: Entry, site: str | None) -> Person | None:
    """Return the first name that stands in an element named after authors, or behind "By" under the title."""
    for element in entry.index.order:
        names = element.get("class") or ""
        href = element.get("href") or ""
        if not (_AUTHOR_CLASS.search(names) or "/author/" in href or "/authors/" in href):
            continue
        words = text_of(element)
        name = name_of(words) if 3 < len(words) < 80 else None
        if name and _PROPER.fullmatch(name) and _is_person(name, site) and not _is_widget(element, entry.scope):
            return Person(name, _address(element, entry.url))
    for element in entry.index.order:
        if tag(element) in ("p", "div", "span", "li", "h5", "h6") and _BY.match(squeeze(element.text) + " "):
            words = text_of(element)
            if 6 < len(words) < 60 and _BY.match(words):
                name = name_of(words)
                if name and _PROPER.fullmatch(name) and _is_person(name, site):
                    return Person(name, _address(element, entry.url))
    return None


def _people(entry: Entry) -> list[Person]:
    value = entry.stated("author")
    values = value if isinstance(value, list) else [value]
    found: dict[str, Person] = {}
    for item in values:
        item = entry.linked.resolve(item)
        name = string(item)
        address = item.get("url") if isinstance(item, dict) else None
        if name and (clean := name_of(name)):
            found.setdefault(
                fold(clean), Person(clean, absolute(address, entry.url) if isinstance(address, str) else None)
            )
    return list(found.values())


def name_of(value: str | None) -> str | None:
    """Return a byline as a name, or None when it is no name."""
    name = _BY.sub("", squeeze(value))
    name = _AFTER_NAME.sub("", name).strip(" ,;:\u2013\u2014-|\u2022")
    if not name or len(name) > 80 or len(name.split()) > 8 or _NOT_NAMES.search(name):
        return None
    return name
