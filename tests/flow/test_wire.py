"""What crosses the wire is what lies in the WARC, byte for byte, whatever the server does and whoever crawls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from flow import tools
from server.blog_server import BlogServer
from server.certificates import self_signed
from server.replies import (
    HTML,
    NO_ANSWER,
    PLAIN,
    RESET,
    SILENCE,
    Page,
    Pause,
    Reply,
    Request,
    chunked,
    dropped,
    dropped_chunks,
    empty,
    error,
    gzipped,
    in_turn,
    plain,
    raw,
    redirect,
    until_close,
)

BODY = "".join(f"<p>Line {n} of a page that is longer than one packet.</p>\n" for n in range(700))
SURPLUS = b"bytes that belong to nothing"
SPIDER = """
import scrapy

ALL = [status for status in range(100, 600) if status not in (301, 302, 303, 307, 308)]

class Wire(scrapy.Spider):
    name = "wire"

    async def start(self):
        for path in open(self.paths).read().split():
            meta = {"handle_httpstatus_list": ALL}
            yield scrapy.Request(self.root + path[1:], dont_filter=True, meta=meta, errback=lambda failure: None)

    def parse(self, response):
        yield {"url": response.url, "status": response.status}
"""


def dies_once(request: Request) -> Reply:
    """Hang up at the first request, as a server does whose kept connection has grown old."""
    return NO_ANSWER if request.number == 1 else plain("back again")


# The ordinary, the unusual, and what every server would be ashamed of.
WHOLE: dict[str, Page] = {
    "/length": plain(BODY),
    "/empty": plain(""),
    "/chunked": chunked(BODY, 777),
    "/chunk-extensions": chunked(BODY, 4000, extension=';name="a;b"'),
    "/trailers": chunked(BODY, 900, trailers=[("X-Digest", "abc"), ("Expires", "0")]),
    "/gzip": gzipped(BODY),
    "/http-1.0": until_close(BODY),
    "/until-close": until_close(BODY, version="1.1"),
    "/204": empty(204, [("X-Nothing", "here")]),
    "/304": empty(304, [("ETag", '"1"')]),
    "/chain": redirect("/chain-2", 302),
    "/chain-2": redirect("chain-3", 307),
    "/chain-3": plain("arrived"),
    "/loop": redirect("/loop-back"),
    "/loop-back": redirect("/loop"),
    "/404": error(404),
    "/410": error(410),
    "/flaky": in_turn([error(500), plain("well again")]),
    "/503": error(503, fields=[("Retry-After", "3600")]),
    "/429": error(429),
    "/slow": Reply((*plain(BODY[:100]).parts, Pause(0.2))),
    "/dribble": raw(b"HTTP/1.1 200 O", b"K\r\nContent-Le", b"ngth: 4\r", b"\n\r\nab", b"cd"),
    "/repeated": plain(BODY, fields=[("Set-Cookie", "a=1"), ("X-A", "1"), ("Set-Cookie", "b=2"), ("x-a", "2")]),
    "/odd-case": raw(b"HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:4\r\nX-Odd:\t  value \t\r\nx-empty:\r\n\r\nfour"),
    "/folded": raw(b"HTTP/1.1 200 OK\r\nX-Folded: one\r\n  two\r\nContent-Length: 4\r\n\r\nfour"),
    "/bare-lf": raw(b"HTTP/1.1 200 OK\nContent-Length: 4\nX-B: c\n\nfour"),
    "/reason": raw("HTTP/1.1 200 Tout va bien, très bien\r\nContent-Length: 4\r\n\r\nfour".encode()),
    "/latin-1": raw("HTTP/1.1 200 D'accord, garçon\r\nX-Name: Zoë\r\nContent-Length: 4\r\n\r\nfour".encode("latin-1")),
    "/no-reason": raw(b"HTTP/1.1 200\r\nContent-Length: 4\r\n\r\nfour"),
    "/wrong-charset": plain("Blåbærgrød".encode("latin-1"), HTML),
    "/old": dies_once,
    "/nul": plain(b"\x00\xff\r\n\r\nHTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n", "application/octet-stream"),
}
# Cut short, with the word for it in WARC-Truncated.
CUT: dict[str, tuple[Page, str]] = {
    "/dropped": (dropped(BODY, 9000), "disconnect"),
    "/dropped-chunks": (dropped_chunks(BODY), "disconnect"),
    "/reset-midway": (Reply((*dropped(BODY, 9000).parts, Pause(0.2)), "reset"), "disconnect"),
    "/half-a-head": (raw(b"HTTP/1.1 200 OK\r\nContent-Ty", end="close"), "disconnect"),
    "/too-large": (plain(BODY * 12), "length"),
    "/too-many-chunks": (chunked(BODY * 12, 30_000), "length"),
    "/stalls": (Reply(dropped(BODY, 9000).parts, "hold"), "time"),
}
NOTHING: dict[str, Page] = {"/reset": RESET, "/no-answer": NO_ANSWER, "/silence": SILENCE}


# Where redirects lead: nobody else may ask for it, or its exchanges have no order.
LED_TO = ("/robots.txt", "/chain-2", "/chain-3", "/loop-back")


def spider(folder: Path, server: BlogServer, paths: list[str], *more: str, **settings: object) -> tools.Result:
    """Run a spider that knows nothing of the archiver, with `scrapy runspider`."""
    (folder / "wire.py").write_text(SPIDER, encoding="utf-8")
    (folder / "paths").write_text("\n".join(paths), encoding="utf-8")
    output = folder / "output"
    words = ("-a", f"root={server.url}", "-a", f"paths={folder / 'paths'}", *more)
    return tools.run(
        tools.command(
            "runspider",
            str(folder / "wire.py"),
            *words,
            output=output,
            settings={"DOWNLOAD_TIMEOUT": 1.5, "DOWNLOAD_MAXSIZE": 300_000, **settings},
            level="CRITICAL",
        ),
        output,
    )


def at_a_time(count: int) -> dict[str, object]:
    """Settings for that many requests at once."""
    return {"CONCURRENT_REQUESTS": count, "CONCURRENT_REQUESTS_PER_DOMAIN": count}


def compare(server: BlogServer, folder: Path) -> None:
    """Hold the archive against the server's log."""
    logged = defaultdict(list)
    for exchange in server.log:
        logged[exchange.target].append(exchange)
    records = list(tools.records(folder))
    responses = {record.record_id: record for record in records if record.kind == "response"}
    kept = defaultdict(list)
    for record in records:
        if record.kind == "request":
            assert record.url.startswith(server.url)
            target = record.block.split(b" ", 2)[1].decode()
            kept[target].append((record, responses.pop(record.fields.get("WARC-Concurrent-To", "").strip("<>"), None)))
    assert not responses, "responses without a request"
    assert {target: len(all_) for target, all_ in kept.items()} == {
        target: len(all_) for target, all_ in logged.items()
    }
    for target, exchanges in logged.items():
        for exchange, (request, response) in zip(exchanges, kept[target], strict=True):
            assert request.block == exchange.received, target
            sent = bytes(exchange.sent)
            if response is None:
                assert not sent, target
                continue
            assert response.url == request.url
            cut = CUT.get(target, (None, None))[1]
            assert response.fields.get("WARC-Truncated") == cut, target
            if cut == "length" or target == "/reset-midway":
                assert sent.startswith(response.block), target
                assert len(response.block) > 100, target
            else:
                assert response.block == sent.removesuffix(SURPLUS), target
            if cut is None and target != "/early-hints":  # Python's parser knows no 103
                assert response.fields["WARC-Payload-Digest"] == tools.payload_digest(response.block), target


