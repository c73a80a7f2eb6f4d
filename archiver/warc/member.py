"""A record as one gzip member (WARC 1.1 annex D): by libdeflate, by igzip if it is large, or stored as it is.

libdeflate takes a fifth of the time of zlib's level 6 for files of the same size, but wants all bytes at once. igzip
takes them in pieces, so it writes what may lie on disk. What is compressed already only costs time a second time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import deflate
from isal import isal_zlib

from archiver.warc.records import WarcRecord

LEVEL = 3
STREAM_LEVEL = 2
# Bytes that are joined to be compressed at once.
JOINED = 1 << 20
# RFC 1952 section 2.3: deflate, no name, no time, unknown system.
HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
# RFC 1951 section 3.2.4: a stored block holds so much; an empty last one ends the member.
BLOCK = 0xFFFF
LAST = b"\x01\x00\x00\xff\xff"


def member(record: WarcRecord) -> Iterator[bytes | bytearray | memoryview]:
    """Yield a record's bytes as one gzip member, in one or more pieces."""
    if record.is_dense:
        yield from _stored(record)
    elif len(record.head) + record.block.size <= JOINED:
        yield deflate.gzip_compress(b"".join(record.pieces()), LEVEL)
    else:
        engine = isal_zlib.compressobj(STREAM_LEVEL, isal_zlib.DEFLATED, 31)
        for piece in record.pieces():
            compressed = engine.compress(piece)
            if compressed:
                yield compressed
        yield engine.flush()


def _stored(record: WarcRecord) -> Iterator[bytes | bytearray | memoryview]:
    """Compress the record's own head, and put the block behind it in stored blocks."""
    pieces = record.pieces()
    head = next(pieces)
    engine = isal_zlib.compressobj(STREAM_LEVEL, isal_zlib.DEFLATED, -15)
    yield HEADER + engine.compress(head) + engine.flush(isal_zlib.Z_FULL_FLUSH)
    crc, size = isal_zlib.crc32(head), len(head)
    for piece in pieces:
        crc, size = isal_zlib.crc32(piece, crc), size + len(piece)
        for at in range(0, len(piece), BLOCK):
            part = piece[at : at + BLOCK]
            yield struct.pack("<BHH", 0, len(part), len(part) ^ BLOCK)
            yield part
    yield LAST + struct.pack("<II", crc, size & 0xFFFFFFFF)
