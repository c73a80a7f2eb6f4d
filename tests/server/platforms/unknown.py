"""A blog that somebody wrote a program for: nothing names an engine, and only links lead to posts.

Faults: `bare` (no mark says what is a post: no article element, no type, no date in addresses), `calendar` (a calendar
without an end is on every page).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Blog, Comment, Platform, Post
from server.replies import Reply, Request, error, plain

NAME = "unknown"
FAULTS = (frozenset[str](), frozenset({"calendar"}), frozenset({"bare"}))
PER_PAGE = 8


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    site = Site(server, faults, count)
    with server:
        told = model.truth(site.blog, gone=(), moved={}, pages=("/about",), comments="bare" not in faults)
        yield Platform(server, server.url, told)


class Site:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog: Blog = model.make(count, lambda post: f"/articles/{post.slug}")
        self.by_path = {post.path: post for post in self.blog.posts}
        server.otherwise = self.answer

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        match [part for part in request.path.split("/") if part]:
            case [] | ["articles"]:
                return self._list(self.blog.posts, "/articles?", web.number(request.query.get("page"), 1))
            case ["topics", tag]:
                posts = [post for post in self.blog.posts if _slug(post.tags[0]) == tag]
                return self._list(posts, f"/topics/{tag}?", web.number(request.query.get("page"), 1))
            case ["about"]:
                about = self.blog.pages[0]
                return plain(self._frame(about.title, f"<h1>{about.title}</h1>{about.html}"))
            case ["calendar", y, m] if "calendar" in self.faults:
                n = int(y) * 12 + int(m) - 1
                days = "".join(f"<td>{day}</td>" for day in range(1, 29))
                return plain(self._frame("Calendar", f"<table><tr>{days}</tr></table>{_month(n + 1)}{_month(n - 1)}"))
        post = self.by_path.get(request.path)
        return plain(self._page(post)) if post else error(404)

    def _list(self, posts: Sequence[Post], path: str, page: int) -> Reply:
        pages = web.paged(posts, PER_PAGE)
        if page > len(pages):
            return error(404)
        rows = "".join(
            f'<div class="teaser"><h2><a href="{post.path}">{post.title}</a></h2><p>{post.first_sentence}</p></div>'
            for post in pages[page - 1]
        )
        older = f'<a href="{path}page={page + 1}">Older</a>' if page < len(pages) else ""
        return plain(self._frame(self.blog.title, f"{rows}<p>{older}</p>"))

    def _frame(self, title: str, main: str, more: str = "") -> str:
        topics = "".join(f'<li><a href="/topics/{_slug(tag)}">{tag}</a></li>' for tag in self.blog.tags)
        calendar = _month(2024 * 12 + 4) if "calendar" in self.faults else ""
        body = (
            f'<div id="top"><a href="/">{self.blog.title}</a> <a href="/about">About</a> <a '
            'href="/contact.php">Contact</a></div>\n'
            f'<div id="middle">{main}</div>\n<div id="side"><ul>{topics}</ul>{calendar}<p>Subscribe to our letter.'
            "</p></div>\n"
            '<div id="bottom">All rights reserved. <a href="/img/flower.jpg">A flower</a></div>'
        )
        return web.page(title, more, body)

    def _page(self, post: Post) -> str:
        if "bare" in self.faults:
            main = f'<h1>{post.title}</h1><div class="text">{post.html}</div><p class="sig">{post.author.name}</p>'
            return self._frame(post.title, main)
        items = "".join(self._comment(comment, post) for comment in post.comments if comment.parent is None)
        main = (
            f'<article><h1>{post.title}</h1><p class="meta"><time datetime="{post.published.isoformat()}">'
            f'{post.published:%d %B %Y}</time>, by <a rel="author" href="/about">{post.author.name}</a></p>\n<div '
            'class="text">'
            f'{post.html}</div></article><section id="comments"><h2>Comments</h2>{items}</section>'
        )
        more = (
            f"{web.meta_property('og:type', 'article')}\n"
            f"{web.meta_property('article:published_time', post.published.isoformat())}"
        )
        return self._frame(f"{post.title} - {self.blog.title}", main, more)

    def _comment(self, comment: Comment, post: Post) -> str:
        answers = "".join(self._comment(c, post) for c in post.comments if c.parent == comment.number)
        return (
            f'<div class="comment" id="comment-{comment.number}" itemprop="comment" itemscope '
            f'itemtype="https://schema.org/Comment"><span class="author" itemprop="author">{comment.author}</span> '
            f'<time itemprop="dateCreated" datetime="{comment.date.isoformat()}">{comment.date:%d %B}</time>'
            f'<div class="comment-text" itemprop="text"><p>{comment.text}</p></div>{answers}</div>'
        )


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _month(number: int) -> str:
    return f'<a href="/calendar/{number // 12}/{number % 12 + 1}">›</a>'
