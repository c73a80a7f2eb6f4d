"""The archiver's way with Python's collector, for a crawl without the archiver."""

from __future__ import annotations

from scrapy import signals
from scrapy.crawler import Crawler

from archiver.process import Collector


class CalmExtension:
    """Calms the collector when the spider opens."""

    def __init__(self, crawler: Crawler) -> None:
        self._collector = Collector(crawler.settings.getint("ARCHIVER_GC_THRESHOLD"))
        crawler.signals.connect(self.open, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CalmExtension:
        """Make the extension, as Scrapy asks for it."""
        return cls(crawler)

    def open(self) -> None:
        """Have it done once everything is imported."""
        self._collector.calm()
