"""Tumblr's old API, which wants no key: JSON in a line of JavaScript, or XML. It says nothing of comments or changes.

Posts that are not shown are left out of an answer after it was counted off, so a short answer is not the last one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lxml.etree

from archiver import urls
from archiver.discover.home import Home
from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Step

PER_PAGE = 50  # the most that the API gives
PATH = re.compile(r"(.{0,2000}/api/read)(?:/json)?/?")
# What stands before the JSON: var tumblr_api_read = {…};
ASSIGNED = re.compile(r"\s*(?:var\s{1,10})?[\w$.]{1,100}\s*[=(]\s*")
GMT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) GMT")
TAG = re.compile(r"<[^<>]{0,1000}>")
SURROGATE = re.compile("[\ud800-\udfff]")
TITLES = ("regular-title", "link-text", "conversation-title")
TEXTS = (
    "regular-body",
    "photo-caption",
    "quote-text",
    "link-description",
    "conversation-text",
    "video-caption",
    "audio-caption",
    "answer",
)
# A longer text is no title, tag, address or number.
LONG = 2000
# Answers in a row without a post after which the list is over, whatever its total says.
MAX_EMPTY = 3


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the question for a blog's posts, the newest first."""
    base = urls.site_root(home.root) + "api/read"
    return [Ask(_url(base, 0, is_xml=False), "tumblr.posts", "api", (_url(base, 0, is_xml=True),), changes=changes)]


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of posts, JSON or XML. Raises BadSurface if it is neither."""
    is_xml = answer.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    rows, total = _xml(answer) if is_xml else _json(answer)
    links = [link for row in rows if (link := _link(answer.url, row))]
    further, step_over = _further(ask, answer, len(rows), total)
    return Step(
        links=tuple(links),
        further=further,
        asks=(step_over,) if step_over else (),
        total=total,
        dropped={"no_address": len(rows) - len(links)} if len(links) < len(rows) else {},
    )


def _url(base: str, start: int, *, is_xml: bool) -> str:
    return f"{base}{'' if is_xml else '/json'}?num={PER_PAGE}&start={start}"


def _further(ask: Ask, answer: Answer, received: int, total: int | None) -> tuple[Ask | None, Ask | None]:
    """Return the next page, or behind a page without posts the one to ask in any case."""
    places = [(PATH.fullmatch(url.partition("?")[0]), url) for url in (answer.url, ask.url)]
    path, here = next(((path, url) for path, url in places if path and _start(url) is not None), (None, ""))
    if path is None:
        return None, None
    empty = 0 if received else (_number(ask.told.get("empty")) or 0) + 1
    start = (_start(here) or 0) + (received or PER_PAGE)
    if not received and (ask.changes or empty > MAX_EMPTY or start >= (total or 0)):
        return None, None
    is_xml = not urlsplit(here).path.rstrip("/").endswith("/json")
    following = replace(
        ask,
        url=_url(path[1], start, is_xml=is_xml),
        others=(_url(path[1], start, is_xml=not is_xml),),
        told={**ask.told, "empty": empty},
    )
    return (following, None) if received else (None, following)


def _start(url: str) -> int | None:
    return _number(dict(parse_qsl(urlsplit(url).query)).get("start"))


def _json(answer: Answer) -> tuple[Sequence[Mapping[str, Any]], int | None]:
    text = answer.body.decode("utf-8-sig", "replace")
    assigned = ASSIGNED.match(text)
    try:
        document, _ = json.JSONDecoder().raw_decode(text[assigned.end() if assigned else 0 :].lstrip())
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {str(error)[:200]}") from error
    rows = document.get("posts") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: JSON, but no posts of Tumblr's")
    return [row if isinstance(row, dict) else {} for row in rows], _number(document.get("posts-total"))


def _xml(answer: Answer) -> tuple[Sequence[Mapping[str, Any]], int | None]:
    # Control characters in posts break the form, so it is mended.
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = lxml.etree.fromstring(answer.body, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise BadSurface(f"{answer.url}: no XML: {str(error)[:200]}") from error
    posts = root.find("posts") if root is not None and root.tag == "tumblr" else None
    if posts is None:
        raise BadSurface(f"{answer.url}: XML, but no posts of Tumblr's")
    return [_row(post) for post in posts.findall("post")], _number(posts.get("total"))


def _row(post: lxml.etree._Element) -> dict[str, Any]:
    """Return an element as the JSON would have it: attributes and children by name, tags as a list."""
    row: dict[str, Any] = {str(name): value for name, value in post.attrib.items()}
    row |= {name: post.findtext(name) for name in (*TITLES, *TEXTS)}
    row["tags"] = [tag.text for tag in post.findall("tag")]
    return row


def _link(base: str, row: Mapping[str, Any]) -> Link | None:
    hrefs = (_text(row.get(name)) for name in ("url-with-slug", "url"))
    target = next((target for href in hrefs if href and (target := urls.absolute(base, href))), None)
    if target is None:
        return None
    key = _key(row.get("id"))
    titles = (plain(title) for name in TITLES if (title := _text(row.get(name))))
    tags = row.get("tags")
    hints = Hints(
        title=next((title for title in titles if title), None),
        published=_published(row),
        tags=tuple(text for tag in tags if (text := _text(tag))) if isinstance(tags, list) else (),
        source="api",
    )
    texts = (row.get(name) for name in TEXTS)
    has_text = any(isinstance(text, str) and text.strip() for text in texts)
    return Link(target, "api", "post", hints=hints, key=key, entry=key if has_text else None)


def _key(value: Any) -> str | None:
    # Numbers are texts, once they were numbers.
    number = str(value) if type(value) is int and 0 <= value < 10**25 else _text(value)
    return number if number and re.fullmatch(r"[0-9]{1,25}", number) else None


def _published(row: Mapping[str, Any]) -> str | None:
    gmt = GMT.fullmatch(_text(row.get("date-gmt")) or "")
    try:
        if gmt:
            moment = datetime.fromisoformat(f"{gmt[1]}T{gmt[2]}+00:00")
        else:
            moment = datetime.fromtimestamp(_number(row.get("unix-timestamp")) or -1, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1970 else None


def plain(rendered: str) -> str:
    """Return HTML of one line as text: tags off, entities decoded once."""
    return " ".join(unescape(TAG.sub("", rendered)).split())


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > LONG:
        return None
    return SURROGATE.sub("\ufffd", value.strip()) or None


def _number(value: Any) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value):
        return int(value)
    return value if type(value) is int and 0 <= value < 10**10 else None


READERS = {"tumblr.posts": read_posts}
