"""A line on a terminal that says how it goes, and keeps out of the way of what scrolls."""

from __future__ import annotations

import logging
import sys


class Terminal:
    """A live line at the bottom of the terminal; log lines scroll above it."""

    @classmethod
    def live(cls, wanted: bool) -> Terminal | None:
        """Return a live line if it is wanted and standard error is a terminal."""
        return cls() if wanted and sys.stderr.isatty() else None

    def __init__(self) -> None:
        from rich.console import Console  # imported late: most crawls have no terminal
        from rich.status import Status

        self._status = Status("starting", console=Console(stderr=True, highlight=False, markup=False))

    def show(self, line: str) -> None:
        """Show the line; the first time, and after `stop`, take over standard error so that log lines don't tear it."""
        first = not self._status._live.is_started
        self._status.start()
        if first:
            for handler in logging.root.handlers:
                if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                    handler.setStream(sys.stderr)
        self._status.update(line)

    def stop(self) -> None:
        """Take the line away and give standard error back to the log."""
        self._status.stop()
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                handler.setStream(sys.stderr)
