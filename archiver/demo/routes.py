"""Which answer an address gets: a pure function from the blog and a request target to a reply."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from archiver.demo import furniture, surfaces, theme
from archiver.demo.model import Post, Site, slugify
from archiver.demo.pictures import png

PAGE_SIZE = 5
_HTML = "text/html; charset=UTF-8"
_XML = "application/xml; charset=UTF-8"
_RSS = "application/rss+xml; charset=UTF-8"
_JSON = "application/json; charset=UTF-8"
_PAGED = re.compile(r"(?P<path>/(?:.*/)?)page/(?P<number>[0-9]+)/")
_DATED = re.compile(r"/[0-9]{4}/(?:[0-9]{2}/){0,2}")


@dataclass(frozen=True, slots=True)
class Reply:
    """A response without its protocol: `etag` and `modified` are what it can be validated by."""

    status: int
    mime: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    modified: datetime | None = None


def answer(site: Site, target: str) -> Reply:
    """The reply to a GET for a path with an optional query."""
    # Not urlsplit, which reads "//host" as a host and raises at a stray bracket.
    raw, _, tail = target.partition("#")[0].partition("?")
    path = unquote(raw)
    query = dict(parse_qsl(tail, keep_blank_values=True))
    reply = _find(site, path, query)
    if reply is None and "." not in path and not path.endswith("/") and _find(site, f"{path}/", query):
        return _moved(site, f"{raw}/" + (f"?{tail}" if tail else ""))
    return reply or _html(site, theme.not_found(site), status=404)


def _find(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    for look in (_post, _fixed, _surface, _api, _upload, _list):
        if reply := look(site, path, query):
            return reply
    return None


# --- replies ----------------------------------------------------------------------------------------


def _html(site: Site, page: str, status: int = 200) -> Reply:
    link = ("Link", f'<{site.url}wp-json/>; rel="https://api.w.org/"')
    return Reply(status, _HTML, page.encode(), (link,))


def _json(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(status, _JSON, json.dumps(value).encode(), (("X-Robots-Tag", "noindex"), *headers))


def _moved(site: Site, path: str) -> Reply:
    return Reply(301, _HTML, b"", (("Location", site.link(path)),))


def _number(value: str | None, default: int) -> int | None:
    """The number that a query gives, or None when it is none; absent means the default."""
    if value is None:
        return default
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None


# --- posts and pages --------------------------------------------------------------------------------


def _post(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    post = _post_at(site, path)
    if post is None:
        return None
    reply = _html(site, theme.single(site, post))
    changed = max((post.modified, *(comment.date for comment, _ in post.thread())))
    # Weak, for it stands for the post: a new neighbour in the navigation is not a change.
    etag = f'W/"{post.id}-{changed.timestamp():.0f}-{post.comment_count}"'
    return Reply(reply.status, reply.mime, reply.body, reply.headers, etag, changed)


def _post_at(site: Site, path: str) -> Post | None:
    return next((post for post in site.posts if unquote(post.path) == path), None)


def _fixed(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    page = next((page for page in site.pages if page.path == path), None)
    return _html(site, theme.fixed_page(site, page)) if page else None


# --- lists of posts ---------------------------------------------------------------------------------


def _list(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    if path == "/" and (number := _number(query.get("p"), 0)):
        post = next((post for post in site.posts if post.id == number), None)
        return _moved(site, post.path) if post else None
    page = 1
    if match := _PAGED.fullmatch(path):
        path = match["path"]
        page = _number(match["number"], 1) or 0
        if page == 1:
            return _moved(site, path)
    named = _selection(site, path, query)
    if named is None:
        return None
    body_class, heading, posts = named
    pages = max(1, -(-len(posts) // PAGE_SIZE))
    if not 1 <= page <= pages:
        return None
    shown = posts[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return _html(
        site,
        theme.listing(site, shown, path=path, body_class=body_class, heading=heading, page=page, pages=pages),
    )


def _selection(site: Site, path: str, query: Mapping[str, str]) -> tuple[str, str, list[Post]] | None:
    """The body class, the heading and the posts of a list; None when there is no such list."""
    if path == "/":
        if words := query.get("s", "").casefold().split():
            found = [post for post in site.posts if all(w in _searchable(post) for w in words)]
            return "search search-results", f"Search Results for: {' '.join(words)}", found
        return "home blog", "", list(site.posts)
    if _DATED.fullmatch(path):
        dated = [post for post in site.posts if post.path.startswith(path)]
        parts = [int(part) for part in path.strip("/").split("/")]
        month = f"{furniture.MONTHS[parts[1] - 1]} " if len(parts) > 1 and 1 <= parts[1] <= 12 else ""
        day = f"{parts[2]} " if len(parts) > 2 else ""
        return ("archive date", f"{day}{month}{parts[0]}", dated) if dated else None
    kind, _, slug = path.strip("/").partition("/")
    if kind not in _NAMES or path != f"/{kind}/{slug}/":
        return None
    heading = next((n for post in site.posts for n in _NAMES[kind](post) if slugify(n) == slug), None)
    if heading is None:
        return None
    posts = [post for post in site.posts if slug in map(slugify, _NAMES[kind](post))]
    return f"archive {kind} {kind}-{slug}", f"{kind.capitalize()}: {heading}", posts


def _searchable(post: Post) -> str:
    return " ".join((post.title, *post.paragraphs)).casefold()


_NAMES: dict[str, Callable[[Post], tuple[str, ...]]] = {
    "category": lambda post: post.categories,
    "tag": lambda post: post.tags,
    "author": lambda post: (post.author,),
}


# --- surfaces ---------------------------------------------------------------------------------------


def _surface(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    if path == "/robots.txt":
        return Reply(200, "text/plain; charset=UTF-8", surfaces.robots(site).encode())
    if path == "/sitemap.xml":
        return _moved(site, "/wp-sitemap.xml")
    if path.startswith("/wp-sitemap"):
        sitemap = surfaces.sitemaps(site).get(path)
        return Reply(200, _XML, sitemap.encode()) if sitemap else None
    if path == "/feed/":
        # WordPress reads what is no number as the first page.
        feed = surfaces.feed(site, _number(query.get("paged"), 1) or 1)
        return Reply(200, _RSS, feed.encode()) if feed else None
    if path == "/comments/feed/":
        comments = surfaces.comment_feed(site, f"Comments for {site.title}", "/comments/feed/", site.posts)
        return Reply(200, _RSS, comments.encode())
    if path.endswith("/feed/") and (post := _post_at(site, path.removesuffix("feed/"))):
        comments = surfaces.comment_feed(site, f"Comments on: {post.title}", f"{post.path}feed/", (post,))
        return Reply(200, _RSS, comments.encode())
    return None


def _api(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    if path != "/wp-json" and not path.startswith("/wp-json/"):
        return None
    route = path.removeprefix("/wp-json").rstrip("/")
    if not route:
        return _json(surfaces.api_root(site))
    if route == "/wp/v2/posts":
        return _api_posts(site, query)
    if match := re.fullmatch(r"/wp/v2/posts/([0-9]{1,9})", route):
        post = next((post for post in site.posts if post.id == int(match[1])), None)
        if post is None:
            return _json(surfaces.api_error("rest_post_invalid_id", "Invalid post ID.", 404), 404)
        return _json(surfaces.api_post(site, post, query))
    message = "No route was found matching the URL and request method."
    return _json(surfaces.api_error("rest_no_route", message, 404), 404)


def _api_posts(site: Site, query: Mapping[str, str]) -> Reply:
    size = _number(query.get("per_page"), 10)
    page = _number(query.get("page"), 1)
    wrong = [name for name, bad in (("per_page", not size or size > 100), ("page", not page)) if bad]
    if not size or not page or wrong:
        message = f"Invalid parameter(s): {', '.join(wrong)}"
        return _json(surfaces.api_error("rest_invalid_param", message, 400), 400)
    total = len(site.posts)
    pages = -(-total // size)
    if page > max(1, pages):
        message = "The page number requested is larger than the number of pages available."
        return _json(surfaces.api_error("rest_post_invalid_page_number", message, 400), 400)
    shown = surfaces.api_sorted(site.posts, query)[(page - 1) * size : page * size]
    counts = (("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages)))
    return _json([surfaces.api_post(site, post, query) for post in shown], headers=counts)


def _upload(site: Site, path: str, query: Mapping[str, str]) -> Reply | None:
    if path == theme.STYLE_PATH:
        return Reply(200, "text/css; charset=UTF-8", theme.STYLE.encode())
    if path == furniture.AVATAR:
        return Reply(200, "image/png", png(path, 48, 48))
    name = path.removeprefix("/wp-content/uploads/")
    figure = next((f for post in site.posts for f in post.figures if f.file == name), None)
    if figure is None or name == path:
        return None
    return Reply(200, "image/png", png(figure.file, figure.width, figure.height))
