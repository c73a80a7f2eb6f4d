"""RSS, Atom and JSON Feed as the same values: what a feed and its entries say in so many words.

Dates become ISO 8601 in UTC, but for those of JSON Feeds, which are ISO 8601 already. A field that is not what it
should be says nothing.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from typing import Any
from urllib.parse import urljoin

from archiver import urls
from archiver.discover.surfaces.markup import Element, name_of, parts, text_of
from archiver.errors import BadSurface
from archiver.models import Person

ROOTS = ("rss", "RDF", "feed")
ENTRIES = frozenset({"item", "entry"})
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
PAGES = ("text/html", "application/xhtml+xml")
# RSS doesn't say whether a title is text or HTML.
LIKE_HTML = re.compile(r"<[A-Za-z/!]|&#?\w{1,31};")
# zoe@example.org (Zoë), as RSS wants its authors
MAILED = re.compile(r"[^\s()]{1,200}@[^\s()]{1,200} \((.{1,200})\)")
NUMBER = re.compile(r"[0-9]{1,9}")
NUMERAL = re.compile(r"[1-9][0-9]{0,24}")
MAX_TEXT = 2000
# Authors, tags, links of one entry.
MAX_EACH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of a post or a comment; `links` are the addresses that may be its own, the surest first.

    `id` is the entry's name for itself: guid, id, rdf:about, or else its link as written. `number` is WordPress's own,
    `count` how many comments there are, `answers` the address that a comment belongs to; `has_text` says that the feed
    means to hold the whole text.
    """

    links: tuple[str, ...] = ()
    id: str | None = None
    title: str | None = None
    authors: tuple[Person, ...] = ()
    published: str | None = None
    updated: str | None = None
    tags: tuple[str, ...] = ()
    count: int | None = None
    number: str | None = None
    answers: str | None = None
    has_text: bool = False


@dataclass(slots=True)
class Feed:
    """A feed: `links` are the addresses that it names by their relation, of which "alternate" is the site.

    `total` and `start` are how many entries there are in all, and which of them, from 1 on, is the first here.
    """

    entries: list[Entry] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    generator: str = ""
    total: int | None = None
    start: int | None = None


def read(url: str, body: bytes, mime: str | None) -> Feed:
    """Read a feed of any of the three formats. Raises BadSurface if it is none."""
    if body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _json_feed(url, body)
    stream = parts(url, body, mime, ENTRIES)
    root = next(stream, None)
    if root is None:
        raise BadSurface(f"{url}: no feed: neither XML nor JSON")
    if str(root.tag).rpartition("}")[2] not in ROOTS:
        raise BadSurface(f"{url}: no feed, its root is <{str(root.tag)[:60]}>")
    base = _base(url, root)
    feed = Feed()
    for part in stream:
        name = name_of(part)
        if name in ENTRIES:
            feed.entries.append(_entry(base, part))
        elif name == "link":
            relation, target, _ = _link(base, part)
            if target:
                feed.links.setdefault(relation, target)
        elif name == "generator":
            feed.generator = f"{text_of(part)} {part.get('uri') or ''}"[:MAX_TEXT].lower()
        elif name == "openSearch:totalResults":
            feed.total = _number(text_of(part))
        elif name == "openSearch:startIndex":
            feed.start = _number(text_of(part))
    return feed


# --- RSS and Atom -----------------------------------------------------------------------------------


def _entry(base: str, element: Element) -> Entry:
    base = _base(base, element)
    children: dict[str, list[Element]] = {}
    for child in element.iterchildren("*"):
        same = children.setdefault(name_of(child), [])
        if len(same) < MAX_EACH:
            same.append(child)
    given = [text_of(e)[:MAX_TEXT] for name in ("guid", "id") for e in children.get(name, ())]
    given.append((element.get(ABOUT) or "")[:MAX_TEXT])
    name = next(filter(None, given), None)
    links = _links(base, children)
    counts = [text_of(e) for key in ("slash:comments", "thr:total") for e in children.get(key, ())]
    counts += [str(value) for e in children.get("link", ()) for key, value in e.items() if str(key).endswith("count")]
    # What calls itself no permalink is no address even if it looks like one.
    is_address = all((e.get("isPermaLink") or "").lower() != "false" for e in children.get("guid", ()))
    own = (name,) if name and is_address and urls.is_web(name) else ()
    numbers = [text_of(e) for e in children.get("wordpress:post-id", ())]
    return Entry(
        links=tuple(dict.fromkeys((*links, *own))),
        id=name or _written(children),
        title=_title(children, is_atom=name_of(element) == "entry"),
        authors=tuple(_authors(base, children)),
        published=_first_moment(children, "published", "pubDate", "dc:date", "issued"),
        updated=_first_moment(children, "updated", "modified"),
        tags=tuple(_tags(children)),
        count=next((n for n in map(_number, counts) if n is not None), None),
        number=next(filter(NUMERAL.fullmatch, numbers), None),
        answers=next((_join(base, e.get("href") or "") for e in children.get("thr:in-reply-to", ())), None),
        has_text=any(map(_has_text, (*children.get("content:encoded", ()), *children.get("content", ())))),
    )


def _base(url: str, element: Element) -> str:
    return _join(url, element.get(XML_BASE) or "") or url


