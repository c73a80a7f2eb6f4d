"""A blog with every kind of answer, crawled twice, and what it sent: the truth that replays are compared with."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flow import tools
from server.blog_pages import blog, entries, post, robots, sitemap
from server.blog_server import BlogServer, Logged
from server.replies import (
    HTML,
    NO_ANSWER,
    Page,
    Reply,
    chunked,
    dropped,
    error,
    gzipped,
    head,
    in_turn,
    plain,
    raw,
    redirect,
    unless_known,
    until_close,
)

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
# In the second run all that is known is asked for again, conditionally where the server gave a validator.
AGAIN = {"ARCHIVER_REVISIT_DAYS": 0}


def pages(base: str) -> dict[str, Page]:
    """A blog of which most pages are the same in both runs, each answered in another way."""
    posts = entries(16)
    made = blog(posts, base)
    answers = (
        chunked, gzipped, until_close, _gzipped_chunks, _hinted, _rechunked, _unchunked, _only_later_chunked, _tagged,
        _changed, _retried,
    )  # fmt: skip
    for entry, answer in zip(posts, answers, strict=False):
        made[entry.path] = answer(post(entry))
    # the posts beyond have an ordinary answer, and their texts turn up elsewhere too
    path, text = posts[-1].path, post(posts[-1])
    made["/2023/01/02/caf%C3%A9-%D0%BB%D0%B5%D1%81/"] = plain(text)
    made["/2023/02/03/no-such-post/"] = error(404)
    made["/2023/02/04/a-post-that-goes/"] = in_turn([plain(text), error(410)])
    made["/2023/03/04/a-post-that-moved/"] = redirect(path)
    made["/2023/03/05/nothing/"] = plain("")
    made["/2023/03/06/cut-off/"] = dropped(text, 400)
    made["/2023/03/07/no-answer/"] = NO_ANSWER
    made["/2023/03/08/another-protocol/"] = raw(b"SSH-2.0-OpenSSH_9.6\r\n", end="close")
    named = sitemap([base + path[1:] for path in made if path.startswith("/20")])
    # no HTML, and the same under two addresses: the second is a revisit of the first
    copies = [f"Sitemap: {base}{name}" for name in ("sitemap.xml", "sitemap-copy.xml")]
    return made | {
        "/sitemap.xml": named,
        "/sitemap-copy.xml": named,
        "/robots.txt": robots("User-agent: *", "Disallow:", *copies),
    }


def _gzipped_chunks(text: str) -> Reply:
    data = gzip.compress(text.encode(), mtime=0)
    start = head(200, [("Content-Type", HTML), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")])
    half = len(data) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:half], data[half:]))
    return raw(start + chunks + b"0\r\n\r\n")


def _hinted(text: str) -> Reply:
    return Reply((HINTS, *plain(text).parts))


def _rechunked(text: str) -> Page:
    # one payload in chunks of two sizes
    return in_turn([chunked(text, 100), chunked(text, 1000)])


def _unchunked(text: str) -> Page:
    # one payload with and without chunks: a replayer must not show the framing as text
    return in_turn([chunked(text, 100), plain(text)])


def _only_later_chunked(text: str) -> Page:
    return in_turn([plain(text), chunked(text, 100)])


def _tagged(text: str) -> Page:
    return unless_known(plain(text, fields=[("ETag", '"as-it-was"')]), '"as-it-was"')


def _changed(text: str) -> Page:
    return in_turn([plain(text), plain(text.replace("evening", "afternoon"))])


def _retried(text: str) -> Page:
    return in_turn([error(503), plain(text)])


@dataclass(frozen=True, slots=True)
class Answer:
    """A final response as the server sent it: `payload` without transfer coding, `body` without any coding."""

    status: int
    payload: bytes
    body: bytes
    location: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """A response or revisit record beside what the server sent in that exchange."""

    record: tools.Found
    answer: Answer

    @property
    def timestamp(self) -> str:
        """The record's second, as indexes have it."""
        return "".join(c for c in self.record.fields["WARC-Date"] if c.isdigit())[:14]

    @property
    def is_unmodified(self) -> bool:
        return self.record.fields.get("WARC-Profile", "").endswith("/server-not-modified")


@dataclass(frozen=True, slots=True)
class Archive:
    """The blog's folder after two crawls, and its captures, each address's in the order of time."""

    folder: Path
    captures: dict[str, list[Capture]]

    def __iter__(self) -> Iterator[Capture]:
        return (capture for several in self.captures.values() for capture in several)

    @property
    def output(self) -> Path:
        """The folder of all blogs."""
        return self.folder.parent

    @property
    def files(self) -> list[Path]:
        """All WARC files: the captures, and the texts that were made of them."""
        return sorted(self.folder.glob("*/*.warc.gz"))


def crawl_twice(output: Path) -> Archive:
    """Archive the blog in two runs, of which the second finds most of it unchanged."""
    with BlogServer() as server:
        server.pages |= pages(server.url)
        first = tools.crawl(server.url, output, {"ARCHIVER_ERROR_THRESHOLD": 1})
        again = tools.crawl(server.url, output, {"ARCHIVER_ERROR_THRESHOLD": 1, **AGAIN})
        assert (first.code, again.code) == (0, 0), first.stderr + again.stderr
    return Archive(again.folder, _captures(again.folder, server.log))


def _captures(folder: Path, log: list[Logged]) -> dict[str, list[Capture]]:
    sent: dict[str, list[Answer]] = defaultdict(list)
    for logged in log:
        if answer := read(bytes(logged.sent)):
            sent[logged.target].append(answer)
    found: dict[str, list[tools.Found]] = defaultdict(list)
    for record in tools.records(folder):
        if record.kind in ("response", "revisit"):
            found[record.url].append(record)
    made: dict[str, list[Capture]] = {}
    for url, records in found.items():
        # zip is strict: the archive must have as many captures of an address as the server gave answers
        made[url] = [Capture(*pair) for pair in zip(records, sent[_target(url)], strict=True)]
    assert len(made) == len(sent)
    return made


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def read(sent: bytes) -> Answer | None:
    """Read what a server sent with Python's own parser; None if it is no HTTP response."""
    while sent.startswith(b"HTTP/1.1 1"):
        _, _, sent = sent.partition(b"\r\n\r\n")

    class Wire:
        def makefile(self, *_: object) -> io.BytesIO:
            return io.BytesIO(sent)

    response = HTTPResponse(cast(Any, Wire()))
    try:
        response.begin()
    except HTTPException:
        return None
    try:
        payload = response.read()
    except IncompleteRead as cut:
        payload = cut.partial
    return Answer(response.status, payload, decoded(payload, response), response.getheader("Location"))


def decoded(payload: bytes, response: HTTPResponse) -> bytes:
    """A payload without its content coding."""
    if response.getheader("Content-Encoding") == "gzip":
        return zlib.decompressobj(31).decompress(payload)
    return payload
