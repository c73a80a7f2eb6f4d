"""A spider that does next to nothing with a page, so that what is measured is the crawl."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

STATM = Path("/proc/self/statm")
SAMPLES = 40


class PageSpider(Spider):
    """Fetches the addresses in the file `urls`, `times` times over; says in the file `report` how it went."""

    name = "pages"
    blog = "pages"

    def __init__(self, urls: str, report: str, times: str = "1") -> None:
        super().__init__()
        self._urls = Path(urls).read_text().split()
        self._report = Path(report)
        self._times = int(times)
        self._every = max(1, len(self._urls) * self._times // SAMPLES)
        self._pages = self._bytes = 0
        self._memory: list[tuple[int, float]] = []

    async def start(self) -> AsyncIterator[Any]:
        """Ask for every address; the second time and later with a query, so that it is another one."""
        for time_ in range(self._times):
            for url in self._urls:
                yield Request(f"{url}?again={time_}" if time_ else url)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Count the page."""
        self._pages += 1
        self._bytes += len(response.body)
        if self._pages % self._every == 0:
            self._memory.append((self._pages, memory_mb()))
        yield {"url": response.url, "length": len(response.body)}

    def closed(self, reason: str) -> None:
        """Write the report."""
        report = {
            "reason": reason,
            "pages": self._pages,
            "bytes": self._bytes,
            "reactor_cpu": time.thread_time(),
            "memory": self._memory,
        }
        self._report.write_text(json.dumps(report))


def memory_mb() -> float:
    """Return the resident memory of this process; where the system doesn't say, its peak."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
