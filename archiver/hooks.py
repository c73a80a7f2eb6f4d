"""What all Scrapy hooks of ours share: how they find each other, and how they end a crawl early."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy.utils.defer import deferred_from_coro

from archiver.errors import ArchiverError, CaptureError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

# Stats keys that the run report reads.
FATAL = "archiver/fatal"
FATAL_CODE = "archiver/fatal_exit_code"
# The attribute of a crawler that holds its extensions of ours.
MADE = "_archiver_extensions"


class CrawlExtension:
    """An extension that the other hooks of its crawl reach by `of`, also while the crawl is being put together.

    (Scrapy's own `Crawler.get_extension` answers only once every extension is made.)
    """

    def __init__(self, crawler: Crawler) -> None:
        # on the crawler, so that they are gone when it is: a process may see thousands
        made: dict[Any, CrawlExtension] = vars(crawler).setdefault(MADE, {})
        made[type(self)] = self

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the extension, as Scrapy asks for it."""
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """Return this extension of `crawler`. Raises CaptureError if it was switched off."""
        part = vars(crawler).get(MADE, {}).get(cls)
        if part is None:
            raise CaptureError(f"{cls.__name__} is off: nothing would be archived", "Leave EXTENSIONS as it is")
        assert isinstance(part, cls)
        return part


def stop_crawl(crawler: Crawler, error: ArchiverError) -> None:
    """Stop `crawler` because of `error`; only the first error of a crawl counts and is logged."""
    assert crawler.stats is not None
    if crawler.stats.get_value(FATAL):
        return
    crawler.stats.set_value(FATAL, error.line())
    crawler.stats.set_value(FATAL_CODE, error.exit_code)
    logger.error(error.line())
    engine = crawler.engine
    if engine is not None and engine.spider is not None:
        reason = type(error).__name__
        # already closing: Scrapy refuses a second time, and nothing is left to do
        deferred_from_coro(engine.close_spider_async(reason=reason)).addErrback(lambda _: None)
