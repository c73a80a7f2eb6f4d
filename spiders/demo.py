"""Archive the small blog that ships with the project: `scrapy crawl demo`. Works without a network.

It is the spider of every other blog; only the address is given, and the delays are off.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler

from archiver import urls
from archiver.demo.server import DemoBlog
from archiver.errors import UsageError
from archiver.warc.extension import ArchiveExtension
from spiders.blog import BlogSpider

# The same address each time, so that a second demo crawl shows what a second crawl of a blog does.
PORT = 8912
TAKES = ("limit", "since", "full", "pages")


class DemoSpider(BlogSpider):
    """Serves the demo blog on 127.0.0.1 while it archives it, then tells what was saved and what to try next."""

    name = "demo"
    # The server is this very process: there is nobody to be polite to.
    custom_settings = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}  # noqa: RUF012 - Scrapy's own form

    def __init__(self, **arguments: Any) -> None:
        unknown = next((name for name in arguments if name not in TAKES), None)
        if unknown:
            raise UsageError(f"unknown argument -a {unknown}=…", f"The demo takes {', '.join(TAKES)}")
        self._server = _serve()
        super().__init__(url=self._server.url, **arguments)
        # another port makes other addresses, so other posts: they must not get in among the first
        at_home = self._server.url.endswith(f":{PORT}/")
        self.blog = "demo" if at_home else urls.blog_name(self._server.url).replace("127.0.0.1", "demo")

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
        here = Path(sys.argv[0]).parent
        bin_ = f"{here}/" if not shutil.which("scrapy") and (here / "archiver").exists() else ""
        self.closing_words = [
            "",
            f"The first post, {post['title']!r}, as clean text:",
            f"  {post['text'][:160].replace(chr(10), ' ')}…",
            "",
            "Next:",
            f"  ls {folder.path}",
            "      what an archive is made of; README tells what each file is",
            f"  {bin_}archiver status --output {folder.path.parent}",
            "      what is archived, and how the last runs went",
            f"  {bin_}scrapy crawl demo",
            "      again: no post is fetched when nothing has changed",
            f"  {bin_}scrapy crawl blog -a url=https://example.wordpress.com/ -s ARCHIVER_CONTACT=you@example.org",
            "      a real blog; the contact tells its owner who asks",
        ]


def _serve() -> DemoBlog:
    try:
        return DemoBlog(port=PORT).start()
    except OSError:  # somebody has the port
        return DemoBlog().start()
