"""A blog's folder: where each file lies, and the lock that keeps two runs apart.

    output/<blog>/archive/  indexes/  pages/  runs/  posts.jsonl  comments.jsonl  state.sqlite

`archive/`, `indexes/` and `pages/` have the names that WACZ and pywb expect.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from archiver.errors import BlogLocked, OutputNotWritable


class BlogFolder:
    """The folder of one blog below the output folder."""

    def __init__(self, output: Path, name: str) -> None:
        self.name = name
        self.path = output / name
        self.archive = self.path / "archive"
        self.index = self.path / "indexes" / "index.cdxj"
        self.pages = self.path / "pages" / "pages.jsonl"
        self.posts = self.path / "posts.jsonl"
        self.comments = self.path / "comments.jsonl"
        self.runs = self.path / "runs"
        self.state = self.path / "state.sqlite"
        self._lock: int | None = None

    def open(self) -> None:
        """Make the folder and lock it until `close` or the end of the process.

        Raises OutputNotWritable if it cannot be made or written, BlogLocked if another run holds it.
        """
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

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def holds_nothing(self) -> bool:
        """Whether no run has archived or saved anything here."""
        return not any(self.archive.iterdir()) and not self.posts.exists()

    def discard(self) -> None:
        """Remove the folder of a blog that never was archived: a mistyped address must not look like a blog."""
        if self.holds_nothing:
            shutil.rmtree(self.path, ignore_errors=True)

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
