"""One run from its first to its last moment: progress while it lasts, report, state and summary at its end.

It is the last extension to be closed, so the archive and the index are finished when it reports on them.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import signals
from twisted.internet.task import LoopingCall

from archiver import __version__
from archiver.errors import ArchiverError, OutputError
from archiver.hooks import FATAL, FATAL_CODE, CrawlExtension, stop_crawl
from archiver.models import Found
from archiver.process import Collector
from archiver.runs import report
from archiver.runs.completeness import completeness
from archiver.runs.ledger import Ledger
from archiver.runs.outcome import EARLY, Outcome, conclude
from archiver.runs.progress import Progress
from archiver.runs.terminal import Terminal
from archiver.state.extension import StateExtension
from archiver.state.frontier import NOT_FETCHED, Fate
from archiver.warc.extension import ArchiveExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

# Addresses that nothing explains, in a report.
MAX_GAPS = 1000
# What was left out because it is older than was asked for.
BEFORE_SINCE = "before_since"


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
        self._cpu = os.times()
        self.ledger = Ledger(
            self._archive.run_id, lambda: state.store, self._stats.inc_value, lambda error: stop_crawl(crawler, error)
        )
        # filled by spiders: what the report says of discovery, and how many addresses there are
        self.discovery: dict[str, Any] = {}
        self.found = 0
        # saved posts that no surface named again, because nothing in their lists has changed
        self.silent = 0
        # what to tell the person if nothing is archived; and whether that they asked for few is the reason
        self.nothing = ""
        self.limited = False
        self._terminal = Terminal.live(crawler.settings.getbool("ARCHIVER_LIVE_LINE"))
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

    def _completeness(self) -> dict[str, Any] | None:
        """Return what the surfaces advertise against what became of it; None where no spider of ours found anything."""
        if not self.discovery:
            return None
        try:
            store = self._state.store
            surfaces = ("api", "sitemap", "feed", "link")
            fates = {surface: store.frontier.fates(surface) for surface in surfaces}
            fates[""] = store.frontier.fates()
            gaps = store.frontier.gaps(MAX_GAPS)
            before = self.ledger.dropped.get(BEFORE_SINCE, 0)
            if before:
                fates = {surface: _without(rows, before) for surface, rows in fates.items()}
                gaps = [gap for gap in gaps if gap[1] != NOT_FETCHED]
            return completeness(store.asked.totals(), fates, gaps)
        except OutputError:
            return None  # the state can't be read: that is told already

    def _outcome(self, reason: str, found_before: int, account: dict[str, Any] | None = None) -> Outcome:
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
            advertised=account["advertised"][account["by"]] if account and account["by"] else 0,
            unlisted=account["unlisted"] if account else 0,
            fatal=self._stats.get_value(FATAL),
            fatal_code=int(self._stats.get_value(FATAL_CODE, EARLY)),
        )

    def _report(self, reason: str, found_before: int) -> dict[str, Any]:
        folder = self._archive.folder
        assert folder is not None
        account = self._completeness()
        code, message = conclude(self._outcome(reason, found_before, account))
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
            "completeness": account,
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
                # of the process, so of all crawls that ran in it meanwhile
                "cpu_seconds": round(sum(cpu[:2]) - sum(self._cpu[:2]), 1),
                "worker_cpu_seconds": round(sum(cpu[2:4]) - sum(self._cpu[2:4]), 1),
                "requests": int(self._stats.get_value("downloader/request_count", 0)),
                "wire_bytes": int(self._stats.get_value("warc/bytes/wire", 0)),
                "warc_bytes": sum(file.stat().st_size for file in files if file.exists()),
            },
        }


def _without(rows: list[Fate], before: int) -> list[Fate]:
    """Return what became of addresses, up to `before` of those that were not fetched being explained by their day."""
    told: list[Fate] = []
    for outcome, detail, number in rows:
        explained = min(before, number) if not outcome else 0
        told += [(outcome, detail, number - explained)] if number > explained else []
        told += [("", BEFORE_SINCE, explained)] if explained else []
    return told
