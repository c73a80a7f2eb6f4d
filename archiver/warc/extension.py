"""The archive of a crawl as Scrapy sees it: one writer, one thread, opened before the first request.

Other hooks reach it by `ArchiveExtension.of(crawler)`.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scrapy import signals
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from archiver import __version__, urls
from archiver.blog import BlogFolder
from archiver.errors import OutputError
from archiver.hooks import CrawlExtension, stop_crawl
from archiver.models import Capture, Record
from archiver.warc.repair import Repaired, repair
from archiver.warc.writer import WarcWriter

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class ArchiveExtension(CrawlExtension):
    """Owns the blog's folder and its WARC writer for one crawl.

    The folder is named by the spider's `blog` attribute, else by the host of the crawl's first exchange.
    Raises OutputNotWritable or BlogLocked, before the first request where `blog` is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self.run_id = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        self.folder: BlogFolder | None = None
        self.repaired: list[Repaired] = []
        self._writer: WarcWriter | None = None
        self._observers: list[Callable[[Record], None]] = []
        # one thread: records are written in order, and the reactor never waits for the disk
        self._thread = ThreadPool(1, 1, name="warc-writer")
        crawler.signals.connect(self.close, signal=signals.spider_closed)
        blog = getattr(crawler.spider, "blog", None)
        if blog:
            self.open(str(blog))

    @property
    def files(self) -> list[str]:
        """The names of the files that this crawl has written."""
        return self._writer.files if self._writer else []

    def on_record(self, observer: Callable[[Record], None]) -> None:
        """Have `observer` called, on the reactor's thread, with every response record once it is written."""
        self._observers.append(observer)

    def open(self, blog: str) -> BlogFolder:
        """Open and lock the blog's folder, finish what a killed run left, and get ready to write."""
        settings = self._crawler.settings
        folder = BlogFolder(Path(settings["ARCHIVER_OUTPUT"]), blog)
        folder.open()
        self.run_id = folder.free_run_id(datetime.now(UTC))
        self.repaired = repair(folder.archive)
        for file in self.repaired:
            logger.warning("finished %s of a run that was killed (%d torn bytes cut off)", file.path, file.cut)
        self._writer = WarcWriter(
            folder.archive, blog, self.run_id, self._warcinfo(), settings.getint("ARCHIVER_WARC_MAX_BYTES")
        )
        self.folder = folder
        return folder

    async def write(self, capture: Capture) -> Record | None:
        """Write one exchange; returns once it is in the file. Raises OutputError."""
        from twisted.internet import reactor  # imported late: Scrapy installs it

        if self._writer is None:
            self.open(urls.blog_name(urls.site_root(capture.url)))
        assert self._writer is not None
        if not self._thread.started:
            self._thread.start()
            # A second signal stops the reactor without closing the spider: the thread must not keep the process.
            cast(Any, reactor).addSystemEventTrigger("after", "shutdown", self._stop_thread)
        record: Record | None = await maybe_deferred_to_future(
            deferToThreadPool(reactor, self._thread, self._writer.write, capture)
        )
        stats = self._crawler.stats
        assert stats is not None
        stats.inc_value("warc/exchanges")
        stats.inc_value("warc/bytes/wire", len(capture.request) + len(capture.response))
        if record:
            for observer in self._observers:
                observer(record)
        return record

    def close(self, **_: Any) -> None:
        """Finish the current file. Called by Scrapy once every download has ended."""
        self._stop_thread()
        if self._writer:
            try:
                self._writer.close()
            except OutputError as error:
                stop_crawl(self._crawler, error)

    def _stop_thread(self) -> None:
        if self._thread.started and not self._thread.joined:
            self._thread.stop()

    def _warcinfo(self) -> dict[str, str]:
        settings = self._crawler.settings
        names = ("scrapy", "trafilatura", "warcio", "twisted", "isal")
        parts = ", ".join(f"{name}/{version(name)}" for name in names)
        info = {
            "software": f"blog-archiver/{__version__} ({parts}, Python/{platform.python_version()})",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "http-header-user-agent": str(settings["USER_AGENT"]),
        }
        if settings["ARCHIVER_CONTACT"]:
            info["operator"] = str(settings["ARCHIVER_CONTACT"])
        return info
