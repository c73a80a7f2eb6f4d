"""The bytes on the wire, on connections in memory."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import twisted.internet
from hypothesis import given
from hypothesis import strategies as st
from scrapy.core.downloader.handlers import http11
from twisted.internet.defer import succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import ISSLTransport
from twisted.internet.protocol import Protocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol, Request
from twisted.web.client import FileBodyProducer, HTTPConnectionPool
from twisted.web.http_headers import Headers
from zope.interface import directlyProvides

from archiver.errors import CaptureError
from archiver.fetch import wire
from archiver.fetch.exchange import MAX_HEAD, Exchange, Fetch, current_fetch
from archiver.fetch.wire import CaptureFactory, CapturePool, CaptureProtocol

OK = b"HTTP/1.1 200 OK\r\n"
WHOLE = OK + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"
HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"


class Body(Protocol):
    """What reads a response's body."""

    def __init__(self) -> None:
        self.data = b""
        self.reason: Any = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Keep what came."""
        self.data += data

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's name
        """Keep why it ended."""
        self.reason = reason


class Peer:
    """A connection, seen from the server: what it was sent, and what it answers."""

    def __init__(self, factory: Any = None, transport: Any = None) -> None:
        self.quiet: list[Any] = []
        self.transport = transport or StringTransport()
        self.fetch = Fetch()
        self.protocol: Any = (factory or CaptureFactory(self.quiet.append, "")).buildProtocol(None)
        self.protocol.makeConnection(self.transport)

    def ask(self, method: bytes = b"GET", body: Any = None, connection: Any = None) -> list[Any]:
        """Send a request; return where its response or failure will be, and then its body."""
        headers = Headers({b"host": [b"localhost"]})
        request = Request._construct(method, b"/", headers, body, persistent=True)
        bound = wire._BoundConnection(connection or self.protocol, self.fetch)
        answer: list[Any] = []

        def read(response: Any) -> None:
            answer.extend([response, Body()])
            response.deliverBody(answer[1])

        bound.request(request).addCallbacks(read, answer.append)
        return answer

    def answer(self, *pieces: bytes) -> Exchange:
        """Answer in pieces; return the exchange that is under way."""
        for piece in pieces:
            self.protocol.dataReceived(piece)
        return self.fetch.exchanges[-1]

    def close(self, reason: type[Exception] = ConnectionDone) -> Exchange:
        """End the connection; return the last exchange."""
        self.protocol.connectionLost(Failure(reason()))
        return self.fetch.exchanges[-1]


@pytest.fixture
def peer():
    """A connection."""
    return Peer()


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED, HINTS + WHOLE, HINTS + CHUNKED])
@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_every_byte(peer, answer, step):
    """An exchange is what was written and all that came back, in whatever pieces; the body is Twisted's as ever."""
    got = peer.ask()
    exchange = peer.answer(*(answer[at : at + step] for at in range(0, len(answer), step)))
    assert exchange.received.read() == answer
    assert b"".join(exchange.sent) == peer.transport.value()
    assert peer.transport.value().startswith(b"GET / HTTP/1.1\r\n")
    assert (exchange.complete, exchange.cut, exchange.surplus, exchange.left) == (True, None, 0, True)
    assert exchange.peer == peer.transport.getPeer().host
    assert (exchange.tls, exchange.cipher) == (None, None)
    assert (got[0].code, got[1].data) == (200, b"hello")
    assert peer.quiet == [peer.protocol]


def test_a_request_with_a_body(peer, tmp_path):
    """The body of a request is among the bytes that were written."""
    path = tmp_path / "body"
    path.write_bytes(b"a=b&c=d")
    with path.open("rb") as file:
        peer.ask(b"POST", FileBodyProducer(file, cooperator=SimpleNamespace(cooperate=lambda work: drain(work))))
    exchange = peer.answer(WHOLE)
    assert b"".join(exchange.sent) == peer.transport.value()
    assert peer.transport.value().endswith(b"\r\n\r\na=b&c=d")


def drain(work: Any) -> Any:
    """Do work at once that Twisted would do bit by bit."""
    for _ in work:
        pass
    return SimpleNamespace(whenDone=lambda: succeed(None), stop=lambda: None)


