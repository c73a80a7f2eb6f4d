"""What static generators have in common: a folder of files behind an ordinary web server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from server.blog_server import BlogServer
from server.platforms import model, web
from server.platforms.model import Blog, Platform, Post, Truth
from server.replies import HTML, PLAIN, XML, Page, Reply, Request, error, redirect


class Folder:
    """The files of a blog, which a server gives as any web server would: with ETag, Last-Modified and 304.

    `built` is when the generator ran last: all files are as old.
    """

    def __init__(self, server: BlogServer, blog: Blog, faults: frozenset[str]) -> None:
        self.server, self.blog, self.faults = server, blog, faults
        self.built = max(post.modified for post in blog.posts)
        server.otherwise = self._missing

    @property
    def base(self) -> str:
        """The address of the blog without its last slash."""
        return self.server.url.rstrip("/")

    def put(self, path: str, text: str, kind: str = HTML, changed: datetime | None = None) -> None:
        """Add a file."""
        page: Page = web.kept(text, kind, changed or self.built)
        self.server.pages[path] = page

    def put_sitemap(self, rows: Sequence[tuple[str, str | None]], path: str = "/sitemap.xml") -> None:
        """Add a sitemap of paths unless it is missing; with the fault `stale`, it names what once was, too."""
        if "no_sitemap" in self.faults:
            return
        old = (*self.blog.gone, *self.blog.moved) if "stale" in self.faults else ()
        dated = any(changed for _, changed in rows)
        everything = [*rows, *((name, model.FIRST.isoformat() if dated else None) for name in old)]
        self.put(path, web.sitemap((self.base + name, changed) for name, changed in everything), XML)

    def put_robots(self, *lines: str) -> None:
        """Add robots.txt."""
        self.put("/robots.txt", "\n".join(lines) + "\n", PLAIN)

    def move(self) -> None:
        """Have the web server redirect from addresses that posts once had."""
        for old, post in self.blog.moved.items():
            self.server.pages[old] = redirect(self.base + post.path)

    def truth(self, **told: object) -> Truth:
        """What is true of the blog; nothing but a stale sitemap names what once was. Comments are made by scripts."""
        if "stale" not in self.faults or "no_sitemap" in self.faults:
            told = {"gone": (), "moved": {}, **told}
        return model.truth(self.blog, **{"comments": False, **told})

    def _missing(self, request: Request) -> Reply:
        if f"{request.path}/" in self.server.pages:
            return redirect(f"{self.base}{request.path}/")
        return error(
            404, web.page("404 Not Found", "", "<center><h1>404 Not Found</h1></center><hr><center>nginx</center>")
        )


Build = Callable[[Folder], None]


@contextmanager
def serve(blog: Blog, faults: frozenset[str], build: Build, **told: object) -> Iterator[Platform]:
    """Serve the files that `build` puts into a folder; `told` is what is true of this blog in particular."""
    server = BlogServer()
    folder = Folder(server, blog, faults)
    build(folder)
    folder.move()
    with server:
        yield Platform(server, server.url, folder.truth(**told))


def cards(posts: Sequence[Post], each: Callable[[Post], str]) -> str:
    """A list of posts."""
    return "\n".join(map(each, posts))


def slug(name: str) -> str:
    """A tag in addresses."""
    return name.lower().replace(" ", "-")
