"""Pages to articles, off the reactor's thread: the first item pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.threads import deferToThread

from archiver.errors import ExtractionFailed
from archiver.extract.jobs import Done, Job
from archiver.extract.pool import Pool
from archiver.extract.verdict import verdict
from archiver.models import Article, Found, Page, Record
from archiver.runs.extension import RunExtension
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(slots=True)
class Fetched:
    """What a spider yields: an answer of the server that may hold a post, and where it lies in the archive.

    `usual` says whether its address has the form that the blog's known posts have.
    """

    found: Found
    record: Record
    url: str
    usual: bool = False


@dataclass(slots=True)
class Extracted:
    """A fetched page that holds a post, with its article."""

    fetched: Fetched
    page: Page
    article: Article


class ExtractPipeline:
    """Turns Fetched into Extracted; what holds no post is dropped as a finding with its reason."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._archive = ArchiveExtension.of(crawler)
        self._run = RunExtension.of(crawler)
        self._max_bytes = settings.getint("ARCHIVER_MAX_HTML_BYTES")
        waiting = settings.getint("ARCHIVER_EXTRACT_QUEUE")
        # Jobs beyond the queue wait here as items, not in threads: Scrapy stops fetching while many items wait.
        self._places = DeferredSemaphore(waiting)
        self._pool = Pool(
            settings.getint("ARCHIVER_WORKERS"),
            timeout=settings.getfloat("ARCHIVER_EXTRACT_TIMEOUT"),
            waiting=waiting,
            max_memory=settings.getint("ARCHIVER_WORKER_MEMORY"),
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ExtractPipeline:
        """Make the pipeline and its pool."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Extract one page; items of other spiders pass through untouched."""
        if not isinstance(item, Fetched):
            return item
        folder = self._archive.folder
        assert folder is not None
        ref, origin = item.record.ref, item.record.origin
        source = (str(folder.path / origin.file), origin.offset) if origin else None
        job = Job(str(folder.path / ref.file), ref.offset, self._max_bytes, item.found.hints, source)
        try:
            done = await self._ask(job)
        except ExtractionFailed as failure:
            raise self._drop(item, failure.reason, str(failure)) from failure
        if done.unreadable:
            self._archive.distrust(item.record.payload)
            raise self._drop(item, "unreadable", done.error or "")
        if done.page is None or done.article is None:
            raise self._drop(item, "error", done.error or "no article")
        decision = verdict(item.found.kind, done.article, usual=item.usual)
        if not decision.is_post:
            self._run.ledger.not_a_post(item.found, item.record, decision.reason)
            raise DropItem(f"{item.url}: {decision.reason}", log_level="DEBUG")
        return Extracted(item, done.page, done.article)

    async def close_spider(self) -> None:
        """End the worker processes."""
        await maybe_deferred_to_future(deferToThread(self._pool.close))

    async def _ask(self, job: Job) -> Done:
        from twisted.internet import reactor  # imported late: Scrapy installs it

        await maybe_deferred_to_future(self._places.acquire())
        try:
            answer: Deferred[Done] = Deferred()

            def reply(done: Done | ExtractionFailed) -> None:
                call = answer.errback if isinstance(done, ExtractionFailed) else answer.callback
                reactor.callFromThread(call, done)

            self._pool.submit(job, reply)
            return await maybe_deferred_to_future(answer)
        finally:
            self._places.release()

    def _drop(self, item: Fetched, reason: str, detail: str) -> DropItem:
        self._run.ledger.failed(item.found, f"extraction_{reason}", detail)
        return DropItem(f"{item.url}: {detail}", log_level="DEBUG")
