"""A record is one gzip member, whatever way it is compressed."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import isal_zlib

from archiver.spool import Spool
from archiver.warc import member as members
from archiver.warc.records import Block, WarcRecord

HEAD = b"WARC/1.1\r\nWARC-Type: response\r\n\r\n"


def made(block: bytes | Spool, *, dense: bool = False) -> tuple[bytes, bytes]:
    """The record's own bytes, and its member."""
    record = WarcRecord("urn:uuid:1", HEAD, Block(block), dense)
    try:
        return b"".join(record.pieces()), b"".join(members.member(record))
    finally:
        if isinstance(block, Spool):
            block.close()


@pytest.mark.parametrize("dense", [True, False])
@given(blocks=st.lists(st.binary(max_size=300), max_size=5), limit=st.integers(0, 400))
def test_round_trip(dense, blocks, limit):
    """Every reader of gzip gets the record's bytes out of its member, and finds its end."""
    record, packed = made(Spool(*blocks, limit=limit), dense=dense)
    for codec in (zlib, isal_zlib):
        engine = codec.decompressobj(31)
        assert engine.decompress(packed + b"next") == record
        assert engine.eof
        assert engine.unused_data == b"next"
    assert gzip.decompress(packed) == record


@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 200_000, members.JOINED, members.JOINED + 1, 3_000_000])
@pytest.mark.parametrize("dense", [True, False])
def test_sizes(size, dense):
    """Around the sizes at which a record is compressed or stored in another way, all of it is there."""
    block = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    record, packed = made(Spool(block[: size // 2], block[size // 2 :], limit=1 << 30), dense=dense)
    assert gzip.decompress(packed) == record
    assert (len(packed) > size) is (dense or size < 400)


def test_what_is_compressed_already_is_stored(writer, capture, tmp_path):
    """A gzipped page lies in the file byte for byte; a plain one and a small one are compressed."""
    page = b"".join(b"<p>Line %d of a page.</p>" % n for n in range(3000))
    body = gzip.compress(page)
    coded = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + body
    for number, answer in enumerate((coded, b"HTTP/1.1 200 OK\r\n\r\n" + page)):
        writer.write(capture(url=f"http://e.org/{number}", response=answer))
    writer.close()
    data = (tmp_path / writer.files[0]).read_bytes()
    assert body in data
    assert page[:50] not in data
