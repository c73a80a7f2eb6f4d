"""Substack: all posts by the archive of its web pages, and all comments of a post in one answer. No key is needed.

Changes: the archive knows no order by change and seldom a date of change, but begins with the newest post. So the
second run asks for one page, and for another only while there are new posts; what was edited later is not told here.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archiver import urls
from archiver.discover.home import Home
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

# The web pages ask for 12; most sites give more, some refuse.
LIMITS = (50, 12)
# Newsletters, podcasts, videos and threads (open discussions) are posts with a page of their own. What is none, or
# another blog's, has these types: extraction decides by the page. A type that nobody knows yet is a post.
KINDS = {"page": "page", "note": "unknown", "restack": "unknown", "adhoc_email": "unknown"}
SLUG = re.compile(r"[\w.~%-]{1,300}")
HANDLE = re.compile(r"[\w.-]{1,100}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_TEXT = 2000
MAX_PEOPLE = 100


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the question for all posts, the newest first."""
    queries = ({"sort": "new", "search": "", "offset": "0", "limit": str(limit)} for limit in LIMITS)
    first, *others = (urljoin(home.root, f"/api/v1/archive?{urlencode(query)}") for query in queries)
    return [Ask(first, "substack.posts", "api", tuple(others), changes=changes)]


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of the archive. Raises BadSurface if the answer is no list.

    A page may be short in the middle of the list, so only an empty one is its end.
    """
    rows = _json(answer)
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: no list of posts")
    links: list[Link] = []
    dropped: dict[str, int] = {}
    for row in rows:
        link = _post(answer.url, row) if isinstance(row, dict) else "no_address"
        if isinstance(link, str):
            dropped[link] = dropped.get(link, 0) + 1
        else:
            links.append(link)
    return Step(links=tuple(links), further=_further(ask, answer, len(rows)) if rows else None, dropped=dropped)


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read all comments of a post, which hold their replies. Raises BadSurface if the answer has no such list."""
    told = _json(answer)
    rows = told.get("comments") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: no list of comments")
    keys: dict[str, None] = {}
    silent = 0
    waiting = rows[::-1]
    while waiting:
        row = waiting.pop()
        if not isinstance(row, dict):
            continue
        number = _count(row.get("id"))
        body = row.get("body")
        if number and isinstance(body, str) and body.strip() and not row.get("deleted"):
            keys[f"comment-{number}"] = None
        else:
            silent += 1  # deleted or removed; it only holds its replies together
        waiting += _list(row.get("children"))[::-1]
    return Step(comments=tuple(keys), dropped={"no_text": silent} if silent else {})


def _post(url: str, row: dict[str, Any]) -> Link | str:
    """Return the link of a post, or why there is none."""
    slug = _text(row.get("slug"), 300)
    href = _text(row.get("canonical_url"), urls.MAX_URL) or (f"/p/{slug}" if slug and SLUG.fullmatch(slug) else None)
    target = urls.absolute(url, href) if href else None
    if target is None:
        return "no_address"
    if (row.get("restacked_post_id") or row.get("type") == "restack") and not urls.same_site(target, url):
        return "outside"  # a recommendation of another blog's post
    number = _count(row.get("id"))
    comments = _count(row.get("comment_count"))
    replies = urls.absolute(url, f"/api/v1/post/{number}/comments?token=&all_comments=true&sort=oldest_first")
    section = _text(row.get("section_name"))
    kind, audience = row.get("type"), row.get("audience")
    changed = _text(row.get("updated_at"), 100)
    hints = Hints(
        title=_text(row.get("title")),
        authors=tuple(
            Person(name, _profile(person.get("handle")))
            for person in _list(row.get("publishedBylines"))[:MAX_PEOPLE]
            if isinstance(person, dict) and (name := _text(person.get("name")))
        ),
        published=_date(row.get("post_date")),
        modified=_date(changed),
        categories=(section,) if section else (),
        tags=tuple(
            name
            for tag in _list(row.get("postTags"))
            if isinstance(tag, dict) and tag.get("hidden") is not True and (name := _text(tag.get("name")))
        ),
        comments=comments,
        source="api",
    )
    return Link(
        target,
        "api",
        KINDS.get(kind, "post") if isinstance(kind, str) else "post",
        changed,
        hints,
        key=str(number) if number else None,
        access="members" if isinstance(audience, str) and audience not in ("everyone", "") else None,
        replies=("substack.comments", replies) if number and comments and replies else None,
    )


def _profile(handle: Any) -> str | None:
    return f"https://substack.com/@{handle}" if isinstance(handle, str) and HANDLE.fullmatch(handle) else None


def _further(ask: Ask, answer: Answer, rows: int) -> Ask:
    here = answer.url if "offset" in dict(parse_qsl(urlsplit(answer.url).query)) else ask.url
    offset = dict(parse_qsl(urlsplit(here).query)).get("offset", "0")
    following = (int(offset) if re.fullmatch(r"[0-9]{1,9}", offset) else 0) + rows
    return replace(
        ask, url=_with_offset(here, following), others=tuple(_with_offset(url, following) for url in ask.others)
    )


def _with_offset(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), "offset": str(number)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body.decode("utf-8-sig", "replace"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {error}") from error


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 30 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None


def _text(value: Any, limit: int = MAX_TEXT) -> str | None:
    """Return a text in one line that can be written as UTF-8, None if it is empty, too long or no text."""
    if not isinstance(value, str) or len(value) > limit:
        return None
    return " ".join(value.encode("utf-8", "replace").decode("utf-8").split()) or None


def _date(value: Any) -> str | None:
    text = _text(value, 40)
    try:
        return text if text and DAY.match(text) and datetime.fromisoformat(text).year > 1 else None
    except ValueError:
        return None


READERS = {"substack.posts": read_posts, "substack.comments": read_comments}
