"""Archive one blog: `scrapy crawl blog -a url=URL`.

First every surface is asked which posts there are (surfaces.py); then, in waves, each address that is new, changed or
due is fetched, and where no surface is complete the blog's lists are followed. What a page holds is decided in
archiver/extract, never here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archiver import urls
from archiver.arguments import Arguments, check_contact
from archiver.charset import decode
from archiver.discover import links
from archiver.discover.home import Home, read_home
from archiver.discover.plan import plan
from archiver.errors import ArchiverError, OutputError, UsageError
from archiver.extract.pipeline import Fetched
from archiver.fetch import failures
from archiver.fetch.robots import RobotsForbids, RobotsUnavailable
from archiver.hooks import stop_crawl
from archiver.models import Ask, Found, Record
from archiver.runs.extension import RunExtension
from archiver.state.decide import CAPTURED as READ_AGAIN
from archiver.state.decide import moment
from archiver.state.extension import StateExtension
from archiver.warc.middleware import CAPTURED, RECORD
from spiders.followed import Followed
from spiders.surfaces import ANSWERS, LISTING, Surfaces, headers_of, is_conditional

# The first page before the surfaces, the surfaces before the posts.
HOME, POST = 100, 0
HTML = ("text/html", "application/xhtml+xml")
# Addresses that are decided on together, and requests that wait for the network at the most: the rest waits on disk.
BATCH, WAITING = 500, 200
# Saved posts that no list names any more, and that are looked at in one run: if they are many, their list is broken.
MAX_MISSING = 200

Answer = Iterator[Any]


class BlogSpider(Spider):
    """Finds and fetches the posts of the blog at `url`.

    Arguments: `url`; `limit`, how many posts to fetch at the most; `since`, the day from which posts are fetched;
    `full`, 1 to fetch known posts again too; `pages`, 1 to make items of fixed pages such as About.
    Raises UsageError for any other, and for malformed ones.
    """

    name = "blog"

    def __init__(
        self,
        url: str | None = None,
        limit: str | None = None,
        full: str | None = None,
        since: str | None = None,
        pages: str | None = None,
        **other: Any,
    ) -> None:
        super().__init__()
        if other:
            raise UsageError(
                f"unknown argument -a {next(iter(other))}=…",
                "There are url, limit, since, full, pages; and urls_file, many blogs",
            )
        given = {"url": url, "limit": limit, "full": full, "since": since, "pages": pages}
        self.arguments = {name: value for name, value in given.items() if value is not None}
        arguments = Arguments.read(url=url, limit=limit, full=full, since=since, pages=pages)
        self.root, self.limit, self.full = arguments.root, arguments.limit, arguments.full
        self.since, self.pages = arguments.since, arguments.pages
        self.blog = urls.blog_name(self.root)
        self.closing_words: list[str] = []
        self.surfaces: Surfaces
        self.followed: Followed
        self._home: Home | None = None
        self._robots_sitemaps: list[str] = []
        self._seen: set[str] = set()
        self._is_settled = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider; a blog on another machine is not fetched without a contact in the User-Agent."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not urls.is_loopback(spider.root):
            check_contact(crawler.settings["ARCHIVER_CONTACT"])
        crawler.signals.connect(spider.read_robots, signal=signals.robots_parsed)
        crawler.signals.connect(spider.next_wave, signal=signals.spider_idle)
        return spider

    @property
    def run(self) -> RunExtension:
        """The run's ledger and report."""
        return RunExtension.of(self.crawler)

    @property
    def state(self) -> StateExtension:
        """What is remembered of the blog."""
        return StateExtension.of(self.crawler)

    # --- the first page ---------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the blog's first page; Scrapy asks for robots.txt before it."""
        self.surfaces = Surfaces(self.crawler, self.root, self.parse_surface, self.surface_failed)
        self.followed = Followed(self.run.ledger, self.settings.getint("ARCHIVER_MAX_LINKED"))
        self.run.ledger.on_verdict(lambda found, is_post: self.followed.settled(found, is_post=is_post))
        self.run.limited = self.limit is not None or self.since is not None
        self.run.discovery["surfaces"] = self.surfaces.report
        yield Request(
            self.root,
            self.parse_home,
            errback=self.home_failed,
            priority=HOME,
            dont_filter=True,
            meta={"handle_httpstatus_list": ANSWERS},
        )

    def read_robots(self, robotparser: Any, **_: Any) -> None:
        """Take the sitemaps that robots.txt names."""
        named = getattr(getattr(robotparser, "rp", None), "sitemaps", ())
        resolved = (urls.absolute(self.root, url) for url in named)
        self._robots_sitemaps += [url for url in resolved if url and urls.same_site(url, self.root)]

    def parse_home(self, response: Response) -> Answer:
        """Learn what kind of blog this is, and ask each surface for its posts."""
        if response.status != 200 or not isinstance(response, TextResponse):
            self.surfaces.note_failure("home", response.url, f"http_{response.status}")
            self.run.nothing = _no_home(response)
            return
        if not urls.within(response.url, self.root):
            self.run.ledger.finding(self.root, "moved", f"redirects to {response.url}")
            self.root = self.surfaces.root = urls.normalise(response.url)
        self._home = found = read_home(response.url, _text(response), headers_of(response), self.root)
        self.run.discovery |= {
            "platform": found.platform,
            "confidence": round(found.confidence, 2),
            "evidence": list(found.evidence),
            "title": found.title,
        }
        self.run.nothing = (
            f"no posts were found at {self.root}: no blog's API, sitemap or feed, and no links to posts. "
            "Give the address of the blog's first page"
        )
        self.surfaces.has_hole = found.platform == "ghost"
        yield from self._told(lambda: self._begin(response))

    def _begin(self, response: Response) -> Answer:
        yield from self.surfaces.begin(self._plan(self.surfaces.changes), self._robots_sitemaps)
        self._add_page_links(response)

    def _plan(self, changes: Any) -> list[Ask]:
        assert self._home is not None
        return plan(self._home, self._robots_sitemaps, changes)

    def home_failed(self, failure: Failure) -> None:
        """Say why there is nothing to archive."""
        url = failure.request.url  # type: ignore[attr-defined]
        if isinstance(failure.value, ArchiverError):
            return
        why = failures.why(failure.value)
        if isinstance(failure.value, RobotsUnavailable):
            self.run.nothing = f"{url} cannot be reached: {why}. Check the address, or try again later"
        elif isinstance(failure.value, HttpError):
            self.run.nothing = _no_home(failure.value.response)
        elif isinstance(failure.value, RobotsForbids):
            self.run.nothing = f"{url} may not be fetched: robots.txt of {urls.host(url)} forbids it"
        else:
            self.run.nothing = f"{url} cannot be reached: {why}. Check the address and the network"
        self.surfaces.note_failure("home", url, failures.reason(failure.value), why)

    # --- surfaces ---------------------------------------------------------------------------------------

    def parse_surface(self, response: Response) -> Answer:
        """Take what a surface names, and put its next questions."""
        yield from self._told(lambda: self.surfaces.read(response))
        if response.meta["ask"].reader == LISTING and response.status == 200:
            self.followed.listed(response.meta["ask"].url, is_new=self._add_page_links(response))

    def surface_failed(self, failure: Failure) -> Answer:
        """Note that a surface gave no answer, and try its other addresses if it has any."""
        yield from self._told(lambda: self.surfaces.failed(failure))

    def _told(self, answer: Any) -> Answer:
        # a state that cannot be written ends the crawl: an exception in a callback would reach nobody
        try:
            yield from answer()
        except OutputError as error:
            stop_crawl(self.crawler, error)

    # --- links ------------------------------------------------------------------------------------------

    def _add_page_links(self, response: Response) -> bool:
        if response.status != 200 or not isinstance(response, TextResponse):
            return False
        return self.followed.add(response.url, _text(response), self.root)

    def _take_links(self) -> int:
        """Move links into the frontier where they are needed; return how many of them nobody named before."""
        taken = self.followed.posts(self.state.store.frontier, all_listed=self.surfaces.is_complete)
        added = self.surfaces.add("link", taken)
        # the first time counts all that is named, later ones what comes to it
        self.run.found += added.fresh_anywhere if self._is_settled else 0
        return added.new

    # --- posts ------------------------------------------------------------------------------------------

    def next_wave(self, **_: Any) -> None:
        """When nothing is under way any more, schedule what is to be fetched next; end if that is nothing."""
        engine = self.crawler.engine
        assert engine is not None
        try:
            requests = list(self._wave()) if self._home else []
        except OutputError as error:
            stop_crawl(self.crawler, error)
            return
        if not self.run.found and self.surfaces.outside:
            self.run.nothing = (
                f"{self.root} lists posts, but none of them lies below it: {self.surfaces.outside} for instance. "
                "Give the address of the blog that you mean"
            )
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _wave(self) -> Iterator[Request]:
        if not self._is_settled:
            asked = self._ask_again()
            if asked:
                yield from asked
                return
        # Where the lists were walked before, they are walked again only as far as they name something new.
        if self._take_links() or not self.surfaces.changes(LISTING):
            asked = self._ask_listings()
            if asked:
                yield from asked
                return
        frontier = self.state.store.frontier
        if not self._is_settled:
            self._settle()
        scheduled = 0
        while scheduled < WAITING and self._may_fetch(scheduled):
            batch = frontier.take(BATCH if self.limit is None else 1)
            if not batch:
                break
            unchanged: list[str] = []
            for found, known in batch:
                request = self._request(found, known)
                if request is None:
                    unchanged.append(found.url)
                    continue
                scheduled += 1
                yield request
            frontier.settle(unchanged)
        if not scheduled and not self.run.limited:
            self.surfaces.finish_listings()

    def _ask_again(self) -> list[Request]:
        """Return the questions that are left once the surfaces have answered: lists that must be walked whole."""
        requests, again = self.surfaces.finish()
        for ask in self._plan(lambda reader: False) if again else ():
            if ask.reader in again:
                requests += self.surfaces.put(ask, ask.url)
        return requests

    def _ask_listings(self) -> list[Request]:
        """Return the requests of pages that list posts, where no surface lists all of them."""
        requests: list[Request] = []
        if not self.surfaces.is_complete and not self.surfaces.was_complete:
            for url in self.followed.lists():
                requests += self.surfaces.put(Ask(url, LISTING, "link"), LISTING)
        return requests

    def _settle(self) -> None:
        """The surfaces have said all: look for what they no longer name, and for what is due."""
        self._is_settled = True
        frontier = self.state.store.frontier
        if frontier.named_in(frontier.round) or self.surfaces.standing:
            for surface in sorted(self.surfaces.whole):
                missing = frontier.missing(surface, MAX_MISSING)
                if missing:
                    self.run.ledger.passed_over("no_longer_named", missing)
            self.state.wake()
            standing = sorted(self.surfaces.standing - self.surfaces.whole)
            self.run.silent = frontier.silent(standing, saved=False)
            self.run.ledger.silent(frontier.silent(standing) + frontier.saved_before())
        self.run.found = self.run.silent + frontier.named_in(frontier.round)

    def _request(self, found: Found, known: Any) -> Request | None:
        if self.since and _is_before(found, self.since):
            self.run.ledger.passed_over("before_since")
            return None
        decision = self.state.decide(found, known)
        if not decision.fetch:
            self.run.ledger.unchanged(decision.outcome)
            return None
        captured = {CAPTURED: self.state.captured(found.url)} if decision.reason == READ_AGAIN else {}
        return Request(
            found.url,
            self.parse_page,
            errback=self.page_failed,
            headers=dict(decision.headers),
            priority=POST,
            dont_filter=True,
            meta={"found": found, "handle_httpstatus_list": ANSWERS, **captured},
        )

    def _may_fetch(self, scheduled: int) -> bool:
        return self.limit is None or self.run.ledger.fetched + scheduled < self.limit

    def parse_page(self, response: Response) -> Answer:
        """Take in what the server says of a post."""
        yield from self._told(lambda: self._judge(response))

    def _judge(self, response: Response) -> Answer:
        """Hand a page to extraction, or enter in the ledger why not."""
        found: Found = response.meta["found"]
        record: Record = response.meta[RECORD]
        ledger = self.run.ledger
        try:
            key = urls.identity(response.url)
        except ValueError as error:  # a redirect can lead to what no link may
            ledger.failed(found, "bad_redirect", str(error))
            return
        has_moved = key != urls.identity(found.url)
        if response.status == 304 and is_conditional(response.request):
            ledger.not_modified(found)
        elif response.status in (404, 410):
            ledger.gone(found, f"HTTP {response.status}")
        elif response.status != 200:
            ledger.failed(found, f"http_{response.status}", "")
        elif not _is_html(response):
            ledger.not_a_post(found, record, "not_html")
        elif not urls.within(response.url, self.root) and not urls.same_site(response.url, found.url):
            ledger.not_a_post(found, record, "moved_away", response.url)
        elif key == urls.identity(self.root) and _is_for_now(response):
            # how blogs under maintenance answer; what is gone for good is redirected for good
            ledger.failed(found, "redirects_home", "")
        elif key == urls.identity(self.root):
            ledger.gone(found, "redirects to the first page", "redirects_home")
        elif has_moved and (key in self._seen or response.url in self.state.store.frontier):
            ledger.not_a_post(found, record, "moved", response.url)
        else:
            if has_moved:
                self._seen.add(key)
                ledger.finding(found.url, "moved", response.url)
            usual = links.shape(response.url) in self.followed.usual
            yield Fetched(found, record, response.url, usual, self.pages, bool(response.meta.get(CAPTURED)))
        if not self.surfaces.is_complete:
            self._add_page_links(response)

    def page_failed(self, failure: Failure) -> None:
        """Enter a page that could not be had in the ledger; the next run tries again."""
        found: Found = failure.request.meta["found"]  # type: ignore[attr-defined]
        if isinstance(failure.value, RobotsForbids):
            self.run.ledger.forbidden(found, failures.why(failure.value))
            self.run.nothing = f"robots.txt of {urls.host(self.root)} forbids the posts that were found"
        elif not isinstance(failure.value, ArchiverError):
            self.run.ledger.failed(found, failures.reason(failure.value), failures.why(failure.value))


def _is_for_now(response: Response) -> bool:
    """Tell whether a response was come to by a temporary redirect (RFC 9110 section 15.4)."""
    return any(status in (302, 303, 307) for status in response.meta.get("redirect_reasons", ()))


def _no_home(response: Response) -> str:
    if response.status in (401, 403, 429):
        return f"{response.url} refuses us (HTTP {response.status}). Wait, and ask its owner if it goes on"
    if response.status == 200:
        return f"{response.url} is no web page. Give the address of the blog's first page"
    return f"{response.url} answers with HTTP {response.status}. Check the address"


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _text(response: Response) -> str:
    # not response.text, which believes whatever codec a page names
    return decode(response.body, _header(response, "Content-Type"))


def _is_html(response: Response) -> bool:
    # A page without a type is what browsers make of it: HTML.
    return (_header(response, "Content-Type") or HTML[0]).split(";")[0].strip().lower() in HTML


def _is_before(found: Found, since: date) -> bool:
    """Tell whether all that surfaces say of a post's days lies before a day."""
    told = [found.hints.published, found.hints.modified, *found.marks.values()]
    days = [when.date() for text in told if text and (when := moment(text))]
    return bool(days) and max(days) < since
