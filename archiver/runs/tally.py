"""Where a list of blogs stands, and the one exit code for all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from archiver.runs.outcome import BLOCKED, DONE, EARLY, ERRORS, LOCKED, NOT_STARTED, NOTHING, USAGE
from archiver.runs.progress import Progress

# Codes of single blogs from the gravest on, and how a person reads them. First what concerns the whole command (it has
# to be run again; it can't work here; it is wrong), then what may be our fault, then what others did to us: the host,
# the blog, another run.
GRAVEST = {
    EARLY: "ended early",
    NOT_STARTED: "not started",
    USAGE: "misused",
    ERRORS: "with errors",
    BLOCKED: "blocked",
    NOTHING: "empty or shrunk",
    LOCKED: "locked",
}


@dataclass(slots=True)
class Tally:
    """The figures of a list of blogs: `total` blogs, and of those that have ended the codes, posts and requests."""

    total: int
    codes: Counter[int] = field(default_factory=Counter)
    saved: int = 0
    requests: int = 0

    def end(self, code: int, progress: Progress | None) -> None:
        """Count a blog that has ended; `progress` is None if it never began."""
        self.codes[code] += 1
        if progress is not None:
            self.saved += progress.saved
            self.requests += progress.requests

    @property
    def ended(self) -> int:
        """How many blogs have ended, however."""
        return self.codes.total()

    @property
    def exit_code(self) -> int:
        """0 if each blog's is; 3 if not all were begun; else the gravest."""
        if self.ended < self.total:
            return EARLY
        return next((code for code in (*GRAVEST, *self.codes) if self.codes[code] and code != DONE), DONE)

    def line(self) -> str:
        """Return how many blogs ended how, as in `24 blogs: 22 done, 1 blocked, 1 locked`."""
        blogs = f"{self.total} blog{'s' if self.total != 1 else ''}"
        return f"{blogs}: {', '.join(self._parts('not begun', self.total - self.ended))}"

    def progress(self, running: Iterable[Progress], seconds: float) -> str:
        """Return the line for a crawl under way, `seconds` after its start."""
        now = list(running)
        parts = self._parts("to go", self.total - self.ended - len(now))
        if now:
            parts.insert(1, f"{len(now)} running")
        rate = (self.requests + sum(p.requests for p in now)) / seconds if seconds > 0 else 0.0
        saved = self.saved + sum(p.saved for p in now)
        return f"{self.total} blogs: {', '.join(parts)}; {saved} posts saved, {rate:.1f} requests/s"

    def _parts(self, rest: str, left: int) -> list[str]:
        parts = [f"{self.codes[DONE]} done"]
        parts += [f"{self.codes[code]} {word}" for code, word in GRAVEST.items() if self.codes[code]]
        return parts + ([f"{left} {rest}"] if left > 0 else [])
