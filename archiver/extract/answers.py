"""What answers of feeds and APIs look like: each of the formats becomes the same entries.

Reads Atom and RSS, JSON Feed, Blogger's JSON, the WordPress REST API and WordPress.com's, Ghost's Content API,
Substack's posts and Tumblr's old API. A field that is not what it should be says nothing.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import Any

import feedparser
import lxml.etree

from archiver.entities import unescape
from archiver.extract import dates
from archiver.extract.dom import squeeze
from archiver.models import Hints, Person

# More entries than any platform puts into one answer.
_MOST = 2_000
_TAG = re.compile(r"<[^<>]{0,1000}>")
_SURROGATES = re.compile("[\ud800-\udfff]")
# What stands before Tumblr's JSON: var tumblr_api_read = {...};
_ASSIGNED = re.compile(rb"\s{0,100}var\s{1,10}[\w$.]{1,100}\s{0,10}=\s{0,10}(?=\{)")
_Row = dict[str, Any]


class Unreadable(Exception):
    """What is wrong with an answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in an answer: what it may be called by, its markup, and what is said of it.

    `engine` is what a page of the same engine calls its generator. `shut` says that it is kept from us.
    """

    names: tuple[str, ...]
    url: str | None
    markup: str
    engine: str
    hints: Hints
    description: str | None = None
    language: str | None = None
    shut: bool = False


@lru_cache(maxsize=1)
def entries_of(body: bytes, content_type: str) -> tuple[Entry, ...]:
    """Return the posts of an answer in its order. Raises Unreadable if it is of no format that is known here."""
    # The posts of one answer are asked for one after the other: the last answer is remembered.
    start = body.removeprefix(codecs.BOM_UTF8).lstrip()
    assigned = _ASSIGNED.match(start)
    if assigned:
        found = _of_json(start[assigned.end() :].rstrip().rstrip(b";"))
    elif start[:1] in (b"{", b"["):
        found = _of_json(start)
    elif b"<tumblr" in start[:300]:
        found = _each(_tumblr, _tumblr_rows(start))
    else:
        found = _of_feed(body, content_type)
    return tuple(entry for _, entry in zip(range(_MOST), found, strict=False))


def _of_feed(body: bytes, content_type: str) -> Iterator[Entry]:
    try:
        feed = feedparser.parse(
            # bytes that are a path would be opened as a file
            BytesIO(body),
            response_headers={"content-type": content_type or "application/xml"},
            # the extractor cleans what it reads, and knows what its links are relative to
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise Unreadable(f"no feed: {type(error).__name__}: {error}") from error
    if not feed.get("version"):
        raise Unreadable(f"no feed: {feed.get('bozo_exception') or 'unknown format'}")
    engine = str(feed.feed.get("generator") or "")
    for entry in feed.entries:
        contents = [c for c in entry.get("content") or () if c.get("value")]
        whole = max(contents, key=lambda c: len(c["value"]), default=entry.get("summary_detail") or {})
        text = _text(whole.get("value")) or ""
        address = _text(entry.get("feedburner_origlink")) or _text(entry.get("link"))
        people = (Person(n, _text(a.get("href"))) for a in entry.get("authors", ()) if (n := _name(a.get("name"))))
        title = entry.get("title_detail") or {}
        plain = title.get("type") == "text/plain"
        name = _text(title.get("value"))
        yield Entry(
            names=_names(entry.get("id"), entry.get("link"), entry.get("feedburner_origlink"), entry.get("post-id")),
            url=address,
            markup=f"<p>{escape(text)}</p>" if whole.get("type") == "text/plain" else text,
            engine=engine,
            hints=Hints(
                title=(squeeze(name) if plain else _plain(name)) or None,
                authors=tuple(people),
                published=dates.iso(_text(entry.get("published"))),
                modified=dates.iso(_text(entry.get("updated"))) if "updated" in entry else None,
                tags=_terms(entry.get("tags"), "term"),
                comments=_count(entry.get("slash_comments") or entry.get("thr_total")),
                source="feed",
            ),
            language=_text(whole.get("language")) or _text(feed.feed.get("language")),
        )


def _of_json(body: bytes) -> Iterator[Entry]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    if isinstance(data, dict):
        if isinstance(data.get("feed"), dict) or _is_blogger(data.get("entry")):
            return _each(_blogger, data["feed"].get("entry") if isinstance(data.get("feed"), dict) else data["entry"])
        if "jsonfeed.org" in str(data.get("version")):
            return _each(_json_feed, data.get("items"))
        if isinstance(data.get("posts"), list):
            read = _tumblr if "tumblelog" in data else _wordpress_com if "found" in data else _ghost
            return _each(read, data["posts"])
    rows = data if isinstance(data, list) else [data]
    first = next((row for row in rows if isinstance(row, dict)), {})
    if "body_html" in first:
        return _each(_substack, rows)
    if "content" in first:
        return _each(_wordpress_com if "URL" in first else _wordpress, rows)
    raise Unreadable("JSON, but of no kind that holds posts")


def _is_blogger(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("content"), dict) and "$t" in value["content"]


def _each(read: Callable[[_Row], Entry], rows: object) -> Iterator[Entry]:
    rows = rows if isinstance(rows, list) else [rows]
    return (read(row) for row in rows if isinstance(row, dict))


def _blogger(row: _Row) -> Entry:
    address = next((_text(x.get("href")) for x in _rows(row.get("link")) if x.get("rel") == "alternate"), None)
    people = (Person(n, _value(a, "uri")) for a in _rows(row.get("author")) if (n := _name(_value(a, "name"))))
    return Entry(
        names=_names(_value(row, "id"), address),
        url=address,
        markup=_value(row, "content") or _value(row, "summary") or "",
        engine="blogger",
        hints=Hints(
            title=_plain(_value(row, "title")),
            authors=tuple(people),
            published=_value(row, "published"),
            modified=_value(row, "updated"),
            tags=_terms(row.get("category"), "term"),
            comments=_count(_value(row, "thr$total")),
            source="api",
        ),
    )


def _json_feed(row: _Row) -> Entry:
    text = _text(row.get("content_text")) or ""
    people = _rows(row.get("authors")) or _rows(row.get("author"))
    return Entry(
        names=_names(row.get("id"), row.get("url")),
        url=_text(row.get("url")),
        markup=_text(row.get("content_html")) or "".join(f"<p>{escape(x)}</p>" for x in text.split("\n\n")),
        engine="",
        hints=Hints(
            title=_text(row.get("title")),
            authors=tuple(Person(n, _text(p.get("url"))) for p in people if (n := _name(p.get("name")))),
            published=_text(row.get("date_published")),
            modified=_text(row.get("date_modified")),
            tags=_terms(row.get("tags")),
            source="feed",
        ),
        description=_text(row.get("summary")),
        language=_text(row.get("language")),
    )


def _wordpress(row: _Row) -> Entry:
    content = row.get("content")
    content = content if isinstance(content, dict) else {}
    return Entry(
        names=_names(row.get("id"), row.get("link"), _rendered(row.get("guid"))),
        url=_text(row.get("link")),
        markup=_rendered(content) or "",
        engine="WordPress",
        hints=Hints(
            title=_plain(_rendered(row.get("title"))),
            published=_utc(row.get("date_gmt")) or _text(row.get("date")),
            modified=_utc(row.get("modified_gmt")) or _text(row.get("modified")),
            source="api",
        ),
        shut=content.get("protected") is True and not _rendered(content),
    )


def _wordpress_com(row: _Row) -> Entry:
    author = row.get("author")
    author = author if isinstance(author, dict) else {}
    name = _name(author.get("name"))
    discussion = row.get("discussion")
    return Entry(
        names=_names(row.get("ID"), row.get("URL"), row.get("guid"), row.get("short_URL")),
        url=_text(row.get("URL")),
        markup=_text(row.get("content")) or "",
        engine="WordPress.com",
        hints=Hints(
            title=_plain(_text(row.get("title"))),
            authors=(Person(name, _text(author.get("URL"))),) if name else (),
            published=_text(row.get("date")),
            modified=_text(row.get("modified")),
            categories=_terms(row.get("categories")),
            tags=_terms(row.get("tags")),
            comments=_count(discussion.get("comment_count")) if isinstance(discussion, dict) else None,
            source="api",
        ),
        shut=bool(_text(row.get("password"))),
    )


def _ghost(row: _Row) -> Entry:
    people = _rows(row.get("authors"))
    return Entry(
        names=_names(row.get("id"), row.get("uuid"), row.get("comment_id"), row.get("url"), row.get("slug")),
        url=_text(row.get("url")),
        markup=_text(row.get("html")) or "",
        engine="Ghost",
        hints=Hints(
            title=_text(row.get("title")),
            authors=tuple(Person(n, _text(p.get("url"))) for p in people if (n := _name(p.get("name")))),
            published=_text(row.get("published_at")),
            modified=_text(row.get("updated_at")),
            tags=_terms([t for t in _rows(row.get("tags")) if t.get("visibility") != "internal"], "name"),
            source="api",
        ),
        description=_text(row.get("custom_excerpt")),
        shut=row.get("access") is False and not _text(row.get("html")),
    )


def _substack(row: _Row) -> Entry:
    people = _rows(row.get("publishedBylines"))
    return Entry(
        names=_names(row.get("id"), row.get("canonical_url"), row.get("slug")),
        url=_text(row.get("canonical_url")),
        markup=_text(row.get("body_html")) or "",
        engine="substack",
        hints=Hints(
            title=_text(row.get("title")),
            authors=tuple(Person(n) for p in people if (n := _name(p.get("name")))),
            published=_text(row.get("post_date")),
            modified=_text(row.get("updated_at")),
            tags=_terms(row.get("postTags"), "name"),
            comments=_count(row.get("comment_count")),
            source="api",
        ),
        description=_text(row.get("subtitle")),
    )


def _tumblr_rows(body: bytes) -> list[_Row]:
    """Return the posts of Tumblr's XML as its JSON would have them."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = lxml.etree.fromstring(body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"no XML: {str(error)[:200]}") from error
    rows = []
    for post in root.iter("post") if root is not None else ():
        row: _Row = {str(name): value for name, value in post.attrib.items()}
        for child in post.iterchildren("*"):
            # photos come in several sizes, the largest first
            row.setdefault(str(child.tag), child.text)
        rows.append({**row, "tags": [tag.text for tag in post.findall("tag")]})
    return rows


