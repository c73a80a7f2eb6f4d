"""Which blog of a list is next: a lane for each host, because one host is asked for one blog at a time."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable

from archiver.arguments import Blog


class Lanes:
    """The blogs that have not begun, in the order of the list but for those whose host is busy."""

    def __init__(self, blogs: Iterable[Blog]) -> None:
        self._lanes: dict[str, deque[tuple[int, Blog]]] = {}
        self._left = 0
        for number, blog in enumerate(blogs):
            self._lanes.setdefault(blog.host, deque()).append((number, blog))
            self._left += 1
        # the lanes that are free, by the place of their next blog
        self._free = [(lane[0][0], host) for host, lane in self._lanes.items()]

    def __len__(self) -> int:
        return self._left

    def take(self) -> Blog | None:
        """Return the next blog, whose host is busy from now on; None if there is none whose host is free."""
        if not self._free:
            return None
        _, host = heapq.heappop(self._free)
        self._left -= 1
        return self._lanes[host].popleft()[1]

    def done(self, blog: Blog) -> None:
        """Let the host of a blog that was taken go on with its next."""
        lane = self._lanes[blog.host]
        if lane:
            heapq.heappush(self._free, (lane[0][0], blog.host))
        else:
            del self._lanes[blog.host]
