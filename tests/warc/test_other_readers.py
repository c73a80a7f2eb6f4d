"""Our files in the eyes of other programs."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<p>One.",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"<p>One.", mtime=0),
    b"HTTP/1.0 404\r\nX-\xe9: \xff\r\n\r\n",
    b"HTTP/1.1 301 Moved\nLocation: /b\n\n",
    b"HTTP/1.1 200 OK\r\n\r\n" + bytes(300_000),
)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"


@pytest.fixture
def write(writer, capture, tmp_path):
    """Return a function that writes answers and returns the finished file with its responses."""

    def run(*answers):
        made = [writer.write(capture(response=answer)) for answer in answers]
        writer.close()
        return tmp_path / writer.files[0], made

    return run


def test_warcio_reads_equal_blocks(write):
    """warcio finds every record at the offset and with the block that we wrote."""
    path, made = write(*ANSWERS, CHUNKED)
    with path.open("rb") as stream:
        found = []
        for record in (iterator := ArchiveIterator(stream, no_record_parse=True)):
            block = record.raw_stream.read()
            if record.rec_type == "response":
                found.append((record.rec_headers.get_header("WARC-Record-ID").strip("<>"), block, iterator.offset))
    assert found == [
        (record.ref.record_id, answer, record.ref.offset)
        for record, answer in zip(made, (*ANSWERS, CHUNKED), strict=True)
    ]


def test_fastwarc_reads_equal_blocks(write):
    """fastwarc finds every record at the offset and with the block that we wrote, and agrees on the block digests."""
    path, made = write(*ANSWERS, CHUNKED)
    with path.open("rb") as stream:
        found = [
            (record.record_id, record.stream_pos, record.verify_block_digest(), record.reader.read())
            for record in FastIterator(stream, parse_http=False)
            if record.headers["WARC-Type"] == "response"
        ]
    assert [(f"urn:uuid:{i}" if not i.startswith("<") else i.strip("<>"), at) for i, at, _, _ in found] == [
        (record.ref.record_id, record.ref.offset) for record in made
    ]
    assert [block for _, _, _, block in found] == [*ANSWERS, CHUNKED]
    assert all(verified for _, _, verified, _ in found)


def test_warcio_check(write):
    """`warcio check` agrees with every digest of a file without chunked bodies."""
    path, _ = write(*ANSWERS)
    command = [sys.executable, "-c", "from warcio.cli import main; main()", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 1 + 2 * len(ANSWERS)
    assert "digest fail" not in done.stdout
