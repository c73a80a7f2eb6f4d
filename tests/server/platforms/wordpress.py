"""WordPress on a host of its own: REST API, core's sitemaps, feeds, and pages as its usual themes show them.

Faults: `rest_route` (plain permalinks: everything is a query of the first page), `rest_403` (a plugin shuts the API),
`no_sitemap`, `sitemap_hole` (a plugin leaves every third post out), `feed_repeats` (the feed does not heed its page
number), `no_feed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from typing import Any

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Blog, Comment, Platform, Post, Truth
from server.replies import PLAIN, XML, Reply, Request, error, plain, redirect

NAME = "wordpress"
FAULTS = (
    frozenset[str](),
    frozenset({"rest_route"}),
    frozenset({"rest_403"}),
    frozenset({"rest_403", "sitemap_hole"}),
    frozenset({"rest_403", "no_sitemap"}),
    frozenset({"rest_403", "no_sitemap", "feed_repeats"}),
    frozenset({"rest_403", "no_sitemap", "no_feed", "rest_route"}),
)
PER_PAGE, PER_FEED, PER_SITEMAP, PER_COMMENTS = 10, 10, 2000, 50
FORBIDDEN = {"code": "rest_forbidden", "message": "Sorry, you are not allowed to do that.", "data": {"status": 403}}


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog."""
    server = BlogServer()
    engine = WordPress(server, faults, count)
    with server:
        yield Platform(server, server.url, engine.truth())