def test_connections_are_used_again(peer):
    """Each exchange of a kept-alive connection has its own bytes."""
    bodies = []
    for number in range(3):
        got = peer.ask()
        exchange = peer.answer(OK + b"Content-Length: 1\r\n\r\n%d" % number)
        bodies.append((got[1].data, exchange.received.read()[-1:], exchange.complete))
    assert bodies == [(b"%d" % n, b"%d" % n, True) for n in range(3)]
    assert len(peer.fetch.exchanges) == len(peer.quiet) == 3
    assert all(b"".join(exchange.sent).count(b"GET") == 1 for exchange in peer.fetch.exchanges)


@pytest.mark.parametrize("pieces", [(WHOLE + b"surplus",), (WHOLE[:-1], b"osurplus")])
def test_surplus(peer, pieces):
    """What comes behind the end of a response is counted, not kept; the connection is not used again."""
    got = peer.ask()
    exchange = peer.answer(*pieces)
    assert exchange.received.read() == b"".join(pieces)[: len(WHOLE)]
    assert (exchange.complete, exchange.surplus) == (True, 7)
    assert got[0].code == 200
    assert peer.quiet == []
    assert peer.transport.disconnecting
    peer.close()
    assert peer.fetch.exchanges == [exchange]


def test_what_comes_when_nothing_was_asked(peer):
    """Bytes on an idle connection belong to no exchange."""
    peer.ask()
    exchange = peer.answer(WHOLE)
    peer.protocol.dataReceived(b"HTTP/1.1 408 Timeout\r\n\r\n")
    assert exchange.received.read() == WHOLE


@pytest.mark.parametrize(
    "received", [b"", HINTS, OK, OK + b"Content-", WHOLE[:-1], CHUNKED[:-1], OK + b"\r\nto the end"]
)
def test_an_unclean_close(peer, received):
    """A connection that breaks cuts the response, whatever had come."""
    peer.ask()
    if received:
        peer.answer(received)
    exchange = peer.close(ConnectionLost)
    assert exchange.received.read() == received
    assert (exchange.complete, exchange.cut) == (False, "disconnect")
    assert exchange.ended is not None


def test_a_close_as_the_end(peer):
    """A response without a length ends with its connection: nothing is cut."""
    got = peer.ask()
    peer.answer(OK + b"\r\nto the end")
    exchange = peer.close()
    assert exchange.received.read() == OK + b"\r\nto the end"
    assert exchange.cut is None
    assert got[1].data == b"to the end"


def test_a_close_before_the_end(peer):
    """A response that ends before its length does is not complete, however politely the connection is closed."""
    peer.ask()
    peer.answer(WHOLE[:-1])
    exchange = peer.close()
    assert (exchange.complete, exchange.received.read()) == (False, WHOLE[:-1])
    assert exchange.ended is not None


@pytest.mark.parametrize(
    "answer", [b"garbage\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", OK + b"Content-Length: x\r\n\r\nhello", b"\r\n" + WHOLE]
)
def test_what_cannot_be_parsed(peer, answer):
    """Where Twisted gives up, what came until then is kept, and said to be cut."""
    got = peer.ask()
    exchange = peer.answer(answer)
    assert exchange.received.read() == answer
    assert (exchange.complete, exchange.cut) == (False, "unspecified")
    peer.close()
    assert exchange.cut == "unspecified"
    assert isinstance(got[0], Failure)


