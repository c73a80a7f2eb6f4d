"""Blogger: feeds that cut their answers by size, sitemaps by page number, and layouts with or without text.

Faults: `cut` (four of all entries at start-index=1, few in each later answer), `too_large` (one post is larger than an
answer may be: where it comes first, an answer is empty), `dynamic` (pages hold no text), `no_feed`, `no_sitemap`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Comment, Platform, Post, Truth
from server.replies import PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "blogger"
FAULTS = (
    frozenset[str](),
    frozenset({"cut"}),
    frozenset({"cut", "too_large", "no_sitemap"}),
    frozenset({"dynamic", "cut"}),
    frozenset({"no_feed"}),
    frozenset({"no_feed", "no_sitemap"}),
)
MOST, PER_HOME, PER_SITEMAP = 150, 7, 12
BLOG = 7012345678901234567
# Where entries lie by themselves, whatever the blog's own host is.
API = f"https://www.blogger.com/feeds/{BLOG}"
LABELS = "http://www.blogger.com/atom/ns#"


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    engine = Blogger(server, faults, count)
    with server:
        yield Platform(server, server.url, engine.truth())


class Blogger:
    """Answers the requests of one server."""

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int) -> None:
        self.server, self.faults = server, faults
        self.blog = model.make(count, lambda post: f"/{post.published:%Y/%m}/{post.slug}.html")
        self.by_path = {post.path: post for post in self.blog.posts}
        server.otherwise = self.answer

    def truth(self) -> Truth:
        """What is true of the blog: without feeds, comments have dates for people only."""
        told: dict[str, object] = {"pages": ("/p/about.html",), "clock": "no_feed" not in self.faults}
        if "no_sitemap" in self.faults:
            told |= {"gone": (), "moved": {}}
        return model.truth(self.blog, **told)

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        path = request.path
        match [part for part in path.split("/") if part]:
            case ["robots.txt"]:
                lines = ["User-agent: Mediapartners-Google", "Disallow: ", "", "User-agent: *", "Disallow: /search"]
                lines += ["Disallow: /share-widget", "Allow: /", "", f"Sitemap: {self.base}/sitemap.xml"]
                return plain("\n".join(lines) + "\n", PLAIN)
            case ["sitemap.xml"]:
                return self._sitemap(request.query.get("page"))
            case ["sitemap-pages.xml"] if "no_sitemap" not in self.faults:
                return plain(web.sitemap([(f"{self.base}/p/about.html", web.utc(model.FIRST))]), XML)
            case ["feeds", *_] if "no_feed" in self.faults:
                return error(404)
            case ["feeds", "posts", form]:
                return self._posts(request, form, None)
            case ["feeds", "posts", form, "-", label]:
                return self._posts(request, form, unquote(label))
            case ["feeds", "pages", _]:
                return self._feed(request, "pages", [(p, self._entry(p, "default")) for p in self.blog.pages])
            case ["feeds", "comments", _]:
                return self._feed(request, "comments", [(c, self._said(c, p)) for c, p in self.blog.comments])
            case ["feeds", post, "comments", _]:
                pairs = [(c, p) for c, p in self.blog.comments if _id(p.number) == post]
                return self._feed(request, f"{post}/comments", [(c, self._said(c, p)) for c, p in pairs])
            case [] | ["search"]:
                return plain(self._home(request.query))
            case ["search", "label", label]:
                return plain(self._list([p for p in self.blog.posts if unquote(label) in p.tags], ""))
            case [y, m] if y.isdecimal() and m.isdecimal():
                posts = self.blog.months().get((int(y), int(m)))
                return plain(self._list(posts, "")) if posts else self._missing()
            case ["p", "about.html"]:
                return plain(
                    self._shell() if "dynamic" in self.faults else self._page(self.blog.pages[0], is_post=False)
                )
        if path in self.blog.moved:
            return redirect(self.base + self.blog.moved[path].path)
        post = self.by_path.get(path)
        if post is None:
            return self._missing()
        return plain(self._shell() if "dynamic" in self.faults else self._page(post, is_post=True))

    def _missing(self) -> Reply:
        body = '<div class="status-msg-body">Sorry, the page you were looking for in this blog does not exist.</div>'
        return error(404, web.page(self.blog.title, self._head(), body, "error-view"))

    # --- sitemaps -----------------------------------------------------------------------------------

    def _sitemap(self, page: str | None) -> Reply:
        """Small blogs have one plain file, which this is not."""
        if "no_sitemap" in self.faults:
            return error(404)
        rows: list[tuple[str, str | None]] = [(self.base + p.path, web.utc(p.modified)) for p in self.blog.posts]
        rows += [(self.base + path, web.utc(model.FIRST)) for path in (*self.blog.gone, *self.blog.moved)]
        parts = [rows[at : at + PER_SITEMAP] for at in range(0, len(rows), PER_SITEMAP)]
        if page is None:
            addresses = [(f"{self.base}/sitemap.xml?page={n}", None) for n in range(1, len(parts) + 1)]
            return plain(web.sitemap_index(addresses), XML)
        n = web.number(page, 0)
        return plain(web.sitemap(parts[n - 1] if 1 <= n <= len(parts) else []), XML)

    # --- feeds --------------------------------------------------------------------------------------

    def _posts(self, request: Request, form: str, label: str | None) -> Reply:
        posts = [post for post in self.blog.posts if label is None or label in post.tags]
        name = f"posts/{form}" + (f"/-/{label}" if label else "")
        return self._feed(request, name, [(post, self._entry(post, form)) for post in posts])

    def _feed(self, request: Request, name: str, rows: Sequence[tuple[Post | Comment, dict[str, Any]]]) -> Reply:
        """A page of a feed as JSON, or as Atom for whoever does not ask for JSON."""
        query = request.query
        published = [(_published(thing), _changed(thing), thing, row) for thing, row in rows]
        published.sort(key=lambda x: x[1] if query.get("orderby") == "updated" else x[0], reverse=True)
        low, high = _moment(query.get("published-min")), _moment(query.get("published-max"))
        published = [x for x in published if (low is None or x[0] >= low) and (high is None or x[0] < high)]
        low, high = _moment(query.get("updated-min")), _moment(query.get("updated-max"))
        published = [x for x in published if (low is None or x[1] >= low) and (high is None or x[1] < high)]
        start = web.number(query.get("start-index"), 1)
        size = min(web.number(query.get("max-results"), 25), MOST)
        shown = published[start - 1 : start - 1 + size]
        is_short = "summary" in name
        if "cut" in self.faults and name.startswith("posts") and not is_short:
            shown = shown[: 4 if start == 1 else 6]
        if "too_large" in self.faults and name.startswith("posts") and not is_short:
            large = next((n for n, x in enumerate(shown) if x[2].number == 12), len(shown))
            shown = shown[:large]
        if query.get("alt") != "json":
            posts = [x[2] for x in shown if isinstance(x[2], Post)]
            generator = '<generator version="7.00" uri="https://www.blogger.com">Blogger</generator>'
            totals = (
                '<openSearch:totalResults xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">'
                f"{len(published)}</openSearch:totalResults>"
            )
            text = web.atom(self.blog.title, f"{self.base}/", posts, f"/feeds/{name}", generator + totals)
            return plain(text, web.ATOM)
        feed: dict[str, Any] = {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns$openSearch": "http://a9.com/-/spec/opensearchrss/1.0/",
            "id": _t(f"tag:blogger.com,1999:blog-{BLOG}"),
            "updated": _t(_stamp(max((x[1] for x in published), default=model.FIRST))),
            "category": [{"term": tag} for tag in self.blog.tags],
            "title": {"type": "text", "$t": self.blog.title},
            "link": self._feed_links(name, start, len(shown), len(published)),
            "author": [_author("Mina Halvorsen")],
            "generator": {"version": "7.00", "uri": "http://www.blogger.com", "$t": "Blogger"},
            "openSearch$totalResults": _t(str(len(published))),
            "openSearch$startIndex": _t(str(start)),
            "openSearch$itemsPerPage": _t(str(size)),
        }
        if shown:
            feed["entry"] = [row for *_, row in shown]
        return web.json_reply({"version": "1.0", "encoding": "UTF-8", "feed": feed})

    def _feed_links(self, name: str, start: int, shown: int, total: int) -> list[dict[str, str]]:
        own = f"{self.base}/feeds/{name}"
        links = [
            {"rel": "http://schemas.google.com/g/2005#feed", "type": "application/atom+xml", "href": own},
            {"rel": "self", "type": "application/atom+xml", "href": f"{own}?alt=json"},
            {"rel": "alternate", "type": "text/html", "href": f"{self.base}/"},
        ]
        if start + shown <= total:
            following = urlencode({"alt": "json", "start-index": start + shown, "max-results": 25})
            links.append({"rel": "next", "type": "application/atom+xml", "href": f"{own}?{following}"})
        return links

    def _entry(self, post: Post, form: str) -> dict[str, Any]:
        is_page = post in self.blog.pages
        href = f"{self.base}/p/about.html" if is_page else self.base + post.path
        text: dict[str, Any] = {"content": {"type": "html", "$t": post.html}}
        if form == "summary":
            text = {"summary": {"type": "text", "$t": post.first_sentence}}
        kind = "page" if is_page else "post"
        return {
            "id": _t(f"tag:blogger.com,1999:blog-{BLOG}.{kind}-{_id(post.number)}"),
            "published": _t(_stamp(post.published)),
            "updated": _t(_stamp(post.modified)),
            "category": [{"scheme": LABELS, "term": tag} for tag in post.tags],
            "title": {"type": "text", "$t": post.title},
            **text,
            "link": [
                {
                    "rel": "replies",
                    "type": "application/atom+xml",
                    "href": f"{self.base}/feeds/{_id(post.number)}/comments/default",
                    "title": "Post Comments",
                },
                {
                    "rel": "self",
                    "type": "application/atom+xml",
                    "href": f"{API}/posts/default/{_id(post.number)}",
                },
                {"rel": "alternate", "type": "text/html", "href": href, "title": post.title},
            ],
            "author": [_author(post.author.name)],
            "thr$total": _t(str(len(post.comments))),
        }

    def _said(self, comment: Comment, post: Post) -> dict[str, Any]:
        post_id = _id(post.number)
        links = [
            {
                "rel": "self",
                "type": "application/atom+xml",
                "href": f"{API}/{post_id}/comments/default/{_id(comment.number)}",
            },
            {"rel": "alternate", "type": "text/html", "href": self._comment_address(comment, post), "title": ""},
        ]
        if comment.parent:
            above = f"{API}/{post_id}/comments/default/{_id(comment.parent)}"
            links.append({"rel": "related", "type": "application/atom+xml", "href": above})
        return {
            "id": _t(f"tag:blogger.com,1999:blog-{BLOG}.post-{_id(comment.number)}"),
            "published": _t(_stamp(comment.date)),
            "updated": _t(_stamp(comment.date)),
            "title": {"type": "text", "$t": comment.text[:40]},
            "content": {"type": "html", "$t": comment.text},
            "link": links,
            "author": [_author(comment.author)],
            "thr$in-reply-to": {
                "xmlns$thr": "http://purl.org/syndication/thread/1.0",
                "href": self.base + post.path,
                "ref": f"tag:blogger.com,1999:blog-{BLOG}.post-{post_id}",
                "source": f"http://www.blogger.com/feeds/{BLOG}/posts/default/{post_id}",
                "type": "text/html",
            },
            "gd$extendedProperty": [
                {"name": "blogger.itemClass", "value": "pid-1178"},
                {"name": "blogger.displayTime", "value": _clock(comment.date)},
            ],
        }

    def _comment_address(self, comment: Comment, post: Post) -> str:
        stamp = int(comment.date.timestamp() * 1000)
        return f"{self.base}{post.path}?showComment={stamp}#c{_id(comment.number)}"

    # --- pages --------------------------------------------------------------------------------------

    def _head(self, more: str = "") -> str:
        feeds = ""
        if "no_feed" not in self.faults:
            feeds = (
                web.feed_link(f"{self.base}/feeds/posts/default", "application/atom+xml")
                + web.feed_link(f"{self.base}/feeds/posts/default?alt=rss")
                + f'<link rel="service.post" type="application/atom+xml" title="{self.blog.title} - Atom" '
                f'href="https://www.blogger.com/feeds/{BLOG}/posts/default">'
            )
        return (
            "<meta content='blogger' name='generator'>\n"
            f'{feeds}\n<link rel="stylesheet" '
            'href="https://www.blogger.com/static/v1/widgets/55013136-widget_css_bundle.css">\n'
            '<link rel="stylesheet" '
            f'href="https://www.blogger.com/dyn-css/authorization.css?targetBlogID={BLOG}">\n{more}'
        )

    def _shell(self) -> str:
        """Any page of a dynamic view: scripts fetch and show everything."""
        scripts = '<script src="//www.blogblog.com/dynamicviews/4224c15c4e7c9321/js/common.js"></script>'
        body = (
            '<div class="content"><div class="content-outer"><div class="content-cap-top"></div></div></div>'
            "<script>window.setTimeout(function() { document.body.className = "
            'document.body.className.replace("loading", '
            '""); }, 10);</script>\n<script>blogger.ui().configure().view();</script>'
        )
        return web.page(self.blog.title, self._head(scripts), body, "variant-classic loading")

    def _frame(self, title: str, main: str, body_class: str, more: str = "") -> str:
        months = "".join(
            f'<li class="archivedate"><a class="post-count-link" href="{self.base}/{y}/{m:02d}/">{y}-{m:02d}</a> '
            f'<span class="post-count">({len(posts)})</span></li>'
            for (y, m), posts in self.blog.months().items()
        )
        labels = "".join(
            f'<li><a href="{self.base}/search/label/{escape(tag)}">{tag}</a></li>' for tag in self.blog.tags
        )
        body = (
            f'<div class="content"><header><div class="Header" id="Header1"><h1 class="title"><a href="{self.base}/">'
            f'{self.blog.title}</a></h1></div></header>\n<div class="main section" id="main"><div class="widget Blog" '
            f'id="Blog1">\n{main}\n</div></div>\n<aside class="sidebar"><div class="widget PageList" id="PageList1">'
            "<ul>"
            f'<li><a href="{self.base}/p/about.html">About this blog</a></li></ul></div>'
            f'<div class="widget BlogArchive" id="BlogArchive1"><h2>Blog Archive</h2><ul class="hierarchy">{months}'
            "</ul>"
            f'</div><div class="widget Label" id="Label1"><h2>Labels</h2><ul>{labels}</ul></div></aside>\n'
            '<footer>Powered by <a href="https://www.blogger.com">Blogger</a>.</footer></div>'
        )
        return web.page(title, self._head(more), body, body_class)

    def _home(self, query: dict[str, str]) -> str:
        if "dynamic" in self.faults:
            return self._shell()
        until = _moment(query.get("updated-max"))
        posts = [post for post in self.blog.posts if until is None or post.published < until]
        shown = posts[:PER_HOME]
        older = ""
        if len(posts) > PER_HOME:
            href = urlencode({"updated-max": shown[-1].published.isoformat(), "max-results": PER_HOME})
            older = (
                f'<span id="blog-pager-older-link"><a class="blog-pager-older-link" href="{self.base}/search?'
                f'{escape(href)}" title="Older Posts">Older Posts</a></span>'
            )
        return self._list(shown, f'<div class="blog-pager" id="blog-pager">{older}</div>')

    def _list(self, posts: Sequence[Post], pager: str) -> str:
        if "dynamic" in self.faults:
            return self._shell()
        dated = "".join(
            f'<h2 class="date-header"><span>{post.published:%A, %B %d, %Y}</span>'
            f"</h2>{self._outer(post, is_single=False)}"
            for post in posts
        )
        return self._frame(self.blog.title, f'<div class="blog-posts hfeed">{dated}</div>{pager}', "feed-view")

    def _outer(self, post: Post, *, is_single: bool) -> str:
        href = self.base + (post.path if post in self.blog.posts else "/p/about.html")
        labels = ", ".join(f'<a href="{self.base}/search/label/{escape(t)}" rel="tag">{t}</a>' for t in post.tags)
        title = post.title if is_single else f'<a href="{href}">{post.title}</a>'
        return (
            '<div class="post-outer"><div class="post hentry uncustomized-post-template" itemprop="blogPost" itemscope '
            f'itemtype="http://schema.org/BlogPosting"><a name="{_id(post.number)}"></a><h3 class="post-title '
            'entry-title" '
            f'itemprop="name">{title}</h3>\n<div class="post-body entry-content" id="post-body-{_id(post.number)}" '
            f'itemprop="description articleBody">\n{post.html}\n<div style="clear: both;"></div></div>\n'
            '<div class="post-footer"><div class="post-footer-line post-footer-line-1"><span class="post-author vcard">'
            f'Posted by <span class="fn" itemprop="author" itemscope itemtype="http://schema.org/Person"><span '
            f'itemprop="name">{post.author.name}</span></span></span> <span class="post-timestamp">at <a '
            f'class="timestamp-link" href="{href}" rel="bookmark"><abbr class="published" itemprop="datePublished" '
            f'title="{post.published.isoformat()}">{post.published:%H:%M}</abbr></a></span> <span '
            'class="post-comment-link">'
            f'<a class="comment-link" href="{href}#comment-form">{len(post.comments)} comments:</a></span></div>'
            f'<div class="post-footer-line post-footer-line-2"><span class="post-labels">Labels: {labels}</span></div>'
            '<div class="post-share-buttons goog-inline-block"><a class="goog-inline-block share-button sb-email" '
            'href="https://www.blogger.com/share-post.g" title="Email This">Email This</a></div></div></div></div>'
        )

    def _page(self, post: Post, *, is_post: bool) -> str:
        canonical = self.base + (post.path if is_post else "/p/about.html")
        more = (
            f'<link rel="canonical" href="{canonical}">\n{web.meta_property("og:url", canonical)}\n'
            f"{web.meta_property('og:title', post.title)}"
        )
        day = f'<h2 class="date-header"><span>{post.published:%A, %B %d, %Y}</span></h2>' if is_post else ""
        main = f'<div class="blog-posts hfeed">{day}{self._outer(post, is_single=True)}{self._discussion(post)}</div>'
        return self._frame(f"{self.blog.title}: {post.title}", main, "item-view" if is_post else "static_page", more)

    def _discussion(self, post: Post) -> str:
        items = "".join(self._comment(c, post) for c in post.comments if c.parent is None)
        return (
            f'<div class="comments" id="comments"><a name="comments"></a><h4>{len(post.comments)} comments:</h4>'
            '<div class="comments-content"><div id="comment-holder"><div class="comment-thread toplevel-thread">'
            f'<ol id="top-ra">{items}</ol></div></div></div><p class="comment-footer"><a name="comment-form"></a>'
            '<iframe id="comment-editor" src="https://www.blogger.com/comment/frame/1"></iframe></p></div>'
        )

    def _comment(self, comment: Comment, post: Post) -> str:
        replies = "".join(self._comment(c, post) for c in post.comments if c.parent == comment.number)
        below = f'<div class="comment-replies"><div class="comment-thread inline-thread"><ol>{replies}</ol></div></div>'
        return (
            f'<li class="comment" id="c{_id(comment.number)}"><div class="avatar-image-container"></div>'
            '<div class="comment-block"><div class="comment-header"><cite class="user"><a '
            'href="https://www.blogger.com/'
            f'profile/1" rel="nofollow">{comment.author}</a></cite><span class="icon user"></span>'
            f'<span class="datetime secondary-text"><a rel="nofollow" href="{self._comment_address(comment, post)}">'
            f'{_clock(comment.date)}</a></span></div><p class="comment-content">{comment.text}</p>'
            f'<span class="comment-actions secondary-text"><a class="comment-reply">Reply</a></span></div>'
            f"{below if replies else ''}</li>"
        )


def _id(number: int) -> str:
    return str(2_000_000_000_000_000_000 + number * 7919)


def _t(text: str) -> dict[str, str]:
    return {"$t": text}


def _author(name: str) -> dict[str, Any]:
    return {
        "name": _t(name),
        "uri": _t("http://www.blogger.com/profile/1"),
        "email": _t("noreply@blogger.com"),
        "gd$image": {
            "rel": "http://schemas.google.com/g/2005#thumbnail",
            "src": "https://img1.blogblog.com/img/b16.gif",
        },
    }


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _clock(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year} at {moment:%I:%M %p}".replace(" 0", " ")


def _published(thing: Post | Comment) -> datetime:
    return thing.published if isinstance(thing, Post) else thing.date


def _changed(thing: Post | Comment) -> datetime:
    return thing.modified if isinstance(thing, Post) else thing.date


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=model.ZONE)
