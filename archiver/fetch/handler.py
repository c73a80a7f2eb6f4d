"""The download handler: Scrapy's own, whose connections capture and whose responses wait for the archive.

A response reaches Scrapy only when its records are in the WARC file: what a spider has seen, is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, StopDownload

from archiver.errors import CaptureError, OutputError
from archiver.fetch.wire import CapturePool, Exchange, current_fetch
from archiver.hooks import stop_crawl
from archiver.models import Capture, Record
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# where a response's Record is found by whoever needs it: response.meta["archiver_record"]
RECORD = "archiver_record"


class CaptureHandler(HTTP11DownloadHandler):
    """Fetches http and https, and hands every exchange to the archive before anyone interprets it."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # imported late: Scrapy installs it

        super().__init__(crawler)
        pool = CapturePool(reactor, persistent=True)  # type: ignore[no-untyped-call]
        pool.maxPersistentPerHost = self._pool.maxPersistentPerHost
        self._pool = pool

    async def download_request(self, request: Request) -> Response:
        """Fetch one request.

        Raises CaptureError, and stops the crawl, if a response came without its bytes; OutputError, and stops
        the crawl, if the archive cannot be written; Scrapy's download errors otherwise.
        """
        fetch: list[Exchange] = []
        current_fetch.set(fetch)
        try:
            response = await super().download_request(request)
        except Exception as error:
            await self._archive(request, fetch, error)
            raise
        if not fetch or not fetch[-1].received:
            broken = CaptureError(
                f"no wire bytes were captured of {request.url}",
                "This version of Scrapy or Twisted is not supported: see docs/how-it-works.md, Capture",
            )
            stop_crawl(self._crawler, broken)
            raise broken
        request.meta[RECORD] = await self._archive(request, fetch, None)
        return response

    async def _archive(self, request: Request, fetch: list[Exchange], error: Exception | None) -> Record | None:
        """Write all exchanges of a fetch; return where the last response lies."""
        try:
            archive = ArchiveExtension.of(self._crawler)
        except CaptureError as off:
            stop_crawl(self._crawler, off)
            raise
        record: Record | None = None
        for exchange in fetch:
            exchange.end()
            if not exchange.sent or not exchange.left:
                continue
            try:
                record = await archive.write(_capture(request, exchange, error))
            except OutputError as failure:
                stop_crawl(self._crawler, failure)
                raise failure from error
        return record


def _capture(request: Request, exchange: Exchange, error: Exception | None) -> Capture:
    proxied = bool(request.meta.get("proxy"))
    return Capture(
        url=urldefrag(request.url)[0],
        request=b"".join(exchange.sent),
        response=b"".join(exchange.received),
        started=exchange.started,
        ended=exchange.ended or exchange.started,
        peer=None if proxied else exchange.peer,
        truncated=_truncated(exchange, error),
        protocols=("http/1.1", exchange.tls) if exchange.tls else ("http/1.1",),
    )


def _truncated(exchange: Exchange, error: Exception | None) -> str | None:
    """Say why a response is not whole, in WARC-Truncated's words (WARC 1.1 section 5.15)."""
    if exchange.complete or error is None:  # without an error, the close of the connection was the proper end
        return None
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    if isinstance(error, StopDownload):
        return "unspecified"
    return "disconnect"