class WordPress:
    """A WordPress that answers the requests of one server.

    A subclass names another generator (`generator`), puts more into the head of each page (`head`) and below each
    post (`furniture`).
    """

    generator = "WordPress 6.5.3"
    feed_generator = "https://wordpress.org/?v=6.5.3"

    def __init__(self, server: BlogServer, faults: frozenset[str], count: int, *, is_small: bool = False) -> None:
        self.server, self.faults = server, faults
        self.is_plain = "rest_route" in faults
        long_one = 0 if count > 200 or is_small else 2 * PER_COMMENTS + 10
        self.blog = self.made(count, long_one)
        self.by_path = {post.path: post for post in self.blog.posts}
        self.by_number = {post.number: post for post in self.blog.posts}
        server.otherwise = self.answer

    def made(self, count: int, long_one: int) -> Blog:
        """The blog; deleted posts and old addresses are still in a cached sitemap."""
        return model.make(count, self.path_of, closed=("password",), long_one=long_one)

    def truth(self) -> Truth:
        """What is true of the blog."""
        told: dict[str, object] = {"pages": tuple(self.path_of_page(page) for page in self.blog.pages)}
        if {"no_sitemap", "rest_route"} & self.faults:
            # WordPress with plain permalinks has no sitemap plugin here, whose cache would name old addresses
            told |= {"gone": (), "moved": {}}
        if self.is_plain:
            told["closed"] = {post.path: "password" for post in self.blog.posts if post.access == "password"}
        return model.truth(self.blog, **told)

    # --- addresses ----------------------------------------------------------------------------------

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def path_of(self, post: Post) -> str:
        """Where a post lies."""
        if self.is_plain:
            return f"/?p={post.number}"
        return f"/{post.published:%Y/%m}/{post.slug}/"

    def path_of_page(self, page: Post) -> str:
        """Where a fixed page lies."""
        return f"/?page_id={page.number}" if self.is_plain else f"/{page.slug}/"

    def below(self, path: str, pretty: str, query: str) -> str:
        """An address below a post's or a list's: as a folder or as a field of the query."""
        if not self.is_plain:
            return f"{path}{pretty}"
        return f"{path}{'&' if '?' in path else '?'}{query}"

    @property
    def api(self) -> str:
        """The root of the REST API."""
        return f"{self.base}/index.php?rest_route=/" if self.is_plain else f"{self.base}/wp-json/"

    @property
    def feed(self) -> str:
        """The blog's feed."""
        return self.below("/", "feed/", "feed=rss2")

    # --- answers ------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """Answer any request."""
        query, path = request.query, request.path
        if path in ("/", "/index.php") and query:
            path = self._pretty(query)
        parts = [part for part in path.split("/") if part]
        match parts:
            case ["robots.txt"]:
                return self._robots()
            case ["wp-json", *route]:
                return self._api(route, query)
            case [name] if name.startswith("wp-sitemap"):
                return self._sitemap(name)
            case ["sitemap.xml"] if "no_sitemap" not in self.faults:
                return redirect(f"{self.base}/wp-sitemap.xml")
            case ["feed"]:
                return self._feed(request)
            case ["comments", "feed"]:
                return self._comments_feed(request, self.blog.comments[:PER_FEED])
            case []:
                return self._list("", self.blog.posts, 1)
            case ["page", n]:
                return self._list("", self.blog.posts, web.number(n, 1))
            case ["category", _] | ["category", _, "page", _]:
                return self._list("/category/uncategorised", self.blog.posts, web.number(parts[-1], 1))
            case ["tag", slug] | ["tag", slug, "page", _]:
                posts = [post for post in self.blog.posts if slug in map(_slug, post.tags)]
                return self._list(f"/tag/{slug}", posts, web.number(parts[-1], 1))
            case ["author", slug] | ["author", slug, "page", _]:
                posts = [post for post in self.blog.posts if post.author.slug == slug]
                return self._list(f"/author/{slug}", posts, web.number(parts[-1], 1))
            case [y, m] | [y, m, "page", _] if y.isdecimal() and m.isdecimal() and not self.is_plain:
                posts = self.blog.months().get((int(y), int(m)), [])
                page = web.number(parts[3], 1) if len(parts) == 4 else 1
                return self._list(f"/{y}/{m}", posts, page) if posts else self._missing()
        return self._post(request, path)

    def _pretty(self, query: dict[str, str]) -> str:
        """The path that means the same as a query, as a post's with its parts or a list's."""
        if "rest_route" in query:
            return "/wp-json" + query["rest_route"]
        if "feed" in query:
            folder = f"/post/{query['p']}" if "p" in query else "/comments" if "comments" in query["feed"] else ""
            return f"{folder}/feed/"
        if "sitemap" in query:
            names = [query.get(name, "") for name in ("sitemap", "sitemap-subtype", "paged")]
            return "/wp-sitemap.xml" if names[0] == "index" else f"/wp-sitemap-{'-'.join(filter(None, names))}.xml"
        if "p" in query:
            part = f"{query['page']}/" if "page" in query else ""
            return f"/post/{query['p']}/{part}" + (f"comment-page-{query['cpage']}/" if "cpage" in query else "")
        if "page_id" in query:
            return "/page_id/" + query["page_id"]
        paging = f"page/{query['paged']}/" if "paged" in query else ""
        if "m" in query:
            return f"/month/{query['m']}/{paging}"
        for name, folder in (("cat", "category"), ("tag", "tag"), ("author", "author")):
            if name in query:
                slug = {author.number: author.slug for author in self._authors()}.get(web.number(query[name], 0))
                return f"/{folder}/{slug if name == 'author' else query[name]}/{paging}"
        return f"/{paging}"

    def _post(self, request: Request, path: str) -> Reply:
        """A post with its further pages, pages of comments and feed; a fixed page; a month by a query; or nothing."""
        for page in self.blog.pages:
            if path in (self.path_of_page(page), f"/page_id/{page.number}"):
                return plain(self._fixed(page))
        if path in self.blog.moved:
            return redirect(self.base + self.blog.moved[path].path)
        if path == self.blog.gone[0]:
            return error(410)
        parts = [part for part in path.split("/") if part]
        if parts[:1] == ["month"] and len(parts) > 1 and len(parts[1]) == 6:
            posts = self.blog.months().get((int(parts[1][:4]), int(parts[1][4:])), [])
            return self._list(f"/?m={parts[1]}", posts, web.number(parts[-1], 1) if len(parts) > 2 else 1)
        depth = 2 if parts[:1] == ["post"] else 3
        own, rest = parts[:depth], parts[depth:]
        post = self.by_number.get(web.number(own[-1], 0)) if depth == 2 else self.by_path.get("/".join(["", *own, ""]))
        if post is None:
            return self._missing()
        if rest == ["feed"]:
            comments = [(comment, post) for comment in reversed(post.comments)]
            return self._comments_feed(request, comments[:PER_FEED])
        part, comments_page = 1, None
        for name in rest:
            if name.startswith("comment-page-"):
                comments_page = web.number(name.rpartition("-")[2], 1)
            elif name.isdecimal():
                part = int(name)
            else:
                return self._missing()
        if part > len(self._parts(post)):
            return redirect(self.base + post.path)
        if comments_page and comments_page > len(self._comment_pages(post)):
            return self._missing()
        return plain(self._single(post, part, comments_page), fields=self._link_header())

    def _robots(self) -> Reply:
        lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"]
        if "no_sitemap" not in self.faults:
            lines += ["", f"Sitemap: {self.base}{'/?sitemap=index' if self.is_plain else '/wp-sitemap.xml'}"]
        return plain("\n".join(lines) + "\n", PLAIN)

    def _missing(self) -> Reply:
        body = (
            '<main id="main"><section class="error-404 not-found"><h1>That page can’t be found.</h1></section></main>'
        )
        return error(404, web.page("Page not found", self.head(), body, "error404"))

    def _link_header(self) -> list[tuple[str, str]]:
        return [("Link", f'<{self.api}>; rel="https://api.w.org/"')]

    def _authors(self) -> list[model.Author]:
        return list(dict.fromkeys(post.author for post in self.blog.posts))

    # --- REST ---------------------------------------------------------------------------------------

    def _api(self, route: Sequence[str], query: dict[str, str]) -> Reply:
        if "rest_403" in self.faults:
            return web.json_reply(FORBIDDEN, 403)
        match route:
            case []:
                return web.json_reply({"name": self.blog.title, "namespaces": ["oembed/1.0", "wp/v2"], "routes": {}})
            case ["wp", "v2", "posts"]:
                posts = list(self.blog.posts)
                return self._rows([(self._row(post, "post"), post.modified) for post in posts], query, "post")
            case ["wp", "v2", "pages"]:
                return self._rows([(self._row(page, "page"), page.modified) for page in self.blog.pages], query, "page")
            case ["wp", "v2", "comments"]:
                pairs = self.blog.comments
                if "post" in query:
                    pairs = tuple(pair for pair in pairs if str(pair[1].number) == query["post"])
                return self._rows([(self._comment_row(*pair), pair[0].date) for pair in pairs], query, "comment")
        return web.json_reply({"code": "rest_no_route", "message": "No route.", "data": {"status": 404}}, 404)

    def _rows(self, rows: list[tuple[dict[str, Any], Any]], query: dict[str, str], what: str) -> Reply:
        """A page of rows as the API sorts and cuts them."""
        size, page = web.number(query.get("per_page"), 10), web.number(query.get("page"), 1)
        if not 1 <= size <= 100 or page < 1:
            told = {"per_page": "per_page must be between 1 (inclusive) and 100 (inclusive)"}
            data = {"status": 400, "params": told}
            return web.json_reply({"code": "rest_invalid_param", "message": "Invalid parameter(s)", "data": data}, 400)
        order = query.get("orderby", "date_gmt" if what == "comment" else "date")
        keys = {"id": lambda pair: pair[0]["id"], "modified": lambda pair: pair[1]}
        key = keys.get(order, lambda pair: (pair[0]["date"], pair[0]["id"]))
        rows = sorted(rows, key=key, reverse=query.get("order", "desc") == "desc")
        pages = -(-len(rows) // size)
        if page > pages and what != "comment" and page > 1:
            told = "The page number requested is larger than the number of pages available."
            code = f"rest_{what}_invalid_page_number"
            return web.json_reply({"code": code, "message": told, "data": {"status": 400}}, 400)
        shown = [row for row, _ in rows[(page - 1) * size : page * size]]
        if "_embed" not in query:
            shown = [{name: value for name, value in row.items() if name != "_embedded"} for row in shown]
        shown = [web.chosen(row, query.get("_fields")) for row in shown]
        return web.json_reply(shown, 200, [("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", str(pages))])

    def _row(self, post: Post, kind: str) -> dict[str, Any]:
        is_shut = post.access == "password"
        path = post.path if kind == "post" else self.path_of_page(post)
        text = "" if is_shut else post.html
        terms = [[{"id": 1, "name": "Uncategorised", "taxonomy": "category", "slug": "uncategorised"}]]
        terms.append([{"id": 10, "name": tag, "taxonomy": "post_tag", "slug": _slug(tag)} for tag in post.tags])
        author = {"id": post.author.number, "name": post.author.name, "link": f"{self.base}/author/{post.author.slug}/"}
        return {
            "id": post.number,
            "date": f"{post.published:%Y-%m-%dT%H:%M:%S}",
            "date_gmt": web.utc(post.published)[:-1],
            "guid": {"rendered": f"{self.base}/?p={post.number}"},
            "modified": f"{post.modified:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": web.utc(post.modified)[:-1],
            "slug": post.slug,
            "status": "publish",
            "type": kind,
            "link": self.base + path,
            "title": {"rendered": f"Protected: {post.title}" if is_shut else post.title},
            "content": {"rendered": text, "protected": is_shut},
            "excerpt": {"rendered": "" if is_shut else f"<p>{post.first_sentence}</p>", "protected": is_shut},
            "author": post.author.number,
            "featured_media": 0,
            "comment_status": "open",
            "ping_status": "open",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": [],
            "categories": [1],
            "tags": [10],
            "_links": {"self": [{"href": f"{self.api}wp/v2/{kind}s/{post.number}"}]},
            "_embedded": {"author": [author], "wp:term": terms},
        }

    def _comment_row(self, comment: Comment, post: Post) -> dict[str, Any]:
        return {
            "id": comment.number,
            "post": post.number,
            "parent": comment.parent or 0,
            "author": 0,
            "author_name": comment.author,
            "author_url": "",
            "date": f"{comment.date:%Y-%m-%dT%H:%M:%S}",
            "date_gmt": web.utc(comment.date)[:-1],
            "content": {"rendered": f"<p>{comment.text}</p>\n"},
            "link": self._comment_address(comment, post),
            "status": "approved",
            "type": "comment",
            "author_avatar_urls": {"24": "https://secure.gravatar.com/avatar/?s=24"},
            "meta": [],
        }

    def _comment_address(self, comment: Comment, post: Post) -> str:
        pages = self._comment_pages(post)
        page = next(n for n, page in enumerate(pages, 1) if comment in page)
        path = post.path
        if len(pages) > 1:
            path = self.below(path, f"comment-page-{page}/", f"cpage={page}")
        return f"{self.base}{path}#comment-{comment.number}"

    # --- sitemaps -----------------------------------------------------------------------------------

    def _sitemap(self, name: str) -> Reply:
        if "no_sitemap" in self.faults:
            return self._missing()
        listed = self.in_sitemap()
        names = [f"posts-post-{n}" for n in range(1, -(-len(listed) // PER_SITEMAP) + 1)]
        if name == "wp-sitemap.xml":
            names += ["posts-page-1", "taxonomies-category-1", "users-1"]
            return plain(web.sitemap_index((self._sitemap_address(n), None) for n in names), XML)
        what = name.removeprefix("wp-sitemap-").removesuffix(".xml")
        if what in names:
            at = names.index(what) * PER_SITEMAP
            return plain(web.sitemap(listed[at : at + PER_SITEMAP]), XML)
        if what == "posts-page-1":
            pages = [(self.base + self.path_of_page(page), page.modified.isoformat()) for page in self.blog.pages]
            return plain(web.sitemap(pages), XML)
        if what.startswith("taxonomies"):
            return plain(
                web.sitemap([(f"{self.base}{self.below('/', 'category/uncategorised/', 'cat=1')}", None)]), XML
            )
        if what.startswith("users"):
            rows = [
                (self.base + self.below("/", f"author/{author.slug}/", f"author={author.number}"), None)
                for author in self._authors()
            ]
            return plain(web.sitemap(rows), XML)
        return self._missing()

    def in_sitemap(self) -> list[tuple[str, str | None]]:
        """The posts that the sitemap names, by number, with their dates of change."""
        posts = sorted(self.blog.posts, key=lambda post: post.number)
        if "sitemap_hole" in self.faults:
            posts = [post for post in posts if post.number % 3]
        rows: list[tuple[str, str | None]] = [(self.base + p.path, p.modified.isoformat()) for p in posts]
        if not self.is_plain:
            rows += [(self.base + path, model.FIRST.isoformat()) for path in (*self.blog.gone, *self.blog.moved)]
        return rows

    def _sitemap_address(self, name: str) -> str:
        if not self.is_plain:
            return f"{self.base}/wp-sitemap-{name}.xml"
        kind, *rest = name.split("-")
        subtype = f"&sitemap-subtype={rest[0]}" if len(rest) > 1 else ""
        return f"{self.base}/?sitemap={kind}{subtype}&paged={rest[-1]}"

    # --- feeds --------------------------------------------------------------------------------------

    def _feed(self, request: Request) -> Reply:
        if "no_feed" in self.faults:
            return error(404)
        page = web.number(request.query.get("paged"), 1)
        pages = web.paged(self.blog.posts, PER_FEED)
        if page > len(pages) and "feed_repeats" not in self.faults:
            return error(404)
        posts = pages[0 if "feed_repeats" in self.faults else page - 1]

        def item(post: Post) -> str:
            is_shut = post.access == "password"
            shown = replace(post, paragraphs=("There is no excerpt because this is a protected post.",))
            return (
                f"{web.full_item(shown if is_shut else post)}"
                f'<guid isPermaLink="false">{self.base}/?p={post.number}</guid>'
                f"<comments>{escape(self.base + post.path)}#comments</comments>"
                f"<wfw:commentRss>{escape(self.base + self.below(post.path, 'feed/', 'feed=rss2'))}</wfw:commentRss>"
                f"<slash:comments>{len(post.comments)}</slash:comments>"
            )

        channel = f"<generator>{self.feed_generator}</generator>"
        text = web.rss(self.blog.title, f"{self.base}/", posts, item, channel)
        page_ = web.kept(text, web.RSS, max(post.modified for post in self.blog.posts))
        return page_ if isinstance(page_, Reply) else page_(request)

    def _comments_feed(self, request: Request, pairs: Sequence[tuple[Comment, Post]]) -> Reply:
        if "no_feed" in self.faults:
            return error(404)
        items = "".join(
            f"<item><title>Comment on {escape(post.title)} by {comment.author}</title>"
            f"<link>{escape(self._comment_address(comment, post))}</link>"
            f"<dc:creator><![CDATA[{comment.author}]]></dc:creator>"
            f"<pubDate>{web.http_date(comment.date)}</pubDate>"
            f'<guid isPermaLink="false">{escape(self._comment_address(comment, post))}</guid>'
            f"<content:encoded><![CDATA[{self._answered(comment, post)}<p>{comment.text}</p>]]></content:encoded>"
            "</item>\n"
            for comment, post in pairs
        )
        text = web.rss(f"Comments for {self.blog.title}", f"{self.base}/", (), lambda post: "", items)
        page = web.kept(text, web.RSS)
        return page if isinstance(page, Reply) else page(request)

    def _answered(self, comment: Comment, post: Post) -> str:
        """What WordPress puts before an answer, in feeds only."""
        above = next((c for c in post.comments if c.number == comment.parent), None)
        return (
            (f'<p>In reply to <a href="{self._comment_address(above, post)}">{above.author}</a>.</p>\n')
            if above
            else ""
        )

    # --- pages --------------------------------------------------------------------------------------

    def head(self, more: str = "") -> str:
        """What stands in the head of each page."""
        feeds = "" if "no_feed" in self.faults else web.feed_link(self.base + self.feed)
        return (
            f'{feeds}\n<link rel="stylesheet" href="{self.base}/wp-content/themes/twentytwentyone/style.css?ver=1.9">\n'
            f'<link rel="https://api.w.org/" href="{self.api}">\n'
            f'<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{self.base}/xmlrpc.php?rsd">\n'
            f'<meta name="generator" content="{self.generator}">\n{more}'
        )

    def furniture(self, post: Post) -> str:
        """What plugins put below a post's text."""
        return ""

    def frame(self, title: str, main: str, body_class: str, more: str = "") -> str:
        """A page with the theme's header, sidebar and footer."""
        latest = "".join(f'<li><a href="{escape(self.base + p.path)}">{p.title}</a></li>' for p in self.blog.posts[:5])
        months = "".join(
            f'<li><a href="{self.base}{escape(self.below("/", f"{y}/{m:02d}/", f"m={y}{m:02d}"))}">{y}-{m:02d}</a></li>'
            for y, m in list(self.blog.months())[:24]
        )
        tags = "".join(
            f'<a href="{self.base}{escape(self.below("/", f"tag/{_slug(tag)}/", f"tag={_slug(tag)}"))}">{tag}</a> '
            for tag in self.blog.tags
        )
        pages = "".join(
            f'<li class="page_item"><a href="{escape(self.base + self.path_of_page(page))}">{page.title}</a></li>'
            for page in self.blog.pages
        )
        body = (
            '<div id="page" class="site"><a class="skip-link screen-reader-text" href="#content">Skip to content</a>\n'
            f'<header id="masthead" class="site-header"><p class="site-title"><a href="{self.base}/" rel="home">'
            f'{self.blog.title}</a></p><nav class="main-navigation"><ul>{pages}</ul></nav></header>\n'
            f'<div id="content" class="site-content"><main id="main" class="site-main">\n{main}\n</main>\n'
            '<aside id="secondary" class="widget-area"><section class="widget widget_search"><form role="search">'
            '<input type="search" name="s"></form></section><section class="widget widget_recent_entries">'
            f'<h2 class="widget-title">Recent Posts</h2><ul>{latest}</ul></section>'
            f'<section class="widget widget_archive"><h2 class="widget-title">Archives</h2><ul>{months}</ul></section>'
            f'<section class="widget widget_tag_cloud">{tags}</section><section class="widget widget_meta"><ul>'
            f'<li><a href="{self.base}/wp-login.php">Log in</a></li><li><a href="{escape(self.base + self.feed)}">'
            "Entries feed</a></li></ul></section></aside></div>\n"
            '<footer class="site-footer">Proudly powered by <a href="https://wordpress.org/">WordPress</a>.</footer>'
            "</div>"
        )
        return web.page(f"{title} – {self.blog.title}", self.head(more), body, body_class)

    def _list(self, folder: str, posts: Sequence[Post], page: int) -> Reply:
        pages = web.paged(posts, PER_PAGE)
        if page > len(pages) or (not posts and folder):
            return self._missing()
        rows = "".join(
            f'<article id="post-{post.number}" class="{self._classes(post)}"><header class="entry-header">'
            f'<h2 class="entry-title"><a href="{escape(self.base + post.path)}" rel="bookmark">{post.title}</a></h2>'
            f'<div class="entry-meta">{self._byline(post)}</div></header><div class="entry-summary">'
            f"<p>{post.first_sentence if post.access == 'public' else 'There is no excerpt.'} "
            f'<a class="more-link" href="{escape(self.base + post.path)}">Continue reading</a></p></div></article>\n'
            for post in pages[page - 1]
        )
        folder = folder or "/" if self.is_plain else folder
        if self.is_plain and folder.startswith("/tag/"):
            folder = f"/?tag={folder[5:]}"
        older = newer = ""
        if page < len(pages):
            href = self._page_of(folder, page + 1)
            older = f'<div class="nav-previous"><a href="{escape(self.base + href)}">Older posts</a></div>'
        if page > 1:
            href = self._page_of(folder, page - 1)
            newer = f'<div class="nav-next"><a href="{escape(self.base + href)}">Newer posts</a></div>'
        nav = f'<nav class="navigation posts-navigation"><div class="nav-links">{older}{newer}</div></nav>'
        kind = "archive" if folder not in ("", "/") else "home"
        return plain(self.frame("Posts", f"{rows}{nav}", f"{kind} blog hfeed"), fields=self._link_header())

    def _page_of(self, folder: str, page: int) -> str:
        if self.is_plain:
            return f"{folder}{'&' if '?' in folder else '?'}paged={page}" if page > 1 else folder
        return f"{folder}/page/{page}/" if page > 1 else f"{folder}/"

    def _classes(self, post: Post) -> str:
        tags = " ".join(f"tag-{_slug(tag)}" for tag in post.tags)
        return (
            f"post-{post.number} post type-post status-publish format-standard hentry category-uncategorised {tags}"
            f"{' post-password-required' if post.access == 'password' else ''}"
        )

    def _byline(self, post: Post) -> str:
        author = self.below("/", f"author/{post.author.slug}/", f"author={post.author.number}")
        return (
            f'<span class="posted-on">Posted on <a href="{escape(self.base + post.path)}" rel="bookmark">'
            f'<time class="entry-date published" datetime="{post.published.isoformat()}">{post.published:%B %d, %Y}'
            f'</time><time class="updated" datetime="{post.modified.isoformat()}">{post.modified:%B %d, %Y}</time>'
            f'</a></span> <span class="byline">by <span class="author vcard"><a class="url fn n" '
            f'href="{escape(self.base + author)}">{post.author.name}</a></span></span>'
        )

    def _parts(self, post: Post) -> list[tuple[str, ...]]:
        """The text in pages: every tenth post has one of its own for each paragraph."""
        if post.number % 10 == 1 and post.access == "public":
            return [(paragraph,) for paragraph in post.paragraphs]
        return [post.paragraphs]

    def _single(self, post: Post, part: int, comments_page: int | None) -> str:
        parts = self._parts(post)
        text = (
            '<form action="/wp-login.php?action=postpass" class="post-password-form" method="post"><p>This content is '
            'password protected. To view it please enter your password below:</p><input name="post_password" '
            'type="password"></form>'
            if post.access == "password"
            else Post.html_of(parts[part - 1])
        )
        if len(parts) > 1:
            links = " ".join(
                f'<span class="post-page-numbers current" aria-current="page">{n}</span>'
                if n == part
                else f'<a href="{escape(self.base + self._part(post, n))}" class="post-page-numbers">{n}</a>'
                for n in range(1, len(parts) + 1)
            )
            text += f'\n<div class="page-links">Pages: {links}</div>'
        at = self.blog.posts.index(post) if len(self.blog.posts) < 200 else 0
        around = [
            f'<div class="nav-{name}"><a href="{escape(self.base + self.blog.posts[n].path)}" rel="{rel}">'
            f"{self.blog.posts[n].title}</a></div>"
            for n, name, rel in ((at + 1, "previous", "prev"), (at - 1, "next", "next"))
            if 0 <= n < len(self.blog.posts)
        ]
        tag = "".join(
            f'<a href="{self.base}{escape(self.below("/", f"tag/{_slug(t)}/", f"tag={_slug(t)}"))}" rel="tag">{t}</a>'
            for t in post.tags
        )
        title = f"Protected: {post.title}" if post.access == "password" else post.title
        main = (
            f'<article id="post-{post.number}" class="{self._classes(post)}"><header class="entry-header">'
            f'<h1 class="entry-title">{title}</h1><div class="entry-meta">{self._byline(post)}</div></header>\n'
            f'<div class="entry-content">\n{text}\n{self.furniture(post)}</div>\n'
            f'<footer class="entry-footer"><span class="cat-links">Posted in <a href="{self.base}/category/'
            f'uncategorised/" rel="category tag">Uncategorised</a></span> <span class="tags-links">Tagged {tag}</span>'
            f'</footer></article>\n<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post '
            f'navigation</h2><div class="nav-links">{"".join(around)}</div></nav>\n'
            f"{self._discussion(post, comments_page) if post.access == 'public' else ''}"
        )
        more = (
            f'<link rel="canonical" href="{escape(self.base + self._part(post, part))}">\n'
            f'<link rel="shortlink" href="{self.base}/?p={post.number}">\n'
            f'<link rel="alternate" type="application/json" href="{escape(self.api)}wp/v2/posts/{post.number}">'
        )
        classes = f"post-template-default single single-post postid-{post.number} single-format-standard"
        return self.frame(title, main, classes, more)

    def _part(self, post: Post, part: int) -> str:
        return self.below(post.path, f"{part}/", f"page={part}") if part > 1 else post.path

    def _comment_pages(self, post: Post) -> list[list[Comment]]:
        """The comments in pages of whole threads, the oldest first."""
        pages: list[list[Comment]] = [[]]
        for comment in post.comments:
            if comment.parent is None and len([c for c in pages[-1] if c.parent is None]) >= PER_COMMENTS:
                pages.append([])
            pages[-1].append(comment)
        return pages

    def _discussion(self, post: Post, page: int | None) -> str:
        """The comments of a page; without a number the last ones, as WordPress shows them unless told otherwise."""
        pages = self._comment_pages(post)
        shown = pages[page - 1] if page else pages[-1]
        page = page or len(pages)
        navigation = ""
        if len(pages) > 1:
            links = [
                f'<div class="nav-{name}"><a href="{escape(self.base + self._comments_at(post, n))}#comments">{text}'
                "</a>"
                "</div>"
                for n, name, text in ((page - 1, "previous", "Older comments"), (page + 1, "next", "Newer comments"))
                if 1 <= n <= len(pages)
            ]
            navigation = (
                '<nav class="navigation comment-navigation"><h2 class="screen-reader-text">Comments navigation</h2>'
                f'<div class="nav-links">{"".join(links)}</div></nav>'
            )
        items = "".join(self._comment(comment, shown, post, 1) for comment in shown if comment.parent is None)
        count = len(post.comments)
        title = f'<h2 class="comments-title">{count} thoughts on “{post.title}”</h2>' if count else ""
        return (
            f'<div id="comments" class="comments-area">{title}<ol class="comment-list">{items}</ol>{navigation}'
            '<div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">Leave a '
            "Reply</h3>"
            '<form><p class="comment-notes">Your email address will not be published. Required fields are marked *</p>'
            '<textarea name="comment"></textarea></form></div></div>'
        )

    def _comments_at(self, post: Post, page: int) -> str:
        return self.below(post.path, f"comment-page-{page}/", f"cpage={page}")

    def _comment(self, comment: Comment, among: Sequence[Comment], post: Post, depth: int) -> str:
        replies = "".join(self._comment(c, among, post, depth + 1) for c in among if c.parent == comment.number)
        children = f'<ol class="children">{replies}</ol>' if replies else ""
        reply = self.below(post.path, f"?replytocom={comment.number}", f"replytocom={comment.number}")
        return (
            f'<li id="comment-{comment.number}" class="comment depth-{depth}"><article '
            f'id="div-comment-{comment.number}" '
            'class="comment-body"><footer class="comment-meta"><div class="comment-author vcard">'
            f'<b class="fn">{comment.author}</b> <span class="says">says:</span></div><div class="comment-metadata">'
            f'<a href="{escape(self._comment_address(comment, post))}"><time datetime="{comment.date.isoformat()}">'
            f"{comment.date:%B %d, %Y at %H:%M}</time></a></div></footer>"
            f'<div class="comment-content"><p>{comment.text}</p></div><div class="reply"><a rel="nofollow" '
            f'class="comment-reply-link" href="{escape(self.base + reply)}#respond">Reply</a></div>'
            f"</article>{children}</li>\n"
        )

    def _fixed(self, page: Post) -> str:
        main = (
            f'<article id="post-{page.number}" class="post-{page.number} page type-page status-publish hentry">'
            f'<header class="entry-header"><h1 class="entry-title">{page.title}</h1></header>'
            f'<div class="entry-content">{page.html}</div></article>'
        )
        more = f'<link rel="canonical" href="{escape(self.base + self.path_of_page(page))}">'
        return self.frame(page.title, main, f"page-template-default page page-id-{page.number}", more)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
