"""Tumblr: the old API in a line of JavaScript or as XML, sitemaps, twenty posts of RSS, and /page/N.

Posts that are not shown to strangers are left out of an answer after it was counted off.

Faults: `no_api`, `no_sitemap`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Platform, Post, Truth
from server.replies import PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "tumblr"
FAULTS = (
    frozenset[str](),
    frozenset({"no_api"}),
    frozenset({"no_sitemap"}),
    frozenset({"no_api", "no_sitemap"}),
)
MOST, PER_PAGE, PER_FEED = 50, 10, 20


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    engine = Tumblr(server, faults, count)
    with server:
        yield Platform(server, server.url, engine.truth())


class Tumblr:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog = model.make(count, lambda post: f"/post/{_id(post.number)}/{post.slug}", discussions=False)
        self.by_id = {_id(post.number): post for post in self.blog.posts}
        server.otherwise = self.answer

    def truth(self) -> Truth:
        """What is true of the blog; an address needs no name behind its number, so nothing ever moves."""
        told: dict[str, object] = {"pages": ("/about",), "comments": False, "moved": {}}
        if "no_sitemap" in self.faults:
            told |= {"gone": ()}
        return model.truth(self.blog, **told)

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        match [part for part in request.path.split("/") if part]:
            case ["robots.txt"]:
                lines = [
                    f"Sitemap: {self.base}/sitemap.xml",
                    "",
                    "User-agent: *",
                    "Disallow: /private",
                    "Disallow: /random",
                ]
                return plain("\n".join([*lines, "Disallow: /day", "Disallow: /search"]) + "\n", PLAIN)
            case ["api", "read"] | ["api", "read", "json"] if "no_api" not in self.faults:
                return self._api(request)
            case [name] if name.startswith("sitemap") and "no_sitemap" not in self.faults:
                return self._sitemap(name)
            case ["rss"]:
                channel = "<generator>Tumblr (3.0; @things)</generator>"
                text = web.rss(self.blog.title, f"{self.base}/", self.blog.posts[:PER_FEED], self._item, channel)
                return plain(text, web.RSS)
            case []:
                return self._list("", self.blog.posts, 1)
            case ["page", n]:
                return self._list("", self.blog.posts, web.number(n, 1))
            case ["tagged", tag, *rest]:
                posts = [post for post in self.blog.posts if tag in map(_slug, post.tags)]
                return self._list(f"/tagged/{tag}", posts, web.number(rest[-1] if rest else None, 1))
            case ["archive"]:
                return plain(self._frame("Archive", '<div id="archive-root"></div>'))
            case ["about"]:
                about = self.blog.pages[0]
                return plain(self._frame(about.title, f'<div class="page"><h1>{about.title}</h1>{about.html}</div>'))
            case ["post", number, *rest] if number in self.by_id:
                post = self.by_id[number]
                if rest != [post.slug]:
                    return redirect(self.base + post.path)
                return plain(self._page(post))
        return error(
            404, self._frame("Not found", "<h1>Not Found</h1><p>The URL you requested could not be found.</p>")
        )

    def _api(self, request: Request) -> Reply:
        size = min(web.number(request.query.get("num"), 20), MOST)
        start = web.number(request.query.get("start"), 0)
        total = len(self.blog.posts)
        shown = [self._row(post) for post in self.blog.posts[start : start + size]]
        if request.path.rstrip("/").endswith("json"):
            told = {
                "tumblelog": {
                    "title": self.blog.title,
                    "description": "",
                    "name": "things",
                    "cname": False,
                    "feeds": [],
                },
                "posts-start": start,
                "posts-total": str(total),
                "posts-type": False,
                "posts": shown,
            }
            return plain(f"var tumblr_api_read = {json.dumps(told)};\n", "text/javascript; charset=utf-8")
        rows = "".join(
            f'<post id="{row["id"]}" url="{row["url"]}" url-with-slug="{row["url-with-slug"]}" type="regular" '
            f'date-gmt="{row["date-gmt"]}" unix-timestamp="{row["unix-timestamp"]}" slug="{row["slug"]}">'
            f"<regular-title>{escape(row['regular-title'])}</regular-title>"
            f"<regular-body>{escape(row['regular-body'])}</regular-body>"
            f"{''.join(f'<tag>{tag}</tag>' for tag in row['tags'])}</post>\n"
            for row in shown
        )
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<tumblr version="1.0"><tumblelog name="things" title="'
            f'{self.blog.title}"></tumblelog><posts start="{start}" total="{total}">\n{rows}</posts></tumblr>\n'
        )
        return plain(text, XML)

    def _row(self, post: Post) -> dict[str, Any]:
        return {
            "id": _id(post.number),
            "url": f"{self.base}/post/{_id(post.number)}",
            "url-with-slug": self.base + post.path,
            "type": "regular",
            "date-gmt": web.utc(post.published).replace("T", " ").replace("Z", " GMT"),
            "date": f"{post.published:%a, %d %b %Y %H:%M:%S}",
            "bookmarklet": 0,
            "mobile": 0,
            "unix-timestamp": int(post.published.timestamp()),
            "format": "html",
            "slug": post.slug,
            "note-count": "3",
            "regular-title": post.title,
            "regular-body": post.html,
            "tags": list(post.tags),
        }

    def _sitemap(self, name: str) -> Reply:
        if name == "sitemap.xml":
            names = ("sitemap-pages.xml", "sitemap1.xml")
            return plain(web.sitemap_index((f"{self.base}/{n}", web.utc(model.FIRST)) for n in names), XML)
        rows: list[tuple[str, str | None]]
        if name == "sitemap1.xml":
            rows = [(self.base + post.path, web.utc(post.modified)) for post in self.blog.posts]
            rows += [(self.base + path, web.utc(model.FIRST)) for path in self.blog.gone]
        elif name == "sitemap-pages.xml":
            rows = [(f"{self.base}/", None), (f"{self.base}/about", None)]
        else:
            return error(404)
        return plain(web.sitemap(rows), XML)

    def _item(self, post: Post) -> str:
        tags = "".join(f"<category>{tag}</category>" for tag in post.tags)
        return f"<description>{escape(post.html)}</description><guid>{self.base}/post/{_id(post.number)}</guid>{tags}"

    def _frame(self, title: str, main: str, more: str = "") -> str:
        head = (
            f"{web.feed_link(f'{self.base}/rss')}\n"
            '<link rel="stylesheet" href="https://assets.tumblr.com/fonts/gibson/stylesheet.css?v=3">\n'
            '<meta property="al:ios:url" content="tumblr://x-callback-url/blog?blogName=things">\n'
            '<meta property="al:android:package" content="com.tumblr">\n'
            '<meta name="twitter:site" content="tumblr">\n'
            "<!-- BEGIN TUMBLR FACEBOOK OPENGRAPH TAGS -->\n"
            '<meta property="fb:app_id" content="48119224995">\n'
            '<meta property="og:site_name" content="Tumblr">\n'
            "<!-- END TUMBLR FACEBOOK OPENGRAPH TAGS -->\n"
            f"{more}"
        )
        body = (
            f'<header id="header"><h1 class="blog-title"><a href="{self.base}/">{self.blog.title}</a></h1><nav>'
            f'<a href="{self.base}/about">About</a> <a href="{self.base}/archive">Archive</a> <a '
            f'href="{self.base}/random">'
            f'Random</a></nav></header>\n<section id="posts">{main}</section>\n<footer><p>Theme by somebody. '
            "Powered by "
            '<a href="https://www.tumblr.com">Tumblr</a>.</p></footer>\n<iframe '
            'src="https://assets.tumblr.com/assets/html/'
            'iframe/teaser.html" class="tmblr-iframe" id="tumblr_teaser"></iframe><script '
            'src="https://assets.tumblr.com/'
            'assets/scripts/tumblelog_post_message_queue.js"></script>'
        )
        return web.page(title, head, body, "")

    def _list(self, folder: str, posts: Sequence[Post], page: int) -> Reply:
        pages = web.paged(posts, PER_PAGE)
        if page > len(pages):
            return plain(self._frame(self.blog.title, '<p class="no-posts">No posts here.</p>'))
        rows = "".join(
            f'<article class="post text" id="{_id(post.number)}"><h2><a href="{self.base}{post.path}">{post.title}'
            "</a></h2>"
            f'<div class="body-text">{post.html}</div><footer><a class="permalink" href="{self.base}{post.path}">'
            f"{post.published:%b %d, %Y}</a></footer></article>"
            for post in pages[page - 1]
        )
        older = f'<a class="next" href="{folder}/page/{page + 1}">Next page</a>' if page < len(pages) else ""
        return plain(self._frame(self.blog.title, f'{rows}<div id="pagination">{older}</div>'))

    def _page(self, post: Post) -> str:
        linked = {
            "@type": "SocialMediaPosting",
            "url": self.base + post.path,
            "mainEntityOfPage": True,
            "datePublished": post.published.isoformat(),
            "author": "things",
            "headline": post.title,
            "@context": "http://schema.org",
        }
        more = (
            '<link rel="canonical" '
            f'href="{self.base}{post.path}">\n{web.meta_property("og:type", "tumblr-feed:entry")}\n'
            f"{web.meta_property('og:url', self.base + post.path)}\n{web.meta_property('og:title', post.title)}\n"
            f'<script type="application/ld+json">{json.dumps(linked)}</script>'
        )
        tags = " ".join(f'<a class="tag" href="{self.base}/tagged/{_slug(tag)}">#{tag}</a>' for tag in post.tags)
        notes = "".join(
            f'<li class="note like tumblelog_{name}"><span class="action"><a '
            f'href="https://{name}.tumblr.com/">{name}</a> '
            "liked this</span></li>"
            for name in ("moss", "gravel")
        )
        main = (
            f'<article class="post text" id="{_id(post.number)}"><h2 class="title">{post.title}</h2><div '
            'class="body-text">'
            f'{post.html}</div><footer class="post-meta"><a class="permalink" href="{self.base}{post.path}"><time '
            f'datetime="{post.published.isoformat()}">{post.published:%b %d, %Y}</time></a><div class="tags">{tags}'
            "</div>"
            f'</footer></article><ol class="notes">{notes}</ol>'
        )
        return self._frame(post.title, main, more)


def _id(number: int) -> str:
    return str(739_000_000_000_000_000 + number * 1009)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
