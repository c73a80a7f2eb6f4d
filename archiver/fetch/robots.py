"""robots.txt as RFC 9309 has it: one that cannot be had forbids everything, one that isn't there forbids nothing.

Scrapy's own middleware crawls on when robots.txt answers 503 or not at all (RFC 9309 section 2.3.1.4 says: stop).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.robotstxt import RobotParser

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# Scrapy logs the traceback of every network error here; the crawl's own message says what happened.
logging.getLogger(RobotsTxtMiddleware.__module__).addFilter(lambda record: record.levelno < logging.ERROR)


class RobotsUnavailable(IgnoreRequest):
    """A page is not asked for, because its host's robots.txt cannot be had."""


class RobotsForbids(IgnoreRequest):
    """A page is not asked for, because its host's robots.txt says so."""


class _ForbidAll(RobotParser):
    def __init__(self, why: str) -> None:
        self.why = why

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> _ForbidAll:
        return cls("")

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:
        return False


class RobotsMiddleware(RobotsTxtMiddleware):
    """Raises RobotsUnavailable for a host whose robots.txt answers 5xx, 429 or not at all."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let a request pass. Raises RobotsForbids or RobotsUnavailable."""
        if isinstance(rp, _ForbidAll):
            raise RobotsUnavailable(f"robots.txt cannot be had: {rp.why}")
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            # Scrapy says "redirected too often" in the same way; whoever reports it must tell them apart
            raise RobotsForbids(f"forbidden by the robots.txt of {request.url}") from refusal

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._forbid(netloc, f"HTTP {response.status}")
        elif response.status >= 400:
            # section 2.3.1.3: "unavailable", whatever the error page says
            await super()._parse_robots(response.replace(body=b""), netloc, request)
        else:
            await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._forbid(netloc, str(exc) or type(exc).__name__)

    def _forbid(self, netloc: str, why: str) -> None:
        waiting: Any = self._parsers[netloc]
        self._parsers[netloc] = parser = _ForbidAll(why)
        waiting.callback(parser)
