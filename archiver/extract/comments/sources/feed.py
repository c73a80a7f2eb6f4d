"""Comments as feeds of comments tell them, RSS or Atom."""

from __future__ import annotations

import re
import time
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import feedparser

from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.extract.comments.items import key_of
from archiver.extract.comments.pages import post_address
from archiver.extract.comments.sources import rows
from archiver.extract.comments.sources.markup import text_of_html, text_of_plain
from archiver.extract.text.addresses import absolute
from archiver.models import PageComment, Said

# Blogger's ids and its address of the comment that is answered.
_TAG = re.compile(r"tag:blogger\.com,[^\s]{0,60}\.post-([0-9]{6,24})")
_RELATED = re.compile(r"/comments/(?:default|full|summary)/([0-9]{6,24})")
# Names of comments that are nobody's convention but have a number, as all names of comments do.
_NUMBERED = re.compile(r"[\w.:-]{0,40}[0-9][\w.:-]{0,40}")
# How WordPress names the entries of its feeds; looked at only where an entry has no author.
_BY = re.compile(r"(?:By: |Comment on .{0,500} by )(.{1,200})")
# What WordPress, in its feeds only, writes before an answer: In reply to <a href="…#comment-12">Ann</a>. A person's
# own link has more attributes there.
_REPLY = re.compile(r"""\s*<p>[^<>]{0,40}<a href=["']([^"'<>]{1,2000})["']>[^<>]{0,300}</a>[^<>]{0,20}</p>""")


def read_comments(url: str, body: bytes) -> list[Said]:
    """Read a feed of comments; entries that say nowhere that they are comments are passed over.

    Raises BadSurface if the answer is no feed.
    """
    try:
        feed = feedparser.parse(
            # bytes that are a path would be opened as a file
            BytesIO(body),
            response_headers={"content-location": url, "content-type": "application/xml"},
            # nothing of the markup is shown, and the addresses in it are resolved where the text is made
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise BadSurface(f"{url}: no feed: {type(error).__name__}: {error}") from error
    if not feed.get("version"):
        raise BadSurface(f"{url}: no feed: {feed.get('bozo_exception') or 'unknown format'}")
    return [said for entry in feed.entries if (said := _comment(url, entry))]


def _comment(url: str, entry: Any) -> Said | None:
    permalink = absolute(rows.string(entry.get("link")), url)
    guid, reply = rows.string(entry.get("id")), rows.row(entry.get("thr_in-reply-to"))
    answered = absolute(rows.string(reply.get("href")), url)
    tag = _TAG.fullmatch(guid)
    key = _key(permalink) or _key(guid) or (f"c{tag[1]}" if tag else None)
    post = post_address(permalink) or post_address(answered)
    if key is None or post is None:
        return None
    related = (_RELATED.search(rows.string(x.get("href"))) for x in rows.rows(entry.get("links")))
    above = next((f"c{match[1]}" for match in related if match and f"c{match[1]}" != key), None)
    words, quoted = _words(entry, permalink or url)
    parent = _key(answered) or _key(rows.string(reply.get("ref"))) or above or quoted
    return Said(
        post,
        PageComment(
            key=key,
            parent=parent if parent != key else None,
            author=_author(entry),
            author_url=rows.address(rows.row(entry.get("author_detail")).get("href")),
            date=_moment(entry),
            text=words,
            url=permalink,
        ),
    )


def _key(address: str | None) -> str | None:
    """Return the key of the comment that the fragment of an address names."""
    try:
        fragment = urlsplit(address or "").fragment
    except ValueError:
        return None
    return key_of(fragment) or (fragment if _NUMBERED.fullmatch(fragment) else None)


def _author(entry: Any) -> str | None:
    named = rows.name(unescape(rows.string(rows.row(entry.get("author_detail")).get("name") or entry.get("author"))))
    if named:
        return named
    by = _BY.fullmatch(rows.name(unescape(rows.string(entry.get("title"))), 1000) or "")
    return rows.name(by[1]) if by else None


def _moment(entry: Any) -> str | None:
    for field in ("published", "updated"):
        if field not in entry:
            continue
        told = rows.day(entry[field])
        if told:
            return told
        parsed = entry.get(f"{field}_parsed")
        if isinstance(parsed, time.struct_time):
            return rows.day(time.strftime("%Y-%m-%dT%H:%M:%S+00:00", parsed))
    return None


def _words(entry: Any, base: str) -> tuple[str, str | None]:
    """Return the words of an entry, and the comment that it answers if only they tell."""
    said = [*rows.rows(entry.get("content")), rows.row(entry.get("summary_detail"))]
    chosen = next((x for x in said if rows.string(x.get("value")).strip()), {})
    words = rows.string(chosen.get("value"))
    if chosen.get("type") == "text/plain":
        return text_of_plain(words), None
    reply = _REPLY.match(words)
    parent = _key(unescape(reply[1])) if reply else None
    return text_of_html(words[reply.end() :] if reply and parent else words, base), parent


READERS = {"feed.comments": read_comments}
