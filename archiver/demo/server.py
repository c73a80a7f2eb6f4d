"""The demo blog over HTTP, on this machine only.

::

    with DemoBlog() as blog:
        crawl(blog.url)
        blog.edit(blog.posts[0].path, ["Another text."])
        crawl(blog.url)
"""

from __future__ import annotations

import hashlib
import socket
import socketserver
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from archiver.demo.model import Paragraph, Post, Site
from archiver.demo.posts import ABOUT, AUTHORS, POSTS, TAGLINE, TITLE
from archiver.demo.routes import Reply, answer

_HOST = "127.0.0.1"


class DemoBlog:
    """The blog and its server; posts can be added and changed while it runs.

    `requests` holds the method and target of each request so far; a test may clear it.
    """

    def __init__(self, extra: Iterable[Post] = (), port: int = 0) -> None:
        self.requests: list[tuple[str, str]] = []
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._posts: tuple[Post, ...] = POSTS
        for post in extra:
            self.publish(post)

    @property
    def url(self) -> str:
        """The address of the home page; known once the blog has been started."""
        if not self._port:
            raise RuntimeError("the demo blog has no address before start()")
        return f"http://{_HOST}:{self._port}/"

    @property
    def posts(self) -> tuple[Post, ...]:
        """What the blog holds now, newest first."""
        return self._posts

    @property
    def site(self) -> Site:
        """The whole blog as it is now."""
        return Site(self.url, TITLE, TAGLINE, AUTHORS, (ABOUT,), self._posts)

    def publish(self, post: Post) -> None:
        """Add a post; its path and id must be new."""
        with self._lock:
            if any(post.path == other.path or post.id == other.id for other in self._posts):
                raise ValueError(f"the demo blog already has a post {post.id} or a path {post.path}")
            posts = (post, *self._posts)
            self._posts = tuple(sorted(posts, key=lambda one: one.published, reverse=True))

    def edit(self, path: str, paragraphs: Iterable[str]) -> Post:
        """Give a post another text, changed a day after the newest change so far; the post as it is now."""
        with self._lock:
            old = next((post for post in self._posts if post.path == path), None)
            if old is None:
                raise KeyError(path)
            # Not the clock: two edits within one second must still differ.
            changed = max(post.modified for post in self._posts) + timedelta(days=1)
            new = replace(old, body=tuple(map(Paragraph, paragraphs)), changed=changed)
            self._posts = tuple(new if post is old else post for post in self._posts)
            return new

    def start(self) -> DemoBlog:
        """Begin to serve; after a stop, at the same address again."""
        if self._server is None:
            self._server = _Server(self, self._port)
            self._port = self._server.server_port
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.02,), name="demo-blog", daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and close every connection."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()

    def __enter__(self) -> DemoBlog:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def __init__(self, blog: DemoBlog, port: int) -> None:
        self.blog = blog
        self._open: set[socket.socket] = set()
        super().__init__((_HOST, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this machine's name, which may be slow or want a network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        # Idle kept-alive connections would otherwise go on being answered. Each thread closes its own.
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is no news, and a fault of ours has become a 500.
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DemoBlog"
    sys_version = ""
    # One write per response, sent at once: otherwise Nagle and delayed acknowledgements cost 40 ms each.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve(with_body=True)

    def do_HEAD(self) -> None:
        self._serve(with_body=False)

    def log_message(self, *args: Any, **kwargs: Any) -> None:
        pass

    def _serve(self, *, with_body: bool) -> None:
        assert isinstance(self.server, _Server)
        blog = self.server.blog
        blog.requests.append((self.command, self.path))
        try:
            reply = answer(blog.site, self.path)
        except Exception as error:  # noqa: BLE001 - whatever broke, the client must hear of it
            reply = Reply(500, "text/plain; charset=UTF-8", repr(error).encode())
        headers = [*reply.headers, *self._validators(reply)]
        if self._is_fresh(reply):
            self.send_response(304)
            self._end(headers)
            return
        self.send_response(reply.status)
        headers += [("Content-Type", reply.mime), ("Content-Length", str(len(reply.body)))]
        self._end(headers)
        if with_body:
            self.wfile.write(reply.body)

    def _end(self, headers: Iterable[tuple[str, str]]) -> None:
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _validators(self, reply: Reply) -> list[tuple[str, str]]:
        if reply.status != 200:
            return []
        found = [("ETag", _etag(reply))]
        if reply.modified:
            found.append(("Last-Modified", format_datetime(reply.modified.astimezone(UTC), usegmt=True)))
        return found

    def _is_fresh(self, reply: Reply) -> bool:
        """Whether the client's copy is good; a tag decides alone when there is one, as HTTP asks."""
        if reply.status != 200:
            return False
        if tags := self.headers.get("If-None-Match"):
            known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return "*" in known or _etag(reply).removeprefix("W/") in known
        since = _http_date(self.headers.get("If-Modified-Since"))
        return since is not None and reply.modified is not None and reply.modified <= since


def _etag(reply: Reply) -> str:
    return reply.etag or f'"{hashlib.sha1(reply.body, usedforsecurity=False).hexdigest()}"'


def _http_date(value: str | None) -> datetime | None:
    """The moment of a header, or None when it is absent or cannot be read."""
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
