"""The server that misbehaves does what it says: it sends what it is told to, and logs what it sent and received."""

from __future__ import annotations

import threading
from contextlib import suppress
from socket import SHUT_WR, create_connection

from server.blog_server import BlogServer
from server.proxy import Proxy
from server.replies import (
    RESET,
    Gate,
    Interim,
    Page,
    Surplus,
    by_turn,
    chunked,
    dropped,
    in_turn,
    plain,
    raw,
    unless_known,
    until_close,
)


def ask(server: BlogServer, target: str, fields: str = "") -> bytes:
    """Send a request and return all that comes back."""
    got = b""
    with create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode())
        with suppress(OSError):  # a server that resets the connection
            # no further request will come, so the server closes once it has replied
            connection.shutdown(SHUT_WR)
            while piece := connection.recv(65536):
                got += piece
    return got


def test_it_logs_every_byte() -> None:
    """What a client sent and got is what the log says, whatever the reply."""
    pages: dict[str, Page] = {
        "/plain": plain("body", fields=[("X-A", "1"), ("x-a", "2")]),
        "/chunked": chunked("body" * 100, 7, extension=";a=b", trailers=[("T", "1")]),
        "/old": until_close("body"),
        "/dropped": dropped("body" * 100, 10),
        "/raw": raw(b"HTTP/9 nonsense\n\n", end="close"),
    }
    with BlogServer(pages) as server:
        for target in (*pages, "/unknown"):
            assert ask(server, target) == bytes(server.log[-1].sent), target
            assert server.log[-1].received == f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        assert b" 404 " in server.log[-1].sent


def test_replies_can_take_turns_and_know_their_client() -> None:
    """A page can answer otherwise the second time, or by what the client knows already."""
    tagged = plain("text", fields=[("ETag", '"1"')])
    with BlogServer({"/turns": in_turn([RESET, plain("second")]), "/tag": unless_known(tagged, '"1"')}) as server:
        assert ask(server, "/turns") == b""
        assert ask(server, "/turns").endswith(b"second")
        assert ask(server, "/turns?x").endswith(b"second")
        assert b"200 OK" in ask(server, "/tag")
        assert b"304 Not Modified" in ask(server, "/tag", fields='If-None-Match: "1"\r\n')


def test_a_gate_waits_for_the_test() -> None:
    """A reply behind a gate tells that it was reached and goes out when it may."""
    gate = Gate(threading.Event(), threading.Event())
    with BlogServer({"/": plain("late").after(gate)}) as server:
        got: list[bytes] = []
        client = threading.Thread(target=lambda: got.append(ask(server, "/")))
        client.start()
        assert gate.reached.wait(10)
        assert not got
        gate.passed.set()
        client.join(10)
        assert got[0].endswith(b"late")


def test_the_log_tells_the_response_from_what_surrounds_it() -> None:
    """Interim responses and surplus bytes are logged as sent and marked as no part of the response."""
    before, after = b"HTTP/1.1 103 Early Hints\r\n\r\n", b"more"
    page = plain("text")
    with BlogServer({"/": raw(Interim(before), *page.parts, Surplus(after))}) as server:
        got = ask(server, "/")
    (logged,) = server.log
    assert got == bytes(logged.sent) == before + logged.response + after
    assert (logged.interim, logged.surplus) == (before, after)
    assert logged.response == b"".join(part for part in page.parts if isinstance(part, bytes))


def test_bodies_of_requests_are_logged() -> None:
    """A request is whole only with its body, and each target has turns of its own."""
    body = "x" * 100_000
    with BlogServer({"/": by_turn(plain("one"), plain("two"))}) as server:
        for target in ("/?a", "/?b"):
            assert ask(server, target, f"Content-Length: {len(body)}\r\n\r\n{body}").endswith(b"one")
            assert server.log[-1].received.rstrip().endswith(body.encode())
        assert ask(server, "/?a").endswith(b"two")


def test_a_proxy_forwards_and_tunnels_for_those_it_knows() -> None:
    """Both ways lead to the origin's answer, and without credentials neither does."""
    with BlogServer({"/a?b": plain("here")}) as origin, Proxy() as proxy:
        target = f"{origin.url}a?b"
        known = f"Proxy-Authorization: {proxy.credentials.decode()}\r\n"
        assert ask(proxy, target, known) == bytes(proxy.log[-1].sent) == bytes(origin.log[-1].sent)
        assert origin.log[-1].received == b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"
        assert b" 407 " in ask(proxy, target)
        with create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
            connection.sendall(f"CONNECT 127.0.0.1:{origin.port} HTTP/1.1\r\n{known}\r\n".encode())
            assert b" 200 " in connection.recv(65536)
            connection.sendall(b"GET /a?b HTTP/1.1\r\n\r\n")
            assert connection.recv(65536) == bytes(origin.log[-1].sent)
        assert (len(origin.log), len(proxy.tunnels)) == (2, 1)
