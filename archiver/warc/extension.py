"""The archive of a crawl as Scrapy sees it: one writer, one thread, opened before the first request.

Other hooks reach it by `ArchiveExtension.of(crawler)`.
"""

from __future__ import annotations

import json
import logging
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scrapy import signals
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import DeferredSemaphore

from archiver import __version__, urls
from archiver.blog import BlogFolder
from archiver.errors import OutputError
from archiver.hooks import CrawlExtension, stop_crawl
from archiver.models import Capture, Record, WarcRef
from archiver.state.captures import Captures
from archiver.warc import reader
from archiver.warc.repair import Repaired, repair
from archiver.warc.secrets import KEEP, POLICIES, redact, target_uri
from archiver.warc.thread import WriterThread
from archiver.warc.writer import WarcWriter

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

T = TypeVar("T")
PARTS = ("scrapy", "twisted", "trafilatura", "warcio", "isal", "deflate")
# What decides which bytes a crawl got: stated in each file.
SHAPING = (
    "ROBOTSTXT_OBEY", "DOWNLOAD_DELAY", "AUTOTHROTTLE_ENABLED", "CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DOWNLOAD_TIMEOUT", "DOWNLOAD_MAXSIZE", "DOWNLOAD_FAIL_ON_DATALOSS", "DOWNLOAD_VERIFY_CERTIFICATES",
    "DEFAULT_REQUEST_HEADERS", "COOKIES_ENABLED", "RETRY_TIMES", "REDIRECT_MAX_TIMES", "ARCHIVER_MAX_SURFACE_PAGES",
    "ARCHIVER_MAX_LINKED", "ARCHIVER_REVISIT_DAYS", "ARCHIVER_CONVERSIONS",
)  # fmt: skip


