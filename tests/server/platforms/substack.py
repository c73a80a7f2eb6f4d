"""Substack: the archive of its web pages as JSON, comments of each post, and paid posts that break off.

Faults: `no_sitemap` (as on many), `burst` (after some questions in a row 429 with Retry-After), `twelve` (the archive
refuses larger pages), `no_archive` (it answers 404).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from threading import Lock
from typing import Any

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Comment, Platform, Post, Truth
from server.replies import HTML, PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "substack"
FAULTS = (
    frozenset[str](),
    frozenset({"no_sitemap", "burst"}),
    frozenset({"no_sitemap", "twelve"}),
    frozenset({"no_archive"}),
)
PER_FEED = 20
# Questions after which the server wants a pause, and its length in seconds.
BURST, PAUSE = 25, 1
PAYWALL = (
    '<div class="paywall" data-testid="paywall"><h2 class="paywall-title">This post is for paid subscribers</h2>'
    '<div class="paywall-cta"><a class="button primary subscribe-btn" href="/subscribe">Subscribe</a></div>'
    '<div class="paywall-login">Already a paid subscriber? <a href="/sign-in">Sign in</a></div></div>'
)
WIDGET = (
    '<div class="subscription-widget-wrap" data-attrs="{}"><div class="subscription-widget show-subscribe"><div '
    'class="preamble"><p class="cta-caption">Thanks for reading Things in Houses! Subscribe for free to receive new '
    "posts "
    'and support my work.</p></div><form class="subscription-widget-subscribe"><input type="email" name="email" '
    'placeholder="Type your email…"></form></div></div>'
)


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    engine = Substack(server, faults, count)
    with server:
        # Retry-After is heeded where requests are spaced out as for anybody
        settings = {"RETRY_TIMES": 3} if "burst" in faults else {}
        yield Platform(server, server.url, engine.truth(), settings=settings)


class Substack:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog = model.make(count, lambda post: f"/p/{post.slug}", closed=("preview", "members"))
        self.by_slug = {post.slug: post for post in self.blog.posts}
        self.by_number = {str(_id(post.number)): post for post in self.blog.posts}
        self._lock = Lock()
        self._asked, self._until = 0, 0.0
        self.refused = 0
        server.otherwise = self.answer

    def truth(self) -> Truth:
        """What is true of the blog. Without its archive, nothing tells the numbers by which comments are asked for."""
        told: dict[str, object] = {"pages": ("/about",), "comments": "no_archive" not in self.faults}
        if "no_sitemap" in self.faults:
            told |= {"gone": (), "moved": {}}
        return model.truth(self.blog, **told)

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        parts = [part for part in request.path.split("/") if part]
        if parts == ["robots.txt"]:
            lines = [
                "User-agent: *",
                "Disallow: /action/",
                "Disallow: /publish",
                "Disallow: /sign-in",
                "Disallow: /embed",
            ]
            lines += ["Disallow: /p/*/comment/*", "", f"Sitemap: {self.base}/sitemap.xml"]
            return plain("\n".join(lines) + "\n", PLAIN)
        if "burst" in self.faults and not self._may_ask():
            return error(429, "Too Many Requests", [("Retry-After", str(PAUSE))])
        match parts:
            case ["sitemap.xml"] if "no_sitemap" not in self.faults:
                rows: list[tuple[str, str | None]] = [(f"{self.base}/about", None), (f"{self.base}/archive", None)]
                rows += [(self.base + p.path, f"{p.modified:%Y-%m-%d}") for p in self.blog.posts]
                rows += [(self.base + path, "2016-05-01") for path in (*self.blog.gone, *self.blog.moved)]
                return plain(web.sitemap(rows), XML)
            case ["feed"]:
                channel = "<generator>Substack</generator>"
                text = web.rss(self.blog.title, f"{self.base}/", self.blog.posts[:PER_FEED], self._item, channel)
                return self._kept(request, text, web.RSS)
            case ["api", "v1", "archive"] if "no_archive" not in self.faults:
                return self._archive(request.query)
            case ["api", "v1", "post", number, "comments"] if number in self.by_number:
                post = self.by_number[number]
                rows_ = [self._comment(c, post, "") for c in post.comments if c.parent is None]
                return web.json_reply({"comments": rows_})
            case ["api", *_]:
                return web.json_reply({"errors": [{"msg": "Not found"}]}, 404)
            case [] | ["archive"]:
                return self._kept(request, self._list())
            case ["about"]:
                about = self.blog.pages[0]
                main = (
                    f'<div class="about-page"><h1>{about.title}</h1><div class="content '
                    f'about-content">{about.html}</div></div>'
                )
                return self._kept(request, self._frame(about.title, main, web.meta_property("og:type", "website")))
            case ["p", slug] if slug in self.by_slug:
                return self._kept(request, self._page(self.by_slug[slug]))
        if request.path in self.blog.moved:
            return redirect(self.blog.moved[request.path].path)
        return error(404, self._frame("Not found", '<h1 class="error-title">Page not found</h1>'))

    def _may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                self.refused += 1
                return False
            self._asked += 1
            if self._asked % BURST == 0:
                self._until = now + PAUSE
            return True

    def _kept(self, request: Request, text: str, kind: str = HTML) -> Reply:
        page = web.kept(text, kind)
        return page if isinstance(page, Reply) else page(request)

    # --- API ----------------------------------------------------------------------------------------

    def _archive(self, query: dict[str, str]) -> Reply:
        size, start = web.number(query.get("limit"), 12), web.number(query.get("offset"), 0)
        if size > (12 if "twelve" in self.faults else 50):
            told = {"location": "query", "param": "limit", "value": str(size), "msg": "Invalid value"}
            return web.json_reply({"errors": [told]}, 400)
        return web.json_reply([self._row(post) for post in self.blog.posts[start : start + size]])

    def _row(self, post: Post) -> dict[str, Any]:
        author = {"id": post.author.number, "name": post.author.name, "handle": post.author.slug, "photo_url": None}
        return {
            "id": _id(post.number),
            "publication_id": 77,
            "type": "newsletter",
            "title": post.title,
            "social_title": None,
            "slug": post.slug,
            "post_date": web.utc(post.published, milliseconds=True),
            "audience": "everyone" if post.access == "public" else "only_paid",
            "podcast_duration": None,
            "canonical_url": self.base + post.path,
            "section_id": None,
            "section_name": None,
            "subtitle": post.first_sentence,
            "description": post.first_sentence,
            "body_json": None,
            "truncated_body_text": post.first_sentence,
            "wordcount": 120,
            "postTags": [
                {"id": "t1", "publication_id": 77, "name": t, "slug": t.lower(), "hidden": False} for t in post.tags
            ],
            "publishedBylines": [author],
            "reactions": {"❤": 2},
            "reaction_count": 2,
            "comment_count": len(post.comments),
            "child_comment_count": len([c for c in post.comments if c.parent]),
        }

    def _comment(self, comment: Comment, post: Post, above: str) -> dict[str, Any]:
        below = f"{above}.{_id(comment.number)}" if above else str(_id(comment.number))
        return {
            "id": _id(comment.number),
            "post_id": _id(post.number),
            "publication_id": 77,
            "user_id": 5,
            "name": comment.author,
            "handle": comment.author.lower(),
            "photo_url": None,
            "body": comment.text,
            "date": web.utc(comment.date, milliseconds=True),
            "edited_at": None,
            "deleted": False,
            "status": "published",
            "ancestor_path": above,
            "reactions": {"❤": 0},
            "children": [self._comment(c, post, below) for c in post.comments if c.parent == comment.number],
            "children_count": len([c for c in post.comments if c.parent == comment.number]),
        }

    # --- pages --------------------------------------------------------------------------------------

    def _text(self, post: Post) -> str:
        """The text with the widgets that stand within it."""
        if post.access == "members":
            return ""
        if post.access == "preview":
            return Post.html_of(post.paragraphs[:2])
        first, *rest = post.paragraphs
        return f"{Post.html_of((first,))}{WIDGET}{Post.html_of(tuple(rest))}"

    def _item(self, post: Post) -> str:
        return (
            f"<description><![CDATA[{post.first_sentence}]]></description>"
            f'<guid isPermaLink="false">{self.base}{post.path}</guid><dc:creator><![CDATA[{post.author.name}]]>'
            "</dc:creator>"
            f"<content:encoded><![CDATA[{self._text(post)}]]></content:encoded>"
        )

    def _frame(self, title: str, main: str, more: str = "") -> str:
        head = (
            f'{web.feed_link("/feed")}\n<link rel="preconnect" href="https://substackcdn.com">\n'
            '<link rel="stylesheet" type="text/css" '
            'href="https://substackcdn.com/bundle/theme/main.57ec6396ea4b5be03b65.css">'
            '\n<script defer type="module" src="https://substackcdn.com/bundle/static/js/main.6c2f2cdb.js">'
            f"</script>\n{more}"
        )
        body = (
            '<div id="entry"><div id="main" class="main typography use-theme-bg"><div class="topbar">'
            f'<a class="navbar-title-link" href="{self.base}/">{self.blog.title}</a>'
            '<a class="button primary" href="/subscribe">Subscribe</a> <a class="button" href="/sign-in">Sign in</a>'
            "</div>\n"
            f"{main}\n"
            '<div class="footer-wrap"><div class="footer-terms">© 2024 Mina Halvorsen · Privacy ∙ Terms ∙ '
            'Collection notice</div><div class="footer-slogan-blurb">Substack is the home for great culture</div>'
            "</div></div></div>"
        )
        return web.page(title, head, body, "")

    def _list(self) -> str:
        """The first page and the archive: scripts fetch what lies below the first twelve."""
        rows = "".join(
            f'<div class="post-preview portable-archive-post" role="article"><a data-testid="post-preview-title" '
            f'href="{self.base}{p.path}">{p.title}</a><a href="{self.base}{p.path}/comments">{len(p.comments)}</a>'
            "</div>"
            for p in self.blog.posts[:12]
        )
        return self._frame(self.blog.title, f'<div class="portable-archive-list">{rows}</div>')

    def _page(self, post: Post) -> str:
        linked = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "url": self.base + post.path,
            "mainEntityOfPage": self.base + post.path,
            "headline": post.title,
            "datePublished": post.published.isoformat(),
            "dateModified": post.modified.isoformat(),
            "isAccessibleForFree": post.access == "public",
            "author": [
                {"@type": "Person", "name": post.author.name, "url": f"https://substack.com/@{post.author.slug}"}
            ],
            "publisher": {"@type": "Organization", "name": self.blog.title, "url": self.base},
        }
        more = (
            f'<link rel="canonical" href="{self.base}{post.path}">\n{web.meta_property("og:type", "article")}\n'
            f'<script type="application/ld+json">{json.dumps(linked)}</script>'
        )
        gate = "" if post.access == "public" else PAYWALL
        main = (
            '<div class="single-post-container"><div class="container"><div class="single-post"><article '
            'class="typography '
            'newsletter-post post"><div class="post-header"><h1 dir="auto" class="post-title '
            f'published">{post.title}</h1>'
            f'<h3 class="subtitle">{escape(post.tags[0])}</h3><div class="byline-wrapper"><a '
            'href="https://substack.com/@'
            f'{post.author.slug}">{post.author.name}</a><div class="meta-EgzBVA">{post.published:%b %d, %Y}</div></div>'
            '<div class="post-ufi"><a class="post-ufi-button">Share</a></div></div>\n<div><div '
            'class="available-content">'
            f'<div dir="auto" class="body markup">{self._text(post)}</div></div>{gate}</div>\n<div class="post-footer">'
            '<a class="post-ufi-button">Share this post</a></div></article></div></div>\n<div '
            'class="single-post-section '
            'comments-section"><div class="container"><h4>Discussion about this post</h4><div class="comment-list '
            'post-page-root-comment-list"></div></div></div></div>'
        )
        return self._frame(f"{post.title} - by {post.author.name}", main, more)


def _id(number: int) -> int:
    return 140_000_000 + number
