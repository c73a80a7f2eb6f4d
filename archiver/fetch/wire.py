"""See the bytes on the wire: the one module that leans on private names of Scrapy and Twisted.

What it leans on, and what for:

    HTTP11DownloadHandler._pool        the pool is ours, so that each connection is
    HTTPConnectionPool._factory        builds our protocol; Scrapy sets it in the same way
    _LenientHTTP11ClientProtocol       Scrapy's protocol, whose parser we keep
    HTTP11ClientProtocol._finishResponse(rest)   the end of a response: `rest` belongs to the next one
    Request.writeTo(transport)         the request on its way out
    HTTPParser.state                   whether the head is still coming

A fetch (one call of the download handler) can be several exchanges: Twisted sends an idempotent request again
when a kept-alive connection turns out to be dead. The tee sits above TLS, so https needs nothing more.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer


@dataclass(slots=True)
class Exchange:
    """One request on one connection while it happens; `complete` once the whole response has come.

    `left` says that the request really went out: over TLS what is written before the handshake never leaves if
    that fails.
    """

    started: datetime
    left: bool = True
    sent: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    ended: datetime | None = None
    peer: str | None = None
    tls: str | None = None
    complete: bool = False
    head: int = 0

    def end(self, surplus: int = 0, *, complete: bool = False) -> None:
        """Freeze the exchange; the last `surplus` bytes that came are not part of the response."""
        if self.ended is not None:
            return
        self.ended = datetime.now(UTC)
        self.complete = complete
        while surplus and self.received:
            last = self.received.pop()
            if len(last) > surplus:
                self.received.append(last[:-surplus])
                break
            surplus -= len(last)


# Bytes of head, interim responses too, after which a connection is cut: nothing else bounds endless header lines.
MAX_HEAD = 1 << 20

# The exchanges of the fetch that is asking the pool for a connection right now. Between the handler's call and
# the pool nothing waits, so the pool reads the right list however many fetches are under way.
current_fetch: ContextVar[list[Exchange]] = ContextVar("current_fetch")


class _TeeTransport:
    """A transport that notes what is written through it."""

    def __init__(self, transport: Any, sent: list[bytes]) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent.append(bytes(data))
        self._transport.write(data)

    def writeSequence(self, parts: Any) -> None:  # noqa: N802 - Twisted's name
        data = b"".join(parts)
        self.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


@implementer(IHandshakeListener)
class CaptureProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 connection, noting every byte of the exchange that it carries."""

    _exchange: Exchange | None = None
    _secured = False

    def request(self, request: Any) -> Deferred[Any]:
        """Send `request`, adding an Exchange to the fetch that it belongs to."""
        left = self._secured or not ISSLTransport.providedBy(self.transport)
        exchange = self._exchange = Exchange(datetime.now(UTC), left)
        request._capture_fetch.append(exchange)
        original = type(request).writeTo
        request.writeTo = lambda transport: original(request, _TeeTransport(transport, exchange.sent))
        return super().request(request)

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's name
        """Note that what was written so far goes out now."""
        self._secured = True
        if self._exchange is not None:
            self._exchange.left = True

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Note what came, then let Twisted parse it."""
        exchange = self._exchange
        if exchange is not None and exchange.ended is None:
            if not exchange.received:
                self._describe(exchange)
            exchange.received.append(data)
            if self._in_head:
                exchange.head += len(data)
                if exchange.head > MAX_HEAD:
                    cast(Any, self.transport).abortConnection()
                    return
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._exchange is not None:
            self._exchange.end(len(rest), complete=True)
        super()._finishResponse(rest)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802 - Twisted's name
        """Let Twisted decide what the loss means: it may be the proper end of the response."""
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        if self._exchange is not None:
            self._exchange.end()

    @property
    def _in_head(self) -> bool:
        return getattr(self._parser, "state", None) in (STATUS, HEADER)

    def _describe(self, exchange: Exchange) -> None:
        transport: Any = self.transport
        exchange.peer = getattr(transport.getPeer(), "host", None)
        handle = transport.getHandle()
        if hasattr(handle, "get_protocol_version_name"):
            exchange.tls = handle.get_protocol_version_name().lower().replace("tlsv", "tls/")


class CaptureFactory(_LenientHTTP11ClientFactory):
    """Builds connections that capture."""

    def buildProtocol(self, addr: Any) -> CaptureProtocol:  # noqa: N802 - Twisted's name
        """Return the protocol of a new connection."""
        return CaptureProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _BoundConnection:
    """A connection, or Twisted's retrying wrapper of one, tied to the fetch that asked for it."""

    def __init__(self, connection: Any, fetch: list[Exchange]) -> None:
        self._connection = connection
        self._fetch = fetch

    def request(self, request: Any) -> Deferred[Any]:
        # on the request itself, because it is what Twisted hands to the second connection of a retry
        request._capture_fetch = self._fetch
        return self._connection.request(request)  # type: ignore[no-any-return]


class CapturePool(HTTPConnectionPool):
    """A connection pool whose connections capture."""

    _factory = CaptureFactory

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        """Return a connection tied to the fetch that is current now."""
        fetch = current_fetch.get()
        connection: Deferred[Any] = super().getConnection(key, endpoint)
        return connection.addCallback(lambda c: _BoundConnection(c, fetch))
