"""Medium, a publication on a host of its own: the ten latest stories in a feed, pages of an archive by date, sitemaps.

Faults: `no_archive`, `no_sitemap`. With both, nothing tells of older stories but the feed's ten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Platform, Post, Truth
from server.replies import PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "medium"
FAULTS = (
    frozenset({"no_sitemap"}),
    frozenset({"no_archive"}),
    frozenset({"no_archive", "no_sitemap"}),
)
PER_FEED = 10
# Stories of a year, or of a month, from which on its page only links the next smaller times.
MANY = 6


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a publication."""
    server = BlogServer()
    engine = Medium(server, faults, count)
    with server:
        yield Platform(server, server.url, engine.truth())


class Medium:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog = model.make(
            count, lambda post: f"/{post.slug}-{_id(post.number)}", discussions=False, closed=("preview",)
        )
        self.by_id = {_id(post.number): post for post in self.blog.posts}
        server.otherwise = self.answer

    def truth(self) -> Truth:
        """What is true of the publication: a number says where a story lies, whatever stands before it."""
        told: dict[str, object] = {"pages": ("/about",), "comments": False, "moved": {}}
        if "no_sitemap" in self.faults:
            told["gone"] = ()
        if {"no_archive", "no_sitemap"} <= self.faults:
            told["hidden"] = frozenset(post.path for post in self.blog.posts[PER_FEED:])
        return model.truth(self.blog, **told)

    @property
    def base(self) -> str:
        """The address of the publication without its last slash."""
        return self.server.url.rstrip("/")

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        match [part for part in request.path.split("/") if part]:
            case ["robots.txt"]:
                lines = ["User-Agent: *", "Disallow: /m/", "Disallow: /me/", "Disallow: /search", "Allow: /"]
                if "no_sitemap" not in self.faults:
                    lines.append(f"Sitemap: {self.base}/sitemap/sitemap.xml")
                return plain("\n".join(lines) + "\n", PLAIN)
            case ["feed"]:
                channel = "<generator>Medium</generator>"
                text = web.rss(self.blog.title, f"{self.base}/", self.blog.posts[:PER_FEED], self._item, channel)
                return plain(
                    text.replace("</link><pubDate>", "?source=rss----7f60cf5620c9---4</link><pubDate>"), web.RSS
                )
            case ["sitemap", *name] if "no_sitemap" not in self.faults:
                return self._sitemap(name)
            case ["archive", *time] if "no_archive" not in self.faults and all(map(str.isdecimal, time)):
                return self._archive(time)
            case []:
                return plain(
                    self._frame(self.blog.title, self._cards(self.blog.posts[:8], "collection_home---4------0"))
                )
            case ["about"]:
                about = self.blog.pages[0]
                return plain(self._frame(about.title, f'<div class="about"><h1>{about.title}</h1>{about.html}</div>'))
            case [slug] if slug.rpartition("-")[2] in self.by_id:
                post = self.by_id[slug.rpartition("-")[2]]
                return plain(self._page(post)) if request.path == post.path else redirect(self.base + post.path)
        return error(404, self._frame("Page not found", "<h2>404</h2><h1>Out of nothing, something.</h1>"))

    def _sitemap(self, name: Sequence[str]) -> Reply:
        months = {f"posts-{y}-{m:02d}.xml": posts for (y, m), posts in self.blog.months().items()}
        if list(name) == ["sitemap.xml"]:
            index = [(f"{self.base}/sitemap/posts/{n}", f"{posts[0].modified:%Y-%m-%d}") for n, posts in months.items()]
            return plain(web.sitemap_index(index), XML)
        posts = months.get(name[-1])
        if name[0] != "posts" or posts is None:
            return error(404)
        rows: list[tuple[str, str | None]] = [(self.base + post.path, f"{post.modified:%Y-%m-%d}") for post in posts]
        if posts[0] is self.blog.posts[0]:
            rows += [(self.base + path, "2016-05-01") for path in self.blog.gone]
        return plain(web.sitemap(rows), XML)

    def _archive(self, time: Sequence[str]) -> Reply:
        """A page of the archive: the best stories of its time, or all if there are few."""
        posts = [post for post in self.blog.posts if list(time) == _time(post)[: len(time)]]
        if not posts:
            return redirect(f"{self.base}/archive", 302)
        is_divided = len(time) < 3 and (not time or len(posts) >= MANY)
        buckets = "".join(
            f'<div class="timebucket u-inlineBlock u-width50"><a href="{self.base}/archive/{"/".join(t)}">{t[-1]}'
            "</a></div>"
            for t in sorted({tuple(_time(post)[: len(time) + 1]) for post in posts})
        )
        # what links to the years stands on every page
        years = "".join(
            f'<a href="{self.base}/archive/{y}">{y}</a>' for y in sorted({_time(p)[0] for p in self.blog.posts})
        )
        shown = posts[::2][:4] if is_divided else posts
        main = f'<div class="col u-size4of12">{years}{buckets if is_divided else ""}</div>'
        return plain(
            self._frame("Archive", main + self._cards(shown, "collection_archive---------0-----------------------"))
        )

    def _item(self, post: Post) -> str:
        text = (
            self._text(post)
            if post.access == "public"
            else f"<p>{post.first_sentence}</p><p>Continue reading on Medium »</p>"
        )
        return (
            f'<guid isPermaLink="false">https://medium.com/p/{_id(post.number)}</guid>'
            f"<category><![CDATA[{post.tags[0]}]]></category><dc:creator><![CDATA[{post.author.name}]]></dc:creator>"
            f"<atom:updated>{web.utc(post.modified, milliseconds=True)}</atom:updated>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded>"
        )

    def _text(self, post: Post) -> str:
        return Post.html_of(post.paragraphs if post.access == "public" else post.paragraphs[:2])

    def _cards(self, posts: Sequence[Post], source: str) -> str:
        return "".join(
            f'<div class="postArticle postArticle--short"><a href="{self.base}{post.path}?source={source}">'
            f"<h3>{post.title}"
            f"</h3></a><p>{post.first_sentence}</p></div>"
            for post in posts
        )

    def _frame(self, title: str, main: str, more: str = "") -> str:
        head = (
            '<meta property="al:ios:app_name" content="Medium">\n<meta name="twitter:app:name:iphone" '
            'content="Medium">\n'
            '<meta property="al:android:package" content="com.medium.reader">\n'
            '<link rel="search" type="application/opensearchdescription+xml" title="Medium" href="/osd.xml">\n'
            f"{web.feed_link(f'{self.base}/feed')}\n"
            f'<link rel="preconnect" href="https://glyph.medium.com">\n{more}'
        )
        body = (
            '<div id="root"><nav><a href="https://medium.com/m/signin?operation=login">Sign in</a> <a '
            f'href="{self.base}/about">'
            f'About</a></nav>\n<div class="main">{main}</div>\n<footer><p>Help</p><p>Status</p><p>About</p>'
            "<p>Careers</p></footer>"
            "</div>"
        )
        return web.page(title, head, body, "")

    def _page(self, post: Post) -> str:
        linked = {
            "@context": "http://schema.org",
            "@type": "NewsArticle",
            "url": self.base + post.path,
            "headline": post.title,
            "datePublished": web.utc(post.published, milliseconds=True),
            "dateModified": web.utc(post.modified, milliseconds=True),
            "identifier": _id(post.number),
            "isAccessibleForFree": post.access == "public",
            "author": {"@type": "Person", "name": post.author.name, "url": f"https://medium.com/@{post.author.slug}"},
            "publisher": {"@type": "Organization", "name": self.blog.title},
        }
        more = (
            f'<link rel="canonical" href="{self.base}{post.path}">\n{web.meta_property("og:type", "article")}\n'
            f"{web.meta_property('article:published_time', web.utc(post.published, milliseconds=True))}\n"
            f'<script type="application/ld+json">{json.dumps(linked)}</script>'
        )
        is_open = post.access == "public"
        member = "" if is_open else '<p class="speechify-ignore">Member-only story</p>'
        gate = "" if is_open else "<p>Create an account to read the full story.</p>"
        text = self._text(post).replace("<p>", '<p class="pw-post-body-paragraph mj mk">')
        others = self._cards(self.blog.posts[:3], "author_recirc-----0---------------------")
        main = (
            f'<article class="{"" if is_open else "meteredContent"}"><div class="l"><section><div>'
            f'<div class="speechify-ignore">{member}</div>'
            f'<h1 class="pw-post-title" data-testid="storyTitle">{post.title}</h1>'
            f'<div class="pw-post-byline-header speechify-ignore">'
            f'<a data-testid="authorName" href="https://medium.com/@{post.author.slug}">{post.author.name}</a>'
            f'<span data-testid="storyReadTime">2 min read</span>'
            f'<span data-testid="storyPublishDate">{post.published:%b %d, %Y}</span><p>Listen</p><p>Share</p></div>\n'
            f"{text}</div></section></div></article>{gate}\n"
            f"<div><h2>Written by {post.author.name}</h2><p>120 followers</p></div>"
            f"<h2>More from {post.author.name}</h2>{others}"
        )
        return self._frame(f"{post.title} | by {post.author.name} | {self.blog.title}", main, more)


def _id(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()[:12]


def _time(post: Post) -> list[str]:
    return [f"{post.published:%Y}", f"{post.published:%m}", f"{post.published:%d}"]
