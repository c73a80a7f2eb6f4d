"""Pages to articles, off the reactor's thread: the first item pipeline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, DeferredSemaphore
from twisted.internet.threads import deferToThread

from archiver import urls
from archiver.errors import ArchiverError, ExtractionFailed
from archiver.extract.comments.merge import merge
from archiver.extract.entries import fill
from archiver.extract.jobs import Done, Job
from archiver.extract.parts import MOST, join
from archiver.extract.pool import Share
from archiver.extract.verdict import verdict
from archiver.extract.walls import WALLS
from archiver.hooks import FATAL
from archiver.models import Article, Found, Hints, Page, Record, Said, WarcRef
from archiver.runs.extension import RunExtension
from archiver.state.extension import StateExtension
from archiver.warc.extension import ArchiveExtension
from archiver.warc.middleware import CAPTURED, RECORD

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


# Further pages of one post, and pages of its comments, that are fetched at the most.
MAX_PARTS = 200
# The page of an API's list of comments, and how many make it a full one.
PAGE, FULL_PAGE = re.compile(r"([?&]page=)1(?=&|$)"), 100
# Redirects are followed; with every other status there is no part.
# Those that say that there is none and will be none.
NO_PART = (404, 410)
PARTS_STATUS = [status for status in range(100, 600) if status not in (301, 302, 303, 307, 308)]
# Verdicts that say that there is nothing any more, as a 404 would.
VANISHED = ("soft_404",)
# Walls that stand for a while in the place of a part.
PASSING = ("challenge", "suspended", "parked")
# The word of an API for what is not for everybody, and the flag of a post of which only a beginning was to be had.
MEMBERS, MEMBERS_ONLY = "members", "members_only"
# The flag of a post whose further pages are not all there.
FIRST_PAGE_ONLY = "first_page_only"
NO_HINTS = Hints()


@dataclass(slots=True)
class Fetched:
    """What a spider yields: an answer of the server that may hold a post, and where it lies in the archive.

    `usual` says whether its address has the form that the blog's known posts have, `pages` whether fixed pages become
    items too. `again` says that a killed run fetched it.
    """

    found: Found
    record: Record
    url: str
    usual: bool = False
    pages: bool = False
    again: bool = False


@dataclass(slots=True)
class Heard:
    """What a spider yields: an answer that holds comments, the name of its reader, and the question as it was asked."""

    record: Record
    reader: str
    url: str
    asked: str = ""


@dataclass(slots=True)
class Extracted:
    """A fetched page that holds a post, with its article; `parts` are the records of its further pages.

    `said` are comments out of an API's answer, and the record that each came from. `missing_parts` says that
    something that belongs to the post could not be had today, and may be tomorrow.
    """

    fetched: Fetched
    page: Page
    article: Article
    parts: list[WarcRef] = field(default_factory=list)
    said: list[tuple[Said, str]] = field(default_factory=list)
    missing_parts: bool = False


@dataclass(slots=True)
class Comments:
    """Comments of any posts of the blog, out of the answer to a question."""

    said: tuple[Said, ...]
    record: Record
    asked: str = ""


class ExtractPipeline:
    """Turns Fetched into Extracted; what holds no post is dropped as a finding with its reason."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._archive = ArchiveExtension.of(crawler)
        self._state = StateExtension.of(crawler)
        self._run = RunExtension.of(crawler)
        self._max_bytes = settings.getint("ARCHIVER_MAX_HTML_BYTES")
        waiting = settings.getint("ARCHIVER_EXTRACT_QUEUE")
        # Jobs beyond the queue wait here as items, not in threads: Scrapy stops fetching while many items wait.
        self._places = DeferredSemaphore(waiting)
        # one pool for all crawls of this process
        self._pool = Share(
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
        """Extract one page with all its parts, or an answer's comments; items of other spiders pass untouched."""
        if isinstance(item, Heard):
            return await self._hear(item)
        if not isinstance(item, Fetched):
            return item
        done = await self._work(item, self._job(item.record, hints=item.found.hints))
        assert done.page is not None
        assert done.article is not None
        page, article = done.page, done.article
        is_shut = any(flag in WALLS for flag in article.flags)
        if not article.text and not is_shut and item.found.entry and item.found.source:
            article = await self._from_entry(item, article)
        moved = urls.identity(item.url) != urls.identity(item.found.url)
        decision = verdict(item.found.kind, article, usual=item.usual, pages=item.pages, moved=moved)
        if not decision.is_post:
            if decision.reason in VANISHED:
                self._run.ledger.gone(item.found, decision.reason, decision.reason)
            else:
                self._run.ledger.not_a_post(item.found, item.record, decision.reason)
            raise DropItem(f"{item.url}: {decision.reason}", log_level="DEBUG")
        if item.found.access == MEMBERS and MEMBERS_ONLY not in article.flags:
            article = replace(article, flags=(*article.flags, MEMBERS_ONLY))
        extracted = Extracted(item, page, article)
        await self._join_pages(extracted)
        await self._add_comments(extracted)
        return extracted

    async def _hear(self, item: Heard) -> Comments:
        done = await self._ask(replace(self._job(item.record), said=item.reader, url=item.url))
        if done.error:
            self._run.ledger.finding(item.url, "comments_unreadable", done.error)
            raise DropItem(f"{item.url}: {done.error}", log_level="DEBUG")
        return Comments(done.said, item.record, item.asked)

    async def _from_entry(self, item: Fetched, article: Article) -> Article:
        """Return the article of a feed's entry where the page itself has no text: its text is made by scripts."""
        source = item.found.source
        assert source is not None
        record = replace(item.record, ref=source, origin=None, is_original=True)
        job = replace(self._job(record, hints=item.found.hints), entry=item.found.entry, url=item.url)
        try:
            done = await self._ask(job)
        except ExtractionFailed:
            return article
        if done.article is None or not done.article.text:
            return article
        item.record = record
        return fill(article, done.article)

    # --- parts ------------------------------------------------------------------------------------------

    async def _join_pages(self, item: Extracted) -> None:
        """Fetch the further pages of a post, and make one article of all."""
        waiting, asked = list(item.article.pages), {item.fetched.url, item.fetched.found.url}
        rest: list[Article] = []
        while waiting and len(asked) < MAX_PARTS:
            url = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            part = await self._part(item, url)
            if part is None:
                break
            record, done = part
            if done.article is None or self._is_barred(item, url, done.article) or not done.article.text:
                break
            rest.append(done.article)
            item.parts.append(record.payload)
            waiting += [url for url in done.article.pages if url not in asked and url not in waiting]
        if rest or item.article.pages:
            item.article = join(item.article, rest)
        # Links to pages beyond the most are not read, so that it shows by their number alone.
        if len(rest) >= MOST - 1 or (waiting and len(asked) >= MAX_PARTS):
            self._run.ledger.finding(item.fetched.url, "too_many_parts", f"only {len(rest) + 1} pages are kept")
            if FIRST_PAGE_ONLY not in item.article.flags:
                item.article = replace(item.article, flags=(*item.article.flags, FIRST_PAGE_ONLY))

    async def _add_comments(self, item: Extracted) -> None:
        """Fetch the comments that the page does not show: all of them from an API, or those of its further pages."""
        replies = item.fetched.found.replies or item.article.replies
        if replies:
            await self._ask_for_replies(item, *replies)
        if item.said or self._state.tells_comments:
            return
        comments = item.article.comments
        waiting, asked = list(item.article.comment_pages), {item.fetched.url}
        while waiting and len(asked) <= MAX_PARTS:
            url = waiting.pop(0)
            if url in asked:
                continue
            asked.add(url)
            part = await self._part(item, url)
            if part is None or part[1].article is None or self._is_barred(item, url, part[1].article):
                break
            record, more = part[0], part[1].article
            item.said += [(Said(item.fetched.url, c), record.payload.record_id) for c in more.comments]
            comments = merge(comments, more.comments)
            # some themes link the next page only
            waiting += [url for url in more.comment_pages if url not in asked]
        if any(url not in asked for url in waiting) and len(asked) > MAX_PARTS:
            self._run.ledger.finding(item.fetched.url, "too_many_parts", f"only {MAX_PARTS} pages of comments are kept")
        item.article = replace(item.article, comments=comments)

    async def _ask_for_replies(self, item: Extracted, reader: str, url: str) -> None:
        """Fetch the comments of one post from an API, page after page as long as they bring some."""
        seen: set[str] = set()
        for number in range(1, MAX_PARTS):
            part = await self._part(item, PAGE.sub(rf"\g<1>{number}", url), said=reader)
            fresh = [said for said in part[1].said if said.comment.key not in seen] if part else []
            if part is None or not fresh:
                return
            item.said += [(said, part[0].payload.record_id) for said in fresh]
            seen.update(said.comment.key for said in fresh)
            if not PAGE.search(url) or len(fresh) < FULL_PAGE:
                return

    def _is_barred(self, item: Extracted, url: str, article: Article) -> bool:
        """Tell whether a wall stands where a part of a post should be that may be there another day."""
        wall = next((flag for flag in article.flags if flag in PASSING), None)
        if wall:
            self._miss(item, url, wall)
        return wall is not None

    def _miss(self, item: Extracted, url: str, why: str) -> None:
        """Note that a part of a post is not there today."""
        item.missing_parts = True
        self._run.ledger.finding(url, "part_missing", why)

    async def _part(self, item: Extracted, url: str, said: str | None = None) -> tuple[Record, Done] | None:
        """Fetch what belongs to a post and extract it; None, with a finding, if that can't be had.

        Unless it is for good, as with 404 or a robots.txt that forbids it, the post is marked as one that lacks parts.
        Raises DropItem when the crawl is being ended: the next run takes the post up again.
        """
        assert self._crawler.stats is not None
        assert self._crawler.engine is not None
        if not self._crawler.crawling or self._crawler.stats.get_value(FATAL):
            raise DropItem(f"{item.fetched.url}: the crawl ends", log_level="DEBUG")
        captured = {CAPTURED: self._state.captured(url)} if item.fetched.again else {}
        request = Request(url, dont_filter=True, meta={"handle_httpstatus_list": PARTS_STATUS, **captured})
        try:
            response = await self._crawler.engine.download_async(request)
        except ArchiverError as error:  # the archive can't be written: the crawl is ending
            raise DropItem(f"{item.fetched.url}: {error}", log_level="DEBUG") from error
        except IgnoreRequest as refusal:  # robots.txt, or redirects without an end
            self._run.ledger.finding(url, "part_missing", f"{type(refusal).__name__}: {refusal}")
            return None
        except Exception as error:  # noqa: BLE001 - whatever a download failed of, the post is saved without it
            self._miss(item, url, f"{type(error).__name__}: {error}")
            return None
        record = response.meta.get(RECORD)
        if response.status in NO_PART or (said and response.status in (401, 403)):
            self._run.ledger.finding(url, "part_missing", f"HTTP {response.status}")
            return None
        if response.status != 200 or not isinstance(record, Record):
            self._miss(item, url, f"HTTP {response.status}")
            return None
        try:
            done = await self._ask(replace(self._job(record), said=said, url=url if said else None))
        except ExtractionFailed as failure:
            self._miss(item, url, str(failure))
            return None
        if done.error:
            self._miss(item, url, done.error)
            return None
        return record, done

    # --- work -------------------------------------------------------------------------------------------

    def _job(self, record: Record, hints: Hints = NO_HINTS) -> Job:
        folder = self._archive.folder
        assert folder is not None
        ref, origin = record.ref, record.origin
        source = (str(folder.path / origin.file), origin.offset) if origin else None
        return Job(str(folder.path / ref.file), ref.offset, self._max_bytes, hints, source)

    async def _work(self, item: Fetched, job: Job) -> Done:
        """Return the article of a page. Raises DropItem, with an entry in the ledger, if there is none."""
        try:
            done = await self._ask(job)
        except ExtractionFailed as failure:
            raise self._drop(item, failure.reason, str(failure)) from failure
        if done.unreadable:
            self._archive.distrust(item.record.payload)
            raise self._drop(item, "unreadable", done.error or "")
        if done.page is None or done.article is None:
            raise self._drop(item, "error", done.error or "no article")
        return done

    async def close_spider(self) -> None:
        """Give the share of the workers back; the last crawl ends their processes."""
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