def test_broken_chunks(peer):
    """A body whose chunks are none is cut where Twisted gave up on it; what follows is not kept."""
    peer.ask()
    exchange = peer.answer(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", b"more")
    assert exchange.received.read().endswith(b"hello\r\nzz\r\n")
    assert (exchange.complete, exchange.cut) == (False, "unspecified")


@pytest.mark.parametrize(
    "line",
    [
        b"Bad Name: x",
        b"Bad\x00Name: x",
        b"Na\xefve: x",
        b": no name",
        b"no colon",
        b"Trailing : blank",
        b"X: " + b"long" * 50_000,
        b"X: " + bytes(range(1, 10)),
        b"X:",
    ],
)
@pytest.mark.parametrize("first", [b"", b" a blank before the first field\r\n", b"\tx: y\r\n"])
def test_odd_headers(peer, line, first):
    """A header line that no standard allows costs nothing but itself, as in browsers."""
    answer = OK + first + line + b"\r\nEtag: x\r\n folded\r\nContent-Length: 5\r\n\r\nhello"
    got = peer.ask()
    exchange = peer.answer(answer[:30], answer[30:])
    assert exchange.received.read() == answer
    assert exchange.complete
    assert got[0].headers.getRawHeaders(b"etag") == [b"x folded"]
    assert got[1].data == b"hello"


@given(st.lists(st.binary(max_size=40), max_size=5), st.lists(st.integers(1, 200), max_size=4))
def test_any_head(lines, cuts):
    """Whatever stands in a head, every byte of the exchange is kept until it ends."""
    answer = OK + b"\r\n".join(lines) + b"\r\nContent-Length: 5\r\n\r\nhello"
    peer = Peer()
    peer.ask()
    cuts = sorted({0, len(answer), *(cut for cut in cuts if cut < len(answer))})
    came = b""
    for begin, end in pairwise(cuts):
        if peer.fetch.exchanges[0].ended is None:
            came += answer[begin:end]
            peer.answer(answer[begin:end])
    exchange = peer.close()
    assert exchange.received.read() + came[len(came) - exchange.surplus :] == came
    assert exchange.complete or exchange.cut in (None, "unspecified")


@pytest.mark.parametrize("line", [b"X: y\r\n", b"X: " + b"y" * 5000 + b"\r\n", b"y" * 10_000])
@pytest.mark.parametrize("start", [OK, HINTS[:-2], b""])
def test_endless_head(peer, line, start):
    """A head that does not end is cut, and the connection with it."""
    peer.ask()
    exchange = peer.answer(start)
    sent = len(start)
    while exchange.ended is None and sent < 3 * MAX_HEAD:
        piece = line * (60_000 // len(line))
        peer.answer(piece)
        sent += len(piece)
    assert exchange.ended is not None
    if start or b"\n" not in line:
        assert exchange.cut == "length"
        assert MAX_HEAD < exchange.received.size < MAX_HEAD + 70_000
        assert peer.transport.disconnecting or getattr(peer.transport, "aborting", False)


def test_endless_interim_responses(peer):
    """Interim responses without end are cut like a head."""
    peer.ask()
    exchange = peer.answer(*[HINTS * 500] * 40)
    assert exchange.cut == "length"
    assert exchange.received.size < MAX_HEAD + len(HINTS) * 500


def test_a_long_body_is_no_head(peer):
    """The bound on the head says nothing of the body."""
    peer.ask()
    exchange = peer.answer(OK + b"Content-Length: 3000000\r\n\r\n", *[bytes(100_000)] * 30)
    assert (exchange.complete, exchange.cut) == (True, None)
    assert exchange.received.size > 3_000_000


def secured(handle: Any = None) -> Any:
    """Return a transport over TLS."""
    transport: Any = StringTransport()
    directlyProvides(transport, ISSLTransport)
    transport.setTcpNoDelay = lambda _: None
    transport.getHandle = lambda: handle
    return transport


def test_tls():
    """Over TLS a request leaves with the handshake; protocol and cipher are noted, for later exchanges too."""
    handle = SimpleNamespace(
        get_protocol_version_name=lambda: "TLSv1.2", get_cipher_name=lambda: "ECDHE-RSA-AES128-GCM-SHA256"
    )
    peer = Peer(transport=secured(handle))
    peer.ask()
    first = peer.fetch.exchanges[0]
    assert (first.left, first.tls) == (False, None)
    peer.protocol.handshakeCompleted()
    peer.answer(WHOLE)
    peer.ask()
    second = peer.answer(WHOLE)
    for exchange in (first, second):
        assert (exchange.left, exchange.tls) == (True, "tls/1.2")
        assert exchange.cipher == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"


def test_a_handshake_that_fails():
    """What was written before a handshake that fails never left."""
    peer = Peer(transport=secured())
    peer.ask()
    exchange = peer.close(ConnectionLost)
    assert (exchange.left, exchange.received.size) == (False, 0)


class Endpoint:
    """A place to connect to, which keeps the connections."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []

    def connect(self, factory: Any) -> Any:
        """Connect."""
        self.peers.append(Peer(factory))
        return succeed(self.peers[-1].protocol)


@pytest.fixture
def reactor(monkeypatch):
    """A clock in the place of Twisted's reactor."""
    clock = Clock()
    monkeypatch.setattr(twisted.internet, "reactor", clock, raising=False)
    return clock


def fetch_through(pool: CapturePool, endpoint: Endpoint, fetch: Fetch) -> list[Any]:
    """Send a request through a pool; return where its response will be."""
    current_fetch.set(fetch)
    answer: list[Any] = []
    headers = Headers({b"host": [b"localhost"]})
    request = Request._construct(b"GET", b"/", headers, None, persistent=True)
    pool.getConnection("key", endpoint).addCallback(lambda c: c.request(request)).addBoth(answer.append)
    return answer


def test_the_pool(reactor):
    """Each fetch has its own exchanges, on whichever connection, also when a dead one makes Twisted ask again."""
    handler = SimpleNamespace(_pool=HTTPConnectionPool(reactor, persistent=True))
    handler._pool.maxPersistentPerHost = 7
    wire.install(handler)
    pool = handler._pool
    assert isinstance(pool, CapturePool)
    assert pool.maxPersistentPerHost == 7
    endpoint = Endpoint()
    first, second = Fetch(), Fetch()
    got = fetch_through(pool, endpoint, first)
    endpoint.peers[0].protocol.dataReceived(WHOLE)
    assert got[0].code == 200
    assert first.exchanges[0].complete
    fetch_through(pool, endpoint, second)
    assert len(endpoint.peers) == 1
    endpoint.peers[0].protocol.connectionLost(Failure(ConnectionDone()))
    assert len(endpoint.peers) == 2
    endpoint.peers[1].protocol.dataReceived(WHOLE)
    dead, alive = second.exchanges
    assert (dead.received.size, dead.complete, bool(dead.sent)) == (0, False, True)
    assert (alive.received.read(), alive.complete) == (WHOLE, True)
    assert len(first.exchanges) == 1
    pool.closeCachedConnections()


def test_install_without_a_pool():
    """A handler that has no pool any more is refused."""
    for handler in (SimpleNamespace(), SimpleNamespace(_pool=None)):
        with pytest.raises(CaptureError, match="no connection pool") as caught:
            wire.install(handler)
        assert caught.value.hint == wire.UPGRADE


def test_check():
    """Capture works with what is installed."""
    wire.check()


def unseen(self: Any, data: bytes) -> None:
    """Write without noting."""
    self._transport.write(data)


def crash(*_: Any) -> None:
    """Do what code does whose names have changed."""
    raise AttributeError("_pool")


@pytest.mark.parametrize(
    ("place", "name", "theirs"),
    [
        (CaptureProtocol, "_finishResponse", HTTP11ClientProtocol._finishResponse),
        (CaptureProtocol, "dataReceived", http11._LenientHTTP11ClientProtocol.dataReceived),
        (CaptureProtocol, "request", HTTP11ClientProtocol.request),
        (CaptureProtocol, "request", crash),
        (CaptureFactory, "buildProtocol", http11._LenientHTTP11ClientFactory.buildProtocol),
        (wire._TeeTransport, "write", unseen),
        (wire._TeeTransport, "writeSequence", lambda self, parts: self._transport.writeSequence(parts)),
        (Exchange, "feed", lambda *_: None),
        (Exchange, "end", lambda *_, **__: None),
        (Request, "_construct", crash),
    ],
)
def test_check_finds(monkeypatch, place, name, theirs):
    """Whatever would keep capture from seeing all bytes is found before the first request."""
    monkeypatch.setattr(place, name, theirs)
    with pytest.raises(CaptureError) as caught:
        wire.check()
    assert caught.value.hint == wire.UPGRADE
    assert "Scrapy or Twisted" in str(caught.value)


def test_check_finds_a_connection_that_is_used_again(monkeypatch):
    """A connection that sent too much must not be used again."""
    theirs = CaptureProtocol._finishResponse

    def keep(self: Any, rest: bytes) -> None:
        theirs(self, b"")

    monkeypatch.setattr(CaptureProtocol, "_finishResponse", keep)
    with pytest.raises(CaptureError):
        wire.check()
