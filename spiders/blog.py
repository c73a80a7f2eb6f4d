"""Archive one blog: `scrapy crawl blog -a url=URL`.

First every surface is asked which posts there are (robots.txt's sitemaps or the usual addresses, the WordPress API,
feeds, and links); then, in waves, each address that is new, changed or due is fetched, and where no surface is
complete the blog's lists are followed. What a page holds is decided in archiver/extract, never here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Self, TypeVar

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from archiver import urls
from archiver.arguments import Arguments, check_contact
from archiver.charset import decode
from archiver.discover import feeds, home, links, sitemaps, wordpress
from archiver.discover.frontier import Frontier
from archiver.errors import ArchiverError, BadSurface, OutputError, UsageError
from archiver.extract.pipeline import Fetched
from archiver.fetch import failures
from archiver.fetch.robots import RobotsForbids, RobotsUnavailable
from archiver.hooks import stop_crawl
from archiver.models import Found, Link, Record
from archiver.runs.extension import RunExtension
from archiver.state.extension import StateExtension
from archiver.warc.middleware import CAPTURED, RECORD

# The first page before the surfaces, the surfaces before the posts; each kind in the order of what it tells.
HOME, API, SITEMAP, FEED, LISTING, POST = 100, 90, 80, 70, 60, 0
HTML = ("text/html", "application/xhtml+xml")
# Redirects are followed; every other answer comes to the spider, which knows what it means for the blog.
# (Scrapy's handle_httpstatus_all would hand over redirects too.)
ANSWERS = tuple(status for status in range(100, 600) if status not in (301, 302, 303, 307, 308))

Answer = Iterator[Any]
Callback = Callable[[Response], Answer]
T = TypeVar("T")


class BlogSpider(Spider):
    """Finds and fetches the posts of the blog at `url`.

    Arguments: `url`; `limit`, how many posts to fetch at the most; `full`, 1 to fetch known posts again too.
    Raises UsageError for any other, and for malformed ones.
    """

    name = "blog"

    def __init__(self, url: str | None = None, limit: str | None = None, full: str | None = None, **other: Any) -> None:
        super().__init__()
        if other:
            raise UsageError(f"unknown argument -a {next(iter(other))}=…", "There are url, limit and full")
        given = {"url": url, "limit": limit, "full": full}
        self.arguments = {name: value for name, value in given.items() if value is not None}
        arguments = Arguments.read(url, limit, full)
        self.root, self.limit, self.full = arguments.root, arguments.limit, arguments.full
        self.blog = urls.blog_name(self.root)
        self.closing_words: list[str] = []
        self.frontier = Frontier()
        self._api = ""
        self._robots_sitemaps: list[str] = []
        self._asked: set[str] = set()
        self._seen: set[str] = set()
        # links that may be posts, and lists that may lead to some: followed only where they are needed
        self._candidates: dict[str, None] = {}
        self._listings: dict[str, None] = {}
        self._linked = 0
        self._outside = ""
        self._usual: frozenset[str] = frozenset()
        self._surfaces: dict[str, dict[str, Any]] = {}

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

    # --- the first page ---------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Ask for the blog's first page; Scrapy asks for robots.txt before it."""
        self.run.limited = self.limit is not None
        self.run.discovery["surfaces"] = self._surfaces
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
        self._robots_sitemaps += [url for url in resolved if url]

    def parse_home(self, response: Response) -> Answer:
        """Learn what kind of blog this is, and ask each surface for its posts."""
        if response.status != 200 or not isinstance(response, TextResponse):
            self._note_failure("home", response.url, f"http_{response.status}")
            self.run.nothing = _no_home(response)
            return
        if not urls.within(response.url, self.root):
            self.run.ledger.finding(self.root, "moved", f"redirects to {response.url}")
            self.root = urls.normalise(response.url)
        found = home.read_home(response.url, _text(response), _header(response, "Link"))
        self.run.discovery |= {"platform": found.platform, "evidence": found.evidence, "title": found.title}
        self.run.nothing = (
            f"no posts were found at {self.root}: no blog's API, sitemap or feed, and no links to posts. "
            "Give the address of the blog's first page"
        )
        if found.api:
            self._api = found.api
            yield self._ask("api", [wordpress.posts_url(self._api)], self.parse_api, API)
        named = [url for url in self._robots_sitemaps if urls.same_site(url, self.root)]
        for url in named:
            yield self._ask("sitemap", [url, *self._below(sitemaps.USUAL)], self.parse_sitemap, SITEMAP)
        if not named:
            yield self._ask("sitemap", self._below(sitemaps.USUAL), self.parse_sitemap, SITEMAP)
        # A blog names its own feed first; the others are comments' and categories' feeds, or the same in other formats.
        yield self._ask("feed", [*found.feeds, *self._below(feeds.USUAL)], self.parse_feed, FEED)
        self._add_page_links(response)

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
        self._note_failure("home", url, failures.reason(failure.value), why)

    # --- surfaces ---------------------------------------------------------------------------------------

    def parse_api(self, response: Response) -> Answer:
        """Take one page of posts from the WordPress API, and ask for the next until the last."""
        total, pages = _header(response, "X-WP-Total"), _header(response, "X-WP-TotalPages")
        answer = self._read(response, lambda: wordpress.read_posts(response.url, response.body, total, pages))
        if answer is None:
            return
        new = self._add("api", response.url, answer.links)
        page = response.meta.get("page", 1)
        if answer.total is not None:
            self._surfaces["api"]["total"] = answer.total
        if new and (answer.pages is None or page < answer.pages):
            following = [wordpress.posts_url(self._api, page + 1)]
            yield self._ask("api", following, self.parse_api, API, page=page + 1)

    def parse_sitemap(self, response: Response) -> Answer:
        """Take the addresses of a sitemap, and ask for the sitemaps that it names."""
        answer = self._read(response, lambda: sitemaps.read_sitemap(response.url, response.body))
        if answer is None:
            yield self._try_next(response.request)
            return
        self._add("sitemap", response.url, answer.links)
        for url in answer.sitemaps:
            if urls.same_site(url, self.root):
                yield self._ask("sitemap", [url], self.parse_sitemap, SITEMAP)

    def parse_feed(self, response: Response) -> Answer:
        """Take the posts of a feed, and ask for its next page as long as posts come that nobody named before."""
        kind = _header(response, "Content-Type")
        answer = self._read(response, lambda: feeds.read_feed(response.url, response.body, kind))
        if answer is None:
            yield self._try_next(response.request)
            return
        new = self._add("feed", response.url, answer.links)
        following = answer.next_page
        if following is None and feeds.is_wordpress(answer):
            following = feeds.paged(response.url)
        if new and following and urls.same_site(following, self.root):
            yield self._ask("feed", [following], self.parse_feed, FEED)

    def parse_listing(self, response: Response) -> Answer:
        """Take the links of a list of posts."""
        self._add_page_links(response)
        yield from ()

    def surface_failed(self, failure: Failure) -> Answer:
        """Note that a surface gave no answer, and try its other addresses if it has any."""
        request = failure.request  # type: ignore[attr-defined]
        if not isinstance(failure.value, ArchiverError):
            self._note_failure(
                request.meta["surface"], request.url, failures.reason(failure.value), failures.why(failure.value)
            )
            yield self._try_next(request)

    def _ask(
        self, surface: str, addresses: Sequence[str], callback: Callback, priority: int, page: int = 1
    ) -> Request | None:
        """Return a request for the first of the addresses that was not asked; the others are its fallbacks."""
        rest = [url for url in addresses if url not in self._asked]
        if not rest or len(self._asked) >= self.settings.getint("ARCHIVER_MAX_SURFACE_PAGES"):
            return None
        self._asked.add(rest[0])
        return Request(
            rest[0],
            callback,
            errback=self.surface_failed,
            priority=priority,
            dont_filter=True,
            meta={"surface": surface, "others": rest[1:], "page": page, "handle_httpstatus_list": ANSWERS},
        )

    def _try_next(self, request: Request | None) -> Request | None:
        assert request is not None
        assert request.callback is not None
        return self._ask(request.meta["surface"], request.meta["others"], request.callback, request.priority)

    def _read(self, response: Response, read: Callable[[], T]) -> T | None:
        """Return what `read` makes of a surface's answer; None, with a finding, if that is nothing."""
        surface = response.meta["surface"]
        if response.status != 200:
            self._note_failure(surface, response.url, f"http_{response.status}")
            return None
        try:
            return read()
        except BadSurface as error:
            self._note_failure(surface, response.url, f"{surface}_unreadable", str(error))
            return None

    def _note_failure(self, surface: str, url: str, reason: str, detail: str = "") -> None:
        """Note a surface without an answer; that a guessed address has none is no finding."""
        self._surfaces.setdefault(surface, {"named": 0, "asked": []})["asked"].append(f"{url} {reason}")
        if surface == "home" or reason == "http_429":
            self.run.ledger.finding(url, reason, detail)
        elif reason in ("http_401", "http_403"):
            # many blogs shut their API or a feed alone: that is not the host refusing us
            self.run.ledger.finding(url, f"{surface}_{reason}", detail)
        elif url in self._robots_sitemaps:
            self.run.ledger.finding(url, reason, detail)

    def _add(self, surface: str, url: str, named: Sequence[Link]) -> int:
        """Take links into the frontier; return how many addresses nobody named before."""
        entry = self._surfaces.setdefault(surface, {"named": 0, "asked": []})
        entry["asked"].append(url)
        new = 0
        for link in named:
            kind = links.classify(link.url, self.root)
            if kind == "outside":
                self._outside = self._outside or link.url
            if urls.identity(link.url) == urls.identity(self.root):
                kind = "home"
            if kind in ("outside", "home") or (link.kind == "unknown" and kind != "post"):
                self.run.ledger.passed_over(kind)
                continue
            entry["named"] += 1
            new += self.frontier.add(link)
        return new

    # --- links ------------------------------------------------------------------------------------------

    def _add_page_links(self, response: Response) -> None:
        if response.status != 200 or not isinstance(response, TextResponse):
            return
        found = links.page_links(response.url, _text(response), self.root)
        self._candidates |= dict.fromkeys(found.posts)
        self._listings |= dict.fromkeys(found.listings)

    @property
    def _is_complete(self) -> bool:
        """Whether a surface that lists all posts has named some, so that lists need not be followed."""
        return any(self._surfaces.get(name, {}).get("named") for name in ("api", "sitemap"))

    def _take_links(self) -> None:
        """Move links into the frontier: all of them, or those that look like the posts that a surface named."""
        usual = self._usual = links.usual_shapes(self.frontier.posts())
        for url in self._candidates:
            if self._is_complete and links.shape(url) not in usual:
                continue
            if self._linked >= self.settings.getint("ARCHIVER_MAX_LINKED"):
                self.run.ledger.passed_over("too_many_links")
                continue
            self._linked += self.frontier.add(Link(url, "link"))
        self._candidates.clear()

    # --- posts ------------------------------------------------------------------------------------------

    def next_wave(self, **_: Any) -> None:
        """When nothing is under way any more, schedule what is to be fetched next; end if that is nothing."""
        engine = self.crawler.engine
        assert engine is not None
        try:
            requests = list(self._wave())
        except OutputError as error:
            stop_crawl(self.crawler, error)
            return
        self.run.found = len(self.frontier)
        if not self.run.found and self._outside:
            self.run.nothing = (
                f"{self.root} lists posts, but none of them lies below it: {self._outside} for instance. "
                "Give the address of the blog that you mean"
            )
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _wave(self) -> Iterator[Request]:
        if not self._is_complete:
            for url in list(self._listings):
                del self._listings[url]
                request = self._ask("link", [url], self.parse_listing, LISTING)
                if request:
                    yield request
        self._take_links()
        state = StateExtension.of(self.crawler)
        wanted = self.frontier.take(lambda: self._may_fetch(scheduled))
        scheduled = 0
        for found in wanted:
            decision = state.decide(found)
            if not decision.fetch:
                self.run.ledger.unchanged(decision.outcome)
                continue
            scheduled += 1
            captured = {CAPTURED: state.captured(found.url)} if decision.reason == "captured" else {}
            yield Request(
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
        """Hand a page to extraction, or enter in the ledger why not."""
        found: Found = response.meta["found"]
        record: Record = response.meta[RECORD]
        ledger = self.run.ledger
        try:
            key = urls.identity(response.url)
        except ValueError as error:  # a redirect can lead to what no link may
            ledger.failed(found, "bad_redirect", str(error))
            return
        if response.status == 304 and _is_conditional(response.request):
            ledger.not_modified(found)
        elif response.status in (404, 410):
            ledger.gone(found, response.status)
        elif response.status != 200:
            ledger.failed(found, f"http_{response.status}", "")
        elif not _is_html(response):
            ledger.not_a_post(found, record, "not_html")
        elif not urls.within(response.url, self.root):
            ledger.not_a_post(found, record, "moved_away")
        elif key == urls.identity(self.root):
            ledger.not_a_post(found, record, "redirects_home")
        elif key in self._seen:
            ledger.not_a_post(found, record, "same_address")
        else:
            self._seen.add(key)
            usual = links.shape(response.url) in self._usual
            yield Fetched(found, record, response.url, usual)
        if not self._is_complete:
            self._add_page_links(response)

    def page_failed(self, failure: Failure) -> None:
        """Enter a page that could not be had in the ledger; the next run tries again."""
        found: Found = failure.request.meta["found"]  # type: ignore[attr-defined]
        if isinstance(failure.value, RobotsForbids):
            # no failure: trying again changes nothing, and the blog has the right to it
            self.run.ledger.passed_over("robots")
            self.run.ledger.finding(found.url, "robots", failures.why(failure.value))
            self.run.nothing = f"robots.txt of {urls.host(self.root)} forbids the posts that were found"
        elif not isinstance(failure.value, ArchiverError):
            self.run.ledger.failed(found, failures.reason(failure.value), failures.why(failure.value))

    def _below(self, names: Sequence[str]) -> list[str]:
        """Return the usual addresses of a surface, in the blog's own folder."""
        scheme, _, rest = urls.normalise(self.root).partition("://")
        base = f"{scheme}://{rest.partition('/')[0]}{urls.folder_of(self.root)}"
        return [base + name for name in names]


def _no_home(response: Response) -> str:
    if response.status in (401, 403, 429):
        return f"{response.url} refuses us (HTTP {response.status}). Wait, and ask its owner if it goes on"
    if response.status == 200:
        return f"{response.url} is no web page. Give the address of the blog's first page"
    return f"{response.url} answers with HTTP {response.status}. Check the address"


def _is_conditional(request: Request | None) -> bool:
    # a 304 to a request without validators tells nothing about a page that nobody has
    return request is not None and any(name in request.headers for name in ("If-None-Match", "If-Modified-Since"))


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _text(response: Response) -> str:
    # not response.text, which believes whatever codec a page names
    return decode(response.body, _header(response, "Content-Type"))


def _is_html(response: Response) -> bool:
    # A page without a type is what browsers make of it: HTML.
    return (_header(response, "Content-Type") or HTML[0]).split(";")[0].strip().lower() in HTML