def _tumblr(row: _Row) -> Entry:
    def part(name: str, element: str = "") -> str:
        text = _text(row.get(name))
        return f"<{element}>{text}</{element}>" if text and element else text or ""

    def line(name: str) -> str:
        return escape(part(name)).replace("\n", "<br>")

    photo = escape(_text(row.get("photo-url-1280")) or _text(row.get("photo-url")) or "")
    pieces = (
        f'<figure><img src="{photo}"></figure>' if photo else "",
        f'<p><a href="{escape(part("link-url"))}">{line("link-text")}</a></p>' if part("link-text") else "",
        part("quote-text", "blockquote"),
        part("quote-source", "p"),
        f"<p>{line('conversation-text')}</p>" if part("conversation-text") else "",
        part("question", "blockquote"),
        *(part(n) for n in ("regular-body", "photo-caption", "link-description", "video-caption", "audio-caption")),
        part("answer"),
    )
    titles = (_plain(_text(row.get(name))) for name in ("regular-title", "conversation-title", "link-text"))
    moment = _text(row.get("date-gmt"))
    return Entry(
        names=_names(row.get("id"), row.get("url"), row.get("url-with-slug")),
        url=_text(row.get("url-with-slug")) or _text(row.get("url")),
        markup="".join(pieces),
        engine="",
        hints=Hints(
            title=next((t for t in titles if t), None),
            published=moment.replace(" GMT", "Z") if moment else None,
            tags=_terms(row.get("tags")),
            source="api",
        ),
    )


