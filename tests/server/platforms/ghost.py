"""Ghost: a sitemap with a hole, one page of RSS, a Content API that robots.txt shuts, and comments for the asking.

Posts that name another page as their canonical one are left out of the sitemap. A stub says that a post is for
members; another shows how its text begins.

Faults: `open_api` (the owner's own robots.txt allows the API), `no_sitemap`, `no_key` (pages don't name the key).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Comment, Platform, Post, Truth
from server.replies import HTML, PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "ghost"
FAULTS = (
    frozenset[str](),
    frozenset({"open_api"}),
    frozenset({"open_api", "no_sitemap"}),
    frozenset({"no_key"}),
)
KEY = "22444f78447824223cefc48062"
PER_PAGE, PER_FEED, FIRST_REPLIES = 6, 15, 3
STUB = (
    '<aside class="gh-post-upgrade-cta"><div class="gh-post-upgrade-cta-content"><h2>This post is for subscribers only'
    '</h2><a class="gh-btn" data-portal="signup" href="#/portal/signup">Subscribe now</a><p><small>Already have an '
    'account? <a data-portal="signin" href="#/portal/signin">Sign in</a></small></p></div></aside>'
)


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    engine = Ghost(server, faults, count)
    with server:
        yield Platform(server, server.url, engine.truth())


class Ghost:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog = model.make(count, lambda post: f"/{post.slug}/", closed=("members", "preview"))
        self.by_path = {post.path: post for post in self.blog.posts}
        self.by_id = {_id(post.number): post for post in self.blog.posts}
        # The first published elsewhere; the youngest of them is still in the feed.
        self.elsewhere = {post.number for post in self.blog.public[3::7]}
        server.otherwise = self.answer

    def truth(self) -> Truth:
        """What is true of the blog. What is not in the sitemap is in the lists of the pages."""
        told: dict[str, object] = {"pages": ("/about/",)}
        if "no_sitemap" in self.faults:
            told |= {"gone": (), "moved": {}}
        return model.truth(self.blog, **told)

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        match [part for part in request.path.split("/") if part]:
            case ["robots.txt"]:
                lines = ["User-agent: *", f"Sitemap: {self.base}/sitemap.xml"]
                if "open_api" not in self.faults:
                    lines += ["Disallow: /ghost/"]
                lines += ["Disallow: /email/", "Disallow: /members/api/comments/counts/", "Disallow: /r/"]
                return plain("\n".join(lines) + "\n", PLAIN)
            case [name] if name.startswith("sitemap") and "no_sitemap" not in self.faults:
                return self._sitemap(request, name)
            case ["rss"]:
                channel = "<generator>Ghost 5.82</generator><ttl>60</ttl>"
                posts = self.blog.posts[:PER_FEED]
                return self._kept(
                    request, web.rss(self.blog.title, f"{self.base}/", posts, self._item, channel), web.RSS
                )
            case ["feed"]:
                return redirect(f"{self.base}/rss/")
            case ["ghost", "api", "content", what] if what in ("posts", "pages"):
                return self._content(request.query, what)
            case ["members", "api", "comments", "post", post]:
                return self._comments(request.query, self.by_id.get(post))
            case ["members", "api", "comments", comment, "replies"]:
                return self._replies(request.query, comment)
            case []:
                return self._list(request, "", self.blog.posts, 1)
            case ["page", n]:
                return self._list(request, "", self.blog.posts, web.number(n, 1))
            case ["tag", slug, *rest]:
                posts = [post for post in self.blog.posts if slug in map(_slug, post.tags)]
                return self._list(request, f"/tag/{slug}", posts, web.number(rest[-1] if rest else None, 1))
            case ["author", slug, *rest]:
                posts = [post for post in self.blog.posts if post.author.slug == slug]
                return self._list(request, f"/author/{slug}", posts, web.number(rest[-1] if rest else None, 1))
            case ["about"]:
                return self._kept(request, self._page(self.blog.pages[0], "page-template page-about"))
        if request.path in self.blog.moved:
            return redirect(self.blog.moved[request.path].path)
        post = self.by_path.get(request.path)
        if post is None and f"{request.path}/" in self.by_path:
            return redirect(f"{request.path}/")
        if post is None:
            return error(
                404, web.page("404", self._head(), '<h1 class="error-title">Page not found</h1>', "error-content")
            )
        return self._kept(request, self._page(post, f"post-template tag-{_slug(post.tags[0])}"))

    def _kept(self, request: Request, text: str, kind: str = HTML) -> Reply:
        page = web.kept(text, kind)
        return page if isinstance(page, Reply) else page(request)

    # --- sitemaps and feed --------------------------------------------------------------------------

    def _sitemap(self, request: Request, name: str) -> Reply:
        if name == "sitemap.xml":
            names = ("pages", "posts", "authors", "tags")
            rows = [(f"{self.base}/sitemap-{n}.xml", web.utc(model.FIRST, milliseconds=True)) for n in names]
            latest = max(post.modified for post in self.blog.posts)
            rows[1] = (rows[1][0], web.utc(latest, milliseconds=True))
            return self._kept(request, web.sitemap_index(rows), XML)
        rows_: list[tuple[str, str | None]]
        if name == "sitemap-posts.xml":
            posts = [post for post in self.blog.posts if post.number not in self.elsewhere]
            rows_ = [(self.base + p.path, web.utc(p.modified, milliseconds=True)) for p in posts]
            # an answer that a proxy in front of it has kept
            rows_ += [(self.base + path, web.utc(model.FIRST)) for path in (*self.blog.gone, *self.blog.moved)]
        elif name == "sitemap-pages.xml":
            rows_ = [(f"{self.base}/", None), (f"{self.base}/about/", web.utc(model.FIRST, milliseconds=True))]
        elif name == "sitemap-tags.xml":
            rows_ = [(f"{self.base}/tag/{_slug(tag)}/", None) for tag in self.blog.tags]
        elif name == "sitemap-authors.xml":
            rows_ = [(f"{self.base}/author/{slug}/", None) for slug in {p.author.slug for p in self.blog.posts}]
        else:
            return error(404)
        return self._kept(request, web.sitemap(rows_), XML)

    def _item(self, post: Post) -> str:
        text = self._text(post)
        return (
            f'<description><![CDATA[{post.first_sentence}]]></description><guid isPermaLink="false">{_id(post.number)}'
            f"</guid><category><![CDATA[{post.tags[0]}]]></category><dc:creator><![CDATA[{post.author.name}]]>"
            "</dc:creator>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded>"
        )

    def _text(self, post: Post) -> str:
        if post.access == "members":
            return ""
        return Post.html_of(post.paragraphs[:2]) if post.access == "preview" else post.html

    # --- APIs ---------------------------------------------------------------------------------------

    def _content(self, query: dict[str, str], what: str) -> Reply:
        if query.get("key") != KEY:
            told = {"message": "Unknown Content API Key", "type": "UnauthorizedError"}
            return web.json_reply({"errors": [told]}, 401)
        things = list(self.blog.posts if what == "posts" else self.blog.pages)
        if query.get("order", "").startswith("updated_at"):
            things.sort(key=lambda post: post.modified, reverse=True)
        limit, page = query.get("limit", "15"), web.number(query.get("page"), 1)
        size = min(web.number(limit, 100), 100)
        pages = max(1, -(-len(things) // size))
        pagination = {
            "page": page,
            "limit": size,
            "pages": pages,
            "total": len(things),
            "next": page + 1 if page < pages else None,
            "prev": page - 1 if page > 1 else None,
        }
        rows = [self._row(post, query) for post in things[(page - 1) * size : page * size]]
        return web.json_reply({what: rows, "meta": {"pagination": pagination}})

    def _row(self, post: Post, query: dict[str, str]) -> dict[str, Any]:
        is_page = post in self.blog.pages
        visibility = {"public": "public", "members": "members", "preview": "paid"}[post.access]
        row: dict[str, Any] = {
            "id": _id(post.number),
            "uuid": hashlib.md5(str(post.number).encode()).hexdigest(),
            "title": post.title,
            "slug": post.slug,
            "html": self._text(post),
            "comment_id": _id(post.number),
            "feature_image": None,
            "featured": False,
            "visibility": visibility,
            "created_at": post.published.isoformat(timespec="milliseconds"),
            "updated_at": post.modified.isoformat(timespec="milliseconds"),
            "published_at": post.published.isoformat(timespec="milliseconds"),
            "custom_excerpt": None,
            "canonical_url": "https://elsewhere.example/post" if post.number in self.elsewhere else None,
            "url": self.base + ("/about/" if is_page else post.path),
            "excerpt": post.first_sentence,
            "reading_time": 1,
            "access": post.access == "public",
            "comments": not is_page,
        }
        row = web.chosen(row, query.get("fields"))
        include = query.get("include", "")
        if "authors" in include:
            author = {"id": "1", "name": post.author.name, "slug": post.author.slug, "url": f"{self.base}/author/x/"}
            row |= {"authors": [author], "primary_author": author}
        if "tags" in include:
            row["tags"] = [{"id": "5", "name": tag, "slug": _slug(tag), "visibility": "public"} for tag in post.tags]
        return row

    def _comments(self, query: dict[str, str], post: Post | None) -> Reply:
        if post is None:
            return web.json_reply({"errors": [{"message": "Post not found", "type": "NotFoundError"}]}, 404)
        top = [comment for comment in post.comments if comment.parent is None]
        rows = [
            self._comment(
                c, [self._comment(r) for r in self._answers(post, c)[:FIRST_REPLIES]], len(self._answers(post, c))
            )
            for c in top
        ]
        return self._cut(query, rows)

    def _replies(self, query: dict[str, str], comment: str) -> Reply:
        for post in self.blog.public:
            for one in post.comments:
                if _id(one.number) == comment:
                    return self._cut(query, [self._comment(reply) for reply in self._answers(post, one)])
        return web.json_reply({"errors": [{"message": "Comment not found", "type": "NotFoundError"}]}, 404)

    def _answers(self, post: Post, comment: Comment) -> list[Comment]:
        return [reply for reply in post.comments if reply.parent == comment.number]

    def _comment(self, comment: Comment, replies: Sequence[dict[str, Any]] = (), count: int = 0) -> dict[str, Any]:
        return {
            "id": _id(comment.number),
            "status": "published",
            "html": f"<p>{comment.text}</p>",
            "created_at": web.utc(comment.date, milliseconds=True),
            "edited_at": None,
            "member": {"id": "9", "uuid": "u", "name": comment.author, "expertise": None, "avatar_image": None},
            "liked": False,
            "count": {"likes": 0, "replies": count},
            "replies": list(replies),
        }

    def _cut(self, query: dict[str, str], rows: list[dict[str, Any]]) -> Reply:
        size, page = web.number(query.get("limit"), 20), web.number(query.get("page"), 1)
        pages = max(1, -(-len(rows) // size))
        pagination = {
            "page": page,
            "limit": size,
            "pages": pages,
            "total": len(rows),
            "next": page + 1 if page < pages else None,
            "prev": None,
        }
        shown = rows[(page - 1) * size : page * size]
        return web.json_reply({"comments": shown, "meta": {"pagination": pagination}})

    # --- pages --------------------------------------------------------------------------------------

    def _head(self, more: str = "") -> str:
        portal = (
            '<script defer src="https://cdn.jsdelivr.net/ghost/portal@~2.37/umd/portal.min.js" data-i18n="false" '
            f'data-ghost="{self.base}/" data-key="{KEY}" data-api="{self.base}/ghost/api/content/" data-locale="en" '
            'crossorigin="anonymous"></script>'
        )
        return (
            f'<meta name="generator" content="Ghost 5.82">\n{web.feed_link(f"{self.base}/rss/")}\n'
            f'{"" if "no_key" in self.faults else portal}\n<link rel="stylesheet" '
            f'href="{self.base}/assets/built/screen.css">'
            f'\n<link href="{self.base}/webmentions/receive/" rel="webmention">\n{more}'
        )

    def _frame(self, title: str, main: str, body_class: str, more: str = "") -> str:
        body = (
            '<div class="viewport"><header id="gh-head" class="gh-head outer"><a class="gh-head-logo" '
            f'href="{self.base}">'
            f'{self.blog.title}</a><nav class="gh-head-menu"><ul class="nav"><li class="nav-home"><a '
            f'href="{self.base}/">Home'
            f'</a></li><li class="nav-about"><a href="{self.base}/about/">About</a></li></ul></nav><div '
            'class="gh-head-actions">'
            '<a class="gh-head-link" href="#/portal/signin" data-portal="signin">Sign in</a></div></header>\n'
            f'<div class="site-content">{main}</div>\n<footer class="gh-foot outer"><a '
            'href="https://ghost.org/">Powered by '
            "Ghost</a></footer></div>"
        )
        return web.page(title, self._head(more), body, body_class)

    def _list(self, request: Request, folder: str, posts: Sequence[Post], page: int) -> Reply:
        pages = web.paged(posts, PER_PAGE)
        if page > len(pages) or not posts:
            return error(404)
        cards = "".join(
            f'<article class="post-card post"><div class="post-card-content"><a class="post-card-content-link" '
            f'href="{self.base}{post.path}"><header><h2 class="post-card-title">{post.title}</h2></header><div '
            f'class="post-card-excerpt">{post.first_sentence}</div></a><footer class="post-card-meta"><time '
            f'class="post-card-meta-date" datetime="{post.published:%Y-%m-%d}">{post.published:%d %b %Y}</time>'
            "</footer>"
            "</div></article>\n"
            for post in pages[page - 1]
        )
        older = f'<a class="older-posts" href="{self.base}{folder}/page/{page + 1}/">Older Posts</a>'
        nav = f'<nav class="pagination">{older if page < len(pages) else ""}</nav>'
        head = f'<link rel="next" href="{self.base}{folder}/page/{page + 1}/">' if page < len(pages) else ""
        template = ("tag-template" if "/tag/" in folder else "author-template") if folder else "home-template"
        return self._kept(
            request, self._frame(self.blog.title, f'<div class="post-feed">{cards}</div>{nav}', template, head)
        )

    def _page(self, post: Post, template: str) -> str:
        is_post = template.startswith("post-")
        own = self.base + (post.path if is_post else "/about/")
        canonical = "https://elsewhere.example/post" if is_post and post.number in self.elsewhere else own
        linked = {
            "@context": "https://schema.org",
            "@type": "Article",
            "publisher": {"@type": "Organization", "name": self.blog.title, "url": f"{self.base}/"},
            "author": {"@type": "Person", "name": post.author.name, "url": f"{self.base}/author/{post.author.slug}/"},
            "headline": post.title,
            "url": own,
            "datePublished": web.utc(post.published, milliseconds=True),
            "dateModified": web.utc(post.modified, milliseconds=True),
            "keywords": ", ".join(post.tags),
            "mainEntityOfPage": own,
        }
        more = (
            f'<link rel="canonical" href="{canonical}">\n{web.meta_property("og:type", "article")}\n'
            f"{web.meta_property('article:published_time', web.utc(post.published, milliseconds=True))}\n"
            f'<script type="application/ld+json">{json.dumps(linked)}</script>'
        )
        text = self._text(post) + (STUB if post.access in ("members", "preview") else "")
        comments = ""
        if is_post and post.access == "public":
            comments = (
                '<div class="gh-comments gh-canvas"><script defer '
                'src="https://cdn.jsdelivr.net/ghost/comments-ui@~0.16/umd/'
                f'comments-ui.min.js" data-ghost-comments="{self.base}/" data-api="{self.base}/ghost/api/content/" '
                f'data-admin="{self.base}/ghost/" data-key="{KEY}" data-title="" data-count="true" data-post-id="'
                f'{_id(post.number)}" data-color-scheme="auto" data-comments-enabled="all" crossorigin="anonymous">'
                "</script>"
                "</div>"
            )
        more_posts = "".join(
            f'<article class="post-card post"><a href="{self.base}{p.path}"><h2 class="post-card-title">{p.title}'
            "</h2></a>"
            "</article>"
            for p in self.blog.posts[:3]
        )
        main = (
            '<main id="site-main" class="site-main"><article class="gh-article post"><header '
            'class="gh-article-header">'
            f'<a class="gh-article-tag" href="{self.base}/tag/{_slug(post.tags[0]) if post.tags else "x"}/">'
            f'{escape(post.tags[0]) if post.tags else ""}</a><h1 class="gh-article-title">{post.title}</h1><div '
            'class="gh-article-meta"><h4 class="gh-article-author-name"><a '
            f'href="{self.base}/author/{post.author.slug}/">'
            f'{post.author.name}</a></h4><time class="byline-meta-date" datetime="{post.published:%Y-%m-%d}">'
            f'{post.published:%d %b %Y}</time></div></header>\n<section class="gh-content gh-canvas">\n{text}\n'
            "</section>\n"
            f'{comments}</article></main><aside class="read-more-wrap"><div class="read-more">{more_posts}</div>'
            "</aside>"
        )
        return self._frame(post.title, main, template, more)


def _id(number: int) -> str:
    return f"{0x64B000000000000000000000 + number:024x}"


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
