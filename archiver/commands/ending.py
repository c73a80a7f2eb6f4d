"""How a crawl ended, from what its run extension left in Scrapy's stats."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.errors import ArchiverError
from archiver.runs.outcome import EARLY, NOT_STARTED

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """The exit code, the lines for standard output, and for any code but 0 one sentence for standard error."""

    code: int
    lines: tuple[str, ...] = ()
    message: str = ""


def ending(crawler: Crawler, error: BaseException | None) -> Ending:
    """Return how a crawl ended; `error` is why it could not start, None if it could."""
    if isinstance(error, ArchiverError):
        return Ending(error.exit_code, message=error.line())
    if error is not None:
        logger.error("the crawl could not start", exc_info=error)
        return Ending(NOT_STARTED, message=f"could not start: {type(error).__name__}: {error}")
    stats = None
    with suppress(RuntimeError):  # Scrapy 2.19 says so of a crawl that never came to have any
        stats = crawler.stats
    code = stats.get_value("archiver/exit_code") if stats is not None else None
    if stats is None or code is None:
        return Ending(EARLY, message="stopped at once. Run the same command again: it goes on from here")
    lines = list(stats.get_value("archiver/summary", []))
    if not code:
        lines += getattr(crawler.spider, "closing_words", ())
    return Ending(int(code), tuple(lines), stats.get_value("archiver/message") or "")
