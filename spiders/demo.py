"""Archive the small blog that ships with the project: `scrapy crawl demo`. Works without a network.

It is the spider of every other blog; only the address is given, and the delays are off.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from archiver.demo.server import DemoBlog
from archiver.warc.extension import ArchiveExtension
from spiders.blog import BlogSpider

# The same address each time, so that a second demo crawl shows what a second crawl of a blog does.
PORT = 8912


class DemoSpider(BlogSpider):
    """Serves the demo blog on 127.0.0.1 while it archives it, then tells what was saved and what to try next."""

    name = "demo"
    # The server is this very process: there is nobody to be polite to.
    custom_settings = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form

    def __init__(self, limit: str | None = None, full: str | None = None, **other: Any) -> None:
        self._server = _serve()
        super().__init__(url=self._server.url, limit=limit, full=full, **other)
        self.blog = "demo"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider with its server running."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.close_server, signal=signals.spider_closed)
        return spider

    def close_server(self) -> None:
        """Stop serving, and look at what was saved for the person who tries this out."""
        self._server.stop()
        folder = ArchiveExtension.of(self.crawler).folder
        if folder is None or not folder.posts.exists():
            return
        with folder.posts.open(encoding="utf-8") as lines:
            post = json.loads(lines.readline())
        scrapy = sys.argv[0] if os.sep in sys.argv[0] and not shutil.which("scrapy") else "scrapy"
        self.closing_words = [
            "",
            f"The first post, {post['title']!r}, as clean text:",
            f"  {post['text'][:160].replace(chr(10), ' ')}…",
            "",
            "Next:",
            f"  ls {folder.path}",
            "      what an archive is made of; README tells what each file is",
            f"  {scrapy} crawl demo",
            "      again: nothing has changed, so no post is fetched",
            f"  {scrapy} crawl blog -a url=https://example.wordpress.com/ -s ARCHIVER_CONTACT=you@example.org",
            "      a real blog; the contact tells its owner who asks",
        ]


def _serve() -> DemoBlog:
    try:
        return DemoBlog(port=PORT).start()
    except OSError:  # somebody has the port
        return DemoBlog().start()