def serve_all(serve: Callable[..., BlogServer], **options: object) -> BlogServer:
    pages = WHOLE | {path: page for path, (page, _) in CUT.items()} | NOTHING
    pages["/surplus"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour" + SURPLUS)
    pages["/early-hints"] = raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", *plain("x").parts)
    pages["/robots.txt"] = plain("User-agent: *\nDisallow:\n", PLAIN)
    return serve(pages, **options)


@pytest.mark.parametrize("at_once", [1, 8])
def test_the_warc_holds_what_crossed_the_wire(serve, tmp_path: Path, at_once: int) -> None:
    """Requests and responses lie in the WARC as they crossed the wire, one or eight at a time."""
    server = serve_all(serve)
    paths = [path for path in server.pages if path not in LED_TO]
    result = spider(tmp_path, server, paths, REDIRECT_MAX_TIMES=4, **at_a_time(at_once))
    assert result.code == 0
    assert set(server.paths()) == set(server.pages)
    assert result.folder.name == f"127.0.0.1-{server.port}"
    compare(server, result.folder)


def test_https(serve, tmp_path: Path) -> None:
    """What is kept of https is what was said above TLS; the protocol is noted."""
    server = serve_all(serve, tls=self_signed(tmp_path))
    paths = [path for path in server.pages if path not in (*LED_TO, "/silence", "/stalls")]
    result = spider(tmp_path, server, paths, DOWNLOAD_VERIFY_CERTIFICATES=False, **at_a_time(8))
    compare(server, result.folder)
    protocols = {record.fields.get("WARC-Protocol") for record in tools.records(result.folder)} - {None}
    assert protocols
    assert all("tls/1." in text or text == "http/1.1" for text in protocols)


def test_https_is_verified(serve, tmp_path: Path) -> None:
    """A host whose certificate nobody vouches for is sent nothing, and nothing is kept of it."""
    server = serve_all(serve, tls=self_signed(tmp_path))
    spider(tmp_path, server, ["/length"])
    result = tools.crawl(server.url, tmp_path / "blog")
    assert server.log == []
    assert result.code == 5
    (line,) = result.said
    assert "certificate" in line.lower()


def test_a_spider_names_its_folder(serve, tmp_path: Path) -> None:
    """The folder of any spider is named by its `blog` attribute, if it has one."""
    server = serve_all(serve)
    result = spider(tmp_path, server, ["/length"], "-a", "blog=somewhere")
    assert result.folder.name == "somewhere"
    compare(server, result.folder)
