"""The walk over a blog's surfaces: which questions are put, what their answers add, and when a list has ended."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archiver import urls
from archiver.discover import links, surfaces
from archiver.errors import ArchiverError, BadSurface
from archiver.extract.pipeline import Heard
from archiver.fetch import failures
from archiver.models import Answer, Ask, Link, Record, Step
from archiver.runs.extension import RunExtension
from archiver.state.asked import Asked, Ended, Walk
from archiver.state.decide import is_over
from archiver.state.extension import StateExtension
from archiver.state.frontier import Added, Frontier
from archiver.warc.middleware import CAPTURED, RECORD

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# The surfaces before the posts, each in the order of what it tells.
PRIORITY = {"api": 90, "sitemap": 80, "feed": 70, "link": 60}
# Redirects are followed; every other answer comes to the spider, which knows what it means for the blog.
# (Scrapy's handle_httpstatus_all would hand over redirects too.)
ANSWERS = tuple(status for status in range(100, 600) if status not in (301, 302, 303, 307, 308))
# The reader of a page that lists posts: its links are taken, whatever else it is.
LISTING = "links"
# Pages of a list in a row that name nothing which the list had not named before: some APIs repeat themselves now and
# then, so one is not the end; the very same page twice is.
DRY = 3
# Readers whose answers are asked for conditionally, or walked on later: what they led to is remembered.
REMEMBERED = ("sitemap", "feed")
# Readers of lists of posts: the totals that they tell are of posts.
LISTS_POSTS = re.compile(r"\.posts$|^sitemap$|^feed$")
# How servers say that a list has no such page.
BEYOND = (400, 404, 410)
# What lists all posts of a blog; a feed holds the last ones.
WHOLE = ("api", "sitemap")


class _EmptyList(Exception):
    """A list that had posts has none: no answer, whatever its status."""


class Surfaces:
    """The surfaces of one blog in one run.

    What was asked and answered lies in the state, so that a run which was killed is gone on with, and the next one
    asks for changes only.
    """

    def __init__(self, crawler: Crawler, root: str, parse: Callable[..., Any], failed: Callable[..., Any]) -> None:
        self._run = RunExtension.of(crawler)
        self._state = StateExtension.of(crawler)
        self._max_pages = crawler.settings.getint("ARCHIVER_MAX_SURFACE_PAGES")
        self._parse, self._failed = parse, failed
        self.root = root
        # whether the platform leaves posts out of its sitemap
        self.has_hole = False
        # a post that was named and lies outside: the person may have given the wrong address
        self.outside = ""
        self.report: dict[str, dict[str, Any]] = {}
        # by walk: the pages seen, and how many in a row were dry
        self._pages: dict[str, set[bytes]] = {}
        self._dry: dict[str, int] = {}
        # lists that have more pages than are asked for
        self._cut: set[str] = set()
        self._names_posts = False
        # lists that name what lies outside of the blog too: their totals are not of this blog
        self._wider: set[str] = set()
        self._outside = 0
        self._robots_sitemaps: frozenset[str] = frozenset()
        # surfaces whose lists of posts were all walked whole in this round, and those that are as they were
        self.whole: set[str] = set()
        self.standing: set[str] = set()

    @property
    def frontier(self) -> Frontier:
        """Where links go."""
        return self._state.store.frontier

    @property
    def _asked(self) -> Asked:
        return self._state.store.asked

    # --- questions --------------------------------------------------------------------------------------

    def changes(self, reader: str) -> bool:
        """Tell whether the list of a reader was walked whole lately, so that only its changes are asked for."""
        return any(walk.reader == reader and self._state.is_fresh(walk) for walk in self._asked.walks())

    def begin(self, asks: Iterable[Ask], robots_sitemaps: Iterable[str]) -> list[Request]:
        """Return the first questions of each list, and those that a killed run left open."""
        self._robots_sitemaps = frozenset(robots_sitemaps)
        left = self._asked.open()
        requests = [request for ask in asks for request in self.put(ask, ask.url)]
        for ask, walk, is_open in left:
            request = self._request(ask, walk)
            if not is_open:  # the answer is in the archive, and its comments were not read
                request.meta[CAPTURED] = self._state.captured(ask.url)
            requests.append(request)
        return requests

    def put(self, ask: Ask, walk: str) -> list[Request]:
        """Return the request of a question; none if it was put before in this round, or if its answer is known."""
        store = self._asked
        if store.count() >= self._max_pages:
            if walk not in self._cut:
                self._cut.add(walk)
                self._run.ledger.finding(ask.url, "too_many_surface_pages", f"the rest of {walk} is not asked for")
            return []
        earlier = None if self._state.is_full else store.earlier(ask.url)
        if not store.put(ask, walk):
            return []
        lastmod = ask.told.get("lastmod")
        is_vouched = earlier and lastmod and lastmod == earlier.lastmod and is_over(lastmod, earlier.answered_at)
        if earlier and is_vouched and self.changes(ask.reader):
            store.unchanged(ask.url, earlier.answered_at)
            return [request for following in earlier.asks for request in self.put(following, walk)]
        return [self._request(ask, walk)]

    def _request(self, ask: Ask, walk: str) -> Request:
        earlier = None if self._state.is_full else self._asked.earlier(ask.url)
        # What an unchanged answer of a list names is known; while a list is walked whole, its answers are wanted.
        is_late = ask.changes or (ask.reader in REMEMBERED and self.changes(ask.reader))
        headers = earlier.headers if earlier and is_late else {}
        return Request(
            ask.url,
            self._parse,
            errback=self._failed,
            headers=headers,
            priority=PRIORITY.get(ask.surface, 60),
            dont_filter=True,
            meta={"ask": ask, "walk": walk, "handle_httpstatus_list": ANSWERS},
        )

    # --- answers ----------------------------------------------------------------------------------------

    def read(self, response: Response) -> Iterator[Any]:
        """Take in what an answer names, and yield the next questions."""
        ask: Ask = response.meta["ask"]
        walk: str = response.meta["walk"]
        if response.status == 304 and is_conditional(response.request):
            yield from self._unchanged(ask, walk)
            return
        if response.status in BEYOND and (ask.reader == LISTING or _is_beyond(ask, walk)):
            self._end(ask)
            return
        if response.status != 200:
            yield from self._fail(ask, walk, f"http_{response.status}")
            return
        try:
            answer = Answer(response.url, response.body, headers_of(response))
            step = Step() if ask.reader == LISTING else surfaces.read(ask, answer)
        except BadSurface as error:
            yield from self._fail(ask, walk, f"{ask.surface}_unreadable", str(error))
            return
        try:
            yield from self._take(ask, walk, step, response)
        except _EmptyList:
            yield from self._fail(ask, walk, f"{ask.surface}_empty")

    def _take(self, ask: Ask, walk: str, step: Step, response: Response) -> Iterator[Any]:
        record: Record = response.meta[RECORD]
        store = self._state.store
        with store.together():
            # A feed of comments tells where there are new ones; the pages say more of them.
            told = step.comments if ask.surface == "api" else ()
            unheard = store.said.unknown(told)
            if ask.changes and ask.url == walk and not (step.links or step.asks) and self._had_posts(ask):
                raise _EmptyList
            outside = self._outside
            added = self.add(ask.surface, step.links, record)
            if self._outside > outside:
                self._wider.add(walk)
            has_all = _lists_all(ask.surface, ask.reader) and not (self.has_hole and ask.surface == "sitemap")
            if has_all and any(link.kind != "page" for link in step.links):
                self._names_posts = True
            entry = self._entry(ask.surface)
            entry["asked"].append(ask.url)
            if step.total is not None and LISTS_POSTS.search(ask.reader) and walk not in self._wider:
                entry["total"] = max(step.total, entry.get("total", 0))
            for reason, number in step.dropped.items():
                self._run.ledger.passed_over(reason, number)
            goes_on = step.further is not None and self._goes_on(ask, walk, step, added, len(unheard))
            following = [*step.asks, *([step.further] if goes_on and step.further else [])]
            self._asked.answered(
                ask.url,
                _now(),
                following if ask.reader in REMEMBERED else (),
                etag=_header(response, "ETag") or None,
                last_modified=_header(response, "Last-Modified") or None,
                total=step.total,
                entries=len(step.links) + len(step.comments),
                news=len(unheard) if step.comments else added.new,
                is_heard=not told,
            )
            if ask.reader == "feed" and not ask.changes and self._may_be_spared:
                following = []  # until it is known whether the API tells all
            requests = []
            for next_ask in following:
                # what asks for the whole list instead of its changes begins a list of its own
                is_own = next_ask.changes != ask.changes
                requests += self.put(self._checked(next_ask), next_ask.url if is_own else walk)
        if told:
            yield Heard(record, ask.reader, response.url, ask.url)
        yield from requests

    def _had_posts(self, ask: Ask) -> bool:
        """Tell whether the list of a question, which has nothing to say now, had something the last time."""
        return bool(LISTS_POSTS.search(ask.reader)) and any(
            walk.total for walk in self._asked.walks() if walk.reader == ask.reader
        )

    def add(self, surface: str, named: Iterable[Link], record: Record | None = None) -> Added:
        """Take links into the frontier, without those that by their address can't be posts of this blog."""
        wanted = []
        root = urls.identity(self.root)
        for link in named:
            kind = links.classify(link.url, self.root)
            if kind == "outside":
                self._outside += 1
                self.outside = self.outside or link.url
            if urls.identity(link.url) == root:
                kind = "home"
            if kind in ("outside", "home") or (link.kind == "unknown" and kind != "post"):
                self._run.ledger.passed_over(kind)
                continue
            wanted.append(link)
        added = self.frontier.add(wanted, record.payload if record else None)
        if surface != "comments":
            self._entry(surface)["named"] += len(wanted)
        return added

    def _goes_on(self, ask: Ask, walk: str, step: Step, added: Added, unheard: int) -> bool:
        if ask.changes:
            return bool(added.changed or unheard)
        told = sorted({*(link.url for link in step.links), *step.comments})
        page = hashlib.blake2b("\n".join(told).encode("utf-8", "replace"), digest_size=16).digest()
        pages = self._pages.setdefault(walk, set())
        if not told or page in pages:
            return False
        pages.add(page)
        self._dry[walk] = 0 if added.fresh or unheard or step.comments else self._dry.get(walk, 0) + 1
        return self._dry[walk] < DRY

    def _checked(self, ask: Ask) -> Ask:
        """Return a question that an answer led to, if its addresses may be asked at all."""
        others = tuple(url for url in ask.others if urls.is_web(url))
        return replace(ask, others=others)

    def _unchanged(self, ask: Ask, walk: str) -> Iterator[Request]:
        self._entry(ask.surface)["asked"].append(f"{ask.url} unchanged")
        earlier = self._asked.earlier(ask.url)
        self._asked.unchanged(ask.url, _now())
        if earlier and not ask.changes:
            for following in earlier.asks:
                yield from self.put(following, walk)

    # --- failures ---------------------------------------------------------------------------------------

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Note that a question has no answer, and yield the next address that may have one."""
        request = failure.request  # type: ignore[attr-defined]
        if not isinstance(failure.value, ArchiverError):
            reason, why = failures.reason(failure.value), failures.why(failure.value)
            yield from self._fail(request.meta["ask"], request.meta["walk"], reason, why)

    def _fail(self, ask: Ask, walk: str, reason: str, detail: str = "") -> Iterator[Request]:
        self.note_failure(ask.surface, ask.url, reason, detail)
        if ask.reader == LISTING and reason == "robots":
            self._end(ask)
            return
        instead = surfaces.instead(ask)
        self._asked.failed(ask.url, has_others=instead is not None)
        if instead:
            yield from self.put(instead, walk)

    def _end(self, ask: Ask) -> None:
        """Note that there is no such page: the list has ended with the one before."""
        self._entry(ask.surface)["asked"].append(f"{ask.url} end")
        self._asked.answered(ask.url, _now(), (), etag=None, last_modified=None, total=None, entries=0)

    def note_failure(self, surface: str, url: str, reason: str, detail: str = "") -> None:
        """Note a surface without an answer; that a guessed address has none is no finding."""
        self._entry(surface)["asked"].append(f"{url} {reason}")
        if surface == "home" or reason == "http_429":
            self._run.ledger.finding(url, reason, detail)
        elif reason in ("http_401", "http_403"):
            # many blogs shut their API or a feed alone: that is not the host refusing us
            self._run.ledger.finding(url, f"{surface}_{reason}", detail)
        elif url in self._robots_sitemaps:
            self._run.ledger.finding(url, reason, detail)

    def _entry(self, surface: str) -> dict[str, Any]:
        return self.report.setdefault(surface, {"named": 0, "asked": []})

    # --- the end of the lists ---------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether a surface that lists all posts has named some, in this run or before."""
        return self._names_posts or any(
            self._is_list_of_all(w) and w.round == self._asked.round for w in self._asked.walks()
        )

    @property
    def was_complete(self) -> bool:
        """Whether such a surface listed all posts lately, even if it does not answer now."""
        return any(self._is_list_of_all(walk) and self._state.is_fresh(walk) for walk in self._asked.walks())

    def _is_list_of_all(self, walk: Walk) -> bool:
        return _lists_all(walk.surface, walk.reader) and not (self.has_hole and walk.surface == "sitemap")

    @property
    def _may_be_spared(self) -> bool:
        """Whether the pages of a feed wait: an API lists the posts, a hundred at a time."""
        return self._asked.has_put("api")

    def finish(self) -> tuple[list[Request], set[str]]:
        """Once no question is open, note which lists were walked whole, and which are as they were.

        Returns questions that are to be put after all, and the readers whose lists have to be walked whole because
        the number of posts that they advertise is not what it should be.
        """
        ended = self._asked.ended()
        if self._may_be_spared and not self._api_tells_all(ended):
            further = [request for ask, walk in self._asked.led_to("feed") for request in self.put(ask, walk)]
            if further:
                return further, set()
        again: set[str] = set()
        lists: dict[str, list[bool]] = {}
        before = self._asked.walks()
        walked_after_all = {end.ask.reader for end in ended if not end.ask.changes}
        for end in ended:
            if end.walk in self._wider:
                end = replace(end, total=None)
            if end.walk == LISTING:
                continue  # ends where no page leads to another one, see finish_listings
            ask = end.ask
            # a sitemap that answers tells all that it has
            is_part = ask.changes and ask.reader != "sitemap"
            if is_part and ask.reader in walked_after_all:
                continue
            is_noted = any(walk.reader == ask.reader and walk.round == self._asked.round for walk in before)
            if _lists_all(ask.surface, ask.reader):
                lists.setdefault(ask.surface, []).append(not (end.failed or end.unchanged or is_part))
            if end.failed or end.walk in self._cut:
                if is_part:
                    # what it did not come to tell lies behind what is known now: only the whole list tells it again
                    self._asked.forget(ask.reader)
                continue
            if is_part:
                total = max((walk.total or 0 for walk in before if walk.reader == ask.reader), default=0)
                if end.total is not None and not is_noted and end.total != total + end.news:
                    # posts are gone, or came with an old date: only the whole list tells which
                    again.add(ask.reader)
                    self._asked.forget(ask.reader)
                else:
                    self._asked.still(ask.reader, end.total)
            elif end.unchanged:
                self._asked.stands(end.walk, end.total)
            else:
                self._asked.walked(end.walk, ask, _now(), end.total)
        if self.changes(LISTING):
            self._asked.stands(LISTING)
        self.whole = {surface for surface, all_whole in lists.items() if all(all_whole)}
        self.standing = {
            walk.surface
            for walk in self._asked.walks()
            if walk.round == self._asked.round and not walk.reader.endswith((".pages", ".comments"))
        }
        return [], again

    def finish_listings(self) -> None:
        """Note that the pages which list posts were followed to their end."""
        for end in self._asked.ended():
            if end.walk == LISTING and not end.failed:
                self._asked.walked(LISTING, end.ask, _now(), None)

    def _api_tells_all(self, ended: list[Ended]) -> bool:
        """Tell whether an API listed as many posts as it advertises, and a sitemap knows of no more."""
        lists = [end for end in ended if end.ask.surface == "api" and end.ask.reader.endswith(".posts")]
        whole = [end for end in lists if end.entries and not end.failed]
        listed = any(end.ask.changes or (end.total is not None and end.entries >= end.total) for end in whole)
        return listed and not self.frontier.disagree()


def _lists_all(surface: str, reader: str) -> bool:
    """Tell whether a reader reads a list of all posts: feeds hold the last ones, others list pages or comments."""
    return surface in WHOLE and LISTS_POSTS.search(reader) is not None


def _is_beyond(ask: Ask, walk: str) -> bool:
    """Tell whether a question was for a page that may not be there: a feed's next one, or what the reader says."""
    return bool(ask.told.get("beyond")) or (ask.reader.startswith("feed") and ask.url != walk and not ask.others)


def is_conditional(request: Request | None) -> bool:
    """Tell whether a 304 answers a request: to one without validators it tells nothing about what nobody has."""
    return request is not None and any(name in request.headers for name in ("If-None-Match", "If-Modified-Since"))


def headers_of(response: Response) -> dict[str, str]:
    """Return the header fields of a response by lower-case name, repeated ones joined (RFC 9110 section 5.3)."""
    fields = ((name.decode("latin-1").lower(), values) for name, values in response.headers.items())
    return {name: b", ".join(values).decode("latin-1") for name, values in fields}


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
