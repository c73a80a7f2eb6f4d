"""Requests that the archive answers."""

from __future__ import annotations

import gzip
from dataclasses import replace
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from archiver.warc.extension import ArchiveExtension
from archiver.warc.middleware import CAPTURED, RECORD, CapturedMiddleware
from archiver.warc.writer import WarcWriter

HTML = b"<!doctype html><p>One, two, three.</p>"
CODED = gzip.compress(HTML, mtime=0)
HEAD = (
    b"HTTP/1.1 200 Fine\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\nX-Robots-Tag: noai\r\n"
    b"x-robots-tag: noarchive\r\n"
)
ANSWERS = {
    "plain": b"HTTP/1.1 103 Early\r\n\r\n" + HEAD + b"\r\n" + CODED,
    "chunked": HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(CODED), CODED),
}


@pytest.fixture
def middleware(tmp_path, monkeypatch):
    """The middleware of a crawl whose blog lies in the test's folder."""
    distrusted = []
    archive = SimpleNamespace(folder=SimpleNamespace(path=tmp_path), distrust=distrusted.append, distrusted=distrusted)
    monkeypatch.setattr(ArchiveExtension, "of", lambda _: archive)
    return CapturedMiddleware.from_crawler(None)


@pytest.fixture
def write(tmp_path, capture):
    """Return a function from an answer to its record in a finished file."""
    folder = tmp_path / "archive"
    folder.mkdir()

    def run(answer):
        writer = WarcWriter(folder, "example.org", "20200102030405", {}, 1_000_000)
        record = writer.write(capture(response=answer))
        writer.close()
        return record

    return run


def ask(middleware, record):
    """Return a request that a record may answer, and the answer."""
    request = Request("http://example.org/a?b=c", meta={} if record is None else {CAPTURED: record})
    return request, middleware.process_request(request)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_answered(middleware, write, answer):
    """A record answers with its status, all header fields, and the body in its content coding, as the wire would."""
    record = write(answer)
    request, response = ask(middleware, record)
    assert (response.url, response.status, response.body) == (request.url, 200, CODED)
    assert response.headers.getlist("X-Robots-Tag") == [b"noai", b"noarchive"]
    assert response.headers["Content-Encoding"] == b"gzip"
    assert request.meta[RECORD] == record


def test_a_page(middleware, write):
    """An answer whose body is not coded is what Scrapy makes of such an answer: here, a page."""
    _, response = ask(middleware, write(b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n" + HTML))
    assert isinstance(response, HtmlResponse)
    assert (response.status, response.text) == (404, HTML.decode())


@pytest.mark.parametrize("archived", [None, "archive/x.warc.gz", object()])
def test_not_captured(middleware, archived):
    """A request that names no record goes to the network."""
    request, response = ask(middleware, archived)
    assert response is None
    assert RECORD not in request.meta


def test_before_there_is_a_folder(middleware, write):
    """Where no archive is open, nothing is answered."""
    record = write(ANSWERS["plain"])
    middleware._archive.folder = None
    assert ask(middleware, record)[1] is None


def test_the_file_is_gone(middleware, write, tmp_path, caplog):
    """A record whose file is gone sends the request to the network, and the log says so."""
    record = write(ANSWERS["plain"])
    (tmp_path / record.ref.file).unlink()
    request, response = ask(middleware, record)
    assert response is None
    assert RECORD not in request.meta
    assert f"{request.url} is fetched again" in caplog.text
    assert middleware._archive.distrusted == [record.ref]


def test_damaged(middleware, write, tmp_path):
    """A record that is torn or broken answers nothing."""
    record = write(ANSWERS["plain"])
    path = tmp_path / record.ref.file
    whole = path.read_bytes()
    begin, end = record.ref.offset, record.ref.offset + record.ref.length
    for damaged in (whole[: begin + record.ref.length // 2], whole[:begin] + bytes(20) + whole[begin + 20 :], b""):
        path.write_bytes(damaged)
        assert ask(middleware, record)[1] is None
    path.write_bytes(whole[:end])
    assert ask(middleware, record)[1] is not None


def test_another_record(middleware, write):
    """A record of another id, or one that is no HTTP response, answers nothing, though it lies where it is said to."""
    record = write(ANSWERS["plain"])
    assert ask(middleware, replace(record, ref=replace(record.ref, record_id="urn:uuid:1")))[1] is None
    assert ask(middleware, replace(record, ref=replace(record.ref, offset=0)))[1] is None
    behind = replace(record, ref=replace(record.ref, offset=record.ref.offset + record.ref.length))
    assert ask(middleware, behind)[1] is None
