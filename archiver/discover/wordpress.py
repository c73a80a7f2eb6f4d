"""The WordPress REST API (wp/v2): which addresses to ask, and what its answers say. No key is needed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archiver import urls
from archiver.entities import unescape
from archiver.errors import BadSurface
from archiver.models import Hints, Link, Person

PER_PAGE = 100  # the most that the API allows
FIELDS = "id,link,date_gmt,date,modified_gmt,modified,title,author,type,_links,_embedded"
TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True, slots=True)
class PostsAnswer:
    """One page of posts. `total` and `pages` are what the API advertises (X-WP-Total), None if it does not."""

    links: tuple[Link, ...]
    total: int | None
    pages: int | None


def posts_url(api: str, page: int = 1) -> str:
    """Return the address of a page of posts, below a REST root such as /wp-json/ or /?rest_route=/."""
    parts = urlsplit(api)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    path = parts.path
    if "rest_route" in query:
        query["rest_route"] = query["rest_route"].rstrip("/") + "/wp/v2/posts"
    else:
        path = path.rstrip("/") + "/wp/v2/posts"
    query |= {"per_page": str(PER_PAGE), "page": str(page), "_embed": "author,wp:term", "_fields": FIELDS}
    return urlunsplit(parts._replace(path=path, query=urlencode(query)))


def read_posts(url: str, body: bytes, total: str | None, pages: str | None) -> PostsAnswer:
    """Read a page of posts. Raises BadSurface if the answer is no list of posts."""
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadSurface(f"{url}: no JSON: {error}") from error
    if not isinstance(rows, list):
        raise BadSurface(f"{url}: no list of posts")
    links = (_post(url, row) for row in rows if isinstance(row, dict))
    return PostsAnswer(tuple(link for link in links if link), _number(total), _number(pages))


def _post(url: str, row: dict[str, Any]) -> Link | None:
    href = row.get("link")
    target = urls.absolute(url, href) if isinstance(href, str) else None
    if target is None:
        return None
    embedded = row.get("_embedded")
    embedded = embedded if isinstance(embedded, dict) else {}
    people = [p for p in _list(embedded.get("author")) if isinstance(p.get("name"), str) and p["name"].strip()]
    groups = embedded.get("wp:term")
    terms = [term for group in groups for term in _list(group)] if isinstance(groups, list) else []
    title = row.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else None
    modified = _utc(row.get("modified_gmt")) or row.get("modified")
    hints = Hints(
        source="api",
        title=plain(rendered) if isinstance(rendered, str) else None,
        authors=tuple(Person(plain(p["name"]), _link(p)) for p in people),
        published=_zoned(row.get("date"), row.get("date_gmt")),
        modified=_zoned(row.get("modified"), row.get("modified_gmt")),
        categories=_names(terms, "category"),
        tags=_names(terms, "post_tag"),
    )
    return Link(target, "api", "post", modified if isinstance(modified, str) else None, hints)


def _link(person: dict[str, Any]) -> str | None:
    link = person.get("link")
    return link if isinstance(link, str) and link else None


def plain(rendered: str) -> str:
    """Return rendered HTML of one line as text: tags off, entities decoded once."""
    return " ".join(unescape(TAG.sub("", rendered)).split())


def _list(value: Any) -> list[dict[str, Any]]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _names(terms: list[dict[str, Any]], taxonomy: str) -> tuple[str, ...]:
    return tuple(plain(str(t["name"])) for t in terms if t.get("taxonomy") == taxonomy and t.get("name"))


def _utc(value: Any) -> str | None:
    # The API writes UTC without saying so.
    return f"{value}Z" if isinstance(value, str) and re.fullmatch(r"[\d-]{10}T[\d:]{8}", value) else None


def _zoned(local: Any, gmt: Any) -> str | None:
    """Join the blog's own clock with its distance from UTC, which the API only tells by giving both."""
    if _utc(gmt) is None:
        return None
    if _utc(local) is None:
        return _utc(gmt)
    try:
        shift = datetime.fromisoformat(local) - datetime.fromisoformat(gmt)
    except ValueError:
        return _utc(gmt)
    if abs(shift) > timedelta(hours=15):
        return _utc(gmt)
    minutes = int(shift.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{local}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else None
