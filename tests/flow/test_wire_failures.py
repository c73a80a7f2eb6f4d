"""A fetch that failed is told of, whether or not anything crossed the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from flow import wire
from flow.wire import Kept, Record, case
from server.blog_server import BlogServer
from server.certificates import self_signed
from server.replies import NO_ANSWER, Pause, Surplus, by_turn, plain, raw

Serve = Callable[..., BlogServer]


def kept_of(records: list[Record], url: str) -> list[Kept]:
    """The exchanges and failed fetches of an address."""
    return [kept for kept in wire.exchanges(records) if kept.records[0].get("WARC-Target-URI") == url]


def failed(records: list[Record], url: str, outcome: str, times: int = 1) -> None:
    """Check that nothing but its metadata record tells of each fetch of an address."""
    fetches = kept_of(records, url)
    assert [len(kept.records) for kept in fetches] == [1] * times, url
    for kept in fetches:
        (record,) = kept.metadata(wire.FIELDS)
        assert kept.told["outcome"] == outcome, url
        assert kept.told["error"].strip()
        assert kept.told["fetchTimeMs"].isdigit()
        assert "noResponse" not in kept.told
        assert record.get("WARC-Payload-Digest") is None
        assert abs(record.date - datetime.now(UTC)) < timedelta(minutes=2)


def test_fetches_that_never_became_a_request(serve: Serve, tmp_path: Path) -> None:
    """No name, no port, no TLS: a metadata record says which, and no request record claims that one was sent."""
    plain_http = serve({"/": plain("home")})
    unknown = serve({"/": plain("home")}, tls=self_signed(tmp_path))
    with BlogServer() as closed:
        refused = closed.url
    wrong_scheme = plain_http.url.replace("http:", "https:")
    asked = [{"url": url} for url in ("http://name.invalid/a?b#c", refused, wrong_scheme, unknown.url)]
    result = wire.crawl(tmp_path / "crawl", asked, ROBOTSTXT_OBEY=False)
    records = wire.read(result.folder)
    assert wire.sound(records) == []
    assert (plain_http.log, unknown.log) == ([], [])
    failed(records, "http://name.invalid/a?b", "dns", times=2)
    failed(records, refused, "refused", times=2)
    failed(records, wrong_scheme, "tls", times=2)
    failed(records, unknown.url, "tls", times=2)
    assert not wire.seen(tmp_path / "crawl")


def test_a_listener_that_never_answers(tmp_path: Path) -> None:
    """Over http the request went out; over https it didn't, because TLS never came about."""
    with create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}/"
        asked = [{"url": f"{scheme}://{address}", "meta": {"dont_retry": True}} for scheme in ("http", "https")]
        result = wire.crawl(tmp_path, asked, ROBOTSTXT_OBEY=False, DOWNLOAD_TIMEOUT=0.8)
        records = wire.read(result.folder)
        (kept,) = kept_of(records, f"http://{address}")
        assert kept.request
        assert kept.request.block.startswith(b"GET / HTTP/1.1\r\n")
        assert (kept.told["outcome"], kept.told["noResponse"]) == ("timeout", "true")
        assert int(kept.told["fetchTimeMs"]) >= 700
        failed(records, f"https://{address}", "timeout")


def test_a_second_try_says_so(serve: Serve, tmp_path: Path) -> None:
    """A request that a dead connection swallowed is kept, and so is the one that was sent in its place."""
    cases = {
        "/first": case(plain("first")),
        "/old": case(by_turn(NO_ANSWER, plain("new")), wire.no_answer("disconnect"), wire.WHOLE),
    }
    server = serve(wire.serve(cases))
    result = wire.crawl(tmp_path, wire.requests(server.url, cases), RETRY_ENABLED=False)
    wire.check(server, result.folder, cases)
    tries = kept_of(wire.read(result.folder), f"{server.url}old")
    assert [kept.told.get("attempt") for kept in tries] == [None, "2"]
    assert tries[0].told["noResponse"] == "true"
    assert "noResponse" not in tries[1].told


def test_what_comes_late_belongs_to_nobody(serve: Serve, tmp_path: Path) -> None:
    """Bytes that arrive on an idle connection end it: they are not taken for the next response."""
    late = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
    answer = plain("right")
    server = serve({"/first": raw(*answer.parts, Pause(0.2), late), "/second": plain("also right")})
    asked = [{"url": f"{server.url}{path}"} for path in ("first", "second")]
    settings = {"DOWNLOAD_DELAY": 1, "RANDOMIZE_DOWNLOAD_DELAY": False, "ROBOTSTXT_OBEY": False}
    result = wire.crawl(tmp_path, asked, **settings)
    first, second = wire.exchanges(wire.read(result.folder))[-2:]
    assert first.response
    assert first.response.block == bytes(server.log[0].sent).removesuffix(late)
    assert first.response.get("WARC-Truncated") is None
    assert second.response
    assert second.response.block == bytes(server.log[1].sent)
    assert server.log[0].connection != server.log[1].connection
    assert [page["size"] for page in wire.seen(tmp_path)] == [5, 10]


def test_after_surplus_the_connection_is_left(serve: Serve, tmp_path: Path) -> None:
    """A connection on which more came than a response is not used again; one on which all went well is."""
    cases = {
        "/one": case(plain("one")),
        "/surplus": case(raw(*plain("two").parts, Surplus(b"more"))),
        "/three": case(plain("three")),
    }
    server = serve(wire.serve(cases))
    result = wire.crawl(tmp_path, wire.requests(server.url, cases), ROBOTSTXT_OBEY=False)
    wire.check(server, result.folder, cases)
    assert [logged.connection for logged in server.log] == [1, 1, 2]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_stop_that_comes_too_late(serve: Serve, tmp_path: Path, scheme: str) -> None:
    """A response that was whole when it was stopped is whole; its connection is closed, so nothing is sent on it."""
    cases = {}
    for n in range(16):
        cases[f"/body-{n}"] = case(plain("stopped"), meta={"stop": "bytes", "fail": False})
        cases[f"/head-{n}"] = case(plain(""), meta={"stop": "head", "fail": False})
        cases[f"/next-{n}"] = case(plain("next"))
    server = serve(wire.serve(cases), tls=self_signed(tmp_path) if scheme == "https" else None)
    asked = wire.requests(server.url, cases)
    result = wire.crawl(tmp_path / "crawl", asked, DOWNLOAD_VERIFY_CERTIFICATES=False, **wire.at_a_time(4))
    wire.check(server, result.folder, cases)
