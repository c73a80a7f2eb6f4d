"""Answers of a server that misbehaves on request: what it sends, byte by byte, and how it ends.

A `Reply` is a value. Its parts go out in order: bytes as they are, `Pause` waits, `Gate` waits for the test.
`Interim` and `Surplus` are bytes of which the log says that they are no part of the response.
"""

from __future__ import annotations

import gzip
import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"

Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: `number` counts the requests for this target, from 1."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    fields: tuple[tuple[str, str], ...]
    raw: bytes
    number: int
    body: bytes = b""

    def field(self, name: str) -> str | None:
        """The first value of a header field, whatever its case."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait this many seconds before the next part, or until the server stops."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Tell the test by `reached` that the server is here, and wait until it sets `passed`."""

    reached: threading.Event
    passed: threading.Event


class Interim(bytes):
    """An interim response (1xx), which comes before the final one."""


class Surplus(bytes):
    """Bytes behind the end of a response; they go out in one piece with what precedes them."""


End = Literal["keep", "close", "cut", "reset", "hold"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent, and how the connection goes on.

    It is kept, closed, cut (closed without a word of TLS), reset (RST), or held open in silence.
    """

    parts: tuple[bytes | Pause | Gate, ...]
    end: End = "keep"

    def after(self, *waits: Pause | Gate) -> Reply:
        """The same reply, begun only after some waiting."""
        return replace(self, parts=(*waits, *self.parts))


Page = Reply | Callable[[Request], Reply]


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def head(status: int | str, fields: Fields = ()) -> bytes:
    """The head of a response; a status given as text is the whole rest of the status line, as in `200 OK`."""
    line = f"{status} {REASONS.get(status, 'Odd')}" if isinstance(status, int) else status
    return f"HTTP/1.1 {line}\r\n".encode("latin-1") + _lines(fields) + b"\r\n"


def _lines(fields: Fields) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")


REASONS = {
    200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    407: "Proxy Authentication Required", 410: "Gone", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable",
}  # fmt: skip


def plain(body: str | bytes, kind: str = HTML, status: int | str = 200, fields: Fields = ()) -> Reply:
    """A body with its length: the ordinary case. The connection is kept."""
    data = _bytes(body)
    own = [("Content-Type", kind), ("Content-Length", str(len(data)))]
    return Reply((head(status, [*own, *fields]) + data,))


def chunked(
    body: str | bytes, size: int = 1000, kind: str = HTML, *, extension: str = "", trailers: Fields = ()
) -> Reply:
    """A body in chunks, each with an extension if one is given, and trailers after the last."""
    data = _bytes(body)
    names = ", ".join(name for name, _ in trailers)
    fields = [("Content-Type", kind), ("Transfer-Encoding", "chunked"), *([("Trailer", names)] if names else [])]
    out = [head(200, fields)]
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        out.append(f"{len(piece):x}{extension}\r\n".encode() + piece + b"\r\n")
    out.append(f"0{extension}\r\n".encode() + _lines(trailers) + b"\r\n")
    return Reply(tuple(out))


def gzipped(body: str | bytes, kind: str = HTML) -> Reply:
    """A body in the content coding gzip."""
    data = gzip.compress(_bytes(body), mtime=0)
    return plain(data, kind, fields=[("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")])


def coded(data: bytes, coding: str, kind: str = HTML) -> Reply:
    """A body that says to be in a content coding."""
    return plain(data, kind, fields=[("Content-Encoding", coding)])


def until_close(body: str | bytes, kind: str = HTML, version: str = "1.0") -> Reply:
    """A body without a length, which ends where the connection does."""
    start = f"HTTP/{version} 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode()
    return Reply((start, _bytes(body)), "close")


def empty(status: int, fields: Fields = ()) -> Reply:
    """A response that by its status has no body: 204, 304."""
    return Reply((head(status, fields),))


def redirect(location: str, status: int = 301) -> Reply:
    """Another address."""
    return plain("moved", PLAIN, status, [("Location", location)])


def error(status: int, body: str = "", fields: Fields = ()) -> Reply:
    """A failure, with a short page that says so."""
    return plain(body or f"<html><body><h1>{status}</h1><p>Sorry.</p></body></html>", HTML, status, fields)


def dropped(body: str | bytes, keep: int, kind: str = HTML) -> Reply:
    """A body that promises its whole length and ends after `keep` bytes."""
    data = _bytes(body)
    start = head(200, [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return Reply((start + data[:keep],), "close")


def dropped_chunks(body: str | bytes, kind: str = HTML) -> Reply:
    """A chunked body that ends in the middle of its second chunk."""
    whole = chunked(body, 100, kind)
    begun = b"".join(part for part in whole.parts[:2] if isinstance(part, bytes))
    return Reply((begun + b"64\r\nhalf a chunk",), "close")


def raw(*parts: bytes | Pause, end: End = "keep") -> Reply:
    """Just these bytes."""
    return Reply(parts, end)


RESET = Reply((), "reset")
NO_ANSWER = Reply((), "close")
SILENCE = Reply((), "hold")


def in_turn(replies: Sequence[Reply]) -> Page:
    """Each reply once, in order; the last one again and again."""
    count = itertools.count()
    lock = threading.Lock()

    def answer(request: Request) -> Reply:
        with lock:
            turn = next(count)
        return replies[min(turn, len(replies) - 1)]

    return answer


def by_turn(*replies: Reply) -> Page:
    """As `in_turn`, with a turn of its own for each target."""
    return lambda request: replies[min(request.number, len(replies)) - 1]


def unless_known(reply: Reply, etag: str) -> Page:
    """304 for who knows the tag, else `reply`, whose fields must name it."""

    def answer(request: Request) -> Reply:
        return empty(304, [("ETag", etag)]) if request.field("If-None-Match") == etag else reply

    return answer
