"""One request on one connection while it happens, and the fetch that it belongs to. Knows nothing of Twisted."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archiver.spool import LIMIT, Spool

# Bytes of head, interim responses too, after which a connection is cut: nothing else bounds endless header lines.
MAX_HEAD = 1 << 20


@dataclass(slots=True)
class Exchange:
    """What was sent and received; `complete` once the whole response has come.

    `left` says that the request really went out: over TLS what is written before the handshake never leaves if
    that fails. `cut` is the WARC-Truncated word where the connection itself knows why the response is not whole,
    `surplus` counts bytes behind its end, which are not kept, and `failure` is what kept bytes from being kept.
    """

    started: datetime
    left: bool = True
    sent: list[bytes] = field(default_factory=list)
    received: Spool = field(default_factory=Spool)
    ended: datetime | None = None
    peer: str | None = None
    tls: str | None = None
    cipher: str | None = None
    complete: bool = False
    head: int = 0
    cut: str | None = None
    surplus: int = 0
    failure: OSError | None = None
    max_bytes: int = 1 << 62

    def feed(self, data: bytes) -> None:
        """Take bytes that came. A disk that refuses to hold them is noted in `failure`."""
        try:
            self.received.append(data)
        except OSError as error:
            self.failure = error

    def end(self, surplus: int = 0, *, complete: bool = False, cut: str | None = None) -> None:
        """Freeze the exchange; the last `surplus` bytes that came are not part of the response."""
        if self.ended is not None:
            return
        self.ended = datetime.now(UTC)
        self.complete = complete
        self.cut = cut
        self.surplus = surplus
        if surplus:
            try:
                self.received.cut(max(0, self.received.size - surplus))
            except OSError as error:
                self.failure = error


@dataclass(slots=True)
class Fetch:
    """One call of the download handler. It can be several exchanges: Twisted sends an idempotent request again
    when a kept-alive connection turns out to be dead. Bodies beyond `spool_limit` bytes go to disk.
    An answer of more than `max_bytes` on the wire is cut."""

    spool_limit: int = LIMIT
    max_bytes: int = 1 << 62
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    exchanges: list[Exchange] = field(default_factory=list)

    def begin(self) -> Exchange:
        """Add an exchange that begins now."""
        exchange = Exchange(datetime.now(UTC), received=Spool(limit=self.spool_limit), max_bytes=self.max_bytes)
        self.exchanges.append(exchange)
        return exchange


# The fetch that is asking the pool for a connection right now. Between the handler's call and the pool nothing
# waits, so the pool reads the right one however many fetches are under way.
current_fetch: ContextVar[Fetch] = ContextVar("current_fetch")
