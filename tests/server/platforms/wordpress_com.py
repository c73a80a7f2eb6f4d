"""WordPress.com: its API on a host of its own behind a gateway, Jetpack's sitemaps, feeds, and a theme with furniture.

A crawl needs `Platform.variables`: they have everything that is said to https go through a gateway, which knows one
host, the API's. No test ever asks the real one.

Faults: `api_403` (the owner has shut the API), `api_unreachable`, `no_sitemap`, `no_cursor` (answers name no next
page), `sitemap_hole` (twelve hours old: it lacks the latest posts).
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select
from socket import create_connection, socket
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Blog, Comment, Platform, Post, Truth
from server.platforms.wordpress import WordPress
from server.replies import PLAIN, XML, Reply, Request, error, plain

NAME = "wordpress.com"
FAULTS = (
    frozenset[str](),
    frozenset({"no_cursor"}),
    frozenset({"api_403", "sitemap_hole"}),
    frozenset({"api_unreachable"}),
    frozenset({"api_unreachable", "no_sitemap"}),
)
API_HOST = "public-api.wordpress.com"
SHUT = {"error": "unauthorized", "message": "API calls to this blog have been disabled."}


class Gateway(BlogServer):
    """A proxy that opens tunnels to one host alone, which is really `port` here; without a port, to none."""

    def __init__(self, host: str, port: int | None) -> None:
        super().__init__()
        self.host, self.tunnel_port = host, port
        self.asked: list[str] = []

    def _answer(self, connection: socket, received: bytes, number: int) -> bool:
        target = received.split(b" ", 2)[1].decode("latin-1")
        self.asked.append(target)
        if self.tunnel_port is None or target.rpartition(":")[0] != self.host:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        with create_connection(("127.0.0.1", self.tunnel_port), timeout=10) as origin:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            to = {connection: origin, origin: connection}
            while not self._stopped.is_set():
                for ready in select(list(to), [], [], 0.1)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return False
                    to[ready].sendall(data)
        return False


@contextmanager
def serve(faults: frozenset[str] = frozenset(), count: int = 30) -> Iterator[Platform]:
    """Serve a blog, its API, and the gateway to that."""
    with tempfile.TemporaryDirectory() as folder:
        server = BlogServer()
        engine = WordPressCom(server, faults, count, is_small=True)
        certificate = Path(folder) / "api.pem"
        api = BlogServer(tls=self_signed(API_HOST, certificate), otherwise=engine.api_answer)
        gateway = Gateway(API_HOST, None if "api_unreachable" in faults else api.port)
        with server, api, gateway:
            # the certificate vouches for itself
            variables = {"https_proxy": f"http://127.0.0.1:{gateway.port}", "SSL_CERT_FILE": str(certificate)}
            yield Platform(server, server.url, engine.truth(), variables, others=(api,))


def self_signed(host: str, path: Path) -> ssl.SSLContext:
    """Return a server's TLS context for a host; certificate and key are written to `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class WordPressCom(WordPress):
    """A blog on WordPress.com."""

    generator = "WordPress.com"
    feed_generator = "http://wordpress.com/"

    def made(self, count: int, long_one: int) -> Blog:
        """The blog."""
        return model.make(count, self.path_of, closed=("password",), long_one=long_one)

    def truth(self) -> Truth:
        """What is true of the blog: its API and its sitemap keep quiet about what is protected by a password."""
        truth = super().truth()
        return truth if {"api_403", "api_unreachable"} & self.faults else replace(truth, closed={})

    def answer(self, request: Request) -> Reply:
        """Answer what differs from a WordPress of one's own."""
        match [part for part in request.path.split("/") if part]:
            case ["robots.txt"]:
                lines = [
                    "User-agent: *",
                    "Disallow: /wp-admin/",
                    "Disallow: /wp-login.php",
                    "Disallow: /press-this.php",
                ]
                if "no_sitemap" not in self.faults:
                    lines[:0] = [f"Sitemap: {self.base}/sitemap.xml", f"Sitemap: {self.base}/news-sitemap.xml", ""]
                return plain("\n".join(lines) + "\n", PLAIN)
            case ["wp-json", *_]:
                return error(404)
            case [name] if "sitemap" in name:
                return self._jetpack(name)
        return super().answer(request)

    def _jetpack(self, name: str) -> Reply:
        if "no_sitemap" in self.faults:
            return error(404)
        if name == "sitemap.xml":
            names = ("sitemap-1.xml", "image-sitemap-1.xml")
            return plain(web.sitemap_index((f"{self.base}/{n}", None) for n in names), XML)
        if name == "sitemap-1.xml":
            rows = self.in_sitemap()
            pages = [(self.base + self.path_of_page(page), web.utc(page.modified)) for page in self.blog.pages]
            return plain(web.sitemap([(f"{self.base}/", None), *pages, *rows]), XML)
        if name == "image-sitemap-1.xml":
            return plain(web.sitemap([]), XML)
        return plain(web.sitemap([]), XML) if name == "news-sitemap.xml" else error(404)

    def in_sitemap(self) -> list[tuple[str, str | None]]:
        """All public posts but the latest ones, as long as the sitemap was not made anew; protected ones never."""
        posts = self.blog.public[3:] if "sitemap_hole" in self.faults else self.blog.public
        rows: list[tuple[str, str | None]] = [(self.base + p.path, web.utc(p.modified)) for p in posts]
        return rows + [(self.base + path, web.utc(model.FIRST)) for path in (*self.blog.gone, *self.blog.moved)]

    # --- API ----------------------------------------------------------------------------------------

    def api_answer(self, request: Request) -> Reply:
        """Answer a request to the API's host."""
        match [part for part in request.path.split("/") if part]:
            case ["robots.txt"]:
                return plain("User-agent: *\nDisallow: /me/\n", PLAIN)
            case ["rest", "v1.1", "sites", _, what] if "api_403" not in self.faults and what in ("posts", "comments"):
                return self._rest(request.query, what)
        return web.json_reply(SHUT, 403) if "api_403" in self.faults else web.json_reply({"error": "unknown_blog"}, 404)

    def _rest(self, query: dict[str, str], what: str) -> Reply:
        size = web.number(query.get("number"), 20)
        if size > 100:
            told = "The NUMBER parameter must be less than or equal to 100."
            return web.json_reply({"error": "invalid_number", "message": told}, 400)
        is_up = query.get("order", "DESC") == "ASC"
        rows: list[tuple[Any, dict[str, Any]]]
        if what == "comments":
            rows = [(c.number, self._comment_of_api(c, p)) for c, p in self.blog.comments]
        else:
            by = query.get("order_by", "date")
            everything = [*((post, "post") for post in self.blog.public), *((page, "page") for page in self.blog.pages)]
            wanted = [(p, kind) for p, kind in everything if query.get("type", "post") in ("any", kind)]
            keys = {"ID": lambda p: p.number, "modified": lambda p: p.modified, "date": lambda p: p.published}
            rows = [(keys.get(by, keys["date"])(p), self._post_of_api(p, kind)) for p, kind in wanted]
        rows.sort(key=lambda row: row[0], reverse=not is_up)
        found = len(rows)
        handle = query.get("page_handle", "")
        if handle.startswith("value=") and what == "posts":
            last = next(n for n, row in enumerate(rows) if f"value={row[1]['ID']}" == handle.split("&")[0])
            rows = rows[last + 1 :]
            found = len(rows)
        else:
            start = web.number(query.get("offset"), (web.number(query.get("page"), 1) - 1) * size)
            rows = rows[start:]
        shown = [web.chosen(row, query.get("fields")) for _, row in rows[:size]]
        answer: dict[str, Any] = {"found": found, what: shown}
        if what == "posts":
            answer["meta"] = {"links": {"counts": f"https://{API_HOST}/rest/v1.1/sites/7/post-counts/post"}}
            if len(rows) > size and "no_cursor" not in self.faults:
                answer["meta"]["next_page"] = f"value={rows[size - 1][1]['ID']}&id={rows[size - 1][1]['ID']}"
        return web.json_reply(answer)

    def _post_of_api(self, post: Post, kind: str) -> dict[str, Any]:
        path = post.path if kind == "post" else self.path_of_page(post)
        tags = {tag: {"ID": 10, "name": tag, "slug": tag.lower(), "post_count": 3} for tag in post.tags}
        return {
            "ID": post.number,
            "site_ID": 7,
            "author": {"ID": post.author.number, "email": False, "name": post.author.name, "URL": "", "login": "x"},
            "date": post.published.isoformat(),
            "modified": post.modified.isoformat(),
            "title": post.title,
            "URL": self.base + path,
            "short_URL": f"https://wp.me/p7-{post.number}",
            "content": post.html,
            "excerpt": f"<p>{post.first_sentence}</p>",
            "slug": post.slug,
            "guid": f"{self.base}/?p={post.number}",
            "status": "publish",
            "sticky": False,
            "password": "",
            "parent": False,
            "type": kind,
            "discussion": {"comments_open": True, "comment_status": "open", "comment_count": len(post.comments)},
            "categories": {"Uncategorised": {"ID": 1, "name": "Uncategorised", "slug": "uncategorised"}},
            "tags": tags,
        }

    def _comment_of_api(self, comment: Comment, post: Post) -> dict[str, Any]:
        parent = {"ID": comment.parent, "type": "comment", "link": ""} if comment.parent else False
        return {
            "ID": comment.number,
            "post": {"ID": post.number, "title": post.title, "type": "post", "link": ""},
            "author": {"ID": 0, "email": False, "name": comment.author, "URL": "", "site_ID": 0},
            "date": comment.date.isoformat(),
            "URL": self._comment_address(comment, post),
            "short_URL": "",
            "content": f"<p>{comment.text}</p>\n",
            "status": "approved",
            "parent": parent,
            "type": "comment",
            "like_count": 0,
        }

    # --- pages --------------------------------------------------------------------------------------

    def head(self, more: str = "") -> str:
        """What stands in the head of each page."""
        feeds = web.feed_link(self.base + self.feed) + web.feed_link(f"{self.base}/comments/feed/", title="Comments")
        return (
            f"{feeds}\n"
            '<link rel="stylesheet" href="https://s0.wp.com/_static/??-eJx9jEEKwzAMBD8UW21Li&cssminify=yes">\n'
            '<link rel="stylesheet" '
            'href="https://s1.wp.com/wp-content/themes/pub/twentyten/style.css?m=1700000000">\n'
            f'<meta name="generator" content="{self.generator}">\n'
            '<link rel="search" type="application/opensearchdescription+xml" '
            'href="https://s1.wp.com/opensearch.xml" title="WordPress.com">\n'
            f"{more}"
        )

    def _link_header(self) -> list[tuple[str, str]]:
        return [("X-hacker", "If you're reading this, you should visit wpvip.com/careers and apply to join the fun.")]

    def furniture(self, post: Post) -> str:
        """Jetpack's buttons, likes and related posts."""
        related = "".join(
            '<div class="jp-relatedposts-post"><a class="jp-relatedposts-post-a" '
            f'href="{self.base}{p.path}?relatedposts_hit=1&relatedposts_origin={post.number}">{p.title}</a></div>'
            for p in self.blog.posts[2:5]
        )
        return (
            '<div id="jp-post-flair" class="sharedaddy sd-like-enabled sd-sharing-enabled">'
            '<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social">'
            '<h3 class="sd-title">Share this:</h3><ul><li class="share-twitter">'
            f'<a rel="nofollow" class="share-twitter" href="{self.base}{post.path}?share=twitter">'
            "<span>Click to share on X (Opens in new window)</span></a></li></ul></div></div>"
            '<div class="sharedaddy sd-block sd-like jetpack-likes-widget-wrapper"><h3 class="sd-title">Like this:'
            '</h3><div class="likes-widget-placeholder post-likes-widget-placeholder"><span class="button">'
            '<span>Like</span></span> <span class="loading">Loading...</span></div></div>'
            '<div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>Related</em>'
            f"</h3>{related}</div></div>\n"
        )

    def frame(self, title: str, main: str, body_class: str, more: str = "") -> str:
        """A page with the bar that asks to sign up."""
        html = super().frame(title, main, body_class, more)
        bar = (
            '<div id="actionbar" class="actnbr-pub-twentyten actnbr-has-follow"><ul><li class="actnbr-btn">'
            '<a class="actnbr-action" href="">Subscribe</a></li><li>Already have a WordPress.com account? '
            '<a href="https://wordpress.com/log-in">Log in now.</a></li></ul></div>'
        )
        return html.replace("</body>", f"{bar}</body>")
