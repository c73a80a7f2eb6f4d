"""The download handler: Scrapy's own, whose connections capture and whose responses wait for the archive.

A response reaches Scrapy only when its records are in the WARC file: what a spider has seen, is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, StopDownload

from archiver.errors import ArchiverError, CaptureError, OutputError
from archiver.fetch import failures, wire
from archiver.fetch.exchange import MAX_HEAD, Exchange, Fetch, current_fetch
from archiver.hooks import stop_crawl
from archiver.models import Capture, Record
from archiver.warc.extension import ArchiveExtension
from archiver.warc.middleware import RECORD

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class CaptureHandler(HTTP11DownloadHandler):
    """Fetches http and https, and hands every exchange to the archive before anyone interprets it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._spool_limit = crawler.settings.getint("ARCHIVER_SPOOL_BYTES")
        # Scrapy's limit counts what a chunked body holds; its framing can be any number of times that.
        limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._max_bytes = 2 * limit + MAX_HEAD if limit else 1 << 62
        wire.install(self)

    async def download_request(self, request: Request) -> Response:
        """Fetch one request.

        Raises CaptureError, and stops the crawl, if a response came without its bytes; OutputError, and stops
        the crawl, if the archive cannot be written; Scrapy's download errors otherwise.
        """
        fetch = Fetch(self._spool_limit, self._max_bytes)
        current_fetch.set(fetch)
        try:
            response = await super().download_request(request)
        except Exception as error:
            await self._archive(request, fetch, _captures(request, fetch, error, ()))
            raise
        except BaseException as error:  # the crawl is being ended by force: nothing can wait any more
            self._archive_unseen(_captures(request, fetch, error, ()))
            raise
        if not fetch.exchanges or not fetch.exchanges[-1].received.size:
            broken = CaptureError(f"no wire bytes were captured of {request.url}", wire.UPGRADE)
            stop_crawl(self._crawler, broken)
            raise broken
        captures = _captures(request, fetch, None, response.flags)
        request.meta[RECORD] = await self._archive(request, fetch, captures)
        return response

    async def _archive(self, request: Request, fetch: Fetch, captures: list[Capture]) -> Record | None:
        """Write all exchanges of a fetch; return where the last response lies."""
        try:
            failure = next((e.failure for e in fetch.exchanges if e.failure), None)
            if failure is not None:
                raise OutputError(
                    f"cannot hold the answer of {request.url}: {failure.strerror}", "Make space in TMPDIR"
                )
            return await ArchiveExtension.of(self._crawler).write(captures)
        except ArchiverError as error:
            stop_crawl(self._crawler, error)
            raise
        except Exception as error:
            # Scrapy would take it for a failed download and crawl on, with nothing of it in the archive.
            broken = CaptureError(f"{request.url} could not be archived: {error!r:.200}", "Please report it")
            stop_crawl(self._crawler, broken)
            raise broken from error

    def _archive_unseen(self, captures: list[Capture]) -> None:
        try:
            ArchiveExtension.of(self._crawler).write_unseen(captures)
        except ArchiverError as error:
            stop_crawl(self._crawler, error)


def _captures(request: Request, fetch: Fetch, error: BaseException | None, flags: object) -> list[Capture]:
    """Return what is to be archived of a fetch: its exchanges, or that there was none."""
    proxied = bool(request.meta.get("proxy"))
    out: list[Capture] = []
    for exchange in fetch.exchanges:
        exchange.end()
    exchanges = [exchange for exchange in fetch.exchanges if exchange.sent and exchange.left]
    for number, exchange in enumerate(exchanges, 1):
        final = number == len(exchanges)
        out.append(
            Capture(
                url=request.url,
                request=b"".join(exchange.sent),
                response=exchange.received,
                started=exchange.started,
                ended=exchange.ended or exchange.started,
                peer=None if proxied else exchange.peer,
                truncated=_truncated(exchange, error, str(flags)) if final else exchange.cut,
                tls=exchange.tls,
                cipher=exchange.cipher,
                surplus=exchange.surplus,
                attempt=number,
                outcome=_outcome(exchange, error) if final and error else None,
                error=failures.why(error) if final and error else None,
            )
        )
    if not exchanges and error is not None:
        outcome, why = failures.outcome(error), failures.why(error)
        ended = fetch.exchanges[-1].ended if fetch.exchanges else None
        out.append(Capture.failed(request.url, fetch.started, ended, outcome, why))
    return out


def _outcome(exchange: Exchange, error: BaseException) -> str:
    # whatever Scrapy makes of it, the connection knows who ended it
    known = {"unspecified": "parse", "length": "length"}.get(exchange.cut or "")
    return known if known and not isinstance(error, DownloadTimeoutError) else failures.outcome(error)


def _truncated(exchange: Exchange, error: BaseException | None, flags: str) -> str | None:
    """Say why a response is not whole, in WARC-Truncated's words (WARC 1.1 section 5.15)."""
    if exchange.complete:
        return None
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, DownloadCancelledError):
        return "length"
    if isinstance(error, StopDownload) or "download_stopped" in flags:
        return "unspecified"
    if exchange.cut:
        return exchange.cut
    # without an error, the close of the connection was the proper end
    return "disconnect" if error or "dataloss" in flags else None
