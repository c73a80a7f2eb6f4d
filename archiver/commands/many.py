"""Many blogs in one process: `scrapy crawl blog -a urls_file=FILE`.

Each blog has a crawler of its own, made when its turn comes and gone when it has ended; they share the process, its
reactor, the workers for extraction and the disk. A host's blogs take turns, hosts are served side by side.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import tempfile
import time
from asyncio import Task
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred, DeferredList

from archiver.arguments import Blog, read_blogs
from archiver.commands.ending import Ending, ending
from archiver.errors import ArchiverError, OutputError, UsageError
from archiver.hooks import FATAL
from archiver.runs.extension import RunExtension
from archiver.runs.lanes import Lanes
from archiver.runs.progress import Progress
from archiver.runs.tally import Tally
from archiver.runs.terminal import Terminal
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler, CrawlerProcessBase

logger = logging.getLogger(__name__)

Told = Callable[[str], None]


def blogs_in(name: str) -> tuple[list[Blog], list[str]]:
    """Return the blogs that a file lists, "-" being standard input, and what is wrong with which of its lines.

    Raises UsageError if it cannot be read or lists none.
    """
    try:
        if name == "-":
            blogs, wrong = read_blogs(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as lines:
                blogs, wrong = read_blogs(lines)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read -a urls_file={name}: {getattr(error, 'strerror', None) or error}") from error
    if not blogs and not wrong:
        raise UsageError(f"-a urls_file={name} names no blog", "It holds one address a line")
    return blogs, wrong


class ManyCrawls:
    """Crawls `blogs`, at most ARCHIVER_BLOGS_AT_ONCE side by side and never two of one host.

    `make` makes a crawler, `arguments` are its spider's beside url. `say` writes a line on standard error;
    `terminal` is where a live line is shown, None for the log.
    """

    def __init__(
        self,
        process: CrawlerProcessBase,
        make: Callable[[], Crawler],
        blogs: Sequence[Blog],
        arguments: Mapping[str, str],
        say: Told,
        terminal: Terminal | None,
    ) -> None:
        self._process = process
        self._make = make
        self._arguments = arguments
        self._say = say
        self._terminal = terminal
        self._at_once = process.settings.getint("ARCHIVER_BLOGS_AT_ONCE")
        self._lanes = Lanes(blogs)
        self._tally = Tally(len(blogs))
        self._running: dict[Blog, Crawler] = {}
        self._started = time.monotonic()
        self._stop_running: Callable[[], Any] | None = None
        # fires when the last of those has ended that run at the first signal
        self._all_ended: Deferred[None] | None = None
        self._stopped = False
        self._filling = False

    def run(self) -> int:
        """Crawl them all and return the exit code."""
        process: Any = self._process
        # what Scrapy calls at a signal; it would forget the crawls that begin just then, or later
        self._stop_running, process.stop = process.stop, self._stop_all
        settings = process.settings
        # Scrapy opens its log anew for each crawler
        settings.set("LOG_FILE_APPEND", True, priority="cmdline")
        # host names that take long to look up, two of each crawl, must not hold up the others
        threads = max(settings.getint("REACTOR_THREADPOOL_MAXSIZE"), 2 * self._at_once + 2)
        settings.set("REACTOR_THREADPOOL_MAXSIZE", threads, priority="cmdline")
        _allow_files(64 + 24 * self._at_once)
        self._fill()
        if self._running:
            self._show_progress()
        process.start()
        self._stopped = True
        for blog, crawler in list(self._running.items()):  # a second signal waits for nobody
            self._ended(blog, crawler, None)
        self._tell([self._tally.line()])
        if self._tally.ended < self._tally.total:
            left = self._tally.total - self._tally.ended
            self._say(f"ended early, before {left} of the blogs. Run the same command again: it goes on from here")
        return self._tally.exit_code

    def _fill(self) -> None:
        """Begin crawls until enough run."""
        if self._filling:  # a crawl can end while it is being begun
            return
        self._filling = True
        while not self._stopped and len(self._running) < self._at_once and (blog := self._lanes.take()):
            crawler = self._running[blog] = self._make()
            crawler.signals.connect(self._begun, signal=signals.engine_started)
            self._watch(blog, crawler, self._process.crawl(crawler, **self._arguments, url=blog.root))
        self._filling = False

    def _watch(self, blog: Blog, crawler: Crawler, crawl: Any) -> None:
        """Have `_ended` called when a crawl has ended: a Task or a Deferred, as Scrapy's process has it."""
        if isinstance(crawl, Deferred):
            crawl.addCallbacks(
                lambda _: self._ended(blog, crawler, None),
                lambda failure: self._ended(blog, crawler, failure.value),
            )
            return

        def ended(task: Task[None]) -> None:
            self._ended(blog, crawler, None if task.cancelled() else task.exception())

        crawl.add_done_callback(ended)

    def _ended(self, blog: Blog, crawler: Crawler, error: BaseException | None) -> None:
        del self._running[blog]
        self._lanes.done(blog)
        end = ending(crawler, error)
        self._tally.end(end.code, _progress(crawler))
        if error is not None:
            _let_go(crawler)
        self._tell(end.lines)
        if end.message:
            self._say(f"{blog.name}: {end.message}")
        if not self._stopped and _is_refusal(crawler, end, error) and not _takes(self._output):
            self._stop(f"nothing can be written to {self._output} any more: all crawls are ended. Make space")
        self._fill()
        if self._all_ended and not self._running and not self._all_ended.called:
            self._all_ended.callback(None)

    def _stop_all(self) -> Deferred[Any]:
        """Begin no more crawls and end those that run: the first time the reactor waits for them."""
        assert self._stop_running is not None
        self._stopped = True
        stopping: Deferred[Any] = deferred_from_coro(self._stop_running())
        if self._all_ended is None:
            self._all_ended = Deferred()
            if not self._running:
                self._all_ended.callback(None)
            stopping = DeferredList([stopping, self._all_ended])
        return stopping

    async def _begun(self, sender: Crawler, **_: Any) -> None:
        """End a crawl that was being begun when all were stopped: Scrapy stops only those that run."""
        if self._stopped and sender.engine:
            await sender.engine.stop_async()

    @property
    def _output(self) -> Path:
        return Path(self._process.settings["ARCHIVER_OUTPUT"])

    def _stop(self, why: str) -> None:
        """Begin no more crawls, and end those that run."""
        self._stopped = True
        self._pause()
        self._say(why)
        for crawler in self._running.values():
            deferred_from_coro(crawler.stop_async()).addErrback(lambda failure: logger.debug(failure))

    # --- what a person sees -----------------------------------------------------------------------------

    def _tell(self, lines: Sequence[str]) -> None:
        self._pause()
        try:
            for line in lines:
                print(line, flush=True)  # noqa: T201 - this is what the command is asked for
        except OSError as error:
            logger.warning("standard output is gone: %s", error)

    def _pause(self) -> None:
        """Take the live line away until the next; whoever reads standard output must not get it."""
        if self._terminal:
            self._terminal.stop()

    def _show_progress(self) -> None:
        from twisted.internet.task import LoopingCall  # imported late: it imports the reactor, which Scrapy installs

        every = 0.5 if self._terminal else self._process.settings.getfloat("ARCHIVER_PROGRESS_SECONDS")
        LoopingCall(self._tick).start(every, now=False).addErrback(lambda failure: logger.debug(failure))

    def _tick(self) -> None:
        line = self._tally.progress(self._under_way(), time.monotonic() - self._started)
        if not self._running:
            return
        if self._terminal:
            self._terminal.show(line)
        else:
            logger.info(line)

    def _under_way(self) -> Iterator[Progress]:
        for crawler in self._running.values():
            progress = _progress(crawler)
            if progress:
                yield progress


def _allow_files(number: int) -> None:
    """Let this process have so many files open, as far as it may decide that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (number if hard < 0 else min(number, hard), hard))


def _progress(crawler: Crawler) -> Progress | None:
    with suppress(ArchiverError, RuntimeError):  # it has not come that far
        return RunExtension.of(crawler).progress()
    return None


def _let_go(crawler: Crawler) -> None:
    """Let go of the folder of a crawl that failed before it began: nobody told the extension to."""
    with suppress(ArchiverError):
        folder = ArchiveExtension.of(crawler).folder
        if folder is not None:
            folder.close()


def _is_refusal(crawler: Crawler, end: Ending, error: BaseException | None) -> bool:
    """Whether a blog ended because something could not be written."""
    if error is not None:
        return isinstance(error, OutputError)
    return end.code == OutputError.exit_code and bool(crawler.stats and crawler.stats.get_value(FATAL))


def _takes(output: Path) -> bool:
    """Whether the disk takes anything: if it does, only the one blog is in trouble, with its own files."""
    try:
        with tempfile.TemporaryFile(dir=output) as probe:
            probe.write(os.urandom(1 << 20))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError:
        return False
    return True
