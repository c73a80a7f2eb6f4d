"""See the bytes on the wire: the one module that leans on private names of Scrapy and Twisted.

What it leans on, and what for:

    HTTP11DownloadHandler._pool        the pool is ours, so that each connection is
    HTTPConnectionPool._factory        builds our protocol; Scrapy sets it in the same way
    HTTPConnectionPool._connections, _timeouts   what is kept alive, so that nothing is sent on a connection that ends
    _LenientHTTP11ClientProtocol       Scrapy's protocol, whose parser is kept lenient, and made more so
    HTTP11ClientProtocol._parser       its class is replaced, as Scrapy's own protocol does
    HTTP11ClientProtocol._currentRequest        a connection that sent too much is not used again
    HTTP11ClientProtocol._finishResponse(rest)   the end of a response: `rest` does not belong to it
    Request.writeTo(transport)         the request on its way out
    HTTPParser.state, _partialHeader   whether the head is still coming

`check` tries all of it on a connection in memory; a crawl does not begin unless that works. The tee sits above
TLS, so https needs nothing more.
"""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHandshakeListener, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import Headers
from zope.interface import implementer

from archiver.errors import CaptureError
from archiver.fetch.exchange import MAX_HEAD, Exchange, Fetch, current_fetch
from archiver.fetch.tls import cipher_suite
from archiver.http1 import STATUS_LINE

UPGRADE = "Install versions of Scrapy and Twisted that it is tested with: see docs/how-it-works.md, Capture"

try:
    from scrapy.core.downloader.handlers.http11 import (
        _LenientHTTP11ClientFactory,
        _LenientHTTP11ClientProtocol,
        _LenientHTTPClientParser,
    )
    from twisted.web._newclient import HEADER, STATUS, Request
except ImportError as error:
    raise CaptureError(f"capture does not work with this Scrapy or Twisted: {error}", UPGRADE) from error


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


