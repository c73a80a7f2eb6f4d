"""Nothing is fetched that is not archived: not by another handler, not from a cache, not faster than it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import sleep

import pytest
from flow import tools, wire
from server.blog_pages import blog, entries
from server.blog_server import BlogServer
from server.replies import plain

Serve = Callable[..., BlogServer]
OURS = "archiver.fetch.handler.CaptureHandler"
THEIRS = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
ONLY_OURS = {"http": OURS, "https": OURS, "ftp": None, "file": None, "data": None, "s3": None}
# A handler of ours, on whose connections nobody listens.
DEAF = """
from archiver.fetch.handler import CaptureHandler
from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory

class DeafHandler(CaptureHandler):
    def __init__(self, crawler):
        super().__init__(crawler)
        self._pool._factory = _LenientHTTP11ClientFactory
"""
SLOW = """
import time
from datetime import UTC, datetime
from archiver.warc.writer import WarcWriter

write = WarcWriter.write

def slowly(self, *args, **kwargs):
    time.sleep(0.03)
    written = write(self, *args, **kwargs)
    with open({path!r}, "a") as file:
        file.write(datetime.now(UTC).isoformat() + "\\n")
    return written

WarcWriter.write = slowly
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_HANDLERS", ONLY_OURS | {"http": THEIRS}),
        ("DOWNLOAD_HANDLERS", ONLY_OURS | {"https": THEIRS}),
        ("DOWNLOAD_HANDLERS", ONLY_OURS | {"ftp": "scrapy.core.downloader.handlers.ftp.FTPDownloadHandler"}),
        ("DOWNLOAD_HANDLERS", ONLY_OURS | {"file": "scrapy.core.downloader.handlers.file.FileDownloadHandler"}),
        ("DOWNLOAD_HANDLERS", ONLY_OURS | {"data": "scrapy.core.downloader.handlers.datauri.DataURIDownloadHandler"}),
        # what is not named is Scrapy's own
        ("DOWNLOAD_HANDLERS", {"http": OURS, "https": OURS}),
        ("HTTPCACHE_ENABLED", True),
    ],
)
def test_what_would_bypass_the_archive_is_refused(serve: Serve, tmp_path: Path, name: str, value: object) -> None:
    """A setting by which something could be fetched unseen stops the crawl before it begins, and says what to do."""
    posts = entries(1)
    server = serve()
    server.pages |= blog(posts, server.url)
    result = tools.crawl(
        server.url, tmp_path / "output", {name: json.dumps(value) if isinstance(value, dict) else value}
    )
    assert server.log == []
    assert result.code == 1, result.stderr
    (line,) = result.stderr.splitlines()
    assert name in line


@pytest.mark.parametrize(
    ("name", "value"), [("DOWNLOAD_HANDLERS", json.dumps({"https": OURS})), ("HTTPCACHE_ENABLED", 1)]
)
def test_runspider_is_refused_too(serve: Serve, tmp_path: Path, name: str, value: object) -> None:
    """A spider of one's own is as little allowed to fetch unseen."""
    server = serve({"/": plain("home")})
    words = wire.command(tmp_path, [{"url": server.url}], **{name: value})
    stdout, stderr = tools.start(words).communicate(timeout=tools.TIMEOUT)
    assert server.log == [], stdout + stderr
    assert wire.seen(tmp_path) == []


