"""Ghost: posts and pages by the Content API, comments by the API that the site's own pages ask.

The Content API wants a key that every page of the site carries, so it is no secret. Ghost's own robots.txt shuts
/ghost/, and with it this API, on most sites; their sitemap lists the posts then.

Changes: `order=updated_at desc` brings what was edited last first, so the second run mostly asks for one page of posts
and one of fixed pages. A new comment does not touch a post's date: nothing cheap tells which posts have new ones.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver import urls
from archiver.discover.home import Home
from archiver.errors import BadSurface
from archiver.models import Answer, Ask, Hints, Link, Person, Step

PER_PAGE = 100  # the most that the API allows
# Without them each row holds a whole text. `access` and `comments` are no columns: who does not know them ignores them.
FIELDS = "id,url,title,published_at,updated_at,visibility,access,comments"
# What an answer calls its rows, and what they are.
KINDS = {"posts": "post", "pages": "page"}
COMMENTS = "members/api/comments/"
ID = re.compile(r"[0-9a-fA-F]{1,40}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_TEXT = 2000
MAX_PEOPLE = 100


def asks(home: Home, *, changes: bool) -> list[Ask]:
    """Return the questions for all posts and pages; none if the first page names no key."""
    key = home.keys.get("ghost")
    site = urls.absolute(home.root, urls.folder_of(home.root))
    api = urls.absolute(home.root, home.keys.get("ghost_api") or f"{site}ghost/api/content/")
    if not key or not site or not api:
        return []
    query = {"key": key, "limit": str(PER_PAGE), "page": "1", "include": "authors,tags"}
    if changes:
        query["order"] = "updated_at desc"
    # Not every version likes `fields` beside `include`.
    queries = [urlencode({**query, "fields": FIELDS}), urlencode(query)]
    below = {name: f"{api.partition('?')[0].rstrip('/')}/{name}/?" for name in KINDS}
    return [
        Ask(below[name] + queries[0], f"ghost.{name}", "api", (below[name] + queries[1],), {"site": site}, changes)
        for name in KINDS
    ]


def read_posts(ask: Ask, answer: Answer) -> Step:
    """Read a page of posts, or of fixed pages. Raises BadSurface if the answer holds neither."""
    told = _object(answer)
    name = next((name for name in KINDS if isinstance(told.get(name), list)), None)
    if name is None:
        raise BadSurface(f"{answer.url}: no list of posts or pages")
    rows = told[name]
    links = [link for row in rows if isinstance(row, dict) and (link := _post(ask, answer, row, KINDS[name]))]
    pagination = _pagination(told)
    return Step(
        links=tuple(links),
        further=_further(ask, answer, len(rows), pagination),
        total=_count(pagination.get("total")) if name == "posts" else None,
        dropped={"no_address": len(rows) - len(links)} if len(links) < len(rows) else {},
    )


def read_comments(ask: Ask, answer: Answer) -> Step:
    """Read a page of a post's comments, or of the replies to one. Raises BadSurface if the answer is none.

    A comment comes with its first replies only; where it counts more, all of them are asked for. The post's number is
    part of each question, because answers don't name it.
    """
    told = _object(answer)
    rows = told.get("comments")
    if not isinstance(rows, list):
        raise BadSurface(f"{answer.url}: no list of comments")
    keys: dict[str, None] = {}
    following: list[Ask] = []
    silent = 0
    for row in rows:
        if not isinstance(row, dict):
            continue
        replies = [reply for reply in _list(row.get("replies")) if isinstance(reply, dict)]
        for comment in (row, *replies):
            number = _id(comment.get("id"))
            if number and comment.get("status") in ("published", None) and _has_text(comment.get("html")):
                keys[f"comment-{number}"] = None
            else:
                silent += 1  # hidden or deleted; it only holds its replies together
        count = row.get("count")
        advertised = _count(count.get("replies")) if isinstance(count, dict) else None
        if advertised and advertised > len(replies):
            following += _replies(ask, answer, row)
    return Step(
        further=_further(ask, answer, len(rows), _pagination(told)),
        asks=tuple(following),
        comments=tuple(keys),
        dropped={"no_text": silent} if silent else {},
    )


def _post(ask: Ask, answer: Answer, row: dict[str, Any], kind: str) -> Link | None:
    href = _text(row.get("url"), urls.MAX_URL)
    target = urls.absolute(answer.url, href) if href else None
    if target is None:
        return None
    number = _id(row.get("id"))
    visibility = row.get("visibility")
    # Where Ghost knows a reader's rights, `access` is the last word: groups of members have names of their own.
    shut = row.get("access") is False or (isinstance(visibility, str) and visibility not in ("public", ""))
    site = ask.told.get("site")
    site = site if isinstance(site, str) and urls.is_web(site) else target
    replies = urls.absolute(site, f"{COMMENTS}post/{number}/?page=1&limit={PER_PAGE}")
    hints = Hints(
        title=_text(row.get("title")),
        authors=tuple(
            Person(name, urls.absolute(answer.url, link) if (link := _text(person.get("url"), urls.MAX_URL)) else None)
            for person in _list(row.get("authors"))[:MAX_PEOPLE]
            if isinstance(person, dict) and (name := _text(person.get("name")))
        ),
        published=_date(row.get("published_at")),
        modified=_date(row.get("updated_at")),
        # A tag whose name begins with # is the editors' own and never shown.
        tags=tuple(
            name
            for tag in _list(row.get("tags"))
            if isinstance(tag, dict)
            and (name := _text(tag.get("name")))
            and tag.get("visibility") != "internal"
            and not name.startswith("#")
        ),
        source="api",
    )
    return Link(
        target,
        "api",
        kind,
        _text(row.get("updated_at"), 100),
        hints,
        key=number,
        access="members" if shut else None,
        replies=("ghost.comments", replies) if number and replies and row.get("comments") is True else None,
    )


def _replies(ask: Ask, answer: Answer, row: dict[str, Any]) -> list[Ask]:
    number = _id(row.get("id"))
    path = urlsplit(answer.url).path
    folder, api, rest = path.partition(COMMENTS)
    post = re.fullmatch(rf"post/({ID.pattern})/?", rest)
    if not number or not api or not post:
        return []
    query = urlencode({"page": 1, "limit": PER_PAGE, "post_id": post[1]})
    target = urls.absolute(answer.url, f"{folder}{api}{number}/replies/?{query}")
    return [replace(ask, url=target, others=(), told={})] if target else []


def _further(ask: Ask, answer: Answer, rows: int, pagination: dict[str, Any]) -> Ask | None:
    """Return the question for the next page, None behind an empty one.

    A page that calls itself the last is believed only if the total bears it out: that spares the question for the
    empty page on most sites, and a wrong total or `next` costs no more than this question.
    """
    received = (_count(ask.told.get("received")) or 0) + rows
    is_last = pagination.get("next", "") is None and _count(pagination.get("total")) == received
    if rows == 0 or is_last:
        return None
    here = answer.url if "page" in dict(parse_qsl(urlsplit(answer.url).query)) else ask.url
    page = dict(parse_qsl(urlsplit(here).query)).get("page", "1")
    number = int(page) + 1 if re.fullmatch(r"[0-9]{1,9}", page) else 2
    return replace(
        ask,
        url=_with_page(here, number),
        others=tuple(_with_page(url, number) for url in ask.others),
        told={**ask.told, "received": received},
    )


def _with_page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), "page": str(number)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _object(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body.decode("utf-8-sig", "replace"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{answer.url}: no JSON: {error}") from error
    if not isinstance(told, dict):
        raise BadSurface(f"{answer.url}: no JSON object")
    return told


def _pagination(told: dict[str, Any]) -> dict[str, Any]:
    meta = told.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    return pagination if isinstance(pagination, dict) else {}


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < 30 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _has_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _id(value: Any) -> str | None:
    return value if isinstance(value, str) and ID.fullmatch(value) else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None


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


READERS = {"ghost.posts": read_posts, "ghost.pages": read_posts, "ghost.comments": read_comments}
