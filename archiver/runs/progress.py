"""Where a crawl stands, in one line: the same counters for a terminal and for a log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Counters of a run; `seconds` since its start, `requests` answered."""

    blog: str
    found: int
    saved: int
    unchanged: int
    settled: int
    requests: int
    seconds: float

    @property
    def to_go(self) -> int:
        """Addresses that have no entry in the ledger yet."""
        return max(0, self.found - self.settled)

    def line(self) -> str:
        """Return the line, as in `example.org: 120 found, 37 saved, 83 to go, 1.0 requests/s`."""
        parts = [f"{self.found} found", f"{self.saved} saved"]
        if self.unchanged:
            parts.append(f"{self.unchanged} unchanged")
        parts.append(f"{self.to_go} to go")
        rate = self.requests / self.seconds if self.seconds > 0 else 0.0
        parts.append(f"{rate:.1f} requests/s")
        return f"{self.blog}: {', '.join(parts)}"
