"""A proxy that logs: it forwards requests in absolute form, and opens tunnels with CONNECT.

What it forwards is logged as by any `BlogServer`: what the client sent to it, and what it sent to the client.
"""

from __future__ import annotations

import select
from base64 import b64encode
from socket import SHUT_WR, create_connection, socket
from urllib.parse import urlsplit

from server.blog_server import BlogServer
from server.replies import Reply, Request, error, raw

OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy(BlogServer):
    """Serves whoever names `user` and `password`; all others get 407. `tunnels` are the CONNECT requests."""

    def __init__(self, user: str = "reader", password: str = "through-the-wall") -> None:
        super().__init__()
        self.user = user
        self.password = password
        self.tunnels: list[bytes] = []

    @property
    def url(self) -> str:
        """The proxy's address, with user name and password."""
        return f"http://{self.user}:{self.password}@127.0.0.1:{self.port}"

    @property
    def credentials(self) -> bytes:
        """The value of Proxy-Authorization that it asks for."""
        return b"Basic " + b64encode(f"{self.user}:{self.password}".encode())

    def _answer(self, connection: socket, received: bytes, number: int) -> bool:
        if not received.startswith(b"CONNECT "):
            return super()._answer(connection, received, number)
        self.tunnels.append(received)
        if self.credentials not in received:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return False
        host, _, port = received.split(b" ", 2)[1].decode().rpartition(":")
        with create_connection((host, int(port)), timeout=10) as origin:
            connection.sendall(OPENED)
            self._pump(connection, origin)
        return False

    def _reply(self, request: Request) -> Reply:
        if self.credentials.decode() != request.field("Proxy-Authorization"):
            return error(407)
        to = urlsplit(request.target)
        with create_connection((to.hostname or "", to.port or 80), timeout=10) as origin:
            lines = request.raw.replace(request.target.encode(), f"{to.path}?{to.query}".rstrip("?").encode(), 1)
            origin.sendall(lines.replace(b"Proxy-Authorization: " + self.credentials + b"\r\n", b""))
            # no further request will come, so the origin closes once it has replied
            origin.shutdown(SHUT_WR)
            return raw(b"".join(iter(lambda: origin.recv(65536), b"")))

    def _pump(self, client: socket, origin: socket) -> None:
        """Carry bytes both ways until either side hangs up."""
        to = {client: origin, origin: client}
        while not self._stopped.is_set():
            for ready in select.select(list(to), [], [], 0.1)[0]:
                data = ready.recv(65536)
                if not data:
                    return
                to[ready].sendall(data)
