"""Index lines on their way into the index: sorted in runs on disk, because a crawl may make any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

# Lines that are held in memory, a few megabytes.
RUN = 10_000


class Notes:
    """Lines that were added in any order and come back sorted; `beside` is the index, and names the files of the runs.

    What a killed run left is forgotten: its lines are made again from the WARC files. Any method raises OSError.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._lines: list[bytes] = []
        self._runs: list[Path] = []
        self.forget()

    def add(self, line: str) -> None:
        """Note a line, which has no line end."""
        self._lines.append(line.encode() + b"\n")
        if len(self._lines) >= RUN:
            path = self._beside.with_suffix(f".run{len(self._runs)}")
            path.write_bytes(b"".join(sorted(self._lines)))
            self._runs.append(path)
            self._lines = []

    def sorted_runs(self, stack: ExitStack) -> list[Iterable[bytes]]:
        """Return iterables that are sorted each and hold all lines together; `stack` closes the files."""
        files: list[Iterator[bytes]] = [stack.enter_context(path.open("rb")) for path in self._runs]
        return [*files, sorted(self._lines)]

    def forget(self) -> None:
        """Remove what was noted, and what a killed run left."""
        self._lines, self._runs = [], []
        for path in self._beside.parent.glob(f"{self._beside.stem}.run*"):
            path.unlink(missing_ok=True)
