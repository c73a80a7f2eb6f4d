"""Refuse a crawl whose bytes would not be seen: the first of our extensions, before anything is opened or fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.utils.misc import load_object

from archiver.arguments import check_settings
from archiver.errors import CaptureError
from archiver.fetch import wire
from archiver.fetch.handler import CaptureHandler
from archiver.hooks import CrawlExtension

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


class CaptureExtension(CrawlExtension):
    """Raises UsageError for settings that make no sense, CaptureError unless every download handler is ours and capture
    works with what is installed."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        check_settings(crawler.settings)
        wire.check()
        check_handlers(crawler.settings)


def check_handlers(settings: BaseSettings) -> None:
    """Raise CaptureError if a request could be answered past CaptureHandler."""
    if settings.getbool("HTTPCACHE_ENABLED"):
        raise CaptureError("HTTPCACHE_ENABLED is on: what comes out of a cache is not archived", "Leave it off")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    for scheme in dict.fromkeys(("http", "https", *handlers)):
        handler = handlers.get(scheme)
        if handler is None and scheme not in ("http", "https"):
            continue
        try:
            kind = load_object(handler) if isinstance(handler, str) else handler
        except (ImportError, NameError, ValueError) as error:
            raise CaptureError(f"DOWNLOAD_HANDLERS: {scheme}: {error}", "Leave DOWNLOAD_HANDLERS as it is") from error
        if not (isinstance(kind, type) and issubclass(kind, CaptureHandler)):
            raise CaptureError(
                f"DOWNLOAD_HANDLERS: {handler!s:.200} fetches {scheme}, so nothing of it would be archived",
                "Leave DOWNLOAD_HANDLERS as it is",
            )
