"""A blog's folder: where each file lies, and the lock that keeps two runs apart.

    output/<blog>/archive/  text/  indexes/  pages/  runs/  posts.jsonl  comments.jsonl  pings.jsonl  state.sqlite

`archive/`, `indexes/` and `pages/` have the names that WACZ and pywb expect.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from archiver.errors import BlogLocked, OutputNotWritable


class BlogFolder:
    """The folder of one blog below the output folder."""

    def __init__(self, output: Path, name: str) -> None:
        self.name = name
        self.path = output / name
        self.archive = self.path / "archive"
        self.text = self.path / "text"
        self.index = self.path / "indexes" / "index.cdxj"
        self.pages = self.path / "pages" / "pages.jsonl"
        self.posts = self.path / "posts.jsonl"
        self.comments = self.path / "comments.jsonl"
        self.pings = self.path / "pings.jsonl"
        self.runs = self.path / "runs"
        self.state = self.path / "state.sqlite"
        self._lock: int | None = None
        self._is_new = False

    def open(self) -> None:
        """Make the folder and lock it until `close` or the end of the process.

        Raises OutputNotWritable if it cannot be made or written, BlogLocked if another run holds it.
        """
        self._is_new = not self.path.exists()
        try:
            for folder in (self.archive, self.index.parent, self.pages.parent, self.runs):
                folder.mkdir(parents=True, exist_ok=True)
            probe = self.path / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise OutputNotWritable(
                f"cannot write to {self.path}: {error.strerror or error}",
                "Give the output folder to this user, or choose another: -s ARCHIVER_OUTPUT=DIR",
            ) from error
        self._take_lock()
        for part in self.runs.glob("*.part"):  # of a run that was killed while it wrote its report
            with suppress(OSError):
                part.unlink()

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def free_run_id(self, moment: datetime) -> str:
        """Return the first run id, a 14-digit UTC time from `moment` on, that no earlier run has: clocks go back."""
        while True:
            run_id = moment.strftime("%Y%m%d%H%M%S")
            if not (self.runs / f"{run_id}.json").exists() and not any(self.archive.glob(f"*-{run_id}-*")):
                return run_id
            moment += timedelta(seconds=1)

    @property
    def holds_nothing(self) -> bool:
        """Whether this run made the folder and archived nothing in it."""
        try:
            return self._is_new and not any(self.archive.iterdir()) and not self.posts.exists()
        except OSError:
            return False

    def discard(self) -> None:
        """Remove the folder again if it holds nothing: a mistyped address must not look like a blog.

        Only what a run writes is removed, and folders only if they are empty then.
        """
        if not self.holds_nothing:
            return
        written = [self.state.with_name(self.state.name + end) for end in ("", "-wal", "-shm")]
        for path in (*written, self.index, self.pages, *self.runs.glob("*.json")):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in (self.archive, self.index.parent, self.pages.parent, self.runs, self.path):
                folder.rmdir()

    def _take_lock(self) -> None:
        # The lock is on the folder itself: it needs no file of its own and dies with the process.
        lock = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise BlogLocked(
                f"another run is working in {self.path}", "Wait until it has ended, or stop it first"
            ) from error
        self._lock = lock
