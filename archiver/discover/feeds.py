"""Feeds: RSS, Atom and JSON Feed in, links out; and where the next page of a feed lies."""

from __future__ import annotations

import codecs
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import feedparser

from archiver import urls
from archiver.errors import BadSurface
from archiver.models import Hints, Link, Person

# Where a blog's feed lies when its first page names none; tried in this order until one answers.
USUAL = ("feed/", "feed.xml", "atom.xml", "rss.xml", "index.xml", "feed.json")


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed says: a link per entry, and the address of its next page if it tells (RFC 5005)."""

    links: tuple[Link, ...]
    next_page: str | None
    generator: str


def read_feed(url: str, body: bytes, content_type: str | None = None) -> FeedAnswer:
    """Read a feed of any of the three formats. Raises BadSurface if it is none."""
    if body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _json_feed(url, body)
    try:
        feed = feedparser.parse(
            body,
            response_headers={"content-location": url, "content-type": content_type or "application/xml"},
            # the texts of entries are never shown, so they need no cleaning, which is most of the time
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise BadSurface(f"{url}: no feed: {type(error).__name__}: {error}") from error
    if not feed.get("version"):
        raise BadSurface(f"{url}: no feed: {feed.get('bozo_exception') or 'unknown format'}")
    entries = (_entry(url, entry) for entry in feed.entries)
    following = (x.get("href") for x in feed.feed.get("links", []) if x.get("rel") in ("next", "prev-archive"))
    target = next(following, None)
    return FeedAnswer(
        tuple(link for link in entries if link),
        urls.absolute(url, target) if target else None,
        str(feed.feed.get("generator", "")).lower(),
    )


def _entry(url: str, entry: Any) -> Link | None:
    # feedburner keeps the true address here
    href = entry.get("feedburner_origlink") or entry.get("link")
    target = urls.absolute(url, href) if href else None
    if target is None:
        return None
    tags = tuple(t["term"] for t in entry.get("tags", []) if t.get("term"))
    authors = tuple(
        Person(a["name"], a.get("href")) for a in entry.get("authors", []) if a.get("name") and "@" not in a["name"]
    )
    published = _iso(entry.get("published_parsed"))
    updated = _iso(entry.get("updated_parsed")) if "updated" in entry else None
    hints = Hints(
        source="feed",
        # a type of text/plain means that the title is no markup, so its entities are the author's own
        title=entry.get("title") if entry.get("title_detail", {}).get("type") == "text/plain" else None,
        authors=authors,
        published=published,
        modified=updated,
        tags=tags,
    )
    return Link(target, "feed", "post", updated or published, hints)


def _iso(parsed: time.struct_time | None) -> str | None:
    if parsed is None:
        return None
    try:
        return datetime(*parsed[:6], tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return None


def _json_feed(url: str, body: bytes) -> FeedAnswer:
    try:
        feed = json.loads(body)
        if "jsonfeed.org" not in str(feed.get("version", "")):
            raise BadSurface(f"{url}: JSON, but no JSON Feed")
        entries = [entry for entry in feed.get("items", []) if isinstance(entry, dict)]
        links = []
        for entry in entries:
            # an id is the address of the entry, or just any string
            href = _text(entry.get("url")) or _web(entry.get("id"))
            target = urls.absolute(url, href) if href else None
            if target is None:
                continue
            published = _text(entry.get("date_published"))
            modified = _text(entry.get("date_modified"))
            people = entry.get("authors") or ([entry["author"]] if isinstance(entry.get("author"), dict) else [])
            hints = Hints(
                source="feed",
                title=_text(entry.get("title")),
                authors=tuple(Person(str(p["name"]), _text(p.get("url"))) for p in people if p.get("name")),
                published=published,
                modified=modified,
                tags=tuple(str(tag) for tag in entry.get("tags") or []),
            )
            links.append(Link(target, "feed", "post", modified or published, hints))
        following = _text(feed.get("next_url"))
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        raise BadSurface(f"{url}: broken JSON Feed: {error}") from error
    return FeedAnswer(tuple(links), urls.absolute(url, following) if following else None, "")


def _web(value: Any) -> str | None:
    return value if isinstance(value, str) and urls.is_web(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def paged(url: str) -> str:
    """Return the next page of a WordPress feed: `?paged=2` after the first, and so on."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    number = query.get("paged", "1")
    query["paged"] = str(int(number) + 1 if re.fullmatch(r"[0-9]{1,9}", number) else 2)
    return urlunsplit(parts._replace(query=urlencode(query)))


def is_wordpress(answer: FeedAnswer) -> bool:
    """Tell whether a feed pages by `?paged=`: WordPress says so in its generator."""
    return "wordpress.org" in answer.generator or "wordpress.com" in answer.generator
