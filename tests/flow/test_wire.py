"""What crosses the wire is what lies in the WARC, byte for byte, whatever the server does and whoever crawls."""

from __future__ import annotations

import gzip
import random
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from fastwarc.warc import ArchiveIterator
from flow import tools, wire
from flow.wire import NO_HTTP, WHOLE, Case, Expect, case, cut, led_to, lost, no_answer
from server.blog_server import BlogServer
from server.certificates import self_signed
from server.replies import (
    HTML,
    NO_ANSWER,
    RESET,
    SILENCE,
    End,
    Interim,
    Page,
    Pause,
    Reply,
    Surplus,
    by_turn,
    chunked,
    coded,
    dropped,
    dropped_chunks,
    empty,
    error,
    gzipped,
    head,
    plain,
    raw,
    redirect,
    until_close,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Serve = Callable[..., BlogServer]
MEBIBYTE = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKS = b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
HINTS = Interim(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
GO_ON = Interim(b"HTTP/1.1 100 Continue\r\n\r\n")
LATE = cut("time", "timeout", exact=True)
TOO_LONG = cut("length", "length")
CONTENT = cut("disconnect", None, exact=True)
UNREAD = cut("unspecified", "parse")
# Long enough for the client to have read what was sent before.
READ = Pause(0.1)


def text(name: str, lines: int = 60) -> str:
    """A body that no other case has."""
    return "".join(f"<p>Line {n} of the page that is called {name}.</p>\n" for n in range(lines))


def noise(size: int) -> bytes:
    """Bytes that don't compress, the same in each run."""
    return random.Random(size).randbytes(size)


def odd(name: str, lines: bytes, start: bytes = OK, end: End = "keep") -> Reply:
    """An ordinary body behind an odd head."""
    body = f"{name} in odd clothes".encode()
    return raw(start + lines + f"Content-Length: {len(body)}\r\n\r\n".encode() + body, end=end)


def whole(reply: Reply) -> bytes:
    """All bytes of a reply."""
    return b"".join(part for part in reply.parts if isinstance(part, bytes))


def slowly(data: bytes, size: int) -> Reply:
    """Pieces of that size, each a segment of its own."""
    return raw(*(data[at : at + size] for at in range(0, len(data), size)))


def gzip_chunked(body: str) -> Reply:
    """Both codings."""
    return raw(OK + b"Content-Encoding: gzip\r\n" + whole(chunked(gzip.compress(body.encode()), 50)).removeprefix(OK))


def once(page: Page, *expect: Expect, only: str | None = None, **meta: object) -> Case:
    """A case that is not asked for again when it fails; `meta` goes to Scrapy."""
    return case(page, *expect, only=only, meta={"dont_retry": True, **meta})


def broken(name: str, end: End, cut_after: int = 9000, page: Callable[[str], Reply] = plain) -> Reply:
    """A reply of which the beginning goes out; a reset waits until that was read."""
    begun = whole(page(text(name, 700)))[:cut_after]
    return Reply((begun, READ) if end == "reset" else (begun,), end)


ORDINARY = {
    "/length": case(plain(text("length"))),
    "/tiny": case(plain("!")),
    "/in-pieces": case(slowly(whole(plain(text("in pieces", 4))), 2)),
    "/dribble": case(raw(b"HTTP/1.1 200 O", b"K\r\nContent-Le", b"ngth: 7\r", b"\n\r\ndrib", READ, b"ble")),
    "/http-in-body": case(plain(b"\x00\xff\r\n\r\nHTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n", "application/octet-stream")),
    "/wrong-charset": case(plain("Blåbærgrød".encode("latin-1"), HTML)),
    "/6-mebibytes": case(plain(noise(6 * MEBIBYTE), "video/mp4")),
    "/5-mebibytes-chunked": case(chunked(noise(5 * MEBIBYTE), 60_000, "video/mp4")),
    "/24-mebibytes": case(plain(noise(24 * MEBIBYTE), "video/mp4"), only="https"),
    "/query": case(plain(text("query")), query="?q=%C3%BC&a=b+c&&=#fragment"),
    "/post": case(plain(text("post")), method="POST", body="field=" + "x" * 5000),
    "/put": case(error(405), method="PUT", body="é"),
    "/post-redirect": case(redirect("/posted", 307), method="POST", body="kept=1"),
    "/posted": led_to(plain(text("posted"))),
    "/fields": case(plain(text("fields")), headers={"X-Twice": ["1", "2"], "x-oDD": "Zoë", "X-Empty": ""}),
}
CHUNKED = {
    "/chunked": case(chunked(text("chunked", 700), 777)),
    "/chunks-of-3": case(chunked(text("chunks of 3", 5), 3)),
    "/chunks-in-pieces": case(slowly(whole(chunked(text("chunks in pieces", 3), 11)), 3)),
    "/chunk-extensions": case(chunked(text("extensions", 700), 4000, extension=';name="a;b"')),
    "/trailers": case(chunked(text("trailers", 700), 900, trailers=[("X-Digest", "abc"), ("Expires", "0")])),
    "/chunked-odd-case": case(
        raw(OK + b"tRANSFER-eNCODING:cHuNkEd\r\n\r\n00F;x\r\nodd in its case\r\n0B\r\n, and more.\r\n000\r\n\r\n")
    ),
    "/gzip-chunked": case(gzip_chunked(text("gzip chunked"))),
    "/te-and-length": case(raw(OK + b"Content-Length: 3\r\n" + CHUNKS + b"e\r\nboth, and both\r\n0\r\n\r\n")),
    "/bad-chunk": case(raw(OK + CHUNKS + b"5\r\nbegun\r\nzz\r\nno size\r\n"), UNREAD),
}
CODED = {
    "/gzip": case(gzipped(text("gzip"))),
    "/deflate": case(coded(zlib.compress(text("deflate").encode()), "deflate")),
    "/br": case(coded(brotli.compress(text("br").encode()), "br")),
    "/zstd": case(coded(zstd.compress(text("zstd").encode()), "zstd")),
    "/broken-gzip": case(coded(gzip.compress(text("broken gzip").encode(), mtime=0)[:-30], "gzip")),
    "/no-gzip": case(coded(text("no gzip").encode(), "gzip")),
}
BODILESS = {
    "/head": case(raw(head(200, [("Content-Length", "1000")])), method="HEAD"),
    "/head-chunked": case(raw(head(200, [("Transfer-Encoding", "chunked")])), method="HEAD"),
    "/head-body": case(raw(head(200, [("Content-Length", "4")]), Surplus(b"body")), method="HEAD"),
    "/204": case(empty(204, [("X-Nothing", "here")])),
    "/204-length": case(empty(204, [("Content-Length", "5")])),
    "/304": case(empty(304, [("ETag", '"1"')])),
    "/304-length": case(empty(304, [("Content-Length", "999")])),
    "/304-body": case(raw(head(304, [("Content-Length", "4")]), Surplus(b"body"))),
    "/304-to-a-stranger": case(empty(304, [("ETag", '"1"')]), headers={"If-None-Match": '"1"'}),
    "/zero": case(plain("")),
    "/no-chunks": case(raw(OK + CHUNKS + b"0\r\n\r\n")),
}
REDIRECTS = {
    **{f"/{status}": case(redirect(f"/to-{status}", status)) for status in (301, 302, 303, 307, 308)},
    **{f"/to-{status}": led_to(plain(text(f"to {status}"))) for status in (301, 302, 303, 307, 308)},
    "/moved-with-a-page": case(
        plain(text("moved"), status="302 Have a look over there", fields=[("Location", "/to-303?p")])
    ),
    "/chain": case(redirect("/chain-2", 302)),
    "/chain-2": led_to(redirect("chain-3", 307)),
    "/chain-3": led_to(plain("arrived")),
    "/loop": case(redirect("/loop-back")),
    "/loop-back": led_to(redirect("/loop")),
}
ERRORS = {
    **{f"/{status}": case(error(status, text(f"error {status}", 2))) for status in (400, 404, 410, 999)},
    **{f"/{status}": case(error(status, text(f"again {status}", 2))) for status in (429, 500, 503)},
    "/closed-404": case(replace(error(404, "closed", [("Connection", "close")]), end="close")),
    "/well-again": case(by_turn(error(500, "ill"), plain("well again"))),
    "/dropped-once": case(by_turn(dropped(text("dropped once"), 900), plain("all of it")), lost(), WHOLE),
    "/hangs-up-once": case(by_turn(NO_ANSWER, plain("back again")), no_answer("disconnect"), WHOLE),
}
INTERIM = {
    "/103": case(raw(HINTS, *plain("after hints").parts)),
    "/100": case(raw(GO_ON, READ, *plain("after a while").parts)),
    "/several": case(raw(GO_ON, HINTS, Interim(HINTS.replace(b"\r\n", b"\n")), READ, *gzipped("after several").parts)),
    "/103-204": case(raw(HINTS, *empty(204).parts)),
    "/103-chunked": case(raw(HINTS, *chunked("after hints in chunks", 4).parts)),
    "/103-6-mebibytes": case(raw(HINTS, READ, whole(plain(noise(6 * MEBIBYTE + 1), "video/mp4")))),
    "/103-alone": case(raw(HINTS, end="close"), no_answer("disconnect")),
    "/103-cut": case(raw(HINTS, *dropped("cut after hints", 5).parts, end="close"), lost()),
}
DROPPED = {
    "/fin-in-body": case(broken("fin in body", "close"), lost()),
    "/rst-in-body": case(broken("rst in body", "reset"), lost(exact=False)),
    "/fin-in-chunk": case(dropped_chunks(text("fin in chunk")), lost()),
    "/rst-in-chunk": case(broken("rst in chunk", "reset", page=chunked), lost(exact=False)),
    "/fin-before-the-last-chunk": case(raw(OK + CHUNKS + b"4\r\nmore\r\n", end="close"), lost()),
    "/fin-in-head": case(raw(b"HTTP/1.1 200 OK\r\nContent-Ty", end="close"), lost()),
    "/rst-in-head": case(raw(b"HTTP/1.1 200 OK\r\nContent-Ty", READ, end="reset"), lost(exact=False)),
    "/fin-after-head": case(raw(OK + b"Content-Length: 5\r\n\r\n", end="close"), lost()),
    "/fin": case(NO_ANSWER, no_answer("disconnect")),
    "/rst": case(RESET, no_answer("disconnect")),
    "/post-fin": case(NO_ANSWER, no_answer("disconnect"), method="POST", body="a=b"),
    "/short-and-content": once(broken("short and content", "close"), CONTENT, download_fail_on_dataloss=False),
    "/half-and-content": once(dropped_chunks(text("half")), CONTENT, download_fail_on_dataloss=False),
    "/fin-midway-in-tls": case(broken("fin midway in TLS", "cut"), lost(), only="https"),
}
OVERDUE = {
    "/silence": once(SILENCE, no_answer("timeout"), download_timeout=0.6),
    "/stalls-in-head": once(raw(b"HTTP/1.1 200 OK\r\nContent-Ty", end="hold"), LATE, download_timeout=0.6),
    "/stalls-in-body": once(broken("stalls in body", "hold"), LATE, download_timeout=0.6),
    "/stalls-in-chunk": once(broken("stalls in chunk", "hold", page=chunked), LATE, download_timeout=0.6),
    "/stalls-after-103": once(raw(HINTS, end="hold"), no_answer("timeout"), download_timeout=0.6),
}
STOPPED = {
    "/too-large": once(plain(noise(400_000)), TOO_LONG, download_maxsize=100_000),
    "/too-many-chunks": once(chunked(noise(400_001), 30_000), TOO_LONG, download_maxsize=100_000),
    "/too-long-until-close": once(until_close(noise(400_002)), TOO_LONG, download_maxsize=100_000),
    "/endless-head": once(raw(OK + b"".join(b"X-%d: more\r\n" % n for n in range(150_000)), end="hold"), TOO_LONG),
    "/stop-at-head": once(plain(noise(3_000_000)), cut("unspecified", None), stop="head", fail=False),
    "/stop-at-head-failing": once(plain(noise(3_000_001)), cut("unspecified", "cancelled"), stop="head", fail=True),
    "/stop-at-bytes": once(plain(noise(3_000_002)), cut("unspecified", None), stop="bytes", fail=False),
    "/stop-at-bytes-failing": once(plain(noise(3_000_003)), cut("unspecified", "cancelled"), stop="bytes", fail=True),
}
ODD_HEADS = {
    "/odd-case": case(odd("odd case", b"sErVeR:x\r\nX-Odd:\t  value \t\r\nx-empty:\r\nX-Blanks:   \r\n")),
    "/repeated": case(
        odd("repeated", b"Set-Cookie: a=1\r\nX-A: 1\r\nSet-Cookie: b=2\r\nx-a: 2\r\nSet-Cookie: a=1\r\n")
    ),
    "/folded": case(odd("folded", b"X-Folded: one\r\n  two\r\n\tthree\r\n")),
    "/bare-lf": case(raw(b"HTTP/1.1 200 OK\nContent-Length: 7\nX-B: c\n\nbare lf")),
    "/mixed-ends": case(odd("mixed ends", b"X-A: b\nX-C: d\r\nX-E: f\n")),
    "/no-colon": case(odd("no colon", b"this is no field\r\nX-A: b\r\n")),
    "/blank-before-colon": case(odd("blank before colon", b"X-Foo : v\r\n")),
    "/blank-in-name": case(odd("blank in name", b"X Y: z\r\n")),
    "/no-name": case(odd("no name", b": v\r\n")),
    "/utf-8-name": case(odd("UTF-8 name", "café: x\r\n".encode())),
    "/latin-1-name": case(odd("Latin-1 name", "café: x\r\n".encode("latin-1"))),
    "/blank-first": case(odd("blank first", b" X-First: 1\r\nX-Second: 2\r\n")),
    "/20-kb-line": case(odd("20 kB line", b"X-Long: " + b"x" * 20_000 + b"\r\n")),
    "/200-kb-line": case(odd("200 kB line", b"X-Long: " + b"x" * 200_000 + b"\r\n")),
    "/many-lines": case(odd("many lines", b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(2000)))),
    "/nul": case(odd("NUL", b"X-Nul: a\x00b\r\n")),
    "/cr": case(odd("CR", b"X-Cr: a\rb\r\n")),
    "/reason": case(odd("reason", b"", "HTTP/1.1 200 Tout va bien, très bien\r\n".encode())),
    "/latin-1": case(odd("Latin-1", "X-Name: Zoë\r\n".encode("latin-1"), "HTTP/1.1 200 garçon\r\n".encode("latin-1"))),
    "/no-reason": case(odd("no reason", b"", b"HTTP/1.1 200\r\n")),
    "/empty-reason": case(odd("empty reason", b"", b"HTTP/1.1 200 \r\n")),
    "/length-twice": case(raw(OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\ntwice")),
}
UNTIL_CLOSE = {
    "/http-1.0": case(until_close(text("HTTP/1.0"))),
    "/http-1.0-kept": case(odd("HTTP/1.0 kept", b"Connection: keep-alive\r\n", b"HTTP/1.0 200 OK\r\n")),
    "/until-close": case(until_close(text("until close"), version="1.1")),
    "/until-close-unsaid": case(raw(OK + b"Content-Type: text/html\r\n\r\n" + text("unsaid").encode(), end="close")),
    "/until-reset": case(
        raw(*until_close(text("until reset"), version="1.1").parts, READ, end="reset"), cut("disconnect", None)
    ),
    "/until-cut": case(
        replace(until_close(text("until cut")), end="cut"), cut("disconnect", None, exact=True), only="https"
    ),
}
SURPLUS = {
    "/surplus": case(raw(*plain("with more").parts, Surplus(b"bytes that belong to nothing"))),
    "/surplus-response": case(raw(*plain("with another").parts, Surplus(whole(plain("the other"))))),
    "/surplus-after-chunks": case(raw(*chunked("chunks with more", 5).parts, Surplus(b"more"))),
    "/surplus-after-nothing": case(raw(*plain("").parts, Surplus(b"more"))),
}
NO_RESPONSE = {
    "/icy": case(raw(b"ICY 200 OK\r\nicy-name: radio\r\n\r\n\xff\xfb\x90"), NO_HTTP),
    "/no-status-line": case(raw(b"<html><body>\nHTTP/0.9 it is\n</body></html>\n", end="close"), NO_HTTP),
    "/no-line-at-all": case(raw(b"<html>", end="close"), replace(NO_HTTP, outcome="any")),
    "/leading-crlf": case(raw(b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), NO_HTTP),
    "/fin-in-status-line": case(raw(b"HTTP/1.1 2", end="close"), replace(NO_HTTP, outcome="any")),
    "/no-number": case(raw(b"HTTP/1.1 OK fine\r\nContent-Length: 2\r\n\r\nhi"), NO_HTTP),
}
UNREADABLE = {
    "/conflicting-lengths": case(odd("two lengths", b"Content-Length: 3\r\n"), UNREAD),
    "/no-such-length": case(odd("no such length", b"Content-Length: four\r\n"), UNREAD),
    "/unknown-coding": case(odd("unknown", b"Transfer-Encoding: identity\r\n"), UNREAD),
}
CASES: dict[str, Case] = {
    **ORDINARY, **CHUNKED, **CODED, **BODILESS, **REDIRECTS, **ERRORS, **INTERIM, **DROPPED, **OVERDUE, **STOPPED,
    **ODD_HEADS, **UNTIL_CLOSE, **SURPLUS, **NO_RESPONSE, **UNREADABLE,
}  # fmt: skip

# Asked for a second time while the first is under way.
TWICE = (CHUNKED, CODED, BODILESS, INTERIM, ODD_HEADS, SURPLUS, NO_RESPONSE)


@pytest.mark.parametrize(
    ("scheme", "at_once", "spool"),
    [("http", 1, None), ("http", 16, None), ("http", 16, 64), ("https", 1, None), ("https", 16, None)],
)
def test_the_warc_holds_what_crossed_the_wire(
    serve: Serve, tmp_path: Path, scheme: str, at_once: int, spool: int | None
) -> None:
    """Requests and responses lie in the WARC as they crossed the wire, one or sixteen at a time, mixed.

    It makes no difference whether they are held in memory while they come, or on disk.
    """
    cases = {path: case for path, case in CASES.items() if case.only in (None, scheme)}
    server = serve(wire.serve(cases), tls=self_signed(tmp_path) if scheme == "https" else None)
    asked = wire.requests(server.url, cases)
    if at_once > 1:
        asked += [{**one, "url": one["url"] + "?again"} for group in TWICE for one in wire.requests(server.url, group)]
    random.Random(20160415).shuffle(asked)
    settings = {"REDIRECT_MAX_TIMES": 4, "DOWNLOAD_VERIFY_CERTIFICATES": False, **wire.at_a_time(at_once)}
    if spool is not None:
        settings["ARCHIVER_SPOOL_BYTES"] = spool
    result = wire.crawl(tmp_path / "crawl", asked, **settings)
    assert result.code == 0
    assert set(server.paths()) == set(server.pages)
    wire.check(server, result.folder, cases)
    if at_once > 1:
        readers_agree(result.folder)
    seen = {server.url + path[1:] for path in ODD_HEADS} - {page["url"] for page in wire.seen(tmp_path / "crawl")}
    assert not seen, "what a browser would show must reach the spider"


def readers_agree(folder: Path) -> None:
    """Check that other people's readers find the same records with the same blocks."""
    ours = {record.record_id.strip("<>"): record.block for record in wire.read(folder)}
    assert {record.record_id: record.block for record in tools.records(folder)} == ours
    theirs = {}
    for path in tools.warcs(folder):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                theirs[record.headers["WARC-Record-ID"].strip("<>")] = record.reader.read()
    assert theirs == ours


def test_https_is_verified(serve: Serve, tmp_path: Path) -> None:
    """A blog whose certificate nobody vouches for is sent nothing."""
    server = serve({"/": plain("home")}, tls=self_signed(tmp_path))
    result = tools.crawl(server.url, tmp_path / "blog")
    assert server.log == []
    assert result.code == 5
    (line,) = result.said
    assert "certificate" in line.lower()


def test_a_spider_names_its_folder(serve: Serve, tmp_path: Path) -> None:
    """The folder of any spider is named by its `blog` attribute, if it has one, else by the first host."""
    server = serve({"/": plain("home")})
    assert wire.crawl(tmp_path / "named", [{"url": server.url}]).folder.name == "wire"
    words = wire.command(tmp_path / "unnamed", [{"url": server.url}])
    words = ["blog=" if word == "blog=wire" else word for word in words]
    assert tools.run(words, tmp_path / "unnamed" / "output").folder.name == f"127.0.0.1-{server.port}"
