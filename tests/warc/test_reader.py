"""Records read back."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.errors import BadRecord
from archiver.warc import reader
from archiver.warc.reader import StoredRecord

LIMIT = 100_000
HEAD = b"HTTP/1.1 200 OK\r\n"


def stored(block: bytes, kind: str = "response", **fields: str) -> StoredRecord:
    """Return a record with a block."""
    return StoredRecord(Path("x.warc.gz"), 7, 70, kind, {"WARC-Target-URI": "http://example.org/", **fields}, block)


def test_what_was_written_is_read(writer, capture, tmp_path):
    """Each record lies where the writer said, with the bytes that crossed the wire."""
    answers = [b"HTTP/1.1 200 Fine, thanks\nSet-cookie: a\nset-Cookie: b\n\n\xff\x00", HEAD + b"\r\n" + bytes(200_000)]
    made = [writer.write(capture(response=answer, truncated="length")) for answer in answers]
    writer.close()
    path = tmp_path / writer.files[0]
    for record, answer in zip(made, answers, strict=True):
        found = reader.record_at(path, record.ref.offset)
        assert found.block == answer
        assert (found.kind, found.offset, found.length) == ("response", record.ref.offset, record.ref.length)
        assert (found.record_id, found.url, found.date) == (record.ref.record_id, record.url, record.date)
        assert found.fields["WARC-Truncated"] == "length"
        assert reader.record_of(found, record.ref.file) == record
    assert [r.kind for r in reader.records(path)] == ["warcinfo", "response", "request", "response", "request"]


def test_only_responses_are_indexed(writer, capture, tmp_path):
    """A warcinfo or a request is no record of a capture."""
    writer.write(capture())
    writer.close()
    made = [reader.record_of(r, "archive/x.warc.gz") for r in reader.records(tmp_path / writer.files[0])]
    assert [record is not None for record in made] == [False, True, False]


def test_no_record_there(writer, capture, tmp_path):
    """Beside a record, behind the last one, or where there is no file, there is no record."""
    record = writer.write(capture())
    writer.close()
    path = tmp_path / writer.files[0]
    for offset in (1, record.ref.offset - 1, record.ref.offset + 1, path.stat().st_size, path.stat().st_size + 9):
        with pytest.raises(BadRecord, match=path.name):
            reader.record_at(path, offset)
    with pytest.raises(BadRecord, match=r"gone\.warc\.gz: No such file"):
        reader.record_at(tmp_path / "gone.warc.gz", 0)


def test_torn_record(writer, capture, tmp_path):
    """A record that ends before its block does is none, wherever it is torn."""
    record = writer.write(capture(response=HEAD + b"\r\n" + bytes(range(256)) * 4))
    writer.close()
    data = (tmp_path / writer.files[0]).read_bytes()
    end = record.ref.offset + record.ref.length
    path = tmp_path / "torn.warc.gz"
    trailer = 8 + 8  # of gzip, and what the two line ends after the block take at the most
    for cut in range(record.ref.offset + 1, end - trailer):
        path.write_bytes(data[:cut])
        with pytest.raises(BadRecord, match=r"torn\.warc\.gz"):
            reader.record_at(path, record.ref.offset)
        with pytest.raises(BadRecord, match=r"torn\.warc\.gz"):
            list(reader.records(path))


@pytest.mark.parametrize("content", [b"<html>", gzip.compress(b"<html>"), b"WARC/1.1\r\n", b"\x1f\x8b"])
def test_no_warc(tmp_path, content):
    """A file that is no WARC is a BadRecord, not a crash."""
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(BadRecord):
        list(reader.records(path))


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"", b"<p>One."),
        (b"Content-Encoding: gzip\r\n", gzip.compress(b"<p>One.")),
        (b"Transfer-Encoding: chunked\r\n", b"7\r\n<p>One.\r\n0\r\n\r\n"),
        (
            b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(b"<p>One.")), gzip.compress(b"<p>One.")),
        ),
    ],
)
def test_page_of(fields, body):
    """A page has its codings undone, and its header fields in order under lower-case names."""
    page = reader.page_of(stored(HEAD + fields + b"Etag: x\r\nETAG: y\r\n\r\n" + body), LIMIT)
    assert (page.url, page.status, page.body) == ("http://example.org/", 200, b"<p>One.")
    assert page.headers[-2:] == (("etag", "x"), ("etag", "y"))


@pytest.mark.parametrize(
    "record",
    [
        stored(b"GET / HTTP/1.1\r\n\r\n", "request"),
        stored(b"text of an hour ago"),
        stored(b""),
        stored(HEAD + b"Content-Encoding: gzip\r\n\r\nplain text"),
        stored(HEAD + b"Content-Encoding: br\r\n\r\n<p>One, two, three.</p>"),
        stored(HEAD + b"Content-Encoding: compress\r\n\r\nplain"),
        stored(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(LIMIT + 1))),
    ],
)
def test_no_page(record):
    """What is no HTTP response, or not in its coding, or larger than allowed, is no page; the message says where."""
    with pytest.raises(BadRecord, match=r"x\.warc\.gz.* offset 7"):
        reader.page_of(record, LIMIT)


def test_record_without_fields():
    """A record that lacks fields has empty ones, and the epoch as its date."""
    bare = StoredRecord(Path("x"), 0, 0, "response", {"WARC-Date": "yesterday"}, b"")
    assert (bare.url, bare.record_id, bare.date) == ("", "", datetime.fromtimestamp(0, UTC))
    record = reader.record_of(bare, "archive/x")
    assert record is not None
    assert (record.status, record.mime, record.ref.payload_digest) == (0, None, None)
