"""The process that a crawl runs in: what Python does on the side."""

from __future__ import annotations

import gc


class Collector:
    """Python's collector of cycles, less eager while a crawl runs.

    It looks at all that is young after 700 new objects by default; Scrapy makes thousands a page, none of them in
    cycles that matter, and a fifth of a crawl's time goes into looking.
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._before: tuple[int, int, int] | None = None

    def calm(self) -> None:
        """Look again only after `threshold` new objects, and never at what is there now; 0 changes nothing."""
        if not self._threshold:
            return
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(self._threshold, *self._before[1:])

    def restore(self) -> None:
        """Be as eager as before."""
        if self._before:
            gc.set_threshold(*self._before)
            gc.unfreeze()
