"""What the archive holds already is not written again: a revisit record says where it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flow import wire
from flow.wire import Case, Record, case, cut
from server.blog_server import BlogServer
from server.replies import by_turn, chunked, dropped, empty, gzipped, plain, unless_known

Serve = Callable[..., BlogServer]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PAGE = "<!DOCTYPE html><html><body><p>A page like any other.</p></body></html>"
TAG = '"tag-1"'
Crawl = Callable[..., list[Record]]


@pytest.fixture
def crawled(serve: Serve, tmp_path: Path) -> Crawl:
    """Crawl cases, compare archive and log, and return the records, of all runs so far; `order` is what is asked."""
    server = serve()

    def run(cases: Mapping[str, Case], *order: str, **request: object) -> list[Record]:
        server.pages |= wire.serve(cases)
        asked = [{"url": server.url + path[1:], **cases[path].request, **request} for path in order]
        result = wire.crawl(tmp_path, asked, RETRY_ENABLED=False, ROBOTSTXT_OBEY=False)
        records = wire.read(result.folder)
        wire.check(server, result.folder, cases)
        return [record for record in records if record.kind in ("response", "revisit")]

    return run


def kinds(records: list[Record]) -> list[str]:
    return [record.kind for record in records]


def refers(later: Record, first: Record) -> bool:
    """Tell whether a revisit names that response in every way."""
    return (
        later.get("WARC-Refers-To") == first.record_id
        and later.get("WARC-Refers-To-Target-URI") == first.get("WARC-Target-URI")
        and later.get("WARC-Refers-To-Date") == first.get("WARC-Date")
        and later.get("WARC-Payload-Digest") == first.get("WARC-Payload-Digest")
    )


def test_the_same_page_again(crawled: Crawl) -> None:
    """A page that comes again unchanged, in the same run or a later one, is a revisit of the first response."""
    cases = {"/page": case(plain(PAGE))}
    records = crawled(cases, "/page", "/page", "/page")
    assert kinds(records) == ["response", "revisit", "revisit"]
    records = crawled(cases, "/page")
    assert kinds(records) == ["response", "revisit", "revisit", "revisit"]
    first, *others = records
    assert len({record.file for record in records}) == 2
    for other in others:
        assert refers(other, first)
        assert other.get("WARC-Profile") == wire.IDENTICAL
        assert other.get("WARC-Truncated") == "length"
        assert other.block == wire.head_of(first.block)


def test_the_same_page_changed(crawled: Crawl) -> None:
    """A page that changes and changes back is written once for each of its states."""
    one, two = plain(PAGE), plain(PAGE.replace("other", "another"))
    records = crawled({"/page": case(by_turn(one, two, one, two))}, *["/page"] * 4)
    assert kinds(records) == ["response", "response", "revisit", "revisit"]
    assert refers(records[2], records[0])
    assert refers(records[3], records[1])


def test_the_same_file_elsewhere(crawled: Crawl) -> None:
    """A file at another address is a revisit; what is a page or is called one, is not: items name their own address."""
    cases = {
        "/a.png": case(plain(PNG, "image/png")),
        "/b.png": case(plain(PNG, "image/png")),
        "/called-a-page.png": case(plain(PNG)),
        "/a": case(plain(PAGE)),
        "/b": case(plain(PAGE)),
        "/called-text": case(plain(PAGE, "text/plain")),
    }
    records = crawled(cases, *cases)
    assert kinds(records) == ["response", "revisit", "response", "response", "response", "response"]
    assert refers(records[1], records[0])


def test_the_payload_counts(crawled: Crawl) -> None:
    """Other chunks of the same payload make no other payload, another content coding does.

    Chunked responses stay among themselves: replayers read a body by the head of whoever refers to it.
    """
    cases = {
        "/chunks": case(chunked(PNG, 10, "image/png", extension=";x", trailers=[("X-T", "1")])),
        "/length": case(plain(PNG, "image/png")),
        "/gzip": case(gzipped(PNG, "image/png")),
        "/other-chunks": case(chunked(PNG, 99, "image/png")),
        "/length-again": case(plain(PNG, "image/png")),
    }
    records = crawled(cases, *cases)
    assert kinds(records) == ["response", "response", "response", "revisit", "revisit"]
    assert refers(records[3], records[0])
    assert refers(records[4], records[1])


def test_not_modified(crawled: Crawl) -> None:
    """A 304 to a conditional request is a revisit of what is there; without a condition it is just a response."""
    page = plain(PAGE, fields=[("ETag", TAG)])
    cases = {"/page": case(unless_known(page, TAG))}
    (first,) = crawled(cases, "/page")
    records = crawled(cases, "/page", headers={"If-None-Match": TAG})
    assert kinds(records) == ["response", "revisit"]
    assert records[1].get("WARC-Profile") == wire.NOT_MODIFIED
    assert refers(records[1], first)
    assert records[1].get("WARC-Truncated") is None
    assert records[1].block == wire.head_of(records[1].block)
    unasked = {"/page": case(empty(304, [("ETag", TAG)]))}
    assert kinds(crawled(unasked, "/page")) == ["response", "revisit", "response"]


def test_not_modified_of_nothing(crawled: Crawl) -> None:
    """A 304 for a page of which nothing is archived is a response: there is nothing to refer to."""
    cases = {"/page": case(empty(304, [("ETag", TAG)]), headers={"If-None-Match": TAG})}
    assert kinds(crawled(cases, "/page", "/page")) == ["response", "response"]


def test_nothing_is_not_seen_again(crawled: Crawl) -> None:
    """Empty payloads are never revisits."""
    cases = {
        "/zero": case(plain("", "image/png")),
        "/204": case(empty(204)),
        "/no-chunks": case(chunked("", kind="image/png")),
        "/moved": case(plain("", "text/plain", 404)),
    }
    assert set(kinds(crawled(cases, *cases, *cases))) == {"response"}


def test_half_a_file_is_not_seen_again(crawled: Crawl) -> None:
    """A truncated payload is never a revisit, and never referred to, even if a whole one has the same bytes."""
    half = case(
        dropped(PNG, 100, "image/png"), cut("disconnect", None, exact=True), meta={"download_fail_on_dataloss": False}
    )
    cases = {"/half": half, "/half-again": half, "/whole-half": case(plain(PNG[:100], "image/png"))}
    records = crawled(cases, "/half", "/half", "/whole-half", "/half-again", "/whole-half")
    assert kinds(records) == ["response", "response", "response", "response", "revisit"]
    assert refers(records[4], records[2])