class CaptureParser(_LenientHTTPClientParser):
    """Scrapy's parser, which skips a header line without a colon; this one skips what else browsers skip.

    A whole page would be lost otherwise to one bad name, a blank before the first header, or a long line.
    """

    MAX_LENGTH = MAX_HEAD

    def statusReceived(self, status: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take the status line. What the archive would not take for one either must not reach a spider."""
        if not STATUS_LINE.match(status):
            raise ValueError(f"no HTTP status line: {status[:80]!r}")
        super().statusReceived(status)  # type: ignore[no-untyped-call]

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a header; one whose name is none is passed over (Twisted raises for it)."""
        try:
            super().headerReceived(name.strip(b" \t"), value)  # type: ignore[no-untyped-call]
        except ValueError:  # InvalidHeaderName, which Twisted 24.11 does not know yet
            return

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Take a line; one that continues a header where there is none yet is passed over."""
        if self.state == HEADER and self._partialHeader is None and line[:1] in (b" ", b"\t"):
            return
        super().lineReceived(line)


@implementer(IHandshakeListener)
class CaptureProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 connection, noting every byte of the exchange that it carries."""

    _exchange: Exchange | None = None
    _tls: tuple[str | None, str | None] | None = None

    def request(self, request: Any) -> Deferred[Any]:
        """Send `request`, adding an Exchange to the fetch that it belongs to."""
        exchange = self._exchange = request._capture_fetch.begin()
        exchange.peer = getattr(cast(Any, self.transport).getPeer(), "host", None)
        if self._tls is not None:
            exchange.tls, exchange.cipher = self._tls
        else:
            exchange.left = not ISSLTransport.providedBy(self.transport)
        original = type(request).writeTo
        request.writeTo = lambda transport: original(request, _TeeTransport(transport, exchange.sent))
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = CaptureParser
        return answer

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's name
        """Note that what was written so far goes out now, and what protects it."""
        handle = cast(Any, self.transport).getHandle()
        version = handle.get_protocol_version_name().lower().replace("tlsv", "tls/")
        self._tls = version, cipher_suite(handle.get_cipher_name())
        if self._exchange is not None:
            self._exchange.left = True
            self._exchange.tls, self._exchange.cipher = self._tls

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Note what came, then let Twisted parse it."""
        exchange = self._exchange
        if exchange is None or exchange.ended is not None:
            super().dataReceived(data)  # type: ignore[no-untyped-call]
            return
        exchange.feed(data)
        if self._in_head:
            exchange.head += len(data)
        if exchange.head > MAX_HEAD or exchange.received.size > exchange.max_bytes or exchange.failure:
            exchange.end(cut="length")
            cast(Any, self.transport).abortConnection()
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None:  # Twisted gave up on it: a whole response would have ended before
            exchange.end(cut="unspecified")

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._exchange is not None:
            self._exchange.end(len(rest), complete=True)
        if rest and self._currentRequest is not None:
            # what is still to come would be taken for the next response
            self._currentRequest.persistent = False
        super()._finishResponse(rest)

    def connectionLost(self, reason: Any = connectionDone) -> None:  # noqa: N802 - Twisted's name
        """Let Twisted decide what the loss means: a proper close may be the end of the response."""
        exchange = self._exchange
        if exchange is not None and exchange.ended is None and not reason.check(ConnectionDone):
            exchange.end(cut="disconnect")
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        if exchange is not None:
            exchange.end()

    @property
    def _in_head(self) -> bool:
        return getattr(self._parser, "state", None) in (STATUS, HEADER)


class CaptureFactory(_LenientHTTP11ClientFactory):
    """Builds connections that capture."""

    def buildProtocol(self, addr: Any) -> CaptureProtocol:  # noqa: N802 - Twisted's name
        """Return the protocol of a new connection."""
        return CaptureProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _BoundConnection:
    """A connection, or Twisted's retrying wrapper of one, tied to the fetch that asked for it."""

    def __init__(self, connection: Any, fetch: Fetch) -> None:
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
        # Scrapy closes a connection when a download is stopped, and does not look whether it is in the pool already:
        # a request that is sent on it would never leave, or its answer never come.
        for dying in [c for c in self._connections.get(key, ()) if getattr(c.transport, "disconnecting", False)]:
            self._connections[key].remove(dying)
            self._timeouts.pop(dying).cancel()
        fetch = current_fetch.get()
        connection: Deferred[Any] = super().getConnection(key, endpoint)
        return connection.addCallback(lambda c: _BoundConnection(c, fetch))


def install(handler: Any) -> None:
    """Give a Scrapy download handler a pool whose connections capture. Raises CaptureError if it has none."""
    from twisted.internet import reactor  # imported late: Scrapy installs it

    pool = getattr(handler, "_pool", None)
    if not isinstance(pool, HTTPConnectionPool):
        raise CaptureError("Scrapy's download handler has no connection pool any more", UPGRADE)
    ours = CapturePool(reactor, persistent=True)  # type: ignore[no-untyped-call]
    ours.maxPersistentPerHost = pool.maxPersistentPerHost
    handler._pool = ours


def check() -> None:
    """Capture two exchanges on a connection in memory. Raises CaptureError unless every byte is there."""
    try:
        sent, answers, kept, as_expected = _try_out()
    except Exception as error:
        raise CaptureError(f"capture does not work with this Scrapy or Twisted: {error!r}", UPGRADE) from error
    if kept != _ANSWERS or not all(e.complete for e in answers) or not as_expected:
        raise CaptureError("capture loses bytes with this Scrapy or Twisted", UPGRADE)
    if b"".join(b"".join(e.sent) for e in answers) != sent or not sent.startswith(b"GET / HTTP/1.1\r\n"):
        raise CaptureError("capture does not see requests with this Scrapy or Twisted", UPGRADE)


_ANSWERS = [
    b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200  odd\nX : y\r\nno colon\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b"1\r\na\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-LENGTH:2\r\n\r\nab",
]


class _NoReactor:
    """Nothing that a pool asks of a reactor before it has connections."""


def _try_out() -> tuple[bytes, list[Exchange], list[bytes], bool]:
    from twisted.internet.testing import StringTransport  # imported late: it brings half of unittest

    fetch = Fetch()
    quiet: list[Any] = []
    transport: Any = StringTransport()  # type: ignore[no-untyped-call]
    protocol: Any = CaptureFactory(quiet.append, "").buildProtocol(None)  # type: ignore[no-untyped-call]
    protocol.makeConnection(transport)
    pool: Any = CapturePool(_NoReactor(), persistent=True)  # type: ignore[no-untyped-call]
    seen = [pool._factory is CaptureFactory, pool._connections == {}, pool._timeouts == {}]
    for number, answer in enumerate(_ANSWERS):
        headers = Headers({b"host": [b"localhost"]})
        request: Any = Request._construct(b"GET", b"/", headers, None, persistent=True)  # type: ignore[no-untyped-call]
        _BoundConnection(protocol, fetch).request(request).addErrback(lambda failure: None)
        seen.append(type(protocol._parser) is CaptureParser)
        half = 12  # within the head
        protocol.dataReceived(answer[:half])
        seen.append(protocol._in_head)
        protocol.dataReceived(answer[half:] + (b"surplus" if number else b""))
    protocol.connectionLost(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]
    kept = [exchange.received.read() for exchange in fetch.exchanges]
    # used again after the first answer, and not after the surplus of the second
    return transport.value(), fetch.exchanges, kept, len(quiet) == 1 and all(seen)
