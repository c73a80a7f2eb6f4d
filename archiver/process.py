"""The process that a crawl runs in: what Python does on the side."""

from __future__ import annotations

import gc
from typing import ClassVar


class Collector:
    """Python's collector of cycles, less eager while a crawl runs, or several side by side.

    It looks at all that is young after 700 new objects by default; Scrapy makes thousands a page, none of them in
    cycles that matter, and a fifth of a crawl's time goes into looking.
    """

    # of the process: what it had before the first crawl that is calm now, and how many are
    _before: ClassVar[tuple[int, int, int] | None] = None
    _calm: ClassVar[int] = 0

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._is_calm = False

    def calm(self) -> None:
        """Look again only after `threshold` new objects, and never at what is there now; 0 changes nothing.

        The first crawl decides; what others find there is mostly its doing, and has to be collected when it ends.
        """
        if not self._threshold or self._is_calm:
            return
        self._is_calm = True
        Collector._calm += 1
        if Collector._before is None:
            Collector._before = before = gc.get_threshold()
            gc.collect()
            gc.freeze()
            gc.set_threshold(self._threshold, *before[1:])

    def restore(self) -> None:
        """Be as eager as before, once no crawl is left that wants calm."""
        if not self._is_calm:
            return
        self._is_calm = False
        Collector._calm -= 1
        if Collector._before and not Collector._calm:
            gc.set_threshold(*Collector._before)
            gc.unfreeze()
            Collector._before = None
