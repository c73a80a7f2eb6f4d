"""One run from its first to its last moment: progress while it lasts, report, state and summary at its end.

It is the last extension to be closed, so the archive and the index are finished when it reports on them.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals
from twisted.internet.task import LoopingCall

from archiver import __version__
from archiver.errors import ArchiverError
from archiver.hooks import FATAL, FATAL_CODE, CrawlExtension, stop_crawl
from archiver.models import Found
from archiver.process import Collector
from archiver.runs import report
from archiver.runs.ledger import Ledger
from archiver.runs.outcome import EARLY, Outcome, conclude
from archiver.runs.progress import Progress
from archiver.state.extension import StateExtension
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class RunExtension(CrawlExtension):
    """Holds the run's ledger; other hooks reach it by `RunExtension.of(crawler)`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        assert crawler.stats is not None
        self._crawler = crawler
        self._stats = crawler.stats
        self._archive = ArchiveExtension.of(crawler)
        self._state = state = StateExtension.of(crawler)
        self._started = datetime.now(UTC)
        self._clock = time.monotonic()
        self.ledger = Ledger(
            self._archive.run_id, lambda: state.store, self._stats.inc_value, lambda error: stop_crawl(crawler, error)
        )
        # filled by spiders: what the report says of discovery, and how many addresses there are
        self.discovery: dict[str, Any] = {}
        self.found = 0
        # what to tell the person if nothing is archived; and whether that they asked for few is the reason
        self.nothing = ""
        self.limited = False
        self._terminal = _Terminal() if sys.stderr.isatty() else None
        every = 0.25 if self._terminal else crawler.settings.getfloat("ARCHIVER_PROGRESS_SECONDS")
        self._ticker = LoopingCall(self._tick)
        self._collector = Collector(crawler.settings.getint("ARCHIVER_GC_THRESHOLD"))
        self._every = every
        crawler.signals.connect(self.item_failed, signal=signals.item_error)
        crawler.signals.connect(self.open, signal=signals.spider_opened)
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    def open(self, **_: Any) -> None:
        """Begin to show progress; all that is made once is made by now."""
        self._collector.calm()
        self._ticker.start(self._every, now=False).addErrback(lambda failure: logger.debug(failure))

    def item_failed(self, response: Any, failure: Any, **_: Any) -> None:
        """Enter a page that broke an item pipeline in the ledger: it must not be missing without a word."""
        found = response.meta.get("found") if response is not None else None
        if isinstance(found, Found):
            self.ledger.failed(found, "item_error", f"{type(failure.value).__name__}: {failure.value}")

    def progress(self) -> Progress:
        """Return where the run stands."""
        totals = self.ledger.totals
        return Progress(
            blog=self._archive.folder.name if self._archive.folder else self._crawler.spidercls.name,
            found=self.found,
            saved=totals["saved"] + totals["revised"],
            unchanged=totals["unchanged"] + totals["same"],
            settled=self.ledger.settled,
            requests=int(self._stats.get_value("downloader/response_count", 0)),
            seconds=time.monotonic() - self._clock,
        )

    def close(self, reason: str, **_: Any) -> None:
        """Write the report, remember how the run ended, and leave exit code and summary for the command."""
        self._collector.restore()
        if self._ticker.running:
            self._ticker.stop()
        if self._terminal:
            self._terminal.stop()
        logger.info(self.progress().line())
        folder = self._archive.folder
        if folder is None:
            self._leave(*conclude(self._outcome(reason, 0)), [])
            return
        try:
            store = self._state.store
            # a run that ended early had not found all
            before = next((n or 0 for _, ended, code, n in store.runs() if ended and code != EARLY), 0)
            result = self._report(reason, before)
            # After a fatal error the state may lack what the files hold: like a killed run, the next one takes it in.
            if not self._stats.get_value(FATAL):
                store.end_run(self._archive.run_id, result["ended"], result["exit_code"], self.found)
            self._state.close()
            report.write(folder.runs / f"{self._archive.run_id}.json", result)
        except ArchiverError as error:
            stop_crawl(self._crawler, error)
            result = self._report(reason, 0)
        lines = [] if folder.holds_nothing else report.summary(result)
        folder.discard()
        folder.close()
        self._leave(result["exit_code"], result["message"], lines)

    def _tick(self) -> None:
        line = self.progress().line()
        if self._terminal:
            self._terminal.show(line)
        else:
            logger.info(line)

    def _leave(self, code: int, message: str, lines: list[str]) -> None:
        self._stats.set_value("archiver/exit_code", code)
        self._stats.set_value("archiver/message", message)
        self._stats.set_value("archiver/summary", lines)

    def _outcome(self, reason: str, found_before: int) -> Outcome:
        totals = self.ledger.totals
        statuses = ("401", "403", "429")
        return Outcome(
            reason=reason,
            found=self.found,
            found_before=found_before,
            archived=self.ledger.archived,
            failed=totals["failed"],
            blocked=sum(int(self._stats.get_value(f"findings/http_{status}", 0)) for status in statuses),
            crashed=int(self._stats.get_value("spider_exceptions/count", 0)),
            limited=self.limited,
            nothing=self.nothing,
            threshold=self._crawler.settings.getfloat("ARCHIVER_ERROR_THRESHOLD"),
            fatal=self._stats.get_value(FATAL),
            fatal_code=int(self._stats.get_value(FATAL_CODE, EARLY)),
        )

    def _report(self, reason: str, found_before: int) -> dict[str, Any]:
        folder = self._archive.folder
        assert folder is not None
        code, message = conclude(self._outcome(reason, found_before))
        ended = datetime.now(UTC)
        cpu = os.times()
        files = [folder.archive / name for name in self._archive.files]
        return {
            "schema": report.SCHEMA,
            "run_id": self._archive.run_id,
            "blog": folder.name,
            "folder": str(folder.path),
            "software": f"blog-archiver/{__version__}",
            "spider": self._crawler.spidercls.name,
            "arguments": getattr(self._crawler.spider, "arguments", {}),
            "started": self._started.isoformat(timespec="seconds"),
            "ended": ended.isoformat(timespec="seconds"),
            "reason": reason,
            "exit_code": code,
            "message": message,
            "discovery": self.discovery,
            "found": self.found,
            "limited": self.limited,
            **self.ledger.report(),
            "warc_files": [f"archive/{name}" for name in self._archive.files],
            "repaired": [{"file": f"{r.path.parent.name}/{r.path.name}", "cut": r.cut} for r in self._archive.repaired],
            "http": {
                key.rpartition("/")[2]: n
                for key, n in sorted(self._stats.get_stats().items())
                if key.startswith("downloader/response_status_count/")
            },
            "cost": {
                "seconds": round((ended - self._started).total_seconds(), 1),
                "cpu_seconds": round(cpu.user + cpu.system, 1),
                "worker_cpu_seconds": round(cpu.children_user + cpu.children_system, 1),
                "requests": int(self._stats.get_value("downloader/request_count", 0)),
                "wire_bytes": int(self._stats.get_value("warc/bytes/wire", 0)),
                "warc_bytes": sum(file.stat().st_size for file in files if file.exists()),
            },
        }


class _Terminal:
    """A live line at the bottom of the terminal; log lines scroll above it."""

    def __init__(self) -> None:
        from rich.console import Console  # imported late: most crawls have no terminal
        from rich.status import Status

        self._status = Status("starting", console=Console(stderr=True, highlight=False, markup=False))

    def show(self, line: str) -> None:
        """Show the line; the first time, take over standard error so that log lines don't tear it."""
        first = not self._status._live.is_started
        self._status.start()
        if first:
            for handler in logging.root.handlers:
                if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                    handler.setStream(sys.stderr)
        self._status.update(line)

    def stop(self) -> None:
        """Take the line away and give standard error back to the log."""
        self._status.stop()
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                handler.setStream(sys.stderr)