@pytest.mark.parametrize("robots", [True, False])
def test_a_response_without_its_bytes_stops_the_crawl(serve: Serve, tmp_path: Path, robots: bool) -> None:
    """If capture breaks, the first response ends the crawl, and no page reaches the spider."""
    (tmp_path / "deaf.py").write_text(DEAF, encoding="utf-8")
    handlers = json.dumps(ONLY_OURS | {"http": "deaf.DeafHandler"})
    server = serve()
    server.pages |= blog(entries(9), server.url)
    settings = {"DOWNLOAD_HANDLERS": handlers, "ROBOTSTXT_OBEY": robots}
    words = tools.command("crawl", "blog", "-a", f"url={server.url}", output=tmp_path / "blog", settings=settings)
    result = tools.finish(tools.start(words, PYTHONPATH=str(tmp_path)), tmp_path / "blog")
    assert result.code == 1, result.stderr
    assert "captured" in result.stderr
    assert len(server.log) == 1
    assert not list(result.output.glob("*/posts.jsonl"))
    # many at once, and a spider that asks for everything
    asked = [{"url": f"{server.url}?{n}"} for n in range(50)]
    words = wire.command(tmp_path / "crawl", asked, **settings, **wire.at_a_time(4))
    tools.finish(tools.start(words, PYTHONPATH=str(tmp_path)), tmp_path / "crawl" / "output")
    assert wire.seen(tmp_path / "crawl") == []
    assert len(server.log) <= 1 + 2 * 4


def test_fetching_waits_for_writing(serve: Serve, tmp_path: Path) -> None:
    """While the disk is slow, no more than CONCURRENT_REQUESTS exchanges are open; none is begun for the queue."""
    slow = SLOW.format(path=str(tmp_path / "written"))
    server = serve(otherwise=plain("a page"))
    asked = [{"url": f"{server.url}{n}"} for n in range(60)]
    words = wire.command(tmp_path, asked, slow + wire.SPIDER, ROBOTSTXT_OBEY=False, **wire.at_a_time(5))
    result = tools.run(words, tmp_path / "output")
    written = [datetime.fromisoformat(line) for line in (tmp_path / "written").read_text().split()]
    events = sorted([(entry.at, 1) for entry in server.log] + [(at, -1) for at in written])
    open_now = [sum(change for _, change in events[: n + 1]) for n in range(len(events))]
    assert len(server.log) == len(written) == 60
    assert max(open_now) == 5
    wire.check(server, result.folder, {})


@pytest.mark.parametrize("after", [3, 40])
def test_what_a_spider_has_seen_is_kept(serve: Serve, tmp_path: Path, after: int) -> None:
    """A crawl that is killed has in its file whatever reached the spider, whole."""
    slow = SLOW.format(path=str(tmp_path / "written"))
    server = serve(otherwise=lambda request: plain(f"the page {request.target} " * 40))
    asked = [{"url": f"{server.url}{n}"} for n in range(200)]
    words = wire.command(tmp_path, asked, slow + wire.SPIDER, ROBOTSTXT_OBEY=False, **wire.at_a_time(8))
    process = tools.start(words)
    while process.poll() is None and (not (tmp_path / "seen").exists() or len(wire.seen(tmp_path)) < after):
        sleep(0.005)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    seen = wire.seen(tmp_path)
    assert after <= len(seen) < 200
    # the next crawl mends what this one left
    result = wire.crawl(tmp_path, [{"url": f"{server.url}last"}], ROBOTSTXT_OBEY=False)
    kept = {record.get("WARC-Target-URI"): record for record in wire.read(result.folder) if record.kind == "response"}
    for page in seen:
        body = wire.payload_of(kept[page["url"]].block)
        assert len(body) == page["size"] > 0
        assert wire.digest(body) == kept[page["url"]].get("WARC-Payload-Digest")
    assert not [page for page in seen if page["url"] not in kept]


BROKEN = """
from archiver.warc.writer import WarcWriter

def fails(self, *args, **kwargs):
    raise LookupError("a fault of ours")

WarcWriter.write = fails
"""


def test_a_fault_of_the_writer_stops_the_crawl(plain_blog, tmp_path: Path) -> None:
    """Whatever goes wrong while a response is written, the crawl ends and says so: nothing is fetched past it."""
    server, _ = plain_blog(3)
    (tmp_path / "sitecustomize.py").write_text(BROKEN, encoding="utf-8")
    output = tmp_path / "output"
    words = tools.command("crawl", "blog", "-a", f"url={server.url}", output=output)
    result = tools.finish(tools.start(words, PYTHONPATH=str(tmp_path)), output)
    assert result.code == 1
    assert "could not be archived: LookupError" in result.stderr
    assert len(server.log) == 1
