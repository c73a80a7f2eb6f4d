"""A small WordPress for tests: REST API with orders and totals, sitemap without dates, feed, posts and comments.

What it holds may be changed between two crawls: publish, change, trash, comment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from server.blog_pages import ROBOTS_ALL, Entry, listing, page, plain, post, sitemap, sitemap_index
from server.blog_server import BlogServer
from server.replies import JSON, Reply, Request, error

API = '<link rel="https://api.w.org/" href="/wp-json/"><meta name="generator" content="WordPress 6.5">'


@dataclass
class Row:
    """A post as the database holds it."""

    id: int
    entry: Entry
    modified: str = "2024-01-02T10:00:00"


@dataclass
class Comment:
    """A comment as the database holds it."""

    id: int
    post: int
    text: str
    parent: int = 0


@dataclass
class WordPress:
    """The blog on a server; `refuses` are paths of the API that answer 403."""

    server: BlogServer
    rows: dict[int, Row] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    refuses: tuple[str, ...] = ()

    def start(self, posts: list[Entry]) -> WordPress:
        """Publish posts, the last one first, and answer for them."""
        for number, entry in enumerate(reversed(posts), 1):
            self.publish(number, entry)
        self.server.pages |= {
            "/": lambda request: listing([row.entry.path for row in self.latest[:5]], API),
            "/robots.txt": ROBOTS_ALL,
            "/wp-json/wp/v2/posts": self._posts,
            "/wp-json/wp/v2/comments": self._comments,
            "/wp-json/wp/v2/pages": lambda request: self._page(request, []),
            "/wp-sitemap.xml": sitemap_index([self.server.url + "wp-sitemap-posts-post-1.xml"]),
            "/wp-sitemap-posts-post-1.xml": lambda request: sitemap(map(self.url, self.rows.values())),
        }
        return self

    @property
    def latest(self) -> list[Row]:
        """The posts, newest first."""
        return sorted(self.rows.values(), key=lambda row: -row.id)

    def url(self, row: Row) -> str:
        """The address of a post."""
        return self.server.url + row.entry.path[1:]

    def publish(self, number: int, entry: Entry, modified: str = "2024-01-02T10:00:00") -> None:
        """Publish a post, or another text of it."""
        self.rows[number] = Row(number, entry, modified)
        self.server.pages[entry.path] = lambda request: plain(post(entry, self._discussion(number)))

    def trash(self, number: int, reply: Reply) -> None:
        """Take a post away; its address answers otherwise."""
        row = self.rows.pop(number)
        self.server.pages[row.entry.path] = reply

    def _discussion(self, number: int) -> str:
        said = [comment for comment in self.comments if comment.post == number]
        items = "".join(
            f'<li id="comment-{c.id}" class="comment"><cite class="fn">Ada</cite>'
            f'<div class="comment-content"><p>{c.text}</p></div></li>'
            for c in said
        )
        return f'<div id="comments"><ol class="commentlist">{items}</ol></div>' if said else ""

    def _posts(self, request: Request) -> Reply:
        by_change = request.query.get("orderby") == "modified"
        rows = sorted(self.rows.values(), key=lambda row: (row.modified if by_change else "", row.id))
        if request.query.get("order", "desc") == "desc":
            rows.reverse()
        told = [
            {"id": row.id, "link": self.url(row), "type": "post", "title": {"rendered": row.entry.title},
             "modified": row.modified, "modified_gmt": row.modified, "date": "2024-01-02T10:00:00",
             "date_gmt": "2024-01-02T10:00:00"}
            for row in rows
        ]  # fmt: skip
        return self._page(request, told)

    def _comments(self, request: Request) -> Reply:
        said = sorted(self.comments, key=lambda comment: comment.id)
        if request.query.get("order", "desc") == "desc":
            said.reverse()
        told = [
            {"id": c.id, "post": c.post, "parent": c.parent, "author_name": "Ada", "author_url": "", "type": "comment",
             "date": "2024-02-02T10:00:00", "date_gmt": "2024-02-02T10:00:00",
             "content": {"rendered": f"<p>{c.text}</p>"},
             "link": f"{self.url(self.rows[c.post])}#comment-{c.id}"}
            for c in said if c.post in self.rows
        ]  # fmt: skip
        return self._page(request, told)

    def _page(self, request: Request, rows: list[dict[str, object]]) -> Reply:
        if request.path in self.refuses:
            return error(403)
        size, number = int(request.query.get("per_page", "10")), int(request.query.get("page", "1"))
        pages = -(-len(rows) // size)
        if number > max(pages, 1):
            return plain('{"code": "rest_post_invalid_page_number"}', JSON, 400)
        fields = [("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", str(pages))]
        return plain(json.dumps(rows[(number - 1) * size : number * size]), JSON, fields=fields)


def not_found() -> Reply:
    """WordPress's page for what is not there."""
    return plain(page("Page not found", "<h1>Nothing here</h1>", body_class="error404"), status=404)
