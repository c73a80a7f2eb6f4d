"""What many platforms send: pages that know whether they have changed, feeds, sitemaps, JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from server.platforms.model import Post
from server.replies import HTML, JSON, XML, Page, Reply, Request, empty, plain

RSS = "application/rss+xml; charset=UTF-8"
ATOM = "application/atom+xml; charset=UTF-8"
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def kept(body: str | bytes, kind: str = HTML, changed: datetime | None = None) -> Page:
    """A file as a web server gives it: with ETag and Last-Modified, and 304 for who has it already."""
    data = body.encode() if isinstance(body, str) else body
    tag = f'"{hashlib.sha1(data).hexdigest()[:20]}"'
    fields = [("ETag", tag)]
    if changed:
        fields.append(("Last-Modified", http_date(changed)))

    def answer(request: Request) -> Reply:
        known, since = request.field("If-None-Match"), request.field("If-Modified-Since")
        if known == tag or (known is None and since and ("Last-Modified", since) in fields):
            return empty(304, fields)
        return plain(data, kind, fields=fields)

    return answer


def made(render: Callable[[], str], kind: str = HTML) -> Page:
    """A page that is made anew for every request and knows of no change."""
    return lambda request: plain(render(), kind)


def lazy(render: Callable[[], str], kind: str = HTML, changed: datetime | None = None) -> Page:
    """As `kept`, made at the first request."""
    made_: list[Page] = []

    def answer(request: Request) -> Reply:
        if not made_:
            made_.append(kept(render(), kind, changed))
        page = made_[0]
        return page if isinstance(page, Reply) else page(request)

    return answer


def json_reply(value: Any, status: int = 200, fields: Sequence[tuple[str, str]] = ()) -> Reply:
    """JSON as APIs send it: without a mark by which a client could ask whether it has changed."""
    return plain(json.dumps(value, ensure_ascii=False), JSON, status, fields)


def http_date(moment: datetime) -> str:
    """A date as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def utc(moment: datetime, *, milliseconds: bool = False) -> str:
    """A date in UTC, as 2024-03-01T09:20:30Z or 2024-03-01T09:20:30.000Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + (".000Z" if milliseconds else "Z")


def attribute(text: str) -> str:
    """Text within an attribute or an element."""
    return escape(text)


# --- sitemaps ---------------------------------------------------------------------------------------


def sitemap(rows: Iterable[tuple[str, str | None]]) -> str:
    """A sitemap of addresses and their dates of change."""
    return _sitemap("urlset", "url", rows)


def sitemap_index(rows: Iterable[tuple[str, str | None]]) -> str:
    """A sitemap that names others."""
    return _sitemap("sitemapindex", "sitemap", rows)


def _sitemap(root: str, each: str, rows: Iterable[tuple[str, str | None]]) -> str:
    lines = [
        f"<{each}><loc>{escape(url)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</{each}>"
        for url, changed in rows
    ]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {SITEMAP}>\n' + "\n".join(lines) + f"\n</{root}>\n"


def xml(text: str, changed: datetime | None = None) -> Page:
    """XML as a file."""
    return kept(text, XML, changed)


# --- feeds ------------------------------------------------------------------------------------------


def rss(title: str, base: str, posts: Sequence[Post], item: Callable[[Post], str], channel: str = "") -> str:
    """An RSS feed; `item` writes what stands in an item beside its title, link and date."""
    rows = "".join(
        f"<item><title>{escape(post.title)}</title><link>{escape(base.rstrip('/') + post.path)}</link>"
        f"<pubDate>{format_datetime(post.published.astimezone(UTC))}</pubDate>{item(post)}</item>\n"
        for post in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">\n'
        f"<channel><title>{escape(title)}</title><link>{escape(base)}</link><description>Things</description>"
        f"{channel}\n{rows}</channel></rss>\n"
    )


def full_item(post: Post) -> str:
    """What most feeds say of a post: its author, tags and whole text."""
    tags = "".join(f"<category><![CDATA[{tag}]]></category>" for tag in post.tags)
    return (
        f"<dc:creator><![CDATA[{post.author.name}]]></dc:creator>{tags}"
        f"<content:encoded><![CDATA[{post.html}]]></content:encoded>"
    )


def atom(title: str, base: str, posts: Sequence[Post], feed: str, generator: str, *, is_short: bool = False) -> str:
    """An Atom feed; with `is_short` the entries hold summaries."""
    host = base.rstrip("/")
    rows = []
    for post in posts:
        tags = "".join(f'<category term="{escape(tag)}"/>' for tag in post.tags)
        text = (
            f'<summary type="html">{escape(post.paragraphs[0])}</summary>'
            if is_short
            else f'<content type="html" xml:base="{escape(host + post.path)}">{escape(post.html)}</content>'
        )
        rows.append(
            f'<entry><title type="html">{escape(post.title)}</title><link href="{escape(host + post.path)}" '
            f'rel="alternate" type="text/html"/><published>{post.published.isoformat()}</published>'
            f"<updated>{post.modified.isoformat()}</updated><id>{escape(host + post.path)}</id>{tags}"
            f"<author><name>{escape(post.author.name)}</name></author>{text}</entry>\n"
        )
    latest = max((post.modified for post in posts), default=None)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f'{generator}<link href="{escape(host + feed)}" rel="self" type="application/atom+xml"/>'
        f'<link href="{escape(base)}" rel="alternate" type="text/html"/>'
        f"<updated>{latest.isoformat() if latest else ''}</updated><id>{escape(host + feed)}</id>"
        f'<title type="html">{escape(title)}</title>\n{"".join(rows)}</feed>\n'
    )


# --- pages ------------------------------------------------------------------------------------------


def page(title: str, head: str, body: str, body_class: str = "", lang: str = "en") -> str:
    """An HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f'{head}\n</head>\n<body class="{body_class}">\n{body}\n</body>\n</html>\n'
    )


def feed_link(href: str, kind: str = "application/rss+xml", title: str = "Things in Houses") -> str:
    """What a page's head says of a feed."""
    return f'<link rel="alternate" type="{kind}" title="{escape(title)}" href="{escape(href)}">'


def meta_property(name: str, content: str) -> str:
    """An Open Graph property."""
    return f'<meta property="{name}" content="{escape(content)}">'


def paged(posts: Sequence[Post], size: int) -> list[Sequence[Post]]:
    """The posts in pages of `size`, at least one."""
    return [posts[at : at + size] for at in range(0, len(posts), size)] or [()]


def chosen(row: dict[str, Any], names: str | None) -> dict[str, Any]:
    """A row with only the fields that are named, as in `id,title,content.protected`; all of them for None."""
    if names is None:
        return row
    out: dict[str, Any] = {}
    for name in names.split(","):
        first, _, rest = name.strip().partition(".")
        if first not in row:
            continue
        if rest and isinstance(row[first], dict):
            out.setdefault(first, {}).update(chosen(row[first], rest))
        else:
            out[first] = row[first]
    return out


def number(text: str | None, otherwise: int) -> int:
    """A number in a query."""
    return int(text) if text and text.isdecimal() else otherwise