class ArchiveExtension(CrawlExtension):
    """Owns the blog's folder and its WARC writer for one crawl.

    The folder is named by the spider's `blog` attribute, else by the host of the crawl's first exchange.
    Raises OutputNotWritable or BlogLocked, before the first request where `blog` is known.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._settings = crawler.settings
        self.run_id = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        self.folder: BlogFolder | None = None
        self.repaired: list[Repaired] = []
        self._writer: WarcWriter | None = None
        self._texts: WarcWriter | None = None
        self._captures: Captures | None = None
        self._thread: WriterThread | None = None
        self._trigger: Any = None
        self._counts: Counter[str] = Counter()
        self._observers: list[Callable[[Record], None]] = []
        # Beyond these, downloads wait with their answers, and Scrapy asks for nothing more.
        self._places = DeferredSemaphore(self._settings.getint("ARCHIVER_WRITE_QUEUE"))
        crawler.signals.connect(self.close, signal=signals.spider_closed)
        blog = getattr(crawler.spider, "blog", None)
        if blog:
            self.open(str(blog))

    @property
    def files(self) -> list[str]:
        """The names of the files that this crawl has written."""
        return self._writer.files if self._writer else []

    def on_record(self, observer: Callable[[Record], None]) -> None:
        """Have `observer` called, on the reactor's thread, with every response or revisit record once it is written."""
        self._observers.append(observer)

    def open(self, blog: str) -> BlogFolder:
        """Open and lock the blog's folder, finish what a killed run left, and get ready to write."""
        folder = BlogFolder(Path(self._settings["ARCHIVER_OUTPUT"]), blog)
        folder.open()
        self.run_id = folder.free_run_id(datetime.now(UTC))
        self.repaired = repair(folder.archive) + repair(folder.text)
        for file in self.repaired:
            logger.warning("finished %s of a run that was killed (%d torn bytes cut off)", file.path, file.cut)
        self._captures = captures = Captures(folder.state)
        self._learn(captures, folder)
        info, max_bytes = self._warcinfo(blog), self._settings.getint("ARCHIVER_WARC_MAX_BYTES")
        keep = self._settings["ARCHIVER_SECRETS"] == KEEP
        self._writer = WarcWriter(
            folder.archive, blog, self.run_id, info, max_bytes, originals=captures, keep_secrets=keep
        )
        if self._settings.getbool("ARCHIVER_CONVERSIONS"):
            self._texts = WarcWriter(folder.text, f"{blog}-text", self.run_id, info, max_bytes)
        self.folder = folder
        return folder

    async def write(self, exchanges: Sequence[Capture]) -> Record | None:
        """Write the exchanges of one fetch; returns once they are in the file.

        Returns where the last one's response lies, None if it has none. Raises OutputError.
        """
        records = await self._do(lambda: self._write(exchanges), exchanges)
        for exchange, record in zip(exchanges, records, strict=True):
            self._counts["warc/exchanges"] += 1
            self._counts["warc/bytes/wire"] += len(exchange.request) + exchange.response.size
            if record:
                self._counts["warc/records/revisit" if record.origin else "warc/records/response"] += 1
                for observer in self._observers:
                    observer(record)
        return records[-1] if records else None

    def write_unseen(self, exchanges: Sequence[Capture]) -> None:
        """Have the exchanges of a fetch written although nobody waits for it any more."""
        self._started(exchanges).submit_unseen(lambda: self._write(exchanges))

    async def write_conversion(self, source: Record, text: str) -> None:
        """Write a text that was made of `source`, unless conversions are switched off. Raises OutputError."""
        folder, texts = self.folder, self._texts
        if not text or folder is None or texts is None:
            return

        def write() -> None:
            with suppress(OSError):  # told when the file is opened
                folder.text.mkdir(exist_ok=True)
            texts.write_conversion(source, text)

        await self._do(write, ())

    def distrust(self, ref: WarcRef) -> None:
        """Have no later capture refer to a record that cannot be read: its payload is written again."""
        captures = self._captures
        if captures is not None:
            self._started(()).submit_unseen(lambda: captures.forget(ref.record_id))

    def close(self, **_: Any) -> None:
        """Finish the current file. Called by Scrapy once every download has ended."""
        assert self._crawler.stats is not None
        for name, count in self._counts.items():
            self._crawler.stats.set_value(name, count)
        try:
            self._stop()
            for writer in self._writers:
                writer.close()
            if self._captures:
                self._captures.close(_sizes(self.folder.archive / name for name in self.files) if self.folder else {})
        except OutputError as error:
            stop_crawl(self._crawler, error)

    async def _do(self, job: Callable[[], T], exchanges: Sequence[Capture]) -> T:
        place = self._places.acquire()
        if not place.called:
            await maybe_deferred_to_future(place)
        try:
            return await maybe_deferred_to_future(self._started(exchanges).submit(job))
        finally:
            self._places.release()

    def _started(self, exchanges: Sequence[Capture]) -> WriterThread:
        """Return the thread; with the first exchange it starts, and the folder is opened if it was not known before."""
        from twisted.internet import reactor  # imported late: Scrapy installs it

        if self._writer is None:
            self.open(urls.blog_name(urls.site_root(target_uri(exchanges[0].url))))
        if self._thread is None:
            loop = cast(Any, reactor)
            seconds = self._settings.getfloat("ARCHIVER_FSYNC_SECONDS")
            self._thread = WriterThread(loop.callFromThread, self._sync, self._is_synced, seconds)
            # A second signal stops the reactor without closing the spider: what waits is written all the same.
            self._trigger = loop.addSystemEventTrigger("after", "shutdown", self._stop_late)
        return self._thread

    def _write(self, exchanges: Sequence[Capture]) -> list[Record | None]:
        assert self._writer is not None
        records = []
        for exchange in exchanges:
            records.append(self._writer.write(exchange))
            exchange.response.close()
        return records

    @property
    def _writers(self) -> list[WarcWriter]:
        return [writer for writer in (self._writer, self._texts) if writer]

    def _sync(self) -> None:
        for writer in self._writers:
            writer.sync()

    def _is_synced(self) -> bool:
        return all(writer.is_synced for writer in self._writers)

    def _stop(self) -> None:
        if self._trigger is not None:  # others may crawl on in this process: nothing of this crawl is to stay
            from twisted.internet import reactor  # imported late: Scrapy installs it

            trigger, self._trigger = self._trigger, None
            cast(Any, reactor).removeSystemEventTrigger(trigger)
        if self._thread:
            self._thread.stop()

    def _stop_late(self) -> None:
        self._trigger = None
        try:
            self._stop()
        except OutputError as error:
            logger.error(error.line())

    def _learn(self, captures: Captures, folder: BlogFolder) -> None:
        """Note the records of files that the state does not know: of killed runs, of others, or all of them."""
        sizes = _sizes(sorted(folder.archive.glob("*.warc.gz")))
        captures.keep_only(sizes)
        for name, size in sizes.items():
            if captures.knows(name):
                continue
            logger.info("reading %s, which the state does not know so", name)
            for record in reader.captures(folder.archive / name):
                captures.add(record)
            captures.note_files({name: size})

    def _warcinfo(self, blog: str) -> dict[str, str]:
        settings = self._settings
        parts = ", ".join(f"{name}/{version(name)}" for name in PARTS)
        contact, operator = str(settings["ARCHIVER_CONTACT"]), str(settings["ARCHIVER_OPERATOR"])
        spider = self._crawler.spider
        shaping = {name: _plain(settings.get(name)) for name in SHAPING}
        arguments = json.dumps(getattr(spider, "arguments", {}), default=str)
        shaping["spider"] = {
            "name": self._crawler.spidercls.name,
            "arguments": json.loads(urls.without_credentials(arguments)),
        }
        info = {
            "software": f"blog-archiver/{__version__} ({parts}, Python/{platform.python_version()})",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": operator or contact,
            "contact": contact,
            "isPartOf": blog,
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "http-header-user-agent": str(settings["USER_AGENT"]),
            "secrets-policy": f"{settings['ARCHIVER_SECRETS']}: {POLICIES[settings['ARCHIVER_SECRETS']]}",
            "dedup-policy": "a payload that the archive of this blog holds already is written as a revisit: of "
            "the same address, or of any if it is no HTML page",
            "settings": json.dumps(shaping, sort_keys=True, default=str),
        }
        return {name: value for name, value in info.items() if value}


def _sizes(paths: Iterable[Path]) -> dict[str, int]:
    """Return the sizes of those files that are there, by name."""
    return {path.name: path.stat().st_size for path in paths if path.is_file()}


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it, without credentials among headers."""
    if not hasattr(value, "items"):
        return value
    return {str(k): str(v) for k, v in value.items() if not redact(f"{k}: x\n".encode())[1]}
