"""Micro.blog: short posts without titles among longer ones, all of them in archive/index.json, a paged JSON Feed.

Faults: `no_archive`, `no_sitemap`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from server.platforms import model, static, web
from server.platforms.model import Platform, Post
from server.platforms.static import Folder, slug

NAME = "micro.blog"
FAULTS = (
    frozenset[str](),
    frozenset({"no_archive", "stale"}),
    frozenset({"no_archive", "no_sitemap"}),
)
PER_FEED, PER_PAGE = 10, 10
VERSION = "https://jsonfeed.org/version/1.1"


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog. Two of three posts are one paragraph without a title, named by their hour."""

    def address(post: Post) -> str:
        name = f"{post.published:%H%M%S}" if post.number % 3 else post.slug
        return f"/{post.published:%Y/%m/%d}/{name}.html"

    blog = model.make(count, address, discussions=False)
    posts = tuple(replace(p, title="", paragraphs=p.paragraphs[:1]) if p.number % 3 else p for p in blog.posts)
    old = {path: next(p for p in posts if p.path == post.path) for path, post in blog.moved.items()}
    with static.serve(replace(blog, posts=posts, moved=old), faults, build, pages=("/about/",)) as platform:
        yield platform


def build(site: Folder) -> None:
    """Put all files."""
    blog = site.blog
    site.put_robots(f"Sitemap: {site.base}/sitemap.xml", "", "User-agent: *", "Disallow: ")
    for post in blog.posts:
        site.put(post.path, _page(site, post), changed=post.modified)
    about = blog.pages[0]
    main = (
        f'<article class="post"><h1 class="post-title">{about.title}</h1><div class="post-body">{about.html}'
        "</div></article>"
    )
    site.put("/about/", _frame(site, about.title, main))
    pages = web.paged(blog.posts, PER_PAGE)
    for n, shown in enumerate(pages, 1):
        rows = static.cards(shown, lambda post: _entry(post))
        older = f'<a class="next" href="/page/{n + 1}/">Older Posts →</a>' if n < len(pages) else ""
        site.put(
            f"/page/{n}/" if n > 1 else "/", _frame(site, blog.title, f'{rows}<nav class="pagination">{older}</nav>')
        )
    dated = "".join(f'<p><a href="{post.path}"><span class="dt-published">{post.published:%b %d, %Y}</span></a> '
                    f"{post.title or post.first_sentence}</p>" for post in blog.posts)  # fmt: skip
    site.put("/archive/", _frame(site, "Archive", f'<div class="archive">{dated}</div>'))
    feeds = web.paged(blog.posts, PER_FEED)
    for n, shown in enumerate(feeds, 1):
        following = f"{site.base}/feed-{n + 1}.json" if n < len(feeds) else None
        site.put("/feed.json" if n == 1 else f"/feed-{n}.json", _feed(site, shown, following), "application/feed+json")
    if "no_archive" not in site.faults:
        site.put("/archive/index.json", _feed(site, blog.posts, None, is_short=True), "application/json")
    site.put("/feed.xml", web.rss(blog.title, f"{site.base}/", blog.posts[:PER_FEED], web.full_item), "application/xml")
    rows_ = [(post.path, post.modified.isoformat()) for post in blog.posts]
    site.put_sitemap([("/", site.built.isoformat()), ("/about/", None), ("/archive/", None), *rows_])


def _feed(site: Folder, posts: Sequence[Post], following: str | None, *, is_short: bool = False) -> str:
    items = []
    for post in posts:
        text = {"content_text": post.first_sentence} if is_short else {"content_html": post.html}
        item: dict[str, Any] = {"id": site.base + post.path, "url": site.base + post.path, **text}
        if post.title:
            item["title"] = post.title
        items.append({**item, "date_published": post.published.isoformat(), "tags": list(post.tags)})
    feed: dict[str, Any] = {"version": VERSION, "title": site.blog.title, "home_page_url": f"{site.base}/"}
    feed |= {"feed_url": f"{site.base}/feed.json", "items": items}
    if following:
        feed["next_url"] = following
    return json.dumps(feed)


def _frame(site: Folder, title: str, main: str, more: str = "") -> str:
    head = (
        f"{web.feed_link(f'{site.base}/feed.xml')}\n{web.feed_link(f'{site.base}/feed.json', 'application/json')}\n"
        '<link rel="EditURI" type="application/rsd+xml" href="/rsd.xml">\n<link rel="me" '
        'href="https://micro.blog/things">\n'
        '<link rel="authorization_endpoint" href="https://micro.blog/indieauth/auth">\n<link rel="token_endpoint" '
        'href="https://micro.blog/indieauth/token">\n<link rel="micropub" href="https://micro.blog/micropub">\n<link '
        'rel="webmention" href="https://micro.blog/webmention">\n<link rel="subscribe" '
        'href="https://micro.blog/users/follow">\n'
        f'<meta name="generator" content="Hugo 0.91.2">\n{more}'
    )
    body = (
        f'<header class="masthead"><h1 class="masthead-title"><a href="/">{site.blog.title}</a></h1><nav><a '
        'href="/about/">About'
        f'</a> <a href="/archive/">Archive</a></nav></header>\n<main class="content" role="main">{main}</main>\n'
        "<footer><p>Follow "
        '<a href="https://micro.blog/things">@things on Micro.blog</a>.</p></footer>'
    )
    return web.page(title, head, body)


def _entry(post: Post) -> str:
    title = f'<h1 class="post-title p-name">{post.title}</h1>' if post.title else ""
    tags = "".join(f'<a class="p-category" href="/categories/{slug(tag)}/">{tag}</a>' for tag in post.tags)
    return (
        f'<article class="post h-entry">{title}<a href="{post.path}" class="post-date u-url"><time '
        'class="dt-published" '
        f'datetime="{post.published.isoformat()}">{post.published:%b %d, %Y}</time></a>\n<div class="post-body '
        'e-content">'
        f'{post.html}</div><div class="post-tags">{tags}</div></article>'
    )


def _page(site: Folder, post: Post) -> str:
    more = f'{web.meta_property("og:type", "article")}\n<link rel="canonical" href="{site.base}{post.path}">'
    conversation = '<script src="https://micro.blog/conversation.js?url=x"></script>'
    return _frame(site, post.title or site.blog.title, _entry(post) + conversation, more)