# --- fields, whatever they hold ---


def _text(value: object) -> str | None:
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) and value.strip() else None


def _value(row: _Row, key: str) -> str | None:
    """Return the text of an element in Blogger's JSON."""
    value = row.get(key)
    return _text(value.get("$t")) if isinstance(value, dict) else None


def _rendered(value: object) -> str | None:
    return _text(value.get("rendered")) if isinstance(value, dict) else None


def _rows(value: object) -> list[_Row]:
    values = value if isinstance(value, list) else [value]
    return [x for x in values[:_MOST] if isinstance(x, dict)]


def _plain(markup: str | None) -> str | None:
    """Return a title that is markup as one line of text."""
    return squeeze(unescape(_TAG.sub("", markup[:10_000]))) or None if markup else None


def _name(value: object) -> str | None:
    name = squeeze((_text(value) or "")[:200])
    return name if name and "@" not in name and not name.startswith("http") else None


def _names(*values: object) -> tuple[str, ...]:
    found = (str(v).strip() for v in values if isinstance(v, (str, int)) and not isinstance(v, bool))
    return tuple(dict.fromkeys(v for v in found if v))


def _terms(value: object, key: str | None = None) -> tuple[str, ...]:
    """Return terms, given as names, as objects with the name under a key, or as an object by name."""
    values = list(value) if isinstance(value, (list, dict)) else []
    names = (v.get(key) if isinstance(v, dict) and key else v for v in values[:_MOST])
    return tuple(dict.fromkeys(squeeze(t) for n in names if (t := _text(n))))


def _count(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**9 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else None


def _utc(value: object) -> str | None:
    # The API writes UTC without saying so.
    return f"{value}Z" if isinstance(value, str) and re.fullmatch(r"[\d-]{10}T[\d:]{8}", value) else None
