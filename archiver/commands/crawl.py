"""`scrapy crawl`, in the place of Scrapy's own, which exits 0 whatever happens.

Errors are one line; the end of a crawl is a few lines on standard output; exit codes are those of docs/exit-codes.md.
"""

from __future__ import annotations

import difflib
import logging
import sys
from typing import TYPE_CHECKING, Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from archiver.arguments import check_settings
from archiver.errors import ArchiverError
from archiver.runs.outcome import EARLY, NOT_STARTED, USAGE

if TYPE_CHECKING:
    import argparse

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

# What these say at every start and end is in the run report, or the same each time; -L INFO brings it back.
CHATTER = ("scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler", "scrapy.statscollectors")


class Command(ScrapyCrawl):
    """Run a spider, say what was archived, and exit with a code that tells how it went."""

    def short_desc(self) -> str:
        """Describe the command for `scrapy --help`."""
        return "Archive a blog: scrapy crawl blog -a url=URL (try: scrapy crawl demo)"

    def long_desc(self) -> str:
        """Describe the command for `scrapy crawl --help`."""
        return (
            "Archive a blog: scrapy crawl blog -a url=URL. Arguments (-a): url, the blog's address; limit=N, fetch at "
            "most N posts; full=1, fetch known posts again too. Try scrapy crawl demo. Exit codes: 0 done, "
            "1 could not start, 2 usage, 3 ended early, 4 errors above the threshold, 5 nothing archived or a sudden "
            "shrink, 6 blocked or rate-limited, 75 locked by another run."
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Apply -s and -a; then what depends on them."""
        settings = self.settings
        assert settings is not None
        for pair in opts.set:
            _check_name(pair.partition("=")[0].strip(), list(settings))
        super().process_options(args, opts)
        contact = settings["ARCHIVER_CONTACT"]
        if contact and _is_default(settings, "USER_AGENT"):
            agent = f"{settings['USER_AGENT']} (+{' '.join(str(contact).split())})"
            settings.set("USER_AGENT", agent, priority="project")
        if _is_default(settings, "LOG_LEVEL"):
            for name in CHATTER:
                # a filter, because Scrapy's configuration of logging resets levels
                logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
            if sys.stderr.isatty():
                # the live line says how it goes; only what went wrong scrolls above it
                settings.set("LOG_LEVEL", "WARNING", priority="project")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider and set the exit code."""
        if len(args) != 1:
            self.exitcode = self._fail("name one spider: scrapy crawl blog -a url=URL, or scrapy crawl demo", USAGE)
            return
        process = self.crawler_process
        assert process is not None
        try:
            check_settings(process.settings)
        except ArchiverError as error:
            self.exitcode = self._fail(error.line(), error.exit_code)
            return
        try:
            crawler = self._create_crawler(args[0])
        except KeyError:
            known = ", ".join(sorted(process.spider_loader.list()))
            self.exitcode = self._fail(f"there is no spider {args[0]!r}. There are: {known}", USAGE)
            return
        task: Any = process.crawl(crawler, **opts.spargs)
        errors: list[BaseException] = []

        def note(failure: Failure) -> None:
            errors.extend([failure.value] if failure.value else [])

        if isinstance(task, Deferred):
            task.addErrback(note)
        process.start()
        if not isinstance(task, Deferred) and task.done() and not task.cancelled() and task.exception():
            errors.append(task.exception())
        self.exitcode = self._failed_start(errors[0]) if errors else self._end(crawler)

    def _end(self, crawler: Crawler) -> int:
        stats = crawler.stats
        assert stats is not None
        code = stats.get_value("archiver/exit_code")
        if code is None:
            return self._fail("stopped at once. Run the same command again: it goes on from here", EARLY)
        lines = list(stats.get_value("archiver/summary", []))
        if not code:
            lines += getattr(crawler.spider, "closing_words", ())
        print("\n".join(lines))  # noqa: T201 - this is what the command is asked for
        message = stats.get_value("archiver/message")
        if message:
            self._fail(message, code)
        return int(code)

    def _failed_start(self, error: BaseException) -> int:
        if isinstance(error, ArchiverError):
            return self._fail(error.line(), error.exit_code)
        logger.error("the crawl could not start", exc_info=error)
        return self._fail(f"could not start: {type(error).__name__}: {error}", NOT_STARTED)

    @staticmethod
    def _fail(line: str, code: int) -> int:
        sys.stderr.write(f"scrapy crawl: {line}\n")
        return code


def _check_name(name: str, known: list[str]) -> None:
    """Refuse a setting of ours that there isn't: it would do nothing, in silence."""
    if name.startswith("ARCHIVER_") and name not in known:
        near = difflib.get_close_matches(name, [k for k in known if k.startswith("ARCHIVER_")], 1)
        hint = f"; is {near[0]} meant?" if near else ""
        raise ScrapyUsageError(f"there is no setting {name}{hint}", print_help=False)


def _is_default(settings: Any, name: str) -> bool:
    return bool(settings.getpriority(name) <= SETTINGS_PRIORITIES["project"])