def _join(base: str, href: str) -> str | None:
    if not href.strip() or len(href) > urls.MAX_URL:
        return None
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return None


def _link(base: str, element: Element) -> tuple[str, str | None, bool]:
    """Return the relation and the address of a link, and whether a page lies there: what RSS says has no type."""
    href = element.get("href")
    if href is None:
        return "alternate", _join(base, text_of(element)), True
    relation = (element.get("rel") or "alternate").strip().lower()
    return relation, _join(_base(base, element), href), (element.get("type") or PAGES[0]) in PAGES


def _links(base: str, children: dict[str, list[Element]]) -> list[str]:
    """Return the addresses that an entry links as its own; a service that passes it on keeps the true one apart."""
    original = [_join(base, text_of(e)) for e in children.get("feedburner:origLink", ())]
    named = [_link(base, e) for e in children.get("link", ())]
    named.sort(key=lambda link: not link[2])
    return [target for target in (*original, *(t for r, t, _ in named if r == "alternate")) if target]


def _written(children: dict[str, list[Element]]) -> str | None:
    written = ((e.get("href") or text_of(e)).strip()[:MAX_TEXT] for e in children.get("link", ()))
    return next(filter(None, written), None)


def _title(children: dict[str, list[Element]], *, is_atom: bool) -> str | None:
    """Return a title that is text; of one that may be HTML, its entities may be the author's own."""
    for element in children.get("title", ())[:1]:
        title = text_of(element)
        is_text = (element.get("type") or "text") in ("text", "text/plain") if is_atom else not LIKE_HTML.search(title)
        return _line(title) if is_text else None
    return None


def _authors(base: str, children: dict[str, list[Element]]) -> Iterator[Person]:
    for element in (*children.get("author", ()), *children.get("dc:creator", ())):
        parts_ = {name_of(child): text_of(child) for child in element.iterchildren("*")}
        name = _line(parts_.get("name") or ("" if parts_ else text_of(element)))
        mailed = MAILED.fullmatch(name or "")
        name = mailed[1].strip() if mailed else name
        if name and "@" not in name:
            yield Person(name, _join(base, parts_.get("uri") or parts_.get("url") or ""))


def _tags(children: dict[str, list[Element]]) -> Iterator[str]:
    for element in (*children.get("category", ()), *children.get("dc:subject", ())):
        tag = _line(element.get("term") or text_of(element))
        if tag:
            yield tag


def _has_text(element: Element) -> bool:
    return element.get("src") is None and (bool(text_of(element)) or element.find("*") is not None)


def _first_moment(children: dict[str, list[Element]], *names: str) -> str | None:
    written = (text_of(e) for name in names for e in children.get(name, ())[:1])
    return next(filter(None, map(moment, written)), None)


def moment(written: str) -> str | None:
    """Return a date as RSS (RFC 822) or Atom (ISO 8601) writes it, in UTC; None if it is none."""
    written = written.strip()
    if not written or len(written) > 100:
        return None
    try:
        if written[:4].isdigit():
            day = datetime.fromisoformat(written)
            day = day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
        else:
            told = parsedate_tz(written)
            if told is None:
                return None
            day = datetime(*told[:6], tzinfo=UTC) - timedelta(seconds=told[9] or 0)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return day.strftime("%Y-%m-%dT%H:%M:%SZ") if day.year >= 1000 else None


# --- JSON Feed --------------------------------------------------------------------------------------


def _json_feed(url: str, body: bytes) -> Feed:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{url}: broken JSON: {error}") from error
    if not isinstance(told, dict) or "jsonfeed.org" not in (_line(told.get("version")) or ""):
        raise BadSurface(f"{url}: JSON, but no JSON Feed")
    items = told.get("items")
    if not isinstance(items, list):
        raise BadSurface(f"{url}: a JSON Feed without a list of items")
    feed = Feed([_item(url, item) for item in items if isinstance(item, dict)])
    for relation, key in (("next", "next_url"), ("alternate", "home_page_url")):
        target = _address(url, told.get(key))
        if target:
            feed.links[relation] = target
    return feed


def _item(url: str, item: dict[str, Any]) -> Entry:
    name = _line(item.get("id")) or (str(item["id"]) if type(item.get("id")) is int else None)
    people = item.get("authors") or [item.get("author")]
    people = [p for p in people if isinstance(p, dict)] if isinstance(people, list) else []
    tags = item.get("tags")
    own = _address(url, item.get("url"))
    return Entry(
        links=tuple(target for target in (own, name) if target and urls.is_web(target)),
        id=name or _line(item.get("url")),
        title=_line(item.get("title")),
        authors=tuple(
            Person(said, _address(url, p.get("url"))) for p in people[:MAX_EACH] if (said := _line(p.get("name")))
        ),
        published=_line(item.get("date_published"), 100),
        updated=_line(item.get("date_modified"), 100),
        tags=tuple(tag for t in tags[:MAX_EACH] if (tag := _line(t))) if isinstance(tags, list) else (),
        has_text=isinstance(item.get("content_html"), str) and bool(item["content_html"].strip()),
    )


def _address(url: str, value: Any) -> str | None:
    return _join(url, value) if isinstance(value, str) else None


def _line(value: Any, longest: int = MAX_TEXT) -> str | None:
    """Return a text in one line that can be written as UTF-8, None if it is empty, too long or no text."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split()) or None


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None
