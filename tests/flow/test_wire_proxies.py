"""Behind a proxy the archive holds what was said to it, or through it, and never how one gets past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flow import wire
from flow.wire import Way, case, lost
from server.blog_server import BlogServer
from server.certificates import self_signed
from server.proxy import Proxy
from server.replies import HTML, chunked, dropped, empty, error, gzipped, plain, raw, redirect

Serve = Callable[..., BlogServer]
NO_ROBOTS = {"ROBOTSTXT_OBEY": False, "DOWNLOAD_VERIFY_CERTIFICATES": False}
CASES = {
    "/length": case(plain("behind the wall" * 900)),
    "/query": case(plain("asked"), query="?a=b&c"),
    "/chunked": case(chunked("in chunks behind the wall" * 90, 300)),
    "/gzip": case(gzipped("packed behind the wall")),
    "/404": case(error(404)),
    "/500": case(error(500)),
    "/204": case(empty(204)),
    "/moved": case(redirect("/length", 302)),
    "/odd": case(raw(b"HTTP/1.1 200\r\nx-Y:z\r\nX-Y: Z\r\nContent-Length: 3\r\n\r\nodd")),
    "/post": case(plain("posted", HTML), method="POST", body="x" * 5000),
}
TUNNELLED = {**CASES, "/dropped": case(dropped("behind the wall" * 90, 500), lost())}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy that knows one user."""
    with Proxy() as server:
        yield server


def through(url: str, asked: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same requests by way of a proxy."""
    return [{**request, "meta": {"proxy": url}} for request in asked]


def nowhere(records: list[wire.Record], *secrets: bytes) -> None:
    """Check that no record names a secret, neither in its block nor in its fields."""
    for record in records:
        told = b"".join(f"{name}: {value}\n".encode() for name, value in record.fields)
        assert not [secret for secret in secrets if secret in record.block + told], record.kind


@pytest.mark.parametrize("at_once", [1, 16])
def test_a_forward_proxy(serve: Serve, proxy: Proxy, tmp_path: Path, at_once: int) -> None:
    """Requests in absolute form are kept without the credentials, responses as the proxy sent them."""
    server = serve(wire.serve(CASES))
    asked = through(proxy.url, wire.requests(server.url, CASES))
    result = wire.crawl(tmp_path, asked, **NO_ROBOTS, **wire.at_a_time(at_once))
    records = wire.read(result.folder)
    wire.check(proxy, result.folder, CASES, Way(peer=None, origin=server.url))
    assert len(proxy.log) == len(server.log) > len(CASES)
    assert all(logged.received.count(proxy.credentials) == 1 for logged in proxy.log)
    nowhere(records, proxy.credentials, proxy.password.encode())
    exchange = wire.exchanges(records)[0]
    assert exchange.told["redactedRequestHeaders"].lower() == "proxy-authorization"


@pytest.mark.parametrize("at_once", [1, 16])
def test_a_tunnel(serve: Serve, proxy: Proxy, tmp_path: Path, at_once: int) -> None:
    """Through a tunnel the archive holds what the origin received and sent; the tunnel itself is no exchange."""
    server = serve(wire.serve(TUNNELLED), tls=self_signed(tmp_path))
    asked = through(proxy.url, wire.requests(server.url, TUNNELLED))
    result = wire.crawl(tmp_path / "crawl", asked, **NO_ROBOTS, **wire.at_a_time(at_once))
    records = wire.read(result.folder)
    wire.check(server, result.folder, TUNNELLED, Way(tls=True, peer=None, origin=server.url))
    assert proxy.tunnels
    assert proxy.log == []
    nowhere(records, proxy.credentials, proxy.password.encode(), b"CONNECT")


def test_secrets_can_be_kept(serve: Serve, proxy: Proxy, tmp_path: Path) -> None:
    """Who asks for it gets every byte that was sent to the proxy."""
    server = serve(wire.serve(CASES))
    asked = through(proxy.url, wire.requests(server.url, CASES))
    result = wire.crawl(tmp_path, asked, **NO_ROBOTS, ARCHIVER_SECRETS="keep")
    wire.check(proxy, result.folder, CASES, Way(peer=None, origin=server.url, keeps_secrets=True))


def test_a_proxy_that_refuses(serve: Serve, proxy: Proxy, tmp_path: Path) -> None:
    """A proxy's own answer is kept as such; a tunnel that it does not open is a failed fetch, with no request."""
    http, https = serve(), serve(tls=self_signed(tmp_path))
    stranger = proxy.url.replace(proxy.password, "let-me-in")
    asked = through(stranger, [{"url": http.url}, {"url": https.url}])
    result = wire.crawl(tmp_path / "crawl", asked, **NO_ROBOTS, RETRY_ENABLED=False)
    records = wire.read(result.folder)
    wrong: list[str] = []
    refused, closed = wire.exchanges(records, wrong)
    assert not wrong
    assert http.log == https.log == []
    assert refused.response
    assert refused.response.block == bytes(proxy.log[0].sent)
    assert refused.response.block.startswith(b"HTTP/1.1 407 ")
    assert [record.kind for record in closed.records] == ["metadata"]
    assert closed.told["outcome"] in ("error", "refused")
    assert "407" in closed.told["error"]
    nowhere(records, b"let-me-in")


def test_a_proxy_that_is_not_there(serve: Serve, tmp_path: Path) -> None:
    """A proxy that cannot be reached is a failed fetch of the page, in whose record it has no address."""
    with Proxy() as closed:
        url = closed.url
    asked = through(url, [{"url": serve().url}])
    result = wire.crawl(tmp_path, asked, **NO_ROBOTS, RETRY_ENABLED=False)
    (failed,) = wire.exchanges(wire.read(result.folder))
    assert [record.kind for record in failed.records] == ["metadata"]
    assert failed.told["outcome"] == "refused"
    assert failed.records[0].get("WARC-IP-Address") is None
    nowhere(failed.records, b"through-the-wall")
