"""A small HTTP server on 127.0.0.1 that sends exactly what a test tells it to, and logs every byte.

::

    with BlogServer({"/": plain("hello"), "/late": SILENCE}) as server:
        fetch(server.url + "late")
        server.log[0].received

Raw sockets, a thread per connection: no library tidies up what goes over the wire.
"""

from __future__ import annotations

import re
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from socket import IPPROTO_TCP, SHUT_RDWR, SO_LINGER, SOL_SOCKET, TCP_NODELAY, create_server, socket
from types import TracebackType
from urllib.parse import parse_qsl

from server.replies import Gate, Interim, Page, Pause, Reply, Request, Surplus, error, raw

# The first byte of a TLS handshake: a client that believes that https is spoken here.
CLIENT_HELLO = b"\x16"
NO_TLS = raw(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nThis is plain http.\n", end="close")


@dataclass(slots=True)
class Logged:
    """One exchange as the server saw it; `sent` grows while the reply goes out.

    `interim` and `surplus` are the part at its front and the part at its end that are not the response. `at` is
    when the request had come, `connection` counts the server's connections.
    """

    target: str
    received: bytes
    sent: bytearray = field(default_factory=bytearray)
    interim: bytearray = field(default_factory=bytearray)
    surplus: bytearray = field(default_factory=bytearray)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    connection: int = 0

    @property
    def response(self) -> bytes:
        """What was sent of the final response."""
        return bytes(self.sent[len(self.interim) : len(self.sent) - len(self.surplus)])

    def note(self, part: bytes) -> None:
        """Enter what goes out now."""
        self.sent += part
        if isinstance(part, Interim):
            self.interim += part
        if isinstance(part, Surplus):
            self.surplus += part


class BlogServer:
    """Answers each target by `pages`: looked up whole, then by its path alone, else `otherwise` (404).

    `pages` may be changed while the server runs. With `tls` the server speaks https.
    """

    def __init__(
        self,
        pages: Mapping[str, Page] | None = None,
        *,
        otherwise: Page | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pages: dict[str, Page] = dict(pages or {})
        self.otherwise: Page = otherwise or error(404)
        self.log: list[Logged] = []
        self._tls = tls
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._open: set[socket] = set()
        self._connections = 0
        self._threads: list[threading.Thread] = []
        self._listener = create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/"

    @property
    def targets(self) -> list[str]:
        """What was asked for so far, in order."""
        return [logged.target for logged in self.log]

    def paths(self) -> list[str]:
        """What was asked for so far, in order, without queries."""
        return [target.partition("?")[0] for target in self.targets]

    def __enter__(self) -> BlogServer:
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        # closing a listener does not wake the thread that waits in accept(); shutting it down does
        with suppress(OSError):
            self._listener.shutdown(SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _run(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            self._run(self._serve, connection, self._connections)

    def _serve(self, connection: socket, number: int) -> None:
        try:
            # each part of a reply is a segment of its own
            connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.add(connection)
            while self._exchange(connection, number):
                pass
        except OSError:
            pass  # the client went away, or does not like our certificate
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _exchange(self, connection: socket, number: int) -> bool:
        """Read one request and answer it; return whether the connection goes on."""
        received = read_request(connection)
        return bool(received) and self._answer(connection, received, number)

    def _answer(self, connection: socket, received: bytes, number: int) -> bool:
        if received.startswith(CLIENT_HELLO):
            self._send(connection, NO_TLS, Logged("", received))
            return False
        request = self._request(received)
        logged = Logged(request.target, received, connection=number)
        with self._lock:
            self.log.append(logged)
        reply = self._reply(request)
        self._send(connection, reply, logged)
        return reply.end == "keep"

    def _send(self, connection: socket, reply: Reply, logged: Logged) -> None:
        """Send a reply and end the connection as it says."""
        piece = b""
        for part, following in pairwise((*reply.parts, None)):
            if isinstance(part, Pause):
                self._stopped.wait(part.seconds)
            elif isinstance(part, Gate):
                part.reached.set()
                while not part.passed.wait(0.1) and not self._stopped.is_set():
                    pass
            elif part:
                # before it goes out: the client must never know more than the log
                logged.note(part)
                piece += part
                if not isinstance(following, Surplus):
                    connection.sendall(piece)
                    piece = b""
        if reply.end == "hold":
            self._stopped.wait()
        if reply.end == "reset":
            connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        if reply.end == "close" and isinstance(connection, ssl.SSLSocket):
            connection.settimeout(2)
            connection.unwrap()  # says close_notify, which close() does not

    def _request(self, received: bytes) -> Request:
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        path, _, query = target.partition("?")
        fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]) if name)
        with self._lock:
            self._counts[target] += 1
            number = self._counts[target]
        return Request(method, target, path, dict(parse_qsl(query)), fields, received, number, body)

    def _reply(self, request: Request) -> Reply:
        page = self.pages.get(request.target) or self.pages.get(request.path) or self.otherwise
        return page if isinstance(page, Reply) else page(request)


def read_request(connection: socket) -> bytes:
    """Read one request with its body, or what a client says that speaks TLS; b"" when no more will come."""
    received = b""
    while b"\r\n\r\n" not in received and not received.startswith(CLIENT_HELLO):
        data = connection.recv(65536)
        if not data:
            return b""
        received += data
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while end and length and len(body) < int(length[1]):
        data = connection.recv(65536)
        if not data:
            return b""
        body += data
    return head + end + body
