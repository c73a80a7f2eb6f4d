"""`scrapy crawl`, in the place of Scrapy's own, which exits 0 whatever happens.

Errors are one line; the end of a crawl is a few lines on standard output; exit codes are those of docs/exit-codes.md.
"""

from __future__ import annotations

import difflib
import inspect
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import SETTINGS_PRIORITIES
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from archiver import urls
from archiver.arguments import check_contact, check_settings
from archiver.commands.ending import ending
from archiver.commands.many import ManyCrawls, blogs_in
from archiver.errors import ArchiverError, UsageError
from archiver.runs.outcome import USAGE
from archiver.runs.terminal import Terminal

if TYPE_CHECKING:
    import argparse

# What these say at every start and end is in the run report, or the same each time; -L INFO brings it back.
CHATTER = ("scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler", "scrapy.statscollectors")
EXAMPLE_OF_MANY = "For instance: scrapy crawl blog -a urls_file=blogs.txt"


class Command(ScrapyCrawl):
    """Run a spider, say what was archived, and exit with a code that tells how it went."""

    # whether a live line is shown where there is a terminal
    _is_live = True

    def short_desc(self) -> str:
        """Describe the command for `scrapy --help`."""
        return "Archive a blog: scrapy crawl blog -a url=URL (try: scrapy crawl demo)"

    def long_desc(self) -> str:
        """Describe the command for `scrapy crawl --help`."""
        return (
            "Archive a blog: scrapy crawl blog -a url=URL. Arguments (-a): url, the blog's address, or urls_file=FILE, "
            "many blogs, an address a line (- is standard input, # begins a comment); limit=N, fetch at most N posts "
            "of each blog; full=1, fetch known posts again too; since=YYYY-MM-DD, leave out posts whose latest day in "
            "the blog's lists is before; pages=1, make items of fixed pages too (of an archive that exists already: "
            "with full=1). Settings (-s): ARCHIVER_CONTACT=you@example.org, needed for every host but this machine; "
            "ARCHIVER_OUTPUT=DIR, another folder than output. Try scrapy crawl demo. Exit codes: 0 done, "
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
        # check_settings says what is wrong with it
        self._is_live = str(settings["ARCHIVER_LIVE_LINE"]).lower() in ("true", "1")
        if _is_default(settings, "LOG_LEVEL"):
            for name in CHATTER:
                # a filter, because Scrapy's configuration of logging resets levels
                logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
            if sys.stderr.isatty() and self._is_live:
                # the live line says how it goes; only what went wrong scrolls above it
                settings.set("LOG_LEVEL", "WARNING", priority="project")
        if "urls_file" in opts.spargs:
            # one line for all of them, not one for each
            settings.set("ARCHIVER_LIVE_LINE", False, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider and set the exit code."""
        if len(args) != 1:
            self.exitcode = self._fail("name one spider: scrapy crawl blog -a url=URL, or scrapy crawl demo", USAGE)
            return
        process = self.crawler_process
        assert process is not None
        try:
            check_settings(process.settings)
            if "urls_file" in opts.spargs:
                self.exitcode = self._run_many(args[0], opts)
                return
            crawler = self._create_crawler(args[0])
        except ArchiverError as error:
            self.exitcode = self._fail(error.line(), error.exit_code)
            return
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
        end = ending(crawler, errors[0] if errors else None)
        if end.lines:
            print("\n".join(end.lines))  # noqa: T201 - this is what the command is asked for
        self.exitcode = self._fail(end.message, end.code) if end.message else end.code

    def _run_many(self, spider: str, opts: argparse.Namespace) -> int:
        """Run the spider for each blog of a list; raises UsageError or KeyError before anything is fetched."""
        process = self.crawler_process
        assert process is not None
        arguments = dict(opts.spargs)
        file = arguments.pop("urls_file")
        kind = process.spider_loader.load(spider)
        if "url" in arguments:
            raise UsageError("-a url and -a urls_file exclude each other", "Give the one blog, or the list")
        if "url" not in inspect.signature(kind).parameters:
            raise UsageError(f"the spider {spider} takes no list of blogs", EXAMPLE_OF_MANY)
        if opts.output or opts.overwrite_output:
            raise UsageError("-o and -O write one file for one blog", "Of many, each has its own posts.jsonl")
        if process.settings.get("JOBDIR"):
            raise UsageError("JOBDIR is for one blog", "Leave it: the same command again goes on by itself")
        blogs, wrong = blogs_in(file)
        for line in wrong:
            self._fail(f"{file}, {line}", USAGE)
        if wrong:
            return USAGE
        if not all(urls.is_loopback(blog.root) for blog in blogs):
            check_contact(process.settings["ARCHIVER_CONTACT"])
        # the spider judges its arguments itself: once here, not again for each blog
        kind(url=blogs[0].root, **arguments)
        make = partial(self._create_crawler, spider)
        return ManyCrawls(process, make, blogs, arguments, _say, Terminal.live(self._is_live)).run()

    @staticmethod
    def _fail(line: str, code: int) -> int:
        _say(line)
        return code


def _say(line: str) -> None:
    sys.stderr.write(f"scrapy crawl: {line}\n")


def _check_name(name: str, known: list[str]) -> None:
    """Refuse a setting of ours that there isn't: it would do nothing, in silence."""
    if name.startswith("ARCHIVER_") and name not in known:
        near = difflib.get_close_matches(name, [k for k in known if k.startswith("ARCHIVER_")], 1)
        hint = f"; is {near[0]} meant?" if near else ""
        raise ScrapyUsageError(f"there is no setting {name}{hint}", print_help=False)


def _is_default(settings: Any, name: str) -> bool:
    return bool(settings.getpriority(name) <= SETTINGS_PRIORITIES["project"])
